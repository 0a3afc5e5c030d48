package githubtest_test

import (
	"fmt"

	"github.com/tributary-oss/tributary/forge/forgetest/githubtest"
)

// A query's price is known before it is sent.
func ExampleCost() {
	points, nodes, err := githubtest.Cost(`query($n: Int!) { repository(owner: "karst", name: "cave") {
		pullRequests(first: $n) { nodes { number reviews(first: 30) { nodes { state } } } } } }`, map[string]any{"n": 100})
	fmt.Println(points, nodes, err)
	_, _, err = githubtest.Cost(`{ repository(owner: "karst", name: "cave") { releases { nodes { tagName } } } }`, nil)
	fmt.Println(err)
	// Output:
	// 1 3100 <nil>
	// You must provide a `first` or `last` value to properly paginate the `releases` connection.
}

func ExampleValidate() {
	fmt.Println(githubtest.Validate(`{ repository(owner: "karst", name: "cave") { name } }`))
	fmt.Println(githubtest.Validate(`{ repository(owner: "karst", name: "cave") { colour } }`))
	// Output:
	// <nil>
	// input:1:46: Cannot query field "colour" on type "Repository".
}
