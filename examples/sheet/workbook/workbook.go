// Package workbook writes a ranking as a workbook for a spreadsheet (Office Open XML, as
// ISO/IEC 29500 has it): the result as it is, and the same once more as live formulas over
// cells that an evaluator may change.
//
// The functions that formulas use are those of [Functions], which Excel, LibreOffice Calc and
// Google Sheets all have. Every formula cell also holds the engine's own value, so that a
// viewer that never calculates shows the right figures.
package workbook

import (
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/xuri/excelize/v2"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// ErrTerms says that a ranking does not hold the terms by which it was computed, as those of
// older versions do not: no formula can stand on it.
var ErrTerms = errors.New("the ranking does not say by which weights it was computed; score the tender again")

// Functions are all that the formulas of a workbook call.
var Functions = []string{"AND", "COUNT", "COUNTIF", "HYPERLINK", "IF", "INDEX", "ISNUMBER", "MATCH", "MIN", "RANK", "ROUND", "ROW", "SUM"}

// Input is what a workbook shows.
type Input struct {
	Ranking *model.Ranking
	// Sensitivity is shown on a sheet of its own; nil where none was computed.
	Sensitivity *model.Sensitivity
	// Evidence yields the acts, counted and refused; nil leaves their sheets out. An error
	// that it yields ends the writing.
	Evidence iter.Seq2[report.StoredVerdict, error]
	// Only is the bidder whom the evidence concerns, where that of others is withheld; "" is all.
	Only string
	// Locale is the language of all texts; nil is English. Formulas have none.
	Locale *locale.Locale
	// Identify shows the names of persons where the evidence has them, never an address.
	Identify bool
	// Most is how many bidders of each lot are shown, the best first; 0 is [Most]. What is
	// left out is said on every sheet that it concerns.
	Most int
}

// Most is how many bidders of a lot are shown where nothing else is asked for. Each has some
// forty formulas in each project, which a spreadsheet still calculates at once.
const Most = 300

// Write writes the workbook. The bytes are a function of the input. It fails with [ErrTerms],
// with the first error of the evidence, and where w does.
func Write(w io.Writer, in Input) error { return write(w, in, nil) }

// write is [Write] with the cells of Weights filled in from another ranking of the same facts,
// and every formula cell with that ranking's values: what a spreadsheet has to show after these
// cells were changed.
func write(w io.Writer, in Input, live *model.Ranking) error {
	if in.Ranking.Terms == nil {
		return ErrTerms
	}
	b := newBook(in, live)
	defer b.file.Close()
	if err := b.fill(); err != nil {
		return fmt.Errorf("making the workbook: %w", err)
	}
	if err := b.save(w); err != nil {
		return fmt.Errorf("writing the workbook: %w", err)
	}
	return nil
}

// book is a workbook that is being made.
type book struct {
	file     *excelize.File
	in       Input
	official *model.Ranking // what the document says
	live     *model.Ranking // what the cells of Weights say
	l        *locale.Locale
	styles   map[look]int
	names    map[string]string // of bidders, by id
	shown    map[string]bool   // bidders that have a place in the workbook
	weights  weightRows
	projects map[string]map[string]projectRow // by project and bidder
	lots     []lotRows
	// The first rows of bidders on the sheets of the result and of the simulation.
	officialFirst, simulationFirst int
	rowsOfSheet, linksOfBook       int // of evidence; fewer in tests
}

func newBook(in Input, live *model.Ranking) *book {
	b := &book{file: excelize.NewFile(), in: in, official: in.Ranking, live: live, l: in.Locale, styles: map[look]int{},
		names: map[string]string{}, shown: map[string]bool{}, projects: map[string]map[string]projectRow{}, rowsOfSheet: mostRows, linksOfBook: mostLinks}
	if live == nil {
		b.live = in.Ranking
	}
	if b.l == nil {
		b.l = locale.English()
	}
	if in.Most <= 0 {
		b.in.Most = Most
	}
	for _, lot := range b.official.Lots {
		for _, s := range b.best(lot) {
			b.names[s.Bidder] = s.Name
			b.shown[s.Bidder] = true
		}
	}
	return b
}

// best returns the standings of a lot that are shown.
func (b *book) best(lot model.LotResult) []model.Standing {
	return lot.Standings[:min(len(lot.Standings), b.in.Most)]
}

// fill makes all sheets. Those that formulas point to come first; in the file they stand in
// the order of [book.sheetNames].
func (b *book) fill() error {
	if err := b.properties(); err != nil {
		return err
	}
	weights := b.weightsSheet()
	projects := b.projectsSheet()
	calculation := b.calculationSheet()
	grids := []*grid{b.officialSheet(), b.simulationSheet(), weights}
	if showsPoints(b.official) {
		grids = append(grids, b.chartsSheet())
	}
	grids = append(grids, projects, calculation)
	if b.in.Sensitivity != nil {
		grids = append(grids, b.sensitivitySheet())
	}
	grids = append(grids, b.methodSheet())
	for _, g := range grids { // charts of one sheet point to others
		if _, err := b.file.NewSheet(g.name); err != nil {
			return err
		}
	}
	b.file.SetActiveSheet(0) // it reads every sheet there is: once they are filled, that takes longer than filling them
	for _, g := range grids {
		if err := b.writeGrid(g); err != nil {
			return fmt.Errorf("sheet %s: %w", g.name, err)
		}
	}
	if b.in.Evidence != nil {
		if err := b.evidenceSheets(); err != nil {
			return err
		}
	}
	return nil
}

// properties says what the file is, and at which time: that of the window's end, as the same
// input gives the same bytes.
func (b *book) properties() error {
	if err := b.file.SetSheetName("Sheet1", b.l.T("Official")); err != nil {
		return err
	}
	r, at := b.official, b.official.Until.UTC().Format("2006-01-02T15:04:05Z")
	err := b.file.SetDocProps(&excelize.DocProperties{Title: clean(r.Tender.ID + " " + r.Tender.Title), Subject: r.Label(),
		Creator: "Tributary", LastModifiedBy: "Tributary", Created: at, Modified: at, Language: b.l.Lang()})
	if err != nil {
		return err
	}
	full := true // no program shows a figure of before it is calculated
	return b.file.SetCalcProps(&excelize.CalcPropsOptions{FullCalcOnLoad: &full})
}

// ranked reports whether the mode shows ranks, as score's order does.
func ranked(r *model.Ranking) bool {
	return r.Mode != model.Selection || r.Shortlist || r.Terms.Bidders == nil
}

// showsPoints reports whether the mode shows points. A selection without a short-list shows
// who meets the minimum; how they got there is on the sheet of the calculation.
func showsPoints(r *model.Ranking) bool { return ranked(r) || r.MinimumPoints == 0 }

// hasMinimum reports whether the mode knows a minimum of points.
func hasMinimum(r *model.Ranking) bool { return r.Mode == model.Selection }
