package score_test

import (
	"fmt"
	"iter"
	"time"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// exampleTender is a tender on project p that asks nothing but changes.
func exampleTender() *model.Tender {
	t := model.NewTender()
	t.Window = model.Window{Until: date("2026-07-01"), Months: 12}
	t.Shortlist = true
	t.Points = 40
	t.Projects = map[string]model.Project{"p": {
		Repositories: []model.Repository{{URL: "https://host.example/p"}},
		Thresholds:   map[model.Indicator]model.Threshold{model.Changes: {T: 16}},
	}}
	t.Lots = []model.Lot{{ID: "1", Projects: map[string]float64{"p": 1}}}
	t.Vendors = map[string]model.Vendor{"karst": {Name: "Karst SARL", Domains: []model.MailDomain{{Name: "karst.example"}}}}
	t.Bidders.List = []model.Bidder{{ID: "karst", Vendors: []string{"karst"}}}
	t.Weights = map[model.Pillar]float64{model.Commits: 1}
	t.Indicators = map[model.Pillar]map[model.Indicator]float64{model.Commits: {model.Changes: 1}}
	return t
}

// fourChanges are four months with a commit of Ada's each, as a source states them.
func fourChanges(yield func(model.Record, error) bool) {
	ada := model.Identity{Name: "Ada", Mail: "ada@karst.example"}
	record := func(r model.Record) bool {
		r.Project, r.Repository = "p", "https://host.example/p"
		return yield(r, nil)
	}
	record(model.Record{Coverage: &model.Coverage{Kind: model.CommitFacts, State: model.Complete}})
	for i := range 4 {
		at := time.Date(2026, time.Month(1+i), 5, 12, 0, 0, 0, time.UTC)
		hash := fmt.Sprintf("%040x", i+1)
		commit := &model.Commit{Subject: fmt.Sprint("Change ", i), Authored: at, Committed: at, Landed: hash, Branches: []string{"main"}}
		for _, role := range []model.Role{model.Author, model.Committer} {
			record(model.Record{Contribution: &model.Contribution{Artifact: model.NewArtifact(model.CommitArtifact, hash),
				Role: role, Actor: ada, At: at, Commit: commit}})
		}
	}
}

func ExampleEvaluate() {
	ranking, err := score.Evaluate(exampleTender(), fourChanges, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range ranking.Lots[0].Standings {
		fmt.Printf("%s: %d. %s, %.2f of 40 points\n", ranking.Status, s.Rank, s.Name, *s.Points)
	}
	// Output:
	// SIMULATION: 1. Karst SARL, 20.00 of 40 points
}

func ExampleExplain() {
	ranking, _ := score.Evaluate(exampleTender(), fourChanges, nil)
	explanation, err := score.Explain(ranking, "karst")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range explanation.Steps[:7] {
		fmt.Printf("%s, %s: %s = %s\n", s.Figure, s.What, s.Shown, s.Formula)
	}
	// Output:
	// lot 1, points: 20.00 = 50.00 / 100 · 40
	// lot 1, score: 50.00 = 1 · 50.00 (p)
	// p, score: 50.00 = 50.00 (commits)
	// p/commits, points: 50.00 = 50.00 (changes)
	// p/commits, weight: 1 = 1 / 1
	// p/commits/changes, points: 50.00 = 100 · 1 / 1 · 0.5
	// p/commits/changes, n: 0.5 = 0.25 + (4 / 16 − 0.0625) / 0.1875 · 0.25
}

// The steps of Evaluate, as an engine that spreads projects over machines would
// take them: judge each project where it is mined, merge, rank once.
func ExampleJudge() {
	tender := exampleTender()
	judge := score.NewJudge(tender, "p")
	for r, err := range fourChanges {
		if err != nil {
			fmt.Println(err)
			return
		}
		if err := judge.Add(r); err != nil {
			fmt.Println(err)
			return
		}
	}
	var all score.Ledger
	all.Merge(judge.Ledger(func(v model.Verdict) {
		if v.Role == model.Author {
			fmt.Println(v.At.Format(time.DateOnly), v.Counted, v.Credits[0].Indicator, v.Credits[0].Amount)
		}
	}))
	fmt.Printf("%.2f\n", *score.Rank(tender, &all).Lots[0].Standings[0].Points)
	// Output:
	// 2026-01-05 true changes 1000000
	// 2026-02-05 true changes 1000000
	// 2026-03-05 true changes 1000000
	// 2026-04-05 true changes 1000000
	// 20.00
}

func ExampleRules() {
	for _, r := range score.Rules()[:3] {
		fmt.Println(r.Name)
	}
	// Output:
	// window
	// branch
	// anonymous
}

func Example_affiliation() {
	tender := exampleTender()
	roster := affiliation.NewRoster(tender)
	id := model.Identity{Mail: "ada@karst.example"}
	person := roster.People(nil).Person(id)
	parts, outcome := roster.At(person, id, time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC))
	fmt.Println(person, parts[0].Vendor, outcome)
	// Output:
	// mail:ada@karst.example karst known
}

// How well it is known who works for whom, before anything is published.
func ExampleSurvey() {
	known, err := score.Survey(exampleTender(), fourChanges)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range known.Months {
		if n := m.Acts["domain"]; n > 0 {
			fmt.Println(m.Month, n/model.Whole, "by mail domain")
		}
	}
	// Output:
	// 2026-01 1 by mail domain
	// 2026-02 1 by mail domain
	// 2026-03 1 by mail domain
	// 2026-04 1 by mail domain
}

// All that is held about one person, for a request of access.
func ExampleAbout() {
	records := func() iter.Seq2[model.Record, error] { return fourChanges }
	d, err := score.About(exampleTender(), "mail:ada@karst.example", records)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Person, len(d.Identities), "identity,", len(d.Acts), "acts")
	// Output:
	// mail:ada@karst.example 1 identity, 8 acts
}

