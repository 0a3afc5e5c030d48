package workbook

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/tributary-oss/tributary/model"
)

// cell is a value, or a formula with the engine's value.
type cell struct {
	value   any // string, float64, int64 or int; nil leaves the cell empty
	formula string
	look    look
}

func text(s string) cell        { return cell{value: clean(s)} }
func wrapped(s string) cell     { return cell{value: clean(s), look: wrapLook} }
func head(s string) cell        { return cell{value: s, look: headLook} }
func num(x any, as look) cell   { return cell{value: x, look: as} }
func (c cell) as(as look) cell  { c.look = as; return c }
func live(f string, v any) cell { return cell{value: v, formula: f} }

// grid is a sheet before it is written.
type grid struct {
	name    string
	colour  string // of the tab
	rows    [][]cell
	widths  []float64
	heads   int // row of the heading that stays in sight; 0 for none
	filter  string
	inputs  []input
	marks   []mark
	charts  []chart
	heights map[int]float64
	wide    map[int]int // columns from which a row is one cell up to the last column, from 1; by row
	breaks  []int       // rows that begin a page
	pages   int         // beside each other in print; 0 is one
}

// input is a rule of a cell that may be changed.
type input struct {
	at           string
	least, most  float64
	list         []string // instead of numbers
	blank        bool
	title, about string
}

// mark colours cells where a formula holds.
type mark struct{ at, formula string }

type chart struct {
	at    string
	chart *excelize.Chart
}

// add appends a row and returns its number, from 1.
func (g *grid) add(cells ...cell) int {
	g.rows = append(g.rows, cells)
	return len(g.rows)
}

// across appends a row of one text over the whole width.
func (g *grid) across(c cell, height float64) {
	n := g.add(c)
	g.over(n, 1)
	g.high(n, height)
}

// over makes a row one cell from a column to the last one.
func (g *grid) over(row, column int) {
	if g.wide == nil {
		g.wide = map[int]int{}
	}
	g.wide[row] = column
}

// ending appends a row that ends in a text, which goes over the columns to its right in as
// many lines as it takes.
func (g *grid) ending(said string, before ...cell) {
	column := len(before) + 1
	width := 0.0
	for _, w := range g.widths[column-1:] {
		width += w
	}
	n := g.add(append(before, wrapped(said))...)
	g.over(n, column)
	g.high(n, min(float64(linesOf(said, width-2))*13+2, excelize.MaxRowHeight))
}

// high sets the height of a row.
func (g *grid) high(row int, height float64) {
	if g.heights == nil {
		g.heights = map[int]float64{}
	}
	g.heights[row] = height
}

// space appends empty rows, as high as a chart of that many counts on.
func (g *grid) space(rows int) {
	for range rows {
		g.high(g.add(), chartPixel*0.75) // in points
	}
}

// height is a row's, 0 for the usual one. Spreadsheets find that of texts in several lines
// only when somebody edits them.
func (g *grid) height(row int) float64 {
	if h, ok := g.heights[row]; ok {
		return h
	}
	lines := 1
	for i, c := range g.rows[row-1] {
		if s, ok := c.value.(string); ok && i < len(g.widths) && (c.look == wrapLook || c.look == headLook || c.look == sumLook) {
			lines = max(lines, linesOf(s, g.widths[i]-1))
		}
	}
	if lines == 1 {
		return 0
	}
	return min(float64(lines)*13+2, excelize.MaxRowHeight)
}

// linesOf is about how many lines of so many characters a text takes, its words being kept.
func linesOf(s string, width float64) int {
	lines, used := 1, 0.0
	for _, word := range strings.Fields(s) {
		n := float64(utf8.RuneCountInString(word))
		if used > 0 && used+1+n > width {
			lines, used = lines+1, 0
		}
		used += n + 1
		for ; used > width+1; used -= width {
			lines++
		}
	}
	return lines
}

// width is the number of columns.
func (g *grid) width() int { return len(g.widths) }

// quoted is the sheet's name as formulas have it.
func quoted(sheet string) string { return "'" + strings.ReplaceAll(sheet, "'", "''") + "'!" }

// at names a cell by column, from 1, and row.
func at(column, row int) string {
	s, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		panic(err) // a column that no sheet of this package has
	}
	return s
}

// fixed is at with dollar signs, so that a copy of a formula points to the same cell.
func fixed(column, row int) string {
	s, _ := excelize.CoordinatesToCellName(column, row, true)
	return s
}

// span names the cells of a column.
func span(column, first, last int) string { return fixed(column, first) + ":" + fixed(column, last) }

// writeGrid writes a sheet by the streaming writer, the only one of excelize's that keeps a
// formula and its value. What it takes of the sheet before, and what at the end, decides the
// order here.
func (b *book) writeGrid(g *grid) error {
	sw, err := b.open(g)
	if err != nil {
		return err
	}
	for i, row := range g.rows {
		if err := b.writeRow(sw, i+1, row, g.height(i+1)); err != nil {
			return err
		}
	}
	for i := range g.rows {
		if column := g.wide[i+1]; column > 0 && column < g.width() {
			if err := sw.MergeCell(at(column, i+1), at(g.width(), i+1)); err != nil {
				return err
			}
		}
	}
	if err := b.finish(g, len(g.rows)); err != nil {
		return err
	}
	return sw.Flush()
}

