package object

import (
	"bytes"
	"log/slog"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// inMemory returns a store of packs that lie in memory.
func inMemory(most int64, packs ...*pack) *Store {
	s := &Store{o: Options{MostBytes: most, Log: slog.New(slog.DiscardHandler)}, packs: packs}
	for _, p := range packs {
		p.once.Do(func() {}) // the index is there already
	}
	return s
}

// packOf returns a pack of two entries, 1 and 2, of which the first is any bytes.
func packOf(first, second []byte) *pack {
	p := (&forged{}).add(nameOf(1), first).add(nameOf(2), second)
	b := p.pack()
	own, err := parseIndex(p.index(2))
	if err != nil {
		panic(err)
	}
	return &pack{name: "pack-1.pack", file: &file{data: b, size: int64(len(b))}, size: int64(len(b) - 20), own: own}
}

// FuzzEntry reads an entry of any content, before one that is sound.
func FuzzEntry(f *testing.F) {
	f.Add(hello)
	f.Add(entryOf(offsetDelta, 4, []byte{0x81, 2}, []byte{5, 6, 0x90, 5}))
	f.Add(entryOf(nameDelta, len(shout), nameBytes(2), shout))
	f.Add(entryOf(nameDelta, len(shout), nameBytes(1), shout))
	f.Add(entryOf(Blob, 1<<40, nil, []byte("x")))
	f.Add(bytes.Repeat([]byte{0xff}, 60))
	f.Fuzz(func(t *testing.T, in []byte) {
		const most = 1 << 20
		r := inMemory(most, packOf(in, hello)).Reader(1 << 20)
		k, b, err := r.Read(nameOf(1))
		k2, size, err2 := r.Size(nameOf(1))
		if err == nil {
			assert.True(t, Commit <= k && k <= Tag)
			assert.LessOrEqual(t, len(b), most)
			require.NoError(t, err2)
			assert.Equal(t, []any{k, int64(len(b))}, []any{k2, size})
		}
		b, err = r.ReadKind(nameOf(2), Blob)
		require.NoError(t, err)
		assert.Equal(t, "hello", string(b))
	})
}

// FuzzDelta applies any delta to any base.
func FuzzDelta(f *testing.F) {
	f.Add([]byte("hello"), shout)
	f.Add([]byte{}, []byte{0, 0})
	f.Add([]byte("hello"), deltaOf([]byte("hello"), 2, "xyz", 1))
	f.Add([]byte("hello"), slices.Concat(varint(5), varint(200<<20), []byte{0x90, 5}))
	f.Fuzz(func(t *testing.T, base, delta []byte) {
		r := inMemory(4 << 20).Reader(1 << 20)
		got, err := r.apply(base, delta)
		if err != nil {
			assert.Nil(t, got)
			return
		}
		_, rest := number(delta)
		size, rest := number(rest)
		assert.Equal(t, size, int64(len(got)))
		assert.Equal(t, size, total(rest))
	})
}

// look asks a sorted list for names that are in it and names that are not.
func look(n *names, find func(Hash) bool) {
	for i := range 256 {
		h := Hash{byte(i), 0x80}
		find(h)
		n.withPrefix(nil, h, h.String()[:4])
	}
	for i := range min(n.count(), 100) {
		find(Hash(n.at(i)))
	}
}

// FuzzIndex reads an index of any content, with a checksum that fits.
func FuzzIndex(f *testing.F) {
	p := (&forged{}).add(nameOf(1), hello).add(nameOf(0x200), hello).add(nameOf(0xffff), hello)
	for version := 1; version <= 3; version++ {
		b := p.index(version)
		f.Add(b[:len(b)-20])
		f.Add(b[:1050])
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		i, err := parseIndex(sealed(slices.Clip(in)))
		if err != nil {
			return
		}
		look(&i.names, func(h Hash) bool {
			_, ok := i.find(h)
			return ok
		})
	})
}

// FuzzMulti reads a multi-pack-index of any content, with a checksum that fits.
func FuzzMulti(f *testing.F) {
	a := (&forged{}).add(nameOf(1), hello).add(nameOf(0x200), hello)
	b := (&forged{}).add(nameOf(0xffff), hello)
	good := multiOf([]string{"pack-a.idx", "pack-b.idx"}, a, b)
	f.Add(good[:len(good)-20])
	f.Add(good[:100])
	f.Add([]byte("MIDX\x01\x01\x00\x00\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x18"))
	f.Fuzz(func(t *testing.T, in []byte) {
		m, err := parseMulti(sealed(slices.Clip(in)))
		if err != nil {
			return
		}
		look(&m.names, func(h Hash) bool {
			at, ok := m.find(h)
			assert.True(t, !ok || at.pack < len(m.packs))
			return ok
		})
	})
}

// FuzzLoose reads a loose object, of any compressed content or any bytes at all.
func FuzzLoose(f *testing.F) {
	f.Add([]byte("blob 5\x00hello"), false)
	f.Add([]byte("commit 99999999999\x00"), false)
	f.Add([]byte("tree"), false)
	f.Add(compressed([]byte("blob 1\x00x")), true)
	f.Fuzz(func(t *testing.T, in []byte, raw bool) {
		if !raw {
			in = compressed(in)
		}
		r := inMemory(1 << 20).Reader(1 << 20)
		k, b, err := r.looseContent(bytes.NewReader(in), int64(len(in)))
		if err == nil {
			assert.True(t, Commit <= k && k <= Tag)
			k2, size, _, err := r.looseHead(bytes.NewReader(in))
			require.NoError(t, err)
			assert.Equal(t, []any{k, int64(len(b))}, []any{k2, size})
		}
	})
}
