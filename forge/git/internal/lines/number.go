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

// first is where a line of a text occurs first.
type first struct {
	line int32
	at   int // its offset
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
	c.table(min(2*total(x), kept/2))
	c.old, c.firsts = c.old[:0], c.firsts[:0]
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
			c.firsts = append(c.firsts, first{int32(len(c.old)), at})
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
//
// Behind a line that both have, the next lines most often agree too. So stretches
// of y are first compared with x where it is expected to go on, and only the line
// behind a stretch is looked up. A line that x has further on moves that
// place; one that x has only before, such as a brace, does not. Where missing is not
// nil, it is called with the lines that x lacks.
func (c *Counter) find(x, y []byte, kinds int, missing func(line []byte, n int)) bool {
	c.new = c.new[:0]
	var next first
	for at, n := 0, 0; at < len(y); n++ {
		if n%(pause/16) == 0 && c.stopped() {
			return false
		}
		_, same := equal(x[next.at:], y[at:])
		line := next.line + int32(total(y[at:at+same]))
		c.new = append(c.new, c.old[next.line:line]...)
		next, at = first{line, next.at + same}, at+same
		if at == len(y) {
			break
		}
		end := lineEnd(y, at)
		if s := c.slot(x, y[at:end], maphash.Bytes(c.seed, y[at:end])); s.used != 0 {
			c.new = append(c.new, int32(s.used)-1)
			if f := c.firsts[s.used-1]; f.line >= next.line {
				next = first{f.line + 1, f.at + end - at}
			}
		} else if missing != nil {
			missing(y[at:end], 1)
		}
		at = end
	}
	c.held = sized(c.held, kinds)
	clear(c.held)
	for _, n := range c.new {
		c.held[n] = true
	}
	return true
}

// tally lists the lines of x that the other side has more or less often.
func (c *Counter) tally(x []byte, changed func(line []byte, n int)) {
	c.more = sized(c.more, len(c.held))
	clear(c.more)
	for _, n := range c.new {
		c.more[n]++
	}
	for _, n := range c.old {
		c.more[n]--
	}
	for n, more := range c.more {
		if more != 0 {
			at := c.firsts[n].at
			changed(x[at:lineEnd(x, at)], more)
		}
	}
}

// slot returns the place of the line with hash h, free where x lacks it.
func (c *Counter) slot(x, line []byte, h uint64) *slot {
	mask := len(c.slots) - 1
	for i := int(h) & mask; ; i = (i + 1) & mask {
		s := &c.slots[i]
		if s.used == 0 || s.tag == uint32(h>>32) && isLine(x, c.firsts[s.used-1].at, line) {
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
		at := c.firsts[s.used-1].at
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
