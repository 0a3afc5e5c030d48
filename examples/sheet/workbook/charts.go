package workbook

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"github.com/tributary-oss/tributary/model"
)

// mostBars is how many bidders a chart shows: more have no room for their names.
const mostBars = 15

// A chart is so many rows high, of 18 pixels each: what excelize takes a row for that it has
// not written yet.
const (
	chartRows  = 20
	chartPixel = 18
)

// chartsSheet draws, for each lot, the points by pillar: on the left the document's, on the
// right those under the cells of Weights.
func (b *book) chartsSheet() *grid {
	g := &grid{name: b.l.T("Charts"), widths: []float64{12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12}}
	b.top(g, true, b.l.T("Points by bidder and pillar, the first %d of each lot: on the left those of the document, on the right under the yellow cells of the sheet %s.", mostBars, b.l.T("Weights")))
	official, simulation := b.officialFirst, b.simulationFirst
	drawn := 0
	for _, l := range b.lots {
		if n := min(len(l.bidders), mostBars); n > 0 {
			title := b.lotTitle(l.lot)
			if drawn++; drawn%2 == 1 && drawn > 1 { // two fit on a page
				g.breaks = append(g.breaks, len(g.rows)+1)
			}
			row := g.add(cell{value: title, look: titleLook}) + 1
			g.charts = append(g.charts,
				chart{at(1, row), b.bars(b.l.T("Official"), title+" – "+b.l.T("in the document"), b.officialFirst-1, official, n)},
				chart{at(8, row), b.bars(b.l.T("Simulation"), title+" – "+b.l.T("under the yellow cells"), b.simulationFirst-1, simulation, n)})
			g.space(chartRows + 1)
		}
		official, simulation = official+len(l.bidders), simulation+len(l.bidders)
	}
	return g
}

// lotTitle names a lot for a person.
func (b *book) lotTitle(lot model.LotResult) string {
	if lot.Title == "" {
		return b.l.T("Lot %s", clean(lot.ID))
	}
	return b.l.T("Lot %s", clean(lot.ID)) + " – " + clean(lot.Title)
}

// bars is a chart of n rows of a sheet from first on, the first on top. The pillars are named
// by the row of the heading.
func (b *book) bars(sheet, title string, heading, first, n int) *excelize.Chart {
	from := quoted(sheet)
	c := &excelize.Chart{Type: excelize.BarStacked, Title: excelize.ChartTitle{Paragraph: titleOf(title)}, Legend: excelize.ChartLegend{Position: "bottom"},
		Dimension: excelize.ChartDimension{Width: 620, Height: chartRows * chartPixel},
		XAxis:     excelize.ChartAxis{ReverseOrder: true, Font: excelize.Font{Size: 9, Color: "000000"}},
		YAxis:     excelize.ChartAxis{MajorGridLines: true, Font: excelize.Font{Size: 9, Color: "000000"}, Minimum: new(float64)},
		Format:    excelize.GraphicOptions{AltText: title}}
	names := from + span(b.columnOf("name"), first, first+n-1)
	for i, p := range model.Pillars() {
		column := b.columnOf(string(p.Name))
		c.Series = append(c.Series, excelize.ChartSeries{Name: fmt.Sprintf("%s%s", from, fixed(column, heading)), Categories: names,
			Values: from + span(column, first, first+n-1), Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{pillarColours[i]}}})
	}
	return c
}

func titleOf(s string) []excelize.RichTextRun {
	return []excelize.RichTextRun{{Text: s, Font: &excelize.Font{Size: 11, Bold: true, Color: navy}}}
}
