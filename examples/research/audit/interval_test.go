package audit

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Four proportions that Newcombe (Statistics in Medicine 17, 1998, 857–872) takes as examples,
// by his method 3: the score interval without a correction for continuity. The figures were
// written down from memory, without the paper at hand; that they are those of the definition,
// TestWilsonInvertsTheScoreTest shows by another way.
func TestWilsonOfNewcombesExamples(t *testing.T) {
	for _, c := range []struct{ x, n, low, high float64 }{
		{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718},
	} {
		low, high := Wilson(c.x, c.n)
		assert.InDelta(t, c.low, low, 5e-5, "%v of %v", c.x, c.n)
		assert.InDelta(t, c.high, high, 5e-5, "%v of %v", c.x, c.n)
		l, h := Wilson(c.n-c.x, c.n)
		assert.InDelta(t, 1-high, l, 1e-12, "the mirror image")
		assert.InDelta(t, 1-low, h, 1e-12)
	}
	low, high := Wilson(0, 0)
	assert.Equal(t, []float64{0, 1}, []float64{low, high}, "nothing of nothing says nothing")
}

// By hand. Of 50 rows the coders both say yes on 20, both no on 15, and differ on 5 and 10:
//
//	          yes  no
//	yes        20   5   25
//	no         10  15   25
//	           30  20   50
//
// They agree on 35/50 = 0.7; by chance on 0.5·0.6 + 0.5·0.4 = 0.5: κ = (0.7−0.5)/(1−0.5) = 0.4.
// The variance by equation 13: Σ p_ii·(0.5 − (p_i.+p_.i)·0.3)² = 0.4·(0.5−1.1·0.3)² + 0.3·(0.5−0.9·0.3)²
// = 0.4·0.0289 + 0.3·0.0529 = 0.02743; 0.3²·(0.1·(p_.1+p_2.)² + 0.2·(p_.2+p_1.)²) in which row and
// column change places = 0.09·(0.1·(0.6+0.5)² + 0.2·(0.4+0.5)²) = 0.09·0.283 = 0.02547; less
// (0.35−1+0.7)² = 0.0025; over 50·0.5⁴ = 3.125: 0.0504/3.125 = 0.016128. Its root is 0.12700 and
// 1.96 times it 0.24891.
func TestKappaByHand(t *testing.T) {
	e := Kappa([][]float64{{20, 5}, {10, 15}})
	require.NotNil(t, e.Value)
	assert.InDelta(t, 0.4, *e.Value, 1e-12)
	assert.EqualValues(t, 50, e.Count)
	p := func(i, j int) float64 { return []float64{0.4, 0.1, 0.2, 0.3}[2*i+j] }
	assert.InDelta(t, deltaMethod(p, 50, 2), (*e.High-*e.Low)/2/z, 1e-6, "as the delta method has it")
	assert.InDelta(t, 0.64891, *e.High, 1e-5)
	assert.InDelta(t, 0.15109, *e.Low, 1e-5)
}

// A published table: 1,932 cases, κ 0.3411969 with the analytic interval 0.2896668 to 0.3927271, by
// Stata's kapci, as posted on Statalist in December 2009; compared with the post:
// https://www.stata.com/statalist/archive/2009-12/msg00320.html
func TestKappaAsPublished(t *testing.T) {
	e := Kappa([][]float64{{1395, 118}, {261, 158}})
	assert.InDelta(t, 0.3411969, *e.Value, 1e-7)
	assert.InDelta(t, 0.2896668, *e.Low, 1e-6)
	assert.InDelta(t, 0.3927271, *e.High, 1e-6)
}

// deltaMethod is the standard error of κ from its numerical gradient and the multinomial
// distribution's covariance: another way than the formula.
func deltaMethod(p func(i, j int) float64, n float64, k int) float64 {
	kappa := func(x []float64) float64 {
		po, pe := 0.0, 0.0
		for i := range k {
			po += x[i*k+i]
			r, c := 0.0, 0.0
			for j := range k {
				r += x[i*k+j]
				c += x[j*k+i]
			}
			pe += r * c
		}
		return (po - pe) / (1 - pe)
	}
	x := make([]float64, k*k)
	for i := range k {
		for j := range k {
			x[i*k+j] = p(i, j)
		}
	}
	g := make([]float64, k*k)
	for i := range x {
		const h = 1e-6
		x[i] += h
		up := kappa(x)
		x[i] -= 2 * h
		g[i] = (up - kappa(x)) / (2 * h)
		x[i] += h
	}
	mean, square := 0.0, 0.0
	for i := range x {
		mean += x[i] * g[i]
		square += x[i] * g[i] * g[i]
	}
	return math.Sqrt((square - mean*mean) / n)
}

// A table of three answers of 200, after the example of Fleiss, Cohen & Everitt (1969), written
// down from memory. By hand: 0.53 + 0.14 + 0.03 = 0.7 agree, by chance 0.6·0.65 + 0.3·0.25 + 0.1·0.1
// = 0.475, so κ is 0.225/0.525 = 0.428571. The standard error is held against the delta method.
func TestKappaOfThreeAnswers(t *testing.T) {
	p := [][]float64{{.53, .05, .02}, {.11, .14, .05}, {.01, .06, .03}}
	counts := make([][]float64, 3)
	for i := range p {
		for _, x := range p[i] {
			counts[i] = append(counts[i], math.Round(200*x))
		}
	}
	e := Kappa(counts)
	assert.InDelta(t, 0.428571, *e.Value, 5e-7)
	assert.InDelta(t, deltaMethod(func(i, j int) float64 { return p[i][j] }, 200, 3), (*e.High-*e.Low)/2/z, 1e-6)
}

