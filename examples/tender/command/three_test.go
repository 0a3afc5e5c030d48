package command_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/tender/command"
	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
	"github.com/tributary-oss/tributary/forge/forgetest/giteatest"
	"github.com/tributary-oss/tributary/forge/forgetest/githubtest"
	"github.com/tributary-oss/tributary/forge/forgetest/gitlabtest"
	"github.com/tributary-oss/tributary/model"
)

const threeDocument = `format: tributary/1
window: {until: 2026-01-01, months: 12}
rules: {floor-acts: 1, floor-months: 1}
projects:
  burrow:
    repositories: [{url: burrow.git, web: "https://codeberg.org/karst/cave", branches: [main]}]
  cave:
    repositories: [{url: cave.git, web: "https://github.com/karst/cave", branches: [main]}]
  den:
    repositories: [{url: den.git, web: "https://git.example/karst/cave", forge: gitlab, branches: [main]}]
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

const threePeople = `format: tributary-people/1
people:
  - {id: ada, identities: ["mail:ada@karst.example", "github:1", "git.example:1", "codeberg.org:1"], employment: [{vendor: karst}]}
  - {id: bob, identities: ["mail:bob@moraine.example", "github:2", "git.example:2", "codeberg.org:2"], employment: [{vendor: moraine}]}
  - {id: cyd, identities: ["github:3", "git.example:3", "codeberg.org:3"], employment: [{vendor: scree}]}
