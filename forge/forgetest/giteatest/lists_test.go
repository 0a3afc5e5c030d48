package giteatest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
	"github.com/tributary-oss/tributary/forge/forgetest/giteatest"
)

func tokens() map[string]fake.Quota { return map[string]fake.Quota{"good": {Private: true}} }

func TestPages(t *testing.T) {
	s := giteatest.New(t, forgetest.Large(120))
	path := cave + "/pulls?sort=oldest&state=closed"
	numbers, r := list(t, s, path, "number")
	assert.Len(t, numbers, 30, "where nothing is asked for")
	assert.Equal(t, "120", r.header.Get("X-Total-Count"))
	numbers, r = list(t, s, path+"&limit=100&page=2", "number")
	assert.Len(t, numbers, 50, "a limit is lowered in silence")
	assert.Equal(t, "51", numbers[0])
	at := "<" + s.URL + "/api/v1/repos/karst/cave/pulls?limit=100&page="
	rest := "&sort=oldest&state=closed>; rel="
	assert.Equal(t, strings.Join([]string{at + "3" + rest + `"next"`, at + "3" + rest + `"last"`, at + "1" + rest + `"first"`, at + "1" + rest + `"prev"`}, ","), r.header.Get("Link"))
	assert.Equal(t, "Link, X-Total-Count", r.header.Get("Access-Control-Expose-Headers"))
	numbers, r = list(t, s, path+"&limit=50&page=3", "number")
	assert.Len(t, numbers, 20)
	assert.NotContains(t, r.header.Get("Link"), "next")
	assert.Contains(t, r.header.Get("Link"), "page=2&")
	numbers, r = list(t, s, path+"&limit=50&page=9", "number")
	assert.Empty(t, numbers)
	assert.NotContains(t, r.header.Get("Link"), "next", "a page after the last counts as the last")
	assert.Contains(t, r.header.Get("Link"), "page=2&")
	_, r = list(t, s, cave+"/pulls?state=open", "number")
	assert.Empty(t, r.header.Get("Link"), "an empty list has no other pages")
	assert.Equal(t, "0", r.header.Get("X-Total-Count"))
	assert.Equal(t, "[]", strings.TrimSpace(r.body))

	s.Edit(func() { s.MaxItems, s.AppURL = 10, "http://localhost:3000/" })
	numbers, r = list(t, s, path+"&limit=50", "number")
	assert.Len(t, numbers, 10)
	assert.Contains(t, r.header.Get("Link"), "<http://localhost:3000/api/v1/repos/karst/cave/pulls?limit=50&page=2&", "by the address that the server was given")
}

func TestOrders(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC) }
	p := &forgetest.Project{Owner: "karst", Name: "cave", Changes: []forgetest.Change{
		{Number: 1, Created: day(1), Updated: day(9), Merged: day(5)},
		{Number: 2, Created: day(2), Updated: day(4), Closed: day(4), Comments: make([]forgetest.Comment, 2)},
		{Number: 3, Created: day(3), Updated: day(9), Merged: day(9), Comments: make([]forgetest.Comment, 1)},
		{Number: 4, Created: day(3), Updated: day(3)},
	}, Issues: []forgetest.Issue{{Number: 5, Created: day(2), Updated: day(8)}}}
	s := giteatest.New(t, p)
	for query, want := range map[string]string{
		"pulls?state=all":                                        "4 3 2 1",
		"pulls?state=all&sort=oldest":                            "1 2 3 4",
		"pulls?state=all&sort=recentupdate":                      "3 1 2 4",
		"pulls?state=all&sort=leastupdate":                       "4 2 1 3",
		"pulls?state=all&sort=recentclose":                       "3 1 2 4",
		"pulls?state=all&sort=mostcomment":                       "2 3 4 1",
		"pulls?state=all&sort=leastcomment":                      "4 1 3 2",
		"pulls?state=closed&sort=recentupdate":                   "3 1 2",
		"pulls":                                                  "4",
		"issues?state=all":                                       "4 3 5 2 1",
		"issues?state=closed":                                    "3 2 1",
		"issues":                                                 "4 5",
		"issues?state=all&type=issues":                           "5",
		"issues?state=all&type=pulls&since=2026-03-09T00:00:00Z": "3 1",
		"issues?state=all&since=2026-03-04T01:00:00%2B01:00&before=2026-03-08T00:00:00Z":     "5 2",
		"issues?state=all&type=pulls&since=2026-03-09T00:00:01Z":                             "",
		"issues?state=all&type=pulls&since=2026-03-03T00:00:00Z&before=2026-03-03T00:00:00Z": "4",
	} {
		numbers, _ := list(t, s, cave+"/"+query, "number")
		assert.Equal(t, want, strings.Join(numbers, " "), query)
	}
}

