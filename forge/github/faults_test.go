package github_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
	gt "github.com/tributary-oss/tributary/forge/forgetest/githubtest"
	"github.com/tributary-oss/tributary/forge/github"
	"github.com/tributary-oss/tributary/model"
)

// after returns a hook that spoils requests of an operation, the n-th of them first, so
// many times.
func after(operation string, n, times int, f gt.Fault) func(gt.Request) *gt.Fault {
	seen := 0
	return func(r gt.Request) *gt.Fault {
		if r.Operation != operation && r.Path != operation {
			return nil
		}
		if seen++; seen < n || seen >= n+times {
			return nil
		}
		return &f
	}
}

const always = 1 << 30

func status(code int) gt.Fault { return gt.Fault{Status: code} }

func broken(kind, message string) gt.Fault {
	return gt.Fault{GraphQLErrors: []gt.GQLError{{Type: kind, Message: message}}, NoData: true}
}

const sorry = "Something went wrong while executing your query. This may be the result of a timeout, or it could be a GitHub bug."

// Faults that pass: the result is what it would have been.
func TestFaultsThatPass(t *testing.T) {
	for name, f := range map[string]struct {
		hook  func(gt.Request) *gt.Fault
		wants func(t *testing.T, server *gt.Server)
	}{
		"502 on a page":                    {after("Changes", 2, 2, status(502)), halved},
		"504 on a page":                    {after("Changes", 2, 1, status(504)), halved},
		"a timeout with 200":               {after("Changes", 2, 1, broken("", sorry)), halved},
		"resource limits":                  {after("Changes", 2, 1, gt.Fault{Null: []string{"repository.pullRequests.nodes.3"}, GraphQLErrors: []gt.GQLError{{Type: "RESOURCE_LIMITS_EXCEEDED", Message: "too much", Path: []any{"repository", "pullRequests", "nodes", 3}}}}), halved},
		"nulls without an error":           {after("Changes", 2, 1, gt.Fault{Null: []string{"repository.pullRequests.nodes.*"}}), halved},
		"a merger that is null by mistake": {after("Changes", 2, 1, gt.Fault{Null: []string{"repository.pullRequests.nodes.3.mergedBy"}, GraphQLErrors: []gt.GQLError{{Message: sorry, Path: []any{"repository", "pullRequests", "nodes", 3, "mergedBy"}}}}), halved},
		"502 on what it is":                {after("Head", 1, 1, status(502)), nil},
		"an expired cursor":                {after("Changes", 3, 1, broken("INVALID_CURSOR_ARGUMENTS", "`x` does not appear to be a valid cursor.")), nil},
		"a truncated body":                 {after("Changes", 2, 1, gt.Fault{Truncate: true}), nil},
		"a closed connection":              {after("Changes", 2, 1, gt.Fault{Drop: true}), nil},
		"429":                              {after("Changes", 2, 1, gt.Fault{Status: 429, Header: http.Header{"Retry-After": {"1"}}}), nil},
		"secondary, with a time":           {after("Changes", 2, 1, gt.Fault{Status: 403, Header: http.Header{"Retry-After": {"1"}}, Body: `{"message":"You have exceeded a secondary rate limit."}`}), nil},
		"another word for no quota":        {after("Changes", 2, 1, gt.Fault{NoData: true, Header: http.Header{"Retry-After": {"1"}}, GraphQLErrors: []gt.GQLError{{Type: "RATE_LIMIT", Message: "API rate limit already exceeded"}}}), nil},
		"REST moves":                       {after("/repos/big/project/security-advisories", 1, 1, gt.Fault{Status: 301, Header: http.Header{"Location": {"/repositories/4711/security-advisories?state=published&per_page=100"}}, Body: "{}"}), nil},
		"503 of REST":                      {after("/repos/big/project/security-advisories", 1, 1, status(503)), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := large(130)
			server := gt.New(t, p)
			d := newDesk(t, server, p)
			plain := d.newSource(func(o *github.Options) { o.Store = nil })
			want, err := written(plain.Mine(t.Context(), d.repo, window))
			require.NoError(t, err)
			server.Reset()
			server.OnRequest(f.hook)
			d.quick()
			assertSame(t, want, d.mine())
			if f.wants != nil {
				f.wants(t, server)
			}
		})
	}
}

// large is a project under a name that paths can be written with.
func large(n int) *gt.Project {
	p := gt.Large(n)
	p.Owner, p.Name = "big", "project"
	return p
}

// halved checks that smaller pages were asked for after a fault, and larger ones later.
func halved(t *testing.T, server *gt.Server) {
	var sizes []int
	for _, r := range server.Requests() {
		if r.Operation == "Changes" {
			n, err := strconv.Atoi(fmt.Sprint(r.Variables["first"]))
			require.NoError(t, err)
			sizes = append(sizes, n)
		}
	}
	assert.Contains(t, sizes, 12, "%v", sizes)
	assert.Greater(t, sizes[len(sizes)-1], slices.Min(sizes), "it grows back: %v", sizes)
}

