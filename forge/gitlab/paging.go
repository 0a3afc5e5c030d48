package gitlab

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge/internal/mining"
)

// place is where a list that is read by REST goes on. Pages by number drift while the
// list changes, so each begins at the last update that was seen, in milliseconds as
// GitLab tells them. What was read of that instant is passed over; only where a
// whole page is of one instant the next number is asked for.
type place struct {
	before time.Time // nothing newer is asked for; zero is the beginning of the list
	page   int
	seen   []string // numbers of the items of the last instant
}

const (
	byTime    = "rest"
	byGraphQL = "graphql"
)

// String writes the place as a cursor.
func (p place) String() string {
	return strings.Join([]string{byTime, p.before.UTC().Format(time.RFC3339Nano), strconv.Itoa(p.page), strings.Join(p.seen, ",")}, " ")
}

// placeOf reads a cursor. One of GraphQL's, which was left off, goes on below the last item
// that was read, and within its second, as it tells no smaller part.
func placeOf(cursor string, reached time.Time) (place, error) {
	parts := strings.Split(cursor, " ")
	switch {
	case cursor == "":
		return place{page: 1}, nil
	case parts[0] == byGraphQL && reached.IsZero():
		return place{page: 1}, nil
	case parts[0] == byGraphQL:
		return place{before: reached.Add(time.Second), page: 1}, nil
	case parts[0] == byTime && len(parts) == 4:
		at, err := time.Parse(time.RFC3339Nano, parts[1])
		number, err2 := strconv.Atoi(parts[2])
		if err == nil && err2 == nil && number > 0 {
			return place{at, number, slices.DeleteFunc(strings.Split(parts[3], ","), func(s string) bool { return s == "" })}, nil
		}
	}
	return place{}, fmt.Errorf("%w: it is none of this program's", mining.ErrCursor)
}

// following is where the list goes on behind a page.
func (p place) following(last time.Time, seen []string) place {
	next := last.Add(time.Millisecond)
	if !p.before.IsZero() && !next.Before(p.before) {
		return place{p.before, p.page + 1, append(p.seen, seen...)}
	}
	return place{next, 1, seen}
}

// timed reads a page of a list that is in the order of its updates, newest first.
func timed[T any](ctx context.Context, l *listing, list string, query url.Values, size int, cursor string, p *mining.Progress, updated func(*T) (time.Time, int64)) (*mining.Page[T], error) {
	from, err := placeOf(cursor, p.Reached)
	if err != nil {
		return nil, err
	}
	query.Set("order_by", "updated_at")
	query.Set("sort", "desc")
	query.Set("per_page", strconv.Itoa(size))
	query.Set("page", strconv.Itoa(from.page))
	if !p.Target.IsZero() {
		query.Set("updated_after", p.Target.UTC().Format(time.RFC3339))
	}
	if !from.before.IsZero() {
		query.Set("updated_before", from.before.UTC().Format("2006-01-02T15:04:05.000Z"))
	}
	items := []*T{}
	went, err := l.host.get(ctx, l.project(list), query, &items)
	if err != nil {
		return nil, err
	}
	if items == nil || slices.Contains(items, nil) {
		return nil, fmt.Errorf("%w: it answered without the list", mining.ErrHeavy)
	}
	got := &mining.Page[T]{Nodes: slices.DeleteFunc(slices.Clone(items), func(i *T) bool {
		_, number := updated(i)
		return slices.Contains(from.seen, strconv.FormatInt(number, 10))
	})}
	if went.next == 0 {
		return got, nil
	}
	if len(items) == 0 {
		return nil, errors.New("the list goes on behind an empty page")
	}
	last, _ := updated(items[len(items)-1])
	var seen []string
	for _, i := range items {
		if at, number := updated(i); !at.Truncate(time.Millisecond).After(last.Truncate(time.Millisecond)) {
			seen = append(seen, strconv.FormatInt(number, 10))
		}
	}
	got.PageInfo.HasNextPage = true
	got.PageInfo.EndCursor = from.following(last.Truncate(time.Millisecond), seen).String()
	return got, nil
}
