package serve

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report"
	"github.com/tributary-oss/tributary/score/report/locale"
)

const below = "/v1/c/TOKEN/tenders/" + name + "/"

func TestFigures(t *testing.T) {
	b := newBench(t, nil)
	bad := "=cmd%7C'%20/C%20calc'!A0"
	for path, want := range map[string]string{
		"points?bidder=karst&lot=1":           "31.52",
		"points?bidder=karst&lot=1&locale=en": "31.52",
		"points?bidder=karst&lot=1&locale=fr": "31,52",
		"points?bidder=karst&lot=1&refresh=7": "31.52",
		"score?bidder=karst&lot=1":            "78.804881",
		"score?bidder=karst&lot=1&locale=fr":  "78,804881",
		"rank?bidder=karst&lot=1":             "1",
		"points?bidder=" + bad + "&lot=1":     "0.00", // known to be nothing
		"points?bidder=bigco&lot=1":           "#N/A", // not known
		"score?bidder=bigco&lot=1&locale=fr":  "#N/A",
		"rank?bidder=bigco&lot=1":             "#N/A",
		"points?bidder=1.5&lot=lot%202":       "#N/A",
		"status":                              "SIMULATION; 1 gap",
		"status?locale=fr":                    "SIMULATION\u00a0; 1 lacune",
	} {
		got, h := b.get(http.StatusOK, below+path)
		assert.Equal(t, want, got, path)
		assert.Equal(t, "text/plain; charset=utf-8", h.Get("Content-Type"), path)
		assert.Equal(t, "SIMULATION", h.Get("X-Tributary-Status"), path)
		assert.Equal(t, "1", h.Get("X-Tributary-Gaps"), path)
	}
	for _, path := range []string{"points?bidder=nobody&lot=1", "points?bidder=karst&lot=3", "points?bidder=karst&lot=lot%202", "nothing", "ranking.json/"} {
		b.get(http.StatusNotFound, below+path)
	}
	for _, path := range []string{"points", "points?bidder=karst", "points?lot=1", "points?bidder=karst&lot=1&locale=de", "points?bidder=karst&lot=1&lots=2",
		"points?bidder=karst&bidder=bigco&lot=1", "points?bidder=" + strings.Repeat("x", 1001) + "&lot=1", "points?%zz", "points?bidder=karst;lot=1",
		"ranking.json?locale=fr", "status?key=" + b.token} {
		b.get(http.StatusBadRequest, below+path)
	}
	b.leaks()
}

func TestTheOnlyLotNeedsNoName(t *testing.T) {
	b := newBench(t, nil)
	r := ranking()
	r.Lots = r.Lots[:1]
	put(t, b.dir, r)
	b.pass(every)
	got, _ := b.get(http.StatusOK, below+"points?bidder=karst")
	assert.Equal(t, "31.52", got)
}

func TestStandings(t *testing.T) {
	b := newBench(t, nil)
	got, h := b.get(http.StatusOK, below+"score.json?bidder=karst&lot=1")
	assert.Equal(t, "application/json", h.Get("Content-Type"))
	assert.JSONEq(t, `{"format":"tributary-figure/1","status":"SIMULATION","gaps":1,"tender":"DEMO-2026-001","lot":"1","bidder":"karst","name":"Karst SARL",
		"rank":1,"points":31.52,"points_max":40,"score":78.804881,"meets":true,"insufficient":[]}`, got)
	got, _ = b.get(http.StatusOK, below+"score.json?bidder=bigco&lot=1")
	assert.JSONEq(t, `{"format":"tributary-figure/1","status":"SIMULATION","gaps":1,"tender":"DEMO-2026-001","lot":"1","bidder":"bigco","name":"BigCo SE",
		"rank":null,"points":null,"points_max":40,"score":null,"meets":null,"insufficient":[]}`, got)
}

// rowsOf reads a table of a locale, and checks that its lines end as RFC 4180 asks.
func rowsOf(t *testing.T, text string, comma rune) []map[string]string {
	assert.Equal(t, strings.Count(text, "\n"), strings.Count(text, "\r\n"))
	c := csv.NewReader(strings.NewReader(text))
	c.Comma = comma
	all, err := c.ReadAll()
	require.NoError(t, err)
	var rows []map[string]string
	for _, row := range all[1:] {
		m := map[string]string{}
		for i, name := range all[0] {
			assert.NotContains(t, m, name, "a column of that name")
			m[name] = row[i]
		}
		rows = append(rows, m)
	}
	return rows
}

func TestTables(t *testing.T) {
	b := newBench(t, nil)
	text, h := b.get(http.StatusOK, below+"ranking.csv")
	assert.Equal(t, "text/csv; charset=utf-8; header=present", h.Get("Content-Type"))
	english := rowsOf(t, text, ',')
	text, _ = b.get(http.StatusOK, below+"ranking.csv?locale=fr")
	french := rowsOf(t, text, ';')
	require.Len(t, english, 4)
	require.Len(t, french, 4)
	for i := range english {
		assert.Equal(t, "SIMULATION", english[i]["status"])
		assert.Equal(t, "SIMULATION", french[i]["statut"])
		assert.Equal(t, "1", english[i]["gaps"])
		assert.Equal(t, "1", french[i]["lacunes"])
		assert.Equal(t, english[i]["bidder"], french[i]["soumissionnaire"])
	}
	assert.Equal(t, "31.52", english[0]["points"])
	assert.Equal(t, "31,52", french[0]["points"])
	assert.Equal(t, "78,804881", french[0]["note"])
	assert.Equal(t, "", french[2]["points"], "what is not known is no number")
	assert.Equal(t, "1.5", french[3]["soumissionnaire"], "a name is no number")
	assert.Equal(t, "'"+hostile, french[1]["soumissionnaire"], "a name is no formula")

	text, _ = b.get(http.StatusOK, below+"projects.csv?locale=fr")
	projects := rowsOf(t, text, ';')
	assert.Equal(t, "5,5", projects[0]["valeur"])
	assert.Equal(t, "0,25", projects[0]["poids"])
	assert.Equal(t, "1", projects[0]["lacunes"])
	text, _ = b.get(http.StatusOK, below+"projects.csv")
	projects = rowsOf(t, text, ',')
	assert.Equal(t, "5.5", projects[0]["value"])
	assert.Equal(t, "1", projects[0]["gaps"])
}

