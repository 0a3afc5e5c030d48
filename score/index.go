package score

import "hash/maphash"

// index finds commits by their names. It holds nothing but their numbers, in open
// addressing: a map would hold every name once more and take 40 bytes for each commit
// instead of 8. Names can be made to begin alike, so they are hashed with a secret.
type index struct {
	commits *chunks[commit]
	seed    maphash.Seed
	slots   []int32 // the number of a commit plus one; 0 is free
	n       int
}

func newIndex(commits *chunks[commit]) index {
	return index{commits: commits, seed: maphash.MakeSeed(), slots: make([]int32, 1024)}
}

// slot returns where a name is, or else where it can be put.
func (x *index) slot(h hash) int {
	mask := len(x.slots) - 1
	for at := int(maphash.Bytes(x.seed, h[:])) & mask; ; at = (at + 1) & mask {
		if i := x.slots[at]; i == 0 || x.commits.at(i-1).hash == h {
			return at
		}
	}
}

// find returns the number of the commit of that name, if there is one.
func (x *index) find(h hash) (int32, bool) {
	i := x.slots[x.slot(h)]
	return i - 1, i != 0
}

// put enters a commit that was not there.
func (x *index) put(i int32) {
	if x.n++; x.n > len(x.slots)/4*3 {
		x.slots = make([]int32, 2*len(x.slots))
		for k := range i {
			x.slots[x.slot(x.commits.at(k).hash)] = k + 1
		}
	}
	x.slots[x.slot(x.commits.at(i).hash)] = i + 1
}
