package gitlab_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/dnaeon/go-vcr.v4/pkg/recorder"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
	"github.com/tributary-oss/tributary/forge/forgetest/gitlabtest"
	"github.com/tributary-oss/tributary/forge/gitlab"
	"github.com/tributary-oss/tributary/model"
)

// anonymous takes the tokens away.
func anonymous(set func(*gitlab.Options)) func(*gitlab.Options) {
	return func(o *gitlab.Options) { set(o); o.Tokens = nil }
}

func reviews(text string) int { return strings.Count(text, `"role":"reviewer"`) }

// One refusal among many is a hole in its change, and takes nothing from the others. It is
// read a day later.
func TestOneRefusalIsAHole(t *testing.T) {
	for _, what := range []string{notes, "issues/*/notes", "issues/*/resource_label_events"} {
		p := large(130)
		for n := range 20 {
			i := p.Issues[0]
			i.Number += 100 + n
			p.Issues = append(p.Issues, i)
		}
		server := gitlabtest.New(t, p)
		d := newDesk(t, server, p, ways["REST"])
		want := d.mine()
		d.anew()
		server.OnRequest(after(what, 10, 1, status(403)))
		text := d.mine()
		kind := model.IssueFacts
		if what == notes {
			kind = model.ReviewFacts
			assert.Len(t, changes(t, text), 129)
		}
		assert.Contains(t, coverage(t, text)[kind].Reason, "not read: 1 items", what)
		assert.Contains(t, coverage(t, text)[kind].Reason, "403")
		assert.NoError(t, d.gap)
		server.SetNow(server.Now().Add(25 * time.Hour))
		text = d.again()
		assertComplete(t, text)
		assert.Equal(t, len(acts(t, want, model.IssueArtifact)), len(acts(t, text, model.IssueArtifact)), what)
		assert.Equal(t, reviews(want), reviews(text), what)
	}
}

// What is refused of every item is not asked of the third, is said, and is asked for when the next
// run starts. A refusal that lasts costs that run one request.
func TestWhatIsRefusedOfAll(t *testing.T) {
	for what, said := range map[string]string{notes: "comments and reviews", "issues/*/notes": "comments", "issues/*/resource_label_events": "who put labels on",
		"members/all": "who has write access"} {
		p := large(60)
		server := gitlabtest.New(t, p)
		d := newDesk(t, server, p, ways["REST"])
		want := d.mine()
		d.anew()
		server.OnRequest(func(r fake.Request) *fake.Fault {
			r.Query = strings.ReplaceAll(r.Query, "per_page=1", "per_page=x") // the one that tries again, too
			if is(r, what) {
				return &fake.Fault{Status: 403}
			}
			return nil
		})
		first := d.mine()
		kind := model.IssueFacts
		if what == notes || what == "members/all" {
			kind = model.ReviewFacts
		}
		assert.Equal(t, "GitLab shows "+said+" to others than the owner of this token only", coverage(t, first)[kind].Reason)
		assert.NoError(t, d.gap)
		server.Reset()
		assertSame(t, first, d.again(), what)
		assert.Len(t, server.Requests(), 3+1, what)

		server.OnRequest(nil)
		assertSame(t, want, d.again(), what, "as if it had never been refused")
	}
}

// What one project hides another shows.
func TestWhatOneProjectHides(t *testing.T) {
	p, q := large(30), talked(30)
	q.Owner, q.Name, q.ID = "other", "one", 4711
	server := gitlabtest.New(t, p, q)
	for way, set := range ways {
		d := newDesk(t, server, p, set)
		server.OnRequest(func(r fake.Request) *fake.Fault {
			if is(r, notes) || r.Kind == fake.GraphQL && r.Variables["path"] == p.FullName() {
				return &fake.Fault{Status: 404 - map[string]int{"REST": 1}[way]}
			}
			return nil
		})
		d.mine()
		server.Reset()
		d.repo.URL = "https://gitlab.com/other/one"
		text := d.mine()
		assert.Equal(t, 60, reviews(text), way)
		assertComplete(t, text)
		assert.Equal(t, way == "GraphQL", server.Count(fake.GraphQL) > 0)
	}
}

