package git

import (
	"bytes"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// damaged returns a repository with four broken references beside three sound
// branches, as a power cut leaves it.
func damaged(t *testing.T) (*builder, []string) {
	b, all := small(t)
	b.write("packed-refs", "# pack-refs with: peeled\n"+all[0]+" refs/heads/old/packed\n"+all[0]+" refs/heads/old/empty\n"+
		"zz"+all[0][2:]+" refs/heads/old/unhex\n"+all[0]+" refs/tags/v1\n^"+all[0]+"\n")
	b.branch("sound", all[1])
	b.write("refs/heads/old/empty", "")
	b.write("refs/heads/old/zeros", strings.Repeat("0", 40)+"\n")
	b.write("refs/tags/v2", "\x00\x00\x00\x00")
	b.write("refs/heads/old/alias", "ref: refs/heads/old/zeros\n")
	b.write("refs/heads/main.lock", "")
	return b, all
}

// A broken reference concerns those who ask for it, and nobody else.
func TestBrokenReference(t *testing.T) {
	b, all := damaged(t)
	var log bytes.Buffer
	o := options()
	o.Log = slog.New(slog.NewTextHandler(&log, nil))
	for _, branches := range [][]string{nil, {"main", "sound"}, {"*"}, {"old/p*"}} {
		rs, err := mine(t, o, model.Repository{URL: b.dir, Branches: branches}, model.Period{})
		require.NoError(t, err, branches)
		if branches == nil {
			assert.Len(t, records(rs).subjects(), 3)
			assert.Equal(t, "1 of 1 version tag names nobody; 1 tag is unreadable", records(rs).coverage(t)[model.ReleaseFacts].Reason)
		}
	}
	for _, name := range []string{"heads/old/empty", "heads/old/unhex", "heads/old/zeros", "heads/old/alias", "tags/v2"} {
		assert.Contains(t, log.String(), "reference=refs/"+name+" ")
	}
	assert.NotContains(t, log.String(), "lock")

	for pattern, want := range map[string]string{
		"old/empty": "the reference refs/heads/old/empty is broken: its file is empty; delete it and fetch it again, or pin the branch's tip",
		"old/unh*":  "refs/heads/old/unhex is broken: \"zz",
		"old/zeros": "it names the object with only zeros",
		"old/alias": "it stands for refs/heads/old/zeros: it names",
		"**":        "refs/heads/old/",
	} {
		assert.Contains(t, failure(t, options(), model.Repository{URL: b.dir, Branches: []string{pattern}}), want)
	}
	rs, err := mine(t, options(), model.Repository{URL: b.dir, Branches: []string{"old/e*"}, Tips: map[string]string{"old/empty": all[1]}}, model.Period{})
	require.NoError(t, err, "a pinned tip")
	assert.Len(t, records(rs).subjects(), 2)
	o.Rev = "old/empty"
	assert.Contains(t, failure(t, o, model.Repository{URL: b.dir}), "refs/heads/old/empty is broken")
}

func TestBrokenHead(t *testing.T) {
	b, all := damaged(t)
	b.write("refs/heads/main", "\n")
	assert.Contains(t, failure(t, options(), model.Repository{URL: b.dir}), "refs/heads/main is broken: its file is empty")
	assert.Equal(t, []string{"step 0", "step 1"}, mineAll(t, b, "sound").subjects())
	o := options()
	o.Rev = "HEAD~1"
	assert.Contains(t, failure(t, o, model.Repository{URL: b.dir}), "refs/heads/main is broken")

	b.write("HEAD", "")
	assert.Contains(t, failure(t, options(), model.Repository{URL: b.dir}), "HEAD is broken: its file is empty; declare the branches")
	assert.Equal(t, []string{"step 0", "step 1"}, mineAll(t, b, "sound").subjects())
	b.write("HEAD", all[0]+"\n")
	assert.Equal(t, []string{"step 0"}, mineAll(t, b).subjects(), "a detached HEAD")
	b.write("packed-refs", "nonsense\n")
	assert.Contains(t, failure(t, options(), model.Repository{URL: b.dir}), "packed-refs is broken in line 1")
}

// The branch of origin stands in for one that is not there, not for a broken one.
func TestBrokenHeadOfOrigin(t *testing.T) {
	top := t.TempDir()
	b := newBuilder(filepath.Join(top, ".git"))
	all := b.chain(2)
	b.branch("main", all[1])
	b.write("refs/remotes/origin/main", "")
	b.write("refs/remotes/origin/HEAD", "")
	b.write("refs/remotes/origin/1.x", "")
	b.write("refs/remotes/origin/2.x", all[0])
	b.write("refs/heads/2.x", "")
	for branch, want := range map[string]string{"main": "", "1.x": "origin/1.x is broken", "2.x": "heads/2.x is broken", "*": "is broken"} {
		_, err := mine(t, options(), model.Repository{URL: top, Branches: []string{branch}}, model.Period{})
		if want == "" {
			assert.NoError(t, err)
		} else {
			assert.ErrorContains(t, err, want)
		}
	}
}

// "*" ends at a slash; "**" does not.
func TestEveryBranch(t *testing.T) {
	b, all := small(t)
	b.branch("release/1.0/fixes", all[0])
	assert.Equal(t, []string{"main"}, mineAll(t, b, "*").commit(t, "step 0").Commit.Branches)
	assert.Equal(t, []string{"main", "release/1.0/fixes"}, mineAll(t, b, "**").commit(t, "step 0").Commit.Branches)
}

func TestLostAlternate(t *testing.T) {
	b, all := small(t)
	fork := newBuilder(t.TempDir())
	fork.branch("main", all[2])
	gone := filepath.Join(t.TempDir(), "objects")
	fork.write("objects/info/alternates", gone+"\n")
	want := "; the object folder that it borrows from cannot be read: " + gone + ": bring it back, or correct objects/info/alternates"
	assert.Contains(t, failure(t, options(), model.Repository{URL: fork.dir}), "the object is absent"+want)
	assert.Contains(t, failure(t, options(), model.Repository{URL: fork.dir, Tips: map[string]string{"main": all[1]}}), want)
	o := options()
	o.Rev = all[1]
	assert.Contains(t, failure(t, o, model.Repository{URL: fork.dir}), want)

	for _, name := range all[1:] {
		fork.write(fork.loose(name), read(b, b.loose(name)))
	}
	c := mineAll(t, fork).coverage(t)
	assert.Equal(t, "1 commit is absent or unreadable: "+all[0][:12]+want, strings.TrimSuffix(c[model.CommitFacts].Reason, "; .mailmap is absent or unreadable"+want))
	assert.True(t, strings.HasSuffix(c[model.FileFacts].Reason, want), c[model.FileFacts].Reason)
}

func TestAdvice(t *testing.T) {
	assert.Equal(t, "; give the account that mines the permission to read it", advice(&os.PathError{Op: "open", Path: "x", Err: fs.ErrPermission}))
	assert.Empty(t, advice(fs.ErrNotExist))
}
