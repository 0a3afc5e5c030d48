package workbook

import (
	"fmt"

	"github.com/tributary-oss/tributary/model"
)

// column is a column of the sheets of the result and of the simulation.
type column struct {
	name  string
	width float64
	was   func(b *book, l *lotRows, s model.Standing) cell // of the document
	from  int                                              // column of the calculation; 0 where the simulation has the document's
	look  look
}

// resultColumns are those that the mode shows, without those of the simulation alone.
func (b *book) resultColumns() []column {
	list := []column{{"lot", 9, func(_ *book, l *lotRows, _ model.Standing) cell { return text(l.lot.ID) }, 0, textLook}}
	points := showsPoints(b.official)
	if ranked(b.official) {
		list = append(list, column{"rank", 7, func(b *book, _ *lotRows, s model.Standing) cell { return b.rankText(s.Rank) }, rankColumn, countLook})
	}
	list = append(list,
		column{"bidder", 15, func(_ *book, _ *lotRows, s model.Standing) cell { return text(s.Bidder) }, 2, textLook},
		column{"name", 24, func(_ *book, _ *lotRows, s model.Standing) cell { return text(s.Name) }, 3, textLook})
	if points {
		list = append(list,
			column{"points", 10, func(b *book, _ *lotRows, s model.Standing) cell { return num(b.orUnknown(s.Points), pointsLook) }, lotPointsColumn, pointsLook},
			column{"of", 9, func(_ *book, l *lotRows, _ model.Standing) cell { return num(l.lot.Points, numberLook) }, 0, numberLook},
			column{"score", 10, func(b *book, _ *lotRows, s model.Standing) cell { return num(b.orUnknown(s.Score), partLook) }, scoreColumn, partLook})
	}
	if hasMinimum(b.official) {
		list = append(list, column{"minimum", 23, func(b *book, _ *lotRows, s model.Standing) cell { return text(b.meetsText(b.official, s)) }, meetsColumn, textLook})
	}
	if points {
		for i, p := range model.Pillars() {
			list = append(list, column{string(p.Name), 12, func(b *book, l *lotRows, s model.Standing) cell {
				return num(b.pillarPoints(b.official, l.lot, s, p.Name), pointsLook)
			}, firstPillarColumn + i, pointsLook})
		}
	}
	return append(list, column{"evidence", 26, func(b *book, _ *lotRows, s model.Standing) cell { return wrapped(b.evidence(s)) }, evidenceColumn, wrapLook})
}

// columnOf returns the number of a column, 0 where the mode does not show it.
func (b *book) columnOf(name string) int {
	for i, c := range b.resultColumns() {
		if c.name == name {
			return i + 1
		}
	}
	return 0
}

// officialSheet holds the result as the engine has it. Nothing in it is computed.
func (b *book) officialSheet() *grid {
	g := &grid{name: b.l.T("Official"), colour: navy}
	columns := b.resultColumns()
	names := []string{}
	for _, c := range columns {
		g.widths, names = append(g.widths, c.width), append(names, c.name)
	}
	g.widths, names = append(g.widths, 9), append(names, "people")
	b.top(g, false, b.l.T("The result as the engine computed it: a row for each lot and bidder. Method %d, digest %s.", b.official.Method.Version, clean(b.official.Method.Digest)))
	g.heads = b.columns(g, names...)
	b.officialFirst = g.heads + 1
	for i := range b.lots {
		l := &b.lots[i]
		for _, s := range b.best(l.lot) {
			var row []cell
			for _, c := range columns {
				row = append(row, c.was(b, l, s))
			}
			g.add(append(row, b.people(s))...)
		}
	}
	g.filter = fmt.Sprintf("%s:%s", at(1, g.heads), at(g.width(), len(g.rows)))
	return g
}

// people counts who was credited; where no score is known, nobody was looked for.
func (b *book) people(s model.Standing) cell {
	if s.Score == nil {
		return num(b.unknown(), countLook)
	}
	return num(s.People, countLook)
}

// simulationSheet is the same under the cells of Weights, the best first. The place of each
// row is looked up in the calculation; what differs from the document is said beside it.
func (b *book) simulationSheet() *grid {
	g := &grid{name: b.l.T("Simulation")}
	columns := b.resultColumns()
	names := []string{}
	for _, c := range columns {
		g.widths, names = append(g.widths, c.width), append(names, c.name)
	}
	extra := b.againstColumns()
	for _, c := range extra {
		g.widths, names = append(g.widths, c.width), append(names, c.name)
	}
	g.widths, names = append(g.widths, 8), append(names, "row")
	b.top(g, true, b.l.T("Change a yellow cell on the sheet %s and look here. A row whose points, rank or minimum are not those of the document is marked.", b.l.T("Weights")))
	b.statusRow(g)
	g.heads = b.columns(g, names...)
	b.simulationFirst = g.heads + 1
	for i := range b.lots {
		for place := range b.lots[i].bidders {
			b.simulationRow(g, &b.lots[i], place, columns, extra)
		}
	}
	departs := len(names) - 1
	g.filter = fmt.Sprintf("%s:%s", at(1, g.heads), at(g.width(), len(g.rows)))
	g.marks = append(g.marks, mark{fmt.Sprintf("%s:%s", at(1, g.heads+1), at(departs, max(len(g.rows), g.heads+1))),
		fmt.Sprintf(`$%s="%s"`, at(departs, g.heads+1), b.l.T("departs"))})
	return g
}

