package lines

import (
	"bytes"
	"math"
)

// direct finds a smallest difference of two texts without looking at every line
// of them: by the O(NP) method of Wu and others (see greedy), on the bytes
// themselves. Equal stretches, nearly all of most pairs, are compared many bytes at
// a time; only where paths leave a stretch are line ends searched for. So the
// cost is that of comparing the texts once, and of some ten nanoseconds for each
// line that is tried to be added or deleted.
//
// x has at most as many lines as y. A path passes the lines of both; on diagonal k
// it has passed k lines more of y than of x. On a diagonal a greater offset is
// also a later line, so paths are compared without line numbers. All offsets
// are those of line beginnings, or the end of a text.
type direct struct {
	x, y   []byte
	delta  int     // lines of y less lines of x: the diagonal that the end is on
	places []place // of all rounds, each round's by diagonal
	budget int     // steps that are left
	far    int     // most bytes of both texts that a path has passed
}

// place is how far a path got in both texts.
type place struct{ x, y int32 }

// nowhere is the place of a diagonal that no path has reached yet.
func nowhere() place { return place{-1, -1} }

// find returns how many lines of x are not in an LCS of x and y. It gives up, with
// false, after about budget steps of ten nanoseconds, as soon as the way so far
// makes it seem that they will not suffice, and when it is stopped.
func (d *direct) find(x, y []byte, delta, budget int, stop func() bool) (lost int, ok bool) {
	if max(len(x), len(y)) > math.MaxInt32 {
		return 0, false
	}
	d.x, d.y, d.delta, d.budget, d.far = x, y, delta, budget, 0
	end := place{int32(len(x)), int32(len(y))}
	for p := 0; d.budget > delta && (stop == nil || !stop()); p++ {
		if d.round(p) == end {
			return p, true
		}
		if d.budget < budget-budget/8 && d.hopeless(p, budget) {
			return 0, false
		}
	}
	return 0, false
}

// hopeless reports whether the end would take more than budget steps if the texts
// went on to differ as they did in p rounds.
func (d *direct) hopeless(p, budget int) bool {
	rounds := float64(p+1) * float64(len(d.x)+len(d.y)) / float64(max(d.far, 1))
	return rounds*(float64(d.delta)+rounds) > float64(budget)
}

// begin returns where the places of round p begin: those of diagonals -p…delta+p.
func (d *direct) begin(p int) int { return p * (d.delta + p) }

// round computes how far paths get that leave the band of diagonals 0…delta at
// most p times, and returns the place on diagonal delta. Beyond the end of a
// text no path ever leads: one at the end of x, on or below diagonal delta, reaches
// the end in the same round by additions alone, and one at the end of y by deletions.
func (d *direct) round(p int) place {
	from, to := d.begin(p), d.begin(p+1)
	d.places = grown(d.places, from, to)
	now := d.places[from:to] // now[i] is on diagonal i-p
	if p == 0 {
		return d.firstRound(now)
	}
	before := d.places[d.begin(p-1):from] // before[i] is on diagonal i-p+1
	low, high := nowhere(), nowhere()
	last := d.delta + p // of diagonal delta
	for i := 0; i < last && d.budget > 0; i++ {
		low = d.further(low, before[i])
		now[i] = low
	}
	for i := last + p; i > last && d.budget > 0; i-- {
		high = d.further(before[i-2], high)
		now[i] = high
	}
	if d.budget <= 0 {
		return nowhere()
	}
	now[last] = d.further(low, high)
	return now[last]
}

func (d *direct) firstRound(now []place) place {
	now[0] = d.along(place{})
	for k := 1; k < len(now); k++ {
		if d.budget <= 0 {
			return nowhere()
		}
		now[k] = d.further(now[k-1], nowhere())
	}
	return now[len(now)-1]
}

// adds reports whether the path to a diagonal that gets furthest adds a line of y,
// coming from the diagonal below, or else deletes a line of x, coming from above.
// Line ends need not be known for that: of two line beginnings, the later one is
// not before the end of the line at the earlier one.
func adds(below, above place) bool { return below.x > above.x }

// further returns how far a path gets on the diagonal between two places.
func (d *direct) further(below, above place) place {
	d.budget--
	if adds(below, above) {
		return d.along(place{below.x, d.behind(d.y, below.y)})
	}
	return d.along(place{d.behind(d.x, above.x), above.y})
}

// behind returns where the line at at ends.
func (d *direct) behind(b []byte, at int32) int32 {
	end := int32(len(b))
	if i := bytes.IndexByte(b[at:], '\n'); i >= 0 {
		end = at + int32(i) + 1
	}
	d.budget -= int(end-at) / 256
	return end
}

// along returns how far equal lines lead from a place.
func (d *direct) along(at place) place {
	same, whole := equal(d.x[at.x:], d.y[at.y:])
	d.budget -= same / 128
	at.x, at.y = at.x+int32(whole), at.y+int32(whole)
	d.far = max(d.far, int(at.x)+int(at.y))
	return at
}

// trace calls changed for every line that is off the path that find found in
// round p, last lines first: with -1 for a line of x, with 1 for one of y.
func (d *direct) trace(p int, changed func(line []byte, n int)) {
	for k := d.delta; p > 0 || k > 0; {
		// As in round: a path to diagonal delta comes from the same round, one to
		// another diagonal does if it comes from the side away from delta.
		under, over := p, p
		if k > d.delta {
			under--
		} else if k < d.delta {
			over--
		}
		below, above := d.place(under, k-1), d.place(over, k+1)
		if adds(below, above) {
			changed(d.y[below.y:d.behind(d.y, below.y)], 1)
			p, k = under, k-1
		} else {
			changed(d.x[above.x:d.behind(d.x, above.x)], -1)
			p, k = over, k+1
		}
	}
}

// place returns the place of diagonal k in round p, nowhere outside of it.
func (d *direct) place(p, k int) place {
	if p < 0 || k < -p || k > d.delta+p {
		return nowhere()
	}
	return d.places[d.begin(p)+k+p]
}

// grown returns s with room for n elements, of which it keeps the first few.
func grown(s []place, keep, n int) []place {
	if n <= cap(s) {
		return s[:n]
	}
	return append(make([]place, 0, 2*n), s[:keep]...)[:n]
}
