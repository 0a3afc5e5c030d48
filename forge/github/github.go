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
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/internal/address"
	"github.com/tributary-oss/tributary/forge/internal/rest"
	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// Options are the settings of a source; nil means the defaults.
type Options struct {
	// Host is the server whose repositories the source answers for; empty is github.com.
	// A document may name any host, so another one is never asked, and never gets a
	// token. For several servers see [forge.ByHost].
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
	// Offline asks nobody: only what the store holds is yielded.
	Offline bool
	// Fresh reads everything anew that the period asks for, as if nothing were stored.
	Fresh bool
	// Kinds are the facts to be read, of [forge.ForgeKinds]; nil means all.
	Kinds []model.Kind
	// Progress is called now and then, from one goroutine for each repository.
	Progress func(Progress)
	// Log takes what is noticed; nil discards.
	Log *slog.Logger
	// Base carries the requests; nil is a transport of its own.
	Base http.RoundTripper

	pause time.Duration // before a query is sent again that was too heavy; 0: 5 s
}

// Progress says how far the reading of a repository is.
type Progress struct {
	Repository string
	List       string // changes, issues or releases; empty at the end
	Done       int    // items read in this run
}

// ErrNoToken says that GitHub answers nothing of the kind without a token.
var ErrNoToken = errors.New("there is no token for GitHub; put one with the right to read into GITHUB_TOKEN, or ask for what is stored (--offline)")

// Source is the source of what GitHub knows. It is safe for concurrent use; one for
// all repositories keeps to GitHub's limits, which hold for all of them together.
type Source struct {
	o    Options
	log  *slog.Logger
	host *host
}

// New returns a source. It fails where the options contradict each other.
func New(o *Options) (*Source, error) {
	s := &Source{}
	if o != nil {
		s.o = *o
	}
	s.log = cmp.Or(s.o.Log, slog.New(slog.DiscardHandler))
	s.o.Host = cmp.Or(strings.ToLower(s.o.Host), "github.com")
	if token := os.Getenv("GITHUB_TOKEN"); s.o.Tokens == nil && token != "" {
		s.o.Tokens = []forge.TokenSource{forge.StaticToken(token)}
	}
	if s.o.Offline && s.o.Store == nil {
		return nil, errors.New("without a store there is nothing to be read offline")
	}
	if !s.o.Offline && len(s.o.Tokens) == 0 {
		return nil, ErrNoToken
	}
	name, api := s.o.Host, "https://"+s.o.Host+"/api/v3/"
	if name == "github.com" {
		name, api = "github", "https://api.github.com/"
	}
	base, err := url.Parse(strings.TrimSuffix(cmp.Or(s.o.API, api), "/") + "/")
	if err != nil || base.Host == "" || base.User != nil {
		return nil, fmt.Errorf("%q is no address of an API; write it as https://HOST/api/v3/", address.Redact(cmp.Or(s.o.API, api)))
	}
	s.host = s.newHost(name, base)
	return s, nil
}

// Usage is what a source cost so far.
type Usage struct {
	rest.Usage
	Points int64 // of GraphQL's quota, by GitHub's own account
}

// Usage returns what was asked so far.
func (s *Source) Usage() Usage { return Usage{s.host.transport.Usage(), s.host.points.Load()} }

// Mine reads what is new of a repository and yields what is known of it: changes that
// were merged before the period's end, with their reviews, issues, releases and
// advisories, and how complete each kind is. What a list lacks is said in its
// coverage, and once more in a [*forge.GapError] at the end. Any other error means that the
// repository as a whole cannot be read, and that nothing of it is stored.
func (s *Source) Mine(ctx context.Context, repo model.Repository, period model.Period) iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		err := s.mine(ctx, repo, period, yield)
		if err == nil || errors.Is(err, errStopped) {
			return
		}
		told := fmt.Errorf("asking GitHub about %s: %w", address.Redact(repo.Address()), err)
		if lists := (incomplete{}); errors.As(err, &lists) {
			told = &forge.GapError{Repository: address.Redact(repo.URL), Err: told}
		}
		yield(model.Record{}, told)
	}
}

