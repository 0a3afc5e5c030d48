package git

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// pack returns all loose objects of a repository as a pack.
func (b *builder) pack(byName bool) []byte {
	st := filesystem.NewStorage(osfs.New(b.dir), cache.NewObjectLRUDefault())
	var all []plumbing.Hash
	must(st.ForEachObjectHash(func(h plumbing.Hash) error {
		all = append(all, h)
		return nil
	}))
	var out bytes.Buffer
	_, err := packfile.NewEncoder(&out, st, byName).Encode(all, 10)
	must(err)
	return out.Bytes()
}

// repack moves all loose objects into a pack, and returns its path.
func (b *builder) repack(byName bool) string {
	pack := b.pack(byName)
	folders, err := filepath.Glob(filepath.Join(b.dir, "objects", "??"))
	must(err)
	for _, f := range folders {
		must(os.RemoveAll(f))
	}
	dir := filepath.Join(b.dir, "objects", "pack")
	must(indexPack(context.Background(), dir, bytes.NewReader(pack), New(nil).o.packLimits()))
	names, err := filepath.Glob(filepath.Join(dir, "*.pack"))
	must(err)
	return names[len(names)-1]
}

func bundleOf(b *builder, head string, lines ...string) []byte {
	var out bytes.Buffer
	out.WriteString(head + "\n")
	for _, l := range lines {
		out.WriteString(l + "\n")
	}
	out.WriteString("\n")
	out.Write(b.pack(false))
	return out.Bytes()
}

func TestBundle(t *testing.T) {
	b, all := small(t)
	b.tag("v1", all[1], "Rel <rel@karst.example>", day(1))
	tag := strings.TrimSpace(read(b, "refs/tags/v1"))
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	t.Setenv("TMP", tmp)
	want := mineAll(t, b)
	file := filepath.Join(t.TempDir(), "a.bundle")
	refs := []string{all[2] + " refs/heads/main", all[0] + " refs/heads/1.x", tag + " refs/tags/v1", all[2] + " HEAD"}
	for _, head := range []string{"# v2 git bundle", "# v3 git bundle\n@object-format=sha1", "# v3 git bundle\n@filter=blob:none"} {
		must(os.WriteFile(file, bundleOf(b, head, refs...), 0o666))
		got, err := mine(t, options(), model.Repository{URL: file}, model.Period{})
		require.NoError(t, err)
		assert.Equal(t, []model.Record(want), got)
	}
	left, err := os.ReadDir(tmp)
	require.NoError(t, err)
	assert.Empty(t, left, "the temporary folder is gone")

	for name, c := range map[string]struct {
		refs []string
		tip  model.Tip
		want string
	}{
		"HEAD beside the branches": {[]string{all[1] + " HEAD", all[2] + " refs/heads/main"}, model.Tip{Branch: "HEAD", Commit: all[1]}, ""},
		"no HEAD":                  {[]string{all[1] + " refs/heads/master", all[2] + " refs/heads/x"}, model.Tip{Branch: "master", Commit: all[1]}, ""},
		"one branch":               {[]string{all[1] + " refs/heads/x"}, model.Tip{Branch: "x", Commit: all[1]}, ""},
		"two branches":             {[]string{all[1] + " refs/heads/x", all[1] + " refs/heads/y"}, model.Tip{}, "it names no default branch; declare a branch: there are x, y"},
		"only tags":                {[]string{tag + " refs/tags/v1"}, model.Tip{}, "it has no commits"},
	} {
		must(os.WriteFile(file, bundleOf(b, "# v2 git bundle", c.refs...), 0o666))
		got, err := mine(t, options(), model.Repository{URL: file}, model.Period{})
		if c.want != "" {
			assert.ErrorContains(t, err, c.want, name)
			continue
		}
		require.NoError(t, err, name)
		assert.Equal(t, &c.tip, got[0].Tip, name)
	}
}

func TestBrokenBundle(t *testing.T) {
	b, all := small(t)
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	t.Setenv("TMP", tmp)
	ref := all[2] + " refs/heads/main"
	good := bundleOf(b, "# v2 git bundle", ref)
	flipped := slices.Clone(good)
	flipped[len(flipped)-60] ^= 0x55
	file := filepath.Join(t.TempDir(), "a.bundle")
	for want, content := range map[string][]byte{
		"make a full one with git bundle create FILE --all": bundleOf(b, "# v2 git bundle", "-"+all[0]+" step 0", ref),
		"named by sha256":                         bundleOf(b, "# v3 git bundle\n@object-format=sha256", ref),
		`asks for "novel"`:                        bundleOf(b, "# v3 git bundle\n@novel", ref),
		"head is broken":                          bundleOf(b, "# v2 git bundle", "nonsense"),
		"holds no references":                     bundleOf(b, "# v2 git bundle"),
		"cut off in its head":                     good[:30],
		"nor a git bundle":                        []byte("# v4 git bundle\n\n"),
		"its pack is broken":                      flipped,
		"its pack is broken: ":                    good[:len(good)-30],
		`the tip of branch "main" cannot be read`: append([]byte("# v2 git bundle\n"+ref+"\n\n"), newBuilderWithOne(t).pack(false)...),
	} {
		must(os.WriteFile(file, content, 0o666))
		assert.Contains(t, failure(t, options(), model.Repository{URL: file}), want)
	}
	left, err := os.ReadDir(tmp)
	require.NoError(t, err)
	assert.Empty(t, left, "the temporary folders are gone")

	must(os.WriteFile(file, good, 0o666))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, err := range New(options()).Mine(ctx, model.Repository{URL: file}, model.Period{}) {
		assert.ErrorIs(t, err, context.Canceled)
	}
}

func newBuilderWithOne(t *testing.T) *builder {
	b := newBuilder(t.TempDir())
	b.branch("main", b.commit(spec{msg: "one", at: day(77)}))
	return b
}

func FuzzBundle(f *testing.F) {
	f.Add([]byte("# v2 git bundle\n" + strings.Repeat("1", 40) + " refs/heads/main\n\nPACK"))
	f.Add([]byte("# v3 git bundle\n@object-format=sha1\n-" + strings.Repeat("1", 40) + "\n\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		b, err := readBundle(bufio.NewReader(bytes.NewReader(in)))
		if err == nil {
			assert.NotEmpty(t, slices.Collect(maps.Keys(b.refs)))
		} else {
			assert.NotEmpty(t, fmt.Sprint(err))
		}
	})
}
