package forgetest

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"hash/fnv"
	"slices"
	"time"
)

// DerivedID is id, or where that is 0 a positive number of 31 bits made of parts, since
// GraphQL's Int has no more.
func DerivedID(id int64, parts ...any) int64 {
	if id != 0 {
		return id
	}
	h := fnv.New32a()
	fmt.Fprintln(h, parts...)
	return int64(h.Sum32()>>1) + 1
}

// DerivedHash is an object id, or where that is "" one of 40 digits made of parts.
func DerivedHash(oid string, parts ...any) string {
	if oid != "" {
		return oid
	}
	return fmt.Sprintf("%x", sha256.Sum256(fmt.Appendln(nil, parts...)))[:40]
}

// Latest is the last of the times; zero where all are.
func Latest(times ...time.Time) time.Time {
	var last time.Time
	for _, t := range times {
		if t.After(last) {
			last = t
		}
	}
	return last
}

// NumericID is the project's id, derived where the test gave none.
func (p *Project) NumericID() int64 { return DerivedID(p.ID, "project", p.Owner, p.Name) }

// FullName is "owner/name".
func (p *Project) FullName() string { return p.Owner + "/" + p.Name }

// NumericID is the account's id, derived where the test gave none.
func (a Account) NumericID() int64 { return DerivedID(a.ID, "account", a.Login) }

// Deleted says that the account is gone.
func (a Account) Deleted() bool { return a.Login == "" }

// Kind is the account's Type, or User.
func (a Account) Kind() string { return cmp.Or(a.Type, "User") }

// Accounts are all that the project names and that are not deleted, each login once, in
// the order in which they are written.
func (p *Project) Accounts() []Account {
	var list []Account
	seen := map[string]bool{"": true}
	p.eachAccount(func(accounts ...Account) {
		for _, a := range accounts {
			if !seen[a.Login] {
				seen[a.Login] = true
				list = append(list, a)
			}
		}
	})
	return list
}

func (p *Project) eachAccount(add func(...Account)) {
	said := func(events []Event, comments []Comment) {
		for _, e := range events {
			add(e.Actor, e.Reviewer, e.Assignee)
		}
		for _, c := range comments {
			add(c.Author)
		}
	}
	for _, c := range p.Changes {
		add(c.Author, c.MergedBy)
		for _, v := range c.Reviews {
			add(v.Author)
		}
		said(c.Timeline, c.Comments)
	}
	for _, i := range p.Issues {
		add(i.Author)
		said(i.Timeline, i.Comments)
	}
	for _, r := range p.Releases {
		add(r.Author)
	}
	for _, a := range p.Advisories {
		add(a.Publisher, a.Author)
		for _, c := range a.Credits {
			add(c.User)
		}
	}
	for _, m := range p.Members {
		add(m.Account)
	}
}

// NumericID is the change's id, which is not its number.
func (c *Change) NumericID(p *Project) int64 {
	return DerivedID(c.ID, "change", p.NumericID(), c.Number)
}

// Status is OPEN, CLOSED or MERGED.
func (c *Change) Status() string {
	switch {
	case c.State != "":
		return c.State
	case !c.Merged.IsZero():
		return "MERGED"
	case !c.Closed.IsZero():
		return "CLOSED"
	}
	return "OPEN"
}

// ClosedAt is when the change was closed; a merge closes it.
func (c *Change) ClosedAt() time.Time {
	if c.Closed.IsZero() {
		return c.Merged
	}
	return c.Closed
}

// LastUpdate is when the change last moved in the forge's lists.
func (c *Change) LastUpdate() time.Time {
	if !c.Updated.IsZero() {
		return c.Updated
	}
	return Latest(c.Created, c.Merged, c.Closed)
}

// SourceBranch is the branch that the change comes from.
func (c *Change) SourceBranch() string { return cmp.Or(c.Branch, fmt.Sprintf("topic-%d", c.Number)) }

// TargetBranch is the branch that the change goes to.
func (c *Change) TargetBranch() string { return cmp.Or(c.Base, "main") }

// Landing is the method by which the change is merged.
func (c *Change) Landing() string { return cmp.Or(c.Method, ByMerge) }

// HeadCommit is the object id of the change's own last commit.
func (c *Change) HeadCommit(p *Project) string {
	return DerivedHash(c.Head, "head", p.NumericID(), c.Number)
}

// BaseTip is the object id of the tip of the branch that the change goes to.
func (c *Change) BaseTip(p *Project) string {
	return DerivedHash(c.BaseCommit, "base", p.NumericID(), c.Number)
}

// StartCommit is the object id of the commit that the change's own commits follow.
func (c *Change) StartCommit(p *Project) string {
	return DerivedHash(c.Start, "start", p.NumericID(), c.Number)
}

// Events are the change's own, and those that a merge brings with it.
func (c *Change) Events() []Event {
	if c.Merged.IsZero() {
		return c.Timeline
	}
	events := slices.Clone(c.Timeline)
	for _, kind := range []string{"MergedEvent", "ClosedEvent"} {
		written := func(e Event) bool { return e.Type == kind }
		if !slices.ContainsFunc(c.Timeline, written) {
			events = append(events, Event{Type: kind, Actor: c.MergedBy, At: c.Merged, Commit: c.MergeCommit})
		}
	}
	return events
}

// NumericID is the review's id; place is its index in the change.
func (v *Review) NumericID(change int64, place int) int64 {
	return DerivedID(v.ID, "review", change, place)
}

// Verdict is what the reviewer said: APPROVED, CHANGES_REQUESTED, COMMENTED or PENDING,
// whatever became of it.
func (v *Review) Verdict() string {
	if v.State == "DISMISSED" {
		return "APPROVED"
	}
	return cmp.Or(v.State, "COMMENTED")
}

// IsDismissed says that the verdict was taken back or overruled.
func (v *Review) IsDismissed() bool { return v.Dismissed || v.State == "DISMISSED" }

// Inlines are the texts of the comments on lines, Inline many.
func (v *Review) Inlines() []string {
	texts := make([]string, v.Inline)
	for i := range texts {
		texts[i] = fmt.Sprintf("Line %d is too narrow.", i+1)
		if i < len(v.InlineText) {
			texts[i] = v.InlineText[i]
		}
	}
	return texts
}

// NumericID is the comment's id; subject is that of its change or issue, place its index there.
func (c *Comment) NumericID(subject int64, place int) int64 {
	return DerivedID(c.ID, "comment", subject, place)
}

// NumericID is the issue's id, which is not its number.
func (i *Issue) NumericID(p *Project) int64 {
	return DerivedID(i.ID, "issue", p.NumericID(), i.Number)
}

// Status is OPEN or CLOSED.
func (i *Issue) Status() string {
	switch {
	case i.State != "":
		return i.State
	case !i.Closed.IsZero():
		return "CLOSED"
	}
	return "OPEN"
}

// LastUpdate is when the issue last moved in the forge's lists.
func (i *Issue) LastUpdate() time.Time {
	if !i.Updated.IsZero() {
		return i.Updated
	}
	return Latest(i.Created, i.Closed)
}

// NumericID is the release's id.
func (v *Release) NumericID(p *Project) int64 {
	return DerivedID(v.ID, "release", p.NumericID(), v.Tag)
}

// LastUpdate is when the release last changed.
func (v *Release) LastUpdate() time.Time {
	if !v.Updated.IsZero() {
		return v.Updated
	}
	return Latest(v.Created, v.Published)
}