func (s *Source) mine(ctx context.Context, repo model.Repository, period model.Period, yield func(model.Record, error) bool) error {
	l, err := s.open(ctx, repo)
	if err != nil {
		return err
	}
	defer l.close()
	l.since = period.Since
	if !s.o.Offline {
		err := l.sync(ctx)
		if s.o.Progress != nil {
			s.o.Progress(Progress{Repository: l.owner + "/" + l.name})
		}
		if err != nil {
			return err
		}
	}
	if l.log == nil {
		return fmt.Errorf("nothing of %s/%s is stored; run once without --offline", l.owner, l.name)
	}
	for r, err := range l.log.Replay(period) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		if !yield(r, nil) {
			return errStopped
		}
	}
	if len(l.failed) > 0 {
		return incomplete{errors.Join(l.failed...)}
	}
	return nil
}

// errStopped says that the consumer has enough.
var errStopped = errors.New("stopped")

// incomplete says why some lists were not read in this run.
type incomplete struct{ error }

func (i incomplete) Unwrap() error { return i.error }

// open finds the host and the name of a repository.
func (s *Source) open(ctx context.Context, repo model.Repository) (*listing, error) {
	web, path, ok := address.Host(repo.Address())
	owner, name, _ := strings.Cut(path, "/")
	if !ok || owner == "" || name == "" || strings.Contains(name, "/") {
		return nil, fmt.Errorf("it is no address of a GitHub repository; write https://HOST/OWNER/NAME, or forge: none")
	}
	if web != s.o.Host && !s.o.Offline {
		return nil, fmt.Errorf("the token and the API are those of %s, so %s is not asked; give it a source of its own, or write forge: none", s.o.Host, web)
	}
	l := &listing{Source: s, web: web, owner: owner, name: name, store: s.o.Store}
	if l.store == nil {
		if err := l.temporary(ctx); err != nil {
			return nil, err
		}
	}
	key, known, err := l.store.Find(web, strings.ToLower(path))
	if err != nil {
		l.close()
		return nil, err
	}
	if known {
		l.log = l.store.Log(key)
		if _, err := l.log.State(&l.state); err != nil {
			l.close()
			return nil, err
		}
	}
	return l, nil
}

// cache keeps replies of REST. GitHub's ETags are good for one token only, so what is
// kept goes by the tokens that are used.
func (s *Source) cache(host string) rest.Cache {
	if s.o.Store == nil || s.o.Offline {
		return nil
	}
	sum := sha256.New()
	for _, t := range s.o.Tokens {
		if fixed, ok := t.(forge.StaticToken); ok {
			fmt.Fprintf(sum, "%q\n", string(fixed))
		} else {
			return nil // an App's tokens change every hour
		}
	}
	return s.o.Store.Log(host + "/replies").Replies(fmt.Sprintf("%x", sum.Sum(nil)[:8]))
}

// temporary makes a store for one mining.
func (l *listing) temporary(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "tributary-")
	if err != nil {
		return fmt.Errorf("making a place for what is read: %w", err)
	}
	l.cleanup = func() { os.RemoveAll(dir) }
	if l.store, err = store.Open(ctx, filepath.Join(dir, "store"), nil); err != nil {
		l.cleanup()
		return err
	}
	opened := l.store
	l.cleanup = func() { opened.Close(); os.RemoveAll(dir) }
	return nil
}

// wants reports whether facts of a kind are asked for.
func (s *Source) wants(kinds ...model.Kind) bool {
	if s.o.Kinds == nil {
		return true
	}
	for _, k := range s.o.Kinds {
		for _, of := range kinds {
			if k == of {
				return true
			}
		}
	}
	return false
}

// rest waits before another try of a query that the server gave up on: it was busy, too.
func (s *Source) rest(ctx context.Context, try int) error {
	t := time.NewTimer(time.Duration(try) * cmp.Or(s.o.pause, 5*time.Second))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
