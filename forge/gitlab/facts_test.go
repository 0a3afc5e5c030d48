package gitlab_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/gitlabtest"
	"github.com/tributary-oss/tributary/forge/gitlab"
	"github.com/tributary-oss/tributary/model"
)

var (
	ada     = forgetest.Account{Login: "ada", ID: 101}
	bob     = forgetest.Account{Login: "bob", ID: 102}
	cyd     = forgetest.Account{Login: "cyd", ID: 103}
	dot     = forgetest.Account{Login: "dot", ID: 104}
	marge   = forgetest.Account{Login: "marge-bot", ID: 105} // an ordinary user to GitLab
	service = forgetest.Account{Login: "steward", ID: 106, Type: "Bot"}
	project = forgetest.Account{Login: "project_9_bot_0a1b", ID: 107, Type: "Bot"}
	deleted = forgetest.Account{}
)

func at(minutes int) time.Time { return day("2026-03-02").Add(time.Duration(minutes) * time.Minute) }

const (
	oidA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	oidB = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	oidC = "cccccccccccccccccccccccccccccccccccccccc"
)

// small is a project with one of everything.
func small() *forgetest.Project {
	return &forgetest.Project{Owner: "karst/deep", Name: "cave", ID: 9, Members: []forgetest.Member{{Account: dot, Level: "developer"}, {Account: cyd, Level: "reporter"}},
		Changes: []forgetest.Change{
			{Number: 1, Title: "Sound  the\ndepth", Author: ada, MergedBy: bob, Created: at(0), Merged: at(500), Updated: at(600),
				Base: "main", Head: oidA, MergeCommit: oidB, Labels: []string{"kind/bug", "area::x"},
				Reviews: []forgetest.Review{
					{Author: cyd, State: "CHANGES_REQUESTED", Submitted: at(60), Body: " Größer! ", Inline: 3, Commit: oidC},
					{Author: cyd, State: "APPROVED", Submitted: at(120)},
					{Author: dot, State: "COMMENTED", Submitted: at(180), Inline: 1, Commit: oidA},
					{Author: deleted, State: "COMMENTED", Submitted: at(200), Body: "words alone"},
					{Author: bob, State: "APPROVED", Submitted: at(240), Dismissed: true},
					{Author: bob, State: "PENDING"},
					{Author: ada, State: "COMMENTED", Submitted: at(250), Inline: 2},
					{Author: dot, State: "APPROVED", Submitted: at(590)},
				},
				Timeline: []forgetest.Event{
					{Type: "ReviewRequestedEvent", Actor: ada, At: at(1), Reviewer: cyd},
					{Type: "HeadRefForcePushedEvent", Actor: ada, At: at(100), After: oidA},
					{Type: "ReviewDismissedEvent", Actor: bob, At: at(300), Review: 4},
				},
				Comments: []forgetest.Comment{
					// The first belongs to the approval, since it comes within a minute of it.
					{Author: cyd, At: at(120).Add(50 * time.Second), Body: "ok"}, {Author: cyd, At: at(130), Body: "/merge"},
				}},
			{Number: 2, Title: "Port", Author: project, MergedBy: marge, Created: at(0), Merged: at(900), Updated: at(900), Method: forgetest.ByFastForward, MergeCommit: oidC, Start: oidB,
				Timeline: []forgetest.Event{
					{Type: "AssignedEvent", Actor: cyd, At: at(1), Assignee: marge},
					{Type: "UnassignedEvent", Actor: marge, At: at(2), Assignee: marge},
					{Type: "AssignedEvent", Actor: dot, At: at(3), Assignee: marge},
				},
				Comments: []forgetest.Comment{
					{Author: ada, At: at(10), Body: "I would\n> /approve\nbut no"}, {Author: bob, At: at(30), Body: "/lgtm"}, {Author: bob, At: at(40), Body: "/lgtm cancel"},
					{Author: cyd, At: at(50), Body: "Fine.\n  /LGTM"},
				}},
			{Number: 3, Title: "Not merged", Author: ada, State: "CLOSED", Created: at(0), Closed: at(1), Updated: at(9)},
			{Number: 4, Title: "Later", Author: ada, MergedBy: deleted, Created: at(0), Merged: day("2026-11-05"), Updated: day("2026-11-05")},
			{Number: 5, Title: "Squashed", Author: service, MergedBy: bob, Created: at(0), Merged: at(700), Updated: at(700), Method: forgetest.BySquash, MergeCommit: oidB, Squash: ""},
			{Number: 6, Title: "Squashed and merged", Author: ada, MergedBy: bob, Created: at(0), Merged: at(710), Updated: at(710), Method: forgetest.BySquash, MergeCommit: oidB, Squash: oidC},
		},
		Issues: []forgetest.Issue{
			{Number: 7, Title: "Leak", Author: ada, Created: at(0), Updated: at(900), Closed: at(800), Labels: []string{"bug"},
				Comments: []forgetest.Comment{{Author: project, At: at(10)}, {Author: ada, At: at(20)}, {Author: bob, At: at(30)}, {Author: bob, At: at(40)}, {Author: service, At: at(50)}},
				Timeline: []forgetest.Event{{Type: "LabeledEvent", Actor: cyd, At: at(60), Label: "bug"}, {Type: "UnlabeledEvent", Actor: cyd, At: at(61), Label: "bad"},
					{Type: "AssignedEvent", Actor: cyd, At: at(62), Assignee: ada}, {Type: "ClosedEvent", Actor: bob, At: at(800)}}},
			{Number: 8, Title: "Open", Author: deleted, Created: at(5), Updated: at(5)},
		},
		Releases: []forgetest.Release{
			{ID: 11, Tag: "v1.0/rc", Author: bob, Created: at(0), Published: at(60)},
			{ID: 12, Tag: "v2", Author: deleted, Created: at(0), Published: at(120)},
			{ID: 13, Tag: "v9", Author: bob, Created: at(0), Published: day("2027-01-01")},
		},
	}
}

