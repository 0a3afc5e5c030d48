package git

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// remembering mines with and without what was saved, sees that both give the same,
// and returns what was logged.
func remembering(t *testing.T, b *builder, cache string, facts []model.Kind, period model.Period) (log string) {
	t.Helper()
	o := options()
	o.Facts = facts
	want, err := mine(t, o, model.Repository{URL: b.dir, Branches: []string{"*"}}, period)
	require.NoError(t, err)
	var said bytes.Buffer
	o.Save, o.Cache, o.Log = true, cache, slog.New(slog.NewTextHandler(&said, nil))
	got, err := mine(t, o, model.Repository{URL: b.dir, Branches: []string{"*"}}, period)
	require.NoError(t, err)
	require.Equal(t, want, got)
	return said.String()
}

func savedFile(t *testing.T, cache string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(cache, "mined", "*"))
	require.NoError(t, err)
	require.Len(t, files, 2)
	require.Equal(t, files[0]+".tips", files[1])
	return files[0]
}

// lived returns a repository with role files, merges, links, binaries, trailers and
// a second branch.
func lived(t *testing.T) (b *builder, main []string) {
	b = newBuilder(t.TempDir())
	files := map[string]string{"a.c": "one\n"}
	step := func(i int, parents ...string) string {
		files["a.c"] += strings.Repeat("line\n", i%3) + "end\n"
		switch i % 5 {
		case 1:
			files["OWNERS"] = "approvers:\n- ann\n" + strings.Repeat("# \n", i)
		case 2:
			files["link"] = "link:" + strings.Repeat("x", i)
		case 3:
			files["data"] = "\x00" + strings.Repeat("y", i)
		case 4:
			files["docs/x.md"] = strings.Repeat("text\n", i)
		}
		return b.commit(spec{msg: "Change the thing\n\nReviewed-by: Bo <bo@x.example>\nCo-authored-by: Cy <cy@x.example>\n",
			at: day(i), parents: parents, files: files})
	}
	tip := step(0)
	for i := range 30 {
		main = append(main, tip)
		if i%7 == 6 {
			side := step(i+1, tip)
			tip = b.commit(spec{msg: "Merge", at: day(i + 1), parents: []string{tip, side}, files: files})
			continue
		}
		tip = step(i+1, tip)
	}
	main = append(main, tip)
	b.branch("main", tip)
	b.branch("old", main[10])
	b.tag("v1", main[3], "Rel <rel@karst.example>", day(9))
	return b, main
}

// Whatever was asked for before, what is stated is what a first mining states.
func TestWhatIsSavedChangesNothing(t *testing.T) {
	b, main := lived(t)
	cache := t.TempDir()
	whole, part := model.Period{}, model.Period{Since: day(8), Until: day(25)}
	for i, c := range []struct {
		facts  []model.Kind
		period model.Period
	}{
		{[]model.Kind{model.LineFacts}, part}, {nil, part}, {Kinds(), whole}, {nil, whole}, {[]model.Kind{model.RoleFacts}, whole},
		{[]model.Kind{model.CommitFacts}, whole}, {Kinds(), part}, {Kinds(), whole},
	} {
		assert.Empty(t, remembering(t, b, cache, c.facts, c.period), "run %d", i)
	}
	full := must2(os.ReadFile(savedFile(t, cache)))
	assert.Empty(t, remembering(t, b, cache, Kinds(), whole))
	assert.Equal(t, full, must2(os.ReadFile(savedFile(t, cache))), "nothing was new")

	more := b.commit(spec{msg: "more", at: day(40), parents: []string{main[len(main)-1]}, files: map[string]string{"a.c": "new\n"}})
	b.branch("main", more)
	assert.Empty(t, remembering(t, b, cache, Kinds(), whole))
	assert.NotEqual(t, full, must2(os.ReadFile(savedFile(t, cache))))
}

