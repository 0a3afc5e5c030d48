package githubtest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/tributary-oss/tributary/forge/forgetest/fake"
	"github.com/tributary-oss/tributary/forge/forgetest/fake/graphql"
)

// repository answers for one project.
type repository struct {
	view
	*Project
}

func (r repository) object() graphql.Object {
	return graphql.Object{Kind: "Repository", Field: r.field}
}

func (r repository) field(name string, a *graphql.Arguments) any {
	switch name {
	case "pullRequests":
		return r.changes(a)
	case "issues":
		return r.issues(a)
	case "releases":
		return r.releases(a)
	case "pullRequest", "issue", "issueOrPullRequest":
		return r.numbered(name, a)
	case "release":
		return r.releaseOf(a.Text("tagName"))
	case "latestRelease":
		return r.latestRelease()
	case "owner":
		return account(Account{Login: r.Owner, Type: "Organization"})
	case "defaultBranchRef":
		return r.ref("main")
	}
	return r.plain(name)
}

// plain answers what needs no more than the project itself.
func (r repository) plain(name string) any {
	switch name {
	case "id":
		return nodeID("R", r.NumericID())
	case "databaseId":
		return r.NumericID()
	case "name":
		return r.Name
	case "nameWithOwner":
		return r.FullName()
	case "isArchived":
		return r.Archived
	case "isPrivate":
		return r.Private
	case "visibility":
		if r.Private {
			return "PRIVATE"
		}
		return "PUBLIC"
	case "hasIssuesEnabled":
		return !r.IssuesDisabled
	case "hasPullRequestsEnabled":
		return !r.ChangesDisabled
	case "isDisabled", "isLocked", "isFork", "isMirror", "isTemplate":
		return false
	case "isEmpty":
		return len(r.Project.Changes) == 0
	case "url":
		return site + "/" + r.FullName()
	case "resourcePath":
		return "/" + r.FullName()
	case "viewerPermission":
		return "READ"
	}
	return graphql.Unanswered{}
}

func (r repository) ref(name string) graphql.Object {
	return graphql.Object{Kind: "Ref", Field: func(field string, _ *graphql.Arguments) any {
		switch field {
		case "name":
			return name
		case "prefix":
			return "refs/heads/"
		case "id":
			return nodeID("REF", r.NumericID(), name)
		}
		return graphql.Unanswered{}
	}}
}

// changes pages through the pull requests.
func (r repository) changes(a *graphql.Arguments) any {
	states, base, head := a.Texts("states"), a.Text("baseRefName"), a.Text("headRefName")
	labels := a.Texts("labels")
	field, down := order(a, "CREATED_AT")
	var at func(*Change) time.Time
	switch field {
	case "CREATED_AT":
		at = func(c *Change) time.Time { return c.Created }
	case "UPDATED_AT":
		at = func(c *Change) time.Time { return c.LastUpdate() }
	default:
		return graphql.Unanswered{}
	}
	items := r.Project.Changes
	if r.ChangesDisabled {
		items = nil
	}
	sorted := fake.Remembered(r.s.Server, fmt.Sprintf("changes %d %s %q %q %q %q", r.NumericID(), field, states, labels, base, head), func() *graphql.Arranged[Change] {
		return graphql.Arrange(items, func(c *Change) bool {
			return among(states, c.Status()) && anyOf(labels, c.Labels) &&
				(base == "" || base == c.TargetBranch()) && (head == "" || head == c.SourceBranch())
		}, func(c *Change) graphql.Place { return graphql.Place{At: at(c).UnixNano(), ID: int64(c.Number)} })
	})
	return graphql.Connection(sorted.List("PullRequestConnection", field, down, r.change), a)
}

