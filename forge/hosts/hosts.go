// Package hosts makes the sources of the forges that repositories are on, so that a
// program that mines a tender need not know which there are.
package hosts

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"net/http"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/gitea"
	"github.com/tributary-oss/tributary/forge/github"
	"github.com/tributary-oss/tributary/forge/gitlab"
	"github.com/tributary-oss/tributary/forge/internal/address"
	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// Server is a forge as somebody states it, or as its own answers tell.
type Server struct {
	Forge  string // [forge.GitHub], [forge.GitLab] or [forge.Gitea]; "" is recognised
	Root   string // its path below the host, such as "git" of https://host/git/owner/name; usually ""
	API    string // address of its REST API; "" is where its kind has it
	Tokens []forge.TokenSource
}

// Options are the settings of [Open]; nil means the defaults.
type Options struct {
	// Servers are what is stated of hosts, by HOST or HOST:PORT in lower case. A token is
	// for its own host, whatever a document names.
	Servers map[string]Server
	// Store keeps what was read. Nil keeps it for one mining.
	Store *store.Store
	// Fresh reads everything anew.
	Fresh bool
	// Progress is called now and then, from one goroutine for each repository.
	Progress func(forge.Progress)
	// Log takes what is noticed; nil discards.
	Log *slog.Logger
	// Base carries the requests; nil is a transport of its own for each host.
	Base http.RoundTripper
}

// Forges are the sources of the hosts that some repositories are on.
type Forges struct {
	// Hosts holds them by their hosts. A program adds that of git histories, and mines.
	Hosts forge.Hosts
	// Silent says which hosts are not asked, and why: they are no forge that is known, or
	// answer nothing without a token. Of their repositories git alone tells.
	Silent map[string]error

	asked map[string]asked
}

// asked is what the sources of all forges can do.
type asked interface {
	forge.Source
	Plan(ctx context.Context, repo model.Repository, period model.Period) (forge.Plan, error)
	Usage() forge.Usage
}

// Open makes a source for each host of the repositories; a host carries one forge. It is
// known by what is stated of it in the options or in the document, by its name where it is
// a public one, or by what it answers to questions that need no token. A host that is not
// asked is no error; see [Forges.Silent]. One that does not answer has a source that says
// so, and is a gap of every mining. Errors are those of settings that contradict each
// other, and of the context.
func Open(ctx context.Context, repos []model.Repository, o *Options) (*Forges, error) {
	if o == nil {
		o = &Options{}
	}
	f := &Forges{Hosts: forge.Hosts{}, Silent: map[string]error{}, asked: map[string]asked{}}
	servers, err := servers(repos, o)
	if err != nil {
		return nil, err
	}
	names := slices.Sorted(maps.Keys(servers))
	var g errgroup.Group
	g.SetLimit(8)
	for _, host := range names {
		s := servers[host]
		g.Go(func() error { s.err = s.recognise(ctx, host, o); return nil })
	}
	g.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	for _, host := range names {
		if err := f.add(host, servers[host], o); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// add makes the source of a host.
func (f *Forges) add(host string, s *server, o *Options) error {
	if s.err == nil {
		source, err := s.source(host, o)
		if err == nil {
			f.Hosts[host], f.asked[host] = source, source
			return nil
		}
		s.err = err
	}
	switch {
	case errors.Is(s.err, github.ErrNoToken), errors.Is(s.err, ErrUnrecognised):
		f.Silent[host] = s.err
	case o.Servers[host].API != "":
		return fmt.Errorf("the forge %s: %w", host, s.err)
	default: // what a document names must not end the mining of all else
		f.Hosts[host] = unreachable{s.err}
	}
	return nil
}

// unreachable is the source of a host of which nothing can be learnt now.
type unreachable struct{ err error }

// Mine yields why.
func (u unreachable) Mine(context.Context, model.Repository, model.Period) iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) { yield(model.Record{}, u.err) }
}

// Of returns the host of the forge that a repository is on, as HOST or HOST:PORT in
// lower case; "" where it is on none.
func Of(r model.Repository) string {
	host, _, ok := address.Host(r.Address())
	if !ok || r.Forge == "none" {
		return ""
	}
	return host
}

