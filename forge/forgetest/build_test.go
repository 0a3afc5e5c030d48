package forgetest

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const people = `
person ada = Ada Lovelace <ada@karst.example>
person bob = Bob <bob@moraine.example>
on main
`

// build builds a history and opens it with go-git.
func build(t *testing.T, text string) (*git.Repository, map[string]string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "new", "x.git")
	names, err := Build(dir, text)
	require.NoError(t, err)
	r, err := git.PlainOpen(dir)
	require.NoError(t, err)
	return r, names
}

func commitOf(t *testing.T, r *git.Repository, id string) *object.Commit {
	t.Helper()
	c, err := r.CommitObject(plumbing.NewHash(id))
	require.NoError(t, err)
	return c
}

func fileOf(t *testing.T, c *object.Commit, path string) string {
	t.Helper()
	f, err := c.File(path)
	require.NoError(t, err, path)
	text, err := f.Contents()
	require.NoError(t, err)
	return text
}

// paths lists the files of a commit in git's order.
func paths(t *testing.T, c *object.Commit) string {
	t.Helper()
	tree, err := c.Tree()
	require.NoError(t, err)
	var all []string
	require.NoError(t, tree.Files().ForEach(func(f *object.File) error {
		all = append(all, f.Name)
		return nil
	}))
	return strings.Join(all, " ")
}

func TestCommit(t *testing.T) {
	r, names := build(t, people+strings.ReplaceAll(`
commit fix1 2024-03-04 ada: Parse the header, colons: too, and #12   # a comment
  | More words.
  |
  | And # this.
  by bob
  at 2024-03-05T09:00:00+02:00
  write src/header.go 12
  text MAINTAINERS
  | M: Ada <ada@karst.example>
  |   indented {unknown} # kept
  Reviewed-by: bob
  Tested-by: Somebody <else@gmail.example>
  Change-Id: auto
`, "\n", "\r\n"))
	c := commitOf(t, r, names["fix1"])
	assert.Equal(t, "Ada Lovelace <ada@karst.example>", c.Author.String())
	assert.Equal(t, "Bob <bob@moraine.example>", c.Committer.String())
	assert.Equal(t, "2024-03-04T12:00:00Z", c.Author.When.Format(time.RFC3339))
	assert.Equal(t, "2024-03-05T09:00:00+02:00", c.Committer.When.Format(time.RFC3339))
	subject, rest, _ := strings.Cut(c.Message, "\n\n")
	assert.Equal(t, "Parse the header, colons: too, and #12", subject)
	body, trailers, _ := strings.Cut(rest, "this.\n\n")
	assert.Equal(t, "More words.\n\nAnd # ", body)
	assert.Regexp(t, `^Reviewed-by: Bob <bob@moraine.example>\nTested-by: Somebody <else@gmail.example>\nChange-Id: I[0-9a-f]{40}\n$`, trailers)
	assert.Equal(t, "MAINTAINERS src/header.go", paths(t, c))
	assert.Equal(t, "M: Ada <ada@karst.example>\n  indented {unknown} # kept\n", fileOf(t, c, "MAINTAINERS"))
	assert.Equal(t, 12, strings.Count(fileOf(t, c, "src/header.go"), "\n"))
	head, err := r.Head()
	require.NoError(t, err)
	assert.Equal(t, plumbing.ReferenceName("refs/heads/main"), head.Name())
	assert.Equal(t, names["main"], names["fix1"])
}

