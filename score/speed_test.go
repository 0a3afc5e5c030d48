package score_test

import (
	"bytes"
	"os"
	"runtime"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// The judge is asked to judge and tally 10 million records of 100 projects within 20
// seconds on two cores and 500 MiB:
//
//	/usr/bin/time -v go test ./score -run '^$' -bench Evaluate10M -benchtime 1x
//
// prints the time, what of it the generator takes by itself, and the largest resident
// memory. BenchmarkEvaluate does the same with a twenty-fifth of that.
func BenchmarkEvaluate10M(b *testing.B) {
	if testing.Short() {
		b.Skip("takes a minute")
	}
	benchmarkEvaluate(b, archive{projects: 100, records: 100_000})
}

func BenchmarkEvaluate(b *testing.B) { benchmarkEvaluate(b, archive{projects: 4, records: 100_000}) }

// BenchmarkArchive is what the generator of the others takes.
func BenchmarkArchive(b *testing.B) {
	a := archive{projects: 4, records: 100_000}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		for range a.stream() {
			n++
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "records/s")
}

func benchmarkEvaluate(b *testing.B, a archive) {
	t := a.tender()
	runtime.GC()
	forgetPeak()
	b.ReportAllocs()
	runs := 0
	for b.Loop() {
		r, err := score.Evaluate(t, a.stream(), nil)
		require.NoError(b, err)
		var read int64
		for _, p := range r.Projects {
			read += p.Read
		}
		require.Greater(b, read, int64(a.projects*a.records*9/10))
		runs++
	}
	b.ReportMetric(float64(runs*a.projects*a.records)/b.Elapsed().Seconds(), "records/s")
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

// What the archive is made of must stay what the benchmarks are quoted for.
func TestArchiveIsAsSaid(t *testing.T) {
	a := archive{projects: 2, records: 20_000}
	rules, kinds := map[string]int{}, map[string]int{}
	read := 0
	_, err := score.Evaluate(a.tender(), a.stream(), &score.Options{Evidence: func(v model.Verdict) {
		rules[v.Rule]++
		kinds[v.Artifact.Kind()]++
		read++
	}})
	require.NoError(t, err)
	t.Log(rules, kinds)
}
