package score_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// What a bidder's totals of an indicator add up to is
// what the ranking measured; months are counted, not added.
func TestTotalsAreWhatTheRankingMeasured(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds.Draw(t, "tender")
		l := &score.Ledger{}
		for _, s := range w.stories {
			l.Merge(s.judged(t, w.tender))
		}
		type key struct {
			project, bidder string
			indicator       model.Indicator
		}
		sums := map[key]int64{}
		for _, x := range score.Totals(w.tender, l) {
			k := key{x.Project, x.Bidder, x.Indicator}
			sums[k] += x.Credit
			assert.Positive(t, x.People)
		}
		for _, p := range score.Rank(w.tender, l).Projects {
			for _, x := range p.Scores {
				for _, v := range x.Values {
					k := key{p.ID, x.Bidder, v.Indicator}
					switch v.Indicator {
					case model.ActiveMonths, model.Stewardship:
					default:
						assert.InDelta(t, float64(sums[k])/model.Whole, v.Value, 1e-9, "%v", k)
					}
				}
			}
		}
	})
}
