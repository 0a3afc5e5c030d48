package gitlab_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
	"github.com/tributary-oss/tributary/forge/forgetest/fake/graphql"
	"github.com/tributary-oss/tributary/forge/forgetest/gitlabtest"
	"github.com/tributary-oss/tributary/forge/gitlab"
	"github.com/tributary-oss/tributary/model"
)

const always = 1 << 30

// large is a project under a path that tests can write.
func large(n int) *forgetest.Project {
	p := forgetest.Large(n)
	p.Owner, p.Name = "big/deep", "project"
	p.Issues = small().Issues
	for i := range p.Issues {
		p.Issues[i].Number += 100_000
	}
	return p
}

// is reports whether a request is of an operation of GraphQL, or of what is behind the
// project in REST, such as merge_requests, or of one of its parts, such as merge_requests/*/notes.
func is(r fake.Request, what string) bool {
	if r.Kind == fake.GraphQL {
		return r.Operation == what
	}
	path, ok := strings.CutPrefix(r.Path, "/api/v4/projects/big/deep/project")
	if !ok {
		return strings.TrimPrefix(r.Path, "/api/v4/") == what
	}
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if len(parts) > 1 && parts[0] != "members" {
		parts[1] = "*"
	}
	got, query := strings.Join(parts, "/"), "&"+r.Query+"&"
	return got == what && !strings.Contains(query, "&per_page=1&") && !strings.Contains(query, "&per_page=10&") && !strings.Contains(query, "iids") // a head is no page
}

// after returns a hook that spoils requests of a kind, the n-th of them first, so many times.
func after(what string, n, times int, f fake.Fault) func(fake.Request) *fake.Fault {
	var seen atomic.Int64
	return func(r fake.Request) *fake.Fault {
		if !is(r, what) {
			return nil
		}
		if k := int(seen.Add(1)); k < n || k >= n+times {
			return nil
		}
		return &f
	}
}

func status(code int) fake.Fault { return fake.Fault{Status: code} }

func broken(message string) fake.Fault {
	return fake.Fault{GraphQLErrors: []graphql.Error{{Message: message}}, NoData: true}
}

const (
	timedOut   = "Request timed out. Please try a less complex query or a smaller set of records."
	notes      = "merge_requests/*/notes"
	approvals  = "merge_requests/*/approvals"
	changeList = "merge_requests"
)

