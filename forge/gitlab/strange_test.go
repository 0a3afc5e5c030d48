package gitlab_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tributary-oss/tributary/forge/forgetest/fake"
	"github.com/tributary-oss/tributary/forge/forgetest/gitlabtest"
	"github.com/tributary-oss/tributary/model"
)

// Replies that prove nothing are never taken for an empty list, or for its end.
func TestRepliesThatProveNothing(t *testing.T) {
	null := func(path ...string) fake.Fault { return fake.Fault{Null: path} }
	body := func(text string) fake.Fault { return fake.Fault{Body: text} }
	for name, f := range map[string]struct {
		way, what string
		fault     fake.Fault
		kind      model.Kind
	}{
		"no data":                   {"GraphQL", "Changes", body(`{"data":{}}`), model.ReviewFacts},
		"no project":                {"GraphQL", "Changes", null("project"), model.ReviewFacts},
		"no list":                   {"GraphQL", "Changes", null("project.mergeRequests"), model.ReviewFacts},
		"no items":                  {"GraphQL", "Changes", null("project.mergeRequests.nodes"), model.ReviewFacts},
		"no way on":                 {"GraphQL", "Changes", null("project.mergeRequests.pageInfo.endCursor"), model.ReviewFacts},
		"no notes":                  {"GraphQL", "Changes", null("project.mergeRequests.nodes.*.notes"), model.ReviewFacts},
		"a hole in all notes":       {"GraphQL", "Changes", null("project.mergeRequests.nodes.*.notes.nodes.0"), model.ReviewFacts},
		"no labels":                 {"GraphQL", "Changes", null("project.mergeRequests.nodes.*.labels"), model.MergeFacts},
		"no time of the merge":      {"GraphQL", "Changes", null("project.mergeRequests.nodes.*.mergedAt"), model.MergeFacts},
		"null instead of a list":    {"REST", changeList, body(`null`), model.ReviewFacts},
		"null instead of all":       {"REST", changeList, body(`[null, null]`), model.ReviewFacts},
		"changes that are empty":    {"REST", changeList, body(`[{}, {}]`), model.ReviewFacts},
		"no page behind a page":     {"REST", changeList, fake.Fault{Body: `[]`, Header: http.Header{"X-Next-Page": {"2"}}}, model.ReviewFacts},
		"notes that lead nowhere":   {"REST", notes, fake.Fault{Body: `[]`, Header: http.Header{"X-Next-Page": {"1"}}}, model.ReviewFacts},
		"notes that do not end":     {"REST", notes, fake.Fault{Body: `[]`, Header: http.Header{"X-Next-Page": {"99999"}}}, model.ReviewFacts},
		"null instead of issues":    {"REST", "issues", body(`null`), model.IssueFacts},
		"issues that are empty":     {"REST", "issues", body(`[{}, {}]`), model.IssueFacts},
		"releases that are empty":   {"REST", "releases", body(`[{}]`), model.ReleaseFacts},
		"releases that are nothing": {"GraphQL", "releases", body(`null`), model.ReleaseFacts},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := large(120)
			server := gitlabtest.New(t, p)
			d := newDesk(t, server, p, ways[f.way])
			server.OnRequest(func(r fake.Request) *fake.Fault {
				if is(r, f.what) && !(r.Kind == fake.REST && strings.Contains(r.Query, "per_page=10&")) {
					return &f.fault
				}
				return nil
			})
			text := d.mine()
			c := coverage(t, text)[f.kind]
			assert.NotEqual(t, model.Complete, c.State)
			assert.NotEmpty(t, c.Reason)
			assert.LessOrEqual(t, len(server.Requests()), 1200)
			server.OnRequest(nil)
			d.anew()
			text = d.mine()
			assertComplete(t, text)
			assert.Len(t, changes(t, text), 120)
		})
	}
}

