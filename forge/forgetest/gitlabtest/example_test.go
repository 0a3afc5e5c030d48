package gitlabtest_test

import (
	"fmt"

	"github.com/tributary-oss/tributary/forge/forgetest/gitlabtest"
)

// What a query counts is known before it is sent; larger pages count more.
func ExampleComplexity() {
	for _, first := range []int{20, 100} {
		n, err := gitlabtest.Complexity(`query($first: Int) { project(fullPath: "karst/cave") {
			mergeRequests(first: $first) { nodes { iid notes(first: 50) { nodes { body } } } } } }`, map[string]any{"first": first})
		fmt.Println(n, err)
	}
	// Output:
	// 10 <nil>
	// 17 <nil>
}

func ExampleValidate() {
	fmt.Println(gitlabtest.Validate(`{ project(fullPath: "karst/cave") { name } }`))
	fmt.Println(gitlabtest.Validate(`{ project(fullPath: "karst/cave") { colour } }`))
	// Output:
	// <nil>
	// input:1:37: Cannot query field "colour" on type "Project".
}
