package git

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/model"
)

// merges is a history with a change for each way to merge, two that were not, and
// names that are none of changes.
const merges = `
person ada = Ada <ada@karst.example>
person bob = Bob <bob@moraine.example>
on main
commit base 2024-01-01 ada: Base
  write a 9
on stable
on refs/pull/1/head from base
commit m1 2024-01-02 ada: Merge me
  write merged 9
commit m2 2024-01-03 ada: And me
  write merged 9
on main
merge refs/pull/1/head as merged 2024-01-04 bob: Merge pull request 1
on refs/pull/2/head from base
commit s1 2024-01-05 ada: Squash me
  write squashed 9
commit s2 2024-01-06 ada: And me
  write squashed 9
on main
commit squashed 2024-01-07 ada: Squash me (2)
  by bob
  write squashed 18
on refs/pull/10/head from base
commit r1 2024-01-08 ada: Rebase me
  write rebased 9
commit r2 2024-01-08 bob: Rebase me
  write rebased 9
commit r3 2024-01-08 ada: Rebase me too
  write rebased 9
on main
pick r1 as landed1 2024-01-09 bob
pick r2 as landed2 2024-01-09 bob
pick r3 as landed3 2024-01-09 bob
on stable
pick r2 as port2 2024-02-10 bob
on refs/pull/3/head from landed3
on refs/pull/4/head from merged
commit open1 2024-01-11 ada: Not merged
  write open 9
merge main as open2 2024-01-12 ada: Merge main
on refs/pull/5/head from r1
commit stacked 2024-01-13 ada: On top of another change
  write stacked 9
on refs/pull/6/merge from r1
on refs/pull/07/head from r1
on refs/pull/0/head from r1
on refs/pull/+8/head from r1
on refs/pull/1234567890/head from r1
on refs/pull/9x/head from r1
on refs/pull/9/head/more from r1
on refs/pull/x/head from r1
on refs/heads/pull/11/head from base
on refs/remotes/origin/pull/12/head from r1
`

// build writes a history of the text form.
func build(t *testing.T, text string) (*builder, map[string]string) {
	b := &builder{filepath.Join(t.TempDir(), "built.git")}
	names, err := forgetest.Build(b.dir, strings.Replace(text, "on stable\n", "on stable from base\n", 1))
	require.NoError(t, err)
	return b, names
}

// withHeads are options that ask for commits and heads, and nothing else.
func withHeads() *Options {
	o := options()
	o.Heads, o.Facts = true, []model.Kind{model.CommitFacts, model.HeadFacts}
	return o
}

// mineHeads returns the heads of a repository and the coverage of them, and sees that
// every other record is as it is without heads.
func mineHeads(t *testing.T, o *Options, repo model.Repository, p model.Period) ([]model.Head, model.Coverage) {
	t.Helper()
	rs, err := mine(t, o, repo, p)
	require.NoError(t, err)
	var heads []model.Head
	var cover []model.Coverage
	var others []model.Record
	for _, r := range rs {
		switch {
		case r.Head != nil:
			heads = append(heads, *r.Head)
		case r.Coverage != nil && r.Coverage.Kind == model.HeadFacts:
			cover = append(cover, *r.Coverage)
		default:
			others = append(others, r)
		}
	}
	without := *o
	without.Heads = false
	want, err := mine(t, &without, repo, p)
	require.NoError(t, err)
	require.Equal(t, want, others)
	require.Len(t, cover, 1)
	return heads, cover[0]
}

func head(change int, commit string, committed time.Time, own int, accepted ...string) model.Head {
	return model.Head{Change: model.Artifact(fmt.Sprint("change:", change)), Commit: commit, Committed: committed, Own: own, Accepted: accepted}
}

