package gitlab_test

import (
	"bytes"
	"cmp"
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
	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/gitlabtest"
	"github.com/tributary-oss/tributary/forge/gitlab"
	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

const secret = "glpat-4zS3cr3tT0k3nOfTheTests"

// window is the period of all tests: 36 months.
var window = model.Period{Since: day("2023-11-01"), Until: day("2026-11-01")}

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

// The two ways in which changes are read.
var ways = map[string]func(*gitlab.Options){
	"REST":    func(o *gitlab.Options) { o.REST = true },
	"GraphQL": func(*gitlab.Options) {},
}

// desk is a source and what it works with.
type desk struct {
	t      testing.TB
	server *gitlabtest.Server
	store  *store.Store
	source forge.Source
	usual  func(*gitlab.Options)
	said   *bytes.Buffer // the log
	repo   model.Repository
	gap    error // of the last mining
}

// newDesk makes a source of a server's first project.
func newDesk(t testing.TB, server *gitlabtest.Server, p *forgetest.Project, usual func(*gitlab.Options)) *desk {
	t.Helper()
	d := &desk{t: t, server: server, said: &bytes.Buffer{}, usual: usual, repo: model.Repository{URL: "https://gitlab.com/" + p.FullName() + ".git"}}
	d.anew()
	t.Cleanup(func() { assert.NotContains(t, d.said.String(), secret, "a token must not be logged") })
	return d
}

// anew takes another store, of which nothing is known.
func (d *desk) anew() {
	d.t.Helper()
	d.store = openStore(d.t, filepath.Join(d.t.TempDir(), "store"))
	d.source = d.newSource(nil)
}

func openStore(t testing.TB, file string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), file, nil)
	require.NoError(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

// newSource makes another source for the same store, as a later run has it.
func (d *desk) newSource(change func(*gitlab.Options)) *gitlab.Source {
	d.t.Helper()
	o := gitlab.Options{API: d.server.URL + "/api/v4/", Store: d.store, Tokens: []forge.TokenSource{forge.StaticToken(secret)},
		Log: slog.New(slog.NewTextHandler(d.said, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	gitlab.Hurry(&o)
	for _, f := range []func(*gitlab.Options){d.usual, change} {
		if f != nil {
			f(&o)
		}
	}
	s, err := gitlab.New(&o)
	require.NoError(d.t, err)
	return s
}

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
	assert.Failf(t, "other records", "%v\n%d lines wanted, %d got; line %d\nwanted %.600s\ngot    %.600s", about, len(w)-2, len(g)-2, n+1, w[n], g[n])
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

// assertComplete checks that all is known but what GitLab has not.
func assertComplete(t testing.TB, text string) {
	t.Helper()
	for kind, c := range coverage(t, text) {
		if kind != model.AdvisoryFacts {
			assert.Equal(t, model.Complete, c.State, "%s: %s", kind, c.Reason)
		}
	}
	assert.Equal(t, model.Unavailable, coverage(t, text)[model.AdvisoryFacts].State)
}

// acts returns the contributions among written records to a kind of artifact.
func acts(t testing.TB, text, kind string) (list []*model.Contribution) {
	t.Helper()
	for r, err := range model.ReadRecords(strings.NewReader(text)) {
		require.NoError(t, err)
		if c := r.Contribution; c != nil && c.Artifact.Kind() == kind {
			list = append(list, c)
		}
	}
	return list
}

// changes returns the numbers of the changes that are stated, sorted.
func changes(t testing.TB, text string) []string {
	t.Helper()
	var numbers []string
	for _, c := range acts(t, text, model.ChangeArtifact) {
		numbers = append(numbers, c.Artifact.Name())
	}
	slices.SortFunc(numbers, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	return slices.Compact(numbers)
}

// talked is a large project on whose changes much is said: each has two reviews, five
// comments on lines and five plain ones, and an update of its own.
func talked(n int) *forgetest.Project {
	p := forgetest.Large(n)
	for i := range p.Changes {
		c := &p.Changes[i]
		c.Updated = c.Updated.Add(time.Duration(i) * time.Millisecond)
		for k := range c.Reviews {
			c.Reviews[k].Inline = 2 + k
		}
		for k := range 5 {
			c.Comments = append(c.Comments, forgetest.Comment{Author: forgetest.Account{Login: "visitor", ID: 77}, At: c.Created.Add(time.Duration(k) * time.Minute), Body: fmt.Sprintf("I think %d times.", k)})
		}
	}
	return p
}

func TestBudget(t *testing.T) {
	if testing.Short() {
		t.Skip("it is about how much is asked for and held, which the run without -short shows")
	}
	for way, most := range map[string]int{"REST": 3050, "GraphQL": 60} {
		t.Run(way, func(t *testing.T) {
			p := talked(1000)
			server := gitlabtest.New(t, p)
			d := newDesk(t, server, p, ways[way])
			text := d.mine()
			assert.Len(t, changes(t, text), 1000)
			assertComplete(t, text)
			t.Logf("1,000 changes: %d requests, complexity at most %d", len(server.Requests()), mostComplex(server))
			assert.LessOrEqual(t, len(server.Requests()), most)
			assert.Less(t, mostComplex(server), 200, "it would be answered without a token, too")

			server.Reset()
			assertSame(t, text, d.again(), "nothing is new")
			t.Logf("nothing new: %d requests", len(server.Requests()))
			assert.LessOrEqual(t, len(server.Requests()), map[string]int{"REST": 3, "GraphQL": 1}[way])

			server.Reset()
			server.Edit(func() {
				for n := range 10 {
					c := p.Changes[n]
					c.Number, c.ID, c.Head, c.MergeCommit = 100_000+n, 0, "", strings.Repeat("e", 40)
					c.Created, c.Merged, c.Updated = day("2026-10-30"), day("2026-10-31"), day("2026-11-20").Add(time.Duration(n)*time.Minute)
					p.Changes = append(p.Changes, c)
				}
			})
			assert.Len(t, changes(t, d.again()), 1010)
			t.Logf("10 new changes: %d requests", len(server.Requests()))
			assert.LessOrEqual(t, len(server.Requests()), map[string]int{"REST": 3 + 3 + 1 + 2*10 + 1 + 20, "GraphQL": 4}[way], "in REST also whoever appears in them")
		})
	}
}

func mostComplex(server *gitlabtest.Server) int {
	most := 0
	for _, r := range server.Requests() {
		most = max(most, r.Points)
	}
	return most
}