// How much a ranking hangs on what is uncertain and on what was chosen.
func ExampleSensitivity() {
	_, study, err := score.Sensitivity(exampleTender(), fourChanges, &score.SensitivityOptions{Draws: 200})
	if err != nil {
		fmt.Println(err)
		return
	}
	s := study.Lots[0].Specification[0]
	fmt.Printf("%s: %.2f, in nine of ten draws of weights and thresholds from %.2f to %.2f\n", study.Status, *s.Official, s.Score.Low, s.Score.High)
	for _, a := range study.Lots[0].Alternatives {
		if a.Group == "threshold" {
			fmt.Printf("%s %s: %+.2f\n", a.Group, a.Change, *a.Scores[0].Change)
		}
	}
	// Output:
	// SIMULATION: 50.00, in nine of ten draws of weights and thresholds from 34.93 to 66.59
	// threshold × 0.5: +20.00
	// threshold × 2: -16.67
}

// What a ledger alone can tell.
func ExampleSensitivityOf() {
	tender := exampleTender()
	judge := score.NewJudge(tender, "p")
	for r := range fourChanges {
		if err := judge.Add(r); err != nil {
			fmt.Println(err)
			return
		}
	}
	study, err := score.SensitivityOf(tender, judge.Ledger(nil), &score.SensitivityOptions{Draws: 200, Assume: map[string]float64{"domain": 0.9}})
	if err != nil {
		fmt.Println(err)
		return
	}
	s := study.Lots[0].Measurement[0]
	fmt.Printf("%.2f to %.2f\n", s.Score.Low, s.Score.High)
	// Output:
	// 0.00 to 67.91
}

func ExampleAssumptions() {
	for _, a := range score.Assumptions()[:3] {
		fmt.Println(a.Kind, a.Name, a.Value)
	}
	// Output:
	// measurement decided 1
	// measurement confirmed 0.99
	// measurement domain 0.95
}
