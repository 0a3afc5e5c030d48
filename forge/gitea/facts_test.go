package gitea_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	ft "github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
	"github.com/tributary-oss/tributary/model"
)

var (
	ada     = ft.Account{Login: "ada", ID: 1}
	bob     = ft.Account{Login: "bob", ID: 2}
	cyd     = ft.Account{Login: "cyd", ID: 3}
	robot   = ft.Account{Login: "merge-bot", ID: 4} // an ordinary user to Gitea
	deleted = ft.Account{}
)

func at(hour int) time.Time { return day("2026-03-02").Add(time.Duration(hour) * time.Hour) }

// small is a project with one of everything.
func small() *ft.Project {
	return &ft.Project{Owner: "karst", Name: "cave", ID: 9,
		Changes: []ft.Change{
			{Number: 1, Title: "Sound  the\ndepth", Author: ada, MergedBy: bob, Created: at(0), Merged: at(5), Updated: at(6),
				Base: "main", Head: strings.Repeat("a", 40), Start: strings.Repeat("f", 40), MergeCommit: strings.Repeat("b", 40), Labels: []string{"kind/bug", "area/x", "kind/bug"},
				Reviews: []ft.Review{
					{Author: cyd, State: "CHANGES_REQUESTED", Submitted: at(1), Body: " Größer! ", Inline: 3, Commit: strings.Repeat("c", 40), Stale: true},
					{Author: cyd, State: "APPROVED", Submitted: at(2), CanPush: true},
					{Author: deleted, State: "COMMENTED", Submitted: at(3), Body: "ok"},
					{Author: bob, State: "APPROVED", Submitted: at(4), Dismissed: true},
					{Author: bob, State: "PENDING"},
				},
				Timeline: []ft.Event{{Type: "ReviewRequestedEvent", Actor: ada, At: at(1), Reviewer: cyd}, {Type: "ReviewRequestedEvent", Actor: ada, At: at(1), Reviewer: robot},
					{Type: "ReviewRequestedEvent", Actor: ada, At: at(1), Team: "owners"}, {Type: "LabeledEvent", Actor: ada, At: at(1), Label: "area/x"}},
				Comments: []ft.Comment{{Author: cyd, At: at(4), Body: "/merge"}}},
			{Number: 2, Title: "Port", Author: deleted, MergedBy: robot, Created: at(0), Merged: at(9), Updated: at(9), Head: strings.Repeat("d", 40), Labels: []string{"lgtm"},
				Comments: []ft.Comment{
					{Author: ada, At: at(1), Body: "I would\n> /approve\nbut no"},
					{Author: bob, At: at(3), Body: "/lgtm"},
					{Author: bob, At: at(4), Body: "/lgtm cancel"},
					{Author: cyd, At: at(5), Body: "Fine.\n  /LGTM \n/approve"},
					{Author: deleted, At: at(6), Body: "bors r+"},
				}},
			{Number: 3, Title: "Not merged", Author: ada, State: "CLOSED", Created: at(0), Closed: at(1), Updated: at(9)},
			{Number: 4, Title: "Later", Author: ada, MergedBy: deleted, Created: at(0), Merged: day("2026-11-05"), Updated: day("2026-11-05")},
		},
		Issues: []ft.Issue{
			{Number: 7, Title: "Leak", Author: ada, Created: at(0), Updated: at(9), Closed: at(8), State: "CLOSED", StateReason: "COMPLETED", Labels: []string{"bug"},
				Comments: []ft.Comment{{Author: robot, At: at(1)}, {Author: ada, At: at(2)}, {Author: bob, At: at(3)}, {Author: bob, At: at(4)}, {Author: cyd, At: at(5)}},
				Timeline: []ft.Event{{Type: "LabeledEvent", Actor: cyd, At: at(6), Label: "bug"}, {Type: "LabeledEvent", Actor: cyd, At: at(6), Label: "no"}, {Type: "UnlabeledEvent", Actor: cyd, At: at(7), Label: "no"},
					{Type: "AssignedEvent", Actor: cyd, At: at(6), Assignee: ada}, {Type: "ClosedEvent", Actor: bob, At: at(8)}}},
			{Number: 8, Title: "Again", Author: deleted, Created: at(0), Updated: at(9), State: "OPEN", Closed: at(8)},
		},
		Releases: []ft.Release{
			{ID: 11, Tag: "v1.0/rc", Author: bob, Created: at(1), Published: at(1), Commit: strings.Repeat("b", 40)},
			{ID: 12, Tag: "v2", Author: bob, Created: at(0), Draft: true},
		},
	}
}

