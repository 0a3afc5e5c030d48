package command_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/tributary-oss/tributary/examples/tender/command"
	"github.com/tributary-oss/tributary/model"
)

// golden holds a document against the one in testdata/documents: read it as the lawyer who
// publishes it and the bidder who receives it.
// Digests of the method, which change with each word of it, do not stand there.
func golden(t *testing.T, name, got string) {
	t.Helper()
	got = regexp.MustCompile(`[0-9a-f]{64}`).ReplaceAllString(got, "DIGEST")
	file := filepath.Join("testdata", "documents", name)
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, strings.ReplaceAll(string(want), "\r\n", "\n"), got, name)
}

// written runs a command that writes a document, and returns it.
func written(t *testing.T, args ...string) string {
	t.Helper()
	out, said, status := run(t, args...)
	require.Equal(t, command.Done, status, said)
	return out
}

// The documents of the demonstration, in both languages.
func TestDocumentsOfTheDemonstration(t *testing.T) {
	file, result := demonstrated(t)
	for _, lang := range []string{"en", "fr"} {
		golden(t, "demo-clause."+lang+".md", written(t, "clause", file, "--lang", lang))
		for _, bidder := range []string{"moraine", "bigco"} {
			golden(t, "demo-letter-"+bidder+"."+lang+".md", written(t, "letter", result, "--bidder", bidder, "--lang", lang))
		}
	}
	golden(t, "demo-letter-bigco.fr.html", written(t, "letter", result, "--bidder", "bigco", "--lang", "fr", "--format", "html"))
}

// Those of the tender that is worked by hand: what they say of points is what the ranking
// has, and nobody is named although the result names everybody.
func TestDocumentsByHand(t *testing.T) {
	a, err := txtar.ParseFile("../../../testdata/by-hand-lots.txtar")
	require.NoError(t, err)
	dir := unpack(t, a)
	for _, document := range []string{"tender", "award"} {
		scoreTender(t, dir, document)
		result := filepath.Join(dir, "result-"+document)
		text, err := os.ReadFile(filepath.Join(result, "ranking.json"))
		require.NoError(t, err)
		var r model.Ranking
		require.NoError(t, json.Unmarshal(text, &r))
		for _, lang := range []string{"en", "fr"} {
			texts := []string{written(t, "clause", filepath.Join(dir, document+".yaml"), "--lang", lang)}
			golden(t, "hand-"+document+"-clause."+lang+".md", texts[0])
			for _, bidder := range []string{"tarn", "bigco", "karst-lode"} {
				letter := written(t, "letter", result, "--bidder", bidder, "--lang", lang)
				golden(t, "hand-"+document+"-letter-"+bidder+"."+lang+".md", letter)
				texts = append(texts, letter)
			}
			for _, s := range texts {
				assert.NotRegexp(t, regexp.MustCompile(`@[a-z]|\b(Ada|Bob|Lia|Sam|Zoe|Yan|Fay|Mia|Sol|Tom|Gus|ada|bob|zoe|mia)\b`), s)
			}
		}
	}
}

// What is published is held against the document: as it was written, and edited.
func TestCheckOfAPublishedText(t *testing.T) {
	dir := place(t, document)
	file, published := filepath.Join(dir, "tender.yaml"), filepath.Join(dir, "published.md")
	for _, form := range []string{"markdown", "html"} {
		text := written(t, "clause", file, "--lang", "fr", "--format", form)
		require.NoError(t, os.WriteFile(published, []byte(text), 0o644))
		assert.Contains(t, written(t, "check", file, "--clause", published), "every parameter stands in it")
		edited := regexp.MustCompile(`(revert-days(?:\x60|</code>) = )90`).ReplaceAllString(text, "${1}30")
		require.NotEqual(t, text, edited)
		require.NoError(t, os.WriteFile(published, []byte(edited), 0o644))
		out, said, status := run(t, "check", file, "--clause", published)
		assert.Equal(t, command.Failed, status)
		assert.Contains(t, out, "rules.revert-days: differs in 90;")
		assert.Contains(t, said, "1 passage differs from what the document makes")
		out, said, _ = run(t, "--lang", "fr", "check", file, "--clause", published)
		assert.Regexp(t, `rules\.revert-days.: diffère par 90.; le document donne.: .*\n  le texte dit.: `, out)
		assert.Contains(t, said, "1 passage diffère de ce que donne le document")
	}
}

