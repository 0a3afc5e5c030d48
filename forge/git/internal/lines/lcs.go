package lines

import (
	"math"
	"math/bits"
)

// lcs returns the length of an LCS of a and b, of which b is not shorter, or
// false where that takes more than steps steps. All numbers are below kinds.
//
// The greedy method comes first and may spend a part of what the bit-parallel
// one is expected to, so a pair that it cannot do costs little more.
func (c *Counter) lcs(a, b []int32, kinds int, steps int64) (int, bool) {
	c.bits.mark(b, kinds)
	parallel := int64(0)
	for _, n := range a {
		parallel += int64(c.bits.last[n] - c.bits.first[n])
	}
	budget := max(parallel/4, 4*int64(len(a)+len(b)), 4096)
	if n, ok := c.greedy(a, b, min(budget, steps)); ok {
		return n, true
	}
	return c.bits.lcs(a, len(b), steps, c.stopped)
}

// greedy computes the length of an LCS by the O(NP) method: S. Wu, U. Manber,
// G. Myers, W. Miller, "An O(NP) sequence comparison algorithm", Information
// Processing Letters 35 (1990), after E. Myers, "An O(ND) difference algorithm
// and its variations", Algorithmica 1 (1986).
//
// In the grid of a (down) and b (across), reach holds for every diagonal k =
// across − down how far across a path gets that leaves the band of diagonals
// 0…len(b)−len(a) at most p times. The least p that reaches the far corner is
// the number of lines of a that are lost.
//
// It gives up, with false, after budget comparisons or when it is stopped.
func (c *Counter) greedy(a, b []int32, budget int64) (int, bool) {
	delta := len(b) - len(a)
	// Round p costs at least delta+2p+1, so p² stays within the budget.
	most := min(len(a), int(math.Sqrt(float64(min(budget, 1<<52))))+1)
	if int64(delta) > budget {
		return 0, false
	}
	c.reach = sized(c.reach, delta+2*most+3)
	zero := most + 1 // the place of diagonal 0
	reach := c.reach
	for k := -1; k <= delta+1; k++ {
		reach[zero+k] = -1
	}
	ask := budget // below which it is time to ask Stop again
	step := func(k int) {
		y := max(reach[zero+k-1]+1, reach[zero+k+1])
		from := y
		for x := int(y) - k; x < len(a) && int(y) < len(b) && a[x] == b[y]; x++ {
			y++
		}
		reach[zero+k] = y
		if budget -= int64(y-from) + 1; budget < ask {
			if ask = budget - pause; c.stopped() {
				budget = 0
			}
		}
	}
	for p := range most + 1 {
		reach[zero-p-1], reach[zero+delta+p+1] = -1, -1
		for k := -p; k < delta && budget > 0; k++ {
			step(k)
		}
		for k := delta + p; k >= delta && budget > 0; k-- {
			step(k)
		}
		if budget <= 0 {
			return 0, false
		}
		if int(reach[zero+delta]) >= len(b) {
			return len(a) - p, true
		}
	}
	return 0, false
}

// bitBoard is the memory of the bit-parallel method.
type bitBoard struct {
	row   []uint64
	marks []mark
	first []int32 // where the marks of each number begin
	last  []int32 // where they end
}

// mark says at which of 64 places of a word of the row a number occurs.
type mark struct {
	bits uint64
	word int32
}

// lcs computes the length of an LCS by the bit-parallel method: H. Hyyrö,
// "Bit-parallel LCS-length computation revisited", AWOCA 2004, after
// M. Crochemore and others, "A fast and practical bit-vector algorithm for the
// longest common subsequence problem", Information Processing Letters 80 (2001).
//
// The row has a bit for every line of b; a 0 says that the LCS grows there.
// A line of a with the set M of places in b turns row V into
// (V + (V & M)) | (V &^ M). Words without a place change only by a carry,
// so only the words that have one are listed and visited.
//
// It gives up, with false, after steps words or when it is stopped.
func (w *bitBoard) lcs(a []int32, across int, steps int64, stopped func() bool) (int, bool) {
	w.row = sized(w.row, (across+63)/64)
	for i := range w.row {
		w.row[i] = ^uint64(0)
	}
	ask := steps
	for _, n := range a {
		if steps -= w.advance(w.marks[w.first[n]:w.last[n]]); steps < 0 {
			return 0, false
		}
		if steps <= ask {
			if ask = steps - pause; stopped() {
				return 0, false
			}
		}
	}
	zeros := 0
	for _, v := range w.row {
		zeros += bits.OnesCount64(^v)
	}
	// A carry never clears a bit, so the places behind b stay 1 and count nothing.
	return zeros, true
}

// mark lists for every number the words of the row in which it occurs.
func (w *bitBoard) mark(b []int32, kinds int) {
	w.first, w.last = sized(w.first, kinds), sized(w.last, kinds)
	clear(w.first)
	for _, n := range b {
		w.first[n]++
	}
	at := int32(0)
	for n, count := range w.first {
		w.first[n], w.last[n] = at, at
		at += count
	}
	w.marks = sized(w.marks, len(b))
	for i, n := range b {
		word, bit := int32(i/64), uint64(1)<<(i%64)
		if end := w.last[n]; end > w.first[n] && w.marks[end-1].word == word {
			w.marks[end-1].bits |= bit
			continue
		}
		w.marks[w.last[n]] = mark{bit, word}
		w.last[n]++
	}
}

// advance takes the row over one line with these marks and returns how many
// words it visited.
func (w *bitBoard) advance(marks []mark) (visited int64) {
	row, carry, next := w.row, uint64(0), int32(0)
	for _, m := range marks {
		visited++
		for ; next < m.word && carry != 0; next++ {
			row[next], carry = carryOver(row[next])
			visited++
		}
		v := row[m.word]
		var sum uint64
		sum, carry = bits.Add64(v, v&m.bits, carry)
		row[m.word] = sum | v&^m.bits
		next = m.word + 1
	}
	for ; carry != 0 && int(next) < len(row); next++ {
		row[next], carry = carryOver(row[next])
		visited++
	}
	return visited
}

// carryOver takes a word without marks over a carry from the word before it.
func carryOver(v uint64) (word, carry uint64) {
	if v == ^uint64(0) {
		return v, 1
	}
	return v | (v + 1), 0
}
