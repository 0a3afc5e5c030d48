package giteatest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/giteatest"
)

// published is Gitea's own description of its API, as .ci/gitea-swagger.sh keeps it.
type published struct {
	Paths map[string]struct {
		Query []string
		Reply string
	}
	Definitions map[string]map[string]string

	seen map[string]bool // fields that were sent, such as User.login
}

func description(t testing.TB) *published {
	t.Helper()
	text, err := os.ReadFile("testdata/swagger.json")
	require.NoError(t, err)
	p := &published{seen: map[string]bool{}}
	require.NoError(t, json.Unmarshal(text, p))
	return p
}

// everything is the scripted project with what it has not: teams and people assigned.
func everything() *forgetest.Project {
	p := forgetest.Script()
	p.Changes[0].Timeline = append(p.Changes[0].Timeline, forgetest.Event{Type: "ReviewRequestedEvent", At: p.Changes[0].Created, Team: "owners"},
		forgetest.Event{Type: "AssignedEvent", At: p.Changes[0].Created, Assignee: p.Changes[1].Author})
	return p
}

// Every field that the fake sends is one of Gitea's with a value of that type, and of
// Gitea's fields those are left out that Gitea leaves out where they are empty.
func TestSwagger(t *testing.T) {
	d := description(t)
	s := giteatest.New(t, everything())
	s.Edit(func() { s.Writers = true })
	asked := map[string]bool{}
	for path, example := range map[string]string{
		"/version": "/version", "/settings/api": "/settings/api", "/repos/{owner}/{repo}": cave,
		"/repos/{owner}/{repo}/pulls":                   cave + "/pulls?state=closed&sort=recentupdate&page=1&limit=50",
		"/repos/{owner}/{repo}/pulls/{index}":           cave + "/pulls/11",
		"/repos/{owner}/{repo}/pulls/{index}/reviews":   cave + "/pulls/11/reviews?page=1&limit=9",
		"/repos/{owner}/{repo}/issues":                  cave + "/issues?state=all&type=issues&since=2026-01-01T00:00:00Z&before=2027-01-01T00:00:00Z&page=1&limit=50",
		"/repos/{owner}/{repo}/issues/comments":         cave + "/issues/comments?since=2026-01-01T00:00:00Z&before=2027-01-01T00:00:00Z&page=1&limit=50",
		"/repos/{owner}/{repo}/issues/{index}/comments": cave + "/issues/31/comments?since=2026-01-01T00:00:00Z&before=2027-01-01T00:00:00Z",
		"/repos/{owner}/{repo}/issues/{index}/timeline": cave + "/issues/11/timeline?since=2026-01-01T00:00:00Z&before=2027-01-01T00:00:00Z&page=1&limit=50",
		"/repos/{owner}/{repo}/releases":                cave + "/releases?draft=false&pre-release=false&page=1&limit=50",
	} {
		asked[path] = true
		d.check(t, s, path, example)
	}
	d.check(t, s, "/repos/{owner}/{repo}/issues", cave+"/issues?type=pulls&state=closed")
	d.check(t, s, "/repos/{owner}/{repo}/issues/{index}/timeline", cave+"/issues/31/timeline")
	assert.ElementsMatch(t, slices.Collect(maps.Keys(d.Paths)), slices.Collect(maps.Keys(asked)), "a path that is described is asked for")
	assert.Empty(t, d.unsent(), "fields of Gitea that the fake does not send")
}

// check asks for an example of a path, and compares what comes with the description.
func (d *published) check(t *testing.T, s *giteatest.Server, path, example string) {
	t.Helper()
	r := get(t, s, "token x", example)
	require.Equal(t, http.StatusOK, r.status, r.body)
	_, query, _ := strings.Cut(example, "?")
	for name := range strings.SplitSeq(query, "&") {
		if name, _, ok := strings.Cut(name, "="); ok {
			assert.Contains(t, d.Paths[path].Query, name, path)
		}
	}
	var v any
	require.NoError(t, json.Unmarshal([]byte(r.body), &v))
	d.typed(t, path, d.Paths[path].Reply, v)
}

// typed checks that a value is of a type of the description.
func (d *published) typed(t *testing.T, at, kind string, v any) {
	t.Helper()
	if item, ok := strings.CutPrefix(kind, "[]"); ok {
		items, ok := v.([]any)
		assert.True(t, ok || v == nil, "%s is no list: %v", at, v)
		for i := range items {
			d.typed(t, fmt.Sprintf("%s[]", at), item, items[i])
		}
		return
	}
	if of, ok := d.Definitions[kind]; ok && v != nil {
		fields, ok := v.(map[string]any)
		require.True(t, ok, "%s is no %s: %v", at, kind, v)
		for name, value := range fields {
			require.Contains(t, of, name, "%s: %s has no such field", at, kind)
			d.seen[kind+"."+name] = true
			d.typed(t, at+"."+name, of[name], value)
		}
		return
	}
	assert.True(t, simple(kind, v), "%s should be a %s and is %v", at, kind, v)
}

// simple reports whether a value is of a simple type; null stands for one that is absent.
func simple(kind string, v any) bool {
	switch v := v.(type) {
	case nil:
		return kind != "boolean" && !strings.HasPrefix(kind, "integer")
	case bool:
		return kind == "boolean"
	case float64:
		return strings.HasPrefix(kind, "integer") && v == float64(int64(v))
	case string:
		_, err := time.Parse(time.RFC3339, v)
		return kind == "string" || kind == "string email" || kind == "string date-time" && err == nil
	case map[string]any:
		return kind == "object"
	}
	return false
}

// absent are the fields that Gitea leaves out, or the fake has no example of.
var absent = strings.Fields("Repository.default_target_branch Repository.parent Repository.internal_tracker Repository.external_tracker Repository.external_wiki Repository.repo_transfer")

// unsent are the fields of definitions, some of which were sent, that were not.
func (d *published) unsent() (names []string) {
	sent := map[string]bool{}
	for name := range d.seen {
		kind, _, _ := strings.Cut(name, ".")
		sent[kind] = true
	}
	for kind, fields := range d.Definitions {
		for field := range fields {
			if name := kind + "." + field; sent[kind] && !d.seen[name] && !slices.Contains(absent, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}
