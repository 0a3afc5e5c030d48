package graphql

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Place is where an item stands in a list: by name or by time, and where those are equal
// by number. A cursor is the place of its item, not a count of items before it, so that
// what moves to the head in mid-scan does not shift the rest.
type Place struct {
	Name string
	At   int64 // in ns since 1970
	ID   int64
}

func (p Place) compare(q Place) int {
	return cmp.Or(strings.Compare(p.Name, q.Name), cmp.Compare(p.At, q.At), cmp.Compare(p.ID, q.ID))
}

// List is what a connection pages through, in ascending order of place. Where Down, the
// query sees it from its end.
type List struct {
	Kind  string // of the connection
	Order string // what places are made of; a cursor of another order is none
	N     int
	Down  bool
	Place func(i int) Place
	Item  func(i int) Object
	Field func(name string) any // fields beyond those that every connection has; or nil
	// Most is the size of a page where the query says none, and at most; 0: all.
	Most int
}

// At turns a position as the query sees it into one of the list.
func (l *List) At(i int) int {
	if l.Down {
		return l.N - 1 - i
	}
	return i
}

// Cursor is opaque to clients: text that holds order and place.
func (l *List) Cursor(i int) string {
	p := l.Place(l.At(i))
	text, _ := json.Marshal([]any{l.Order, p.Name, p.At, p.ID})
	return base64.StdEncoding.EncodeToString(append([]byte("cursor:v2:"), text...))
}

// upTo counts the items before a cursor's place; with, the one at that place too.
func (l *List) upTo(cursor string, with bool) (int, bool) {
	p, ok := l.read(cursor)
	if !ok {
		return 0, false
	}
	return sort.Search(l.N, func(i int) bool {
		c := l.Place(l.At(i)).compare(p)
		if l.Down {
			c = -c
		}
		return c > 0 || c == 0 && !with
	}), true
}

// read undoes Cursor.
func (l *List) read(cursor string) (Place, bool) {
	text, err := base64.StdEncoding.DecodeString(cursor)
	if err != nil {
		return Place{}, false
	}
	body, ok := strings.CutPrefix(string(text), "cursor:v2:")
	var p Place
	var order string
	if !ok || json.Unmarshal([]byte(body), &[]any{&order, &p.Name, &p.At, &p.ID}) != nil {
		return Place{}, false
	}
	return p, order == l.Order
}

// Connection answers one page of a list.
func Connection(l *List, a *Arguments) any {
	lo, hi, bad := l.Page(a)
	if bad != nil {
		return *bad
	}
	return Object{l.Kind, func(name string, _ *Arguments) any {
		switch name {
		case "totalCount", "count": // GitHub's word and GitLab's
			return l.N
		case "pageInfo":
			return l.pageInfo(lo, hi)
		case "nodes":
			return l.objects(lo, hi, func(i int) Object { return l.Item(l.At(i)) })
		case "edges":
			return l.objects(lo, hi, l.edge)
		case "pageCount":
			return hi - lo
		}
		if l.Field != nil {
			return l.Field(name)
		}
		return Unanswered{}
	}}
}

func (l *List) objects(lo, hi int, make func(i int) Object) []Object {
	objects := []Object{}
	for i := lo; i < hi; i++ {
		objects = append(objects, make(i))
	}
	return objects
}

func (l *List) edge(i int) Object {
	return Object{strings.TrimSuffix(l.Kind, "Connection") + "Edge", func(name string, _ *Arguments) any {
		switch name {
		case "cursor":
			return l.Cursor(i)
		case "node":
			return l.Item(l.At(i))
		}
		return Unanswered{}
	}}
}

func (l *List) pageInfo(lo, hi int) Object {
	return Object{"PageInfo", func(name string, _ *Arguments) any {
		switch {
		case name == "hasNextPage":
			return hi < l.N
		case name == "hasPreviousPage":
			return lo > 0
		case lo == hi:
			return nil
		case name == "startCursor":
			return l.Cursor(lo)
		case name == "endCursor":
			return l.Cursor(hi - 1)
		}
		return Unanswered{}
	}}
}

// Page is the part of the list that first, last, after and before ask for. Without Most,
// that one of first and last is given and in bounds was checked before.
func (l *List) Page(a *Arguments) (lo, hi int, bad *Failure) {
	hi = l.N
	if c := a.Value("after"); c != nil {
		i, ok := l.upTo(fmt.Sprint(c), true)
		if !ok {
			return 0, 0, badCursor(c)
		}
		lo = i
	}
	if c := a.Value("before"); c != nil {
		i, ok := l.upTo(fmt.Sprint(c), false)
		if !ok {
			return 0, 0, badCursor(c)
		}
		hi = max(lo, i)
	}
	first, isFirst := a.Number("first")
	last, isLast := a.Number("last")
	if l.Most > 0 {
		isFirst, first = isFirst || !isLast, min(cmp.Or(first, l.Most), l.Most)
		last = min(last, l.Most)
	}
	if isFirst {
		hi = min(hi, lo+first)
	}
	if isLast {
		lo = max(lo, hi-last)
	}
	return lo, hi, nil
}

func badCursor(c any) *Failure {
	return &Failure{"INVALID_CURSOR_ARGUMENTS", fmt.Sprintf("`%v` does not appear to be a valid cursor.", c)}
}

// InOrder makes a list of items that are paged in the order of the slice.
func InOrder[T any](kind string, items []T, item func(i int, v *T) Object) *List {
	return &List{
		Kind: kind, N: len(items),
		Place: func(i int) Place { return Place{ID: int64(i)} },
		Item:  func(i int) Object { return item(i, &items[i]) },
	}
}

// Arranged is the part of a slice that passed a filter, in ascending order of place.
type Arranged[T any] struct {
	places []Place
	Items  []*T
}

// Arrange sorts what passes the filter, by place.
func Arrange[T any](items []T, keep func(*T) bool, at func(*T) Place) *Arranged[T] {
	type pair struct {
		p Place
		v *T
	}
	var pairs []pair
	for i := range items {
		if v := &items[i]; keep(v) {
			pairs = append(pairs, pair{at(v), v})
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return a.p.compare(b.p) })
	out := &Arranged[T]{}
	for _, p := range pairs {
		out.places, out.Items = append(out.places, p.p), append(out.Items, p.v)
	}
	return out
}

// List pages through the items; order says what their places are made of.
func (r *Arranged[T]) List(kind, order string, down bool, item func(*T) Object) *List {
	return &List{
		Kind: kind, Order: order, N: len(r.Items), Down: down,
		Place: func(i int) Place { return r.places[i] },
		Item:  func(i int) Object { return item(r.Items[i]) },
	}
}
