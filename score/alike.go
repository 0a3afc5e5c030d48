package score

import (
	"cmp"
	"slices"
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
	b.joinAlike(known, sameLines, earlier)

	second := func(i int32) workKey {
		k := b.commits.at(i)
		return workKey{who: b.human(k.author), when: k.authored}
	}
	slices.SortStableFunc(known, func(x, y int32) int {
		p, q := second(x), second(y)
		return cmp.Or(cmp.Compare(p.when, q.when), cmp.Compare(p.who, q.who))
	})
	for from, i := 0, 1; i <= len(known); i++ {
		if i < len(known) && second(known[i]) == second(known[from]) {
			continue
		}
		if i-from > 1 && second(known[from]).who >= 0 {
			b.joinAlike(known[from:i], sameLinesSecond, earlier)
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
func (b *bench) joinAlike(commits []int32, percent int, earlier func(x, y int32) int) {
	met := map[uint64][]int32{} // by key: the commits that have it in their prefix
	tried := map[int32]int32{}  // the last commit that each was compared with
	first := map[string]int32{} // by identity
	for _, x := range commits {
		p := b.patches[x]
		if y, ok := first[p.ID]; ok {
			b.link(x, y, earlier) // and what resembles x resembles y
			continue
		}
		first[p.ID] = x
		n := len(p.Sketch)
		for _, key := range p.Sketch[:n-(n*percent+99)/100+1] {
			for _, y := range met[key] {
				if last, ok := tried[y]; ok && last == x {
					continue
				}
				tried[y] = x
				if q := b.patches[y]; min(p.Size, q.Size)*100 >= max(p.Size, q.Size)*percent {
					if common, of := p.Common(q); common*100 >= of*percent && common > 0 {
						b.link(x, y, earlier)
					}
				}
			}
			met[key] = append(met[key], x)
		}
	}
}
