package gitea

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge/internal/mining"
	"github.com/tributary-oss/tributary/model"
)

// The types below are the replies of the API. What a server may leave out is a pointer:
// null is a fact of its own, and versions differ.

type repository struct {
	ID       int64      `json:"id"`
	FullName string     `json:"full_name"`
	Created  *time.Time `json:"created_at"`
	Original string     `json:"original_url"` // where it was imported from

	HasIssues   *bool     `json:"has_issues"`
	HasPulls    *bool     `json:"has_pull_requests"`
	HasReleases *bool     `json:"has_releases"`
	External    *struct{} `json:"external_tracker"` // its issues are elsewhere
}

type user struct {
	ID    int64 `json:"id"`
	Login short `json:"login"`
}

type named struct {
	Name string `json:"name"`
}

type branch struct {
	Ref string `json:"ref"`
	SHA string `json:"sha"`
}

type change struct {
	Number      int        `json:"number"`
	Title       string     `json:"title"`
	User        *user      `json:"user"`
	Labels      []*named   `json:"labels"`
	Merged      bool       `json:"merged"`
	ClosedAt    *time.Time `json:"closed_at"`
	MergedAt    *time.Time `json:"merged_at"` // not what it says; see mergedAt
	MergedBy    *user      `json:"merged_by"` // null in lists
	MergeCommit *string    `json:"merge_commit_sha"`
	MergeBase   string     `json:"merge_base"`
	Base        *branch    `json:"base"`
	Head        *branch    `json:"head"`
	CreatedAt   *time.Time `json:"created_at"`
	UpdatedAt   *time.Time `json:"updated_at"`

	followed bool // what follows was read
	reviews  []*review
	orders   []order // where a robot merged it
}

type review struct {
	ID        int64      `json:"id"`
	User      *user      `json:"user"`
	Team      *struct{}  `json:"team"`
	State     short      `json:"state"`
	Body      length     `json:"body"`
	Commit    short      `json:"commit_id"`
	Stale     bool       `json:"stale"`
	Official  bool       `json:"official"`
	Dismissed bool       `json:"dismissed"`
	Comments  int        `json:"comments_count"`
	Submitted *time.Time `json:"submitted_at"`
}

type comment struct {
	User      *user      `json:"user"`
	Body      string     `json:"body"`
	CreatedAt *time.Time `json:"created_at"`
}

type issue struct {
	Number    int        `json:"number"`
	Title     string     `json:"title"`
	User      *user      `json:"user"`
	Labels    []*named   `json:"labels"`
	State     string     `json:"state"`
	CreatedAt *time.Time `json:"created_at"`
	UpdatedAt *time.Time `json:"updated_at"`
	ClosedAt  *time.Time `json:"closed_at"`
	Pull      *struct {
		Merged bool `json:"merged"`
	} `json:"pull_request"` // it is a change

	events []*event // that count
}

type event struct {
	ID        int64      `json:"id"`
	Type      string     `json:"type"`
	User      *user      `json:"user"`
	Body      string     `json:"body"`
	CreatedAt *time.Time `json:"created_at"`
}

type release struct {
	ID        int64      `json:"id"`
	Tag       string     `json:"tag_name"`
	Draft     bool       `json:"draft"`
	Author    *user      `json:"author"`
	CreatedAt *time.Time `json:"created_at"`
	Published *time.Time `json:"published_at"`
}

// The accounts that are none, by their numbers: -1 stands for all that were deleted, those
// below are the server's own robots, -2 the one that runs actions.
const ghost = -1

// identity names who did something at an instant. An account's number survives a change of
// its name.
func (l *listing) identity(u *user, at time.Time) model.Identity {
	switch {
	case at.Before(l.imported):
		return model.Identity{Type: model.MannequinAccount}
	case u == nil || u.ID == ghost || u.ID == 0 && u.Login == "":
		return model.Identity{Type: model.GhostAccount}
	case u.ID < ghost:
		return model.Identity{Login: string(u.Login), Type: model.BotAccount}
	}
	id := model.Identity{Login: string(u.Login), Type: model.UserAccount}
	if u.ID > 0 {
		id.Account = fmt.Sprintf("%s:%d", l.host.name, u.ID)
	}
	return id
}

// mergedAt is when a change was merged; nil where that is not told. The merge closes it
// for good, which is written down once. The column behind merged_at is set by every later
// write to the change's row, such as its author's that maintainers may push to its branch.
// So it moves, while the time of the last update stays, and counts only where nothing else
// is told.
func (c *change) mergedAt() *time.Time { return cmp.Or(c.ClosedAt, c.MergedAt) }

