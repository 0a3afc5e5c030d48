package giteatest

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
)

// pending says that a review was not sent off: its author alone sees it.
func pending(v *forgetest.Review) bool { return v.Verdict() == "PENDING" }

// begun is when a review was sent off, or not earlier than its change where it was not.
func begun(c *forgetest.Change, v *forgetest.Review) time.Time {
	if v.Submitted.IsZero() {
		return c.Created
	}
	return v.Submitted
}

// row is one entry of the reviews of a change.
type row struct {
	id     int64
	at     time.Time
	hidden bool
	json   object
}

// reviews lists the reviews of a change, and the requests that nobody has answered. The
// count has those that are not shown.
func (a *ask) reviews(n int) fake.Answer {
	a.known("page", "limit")
	c := a.change(n)
	if c == nil {
		return a.notFound()
	}
	var rows []row
	for i := range c.Reviews {
		rows = append(rows, a.review(c, i))
	}
	rows = append(rows, a.requests(c)...)
	slices.SortFunc(rows, func(x, y row) int { return byTime(x.at, y.at, x.id, y.id) })
	items := []object{}
	for _, r := range of(a.paging(), rows) {
		if !r.hidden {
			items = append(items, r.json)
		}
	}
	return counted(a.json(http.StatusOK, items), len(rows))
}

// review is one that somebody wrote.
func (a *ask) review(c *forgetest.Change, i int) row {
	v := &c.Reviews[i]
	id := v.NumericID(c.NumericID(a.Project), i)
	at := begun(c, v)
	state, ok := map[string]string{"APPROVED": "APPROVED", "CHANGES_REQUESTED": "REQUEST_CHANGES", "COMMENTED": "COMMENT", "PENDING": "PENDING"}[v.Verdict()]
	if !ok {
		a.Errorf("a review cannot be %s", v.State)
	}
	return row{id, at, pending(v), object{
		"id": id, "user": a.author(v.Author), "team": nil, "state": state, "body": v.Body, "commit_id": v.Commit,
		"stale": v.Stale, "official": v.CanPush, "dismissed": v.IsDismissed() || overtaken(c, i), "comments_count": v.Inline,
		"submitted_at": a.stamp(at), "updated_at": a.stamp(at),
		"html_url": fmt.Sprintf("%s#issuecomment-%d", a.page("pulls", c.Number), id), "pull_request_url": a.page("pulls", c.Number),
	}}
}

// verdict says that a review is one: an approval, or a demand.
func verdict(v *forgetest.Review) bool {
	return v.Verdict() == "APPROVED" || v.Verdict() == "CHANGES_REQUESTED"
}

// overtaken says that the author of a verdict gave another one later, which dismisses it.
func overtaken(c *forgetest.Change, i int) bool {
	v := &c.Reviews[i]
	return verdict(v) && slices.ContainsFunc(c.Reviews, func(w forgetest.Review) bool {
		return w.Author.Login == v.Author.Login && verdict(&w) && w.Submitted.After(v.Submitted)
	})
}

// requests are those for a review that were neither answered nor taken back.
func (a *ask) requests(c *forgetest.Change) (rows []row) {
	for i, e := range c.Timeline {
		if e.Type != "ReviewRequestedEvent" || e.Team == "" && answered(c, e) || slices.ContainsFunc(c.Timeline[i+1:], func(f forgetest.Event) bool {
			return f.Type == "ReviewRequestRemovedEvent" && f.Reviewer.Login == e.Reviewer.Login && f.Team == e.Team
		}) {
			continue
		}
		id := forgetest.DerivedID(0, "request", c.NumericID(a.Project), i)
		j := object{
			"id": id, "user": nil, "team": nil, "state": "REQUEST_REVIEW", "body": "", "commit_id": "",
			"stale": false, "official": false, "dismissed": false, "comments_count": 0, "submitted_at": a.stamp(e.At), "updated_at": a.stamp(e.At),
			"html_url": fmt.Sprintf("%s#issuecomment-%d", a.page("pulls", c.Number), id), "pull_request_url": a.page("pulls", c.Number),
		}
		if e.Team != "" {
			j["team"] = a.team(e.Team)
		} else {
			j["user"] = a.user(e.Reviewer)
		}
		rows = append(rows, row{id: id, at: e.At, json: j})
	}
	return rows
}

// answered says that who was asked sent a review off later, which deletes the request.
func answered(c *forgetest.Change, e forgetest.Event) bool {
	return slices.ContainsFunc(c.Reviews, func(v forgetest.Review) bool {
		return v.Author.Login == e.Reviewer.Login && !pending(&v) && !v.Submitted.Before(e.At)
	})
}
