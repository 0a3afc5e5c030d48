package github

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// listing is the reading of one repository.
type listing struct {
	*Source
	host        *host
	web         string // host as the repository's address has it
	owner, name string
	store       *store.Store
	cleanup     func() // of a temporary store
	log         *store.Log
	since       time.Time // nothing older is asked for
	state       state
	head        head
	scanned     bool // a list was read since the repository was looked at
}

// close gives back what the reading held.
func (l *listing) close() {
	if l.cleanup != nil {
		l.cleanup()
	}
}

// state is what the store keeps beside the facts: how far each list was read.
type state struct {
	Name       string    `json:"name"`     // owner/name as it is now
	Finished   time.Time `json:"finished"` // when everything was read last, by the server's clock
	Changes    progress  `json:"changes"`
	Issues     progress  `json:"issues"`
	Releases   progress  `json:"releases"`
	Advisories progress  `json:"advisories"`
}

// progress says what is known of one list: everything that was updated from Since to
// Until, and of a scan that is not over, everything from its beginning down to the
// cursor. A list is read from its newest item down, so what is updated meanwhile moves
// up and is seen by the next scan.
type progress struct {
	Since  time.Time `json:"since,omitzero"`
	Until  time.Time `json:"until,omitzero"`
	Newest string    `json:"newest,omitempty"` // of the list's head, when it was read last

	Started time.Time `json:"started,omitzero"` // zero where no scan is going on
	Target  time.Time `json:"target,omitzero"`  // how far down it goes
	Cursor  string    `json:"cursor,omitempty"`
	Reached time.Time `json:"reached,omitzero"` // update of the last item read
	Head    string    `json:"head,omitempty"`   // of the list when the scan began

	Size     int    `json:"size,omitempty"`     // of a page; 0 is the list's own
	Good     int    `json:"good,omitempty"`     // pages of that size in a row
	Comments bool   `json:"comments,omitempty"` // robots merge here: the next page tells what they were told
	Lacks    int    `json:"lacks,omitempty"`    // items that could not be read
	Why      string `json:"why,omitempty"`      // and why
}

// overlap is read again by every scan: an item may become visible a while after the
// instant at which it says that it was updated.
const overlap = 10 * time.Minute

// known reports whether a scan has come to its end before.
func (p *progress) known() bool { return !p.Until.IsZero() }

// begin makes the progress that of a running scan, a new one or one to go on with.
func (p *progress) begin(since, now time.Time, head string) {
	target := since
	if p.known() && !since.Before(p.Since) {
		target = p.Until.Add(-overlap)
	}
	if p.Started.IsZero() {
		p.Started, p.Target, p.Cursor, p.Head = now, target, "", head
		if target.Equal(since) {
			p.Lacks, p.Why = 0, "" // all is read anew
		}
	} else if target.Before(p.Target) {
		p.Target = target
	}
}

// finish notes that the scan went down to its target.
func (p *progress) finish() {
	if !p.known() || p.Target.Before(p.Since) {
		p.Since = p.Target
	}
	p.Until, p.Newest = p.Started, p.Head
	p.Started, p.Target, p.Reached, p.Cursor, p.Head = time.Time{}, time.Time{}, time.Time{}, "", ""
}

// restart forgets a cursor that is not good any more; what was read stays.
func (p *progress) restart() { p.Cursor, p.Reached = "", time.Time{} }

// shrink halves the pages; false where they are as small as they get.
func (p *progress) shrink(usual int) bool {
	size := p.size(usual)
	p.Size, p.Good = max(size/2, smallest), 0
	return size > smallest
}

// grow lets the pages grow again, a quarter after each fifth page that was answered.
func (p *progress) grow(usual int) {
	if p.Size == 0 {
		return
	}
	if p.Good++; p.Good >= 5 {
		p.Good = 0
		if p.Size += p.Size/4 + 1; p.Size >= usual {
			p.Size = 0
		}
	}
}

func (p *progress) size(usual int) int {
	if p.Size == 0 {
		return usual
	}
	return p.Size
}

// smallest is the size below which pages do not shrink.
const smallest = 3

// list is one of a repository's lists, newest first.
type list[T any] struct {
	name     string
	size     int // of a page
	kinds    []model.Kind
	progress *progress
	head     string // of the list now; where it is as before, nothing is new
	whole    bool   // it is read from end to end: it is in no order of updates
	fetch    func(ctx context.Context, first int, after string) (*page[T], error)
	updated  func(*T) time.Time
	fact     func(*T) store.Fact
	// follow reads what a page does not show of its items; nil where it shows all.
	follow func(ctx context.Context, items []*T) error
}

// read scans a list until nothing in it is new. What cannot be read is said in the
// list's coverage; only the end of the context and a store that fails are errors.
func read[T any](ctx context.Context, l *listing, of *list[T]) error {
	if !l.wants(of.kinds...) {
		return nil
	}
	p := of.progress
	if p.Started.IsZero() && p.Newest == of.head && p.known() && (of.whole || !l.since.Before(p.Since)) {
		p.Until = l.host.transport.Now()
		return l.cover(of.kinds, p, nil)
	}
	l.scanned = true
	p.begin(l.since, l.host.transport.Now(), of.head)
	if of.whole {
		p.Target = time.Time{}
	}
	done := 0
	for !p.Started.IsZero() {
		items, err := onePage(ctx, l, of)
		if err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			l.Source.log.Warn("a list cannot be read further", "repository", l.owner+"/"+l.name, "list", of.name, "error", err)
			return l.cover(of.kinds, p, err)
		}
		done += items
		if l.o.Progress != nil {
			l.o.Progress(Progress{Repository: l.owner + "/" + l.name, List: of.name, Done: done})
		}
	}
	return l.cover(of.kinds, p, nil)
}

