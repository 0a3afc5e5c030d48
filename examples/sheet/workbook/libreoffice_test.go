package workbook

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/tributary-oss/tributary/model"
)

var libreoffice = flag.Bool("libreoffice", false, "let a real LibreOffice calculate workbooks; it fails where soffice is missing")

// trial is a story with changes that an evaluator tries in the cells of Weights, each by
// itself. The engine is asked the same by a changed document.
type trial struct {
	story   func(testing.TB) *story
	changes map[string]func(*model.Tender)
}

// threshold states T of an indicator of a project.
func threshold(t *model.Tender, project string, i model.Indicator, x float64) {
	t.Projects[project].Thresholds[i] = model.Threshold{T: x}
}

var trials = map[string]trial{
	"demo": {func(t testing.TB) *story { return demonstration(t, nil) }, map[string]func(*model.Tender){
		"three weights and two thresholds": func(t *model.Tender) {
			t.Weights[model.Reviews] = 5
			t.Indicators[model.Commits][model.Changes] = 11.5
			t.Indicators[model.Maintenance][model.Releases] = 90
			threshold(t, "mapserver", model.Integration, 300.5)
			threshold(t, "geolib", model.Changes, 12)
		},
		"everything": func(t *model.Tender) {
			t.Weights[model.Maintenance] = 0
			t.Indicators[model.Reviews][model.ActiveMonths] = 0
			threshold(t, "catalogue", model.Changes, 400)
			t.Projects["mapserver"].Thresholds[model.Upkeep] = model.Threshold{None: true}
			t.Lots[0].Projects["geolib"] = 3
			t.Lots[0].Points = number(12.25)
			t.Lots[1].Points = number(99.9)
			t.MinimumPoints = 3.3
			t.Minimum.Effect = model.Zero
		},
		"nothing counts": func(t *model.Tender) {
			for p := range t.Weights {
				t.Weights[p] = 0
			}
		},
		"a lot of nothing": func(t *model.Tender) {
			t.MinimumPoints = 0
			t.Lots[1].Projects["catalogue"] = 0
			t.Weights[model.Commits] = 0
		},
	}},
	"by-hand": {func(t testing.TB) *story { return byHand(t, "tender.yaml", nil) }, map[string]func(*model.Tender){
		"weights and thresholds": func(t *model.Tender) {
			t.Weights[model.Commits] = 1
			t.Weights[model.Maintenance] = 99
			t.Indicators[model.Maintenance][model.Ports] = 60
			threshold(t, "river", model.Ports, 30)
			threshold(t, "marsh", model.Changes, 13.25)
			t.Lots[0].Projects["shore"] = 9
		},
	}},
	"award": {func(t testing.TB) *story { return byHand(t, "award.yaml", nil) }, map[string]func(*model.Tender){
		"weights and thresholds": func(t *model.Tender) {
			t.Weights[model.Commits] = 70
			t.Indicators[model.Commits][model.Changes] = 1
			t.Indicators[model.Maintenance][model.Stewardship] = 40
			threshold(t, "river", model.Changes, 24)
			threshold(t, "river", model.Releases, 3)
		},
		// Only stewardship counts, which nobody or one has: the others tie at 0.
		"ties": func(t *model.Tender) {
			t.Weights[model.Commits], t.Weights[model.Reviews] = 0, 0
			for i := range t.Indicators[model.Maintenance] {
				t.Indicators[model.Maintenance][i] = 0
			}
			t.Indicators[model.Maintenance][model.Ports] = 1
		},
	}},
	// Nothing of the reviews can be shown: they are dropped for all, and nobody has 0 of them.
	"dropped": {func(t testing.TB) *story {
		return byHand(t, "tender.yaml", func(t *model.Tender) {
			t.Lots = []model.Lot{{ID: "2", Title: "Client", Points: number(40.25), Projects: map[string]float64{"marsh": 5}}}
			for i := range t.Bidders.List {
				t.Bidders.List[i].Lots = nil
			}
		})
	}, map[string]func(*model.Tender){
		"weights": func(t *model.Tender) {
			t.Weights[model.Reviews] = 300
			t.Weights[model.Commits] = 1
			t.Indicators[model.Maintenance][model.Releases] = 2
			threshold(t, "marsh", model.Changes, 13.25)
			threshold(t, "marsh", model.Releases, 8)
		},
	}},
	"gap": {func(t testing.TB) *story { return withGap(t) }, map[string]func(*model.Tender){
		"weights": func(t *model.Tender) {
			t.Weights[model.Commits] = 3
			t.Indicators[model.Reviews][model.ReviewsDone] = 1
			t.Lots[0].Projects["mapserver"] = 0.2
			threshold(t, "mapserver", model.ReviewsDone, 200)
			threshold(t, "mapserver", model.Releases, 90)
		},
	}},
	"all": {func(t testing.TB) *story {
		return demonstration(t, func(t *model.Tender) { t.Bidders = model.Bidders{All: true} })
	}, map[string]func(*model.Tender){
		"weights": func(t *model.Tender) {
			t.Weights[model.Commits] = 100
			t.Indicators[model.Commits][model.ActiveMonths] = 0
			t.Indicators[model.Reviews][model.ReviewsDone] = 1
			threshold(t, "mapserver", model.Changes, 20)
			threshold(t, "catalogue", model.Integration, 20)
		},
	}},
	"selection": {func(t testing.TB) *story { return demonstration(t, func(t *model.Tender) { t.Shortlist = false }) }, map[string]func(*model.Tender){
		"weights": func(t *model.Tender) {
			t.Weights[model.Commits] = 100
			t.Indicators[model.Commits][model.ActiveMonths] = 0
			t.Indicators[model.Reviews][model.ReviewsDone] = 1
			threshold(t, "mapserver", model.Changes, 20)
			threshold(t, "catalogue", model.Integration, 20)
			t.MinimumPoints = 11
		},
	}},
}

