package gitlabtest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
)

// instant is a time of an item.
type instant[T any] = func(*T) time.Time

// changes answers what is under /projects/ID/merge_requests. Where they are switched off,
// GitLab forbids the whole of it.
func (r *request) changes(p *forgetest.Project, rest []string) fake.Answer {
	if p.ChangesDisabled || r.s.closed("merge_requests") {
		return r.s.message(http.StatusForbidden, "403 Forbidden")
	}
	if len(rest) == 0 {
		return r.changeList(p)
	}
	at := slices.IndexFunc(p.Changes, func(c forgetest.Change) bool { return strconv.Itoa(c.Number) == rest[0] })
	if at < 0 {
		return r.notFound("")
	}
	c := &p.Changes[at]
	switch strings.Join(rest[1:], "/") {
	case "":
		return r.json(r.s.wholeChangeJSON(p, c))
	case "notes":
		return r.notes(r.s.changeNotes(p, c), p, c.Number, c.NumericID(p), "MergeRequest", c)
	case "approvals":
		return r.json(r.s.approvalsJSON(p, c))
	case "closes_issues":
		closed := slices.DeleteFunc(slices.Clone(p.Issues), func(i forgetest.Issue) bool { return !slices.Contains(c.Closes, i.Number) })
		return page(r, closed, func(i *forgetest.Issue) any { return r.s.issueJSON(p, i) })
	case "resource_label_events":
		return r.labelEvents(p, c.Timeline, c.NumericID(p), "MergeRequest")
	case "resource_state_events":
		return r.stateEvents(c.Events(), c.NumericID(p), "MergeRequest")
	}
	return r.unknown()
}

func (r *request) changeList(p *forgetest.Project) fake.Answer {
	state := r.oneOf("state", "all", "opened", "closed", "locked", "merged")
	r.oneOf("scope", "all")
	target, iids, in := r.text("target_branch"), r.numbers("iids[]"), r.updatedBetween()
	list := slices.DeleteFunc(slices.Clone(p.Changes), func(c forgetest.Change) bool {
		return !among(iids, strconv.Itoa(c.Number)) || state != "all" && changeState(&c) != state || !in(c.LastUpdate()) || target != "" && c.TargetBranch() != target
	})
	order(r, list, "created_at", map[string]instant[forgetest.Change]{
		"created_at": func(c *forgetest.Change) time.Time { return c.Created },
		"updated_at": (*forgetest.Change).LastUpdate,
		"merged_at":  func(c *forgetest.Change) time.Time { return c.Merged },
	}, func(c *forgetest.Change) int64 { return int64(c.Number) })
	return page(r, list, func(c *forgetest.Change) any { return r.s.changeJSON(p, c) })
}

// changeJSON is a change as lists show it.
func (s *Server) changeJSON(p *forgetest.Project, c *forgetest.Change) map[string]any {
	closedBy := forgetest.Account{}
	if c.Status() == "CLOSED" {
		closedBy = closer(c.Timeline)
	}
	merger := s.user(c.MergedBy)
	web := s.URL + "/" + p.FullName() + "/-/merge_requests/" + strconv.Itoa(c.Number)
	return map[string]any{
		"id": c.NumericID(p), "iid": c.Number, "project_id": p.NumericID(), "title": c.Title, "description": c.Body, "state": changeState(c),
		"created_at": stamp(c.Created), "updated_at": stamp(c.LastUpdate()), "merged_at": stamp(c.Merged), "closed_at": stamp(closedAt(c)),
		"merged_by": merger, "merge_user": merger, "closed_by": s.user(closedBy), "author": s.author(c.Author),
		"assignees": s.users(assigneesOf(c.Timeline)), "assignee": first(s.users(assigneesOf(c.Timeline))), "reviewers": s.users(reviewersOf(c)),
		"target_branch": c.TargetBranch(), "source_branch": c.SourceBranch(), "source_project_id": p.NumericID(), "target_project_id": p.NumericID(),
		"labels": slices.Concat([]string{}, c.Labels), "draft": c.Draft, "work_in_progress": c.Draft, "milestone": nil,
		"merge_when_pipeline_succeeds": false, "merge_status": "can_be_merged", "detailed_merge_status": "not_open",
		"sha": landed(p, c), "merge_commit_sha": orNull(mergeCommit(c)), "squash_commit_sha": orNull(squashCommit(c)),
		"squash": c.Landing() == forgetest.BySquash, "squash_on_merge": c.Landing() == forgetest.BySquash, "user_notes_count": userNotes(s.changeNotes(p, c)),
		"upvotes": 0, "downvotes": 0, "discussion_locked": nil, "has_conflicts": false, "blocking_discussions_resolved": true,
		"references": map[string]any{"short": "!" + strconv.Itoa(c.Number), "relative": "!" + strconv.Itoa(c.Number), "full": p.FullName() + "!" + strconv.Itoa(c.Number)},
		"web_url":    web, "time_stats": map[string]any{"time_estimate": 0, "total_time_spent": 0},
	}
}

