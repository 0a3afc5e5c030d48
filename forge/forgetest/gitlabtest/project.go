package gitlabtest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
	"github.com/tributary-oss/tributary/forge/forgetest/fake/graphql"
)

// repository answers for one project.
type repository struct {
	view
	p *forgetest.Project
}

func (r repository) object() graphql.Object {
	return graphql.Object{Kind: "Project", Field: r.field}
}

func (r repository) field(name string, a *graphql.Arguments) any {
	switch name {
	case "mergeRequests":
		return r.changes(a)
	case "mergeRequest":
		return r.changeOf(a.Text("iid"))
	case "issues":
		return r.issues(a)
	case "releases":
		list := r.releases(a)
		if r.s.closed("releases") {
			return nil
		}
		return list
	case "group":
		return r.group(r.p.Owner)
	}
	return r.plain(name)
}

// plain answers what needs no more than the project itself.
func (r repository) plain(name string) any {
	switch name {
	case "id":
		return gid("Project", r.p.NumericID())
	case "name", "path":
		return r.p.Name
	case "fullPath":
		return r.p.FullName()
	case "nameWithNamespace":
		return strings.ReplaceAll(r.p.FullName(), "/", " / ")
	case "archived":
		return r.p.Archived
	case "visibility":
		if r.p.Private {
			return "private"
		}
		return "public"
	case "mergeRequestsEnabled":
		return !r.p.ChangesDisabled && !r.s.closed("merge_requests")
	case "issuesEnabled":
		return !r.p.IssuesDisabled && !r.s.closed("issues")
	case "mergeRequestsFfOnlyEnabled":
		return false
	case "webUrl":
		return r.s.URL + "/" + r.p.FullName()
	case "httpUrlToRepo":
		return r.s.URL + "/" + r.p.FullName() + ".git"
	}
	return graphql.Unanswered{}
}

// sorting reads the argument sort: what by, and whether the last comes first. The newest
// come first where it is missing.
func sorting(a *graphql.Arguments) (by string, down bool) {
	sort := strings.ToUpper(a.Text("sort"))
	if by, ok := strings.CutSuffix(sort, "_ASC"); ok {
		return by, false
	}
	return strings.TrimSuffix(sort, "_DESC"), true
}

// between reads two arguments that are the ends of a span, both of which are in it.
func between(a *graphql.Arguments, after, before string) (func(time.Time) bool, bool) {
	from, ok1 := a.Time(after)
	to, ok2 := a.Time(before)
	limited := a.Value(after) != nil || a.Value(before) != nil
	return func(t time.Time) bool {
		return !limited || !t.IsZero() && !t.Before(from) && (to.IsZero() || !t.After(to))
	}, ok1 && ok2
}

// changes pages through the merge requests; there are none where they are switched off.
func (r repository) changes(a *graphql.Arguments) any {
	state, targets, iids := a.Text("state"), a.Texts("targetBranches"), a.Texts("iids")
	updated, ok1 := between(a, "updatedAfter", "updatedBefore")
	merged, ok2 := between(a, "mergedAfter", "mergedBefore")
	created, ok3 := between(a, "createdAfter", "createdBefore")
	by, down := sorting(a)
	at := map[string]instant[forgetest.Change]{
		"": func(c *forgetest.Change) time.Time { return c.Created }, "CREATED": func(c *forgetest.Change) time.Time { return c.Created },
		"UPDATED": (*forgetest.Change).LastUpdate, "MERGED_AT": func(c *forgetest.Change) time.Time { return c.Merged },
	}[by]
	if at == nil || !ok1 || !ok2 || !ok3 {
		return graphql.Unanswered{}
	}
	items := r.p.Changes
	if r.p.ChangesDisabled || r.s.closed("merge_requests") {
		items = nil
	}
	key := fmt.Sprintf("changes %d %q %q %q %q %v", r.p.NumericID(), by, state, targets, iids, spans(a, "updated", "merged", "created"))
	sorted := fake.Remembered(r.s.Server, key, func() *graphql.Arranged[forgetest.Change] {
		return graphql.Arrange(items, func(c *forgetest.Change) bool {
			return (state == "" || state == "all" || state == changeState(c)) && among(targets, c.TargetBranch()) &&
				among(iids, strconv.Itoa(c.Number)) && updated(c.LastUpdate()) && merged(c.Merged) && created(c.Created)
		}, func(c *forgetest.Change) graphql.Place {
			return graphql.Place{At: at(c).UnixNano(), ID: int64(c.Number)}
		})
	})
	return paged(sorted.List("MergeRequestConnection", by, down, r.change), a)
}

