package score

import "slices"

// mains are the sets of branches that hold a repository's main line: its default branch, or
// else the first one declared, whose tip is the first one that a source states of it.
type mains struct {
	*bench
	name map[uint16]string // by repository
	sets map[line]bool
}

func (b *bench) newMains() *mains {
	m := &mains{b, map[uint16]string{}, map[line]bool{}}
	for _, t := range b.Judge.facts.Tips {
		if repo, ok := b.repos.find(t.Repository); ok && m.name[uint16(repo)] == "" {
			m.name[uint16(repo)] = t.Branch
		}
	}
	return m
}

// hold reports whether a commit is on the main line of its repository.
func (m *mains) hold(i int32) bool {
	k := m.commits.at(i)
	name := m.name[k.repo]
	if name == "" {
		return false
	}
	on, ok := m.sets[line{k.repo, k.branches}]
	if !ok {
		on = slices.Contains(splitBranches(m.branches.list[k.branches]), name)
		m.sets[line{k.repo, k.branches}] = on
	}
	return on
}

// preferMain decides who was first where git alone must tell, and the main line has a work
// that another branch claims to have had before: what the main line has was accepted there.
// Dates on a branch are whoever may push there's to write, and else one branch could take
// everything from everybody. A forge's word on when it merged the other one stands against it,
// and so does a person's work against what a robot copied to the main line.
func (b *bench) preferMain() {
	m := b.newMains()
	onMain := map[int32]int32{} // first acceptance off the main line → the earliest on it
	for i := range b.commits.n {
		if b.origin[i] < 0 || !m.hold(i) {
			continue
		}
		r := b.root(i)
		if b.commits.at(r).repo != b.commits.at(i).repo || m.hold(r) {
			continue
		}
		if was, ok := onMain[r]; !ok || b.commitBefore(i, was) {
			onMain[r] = i
		}
	}
	for r, i := range onMain {
		if c := b.changeOf[r]; b.human(b.commits.at(i).author) < 0 || c >= 0 && b.fates[c].declared {
			delete(onMain, r)
		}
	}
	if len(onMain) == 0 {
		return
	}
	roots := make([]int32, b.commits.n) // before any of them changes
	for i := range roots {
		roots[i] = b.root(int32(i))
	}
	for i, r := range roots {
		if first, ok := onMain[r]; ok {
			b.origin[i] = first
			if first == int32(i) {
				b.origin[i] = -1
			}
		}
	}
}

// contradicts reports whether a commit is dated before what counts as the first acceptance
// of the same work: a branch's dates against the main line. It was carried nowhere.
func (b *bench) contradicts(i int32) bool { return b.origin[i] >= 0 && b.commitBefore(i, b.root(i)) }
