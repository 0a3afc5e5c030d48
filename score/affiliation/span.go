package affiliation

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// turn is a day from which other claims hold, until the next turn. It is small, and what it
// leads to is shared by all of whom the same is claimed: look-ups go through far memory.
type turn struct {
	from model.Date
	*span
}

// span is what is claimed at one time, and what the claims come to.
type span struct {
	claims  []model.Part // by level, highest first, then by vendor; a vendor once a level
	parts   []model.Part
	outcome Outcome
	rivals  []string // where it is contested, sorted
}

// unclaimed is the time of which nobody claims anything.
var unclaimed = &span{parts: []model.Part{{Part: model.Whole}}, outcome: Unknown}

// claim is an employment, with the vendor that its employer's name stands for.
type claim struct {
	from, until int64 // days, the open ends made comparable
	model.Part
}

const (
	always = int64(-1) << 40
	still  = int64(1) << 40
)

// newClaim is a claim to the whole of the working time.
func newClaim(vendor string, from, until model.Date, l model.Level) claim {
	f, u := bounds(from, until)
	return claim{f, u, model.Part{Vendor: vendor, Part: model.Whole, Level: l}}
}

// bounds makes the open ends of days comparable.
func bounds(from, until model.Date) (int64, int64) {
	f, u := int64(from), int64(until)
	if from == 0 {
		f = always
	}
	if until == 0 {
		u = still
	}
	return f, u
}

// mostClaims is how many claims to one person at one time are weighed, the best first. No
// list of a vendor comes near; a table that says more of somebody says nothing.
const mostClaims = 32

// spans cuts the time of a person where claims begin and end. However many these are, a day
// on which one does costs little: what holds on it is found among sorted marks.
func (w *weigher) spans(claims []claim) []turn {
	claims = slices.SortedFunc(slices.Values(claims), func(a, b claim) int { return compareParts(a.Part, b.Part) })
	var edges []edge
	for i, c := range claims {
		if c.from < c.until {
			edges = append(edges, edge{c.from, i, true}, edge{c.until, i, false})
		}
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.claim, b.claim)) })
	next := make([]int, len(claims)) // the first claim of another vendor or level
	for i := len(claims) - 1; i >= 0; i-- {
		if next[i] = i + 1; i+1 < len(claims) && sameClaimant(claims[i].Part, claims[i+1].Part) {
			next[i] = next[i+1]
		}
	}
	hold := make(marks, len(claims)/64+1)
	var list []turn
	for i, e := range edges {
		hold.set(e.claim, e.begins)
		if i+1 < len(edges) && edges[i+1].day == e.day {
			continue
		}
		var now []model.Part
		for c := hold.next(0); c >= 0 && len(now) < mostClaims; c = hold.next(next[c]) {
			now = append(now, claims[c].Part)
		}
		if len(list) > 0 && slices.Equal(list[len(list)-1].claims, now) {
			continue
		}
		list = append(list, turn{model.Date(min(max(e.day, math.MinInt32), math.MaxInt32)), w.weigh(now)})
	}
	return list
}

// edge is a day on which a claim begins or ends.
type edge struct {
	day    int64
	claim  int
	begins bool
}

// marks tell which of a list's members are marked.
type marks []uint64

func (m marks) set(i int, marked bool) {
	m[i/64] &^= 1 << (i % 64)
	if marked {
		m[i/64] |= 1 << (i % 64)
	}
}

// next returns the first marked member from i on; -1 for none.
func (m marks) next(i int) int {
	for word := i / 64; word < len(m); word++ {
		w := m[word]
		if word == i/64 {
			w &= ^uint64(0) << (i % 64)
		}
		if w != 0 {
			return word*64 + bits.TrailingZeros64(w)
		}
	}
	return -1
}

// spanAt returns the span that holds a day.
func spanAt(list []turn, day model.Date) *span {
	i, found := slices.BinarySearchFunc(list, day, func(t turn, day model.Date) int { return cmp.Compare(t.from, day) })
	if !found {
		i--
	}
	if i < 0 || len(list[i].claims) == 0 {
		return unclaimed
	}
	return list[i].span
}

