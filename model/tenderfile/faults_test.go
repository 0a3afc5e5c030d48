package tenderfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
)

// Each archive holds cases of one kind: a tender, perhaps a roster, and every
// fault that is told, exactly.
func TestFaults(t *testing.T) {
	archives, err := filepath.Glob("testdata/faults/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, archives)
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		require.NoError(t, err)
		cases := map[string]fstest.MapFS{}
		for _, f := range archive.Files {
			kase, file, _ := strings.Cut(f.Name, "/")
			if cases[kase] == nil {
				cases[kase] = fstest.MapFS{}
			}
			cases[kase][file] = &fstest.MapFile{Data: f.Data}
		}
		for i, f := range archive.Files {
			kase, isWant := strings.CutSuffix(f.Name, "/want")
			if !isWant {
				continue
			}
			got := faultsOf(t, cases[kase]) + "\n"
			archive.Files[i].Data = []byte(got)
			if !*update {
				assert.Equal(t, string(f.Data), got, "%s %s", name, kase)
			}
			assert.NotContains(t, got, "s3c", "%s %s tells a password", name, kase)
			assert.NotContains(t, got, "ada@", "%s %s tells a mail address", name, kase)
		}
		if *update {
			require.NoError(t, os.WriteFile(name, txtar.Format(archive), 0o644))
		}
	}
}

// faultsOf reads a tender that must be at fault.
func faultsOf(t *testing.T, fsys fstest.MapFS) string {
	tender, err := ReadFS(fsys, "tender.yaml")
	assert.Nil(t, tender)
	require.Error(t, err)
	assert.ErrorAs(t, err, new(Faults))
	return err.Error()
}
