package githubtest

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

func (c *Change) branch() string { return cmp.Or(c.Branch, fmt.Sprintf("topic-%d", c.Number)) }

func (c *Change) id(p *Project) int64 { return orDerived(c.ID, "change", p.id(), c.Number) }
func (i *Issue) id(p *Project) int64  { return orDerived(i.ID, "issue", p.id(), i.Number) }

// subject is what changes and issues have in common.
type subject struct {
	repository
	kind        string // PullRequest or Issue
	prefix      string // of its global id
	path        string
	number      int
	id          int64
	title, body string
	author      Account
	association string
	state       string
	created     time.Time
	updated     time.Time
	closed      time.Time
	labels      []string
	comments    []Comment
	reviews     []Review
	events      func() []Event
}

func (r repository) change(c *Change) object {
	s := r.subjectOf(c)
	return object{"PullRequest", func(name string, a *arguments) any { return s.changeField(c, name, a) }}
}

func (s *subject) changeField(c *Change, name string, a *arguments) any {
	switch name {
	case "merged":
		return c.state() == "MERGED"
	case "mergedAt":
		return c.Merged
	case "mergedBy":
		return account(c.MergedBy)
	case "mergeCommit":
		return commit(s.Project, c.MergeCommit)
	case "isDraft":
		return c.Draft
	case "baseRefName":
		return cmp.Or(c.Base, "main")
	case "headRefName":
		return c.branch()
	case "baseRefOid":
		return orHash(c.BaseCommit, "base", s.Project.id(), c.Number)
	case "headRefOid":
		return orHash(c.Head, "head", s.Project.id(), c.Number)
	case "additions":
		return c.Additions
	case "deletions":
		return c.Deletions
	case "changedFiles":
		return c.Files
	case "commits":
		return counted("PullRequestCommitConnection", c.Commits)
	case "reviews":
		return s.reviewed(c, a)
	case "totalCommentsCount":
		return len(c.Comments)
	case "permalink":
		return site + s.path
	}
	return s.field(name, a)
}

func (r repository) subjectOf(c *Change) *subject {
	return &subject{
		repository: r, kind: "PullRequest", prefix: "PR", path: fmt.Sprintf("/%s/pull/%d", r.fullName(), c.Number), number: c.Number, id: c.id(r.Project),
		title: c.Title, body: c.Body, author: c.Author, association: c.Association, state: c.state(),
		created: c.Created, updated: c.updated(), closed: c.closed(),
		labels: c.Labels, comments: c.Comments, reviews: c.Reviews, events: c.events,
	}
}

func (r repository) issue(i *Issue) object {
	s := &subject{
		repository: r, kind: "Issue", prefix: "I", path: fmt.Sprintf("/%s/issues/%d", r.fullName(), i.Number), number: i.Number, id: i.id(r.Project),
		title: i.Title, body: i.Body, author: i.Author, association: i.Association, state: i.state(),
		created: i.Created, updated: i.updated(), closed: i.Closed,
		labels: i.Labels, comments: i.Comments, events: func() []Event { return i.Timeline },
	}
	return object{"Issue", func(name string, a *arguments) any {
		if name == "stateReason" {
			return orNull(i.StateReason)
		}
		return s.field(name, a)
	}}
}

func (s *subject) field(name string, a *arguments) any {
	switch name {
	case "id":
		return nodeID(s.prefix, s.Project.id(), s.number)
	case "databaseId", "fullDatabaseId":
		return s.id
	case "number":
		return s.number
	case "title":
		return s.title
	case "body", "bodyText":
		return s.body
	case "author":
		return account(s.author)
	case "authorAssociation":
		return cmp.Or(s.association, "NONE")
	case "state":
		return s.state
	case "closed":
		return s.state != "OPEN"
	case "createdAt", "publishedAt":
		return s.created
	case "updatedAt":
		return s.updated
	case "closedAt":
		return s.closed
	case "url":
		return site + s.path
	case "resourcePath":
		return s.path
	case "locked":
		return false
	case "repository":
		return s.repository.object()
	case "labels":
		return s.labelled(a)
	case "comments":
		return connection(inOrder("IssueCommentConnection", s.comments, s.comment), a)
	case "timelineItems":
		return s.timeline(a)
	}
	return unanswered{}
}

// labelled pages through the labels by name or as the test wrote them.
func (s *subject) labelled(a *arguments) any {
	field, down := order(a, "CREATED_AT")
	at := map[string]int64{}
	for i, name := range s.labels {
		at[name] = int64(i)
	}
	sorted := arrange(s.labels, func(*string) bool { return true }, func(name *string) place {
		if field == "NAME" {
			return place{Name: *name}
		}
		return place{ID: at[*name]}
	})
	return connection(sorted.list("LabelConnection", field, down, func(name *string) object { return s.label(*name) }), a)
}

