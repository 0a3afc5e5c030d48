package gitlab_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
	"github.com/tributary-oss/tributary/forge/forgetest/gitlabtest"
	"github.com/tributary-oss/tributary/forge/gitlab"
	"github.com/tributary-oss/tributary/model"
)

const (
	issueList   = "issues"
	releaseList = "releases"
	issueNotes  = "issues/*/notes"
	labelEvents = "issues/*/resource_label_events"
)

// only asks for some kinds of facts by REST.
func only(kinds ...model.Kind) func(*gitlab.Options) {
	return func(o *gitlab.Options) { o.REST, o.Kinds = true, kinds }
}

// silent is a project with issues of which nothing is said, updated at one instant but for the
// first and the last.
func silent(issues int) *forgetest.Project {
	p := &forgetest.Project{Owner: "big/deep", Name: "project"}
	for n := range issues {
		updated := at(1000)
		switch n {
		case 0:
			updated = at(999)
		case issues - 1:
			updated = at(1001)
		}
		p.Issues = append(p.Issues, forgetest.Issue{Number: n + 1, Title: "Leak", Author: ada, Created: at(0), Updated: updated})
	}
	return p
}

// reported are how many issues are stated.
func reported(t testing.TB, text string) int {
	t.Helper()
	seen := map[string]bool{}
	for _, c := range acts(t, text, model.IssueArtifact) {
		seen[c.Artifact.Name()] = true
	}
	return len(seen)
}

// Pages get smaller while a server is busy, and larger again: a list that is read by number
// goes on where it was.
func TestPagesThatChangeTheirSizes(t *testing.T) {
	if testing.Short() {
		t.Skip("it is about what lists may hold, which the run without -short shows")
	}
	t.Parallel()
	const n = 420
	p := silent(n)
	for i := range n {
		p.Releases = append(p.Releases, forgetest.Release{ID: int64(1000 + i), Tag: fmt.Sprintf("v%d", i), Author: bob, Created: at(i), Published: at(i)})
	}
	for list, count := range map[string]func(text string) int{
		issueList:   func(text string) int { return reported(t, text) },
		releaseList: func(text string) int { return len(acts(t, text, model.ReleaseArtifact)) },
	} {
		server := gitlabtest.New(t, p)
		d := newDesk(t, server, p, only(model.IssueFacts, model.ReleaseFacts))
		server.OnRequest(after(list, 3, 6, status(502))) // three attempts each
		text := d.mine()
		assert.NoError(t, d.gap)
		assert.Equal(t, n, count(text), list)
		sizes := map[string]bool{}
		for _, r := range server.Requests() {
			if is(r, list) && r.Status == http.StatusOK {
				for part := range strings.SplitSeq(r.Query, "&") {
					if size, ok := strings.CutPrefix(part, "per_page="); ok {
						sizes[size] = true
					}
				}
			}
		}
		assert.GreaterOrEqual(t, len(sizes), 3, "they shrank and grew: %v", sizes)
	}
}

// What was read of an instant and is updated meanwhile makes the others move up. None of
// them is lost.
func TestAnInstantThatIsLeft(t *testing.T) {
	t.Parallel()
	for _, often := range []int{0, 1, 3} {
		p := silent(330)
		server := gitlabtest.New(t, p)
		d := newDesk(t, server, p, only(model.IssueFacts))
		pages, left := 0, 0
		server.OnRequest(func(r fake.Request) *fake.Fault {
			if !is(r, issueList) {
				return nil
			}
			if pages++; pages >= 3 && left < often && pages%2 == 1 {
				left++
				now := server.Now().Add(time.Second)
				server.Edit(func() { p.Issues[330-10*left].Updated = now })
			}
			return nil
		})
		text := d.mine()
		assert.NoError(t, d.gap)
		assert.Equal(t, 330, reported(t, text))
		assert.Equal(t, often, left)
		if often == 0 {
			assert.LessOrEqual(t, pages, 10, "an instant at rest is read twice, and no more")
		}
	}
}

// An instant that never comes to rest ends in an error, not in silence and not never.
func TestAnInstantThatNeverRests(t *testing.T) {
	p := silent(330)
	server := gitlabtest.New(t, p)
	d := newDesk(t, server, p, only(model.IssueFacts))
	pages := 0
	server.OnRequest(func(r fake.Request) *fake.Fault {
		if is(r, issueList) {
			pages++
			server.Edit(func() { // one more comes at its end
				p.Issues[0].Number, p.Issues[0].Updated = 10_000-pages, at(1000)
			})
		}
		return nil
	})
	d.mine()
	assert.ErrorContains(t, d.gap, "changes faster than it can be read")
	assert.Less(t, pages, 100)
}