// wholeChangeJSON is a change by itself, which says more. The number of files is a text,
// and does not go above 1000.
func (s *Server) wholeChangeJSON(p *forgetest.Project, c *forgetest.Change) map[string]any {
	j := s.changeJSON(p, c)
	count := strconv.Itoa(c.Files)
	if c.Files > 1000 {
		count = "1000+"
	}
	j["changes_count"], j["subscribed"], j["first_contribution"] = count, false, false
	j["diff_refs"] = map[string]any{"base_sha": c.StartCommit(p), "start_sha": c.BaseTip(p), "head_sha": landed(p, c)}
	j["user"] = map[string]any{"can_merge": false}
	j["merge_error"], j["head_pipeline"], j["pipeline"] = nil, nil, nil
	return j
}

func userNotes(notes []note) int {
	n := 0
	for i := range notes {
		if notes[i].action == "" {
			n++
		}
	}
	return n
}

func first(list []any) any {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

func (s *Server) approvalsJSON(p *forgetest.Project, c *forgetest.Change) any {
	by := []any{}
	for _, v := range approvals(c) {
		by = append(by, map[string]any{"user": s.user(v.Author), "approved_at": stamp(v.Submitted)})
	}
	return map[string]any{
		"id": c.NumericID(p), "iid": c.Number, "project_id": p.NumericID(), "title": c.Title, "description": c.Body, "state": changeState(c),
		"created_at": stamp(c.Created), "updated_at": stamp(c.LastUpdate()), "merge_status": "can_be_merged",
		"approved": len(by) > 0, "user_has_approved": false, "user_can_approve": false, "approved_by": by,
	}
}

// notes answers the notes of a change or an issue, the newest first where the client does
// not say. Without a token they are not shown, although GraphQL shows them
// (lib/api/notes.rb).
func (r *request) notes(list []note, p *forgetest.Project, number int, subject int64, kind string, c *forgetest.Change) fake.Answer {
	if r.Token == "" {
		return r.logIn()
	}
	filter := r.oneOf("activity_filter", "all_notes", "only_comments", "only_activity")
	list = slices.DeleteFunc(list, func(n note) bool {
		return filter == "only_comments" && n.action != "" || filter == "only_activity" && n.action == ""
	})
	at := func(n *note) time.Time { return n.at }
	r.oneOf("order_by", "created_at", "updated_at")
	places := map[int64]int64{}
	for i := range list {
		places[list[i].id] = int64(i)
	}
	order(r, list, "created_at", map[string]instant[note]{"created_at": at, "updated_at": at}, func(n *note) int64 { return places[n.id] })
	return page(r, list, func(n *note) any {
		j := map[string]any{
			"id": n.id, "type": nil, "body": n.body, "attachment": nil, "author": r.s.author(n.author), "system": n.action != "",
			"created_at": stamp(n.at), "updated_at": stamp(n.at), "noteable_id": subject, "noteable_type": kind, "noteable_iid": number,
			"project_id": p.NumericID(), "resolvable": n.diff != "", "confidential": false, "internal": false, "imported": false,
			"commands_changes": map[string]any{},
		}
		if n.diff != "" {
			j["type"], j["resolved"], j["resolved_by"], j["resolved_at"] = "DiffNote", false, nil, nil
			j["position"] = map[string]any{
				"base_sha": c.StartCommit(p), "start_sha": c.BaseTip(p), "head_sha": n.diff, "position_type": "text",
				"old_path": "passage.txt", "new_path": "passage.txt", "old_line": nil, "new_line": n.line, "line_range": nil,
			}
		}
		return j
	})
}
