package command_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/tender/command"
	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/githubtest"
	"github.com/tributary-oss/tributary/model"
)

// fourWays is a history in which the forge merged a change each way that it knows.
const fourWays = `
person ada = Ada <ada@karst.example>
person bob = Bob <bob@moraine.example>
person robot = Merge Robot <merge-robot@ci.example>
on main
commit base 2025-01-06 ada: Begin
  write a.go 12
on refs/pull/1/head from base
commit m1 2025-02-03 ada: Merge me
  write merged.go 9
commit m2 2025-02-04 ada: And me
  write merged.go 9
on main
merge refs/pull/1/head as merged 2025-02-05 bob: Merge pull request 1
on refs/pull/2/head from merged
commit s1 2025-03-03 ada: Squash me
  write squashed.go 9
commit s2 2025-03-04 ada: And me
  write squashed.go 9
on main
commit squashed 2025-03-05 ada: Squash me (2)
  by bob
  write squashed.go 18
on refs/pull/3/head from squashed
commit r1 2025-04-01T10:00:00Z ada: Rebase me
  write rebased.go 9
commit r2 2025-04-01T11:00:00Z ada: Rebase me too
  write rebased.go 9
commit r3 2025-04-01T12:00:00Z ada: And me
  write rebased.go 9
on main
pick r1 2025-04-03 bob
pick r2 2025-04-03 bob
pick r3 as rebased 2025-04-03 bob
on refs/pull/4/head from rebased
commit c1 2025-05-01 ada: Command me
  write robot.go 9
on main
merge refs/pull/4/head as commanded 2025-05-02 robot: Merge pull request 4
`

// fourChanges is what the forge says of them.
func fourChanges(names map[string]string) *githubtest.Project {
	ada, bob, cyd := githubtest.Account{Login: "ada", ID: 1}, githubtest.Account{Login: "bob", ID: 2}, githubtest.Account{Login: "cyd", ID: 3}
	robot := githubtest.Account{Login: "merge-robot", ID: 4, Type: "Bot", App: true}
	p := &githubtest.Project{Owner: "karst", Name: "cave"}
	for n, c := range []struct {
		commit, head string
		at           string
		by           githubtest.Account
	}{{"merged", "m2", "2025-02-05", bob}, {"squashed", "s2", "2025-03-05", bob}, {"rebased", "r3", "2025-04-03", bob}, {"commanded", "c1", "2025-05-02", robot}} {
		at, _ := time.Parse(time.DateOnly, c.at)
		at = at.Add(12 * time.Hour)
		change := githubtest.Change{Number: n + 1, Title: c.commit, Author: ada, MergedBy: c.by, Created: at.AddDate(0, 0, -2), Merged: at, Updated: at,
			Base: "main", Head: names[c.head], MergeCommit: names[c.commit],
			Reviews: []githubtest.Review{{Author: cyd, State: "APPROVED", Submitted: at.Add(-time.Hour), Body: "Works for me", CanPush: true, Commit: names[c.head]}}}
		if c.by.ID == robot.ID {
			change.Comments = []githubtest.Comment{{Author: bob, At: at.Add(-time.Minute), Body: "/merge"}}
		}
		p.Changes = append(p.Changes, change)
	}
	return p
}

const fourDocument = `format: tributary/1
window: {until: 2026-01-01, months: 12}
rules: {floor-acts: 1, floor-months: 1}
projects:
  cave:
    repositories: [{url: cave.git, web: "https://github.com/karst/cave", branches: [main]}]
vendors:
  karst: {name: Karst SARL}
  moraine: {name: Moraine AG}
  scree: {name: Scree Ltd}
evidence: listed
rosters: [{file: people.yaml, format: tributary}]
bidders:
  - {id: karst, vendors: [karst]}
  - {id: moraine, vendors: [moraine]}
  - {id: scree, vendors: [scree]}
`

