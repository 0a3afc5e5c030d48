package githubtest

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake/graphql"
)

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

func (r repository) change(c *Change) graphql.Object {
	s := r.subjectOf(c)
	return graphql.Object{Kind: "PullRequest", Field: func(name string, a *graphql.Arguments) any { return s.changeField(c, name, a) }}
}

func (s *subject) changeField(c *Change, name string, a *graphql.Arguments) any {
	switch name {
	case "merged":
		return c.Status() == "MERGED"
	case "mergedAt":
		return c.Merged
	case "mergedBy":
		return account(c.MergedBy)
	case "mergeCommit":
		return commit(s.Project, c.MergeCommit)
	case "isDraft":
		return c.Draft
	case "baseRefName":
		return c.TargetBranch()
	case "headRefName":
		return c.SourceBranch()
	case "baseRefOid":
		return forgetest.DerivedHash(c.BaseCommit, "base", s.Project.NumericID(), c.Number)
	case "headRefOid":
		return forgetest.DerivedHash(c.Head, "head", s.Project.NumericID(), c.Number)
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
		repository: r, kind: "PullRequest", prefix: "PR", path: fmt.Sprintf("/%s/pull/%d", r.FullName(), c.Number), number: c.Number, id: c.NumericID(r.Project),
		title: c.Title, body: c.Body, author: c.Author, association: c.Association, state: c.Status(),
		created: c.Created, updated: c.LastUpdate(), closed: c.ClosedAt(),
		labels: c.Labels, comments: c.Comments, reviews: c.Reviews, events: c.Events,
	}
}

func (r repository) issue(i *Issue) graphql.Object {
	s := &subject{
		repository: r, kind: "Issue", prefix: "I", path: fmt.Sprintf("/%s/issues/%d", r.FullName(), i.Number), number: i.Number, id: i.NumericID(r.Project),
		title: i.Title, body: i.Body, author: i.Author, association: i.Association, state: i.Status(),
		created: i.Created, updated: i.LastUpdate(), closed: i.Closed,
		labels: i.Labels, comments: i.Comments, events: func() []Event { return i.Timeline },
	}
	return graphql.Object{Kind: "Issue", Field: func(name string, a *graphql.Arguments) any {
		if name == "stateReason" {
			return orNull(i.StateReason)
		}
		return s.field(name, a)
	}}
}

func (s *subject) field(name string, a *graphql.Arguments) any {
	switch name {
	case "id":
		return nodeID(s.prefix, s.Project.NumericID(), s.number)
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
		return graphql.Connection(graphql.InOrder("IssueCommentConnection", s.comments, s.comment), a)
	case "timelineItems":
		return s.timeline(a)
	}
	return graphql.Unanswered{}
}

// labelled pages through the labels by name or as the test wrote them.
func (s *subject) labelled(a *graphql.Arguments) any {
	field, down := order(a, "CREATED_AT")
	at := map[string]int64{}
	for i, name := range s.labels {
		at[name] = int64(i)
	}
	sorted := graphql.Arrange(s.labels, func(*string) bool { return true }, func(name *string) graphql.Place {
		if field == "NAME" {
			return graphql.Place{Name: *name}
		}
		return graphql.Place{ID: at[*name]}
	})
	return graphql.Connection(sorted.List("LabelConnection", field, down, func(name *string) graphql.Object { return s.label(*name) }), a)
}

func (r repository) label(label string) graphql.Object {
	return graphql.Object{Kind: "Label", Field: func(name string, _ *graphql.Arguments) any {
		switch name {
		case "name":
			return label
		case "id":
			return nodeID("LA", r.Project.NumericID(), label)
		case "color":
			return "ededed"
		case "isDefault":
			return false
		case "description":
			return nil
		}
		return graphql.Unanswered{}
	}}
}

// counted is a connection whose items this server does not know.
func counted(kind string, n int) graphql.Object {
	return graphql.Object{Kind: kind, Field: func(name string, _ *graphql.Arguments) any {
		if name == "totalCount" {
			return n
		}
		return graphql.Unanswered{}
	}}
}

func (s *subject) comment(i int, c *Comment) graphql.Object {
	id := forgetest.DerivedID(c.ID, "comment", s.id, i)
	path := fmt.Sprintf("%s#issuecomment-%d", s.path, id)
	return graphql.Object{Kind: "IssueComment", Field: func(name string, _ *graphql.Arguments) any {
		return s.said(name, "IC", id, path, c.Author, c.Association, c.Body, c.At)
	}}
}

// said answers for comments and reviews, which are comments too.
func (s *subject) said(name, prefix string, id int64, path string, who Account, association, body string, at time.Time) any {
	switch name {
	case "id":
		return nodeID(prefix, s.Project.NumericID(), id)
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
	return graphql.Unanswered{}
}

// reviewed pages through a change's reviews, in the order in which the test wrote them.
func (s *subject) reviewed(c *Change, a *graphql.Arguments) any {
	states, author := a.Texts("states"), a.Text("author")
	type numbered struct {
		i int
		v *Review
	}
	var chosen []numbered
	for i := range c.Reviews {
		v := &c.Reviews[i]
		if among(states, shownState(v)) && (author == "" || strings.EqualFold(author, v.Author.Login)) {
			chosen = append(chosen, numbered{i, v})
		}
	}
	l := graphql.InOrder("PullRequestReviewConnection", chosen, func(_ int, n *numbered) graphql.Object { return s.review(n.i, n.v) })
	l.Place = func(i int) graphql.Place { return graphql.Place{ID: int64(chosen[i].i)} }
	return graphql.Connection(l, a)
}

func (s *subject) review(i int, v *Review) graphql.Object {
	id := forgetest.DerivedID(v.ID, "review", s.id, i)
	path := fmt.Sprintf("%s#pullrequestreview-%d", s.path, id)
	return graphql.Object{Kind: "PullRequestReview", Field: func(name string, _ *graphql.Arguments) any {
		switch name {
		case "state":
			return shownState(v)
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

func (r repository) release(v *Release) graphql.Object {
	return graphql.Object{Kind: "Release", Field: func(name string, _ *graphql.Arguments) any {
		switch name {
		case "id":
			return nodeID("RE", r.Project.NumericID(), v.NumericID(r.Project))
		case "databaseId":
			return v.NumericID(r.Project)
		case "tagName":
			return v.Tag
		case "name":
			return orNull(v.Name)
		case "author":
			if v.Author.Kind() != "User" {
				return nil
			}
			return account(v.Author)
		case "createdAt":
			return v.Created
		case "updatedAt":
			return v.LastUpdate()
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
			return site + "/" + r.FullName() + "/releases/tag/" + v.Tag
		case "resourcePath":
			return "/" + r.FullName() + "/releases/tag/" + v.Tag
		case "repository":
			return r.object()
		}
		return graphql.Unanswered{}
	}}
}
