package gitlabtest

import (
	"crypto/sha1"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake/graphql"
)

func (r repository) change(c *forgetest.Change) graphql.Object {
	return graphql.Object{Kind: "MergeRequest", Field: func(name string, a *graphql.Arguments) any {
		switch name {
		case "assignees":
			return persons("MergeRequestAssignee", assigneesOf(c.Timeline), r.s.URL, a)
		case "reviewers":
			return persons("MergeRequestReviewer", reviewersOf(c), r.s.URL, a)
		case "approvedBy":
			var by []forgetest.Account
			for _, v := range approvals(c) {
				by = append(by, v.Author)
			}
			return persons("UserCore", by, r.s.URL, a)
		case "labels":
			return r.labels(c.Labels, a)
		case "notes":
			return r.notes(c, r.s.allNotes(r.p, c), a)
		case "discussions":
			return r.discussions(c, r.s.changeNotes(r.p, c), a)
		}
		return r.changeField(c, name)
	}}
}

// changeField answers what takes no arguments.
func (r repository) changeField(c *forgetest.Change, name string) any {
	switch name {
	case "id":
		return gid("MergeRequest", c.NumericID(r.p))
	case "iid":
		return strconv.Itoa(c.Number)
	case "title":
		return c.Title
	case "description":
		return c.Body
	case "state":
		return changeState(c)
	case "draft":
		return c.Draft
	case "createdAt":
		return c.Created
	case "updatedAt":
		return c.LastUpdate()
	case "author":
		return person("MergeRequestAuthor", writer(c.Author), r.s.URL)
	case "sourceBranch":
		return c.SourceBranch()
	case "targetBranch":
		return c.TargetBranch()
	case "commitCount":
		return c.Commits
	case "userNotesCount":
		return userNotes(r.s.changeNotes(r.p, c))
	case "webUrl":
		return r.s.URL + "/" + r.p.FullName() + "/-/merge_requests/" + strconv.Itoa(c.Number)
	case "project", "targetProject":
		return r.object()
	}
	return r.landing(c, name)
}

// landing answers how a change was merged. The squashed commit is nothing that GitLab's
// GraphQL shows.
func (r repository) landing(c *forgetest.Change, name string) any {
	switch name {
	case "mergedAt":
		return c.Merged
	case "mergeUser":
		return person("UserCore", c.MergedBy, r.s.URL)
	case "mergeCommitSha":
		return orNull(mergeCommit(c))
	case "squash", "squashOnMerge":
		return c.Landing() == forgetest.BySquash
	case "diffHeadSha":
		return landed(r.p, c)
	case "diffRefs":
		return refs(c.StartCommit(r.p), c.BaseTip(r.p), landed(r.p, c))
	case "diffStatsSummary":
		return object("DiffStatsSummary", func(name string) any {
			return map[string]any{"additions": c.Additions, "deletions": c.Deletions, "changes": c.Additions + c.Deletions, "fileCount": c.Files}[name]
		})
	}
	return graphql.Unanswered{}
}

func refs(base, start, head string) graphql.Object {
	return object("DiffRefs", func(name string) any {
		return map[string]any{"baseSha": base, "startSha": start, "headSha": head}[name]
	})
}

func (r repository) issue(i *forgetest.Issue) graphql.Object {
	return graphql.Object{Kind: "Issue", Field: func(name string, a *graphql.Arguments) any {
		switch name {
		case "id":
			return gid("Issue", i.NumericID(r.p))
		case "iid":
			return strconv.Itoa(i.Number)
		case "title":
			return i.Title
		case "description":
			return i.Body
		case "state":
			return issueState(i)
		case "createdAt":
			return i.Created
		case "updatedAt":
			return i.LastUpdate()
		case "closedAt":
			return i.Closed
		case "author":
			return person("UserCore", writer(i.Author), r.s.URL)
		case "assignees":
			return persons("UserCore", assigneesOf(i.Timeline), r.s.URL, a)
		case "labels":
			return r.labels(i.Labels, a)
		case "notes":
			return r.notes(nil, r.s.issueNotes(r.p, i), a)
		case "confidential":
			return false
		case "userNotesCount":
			return userNotes(r.s.issueNotes(r.p, i))
		case "webUrl":
			return r.s.URL + "/" + r.p.FullName() + "/-/issues/" + strconv.Itoa(i.Number)
		}
		return graphql.Unanswered{}
	}}
}

