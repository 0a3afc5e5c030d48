package giteatest_test

import (
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

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/giteatest"
)

// reply is what the server answered.
type reply struct {
	status int
	header http.Header
	body   string
}

// get asks for a path of the API, such as /version.
func get(t testing.TB, s *giteatest.Server, token, path string) reply {
	t.Helper()
	return fetch(t, s, token, s.URL+s.Prefix+"/api/v1"+path)
}

func fetch(t testing.TB, s *giteatest.Server, token, address string) reply {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, address, nil)
	require.NoError(t, err)
	if token != "" {
		r.Header.Set("Authorization", token)
	}
	client := *s.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return reply{resp.StatusCode, resp.Header, string(body)}
}

// list asks for a list and returns one field of each item.
func list(t testing.TB, s *giteatest.Server, path, field string) (values []string, r reply) {
	t.Helper()
	r = get(t, s, "", path)
	require.Equal(t, http.StatusOK, r.status, r.body)
	var items []map[string]any
	require.NoError(t, json.Unmarshal([]byte(r.body), &items))
	for _, item := range items {
		values = append(values, fmt.Sprint(item[field]))
	}
	return values, r
}

// one asks for an object.
func one(t testing.TB, s *giteatest.Server, path string) map[string]any {
	t.Helper()
	r := get(t, s, "", path)
	require.Equal(t, http.StatusOK, r.status, r.body)
	var item map[string]any
	require.NoError(t, json.Unmarshal([]byte(r.body), &item))
	return item
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

const cave = "/repos/karst/cave"

func TestWhatTheServerIs(t *testing.T) {
	s := giteatest.New(t, forgetest.Script())
	assert.Equal(t, map[string]any{"version": "1.26.0"}, one(t, s, "/version"))
	assert.EqualValues(t, 50, one(t, s, "/settings/api")["max_response_items"])
	assert.EqualValues(t, 30, one(t, s, "/settings/api")["default_paging_num"])
	s.Edit(func() { s.Version, s.MaxItems = giteatest.Forgejo, 20 })
	assert.Equal(t, map[string]any{"version": "11.0.0+gitea-1.22.0"}, one(t, s, "/version"))
	assert.EqualValues(t, 20, one(t, s, "/settings/api")["max_response_items"])
	r := get(t, s, "", cave)
	assert.Equal(t, "application/json;charset=utf-8", r.header.Get("Content-Type"))
	assert.Empty(t, r.header.Get("ETag"))
	assert.Contains(t, r.body, `"full_name":"karst/cave"`)
	assert.Contains(t, r.body, `"id":4711`)
}

func TestBelowAFolder(t *testing.T) {
	s := giteatest.New(t, forgetest.Script())
	s.Edit(func() { s.Prefix = "/git" })
	assert.Equal(t, http.StatusOK, get(t, s, "", "/version").status)
	assert.Equal(t, http.StatusNotFound, fetch(t, s, "", s.URL+"/api/v1/version").status)
	r := get(t, s, "", cave+"/issues?state=all&limit=1")
	assert.Contains(t, r.header.Get("Link"), "<"+s.URL+"/git/api/v1/repos/karst/cave/issues?")
	assert.Equal(t, "/git/api/v1/repos/karst/cave/pulls/11?page=1", get(t, s, "", "/repos/karst/grotto/pulls/11?page=1").header.Get("Location"))
}

func TestAnotherForgesAPI(t *testing.T) {
	s := giteatest.New(t)
	for _, path := range []string{"/api/v4/version", "/api/graphql", "/api/v3/"} {
		r := fetch(t, s, "", s.URL+path)
		assert.Equal(t, http.StatusNotFound, r.status)
		assert.Contains(t, r.header.Get("Content-Type"), "text/html", path)
	}
}

func TestRequestsThatTheAPIDoesNotDescribe(t *testing.T) {
	n := &noted{TB: t}
	s := giteatest.New(n, forgetest.Script())
	for path, says := range map[string]string{
		"/user":                              "/user is not known",
		cave + "/commits":                    "is not known",
		cave + "/pulls/0":                    "is not known",
		cave + "/pulls/11/commits":           "is not known",
		cave + "/issues/31":                  "is not known",
		cave + "?page=1":                     "does not know the parameter page",
		cave + "/pulls?since=2026-01-01":     "does not know the parameter since",
		cave + "/pulls?per_page=100":         "does not know the parameter per_page",
		cave + "/pulls?state=merged":         `does not know the value "merged" of state`,
		cave + "/pulls?sort=updated":         `does not know the value "updated" of sort`,
		cave + "/pulls?page=-1":              `does not know the value "-1" of page`,
		cave + "/issues?type=pull":           `does not know the value "pull" of type`,
		cave + "/issues/31/comments?limit=1": "does not know the parameter limit",
		cave + "/releases?draft=perhaps":     `does not know the value "perhaps" of draft`,
		cave + "/pulls?page=%zz":             "proper query",
	} {
		n.errors = nil
		get(t, s, "", path)
		assert.Len(t, n.errors, 1, path)
		assert.Contains(t, strings.Join(n.errors, "\n"), says, path)
	}
	n.errors = nil
	fetch(t, s, "", s.URL+"/karst/cave")
	assert.Contains(t, strings.Join(n.errors, "\n"), "outside of the API")
}

func TestNames(t *testing.T) {
	p := forgetest.Script()
	p.OldNames = append(p.OldNames, "limestone/cave", "limestone/hole")
	s := giteatest.New(t, p)
	for old, want := range map[string]int{"karst/grotto": 301, "Karst/Grotto": 301, "limestone/cave": 307, "limestone/hole": 301} {
		r := get(t, s, "", "/repos/"+old+"/pulls?state=all&page=2")
		assert.Equal(t, want, r.status, old)
		assert.Equal(t, "/api/v1/repos/karst/cave/pulls?state=all&page=2", r.header.Get("Location"))
	}
	assert.Equal(t, http.StatusOK, get(t, s, "", "/repos/KARST/Cave").status, "case does not matter")
	r := get(t, s, "", "/repos/karst/unknown")
	assert.Equal(t, http.StatusNotFound, r.status)
	assert.JSONEq(t, `{"message":"not found","url":"`+s.URL+`/api/swagger","errors":null}`, r.body)
}

func TestWhoMayRead(t *testing.T) {
	p := forgetest.Script()
	p.Private = true
	s := giteatest.New(t, p)
	assert.Equal(t, http.StatusNotFound, get(t, s, "", cave).status)
	assert.Equal(t, http.StatusOK, get(t, s, "", "/version").status)
	s.Tokens(tokens())
	assert.Equal(t, http.StatusOK, get(t, s, "token good", cave).status)
	assert.Equal(t, http.StatusOK, get(t, s, "Bearer good", cave).status)
	r := get(t, s, "token bad", cave)
	assert.Equal(t, http.StatusUnauthorized, r.status)
	assert.Contains(t, r.body, "invalid username, password or token")
	s.Edit(func() { p.Private, s.SignIn = false, true })
	for _, path := range []string{cave, "/version"} {
		r := get(t, s, "", path)
		assert.Equal(t, http.StatusForbidden, r.status)
		assert.JSONEq(t, `{"message":"Only signed in user is allowed to call APIs."}`, r.body)
		assert.Equal(t, http.StatusOK, get(t, s, "token good", path).status)
	}
}

func TestListsThatAreTurnedOff(t *testing.T) {
	p := forgetest.Script()
	p.IssuesDisabled = true
	s := giteatest.New(t, p)
	status := func(path string) int { return get(t, s, "", cave+path).status }
	assert.Equal(t, false, one(t, s, cave)["has_issues"])
	assert.Equal(t, http.StatusNotFound, status("/issues?type=issues"))
	assert.Equal(t, http.StatusNotFound, status("/issues/31/comments"))
	assert.Equal(t, http.StatusOK, status("/issues/31/timeline"), "which Gitea forgets to check")
	numbers, _ := list(t, s, cave+"/issues?state=open", "number")
	assert.Equal(t, []string{"22"}, numbers, "changes only")
	_, r := list(t, s, cave+"/issues/comments", "id")
	assert.Equal(t, "2", r.header.Get("X-Total-Count"))
	s.Edit(func() { p.ChangesDisabled = true })
	for _, path := range []string{"/pulls", "/pulls/11", "/pulls/11/reviews", "/issues", "/issues/comments", "/issues/11/timeline"} {
		assert.Equal(t, http.StatusNotFound, status(path), path)
	}
	assert.Equal(t, http.StatusOK, status("/releases"))
	s.Edit(func() { p.IssuesDisabled = false })
	numbers, _ = list(t, s, cave+"/issues", "number")
	assert.Equal(t, []string{"33"}, numbers, "issues only")
	assert.Equal(t, http.StatusNotFound, status("/issues?type=pulls"))
	assert.Equal(t, http.StatusNotFound, status("/issues/11/comments"))
	_, r = list(t, s, cave+"/issues/comments", "id")
	assert.Equal(t, "5", r.header.Get("X-Total-Count"))
}

func TestWhatIsNotThere(t *testing.T) {
	s := giteatest.New(t, forgetest.Script())
	for path, want := range map[string]int{"/pulls/31": 404, "/pulls/99/reviews": 404, "/issues/99/comments": 500, "/issues/99/timeline": 500, "/issues?since=yesterday": 422,
		"/issues/comments?before=x": 422, "/issues/31/comments?since=x": 422, "/issues/31/timeline?since=x": 422} {
		assert.Equal(t, want, get(t, s, "", cave+path).status, path)
	}
}

func TestTimesAreOfTheServersZone(t *testing.T) {
	s := giteatest.New(t, forgetest.Script())
	assert.Equal(t, "2026-03-05T19:00:00+01:00", one(t, s, cave+"/pulls/11")["merged_at"])
	at, err := time.Parse(time.RFC3339, fmt.Sprint(one(t, s, cave+"/pulls/11")["merged_at"]))
	require.NoError(t, err)
	assert.True(t, at.Equal(forgetest.Script().Changes[0].Merged))
}
