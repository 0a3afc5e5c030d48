package command_test

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/tender/command"
)

// shared are the demonstrations that tests read, by the arguments they were scored with,
// each with what its files were. Tests of this package run one after the other.
var shared = map[string]demonstration{}

type demonstration struct{ dir, file, result, was string }

// demonstrated scores the demonstration and returns its document and the stored run, which
// are other tests' as well: nothing may be changed in their folder. See [demonstrate].
func demonstrated(t *testing.T, args ...string) (file, result string) {
	t.Helper()
	key := strings.Join(args, " ")
	d, ok := shared[key]
	if !ok {
		d.dir = filepath.Join(home, fmt.Sprint("demo", len(shared)))
		d.file, d.result = demonstrate(t, d.dir, args...)
		was, err := contents(d.dir)
		require.NoError(t, err)
		d.was = was
		shared[key] = d
	}
	return d.file, d.result
}

// demonstrate does it in a folder of the test's own.
func demonstrate(t *testing.T, dir string, args ...string) (file, result string) {
	t.Helper()
	require.Empty(t, os.Getenv("TRIBUTARY_PSEUDONYM_KEY"), "others would get this test's pseudonyms")
	_, said, status := run(t, "demo", dir)
	require.Equal(t, command.Done, status, said)
	file, result = filepath.Join(dir, "tender.yaml"), filepath.Join(dir, "result")
	_, said, status = run(t, append([]string{"score", file, "--out", result}, args...)...)
	require.Equal(t, command.Done, status, said)
	return file, result
}

// sharedAsTheyWere says which shared demonstration a test has changed.
func sharedAsTheyWere() error {
	for key, d := range shared {
		if is, err := contents(d.dir); err != nil || is != d.was {
			return fmt.Errorf("a test changed the demonstration %q that it shares with others: use one of its own (%v)", key, err)
		}
	}
	return nil
}

// contents is a digest of the names and texts of all files in a folder.
func contents(dir string) (string, error) {
	h := sha256.New()
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		fmt.Fprintf(h, "%s %d\n%s", name, len(text), text)
		return err
	})
	return string(h.Sum(nil)), err
}
