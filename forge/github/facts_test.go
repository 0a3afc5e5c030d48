package github_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	gt "github.com/tributary-oss/tributary/forge/forgetest/githubtest"
	"github.com/tributary-oss/tributary/model"
)

var (
	ada     = gt.Account{Login: "ada", ID: 1}
	bob     = gt.Account{Login: "bob", ID: 2}
	cyd     = gt.Account{Login: "cyd", ID: 3}
	prow    = gt.Account{Login: "k8s-ci-robot", ID: 4} // an ordinary user to GitHub
	depends = gt.Account{Login: "dependabot", ID: 5, Type: "Bot", App: true}
	dummy   = gt.Account{Login: "old-name", ID: 6, Type: "Mannequin"}
	deleted = gt.Account{}
)

func at(hour int) time.Time { return day("2026-03-02").Add(time.Duration(hour) * time.Hour) }

// small is a project with one of everything.
func small() *gt.Project {
	return &gt.Project{Owner: "karst", Name: "cave", ID: 9,
		Changes: []gt.Change{
			{Number: 1, Title: "Sound  the\ndepth", Author: ada, MergedBy: bob, Created: at(0), Merged: at(5), Updated: at(6),
				Base: "main", Head: strings.Repeat("a", 40), MergeCommit: strings.Repeat("b", 40), Labels: []string{"kind/bug", "area/x", "kind/bug"},
				Reviews: []gt.Review{
					{Author: cyd, State: "CHANGES_REQUESTED", Submitted: at(1), Body: " Größer! ", Inline: 3, Commit: strings.Repeat("c", 40), Association: "MEMBER", CanPush: true},
					{Author: cyd, State: "APPROVED", Submitted: at(2), Association: "MEMBER", CanPush: true},
					{Author: deleted, State: "COMMENTED", Submitted: at(3), Body: "ok"},
					{Author: bob, State: "DISMISSED", Submitted: at(4)},
					{Author: bob, State: "PENDING"},
				},
				Timeline: []gt.Event{{Type: "ReviewRequestedEvent", Actor: ada, At: at(1), Reviewer: cyd}, {Type: "ReviewRequestedEvent", Actor: ada, At: at(1), Team: "owners"},
					{Type: "LabeledEvent", Actor: ada, At: at(1), Label: "area/x"}},
				Comments: []gt.Comment{{Author: cyd, At: at(4), Body: "/merge"}}},
			{Number: 2, Title: "Port", Author: dummy, MergedBy: prow, Created: at(0), Merged: at(9), Updated: at(9), Head: strings.Repeat("d", 40), Labels: []string{"lgtm"},
				Comments: []gt.Comment{
					{Author: ada, At: at(1), Body: "I would\n> /approve\nbut no"},
					{Author: ada, At: at(2), Body: "```\n/merge\n```"},
					{Author: bob, At: at(3), Body: "/lgtm"},
					{Author: bob, At: at(4), Body: "/lgtm cancel"},
					{Author: cyd, At: at(5), Body: "Fine.\n  /LGTM \n/approve"},
					{Author: deleted, At: at(6), Body: "bors r+"},
				}},
			{Number: 3, Title: "Not merged", Author: ada, State: "CLOSED", Created: at(0), Closed: at(1), Updated: at(9)},
			{Number: 4, Title: "Later", Author: ada, MergedBy: deleted, Created: at(0), Merged: day("2026-11-05"), Updated: day("2026-11-05")},
		},
		Issues: []gt.Issue{
			{Number: 7, Title: "Leak", Author: ada, Created: at(0), Updated: at(9), Closed: at(8), State: "CLOSED", StateReason: "COMPLETED", Labels: []string{"bug"},
				Comments: []gt.Comment{{Author: depends, At: at(1)}, {Author: ada, At: at(2)}, {Author: bob, At: at(3)}, {Author: bob, At: at(4)}, {Author: cyd, At: at(5)}},
				Timeline: []gt.Event{{Type: "LabeledEvent", Actor: cyd, At: at(6), Label: "bug"}, {Type: "AssignedEvent", Actor: cyd, At: at(6), Assignee: ada}, {Type: "ClosedEvent", Actor: bob, At: at(8)}}},
		},
		Releases: []gt.Release{
			{ID: 11, Tag: "v1.0/rc", Author: bob, Created: at(0), Published: at(1), Commit: strings.Repeat("b", 40)},
			{ID: 12, Tag: "v2", Author: bob, Created: at(0), Draft: true},
		},
		Advisories: []gt.Advisory{{GHSA: "GHSA-aaaa-bbbb-cccc", CVE: "CVE-2026-1", Publisher: bob, Created: at(0), Updated: at(1), Published: at(1),
			Description: "Mended in https://github.com/Karst/cave/pull/1 and https://github.com/karst/cave/commit/" + strings.Repeat("b", 40) + ", see https://github.com/other/cave/pull/3",
			Credits:     []gt.Credit{{User: ada, Type: "remediation_developer", State: "accepted"}, {User: cyd, Type: "finder", State: "accepted"}, {User: bob, Type: "analyst", State: "declined"}}}},
	}
}