const fourPeople = `format: tributary-people/1
people:
  - {id: ada, identities: ["mail:ada@karst.example", "github:1"], employment: [{vendor: karst}]}
  - {id: bob, identities: ["mail:bob@moraine.example", "github:2"], employment: [{vendor: moraine}]}
  - {id: cyd, identities: ["github:3"], employment: [{vendor: scree}]}
`

// placeFour writes the tender, and starts the forge.
func placeFour(t *testing.T) (dir string, server *githubtest.Server) {
	t.Helper()
	dir = t.TempDir()
	names, err := forgetest.Build(filepath.Join(dir, "cave.git"), fourWays)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "tender.yaml"), []byte(fourDocument), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "people.yaml"), []byte(fourPeople), 0o644))
	server = githubtest.New(t, fourChanges(names))
	t.Setenv("GITHUB_TOKEN", "a-token-of-the-tests")
	t.Setenv("GITHUB_API_URL", server.URL)
	return dir, server
}

// One change is one change, however it was merged, with its author, its reviewer and
// who merged it.
func TestFourWaysToMerge(t *testing.T) {
	dir, server := placeFour(t)
	args := []string{"--cache", filepath.Join(dir, "cache"), "score", filepath.Join(dir, "tender.yaml"), "--format", "json"}
	out, said, status := run(t, args...)
	require.Equal(t, command.Done, status, said)
	assert.Contains(t, said, "github.com: ")
	assert.NotContains(t, out+said, "a-token-of-the-tests")
	var r model.Ranking
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	got := map[string]float64{}
	for _, s := range r.Projects[0].Scores {
		for _, v := range s.Values {
			got[s.Bidder+" "+string(v.Pillar)+" "+string(v.Indicator)] = v.Value
		}
	}
	assert.Equal(t, 5.0, got["karst commits changes"], "the first commit and four changes: %v", got)
	assert.Equal(t, 4.0, got["moraine maintenance integration"], "three that bob merged and one that he told a robot to: %v", got)
	assert.Equal(t, 4.0, got["scree reviews reviews"], "%v", got)
	assert.Zero(t, got["karst maintenance integration"])

	asked := len(server.Requests())
	again, said, status := run(t, append([]string{"--offline"}, args...)...)
	require.Equal(t, command.Done, status, said)
	assert.Equal(t, out, again, "offline the result is the same")
	assert.Len(t, server.Requests(), asked)

	again, said, status = run(t, args...)
	require.Equal(t, command.Done, status, said)
	assert.Equal(t, out, again)
	assert.LessOrEqual(t, len(server.Requests())-asked, 2, "nothing is new")
}

func TestPlanAndStatus(t *testing.T) {
	dir, server := placeFour(t)
	cache := []string{"--cache", filepath.Join(dir, "cache")}
	out, said, status := run(t, append(slices.Clone(cache), "score", filepath.Join(dir, "tender.yaml"), "--plan")...)
	require.Equal(t, command.Done, status, said)
	assert.Contains(t, out, "karst/cave")
	assert.Contains(t, out, "points are left until")
	assert.Len(t, server.Requests(), 1)

	out, said, status = run(t, append(slices.Clone(cache), "--offline", "score", filepath.Join(dir, "tender.yaml"), "--plan")...)
	assert.Equal(t, command.Usage, status, out+said)

	_, said, status = run(t, append(slices.Clone(cache), "mine", "--repo", filepath.Join(dir, "cave.git"))...)
	require.Equal(t, command.Done, status, said)

	_, said, status = run(t, append(slices.Clone(cache), "score", filepath.Join(dir, "tender.yaml"))...)
	require.Equal(t, command.Done, status, said)
	out, said, status = run(t, append(slices.Clone(cache), "status")...)
	require.Equal(t, command.Done, status, said)
	assert.Contains(t, out, "github.com/karst/cave")
	assert.Contains(t, out, "4 changes")
	out, said, _ = run(t, append(slices.Clone(cache), "status", "--lang", "fr")...)
	assert.Contains(t, out, "DÉPÔT", said)
	assert.Contains(t, out, "4 modifications")
	assert.NotRegexp(t, `READ|changes|issues`, out)
	out, said, _ = run(t, append(slices.Clone(cache), "score", filepath.Join(dir, "tender.yaml"), "--plan", "--lang", "fr")...)
	assert.Contains(t, out, "requêtes", said)
}

