package mining

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// Page is a part of a list, in the form that GraphQL servers give it.
type Page[T any] struct {
	TotalCount int `json:"totalCount"`
	PageInfo   struct {
		HasNextPage bool   `json:"hasNextPage"`
		EndCursor   string `json:"endCursor"`
	} `json:"pageInfo"`
	Nodes []*T `json:"nodes"` // nil where the reply is without the list
}

// List is one of a repository's lists, newest first.
type List[T any] struct {
	Name     string
	Size     int // of a page
	Kinds    []model.Kind
	Progress *Progress
	Head     string // of the list now; where it is as before, nothing is new
	// Whole says under which keys the facts of the list are where it is read from end to
	// end, because it is in no order of updates; what it does not hold any more goes.
	Whole string
	// Unordered says that the list holds what was updated since the target, in another
	// order than that of updates, so that it is read to its end.
	Unordered bool
	// Fetch reads the page of a size behind a cursor, "" being the first one. Its errors
	// may be [ErrHeavy], [ErrCursor] and [*Holes].
	Fetch   func(ctx context.Context, size int, cursor string) (*Page[T], error)
	Updated func(*T) time.Time
	Fact    func(*T) store.Fact // one without a key is none
	Intact  func(*T) bool       // that no part is null which never is; nil is always
	// Follow reads what a page does not show of its items; nil where it shows all.
	// [*Holes] says which of them could not be read, and the others are taken.
	Follow func(ctx context.Context, items []*T) error
}

// What a fetch may fail of.
var (
	// ErrHeavy says that the server gave up on a query, which a smaller page may mend.
	ErrHeavy = errors.New("the query is too heavy for the server")
	// ErrCursor says that a cursor is not good any more.
	ErrCursor = errors.New("the cursor has expired")

	errHoles = errors.New("it left items out, or parts of them")
)

// Holes says which items of a page could not be read, by their places, and why.
type Holes struct {
	Items []int
	Err   error
}

func (h *Holes) Error() string { return h.Err.Error() }

// Unwrap returns why.
func (h *Holes) Unwrap() error { return h.Err }

// Read scans a list until nothing in it is new. What cannot be read is said in the
// list's coverage; only the end of the context and a store that fails are errors.
func Read[T any](ctx context.Context, r *Reading, of *List[T]) error {
	p, since, now := of.Progress, r.Since, r.Server.Now()
	if !r.Wants(of.Kinds...) || p.failed {
		return nil
	}
	if of.Whole != "" {
		since = time.Time{}
	}
	if p.idle(since, now, of.Head) {
		p.Checked = now
		return r.Cover(of.Kinds, p, nil)
	}
	r.scanned = true
	p.Begin(since, now, of.Head)
	if of.Whole != "" {
		p.Target = time.Time{}
	}
	err := scan(ctx, r, of)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, errStore):
		return err
	case err != nil:
		p.failed = true
		r.Fail(of.Name, err)
	}
	return r.Cover(of.Kinds, p, err)
}

// Bounds for a server that leads nowhere.
const (
	mostRestarts = 2       // of a scan whose cursor is refused
	mostStanding = 200     // pages in a row that go no further back in time
	mostRepeats  = 5       // pages in a row that begin alike, of a list without that order
	mostPages    = 200_000 // of any list: millions of items
	mostWhole    = 500     // of one that is remembered while it is read, such as releases
)

// scan reads pages until the target.
func scan[T any](ctx context.Context, r *Reading, of *List[T]) error {
	p := of.Progress
	var last string
	for done, restarts, standing, pages := 0, 0, 0, 0; !p.Started.IsZero(); pages++ {
		was := p.Reached
		n, first, err := onePage(ctx, r, of)
		switch {
		case errors.Is(err, ErrCursor) && p.Cursor != "" && restarts < mostRestarts:
			restarts++
			p.restart()
			continue
		case err != nil:
			return err
		}
		most := mostStanding
		if standing++; of.Unordered {
			if most = mostRepeats; first != last {
				standing, last = 0, first
			}
		} else if !p.Reached.IsZero() && (was.IsZero() || p.Reached.Before(was)) {
			standing = 0
		}
		if standing > most || pages > mostPages || of.Whole != "" && pages > mostWhole {
			return errors.New("the list does not come to an end")
		}
		done += n
		r.tell(forge.Progress{List: of.Name, Done: done})
	}
	return nil
}

