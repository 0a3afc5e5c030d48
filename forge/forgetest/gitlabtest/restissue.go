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

// issues answers what is under /projects/ID/issues. Where they are switched off, or for
// members only, the list is empty.
func (r *request) issues(p *forgetest.Project, rest []string) fake.Answer {
	all := p.Issues
	if p.IssuesDisabled || r.s.closed("issues") {
		all = nil
	}
	if len(rest) == 0 {
		return r.issueList(p, all)
	}
	at := slices.IndexFunc(all, func(i forgetest.Issue) bool { return strconv.Itoa(i.Number) == rest[0] })
	if at < 0 {
		return r.notFound("")
	}
	i := &all[at]
	switch strings.Join(rest[1:], "/") {
	case "":
		return r.json(r.s.issueJSON(p, i))
	case "notes":
		return r.notes(r.s.issueNotes(p, i), p, i.Number, i.NumericID(p), "Issue", nil)
	case "resource_label_events":
		return r.labelEvents(p, i.Timeline, i.NumericID(p), "Issue")
	case "resource_state_events":
		return r.stateEvents(i.Timeline, i.NumericID(p), "Issue")
	}
	return r.unknown()
}

func (r *request) issueList(p *forgetest.Project, all []forgetest.Issue) fake.Answer {
	state := r.oneOf("state", "all", "opened", "closed")
	r.oneOf("scope", "all")
	in := r.updatedBetween()
	list := slices.DeleteFunc(slices.Clone(all), func(i forgetest.Issue) bool {
		return state != "all" && issueState(&i) != state || !in(i.LastUpdate())
	})
	order(r, list, "created_at", map[string]instant[forgetest.Issue]{
		"created_at": func(i *forgetest.Issue) time.Time { return i.Created },
		"updated_at": (*forgetest.Issue).LastUpdate,
	}, func(i *forgetest.Issue) int64 { return int64(i.Number) })
	return page(r, list, func(i *forgetest.Issue) any { return r.s.issueJSON(p, i) })
}

func (s *Server) issueJSON(p *forgetest.Project, i *forgetest.Issue) map[string]any {
	closedBy := forgetest.Account{}
	if i.Status() == "CLOSED" {
		closedBy = closer(i.Timeline)
	}
	number := strconv.Itoa(i.Number)
	return map[string]any{
		"id": i.NumericID(p), "iid": i.Number, "project_id": p.NumericID(), "title": i.Title, "description": i.Body, "state": issueState(i),
		"created_at": stamp(i.Created), "updated_at": stamp(i.LastUpdate()), "closed_at": stamp(i.Closed), "closed_by": s.user(closedBy),
		"author": s.author(i.Author), "assignees": s.users(assigneesOf(i.Timeline)), "assignee": first(s.users(assigneesOf(i.Timeline))),
		"labels": slices.Concat([]string{}, i.Labels), "milestone": nil, "type": "ISSUE", "issue_type": "issue", "confidential": false,
		"user_notes_count": userNotes(s.issueNotes(p, i)), "merge_requests_count": 0, "upvotes": 0, "downvotes": 0, "due_date": nil,
		"discussion_locked": nil, "moved_to_id": nil, "web_url": s.URL + "/" + p.FullName() + "/-/issues/" + number,
		"references": map[string]any{"short": "#" + number, "relative": "#" + number, "full": p.FullName() + "#" + number},
		"time_stats": map[string]any{"time_estimate": 0, "total_time_spent": 0},
		"_links":     map[string]any{"self": s.URL + "/api/v4/projects/" + strconv.FormatInt(p.NumericID(), 10) + "/issues/" + number},
	}
}

// labelEvents answers who put which label on or off, the oldest first.
// https://docs.gitlab.com/api/resource_label_events/
func (r *request) labelEvents(p *forgetest.Project, events []forgetest.Event, subject int64, kind string) fake.Answer {
	actions := map[string]string{"LabeledEvent": "add", "UnlabeledEvent": "remove"}
	return r.events(events, actions, func(e *forgetest.Event, i int) any {
		return map[string]any{
			"id": forgetest.DerivedID(0, "label event", subject, i), "user": r.s.user(e.Actor), "created_at": stamp(e.At),
			"resource_type": kind, "resource_id": subject, "action": actions[e.Type],
			"label": map[string]any{"id": labelID(p, e.Label), "name": e.Label, "color": "#ededed", "text_color": "#1F1E24", "description": nil},
		}
	})
}

// stateEvents answers who closed, reopened and merged, the oldest first. GitLab knows which
// change's merge closed an issue, and does not say it here.
// https://docs.gitlab.com/api/resource_state_events/
func (r *request) stateEvents(events []forgetest.Event, subject int64, kind string) fake.Answer {
	states := map[string]string{"ClosedEvent": "closed", "ReopenedEvent": "reopened", "MergedEvent": "merged"}
	merged := slices.ContainsFunc(events, func(e forgetest.Event) bool { return e.Type == "MergedEvent" })
	if merged {
		delete(states, "ClosedEvent") // a merge is no close here
	}
	return r.events(events, states, func(e *forgetest.Event, i int) any {
		return map[string]any{
			"id": forgetest.DerivedID(0, "state event", subject, i), "user": r.s.user(e.Actor), "created_at": stamp(e.At),
			"resource_type": kind, "resource_id": subject, "state": states[e.Type],
		}
	})
}

// events pages through those of some types, which are shown to nobody without a token.
// Servers that note them otherwise have none.
func (r *request) events(all []forgetest.Event, kinds map[string]string, show func(e *forgetest.Event, i int) any) fake.Answer {
	if r.Token == "" {
		return r.logIn()
	}
	if r.s.o.OldNotes {
		return r.s.JSON(http.StatusNotFound, jsonType, map[string]string{"error": "404 Not Found"})
	}
	type numbered struct {
		i int
		e forgetest.Event
	}
	var list []numbered
	for i, e := range all {
		if kinds[e.Type] != "" {
			list = append(list, numbered{i, e})
		}
	}
	slices.SortStableFunc(list, func(x, y numbered) int { return x.e.At.Compare(y.e.At) })
	return page(r, list, func(n *numbered) any { return show(&n.e, n.i) })
}
