package gitlab

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge/internal/mining"
	"github.com/tributary-oss/tributary/forge/store"
)

func (l *listing) changeList() *mining.List[change] {
	return &mining.List[change]{
		Name: "changes", Size: 100, Kinds: mining.ChangeKinds, Progress: &l.State.Changes, Head: l.head.changes,
		Fetch: func(ctx context.Context, size int, cursor string) (*mining.Page[change], error) {
			got, err := l.graphChanges(ctx, (size+1)/2, cursor)
			if errors.Is(err, errNoGraphQL) || l.spare(size, err) {
				return l.restChanges(ctx, size, cursor)
			}
			return got, err
		},
		Updated: func(c *change) time.Time { return c.updated },
		Follow:  l.followChanges,
		Intact:  func(c *change) bool { return !c.broken },
		Fact: func(c *change) store.Fact {
			key := fmt.Sprintf("change/%d", c.iid)
			if l.State.Changes.Timed(key, !c.merged.IsZero()); c.merged.IsZero() {
				return store.Fact{} // as of some very old ones; that of an earlier run stays
			}
			return store.Fact{Key: key, Records: l.change(c)}
		},
	}
}

// spare reports whether REST is to give a page that GraphQL fails to give although it is as
// small as pages get. Where that goes on, GraphQL is not asked any more, and pages are large
// again.
func (l *listing) spare(size int, err error) bool {
	if err == nil {
		l.tries, l.spared = 0, 0
	}
	if !errors.Is(err, mining.ErrHeavy) || errors.As(err, new(*mining.Holes)) || size > mining.Smallest {
		return false
	}
	if l.tries++; l.tries < mining.MostTries {
		return false
	}
	l.tries = 0
	if l.spared++; l.spared >= mostSpared {
		l.without(err)
		l.State.Changes.Size = 0
	}
	return true
}

// mostSpared is how many pages in a row may come by REST instead. The change that is
// too much for GraphQL is asked for twice, since that tells no part of a second.
const mostSpared = 5

// restChanges reads a page by REST.
func (l *listing) restChanges(ctx context.Context, size int, cursor string) (*mining.Page[change], error) {
	got, err := timed(ctx, l, "merge_requests", url.Values{"state": {"merged"}}, size, cursor, &l.State.Changes, (*restChange).updated)
	if err != nil {
		return nil, err
	}
	return converted(got, (*restChange).neutral), nil
}

// converted is a page of another type.
func converted[A, B any](p *mining.Page[A], to func(*A) *B) *mining.Page[B] {
	if p == nil || p.Nodes == nil {
		return nil
	}
	q := &mining.Page[B]{PageInfo: p.PageInfo, Nodes: []*B{}}
	for _, item := range p.Nodes {
		q.Nodes = append(q.Nodes, to(item))
	}
	return q
}

// graphChanges is what GraphQL replies about changes.
type graphChanges struct {
	Project struct {
		MergeRequests *mining.Page[graphChange] `json:"mergeRequests"`
	}
}

// graphChanges reads a page by GraphQL. Where it is more complex than the server allows,
// fewer notes come with each change, then fewer changes. What fits is remembered for all
// repositories of the server.
func (l *listing) graphChanges(ctx context.Context, size int, cursor string) (*mining.Page[change], error) {
	v, before, err := l.from(cursor)
	if err != nil {
		return nil, err
	}
	for {
		changes, notes := l.host.changes.Load(), l.host.notes.Load()
		v["first"], v["notes"] = min(int64(size), changes), notes
		var reply graphChanges
		err := l.query(ctx, changesQuery, v, &reply)
		var over *complexityError
		if errors.As(err, &over) {
			if err := l.simplify(over, changes, notes, min(int64(size), changes)); err != nil {
				return nil, err
			}
			continue
		}
		got := converted(reply.Project.MergeRequests, (*graphChange).neutral)
		if got != nil && got.PageInfo.EndCursor != "" {
			got.PageInfo.EndCursor = strings.Join([]string{byGraphQL, before, got.PageInfo.EndCursor}, " ")
		}
		return got, err
	}
}

// from are the variables of a page behind a cursor. One of REST goes on below the last
// change that was read.
func (l *listing) from(cursor string) (v map[string]any, before string, err error) {
	p := &l.State.Changes
	v = map[string]any{"path": l.Path, "after": nil, "since": nil, "before": nil}
	if !p.Target.IsZero() {
		v["since"] = p.Target.UTC().Format(time.RFC3339)
	}
	before = "-"
	parts := strings.SplitN(cursor, " ", 3)
	switch {
	case cursor == "":
	case parts[0] == byGraphQL && len(parts) == 3:
		before, v["after"] = parts[1], parts[2]
	case parts[0] == byTime && !p.Reached.IsZero():
		before = p.Reached.Add(time.Second).UTC().Format(time.RFC3339)
	default:
		return nil, "", fmt.Errorf("%w: it is none of this program's", mining.ErrCursor)
	}
	if before != "-" {
		v["before"] = before
	}
	return v, before, nil
}