// A refusal of GraphQL that passes takes nothing from those who give no token, to whom REST
// shows less. One that stays is asked for again by the next run.
func TestGraphQLThatIsRefusedOnce(t *testing.T) {
	p := large(330)
	server := gitlabtest.New(t, p)
	d := newDesk(t, server, p, anonymous(ways["GraphQL"]))
	want := d.mine()
	for _, code := range few(401, 403, 404, 408, 500) {
		d.anew()
		server.OnRequest(after("Changes", 3, 1, status(code)))
		assertSame(t, want, d.mine(), code)
		d.anew()
		server.OnRequest(after("Head", 1, 1, status(code)))
		assertSame(t, want, d.mine(), code)
	}
	d.anew()
	server.OnRequest(after("Changes", 3, always, status(404)))
	text := d.mine()
	assert.Contains(t, coverage(t, text)[model.ReviewFacts].Reason, "comments and reviews")
	assert.Less(t, reviews(text), reviews(want))
	server.OnRequest(nil)
	assertSame(t, want, d.again())
}

// What the token of a job may not read another token may.
func TestAnotherTokenThanThatOfAJob(t *testing.T) {
	p := large(30)
	server := gitlabtest.New(t, p)
	d := newDesk(t, server, p, func(o *gitlab.Options) { o.Tokens = []forge.TokenSource{gitlab.JobToken("glcbt-x")} })
	text := d.mine()
	for _, said := range []string{"comments and reviews", "who is a robot"} {
		assert.Contains(t, coverage(t, text)[model.ReviewFacts].Reason, said)
	}
	d.usual = nil
	text = d.again()
	assertComplete(t, text)
	d.anew()
	assertSame(t, d.mine(), text)
}

// A refused head says nothing of a list, of which all stays known.
func TestAHeadThatIsRefused(t *testing.T) {
	for list, kind := range map[string]model.Kind{"merge_requests": model.ReviewFacts, "issues": model.IssueFacts, "releases": model.ReleaseFacts} {
		for _, code := range few(401, 403, 404) {
			p := large(230)
			server := gitlabtest.New(t, p)
			d := newDesk(t, server, p, anonymous(ways["REST"]))
			want := d.mine()
			server.OnRequest(func(r fake.Request) *fake.Fault {
				if strings.HasSuffix(r.Path, "/"+list) {
					return &fake.Fault{Status: code}
				}
				return nil
			})
			text := d.again()
			assert.Equal(t, model.Partial, coverage(t, text)[kind].State, list)
			assert.Contains(t, coverage(t, text)[kind].Reason, "known up to", list)
			assert.ErrorContains(t, d.gap, fmt.Sprint(code))
			assert.Equal(t, strings.Count(want, `"role"`), strings.Count(text, `"role"`), "%s %d", list, code)
			server.OnRequest(nil)
			server.Reset()
			assertSame(t, want, d.again(), list)
			assert.LessOrEqual(t, len(server.Requests()), 12, list)
		}
	}
}

// What members alone see is not none.
func TestWhatMembersAloneSee(t *testing.T) {
	for way, set := range ways {
		for part, kind := range map[string]model.Kind{"merge_requests": model.MergeFacts, "issues": model.IssueFacts, "releases": model.ReleaseFacts} {
			p := small()
			server := gitlabtest.Start(t, &gitlabtest.Options{MembersOnly: []string{part}}, p)
			d := newDesk(t, server, p, set)
			for _, text := range []string{d.mine(), d.again()} {
				c := coverage(t, text)[kind]
				assert.Equal(t, model.Unavailable, c.State, "%s %s", way, part)
				assert.Contains(t, c.Reason, "or shown to its members only")
				assert.NoError(t, d.gap)
			}
			d.usual = anonymous(set)
			d.anew()
			for _, text := range []string{d.mine(), d.again()} {
				c := coverage(t, text)[kind]
				assert.Equal(t, model.Unavailable, c.State, "%s %s without a token", way, part)
				assert.NotEmpty(t, c.Reason)
			}
		}
	}
}

// Whose right and nature nobody tells is not stated as if they were told.
func TestWithoutATokenByREST(t *testing.T) {
	p := small()
	server := gitlabtest.New(t, p)
	d := newDesk(t, server, p, anonymous(ways["REST"]))
	p.Members = nil
	text := d.mine()
	c := coverage(t, text)
	assert.Equal(t, "GitLab shows comments and reviews, who is a robot to those only who give a token", c[model.ReviewFacts].Reason)
	assert.Equal(t, "GitLab shows comments, who is a robot, who put labels on to those only who give a token", c[model.IssueFacts].Reason)
	assert.Equal(t, "GitLab shows who is a robot to those only who give a token", c[model.ReleaseFacts].Reason)
	server.Reset()
	assertSame(t, text, d.again())
	assert.LessOrEqual(t, len(server.Requests()), 3+1+5)
}

