package githubtest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/forgetest/githubtest"
)

// pulls is one page of changes.
type pulls struct {
	Numbers           []int
	Total             int
	More, Before      bool
	StartCur, Cursor  string
	FirstEdge, Errors string
}

// ask reads one page of pull requests, such as `first: 3`.
func ask(t testing.TB, s *githubtest.Server, args string) pulls {
	t.Helper()
	a := send(t, s, "a", `{ repository(owner: "karst", name: "cave") { pullRequests(`+args+`) { totalCount
		pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor } nodes { number } } } }`, nil)
	var out struct {
		Data struct {
			Repository struct {
				PullRequests *struct {
					TotalCount int
					PageInfo   struct {
						HasNextPage, HasPreviousPage bool
						StartCursor, EndCursor       string
					}
					Edges []struct{ Cursor string }
					Nodes []struct{ Number int }
				}
			}
		}
		Errors []struct{ Type, Message string }
	}
	require.NoError(t, json.Unmarshal([]byte(a.body), &out), a.body)
	var p pulls
	if out.Errors != nil {
		p.Errors = out.Errors[0].Type
	}
	c := out.Data.Repository.PullRequests
	if c == nil {
		return p
	}
	p = pulls{nil, c.TotalCount, c.PageInfo.HasNextPage, c.PageInfo.HasPreviousPage, c.PageInfo.StartCursor, c.PageInfo.EndCursor, "", p.Errors}
	for i, n := range c.Nodes {
		p.Numbers = append(p.Numbers, n.Number)
		if i == 0 {
			p.FirstEdge = c.Edges[0].Cursor
		}
	}
	return p
}

func numbers(n int) []int {
	var list []int
	for i := range n {
		list = append(list, i+1)
	}
	return list
}

func TestWalksSeeEveryChangeOnce(t *testing.T) {
	p := githubtest.Large(53)
	for i := range p.Changes {
		p.Changes[i].Updated = p.Changes[i/4*4].Updated // many at the same instant
	}
	s := githubtest.New(t, p)
	for _, field := range []string{"CREATED_AT", "UPDATED_AT"} {
		for _, direction := range []string{"ASC", "DESC"} {
			order := fmt.Sprintf("orderBy: {field: %s, direction: %s}", field, direction)
			all := ask(t, s, "first: 100, "+order).Numbers
			for _, size := range []int{1, 7, 53, 100} {
				forward, back := walk(t, s, order, size)
				assert.Equal(t, all, forward, "%s by %d", order, size)
				assert.Equal(t, all, back, "%s by %d from the end", order, size)
				slices.Sort(forward)
				assert.Equal(t, numbers(53), forward, "%s by %d", order, size)
			}
		}
	}
	assert.Equal(t, numbers(53), ask(t, s, "first: 100").Numbers, "without an order, as they were made")
}

// walk pages from both ends.
func walk(t *testing.T, s *githubtest.Server, order string, size int) (forward, back []int) {
	t.Helper()
	page := ask(t, s, fmt.Sprintf("first: %d, %s", size, order))
	for {
		assert.Equal(t, 53, page.Total)
		assert.Equal(t, page.StartCur, page.FirstEdge)
		assert.Equal(t, len(forward) > 0, page.Before)
		forward = append(forward, page.Numbers...)
		if !page.More {
			break
		}
		require.Len(t, page.Numbers, size)
		page = ask(t, s, fmt.Sprintf("first: %d, after: %q, %s", size, page.Cursor, order))
	}
	page = ask(t, s, fmt.Sprintf("last: %d, %s", size, order))
	for {
		back = append(page.Numbers, back...)
		if !page.Before {
			return forward, back
		}
		page = ask(t, s, fmt.Sprintf("last: %d, before: %q, %s", size, page.StartCur, order))
	}
}

// A change that is updated while the list is read moves to its head. No other is missed
// because of it, and it is seen again where the head is read again.
func TestDriftDoesNotShiftTheRest(t *testing.T) {
	p := githubtest.Large(30)
	s := githubtest.New(t, p)
	const newest = "orderBy: {field: UPDATED_AT, direction: DESC}"
	first := ask(t, s, "first: 10, "+newest)
	moved := ask(t, s, fmt.Sprintf("first: 20, after: %q, %s", first.Cursor, newest)).Numbers[12]
	s.Edit(func() { p.Changes[moved-1].Updated = time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC) })

	rest := ask(t, s, fmt.Sprintf("first: 20, after: %q, %s", first.Cursor, newest))
	seen := append(slices.Clone(first.Numbers), rest.Numbers...)
	assert.Len(t, seen, 29)
	assert.NotContains(t, seen, moved)
	head := ask(t, s, "first: 1, "+newest)
	assert.Equal(t, []int{moved}, head.Numbers)
	assert.Equal(t, numbers(30), sorted(append(seen, head.Numbers...)))
}

