package git

import (
	"os"
	"testing"
	"time"

	"github.com/tributary-oss/tributary/model"
)

// benchmark mines the repository that TRIBUTARY_BENCH names; .ci/compare sets the
// whole program against others.
func benchmark(b *testing.B, o Options, period model.Period) {
	dir := os.Getenv("TRIBUTARY_BENCH")
	if dir == "" {
		b.Skip("set TRIBUTARY_BENCH to the path of a repository")
	}
	b.ReportAllocs()
	mine := func(each func(model.Record)) {
		for r, err := range New(&o).Mine(b.Context(), model.Repository{URL: dir}, period) {
			if err != nil {
				b.Fatal(err)
			}
			each(r)
		}
	}
	if o.Save {
		mine(func(model.Record) {})
	}
	commits := 0
	for b.Loop() {
		mine(func(r model.Record) {
			if c := r.Contribution; c != nil && c.Role == model.Author && c.Commit.Files != nil {
				commits++
			}
		})
	}
	b.ReportMetric(float64(commits)/b.Elapsed().Seconds(), "commits/s")
}

func window() model.Period {
	return model.Period{Since: time.Date(2023, 8, 1, 0, 0, 0, 0, time.UTC), Until: time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)}
}

func BenchmarkNumstat(b *testing.B) {
	benchmark(b, Options{Facts: []model.Kind{model.LineFacts}, Inside: true}, model.Period{})
}

func BenchmarkChurn(b *testing.B) {
	benchmark(b, Options{Facts: []model.Kind{model.ChurnFacts, model.PatchFacts}, Inside: true}, model.Period{})
}

func BenchmarkNumstatWindow(b *testing.B) {
	benchmark(b, Options{Facts: []model.Kind{model.LineFacts}, Inside: true}, window())
}

// All that a judge reads.
func BenchmarkWindow(b *testing.B) { benchmark(b, Options{}, window()) }

// The same, mined before.
func BenchmarkAgain(b *testing.B) { benchmark(b, Options{Save: true, Cache: b.TempDir()}, window()) }

func BenchmarkNumstatAgain(b *testing.B) {
	benchmark(b, Options{Facts: []model.Kind{model.LineFacts}, Inside: true, Save: true, Cache: b.TempDir()}, model.Period{})
}

// The walk and the heads of all changes of a repository that has references to
// them; and the walk alone.
func BenchmarkHeads(b *testing.B) {
	facts := []model.Kind{model.CommitFacts, model.HeadFacts}
	benchmark(b, Options{Heads: true, Facts: facts, Inside: true}, model.Period{Since: window().Until})
}

func BenchmarkNoHeads(b *testing.B) {
	benchmark(b, Options{Facts: []model.Kind{model.CommitFacts}, Inside: true}, model.Period{Since: window().Until})
}
