package githubtest

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// place is where an item stands in a list: by name or by time, and where those are equal
// by number. A cursor is the place of its item, not a count of items before it, so that
// what moves to the head in mid-scan does not shift the rest.
type place struct {
	Name string
	At   int64 // in ns since 1970
	ID   int64
}

func (p place) compare(q place) int {
	return cmp.Or(strings.Compare(p.Name, q.Name), cmp.Compare(p.At, q.At), cmp.Compare(p.ID, q.ID))
}

// list is what a connection pages through, in ascending order of place. Where down, the
// query sees it from its end.
type list struct {
	kind  string // of the connection
	order string // what places are made of; a cursor of another order is none
	n     int
	down  bool
	place func(i int) place
	item  func(i int) object
	field func(name string) any // fields beyond those that every connection has; or nil
}

// at turns a position as the query sees it into one of the list.
func (l *list) at(i int) int {
	if l.down {
		return l.n - 1 - i
	}
	return i
}

// cursor is opaque to clients: text of GitHub's look that holds order and place.
func (l *list) cursor(i int) string {
	p := l.place(l.at(i))
	text, _ := json.Marshal([]any{l.order, p.Name, p.At, p.ID})
	return base64.StdEncoding.EncodeToString(append([]byte("cursor:v2:"), text...))
}

// upTo counts the items before a cursor's place; with, the one at that place too.
func (l *list) upTo(cursor string, with bool) (int, bool) {
	p, ok := l.read(cursor)
	if !ok {
		return 0, false
	}
	return sort.Search(l.n, func(i int) bool {
		c := l.place(l.at(i)).compare(p)
		if l.down {
			c = -c
		}
		return c > 0 || c == 0 && !with
	}), true
}

// read undoes cursor.
func (l *list) read(cursor string) (place, bool) {
	text, err := base64.StdEncoding.DecodeString(cursor)
	if err != nil {
		return place{}, false
	}
	body, ok := strings.CutPrefix(string(text), "cursor:v2:")
	var p place
	var order string
	if !ok || json.Unmarshal([]byte(body), &[]any{&order, &p.Name, &p.At, &p.ID}) != nil {
		return place{}, false
	}
	return p, order == l.order
}

// connection answers one page of a list.
func connection(l *list, a *arguments) any {
	lo, hi, bad := l.page(a)
	if bad != nil {
		return *bad
	}
	return object{l.kind, func(name string, _ *arguments) any {
		switch name {
		case "totalCount":
			return l.n
		case "pageInfo":
			return l.pageInfo(lo, hi)
		case "nodes":
			return l.objects(lo, hi, func(i int) object { return l.item(l.at(i)) })
		case "edges":
			return l.objects(lo, hi, l.edge)
		case "pageCount":
			return hi - lo
		}
		if l.field != nil {
			return l.field(name)
		}
		return unanswered{}
	}}
}

func (l *list) objects(lo, hi int, make func(i int) object) []object {
	objects := []object{}
	for i := lo; i < hi; i++ {
		objects = append(objects, make(i))
	}
	return objects
}

func (l *list) edge(i int) object {
	return object{strings.TrimSuffix(l.kind, "Connection") + "Edge", func(name string, _ *arguments) any {
		switch name {
		case "cursor":
			return l.cursor(i)
		case "node":
			return l.item(l.at(i))
		}
		return unanswered{}
	}}
}

func (l *list) pageInfo(lo, hi int) object {
	return object{"PageInfo", func(name string, _ *arguments) any {
		switch {
		case name == "hasNextPage":
			return hi < l.n
		case name == "hasPreviousPage":
			return lo > 0
		case lo == hi:
			return nil
		case name == "startCursor":
			return l.cursor(lo)
		case name == "endCursor":
			return l.cursor(hi - 1)
		}
		return unanswered{}
	}}
}

// page is the part of the list that first, last, after and before ask for. That one of
// first and last is given and in bounds was checked before.
func (l *list) page(a *arguments) (lo, hi int, bad *failure) {
	hi = l.n
	if c := a.value("after"); c != nil {
		i, ok := l.upTo(fmt.Sprint(c), true)
		if !ok {
			return 0, 0, badCursor(c)
		}
		lo = i
	}
	if c := a.value("before"); c != nil {
		i, ok := l.upTo(fmt.Sprint(c), false)
		if !ok {
			return 0, 0, badCursor(c)
		}
		hi = max(lo, i)
	}
	if n, ok := a.number("first"); ok {
		hi = min(hi, lo+n)
	}
	if n, ok := a.number("last"); ok {
		lo = max(lo, hi-n)
	}
	return lo, hi, nil
}

func badCursor(c any) *failure {
	return &failure{"INVALID_CURSOR_ARGUMENTS", fmt.Sprintf("`%v` does not appear to be a valid cursor.", c)}
}

// inOrder makes a list of items that are paged in the order of the slice.
func inOrder[T any](kind string, items []T, item func(i int, v *T) object) *list {
	return &list{
		kind: kind, n: len(items),
		place: func(i int) place { return place{ID: int64(i)} },
		item:  func(i int) object { return item(i, &items[i]) },
	}
}

// arranged is the part of a slice that passed a filter, in ascending order of place.
type arranged[T any] struct {
	places []place
	items  []*T
}

func arrange[T any](items []T, keep func(*T) bool, at func(*T) place) *arranged[T] {
	type pair struct {
		p place
		v *T
	}
	var pairs []pair
	for i := range items {
		if v := &items[i]; keep(v) {
			pairs = append(pairs, pair{at(v), v})
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return a.p.compare(b.p) })
	out := &arranged[T]{}
	for _, p := range pairs {
		out.places, out.items = append(out.places, p.p), append(out.items, p.v)
	}
	return out
}

func (r *arranged[T]) list(kind, order string, down bool, item func(*T) object) *list {
	return &list{
		kind: kind, order: order, n: len(r.items), down: down,
		place: func(i int) place { return r.places[i] },
		item:  func(i int) object { return item(r.items[i]) },
	}
}
