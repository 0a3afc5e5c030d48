package gitlabtest_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xanzy/go-gitlab"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
	"github.com/tributary-oss/tributary/forge/forgetest/gitlabtest"
)

var (
	ada = forgetest.Account{Login: "ada", ID: 7, Name: "Ada"}
	bob = forgetest.Account{Login: "bob", ID: 8}
	eve = forgetest.Account{Login: "eve", ID: 9}
	t0  = time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)
	day = 24 * time.Hour
)

// cave is a project with one change of each kind that a test below asks for.
func cave() *forgetest.Project {
	return &forgetest.Project{Owner: "karst/deep", Name: "cave", ID: 4711, OldNames: []string{"karst/grotto"}}
}

// reply is what came back.
type reply struct {
	status int
	header http.Header
	body   string
}

func (r reply) decode(t testing.TB, into any) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(r.body), into), r.body)
}

// get asks REST for a path under /api/v4, or for a whole address.
func get(t testing.TB, s *gitlabtest.Server, token, path string) reply {
	t.Helper()
	if strings.HasPrefix(path, "/") {
		path = s.URL + "/api/v4" + path
	}
	return do(t, s, http.MethodGet, path, token, nil)
}

// ask posts a query.
func ask(t testing.TB, s *gitlabtest.Server, token, query string, vars map[string]any) reply {
	t.Helper()
	text, err := json.Marshal(map[string]any{"query": query, "variables": vars})
	require.NoError(t, err)
	return do(t, s, http.MethodPost, s.URL+"/api/graphql", token, text)
}

func do(t testing.TB, s *gitlabtest.Server, method, address, token string, body []byte) reply {
	t.Helper()
	r, err := http.NewRequest(method, address, bytes.NewReader(body))
	require.NoError(t, err)
	if token != "" {
		r.Header.Set("PRIVATE-TOKEN", token)
	}
	client := *s.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	a, err := client.Do(r)
	require.NoError(t, err)
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	require.NoError(t, err)
	return reply{a.StatusCode, a.Header, string(text)}
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

const short = `{ project(fullPath: "karst/deep/cave") { name } }`

func TestVersionsAreForThoseWhoLogIn(t *testing.T) {
	s := gitlabtest.Start(t, &gitlabtest.Options{Version: "16.0.1"}, cave())
	for _, path := range []string{"/version", "/metadata"} {
		assert.Equal(t, 401, get(t, s, "", path).status)
		a := get(t, s, "x", path)
		assert.Equal(t, 200, a.status)
		assert.Contains(t, a.body, `"version":"16.0.1"`)
	}
	const query = `{ metadata { version } currentUser { username } }`
	assert.JSONEq(t, `{"data":{"metadata":null,"currentUser":null}}`, ask(t, s, "", query, nil).body)
	assert.JSONEq(t, `{"data":{"metadata":{"version":"16.0.1"},"currentUser":{"username":"viewer"}}}`, ask(t, s, "x", query, nil).body)
}

func TestTokensAreAsked(t *testing.T) {
	p := cave()
	p.Private = true
	s := gitlabtest.New(t, p)
	s.Tokens(map[string]fake.Quota{"in": {Private: true, Login: "ada"}, "out": {}})
	assert.Equal(t, 401, get(t, s, "other", "/projects/4711").status)
	assert.Contains(t, ask(t, s, "other", short, nil).body, `{"errors":[{"message":"Invalid token"}]}`)
	assert.Equal(t, 401, ask(t, s, "other", short, nil).status)
	for _, token := range []string{"out", ""} {
		assert.Equal(t, 404, get(t, s, token, "/projects/4711").status)
		assert.JSONEq(t, `{"data":{"project":null}}`, ask(t, s, token, short, nil).body)
		assert.Equal(t, 404, get(t, s, token, "/groups/karst").status)
	}
	assert.Equal(t, 200, get(t, s, "in", "/projects/4711").status)
	assert.JSONEq(t, `{"data":{"project":{"name":"cave"}}}`, ask(t, s, "in", short, nil).body)
	assert.Contains(t, ask(t, s, "in", `{ currentUser { username } }`, nil).body, "ada")
}

func TestTheServerCanBeUnderAPathAndATLSCertificate(t *testing.T) {
	s := gitlabtest.Start(t, &gitlabtest.Options{Prefix: "/gitlab", TLS: true}, cave())
	require.True(t, strings.HasPrefix(s.URL, "https://") && strings.HasSuffix(s.URL, "/gitlab"), s.URL)
	_, err := http.Get(s.URL + "/api/v4/projects/4711")
	assert.ErrorContains(t, err, "certificate")
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(s.Authority()))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	defer transport.CloseIdleConnections()
	client, err := gitlab.NewClient("x", gitlab.WithBaseURL(s.URL), gitlab.WithHTTPClient(&http.Client{Transport: transport}))
	require.NoError(t, err)
	p, _, err := client.Projects.GetProject("karst/deep/cave", nil)
	require.NoError(t, err)
	assert.Equal(t, 4711, p.ID)
	assert.Equal(t, "/api/v4/projects/karst/deep/cave", s.Requests()[len(s.Requests())-1].Path)
	assert.Equal(t, 200, ask(t, s, "x", short, nil).status)
	assert.Equal(t, 404, get(t, s, "x", strings.TrimSuffix(s.URL, "/gitlab")+"/api/v4/projects/4711").status)
	assert.Contains(t, get(t, s, "x", "/projects/4711/merge_requests").header.Get("Link"), "<"+s.URL+"/api/v4/projects/4711/merge_requests?")
}

