package githubtest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/go-github/v60/github"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/forgetest/githubtest"
)

// reply is what came back.
type reply struct {
	status int
	header http.Header
	body   string
}

// send posts a query.
func send(t testing.TB, s *githubtest.Server, token, query string, vars map[string]any) reply {
	t.Helper()
	text, err := json.Marshal(map[string]any{"query": query, "variables": vars})
	require.NoError(t, err)
	return do(t, s, http.MethodPost, s.URL+"/graphql", token, "", text)
}

// get asks for an address or, where it starts with a slash, for a path.
func get(t testing.TB, s *githubtest.Server, token, address, etag string) reply {
	t.Helper()
	if address[0] == '/' {
		address = s.URL + address
	}
	return do(t, s, http.MethodGet, address, token, etag, nil)
}

func do(t testing.TB, s *githubtest.Server, method, address, token, etag string, body []byte) reply {
	t.Helper()
	r, err := http.NewRequest(method, address, bytes.NewReader(body))
	require.NoError(t, err)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if etag != "" {
		r.Header.Set("If-None-Match", etag)
	}
	client := *s.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := client.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return reply{answer.StatusCode, answer.Header, string(text)}
}

// noted is a test that keeps what fails it.
type noted struct {
	testing.TB
	mu     sync.Mutex
	errors []string
}

func (n *noted) Errorf(format string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.errors = append(n.errors, fmt.Sprintf(format, args...))
}

var (
	ada  = githubtest.Account{Login: "ada", ID: 7, Company: "Karst"}
	bors = githubtest.Account{Login: "bors", ID: 8, Type: "Bot", App: true}
	day  = 24 * time.Hour
	t0   = time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)
)

const short = `{ repository(owner: "karst", name: "cave") { name } }`

func TestClientsCanBeUsed(t *testing.T) {
	p := githubtest.Large(3)
	p.Releases = []githubtest.Release{{Tag: "v1", Author: bors, Created: t0, Published: t0}}
	p.Advisories = []githubtest.Advisory{{GHSA: "GHSA-1", Created: t0, Publisher: ada, Credits: []githubtest.Credit{{User: ada, Type: "finder"}}}}
	s := githubtest.New(t, p)
	plain := github.NewClient(nil)
	var err error
	plain.BaseURL, err = plain.BaseURL.Parse(s.URL + "/")
	require.NoError(t, err)
	enterprise, err := github.NewClient(nil).WithEnterpriseURLs(s.URL, s.URL)
	require.NoError(t, err)
	for path, c := range map[string]*github.Client{"graphql": plain.WithAuthToken("secret"), "../graphql": enterprise.WithAuthToken("secret")} {
		r, err := c.NewRequest(http.MethodPost, path, map[string]string{"query": short})
		require.NoError(t, err)
		var out struct {
			Data struct{ Repository struct{ Name string } }
		}
		_, err = c.Do(context.Background(), r, &out)
		require.NoError(t, err)
		assert.Equal(t, "cave", out.Data.Repository.Name)

		releases, _, err := c.Repositories.ListReleases(context.Background(), "karst", "cave", nil)
		require.NoError(t, err)
		assert.Equal(t, "bors[bot]", releases[0].GetAuthor().GetLogin())
		advisories, _, err := c.SecurityAdvisories.ListRepositorySecurityAdvisories(context.Background(), "karst", "cave", &github.ListRepositorySecurityAdvisoriesOptions{State: "published"})
		require.NoError(t, err)
		assert.Equal(t, int64(7), advisories[0].Publisher.GetID())
	}
	assert.Equal(t, 2, s.Count(githubtest.GraphQL))
	assert.Equal(t, 4, s.Count(githubtest.REST))
	assert.Equal(t, "/graphql", s.Requests()[0].Path)
	assert.Equal(t, "secret", s.Requests()[5].Token)
}

