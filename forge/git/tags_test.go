package git_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
)

func TestTags(t *testing.T) {
	dir := t.TempDir() + "/a.git"
	names, err := forgetest.Build(dir, `
person ada = Ada Moor <ada@karst.example>
on main
commit one 2025-01-02 ada: Begin
  write a.c 1
tag v1.0 2025-01-05 ada: First
commit two 2025-02-02 ada: Go on
  write a.c 2
lighttag v1.1
`)
	require.NoError(t, err)
	list, err := git.New(nil).Tags(t.Context(), model.Repository{URL: dir})
	require.NoError(t, err)
	require.Len(t, list, 2)
	assert.Equal(t, []string{"v1.0", "v1.1"}, []string{list[0].Name, list[1].Name})
	assert.Equal(t, []string{names["one"], names["two"]}, []string{list[0].Commit, list[1].Commit})
	assert.Equal(t, []bool{true, false}, []bool{list[0].Annotated, list[1].Annotated})
	assert.Equal(t, "2025-01-05", list[0].At.Format(time.DateOnly), "an annotated tag has its own time")
	assert.Equal(t, "2025-02-02", list[1].At.Format(time.DateOnly), "a lightweight one its commit's")
	_, err = git.New(nil).Tags(t.Context(), model.Repository{URL: t.TempDir() + "/no.git"})
	assert.ErrorContains(t, err, "reading the tags of")
}
