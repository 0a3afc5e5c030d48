package discreet_test

import (
	"fmt"

	"github.com/tributary-oss/tributary/examples/research/discreet"
	"github.com/tributary-oss/tributary/model"
)

// All who acted are seen first; then each organisation has the name that a table shows.
func ExampleDomains() {
	names := discreet.New(model.NewTender())
	for _, act := range [][2]string{{"jane-doe.example", "jane@jane-doe.example"}, {"quarry.example", "dan@quarry.example"}, {"quarry.example", "eve@quarry.example"}} {
		names.Saw(act[0], discreet.Sign(act[1]))
	}
	fmt.Println(names.Of("quarry.example"))
	fmt.Println(names.Of("jane-doe.example"))
	fmt.Println(discreet.Identified().Of("jane-doe.example"))
	// Output:
	// quarry.example
	// (one-person domains)
	// jane-doe.example
}
