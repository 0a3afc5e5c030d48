package github

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// head is what a repository is now, and what stands at the heads of its lists.
type head struct {
	ID       int64  `json:"databaseId"`
	Name     string `json:"nameWithOwner"`
	Issues   bool   `json:"hasIssuesEnabled"`
	Changes  page[change]
	AnIssue  page[issue]
	Releases page[release] `json:"releases"`
}

// marks of the heads of lists: where one is as it was, nothing in its list is new.
func (h head) changes() string {
	if len(h.Changes.Nodes) == 0 {
		return "none"
	}
	return fmt.Sprintf("%d at %s", h.Changes.Nodes[0].Number, h.Changes.Nodes[0].UpdatedAt.Format(time.RFC3339))
}

func (h head) issues() string {
	if len(h.AnIssue.Nodes) == 0 {
		return "none"
	}
	return fmt.Sprintf("%d at %s", h.AnIssue.Nodes[0].Number, h.AnIssue.Nodes[0].UpdatedAt.Format(time.RFC3339))
}

func (h head) releases() string {
	said := fmt.Sprint(h.Releases.TotalCount)
	for _, r := range h.Releases.Nodes {
		said += fmt.Sprintf(" %d at %s", r.DatabaseID, r.UpdatedAt.Format(time.RFC3339))
	}
	return said
}

var errNoRepository = errors.New("there is no such repository, or the token may not read it")

// look asks what the repository is, under whatever name it has now.
func (l *listing) look(ctx context.Context) error {
	var reply struct {
		Repository *struct {
			head
			PullRequests *page[change] `json:"pullRequests"`
			Issues       *page[issue]  `json:"issues"`
		}
	}
	if err := l.again(ctx, headQuery, map[string]any{"owner": l.owner, "name": l.name}, &reply); err != nil {
		return err
	}
	r := reply.Repository
	switch {
	case r == nil:
		return errNoRepository
	case r.ID <= 0:
		return errors.New("the server does not say which number the repository has")
	case r.PullRequests == nil || r.Issues == nil || slices.Contains(r.PullRequests.Nodes, nil) ||
		slices.Contains(r.Issues.Nodes, nil) || slices.Contains(r.Releases.Nodes, nil):
		return fmt.Errorf("%w: it left out what stands at the heads of lists", errHeavy)
	}
	l.head = r.head
	l.head.Changes, l.head.AnIssue = *r.PullRequests, *r.Issues
	return nil
}

// sync brings what is stored up to date. Each list that cannot be read says so in its
// coverage, and the others are read all the same.
func (l *listing) sync(ctx context.Context) error {
	if err := l.look(ctx); err != nil {
		if l.log == nil || ctx.Err() != nil {
			return err
		}
		return l.stale(err)
	}
	if err := l.known(); err != nil {
		return err
	}
	if err := l.advisories(ctx); err != nil {
		return err
	}
	for range mostRounds {
		if err := l.lists(ctx); err != nil {
			return err
		}
		if !l.scanned {
			break // nothing was read, so nothing can have slipped through meanwhile
		}
		l.scanned = false
		if err := l.look(ctx); ctx.Err() != nil {
			return context.Cause(ctx)
		} else if err != nil {
			return l.stale(err)
		}
	}
	if len(l.failed) == 0 {
		l.state.Finished = l.host.transport.Now().UTC().Truncate(time.Second)
	}
	return l.commit(nil)
}

// mostRounds is how often what changed while a scan went on is read, too. In a
// repository where something changes all the time the next run reads the rest.
const mostRounds = 3