// onePage reads one page and commits its facts together with the place where it ends,
// and with the coverage of a list that is not read to its end yet. First is the key of
// the first fact.
func onePage[T any](ctx context.Context, r *Reading, of *List[T]) (items int, first string, err error) {
	p := of.Progress
	got, lacks, err := patiently(ctx, r, of)
	if err != nil {
		return 0, "", err
	}
	if of.Follow != nil {
		if got.Nodes, err = dropped(got.Nodes, of.Follow(ctx, got.Nodes), p); err != nil {
			return 0, "", err
		}
	}
	if lacks != nil {
		p.Lacks, p.Why = p.Lacks+len(lacks.Items), lacks.Error()
	}
	facts := of.take(got.Nodes)
	if len(facts) > 0 {
		first = facts[0].Key
	}
	p.grow(of.Size)
	p.Cursor = got.PageInfo.EndCursor
	ended := !got.PageInfo.HasNextPage || !p.Reached.IsZero() && p.Reached.Before(p.Target)
	switch {
	case ended && of.Whole != "":
		gone, err := r.Gone(of.Whole, p.Seen)
		if err != nil {
			return 0, "", err
		}
		facts = append(facts, gone...)
		p.Finish()
	case ended:
		p.Finish()
	default:
		facts = append(facts, r.CoverageFacts(of.Kinds, p.Coverage(errUnfinished))...)
	}
	return len(got.Nodes), first, r.Commit(facts)
}

// take makes facts of the items of a page, and notes how far the list was read.
func (of *List[T]) take(items []*T) (facts []store.Fact) {
	p := of.Progress
	for _, item := range items {
		f := of.Fact(item)
		if f.Key != "" {
			facts = append(facts, f)
		}
		if at := of.Updated(item); !of.Unordered && (p.Reached.IsZero() || at.Before(p.Reached)) {
			p.Reached = at
		}
		if of.Whole != "" {
			p.Seen = append(p.Seen, f.Key)
		}
	}
	return facts
}

// dropped returns a page's items without those that an error says are holes, which it
// counts. Any other error comes back.
func dropped[T any](items []*T, err error, p *Progress) ([]*T, error) {
	var holes *Holes
	if err == nil || !errors.As(err, &holes) {
		return items, err
	}
	for _, i := range holes.Items {
		items[i] = nil
	}
	p.Lacks, p.Why = p.Lacks+len(holes.Items), holes.Error()
	return slices.DeleteFunc(items, func(item *T) bool { return item == nil }), nil
}

// patiently fetches a page, a smaller one where the server gives up. Where even the
// smallest comes back with holes, what is there is taken and the holes are counted.
func patiently[T any](ctx context.Context, r *Reading, of *List[T]) (*Page[T], *Holes, error) {
	p := of.Progress
	for try := 1; ; try++ {
		got, err := of.Fetch(ctx, p.PageSize(of.Size), p.Cursor)
		if err == nil {
			err = check(got, of.Intact, p.Cursor)
		}
		switch {
		case err == nil:
			return got, nil, nil
		case !errors.Is(err, ErrHeavy):
			return nil, nil, err
		case p.shrink(of.Size):
			r.Source.Log.Info("a page was too heavy; a smaller one follows", "repository", r.Path, "list", of.Name, "size", p.Size, "error", err)
			try = 0
			continue
		case try >= MostTries:
			if holes, ok := dropHoles(got, err, of.Intact); ok {
				return got, holes, nil
			}
			return nil, nil, err
		}
		if err := r.Rest(ctx, try); err != nil {
			return nil, nil, err
		}
	}
}

// MostTries is how often the smallest page is asked for.
const MostTries = 3

// check refuses a page that proves nothing: one without its list, with items that are
// null or in part, or one that does not say how it goes on.
func check[T any](p *Page[T], intact func(*T) bool, cursor string) error {
	switch {
	case p == nil || p.Nodes == nil:
		return fmt.Errorf("%w: it answered without the list", ErrHeavy)
	case p.PageInfo.HasNextPage && p.PageInfo.EndCursor == "":
		return fmt.Errorf("%w: it does not say how the list goes on", ErrHeavy)
	case p.PageInfo.HasNextPage && p.PageInfo.EndCursor == cursor:
		return errors.New("the list goes on where it already is")
	case slices.ContainsFunc(p.Nodes, func(item *T) bool { return !whole(item, intact) }):
		return fmt.Errorf("%w: %w", ErrHeavy, errHoles)
	}
	return nil
}

func whole[T any](item *T, intact func(*T) bool) bool {
	return item != nil && (intact == nil || intact(item))
}

// dropHoles takes out of a page what is null, or has a fault inside: a merger that could
// not be read must not look like one whose account was deleted. It is false where nothing
// of the page can be trusted, because a fault does not say where it is.
func dropHoles[T any](p *Page[T], err error, intact func(*T) bool) (*Holes, bool) {
	var known *Holes
	if !errors.As(err, &known) && !errors.Is(err, errHoles) {
		return nil, false
	}
	if p == nil || len(p.Nodes) == 0 || p.PageInfo.HasNextPage && p.PageInfo.EndCursor == "" {
		return nil, false
	}
	if known != nil {
		for _, i := range known.Items {
			if i >= len(p.Nodes) {
				return nil, false
			}
			p.Nodes[i] = nil
		}
	}
	holes := &Holes{Err: err}
	for i, item := range p.Nodes {
		if !whole(item, intact) {
			holes.Items = append(holes.Items, i)
		}
	}
	p.Nodes = slices.DeleteFunc(p.Nodes, func(item *T) bool { return !whole(item, intact) })
	return holes, true
}