`

// placeThree writes a tender of three projects on three forges, each with the same
// history, and starts the forges. Tokens are those of their hosts.
func placeThree(t *testing.T) (dir string, servers map[string]*fake.Server) {
	t.Helper()
	dir = t.TempDir()
	github := map[string]string{}
	for name, history := range map[string]string{"burrow": fourWays, "cave": fourWays, "den": strings.NewReplacer("refs/pull/", "refs/merge-requests/").Replace(fourWays)} {
		names, err := forgetest.Build(filepath.Join(dir, name+".git"), history)
		require.NoError(t, err)
		github = names
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "tender.yaml"), []byte(threeDocument), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "people.yaml"), []byte(threePeople), 0o644))
	hub, lab, tea := githubtest.New(t, fourChanges(github)), gitlabtest.New(t, fourChanges(github)), giteatest.New(t, fourChanges(github))
	hub.Tokens(map[string]githubtest.Quota{"token-of-github": {Points: 5000, Requests: 5000}})
	lab.Tokens(map[string]fake.Quota{"token-of-the-lab": {Points: 5000, Requests: 5000}})
	tea.Tokens(map[string]fake.Quota{"token-of-codeberg": {Points: 5000, Requests: 5000}})
	t.Setenv("GITHUB_TOKEN", "token-of-github")
	t.Setenv("GITHUB_API_URL", hub.URL)
	t.Setenv("TRIBUTARY_TOKENS", "git.example=token-of-the-lab codeberg.org=token-of-codeberg")
	t.Setenv("TRIBUTARY_APIS", fmt.Sprintf("git.example=%s/api/v4 codeberg.org=%s/api/v1", lab.URL, tea.URL))
	return dir, map[string]*fake.Server{"github": hub.Server, "gitlab": lab.Server, "gitea": tea.Server}
}

// Three projects on three forges are scored in one run, and what each of them counts is
// the same, as they have the same history. Each server gets its own token only.
func TestThreeForges(t *testing.T) {
	dir, servers := placeThree(t)
	args := []string{"--cache", filepath.Join(dir, "cache"), "score", filepath.Join(dir, "tender.yaml"), "--format", "json"}
	out, said, status := run(t, args...)
	require.Equal(t, command.Done, status, said)
	for _, host := range []string{"codeberg.org: ", "git.example: ", "github.com: "} {
		assert.Contains(t, said, host)
	}
	assert.NotContains(t, out+said, "token-of")
	var r model.Ranking
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.Len(t, r.Projects, 3)
	for _, p := range r.Projects {
		got := map[string]float64{}
		for _, s := range p.Scores {
			for _, v := range s.Values {
				if v.Value > 0 {
					got[s.Bidder+" "+string(v.Indicator)] = v.Value
				}
			}
		}
		assert.Equal(t, 5.0, got["karst changes"], "%s: the first commit and four changes: %v", p.ID, got)
		assert.Equal(t, 4.0, got["moraine integration"], "%s: three that bob merged and one that he told a robot to: %v", p.ID, got)
		assert.Equal(t, 4.0, got["scree reviews"], "%s: %v", p.ID, got)
	}
	for name, server := range servers {
		most := map[string]int{fake.GraphQL: 2, fake.REST: 8}
		for kind, n := range most {
			assert.LessOrEqual(t, server.Busiest(kind), n, "%s %s", name, kind)
		}
		for _, request := range server.Requests() {
			require.Contains(t, map[string]string{"github": "token-of-github", "gitlab": "token-of-the-lab", "gitea": "token-of-codeberg"}[name], request.Token)
			require.NotEmpty(t, request.Token, "%s %s", name, request.Path)
		}
		server.Reset()
	}
	again, said, status := run(t, append([]string{"--offline"}, args...)...)
	require.Equal(t, command.Done, status, said)
	assert.Equal(t, out, again, "offline the result is the same")
	for name, server := range servers {
		assert.Empty(t, server.Requests(), name)
	}
	again, said, status = run(t, args...)
	require.Equal(t, command.Done, status, said)
	assert.Equal(t, out, again)
	for name, server := range servers {
		assert.LessOrEqual(t, len(server.Requests()), 3, "%s: nothing is new", name)
	}
}

// A forge that is down is a gap; the two others are scored.
func TestOneOfThreeForgesIsDown(t *testing.T) {
	dir, servers := placeThree(t)
	servers["gitea"].OnRequest(func(fake.Request) *fake.Fault { return &fake.Fault{Status: 403, Body: `{"message":"\u001b[31mred"}`} })
	out, said, status := run(t, "--cache", filepath.Join(dir, "cache"), "score", filepath.Join(dir, "tender.yaml"), "--format", "json")
	assert.Equal(t, command.DoneWithGaps, status)
	assert.Contains(t, said, "gap: burrow")
	assert.NotContains(t, out+said, "\x1b", "a forge's words do not steer the terminal")
	assert.NotContains(t, said, "gap: cave")
	assert.NotContains(t, said, "gap: den")
	assert.NotContains(t, out+said, "token-of")
}

// What the environment says of hosts is read with care: a token must never be shown.
func TestTokensOfHosts(t *testing.T) {
	dir, _ := placeThree(t)
	for _, wrong := range []string{"secret-word", "=secret-word", "codeberg.org=", "https://codeberg.org/=secret-word"} {
		t.Setenv("TRIBUTARY_TOKENS", wrong)
		out, said, status := run(t, "--cache", filepath.Join(dir, "cache"), "score", filepath.Join(dir, "tender.yaml"))
		assert.Equal(t, command.Usage, status, wrong)
		assert.Contains(t, said, "TRIBUTARY_TOKENS: entry 1 is not of the form HOST=VALUE")
		assert.NotContains(t, out+said, "secret-word")
	}
	_, said, status := run(t, "--ca", filepath.Join(dir, "tender.yaml"), "score", filepath.Join(dir, "tender.yaml"))
	assert.Equal(t, command.Usage, status)
	assert.Contains(t, said, "it holds no certificate")
}

// A group's projects are listed as a document has them.
func TestRepositoriesOfAGroup(t *testing.T) {
	lab := gitlabtest.New(t, &forgetest.Project{Owner: "karst", Name: "cave"}, &forgetest.Project{Owner: "karst/deep/er", Name: "den"},
		&forgetest.Project{Owner: "karst", Name: "old", Archived: true}, &forgetest.Project{Owner: "other", Name: "hole"})
	t.Setenv("TRIBUTARY_APIS", "git.example="+lab.URL+"/api/v4")
	out, said, status := run(t, "repositories", "https://git.example/karst")
	require.Equal(t, command.Done, status, said)
	assert.Equal(t, "- url: https://git.example/karst/cave\n  forge: gitlab\n- url: https://git.example/karst/deep/er/den\n  forge: gitlab\n", out)
	for group, want := range map[string]string{"https://git.example/nobody": "no such group", "https://git.example/karst/cave": "it is a project", "/a/b": "no address of a group",
		"https://codeberg.org/karst": "on no GitLab"} {
		_, said, status = run(t, "repositories", group)
		assert.Equal(t, command.Failed, status)
		assert.Contains(t, said, want)
	}
	_, _, status = run(t, "repositories")
	assert.Equal(t, command.Usage, status)
}
