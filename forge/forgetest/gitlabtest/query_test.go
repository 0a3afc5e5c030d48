package gitlabtest_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
	"github.com/tributary-oss/tributary/forge/forgetest/fake/graphql"
	"github.com/tributary-oss/tributary/forge/forgetest/gitlabtest"
)

// list is a page of merge requests or issues.
type list struct {
	Count    int
	PageInfo struct {
		HasNextPage bool
		EndCursor   string
	}
	Nodes []struct{ Iid string }
}

// pages asks for the pages of a list, one after the other; between them something may happen.
func pages(t testing.TB, s *gitlabtest.Server, field, arguments string, size int, between func(page int)) (iids []int) {
	t.Helper()
	query := fmt.Sprintf(`query($n: Int, $after: String) { project(fullPath: "karst/cave") { %s(first: $n, after: $after, %s) { count pageInfo { hasNextPage endCursor } nodes { iid } } } }`, field, arguments)
	after := any(nil)
	for n := 0; ; n++ {
		a := ask(t, s, "x", query, map[string]any{"n": size, "after": after})
		var out struct {
			Data struct{ Project map[string]list }
		}
		a.decode(t, &out)
		l := out.Data.Project[field]
		for _, node := range l.Nodes {
			iid, err := strconv.Atoi(node.Iid)
			require.NoError(t, err)
			iids = append(iids, iid)
		}
		if !l.PageInfo.HasNextPage {
			return iids
		}
		after = l.PageInfo.EndCursor
		if between != nil {
			between(n)
		}
	}
}

func TestCursorsWalkEachItemOnce(t *testing.T) {
	p := forgetest.Large(230)
	s := gitlabtest.New(t, p)
	for _, size := range []int{7, 100, 500} {
		s.Reset()
		seen := pages(t, s, "mergeRequests", "sort: CREATED_ASC", size, nil)
		require.Len(t, seen, 230)
		for i, iid := range seen {
			assert.Equal(t, i+1, iid)
		}
		assert.Equal(t, (230+min(size, 100)-1)/min(size, 100), s.Count(fake.GraphQL))
	}
	assert.Equal(t, 230, pages(t, s, "mergeRequests", "state: merged", 100, nil)[0], "the newest first")
}

func TestItemsThatMoveDoNotShiftOthers(t *testing.T) {
	p := forgetest.Large(60)
	s := gitlabtest.New(t, p)
	moved := p.Changes[0].Number
	seen := pages(t, s, "mergeRequests", "sort: UPDATED_ASC", 10, func(page int) {
		s.Edit(func() { p.Changes[0].Updated = t0.AddDate(1, 0, page) })
	})
	times := map[int]int{}
	for _, iid := range seen {
		times[iid]++
	}
	assert.Len(t, times, 60)
	assert.Equal(t, 2, times[moved])
	assert.Len(t, seen, 61)
}

func TestListsAreFiltered(t *testing.T) {
	p := forgetest.Large(100)
	p.Changes[3].State, p.Changes[3].Closed, p.Changes[3].Merged = "CLOSED", p.Changes[3].Merged, time.Time{}
	s := gitlabtest.New(t, p)
	at := func(i int) string { return fmt.Sprintf("%q", p.Changes[i].Merged.Format(time.RFC3339)) }
	last := func(i int) string { return fmt.Sprintf("%q", p.Changes[i].LastUpdate().Format(time.RFC3339)) }
	assert.Len(t, pages(t, s, "mergeRequests", "state: merged", 100, nil), 99)
	assert.Equal(t, []int{4}, pages(t, s, "mergeRequests", "state: closed", 100, nil))
	assert.Equal(t, []int{7, 5}, pages(t, s, "mergeRequests", `iids: ["5", "7"]`, 100, nil))
	var want []int
	for _, c := range p.Changes {
		if !c.Merged.Before(p.Changes[20].Merged) && !c.Merged.After(p.Changes[40].Merged) {
			want = append(want, c.Number)
		}
	}
	assert.ElementsMatch(t, want, pages(t, s, "mergeRequests", "mergedAfter: "+at(20)+", mergedBefore: "+at(40), 100, nil))
	before := pages(t, s, "mergeRequests", "mergedBefore: "+at(1), 100, nil)
	assert.NotContains(t, before, 4, "it was never merged")
	assert.NotEmpty(t, before)
	inTime := pages(t, s, "mergeRequests", "sort: UPDATED_ASC, updatedAfter: "+last(50), 100, nil)
	assert.Equal(t, 51, inTime[0])
	none := pages(t, s, "mergeRequests", "targetBranches: [\"stable\"]", 100, nil)
	assert.Empty(t, none)
	s.Edit(func() { p.ChangesDisabled = true })
	assert.Empty(t, pages(t, s, "mergeRequests", "state: all", 100, nil))
	assert.JSONEq(t, `{"data":{"project":{"mergeRequest":null,"mergeRequestsEnabled":false}}}`,
		ask(t, s, "x", `{ project(fullPath: "karst/cave") { mergeRequest(iid: "1") { id } mergeRequestsEnabled } }`, nil).body)
}

