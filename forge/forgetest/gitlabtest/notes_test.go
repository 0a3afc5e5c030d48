package gitlabtest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xanzy/go-gitlab"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/gitlabtest"
)

// reviewed is a change with reviews of all kinds, an hour apart.
func reviewed() *forgetest.Project {
	p := cave()
	at := func(hour int) time.Time { return t0.Add(time.Duration(hour) * time.Hour) }
	p.Changes = []forgetest.Change{{
		Number: 1, Author: ada, Created: t0, Merged: at(30), MergedBy: ada, Head: "ffff", Start: "aaaa", BaseCommit: "bbbb",
		Reviews: []forgetest.Review{
			{Author: bob, State: "CHANGES_REQUESTED", Submitted: at(1), Body: "Too narrow.", Inline: 2, InlineText: []string{"Here."}, Commit: "eeee"},
			{Author: bob, State: "APPROVED", Submitted: at(2), Stale: true},
			{Author: eve, State: "APPROVED", Submitted: at(3), Dismissed: true},
			{Author: eve, State: "DISMISSED", Submitted: at(6)},
			{Author: eve, State: "COMMENTED", Submitted: at(8), Inline: 1},
			{Author: eve, State: "PENDING", Submitted: at(9), Body: "unseen", Inline: 3},
			{State: "APPROVED", Submitted: at(10)},
			{Author: bob, State: "APPROVED", Submitted: at(11)},
			{Author: bob, State: "APPROVED", Submitted: at(12)},
		},
		Comments: []forgetest.Comment{{ID: 99, Author: ada, At: at(20), Body: "Thanks."}},
		Timeline: []forgetest.Event{
			{Type: "ReviewRequestedEvent", Actor: ada, At: t0, Reviewer: bob},
			{Type: "ReviewDismissedEvent", Actor: ada, At: at(4).Add(30 * time.Minute), Review: 2},
			{Type: "HeadRefForcePushedEvent", Actor: ada, At: at(5), Before: "eeee", After: "ffff0000ffff"},
			{Type: "LabeledEvent", Actor: ada, At: at(21), Label: "bug"},
			{Type: "RenamedTitleEvent", Actor: ada, At: at(22), From: "A", To: "B"},
		},
	}}
	return p
}

func TestReviewsBecomeNotes(t *testing.T) {
	s := gitlabtest.New(t, reviewed())
	notes, _, err := client(t, s, "x").Notes.ListMergeRequestNotes(4711, 1, &gitlab.ListMergeRequestNotesOptions{
		ListOptions: gitlab.ListOptions{PerPage: 100}, Sort: gitlab.Ptr("asc"), OrderBy: gitlab.Ptr("created_at"),
	})
	require.NoError(t, err)
	var said []string
	for _, n := range notes {
		kind := string(n.Type)
		if n.System {
			kind = "system"
		}
		body, _, _ := strings.Cut(n.Body, " - ")
		said = append(said, fmt.Sprintf("%s %s %s: %q", n.CreatedAt.Format("15:04"), n.Author.Username, kind, body))
	}
	assert.Equal(t, []string{
		`09:00 ada system: "requested review from @bob"`,
		`10:00 bob : "Too narrow."`,
		`10:00 bob DiffNote: "Here."`,
		`10:00 bob DiffNote: "Line 2 is too narrow."`,
		`10:00 bob system: "requested changes"`,
		`11:00 bob system: "approved this merge request"`,
		`12:00 eve system: "approved this merge request"`,
		`13:30 eve system: "unapproved this merge request"`,
		`14:00 ada system: "added 1 commit\n\n<ul><li>ffff0000"`,
		`15:00 eve system: "approved this merge request"`,
		`16:00 eve system: "unapproved this merge request"`,
		`17:00 eve DiffNote: "Line 1 is too narrow."`,
		`19:00 ghost system: "approved this merge request"`,
		`20:00 bob system: "approved this merge request"`,
		`21:00 bob system: "approved this merge request"`,
		`05:00 ada : "Thanks."`,
		`07:00 ada system: "changed title from **A** to **B**"`,
	}, said)
	assert.Equal(t, "eeee", notes[2].Position.HeadSHA)
	assert.Equal(t, "aaaa", notes[2].Position.BaseSHA)
	assert.Equal(t, 1, notes[2].Position.NewLine)
	assert.Equal(t, "ffff", notes[11].Position.HeadSHA, "the head, where the commit is not known")
	assert.Nil(t, notes[1].Position)
	assert.Equal(t, 99, notes[15].ID)
	ids := map[int]bool{}
	for _, n := range notes {
		ids[n.ID] = true
	}
	assert.Len(t, ids, len(notes))
}

