package workbook

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
)

// full is the demonstration's workbook with all sheets.
func full(t testing.TB, lang string) (Input, *model.Ranking) {
	t.Helper()
	s := demonstration(t, nil)
	r, verdicts := s.score(t, nil)
	_, study, err := score.Sensitivity(s.copy(t), s.all(), &score.SensitivityOptions{Draws: 50})
	require.NoError(t, err)
	return Input{Ranking: r, Sensitivity: study, Evidence: evidence(t, r, verdicts, false), Locale: language(t, lang)}, r
}

func TestSheetsAndFirstLines(t *testing.T) {
	in, r := full(t, "")
	f := open(t, bytesOf(t, in, nil))
	assert.Equal(t, []string{"Official", "Simulation", "Weights", "Charts", "Projects", "Calculation", "Sensitivity", "Method", "Evidence"}, f.GetSheetList())
	for _, sheet := range f.GetSheetList() {
		assert.True(t, strings.HasPrefix(raw(t, f, sheet, "A1"), "SIMULATION: "), sheet)
		p, err := f.GetSheetProtection(sheet)
		require.NoError(t, err)
		assert.Empty(t, p.Password, sheet)
		assert.True(t, p.AutoFilter, "the filters of %s work though it is locked", sheet)
		panes, err := f.GetPanes(sheet)
		require.NoError(t, err)
		assert.True(t, panes.Freeze, sheet)
	}
	official := *r
	official.Status, official.Seal = model.Official, strings.Repeat("ab", 32)
	in.Ranking = &official
	f = open(t, bytesOf(t, in, nil))
	assert.Equal(t, "OFFICIAL: computed from the document sealed as "+official.Seal, raw(t, f, "Official", "A1"))
	assert.Contains(t, raw(t, f, "Official", "A3"), r.Method.Digest)
	for _, sheet := range []string{"Simulation", "Weights", "Charts", "Projects", "Calculation", "Sensitivity"} {
		assert.True(t, strings.HasPrefix(raw(t, f, sheet, "A1"), "SIMULATION: "), "%s follows the cells of Weights, or is drawn", sheet)
	}
}

func TestGapsAreInTheFirstLine(t *testing.T) {
	r, _ := withGap(t).score(t, nil)
	require.NotEmpty(t, r.Gaps)
	f := open(t, bytesOf(t, Input{Ranking: r}, nil))
	for _, sheet := range f.GetSheetList() {
		assert.Contains(t, raw(t, f, sheet, "A1"), "could not be mined", sheet)
	}
	assert.Contains(t, cellsOf(t, f, "Method"), "gap")
	assert.Contains(t, cellsOf(t, f, "Official"), "unknown", "lot 3 is geolib alone")
	assert.NotContains(t, row(t, f, "Official", "3"), "0", "what is not known is not 0")
}

func TestAPillarThatCouldNotBeShownIsNotZero(t *testing.T) {
	r, _ := trials["dropped"].story(t).score(t, nil)
	f := open(t, bytesOf(t, Input{Ranking: r}, nil))
	heads := row(t, f, "Official", "lot")
	column := slices.Index(heads, "reviews")
	require.Positive(t, column)
	for n := range r.Lots[0].Standings {
		assert.Equal(t, none, raw(t, f, "Official", at(column+1, n+5)))
		assert.Equal(t, none, raw(t, f, "Simulation", at(column+1, n+6)))
	}
}

func TestFunctions(t *testing.T) {
	if testing.Short() {
		t.Skip("it is about what cells hold, which the run without -short shows")
	}
	call := regexp.MustCompile(`([A-Z_][A-Z0-9_.]*)\(`)
	text := regexp.MustCompile(`"[^"]*"`)
	used := map[string]bool{}
	for name, trial := range trials {
		r, verdicts := trial.story(t).score(t, nil)
		for i := range verdicts {
			verdicts[i].Repository = "https://github.com/example/x"
		}
		f := open(t, bytesOf(t, Input{Ranking: r, Evidence: evidence(t, r, verdicts, false)}, nil))
		for sheet, cells := range formulas(t, f) {
			for cell, formula := range cells {
				assert.NotContains(t, formula, "{", "%s %s!%s", name, sheet, cell)
				for _, m := range call.FindAllStringSubmatch(text.ReplaceAllString(formula, ""), -1) {
					used[m[1]] = true
					assert.Contains(t, Functions, m[1], "%s!%s = %s", sheet, cell, formula)
				}
			}
		}
	}
	for _, f := range Functions {
		assert.True(t, used[f], "no formula calls %s: strike it from the list", f)
	}
}