// What is known is not read again: without the contents of old commits only a
// mining that remembers them can tell.
func TestOnlyWhatIsNewIsRead(t *testing.T) {
	b, main := lived(t)
	cache := t.TempDir()
	o := options()
	o.Facts, o.Save, o.Cache = Kinds(), true, cache
	first, err := mine(t, o, model.Repository{URL: b.dir}, model.Period{})
	require.NoError(t, err)
	more := b.commit(spec{msg: "more", at: day(40), parents: []string{main[len(main)-1]}, files: map[string]string{"a.c": "new\n", "b.c": "x\n"}})
	b.branch("main", more)
	for i, c := range main[:len(main)-1] {
		if i != 3 { // the tag's
			b.remove(c)
		}
	}
	for i := 4; i < 29; i += 5 {
		b.remove(plumbing.ComputeHash(plumbing.BlobObject, []byte(strings.Repeat("text\n", i))).String())
	}
	second, err := mine(t, o, model.Repository{URL: b.dir}, model.Period{})
	require.NoError(t, err)
	cover := records(second).coverage(t)
	assert.Equal(t, model.Complete, cover[model.CommitFacts].State, cover[model.CommitFacts].Reason)
	assert.Equal(t, model.Complete, cover[model.PatchFacts].State, cover[model.PatchFacts].Reason)
	assert.Equal(t, 6, records(second).commit(t, "more").Commit.Files.Touched)
	assert.Len(t, records(second).subjects(), len(records(first).subjects())+1)
}

// What cannot be used is said in the log, and the repository is mined anew.
func TestWhatIsSavedIsUnusable(t *testing.T) {
	b, _ := lived(t)
	cache := t.TempDir()
	remembering(t, b, cache, nil, model.Period{})
	file := savedFile(t, cache)
	good := must2(os.ReadFile(file))
	for name, bad := range map[string][]byte{
		"damaged":      append(bytes.Clone(good[:len(good)-40]), good[len(good)-39:]...),
		"empty":        {},
		"another file": []byte(strings.Repeat("not this one\n", 100)),
	} {
		must(os.WriteFile(file, bad, 0o600))
		assert.Contains(t, remembering(t, b, cache, nil, model.Period{}), "is mined anew", name)
		assert.Equal(t, good, must2(os.ReadFile(file)), "%s: and it is replaced", name)
	}
	other := bytes.Replace(good, []byte(tablesDigest()), []byte(strings.Repeat("0", 64)), 1)
	must(os.WriteFile(file, other, 0o600))
	assert.Contains(t, remembering(t, b, cache, nil, model.Period{}), "another version")
	assert.Equal(t, good, must2(os.ReadFile(file)))

	must(os.RemoveAll(filepath.Join(cache, "mined")))
	must(os.WriteFile(filepath.Join(cache, "mined"), nil, 0o600))
	assert.Contains(t, remembering(t, b, cache, nil, model.Period{}), "cannot be saved")
}

// A branch that does not lead to its old tip any more was rewritten. The log says
// so, once, and what nothing leads to is forgotten.
func TestRewrittenHistory(t *testing.T) {
	b, main := lived(t)
	cache := t.TempDir()
	remembering(t, b, cache, nil, model.Period{})
	size := len(must2(os.ReadFile(savedFile(t, cache))))

	anew := b.commit(spec{msg: "another end", at: day(30), parents: []string{main[20]}, files: map[string]string{"a.c": "x\n"}})
	b.branch("main", anew)
	log := remembering(t, b, cache, nil, model.Period{})
	assert.Contains(t, log, "was rewritten")
	assert.Contains(t, log, "before="+main[len(main)-1])
	assert.Contains(t, log, "now="+anew)
	assert.Less(t, len(must2(os.ReadFile(savedFile(t, cache)))), size)
	assert.Empty(t, remembering(t, b, cache, nil, model.Period{}))

	b.branch("old", main[15])
	remembering(t, b, cache, nil, model.Period{})
	b.branch("main", main[15]) // nothing new, and yet
	assert.Contains(t, remembering(t, b, cache, nil, model.Period{}), "was rewritten")
	assert.Empty(t, remembering(t, b, cache, nil, model.Period{}))
}

