package githubtest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// repository answers for one project.
type repository struct {
	view
	*Project
}

func (r repository) object() object { return object{"Repository", r.field} }

func (r repository) field(name string, a *arguments) any {
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
		return r.releaseOf(a.text("tagName"))
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
		return nodeID("R", r.id())
	case "databaseId":
		return r.id()
	case "name":
		return r.Name
	case "nameWithOwner":
		return r.fullName()
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
		return site + "/" + r.fullName()
	case "resourcePath":
		return "/" + r.fullName()
	case "viewerPermission":
		return "READ"
	}
	return unanswered{}
}

func (r repository) ref(name string) object {
	return object{"Ref", func(field string, _ *arguments) any {
		switch field {
		case "name":
			return name
		case "prefix":
			return "refs/heads/"
		case "id":
			return nodeID("REF", r.id(), name)
		}
		return unanswered{}
	}}
}

// changes pages through the pull requests.
func (r repository) changes(a *arguments) any {
	states, base, head := a.texts("states"), a.text("baseRefName"), a.text("headRefName")
	labels := a.texts("labels")
	field, down := order(a, "CREATED_AT")
	var at func(*Change) time.Time
	switch field {
	case "CREATED_AT":
		at = func(c *Change) time.Time { return c.Created }
	case "UPDATED_AT":
		at = func(c *Change) time.Time { return c.updated() }
	default:
		return unanswered{}
	}
	items := r.Project.Changes
	if r.ChangesDisabled {
		items = nil
	}
	sorted := remembered(r.s, fmt.Sprintf("changes %d %s %q %q %q %q", r.id(), field, states, labels, base, head), func() *arranged[Change] {
		return arrange(items, func(c *Change) bool {
			return among(states, c.state()) && anyOf(labels, c.Labels) &&
				(base == "" || base == cmp.Or(c.Base, "main")) && (head == "" || head == c.branch())
		}, func(c *Change) place { return place{At: at(c).UnixNano(), ID: int64(c.Number)} })
	})
	return connection(sorted.list("PullRequestConnection", field, down, r.change), a)
}

// issues pages through the issues proper.
func (r repository) issues(a *arguments) any {
	states, labels, filter := a.texts("states"), a.texts("labels"), a.input("filterBy")
	since, ok := instant(filter["since"])
	for name := range filter {
		if !ok || !slices.Contains([]string{"since", "states", "labels"}, name) {
			return unanswered{}
		}
	}
	field, down := order(a, "CREATED_AT")
	key := func(i *Issue) int64 { return i.Created.UnixNano() }
	switch field {
	case "UPDATED_AT":
		key = func(i *Issue) int64 { return i.updated().UnixNano() }
	case "COMMENTS":
		key = func(i *Issue) int64 { return int64(len(i.Comments)) }
	}
	items := r.Project.Issues
	if r.IssuesDisabled {
		items = nil
	}
	sorted := remembered(r.s, fmt.Sprintf("issues %d %s %q %q %q", r.id(), field, states, labels, fmt.Sprint(filter)), func() *arranged[Issue] {
		return arrange(items, func(i *Issue) bool {
			return among(states, i.state()) && among(texts(filter["states"]), i.state()) && !i.updated().Before(since) &&
				anyOf(labels, i.Labels) && anyOf(texts(filter["labels"]), i.Labels)
		}, func(i *Issue) place { return place{At: key(i), ID: int64(i.Number)} })
	})
	return connection(sorted.list("IssueConnection", field, down, r.issue), a)
}

// releases pages through what was released; drafts are for those who can push.
func (r repository) releases(a *arguments) any {
	field, down := order(a, "CREATED_AT")
	sorted := remembered(r.s, fmt.Sprintf("releases %d %s", r.id(), field), func() *arranged[Release] {
		return arrange(r.Project.Releases, (*Release).shown, func(v *Release) place {
			if field == "NAME" {
				return place{Name: v.Name, ID: v.id(r.Project)}
			}
			return place{At: v.Created.UnixNano(), ID: v.id(r.Project)}
		})
	})
	return connection(sorted.list("ReleaseConnection", field, down, r.release), a)
}

// order reads orderBy; without one a list is in the order of its creation.
func order(a *arguments, otherwise string) (field string, down bool) {
	o := a.input("orderBy")
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
func (r repository) numbered(field string, a *arguments) any {
	n, _ := a.number("number")
	if o := r.changeOf(n); o.field != nil && field != "issue" {
		return o
	}
	if o := r.issueOf(n); o.field != nil && field != "pullRequest" {
		return o
	}
	what := map[string]string{"pullRequest": "a PullRequest", "issue": "an Issue"}[field]
	return failure{"NOT_FOUND", fmt.Sprintf("Could not resolve to %s with the number of %d.", cmp.Or(what, "an issue or pull request"), n)}
}

func (r repository) changeOf(number int) object {
	for i := range r.Project.Changes {
		if c := &r.Project.Changes[i]; c.Number == number {
			return r.change(c)
		}
	}
	return object{}
}

func (r repository) issueOf(number int) object {
	for i := range r.Project.Issues {
		if c := &r.Project.Issues[i]; c.Number == number {
			return r.issue(c)
		}
	}
	return object{}
}

func (r repository) releaseOf(tag string) object {
	for i := range r.Project.Releases {
		if v := &r.Project.Releases[i]; v.Tag == tag && v.shown() {
			return r.release(v)
		}
	}
	return object{}
}

func (r repository) latestRelease() object {
	var last *Release
	for i := range r.Project.Releases {
		v := &r.Project.Releases[i]
		if v.shown() && !v.Prerelease && (last == nil || v.Created.After(last.Created)) {
			last = v
		}
	}
	if last == nil {
		return object{}
	}
	return r.release(last)
}

// node answers what a global id names within the project.
func (r repository) node(kind string, parts []string) object {
	if kind == "R" && len(parts) == 0 {
		return r.object()
	}
	if len(parts) != 1 {
		return object{}
	}
	n, err := strconv.Atoi(parts[0])
	switch {
	case err != nil:
	case kind == "PR":
		return r.changeOf(n)
	case kind == "I":
		return r.issueOf(n)
	}
	return object{}
}
