package gitlabtest_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xanzy/go-gitlab"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/gitlabtest"
)

// client is the library that users of GitLab have, so that shapes are held against its types.
func client(t testing.TB, s *gitlabtest.Server, token string) *gitlab.Client {
	t.Helper()
	c, err := gitlab.NewClient(token, gitlab.WithBaseURL(s.URL), gitlab.WithHTTPClient(s.Client()), gitlab.WithCustomRetryMax(0))
	require.NoError(t, err)
	return c
}

// walk follows the next links of a list and gives the numbers on its pages.
func walk(t testing.TB, s *gitlabtest.Server, path string) (pages [][]int) {
	t.Helper()
	for path != "" {
		a := get(t, s, "x", path)
		require.Equal(t, 200, a.status, a.body)
		var items []struct{ Iid int }
		a.decode(t, &items)
		var numbers []int
		for _, i := range items {
			numbers = append(numbers, i.Iid)
		}
		pages = append(pages, numbers)
		path = ""
		for link := range strings.SplitSeq(a.header.Get("Link"), ", ") {
			if to, ok := strings.CutSuffix(link, `>; rel="next"`); ok {
				path = strings.TrimPrefix(to, "<")
			}
		}
		assert.Equal(t, path != "", a.header.Get("X-Next-Page") != "")
	}
	return pages
}

func TestListsAreWalkedByTheirLinks(t *testing.T) {
	p := forgetest.Large(230)
	s := gitlabtest.New(t, p)
	pages := walk(t, s, "/projects/4711/merge_requests?state=merged&order_by=created_at&sort=asc&per_page=100")
	require.Len(t, pages, 3)
	assert.Equal(t, []int{100, 100, 30}, []int{len(pages[0]), len(pages[1]), len(pages[2])})
	n := 0
	for _, page := range pages {
		for _, iid := range page {
			n++
			assert.Equal(t, n, iid)
		}
	}
	assert.Len(t, walk(t, s, "/projects/4711/merge_requests?per_page=500")[0], 100, "lowered in silence")
	assert.Equal(t, 230, walk(t, s, "/projects/4711/merge_requests")[0][0], "the newest first")

	a := get(t, s, "x", "/projects/karst%2Fcave/merge_requests?page=2&per_page=50")
	h := func(name string) string { return a.header.Get(name) }
	assert.Equal(t, []string{"2", "50", "1", "3", "230", "5"}, []string{h("X-Page"), h("X-Per-Page"), h("X-Prev-Page"), h("X-Next-Page"), h("X-Total"), h("X-Total-Pages")})
	at := s.URL + "/api/v4/projects/karst%2Fcave/merge_requests?page="
	assert.Equal(t, fmt.Sprintf(`<%[1]s1&per_page=50>; rel="prev", <%[1]s3&per_page=50>; rel="next", <%[1]s1&per_page=50>; rel="first", <%[1]s5&per_page=50>; rel="last"`, at), h("Link"))
	a = get(t, s, "x", "/projects/4711/merge_requests?page=9&per_page=100")
	assert.Equal(t, "[]", a.body)
	assert.Empty(t, h("X-Next-Page"))
}

func TestManyAreNotCounted(t *testing.T) {
	p := cave()
	for i := range 10_001 {
		p.Issues = append(p.Issues, forgetest.Issue{Number: i + 1, Created: t0})
	}
	s := gitlabtest.New(t, p)
	a := get(t, s, "x", "/projects/4711/issues")
	assert.Empty(t, a.header.Get("X-Total"))
	assert.Empty(t, a.header.Get("X-Total-Pages"))
	assert.NotContains(t, a.header.Get("Link"), "last")
	assert.Equal(t, "2", a.header.Get("X-Next-Page"))
	s.Edit(func() { p.Issues = p.Issues[1:] })
	assert.Equal(t, "10000", get(t, s, "x", "/projects/4711/issues").header.Get("X-Total"))
}

