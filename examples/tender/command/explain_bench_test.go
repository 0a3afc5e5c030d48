package command_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/tender/command"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
)

// manyVerdicts invents what a judge says of so many acts, spread over projects, in each
// over bidders and others, and over people as open source has them: a few do much.
func manyVerdicts(t *model.Tender, rows int, take func(model.Verdict)) {
	rng := rand.New(rand.NewPCG(7, 7))
	roles := []model.Role{model.Author, model.Author, model.Committer, model.Committer, model.Reviewer, model.Reviewer, model.Merger, model.Responder, model.Releaser, model.Signer}
	earns := map[model.Role]model.Indicator{model.Author: model.Changes, model.Committer: model.Integration, model.Reviewer: model.ReviewsDone,
		model.Merger: model.Integration, model.Responder: model.Triage, model.Releaser: model.Releases}
	since := t.Window.Period().Since
	projects := t.ProjectNames()
	for n, project := range projects {
		for i := range rows / len(projects) {
			role := roles[rng.IntN(len(roles))]
			vendor := min(rng.IntN(25), rng.IntN(60)) // the first are the largest, and from 20 on nobody bids
			at := since.Add(time.Duration(rng.Int64N(int64(36 * 30 * 24 * time.Hour))))
			v := model.Verdict{Project: project, Repository: fmt.Sprintf("https://github.com/org/%s.git", project),
				Artifact: model.Artifact(fmt.Sprintf("commit:%040x", i/3)), Role: role, At: at.Truncate(time.Second),
				Person: fmt.Sprintf("mail:p%d@v%d.example", rng.IntN(40), vendor), Name: "Somebody",
				Parts: []model.Part{{Vendor: fmt.Sprintf("v%d", vendor), Part: model.Whole, Level: model.Domain}}}
			if role == model.Author && i%4 == 0 {
				v.Change = model.Artifact(fmt.Sprintf("change:%d", i/5))
			}
			indicator, scored := earns[role]
			switch roll := rng.IntN(10); {
			case !scored:
				v.Rule = "context"
			case roll < 6:
				v.Counted = true
				v.Credits = []model.Credit{{Indicator: indicator, Month: model.MonthOf(v.At), Amount: model.Whole}}
			case roll < 8:
				v.Rule, v.Reason = "duplicate", fmt.Sprintf("the same work as commit:%040x", n+i)
			default:
				v.Rule = "self"
			}
			take(v)
		}
	}
}

func manyTender(projects, bidders int) *model.Tender {
	t := model.NewTender()
	t.Window.Until = model.DateOf(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	t.Projects, t.Vendors = map[string]model.Project{}, map[string]model.Vendor{}
	t.Lots = []model.Lot{{ID: "1", Projects: map[string]float64{}}}
	for n := range projects {
		t.Projects[fmt.Sprint("p", n)] = model.Project{}
		t.Lots[0].Projects[fmt.Sprint("p", n)] = 1
	}
	for n := range bidders {
		id := fmt.Sprint("v", n)
		t.Vendors[id] = model.Vendor{Name: id}
		t.Bidders.List = append(t.Bidders.List, model.Bidder{ID: id, Vendors: []string{id}})
	}
	return t
}

// storeMany writes a run of so many verdicts as score --out does.
func storeMany(t testing.TB, dir string, rows int) {
	t.Helper()
	doc, l := manyTender(20, 20), &score.Ledger{}
	create := func(name string) *os.File {
		f, err := os.Create(filepath.Join(dir, name))
		require.NoError(t, err)
		t.Cleanup(func() { f.Close() })
		return f
	}
	log := report.NewEvidenceLog(create("evidence.jsonl.gz"), report.EvidenceOptions{Status: "SIMULATION", Show: report.People{Key: []byte("k")},
		Concerned: score.Concerned(doc), Link: report.Linker(nil)})
	manyVerdicts(doc, rows, func(v model.Verdict) { l.Add(v); log.Write(v) })
	for _, f := range l.Projects {
		for _, k := range []model.Kind{model.CommitFacts, model.FileFacts, model.ReviewFacts, model.MergeFacts, model.ReleaseFacts, model.IssueFacts} {
			f.Coverage = append(f.Coverage, score.CoverageAt{Coverage: model.Coverage{Kind: k, State: model.Complete}})
		}
	}
	r := score.Rank(doc, l)
	index, err := log.Close(r.Method.Digest)
	require.NoError(t, err)
	require.NoError(t, index.Write(create("evidence.index.json")))
	require.NoError(t, report.JSON(create("ranking.json"), r))
}

// BenchmarkExplainStored explains one figure, and one act, from a stored run of a million
// verdicts: 20 projects, 20 bidders. It reads and prints what the command does.
func BenchmarkExplainStored(b *testing.B) {
	dir := b.TempDir()
	storeMany(b, dir, 1_000_000)
	at, err := os.Stat(filepath.Join(dir, "evidence.jsonl.gz"))
	require.NoError(b, err)
	for _, c := range []struct{ name, bidder, figure string }{
		{"figure", "v9", "p3/commits/changes"},
		{"largest", "v0", "p3/commits/changes"},
		{"pillar", "v0", "p3/maintenance"},
		{"act", "v0", fmt.Sprintf("act commit:%040x", 1234)},
		{"everything", "v9", ""},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			args := []string{"explain", dir, c.bidder}
			if c.figure != "" {
				args = append(args, c.figure)
			}
			for b.Loop() {
				var said bytes.Buffer
				status := command.Run(b.Context(), args, command.Place{Out: io.Discard, Err: &said})
				require.Zero(b, status, said.String())
			}
			b.ReportMetric(float64(at.Size())/(1<<20), "stored-MiB")
		})
	}
}

// BenchmarkStoreEvidence writes verdicts as score --out does.
func BenchmarkStoreEvidence(b *testing.B) {
	const rows = 100_000
	doc := manyTender(20, 20)
	b.ReportAllocs()
	for b.Loop() {
		log := report.NewEvidenceLog(io.Discard, report.EvidenceOptions{Show: report.People{Key: []byte("k")}, Concerned: score.Concerned(doc), Link: report.Linker(nil)})
		manyVerdicts(doc, rows, log.Write)
		_, err := log.Close("")
		require.NoError(b, err)
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