// Without a token nobody is asked, and that is said; a store that is none is refused.
func TestWithoutAToken(t *testing.T) {
	dir, server := placeFour(t)
	t.Setenv("GITHUB_TOKEN", "")
	tender := filepath.Join(dir, "tender.yaml")
	_, said, status := run(t, "--cache", filepath.Join(dir, "cache"), "score", tender)
	assert.Equal(t, command.Done, status, said)
	assert.Contains(t, said, "GITHUB_TOKEN")
	_, said, status = run(t, "--cache", filepath.Join(dir, "cache"), "--offline", "score", tender)
	assert.Equal(t, command.Done, status, said)
	assert.Contains(t, said, "Nothing is stored")
	assert.Empty(t, server.Requests())

	t.Setenv("GITHUB_TOKEN", "x")
	_, said, status = run(t, "--store", tender, "score", tender)
	assert.Equal(t, command.Failed, status)
	assert.True(t, strings.Contains(said, tender), said)
}

// A forge that refuses, or that is not there, is a gap that everybody sees; what was
// stored before still counts.
func TestAForgeThatRefuses(t *testing.T) {
	dir, server := placeFour(t)
	args := []string{"--cache", filepath.Join(dir, "cache"), "score", filepath.Join(dir, "tender.yaml"), "--format", "csv"}
	server.OnRequest(func(githubtest.Request) *githubtest.Fault { return &githubtest.Fault{Status: 401} })
	out, said, status := run(t, args...)
	assert.Equal(t, command.DoneWithGaps, status)
	assert.Contains(t, said, "none of the tokens")
	assert.NotContains(t, out+said, "a-token-of-the-tests")

	server.OnRequest(nil)
	whole, said, status := run(t, args...)
	require.Equal(t, command.Done, status, said)
	assert.NotEqual(t, out, whole, "git alone knows less")

	server.OnRequest(func(githubtest.Request) *githubtest.Fault { return &githubtest.Fault{Status: 401} })
	stored, said, status := run(t, args...)
	assert.Equal(t, command.DoneWithGaps, status, said)
	assert.Equal(t, strings.ReplaceAll(whole, ",0\r\n", ",1\r\n"), stored, "what is stored counts, and the gap is said in every row")
	_, said, status = run(t, "--cache", filepath.Join(dir, "cache"), "mine", "--repo", "https://github.com/karst/cave", "--offline")
	assert.NotEqual(t, command.Done, status, "there is no clone of it: %s", said)
	_, said, status = run(t, "--cache", filepath.Join(dir, "none"), "--offline", "score", "--plan", filepath.Join(dir, "tender.yaml"))
	assert.Equal(t, command.Usage, status, said)
}

// An interrupt keeps what the forge said, and says so.
func TestAnInterruptKeepsWhatWasSaid(t *testing.T) {
	dir, server := placeFour(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	server.OnRequest(func(r githubtest.Request) *githubtest.Fault {
		if r.Operation == "Issues" {
			stop()
		}
		return nil
	})
	args := []string{"--cache", filepath.Join(dir, "cache"), "score", filepath.Join(dir, "tender.yaml")}
	var out, said bytes.Buffer
	assert.Equal(t, command.Failed, command.Run(ctx, args, command.Place{Out: &out, Err: &said}))
	assert.Contains(t, said.String(), "the next run goes on from there")
	assert.Empty(t, out.String())

	server.OnRequest(nil)
	server.Reset()
	_, again, status := run(t, args...)
	require.Equal(t, command.Done, status, again)
	for _, r := range server.Requests() {
		assert.NotEqual(t, "Changes", r.Operation, "they were read before the interrupt")
	}
}