// onePage reads one page and commits its facts together with the place where it ends.
func onePage[T any](ctx context.Context, l *listing, of *list[T]) (items int, err error) {
	p := of.progress
	got, err := patiently(ctx, l, of)
	if errors.Is(err, errCursor) && p.Cursor != "" {
		p.restart()
		return 0, l.log.Commit(nil, &l.state)
	}
	if err != nil {
		return 0, err
	}
	if of.follow != nil {
		if err := of.follow(ctx, got.Nodes); err != nil {
			return 0, err
		}
	}
	var facts []store.Fact
	for _, item := range got.Nodes {
		facts = append(facts, of.fact(item))
		p.Reached = of.updated(item)
	}
	p.grow(of.size)
	if p.Cursor = got.PageInfo.EndCursor; !got.PageInfo.HasNextPage || p.Cursor == "" || !p.Reached.IsZero() && p.Reached.Before(p.Target) {
		p.finish()
	}
	return len(facts), l.log.Commit(facts, &l.state)
}

// patiently fetches a page, a smaller one where the server gives up. Where even the
// smallest comes back with holes, what is there is taken and the holes are counted.
func patiently[T any](ctx context.Context, l *listing, of *list[T]) (*page[T], error) {
	p := of.progress
	for try := 1; ; try++ {
		got, err := of.fetch(ctx, p.size(of.size), p.Cursor)
		switch {
		case err == nil && !slices.Contains(got.Nodes, nil):
			return got, nil
		case err == nil:
			err = fmt.Errorf("%w: it left items out", errHeavy)
		case !errors.Is(err, errHeavy):
			return nil, err
		}
		if p.shrink(of.size) {
			l.Source.log.Info("a page was too heavy; a smaller one follows", "repository", l.owner+"/"+l.name, "list", of.name, "size", p.Size, "error", err)
			try = 0
			continue
		}
		if try >= mostTries {
			if holed(got, err) {
				p.Lacks += dropHoles(got, err)
				p.Why = err.Error()
				return got, nil
			}
			return nil, err
		}
		if err := l.rest(ctx, try); err != nil {
			return nil, err
		}
	}
}

// mostTries is how often the smallest page is asked for.
const mostTries = 3

// holed reports whether a page has something good in it although the reply has faults.
func holed[T any](p *page[T], err error) bool {
	return p != nil && len(p.Nodes) > 0 && (p.PageInfo.EndCursor != "" || !p.PageInfo.HasNextPage)
}

// dropHoles takes out of a page what is null, or has a fault inside: a merger that could
// not be read must not look like one whose account was deleted. It returns how many.
func dropHoles[T any](p *page[T], err error) int {
	var f faults
	errors.As(err, &f)
	for _, e := range f {
		for n, step := range e.Path {
			if step == "nodes" && n+1 < len(e.Path) {
				if i, ok := e.Path[n+1].(float64); ok && int(i) >= 0 && int(i) < len(p.Nodes) {
					p.Nodes[int(i)] = nil
				}
				break
			}
		}
	}
	all := len(p.Nodes)
	p.Nodes = slices.DeleteFunc(p.Nodes, func(item *T) bool { return item == nil })
	return all - len(p.Nodes)
}

// cover writes down how complete the kinds of facts of a list are.
func (l *listing) cover(kinds []model.Kind, p *progress, failed error) error {
	c := model.Coverage{State: model.Complete, Since: p.Since}
	var said []string
	switch {
	case failed == nil:
	case p.known():
		c.State = model.Partial
		said = append(said, "known up to "+p.Until.UTC().Format(time.DateTime)+" only: "+failed.Error())
	case !p.Reached.IsZero():
		c.State, c.Since = model.Partial, p.Reached
		said = append(said, "read back to what was updated on "+p.Reached.UTC().Format(time.DateOnly)+" only: "+failed.Error())
	default:
		c.State = model.Unavailable
		said = append(said, failed.Error())
	}
	if p.Lacks > 0 {
		if c.State == model.Complete {
			c.State = model.Partial
		}
		said = append(said, fmt.Sprintf("%d items could not be read: %s", p.Lacks, p.Why))
	}
	c.Reason = strings.Join(said, "; ")
	return l.covered(kinds, c)
}

// covered writes a coverage down for some kinds of facts.
func (l *listing) covered(kinds []model.Kind, c model.Coverage) error {
	var facts []store.Fact
	for _, k := range kinds {
		of := c
		of.Kind = k
		facts = append(facts, store.Fact{Key: "coverage/" + string(k), Records: []model.Record{{Coverage: &of}}})
	}
	return l.log.Commit(facts, &l.state)
}
