package giteatest

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
)

// moment is one entry of a timeline.
type moment struct {
	id   int64
	at   time.Time
	kind string // as Gitea calls it
	by   forgetest.Account
	body string
	more object // what the kind has of its own
}

// subject is what changes and issues have in common.
type subject struct {
	kind     string // pulls or issues
	number   int
	id       int64
	events   []forgetest.Event
	comments []forgetest.Comment
	change   *forgetest.Change // nil of an issue
}

// subject is the change or the issue with a number.
func (a *ask) subject(n int) (subject, bool) {
	if c := a.change(n); c != nil {
		return a.ofChange(c), true
	}
	for i := range a.Issues {
		if a.Issues[i].Number == n {
			return a.ofIssue(&a.Issues[i]), true
		}
	}
	return subject{}, false
}

func (a *ask) ofChange(c *forgetest.Change) subject {
	return subject{"pulls", c.Number, c.NumericID(a.Project), c.Events(), c.Comments, c}
}

func (a *ask) ofIssue(i *forgetest.Issue) subject {
	return subject{"issues", i.Number, i.NumericID(a.Project), i.Timeline, i.Comments, nil}
}

// timeline pages through what happened, the oldest first. Comments on lines take up place
// and are not shown, and the count is of what is.
func (a *ask) timeline(n int) fake.Answer {
	a.known("since", "before", "page", "limit")
	within, bad := a.span()
	if bad != nil {
		return *bad
	}
	on, ok := a.subject(n)
	if !ok {
		return a.problem(http.StatusInternalServerError, "")
	}
	var all []moment
	for _, m := range a.moments(on) {
		if within(m.at) {
			all = append(all, m)
		}
	}
	var items []object // null where there are none
	for _, m := range of(a.paging(), all) {
		if m.kind != "code" {
			items = append(items, a.momentJSON(on, m))
		}
	}
	return counted(a.json(http.StatusOK, items), len(items))
}

// moments are all entries of a timeline in their order.
func (a *ask) moments(s subject) []moment {
	moments := append(a.said(s), a.pushes(s)...)
	for i, e := range s.events {
		m := moment{id: forgetest.DerivedID(0, "event", s.id, i), at: e.At, by: e.Actor}
		if a.event(s, e, &m) {
			moments = append(moments, m)
		}
	}
	if c := s.change; c != nil {
		for i := range c.Reviews {
			moments = append(moments, a.judgement(c, i)...)
		}
	}
	slices.SortStableFunc(moments, func(x, y moment) int { return byTime(x.at, y.at, x.id, y.id) })
	return moments
}

// said are the comments.
func (a *ask) said(s subject) (moments []moment) {
	for i := range s.comments {
		c := &s.comments[i]
		moments = append(moments, moment{id: c.NumericID(s.id, i), at: c.At, kind: "comment", by: c.Author, body: c.Body})
	}
	return moments
}

// pushes are those that the events do not tell of: the one that a change begins with, and
// the plain one that stands beside each that was forced.
func (a *ask) pushes(s subject) (moments []moment) {
	add := func(by forgetest.Account, at time.Time, commit string) {
		moments = append(moments, moment{id: forgetest.DerivedID(0, "push", s.id, len(moments)), at: at, kind: "pull_push", by: by,
			body: quoted(object{"is_force_push": false, "commit_ids": []string{commit}})})
	}
	if c := s.change; c != nil {
		add(c.Author, c.Created, c.HeadCommit(a.Project))
	}
	for _, e := range s.events {
		if e.Type == "HeadRefForcePushedEvent" {
			add(e.Actor, e.At, e.After)
		}
	}
	return moments
}

// judgement is a review, and its comments on lines. One that was not sent off yet is
// there, too, for everybody to read.
func (a *ask) judgement(c *forgetest.Change, i int) []moment {
	v := &c.Reviews[i]
	id, at := v.NumericID(c.NumericID(a.Project), i), begun(c, v)
	var moments []moment
	for k, text := range v.Inlines() {
		moments = append(moments, moment{id: forgetest.DerivedID(0, "line", id, k), at: at, kind: "code", by: v.Author, body: text})
	}
	return append(moments, moment{id: forgetest.DerivedID(0, "judgement", id), at: at, kind: "review", by: v.Author, body: v.Body, more: object{"review_id": id}})
}

