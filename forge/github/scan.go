package github

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// listing is the reading of one repository.
type listing struct {
	*Source
	web         string // host as the repository's address has it
	owner, name string
	store       *store.Store
	cleanup     func() // of a temporary store
	log         *store.Log
	since       time.Time // nothing older is asked for
	state       state
	head        head
	scanned     bool    // a list was read since the repository was looked at
	failed      []error // why lists could not be read in this run
}

// close gives back what the reading held.
func (l *listing) close() {
	if l.cleanup != nil {
		l.cleanup()
	}
}

// list is one of a repository's lists, newest first.
type list[T any] struct {
	name     string
	size     int // of a page
	kinds    []model.Kind
	progress *progress
	head     string // of the list now; where it is as before, nothing is new
	// whole says under which keys the facts of the list are where it is read from end to
	// end, because it is in no order of updates; what it does not hold any more goes.
	whole   string
	fetch   func(ctx context.Context, first int, after string) (*page[T], error)
	updated func(*T) time.Time
	fact    func(*T) store.Fact
	intact  func(*T) bool // that no part is null which never is
	// follow reads what a page does not show of its items; nil where it shows all.
	follow func(ctx context.Context, items []*T) error
}

// read scans a list until nothing in it is new. What cannot be read is said in the
// list's coverage; only the end of the context and a store that fails are errors.
func read[T any](ctx context.Context, l *listing, of *list[T]) error {
	p, since, now := of.progress, l.since, l.host.transport.Now()
	if !l.wants(of.kinds...) || p.failed {
		return nil
	}
	if of.whole != "" {
		since = time.Time{}
	}
	if p.idle(since, now, of.head) {
		p.Checked = now
		return l.cover(of.kinds, p, nil)
	}
	l.scanned = true
	p.begin(since, now, of.head)
	if of.whole != "" {
		p.Target = time.Time{}
	}
	err := scan(ctx, l, of)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, errStore):
		return err
	case err != nil:
		p.failed = true
		l.failed = append(l.failed, fmt.Errorf("%s: %w", of.name, err))
		l.Source.log.Warn("a list cannot be read further", "repository", l.owner+"/"+l.name, "list", of.name, "error", err)
	}
	return l.cover(of.kinds, p, err)
}

// Bounds for a server that leads nowhere.
const (
	mostRestarts = 2   // of a scan whose cursor is refused
	mostStanding = 200 // pages in a row that go no further back in time
)

// scan reads pages until the target.
func scan[T any](ctx context.Context, l *listing, of *list[T]) error {
	p := of.progress
	for done, restarts, standing := 0, 0, 0; !p.Started.IsZero(); {
		was := p.Reached
		n, err := onePage(ctx, l, of)
		switch {
		case errors.Is(err, errCursor) && p.Cursor != "" && restarts < mostRestarts:
			restarts++
			p.restart()
			continue
		case err != nil:
			return err
		}
		if standing++; !p.Reached.IsZero() && (was.IsZero() || p.Reached.Before(was)) {
			standing = 0
		}
		if standing > mostStanding {
			return errors.New("the list does not come to an end")
		}
		done += n
		if l.o.Progress != nil {
			l.o.Progress(Progress{Repository: l.owner + "/" + l.name, List: of.name, Done: done})
		}
	}
	return nil
}

// onePage reads one page and commits its facts together with the place where it ends,
// and with the coverage of a list that is not read to its end yet.
func onePage[T any](ctx context.Context, l *listing, of *list[T]) (items int, err error) {
	p := of.progress
	got, lacks, err := patiently(ctx, l, of)
	if err != nil {
		return 0, err
	}
	if of.follow != nil {
		if err := of.follow(ctx, got.Nodes); err != nil {
			return 0, err
		}
	}
	if lacks != nil {
		p.Lacks, p.Why = p.Lacks+lacks.items, lacks.Error()
	}
	var facts []store.Fact
	for _, item := range got.Nodes {
		f := of.fact(item)
		facts = append(facts, f)
		if at := of.updated(item); p.Reached.IsZero() || at.Before(p.Reached) {
			p.Reached = at
		}
		if of.whole != "" {
			p.Seen = append(p.Seen, f.Key)
		}
	}
	p.grow(of.size)
	p.Cursor = got.PageInfo.EndCursor
	ended := !got.PageInfo.HasNextPage || !p.Reached.IsZero() && p.Reached.Before(p.Target)
	switch {
	case ended && of.whole != "":
		gone, err := l.gone(of.whole, p.Seen)
		if err != nil {
			return 0, err
		}
		facts = append(facts, gone...)
		p.finish()
	case ended:
		p.finish()
	default:
		facts = append(facts, coverageFacts(of.kinds, p.coverage(errUnfinished))...)
	}
	return len(got.Nodes), l.commit(facts)
}

