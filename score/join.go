package score

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// fate is what became of a change that a forge merged.
type fate struct {
	commits  []int32 // its commits on declared branches, the one it became first; also those that are replays
	declared bool    // merged into a declared branch, so that the forge's time of the merge counts
	became   int32   // the commit on a declared branch that it became; -1 for none
	line     int32   // how many commits it was fast-forwarded over; 0 where it was not, or that is not known
	merged   int64   // when it was merged into its branch
	at       int64   // when it was accepted
	unit     int32   // its unit; -1 where it is no change that counts, and then:
	rule     rule    // why not
	related  int32   // what explains it; -1 without
	opener   int32   // acts, by number; -1 without
	merger   int32
	by       int32 // the act of the human who merged it or told a robot to
}

// joining is what the search for the commits of changes keeps while it lasts.
type joining struct {
	landings map[int32][]int32 // merge that a change became, or was fast-forwarded over → what it brought in
	bases    map[int32]bool    // merges on a declared branch that brought a change's base into it; see [bench.overBase]
	brought  []int32           // commit → the change that brought it to a declared branch as or before its last one; -1 for none
	heads    map[int32]int32   // commit → the change to a declared branch that became it, or has it as its last one
	marks    []int32           // commit → the last walk that came by; see [bench.overBase]
	walks    int32
}

// joinChanges finds the commits of every change that a forge merged. A commit
// belongs to one change at most: the one merged first, then the one with the lowest
// number. Requests that are stacked and merged at once otherwise count one piece of
// work several times. Those that are inferred get what is left.
func (b *bench) joinChanges() {
	s := &b.stated
	b.fates = make([]fate, s.changes.n)
	b.changeOf = unset(b.commits.n)
	for c := range b.fates {
		b.fates[c] = fate{became: -1, unit: -1, related: -1, opener: -1, merger: -1, by: -1}
	}
	b.findParties()
	b.findBecame()
	order := b.changesInOrder()
	b.findBrought(order)
	b.findLandings()
	for _, c := range order {
		k, f := s.changes.at(c), &b.fates[c]
		if f.became < 0 || b.inferred(c) && b.changeOf[f.became] >= 0 {
			if !f.declared && !b.decisions.overruledOther(s.things.list[k.thing].artifact, ruleBranch) {
				f.rule = ruleBranch
			}
			continue
		}
		if !f.declared {
			f.at = b.commits.at(f.became).accepted
		}
		f.rule, f.related = b.claim(c)
	}
	b.joining = joining{}
}

// unset is a list of so many numbers that stand for nothing yet.
func unset(n int32) []int32 {
	list := make([]int32, n)
	for i := range list {
		list[i] = -1
	}
	return list
}

// findBecame finds what each change became, how far back it goes, and when it was
// merged. Where the forge says that it was merged before it was opened, as Gitea does
// of a merge that was made by hand, whose author's clock it repeats, git's acceptance
// is the time.
func (b *bench) findBecame() {
	declared := b.declaredBranches()
	b.bases, b.heads = map[int32]bool{}, map[int32]int32{}
	for c := range b.fates {
		k, f := b.stated.changes.at(int32(c)), &b.fates[c]
		f.declared = declared[branch{k.repo, b.stated.bases.list[k.base]}]
		f.became, f.merged = b.became(k, f.declared), k.merged
		if f.became >= 0 {
			f.line = b.forwarded(k, f.became)
			if k.merged < k.opened {
				f.merged = b.commits.at(f.became).accepted
			}
		}
		f.at = f.merged
		if f.declared && f.became >= 0 {
			b.heads[f.became] = int32(c)
			for _, name := range [...]hash{k.head, b.stated.heads[k.thing].commit} {
				if i, ok := b.accepted(name); ok {
					b.heads[i] = int32(c)
				}
			}
		}
	}
}

