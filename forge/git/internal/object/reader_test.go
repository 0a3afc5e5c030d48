package object

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

// history writes n versions of some files, most as deltas of their last versions,
// some loose, and returns their contents by number.
func history(t testing.TB, n int) (folder, [][]byte) {
	r := rand.New(rand.NewPCG(1, 2))
	f, p := newFolder(t), &forged{}
	var all [][]byte
	for i := range n {
		text := make([]byte, 1+r.IntN(1<<(4+r.IntN(12))))
		for j := range text {
			text[j] = byte('a' + r.IntN(4))
		}
		base := i - 1 - r.IntN(8)
		switch {
		case i%50 == 49:
			f.loose(t, nameOf(i), fmt.Sprintf("blob %d\x00%s", len(text), text))
			all = append(all, text)
			continue
		case base < 0 || base%50 == 49 || r.IntN(20) == 0:
			p.add(nameOf(i), entryOf(Blob, len(text), nil, text))
		default:
			old := all[base]
			head := r.IntN(len(old) + 1)
			tail := r.IntN(len(old) - head + 1)
			insert := string(text[:min(len(text), 300)])
			delta := deltaOf(old, head, insert, tail)
			text = []byte(string(old[:head]) + insert + string(old[len(old)-tail:]))
			p.add(nameOf(i), entryOf(nameDelta, len(delta), nameBytes(base), delta))
		}
		all = append(all, text)
	}
	f.pack(t, "pack-1", p, 2)
	return f, all
}

// Contents stay as they are until they are released, however many are read
// meanwhile, and with any memory. Memory stays within the budget.
func TestNoBufferHasTwoOwners(t *testing.T) {
	f, all := history(t, 800)
	s := f.open(t, nil)
	for _, budget := range []int{0, 1000, 100_000, 1 << 20, 1 << 30} {
		rnd := rand.New(rand.NewPCG(3, uint64(budget)))
		r := s.Reader(budget)
		held := map[int][]byte{}
		check := func() {
			for i, b := range held {
				if !bytes.Equal(all[i], b) {
					require.Failf(t, "a content changed", "object %d, budget %d", i, budget)
				}
			}
		}
		for range 3000 {
			i := rnd.IntN(len(all))
			b, err := r.ReadKind(nameOf(i), Blob)
			require.NoError(t, err)
			require.Equal(t, all[i], b, "object %d", i)
			require.Equal(t, len(b), cap(b), "whoever appends gets a copy")
			held[i] = b
			if rnd.IntN(40) == 0 {
				check()
				clear(held)
				r.Release()
			}
			require.LessOrEqual(t, r.recent.size, budget/4*3)
			require.LessOrEqual(t, r.buffers.spare, budget/4)
		}
		check()
		account(t, r)
		for i := range all {
			k, n, err := r.Size(nameOf(i))
			require.NoError(t, err)
			require.Equal(t, []any{Blob, int64(len(all[i]))}, []any{k, n})
		}
	}
}

// account checks that what the reader says of its memory is so, and that no memory
// is there twice.
func account(t *testing.T, r *Reader) {
	seen := map[*byte]bool{}
	note := func(b []byte) int {
		b = b[:cap(b)]
		require.False(t, seen[&b[0]], "a buffer has two owners")
		seen[&b[0]] = true
		return len(b)
	}
	spare := 0
	for c, list := range r.buffers.free {
		for _, b := range list {
			got, size := class(cap(b))
			require.Equal(t, []int{c, cap(b)}, []int{got, size})
			spare += note(b)
		}
	}
	for _, b := range r.buffers.pending {
		spare += note(b)
	}
	assert.Equal(t, r.buffers.spare, spare)
	size, nodes := 0, 0
	for i := r.recent.ring[0].older; i != 0; i = r.recent.ring[i].older {
		require.Equal(t, i, r.recent.at[r.recent.ring[i].key])
		size += note(r.recent.ring[i].content) + nodeBytes
		nodes++
	}
	assert.Equal(t, r.recent.size, size)
	assert.Len(t, r.recent.at, nodes)
	assert.Len(t, r.recent.ring, nodes+len(r.recent.unused)+1)
}

// A reader that is told what is not looked at any more takes much less memory from
// the system.
func TestReuse(t *testing.T) {
	f, all := history(t, 400)
	s := f.open(t, nil)
	taken := func(release bool) int {
		r := s.Reader(1 << 18)
		return allocated(func() {
			for n := range 20 * len(all) {
				if i := n % len(all); i%50 != 49 {
					_, err := r.ReadKind(nameOf(i), Blob)
					require.NoError(t, err)
				}
				if release {
					r.Release()
				}
			}
		})
	}
	without, with := taken(false), taken(true)
	assert.Less(t, with, without/4*3, "%d, %d", with, without)
}

