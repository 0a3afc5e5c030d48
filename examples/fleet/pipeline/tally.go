package pipeline

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"

	"github.com/tributary-oss/tributary/score"
)

func init() {
	register.DoFn4x1[context.Context, string, func(*string) bool, func(partial), error](&tallyFn{})
	register.Iter1[string]()
	register.Emitter1[partial]()
	register.Combiner2[partial, []byte](&mergeFn{})
	beam.RegisterCoder(reflect.TypeFor[partial](), encodePartial, decodePartial)
}

// tallyFn takes each project once, however often a runner handed it on, and yields its ledger
// out of its part.
type tallyFn struct {
	Settings Settings

	site *site
}

// Setup reads what the process needs to know, once.
func (f *tallyFn) Setup(ctx context.Context) (err error) {
	f.site, err = siteOf(ctx, f.Settings)
	return err
}

// ProcessElement reads the part of one project. All of its notices name the same part.
func (f *tallyFn) ProcessElement(ctx context.Context, project string, _ func(*string) bool, emit func(partial)) error {
	p, err := f.site.stored(ctx, project)
	if err != nil {
		return fmt.Errorf("adding up %s: %w; run it again", project, err)
	}
	emit(partial{ledger: p.Ledger, form: f.site.form})
	return nil
}

// partial is a ledger of some projects. It is held as a ledger where it grows, and as texts
// where it came over a wire: to read these takes the tender, which a coder does not know.
type partial struct {
	ledger *score.Ledger
	form   *score.LedgerForm // of ledger
	texts  [][]byte          // written ledgers, to be merged into it
}

// encodePartial writes ledgers in their written form, each behind its length.
func encodePartial(p partial) ([]byte, error) {
	texts := p.texts
	if p.ledger != nil {
		var b bytes.Buffer
		if err := p.form.Write(&b, p.ledger); err != nil {
			return nil, err
		}
		texts = append(texts[:len(texts):len(texts)], b.Bytes())
	}
	var out []byte
	for _, t := range texts {
		out = append(binary.AppendUvarint(out, uint64(len(t))), t...)
	}
	return out, nil
}

func decodePartial(b []byte) (partial, error) {
	var p partial
	for len(b) > 0 {
		n, size := binary.Uvarint(b)
		if size <= 0 || n > uint64(len(b)-size) {
			return partial{}, errors.New("reading a partial ledger: it was cut short")
		}
		// The slice is the caller's, and may be used again.
		p.texts = append(p.texts, bytes.Clone(b[size:size+int(n)]))
		b = b[size+int(n):]
	}
	return p, nil
}

// mergeFn merges partial ledgers. [score.Ledger.Merge] is associative and commutative, so a
// runner may do it in any order and grouping.
type mergeFn struct {
	Settings Settings
}

// CreateAccumulator returns the empty ledger.
func (f *mergeFn) CreateAccumulator() partial { return partial{} }

// AddInput merges the ledger of a project.
func (f *mergeFn) AddInput(a, p partial) (partial, error) { return f.MergeAccumulators(a, p) }

// MergeAccumulators merges b into a, which is a's to change.
func (f *mergeFn) MergeAccumulators(a, b partial) (partial, error) {
	w, err := siteOf(context.Background(), f.Settings)
	if err != nil {
		return partial{}, err
	}
	all := &score.Ledger{}
	if a.ledger != nil {
		all = a.ledger
	}
	for _, t := range append(a.texts, b.texts...) {
		if err := w.form.Merge(all, bytes.NewReader(t)); err != nil {
			return partial{}, err
		}
	}
	if b.ledger != nil {
		all.Merge(b.ledger)
	}
	return partial{ledger: all, form: w.form}, nil
}

// ExtractOutput writes the ledger of all projects.
func (f *mergeFn) ExtractOutput(a partial) ([]byte, error) {
	a, err := f.MergeAccumulators(a, partial{})
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = a.form.Write(&b, a.ledger)
	return b.Bytes(), err
}
