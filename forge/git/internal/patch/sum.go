package patch

import (
	"fmt"
	"slices"

	"github.com/tributary-oss/tributary/model"
)

// Sum adds up the elements of the files of a commit. The zero Sum is that of no
// files. Files can come in any order, and through several Sums that are merged.
// It takes 72 bytes, 8 more for each element, and never more than three KiB.
// It is not for concurrent use.
type Sum struct {
	size  int
	id    [2]uint64
	place uint64
	// keys holds the lowest keys, in no order, and some that may turn out not to
	// be among them; once any was left out, none above limit is.
	keys  []uint64
	limit uint64
}

// Add adds a file and returns how many elements it has: 0 where nothing but white
// space, blank lines or the order of lines changed. The file can be started anew.
func (s *Sum) Add(f *File) (elements int) {
	before := s.size
	f.settle()
	for _, c := range f.changes {
		n, sign := c.n, uint64(0)
		if n < 0 {
			n, sign = -n, 1
		}
		for seed := c.hash; n > 0; n-- {
			seed += gamma
			s.element(mix(seed)&^1 | sign)
		}
	}
	if s.size > before {
		s.place += f.place
	}
	return s.size - before
}

// Merge adds the elements of other, which stays as it is.
func (s *Sum) Merge(other *Sum) {
	s.size += other.size
	s.id[0] += other.id[0]
	s.id[1] += other.id[1]
	s.place += other.place
	for _, k := range other.keys {
		s.keep(k)
	}
}

// Patch returns the patch of all that was added so far. It is complete where every
// file of the commit was added; a part of a commit is no patch.
func (s *Sum) Patch() *model.Patch {
	if s.size == 0 {
		return &model.Patch{}
	}
	s.cut()
	p := &model.Patch{
		ID:     fmt.Sprintf("%016x%016x", s.id[0], s.id[1]),
		Size:   s.size,
		Sketch: slices.Clone(s.keys),
	}
	if s.place != 0 {
		p.Place = fmt.Sprintf("%016x", s.place)
	}
	return p
}

func (s *Sum) element(key uint64) {
	s.size++
	s.id[0] += mix(key)
	s.id[1] += mixOther(key)
	s.keep(key)
}

// keep holds on to a key that may be among the lowest. Cutting at twice the number
// needed makes one comparison of most keys of a large patch.
func (s *Sum) keep(key uint64) {
	if s.limit != 0 && key > s.limit {
		return
	}
	if len(s.keys) == cap(s.keys) && cap(s.keys) >= model.SketchSize {
		s.keys = slices.Grow(s.keys, 2*model.SketchSize-len(s.keys))
	}
	s.keys = append(s.keys, key)
	if len(s.keys) >= 2*model.SketchSize {
		s.cut()
	}
}

// cut sorts the keys and leaves the lowest. A sketch holds no two elements with the
// same upper 63 bits; should that ever happen the lower key stays, whichever
// came first.
func (s *Sum) cut() {
	slices.Sort(s.keys)
	s.keys = slices.CompactFunc(s.keys, func(a, b uint64) bool { return a>>1 == b>>1 })
	if len(s.keys) >= model.SketchSize {
		s.keys = s.keys[:model.SketchSize]
		s.limit = s.keys[model.SketchSize-1] | 1
	}
}

// gamma is the step of SplitMix64: G. Steele, D. Lea, C. Flood, "Fast splittable
// pseudorandom number generators", OOPSLA 2014.
const gamma = 0x9e3779b97f4a7c15

// mix is the output function of SplitMix64, a bijection: D. Stafford's variant 13
// of MurmurHash3's finaliser.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// mixOther is the finaliser of A. Appleby's MurmurHash3 (fmix64), a bijection too.
func mixOther(z uint64) uint64 {
	z = (z ^ z>>33) * 0xff51afd7ed558ccd
	z = (z ^ z>>33) * 0xc4ceb9fe1a85ec53
	return z ^ z>>33
}
