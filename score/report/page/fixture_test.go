package page_test

import (
	"strings"
	"time"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
	"github.com/tributary-oss/tributary/score/report/page"
)

func known(x float64) *float64 { return &x }

// full is a ranking in which everything occurs that a page shows.
func full() page.Data {
	yes, no := true, false
	terms := score.Terms(model.NewTender())
	return page.Data{
		Ranking: &model.Ranking{
			Format: model.RankingFormat, Status: model.Simulation, Tender: model.About{ID: "T-1", Title: "Géoportail", Buyer: "Région"},
			Mode: model.Selection, Shortlist: true, MinimumPoints: 16,
			Since: time.Date(2023, 11, 1, 0, 0, 0, 0, time.UTC), Until: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
			Method: model.MethodID{Version: 1, Digest: strings.Repeat("d1", 32), Rules: rules(), Parts: map[string]string{"tips": strings.Repeat("a", 64), "bots": strings.Repeat("b", 64), "weights": "c"}},
			Decisions: []model.DecisionShown{{Decision: model.Decision{ID: "decide-1", On: "commit:abc", Rule: "import", Decide: "count", Reason: "their own work", By: "the buyer",
				Objection: &model.Objection{By: "bigco", Text: "no"}}, Effect: []model.Effects{{Lot: "1", Bidder: "karst", Change: 1.25}}}},
			Contested: []model.ContestedShown{{Vendors: []string{"bigco", "karst"}, Acts: 12, Bidders: []string{"bigco", "karst"}, Outcomes: []model.ContestedOutcome{
				{Vendor: "bigco", Effect: []model.Effects{{Lot: "1", Bidder: "karst", Change: -3.5}, {Lot: "1", Bidder: "bigco", Change: 2}}}, {Vendor: "karst"}}}},
			Lots: []model.LotResult{{ID: "1", Title: "Server", Points: 40, Projects: []model.Weighted{{Project: "a", Weight: 1}, {Project: "b", Missing: "git does not record issues"}},
				Standings: []model.Standing{
					{Rank: 1, Bidder: "karst", Name: "Karst SARL", Score: known(78.8), Points: known(31.52), Meets: &yes, People: 3},
					{Rank: 2, Bidder: "bigco", Name: "BigCo SE", Score: known(23.74), Points: known(9.5), Meets: &no, People: 25, Insufficient: []string{"a"}},
					{Bidder: "nobody", Name: "Nobody Knows Ltd"}}}},
			Projects: []model.ProjectResult{{ID: "a", Tips: []model.TipShown{{Repository: "https://host.example/a", Tip: model.Tip{Branch: "main", Commit: strings.Repeat("e", 40)}}},
				Coverage: []model.CoverageShown{{Repository: "https://host.example/a", Coverage: model.Coverage{Source: "git", Kind: model.IssueFacts, State: model.Unavailable, Reason: "git does not record issues"}}},
				Indicators: []model.IndicatorResult{{Pillar: model.Commits, Indicator: model.Changes, State: model.Complete, T: 16, Weight: 0.7, Proposed: true},
					{Pillar: model.Commits, Indicator: model.ActiveMonths, State: model.Partial, Reason: "only main", T: 36, Weight: 0.3},
					{Pillar: model.Maintenance, Indicator: model.Triage, State: model.Unavailable, Reason: "git does not record issues"}},
				Scores: []model.ProjectScore{{Bidder: "bigco", Score: known(23.74), Acts: 1, Months: 1, People: 1, Insufficient: "1 credited act",
					Values: []model.Measurement{{Pillar: model.Commits, Indicator: model.Changes, Value: 4, Acts: 5, R: 0.25, N: 0.5, Points: 23.74}}},
					{Bidder: "karst", Score: known(78.8), Acts: 30, Months: 12, People: 3, Values: []model.Measurement{{Pillar: model.Commits, Indicator: model.Changes, Value: 9, Acts: 9, R: 0.5625, N: 0.75, Points: 78.8}}},
					{Bidder: "nobody"}},
				Read: 1234, Counted: 567, Rules: []model.RuleCount{{Rule: "duplicate", Refused: 4, Touched: 5}}, People: 9, UnknownShare: known(0.12)}},
			Terms:    terms,
			Gaps:     []model.Gap{{Project: "b", Repository: "https://host.example/b", Reason: "502 Bad Gateway"}, {Project: "b", Repository: "https://host.example/c", Reason: "not there"}},
			Warnings: []string{"a: over half of the credits lie in the last months"},
		},
		Totals: []model.Total{{Project: "a", Bidder: "", Indicator: model.Triage, Month: model.MonthOf(day(1)), Credit: 5 * model.Whole, Acts: 5 * model.Whole, People: 2},
			{Project: "a", Bidder: "karst", Indicator: model.Changes, Month: model.MonthOf(day(1)), Credit: 9 * model.Whole, Acts: 9 * model.Whole, People: 3}},
		Evidence: sampleOf(verdicts()...),
		Files:    []page.File{{Name: "ranking.json", Doc: "the ranking"}},
	}
}