func sorted(n []int) []int { slices.Sort(n); return n }

func TestStatesLabelsAndBranchesFilter(t *testing.T) {
	p := &githubtest.Project{Owner: "karst", Name: "cave", Changes: []githubtest.Change{
		{Number: 1, Created: t0},
		{Number: 2, Created: t0, Closed: t0.Add(day), Labels: []string{"bug"}},
		{Number: 3, Created: t0, Merged: t0.Add(day), Base: "stable", Labels: []string{"docs"}},
	}}
	s := githubtest.New(t, p)
	for args, want := range map[string][]int{
		"states: OPEN":             {1},
		"states: [CLOSED, MERGED]": {2, 3},
		"states: []":               nil,
		`baseRefName: "stable"`:    {3},
		`headRefName: "topic-2"`:   {2},
		`labels: ["bug", "docs"]`:  {2, 3},
	} {
		assert.Equal(t, want, ask(t, s, "first: 9, "+args).Numbers, args)
	}
	s.Edit(func() { p.ChangesDisabled = true })
	assert.Empty(t, ask(t, s, "first: 9").Numbers)
}

func TestCursorsOfOtherListsAreRefused(t *testing.T) {
	s := githubtest.New(t, githubtest.Large(5))
	byUpdate := ask(t, s, "first: 2, orderBy: {field: UPDATED_AT, direction: DESC}").Cursor
	for _, cursor := range []string{"nonsense", "", "Y3Vyc29yOnYyOlsx", byUpdate} {
		page := ask(t, s, fmt.Sprintf("first: 2, after: %q", cursor))
		assert.Equal(t, "INVALID_CURSOR_ARGUMENTS", page.Errors, cursor)
		assert.Empty(t, page.Numbers)
		assert.Equal(t, "INVALID_CURSOR_ARGUMENTS", ask(t, s, fmt.Sprintf("first: 2, before: %q", cursor)).Errors)
	}
}

func TestIssuesSinceAnInstant(t *testing.T) {
	p := &githubtest.Project{Owner: "karst", Name: "cave"}
	for i := range 6 {
		at := t0.Add(time.Duration(i) * day)
		p.Issues = append(p.Issues, githubtest.Issue{Number: i + 1, Author: ada, Created: t0, Updated: at, Labels: []string{"bug"},
			Comments: []githubtest.Comment{{Author: ada, At: at, Body: "Seen."}, {At: at.Add(day)}}})
	}
	p.Issues[4].Closed, p.Issues[4].StateReason = t0.Add(4*day), "NOT_PLANNED"
	s := githubtest.New(t, p)
	query := `query($since: DateTime, $states: [IssueState!]) { repository(owner: "karst", name: "cave") {
		issues(first: 10, states: $states, filterBy: {since: $since}, orderBy: {field: UPDATED_AT, direction: DESC}) {
		nodes { number stateReason comments(first: 1) { totalCount nodes { author { login } } } } } } }`
	vars := map[string]any{"since": t0.Add(4 * day).Format(time.RFC3339)}
	assert.JSONEq(t, `{"data":{"repository":{"issues":{"nodes":[
		{"number":6,"stateReason":null,"comments":{"totalCount":2,"nodes":[{"author":{"login":"ada"}}]}},
		{"number":5,"stateReason":"NOT_PLANNED","comments":{"totalCount":2,"nodes":[{"author":{"login":"ada"}}]}}]}}}}`,
		send(t, s, "a", query, vars).body)
	vars["states"] = []string{"OPEN"}
	assert.NotContains(t, send(t, s, "a", query, vars).body, `"number":5`)
	s.Edit(func() { p.IssuesDisabled = true })
	assert.Equal(t, `{"data":{"repository":{"issues":{"nodes":[]}}}}`, send(t, s, "a", query, nil).body)
}