func TestWrongUseOfDocuments(t *testing.T) {
	dir := place(t, document)
	file := filepath.Join(dir, "tender.yaml")
	_, said, status := run(t, "score", file, "--out", filepath.Join(dir, "all"))
	require.Equal(t, command.Done, status, said)
	_, result := demonstrated(t)
	for _, c := range []struct {
		args string
		says string
	}{
		{"clause", "want the file of a tender document"},
		{"clause " + file + " --lang tlh", "no such language: tlh"},
		{"clause " + file + " --format pdf", "want one of [markdown html]"},
		{"clause " + filepath.Join(dir, "no.yaml"), "is not there"},
		{"check " + file + " --clause " + filepath.Join(dir, "no.md"), "--clause"},
		{"letter " + result, "name the bidder to whom the letter goes"},
		{"letter " + result + " --bidder nobody", `no bidder "nobody"; there are bigco, karst, moraine`},
		{"letter " + result + " --bidder bigco --winner nobody", `no bidder "nobody"`},
		{"letter " + result + " --bidder bigco --winner 9=karst", `no lot "9"`},
		{"letter " + result + " --bidder bigco --winner karst --winner moraine", "once for each lot"},
		{"letter " + result + " --bidder bigco --official " + strings.Repeat("0", 64), "holds a result that is SIMULATION"},
		{"letter " + filepath.Join(dir, "all") + " --bidder karst", "nobody bids"},
		{"letter " + dir + " --bidder karst", "it holds no stored run"},
		{"letter " + file + " --bidder karst", "is no folder; name a folder that tender score FILE --out DIR wrote"},
		{"score " + file + " --out " + dir, file + "; name another folder"},
		{"score " + file + " --for public --out " + dir, file + "; name another folder"},
		{"edition " + result + " --for public --out " + dir, file + "; name another folder"},
		{"edition " + result + " --for public --out " + result, "it would take the place of the buyer's bundle"},
		{"edition " + result + " --for court --out " + dir, "want buyer, bidder=ID or public"},
		{"edition " + result + " --for bidder=nobody --out " + dir, `nobody is called "nobody" among the bidders`},
		{"explain " + result + " nobody", "the ranking has bigco, karst, moraine"},
		{"explain " + result + " karst lot 9", `did you mean "lot 1"?`},
	} {
		_, said, status := run(t, strings.Fields(c.args)...)
		assert.Equal(t, command.Usage, status, c.args)
		assert.Contains(t, said, c.says, c.args)
		if !strings.Contains(c.args, "tlh") {
			_, said, _ = run(t, append(strings.Fields(c.args), "--lang", "fr")...)
			assert.NotRegexp(t, `\b(want|there are|nobody bids|nobody is|name the|name another|no such (edition|bidder|language)|no bidder|once for|holds|is not there|editions are|would take)\b`, said, c.args)
		}
	}
}

