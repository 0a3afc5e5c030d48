package e2e

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAMissingServerSaysHowToBuildIt(t *testing.T) {
	_, err := find(t.Context(), t.TempDir())
	require.ErrorIs(t, err, ErrNotBuilt)
	assert.Contains(t, err.Error(), "go -C forge/gitea/e2e run ./build")
	assert.NotContains(t, err.Error(), "\n")
}

// writer calls itself with all that is written.
type writer func(string)

func (w writer) Write(b []byte) (int, error) { w(string(b)); return len(b), nil }

// A build that is stopped leaves nothing that could be taken for a server, and nothing
// else; one that was killed leaves what the next one removes.
func TestAStoppedBuildLeavesNothing(t *testing.T) {
	cache := t.TempDir()
	s, err := locate(t.Context(), cache, false)
	require.NoError(t, err)
	killed := filepath.Join(filepath.Dir(s.Binary), "building-1")
	require.NoError(t, os.MkdirAll(killed, 0o755))
	require.NoError(t, os.Chtimes(killed, time.Time{}, time.Now().Add(-48*time.Hour)))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	_, err = build(ctx, cache, writer(func(line string) {
		if strings.HasPrefix(line, "building") {
			stop()
		}
	}))
	require.ErrorIs(t, err, context.Canceled)
	_, err = find(t.Context(), cache)
	require.ErrorIs(t, err, ErrNotBuilt)
	left, err := filepath.Glob(filepath.Join(cache, "tributary", "*", "*"))
	require.NoError(t, err)
	assert.Empty(t, left)
}

// What was built before is not built again, and a file that is in its place is found.
func TestABuiltServerIsFound(t *testing.T) {
	cache := t.TempDir()
	s, err := locate(t.Context(), cache, false)
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Dir(s.Binary), 0o755))
	require.NoError(t, os.WriteFile(s.Binary, nil, 0o755))
	found, err := build(t.Context(), cache, writer(func(line string) { assert.Contains(t, line, "is built") }))
	require.NoError(t, err)
	assert.Equal(t, s, found)
	assert.FileExists(t, filepath.Join(found.Static, "templates", "base", "head.tmpl"))
}
