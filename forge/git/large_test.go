package git

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// linesOf mines a repository and returns what its commits do, by subject.
func linesOf(t *testing.T, b *builder, o *Options) map[string]*model.Files {
	t.Helper()
	return linesSince(t, b, o, day(0))
}

func linesSince(t *testing.T, b *builder, o *Options, since time.Time) map[string]*model.Files {
	t.Helper()
	o.Facts, o.Inside = []model.Kind{model.LineFacts, model.ChurnFacts, model.PatchFacts}, true
	rs, err := mine(t, o, model.Repository{URL: b.dir}, model.Period{Since: since})
	require.NoError(t, err)
	files := map[string]*model.Files{}
	for _, c := range records(rs).byRole(model.Author) {
		files[c.Commit.Subject] = c.Commit.Files
	}
	return files
}

// pair returns a repository of two commits, the second of which changes a file.
func pair(t *testing.T, old, new string) *builder {
	b := newBuilder(t.TempDir())
	first := b.commit(spec{msg: "first", at: day(0), files: map[string]string{"f": old}})
	b.branch("main", b.commit(spec{msg: "second", at: day(1), parents: []string{first}, files: map[string]string{"f": new}}))
	return b
}

func distinct(prefix string, n int) string {
	var s strings.Builder
	for i := range n {
		fmt.Fprintf(&s, "%s %d\n", prefix, i)
	}
	return s.String()
}

func TestNothingInCommon(t *testing.T) {
	if testing.Short() {
		t.Skip("one commit is read by one worker: the run without -short shows it")
	}
	const n = 200_000
	f := linesOf(t, pair(t, distinct("old", n), distinct("new", n)), options())["second"]
	assert.Equal(t, &model.Lines{Added: n, Deleted: n}, f.Lines)
	assert.Equal(t, 2*n, f.Patch.Size)
	assert.Len(t, f.Patch.Sketch, model.SketchSize)
}

// Hard to align, and of few kinds: exact all the same.
func TestShuffledFile(t *testing.T) {
	if testing.Short() {
		t.Skip("one commit is read by one worker: the run without -short shows it")
	}
	const n = 200_000
	var old, new bytes.Buffer
	for i := range n {
		fmt.Fprintln(&old, i)
		fmt.Fprintln(&new, i*7919%n) // every number once, in another order
	}
	f := linesOf(t, pair(t, old.String(), new.String()), options())["second"]
	assert.Equal(t, f.Lines.Added, f.Lines.Deleted)
	assert.Positive(t, f.Lines.Added)
	assert.Equal(t, []model.Churn{{Class: model.CodeFiles, Files: 1, Lines: *f.Lines}}, f.Churn, "only the order changed: it is other code")
	assert.Zero(t, f.Patch.Size)
}

func TestOneLongLine(t *testing.T) {
	if testing.Short() {
		t.Skip("one commit is read by one worker: the run without -short shows it")
	}
	long := strings.Repeat("long line ", 10_000_000)
	b := pair(t, long, long[1:]+"\n")
	f := linesOf(t, b, options())["second"]
	assert.Equal(t, &model.Lines{Added: 1, Deleted: 1}, f.Lines)
	assert.Zero(t, f.Unknown)
	assert.Equal(t, 2, f.Patch.Size)

	o := options()
	o.Memory = 64 << 20 // not enough for it
	f = linesOf(t, b, o)["second"]
	assert.Equal(t, 1, f.Unknown)
	assert.Equal(t, &model.Lines{}, f.Lines)
	assert.Nil(t, f.Patch)
}

func TestManyFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("one commit is read by one worker: the run without -short shows it")
	}
	const n = 50_000
	b := newBuilder(t.TempDir())
	blob := b.object("blob", "one\ntwo\n")
	folder := func(more string) string {
		var tree strings.Builder
		for i := range n {
			fmt.Fprintf(&tree, "100644 %06d.c\x00%s", i, unhex(blob))
		}
		return b.object("tree", tree.String()+more)
	}
	first := b.commit(spec{msg: "first", at: day(0), tree: folder("")})
	wide := folder(fmt.Sprintf("100644 x\x00%s", unhex(b.object("blob", "new\n"))))
	b.branch("main", b.commit(spec{msg: "second", at: day(1), parents: []string{first}, tree: wide}))
	got := linesOf(t, b, options())
	assert.Equal(t, &model.Lines{Added: 2 * n}, got["first"].Lines)
	assert.Equal(t, n, got["first"].Touched)
	assert.Equal(t, 2*n, got["first"].Patch.Size)
	assert.Equal(t, &model.Lines{Added: 1}, got["second"].Lines)
	assert.Equal(t, 1, got["second"].Touched)
}

