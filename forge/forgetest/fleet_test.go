package forgetest_test

import (
	"os"
	"path/filepath"
	"testing"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/forgetest"
)

func TestFleet(t *testing.T) {
	dir, again := t.TempDir(), t.TempDir()
	paths, err := forgetest.Fleet(dir, 5, 52)
	require.NoError(t, err)
	_, err = forgetest.Fleet(again, 3, 52)
	require.NoError(t, err)
	heads := map[string]bool{}
	for i, path := range paths {
		r, err := gogit.PlainOpen(path)
		require.NoError(t, err)
		head, err := r.Head()
		require.NoError(t, err)
		heads[head.Hash().String()] = true
		log, err := r.Log(&gogit.LogOptions{})
		require.NoError(t, err)
		n, merges := 0, 0
		require.NoError(t, log.ForEach(func(c *object.Commit) error {
			n++
			if c.NumParents() > 1 {
				merges++
			}
			return nil
		}))
		assert.Equal(t, 52, n)
		assert.Equal(t, 9, merges)
		if i < 3 {
			was, err := os.ReadFile(filepath.Join(path, "packed-refs"))
			require.NoError(t, err)
			is, err := os.ReadFile(filepath.Join(again, filepath.Base(path), "packed-refs"))
			require.NoError(t, err)
			assert.Equal(t, was, is)
		}
	}
	assert.Len(t, heads, 5, "no two are the same")
}