// A change whose approvals are not found takes nothing from the others.
func TestApprovalsThatAreNotFound(t *testing.T) {
	p := large(130)
	server := gitlabtest.New(t, p)
	d := newDesk(t, server, p, anonymous(ways["REST"]))
	want := d.mine()
	approved := map[string]int{}
	lost := ""
	for _, c := range acts(t, want, model.ChangeArtifact) {
		if c.Role == model.Reviewer {
			lost = c.Artifact.Name()
			approved[lost]++
		}
	}
	d.anew()
	server.OnRequest(gone("/approvals", lost))
	text := d.mine()
	assert.Len(t, changes(t, text), 130)
	assert.Equal(t, reviews(want)-approved[lost], reviews(text))
}

// What GraphQL cannot give REST does: the notes of one change, one page, all of them.
func TestWhatGraphQLCannotGive(t *testing.T) {
	p := large(120)
	for n := range 300 {
		p.Changes[60].Timeline = append(p.Changes[60].Timeline, forgetest.Event{Type: "RenamedTitleEvent", Actor: cyd, At: at(1), From: fmt.Sprint(n), To: "x"})
	}
	want := newDesk(t, gitlabtest.New(t, p), p, ways["REST"]).mine()
	var cursor any
	for name, spoilt := range map[string]func(fake.Request) bool{
		"notes": func(r fake.Request) bool { return r.Operation == "Notes" },
		"a page": func(r fake.Request) bool {
			if cursor == nil && r.Operation == "Changes" {
				cursor = r.Variables["after"]
			}
			return r.Operation == "Changes" && cursor != nil && r.Variables["after"] == cursor
		},
	} {
		for what, f := range map[string]fake.Fault{"an error": broken("Internal server error"), "403": status(403), "502": status(502), "too large": {Huge: true}} {
			if f.Huge && name == "a page" {
				continue // which takes long: see TestFaultsThatStay
			}
			server := gitlabtest.New(t, p)
			d := newDesk(t, server, p, ways["GraphQL"])
			cursor = nil
			server.OnRequest(func(r fake.Request) *fake.Fault {
				if spoilt(r) {
					return &f
				}
				return nil
			})
			assertSame(t, want, d.mine(), name, what)
			assert.NoError(t, d.gap)
			assert.LessOrEqual(t, server.Count(fake.REST), 40, "%s, %s: the others come by GraphQL", name, what)
		}
	}
}

// Approvals are noted some time after they were given, and the list of them is read where no
// note tells of one before the merge; both ways alike.
func TestApprovalsThatAreNotedLate(t *testing.T) {
	p := small()
	template := p.Changes[0]
	p.Changes = nil
	for n, minutes := range []int{490, 502, 590, 500} {
		c := template
		c.Number, c.Timeline, c.Comments = n+1, nil, nil
		c.Reviews = []forgetest.Review{{Author: cyd, State: "APPROVED", Submitted: at(minutes)}}
		p.Changes = append(p.Changes, c)
	}
	p.Changes[1].Reviews[0].Stale = true // so that it is not listed
	p.Changes[3].Reviews = append(p.Changes[3].Reviews, forgetest.Review{Author: dot, State: "APPROVED", Submitted: at(590)})
	for way, set := range ways {
		server := gitlabtest.New(t, p)
		var lines []string
		for _, c := range acts(t, newDesk(t, server, p, set).mine(), model.ChangeArtifact) {
			if c.Role == model.Reviewer {
				lines = append(lines, fmt.Sprintf("%s %s %s", c.Artifact.Name(), c.Actor.Login, c.At.Format("15:04")))
			}
		}
		assert.Equal(t, []string{"1 cyd 08:10", "2 cyd 08:20", "3 cyd 09:50", "4 cyd 08:20", "4 dot 09:50"}, lines, way)
		asked := 0
		for _, r := range server.Requests() {
			if strings.HasSuffix(r.Path, "/approvals") {
				asked++
			}
		}
		assert.Equal(t, map[string]int{"REST": 2}[way], asked)
	}
}

// What is said of a commit on its own page is not said of the change.
func TestNotesOnCommits(t *testing.T) {
	for way, set := range ways {
		p := large(60)
		want := newDesk(t, gitlabtest.New(t, p), p, set).mine()
		server := gitlabtest.Start(t, &gitlabtest.Options{OnCommits: []forgetest.Comment{{Author: dot, At: at(1), Body: "/merge"}}}, p)
		assertSame(t, want, newDesk(t, server, p, set).mine(), way)
	}
}

// A host of an intranet has accounts of its own.
func TestAHostThatIsCalledGitlab(t *testing.T) {
	p := small()
	d := newDesk(t, gitlabtest.New(t, p), p, func(o *gitlab.Options) { o.Host = "gitlab" })
	d.repo = model.Repository{URL: "https://gitlab/" + p.FullName()}
	text := d.mine()
	assert.Contains(t, text, `"gitlab.:101"`)
	assert.NotContains(t, text, `"gitlab:`)
}

