package git

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/tributary-oss/tributary/forge/git/internal/object"
	"github.com/tributary-oss/tributary/forge/git/internal/parse"
	"github.com/tributary-oss/tributary/forge/git/internal/saved"
	"github.com/tributary-oss/tributary/model"
)

// act is one part that somebody played in a commit.
type act = saved.Act

// mined is what was read of one commit.
type mined struct {
	commit  *model.Commit
	acts    []act
	content *content // nil where no content was looked at
	folders int      // unknown ones

	known bool          // all was saved before
	old   *saved.Record // what was saved of it, where there is more to save
}

// commits states every commit, in order. While one segment of the history is
// stated, the next one is read.
func (m *mining) commits(ctx context.Context) error {
	inner, cancel := context.WithCancel(ctx)
	segments := make(chan *segment)
	var failed error
	var reading sync.WaitGroup
	reading.Go(func() {
		defer close(segments)
		failed = m.readSegments(inner, segments)
	})
	defer reading.Wait()
	defer cancel()
	for s := range segments {
		for k := range s.commits {
			if err := m.state(ctx, s.commits[k], &s.mined[k]); err != nil {
				return err
			}
		}
	}
	m.graph.raw = nil
	return failed
}

func (m *mining) readSegments(ctx context.Context, to chan<- *segment) error {
	order := m.landing.order
	if m.o.Inside {
		order = slices.DeleteFunc(slices.Clone(order), func(i int32) bool { return !m.inside(i) })
	}
	done, size := 0, m.o.segment()
	if m.memory.old != nil {
		size /= 4 // most are known, and the first ones can be stated sooner
	}
	for commits := range slices.Chunk(order, size) {
		s := newSegment(commits)
		if err := m.read(ctx, s, func(part int) { m.progress("reading", done+part, len(order)) }); err != nil {
			return err
		}
		select {
		case to <- s:
		case <-ctx.Done():
			return ctx.Err()
		}
		done += len(commits)
	}
	m.progress("reading", done, len(order))
	return ctx.Err()
}

// inside reports whether commit i was accepted in the period.
func (m *mining) inside(i int32) bool { return m.period.Holds(instant(m.landing.at[i])) }

// state hands over the contributions to one commit.
func (m *mining) state(ctx context.Context, i int32, r *mined) error {
	m.unknown.folders += r.folders
	if c := r.content; c != nil {
		m.unknown.files += c.unknown
		c.fill(r.commit.Files)
	}
	if f := r.commit.Files; f != nil && f.Unknown > 0 {
		m.unknown.commits++
	}
	m.keep(i, r)
	artifact := model.NewArtifact(model.CommitArtifact, m.graph.ids[i].String())
	at := instant(m.landing.at[i])
	acts := r.acts
	if !m.inside(i) {
		acts = acts[:2] // author and committer
	}
	for _, a := range acts {
		if err := m.contribute(ctx, &model.Contribution{Artifact: artifact, Role: a.Role, Actor: a.Actor, At: at, Commit: r.commit}); err != nil {
			return err
		}
	}
	return nil
}

// commit reads one commit itself, without its files. It was readable when the
// graph was walked.
func (m *mining) commit(w *worker, i int32) (r mined, err error) {
	h, b := m.graph.ids[i], m.graph.raw[i]
	if m.graph.raw[i] = nil; b == nil {
		if b, err = w.read.ReadKind(h, object.Commit); err != nil {
			return r, fmt.Errorf("reading commit %v again: %w", h, err)
		}
	}
	c, err := parse.ParseCommit(b)
	w.read.Release()
	if err != nil {
		return r, fmt.Errorf("commit %v: %w", h, err)
	}
	if len(c.Faults) > 0 {
		m.o.Log.Debug("a commit is odd", "repository", m.address, "commit", h.String(), "faults", c.Faults)
	}
	r.commit = &model.Commit{
		Subject: c.Subject, Authored: c.Author.When, Committed: c.Committer.When,
		ChangeID: c.ChangeID, Picked: c.Picked, Reverts: c.Reverts, Signed: c.Signed,
	}
	r.commit.Parents = names(c.Parents)
	r.acts = append([]act{{Role: model.Author, Actor: identity(c.Author)}, {Role: model.Committer, Actor: identity(c.Committer)}}, trailers(c.Trailers)...)
	return r, nil
}

// names writes out names of commits.
func names(hs []hash) []string {
	var out []string
	for _, h := range hs {
		out = append(out, h.String())
	}
	return out
}

// landed states where and with which branches the commit came in.
func (m *mining) landed(i int32, c *model.Commit) {
	g, l := m.graph, m.landing
	c.Landed, c.LandedMerge, c.Branches = g.ids[l.by[i]].String(), g.state[l.by[i]]&merge != 0, l.sets[l.held[i]]
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
			a := act{Role: role, Actor: actor}
			if actor != (model.Identity{}) && !seen[a] {
				seen[a] = true
				acts = append(acts, a)
			}
		}
	}
	return acts
}
