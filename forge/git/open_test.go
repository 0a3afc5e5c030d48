package git

import (
	"crypto/sha256"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	repoaddress "github.com/tributary-oss/tributary/forge/internal/address"
	"github.com/tributary-oss/tributary/model"
)

// small returns a repository of three commits on main.
func small(t *testing.T) (*builder, []string) {
	b := newBuilder(t.TempDir())
	all := b.chain(3)
	b.branch("main", all[2])
	return b, all
}

func TestOpenInPlace(t *testing.T) {
	b, _ := small(t)
	want := []string{"step 0", "step 1", "step 2"}
	assert.Equal(t, want, mineAll(t, b).subjects(), "without a config file")
	b.write("config", "[core]\n\tbare = true\n\trepositoryformatversion = 1\n[extensions]\n\tpartialclone = origin\n")
	assert.Equal(t, want, mineAll(t, b).subjects(), "a partial clone")

	u := url.URL{Scheme: "file", Path: filepath.ToSlash(b.dir)}
	rs, err := mine(t, options(), model.Repository{URL: u.String()}, model.Period{})
	require.NoError(t, err)
	assert.Equal(t, want, records(rs).subjects(), "a file URL")
}

func TestOpenWorkTree(t *testing.T) {
	top := t.TempDir()
	b := newBuilder(filepath.Join(top, ".git"))
	all := b.chain(3)
	b.branch("main", all[1])
	b.write("refs/remotes/origin/main", all[2])
	b.write("refs/remotes/origin/1.x", all[0])
	b.write("refs/remotes/origin/HEAD", "ref: refs/remotes/origin/main\n")
	for _, c := range []struct {
		url      string
		branches []string
		commits  int
	}{
		{top, nil, 2}, {top, []string{"1.x"}, 1}, {top, []string{"*"}, 2},
	} {
		rs, err := mine(t, options(), model.Repository{URL: c.url, Branches: c.branches}, model.Period{})
		require.NoError(t, err)
		assert.Len(t, records(rs).subjects(), c.commits, "%v", c)
	}
	assert.Contains(t, failure(t, options(), model.Repository{URL: b.dir, Branches: []string{"HEAD"}}), "there are main")

	// A linked working tree: HEAD of its own, the rest in the common folder.
	linked := t.TempDir()
	must(os.WriteFile(filepath.Join(linked, ".git"), []byte("gitdir: "+filepath.Join(b.dir, "worktrees", "w")+"\n"), 0o666))
	b.write("worktrees/w/HEAD", "ref: refs/heads/topic\n")
	b.write("worktrees/w/commondir", "../..\n")
	b.branch("topic", all[0])
	rs, err := mine(t, options(), model.Repository{URL: linked}, model.Period{})
	require.NoError(t, err)
	assert.Equal(t, []string{"step 0"}, records(rs).subjects())
	b.write("worktrees/w/HEAD", all[1]+"\n")
	rs, err = mine(t, options(), model.Repository{URL: linked}, model.Period{})
	require.NoError(t, err)
	assert.Equal(t, &model.Tip{Branch: "HEAD", Commit: all[1]}, rs[0].Tip, "a detached HEAD")

	must(os.RemoveAll(filepath.Join(b.dir, "worktrees")))
	assert.Contains(t, failure(t, options(), model.Repository{URL: linked}), "git worktree repair")
}

// A bare repository inside a working tree is itself, not the one around it.
func TestOpenBareInsideWorkTree(t *testing.T) {
	top := t.TempDir()
	outer := newBuilder(filepath.Join(top, ".git"))
	outer.branch("main", outer.commit(spec{msg: "outer", at: day(0)}))
	inner := newBuilder(filepath.Join(top, "inner.git"))
	inner.branch("main", inner.commit(spec{msg: "inner", at: day(0)}))
	assert.Equal(t, []string{"inner"}, mineAll(t, inner).subjects())

	// A folder of it, such as a submodule that is not checked out, is none at all.
	folder := filepath.Join(top, "folder", "module")
	must(os.MkdirAll(folder, 0o777))
	for _, folder := range []string{folder, filepath.Dir(folder), filepath.Join(outer.dir, "objects")} {
		around := top
		if strings.HasPrefix(folder, outer.dir) {
			around = outer.dir
		}
		assert.Contains(t, failure(t, options(), model.Repository{URL: folder}),
			folder+" holds no git repository; the one around it is "+around+": state that")
	}
	t.Chdir(folder)
	assert.Contains(t, failure(t, options(), model.Repository{URL: "."}), "the one around it is "+top)
	must(os.WriteFile(".git", []byte("gitdir: ../gone\n"), 0o666))
	assert.Contains(t, failure(t, options(), model.Repository{URL: "."}), "which is not there")
}

