package gitlabtest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/gitlabtest"
)

// in wraps a selection of a project, which counts one more than its selection.
func in(selection string) string {
	declared := ""
	switch {
	case strings.Contains(selection, "$n"):
		declared = "query($n: Int)"
	case strings.Contains(selection, "$more"):
		declared = "query($more: Boolean = true)"
	}
	return declared + `{ project(fullPath: "karst/cave") { ` + selection + ` } }`
}

func TestComplexityIsGitLabs(t *testing.T) {
	for _, c := range []struct {
		query string
		want  int
	}{
		{`{ currentUser { username } }`, 2},
		{`{ queryComplexity { score limit } }`, 3},
		{`{ a: currentUser { username } b: currentUser { __typename id } }`, 5},
		{in(`name`), 2},
		// title 1, nodes 2; the list adds 1 and, as it is sorted anyway, 1: 4; 100 items double it
		{in(`mergeRequests { nodes { title } }`), 1 + 8},
		{in(`mergeRequests(first: 100) { nodes { title } }`), 1 + 8},
		{in(`mergeRequests(first: 500) { nodes { title } }`), 1 + 8},
		{in(`mergeRequests(first: 50) { nodes { title } }`), 1 + 6},
		{in(`mergeRequests(last: 50) { nodes { title } }`), 1 + 6},
		{in(`mergeRequests(first: $n) { nodes { title } }`), 1 + 6},
		// 4 and a fifth of it, cut: 4.8
		{in(`mergeRequests(first: 20) { nodes { title } }`), 1 + 4},
		{in(`mergeRequests(iids: ["1", "2"]) { nodes { title } }`), 1 + 4},
		{in(`mergeRequests(sort: UPDATED_ASC, first: 100) { nodes { title } }`), 1 + 8},
		// numbers of their own: 5 each, and diffHeadSha 2
		{in(`mergeRequest(iid: "1") { mergedAt diffHeadSha labels { nodes { title } } }`), 1 + 1 + 5 + 2 + 5 + 2},
		// notes: body 1, nodes 2, 3 with the list, doubled 6; so within the merge requests
		// iid 1 + labels 7 + notes 6, nodes 15, 17 with the list, and a half of it: 25.5
		{in(`mergeRequests(first: 50) { nodes { iid labels { nodes { title } } notes(first: 100) { nodes { body } } } }`), 1 + 25},
		// a list without a resolver counts 1, whatever its page
		{in(`mergeRequest(iid: "1") { approvedBy(first: 100) { nodes { username } } discussions { nodes { id } } }`), 1 + 1 + 3 + 3},
		{in(`issues(first: 100) { nodes { labels(first: 10) { nodes { title } } } }`), 1 + (3+1+2)*2},
		{in(`releases(first: 10) { count nodes { tagName } }`), 1 + 5},
		// what two places ask for is asked once; what is left out does not count
		{in(`name ...P ... on Project { name path @skip(if: $more) }`) + ` fragment P on Project { name fullPath @include(if: $more) }`, 3},
		{`{ group(fullPath: "karst") { projects(includeSubgroups: true, first: 100) { nodes { fullPath } } } }`, 1 + (2+1+10)*2},
		{in(`mergeRequest(iid: "1") { author { ... on User { username name } ... on MergeRequestAuthor { id } } }`), 1 + 1 + 1 + 3},
	} {
		got, err := gitlabtest.Complexity(c.query, vars(c.query))
		require.NoError(t, err, c.query)
		assert.Equal(t, c.want, got, c.query)
	}
}

// vars gives the variables to those queries that have them.
func vars(query string) map[string]any {
	if strings.Contains(query, "$n") {
		return map[string]any{"n": 50}
	}
	return nil
}

func TestTooMuchIsRefused(t *testing.T) {
	s := gitlabtest.New(t, &forgetest.Project{Owner: "karst", Name: "cave"})
	dear := func(n int) string { // 2 for each alias, and 3 that say so
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "a%d: currentUser { id } ", i)
		}
		return "{ " + b.String() + " queryComplexity { score limit } }"
	}
	a := ask(t, s, "x", dear(123), nil)
	assert.Contains(t, a.body, `"queryComplexity":{"score":249,"limit":250}`)
	a = ask(t, s, "x", dear(124), nil)
	assert.Equal(t, 200, a.status)
	assert.Equal(t, `{"errors":[{"message":"Query has complexity of 251, which exceeds max complexity of 250"}]}`, a.body)
	assert.Contains(t, ask(t, s, "", dear(98), nil).body, `"score":199,"limit":200`)
	assert.Equal(t, `{"errors":[{"message":"Query has complexity of 201, which exceeds max complexity of 200"}]}`, ask(t, s, "", dear(99), nil).body)
	assert.Equal(t, 249+199, s.Points(), "what is refused is not run")

	low := gitlabtest.Start(t, &gitlabtest.Options{Complexity: 100})
	assert.Contains(t, ask(t, low, "x", dear(49), nil).body, "complexity of 101, which exceeds max complexity of 100")
	assert.Contains(t, ask(t, low, "x", dear(48), nil).body, `"limit":100`)

	long := strings.Repeat("#", 10_000-len(short)) // a comment to its end
	assert.Equal(t, 200, ask(t, s, "x", short+long, nil).status)
	a = ask(t, s, "x", short+long+"#", nil)
	assert.Equal(t, 422, a.status)
	assert.Contains(t, a.body, "Query too large")
}

func TestDepthIsBounded(t *testing.T) {
	s := gitlabtest.New(t, cave())
	deep := func(n int) string { // n fields, the last of which is a name
		n -= 2
		return `{ project(fullPath: "karst/deep/cave") { ` + strings.Repeat("group { projects { nodes { ", n/3) + " name " + strings.Repeat("} } } ", n/3) + "} }"
	}
	assert.NotContains(t, ask(t, s, "", deep(14), nil).body, "depth")
	assert.Contains(t, ask(t, s, "", deep(17), nil).body, "Query has depth of 17, which exceeds max depth of 15")
	assert.NotContains(t, ask(t, s, "x", deep(17), nil).body, "depth")
	assert.Contains(t, ask(t, s, "x", deep(23), nil).body, "Query has depth of 23, which exceeds max depth of 20")
}
