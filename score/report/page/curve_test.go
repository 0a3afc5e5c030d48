package page_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// The table from value to score, as it stands on the page, is the engine's.
func TestTheTableOfScoresIsTheEngines(t *testing.T) {
	assert.Regexp(t, `(?s)>1/16</th>.*>1/4</th>.*>9/16</th>.*>1 and above</th>.*>n</th><td class="n">0</td><td class="n">0.25</td><td class="n">0.50</td><td class="n">0.75</td><td class="n">1</td>`, written(t, full(), "en"))
	for credits, want := range map[int64]float64{0: 0, 1: 0.25, 4: 0.5, 9: 0.75, 16: 1, 99: 1} { // of T = 16
		tender := model.NewTender()
		tender.Window = model.Window{Until: model.DateOf(day(1).AddDate(0, 1, -day(1).Day()+1)), Months: 12}
		tender.Projects = map[string]model.Project{"p": {Thresholds: map[model.Indicator]model.Threshold{model.Changes: {T: 16}}}}
		tender.Lots = []model.Lot{{ID: "1", Projects: map[string]float64{"p": 1}}}
		tender.Vendors = map[string]model.Vendor{"karst": {Name: "Karst"}}
		tender.Bidders.List = []model.Bidder{{ID: "karst", Vendors: []string{"karst"}}}
		l := &score.Ledger{
			Cells:    map[score.Cell]score.Amount{{Project: "p", Person: "x", Vendor: "karst", Indicator: model.Changes, Month: model.MonthOf(day(1))}: {Credit: credits * model.Whole, Acts: credits * model.Whole}},
			Projects: map[string]*score.Facts{"p": {Coverage: []score.CoverageAt{{Coverage: model.Coverage{Kind: model.CommitFacts, State: model.Complete}}}}}}
		found := false
		for _, v := range score.Rank(tender, l).Projects[0].Scores[0].Values {
			if v.Indicator == model.Changes {
				found = true
				assert.InDelta(t, want, v.N, 1e-12, "%d credits", credits)
			}
		}
		require.True(t, found)
	}
}