// line writes a contribution short.
func line(c *model.Contribution) string {
	s := fmt.Sprintf("%s %s %s/%s/%s %s", c.Artifact, c.Role, c.Actor.Login, c.Actor.Account, c.Actor.Type, c.At.Format("01-02T15"))
	if c.Verb != "" {
		s += " " + c.Verb
	}
	if r := c.Review; r != nil {
		s += fmt.Sprintf(" %s=%s inline=%d length=%d push=%v stale=%v %.3s", r.State, r.Said, r.Inline, r.Length, r.CanPush, r.Stale, r.Commit)
	}
	return strings.TrimSpace(s)
}

func TestFacts(t *testing.T) {
	d := newDesk(t, small())
	d.server.Writers = true // who may write sees drafts
	var lines []string
	about := map[model.Artifact]*model.Contribution{}
	for r, err := range d.source.Mine(t.Context(), d.repo, window) {
		require.NoError(t, err)
		if c := r.Contribution; c != nil {
			lines = append(lines, line(c))
			about[c.Artifact] = c
		}
	}
	assert.Equal(t, `change:1 author ada/code.example:1/user 03-02T05
change:1 merger bob/code.example:2/user 03-02T05
change:1 reviewer cyd/code.example:3/user 03-02T01 changes-requested=REQUEST_CHANGES inline=3 length=7 push=true stale=true ccc
change:1 reviewer cyd/code.example:3/user 03-02T02 approved=APPROVED inline=0 length=0 push=true stale=false
change:1 reviewer //ghost 03-02T03 commented=COMMENT inline=0 length=2 push=false stale=false
change:1 reviewer bob/code.example:2/user 03-02T04 dismissed=APPROVED inline=0 length=0 push=false stale=false
change:1 requested //team 03-02T01
change:1 requested merge-bot/code.example:4/user 03-02T01
change:2 author //ghost 03-02T09
change:2 merger merge-bot/code.example:4/user 03-02T09
change:2 commander cyd/code.example:3/user 03-02T05 /lgtm
change:2 commander cyd/code.example:3/user 03-02T05 /approve
change:2 commander //ghost 03-02T06 bors r+
issue:7 author ada/code.example:1/user 03-02T00
issue:7 responder merge-bot/code.example:4/user 03-02T01
issue:7 responder bob/code.example:2/user 03-02T03
issue:7 responder cyd/code.example:3/user 03-02T05
issue:7 triager cyd/code.example:3/user 03-02T06 labeled
issue:7 triager cyd/code.example:3/user 03-02T06 labeled
issue:7 triager bob/code.example:2/user 03-02T08 closed
issue:8 author //ghost 03-02T00
release:v1.0/rc releaser bob/code.example:2/user 03-02T01`, strings.Join(lines, "\n"))

	assert.Equal(t, &model.Change{Title: "Sound the depth", Opened: at(0), Merged: at(5), Base: "main", Head: strings.Repeat("a", 40), Start: strings.Repeat("f", 40),
		MergeCommit: strings.Repeat("b", 40), Labels: []string{"area/x", "kind/bug"}}, about["change:1"].Change)
	assert.Empty(t, about["change:2"].Change.MergeCommit, "which comes a moment after the merge")
	assert.Equal(t, &model.Issue{Title: "Leak", Opened: at(0), Closed: at(8), Labels: []string{"bug"}}, about["issue:7"].Issue)
	assert.Zero(t, about["issue:8"].Issue.Closed, "it was opened again")
}

// What is called the time of a merge is that of the last write to the change. It moves
// while nothing says that the change was updated.
func TestAMergeThatIsWrittenToLater(t *testing.T) {
	d := newDesk(t, small())
	text := d.mine()
	d.server.Edit(func() { d.server.MergedAt = map[int]time.Time{1: at(3000), 2: at(3000)} })
	assertSame(t, text, d.again(), "which reads nothing")
	d.source = d.newSource(anew)
	assertSame(t, text, d.mine(), "which reads all")

	one := `[{"number":1,"merged":true,%s"created_at":"2026-03-02T00:00:00Z","updated_at":"2026-03-02T09:00:00Z"}]`
	for times, merged := range map[string]time.Time{
		`"merged_at":"2026-03-02T07:00:00Z","closed_at":"2026-03-02T05:00:00Z",`: at(5),
		`"merged_at":"2026-03-02T07:00:00Z","closed_at":null,`:                   at(7),
		`"merged_at":"2026-03-02T07:00:00Z",`:                                    at(7),
		"":                                                                       {},
	} {
		d.source = d.newSource(anew)
		d.server.OnRequest(func(r fake.Request) *fake.Fault {
			if r.Path != "/repos/karst/cave/pulls" {
				return nil
			}
			return &fake.Fault{Status: 200, Body: fmt.Sprintf(one, times), Header: http.Header{"X-Total-Count": {"1"}}}
		})
		text := d.mine()
		for r, err := range model.ReadRecords(strings.NewReader(text)) {
			require.NoError(t, err)
			if c := r.Contribution; c != nil && c.Role == model.Merger {
				assert.Equal(t, [2]time.Time{merged, merged}, [2]time.Time{c.At, c.Change.Merged}, times)
			}
		}
		assert.Equal(t, merged.IsZero(), coverage(t, text)[model.MergeFacts].State == model.Partial, times)
		assert.Equal(t, merged.IsZero(), !strings.Contains(text, `"role":"merger"`), times)
	}
}