// statusRow says whether anything was changed.
func (b *book) statusRow(g *grid) {
	same, some := b.l.T("No cell was changed: this is the result of the document."), b.l.T("Cells that were changed: ")
	n := b.changed()
	said := same
	if n > 0 {
		said = fmt.Sprintf("%s%d", some, n)
	}
	count := b.weights.changes()
	g.across(live(fmt.Sprintf(`IF(%s=0,"%s","%s"&%s)`, count, same, some, count), said).as(titleLook), 17)
}

// changed counts what the live ranking has otherwise than the document's, as the sheet of
// weights does.
func (b *book) changed() (n int) {
	for _, row := range b.weights.flags {
		n += row
	}
	return n
}

// againstColumns compare a row with the document.
func (b *book) againstColumns() (list []column) {
	if ranked(b.official) {
		list = append(list, column{"rank in the document", 12, func(b *book, _ *lotRows, s model.Standing) cell { return b.rankText(s.Rank) }, wasRankColumn, countLook})
	}
	if showsPoints(b.official) {
		list = append(list, column{"points in the document", 12, func(b *book, _ *lotRows, s model.Standing) cell { return num(b.orUnknown(s.Points), pointsLook) }, wasPointsColumn, pointsLook},
			column{"difference", 10, nil, 0, changeLook})
	}
	if hasMinimum(b.official) {
		list = append(list, column{"minimum in the document", 23, func(b *book, _ *lotRows, s model.Standing) cell { return text(b.meetsText(b.official, s)) }, wasMeetsColumn, textLook})
	}
	return append(list, column{"departs", 11, nil, 0, textLook})
}

// simulationRow writes the bidder at a place of a lot.
func (b *book) simulationRow(g *grid, l *lotRows, place int, columns, extra []column) {
	n := len(g.rows) + 1
	bidder := b.places(l)[place]
	was, now := standingOf(l.lot, bidder), standingOf(l.now, bidder)
	key := fixed(len(columns)+len(extra)+1, n)
	look := func(c column, v any) cell {
		return live(fmt.Sprintf("INDEX(%s,%s)", l.column(c.from), key), v).as(c.look)
	}
	var row []cell
	for _, c := range columns {
		switch {
		case c.name == "of":
			row = append(row, live(b.weights.cell(changeColumn, b.weights.lots[l.lot.ID]), l.now.Points).as(c.look))
		case c.from == 0:
			row = append(row, c.was(b, l, was))
		default:
			row = append(row, look(c, b.nowValue(c, l, was, now)))
		}
	}
	for _, c := range extra {
		switch {
		case c.name == "difference":
			p, o := at(b.columnOf("points"), n), at(len(row), n)
			row = append(row, live(difference(p, o, 2), change(now.Points, was.Points, 2)).as(c.look))
		case c.from == 0:
			row = append(row, b.departsCell(n, len(columns), extra, was, now))
		default:
			row = append(row, look(c, c.was(b, l, was).value))
		}
	}
	g.add(append(row, live(fmt.Sprintf("MATCH(%d,%s,0)", place+1, l.column(placeColumn)), b.rowOf(l, bidder)).as(lockedLook))...)
}

// nowValue is what the engine has for a column under the cells of Weights.
func (b *book) nowValue(c column, l *lotRows, was, now model.Standing) any {
	switch c.from {
	case rankColumn:
		return b.rankText(now.Rank).value
	case lotPointsColumn:
		return b.orUnknown(now.Points)
	case scoreColumn:
		return b.orUnknown(now.Score)
	case meetsColumn:
		return b.meetsText(b.live, now)
	case firstPillarColumn, firstPillarColumn + 1, firstPillarColumn + 2:
		return b.pillarPoints(b.live, l.now, now, model.Pillars()[c.from-firstPillarColumn].Name)
	}
	return c.was(b, l, was).value // names, and evidence, which no weight changes
}

// rowOf is the place of a bidder in the calculation of its lot, from 1.
func (b *book) rowOf(l *lotRows, bidder string) int {
	for i, s := range l.bidders {
		if s.Bidder == bidder {
			return i + 1
		}
	}
	return 0
}

// sameAs is the formula of whether a cell is as in the document. Points are the same to the
// hundredth: not every program rounds to the nearest binary number.
func sameAs(column, now, was string) string {
	if column != "points" {
		return now + "=" + was
	}
	return fmt.Sprintf("IF(ISNUMBER(%[1]s),IF(ISNUMBER(%[2]s),ROUND(%[1]s-%[2]s,2)=0,1=0),%[1]s=%[2]s)", now, was)
}

// departsCell says whether anything that decides is not as in the document.
func (b *book) departsCell(n, columns int, extra []column, was, now model.Standing) cell {
	pairs := map[string]string{"rank in the document": "rank", "points in the document": "points", "minimum in the document": "minimum"}
	same := ""
	for i, c := range extra {
		if of, ok := pairs[c.name]; ok {
			if same != "" {
				same += ","
			}
			same += sameAs(of, at(b.columnOf(of), n), at(columns+i+1, n))
		}
	}
	said := ""
	if was.Rank != now.Rank || compareFigures(was.Points, now.Points) != 0 && showsPoints(b.official) || b.meetsText(b.official, was) != b.meetsText(b.live, now) {
		said = b.l.T("departs")
	}
	return live(fmt.Sprintf(`IF(AND(%s),"","%s")`, same, b.l.T("departs")), said)
}
