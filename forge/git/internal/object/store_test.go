package object

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func blob(text string) []byte { return entryOf(Blob, len(text), nil, []byte(text)) }

// broken returns an entry that states another size than it has.
func broken(text string) []byte { return entryOf(Blob, len(text)+1, nil, []byte(text)) }

// logged returns options that log into a buffer.
func logged() (*Options, *bytes.Buffer) {
	var out bytes.Buffer
	return &Options{Log: slog.New(slog.NewTextHandler(&out, nil))}, &out
}

func TestAlternates(t *testing.T) {
	a, b, c := newFolder(t), newFolder(t), newFolder(t)
	a.loose(t, nameOf(1), "blob 1\x00a")
	b.pack(t, "pack-b", (&forged{}).add(nameOf(2), blob("b")), 2)
	c.loose(t, nameOf(3), "blob 1\x00c")
	rel, err := filepath.Rel(string(a), string(b))
	require.NoError(t, err)
	a.write(t, "info/alternates", []byte("# a comment\n\n"+rel+"\n"+string(a)+"/nowhere\r\n"))
	b.write(t, "info/alternates", []byte(string(c)+"\n"+string(a)+"/\n"))
	c.write(t, "info/alternates", []byte(string(a)+"\n"+string(c)+"\n"))
	var missing []string
	s := a.open(t, &Options{Missing: func(folder string, err error) {
		assert.ErrorIs(t, err, fs.ErrNotExist)
		missing = append(missing, folder)
	}})
	assert.Equal(t, []string{"3 a", "3 b", "3 c"}, []string{read(s, 1), read(s, 2), read(s, 3)})
	nowhere := filepath.Join(string(a), "nowhere")
	assert.Equal(t, []string{nowhere}, missing)
	assert.Len(t, s.folders, 3, "each once")
	assert.Equal(t, "; the object folder that it borrows from cannot be read: "+nowhere+": bring it back, or correct objects/info/alternates", s.Trouble())
	assert.NotEmpty(t, a.open(t, nil).Trouble(), "also where nobody asked to be told")
	assert.Empty(t, newFolder(t).open(t, nil).Trouble())
}

// Many folders that borrow from each other are not followed for ever.
func TestManyAlternates(t *testing.T) {
	f := newFolder(t)
	var all strings.Builder
	for i := range 100 {
		sub := filepath.Join(string(f), fmt.Sprint(i))
		require.NoError(t, os.Mkdir(sub, 0o777))
		fmt.Fprintln(&all, sub)
	}
	f.write(t, "info/alternates", []byte(all.String()))
	assert.Len(t, f.open(t, nil).folders, mostFolders+1)
}

// Of several copies the first sound one is taken, wherever it lies.
func TestCopies(t *testing.T) {
	f, other := newFolder(t), newFolder(t)
	f.pack(t, "pack-1", (&forged{}).add(nameOf(1), broken("x")).add(nameOf(2), broken("x")).add(nameOf(3), broken("x")).add(nameOf(4), broken("x")), 2)
	f.pack(t, "pack-2", (&forged{}).add(nameOf(1), blob("in another pack")), 1)
	f.loose(t, nameOf(2), "blob 5\x00loose")
	f.loose(t, nameOf(3), "blob 50\x00loose")
	f.write(t, "info/alternates", []byte(other))
	other.loose(t, nameOf(3), "blob 8\x00borrowed")
	s := f.open(t, nil)
	assert.Equal(t, "3 in another pack", read(s, 1))
	assert.Equal(t, "3 loose", read(s, 2))
	assert.Equal(t, "3 borrowed", read(s, 3))
	assert.Equal(t, "error: object "+nameOf(4).String()+" in pack-1.pack: the object is corrupt: it ends early: unexpected EOF", read(s, 4))
}

// twoPacks writes two packs that a multi-pack-index answers for, and one beside.
// Object 2 is in both; the first has a delta of 1 by name, the second a copy of 1.
func twoPacks(t testing.TB) (folder, *forged, *forged) {
	f := newFolder(t)
	a := (&forged{}).add(nameOf(1), hello).add(nameOf(2), blob("two")).add(nameOf(3), entryOf(nameDelta, len(shout), nameBytes(1), shout))
	b := (&forged{}).add(nameOf(2), blob("two")).add(nameOf(0x400), blob("four")).add(nameOf(1), hello)
	f.pack(t, "pack-a", a, 2)
	f.pack(t, "pack-b", b, 2)
	f.pack(t, "pack-c", (&forged{}).add(nameOf(5), blob("five")), 2)
	f.write(t, "pack/multi-pack-index", multiOf([]string{"pack-a.idx", "pack-b.idx"}, a, b))
	return f, a, b
}

