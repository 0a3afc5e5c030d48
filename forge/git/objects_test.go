package git

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/git/internal/parse"
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
	o.Lines = true
	lineFacts := func(b *builder) []model.Record {
		rs, err := mine(t, o, model.Repository{URL: b.dir}, model.Period{})
		require.NoError(t, err)
		return rs
	}
	for _, byName := range []bool{false, true} {
		b := large(t)
		want := lineFacts(b)
		loose := contents(t, b)
		pack := b.repack(byName)
		assert.Equal(t, want, lineFacts(b))
		assert.Equal(t, loose, contents(t, b))
		st, err := os.Stat(pack)
		require.NoError(t, err)
		assert.Less(t, st.Size(), int64(40_000), "deltas were made")

		more := b.commit(spec{msg: "more", at: day(40), parents: []string{want[0].Tip.Commit}})
		b.branch("main", more)
		b.repack(byName)
		assert.Len(t, records(lineFacts(b)).subjects(), 31, "two packs")
	}
}

// contents reads every object that the tip leads to, with little memory, so that
// bases are read again and again.
func contents(t *testing.T, b *builder) map[string]string {
	s, err := openStore(filepath.Join(b.dir, "objects"), nil)
	require.NoError(t, err)
	defer s.close()
	out := map[string]string{}
	o := s.reader(1000)
	todo := []hash{must2(parse.ParseHash(strings.TrimSpace(read(b, "refs/heads/main"))))}
	for len(todo) > 0 {
		h := todo[0]
		todo = todo[1:]
		k, c, err := o.read(h)
		require.NoError(t, err)
		out[h.String()] = fmt.Sprint(k, string(c))
		kinds := map[kind]plumbing.ObjectType{commitKind: plumbing.CommitObject, treeKind: plumbing.TreeObject, blobKind: plumbing.BlobObject}
		require.Equal(t, h.String(), plumbing.ComputeHash(kinds[k], c).String())
		switch k {
		case commitKind:
			tree, parents, _, err := parse.ParseGraph(c, nil)
			require.NoError(t, err)
			todo = append(append(todo, parents...), tree)
		case treeKind:
			for e, err := range parse.TreeEntries(c) {
				require.NoError(t, err)
				todo = append(todo, e.Hash)
			}
		}
	}
	return out
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
	o.Lines = true
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

// entryOf writes an object of a pack.
func entryOf(k kind, size int, base []byte, content []byte) []byte {
	c := byte(k)<<4 | byte(size&15)
	out := []byte{c}
	for size >>= 4; size > 0; size >>= 7 {
		out[len(out)-1] |= 0x80
		out = append(out, byte(size&0x7f))
	}
	out = append(out, base...)
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	w.Write(content)
	w.Close()
	return append(out, z.Bytes()...)
}

// forgePack writes a pack and an index of these entries, named 1…, 2… and so on.
func forgePack(t testing.TB, entries ...[]byte) *store {
	dir := t.TempDir()
	pack := binary.BigEndian.AppendUint32([]byte("PACK\x00\x00\x00\x02"), uint32(len(entries)))
	index := []byte("\xfftOc\x00\x00\x00\x02")
	for first := range 256 {
		index = binary.BigEndian.AppendUint32(index, uint32(min(first/16, len(entries))))
	}
	var crc, offsets []byte
	for i, e := range entries {
		index = append(index, bytes.Repeat([]byte{byte(i+1) * 0x10}, 20)...)
		crc = append(crc, 0, 0, 0, 0)
		offsets = binary.BigEndian.AppendUint32(offsets, uint32(len(pack)))
		pack = append(pack, e...)
	}
	sum := sha1.Sum(pack)
	pack = append(pack, sum[:]...)
	index = slices.Concat(index, crc, offsets, sum[:])
	own := sha1.Sum(index)
	must(os.MkdirAll(filepath.Join(dir, "pack"), 0o777))
	must(os.WriteFile(filepath.Join(dir, "pack", "pack-1.pack"), pack, 0o666))
	must(os.WriteFile(filepath.Join(dir, "pack", "pack-1.idx"), append(index, own[:]...), 0o666))
	s, err := openStore(dir, nil)
	require.NoError(t, err)
	t.Cleanup(s.close)
	return s
}

func forgedName(i int) hash { return hash(bytes.Repeat([]byte{byte(i) * 0x10}, 20)) }

func name(i int) []byte {
	h := forgedName(i)
	return h[:]
}

func TestForgedPacks(t *testing.T) {
	base := entryOf(blobKind, 5, nil, []byte("hello"))
	delta := []byte{5, 6, 0x90, 5, 1, '!'} // copy five bytes, insert one
	s := forgePack(t, base, entryOf(offsetDelta, len(delta), []byte{byte(len(base))}, delta), entryOf(nameDelta, len(delta), name(1), delta))
	for i, want := range []string{"hello", "hello!", "hello!"} {
		got, err := s.reader(1<<20).readKind(forgedName(i+1), blobKind)
		require.NoError(t, err)
		assert.Equal(t, want, string(got))
	}
	long := strings.Repeat("x", 0x10000) + "y"
	s2 := forgePack(t, entryOf(blobKind, len(long), nil, []byte(long)), entryOf(nameDelta, 7, name(1), []byte{0x81, 0x80, 4, 0x80, 0x80, 4, 0x80}))
	got, err := s2.reader(0).readKind(forgedName(2), blobKind)
	require.NoError(t, err)
	assert.Equal(t, long[:0x10000], string(got), "a length of 0 is 64 KiB")
	_, err = s.reader(0).readKind(forgedName(2), treeKind)
	assert.ErrorIs(t, err, errCorrupt, "of another kind")
	_, _, err = s.reader(0).read(forgedName(9))
	assert.Equal(t, errAbsent, err)

	for want, entries := range map[string][][]byte{
		"round in a circle":       {entryOf(nameDelta, len(delta), name(2), delta), entryOf(nameDelta, len(delta), name(1), delta)},
		"in a circle":             {entryOf(nameDelta, len(delta), name(1), delta)},
		"base lies outside":       {entryOf(offsetDelta, len(delta), []byte{0}, delta)},
		"outside the pack":        {entryOf(offsetDelta, len(delta), []byte{0xff, 0xff, 0x7f}, delta)},
		"lies outside the pack":   {entryOf(offsetDelta, len(delta), bytes.Repeat([]byte{0xff}, 24), delta)},
		"base is not in the pack": {entryOf(nameDelta, len(delta), name(7), delta)},
		"kind is unknown":         {entryOf(5, 1, nil, []byte("x"))},
		"size is absurd":          {append(bytes.Repeat([]byte{0xbf}, 12), 0)},
		"larger than 256 MiB":     {entryOf(blobKind, 1<<40, nil, []byte("x"))},
		"ends early":              {entryOf(blobKind, 200<<20, nil, []byte("x"))},
		"end where it should":     {entryOf(blobKind, 1, nil, []byte("xyz"))},
		"object is corrupt":       {append([]byte{0x31}, "no zlib, and long enough"...)},
		"does not fit its base":   {entryOf(nameDelta, 2, name(2), []byte{4, 1}), base},
		"reaches out of bounds":   {entryOf(nameDelta, 5, name(2), []byte{5, 6, 0x91, 3, 6}), base},
		"out of bounds":           {entryOf(nameDelta, 3, name(2), []byte{5, 6, 0}), base},
		"a delta ends early":      {entryOf(nameDelta, 4, name(2), []byte{5, 6, 0x90, 5}), base},
	} {
		_, _, err := forgePack(t, entries...).reader(1 << 20).read(forgedName(1))
		assert.ErrorContains(t, err, want)
	}
}

func TestForgedLooseObjects(t *testing.T) {
	b := newBuilder(t.TempDir())
	h := forgedName(1)
	for want, raw := range map[string]string{
		"object is corrupt": "blob\x00",
		"corrupt":           "blub 1\x00a",
		"is corrupt":        "blob -1\x00a",
		"ends early":        "blob 5\x00a",
		"not end where":     "blob 1\x00abc",
		"larger than":       "blob 999999999999\x00a",
		": the object is":   strings.Repeat("x", 100),
	} {
		b.forge(h.String(), raw)
		s, err := openStore(filepath.Join(b.dir, "objects"), nil)
		require.NoError(t, err)
		_, _, err = s.reader(1 << 20).read(h)
		assert.ErrorContains(t, err, want)
	}
}

func FuzzPatch(f *testing.F) {
	f.Add([]byte("hello"), []byte{5, 6, 0x90, 5, 1, '!'})
	f.Add([]byte{}, []byte{0, 0})
	f.Fuzz(func(t *testing.T, base, delta []byte) {
		got, err := patch(base, delta)
		if err == nil {
			size, rest := number(must3(number(delta)))
			assert.Equal(t, size, int64(len(got)))
			assert.LessOrEqual(t, len(rest), len(delta))
		}
	})
}

func must3(_ int64, rest []byte) []byte { return rest }

// FuzzEntry reads the first object of a pack of any content.
func FuzzEntry(f *testing.F) {
	f.Add(entryOf(blobKind, 5, nil, []byte("hello")))
	f.Add(entryOf(offsetDelta, 4, []byte{0x81, 2}, []byte{5, 6, 0x90, 5}))
	f.Add(entryOf(nameDelta, 4, bytes.Repeat([]byte{0x20}, 20), []byte{5, 5, 0x90, 5}))
	base := entryOf(blobKind, 5, nil, []byte("hello"))
	f.Fuzz(func(t *testing.T, in []byte) {
		head := make([]byte, 12)
		p := &pack{data: bytes.NewReader(slices.Concat(head, in, base)), size: int64(12 + len(in) + len(base))}
		p.names, p.offsets = slices.Concat(name(1), name(2)), binary.BigEndian.AppendUint32([]byte{0, 0, 0, 12}, uint32(12+len(in)))
		for i := range p.fan {
			p.fan[i] = uint32(min(i/16, 2))
		}
		k, b, err := (&store{packs: []*pack{p}}).reader(1 << 20).read(forgedName(1))
		if err == nil {
			assert.True(t, commitKind <= k && k <= tagKind)
			assert.LessOrEqual(t, len(b), mostBytes)
		}
	})
}

// FuzzIndex reads an index of any content, with a checksum that fits.
func FuzzIndex(f *testing.F) {
	good := must2(os.ReadFile(filepath.Join(forgePack(f, []byte("one"), []byte("two")).folders[0], "pack", "pack-1.idx")))
	f.Add(good[:len(good)-20])
	f.Add(good[:1000])
	f.Fuzz(func(t *testing.T, in []byte) {
		sum := sha1.Sum(in)
		p := &pack{}
		if err := p.readIndex(append(slices.Clone(in), sum[:]...)); err != nil {
			return
		}
		for i := range byte(255) {
			h := hash(bytes.Repeat([]byte{i}, 20))
			p.find(h)
			p.withPrefix(nil, h, h.String()[:4])
		}
		for i := range min(int(p.fan[255]), 1000) {
			p.find(hash(p.at(i)))
		}
	})
}