// withGap is the demonstration with a repository that is not there: nothing of geolib is
// known, and nothing of a lot that is geolib alone.
func withGap(t testing.TB) *story {
	return demonstration(t, func(t *model.Tender) {
		p := t.Projects["geolib"]
		p.Repositories[0].URL = "repo/nowhere.git"
		t.Projects["geolib"] = p
		t.Lots = append(t.Lots, model.Lot{ID: "3", Title: "The library", Projects: map[string]float64{"geolib": 1}})
	})
}

func number(x float64) *float64 { return &x }

// The formulas of a workbook, calculated by LibreOffice, give what the engine gives: as the
// workbook is written, and after cells of Weights were changed, against the engine under the
// changed document. Each formula cell is compared.
func TestLibreOffice(t *testing.T) {
	if !*libreoffice {
		t.Skip("run it with -libreoffice, where LibreOffice Calc is installed")
	}
	for lang, region := range map[string]string{"en": "en-US", "fr": "fr-FR"} {
		t.Run(region, func(t *testing.T) {
			office := newOffice(t, region)
			wanted := map[string][]byte{}
			for _, name := range slices.Sorted(maps.Keys(trials)) {
				s := trials[name].story(t)
				was, verdicts := s.score(t, nil)
				in := Input{Ranking: was, Locale: language(t, lang), Evidence: evidence(t, was, verdicts, false)}
				book := bytesOf(t, in, nil)
				office.take(name, book)
				wanted[name] = book
				in.Evidence = nil
				for change, f := range trials[name].changes {
					now, _ := s.score(t, f)
					file := name + ", " + change
					wanted[file] = bytesOf(t, in, now)
					office.take(file, edit(t, bytesOf(t, in, nil), wanted[file], in))
				}
			}
			office.run("xlsx")
			for _, name := range slices.Sorted(maps.Keys(wanted)) {
				t.Run(name, func(t *testing.T) { sameFormulas(t, wanted[name], office.read(name+".xlsx")) })
			}
			office.run("csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false,false,false,-1")
			office.faultless()
		})
	}
}

// edit changes the cells of a workbook that differ in another one, as a person does: those
// that are not locked.
func edit(t *testing.T, from, to []byte, in Input) []byte {
	t.Helper()
	f, want := open(t, from), open(t, to)
	sheet := in.Locale.T("Weights")
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	require.NoError(t, err)
	changed := 0
	for n := range rows {
		cell := at(changeColumn, n+1)
		a, b := raw(t, f, sheet, cell), raw(t, want, sheet, cell)
		if a == b {
			continue
		}
		changed++
		require.False(t, locked(t, f, sheet, cell), "%s is locked", cell)
		if x, err := strconv.ParseFloat(b, 64); err == nil {
			require.NoError(t, f.SetCellValue(sheet, cell, x))
		} else if b == "" {
			require.NoError(t, f.SetCellValue(sheet, cell, nil))
		} else {
			require.NoError(t, f.SetCellValue(sheet, cell, b))
		}
	}
	require.NotZero(t, changed)
	var b bytes.Buffer
	require.NoError(t, f.Write(&b))
	return b.Bytes()
}

func locked(t *testing.T, f *excelize.File, sheet, cell string) bool {
	id, err := f.GetCellStyle(sheet, cell)
	require.NoError(t, err)
	s, err := f.GetStyle(id)
	require.NoError(t, err)
	return s.Protection == nil || s.Protection.Locked
}

func open(t testing.TB, b []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(b))
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	return f
}

func raw(t testing.TB, f *excelize.File, sheet, cell string) string {
	t.Helper()
	s, err := f.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
	require.NoError(t, err)
	return s
}

