package audit

import (
	"math"
	"slices"
)

// z is the 97.5 % quantile of the standard normal distribution: all intervals are of 95 %.
const z = 1.959963984540054

// Estimate is a figure with its 95 % interval. All three are nil where it is unknown.
type Estimate struct {
	Value, Low, High *float64
	Count            int64  // rows that it rests on
	Unknown          string // why it is unknown; "" where it is not
}

func known(value, low, high float64, count int64) Estimate {
	return Estimate{Value: &value, Low: &low, High: &high, Count: count}
}

// Wilson returns the 95 % score interval of a proportion of x in n (E. B. Wilson, JASA 22,
// 1927; recommended by R. G. Newcombe, Statistics in Medicine 17, 1998, who calls it method 3).
// Nothing of nothing says nothing: 0 to 1. x need not be whole.
func Wilson(x, n float64) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	p, zz := x/n, z*z
	middle := x + zz/2
	half := z * math.Sqrt(x*(1-p)+zz/4)
	low, high = (middle-half)/(n+zz), (middle+half)/(n+zz)
	if x <= 0 {
		low = 0
	}
	if x >= n {
		high = 1
	}
	return max(low, 0), min(high, 1)
}

// part is how often a stratum's rows were answered with yes.
type part struct {
	size, yes, answered float64
}

// share returns the share of yes in the stratum with its interval. The fewer of the stratum
// were not drawn, the less is left to chance: Wilson's interval is that of answered / (1 − f)
// rows, with the finite population's correction 1 − f = (size − answered) / (size − 1).
func (s part) share() (p, low, high float64) {
	p = s.yes / s.answered
	if s.answered >= s.size {
		return p, p, p
	}
	n := s.answered * (s.size - 1) / (s.size - s.answered)
	low, high = Wilson(p*n, n)
	return p, low, high
}

// total estimates how many decisions of several strata would be answered with yes. The
// variances of the strata, recovered from the limits of their intervals, add up (MOVER: Zou &
// Donner, Statistics in Medicine 27, 2008), which for one stratum is Wilson's interval.
func total(parts []part) (t, low, high float64) {
	var below, above float64
	for _, s := range parts {
		p, l, h := s.share()
		t += s.size * p
		below += s.size * s.size * (p - l) * (p - l)
		above += s.size * s.size * (h - p) * (h - p)
	}
	return t, max(t-math.Sqrt(below), 0), t + math.Sqrt(above)
}

// precision is the share of yes among what the engine affirmed.
func precision(affirmed []part) (p, low, high float64) {
	size := 0.0
	for _, s := range affirmed {
		size += s.size
	}
	t, l, h := total(affirmed)
	return t / size, l / size, min(h/size, 1)
}

// recall is the share of what the engine affirmed among all that is yes: r = T/(T+F), with T
// the yes among what it affirmed, F among what it denied. Its interval holds the r for which
// (1−r)·T − r·F may be zero by the intervals of both (Fieller's theorem with MOVER: Donner &
// Zou, Statistical Methods in Medical Research 21, 2012). It is not ok where nothing is yes.
func recall(affirmed, denied []part) (r, low, high float64, ok bool) {
	t, tl, th := total(affirmed)
	f, fl, fh := total(denied)
	if t+f == 0 {
		return 0, 0, 0, false
	}
	r = t / (t + f)
	low = root(0, r, func(r float64) bool {
		return (1-r)*t-r*f > math.Hypot((1-r)*(t-tl), r*(fh-f))
	})
	high = root(r, 1, func(r float64) bool {
		return (1-r)*t-r*f+math.Hypot((1-r)*(th-t), r*(f-fl)) > 0
	})
	return r, low, high, true
}

// root finds where f turns from true to false between two bounds; the lower one where it never
// holds, the upper one where it always does.
func root(low, high float64, f func(float64) bool) float64 {
	if f(high) {
		return high
	}
	if !f(low) {
		return low
	}
	for range 60 {
		if m := low + (high-low)/2; f(m) {
			low = m
		} else {
			high = m
		}
	}
	return low + (high-low)/2
}

// Kappa returns Cohen's coefficient of agreement (J. Cohen, Educational and Psychological
// Measurement 20, 1960) of a square table of counts, whose rows are one coder's answers and
// whose columns the other's, with its large-sample 95 % interval (J. L. Fleiss, J. Cohen &
// B. S. Everitt, Psychological Bulletin 72, 1969), bounded by −1 and 1.
//
// Where the coders agree everywhere that interval has no width, however few rows there are. Then
// its lower limit is the coefficient at the lower limit of Wilson's interval of the agreement,
// the agreement by chance being as it is. It is unknown without rows, and where a coder gave one
// answer only: then it is zero by construction, or nothing at all.
func Kappa(table [][]float64) Estimate {
	k := len(table)
	rows, columns := make([]float64, k), make([]float64, k)
	n, agreed := 0.0, 0.0
	for i := range table {
		for j, count := range table[i] {
			n += count
			rows[i] += count
			columns[j] += count
		}
		agreed += table[i][i]
	}
	if n == 0 {
		return Estimate{Unknown: "no row has answers of both coders"}
	}
	chance := 0.0
	for i := range k {
		chance += rows[i] / n * columns[i] / n
	}
	observed := agreed / n
	if slices.Contains(rows, n) || slices.Contains(columns, n) {
		return Estimate{Count: int64(n), Unknown: "a coder gave one answer only, so that chance explains all agreement"}
	}
	kappa := (observed - chance) / (1 - chance)
	if agreed == n {
		low, _ := Wilson(n, n)
		return known(1, max((low-chance)/(1-chance), -1), 1, int64(n))
	}
	half := z * math.Sqrt(kappaVariance(table, rows, columns, n, observed, chance))
	return known(kappa, max(kappa-half, -1), min(kappa+half, 1), int64(n))
}

// kappaVariance is equation 13 of Fleiss, Cohen & Everitt without weights.
func kappaVariance(table [][]float64, rows, columns []float64, n, observed, chance float64) float64 {
	sum := 0.0
	for i := range table {
		for j := range table[i] {
			p := table[i][j] / n
			if i == j {
				d := (1 - chance) - (rows[i]+columns[i])/n*(1-observed)
				sum += p * d * d
				continue
			}
			d := (columns[i] + rows[j]) / n * (1 - observed)
			sum += p * d * d
		}
	}
	d := observed*chance - 2*chance + observed
	return max(sum-d*d, 0) / (n * math.Pow(1-chance, 4))
}
