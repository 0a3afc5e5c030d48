package object

import (
	"encoding/binary"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An index whose checksum is right may be wrong all the same.
func TestBrokenIndexes(t *testing.T) {
	p := (&forged{}).add(nameOf(1), hello).add(nameOf(0x200), hello)
	one, two := p.index(1), p.index(2)
	resealed := func(b []byte, change func([]byte) []byte) []byte {
		return sealed(change(slices.Clone(b[:len(b)-20])))
	}
	longer := func(by int) func([]byte) []byte {
		return func(b []byte) []byte { return append(b, make([]byte, by)...) }
	}
	set := func(at int, v ...byte) func([]byte) []byte {
		return func(b []byte) []byte {
			copy(b[at:], v)
			return b
		}
	}
	for want, b := range map[string][]byte{
		"it is cut off":          one[:1000],
		"is cut off":             sealed(append([]byte{0xff, 't', 'O', 'c', 0, 0, 0, 2}, make([]byte, 1040)...)),
		"length is wrong":        resealed(one, longer(1)),
		"its length is wrong":    resealed(two, longer(4)),
		"its length":             resealed(two, set(8+255*4, 0xff, 0xff, 0xff, 0xff)),
		"length is":              resealed(one, set(255*4, 0xff, 0xff, 0xff, 0xff)),
		"its table is not sort":  resealed(one, set(0, 9)),
		"table is not sorted":    resealed(two, set(8, 9)),
		"its checksum is wrong":  two[:len(two)-1],
		"version is unknown: 77": resealed(two, set(7, 77)),
	} {
		_, err := parseIndex(b)
		require.Error(t, err, want)
		assert.Contains(t, err.Error(), want)
	}

	// A row of the large offsets that is not there.
	at := len(two) - 20 - 20 - 8 - 4
	require.Equal(t, uint32(1<<31), binary.BigEndian.Uint32(two[at:]))
	f := newFolder(t)
	f.pack(t, "pack-1", p, 2)
	f.write(t, "pack/pack-1.idx", resealed(two, set(at+3, 1)))
	s := f.open(t, nil)
	assert.Equal(t, "3 hello", read(s, 1))
	assert.Contains(t, read(s, 0x200), "it lies outside the pack")

	f.write(t, "pack/pack-1.idx", resealed(two, set(at+4, 0, 0, 1, 0)))
	assert.Contains(t, read(f.open(t, nil), 0x200), "it lies outside the pack")

	// In version 1 an offset of 2 GiB and more is itself.
	b := resealed(one, set(1024, 0x80))
	i, err := parseIndex(b)
	require.NoError(t, err)
	got, ok := i.find(nameOf(1))
	assert.True(t, ok)
	assert.Equal(t, int64(1<<31+12), got)
}

// Any list is searched right, evenly spread or not.
func TestSearch(t *testing.T) {
	lists := map[string]func(i int) Hash{
		"even":    func(i int) (h Hash) { binary.BigEndian.PutUint32(h[:], uint32(i)*4294967); return h },
		"crowded": func(i int) (h Hash) { binary.BigEndian.PutUint32(h[8:], uint32(i)); return h },
		"last":    func(i int) (h Hash) { h[0] = 0xff; binary.BigEndian.PutUint32(h[12:], uint32(i)<<20); return h },
	}
	for name, of := range lists {
		n := names{step: 20}
		for i := 0; i < 2000; i += 2 {
			h := of(i / 2)
			n.list = append(n.list, h[:]...)
			for b := int(h[0]); b < 256; b++ {
				n.fan[b]++
			}
		}
		for i := range 1000 {
			h := of(i)
			at, ok := n.search(h)
			require.True(t, ok, name)
			require.Equal(t, i, at, name)
			h[19]++
			at, ok = n.search(h)
			require.False(t, ok, name)
			require.Equal(t, i+1, at, name)
		}
		_, ok := n.search(Hash{0x80, 1, 2})
		assert.False(t, ok)
	}
}

// Streams that another format begins like are told from those of zlib.
func TestStreamHeads(t *testing.T) {
	for want, head := range map[string][2]byte{
		"another method":      {0x79, 0x18},
		"too large a window":  {0x88, 0x1c},
		"a preset dictionary": {0x78, 0xbb},
		"a wrong check":       {0x78, 0x9d},
	} {
		b := slices.Clone(hello)
		copy(b[1:], head[:])
		require.Equal(t, want == "a wrong check", (int(head[0])<<8|int(head[1]))%31 != 0, want)
		assert.Contains(t, read(forgePack(t, b), 1), "not compressed by zlib", want)
	}
}
