package githubtest_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/forgetest/githubtest"
)

func TestRepositoriesOverREST(t *testing.T) {
	p := cave()
	p.Archived, p.IssuesDisabled = true, true
	s := githubtest.New(t, p)
	for _, prefix := range []string{"", "/api/v3"} {
		a := get(t, s, "a", prefix+"/repos/Karst/Cave", "")
		assert.Equal(t, 200, a.status)
		assert.Equal(t, "application/json; charset=utf-8", a.header.Get("Content-Type"))
		var r map[string]any
		require.NoError(t, json.Unmarshal([]byte(a.body), &r))
		assert.Equal(t, []any{42.0, "karst/cave", true, false}, []any{r["id"], r["full_name"], r["archived"], r["has_issues"]})
		assert.Equal(t, a.body, get(t, s, "a", prefix+"/repositories/42", "").body)

		a = get(t, s, "a", prefix+"/repos/karst/hole/releases?per_page=1", "")
		assert.Equal(t, 301, a.status)
		assert.Equal(t, s.URL+prefix+"/repositories/42/releases?per_page=1", a.header.Get("Location"))
		assert.Equal(t, 200, get(t, s, "a", a.header.Get("Location"), "").status)
	}
	for _, path := range []string{"/repos/karst/lake", "/repositories/43", "/repos/karst/cave/nothing", "/nothing", "/repos/karst", "/"} {
		a := get(t, s, "a", path, "")
		assert.Equal(t, 404, a.status, path)
		assert.JSONEq(t, `{"message":"Not Found","documentation_url":"https://docs.github.com/rest","status":"404"}`, a.body)
	}
	assert.Equal(t, 404, do(t, s, "POST", s.URL+"/repos/karst/cave", "a", "", nil).status)
}

func TestAccountsOverREST(t *testing.T) {
	s := githubtest.New(t, cave())
	assert.Contains(t, get(t, s, "a", "/users/Ada", "").body, `"company":"Karst"`)
	assert.Contains(t, get(t, s, "a", "/users/bors%5Bbot%5D", "").body, `"html_url":"https://github.com/apps/bors","id":8`)
	assert.Equal(t, 404, get(t, s, "a", "/users/bors", "").status)
}

func TestETagsBelongToTokensAndSpareTheQuota(t *testing.T) {
	p := cave()
	s := githubtest.New(t, p)
	const path = "/repos/karst/cave/releases"
	a := get(t, s, "a", path, "")
	again := get(t, s, "a", path, a.header.Get("ETag"))
	assert.Equal(t, 304, again.status)
	assert.Empty(t, again.body)
	assert.Equal(t, []string{"5000", "4999", "1", "core"}, quotaOf(again))
	assert.Equal(t, 200, get(t, s, "b", path, a.header.Get("ETag")).status)
	s.Edit(func() { p.Releases[0].Prerelease = true })
	changed := get(t, s, "a", path, a.header.Get("ETag"))
	assert.Equal(t, 200, changed.status)
	assert.Equal(t, "4998", changed.header.Get("X-RateLimit-Remaining"))
}

var next = regexp.MustCompile(`<([^>]*)>; rel="next"`)

// follow reads all pages and gives one field of their items.
func follow(t *testing.T, s *githubtest.Server, path, field string) (values []any, pages int) {
	t.Helper()
	for address := path; ; {
		a := get(t, s, "a", address, "")
		require.Equal(t, 200, a.status, a.body)
		var items []map[string]any
		require.NoError(t, json.Unmarshal([]byte(a.body), &items))
		for _, i := range items {
			values = append(values, i[field])
		}
		pages++
		m := next.FindStringSubmatch(a.header.Get("Link"))
		if m == nil {
			return values, pages
		}
		address = m[1]
	}
}

func TestReleasesArePagedByNumber(t *testing.T) {
	p := githubtest.Large(0)
	var want []any
	for i := range 65 {
		p.Releases = append(p.Releases, githubtest.Release{Tag: fmt.Sprint("v", i), Created: t0.Add(time.Duration(i) * day), Author: bors})
		want = append([]any{fmt.Sprint("v", i)}, want...)
	}
	p.Releases[3].Draft = true
	want = append(want[:61], want[62:]...)
	s := githubtest.New(t, p)
	for path, pages := range map[string]int{"": 3, "?per_page=100": 1, "?per_page=64": 1, "?per_page=1000": 1, "?per_page=10": 7} {
		tags, n := follow(t, s, "/repos/karst/cave/releases"+path, "tag_name")
		assert.Equal(t, want, tags)
		assert.Equal(t, pages, n, path)
	}
	middle := get(t, s, "a", "/repos/karst/cave/releases?page=2&per_page=30", "")
	assert.Regexp(t, `page=1&per_page=30>; rel="prev".*page=1&.*rel="first".*page=3&.*rel="next".*page=3&.*rel="last"`, middle.header.Get("Link"))
	beyond := get(t, s, "a", "/repos/karst/cave/releases?page=2000000000&per_page=100", "")
	assert.Equal(t, "[]", beyond.body)
	assert.Contains(t, middle.body, `"author":{"html_url":"https://github.com/apps/bors","id":8,"login":"bors[bot]"`)
}

func TestAdvisoriesArePagedByCursor(t *testing.T) {
	p := githubtest.Large(0)
	var want []any
	for i := range 7 {
		id := fmt.Sprint("GHSA-", i)
		p.Advisories = append(p.Advisories, githubtest.Advisory{
			GHSA: id, CVE: fmt.Sprint("CVE-", i), Created: t0, Published: t0, Publisher: ada, Description: "Falling rocks.",
			Credits: []githubtest.Credit{{User: bors, Type: "finder", State: "accepted"}},
		})
		want = append([]any{id}, want...)
	}
	p.Advisories = append(p.Advisories, githubtest.Advisory{GHSA: "GHSA-hidden", State: "draft"})
	s := githubtest.New(t, p)
	const path = "/repos/karst/cave/security-advisories?state=published"
	for more, pages := range map[string]int{"": 1, "&per_page=7": 1, "&per_page=3": 3} {
		ids, n := follow(t, s, path+more, "ghsa_id")
		assert.Equal(t, want, ids)
		assert.Equal(t, pages, n)
	}
	up, _ := follow(t, s, path+"&direction=asc&sort=published&per_page=2", "ghsa_id")
	assert.Equal(t, "GHSA-0", up[0])
	assert.Equal(t, "[]", get(t, s, "a", "/repos/karst/cave/security-advisories?state=draft", "").body)
	assert.Equal(t, 422, get(t, s, "a", path+"&after=x", "").status)
	assert.Contains(t, get(t, s, "a", path, "").body, `"credits":[{"login":"bors[bot]","type":"finder"}]`)
}

func TestParametersThatAreNotHeededFailTheTest(t *testing.T) {
	n := &noted{TB: t}
	s := githubtest.New(n, cave())
	get(t, s, "a", "/repos/karst/cave/releases?since=2026-01-01", "")
	get(t, s, "a", "/repos/karst/cave/security-advisories?page=2", "")
	assert.Equal(t, []string{
		"githubtest: GET /repos/karst/cave/releases does not heed the parameter since",
		"githubtest: GET /repos/karst/cave/security-advisories does not heed the parameter page",
	}, n.errors)
}
