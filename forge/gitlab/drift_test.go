package gitlab_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
	"github.com/tributary-oss/tributary/forge/forgetest/gitlabtest"
	"github.com/tributary-oss/tributary/forge/gitlab"
	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// A change that is updated while its list is read moves to the head of the list; one that
// is merged meanwhile appears there, and one that is deleted makes the others move up.
// None is missed.
func TestWhatChangesWhileItIsRead(t *testing.T) {
	for way, set := range ways {
		p := large(350)
		server := gitlabtest.New(t, p)
		d := newDesk(t, server, p, set)
		pages := 0
		server.OnRequest(func(r fake.Request) *fake.Fault {
			if !is(r, changeList) && r.Operation != "Changes" {
				return nil
			}
			if pages++; pages != 3 {
				return nil
			}
			now := server.Now().Add(time.Second)
			server.Edit(func() {
				p.Changes[200].Updated, p.Changes[200].Labels = now, []string{"moved"}
				c := p.Changes[0]
				c.Number, c.ID, c.Updated, c.Head = 50_000, 0, now.Add(time.Second), ""
				p.Changes = append(p.Changes[:349], c) // and the last one is deleted
			})
			return nil
		})
		text := d.mine()
		require.GreaterOrEqual(t, pages, 3, way)
		server.OnRequest(nil)
		got := changes(t, text)
		assert.Contains(t, got, "50000")
		assert.Contains(t, text, `"moved"`)
		for n := range 349 {
			assert.Contains(t, got, fmt.Sprint(n+1), "%s: what moved up is not lost", way)
		}
	}
}

// More than a page of changes with one time of update are all read, once each.
func TestManyUpdatesAtOnce(t *testing.T) {
	for way, set := range ways {
		p := large(330)
		for n := range p.Changes {
			if n >= 20 && n < 300 {
				p.Changes[n].Updated = p.Changes[20].Updated
			}
		}
		server := gitlabtest.New(t, p)
		d := newDesk(t, server, p, set)
		text := d.mine()
		assert.Len(t, changes(t, text), 330, way)
		assertComplete(t, text)
		asked := map[string]int{}
		for _, r := range server.Requests() {
			if is(r, notes) {
				asked[r.Path]++
			}
		}
		for path, n := range asked {
			assert.Equal(t, 1, n, "%s: %s", way, path)
		}
	}
}

func TestARenamedProjectKeepsItsLog(t *testing.T) {
	for way, set := range ways {
		p := large(30)
		p.ID = 77
		server := gitlabtest.New(t, p)
		d := newDesk(t, server, p, set)
		text := d.mine()
		server.Edit(func() { // the group moves, too
			p.OldNames = append(p.OldNames, p.FullName())
			p.Owner, p.Name = "elsewhere/now", "renamed"
		})
		server.Reset()
		assertSame(t, text, d.again(), "under its old path, by "+way)
		d.repo.URL = "https://gitlab.com/Elsewhere/now/Renamed"
		assertSame(t, text, d.again(), "and under its new one, by "+way)
		for _, r := range server.Requests() {
			assert.NotEqual(t, "Changes", r.Operation, "nothing is read again")
			assert.NotContains(t, r.Path, "/notes")
		}
	}
}

// A project that was never seen is found under a path that it had.
func TestAFormerPath(t *testing.T) {
	for way, set := range ways {
		p := large(30)
		p.OldNames = []string{"old/path"}
		d := newDesk(t, gitlabtest.New(t, p), p, set)
		d.repo.URL = "https://gitlab.com/old/path"
		assert.Len(t, changes(t, d.mine()), 30, way)
	}
}

// A run that is stopped goes on where it was, by the other way too.
func TestAStoppedRunGoesOn(t *testing.T) {
	p := large(260)
	for i := range p.Changes {
		p.Changes[i].Updated = day("2026-11-01").Add(time.Duration(i) * time.Minute)
	}
	whole := newDesk(t, gitlabtest.New(t, p), p, nil).mine()
	for from, first := range ways {
		for to, second := range ways {
			for _, after := range []int{4, 5} {
				server := gitlabtest.New(t, p)
				d := newDesk(t, server, p, first)
				if from == "REST" {
					after *= 50
				}
				require.ErrorIs(t, stop(d, after), context.Canceled)
				server.Reset()
				d.usual = second
				assertSame(t, whole, d.again(), from, "stopped after", after, "and resumed by", to)
				if from == to {
					continue
				}
				for _, r := range server.Requests() {
					if is(r, changeList) && len(server.Requests()) > 0 && strings.Contains(r.Query, "per_page=100") {
						assert.Contains(t, r.Query, "updated_before", "it does not begin anew")
						break
					}
				}
			}
		}
	}
}