func TestFiles(t *testing.T) {
	r, names := build(t, people+`
commit a 2024-01-01 ada: One
  write a.go 10
  write a/b/c.go 3
  write z 1
  write long 3000
  binary logo.png 70
commit b 2024-01-02 ada: Two
  write a.go 5
  edit a/b/c.go 1
  reindent z
  move logo.png art/logo.png
commit c 2024-01-03 ada: Three
  reindent z 1
  delete a/b/c.go
  edit a.go 15
commit same 2024-01-04 bob: Four
  like a
commit nothing 2024-01-05 bob: Five
commit all 2024-01-06 bob: Six
  delete a.go
  delete a/b/c.go
  delete z
  delete logo.png
  delete art/logo.png
  delete long
`)
	a, b, c := commitOf(t, r, names["a"]), commitOf(t, r, names["b"]), commitOf(t, r, names["c"])
	assert.Equal(t, "a.go a/b/c.go logo.png long z", paths(t, a))
	assert.Equal(t, "a.go a/b/c.go art/logo.png long z", paths(t, b))
	assert.Equal(t, "a.go art/logo.png long z", paths(t, c))

	before, after := fileOf(t, a, "a.go"), fileOf(t, b, "a.go")
	assert.True(t, strings.HasPrefix(after, before))
	assert.Equal(t, 15, strings.Count(after, "\n"))
	assert.Empty(t, shared(after, fileOf(t, c, "a.go")), "all 15 lines were replaced")
	assert.Len(t, shared(fileOf(t, a, "a/b/c.go"), fileOf(t, b, "a/b/c.go")), 2)
	assert.Equal(t, "\t"+fileOf(t, a, "z"), fileOf(t, b, "z"))
	assert.Equal(t, fileOf(t, a, "z"), fileOf(t, c, "z"))

	assert.Equal(t, 3000, strings.Count(fileOf(t, a, "long"), "\n"))
	logo := fileOf(t, a, "logo.png")
	assert.Len(t, logo, 70)
	assert.Equal(t, byte(0), logo[0])
	assert.Equal(t, logo, fileOf(t, b, "art/logo.png"))

	same := commitOf(t, r, names["same"])
	assert.Equal(t, fileOf(t, a, "a/b/c.go"), fileOf(t, same, "a/b/c.go"))
	assert.True(t, strings.HasSuffix(fileOf(t, same, "a.go"), before))
	assert.Equal(t, same.TreeHash, commitOf(t, r, names["nothing"]).TreeHash)
	assert.Equal(t, "4b825dc642cb6eb9a060e54bf8d69288fbee4904", commitOf(t, r, names["all"]).TreeHash.String(), "git's empty tree")
}

// shared returns the lines that two texts have in common.
func shared(a, b string) []string {
	other := strings.SplitAfter(b, "\n")
	return slices.DeleteFunc(strings.SplitAfter(a, "\n"), func(s string) bool {
		return s == "" || !slices.Contains(other, s)
	})
}

func TestMerge(t *testing.T) {
	r, names := build(t, people+`
commit base 2024-01-01 ada: Base
  write a 3
  write b 3
  write d/c 3
on topic from main
commit t 2024-01-02 bob: Topic
  write a 1
  delete d/c
  write both 1
on second from base
commit s 2024-01-02 bob: Second
  write e 1
on main
commit m 2024-01-03 ada: Main
  write b 1
  write both 2
merge topic second as m1 2024-01-04 ada: Merge topic
  by bob
  text both
  | settled
  Reviewed-by: bob
drop second
on topic
commit t2 2024-01-05 bob: More
  write a 1
on main
merge topic 2024-01-06 bob: Merge topic again
`)
	m := commitOf(t, r, names["m1"])
	assert.Equal(t, []plumbing.Hash{plumbing.NewHash(names["m"]), plumbing.NewHash(names["t"]), plumbing.NewHash(names["s"])}, m.ParentHashes)
	assert.Equal(t, "a b both e", paths(t, m))
	assert.Equal(t, fileOf(t, commitOf(t, r, names["t"]), "a"), fileOf(t, m, "a"))
	assert.Equal(t, fileOf(t, commitOf(t, r, names["m"]), "b"), fileOf(t, m, "b"))
	assert.Equal(t, "settled\n", fileOf(t, m, "both"))
	assert.Equal(t, "Merge topic\n\nReviewed-by: Bob <bob@moraine.example>\n", m.Message)
	assert.Equal(t, "ada@karst.example", m.Author.Email)
	assert.Equal(t, "bob@moraine.example", m.Committer.Email)

	last := commitOf(t, r, names["main"])
	assert.Equal(t, "Merge topic again\n", last.Message)
	assert.Equal(t, "settled\n", fileOf(t, last, "both"), "topic did not change it since")
	assert.NotContains(t, names, "second")
	_, err := r.Reference("refs/heads/second", false)
	assert.ErrorIs(t, err, plumbing.ErrReferenceNotFound)
}

