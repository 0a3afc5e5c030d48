package score

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/tributary-oss/tributary/model"
)

// fate is what became of a change that a forge merged.
type fate struct {
	commits  []int32 // its commits on declared branches, the one it became first; also those that are replays
	declared bool    // merged into a declared branch, so that the forge's time of the merge counts
	line     int32   // how many commits it was fast-forwarded over; 0 where it was not, or that is not known
	at       int64   // when it was accepted
	unit     int32   // its unit; -1 where it is no change that counts, and then:
	rule     rule    // why not
	related  int32   // what explains it; -1 without
	opener   int32   // acts, by number; -1 without
	merger   int32
	by       int32 // the act of the human who merged it or told a robot to
}

// joinChanges finds the commits of every change that a forge merged. A commit
// belongs to one change at most: the one merged first, then the one with the lowest
// number. Requests that are stacked and merged at once otherwise count one piece of
// work several times. Those that are inferred get what is left.
func (b *bench) joinChanges() {
	s := &b.stated
	b.fates = make([]fate, s.changes.n)
	b.changeOf = make([]int32, b.commits.n)
	for i := range b.changeOf {
		b.changeOf[i] = -1
	}
	for c := range b.fates {
		b.fates[c] = fate{unit: -1, related: -1, opener: -1, merger: -1, by: -1}
	}
	b.findParties()
	declared, became := b.declaredBranches(), make([]int32, len(b.fates))
	for c := range b.fates {
		k, f := s.changes.at(int32(c)), &b.fates[c]
		f.at = k.merged
		f.declared = declared[branch{k.repo, s.bases.list[k.base]}]
		if became[c] = b.became(k, f.declared); became[c] >= 0 {
			f.line = b.forwarded(k, became[c])
		}
	}
	landings := b.landings(became)
	for _, c := range b.changesInOrder() {
		k, f, i := s.changes.at(c), &b.fates[c], became[c]
		if i < 0 || b.inferred(c) && b.changeOf[i] >= 0 {
			if !f.declared && !b.decisions.overruledOther(s.things.list[k.thing].artifact, ruleBranch) {
				f.rule = ruleBranch
			}
			continue
		}
		if !f.declared {
			f.at = b.commits.at(i).accepted
		}
		f.rule, f.related = b.claim(c, i, landings)
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
		return cmp.Or(cmp.Compare(p.merged, q.merged), cmp.Compare(len(name(p)), len(name(q))),
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
		if repo, ok := b.repos.find(t.Repository); ok {
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

// landings lists what each merge that a change became, or that it was fast-forwarded
// over, brought in.
func (b *bench) landings(became []int32) map[int32][]int32 {
	list := map[int32][]int32{}
	for c, i := range became {
		if i < 0 {
			continue
		}
		for _, m := range b.line(i, max(b.fates[c].line, 1)) {
			if b.commits.at(m).flags&isMerge != 0 {
				list[m] = nil
			}
		}
	}
	if len(list) == 0 {
		return list
	}
	for i := range b.commits.n {
		k := b.commits.at(i)
		if _, ok := list[k.landed]; ok && k.flags&described != 0 && k.landed != i {
			list[k.landed] = append(list[k.landed], i)
		}
	}
	return list
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
		if i, ok := b.accepted(k.head); ok && k.commit == (hash{}) {
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
	if m := b.commits.at(l); m.flags&described == 0 || m.accepted > k.merged && b.forwarded(k, head) > 0 {
		return head
	}
	return l
}

// accepted finds a commit that a declared branch holds. No commit has the zero hash.
func (b *bench) accepted(h hash) (int32, bool) {
	i, ok := b.index[h]
	if !ok || h == (hash{}) || b.commits.at(i).flags&described == 0 || b.branches.list[b.commits.at(i).branches] == "" {
		return -1, false
	}
	return i, true
}

// claim gives a change the commits of what it became: what a merge brought in, what a
// fast-forward did, or the one commit together with those that a rebase made before
// it. Where there is nothing to give, it returns the rule that says why and what
// explains it.
func (b *bench) claim(c, became int32, landings map[int32][]int32) (rule, int32) {
	k, m := b.stated.changes.at(c), b.commits.at(became)
	switch other := b.changeOf[became]; {
	case other >= 0:
		return ruleDuplicate, ofThing(b.stated.changes.at(other).thing)
	case int32(m.repo) != k.repo:
		return ruleDuplicate, became // accepted earlier in another repository
	case m.flags&isMerge != 0 && m.landed != became:
		return ruleBranch, m.landed // merged into a branch that another change brought in
	}
	f, list := &b.fates[c], []int32{became}
	switch {
	case f.line > 0:
		list = b.forwardedOwn(b.line(became, f.line), landings)
	case b.mergedBase(k, became):
		if first := *b.parents.at(became); b.cameWith(first, became) {
			list = append(list, first)
		}
	case m.flags&isMerge != 0:
		list = append(list, landings[became]...)
	default:
		list = append(list, b.rebased(k, became)...)
	}
	for _, i := range list {
		if b.changeOf[i] < 0 {
			b.changeOf[i] = c
			f.commits = append(f.commits, i)
		}
	}
	if m.flags&isMerge != 0 && len(f.commits) == 1 {
		return ruleDuplicate, became // all that it brings in came with other changes
	}
	return noRule, -1
}

// rebased returns the commits before the last one of a change that a rebase made of
// it: accepted the same way, on the same branch, while the change was open. Commits
// that merely look like its own, such as ports, are not.
func (b *bench) rebased(c *change, last int32) []int32 {
	var list []int32
	m := b.commits.at(last)
	for _, name := range b.stated.heads[c.thing].accepted {
		i, ok := b.accepted(name)
		if !ok || i == last {
			continue
		}
		k := b.commits.at(i)
		if b.cameWith(i, last) && k.accepted >= c.opened && k.accepted <= m.accepted && b.shareBranch(k.branches, m.branches) {
			list = append(list, i)
		}
	}
	return list
}

// commandOf says how strong a command to a robot is: 3 to merge, 2 to approve, 1 that
// it looks good; 0 takes something back. What a forge's miner calls a command and is
// none of these words is one to merge.
func commandOf(verb string) int {
	words := wordsOf(verb)
	switch {
	case len(words) == 0 || words[0] == "/hold" || slices.Contains(words, "cancel") || slices.Contains(words, "r-"):
		return 0
	case words[0] == "/approve":
		return 2
	case words[0] == "/lgtm":
		return 1
	}
	return 3
}

// judges reports whether a command says what its giver thinks of the change: robots
// take r+ for "reviewed" in the giver's name.
func judges(verb string) bool {
	strength := commandOf(verb)
	return strength == 1 || strength == 2 || strength == 3 && slices.ContainsFunc(wordsOf(verb), func(w string) bool {
		return w == "r+" || strings.HasPrefix(w, "r=")
	})
}

// wordsOf splits a command; bors takes "bors: r+" as well.
func wordsOf(verb string) []string {
	return strings.FieldsFunc(strings.ToLower(verb), func(r rune) bool { return r == ':' || unicode.IsSpace(r) })
}

// findTakers finds who took each change: the human who merged it, or who told the
// robot that did. Of several commands the strongest counts, then the latest, and
// none of the change's own people.
func (b *bench) findTakers() {
	for c := range b.fates {
		f := &b.fates[c]
		f.by = -1
		if f.merger >= 0 && b.human(b.identOf(f.merger)) >= 0 && b.ruleOf(f.merger) == noRule {
			f.by = f.merger
		}
	}
	for n := range b.stated.others.n {
		o, i := b.stated.others.at(n), b.acts.n+n
		c := b.stated.changeOf(o)
		if c < 0 || b.stated.roleOf(o) != model.Commander || o.rule != noRule || !b.byRobot(c) || b.own(c, b.who(i)) {
			continue
		}
		f := &b.fates[c]
		verb := func(o *other) int { return commandOf(b.stated.verbs.list[o.verb]) }
		if verb(o) == 0 || o.at > b.stated.changes.at(c).merged {
			continue
		}
		if f.by >= 0 {
			was, _ := b.other(f.by)
			if cmp.Or(cmp.Compare(verb(o), verb(was)), cmp.Compare(o.at, was.at)) < 0 {
				continue
			}
		}
		f.by = i
	}
}

// byRobot reports whether the forge says that a robot merged the change.
func (b *bench) byRobot(c int32) bool {
	m := b.fates[c].merger
	return m >= 0 && b.nature[b.identOf(m)] != human
}

// own reports whether a person is an author of a change or opened it.
func (b *bench) own(c, person int32) bool {
	f := &b.fates[c]
	if f.opener >= 0 && b.who(f.opener) == person {
		return true
	}
	if f.unit < 0 {
		return false
	}
	_, ok := slices.BinarySearch(b.units[f.unit].authors, person)
	return ok
}
