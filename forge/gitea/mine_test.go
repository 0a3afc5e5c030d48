package gitea_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
	ft "github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
	"github.com/tributary-oss/tributary/forge/forgetest/giteatest"
	"github.com/tributary-oss/tributary/forge/gitea"
	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

const (
	host   = "code.example"
	secret = "0b1e5c0ffee0b1e5c0ffee0b1e5c0ffee0b1e5c0"
)

// window is the period of all tests: 36 months.
var window = model.Period{Since: day("2023-11-01"), Until: day("2026-11-01")}

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

// desk is a source and what it works with.
type desk struct {
	t      testing.TB
	server *giteatest.Server
	store  *store.Store
	source *gitea.Source
	said   *bytes.Buffer // the log
	repo   model.Repository
	gap    error // of the last mining
}

// newDesk makes a server with a project, and a source of it.
func newDesk(t testing.TB, p *ft.Project) *desk {
	t.Helper()
	d := &desk{t: t, server: giteatest.New(t, p), said: &bytes.Buffer{}, repo: model.Repository{URL: "https://" + host + "/" + p.FullName() + ".git"}}
	d.store = openStore(t, filepath.Join(t.TempDir(), "store"))
	d.source = d.newSource(nil)
	t.Cleanup(func() { assert.NotContains(t, d.said.String(), secret, "a token must not be logged") })
	return d
}