func TestPick(t *testing.T) {
	r, names := build(t, people+`
commit 2024-01-01 ada: Base
  write a 3
lighttag v1
commit 2024-01-02 ada: Later
  write a 20
commit fix 2024-01-03 ada: Fix
  | Why.
  write a 4
  write new 2
  Change-Id: auto
  Reviewed-by: bob
on stable from v1
pick fix as p1 2024-02-01 bob
  (cherry picked from commit {fix})
on main
pick fix as p2 onto stable 2024-02-02 bob: Fix, adapted
  without Change-Id
  write more 1
`)
	fix, p1, p2 := commitOf(t, r, names["fix"]), commitOf(t, r, names["p1"]), commitOf(t, r, names["p2"])
	assert.Equal(t, fix.Author, p1.Author)
	assert.Equal(t, "bob@moraine.example", p1.Committer.Email)
	assert.Equal(t, "2024-02-01T12:00:00Z", p1.Committer.When.Format(time.RFC3339))
	assert.Equal(t, strings.TrimSuffix(fix.Message, "\n")+"\n(cherry picked from commit "+names["fix"]+")\n", p1.Message)
	assert.Contains(t, p1.Message, "Change-Id: I")
	assert.Len(t, shared(fileOf(t, fix, "a"), fileOf(t, p1, "a")), 7, "3 of the base and 4 of the fix")
	assert.Equal(t, fileOf(t, fix, "new"), fileOf(t, p1, "new"))
	assert.Equal(t, names["p1"], p2.ParentHashes[0].String())
	assert.Equal(t, "Fix, adapted\n\nWhy.\n\nReviewed-by: Bob <bob@moraine.example>\n", p2.Message)
	assert.Equal(t, names["stable"], names["p2"])
	assert.Equal(t, names["main"], names["fix"], "onto leaves the branch that the history is on")
}

func TestRevert(t *testing.T) {
	r, names := build(t, people+`
commit base 2024-01-01 ada: Base
  write a 3
  write b 3
commit bad 2024-01-02 ada: Bad
  edit a 2
  delete b
  write c 1
revert bad as r1 2024-01-03 bob
revert r1 as r2 2024-01-04 bob: Try again
`)
	r1, r2 := commitOf(t, r, names["r1"]), commitOf(t, r, names["r2"])
	assert.Equal(t, "Revert \"Bad\"\n\nThis reverts commit "+names["bad"]+".\n", r1.Message)
	assert.Equal(t, commitOf(t, r, names["base"]).TreeHash, r1.TreeHash)
	assert.Equal(t, "Try again\n", r2.Message)
	assert.Equal(t, commitOf(t, r, names["bad"]).TreeHash, r2.TreeHash)
}

func TestReferences(t *testing.T) {
	r, names := build(t, people+`
commit 2024-01-01 ada: Base
on refs/pull/7/head from main
commit p 2024-01-02 bob: Proposed
on pages orphan
commit p1 2024-01-02 bob: Page
on main
tag v1.0 2024-05-01T00:00:00Z ada: Version 1.0
  | Notes.
lighttag sub/v1.0
`)
	assert.Empty(t, commitOf(t, r, names["p1"]).ParentHashes)
	var refs []string
	all, err := r.References()
	require.NoError(t, err)
	require.NoError(t, all.ForEach(func(ref *plumbing.Reference) error {
		refs = append(refs, ref.Name().String())
		return nil
	}))
	slices.Sort(refs)
	assert.Equal(t, []string{"HEAD", "refs/heads/main", "refs/heads/pages", "refs/pull/7/head", "refs/tags/sub/v1.0", "refs/tags/v1.0"}, refs)
	ref, err := r.Tag("v1.0")
	require.NoError(t, err)
	annotated, err := r.TagObject(ref.Hash())
	require.NoError(t, err)
	assert.Equal(t, "v1.0", annotated.Name)
	assert.Equal(t, "Version 1.0\n\nNotes.\n", annotated.Message)
	assert.Equal(t, "Ada Lovelace <ada@karst.example>", annotated.Tagger.String())
	assert.Equal(t, names["main"], annotated.Target.String())
	assert.Equal(t, names["main"], names["v1.0"])
	assert.Equal(t, names["main"], names["sub/v1.0"])
	assert.Equal(t, names["p"], names["refs/pull/7/head"])
	packed := (&history{tags: map[string]tag{"v1.0": {ref.Hash(), &commit{id: annotated.Target}}}}).packedReferences()
	assert.Equal(t, "# pack-refs with: peeled fully-peeled sorted \n"+ref.Hash().String()+" refs/tags/v1.0\n^"+names["main"]+"\n", packed)
}