// labels pages through labels by their titles.
func (r repository) labels(labels []string, a *graphql.Arguments) any {
	list := slices.Sorted(slices.Values(labels))
	return paged(graphql.InOrder("LabelConnection", list, func(_ int, label *string) graphql.Object {
		return object("Label", func(name string) any {
			switch name {
			case "id":
				return gid("ProjectLabel", labelID(r.p, *label))
			case "title":
				return *label
			case "color":
				return "#ededed"
			}
			return graphql.Unanswered{}
		})
	}), a)
}

// notes pages through notes, the oldest first.
func (r repository) notes(c *forgetest.Change, list []note, a *graphql.Arguments) any {
	l := graphql.InOrder("NoteConnection", list, func(_ int, n *note) graphql.Object { return r.note(c, n) })
	l.Place = func(i int) graphql.Place { return graphql.Place{At: list[i].at.UnixNano(), ID: int64(i)} }
	return paged(l, a)
}

func (r repository) note(c *forgetest.Change, n *note) graphql.Object {
	return object("Note", func(name string) any {
		switch name {
		case "id":
			return gid(n.kind(), n.id)
		case "body":
			return n.body
		case "author":
			return person("UserCore", writer(n.author), r.s.URL)
		case "createdAt", "updatedAt":
			return n.at
		case "system":
			return n.action != ""
		case "systemNoteIconName":
			return orNull(icon(n.action))
		case "systemNoteMetadata":
			return metadata(n)
		case "internal", "confidential", "resolved":
			return false
		case "resolvable":
			return n.diff != ""
		case "position":
			return r.position(c, n)
		case "discussion":
			return r.discussion(c, n)
		case "url":
			return r.noteURL(c, n)
		}
		return graphql.Unanswered{}
	})
}

// noteURL is where a note of a change is shown: on the page of what it was made on.
func (r repository) noteURL(c *forgetest.Change, n *note) any {
	if c == nil {
		return graphql.Unanswered{}
	}
	page := fmt.Sprintf("merge_requests/%d", c.Number)
	if n.commit {
		page = "commit/" + n.diff
	}
	return fmt.Sprintf("%s/%s/-/%s#note_%d", r.s.URL, r.p.FullName(), page, n.id)
}

// icon is what GitLab shows beside a system note (SystemNoteHelper, ICON_NAMES_BY_ACTION).
func icon(action string) string {
	return map[string]string{
		"approved": "check", "unapproved": "unapproval", "requested_changes": "error", "reviewer": "user", "assignee": "user",
		"commit": "commit", "title": "pencil", "label": "label", "closed": "issue-close", "opened": "issues", "merged": "git-merge",
	}[action]
}

func metadata(n *note) any {
	if n.action == "" {
		return nil
	}
	return object("SystemNoteMetadata", func(name string) any {
		return map[string]any{"id": gid("SystemNoteMetadata", n.id), "action": n.action}[name]
	})
}

func (r repository) position(c *forgetest.Change, n *note) any {
	if n.diff == "" {
		return nil
	}
	return object("DiffPosition", func(name string) any {
		switch name {
		case "diffRefs":
			return refs(c.StartCommit(r.p), c.BaseTip(r.p), n.diff)
		case "filePath", "oldPath", "newPath":
			return "passage.txt"
		case "newLine":
			return n.line
		case "oldLine":
			return nil
		case "positionType":
			return "text"
		}
		return graphql.Unanswered{}
	})
}

// discussions pages through threads. Here every note is one of its own.
func (r repository) discussions(c *forgetest.Change, list []note, a *graphql.Arguments) any {
	l := graphql.InOrder("DiscussionConnection", list, func(_ int, n *note) graphql.Object { return r.discussion(c, n) })
	return paged(l, a)
}

func (r repository) discussion(c *forgetest.Change, n *note) graphql.Object {
	id := fmt.Sprintf("gid://gitlab/Discussion/%x", sha1.Sum(fmt.Append(nil, n.id)))
	return graphql.Object{Kind: "Discussion", Field: func(name string, a *graphql.Arguments) any {
		switch name {
		case "id", "replyId":
			return id
		case "createdAt":
			return n.at
		case "resolvable":
			return n.diff != ""
		case "resolved":
			return false
		case "resolvedAt":
			return time.Time{}
		case "notes":
			return r.notes(c, []note{*n}, a)
		}
		return graphql.Unanswered{}
	}}
}
