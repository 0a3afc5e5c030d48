package githubtest

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake/graphql"
)

// moment is one entry of a timeline, of whatever type.
type moment struct {
	at   time.Time
	kind string
	item func() graphql.Object
}

// timeline pages through events, reviews and comments by time.
func (s *subject) timeline(a *graphql.Arguments) any {
	types := a.Texts("itemTypes")
	since, ok := a.Time("since")
	if !ok {
		return graphql.Unanswered{}
	}
	moments := slices.DeleteFunc(s.moments(), func(m moment) bool {
		return !among(types, itemType(m.kind)) || m.at.Before(since)
	})
	sort.SliceStable(moments, func(i, j int) bool { return moments[i].at.Before(moments[j].at) })
	return graphql.Connection(&graphql.List{
		Kind: s.kind + "TimelineItemsConnection", N: len(moments),
		Place: func(i int) graphql.Place { return graphql.Place{At: moments[i].at.UnixNano(), ID: int64(i)} },
		Item:  func(i int) graphql.Object { return moments[i].item() },
		Field: func(name string) any {
			switch name {
			case "filteredCount":
				return len(moments)
			case "updatedAt":
				return s.updated
			}
			return graphql.Unanswered{}
		},
	}, a)
}

func (s *subject) moments() []moment {
	var moments []moment
	events := s.events()
	for i := range events {
		e := &events[i]
		moments = append(moments, moment{e.At, e.Type, func() graphql.Object { return s.event(i, e) }})
	}
	for i := range s.reviews {
		v := &s.reviews[i]
		moments = append(moments, moment{v.Submitted, "PullRequestReview", func() graphql.Object { return s.review(i, v) }})
	}
	for i := range s.comments {
		c := &s.comments[i]
		moments = append(moments, moment{c.At, "IssueComment", func() graphql.Object { return s.comment(i, c) }})
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

func (s *subject) event(i int, e *Event) graphql.Object {
	return graphql.Object{Kind: e.Type, Field: func(name string, _ *graphql.Arguments) any {
		switch name {
		case "id":
			return nodeID("EV", s.Project.NumericID(), s.number, i)
		case "databaseId":
			return forgetest.DerivedID(0, "event", s.id, i)
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
func (s *subject) itself() graphql.Object {
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
		if e.Assignee.Kind() != "User" {
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
	return graphql.Unanswered{}
}

func (s *subject) team(slug string) graphql.Object {
	return graphql.Object{Kind: "Team", Field: func(name string, _ *graphql.Arguments) any {
		switch name {
		case "name", "slug":
			return slug
		case "combinedSlug":
			return s.Owner + "/" + slug
		case "id":
			return nodeID("T", s.Owner, slug)
		case "databaseId":
			return forgetest.DerivedID(0, "team", s.Owner, slug)
		case "organization":
			return account(Account{Login: s.Owner, Type: "Organization"})
		case "url":
			return fmt.Sprintf("%s/orgs/%s/teams/%s", site, s.Owner, slug)
		}
		return graphql.Unanswered{}
	}}
}
