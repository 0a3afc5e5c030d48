package command_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/research/command"
	"github.com/tributary-oss/tributary/forge/forgetest"
)

// fleet builds two projects below a folder of their own: quay of two repositories, one of which
// replays a commit of the other's, and pier, whose stable branch counts, too. Jane is alone
// at her domain; of quarry.example there is one person in each project.
func fleet(t *testing.T) string {
	t.Helper()
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("lists", 0o755))
	people := `
person jane = Jane Doe <jane@jane-doe.example>
person dan = Dan Reef <dan@quarry.example>
person eve = Eve Shoal <eve@quarry.example>
person zoe = Zoe <zoe@gmail.com>
on main
`
	build(t, "lists/quay.git", people+`
commit a 2025-01-05 dan: Begin
  write a.c 20
commit b 2025-02-05 jane: Take soundings
  write b.c 20
`)
	build(t, "lists/quay-docs.git", people+`
commit a 2025-01-06 zoe: Begin
  write doc.c 30
`)
	build(t, "lists/pier.git", people+`
commit a 2025-01-07 eve: Begin
  write a.c 40
commit b 2025-04-07 jane: Mark the shallows
  write b.c 40
on stable from a
commit fix 2025-03-02 eve: Fix
  write f.c 10
on elsewhere from a
commit lost 2025-03-03 eve: Try
  write g.c 10
`)
	file := filepath.Join("lists", "repos.csv")
	require.NoError(t, os.WriteFile(file, []byte("project,url,branches\nquay,quay.git,\nquay,quay-docs.git,\npier,pier.git,main stable\n"), 0o644))
	return file
}

// cells reads a table as "key columns joined" → last of the columns.
func cells(t *testing.T, text string, value int, keys ...int) map[string]string {
	t.Helper()
	list, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err)
	m := map[string]string{}
	for _, r := range list[1:] {
		var key []string
		for _, k := range keys {
			key = append(key, r[k])
		}
		m[strings.Join(key, "|")] = r[value]
	}
	return m
}

// A commit that several repositories of a project hold is of the period in which the first of them
// accepted it, in whatever order a list names them, and of none where that was before the window.
func TestPanelOfForks(t *testing.T) {
	t.Chdir(t.TempDir())
	start := `
person dan = Dan Reef <dan@quarry.example>
person eve = Eve Shoal <eve@quarry.example>
on main
commit a 2024-06-05 dan: Begin
  write a.c 20
`
	build(t, "upstream.git", start+`
commit old 2024-12-05 eve: Chart the bay
  write old.c 20
commit new 2025-02-05 eve: Take soundings
  write new.c 20
`)
	build(t, "fork.git", start+`
on theirs from a
commit old 2024-12-05 eve: Chart the bay
  write old.c 20
commit new 2025-02-05 eve: Take soundings
  write new.c 20
on main
commit own 2025-03-05 dan: Our own
  write own.c 20
merge theirs 2025-06-05 dan: Merge upstream
`)
	for _, list := range []string{"url,project\nfork.git,bay\nupstream.git,bay\n", "url,project\nupstream.git,bay\nfork.git,bay\n"} {
		require.NoError(t, os.WriteFile("repos.csv", []byte(list), 0o644))
		out, said, status := run(t, 0, "panel", "--periods", "month", "--list", "repos.csv", "--since", "2025-01-01", "--until", "2025-07-01", "--format", "csv")
		require.Zero(t, status, said)
		m := cells(t, out, 6, 1, 5)
		for month, want := range map[string]string{"2025-01": "0", "2025-02": "1", "2025-03": "1", "2025-04": "0", "2025-05": "0", "2025-06": "0"} {
			assert.Equal(t, want, m[month+"|changesets"], "%s of %q", month, list)
		}
		assert.Equal(t, "1", m["2025-06|merges left out"])
	}
}

// A panel of a list is of all its repositories together, of the branches that it names.
func TestPanelOfAList(t *testing.T) {
	args := []string{"panel", "--list", fleet(t), "--since", "2025-01-01", "--until", "2025-07-01", "--format", "csv"}
	out, said, status := run(t, 0, args...)
	require.Zero(t, status, said)
	m := cells(t, out, 6, 1, 4, 5)
	for key, want := range map[string]string{
		"2025-Q1||changesets": "5", // quay 2 and 1, pier 1 and the fix on stable
		"2025-Q1||developers": "4", "2025-Q1||organizations": "2", "2025-Q1||organizations not named": "1",
		"2025-Q1|quarry.example|changesets": "3", "2025-Q1|quarry.example|developers": "2",
		"2025-Q1|(one-person domains)|changesets": "1", "2025-Q1|(Unknown)|changesets": "1",
		"2025-Q1||hhi, unknown apart": "0.44", // (9 + 1 + 1) / 25
		"2025-Q2||changesets":         "1", "2025-Q2|quarry.example|left": "1", "2025-Q2|(one-person domains)|stayed": "1",
	} {
		assert.Equal(t, want, m[key], key)
	}
	assert.NotContains(t, out, "jane")
	again, _, _ := run(t, 0, append(args, "--workers", "1")...)
	assert.Equal(t, out, again)
	named, _, _ := run(t, 0, append(args, "--identify")...)
	assert.Contains(t, named, "jane-doe.example")

	require.NoError(t, os.WriteFile("gitdm.config", []byte("EmailMap domains\n"), 0o644))
	require.NoError(t, os.WriteFile("domains", []byte("jane-doe.example Karst\n"), 0o644))
	out, said, status = run(t, 0, append(args, "--roster", "gitdm:gitdm.config")...)
	require.Zero(t, status, said)
	assert.Equal(t, "1", cells(t, out, 6, 1, 4, 5)["2025-Q2|Karst|changesets"])
	month, said, status := run(t, 0, append(args, "--periods", "month", "--format", "text")...)
	require.Zero(t, status, said)
	assert.Contains(t, month, "month of "+filepath.Join("lists", "repos.csv"))
	assert.NotContains(t, month, "jane")
}

