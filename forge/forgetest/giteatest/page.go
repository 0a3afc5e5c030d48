package giteatest

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge/forgetest/fake"
)

// paging is which part of a list is asked for.
type paging struct{ page, limit int }

// paging reads the page, from 1, and the limit, which is lowered in silence.
func (a *ask) paging() paging {
	limit := a.integer("limit")
	if limit <= 0 {
		limit = defaultItems
	}
	return paging{max(a.integer("page"), 1), min(limit, a.most())}
}

// integer is 0 where a parameter is none.
func (a *ask) integer(name string) int {
	n, _ := strconv.Atoi(a.q.Get(name))
	return n
}

// of are the items of a list that are on the page.
func of[T any](p paging, items []T) []T {
	from := min((p.page-1)*p.limit, len(items))
	return items[from:min(from+p.limit, len(items))]
}

// counted says how many items a list has.
func counted(r fake.Answer, total int) fake.Answer {
	r.Header.Set("X-Total-Count", strconv.Itoa(total))
	r.Header.Set("Access-Control-Expose-Headers", "X-Total-Count")
	return r
}

// linked says beside the count where other pages are, in the order of Gitea: a page after
// the last one counts as the last.
func (a *ask) linked(r fake.Answer, p paging, total int) fake.Answer {
	last := (total + p.limit - 1) / p.limit
	page := max(min(p.page, last), 1)
	var links []string
	link := func(to int, rel string) {
		q, _ := url.ParseQuery(a.Query)
		q.Set("page", strconv.Itoa(to))
		links = append(links, fmt.Sprintf("<%s%s?%s>; rel=%q", a.root, strings.TrimPrefix(api, "/")+a.escaped(), q.Encode(), rel))
	}
	if page*p.limit < total {
		link(page+1, "next")
		link(last, "last")
	}
	if page > 1 {
		link(1, "first")
		link(page-1, "prev")
	}
	r = counted(r, total)
	if len(links) > 0 {
		r.Header.Set("Link", strings.Join(links, ","))
		r.Header.Set("Access-Control-Expose-Headers", "Link, X-Total-Count")
	}
	return r
}

// escaped is the path of the API as it was sent.
func (a *ask) escaped() string { return strings.TrimPrefix(a.Escaped, a.Prefix+api) }

// span reads since and before, both of which belong to it. A time that is none is an
// error of its own.
func (a *ask) span() (within func(time.Time) bool, bad *fake.Answer) {
	var bounds [2]time.Time
	for i, name := range []string{"since", "before"} {
		value := a.q.Get(name)
		if value == "" {
			continue
		}
		t, err := time.Parse(time.RFC3339, value)
		if err != nil {
			r := a.problem(http.StatusUnprocessableEntity, err.Error())
			return nil, &r
		}
		bounds[i] = t.Truncate(time.Second)
	}
	return func(t time.Time) bool {
		t = t.Truncate(time.Second)
		return !t.Before(bounds[0]) && (bounds[1].IsZero() || !t.After(bounds[1]))
	}, nil
}

// byTime compares two entries of which the older comes first.
func byTime(a, b time.Time, x, y int64) int { return cmp.Or(a.Compare(b), cmp.Compare(x, y)) }