func TestOpenAlternates(t *testing.T) {
	b, _ := small(t)
	fork := newBuilder(t.TempDir())
	fork.branch("main", strings.TrimSpace(read(b, "refs/heads/main")))
	fork.write("objects/info/alternates", "# a comment\n"+filepath.Join(b.dir, "objects")+"\n"+filepath.Join(b.dir, "gone")+"\n")
	b.write("objects/info/alternates", filepath.Join(fork.dir, "objects")+"\n")
	assert.Len(t, mineAll(t, fork).subjects(), 3, "and alternates that name each other end")
	fork.write("objects/info/alternates", relative(t, filepath.Join(fork.dir, "objects"), filepath.Join(b.dir, "objects")))
	assert.Len(t, mineAll(t, fork).subjects(), 3, "a relative path")
}

func relative(t *testing.T, from, to string) string {
	p, err := filepath.Rel(from, to)
	require.NoError(t, err)
	return p
}

func read(b *builder, name string) string {
	c, err := os.ReadFile(filepath.Join(b.dir, name))
	must(err)
	return string(c)
}

// What go-git writes is what this package reads.
func TestOpenGoGitRepository(t *testing.T) {
	dir := t.TempDir()
	r, err := gogit.PlainInit(dir, false)
	require.NoError(t, err)
	must(os.WriteFile(filepath.Join(dir, "a"), []byte("a\nb\n"), 0o666))
	w, err := r.Worktree()
	require.NoError(t, err)
	_, err = w.Add("a")
	require.NoError(t, err)
	_, err = w.Commit("first\n", &gogit.CommitOptions{Author: signature(day(0))})
	require.NoError(t, err)
	o := options()
	o.Facts = []model.Kind{model.LineFacts}
	rs, err := mine(t, o, model.Repository{URL: dir}, model.Period{})
	require.NoError(t, err)
	assert.Equal(t, &model.Files{Touched: 1, Lines: &model.Lines{Added: 2}}, records(rs).commit(t, "first").Commit.Files)
}

func TestCannotOpen(t *testing.T) {
	empty := t.TempDir()
	file := filepath.Join(t.TempDir(), "notes.txt")
	must(os.WriteFile(file, []byte("hello\n"), 0o666))
	with := func(config string) string {
		b, _ := small(t)
		b.write("config", config)
		return b.dir
	}
	unborn := newBuilder(t.TempDir())
	missing, all := small(t)
	missing.write("HEAD", "ref: refs/heads/trunk\n")
	missing.branch("1.x", all[0])
	broken, _ := small(t)
	broken.branch("main", strings.Repeat("1", 40))
	badShallow, _ := small(t)
	badShallow.write("shallow", "nonsense\n")
	for name, c := range map[string]struct{ url, want string }{
		"no address":        {"", "it has no address"},
		"missing":           {filepath.Join(empty, "gone"), "is not there; state the path"},
		"no repository":     {empty, "holds no git repository"},
		"a text file":       {file, "neither a folder nor a git bundle"},
		"http":              {"http://forge.example/a.git", "use https:// or ssh://"},
		"git":               {"git://forge.example/a.git", "use https:// or ssh://"},
		"ftp":               {"ftp://forge.example/a.git", "is not supported"},
		"no URL":            {"https://forge.example/%zz", "is no URL"},
		"unborn":            {unborn.dir, "it has no commits"},
		"HEAD names none":   {missing.dir, `HEAD names branch "trunk", which is not there; declare a branch: there are 1.x, main`},
		"absent tip":        {broken.dir, `the tip of branch "main" cannot be read: the object is absent`},
		"SHA-256":           {with("[extensions]\n\tobjectFormat = sha256\n"), "named by sha256, which is not supported"},
		"reftable":          {with("[extensions]\n\trefStorage = reftable\n"), "git refs migrate"},
		"format 2":          {with("[core]\n\trepositoryformatversion = 2\n"), `repository format "2"`},
		"unreadable config": {with("[core\n"), "cannot be read"},
		"broken shallow":    {badShallow.dir, "shallow is broken"},
	} {
		t.Run(name, func(t *testing.T) {
			msg := failure(t, options(), model.Repository{URL: c.url})
			assert.Contains(t, msg, c.want)
			assert.True(t, strings.HasPrefix(msg, "mining "+repoaddress.Redact(c.url)+": "), msg)
		})
	}
	assert.Contains(t, failure(t, &Options{Workers: -1}, model.Repository{URL: missing.dir}), "-1 workers")
}

