package score_test

import (
	"fmt"
	"iter"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// fourPinned are [fourChanges] with the tip at which they were mined.
func fourPinned(yield func(model.Record, error) bool) {
	for r, err := range iter.Seq2[model.Record, error](fourChanges) {
		if !yield(r, err) {
			return
		}
	}
	yield(model.Record{Project: "p", Repository: "https://host.example/p",
		Tip: &model.Tip{Branch: "main", Commit: fmt.Sprintf("%040x", 4)}}, nil)
}

func ExampleTally() {
	ledger, err := score.Tally(exampleTender(), fourChanges, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(ledger.Projects["p"].Counted, "of", ledger.Projects["p"].Read, "contributions count")
	// Output:
	// 4 of 8 contributions count
}

func ExampleCalibrate() {
	ledger, _ := score.Tally(exampleTender(), fourChanges, nil)
	c := score.Calibrate(exampleTender(), ledger)[0]
	fmt.Printf("%s: the most active reach %g, the floor is %g: T = %g; the document says %s\n", c.Indicator, c.Three, c.Floor, c.T, c.Stated)
	// Output:
	// changes: the most active reach 4, the floor is 12: T = 12; the document says 16
}

func ExampleOpennessOf() {
	ledger, _ := score.Tally(exampleTender(), fourChanges, nil)
	for _, o := range score.OpennessOf(exampleTender(), ledger) {
		fmt.Printf("%s: %d reach T/4, the largest has %.0f %%: %s\n", o.Indicator, o.Organisations, o.Share*100, o.Closed)
	}
	// Output:
	// changes: 1 reach T/4, the largest has 100 %: only 1 organisation reaches a quarter of T, which is 4, and karst has 100 % of the credits
}

// Before the notice the buyer seals and publishes the digest; when the bids are in, a
// ranking of the sealed tender becomes official.
func ExampleSeal() {
	tender := exampleTender()
	p := tender.Projects["p"]
	p.Justify = []model.Justification{{Indicator: model.Changes, Reason: "the only project of its kind"}}
	tender.Projects["p"] = p
	ledger, _ := score.Tally(tender, fourPinned, nil)
	sealed, err := score.Seal(tender, ledger, date("2026-07-15"))
	if err != nil {
		fmt.Println(err)
		return
	}
	published := sealed.Seal.Digest

	ranking, _ := score.Evaluate(sealed, fourPinned, nil)
	fmt.Println(ranking.Status)
	fmt.Println(score.Certify(sealed, ranking, published), ranking.Status)

	sealed.Weights[model.Reviews] = 1
	fmt.Println(score.CheckSeal(sealed, published))
	// Output:
	// SIMULATION
	// <nil> OFFICIAL
	// no official result
	// weights: a weight was changed after the sealing; put it back
}