func TestListsAreFilteredAndSorted(t *testing.T) {
	p := cave()
	for i, updated := range []int{5, 3, 4, 9} {
		c := forgetest.Change{Number: i + 1, Created: t0, Updated: t0.Add(time.Duration(updated) * day), Base: []string{"main", "stable"}[i%2]}
		p.Changes = append(p.Changes, c)
		p.Issues = append(p.Issues, forgetest.Issue{Number: 10 + i, Created: c.Created, Updated: c.Updated})
	}
	p.Changes[0].Merged, p.Changes[2].Closed, p.Issues[0].Closed = t0.Add(2*day), t0.Add(day), t0.Add(day)
	s := gitlabtest.New(t, p)
	at := func(days int) string { return url.QueryEscape(t0.Add(time.Duration(days) * day).Format(time.RFC3339)) }
	for query, want := range map[string]string{
		"merge_requests?":                                             "[4 3 2 1]",
		"merge_requests?sort=asc":                                     "[1 2 3 4]",
		"merge_requests?order_by=updated_at&sort=asc":                 "[2 3 1 4]",
		"merge_requests?order_by=updated_at":                          "[4 1 3 2]",
		"merge_requests?state=merged":                                 "[1]",
		"merge_requests?state=closed":                                 "[3]",
		"merge_requests?state=opened":                                 "[4 2]",
		"merge_requests?target_branch=stable":                         "[4 2]",
		"merge_requests?updated_after=" + at(4):                       "[4 3 1]",
		"merge_requests?updated_before=" + at(4):                      "[3 2]",
		"issues?state=opened&order_by=updated_at&sort=asc":            "[11 12 13]",
		"issues?order_by=updated_at&sort=asc&updated_after=" + at(5):  "[10 13]",
		"issues?order_by=updated_at&sort=asc&updated_before=" + at(3): "[11]",
	} {
		assert.Equal(t, want, fmt.Sprint(walk(t, s, "/projects/4711/"+query)[0]), query)
	}
	s.Edit(func() { p.ChangesDisabled, p.IssuesDisabled = true, true })
	assert.Equal(t, 403, get(t, s, "x", "/projects/4711/merge_requests").status)
	assert.Equal(t, "[]", get(t, s, "x", "/projects/4711/issues").body)
	assert.Contains(t, get(t, s, "x", "/projects/4711").body, `"merge_requests_enabled":false`)
}

func TestMovedProjectsSendTheClientOn(t *testing.T) {
	s := gitlabtest.New(t, cave())
	a := get(t, s, "x", "/projects/karst%2Fgrotto/merge_requests?state=merged")
	assert.Equal(t, 302, a.status)
	assert.Equal(t, s.URL+"/api/v4/projects/4711/merge_requests?state=merged", a.header.Get("Location"))
	p, _, err := client(t, s, "x").Projects.GetProject("karst/grotto", nil)
	require.NoError(t, err)
	assert.Equal(t, "karst/deep/cave", p.PathWithNamespace)
	assert.JSONEq(t, `{"data":{"project":null}}`, ask(t, s, "x", `{ project(fullPath: "karst/grotto") { id } }`, nil).body)
	assert.Equal(t, 200, get(t, s, "x", "/projects/KARST%2Fdeep%2FCave").status)
	a = get(t, s, "x", "/projects/karst%2Fother")
	assert.Equal(t, 404, a.status)
	assert.JSONEq(t, `{"message":"404 Project Not Found"}`, a.body)
}

func TestGroupsHoldProjectsAndSubgroups(t *testing.T) {
	s := gitlabtest.New(t, cave(),
		&forgetest.Project{Owner: "karst", Name: "lake", ID: 2, Archived: true},
		&forgetest.Project{Owner: "karst/deep/er", Name: "hole", ID: 3},
		&forgetest.Project{Owner: "karst-other", Name: "hill", ID: 4})
	c := client(t, s, "x")
	names := func(o *gitlab.ListGroupProjectsOptions) (paths []string) {
		list, _, err := c.Groups.ListGroupProjects("karst", o)
		require.NoError(t, err)
		for _, p := range list {
			paths = append(paths, p.PathWithNamespace)
		}
		return paths
	}
	assert.Equal(t, []string{"karst/lake"}, names(nil))
	deep := &gitlab.ListGroupProjectsOptions{IncludeSubGroups: gitlab.Ptr(true), OrderBy: gitlab.Ptr("id"), Sort: gitlab.Ptr("asc")}
	assert.Equal(t, []string{"karst/lake", "karst/deep/er/hole", "karst/deep/cave"}, names(deep))
	deep.Archived = gitlab.Ptr(false)
	assert.Equal(t, []string{"karst/deep/er/hole", "karst/deep/cave"}, names(deep))
	subgroups, _, err := c.Groups.ListSubGroups("karst", nil)
	require.NoError(t, err)
	require.Len(t, subgroups, 1)
	assert.Equal(t, "karst/deep", subgroups[0].FullPath)
	g, _, err := c.Groups.GetGroup(subgroups[0].ID, nil)
	require.NoError(t, err)
	assert.Equal(t, "deep", g.Path)
	assert.NotZero(t, g.ParentID)
	below, _, err := c.Groups.ListDescendantGroups("karst", nil)
	require.NoError(t, err)
	assert.Len(t, below, 2)
	assert.Equal(t, 404, get(t, s, "x", "/groups/kars").status)

	const query = `query($deep: Boolean) { group(fullPath: "karst") { projects(includeSubgroups: $deep, first: 2) { count pageInfo { hasNextPage } nodes { fullPath archived } } } }`
	assert.JSONEq(t, `{"data":{"group":{"projects":{"count":1,"pageInfo":{"hasNextPage":false},"nodes":[{"fullPath":"karst/lake","archived":true}]}}}}`, ask(t, s, "x", query, nil).body)
	a := ask(t, s, "x", query, map[string]any{"deep": true}).body
	assert.Contains(t, a, `"count":3,"pageInfo":{"hasNextPage":true}`)
	assert.JSONEq(t, `{"data":{"group":null}}`, ask(t, s, "x", `{ group(fullPath: "kars") { id } }`, nil).body)
}

