package git

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/tributary-oss/tributary/forge/git/internal/lines"
	"github.com/tributary-oss/tributary/forge/git/internal/parse"
	"github.com/tributary-oss/tributary/model"
)

// Memory that readers keep content in: of the goroutine that walks, and of all
// workers together.
const (
	readerBudget  = 48 << 20
	workersBudget = 192 << 20
)

// Commits are read in batches of neighbours, which have most folders and files in
// common. A worker may be as far ahead as waiting batches for each worker allow.
const (
	batch   = 64
	waiting = 8
)

// mostSteps bounds the comparison of two files; it is some seconds' work, and
// suffices for 200,000 lines on each side.
const mostSteps = 1 << 30

// act is one part that somebody played in a commit.
type act struct {
	role  model.Role
	actor model.Identity
}

// mined is what was read of one commit.
type mined struct {
	commit  *model.Commit
	acts    []act
	folders int // unknown ones
	files   int // unknown ones
	err     error
}

// worker reads commits. Each has its own memory.
type worker struct {
	*mining
	differ differ
	lines  lines.Counter
}

// job is a batch of commits that one worker reads.
type job struct {
	commits []int32
	done    chan []mined
}

// commits states every commit, in order, whichever worker read it.
func (m *mining) commits(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	done := 0
	for j := range m.readAhead(ctx, &running) {
		var results []mined
		select {
		case results = <-j.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		for i, r := range results {
			if err := m.state(ctx, j.commits[i], r); err != nil {
				return err
			}
		}
		done += len(results)
		m.progress("reading", done, len(m.landing.order))
	}
	return ctx.Err()
}

// readAhead starts the workers, and returns the batches in order; each becomes
// done in its own time. All end with the context.
func (m *mining) readAhead(ctx context.Context, running *sync.WaitGroup) <-chan job {
	jobs, queue := make(chan job), make(chan job, waiting*m.o.Workers)
	running.Go(func() {
		defer close(queue)
		defer close(jobs)
		for commits := range slices.Chunk(m.landing.order, batch) {
			j := job{commits, make(chan []mined, 1)}
			for _, to := range []chan job{queue, jobs} {
				select {
				case to <- j:
				case <-ctx.Done():
					return
				}
			}
		}
	})
	for range m.o.Workers {
		running.Go(func() {
			w := &worker{mining: m}
			w.lines.Stop = func() bool { return ctx.Err() != nil }
			w.differ.read = m.repo.store.reader(max(workersBudget/m.o.Workers, 4<<20))
			for j := range jobs {
				j.done <- w.batch(ctx, j.commits)
			}
		})
	}
	return queue
}

// state hands over the contributions to one commit.
func (m *mining) state(ctx context.Context, i int32, r mined) error {
	if r.err != nil {
		return r.err
	}
	m.unknown.folders += r.folders
	m.unknown.files += r.files
	if r.folders+r.files > 0 {
		m.unknown.commits++
	}
	artifact := model.NewArtifact(model.CommitArtifact, m.graph.ids[i].String())
	at := instant(m.landing.at[i])
	for _, a := range r.acts {
		if err := m.contribute(ctx, &model.Contribution{Artifact: artifact, Role: a.role, Actor: a.actor, At: at, Commit: r.commit}); err != nil {
			return err
		}
	}
	return nil
}

// batch reads some commits. After an error it stops.
func (w *worker) batch(ctx context.Context, commits []int32) []mined {
	out := make([]mined, 0, len(commits))
	for _, i := range commits {
		r := w.commit(ctx, i)
		out = append(out, r)
		if r.err != nil {
			break
		}
	}
	return out
}

// commit reads one commit. It was readable when the graph was walked.
func (w *worker) commit(ctx context.Context, i int32) (r mined) {
	g, l := w.graph, w.landing
	if r.err = ctx.Err(); r.err != nil {
		return r
	}
	b, err := w.differ.read.readKind(g.ids[i], commitKind)
	if err != nil {
		r.err = fmt.Errorf("reading commit %v again: %w", g.ids[i], err)
		return r
	}
	c, err := parse.ParseCommit(b)
	if err != nil {
		r.err = fmt.Errorf("commit %v: %w", g.ids[i], err)
		return r
	}
	if len(c.Faults) > 0 {
		w.o.Log.Debug("a commit is odd", "repository", w.address, "commit", g.ids[i].String(), "faults", c.Faults)
	}
	r.commit = &model.Commit{
		Subject: c.Subject, Authored: c.Author.When, Committed: c.Committer.When,
		Landed: g.ids[l.by[i]].String(), LandedMerge: g.state[l.by[i]]&merge != 0, Branches: l.sets[l.held[i]],
		ChangeID: c.ChangeID, Picked: c.Picked, Reverts: c.Reverts, Signed: c.Signed,
	}
	for _, p := range c.Parents {
		r.commit.Parents = append(r.commit.Parents, p.String())
	}
	r.acts = []act{{model.Author, identity(c.Author)}, {model.Committer, identity(c.Committer)}}
	if !w.period.Holds(instant(l.at[i])) {
		return r
	}
	r.acts = append(r.acts, trailers(c.Trailers)...)
	if len(c.Parents) < 2 {
		r.err = w.files(ctx, i, &r)
	}
	return r
}

func identity(s parse.Signature) model.Identity {
	return model.Identity{Name: s.Name, Mail: s.Mail}
}

// trailers returns the parts that a message's trailers give, each once.
func trailers(ts []parse.Trailer) []act {
	var acts []act
	seen := map[act]bool{}
	for _, t := range ts {
		actor := t.Actor()
		for _, role := range t.Roles() {
			a := act{role, actor}
			if actor != (model.Identity{}) && !seen[a] {
				seen[a] = true
				acts = append(acts, a)
			}
		}
	}
	return acts
}

// files looks which files a commit touches, and counts their lines if asked to.
func (w *worker) files(ctx context.Context, i int32, r *mined) error {
	g := w.graph
	f := &model.Files{}
	r.commit.Files = f
	var before hash
	ps := g.parentsOf(i)
	if g.state[i]&shallow != 0 || len(ps) > 0 && g.state[ps[0]]&gone != 0 {
		f.Unknown, r.folders = 1, 1
		return nil
	}
	if len(ps) > 0 {
		before = g.trees[ps[0]]
	}
	d := &w.differ
	if err := d.diff(ctx, before, g.trees[i]); err != nil {
		return err
	}
	d.dropMoves()
	f.Touched, f.Unknown, r.folders = len(d.changes), d.unknown, d.unknown
	for _, c := range d.changes {
		if w.upkeep.holds(c.path) {
			f.Upkeep++
		}
	}
	if !w.o.Lines {
		return nil
	}
	f.Lines = &model.Lines{}
	for _, c := range d.changes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !w.count(c, f.Lines) {
			if err := ctx.Err(); err != nil {
				return err // it was stopped, and says nothing about the file
			}
			f.Unknown++
			r.files++
		}
	}
	return nil
}

// count adds the lines of one change; false where its content is not known.
func (w *worker) count(c change, to *model.Lines) bool {
	if c.old.id == c.new.id && (c.old.mode^c.new.mode)&modeKind == 0 {
		return true
	}
	old, errOld := w.differ.read.text(c.old)
	new, errNew := w.differ.read.text(c.new)
	if errOld != nil || errNew != nil {
		return false
	}
	if lines.Binary(old) || lines.Binary(new) {
		return true
	}
	added, deleted, ok := w.lines.CountWithin(old, new, mostSteps)
	to.Added += added
	to.Deleted += deleted
	return ok
}
