package model_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/tributary-oss/tributary/"

// The rooms and what each may import of the others, as the architecture has it.
var rooms = map[string][]string{
	"model":            {},
	"model/tenderfile": {"model"},
	"forge":            {"model", "forge"},
	"score":            {"model", "score"},
	"examples":         {"model", "forge", "score", "examples"},
}

// roomOf returns the innermost room that holds a package.
func roomOf(pkg string) string {
	for ; pkg != "."; pkg = path.Dir(pkg) {
		if _, ok := rooms[pkg]; ok {
			return pkg
		}
	}
	return ""
}

// within reports whether a room is another one, or lies inside it.
func within(room, of string) bool { return room == of || strings.HasPrefix(room, of+"/") }

func TestRoomsImportWhatTheyMay(t *testing.T) {
	files := 0
	err := filepath.WalkDir("..", func(file string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && strings.HasPrefix(d.Name(), ".") && file != ".." {
			return filepath.SkipDir // tools of the checkout, such as .ci, are in no room
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		files++
		pkg := filepath.ToSlash(filepath.Dir(strings.TrimPrefix(file, ".."+string(filepath.Separator))))
		room := roomOf(pkg)
		require.NotEmpty(t, room, "%s lies in no room", file)
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, i := range parsed.Imports {
			name, err := strconv.Unquote(i.Path.Value)
			require.NoError(t, err)
			checkImport(t, file, room, name)
		}
		return nil
	})
	require.NoError(t, err)
	assert.Greater(t, files, 20, "the walk must have found the project")
}

func checkImport(t *testing.T, file, room, name string) {
	own, ok := strings.CutPrefix(name, module)
	if !ok {
		first, _, _ := strings.Cut(name, "/")
		assert.False(t, room == "model" && strings.Contains(first, "."), "%s imports %s: model knows only the standard library", file, name)
		return
	}
	for _, allowed := range rooms[room] {
		if within(own, allowed) {
			return
		}
	}
	assert.True(t, within(own, room), "%s imports %s, which its room %s may not", file, own, room)
}