// pages spares the head of the releases, which is ten of them.
func pages(spoil func(fake.Request) *fake.Fault) func(fake.Request) *fake.Fault {
	return func(r fake.Request) *fake.Fault {
		if strings.Contains("&"+r.Query+"&", "&per_page=10&") {
			return nil
		}
		return spoil(r)
	}
}

// What is null in place of a list is no empty one.
func TestNullIsNoList(t *testing.T) {
	if testing.Short() {
		t.Skip("it is about what lists may hold, which the run without -short shows")
	}
	t.Parallel()
	p := large(30)
	for i := range p.Changes {
		p.Changes[i].Reviews = nil // so that approvals are asked for
	}
	for what, kind := range map[string]model.Kind{notes: model.ReviewFacts, approvals: model.ReviewFacts, changeList: model.ReviewFacts, releaseList: model.ReleaseFacts,
		issueList: model.IssueFacts, issueNotes: model.IssueFacts, labelEvents: model.IssueFacts} {
		bodies := []string{"null", "[null]"}
		if what == approvals {
			bodies = []string{"null", "{}"} // an object with the list
		}
		for _, body := range bodies {
			server := gitlabtest.New(t, p)
			d := newDesk(t, server, p, ways["REST"])
			server.OnRequest(pages(after(what, 1, always, fake.Fault{Body: body})))
			text := d.mine()
			c := coverage(t, text)[kind]
			assert.NotEqual(t, model.Complete, c.State, "%s of %s", body, what)
			assert.Contains(t, c.Reason, "without the list", "%s of %s", body, what)

			d.anew()
			server.OnRequest(pages(after(what, 1, 1, fake.Fault{Body: body})))
			text = d.mine()
			assert.Equal(t, model.Complete, coverage(t, text)[kind].State, "%s of %s once: %v", body, what, coverage(t, text)[kind].Reason)
		}
	}
}

func TestNullIsNoGroup(t *testing.T) {
	for _, body := range []string{"null", "[null]"} {
		p := small()
		server := gitlabtest.New(t, p)
		d := newDesk(t, server, p, nil)
		server.OnRequest(func(fake.Request) *fake.Fault { return &fake.Fault{Body: body} })
		found, err := d.source.(*gitlab.Source).Repositories(t.Context(), "https://gitlab.com/karst")
		assert.ErrorContains(t, err, "without the list", body)
		assert.Empty(t, found)
	}
}

// What a change became is asked for by itself where the list of many does not tell.
func TestWhatChangesBecameIsNotTold(t *testing.T) {
	p := small()
	want := newDesk(t, gitlabtest.New(t, p), p, nil).mine()
	for name, f := range map[string]fake.Fault{"null": {Body: "null"}, "a null": {Body: "[null]"}, "nothing": {Body: "[]"}, "502": status(502)} {
		server := gitlabtest.New(t, p)
		d := newDesk(t, server, p, nil)
		met := false
		server.OnRequest(func(r fake.Request) *fake.Fault {
			if r.Kind == fake.REST && strings.Contains(r.Query, "iids") {
				met = true
				return &f
			}
			return nil
		})
		assertSame(t, want, d.mine(), name)
		assert.True(t, met)
	}
}

// Nor does a reply without the change say that it was fast-forwarded.
func TestAChangeIsNull(t *testing.T) {
	p := small()
	server := gitlabtest.New(t, p)
	d := newDesk(t, server, p, ways["REST"])
	server.OnRequest(func(r fake.Request) *fake.Fault {
		if strings.HasSuffix(r.Path, "/merge_requests/2") {
			return &fake.Fault{Body: "null"}
		}
		return nil
	})
	text := d.mine()
	assert.NotContains(t, changes(t, text), "2")
	assert.Contains(t, coverage(t, text)[model.MergeFacts].Reason, "not read: 1 items")
}

// Comments of many characters come in smaller pages, and no note is read twice.
func TestLargeComments(t *testing.T) {
	if testing.Short() {
		t.Skip("it is about how much is asked for and held, which the run without -short shows")
	}
	t.Parallel()
	p := large(30)
	var long []forgetest.Comment
	for n := range 24 {
		long = append(long, forgetest.Comment{Author: cyd, At: at(10_000 + n), Body: strings.Repeat("ä", 750_000)})
	}
	c := &p.Changes[20]
	c.Reviews = []forgetest.Review{{Author: cyd, State: "COMMENTED", Submitted: at(1), Inline: 101}}
	c.Comments, p.Issues[0].Comments = long, long
	server := gitlabtest.New(t, p)
	d := newDesk(t, server, p, ways["REST"])
	text := d.mine()
	assertComplete(t, text)
	assert.Len(t, changes(t, text), 30)
	assert.Contains(t, text, `"inline":101`)
	sizes := map[string]bool{}
	for _, r := range server.Requests() {
		if is(r, notes) {
			sizes[r.Query[strings.Index(r.Query, "per_page="):]] = true
		}
	}
	assert.Contains(t, fmt.Sprint(sizes), "per_page=12", "the test is of a page that begins in front of what is not read yet")
}

