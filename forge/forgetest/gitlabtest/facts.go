package gitlabtest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge/forgetest"
)

// ghost is the account that GitLab puts in the place of deleted authors.
func ghost() forgetest.Account {
	return forgetest.Account{Login: "ghost", Name: "Ghost User", ID: 1}
}

// writer is who wrote something: the ghost where the account is deleted.
func writer(a forgetest.Account) forgetest.Account {
	if a.Deleted() {
		return ghost()
	}
	return a
}

// landed is the head of a change as GitLab shows it. A rebase moves the change's own branch
// before it is merged, so that its head is what landed.
func landed(p *forgetest.Project, c *forgetest.Change) string {
	if m := c.Landing(); m == forgetest.ByRebase || m == forgetest.ByFastForward {
		return cmp.Or(c.MergeCommit, c.HeadCommit(p))
	}
	return c.HeadCommit(p)
}

// mergeCommit is "" where a change did not become a merge commit.
func mergeCommit(c *forgetest.Change) string {
	switch m := c.Landing(); {
	case m == forgetest.ByMerge || m == forgetest.ByRebaseMerge || m == forgetest.BySquash && c.Squash != "":
		return c.MergeCommit
	}
	return ""
}

// squashCommit is "" where a change was not squashed.
func squashCommit(c *forgetest.Change) string {
	if c.Landing() != forgetest.BySquash {
		return ""
	}
	return cmp.Or(c.Squash, c.MergeCommit)
}

// changeState is GitLab's word for a change's state.
func changeState(c *forgetest.Change) string {
	return map[string]string{"OPEN": "opened", "CLOSED": "closed", "MERGED": "merged"}[c.Status()]
}

func issueState(i *forgetest.Issue) string {
	return map[string]string{"OPEN": "opened", "CLOSED": "closed"}[i.Status()]
}

// closedAt is zero for a merged change: on GitLab a merge is no close.
func closedAt(c *forgetest.Change) time.Time {
	if c.Status() == "CLOSED" {
		return c.Closed
	}
	return time.Time{}
}

// closer is who closed what is closed: the actor of the last event that says so.
func closer(events []forgetest.Event) forgetest.Account {
	var last forgetest.Event
	for _, e := range events {
		if e.Type == "ClosedEvent" && !e.At.Before(last.At) {
			last = e
		}
	}
	return last.Actor
}

// releasedAt is when a release is said to be out; GitLab takes the creation for it.
func releasedAt(v *forgetest.Release) time.Time {
	if v.Published.IsZero() {
		return v.Created
	}
	return v.Published
}

// releases are those that GitLab could hold: it knows no drafts.
func releases(p *forgetest.Project) []forgetest.Release {
	return slices.DeleteFunc(slices.Clone(p.Releases), func(v forgetest.Release) bool { return v.Draft })
}

// groupID is the number of a group.
func groupID(path string) int64 { return forgetest.DerivedID(0, "group", strings.ToLower(path)) }

// within tells whether a path is that of a group or of something under it.
func within(path, group string) bool {
	path, group = strings.ToLower(path), strings.ToLower(group)
	return path == group || strings.HasPrefix(path, group+"/")
}

// groups are the paths of all groups that hold visible projects, sorted.
func groups(projects []*forgetest.Project) []string {
	var list []string
	for _, p := range projects {
		parts := strings.Split(p.Owner, "/")
		for i := range parts {
			list = append(list, strings.Join(parts[:i+1], "/"))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// base is the last part of a path, parent what comes before it.
func base(path string) string { return path[strings.LastIndex(path, "/")+1:] }

func parent(path string) string { return path[:max(0, strings.LastIndex(path, "/"))] }