// Faults that pass: the result is what it would have been.
func TestFaultsThatPass(t *testing.T) {
	retry := http.Header{"Retry-After": {"1"}}
	p := large(130)
	want := newDesk(t, gitlabtest.New(t, p), p, nil).mine()
	for name, f := range map[string]struct {
		graph, rest func(fake.Request) *fake.Fault
	}{
		"502 on a page":            {after("Changes", 2, 2, status(502)), after(changeList, 2, 1, status(502))},
		"504 on a page":            {after("Changes", 2, 1, status(504)), after(changeList, 1, 1, status(504))},
		"a timeout with 200":       {after("Changes", 2, 1, broken(timedOut)), nil},
		"500 on what it is":        {after("Head", 1, 1, status(500)), after("", 1, 1, status(500))},
		"nulls without an error":   {after("Changes", 2, 1, fake.Fault{Null: []string{"project.mergeRequests.nodes.*"}}), nil},
		"no notes by mistake":      {after("Changes", 2, 1, fake.Fault{Null: []string{"project.mergeRequests.nodes.3.notes"}}), nil},
		"an expired cursor":        {after("Changes", 3, 1, broken("Please provide a valid cursor")), nil},
		"a truncated body":         {after("Changes", 2, 1, fake.Fault{Truncate: true}), after(notes, 5, 1, fake.Fault{Truncate: true})},
		"a closed connection":      {after("Changes", 2, 1, fake.Fault{Drop: true}), after(notes, 5, 1, fake.Fault{Drop: true})},
		"429":                      {after("Changes", 2, 1, fake.Fault{Status: 429, Header: retry}), after(notes, 5, 1, fake.Fault{Status: 429, Header: retry})},
		"404 on one change, once":  {nil, after(notes, 5, 1, status(404))},
		"404 on approvals":         {nil, after(approvals, 1, always, status(404))},
		"403 on approvals":         {nil, after(approvals, 1, always, status(403))},
		"too complex":              {tooComplex(40), nil},
		"GraphQL is switched off":  {after("Changes", 3, always, status(404)), nil},
		"GraphQL is closed":        {after("Changes", 3, always, status(403)), nil},
		"GraphQL is not for us":    {after("Changes", 1, always, status(403)), nil},
		"GraphQL has no time":      {after("Changes", 2, always, status(408)), nil},
		"GraphQL always fails":     {after("Changes", 1, always, status(502)), nil},
		"GraphQL fails later":      {after("Changes", 2, always, broken("Internal server error")), nil},
		"no head by GraphQL":       {after("Head", 1, always, status(403)), nil},
		"GraphQL is older":         {after("Changes", 1, always, broken("Field 'diffRefs' doesn't exist on type 'MergeRequest'")), nil},
		"GraphQL knows no answers": {after("Answers", 1, always, broken("Field 'notes' doesn't exist on type 'Issue'")), nil},
		"answers are too heavy":    {after("Answers", 1, always, status(502)), nil},
		"robots are not shown":     {after("Users", 1, always, status(502)), nil},
	} {
		for way, hook := range map[string]func(fake.Request) *fake.Fault{"GraphQL": f.graph, "REST": f.rest} {
			if hook == nil {
				continue
			}
			t.Run(name+" "+way, func(t *testing.T) {
				t.Parallel()
				server := gitlabtest.New(t, p)
				d := newDesk(t, server, p, ways[way])
				var met atomic.Bool
				server.OnRequest(func(r fake.Request) *fake.Fault {
					f := hook(r)
					if f != nil {
						met.Store(true)
					}
					return f
				})
				assertSame(t, want, d.mine())
				assert.NoError(t, d.gap)
				assert.True(t, met.Load(), "the fault did not come")
			})
		}
	}
}

// A cursor that the server does not take any more is given up, and the list begun anew.
func TestAnExpiredCursor(t *testing.T) {
	p := large(130)
	server := gitlabtest.New(t, p)
	d := newDesk(t, server, p, ways["GraphQL"])
	server.OnRequest(after("Changes", 3, 1, broken("Please provide a valid cursor")))
	assert.Len(t, changes(t, d.mine()), 130)
	begun := 0
	for _, r := range server.Requests() {
		if r.Operation == "Changes" && r.Variables["after"] == nil {
			begun++
		}
	}
	assert.Equal(t, 2, begun)
}

// tooComplex lowers the limit of complexity in the middle of a run.
func tooComplex(limit int) func(fake.Request) *fake.Fault {
	n := 0
	return func(r fake.Request) *fake.Fault {
		if r.Operation != "Changes" {
			return nil
		}
		if n++; n < 2 {
			return nil
		}
		first, _ := r.Variables["first"].(float64)
		notes, _ := r.Variables["notes"].(float64)
		if int(first)*2+int(notes) <= limit {
			return nil
		}
		f := broken("Query has complexity of 115, which exceeds max complexity of 80")
		return &f
	}
}

// A limit below what the smallest page has leaves REST.
func TestALimitThatNothingFits(t *testing.T) {
	p := large(60)
	server := gitlabtest.Start(t, &gitlabtest.Options{Complexity: 30}, p)
	d := newDesk(t, server, p, ways["GraphQL"])
	text := d.mine()
	assertComplete(t, text)
	assertSame(t, newDesk(t, gitlabtest.New(t, p), p, ways["REST"]).mine(), text)
	assert.LessOrEqual(t, server.Count(fake.GraphQL), 5)
}