// spans are the arguments that between reads, for a key.
func spans(a *graphql.Arguments, names ...string) []any {
	var list []any
	for _, n := range names {
		list = append(list, a.Value(n+"After"), a.Value(n+"Before"))
	}
	return list
}

// among tells whether s is in the list, which nil means every s is.
func among(list []string, s string) bool { return list == nil || slices.Contains(list, s) }

func (r repository) changeOf(iid string) any {
	for i := range r.p.Changes {
		if c := &r.p.Changes[i]; strconv.Itoa(c.Number) == iid && !r.p.ChangesDisabled {
			return r.change(c)
		}
	}
	return nil
}

// issues pages through the issues.
func (r repository) issues(a *graphql.Arguments) any {
	state, iids := a.Text("state"), a.Texts("iids")
	updated, ok1 := between(a, "updatedAfter", "updatedBefore")
	closed, ok2 := between(a, "closedAfter", "closedBefore")
	by, down := sorting(a)
	at := map[string]instant[forgetest.Issue]{
		"": func(i *forgetest.Issue) time.Time { return i.Created }, "CREATED": func(i *forgetest.Issue) time.Time { return i.Created },
		"UPDATED": (*forgetest.Issue).LastUpdate, "CLOSED_AT": func(i *forgetest.Issue) time.Time { return i.Closed },
	}[by]
	if at == nil || !ok1 || !ok2 {
		return graphql.Unanswered{}
	}
	items := r.p.Issues
	if r.p.IssuesDisabled || r.s.closed("issues") {
		items = nil
	}
	key := fmt.Sprintf("issues %d %q %q %q %v", r.p.NumericID(), by, state, iids, spans(a, "updated", "closed"))
	sorted := fake.Remembered(r.s.Server, key, func() *graphql.Arranged[forgetest.Issue] {
		return graphql.Arrange(items, func(i *forgetest.Issue) bool {
			return (state == "" || state == "all" || state == issueState(i)) && among(iids, strconv.Itoa(i.Number)) && updated(i.LastUpdate()) && closed(i.Closed)
		}, func(i *forgetest.Issue) graphql.Place {
			return graphql.Place{At: at(i).UnixNano(), ID: int64(i.Number)}
		})
	})
	return paged(sorted.List("IssueConnection", by, down, r.issue), a)
}

// releases pages through the releases, the last to be out first.
func (r repository) releases(a *graphql.Arguments) any {
	by, down := sorting(a)
	at := releasedAt
	if by == "CREATED" {
		at = func(v *forgetest.Release) time.Time { return v.Created }
	}
	sorted := graphql.Arrange(releases(r.p), func(*forgetest.Release) bool { return true }, func(v *forgetest.Release) graphql.Place {
		return graphql.Place{At: at(v).UnixNano(), ID: v.NumericID(r.p)}
	})
	return paged(sorted.List("ReleaseConnection", by, down, r.release), a)
}

func (r repository) release(v *forgetest.Release) graphql.Object {
	return object("Release", func(name string) any {
		switch name {
		case "id":
			return gid("Release", v.NumericID(r.p))
		case "tagName":
			return v.Tag
		case "name":
			if v.Name == "" {
				return v.Tag
			}
			return v.Name
		case "createdAt":
			return v.Created
		case "releasedAt":
			return releasedAt(v)
		case "upcomingRelease":
			return releasedAt(v).After(r.s.Now())
		case "author":
			return person("UserCore", writer(v.Author), r.s.URL)
		}
		return graphql.Unanswered{}
	})
}
