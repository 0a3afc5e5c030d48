package command_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	unsafe "github.com/yuin/goldmark/renderer/html"
	"golang.org/x/net/html"
)

// What strangers wrote is inert in all that any command writes and the server answers.
func TestTextsOfStrangersAreInertEverywhere(t *testing.T) {
	file := hostileStory(t, false)
	all := append(everything(t, file, labels[0]), toolsOf(t, file)...)
	forms := map[string]int{}
	for _, o := range all {
		forms[o.form]++
		name := strings.TrimSpace(o.name)
		isInert(t, name, o)
	}
	for _, form := range []string{"text", "log", "csv", "json", "jsonl", "html", "markdown", "xlsx", "xml", "yaml", "txt"} {
		assert.Positive(t, forms[form], form)
	}
}

// So they are in what is run before a result, in what forges said, and in tables of affiliations
// that are written in another form.
func TestTextsOfStrangersAreInertBeforeAResult(t *testing.T) {
	file := hostileStory(t, false)
	o := &outputs{t: t}
	identities, err := json.Marshal(append(documentary(), "mail:a@x.example", "github:1"))
	require.NoError(t, err)
	claim := `{"format": "tributary-claim/1", "vendor": "karst", "issued": "2025-12-01", "expires": "2026-12-01", "people": [{"identities": ` + string(identities) + `, "employment": [{"from": "2025-01-01"}]}]}`
	o.prepared(file, claim)
	dir := t.TempDir()
	for name, text := range tables(t, hostile) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	forms := map[string]string{"gitdm": "log", "cncf": "log", "cncf-users": "json", "stackalytics": "json", "sortinghat": "json", "mailmap": "log", "tributary": "yaml"}
	for _, from := range []string{"gitdm", "cncf", "cncf-users", "stackalytics", "mailmap"} {
		for to, form := range forms {
			o.tried(form, "convert", filepath.Join(dir, from), "--from", from, "--to", to)
		}
	}
	list := slices.DeleteFunc(o.list, func(x output) bool { return strings.HasSuffix(x.name, "/tender.json") }) // the buyer's own
	for _, x := range append(list, onAForge(t, []string{"=1+1", "<img src=x onerror=alert(1)>", "\u202egnp", "esc\x1b[31m", "plain"}, hostile)...) {
		isInert(t, x.name, x)
	}
}

// Where every organisation found is ranked, the bidders are named by strangers too.
func TestBiddersNamedByStrangersAreInert(t *testing.T) {
	file := hostileStory(t, false)
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	var doc map[string]any
	require.NoError(t, json.Unmarshal(b, &doc))
	doc["bidders"], doc["vendors"], doc["evidence"] = "all", map[string]any{"karst": map[string]any{"name": "=1+1"}}, "imported"
	delete(doc, "decisions")
	b, err = json.Marshal(doc)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, b, 0o644))
	o := &outputs{t: t}
	dir := filepath.Join(t.TempDir(), "result")
	book := filepath.Join(t.TempDir(), "all.xlsx")
	o.tender("log", "score", file, "--out", dir)
	o.tender("text", "score", file)
	o.tender("text", "affiliations", file)
	o.sheet(dir, "-o", book)
	o.folder(dir)
	o.folder(filepath.Dir(book))
	found := false
	for _, x := range o.list {
		isInert(t, x.name, x)
		found = found || strings.HasSuffix(x.name, "ranking.csv") && bytes.Contains(x.text, []byte("=1.example"))
	}
	assert.True(t, found, "a bidder is named as a formula")
}

// isInert holds an output against what its form may hold.
func isInert(t *testing.T, name string, o output) {
	if o.form == "xlsx" {
		noFormulaOfStrangers(t, name, o.text)
		return
	}
	assert.True(t, utf8.Valid(o.text), "%s is no UTF-8", name)
	text := string(o.text)
	if o.form == "csv" {
		text = strings.ReplaceAll(text, "\r\n", "\n")
	}
	if i := strings.IndexFunc(text, steers); i >= 0 {
		t.Errorf("%s holds %q: %q", name, []rune(text[i:])[0], text[max(0, i-60):min(len(text), i+60)])
	}
	switch o.form {
	case "csv":
		noFormula(t, name, o.text)
	case "html":
		noStrangersElement(t, name, text)
	case "markdown":
		var page bytes.Buffer
		page.WriteString("<title></title>")
		shown := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(unsafe.WithUnsafe()))
		require.NoError(t, shown.Convert(o.text, &page))
		noStrangersElement(t, name, page.String())
	case "json":
		assert.True(t, json.Valid(o.text), name)
	case "jsonl":
		for line := range strings.Lines(text) {
			assert.True(t, json.Valid([]byte(line)), "%s: %.200s", name, line)
		}
	case "xml":
		wellFormed(t, name, o.text)
	}
	if o.form == "text" || o.form == "txt" || o.form == "markdown" || o.form == "log" {
		assert.NotRegexp(t, `(?m)^OFFICIAL: sealed`, text, "%s: a line that a stranger forged", name)
	}
}