var (
	errUnfinished = errors.New("the reading was stopped; run it again, and it goes on")
	errStore      = errors.New("what was read cannot be stored")
)

// commit writes facts and the state in one transaction.
func (l *listing) commit(facts []store.Fact) error {
	if err := l.log.Commit(facts, &l.state); err != nil {
		return fmt.Errorf("%w: %w", errStore, err)
	}
	return nil
}

// gone returns empty facts for those under a prefix that were not seen, which deletes
// them.
func (l *listing) gone(prefix string, seen []string) (facts []store.Fact, err error) {
	for f, err := range l.log.Facts(prefix) {
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errStore, err)
		}
		if !slices.Contains(seen, f.Key) {
			facts = append(facts, store.Fact{Key: f.Key})
		}
	}
	return facts, nil
}

// holes are items that a page lacks.
type holes struct {
	items int
	error
}

// patiently fetches a page, a smaller one where the server gives up. Where even the
// smallest comes back with holes, what is there is taken and the holes are counted.
func patiently[T any](ctx context.Context, l *listing, of *list[T]) (*page[T], *holes, error) {
	p := of.progress
	for try := 1; ; try++ {
		got, err := of.fetch(ctx, p.size(of.size), p.Cursor)
		if err == nil {
			err = check(got, of.intact, p.Cursor)
		}
		switch {
		case err == nil:
			return got, nil, nil
		case !errors.Is(err, errHeavy):
			return nil, nil, err
		case p.shrink(of.size):
			l.Source.log.Info("a page was too heavy; a smaller one follows", "repository", l.owner+"/"+l.name, "list", of.name, "size", p.Size, "error", err)
			try = 0
			continue
		case try >= mostTries:
			if n, ok := dropHoles(got, err, of.intact); ok {
				return got, &holes{n, err}, nil
			}
			return nil, nil, err
		}
		if err := l.rest(ctx, try); err != nil {
			return nil, nil, err
		}
	}
}

// mostTries is how often the smallest page is asked for.
const mostTries = 3

// check refuses a page that proves nothing: one without its list, with items that are
// null or in part, or one that does not say how it goes on.
func check[T any](p *page[T], intact func(*T) bool, cursor string) error {
	switch {
	case p == nil || p.Nodes == nil:
		return fmt.Errorf("%w: it answered without the list", errHeavy)
	case p.PageInfo.HasNextPage && p.PageInfo.EndCursor == "":
		return fmt.Errorf("%w: it does not say how the list goes on", errHeavy)
	case p.PageInfo.HasNextPage && p.PageInfo.EndCursor == cursor:
		return errors.New("the list goes on where it already is")
	case slices.ContainsFunc(p.Nodes, func(item *T) bool { return item == nil || !intact(item) }):
		return fmt.Errorf("%w: it left items out, or parts of them", errHeavy)
	}
	return nil
}

// dropHoles takes out of a page what is null, or has a fault inside: a merger that could
// not be read must not look like one whose account was deleted. It returns how many; false
// where nothing of the page can be trusted, because a fault does not say where it is.
func dropHoles[T any](p *page[T], err error, intact func(*T) bool) (lost int, ok bool) {
	if p == nil || len(p.Nodes) == 0 || p.PageInfo.HasNextPage && p.PageInfo.EndCursor == "" {
		return 0, false
	}
	var f faults
	errors.As(err, &f)
	for _, e := range f {
		i := e.item()
		if i < 0 || i >= len(p.Nodes) {
			return 0, false
		}
		p.Nodes[i] = nil
	}
	all := len(p.Nodes)
	p.Nodes = slices.DeleteFunc(p.Nodes, func(item *T) bool { return item == nil || !intact(item) })
	return all - len(p.Nodes), true
}

// item returns the place in its page of the item in which a fault is, -1 where it does
// not say.
func (e fault) item() int {
	for n, step := range e.Path {
		if step == "nodes" && n+1 < len(e.Path) {
			if i, ok := e.Path[n+1].(float64); ok && i >= 0 && i < 1000 {
				return int(i)
			}
			break
		}
	}
	return -1
}

// cover writes down how complete the kinds of facts of a list are.
func (l *listing) cover(kinds []model.Kind, p *progress, failed error) error {
	return l.commit(coverageFacts(kinds, p.coverage(failed)))
}

// coverageFacts are a coverage for some kinds of facts.
func coverageFacts(kinds []model.Kind, c model.Coverage) (facts []store.Fact) {
	for _, k := range kinds {
		of := c
		of.Kind = k
		facts = append(facts, store.Fact{Key: "coverage/" + string(k), Records: []model.Record{{Coverage: &of}}})
	}
	return facts
}