// What a run over a part of the history did not look at is not taken for known.
func TestRoleFilesOfTheRoot(t *testing.T) {
	b := newBuilder(t.TempDir())
	var parents []string
	for i := range 6 {
		parents = []string{b.commit(spec{msg: fmt.Sprint("commit ", i), at: day(i), parents: parents,
			files: map[string]string{"OWNERS": "approvers:\n- ann\n", "a": fmt.Sprint(i)}})}
	}
	b.branch("main", parents[0])
	cache := t.TempDir()
	assert.Empty(t, remembering(t, b, cache, nil, model.Period{Since: day(3)}))
	assert.Empty(t, remembering(t, b, cache, nil, model.Period{}))
	assert.Empty(t, remembering(t, b, cache, nil, model.Period{Since: day(2), Until: day(4)}))
}

// A shallow clone that grows was not rewritten, and little news is remembered as a tip.
func TestNotRewritten(t *testing.T) {
	b, main := lived(t)
	last := main[len(main)-1]
	cache := t.TempDir()
	b.write("shallow", last+"\n")
	assert.Empty(t, remembering(t, b, cache, nil, model.Period{}))
	more := b.commit(spec{msg: "more", at: day(40), parents: []string{last}, files: map[string]string{"a.c": "new\n"}})
	b.branch("main", more)
	b.write("shallow", more+"\n")
	assert.Empty(t, remembering(t, b, cache, nil, model.Period{}))
}

// Leftovers of killed processes are swept after a day.
func TestLeftovers(t *testing.T) {
	b, _ := lived(t)
	cache := t.TempDir()
	remembering(t, b, cache, nil, model.Period{})
	file := savedFile(t, cache)
	now := time.Now()
	for name, age := range map[string]time.Duration{".1.tmp": 48 * time.Hour, ".2.tmp": time.Minute} {
		must(os.WriteFile(file+name, nil, 0o600))
		must(os.Chtimes(file+name, now.Add(-age), now.Add(-age)))
	}
	remembering(t, b, cache, nil, model.Period{})
	assert.NoFileExists(t, file+".1.tmp")
	assert.FileExists(t, file+".2.tmp")
}

// Fresh looks at nothing that was saved, and replaces it.
func TestFresh(t *testing.T) {
	b, main := lived(t)
	o := options()
	o.Save, o.Fresh, o.Cache = true, true, t.TempDir()
	for range 2 {
		_, err := mine(t, o, model.Repository{URL: b.dir}, model.Period{})
		require.NoError(t, err)
	}
	require.NotEmpty(t, savedFile(t, o.Cache))
	b.remove(main[5])
	rs, err := mine(t, o, model.Repository{URL: b.dir}, model.Period{})
	require.NoError(t, err)
	assert.Equal(t, model.Partial, records(rs).coverage(t)[model.CommitFacts].State)
}

// With another memory the contents of other files are known: what was mined with one is not taken
// for what would be mined with the other.
func TestWhatIsSavedIsOfOneMemory(t *testing.T) {
	b := newBuilder(t.TempDir())
	large := strings.Repeat("a line of a file\n", 1<<20) // more than a fifth of 64 MiB
	b.branch("main", b.commit(spec{msg: "large", at: day(0), files: map[string]string{"large.c": large}}))
	churned := func(memory int64, cache string) string {
		o := options()
		o.Cache, o.Save, o.Memory = cache, true, memory
		records, err := mine(t, o, model.Repository{URL: b.dir}, model.Period{})
		require.NoError(t, err)
		text, err := json.Marshal(records)
		require.NoError(t, err)
		return string(text)
	}
	little, usual := churned(64<<20, t.TempDir()), churned(0, t.TempDir())
	require.NotEqual(t, little, usual)
	cache := t.TempDir()
	for range 2 {
		assert.Equal(t, usual, churned(0, cache))
		assert.Equal(t, little, churned(64<<20, cache))
		assert.Equal(t, usual, churned(512<<20, cache))
	}
}
