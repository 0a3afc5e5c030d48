package command_test

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/tributary-oss/tributary/examples/tender/command"
	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/githubtest"
)

var update = flag.Bool("update", false, "write what comes out as what is wanted; read the difference like code")

// argsVariable holds the arguments, one a line, of the command that a test's own program is
// to be.
const argsVariable = "TENDER_TEST_ARGS"

// home is the folder of everything that outlives a test.
var home string

// TestMain keeps what the tests mine out of the user's cache.
func TestMain(m *testing.M) {
	if args := os.Getenv(argsVariable); args != "" { // a test started the command as a process
		os.Exit(command.Main(strings.Split(args, "\n")))
	}
	dir, err := os.MkdirTemp("", "tributary-test-")
	if err != nil {
		panic(err)
	}
	for _, v := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
		os.Setenv(v, dir)
	}
	home = dir
	status := m.Run()
	if err := sharedAsTheyWere(); err != nil {
		fmt.Println(err)
		status = 1
	}
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
// repositories, and what stands in NAME.github.yaml is on a GitHub of the test's: a
// [forgetest.Project] whose commits are named in braces, as the history NAME names them.
func unpack(t *testing.T, a *txtar.Archive) string {
	t.Helper()
	dir := t.TempDir()
	commits, projects := map[string]map[string]string{}, []*githubtest.Project{}
	for _, f := range a.Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		if history, ok := strings.CutSuffix(path, ".history"); ok {
			names, err := forgetest.Build(history+".git", string(f.Data))
			require.NoError(t, err, f.Name)
			commits[filepath.Base(history)] = names
			continue
		}
		if name, ok := strings.CutSuffix(f.Name, ".github.yaml"); ok {
			projects = append(projects, onGitHub(t, string(f.Data), commits[name]))
			continue
		}
		require.NoError(t, os.WriteFile(path, f.Data, 0o644))
	}
	if len(projects) > 0 {
		t.Setenv("GITHUB_TOKEN", "a-token-of-the-tests")
		t.Setenv("GITHUB_API_URL", githubtest.New(t, projects...).URL)
	}
	return dir
}

// onGitHub reads a project of a forge, in the field names of [forgetest.Project].
func onGitHub(t *testing.T, text string, commits map[string]string) *githubtest.Project {
	t.Helper()
	for name, id := range commits {
		text = strings.ReplaceAll(text, "{"+name+"}", id)
	}
	p := &githubtest.Project{}
	require.NoError(t, yaml.UnmarshalWithOptions([]byte(text), p, yaml.Strict()))
	return p
}

// Every archive of the top level's testdata holds whole tenders: documents,
// histories, and the results wanted, those of tender.yaml under want/ and those of
// NAME.yaml under want-NAME/.
func TestWholeTenders(t *testing.T) {
	archives, err := filepath.Glob("../../../testdata/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, archives)
	for _, path := range archives {
		t.Run(filepath.Base(path), func(t *testing.T) {
			a, err := txtar.ParseFile(path)
			require.NoError(t, err)
			dir := unpack(t, a)
			results := map[string]bool{}
			for i, f := range a.Files {
				folder, name, _ := strings.Cut(f.Name, "/")
				document, ok := strings.CutPrefix(folder, "want")
				if !ok {
					continue
				}
				document = cmp.Or(strings.TrimPrefix(document, "-"), "tender")
				if !results[document] {
					scoreTender(t, dir, document)
				}
				results[document] = true
				got, err := os.ReadFile(filepath.Join(dir, "result-"+document, name))
				require.NoError(t, err)
				got = bytes.ReplaceAll(got, []byte("\r\n"), []byte("\n")) // archives have no CR LF
				if *update {
					a.Files[i].Data = got
				} else {
					assert.Equal(t, string(f.Data), string(got), f.Name)
				}
			}
			require.NotEmpty(t, results)
			if *update {
				require.NoError(t, os.WriteFile(path, txtar.Format(a), 0o644))
			}
		})
	}
}

// scoreTender writes the results of DOCUMENT.yaml into the folder result-DOCUMENT.
func scoreTender(t *testing.T, dir, document string) {
	t.Helper()
	_, said, status := run(t, "--cache", filepath.Join(dir, "cache"), "score", filepath.Join(dir, document+".yaml"),
		"--identify", "--out", filepath.Join(dir, "result-"+document))
	require.Equal(t, command.Done, status, said)
}
