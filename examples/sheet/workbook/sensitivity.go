package workbook

import (
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/tributary-oss/tributary/model"
)

// mostRanks is how many ranks have a column of their own.
const mostRanks = 8

// rankColours go from dark to light, the first rank being the darkest.
var rankColours = []string{"0B3C6F", "1F6AA5", "4C97C9", "8CC4E8", "F7C59F", "E8934A", "D55E00", "8A3B00"}

// sensitivitySheet shows how much the ranking hangs on what is uncertain, apart from it.
// Nothing in it is computed by the spreadsheet.
func (b *book) sensitivitySheet() *grid {
	s := b.in.Sensitivity
	g := &grid{name: b.l.T("Sensitivity"), colour: red, widths: []float64{9, 15, 29, 15, 10, 10, 10, 10, 11}}
	ranks := 0
	for _, lot := range s.Lots {
		ranks = min(mostRanks, max(ranks, len(lot.Measurement)))
	}
	for range ranks {
		g.widths = append(g.widths, 9)
	}
	line := b.l.T("SIMULATION: how the ranking would come out if something were otherwise. It decides nothing.") + b.gaps()
	g.across(cell{value: line, look: bannerLook}, b.lines(g, line, 1.3))
	g.across(cell{value: b.about(), look: titleLook}, b.lines(g, b.about(), 1.2))
	note := b.l.T("%d draws of each kind, seed %d. Measurement: what is uncertain in the facts. Specification: what could have been chosen otherwise. Nine tenths of the draws lie between low and high; ranks are shares of the draws.", s.Draws, int64(s.Seed&(1<<63-1)))
	g.across(cell{value: note, look: noteLook}, b.lines(g, note, 1))
	g.heads = len(g.rows)
	b.spreadRows(g, s, ranks)
	b.weightChangeRows(g, s)
	b.alternativeRows(g, s)
	b.assumptionRows(g, s)
	return g
}

// spreadRows write what the draws make of each bidder, with a chart of the ranks.
func (b *book) spreadRows(g *grid, s *model.Sensitivity, ranks int) {
	columns := []string{"lot", "bidder", "name", "draws", "score", "points, low", "points, median", "points, high", "meets the minimum"}
	for i, lot := range s.Lots {
		if i > 0 {
			g.breaks = append(g.breaks, len(g.rows)+1)
		}
		b.section(g, b.lotTitle(model.LotResult{ID: lot.ID, Title: lot.Title}), columns...)
		row := g.rows[len(g.rows)-1]
		for rank := 1; rank <= ranks; rank++ {
			row[len(columns)+rank-1] = head(b.rankName(rank))
		}
		for _, kind := range []struct {
			name string
			list []model.Spread
		}{{string(model.MeasurementDraws), lot.Measurement}, {string(model.SpecificationDraws), lot.Specification}} {
			first := len(g.rows) + 1
			list := kind.list[:min(len(kind.list), b.in.Most)]
			for _, x := range list {
				b.spreadRow(g, lot, kind.name, x, ranks)
			}
			if lot.Ranked && len(list) > 0 {
				b.acceptability(g, b.lotTitle(model.LotResult{ID: lot.ID, Title: lot.Title})+" – "+b.word(kind.name), first, min(len(list), mostBars), ranks)
			}
		}
		b.placeCharts(g)
	}
}

// rankName heads the column of a rank; the last one holds all that follow.
func (b *book) rankName(rank int) string {
	if rank == mostRanks {
		return b.l.T("rank %d and after", rank)
	}
	return b.l.T("rank %d", rank)
}

func (b *book) spreadRow(g *grid, lot model.LotSensitivity, kind string, x model.Spread, ranks int) {
	row := []cell{text(lot.ID), text(x.Bidder), text(x.Name), text(b.word(kind)), num(b.orUnknown(x.Official), partLook)}
	if x.Points == nil {
		row = append(row, num(b.unknown(), pointsLook), num(b.unknown(), pointsLook), num(b.unknown(), pointsLook))
	} else {
		row = append(row, num(x.Points.Low, pointsLook), num(x.Points.Median, pointsLook), num(x.Points.High, pointsLook))
	}
	if x.Meets != nil {
		row = append(row, num(*x.Meets, percentLook))
	} else {
		row = append(row, num(none, percentLook))
	}
	if x.Ranks != nil {
		var shares [mostRanks]float64
		for _, r := range x.Ranks {
			shares[min(max(r.Rank, 1), mostRanks)-1] += r.Share
		}
		for _, share := range shares[:ranks] {
			row = append(row, num(share, percentLook))
		}
	}
	g.add(row...)
}

