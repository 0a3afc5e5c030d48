package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"github.com/tributary-oss/tributary/forge/git/internal/object"
	"slices"
	"strings"
	"sync"

	"github.com/tributary-oss/tributary/forge/git/internal/parse"
)

// graph is the history of the mined branches: who descends from whom, and when it
// was committed. Commits are numbered in the order in which they were found; all
// is kept in flat slices, some 120 bytes for each commit.
type graph struct {
	ids       []hash
	trees     []hash
	committed []int64 // seconds since 1970; 0 where not readable
	state     []state
	keys      []parse.Keys // nil where nothing is compared with commits on branches
	records   []int32      // what was saved of them, as memory numbers it; nil where nothing was
	raw       [][]byte     // the commits themselves, as far as there was room; given up when they are read again
	room      int          // bytes left for that
	from      []int32      // parents of i: parents[from[i]:from[i+1]]
	parents   []int32
	index     map[hash]int32
	rank      []int32 // a numbering in which parents come before children
	missing   []hash  // absent or unreadable commits, sorted
	lost      error   // why the first of them cannot be read
	cut       int     // commits at which a shallow clone ends
}

// state says what is special about a commit.
type state byte

const (
	gone    state = 1 << iota // absent or unreadable: it has no parents here
	shallow                   // its parents are cut off
	merge                     // it has two parents or more, cut off ones too
)

// newGraph returns an empty graph, with place for so many commits.
func newGraph(commits, room int) *graph {
	g := &graph{index: make(map[hash]int32, commits), room: room}
	g.ids, g.trees = make([]hash, 0, commits), make([]hash, 0, commits)
	g.committed, g.state = make([]int64, 0, commits), make([]state, 0, commits)
	g.from, g.parents = make([]int32, 0, commits+1), make([]int32, 0, commits+commits/2)
	return g
}

// parentsOf returns the numbers of a commit's parents, which may be gone.
func (g *graph) parentsOf(i int32) []int32 { return g.parents[g.from[i]:g.from[i+1]] }

// number returns the number of a commit, which is new or known.
func (g *graph) number(h hash) int32 {
	i, ok := g.index[h]
	if !ok {
		i = int32(len(g.ids))
		g.index[h] = i
		g.ids = append(g.ids, h)
	}
	return i
}

// walk reads every commit reachable from the branches once. What cannot be read
// is noted, and the walk goes on around it.
func (m *mining) walk(ctx context.Context) error {
	g := newGraph(len(m.memory.known), int(m.o.Memory/8))
	m.graph = g
	for _, b := range m.branches {
		g.number(b.tip)
	}
	for _, h := range m.without {
		g.number(h)
	}
	roots := len(g.ids)
	if err := m.follow(ctx); err != nil {
		return err
	}
	for _, h := range g.missing {
		if g.index[h] < int32(roots) {
			return fmt.Errorf("the tip %v cannot be read: %w%s", h, g.lost, m.repo.store.Trouble())
		}
	}
	g.from = append(g.from, int32(len(g.parents)))
	slices.SortFunc(g.missing, func(a, b hash) int { return bytes.Compare(a[:], b[:]) })
	g.order(roots)
	m.progress("walking", len(g.ids), len(g.ids))
	if err := m.land(ctx); err != nil {
		return err
	}
	m.noticeRewriting()
	return nil
}

// trail is the state of a walk that several workers share. Commits are claimed in the
// order of their numbers and entered in that order, by whoever reads the one that
// comes next, so the numbering does not depend on who was fast.
type trail struct {
	mu      sync.Mutex
	more    sync.Cond // there is something to claim, or no more to come
	claimed int       // commits up to here are being read, or were
	entered int       // and up to here their parents are known
	read    map[int]link
	parents []hash // of the commit that is entered, to be used again
	err     error
}

// follow reads the commits, and finds more of them on the way.
func (m *mining) follow(ctx context.Context) error {
	t := &trail{read: map[int]link{}}
	t.more.L = &t.mu
	var running sync.WaitGroup
	for _, w := range m.workers {
		running.Go(func() { m.walkAlong(ctx, w, t) })
	}
	running.Wait()
	return t.err
}

func (m *mining) walkAlong(ctx context.Context, w *worker, t *trail) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for {
		for t.claimed == len(m.graph.ids) && t.entered < t.claimed && t.err == nil {
			t.more.Wait() // somebody is reading what may lead further
		}
		if t.claimed == len(m.graph.ids) || t.err != nil {
			t.more.Broadcast()
			return
		}
		i := t.claimed
		t.claimed++
		h, room := m.graph.ids[i], m.graph.room > 0
		t.mu.Unlock()
		l := m.link(w.read, h, room)
		t.mu.Lock()
		t.read[i] = l
		if m.enter(t); t.entered%256 == 0 && t.err == nil {
			t.err = ctx.Err()
		}
		if len(m.graph.ids)-t.claimed > 1 || t.entered == len(m.graph.ids) {
			t.more.Broadcast() // one is for this worker itself
		}
	}
}

// enter adds the commits that were read to the graph, as far as there is no gap.
// Commits that are remembered from before need no reading.
func (m *mining) enter(t *trail) {
	for t.entered < len(m.graph.ids) {
		i := t.entered
		var l link
		var ok bool
		if i < t.claimed {
			if l, ok = t.read[i]; !ok {
				return
			}
			delete(t.read, i)
		} else if l, ok = m.memory.graph(m.graph.ids[i], t.parents[:0]); ok {
			t.parents = l.parents
			t.claimed++
		} else {
			return
		}
		m.add(int32(i), l)
		if t.entered++; t.entered%1024 == 0 {
			m.progress("walking", t.entered, 0)
		}
	}
}

