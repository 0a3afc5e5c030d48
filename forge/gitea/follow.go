package gitea

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/tributary-oss/tributary/forge/internal/mining"
)

// mostBroken is how many items of one page a server may fail to show. Where it fails with
// more, it is the server that is broken, and the page is read another time.
const mostBroken = 3

// follow reads what belongs to some of a page's items, by their places, up to eight of them
// at once. An item that is not there any more, or that the server fails to show twice, is a
// hole, as is one to which more belongs than can be; where all are, it is the list that
// cannot be read.
func (l *listing) follow(ctx context.Context, places []int, read func(ctx context.Context, i int) error) error {
	if len(places) == 0 {
		return nil
	}
	if _, err := l.host.mostItems(ctx); err != nil {
		return err
	}
	errs := make([]error, len(places))
	within, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var broken atomic.Int64
	var g errgroup.Group
	g.SetLimit(inFlight)
	for n, place := range places {
		g.Go(func() error {
			if within.Err() != nil {
				return context.Cause(within)
			}
			err := read(within, place)
			errs[n] = err
			if err == nil || isGone(err) || isBroken(err) && broken.Add(1) <= mostBroken {
				return nil
			}
			stop(err)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if err := l.insist(ctx, places, errs, read); err != nil {
		return err
	}
	return holes(places, errs)
}

// insist asks once more for the items that were not shown, if the repository still is: where
// that is gone too, or closed to the token, nothing is known of its items.
func (l *listing) insist(ctx context.Context, places []int, errs []error, read func(ctx context.Context, i int) error) error {
	var failed []int
	for n, err := range errs {
		if err != nil && !errors.Is(err, errEndless) {
			failed = append(failed, n)
		}
	}
	if len(failed) == 0 {
		return nil
	}
	if _, err := l.host.ask(ctx, l.at(), nil, new(repository)); err != nil {
		return fmt.Errorf("%w, and the repository itself: %w", errs[failed[0]], err)
	}
	for _, n := range failed {
		if errors.Is(errs[n], mining.ErrHeavy) {
			if err := l.Rest(ctx, 1); err != nil {
				return err
			}
		}
		if errs[n] = read(ctx, places[n]); errs[n] != nil && !isGone(errs[n]) && !isBroken(errs[n]) {
			return errs[n]
		}
	}
	return nil
}

// isBroken reports whether an error is the server's, and of one item.
func isBroken(err error) bool { return errors.Is(err, mining.ErrHeavy) || errors.Is(err, errEndless) }

// errEndless says that more belongs to an item than anyone can have done.
var errEndless = errors.New("it is not read to its end")

// holes makes one error of those of single items; nil where there is none.
func holes(places []int, errs []error) error {
	h := &mining.Holes{}
	for n, err := range errs {
		if err != nil {
			h.Items = append(h.Items, places[n])
			h.Err = cmp.Or(h.Err, err)
		}
	}
	switch {
	case len(h.Items) == 0:
		return nil
	case len(h.Items) == len(places) && len(places) > mostBroken:
		return h.Err
	}
	return h
}

// followChanges reads mergers, reviews and commands of the changes of a page.
func (l *listing) followChanges(ctx context.Context, changes []*change) error {
	var fresh []int
	for i, c := range changes {
		if l.isNew(c) {
			fresh = append(fresh, i)
		}
	}
	return l.follow(ctx, fresh, func(ctx context.Context, i int) error {
		c := changes[i]
		if err := l.followChange(ctx, c); err != nil {
			return fmt.Errorf("change %d: %w", c.Number, err)
		}
		c.followed = true
		return nil
	})
}

// isNew reports whether a change is one to be read: a merged one, within the scan's span
// and not read by it yet. What the scan has reached was read down to its last instant, so
// what is newer is either known or moved up meanwhile, which the next scan sees.
func (l *listing) isNew(c *change) bool {
	p := &l.State.Changes
	return c.Merged && !c.UpdatedAt.Before(p.Target) && (p.Reached.IsZero() || !c.UpdatedAt.After(p.Reached))
}

func (l *listing) followChange(ctx context.Context, c *change) (err error) {
	if c.MergedBy == nil { // as in lists of all versions known
		var whole *change
		if _, err := l.host.ask(ctx, l.at("pulls", c.Number), nil, &whole); err != nil {
			return err
		}
		if whole == nil || whole.Number != c.Number {
			return errNothing
		}
		c.complete(whole)
	}
	if c.reviews, err = l.reviews(ctx, c.Number); err != nil || !c.mergedByRobot() {
		return err
	}
	var comments []*comment // all of them: this list has no pages
	_, err = l.host.ask(ctx, l.at("issues", c.Number, "comments"), nil, &comments)
	c.orders = ordersIn(slices.DeleteFunc(comments, func(c *comment) bool { return c == nil || c.CreatedAt == nil }))
	return err
}

// complete takes what lists lack. The last commit is the list's: Gitea takes that from the
// change's own reference there, and from its branch when it shows the change alone, where
// others may have pushed since.
func (c *change) complete(whole *change) {
	c.MergedBy = whole.MergedBy
	if c.MergeCommit == nil || *c.MergeCommit == "" {
		c.MergeCommit = whole.MergeCommit
	}
	if c.Head == nil || c.Head.SHA == "" {
		c.Head = whole.Head
	}
	if c.MergeBase == "" {
		c.MergeBase = whole.MergeBase
	}
}

// reviews reads all reviews of a change. Their list has no links, and its count includes
// those that were not sent off, which nobody but their authors gets to see: a page may be
// short and not the last. So as many pages are asked for as the count fills.
func (l *listing) reviews(ctx context.Context, number int) ([]*review, error) {
	most, err := l.host.mostItems(ctx)
	if err != nil {
		return nil, err
	}
	var all []*review
	seen := map[int64]bool{}
	for page, read := 1, 0; page <= mostItemPages && read <= mostReviews; page++ {
		items, said, err := numbered[review](ctx, l.host, l.at("pulls", number, "reviews"), nil, page, usualMost)
		if err != nil {
			return nil, err
		}
		read += len(items)
		for _, r := range items {
			if r != nil && !seen[r.ID] {
				seen[r.ID] = true
				all = append(all, r)
			}
		}
		if len(items) == 0 || len(all) >= said.total && said.total >= 0 || most > 0 && page*most >= said.total && said.total >= 0 {
			return all, nil
		}
	}
	return nil, fmt.Errorf("%w, since it has more than %d reviews, or %d pages of them", errEndless, mostReviews, mostItemPages)
}

// Bounds of what belongs to one item, far above what was ever seen. Pages alone do not
// bound it: a server may put more on one than it was asked for.
const (
	mostItemPages = 200
	mostReviews   = 5_000
	mostEvents    = 10_000
)

// followIssues reads the timelines of the issues of a page.
func (l *listing) followIssues(ctx context.Context, issues []*issue) error {
	all := make([]int, len(issues))
	for i := range all {
		all[i] = i
	}
	return l.follow(ctx, all, func(ctx context.Context, i int) (err error) {
		if issues[i].events, err = l.events(ctx, issues[i].Number); err != nil {
			return fmt.Errorf("issue %d: %w", issues[i].Number, err)
		}
		return nil
	})
}

// events reads the timeline of an issue. It has neither links nor a count, and a page lacks
// what one may not see, such as that a private project refers to the issue. A page that is
// less than half full is taken for the last one.
func (l *listing) events(ctx context.Context, number int) ([]*event, error) {
	most, err := l.host.mostItems(ctx)
	if err != nil {
		return nil, err
	}
	var all []*event
	comments := 0
	for page, read := 1, 0; page <= mostItemPages && read <= mostEvents; page++ {
		items, _, err := numbered[event](ctx, l.host, l.at("issues", number, "timeline"), nil, page, usualMost)
		if err != nil {
			return nil, err
		}
		read += len(items)
		all = append(all, worth(items, &comments)...)
		if len(items) == 0 || len(items) < most/2 {
			return all, nil
		}
	}
	return nil, fmt.Errorf("%w, since its timeline has more than %d entries, or %d pages of them", errEndless, mostEvents, mostItemPages)
}

// at is the path of something in the repository.
func (l *listing) at(parts ...any) string {
	path := "repos/" + l.escaped()
	for _, part := range parts {
		switch p := part.(type) {
		case int:
			path += "/" + strconv.Itoa(p)
		case string:
			path += "/" + url.PathEscape(p)
		}
	}
	return path
}
