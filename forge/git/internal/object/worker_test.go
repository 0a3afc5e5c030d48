package object

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

// Only one worker has a large content, until it releases it. Small ones, and other
// readers, wait for nobody.
func TestOneWorkerHasLargeContents(t *testing.T) {
	f, p := newFolder(t), &forged{}
	large, small := strings.Repeat("large ", 20_000), "small"
	p.add(nameOf(1), entryOf(Blob, len(large), nil, []byte(large)))
	delta := deltaOf([]byte(large), 0, "x", len(large)) // large in the end, if not on the disk
	p.add(nameOf(2), entryOf(nameDelta, len(delta), nameBytes(1), delta))
	p.add(nameOf(3), entryOf(Blob, len(small), nil, []byte(small)))
	f.pack(t, "pack-1", p, 2)
	s := f.open(t, &Options{MostBytes: 1 << 20})

	var has atomic.Int32
	var g errgroup.Group
	for range 4 {
		g.Go(func() error {
			r := s.Worker(1<<10, 4)
			for i := range 200 {
				if _, _, err := r.Read(nameOf(3)); err != nil {
					return err
				}
				if _, _, err := r.Read(nameOf(1 + i%2)); err != nil {
					return err
				}
				if n := has.Add(1); n != 1 {
					assert.Failf(t, "not alone", "%d workers have large contents", n)
				}
				has.Add(-1)
				r.Release()
			}
			return nil
		})
	}
	require.NoError(t, g.Wait())

	w := s.Worker(1<<10, 4)
	_, _, err := w.Read(nameOf(1))
	require.NoError(t, err)
	for _, r := range []*Reader{s.Worker(1<<10, 4), s.Reader(1 << 10)} {
		_, b, err := r.Read(nameOf(3))
		require.NoError(t, err)
		assert.Equal(t, small, string(b))
	}
	_, _, err = s.Reader(1 << 10).Read(nameOf(2))
	require.NoError(t, err)
	w.Release()
	w.Release()
}
