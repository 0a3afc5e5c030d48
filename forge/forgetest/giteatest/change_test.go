package giteatest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/giteatest"
)

// at is an hour of a day.
func at(hour int) time.Time { return time.Date(2026, 3, 2, hour, 0, 0, 0, time.UTC) }

var (
	ada = forgetest.Account{Login: "ada", ID: 1}
	bob = forgetest.Account{Login: "bob", ID: 2}
)

// told is a project with one change.
func told(c forgetest.Change) *forgetest.Project {
	c.Number, c.Author, c.Created = 1, ada, at(0)
	return &forgetest.Project{Owner: "karst", Name: "cave", Changes: []forgetest.Change{c}}
}

func TestReviews(t *testing.T) {
	s := giteatest.New(t, told(forgetest.Change{
		Reviews: []forgetest.Review{
			{Author: bob, State: "CHANGES_REQUESTED", Submitted: at(2), Inline: 3, Stale: true, CanPush: true, Commit: "c1", Body: "No."},
			{Author: bob, State: "COMMENTED", Submitted: at(3)},
			{Author: bob, State: "APPROVED", Submitted: at(4)},
			{Author: ada, State: "PENDING"},
			{State: "APPROVED", Submitted: at(1), Dismissed: true},
		},
		Timeline: []forgetest.Event{
			{Type: "ReviewRequestedEvent", Actor: ada, At: at(1), Reviewer: bob},
			{Type: "ReviewRequestedEvent", Actor: ada, At: at(5), Reviewer: bob},
			{Type: "ReviewRequestedEvent", Actor: bob, At: at(5), Reviewer: ada},
			{Type: "ReviewRequestRemovedEvent", Actor: bob, At: at(6), Reviewer: ada},
			{Type: "ReviewRequestedEvent", Actor: bob, At: at(6), Team: "owners"},
		},
	}))
	states, r := list(t, s, cave+"/pulls/1/reviews", "state")
	assert.Equal(t, "APPROVED REQUEST_CHANGES COMMENT APPROVED REQUEST_REVIEW REQUEST_REVIEW", strings.Join(states, " "))
	assert.Equal(t, "7", r.header.Get("X-Total-Count"), "with the one that is not shown")
	assert.Empty(t, r.header.Get("Link"))
	dismissed, _ := list(t, s, cave+"/pulls/1/reviews", "dismissed")
	assert.Equal(t, "true true false false false false", strings.Join(dismissed, " "), "taken back, and overtaken")
	stale, _ := list(t, s, cave+"/pulls/1/reviews", "stale")
	assert.Equal(t, "false true false false false false", strings.Join(stale, " "))
	inline, _ := list(t, s, cave+"/pulls/1/reviews", "comments_count")
	assert.Equal(t, "0 3 0 0 0 0", strings.Join(inline, " "))
	states, _ = list(t, s, cave+"/pulls/1/reviews?limit=2", "state")
	assert.Equal(t, "APPROVED", strings.Join(states, " "), "the hidden one takes up place")
	states, _ = list(t, s, cave+"/pulls/1/reviews?limit=2&page=4", "state")
	assert.Equal(t, "REQUEST_REVIEW", strings.Join(states, " "))
	assert.Contains(t, r.body, `"login":"Ghost"`)
}