func TestKappaAtTheEdges(t *testing.T) {
	for _, c := range []struct {
		table [][]float64
		why   string
	}{
		{[][]float64{{0, 0}, {0, 0}}, "no row has answers of both coders"},
		{[][]float64{{7, 0}, {0, 0}}, "a coder gave one answer only, so that chance explains all agreement"},
		{[][]float64{{7, 0}, {3, 0}}, "a coder gave one answer only, so that chance explains all agreement"},
	} {
		e := Kappa(c.table)
		assert.Nil(t, e.Value, "unknown is not zero")
		assert.Equal(t, c.why, e.Unknown)
	}
	few, many := Kappa([][]float64{{2, 0}, {0, 2}}), Kappa([][]float64{{200, 0}, {0, 200}})
	assert.Equal(t, []float64{1, 1}, []float64{*few.Value, *few.High})
	assert.InDelta(t, 0.0202, *few.Low, 1e-3, "Wilson's 4 of 4 begins at 0.5101, so (0.5101−0.5)/0.5")
	assert.Greater(t, *many.Low, 0.98)
	worst := Kappa([][]float64{{0, 3}, {3, 0}})
	assert.InDelta(t, -1, *worst.Value, 1e-12)
	assert.GreaterOrEqual(t, *worst.Low, -1.0)
}

// By hand. The engine affirmed 100 of which 8 of 10 rows are true, and 300 of which all 10
// are: precision (80+300)/400 = 0.95. It denied 1,000 of which 1 of 20 is true: recall
// 380/(380+50) = 0.88372. Without finite population's correction, which these sizes hardly
// feel, Wilson's limits are 0.4902 to 0.9433 of 8 in 10 and 0.7225 to 1 of 10 in 10; the lower
// limit of the precision then is 0.95 − √(25²·0.3098² + 75²·0.2775²)/100 = 0.7278.
func TestEstimatesByHand(t *testing.T) {
	yes, no := []part{{100, 8, 10}, {300, 10, 10}}, []part{{1000, 1, 20}}
	p, low, high := precision(yes)
	assert.InDelta(t, 0.95, p, 1e-12)
	assert.InDelta(t, 0.7278, low, 0.006)
	assert.InDelta(t, 0.95+0.25*0.1433, high, 0.006)
	r, rl, rh, ok := recall(yes, no)
	require.True(t, ok)
	assert.InDelta(t, 380.0/430, r, 1e-12)
	assert.Less(t, rl, r)
	assert.Greater(t, rh, r)

	one, l, h := precision([]part{{1e12, 81, 263}})
	assert.InDelta(t, 81.0/263, one, 1e-12)
	assert.InDelta(t, 0.2553, l, 5e-5, "of one large stratum it is Wilson's")
	assert.InDelta(t, 0.3662, h, 5e-5)

	_, l, h = precision([]part{{40, 30, 40}})
	assert.Equal(t, []float64{0.75, 0.75}, []float64{l, h}, "who looked at all leaves nothing to chance")
	_, rl, rh, _ = recall([]part{{40, 30, 40}}, []part{{10, 5, 10}})
	assert.InDelta(t, 30.0/35, rl, 1e-9)
	assert.InDelta(t, 30.0/35, rh, 1e-9)
	_, _, _, ok = recall([]part{{4, 0, 4}}, []part{{4, 0, 4}})
	assert.False(t, ok, "nothing is true: there is nothing to recall")
}

// Drawn over and over, the intervals hold the truth about as often as they say.
func TestIntervalsHold(t *testing.T) {
	draw := rand.New(rand.NewPCG(1, 2))
	truth := []struct{ size, yes, rows int }{{400, 380, 30}, {60, 40, 15}, {900, 20, 40}, {2000, 100, 60}}
	const rounds = 3000
	var heldP, heldR, heldK int
	wantP := 420.0 / 460
	wantR := 420.0 / (420 + 120)
	for range rounds {
		var parts []part
		for _, s := range truth {
			parts = append(parts, part{float64(s.size), float64(hypergeometric(draw, s.size, s.yes, s.rows)), float64(s.rows)})
		}
		_, low, high := precision(parts[:2])
		if low <= wantP && wantP <= high {
			heldP++
		}
		_, low, high, _ = recall(parts[:2], parts[2:])
		if low <= wantR && wantR <= high {
			heldR++
		}
		table := [][]float64{{0, 0}, {0, 0}}
		for range 80 { // p = .5 .1 / .1 .3: κ = (.8−.52)/.48
			switch x := draw.Float64(); {
			case x < .5:
				table[0][0]++
			case x < .6:
				table[0][1]++
			case x < .7:
				table[1][0]++
			default:
				table[1][1]++
			}
		}
		if e := Kappa(table); *e.Low <= .28/.48 && .28/.48 <= *e.High {
			heldK++
		}
	}
	for name, held := range map[string]int{"precision": heldP, "recall": heldR, "kappa": heldK} {
		share := float64(held) / rounds
		t.Logf("%s: held in %.3f", name, share)
		assert.Greater(t, share, 0.925, name)
		assert.Less(t, share, 0.985, name)
	}
}

// hypergeometric draws rows of a stratum without replacement and counts the yes among them.
func hypergeometric(r *rand.Rand, size, yes, rows int) (n int) {
	for range rows {
		if r.IntN(size) < yes {
			n++
			yes--
		}
		size--
	}
	return n
}