func TestChooseBranches(t *testing.T) {
	b, all := small(t)
	for _, name := range []string{"1.x", "2.x", "a/b", "topic1", "topic2", "topic3", "topic4", "topic5", "topic6", "topic7"} {
		b.branch(name, all[0])
	}
	tips := func(repo model.Repository) (out []model.Tip) {
		repo.URL = b.dir
		rs, err := mine(t, options(), repo, model.Period{})
		require.NoError(t, err)
		for _, r := range rs {
			if r.Tip != nil {
				out = append(out, *r.Tip)
			}
		}
		return out
	}
	assert.Equal(t, []model.Tip{{Branch: "1.x", Commit: all[0]}, {Branch: "2.x", Commit: all[0]}}, tips(model.Repository{Branches: []string{"?.x", "2.x"}}))
	assert.Equal(t, []model.Tip{{Branch: "main", Commit: all[2]}, {Branch: "a/b", Commit: all[0]}}, tips(model.Repository{Branches: []string{"a/*", "main"}}))
	assert.Equal(t, []model.Tip{{Branch: "main", Commit: all[1]}}, tips(model.Repository{Tips: map[string]string{"main": all[1]}}), "a pinned tip")
	assert.Equal(t, []model.Tip{{Branch: "3.x", Commit: all[1]}},
		tips(model.Repository{Branches: []string{"3.*"}, Tips: map[string]string{"3.x": all[1]}}), "a pinned tip of a branch that is gone")

	// Whole: as a seal pins it, whatever is pushed to the repository, and wherever its HEAD is.
	none := fmt.Sprintf("%x", sha256.Sum256(nil))
	whole := map[string]string{"1.x": all[0], "main": all[1], model.MainTip: all[0], model.TagsTip: none}
	assert.Equal(t, []model.Tip{{Branch: "1.x", Commit: all[0]}, {Branch: "main", Commit: all[1]}, {Branch: "HEAD", Commit: all[0]}, {Branch: "refs/tags/", Commit: none}},
		tips(model.Repository{Branches: []string{"*"}, Tips: whole}), "neither 2.x nor topics")
	assert.Equal(t, []model.Tip{{Branch: "a/b", Commit: all[0]}, {Branch: "refs/tags/", Commit: none}},
		tips(model.Repository{Tips: map[string]string{"a/b": all[0], model.TagsTip: none}}), "the default branch is another by now")

	for want, repo := range map[string]model.Repository{
		"no declared branch has it pinned too": {Branches: []string{"*"}, Tips: map[string]string{"main": all[1], model.MainTip: all[0]}},
		`no branch matches "9.*"; there are 1.x, 2.x, a/b, main, topic1, topic2, topic3, topic4, topic5, topic6 and 1 more`: {Branches: []string{"9.*"}},
		`branch "[" is no pattern`:                             {Branches: []string{"["}},
		"pinned for branch \"main\", is not in the repository": {Tips: map[string]string{"main": strings.Repeat("a", 40)}},
		"write all 40 hexadecimal digits":                      {Tips: map[string]string{"main": "abc"}},
		`a tip is pinned for branch "x", which is not among`:   {Tips: map[string]string{"x": all[0]}},
	} {
		repo.URL = b.dir
		assert.Contains(t, failure(t, options(), repo), want)
	}
}

func TestAddress(t *testing.T) {
	for in, want := range map[string]address{
		"https://user:secret@forge.example/a/b.git": {url: "https://forge.example/a/b.git", user: "user", secret: "secret"},
		"https://token@forge.example/a":             {url: "https://forge.example/a", user: "token"},
		"ssh://git:pw@forge.example/a":              {url: "ssh://git@forge.example/a"},
		"git@forge.example:a/b.git":                 {url: "git@forge.example:a/b.git"},
		"some/path":                                 {path: "some/path"},
		`C:\repos\a`:                                {path: `C:\repos\a`},
		"a:b":                                       {path: "a:b"},
	} {
		got, err := parseAddress(in)
		require.NoError(t, err)
		assert.Equal(t, want, got, in)
	}
	a := address{url: "https://forge.example/a?key=k", user: "u", secret: "p w"}
	assert.NotContains(t, a.clean(`Get "https://u:p%20w@forge.example": no p w, p+w; https://forge.example/a?key=k`), "p w")
	assert.Equal(t, "… is refused", address{user: "tok"}.clean("tok is refused"))

	for _, u := range []string{"https://user:1/secret@f.example/a", "ssh://user:1/secret@f.example/a"} {
		a, err := parseAddress(u)
		require.NoError(t, err)
		assert.Regexp(t, `^f\.example-a-[0-9a-f]{16}$`, a.cacheName(), u)
	}
	for _, u := range []string{"user:secret@127.0.0.1:x", "user:se/cret@127.0.0.1:x", "https:/user:secret@127.0.0.1/x",
		"file://user:1/secret@/tmp/x", "file://user:p/secret@/tmp/x", "https://user:p/secret@127.0.0.1:1/x", "user:secret@https://127.0.0.1/x"} {
		msg := failure(t, &Options{Cache: t.TempDir()}, model.Repository{URL: u})
		assert.NotContains(t, msg, "cret", u)
		assert.Regexp(t, "its address (is|names)", msg, u)
	}

	one, two := address{url: "https://forge.example/A b/c.git"}, address{url: "https://forge.example/A-b/c"}
	assert.Regexp(t, `^forge\.example-A-b-c-[0-9a-f]{16}$`, one.cacheName())
	assert.NotEqual(t, one.cacheName(), two.cacheName())
	assert.LessOrEqual(t, len(address{url: "https://f/" + strings.Repeat("a", 500)}.cacheName()), 80)
}

func signature(at time.Time) *object.Signature {
	return &object.Signature{Name: "Ann", Email: "ann@karst.example", When: at}
}
