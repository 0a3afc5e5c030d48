package score

// Whoever may open a branch may merge changes into it. What a forge states of a branch
// that the document does not declare therefore claims only what that branch was the
// way of: commits that reached a declared one later. A fast-forward shows nothing of
// where its commits were before, so it is looked at closely.

// owner returns the change to a declared branch that became what a change to another
// branch did, or has it as its last commit; -1 for none. The work is that change's,
// whichever was merged first.
func (b *bench) owner(c int32) int32 {
	if by, ok := b.heads[b.fates[c].became]; ok && !b.fates[c].declared {
		return by
	}
	return -1
}

// mayTake reports whether a change may have a commit. To a declared branch it may, and
// so may one that became a commit that the forge made for it. One whose own last commit
// simply went to another branch may have those that reached a declared branch no
// earlier: by a merge, which is no merge of the base; or on the line of a change. All
// others were there when it was merged, as far as anybody knows: somebody may have
// moved another branch to the same commit, and hundreds of others' with it.
func (b *bench) mayTake(c, commit int32) bool {
	f, k := &b.fates[c], b.stated.changes.at(c)
	if f.declared || !b.isHead(k, f.became) || b.decisions.overruledOther(b.stated.things.list[k.thing].artifact, ruleBranch) {
		return true
	}
	if m := b.commits.at(commit); m.landed != commit && !b.bases[m.landed] && m.accepted >= f.merged {
		return true
	}
	return b.brought[commit] >= 0 // and where that was earlier, the commit is taken
}

// findBrought finds which change brought each commit to a declared branch as its last
// one or on its line: the first one merged. There ends the line of any other: what an
// earlier change brought was there before, and so was all that it follows.
func (b *bench) findBrought(order []int32) {
	b.brought = unset(b.commits.n)
	for _, c := range order {
		f := &b.fates[c]
		if !f.declared || f.became < 0 || b.brought[f.became] >= 0 {
			continue
		}
		n := int32(0)
		for i := range b.line(f.became, max(f.line, 1)) {
			if b.brought[i] >= 0 {
				break
			}
			b.brought[i] = c
			n++
		}
		f.line = min(f.line, n)
	}
}