// simplify makes pages smaller that were too complex; it fails where they cannot be.
// Others may have done so meanwhile. Each item adds a hundredth to what a list costs, so
// that fifty fewer save a third. Changes whose notes do not fit take a request each, so pages
// get small before notes get few.
func (l *listing) simplify(over *complexityError, changes, notes, size int64) error {
	h := l.host
	h.log.Info("a page was too complex; a simpler one follows", "host", h.base.Host, "complexity", over.score, "limit", over.limit, "changes", size, "notes", notes)
	switch {
	case over.score*4 > over.limit*9: // neither makes it less than half
		return l.without(over)
	case notes > usualNotes:
		h.notes.CompareAndSwap(notes, usualNotes)
	case size > mining.Smallest:
		h.changes.CompareAndSwap(changes, size/2)
	case notes > fewestNotes:
		h.notes.CompareAndSwap(notes, fewestNotes)
	default:
		return l.without(over)
	}
	return nil
}

// followChanges reads what a page does not show of its changes.
func (l *listing) followChanges(ctx context.Context, list []*change) error {
	if err := l.linear(ctx, list); err != nil {
		return err
	}
	lost := l.each(ctx, len(list), func(ctx context.Context, i int) error { return l.complete(ctx, list[i]) })
	if lost != nil && !errors.As(lost, new(*mining.Holes)) {
		return lost
	}
	if err := l.meet(ctx, people(list)); err != nil {
		return err
	}
	if err := l.readMembers(ctx, list); err != nil {
		return err
	}
	l.lacking(&l.State.Changes, map[string]bool{talk: l.seen.notes.hidden(), writers: l.seen.members.hidden(), robots: l.seen.accounts.off()})
	lost = alone(lost, len(list), l.unseen(list))
	if err := l.still(ctx); err != nil {
		return err
	}
	return lost
}

// unseen says what was refused of the changes of a page that is shown of others.
func (l *listing) unseen(list []*change) func(i int) error {
	noNotes, noApprovals := l.seen.notes.hidden(), l.seen.approvals.hidden()
	return func(i int) error {
		switch c := list[i]; {
		case c.unnoted != nil && !noNotes:
			return c.unnoted
		case c.unapproved != nil && !noApprovals:
			return c.unapproved
		}
		return nil
	}
}

// people are all accounts that changes show.
func people(list []*change) (all []*user) {
	for _, c := range list {
		all = append(append(append(all, c.author, c.merger), c.reviewers...), c.approvers...)
		for _, n := range c.notes {
			if n != nil {
				all = append(all, n.Author)
			}
		}
	}
	return all
}

// linear asks REST, for all of a page at once, what changes became that GraphQL shows
// without a merge commit: it does not know the squashed commit.
func (l *listing) linear(ctx context.Context, list []*change) error {
	asked := map[int64]*change{}
	query := url.Values{"state": {"merged"}, "per_page": {"100"}}
	for _, c := range list {
		if c.graphql && c.landed == "" {
			asked[c.iid] = c
			query.Add("iids[]", strconv.FormatInt(c.iid, 10))
		}
	}
	if len(asked) == 0 {
		return nil
	}
	var found []*restChange
	if _, err := l.host.get(ctx, l.project("merge_requests"), query, &found); err != nil && !errors.Is(err, mining.ErrHeavy) {
		return fmt.Errorf("reading what changes became: %w", err)
	}
	for _, r := range found { // what is not there is asked for by itself
		if r == nil {
			continue
		}
		if c := asked[r.IID]; c != nil {
			c.landed = firstOf(r.Merge, r.Squash)
			delete(asked, r.IID)
		}
	}
	for _, c := range asked {
		c.unsure = true
	}
	return nil
}

// complete reads the notes of a change, its approvals, and where it began if it was
// fast-forwarded: then its own last commit is what landed.
func (l *listing) complete(ctx context.Context, c *change) error {
	if c.merged.IsZero() {
		return nil // it makes no fact
	}
	if err := l.notes(ctx, c); err != nil {
		return err
	}
	if err := l.approvals(ctx, c); err != nil {
		return err
	}
	if c.landed == "" && (!c.graphql || c.unsure) {
		var one restChange
		if _, err := l.host.sure(ctx, l.project("merge_requests", c.iid), nil, &one); err != nil {
			return fmt.Errorf("reading change %d: %w", c.iid, err)
		} else if one.IID != c.iid {
			return fmt.Errorf("reading change %d: %w: it answered without it", c.iid, mining.ErrHeavy)
		}
		c.start, c.landed = one.Refs.Base, firstOf(one.Merge, one.Squash)
	}
	if c.landed != "" {
		c.start = ""
	}
	c.landed = firstOf(c.landed, c.head)
	return nil
}

