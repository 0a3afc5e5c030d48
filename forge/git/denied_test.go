//go:build unix

package git

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tributary-oss/tributary/model"
)

// What the disk does not hand out is not said to be absent. No permission can be
// taken from a superuser who runs the tests, so a file stands where a folder should.
func TestDiskRefuses(t *testing.T) {
	b, all := small(t)
	file := func(b *builder, name string) {
		must(os.RemoveAll(filepath.Join(b.dir, name)))
		b.write(name, "")
	}
	folder := filepath.Dir(b.loose(all[1]))
	file(b, folder)
	want := "; objects in " + filepath.Join(b.dir, folder) + " cannot be opened: not a directory"
	rs := mineAll(t, b)
	assert.Equal(t, []string{"step 2"}, rs.subjects())
	assert.Equal(t, "1 commit is absent or unreadable: "+all[1][:12]+want, rs.coverage(t)[model.CommitFacts].Reason)
	assert.Equal(t, "1 folder or parent is absent or unreadable in 1 commit"+want, rs.coverage(t)[model.FileFacts].Reason)

	fork := newBuilder(t.TempDir())
	fork.write("objects/info/alternates", filepath.Join(b.dir, "objects"))
	fork.write(filepath.Dir(fork.loose(all[2])), "")
	fork.branch("main", all[2])
	assert.Equal(t, []string{"step 2"}, mineAll(t, fork).subjects(), "another folder has it")

	file(b, "objects/pack")
	assert.Contains(t, failure(t, options(), model.Repository{URL: b.dir}), "listing the packs: ")
	file(b, "refs/heads")
	file(b, "refs")
	assert.Contains(t, failure(t, options(), model.Repository{URL: b.dir}), "listing references: ")

	top := t.TempDir()
	must(os.Symlink(".git", filepath.Join(top, ".git")))
	msg := failure(t, options(), model.Repository{URL: top})
	assert.Contains(t, msg, "looking for a git repository: ")
	assert.NotContains(t, msg, "holds no")
}
