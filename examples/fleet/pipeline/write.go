package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"

	"github.com/tributary-oss/tributary/examples/research/census"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
)

func init() {
	register.DoFn2x1[context.Context, []byte, error](&writeFn{})
}

// ErrNotSame says that the parts that the tables were written from are not those that were added up.
var ErrNotSame = errors.New("a part was made anew while the parts were added up, or was counted twice; run it again")

// writeFn ranks the ledger of all projects and writes the tables, once, at the end.
type writeFn struct {
	Settings Settings

	site *site
}

// Setup reads what the process needs to know, once.
func (f *writeFn) Setup(ctx context.Context) (err error) {
	f.site, err = siteOf(ctx, f.Settings)
	return err
}

// ProcessElement writes all outputs. The manifest comes last: a folder without one is not whole.
func (f *writeFn) ProcessElement(ctx context.Context, ledger []byte) error {
	w := f.site
	all, err := w.form.Read(bytes.NewReader(ledger))
	if err != nil {
		return err
	}
	if err := remove(ctx, join(w.Out, "manifest.json")); err != nil {
		return err
	}
	if err := w.rank(ctx, all); err != nil {
		return err
	}
	create := func(name string) (io.WriteCloser, error) {
		if name != "manifest.json" {
			return create(ctx, w.Out, name)
		}
		return &last{ctx: ctx, name: join(w.Out, name)}, nil
	}
	written, err := w.census.Write(create, w.parts(ctx), w.inputs)
	if err == nil {
		err = w.same(written, ledger)
	}
	if err != nil {
		return errors.Join(err, remove(ctx, join(w.Out, "manifest.json")))
	}
	return nil
}

// same holds the ledger that the workers merged against that of the parts.
func (w *site) same(written *score.Ledger, ledger []byte) error {
	var b bytes.Buffer
	if err := w.form.Write(&b, written); err != nil {
		return err
	}
	if !bytes.Equal(b.Bytes(), ledger) {
		return ErrNotSame
	}
	return nil
}

// rank writes the ranking of all organisations.
func (w *site) rank(ctx context.Context, l *score.Ledger) error {
	f, err := create(ctx, w.Out, "ranking.json")
	if err != nil {
		return err
	}
	return errors.Join(report.JSON(f, score.Rank(w.tender, l)), f.Close())
}

// parts yields the parts of all projects by name, one at a time.
func (w *site) parts(ctx context.Context) func(yield func(*census.Part, error) bool) {
	return func(yield func(*census.Part, error) bool) {
		for _, name := range w.tender.ProjectNames() {
			p, err := w.stored(ctx, name)
			if err != nil {
				err = fmt.Errorf("writing the tables: %w; run it again", err)
			}
			if !yield(p, err) || err != nil {
				return
			}
		}
	}
}

// last is an output that is there whole or not at all.
type last struct {
	bytes.Buffer
	ctx  context.Context
	name string
}

func (l *last) Close() error { return put(l.ctx, l.name, "new", l.Bytes()) }