// stop cancels a mining when the server has got so many requests.
func stop(d *desk, after int) error {
	ctx, cancel := context.WithCancel(d.t.Context())
	defer cancel()
	var n atomic.Int64
	d.server.OnRequest(func(fake.Request) *fake.Fault {
		if int(n.Add(1)) > after {
			cancel()
		}
		return nil
	})
	defer d.server.OnRequest(nil)
	_, err := written(d.source.Mine(ctx, d.repo, window))
	return err
}

// A window that begins earlier than what is stored is read again; one that begins later
// is not.
func TestAnEarlierWindow(t *testing.T) {
	for way, set := range ways {
		p := &forgetest.Project{Owner: "big/deep", Name: "project"}
		for n := range 40 {
			at := day("2020-01-01").AddDate(0, 2*n, 0)
			p.Changes = append(p.Changes, forgetest.Change{Number: n + 1, Author: ada, MergedBy: bob,
				Created: at.Add(-time.Hour), Merged: at, Updated: at, MergeCommit: fmt.Sprintf("%040d", n)})
		}
		server := gitlabtest.New(t, p)
		d := newDesk(t, server, p, set)
		late := model.Period{Since: day("2025-01-01"), Until: day("2026-11-01")}
		text, err := written(d.source.Mine(t.Context(), d.repo, late))
		require.NoError(t, err)
		assert.Len(t, changes(t, text), 10, "%s reads no more than is asked for", way)
		text, err = written(d.source.Mine(t.Context(), d.repo, model.Period{Since: day("2019-01-01"), Until: day("2026-11-01")}))
		require.NoError(t, err)
		assert.Len(t, changes(t, text), 40, way)
		server.Reset()
		_, err = written(d.source.Mine(t.Context(), d.repo, late))
		require.NoError(t, err)
		assert.LessOrEqual(t, len(server.Requests()), 3)
	}
}

// A change may become visible minutes after the time at which it was updated.
func TestAChangeThatBecomesVisibleLate(t *testing.T) {
	for way, set := range ways {
		p := large(60)
		server := gitlabtest.New(t, p)
		d := newDesk(t, server, p, set)
		newest := p.Changes[0]
		newest.Number, newest.ID, newest.Head, newest.Updated = 900, 0, "", server.Now().Add(-time.Minute)
		server.Edit(func() { p.Changes = append(p.Changes, newest) })
		d.mine()
		server.SetNow(server.Now().Add(time.Hour))
		d.again() // nothing is new
		now := server.Now()
		server.Edit(func() {
			late, next := newest, newest
			late.Number, late.Updated = 901, newest.Updated.Add(-time.Minute)
			next.Number, next.Updated = 902, now.Add(-time.Minute)
			p.Changes = append(p.Changes, late, next)
		})
		assert.Len(t, changes(t, d.again()), 60+3, way)
	}
}

// A release that was deleted, and published again by somebody else, is one.
func TestADeletedRelease(t *testing.T) {
	for way, set := range ways {
		p := small()
		server := gitlabtest.New(t, p)
		d := newDesk(t, server, p, set)
		d.mine()
		server.Edit(func() {
			p.Releases = []forgetest.Release{{ID: 99, Tag: "v1.0/rc", Author: cyd, Created: at(20), Published: at(30)}}
		})
		text := d.again()
		d.anew()
		assertSame(t, d.mine(), text, way)
		assert.Equal(t, 1, strings.Count(text, `"role":"releaser"`))
	}
}

