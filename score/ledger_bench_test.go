package score_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// wide is a ledger of so many cells of one project: each person's of one vendor for four
// indicators in 36 months.
func wide(project string, cells int) *score.Ledger {
	l := &score.Ledger{Cells: make(map[score.Cell]score.Amount, cells)}
	indicators := []model.Indicator{model.Changes, model.ReviewsDone, model.Integration, model.Triage}
	for n := range cells {
		person := n / (36 * len(indicators))
		l.Cells[score.Cell{Project: project, Person: fmt.Sprintf("mail:person%d@vendor%d.example", person, person%200), Vendor: fmt.Sprint("vendor", person%200),
			Level: model.Domain, Indicator: indicators[n/36%len(indicators)], Month: model.Month(24300 + n%36)}] = score.Amount{Credit: int64(n%7)*250_000 + 333_333, Acts: model.Whole}
	}
	l.Merge(&score.Ledger{Projects: map[string]*score.Facts{project: {Read: int64(cells)}}})
	return l
}

func BenchmarkLedgerWriteMillionCells(b *testing.B) {
	l, form := wide("p", 1_000_000), score.NewLedgerForm(tender())
	b.ReportAllocs()
	var out bytes.Buffer
	for b.Loop() {
		out.Reset()
		require.NoError(b, form.Write(&out, l))
	}
	b.ReportMetric(float64(out.Len())/1e6, "bytes/cell")
}

func BenchmarkLedgerReadMillionCells(b *testing.B) {
	l, form := wide("p", 1_000_000), score.NewLedgerForm(tender())
	var out bytes.Buffer
	require.NoError(b, form.Write(&out, l))
	b.ReportAllocs()
	for b.Loop() {
		_, err := form.Read(bytes.NewReader(out.Bytes()))
		require.NoError(b, err)
	}
}

// Ten thousand ledgers of a thousand cells each, as of a fleet of workers, are read and
// merged: of 50 projects' months and people again and again, of 1,000 projects, so that a million cells
// come ten times, or of 10,000 projects.
func BenchmarkLedgersMerge(b *testing.B) {
	for _, projects := range []int{50, 1000, 10_000} {
		b.Run(fmt.Sprintf("projects=%d", projects), func(b *testing.B) {
			form := score.NewLedgerForm(tender())
			texts := make([][]byte, projects)
			for p := range texts {
				var out bytes.Buffer
				require.NoError(b, form.Write(&out, wide(fmt.Sprint("p", p), 1000)))
				texts[p] = out.Bytes()
			}
			parts := func(yield func([]byte) bool) {
				for n := range 10_000 {
					if !yield(texts[n%projects]) {
						return
					}
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				all := &score.Ledger{}
				require.NoError(b, form.MergeAll(all, parts))
				require.Len(b, all.Projects, projects)
			}
		})
	}
}
