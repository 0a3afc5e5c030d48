package report_test

import (
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
	//   rank   points    score  people  bidder
	//      1    24.96    62.41       3  Karst SARL
	//         unknown  unknown       0  BigCo SE
}
