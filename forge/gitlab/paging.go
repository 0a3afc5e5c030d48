package gitlab

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge/internal/mining"
	"github.com/tributary-oss/tributary/forge/internal/rest"
)

// part is a page of a list that is paged by number. Pages change their sizes where the server
// gives up on large ones, so a place in a list is told by the items in front of it.
type part[T any] struct {
	items []*T
	front int // items in front of these
	next  int // items in front of what follows; 0 where nothing does
}

// asking is how REST is asked: once, or twice where something is said not to be there.
type asking func(ctx context.Context, path string, query url.Values, into any) (page, error)

// numbered reads the page in which the item is that has so many in front of it, or
// the one behind them. GitLab tells of every page whether there is another. Where neither of its
// headers came, a proxy has taken them away, and a page that is full proves no end.
func numbered[T any](ctx context.Context, ask asking, path string, query url.Values, size, front int) (p part[T], err error) {
	number := front/size + 1
	query.Set("per_page", strconv.Itoa(size))
	query.Set("page", strconv.Itoa(number))
	went, err := ask(ctx, path, query, &p.items)
	if err != nil {
		return p, err
	}
	p.front = (number - 1) * size
	switch {
	case p.items == nil || slices.Contains(p.items, nil):
		return p, fmt.Errorf("%w: it answered without the list, or parts of it", mining.ErrHeavy)
	case !went.told && len(p.items) >= size:
		return p, errors.New("the reply does not say how the list goes on; a proxy may take X-Next-Page and Link away")
	case went.next == 0:
		return p, nil
	case went.size == size:
		p.next = number * size
	default: // nobody knows how large its pages are
		p.next = p.front + len(p.items)
	}
	if went.next != number+1 || p.next <= front {
		return p, errors.New("the list goes on where it already is, or further down")
	}
	return p, nil
}

// all reads a list that is paged by number to its end, which must come within so many
// hundreds of items.
func all[T any](ctx context.Context, h *host, path string, query url.Values, most int) (list []*T, err error) {
	err = walk(ctx, h, path, query, most, func(items []*T) bool {
		list = append(list, items...)
		return false
	})
	return list, err
}

// walk reads such a list until somebody has enough of it. Replies that are too large come
// again in smaller pages: a single comment may have a million characters.
func walk[T any](ctx context.Context, h *host, path string, query url.Values, most int, enough func(items []*T) bool) error {
	if query = maps.Clone(query); query == nil {
		query = url.Values{}
	}
	for size, front := 100, 0; ; {
		p, err := numbered[T](ctx, h.sure, path, query, size, front)
		if errors.Is(err, rest.ErrTooLarge) && size > 1 {
			size /= 2
			continue
		}
		if err != nil {
			return err
		}
		if again := min(front-p.front, len(p.items)); enough(p.items[again:]) || p.next == 0 {
			return nil
		}
		if front = p.next; front >= 100*most {
			return fmt.Errorf("%w: %s", errTooMany, path)
		}
	}
}

// errTooMany says that a list is longer than anybody would read, or has no end.
var errTooMany = errors.New("the list does not come to an end")

// place is where a list that is read by REST goes on. Pages by number drift while the
// list changes, so each begins at the last update that was seen, in milliseconds as
// GitLab tells them. What was read of that instant is passed over.
//
// Only where more than a page is of one instant is it read by number. An item of it that
// is updated meanwhile leaves it, the others move up, and one of them slips to a page
// that was read. So such an instant is read again from its first page on, until that
// shows nothing new.
type place struct {
	before time.Time // nothing newer is asked for; zero is the beginning of the list
	front  int       // items since then, in front of the page
	pass   int       // how often the instant was begun anew
	news   bool      // this pass showed what none before it did
	seen   []string  // numbers of the items of the instant
}

const (
	byTime    = "rest"
	byGraphQL = "graphql"
)

// mostPasses bounds how often an instant is begun anew.
const mostPasses = 10

// String writes the place as a cursor.
func (p place) String() string {
	return strings.Join([]string{byTime, p.before.UTC().Format(time.RFC3339Nano), strconv.Itoa(p.front), strconv.Itoa(p.pass),
		strconv.FormatBool(p.news), strings.Join(p.seen, ",")}, " ")
}

