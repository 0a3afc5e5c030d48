package gitlab

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/tributary-oss/tributary/forge/internal/mining"
)

// sight is whether a server shows us something of a project's items, such as the notes of its
// changes. One refusal may be a proxy's mood, and what one project hides another shows, so it
// lasts for one reading and is learnt from two items in a row.
type sight struct {
	mu      sync.Mutex
	shown   bool  // of some item
	refused int   // so many items in a row
	last    int64 // of them
	closed  bool  // it is asked for no more
}

// met takes what came of asking for it, and reports whether that was a refusal.
func (s *sight) met(item int64, err error) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err == nil:
		s.shown, s.refused = true, 0
		return false
	case !refused(err, http.StatusUnauthorized, http.StatusForbidden):
		return false
	}
	if s.refused == 0 || s.last != item {
		s.refused, s.last = s.refused+1, item
	}
	s.closed = s.closed || s.refused > 1
	return true
}

// off reports whether it is not asked for any more.
func (s *sight) off() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// close says that it is not to be asked for.
func (s *sight) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
}

// hidden decides at the end of a page: what was refused, and never shown, is shown of no item.
// Else a refusal is a hole in its item.
func (s *sight) hidden() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = s.closed || s.refused > 0 && !s.shown
	return s.closed
}

// sights are those of one reading.
type sights struct{ notes, approvals, answers, labels, accounts, members sight }

// alone adds to the holes of a page the items of which something was refused that others
// show. Why says what the server said of an item, nil where it refused nothing.
func alone(lost error, items int, why func(i int) error) error {
	h := &mining.Holes{}
	errors.As(lost, &h)
	for i := range items {
		if err := why(i); err != nil && !slices.Contains(h.Items, i) {
			h.Items, h.Err = append(h.Items, i), err
		}
	}
	if len(h.Items) == 0 {
		return lost
	}
	return h
}

// What a coverage says that the server does not show.
const (
	talk    = "comments and reviews"
	answer  = "comments"
	longer  = "the answers to issues with many notes"
	labels  = "who put labels on"
	writers = "who has write access"
	robots  = "who is a robot"
)

const (
	shows        = "GitLab shows "
	withoutToken = " to those only who give a token"
	otherToken   = " to others than the owner of this token only"
)

// lacking adds to what a list is known to lack what its last page lacked.
func (l *listing) lacking(p *mining.Progress, what map[string]bool) {
	known := lacked(p)
	var all []string
	for _, word := range []string{talk, answer, longer, writers, robots, labels} {
		if what[word] || slices.Contains(known, word) {
			all = append(all, word)
		}
	}
	if len(all) == 0 {
		return
	}
	p.Partly = shows + strings.Join(all, ", ") + withoutToken
	if l.host.signed {
		p.Partly = shows + strings.Join(all, ", ") + otherToken
	}
}

// lacked is what a list is known to lack.
func lacked(p *mining.Progress) []string {
	said := strings.TrimSuffix(strings.TrimSuffix(p.Partly, withoutToken), otherToken)
	said, ok := strings.CutPrefix(said, shows)
	if !ok {
		return nil
	}
	return strings.Split(said, ", ")
}

// tryAgain asks, once for each reading, for what lists are known to lack. One that is shown
// more of now, as where a token was added, or where a refusal has passed, is read anew.
func (l *listing) tryAgain(ctx context.Context) error {
	if l.tried {
		return nil
	}
	l.tried = true
	for _, of := range []struct {
		p   *mining.Progress
		iid int64
	}{{&l.State.Changes, l.head.change}, {&l.State.Issues, l.head.issue}, {&l.State.Releases, 0}} {
		for _, word := range lacked(of.p) {
			was, err := l.ask(ctx, word, of.iid)
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if err == nil {
				*of.p = mining.Progress{}
				break
			}
			if was != nil && refused(err, http.StatusUnauthorized, http.StatusForbidden) {
				was.close()
			}
		}
	}
	return nil
}

// ask asks for one of the things that a list lacks, by the way in which it is read now. An
// error says that it is still not shown, or that it cannot be told.
func (l *listing) ask(ctx context.Context, word string, iid int64) (*sight, error) {
	get := func(parts ...any) error {
		_, err := l.host.get(ctx, l.project(parts...), url.Values{"per_page": {"1"}}, new([]struct{}))
		return err
	}
	switch {
	case word == writers:
		return &l.seen.members, get("members", "all")
	case word == robots && !l.plain.Load(), word == talk && !l.plain.Load():
		return nil, l.shownByGraphQL(ctx)
	case word == robots && l.head.someone > 0:
		_, err := l.host.get(ctx, fmt.Sprintf("users/%d", l.head.someone), nil, new(user))
		return &l.seen.accounts, err
	case iid == 0:
		return nil, errors.New("there is nothing to ask it of")
	case word == talk:
		return &l.seen.notes, get("merge_requests", iid, "notes")
	case word == answer && !l.plain.Load():
		_, err := l.firstNotes(ctx, []*issue{{IID: iid}})
		return nil, err
	case word == labels:
		return &l.seen.labels, get("issues", iid, "resource_label_events")
	case word == answer, word == longer:
		return &l.seen.answers, get("issues", iid, "notes")
	}
	return nil, errors.New("nobody knows how to ask it")
}

// shownByGraphQL fails where the server does not answer the very query with which changes are read.
func (l *listing) shownByGraphQL(ctx context.Context) error {
	var reply graphChanges
	v := map[string]any{"path": l.Path, "after": nil, "since": nil, "before": nil, "first": 1, "notes": 1}
	return l.query(ctx, changesQuery, v, &reply)
}
