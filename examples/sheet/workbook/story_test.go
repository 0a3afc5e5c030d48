package workbook

import (
	"bytes"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/tributary-oss/tributary/examples/tender/demo"
	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/model/tenderfile"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// story is a tender with what was mined of it, to be scored as often as a test likes.
type story struct {
	tender  *model.Tender
	records []model.Record
	gaps    map[int]error
}

// score scores the tender after a change, nil for none; the story's own stays as it is.
func (s *story) score(t testing.TB, change func(*model.Tender)) (*model.Ranking, []model.Verdict) {
	t.Helper()
	tender := s.copy(t)
	if change != nil {
		change(tender)
	}
	var verdicts []model.Verdict
	r, err := score.Evaluate(tender, s.all(), &score.Options{Evidence: func(v model.Verdict) { verdicts = append(verdicts, v) }})
	require.NoError(t, err)
	return r, verdicts
}

func (s *story) all() iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		for i, r := range s.records {
			if !yield(r, s.gaps[i]) {
				return
			}
		}
	}
}

// copy returns the tender with maps of its own for all that tests change.
func (s *story) copy(t testing.TB) *model.Tender {
	c := *s.tender
	c.Weights = map[model.Pillar]float64{}
	c.Indicators = map[model.Pillar]map[model.Indicator]float64{}
	for p, w := range s.tender.Weights {
		c.Weights[p] = w
		c.Indicators[p] = map[model.Indicator]float64{}
		for i, w := range s.tender.Indicators[p] {
			c.Indicators[p][i] = w
		}
	}
	c.Projects = map[string]model.Project{}
	for name, p := range s.tender.Projects {
		thresholds := map[model.Indicator]model.Threshold{}
		for i, x := range p.Thresholds {
			thresholds[i] = x
		}
		p.Thresholds = thresholds
		c.Projects[name] = p
	}
	c.Lots = nil
	for _, l := range s.tender.Lots {
		weights := map[string]float64{}
		for p, w := range l.Projects {
			weights[p] = w
		}
		l.Projects = weights
		c.Lots = append(c.Lots, l)
	}
	return &c
}

// evidence is what a folder would hold of the verdicts.
func evidence(t testing.TB, r *model.Ranking, verdicts []model.Verdict, identify bool) iter.Seq2[report.StoredVerdict, error] {
	t.Helper()
	var b bytes.Buffer
	log := report.NewEvidenceLog(&b, report.EvidenceOptions{Status: r.Label(), Show: report.People{Names: identify, Key: []byte("key")},
		Concerned: func(model.Verdict) []string { return nil }, Link: report.Linker(r.Terms)})
	for _, v := range verdicts {
		log.Write(v)
	}
	index, err := log.Close(r.Method.Digest)
	require.NoError(t, err)
	return report.UseEvidence(bytes.NewReader(b.Bytes()), index).All()
}

// mine mines a document.
func mine(t testing.TB, file string, change func(*model.Tender)) *story {
	t.Helper()
	tender, err := tenderfile.Read(file)
	require.NoError(t, err)
	if change != nil {
		change(tender)
	}
	s := &story{tender: tender, gaps: map[int]error{}}
	hosts := forge.Hosts{forge.Git: git.New(&git.Options{Cache: t.TempDir(), Now: tender.Window.Until.Time()})}
	for r, err := range forge.Mine(t.Context(), tender, hosts, &forge.Options{Dir: filepath.Dir(file), Now: tender.Window.Until.Time()}) {
		if err != nil {
			s.gaps[len(s.records)] = err
		}
		s.records = append(s.records, r)
	}
	return s
}

// shared is the folder of what outlives a test.
var shared string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "tributary-test-")
	if err != nil {
		panic(err)
	}
	shared = dir
	status := m.Run()
	os.RemoveAll(dir)
	os.Exit(status)
}

// demonstrationFile is the demonstration's document. Its repositories are built once: tests
// mine them and change nothing there.
var demonstrationFile = sync.OnceValues(func() (string, error) { return demo.Build(filepath.Join(shared, "demo")) })

// demonstration is the demonstration's tender.
func demonstration(t testing.TB, change func(*model.Tender)) *story {
	t.Helper()
	file, err := demonstrationFile()
	require.NoError(t, err)
	return mine(t, file, change)
}

// byHand is a document of testdata/by-hand-lots.txtar, as far as git shows its facts.
func byHand(t testing.TB, document string, change func(*model.Tender)) *story {
	t.Helper()
	a, err := txtar.ParseFile("../../../testdata/by-hand-lots.txtar")
	require.NoError(t, err)
	dir := t.TempDir()
	for _, f := range a.Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		if history, ok := strings.CutSuffix(path, ".history"); ok {
			_, err := forgetest.Build(history+".git", string(f.Data))
			require.NoError(t, err)
			continue
		}
		require.NoError(t, os.WriteFile(path, f.Data, 0o644))
	}
	return mine(t, filepath.Join(dir, document), func(tender *model.Tender) {
		for name, p := range tender.Projects {
			for i := range p.Repositories {
				p.Repositories[i].Forge, p.Repositories[i].Web = "none", ""
			}
			tender.Projects[name] = p
		}
		if change != nil {
			change(tender)
		}
	})
}

// bytesOf writes a workbook.
func bytesOf(t testing.TB, in Input, now *model.Ranking) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, write(&b, in, now))
	return b.Bytes()
}

func language(t testing.TB, lang string) *locale.Locale {
	t.Helper()
	l, err := locale.Of(lang)
	require.NoError(t, err)
	return l
}
