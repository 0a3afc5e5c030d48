package score_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"iter"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// The judge is asked to judge and tally 10 million records of 100 projects within 20
// seconds on two cores and 500 MiB:
//
//	go test ./score -run '^$' -bench Evaluate10M -benchtime 1x
//
// prints the time of an evaluation, what of that the generator of the records takes by
// itself, and the largest resident memory of the process, as the kernel counts it (Linux
// alone). BenchmarkEvaluate does the same with a twenty-fifth of that.
func BenchmarkEvaluate10M(b *testing.B) {
	if testing.Short() {
		b.Skip("takes a minute")
	}
	benchmarkEvaluate(b, archive{projects: 100, records: 100_000}, nil)
}

func BenchmarkEvaluate(b *testing.B) {
	benchmarkEvaluate(b, archive{projects: 4, records: 100_000}, nil)
}

// BenchmarkEvidence has every verdict handed out, as a stored result needs them.
func BenchmarkEvidence(b *testing.B) {
	n := 0
	benchmarkEvaluate(b, archive{projects: 4, records: 100_000}, &score.Options{Evidence: func(model.Verdict) { n++ }})
}

func benchmarkEvaluate(b *testing.B, a archive, o *score.Options) {
	t, began := a.tender(), time.Now()
	for range a.stream() { // what the records themselves take
	}
	generator := time.Since(began)
	runtime.GC()
	forgetPeak()
	b.ReportAllocs()
	runs := 0
	for b.Loop() {
		r, err := score.Evaluate(t, a.stream(), o)
		require.NoError(b, err)
		var read int64
		for _, p := range r.Projects {
			read += p.Read
		}
		require.Greater(b, read, int64(a.projects*a.records*9/10))
		runs++
	}
	b.ReportMetric(float64(runs*a.projects*a.records)/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(generator.Seconds(), "generator-s")
	if peak := peakMemory(); peak > 0 {
		b.ReportMetric(peak, "peak-MiB")
	}
}

// forgetPeak has the kernel count the largest resident memory anew, where it can.
func forgetPeak() { _ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }

// peakMemory returns the largest resident memory of the process so far, in MiB; 0 where
// the system does not say.
func peakMemory() float64 {
	status, _ := os.ReadFile("/proc/self/status")
	_, rest, ok := bytes.Cut(status, []byte("VmHWM:"))
	if !ok {
		return 0
	}
	kib, err := strconv.ParseFloat(string(bytes.Fields(rest)[0]), 64)
	if err != nil {
		return 0
	}
	return kib / 1024
}

// The archive is what the benchmarks are quoted for: every rule of weight has something to
// refuse, three fifths lie before the window, and a sixth is credited.
func TestArchiveIsAsSaid(t *testing.T) {
	a := archive{projects: 2, records: 20_000}
	rules, read, credited := map[string]float64{}, 0., 0.
	_, err := score.Evaluate(a.tender(), a.stream(), &score.Options{Evidence: func(v model.Verdict) {
		rules[v.Rule]++
		read++
		if len(v.Credits) > 0 {
			credited++
		}
	}})
	require.NoError(t, err)
	for _, rule := range []string{"bot", "context", "duplicate", "mate", "merge", "person-floor", "self", "unit", "weak-evidence"} {
		assert.NotZero(t, rules[rule], rule)
	}
	assert.InDelta(t, 0.6, rules["window"]/read, 0.05)
	assert.InDelta(t, 0.15, credited/read, 0.05)
}

// A project is judged while the next one is read, and nothing shows: neither how many
// processors there are nor who asks for verdicts changes a byte, and verdicts come in the
// order of the records, between two of them and never meanwhile.
func TestJudgingAsideShowsNowhere(t *testing.T) {
	a := archive{projects: 5, records: 3_000}
	doc := a.tender()
	doc.Decisions = []model.Decision{{ID: "d", On: "role:MAINTAINERS", Decide: "refuse", Reason: "r", By: "b"}}
	run := func(processors int, o *score.Options) string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		r, err := score.Evaluate(doc, a.stream(), o)
		require.NoError(t, err)
		text, err := json.Marshal(r)
		require.NoError(t, err)
		return string(text)
	}
	want := run(1, nil)
	for _, processors := range []int{1, 2, 8} {
		var projects []string
		got := run(processors, &score.Options{Evidence: func(v model.Verdict) { // unguarded: the race detector watches
			if len(projects) == 0 || projects[len(projects)-1] != v.Project {
				projects = append(projects, v.Project)
			}
		}})
		assert.Equal(t, want, got)
		assert.Equal(t, []string{"project-000", "project-001", "project-002", "project-003", "project-004"}, projects)
		assert.Equal(t, want, run(processors, nil))
	}
}

// Whatever ends an evaluation early, nothing of it goes on afterwards.
func TestNothingGoesOnAfterwards(t *testing.T) {
	a := archive{projects: 3, records: 3_000}
	lost := errors.New("lost")
	records := func(end func() error) iter.Seq2[model.Record, error] {
		return func(yield func(model.Record, error) bool) {
			n := 0
			for r := range a.stream() {
				if n++; n == 6_100 { // the second project is judged
					yield(model.Record{}, end())
					return
				}
				if !yield(r, nil) {
					return
				}
			}
		}
	}
	ends := func() {
		stacks := make([]byte, 1<<20)
		assert.NotContains(t, string(stacks[:runtime.Stack(stacks, true)]), "judged).make")
	}
	_, err := score.Evaluate(a.tender(), records(func() error { return lost }), nil)
	ends()
	assert.ErrorIs(t, err, lost)
	assert.PanicsWithValue(t, "gone", func() {
		defer ends()
		_, _ = score.Evaluate(a.tender(), records(func() error { panic("gone") }), nil)
	})
	assert.PanicsWithValue(t, "enough", func() {
		defer ends()
		_, _ = score.Evaluate(a.tender(), a.stream(), &score.Options{Evidence: func(model.Verdict) { panic("enough") }})
	})
}
