package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/batch"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// flaky is a source that fails so many times, and then has what the true one has.
type flaky struct {
	real interface {
		Mine(context.Context, model.Repository, model.Period) iter.Seq2[model.Record, error]
	}
	fails int
	err   error
	asked int
	block bool
}

func (f *flaky) Mine(ctx context.Context, r model.Repository, p model.Period) iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		if f.asked++; f.asked <= f.fails {
			if f.block {
				<-ctx.Done()
				return
			}
			yield(model.Record{}, f.err)
			return
		}
		f.real.Mine(ctx, r, p)(yield)
	}
}

type passing struct{}

func (passing) Error() string   { return "the line is busy" }
func (passing) Temporary() bool { return true }

func flakySite(t *testing.T, f *flaky, change func(*Settings)) *site {
	s := settings(t, story(t))
	s.Tries = 3
	if change != nil {
		change(&s)
	}
	w, err := newSite(t.Context(), s)
	require.NoError(t, err)
	f.real = w.clones
	w.hosts[forge.Git] = batch.Within(f, s.Timeout)
	return w
}

func TestWhatMayPassIsTriedAgain(t *testing.T) {
	for _, c := range []struct {
		name        string
		fails       int
		err         error
		asked, gaps int
	}{
		{"passes", 2, fmt.Errorf("fetching: %w", passing{}), 3, 0},
		{"does not pass", 9, passing{}, 3, 1},
		{"cannot pass", 9, errors.New("it is gone"), 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &flaky{fails: c.fails, err: c.err}
			w := flakySite(t, f, nil)
			d, err := w.work(t.Context(), "project-00")
			require.NoError(t, err, "a repository never fails the work")
			assert.Equal(t, c.asked, f.asked)
			assert.Equal(t, c.asked, d.tries)
			p, err := w.stored(t.Context(), "project-00")
			require.NoError(t, err)
			require.Len(t, p.Gaps(), c.gaps)
			if c.gaps > 0 {
				assert.Equal(t, c.err.Error(), p.Gaps()[0].Reason)
			}
		})
	}
}

func TestTimeLimit(t *testing.T) {
	f := &flaky{fails: 1, block: true}
	w := flakySite(t, f, func(s *Settings) { s.Timeout = 20 * time.Millisecond })
	d, err := w.work(t.Context(), "project-00")
	require.NoError(t, err)
	assert.Equal(t, 1, d.tries, "it would take the same time again")
	p, err := w.stored(t.Context(), "project-00")
	require.NoError(t, err)
	require.Len(t, p.Gaps(), 1)
	assert.Contains(t, p.Gaps()[0].Reason, "stopped after 20ms")
}

func TestInterruptedWorkStoresNothing(t *testing.T) {
	f := &flaky{fails: 1, block: true}
	w := flakySite(t, f, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := w.work(ctx, "project-00")
	require.ErrorIs(t, err, context.DeadlineExceeded)
	_, err = w.stored(t.Context(), "project-00")
	assert.ErrorIs(t, err, fs.ErrNotExist)
}

// A trial is the same each time, fails as often as it says, and at each of the places.
func TestTrial(t *testing.T) {
	trial := Trial{Fail: 0.3, Seed: 5}
	at := map[int]int{}
	for n := range 10_000 {
		p := fmt.Sprint(n)
		at[trial.fails(p, 1)]++
		assert.Equal(t, trial.fails(p, 1), trial.fails(p, 1))
	}
	assert.InDelta(t, 7000, at[nowhere], 200)
	for _, place := range []int{beforeMining, beforeStoring, afterStoring} {
		assert.InDelta(t, 1000, at[place], 150)
	}
	assert.Zero(t, Trial{}.fails("p", 1))
}

// Another project's part, under this one's name, is none.
func TestPartOfAnotherProject(t *testing.T) {
	w := flakySite(t, &flaky{}, nil)
	_, err := w.work(t.Context(), "project-00")
	require.NoError(t, err)
	b, err := read(t.Context(), w.partName("project-00"))
	require.NoError(t, err)
	require.NoError(t, put(t.Context(), w.partName("project-01"), "x", b))
	_, err = w.stored(t.Context(), "project-01")
	assert.ErrorContains(t, err, "it is of another project")
	left, err := filepath.Glob(filepath.Join(w.Parts, "*", "*"))
	require.NoError(t, err)
	assert.Len(t, left, 2, "nothing lies aside")
}

// Partial ledgers come back from the wire, and merge to the same in any grouping, whatever was encoded meanwhile.
func TestPartialLedgers(t *testing.T) {
	w := flakySite(t, &flaky{}, nil)
	f := &mergeFn{Settings: w.Settings}
	all, l := &score.Ledger{}, []partial{}
	text := func(l *score.Ledger) []byte {
		var b bytes.Buffer
		require.NoError(t, w.form.Write(&b, l))
		return b.Bytes()
	}
	for n := range 6 {
		name := fmt.Sprintf("project-%02d", n)
		_, err := w.work(t.Context(), name)
		require.NoError(t, err)
		p, err := w.stored(t.Context(), name)
		require.NoError(t, err)
		all.Merge(p.Ledger)
		l = append(l, partial{[][]byte{text(p.Ledger)}})
	}
	require.Greater(t, len(all.Cells), 20)
	wire := func(p partial) partial {
		b, err := encodePartial(p)
		require.NoError(t, err)
		q, err := decodePartial(b)
		require.NoError(t, err)
		clear(b) // the buffer is the engine's
		return q
	}
	left := wire(f.MergeAccumulators(f.AddInput(f.CreateAccumulator(), wire(l[0])), l[1]))
	right := f.MergeAccumulators(wire(wire(l[2])), f.AddInput(l[4], wire(f.MergeAccumulators(l[5], f.CreateAccumulator()))))
	got, err := f.ExtractOutput(f.MergeAccumulators(wire(right), wire(f.MergeAccumulators(left, wire(l[3])))))
	require.NoError(t, err)
	assert.Equal(t, text(all), got)

	_, err = decodePartial([]byte{200, 1, 2})
	assert.Error(t, err)
	_, err = f.ExtractOutput(partial{[][]byte{[]byte("no ledger")}})
	assert.ErrorIs(t, err, score.ErrLedger)
}

// A machine that reads another list than the one that submitted the job refuses to work.
func TestAnotherListIsRefused(t *testing.T) {
	s := settings(t, story(t))
	s.Judged = "of another list"
	_, err := siteOf(t.Context(), s)
	assert.ErrorContains(t, err, "reads another list")
}