func TestMulti(t *testing.T) {
	f, _, b := twoPacks(t)
	o, log := logged()
	for _, o.Unmapped = range []bool{false, true} {
		s := f.open(t, o)
		assert.Equal(t, []string{"3 two", "3 four", "3 five"}, []string{read(s, 2), read(s, 0x400), read(s, 5)})
		assert.Nil(t, s.packs[0].own, "its index is not needed")
		pack, at, ok := s.Place(nameOf(0x400))
		assert.Equal(t, []any{1, int64(b.items[1].at), true}, []any{pack, at, ok})
		assert.Equal(t, "3 hello!", read(s, 3), "the base is looked for in the own pack")
		assert.NotNil(t, s.packs[0].own)
		assert.Equal(t, "error: the object is absent", read(s, 6))
		assert.Equal(t, []Hash{nameOf(1), nameOf(2), nameOf(3), nameOf(5)}, s.WithPrefix("00"))
		assert.Equal(t, []Hash{nameOf(0x400)}, s.WithPrefix("04"))
		k, n, err := s.Reader(0).Size(nameOf(3))
		require.NoError(t, err)
		assert.Equal(t, []any{Blob, int64(6)}, []any{k, n})
	}
	assert.Empty(t, log.String())
}

// Where the copy that a multi-pack-index names cannot be read, the pack's own
// indexes lead to others.
func TestMultiCopies(t *testing.T) {
	f, _, b := twoPacks(t)
	b.items[0].raw = bytes.Clone(b.items[0].raw)
	b.items[0].raw[1] ^= 0x0f
	f.pack(t, "pack-b", b, 2)
	s := f.open(t, nil)
	assert.Equal(t, "3 two", read(s, 2))
	assert.Equal(t, "3 four", read(s, 0x400))

	require.NoError(t, os.Remove(filepath.Join(string(f), "pack/pack-a.idx")))
	assert.Contains(t, read(f.open(t, nil), 2), "is corrupt", "and nothing else helps")

	f, a, b := twoPacks(t)
	bad := multiOf([]string{"pack-a.idx", "pack-b.idx"}, a, b)
	at := bytes.Index(bad, []byte("LOFF"))
	table := int(binary.BigEndian.Uint64(bad[at+4:]))
	for i := range 8 * 4 {
		bad[table+i] = 0xff // offsets that are absurd
	}
	f.write(t, "pack/multi-pack-index", sealed(bad[:len(bad)-20]))
	o, log := logged()
	assert.Equal(t, "3 hello", read(f.open(t, o), 1))
	f.write(t, "pack/pack-a.idx", []byte("broken"))
	f.write(t, "pack/pack-b.idx", []byte("broken"))
	assert.Contains(t, read(f.open(t, o), 1), "lies outside the pack")
	assert.Contains(t, log.String(), "the index of a pack cannot be read")
}