// Smaller limits take more pages, and are asked for once.
func TestALowerLimit(t *testing.T) {
	p := large(130)
	server := gitlabtest.Start(t, &gitlabtest.Options{Complexity: 90}, p)
	d := newDesk(t, server, p, ways["GraphQL"])
	text := d.mine()
	assertSame(t, newDesk(t, gitlabtest.New(t, p), p, ways["REST"]).mine(), text)
	assert.Positive(t, mostComplex(server))
	assert.LessOrEqual(t, mostComplex(server), 90)
	assert.LessOrEqual(t, server.Count(fake.REST), 40, "it is still GraphQL")
	refused := 0
	for _, r := range server.Requests() {
		if r.Operation == "Changes" && r.Points == 0 {
			refused++
		}
	}
	assert.LessOrEqual(t, refused, 8)
}

// Faults that stay: what is known is stated, and what is not is said.
func TestFaultsThatStay(t *testing.T) {
	html := fake.Fault{HTML: true}
	for name, f := range map[string]struct {
		way, reason string
		hook        func(fake.Request) *fake.Fault
		state       model.State
		some        bool // some changes are stated
	}{
		"502 on every page":           {"GraphQL", "502", either("Changes", changeList, 1, status(502)), model.Unavailable, false},
		"502 from a page on":          {"GraphQL", "read back to", either("Changes", changeList, 2, status(502)), model.Partial, true},
		"502 of REST":                 {"REST", "502", after(changeList, 1, always, status(502)), model.Unavailable, false},
		"a login page":                {"GraphQL", "text/html", after("Changes", 2, always, html), model.Partial, true},
		"a login page of REST":        {"REST", "text/html", after(changeList, 2, always, html), model.Partial, true},
		"a login page instead of one": {"REST", "text/html", after(notes, 120, always, html), model.Partial, true},
		"a huge body":                 {"GraphQL", "", either("Changes", changeList, 2, fake.Fault{Huge: true}), model.Partial, true},
		"wrong JSON":                  {"GraphQL", "", after("Changes", 2, always, fake.Fault{Body: `{"data": {"project": 7}}`}), model.Partial, true},
		"wrong JSON of REST":          {"REST", "", after(changeList, 2, always, fake.Fault{Body: `{"message": "hello"}`}), model.Partial, true},
		"not even JSON":               {"GraphQL", "", after("Changes", 2, always, fake.Fault{Body: `{"data":`}), model.Partial, true},
		"403":                         {"REST", "403", after(changeList, 2, always, status(403)), model.Partial, true},
		"451":                         {"REST", "legal reasons", after(changeList, 2, always, status(451)), model.Partial, true},
		"all changes are gone":        {"REST", "404", after(notes, 1, always, status(404)), model.Unavailable, false},
		"one change that is gone":     {"REST", "not read: 1 items", gone("/notes", "27"), model.Partial, true},
		"one change GraphQL cannot":   {"GraphQL", "not read: 1 items", hole(), model.Partial, true},
		"a list of nothing":           {"REST", "", after(changeList, 1, always, fake.Fault{Body: `[null]`}), model.Unavailable, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := large(130)
			server := gitlabtest.New(t, p)
			d := newDesk(t, server, p, ways[f.way])
			server.OnRequest(f.hook)
			text := d.mine()
			c := coverage(t, text)
			assert.Equal(t, f.state, c[model.ReviewFacts].State, c[model.ReviewFacts].Reason)
			assert.Contains(t, c[model.ReviewFacts].Reason, f.reason)
			assert.Equal(t, f.some, len(changes(t, text)) > 0)
			assert.Equal(t, model.Complete, c[model.IssueFacts].State, "the other lists are read: %s", c[model.IssueFacts].Reason)
			assert.NotContains(t, text, secret)
			if strings.HasPrefix(name, "one change") {
				assert.NoError(t, d.gap)
				assert.Len(t, changes(t, text), 129)
				return
			}
			assert.Error(t, d.gap, "it is told once more at the end")
			server.OnRequest(nil) // and later all is well
			text = d.again()
			assertComplete(t, text)
			assert.Len(t, changes(t, text), 130)
		})
	}
}

// either spoils requests of two kinds: those of the first from the n-th on, those of the
// second all.
func either(what, other string, n int, f fake.Fault) func(fake.Request) *fake.Fault {
	one, two := after(what, n, always, f), after(other, 1, always, f)
	return func(r fake.Request) *fake.Fault {
		if spoilt := one(r); spoilt != nil {
			return spoilt
		}
		return two(r)
	}
}

