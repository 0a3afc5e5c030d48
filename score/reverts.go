package score

import (
	"cmp"
	"slices"

	"github.com/tributary-oss/tributary/model"
)

// undoing is a commit that takes back what a change did: the commits of the change.
type undoing struct {
	what []int32
	by   int32
}

// work is what may be undone: a commit, or all commits of a change together.
type work struct {
	commits []int32
	patch   *model.Patch
}

// findReverts finds the changes that were taken back within the days of the rule, on
// every declared branch that holds them, and what took them back. Lines decide, never
// the words "This reverts": a text is cheap, and would let anybody strike out a rival.
//
// Where the work was landed again, that is its first acceptance if its author did it.
// If somebody else did, the first acceptance stands: else one could take a rival's work
// out and hand it in as one's own.
func (b *bench) findReverts() {
	b.reverts = map[int32]int32{}
	if b.tender.Rules.RevertDays == 0 {
		return
	}
	undone, when := map[int32][]undoing{}, map[int32]int64{}
	for _, u := range b.undoings() {
		for _, x := range u.what {
			undone[x] = append(undone[x], u)
		}
	}
	gone := sortedKeys(undone)
	gone = slices.DeleteFunc(gone, func(x int32) bool {
		by, ok := b.undoneEverywhere(x, undone[x])
		if ok {
			b.reverts[x], when[x] = by, b.commits.at(by).accepted
		}
		return !ok
	})
	b.landAgain(when)
	for _, x := range gone {
		for _, u := range undone[x] {
			if _, ok := b.reverts[u.by]; !ok {
				b.reverts[u.by] = x // undoing is no work of its own
			}
		}
	}
}

// undoneEverywhere reports whether every declared branch that holds a commit holds one
// that takes it back, and returns the last of these.
func (b *bench) undoneEverywhere(x int32, list []undoing) (int32, bool) {
	by, left := int32(-1), splitBranches(b.branches.list[b.commits.at(x).branches])
	for _, u := range list {
		has := splitBranches(b.branches.list[b.commits.at(u.by).branches])
		n := len(left)
		left = slices.DeleteFunc(slices.Clone(left), func(name string) bool { return slices.Contains(has, name) })
		if len(left) < n {
			by = u.by
		}
	}
	return by, by >= 0 && len(left) == 0
}

// landAgain finds where undone work was accepted once more.
func (b *bench) landAgain(when map[int32]int64) {
	again := map[int32][]int32{} // first acceptance that was undone → its later ones
	for i := range b.commits.n {
		if b.origin[i] < 0 {
			continue
		}
		r := b.root(i)
		if _, gone := when[r]; gone {
			again[r] = append(again[r], i)
		}
	}
	for _, x := range sortedKeys(again) {
		list := again[x]
		slices.SortFunc(list, b.earlier)
		first := x
		for _, m := range list {
			k := b.commits.at(m)
			if at, gone := when[first]; gone && k.accepted >= at {
				if b.author(k) == b.author(b.commits.at(first)) {
					b.origin[m], first = -1, m
					continue
				}
				if _, goneToo := when[m]; !goneToo {
					delete(b.reverts, first)
					delete(when, first)
				}
			}
			b.origin[m] = first
		}
	}
}

// undoings finds which commits take back which changes, in the order in which they did.
func (b *bench) undoings() []undoing {
	order := b.patched()
	pieces := make([]work, 0, len(order))
	at := map[int32][]int32{} // commit → pieces that are whole with it
	for _, i := range order {
		at[i] = append(at[i], int32(len(pieces)))
		pieces = append(pieces, work{[]int32{i}, b.patches[i]})
	}
	for _, p := range b.together(order) {
		last := p.commits[len(p.commits)-1]
		at[last] = append(at[last], int32(len(pieces)))
		pieces = append(pieces, p)
	}
	met := map[uint64][]int32{} // by key: the pieces that have it in their prefix
	var list []undoing
	takesBack := map[int32]bool{}
	for _, z := range order {
		found := append(b.opposites(z, pieces, met), b.namedOpposites(z, at, pieces)...)
		slices.Sort(found)
		for _, n := range slices.Compact(found) {
			if x := pieces[n]; !takesBack[x.commits[0]] {
				list = append(list, undoing{x.commits, z})
				takesBack[z] = true
			}
		}
		for _, n := range at[z] {
			for _, key := range prefix(pieces[n].patch.Sketch, sameLines) {
				met[key] = append(met[key], n)
			}
		}
	}
	return list
}

