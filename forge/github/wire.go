package github

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tributary-oss/tributary/forge/internal/mining"
	"github.com/tributary-oss/tributary/model"
)

// The types below are the replies to the queries. What GitHub may leave out is a
// pointer: null is a fact of its own, such as the author of a deleted account.

type actor struct {
	Typename     string `json:"__typename"`
	Login        string `json:"login"`
	DatabaseID   int64  `json:"databaseId"`
	ResourcePath string `json:"resourcePath"`
}

type object struct {
	OID string `json:"oid"`
}

type named struct {
	Name string `json:"name"`
}

type review struct {
	State       string     `json:"state"`
	SubmittedAt *time.Time `json:"submittedAt"`
	Body        string     `json:"body"`
	Association string     `json:"authorAssociation"`
	CanPush     bool       `json:"authorCanPushToRepository"`
	Author      *actor     `json:"author"`
	Commit      *object    `json:"commit"`
	Comments    struct {
		TotalCount int `json:"totalCount"`
	} `json:"comments"`
}

type comment struct {
	CreatedAt time.Time `json:"createdAt"`
	Body      string    `json:"body"`
	Author    *actor    `json:"author"`
}

type request struct {
	CreatedAt         time.Time `json:"createdAt"`
	RequestedReviewer *actor    `json:"requestedReviewer"`
}

type change struct {
	ID            string                `json:"id"`
	Number        int                   `json:"number"`
	Title         string                `json:"title"`
	CreatedAt     time.Time             `json:"createdAt"`
	UpdatedAt     time.Time             `json:"updatedAt"`
	MergedAt      *time.Time            `json:"mergedAt"`
	Base          string                `json:"baseRefName"`
	Head          string                `json:"headRefOid"`
	MergeCommit   *object               `json:"mergeCommit"`
	Author        *actor                `json:"author"`
	MergedBy      *actor                `json:"mergedBy"`
	Labels        *mining.Page[named]   `json:"labels"`
	Reviews       *mining.Page[review]  `json:"reviews"`
	TimelineItems *mining.Page[request] `json:"timelineItems"`
	Comments      *mining.Page[comment] `json:"comments"`
}

type event struct {
	Typename  string    `json:"__typename"`
	CreatedAt time.Time `json:"createdAt"`
	Actor     *actor    `json:"actor"`
	Label     *named    `json:"label"`
}

type issue struct {
	Number        int                   `json:"number"`
	Title         string                `json:"title"`
	CreatedAt     time.Time             `json:"createdAt"`
	UpdatedAt     time.Time             `json:"updatedAt"`
	ClosedAt      *time.Time            `json:"closedAt"`
	StateReason   string                `json:"stateReason"`
	Author        *actor                `json:"author"`
	Labels        *mining.Page[named]   `json:"labels"`
	Comments      *mining.Page[comment] `json:"comments"`
	TimelineItems *mining.Page[event]   `json:"timelineItems"`
}

type release struct {
	DatabaseID  int64      `json:"databaseId"`
	TagName     string     `json:"tagName"`
	CreatedAt   time.Time  `json:"createdAt"`
	UpdatedAt   time.Time  `json:"updatedAt"`
	PublishedAt *time.Time `json:"publishedAt"`
	IsDraft     bool       `json:"isDraft"`
	Author      *actor     `json:"author"`
}

// identity names an account by its number, which survives a change of name. An account
// that was deleted since is null, and a ghost. Teams have no name here: it takes a
// further right to read it.
func (l *listing) identity(a *actor) model.Identity {
	if a == nil || a.Typename == "" && a.Login == "" {
		return model.Identity{Type: model.GhostAccount}
	}
	id := model.Identity{Login: a.Login, Type: typeOf(a)}
	if a.DatabaseID > 0 {
		id.Account = fmt.Sprintf("%s:%d", l.host.name, a.DatabaseID)
	}
	return id
}

func typeOf(a *actor) model.AccountType {
	switch a.Typename {
	case "Bot":
		if strings.HasPrefix(a.ResourcePath, "/apps/") {
			return model.AppAccount
		}
		return model.BotAccount
	case "Mannequin":
		return model.MannequinAccount
	case "Organization":
		return model.OrganizationAccount
	case "Team":
		return model.TeamAccount
	}
	return model.UserAccount
}