// change states a merged change.
func (l *listing) change(c *change) []model.Record {
	ch := &model.Change{Title: oneLine(c.Title), Opened: c.CreatedAt.UTC(), Merged: c.mergedAt().UTC(), Start: c.MergeBase, Labels: labels(c.Labels)}
	if c.Base != nil {
		ch.Base = c.Base.Ref
	}
	if c.Head != nil {
		ch.Head = c.Head.SHA
	}
	if c.MergeCommit != nil {
		ch.MergeCommit = *c.MergeCommit
	}
	artifact := model.NewArtifact(model.ChangeArtifact, fmt.Sprint(c.Number))
	var records []model.Record
	act := func(role model.Role, who model.Identity, at time.Time, verb string, r *model.Review) {
		records = append(records, model.Record{Contribution: &model.Contribution{Artifact: artifact, Role: role,
			Actor: who, At: at.UTC(), Verb: verb, Change: ch, Review: r}})
	}
	act(model.Author, l.identity(c.User, ch.Opened), ch.Merged, "", nil)
	act(model.Merger, l.identity(c.MergedBy, ch.Merged), ch.Merged, "", nil)
	for _, o := range c.orders {
		act(model.Commander, l.identity(o.by, o.at), o.at, o.verb, nil)
	}
	for i, r := range c.reviews {
		if said := reviewOf(c.reviews, i); said != nil {
			act(model.Reviewer, l.identity(r.User, *r.Submitted), *r.Submitted, "", said)
		}
	}
	for _, r := range c.reviews {
		if r.State == "REQUEST_REVIEW" && r.Submitted != nil {
			act(model.Requested, l.requested(r), *r.Submitted, "", nil)
		}
	}
	return records
}

// requested is who was asked for a review: an account, or a team, whose name tells nobody
// who is in it.
func (l *listing) requested(r *review) model.Identity {
	if r.User == nil && r.Team != nil {
		return model.Identity{Type: model.TeamAccount}
	}
	return l.identity(r.User, *r.Submitted)
}

// states are the outcomes of reviews by Gitea's words. The others are no reviews: PENDING is
// not sent off, REQUEST_REVIEW waits for one.
var states = map[short]model.ReviewState{
	"APPROVED": model.Approved, "REQUEST_CHANGES": model.ChangesRequested, "COMMENT": model.Commented,
}

// reviewOf is what one of a change's reviews says; nil where it is none.
//
// A server marks as dismissed what somebody dismissed, and also each verdict that its
// reviewer followed by another. The latter stays what it was: nobody took it back.
// It counts as official the last verdict of whoever had write access, so that one
// official review tells it for all of the same reviewer.
func reviewOf(all []*review, i int) *model.Review {
	r := all[i]
	state := states[r.State]
	if state == "" || r.Submitted == nil {
		return nil
	}
	out := &model.Review{State: state, Said: string(r.State), Inline: max(r.Comments, 0), Length: int(r.Body),
		Commit: string(r.Commit), Stale: r.Stale, CanPush: r.Official}
	followed := false
	for n, other := range all {
		if r.User == nil || other.User == nil || r.User.ID <= 0 || r.User.ID != other.User.ID {
			continue
		}
		out.CanPush = out.CanPush || other.Official
		followed = followed || n > i && (other.State == "APPROVED" || other.State == "REQUEST_CHANGES")
	}
	if r.Dismissed && !followed {
		out.State = model.Dismissed
	}
	return out
}

// issue states an issue: who opened it, who labelled and closed it, and who answered
// among its first comments.
func (l *listing) issue(i *issue) []model.Record {
	about := &model.Issue{Title: oneLine(i.Title), Opened: i.CreatedAt.UTC(), Labels: labels(i.Labels)}
	if i.ClosedAt != nil && i.State != "open" {
		about.Closed = i.ClosedAt.UTC()
	}
	artifact := model.NewArtifact(model.IssueArtifact, fmt.Sprint(i.Number))
	var records []model.Record
	act := func(role model.Role, who model.Identity, at time.Time, verb string) {
		records = append(records, model.Record{Contribution: &model.Contribution{Artifact: artifact, Role: role,
			Actor: who, At: at.UTC(), Verb: verb, Issue: about}})
	}
	opener := l.identity(i.User, about.Opened)
	act(model.Author, opener, about.Opened, "")
	answered := map[model.Identity]bool{opener: true}
	for _, e := range i.events {
		if e.Type != "comment" {
			continue
		}
		if who := l.identity(e.User, *e.CreatedAt); !answered[who] {
			answered[who] = true
			act(model.Responder, who, *e.CreatedAt, "")
		}
	}
	for _, e := range i.events {
		if verb := triaged(e); verb != "" {
			act(model.Triager, l.identity(e.User, *e.CreatedAt), *e.CreatedAt, verb)
		}
	}
	return records
}

// triaged says how an event of an issue's timeline is triage; "" where it is not. A label
// that was put on has the body "1", one that was taken off none.
func triaged(e *event) string {
	switch {
	case e.CreatedAt == nil:
	case e.Type == "label" && e.Body == "1":
		return "labeled"
	case e.Type == "close":
		return "closed"
	}
	return ""
}

// release states a published release; a draft is none yet.
func (l *listing) release(r *release) []model.Record {
	if r.Draft || r.Published == nil {
		return nil
	}
	return []model.Record{{Contribution: &model.Contribution{Artifact: model.NewArtifact(model.ReleaseArtifact, r.Tag),
		Role: model.Releaser, Actor: l.identity(r.Author, *r.Published), At: r.Published.UTC()}}}
}

func labels(list []*named) (names []string) {
	for _, n := range list {
		if n != nil {
			names = append(names, n.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// oneLine folds white space, which a title must not have but an API may give.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// mergedByRobot reports whether commands to a robot may stand behind a merge.
func (c *change) mergedByRobot() bool {
	return c.MergedBy != nil && (c.MergedBy.ID < ghost || mining.LooksLikeRobot(string(c.MergedBy.Login)))
}