func TestGraphQLCanBeSwitchedOff(t *testing.T) {
	s := gitlabtest.Start(t, &gitlabtest.Options{NoGraphQL: true}, cave())
	a := ask(t, s, "x", short, nil)
	assert.Equal(t, 404, a.status)
	assert.Contains(t, a.body, "Not found!")
	assert.Equal(t, 1, s.Count(fake.GraphQL))
	assert.Equal(t, 200, get(t, s, "x", "/projects/4711").status)
}

func TestQuotasAreOneForBothWays(t *testing.T) {
	s := gitlabtest.Start(t, &gitlabtest.Options{PerMinute: 4}, cave())
	a := get(t, s, "x", "/projects/4711")
	assert.Equal(t, []string{"4", "3", "1"}, []string{a.header.Get("RateLimit-Limit"), a.header.Get("RateLimit-Remaining"), a.header.Get("RateLimit-Observed")})
	assert.Equal(t, fmt.Sprint(s.Now().Truncate(time.Second).Add(time.Minute).Unix()), a.header.Get("RateLimit-Reset"))
	assert.Equal(t, "Mon, 02 Nov 2026 08:01:00 GMT", a.header.Get("RateLimit-ResetTime"))
	for range 3 {
		assert.Equal(t, 200, ask(t, s, "x", short, nil).status)
	}
	a = get(t, s, "x", "/projects/4711")
	assert.Equal(t, 429, a.status)
	assert.Equal(t, "Retry later\n", a.body)
	assert.Equal(t, "60", a.header.Get("Retry-After"))
	assert.Equal(t, 200, get(t, s, "", "/projects/4711").status, "others have their own")
	assert.Equal(t, 429, get(t, s, "", "/projects/4711").status, "and less without a token")
	s.SetNow(s.Now().Add(time.Minute))
	assert.Equal(t, 200, get(t, s, "x", "/projects/4711").status)

	free := gitlabtest.New(t, cave())
	a = get(t, free, "", "/projects/4711")
	assert.Equal(t, 200, a.status)
	for name := range a.header {
		assert.NotContains(t, name, "Ratelimit")
	}
}

func TestEveryReplyIsGitLabs(t *testing.T) {
	s := gitlabtest.New(t, cave())
	s.OnRequest(func(r fake.Request) *fake.Fault {
		return map[int]*fake.Fault{2: {Status: 502}, 3: {HTML: true}, 4: {Status: 403}, 5: {Status: 429}}[r.N]
	})
	kinds := []string{"application/json", "text/html; charset=utf-8", "text/html; charset=utf-8", "application/json", "text/plain"}
	bodies := []string{`"id":4711`, "not responding (502)", "Sign in", `"403 Forbidden"`, "Retry later"}
	for i := range kinds {
		a := get(t, s, "x", "/projects/4711")
		assert.Contains(t, a.header.Get("X-Gitlab-Meta"), `"version":"1"`)
		assert.NotEmpty(t, a.header.Get("Date"))
		assert.Equal(t, kinds[i], a.header.Get("Content-Type"))
		assert.Contains(t, a.body, bodies[i])
	}
}

func TestWhatGitLabHasNotFailsTheTest(t *testing.T) {
	n := &noted{TB: t}
	s := gitlabtest.New(n, cave())
	for _, c := range []struct{ path, fails string }{
		{"/projects/4711/colours", "/projects/4711/colours is not answered"},
		{"/users", "/users is not answered"},
		{"/projects/4711/merge_requests?colour=red", "does not heed the parameter colour"},
		{"/projects/4711/merge_requests?state=OPEN", "state=OPEN is none of"},
		{"/projects/4711/issues?updated_after=yesterday", "is no time"},
	} {
		n.errors = nil
		get(t, s, "x", c.path)
		require.Len(t, n.errors, 1, c.path)
		assert.Contains(t, n.errors[0], c.fails)
		assert.True(t, strings.HasPrefix(n.errors[0], "gitlabtest: "))
	}
	for _, c := range []struct{ query, fails string }{
		{`{ project(fullPath: "a/b") { colour } }`, `Cannot query field "colour"`},
		{`query Q($n: Int!) { project(fullPath: "a/b") { mergeRequests(first: $n) { count } } }`, "the variables of the query Q"},
		{`{ project(fullPath: "karst/deep/cave") { starCount } }`, "Project.starCount is not answered"},
		{`{ project(fullPath: "karst/deep/cave") { mergeRequests(draft: true) { count } } }`, "argument draft of Project.mergeRequests is not heeded"},
	} {
		n.errors = nil
		ask(t, s, "x", c.query, nil)
		require.NotEmpty(t, n.errors, c.query)
		assert.Contains(t, n.errors[0], c.fails)
	}
}