func TestWhatTheListLeavesOut(t *testing.T) {
	s := giteatest.New(t, forgetest.Script())
	merged, r := list(t, s, cave+"/pulls?state=closed&limit=50", "merged_by")
	assert.Len(t, merged, 10)
	assert.Equal(t, strings.Repeat("<nil>", 10), strings.Join(merged, ""))
	assert.NotContains(t, r.body, "additions")
	assert.Contains(t, r.body, `"merge_base":"`+forgetest.ScriptCommit("base-11"))
	c := one(t, s, cave+"/pulls/11")
	assert.Equal(t, "ada", c["merged_by"].(map[string]any)["login"])
	assert.EqualValues(t, 20, c["additions"])
	assert.EqualValues(t, 2, c["review_comments"], "which counts reviews")
	assert.Equal(t, forgetest.ScriptCommit("merge-11"), c["merge_commit_sha"])
	gone := one(t, s, cave+"/pulls/15")["merged_by"].(map[string]any)
	assert.Equal(t, "Ghost", gone["login"])
	assert.EqualValues(t, -1, gone["id"])
	asked := c["requested_reviewers"].([]any)
	assert.Len(t, asked, 1, "whoever judged it, so it is called")
	open := one(t, s, cave+"/pulls/22")
	assert.Nil(t, open["merged_at"])
	assert.Nil(t, open["merge_commit_sha"])
	assert.Equal(t, "open", open["state"])
	assert.Equal(t, "closed", one(t, s, cave+"/pulls/21")["state"])
}

func TestMailAddresses(t *testing.T) {
	s := giteatest.New(t, forgetest.Script())
	for _, path := range []string{"/pulls?state=all", "/pulls/11", "/pulls/11/reviews", "/issues?state=all"} {
		assert.Contains(t, get(t, s, "token x", cave+path).body, "@mail.example", path)
		assert.NotContains(t, get(t, s, "", cave+path).body, "@mail.example", path)
	}
	for _, path := range []string{"/issues/11/timeline", "/issues/comments", "/releases"} {
		assert.NotContains(t, get(t, s, "token x", cave+path).body, "@mail.example", path)
	}
}

func TestReleases(t *testing.T) {
	s := giteatest.New(t, forgetest.Script())
	tags, r := list(t, s, cave+"/releases", "tag_name")
	assert.Equal(t, []string{"v2.0-rc/1", "v1.0"}, tags)
	assert.Equal(t, "2", r.header.Get("X-Total-Count"))
	tags, _ = list(t, s, cave+"/releases?pre-release=false", "tag_name")
	assert.Equal(t, []string{"v1.0"}, tags)
	s.Edit(func() { s.Writers = true })
	assert.NotContains(t, get(t, s, "", cave+"/releases").body, `"v2.0"`)
	assert.Contains(t, get(t, s, "token x", cave+"/releases").body, `"v2.0"`, "a draft, for those who may write")
	assert.NotContains(t, get(t, s, "token x", cave+"/releases?draft=false").body, `"v2.0"`)
}