// line writes a contribution short.
func line(c *model.Contribution) string {
	s := fmt.Sprintf("%s %s %s/%s/%s %s", c.Artifact, c.Role, c.Actor.Login, c.Actor.Account, c.Actor.Type, c.At.Format("01-02T15:04"))
	if c.Verb != "" {
		s += " " + c.Verb
	}
	if r := c.Review; r != nil {
		s += fmt.Sprintf(" %s=%s inline=%d length=%d push=%v stale=%v %.3s", r.State, r.Said, r.Inline, r.Length, r.CanPush, r.Stale, r.Commit)
	}
	return strings.TrimSpace(s)
}

func TestFacts(t *testing.T) {
	for way, set := range ways {
		t.Run(way, func(t *testing.T) {
			p := small()
			d := newDesk(t, gitlabtest.New(t, p), p, set)
			var lines []string
			about := map[model.Artifact]*model.Contribution{}
			for r, err := range d.source.Mine(t.Context(), d.repo, window) {
				require.NoError(t, err)
				if c := r.Contribution; c != nil {
					lines = append(lines, line(c))
					about[c.Artifact] = c
				}
			}
			assert.Equal(t, `change:1 author ada/gitlab:101/user 03-02T08:20
change:1 merger bob/gitlab:102/user 03-02T08:20
change:1 reviewer cyd/gitlab:103/user 03-02T01:00 changes-requested=requested changes inline=3 length=7 push=false stale=true ccc
change:1 reviewer cyd/gitlab:103/user 03-02T02:00 approved=approved inline=0 length=2 push=true stale=false
change:1 reviewer dot/gitlab:104/user 03-02T03:00 commented=commented inline=1 length=0 push=true stale=false aaa
change:1 reviewer bob/gitlab:102/user 03-02T04:00 dismissed=approved inline=0 length=0 push=true stale=false
change:1 reviewer dot/gitlab:104/user 03-02T09:50 approved=approved inline=0 length=0 push=true stale=false
change:1 requested cyd/gitlab:103/user 03-02T00:01
change:2 author project_9_bot_0a1b/gitlab:107/bot 03-02T15:00
change:2 merger marge-bot/gitlab:105/user 03-02T15:00
change:2 commander dot/gitlab:104/user 03-02T00:03 assigned @marge-bot
change:2 commander cyd/gitlab:103/user 03-02T00:50 /lgtm
change:5 author steward/gitlab:106/bot 03-02T11:40
change:5 merger bob/gitlab:102/user 03-02T11:40
change:6 author ada/gitlab:101/user 03-02T11:50
change:6 merger bob/gitlab:102/user 03-02T11:50
issue:7 author ada/gitlab:101/user 03-02T00:00
issue:7 responder project_9_bot_0a1b/gitlab:107/bot 03-02T00:10
issue:7 responder bob/gitlab:102/user 03-02T00:30
issue:7 responder steward/gitlab:106/bot 03-02T00:50
issue:7 triager cyd/gitlab:103/user 03-02T01:00 labeled
issue:7 triager bob/gitlab:102/user 03-02T13:20 closed
issue:8 author //ghost 03-02T00:05
release:v1.0/rc releaser bob/gitlab:102/user 03-02T01:00
release:v2 releaser //ghost 03-02T02:00`, strings.Join(lines, "\n"))

			assert.Equal(t, &model.Change{Title: "Sound the depth", Opened: at(0), Merged: at(500), Base: "main", Head: oidA, MergeCommit: oidB, Labels: []string{"area::x", "kind/bug"}}, about["change:1"].Change)
			assert.Equal(t, &model.Change{Title: "Port", Opened: at(0), Merged: at(900), Base: "main", Head: oidC, Start: oidB, MergeCommit: oidC}, about["change:2"].Change, "fast-forwarded")
			assert.Equal(t, oidB, about["change:5"].Change.MergeCommit, "the squashed commit")
			assert.Empty(t, about["change:5"].Change.Start)
			assert.Equal(t, oidB, about["change:6"].Change.MergeCommit, "the merge commit")
			assert.Equal(t, &model.Issue{Title: "Leak", Opened: at(0), Closed: at(800), Labels: []string{"bug"}}, about["issue:7"].Issue)
		})
	}
}

