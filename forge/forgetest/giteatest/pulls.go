package giteatest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
)

// order compares two changes.
type order func(x, y *forgetest.Change) int

// orders are those that a list of changes can have.
func orders() map[string]order {
	created := func(x, y *forgetest.Change) int {
		return byTime(x.Created, y.Created, int64(x.Number), int64(y.Number))
	}
	newest := func(x, y *forgetest.Change) int { return created(y, x) }
	by := func(of func(*forgetest.Change) time.Time) order {
		return func(x, y *forgetest.Change) int { return cmp.Or(of(x).Compare(of(y)), created(x, y)) }
	}
	reversed := func(o order) order { return func(x, y *forgetest.Change) int { return o(y, x) } }
	talk := func(x, y *forgetest.Change) int { return cmp.Compare(talked(x), talked(y)) }
	return map[string]order{
		"": newest, "oldest": created, "priority": newest,
		"recentupdate": reversed(by((*forgetest.Change).LastUpdate)), "leastupdate": by((*forgetest.Change).LastUpdate),
		"recentclose":  reversed(by((*forgetest.Change).ClosedAt)),
		"mostcomment":  func(x, y *forgetest.Change) int { return cmp.Or(talk(y, x), newest(x, y)) },
		"leastcomment": func(x, y *forgetest.Change) int { return cmp.Or(talk(x, y), newest(x, y)) },
	}
}

// talked is how much was said on a change: comments and reviews.
func talked(c *forgetest.Change) int { return len(c.Comments) + judged(c) }

// judged is how many reviews were sent off.
func judged(c *forgetest.Change) int {
	n := 0
	for i := range c.Reviews {
		if !pending(&c.Reviews[i]) {
			n++
		}
	}
	return n
}

// pulls lists changes.
func (a *ask) pulls() fake.Answer {
	a.known("state", "sort", "page", "limit")
	state := cmp.Or(a.q.Get("state"), "open")
	sort := a.q.Get("sort")
	chosen := fake.Remembered(a.Server.Server, strings.Join([]string{"pulls", a.FullName(), state, sort}, "\n"), func() []*forgetest.Change {
		var list []*forgetest.Change
		for i := range a.Changes {
			if c := &a.Changes[i]; state == "all" || (state == "open") == (c.Status() == "OPEN") {
				list = append(list, c)
			}
		}
		slices.SortFunc(list, orders()[sort])
		return list
	})
	p := a.paging()
	items := []object{}
	for _, c := range of(p, chosen) {
		items = append(items, a.pullJSON(c))
	}
	return a.linked(a.json(http.StatusOK, items), p, len(chosen))
}

// change is the change with a number, or nil.
func (a *ask) change(n int) *forgetest.Change {
	for i := range a.Changes {
		if a.Changes[i].Number == n {
			return &a.Changes[i]
		}
	}
	return nil
}

// pull shows one change, with what the list leaves out: who merged it, and how large it is.
func (a *ask) pull(n int) fake.Answer {
	a.known()
	c := a.change(n)
	if c == nil {
		return a.notFound()
	}
	j := a.pullJSON(c)
	j["additions"], j["deletions"], j["changed_files"] = c.Additions, c.Deletions, c.Files
	j["assignees"], j["requested_reviewers_teams"] = a.assigned(c.Timeline), []any{}
	if j["requested_reviewers"] == nil {
		j["requested_reviewers"] = []any{}
	}
	if !c.Merged.IsZero() {
		j["merged_by"] = a.user(c.MergedBy)
	}
	return a.json(http.StatusOK, j)
}

// pullJSON is a change as the list shows it.
func (a *ask) pullJSON(c *forgetest.Change) object {
	page := a.page("pulls", c.Number)
	state := "closed"
	if c.Status() == "OPEN" {
		state = "open"
	}
	branch := func(label, ref, sha string) object {
		return object{"label": label, "ref": ref, "sha": sha, "repo_id": a.NumericID(), "repo": a.repositoryJSON()}
	}
	j := object{
		"id": c.NumericID(a.Project), "number": c.Number, "url": page, "html_url": page, "diff_url": page + ".diff", "patch_url": page + ".patch",
		"user": a.author(c.Author), "title": c.Title, "body": c.Body, "labels": a.labels(c.Labels), "state": state, "draft": c.Draft, "is_locked": false,
		"milestone": nil, "assignee": nil, "assignees": nil, "requested_reviewers": a.reviewers(c), "requested_reviewers_teams": nil,
		"comments": talked(c), "mergeable": state == "open", "allow_maintainer_edit": false, "pin_order": 0, "content_version": 0,
		"base":       branch(c.TargetBranch(), c.TargetBranch(), c.BaseTip(a.Project)),
		"head":       branch(c.SourceBranch(), c.SourceBranch(), c.HeadCommit(a.Project)),
		"merge_base": c.StartCommit(a.Project), "merged": !c.Merged.IsZero(), "merged_at": a.orNull(a.written(c)), "merged_by": nil, "merge_commit_sha": nil,
		"created_at": a.stamp(c.Created), "updated_at": a.stamp(c.LastUpdate()), "closed_at": a.orNull(c.ClosedAt()), "due_date": nil,
	}
	if n := judged(c); n > 0 {
		j["review_comments"] = n // so it is called, and counts reviews
	}
	if !c.Merged.IsZero() {
		j["merge_commit_sha"] = c.MergeCommit
	}
	return j
}

// written is the time that the server calls that of the merge.
func (a *ask) written(c *forgetest.Change) time.Time {
	if at, ok := a.MergedAt[c.Number]; ok && !c.Merged.IsZero() {
		return at
	}
	return c.Merged
}

// reviewers are all who wrote a review or were asked for one, each once: Gitea calls
// them requested. It is null where there are none.
func (a *ask) reviewers(c *forgetest.Change) any {
	var list []object
	seen := map[string]bool{}
	add := func(who forgetest.Account) {
		if !seen[who.Login] {
			list = append(list, a.user(who))
		}
		seen[who.Login] = true
	}
	for i := range c.Reviews {
		add(c.Reviews[i].Author)
	}
	for _, e := range c.Timeline {
		if e.Type == "ReviewRequestedEvent" && e.Team == "" {
			add(e.Reviewer)
		}
	}
	if list == nil {
		return nil
	}
	return list
}

// assigned are the accounts that a change or an issue ends up assigned to.
func (a *ask) assigned(events []forgetest.Event) []object {
	now := []forgetest.Account{}
	for _, e := range events {
		same := func(x forgetest.Account) bool { return x.Login == e.Assignee.Login }
		switch e.Type {
		case "AssignedEvent":
			now = append(slices.DeleteFunc(now, same), e.Assignee)
		case "UnassignedEvent":
			now = slices.DeleteFunc(now, same)
		}
	}
	list := []object{}
	for _, x := range now {
		list = append(list, a.user(x))
	}
	return list
}

// page is where a browser finds a change or an issue.
func (a *ask) page(kind string, number int) string {
	return fmt.Sprintf("%s%s/%s/%d", a.root, a.FullName(), kind, number)
}