// What stands at the heads of lists is not guessed either.
func TestAHeadThatProvesNothing(t *testing.T) {
	for _, path := range []string{"project.mergeRequests.nodes.0", "project.mergeRequests", "project.issues.nodes.0.updatedAt", "project.releases.nodes.0", "project.id"} {
		p := large(12)
		p.Releases = small().Releases
		server := gitlabtest.New(t, p)
		d := newDesk(t, server, p, ways["GraphQL"])
		server.OnRequest(after("Head", 1, always, fake.Fault{Null: []string{path}}))
		_, err := written(d.source.Mine(t.Context(), d.repo, window))
		assert.Error(t, err, path)
	}
	for what, body := range map[string]string{"": `{}`, "merge_requests": `null`, "issues": `[{}]`, "releases": `null`} {
		p := large(12)
		server := gitlabtest.New(t, p)
		d := newDesk(t, server, p, ways["REST"])
		server.OnRequest(func(r fake.Request) *fake.Fault {
			if strings.TrimPrefix(strings.TrimPrefix(r.Path, "/api/v4/projects/big/deep/project"), "/") == what {
				return &fake.Fault{Body: body}
			}
			return nil
		})
		_, err := written(d.source.Mine(t.Context(), d.repo, window))
		assert.Error(t, err, "%q", what)
	}
}

// A server that leads nowhere is left after a bounded number of requests.
func TestAServerThatLeadsNowhere(t *testing.T) {
	for name, answer := range map[string]func(n int) fake.Fault{
		"every cursor is refused": func(int) fake.Fault { return broken("Please provide a valid cursor") },
		"the same page for ever": func(int) fake.Fault {
			return fake.Fault{Body: `{"data":{"project":{"mergeRequests":{"pageInfo":{"hasNextPage":true,"endCursor":"x"},"nodes":[]}}}}`}
		},
		"always another page": func(n int) fake.Fault {
			return fake.Fault{Body: fmt.Sprintf(`{"data":{"project":{"mergeRequests":{"pageInfo":{"hasNextPage":true,"endCursor":"%d"},"nodes":[]}}}}`, n)}
		},
		"always the same changes": func(int) fake.Fault {
			return fake.Fault{Header: http.Header{"X-Next-Page": {"2"}}, Body: `[{"iid":1,"created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-02T00:00:00Z","merged_at":"2026-01-02T00:00:00Z","merge_commit_sha":"x"}]`}
		},
	} {
		p := large(130)
		server := gitlabtest.New(t, p)
		d := newDesk(t, server, p, ways["GraphQL"])
		if name == "always the same changes" {
			d.usual = ways["REST"]
			d.anew()
		}
		n := 0
		server.OnRequest(func(r fake.Request) *fake.Fault {
			if r.Operation != "Changes" && !is(r, changeList) {
				return nil
			}
			if n++; n < 2 && r.Operation != "" {
				return nil
			}
			f := answer(n)
			return &f
		})
		c := coverage(t, d.mine())[model.ReviewFacts]
		assert.NotEqual(t, model.Complete, c.State, name)
		assert.Less(t, n, 300, name)
	}
}

// A list that is refused is asked for once.
func TestARefusedListIsAskedForOnce(t *testing.T) {
	p := large(130)
	server := gitlabtest.New(t, p)
	d := newDesk(t, server, p, ways["REST"])
	server.OnRequest(after(changeList, 1, always, status(403)))
	d.mine()
	n := 0
	for _, r := range server.Requests() {
		if is(r, changeList) {
			n++
		}
	}
	assert.Equal(t, 1, n)
	assert.ErrorContains(t, d.gap, "403")
}

// Offline nothing is called complete that is not.
func TestOfflineIsHonest(t *testing.T) {
	p := large(130)
	server := gitlabtest.New(t, p)
	d := newDesk(t, server, p, nil)
	d.mine()
	d.source = d.store.Source()
	text, err := written(d.source.Mine(t.Context(), d.repo, model.Period{Since: window.Since, Until: day("2028-11-01")}))
	assert.NoError(t, err)
	for _, kind := range []model.Kind{model.ReviewFacts, model.IssueFacts, model.ReleaseFacts} {
		c := coverage(t, text)[kind]
		assert.Equal(t, model.Partial, c.State, kind)
		assert.Contains(t, c.Reason, "stored up to 2026-11-02", kind)
	}
}
