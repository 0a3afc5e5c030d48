package parse

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
)

// Hash is the SHA-1 name of a git object. The zero Hash names nothing.
type Hash [20]byte

// String returns the 40 lower-case hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// ParseHash reads 40 hexadecimal digits of either case. Abbreviations and the
// 64 digits of SHA-256 repositories are refused.
func ParseHash(s string) (Hash, error) {
	h, ok := hexHash(s)
	if !ok {
		return Hash{}, fmt.Errorf("%.80q is no object name; write all 40 hexadecimal digits", s)
	}
	return h, nil
}

// Search returns the first of the rows lo to hi that does not begin with a name below h,
// or hi. The rows, of a fixed length each, are sorted by the names with which they begin,
// and all names of these rows have the same first byte.
//
// Names are spread evenly, so the first probe is where h should be by its value; what is
// left to bisect is mostly a few neighbours on the same page.
func Search(rows []byte, length, lo, hi int, h Hash) int {
	want := binary.BigEndian.Uint64(h[:])
	around := 16
	for mid := lo + int(uint64(hi-lo)*uint64(binary.BigEndian.Uint32(h[1:]))>>32); lo < hi; {
		name := rows[mid*length:][:len(h)]
		if v := binary.BigEndian.Uint64(name); v < want || v == want && bytes.Compare(name, h[:]) < 0 {
			lo = mid + 1
			mid += around
		} else {
			hi = mid
			mid -= around
		}
		if around *= 8; mid < lo || mid >= hi {
			mid = int(uint(lo+hi) / 2)
		}
	}
	return lo
}

// hexHash decodes 40 digits from text or bytes without allocating.
func hexHash[T string | []byte](s T) (h Hash, ok bool) {
	if len(s) != 2*len(h) {
		return h, false
	}
	for i := range h {
		hi, lo := nibble(s[2*i]), nibble(s[2*i+1])
		if hi > 15 || lo > 15 {
			return Hash{}, false
		}
		h[i] = hi<<4 | lo
	}
	return h, true
}

func nibble(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}