// placeOf reads a cursor. One of GraphQL's, which was left off, goes on below the last item
// that was read, and within its second, as it tells no smaller part.
func placeOf(cursor string, reached time.Time) (p place, err error) {
	parts := strings.Split(cursor, " ")
	switch {
	case cursor == "":
		return place{}, nil
	case parts[0] == byGraphQL && reached.IsZero():
		return place{}, nil
	case parts[0] == byGraphQL:
		return place{before: reached.Add(time.Second)}, nil
	case parts[0] == byTime && len(parts) == 6:
		errs := make([]error, 4)
		p.before, errs[0] = time.Parse(time.RFC3339Nano, parts[1])
		p.front, errs[1] = strconv.Atoi(parts[2])
		p.pass, errs[2] = strconv.Atoi(parts[3])
		p.news, errs[3] = strconv.ParseBool(parts[4])
		if p.seen = strings.Split(parts[5], ","); parts[5] == "" {
			p.seen = nil
		}
		if errors.Join(errs...) == nil && p.front >= 0 && p.pass >= 0 {
			return p, nil
		}
	}
	return place{}, fmt.Errorf("%w: it is none of this program's", mining.ErrCursor)
}

// stamped is an item's number, and when it was updated.
type stamped struct {
	number string
	at     time.Time
}

// following is where the list goes on behind a page that was read at p; further is false
// where it does not.
func (p place) following(items []stamped, next int) (to place, further bool, err error) {
	if len(items) == 0 {
		if next > 0 {
			return to, false, errors.New("the list goes on behind an empty page")
		}
		return p.again(items)
	}
	below := items[len(items)-1].at.Truncate(time.Millisecond).Add(time.Millisecond)
	standing := !p.before.IsZero() && !below.Before(p.before)
	switch {
	case standing && next > 0:
		p.note(items)
		p.front = next
		return p, true, nil
	case p.front > 0:
		if to, further, err = p.again(items); further || err != nil {
			return to, further, err
		}
	}
	to = place{before: below}
	to.note(slices.DeleteFunc(slices.Clone(items), func(i stamped) bool { return i.at.After(below) }))
	return to, next > 0, nil
}

// again begins an instant anew that took several pages, unless a pass has shown nothing new.
func (p place) again(items []stamped) (place, bool, error) {
	p.note(items)
	if p.front == 0 || p.pass > 0 && !p.news {
		return place{}, false, nil
	}
	if p.pass >= mostPasses {
		return place{}, false, fmt.Errorf("what was updated at %s changes faster than it can be read", p.before.Format(time.RFC3339))
	}
	p.front, p.pass, p.news = 0, p.pass+1, false
	return p, true, nil
}

// note remembers what a page shows. What is below the instant is no news of it.
func (p *place) note(items []stamped) {
	instant := p.before.Add(-time.Millisecond)
	for _, i := range items {
		if slices.Contains(p.seen, i.number) {
			continue
		}
		p.seen = append(p.seen, i.number)
		p.news = p.news || !i.at.Before(instant)
	}
}

// timed reads a page of a list that is in the order of its updates, newest first.
func timed[T any](ctx context.Context, l *listing, list string, query url.Values, size int, cursor string, p *mining.Progress, updated func(*T) (time.Time, int64)) (*mining.Page[T], error) {
	from, err := placeOf(cursor, p.Reached)
	if err != nil {
		return nil, err
	}
	query.Set("order_by", "updated_at")
	query.Set("sort", "desc")
	if !p.Target.IsZero() {
		query.Set("updated_after", p.Target.UTC().Format(time.RFC3339))
	}
	if !from.before.IsZero() {
		query.Set("updated_before", from.before.UTC().Format("2006-01-02T15:04:05.000Z"))
	}
	read, err := numbered[T](ctx, l.host.get, l.project(list), query, size, from.front)
	if err != nil {
		return nil, err
	}
	got := &mining.Page[T]{Nodes: []*T{}}
	var shown []stamped
	for _, item := range read.items {
		at, number := updated(item)
		i := stamped{strconv.FormatInt(number, 10), at}
		if shown = append(shown, i); !slices.Contains(from.seen, i.number) {
			got.Nodes = append(got.Nodes, item)
		}
	}
	to, further, err := from.following(shown, read.next)
	if further {
		got.PageInfo.HasNextPage, got.PageInfo.EndCursor = true, to.String()
	}
	return got, err
}
