package saved

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// Three minings one after the other: each copies what is still reachable and adds
// what is new, and what it leaves out is gone.
func TestCopyFromGenerationToGeneration(t *testing.T) {
	all := random(300, source(5))
	file := save(t, "v", all[:200], model.Tip{Branch: "main", Commit: "a"})
	for _, kept := range [][2]int{{50, 250}, {100, 280}, {100, 300}} {
		base := open(t, file, "v")
		file = filepath.Join(t.TempDir(), "next")
		w, err := Create(file, "v", base)
		require.NoError(t, err)
		for _, e := range all[kept[0]:kept[1]] {
			if n, ok := base.Find(e.id); ok {
				require.NoError(t, w.Copy(n))
			} else {
				require.NoError(t, w.Add(e.id, &e.record))
			}
		}
		require.NoError(t, w.Commit([]model.Tip{{Branch: "main", Commit: "b"}}))
		s := open(t, file, "v")
		requireHolds(t, s, all[kept[0]:kept[1]])
		assert.Equal(t, []model.Tip{{Branch: "main", Commit: "b"}}, s.Tips())
	}
}

func TestNamesAndIdentitiesStandOnce(t *testing.T) {
	entries := []entry{{id(1), full()}, {id(2), full()}}
	base := open(t, save(t, "v", entries[:1]), "v")
	file := filepath.Join(t.TempDir(), "next")
	w, err := Create(file, "v", base)
	require.NoError(t, err)
	require.NoError(t, w.Copy(0))
	require.NoError(t, w.Add(id(2), &entries[1].record))
	require.NoError(t, w.Commit(nil))
	s := open(t, file, "v")
	requireHolds(t, s, entries)
	assert.Equal(t, base.names, s.names)
	assert.Equal(t, base.actors, s.actors)
	assert.Len(t, s.actors, 2)
}

func TestTheSameCallsMakeTheSameBytes(t *testing.T) {
	entries := random(300, source(6))
	first, second := save(t, "v", entries), save(t, "v", entries)
	require.Equal(t, read(t, first), read(t, second))
	base := open(t, first, "v")
	again := filepath.Join(t.TempDir(), "again")
	w, err := Create(again, "v", base)
	require.NoError(t, err)
	for _, e := range entries {
		n, _ := base.Find(e.id)
		require.NoError(t, w.Copy(n))
	}
	require.NoError(t, w.Commit(nil))
	require.Equal(t, read(t, first), read(t, again), "a copy in the same order is the same file")
}

func TestReplacingTheFileThatIsRead(t *testing.T) {
	entries := random(100, source(7))
	file := save(t, "v", entries[:60])
	base := open(t, file, "v")
	w, err := Create(file, "v", base)
	require.NoError(t, err)
	for n := range base.Len() {
		require.NoError(t, w.Copy(n))
	}
	for _, e := range entries[60:] {
		require.NoError(t, w.Add(e.id, &e.record))
	}
	requireHolds(t, open(t, file, "v"), entries[:60])
	require.NoError(t, w.Commit(nil))
	requireHolds(t, base, entries[:60])
	requireHolds(t, open(t, file, "v"), entries)
}

func TestWhatIsNotCommittedLeavesTheOldFile(t *testing.T) {
	old := []entry{{id(1), full()}}
	file := save(t, "v", old)
	before := read(t, file)
	begin := func() *Writer {
		w, err := Create(file, "v", nil)
		require.NoError(t, err)
		for _, e := range random(3000, source(8)) { // more than is buffered
			require.NoError(t, w.Add(e.id, &e.record))
		}
		return w
	}
	w := begin()
	require.Equal(t, before, read(t, file), "a process that dies here leaves the old file")
	w.Abort()
	w.Abort()
	requireAlone(t, file)

	w = begin()
	require.NoError(t, w.Add(id(1), &old[0].record))
	require.NoError(t, w.Add(id(1), &old[0].record))
	require.ErrorContains(t, w.Commit(nil), "twice")
	require.Error(t, w.Commit(nil), "it cannot be tried again")
	require.Equal(t, before, read(t, file))
	requireAlone(t, file)

	w = begin()
	require.NoError(t, w.tmp.Close()) // as good as a disk that takes no more
	require.Error(t, w.Commit(nil))
	require.Equal(t, before, read(t, file))
	requireAlone(t, file)

	w = begin()
	require.NoError(t, w.Commit(nil))
	w.Abort()
	require.NotEqual(t, before, read(t, file))
	requireAlone(t, file)
}

func TestCommitThatCannotTakeItsPlace(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state")
	require.NoError(t, os.MkdirAll(filepath.Join(file, "in the way"), 0o700))
	w, err := Create(file, "v", nil)
	require.NoError(t, err)
	require.Error(t, w.Commit(nil))
	requireAlone(t, file)
}

// requireAlone checks that nothing lies beside a file.
func requireAlone(t *testing.T, file string) {
	t.Helper()
	files, err := os.ReadDir(filepath.Dir(file))
	require.NoError(t, err)
	require.Len(t, files, 1)
}

func TestCreateMakesFoldersAndAPrivateFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a", "b", "state")
	w, err := Create(file, "v", nil)
	require.NoError(t, err)
	require.NoError(t, w.Commit(nil))
	s := open(t, file, "v")
	assert.Zero(t, s.Len())
	assert.Empty(t, s.Tips())
	st, err := os.Stat(file)
	require.NoError(t, err)
	if runtime.GOOS != "windows" {
		assert.Equal(t, os.FileMode(0o600), st.Mode())
	}
}

func TestCreateInTheCurrentFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	w, err := Create("state", "v", nil)
	require.NoError(t, err)
	require.NoError(t, w.Commit(nil))
	requireAlone(t, "state")
	open(t, "state", "v")
}

func TestCreateRefusals(t *testing.T) {
	base := open(t, save(t, "v1", nil), "v1")
	folder := t.TempDir()
	_, err := Create(filepath.Join(folder, "state"), "v2", base)
	require.ErrorIs(t, err, ErrVersion)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "plain"), nil, 0o600))
	_, err = Create(filepath.Join(folder, "plain", "state"), "v1", nil)
	require.Error(t, err)
}
