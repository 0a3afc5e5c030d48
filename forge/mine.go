package forge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"path/filepath"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tributary-oss/tributary/forge/internal/address"
	"github.com/tributary-oss/tributary/model"
)

// Git is the key under which [Hosts] holds the source of git histories.
const Git = "git"

// ErrUnfinished says that the tender's window ends after the mining, so that acts
// which count could still come.
var ErrUnfinished = errors.New("the window is not over")

// Hosts holds the sources by what they answer for: [Git] for the history of every
// repository. A repository without a source for its history is a gap.
type Hosts map[string]Source

// Options are the settings of [Mine]; nil means the defaults.
type Options struct {
	// Workers is how many repositories are mined at once; 0 is one per processor.
	Workers int
	// Dir is the folder that relative paths of repositories start from, usually
	// the tender document's; "" is the current one.
	Dir string
	// Now is the instant of the mining; zero is the time at which Mine is called.
	// Nothing but the refusal of unfinished windows hangs on it.
	Now time.Time
	// Log takes one line per repository and a warning per gap; nil discards.
	Log *slog.Logger
}

// Mine mines every repository of the tender concurrently and yields their records
// grouped by project: projects sorted by name, repositories in the document's
// order, each in its source's order. The order does not depend on Workers.
//
// A repository that fails yields a [*GapError] and the others go on. Where ctx
// ends, the last thing yielded is its error. A window that ends after the mining
// yields [ErrUnfinished] and nothing else. Breaking out of the loop cancels and
// waits for everything that was started.
func Mine(ctx context.Context, t *model.Tender, hosts Hosts, o *Options) iter.Seq2[model.Record, error] {
	if o == nil {
		o = &Options{}
	}
	return func(yield func(model.Record, error) bool) {
		if err := Finished(t.Window, o.Now); err != nil {
			yield(model.Record{}, err)
			return
		}
		ctx, cancel := context.WithCancel(ctx)
		jobs := repositories(t, o.Dir)
		done := make(chan struct{})
		go func() {
			defer close(done)
			var g errgroup.Group
			g.SetLimit(cmp.Or(o.Workers, runtime.GOMAXPROCS(0)))
			for _, j := range jobs {
				g.Go(func() error { j.mine(ctx, t.Window.Period(), hosts, o.Log); return nil })
			}
			g.Wait()
		}()
		defer func() { cancel(); <-done }()

		for _, j := range jobs {
			for m := range j.out {
				if !yield(m.record, m.err) {
					return
				}
			}
			if ctx.Err() != nil {
				yield(model.Record{}, fmt.Errorf("mining stopped: %w", context.Cause(ctx)))
				return
			}
		}
	}
}

// Finished returns [ErrUnfinished] with its dates where the window ends after now;
// a zero now is the clock's.
func Finished(w model.Window, now time.Time) error {
	if now.IsZero() {
		now = time.Now()
	}
	if until := w.Until.Time(); until.After(now) {
		return fmt.Errorf("mining: %w: it ends on %s, after the mining on %s; set window.until to the first of this month or of an earlier one",
			ErrUnfinished, w.Until, now.UTC().Format(time.DateOnly))
	}
	return nil
}

// job is one repository to be mined. Its channel is small, so that a repository
// whose turn has not come waits instead of filling the memory.
type job struct {
	project string
	repo    model.Repository // as the source gets it
	name    string           // as records name it
	out     chan mined
}

type mined struct {
	record model.Record
	err    error
}

func repositories(t *model.Tender, dir string) []job {
	var jobs []job
	for _, name := range t.ProjectNames() {
		for _, r := range t.Projects[name].Repositories {
			j := job{project: name, repo: r, name: Redact(r.URL), out: make(chan mined, 512)}
			if dir != "" && isRelativePath(r.URL) {
				j.repo.URL = filepath.Join(dir, r.URL)
			}
			jobs = append(jobs, j)
		}
	}
	return jobs
}

// mine sends what the sources state of the job's repository. It is done when out
// is closed, at the latest shortly after ctx ends.
func (j job) mine(ctx context.Context, window model.Period, hosts Hosts, log *slog.Logger) {
	defer close(j.out)
	log = cmp.Or(log, slog.New(slog.DiscardHandler))
	send := func(r model.Record, err error) bool {
		r.Project, r.Repository = j.project, j.name
		select {
		case j.out <- mined{r, err}:
			return true
		case <-ctx.Done():
			return false
		}
	}
	source := hosts[Git]
	if source == nil {
		send(model.Record{}, j.gap(errors.New("no source for git histories; put one into Hosts under \"git\"")))
		return
	}
	log.Debug("mining", "project", j.project, "repository", j.name)
	for r, err := range source.Mine(ctx, j.repo, window) {
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			log.Warn("not mined", "project", j.project, "repository", j.name, "error", err)
			send(model.Record{}, j.gap(err))
			return
		}
		if !send(r, nil) {
			return
		}
	}
}

func (j job) gap(err error) error {
	return &GapError{Project: j.project, Repository: j.name, Err: err}
}

// isRelativePath tells a path such as repo/x.git from an address such as
// https://host/x.git or git@host:x.git.
func isRelativePath(s string) bool {
	_, _, scheme := address.CutScheme(s)
	return !scheme && !filepath.IsAbs(s) && !address.ScpLike(s)
}

// Redact returns the address of a repository as records and messages show it:
// without user, password, query and fragment. Where a password may have been
// written without the escapes it needs, rather a part of the path goes with it.
func Redact(s string) string { return address.Redact(s) }
