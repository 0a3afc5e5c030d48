package score

import "iter"

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
// beginning: the branch was rebased by hand after the forge looked, or the change is
// older than the last version's base, and how many of the commits before the last are
// the change's is not known. To guess would give it the work of others.
func (b *bench) forwarded(c *change, became int32) int32 {
	start, ok := b.index.find(c.start)
	if !ok || c.start == (hash{}) || !b.isHead(c, became) {
		return 0
	}
	if n := b.steps(became, start); n >= 0 {
		return n
	}
	return b.overBase(became, start)
}

// steps counts the first parents from one commit back to another, -1 where they do not
// lead there.
func (b *bench) steps(from, to int32) int32 {
	since := b.commits.at(to).accepted // 0 where git does not know it
	for i, n := from, int32(0); i >= 0 && n <= mostForwarded; i, n = *b.parents.at(i), n+1 {
		if i == to {
			return n
		}
		if b.commits.at(i).accepted < since {
			break // acceptance never goes back along a line, and most that miss end soon
		}
	}
	return -1
}

// overBase counts the commits of a change whose author merged the base into it, again
// and again perhaps, before it was fast-forwarded. It began on the base then, but its
// own first-parent line passes that by: what is its own ends where the beginning's
// first-parent line meets it.
//
// Where it was fast-forwarded to a declared branch, git takes the base for what its
// merges brought in, since they now lie on the branch's first-parent line. They are
// noted: what they seem to bring in was on the branch before.
func (b *bench) overBase(became, start int32) int32 {
	m, by := b.commits.at(start).landed, b.commits.at(became).landed
	direct := by == became
	if m < 0 || m == start || direct && b.steps(became, m) < 0 || !direct && m != by {
		return 0 // it did not bring the beginning in
	}
	if b.marks == nil {
		b.marks = make([]int32, b.commits.n)
	}
	b.walks++
	for i, n := start, 0; i >= 0 && n <= mostForwarded; i, n = *b.parents.at(i), n+1 {
		b.marks[i] = b.walks
		switch l := b.commits.at(i).landed; {
		case direct && l == i:
			return max(b.steps(became, i), 0) // on the declared branch they are one
		case direct && l >= 0:
			b.bases[l] = true
		}
	}
	for i, n := became, int32(0); i >= 0 && n <= mostForwarded; i, n = *b.parents.at(i), n+1 {
		if b.marks[i] == b.walks {
			return n
		}
	}
	return 0
}

// isHead reports whether a commit is a change's own last one.
func (b *bench) isHead(c *change, commit int32) bool {
	h := b.commits.at(commit).hash
	return h == c.head || h == b.stated.heads[c.thing].commit
}

// line yields so many commits of a first-parent line, the last one first, and fewer
// where it ends.
func (b *bench) line(last, n int32) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		for i := last; i >= 0 && n > 0; i, n = *b.parents.at(i), n-1 {
			if !yield(i) {
				return
			}
		}
	}
}

// forwardedOwn returns those of a fast-forwarded change's commits that are its own,
// with what merges among them brought in. What came in with an earlier change to a
// declared branch, or otherwise, was there before, and so was all that it follows. A
// change to another branch, which this one brought along, keeps only its own.
func (b *bench) forwardedOwn(c int32) []int32 {
	var own []int32
	f := &b.fates[c]
	for i := range b.line(f.became, f.line) {
		other := b.changeOf[i]
		if !b.cameWith(i, f.became) || !b.mayTake(c, i) || other >= 0 && b.fates[other].declared {
			break
		}
		own = append(own, i)
		own = append(own, b.landed(i)...)
	}
	return own
}

// cameWith reports whether a commit came in the same way as the last one of its
// change: with the same merge, or each by itself on the first-parent line.
func (b *bench) cameWith(i, last int32) bool {
	k, m := b.commits.at(i), b.commits.at(last)
	return k.repo == m.repo && (k.landed == m.landed || k.landed == i && m.landed == last)
}

// inOwnBranch reports whether a merge was made in a change's own branch: it is the
// change's last commit, or lies on the line that was fast-forwarded. Nobody integrated
// anything by it, and who made it needed no right to.
func (b *bench) inOwnBranch(merge int32) bool {
	c := b.changeOf[merge]
	return c >= 0 && (b.fates[c].line > 0 || b.isHead(b.stated.changes.at(c), merge))
}
