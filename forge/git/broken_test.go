package git

import (
	"context"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// The walk goes on around commits that are not there.
func TestAbsentCommits(t *testing.T) {
	b := newBuilder(t.TempDir())
	all := b.chain(4)
	side := b.commit(spec{msg: "side", at: day(5), parents: []string{all[0]}, files: map[string]string{"n": "0\n"}})
	tip := b.commit(spec{msg: "tip", at: day(6), parents: []string{all[3], side}})
	b.branch("main", tip)
	b.remove(all[1])
	rs := mineAll(t, b)
	assert.Equal(t, []string{"step 2", "step 3", "step 0", "side", "tip"}, rs.subjects(), "step 0 is still reached from the side")
	c := rs.coverage(t)
	assert.Equal(t, model.Coverage{Kind: model.CommitFacts, State: model.Partial, Reason: "1 commit is absent or unreadable: " + all[1][:12]}, c[model.CommitFacts])
	assert.Equal(t, &model.Files{Unknown: 1}, rs.commit(t, "step 2").Commit.Files, "compared with nothing")
	assert.Equal(t, "1 folder or parent is absent or unreadable in 1 commit", c[model.FileFacts].Reason)

	b.forge(all[3], "commit 5\x00hello")
	b.forge(side, "commit 500\x00hello")
	rs = mineAll(t, b)
	assert.Equal(t, []string{"tip"}, rs.subjects())
	assert.Contains(t, rs.coverage(t)[model.CommitFacts].Reason, "2 commits are absent or unreadable: ")
}

func TestShallow(t *testing.T) {
	b, all := small(t)
	b.write("shallow", all[1]+"\n")
	rs := mineAll(t, b)
	assert.Equal(t, []string{"step 1", "step 2"}, rs.subjects())
	assert.Equal(t, "shallow clone: history before 1 commit is cut off; deepen it with git fetch --unshallow", rs.coverage(t)[model.CommitFacts].Reason)
	assert.Equal(t, &model.Files{Unknown: 1}, rs.commit(t, "step 1").Commit.Files)
	assert.Equal(t, []string{all[0]}, rs.commit(t, "step 1").Commit.Parents)
	b.write("shallow", all[0]+"\n")
	assert.Equal(t, model.Complete, mineAll(t, b).coverage(t)[model.CommitFacts].State, "a root that is named there cuts off nothing")
}

func TestAbsentContent(t *testing.T) {
	b := newBuilder(t.TempDir())
	root := b.commit(spec{msg: "root", at: day(0), files: map[string]string{"a": "1\n", "d/b": "2\n", "d/c": "3\n"}})
	edit := b.commit(spec{msg: "edit", at: day(1), parents: []string{root}, files: map[string]string{"a": "gone\n", "d/b": "2\n", "d/c": "3\n", "new": "x\n"}})
	tip := b.commit(spec{msg: "folder", at: day(2), parents: []string{edit}, files: map[string]string{"a": "gone\n", "d/b": "4\n", "d/c": "3\n", "e": "\n"}})
	b.branch("main", tip)
	b.remove(b.object("blob", "gone\n"))
	b.remove(b.tree(map[string]string{"b": "4\n", "c": "3\n"}))
	o := options()
	o.Facts = []model.Kind{model.LineFacts}
	rs, err := mine(t, o, model.Repository{URL: b.dir}, model.Period{})
	require.NoError(t, err)
	assert.Equal(t, &model.Files{Touched: 2, Unknown: 1, Lines: &model.Lines{Added: 1}}, records(rs).commit(t, "edit").Commit.Files)
	assert.Equal(t, &model.Files{Touched: 2, Unknown: 1, Lines: &model.Lines{Added: 1, Deleted: 1}}, records(rs).commit(t, "folder").Commit.Files)
	c := records(rs).coverage(t)
	assert.Equal(t, "1 folder or parent is absent or unreadable in 2 commits", c[model.FileFacts].Reason)
	assert.Equal(t, "1 file is absent, unreadable or too large to compare in 2 commits; 1 folder or parent is absent or unreadable in 2 commits", c[model.LineFacts].Reason)
	assert.Equal(t, model.Partial, c[model.LineFacts].State)
}

// Commits that are each other's parents cannot be made, but they can be forged.
func TestForgedCircle(t *testing.T) {
	b := newBuilder(t.TempDir())
	tree := b.tree(nil)
	one, two := strings.Repeat("1", 40), strings.Repeat("2", 40)
	for name, parent := range map[string]string{one: two, two: one} {
		body := fmt.Sprintf("tree %s\nparent %s\nauthor A <a@karst.example> 1704110400 +0000\ncommitter A <a@karst.example> 1704110400 +0000\n\n%.1s\n", tree, parent, name)
		b.forge(name, fmt.Sprintf("commit %d\x00%s", len(body), body))
	}
	b.branch("main", one)
	assert.ElementsMatch(t, []string{"1", "2"}, mineAll(t, b).subjects())
}

// A few trees that hold each other many times name more files than there can be.
func TestTreeBomb(t *testing.T) {
	if testing.Short() {
		t.Skip("one commit is read by one worker: the run without -short shows it")
	}
	b := newBuilder(t.TempDir())
	files := map[string]string{}
	for i := range 12 {
		files[fmt.Sprint(i)] = "bomb\n"
	}
	tree := b.tree(files)
	for range 10 {
		var entries strings.Builder
		for i := range 12 {
			fmt.Fprintf(&entries, "40000 %c\x00%s", 'a'+i, unhex(tree))
		}
		tree = b.object("tree", entries.String())
	}
	b.branch("main", b.commit(spec{msg: "bomb", at: day(0), tree: tree}))
	f := mineAll(t, b).commit(t, "bomb").Commit.Files
	assert.Positive(t, f.Unknown)
	assert.LessOrEqual(t, f.Touched, mostChanges+12)
}

func unhex(s string) string {
	out, err := hex.DecodeString(s)
	must(err)
	return string(out)
}

// A tree that holds itself must not be followed for ever.
func TestForgedTree(t *testing.T) {
	b := newBuilder(t.TempDir())
	self := strings.Repeat("5", 40)
	b.forge(self, "tree 27\x0040000 a\x00"+unhex(self)[:19]) // also cut off
	b.branch("main", b.commit(spec{msg: "self", at: day(0), tree: self}))
	assert.Equal(t, &model.Files{Unknown: 1}, mineAll(t, b).commit(t, "self").Commit.Files)
	b.forge(self, "tree 28\x0040000 a\x00"+unhex(self))
	f := mineAll(t, b).commit(t, "self").Commit.Files
	assert.Equal(t, &model.Files{Unknown: 1}, f)
}

func TestNamesThatAreNotUTF8(t *testing.T) {
	b := newBuilder(t.TempDir())
	c := b.commit(spec{msg: "caf\xe9", at: day(0), author: "Ren\xe9 <rene@karst.example>", files: map[string]string{"d\xe9/f\xe9": "x\n", "OWNERS": "approvers:\n- \xff\n"}})
	b.branch("main", c)
	b.tag("v1-\xe9", c, "Ren\xe9 <rene@karst.example>", day(1))
	rs := mineAll(t, b)
	assert.Equal(t, "René", rs.commit(t, "café").Actor.Name)
	for _, r := range rs {
		if r.Contribution != nil {
			assert.Equal(t, valid(string(r.Contribution.Artifact)), string(r.Contribution.Artifact))
		}
	}
	assert.Equal(t, model.Artifact("release:v1-\uFFFD"), rs.byRole(model.Releaser)[0].Artifact)
}

// An end of the context, or of the consumer's interest, ends everything soon.
func TestStopping(t *testing.T) {
	b := newBuilder(t.TempDir())
	all := b.chain(300)
	b.branch("main", all[299])
	for _, after := range []int{0, 1, 8, 30, 400} {
		ctx, cancel := context.WithCancel(context.Background())
		n := 0
		var start time.Time
		var last error
		for _, err := range New(options()).Mine(ctx, model.Repository{URL: b.dir}, model.Period{}) {
			if last = err; n == after {
				start = time.Now()
				cancel()
			}
			n++
		}
		assert.ErrorIs(t, last, context.Canceled)
		assert.Less(t, time.Since(start), 5*time.Second, "a second, but on a machine with much else to do")
		assert.LessOrEqual(t, n, after+2)
		cancel()

		n = 0
		for _, err := range New(options()).Mine(context.Background(), model.Repository{URL: b.dir}, model.Period{}) {
			require.NoError(t, err)
			if n++; n > after {
				break
			}
		}
		assert.Equal(t, after+1, n)
	}
}

// Even the comparison of two files that would take many seconds ends soon.
func TestStoppingInsideAFile(t *testing.T) {
	b := newBuilder(t.TempDir())
	r := rand.New(rand.NewPCG(1, 2))
	shuffled := func() map[string]string {
		var out strings.Builder
		for range 400_000 {
			fmt.Fprintln(&out, r.IntN(40))
		}
		return map[string]string{"f": out.String()}
	}
	root := b.commit(spec{msg: "root", at: day(0), files: shuffled()})
	b.branch("main", b.commit(spec{msg: "tip", at: day(1), parents: []string{root}, files: shuffled()}))
	o := options()
	o.Facts = []model.Kind{model.LineFacts}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var start time.Time
	o.Progress = func(p Progress) {
		if p.Stage == "walking" && p.Total > 0 {
			time.AfterFunc(700*time.Millisecond, func() { start = time.Now(); cancel() })
		}
	}
	var last error
	for _, last = range New(o).Mine(ctx, model.Repository{URL: b.dir}, model.Period{}) {
	}
	require.ErrorIs(t, last, context.Canceled)
	assert.Less(t, time.Since(start), 3*time.Second)
}

func TestProgress(t *testing.T) {
	b := newBuilder(t.TempDir())
	b.branch("main", b.chain(200)[199])
	o := options()
	var got []Progress
	o.Progress = func(p Progress) { got = append(got, p) }
	_, err := mine(t, o, model.Repository{URL: b.dir}, model.Period{})
	require.NoError(t, err)
	assert.Contains(t, got, Progress{b.dir, "walking", 200, 200})
	assert.Equal(t, Progress{b.dir, "reading", 200, 200}, got[len(got)-1])
}

// Temporary files are gone, and nothing is written into a repository.
func TestNothingIsWritten(t *testing.T) {
	b, _ := small(t)
	before := everyFile(b.dir)
	mineAll(t, b)
	assert.Equal(t, before, everyFile(b.dir))
}

func everyFile(dir string) (names []string) {
	must(filepath.Walk(dir, func(name string, _ os.FileInfo, err error) error {
		names = append(names, name)
		return err
	}))
	return names
}