func (r repository) label(label string) object {
	return object{"Label", func(name string, _ *arguments) any {
		switch name {
		case "name":
			return label
		case "id":
			return nodeID("LA", r.Project.id(), label)
		case "color":
			return "ededed"
		case "isDefault":
			return false
		case "description":
			return nil
		}
		return unanswered{}
	}}
}

// counted is a connection whose items this server does not know.
func counted(kind string, n int) object {
	return object{kind, func(name string, _ *arguments) any {
		if name == "totalCount" {
			return n
		}
		return unanswered{}
	}}
}

func (s *subject) comment(i int, c *Comment) object {
	id := orDerived(c.ID, "comment", s.id, i)
	path := fmt.Sprintf("%s#issuecomment-%d", s.path, id)
	return object{"IssueComment", func(name string, _ *arguments) any {
		return s.said(name, "IC", id, path, c.Author, c.Association, c.Body, c.At)
	}}
}

// said answers for comments and reviews, which are comments too.
func (s *subject) said(name, prefix string, id int64, path string, who Account, association, body string, at time.Time) any {
	switch name {
	case "id":
		return nodeID(prefix, s.Project.id(), id)
	case "databaseId", "fullDatabaseId":
		return id
	case "author":
		return account(who)
	case "authorAssociation":
		return cmp.Or(association, "NONE")
	case "body", "bodyText":
		return body
	case "createdAt", "publishedAt", "updatedAt":
		return at
	case "url":
		return site + path
	case "resourcePath":
		return path
	case "isMinimized":
		return false
	case "repository":
		return s.repository.object()
	case "pullRequest":
		if s.kind == "Issue" {
			return nil
		}
		return s.repository.changeOf(s.number)
	case "issue":
		return s.repository.issueOf(s.number)
	}
	return unanswered{}
}

// reviewed pages through a change's reviews, in the order in which the test wrote them.
func (s *subject) reviewed(c *Change, a *arguments) any {
	states, author := a.texts("states"), a.text("author")
	type numbered struct {
		i int
		v *Review
	}
	var chosen []numbered
	for i := range c.Reviews {
		v := &c.Reviews[i]
		if among(states, v.state()) && (author == "" || strings.EqualFold(author, v.Author.Login)) {
			chosen = append(chosen, numbered{i, v})
		}
	}
	l := inOrder("PullRequestReviewConnection", chosen, func(_ int, n *numbered) object { return s.review(n.i, n.v) })
	l.place = func(i int) place { return place{ID: int64(chosen[i].i)} }
	return connection(l, a)
}

func (v *Review) state() string { return cmp.Or(v.State, "COMMENTED") }

func (s *subject) review(i int, v *Review) object {
	id := orDerived(v.ID, "review", s.id, i)
	path := fmt.Sprintf("%s#pullrequestreview-%d", s.path, id)
	return object{"PullRequestReview", func(name string, _ *arguments) any {
		switch name {
		case "state":
			return v.state()
		case "submittedAt":
			return v.Submitted
		case "commit":
			return commit(s.Project, v.Commit)
		case "authorCanPushToRepository":
			return v.CanPush
		case "comments":
			return counted("PullRequestReviewCommentConnection", v.Inline)
		}
		return s.said(name, "PRR", id, path, v.Author, v.Association, v.Body, v.Submitted)
	}}
}

func (v *Release) shown() bool { return !v.Draft }

func (v *Release) id(p *Project) int64 { return orDerived(v.ID, "release", p.id(), v.Tag) }

func (r repository) release(v *Release) object {
	return object{"Release", func(name string, _ *arguments) any {
		switch name {
		case "id":
			return nodeID("RE", r.Project.id(), v.id(r.Project))
		case "databaseId":
			return v.id(r.Project)
		case "tagName":
			return v.Tag
		case "name":
			return orNull(v.Name)
		case "author":
			if v.Author.kind() != "User" {
				return nil
			}
			return account(v.Author)
		case "createdAt":
			return v.Created
		case "updatedAt":
			return v.updated()
		case "publishedAt":
			return v.Published
		case "isDraft":
			return v.Draft
		case "isPrerelease":
			return v.Prerelease
		case "isLatest":
			return false
		case "tagCommit":
			return commit(r.Project, v.Commit)
		case "url":
			return site + "/" + r.fullName() + "/releases/tag/" + v.Tag
		case "resourcePath":
			return "/" + r.fullName() + "/releases/tag/" + v.Tag
		case "repository":
			return r.object()
		}
		return unanswered{}
	}}
}