// What is pulled is what lies in the bundle: the same rows, without the mark that only a file
// needs.
func TestTablesAreTheBundles(t *testing.T) {
	b := newBench(t, nil)
	for _, lang := range []string{"en", "fr"} {
		l, err := locale.Of(lang)
		require.NoError(t, err)
		for name, write := range map[string]func(io.Writer, *model.Ranking, *locale.Locale) error{"ranking.csv": report.RankingCSV, "projects.csv": report.ProjectsCSV} {
			var want bytes.Buffer
			require.NoError(t, write(&want, ranking(), l))
			got, _ := b.get(http.StatusOK, below+name+"?locale="+lang)
			assert.Equal(t, strings.TrimPrefix(want.String(), "\ufeff"), got)
		}
	}
}

func TestTheJSONIsTheFileItself(t *testing.T) {
	b := newBench(t, nil)
	text, _ := b.get(http.StatusOK, below+"ranking.json")
	want, err := json.Marshal(ranking())
	require.NoError(t, err)
	assert.Equal(t, string(want), text)
}

func TestAListOfWhatATokenOpens(t *testing.T) {
	b := newBench(t, nil)
	for _, path := range []string{"/v1/tenders?key=TOKEN", "/v1/c/TOKEN/tenders"} {
		text, _ := b.get(http.StatusOK, path)
		var got struct{ Tenders []listed }
		require.NoError(t, json.Unmarshal([]byte(text), &got))
		require.Len(t, got.Tenders, 1)
		assert.Equal(t, name, got.Tenders[0].Name)
		assert.Equal(t, []string{"karst", hostile, "bigco"}, got.Tenders[0].Lots[0].Bidders)
	}
	text, _ := b.get(http.StatusOK, "/v1/tenders", "Authorization", "Bearer "+b.other)
	assert.Contains(t, text, `"tenders": []`)
}

func TestConditionsAndCompression(t *testing.T) {
	b := newBench(t, nil)
	for _, path := range []string{"ranking.json", "ranking.csv", "status", "points?bidder=karst&lot=1", "score.json?bidder=karst&lot=1"} {
		text, h := b.get(http.StatusOK, below+path)
		etag := h.Get("ETag")
		assert.Regexp(t, `^"[0-9a-f]{32}"$`, etag)
		assert.Equal(t, "private, no-cache", h.Get("Cache-Control"))
		for _, condition := range []string{etag, "W/" + etag, `"x", ` + etag, "*"} {
			got, h := b.get(http.StatusNotModified, below+path, "If-None-Match", condition)
			assert.Empty(t, got)
			assert.Equal(t, etag, h.Get("ETag"))
			assert.Equal(t, "SIMULATION", h.Get("X-Tributary-Status"))
		}
		b.get(http.StatusOK, below+path, "If-None-Match", `"x"`)
		res := b.ask(http.MethodHead, strings.ReplaceAll(below+path, "TOKEN", b.token))
		assert.Equal(t, http.StatusOK, res.StatusCode)
		assert.Empty(t, bodyOf(t, res))
		assert.Equal(t, int64(len(text)), res.ContentLength)
		assert.Equal(t, etag, res.Header.Get("ETag"))
	}
	zipped, h := b.get(http.StatusOK, below+"ranking.json", "Accept-Encoding", "br;q=1, gzip")
	assert.Equal(t, "gzip", h.Get("Content-Encoding"))
	plain, other := b.get(http.StatusOK, below+"ranking.json", "Accept-Encoding", "gzip;q=0")
	assert.NotEqual(t, h.Get("ETag"), other.Get("ETag"))
	assert.Equal(t, plain, unzip(t, zipped))
	b.get(http.StatusNotModified, below+"ranking.json", "Accept-Encoding", "gzip", "If-None-Match", h.Get("ETag"))
}

func TestAnotherRunHasOtherTags(t *testing.T) {
	b := newBench(t, nil)
	_, before := b.get(http.StatusOK, below+"points?bidder=karst&lot=1")
	r := ranking()
	r.Status, r.Seal = "OFFICIAL", "sha256:5f3a"
	put(t, b.dir, r)
	b.pass(every)
	_, after := b.get(http.StatusOK, below+"points?bidder=karst&lot=1", "If-None-Match", before.Get("ETag"))
	assert.Equal(t, "OFFICIAL sha256:5f3a", after.Get("X-Tributary-Status"))
}

func unzip(t *testing.T, s string) string {
	r, err := gzip.NewReader(strings.NewReader(s))
	require.NoError(t, err)
	text, err := io.ReadAll(r)
	require.NoError(t, err)
	return string(text)
}
