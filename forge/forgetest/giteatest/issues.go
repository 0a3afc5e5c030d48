package giteatest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
)

// listed is a change or an issue in the list of both.
type listed struct {
	number           int
	created, updated time.Time
	open, change     bool
	json             func() object
}

// issues lists issues and changes, always the newest first.
func (a *ask) issues() fake.Answer {
	a.known("state", "type", "since", "before", "page", "limit")
	kind, state := a.q.Get("type"), a.q.Get("state")
	if kind == "pulls" && a.ChangesDisabled || kind == "issues" && a.IssuesDisabled {
		return a.notFound()
	}
	within, bad := a.span()
	if bad != nil {
		return *bad
	}
	var chosen []listed
	for _, l := range a.listed() {
		wanted := kind == "" || (kind == "pulls") == l.change
		if wanted && within(l.updated) && (state == "all" || l.open == (state != "closed")) {
			chosen = append(chosen, l)
		}
	}
	slices.SortFunc(chosen, func(x, y listed) int {
		return byTime(y.created, x.created, int64(y.number), int64(x.number))
	})
	p := a.paging()
	items := []object{}
	for _, l := range of(p, chosen) {
		items = append(items, l.json())
	}
	return a.linked(a.json(http.StatusOK, items), p, len(chosen))
}

// listed are all changes and issues whose lists are not turned off.
func (a *ask) listed() (all []listed) {
	for i := range a.Changes {
		if c := &a.Changes[i]; !a.ChangesDisabled {
			all = append(all, listed{c.Number, c.Created, c.LastUpdate(), c.Status() == "OPEN", true, func() object { return a.changeAsIssue(c) }})
		}
	}
	for i := range a.Issues {
		if v := &a.Issues[i]; !a.IssuesDisabled {
			all = append(all, listed{v.Number, v.Created, v.LastUpdate(), v.Status() == "OPEN", false, func() object { return a.issueJSON(v) }})
		}
	}
	return all
}

func (a *ask) issueJSON(v *forgetest.Issue) object {
	state := "closed"
	if v.Status() == "OPEN" {
		state = "open"
	}
	j := object{
		"id": v.NumericID(a.Project), "number": v.Number, "user": a.author(v.Author), "title": v.Title, "body": v.Body, "labels": a.labels(v.Labels),
		"url": fmt.Sprintf("%sapi/v1/repos/%s/issues/%d", a.root, a.FullName(), v.Number), "html_url": a.page("issues", v.Number),
		"original_author": "", "original_author_id": 0, "ref": "", "assets": []any{}, "milestone": nil, "assignee": nil, "assignees": nil,
		"state": state, "is_locked": false, "comments": len(v.Comments), "created_at": a.stamp(v.Created), "updated_at": a.stamp(v.LastUpdate()),
		"closed_at": nil, "due_date": nil, "time_estimate": 0, "pull_request": nil, "pin_order": 0, "content_version": 0,
		"repository": object{"id": a.NumericID(), "name": a.Name, "owner": a.Owner, "full_name": a.FullName()},
	}
	if state == "closed" {
		j["closed_at"] = a.orNull(v.Closed)
	}
	if to := a.assigned(v.Timeline); len(to) > 0 {
		j["assignee"], j["assignees"] = to[0], to
	}
	return j
}

// changeAsIssue is a change in the list of issues, with a number of that list's own.
func (a *ask) changeAsIssue(c *forgetest.Change) object {
	v := forgetest.Issue{
		ID: forgetest.DerivedID(0, "as issue", c.NumericID(a.Project)), Number: c.Number, Title: c.Title, Body: c.Body, Author: c.Author, Labels: c.Labels,
		Created: c.Created, Updated: c.LastUpdate(), Closed: c.ClosedAt(), Timeline: c.Timeline,
	}
	j := a.issueJSON(&v)
	j["comments"], j["html_url"] = talked(c), a.page("pulls", c.Number)
	j["pull_request"] = object{"merged": !c.Merged.IsZero(), "merged_at": a.orNull(a.written(c)), "draft": c.Draft, "html_url": a.page("pulls", c.Number)}
	return j
}

// releases lists releases, the newest first. Drafts are for those who may write.
func (a *ask) releases() fake.Answer {
	a.known("draft", "pre-release", "page", "limit")
	asked := func(name string, is bool) bool { return !a.q.Has(name) || (a.q.Get(name) == "true") == is }
	var chosen []*forgetest.Release
	for i := range a.Releases {
		v := &a.Releases[i]
		if asked("draft", v.Draft) && asked("pre-release", v.Prerelease) && (!v.Draft || a.Writers && a.Token != "") {
			chosen = append(chosen, v)
		}
	}
	slices.SortFunc(chosen, func(x, y *forgetest.Release) int {
		return byTime(released(y), released(x), y.NumericID(a.Project), x.NumericID(a.Project))
	})
	p := a.paging()
	items := []object{}
	for _, v := range of(p, chosen) {
		items = append(items, a.releaseJSON(v))
	}
	return a.linked(a.json(http.StatusOK, items), p, len(chosen))
}

// released is the only time that Gitea keeps of a release.
func released(v *forgetest.Release) time.Time {
	if v.Published.IsZero() {
		return v.Created
	}
	return v.Published
}

func (a *ask) releaseJSON(v *forgetest.Release) object {
	id, tag := v.NumericID(a.Project), (&url.URL{Path: v.Tag}).EscapedPath()
	at := fmt.Sprintf("%sapi/v1/repos/%s/releases/%d", a.root, a.FullName(), id)
	page := a.root + a.FullName()
	return object{
		"id": id, "tag_name": v.Tag, "target_commitish": "main", "name": v.Name, "body": "", "url": at, "html_url": page + "/releases/tag/" + tag,
		"tarball_url": page + "/archive/" + tag + ".tar.gz", "zipball_url": page + "/archive/" + tag + ".zip", "upload_url": at + "/assets",
		"draft": v.Draft, "prerelease": v.Prerelease, "created_at": a.stamp(released(v)), "published_at": a.stamp(released(v)),
		"author": a.user(v.Author), "assets": []any{},
	}
}
