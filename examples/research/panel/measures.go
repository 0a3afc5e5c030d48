package panel

import (
	"math"
	"slices"

	"github.com/tributary-oss/tributary/examples/research/gitdm"
	"github.com/tributary-oss/tributary/model"
)

// HHI is the Herfindahl-Hirschman index of some amounts: the sum of the squares of their
// shares, from 1/n, where n are alike, to 1, where one has all. It is 0 where there are
// none. Its bias: it says little of the many small ones.
//
// A. O. Hirschman: National Power and the Structure of Foreign Trade, 1945; O. C.
// Herfindahl: Concentration in the Steel Industry, 1950. Competition authorities write
// shares in percent, so that their index is 10,000 times this one.
func HHI(amounts []int64) float64 {
	sum, h := total(amounts), 0.0
	for _, a := range sorted(amounts) {
		p := float64(a) / float64(sum)
		h += float64(p * p)
	}
	return rounded(h)
}

// Entropy is the Shannon entropy of the shares of some amounts, in bits: −Σ p · log₂ p, from
// 0, where one has all, to log₂ n, where n are alike.
//
// C. E. Shannon: A Mathematical Theory of Communication, 1948.
func Entropy(amounts []int64) float64 {
	sum, h := total(amounts), 0.0
	for _, a := range sorted(amounts) {
		p := float64(a) / float64(sum)
		h -= float64(p * math.Log2(p))
	}
	return rounded(max(h, 0)) // no -0
}

// Evenness is entropy over the most that so many amounts can have, log₂ n: in [0,1]. ok is
// false where there are fewer than two, of which nothing can be said.
//
// E. C. Pielou: The measurement of diversity in different types of biological
// collections, 1966.
func Evenness(amounts []int64) (even float64, ok bool) {
	n := len(sorted(amounts))
	if n < 2 {
		return 0, false
	}
	return rounded(Entropy(amounts) / math.Log2(float64(n))), true
}

// measure fills in the measures of a period in which something was done.
func (p *Period) measure(organizations map[string]*tally, s Span) {
	unknown, independent := 0.0, 0.0
	var apart, together []int64
	first, second, unsaid := int64(0), int64(0), int64(0)
	for name, t := range organizations { // what is done with them has no order
		if isKnown(name) {
			apart, together = append(apart, t.changesets), append(together, t.changesets)
			first, second = max(first, t.changesets), max(second, min(first, t.changesets))
			continue
		}
		for _, amount := range t.of {
			apart = append(apart, amount)
			if name == gitdm.Independent {
				together = append(together, amount)
			}
		}
		if name == gitdm.Independent {
			independent = part(t.changesets, p.Changesets)
		} else {
			unknown, unsaid = part(t.changesets, p.Changesets), t.changesets
		}
	}
	if at := slices.Index(together, first); first > 0 {
		together[at] += unsaid
	} else if unsaid > 0 {
		together = append(together, unsaid)
	}
	p.Unknown, p.Independent = &unknown, &independent
	p.HHI = &Bounds{HHI(apart), HHI(together)}
	p.Entropy = &Bounds{Entropy(apart), Entropy(together)}
	a, some := Evenness(apart)
	b, more := Evenness(together)
	if some && more {
		p.Evenness = &Bounds{a, b}
	}
	if second > 0 {
		gap := rounded(float64(first-second) / float64(int64(len(s.Changesets))*model.Whole))
		p.Gap = &gap
	}
}

// sorted are the amounts above 0, the smallest first: floats are added in one order.
func sorted(amounts []int64) []int64 {
	list := slices.DeleteFunc(slices.Clone(amounts), func(a int64) bool { return a <= 0 })
	slices.Sort(list)
	return list
}

func total(amounts []int64) (sum int64) {
	for _, a := range amounts {
		sum += max(a, 0)
	}
	return sum
}

// rounded keeps six decimals, so that no processor's last bit shows.
func rounded(x float64) float64 { return math.Round(x*1e6) / 1e6 }
