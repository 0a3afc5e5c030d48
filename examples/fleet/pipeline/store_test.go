package pipeline

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/store"
	"github.com/tributary-oss/tributary/model"
)

// told is a store of what a forge said of some projects: changes that one person merged after
// another had looked at them.
func told(t *testing.T, file string, projects []string, changes int) {
	t.Helper()
	s, err := store.Open(t.Context(), file, nil)
	require.NoError(t, err)
	defer s.Close()
	for i, name := range projects {
		facts := []store.Fact{{Key: "coverage", Records: []model.Record{
			{Coverage: &model.Coverage{Kind: model.ReviewFacts, State: model.Complete}}, {Coverage: &model.Coverage{Kind: model.MergeFacts, State: model.Complete}}}}}
		for n := range changes {
			merged := time.Date(2026, 3, 1+n, 9, 0, 0, 0, time.UTC)
			change := &model.Change{Title: fmt.Sprint("Change ", n), Merged: merged, Opened: merged.Add(-48 * time.Hour), Base: "main"}
			artifact := model.Artifact(fmt.Sprintf("change:%d", n+1))
			facts = append(facts, store.Fact{Key: fmt.Sprintf("change/%d", n+1), Records: []model.Record{
				{Contribution: &model.Contribution{Artifact: artifact, Role: model.Merger, Actor: model.Identity{Login: "ada", Mail: "ada@karst.example"}, At: merged, Change: change}},
				{Contribution: &model.Contribution{Artifact: artifact, Role: model.Reviewer, Actor: model.Identity{Login: "bob", Mail: "bob@moraine.example"},
					At: merged.Add(-time.Hour), Change: change, Review: &model.Review{State: model.Approved, CanPush: true}}},
			}})
		}
		key := fmt.Sprintf("forge.example/%d", i+1)
		require.NoError(t, s.Log(key).Commit(facts, map[string]string{}))
		require.NoError(t, s.Alias("forge.example", "cave/"+name, key))
	}
}

// What forges said counts as it does in one process; where something else was said, the parts are
// made anew.
func TestStore(t *testing.T) {
	story(t)
	dir := t.TempDir()
	list, file := filepath.Join(dir, "list.csv"), filepath.Join(dir, "forges.db")
	rows := "url,project,forge,web\n"
	for _, name := range []string{"p00", "p01", "p02", "p04"} { // of p04 nothing is stored: a gap
		rows += fmt.Sprintf("%s,%s,gitea,https://forge.example/cave/%s\n", filepath.ToSlash(filepath.Join(built, name+".git")), name, name)
	}
	rows += filepath.ToSlash(filepath.Join(built, "p05.git")) + ",p05,none,\n"
	require.NoError(t, os.WriteFile(list, []byte(rows), 0o644))
	told(t, file, []string{"p00", "p01", "p02"}, 5)

	s := settings(t, list)
	s.Store = file
	sum, err := Run(t.Context(), "", s)
	require.NoError(t, err)
	opened, err := store.Open(t.Context(), file, &store.Options{ReadOnly: true})
	require.NoError(t, err)
	want := single(t, list, forge.Hosts{"forge.example": opened.Source()}, file)
	require.NoError(t, opened.Close())
	same(t, want, outputs(t, s.Out))
	assert.Equal(t, 1, sum.Gaps)
	assert.Contains(t, want["acts.csv"], ",reviewer,")
	assert.Contains(t, want["manifest.json"], `"forges.db": "`)
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "fleet-store-*", "*"))
	require.NoError(t, err)
	assert.Empty(t, left, "the copy is gone")

	sum, err = Run(t.Context(), "", s)
	require.NoError(t, err)
	assert.EqualValues(t, 5, sum.Stored)

	told(t, file, []string{"p00", "p01", "p02"}, 6)
	require.NoError(t, put(t.Context(), "memfs://fleet/forges.db", "", must(os.ReadFile(file))))
	s.Store = "memfs://fleet/forges.db"
	sum, err = Run(t.Context(), "", s)
	require.NoError(t, err)
	assert.EqualValues(t, 5, sum.Mined, "another store is another source")
	got := outputs(t, s.Out)
	assert.NotEqual(t, want["acts.csv"], got["acts.csv"])

	s.Store = ""
	sum, err = Run(t.Context(), "", s)
	require.NoError(t, err)
	assert.EqualValues(t, 5, sum.Mined, "and so is none")
	assert.NotContains(t, outputs(t, s.Out)["acts.csv"], ",reviewer,")
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

// A store that is not there, is none, is damaged or is being written is the user's to mend.
func TestStoresThatCannotBeRead(t *testing.T) {
	s := settings(t, story(t))
	dir := t.TempDir()
	good, foreign, damaged := filepath.Join(dir, "good.db"), filepath.Join(dir, "foreign.db"), filepath.Join(dir, "damaged.db")
	told(t, good, []string{"p00"}, 3)
	require.NoError(t, os.WriteFile(foreign, []byte(strings.Repeat("not a store\n", 1000)), 0o644))
	b, err := os.ReadFile(good)
	require.NoError(t, err)
	for i := range b[16384:] {
		b[16384+i] ^= 0x55
	}
	require.NoError(t, os.WriteFile(damaged, b, 0o644))
	for _, name := range []string{filepath.Join(dir, "none.db"), foreign, damaged, "memfs://fleet/none.db"} {
		s.Store = name
		_, err := Run(t.Context(), "", s)
		var wrong *UsageError
		require.ErrorAs(t, err, &wrong, name)
		assert.ErrorContains(t, err, "-store: ")
		assert.NoDirExists(t, s.Parts)
	}
}

// A machine that sees another store than the one that submitted the job refuses to work.
func TestAnotherStoreIsRefused(t *testing.T) {
	s := settings(t, story(t))
	s.Store = filepath.Join(t.TempDir(), "forges.db")
	told(t, s.Store, []string{"p00"}, 3)
	w, err := newSite(t.Context(), s)
	require.NoError(t, err)
	defer w.close()
	s.Judged = w.judged()
	other, err := siteOf(t.Context(), s)
	require.NoError(t, err)
	other.close()
	s.Version = "2" // else it is the site that is open already
	told(t, s.Store, []string{"p00"}, 4)
	_, err = siteOf(t.Context(), s)
	assert.ErrorContains(t, err, "another store")
}