// The values in the cells are the engine's, and excelize's own calculation of the formulas
// agrees with them: a second program beside LibreOffice, which runs everywhere.
func TestFormulasGiveTheirValues(t *testing.T) {
	if testing.Short() {
		t.Skip("it is about what cells hold, which the run without -short shows")
	}
	for name, trial := range trials {
		t.Run(name, func(t *testing.T) {
			s := trial.story(t)
			r, _ := s.score(t, nil)
			f := open(t, bytesOf(t, Input{Ranking: r}, nil))
			for _, sheet := range []string{"Weights", "Projects", "Calculation", "Simulation"} {
				for cell, formula := range formulas(t, f)[sheet] {
					got, err := f.CalcCellValue(sheet, cell, excelize.Options{RawCellValue: true})
					require.NoError(t, err, "%s!%s = %s", sheet, cell, formula)
					same(t, raw(t, f, sheet, cell), got, fmt.Sprintf("%s!%s = %s", sheet, cell, formula))
				}
			}
		})
	}
}

func same(t *testing.T, want, got, what string) {
	var x, y float64
	if _, err := fmt.Sscan(want, &x); err == nil {
		if _, err := fmt.Sscan(got, &y); err == nil {
			assert.InDelta(t, x, y, 1e-9, what)
			return
		}
	}
	assert.Equal(t, want, got, what)
}

func TestFiguresOfTheResult(t *testing.T) {
	in, r := full(t, "")
	in.Evidence = nil
	f := open(t, bytesOf(t, in, nil))
	for n, s := range r.Lots[0].Standings {
		at := fmt.Sprint(n + 5)
		assert.Equal(t, s.Bidder, raw(t, f, "Official", "C"+at))
		same(t, fmt.Sprint(*s.Points), raw(t, f, "Official", "E"+at), "points")
		same(t, fmt.Sprint(*s.Score), raw(t, f, "Official", "G"+at), "score")
		same(t, fmt.Sprint(s.Rank), raw(t, f, "Official", "B"+at), "rank")
		formula, err := f.GetCellFormula("Official", "E"+at)
		require.NoError(t, err)
		assert.Empty(t, formula, "the result is no formula")
		var pillars float64
		for _, c := range "IJK" {
			var x float64
			fmt.Sscan(raw(t, f, "Official", string(c)+at), &x)
			pillars += x
		}
		assert.InDelta(t, *s.Points, pillars, 0.005001)
	}
}

func TestChartsPointToTheirFigures(t *testing.T) {
	in, r := full(t, "")
	in.Evidence = nil
	b := bytesOf(t, in, nil)
	reference := regexp.MustCompile(`<c:f>([^<]*)</c:f>|<f>([^<]*)</f>`)
	for n := range 2 * len(r.Lots) {
		chart := partOf(t, b, fmt.Sprintf("xl/charts/chart%d.xml", n+1))
		heading, first := 4, 5 // of the sheet of the result
		if n%2 == 1 {
			heading, first = 5, 6
		}
		for range n / 2 {
			first += len(r.Lots[0].Standings)
		}
		found := reference.FindAllString(chart, -1)
		require.Len(t, found, 9, "three pillars, each with its name, the bidders and its points")
		for i, f := range found {
			row := fmt.Sprintf("$%d", first)
			if i%3 == 0 {
				row = fmt.Sprintf("$%d<", heading)
			}
			assert.Contains(t, f, row, "chart %d", n+1)
		}
	}
}

func TestModes(t *testing.T) {
	r, _ := trials["selection"].story(t).score(t, nil)
	f := open(t, bytesOf(t, Input{Ranking: r}, nil))
	heads := row(t, f, "Official", "lot")
	assert.Contains(t, heads, "minimum")
	assert.NotContains(t, heads, "points", "a selection shows who meets the minimum")
	assert.NotContains(t, heads, "rank")
	assert.NotContains(t, f.GetSheetList(), "Charts")
	r, _ = trials["award"].story(t).score(t, nil)
	f = open(t, bytesOf(t, Input{Ranking: r}, nil))
	heads = row(t, f, "Official", "lot")
	assert.Contains(t, heads, "points")
	assert.NotContains(t, heads, "minimum", "an award knows none")
}

func TestDroppedIndicatorsAreLockedAndSaid(t *testing.T) {
	r, _ := demonstration(t, nil).score(t, nil)
	f := open(t, bytesOf(t, Input{Ranking: r}, nil))
	rows, err := f.GetRows("Weights")
	require.NoError(t, err)
	seen := 0
	for n, row := range rows {
		if len(row) >= 9 && strings.HasPrefix(row[8], "dropped for all bidders: ") {
			seen++
			assert.True(t, locked(t, f, "Weights", at(changeColumn, n+1)), row)
			assert.Equal(t, none, row[3])
			assert.Greater(t, len(row[8]), len("dropped for all bidders: "), "with its reason")
		}
	}
	assert.Equal(t, 10, seen)
	checks, err := f.GetDataValidations("Weights")
	require.NoError(t, err)
	unlocked := 0
	for n := range rows {
		if !locked(t, f, "Weights", at(changeColumn, n+1)) {
			unlocked++
			assert.True(t, slices.ContainsFunc(checks, func(v *excelize.DataValidation) bool {
				return v.Sqref == at(changeColumn, n+1) && v.ShowErrorMessage && v.ShowInputMessage && *v.Prompt != ""
			}), "row %d has a rule and says what it takes", n+1)
		}
	}
	assert.Greater(t, unlocked, 20)
}

