package git

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// A change that brings a history of its own is not followed to its end.
func TestHeadsWithManyCommits(t *testing.T) {
	b, n := build(t, `
person ada = Ada <ada@karst.example>
on main
commit base 2024-01-01 ada: Base
on topic from base
repeat 1002 every 1d
  commit own-{n} 2024-01-02 ada: Own {n}
on main
pick own-3 as landed 2024-02-02 ada
`)
	for i, last := range []string{"own-1002", "own-1001", "own-1000"} {
		b.write(fmt.Sprintf("refs/pull/%d/head", i+1), n[last])
	}
	repo := model.Repository{URL: b.dir}
	want := []model.Head{
		head(1, n["own-1002"], day(1002), 1001), head(2, n["own-1001"], day(1001), 1001), head(3, n["own-1000"], day(1000), 1000, n["landed"]),
	}
	heads, cover := mineHeads(t, withHeads(), repo, model.Period{})
	assert.Equal(t, want, heads)
	assert.Equal(t, model.Complete, cover.State)

	b.write("shallow", n["own-1"])
	heads, cover = mineHeads(t, withHeads(), repo, model.Period{})
	assert.Equal(t, want, heads)
	assert.Equal(t, "earlier commits of 1 of 3 changes are absent, unreadable or cut off", cover.Reason, "what is not followed is not read")
}

// One commit may have very many forms: those of scripts that write the same again and
// again, within a second.
func TestHeadsWithManyForms(t *testing.T) {
	b := newBuilder(t.TempDir())
	tip := b.commit(spec{msg: "base", at: day(0)})
	b.write("refs/pull/1/head", b.commit(spec{msg: "again", at: day(1), parents: []string{tip}, author: "Bot <bot@weir.example>"}))
	var all []string
	for range mostForms + 5 {
		tip = b.commit(spec{msg: "again", at: day(1), parents: []string{tip}, author: "Another Bot <bot@weir.example>"})
		all = append(all, tip)
	}
	for _, other := range []spec{
		{msg: "again", at: day(2), author: "Bot <bot@weir.example>"}, {msg: "again", at: day(1)}, {msg: "Again", at: day(1), author: "Bot <bot@weir.example>"},
	} {
		other.parents = []string{tip}
		tip = b.commit(other)
	}
	b.branch("main", tip)
	heads, _ := mineHeads(t, withHeads(), model.Repository{URL: b.dir}, model.Period{})
	require.Len(t, heads, 1)
	assert.Equal(t, all[:mostForms], heads[0].Accepted, "the earliest, and of this author, second and subject only")
}

// The author counts, by the mail alone, and so does the second.
func TestHeadsNeedTheAuthor(t *testing.T) {
	b := newBuilder(t.TempDir())
	ann, bo := "Ann <ann@karst.example>", "Bo <bo@karst.example>"
	anns := b.commit(spec{msg: "same", at: day(1), author: ann})
	bos := b.commit(spec{msg: "same", at: day(1), author: bo, parents: []string{anns}})
	nobody := fmt.Sprintf("tree %s\nparent %s\n", b.tree(nil), bos)
	main := b.object("commit", nobody+"\nsame\n")
	b.branch("main", main)
	own := func(n int, at time.Time, author string) string {
		c := b.commit(spec{msg: "same", at: at, author: author, parents: []string{main}})
		b.write(fmt.Sprintf("refs/pull/%d/head", n), c)
		return c
	}
	want := []model.Head{
		head(1, own(1, day(1), ann), day(1), 1, anns),
		head(2, own(2, day(1), "Another Bo <bo@karst.example>"), day(1), 1, bos),
		head(3, own(3, day(2), bo), day(2), 1),
		head(4, b.object("commit", nobody+"committer Con <con@weir.example> 86400 +0000\n\nsame\n"), time.Unix(86400, 0).UTC(), 1),
	}
	b.write("refs/pull/4/head", want[3].Commit)
	heads, _ := mineHeads(t, withHeads(), model.Repository{URL: b.dir}, model.Period{})
	assert.Equal(t, want, heads)
}

// Commits that are each other's parents cannot be made, but they can be forged.
func TestHeadsInCircle(t *testing.T) {
	b, _ := small(t)
	one, two := strings.Repeat("1", 40), strings.Repeat("2", 40)
	for name, parent := range map[string]string{one: two, two: one} {
		body := fmt.Sprintf("tree %s\nparent %s\nparent %[2]s\nauthor A <a@karst.example> 1704110400 +0000\ncommitter A <a@karst.example> 1704110400 +0000\n\nx\n", b.tree(nil), parent)
		b.forge(name, fmt.Sprintf("commit %d\x00%s", len(body), body))
	}
	b.write("refs/pull/1/head", one)
	heads, _ := mineHeads(t, withHeads(), model.Repository{URL: b.dir}, model.Period{})
	assert.Equal(t, []model.Head{head(1, one, day(0), 2)}, heads)
}

// forked returns a repository with 600 changes, of which twenty each share the commits
// that another one landed.
func forked(t *testing.T) *builder {
	b, _ := build(t, `
person ada = Ada <ada@karst.example>
on main
commit base 2024-01-01 ada: Base
commit 2024-01-01 ada: More
repeat 30 as k every 10d
  on topic-{k} from base
  repeat 6
    commit own-{k}-{n} 2024-01-02 ada: Own {n}
  repeat 20
    on refs/pull/{k}0{n}/head from topic-{k}
    commit 2024-01-03 ada: Last {n}
    merge main 2024-01-04 ada: Merge main
  on main
  repeat 6
    pick own-{k}-{n} 2024-01-05 ada
`)
	return b
}

// The number of workers changes nothing.
func TestHeadsByWorkers(t *testing.T) {
	b := forked(t)
	o := withHeads()
	o.Workers = 1
	want, _ := mineHeads(t, o, model.Repository{URL: b.dir}, model.Period{})
	require.Len(t, want, 600)
	require.Less(t, changesAtOnce, 600)
	for _, h := range want {
		require.Equal(t, 8, h.Own)
		require.Len(t, h.Accepted, 6)
	}
	for _, workers := range []int{2, 8} {
		o.Workers = workers
		heads, _ := mineHeads(t, o, model.Repository{URL: b.dir}, model.Period{})
		assert.Equal(t, want, heads)
	}
}

// What is saved of branches is the same with heads and without, and helps to find
// them again.
func TestHeadsAndWhatIsSaved(t *testing.T) {
	b := forked(t)
	o := withHeads()
	want, _ := mineHeads(t, o, model.Repository{URL: b.dir}, model.Period{})
	o.Save, o.Cache = true, t.TempDir()
	var file []byte
	for i, on := range []bool{false, true, true, false, true} {
		o.Heads = on
		rs, err := mine(t, o, model.Repository{URL: b.dir}, model.Period{})
		require.NoError(t, err)
		var heads []model.Head
		for _, r := range rs {
			if r.Head != nil {
				heads = append(heads, *r.Head)
			}
		}
		if on {
			assert.Equal(t, want, heads, "run %d", i)
		}
		now := must2(os.ReadFile(savedFile(t, o.Cache)))
		assert.True(t, i == 0 || string(file) == string(now), "run %d", i)
		file = now
	}
}
