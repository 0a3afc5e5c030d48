package git

import (
	"context"
	"github.com/tributary-oss/tributary/forge/git/internal/object"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/tributary-oss/tributary/forge/git/internal/comment"
	"github.com/tributary-oss/tributary/forge/git/internal/lines"
	"github.com/tributary-oss/tributary/forge/git/internal/patch"
)

// worker is the memory of one goroutine.
type worker struct {
	read   *object.Reader
	differ differ
	lines  lines.Counter
	patch  patch.File
	tracer tracer

	comments *comment.Comparer
}

// usualMemory is Options.Memory where it is 0.
const usualMemory = 512 << 20

// leastMemory is the smallest value of Options.Memory.
const leastMemory = 64 << 20

// Of the memory that may be held, a quarter is for contents that stay at hand, and
// a fifth for the largest one: of those, an old and a new one and the base of
// a delta are held at once, by one worker at a time. The rest is for what waits to be
// stated, and for garbage that is not collected yet.
func (o *Options) atHand() int    { return int(o.Memory / 4) }
func (o *Options) largest() int64 { return min(o.Memory/5, 1<<30) }

// mostLines is how many lines both sides of a file may have together, and segment
// how many commits may wait to be stated: each takes memory of its own.
func (o *Options) mostLines() int { return int(o.Memory / 128) }
func (o *Options) segment() int   { return int(min(o.Memory>>15, segmentCommits)) }

// hire makes the workers.
func (m *mining) hire() {
	for range m.o.Workers {
		read := m.repo.store.Worker(m.o.atHand()/m.o.Workers, m.o.Workers)
		m.workers = append(m.workers, &worker{read: read, differ: differ{read: read, most: int(m.o.largest())}, comments: comment.NewComparer(m.comments)})
	}
}

// each calls f for 0…n−1 in parallel, every worker with its own memory, and
// returns the first error. Numbers are handed out in order, in lots of neighbours,
// which often have something in common.
func (m *mining) each(ctx context.Context, n, lot int, f func(ctx context.Context, w *worker, i int) error) error {
	var next atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for _, w := range m.workers[:min(len(m.workers), (n+lot-1)/lot)] {
		g.Go(func() error {
			for {
				from := int(next.Add(int64(lot))) - lot
				for i := from; i < min(from+lot, n); i++ {
					if err := ctx.Err(); err != nil {
						return err
					}
					err := f(ctx, w, i)
					if w.read.Release(); err != nil {
						return err
					}
				}
				if from+lot >= n {
					return nil
				}
			}
		})
	}
	return g.Wait()
}