func TestNotesAreFilteredAndTurned(t *testing.T) {
	s := gitlabtest.New(t, reviewed())
	var notes []struct {
		System bool
		Body   string
	}
	get(t, s, "x", "/projects/4711/merge_requests/1/notes?activity_filter=only_comments").decode(t, &notes)
	require.Len(t, notes, 5)
	assert.Equal(t, "Thanks.", notes[0].Body, "the newest first")
	assert.Equal(t, "Too narrow.", notes[4].Body)
	get(t, s, "x", "/projects/4711/merge_requests/1/notes?activity_filter=only_activity&per_page=3&page=2&sort=asc").decode(t, &notes)
	require.Len(t, notes, 3)
	assert.Equal(t, "approved this merge request", notes[0].Body)
	assert.Equal(t, "unapproved this merge request", notes[1].Body)
}

func TestApprovalsAreThoseThatStand(t *testing.T) {
	p := reviewed()
	s := gitlabtest.New(t, p)
	a, _, err := client(t, s, "x").MergeRequestApprovals.GetConfiguration(4711, 1)
	require.NoError(t, err)
	assert.True(t, a.Approved)
	require.Len(t, a.ApprovedBy, 1, "not the stale, the dismissed and the deleted one")
	assert.Equal(t, "bob", a.ApprovedBy[0].User.Username)
	const query = `{ project(fullPath: "karst/deep/cave") { mergeRequest(iid: "1") { approvedBy { nodes { username } } } } }`
	assert.Contains(t, ask(t, s, "x", query, nil).body, `"nodes":[{"username":"bob"}]`)
	s.Edit(func() { p.Changes[0].Reviews = p.Changes[0].Reviews[:6] })
	assert.Contains(t, get(t, s, "x", "/projects/4711/merge_requests/1/approvals").body, `"approved":false,"approved_by":[]`)
}

func TestNotesKeepTheirIDs(t *testing.T) {
	p := reviewed()
	s := gitlabtest.New(t, p)
	ids := func() map[string]int64 {
		var notes []struct {
			ID      int64
			Body    string
			Created string `json:"created_at"`
		}
		get(t, s, "x", "/projects/4711/merge_requests/1/notes?per_page=100").decode(t, &notes)
		m := map[string]int64{}
		for _, n := range notes {
			m[n.Created+n.Body] = n.ID
		}
		return m
	}
	before := ids()
	s.Edit(func() {
		p.Changes[0].Comments = append(p.Changes[0].Comments, forgetest.Comment{Author: bob, At: t0.Add(90 * time.Minute), Body: "New."})
		p.Changes[0].Timeline = append(p.Changes[0].Timeline, forgetest.Event{Type: "AssignedEvent", Actor: ada, At: t0.Add(time.Minute), Assignee: bob})
	})
	after := ids()
	assert.Len(t, after, len(before)+2)
	for key, id := range before {
		assert.Equal(t, id, after[key], key)
	}
}

