package github_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	gt "github.com/tributary-oss/tributary/forge/forgetest/githubtest"
	"github.com/tributary-oss/tributary/forge/github"
	"github.com/tributary-oss/tributary/model"
)

// Replies that prove nothing are never taken for an empty list, or for its end.
func TestRepliesThatProveNothing(t *testing.T) {
	null := func(path ...string) gt.Fault { return gt.Fault{Null: path} }
	for name, f := range map[string]struct {
		operation string
		fault     gt.Fault
		kind      model.Kind
	}{
		"no data":               {"Changes", gt.Fault{Body: `{"data":{}}`}, model.ReviewFacts},
		"no repository":         {"Changes", null("repository"), model.ReviewFacts},
		"no list":               {"Changes", gt.Fault{Body: `{"data":{"repository":{"pullRequests":null}}}`}, model.ReviewFacts},
		"no items":              {"Changes", null("repository.pullRequests.nodes"), model.ReviewFacts},
		"no way on":             {"Changes", null("repository.pullRequests.pageInfo.endCursor"), model.ReviewFacts},
		"no reviews":            {"Changes", null("repository.pullRequests.nodes.*.reviews"), model.ReviewFacts},
		"a fault without place": {"Changes", gt.Fault{Null: []string{"repository.pullRequests.nodes.*.mergedBy"}, GraphQLErrors: []gt.GQLError{{Message: sorry}}}, model.MergeFacts},
		"no releases":           {"Releases", null("repository.releases.nodes"), model.ReleaseFacts},
		"a hole among releases": {"Releases", null("repository.releases.nodes.0"), model.ReleaseFacts},
		"no advisories":         {"/repos/big/project/security-advisories", gt.Fault{Body: `[null]`}, model.AdvisoryFacts},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := large(130)
			server := gt.New(t, p)
			d := newDesk(t, server, p)
			d.quick()
			server.OnRequest(after(f.operation, 1, always, f.fault))
			c := coverage(t, d.mine())[f.kind]
			assert.NotEqual(t, model.Complete, c.State)
			assert.NotEmpty(t, c.Reason)
			server.OnRequest(nil)
			d.source = d.newSource(func(o *github.Options) { o.Fresh = true })
			text := d.mine()
			assert.NoError(t, d.gap)
			assert.Equal(t, model.Complete, coverage(t, text)[f.kind].State)
			assert.Len(t, changes(t, text), 130)
		})
	}
}

// What stands at the heads of lists is not guessed either.
func TestAHeadThatProvesNothing(t *testing.T) {
	for _, path := range []string{"repository.pullRequests.nodes.0", "repository.releases.nodes.0", "repository.databaseId"} {
		p := large(130)
		server := gt.New(t, p)
		d := newDesk(t, server, p)
		d.quick()
		server.OnRequest(after("Head", 1, always, gt.Fault{Null: []string{path}}))
		_, err := written(d.source.Mine(t.Context(), d.repo, window))
		assert.Error(t, err, path)
	}
}

// A server that leads nowhere is left after a bounded number of requests.
func TestAServerThatLeadsNowhere(t *testing.T) {
	for name, fault := range map[string]gt.Fault{
		"every cursor is refused": broken("INVALID_CURSOR_ARGUMENTS", "no"),
		"the same page for ever":  {Body: `{"data":{"repository":{"pullRequests":{"pageInfo":{"hasNextPage":true,"endCursor":"x"},"nodes":[]}}}}`},
	} {
		p := large(130)
		server := gt.New(t, p)
		d := newDesk(t, server, p)
		d.quick()
		server.OnRequest(after("Changes", 2, always, fault))
		c := coverage(t, d.mine())[model.ReviewFacts]
		assert.NotEqual(t, model.Complete, c.State, name)
		assert.Less(t, len(server.Requests()), 30, name)
	}
	p := large(130)
	server := gt.New(t, p)
	d := newDesk(t, server, p)
	n := 0
	server.OnRequest(func(r gt.Request) *gt.Fault {
		if r.Operation != "Changes" {
			return nil
		}
		n++
		return &gt.Fault{Body: fmt.Sprintf(`{"data":{"repository":{"pullRequests":{"pageInfo":{"hasNextPage":true,"endCursor":"%d"},"nodes":[]}}}}`, n)}
	})
	c := coverage(t, d.mine())[model.ReviewFacts]
	assert.Equal(t, model.Unavailable, c.State)
	assert.Contains(t, c.Reason, "does not come to an end")
	assert.Less(t, n, 300)
}

// A document may name any host; the token is for one.
func TestATokenIsForOneHost(t *testing.T) {
	p := large(30)
	server := gt.New(t, p)
	d := newDesk(t, server, p)
	_, err := written(d.source.Mine(t.Context(), model.Repository{URL: "https://evil.example/big/project", Forge: "github"}, window))
	require.ErrorContains(t, err, "evil.example is not asked")
	assert.Empty(t, server.Requests())
}

// Offline nothing is called complete that is not.
func TestOfflineIsHonest(t *testing.T) {
	p := large(130)
	server := gt.New(t, p)
	d := newDesk(t, server, p)
	d.mine()
	later := model.Period{Since: window.Since, Until: day("2028-11-01")}
	d.source = d.store.Source()
	text, err := written(d.source.Mine(t.Context(), d.repo, later))
	require.NoError(t, err)
	for kind, c := range coverage(t, text) {
		assert.Equal(t, model.Partial, c.State, kind)
		assert.Contains(t, c.Reason, "stored up to 2026-11-02", kind)
	}

	d.store = openStore(t, filepath.Join(t.TempDir(), "stopped"))
	d.source = d.newSource(nil)
	require.ErrorIs(t, stop(d, 5), context.Canceled)
	d.source = d.store.Source()
	text, err = written(d.source.Mine(t.Context(), d.repo, window))
	require.NoError(t, err)
	assert.NotEmpty(t, changes(t, text))
	for _, kind := range []model.Kind{model.MergeFacts, model.ReviewFacts} {
		c := coverage(t, text)[kind]
		assert.Equal(t, model.Partial, c.State, kind)
		assert.Contains(t, c.Reason, "run it again")
	}
}