// replaced answers a path with other JSON.
func replaced(path, body string) func(fake.Request) *fake.Fault {
	return func(r fake.Request) *fake.Fault {
		if r.Path != path {
			return nil
		}
		return &fake.Fault{Status: 200, Body: body}
	}
}

// The server's own accounts have numbers below zero; null is nobody.
func TestAccountsThatAreNone(t *testing.T) {
	d := newDesk(t, small())
	d.server.OnRequest(replaced("/repos/karst/cave/pulls/1", `{"number":1,"merged":true,"merged_by":{"id":-2,"login":"gitea-actions"}}`))
	text := d.mine()
	assert.Contains(t, text, `"role":"merger","actor":{"login":"gitea-actions","type":"bot"}`)
	assert.Contains(t, text, `"verb":"/merge"`, "robots act for whoever tells them")
	d.server.OnRequest(replaced("/repos/karst/cave/pulls/1", `{"number":1,"merged":true,"merged_by":null}`))
	d.source = d.newSource(anew)
	assert.Contains(t, d.mine(), `"artifact":"change:1","role":"merger","actor":{"type":"ghost"}`)
}

// Who did something elsewhere, before the project was imported, is not who imported it.
func TestAnImportedProject(t *testing.T) {
	p := small()
	p.Issues[0].Created = at(-24)
	d := newDesk(t, p)
	d.server.OnRequest(replaced("/repos/karst/cave", `{"id":9,"full_name":"karst/cave","original_url":"https://elsewhere.example/x","created_at":"`+at(3).Format(time.RFC3339)+`"}`))
	text := d.mine()
	for r, err := range model.ReadRecords(strings.NewReader(text)) {
		require.NoError(t, err)
		if c := r.Contribution; c != nil && c.Role != model.Author && c.Actor.Type != model.TeamAccount {
			assert.Equal(t, c.At.Before(at(3)), c.Actor == model.Identity{Type: model.MannequinAccount}, line(c))
		}
	}
	assert.Contains(t, text, `"artifact":"change:1","role":"author","actor":{"type":"mannequin"}`, "opened elsewhere")
	assert.Contains(t, text, `"artifact":"issue:7","role":"author","actor":{"type":"mannequin"}`)
	for _, kind := range []model.Kind{model.MergeFacts, model.ReviewFacts, model.IssueFacts} {
		c := coverage(t, text)[kind]
		assert.Equal(t, model.Partial, c.State, kind)
		assert.Contains(t, c.Reason, "from 2026-03-02 on only")
	}
}

// A change with more reviews than a page shows has all of them, whatever was not sent off.
func TestManyReviews(t *testing.T) {
	t.Parallel()
	for _, most := range []int{50, 30} {
		p := small()
		p.Changes[0].Reviews = nil
		for n := range 175 {
			r := ft.Review{Author: cyd, State: "COMMENTED", Submitted: at(1).Add(time.Duration(n) * time.Second)}
			if n%7 == 3 {
				r.State, r.Author = "PENDING", ft.Account{Login: fmt.Sprint("p", n)}
			}
			p.Changes[0].Reviews = append(p.Changes[0].Reviews, r)
		}
		d := newDesk(t, p)
		d.server.MaxItems = most
		assert.Equal(t, 150, strings.Count(d.mine(), `"role":"reviewer"`))
		assert.Equal(t, (175+most-1)/most, d.asked("/repos/karst/cave/pulls/1/reviews"))
	}
}

// A timeline has neither a count nor links.
func TestALongTimeline(t *testing.T) {
	t.Parallel()
	for _, most := range []int{50, 30, 10} {
		p := small()
		for n := range 130 {
			p.Issues[0].Timeline = append(p.Issues[0].Timeline, ft.Event{Type: "LabeledEvent", Actor: bob, At: at(8).Add(time.Duration(n) * time.Second), Label: fmt.Sprint(n)})
		}
		d := newDesk(t, p)
		d.server.MaxItems = most
		assert.Equal(t, 132, strings.Count(d.mine(), `"verb":"labeled"`), most)
		d.source = d.newSource(anew)
		d.server.OnRequest(func(r fake.Request) *fake.Fault {
			if r.Path == "/settings/api" {
				return &fake.Fault{Status: 404}
			}
			return nil
		})
		assert.Equal(t, 132, strings.Count(d.mine(), `"verb":"labeled"`), "a server that does not tell how large pages are")
	}
}

