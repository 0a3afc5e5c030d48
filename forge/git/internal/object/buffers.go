package object

import "math/bits"

// buffers are the byte slices of a reader, used again and again: fresh ones must be
// filled with zeros and mapped by the system page by page, which costs more than
// some contents are worth.
//
// A buffer has one owner: who took it, the contents at hand, or the list of those
// that a caller may still look at. It is free only after these.
type buffers struct {
	free    [classes][][]byte
	pending [][]byte // to be free once the caller has released what it got
	spare   int      // bytes of both
	most    int      // what spare may be; what is more goes to the garbage collector
}

// classes is how many sizes of buffers there are: four for each power of two up to
// 4 GiB.
const classes = 4 * 33

// class returns the smallest class whose buffers hold n bytes, and their size.
func class(n int) (class, size int) {
	n = max(n, 64)
	shift := bits.Len(uint(n-1)) - 3
	steps := (n-1)>>shift + 1 // 5…8 steps of 1<<shift
	return min(4*shift+steps-5, classes-1), steps << shift
}

// take returns a buffer of n bytes with any content. It may be one that is half as
// large again, which is better than none.
func (b *buffers) take(n int) []byte {
	c, size := class(n)
	for end := min(c+3, classes); c < end; c++ {
		list := b.free[c]
		if last := len(list) - 1; last >= 0 && cap(list[last]) >= n {
			out := list[last]
			list[last] = nil
			b.free[c] = list[:last]
			b.spare -= cap(out)
			return out[:n]
		}
	}
	return make([]byte, n, max(n, size))
}

// give takes back a buffer that nobody looks at.
func (b *buffers) give(p []byte) {
	if b.room(cap(p)) {
		c, _ := class(cap(p))
		b.free[c] = append(b.free[c], p)
	}
}

// later takes back a buffer that may be looked at until release.
func (b *buffers) later(p []byte) {
	if b.room(cap(p)) {
		b.pending = append(b.pending, p)
	}
}

// room reports whether n more bytes may be spare, and counts them. Where they may
// not, the free ones may be of sizes that are not asked for any more: they go.
func (b *buffers) room(n int) bool {
	if n == 0 || n > b.most {
		return false
	}
	if b.spare+n > b.most {
		b.forget()
	}
	if b.spare+n > b.most {
		return false
	}
	b.spare += n
	return true
}

func (b *buffers) forget() {
	for c, list := range b.free {
		for _, p := range list {
			b.spare -= cap(p)
		}
		clear(list)
		b.free[c] = list[:0]
	}
}

// release makes all that is pending free.
func (b *buffers) release() {
	for i, p := range b.pending {
		c, _ := class(cap(p))
		b.free[c] = append(b.free[c], p)
		b.pending[i] = nil
	}
	b.pending = b.pending[:0]
}