func TestShapesAreThoseOfTheClientLibrary(t *testing.T) {
	p := cave()
	p.Members = []forgetest.Member{{Account: ada, Level: "maintainer"}}
	p.Releases = []forgetest.Release{
		{Tag: "v1", Author: ada, Created: t0, Published: t0.Add(day), Commit: "0123456789abcdef"},
		{Tag: "v2", Created: t0.Add(2 * day)}, {Tag: "v3", Created: t0, Draft: true}, {Tag: "v4", Created: t0, Published: t0.AddDate(9, 0, 0)},
	}
	p.Changes = []forgetest.Change{{
		Number: 1, Title: "Widen", Author: ada, Created: t0, Merged: t0.Add(2 * day), MergedBy: bob, Method: "squash", MergeCommit: "aaaa", Head: "bbbb", Start: "cccc", BaseCommit: "dddd",
		Files: 1001, Labels: []string{"bug"}, Branch: "wide", Base: "stable",
		Timeline: []forgetest.Event{
			{Type: "ReviewRequestedEvent", Actor: ada, At: t0, Reviewer: bob}, {Type: "ReviewRequestedEvent", Actor: ada, At: t0, Reviewer: eve},
			{Type: "ReviewRequestRemovedEvent", Actor: ada, At: t0.Add(1), Reviewer: eve}, {Type: "AssignedEvent", Actor: ada, At: t0, Assignee: eve},
			{Type: "LabeledEvent", Actor: eve, At: t0.Add(day), Label: "bug"},
		},
	}, {Number: 2, Created: t0, Closed: t0.Add(day), Timeline: []forgetest.Event{{Type: "ClosedEvent", Actor: eve, At: t0.Add(day)}}}}
	s := gitlabtest.New(t, p)
	c := client(t, s, "x")

	m, _, err := c.MergeRequests.GetMergeRequest(4711, 1, nil)
	require.NoError(t, err)
	assert.Equal(t, []string{"merged", "Widen", "bbbb", "", "aaaa", "1000+", "wide", "stable"},
		[]string{m.State, m.Title, m.SHA, m.MergeCommitSHA, m.SquashCommitSHA, m.ChangesCount, m.SourceBranch, m.TargetBranch})
	assert.Equal(t, []string{"cccc", "dddd", "bbbb"}, []string{m.DiffRefs.BaseSha, m.DiffRefs.StartSha, m.DiffRefs.HeadSha})
	assert.Equal(t, []string{"ada", "bob", "eve"}, []string{m.Author.Username, m.MergedBy.Username, m.Assignee.Username})
	assert.Equal(t, 7, m.Author.ID)
	assert.Len(t, m.Reviewers, 1)
	assert.Equal(t, gitlab.Labels{"bug"}, m.Labels)
	assert.True(t, m.MergedAt.Equal(t0.Add(2*day)) && m.CreatedAt.Equal(t0) && m.UpdatedAt.Equal(t0.Add(2*day)))
	assert.Nil(t, m.ClosedAt)

	list, _, err := c.MergeRequests.ListProjectMergeRequests(4711, nil)
	require.NoError(t, err)
	require.Len(t, list, 2)
	assert.Equal(t, "eve", list[0].ClosedBy.Username)
	assert.Nil(t, list[0].MergedBy)
	assert.Empty(t, list[1].DiffRefs.BaseSha, "lists say less")
	assert.Empty(t, list[1].ChangesCount)

	releases, _, err := c.Releases.ListReleases(4711, nil)
	require.NoError(t, err)
	require.Len(t, releases, 3)
	assert.Equal(t, []string{"v4", "v2", "v1"}, []string{releases[0].TagName, releases[1].TagName, releases[2].TagName})
	assert.True(t, releases[0].UpcomingRelease)
	assert.False(t, releases[1].UpcomingRelease)
	assert.Equal(t, "ghost", releases[1].Author.Username)
	assert.Equal(t, "0123456789abcdef", releases[2].Commit.ID)
	assert.True(t, releases[2].ReleasedAt.Equal(t0.Add(day)) && releases[2].CreatedAt.Equal(t0))

	members, _, err := c.ProjectMembers.ListAllProjectMembers(4711, nil)
	require.NoError(t, err)
	assert.Equal(t, gitlab.MaintainerPermissions, members[0].AccessLevel)
	assert.Equal(t, "ada", members[0].Username)

	labels, _, err := c.ResourceLabelEvents.ListMergeRequestsLabelEvents(4711, 1, nil)
	require.NoError(t, err)
	require.Len(t, labels, 1)
	assert.Equal(t, []string{"add", "bug", "eve", "MergeRequest"}, []string{labels[0].Action, labels[0].Label.Name, labels[0].User.Username, labels[0].ResourceType})
	states, _, err := c.ResourceStateEvents.ListMergeStateEvents(4711, 1, nil)
	require.NoError(t, err)
	require.Len(t, states, 1)
	assert.Equal(t, gitlab.EventTypeValue("merged"), states[0].State)
	assert.Equal(t, 404, get(t, s, "x", "/projects/4711/merge_requests/9").status)
}

