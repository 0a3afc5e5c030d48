package formats_test

import (
	"fmt"
	"testing/fstest"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation/formats"
)

// A map of gitdm as it is found, read by the form of that name.
func ExampleAll() {
	files := fstest.MapFS{"map": {Data: []byte("ada@home.example Karst SARL < 2025-03-01 # moved\nada@home.example BigCo\n")}}
	for _, f := range formats.All() {
		if f.Name != "gitdm" {
			continue
		}
		table, err := f.Read(files, model.Roster{File: "map", Format: "gitdm"}, model.NewTender())
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, e := range table.People[0].Employment {
			fmt.Printf("%s from %q until %q, %s\n", e.Vendor, e.From, e.Until, e.Source)
		}
	}
	// Output:
	// Karst SARL from "" until "2025-03-01", map:1
	// BigCo from "2025-03-01" until "", map:2
}