// acceptability draws the shares of ranks of n rows.
func (b *book) acceptability(g *grid, title string, first, n, ranks int) {
	from := quoted(g.name)
	head := first - 1
	for g.rows[head-1] == nil || g.rows[head-1][0].look != headLook {
		head-- // the second kind of draws stands below the first one
	}
	c := &excelize.Chart{Type: excelize.BarPercentStacked, Title: excelize.ChartTitle{Paragraph: titleOf(title)}, Legend: excelize.ChartLegend{Position: "bottom"},
		Dimension: excelize.ChartDimension{Width: 480, Height: chartRows * chartPixel},
		XAxis:     excelize.ChartAxis{ReverseOrder: true, Font: excelize.Font{Size: 9, Color: "000000"}},
		YAxis:     excelize.ChartAxis{MajorGridLines: true, Font: excelize.Font{Size: 9, Color: "000000"}},
		Format:    excelize.GraphicOptions{AltText: title}}
	for rank := 1; rank <= ranks; rank++ {
		column := g.width() - ranks + rank
		c.Series = append(c.Series, excelize.ChartSeries{Name: from + fixed(column, head), Categories: from + span(3, first, first+n-1),
			Values: from + span(column, first, first+n-1), Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{rankColours[rank-1]}}})
	}
	g.charts = append(g.charts, chart{"", c})
}

// placeCharts gives the charts without a place the next rows.
func (b *book) placeCharts(g *grid) {
	column, waiting := 1, false
	for i := range g.charts {
		if g.charts[i].at == "" {
			g.charts[i].at = at(column, len(g.rows)+2)
			column, waiting = 6, true
		}
	}
	if waiting {
		g.space(chartRows + 2)
	}
}

// weightChangeRows say which smallest change of weights makes another bidder first.
func (b *book) weightChangeRows(g *grid, s *model.Sensitivity) {
	g.breaks = append(g.breaks, len(g.rows)+1)
	b.section(g, b.l.T("The smallest changes of weights that make another bidder first"), "lot", "kind", "", "", "points that move", "in words")
	g.over(len(g.rows), 6)
	for _, lot := range s.Lots {
		if lot.Dominant {
			b.sentence(g, lot.ID, "", cell{}, b.l.T("The first bidder is at least as good as every other in each indicator of each project: no weights make another one first alone."))
		}
		for _, w := range lot.Weights {
			amount := num(none, pointsLook)
			if w.Amount != nil {
				amount = num(*w.Amount, pointsLook)
			}
			b.sentence(g, lot.ID, b.word(w.Kind), amount, b.say(w.Text))
		}
	}
}

func (b *book) sentence(g *grid, lot, kind string, amount cell, said string) {
	g.ending(said, text(lot), text(kind), cell{}, cell{}, amount)
}

// alternativeRows show one thing changed at a time.
func (b *book) alternativeRows(g *grid, s *model.Sensitivity) {
	b.section(g, b.l.T("One thing changed at a time"), "lot", "kind", "what", "tried", "first changes", "most moved", "by points", "first then")
	g.over(len(g.rows), 8)
	for _, lot := range s.Lots {
		for _, a := range lot.Alternatives {
			changes := none
			if a.FirstChanges != nil {
				changes = b.l.T("no")
				if *a.FirstChanges {
					changes = b.l.T("yes")
				}
			}
			bidder, by := most(a.Scores)
			moved := num(none, changeLook)
			if bidder != "" {
				moved = num(by, changeLook)
			}
			g.add(text(lot.ID), text(b.word(a.Group)), text(b.word(a.Name)), text(b.word(a.Change)), text(changes), text(bidder), moved, text(strings.Join(a.First, ", ")))
		}
	}
}

// most returns whose score changes most, the first of several; "" where none does.
func most(list []model.Moved) (bidder string, by float64) {
	for _, m := range list {
		if m.Change != nil && abs(*m.Change) > abs(by) {
			bidder, by = m.Bidder, *m.Change
		}
	}
	return bidder, by
}

func abs(x float64) float64 { return max(x, -x) }

// assumptionRows print what the draws rest on, and what could not be studied.
func (b *book) assumptionRows(g *grid, s *model.Sensitivity) {
	b.section(g, b.l.T("Assumptions that nobody measured"), "", "draws", "name", "value", "", "meaning and reason")
	g.over(len(g.rows), 6)
	for _, a := range s.Assumptions {
		g.ending(b.l.T("%s. %s", b.say(a.Doc), b.say(a.Reason)), cell{}, text(b.word(string(a.Kind))), text(b.word(a.Name)), num(a.Value, numberLook), cell{})
	}
	if len(s.Notes) > 0 {
		b.section(g, b.l.T("What was not studied"))
		g.rows = g.rows[:len(g.rows)-1]
		for _, n := range s.Notes {
			g.across(wrapped(b.say(n)), b.lines(g, n, 1))
		}
	}
}