func TestIssuesAreTriaged(t *testing.T) {
	p := cave()
	p.Issues = []forgetest.Issue{{
		Number: 3, Title: "Dark", Author: eve, Created: t0, Closed: t0.Add(5 * day), Labels: []string{"bug"},
		Comments: []forgetest.Comment{{Author: ada, At: t0.Add(day), Body: "Take a lamp."}},
		Timeline: []forgetest.Event{
			{Type: "LabeledEvent", Actor: ada, At: t0.Add(day), Label: "bug"}, {Type: "UnlabeledEvent", At: t0.Add(2 * day), Label: "new"},
			{Type: "ClosedEvent", Actor: ada, At: t0.Add(3 * day)}, {Type: "ReopenedEvent", Actor: eve, At: t0.Add(4 * day)},
			{Type: "ClosedEvent", Actor: bob, At: t0.Add(5 * day)}, {Type: "AssignedEvent", Actor: ada, At: t0.Add(day), Assignee: bob},
		},
	}}
	p.Changes = []forgetest.Change{{Number: 1, Created: t0, Closes: []int{3}}}
	p.Issues = append(p.Issues, forgetest.Issue{Number: 4, Created: t0, Timeline: p.Issues[0].Timeline[2:4]})
	s := gitlabtest.New(t, p)
	assert.Equal(t, [][]int{{3}}, walk(t, s, "/projects/4711/merge_requests/1/closes_issues"))
	assert.Contains(t, get(t, s, "x", "/projects/4711/issues/4").body, `"closed_by":null`, "it is open again")
	c := client(t, s, "x")
	i, _, err := c.Issues.GetIssue(4711, 3, nil)
	require.NoError(t, err)
	assert.Equal(t, []string{"closed", "Dark", "eve", "bob", "bob"}, []string{i.State, i.Title, i.Author.Username, i.ClosedBy.Username, i.Assignee.Username})
	assert.True(t, i.ClosedAt.Equal(t0.Add(5*day)))
	assert.Equal(t, 1, i.UserNotesCount)
	notes, _, err := c.Notes.ListIssueNotes(4711, 3, nil)
	require.NoError(t, err)
	require.Len(t, notes, 2)
	assert.Equal(t, []string{"Take a lamp.", "assigned to @bob"}, []string{notes[0].Body, notes[1].Body}, "the newest first")
	states, _, err := c.ResourceStateEvents.ListIssueStateEvents(4711, 3, nil)
	require.NoError(t, err)
	var said []string
	for _, e := range states {
		said = append(said, string(e.State)+" "+e.User.Username)
	}
	assert.Equal(t, []string{"closed ada", "reopened eve", "closed bob"}, said)
	labels := get(t, s, "x", "/projects/4711/issues/3/resource_label_events").body
	assert.Contains(t, labels, `"action":"add"`)
	assert.Contains(t, labels, `"user":null`)
	assert.Equal(t, 2, strings.Count(labels, `"resource_type":"Issue"`))
	assert.Equal(t, []int{3}, walk(t, s, "/projects/4711/issues?state=closed")[0])
}
