package document_test

import (
	"fmt"
	"os"
	"strings"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report/document"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// small is a tender of one project and two bidders.
func small() *model.Tender {
	until, _ := model.ParseDate("2026-11-01")
	t := model.NewTender()
	t.About.ID, t.Window.Until, t.MinimumPoints, t.Shortlist = "T-1", until, 20, true
	t.Projects = map[string]model.Project{"geolib": {Reason: "all maps are drawn by it", Repositories: []model.Repository{{URL: "https://forge.example/geolib.git"}},
		Thresholds: map[model.Indicator]model.Threshold{model.Changes: {T: 40}}}}
	t.Lots = []model.Lot{{ID: "1", Projects: map[string]float64{"geolib": 1}}}
	t.Vendors = map[string]model.Vendor{"karst": {Name: "Karst SARL"}, "bigco": {Name: "BigCo SE"}}
	t.Bidders.List = []model.Bidder{{ID: "karst", Vendors: []string{"karst"}}, {ID: "bigco", Vendors: []string{"bigco"}}}
	return t
}

// The criterion that is published, here its beginning in French.
func ExampleClause() {
	fr, err := locale.Of("fr")
	if err != nil {
		fmt.Println(err)
		return
	}
	var b strings.Builder
	if err := document.Clause(small(), fr).Markdown(&b); err != nil {
		fmt.Println(err)
	}
	for _, line := range strings.Split(b.String(), "\n")[2:5] {
		fmt.Println(strings.ReplaceAll(line, "\u00a0", " ")) // French has no-break spaces before its colons
	}
	// Output:
	// # Critère : contribution aux logiciels libres dont dépend le marché
	//
	// - Référence : T-1
}

// A text that somebody edited is held against the document.
func ExampleComparePublished() {
	var b strings.Builder
	if err := document.Clause(small(), locale.English()).Markdown(&b); err != nil {
		fmt.Println(err)
	}
	edited := strings.Replace(b.String(), "from 20 points on", "from 25 points on", 1)
	for _, d := range document.ComparePublished(small(), edited) {
		fmt.Println(d)
	}
	// Output:
	// minimum_points: differs in 20; the document makes: A bidder meets the criterion in a lot from 20 points on, after rounding.
	//   the text says: A bidder meets the criterion in a lot from 25 points on, after rounding.
}

// Nothing of a document is forgotten by its criterion.
func ExampleUnshown() {
	fmt.Println(len(document.Unshown(small())), "of", len(document.Parameters(small())), "parameters are not shown")
	// Output:
	// 0 of 47 parameters are not shown
}

// The letter to a bidder, here the sentences on what made the difference.
func ExampleLetter() {
	t, l := small(), &score.Ledger{}
	until := model.MonthOf(t.Window.Until.Time())
	for vendor, n := range map[string]int{"karst": 30, "bigco": 4} {
		for i := range n {
			l.Add(model.Verdict{Project: "geolib", Person: vendor, Parts: []model.Part{{Vendor: vendor, Part: model.Whole}}, Counted: true,
				Credits: []model.Credit{{Indicator: model.Changes, Month: until - model.Month(1+i), Amount: model.Whole}}})
		}
	}
	l.Projects["geolib"].Coverage = []score.CoverageAt{{Coverage: model.Coverage{Kind: model.CommitFacts, State: model.Complete}}}
	d, err := document.Letter(score.Rank(t, l), locale.English(), document.LetterOptions{Bidder: "bigco"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, b := range d.Blocks {
		for _, item := range b.Items {
			if b.Ordered {
				fmt.Println(strings.ReplaceAll(string(item), "\u00a0", " "))
			}
		}
	}
	// Output:
	// In geolib, changes: 21.00 of at most 70.00 points against 60.00, because 4 accepted changes counted for you against 30 accepted changes for Karst SARL; T is 40.
	// In geolib, active-months (commits): 3.33 of at most 30.00 points against 25.00, because 4 months counted for you against 30 months for Karst SARL; T is 36.
}

// A page that prints to A4 and loads nothing.
func ExampleDocument_HTML() {
	var page strings.Builder
	if err := document.Clause(small(), locale.English()).HTML(&page); err != nil {
		fmt.Println(err)
	}
	fmt.Fprintln(os.Stdout, strings.Split(page.String(), "\n")[1])
	// Output:
	// <html lang="en">
}