// Notes that one may not see are taken out of their pages, which are short then and not the
// last.
func TestShortPages(t *testing.T) {
	page := func(n int) string {
		one := `,{"id":7,"system":true,"body":"changed title","created_at":"2026-03-02T00:00:00Z"}`
		return "[" + strings.Repeat(one, n)[1:] + "]"
	}
	for name, more := range map[string]http.Header{
		"by numbers": {"X-Next-Page": {"2"}, "X-Per-Page": {"100"}},
		"by a link":  {"Link": {`<https://gitlab.com/api/v4/x?page=2&per_page=100>; rel="next"`}},
	} {
		p := large(5)
		server := gitlabtest.New(t, p)
		d := newDesk(t, server, p, ways["REST"])
		second := 0
		server.OnRequest(func(r fake.Request) *fake.Fault {
			switch {
			case !strings.HasSuffix(r.Path, "/merge_requests/3/notes"):
				return nil
			case strings.HasPrefix(r.Query, "order_by=created_at&page=2&"):
				second++
				return &fake.Fault{Body: page(3), Header: http.Header{"X-Next-Page": {""}}}
			}
			return &fake.Fault{Body: page(97), Header: more}
		})
		assertComplete(t, d.mine())
		assert.Equal(t, 1, second, name)
	}
}

// A change of which there is too much is a hole; the others are read.
func TestWhatIsTooMuchIsAHole(t *testing.T) {
	if testing.Short() {
		t.Skip("it is about what lists may hold, which the run without -short shows")
	}
	t.Parallel()
	page := make([]string, 100)
	for n := range page {
		page[n] = fmt.Sprintf(`{"id":%d,"system":true,"body":"changed title","created_at":"2026-03-02T00:00:00Z"}`, n+1)
	}
	endless := "[" + strings.Join(page, ",") + "]"
	huge := `[{"id":1,"body":"` + strings.Repeat("a", 33<<20) + `"}]`
	var asked atomic.Int64
	for name, c := range map[string]struct {
		way string
		f   func(fake.Request) *fake.Fault
		why string
	}{
		"too many notes": {"REST", func(r fake.Request) *fake.Fault {
			number := 0
			for part := range strings.SplitSeq(r.Query, "&") {
				fmt.Sscanf(part, "page=%d", &number)
			}
			return &fake.Fault{Body: endless, Header: http.Header{"X-Next-Page": {fmt.Sprint(number + 1)}, "X-Per-Page": {"100"}}}
		}, "does not come to an end"},
		"a note that is too large": {"REST", func(fake.Request) *fake.Fault {
			return &fake.Fault{Body: huge, Header: http.Header{"X-Next-Page": {""}}}
		}, "larger than allowed"},
		"a server that fails": {"REST", func(fake.Request) *fake.Fault { return &fake.Fault{Status: 500} }, "500"},
		"too many by GraphQL": {"GraphQL", func(r fake.Request) *fake.Fault {
			n := asked.Add(1)
			nodes := strings.Repeat(`{"id":"gid://gitlab/Note/7","system":true,"body":"changed title","createdAt":"2026-03-02T00:00:00Z"},`, 100)
			return &fake.Fault{Body: fmt.Sprintf(`{"data":{"project":{"mergeRequests":{"nodes":[{"iid":"21","notes":{"pageInfo":{"hasNextPage":true,"endCursor":"c%d"},"nodes":[%s]}}]}}}}`, n, strings.TrimSuffix(nodes, ","))}
		}, "does not come to an end"},
	} {
		p := large(30)
		for n := range 60 {
			p.Changes[20].Timeline = append(p.Changes[20].Timeline, forgetest.Event{Type: "RenamedTitleEvent", Actor: cyd, At: at(n), From: fmt.Sprint(n), To: "x"})
		}
		server := gitlabtest.New(t, p)
		d := newDesk(t, server, p, ways[c.way])
		server.OnRequest(func(r fake.Request) *fake.Fault {
			if strings.HasSuffix(r.Path, "/merge_requests/21/notes") || r.Operation == "Notes" {
				return c.f(r)
			}
			return nil
		})
		text := d.mine()
		assert.NoError(t, d.gap, name)
		assert.Len(t, changes(t, text), 29, name)
		got := coverage(t, text)[model.ReviewFacts]
		assert.Equal(t, model.Partial, got.State, name)
		assert.Contains(t, got.Reason, "not read: 1 items", name)
		assert.Contains(t, got.Reason, c.why, name)
		assert.Less(t, len(server.Requests()), 250, name)
	}
}