// Each way to merge leaves another trace in the history. What is no reference to a
// change is none.
func TestHeads(t *testing.T) {
	b, n := build(t, merges)
	want := []model.Head{
		head(1, n["m2"], day(2), 0),
		head(2, n["s2"], day(5), 2),
		head(3, n["landed3"], day(8), 0),
		head(4, n["open2"], day(11), 2),
		head(5, n["stacked"], day(12), 2, n["landed1"]),
		head(10, n["r3"], day(7), 3, n["landed1"], n["landed2"], n["landed3"]),
	}
	heads, cover := mineHeads(t, withHeads(), model.Repository{URL: b.dir}, model.Period{})
	assert.Equal(t, want, heads)
	assert.Equal(t, model.Coverage{Kind: model.HeadFacts, State: model.Complete}, cover)

	want[5].Accepted = append(want[5].Accepted, n["port2"])
	ported := model.Repository{URL: b.dir, Branches: []string{"main", "stable"}}
	heads, _ = mineHeads(t, withHeads(), ported, model.Period{})
	assert.Equal(t, want, heads, "a port is another form, in the order of acceptance")

	o := withHeads()
	o.Inside = true
	heads, _ = mineHeads(t, o, ported, model.Period{Since: day(1000), Until: day(1001)})
	assert.Equal(t, want, heads, "whatever the window")

	o = options()
	o.Heads = true
	rs, err := mine(t, o, ported, model.Period{})
	require.NoError(t, err)
	first := slices.IndexFunc(rs, func(r model.Record) bool { return r.Head != nil })
	last := lastCommit(rs)
	assert.Greater(t, first, last, "behind the commits")
}

// A commit is a change's own where the range that is mined does not hold it.
func TestHeadsOfRange(t *testing.T) {
	b, n := build(t, merges)
	o := withHeads()
	o.Rev = n["merged"] + "..main"
	heads, cover := mineHeads(t, o, model.Repository{URL: b.dir}, model.Period{})
	assert.Equal(t, head(1, n["m2"], day(2), 0), heads[0])
	assert.Equal(t, head(10, n["r3"], day(7), 3, n["landed1"], n["landed2"], n["landed3"]), heads[5])
	assert.Equal(t, model.Complete, cover.State)

	o.Rev = n["landed3"] + ".." + n["squashed"]
	heads, _ = mineHeads(t, o, model.Repository{URL: b.dir}, model.Period{})
	assert.Equal(t, head(3, n["landed3"], day(8), 3), heads[2], "on the side that is left out")
	assert.Equal(t, head(10, n["r3"], day(7), 3), heads[5], "what is left out accepts nothing")
}

// lastCommit returns the place of the last record of a commit.
func lastCommit(rs []model.Record) (last int) {
	for i, r := range rs {
		if r.Contribution != nil && r.Contribution.Commit != nil {
			last = i
		}
	}
	return last
}

// Where two kinds of references name the same number, the forge decides.
func TestHeadsByForge(t *testing.T) {
	b, all := small(t)
	b.write("refs/pull/1/head", all[0])
	b.write("refs/merge-requests/1/head", all[1])
	b.write("refs/merge-requests/2/head", all[2])
	for forge, want := range map[string][]model.Head{
		"":       {head(1, all[0], day(0), 0), head(2, all[2], day(2), 0)},
		"none":   {head(1, all[0], day(0), 0), head(2, all[2], day(2), 0)},
		"github": {head(1, all[0], day(0), 0)},
		"gitea":  {head(1, all[0], day(0), 0)},
		"gitlab": {head(1, all[1], day(1), 0), head(2, all[2], day(2), 0)},
	} {
		heads, cover := mineHeads(t, withHeads(), model.Repository{URL: b.dir, Forge: forge}, model.Period{})
		assert.Equal(t, want, heads, forge)
		assert.Equal(t, model.Complete, cover.State, forge)
	}
}

