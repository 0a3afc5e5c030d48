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
	// wholly says that the commit does little else.
	wholly bool
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
	for _, u := range b.findUndoings() {
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
			if _, ok := b.reverts[u.by]; !ok && u.wholly {
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

// landAgain finds where undone work was accepted once more, or stands all the same in a
// copy that was accepted before.
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
		if b.decisions.overruled(b.commits.at(x).hash, ruleRevert) {
			continue // it counts, and so its later acceptances do not
		}
		list := again[x]
		slices.SortFunc(list, b.earlier)
		first := x
		for _, m := range list {
			k := b.commits.at(m)
			if at, gone := when[first]; gone && k.accepted < at && !hasKey(when, m) {
				delete(b.reverts, first)
				delete(when, first)
			}
			if at, gone := when[first]; gone && k.accepted >= at {
				if b.author(k) == b.author(b.commits.at(first)) {
					b.origin[m], first = -1, m
					continue
				}
				if !hasKey(when, m) {
					delete(b.reverts, first)
					delete(when, first)
				}
			}
			b.origin[m] = first
		}
	}
}

func hasKey(m map[int32]int64, k int32) bool {
	_, ok := m[k]
	return ok
}

// findUndoings finds which commits take back which changes, in the order in which they did.
func (b *bench) findUndoings() []undoing {
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
	u := undoings{pieces: pieces, at: at, met: map[uint64][]int32{}, tried: map[int32]int32{}, gone: make([]bool, len(pieces))}
	asked := b.prefixes(order, sameLines) // the keys whose opposites are looked for: few are any piece's
	var list []undoing
	takesBack := map[int32]bool{}
	for _, z := range order {
		found, wholly := b.opposites(z, &u), true
		if len(found) == 0 {
			found, wholly = b.namedOpposites(z, &u)
		}
		for _, n := range found {
			if x := pieces[n]; !takesBack[x.commits[0]] {
				list = append(list, undoing{x.commits, z, wholly})
				takesBack[z] = wholly
				u.gone[n] = b.covers(z, x.commits[0])
			}
		}
		for _, n := range at[z] {
			for _, key := range prefix(pieces[n].patch.Sketch, sameLines) {
				if asked.seen(key ^ 1) {
					u.met[key] = append(u.met[key], n)
				}
			}
		}
	}
	return list
}

// undoings are the pieces that may be taken back, while the search goes on.
type undoings struct {
	pieces []work
	at     map[int32][]int32  // commit → pieces that are whole with it
	met    map[uint64][]int32 // by key: the pieces that have it in their prefix
	tried  map[int32]int32    // piece → the last commit that it was compared with
	// gone are the pieces that stand nowhere any more: what comes later takes back what
	// landed since then, however often a line comes and goes.
	gone []bool
}

// covers reports whether a commit is on every branch that holds another one.
func (b *bench) covers(z, x int32) bool {
	has := splitBranches(b.branches.list[b.commits.at(z).branches])
	for _, name := range splitBranches(b.branches.list[b.commits.at(x).branches]) {
		if !slices.Contains(has, name) {
			return false
		}
	}
	return true
}

// opposites returns the pieces, accepted before a commit and no longer ago than the rule
// says, whose lines it takes back, and little else: at least so many percent of both.
// See [bench.joinAlike] for why the prefixes find them all.
func (b *bench) opposites(z int32, u *undoings) (found []int32) {
	k, p := b.commits.at(z), b.patches[z]
	for _, key := range prefix(p.Sketch, sameLines) {
		if len(u.met[key^1]) == 0 {
			continue
		}
		left := slices.DeleteFunc(u.met[key^1], func(n int32) bool { return u.gone[n] })
		u.met[key^1] = left
		for _, n := range left {
			x := b.commits.at(u.pieces[n].commits[0])
			if last, ok := u.tried[n]; ok && last == z || !b.inTime(x, k) || !b.shareBranch(x.branches, k.branches) {
				continue
			}
			u.tried[n] = z
			if undoes(u.pieces[n].patch, p) {
				found = append(found, n)
			}
		}
	}
	slices.Sort(found)
	return found
}

// namedOpposites returns the pieces of single commits that a commit says it reverts, and whose
// lines it does take back, whatever else it does: one commit may revert several. It also
// reports whether it does little else.
func (b *bench) namedOpposites(z int32, u *undoings) (found []int32, wholly bool) {
	k, p := b.commits.at(z), b.patches[z]
	undone, all := 0, 0
	for _, h := range b.named[z] {
		i, ok := b.index.find(h)
		if !ok || len(u.at[i]) == 0 || u.gone[u.at[i][0]] || slices.Contains(found, u.at[i][0]) {
			continue
		}
		n, x := u.at[i][0], b.commits.at(i)
		q := u.pieces[n].patch
		there, of := q.Undone(p)
		back, total := p.Undone(q)
		if there == 0 || there*100 < of*sameLines || elsewhere(q, p) && back*100 < total*sameLines || !b.inTime(x, k) || b.earlier(i, z) >= 0 || !b.shareBranch(x.branches, k.branches) {
			continue
		}
		found = append(found, n)
		undone, all = undone+back, max(all, total)
	}
	slices.Sort(found)
	return found, undone*100 >= all*sameLines
}

func (b *bench) inTime(x, z *commit) bool {
	return z.accepted-x.accepted <= int64(b.tender.Rules.RevertDays)*24*60*60
}

// fewLines is the size up to which a patch could be taken back by accident, as a closing
// bracket is: then it must have been in the same place.
const fewLines = 3

// elsewhere reports whether q takes back a few lines in another place than that of p. What
// a merge comes to has no place of its own.
func elsewhere(p, q *model.Patch) bool {
	return p.Size <= fewLines && p.Place != "" && q.Place != "" && p.Place != q.Place
}

// undoes reports whether q takes back what p did.
func undoes(p, q *model.Patch) bool {
	if min(p.Size, q.Size)*100 < max(p.Size, q.Size)*sameLines {
		return false
	}
	if elsewhere(p, q) {
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
	if p.accepted != q.accepted { // nearly always
		return cmp.Compare(p.accepted, q.accepted)
	}
	return cmp.Or(cmp.Compare(p.authored, q.authored), slices.Compare(p.hash[:], q.hash[:]))
}

func sortedKeys[V any](m map[int32]V) []int32 {
	keys := make([]int32, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