// opposites returns the pieces, accepted before a commit and no longer ago than the rule
// says, whose lines it takes back, and little else: at least so many percent of both.
// See [bench.joinAlike] for why the prefixes find them all.
func (b *bench) opposites(z int32, pieces []work, met map[uint64][]int32) (found []int32) {
	k, p := b.commits.at(z), b.patches[z]
	var seen []int32
	for _, key := range prefix(p.Sketch, sameLines) {
		for _, n := range met[key^1] {
			x := b.commits.at(pieces[n].commits[0])
			if !b.inTime(x, k) || slices.Contains(seen, n) || !b.shareBranch(x.branches, k.branches) {
				continue
			}
			seen = append(seen, n)
			if undoes(pieces[n].patch, p) {
				found = append(found, n)
			}
		}
	}
	return found
}

// namedOpposites returns the pieces of single commits that a commit says it reverts, and whose
// lines it does take back, whatever else it does: one commit may revert several.
func (b *bench) namedOpposites(z int32, at map[int32][]int32, pieces []work) (found []int32) {
	k := b.commits.at(z)
	for _, h := range b.named[z] {
		i, ok := b.index.find(h)
		if !ok || len(at[i]) == 0 {
			continue
		}
		p, x := pieces[at[i][0]], b.commits.at(i)
		if there, of := p.patch.Undone(b.patches[z]); there > 0 && there*100 >= of*sameLines && b.inTime(x, k) && b.earlier(i, z) < 0 && b.shareBranch(x.branches, k.branches) {
			found = append(found, at[i][0])
		}
	}
	return found
}

func (b *bench) inTime(x, z *commit) bool {
	return z.accepted-x.accepted <= int64(b.tender.Rules.RevertDays)*24*60*60
}

// fewLines is the size up to which a patch could be taken back by accident, as a closing
// bracket is: then it must have been in the same place.
const fewLines = 3

// undoes reports whether q takes back what p did.
func undoes(p, q *model.Patch) bool {
	if min(p.Size, q.Size)*100 < max(p.Size, q.Size)*sameLines {
		return false
	}
	if p.Size <= fewLines && p.Place != q.Place {
		return false
	}
	there, of := p.Undone(q)
	back, all := q.Undone(p)
	return there > 0 && there*100 >= of*sameLines && back*100 >= all*sameLines
}

// patched lists the commits on declared branches whose lines are known, as accepted.
func (b *bench) patched() []int32 {
	var order []int32
	for i := range b.patches {
		if k := b.commits.at(i); k.flags&(described|isMerge) == described && b.branches.list[k.branches] != "" {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, b.earlier)
	return order
}

// together joins the commits that one merge or one change of a forge brought in to one
// work: undoing a merge undoes what they come to.
func (b *bench) together(order []int32) []work {
	groups := map[int32][]int32{}
	for _, i := range order {
		k := b.commits.at(i)
		switch c := b.changeOf[i]; {
		case c >= 0:
			groups[ofThing(b.stated.changes.at(c).thing)] = append(groups[ofThing(b.stated.changes.at(c).thing)], i)
		case k.flags&landedMerge != 0:
			groups[k.landed] = append(groups[k.landed], i)
		}
	}
	var list []work
	for _, g := range sortedKeys(groups) {
		if commits := groups[g]; len(commits) > 1 {
			patches := make([]*model.Patch, len(commits))
			for n, i := range commits {
				patches[n] = b.patches[i]
			}
			if p := model.JoinPatches(patches...); p.Size > 0 {
				list = append(list, work{commits, p})
			}
		}
	}
	return list
}

// earlier orders commits by acceptance, then by the author's clock, then by name.
func (b *bench) earlier(x, y int32) int {
	p, q := b.commits.at(x), b.commits.at(y)
	return cmp.Or(cmp.Compare(p.accepted, q.accepted), cmp.Compare(p.authored, q.authored), slices.Compare(p.hash[:], q.hash[:]))
}

func sortedKeys[V any](m map[int32]V) []int32 {
	keys := make([]int32, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
