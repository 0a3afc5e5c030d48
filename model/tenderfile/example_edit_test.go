package tenderfile_test

import (
	"fmt"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/model/tenderfile"
)

func ExampleEdited() {
	document := `format: tributary/1
window: {until: 2026-11-01}
projects:
  geoserver: # the map server
    repositories:
      - url: https://github.com/geoserver/geoserver

bidders: [] # until the notice
`
	edited, err := tenderfile.Edited("tender.yaml", []byte(document), tenderfile.Edits{
		Thresholds: map[string]map[model.Indicator]model.Threshold{"geoserver": {model.Changes: {T: 240}, model.Security: {None: true}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(string(edited))
	// Output:
	// format: tributary/1
	// window: {until: 2026-11-01}
	// projects:
	//   geoserver: # the map server
	//     repositories:
	//       - url: https://github.com/geoserver/geoserver
	//     thresholds: {changes: 240, security: none}
	//
	// bidders: [] # until the notice
}