// notes reads the notes of a change, or the rest of them.
func (l *listing) notes(ctx context.Context, c *change) error {
	for c.more != "" {
		err := l.moreNotes(ctx, c)
		if errors.Is(err, errNoGraphQL) || errors.Is(err, mining.ErrHeavy) {
			c.notes, c.more, c.graphql = nil, "", false
			return l.restNotes(ctx, c)
		}
		if err != nil {
			return fmt.Errorf("reading the notes of change %d: %w", c.iid, err)
		}
	}
	if c.graphql || l.seen.notes.off() {
		return nil
	}
	return l.restNotes(ctx, c)
}

func (l *listing) restNotes(ctx context.Context, c *change) error {
	notes, err := all[note](ctx, l.host, l.project("merge_requests", c.iid, "notes"), url.Values{"sort": {"asc"}, "order_by": {"created_at"}}, mostPages)
	if err != nil {
		err = fmt.Errorf("reading the notes of change %d: %w", c.iid, err)
	}
	// By GraphQL the others are shown, so that this one is a hole.
	if refused(err, http.StatusUnauthorized, http.StatusForbidden) && !l.plain.Load() || l.seen.notes.met(c.iid, err) {
		c.unnoted = err
		return nil
	}
	c.notes = notes
	return err
}

// mostPages bounds the notes of one change: 10,000 of them.
const mostPages = 100

// moreNotes reads the next page of a change's notes by GraphQL.
func (l *listing) moreNotes(ctx context.Context, c *change) error {
	var reply graphChanges
	v := map[string]any{"path": l.Path, "iids": []string{strconv.FormatInt(c.iid, 10)}, "first": laterNotes, "after": c.more}
	err := l.patient(ctx, notesQuery, v, &reply)
	var over *complexityError
	if errors.As(err, &over) {
		return fmt.Errorf("%w: %w", errNoGraphQL, err) // REST reads this change, and GraphQL the others
	}
	if err != nil {
		return err
	}
	p := reply.Project.MergeRequests
	if p == nil || len(p.Nodes) != 1 || p.Nodes[0] == nil || !whole(p.Nodes[0].Notes) {
		return fmt.Errorf("%w: it answered without them", mining.ErrHeavy)
	}
	more := p.Nodes[0].Notes
	if more.PageInfo.HasNextPage && (len(more.Nodes) == 0 || more.PageInfo.EndCursor == c.more || len(c.notes)+len(more.Nodes) >= 100*mostPages) {
		return fmt.Errorf("%w: notes", errTooMany)
	}
	c.notes = append(c.notes, more.Nodes...)
	c.more = ""
	if more.PageInfo.HasNextPage {
		c.more = more.PageInfo.EndCursor
	}
	return nil
}

// approvals reads who is listed to have approved, unless that came along, or a note tells of it.
func (l *listing) approvals(ctx context.Context, c *change) error {
	if c.approved || approvedInTime(c, inOrder(c.notes)) || l.seen.approvals.off() {
		return nil
	}
	var reply struct {
		By []struct {
			User *user `json:"user"`
		} `json:"approved_by"`
	}
	_, err := l.host.sure(ctx, l.project("merge_requests", c.iid, "approvals"), nil, &reply)
	if l.seen.approvals.met(c.iid, err) {
		c.unapproved = fmt.Errorf("reading the approvals of change %d: %w", c.iid, err)
		return nil
	}
	if err == nil && reply.By == nil {
		err = fmt.Errorf("%w: it answered without the list", mining.ErrHeavy)
	}
	if err := l.shrug(err); err != nil {
		return fmt.Errorf("reading the approvals of change %d: %w", c.iid, err)
	}
	c.approvers = nil // of a first try
	for _, a := range reply.By {
		c.approvers = append(c.approvers, a.User)
	}
	return nil
}

// readMembers reads, once, who has write access, where a page has reviews of which that is
// not known. Members have it from the role of a developer on:
// https://docs.gitlab.com/user/permissions/.
func (l *listing) readMembers(ctx context.Context, list []*change) error {
	if l.members != nil || !slices.ContainsFunc(list, func(c *change) bool { return len(c.notes) > 0 }) {
		return nil
	}
	type member struct {
		user
		Level int `json:"access_level"`
	}
	if l.seen.members.off() {
		return nil
	}
	found, err := all[member](ctx, l.host, l.project("members", "all"), nil, mostPages)
	if denied(err) {
		l.seen.members.close()
	}
	if err := l.shrug(err); err != nil {
		return fmt.Errorf("reading the members: %w", err)
	}
	l.members = map[string]bool{}
	for _, m := range found {
		if m != nil && m.Level >= developer {
			l.members[l.identity(&m.user).Account] = true
		}
	}
	return nil
}

const developer = 30
