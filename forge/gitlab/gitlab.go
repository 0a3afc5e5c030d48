// Package gitlab states what a GitLab knows of a repository and git does not: who
// merged, reviewed, triaged and released.
//
// Where the server answers GraphQL, changes are read with their notes in pages of up to
// fifty, whose complexity is kept below the server's limit; else through REST, each
// change with its notes. Both give the same facts. What GraphQL cannot give, even in its smallest
// pages, comes by REST, and a run that loses GraphQL on its way goes on with REST where it was. Issues and releases come
// through REST, the comments on issues through GraphQL where there is one. Lists are
// read newest first and every page is stored together with the place where it ends.
//
// # What is a review
//
// GitLab deletes approvals when commits are pushed, and keeps them as notes of the
// system. So notes make the reviews: those of one person that follow each other within
// a minute are one, if there is a verdict or a comment on a line among them.
// Comments on the change as a whole are its text, and by themselves no review, and what was said
// on the page of one of its commits is none of it.
//
// The list of approvals is a check: it is looked at where no note tells of an approval before the
// merge, and who is on it approved by the time of the merge. GitLab notes approvals in a
// job of its own, sometimes twice: notes of the same within a minute are one, and one that
// comes at most five minutes after the merge is of its time.
//
// Approving needs the right to update merge requests, which members have from the role
// of a developer on, so who approved is stated to have write access; see
// https://gitlab.com/gitlab-org/gitlab/-/blob/master/app/policies/merge_request_policy.rb.
// Of others the list of members tells, where it can be read.
//
// # What is not read
//
// Comments of the change's own author are no reviews; verdicts of theirs are. Who is a
// robot is asked of the server, and where it does not say so only the names tell that GitLab
// gives to robots, such as project_7_bot. An issue's closing is known if it was the last one, and its
// answers are looked for among its first ten comments. GitLab gives no reason for a
// closing, and lists no advisories of a project.
//
// Without a token REST shows neither notes nor who put labels on, who is a robot or who has write
// access, and GraphQL not the last and not who put labels on; the coverage says so. What
// is refused of two items in a row, or of all, is not asked for again in that run, and a refusal
// that comes alone is a hole in its item. The next run asks again, and reads a list
// anew of which more is shown. Issues that only members see are an empty list to others: it is
// called complete only where the project tells that it has issues.
//
// # What could not be checked against a live server
//
// All of this was built from GitLab's documentation, its published schema and its source
// code. Not seen at work: the complexity that a server charges since its multipliers
// change with releases; the addresses of notes that are made on a commit's own page, by which
// they are told from a change's; what a merge train leaves as merge_user; the words of
// notes before GitLab 13.2; and whether X-Total is left out of lists above 10,000. Whoever
// has a token can hold all of it against a server: see the cassettes in CONTRIBUTING.md.
package gitlab

import (
	"cmp"
	"context"
	"iter"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/internal/mining"
	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// Options are the settings of a source; nil means the defaults.
type Options struct {
	// Host is the server whose repositories the source answers for; empty is gitlab.com.
	// A document may name any host, so another one is never asked, and never gets a
	// token. Several servers take several sources; see [forge.Hosts].
	Host string
	// Root is the path of the server below its host, such as "git" of
	// https://HOST/git/group/project; usually "".
	Root string
	// API is the address of the server's REST API; empty is https://HOST/ROOT/api/v4/.
	API string
	// Tokens are used in turns: personal ones, those of projects and groups, those of
	// OAuth, and [JobToken]. None asks without, which shows what is public, and less of it.
	// They go to the API's host alone, and into no message, log or store.
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
	// Base carries the requests; nil is a transport of its own. An [http.Transport] whose
	// TLSClientConfig has RootCAs trusts a server's own authority.
	Base http.RoundTripper
	// REST keeps from asking GraphQL.
	REST bool

	pause time.Duration // before a query is sent again that was too heavy; 0: 5 s
}

// JobToken is the token of a CI job, which GitLab wants in a header of its own, and which is
// sent by https alone. It reads what the job's project may, and no GraphQL. Where there
// are other tokens it is not used.
type JobToken string

// Token returns the token itself.
func (t JobToken) Token(context.Context) (string, error) { return string(t), nil }

// String hides the token, so that it never gets into a message or a log.
func (t JobToken) String() string { return "token" }

// GoString hides it from %#v, too.
func (t JobToken) GoString() string { return "token" }

// Source is the source of what a GitLab knows. It is safe for concurrent use; one for
// all repositories of a server keeps to its limits, which hold for all of them together.
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
	o.Host = cmp.Or(strings.ToLower(o.Host), "gitlab.com")
	o.Root = strings.Trim(o.Root, "/")
	usual := "https://" + o.Host + "/" + strings.TrimPrefix(o.Root+"/api/v4/", "/")
	api, err := mining.API(o.API, usual)
	if err != nil {
		return nil, err
	}
	h, err := newHost(api, &o)
	if err != nil {
		return nil, err
	}
	return &Source{host: h, mining: &mining.Source{Forge: "GitLab", Key: forge.GitLab, Host: o.Host, Root: o.Root, Server: h.transport, Store: o.Store,
		Kinds: o.Kinds, Fresh: o.Fresh, Progress: o.Progress, Log: o.Log, Pause: o.pause}}, nil
}

// Usage returns what was asked so far.
func (s *Source) Usage() forge.Usage { return s.host.transport.Usage() }

// Mine reads what is new of a repository and yields what is known of it: changes that
// were merged before the period's end, with their reviews, issues and releases, and how
// complete each kind is. What a list lacks is said in its coverage, and once more in a
// [*forge.GapError] at the end. Any other error means that the repository as a
// whole cannot be read, and that nothing of it is stored.
func (s *Source) Mine(ctx context.Context, repo model.Repository, period model.Period) iter.Seq2[model.Record, error] {
	return s.mining.Mine(ctx, repo, period, func(r *mining.Reading) (mining.Steps, error) {
		l := s.listing(r)
		return mining.Steps{Look: l.look, Read: l.read}, nil
	})
}

func (s *Source) listing(r *mining.Reading) *listing {
	l := &listing{Reading: r, host: s.host, told: map[string]bool{}}
	l.plain.Store(s.host.rest)
	return l
}

// listing is the reading of one repository.
type listing struct {
	*mining.Reading
	host    *host
	head    head
	members map[string]bool // accounts that have write access; nil as long as nobody asked
	doubts  atomic.Int64    // things that were said not to be there since the project was asked for
	plain   atomic.Bool     // GraphQL is not asked, or not any more
	seen    sights
	tried   bool            // it was asked again for what lists lack
	tries   int             // of the smallest page by GraphQL
	spared  int             // pages in a row that GraphQL did not give, and REST did
	told    map[string]bool // lists of whose refusal the gap tells
}
