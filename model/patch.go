package model

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
)

// Patch is what a commit does to its files, without its place: the multiset of
// lines that it adds and deletes, each with its file, white space left out. The
// same work has the same patch after a rebase, a cherry-pick or a reformatting,
// and on another branch or in another repository. Order and context have no part
// in it, nor have blank lines, and lines that only move within a file cancel out.
// Only in a file where nothing else changes do white space and blank lines count.
//
// An element of the multiset is a line, its file, a sign, and a number that tells
// equal lines apart. Files that are not text have elements for their whole content
// before and after, and so have changed modes and empty files.
type Patch struct {
	// ID is a digest of all elements, 32 hexadecimal digits. Equal IDs are the same
	// patch; "" is the empty patch, which resembles nothing.
	ID string `json:"id,omitempty"`
	// Place is a digest of the lines around what changes in each file, three before
	// and three behind, without white space: 16 hexadecimal digits. The same lines in
	// another place of a file, as in the next of a row of tests, have the same ID and
	// another Place. It is often another one on another branch, too.
	Place string `json:"place,omitempty"`
	// Size is the number of elements.
	Size int `json:"size"`
	// Sketch has the elements with the lowest keys: all of them up to [SketchSize],
	// otherwise a fair sample of that many.
	Sketch Sketch `json:"sketch,omitempty"`
}

// SketchSize is the number of elements from which on a [Sketch] is a sample. The
// standard error of a share of 80 % in a sample of 128 is 3.5 points.
const SketchSize = 128

// Sketch is a set of elements of a patch, sorted: a bottom-k sample, after
// A. Broder, "On the resemblance and containment of documents", SEQUENCES 1997.
// A key has the element's hash in its upper 63 bits and in its lowest bit the sign,
// 1 for a deleted line. As the hash does not depend on the sign, the sample of a
// patch and of its reversal hold the same elements.
type Sketch []uint64

// Common returns how many elements two patches have in common, and how many the
// larger one has: the share of common lines is common/of. Both are of the
// elements below the keys that either sample reaches to, and exact where both
// sketches are whole. Where of is 0, nothing is known to be common.
func (p *Patch) Common(q *Patch) (common, of int) {
	a, b := p.together(q)
	common = shared(a, b, 0)
	return common, max(len(a), len(b))
}

// Undone returns how many elements of p later takes back: adds where p deletes and
// deletes where p adds. It counts as Common does, and of is the number of p's.
func (p *Patch) Undone(later *Patch) (undone, of int) {
	a, b := p.together(later)
	return shared(a, b, 1), len(a)
}

// JoinPatches returns what several patches come to, one after the other, without ID and
// Place: what one adds and another deletes is not in it. Equal lines of different patches
// are one element.
func JoinPatches(list ...*Patch) *Patch {
	end, size := ^uint64(0), 0
	for _, p := range list {
		size += p.Size
		if n := len(p.Sketch); n < p.Size && n > 0 {
			end = min(end, p.Sketch[n-1]|1)
		}
	}
	var all Sketch
	for _, p := range list {
		all = append(all, p.Sketch.until(end)...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	joined, whole := &Patch{}, end == ^uint64(0)
	for i := 0; i < len(all); i++ {
		if i+1 < len(all) && all[i]^all[i+1] == 1 {
			i++
			size -= 2
			continue
		}
		joined.Sketch = append(joined.Sketch, all[i])
	}
	if whole {
		size = len(joined.Sketch)
	}
	joined.Sketch = joined.Sketch[:min(len(joined.Sketch), SketchSize)]
	joined.Size = max(size, len(joined.Sketch))
	return joined
}

// together cuts two sketches where the first of them ends, unless it is whole:
// beyond, an element that is missing need not be missing in the patch.
func (p *Patch) together(q *Patch) (a, b Sketch) {
	end := ^uint64(0)
	for _, x := range []*Patch{p, q} {
		if n := len(x.Sketch); n < x.Size && n > 0 {
			end = min(end, x.Sketch[n-1]|1)
		}
	}
	return p.Sketch.until(end), q.Sketch.until(end)
}

func (s Sketch) until(end uint64) Sketch {
	n, found := slices.BinarySearch(s, end)
	if found {
		n++
	}
	return s[:n]
}

// shared counts the elements of a that b has with the sign flipped by flip.
func shared(a, b Sketch, flip uint64) (n int) {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch x, y := a[i]>>1, b[j]>>1; {
		case x < y:
			i++
		case x > y:
			j++
		default:
			if a[i]^b[j] == flip {
				n++
			}
			i++
			j++
		}
	}
	return n
}

// MarshalText writes the keys, each in eight bytes, big end first, in base64.
func (s Sketch) MarshalText() ([]byte, error) {
	b := make([]byte, 0, 8*len(s))
	for _, k := range s {
		b = binary.BigEndian.AppendUint64(b, k)
	}
	return base64.StdEncoding.AppendEncode(nil, b), nil
}

// UnmarshalText reads what MarshalText wrote. Keys that are not sorted, or stand
// twice, are an error.
func (s *Sketch) UnmarshalText(text []byte) error {
	b, err := base64.StdEncoding.AppendDecode(nil, text)
	if err != nil {
		return fmt.Errorf("a sketch of lines: %w", err)
	}
	if len(b)%8 != 0 || len(b) > 8*SketchSize {
		return fmt.Errorf("a sketch of lines has %d bytes; it must be up to %d keys of 8", len(b), SketchSize)
	}
	*s = make(Sketch, 0, len(b)/8)
	for ; len(b) > 0; b = b[8:] {
		k := binary.BigEndian.Uint64(b)
		if n := len(*s); n > 0 && k>>1 <= (*s)[n-1]>>1 {
			return fmt.Errorf("a sketch of lines is not sorted at key %d", n+1)
		}
		*s = append(*s, k)
	}
	return nil
}