// A server that says what it was sent puts no token into what is stated.
func TestAServerThatEchoes(t *testing.T) {
	for name, token := range map[string]forge.TokenSource{"personal": forge.StaticToken(secret), "of a job": gitlab.JobToken(secret)} {
		for _, f := range []fake.Fault{{Status: 400, Body: `{"message":"you sent ` + secret + `"}`}, {Status: 403, Body: `{"message":"you sent ` + secret + `"}`},
			{Body: `{"errors":[{"message":"you sent ` + secret + `"}],"data":null}`}, {HTML: true, Header: http.Header{"Content-Type": {secret}}}} {
			p := large(130)
			server, own, repo := secure(t, p)
			d := newDesk(t, server, p, func(o *gitlab.Options) {
				own(o)
				o.Tokens, o.REST = []forge.TokenSource{token}, f.Status > 0
			})
			d.repo = repo
			server.OnRequest(func(r fake.Request) *fake.Fault {
				if r.Operation != "Head" && (is(r, "Changes") || strings.HasSuffix(r.Path, "/notes") || is(r, changeList)) {
					return &f
				}
				return nil
			})
			text := d.mine()
			assert.NotEqual(t, model.Complete, coverage(t, text)[model.ReviewFacts].State)
			assert.NotContains(t, text, secret, name)
			assert.NotContains(t, fmt.Sprint(d.gap), secret, name)
			assert.NotContains(t, d.said.String(), secret, name)
		}
	}
}

// Updates within one second, and of an older item that becomes visible late, are seen.
func TestUpdatesThatDoNotMoveTheHead(t *testing.T) {
	for way, set := range ways {
		p := small()
		server := gitlabtest.New(t, p)
		d := newDesk(t, server, p, set)
		now := server.Now().Truncate(time.Second)
		server.Edit(func() { p.Changes[0].Updated, p.Issues[0].Updated = now, now })
		d.mine()
		server.Edit(func() {
			p.Changes[0].Updated, p.Changes[0].Labels = now.Add(500*time.Millisecond), []string{"new"}
			p.Issues[0].Updated, p.Issues[0].Title = now.Add(500*time.Millisecond), "Renamed"
		})
		text := d.again()
		assert.Contains(t, text, `"new"`, way)
		assert.Contains(t, text, "Renamed", way)

		server.SetNow(server.Now().Add(5 * time.Minute))
		d.again()
		server.Reset()
		d.again()
		assert.LessOrEqual(t, len(server.Requests()), 3, "%s: nothing is new", way)
		server.Edit(func() {
			late := p.Changes[0]
			late.Number, late.ID, late.Updated = 77, 0, now.Add(-time.Minute)
			p.Changes = append(p.Changes, late)
		})
		assert.Contains(t, changes(t, d.again()), "77", way)
	}
}

// Nothing that GitLab takes a token in gets onto a tape.
func TestATapeHoldsNoToken(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, secret, r.Header.Get("Job-Token"))
		io.WriteString(w, "{}")
	}))
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "tape")
	for _, mode := range []recorder.Mode{recorder.ModeRecordOnly, recorder.ModeReplayOnly} {
		r := tape(t, file, mode)
		req, err := http.NewRequest(http.MethodGet, server.URL, nil)
		require.NoError(t, err)
		for _, name := range secretHeaders() {
			req.Header.Set(name, secret)
		}
		resp, err := r.RoundTrip(req)
		require.NoError(t, err)
		resp.Body.Close()
		require.NoError(t, r.Stop())
	}
	b, err := os.ReadFile(file + ".yaml")
	require.NoError(t, err)
	assert.NotContains(t, string(b), secret)
}

// Fast-forwarded changes take a request more each, by REST.
func TestBudgetOfFastForwards(t *testing.T) {
	if testing.Short() {
		t.Skip("it is about how much is asked for and held, which the run without -short shows")
	}
	p := talked(1000)
	for i := range p.Changes {
		p.Changes[i].Method, p.Changes[i].MergeCommit = forgetest.ByFastForward, ""
	}
	server := gitlabtest.New(t, p)
	text := newDesk(t, server, p, ways["REST"]).mine()
	assertComplete(t, text)
	assert.Len(t, changes(t, text), 1000)
	t.Logf("1,000 changes: %d requests", len(server.Requests()))
	assert.LessOrEqual(t, len(server.Requests()), 3050)
}

// few returns the first of some status codes with -short, and else all of them: what runs
// side by side is the same whichever is answered.
func few(codes ...int) []int {
	if testing.Short() {
		return codes[:1]
	}
	return codes
}
