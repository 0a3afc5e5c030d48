package gitlabtest

import (
	"fmt"
	"slices"
	"time"

	"github.com/tributary-oss/tributary/forge/forgetest"
)

// note is one entry under a change or an issue.
type note struct {
	id     int64
	at     time.Time
	author forgetest.Account
	body   string
	action string // of the system's own: what happened; "": somebody's words
	diff   string // of a comment on a line: the commit that it was made on
	line   int
	commit bool // it was made on the page of the commit
}

// kind is the note's class in GitLab.
func (n *note) kind() string {
	if n.diff != "" {
		return "DiffNote"
	}
	return "Note"
}

// notebook collects the notes of one subject. Their ids hang on what they come from and not
// on what else is there, so that an edit does not rename the others.
type notebook struct {
	subject int64
	notes   []note
}

func (b *notebook) add(n note, parts ...any) {
	n.id = forgetest.DerivedID(0, append([]any{"note", b.subject}, parts...)...)
	b.notes = append(b.notes, n)
}

// sorted is what the notebook holds, by time; what comes at once stays in order.
func (b *notebook) sorted() []note {
	slices.SortStableFunc(b.notes, func(x, y note) int { return x.at.Compare(y.at) })
	return b.notes
}

// changeNotes are the notes under a change, the oldest first.
func (s *Server) changeNotes(p *forgetest.Project, c *forgetest.Change) []note {
	b := &notebook{subject: c.NumericID(p)}
	b.events(p, c.Events(), s.o.OldNotes)
	for i := range c.Reviews {
		b.review(p, c, i)
	}
	b.comments(c.Comments)
	return b.sorted()
}

// allNotes are the notes under a change and on its head commit, the oldest first.
func (s *Server) allNotes(p *forgetest.Project, c *forgetest.Change) []note {
	b := &notebook{subject: c.NumericID(p), notes: s.changeNotes(p, c)}
	for i, v := range s.o.OnCommits {
		b.add(note{at: v.At, author: v.Author, body: v.Body, diff: landed(p, c), line: 1, commit: true}, "commit", i)
	}
	return b.sorted()
}

// issueNotes are the notes under an issue, the oldest first.
func (s *Server) issueNotes(p *forgetest.Project, i *forgetest.Issue) []note {
	b := &notebook{subject: i.NumericID(p)}
	b.events(p, i.Timeline, s.o.OldNotes)
	b.comments(i.Comments)
	return b.sorted()
}

func (b *notebook) comments(comments []forgetest.Comment) {
	for i, c := range comments {
		b.add(note{at: c.At, author: c.Author, body: c.Body}, "comment", i)
		if c.ID != 0 {
			b.notes[len(b.notes)-1].id = c.ID
		}
	}
}

// review turns one review into the notes that its author would have left.
func (b *notebook) review(p *forgetest.Project, c *forgetest.Change, i int) {
	v := &c.Reviews[i]
	if v.Verdict() == "PENDING" {
		return
	}
	if v.Body != "" {
		b.add(note{at: v.Submitted, author: v.Author, body: v.Body}, "review", i)
	}
	for k, text := range v.Inlines() {
		commit := v.Commit
		if commit == "" {
			commit = landed(p, c)
		}
		b.add(note{at: v.Submitted, author: v.Author, body: text, diff: commit, line: k + 1}, "line", i, k)
	}
	switch v.Verdict() {
	case "APPROVED":
		b.add(note{at: v.Submitted, author: v.Author, body: "approved this merge request", action: "approved"}, "verdict", i)
		if v.IsDismissed() {
			b.add(note{at: takenBack(c, i), author: v.Author, body: "unapproved this merge request", action: "unapproved"}, "taken back", i)
		}
	case "CHANGES_REQUESTED":
		b.add(note{at: v.Submitted, author: v.Author, body: "requested changes", action: "requested_changes"}, "verdict", i)
	}
}

// takenBack is when a dismissed review lost its verdict.
func takenBack(c *forgetest.Change, review int) time.Time {
	for _, e := range c.Timeline {
		if e.Type == "ReviewDismissedEvent" && e.Review == review {
			return e.At
		}
	}
	return c.Reviews[review].Submitted.Add(time.Hour)
}

