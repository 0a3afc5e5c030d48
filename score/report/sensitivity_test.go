package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report"
)

func studied() *model.Sensitivity {
	p := func(x float64) *float64 { return &x }
	yes := true
	known := model.Spread{Bidder: "karst", Name: "Karst SARL", Official: p(62.41), Score: &model.Interval{Low: 51, Median: 61.5, High: 70.25},
		Points: &model.Interval{Low: 20.4, Median: 24.6, High: 28.1}, Ranks: []model.RankShare{{Rank: 1, Share: 0.997}, {Rank: 2, Share: 0.003}}, Meets: p(0.5)}
	lost := model.Spread{Bidder: "=bigco", Name: "Big\x1b[31mCo"}
	return &model.Sensitivity{
		Format: model.SensitivityFormat, Status: "SIMULATION", Tender: model.About{ID: "T-1", Title: "Géoportail"}, Seed: 7, Draws: 1000,
		Method:      model.MethodID{Digest: "5f3a"},
		Assumptions: []model.Assumption{{Name: "domain", Kind: model.MeasurementDraws, Value: 0.9, Doc: "probability", Reason: "Because.", Source: "A study", Stated: true}},
		Lots: []model.LotSensitivity{{ID: "1", Title: "Server", Points: 40, Ranked: true, First: []string{"karst"},
			Measurement: []model.Spread{known, lost}, Specification: []model.Spread{known, lost},
			Alternatives: []model.Alternative{
				{Group: "pillar", Name: "commits", Change: "+25 %", Scores: []model.Moved{{Bidder: "karst", Score: p(64), Change: p(1.59)}, {Bidder: "=bigco"}},
					First: []string{"=bigco"}, FirstChanges: &yes, Meets: []string{"karst"}},
			},
			Weights: []model.WeightChange{{Kind: "pillars", From: "reviews", To: "maintenance", Before: 30, After: 26.8, Amount: p(3.2), First: []string{"=bigco"},
				Text: "Moving 3.20 of the 100 points from reviews to maintenance makes BigCo first."},
				{Kind: "projects", Text: "No move of points from one project to another makes another bidder first."}},
		}},
		Notes: []string{"Windows of 24 months are longer than the tender's 12."},
	}
}

func ExampleSensitivity() {
	s := studied()
	s.Lots[0].Measurement, s.Lots[0].Specification = s.Lots[0].Measurement[:1], s.Lots[0].Specification[:1]
	report.Sensitivity(os.Stdout, s, nil)
	// Output:
	// SIMULATION: what the ranking hangs on. The ranking itself stands apart, and
	//   nothing here changes it.
	// T-1 Géoportail
	// 1000 draws of each kind, seed 7; method digest 5f3a
	//
	// Lot 1: Server (40 points)
	//
	//   What is uncertain in the facts: measurement
	//      score    low  median   high  minimum    1st  bidder
	//      62.41  51.00   61.50  70.25     50 %  >99 %  Karst SARL
	//
	//   What could be chosen otherwise: specification
	//      score    low  median   high  minimum    1st  bidder
	//      62.41  51.00   61.50  70.25     50 %  >99 %  Karst SARL
	//
	//   One thing at a time: the change of each bidder's score
	//    what            change  karst  =bigco
	//    pillar commits  +25 %   +1.59  unknown
	//    ! pillar commits +25 %: first would be =bigco; whether the minimum is met
	//      changes for karst
	//
	//   The smallest changes of weights
	//   - Moving 3.20 of the 100 points from reviews to maintenance makes BigCo first.
	//   - No move of points from one project to another makes another bidder first.
	//
	// Not studied, and what to know:
	// - Windows of 24 months are longer than the tender's 12.
	//
	// Assumed, not measured:
	// - domain (measurement) = 0.9: probability. Because. Stated by the caller. A
	//   study.
}

func TestSensitivityFitsTheTerminal(t *testing.T) {
	for _, width := range []int{40, 60, 80, 120} {
		var b bytes.Buffer
		require.NoError(t, report.Sensitivity(&b, studied(), &report.TextOptions{Width: width}))
		for line := range strings.Lines(b.String()) {
			assert.LessOrEqual(t, len([]rune(strings.TrimRight(line, "\n"))), width, line)
		}
		assert.NotContains(t, b.String(), "\x1b", "names must not steer the terminal")
		assert.Contains(t, b.String(), "unknown")
		assert.Contains(t, strings.Join(strings.Fields(b.String()), " "), "makes BigCo first")
	}
	var b bytes.Buffer
	require.NoError(t, report.Sensitivity(&b, studied(), &report.TextOptions{Most: 1}))
	assert.Contains(t, b.String(), "and 1 more")
	s := studied()
	s.Lots[0].Dominant = true
	b.Reset()
	require.NoError(t, report.Sensitivity(&b, s, nil))
	assert.Contains(t, b.String(), "No weights whatever")
	assert.NotContains(t, b.String(), "Moving 3.20")
	s.Lots[0].Ranked = false
	s.Lots[0].Dominant = false
	s.Lots[0].Weights = nil
	b.Reset()
	require.NoError(t, report.Sensitivity(&b, s, nil))
	assert.NotContains(t, b.String(), "smallest changes", "nobody is first where the mode shows no ranks")
}