// Without references nothing is known, which is not that there are no changes.
func TestNoHeads(t *testing.T) {
	b, _ := small(t)
	for forge, spec := range map[string]string{
		"": "refs/pull/*/head:refs/pull/*/head", "gitea": "refs/pull/*/head:refs/pull/*/head",
		"gitlab": "refs/merge-requests/*/head:refs/merge-requests/*/head",
	} {
		heads, cover := mineHeads(t, withHeads(), model.Repository{URL: b.dir, Forge: forge}, model.Period{})
		assert.Empty(t, heads)
		assert.Equal(t, model.Coverage{Kind: model.HeadFacts, State: model.Unavailable,
			Reason: "the clone has no references to changes; fetch them with git fetch origin '+" + spec + "'"}, cover)
	}
	o := withHeads()
	o.Facts = []model.Kind{model.CommitFacts}
	_, cover := mineHeads(t, o, model.Repository{URL: b.dir}, model.Period{})
	assert.Equal(t, model.Coverage{Kind: model.HeadFacts, State: model.Unavailable, Reason: "not asked for"}, cover)
}

// What is not there of changes is counted, and is no gap in the branches' history.
func TestHeadsAreMissing(t *testing.T) {
	b, all := small(t)
	lost := strings.Repeat("1", 40)
	side := b.commit(spec{msg: "side", at: day(5), parents: []string{all[0], lost}})
	own := b.commit(spec{msg: "own", at: day(6), parents: []string{side}})
	b.write("refs/pull/1/head", lost)
	b.write("refs/pull/2/head", own)
	b.write("refs/pull/3/head", all[1])
	b.write("refs/pull/4/head", "")
	b.write("refs/pull/5/head", b.object("blob", "no commit"))
	heads, cover := mineHeads(t, withHeads(), model.Repository{URL: b.dir}, model.Period{})
	assert.Equal(t, []model.Head{head(2, own, day(6), 3), head(3, all[1], day(1), 0)}, heads)
	assert.Equal(t, model.Coverage{Kind: model.HeadFacts, State: model.Partial, Reason: "the last commit of 3 of 5 changes is absent or unreadable; " +
		"earlier commits of 1 of 5 changes are absent, unreadable or cut off"}, cover)

	b.write("refs/pull/2/head", lost)
	b.write("refs/pull/3/head", lost)
	heads, cover = mineHeads(t, withHeads(), model.Repository{URL: b.dir}, model.Period{})
	assert.Empty(t, heads)
	assert.Equal(t, model.Coverage{Kind: model.HeadFacts, State: model.Unavailable,
		Reason: "the last commit of 5 of 5 changes is absent or unreadable"}, cover)
}

// In a shallow clone nobody can tell where a change left its branch.
func TestHeadsOfShallowClone(t *testing.T) {
	b, all := small(t)
	own := b.commit(spec{msg: "own", at: day(6), parents: []string{all[0]}})
	b.write("refs/pull/1/head", own)
	b.write("refs/pull/2/head", all[0])
	b.write("shallow", all[2]+"\n"+own+"\n")
	heads, cover := mineHeads(t, withHeads(), model.Repository{URL: b.dir}, model.Period{})
	assert.Equal(t, []model.Head{head(1, own, day(6), 1), head(2, all[0], day(0), 1)}, heads)
	assert.Equal(t, model.Partial, cover.State)
	assert.Equal(t, "earlier commits of 1 of 2 changes are absent, unreadable or cut off; the history of the branches is incomplete, "+
		"so that more commits may be counted as a change's own than are", cover.Reason)

	lost := b.commit(spec{msg: "lost", at: day(7), parents: []string{strings.Repeat("1", 40), all[2]}})
	b.branch("main", lost)
	b.write("shallow", "")
	b.write("refs/pull/2/head", strings.Repeat("1", 40))
	child := b.commit(spec{msg: "child", at: day(8), parents: []string{strings.Repeat("1", 40)}})
	b.write("refs/pull/3/head", child)
	heads, cover = mineHeads(t, withHeads(), model.Repository{URL: b.dir}, model.Period{})
	assert.Equal(t, []model.Head{head(1, own, day(6), 1), head(3, child, day(8), 1)}, heads)
	assert.Equal(t, "the last commit of 1 of 3 changes is absent or unreadable; the history of the branches is incomplete, "+
		"so that more commits may be counted as a change's own than are", cover.Reason, "a commit that a branch has and that is gone is nobody's own")
}

