package bundle_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/tender/bundle"
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
	since, projects := t.Window.Period().Since, t.ProjectNames()
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
			if v.Rule != "" {
				v.Touched = []string{v.Rule}
			}
			take(v)
		}
	}
}

func manyTender(projects, bidders int) *model.Tender {
	t := model.NewTender()
	t.About = model.About{ID: "M-1", Title: "Many"}
	t.Window.Until = model.DateOf(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	t.Projects, t.Vendors = map[string]model.Project{}, map[string]model.Vendor{}
	t.Lots = []model.Lot{{ID: "1", Projects: map[string]float64{}}}
	for n := range projects {
		id := fmt.Sprint("p", n)
		t.Projects[id] = model.Project{Repositories: []model.Repository{{URL: "https://github.com/org/" + id + ".git"}}}
		t.Lots[0].Projects[id] = 1
	}
	for n := range bidders {
		id := fmt.Sprint("v", n)
		t.Vendors[id] = model.Vendor{Name: id}
		t.Bidders.List = append(t.Bidders.List, model.Bidder{ID: id, Vendors: []string{id}})
	}
	return t
}

// writeMany writes the bundle of a run with so many verdicts, made before. It returns how
// long writing takes beside judging and ranking.
func writeMany(t testing.TB, dir string, doc *model.Tender, verdicts []model.Verdict) time.Duration {
	t.Helper()
	ledgers := map[string]*score.Ledger{}
	for _, v := range verdicts {
		if ledgers[v.Project] == nil {
			ledgers[v.Project] = &score.Ledger{}
		}
		ledgers[v.Project].Add(v)
	}
	all := &score.Ledger{}
	for name, l := range ledgers {
		f := l.Projects[name]
		for _, k := range []model.Kind{model.CommitFacts, model.FileFacts, model.ReviewFacts, model.MergeFacts, model.ReleaseFacts, model.IssueFacts} {
			f.Coverage = append(f.Coverage, score.CoverageAt{Coverage: model.Coverage{Kind: k, State: model.Complete}})
		}
		all.Merge(l)
	}
	r := score.Rank(doc, all)
	for _, d := range doc.Decisions {
		r.Decisions = append(r.Decisions, model.DecisionShown{Decision: d})
	}
	begin := time.Now()
	w, err := bundle.NewWriter(dir, doc, report.People{Key: []byte("k")}, model.Simulation)
	require.NoError(t, err)
	defer w.Abandon()
	for _, v := range verdicts {
		w.Verdict(v)
	}
	for name, l := range ledgers {
		w.Ledger(name, l)
	}
	require.NoError(t, w.Finish(t.Context(), r, nil))
	return time.Since(begin)
}

// BenchmarkBundle writes, verifies and makes an edition of a bundle of a million acts in 20
// projects of 20 bidders. The issue's bar is 20 s for writing; the verdicts are there before.
//
//	go test ./examples/tender/bundle -run - -bench Bundle -benchtime 1x
func BenchmarkBundle(b *testing.B) {
	const rows = 1_000_000
	doc := manyTender(20, 20)
	var verdicts []model.Verdict
	manyVerdicts(doc, rows, func(v model.Verdict) { verdicts = append(verdicts, v) })
	dir := filepath.Join(b.TempDir(), "bundle")
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			b.ReportMetric(writeMany(b, dir, doc, verdicts).Seconds(), "s/bundle")
		}
		size := int64(0)
		entries, err := os.ReadDir(dir)
		require.NoError(b, err)
		for _, e := range entries {
			at, err := e.Info()
			require.NoError(b, err)
			size += at.Size()
		}
		b.ReportMetric(float64(size)/(1<<20), "MiB")
	})
	verdicts = nil
	b.Run("verify", func(b *testing.B) {
		for b.Loop() {
			o, err := bundle.Open(dir)
			require.NoError(b, err)
			v, err := o.Verify(b.Context(), nil)
			require.NoError(b, err)
			require.EqualValues(b, rows, v.Verdicts)
			require.NoError(b, o.Close())
		}
	})
	b.Run("edition", func(b *testing.B) {
		for b.Loop() {
			o, err := bundle.Open(dir)
			require.NoError(b, err)
			require.NoError(b, o.WriteEdition(b.Context(), bundle.Edition{For: bundle.OneBidder, Bidder: "v3"}, filepath.Join(b.TempDir(), "one"), false, nil))
			require.NoError(b, o.Close())
		}
	})
}