// change states a merged change. Commands are only looked for where they were asked for.
func (l *listing) change(c *change) []model.Record {
	ch := &model.Change{Title: oneLine(c.Title), Opened: c.CreatedAt.UTC(), Merged: c.MergedAt.UTC(), Base: c.Base, Head: c.Head, Labels: labels(c.Labels)}
	if c.MergeCommit != nil {
		ch.MergeCommit = c.MergeCommit.OID
	}
	artifact := model.NewArtifact(model.ChangeArtifact, fmt.Sprint(c.Number))
	var records []model.Record
	act := func(role model.Role, who *actor, at time.Time, verb string, r *model.Review) {
		records = append(records, model.Record{Contribution: &model.Contribution{Artifact: artifact, Role: role,
			Actor: l.identity(who), At: at.UTC(), Verb: verb, Change: ch, Review: r}})
	}
	act(model.Author, c.Author, ch.Merged, "", nil)
	act(model.Merger, c.MergedBy, ch.Merged, "", nil)
	if c.Comments != nil {
		for _, o := range commands(c.Comments.Nodes) {
			by := c.Comments.Nodes[o.In]
			act(model.Commander, by.Author, by.CreatedAt, o.Verb, nil)
		}
	}
	if c.Reviews != nil {
		for _, r := range c.Reviews.Nodes {
			if r != nil && r.SubmittedAt != nil && r.State != "PENDING" {
				act(model.Reviewer, r.Author, *r.SubmittedAt, "", reviewOf(r))
			}
		}
	}
	for _, r := range c.TimelineItems.Nodes {
		if r != nil && !r.CreatedAt.IsZero() {
			act(model.Requested, r.RequestedReviewer, r.CreatedAt, "", nil)
		}
	}
	return records
}

func reviewOf(r *review) *model.Review {
	out := &model.Review{State: model.Commented, Said: r.State, Inline: r.Comments.TotalCount,
		Length: utf8.RuneCountInString(strings.TrimSpace(r.Body)), CanPush: r.CanPush, Association: r.Association}
	switch r.State {
	case "APPROVED":
		out.State = model.Approved
	case "CHANGES_REQUESTED":
		out.State = model.ChangesRequested
	case "DISMISSED":
		out.State = model.Dismissed
	}
	if r.Commit != nil {
		out.Commit = r.Commit.OID
	}
	return out
}

// issue states an issue: who opened it, who labelled and closed it, and who answered
// among its first ten comments.
func (l *listing) issue(i *issue) []model.Record {
	about := &model.Issue{Title: oneLine(i.Title), Opened: i.CreatedAt.UTC(), Reason: i.StateReason, Labels: labels(i.Labels)}
	if i.ClosedAt != nil {
		about.Closed = i.ClosedAt.UTC()
	}
	artifact := model.NewArtifact(model.IssueArtifact, fmt.Sprint(i.Number))
	var records []model.Record
	act := func(role model.Role, who *actor, at time.Time, verb string) {
		records = append(records, model.Record{Contribution: &model.Contribution{Artifact: artifact, Role: role,
			Actor: l.identity(who), At: at.UTC(), Verb: verb, Issue: about}})
	}
	act(model.Author, i.Author, i.CreatedAt, "")
	opener := l.identity(i.Author)
	answered := map[model.Identity]bool{}
	for _, c := range i.Comments.Nodes {
		if c == nil {
			continue
		}
		if who := l.identity(c.Author); who != opener && !answered[who] {
			answered[who] = true
			act(model.Responder, c.Author, c.CreatedAt, "")
		}
	}
	for _, e := range i.TimelineItems.Nodes {
		switch {
		case e == nil:
		case e.Typename == "LabeledEvent":
			act(model.Triager, e.Actor, e.CreatedAt, "labeled")
		case e.Typename == "ClosedEvent":
			act(model.Triager, e.Actor, e.CreatedAt, "closed")
		}
	}
	return records
}

// release states a published release; a draft is none yet.
func (l *listing) release(r *release) []model.Record {
	if r.IsDraft || r.PublishedAt == nil {
		return nil
	}
	return []model.Record{{Contribution: &model.Contribution{Artifact: model.NewArtifact(model.ReleaseArtifact, r.TagName),
		Role: model.Releaser, Actor: l.identity(r.Author), At: r.PublishedAt.UTC()}}}
}

func labels(p *mining.Page[named]) (names []string) {
	if p == nil {
		return nil
	}
	for _, n := range p.Nodes {
		if n != nil {
			names = append(names, n.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// oneLine folds white space, which a title must not have but an API may give.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// commands are those to merge robots that comments give.
func commands(comments []*comment) []mining.Command {
	texts := make([]string, len(comments))
	for i, c := range comments {
		if c != nil {
			texts[i] = c.Body
		}
	}
	return mining.Commands(texts)
}

// mergedByRobot reports whether commands to a robot may stand behind a merge.
func (c *change) mergedByRobot() bool {
	m := c.MergedBy
	return m != nil && (m.Typename == "Bot" || mining.LooksLikeRobot(m.Login))
}