// The references to changes are fetched where they are asked for, into the same clone,
// and go away with the changes.
func TestHeadsOfClone(t *testing.T) {
	b, n := build(t, merges)
	local, _ := mineHeads(t, withHeads(), model.Repository{URL: b.dir}, model.Period{})
	for forge, prefix := range map[string]string{"github": pullPrefix, "gitea": pullPrefix, "gitlab": mergePrefix} {
		f := serve(t, b)
		o := f.options(t)
		o.Facts = withHeads().Facts
		repo := model.Repository{URL: f.URL + "/a/b.git", Forge: forge}
		_, err := mine(t, o, repo, model.Period{})
		require.NoError(t, err)
		clone := must2(filepath.Glob(filepath.Join(o.Cache, "127.0.0.1-*-a-b-*[0-9a-f]")))[0]
		assert.NoDirExists(t, filepath.Join(clone, "refs/pull"), "not asked for")

		o.Heads = true
		o.Facts = []model.Kind{model.CommitFacts}
		_, cover := mineHeads(t, o, repo, model.Period{})
		assert.Equal(t, "not asked for", cover.Reason)
		assert.NoDirExists(t, filepath.Join(clone, "refs/pull"), "not asked for either")

		o.Facts = withHeads().Facts
		heads, cover := mineHeads(t, o, repo, model.Period{})
		if prefix == mergePrefix {
			assert.Empty(t, heads)
			assert.Equal(t, model.Coverage{Kind: model.HeadFacts, State: model.Unavailable, Reason: "the repository shows no references to changes"}, cover)
			continue
		}
		assert.Equal(t, local, heads)
		assert.Equal(t, model.Complete, cover.State)
		assert.NoDirExists(t, filepath.Join(clone, "refs/pull/6"), "of a test merge")
	}

	f := serve(t, b)
	o := f.options(t)
	o.Heads, o.Facts = true, withHeads().Facts
	repo := model.Repository{URL: f.URL + "/a/b.git"}
	heads, cover := mineHeads(t, o, repo, model.Period{})
	assert.Empty(t, heads)
	assert.Equal(t, "its forge is not known, so no references to changes were fetched; state the forge in the tender document", cover.Reason)

	repo.Forge = "github"
	o.Offline = true
	_, cover = mineHeads(t, o, repo, model.Period{})
	assert.Equal(t, "its clone has no references to changes; mine it once with the network", cover.Reason)
	o.Offline = false
	heads, _ = mineHeads(t, o, repo, model.Period{})
	assert.Equal(t, local, heads, "the clone gets them later")
	clone := must2(filepath.Glob(filepath.Join(o.Cache, "127.0.0.1-*-a-b-*[0-9a-f]")))[0]
	stays := []string{filepath.Join(clone, "refs/heads/main"), filepath.Join(clone, "refs/pull/1/head")}
	for _, ref := range stays {
		must(os.Chtimes(ref, day(1), day(1)))
	}
	packed := string(must2(os.ReadFile(filepath.Join(b.dir, "packed-refs"))))
	packed = strings.Replace(packed, n["s2"]+" refs/pull/2/head\n", n["s1"]+" refs/pull/77/head\n", 1)
	b.write("packed-refs", strings.Replace(packed, n["r3"]+" refs/pull/10/head\n", n["r2"]+" refs/pull/10/head\n", 1))
	heads, _ = mineHeads(t, o, repo, model.Period{})
	assert.Equal(t, slices.Concat(local[:1], local[2:5], []model.Head{
		head(10, n["r2"], day(7), 2, n["landed1"], n["landed2"]), head(77, n["s1"], day(4), 1),
	}), heads, "one is gone, one was pushed anew, one is new")
	for _, ref := range stays {
		assert.True(t, must2(os.Stat(ref)).ModTime().Equal(day(1)), "%s is not written anew", ref)
	}
}