// gone answers 404 to what belongs to one change.
func gone(suffix, number string) func(fake.Request) *fake.Fault {
	return func(r fake.Request) *fake.Fault {
		if strings.HasSuffix(r.Path, "/merge_requests/"+number+suffix) {
			return &fake.Fault{Status: 404}
		}
		return nil
	}
}

// hole makes the first change of the second page unreadable, however small that page is made.
func hole() func(fake.Request) *fake.Fault {
	var cursor any
	n := 0
	return func(r fake.Request) *fake.Fault {
		if r.Operation != "Changes" {
			return nil
		}
		if n++; n == 2 {
			cursor = r.Variables["after"]
		}
		if n < 2 || r.Variables["after"] != cursor {
			return nil
		}
		return &fake.Fault{Null: []string{"project.mergeRequests.nodes.0"}}
	}
}

// What could not be read is tried again: at once where all is read anew, else after a day.
func TestHolesAreTriedAgain(t *testing.T) {
	p := large(130)
	server := gitlabtest.New(t, p)
	d := newDesk(t, server, p, ways["GraphQL"])
	server.OnRequest(hole())
	d.mine()
	server.OnRequest(nil)
	assert.Len(t, changes(t, d.mine()), 129)
	server.SetNow(server.Now().Add(25 * time.Hour))
	text := d.mine()
	assert.Len(t, changes(t, text), 130)
	assert.Equal(t, model.Complete, coverage(t, text)[model.ReviewFacts].State)
}

// A merger that cannot be read, for good, is not one whose account was deleted.
func TestAFaultInsideAChange(t *testing.T) {
	p := large(130)
	server := gitlabtest.New(t, p)
	d := newDesk(t, server, p, ways["GraphQL"])
	null := hole()
	server.OnRequest(func(r fake.Request) *fake.Fault {
		f := null(r)
		if f != nil {
			f.Null = []string{"project.mergeRequests.nodes.0.mergeUser"}
			f.GraphQLErrors = []graphql.Error{{Message: "Internal server error", Path: []any{"project", "mergeRequests", "nodes", 0, "mergeUser"}}}
		}
		return f
	})
	text := d.mine()
	assert.Len(t, changes(t, text), 129)
	assert.NotContains(t, text, `"role":"merger","actor":{"type":"ghost"}`)
	assert.Contains(t, coverage(t, text)[model.MergeFacts].Reason, "not read: 1 items")
}

// A project that cannot be asked about at all is an error, and one that was mined before
// stays known.
func TestTheForgeIsNotThere(t *testing.T) {
	p := large(30)
	server := gitlabtest.New(t, p)
	d := newDesk(t, server, p, ways["REST"])
	refuse := func(fake.Request) *fake.Fault { return &fake.Fault{Status: 401} }
	server.OnRequest(refuse)
	_, err := written(d.source.Mine(t.Context(), d.repo, window))
	require.ErrorContains(t, err, "401")
	assert.NotContains(t, err.Error(), secret)

	server.OnRequest(nil)
	d.again()
	server.OnRequest(refuse)
	text := d.again()
	assert.Len(t, changes(t, text), 30)
	for _, kind := range []model.Kind{model.ReviewFacts, model.MergeFacts, model.IssueFacts, model.ReleaseFacts} {
		c := coverage(t, text)[kind]
		assert.Equal(t, model.Partial, c.State, kind)
		assert.Contains(t, c.Reason, "known up to")
	}
	server.OnRequest(nil)
	for _, set := range ways {
		d.usual = set
		_, err = written(d.newSource(nil).Mine(t.Context(), model.Repository{URL: "https://gitlab.com/no/body"}, window))
		require.ErrorContains(t, err, "no such repository")
		_, err = written(d.newSource(nil).Mine(t.Context(), model.Repository{URL: "https://gitlab.com/big/deep"}, window))
		require.ErrorContains(t, err, "it is a group")
	}
}

// changing gives another token every time that the last one was refused.
type changing struct{ tokens atomic.Pointer[[]string] }

