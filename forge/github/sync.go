package github

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tributary-oss/tributary/forge/internal/mining"
	"github.com/tributary-oss/tributary/forge/store"
)

// head is what a repository is now, and what stands at the heads of its lists.
type head struct {
	ID       int64  `json:"databaseId"`
	Name     string `json:"nameWithOwner"`
	Issues   bool   `json:"hasIssuesEnabled"`
	Changes  mining.Page[change]
	AnIssue  mining.Page[issue]
	Releases mining.Page[release] `json:"releases"`
}

// Marks of the heads of lists: where one is as it was, nothing in its list is new. They
// name more items than the newest, since one may become visible after a newer one.
func (h head) changes() (mark string) {
	for _, c := range h.Changes.Nodes {
		mark += fmt.Sprintf("%d at %s ", c.Number, c.UpdatedAt.Format(time.RFC3339))
	}
	return cmp.Or(mark, "none")
}

func (h head) issues() (mark string) {
	for _, i := range h.AnIssue.Nodes {
		mark += fmt.Sprintf("%d at %s ", i.Number, i.UpdatedAt.Format(time.RFC3339))
	}
	return cmp.Or(mark, "none")
}

func (h head) releases() string {
	said := fmt.Sprint(h.Releases.TotalCount)
	for _, r := range h.Releases.Nodes {
		said += fmt.Sprintf(" %d at %s", r.DatabaseID, r.UpdatedAt.Format(time.RFC3339))
	}
	return said
}

// look asks what the repository is, under whatever name it has now.
func (l *listing) look(ctx context.Context) (found mining.Found, err error) {
	var reply struct {
		Repository *struct {
			head
			PullRequests *mining.Page[change] `json:"pullRequests"`
			Issues       *mining.Page[issue]  `json:"issues"`
		}
	}
	if err = l.again(ctx, headQuery, map[string]any{"owner": l.owner, "name": l.name}, &reply); err != nil {
		return found, err
	}
	r := reply.Repository
	switch {
	case r == nil:
		return found, mining.ErrNoRepository
	case r.PullRequests == nil || r.Issues == nil || slices.Contains(r.PullRequests.Nodes, nil) ||
		slices.Contains(r.Issues.Nodes, nil) || slices.Contains(r.Releases.Nodes, nil):
		return found, fmt.Errorf("%w: it left out what stands at the heads of lists", mining.ErrHeavy)
	}
	l.head = r.head
	l.head.Changes, l.head.AnIssue = *r.PullRequests, *r.Issues
	return mining.Found{ID: r.ID, Path: r.Name}, nil
}

// read reads what is new in the lists.
func (l *listing) read(ctx context.Context) error {
	l.named()
	if !l.advised {
		l.advised = true
		if err := l.advisories(ctx); err != nil {
			return err
		}
	}
	if err := mining.Read(ctx, l.Reading, l.changeList()); err != nil {
		return err
	}
	if !l.head.Issues {
		if err := l.Lack(mining.IssueKinds, "issues are turned off in this repository"); err != nil {
			return err
		}
	} else if err := mining.Read(ctx, l.Reading, l.issueList()); err != nil {
		return err
	}
	return mining.Read(ctx, l.Reading, l.releaseList())
}

// variables are those of a page.
func (l *listing) variables(first int, after string) map[string]any {
	v := map[string]any{"owner": l.owner, "name": l.name, "first": first, "after": nil}
	if after != "" {
		v["after"] = after
	}
	return v
}

func (l *listing) changeList() *mining.List[change] {
	p := &l.State.Changes
	return &mining.List[change]{
		Name: "changes", Size: 25, Kinds: mining.ChangeKinds, Progress: p, Head: l.head.changes(),
		Fetch: func(ctx context.Context, first int, after string) (*mining.Page[change], error) {
			var reply struct {
				Repository struct {
					PullRequests *mining.Page[change] `json:"pullRequests"`
				}
			}
			v := l.variables(first, after)
			v["comments"] = p.Robots
			err := l.query(ctx, changesQuery, v, &reply)
			return reply.Repository.PullRequests, err
		},
		Updated: func(c *change) time.Time { return c.UpdatedAt },
		Follow:  l.followChanges,
		Intact: func(c *change) bool {
			return c.Number > 0 && c.MergedAt != nil && c.Labels != nil && c.Reviews != nil && c.Reviews.Nodes != nil && c.TimelineItems != nil
		},
		Fact: func(c *change) store.Fact {
			return store.Fact{Key: fmt.Sprintf("change/%d", c.Number), Records: l.change(c)}
		},
	}
}

// followChanges reads the further reviews of changes that have many, and what robots
// were told that merged some. Where a page has such changes, the next one brings that
// along: it makes the page larger and costs no further request.
func (l *listing) followChanges(ctx context.Context, changes []*change) error {
	var asked []*change
	robots := 0
	for _, c := range changes {
		if c.mergedByRobot() {
			robots++
			if c.Comments == nil {
				asked = append(asked, c)
			}
		} else {
			c.Comments = nil // nobody told a robot anything that it did
		}
		for c.Reviews != nil && c.Reviews.PageInfo.HasNextPage {
			if err := l.moreReviews(ctx, c); err != nil {
				return fmt.Errorf("reading the reviews of change %d: %w", c.Number, err)
			}
		}
	}
	l.State.Changes.Robots = robots > 0
	return l.comments(ctx, asked)
}