// A page of a timeline is short where there is something on it that one may not see.
func TestATimelineWithHoles(t *testing.T) {
	d := newDesk(t, small())
	d.server.OnRequest(func(r fake.Request) *fake.Fault {
		if r.Path != "/repos/karst/cave/issues/7/timeline" {
			return nil
		}
		some := `{"id":%d,"type":"label","body":"1","user":{"id":2,"login":"bob"},"created_at":"2026-03-02T01:00:00Z"},`
		if strings.Contains(r.Query, "page=1") {
			return &fake.Fault{Status: 200, Body: "[" + strings.Repeat(fmt.Sprintf(some, 1), 30) + "null]"}
		}
		return &fake.Fault{Status: 200, Body: strings.Replace("["+fmt.Sprintf(some, 2)+"]", ",]", "]", 1)}
	})
	assert.Equal(t, 31, strings.Count(d.mine(), `"verb":"labeled"`))
}

// An issue that is open was not closed, whatever remains of an earlier closing.
func TestAnIssueThatWasOpenedAgain(t *testing.T) {
	d := newDesk(t, small())
	d.server.OnRequest(replaced("/repos/karst/cave/issues", `[{"number":8,"title":"Again","state":"open","closed_at":"2026-03-02T01:00:00Z","created_at":"2026-03-01T01:00:00Z","updated_at":"2026-03-02T02:00:00Z"}]`))
	text := d.mine()
	assert.Contains(t, text, `"title":"Again"`)
	assert.NotContains(t, text, `"closed":`)
}

// Gitea shows as the last commit of a single change whatever its branch is at now; the
// list shows what the change was.
func TestABranchThatGoesOn(t *testing.T) {
	d := newDesk(t, small())
	d.server.OnRequest(replaced("/repos/karst/cave/pulls/1", `{"number":1,"merged":true,"merged_by":{"id":2,"login":"bob"},"head":{"ref":"x","sha":"`+strings.Repeat("9", 40)+`"}}`))
	text := d.mine()
	assert.Contains(t, text, strings.Repeat("a", 40))
	assert.NotContains(t, text, strings.Repeat("9", 40))
}

func TestListsThatAreTurnedOff(t *testing.T) {
	p := small()
	p.IssuesDisabled = true
	d := newDesk(t, p)
	c := coverage(t, d.mine())[model.IssueFacts]
	assert.NoError(t, d.gap)
	assert.Equal(t, model.Unavailable, c.State)
	assert.Contains(t, c.Reason, "turned off")

	p = small()
	p.ChangesDisabled = true
	d = newDesk(t, p)
	text := d.mine()
	for _, kind := range []model.Kind{model.MergeFacts, model.ReviewFacts} {
		c = coverage(t, text)[kind]
		assert.Equal(t, model.Unavailable, c.State)
		assert.Contains(t, c.Reason, "turned off")
	}
	assert.Equal(t, model.Complete, coverage(t, text)[model.IssueFacts].State)

	d = newDesk(t, small())
	d.server.OnRequest(replaced("/repos/karst/cave", `{"id":9,"full_name":"karst/cave","has_issues":true,"external_tracker":{"external_tracker_url":"x"},"has_releases":false}`))
	text = d.mine()
	assert.Contains(t, coverage(t, text)[model.IssueFacts].Reason, "kept elsewhere")
	assert.Contains(t, coverage(t, text)[model.ReleaseFacts].Reason, "turned off")
	assert.Equal(t, model.Complete, coverage(t, text)[model.MergeFacts].State)
	assert.Contains(t, coverage(t, text)[model.AdvisoryFacts].Reason, "no security advisories")
}

// A release that was deleted, and published again, is one.
func TestADeletedRelease(t *testing.T) {
	p := small()
	d := newDesk(t, p)
	d.mine()
	d.server.Edit(func() {
		p.Releases = []ft.Release{{ID: 99, Tag: "v1.0/rc", Author: bob, Created: at(30), Published: at(30)}}
	})
	text := d.again()
	assert.Equal(t, 1, strings.Count(text, `"role":"releaser"`))
	d.source = d.newSource(anew)
	assertSame(t, d.mine(), text)

	d.server.Edit(func() {
		for n := range 20 {
			p.Releases = append(p.Releases, ft.Release{ID: int64(100 + n), Tag: fmt.Sprint("v2.", n), Author: bob, Created: at(40 + n), Published: at(40 + n)})
		}
	})
	assert.Equal(t, 21, strings.Count(d.again(), `"role":"releaser"`))
	d.server.Edit(func() { p.Releases = slices.Delete(p.Releases, 1, 2) }) // none of the last ten
	assert.Equal(t, 20, strings.Count(d.again(), `"role":"releaser"`))
}
