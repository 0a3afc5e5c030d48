package github_test

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
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/forgetest/githubtest"
	"github.com/tributary-oss/tributary/forge/github"
	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

const secret = "ghp_4zS3cr3tT0k3nOfTheTests"

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
	server *githubtest.Server
	store  *store.Store
	source forge.Source
	said   *bytes.Buffer // the log
	repo   model.Repository
	gap    error // of the last mining
}

// newDesk makes a source of a server's first project.
func newDesk(t testing.TB, server *githubtest.Server, p *githubtest.Project) *desk {
	t.Helper()
	d := &desk{t: t, server: server, said: &bytes.Buffer{}, repo: model.Repository{URL: "https://github.com/" + p.Owner + "/" + p.Name + ".git"}}
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
func (d *desk) newSource(change func(*github.Options)) *github.Source {
	d.t.Helper()
	o := github.Options{API: d.server.URL, Store: d.store, Tokens: []forge.TokenSource{forge.StaticToken(secret)},
		Log: slog.New(slog.NewTextHandler(d.said, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	if change != nil {
		change(&o)
	}
	s, err := github.New(&o)
	require.NoError(d.t, err)
	return s
}

func quiet(o *github.Options) { o.Log = nil }

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

// changes returns the numbers of the changes that are stated, sorted.
func changes(t testing.TB, text string) []string {
	t.Helper()
	var numbers []string
	for r, err := range model.ReadRecords(strings.NewReader(text)) {
		require.NoError(t, err)
		if c := r.Contribution; c != nil && c.Artifact.Kind() == model.ChangeArtifact {
			numbers = append(numbers, c.Artifact.Name())
		}
	}
	slices.SortFunc(numbers, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	return slices.Compact(numbers)
}

func TestBudget(t *testing.T) {
	if testing.Short() {
		t.Skip("it is about how much is asked for, which the run without -short shows")
	}
	p := githubtest.Large(1000)
	server := githubtest.New(t, p)
	d := newDesk(t, server, p)
	text := d.mine()
	assert.Len(t, changes(t, text), 1000)
	for kind, c := range coverage(t, text) {
		assert.Equal(t, model.Complete, c.State, "%s: %s", kind, c.Reason)
	}
	t.Logf("1,000 changes: %d requests, %d points", len(server.Requests()), server.Points())
	assert.LessOrEqual(t, len(server.Requests()), 60)
	assert.LessOrEqual(t, server.Points(), 60)
	assert.EqualValues(t, server.Points(), d.source.(*github.Source).Usage().Points, "what GitHub accounts for is what is told")

	server.Reset()
	d.source = d.newSource(nil)
	assertSame(t, text, d.mine(), "nothing is new")
	assert.LessOrEqual(t, len(server.Requests()), 2)

	server.Reset()
	server.Edit(func() {
		for n := range 10 {
			c := p.Changes[n]
			c.Number, c.ID, c.Head, c.MergeCommit = 100_000+n, 0, "", strings.Repeat("e", 40)
			c.Created, c.Merged, c.Updated = day("2026-10-30"), day("2026-10-31"), day("2026-11-20").Add(time.Duration(n)*time.Minute)
			p.Changes = append(p.Changes, c)
		}
	})
	d.source = d.newSource(nil)
	assert.Len(t, changes(t, d.mine()), 1010)
	t.Logf("10 new changes: %d requests", len(server.Requests()))
	assert.LessOrEqual(t, len(server.Requests()), 5)
}

func TestWhatIsStoredNeedsNoRequest(t *testing.T) {
	p := githubtest.Large(60)
	server := githubtest.New(t, p)
	d := newDesk(t, server, p)
	text := d.mine()
	server.Reset()
	d.source = d.store.Source()
	assertSame(t, text, d.mine())
	assert.Empty(t, server.Requests())

	_, err := written(d.source.Mine(t.Context(), model.Repository{URL: "https://github.com/no/body"}, window))
	assert.ErrorIs(t, err, store.ErrUnknown)
}

func TestARunWithoutAStore(t *testing.T) {
	p := githubtest.Large(30)
	server := githubtest.New(t, p)
	d := newDesk(t, server, p)
	text := d.mine()
	d.source = d.newSource(func(o *github.Options) { o.Store = nil })
	assertSame(t, text, d.mine())
}

// A window that begins earlier than what is stored is read again; one that begins later
// is not.
func TestAnEarlierWindow(t *testing.T) {
	p := &githubtest.Project{Owner: "karst", Name: "cave"}
	for n := range 40 {
		at := day("2020-01-01").AddDate(0, 2*n, 0)
		p.Changes = append(p.Changes, githubtest.Change{Number: n + 1, Author: githubtest.Account{Login: "ada"}, MergedBy: githubtest.Account{Login: "bob"},
			Created: at.Add(-time.Hour), Merged: at, Updated: at, MergeCommit: fmt.Sprintf("%040d", n)})
	}
	server := githubtest.New(t, p)
	d := newDesk(t, server, p)
	late := model.Period{Since: day("2025-01-01"), Until: day("2026-11-01")}
	_, err := written(d.source.Mine(t.Context(), d.repo, late))
	require.NoError(t, err)
	server.Reset()
	text, err := written(d.source.Mine(t.Context(), d.repo, model.Period{Since: day("2019-01-01"), Until: day("2026-11-01")}))
	require.NoError(t, err)
	assert.Len(t, changes(t, text), 40)
	server.Reset()
	_, err = written(d.source.Mine(t.Context(), d.repo, late))
	require.NoError(t, err)
	assert.LessOrEqual(t, len(server.Requests()), 2)

	d.source = d.store.Source()
	text, err = written(d.source.Mine(t.Context(), d.repo, model.Period{Since: day("2015-01-01"), Until: day("2026-11-01")}))
	require.NoError(t, err)
	c := coverage(t, text)[model.ReviewFacts]
	assert.Equal(t, model.Partial, c.State, "offline nothing earlier than 2019 is known")
	assert.Contains(t, c.Reason, "2019-01-01")
}

// A change that is updated while its list is read moves to the head of the list; one
// that is merged meanwhile appears there. Neither is missed.
func TestWhatChangesWhileItIsRead(t *testing.T) {
	p := githubtest.Large(200)
	server := githubtest.New(t, p)
	d := newDesk(t, server, p)
	var once bool
	server.OnRequest(func(r githubtest.Request) *githubtest.Fault {
		if r.Operation != "Changes" || r.N < 4 || once {
			return nil
		}
		once = true
		now := server.Now().Add(time.Second)
		server.Edit(func() {
			p.Changes[120].Updated, p.Changes[120].Labels = now, []string{"moved"}
			c := p.Changes[0]
			c.Number, c.ID, c.Updated, c.Head = 50_000, 0, now.Add(time.Second), ""
			p.Changes = append(p.Changes, c)
		})
		return nil
	})
	text := d.mine()
	require.True(t, once)
	assert.Len(t, changes(t, text), 201)
	assert.Contains(t, text, `"moved"`)
	server.OnRequest(nil)
	d.source = d.newSource(func(o *github.Options) { o.Store = nil })
	assertSame(t, text, d.mine(), "as if all had been there before")
}

func TestARenamedRepositoryKeepsItsLog(t *testing.T) {
	p := githubtest.Large(30)
	p.ID = 77
	server := githubtest.New(t, p)
	d := newDesk(t, server, p)
	text := d.mine()
	server.Edit(func() {
		p.OldNames = append(p.OldNames, p.Owner+"/"+p.Name)
		p.Owner, p.Name = "elsewhere", "renamed"
	})
	server.Reset()
	d.source = d.newSource(nil)
	assertSame(t, text, d.mine(), "under its old name")
	d.repo.URL = "https://github.com/Elsewhere/Renamed"
	assertSame(t, text, d.mine(), "and under its new one")
	for _, r := range server.Requests() {
		assert.NotEqual(t, "Changes", r.Operation, "nothing is read again")
	}
}

func TestAddressesThatAreNone(t *testing.T) {
	p := githubtest.Large(1)
	d := newDesk(t, githubtest.New(t, p), p)
	for _, url := range []string{"/tmp/x", "https://github.com/", "https://github.com/a", "https://github.com/a/b/c", "x"} {
		_, err := written(d.source.Mine(t.Context(), model.Repository{URL: url}, window))
		assert.ErrorContains(t, err, "no address of a GitHub repository", url)
	}
}

func TestOptionsThatContradictEachOther(t *testing.T) {
	t.Setenv("GITHUB_TOKEN", "")
	_, err := github.New(nil)
	require.ErrorIs(t, err, github.ErrNoToken)
	_, err = github.New(&github.Options{Tokens: []forge.TokenSource{forge.StaticToken("x")}, API: "https://me:" + secret + "@x/"})
	require.ErrorContains(t, err, "no address of an API")
	assert.NotContains(t, err.Error(), secret)
	t.Setenv("GITHUB_TOKEN", "x")
	_, err = github.New(nil)
	require.NoError(t, err)
}

func TestPlan(t *testing.T) {
	p := githubtest.Large(200)
	server := githubtest.New(t, p)
	d := newDesk(t, server, p)
	plan, err := d.source.(*github.Source).Plan(t.Context(), d.repo, window)
	require.NoError(t, err)
	assert.Equal(t, 1, len(server.Requests()), "a plan costs one request")
	server.Reset()
	d.mine()
	comments := 0 // what robots were told is not foreseen
	for _, r := range server.Requests() {
		if r.Operation == "Comments" {
			comments++
		}
	}
	assert.Equal(t, len(server.Requests())-comments, plan.Requests)
	assert.Equal(t, server.Points()-comments, plan.Points)
	assert.Equal(t, 200, plan.Changes)
	assert.Positive(t, plan.Time)
	plan, err = d.source.(*github.Source).Plan(t.Context(), d.repo, window)
	require.NoError(t, err)
	assert.LessOrEqual(t, plan.Requests, 6, "what is stored costs nothing: %+v", plan)
	d.source = d.newSource(func(o *github.Options) { o.Fresh = true })
	plan, err = d.source.(*github.Source).Plan(t.Context(), d.repo, window)
	require.NoError(t, err)
	assert.Equal(t, 200, plan.Changes, "what is read anew costs all of it")
}

// stop cancels a mining when the server has got so many requests.
func stop(d *desk, after int) error {
	ctx, cancel := context.WithCancel(d.t.Context())
	defer cancel()
	n := 0
	d.server.OnRequest(func(githubtest.Request) *githubtest.Fault {
		if n++; n > after {
			cancel()
		}
		return nil
	})
	defer d.server.OnRequest(nil)
	_, err := written(d.source.Mine(ctx, d.repo, window))
	return err
}

func TestAStoppedRunGoesOn(t *testing.T) {
	p := githubtest.Large(120)
	whole := newDesk(t, githubtest.New(t, p), p).mine()
	for after := range 10 {
		server := githubtest.New(t, p)
		d := newDesk(t, server, p)
		err := stop(d, after)
		if err != nil {
			require.ErrorIs(t, err, context.Canceled)
		}
		d.source = d.newSource(nil)
		assertSame(t, whole, d.mine(), "stopped after %d requests", after)
		assertNoPageTwice(t, server)
	}
}

// assertNoPageTwice checks that of all pages only the one in flight at a stop was asked
// for twice, and none from the beginning again.
func assertNoPageTwice(t testing.TB, server *githubtest.Server) {
	t.Helper()
	pages := map[string]int{}
	twice := 0
	for _, r := range server.Requests() {
		if r.Operation == "Changes" || r.Operation == "Issues" || r.Operation == "Releases" {
			key := fmt.Sprint(r.Operation, r.Variables["after"])
			if pages[key]++; pages[key] > 1 {
				twice++
			}
		}
	}
	assert.LessOrEqual(t, twice, 1, "%v", pages)
}

// GitHub Enterprise has both APIs below another path, and accounts of its own.
func TestEnterprise(t *testing.T) {
	p := small()
	server := githubtest.New(t, p)
	d := newDesk(t, server, p)
	d.repo.URL = "https://github.example.org:8443/karst/cave"
	d.source = d.newSource(func(o *github.Options) { o.Host, o.API = "github.example.org:8443", server.URL+"/api/v3" })
	text := d.mine()
	assert.Contains(t, text, `"account":"github.example.org:8443:1"`)
	for kind, c := range coverage(t, text) {
		assert.Equal(t, model.Complete, c.State, "%s: %s", kind, c.Reason)
	}
}

// Several tokens share the work, so that one quota more is one quota more.
func TestSeveralTokens(t *testing.T) {
	p := githubtest.Large(250)
	server := githubtest.New(t, p)
	d := newDesk(t, server, p)
	want := d.mine()
	server.Reset()
	server.Tokens(map[string]githubtest.Quota{"token-a": {Points: 9, Requests: 100}, "token-b": {Points: 9, Requests: 100}})
	d.source = d.newSource(func(o *github.Options) {
		o.Store, o.Tokens = nil, []forge.TokenSource{forge.StaticToken("token-a"), forge.StaticToken("token-b")}
	})
	assertSame(t, want, d.mine())
	by := map[string]int{}
	for _, r := range server.Requests() {
		by[r.Token]++
	}
	assert.Len(t, by, 2)
}
