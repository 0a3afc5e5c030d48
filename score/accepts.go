package score

// Names in a commit are anybody's to write: who hands in a branch writes its committers,
// and who takes a change writes its message last. What follows tells which of them count.

// attests reports whether it is more than a name in a branch that was handed in that
// somebody else committed a commit: what a merge brought in needs a committer who is known
// to have the right to approve. It hangs on no affiliation: what is one change must not be
// another where a bidder lists its people.
func (b *bench) attests(k *commit) bool {
	p := b.human(k.committer)
	switch {
	case b.committer(k) == b.author(k):
		return false
	case k.flags&landedMerge == 0 || b.robotLanded(k):
		return true
	}
	return p >= 0 && b.mayApprove(p, k.accepted)
}

// selfMerged reports whether the author of a commit took the change that it is of, by the
// word of the forge: the forge's committer attests nothing.
func (b *bench) selfMerged(commit int32, k *commit) bool {
	c := b.changeOf[commit]
	return c >= 0 && b.fates[c].merger >= 0 && b.who(b.fates[c].merger) == b.author(k)
}

// findNumbered finds whether the project's changes bear Change-Ids: where fewer than half of
// the window's commits do, one is a word like any other.
func (b *bench) findNumbered() {
	var with, all int
	for i := range b.commits.n {
		k := b.commits.at(i)
		if k.flags&(described|isMerge) != described || !b.window.Holds(seconds(k.accepted)) || b.human(k.author) < 0 || b.branches.list[k.branches] == "" {
			continue
		}
		if !b.isWork(i) {
			continue // what earns nothing says nothing of the project's ways
		}
		all++
		if k.change != 0 {
			with++
		}
	}
	b.numbered = 2*with >= all
}

// planted reports whether a co-author is of the group of whoever took the commit, and its
// author is not: the taker wrote the message last, and nobody else attests the name.
func (b *bench) planted(a *act, k *commit) bool {
	taker, c := k.committer, b.changeOf[a.commit]
	if b.mateless() {
		return false
	}
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

// costless reports whether a trailer of somebody without the right to approve costs nothing:
// it names a mate of an author, who wrote the message. Of those of one group that do count,
// one does: they are noted for [bench.bestReviews].
func (b *bench) costless(i int32, a *act, u *unit, at int64) bool {
	group := b.group(b.identOf(i), seconds(at))
	if group == "" || b.mateless() {
		return false
	}
	if b.mates(u, group, seconds(at)) > 0 {
		a.ruled(ruleContext, -1)
		return true
	}
	b.crowd[i] = b.groups.id(group)
	return false
}
