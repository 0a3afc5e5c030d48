package score

import (
	"cmp"
	"slices"
)

// findOrigins finds, for every commit, the first acceptance of the same work in
// the project's whole history. Earlier is earlier accepted, then earlier
// authored, then by name.
func (b *bench) findOrigins() {
	n := b.commits.n
	order := make([]int32, 0, n)
	for i := range n {
		if k := b.commits.at(i); k.flags&(described|isMerge) == described && b.branches.list[k.branches] != "" {
			order = append(order, i)
		}
	}
	b.origin = make([]int32, n)
	for i := range b.origin {
		b.origin[i] = -1
	}
	b.sameAs(order, b.earlier, b.sameOwner, func(k *commit) (workKey, bool) {
		return workKey{what: k.change}, k.change != 0
	})
	b.sameAs(order, b.earlier, b.sameLine, func(k *commit) (workKey, bool) {
		return workKey{b.human(k.author), k.authored, k.subject}, b.human(k.author) >= 0
	})
	b.linkAlike(order, b.earlier)
}

// workKey is what two acceptances of the same work have in common.
type workKey struct {
	who  int32
	when int64
	what uint64
}

// hash narrows keys down to those that may be equal.
func (k workKey) hash() uint64 { return mix(k.what ^ mix(uint64(k.when)^uint64(k.who)<<40)) }

// mostForms is how many different works under one key are told apart.
const mostForms = 16

// sameAs links each commit to the earliest one with the same key that is the same as well,
// following what is linked already, so that a copy of a copy leads to the original. It sorts
// those whose keys may occur twice: few, and no map of all.
func (b *bench) sameAs(order []int32, earlier func(x, y int32) int, same func(x, y int32) bool, key func(*commit) (workKey, bool)) {
	order = b.repeated(order, key)
	slices.SortFunc(order, func(x, y int32) int {
		p, _ := key(b.commits.at(x))
		q, _ := key(b.commits.at(y))
		return cmp.Or(cmp.Compare(p.when, q.when), cmp.Compare(p.what, q.what), cmp.Compare(p.who, q.who), earlier(x, y))
	})
	var forms []int32
	var was workKey
	for _, i := range order {
		k, _ := key(b.commits.at(i))
		if k != was {
			forms, was = forms[:0], k
		}
		at := slices.IndexFunc(forms, func(f int32) bool { return same(i, f) })
		switch {
		case at >= 0:
			b.link(i, forms[at], earlier)
		case len(forms) < mostForms:
			forms = append(forms, i)
		}
	}
}

// repeated returns the commits whose keys may occur twice.
func (b *bench) repeated(order []int32, key func(*commit) (workKey, bool)) (list []int32) {
	seen := newOften(len(order))
	for _, i := range order {
		if k, ok := key(b.commits.at(i)); ok {
			seen.note(k.hash())
		}
	}
	for _, i := range order {
		if k, ok := key(b.commits.at(i)); ok && seen.again(k.hash()) {
			list = append(list, i)
		}
	}
	return list
}

// sameOwner reports whether two commits with one Change-Id are one work: of one author, or
// with lines in common. Who only copies an identifier makes nobody's work a duplicate.
func (b *bench) sameOwner(x, y int32) bool {
	p, q := b.commits.at(x), b.commits.at(y)
	if who := b.human(p.author); who >= 0 && who == b.human(q.author) {
		return b.sameLine(x, y)
	}
	if known, same := b.sameNothing(x, y); known {
		return same
	}
	return b.patches[x] == nil || b.patches[y] == nil || alike(b.patches[x], b.patches[y], sameLinesSecond)
}

// sameNothing reports whether one of two commits is known to change no line, and then
// whether both do: an empty commit that bears a rival's names is not its work.
func (b *bench) sameNothing(x, y int32) (known, same bool) {
	p, q := b.commits.at(x).flags&noLines != 0, b.commits.at(y).flags&noLines != 0
	return p || q, p && q
}

// sameLine reports whether two commits have a line in common, as far as it is known. An
// author's name, clock and subject are anybody's to write.
func (b *bench) sameLine(x, y int32) bool {
	if known, same := b.sameNothing(x, y); known {
		return same
	}
	if b.patches[x] == nil || b.patches[y] == nil {
		return true
	}
	common, _ := b.patches[x].Common(b.patches[y])
	return common > 0
}

// link says that x and y are the same work.
func (b *bench) link(x, y int32, earlier func(x, y int32) int) {
	x, y = b.root(x), b.root(y)
	switch {
	case x == y:
	case earlier(x, y) < 0:
		b.origin[y] = x
	default:
		b.origin[x] = y
	}
}

// root follows the links to the first acceptance.
func (b *bench) root(i int32) int32 {
	for b.origin[i] >= 0 {
		if up := b.origin[b.origin[i]]; up >= 0 {
			b.origin[i] = up // halve the path: a forged chain must not cost its square
		}
		i = b.origin[i]
	}
	return i
}