// line writes a contribution short.
func line(c *model.Contribution) string {
	s := fmt.Sprintf("%s %s %s/%s/%s %s", c.Artifact, c.Role, c.Actor.Login, c.Actor.Account, c.Actor.Type, c.At.Format("01-02T15"))
	if c.Verb != "" {
		s += " " + c.Verb
	}
	if r := c.Review; r != nil {
		s += fmt.Sprintf(" %s=%s inline=%d length=%d push=%v %s %.3s", r.State, r.Said, r.Inline, r.Length, r.CanPush, r.Association, r.Commit)
	}
	return strings.TrimSpace(s)
}

func TestFacts(t *testing.T) {
	p := small()
	d := newDesk(t, gt.New(t, p), p)
	var lines []string
	about := map[model.Artifact]*model.Contribution{}
	for r, err := range d.source.Mine(t.Context(), d.repo, window) {
		require.NoError(t, err)
		if c := r.Contribution; c != nil {
			lines = append(lines, line(c))
			about[c.Artifact] = c
		}
	}
	assert.Equal(t, `advisory:GHSA-aaaa-bbbb-cccc publisher bob/github:2/user 03-02T01
advisory:GHSA-aaaa-bbbb-cccc remediator ada/github:1/user 03-02T01 remediation_developer
advisory:GHSA-aaaa-bbbb-cccc reporter cyd/github:3/user 03-02T01 finder
change:1 author ada/github:1/user 03-02T05
change:1 merger bob/github:2/user 03-02T05
change:1 reviewer cyd/github:3/user 03-02T01 changes-requested=CHANGES_REQUESTED inline=3 length=7 push=true MEMBER ccc
change:1 reviewer cyd/github:3/user 03-02T02 approved=APPROVED inline=0 length=0 push=true MEMBER
change:1 reviewer //ghost 03-02T03 commented=COMMENTED inline=0 length=2 push=false NONE
change:1 reviewer bob/github:2/user 03-02T04 dismissed=DISMISSED inline=0 length=0 push=false NONE
change:1 requested cyd/github:3/user 03-02T01
change:1 requested //team 03-02T01
change:2 author old-name/github:6/mannequin 03-02T09
change:2 merger k8s-ci-robot/github:4/user 03-02T09
change:2 commander cyd/github:3/user 03-02T05 /lgtm
change:2 commander cyd/github:3/user 03-02T05 /approve
change:2 commander //ghost 03-02T06 bors r+
issue:7 author ada/github:1/user 03-02T00
issue:7 responder dependabot/github:5/app 03-02T01
issue:7 responder bob/github:2/user 03-02T03
issue:7 responder cyd/github:3/user 03-02T05
issue:7 triager cyd/github:3/user 03-02T06 labeled
issue:7 triager bob/github:2/user 03-02T08 closed
release:v1.0/rc releaser bob/github:2/user 03-02T01`, strings.Join(lines, "\n"))

	assert.Equal(t, &model.Change{Title: "Sound the depth", Opened: at(0), Merged: at(5), Base: "main", Head: strings.Repeat("a", 40),
		MergeCommit: strings.Repeat("b", 40), Labels: []string{"area/x", "kind/bug"}}, about["change:1"].Change)
	assert.Empty(t, about["change:2"].Change.MergeCommit, "GitHub has lost it")
	assert.Equal(t, &model.Issue{Title: "Leak", Opened: at(0), Closed: at(8), Reason: "COMPLETED", Labels: []string{"bug"}}, about["issue:7"].Issue)
	assert.Equal(t, &model.Advisory{Aliases: []string{"CVE-2026-1"}, Published: at(1),
		Fixes: []model.Artifact{"change:1", model.Artifact("commit:" + strings.Repeat("b", 40))}}, about["advisory:GHSA-aaaa-bbbb-cccc"].Advisory)
}

// A change with more reviews than a page shows has all of them.
func TestManyReviews(t *testing.T) {
	p := small()
	p.Changes[0].Reviews = nil
	for n := range 275 {
		p.Changes[0].Reviews = append(p.Changes[0].Reviews, gt.Review{Author: cyd, State: "COMMENTED", Submitted: at(1).Add(time.Duration(n) * time.Second)})
	}
	d := newDesk(t, gt.New(t, p), p)
	assert.Equal(t, 275, strings.Count(d.mine(), `"role":"reviewer"`))
}

// Where robots merge most changes, what they were told comes with the pages.
func TestRobotsEverywhere(t *testing.T) {
	p := &gt.Project{Owner: "karst", Name: "cave"}
	for n := range 200 {
		p.Changes = append(p.Changes, gt.Change{Number: n + 1, Author: ada, MergedBy: prow, Created: at(0), Merged: at(n), Updated: at(n), Comments: []gt.Comment{{Author: bob, At: at(0), Body: "/approve"}}})
	}
	server := gt.New(t, p)
	d := newDesk(t, server, p)
	assert.Equal(t, 200, strings.Count(d.mine(), `"role":"commander"`))
	assert.LessOrEqual(t, len(server.Requests()), 8+1+6, "one further request for the first page, and none for the others")
	assert.Equal(t, len(server.Requests())-1, server.Points(), "and no further point")
}

func TestIssuesTurnedOff(t *testing.T) {
	p := small()
	p.IssuesDisabled = true
	d := newDesk(t, gt.New(t, p), p)
	c := coverage(t, d.mine())[model.IssueFacts]
	assert.Equal(t, model.Unavailable, c.State)
	assert.Contains(t, c.Reason, "turned off")
}