func (c *changing) Token(context.Context) (string, error) { return (*c.tokens.Load())[0], nil }

// A token that expires in the middle of a run has a successor.
func TestATokenThatExpires(t *testing.T) {
	for way, set := range ways {
		p := large(130)
		server := gitlabtest.New(t, p)
		d := newDesk(t, server, p, set)
		want := d.mine()
		tokens := &changing{}
		tokens.tokens.Store(&[]string{"first-token"})
		n := atomic.Int64{}
		server.OnRequest(func(r fake.Request) *fake.Fault {
			if n.Add(1) > 4 && r.Token == "first-token" {
				tokens.tokens.Store(&[]string{"second-token"})
				return &fake.Fault{Status: 401}
			}
			return nil
		})
		d.anew()
		d.source = d.newSource(func(o *gitlab.Options) { o.Tokens = []forge.TokenSource{tokens} })
		assertSame(t, want, d.mine(), way)
		assert.NotContains(t, d.said.String(), "first-token")
	}
}

// A quota that is used up is waited for.
func TestQuota(t *testing.T) {
	p := large(60)
	server := gitlabtest.Start(t, &gitlabtest.Options{PerMinute: 2000}, p)
	d := newDesk(t, server, p, ways["REST"])
	want := d.mine()
	server.Tokens(map[string]fake.Quota{secret: {Requests: 40, Reset: server.Now().Add(2 * time.Second)}})
	last := atomic.Int64{}
	last.Store(time.Now().UnixNano())
	server.OnRequest(func(fake.Request) *fake.Fault {
		now := time.Now().UnixNano()
		if wait := time.Duration(now - last.Swap(now)); wait > time.Second {
			server.SetNow(server.Now().Add(wait)) // the server's clock goes on meanwhile
		}
		return nil
	})
	d.anew()
	assertSame(t, want, d.mine())
	assert.Positive(t, d.source.(*gitlab.Source).Usage().Waited)
	for _, r := range server.Requests() {
		assert.NotEqual(t, 429, r.Status, "what is left is counted, not tried")
	}
}

// Eight requests of REST are under way at once, and two of GraphQL, for all repositories
// together.
func TestInFlight(t *testing.T) {
	for way, most := range map[string]int{"REST": 8, "GraphQL": 2} {
		p := large(200)
		server := gitlabtest.New(t, p)
		d := newDesk(t, server, p, ways[way])
		server.OnRequest(func(fake.Request) *fake.Fault {
			time.Sleep(2 * time.Millisecond)
			return nil
		})
		done := make(chan error)
		for range 4 {
			go func() {
				_, err := written(d.source.Mine(t.Context(), d.repo, window))
				done <- err
			}()
		}
		for range 4 {
			require.NoError(t, <-done)
		}
		kind := map[string]string{"REST": fake.REST, "GraphQL": fake.GraphQL}[way]
		assert.LessOrEqual(t, server.Busiest(kind), most, way)
		assert.Greater(t, server.Busiest(kind), 1, way)
	}
}

// The store holds no token.
func TestTheStoreHoldsNoToken(t *testing.T) {
	p := large(60)
	d := newDesk(t, gitlabtest.New(t, p), p, nil)
	file := filepath.Join(t.TempDir(), "other")
	d.store = openStore(t, file)
	d.again()
	require.NoError(t, d.store.Close())
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.NotContains(t, string(b), secret)
	assert.NotContains(t, string(b), secret[6:14])
}

// A run ends soon after its context, whatever is under way.
func TestItEndsWithItsContext(t *testing.T) {
	for way, set := range ways {
		p := large(130)
		server := gitlabtest.New(t, p)
		d := newDesk(t, server, p, set)
		ctx, cancel := context.WithCancelCause(t.Context())
		enough := errors.New("enough")
		server.OnRequest(func(r fake.Request) *fake.Fault {
			if is(r, notes) || r.Operation == "Changes" {
				cancel(enough)
			}
			return nil
		})
		_, err := written(d.source.Mine(ctx, d.repo, window))
		assert.ErrorIs(t, err, enough, way)
	}
}
