package command_test

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/research/command"
	"github.com/tributary-oss/tributary/forge/forgetest"
)

// Where gitdm's table of employers ends, its profile begins: each row, exactly.
func TestTheProfileOfGitdmBeginsAtGitdm(t *testing.T) {
	harbour(t)
	common := []string{"--repo", "harbour.git", "--rev", "v1.0..main", "--roster", "gitdm:maps/gitdm.config", "--skip", "robot@ci.example", "--format", "csv"}
	want := rows(t, count(t, "--format", "csv"))["employers by changesets"]
	out, said, status := run(t, 0, append([]string{"profile", "--profile", "gitdm"}, common...)...)
	require.Zero(t, status, said)
	list, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	require.NoError(t, err)
	got := map[string]string{}
	for _, r := range list[1:] {
		if r[3] == "profile" && r[5] != "" {
			got[r[5]] = r[8]
		}
	}
	assert.Equal(t, map[string]string{"Karst": "3.6", "Moraine": "1.4", "(Unknown)": "3"}, got, "what is worked by hand in the archive")
	assert.Equal(t, map[string]float64{"Karst": 3.6, "Moraine": 1.4, "(Unknown)": 3}, want)
}

func TestProfileCommand(t *testing.T) {
	harbour(t)
	args := []string{"profile", "--profile", "chaoss", "--repo", "harbour.git", "--since", "2025-01-01", "--until", "2025-04-01", "--roster", "gitdm:maps/gitdm.config"}
	text, said, status := run(t, 40, args...)
	require.Zero(t, status, said)
	assert.True(t, strings.HasPrefix(text, "SIMULATION\n"))
	assert.Contains(t, text, "Profile chaoss")
	assert.Contains(t, text, "Karst")
	assert.NotContains(t, text, "Ada")
	assert.NotContains(t, text, "@")
	for line := range strings.Lines(text) {
		assert.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), 40, line)
	}
	out, _, _ := run(t, 0, append(args, "--format", "json")...)
	var w struct {
		Format, Status string
		Steps          []struct {
			Name string
			Sum  int64
		}
	}
	require.NoError(t, json.Unmarshal([]byte(out), &w))
	assert.Equal(t, "tributary-profile/1", w.Format)
	assert.EqualValues(t, 11_000_000, w.Steps[0].Sum, "ten commits and a merge")
	again, _, _ := run(t, 0, append(args, "--format", "json", "--workers", "1")...)
	assert.Equal(t, out, again)

	rules, _, status := run(t, 0, "profile", "--profile", "osci", "--rules")
	assert.Zero(t, status)
	assert.Contains(t, rules, "filter_duplicates.py")
}

func TestPanelCommand(t *testing.T) {
	harbour(t)
	args := []string{"panel", "--repo", "harbour.git", "--roster", "gitdm:maps/gitdm.config", "--skip", "robot@ci.example"}
	window := append(args, "--periods", "month", "--since", "2025-01-01", "--until", "2025-05-01", "--guess=false")
	values := func(args []string) map[string]string {
		out, said, status := run(t, 0, append(args, "--format", "csv")...)
		require.Zero(t, status, said)
		list, err := csv.NewReader(strings.NewReader(out)).ReadAll()
		require.NoError(t, err)
		m := map[string]string{}
		for _, r := range list[1:] {
			m[r[1]+"|"+r[4]+"|"+r[5]] = r[6]
		}
		assert.NotContains(t, out, "@")
		return m
	}
	// By acceptance: Begin in January, soundings in February, seven in March, one of which
	// is a robot's, and the merge.
	m := values(window)
	for key, want := range map[string]string{
		"2025-01||changesets": "1", "2025-02||changesets": "1", "2025-03||changesets": "7", "2025-04||changesets": "0",
		"2025-03||merges left out": "1", "2025-03||changesets of robots left out": "1", "2025-04||hhi, unknown apart": "",
		"2025-03|Moraine|joined": "1", "2025-04|Karst|left": "1", "2025-02|Karst|stayed": "1", "2025-01||joined": "",
	} {
		assert.Equal(t, want, m[key], key)
	}
	out, said, status := run(t, 0, append(args, "--periods", "tags:v*")...)
	assert.Equal(t, command.Usage, status, "one tag is no period: %s", out)
	assert.Contains(t, said, "two make a period")
	narrow, _, status := run(t, 10, append(args, "--periods", "quarter", "--since", "2025-01-01", "--until", "2025-05-01")...)
	assert.Zero(t, status)
	assert.True(t, strings.HasPrefix(narrow, "SIMULATION\n"))
	assert.Contains(t, narrow, "2025-Q2 (part)")
	for line := range strings.Lines(narrow) {
		assert.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), 40, line)
	}
}

