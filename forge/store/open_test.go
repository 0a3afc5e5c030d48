package store_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"

	"github.com/tributary-oss/tributary/forge/store"
)

// database writes a bbolt file with buckets that hold keys.
func database(t testing.TB, file string, content map[string]map[string]string) {
	db, err := bbolt.Open(file, 0o600, nil)
	require.NoError(t, err)
	require.NoError(t, db.Update(func(tx *bbolt.Tx) error {
		for name, values := range content {
			b, err := tx.CreateBucketIfNotExists([]byte(name))
			require.NoError(t, err)
			for k, v := range values {
				require.NoError(t, b.Put([]byte(k), []byte(v)))
			}
		}
		return nil
	}))
	require.NoError(t, db.Close())
}

func TestWhatIsNoStore(t *testing.T) {
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole")
	require.NoError(t, open(t, whole, nil).Close())
	good, err := os.ReadFile(whole)
	require.NoError(t, err)
	write := func(b []byte) func(string) {
		return func(file string) { require.NoError(t, os.WriteFile(file, b, 0o600)) }
	}
	holds := func(content map[string]map[string]string) func(string) {
		return func(file string) { database(t, file, content) }
	}
	own := func(format string) map[string]map[string]string {
		return map[string]map[string]string{"aliases": nil, "logs": nil, "meta": {"format": format}}
	}
	for name, c := range map[string]struct {
		make func(file string)
		want error
		says string
	}{
		"text":            {write([]byte("a shopping list\n")), store.ErrForeign, "choose another file"},
		"long text":       {write(make([]byte, 100_000)), store.ErrForeign, "choose another file"},
		"another program": {holds(map[string]map[string]string{"meta": {"term": "3"}, "key": nil}), store.ErrForeign, "not a store of mined facts"},
		"newer":           {holds(own("tributary-store/2")), store.ErrVersion, "update the program"},
		"newer by far":    {holds(map[string]map[string]string{"meta": {"format": "tributary-store/31"}}), store.ErrVersion, "update the program"},
		"older":           {holds(own("tributary-store/0")), store.ErrCorrupt, "delete it"},
		"no sums":         {holds(own("tributary-store/1")), store.ErrCorrupt, "delete it"},
		"no format":       {holds(map[string]map[string]string{"aliases": nil, "logs": nil}), store.ErrCorrupt, "delete it"},
		"cut off":         {write(good[:len(good)/2/4096*4096]), store.ErrCorrupt, "mined again"},
		"its beginning":   {write(good[:7]), store.ErrCorrupt, "delete it"},
		"folder":          {func(file string) { require.NoError(t, os.Mkdir(file, 0o700)) }, store.ErrForeign, "it is a folder"},
	} {
		for _, readOnly := range []bool{true, false} {
			file := filepath.Join(t.TempDir(), "file")
			c.make(file)
			before, _ := os.ReadFile(file)
			_, err := store.Open(context.Background(), file, &store.Options{ReadOnly: readOnly})
			require.ErrorIs(t, err, c.want, name)
			assert.ErrorContains(t, err, file)
			assert.ErrorContains(t, err, c.says)
			after, _ := os.ReadFile(file)
			assert.Equal(t, before, after, "%s was changed", name)
		}
	}
}

func TestSystemErrorsAreTold(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, []byte("x"), 0o600))
	_, err := store.Open(context.Background(), filepath.Join(file, "below"), nil)
	var path *fs.PathError
	require.ErrorAs(t, err, &path)
	for _, own := range []error{store.ErrCorrupt, store.ErrForeign, store.ErrInUse, store.ErrVersion} {
		require.NotErrorIs(t, err, own)
	}
	locked := filepath.Join(t.TempDir(), "locked")
	require.NoError(t, open(t, locked, nil).Close())
	require.NoError(t, os.Chmod(locked, 0))
	if s, err := store.Open(context.Background(), locked, nil); err == nil { // who may do all is refused nothing
		require.NoError(t, s.Close())
	} else {
		require.ErrorIs(t, err, fs.ErrPermission)
	}
}

func TestNothingThereYet(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "missing")
	_, err := store.Open(context.Background(), missing, &store.Options{ReadOnly: true})
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.NoFileExists(t, missing)

	empty := filepath.Join(dir, "empty")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	_, err = store.Open(context.Background(), empty, &store.Options{ReadOnly: true})
	require.ErrorIs(t, err, fs.ErrNotExist)
	st, err := os.Stat(empty)
	require.NoError(t, err)
	require.Zero(t, st.Size())

	bare := filepath.Join(dir, "bare") // as it is left where a new file is made in its place
	database(t, bare, nil)
	_, err = store.Open(context.Background(), bare, &store.Options{ReadOnly: true})
	require.ErrorIs(t, err, fs.ErrNotExist)

	for _, file := range []string{empty, bare, missing, filepath.Join(dir, "new", "folder", "file")} {
		s := open(t, file, nil)
		require.NoError(t, s.Log("k").Commit(changes(0, 1), 1))
		require.NoError(t, s.Close())
		require.Len(t, facts(t, open(t, file, &store.Options{ReadOnly: true}).Log("k"), ""), 1)
	}
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 4, "nothing is left beside them")
	st, err = os.Stat(missing)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), st.Mode().Perm())
}

func TestFileInUse(t *testing.T) {
	s, file := openNew(t)
	_, err := store.Open(context.Background(), file, &store.Options{Wait: -1})
	require.ErrorIs(t, err, store.ErrInUse)
	require.ErrorContains(t, err, file)
	_, err = store.Open(context.Background(), file, &store.Options{Wait: 30 * time.Millisecond, ReadOnly: true})
	require.ErrorIs(t, err, store.ErrInUse)

	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(30*time.Millisecond, cancel)
	_, err = store.Open(ctx, file, &store.Options{Wait: time.Hour})
	require.ErrorIs(t, err, context.Canceled)
	_, err = store.Open(ctx, file, nil)
	require.ErrorIs(t, err, context.Canceled)

	time.AfterFunc(30*time.Millisecond, func() { s.Close() })
	again := open(t, file, &store.Options{Wait: time.Hour})
	require.NoError(t, again.Close())

	reader := open(t, file, &store.Options{ReadOnly: true})
	_, err = store.Open(context.Background(), file, &store.Options{Wait: -1})
	require.ErrorIs(t, err, store.ErrInUse, "who reads keeps others from writing")
	require.NoError(t, reader.Close())
}

// TestCompactedFile reads a store that bbolt's own tool has rewritten, with a list of
// free pages.
func TestCompactedFile(t *testing.T) {
	s, file := openNew(t)
	require.NoError(t, s.Log("k").Commit(changes(0, 500), 1))
	require.NoError(t, s.Close())
	db, err := bbolt.Open(file, 0o600, nil)
	require.NoError(t, err)
	require.NoError(t, db.Update(func(tx *bbolt.Tx) error { return nil }))
	require.NoError(t, db.Close())
	s = open(t, file, nil)
	require.NoError(t, s.Log("k").Commit(changes(400, 700), 2))
	require.NoError(t, s.Close())
	require.Len(t, facts(t, open(t, file, nil).Log("k"), ""), 700)
}