func TestSensitivityCSV(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, report.SensitivityCSV(&b, studied()))
	rows, err := csv.NewReader(&b).ReadAll()
	require.NoError(t, err)
	values := map[string]string{}
	for _, r := range rows {
		require.Len(t, r, 10)
		assert.False(t, strings.HasPrefix(r[6], "="), "no formula")
		key := strings.Join(r[1:8], "|")
		_, twice := values[key]
		assert.False(t, twice, key)
		values[key] = r[8]
	}
	for key, want := range map[string]string{
		"1|measurement||||karst|score_low":                     "51.0000",
		"1|measurement||||karst|points_high":                   "28.10",
		"1|specification||||karst|rank_2":                      "0.003",
		"1|specification||||karst|meets":                       "0.500000",
		"1|specification||||'=bigco|official":                  "",
		"1|specification||||'=bigco|score_median":              "",
		"1|alternative|pillar|commits|'+25 %|karst|change":     "1.5900",
		"1|alternative|pillar|commits|'+25 %|'=bigco|score":    "",
		"1|alternative|pillar|commits|'+25 %|'=bigco|first":    "1",
		"1|weights|pillars|reviews|maintenance|'=bigco|amount": "3.20",
		"1|weights|projects||||amount":                         "",
	} {
		got, ok := values[key]
		assert.True(t, ok, key)
		assert.Equal(t, want, got, key)
	}
	assert.Error(t, report.SensitivityCSV(broken{}, studied()))
	assert.Error(t, report.SensitivityJSON(broken{}, studied()))
	assert.Error(t, report.Sensitivity(broken{}, studied(), nil))
}

func TestSensitivityJSONReadsBack(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, report.SensitivityJSON(&b, studied()))
	assert.Contains(t, b.String(), `"format": "tributary-sensitivity/1"`)
	assert.Contains(t, b.String(), `"official": null`, "unknown is no zero")
	var back model.Sensitivity
	require.NoError(t, json.Unmarshal(b.Bytes(), &back))
	assert.Equal(t, studied(), &back)
	var any map[string]any
	require.NoError(t, json.Unmarshal(b.Bytes(), &any))
	assert.Equal(t, strings.Fields(`assumptions assumptions.doc assumptions.kind assumptions.name assumptions.reason assumptions.source
		assumptions.stated assumptions.value draws format lots lots.alternatives lots.alternatives.change lots.alternatives.first
		lots.alternatives.first_changes lots.alternatives.group lots.alternatives.meets_changes lots.alternatives.name
		lots.alternatives.scores lots.alternatives.scores.bidder lots.alternatives.scores.change lots.alternatives.scores.score
		lots.first lots.id lots.measurement lots.measurement.bidder lots.measurement.meets lots.measurement.name
		lots.measurement.official lots.measurement.points lots.measurement.points.high lots.measurement.points.low
		lots.measurement.points.median lots.measurement.ranks lots.measurement.ranks.rank lots.measurement.ranks.share
		lots.measurement.score lots.measurement.score.high lots.measurement.score.low lots.measurement.score.median lots.points
		lots.ranked lots.title lots.weights lots.weights.after lots.weights.amount lots.weights.before lots.weights.first
		lots.weights.from lots.weights.kind lots.weights.text lots.weights.to`),
		slices.DeleteFunc(keys("", any), func(k string) bool {
			return strings.HasPrefix(k, "lots.specification") || strings.HasPrefix(k, "method") || strings.HasPrefix(k, "tender") ||
				k == "mode" || k == "notes" || k == "seed" || k == "status"
		}), "the written form: a key that goes or changes its name is another version")
}

// keys lists the keys of a JSON value, those of lists once, sorted.
func keys(prefix string, v any) []string {
	found := map[string]bool{}
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			found[prefix+k] = true
			for _, deeper := range keys(prefix+k+".", x) {
				found[deeper] = true
			}
		}
	case []any:
		for _, x := range v {
			for _, deeper := range keys(prefix, x) {
				found[deeper] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}
