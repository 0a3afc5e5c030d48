package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// strict reads a table by the letter of RFC 4180: every line ends in CR LF, a quote stands
// only around a cell or doubled inside, and all lines have as many cells as the first.
func strict(text string, comma byte) (rows [][]string, err error) {
	for len(text) > 0 {
		var row []string
		for {
			cell, rest, err := strictCell(text, comma)
			if err != nil {
				return nil, err
			}
			row = append(row, cell)
			if strings.HasPrefix(rest, "\r\n") {
				text = rest[2:]
				break
			}
			if rest == "" || rest[0] != comma {
				return nil, fmt.Errorf("after %q comes %.20q", cell, rest)
			}
			text = rest[1:]
		}
		if len(rows) > 0 && len(row) != len(rows[0]) {
			return nil, fmt.Errorf("a line of %d cells, and the heading has %d", len(row), len(rows[0]))
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func strictCell(text string, comma byte) (cell, rest string, err error) {
	if !strings.HasPrefix(text, `"`) {
		end := strings.IndexAny(text, string(comma)+"\"\r\n")
		if end < 0 {
			return "", "", fmt.Errorf("no end of line after %.20q", text)
		}
		return text[:end], text[end:], nil
	}
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] != '"':
			b.WriteByte(text[i])
		case i+1 < len(text) && text[i+1] == '"':
			b.WriteByte('"')
			i++
		default:
			return b.String(), text[i+1:], nil
		}
	}
	return "", "", fmt.Errorf("a quote is not closed")
}

// hostile are texts that strangers may choose for a name.
var hostile = [...]string{"=HYPERLINK(\"https://evil.example\";\"x\")", "+1+1", "-1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u200b=1", "＝1", "'=1", "'",
	"a,b;c\"d", "line\r\nline", "\\u0041", "\\", "\\u00", "C:\\users", "<script>alert(1)</script>", "\u202egnp.exe", "\x00\x1b[31mred\x7f\u009b", "\U000e0041tag", "é€😀",
	"\u2028", "''x", "007", "1e5", "TRUE", strings.Repeat("=x", 50_000), " lead and trail ", ""}

func namedRanking(names []string) *model.Ranking {
	r := ranking()
	r.Lots[0].Standings = nil
	for i, n := range names {
		points := float64(i) + 0.25
		r.Lots[0].Standings = append(r.Lots[0].Standings, model.Standing{Rank: i + 1, Bidder: fmt.Sprint("b", i), Name: n, Score: &points, Points: &points})
	}
	return r
}

// Whatever somebody is called, the table stays a table, nothing in it is a formula or
// steers a terminal, and the text can be had back.
func TestHostileTextsInTables(t *testing.T) {
	for _, lang := range locale.Languages() {
		l, err := locale.Of(lang)
		require.NoError(t, err)
		var b bytes.Buffer
		require.NoError(t, report.RankingCSV(&b, namedRanking(hostile[:]), l))
		text := strings.TrimPrefix(b.String(), "\ufeff")
		rows, err := strict(text, map[string]byte{"en": ',', "fr": ';'}[lang])
		require.NoError(t, err)
		require.Len(t, rows, len(hostile)+1)
		for i, want := range hostile {
			cell := rows[i+1][4]
			assert.Equal(t, want, report.Unescape(cell))
			inert(t, cell)
		}
	}
}

func inert(t *testing.T, cell string) {
	t.Helper()
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(cell, " "))
	assert.NotContains(t, "=+-@＝＋－＠", string(first), cell)
	for _, r := range cell {
		require.True(t, unicode.IsPrint(r), "%q", r)
	}
}

func FuzzUnescape(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || strings.ContainsRune(s, utf8.RuneError) {
			return // what is no text is lost
		}
		var b bytes.Buffer
		require.NoError(t, report.RankingCSV(&b, namedRanking([]string{s}), nil))
		rows, err := strict(b.String(), ',')
		require.NoError(t, err)
		require.Equal(t, s, report.Unescape(rows[1][4]))
		if s != "" {
			inert(t, rows[1][4])
		}
	})
}

// Broken UTF-8 makes no broken file.
func TestTablesAreUTF8(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, report.RankingCSV(&b, namedRanking([]string{"a\xffb\xc3"}), nil))
	assert.True(t, utf8.Valid(b.Bytes()))
}

type resource struct {
	Path, Encoding, MediaType string
	Dialect                   struct {
		Delimiter, LineTerminator string
		Header                    bool
	}
	Schema struct {
		MissingValues []string
		Fields        []struct {
			Name, Type, DecimalChar string
			TrueValues, FalseValues []string
			Constraints             struct {
				Required bool
				Minimum  *float64
				Enum     []string
			}
		}
	}
}

