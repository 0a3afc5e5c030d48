// Package gitea states what a Gitea or Forgejo server knows of a repository and git does
// not: who merged, reviewed, triaged and released.
//
// Changes are read newest update first, page by page, and every page is written into a
// store together with the place where it ends. So a run that was stopped goes on where it
// was, and a later one reads only what is new. What the store holds is then yielded, in
// one order. A merged change costs two requests, one for its merger, whom the list does
// not name, and one for its reviews; a third tells what a robot was told that merged it.
// An issue costs one. Eight requests are under way at once.
//
// Commits, sizes and the commits of a change come from git. Not read are comments on
// lines (they are counted), comments on changes that no robot merged, answers to an
// issue beyond its first ten comments, and all but the last hundred commands to a robot.
// An item with more than 5,000 reviews or 10,000 events counts as one that cannot be read.
//
// A change was merged when it was closed. What the server itself calls the time of the merge
// is that of the last write to the change's row, so that it moves after the merge, when
// nothing says that the change was updated.
//
// What such servers do not tell:
//
//   - Which accounts are robots. The server's own, such as gitea-actions, is told by its
//     number; whether another is one is for the judge to say.
//   - Requests for review that were answered: a server forgets them with the answer.
//   - Whether the reviewer had write access, but for approvals and requests for changes,
//     and of those but for the last of each reviewer of a change. [model.Review] CanPush
//     is taken from that one for all of them. Where a protected branch names those whose
//     approvals count, it says that the reviewer is one of them, who may be a mere reader,
//     and not whether they may write.
//   - When a merge that was made by hand was pushed. It has the time at which somebody said
//     so, or the server noticed it, and then names as merger whoever pushed to the branch
//     last, else the owner of the repository, who may be an organisation. Somebody who says
//     so may name any commit of the branch as what the change became.
//   - A dismissal where the reviewer judged again later: both leave the same mark on the
//     earlier verdict, which then stays what it was.
//   - When a review was sent off that was begun earlier: it has the time of its beginning.
//   - Why an issue was closed, and security advisories.
//   - Who did what in a project that was imported from elsewhere, before it was: all that
//     bears the name of whoever imported it. Such acts are stated of a mannequin without a
//     name, and coverage begins with the import.
//   - That an issue or a release was deleted, unless it is read again; releases are, where
//     their number or one of the last ten differs.
//
// # What could not be checked against a live server
//
// All of this was tried on Gitea 1.26.0, which the module in e2e builds, seeds and mines:
//
//	go -C forge/gitea/e2e run ./build && go -C forge/gitea/e2e test -count=1 ./...
//
// Not tried live are Forgejo (from 7 on; its API is that of Gitea 1.21 and what it added
// since), Gitea from 1.20 to 1.25, servers that need a name for reading
// (REQUIRE_SIGNIN_VIEW), the limits of Codeberg, and lists from a search index that lags
// behind its database by more than ten minutes. To hold a server against what the tests
// assert, record a cassette of it:
//
//	TRIBUTARY_GITEA_RECORD=https://codeberg.org/OWNER/NAME TRIBUTARY_GITEA_CASSETTE=/tmp/cassette \
//		go test -run RealGitea ./forge/gitea
//
// with a token in GITEA_TOKEN where one is needed; without TRIBUTARY_GITEA_RECORD it is
// played again.
package gitea

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/internal/mining"
	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// Options are the settings of a source. Host is needed.
type Options struct {
	// Host is the server whose repositories the source answers for, such as codeberg.org
	// or forge.example:8443. A document may name any host, so another one is never asked,
	// and never gets a token. Several servers take several sources; see [forge.Hosts].
	Host string
	// Root is the path of the server below its host, such as "git" where repositories are
	// at https://HOST/git/OWNER/NAME; usually "".
	Root string
	// API is the address of the server's API; empty is https://HOST/ROOT/api/v1/.
	API string
	// Tokens are used in turns. They go to the API's host alone, and into no message, log
	// or store. Nil asks without a name, which public repositories allow.
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
	// Base carries the requests; nil is a transport of its own. A server whose
	// certificate is not signed by a known authority needs one that trusts it.
	Base http.RoundTripper

	pause time.Duration // before a request is sent again that was too heavy; 0: 5 s
}

// ErrNoHost says that options do not name a server.
var ErrNoHost = errors.New("no host is given; name the server, such as codeberg.org")

// Source is the source of what one Gitea or Forgejo server knows. It is safe for
// concurrent use; one for all its repositories keeps to eight requests at once for each
// token.
type Source struct {
	mining *mining.Source
	host   *host
}

// New returns a source. It fails where the options name no host or contradict each other.
func New(options *Options) (*Source, error) {
	var o Options
	if options != nil {
		o = *options
	}
	if o.Host = strings.ToLower(o.Host); o.Host == "" {
		return nil, ErrNoHost
	}
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	o.Root = strings.Trim(o.Root, "/")
	api, err := mining.API(o.API, "https://"+strings.Trim(o.Host+"/"+o.Root, "/")+"/api/v1/")
	if err != nil {
		return nil, err
	}
	h := newHost(api, &o)
	return &Source{host: h, mining: &mining.Source{Forge: "Gitea", Key: forge.Gitea, Host: o.Host, Root: o.Root, Server: h.transport,
		Store: o.Store, Kinds: o.Kinds, Fresh: o.Fresh, Progress: o.Progress, Log: o.Log, Pause: o.pause}}, nil
}

// Usage returns what was asked so far.
func (s *Source) Usage() forge.Usage { return s.host.transport.Usage() }

// Mine reads what is new of a repository and yields what is known of it: changes that
// were merged before the period's end, with their reviews, issues and releases, and how
// complete each kind is. What a list lacks is said in its coverage, and once more in a
// [*forge.GapError] at the end. Any other error means that the repository as a whole
// cannot be read, and that nothing of it is stored.
//
// A run that finds nothing new sends three requests, and one more under an old name of
// the repository.
func (s *Source) Mine(ctx context.Context, repo model.Repository, period model.Period) iter.Seq2[model.Record, error] {
	return s.mining.Mine(ctx, repo, period, func(r *mining.Reading) (mining.Steps, error) {
		l, err := s.listing(r)
		return mining.Steps{Look: l.look, Read: l.read}, err
	})
}

// listing begins the reading of a repository, whose path must be OWNER/NAME.
func (s *Source) listing(r *mining.Reading) (*listing, error) {
	l := &listing{Reading: r, host: s.host}
	if strings.Count(r.Path, "/") != 1 {
		return l, errors.New("it is no address of a Gitea repository; write https://HOST/OWNER/NAME, or forge: none")
	}
	return l, nil
}

// listing is the reading of one repository.
type listing struct {
	*mining.Reading
	host     *host
	found    repository
	imported time.Time // what is older was done elsewhere; zero where nothing was
}