// Faults that stay: what is known is stated, and what is not is said.
func TestFaultsThatStay(t *testing.T) {
	for name, f := range map[string]struct {
		hook   func(gt.Request) *gt.Fault
		state  model.State
		reason string
		some   bool // some changes are stated
	}{
		"502 on every page":  {after("Changes", 1, always, status(502)), model.Unavailable, "too heavy", false},
		"502 from a page on": {after("Changes", 3, always, status(502)), model.Partial, "read back to", true},
		"SAML": {after("Changes", 2, always, gt.Fault{NoData: true, GraphQLErrors: []gt.GQLError{{Type: "FORBIDDEN", Message: "Resource protected by organization SAML enforcement.",
			Extensions: map[string]any{"saml_failure": true}}}}), model.Partial, "organisation big: it asks for single sign-on", true},
		"a scope is missing":             {after("Changes", 1, always, broken("INSUFFICIENT_SCOPES", "Your token has not been granted the required scopes")), model.Unavailable, "give it the right to read", false},
		"the node limit":                 {after("Changes", 1, always, broken("MAX_NODE_LIMIT_EXCEEDED", "This query requests up to 1,000,000 possible nodes")), model.Unavailable, "MAX_NODE_LIMIT_EXCEEDED", false},
		"one change that cannot be read": {hole(), model.Partial, "not read: 1 items", true},
		"403":                            {after("Changes", 2, always, status(403)), model.Partial, "403", true},
		"404":                            {after("Changes", 2, always, status(404)), model.Partial, "404", true},
		"410":                            {after("Changes", 2, always, status(410)), model.Partial, "410", true},
		"451":                            {after("Changes", 2, always, status(451)), model.Partial, "legal reasons", true},
		"a login page":                   {after("Changes", 2, always, gt.Fault{HTML: true}), model.Partial, "text/html", true},
		"a huge body":                    {after("Changes", 2, always, gt.Fault{Huge: true}), model.Partial, "", true},
		"wrong JSON":                     {after("Changes", 2, always, gt.Fault{Body: `{"data": {"repository": 7}}`}), model.Partial, "", true},
		"not even JSON":                  {after("Changes", 2, always, gt.Fault{Body: `{"data":`}), model.Partial, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := large(130)
			server := gt.New(t, p)
			d := newDesk(t, server, p)
			server.OnRequest(f.hook)
			d.quick()
			text := d.mine()
			c := coverage(t, text)
			assert.Equal(t, f.state, c[model.ReviewFacts].State, c[model.ReviewFacts].Reason)
			assert.Contains(t, c[model.ReviewFacts].Reason, f.reason)
			assert.Equal(t, f.some, len(changes(t, text)) > 0)
			assert.Equal(t, model.Complete, c[model.IssueFacts].State, "the other lists are read: %s", c[model.IssueFacts].Reason)
			assert.NotContains(t, text, secret)

			if !strings.Contains(name, "one change") {
				assert.Error(t, d.gap, "it is told once more at the end")
			}
			if f.state == model.Partial && !strings.Contains(name, "one change") {
				server.OnRequest(nil) // and later all is well
				d.source = d.newSource(nil)
				text = d.mine()
				assert.Equal(t, model.Complete, coverage(t, text)[model.ReviewFacts].State)
				assert.Len(t, changes(t, text), 130)
				assertNoPageTwiceButTheBroken(t, server)
			}
		})
	}
}

// hole makes the first change of the third page unreadable, however small that page is
// made.
func hole() func(gt.Request) *gt.Fault {
	var cursor any
	n := 0
	return func(r gt.Request) *gt.Fault {
		if r.Operation != "Changes" {
			return nil
		}
		if n++; n == 3 {
			cursor = r.Variables["after"]
		}
		if n < 3 || r.Variables["after"] != cursor {
			return nil
		}
		return &gt.Fault{Null: []string{"repository.pullRequests.nodes.0"}}
	}
}

func assertNoPageTwiceButTheBroken(t *testing.T, server *gt.Server) {
	t.Helper()
	first := 0
	for _, r := range server.Requests() {
		if r.Operation == "Changes" && r.Variables["after"] == nil {
			first++
		}
	}
	assert.Equal(t, 1, first, "it goes on where it was")
}