// Every table keeps to what the data package says of it.
func TestTablesKeepToTheirSchema(t *testing.T) {
	r := ranking()
	var b bytes.Buffer
	require.NoError(t, report.DataPackage(&b, r, report.RankingTable, report.ProjectsTable, report.TotalsTable, report.EvidenceTable))
	var p struct {
		Schema    string `json:"$schema"`
		Resources []resource
	}
	require.NoError(t, json.Unmarshal(b.Bytes(), &p))
	assert.Equal(t, "https://datapackage.org/profiles/2.0/datapackage.json", p.Schema)
	assert.Len(t, p.Resources, 8)
	files := map[string]string{}
	for _, lang := range locale.Languages() {
		l, err := locale.Of(lang)
		require.NoError(t, err)
		write := func(name string, do func(b *bytes.Buffer) error) {
			var b bytes.Buffer
			require.NoError(t, do(&b))
			files[report.TableFile(name, l)] = b.String()
		}
		write(report.RankingTable, func(b *bytes.Buffer) error { return report.RankingCSV(b, r, l) })
		write(report.ProjectsTable, func(b *bytes.Buffer) error { return report.ProjectsCSV(b, r, l) })
		write(report.TotalsTable, func(b *bytes.Buffer) error {
			return report.TotalsCSV(b, r, []model.Total{{Project: "a", Bidder: "karst", Indicator: model.Changes, Month: 24_000, Credit: 1_500_000, Acts: 2_000_000, People: 1},
				{Project: "a", Indicator: model.Changes, Month: 24_001, Credit: -1, Acts: 333_333, People: 1}}, l)
		})
		write(report.EvidenceTable, func(b *bytes.Buffer) error {
			e := report.NewEvidenceIn(b, report.People{}, l)
			e.Write(model.Verdict{Project: "a", Repository: "https://github.com/o/r", Artifact: "commit:9f", Role: model.Author, At: time.Unix(0, 0),
				Counted: true, Credits: []model.Credit{{Indicator: model.Changes, Amount: 333_333}, {Indicator: model.Upkeep, Amount: 500_000}},
				Parts: []model.Part{{Vendor: "a.b", Part: 600_000}, {Part: 400_000}}})
			e.Write(model.Verdict{Project: "a", Repository: "r", Artifact: "issue:1", Role: model.Triager, At: time.Unix(1e9, 0), Rule: "window", Reason: "=1"})
			return e.Close()
		})
	}
	descriptionsInTheirLanguages(t, b.Bytes())
	for _, x := range p.Resources {
		t.Run(x.Path, func(t *testing.T) { keepsTo(t, files[x.Path], x) })
	}
	assert.Contains(t, files["evidence.fr.csv"], "\"modifications 0,333333 ; entretien 0,5\"")
	assert.Contains(t, files["evidence.fr.csv"], ";a.b 60 %, inconnu 40 %;")
	assert.Contains(t, files["totals.csv"], ",-0.000001,0.333333,1,1\r\n")
	assert.True(t, strings.HasPrefix(files["ranking.fr.csv"], "\ufeffstatut;lot;rang;"), "Excel takes UTF-8 for something else without the mark")
	assert.False(t, strings.HasPrefix(files["ranking.csv"], "\ufeff"))
}

func keepsTo(t *testing.T, text string, x resource) {
	require.NotEmpty(t, text)
	assert.Equal(t, []string{"utf-8", "text/csv", "\r\n"}, []string{x.Encoding, x.MediaType, x.Dialect.LineTerminator})
	rows, err := strict(strings.TrimPrefix(text, "\ufeff"), x.Dialect.Delimiter[0])
	require.NoError(t, err)
	require.Greater(t, len(rows), 1)
	for n, f := range x.Schema.Fields {
		assert.Equal(t, f.Name, rows[0][n])
		for _, row := range rows[1:] {
			cell := row[n]
			if slices.Contains(x.Schema.MissingValues, cell) {
				assert.False(t, f.Constraints.Required, f.Name)
				continue
			}
			number := 0.0
			switch f.Type {
			case "number":
				assert.NotContains(t, cell, map[string]string{".": ",", ",": "."}[f.DecimalChar])
				number, err = strconv.ParseFloat(strings.Replace(cell, f.DecimalChar, ".", 1), 64)
			case "integer":
				number, err = strconv.ParseFloat(cell, 64)
				assert.NotContains(t, cell, ".")
			case "boolean":
				assert.Contains(t, append(f.TrueValues, f.FalseValues...), cell)
			case "datetime":
				_, err = time.Parse("2006-01-02T15:04:05Z", cell)
			default:
				assert.Equal(t, "string", f.Type)
				inert(t, cell)
			}
			assert.NoError(t, err, f.Name)
			if m := f.Constraints.Minimum; m != nil {
				assert.GreaterOrEqual(t, number, *m, f.Name)
			}
			if f.Constraints.Enum != nil {
				assert.Contains(t, f.Constraints.Enum, cell)
			}
		}
	}
}

// Each edition of a table is described in its own language, to the last column.
func descriptionsInTheirLanguages(t *testing.T, text []byte) {
	t.Helper()
	var p struct {
		Description string
		Resources   []struct {
			Path, Title string
			Schema      struct {
				Fields []struct{ Name, Description string }
			}
		}
	}
	require.NoError(t, json.Unmarshal(text, &p))
	assert.Regexp(t, `(?s)^UTF-8, lines .*\n\nUTF-8, lignes `, p.Description)
	fr, err := locale.Of("fr")
	require.NoError(t, err)
	for i := 0; i < len(p.Resources); i += 2 {
		en, french := p.Resources[i], p.Resources[i+1]
		require.True(t, strings.HasSuffix(french.Path, ".fr.csv") && !strings.HasSuffix(en.Path, ".fr.csv"), en.Path)
		assert.Equal(t, fr.T(en.Title), french.Title)
		for n, f := range en.Schema.Fields {
			assert.True(t, fr.Has(f.Description), "%q is not in the catalogue", f.Description)
			assert.Equal(t, fr.T(f.Description), french.Schema.Fields[n].Description, "%s %s", en.Path, f.Name)
		}
	}
}