// weigher weighs the claims of a roster, equal ones once.
type weigher struct {
	evidence model.Level
	known    map[string]*span // by the claims as text
}

// weigh returns what sorted claims of one time come to.
func (w *weigher) weigh(claims []model.Part) *span {
	var key []byte
	for _, c := range claims {
		key = append(append(append(append(key, c.Level...), 0), c.Vendor...), 0)
		key = append(strconv.AppendInt(key, c.Part, 10), 0)
	}
	s, ok := w.known[string(key)]
	if !ok {
		made := newSpan(claims, w.evidence)
		s = &made
		w.known[string(key)] = s
	}
	return s
}

// covers reports whether a claim by mail domain adds nothing to the span: it says so
// itself, with its fraction, or a table's word is below a claim to the person.
func (s *span) covers(c model.Part) bool {
	return slices.ContainsFunc(s.claims, func(p model.Part) bool {
		return p.Level == c.Level && (p.Vendor == c.Vendor || c.Level == model.Imported)
	})
}

// newSpan weighs the claims of one time, whatever their order.
func newSpan(claims []model.Part, evidence model.Level) span {
	slices.SortFunc(claims, compareParts)
	claims = slices.CompactFunc(claims, sameClaimant)
	s := span{claims: claims}
	s.parts, s.outcome, s.rivals = settle(claims, evidence)
	return s
}

// compareParts puts claims in order: by level, highest first, by vendor, the larger first.
func compareParts(a, b model.Part) int {
	return cmp.Or(rank(a.Level)-rank(b.Level), strings.Compare(a.Vendor, b.Vendor), cmp.Compare(b.Part, a.Part))
}

func sameClaimant(a, b model.Part) bool { return a.Level == b.Level && a.Vendor == b.Vendor }

// rank is a level's place, highest first.
func rank(l model.Level) int { return slices.Index(model.Levels(), l) }

// settle adds up claims that are sorted by level. The claims of the highest level fill
// the working time, those of each lower level what is left of it. One that does not fit
// there by itself is idle: a lower claim contests nothing. Where those that do are more
// than is left together they are contested, and what is left belongs to nobody.
func settle(claims []model.Part, evidence model.Level) (parts []model.Part, outcome Outcome, rivals []string) {
	left := int64(model.Whole)
	for len(claims) > 0 && claims[0].Level.Reaches(evidence) && left > rounding {
		n := slices.IndexFunc(claims, func(c model.Part) bool { return c.Level != claims[0].Level })
		if n < 0 {
			n = len(claims)
		}
		level := claims[:n:n]
		claims = claims[n:]
		var sum int64
		level = slices.DeleteFunc(slices.Clone(level), func(c model.Part) bool {
			return c.Part > left+rounding ||
				slices.ContainsFunc(parts, func(p model.Part) bool { return p.Vendor == c.Vendor }) // says the same, with less behind it
		})
		for _, c := range level {
			sum += c.Part
		}
		if sum > left+rounding {
			for _, c := range level {
				rivals = append(rivals, c.Vendor)
			}
			slices.SortFunc(parts, byVendor)
			return append(parts, model.Part{Part: left, Level: level[0].Level}), Contested, rivals
		}
		parts = append(parts, level...)
		left -= sum
	}
	switch {
	case len(parts) == 0 && len(claims) > 0:
		return []model.Part{{Part: model.Whole}}, Weak, nil
	case len(parts) == 0:
		return unclaimed.parts, Unknown, nil
	}
	slices.SortFunc(parts, byVendor)
	return whole(parts), Known, nil
}

func byVendor(a, b model.Part) int { return strings.Compare(a.Vendor, b.Vendor) }

// rounding is left for fractions such as a third, three times.
const rounding = 10

// whole makes the parts sum to exactly one whole: what little is missing or too much by
// rounding goes to the largest part, and what is unclaimed belongs to nobody known.
func whole(parts []model.Part) []model.Part {
	var sum int64
	most := 0
	for i, p := range parts {
		sum += p.Part
		if p.Part > parts[most].Part {
			most = i
		}
	}
	switch left := model.Whole - sum; {
	case -rounding <= left && left <= rounding:
		parts[most].Part += left
	default:
		parts = append(parts, model.Part{Part: left})
	}
	return parts
}
