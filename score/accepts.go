package score

// Names in a commit are anybody's to write: who hands in a branch writes its committers,
// and who takes a change writes its message last. What follows tells which of them count.

// accepts reports whether the committer of a commit stands for its acceptance by somebody
// else. Whoever hands in a branch can write any name there, so what a merge brought in
// needs one that is known to take others' work. And what a mate took is no acceptance by
// somebody else: its pieces are one change, as if their author had pushed them.
func (b *bench) accepts(k *commit) bool {
	p := b.human(k.committer)
	switch {
	case !b.attests(k):
		return false
	case p < 0:
		return true
	}
	return !b.mateTook(k)
}

// mateTook reports whether the committer of a commit is a mate of its author: one of them
// may have written both names.
func (b *bench) mateTook(k *commit) bool {
	if b.human(k.committer) < 0 || b.human(k.author) < 0 {
		return false
	}
	at := seconds(k.accepted)
	group := b.group(k.committer, at)
	return group != "" && b.group(k.author, at) == group
}

// attests reports whether it is more than a name in a branch that was handed in that
// somebody else committed a commit.
func (b *bench) attests(k *commit) bool {
	p := b.human(k.committer)
	switch {
	case b.committer(k) == b.author(k):
		return false
	case k.flags&landedMerge == 0 || b.robotLanded(k):
		return true
	}
	return p >= 0 && (b.custody[p] >= custodian || b.mayApprove(p, k.accepted))
}

// custodian is how many people of other known groups somebody must have committed work of
// to be known as one who takes others' work.
const custodian = 3

// findHabits finds who takes others' work, and whether the project's changes bear
// Change-Ids: where fewer than half of the window's commits do, one is a word like any other.
func (b *bench) findHabits() {
	took := map[[2]int32]bool{}
	b.custody = map[int32]int{}
	var with, all int
	for i := range b.commits.n {
		k := b.commits.at(i)
		if k.flags&(described|isMerge) != described || !b.window.Holds(seconds(k.accepted)) || b.human(k.author) < 0 || b.branches.list[k.branches] == "" {
			continue
		}
		all++
		if k.change != 0 {
			with++
		}
		p, q := b.human(k.committer), b.human(k.author)
		if p < 0 || p == q || took[[2]int32{p, q}] {
			continue
		}
		took[[2]int32{p, q}] = true
		at := seconds(k.accepted)
		if g := b.group(k.author, at); g != "" && g != b.group(k.committer, at) {
			b.custody[p]++
		}
	}
	b.numbered = 2*with >= all
}

// planted reports whether a co-author is of the group of whoever took the commit, and its
// author is not: the taker wrote the message last, and nobody else attests the name.
func (b *bench) planted(a *act, k *commit) bool {
	taker, c := k.committer, b.changeOf[a.commit]
	if c >= 0 && b.fates[c].merger >= 0 {
		taker = b.identOf(b.fates[c].merger)
	}
	if b.human(taker) < 0 || b.human(taker) == b.author(k) || c >= 0 && b.fates[c].opener >= 0 && b.who(b.fates[c].opener) == b.human(a.ident) {
		return false
	}
	at := seconds(b.time(a.commit))
	group := b.group(taker, at)
	return group != "" && b.human(a.ident) >= 0 && b.group(a.ident, at) == group && (b.human(k.author) < 0 || b.group(k.author, at) != group)
}

// crowd refuses the trailers of those without the right to approve where they cost
// nothing: of mates of an author, who wrote the message, and all of one group but the first.
func (b *bench) crowd(i int32, a *act, u *unit, at int64) bool {
	group := b.group(b.identOf(i), seconds(at))
	if group == "" {
		return false
	}
	if b.mates(u, group, seconds(at)) > 0 {
		a.ruled(ruleContext, -1)
		return true
	}
	key := [2]int32{b.groups.id(group), b.unitOf[a.commit]}
	if first, ok := b.spoke[key]; ok && b.who(first) != b.who(i) {
		a.ruled(ruleUnit, b.subject(first))
		return true
	}
	b.spoke[key] = i
	return false
}