func TestRequestsAreCountedAndForgotten(t *testing.T) {
	s := githubtest.New(t, githubtest.Large(1))
	send(t, s, "a", `query Named($n: Int!) { repository(owner: "karst", name: "cave") { pullRequests(first: $n) { totalCount } } }`, map[string]any{"n": 5})
	get(t, s, "b", "/repos/karst/cave?", "")
	rs := s.Requests()
	require.Len(t, rs, 2)
	assert.Equal(t, "Named", rs[0].Operation)
	assert.Equal(t, 5.0, rs[0].Variables["n"])
	assert.Equal(t, []int{1, 200, 1}, []int{rs[0].N, rs[0].Status, rs[0].Points})
	assert.Equal(t, []int{2, 200, 0}, []int{rs[1].N, rs[1].Status, rs[1].Points})
	assert.Equal(t, 1, s.Points())
	s.Reset()
	assert.Empty(t, s.Requests())
	assert.Zero(t, s.Points())
	get(t, s, "b", "/rate_limit", "")
	assert.Equal(t, 3, s.Requests()[0].N)
}

func TestBusiestCountsPerToken(t *testing.T) {
	s := githubtest.New(t, githubtest.Large(1))
	for range 20 {
		send(t, s, "a", short, nil)
	}
	assert.Equal(t, 1, s.Busiest(githubtest.GraphQL), "one after the other")
	var all sync.WaitGroup
	all.Add(3)
	s.OnRequest(func(githubtest.Request) *githubtest.Fault {
		all.Done()
		all.Wait()
		return nil
	})
	var done sync.WaitGroup
	for _, token := range []string{"a", "a", "b"} {
		done.Go(func() { assert.Equal(t, 200, send(t, s, token, short, nil).status) })
	}
	done.Wait()
	assert.Equal(t, 2, s.Busiest(githubtest.GraphQL))
	assert.Zero(t, s.Busiest(githubtest.REST))
	s.Reset()
	assert.Zero(t, s.Busiest(githubtest.GraphQL))
}

func TestTheClockIsTheTests(t *testing.T) {
	s := githubtest.New(t, githubtest.Large(1))
	assert.Equal(t, "Mon, 02 Nov 2026 08:00:00 GMT", send(t, s, "a", short, nil).header.Get("Date"))
	assert.Equal(t, time.Date(2026, 11, 2, 8, 0, 0, 1e6, time.UTC), s.Now())
	s.SetNow(t0)
	assert.Equal(t, "Wed, 04 Mar 2026 09:00:00 GMT", get(t, s, "a", "/repos/karst/cave", "").header.Get("Date"))
}

func TestProjectsAreEditedBetweenRequests(t *testing.T) {
	p := githubtest.Large(2)
	s := githubtest.New(t, p)
	count := `{ repository(owner: "karst", name: "cave") { pullRequests(states: MERGED) { totalCount } } }`
	assert.Contains(t, send(t, s, "a", count, nil).body, `"totalCount":2`)
	s.Edit(func() { p.Changes = p.Changes[:1] })
	assert.Contains(t, send(t, s, "a", count, nil).body, `"totalCount":1`)
	s.Add(&githubtest.Project{Owner: "karst", Name: "lake"})
	assert.Equal(t, 200, get(t, s, "a", "/repos/karst/lake", "").status)
}

func TestLargeIsTheSameEveryTime(t *testing.T) {
	p := githubtest.Large(300)
	assert.Equal(t, p, githubtest.Large(300))
	end := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	bots := 0
	for _, c := range p.Changes {
		require.True(t, c.Created.Before(c.Merged) && !c.Updated.Before(c.Merged) && c.Updated.Before(end), "change %d", c.Number)
		require.Len(t, c.Reviews, 2)
		for _, v := range c.Reviews {
			require.NotEqual(t, c.Author.Login, v.Author.Login)
			require.True(t, v.Submitted.After(c.Created) && v.Submitted.Before(c.Merged))
		}
		if c.Author.Type == "Bot" || c.MergedBy.Type == "Bot" {
			bots++
		}
	}
	assert.Greater(t, bots, 10)
	assert.Len(t, p.Releases, 3)
	assert.Len(t, githubtest.Large(0).Changes, 0)
}