func TestRecent(t *testing.T) {
	b := &buffers{most: 1 << 20}
	c := newRecent(4*(64+nodeBytes), b)
	keep := func(n int64) bool { return c.keep(packedKey(0, n), Blob, b.take(int(n))) }
	has := func(n int64) bool {
		_, _, ok := c.find(packedKey(0, n))
		return ok
	}
	for n := range int64(4) {
		assert.True(t, keep(n))
	}
	assert.False(t, keep(2), "there already")
	assert.False(t, keep(100), "too large")
	assert.True(t, has(0), "and is now younger than 1")
	assert.True(t, keep(4))
	assert.Equal(t, []bool{true, false, true, true, true}, []bool{has(0), has(1), has(2), has(3), has(4)})
	assert.Len(t, b.pending, 1)
	_, _, ok := c.find(packedKey(1, 0))
	assert.False(t, ok, "another pack")
}

func TestClasses(t *testing.T) {
	last := -1
	for n := 0; n < 1<<17; n++ {
		c, size := class(n)
		require.GreaterOrEqual(t, size, n)
		require.LessOrEqual(t, size, max(64, n+n/4), "no more than a quarter is wasted")
		require.GreaterOrEqual(t, c, last)
		c2, size2 := class(size)
		require.Equal(t, []int{c, size}, []int{c2, size2})
		last = c
	}
}

func TestBuffers(t *testing.T) {
	b := buffers{most: 1000}
	one := b.take(400)
	b.later(one)
	two := b.take(400)
	assert.NotSame(t, &one[0], &two[0], "it is not released")
	b.release()
	three := b.take(390)
	assert.Same(t, &one[0], &three[0])
	b.give(two)
	b.give(three)
	assert.Equal(t, 2*448, b.spare)
	b.give(b.take(700))
	assert.Equal(t, 768, b.spare, "the free ones of other sizes went")
	b.later(make([]byte, 448))
	assert.Equal(t, 448, b.spare)
	b.later(make([]byte, 960))
	assert.Equal(t, 448, b.spare, "no room beside what is pending")
	b.later(make([]byte, 2000))
	assert.Equal(t, 448, b.spare)
}

// A pack that is cut off while it is read gives errors, and the rest can be read.
func TestCutOffWhileReading(t *testing.T) {
	f := newFolder(t)
	big := noise(1 << 20)
	p := (&forged{}).add(nameOf(1), blob("first")).add(nameOf(2), entryOf(Blob, len(big), nil, big)).add(nameOf(3), blob("last"))
	f.pack(t, "pack-1", p, 2)
	for _, unmapped := range []bool{false, true} {
		f.pack(t, "pack-1", p, 2)
		s := f.open(t, &Options{Unmapped: unmapped})
		require.NoError(t, os.Truncate(filepath.Join(string(f), "pack/pack-1.pack"), 300_000))
		r := s.Reader(1 << 24)
		for _, n := range []int{2, 3} {
			_, _, err := r.Read(nameOf(n))
			assert.Error(t, err)
			if s.packs[0].file.mapped {
				assert.ErrorIs(t, err, ErrCorrupt)
				assert.ErrorContains(t, err, "pack-1.pack changed while it was read; let nobody write it")
			}
		}
		_, _, err := r.Size(nameOf(3))
		assert.Error(t, err)
		_, b, err := r.Read(nameOf(1))
		require.NoError(t, err)
		assert.Equal(t, "first", string(b))
		require.NoError(t, s.Close())
	}
}

// So does an index that is cut off.
func TestIndexCutOffWhileReading(t *testing.T) {
	f := newFolder(t)
	p := &forged{}
	for i := range 1000 {
		p.add(nameOf(i*60), blob("x"))
	}
	f.pack(t, "pack-1", p, 2)
	f.loose(t, nameOf(7), "blob 5\x00loose")
	s := f.open(t, nil)
	if !s.packs[0].file.mapped {
		return
	}
	require.NoError(t, os.Truncate(filepath.Join(string(f), "pack/pack-1.idx"), 0))
	assert.Contains(t, read(s, 60), "pack-1.idx changed while it was read")
	assert.Equal(t, "3 loose", read(s, 7))
	_, _, ok := s.Place(nameOf(60))
	assert.False(t, ok)
	assert.Empty(t, s.WithPrefix("0f00"))
}

// A fault that is none of a mapped file's is not hidden.
func TestOtherPanics(t *testing.T) {
	s := forgePack(t, hello)
	for _, p := range []any{"other", fault(12345)} {
		assert.PanicsWithValue(t, p, func() {
			var err error
			defer s.caught(&err)
			panic(p)
		})
	}
}

type fault uintptr

func (f fault) Error() string { return "fault" }
func (f fault) Addr() uintptr { return uintptr(f) }

// Many readers may use a store together, also while they open what it left closed.
func TestReadersTogether(t *testing.T) {
	f, _, _ := twoPacks(t)
	other, all := history(t, 100)
	f.write(t, "info/alternates", []byte(other))
	s := f.open(t, nil)
	var g errgroup.Group
	for n := range 8 {
		g.Go(func() error {
			r := s.Reader(1 << (10 + n))
			for i := range all {
				if i < 8 {
					continue // the names of twoPacks
				}
				if b, err := r.ReadKind(nameOf(i), Blob); err != nil || !bytes.Equal(all[i], b) {
					return fmt.Errorf("object %d: %w", i, err)
				}
			}
			_, _, err := r.Read(nameOf(3))
			s.Place(nameOf(3))
			s.WithPrefix("0003")
			s.Trouble()
			return err
		})
	}
	assert.NoError(t, g.Wait())
}
