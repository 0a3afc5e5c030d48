package githubtest_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/forgetest/githubtest"
)

// broken is a server all of whose requests meet one fault.
func broken(t *testing.T, f githubtest.Fault) *githubtest.Server {
	s := githubtest.New(t, cave())
	s.OnRequest(func(githubtest.Request) *githubtest.Fault { return &f })
	return s
}

// attempt gets an answer whose body may be bad.
func attempt(s *githubtest.Server) (*http.Response, string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // for a server that does not answer at all
	defer cancel()
	r, _ := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+"/graphql", strings.NewReader(`{"query": "{ rateLimit { cost } }"}`))
	r.Header.Set("Authorization", "bearer a")
	a, err := s.Client().Do(r)
	if err != nil {
		return nil, "", err
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	return a, string(body), err
}

func TestFaultsInsteadOfAnAnswer(t *testing.T) {
	for _, c := range []struct {
		name     string
		fault    githubtest.Fault
		status   int
		kind     string
		body     string
		headers  map[string]string
		quotaIs  string
		isNoJSON bool
	}{
		{name: "a timeout", fault: *githubtest.BadGateway(), status: 502, kind: "text/html; charset=utf-8", body: "Unicorn", isNoJSON: true},
		{name: "a page instead of JSON", fault: githubtest.Fault{HTML: true}, status: 200, kind: "text/html; charset=utf-8", body: "Unicorn", isNoJSON: true},
		{name: "a status in GitHub's words", fault: githubtest.Fault{Status: 451}, status: 451, body: `"message":"Repository access blocked"`, quotaIs: "5000"},
		{name: "the secondary limit", fault: *githubtest.SecondaryLimit("7"), status: 403, body: "secondary rate limit", headers: map[string]string{"Retry-After": "7"}, quotaIs: "5000"},
		{name: "the secondary limit in words only", fault: *githubtest.SecondaryLimit(""), status: 403, body: "secondary rate limit", headers: map[string]string{"Retry-After": ""}, quotaIs: "5000"},
		{name: "another body", fault: githubtest.Fault{Body: "nonsense"}, status: 200, body: "nonsense", quotaIs: "5000", isNoJSON: true},
		{name: "headers", fault: githubtest.Fault{Status: 504, Header: http.Header{"date": nil, "content-type": {"text/plain"}}}, status: 504, kind: "text/plain", body: "in time", headers: map[string]string{"Date": ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := broken(t, c.fault)
			a, body, err := attempt(s)
			require.NoError(t, err)
			assert.Equal(t, c.status, a.StatusCode)
			if c.kind == "" {
				c.kind = "application/json; charset=utf-8"
			}
			assert.Equal(t, c.kind, a.Header.Get("Content-Type"))
			assert.Contains(t, body, c.body)
			assert.Equal(t, !c.isNoJSON, json.Valid([]byte(body)))
			for name, want := range c.headers {
				assert.Equal(t, want, a.Header.Get(name), name)
			}
			assert.Equal(t, c.quotaIs, a.Header.Get("X-RateLimit-Remaining"))
			assert.Zero(t, s.Points())
			assert.Equal(t, c.status, s.Requests()[0].Status)
		})
	}
}

func TestConnectionsBreak(t *testing.T) {
	for _, c := range []struct {
		name   string
		fault  githubtest.Fault
		err    error
		points int
	}{
		{"reset before it was run", githubtest.Fault{Reset: true}, syscall.ECONNRESET, 0},
		{"closed after it was run", githubtest.Fault{Drop: true}, io.EOF, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := broken(t, c.fault)
			_, _, err := attempt(s)
			require.ErrorIs(t, err, c.err)
			assert.Equal(t, c.points, s.Points())
			assert.Zero(t, s.Requests()[0].Status)
		})
	}
}

func TestBodiesEndEarly(t *testing.T) {
	s := broken(t, githubtest.Fault{Truncate: true})
	a, body, err := attempt(s)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Equal(t, int64(33), a.ContentLength)
	assert.Equal(t, `{"data":{"rateLi`, body)
	assert.Equal(t, 1, s.Points())
}

func TestBodiesComeSlowlyOrWithoutEnd(t *testing.T) {
	for name, f := range map[string]githubtest.Fault{"slow": {Slow: true}, "huge": {Huge: true}} {
		t.Run(name, func(t *testing.T) {
			s := broken(t, f)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+"/graphql", strings.NewReader(`{"query": "{ rateLimit { cost } }"}`))
			require.NoError(t, err)
			r.Header.Set("Authorization", "bearer a")
			a, err := s.Client().Do(r) // the headers are there
			require.NoError(t, err)
			defer a.Body.Close()
			want := 1
			if f.Huge {
				want = 5 << 20
			}
			n, err := io.CopyN(io.Discard, a.Body, int64(want))
			require.NoError(t, err)
			assert.Equal(t, int64(want), n)
			cancel()
			_, err = io.Copy(io.Discard, a.Body)
			require.ErrorIs(t, err, context.Canceled)
		})
	}
}

