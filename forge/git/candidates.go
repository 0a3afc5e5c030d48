package git

import (
	"cmp"
	"context"
	"hash/fnv"
	"slices"
	"sync"

	"github.com/tributary-oss/tributary/forge/git/internal/parse"
	"github.com/tributary-oss/tributary/model"
)

// wantsKeys reports whether commits outside the period may have to be compared
// with those inside.
func (m *mining) wantsKeys() bool {
	return m.wants(model.PatchFacts) && !m.o.Inside && m.period != (model.Period{})
}

// keepsKeys reports whether the keys of commits are remembered.
func (m *mining) keepsKeys() bool { return m.wantsKeys() || m.wantsHeads() || m.memory.saves() }

// findCandidates marks the commits outside the period that may be another form of
// work inside it: of the same author at the same second, with the same Change-Id,
// with the same subject and files, or of which one says that it reverts the other.
// Contents of other commits outside are never opened.
func (m *mining) findCandidates(ctx context.Context) error {
	g := m.graph
	m.candidate = make([]bool, len(g.ids))
	if !m.wantsKeys() {
		return nil
	}
	inside := map[uint64]bool{}
	subjects := map[uint64]bool{}
	for _, i := range m.landing.order {
		if m.inside(i) && g.state[i]&merge == 0 {
			k := g.keys[i]
			inside[k.Author], inside[k.Change], inside[k.Reverts], inside[parse.KeyOf(g.ids[i])] = true, true, true, true
			subjects[k.Subject] = true
		}
	}
	delete(inside, 0)
	delete(subjects, 0)
	var unsure []int32
	shared := map[uint64]bool{} // subjects of unsure ones
	for _, i := range m.landing.order {
		if m.inside(i) || g.state[i]&merge != 0 {
			continue
		}
		k := g.keys[i]
		switch {
		case inside[k.Author], inside[k.Change], inside[k.Reverts], inside[parse.KeyOf(g.ids[i])]:
			m.candidate[i] = true
		case subjects[k.Subject]:
			unsure = append(unsure, i)
			shared[k.Subject] = true
		}
	}
	return m.sameFiles(ctx, unsure, shared)
}

// sameFiles makes those commits candidates that touch the same files as one inside
// the period with the same subject.
func (m *mining) sameFiles(ctx context.Context, unsure []int32, subjects map[uint64]bool) error {
	if len(unsure) == 0 {
		return nil
	}
	g := m.graph
	outside := len(unsure)
	for _, i := range m.landing.order {
		if m.inside(i) && g.state[i]&merge == 0 && subjects[g.keys[i].Subject] {
			unsure = append(unsure, i)
		}
	}
	type work struct{ subject, files uint64 }
	found := make([]work, len(unsure))
	inside := map[work]bool{}
	var mu sync.Mutex
	err := m.each(ctx, len(unsure), 4, func(ctx context.Context, w *worker, k int) error {
		files, err := m.filesKey(ctx, w, unsure[k])
		found[k] = work{g.keys[unsure[k]].Subject, files}
		if k >= outside && files != 0 {
			mu.Lock()
			defer mu.Unlock()
			inside[found[k]] = true
		}
		return err
	})
	for k, i := range unsure[:outside] {
		m.candidate[i] = inside[found[k]]
	}
	return err
}

// filesKey returns a hash of the paths that a commit touches; 0 where there are
// none or not all are known.
func (m *mining) filesKey(ctx context.Context, w *worker, i int32) (uint64, error) {
	before, known := m.before(i)
	if !known {
		return 0, nil
	}
	d := &w.differ
	if err := d.diff(ctx, before, m.graph.trees[i]); err != nil {
		return 0, err
	}
	d.dropMoves()
	if d.unknown > 0 || len(d.changes) == 0 {
		return 0, nil
	}
	slices.SortFunc(d.changes, func(a, b change) int { return cmp.Compare(a.path, b.path) })
	h := fnv.New64a()
	for _, c := range d.changes {
		h.Write([]byte(c.path))
		h.Write([]byte{0})
	}
	return h.Sum64(), nil
}
