package git

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// large returns a repository whose pack has deltas.
func large(t testing.TB) *builder {
	b := newBuilder(t.TempDir())
	var parents []string
	text := strings.Repeat("a line that stays as it is\n", 400)
	for i := range 30 {
		text = fmt.Sprintf("line %d\n%s", i, text)
		parents = []string{b.commit(spec{msg: fmt.Sprint("commit ", i), at: day(i), parents: parents,
			files: map[string]string{"big": text, "e": "", "dir/small": fmt.Sprint(i)}})}
	}
	b.branch("main", parents[0])
	return b
}

// A repository is the same loose, in a pack of deltas by distance or by name, and
// in two packs.
func TestPacks(t *testing.T) {
	o := options()
	o.Facts = []model.Kind{model.LineFacts}
	lineFacts := func(b *builder) []model.Record {
		rs, err := mine(t, o, model.Repository{URL: b.dir}, model.Period{})
		require.NoError(t, err)
		return rs
	}
	for _, byName := range []bool{false, true} {
		b := large(t)
		want := lineFacts(b)
		pack := b.repack(byName)
		assert.Equal(t, want, lineFacts(b))
		st, err := os.Stat(pack)
		require.NoError(t, err)
		assert.Less(t, st.Size(), int64(40_000), "deltas were made")

		more := b.commit(spec{msg: "more", at: day(40), parents: []string{want[0].Tip.Commit}})
		b.branch("main", more)
		b.repack(byName)
		assert.Len(t, records(lineFacts(b)).subjects(), 31, "two packs")
	}
}

func must2[T any](v T, err error) T {
	must(err)
	return v
}

// Every byte of a pack or its index may be wrong. The answer is then an error or a
// gap, or the right one.
func TestCorruptPack(t *testing.T) {
	b := large(t)
	pack := b.repack(true)
	index := strings.TrimSuffix(pack, ".pack") + ".idx"
	o := options()
	o.Facts = []model.Kind{model.LineFacts}
	right, err := mine(t, o, model.Repository{URL: b.dir}, model.Period{})
	require.NoError(t, err)
	for _, file := range []string{pack, index} {
		must(os.Chmod(file, 0o666))
		good := must2(os.ReadFile(file))
		for _, at := range []int{0, 5, 8, 12, 13, 40, len(good) / 3, len(good) / 2, len(good) - 200, len(good) - 30, len(good) - 1} {
			bad := slices.Clone(good)
			bad[at] ^= 0xff
			must(os.WriteFile(file, bad, 0o666))
			rs, err := mine(t, o, model.Repository{URL: b.dir}, model.Period{})
			if err != nil {
				assert.Regexp(t, "is no readable pack|cannot be read|corrupt", err.Error())
				continue
			}
			if c := records(rs).coverage(t); c[model.CommitFacts].State == model.Complete && c[model.LineFacts].State == model.Complete {
				assert.Equal(t, right, rs, "byte %d", at)
			}
		}
		for _, n := range []int{0, 10, 40, len(good) / 2, len(good) - 1} {
			must(os.WriteFile(file, good[:n], 0o666))
			assert.Contains(t, failure(t, o, model.Repository{URL: b.dir}), "is no readable pack")
		}
		must(os.WriteFile(file, good, 0o666))
	}
	must(os.Remove(pack))
	assert.Contains(t, failure(t, o, model.Repository{URL: b.dir}), "stands there without its pack")
}