// What cannot be mined is said by name and the rest is counted; where nothing can be, that is no
// zero but an error.
func TestListsWithGaps(t *testing.T) {
	file := fleet(t)
	require.NoError(t, os.WriteFile(file, []byte("project,url\nquay,quay.git\nnone,none.git\n"), 0o644))
	for _, args := range [][]string{{"panel"}, {"profile", "--profile", "osci"}} {
		out, said, status := run(t, 0, append(args, "--list", file, "--since", "2025-01-01", "--until", "2025-07-01")...)
		assert.Equal(t, command.DoneWithGaps, status, said)
		first, rest, _ := strings.Cut(out, "\n")
		assert.Contains(t, first, "SIMULATION: with gaps")
		assert.Contains(t, rest, "none: none.git")
	}
	names, err := forgetest.Build("lists/cut.git", "person ada = Ada <ada@karst.example>\non main\ncommit a 2025-01-05 ada: A\n  write a.c 1\ncommit b 2025-01-06 ada: B\n  write b.c 1\n")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile("lists/cut.git/shallow", []byte(names["b"]+"\n"), 0o644))
	require.NoError(t, os.WriteFile(file, []byte("project,url\nquay,quay.git\ncut,cut.git\n"), 0o644))
	out, said, status := run(t, 0, "panel", "--list", file, "--since", "2025-01-01", "--until", "2025-07-01")
	assert.Equal(t, command.DoneWithGaps, status, said)
	assert.Contains(t, out, "cut.git: commits partial", "of several repositories, the one is named")

	require.NoError(t, os.WriteFile(file, []byte("project,url\nnone,none.git\nnothing,nothing.git\n"), 0o644))
	for _, args := range [][]string{{"panel"}, {"profile", "--profile", "osci"}} {
		out, said, status := run(t, 0, append(args, "--list", file, "--since", "2025-01-01", "--until", "2025-07-01")...)
		assert.Equal(t, command.Failed, status)
		assert.Empty(t, out)
		assert.Contains(t, said, "not one repository could be mined")
	}
}

// Releases are one repository's.
func TestTagsOfAList(t *testing.T) {
	file := fleet(t)
	out, said, status := run(t, 0, "panel", "--periods", "tags:v*", "--list", file)
	assert.Equal(t, command.Usage, status)
	assert.Empty(t, out)
	assert.Contains(t, said, "releases are one repository's, and "+file+" names 3; name one with --repo")
}

// A profile of a list is of all its repositories together.
func TestProfileOfAList(t *testing.T) {
	args := []string{"profile", "--profile", "stackalytics", "--guess", "--list", fleet(t), "--since", "2025-01-01", "--until", "2025-07-01", "--format", "csv"}
	out, said, status := run(t, 0, args...)
	require.Zero(t, status, said)
	m := cells(t, out, 8, 3, 5)
	for key, want := range map[string]string{"profile|": "6", "profile|quarry.example": "3", "profile|(one-person domains)": "2", "profile|(Unknown)": "1", "changes|": "6"} {
		assert.Equal(t, want, m[key], key)
	}
	assert.NotContains(t, out, "jane")
	again, _, _ := run(t, 0, append(args, "--workers", "1")...)
	assert.Equal(t, out, again)
	named, _, _ := run(t, 0, append(args, "--identify")...)
	assert.Equal(t, "2", cells(t, named, 8, 3, 5)["profile|jane-doe.example"])
	for _, form := range []string{"json", "text"} {
		out, _, status = run(t, 0, append(args, "--format", form)...)
		assert.Zero(t, status)
		assert.NotContains(t, out, "jane", form)
	}
}

// A census names a domain of one person when it is asked to, and in no file otherwise.
func TestCensusNamesNobody(t *testing.T) {
	args := []string{"census", "--list", fleet(t), "--until", "2025-07", "--months", "6"}
	_, said, status := run(t, 0, append(args, "--out", "a")...)
	require.Equal(t, command.Done, status, said)
	for name, text := range tables(t, "a") {
		assert.NotContains(t, text, "jane", name)
	}
	_, said, status = run(t, 0, append(args, "--out", "a", "--identify")...)
	require.Equal(t, command.Done, status, said)
	assert.Contains(t, said, "0 of 2 projects mined, 2 mined before", "the parts are the same")
	assert.Contains(t, tables(t, "a")["acts.csv"], "jane-doe.example")
}
