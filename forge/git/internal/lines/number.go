package lines

import (
	"bytes"
	"hash/maphash"
	"math/bits"
)

// slot is a place of the hash table that numbers the distinct lines of a text.
type slot struct {
	tag  uint32 // of the line's hash
	used uint32 // number of the line plus one; 0 is a free slot
}

// number fills c.old with the lines of x, equal lines with equal numbers, and
// returns how many distinct ones there are; false where it was stopped. Lines with equal hashes are compared
// byte by byte, so no content can make different lines equal; the seed is drawn
// at random, so no content can make the table slow either. Numbers go by first
// occurrence and do not depend on the seed.
func (c *Counter) number(x []byte) (kinds int, ok bool) {
	if c.seed == (maphash.Seed{}) {
		c.seed = maphash.MakeSeed()
	}
	c.table(min(2*total(x), 1<<14))
	c.old, c.starts = c.old[:0], c.starts[:0]
	for at := 0; at < len(x); {
		if len(c.old)%(pause/16) == 0 && c.stopped() {
			return 0, false
		}
		end := lineEnd(x, at)
		h := maphash.Bytes(c.seed, x[at:end])
		s := c.slot(x, x[at:end], h)
		if s.used == 0 {
			kinds++
			*s = slot{tag: uint32(h >> 32), used: uint32(kinds)}
			c.starts = append(c.starts, at)
		}
		c.old = append(c.old, int32(s.used)-1)
		if at = end; 4*kinds > 3*len(c.slots) {
			c.grow(x)
		}
	}
	return kinds, true
}

// find fills c.new with the numbers of those lines of y that x has, and c.held. It
// is false where it was stopped.
func (c *Counter) find(x, y []byte, kinds int) bool {
	c.new = c.new[:0]
	c.held = sized(c.held, kinds)
	clear(c.held)
	for at, n := 0, 0; at < len(y); n++ {
		if n%(pause/16) == 0 && c.stopped() {
			return false
		}
		end := lineEnd(y, at)
		s := c.slot(x, y[at:end], maphash.Bytes(c.seed, y[at:end]))
		if s.used != 0 {
			c.held[s.used-1] = true
			c.new = append(c.new, int32(s.used)-1)
		}
		at = end
	}
	return true
}

// slot returns the place of the line with hash h, free where x lacks it.
func (c *Counter) slot(x, line []byte, h uint64) *slot {
	mask := len(c.slots) - 1
	for i := int(h) & mask; ; i = (i + 1) & mask {
		s := &c.slots[i]
		if s.used == 0 || s.tag == uint32(h>>32) && isLine(x, c.starts[s.used-1], line) {
			return s
		}
	}
}

// isLine reports whether the line of x that begins at at is line. As a newline
// stands only at a line's end, an equal beginning is enough, save for an
// unterminated line, which must be x's last.
func isLine(x []byte, at int, line []byte) bool {
	if !bytes.HasPrefix(x[at:], line) {
		return false
	}
	return line[len(line)-1] == '\n' || at+len(line) == len(x)
}

// table empties the hash table, with places for at least n.
func (c *Counter) table(n int) {
	size := 1 << bits.Len(uint(max(n, 16)-1))
	c.slots = sized(c.slots, size)
	clear(c.slots)
}

// grow doubles the hash table. The lines are hashed again: a slot keeps only a
// part of the hash, and growing is rare.
func (c *Counter) grow(x []byte) {
	was := c.slots
	c.slots = make([]slot, 2*len(was))
	mask := len(c.slots) - 1
	for _, s := range was {
		if s.used == 0 {
			continue
		}
		at := c.starts[s.used-1]
		i := int(maphash.Bytes(c.seed, x[at:lineEnd(x, at)])) & mask
		for c.slots[i].used != 0 {
			i = (i + 1) & mask
		}
		c.slots[i] = s
	}
}

// lineEnd returns where the line that begins at at ends, its newline included.
func lineEnd(b []byte, at int) int {
	if i := bytes.IndexByte(b[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(b)
}

// sized returns a slice of n elements of any content, in the memory of s where
// that is large enough.
func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
