package pipeline

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"slices"

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
	var b bytes.Buffer
	if err := f.site.form.Write(&b, p.Ledger); err != nil {
		return err
	}
	emit(partial{[][]byte{b.Bytes()}})
	return nil
}

// partial is what is to be merged: written ledgers. They are read at the end, all at once,
// which is much faster than one into the other; there is nothing to be gained before, since each
// is of another project.
type partial struct{ texts [][]byte }

// encodePartial writes ledgers one after the other, each behind its length.
func encodePartial(p partial) ([]byte, error) {
	var out []byte
	for _, t := range p.texts {
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
// runner may hand them on in any order and grouping.
type mergeFn struct {
	Settings Settings
}

// CreateAccumulator returns no ledgers.
func (f *mergeFn) CreateAccumulator() partial { return partial{} }

// AddInput takes the ledger of a project.
func (f *mergeFn) AddInput(a, p partial) partial { return f.MergeAccumulators(a, p) }

// MergeAccumulators takes those of b into a, which is a's to change.
func (f *mergeFn) MergeAccumulators(a, b partial) partial {
	return partial{append(a.texts, b.texts...)}
}

// ExtractOutput writes the ledger of all projects.
func (f *mergeFn) ExtractOutput(a partial) ([]byte, error) {
	w, err := siteOf(context.Background(), f.Settings)
	if err != nil {
		return nil, err
	}
	all := &score.Ledger{}
	if err := w.form.MergeAll(all, slices.Values(a.texts)); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = w.form.Write(&b, all)
	return b.Bytes(), err
}
