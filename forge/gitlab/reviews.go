package gitlab

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/model"
)

// What the system notes, in GitLab's words:
// https://gitlab.com/gitlab-org/gitlab/-/blob/master/app/services/system_notes/merge_requests_service.rb,
// issuables_service.rb and commit_service.rb beside it. REST does not say what kind of note it is.
const (
	saidApproved   = "approved this merge request"
	saidUnapproved = "unapproved this merge request"
	saidChanges    = "requested changes"
	saidRequested  = "requested review from "
	saidRemoved    = " and removed approval"
	saidAssigned   = "assigned to "
	saidUnassigned = "unassigned "
	saidReset      = "reset approvals from " // of whom, by pushing to the branch; Premium
)

var (
	pushed  = regexp.MustCompile(`^added \d+ (?:new )?commits?\b`)
	mention = regexp.MustCompile(`@([A-Za-z0-9_](?:[\w.-]*[\w-])?)`)
)

const (
	// together is how far apart notes of one person may be that are one review.
	together = time.Minute
	// belated is how long after a merge a note may tell of an approval before it. GitLab makes
	// these notes in a job of its own, some of them twice.
	belated = 5 * time.Minute
)

// review is a group of notes.
type review struct {
	by      *user
	who     model.Identity
	last    time.Time
	verdict string // in the words of the note; "" where there is none
	out     model.Review
	at      time.Time
}

// inOrder sorts notes by their time, and leaves out those that have none, and those on commits, which
// GraphQL gives with a change's own. It gives whole seconds, so the number decides
// between notes of one.
func inOrder(notes []*note) []*note {
	notes = slices.DeleteFunc(slices.Clone(notes), func(n *note) bool { return n == nil || n.at().IsZero() || n.onCommit() })
	slices.SortStableFunc(notes, func(a, b *note) int {
		if d := a.at().Compare(b.at()); d != 0 {
			return d
		}
		return int(min(max(a.ID-b.ID, -1), 1))
	})
	return notes
}

// reviews groups notes that are in order into reviews, in the order of their times. Comments of
// the author belong to none.
func (l *listing) reviews(c *change, notes []*note) []*review {
	author := l.identity(c.author)
	var list []*review
	open := map[model.Identity]*review{}
	for _, n := range notes {
		who, at := l.identity(n.Author), n.at()
		verdict := ""
		if n.System {
			l.takeBack(list, n, c.merged)
			if verdict = verdictOf(n); verdict == "" {
				continue
			}
		} else if who == author && who.Account != "" {
			continue
		}
		r := open[who]
		if r.tellsAlready(verdict, at) {
			r.last = at
			continue
		}
		if r == nil || at.Sub(r.last) > together || verdict != "" && r.verdict != "" {
			r = &review{by: n.Author, who: who, at: at}
			open[who], list = r, append(list, r)
		}
		r.add(n, verdict, at)
	}
	list = slices.DeleteFunc(list, func(r *review) bool { return r.verdict == "" && r.out.Inline == 0 })
	for _, r := range list {
		r.settle(notes, c.merged)
	}
	if !approvedInTime(c, notes) {
		list = append(list, l.listed(c, list)...)
	}
	for _, r := range list {
		if late := r.at.Sub(c.merged); r.verdict == "approved" && late > 0 && late <= belated {
			r.at = c.merged
		}
	}
	slices.SortStableFunc(list, func(a, b *review) int { return a.at.Compare(b.at) })
	return list
}

// tellsAlready reports whether a note is the double of one that the group has. What was taken
// back meanwhile is given anew.
func (r *review) tellsAlready(verdict string, at time.Time) bool {
	return r != nil && verdict != "" && r.verdict == verdict && r.out.State != model.Dismissed && at.Sub(r.at) <= together
}

// approvedInTime reports whether a note tells of an approval before the merge. Else the list
// of approvals is looked at, which tells no times.
func approvedInTime(c *change, notes []*note) bool {
	return slices.ContainsFunc(notes, func(n *note) bool {
		return n.System && verdictOf(n) == "approved" && !n.at().After(c.merged)
	})
}

// verdictOf is the verdict that a note of the system tells, in its own short words.
func verdictOf(n *note) string {
	switch n.Body {
	case saidApproved:
		return "approved"
	case saidChanges:
		return saidChanges
	}
	return ""
}