// stale says of all kinds of facts that they are not up to date.
func (l *listing) stale(err error) error {
	l.failed = append(l.failed, err)
	for _, of := range []struct {
		kinds []model.Kind
		p     *progress
	}{{changeKinds, &l.state.Changes}, {issueKinds, &l.state.Issues}, {releaseKinds, &l.state.Releases}, {advisoryKinds, &l.state.Advisories}} {
		if l.wants(of.kinds...) {
			if err := l.cover(of.kinds, of.p, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// known remembers the repository by its number, which survives a change of name.
func (l *listing) known() error {
	key := fmt.Sprintf("%s/%d", l.web, l.head.ID)
	for _, path := range []string{l.owner + "/" + l.name, l.head.Name} {
		if err := l.store.Alias(l.web, strings.ToLower(path), key); err != nil {
			return err
		}
	}
	if owner, name, ok := strings.Cut(l.head.Name, "/"); ok {
		l.owner, l.name = owner, name
	}
	l.log, l.state = l.store.Log(key), state{}
	_, err := l.log.State(&l.state)
	if l.state.Name = l.head.Name; l.o.Fresh {
		l.state = state{Name: l.head.Name}
	}
	return err
}

var (
	changeKinds   = []model.Kind{model.MergeFacts, model.ReviewFacts}
	issueKinds    = []model.Kind{model.IssueFacts}
	releaseKinds  = []model.Kind{model.ReleaseFacts}
	advisoryKinds = []model.Kind{model.AdvisoryFacts}
)

// lists reads what is new in the lists.
func (l *listing) lists(ctx context.Context) error {
	if err := read(ctx, l, l.changeList()); err != nil {
		return err
	}
	if !l.head.Issues && l.wants(issueKinds...) {
		off := model.Coverage{State: model.Unavailable, Reason: "issues are turned off in this repository"}
		if err := l.commit(coverageFacts(issueKinds, off)); err != nil {
			return err
		}
	} else if err := read(ctx, l, l.issueList()); err != nil {
		return err
	}
	return read(ctx, l, l.releaseList())
}

// variables are those of a page.
func (l *listing) variables(first int, after string) map[string]any {
	v := map[string]any{"owner": l.owner, "name": l.name, "first": first, "after": nil}
	if after != "" {
		v["after"] = after
	}
	return v
}

func (l *listing) changeList() *list[change] {
	p := &l.state.Changes
	return &list[change]{
		name: "changes", size: 25, kinds: changeKinds, progress: p, head: l.head.changes(),
		fetch: func(ctx context.Context, first int, after string) (*page[change], error) {
			var reply struct {
				Repository struct {
					PullRequests *page[change] `json:"pullRequests"`
				}
			}
			v := l.variables(first, after)
			v["comments"] = p.Comments
			err := l.query(ctx, changesQuery, v, &reply)
			return reply.Repository.PullRequests, err
		},
		updated: func(c *change) time.Time { return c.UpdatedAt },
		follow:  l.followChanges,
		intact: func(c *change) bool {
			return c.Number > 0 && c.MergedAt != nil && c.Labels != nil && c.Reviews != nil && c.Reviews.Nodes != nil && c.TimelineItems != nil
		},
		fact: func(c *change) store.Fact {
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
	l.state.Changes.Comments = robots > 0
	return l.comments(ctx, asked)
}

func (l *listing) moreReviews(ctx context.Context, c *change) error {
	var reply struct {
		Node *struct{ Reviews *page[review] }
	}
	first, after := 100, c.Reviews.PageInfo.EndCursor
	err := l.again(ctx, reviewsQuery, map[string]any{"id": c.ID, "first": first, "after": after}, &reply)
	for ; errors.Is(err, errHeavy) && first > 2*smallest; err = l.query(ctx, reviewsQuery, map[string]any{"id": c.ID, "first": first, "after": after}, &reply) {
		first /= 2
	}
	if err != nil {
		return err
	}
	if reply.Node == nil || reply.Node.Reviews == nil || slices.Contains(reply.Node.Reviews.Nodes, nil) {
		return fmt.Errorf("%w: it answered without them", errHeavy)
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
		Comments *page[comment]
	}
	var reply struct{ Nodes []*commented }
	ask := l.query
	if len(of) == 1 {
		ask = l.again
	}
	err := ask(ctx, commentsQuery, map[string]any{"ids": ids}, &reply)
	if errors.Is(err, errHeavy) && len(of) > 1 {
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
			return fmt.Errorf("reading what robots were told of change %d: %w: it answered without that", c.Number, errHeavy)
		}
		c.Comments = reply.Nodes[i].Comments
	}
	return nil
}

// again sends a query, and once more where the server gave up on it.
func (l *listing) again(ctx context.Context, text string, v map[string]any, into any) (err error) {
	for try := 1; try <= mostTries; try++ {
		if err = l.query(ctx, text, v, into); !errors.Is(err, errHeavy) {
			return err
		}
		if err := l.rest(ctx, try); err != nil {
			return err
		}
	}
	return err
}

func (l *listing) issueList() *list[issue] {
	p := &l.state.Issues
	return &list[issue]{
		name: "issues", size: 25, kinds: issueKinds, progress: p, head: l.head.issues(),
		fetch: func(ctx context.Context, first int, after string) (*page[issue], error) {
			var reply struct {
				Repository struct{ Issues *page[issue] }
			}
			v := l.variables(first, after)
			v["since"] = nil
			if !p.Target.IsZero() {
				v["since"] = p.Target.UTC().Format(time.RFC3339)
			}
			err := l.query(ctx, issuesQuery, v, &reply)
			return reply.Repository.Issues, err
		},
		updated: func(i *issue) time.Time { return i.UpdatedAt },
		intact: func(i *issue) bool {
			return i.Number > 0 && i.Labels != nil && i.Comments != nil && i.TimelineItems != nil
		},
		fact: func(i *issue) store.Fact {
			return store.Fact{Key: fmt.Sprintf("issue/%d", i.Number), Records: l.issue(i)}
		},
	}
}

// releaseList is read whole when anything in it is new: it knows no order of updates.
func (l *listing) releaseList() *list[release] {
	p := &l.state.Releases
	return &list[release]{
		name: "releases", size: 100, whole: "release/", kinds: releaseKinds, progress: p, head: l.head.releases(),
		fetch: func(ctx context.Context, first int, after string) (*page[release], error) {
			var reply struct {
				Repository struct{ Releases *page[release] }
			}
			err := l.query(ctx, releasesQuery, l.variables(first, after), &reply)
			return reply.Repository.Releases, err
		},
		updated: func(r *release) time.Time { return r.CreatedAt },
		intact:  func(r *release) bool { return r.DatabaseID > 0 },
		fact: func(r *release) store.Fact {
			return store.Fact{Key: fmt.Sprintf("release/%d", r.DatabaseID), Records: l.release(r)}
		},
	}
}
