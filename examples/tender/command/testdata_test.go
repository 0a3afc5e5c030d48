package command_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/tributary-oss/tributary/examples/tender/command"
	"github.com/tributary-oss/tributary/forge/forgetest"
)

var update = flag.Bool("update", false, "write what comes out as what is wanted; read the difference like code")

// TestMain keeps what the tests mine out of the user's cache.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "tributary-test-")
	if err != nil {
		panic(err)
	}
	for _, v := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
		os.Setenv(v, dir)
	}
	status := m.Run()
	os.RemoveAll(dir)
	os.Exit(status)
}

// run runs the command as in a pipe and returns what it printed.
func run(t *testing.T, args ...string) (out, err string, status int) {
	t.Helper()
	var o, e bytes.Buffer
	status = command.Run(t.Context(), args, command.Place{Out: &o, Err: &e})
	return o.String(), e.String(), status
}

// unpack writes the files of an archive into a new folder; histories become
// repositories.
func unpack(t *testing.T, a *txtar.Archive) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range a.Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		if history, ok := strings.CutSuffix(path, ".history"); ok {
			_, err := forgetest.Build(history+".git", string(f.Data))
			require.NoError(t, err, f.Name)
			continue
		}
		require.NoError(t, os.WriteFile(path, f.Data, 0o644))
	}
	return dir
}

// Every archive of the top level's testdata is a whole tender: documents,
// histories, and the results wanted.
func TestWholeTenders(t *testing.T) {
	archives, err := filepath.Glob("../../../testdata/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, archives)
	for _, path := range archives {
		t.Run(filepath.Base(path), func(t *testing.T) {
			a, err := txtar.ParseFile(path)
			require.NoError(t, err)
			dir := unpack(t, a)
			_, said, status := run(t, "score", filepath.Join(dir, "tender.yaml"), "--out", filepath.Join(dir, "result"))
			require.Equal(t, command.Done, status, said)
			wanted := 0
			for i, f := range a.Files {
				name, ok := strings.CutPrefix(f.Name, "want/")
				if !ok {
					continue
				}
				wanted++
				got, err := os.ReadFile(filepath.Join(dir, "result", name))
				require.NoError(t, err)
				if *update {
					a.Files[i].Data = got
				} else {
					assert.Equal(t, string(f.Data), string(got), name)
				}
			}
			require.Positive(t, wanted)
			if *update {
				require.NoError(t, os.WriteFile(path, txtar.Format(a), 0o644))
			}
		})
	}
}
