package gitea

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"github.com/tributary-oss/tributary/forge/internal/mining"
)

// place is where a page of a list begins. Pages are counted by the server, so that what
// leaves the list meanwhile moves all that follows it up, and an item from the next page
// onto the one that was read: it would be lost. What joins the list or is updated moves
// others down, which shows items twice and loses none. So where the list has got shorter,
// some of what was read is read again.
//
// Of changes that is enough: what joins their list does so at its head, and makes up for one
// that leaves. Issues are in the order in which they were opened, and their list holds those
// that were updated since an instant. Where one that was read is deleted while an older one
// joins the list behind it, the length is what it was, and the issue between two pages is
// lost until it is updated.
type place struct {
	offset int // items before it
	total  int // items of the list when the page before was read; 0 where that is unknown
	most   int // items that the server puts on a page, where that is less than was asked for; else 0
	full   int // items of the page before it that had the most
}

func (p place) String() string {
	return fmt.Sprintf("%d of %d by %d, %d", p.offset, p.total, p.most, p.full)
}

// parsePlace reads a cursor; "" is the beginning.
func parsePlace(cursor string) (p place, err error) {
	if cursor == "" {
		return p, nil
	}
	n, err := fmt.Sscanf(cursor, "%d of %d by %d, %d", &p.offset, &p.total, &p.most, &p.full)
	if err != nil || n != 4 || p.String() != cursor || p.offset <= 0 || min(p.total, p.most, p.full) < 0 || p.offset > mostOffset {
		return place{}, fmt.Errorf("%w: %.60q is not one of a Gitea list", mining.ErrCursor, cursor)
	}
	return p, nil
}

// Bounds for a server that leads nowhere.
const (
	mostOffset = 100_000_000
	mostShrunk = 20 // times that a list gets shorter while one page of it is read
)

// onePage reads the page of a list that begins at a cursor, or before it where the list has
// got shorter.
func onePage[T any](ctx context.Context, h *host, path string, query url.Values, size int, cursor string) (*mining.Page[T], error) {
	at, err := parsePlace(cursor)
	if err != nil {
		return nil, err
	}
	if at.most > 0 {
		size = min(size, at.most)
	}
	for range mostShrunk {
		number := at.offset/size + 1
		items, said, err := numbered[T](ctx, h, path, query, number, size)
		if err != nil {
			return nil, err
		}
		if lost := at.total - said.total; number > 1 && said.total >= 0 && lost > 0 {
			back := min(number-1, (lost+size-1)/size)
			at.offset, at.total = (number-1-back)*size, said.total
			continue
		}
		p := &mining.Page[T]{TotalCount: max(said.total, 0), Nodes: items}
		if said.goesOn((number-1)*size, len(items)) {
			next, err := at.behind(ctx, h, len(items), said, number, size)
			if err != nil {
				return nil, err
			}
			p.PageInfo.HasNextPage, p.PageInfo.EndCursor = true, next.String()
		}
		return p, nil
	}
	return nil, errors.New("the list gets shorter all the time")
}

// numbered reads one page by its number.
func numbered[T any](ctx context.Context, h *host, path string, query url.Values, number, size int) (items []*T, said reply, err error) {
	q := url.Values{"limit": {strconv.Itoa(size)}, "page": {strconv.Itoa(number)}}
	for name, values := range query {
		q[name] = values
	}
	said, err = h.ask(ctx, path, q, &items)
	return items, said, err
}

// goesOn reports whether a list goes on behind a page with so many items and so many before
// it.
func (r reply) goesOn(before, items int) bool {
	switch {
	case r.linked:
		return r.next
	case r.total >= 0:
		return items > 0 && before+items < r.total
	}
	return items > 0
}

// behind says where a list goes on behind a page. A page that is short and not the last one
// may be so because the server caps pages without a word, and then counts pages of that
// size; or because it left something out. It is asked for its cap, once. Where it
// does not tell, that is as large as the largest page at least: to take it for smaller
// than it is shows items twice, and the other way round loses some.
func (p place) behind(ctx context.Context, h *host, items int, said reply, number, size int) (place, error) {
	next := place{offset: number * size, total: max(said.total, 0), most: p.most, full: max(p.full, items)}
	if items == 0 || items >= size {
		return next, nil
	}
	most, err := h.mostItems(ctx)
	if err != nil {
		return place{}, err
	}
	if most == 0 {
		most = next.full
	}
	if most < size {
		next.offset, next.most = max(number*most, p.offset), most
	}
	return next, nil
}
