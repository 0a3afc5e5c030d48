package git

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// landing says where and when each commit came in.
type landing struct {
	at     []int64    // acceptance, seconds since 1970
	by     []int32    // the commit that brought it in; -1 where no branch holds it
	place  []int64    // the place of that commit on the lines of all branches, one after the other
	places int64      // how many there are
	held   []int32    // number of the set of branches that hold the commit
	sets   [][]string // the sets of held, sorted; nil where no commit has it
	joins  []join     // how each set came about; set 0 is the empty one

	main  []int32 // the first branch's first-parent line
	times []int64 // and the acceptance of its commits
	since int     // the first place of that line that is not left out
	out   []bool  // the commits that a range leaves out
	order []int32 // all commits to state, in the order in which they are stated
}

// join is a set of branches: another set and one more branch. Written like this
// a set costs little, and most are outgrown by the next branch.
type join struct{ set, branch int32 }

// land computes the landing of every commit on every branch.
func (m *mining) land(ctx context.Context) error {
	g := m.graph
	l := &landing{at: make([]int64, len(g.ids)), by: make([]int32, len(g.ids)),
		place: make([]int64, len(g.ids)), held: make([]int32, len(g.ids)), joins: make([]join, 1)}
	mark := make([]bool, len(g.ids))
	for i := range l.by {
		l.by[i] = -1
	}
	for b := range m.branches {
		if err := ctx.Err(); err != nil {
			return err
		}
		m.landBranch(l, b, mark)
	}
	l.out = make([]bool, len(g.ids))
	for _, h := range m.without {
		g.reach(g.index[h], l.out, nil, func(int32) {})
	}
	for l.since < len(l.main) && l.out[l.main[l.since]] {
		l.since++
	}
	l.arrange(g.rank)
	m.spellSets(l)
	m.landing = l
	return nil
}

// arrange orders the commits to state by acceptance and place; what came in together
// stands in the order of rank.
func (l *landing) arrange(rank []int32) {
	type key struct {
		at, place    int64
		rank, commit int32
	}
	var keys []key // side by side: sorting looks at each of them many times
	for i, r := range rank {
		if l.by[i] >= 0 && !l.out[i] {
			keys = append(keys, key{l.at[i], l.place[i], r, int32(i)})
		}
	}
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.place, b.place), cmp.Compare(a.rank, b.rank))
	})
	l.order = make([]int32, len(keys))
	for n := range keys {
		l.order[n] = keys[n].commit
	}
}

// landBranch lands the commits of one branch: each with the oldest commit of the
// first-parent line from which it can be reached. An earlier branch keeps what
// landed there no later.
func (m *mining) landBranch(l *landing, b int, mark []bool) {
	g := m.graph
	clear(mark)
	line := g.line(g.index[m.branches[b].tip], mark)
	dates := make([]int64, len(line))
	for i, c := range line {
		dates[i] = g.committed[c]
	}
	times := m.believed(dates)
	if b == 0 {
		l.main, l.times = line, times
	}
	joined := map[int32]int32{} // the set that a set becomes with this branch
	clear(mark)
	var stack []int32
	for i, brings := range line {
		stack = g.reach(brings, mark, stack, func(c int32) {
			if l.by[c] < 0 || times[i] < l.at[c] {
				l.at[c], l.by[c], l.place[c] = times[i], brings, l.places+int64(i)
			}
			with, ok := joined[l.held[c]]
			if !ok {
				with = int32(len(l.joins))
				l.joins = append(l.joins, join{l.held[c], int32(b)})
				joined[l.held[c]] = with
			}
			l.held[c] = with
		})
	}
	l.places += int64(len(line))
}

// spellSets writes out the sets of branches that hold commits.
func (m *mining) spellSets(l *landing) {
	l.sets = make([][]string, len(l.joins))
	for _, set := range l.held {
		if l.sets[set] != nil {
			continue
		}
		for at := set; at > 0; at = l.joins[at].set {
			l.sets[set] = append(l.sets[set], m.branches[l.joins[at].branch].name)
		}
		slices.Sort(l.sets[set])
	}
	l.joins = nil
}

// believed turns the committer dates of a line into times of acceptance, which
// never go back; see [Source.Mine].
func (m *mining) believed(dates []int64) []int64 {
	limit := m.period.Until
	if limit.IsZero() {
		limit = m.now
	}
	never, strict := m.neverAfter()
	contradicted := make([]bool, len(dates))
	before := false
	for i, d := range slices.Backward(dates) {
		contradicted[i] = before
		before = before || d != 0 && d < limit.Unix()
	}
	times := make([]int64, len(dates))
	var most int64
	for i, d := range dates {
		late := d >= limit.Unix() && contradicted[i] || strict && d > never.Unix() || d > most && outvoted(dates[i:])
		if d > most && !late {
			most = d
		}
		times[i] = most
	}
	return times
}

// Whoever may push may write a date months ahead, and a clock may be wrong. What comes
// after on the line tells: of so many commits more than half would be earlier by so much.
const (
	voters    = 200
	leastVote = 3
	ahead     = 24 * 60 * 60 // seconds
)

// outvoted reports whether most of the commits that follow the first one on its line say
// that its date is too late.
func outvoted(dates []int64) bool {
	next := dates[1:min(len(dates), voters+1)]
	earlier := 0
	for _, d := range next {
		if d != 0 && d+ahead < dates[0] {
			earlier++
		}
	}
	return earlier >= leastVote && 2*earlier > len(next)
}

// instant returns a time of the graph.
func instant(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }
