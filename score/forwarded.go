package score

// mostForwarded is how many commits a fast-forwarded change may have for its beginning
// to be found. No larger change is followed anywhere: the miner of git stops at the
// same number.
const mostForwarded = 1000

// A forge that fast-forwards its branch to a change's own last commit leaves nothing
// in git that tells the change's commits from ones that were pushed directly. Its word
// for where the change began does: the commits on the first-parent line from there up
// to the last one are the change's.

// forwarded counts the commits of a fast-forwarded change from what it became back to
// where it began.
//
// It returns 0, so that the last commit counts for the change and the others by
// themselves, where the change became something else than its own last commit: of a
// rebase or a squash the forge says what the change was made on first, and between
// that and the new commits others' lie. So it does where the line does not lead to the
// beginning: the branch was rebased by hand after the forge looked, the change
// brought its base in by a merge of its own, or it is older than the last version's
// base, and how many of the commits before the last are the change's is not known.
// To guess would give it the work of others.
func (b *bench) forwarded(c *change, became int32) int32 {
	start, ok := b.index[c.start]
	if !ok || c.start == (hash{}) || !b.isHead(c, became) {
		return 0
	}
	since := b.commits.at(start).accepted // 0 where git does not know it
	for i, n := became, int32(0); i >= 0 && n <= mostForwarded; i, n = *b.parents.at(i), n+1 {
		if i == start {
			return n
		}
		if b.commits.at(i).accepted < since {
			break // acceptance never goes back along a line, and most that miss end soon
		}
	}
	return 0
}

// isHead reports whether a commit is a change's own last one.
func (b *bench) isHead(c *change, commit int32) bool {
	h := b.commits.at(commit).hash
	return h == c.head || h == b.stated.heads[c.thing].commit
}

// line returns so many commits of a first-parent line, the last one first.
func (b *bench) line(last, n int32) []int32 {
	list := make([]int32, 0, n)
	for i := last; int32(len(list)) < n; i = *b.parents.at(i) {
		list = append(list, i)
	}
	return list
}

// forwardedOwn returns those of a fast-forwarded change's commits that are its own,
// with what merges among them brought in. What came in with an earlier change to a
// declared branch, or otherwise, was there before, and so was all that it follows. A
// change to another branch, which this one brought along, keeps only its own.
func (b *bench) forwardedOwn(line []int32, landings map[int32][]int32) []int32 {
	var own []int32
	for _, i := range line {
		other := b.changeOf[i]
		if !b.cameWith(i, line[0]) || other >= 0 && b.fates[other].declared {
			break
		}
		own = append(own, i)
		own = append(own, landings[i]...)
	}
	return own
}

// mergedBase reports whether a change ends in a merge of what it began with, and was
// then fast-forwarded. On the line that merge brought in what others had on the
// branch; of the change's own commits, the merge's first parent is known to be one.
func (b *bench) mergedBase(c *change, became int32) bool {
	start, ok := b.index[c.start]
	return ok && start != became && b.commits.at(start).landed == became && b.isHead(c, became)
}

// cameWith reports whether a commit came in the same way as the last one of its
// change: with the same merge, or each by itself on the first-parent line.
func (b *bench) cameWith(i, last int32) bool {
	k, m := b.commits.at(i), b.commits.at(last)
	return k.repo == m.repo && (k.landed == m.landed || k.landed == i && m.landed == last)
}