// Who proves a bundle in French is told in French what of it is otherwise, and where.
func TestDifferencesInFrench(t *testing.T) {
	_, result := demonstrated(t)
	for _, c := range []struct{ file, old, with, says string }{
		{"ranking.csv", "31.52", "31.53", `: ranking\.csv, ligne 2~: on y lit ".*31\.53.*", là où ranking\.json donne ".*31\.52`},
		{"ranking.json", "31.52", "31.53", `: ranking\.json, lot 1, soumissionnaire karst, points~: on y lit 31\.53, et les preuves donnent 31\.52\n`},
		{"totals.json", `"credit":1000000`, `"credit":2000000`, `: totals\.json, projet catalogue, soumissionnaire \S+, indicateur \S+, mois \S+~: .*, et les preuves donnent `},
		{"tender.yaml", "minimum_points: 16", "minimum_points: 17", `: method\.json~: method\.parts~: l’empreinte numérique de "mode" est `},
		{"README.txt", "", "", `: README\.txt~: il manque\n`},
		{"SHA256SUMS", "", "", `: SHA256SUMS~: il n’y en a pas~: le dossier ne contient pas de paquet`},
		{"method.json", `"module": "`, `"module": "v9.9.9`, `~; le paquet a été fait par la version "v9\.9\.9`},
		{"other.txt", "", "x", `: other\.txt~: SHA256SUMS ne le nomme pas~; `},
	} {
		dir := filepath.Join(t.TempDir(), "result")
		require.NoError(t, os.CopyFS(dir, os.DirFS(result)))
		path := filepath.Join(dir, c.file)
		switch {
		case c.old != "":
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Contains(t, string(text), c.old, c.file)
			require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(text), c.old, c.with, 1)), 0o644))
			if c.file == "method.json" {
				table := filepath.Join(dir, "totals.csv")
				require.NoError(t, os.WriteFile(table, []byte("x"), 0o644))
			}
			sumsAnew(t, dir)
		case c.with != "":
			require.NoError(t, os.WriteFile(path, []byte(c.with), 0o644))
		default:
			require.NoError(t, os.Remove(path))
		}
		_, said, status := run(t, "--lang", "fr", "verify", dir)
		assert.Equal(t, command.Failed, status)
		said = strings.ReplaceAll(strings.ReplaceAll(said, "\u00a0", "~"), dir, "")
		assert.Regexp(t, strings.ReplaceAll(c.says, ": ", "(?:~: |: )"), said, c.file)
		assert.NotRegexp(t, `\b(line|bidder|month|where|makes|digest|bundle)\b`, said)
	}
}

// sumsAnew writes the digests of a bundle again, as whoever tampers would.
func sumsAnew(t *testing.T, dir string) {
	t.Helper()
	sums := filepath.Join(dir, "SHA256SUMS")
	old, err := os.ReadFile(sums)
	require.NoError(t, err)
	var b strings.Builder
	for line := range strings.Lines(string(old)) {
		name := strings.Fields(line)[1]
		text, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		fmt.Fprintf(&b, "%x  %s\n", sha256.Sum256(text), name)
	}
	require.NoError(t, os.WriteFile(sums, []byte(b.String()), 0o644))
}

// An edition for one bidder holds nobody else's acts. Nothing is told of them from it: least of all
// that there were none.
func TestAnEditionTellsNothingOfOthers(t *testing.T) {
	_, result := demonstrated(t)
	dir := filepath.Join(t.TempDir(), "for-karst")
	_, said, status := run(t, "edition", result, "--for", "bidder=karst", "--out", dir)
	require.Equal(t, command.Done, status, said)
	for _, args := range [][]string{{"letter", dir, "--bidder", "moraine"}, {"explain", dir, "moraine"}, {"explain", dir, "moraine", "lot", "1"}} {
		out, said, status := run(t, args...)
		assert.Equal(t, command.Usage, status, args)
		assert.Empty(t, out)
		assert.Contains(t, said, "it is the bundle for karst, without the acts of \"moraine\"; take the buyer's")
	}
	_, said, _ = run(t, "letter", dir, "--bidder", "moraine", "--lang", "fr")
	assert.Contains(t, said, "c’est le paquet pour karst, sans les actes de \"moraine\"")
	assert.Equal(t, written(t, "letter", result, "--bidder", "karst"), written(t, "letter", dir, "--bidder", "karst"))
	assert.Equal(t, written(t, "explain", result, "karst"), written(t, "explain", dir, "karst"))
	act := regexp.MustCompile(`commit:[0-9a-f]{40}`).FindString(written(t, "explain", dir, "karst", "mapserver/commits/changes"))
	_, said, status = run(t, "explain", dir, "karst", "act", act)
	assert.Equal(t, command.Done, status)
	assert.Contains(t, said, "what was judged of others on the artifact is not in it")
	_, said, _ = run(t, "explain", result, "karst", "act", act)
	assert.Empty(t, said)
}