// A..B is what can be reached from B and not from A, whichever branch a tag is on.
func TestPanelOfReleases(t *testing.T) {
	harbour(t)
	build(t, "tags.git", `
person ada = Ada Moor <ada@karst.example>
person bob = Bob Sand <bob@moraine.example>
on main
commit a 2025-01-01 ada: A
  write a.c 1
tag v1.0 2025-01-01 ada: v1.0
commit b 2025-02-01 ada: B
  write b.c 1
on stable from v1.0
commit fix 2025-03-01 bob: Fix
  write f.c 1
tag v1.0.1 2025-03-02 ada: v1.0.1
on main
commit c 2025-04-01 ada: C
  write c.c 1
tag v1.1-rc1 2025-04-01 ada: v1.1-rc1
commit d 2025-04-02 bob: D
  write d.c 1
tag v1.1 2025-05-01 ada: v1.1
`)
	out, said, status := run(t, 0, "panel", "--periods", "tags:v*", "--repo", "tags.git", "--format", "csv", "--identify")
	require.Zero(t, status, said)
	list, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	require.NoError(t, err)
	got := map[string]string{}
	for _, r := range list[1:] {
		if r[5] == "changesets" {
			got[r[1]+" "+r[4]] = r[6]
		}
	}
	assert.Equal(t, map[string]string{
		"v1.0..v1.0.1 ": "1", "v1.0..v1.0.1 moraine.example": "1",
		"v1.0.1..v1.1 ": "3", "v1.0.1..v1.1 karst.example": "2", "v1.0.1..v1.1 moraine.example": "1",
	}, got, "the fix on stable is not in v1.1, and b, c and d are not in v1.0.1")
	out, _, _ = run(t, 0, "panel", "--periods", "tags:v*", "--repo", "tags.git", "--prereleases", "--format", "csv")
	assert.Contains(t, out, "v1.1-rc1..v1.1")
}

func TestWrongUseOfProfilesAndPanels(t *testing.T) {
	harbour(t)
	for args, says := range map[string]string{
		"profile --repo harbour.git":                                             "want one of [gitdm stackalytics osci chaoss]",
		"profile --profile gitdm":                                                "nothing to count",
		"profile --profile gitdm --repo harbour.git":                             "--since and --until",
		"profile --profile gitdm --repo x --tender y":                            "state one of them",
		"profile --profile gitdm --repo x --since 2025-01-02 --until 2025-03-01": "first of a month",
		"profile --profile gitdm --repo x --since 2025-03-01 --until 2025-03-01": "is not before",
		"profile --profile gitdm --repo x --rev main":                            "want a range",
		"profile --profile gitdm --repo x --evidence rumour":                     "want one of",
		"profile --profile gitdm --tender no.yaml":                               "no.yaml",
		"panel --repo harbour.git":                                               "--since and --until",
		"panel --repo harbour.git --periods week":                                "want month, quarter",
		"panel --repo harbour.git --periods tags:":                               "want month, quarter",
		"panel --repo harbour.git --periods tags:v[ --sort size":                 "want one of",
		"panel --tender no.yaml --since 2025-01-01":                              "belong to --list and --repo",
		"panel --repo x --since 2025-01-01 --until 2025-02-01 --skip robot":      "want a mail address",
		"panel --list repos.csv":                                                 "--list: state the window with --since and --until\n",
		"panel --list repos.csv --since 2025-01-01":                              "--until",
		"panel --list repos.csv --repo harbour.git --since 2025-01-01":           "state one of them",
		"panel --list repos.csv --since 2025-01-01 --until 2025-02-01":           "repos.csv",
		"profile --profile gitdm --list repos.csv":                               "--list: state the window with --since and --until\n",
		"profile --profile gitdm --list repos.csv --rev a..b":                    "want a range A..B of the repository that --repo names",
	} {
		out, said, status := run(t, 0, strings.Fields(args)...)
		assert.Equal(t, command.Usage, status, args)
		assert.Contains(t, said, says, args)
		assert.Empty(t, out, args)
	}
}

// build makes a repository of a history.
func build(t *testing.T, name, history string) {
	t.Helper()
	_, err := forgetest.Build(name, history)
	require.NoError(t, err)
}
