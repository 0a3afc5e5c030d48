package audit

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The tests here recompute what interval.go computes by other ways, from definitions alone: by
// searching for the roots of an equation, and by summing over all outcomes that there are. They
// rest on no figure from the literature.

// binomial is the probability of x in n, each with a probability p in (0,1).
func binomial(x, n int, p float64) float64 {
	return math.Exp(choose(n, x) + float64(x)*math.Log(p) + float64(n-x)*math.Log1p(-p))
}

// choose is the logarithm of n over k; −∞ where there is no such choice.
func choose(n, k int) float64 {
	if k < 0 || k > n {
		return math.Inf(-1)
	}
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}

// Wilson's limits are those proportions that the score test of 95 % just does not reject: the
// roots of |x − n·p| = z·√(n·p·(1−p)), found by halving.
func TestWilsonInvertsTheScoreTest(t *testing.T) {
	rejected := func(x, n, p float64) bool { return math.Abs(x-n*p) > z*math.Sqrt(n*p*(1-p)) }
	for n := 1; n <= 60; n++ {
		for x := range n + 1 {
			p := float64(x) / float64(n)
			low := root(0, p, func(p0 float64) bool { return p0 < p && rejected(float64(x), float64(n), p0) })
			high := root(p, 1, func(p0 float64) bool { return p0 == p || !rejected(float64(x), float64(n), p0) })
			gotLow, gotHigh := Wilson(float64(x), float64(n))
			assert.InDelta(t, low, gotLow, 1e-9, "%d of %d", x, n)
			assert.InDelta(t, high, gotHigh, 1e-9, "%d of %d", x, n)
		}
	}
}

// By the exact binomial distribution Wilson's interval holds the truth in 95 % on the average
// over all proportions, and hardly ever in less than 90 % where they are not extreme.
func TestWilsonHoldsExactly(t *testing.T) {
	for _, n := range []int{10, 20, 50, 100} {
		sum, count, least := 0.0, 0, 1.0
		for p := 0.005; p < 1; p += 0.005 {
			held := 0.0
			for x := range n + 1 {
				if low, high := Wilson(float64(x), float64(n)); low <= p && p <= high {
					held += binomial(x, n, p)
				}
			}
			sum, count = sum+held, count+1
			if p > 0.1 && p < 0.9 {
				least = min(least, held)
			}
		}
		assert.InDelta(t, 0.95, sum/float64(count), 0.012, "of %d", n)
		assert.Greater(t, least, 0.895, "of %d", n)
	}
}

// hyper is the probability of x yes in so many rows that are drawn of a stratum without
// replacement.
func hyper(x, rows, yes, size int) float64 {
	return math.Exp(choose(yes, x) + choose(size-yes, rows-x) - choose(size, rows))
}

// The intervals of precision and recall hold the truth by all samples that can be drawn of three
// strata, each with its exact probability.
func TestPrecisionAndRecallHoldExactly(t *testing.T) {
	for _, c := range []struct{ yes [3]int }{{[3]int{150, 45, 20}}, {[3]int{120, 30, 60}}, {[3]int{195, 55, 8}}} {
		sizes, rows := [3]int{200, 60, 400}, [3]int{20, 12, 24}
		truths := [2]float64{float64(c.yes[0]+c.yes[1]) / float64(sizes[0]+sizes[1]),
			float64(c.yes[0]+c.yes[1]) / float64(c.yes[0]+c.yes[1]+c.yes[2])}
		var held, all [2]float64
		for x := range rows[0] + 1 {
			for y := range rows[1] + 1 {
				both := hyper(x, rows[0], c.yes[0], sizes[0]) * hyper(y, rows[1], c.yes[1], sizes[1])
				affirmed := []part{{float64(sizes[0]), float64(x), float64(rows[0])}, {float64(sizes[1]), float64(y), float64(rows[1])}}
				_, low, high := precision(affirmed)
				all[0] += both
				if low <= truths[0] && truths[0] <= high {
					held[0] += both
				}
				if both < 1e-9 {
					continue
				}
				for w := range rows[2] + 1 {
					chance := both * hyper(w, rows[2], c.yes[2], sizes[2])
					_, low, high, ok := recall(affirmed, []part{{float64(sizes[2]), float64(w), float64(rows[2])}})
					require.True(t, ok || x+y+w == 0)
					all[1] += chance
					if ok && low <= truths[1] && truths[1] <= high {
						held[1] += chance
					}
				}
			}
		}
		for i, name := range []string{"precision", "recall"} {
			assert.InDelta(t, 1, all[i], 1e-6, "these are all samples")
			t.Logf("%v: %s held in %.4f", c.yes, name, held[i])
			assert.Greater(t, held[i], 0.92, "%v: %s", c.yes, name)
			assert.Less(t, held[i], 0.995, "%v: %s: an interval that holds always says nothing", c.yes, name)
		}
	}
}

// The standard error of κ is how much κ varies over all tables that there are of n rows, each with
// its exact multinomial probability.
func TestKappasErrorIsExact(t *testing.T) {
	const n = 80
	for _, p := range [][2][2]float64{{{.5, .1}, {.1, .3}}, {{.72, .06}, {.14, .08}}, {{.3, .2}, {.2, .3}}, {{.05, .15}, {.02, .78}}} {
		var mean, square, all float64
		for a := range n + 1 {
			for b := range n + 1 - a {
				for c := range n + 1 - a - b {
					d := n - a - b - c
					chance := math.Exp(choose(n, a) + choose(n-a, b) + choose(n-a-b, c) + float64(a)*math.Log(p[0][0]) + float64(b)*math.Log(p[0][1]) +
						float64(c)*math.Log(p[1][0]) + float64(d)*math.Log(p[1][1]))
					if chance < 1e-12 {
						continue
					}
					k, ok := kappaOf(float64(a), float64(b), float64(c), float64(d))
					if !ok {
						continue
					}
					all += chance
					mean += chance * k
					square += chance * k * k
				}
			}
		}
		require.InDelta(t, 1, all, 5e-3, "these are all tables but those of which κ is unknown")
		exact := math.Sqrt(square/all - (mean/all)*(mean/all))
		e := Kappa([][]float64{{n * p[0][0], n * p[0][1]}, {n * p[1][0], n * p[1][1]}})
		half := *e.High - *e.Value
		assert.InEpsilon(t, exact, half/z, 0.06, "%v: the formula is of large samples", p)
	}
}

// kappaOf is Cohen's κ of a table of two answers; not ok where one coder gave one answer only.
func kappaOf(a, b, c, d float64) (k float64, ok bool) {
	n := a + b + c + d
	if a+b == 0 || c+d == 0 || a+c == 0 || b+d == 0 {
		return 0, false
	}
	chance := ((a+b)*(a+c) + (c+d)*(b+d)) / (n * n)
	return ((a+d)/n - chance) / (1 - chance), true
}
