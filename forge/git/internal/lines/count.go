// Package lines counts how many lines a change adds and deletes, exactly: the
// counts are those of a smallest possible difference, whatever the content.
//
// Only counts are needed, so no edit script is ever built. That makes exactness
// affordable: lines at both ends that agree are cut off, lines are numbered so
// that equal lines have equal numbers, lines that the other side lacks are
// dropped, and of what is left only the length of a longest common subsequence
// (LCS) is computed: by the greedy method of Wu and others for small
// differences, and 64 lines at a time by Hyyrö's for large ones.
package lines

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"math"
	"math/bits"
)

// Counter counts lines. The zero Counter is ready. It keeps memory from one
// count to the next, up to some 16 MiB, and no text; it is not for concurrent use.
type Counter struct {
	// Stop, where it is not nil, is asked now and then, at the latest after some
	// milliseconds of work, whether the count is still wanted. Where it returns
	// true, CountWithin gives up as it does at its bound.
	Stop func() bool

	seed   maphash.Seed
	slots  []slot
	starts []int   // where the line of each number begins
	old    []int32 // the lines of one side by number; the sides may be swapped
	new    []int32
	held   []bool // held[n]: the other side has line n too
	reach  []int32
	bits   bitBoard
}

// kept is the number of elements above which a buffer is given back.
const kept = 1 << 19

// Count returns how many lines of new are not in a longest common subsequence
// of old and new, and how many lines of old. A line includes its terminator, so
// a last line without a newline differs from the same line with one. "\r\n" and
// "\n" differ too. An empty text has no lines.
//
// It takes time in proportion to the text, and after the reductions above up to
// n·m/64 steps of a few nanoseconds for n and m remaining lines: seconds for
// hostile texts of 200,000 lines each, hours for 20,000,000.
// Use [Counter.CountWithin] on texts that nobody vouches for; it also refuses more
// than 1<<31 differing lines, where Count can only answer 0, 0.
func (c *Counter) Count(old, new []byte) (added, deleted int) {
	added, deleted, _ = c.CountWithin(old, new, math.MaxInt64)
	return added, deleted
}

// CountWithin is [Counter.Count] with a bound: where an exact answer needs more
// than about steps steps beyond reading the text, ok is false and the counts are 0.
// The bound is on the texts alone, so that every machine refuses the same ones;
// only after [Counter.Stop] is ok false for another reason.
// 1<<30 steps take a few seconds, and suffice for 200,000 lines each. Memory is
// at most about 60 bytes for each line, beside the texts.
func (c *Counter) CountWithin(old, new []byte, steps int64) (added, deleted int, ok bool) {
	old, new = trim(old, new)
	deleted, added = total(old), total(new)
	if deleted == 0 || added == 0 || deleted == 1 && added == 1 {
		return added, deleted, true
	}
	if deleted > math.MaxInt32 || added > math.MaxInt32 {
		return 0, 0, false // lines are numbered in 32 bits
	}
	common, ok := c.common(old, new, steps)
	c.release()
	if !ok {
		return 0, 0, false
	}
	return added - common, deleted - common, true
}

// Binary reports whether b looks like no text: it has a NUL in its first 8,000
// bytes. This is git's own rule.
func Binary(b []byte) bool {
	return bytes.IndexByte(b[:min(len(b), 8000)], 0) >= 0
}

// total returns the number of lines, an unterminated last one included.
func total(b []byte) int {
	n := bytes.Count(b, []byte{'\n'})
	if len(b) > 0 && b[len(b)-1] != '\n' {
		n++
	}
	return n
}

// trim cuts off the whole lines that both texts begin with, then those that both
// end with. Every pair of sequences has an LCS that keeps them.
func trim(x, y []byte) (_, _ []byte) {
	p := prefix(x, y)
	if p == len(x) && p == len(y) {
		return nil, nil
	}
	p = bytes.LastIndexByte(x[:p], '\n') + 1
	x, y = x[p:], y[p:]

	s := suffix(x, y)
	if !startsLine(x, len(x)-s) || !startsLine(y, len(y)-s) {
		// The common end begins inside a line of at least one text.
		i := bytes.IndexByte(x[len(x)-s:], '\n')
		if i < 0 {
			return x, y
		}
		s -= i + 1
	}
	return x[:len(x)-s], y[:len(y)-s]
}

func startsLine(b []byte, i int) bool { return i == 0 || b[i-1] == '\n' }

// prefix returns how many bytes x and y share at the beginning.
func prefix(x, y []byte) int {
	n, i := min(len(x), len(y)), 0
	for ; i+8 <= n; i += 8 {
		d := binary.LittleEndian.Uint64(x[i:]) ^ binary.LittleEndian.Uint64(y[i:])
		if d != 0 {
			return i + bits.TrailingZeros64(d)/8
		}
	}
	for i < n && x[i] == y[i] {
		i++
	}
	return i
}

// suffix returns how many bytes x and y share at the end.
func suffix(x, y []byte) int {
	n, i := min(len(x), len(y)), 0
	for ; i+8 <= n; i += 8 {
		d := binary.LittleEndian.Uint64(x[len(x)-i-8:]) ^ binary.LittleEndian.Uint64(y[len(y)-i-8:])
		if d != 0 {
			return i + bits.LeadingZeros64(d)/8
		}
	}
	for i < n && x[len(x)-1-i] == y[len(y)-1-i] {
		i++
	}
	return i
}

// common returns the length of an LCS of the lines of x and y.
func (c *Counter) common(x, y []byte, steps int64) (int, bool) {
	if len(x) > len(y) {
		x, y = y, x // an LCS has no direction; the smaller text is numbered
	}
	kinds, ok := c.number(x)
	if !ok || !c.find(x, y, kinds) {
		return 0, false
	}
	a := c.old[:0]
	for _, n := range c.old {
		if c.held[n] {
			a = append(a, n)
		}
	}
	a, b, same := trimNumbers(a, c.new)
	if len(a) == 0 || len(b) == 0 {
		return same, true
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	n, ok := c.lcs(a, b, kinds, steps)
	return same + n, ok
}

// pause is the number of steps, of a few nanoseconds each, after which Stop is
// asked again.
const pause = 1 << 20

func (c *Counter) stopped() bool { return c.Stop != nil && c.Stop() }

// trimNumbers is trim after lines that only one side has are gone, which often
// brings equal ends together. It also returns how many lines it cut.
func trimNumbers(a, b []int32) (_, _ []int32, same int) {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
		same++
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
		same++
	}
	return a, b, same
}

// release gives back what an unusually large count needed.
func (c *Counter) release() {
	if cap(c.slots) > kept || cap(c.starts) > kept {
		c.slots, c.starts = nil, nil
	}
	if cap(c.old) > kept || cap(c.new) > kept {
		c.old, c.new, c.held = nil, nil, nil
	}
	if cap(c.reach) > kept {
		c.reach = nil
	}
	if cap(c.bits.marks) > kept/4 {
		c.bits = bitBoard{}
	}
}
