// Package github states what GitHub knows of a repository and git does not: who merged,
// reviewed, triaged and released, and who mended vulnerabilities.
//
// Lists are read through GraphQL, newest first, in pages small enough to be answered
// in time, and every page is written into a store together with the place where it
// ends. So a run that was stopped goes on where it was, and a later one reads
// only what is new. What the store holds is then yielded, in one order.
//
// Commits, sizes and the commits of a change come from git. Not read are comments on
// lines (they are counted), comments on changes that no robot merged and all but the last
// sixty of others, answers to an issue beyond its first ten comments, requests for
// review beyond the first fifty of a change, and what happened to the labels of an
// issue before its last fifty events.
package github

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/internal/mining"
	"github.com/tributary-oss/tributary/forge/internal/rest"
	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// Options are the settings of a source; nil means the defaults.
type Options struct {
	// Host is the server whose repositories the source answers for; empty is github.com.
	// A document may name any host, so another one is never asked, and never gets a
	// token. Several servers take several sources; see [forge.Hosts].
	Host string
	// API is the address of the server's REST API; empty is https://api.github.com/ for
	// github.com, and https://HOST/api/v3/ for Enterprise servers.
	API string
	// Tokens are used in turns; each brings its own quota. Nil takes GITHUB_TOKEN from
	// the environment. They go to the API's host alone, and into no message, log or
	// store.
	Tokens []forge.TokenSource
	// Store keeps what was read. Nil keeps it in a temporary file for one mining.
	Store *store.Store
	// Fresh reads everything anew that the period asks for, as if nothing were stored.
	Fresh bool
	// Kinds are the facts to be read, of [forge.ForgeKinds]; nil means all.
	Kinds []model.Kind
	// Progress is called now and then, from one goroutine for each repository.
	Progress func(forge.Progress)
	// Log takes what is noticed; nil discards.
	Log *slog.Logger
	// Base carries the requests; nil is a transport of its own.
	Base http.RoundTripper

	pause time.Duration // before a query is sent again that was too heavy; 0: 5 s
}

// ErrNoToken says that GitHub answers nothing of the kind without a token.
var ErrNoToken = errors.New("there is no token for GitHub; put one with the right to read into GITHUB_TOKEN, or use what is stored (--offline)")

// Source is the source of what GitHub knows. It is safe for concurrent use; one for
// all repositories keeps to GitHub's limits, which hold for all of them together.
type Source struct {
	mining *mining.Source
	host   *host
}

// New returns a source. It fails where the options contradict each other.
func New(options *Options) (*Source, error) {
	var o Options
	if options != nil {
		o = *options
	}
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	o.Host = cmp.Or(strings.ToLower(o.Host), "github.com")
	if token := os.Getenv("GITHUB_TOKEN"); o.Tokens == nil && token != "" {
		o.Tokens = []forge.TokenSource{forge.StaticToken(token)}
	}
	if len(o.Tokens) == 0 {
		return nil, ErrNoToken
	}
	name, usual := o.Host, "https://"+o.Host+"/api/v3/"
	switch name {
	case "github.com":
		name, usual = "github", "https://api.github.com/"
	case "github": // an intranet's, which the dot at the end of a name sets apart
		name = "github."
	}
	api, err := mining.API(o.API, usual)
	if err != nil {
		return nil, err
	}
	h := newHost(name, api, &o)
	return &Source{host: h, mining: &mining.Source{Forge: "GitHub", Key: forge.GitHub, Host: o.Host, Server: h.transport, Store: o.Store,
		Kinds: o.Kinds, Fresh: o.Fresh, Progress: o.Progress, Log: o.Log, Pause: o.pause}}, nil
}

// Usage returns what was asked so far.
func (s *Source) Usage() forge.Usage {
	u := s.host.transport.Usage()
	u.Points = s.host.points.Load()
	return u
}

// Mine reads what is new of a repository and yields what is known of it: changes that
// were merged before the period's end, with their reviews, issues, releases and
// advisories, and how complete each kind is. What a list lacks is said in its
// coverage, and once more in a [*forge.GapError] at the end. Any other error means that the
// repository as a whole cannot be read, and that nothing of it is stored.
func (s *Source) Mine(ctx context.Context, repo model.Repository, period model.Period) iter.Seq2[model.Record, error] {
	return s.mining.Mine(ctx, repo, period, func(r *mining.Reading) (mining.Steps, error) {
		l, err := s.listing(r)
		return mining.Steps{Look: l.look, Read: l.read}, err
	})
}

// listing begins the reading of a repository, whose path must be OWNER/NAME.
func (s *Source) listing(r *mining.Reading) (*listing, error) {
	l := &listing{Reading: r, host: s.host}
	if l.named(); strings.Contains(l.name, "/") {
		return l, errors.New("it is no address of a GitHub repository; write https://HOST/OWNER/NAME, or forge: none")
	}
	return l, nil
}

// listing is the reading of one repository.
type listing struct {
	*mining.Reading
	host        *host
	owner, name string
	head        head
	advised     bool // advisories were read in this run
}

// named takes owner and name from the path, which a look may have changed.
func (l *listing) named() { l.owner, l.name, _ = strings.Cut(l.Path, "/") }

// cache keeps replies of REST. GitHub's ETags are good for one token only, so what is
// kept goes by the tokens that are used.
func (o *Options) cache(host string) rest.Cache {
	if o.Store == nil {
		return nil
	}
	sum := sha256.New()
	for _, t := range o.Tokens {
		if fixed, ok := t.(forge.StaticToken); ok {
			fmt.Fprintf(sum, "%q\n", string(fixed))
		} else {
			return nil // an App's tokens change every hour
		}
	}
	return o.Store.Log(host + "/replies").Replies(fmt.Sprintf("%x", sum.Sum(nil)[:8]))
}
