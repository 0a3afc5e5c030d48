package score

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tributary-oss/tributary/model"
)

// The method's table: r and n.
func TestNormalise(t *testing.T) {
	m := Metric{}
	for r, n := range map[float64]float64{
		0: 0, 1. / 32: 0.125, 1. / 16: 0.25, 5. / 32: 0.375, 1. / 4: 0.5, 13. / 32: 0.625, 9. / 16: 0.75, 25. / 32: 0.875, 1: 1, 7: 1,
	} {
		assert.InDelta(t, n, m.normalise(r), 1e-15, "r = %g", r)
	}
	months := Metric{Months: true}
	assert.Equal(t, 0.25, months.normalise(0.25))
	assert.Equal(t, 1.0, months.normalise(2))
}

func TestPropose(t *testing.T) {
	m := Metric{Floor: 12}
	assert.Equal(t, 0.0, m.propose(nil))
	assert.Equal(t, 12.0, m.propose([]int64{1}))
	assert.Equal(t, 61.0, m.propose([]int64{10_000_000, 30_000_001, 20_000_000, 5_000_000}), "the three highest, rounded up")
}

func TestRound(t *testing.T) {
	for x, want := range map[float64]float64{
		2.675: 2.68, 1.005: 1.01, 0.125: 0.13, -0.125: -0.13, 18.139534883720927: 18.14, 100: 100, 0: 0, 2.6749999: 2.67,
	} {
		assert.Equal(t, want, round(x, 2), "%v", x)
	}
}

func TestSplitIsExact(t *testing.T) {
	assert.EqualValues(t, 333_333, split(333_333, model.Whole))
	assert.EqualValues(t, 166_666, split(333_333, 500_000))
	assert.EqualValues(t, 125_000, split(250_000, 500_000))
}
