package object

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var hello = entryOf(Blob, 5, nil, []byte("hello"))

// shout copies "hello" and adds a sign.
var shout = []byte{5, 6, 0x90, 5, 1, '!'}

func TestEntries(t *testing.T) {
	for _, o := range []*Options{nil, {Unmapped: true}} {
		p := &forged{}
		p.add(nameOf(1), hello)
		p.add(nameOf(2), entryOf(offsetDelta, len(shout), back(len(hello)), shout))
		p.add(nameOf(3), entryOf(nameDelta, len(shout), nameBytes(1), shout))
		p.add(nameOf(4), entryOf(Blob, 0, nil, nil))
		p.add(nameOf(5), entryOf(Commit, 1, nil, []byte("c")))
		p.add(nameOf(6), entryOf(Tree, 2, nil, []byte("tt")))
		p.add(nameOf(7), entryOf(Tag, 3, nil, []byte("tag")))
		f := newFolder(t)
		f.pack(t, "pack-1", p, 2)
		s := f.open(t, o)
		for i, want := range []string{"3 hello", "3 hello!", "3 hello!", "3 ", "1 c", "2 tt", "4 tag"} {
			assert.Equal(t, want, read(s, i+1))
			k, n, err := s.Reader(0).Size(nameOf(i + 1))
			require.NoError(t, err)
			assert.Equal(t, want[:1], fmt.Sprint(k))
			assert.Equal(t, len(want)-2, int(n))
			pack, at, ok := s.Place(nameOf(i + 1))
			assert.Equal(t, []any{0, int64(p.items[i].at), true}, []any{pack, at, ok})
		}
		assert.NotNil(t, must(s.Reader(0).ReadKind(nameOf(4), Blob)), "empty, but there")
		_, err := s.Reader(0).ReadKind(nameOf(2), Tree)
		assert.ErrorIs(t, err, ErrCorrupt, "of another kind")
		_, _, err = s.Reader(0).Read(nameOf(9))
		assert.Equal(t, ErrAbsent, err)
		_, _, err = s.Reader(0).Size(nameOf(9))
		assert.Equal(t, ErrAbsent, err)
		_, _, ok := s.Place(nameOf(9))
		assert.False(t, ok)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestLengthOfZero(t *testing.T) {
	long := strings.Repeat("x", 0x10000) + "y"
	delta := slices.Concat(varint(len(long)), varint(0x10000), []byte{0x80})
	s := forgePack(t, entryOf(Blob, len(long), nil, []byte(long)), entryOf(nameDelta, len(delta), nameBytes(1), delta))
	assert.Equal(t, "3 "+long[:0x10000], read(s, 2), "a length of 0 is 64 KiB")
}

func TestForgedEntries(t *testing.T) {
	big := slices.Concat(varint(5), varint(200<<20), []byte{0x90, 5})
	wrongSum := slices.Clone(hello)
	wrongSum[len(wrongSum)-1]++
	for want, entries := range map[string][][]byte{
		"round in a circle":         {entryOf(nameDelta, len(shout), nameBytes(2), shout), entryOf(nameDelta, len(shout), nameBytes(1), shout)},
		"in a circle":               {entryOf(nameDelta, len(shout), nameBytes(1), shout)},
		"base lies outside":         {entryOf(offsetDelta, len(shout), []byte{0}, shout)},
		"outside the pack":          {entryOf(offsetDelta, len(shout), []byte{0xff, 0xff, 0x7f}, shout)},
		"lies outside the pack":     {entryOf(offsetDelta, len(shout), bytes.Repeat([]byte{0xff}, 24), shout)},
		"base is not in the pack":   {entryOf(nameDelta, len(shout), nameBytes(7), shout)},
		"kind is unknown":           {entryOf(5, 1, nil, []byte("x"))},
		"size is absurd":            {append(bytes.Repeat([]byte{0xbf}, 12), 0)},
		"larger than 256 MiB":       {entryOf(Blob, 1<<40, nil, []byte("x"))},
		"ends early":                {entryOf(Blob, 200<<20, nil, []byte("x"))},
		"it ends early: unexpected": {entryOf(Blob, 2, nil, []byte("x"))},
		"end where it should":       {entryOf(Blob, 1, nil, []byte("xyz"))},
		"not compressed by zlib":    {append([]byte{0x31}, "no zlib, and long enough"...)},
		"checksum is wrong":         {wrongSum},
		"it is cut off":             {{0xbf}},
		"does not fit its base":     {entryOf(nameDelta, 2, nameBytes(2), []byte{4, 1}), hello},
		"reaches out of bounds":     {entryOf(nameDelta, 5, nameBytes(2), []byte{5, 6, 0x91, 3, 6}), hello},
		"a delta reaches out of":    {entryOf(nameDelta, 5, nameBytes(2), []byte{5, 5, 0x91, 1, 5}), hello},
		"delta reaches out of":      {entryOf(nameDelta, 4, nameBytes(2), []byte{5, 2, 2, 'a'}), hello},
		"out of bounds":             {entryOf(nameDelta, 3, nameBytes(2), []byte{5, 6, 0}), hello},
		"a delta reaches out":       {entryOf(nameDelta, 4, nameBytes(2), []byte{5, 2, 0x90, 5}), hello},
		"a delta ends early":        {entryOf(nameDelta, 4, nameBytes(2), []byte{5, 6, 0x90, 5}), hello},
		"delta ends early":          {entryOf(nameDelta, len(big), nameBytes(2), big), hello},
	} {
		p := &forged{}
		for i, e := range entries {
			p.add(nameOf(i+1), e)
		}
		f := newFolder(t)
		f.pack(t, "pack-1", p, 2)
		for _, unmapped := range []bool{false, true} {
			_, _, err := f.open(t, &Options{Unmapped: unmapped}).Reader(1 << 20).Read(nameOf(1))
			require.ErrorContains(t, err, want)
			assert.ErrorContains(t, err, "object "+nameOf(1).String()+" in pack-1.pack: ")
			assert.Equal(t, strings.Contains(want, "larger"), errors.Is(err, ErrTooLarge))
			assert.Equal(t, !strings.Contains(want, "larger"), errors.Is(err, ErrCorrupt))
		}
	}
}

// A claim costs no memory: neither that of a size that cannot be there, nor that of
// one that could, nor that of a delta.
func TestClaimsCostNothing(t *testing.T) {
	delta := slices.Concat(varint(5), varint(200<<20), []byte{0x90, 5})
	padding := entryOf(Blob, 300_000, nil, noise(300_000)) // so that it could be
	s := forgePack(t, hello, entryOf(nameDelta, len(delta), nameBytes(1), delta), entryOf(Blob, 200<<20, nil, []byte("x")), padding)
	for n := range 2 {
		r := s.Reader(1 << 20)
		assert.Less(t, allocated(func() {
			_, _, err := r.Read(nameOf(2 + n))
			require.Error(t, err)
		}), 3<<20)
	}
}

// A few deltas that blow each other up are not followed for hours.
func TestWork(t *testing.T) {
	p := &forged{}
	body := noise(1 << 10)
	p.add(nameOf(0), entryOf(Blob, len(body), nil, body))
	same := deltaOf(body, len(body), "", 0)
	for i := 1; i < 200; i++ {
		p.add(nameOf(i), entryOf(nameDelta, len(same), nameBytes(i-1), same))
	}
	f := newFolder(t)
	f.pack(t, "pack-1", p, 2)
	s := f.open(t, &Options{MostBytes: 1 << 10})
	_, _, err := s.Reader(0).Read(nameOf(60))
	require.NoError(t, err)
	_, _, err = s.Reader(0).Read(nameOf(70))
	assert.ErrorIs(t, err, ErrTooLarge)
	_, _, err = f.open(t, nil).Reader(0).Read(nameOf(199))
	assert.NoError(t, err, "long chains of small objects are well")
}

func TestDeepChain(t *testing.T) {
	p := &forged{}
	p.add(nameOf(0), hello)
	same := deltaOf([]byte("hello"), 5, "", 0)
	stream := compressed(same)
	for i := range longestChain + 1 {
		p.add(nameOf(i+1), entryFrom(offsetDelta, len(same), back(p.end-p.items[i].at), stream))
	}
	f := newFolder(t)
	f.pack(t, "pack-1", p, 2)
	s := f.open(t, nil)
	assert.Equal(t, "3 hello", read(s, longestChain))
	assert.Contains(t, read(s, longestChain+1), "in a circle")
}

// Every byte of a pack or its index may be wrong, and each may be cut off anywhere.
// The answer is an error or the right one.
func TestDamage(t *testing.T) {
	p := &forged{}
	p.add(nameOf(1), hello)
	p.add(nameOf(2), entryOf(offsetDelta, len(shout), back(len(hello)), shout))
	p.add(nameOf(3), entryOf(nameDelta, len(shout), nameBytes(2), deltaOf([]byte("hello!"), 6, "", 0)))
	for _, version := range []int{1, 2} {
		f := newFolder(t)
		f.pack(t, "pack-1", p, version)
		for _, name := range []string{"pack/pack-1.pack", "pack/pack-1.idx"} {
			good := must(os.ReadFile(filepath.Join(string(f), name)))
			right := 0
			check := func(b []byte, cut bool) {
				f.write(t, name, b)
				s, err := Open(string(f), nil)
				if err != nil {
					require.ErrorContains(t, err, "is no readable pack")
					return
				}
				require.False(t, cut)
				for n, want := range []string{"3 hello", "3 hello!"} {
					if got := read(s, n+1); !strings.HasPrefix(got, "error: object "+nameOf(n+1).String()) {
						require.Equal(t, want, got)
						right++
					}
				}
				s.Close()
			}
			for at := range good {
				if at > 60 && at%9 != 0 && len(good) > 1000 {
					continue // an index is mostly its table
				}
				bad := slices.Clone(good)
				bad[at] ^= 0x55
				check(bad, false)
			}
			for n := 0; n < len(good); n += 1 + n/8 {
				check(good[:n], true)
			}
			check(good, false)
			assert.Positive(t, right)
			f.write(t, name, good)
		}
		require.NoError(t, os.Remove(filepath.Join(string(f), "pack/pack-1.pack")))
		_, err := Open(string(f), nil)
		assert.ErrorContains(t, err, "stands there without its pack")
	}
}

// What is no file is not opened, and the version of a pack to come is named.
func TestOddPacks(t *testing.T) {
	p := (&forged{}).add(nameOf(1), hello)
	later := p.pack()
	binary.BigEndian.PutUint32(later[4:], 4)
	f := newFolder(t)
	f.pack(t, "pack-1", p, 2)
	f.write(t, "pack/pack-1.pack", later)
	_, err := Open(string(f), nil)
	assert.ErrorContains(t, err, "it is of version 4, not 2 or 3; git repack -ad")

	binary.BigEndian.PutUint32(later[4:], 3)
	f.write(t, "pack/pack-1.pack", later)
	assert.Equal(t, "3 hello", read(f.open(t, nil), 1), "version 3 is the same")

	require.NoError(t, os.Remove(filepath.Join(string(f), "pack/pack-1.pack")))
	require.NoError(t, os.Mkdir(filepath.Join(string(f), "pack/pack-1.pack"), 0o777))
	_, err = Open(string(f), nil)
	assert.ErrorContains(t, err, "it is no file")
	require.NoError(t, os.Remove(filepath.Join(string(f), "pack/pack-1.pack")))
	f.pack(t, "pack-1", p, 2)
	f.write(t, "pack/pack-1.idx", (&forged{}).add(nameOf(1), hello).add(nameOf(2), hello).index(2))
	_, err = Open(string(f), nil)
	assert.ErrorContains(t, err, "it does not end as its index says: it is cut off or another one")
	_, err = Open(filepath.Join(string(f), "absent"), nil)
	assert.NoError(t, err, "a folder without packs")
}

// noise returns bytes that cannot be compressed, the same each time.
func noise(n int) []byte {
	out := make([]byte, n)
	rand.NewChaCha8([32]byte{1}).Read(out)
	return out
}
