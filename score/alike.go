package score

import (
	"cmp"
	"slices"

	"github.com/tributary-oss/tributary/model"
)

// Shares of common lines, in percent, from which on two patches are the same
// work: of anybody, and of one author at one second (METHOD.md, rule duplicate).
// Author and second alone collide for different commits, and so does a person's
// habit of committing in a loop.
const (
	sameLines       = 80
	sameLinesSecond = 50
)

// linkAlike links the commits whose lines are mostly the same.
func (b *bench) linkAlike(order []int32, earlier func(x, y int32) int) {
	var known []int32
	for _, i := range order {
		if b.patches[i] != nil {
			known = append(known, i)
		}
	}
	slices.SortFunc(known, earlier)
	b.joinAlike(known, sameLines, true, earlier)

	second := func(k *commit) (workKey, bool) {
		return workKey{who: b.human(k.author), when: k.authored}, b.human(k.author) >= 0
	}
	at := func(i int32) workKey { k, _ := second(b.commits.at(i)); return k }
	known = b.repeated(known, second)
	slices.SortStableFunc(known, func(x, y int32) int {
		p, q := at(x), at(y)
		return cmp.Or(cmp.Compare(p.when, q.when), cmp.Compare(p.who, q.who))
	})
	for from, i := 0, 1; i <= len(known); i++ {
		if i < len(known) && at(known[i]) == at(known[from]) {
			continue
		}
		if i-from > 1 {
			b.joinAlike(known[from:i], sameLinesSecond, false, earlier)
		}
		from = i
	}
}

// joinAlike links all pairs of commits, given from the earliest to the latest, whose
// patches have at least so many percent of their lines in common.
//
// It is a similarity join with prefix filtering: R. Bayardo, Y. Ma, R. Srikant,
// "Scaling up all pairs similarity search", WWW 2007. Of two sketches of which
// the larger has n keys and shares at least s of them with the other, the first
// n−s+1 keys of each have one in common, whatever the order; so only commits that
// meet in such a prefix are compared, and no pair is missed. It holds for samples
// as for whole sketches, as [model.Patch.Common] never counts more keys than the
// smaller of two samples has.
//
// With standing, a pair is left alone where the second only repeats what the first
// did elsewhere in the same file; see [bench.repeats].
func (b *bench) joinAlike(commits []int32, percent int, standing bool, earlier func(x, y int32) int) {
	met := map[uint64][]int32{}            // by key: the commits that have it in their prefix
	tried := map[int32]int32{}             // the last commit that each was compared with
	first := map[string]int32{}            // by identity
	least := min(percent, sameLinesSecond) // of two commits on different branches; see [bench.share]
	prefixes := b.prefixes(commits, least)
	undo := undoers{bench: b, commits: commits, keys: prefixes}
	for _, x := range commits {
		p := b.patches[x]
		if y, ok := first[p.ID]; ok {
			if !standing || !b.repeats(x, y, &undo) {
				b.link(x, y, earlier)
			}
			continue // what resembles x resembles y
		}
		first[p.ID] = x
		for _, key := range prefix(p.Sketch, least) {
			if !prefixes.again(key) {
				continue // nobody else has it, which is true of nearly all
			}
			for _, y := range met[key] {
				if last, ok := tried[y]; ok && last == x {
					continue
				}
				tried[y] = x
				if alike(p, b.patches[y], b.share(x, y, percent, standing)) && (!standing || !b.repeats(x, y, &undo)) {
					b.link(x, y, earlier)
				}
			}
			met[key] = append(met[key], x)
		}
	}
}

// prefixes notes the keys of all prefixes.
func (b *bench) prefixes(commits []int32, percent int) *often {
	n := 0
	for _, x := range commits {
		n += len(prefix(b.patches[x].Sketch, percent))
	}
	seen := newOften(n)
	for _, x := range commits {
		for _, key := range prefix(b.patches[x].Sketch, percent) {
			seen.note(key)
		}
	}
	return seen
}

// share is the percent of common lines from which on two commits are the same work: less
// where no branch holds both. What lands on another branch with half of the lines of
// what was accepted before is that, carried there; and one edited line, or a few added,
// must not make an old history new.
func (b *bench) share(x, y int32, percent int, standing bool) int {
	if standing && b.human(b.commits.at(x).author) >= 0 && !b.shareBranch(b.commits.at(x).branches, b.commits.at(y).branches) {
		return sameLinesSecond
	}
	return percent
}

// prefix returns the keys of which two sketches with so many percent in common
// share at least one.
func prefix(s model.Sketch, percent int) model.Sketch {
	return s[:len(s)-(len(s)*percent+99)/100+1]
}

func alike(p, q *model.Patch, percent int) bool {
	if min(p.Size, q.Size)*100 < max(p.Size, q.Size)*percent {
		return false
	}
	common, of := p.Common(q)
	return common > 0 && common*100 >= of*percent
}

// repeats reports whether x does once more, in another place of the same files, what
// its author did in y: on a branch that holds both, where nothing undid y meanwhile,
// in other words and between other lines. Lines that stand there cannot be added again as the same
// work, but the like of them can, as in the next of a row of tests. What another
// person hands in with the same lines gets no such benefit of the doubt.
func (b *bench) repeats(x, y int32, undo *undoers) bool {
	p, q := b.commits.at(x), b.commits.at(y)
	if who := b.human(p.author); who < 0 || who != b.human(q.author) || p.subject == q.subject || !b.shareBranch(p.branches, q.branches) {
		return false
	}
	if b.patches[x].Place == b.patches[y].Place {
		return false
	}
	for _, key := range prefix(b.patches[y].Sketch, sameLines) {
		for _, z := range undo.between(y, x, key) {
			if undone, of := b.patches[y].Undone(b.patches[z]); undone*100 >= of*sameLines {
				return false // x lands it again
			}
		}
	}
	return true
}

// undoers finds, among commits given from the earliest to the latest, those that do the
// opposite of others. It looks only when it is asked, as it hardly ever is.
type undoers struct {
	*bench
	commits []int32
	keys    *often             // of what may be asked for
	place   map[int32]int      // of each commit
	by      map[uint64][]int32 // key → the commits that do its opposite
}

// between returns the commits after y and up to x that do the opposite of a key.
func (u *undoers) between(y, x int32, key uint64) []int32 {
	if u.place == nil {
		u.look()
	}
	order := func(z int32, place int) int { return cmp.Compare(u.place[z], place) }
	list := u.by[key]
	from, _ := slices.BinarySearchFunc(list, u.place[y]+1, order)
	to, _ := slices.BinarySearchFunc(list, u.place[x]+1, order)
	return list[from:max(from, to)]
}

func (u *undoers) look() {
	u.place, u.by = make(map[int32]int, len(u.commits)), map[uint64][]int32{}
	for n, z := range u.commits {
		u.place[z] = n
		for _, key := range u.patches[z].Sketch {
			if u.keys.seen(key ^ 1) {
				u.by[key^1] = append(u.by[key^1], z)
			}
		}
	}
}

// shareBranch reports whether two sets of branches have one in common.
func (b *bench) shareBranch(s, t int32) bool {
	if s == t {
		return true
	}
	have := splitBranches(b.branches.list[s])
	for _, name := range splitBranches(b.branches.list[t]) {
		if slices.Contains(have, name) {
			return true
		}
	}
	return false
}
