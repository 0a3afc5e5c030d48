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
	"sync"
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
// repository, and for what git does not record either one host, such as
// "forge.example:8443" in lower case, or all that are of one kind, such as [GitHub]. The
// host's own source goes first: a document may name several servers of one kind, and
// each has tokens of its own. A repository without a source for its history is a gap;
// without one for its forge it is mined from git alone.
type Hosts map[string]Source

// forge returns the source of a repository's forge and what coverage calls it; nil
// where there is none.
func (h Hosts) forge(r model.Repository) (name string, source Source) {
	if r.Forge == "none" {
		return "", nil
	}
	host, _, ok := address.Host(r.Address())
	name = ForgeOf(r)
	if source = h[host]; ok && source != nil {
		return cmp.Or(name, host), source
	}
	if name == "" {
		return "", nil
	}
	return name, h[name]
}

// ForgeOf says which forge a repository is on: what the document states, or what its
// host's name says; "" where that says nothing, and where there is none.
func ForgeOf(r model.Repository) string {
	switch r.Forge {
	case "":
		host, _, _ := address.Host(r.Address())
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
// order, each with what git says first and then what its forge says, in the sources'
// order. The order does not depend on Workers. People on the tender's list of erased ones
// come as stand-ins, see [model.Erased].
//
// A repository that fails yields a [*GapError] and the others go on. Where only its
// forge fails as a whole, the gap comes last and the kinds of facts that forges show
// are unavailable; what git says stands. Where ctx ends, the last thing yielded is its error. A window that
// ends after the mining yields [ErrUnfinished] and nothing else. Breaking out of the
// loop cancels and waits for everything that was started.
func Mine(ctx context.Context, t *model.Tender, hosts Hosts, o *Options) iter.Seq2[model.Record, error] {
	if o == nil {
		o = &Options{}
	}
	return func(yield func(model.Record, error) bool) {
		if err := Finished(t.Window, o.Now); err != nil {
			yield(model.Record{}, err)
			return
		}
		mine(ctx, repositories(t, o.Dir), t.Window.Period(), hosts, o, func(r model.Record, err error) bool {
			r, keep := withoutErased(r, t.Erased)
			return !keep || yield(r, err)
		})
	}
}

// withoutErased puts stand-ins in the place of erased people. An alias of theirs is left
// out: it would join the stand-in to an address.
func withoutErased(r model.Record, e *model.Erased) (out model.Record, keep bool) {
	if e == nil {
		return r, true
	}
	if r.Alias != nil {
		return r, e.Replace(r.Alias.From) == r.Alias.From && e.Replace(r.Alias.To) == r.Alias.To
	}
	if c := r.Contribution; c != nil {
		if who := e.Replace(c.Actor); who != c.Actor {
			erased := *c
			erased.Actor = who
			r.Contribution = &erased
		}
	}
	return r, true
}

// MineRepository mines one repository as [Mine] does, for a period that need not be
// over. Its records bear its address as project and repository. It fails where the
// history cannot be mined.
func MineRepository(ctx context.Context, repo model.Repository, period model.Period, hosts Hosts, o *Options) iter.Seq2[model.Record, error] {
	if o == nil {
		o = &Options{}
	}
	return func(yield func(model.Record, error) bool) {
		name := Redact(repo.URL)
		mine(ctx, []*job{newJob(name, repo, o.Dir)}, period, hosts, o, func(r model.Record, err error) bool {
			var gap *GapError
			if errors.As(err, &gap) {
				err = raw(gap.Err) // for whoever runs this, and for no result
			}
			return yield(r, err)
		})
	}
}

// mostForges is how many repositories one host is asked about at once: that takes patience
// and little else, and the host has limits of its own.
const mostForges = 8

// mine starts the jobs and yields what they state, one after the other.
func mine(ctx context.Context, jobs []*job, period model.Period, hosts Hosts, o *Options, yield func(model.Record, error) bool) {
	ctx, cancel := context.WithCancel(ctx)
	log := cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	var running sync.WaitGroup
	start := func(jobs []*job, limit int, work func(j *job)) {
		running.Go(func() {
			var g errgroup.Group
			g.SetLimit(limit)
			for _, j := range jobs {
				g.Go(func() error { work(j); return nil })
			}
			g.Wait()
		})
	}
	onHost := map[string][]*job{}
	for _, j := range jobs {
		j.context, j.stopForge = context.WithCancel(ctx)
		host, _, _ := address.Host(j.repo.Address())
		onHost[host] = append(onHost[host], j)
	}
	start(jobs, cmp.Or(o.Workers, runtime.GOMAXPROCS(0)), func(j *job) { j.mineHistory(ctx, period, hosts[Git], log) })
	for _, jobs := range onHost { // each by itself, so that one that has to wait for quota keeps no other
		start(jobs, mostForges, func(j *job) { j.mineForge(j.context, period, hosts, log) })
	}
	defer func() { cancel(); running.Wait() }()
	for _, j := range jobs {
		if !j.yield(ctx, yield) {
			return
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

// job is one repository to be mined. Its channels are small, so that a repository
// whose turn has not come waits instead of filling the memory.
type job struct {
	project   string
	repo      model.Repository // as the sources get it
	name      string           // as records name it
	dir       string           // which relative paths start from
	history   chan mined
	forge     chan mined
	context   context.Context // of the forge's part
	stopForge context.CancelFunc
}

type mined struct {
	record model.Record
	err    error
}

func newJob(project string, r model.Repository, dir string) *job {
	j := &job{project: project, repo: r, name: Redact(r.URL), dir: dir, history: make(chan mined, 512), forge: make(chan mined, 512)}
	if dir != "" && isRelativePath(r.URL) {
		j.repo.URL = filepath.Join(dir, r.URL)
	}
	return j
}

func repositories(t *model.Tender, dir string) []*job {
	var jobs []*job
	for _, name := range t.ProjectNames() {
		for _, r := range t.Projects[name].Repositories {
			jobs = append(jobs, newJob(name, r, dir))
		}
	}
	return jobs
}

// yield hands over what the job states; false where the consumer has enough or ctx has
// ended. What a forge says of a repository without a history is left out.
func (j *job) yield(ctx context.Context, yield func(model.Record, error) bool) bool {
	defer j.stopForge()
	for _, from := range []chan mined{j.history, j.forge} {
		failed := false
		for m := range from {
			failed = m.err != nil
			if !yield(m.record, m.err) {
				return false
			}
		}
		if ctx.Err() != nil {
			yield(model.Record{}, fmt.Errorf("mining stopped: %w", context.Cause(ctx)))
			return false
		}
		if failed {
			break
		}
	}
	return true
}

// mineHistory sends what git states of the job's repository. It is done when the
// channel is closed, at the latest shortly after ctx ends.
func (j *job) mineHistory(ctx context.Context, period model.Period, source Source, log *slog.Logger) {
	defer close(j.history)
	log = log.With("project", j.project, "repository", j.name)
	if source == nil {
		j.send(ctx, j.history, model.Record{}, j.gap(errors.New("no source for git histories; put one into Hosts under \"git\"")))
		return
	}
	log.Debug("mining")
	for r, err := range source.Mine(ctx, j.repo, period) {
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			log.Warn("not mined", "error", err)
			j.send(ctx, j.history, model.Record{}, j.gap(err))
			return
		}
		if !j.send(ctx, j.history, attributed(r, Git), nil) {
			return
		}
	}
}

// mineForge sends what the repository's forge says of it.
func (j *job) mineForge(ctx context.Context, period model.Period, hosts Hosts, log *slog.Logger) {
	defer close(j.forge)
	name, source := hosts.forge(j.repo)
	if source == nil || ctx.Err() != nil {
		return
	}
	for r, err := range source.Mine(ctx, j.repo, period) {
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			var gap *GapError
			if errors.As(err, &gap) { // of a part, whose coverage is stated
				j.send(ctx, j.forge, model.Record{}, j.gap(gap.Err))
				return
			}
			log.Warn("the forge is not mined", "project", j.project, "repository", j.name, "forge", name, "error", err)
			for _, k := range ForgeKinds() {
				c := model.Coverage{Source: name, Kind: k, State: model.Unavailable, Reason: "the forge could not be asked"}
				j.send(ctx, j.forge, model.Record{Coverage: &c}, nil)
			}
			j.send(ctx, j.forge, model.Record{}, j.gap(err))
			return
		}
		if !j.send(ctx, j.forge, attributed(r, name), nil) {
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
func (j *job) send(ctx context.Context, out chan<- mined, r model.Record, err error) bool {
	r.Project, r.Repository = j.project, j.name
	select {
	case out <- mined{r, err}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (j *job) gap(err error) error {
	return &GapError{Project: j.project, Repository: j.name, Err: tell(err, j.name, j.repo.URL, j.dir)}
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