func rules() (list []string) {
	for _, r := range score.Rules() {
		list = append(list, r.Name)
	}
	return list
}

func verdicts() []model.Verdict {
	sha := "0123456789abcdef0123456789abcdef01234567"
	karst := []model.Part{{Vendor: "karst", Part: model.Whole, Level: model.Domain}}
	return []model.Verdict{
		{Project: "a", Repository: "https://github.com/x/a", Artifact: model.Artifact("commit:" + sha), Role: model.Author, Person: "ada@karst.example", Name: "Ada Lovelace", Parts: karst, At: day(1), Counted: true,
			Credits: []model.Credit{{Indicator: model.Changes, Month: model.MonthOf(day(1)), Amount: model.Whole / 2}}},
		{Project: "a", Repository: "https://github.com/x/a", Artifact: "change:7", Role: model.Reviewer, Person: "bob", Name: "Bob", Parts: karst, At: day(2), Rule: "duplicate", Touched: []string{"duplicate"}, Reason: "the same work as commit:" + sha},
	}
}

func options(names bool) page.CollectorOptions {
	return page.CollectorOptions{Show: report.People{Names: names, Key: []byte("key")}, Link: report.Link, Concerned: func(v model.Verdict) (list []string) {
		for _, p := range v.Parts {
			list = append(list, p.Vendor)
		}
		return list
	}}
}

func sampleOf(list ...model.Verdict) *page.Sample {
	c := page.NewCollector(options(false))
	for _, v := range list {
		c.Write(v)
	}
	return c.Sample()
}

// study is a study in which everything occurs.
func study() *model.Sensitivity {
	yes := true
	spread := []model.Spread{
		{Bidder: "karst", Name: "Karst SARL", Official: known(78.8), Score: &model.Interval{Low: 60, Median: 75, High: 90}, Points: &model.Interval{Low: 24, Median: 30, High: 36}, Ranks: []model.RankShare{{Rank: 1, Share: 0.999}, {Rank: 2, Share: 0.001}}, Meets: known(1)},
		{Bidder: "nobody", Name: "Nobody Knows Ltd"}}
	return &model.Sensitivity{Format: model.SensitivityFormat, Status: model.Simulation, Tender: model.About{ID: "T-1", Title: "Géoportail"}, Draws: 1000, Seed: 7,
		Assumptions: []model.Assumption{{Name: "unknown", Kind: model.MeasurementDraws, Value: 0.5, Doc: "what it is", Reason: "why it is", Source: "a paper", Stated: true}},
		Notes:       []string{"a note"},
		Lots: []model.LotSensitivity{{ID: "1", Title: "Server", Points: 40, Ranked: true, First: []string{"karst"}, Measurement: spread, Specification: spread,
			Alternatives: []model.Alternative{{Group: "threshold", Name: "all", Change: "× 0.5", Scores: []model.Moved{{Bidder: "karst", Score: known(80), Change: known(1.2)}, {Bidder: "nobody"}}, First: []string{"bigco"}, FirstChanges: &yes, Meets: []string{"bigco"}},
				{Group: "rule", Name: "bot", Change: "off", Scores: []model.Moved{{Bidder: "karst", Score: known(78.8), Change: known(0)}, {Bidder: "nobody", Score: known(1), Change: known(0)}}},
				{Group: "window", Name: "last months", Change: "24 of 36", Scores: []model.Moved{{Bidder: "karst", Score: known(70), Change: known(-8.8)}}},
				{Group: "pillar", Name: "commits", Change: "-25 %", Scores: []model.Moved{{Bidder: "karst", Score: known(70), Change: known(-8.8)}}}},
			Weights: []model.WeightChange{{Kind: "pillars", Text: "No move of points makes another bidder first."}}}}}
}