func TestRepeat(t *testing.T) {
	h, err := compose(people+`
list place = the cache, the index, the parser
list who = ada, bob
repeat 2 every 52w as year
  commit 2023-12-31 ada: Open year {year}
    write base 1
  repeat 3 every 9d
    on t-{year}-{n} from main
    commit c-{year}-{n} 2024-01-08 {who}: Fix {n} of {year} in {place}
    	write f{year}{n} 1
    on main
    merge t-{year}-{n} as m-{year}-{n} 2024-01-09T08:00:00+01:00 bob: Merge {c-{year}-{n}}
    drop t-{year}-{n}
  commit close-{year} 2024-06-01 {who}: Close in {place}
repeat 2 as k
  commit last-{k} 2025-06-01 ada: Round {k}
`, usual())
	require.NoError(t, err)
	var got []string
	for _, name := range []string{"c-1-1", "c-1-2", "c-1-3", "c-2-1", "c-2-2", "c-2-3", "close-1", "close-2", "last-2"} {
		c := h.commits[name]
		got = append(got, fmt.Sprintf("%s %s %s", c.authored.Format(time.DateOnly), c.author.name, c.subject))
	}
	assert.Equal(t, []string{
		"2024-01-08 Ada Lovelace Fix 1 of 1 in the cache",
		"2024-01-17 Bob Fix 2 of 1 in the index",
		"2024-01-26 Ada Lovelace Fix 3 of 1 in the parser",
		"2025-01-06 Bob Fix 1 of 2 in the cache",
		"2025-01-15 Ada Lovelace Fix 2 of 2 in the index",
		"2025-01-24 Bob Fix 3 of 2 in the parser",
		"2024-06-01 Ada Lovelace Close in the cache",
		"2025-05-31 Bob Close in the index",
		"2025-06-01 Ada Lovelace Round 2",
	}, got)
	assert.Equal(t, "Merge "+h.commits["c-2-3"].id.String(), h.commits["m-2-3"].subject)
	assert.Equal(t, "2025-01-25T08:00:00+01:00", h.commits["m-2-3"].authored.Format(time.RFC3339))
	assert.Equal(t, map[string]*commit{"main": h.commits["last-2"]}, h.branches)
}

func TestRepeatOfOneName(t *testing.T) {
	h, err := compose(people+`
repeat 2
  repeat 3
    commit 2024-01-01 ada: Inner {n}
  commit after-{n} 2024-01-01 ada: After
`, usual())
	require.NoError(t, err)
	assert.Equal(t, []string{"after-1", "after-2"}, slices.Sorted(maps.Keys(h.commits)))
	_, err = compose(people+"repeat 2\n  commit 2024-01-01 ada: C\ncommit 2024-01-01 ada: {n}", usual())
	assert.ErrorContains(t, err, "nothing is called {n} here")
}

func TestEntryHeader(t *testing.T) {
	assert.Equal(t, []byte{0x35}, entryHeader(plumbing.BlobObject, 5))
	assert.Equal(t, []byte{0xb5, 0xb4, 0x24}, entryHeader(plumbing.BlobObject, 0x12345))
}

func TestNoCommits(t *testing.T) {
	for text, want := range map[string]string{"": "refs/heads/main", "on trunk": "refs/heads/trunk"} {
		r, names := build(t, text)
		assert.Empty(t, names)
		head, err := r.Reference(plumbing.HEAD, false)
		require.NoError(t, err)
		assert.Equal(t, plumbing.ReferenceName(want), head.Target())
		_, err = r.Head()
		assert.ErrorIs(t, err, plumbing.ErrReferenceNotFound)
	}
}