// Both ways give the same, to the byte.
func TestBothWaysGiveTheSame(t *testing.T) {
	for name, p := range map[string]*forgetest.Project{"small": small(), "large": talked(230)} {
		for i := range p.Changes {
			p.Changes[i].Created = p.Changes[i].Created.Add(123 * time.Millisecond)
		}
		server := gitlabtest.New(t, p)
		text := newDesk(t, server, p, ways["REST"]).mine()
		assertSame(t, text, newDesk(t, server, p, ways["GraphQL"]).mine(), name)
		assert.NotContains(t, text, ".123Z", "some servers give whole seconds by GraphQL")
	}
}

// A change with more notes than its page shows has all of them.
func TestManyNotes(t *testing.T) {
	for way, set := range ways {
		p := small()
		p.Changes[0].Reviews, p.Changes[0].Comments = nil, nil
		for n := range 275 {
			p.Changes[0].Reviews = append(p.Changes[0].Reviews, forgetest.Review{Author: cyd, State: "COMMENTED", Submitted: at(1 + 2*n), Inline: 1})
		}
		d := newDesk(t, gitlabtest.New(t, p), p, set)
		text := d.mine()
		assert.Equal(t, 275, strings.Count(text, `"role":"reviewer"`), way)
		assertComplete(t, text)
	}
}

// An issue whose comments stand behind much that the system noted has its answers.
func TestAnswersBehindOtherNotes(t *testing.T) {
	var texts []string
	for _, set := range ways {
		p := small()
		for n := range 120 {
			p.Issues[0].Timeline = append(p.Issues[0].Timeline, forgetest.Event{Type: "RenamedTitleEvent", Actor: cyd, At: at(1), From: fmt.Sprint(n), To: fmt.Sprint(n + 1)})
		}
		texts = append(texts, newDesk(t, gitlabtest.New(t, p), p, set).mine())
		assert.Equal(t, 3, strings.Count(texts[0], `"role":"responder"`))
	}
	assertSame(t, texts[0], texts[1])
}