// add takes a note into the group.
func (r *review) add(n *note, verdict string, at time.Time) {
	r.last = at
	switch {
	case verdict != "":
		r.verdict, r.at = verdict, at
	case n.inline():
		r.out.Inline++
		r.out.Commit = firstOf(n.head(), r.out.Commit)
	default:
		r.out.Length += n.length
	}
	if r.verdict == "" {
		r.at = at
	}
}

// settle says what the group comes to. Commits that were pushed after the merge are
// another change's.
func (r *review) settle(notes []*note, merged time.Time) {
	r.out.Said = r.verdict
	switch {
	case r.out.State == model.Dismissed:
	case r.verdict == "approved":
		r.out.State = model.Approved
	case r.verdict == saidChanges:
		r.out.State = model.ChangesRequested
	default:
		r.out.State, r.out.Said = model.Commented, "commented"
	}
	r.out.Stale = slices.ContainsFunc(notes, func(n *note) bool {
		return n.System && pushed.MatchString(n.Body) && n.at().After(r.at) && !n.at().After(merged)
	})
}

// takeBack dismisses approvals that a note says were taken back before the merge: by who
// gave them, by who asked for another review, or by a push.
func (l *listing) takeBack(list []*review, n *note, merged time.Time) {
	if n.at().After(merged) {
		return
	}
	of := func(is func(*review) bool) {
		for _, r := range slices.Backward(list) {
			if r.verdict == "approved" && is(r) {
				r.out.State = model.Dismissed
				return
			}
		}
	}
	switch {
	case n.Body == saidUnapproved:
		who := l.identity(n.Author)
		of(func(r *review) bool { return r.who == who })
	case strings.HasPrefix(n.Body, saidReset):
		for _, m := range mention.FindAllStringSubmatch(n.Body, -1) {
			of(func(r *review) bool { return strings.EqualFold(r.who.Login, m[1]) })
		}
	case strings.HasPrefix(n.Body, saidRequested) && strings.HasSuffix(n.Body, saidRemoved):
		for _, name := range requested(n) {
			of(func(r *review) bool { return strings.EqualFold(r.who.Login, name) })
		}
	}
}

// listed takes what the list of approvals tells of a change that no note says was approved before
// its merge: approvals without a note, as where the notes cannot be read, are said of the
// merge's time. One whose note came later has the note's: whoever approves after the fact
// is late.
func (l *listing) listed(c *change, list []*review) (more []*review) {
	for _, u := range c.approvers {
		who := l.identity(u)
		noted := slices.ContainsFunc(list, func(r *review) bool { return r.verdict == "approved" && r.who == who })
		if u != nil && !noted {
			more = append(more, &review{by: u, who: who, verdict: "approved", at: c.merged,
				out: model.Review{State: model.Approved, Said: "approved"}})
		}
	}
	return more
}

// requested are the names of who is asked for a review by a note of the system.
func requested(n *note) (names []string) {
	list, ok := strings.CutPrefix(n.Body, saidRequested)
	if !n.System || !ok {
		return nil
	}
	list, _, _ = strings.Cut(list, " and removed ")
	for _, m := range mention.FindAllStringSubmatch(list, -1) {
		names = append(names, m[1])
	}
	return names
}

// assigned are the notes that assigned the merger, and were not undone: merge robots such
// as Marge act on what is assigned to them, and hand it back where they cannot
// (https://gitlab.com/marge-org/marge-bot).
func assigned(notes []*note, merger string) (by []*note) {
	for _, n := range notes {
		if !n.System {
			continue
		}
		if to, ok := strings.CutPrefix(n.Body, saidAssigned); ok {
			to, _, _ = strings.Cut(to, " and "+saidUnassigned)
			if mentions(to, merger) {
				by = append(by, n)
			}
		}
		if _, from, ok := strings.Cut(n.Body, saidUnassigned); ok && mentions(from, merger) {
			by = nil
		}
	}
	return by
}

func mentions(text, name string) bool {
	return slices.ContainsFunc(mention.FindAllStringSubmatch(text, -1), func(m []string) bool { return strings.EqualFold(m[1], name) })
}
