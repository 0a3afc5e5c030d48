package command_test

import (
	"crypto/sha256"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log/slog"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/research/command"
	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/store"
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
	assert.Contains(t, said, "wrote a\n1 of 1 projects mined, 0 mined before, 0 with gaps")
	_, said, _ = run(t, 0, append(args, "--out", "b", "--parts", "a/parts", "--projects-at-once", "4")...)
	assert.Contains(t, said, "0 of 1 projects mined, 1 mined before")
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
	assert.Contains(t, said, "0 of 2 projects mined, 1 mined before, 1 with gaps")
	assert.Contains(t, said, "none.git is not there; state the path of a repository or of a git bundle, or a URL: none\n")
	assert.Contains(t, tables(t, "a")["coverage.csv"], "none,none.git,,gap,unavailable,")
}

// Wrong flags and lists are told before anything is mined.
func TestCensusUsage(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("repos.csv", []byte("url\nhttp://forge.example/a\n"), 0o644))
	require.NoError(t, os.WriteFile("ok.csv", []byte("url\nhttps://forge.example/a\n"), 0o644))
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{}, "name a list of repositories with --list"},
		{[]string{"--tender", "tender.yaml", "--out", "a", "--until", "2026-11"}, "--until and --months are for a list"},
		{[]string{"--tender", "tender.yaml", "--out", "a", "--months", "36"}, "--until and --months are for a list"},
		{[]string{"--list", "repos.csv"}, "no folder for the tables"},
		{[]string{"--list", "repos.csv", "--out", "a"}, "no window"},
		{[]string{"--list", "ok.csv", "--out", "a", "--until", "November"}, `--until "November": write the first month after the window, as 2026-11`},
		{[]string{"--list", "repos.csv", "--out", "a", "--until", "2026-11", "--months", "0"}, "--months 0: want 1 to 1200"},
		{[]string{"--list", "repos.csv", "--out", "a", "--until", "2026-11"}, "repos.csv:2:1: http lets anybody on the way change the history"},
		{[]string{"--list", "none.csv", "--out", "a", "--until", "2026-11"}, "none.csv"},
		{[]string{"--list", "repos.csv", "--out", "a", "--until", "2026-11", "--projects-at-once", "-1"}, "--projects-at-once, --timeout and --pause are at least 0"},
		{[]string{"--list", "ok.csv", "--out", "a", "--until", "2099-01"}, "2099-01-01"},
		{[]string{"--list", "repos.csv", "--out", "a", "--until", "2026-10", "--ca", "repos.csv"}, "it holds no certificate"},
		{[]string{"--list", "ok.csv", "--out", "a", "--until", "2026-10", "--store", "none.db"}, "--store: "},
	} {
		_, said, status := run(t, 0, append([]string{"census"}, c.args...)...)
		assert.Equal(t, command.Usage, status, "%v", c.args)
		assert.Contains(t, said, c.want)
		assert.NoDirExists(t, "a")
	}
}