// A tree of 100,000 entries is passed over, not opened.
func TestWideTree(t *testing.T) {
	if testing.Short() {
		t.Skip("one commit is read by one worker: the run without -short shows it")
	}
	const n = 100_000
	b := newBuilder(t.TempDir())
	blob := b.object("blob", "x\n")
	var same strings.Builder
	for i := range n {
		fmt.Fprintf(&same, "100644 %06d\x00%s", i, unhex(blob))
	}
	var parents []string
	for i := range 20 {
		last := fmt.Sprintf("100644 z\x00%s", unhex(b.object("blob", fmt.Sprint(i, "\n"))))
		parents = []string{b.commit(spec{msg: fmt.Sprint("commit ", i), at: day(i), parents: parents, tree: b.object("tree", same.String()+last)})}
	}
	b.branch("main", parents[0])
	got := linesOf(t, b, options())
	assert.Equal(t, &model.Lines{Added: n + 1}, got["commit 0"].Lines)
	for i := 1; i < 20; i++ {
		assert.Equal(t, &model.Lines{Added: 1, Deleted: 1}, got[fmt.Sprint("commit ", i)].Lines)
	}
}

// What a forged repository could make of little memory is unknown, and said to be.
func TestMemoryIsKept(t *testing.T) {
	if testing.Short() {
		t.Skip("one commit is read by one worker: the run without -short shows it")
	}
	small := func() *Options {
		o := options()
		o.Memory = 64 << 20
		return o
	}
	b := newBuilder(t.TempDir())
	blob := unhex(b.object("blob", "x\n"))
	folder := func(n int, more string) string {
		var tree strings.Builder
		for i := range n {
			fmt.Fprintf(&tree, "100644 %06d\x00%s", i, blob)
		}
		return b.object("tree", tree.String()+more)
	}
	named := func(name string, n int) string {
		return b.object("tree", fmt.Sprintf("40000 %s\x00%s", name, unhex(folder(n, ""))))
	}
	b.branch("main", b.commit(spec{msg: "a name of 1 MiB", at: day(0), tree: named(strings.Repeat("n", 1<<20), 5)}))
	assert.Equal(t, 1, linesOf(t, b, small())["a name of 1 MiB"].Unknown)
	b.branch("main", b.commit(spec{msg: "long paths", at: day(0), tree: named(strings.Repeat("n", 4000), 20_000)}))
	f := linesOf(t, b, small())["long paths"]
	assert.Equal(t, 1, f.Unknown)
	assert.InDelta(t, mostPaths/4007, f.Touched, 2)
	assert.Nil(t, f.Patch)

	nested := func(text string) string {
		tree := b.object("tree", fmt.Sprintf("100644 z\x00%s", unhex(b.object("blob", text))))
		for range 4 {
			tree = folder(100_000, fmt.Sprintf("40000 z\x00%s", unhex(tree)))
		}
		return tree
	}
	first := b.commit(spec{msg: "first", at: day(0), tree: nested("a\n")})
	b.branch("main", b.commit(spec{msg: "wide and deep", at: day(1), tree: nested("b\n"), parents: []string{first}}))
	assert.Equal(t, &model.Lines{Added: 1, Deleted: 1}, linesSince(t, b, options(), day(1))["wide and deep"].Lines)
	f = linesSince(t, b, small(), day(1))["wide and deep"]
	assert.Equal(t, 1, f.Unknown)
	assert.Zero(t, f.Touched)

	b = pair(t, strings.Repeat("a\n", 300_000), strings.Repeat("b\n", 300_000))
	assert.Equal(t, &model.Lines{Added: 300_000, Deleted: 300_000}, linesOf(t, b, options())["second"].Lines)
	assert.Equal(t, 1, linesOf(t, b, small())["second"].Unknown)
}