// server is a host of some repositories.
type server struct {
	Server
	repo model.Repository // the first of them
	err  error
}

// servers lists the hosts that repositories are on. What a document states of one of
// them holds for all that are on its host.
func servers(repos []model.Repository, o *Options) (map[string]*server, error) {
	list, stated := map[string]*server{}, map[string]string{}
	for _, r := range repos {
		host := Of(r)
		if host == "" {
			continue
		}
		s := list[host]
		if s == nil {
			s = &server{Server: o.Servers[host], repo: r}
			list[host] = s
		}
		if r.Forge != "" {
			if other := stated[host]; other != "" && other != r.Forge {
				return nil, fmt.Errorf("the document calls %s both %s and %s; a host carries one forge", host, other, r.Forge)
			}
			stated[host] = r.Forge
		}
		if o.Servers[host].Forge == "" {
			s.Forge = cmp.Or(stated[host], forge.ForgeOf(r))
		}
	}
	return list, nil
}

// source makes the source of a host.
func (s *server) source(host string, o *Options) (asked, error) {
	switch s.Forge {
	case forge.GitHub:
		return github.New(&github.Options{Host: host, API: s.API, Tokens: s.tokens(),
			Store: o.Store, Fresh: o.Fresh, Progress: o.Progress, Log: o.Log, Base: o.Base})
	case forge.GitLab:
		return gitlab.New(&gitlab.Options{Host: host, Root: s.Root, API: s.API, Tokens: s.Tokens,
			Store: o.Store, Fresh: o.Fresh, Progress: o.Progress, Log: o.Log, Base: o.Base})
	case forge.Gitea:
		return gitea.New(&gitea.Options{Host: host, Root: s.Root, API: s.API, Tokens: s.Tokens,
			Store: o.Store, Fresh: o.Fresh, Progress: o.Progress, Log: o.Log, Base: o.Base})
	}
	return nil, fmt.Errorf("there is no source for the forge %q", s.Forge)
}

// tokens are those of the host and no others: none does not mean those of the environment.
func (s *server) tokens() []forge.TokenSource {
	if s.Tokens == nil {
		return []forge.TokenSource{}
	}
	return s.Tokens
}

// Plan estimates what reading a repository will cost. It is false where its forge is
// not asked.
func (f *Forges) Plan(ctx context.Context, repo model.Repository, period model.Period) (p forge.Plan, ok bool, err error) {
	source := f.asked[Of(repo)]
	if source == nil {
		return p, false, nil
	}
	p, err = source.Plan(ctx, repo, period)
	return p, true, err
}

// Usage returns what each host was asked so far, by host.
func (f *Forges) Usage() map[string]forge.Usage {
	used := map[string]forge.Usage{}
	for host, source := range f.asked {
		used[host] = source.Usage()
	}
	return used
}

// Repositories lists the projects of a group on a forge, and of all groups below it, by their
// addresses: what a document or a list is written from. Only GitLab has such groups.
func Repositories(ctx context.Context, group string, o *Options) ([]model.Repository, error) {
	repo := model.Repository{URL: group}
	f, err := Open(ctx, []model.Repository{repo}, o)
	if err != nil {
		return nil, err
	}
	host := Of(repo)
	source, ok := f.Hosts[host].(interface {
		Repositories(ctx context.Context, groupAddress string) ([]model.Repository, error)
	})
	switch {
	case host == "":
		return nil, fmt.Errorf("%s is no address of a group; write https://HOST/GROUP", forge.Redact(group))
	case f.Hosts[host] != nil && f.asked[host] == nil:
		return nil, fmt.Errorf("listing the projects of %s: %w", forge.Redact(group), f.Hosts[host].(unreachable).err)
	case f.Silent[host] != nil && !errors.Is(f.Silent[host], github.ErrNoToken):
		return nil, fmt.Errorf("listing the projects of %s: %w", forge.Redact(group), f.Silent[host])
	case !ok:
		return nil, fmt.Errorf("%s is on no GitLab, and only that has groups of groups; name the repositories one by one", forge.Redact(group))
	}
	return source.Repositories(ctx, group)
}
