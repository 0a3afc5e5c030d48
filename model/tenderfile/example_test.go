package tenderfile_test

import (
	"errors"
	"fmt"
	"testing/fstest"

	"github.com/tributary-oss/tributary/model/tenderfile"
)

func ExampleRead() {
	tender, err := tenderfile.Read("testdata/complete.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	period := tender.Window.Period()
	fmt.Println(tender.About.Title, "for", tender.About.Buyer)
	fmt.Println("counts from", period.Since.Format("2006-01-02"), "until", period.Until.Format("2006-01-02"))
	for _, lot := range tender.Lots {
		fmt.Println("lot", lot.ID, lot.Title)
	}
	for _, bidder := range tender.Bidders.List {
		fmt.Println("bidder", bidder.ID, bidder.Vendors)
	}
	// Output:
	// Geoportal support for Région Exemple
	// counts from 2023-11-01 until 2026-11-01
	// lot 1 Server
	// lot 2 Library
	// bidder karst [karst]
	// bidder bigco-group [bigco]
}

// A document at fault tells every fault at once.
func ExampleReadFS() {
	fsys := fstest.MapFS{"tender.yaml": {Data: []byte(`format: tributary/1
window: {until: 2026-11-15}
waights: {commits: 50}
projects: {geoserver: {repositories: [{url: http://github.com/geoserver/geoserver}]}}
bidders: all
`)}}
	_, err := tenderfile.ReadFS(fsys, "tender.yaml")
	if faults, ok := errors.AsType[tenderfile.Faults](err); ok {
		for _, fault := range faults {
			fmt.Println(fault)
		}
	}
	// Output:
	// tender.yaml:2:17: the window ends on 2026-11-15, which is no first of a month; write 2026-11-01 or 2026-12-01
	// tender.yaml:3:1: unknown key "waights"; did you mean "weights"?
	// tender.yaml:4:45: http lets anybody on the way change the history; use https
}

func ExampleSchema() {
	fmt.Println(len(tenderfile.Schema()) > 0, len(tenderfile.PeopleSchema()) > 0)
	// Output: true true
}