// open makes the sheet and its writer.
func (b *book) open(g *grid) (*excelize.StreamWriter, error) {
	if _, err := b.file.NewSheet(g.name); err != nil {
		return nil, err
	}
	fit, lines := true, false
	if err := b.file.SetSheetProps(g.name, &excelize.SheetPropsOptions{FitToPage: &fit, TabColorRGB: &g.colour}); err != nil {
		return nil, err
	}
	if err := b.file.SetSheetView(g.name, 0, &excelize.ViewOptions{ShowGridLines: &lines}); err != nil {
		return nil, err
	}
	sw, err := b.file.NewStreamWriter(g.name)
	if err != nil {
		return nil, err
	}
	for i, w := range g.widths {
		if err := sw.SetColWidth(i+1, i+1, w); err != nil {
			return nil, err
		}
	}
	if g.heads > 0 {
		err = sw.SetPanes(&excelize.Panes{Freeze: true, YSplit: g.heads, TopLeftCell: at(1, g.heads+1), ActivePane: "bottomLeft"})
	}
	return sw, err
}

func (b *book) writeRow(sw *excelize.StreamWriter, n int, row []cell, height float64) error {
	values := make([]any, len(row))
	for i, c := range row {
		if c.value == nil && c.look == textLook {
			continue
		}
		id, err := b.style(c.look)
		if err != nil {
			return err
		}
		values[i] = excelize.Cell{StyleID: id, Formula: c.formula, Value: c.value}
	}
	return sw.SetRow(at(1, n), values, excelize.RowOpts{Height: height})
}

// finish sets what belongs to the whole sheet of so many rows.
func (b *book) finish(g *grid, rows int) error {
	if g.filter != "" {
		if err := b.file.AutoFilter(g.name, g.filter, nil); err != nil {
			return err
		}
	}
	for _, in := range g.inputs {
		if err := b.validate(g.name, in); err != nil {
			return err
		}
	}
	for _, m := range g.marks {
		id, err := b.file.NewConditionalStyle(&excelize.Style{Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{orange}}, Font: &excelize.Font{Bold: true}})
		if err != nil {
			return err
		}
		if err := b.file.SetConditionalFormat(g.name, m.at, []excelize.ConditionalFormatOptions{{Type: "formula", Criteria: m.formula, Format: &id}}); err != nil {
			return err
		}
	}
	for _, c := range g.charts {
		if err := b.file.AddChart(g.name, c.at, c.chart); err != nil {
			return err
		}
	}
	for _, row := range g.breaks {
		if err := b.file.InsertPageBreak(g.name, at(1, row)); err != nil {
			return err
		}
	}
	// Without a password: against slips, not against anybody.
	if err := b.file.ProtectSheet(g.name, &excelize.SheetProtectionOptions{AutoFilter: true, Sort: true, FormatColumns: true, FormatRows: true,
		SelectLockedCells: true, SelectUnlockedCells: true, EditObjects: true, EditScenarios: true}); err != nil {
		return err
	}
	return b.page(g, rows)
}

func (b *book) validate(sheet string, in input) error {
	v := excelize.NewDataValidation(in.blank)
	v.SetSqref(in.at)
	var err error
	if in.list != nil {
		err = v.SetDropList(in.list)
	} else {
		err = v.SetRange(in.least, in.most, excelize.DataValidationTypeDecimal, excelize.DataValidationOperatorBetween)
	}
	if err != nil {
		return err
	}
	v.SetInput(in.title, in.about)
	v.SetError(excelize.DataValidationErrorStyleStop, in.title, in.about)
	return b.file.AddDataValidation(sheet, v)
}

// page sets how the sheet is printed: A4, across, as wide as the page or two, with the heading
// repeated and what the result is at the foot.
func (b *book) page(g *grid, rows int) error {
	a4, across, beside, any := 9, "landscape", max(g.pages, 1), 0
	if err := b.file.SetPageLayout(g.name, &excelize.PageLayoutOptions{Size: &a4, Orientation: &across, FitToWidth: &beside, FitToHeight: &any}); err != nil {
		return err
	}
	margin, foot := 0.4, 0.6
	if err := b.file.SetPageMargins(g.name, &excelize.PageLayoutMarginsOptions{Left: &margin, Right: &margin, Top: &margin, Bottom: &foot}); err != nil {
		return err
	}
	label := b.official.Label()
	if g.colour == red {
		label = model.Simulation
	}
	if err := b.file.SetHeaderFooter(g.name, &excelize.HeaderFooterOptions{OddFooter: "&L&8" + label + "&C&8&A&R&8&P / &N"}); err != nil {
		return err
	}
	area := fmt.Sprintf("%s%s:%s", quoted(g.name), fixed(1, 1), fixed(g.width(), max(rows, 1)))
	if err := b.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", RefersTo: area, Scope: g.name}); err != nil || g.heads == 0 {
		return err
	}
	return b.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("%s$1:$%d", quoted(g.name), g.heads), Scope: g.name})
}
