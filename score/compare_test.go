package score_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// anyRun evaluates a drawn story under a drawn document.
func anyRun(t *rapid.T, name string) *model.Ranking {
	doc := rostered()
	draw := func(what string, most int) int { return rapid.IntRange(0, most).Draw(t, name+": "+what) }
	doc.Window.Months = 10 + draw("months", 4)
	doc.Weights[model.Commits] = float64(draw("weight of commits", 60))
	doc.Minimum = model.Minimum{Acts: draw("acts", 8), Months: 1, Effect: []model.Effect{model.Mark, model.Zero}[draw("effect", 1)]}
	doc.Projects["q"] = model.Project{Repositories: doc.Projects["p"].Repositories}
	doc.Projects["p"] = model.Project{Repositories: doc.Projects["p"].Repositories, Thresholds: map[model.Indicator]model.Threshold{
		model.Changes: {T: float64(1 + draw("T", 20))}, model.Upkeep: {None: draw("upkeep", 1) == 0}}}
	doc.Lots[0].Projects = map[string]float64{"p": float64(1 + draw("weight of p", 3))}
	if draw("q in the lot", 1) == 1 {
		doc.Lots[0].Projects["q"] = 1
	}
	l := &score.Ledger{}
	for _, p := range []string{"p", "q"} {
		judgedInto(t, l, doc, p, uint64(draw("seed", 300)))
	}
	return score.Rank(doc, l)
}

// The parts of a change add up to it, to the last digit shown, and it makes no difference
// which ranking is called the first, but for the sign and the last digit.
func TestPartsOfAChangeAddUp(t *testing.T) {
	tenThousandths := func(x float64) int64 { return int64(math.Round(x * 10_000)) }
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyRun(t, "a"), anyRun(t, "b")
		there, back := score.Compare(a, b), score.Compare(b, a)
		for i, lot := range there.Lots {
			for k, c := range lot.Bidders {
				require.InDelta(t, *c.ScoreB-*c.ScoreA, *c.Change, 0.00006)
				var sum int64
				for _, p := range c.Parts {
					row := tenThousandths(p.Value) + tenThousandths(p.T) + tenThousandths(p.Weight) + tenThousandths(p.InLot) + tenThousandths(p.N) + tenThousandths(p.Rest)
					require.Equal(t, tenThousandths(p.Change), row)
					require.Zero(t, p.N, "both are by this version's curve")
					sum += row
					if p.A != nil && p.B != nil {
						require.InDelta(t, p.B.Points-p.A.Points, p.Change, 0.0007)
					}
				}
				require.Equal(t, tenThousandths(*c.Change), sum)
				parts := map[string]float64{}
				for _, p := range back.Lots[i].Bidders[k].Parts {
					parts[fmt.Sprint(p.Project, p.Pillar, p.Indicator)] = p.Change
				}
				for _, p := range c.Parts {
					require.InDelta(t, -p.Change, parts[fmt.Sprint(p.Project, p.Pillar, p.Indicator)], 0.0013)
				}
			}
		}
		same := score.Compare(a, a)
		require.Empty(t, same.Method)
		require.Empty(t, same.Facts)
		for _, c := range same.Lots[0].Bidders {
			require.Empty(t, c.Parts)
		}
	})
}

// Worked by hand: changes are all of the weight, one project. Value 10 → 20 and T 40 → 20,
// so that r = 1/4 → 1 and n = 0.50 → 1. The value alone makes r = 1/2, so
// n = 0.5 + 0.8 · (1/2 − 1/4) = 0.70; T alone makes the same. Each changes 20 points if it
// is first and 30 if it is last, 25 in the mean: 50 together.
func TestAChangeByHand(t *testing.T) {
	c := score.Compare(byHand(10, 40, 0.5), byHand(20, 20, 1)).Lots[0].Bidders[0]
	require.Len(t, c.Parts, 1)
	assert.Equal(t, 50.0, *c.Change)
	assert.InDelta(t, 25, c.Parts[0].Value, 1e-9)
	assert.InDelta(t, 25, c.Parts[0].T, 1e-9)

	c = score.Compare(byHand(10, 40, 0.5), byHand(20, 20, 0.9)).Lots[0].Bidders[0]
	assert.Equal(t, 40.0, c.Parts[0].N, "0.9 is not what the curve makes of 1: value and threshold explain nothing")
	assert.Zero(t, c.Parts[0].Value)

	odd := byHand(20, 20, 1)
	odd.Lots[0].Standings[0].Score = new(float64)
	c = score.Compare(byHand(10, 40, 0.5), odd).Lots[0].Bidders[0]
	assert.Equal(t, -50.0, *c.Change)
	assert.Equal(t, -100.0, c.Parts[1].Rest, "a score that is not the sum of its figures is said to be that")

	odd.Lots[0].Standings[0].Score = nil
	c = score.Compare(byHand(10, 40, 0.5), odd).Lots[0].Bidders[0]
	assert.Nil(t, c.Change, "from what is known to what is not there is no change")
	assert.Empty(t, c.Parts)
}

