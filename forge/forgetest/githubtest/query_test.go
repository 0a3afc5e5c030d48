package githubtest_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/forgetest/githubtest"
)

// cave is a project in which a bit of everything happened.
func cave() *githubtest.Project {
	ghost := githubtest.Account{}
	mona := githubtest.Account{Login: "mona", ID: 9, Type: "Mannequin"}
	return &githubtest.Project{
		Owner: "karst", Name: "cave", ID: 42, OldNames: []string{"karst/hole"},
		Changes: []githubtest.Change{{
			Number: 1, Title: "Say \"hö\"\n", Author: mona, Created: t0, Merged: t0.Add(3 * day), MergedBy: bors, MergeCommit: strings.Repeat("a", 40),
			Labels: []string{"zeal", "bug"},
			Reviews: []githubtest.Review{
				{ID: 1 << 40, Author: ada, State: "APPROVED", Submitted: t0.Add(2 * day), Inline: 3, CanPush: true, Association: "OWNER"},
				{Author: ghost, Submitted: t0.Add(day)},
			},
			Comments: []githubtest.Comment{{Author: bors, At: t0.Add(2*day + 1), Body: "/lgtm"}},
			Timeline: []githubtest.Event{
				{Type: "HeadRefForcePushedEvent", Actor: mona, At: t0.Add(1), Before: strings.Repeat("b", 40)},
				{Type: "ReviewRequestedEvent", Actor: ada, At: t0.Add(2), Team: "guides"},
				{Type: "LabeledEvent", Actor: ada, At: t0.Add(3), Label: "bug"},
			},
		}, {Number: 2, Author: ghost, Created: t0}},
		Releases: []githubtest.Release{
			{Tag: "v1", Author: ada, Created: t0, Published: t0, Updated: t0.Add(9 * day), Commit: strings.Repeat("c", 40)},
			{Tag: "v2", Author: bors, Created: t0.Add(day), Published: t0.Add(day)}, {Tag: "v3", Draft: true},
		},
	}
}