func TestWhatIsStoredNeedsNoRequest(t *testing.T) {
	p := large(60)
	server := gitlabtest.New(t, p)
	d := newDesk(t, server, p, nil)
	text := d.mine()
	server.Reset()
	d.source = d.store.Source()
	assertSame(t, text, d.mine())
	assert.Empty(t, server.Requests())
	_, err := written(d.source.Mine(t.Context(), model.Repository{URL: "https://gitlab.com/no/body"}, window))
	assert.ErrorIs(t, err, store.ErrUnknown)

	d.source = d.newSource(func(o *gitlab.Options) { o.Store = nil })
	assertSame(t, text, d.mine(), "without a store")
}

func TestAddressesThatAreNone(t *testing.T) {
	p := large(1)
	server := gitlabtest.New(t, p)
	d := newDesk(t, server, p, nil)
	for _, url := range []string{"/tmp/x", "https://gitlab.com/", "https://gitlab.com/a", "x"} {
		_, err := written(d.source.Mine(t.Context(), model.Repository{URL: url}, window))
		assert.ErrorContains(t, err, "no address of a GitLab repository", url)
	}
	_, err := written(d.source.Mine(t.Context(), model.Repository{URL: "https://evil.example/big/project", Forge: "gitlab"}, window))
	require.ErrorContains(t, err, "evil.example is not asked")
	assert.Empty(t, server.Requests())
	_, err = gitlab.New(&gitlab.Options{API: "https://me:" + secret + "@x/"})
	require.ErrorContains(t, err, "no address of an API")
	assert.NotContains(t, err.Error(), secret)
}

// Repositories are those of a group and all below it.
func TestRepositories(t *testing.T) {
	project := func(owner, name string, archived bool) *forgetest.Project {
		return &forgetest.Project{Owner: owner, Name: name, Archived: archived}
	}
	var list []*forgetest.Project
	for n := range 130 {
		list = append(list, project("karst", fmt.Sprintf("p%03d", n), false))
	}
	list = append(list, project("karst/deep/er", "cave", false), project("karst", "old", true), project("other", "cave", false))
	server := gitlabtest.New(t, list...)
	d := newDesk(t, server, list[0], nil)
	source := d.source.(*gitlab.Source)
	found, err := source.Repositories(t.Context(), "https://gitlab.com/karst/")
	require.NoError(t, err)
	require.Len(t, found, 131)
	assert.Equal(t, model.Repository{URL: "https://gitlab.com/karst/deep/er/cave", Forge: forge.GitLab}, found[0])
	assert.Equal(t, "https://gitlab.com/karst/p129", found[130].URL)
	found, err = source.Repositories(t.Context(), "https://gitlab.com/karst/deep")
	require.NoError(t, err)
	assert.Len(t, found, 1)
	for address, why := range map[string]string{
		"https://gitlab.com/other/cave": "it is a project", "https://gitlab.com/nobody": "no such group",
		"https://evil.example/karst": "is not asked", "https://gitlab.com/": "no address of a group", "x": "no address of a group",
	} {
		_, err = source.Repositories(t.Context(), address)
		assert.ErrorContains(t, err, why, address)
	}
}

func TestPlan(t *testing.T) {
	for way, set := range ways {
		p := large(200)
		server := gitlabtest.New(t, p)
		d := newDesk(t, server, p, set)
		plan, err := d.source.(*gitlab.Source).Plan(t.Context(), d.repo, window)
		require.NoError(t, err)
		assert.LessOrEqual(t, len(server.Requests()), 6, way)
		server.Reset()
		d.mine()
		accounts, spared := 0, 0 // who is a robot is not foreseen, nor which changes notes call approved
		if way == "REST" {
			spared = 200
		}
		for _, r := range server.Requests() {
			if strings.Contains(r.Path, "/users/") || r.Operation == "Users" {
				accounts++
			}
			if is(r, approvals) {
				spared--
			}
		}
		assert.InDelta(t, len(server.Requests())-accounts+spared, plan.Requests, 5, way)
		assert.Equal(t, 200, plan.Changes)
		assert.Equal(t, 2, plan.Issues)
		assert.Positive(t, plan.Time)
		plan, err = d.source.(*gitlab.Source).Plan(t.Context(), d.repo, window)
		require.NoError(t, err)
		assert.LessOrEqual(t, plan.Requests, 14, "what is stored costs nearly nothing: %+v", plan)
	}
}
