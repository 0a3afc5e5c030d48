package workbook

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report"
)

// million is how many acts the benchmark writes.
const million = 1_000_000

// verdictOf invents the n-th act: most are commits on a forge; a third is refused with a
// reason that names another commit.
func verdictOf(n int) model.Verdict {
	sum := sha1.Sum([]byte(strconv.Itoa(n)))
	commit := model.Artifact("commit:" + hex.EncodeToString(sum[:]))
	v := model.Verdict{Project: "bigproject", Repository: "https://github.com/example/bigproject.git", Artifact: commit, Role: model.Author,
		Person: fmt.Sprintf("mail:p%d@vendor%d.example", n%5000, n%40), At: time.Unix(1_700_000_000+int64(n)*90, 0),
		Parts: []model.Part{{Vendor: fmt.Sprintf("vendor%d", n%40), Part: model.Whole, Level: model.Domain}}}
	switch {
	case n%3 == 0:
		v.Rule, v.Reason = "duplicate", "the same work as "+string(commit)
	default:
		v.Counted = true
		v.Credits = []model.Credit{{Indicator: model.Changes, Month: model.MonthOf(v.At), Amount: model.Whole}}
		v.Change = model.Artifact("change:" + strconv.Itoa(n/3))
	}
	return v
}

// millionFile stores the acts as a run does.
func millionFile(t testing.TB, r *model.Ranking, rows int) *report.StoredEvidence {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "evidence.jsonl.gz"))
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	log := report.NewEvidenceLog(f, report.EvidenceOptions{Status: r.Label(), Show: report.People{Key: []byte("key")},
		Concerned: func(v model.Verdict) []string { return []string{v.Parts[0].Vendor} }, Link: report.Linker(r.Terms)})
	for n := range rows {
		log.Write(verdictOf(n))
	}
	index, err := log.Close(r.Method.Digest)
	require.NoError(t, err)
	return report.UseEvidence(f, index)
}

// A workbook with a million acts: at most 60 s and 600 MiB of the process, see
// /usr/bin/time -v on the compiled test.
func BenchmarkMillionActs(b *testing.B) {
	r, _ := demonstration(b, nil).score(b, nil)
	stored := millionFile(b, r, million)
	b.ReportAllocs()
	for b.Loop() {
		out := &counter{}
		require.NoError(b, Write(out, Input{Ranking: r, Evidence: stored.All()}))
		b.ReportMetric(float64(out.n)/1e6, "MB/file")
	}
}

type counter struct{ n int64 }

func (c *counter) Write(b []byte) (int, error) {
	c.n += int64(len(b))
	return len(b), nil
}