// A multi-pack-index that is of no use is left aside with a warning, but one of
// another kind of names is an error.
func TestUselessMulti(t *testing.T) {
	f, a, b := twoPacks(t)
	names := []string{"pack-a.idx", "pack-b.idx"}
	good := multiOf(names, a, b)
	at := func(i int, v byte) []byte {
		out := slices.Clone(good[:len(good)-20])
		out[i] = v
		return sealed(out)
	}
	toc := len("MIDX") + 8
	twice := slices.Clone(good[:len(good)-20])
	copy(twice[toc+12:], "PNAM")
	twice = sealed(twice)
	for want, bad := range map[string][]byte{
		"does not begin":        at(0, 'X'),
		"begin as a multi":      good[:20],
		"its version is unkno":  at(4, 9),
		"unknown sort":          at(5, 3),
		"an unknown sort":       at(7, 1),
		"its checksum is wrong": append(slices.Clone(good[:len(good)-1]), good[len(good)-1]+1),
		"it is cut off":         at(6, 255),
		"table of contents":     at(toc+4, 1),
		"of contents is wrong":  twice,
		"its table is missing":  at(toc+12, 'Q'),
		"its length is wrong":   at(toc+24, 'Q'),
		"length is wrong":       at(toc+36, 'Q'),
		"table is not sorted":   at(toc+6*12+len("pack-a.idx\x00pack-b.idx\x00"), 9),
		"name of a pack":        multiOf([]string{"pack-b.idx", "pack-a.idx"}, b, a),
		"name of a pack is":     multiOf([]string{"pack-a.idx", "sub/pack-b.idx"}, a, b),
		"the name of a":         multiOf([]string{"pack-a.idx"}, a, b),
		"packs that are not":    multiOf([]string{"pack-a.idx", "pack-z.idx"}, a, b),
	} {
		f.write(t, "pack/multi-pack-index", bad)
		o, log := logged()
		s := f.open(t, o)
		assert.Contains(t, log.String(), want)
		assert.Empty(t, s.many, want)
		assert.Equal(t, []string{"3 hello", "3 four"}, []string{read(s, 1), read(s, 0x400)})
		s.Close()
	}
	f.write(t, "pack/multi-pack-index", at(5, 2))
	_, err := Open(string(f), nil)
	assert.ErrorContains(t, err, "named by SHA-256, which is not supported")
	assert.ErrorContains(t, err, "multi-pack-index")

	f.write(t, "pack/multi-pack-index", good)
	require.NoError(t, os.Remove(filepath.Join(string(f), "pack/pack-b.pack")))
	_, err = Open(string(f), nil)
	assert.ErrorContains(t, err, "stands there without its pack")
}

func TestIndexOfAnotherHash(t *testing.T) {
	f := newFolder(t)
	p := (&forged{}).add(nameOf(1), hello)
	f.pack(t, "pack-1", p, 2)
	b := p.index(2)
	sum := sha256.Sum256(b)
	f.write(t, "pack/pack-1.idx", append(b, sum[:]...))
	_, err := Open(string(f), nil)
	assert.ErrorContains(t, err, "named by SHA-256")
}

// An index of a version to come is made anew, from names that are true.
func TestIndexOfUnknownVersion(t *testing.T) {
	named := func(text string) Hash { return sha1.Sum(fmt.Appendf(nil, "blob %d\x00%s", len(text), text)) }
	one, two, three := named("hello"), named("hello!"), named("hello!!")
	p := (&forged{}).add(nameOf(1), hello)
	p.add(nameOf(2), entryOf(offsetDelta, len(shout), back(len(hello)), shout))
	more := deltaOf([]byte("hello!"), 6, "!", 0)
	p.add(nameOf(3), entryOf(nameDelta, len(more), two[:], more))
	f := newFolder(t)
	f.pack(t, "pack-1", p, 3)
	o, log := logged()
	r := f.open(t, o).Reader(0)
	for h, want := range map[Hash]string{one: "hello", two: "hello!", three: "hello!!"} {
		got, err := r.ReadKind(h, Blob)
		require.NoError(t, err)
		assert.Equal(t, want, string(got))
	}
	assert.Equal(t, 1, strings.Count(log.String(), "go-git makes a new index"))

	for name, p := range map[string]*forged{
		"a circle":         (&forged{}).add(nameOf(1), entryOf(nameDelta, len(shout), one[:], shout)).add(nameOf(2), entryOf(nameDelta, len(shout), two[:], shout)),
		"its own base":     (&forged{}).add(nameOf(1), entryOf(offsetDelta, len(shout), []byte{0}, shout)),
		"a base before it": (&forged{}).add(nameOf(1), entryOf(offsetDelta, len(shout), []byte{0xff, 0x7f}, shout)),
	} {
		f := newFolder(t)
		f.pack(t, "pack-1", p, 3)
		_, err := Open(string(f), nil)
		assert.ErrorContains(t, err, "is no readable pack index", name)
	}
}

