package git

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

func TestFiles(t *testing.T) {
	b := newBuilder(t.TempDir())
	sub1, sub2 := strings.Repeat("1", 40), strings.Repeat("2", 40)
	var parents []string
	step := func(msg string, files map[string]string) {
		parents = []string{b.commit(spec{msg: msg, at: day(0), parents: parents, files: files})}
	}
	step("root", map[string]string{"a": "1\n2\n3\n", "dir/b": "x\n", "Makefile": "all:\n", "e": ""})
	step("edit", map[string]string{"a": "1\nB\n3\n4\n", "dir/b": "x\n", "Makefile": "all:\n", "e": ""})
	step("move", map[string]string{"c": "1\nB\n3\n4\n", "dir2/b": "x\n", "Makefile": "all:\n", "f": ""})
	step("move and copy", map[string]string{"d": "1\nB\n3\n4\n", "d2": "1\nB\n3\n4\n", "dir2/b": "x\n", "Makefile": "all:\n"})
	step("links", map[string]string{"d": "link:here", "d2": "link:there", "Makefile": "exec:all:\n", "m": "module:" + sub1})
	step("other links", map[string]string{"d": "link:there", "m": "module:" + sub2, "Makefile": "exec:all:\n"})
	step("binary", map[string]string{"d": "link:there", "m": "module:" + sub2, "Makefile": "a\x00b\n", "debian/rules": "x\n"})
	step("file becomes folder", map[string]string{"d/x": "new\n", "m": "module:" + sub2, "Makefile": "a\x00b\n", "debian/rules": "x\n"})
	step("nothing", map[string]string{"d/x": "new\n", "m": "module:" + sub2, "Makefile": "a\x00b\n", "debian/rules": "x\n"})
	step("link", map[string]string{"d/x": "new\n", "m": "module:" + sub2, "Makefile": "a\x00b\n", "debian/rules": "x\n", "l": "link:d/x"})
	step("not a move", map[string]string{"d/x": "new\n", "m": "module:" + sub2, "Makefile": "a\x00b\n", "debian/rules": "x\n", "f": "d/x"})
	b.branch("main", parents[0])
	o := options()
	o.Facts = []model.Kind{model.LineFacts}
	rs, err := mine(t, o, model.Repository{URL: b.dir}, model.Period{})
	require.NoError(t, err)
	for msg, want := range map[string]model.Files{
		"root":          {Touched: 4, Upkeep: 1, Lines: &model.Lines{Added: 5}},
		"edit":          {Touched: 1, Lines: &model.Lines{Added: 2, Deleted: 1}},
		"move":          {Touched: 2, Lines: &model.Lines{}}, // the empty file
		"move and copy": {Touched: 2, Lines: &model.Lines{Added: 4}},
		"links":         {Touched: 5, Upkeep: 1, Lines: &model.Lines{Added: 1 + 1 + 1, Deleted: 4 + 4 + 1}},
		// The link d2 moved onto d, which is no new file: d changed, and d2 is gone.
		"other links":         {Touched: 3, Lines: &model.Lines{Added: 2, Deleted: 3}},
		"binary":              {Touched: 2, Upkeep: 2, Lines: &model.Lines{Added: 1}},
		"file becomes folder": {Touched: 2, Lines: &model.Lines{Added: 1, Deleted: 1}},
		"nothing":             {Lines: &model.Lines{}},
		"not a move":          {Touched: 2, Lines: &model.Lines{Added: 1, Deleted: 1}}, // a link is no file
	} {
		assert.Equal(t, &want, records(rs).commit(t, msg).Commit.Files, msg)
	}
	cover := records(rs).coverage(t)
	assert.Equal(t, model.Complete, cover[model.FileFacts].State)
	assert.Equal(t, model.Complete, cover[model.LineFacts].State)

	o.Facts = []model.Kind{model.FileFacts}
	rs, err = mine(t, o, model.Repository{URL: b.dir}, model.Period{})
	require.NoError(t, err)
	assert.Equal(t, &model.Files{Touched: 1}, records(rs).commit(t, "edit").Commit.Files, "without lines")
	assert.Equal(t, model.Unavailable, records(rs).coverage(t)[model.LineFacts].State)
}

func TestUpkeep(t *testing.T) {
	u := newUpkeep()
	for file, want := range map[string]bool{
		"Makefile": true, "src/Makefile": true, "Makefile.example": false, "go.mod": true, "tools/go.sum": true,
		".github/workflows/ci.yml": true, "docs/.github/workflows/ci.yml": false, ".github/CODEOWNERS": false,
		"zuul.d/jobs.yaml": true, "debian/control": true, "sub/debian/control": false, "x.spec": true,
		"test-requirements.txt": true, "requirements-dev.txt": true, "requirements.md": false, "main.go": false,
		"gradle/wrapper/gradle-wrapper.properties": true, "vendor/modules.txt": true, "vendor/a/modules.txt": false,
		"makefile.go": false, "": false,
	} {
		assert.Equal(t, want, u.holds(file), file)
	}
	patterns := UpkeepPatterns()
	require.NotEmpty(t, patterns)
	patterns[0] = "main.go"
	assert.NotEqual(t, patterns[0], UpkeepPatterns()[0], "the table is the caller's own copy")
}

// The same repository gives the same bytes, whatever the number of workers.
func TestWorkersChangeNothing(t *testing.T) {
	b := newBuilder(t.TempDir())
	main := b.chain(300)
	tip := main[299]
	for i := range 40 {
		side := b.commit(spec{msg: fmt.Sprintf("side %d\n\nReviewed-by: R%d <r@karst.example>", i, i), at: day(i), parents: []string{main[i*7]}, files: map[string]string{"side": fmt.Sprint(i)}})
		tip = b.commit(spec{msg: "merge", at: day(300), parents: []string{tip, side}, files: map[string]string{"n": "299\n"}})
		b.branch(fmt.Sprintf("b%d", i), side)
	}
	b.branch("main", tip)
	b.tag("v1", main[3], "Rel <rel@karst.example>", day(9))
	var all [2]bytes.Buffer
	for i, workers := range []int{1, 8} {
		o := options()
		o.Workers, o.Facts = workers, Kinds()
		rs, err := mine(t, o, model.Repository{URL: b.dir, Branches: []string{"*"}}, model.Period{Since: day(10), Until: day(280)})
		require.NoError(t, err)
		e := json.NewEncoder(&all[i])
		for _, r := range rs {
			require.NoError(t, e.Encode(r))
		}
	}
	assert.Equal(t, all[0].String(), all[1].String())
	assert.Greater(t, all[0].Len(), 100_000)
}
