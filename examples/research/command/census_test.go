package command_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/research/command"
)

// tables reads the files of a folder, but not the parts.
func tables(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	all := map[string]string{}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		require.NoError(t, err)
		all[e.Name()] = string(b)
	}
	return all
}

// A list becomes tables, twice the same, and what cannot be mined is a gap.
func TestCensus(t *testing.T) {
	harbour(t)
	require.NoError(t, os.WriteFile("repos.csv", []byte("url,project\nharbour.git,harbour\n"), 0o644))
	args := []string{"census", "--list", "repos.csv", "--until", "2026-01", "--months", "1200"}
	_, said, status := run(t, 0, append(args, "--out", "a")...)
	require.Equal(t, command.Done, status, said)
	assert.Contains(t, said, "wrote a: 1 projects, of which 0 were stored before")
	_, said, _ = run(t, 0, append(args, "--out", "b", "--parts", "a/parts", "--projects-at-once", "4")...)
	assert.Contains(t, said, "of which 1 were stored before")
	want := tables(t, "a")
	assert.Equal(t, want, tables(t, "b"))
	assert.Len(t, want, 15, "six tables in two forms, and three files beside them")
	assert.Contains(t, want["acts.csv"], "harbour,")
	assert.Contains(t, want["repositories.csv"], "swh:1:rev:")
	for name, text := range want {
		if filepath.Ext(name) != ".parquet" { // whose bytes are no text; they hold what the CSV does
			assert.NotContains(t, text, "@", name)
		}
	}

	require.NoError(t, os.WriteFile("repos.csv", []byte("url,project\nharbour.git,harbour\nnone.git,none\n"), 0o644))
	_, said, status = run(t, 0, append(args, "--out", "a")...)
	assert.Equal(t, command.DoneWithGaps, status, said)
	assert.Contains(t, said, "wrote a: 2 projects, of which 1 were stored before")
	assert.Contains(t, said, "gap: none: none.git: ")
	assert.Contains(t, tables(t, "a")["coverage.csv"], "none,none.git,,gap,unavailable,")
}

// Wrong flags and lists are told before anything is mined.
func TestCensusUsage(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("repos.csv", []byte("url\nhttp://forge.example/a\n"), 0o644))
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{}, "name a list of repositories with --list"},
		{[]string{"--list", "repos.csv"}, "no folder for the tables"},
		{[]string{"--list", "repos.csv", "--out", "a"}, "no window"},
		{[]string{"--list", "repos.csv", "--out", "a", "--until", "November"}, `--until "November": write the first month after the window, as 2026-11`},
		{[]string{"--list", "repos.csv", "--out", "a", "--until", "2026-11", "--months", "0"}, "--months 0: want 1 to 1200"},
		{[]string{"--list", "repos.csv", "--out", "a", "--until", "2026-11"}, "repos.csv:2:1: http lets anybody on the way change the history"},
		{[]string{"--list", "none.csv", "--out", "a", "--until", "2026-11"}, "none.csv"},
		{[]string{"--list", "repos.csv", "--out", "a", "--until", "2026-11", "--projects-at-once", "-1"}, "--projects-at-once -1"},
	} {
		_, said, status := run(t, 0, append([]string{"census"}, c.args...)...)
		assert.Equal(t, command.Usage, status, "%v", c.args)
		assert.Contains(t, said, c.want)
		assert.NoDirExists(t, "a")
	}
}
