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

// The keys under which [Hosts] holds the sources: that of git histories, and those of
// forges, by the words of the tender document.
const (
	Git    = "git"
	GitHub = "github"
	GitLab = "gitlab"
	Gitea  = "gitea"
)

// ErrUnfinished says that the tender's window ends after the mining, so that acts
// which count could still come.
var ErrUnfinished = errors.New("the window is not over")

// Hosts holds the sources by what they answer for: [Git] for the history of every
// repository, the others for what git does not record of the repositories on such a
// forge. A repository without a source for its history is a gap; without one for
// its forge it is mined from git alone.
type Hosts map[string]Source

// ForgeOf says which forge a repository is on: what the document states, or what its
// host's name says; "" where that says nothing, and where there is none.
func ForgeOf(r model.Repository) string {
	switch r.Forge {
	case "":
		host, _, _ := address.Host(r.URL)
		return knownHosts[host]
	case "none":
		return ""
	}
	return r.Forge
}

// knownHosts are public forges.
var knownHosts = map[string]string{
	"github.com": GitHub,
	"gitlab.com": GitLab, "framagit.org": GitLab, "code.europa.eu": GitLab, "gitlab.opencode.de": GitLab,
	"gitlab.adullact.net": GitLab, "gitlab.ow2.org": GitLab, "salsa.debian.org": GitLab, "invent.kde.org": GitLab,
	"gitlab.gnome.org": GitLab, "gitlab.freedesktop.org": GitLab,
	"codeberg.org": Gitea, "gitea.com": Gitea,
}

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
// order, each with what git says first and then what its forge says, in the source's
// order. The order does not depend on Workers.
//
// A forge that fails as a whole makes its kinds of facts unavailable, with the
// reason, and what git says stands. A repository that fails yields a [*GapError] and the others go on. Where ctx
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
	ctx, cancel := context.WithCancel(ctx)
	log = cmp.Or(log, slog.New(slog.DiscardHandler)).With("project", j.project, "repository", j.name)
	fromForge := make(chan mined, cap(j.out))
	go func() {
		defer close(fromForge)
		j.mineForge(ctx, window, hosts, log, fromForge) // at the same time: it waits for answers, not for the disk
	}()
	defer func() {
		cancel()
		for range fromForge {
		}
		close(j.out)
	}()
	source := hosts[Git]
	if source == nil {
		j.send(ctx, j.out, model.Record{}, j.gap(errors.New("no source for git histories; put one into Hosts under \"git\"")))
		return
	}
	log.Debug("mining")
	for r, err := range source.Mine(ctx, j.repo, window) {
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			log.Warn("not mined", "error", err)
			j.send(ctx, j.out, model.Record{}, j.gap(err))
			return
		}
		if !j.send(ctx, j.out, attributed(r, Git), nil) {
			return
		}
	}
	for m := range fromForge {
		select {
		case j.out <- m:
		case <-ctx.Done():
			return
		}
	}
}

// mineForge sends what the repository's forge says of it.
func (j job) mineForge(ctx context.Context, window model.Period, hosts Hosts, log *slog.Logger, out chan<- mined) {
	name := ForgeOf(j.repo)
	source := hosts[name]
	if name == "" || source == nil {
		return
	}
	for r, err := range source.Mine(ctx, j.repo, window) {
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			log.Warn("the forge is not mined", "forge", name, "error", err)
			for _, k := range ForgeKinds() {
				c := model.Coverage{Source: name, Kind: k, State: model.Unavailable, Reason: err.Error()}
				j.send(ctx, out, model.Record{Coverage: &c}, nil)
			}
			return
		}
		if !j.send(ctx, out, attributed(r, name), nil) {
			return
		}
	}
}

// ForgeKinds returns the kinds of facts that forges show.
func ForgeKinds() []model.Kind {
	return []model.Kind{model.MergeFacts, model.ReviewFacts, model.ReleaseFacts, model.AdvisoryFacts, model.IssueFacts}
}

// attributed returns a record that names its source where that matters.
func attributed(r model.Record, source string) model.Record {
	if r.Coverage != nil && r.Coverage.Source == "" {
		c := *r.Coverage
		c.Source = source
		r.Coverage = &c
	}
	return r
}

// send hands over one record of the job; false where ctx has ended.
func (j job) send(ctx context.Context, out chan<- mined, r model.Record, err error) bool {
	r.Project, r.Repository = j.project, j.name
	select {
	case out <- mined{r, err}:
		return true
	case <-ctx.Done():
		return false
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