// findParties finds who opened and who merged each change, by the first act that
// says so.
func (b *bench) findParties() {
	for n := range b.stated.others.n {
		o := b.stated.others.at(n)
		c := b.stated.changeOf(o)
		if c < 0 {
			continue
		}
		f, i := &b.fates[c], b.acts.n+n
		switch role := b.stated.roleOf(o); {
		case role == model.Author && f.opener < 0:
			f.opener = i
		case role == model.Merger && f.merger < 0:
			f.merger = i
		}
	}
}

// inferred reports whether nothing but its own last commit may tell what a change
// became, and on which branch.
func (b *bench) inferred(c int32) bool {
	return !b.fates[c].declared && b.stated.changes.at(c).commit == hash{}
}

// changesInOrder lists the changes as they were merged, then by their numbers; those
// that are inferred come after all others.
func (b *bench) changesInOrder() []int32 {
	s := &b.stated
	order := make([]int32, s.changes.n)
	for c := range order {
		order[c] = int32(c)
	}
	name := func(k *change) string { return s.things.list[k.thing].artifact.Name() }
	slices.SortFunc(order, func(x, y int32) int {
		p, q := s.changes.at(x), s.changes.at(y)
		if last := b.inferred(x); last != b.inferred(y) {
			if last {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(b.fates[x].merged, b.fates[y].merged), cmp.Compare(len(name(p)), len(name(q))),
			strings.Compare(name(p), name(q)), cmp.Compare(x, y))
	})
	return order
}

type branch struct {
	repo int32
	name string
}

// declaredBranches are those that were mined: named as tips, or holding a commit.
func (b *bench) declaredBranches() map[branch]bool {
	declared := map[branch]bool{}
	for _, t := range b.facts.Tips {
		if repo, ok := b.repos.find(t.Repository); ok && t.Branch != model.TagsTip {
			declared[branch{repo, t.Branch}] = true
		}
	}
	if b.stated.changes.n == 0 {
		return declared
	}
	seen := map[[2]int32]bool{}
	for i := range b.commits.n {
		k := b.commits.at(i)
		if key := [2]int32{int32(k.repo), k.branches}; k.flags&described != 0 && !seen[key] {
			seen[key] = true
			for _, name := range splitBranches(b.branches.list[k.branches]) {
				declared[branch{int32(k.repo), name}] = name != ""
			}
		}
	}
	return declared
}

// findLandings lists what each merge that a change became, or that it was
// fast-forwarded over, brought in.
func (b *bench) findLandings() {
	b.landings = map[int32][]int32{}
	for c := range b.fates {
		f := &b.fates[c]
		for m := range b.line(f.became, max(f.line, 1)) {
			if b.commits.at(m).flags&isMerge != 0 && !b.bases[m] {
				b.landings[m] = nil
			}
		}
	}
	if len(b.landings) == 0 {
		return
	}
	for i := range b.commits.n {
		k := b.commits.at(i)
		if k.flags&described == 0 || k.landed == i {
			continue
		}
		if list, ok := b.landings[k.landed]; ok {
			b.landings[k.landed] = append(list, i)
		}
	}
}

// became returns the commit on a declared branch that a change became, -1 for none.
// Where the forge does not say, as GitLab does not of what it fast-forwards, or names
// a commit that git does not know, the change's own last commit leads to it, by the
// word of the forge or of the repository's references: as it is, through the merge that
// brought it in, or through the rebased commits that it became. That holds only for a
// change to a declared branch: what it became elsewhere is not what another change
// brought here. Where the forge says nothing of a change to another branch, its last
// commit itself went there, and came along to the declared branch that holds it.
func (b *bench) became(k *change, declared bool) int32 {
	if i, ok := b.accepted(k.commit); ok {
		return i
	}
	if !declared {
		if i, ok := b.accepted(k.head); ok && k.commit == (hash{}) && !k.odd {
			return i
		}
		return -1
	}
	h := b.stated.heads[k.thing]
	for _, name := range [...]hash{k.head, h.commit} {
		if i, ok := b.accepted(name); ok {
			return b.through(k, i)
		}
	}
	last := int32(-1)
	for _, name := range h.accepted {
		if i, ok := b.accepted(name); ok && b.commits.at(i).accepted >= k.opened && (last < 0 || b.commitBefore(last, i)) {
			last = i
		}
	}
	return last
}

// through returns the merge that brought the last commit of a change in, or the commit
// itself where it was fast-forwarded. A merge that is later than the change did not
// bring it in: somebody merged the branch into their own and had that fast-forwarded,
// and on the line that merge seems to have brought all that the branch held before.
func (b *bench) through(k *change, head int32) int32 {
	l := b.commits.at(head).landed
	if m := b.commits.at(l); m.flags&described == 0 || k.opened <= k.merged && k.merged < m.accepted && b.forwarded(k, head) > 0 {
		return head
	}
	return l
}

// accepted finds a commit that a declared branch holds. No commit has the zero hash.
func (b *bench) accepted(h hash) (int32, bool) {
	i, ok := b.index.find(h)
	if !ok || h == (hash{}) || b.commits.at(i).flags&described == 0 || b.branches.list[b.commits.at(i).branches] == "" {
		return -1, false
	}
	return i, true
}

// claim gives a change the commits of what it became: what a merge brought in, what a
// fast-forward did, or the one commit together with those that a rebase made before
// it. Where there is nothing to give, it returns the rule that says why and what
// explains it.
func (b *bench) claim(c int32) (rule, int32) {
	k, f := b.stated.changes.at(c), &b.fates[c]
	m := b.commits.at(f.became)
	switch owner, other := b.owner(c), b.changeOf[f.became]; {
	case owner >= 0:
		return ruleBranch, ofThing(b.stated.changes.at(owner).thing)
	case other >= 0:
		return ruleDuplicate, ofThing(b.stated.changes.at(other).thing)
	case int32(m.repo) != k.repo:
		return ruleDuplicate, f.became // accepted earlier in another repository
	case !b.mayTake(c, f.became):
		return ruleBranch, -1
	case m.flags&isMerge != 0 && m.landed != f.became && f.line == 0:
		return ruleBranch, m.landed // merged into a branch that another change brought in
	}
	list := []int32{f.became}
	switch {
	case f.line > 0:
		list = b.forwardedOwn(c)
	case m.flags&isMerge != 0:
		list = append(list, b.landed(f.became)...)
	default:
		list = append(list, b.rebased(k, f.became)...)
	}
	for _, i := range list {
		if b.changeOf[i] < 0 {
			b.changeOf[i] = c
			f.commits = append(f.commits, i)
		}
	}
	if m.flags&isMerge != 0 && len(f.commits) == 1 {
		return ruleDuplicate, f.became // all that it brings in came with other changes
	}
	return noRule, -1
}

// landed hands out what a merge brought in, once: then all of it belongs to changes.
func (b *bench) landed(merge int32) []int32 {
	list := b.landings[merge]
	delete(b.landings, merge)
	return list
}

// rebased returns the commits before the last one of a change that a rebase made of
// it: in a row before that one, accepted the same way and applied by the same person,
// while the change was open. A rebase lays them down one after the other. What merely
// looks like its own lies elsewhere or was applied by somebody else: ports, and what
// others pushed while its branch held a copy.
func (b *bench) rebased(c *change, last int32) []int32 {
	own := map[int32]bool{}
	for _, name := range b.stated.heads[c.thing].accepted {
		if i, ok := b.accepted(name); ok {
			own[i] = true
		}
	}
	var list []int32
	for i := last; own[i]; i = *b.parents.at(i) {
		delete(own, i) // names may lead in circles
		if i == last {
			continue
		}
		k := b.commits.at(i)
		if !b.cameWith(i, last) || k.accepted < c.opened || b.committer(k) != b.committer(b.commits.at(last)) {
			break
		}
		list = append(list, i)
	}
	return list
}