func TestSameBytes(t *testing.T) {
	for _, lang := range []string{"en", "fr"} {
		in, _ := full(t, lang)
		first := bytesOf(t, in, nil)
		for range 3 {
			require.True(t, bytes.Equal(first, bytesOf(t, in, nil)), "two workbooks of one input differ")
		}
		z, err := zip.NewReader(bytes.NewReader(first), int64(len(first)))
		require.NoError(t, err)
		assert.Equal(t, "[Content_Types].xml", z.File[0].Name)
		for _, f := range z.File {
			assert.True(t, f.Modified.IsZero() || f.Modified.Year() < 1981, "%s has a time", f.Name)
		}
		core := partOf(t, first, "docProps/core.xml")
		assert.Contains(t, core, in.Ranking.Until.Format("2006-01-02T15:04:05Z"))
		assert.NotContains(t, core, time.Now().Format("2006-01-02T"))
	}
}

func partOf(t *testing.T, b []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	f, err := z.Open(name)
	require.NoError(t, err)
	defer f.Close()
	text, err := io.ReadAll(f)
	require.NoError(t, err)
	return string(text)
}

func TestFurtherSheetsAndPlainAddresses(t *testing.T) {
	in, _ := full(t, "")
	acts := func(n int) iter.Seq2[report.StoredVerdict, error] {
		return func(yield func(report.StoredVerdict, error) bool) {
			for i := range n {
				v := report.StoredVerdict{Verdict: verdictOf(i), Link: "https://example.org/" + fmt.Sprint(i)}
				if !yield(v, nil) {
					return
				}
			}
		}
	}
	in.Evidence = acts(510)
	b := newBook(in, nil)
	b.rowsOfSheet, b.linksOfBook = 400, 500
	require.NoError(t, b.fill())
	var out bytes.Buffer
	require.NoError(t, b.save(&out))
	f := open(t, out.Bytes())
	assert.Equal(t, []string{"Evidence", "Evidence 2"}, f.GetSheetList()[8:])
	links, addresses, rows := 0, 0, 0
	for _, sheet := range f.GetSheetList()[8:] {
		for cell, formula := range formulas(t, f)[sheet] {
			assert.Regexp(t, `^HYPERLINK\("https://example\.org/\d+"\)$`, formula, cell)
			links++
		}
		lines, err := f.GetRows(sheet)
		require.NoError(t, err)
		assert.LessOrEqual(t, len(lines), 400)
		rows += len(lines) - 4
		for _, line := range lines[4:] {
			if strings.HasPrefix(line[4], "https://example.org/") {
				addresses++
			}
		}
	}
	assert.Equal(t, 500, links)
	assert.Equal(t, 510, addresses)
	assert.Equal(t, 510, rows)
	assert.LessOrEqual(t, mostLinks, 65_000)
}

func TestErrors(t *testing.T) {
	in, r := full(t, "")
	old := *r
	old.Terms = nil
	require.ErrorIs(t, Write(io.Discard, Input{Ranking: &old}), ErrTerms)
	broken := errors.New("damaged")
	in.Evidence = func(yield func(report.StoredVerdict, error) bool) { yield(report.StoredVerdict{}, broken) }
	require.ErrorIs(t, Write(io.Discard, in), broken)
	in.Evidence = nil
	require.ErrorIs(t, Write(fullDisk{}, in), errFull)
}

var errFull = errors.New("no space left on device")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestFirstBiddersOfMany(t *testing.T) {
	r, _ := trials["all"].story(t).score(t, nil)
	require.Greater(t, len(r.Lots[0].Standings), 2)
	f := open(t, bytesOf(t, Input{Ranking: r, Most: 2}, nil))
	assert.Contains(t, raw(t, f, "Official", "A1"), "the first 2 of ")
	rows, err := f.GetRows("Official")
	require.NoError(t, err)
	assert.Len(t, rows, 4+2*len(r.Lots))
}

// cellsOf returns all texts of a sheet, one a line.
func cellsOf(t testing.TB, f *excelize.File, sheet string) string {
	t.Helper()
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	require.NoError(t, err)
	var b strings.Builder
	for _, row := range rows {
		b.WriteString(strings.Join(row, "\n") + "\n")
	}
	return b.String()
}

// row returns the row whose first cell is a text.
func row(t testing.TB, f *excelize.File, sheet, first string) []string {
	t.Helper()
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	require.NoError(t, err)
	for _, row := range rows {
		if len(row) > 0 && row[0] == first {
			return row
		}
	}
	require.Fail(t, "no row "+first)
	return nil
}
