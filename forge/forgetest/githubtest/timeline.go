package githubtest

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"
)

// events are the change's own, and those that a merge brings with it.
func (c *Change) events() []Event {
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

// moment is one entry of a timeline, of whatever type.
type moment struct {
	at   time.Time
	kind string
	item func() object
}

// timeline pages through events, reviews and comments by time.
func (s *subject) timeline(a *arguments) any {
	types := a.texts("itemTypes")
	since, ok := a.time("since")
	if !ok {
		return unanswered{}
	}
	moments := slices.DeleteFunc(s.moments(), func(m moment) bool {
		return !among(types, itemType(m.kind)) || m.at.Before(since)
	})
	sort.SliceStable(moments, func(i, j int) bool { return moments[i].at.Before(moments[j].at) })
	return connection(&list{
		kind: s.kind + "TimelineItemsConnection", n: len(moments),
		place: func(i int) place { return place{At: moments[i].at.UnixNano(), ID: int64(i)} },
		item:  func(i int) object { return moments[i].item() },
		field: func(name string) any {
			switch name {
			case "filteredCount":
				return len(moments)
			case "updatedAt":
				return s.updated
			}
			return unanswered{}
		},
	}, a)
}

func (s *subject) moments() []moment {
	var moments []moment
	events := s.events()
	for i := range events {
		e := &events[i]
		moments = append(moments, moment{e.At, e.Type, func() object { return s.event(i, e) }})
	}
	for i := range s.reviews {
		v := &s.reviews[i]
		moments = append(moments, moment{v.Submitted, "PullRequestReview", func() object { return s.review(i, v) }})
	}
	for i := range s.comments {
		c := &s.comments[i]
		moments = append(moments, moment{c.At, "IssueComment", func() object { return s.comment(i, c) }})
	}
	return moments
}

// itemType is how itemTypes calls a type: LABELED_EVENT for LabeledEvent.
func itemType(kind string) string {
	var b strings.Builder
	for i, r := range kind {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return strings.ToUpper(b.String())
}

func (s *subject) event(i int, e *Event) object {
	return object{e.Type, func(name string, _ *arguments) any {
		switch name {
		case "id":
			return nodeID("EV", s.Project.id(), s.number, i)
		case "databaseId":
			return orDerived(0, "event", s.id, i)
		case "actor":
			return account(e.Actor)
		case "enabler", "enqueuer":
			return account(e.Actor)
		case "createdAt":
			return e.At
		case "pullRequest", "issue", "closable", "labelable", "assignable", "subject":
			return s.itself()
		case "url":
			return site + s.path
		case "resourcePath":
			return s.path
		}
		return s.detail(e, name)
	}}
}

// itself is the change or the issue that a timeline belongs to.
func (s *subject) itself() object {
	if s.kind == "Issue" {
		return s.repository.issueOf(s.number)
	}
	return s.repository.changeOf(s.number)
}

// detail answers what only some types of events have.
func (s *subject) detail(e *Event, name string) any {
	switch name {
	case "label":
		return s.label(e.Label)
	case "stateReason", "dismissalMessage":
		return orNull(e.Reason)
	case "closer":
		return nil
	case "requestedReviewer":
		if e.Team != "" {
			return s.team(e.Team)
		}
		return account(e.Reviewer)
	case "assignee":
		return account(e.Assignee)
	case "user":
		if e.Assignee.kind() != "User" {
			return nil
		}
		return account(e.Assignee)
	case "beforeCommit":
		return commit(s.Project, e.Before)
	case "afterCommit":
		return commit(s.Project, e.After)
	case "commit":
		return commit(s.Project, e.Commit)
	case "mergeRefName":
		return "main"
	case "previousReviewState":
		return e.State
	case "review":
		if e.Review < 0 || e.Review >= len(s.reviews) {
			return nil
		}
		return s.review(e.Review, &s.reviews[e.Review])
	case "previousTitle":
		return e.From
	case "currentTitle":
		return e.To
	}
	return unanswered{}
}

func (s *subject) team(slug string) object {
	return object{"Team", func(name string, _ *arguments) any {
		switch name {
		case "name", "slug":
			return slug
		case "combinedSlug":
			return s.Owner + "/" + slug
		case "id":
			return nodeID("T", s.Owner, slug)
		case "databaseId":
			return orDerived(0, "team", s.Owner, slug)
		case "organization":
			return account(Account{Login: s.Owner, Type: "Organization"})
		case "url":
			return fmt.Sprintf("%s/orgs/%s/teams/%s", site, s.Owner, slug)
		}
		return unanswered{}
	}}
}