func (l *listing) moreReviews(ctx context.Context, c *change) error {
	var reply struct {
		Node *struct{ Reviews *mining.Page[review] }
	}
	first, after := 100, c.Reviews.PageInfo.EndCursor
	err := l.again(ctx, reviewsQuery, map[string]any{"id": c.ID, "first": first, "after": after}, &reply)
	for ; errors.Is(err, mining.ErrHeavy) && first > 2*mining.Smallest; err = l.query(ctx, reviewsQuery, map[string]any{"id": c.ID, "first": first, "after": after}, &reply) {
		first /= 2
	}
	if err != nil {
		return err
	}
	if reply.Node == nil || reply.Node.Reviews == nil || slices.Contains(reply.Node.Reviews.Nodes, nil) {
		return fmt.Errorf("%w: it answered without them", mining.ErrHeavy)
	}
	more := reply.Node.Reviews
	if more.PageInfo.HasNextPage && (len(more.Nodes) == 0 || more.PageInfo.EndCursor == "" || more.PageInfo.EndCursor == after) {
		return errors.New("the list of reviews does not come to an end")
	}
	c.Reviews.Nodes, c.Reviews.PageInfo = append(c.Reviews.Nodes, more.Nodes...), more.PageInfo
	if len(c.Reviews.Nodes) > mostReviews {
		return fmt.Errorf("it has more than %d reviews", mostReviews)
	}
	return nil
}

// mostReviews bounds the reviews of one change.
const mostReviews = 10_000

// comments reads the last comments of changes, half of them at a time where all are too
// many for the server.
func (l *listing) comments(ctx context.Context, of []*change) error {
	if len(of) == 0 {
		return nil
	}
	var ids []string
	for _, c := range of {
		ids = append(ids, c.ID)
	}
	type commented struct {
		ID       string
		Comments *mining.Page[comment]
	}
	var reply struct{ Nodes []*commented }
	ask := l.query
	if len(of) == 1 {
		ask = l.again
	}
	err := ask(ctx, commentsQuery, map[string]any{"ids": ids}, &reply)
	if errors.Is(err, mining.ErrHeavy) && len(of) > 1 {
		if err := l.comments(ctx, of[:len(of)/2]); err != nil {
			return err
		}
		return l.comments(ctx, of[len(of)/2:])
	}
	if err != nil {
		return fmt.Errorf("reading what robots were told: %w", err)
	}
	for _, c := range of {
		i := slices.IndexFunc(reply.Nodes, func(n *commented) bool { return n != nil && n.ID == c.ID && n.Comments != nil })
		if i < 0 {
			return fmt.Errorf("reading what robots were told of change %d: %w: it answered without that", c.Number, mining.ErrHeavy)
		}
		c.Comments = reply.Nodes[i].Comments
	}
	return nil
}

// again sends a query, and once more where the server gave up on it.
func (l *listing) again(ctx context.Context, text string, v map[string]any, into any) (err error) {
	for try := 1; try <= mining.MostTries; try++ {
		if err = l.query(ctx, text, v, into); !errors.Is(err, mining.ErrHeavy) {
			return err
		}
		if err := l.Rest(ctx, try); err != nil {
			return err
		}
	}
	return err
}

func (l *listing) issueList() *mining.List[issue] {
	p := &l.State.Issues
	return &mining.List[issue]{
		Name: "issues", Size: 25, Kinds: mining.IssueKinds, Progress: p, Head: l.head.issues(),
		Fetch: func(ctx context.Context, first int, after string) (*mining.Page[issue], error) {
			var reply struct {
				Repository struct{ Issues *mining.Page[issue] }
			}
			v := l.variables(first, after)
			v["since"] = nil
			if !p.Target.IsZero() {
				v["since"] = p.Target.UTC().Format(time.RFC3339)
			}
			err := l.query(ctx, issuesQuery, v, &reply)
			return reply.Repository.Issues, err
		},
		Updated: func(i *issue) time.Time { return i.UpdatedAt },
		Intact: func(i *issue) bool {
			return i.Number > 0 && i.Labels != nil && i.Comments != nil && i.TimelineItems != nil
		},
		Fact: func(i *issue) store.Fact {
			return store.Fact{Key: fmt.Sprintf("issue/%d", i.Number), Records: l.issue(i)}
		},
	}
}

// releaseList is read whole when anything in it is new: it knows no order of updates.
func (l *listing) releaseList() *mining.List[release] {
	p := &l.State.Releases
	return &mining.List[release]{
		Name: "releases", Size: 100, Whole: "release/", Kinds: mining.ReleaseKinds, Progress: p, Head: l.head.releases(),
		Fetch: func(ctx context.Context, first int, after string) (*mining.Page[release], error) {
			var reply struct {
				Repository struct{ Releases *mining.Page[release] }
			}
			err := l.query(ctx, releasesQuery, l.variables(first, after), &reply)
			return reply.Repository.Releases, err
		},
		Updated: func(r *release) time.Time { return r.CreatedAt },
		Intact:  func(r *release) bool { return r.DatabaseID > 0 },
		Fact: func(r *release) store.Fact {
			return store.Fact{Key: fmt.Sprintf("release/%d", r.DatabaseID), Records: l.release(r)}
		},
	}
}
