package report_test

import (
	"bytes"
	"fmt"
	"os"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report"
)

func ExampleText() {
	score, points := 62.41, 24.96
	report.Text(os.Stdout, &model.Ranking{
		Status: "SIMULATION", Tender: model.About{ID: "RE-2026-017", Title: "Geoportal support"},
		Mode: model.Selection, Shortlist: true, Method: model.MethodID{Version: 1, Digest: "5f3a"},
		Lots: []model.LotResult{{ID: "1", Title: "Server", Points: 40, Projects: []model.Weighted{{Project: "geoserver", Weight: 1}},
			Standings: []model.Standing{
				{Rank: 1, Bidder: "karst", Name: "Karst SARL", Score: &score, Points: &points, People: 3},
				{Bidder: "bigco", Name: "BigCo SE"},
			}}},
	}, nil)
	// Output:
	// SIMULATION: not computed from a sealed document
	// RE-2026-017 Geoportal support
	// Window 0001-01-01 to 0001-01-01, UTC, end excluded; mode selection (short-list);
	//   method 1, digest 5f3a
	//
	// Lot 1: Server (40 points; geoserver 100 %)
	//   rank   points    score   people  bidder
	//      1    24.96    62.41        3  Karst SARL
	//         unknown  unknown  unknown  BigCo SE
}

// Of a stored run, one figure is read without the rest.
func ExampleStoredEvidence() {
	var evidence, written bytes.Buffer
	log := report.NewEvidenceLog(&evidence, report.EvidenceOptions{
		Status:    "SIMULATION",
		Show:      report.People{Key: []byte("secret")},
		Concerned: func(v model.Verdict) []string { return []string{v.Parts[0].Vendor} }, // score.Concerned, of a tender
		Link:      report.Link,
	})
	for _, vendor := range []string{"karst", "bigco"} {
		log.Write(model.Verdict{Project: "mapserver", Repository: "https://github.com/o/r", Artifact: "change:412", Role: model.Reviewer,
			Person: "mail:ada@" + vendor + ".example", Parts: []model.Part{{Vendor: vendor, Part: model.Whole}}, Rule: "self"})
	}
	index, err := log.Close("digest of the method")
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := index.Write(&written); err != nil {
		fmt.Println(err)
		return
	}

	stored, err := report.OpenEvidence(bytes.NewReader(evidence.Bytes()), int64(evidence.Len()), &written)
	if err != nil {
		fmt.Println(err)
		return
	}
	for v, err := range stored.Figures("karst", map[string][]model.Indicator{"mapserver": {model.ReviewsDone}}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(v.Link, v.Role, v.Counted, v.Rule)
	}
	// Output: https://github.com/o/r/pull/412 reviewer false self
}