func TestChangesAreTold(t *testing.T) {
	p := reviewed()
	p.Changes[0].Labels, p.Changes[0].Title, p.Changes[0].Files, p.Changes[0].MergeCommit = []string{"z", "a"}, "Widen", 3, "cccc"
	bot := forgetest.Account{Login: "project_1_bot", ID: 77, Type: "Bot"}
	p.Changes[0].MergedBy = bot
	s := gitlabtest.New(t, p)
	a := ask(t, s, "x", `query One { project(fullPath: "karst/deep/cave") { id name archived mergeRequest(iid: "1") {
		id iid title state createdAt mergedAt targetBranch diffHeadSha mergeCommitSha squash diffRefs { baseSha headSha startSha }
		author { __typename id username bot } mergeUser { username bot } labels { nodes { title } } reviewers { nodes { username } } diffStatsSummary { fileCount }
		notes(first: 3) { pageInfo { hasNextPage } nodes { id system systemNoteMetadata { action } author { username } position { newLine diffRefs { headSha } } discussion { notes { nodes { body } } } } } } } }`, nil)
	assert.JSONEq(t, `{"data":{"project":{"id":"gid://gitlab/Project/4711","name":"cave","archived":false,"mergeRequest":{
		"id":"gid://gitlab/MergeRequest/`+fmt.Sprint(p.Changes[0].NumericID(p))+`","iid":"1","title":"Widen","state":"merged","createdAt":"2026-03-04T09:00:00Z","mergedAt":"2026-03-05T15:00:00Z",
		"targetBranch":"main","diffHeadSha":"ffff","mergeCommitSha":"cccc","squash":false,"diffRefs":{"baseSha":"aaaa","headSha":"ffff","startSha":"bbbb"},
		"author":{"__typename":"MergeRequestAuthor","id":"gid://gitlab/User/7","username":"ada","bot":false},"mergeUser":{"username":"project_1_bot","bot":true},
		"labels":{"nodes":[{"title":"a"},{"title":"z"}]},"reviewers":{"nodes":[{"username":"bob"}]},"diffStatsSummary":{"fileCount":3},
		"notes":{"pageInfo":{"hasNextPage":true},"nodes":[
			{"id":"`+noteID(t, s, 0)+`","system":true,"systemNoteMetadata":{"action":"reviewer"},"author":{"username":"ada"},"position":null,"discussion":{"notes":{"nodes":[{"body":"requested review from @bob"}]}}},
			{"id":"`+noteID(t, s, 1)+`","system":false,"systemNoteMetadata":null,"author":{"username":"bob"},"position":null,"discussion":{"notes":{"nodes":[{"body":"Too narrow."}]}}},
			{"id":"`+noteID(t, s, 2)+`","system":false,"systemNoteMetadata":null,"author":{"username":"bob"},"position":{"newLine":1,"diffRefs":{"headSha":"eeee"}},"discussion":{"notes":{"nodes":[{"body":"Here."}]}}}]}}}}}`, a.body)
	r := s.Requests()[0]
	assert.Equal(t, "One", r.Operation)
	assert.Positive(t, r.Points)
}

// noteID is what GraphQL calls the note that REST numbers.
func noteID(t *testing.T, s *gitlabtest.Server, i int) string {
	var notes []struct {
		ID   int64
		Type *string
	}
	get(t, s, "x", "/projects/4711/merge_requests/1/notes?sort=asc").decode(t, &notes)
	kind := "Note"
	if notes[i].Type != nil {
		kind = *notes[i].Type
	}
	return fmt.Sprintf("gid://gitlab/%s/%d", kind, notes[i].ID)
}