// A change may become visible minutes after the time at which it was updated.
func TestAChangeThatBecomesVisibleLate(t *testing.T) {
	p := large(60)
	server := gt.New(t, p)
	d := newDesk(t, server, p)
	newest := p.Changes[0]
	newest.Number, newest.ID, newest.Head, newest.Updated = 900, 0, "", server.Now().Add(-time.Minute)
	server.Edit(func() { p.Changes = append(p.Changes, newest) })
	d.mine()
	server.SetNow(server.Now().Add(time.Hour))
	d.source = d.newSource(nil)
	d.mine() // nothing is new
	now := server.Now()
	server.Edit(func() {
		late := newest
		late.Number, late.Updated = 901, newest.Updated.Add(-time.Minute)
		p.Changes = append(p.Changes, late)
		for n := range 24 { // which fill a page together with the newest one of before
			next := newest
			next.Number, next.Updated = 902+n, now.Add(-time.Minute)
			p.Changes = append(p.Changes, next)
		}
	})
	d.source = d.newSource(nil)
	assert.Len(t, changes(t, d.mine()), 60+1+1+24)
}

// It is read also where nothing newer happened since.
func TestAChangeThatBecomesVisibleLateByItself(t *testing.T) {
	p := large(60)
	server := gt.New(t, p)
	d := newDesk(t, server, p)
	newest := p.Changes[0]
	newest.Number, newest.ID, newest.Head, newest.Updated = 900, 0, "", server.Now().Add(-time.Minute)
	server.Edit(func() { p.Changes = append(p.Changes, newest) })
	d.mine()
	server.Edit(func() {
		late := newest
		late.Number, late.Updated = 901, newest.Updated.Add(-2*time.Second)
		p.Changes = append(p.Changes, late)
	})
	d.source = d.newSource(nil)
	assert.Len(t, changes(t, d.mine()), 62)
}

// A release that was deleted, and published again, is one.
func TestADeletedRelease(t *testing.T) {
	p := small()
	server := gt.New(t, p)
	d := newDesk(t, server, p)
	d.mine()
	server.Edit(func() {
		p.Releases = []gt.Release{{ID: 99, Tag: "v1.0/rc", Author: bob, Created: at(20), Published: at(30)}}
		p.Advisories = nil
	})
	d.source = d.newSource(nil)
	text := d.mine()
	d.source = d.newSource(func(o *github.Options) { o.Store = nil })
	assertSame(t, d.mine(), text)
}

// A merger that cannot be read, for good, is not one whose account was deleted.
func TestAFaultInsideAChange(t *testing.T) {
	p := large(130)
	server := gt.New(t, p)
	d := newDesk(t, server, p)
	d.quick()
	null := hole()
	server.OnRequest(func(r gt.Request) *gt.Fault {
		f := null(r)
		if f != nil {
			f.Null = []string{"repository.pullRequests.nodes.0.mergedBy"}
			f.GraphQLErrors = []gt.GQLError{{Message: sorry, Path: []any{"repository", "pullRequests", "nodes", 0, "mergedBy"}}}
		}
		return f
	})
	text := d.mine()
	assert.Len(t, changes(t, text), 129)
	assert.NotContains(t, text, `"role":"merger","actor":{"type":"ghost"}`)
	assert.Contains(t, coverage(t, text)[model.MergeFacts].Reason, "not read: 1 items")
}

// What could not be read is tried again: at once where all is read anew, else after a day.
func TestHolesAreTriedAgain(t *testing.T) {
	p := large(130)
	server := gt.New(t, p)
	d := newDesk(t, server, p)
	d.quick()
	server.OnRequest(hole())
	d.mine()
	server.OnRequest(nil)
	assert.Len(t, changes(t, d.mine()), 129)
	server.SetNow(server.Now().Add(25 * time.Hour))
	text := d.mine()
	assert.Len(t, changes(t, text), 130)
	assert.Equal(t, model.Complete, coverage(t, text)[model.ReviewFacts].State)
}

// A list that is refused is asked for once.
func TestARefusedListIsAskedForOnce(t *testing.T) {
	p := large(130)
	server := gt.New(t, p)
	d := newDesk(t, server, p)
	server.OnRequest(after("Changes", 1, always, broken("FORBIDDEN", "no")))
	d.mine()
	n := 0
	for _, r := range server.Requests() {
		if r.Operation == "Changes" {
			n++
		}
	}
	assert.Equal(t, 1, n)
	assert.ErrorContains(t, d.gap, "may not read")
}

// Where a change has very many reviews, they come in smaller pages too.
func TestReviewsThatAreTooHeavy(t *testing.T) {
	p := small()
	p.Changes[0].Reviews = nil
	for n := range 175 {
		p.Changes[0].Reviews = append(p.Changes[0].Reviews, gt.Review{Author: cyd, State: "COMMENTED", Submitted: at(1).Add(time.Duration(n) * time.Second)})
	}
	server := gt.New(t, p)
	d := newDesk(t, server, p)
	want := d.mine()
	server.OnRequest(func(r gt.Request) *gt.Fault {
		if r.Operation == "Reviews" && fmt.Sprint(r.Variables["first"]) != "25" {
			return &gt.Fault{Status: 502}
		}
		return nil
	})
	d.store = openStore(t, filepath.Join(t.TempDir(), "heavy"))
	d.quick()
	assertSame(t, want, d.mine())
}