// mostRaw is the size up to which commits are kept to be read again.
const mostRaw = 1 << 16

// link is what the graph needs of one commit.
type link struct {
	tree      hash
	parents   []hash
	committed int64
	keys      parse.Keys
	record    int32 // what was saved of it; -1 where nothing was
	raw       []byte
	err       error
}

// link reads one commit, and keeps its text if there is room.
func (m *mining) link(read *object.Reader, h hash, room bool) (l link) {
	if l, ok := m.memory.graph(h, nil); ok {
		return l
	}
	l.record = -1
	defer read.Release()
	b, err := read.ReadKind(h, object.Commit)
	if err != nil {
		if !errors.Is(err, object.ErrAbsent) {
			m.o.Log.Warn("a commit cannot be read", "repository", m.address, "error", err)
		}
		return link{record: -1, err: err}
	}
	l.tree, l.parents, l.committed, l.err = parse.ParseGraph(b, make([]hash, 0, 2))
	if l.err != nil {
		m.o.Log.Warn("a commit cannot be read", "repository", m.address, "commit", h.String(), "error", l.err)
		return l
	}
	if m.keepsKeys() {
		l.keys = parse.ParseKeys(b)
	}
	if room && len(b) <= mostRaw && m.mayBeStated(l.committed) {
		l.raw = bytes.Clone(b)
	}
	return l
}

// mayBeStated reports whether a commit of this date is likely to be read again.
func (m *mining) mayBeStated(committed int64) bool {
	return !m.o.Inside || m.period.Since.IsZero() || committed >= m.period.Since.Unix()
}

// add notes commit number i.
func (m *mining) add(i int32, l link) {
	g := m.graph
	g.from = append(g.from, int32(len(g.parents)))
	var s state
	switch {
	case l.err != nil:
		if len(g.missing) == 0 {
			g.lost = l.err
		}
		l = link{record: -1}
		s = gone
		g.missing = append(g.missing, g.ids[i])
	case m.repo.shallow[g.ids[i]] && len(l.parents) > 0:
		s = shallow
		g.cut++
	default:
		for _, p := range l.parents {
			g.parents = append(g.parents, g.number(p))
		}
	}
	if len(l.parents) > 1 {
		s |= merge
	}
	g.trees, g.committed = append(g.trees, l.tree), append(g.committed, l.committed)
	g.state, g.raw = append(g.state, s), append(g.raw, l.raw)
	g.room -= len(l.raw)
	if m.keepsKeys() {
		g.keys = append(g.keys, l.keys)
	}
	if m.memory.old != nil {
		g.records = append(g.records, l.record)
	}
}

// order ranks the commits so that parents come before children. It goes down from
// the first commits, so it depends on the tips and nothing else. Parents that
// form a circle, which only a forged repository has, are ranked once each.
func (g *graph) order(roots int) {
	type step struct{ commit, next int32 }
	g.rank = make([]int32, len(g.ids))
	seen := make([]bool, len(g.ids))
	var stack []step
	next := int32(0)
	for root := range int32(roots) {
		if seen[root] {
			continue
		}
		seen[root] = true
		for stack = append(stack, step{root, 0}); len(stack) > 0; {
			top := &stack[len(stack)-1]
			if ps := g.parentsOf(top.commit); int(top.next) < len(ps) {
				p := ps[top.next]
				if top.next++; !seen[p] {
					seen[p] = true
					stack = append(stack, step{p, 0})
				}
				continue
			}
			g.rank[top.commit] = next
			next++
			stack = stack[:len(stack)-1]
		}
	}
}

// line returns the first-parent line of a commit, from its beginning to the
// commit. It begins after a parent that is gone or cut off. It uses up seen, which
// must be empty.
func (g *graph) line(tip int32, seen []bool) []int32 {
	var line []int32
	for at := tip; !seen[at] && g.state[at]&gone == 0; {
		seen[at] = true
		line = append(line, at)
		ps := g.parentsOf(at)
		if len(ps) == 0 {
			break
		}
		at = ps[0]
	}
	slices.Reverse(line)
	return line
}

// reach calls visit for every commit that can be reached from one and that mark
// does not hold yet, itself included, and adds it to mark.
func (g *graph) reach(from int32, mark []bool, stack []int32, visit func(int32)) []int32 {
	if mark[from] || g.state[from]&gone != 0 {
		return stack
	}
	mark[from] = true
	for stack = append(stack[:0], from); len(stack) > 0; {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		visit(at)
		for _, p := range g.parentsOf(at) {
			if !mark[p] && g.state[p]&gone == 0 {
				mark[p] = true
				stack = append(stack, p)
			}
		}
	}
	return stack
}

// shortfall says what of the history is not there, "" where all is.
func (g *graph) shortfall() string {
	var said []string
	if n := len(g.missing); n > 0 {
		var names []string
		for _, h := range g.missing[:min(n, 5)] {
			names = append(names, h.String()[:12])
		}
		if n > len(names) {
			names = append(names, "…")
		}
		said = append(said, fmt.Sprintf("%s absent or unreadable: %s", plural(n, "commit is", "commits are"), strings.Join(names, ", ")))
	}
	if g.cut > 0 {
		said = append(said, fmt.Sprintf("shallow clone: history before %s is cut off; deepen it with git fetch --unshallow",
			plural(g.cut, "commit", "commits")))
	}
	return strings.Join(said, "; ")
}

// plural writes a number with the right word.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
