package score_test

import (
	"fmt"
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

// Two people of one bidder and one of nobody's in a month.
func TestTotalsOfAMonth(t *testing.T) {
	s, doc := newStory(), tender()
	doc.Rules.FloorActs, doc.Rules.FloorMonths = 1, 1
	for _, by := range []string{ada, bob, ada, gus} {
		s.commit(act{by: by, taker: mia, at: fmt.Sprintf("2026-01-%02d", s.n+5)})
	}
	got := map[string]model.Total{}
	for _, x := range score.Totals(doc, ledgerOf(t, doc, s)) {
		if x.Indicator == model.Changes {
			got[x.Bidder] = x
		}
	}
	month := model.MonthOf(when("2026-01-05"))
	assert.Equal(t, map[string]model.Total{
		"karst": {Project: "p", Bidder: "karst", Indicator: model.Changes, Month: month, Credit: 3 * model.Whole, Acts: 3 * model.Whole, People: 2},
		"":      {Project: "p", Indicator: model.Changes, Month: month, Credit: model.Whole, Acts: model.Whole, People: 1},
	}, got)
}
