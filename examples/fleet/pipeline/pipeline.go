// Package pipeline counts who does what in thousands of projects, on any engine that runs
// Apache Beam. It holds no engine of its own: the projects of a list are spread over workers,
// each worker mines a project, judges it and stores its part, the parts' ledgers are merged, and
// one worker ranks and writes the tables at the end.
//
// The outputs are byte for byte those of package census in one process, for the same program's name.
package pipeline

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/options/jobopts"
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/runners/prism" // the default; the command adds others

	"github.com/tributary-oss/tributary/examples/research/census"
	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/model"
)

// Summary is what a run did. Where the runner does not tell, the counts but Projects and Gaps are -1.
type Summary struct {
	Projects int
	Gaps     int // repositories that could not be mined, or only in part
	// Missing are the first of these by project, as coverage.csv has them.
	Missing []model.Gap
	Mined   int64
	Stored  int64 // parts that were there before
	Retries int64 // tries again of what failed and might pass
	Trials  int64 // attempts that failed on purpose
}

// Run runs the pipeline on a runner of Beam's, which has to be registered; "" is Prism, in this
// process, and waits for its end; with Beam's flag async it does not, and the summary is nil. It fails with a [*UsageError] where the settings, the list or a roster is at fault.
// beam.Init must have been called.
func Run(ctx context.Context, runner string, s Settings) (*Summary, error) {
	w, err := newSite(ctx, s)
	if err != nil {
		return nil, err
	}
	defer w.close()
	if err := forge.Finished(w.tender.Window, time.Time{}); err != nil {
		return nil, &UsageError{err}
	}
	for _, folder := range []string{s.Out, s.Parts} {
		if err := writable(ctx, folder); err != nil {
			return nil, err
		}
	}
	s.Judged, s.Version = w.judged(), census.Version()
	forget, err := w.share(s)
	if err != nil {
		return nil, err
	}
	defer forget()
	p := Build(s, w.tender.ProjectNames())
	result, err := beam.Run(ctx, cmp.Or(runner, "prism"), p)
	if err != nil || *jobopts.Async {
		return nil, err
	}
	return w.summary(ctx, result)
}

// Build returns the pipeline over some projects.
func Build(s Settings, projects []string) *beam.Pipeline {
	p, root := beam.NewPipelineWithRoot()
	names := beam.Reshuffle(root, beam.CreateList(root, projects))
	parts := beam.ParDo(root.Scope("mine, judge, store"), &mineFn{Settings: s}, names)
	ledgers := beam.ParDo(root.Scope("each project once"), &tallyFn{Settings: s}, beam.GroupByKey(root, parts))
	all := beam.CombinePerKey(root.Scope("merge"), &mergeFn{Settings: s}, beam.AddFixedKey(root, ledgers))
	beam.ParDo0(root.Scope("rank, write"), &writeFn{Settings: s}, beam.DropKey(root, all))
	return p
}

// mostShown is how many gaps a summary has; more are for the table.
const mostShown = 20

// missing reads the first n gaps off coverage.csv, which has hundreds of rows without for each.
func (w *site) missing(ctx context.Context, n int) (gaps []model.Gap, err error) {
	name := join(w.Out, "coverage.csv")
	f, err := filesystem.New(ctx, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in, err := f.OpenRead(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	defer in.Close()
	for rows := csv.NewReader(in); len(gaps) < n; {
		row, err := rows.Read()
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		if len(row) == 6 && row[3] == model.GapKind {
			gaps = append(gaps, model.Gap{Project: row[0], Repository: row[1], Reason: row[5]})
		}
	}
	return gaps, nil
}

// summary reads what was done off the outputs and the runner's counters.
func (w *site) summary(ctx context.Context, result beam.PipelineResult) (*Summary, error) {
	b, err := read(ctx, join(w.Out, "manifest.json"))
	if err != nil {
		return nil, fmt.Errorf("the job ended without its outputs: %w", err)
	}
	var manifest struct{ Projects, Gaps int }
	if err := json.Unmarshal(b, &manifest); err != nil {
		return nil, fmt.Errorf("reading manifest.json: %w", err)
	}
	sum := &Summary{Projects: manifest.Projects, Gaps: manifest.Gaps, Mined: -1, Stored: -1, Retries: -1, Trials: -1}
	if sum.Missing, err = w.missing(ctx, min(sum.Gaps, mostShown)); err != nil {
		return nil, err
	}
	if result == nil {
		return sum, nil
	}
	for _, c := range result.Metrics().AllMetrics().Counters() {
		if c.Key.Namespace != "fleet" {
			continue
		}
		if sum.Mined < 0 { // the runner tells, so what it does not name was never counted
			sum.Mined, sum.Stored, sum.Retries, sum.Trials = 0, 0, 0, 0
		}
		for name, to := range map[string]*int64{"projects mined": &sum.Mined, "projects stored before": &sum.Stored,
			"tries again": &sum.Retries, "attempts failed on purpose": &sum.Trials} {
			if c.Key.Name == name {
				*to += c.Result()
			}
		}
	}
	return sum, nil
}