func byHand(value, threshold, n float64) *model.Ranking {
	total := n * 100
	return &model.Ranking{Status: "SIMULATION",
		Lots: []model.LotResult{{ID: "1", Projects: []model.Weighted{{Project: "p", Weight: 1}}, Standings: []model.Standing{{Bidder: "karst", Score: &total}}}},
		Projects: []model.ProjectResult{{ID: "p", Indicators: []model.IndicatorResult{{Pillar: model.Commits, Indicator: model.Changes, T: threshold, Weight: 1}},
			Scores: []model.ProjectScore{{Bidder: "karst", Score: &total, Values: []model.Measurement{{Pillar: model.Commits, Indicator: model.Changes, Value: value, N: n}}}}}}}
}

// What differs is named, and nothing else.
func TestCompareNamesWhatDiffers(t *testing.T) {
	run := func(change func(*model.Tender)) *model.Ranking {
		doc := rostered()
		change(doc)
		l := &score.Ledger{}
		judgedInto(t, l, doc, "p", 2)
		return score.Rank(doc, l)
	}
	before := run(func(*model.Tender) {})
	names := func(list []model.Difference) (all []string) {
		for _, d := range list {
			if d.What == "digest" {
				all = append(all, d.Subject)
			}
		}
		return all
	}
	for _, c := range []struct {
		name   string
		of     func(*model.Comparison) []model.Difference
		change func(*model.Tender)
	}{
		{"rules", func(c *model.Comparison) []model.Difference { return c.Method }, func(d *model.Tender) { d.Rules.ActsPerDay = 99 }},
		{"weights", func(c *model.Comparison) []model.Difference { return c.Method }, func(d *model.Tender) { d.Weights[model.Reviews] = 99 }},
		{"thresholds", func(c *model.Comparison) []model.Difference { return c.Method }, func(d *model.Tender) {
			d.Projects["p"] = model.Project{Repositories: d.Projects["p"].Repositories, Accept: []model.Acceptance{{Kind: "reviews"}}}
		}},
		{"lots", func(c *model.Comparison) []model.Difference { return c.Method }, func(d *model.Tender) { d.Points = 40 }},
		{"mode", func(c *model.Comparison) []model.Difference { return c.Method }, func(d *model.Tender) { d.Minimum.Share = 0.2 }},
		{"bots", func(c *model.Comparison) []model.Difference { return c.Method }, func(d *model.Tender) { d.Bots.Exempt = []string{"mail:a@b.example"} }},
		{"window", func(c *model.Comparison) []model.Difference { return c.Method }, func(d *model.Tender) { d.Window.Months = 10 }},
		{"rosters", func(c *model.Comparison) []model.Difference { return c.Affiliation }, func(d *model.Tender) { d.People = d.People[:2] }},
		{"decisions", func(c *model.Comparison) []model.Difference { return c.Affiliation }, func(d *model.Tender) {
			d.Decisions = []model.Decision{{ID: "d", On: commitOf("c1"), Decide: "refuse"}}
		}},
	} {
		got := score.Compare(before, run(c.change))
		assert.Equal(t, []string{c.name}, names(c.of(got)), c.name)
		assert.Len(t, names(append(got.Method, got.Affiliation...)), 1, "%s and nothing else", c.name)
	}
	other := run(func(d *model.Tender) { d.About.ID, d.Bidders.List = "T-2", d.Bidders.List[:2] })
	c := score.Compare(before, other)
	assert.Equal(t, []model.Difference{{What: "reference", A: "", B: "T-2"}}, c.Tender)
	assert.Empty(t, c.Method, "who bids is no part of the method")
	for _, b := range c.Lots[0].Bidders {
		gone := b.In == model.InAOnly
		assert.Equal(t, gone, b.Change == nil, b.Bidder)
		assert.Equal(t, gone, b.Bidder == "bigco")
	}
	old := *other
	old.Method.Parts, old.Method.Digest = nil, "other"
	assert.Len(t, score.Compare(before, &old).Notes, 1)
}

// A ranking is read back as it was written; what is none, or of a newer form, is refused.
func TestReadRanking(t *testing.T) {
	l := &score.Ledger{}
	judgedInto(t, l, rostered(), "p", 3)
	want := score.Rank(rostered(), l)
	text, err := json.Marshal(want)
	require.NoError(t, err)
	got, err := model.ReadRanking(bytes.NewReader(text))
	require.NoError(t, err)
	again, err := json.Marshal(got)
	require.NoError(t, err)
	assert.Equal(t, string(text), string(again))
	for text, says := range map[string]string{
		"":                                    "cut short",
		string(text[:len(text)/2]):            "cut short",
		"{}":                                  "name a ranking.json",
		`{"format":"tributary-comparison/1"}`: "name a ranking.json",
		`{"format":"tributary-ranking/2"}`:    "read it with the version that wrote it",
		`{"format":"tributary-ranking/1","lots":3}`:                                        "cannot unmarshal",
		`{"format":"tributary-ranking/1","lots":[{"standings":[{"score":1e300}]}]}`:        "lies outside 0 to 100",
		`{"format":"tributary-ranking/1","projects":[{"scores":[{"values":[{"n":-1}]}]}]}`: "lies outside 0 to 1",
	} {
		_, err := model.ReadRanking(bytes.NewReader([]byte(text)))
		assert.ErrorIs(t, err, model.ErrRanking, text)
		assert.ErrorContains(t, err, says)
	}
}