// Approvals that no note tells of are stated at the time of the merge.
func TestApprovalsWithoutNotes(t *testing.T) {
	p := small()
	server := gitlabtest.New(t, p)
	d := newDesk(t, server, p, func(o *gitlab.Options) { o.REST, o.Tokens = true, nil })
	text := d.mine()
	var lines []string
	for _, c := range acts(t, text, model.ChangeArtifact) {
		if c.Role == model.Reviewer {
			lines = append(lines, line(c))
		}
	}
	assert.Equal(t, []string{
		"change:1 reviewer cyd/gitlab:103/user 03-02T08:20 approved=approved inline=0 length=0 push=true stale=false",
		"change:1 reviewer dot/gitlab:104/user 03-02T08:20 approved=approved inline=0 length=0 push=true stale=false",
	}, lines)
	for _, kind := range []model.Kind{model.ReviewFacts, model.MergeFacts, model.IssueFacts} {
		assert.Equal(t, model.Partial, coverage(t, text)[kind].State, kind)
		assert.Contains(t, coverage(t, text)[kind].Reason, "to those only who give a token")
	}
	n := 0
	for _, r := range server.Requests() {
		if strings.HasSuffix(r.Path, "/notes") {
			n++
		}
	}
	assert.LessOrEqual(t, n, 2*8, "what is refused is not asked for again")

	d.usual = ways["REST"]
	text = d.again()
	assertComplete(t, text)
	d.anew()
	assertSame(t, d.mine(), text, "as if there had been a token before")
}

// GraphQL shows to nobody in particular nearly all.
func TestWithoutAToken(t *testing.T) {
	p := small()
	server := gitlabtest.New(t, p)
	d := newDesk(t, server, p, func(o *gitlab.Options) { o.Tokens = nil })
	text := d.mine()
	want := newDesk(t, server, p, ways["GraphQL"]).mine()
	assert.Equal(t, model.Partial, coverage(t, text)[model.ReviewFacts].State)
	assert.Equal(t, "GitLab shows who has write access to those only who give a token", coverage(t, text)[model.ReviewFacts].Reason)
	assert.Equal(t, model.Partial, coverage(t, text)[model.IssueFacts].State)
	assert.Contains(t, coverage(t, text)[model.IssueFacts].Reason, "who put labels on to those only who give a token")
	assert.Equal(t, strings.Count(want, `"role":"reviewer"`), strings.Count(text, `"role":"reviewer"`))
	assert.Equal(t, strings.Count(want, `"role":"responder"`), strings.Count(text, `"role":"responder"`))
}

func TestWhatIsTurnedOff(t *testing.T) {
	for way, set := range ways {
		p := small()
		p.IssuesDisabled = true
		d := newDesk(t, gitlabtest.New(t, p), p, set)
		c := coverage(t, d.mine())
		assert.Equal(t, model.Unavailable, c[model.IssueFacts].State, way)
		assert.Contains(t, c[model.IssueFacts].Reason, "turned off")
		assert.Equal(t, model.Complete, c[model.ReviewFacts].State)

		p = small()
		p.ChangesDisabled = true
		d = newDesk(t, gitlabtest.New(t, p), p, set)
		first := d.mine()
		for _, text := range []string{first, d.again()} {
			c = coverage(t, text)
			assert.Equal(t, model.Unavailable, c[model.ReviewFacts].State, way)
			assert.Equal(t, model.Unavailable, c[model.MergeFacts].State, way)
			assert.Contains(t, c[model.MergeFacts].Reason, "turned off")
			assert.Equal(t, model.Complete, c[model.IssueFacts].State)
		}
	}
}

// Only what is wanted is asked for.
func TestKinds(t *testing.T) {
	for way, set := range ways {
		p := small()
		server := gitlabtest.New(t, p)
		d := newDesk(t, server, p, func(o *gitlab.Options) { set(o); o.Kinds = []model.Kind{model.ReleaseFacts} })
		text := d.mine()
		assert.Empty(t, changes(t, text), way)
		assert.Contains(t, text, `"role":"releaser"`)
		for _, r := range server.Requests() {
			assert.NotContains(t, r.Path, "merge_requests")
			assert.NotContains(t, r.Path, "issues")
		}
	}
}