// A repository that cannot be asked about at all is an error, and one that was mined
// before stays known.
func TestTheForgeIsNotThere(t *testing.T) {
	p := large(30)
	server := gt.New(t, p)
	d := newDesk(t, server, p)
	server.OnRequest(after("Head", 1, always, status(401)))
	_, err := written(d.source.Mine(t.Context(), d.repo, window))
	require.ErrorContains(t, err, "401")
	assert.NotContains(t, err.Error(), secret)

	server.OnRequest(nil)
	d.source = d.newSource(nil)
	d.mine()
	server.OnRequest(after("Head", 1, always, status(401)))
	d.source = d.newSource(nil)
	text := d.mine()
	assert.Len(t, changes(t, text), 30)
	for _, kind := range forge.ForgeKinds() {
		c := coverage(t, text)[kind]
		assert.Equal(t, model.Partial, c.State, kind)
		assert.Contains(t, c.Reason, "known up to")
	}

	_, err = written(d.source.Mine(t.Context(), model.Repository{URL: "https://github.com/no/body"}, window))
	require.Error(t, err)
	server.OnRequest(nil)
	_, err = written(d.newSource(nil).Mine(t.Context(), model.Repository{URL: "https://github.com/no/body"}, window))
	require.ErrorContains(t, err, "no such repository")
}

// A quota that is used up is waited for.
func TestQuota(t *testing.T) {
	p := large(130)
	server := gt.New(t, p)
	d := newDesk(t, server, p)
	want := d.mine()
	server.Tokens(map[string]gt.Quota{secret: {Points: 3, Requests: 100, Reset: server.Now().Add(2 * time.Second)}})
	last := time.Now()
	server.OnRequest(func(gt.Request) *gt.Fault {
		if wait := time.Since(last); wait > time.Second {
			server.SetNow(server.Now().Add(wait)) // the server's clock goes on meanwhile
		}
		last = time.Now()
		return nil
	})
	d.store = openStore(t, filepath.Join(t.TempDir(), "store"))
	d.source = d.newSource(nil)
	assertSame(t, want, d.mine())
	assert.Positive(t, d.source.(*github.Source).Usage().Waited)
}

// changing gives another token every time that the last one was refused.
type changing struct{ tokens []string }

func (c *changing) Token(context.Context) (string, error) { return c.tokens[0], nil }

// An App's token lives for an hour; a run goes on with the next one.
func TestATokenThatExpires(t *testing.T) {
	p := large(130)
	server := gt.New(t, p)
	d := newDesk(t, server, p)
	want := d.mine()
	tokens := &changing{[]string{"first-token", "second-token"}}
	server.OnRequest(func(r gt.Request) *gt.Fault {
		if r.Operation == "Changes" && r.Token == "first-token" && r.Variables["after"] != nil {
			tokens.tokens = tokens.tokens[1:]
			return &gt.Fault{Status: 401}
		}
		return nil
	})
	d.store = openStore(t, filepath.Join(t.TempDir(), "store"))
	d.source = d.newSource(func(o *github.Options) { o.Tokens = []forge.TokenSource{tokens} })
	assertSame(t, want, d.mine())
	assert.NotContains(t, d.said.String(), "first-token")
}

// At most two queries of a token are under way, however many repositories are mined.
func TestInFlight(t *testing.T) {
	p := large(300)
	server := gt.New(t, p)
	d := newDesk(t, server, p)
	server.OnRequest(func(gt.Request) *gt.Fault {
		time.Sleep(time.Millisecond)
		return nil
	})
	done := make(chan error)
	for range 6 {
		go func() {
			_, err := written(d.newSourceSharing().Mine(t.Context(), d.repo, window))
			done <- err
		}()
	}
	for range 6 {
		require.NoError(t, <-done)
	}
	assert.LessOrEqual(t, server.Busiest(gt.GraphQL), 2)
}

func (d *desk) newSourceSharing() forge.Source { return d.source }

// quick makes waits short: the transport's own tests are about how long they are.
func (d *desk) quick() { d.source = d.newSource(func(o *github.Options) { github.Hurry(o) }) }

// The store holds no token.
func TestTheStoreHoldsNoToken(t *testing.T) {
	p := large(60)
	server := gt.New(t, p)
	d := newDesk(t, server, p)
	file := filepath.Join(t.TempDir(), "other")
	d.store = openStore(t, file)
	d.source = d.newSource(nil)
	d.mine()
	require.NoError(t, d.store.Close())
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.NotContains(t, string(b), secret)
	assert.NotContains(t, string(b), secret[4:12])
}

func TestEverythingSentIsRead(t *testing.T) {
	p := small()
	server := gt.New(t, p)
	d := newDesk(t, server, p)
	d.mine()
	for _, r := range server.Requests() {
		if r.Kind == gt.GraphQL {
			assert.Equal(t, secret, r.Token)
			_, err := json.Marshal(r.Variables)
			require.NoError(t, err)
		}
	}
	assert.True(t, slices.ContainsFunc(server.Requests(), func(r gt.Request) bool { return strings.Contains(r.Path, "security-advisories") }))
}
