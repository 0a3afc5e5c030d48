package score

import "math/bits"

// often tells which of many hashes occur more than once. Nearly all commits and lines are
// the only ones of their kind, and to sort or to map all of them, only to find that, takes
// most of the time of a judgement. It takes two to four bytes for each hash, and is a
// Bloom filter with one function: it may be wrong about a hash that occurs once, some
// six times in a hundred, and never about one that occurs twice. Whoever makes up
// collisions makes the judge slower by no more than sorting takes.
type often struct {
	once, twice []uint64 // bits
	shift       int
}

// newOften prepares for so many hashes.
func newOften(n int) *often {
	size := max(6, bits.Len(uint(n))+3) // the number of bits, as a power of two
	return &often{make([]uint64, 1<<(size-6)), make([]uint64, 1<<(size-6)), 64 - size}
}

// note notes one more occurrence of a hash.
func (o *often) note(h uint64) {
	word, bit := o.place(h)
	o.twice[word] |= o.once[word] & bit
	o.once[word] |= bit
}

// seen reports whether a hash may have been noted.
func (o *often) seen(h uint64) bool {
	word, bit := o.place(h)
	return o.once[word]&bit != 0
}

// again reports whether a hash may have been noted more than once.
func (o *often) again(h uint64) bool {
	word, bit := o.place(h)
	return o.twice[word]&bit != 0
}

// place is where the bits of a hash lie.
func (o *often) place(h uint64) (word int, bit uint64) {
	at := mix(h) >> o.shift
	return int(at / 64), 1 << (at % 64)
}

// mix spreads a number over all bits, so that numbers in a row do not share one: the
// finaliser of SplitMix64 (G. Steele, D. Lea, C. Flood, OOPSLA 2014).
func mix(h uint64) uint64 {
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}
