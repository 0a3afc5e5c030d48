package lines

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// trim cuts off the whole lines that both texts begin with, then those that both
// end with. Every pair of sequences has an LCS that keeps them.
func trim(x, y []byte) (_, _ []byte) {
	_, p := equal(x, y)
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

// equal returns how many bytes x and y share at the beginning, and how many of
// them are whole lines of both. An unterminated line is one only where both
// texts end with it.
func equal(x, y []byte) (same, whole int) {
	same = prefix(x, y)
	if same == len(x) && same == len(y) {
		return same, same
	}
	return same, lastLine(x[:same])
}

// lastLine returns where the last newline of b ends, 0 where it has none.
func lastLine(b []byte) int {
	n := len(b)
	for ; n >= 8; n -= 8 {
		if m := newlines(binary.LittleEndian.Uint64(b[n-8:])); m != 0 {
			return n - bits.LeadingZeros64(m)/8
		}
	}
	for n > 0 && b[n-1] != '\n' {
		n--
	}
	return n
}

// newlines returns a word with the highest bit of each byte that is a newline in w.
func newlines(w uint64) uint64 {
	const low = 0x7f7f7f7f7f7f7f7f
	w ^= 0x0a0a0a0a0a0a0a0a
	return ^((w&low + low) | w | low)
}

// block is the number of bytes from which on two texts are compared by
// [bytes.Equal], which takes 32 or 64 bytes at a time where the machine can. Most
// comparisons end within a few words.
const block = 256

// prefix returns how many bytes x and y share at the beginning.
func prefix(x, y []byte) int {
	n := min(len(x), len(y))
	x, y = x[:n], y[:n]
	i := 0
	for ; i+8 <= n; i += 8 {
		if i&(block-1) == 64 {
			for i+block <= n && bytes.Equal(x[i:i+block], y[i:i+block]) {
				i += block
			}
			if i+8 > n {
				break
			}
		}
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
	n := min(len(x), len(y))
	x, y = x[len(x)-n:], y[len(y)-n:]
	for n >= block && bytes.Equal(x[n-block:n], y[n-block:n]) {
		n -= block
	}
	for ; n >= 8; n -= 8 {
		d := binary.LittleEndian.Uint64(x[n-8:]) ^ binary.LittleEndian.Uint64(y[n-8:])
		if d != 0 {
			return len(x) - n + bits.LeadingZeros64(d)/8
		}
	}
	for n > 0 && x[n-1] == y[n-1] {
		n--
	}
	return len(x) - n
}