func TestTimeline(t *testing.T) {
	p := told(forgetest.Change{
		Merged: at(15), MergedBy: bob, MergeCommit: "m1",
		Comments: []forgetest.Comment{{Author: bob, At: at(8), Body: "/merge"}},
		Reviews: []forgetest.Review{
			{Author: bob, State: "COMMENTED", Submitted: at(4), Inline: 2, Body: "Hm."}, {Author: bob, State: "PENDING", Submitted: at(20), Body: "Half a thought."},
			{Author: bob, State: "APPROVED", Submitted: at(5), Dismissed: true},
		},
		Timeline: []forgetest.Event{
			{Type: "ReopenedEvent", Actor: ada, At: at(1)}, {Type: "LabeledEvent", Actor: ada, At: at(2), Label: "bug"}, {Type: "UnlabeledEvent", Actor: ada, At: at(3), Label: "bug"},
			{Type: "ReviewRequestedEvent", Actor: ada, At: at(6), Reviewer: bob}, {Type: "ReviewRequestRemovedEvent", Actor: ada, At: at(7), Team: "owners"},
			{Type: "AssignedEvent", Actor: ada, At: at(9), Assignee: bob}, {Type: "UnassignedEvent", Actor: ada, At: at(10), Assignee: bob},
			{Type: "HeadRefForcePushedEvent", Actor: ada, At: at(11), Before: "b1", After: "a1"}, {Type: "RenamedTitleEvent", Actor: ada, At: at(12), From: "x", To: "y"},
			{Type: "ReviewDismissedEvent", Actor: ada, At: at(13), Review: 2, Reason: "why"}, {Type: "ReferencedEvent", Actor: ada, At: at(14), Commit: "r1"},
			{Type: "ClosedEvent", Actor: ada, At: at(14)},
		},
	})
	s := giteatest.New(t, p)
	types, r := list(t, s, cave+"/issues/1/timeline", "type")
	assert.Equal(t, "pull_push reopen label label review review review_request review_request comment assignees assignees pull_push pull_push change_title dismiss_review commit_ref merge_pull review",
		strings.Join(types, " "), "the closing is the merge's")
	assert.Equal(t, fmt.Sprint(len(types)), r.header.Get("X-Total-Count"))
	assert.Empty(t, r.header.Get("Link"))
	for _, part := range []string{`"body":"1"`, `"body":"{\"commit_ids\":[\"b1\",\"a1\"],\"is_force_push\":true}"`, `"old_title":"x"`, `"removed_assignee":true`, `"ref_commit_sha":"r1"`, `"body":"Half a thought."`} {
		assert.Contains(t, r.body, part)
	}

	types, r = list(t, s, cave+"/issues/1/timeline?since=2026-03-02T04:00:00Z&before=2026-03-02T05:00:00Z&limit=2", "type")
	assert.Less(t, len(types), 2, "comments on lines take up place")
	assert.Equal(t, fmt.Sprint(len(types)), r.header.Get("X-Total-Count"), "and the count is of what is shown")
	all := 0
	for page := range 3 {
		types, _ := list(t, s, fmt.Sprintf("%s/issues/1/timeline?since=2026-03-02T04:00:00Z&before=2026-03-02T05:00:00Z&limit=2&page=%d", cave, page+1), "type")
		all += len(types)
	}
	assert.Equal(t, 2, all)
	r = get(t, s, "", cave+"/issues/1/timeline?page=2")
	assert.Equal(t, "null", strings.TrimSpace(r.body))
	assert.Equal(t, "0", r.header.Get("X-Total-Count"))
}

func TestEventsThatGiteaHasNot(t *testing.T) {
	n := &noted{TB: t}
	s := giteatest.New(n, told(forgetest.Change{Timeline: []forgetest.Event{{Type: "AutoMergeEnabledEvent"}}, Reviews: []forgetest.Review{{State: "MAYBE"}}}))
	get(t, s, "", cave+"/issues/1/timeline")
	get(t, s, "", cave+"/pulls/1/reviews")
	require.Len(t, n.errors, 2)
	assert.Contains(t, n.errors[0], "AutoMergeEnabledEvent")
	assert.Contains(t, n.errors[1], "MAYBE")
}

func TestComments(t *testing.T) {
	s := giteatest.New(t, forgetest.Script())
	bodies, r := list(t, s, cave+"/issues/31/comments", "body")
	assert.Equal(t, []string{"How fast?", "Fast.", "Seen.", "Stale?"}, bodies)
	assert.Equal(t, "4", r.header.Get("X-Total-Count"))
	bodies, _ = list(t, s, cave+"/issues/31/comments?since=2026-03-03T08:00:00Z&before=2026-03-03T09:00:00Z", "body")
	assert.Equal(t, []string{"Fast.", "Seen."}, bodies)
	bodies, r = list(t, s, cave+"/issues/comments?limit=2&page=2&since=2026-03-03T08:00:00Z", "body")
	assert.Equal(t, []string{"Stale?", "Bring a lamp."}, bodies)
	assert.Equal(t, "6", r.header.Get("X-Total-Count"))
	assert.Empty(t, r.header.Get("Link"))
	bodies, _ = list(t, s, cave+"/issues/16/comments", "body")
	assert.Equal(t, "/merge", bodies[1])
}

func TestAssigned(t *testing.T) {
	s := giteatest.New(t, forgetest.Script())
	_, r := list(t, s, cave+"/issues?type=issues&state=closed", "assignee")
	assert.Equal(t, 3, strings.Count(r.body, `"login":"cyd"`)+strings.Count(r.body, `"login":"eve"`), "twice who is assigned, once who opened it")
}

// The merge closes a change for good; what is called the time of the merge is not it.
func TestAMergeThatIsWrittenToLater(t *testing.T) {
	p := told(forgetest.Change{Merged: at(5), MergedBy: bob, MergeCommit: "m1"})
	p.Changes = append(p.Changes, forgetest.Change{Number: 2, Author: ada, Created: at(0), Closed: at(3)})
	s := giteatest.New(t, p)
	s.MergedAt = map[int]time.Time{1: at(9), 2: at(9)}
	written := at(9).In(time.FixedZone("", 3600)).Format(time.RFC3339)
	for _, path := range []string{"/pulls?state=closed", "/pulls/1", "/issues?state=all&type=pulls"} {
		r := get(t, s, "", cave+path)
		assert.Equal(t, 1, strings.Count(r.body, `"merged_at":"`+written+`"`), path)
		assert.Contains(t, r.body, `"closed_at":"2026-03-02T06:00:00+01:00"`, path)
		assert.NotContains(t, r.body, `"updated_at":"`+written+`"`, path)
	}
}