// formulas returns the cells with a formula, by sheet.
func formulas(t testing.TB, f *excelize.File) map[string]map[string]string {
	t.Helper()
	all := map[string]map[string]string{}
	for _, sheet := range f.GetSheetList() {
		all[sheet] = map[string]string{}
		rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
		require.NoError(t, err)
		for n, row := range rows {
			for c := range row {
				formula, err := f.GetCellFormula(sheet, at(c+1, n+1))
				require.NoError(t, err)
				if formula != "" {
					all[sheet][at(c+1, n+1)] = formula
				}
			}
		}
	}
	return all
}

// sameFormulas holds every formula cell of a workbook against the engine's value.
func sameFormulas(t *testing.T, want, got []byte) {
	t.Helper()
	w, g := open(t, want), open(t, got)
	require.Equal(t, w.GetSheetList(), g.GetSheetList())
	compared := 0
	for sheet, cells := range formulas(t, w) {
		for cell, formula := range cells {
			a, b := raw(t, w, sheet, cell), raw(t, g, sheet, cell)
			compared++
			x, errA := strconv.ParseFloat(a, 64)
			y, errB := strconv.ParseFloat(b, 64)
			if errA == nil && errB == nil {
				assert.InDelta(t, x, y, 1e-9, "%s!%s = %s", sheet, cell, formula)
				continue
			}
			assert.Equal(t, a, b, "%s!%s = %s", sheet, cell, formula)
		}
	}
	require.Greater(t, compared, 100)
}

// office is a LibreOffice with a profile of its own, in one region.
type office struct {
	t      *testing.T
	region string
	dir    string
	files  []string
}

// settings make it calculate every formula anew when it opens a file, in the region.
const settings = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>%[1]s</value></prop></item>
<item oor:path="/org.openoffice.Office.Linguistic/General"><prop oor:name="UILocale" oor:op="fuse"><value>%[2]s</value></prop></item>
</oor:items>
`

func newOffice(t *testing.T, region string) *office {
	t.Helper()
	o := &office{t: t, region: region, dir: t.TempDir()}
	for _, d := range []string{"in", "out", "profile/user"} {
		require.NoError(t, os.MkdirAll(filepath.Join(o.dir, d), 0o755))
	}
	lang, _, _ := strings.Cut(region, "-")
	text := fmt.Sprintf(settings, region, lang)
	require.NoError(t, os.WriteFile(filepath.Join(o.dir, "profile/user/registrymodifications.xcu"), []byte(text), 0o644))
	return o
}

// take takes a workbook to be calculated.
func (o *office) take(name string, b []byte) {
	file := filepath.Join(o.dir, "in", name+".xlsx")
	require.NoError(o.t, os.WriteFile(file, b, 0o644))
	o.files = append(o.files, file)
}

// run opens all workbooks and writes them in a format.
func (o *office) run(format string) {
	o.t.Helper()
	ctx, cancel := context.WithTimeout(o.t.Context(), 8*time.Minute)
	defer cancel()
	args := append([]string{"-env:UserInstallation=file://" + filepath.ToSlash(filepath.Join(o.dir, "profile")), "--headless", "--norestore",
		"--convert-to", format, "--outdir", filepath.Join(o.dir, "out")}, o.files...)
	c := exec.CommandContext(ctx, "soffice", args...)
	posix := strings.ReplaceAll(o.region, "-", "_") + ".UTF-8"
	c.Env = append(os.Environ(), "LC_ALL="+posix, "LANG="+posix)
	said, err := c.CombinedOutput()
	require.NoError(o.t, err, "%s\ninstall LibreOffice Calc: apt-get install libreoffice-calc-nogui libreoffice-l10n-fr", said)
}

func (o *office) read(name string) []byte {
	b, err := os.ReadFile(filepath.Join(o.dir, "out", name))
	require.NoError(o.t, err)
	return b
}

// faultless looks for the marks of formulas that failed, in all that was written as text, and
// that the region is what was asked for.
func (o *office) faultless() {
	files, err := filepath.Glob(filepath.Join(o.dir, "out", "*.csv"))
	require.NoError(o.t, err)
	require.Greater(o.t, len(files), 5*len(o.files))
	comma := 0
	for _, f := range files {
		b, err := os.ReadFile(f)
		require.NoError(o.t, err)
		assert.NotRegexp(o.t, `Err:\d|#NAME\?|#NOM\?|#VALUE!|#VALEUR!|#REF!|#DIV/0!|#N/A|#N/D`, string(b), f)
		comma += strings.Count(string(b), `";31,52;`) + strings.Count(string(b), ";31,52;")
	}
	assert.Equal(o.t, o.region == "fr-FR", comma > 0, "decimal commas")
}