// A test that ends with an answer under way ends all the same.
func TestTheEndOfATestEndsItsAnswers(t *testing.T) {
	for _, f := range []githubtest.Fault{{Slow: true}, {Huge: true}} {
		var body io.ReadCloser
		t.Run("", func(t *testing.T) {
			s := broken(t, f)
			a, err := s.Client().Get(s.URL + "/rate_limit")
			require.NoError(t, err)
			body = a.Body
		})
		_, err := io.Copy(io.Discard, body)
		assert.Error(t, err)
		body.Close()
	}
}

func TestErrorsBesideTheData(t *testing.T) {
	const query = `{ repository(owner: "karst", name: "cave") { pullRequests(first: 2) { nodes { number reviews(first: 2) { nodes { state } } } } } }`
	for _, c := range []struct {
		name  string
		fault *githubtest.Fault
		want  string
	}{
		{"partial nulls", githubtest.ResourceLimits("repository.pullRequests.nodes.1"),
			`{"data":{"repository":{"pullRequests":{"nodes":[{"number":1,"reviews":{"nodes":[{"state":"APPROVED"},{"state":"COMMENTED"}]}},null]}}},
			"errors":[{"type":"RESOURCE_LIMITS_EXCEEDED","message":"Resource limits for this query exceeded."}]}`},
		{"nulls everywhere", githubtest.ResourceLimits("repository.pullRequests.nodes.*.reviews"),
			`{"data":{"repository":{"pullRequests":{"nodes":[{"number":1,"reviews":null},{"number":2,"reviews":null}]}}},
			"errors":[{"type":"RESOURCE_LIMITS_EXCEEDED","message":"Resource limits for this query exceeded."}]}`},
		{"no access", githubtest.SAML("karst", "repository"),
			`{"data":{"repository":null},"errors":[{"type":"FORBIDDEN","extensions":{"saml_failure":true},
			"message":"Resource protected by organization SAML enforcement. You must grant your Personal Access token access to the \"karst\" organization."}]}`},
		{"no data", githubtest.WentWrong(),
			`{"data":null,"errors":[{"message":"Something went wrong while executing your query. This may be the result of a timeout, or it could be a GitHub bug."}]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := broken(t, *c.fault)
			a := send(t, s, "a", query, nil)
			assert.Equal(t, 200, a.status)
			assert.JSONEq(t, c.want, a.body)
			assert.Equal(t, 1, s.Points())
		})
	}
	n := &noted{TB: t}
	s := githubtest.New(n, cave())
	s.OnRequest(func(githubtest.Request) *githubtest.Fault {
		return &githubtest.Fault{Null: []string{"repository.nothing"}}
	})
	send(t, s, "a", query, nil)
	assert.Equal(t, []string{"githubtest: the answer has no repository.nothing that could be null"}, n.errors)
}

// What a test does after an answer, such as ending a process, must not take the answer away.
func TestAnswersAreOutBeforeWhatFollows(t *testing.T) {
	got := make(chan struct{})
	s := githubtest.New(t, cave())
	s.OnRequest(func(githubtest.Request) *githubtest.Fault {
		return &githubtest.Fault{After: func() { <-got }}
	})
	a, body, err := attempt(s)
	close(got)
	require.NoError(t, err)
	assert.Equal(t, 200, a.StatusCode)
	assert.Contains(t, body, "rateLimit")
}

func TestFaultsAreChosenAndFollowed(t *testing.T) {
	p := cave()
	s := githubtest.New(t, p)
	var asked []githubtest.Request
	s.OnRequest(func(r githubtest.Request) *githubtest.Fault {
		asked = append(asked, r)
		if r.N != 2 {
			return nil
		}
		return &githubtest.Fault{Status: 503, After: func() { s.Edit(func() { p.Archived = true }) }}
	})
	const archived = `query State { repository(owner: "karst", name: "cave") { isArchived } }`
	assert.Contains(t, send(t, s, "a", archived, nil).body, "false")
	assert.Equal(t, 503, send(t, s, "a", archived, nil).status)
	assert.Contains(t, send(t, s, "a", archived, nil).body, "true")
	require.Len(t, asked, 3)
	assert.Equal(t, []any{2, "State", "a", 0}, []any{asked[1].N, asked[1].Operation, asked[1].Token, asked[1].Status})
}
