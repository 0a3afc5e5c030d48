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
// onto the one that was read: it would be lost. What is updated moves to the front and all
// else down, which shows items twice and loses none. So only a list that has got shorter
// can have lost one.
type place struct {
	offset int // items before it
	total  int // items of the list when the page before was read; 0 where that is unknown
	most   int // items that the server puts on a page, where that is less than was asked for; else 0
}

func (p place) String() string { return fmt.Sprintf("%d of %d by %d", p.offset, p.total, p.most) }

// parsePlace reads a cursor; "" is the beginning.
func parsePlace(cursor string) (p place, err error) {
	if cursor == "" {
		return p, nil
	}
	n, err := fmt.Sscanf(cursor, "%d of %d by %d", &p.offset, &p.total, &p.most)
	if err != nil || n != 3 || p.String() != cursor || p.offset <= 0 || p.total < 0 || p.most < 0 || p.offset > mostOffset {
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
		if next, more := at.behind(len(items), said, number, size); more {
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

// behind says where a list goes on behind a page. Servers cap the size of pages without a
// word: one that is short and not the last tells. The cap then counts for the number, too.
func (p place) behind(items int, said reply, number, size int) (next place, more bool) {
	next = place{offset: number * size, total: max(said.total, 0), most: p.most}
	switch {
	case said.linked:
		more = said.next
	case said.total >= 0:
		more = items > 0 && (number-1)*size+items < said.total
	default:
		more = items > 0
	}
	if more && items > 0 && items < size {
		next.offset, next.most = max(number*items, p.offset+1), items
	}
	return next, more
}