func openStore(t testing.TB, file string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), file, nil)
	require.NoError(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

// newSource makes another source for the same store, as a later run has it.
func (d *desk) newSource(change func(*gitea.Options)) *gitea.Source {
	d.t.Helper()
	o := gitea.Options{Host: host, API: d.server.URL + d.server.Prefix + "/api/v1", Store: d.store, Tokens: []forge.TokenSource{forge.StaticToken(secret)},
		Log: slog.New(slog.NewTextHandler(d.said, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	gitea.Hurry(&o)
	if change != nil {
		change(&o)
	}
	s, err := gitea.New(&o)
	require.NoError(d.t, err)
	return s
}

func anew(o *gitea.Options) { o.Store = nil }

// mine mines to the end and returns the records as they are written.
func (d *desk) mine() string {
	d.t.Helper()
	text, err := written(d.source.Mine(d.t.Context(), d.repo, window))
	var gap *forge.GapError
	if !errors.As(err, &gap) {
		require.NoError(d.t, err)
	}
	d.gap = err
	return text
}

// again mines as a later run does.
func (d *desk) again() string {
	d.t.Helper()
	d.source = d.newSource(nil)
	d.server.Reset()
	return d.mine()
}

func written(records iter.Seq2[model.Record, error]) (string, error) {
	var b bytes.Buffer
	err := model.WriteRecords(&b, records)
	return b.String(), err
}

// assertSame compares written records, and shows the first line that differs.
func assertSame(t testing.TB, want, got string, about ...any) {
	t.Helper()
	if want == got {
		return
	}
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	n := 0
	for n < min(len(w), len(g)) && w[n] == g[n] {
		n++
	}
	w, g = append(w, "", ""), append(g, "", "")
	assert.Failf(t, "other records", "%v\n%d lines wanted, %d got; line %d\nwanted %.400s\ngot    %.400s", about, len(w)-2, len(g)-2, n+1, w[n], g[n])
}

// coverage returns the coverage among written records, by kind.
func coverage(t testing.TB, text string) map[model.Kind]model.Coverage {
	t.Helper()
	found := map[model.Kind]model.Coverage{}
	for r, err := range model.ReadRecords(strings.NewReader(text)) {
		require.NoError(t, err)
		if r.Coverage != nil {
			found[r.Coverage.Kind] = *r.Coverage
		}
	}
	return found
}

// assertComplete checks that all kinds are complete that such a server has.
func assertComplete(t testing.TB, text string) {
	t.Helper()
	for kind, c := range coverage(t, text) {
		if kind != model.AdvisoryFacts {
			assert.Equal(t, model.Complete, c.State, "%s: %s", kind, c.Reason)
		}
	}
}

// changes returns the numbers of the changes that are stated, sorted.
func changes(t testing.TB, text string) []string {
	t.Helper()
	return artifacts(t, text, model.ChangeArtifact)
}

func artifacts(t testing.TB, text, kind string) []string {
	t.Helper()
	var names []string
	for r, err := range model.ReadRecords(strings.NewReader(text)) {
		require.NoError(t, err)
		if c := r.Contribution; c != nil && c.Artifact.Kind() == kind {
			names = append(names, c.Artifact.Name())
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	return slices.Compact(names)
}

// large is a project with many merged changes and a few issues, under a name that paths
// can be written with.
func large(n int) *ft.Project {
	p := ft.Large(n)
	p.Owner, p.Name = "big", "project"
	for i := range 5 {
		opened := day("2025-01-01").AddDate(0, i, 0)
		p.Issues = append(p.Issues, ft.Issue{Number: 40_000 + i, Author: ada, Created: opened, Closed: opened.Add(time.Hour), Updated: opened.Add(time.Hour),
			Timeline: []ft.Event{{Type: "ClosedEvent", Actor: bob, At: opened.Add(time.Hour)}}})
	}
	return p
}

// asked counts the requests to a path.
func (d *desk) asked(path string) (n int) {
	for _, r := range d.server.Requests() {
		if r.Path == path {
			n++
		}
	}
	return n
}

const pulls, issues = "/repos/big/project/pulls", "/repos/big/project/issues"

func TestBudget(t *testing.T) {
	if testing.Short() {
		t.Skip("it is about how much is asked for, which the run without -short shows")
	}
	t.Parallel()
	p := large(1000)
	p.Issues = nil
	d := newDesk(t, p)
	text := d.mine()
	assert.Len(t, changes(t, text), 1000)
	assertComplete(t, text)
	t.Logf("1,000 changes: %d requests", len(d.server.Requests()))
	assert.LessOrEqual(t, len(d.server.Requests()), 2050)
	assert.LessOrEqual(t, d.server.Busiest(fake.REST), 8)
	assert.Equal(t, len(d.server.Requests()), d.source.Usage().Requests)

	assertSame(t, text, d.again(), "nothing is new")
	assert.LessOrEqual(t, len(d.server.Requests()), 3)

	d.server.Edit(func() {
		for n := range 10 {
			c := p.Changes[n]
			c.Number, c.ID, c.Head, c.MergeCommit = 100_000+n, 0, "", strings.Repeat("e", 40)
			c.Created, c.Merged, c.Updated = day("2026-10-30"), day("2026-10-31"), d.server.Now().Add(time.Duration(n)*time.Minute)
			p.Changes = append(p.Changes, c)
		}
	})
	d.server.SetNow(d.server.Now().Add(time.Hour))
	assert.Len(t, changes(t, d.again()), 1010)
	t.Logf("10 new changes: %d requests", len(d.server.Requests()))
	assert.LessOrEqual(t, len(d.server.Requests()), 3+1+1+20+3)
}

// What a robot was told costs a third request, and only where one merged.
func TestBudgetWhereARobotMerges(t *testing.T) {
	if testing.Short() {
		t.Skip("it is about how much is asked for, which the run without -short shows")
	}
	t.Parallel()
	p := large(1000)
	p.Issues = nil
	for n := range p.Changes {
		p.Changes[n].MergedBy = ft.Account{Login: "merge-bot", ID: 77}
		p.Changes[n].Comments = []ft.Comment{{Author: ft.Account{Login: "ada", ID: 1}, At: p.Changes[n].Created, Body: "/merge"}}
	}
	d := newDesk(t, p)
	text := d.mine()
	assert.Equal(t, 1000, strings.Count(text, `"role":"commander"`))
	assert.LessOrEqual(t, len(d.server.Requests()), 3070)
}

// Eight requests are under way at once, and no more: the first ones are not answered before
// eight of them wait, or so long that fewer must be all.
func TestEightAtOnce(t *testing.T) {
	d := newDesk(t, large(100))
	var waiting atomic.Int64
	var once sync.Once
	full := make(chan struct{})
	d.server.OnRequest(func(r fake.Request) *fake.Fault {
		if !strings.HasPrefix(r.Path, pulls+"/") {
			return nil
		}
		if waiting.Add(1) == 8 {
			once.Do(func() { close(full) })
		}
		select {
		case <-full:
		case <-time.After(20 * time.Second):
			once.Do(func() { t.Error("eight requests never wait at once"); close(full) })
		}
		return nil
	})
	assert.Len(t, changes(t, d.mine()), 100)
	assert.Equal(t, 8, d.server.Busiest(fake.REST))
	assert.Zero(t, d.source.Usage().Retries)
}

func TestWhatIsStoredNeedsNoRequest(t *testing.T) {
	t.Parallel()
	d := newDesk(t, large(60))
	text := d.mine()
	d.server.Reset()
	stored, err := written(d.store.Source().Mine(t.Context(), d.repo, window))
	require.NoError(t, err)
	assertSame(t, text, stored)
	assert.Empty(t, d.server.Requests())

	d.source = d.newSource(anew)
	assertSame(t, text, d.mine(), "a run without a store")
	d.source = d.newSource(func(o *gitea.Options) { o.Fresh = true })
	d.server.Reset()
	assertSame(t, text, d.mine(), "a run that reads all anew")
	assert.Greater(t, len(d.server.Requests()), 120)
}

// A window that begins earlier than what is stored is read again; one that begins later
// is not.
func TestAnEarlierWindow(t *testing.T) {
	p := &ft.Project{Owner: "karst", Name: "cave"}
	for n := range 40 {
		at := day("2020-01-01").AddDate(0, 2*n, 0)
		p.Changes = append(p.Changes, ft.Change{Number: n + 1, Author: ada, MergedBy: bob, Created: at.Add(-time.Hour), Merged: at, Updated: at, MergeCommit: fmt.Sprintf("%040d", n)})
		p.Issues = append(p.Issues, ft.Issue{Number: 100 + n, Author: ada, Created: at, Updated: at})
	}
	d := newDesk(t, p)
	late := model.Period{Since: day("2025-01-01"), Until: day("2026-11-01")}
	text, err := written(d.source.Mine(t.Context(), d.repo, late))
	require.NoError(t, err)
	assert.Len(t, changes(t, text), 10)
	d.server.Reset()
	text, err = written(d.source.Mine(t.Context(), d.repo, model.Period{Since: day("2019-01-01"), Until: day("2026-11-01")}))
	require.NoError(t, err)
	assert.Len(t, changes(t, text), 40)
	assert.Len(t, artifacts(t, text, model.IssueArtifact), 40)
	d.server.Reset()
	_, err = written(d.source.Mine(t.Context(), d.repo, late))
	require.NoError(t, err)
	assert.LessOrEqual(t, len(d.server.Requests()), 3)
}

func TestARenamedRepositoryKeepsItsLog(t *testing.T) {
	p := large(30)
	p.ID = 77
	d := newDesk(t, p)
	text := d.mine()
	d.server.Edit(func() {
		p.OldNames = append(p.OldNames, p.FullName())
		p.Owner, p.Name = "elsewhere", "renamed"
	})
	assertSame(t, text, d.again(), "under its old name")
	assert.LessOrEqual(t, len(d.server.Requests()), 4)
	d.repo.URL = "https://" + host + "/Elsewhere/Renamed"
	assertSame(t, text, d.again(), "and under its new one")
	assert.LessOrEqual(t, len(d.server.Requests()), 3)

	// Where nothing is stored under a name, what is new is asked of the log that it leads to.
	d.server.Edit(func() {
		p.Changes[0].Updated, p.Changes[0].Labels = d.server.Now(), []string{"moved"}
		p.OldNames = append(p.OldNames, p.FullName())
		p.Owner, p.Name = "third", "name"
	})
	d.server.SetNow(d.server.Now().Add(24 * time.Hour))
	d.repo.URL = "https://" + host + "/third/name"
	assert.Contains(t, d.again(), `"moved"`)
}

func TestAddressesThatAreNone(t *testing.T) {
	d := newDesk(t, large(1))
	for _, url := range []string{"/tmp/x", "https://" + host + "/", "https://" + host + "/a", "https://" + host + "/a/b/c", "x"} {
		_, err := written(d.source.Mine(t.Context(), model.Repository{URL: url}, window))
		assert.ErrorContains(t, err, "no address of a Gitea repository", url)
	}
	assert.Empty(t, d.server.Requests())
	_, err := written(d.source.Mine(t.Context(), model.Repository{URL: "https://evil.example/big/project", Forge: "gitea"}, window))
	require.ErrorContains(t, err, "evil.example is not asked")
	_, err = written(d.source.Mine(t.Context(), model.Repository{URL: "https://" + host + "/no/body"}, window))
	require.ErrorContains(t, err, "no such repository")
}

func TestOptionsThatContradictEachOther(t *testing.T) {
	_, err := gitea.New(nil)
	require.ErrorIs(t, err, gitea.ErrNoHost)
	_, err = gitea.New(&gitea.Options{Host: host, API: "https://me:" + secret + "@x/"})
	require.ErrorContains(t, err, "no address of an API")
	assert.NotContains(t, err.Error(), secret)
}

// A plan is what a run then asks for.
func TestPlan(t *testing.T) {
	t.Parallel()
	p := large(200)
	for n := range 60 {
		p.Changes[n*3].Merged, p.Changes[n*3].State = time.Time{}, "CLOSED" // which is not foreseen
	}
	d := newDesk(t, p)
	plan, err := d.source.Plan(t.Context(), d.repo, window)
	require.NoError(t, err)
	assert.LessOrEqual(t, len(d.server.Requests()), 4)
	assert.Equal(t, 200, plan.Changes)
	assert.Equal(t, len(p.Issues), plan.Issues)
	assert.Equal(t, "big/project", plan.Repository)
	assert.Positive(t, plan.Time)
	d.server.Reset()
	d.mine()
	assert.Equal(t, len(d.server.Requests())+2*60-1, plan.Requests, "but how large pages are")
	plan, err = d.source.Plan(t.Context(), d.repo, window)
	require.NoError(t, err)
	assert.LessOrEqual(t, plan.Requests, 9, "what is stored costs nothing: %+v", plan)
}

// stop cancels a mining when the server has got so many requests.
func stop(d *desk, after int) error {
	ctx, cancel := context.WithCancel(d.t.Context())
	defer cancel()
	d.server.OnRequest(func(r fake.Request) *fake.Fault {
		if r.N > after {
			cancel()
		}
		return nil
	})
	defer d.server.OnRequest(nil)
	_, err := written(d.source.Mine(ctx, d.repo, window))
	return err
}

// A run that was stopped goes on with the page that it was at.
func TestAStoppedRunGoesOn(t *testing.T) {
	t.Parallel()
	p := large(60)
	whole := newDesk(t, p).mine()
	for after := 0; after < 150; after += 17 {
		d := newDesk(t, p)
		d.server.MaxItems = 20
		if err := stop(d, after); err != nil {
			require.ErrorIs(t, err, context.Canceled)
		}
		d.source = d.newSource(nil)
		assertSame(t, whole, d.mine(), "stopped after", after)
		d.assertNoPageTwice()
	}
}

// assertNoPageTwice checks that of all pages only the one under way at a stop was asked
// for twice, and none from the beginning again.
func (d *desk) assertNoPageTwice() {
	d.t.Helper()
	pages, twice := map[string]int{}, 0
	for _, r := range d.server.Requests() {
		if r.Path == pulls || r.Path == issues && strings.Contains(r.Query, "type=issues") {
			if pages[r.Path+r.Query]++; pages[r.Path+r.Query] > 1 {
				twice++
			}
		}
	}
	assert.LessOrEqual(d.t, twice, 1, "%v", pages)
}