// What means harm among many costs the others nothing and is stopped by the limits stated; what
// was mined of the others is the same as without.
func TestCensusAmongPoison(t *testing.T) {
	t.Chdir(t.TempDir())
	_, err := forgetest.Fleet("r", 12, 20)
	require.NoError(t, err)
	server := httptest.NewUnstartedServer(forgetest.Poisoned(forgetest.Serve("r")))
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.StartTLS()
	defer server.Close()
	require.NoError(t, os.WriteFile("ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o644))
	honest := "project,url,forge\n"
	for i := range 12 {
		honest += fmt.Sprintf("cave/%02d,%s/%04d.git,none\n", i, server.URL, i)
	}
	all := honest
	for name := range forgetest.Poison {
		all += fmt.Sprintf("%s,%s/%s,none\n", name, server.URL, name)
	}
	census := func(list, out string, more ...string) (said string, status int) {
		require.NoError(t, os.WriteFile(out+".csv", []byte(list), 0o644))
		_, said, status = run(t, 0, append([]string{"census", "--list", out + ".csv", "--until", "2026-11", "--out", out, "--cache", "cache", "--ca", "ca.pem",
			"--per-host", "100", "--tries", "1", "--timeout", "15s", "--most-bytes", "3MiB"}, more...)...)
		return said, status
	}
	said, status := census(honest, "clean", "--keep-clones=false")
	require.Equal(t, command.Done, status, said)
	clones, err := filepath.Glob("cache/*/HEAD")
	require.NoError(t, err)
	assert.Empty(t, clones, "each was dropped once it was mined")
	said, status = census(all, "poisoned", "--parts", "clean/parts", "--projects-at-once", "4")
	assert.Equal(t, command.DoneWithGaps, status, said)
	assert.Contains(t, said, "0 of 17 projects mined, 12 mined before, 5 with gaps")
	said, status = census(all, "anew", "--projects-at-once", "4")
	assert.Equal(t, command.DoneWithGaps, status, said)
	assert.Contains(t, said, "12 of 17 projects mined, 0 mined before, 5 with gaps")
	assert.Contains(t, said, "stopped after 15s, the time limit: silent\n")
	want, got := tables(t, "poisoned"), tables(t, "anew")
	for name, text := range want {
		if name != "manifest.json" { // it names the list
			assert.Equal(t, text, got[name], name)
		}
	}
	for row := range strings.Lines(tables(t, "clean")["acts.csv"]) {
		assert.Contains(t, got["acts.csv"], row)
	}
	assert.Contains(t, got["coverage.csv"], "the fetch was stopped after 3 MiB")
}

// What is stored of a forge is part of what the tables are made of, and named in the manifest.
func TestCensusWithWhatForgesSaid(t *testing.T) {
	harbour(t)
	require.NoError(t, os.WriteFile("repos.csv", []byte("url,project\nharbour.git,harbour\n"), 0o644))
	require.NoError(t, os.Mkdir("cache", 0o755))
	census := func(out string, more ...string) map[string]string {
		_, said, status := run(t, 0, append([]string{"census", "--list", "repos.csv", "--until", "2026-01", "--months", "1200", "--out", out, "--parts", "parts", "--cache", "cache"}, more...)...)
		require.Equal(t, command.Done, status, said)
		return tables(t, out)
	}
	assert.NotContains(t, census("without")["manifest.json"], "forges.db")
	s, err := store.Open(t.Context(), "cache/forges.db", nil)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	b, err := os.ReadFile("cache/forges.db")
	require.NoError(t, err)
	usual := census("usual")["manifest.json"]
	assert.Contains(t, usual, fmt.Sprintf(`"forges.db": "%x"`, sha256.Sum256(b)))
	require.NoError(t, os.Rename("cache/forges.db", "repos.csv.db"))
	assert.Contains(t, census("named", "--store", "repos.csv.db")["manifest.json"], `"repos.csv.db": `)
}

// What a document or a roster includes is among the inputs, too: it says who works for whom.
func TestIncludedInputs(t *testing.T) {
	harbour(t)
	require.NoError(t, os.WriteFile("repos.csv", []byte("url,project\nharbour.git,harbour\n"), 0o644))
	domains := []byte("karst.example Karst SARL\n")
	for _, dir := range []string{"x", "y"} {
		require.NoError(t, os.MkdirAll(dir+"/maps", 0o755))
		require.NoError(t, os.WriteFile(dir+"/gitdm.config", []byte("EmailMap maps/domains\n"), 0o644))
		require.NoError(t, os.WriteFile(dir+"/maps/domains", domains, 0o644))
		domains = append(domains, "basalt.example Basalt AG\n"...)
	}
	_, said, status := run(t, 0, "census", "--list", "repos.csv", "--until", "2026-01", "--out", "a", "--roster", "gitdm:x/gitdm.config", "--roster", "gitdm:y/gitdm.config")
	require.Equal(t, command.Done, status, said)
	assert.Equal(t, []string{"gitdm.config", "maps/domains", "maps/domains (2)", "repos.csv"}, inputs(t, "a"))

	require.NoError(t, os.WriteFile("people.yaml", []byte("format: tributary-people/1\npeople: [{id: p-1, identities: [\"mail:ada@karst.example\"]}]\n"), 0o644))
	require.NoError(t, os.WriteFile("tender.yaml", []byte(`format: tributary/1
window: {until: 2026-01-01}
bidders: all
projects:
  harbour:
    repositories: [{url: harbour.git, forge: none}]
rosters:
  - {file: people.yaml, format: tributary}
`), 0o644))
	_, said, status = run(t, 0, "census", "--tender", "tender.yaml", "--out", "b")
	require.Equal(t, command.Done, status, said)
	assert.Equal(t, []string{"people.yaml", "tender.yaml"}, inputs(t, "b"))
}

// inputs are the names of what a manifest says that tables were made from, each with a digest.
func inputs(t *testing.T, dir string) []string {
	var manifest struct {
		Inputs struct{ Files map[string]string }
	}
	require.NoError(t, json.Unmarshal([]byte(tables(t, dir)["manifest.json"]), &manifest))
	for name, digest := range manifest.Inputs.Files {
		assert.Len(t, digest, 64, name)
	}
	return slices.Sorted(maps.Keys(manifest.Inputs.Files))
}

// Two rosters of one name are both among the inputs.
func TestInputsOfOneName(t *testing.T) {
	harbour(t)
	require.NoError(t, os.WriteFile("repos.csv", []byte("url,project\nharbour.git,harbour\n"), 0o644))
	args := []string{"census", "--list", "repos.csv", "--until", "2026-01", "--months", "1200", "--out", "a"}
	for _, dir := range []string{"x", "y"} {
		require.NoError(t, os.Mkdir(dir, 0o755))
		require.NoError(t, os.WriteFile(dir+"/people", []byte("Ada <ada@karst.example> <ada@"+dir+".example>\n"), 0o644))
		args = append(args, "--roster", "mailmap:"+dir+"/people")
	}
	_, said, status := run(t, 0, args...)
	require.Equal(t, command.Done, status, said)
	manifest := tables(t, "a")["manifest.json"]
	for _, name := range []string{`"people": "`, `"people (2)": "`, `"repos.csv": "`} {
		assert.Contains(t, manifest, name)
	}
}
