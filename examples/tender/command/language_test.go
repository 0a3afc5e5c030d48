package command_test

import (
	"encoding/csv"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/tributary-oss/tributary/examples/tender/command"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// The demonstration in French, as a jury reads it. The method's digest is left out: it
// changes with every word of the method.
func TestDemonstrationInFrench(t *testing.T) {
	file, result := demonstrated(t, "--lang", "fr")
	ranking, err := os.ReadFile(filepath.Join(result, "ranking.txt"))
	require.NoError(t, err)
	texts := map[string]string{"ranking": string(ranking)}
	for name, args := range map[string][]string{
		"explain":     {"explain", result, "karst", "lot", "2", "--most", "1"},
		"sensitivity": {"sensitivity", file, "--draws", "50", "--seed", "3"},
		"openness":    {"openness", file},
		"calibrate":   {"calibrate", file},
	} {
		out, said, status := run(t, append(args, "--lang", "fr")...)
		require.Equal(t, command.Done, status, said)
		texts[name] = out
	}
	digest := regexp.MustCompile(`[0-9a-f]{16}\b`)
	for name, text := range texts {
		got := digest.ReplaceAllString(text, "…")
		golden := filepath.Join("testdata", name+".fr.txt")
		if *update {
			require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		assert.Equal(t, strings.ReplaceAll(string(want), "\r\n", "\n"), got, name)
	}
}

// The language is that of what is printed: a bundle is the same byte for byte, so that anybody
// can verify it.
func TestLanguageChangesNoData(t *testing.T) {
	_, in := demonstrated(t)
	_, en := demonstrated(t, "--lang", "fr")
	changed := map[string]bool{}
	require.NoError(t, fs.WalkDir(os.DirFS(in), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		x, err := os.ReadFile(filepath.Join(in, name))
		require.NoError(t, err)
		y, err := os.ReadFile(filepath.Join(en, name))
		require.NoError(t, err)
		if string(x) != string(y) {
			changed[name] = true
		}
		return nil
	}))
	assert.Empty(t, changed)
}

// Whatever the demonstration and the tenders that were worked by hand say can be said in
// every language, and so can what explains them.
func TestWholeTendersHaveTranslations(t *testing.T) {
	_, result := demonstrated(t)
	results := []string{result}
	archives, err := filepath.Glob("../../../testdata/*.txtar")
	require.NoError(t, err)
	for _, path := range archives {
		results = append(results, scored(t, path)...)
	}
	require.Greater(t, len(results), 2)
	for _, dir := range results {
		f, err := os.Open(filepath.Join(dir, "ranking.json"))
		require.NoError(t, err)
		r, err := model.ReadRanking(f)
		require.NoError(t, err)
		require.NoError(t, f.Close())
		said := append(r.Warnings, reasons(t, filepath.Join(dir, "evidence.csv"))...)
		for _, g := range r.Gaps {
			said = append(said, g.Reason)
		}
		for _, p := range r.Projects {
			for _, i := range p.Indicators {
				said = append(said, i.Reason)
			}
			for _, s := range p.Scores {
				said = append(said, s.Insufficient)
			}
		}
		for _, s := range r.Lots[0].Standings {
			e, err := score.Explain(r, s.Bidder)
			require.NoError(t, err)
			for _, step := range e.Steps {
				said = append(said, step.What, step.Unit, step.Note, step.Doc, step.Source)
			}
		}
		for _, lang := range locale.Languages() {
			l, err := locale.Of(lang)
			require.NoError(t, err)
			for _, sentence := range said {
				_, ok := l.Say(sentence)
				assert.True(t, ok, "%q cannot be said by score/report/locale/catalogue/%s.json", sentence, lang)
			}
		}
	}
}

func TestUnknownLanguage(t *testing.T) {
	out, said, status := run(t, "method", "--lang", "tlh")
	assert.Equal(t, command.Usage, status)
	assert.Empty(t, out)
	assert.Contains(t, said, "--lang: no such language: tlh; there are en, fr")
}

func TestMethodInTheLanguage(t *testing.T) {
	plain, _, status := run(t, "method")
	assert.Equal(t, command.Done, status)
	en, _, _ := run(t, "method", "--lang", "en")
	assert.Equal(t, plain, en)
	assert.Equal(t, score.MethodText(nil)+"\n", plain)
	fr, _, status := run(t, "--lang", "fr", "method")
	assert.Equal(t, command.Done, status)
	assert.True(t, strings.HasPrefix(fr, "# Méthode 1"))
}

func TestWhyADocumentCannotBeSealedInFrench(t *testing.T) {
	file, _ := demonstrated(t)
	_, said, status := run(t, "seal", file, "--lang", "fr")
	assert.Equal(t, command.Usage, status)
	said = strings.ReplaceAll(said, "\u00a0", " ")
	assert.Contains(t, said, "le document ne peut être scellé\n")
	assert.Contains(t, said, "geolib : aucun seuil n’est énoncé pour l’indicateur modifications ; calibrez d’abord, et écrivez un nombre ou none\n")
	_, said, status = run(t, "score", file, "--official", strings.Repeat("0", 64), "--lang", "fr")
	assert.Equal(t, command.Usage, status)
	assert.Contains(t, said, "le document n’est pas scellé")
}

// scored scores the tenders of an archive and returns the folders of the results.
func scored(t *testing.T, archive string) (results []string) {
	t.Helper()
	a, err := txtar.ParseFile(archive)
	require.NoError(t, err)
	dir := unpack(t, a)
	for _, f := range a.Files {
		if document, ok := strings.CutSuffix(f.Name, ".yaml"); ok && strings.Contains(string(f.Data), "format: tributary/1") {
			scoreTender(t, dir, document)
			results = append(results, filepath.Join(dir, "result-"+document))
		}
	}
	return results
}

// reasons are those of a table of evidence, each once.
func reasons(t *testing.T, file string) []string {
	t.Helper()
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	at, all := slices.Index(rows[0], "reason"), map[string]bool{}
	require.GreaterOrEqual(t, at, 0)
	for _, row := range rows[1:] {
		all[row[at]] = true
	}
	return slices.Sorted(maps.Keys(all))
}