// events writes down what the system noticed. The words are those of
// app/services/system_notes in GitLab's source.
func (b *notebook) events(p *forgetest.Project, events []forgetest.Event, old bool) {
	for i, e := range events {
		action, body := noticed(&e)
		if action == "" && old {
			action, body = noticedOnce(p, &e)
		}
		if action != "" {
			b.add(note{at: e.At, author: e.Actor, body: body, action: action}, "event", e.Type, i)
		}
	}
}

// noticed is the action and the words of an event; "" where GitLab writes none.
func noticed(e *forgetest.Event) (action, body string) {
	switch e.Type {
	case "ReviewRequestedEvent":
		if e.Reviewer.Deleted() {
			return "", ""
		}
		return "reviewer", "requested review from @" + e.Reviewer.Login
	case "ReviewRequestRemovedEvent":
		return "reviewer", "removed review request for @" + e.Reviewer.Login
	case "AssignedEvent":
		return "assignee", "assigned to @" + e.Assignee.Login
	case "UnassignedEvent":
		return "assignee", "unassigned @" + e.Assignee.Login
	case "RenamedTitleEvent":
		return "title", fmt.Sprintf("changed title from **%s** to **%s**", e.From, e.To)
	case "HeadRefForcePushedEvent":
		after := e.After[:min(8, len(e.After))]
		return "commit", fmt.Sprintf("added 1 commit\n\n<ul><li>%s - Rework</li></ul>\n\n[Compare with previous version](/-/merge_requests)", after)
	}
	return "", ""
}

// noticedOnce is what older servers wrote, too.
func noticedOnce(p *forgetest.Project, e *forgetest.Event) (action, body string) {
	switch e.Type {
	case "LabeledEvent":
		return "label", fmt.Sprintf("added ~%d label", labelID(p, e.Label))
	case "UnlabeledEvent":
		return "label", fmt.Sprintf("removed ~%d label", labelID(p, e.Label))
	case "ClosedEvent":
		return "closed", "closed"
	case "ReopenedEvent":
		return "opened", "reopened"
	case "MergedEvent":
		return "merged", "merged"
	}
	return "", ""
}

func labelID(p *forgetest.Project, name string) int64 {
	return forgetest.DerivedID(0, "label", p.NumericID(), name)
}

// approvals are the approvals that stand: GitLab deletes those that are taken back, and
// projects can have them deleted by the next push. Each person has one, the last.
func approvals(c *forgetest.Change) []*forgetest.Review {
	var list []*forgetest.Review
	for i := range c.Reviews {
		v := &c.Reviews[i]
		if v.Verdict() != "APPROVED" || v.IsDismissed() || v.Stale || v.Author.Deleted() {
			continue
		}
		list = slices.DeleteFunc(list, func(o *forgetest.Review) bool { return o.Author.Login == v.Author.Login })
		list = append(list, v)
	}
	return list
}

// asked are the accounts that events put onto a list, such as that of reviewers, and that
// no later one took off.
func asked(events []forgetest.Event, on, off string, who func(*forgetest.Event) forgetest.Account) []forgetest.Account {
	var list []forgetest.Account
	for i := range events {
		e := &events[i]
		a := who(e)
		if a.Deleted() || e.Type != on && e.Type != off {
			continue
		}
		list = slices.DeleteFunc(list, func(o forgetest.Account) bool { return o.Login == a.Login })
		if e.Type == on {
			list = append(list, a)
		}
	}
	return list
}

func reviewersOf(c *forgetest.Change) []forgetest.Account {
	return asked(c.Timeline, "ReviewRequestedEvent", "ReviewRequestRemovedEvent", func(e *forgetest.Event) forgetest.Account { return e.Reviewer })
}

func assigneesOf(events []forgetest.Event) []forgetest.Account {
	return asked(events, "AssignedEvent", "UnassignedEvent", func(e *forgetest.Event) forgetest.Account { return e.Assignee })
}