// issues pages through the issues proper.
func (r repository) issues(a *graphql.Arguments) any {
	states, labels, filter := a.Texts("states"), a.Texts("labels"), a.Input("filterBy")
	since, ok := graphql.Instant(filter["since"])
	for name := range filter {
		if !ok || !slices.Contains([]string{"since", "states", "labels"}, name) {
			return graphql.Unanswered{}
		}
	}
	field, down := order(a, "CREATED_AT")
	key := func(i *Issue) int64 { return i.Created.UnixNano() }
	switch field {
	case "UPDATED_AT":
		key = func(i *Issue) int64 { return i.LastUpdate().UnixNano() }
	case "COMMENTS":
		key = func(i *Issue) int64 { return int64(len(i.Comments)) }
	}
	items := r.Project.Issues
	if r.IssuesDisabled {
		items = nil
	}
	sorted := fake.Remembered(r.s.Server, fmt.Sprintf("issues %d %s %q %q %q", r.NumericID(), field, states, labels, fmt.Sprint(filter)), func() *graphql.Arranged[Issue] {
		return graphql.Arrange(items, func(i *Issue) bool {
			return among(states, i.Status()) && among(graphql.Texts(filter["states"]), i.Status()) && !i.LastUpdate().Before(since) &&
				anyOf(labels, i.Labels) && anyOf(graphql.Texts(filter["labels"]), i.Labels)
		}, func(i *Issue) graphql.Place { return graphql.Place{At: key(i), ID: int64(i.Number)} })
	})
	return graphql.Connection(sorted.List("IssueConnection", field, down, r.issue), a)
}

// releases pages through what was released; drafts are for those who can push.
func (r repository) releases(a *graphql.Arguments) any {
	field, down := order(a, "CREATED_AT")
	sorted := fake.Remembered(r.s.Server, fmt.Sprintf("releases %d %s", r.NumericID(), field), func() *graphql.Arranged[Release] {
		return graphql.Arrange(r.Project.Releases, shown, func(v *Release) graphql.Place {
			if field == "NAME" {
				return graphql.Place{Name: v.Name, ID: v.NumericID(r.Project)}
			}
			return graphql.Place{At: v.Created.UnixNano(), ID: v.NumericID(r.Project)}
		})
	})
	return graphql.Connection(sorted.List("ReleaseConnection", field, down, r.release), a)
}

// order reads orderBy; without one a list is in the order of its creation.
func order(a *graphql.Arguments, otherwise string) (field string, down bool) {
	o := a.Input("orderBy")
	if o == nil {
		return otherwise, false
	}
	return fmt.Sprint(o["field"]), o["direction"] == "DESC"
}

// among tells whether s is in the list, which nil means every s is.
func among(list []string, s string) bool { return list == nil || slices.Contains(list, s) }

// anyOf tells whether the two have an element in common; nil asks for nothing.
func anyOf(wanted, have []string) bool {
	return wanted == nil || slices.ContainsFunc(wanted, func(s string) bool { return slices.Contains(have, s) })
}

// numbered answers the change or issue of a number.
func (r repository) numbered(field string, a *graphql.Arguments) any {
	n, _ := a.Number("number")
	if o := r.changeOf(n); o.Field != nil && field != "issue" {
		return o
	}
	if o := r.issueOf(n); o.Field != nil && field != "pullRequest" {
		return o
	}
	what := map[string]string{"pullRequest": "a PullRequest", "issue": "an Issue"}[field]
	return graphql.Failure{Type: "NOT_FOUND", Message: fmt.Sprintf("Could not resolve to %s with the number of %d.", cmp.Or(what, "an issue or pull request"), n)}
}

func (r repository) changeOf(number int) graphql.Object {
	for i := range r.Project.Changes {
		if c := &r.Project.Changes[i]; c.Number == number {
			return r.change(c)
		}
	}
	return graphql.Object{}
}

func (r repository) issueOf(number int) graphql.Object {
	for i := range r.Project.Issues {
		if c := &r.Project.Issues[i]; c.Number == number {
			return r.issue(c)
		}
	}
	return graphql.Object{}
}

func (r repository) releaseOf(tag string) graphql.Object {
	for i := range r.Project.Releases {
		if v := &r.Project.Releases[i]; v.Tag == tag && shown(v) {
			return r.release(v)
		}
	}
	return graphql.Object{}
}

func (r repository) latestRelease() graphql.Object {
	var last *Release
	for i := range r.Project.Releases {
		v := &r.Project.Releases[i]
		if shown(v) && !v.Prerelease && (last == nil || v.Created.After(last.Created)) {
			last = v
		}
	}
	if last == nil {
		return graphql.Object{}
	}
	return r.release(last)
}

// node answers what a global id names within the project.
func (r repository) node(kind string, parts []string) graphql.Object {
	if kind == "R" && len(parts) == 0 {
		return r.object()
	}
	if len(parts) != 1 {
		return graphql.Object{}
	}
	n, err := strconv.Atoi(parts[0])
	switch {
	case err != nil:
	case kind == "PR":
		return r.changeOf(n)
	case kind == "I":
		return r.issueOf(n)
	}
	return graphql.Object{}
}