func TestWithPrefix(t *testing.T) {
	f := newFolder(t)
	p := &forged{}
	for i := range 600 {
		p.add(nameOf(0x1000+i), blob(""))
	}
	f.pack(t, "pack-1", p, 2)
	f.pack(t, "pack-2", (&forged{}).add(nameOf(0x1001), blob("")).add(nameOf(0xffff), blob("")), 1)
	f.loose(t, nameOf(0x1002), "blob 0\x00")
	f.loose(t, nameOf(0x10ff), "blob 0\x00")
	f.write(t, "10/tmp_obj_1", nil)
	s := f.open(t, nil)
	assert.Equal(t, []Hash{nameOf(0x1001)}, s.WithPrefix("1001"))
	assert.Len(t, s.WithPrefix("100"), 16)
	assert.Len(t, s.WithPrefix("10"), 256)
	assert.Equal(t, []Hash{nameOf(0xffff)}, s.WithPrefix("ffff"))
	assert.Equal(t, []Hash{nameOf(0xffff)}, s.WithPrefix(nameOf(0xffff).String()))
	for _, none := range []string{"", "1", "zz", "FFFF", "1300", strings.Repeat("0", 41)} {
		assert.Empty(t, s.WithPrefix(none), none)
	}
}

// What the disk does not hand out is not said to be absent.
func TestDeny(t *testing.T) {
	f, other := newFolder(t), newFolder(t)
	name := nameOf(1).String()
	f.write(t, name[:2], nil) // a file where a folder should be
	f.loose(t, nameOf(0x100), "blob 1\x00x")
	require.NoError(t, os.Mkdir(filepath.Join(string(f), "01", nameOf(0x101).String()[2:]), 0o777))
	s := f.open(t, nil)
	assert.Contains(t, read(s, 1), "error: ")
	assert.NotContains(t, read(s, 1), "absent")
	folder := filepath.Join(string(f), name[:2])
	assert.Contains(t, s.Trouble(), "; objects in "+folder+" cannot be opened: ")
	assert.Contains(t, read(s, 0x101), "it is no file")

	f.write(t, "info/alternates", []byte(other))
	other.loose(t, nameOf(1), "blob 8\x00borrowed")
	assert.Equal(t, "3 borrowed", read(f.open(t, nil), 1))
	other.loose(t, nameOf(0x101), "blob 3\x00x")
	assert.Contains(t, read(f.open(t, nil), 0x101), "it is no file", "the reason of the first copy")
}

func TestOpenErrors(t *testing.T) {
	f := newFolder(t)
	f.write(t, "pack", nil)
	_, err := Open(string(f), nil)
	assert.ErrorContains(t, err, "listing the packs: ")
	f = newFolder(t)
	require.NoError(t, os.MkdirAll(filepath.Join(string(f), "info/alternates"), 0o777))
	_, err = Open(string(f), nil)
	assert.ErrorContains(t, err, "reading where it borrows objects from: ")
	assert.Equal(t, "; give the account that mines the permission to read it", advice(fs.ErrPermission))
	assert.Empty(t, advice(errors.New("other")))
}

func TestForgedLoose(t *testing.T) {
	f := newFolder(t)
	for raw, want := range map[string]string{
		"blob\x00":                   "does not begin with its kind",
		"blub 1\x00a":                "does not begin with its kind and size",
		"blob -1\x00a":               "its kind and size",
		"blob 1 \x00a":               "kind and size",
		"blob 1":                     "and size",
		"blob 5\x00a":                "ends early",
		"blob 1\x00abc":              "it does not end where it should",
		"blob 999999999999\x00a":     "larger than 256 MiB",
		"blob 99999999\x00a":         "so little cannot become 99999999 bytes",
		strings.Repeat("x", 100):     "begin with its kind",
		"tree 3\x00abc":              "2 abc",
		"commit 0\x00":               "1 ",
		"tag 00000000000000001\x00x": "4 x",
	} {
		f.loose(t, nameOf(1), raw)
		s := f.open(t, nil)
		assert.Contains(t, read(s, 1), want)
		_, n, err := s.Reader(0).Size(nameOf(1))
		if strings.HasPrefix(want, "larger") {
			assert.NoError(t, err, "it may be too large to be read")
			assert.Equal(t, int64(999999999999), n)
		}
		assert.Equal(t, strings.Contains(want, "begin") || strings.Contains(want, "and size"), err != nil, raw)
	}
	name := nameOf(1).String()
	whole := compressed([]byte("blob 5\x00hello"))
	for n := range len(whole) {
		f.write(t, name[:2]+"/"+name[2:], whole[:n])
		assert.Contains(t, read(f.open(t, nil), 1), "is corrupt")
	}
	whole[len(whole)-1]++
	f.write(t, name[:2]+"/"+name[2:], whole)
	assert.Contains(t, read(f.open(t, nil), 1), "its checksum is wrong")
}
