// Package lines counts how many lines a change adds and deletes, exactly: the
// counts are those of a smallest possible difference, whatever the content. It can
// also tell which lines they are.
//
// Nothing but counts is needed, and lines without their places, so no edit
// script is ever built. That makes exactness affordable. Lines at both ends that
// agree are cut off. What then differs in few places is followed from place to
// place on the bytes themselves (direct). Otherwise lines are numbered so that
// equal lines have equal numbers, lines that the other side lacks are dropped,
// and of what is left only the length of a longest common subsequence (LCS) is
// computed: by the greedy method of Wu and others for small differences,
// and 64 lines at a time by Hyyrö's for large ones.
package lines

import (
	"bytes"
	"hash/maphash"
	"math"
)

// Counter counts lines. The zero Counter is ready. It keeps memory from one
// count to the next, up to some 24 MiB, and no text; it is not for concurrent use.
type Counter struct {
	// Stop, where it is not nil, is asked now and then, at the latest after some
	// milliseconds of work, whether the count is still wanted. Where it returns
	// true, CountWithin gives up as it does at its bound.
	Stop func() bool

	seed   maphash.Seed
	slots  []slot
	firsts []first // where the line of each number begins
	old    []int32 // the lines of one side by number; the sides may be swapped
	new    []int32
	more   []int  // more[n]: how many times the other side has line n more often
	held   []bool // held[n]: the other side has line n too
	reach  []int32
	bits   bitBoard
	direct direct
	head   int // bytes that both texts of the last Diff begin with, in whole lines
	tail   int // and that they end with behind those
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
// at most about 80 bytes for each line, beside the texts.
func (c *Counter) CountWithin(old, new []byte, steps int64) (added, deleted int, ok bool) {
	added, deleted, ok, _ = c.Diff(old, new, steps, nil)
	return added, deleted, ok
}

// Diff is [Counter.CountWithin], whose ok it calls counted, that also lists the lines
// that changed: changed is called with lines that new has n times more than
// old, or -n times less. Over all calls these add up, line by line, to the
// difference of the two multisets of lines; a line that moved may cancel out that way, or
// not be listed at all. Calls come in no particular order, the same for
// the same texts. A line includes its terminator and is part of old or new.
//
// The list needs no alignment, so it is also complete where the count takes too
// many steps. Where listed is false it is not: after Stop, and where one of the texts
// has more than 1<<31 differing lines. The calls until then mean nothing.
// A nil changed asks for no list.
func (c *Counter) Diff(old, new []byte, steps int64, changed func(line []byte, n int)) (added, deleted int, counted, listed bool) {
	all := new
	old, new = trim(old, new)
	c.head, c.tail = len(all), 0
	if len(old)+len(new) > 0 {
		c.head = cap(all) - cap(new)
		c.tail = len(all) - c.head - len(new)
	}
	deleted, added = total(old), total(new)
	if deleted == 0 || added == 0 || deleted == 1 && added == 1 {
		return added, deleted, true, c.each(old, -1, changed) && c.each(new, 1, changed)
	}
	if deleted > math.MaxInt32 || added > math.MaxInt32 {
		return 0, 0, false, false // lines are numbered in 32 bits
	}
	// An LCS has no direction; x is the text with fewer lines.
	x, y, delta := old, new, added-deleted
	if delta < 0 {
		x, y, delta = new, old, -delta
		changed = reversed(changed)
	}
	lost, counted, listed := c.lost(x, y, min(added, deleted), delta, steps, changed)
	c.release()
	switch {
	case !counted:
		return 0, 0, false, listed
	case added < deleted:
		return lost, lost + delta, true, listed
	}
	return lost + delta, lost, true, listed
}

// Around returns the whole lines that both texts of the last Diff begin with, and
// those that they end with: all that stands around what changed. new is the text that
// was given to Diff.
func (c *Counter) Around(new []byte) (before, after []byte) {
	return new[:c.head], new[len(new)-c.tail:]
}

// each lists all lines of a text; false where it was stopped.
func (c *Counter) each(b []byte, n int, changed func(line []byte, n int)) bool {
	for i := 0; changed != nil && len(b) > 0; i++ {
		if i%(pause/256) == pause/256-1 && c.stopped() {
			return false
		}
		end := lineEnd(b, 0)
		changed(b[:end], n)
		b = b[end:]
	}
	return true
}

// reversed lists the difference the other way round.
func reversed(changed func(line []byte, n int)) func(line []byte, n int) {
	if changed == nil {
		return nil
	}
	return func(line []byte, n int) { changed(line, -n) }
}

// lost returns how many of the lines of x are not in an LCS of x and y. There are
// that many and delta more in y.
func (c *Counter) lost(x, y []byte, lines, delta int, steps int64, changed func(line []byte, n int)) (lost int, counted, listed bool) {
	// The table below takes some 40 nanoseconds for each line, so what the direct
	// method may spend in vain is about a quarter of that.
	if lost, ok := c.direct.find(x, y, delta, 64+2*lines+delta, c.Stop); ok {
		if changed != nil {
			c.direct.trace(lost, changed)
		}
		return lost, true, true
	}
	kinds, ok := c.number(x)
	if !ok || !c.find(x, y, kinds, changed) {
		return 0, false, false
	}
	if changed != nil {
		c.tally(x, changed)
	}
	common, ok := c.common(kinds, steps)
	return lines - common, ok, true
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

// common returns the length of an LCS of the numbered lines.
func (c *Counter) common(kinds int, steps int64) (int, bool) {
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
	c.direct.x, c.direct.y = nil, nil
	if cap(c.direct.places) > kept {
		c.direct.places = nil
	}
	if cap(c.slots) > kept || cap(c.firsts) > kept {
		c.slots, c.firsts = nil, nil
	}
	if cap(c.old) > kept || cap(c.new) > kept || cap(c.more) > kept {
		c.old, c.new, c.held, c.more = nil, nil, nil, nil
	}
	if cap(c.reach) > kept {
		c.reach = nil
	}
	if cap(c.bits.marks) > kept/4 {
		c.bits = bitBoard{}
	}
}
