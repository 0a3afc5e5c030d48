// Package mining is what the sources of all forges have in common: lists are read page by
// page into a store, each page together with the place where it ends, so that a run which
// was stopped goes on where it was and a later one reads only what is new. What the
// store holds is then yielded, in one order.
//
// A forge's own part is to say what a repository is and what stands at the heads of
// its lists, to fetch a page, and to turn what is on it into contributions.
package mining

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/internal/address"
	"github.com/tributary-oss/tributary/forge/internal/rest"
	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// Source is what the sources of all forges have in common. It is safe for concurrent use.
type Source struct {
	Forge    string // as messages call it, such as "GitHub"
	Key      string // as coverage names it, such as [forge.GitHub]
	Host     string // whose repositories it answers for: no other host is ever asked
	Root     string // path of the server below its host, such as "git" of https://host/git/; usually ""
	Server   *rest.Transport
	Store    *store.Store // nil keeps what is read in a temporary file for one mining
	Kinds    []model.Kind // to be read; nil is all
	Fresh    bool
	Progress func(forge.Progress)
	Log      *slog.Logger  // never nil
	Pause    time.Duration // before a query is sent again that was too heavy; 0: 5 s
}

// Steps are how a forge's own part reads one repository.
type Steps struct {
	// Look asks what the repository is now, and what stands at the heads of its lists.
	Look func(ctx context.Context) (Found, error)
	// Read reads what is new in the lists. It is called again as long as anything was.
	Read func(ctx context.Context) error
}

// Found is a repository as its forge names it.
type Found struct {
	ID   int64  // which survives a change of name
	Path string // such as owner/name
}

// ErrNoRepository says that a forge does not know a repository, or does not show it.
var ErrNoRepository = errors.New("there is no such repository, or the token may not read it")

// Mine reads what is new of a repository and yields what is known of it. What a list
// lacks is said in its coverage, and once more in a [*forge.GapError] at the end. Any
// other error means that the repository as a whole cannot be read, and that nothing of
// it is stored.
func (s *Source) Mine(ctx context.Context, repo model.Repository, period model.Period, begin func(*Reading) (Steps, error)) iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		err := s.mine(ctx, repo, period, begin, yield)
		if err == nil || errors.Is(err, errStopped) {
			return
		}
		told := s.About(repo, err)
		if lists := (incomplete{}); errors.As(err, &lists) {
			told = &forge.GapError{Repository: address.Redact(repo.URL), Err: told}
		}
		yield(model.Record{}, told)
	}
}

// About says of an error which repository it is about.
func (s *Source) About(repo model.Repository, err error) error {
	return fmt.Errorf("asking %s about %s: %w", s.Forge, address.Redact(repo.Address()), err)
}

func (s *Source) mine(ctx context.Context, repo model.Repository, period model.Period, begin func(*Reading) (Steps, error), yield func(model.Record, error) bool) error {
	r, err := s.Open(ctx, repo)
	if err != nil {
		return err
	}
	defer r.Close()
	r.Since = period.Since
	steps, err := begin(r)
	if err == nil {
		err = r.sync(ctx, steps)
	}
	r.tell(forge.Progress{})
	if err != nil {
		return err
	}
	for record, err := range r.log.Replay(period) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		if !yield(record, nil) {
			return errStopped
		}
	}
	if len(r.failed) > 0 {
		return incomplete{errors.Join(r.failed...)}
	}
	return nil
}

// errStopped says that the consumer has enough.
var errStopped = errors.New("stopped")

// incomplete says why some lists were not read in this run.
type incomplete struct{ error }

func (i incomplete) Unwrap() error { return i.error }

// Open begins the reading of a repository, with what is stored of it.
func (s *Source) Open(ctx context.Context, repo model.Repository) (*Reading, error) {
	web, path, ok := address.Host(repo.Address())
	if root := strings.Trim(s.Root, "/"); ok && root != "" {
		path, ok = cutFolder(path, root)
	}
	if !ok || !strings.Contains(path, "/") {
		return nil, fmt.Errorf("it is no address of a %s repository; write https://%s/OWNER/NAME, or forge: none", s.Forge, strings.Trim(s.Host+"/"+s.Root, "/"))
	}
	if web != s.Host {
		return nil, fmt.Errorf("the token and the API are those of %s, so %s is not asked; give it a source of its own, or write forge: none", s.Host, web)
	}
	r := &Reading{Source: s, Path: path, store: s.Store}
	if r.store == nil {
		if err := r.temporary(ctx); err != nil {
			return nil, err
		}
	}
	key, known, err := r.store.Find(s.Host, strings.ToLower(r.stored(path)))
	if err == nil && known {
		r.log = r.store.Log(key)
		_, err = r.log.State(&r.State)
	}
	if err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// Planned begins a reading that is not carried out: with what will be known of the
// repository when it is.
func (s *Source) Planned(ctx context.Context, repo model.Repository) (*Reading, error) {
	r, err := s.Open(ctx, repo)
	if err == nil && s.Fresh {
		r.State = State{}
	}
	return r, err
}

// cutFolder takes a folder off the beginning of a path, whatever its case.
func cutFolder(path, folder string) (string, bool) {
	if len(path) > len(folder) && strings.EqualFold(path[:len(folder)], folder) && path[len(folder)] == '/' {
		return path[len(folder)+1:], true
	}
	return path, false
}

// API is the address of a server's API with a slash at its end: the one that is
// stated, else the one that it usually has. Only https and loopback addresses can be
// sent a token; see [rest.Options].
func API(stated, usual string) (*url.URL, error) {
	said := cmp.Or(stated, usual)
	base, err := url.Parse(strings.TrimSuffix(said, "/") + "/")
	if err != nil || base.Host == "" || base.User != nil {
		return nil, fmt.Errorf("%q is no address of an API; write it as %s", address.Redact(said), usual)
	}
	return base, nil
}

// Wants reports whether facts of any of the kinds are asked for.
func (s *Source) Wants(kinds ...model.Kind) bool {
	return s.Kinds == nil || slices.ContainsFunc(kinds, func(k model.Kind) bool { return slices.Contains(s.Kinds, k) })
}

// Rest waits before another try of a query that the server gave up on: it was busy, too.
func (s *Source) Rest(ctx context.Context, try int) error {
	t := time.NewTimer(time.Duration(try) * cmp.Or(s.Pause, 5*time.Second))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// temporary makes a store for one mining.
func (r *Reading) temporary(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "tributary-")
	if err != nil {
		return fmt.Errorf("making a place for what is read: %w", err)
	}
	r.cleanup = func() { os.RemoveAll(dir) }
	if r.store, err = store.Open(ctx, filepath.Join(dir, "store"), nil); err != nil {
		r.cleanup()
		return err
	}
	opened := r.store
	r.cleanup = func() { opened.Close(); os.RemoveAll(dir) }
	return nil
}