// event completes an entry by the words that Gitea has for an event; false where it has
// none, as for the closing that comes with a merge.
func (a *ask) event(s subject, e forgetest.Event, m *moment) bool {
	switch e.Type {
	case "LabeledEvent", "UnlabeledEvent":
		m.kind, m.more = "label", object{"label": a.label(e.Label)}
		if e.Type == "LabeledEvent" {
			m.body = "1"
		}
	case "ClosedEvent":
		m.kind = "close"
		return s.change == nil || s.change.Merged.IsZero()
	case "ReopenedEvent":
		m.kind = "reopen"
	case "MergedEvent":
		m.kind = "merge_pull"
	case "AssignedEvent", "UnassignedEvent":
		m.kind, m.more = "assignees", object{"assignee": a.user(e.Assignee), "removed_assignee": e.Type == "UnassignedEvent"}
	case "ReviewRequestedEvent", "ReviewRequestRemovedEvent":
		m.kind, m.more = "review_request", object{"removed_assignee": e.Type == "ReviewRequestRemovedEvent"}
		if e.Team != "" {
			m.more["assignee_team"] = a.team(e.Team)
		} else {
			m.more["assignee"] = a.user(e.Reviewer)
		}
	case "HeadRefForcePushedEvent":
		m.kind, m.body = "pull_push", quoted(object{"is_force_push": true, "commit_ids": []string{e.Before, e.After}})
	case "RenamedTitleEvent":
		m.kind, m.more = "change_title", object{"old_title": e.From, "new_title": e.To}
	case "ReferencedEvent":
		m.kind, m.more = "commit_ref", object{"ref_commit_sha": e.Commit}
	case "ReviewDismissedEvent":
		c := s.change
		m.kind, m.body = "dismiss_review", e.Reason
		m.more = object{"review_id": c.Reviews[e.Review].NumericID(s.id, e.Review)}
	default:
		a.Errorf("%s is nothing that the timeline of Gitea has", e.Type)
		return false
	}
	return true
}

func (a *ask) momentJSON(s subject, m moment) object {
	j := a.commentJSON(s, m)
	delete(j, "assets")
	delete(j, "original_author")
	delete(j, "original_author_id")
	for _, name := range []string{"old_milestone", "milestone", "tracked_time", "ref_issue", "ref_comment", "label", "assignee", "assignee_team", "resolve_doer", "dependent_issue"} {
		j[name] = nil
	}
	for _, name := range []string{"old_title", "new_title", "old_ref", "new_ref", "ref_commit_sha"} {
		j[name] = ""
	}
	j["type"], j["old_project_id"], j["project_id"], j["review_id"], j["ref_action"], j["removed_assignee"] = m.kind, 0, 0, 0, "none", false
	for name, value := range m.more {
		j[name] = value
	}
	return j
}

// commentJSON is a comment as the lists of comments have it.
func (a *ask) commentJSON(s subject, m moment) object {
	page := a.page(s.kind, s.number)
	j := object{
		"id": m.id, "html_url": fmt.Sprintf("%s#issuecomment-%d", page, m.id), "issue_url": "", "pull_request_url": "",
		"user": a.user(m.by), "original_author": "", "original_author_id": 0, "body": m.body, "assets": []any{},
		"created_at": a.stamp(m.at), "updated_at": a.stamp(m.at),
	}
	if s.change != nil {
		j["pull_request_url"] = page
	} else {
		j["issue_url"] = page
	}
	return j
}

// comments are all comments of a change or an issue, however many.
func (a *ask) comments(n int) fake.Answer {
	a.known("since", "before")
	within, bad := a.span()
	if bad != nil {
		return *bad
	}
	s, ok := a.subject(n)
	if !ok {
		return a.problem(http.StatusInternalServerError, "")
	}
	if s.change == nil && a.IssuesDisabled || s.change != nil && a.ChangesDisabled {
		return a.notFound()
	}
	items := []object{}
	for _, m := range a.said(s) {
		if within(m.at) {
			items = append(items, a.commentJSON(s, m))
		}
	}
	return counted(a.json(http.StatusOK, items), len(items))
}

// allComments pages through the comments of all changes and issues, the oldest first.
func (a *ask) allComments() fake.Answer {
	a.known("since", "before", "page", "limit")
	within, bad := a.span()
	if bad != nil {
		return *bad
	}
	type comment struct {
		moment
		on subject
	}
	var all []comment
	add := func(s subject) {
		for _, m := range a.said(s) {
			if within(m.at) {
				all = append(all, comment{m, s})
			}
		}
	}
	for i := range a.Changes {
		if !a.ChangesDisabled {
			add(a.ofChange(&a.Changes[i]))
		}
	}
	for i := range a.Issues {
		if !a.IssuesDisabled {
			add(a.ofIssue(&a.Issues[i]))
		}
	}
	slices.SortFunc(all, func(x, y comment) int { return byTime(x.at, y.at, x.id, y.id) })
	items := []object{}
	for _, c := range of(a.paging(), all) {
		items = append(items, a.commentJSON(c.on, c.moment))
	}
	return counted(a.json(http.StatusOK, items), len(all))
}