func TestIssuesAndReleasesAreTold(t *testing.T) {
	p := cave()
	p.Issues = []forgetest.Issue{
		{Number: 5, Title: "Dark", Author: eve, Created: t0, Closed: t0.Add(day), Labels: []string{"bug"}, Comments: []forgetest.Comment{{Author: ada, At: t0, Body: "Hm."}}},
		{Number: 6, Created: t0.Add(day), Updated: t0.Add(9 * day)},
	}
	p.Releases = []forgetest.Release{{Tag: "v1", Author: ada, Created: t0}, {Tag: "v2", Created: t0, Published: t0.Add(day)}, {Tag: "v3", Created: t0, Draft: true}}
	s := gitlabtest.New(t, p)
	a := ask(t, s, "x", `{ project(fullPath: "karst/deep/cave") {
		issues(sort: UPDATED_DESC, updatedAfter: "2026-03-05T09:00:00Z") { count nodes { iid state closedAt author { username } labels { nodes { title } } notes { nodes { body system } } } }
		releases(first: 5) { count nodes { tagName name releasedAt createdAt upcomingRelease author { username } } } } }`, nil)
	assert.JSONEq(t, `{"data":{"project":{
		"issues":{"count":2,"nodes":[
			{"iid":"6","state":"opened","closedAt":null,"author":{"username":"ghost"},"labels":{"nodes":[]},"notes":{"nodes":[]}},
			{"iid":"5","state":"closed","closedAt":"2026-03-05T09:00:00Z","author":{"username":"eve"},"labels":{"nodes":[{"title":"bug"}]},"notes":{"nodes":[{"body":"Hm.","system":false}]}}]},
		"releases":{"count":2,"nodes":[
			{"tagName":"v2","name":"v2","releasedAt":"2026-03-05T09:00:00Z","createdAt":"2026-03-04T09:00:00Z","upcomingRelease":false,"author":{"username":"ghost"}},
			{"tagName":"v1","name":"v1","releasedAt":"2026-03-04T09:00:00Z","createdAt":"2026-03-04T09:00:00Z","upcomingRelease":false,"author":{"username":"ada"}}]}}}}`, a.body)
	s.Edit(func() { p.IssuesDisabled = true })
	assert.Contains(t, ask(t, s, "x", `{ project(fullPath: "karst/deep/cave") { issuesEnabled issues { count } } }`, nil).body, `{"issuesEnabled":false,"issues":{"count":0}}`)
}

func TestAnswersCanBeSpoiled(t *testing.T) {
	s := gitlabtest.New(t, reviewed())
	const query = `{ project(fullPath: "karst/deep/cave") { mergeRequests { nodes { iid author { username } } } } }`
	for _, c := range []struct {
		fault fake.Fault
		want  string
	}{
		{fake.Fault{Null: []string{"project.mergeRequests.nodes.*.author"}}, `{"data":{"project":{"mergeRequests":{"nodes":[{"iid":"1","author":null}]}}}}`},
		{fake.Fault{NoData: true, GraphQLErrors: []graphql.Error{{Message: "Timeout on validation of query"}}}, `{"data":null,"errors":[{"message":"Timeout on validation of query"}]}`},
	} {
		s.OnRequest(func(fake.Request) *fake.Fault { return &c.fault })
		assert.JSONEq(t, c.want, ask(t, s, "x", query, nil).body)
	}
}

// BenchmarkPage is what a page of 20 merge requests with their notes costs over the loopback.
func BenchmarkPage(b *testing.B) {
	s := gitlabtest.New(b, forgetest.Large(1000))
	const query = `query($after: String) { project(fullPath: "karst/cave") { mergeRequests(state: merged, sort: UPDATED_DESC, first: 20, after: $after) {
		pageInfo { hasNextPage endCursor } nodes { iid title createdAt mergedAt author { username } mergeUser { username } labels { nodes { title } }
		notes(first: 50) { nodes { id body system createdAt author { id username bot } systemNoteMetadata { action } position { newLine } } } } } } queryComplexity { score } }`
	var out struct{ Data json.RawMessage }
	b.ReportAllocs()
	for b.Loop() {
		ask(b, s, "x", query, nil).decode(b, &out)
	}
}

func TestAccountsAreFoundByTheirNames(t *testing.T) {
	s := gitlabtest.New(t, reviewed())
	const query = `{ users(usernames: ["eve", "ghost", "nobody"]) { nodes { id username bot } } }`
	assert.JSONEq(t, `{"data":{"users":{"nodes":[{"id":"gid://gitlab/User/9","username":"eve","bot":false},{"id":"gid://gitlab/User/1","username":"ghost","bot":false}]}}}`,
		ask(t, s, "x", query, nil).body)
}

func TestTheLastItemsCanBeAskedFor(t *testing.T) {
	p := forgetest.Large(230)
	s := gitlabtest.New(t, p)
	const query = `query($n: Int) { project(fullPath: "karst/cave") { mergeRequests(sort: CREATED_ASC, last: $n) { pageInfo { hasPreviousPage } nodes { iid } } } }`
	var out struct {
		Data struct{ Project map[string]list }
	}
	for n, want := range map[int]int{2: 2, 500: 100} {
		ask(t, s, "x", query, map[string]any{"n": n}).decode(t, &out)
		nodes := out.Data.Project["mergeRequests"].Nodes
		require.Len(t, nodes, want)
		assert.Equal(t, "230", nodes[want-1].Iid)
	}
}