// steers holds for characters by which a text can move a cursor, colour a terminal, ring, or
// turn the order of what is read.
func steers(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r == 0x61c || r == 0x200e || r == 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

var figure = regexp.MustCompile(`^[+-]?[0-9]+([.,][0-9]+)?(e[+-]?[0-9]+)?$`)

// noFormula reads a table strictly, and finds no cell in it that a spreadsheet would compute.
func noFormula(t *testing.T, name string, b []byte) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff"))))
	if strings.Contains(name, ".fr.csv") || strings.Contains(name, "locale=fr") {
		r.Comma = ';'
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if !assert.NoError(t, err, name) {
			return
		}
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r\uff1d\uff0b\uff0d\uff20", []rune(cell)[0]) && !figure.MatchString(cell) {
				t.Errorf("%s: a cell begins as a formula: %.80q", name, cell)
			}
		}
	}
}

// noStrangersElement reads a page and finds no element and no attribute that does something,
// save for the page's own.
func noStrangersElement(t *testing.T, name, text string) {
	root, err := html.Parse(strings.NewReader(text))
	require.NoError(t, err, name)
	titles := 0
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			assert.False(t, n.Type == html.CommentNode && strings.Contains(n.Data, "alert"), name)
			continue
		}
		if n.Data == "title" && n.Namespace == "" {
			titles++
		}
		assert.NotContains(t, []string{"img", "iframe", "object", "embed", "base", "frame", "b"}, n.Data, name)
		assert.False(t, n.Data == "h1" && n.FirstChild != nil && n.FirstChild.Data == "heading", name)
		for _, a := range n.Attr {
			assert.False(t, strings.HasPrefix(a.Key, "on"), "%s: <%s %s>", name, n.Data, a.Key)
			if a.Key == "href" || a.Key == "src" || a.Key == "action" {
				assert.Regexp(t, `^(https?://[^\s]*|#.*|[a-z]+[.a-z]*\.(html|txt|csv|json|gz|yaml|zip).*|/[^/].*|[?].*|\.?/?)$`, a.Val, "%s: <%s %s>", name, n.Data, a.Key)
			}
		}
		if n.Data == "script" && n.FirstChild != nil {
			assert.NotContains(t, n.FirstChild.Data, "alert(", name)
		}
	}
	assert.Equal(t, 1, titles, name)
}

func wellFormed(t *testing.T, name string, b []byte) {
	d := xml.NewDecoder(bytes.NewReader(b))
	for {
		if _, err := d.Token(); err != nil {
			assert.ErrorIs(t, err, io.EOF, name)
			return
		}
	}
}

// noFormulaOfStrangers looks at every formula and every link of a workbook.
func noFormulaOfStrangers(t *testing.T, name string, b []byte) {
	f, err := excelize.OpenReader(bytes.NewReader(b))
	require.NoError(t, err, name)
	defer f.Close()
	formulas := 0
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		require.NoError(t, err)
		for y, row := range rows {
			for x := range row {
				at, err := excelize.CoordinatesToCellName(x+1, y+1)
				require.NoError(t, err)
				formula, err := f.GetCellFormula(sheet, at)
				require.NoError(t, err)
				if formula != "" {
					formulas++
					assert.NotRegexp(t, `(?i)evil|cmd\||alert|HYPERLINK|javascript|1\+1|2\+3`, formula, "%s %s!%s", name, sheet, at)
				}
			}
		}
		links, err := f.GetHyperLinkCells(sheet, "External")
		require.NoError(t, err)
		assert.Empty(t, links, name)
	}
	assert.Positive(t, formulas)
}