func TestQueriesAreAnswered(t *testing.T) {
	const open = `{ repository(owner: "karst", name: "cave") `
	for _, c := range []struct{ name, query, want string }{
		{"aliases and merged fields", open + `{ a: name b: nameWithOwner a: name owner { login } owner { __typename } } }`,
			`{"repository":{"a":"cave","b":"karst/cave","owner":{"login":"karst","__typename":"Organization"}}}`},
		{"old names", `{ repository(owner: "KARST", name: "hole") { nameWithOwner databaseId isArchived } }`,
			`{"repository":{"nameWithOwner":"karst/cave","databaseId":42,"isArchived":false}}`},
		{"skip and include", open + `{ name @skip(if: true) ... @include(if: false) { id } url @include(if: true) } }`,
			`{"repository":{"url":"https://github.com/karst/cave"}}`},
		{"actors", open + `{ pullRequest(number: 1) { title author { ...Who } mergedBy { ...Who } } } } 
			fragment Who on Actor { __typename login resourcePath ... on User { databaseId } ... on Bot { databaseId } ... on Mannequin { id: databaseId } }`,
			`{"repository":{"pullRequest":{"title":"Say \"hö\"\n","author":{"__typename":"Mannequin","login":"mona","resourcePath":"/mona","id":9},
			"mergedBy":{"__typename":"Bot","login":"bors","resourcePath":"/apps/bors","databaseId":8}}}}`},
		{"nothing where nothing is", open + `{ pullRequest(number: 2) { author { login } mergedBy { login } mergeCommit { oid } mergedAt state reviews(first: 1) { nodes { id } pageInfo { endCursor hasNextPage } } } } }`,
			`{"repository":{"pullRequest":{"author":null,"mergedBy":null,"mergeCommit":null,"mergedAt":null,"state":"OPEN","reviews":{"nodes":[],"pageInfo":{"endCursor":null,"hasNextPage":false}}}}}`},
		{"reviews", open + `{ pullRequest(number: 1) { reviews(first: 9) { nodes { fullDatabaseId state submittedAt author { login } authorAssociation authorCanPushToRepository comments { totalCount } commit { oid } } } } } }`,
			`{"repository":{"pullRequest":{"reviews":{"nodes":[
			{"fullDatabaseId":"1099511627776","state":"APPROVED","submittedAt":"2026-03-06T09:00:00Z","author":{"login":"ada"},"authorAssociation":"OWNER","authorCanPushToRepository":true,"comments":{"totalCount":3},"commit":null},
			{"fullDatabaseId":"624095271","state":"COMMENTED","submittedAt":"2026-03-05T09:00:00Z","author":null,"authorAssociation":"NONE","authorCanPushToRepository":false,"comments":{"totalCount":0},"commit":null}]}}}}`},
		{"spread fragments of other types and with conditions", open + `{ ...A @skip(if: true) ...B pullRequest(number: 1) { author { ...U ...M } } } } fragment A on Repository { id } fragment B on Repository { name }
			fragment U on User { id } fragment M on Mannequin { login }`,
			`{"repository":{"name":"cave","pullRequest":{"author":{"login":"mona"}}}}`},
		{"reviews by state and author", open + `{ pullRequest(number: 1) { a: reviews(states: [APPROVED]) { totalCount } b: reviews(author: "nobody") { totalCount } } } }`,
			`{"repository":{"pullRequest":{"a":{"totalCount":1},"b":{"totalCount":0}}}}`},
		{"labels in order", open + `{ pullRequest(number: 1) { a: labels(first: 2) { nodes { name } } b: labels(first: 1, orderBy: {field: NAME, direction: ASC}) { nodes { name } } } } }`,
			`{"repository":{"pullRequest":{"a":{"nodes":[{"name":"zeal"},{"name":"bug"}]},"b":{"nodes":[{"name":"bug"}]}}}}`},
		{"the whole timeline", open + `{ pullRequest(number: 1) { timelineItems(first: 100) { totalCount nodes { __typename } } } } }`,
			`{"repository":{"pullRequest":{"timelineItems":{"totalCount":8,"nodes":[{"__typename":"HeadRefForcePushedEvent"},{"__typename":"ReviewRequestedEvent"},{"__typename":"LabeledEvent"},
			{"__typename":"PullRequestReview"},{"__typename":"PullRequestReview"},{"__typename":"IssueComment"},{"__typename":"MergedEvent"},{"__typename":"ClosedEvent"}]}}}}`},
		{"some of the timeline", open + `{ pullRequest(number: 1) { timelineItems(last: 3, itemTypes: [HEAD_REF_FORCE_PUSHED_EVENT, REVIEW_REQUESTED_EVENT, LABELED_EVENT, MERGED_EVENT], since: "2026-03-04T09:00:00Z") { totalCount filteredCount pageCount nodes {
			... on ReviewRequestedEvent { actor { login } requestedReviewer { __typename ... on Team { slug } } } ... on LabeledEvent { label { name } } ... on MergedEvent { commit { oid } actor { login } } } } } } }`,
			`{"repository":{"pullRequest":{"timelineItems":{"totalCount":4,"filteredCount":4,"pageCount":3,"nodes":[
			{"actor":{"login":"ada"},"requestedReviewer":{"__typename":"Team","slug":"guides"}},{"label":{"name":"bug"}},{"commit":{"oid":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},"actor":{"login":"bors"}}]}}}}`},
		{"force-pushes", open + `{ pullRequest(number: 1) { timelineItems(first: 1) { nodes { ... on HeadRefForcePushedEvent { beforeCommit { abbreviatedOid } afterCommit { oid } createdAt pullRequest { merged } } } } } } }`,
			`{"repository":{"pullRequest":{"timelineItems":{"nodes":[{"beforeCommit":{"abbreviatedOid":"bbbbbbb"},"afterCommit":null,"createdAt":"2026-03-04T09:00:00Z","pullRequest":{"merged":true}}]}}}}`},
		{"releases without drafts, authors where they are users", open + `{ releases(first: 9, orderBy: {field: CREATED_AT, direction: DESC}) { nodes { tagName publishedAt updatedAt author { login } tagCommit { oid } } } latestRelease { tagName } release(tagName: "v3") { id } } }`,
			`{"repository":{"releases":{"nodes":[{"tagName":"v2","publishedAt":"2026-03-05T09:00:00Z","updatedAt":"2026-03-05T09:00:00Z","author":null,"tagCommit":null},
			{"tagName":"v1","publishedAt":"2026-03-04T09:00:00Z","updatedAt":"2026-03-13T09:00:00Z","author":{"login":"ada"},"tagCommit":{"oid":"cccccccccccccccccccccccccccccccccccccccc"}}]},"latestRelease":{"tagName":"v2"},"release":null}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := send(t, githubtest.New(t, cave()), "a", c.query, nil)
			assert.JSONEq(t, `{"data":`+c.want+`}`, a.body)
		})
	}
}

// Numeric ids have outgrown Int, which is why databaseId is on its way out.
func TestLargeIDsAreNoInts(t *testing.T) {
	s := githubtest.New(t, cave())
	a := send(t, s, "a", `{ repository(owner: "karst", name: "cave") { pullRequest(number: 1) { reviews(first: 1) { nodes { databaseId } } } } }`, nil)
	assert.Contains(t, a.body, `{"nodes":[{"databaseId":null}]}`)
	assert.Contains(t, a.body, `"path":["repository","pullRequest","reviews","nodes",0,"databaseId"]`)
	assert.Contains(t, a.body, "1099511627776 is out of bounds for Int")
}

func TestEventsHaveTheirDetails(t *testing.T) {
	events := []githubtest.Event{
		{Type: "ReviewRequestedEvent", Actor: ada, Reviewer: bors},
		{Type: "AssignedEvent", Actor: ada, Assignee: ada},
		{Type: "ReviewDismissedEvent", Actor: ada, State: "APPROVED", Reason: "stale", Review: 1},
		{Type: "RenamedTitleEvent", From: "old", To: "new"},
		{Type: "MergedEvent", Actor: ada, Commit: strings.Repeat("d", 40)},
		{Type: "ClosedEvent", Actor: ada, Reason: "NOT_PLANNED"},
	}
	p := cave()
	p.Changes[0].Timeline = events
	p.Issues = []githubtest.Issue{{Number: 3, Created: t0, Closed: t0, Timeline: []githubtest.Event{
		{Type: "ClosedEvent", At: t0, Actor: bors, Reason: "COMPLETED"},
		{Type: "UnlabeledEvent", At: t0, Label: "bug"},
	}}}
	a := send(t, githubtest.New(t, p), "a", `{ repository(owner: "karst", name: "cave") {
		pullRequest(number: 1) { timelineItems(first: 6) { nodes { __typename
			... on ReviewRequestedEvent { requestedReviewer { ... on Bot { login } } } ... on AssignedEvent { assignee { ... on User { login } } }
			... on ReviewDismissedEvent { previousReviewState dismissalMessage review { author { login } state } } ... on RenamedTitleEvent { previousTitle currentTitle }
			... on MergedEvent { actor { login } commit { abbreviatedOid } } ... on ClosedEvent { stateReason closable { closed } } } }
			again: timelineItems(first: 100, itemTypes: [MERGED_EVENT, CLOSED_EVENT]) { totalCount } }
		issue(number: 3) { state timelineItems(first: 2) { nodes { ... on ClosedEvent { stateReason actor { login } createdAt closable { ... on Issue { number } } } ... on UnlabeledEvent { label { name } } } } } } }`, nil)
	assert.JSONEq(t, `{"data":{"repository":{"pullRequest":{"timelineItems":{"nodes":[
		{"__typename":"ReviewRequestedEvent","requestedReviewer":{"login":"bors"}},{"__typename":"AssignedEvent","assignee":{"login":"ada"}},
		{"__typename":"ReviewDismissedEvent","previousReviewState":"APPROVED","dismissalMessage":"stale","review":{"author":null,"state":"COMMENTED"}},
		{"__typename":"RenamedTitleEvent","previousTitle":"old","currentTitle":"new"},
		{"__typename":"MergedEvent","actor":{"login":"ada"},"commit":{"abbreviatedOid":"ddddddd"}},
		{"__typename":"ClosedEvent","stateReason":"NOT_PLANNED","closable":{"closed":true}}]},"again":{"totalCount":2}},
		"issue":{"state":"CLOSED","timelineItems":{"nodes":[{"stateReason":"COMPLETED","actor":{"login":"bors"},"createdAt":"2026-03-04T09:00:00Z","closable":{"number":3}},{"label":{"name":"bug"}}]}}}}}`, a.body)
}

func TestGlobalIDsLeadBack(t *testing.T) {
	s := githubtest.New(t, cave())
	var found struct {
		Data struct {
			Repository struct {
				ID          string
				PullRequest struct {
					ID      string
					Author  struct{ ID string }
					Reviews struct {
						Nodes []struct{ Author *struct{ ID string } }
					}
				}
			}
		}
	}
	body := send(t, s, "a", `{ repository(owner: "karst", name: "cave") { id pullRequest(number: 1) { id author { ...on Node { id } } reviews(first: 1) { nodes { author { ... on User { id } } } } } } }`, nil).body
	require.NoError(t, json.Unmarshal([]byte(body), &found))
	r := found.Data.Repository
	ids := []string{r.ID, r.PullRequest.ID, "X_none", r.PullRequest.Author.ID, r.PullRequest.Reviews.Nodes[0].Author.ID}
	a := send(t, s, "a", `query($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Repository { name } ... on PullRequest { number } ... on Mannequin { login } ... on User { login company } } }`, map[string]any{"ids": ids})
	assert.JSONEq(t, `{"data":{"nodes":[{"__typename":"Repository","name":"cave"},{"__typename":"PullRequest","number":1},null,
		{"__typename":"Mannequin","login":"mona"},{"__typename":"User","login":"ada","company":"Karst"}]},
		"errors":[{"type":"NOT_FOUND","path":["nodes",2],"locations":[{"line":1,"column":23}],"message":"Could not resolve to a node with the global id of 'X_none'"}]}`, a.body)
}

func TestUnknownThingsAreNotFound(t *testing.T) {
	p := cave()
	p.Private = true
	s := githubtest.New(t, p)
	for query, message := range map[string]string{
		`{ repository(owner: "karst", name: "lake") { name } }`: "Could not resolve to a Repository with the name 'karst/lake'.",
		short:                                 "Could not resolve to a Repository with the name 'karst/cave'.",
		`{ user(login: "nobody") { login } }`: "Could not resolve to a User with the login of 'nobody'.",
	} {
		a := send(t, s, "a", query, nil)
		assert.Contains(t, a.body, `"type":"NOT_FOUND"`)
		assert.Contains(t, a.body, message)
		assert.Contains(t, a.body, `:null}`)
	}
	s.Tokens(map[string]githubtest.Quota{"a": {Points: 9, Private: true}})
	assert.Equal(t, `{"data":{"repository":{"name":"cave"}}}`, send(t, s, "a", short, nil).body)
	a := send(t, s, "a", `{ repository(owner: "karst", name: "cave") { name pullRequest(number: 3) { id } issue(number: 1) { id } } }`, nil)
	assert.Contains(t, a.body, `{"repository":{"name":"cave","pullRequest":null,"issue":null}}`)
	assert.Contains(t, a.body, "Could not resolve to a PullRequest with the number of 3.")
}

// Whatever would let a wrong query or a wrong project pass fails the test.
func TestWhatFailsTheTest(t *testing.T) {
	const inside = `{ repository(owner: "karst", name: "cave") { `
	for _, c := range []struct {
		name, query string
		vars        map[string]any
		wants       string
	}{
		{"a field that is not in the schema", inside + `mergedBy } }`, nil, `Cannot query field "mergedBy"`},
		{"a missing argument", `{ repository(owner: "karst") { name } }`, nil, `argument "name"`},
		{"no query at all", `{`, nil, "Expected Name"},
		{"an unused variable", `query($n: Int) ` + short, nil, `"$n" is never used`},
		{"a missing variable", `query($n: Int!) ` + inside + `pullRequests(first: $n) { totalCount } } }`, nil, "must be defined"},
		{"a wrong variable", `query($n: Int!) ` + inside + `pullRequests(first: $n) { totalCount } } }`, map[string]any{"n": "many"}, "cannot use string as Int"},
		{"a field that the server does not know", inside + `diskUsage } }`, nil, "Repository.diskUsage is not answered"},
		{"an argument that it does not heed", inside + `pullRequest(number: 1) { timelineItems(first: 1, skip: 2) { totalCount } } } }`, nil, "argument skip of PullRequest.timelineItems"},
		{"a filter that it does not heed", inside + `issues(first: 1, filterBy: {assignee: "ada"}) { totalCount } } }`, nil, "Repository.issues is not answered"},
		{"a state that is none", inside + `pullRequest(number: 1) { reviews(first: 5) { nodes { state } } } } }`, nil, `"APPROVE" is no PullRequestReviewState`},
		{"an event that is none", inside + `pullRequest(number: 1) { timelineItems(first: 5) { nodes { __typename } } } } }`, nil, "cannot be a LabelEvent"},
		{"null where null cannot be", inside + `pullRequest(number: 2) { createdAt } } }`, nil, "PullRequest.createdAt is null"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := cave()
			p.Changes[0].Reviews[0].State = "APPROVE"
			p.Changes[0].Timeline[0].Type = "LabelEvent"
			p.Changes[1].Created = p.Changes[1].Merged
			n := &noted{TB: t}
			a := send(t, githubtest.New(n, p), "a", c.query, c.vars)
			assert.Equal(t, 200, a.status)
			require.Len(t, n.errors, 1)
			assert.Contains(t, n.errors[0], c.wants)
		})
	}
}

func TestDismissedReviewsHaveLostTheirVerdict(t *testing.T) {
	p := cave()
	p.Changes[0].Reviews[0].Dismissed = true
	s := githubtest.New(t, p)
	const query = `{ repository(owner: "karst", name: "cave") { pullRequest(number: 1) { dismissed: reviews(first: 9, states: DISMISSED) { nodes { state } } approved: reviews(first: 9, states: APPROVED) { nodes { state } } } } }`
	assert.JSONEq(t, `{"data":{"repository":{"pullRequest":{"dismissed":{"nodes":[{"state":"DISMISSED"}]},"approved":{"nodes":[]}}}}}`, send(t, s, "a", query, nil).body)
}
