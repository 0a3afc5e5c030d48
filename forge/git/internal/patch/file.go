// Package patch makes a [model.Patch] of the lines that a commit changes.
//
// Everything here can be computed anew with common tools. A line is folded: its
// ASCII white space is removed, and where nothing is left, so is the line. Its hash
// is the first eight bytes, big end first, of
//
//	SHA-256(path of the file ‖ 0x00 ‖ folded line)
//
// What is not a line of text but changes all the same (a binary's content, a
// mode, an empty file) is a note, hashed in the same way behind a space, with which no
// folded line begins; so nothing written in a file imitates a note. Where in a file
// nothing but white space changes, its lines are notes, "line " and the line as it is.
//
// In every file the net count n of each hash is taken: how often it is added less how
// often it is deleted. Thus lines that move, or whose white space alone
// changes, cancel out. Where n is not 0 there are |n| elements. The key of the
// i-th, from 1, is the i-th output of SplitMix64 seeded with the hash, its
// lowest bit replaced by the sign: 0 where n is above 0, and 1 below. Of all the
// keys of a commit, as unsigned numbers, [model.Patch] has the lowest ones and as ID
// two sums, modulo 2⁶⁴, of their images under two mixing functions.
//
// SHA-256 is there against forgers: to write a line that is taken for a given one
// needs some 2⁶³ tries. Two lines of one's own that are taken for
// each other need only 2³² tries, and win nothing but that.
package patch

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// File gathers what changes in one file. It keeps memory from one file to the
// next; [File.Start] begins each. It is not for concurrent use.
type File struct {
	text    []byte // path, NUL, and then the text at hand
	path    int    // length of the first two
	changes []change
	place   uint64 // digest of what stands around the change
}

// change is how many times more often a text is there than before.
type change struct {
	hash uint64
	n    int64
}

// kept is the number of elements above which a buffer is given back.
const kept = 1 << 14

// Start forgets the file before and begins the one with this path, which holds no
// NUL. Within one [Sum] each path is started at most once.
func (f *File) Start(path string) {
	if cap(f.text) > kept {
		f.text = nil
	}
	if cap(f.changes) > kept {
		f.changes = nil
	}
	f.changes, f.place = f.changes[:0], 0
	f.text = append(append(f.text[:0], path...), 0)
	f.path = len(f.text)
}

// Line states that a line is there n times more than before, or -n times less.
// The line is not kept, nor has it to be whole in its white space. Memory grows with the
// number of different lines, 16 bytes for each, and to the length of the longest.
func (f *File) Line(line []byte, n int) {
	f.text = fold(f.text[:f.path], line)
	if len(f.text) > f.path {
		f.change(n)
	}
}

// Empty reports whether nothing has changed so far but white space, blank lines or
// the order of lines.
func (f *File) Empty() bool {
	f.settle()
	return len(f.changes) == 0
}

// Exact is Line for a line that counts with its white space.
func (f *File) Exact(line []byte, n int) {
	f.text = append(append(f.text[:f.path], " line "...), line...)
	f.change(n)
}

// near is how many lines on either side of a change tell where it stands; as many as
// a patch shows by default.
const near = 3

// Around states which text stands before and behind all that changes.
func (f *File) Around(before, after []byte) {
	f.text = f.text[:f.path]
	for range near {
		i := bytes.LastIndexByte(before[:max(len(before)-1, 0)], '\n') + 1
		f.text = append(fold(f.text, before[i:]), '\n')
		before = before[:i]
	}
	for range near {
		i := bytes.IndexByte(after, '\n') + 1
		if i == 0 {
			i = len(after)
		}
		f.text = append(fold(f.text, after[:i]), '\n')
		after = after[i:]
	}
	sum := sha256.Sum256(f.text)
	f.place = binary.BigEndian.Uint64(sum[:])
}

// Note states what the file is now and was before, apart from its lines, in words
// such as "blob" with a hash, "mode 100755" or "empty"; "" where there is nothing to
// say. Equal notes before and after change nothing.
func (f *File) Note(before, after string) {
	f.note(before, -1)
	f.note(after, 1)
}

func (f *File) note(text string, n int) {
	if text == "" {
		return
	}
	f.text = append(append(f.text[:f.path], ' '), text...)
	f.change(n)
}

// change counts the text at hand n times. Before memory grows, equal texts are
// merged, so a million equal lines need little of it.
func (f *File) change(n int) {
	sum := sha256.Sum256(f.text)
	if len(f.changes) == cap(f.changes) {
		f.settle()
		f.changes = slices.Grow(f.changes, max(32, cap(f.changes)/2))
	}
	f.changes = append(f.changes, change{binary.BigEndian.Uint64(sum[:]), int64(n)})
}

// settle merges equal hashes and drops those that cancel out.
func (f *File) settle() {
	slices.SortFunc(f.changes, func(a, b change) int { return cmp.Compare(a.hash, b.hash) })
	out := f.changes[:0]
	for i := 0; i < len(f.changes); {
		c := f.changes[i]
		for i++; i < len(f.changes) && f.changes[i].hash == c.hash; i++ {
			c.n += f.changes[i].n
		}
		if c.n != 0 {
			out = append(out, c)
		}
	}
	f.changes = out
}

// fold appends line to b without its ASCII white space: space, \t, \n, \v, \f and \r.
// Bytes beyond ASCII stay as they are.
func fold(b, line []byte) []byte {
	from := 0
	for i, c := range line {
		if c == ' ' || c-'\t' <= '\r'-'\t' {
			b = append(b, line[from:i]...)
			from = i + 1
		}
	}
	return append(b, line[from:]...)
}