func TestFolderInUse(t *testing.T) {
	dir := t.TempDir()
	_, err := Build(dir, "on main")
	require.NoError(t, err, "an empty folder is fine")
	_, err = Build(dir, "on main")
	assert.ErrorContains(t, err, "not empty; remove it or name a new one")
}

const golden = people + `
commit fix1 2024-03-04 ada: Parse the header
  write src/header.go 12
  Change-Id: auto
on topic from main
repeat 3 every 1d
  commit 2024-03-05T10:00:00+01:00 bob: Step {n}
    write src/header.go 4
on main
merge topic 2024-03-10 ada: Merge topic
tag v1.0 2024-05-01 ada: Version 1.0
on stable from fix1
pick topic 2024-06-01 ada
`

// TestSameHashes holds the hashes of one history. A change here changes the
// hashes in every test and document that quotes one.
func TestSameHashes(t *testing.T) {
	zone := time.Local
	defer func() { time.Local = zone }()
	for _, name := range []string{"UTC", "Europe/Paris"} {
		var err error
		time.Local, err = time.LoadLocation(name)
		require.NoError(t, err)
		_, names := build(t, golden)
		assert.Equal(t, map[string]string{
			"fix1":   "4c32e1c4c6207b441a2624d60864e168a930e6bd",
			"main":   "26ef398b91ff86904fafe40254abea5a3b588e38",
			"stable": "7b4fe352f61b7525b18254da6e68dc40e85472f2",
			"topic":  "15d875209efbac60332c3b914d6a50c773c6b545",
			"v1.0":   "26ef398b91ff86904fafe40254abea5a3b588e38",
		}, names)
	}
}

// TestSummerTime shows that the machine's own zone does not move a date's offset.
func TestSummerTime(t *testing.T) {
	zone := time.Local
	defer func() { time.Local = zone }()
	var err error
	time.Local, err = time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	h, err := compose(people+"repeat 2 every 26w\n  commit c{n} 2024-01-08T10:00:00+01:00 ada: C\n", usual())
	require.NoError(t, err)
	assert.Equal(t, "2024-07-08T10:00:00+01:00", h.commits["c2"].authored.Format(time.RFC3339))
}

// TestGitAgrees lets git itself check the objects, where there is one.
func TestGitAgrees(t *testing.T) {
	dir := t.TempDir()
	_, err := Build(dir, golden+"on main\ncommit 2024-07-01 ada: Long\n  write long 3000\n")
	require.NoError(t, err)
	pack, err := filepath.Glob(filepath.Join(dir, "objects", "pack", "*.idx"))
	require.NoError(t, err)
	assert.Len(t, pack, 1)
	program, err := exec.LookPath("git")
	if err != nil {
		t.Log("no git here to ask")
		return
	}
	run := exec.Command(program, "-C", dir, "fsck", "--full", "--strict", "--no-dangling")
	run.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "LC_ALL=C")
	out, err := run.CombinedOutput()
	assert.NoError(t, err, "%s", out)
	assert.NotContains(t, string(out), "warning")
}

func BenchmarkBuild(b *testing.B) {
	text := busy(500)
	b.ReportAllocs()
	for b.Loop() {
		_, err := Build(filepath.Join(b.TempDir(), "x"), text)
		require.NoError(b, err)
	}
}

// busy is a history of 4 commits a round.
func busy(rounds int) string {
	return fmt.Sprintf(people+`
list part = render/raster, render/vector, store/tiles, store/index, api/wms, api/wfs, cli/main, docs/guide
commit 2014-01-01 ada: Start
  write README.md 40
repeat %d every 2d
  on topic-{n} from main
  commit 2014-01-02 ada: Feature {n}
    write src/{part}.go 6
    write CHANGES.md 1
  commit 2014-01-02 ada: Tests {n}
    write src/{part}_test.go 3
  on main
  merge topic-{n} 2014-01-03 bob: Merge feature {n}
    Reviewed-by: bob
  drop topic-{n}
  commit fix-{n} 2014-01-03 bob: Fix {n}
    edit src/{part}.go 3
`, rounds)
}