// A server that fails with all changes of a page is down, and what it fails with once is
// read once more.
func TestAServerThatFailsBetweenPages(t *testing.T) {
	p := large(30)
	server := gitlabtest.New(t, p)
	d := newDesk(t, server, p, ways["REST"])
	failed := 0
	server.OnRequest(func(r fake.Request) *fake.Fault {
		if !strings.HasSuffix(r.Path, "/merge_requests/21/notes") || failed == 3 {
			return nil // the transport tries three times
		}
		failed++
		return &fake.Fault{Status: 502}
	})
	text := d.mine()
	assertComplete(t, text)
	assert.Len(t, changes(t, text), 30)

	d.anew()
	server.Reset()
	server.OnRequest(after(notes, 1, always, status(502)))
	d.mine()
	assert.ErrorContains(t, d.gap, "502")
	assert.Less(t, len(server.Requests()), 60, "it is not asked for all of them")
}

// Without any header of paging a full page proves no end. One of the two is enough, and so is a
// page that is not full.
func TestProxiesThatTakeHeaders(t *testing.T) {
	t.Parallel()
	numbers := http.Header{"X-Next-Page": nil, "X-Page": nil, "X-Per-Page": nil, "X-Total": nil, "X-Total-Pages": nil}
	link := http.Header{"Link": nil}
	both := http.Header{"Link": nil, "X-Per-Page": nil, "X-Next-Page": nil}
	broken := http.Header{"Link": {"<https://gitlab.com/>; next"}, "X-Next-Page": nil}
	wrong := http.Header{"X-Next-Page": {"1"}}
	for name, c := range map[string]struct {
		what     string
		size     int
		header   http.Header
		complete bool
	}{
		"the numbers":                 {"", 230, numbers, true},
		"the link":                    {"", 230, link, true},
		"both":                        {issueList, 230, both, false},
		"both, of a short list":       {"", 30, both, true},
		"both, of what belongs to it": {labelEvents, 1, both, false},
		"a link that is none":         {issueList, 230, broken, false},
		"one that leads back":         {issueList, 230, wrong, false},
		"one of events that does":     {labelEvents, 1, wrong, false},
	} {
		p := silent(c.size)
		for n := range 150 {
			if c.what == labelEvents {
				p.Issues[0].Timeline = append(p.Issues[0].Timeline, forgetest.Event{Type: "LabeledEvent", Actor: cyd, At: at(n), Label: fmt.Sprint(n)})
			}
		}
		server := gitlabtest.New(t, p)
		d := newDesk(t, server, p, only(model.IssueFacts))
		server.OnRequest(func(r fake.Request) *fake.Fault {
			if c.what == "" || is(r, c.what) {
				return &fake.Fault{Header: c.header}
			}
			return nil
		})
		text := d.mine()
		if got := coverage(t, text)[model.IssueFacts]; !c.complete {
			assert.NotEqual(t, model.Complete, got.State, name)
			assert.Contains(t, got.Reason, "the list goes on", name)
			continue
		}
		assert.NoError(t, d.gap, name)
		assert.Equal(t, c.size, reported(t, text), name)
	}
}

// A change of whose merge GitLab does not say the time is told apart: another run reads
// no more of it, so none is made for its sake.
func TestNoTimeOfMerge(t *testing.T) {
	p := large(130)
	server := gitlabtest.New(t, p)
	d := newDesk(t, server, p, nil)
	timeless := after("Changes", 1, 1, fake.Fault{Null: []string{"project.mergeRequests.nodes.3.mergedAt", "project.mergeRequests.nodes.7.mergedAt"}})
	server.OnRequest(timeless)
	text := d.mine()
	assert.Len(t, changes(t, text), 128)
	for _, kind := range []model.Kind{model.MergeFacts, model.ReviewFacts} {
		c := coverage(t, text)[kind]
		assert.Equal(t, model.Partial, c.State)
		assert.Equal(t, "2 changes without a time of merge", c.Reason)
	}
	server.OnRequest(nil)
	server.Reset()
	server.SetNow(server.Now().Add(25 * time.Hour))
	assertSame(t, text, d.again())
	assert.Len(t, server.Requests(), 1, "nothing is new")
}
