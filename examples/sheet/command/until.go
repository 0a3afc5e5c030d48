package command

import (
	"context"
	"io"
	"iter"
)

// until yields what a sequence does until ctx ends, and then why. A workbook of a million acts
// takes long enough for somebody to change their mind.
func until[T any](ctx context.Context, all iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for v, err := range all {
			if ctx.Err() != nil {
				var none T
				yield(none, context.Cause(ctx))
				return
			}
			if !yield(v, err) {
				return
			}
		}
	}
}

// stopped is a writer that takes nothing more once ctx has ended.
type stopped struct {
	ctx context.Context
	w   io.Writer
}

func (s stopped) Write(b []byte) (int, error) {
	if s.ctx.Err() != nil {
		return 0, context.Cause(s.ctx)
	}
	return s.w.Write(b)
}
