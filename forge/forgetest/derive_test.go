package forgetest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/tributary-oss/tributary/forge/forgetest"
)

func TestWhatAProjectLeavesOutIsDerived(t *testing.T) {
	at := func(day int) time.Time { return time.Date(2026, 3, day, 0, 0, 0, 0, time.UTC) }
	p := &forgetest.Project{Owner: "karst/deep", Name: "cave"}
	assert.Equal(t, "karst/deep/cave", p.FullName())
	assert.Positive(t, p.NumericID())
	assert.NotEqual(t, p.NumericID(), (&forgetest.Project{Owner: "karst", Name: "cave"}).NumericID())
	assert.Equal(t, int64(4), (&forgetest.Project{ID: 4}).NumericID())

	for _, c := range []struct {
		change  forgetest.Change
		status  string
		updated int
	}{
		{forgetest.Change{Created: at(1)}, "OPEN", 1},
		{forgetest.Change{Created: at(1), Closed: at(2)}, "CLOSED", 2},
		{forgetest.Change{Created: at(1), Merged: at(3), Closed: at(2)}, "MERGED", 3},
		{forgetest.Change{Created: at(1), Merged: at(3), Updated: at(9)}, "MERGED", 9},
		{forgetest.Change{Created: at(1), Merged: at(3), State: "OPEN"}, "OPEN", 3},
	} {
		assert.Equal(t, c.status, c.change.Status())
		assert.Equal(t, at(c.updated), c.change.LastUpdate())
	}
	c := forgetest.Change{Number: 7, Merged: at(3)}
	assert.Equal(t, []string{"topic-7", "main", "merge"}, []string{c.SourceBranch(), c.TargetBranch(), c.Landing()})
	ids := map[string]bool{c.HeadCommit(p): true, c.BaseTip(p): true, c.StartCommit(p): true}
	assert.Len(t, ids, 3)
	for id := range ids {
		assert.Regexp(t, "^[0-9a-f]{40}$", id)
	}
	assert.Equal(t, at(3), c.ClosedAt())
	assert.Len(t, c.Events(), 2)
	c.Timeline = []forgetest.Event{{Type: "ClosedEvent"}}
	assert.Len(t, c.Events(), 2, "what is written is not added")
	assert.Len(t, c.Timeline, 1)

	v := forgetest.Review{State: "DISMISSED", Inline: 2, InlineText: []string{"one"}}
	assert.Equal(t, "APPROVED", v.Verdict())
	assert.True(t, v.IsDismissed())
	assert.Equal(t, []string{"one", "Line 2 is too narrow."}, v.Inlines())
	v = forgetest.Review{State: "CHANGES_REQUESTED", Dismissed: true}
	assert.Equal(t, "CHANGES_REQUESTED", v.Verdict())
	assert.True(t, v.IsDismissed())
	assert.Equal(t, "COMMENTED", (&forgetest.Review{}).Verdict())
}

func TestAccountsAreAllThatAProjectNames(t *testing.T) {
	a := func(login string) forgetest.Account { return forgetest.Account{Login: login} }
	p := &forgetest.Project{
		Changes: []forgetest.Change{{
			Author: a("1"), MergedBy: a("2"), Reviews: []forgetest.Review{{Author: a("3")}}, Comments: []forgetest.Comment{{Author: a("1")}},
			Timeline: []forgetest.Event{{Actor: a("4"), Reviewer: a("5"), Assignee: a("6")}},
		}},
		Issues:     []forgetest.Issue{{Author: a("7"), Comments: []forgetest.Comment{{Author: a("8")}, {}}}},
		Releases:   []forgetest.Release{{Author: a("9")}},
		Advisories: []forgetest.Advisory{{Publisher: a("a"), Author: a("b"), Credits: []forgetest.Credit{{User: a("c")}}}},
		Members:    []forgetest.Member{{Account: a("d"), Level: "guest"}},
	}
	logins := ""
	for _, who := range p.Accounts() {
		logins += who.Login
	}
	assert.ElementsMatch(t, []rune("123456789abcd"), []rune(logins))
}