func TestDeletedAccounts(t *testing.T) {
	p := cave()
	p.Changes = []forgetest.Change{{Number: 1, Created: t0, Merged: t0.Add(day), Comments: []forgetest.Comment{{At: t0, Body: "Hm."}}}}
	p.Issues = []forgetest.Issue{{Number: 2, Created: t0, Closed: t0.Add(day), Timeline: []forgetest.Event{{Type: "ClosedEvent", At: t0.Add(day)}}}}
	s := gitlabtest.New(t, p)
	a := get(t, s, "x", "/projects/4711/merge_requests/1").body
	assert.Contains(t, a, `"username":"ghost"`)
	assert.Contains(t, a, `"name":"Ghost User"`)
	assert.Contains(t, a, `"merge_user":null`)
	assert.Contains(t, a, `"merged_by":null`)
	assert.Contains(t, get(t, s, "x", "/projects/4711/merge_requests/1/notes").body, `"username":"ghost"`)
	assert.Contains(t, get(t, s, "x", "/projects/4711/issues/2").body, `"closed_by":null`)
	assert.Contains(t, ask(t, s, "x", `{ project(fullPath: "karst/deep/cave") { mergeRequest(iid: "1") { mergeUser { username } author { username } notes { nodes { author { username } } } } } }`, nil).body,
		`{"mergeUser":null,"author":{"username":"ghost"},"notes":{"nodes":[{"author":{"username":"ghost"}}]}}`)

	s = gitlabtest.Start(t, &gitlabtest.Options{NullAuthors: true}, p)
	assert.Contains(t, get(t, s, "x", "/projects/4711/merge_requests/1").body, `"author":null`)
	assert.Contains(t, get(t, s, "x", "/projects/4711/merge_requests/1/notes").body, `"author":null`)
}

func TestOldServersWriteStatesIntoNotes(t *testing.T) {
	p := reviewed()
	p.Issues = []forgetest.Issue{{Number: 2, Created: t0, Closed: t0.Add(day), Timeline: []forgetest.Event{
		{Type: "LabeledEvent", Actor: ada, At: t0, Label: "bug"}, {Type: "ClosedEvent", Actor: ada, At: t0.Add(day)}, {Type: "ReopenedEvent", Actor: ada, At: t0.Add(2 * day)},
	}}}
	s := gitlabtest.Start(t, &gitlabtest.Options{OldNotes: true}, p)
	assert.Equal(t, 404, get(t, s, "x", "/projects/4711/issues/2/resource_label_events").status)
	assert.Equal(t, 404, get(t, s, "x", "/projects/4711/issues/2/resource_state_events").status)
	a := get(t, s, "x", "/projects/4711/issues/2/notes").body
	assert.Contains(t, a, `"body":"closed"`)
	assert.Contains(t, a, `"body":"reopened"`)
	assert.Regexp(t, `"body":"added ~\d+ label"`, a)
	assert.Contains(t, get(t, s, "x", "/projects/4711/merge_requests/1/notes").body, `"body":"merged"`)
}

func TestStrangersSeeNotesByGraphQLOnly(t *testing.T) {
	p := reviewed()
	p.Issues = []forgetest.Issue{{Number: 2, Created: t0}}
	s := gitlabtest.New(t, p)
	for _, path := range []string{"merge_requests/1/notes", "issues/2/notes", "merge_requests/1/resource_label_events", "issues/2/resource_state_events", "members/all"} {
		a := get(t, s, "", "/projects/4711/"+path)
		assert.Equal(t, 401, a.status, path)
		assert.JSONEq(t, `{"message":"401 Unauthorized"}`, a.body)
	}
	for _, path := range []string{"", "/merge_requests", "/merge_requests/1", "/merge_requests/1/approvals", "/issues/2", "/releases"} {
		assert.Equal(t, 200, get(t, s, "", "/projects/4711"+path).status, path)
	}
	assert.Equal(t, 403, get(t, s, "", "/users/8").status)
	a := get(t, s, "x", "/users/8")
	assert.Contains(t, a.body, `"bot":false`)
	assert.Contains(t, a.body, `"username":"bob"`)
	assert.Equal(t, 404, get(t, s, "x", "/users/12345").status)
	assert.Contains(t, ask(t, s, "", `{ project(fullPath: "karst/deep/cave") { mergeRequest(iid: "1") { notes { nodes { body } } } } }`, nil).body, "requested changes")
}
