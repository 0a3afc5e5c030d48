package workbook_test

import (
	"bytes"
	"fmt"

	"github.com/xuri/excelize/v2"

	"github.com/tributary-oss/tributary/examples/sheet/workbook"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

func ExampleWrite() {
	t := model.NewTender()
	t.About = model.About{ID: "T-1", Title: "Map server support"}
	points := 31.5
	r := &model.Ranking{Status: model.Simulation, Tender: t.About, Mode: model.Selection, Shortlist: true, Terms: score.Terms(t),
		Lots: []model.LotResult{{ID: "1", Points: 40, Standings: []model.Standing{{Rank: 1, Bidder: "karst", Name: "Karst SARL", Score: &points, Points: &points}}}}}
	var b bytes.Buffer
	if err := workbook.Write(&b, workbook.Input{Ranking: r}); err != nil {
		fmt.Println(err)
		return
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	first, _ := f.GetCellValue("Official", "A1")
	fmt.Println(first)
	fmt.Println(f.GetSheetList())
	// Output:
	// SIMULATION: not computed from a sealed document
	// [Official Simulation Weights Charts Projects Calculation Method]
}
