package workbook

import (
	"fmt"
	"strings"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// Columns of the sheet of weights: the cell to change, the document's number, whether they
// differ, the part before what is dropped, and the part used.
const (
	changeColumn = 4 + iota
	documentColumn
	changedColumn
	rawColumn
	usedColumn
)

// weightRows says where on the sheet of weights what stands.
type weightRows struct {
	sheet       string
	indicators  map[[2]string]int // by pillar and indicator
	used        map[[3]string]int // by project, pillar and indicator: those with a threshold
	projects    map[string]int    // the row that sums up a project
	lots        map[string]int    // points
	lotProjects map[[2]string]int
	minimum     int // 0 where the mode knows none
	effect      int
	last        int
	flags       []int // 1 for each cell that differs from the document
}

// cell points to a cell of the sheet from another one.
func (w weightRows) cell(column, row int) string { return w.sheet + fixed(column, row) }

// changes counts the cells that differ from the document.
func (w weightRows) changes() string {
	return "SUM(" + w.sheet + span(changedColumn, 1, w.last) + ")"
}

// weightsSheet holds all that may be changed, and how the engine makes weights of it: in each
// list in proportion, and what is dropped in a project leaves its part to the others there.
func (b *book) weightsSheet() *grid {
	g := &grid{name: b.l.T("Weights"), widths: []float64{16, 18, 26, 13, 13, 9, 13, 13, 62}}
	b.weights = weightRows{sheet: quoted(g.name), indicators: map[[2]string]int{}, used: map[[3]string]int{}, projects: map[string]int{},
		lots: map[string]int{}, lotProjects: map[[2]string]int{}}
	b.top(g, true, b.l.T("Change the yellow cells; the other sheets with a red tab follow. Weights of one list count in proportion, whatever they sum to. A threshold that is emptied drops its indicator for all bidders of the project."))
	pillars := b.pillarRows(g)
	b.indicatorRows(g, pillars)
	b.termRows(g)
	b.lotRows(g)
	b.planThresholds(len(g.rows))
	b.lotProjectRows(g)
	b.thresholdRows(g)
	b.curveRows(g)
	b.weights.last = len(g.rows)
	b.marksOfChanges(g)
	return g
}

// marksOfChanges colours the cells that differ from the document.
func (b *book) marksOfChanges(g *grid) {
	first := g.heads + 1
	g.marks = append(g.marks, mark{at(changeColumn, first) + ":" + at(changeColumn, b.weights.last),
		fmt.Sprintf("$%s=1", at(changedColumn, first))})
}

// change appends a row with a cell to change; the cells before it are given.
func (b *book) change(g *grid, before []cell, now, document any, in input, after ...cell) int {
	n := len(g.rows) + 1
	row := append(append([]cell{}, before...), make([]cell, changeColumn-1-len(before))...)
	changed := 0
	if now != document {
		changed = 1
	}
	row = append(row, num(now, inputLook), num(document, lockedLook),
		live(fmt.Sprintf("IF(%s=%s,0,1)", at(changeColumn, n), at(documentColumn, n)), changed).as(dotLook))
	b.weights.flags = append(b.weights.flags, changed)
	in.at = at(changeColumn, n)
	g.inputs = append(g.inputs, in)
	return g.add(append(row, after...)...)
}

// fixedRow is change for what cannot be tried.
func (b *book) fixedRow(g *grid, before []cell, document any, after ...cell) int {
	row := append(append([]cell{}, before...), make([]cell, changeColumn-1-len(before))...)
	return g.add(append(append(row, num(document, lockedLook), num(document, lockedLook), cell{}), after...)...)
}

// weightInput is the rule of a weight.
func (b *book) weightInput() input {
	return input{least: 0, most: 1e9, title: b.l.T("Weight"), about: b.l.T("A number from 0 on; 0 is off. Weights of one list count in proportion.")}
}

// pillarRows writes the pillars and returns their rows.
func (b *book) pillarRows(g *grid) map[model.Pillar]int {
	b.section(g, b.l.T("Pillars"), "", "pillar", "", "weight", "in the document", "changed", "share", "", "remark")
	first, last := len(g.rows)+1, len(g.rows)+len(model.Pillars())
	rows := map[model.Pillar]int{}
	all := span(changeColumn, first, last)
	var sum float64
	for _, p := range model.Pillars() {
		sum += b.live.Terms.Weights[p.Name]
	}
	for _, p := range model.Pillars() {
		n := len(g.rows) + 1
		now, document := b.live.Terms.Weights[p.Name], b.official.Terms.Weights[p.Name]
		share := live(fmt.Sprintf("IF(SUM(%s)>0,%s/SUM(%s),0)", all, at(changeColumn, n), all), over(now, sum)).as(percentLook)
		before := []cell{{}, text(b.word(string(p.Name)))}
		if document > 0 {
			rows[p.Name] = b.change(g, before, now, document, b.weightInput(), share)
		} else {
			rows[p.Name] = b.fixedRow(g, before, document, share, cell{}, wrapped(b.l.T("weight 0 in the document: it was not measured, so that it cannot be tried here")))
		}
	}
	return rows
}

// over is a quotient, and 0 where the whole is.
func over(x, whole float64) float64 {
	if whole > 0 {
		return x / whole
	}
	return 0
}

// indicatorRows writes the indicators with their part of a project where nothing is dropped.
func (b *book) indicatorRows(g *grid, pillars map[model.Pillar]int) {
	b.section(g, b.l.T("Indicators"), "", "pillar", "indicator", "weight in the pillar", "in the document", "changed", "share", "", "what is counted")
	metrics := score.Metrics()
	ranges := map[model.Pillar][2]int{}
	for i, m := range metrics {
		n := len(g.rows) + 1 + i
		if _, ok := ranges[m.Pillar]; !ok {
			ranges[m.Pillar] = [2]int{n, n}
		}
		ranges[m.Pillar] = [2]int{ranges[m.Pillar][0], n}
	}
	for _, m := range metrics {
		n := len(g.rows) + 1
		all := span(changeColumn, ranges[m.Pillar][0], ranges[m.Pillar][1])
		now, document := b.live.Terms.Indicators[m.Pillar][m.Indicator], b.official.Terms.Indicators[m.Pillar][m.Indicator]
		share := live(fmt.Sprintf("IF(SUM(%s)>0,%s/SUM(%s)*%s,0)", all, at(changeColumn, n), all, fixed(rawColumn, pillars[m.Pillar])),
			shareOf(b.live.Terms, m)).as(percentLook)
		before := []cell{{}, text(b.word(string(m.Pillar))), text(b.word(string(m.Indicator)))}
		if document > 0 && b.official.Terms.Weights[m.Pillar] > 0 {
			n = b.change(g, before, now, document, b.weightInput(), share, cell{}, wrapped(b.word(m.Unit)))
		} else {
			n = b.fixedRow(g, before, document, share, cell{}, wrapped(b.l.T("weight 0 in the document: it was not measured, so that it cannot be tried here")))
		}
		b.weights.indicators[[2]string{string(m.Pillar), string(m.Indicator)}] = n
	}
}

// shareOf is an indicator's part of a project's score where nothing is dropped, as the
// engine has it.
func shareOf(t *model.Terms, m score.Metric) float64 {
	var pillars, inPillar float64
	for _, p := range model.Pillars() {
		pillars += t.Weights[p.Name]
		for _, i := range p.Indicators {
			if p.Name == m.Pillar {
				inPillar += t.Indicators[p.Name][i.Name]
			}
		}
	}
	return over(t.Indicators[m.Pillar][m.Indicator], inPillar) * over(t.Weights[m.Pillar], pillars)
}

// termRows writes the minimum of points, and what too little evidence does.
func (b *book) termRows(g *grid) {
	b.section(g, b.l.T("Terms"), "", "term", "", "value", "in the document", "changed", "", "", "remark")
	if hasMinimum(b.official) {
		b.weights.minimum = b.change(g, []cell{{}, text(b.l.T("minimum points"))}, b.live.MinimumPoints, b.official.MinimumPoints,
			input{least: 0, most: 1e9, title: b.l.T("Minimum points"), about: b.l.T("Points from which a bidder meets the criterion; 0 asks for nothing.")},
			cell{}, cell{}, wrapped(b.l.T("Points from which a bidder meets the criterion; 0 asks for nothing.")))
	}
	m := b.official.Terms.Minimum
	b.weights.effect = b.change(g, []cell{{}, text(b.l.T("effect"))}, b.effect(b.live), b.effect(b.official),
		input{list: []string{b.l.T("mark"), b.l.T("zero")}, title: b.l.T("Effect"), about: b.l.T("What too little evidence does to a project's score: mark it, or make it zero.")},
		cell{}, cell{}, wrapped(b.l.T("of less evidence in a project than %d acts, or %s of all acts, in %d months", m.Acts, b.l.Percent(m.Share, 0), m.Months)))
}

// effect is the word for what insufficient evidence does.
func (b *book) effect(r *model.Ranking) string {
	if r.Terms.Minimum.Effect == model.Zero {
		return b.l.T("zero")
	}
	return b.l.T("mark")
}

// lotRows writes the points of the lots.
func (b *book) lotRows(g *grid) {
	b.section(g, b.l.T("Lots"), "lot", "title", "", "points", "in the document", "changed", "", "", "")
	for i, lot := range b.official.Lots {
		b.weights.lots[lot.ID] = b.change(g, []cell{text(lot.ID), text(lot.Title)}, b.live.Lots[i].Points, lot.Points,
			input{least: 0, most: 1e9, title: b.l.T("Points of the lot"), about: b.l.T("Points of a full score.")})
	}
}

// sectionRows are those that [book.section] writes.
const sectionRows = 3

// planThresholds says where the thresholds of each project will be summed up, after so many
// rows and the projects of the lots, which point there.
func (b *book) planThresholds(rows int) {
	rows += sectionRows
	for _, lot := range b.official.Lots {
		rows += len(lot.Projects)
	}
	rows += sectionRows
	for _, p := range b.official.Projects {
		rows += len(p.Indicators) + 1
		b.weights.projects[p.ID] = rows
	}
}

// lotProjectRows writes how much each project weighs in each lot.
func (b *book) lotProjectRows(g *grid) {
	b.section(g, b.l.T("Projects of the lots"), "lot", "", "project", "weight", "in the document", "changed", "where it was shown", "share", "remark")
	for i, lot := range b.official.Lots {
		first := len(g.rows) + 1
		all := span(rawColumn, first, first+max(len(lot.Projects), 1)-1)
		for k, p := range lot.Projects {
			n := len(g.rows) + 1
			now, document := b.live.Terms.Lots[lot.ID][p.Project], b.official.Terms.Lots[lot.ID][p.Project]
			shown := now
			if b.live.Lots[i].Projects[k].Missing != "" {
				shown = 0
			}
			b.weights.lotProjects[[2]string{lot.ID, p.Project}] = b.change(g, []cell{text(lot.ID), {}, text(p.Project)}, now, document, b.weightInput(),
				live(fmt.Sprintf("IF(%s>0,%s,0)", fixed(rawColumn, b.weights.projects[p.Project]), at(changeColumn, n)), shown).as(numberLook),
				live(fmt.Sprintf("IF(SUM(%s)>0,%s/SUM(%s),0)", all, at(rawColumn, n), all), b.live.Lots[i].Projects[k].Weight).as(percentLook),
				wrapped(b.say(p.Missing)))
		}
	}
}

// thresholdRows writes the thresholds of each project, and what remains of the weights where
// indicators are dropped.
func (b *book) thresholdRows(g *grid) {
	b.section(g, b.l.T("Thresholds"), "project", "pillar", "indicator", "threshold T", "in the document", "changed", "where it was shown", "share", "remark")
	for i, p := range b.official.Projects {
		first := len(g.rows) + 1
		sum := b.weights.projects[p.ID]
		var shown float64
		for k, ind := range p.Indicators {
			shown += b.thresholdRow(g, p.ID, ind, b.live.Projects[i].Indicators[k], sum)
		}
		g.add(text(p.ID).as(sumLook), cell{look: sumLook}, cell{value: b.l.T("together"), look: sumLook}, cell{look: sumLook}, cell{look: sumLook}, cell{look: sumLook},
			live("SUM("+span(rawColumn, first, sum-1)+")", shown).as(sumPercent),
			live("SUM("+span(usedColumn, first, sum-1)+")", over(shown, shown)).as(sumPercent))
	}
}

// thresholdRow writes one threshold and returns the indicator's part of the project before
// what is dropped, 0 where it is.
func (b *book) thresholdRow(g *grid, project string, document, now model.IndicatorResult, sum int) (shown float64) {
	n := len(g.rows) + 1
	m := metricOf(document)
	share := fixed(rawColumn, b.weights.indicators[[2]string{string(m.Pillar), string(m.Indicator)}])
	before := []cell{text(project), text(b.word(string(m.Pillar))), text(b.word(string(m.Indicator)))}
	if document.T == 0 {
		b.fixedRow(g, before, none, num(0, percentLook), num(0, percentLook), wrapped(b.l.T("dropped for all bidders: %s", b.reason(document))))
		return 0
	}
	t := tried(document, now)
	if t != nil {
		shown = shareOf(b.live.Terms, m)
	}
	used := []cell{
		live(fmt.Sprintf("IF(ISNUMBER(%[1]s),IF(%[1]s>0,%s,0),0)", at(changeColumn, n), share), shown).as(percentLook),
		live(fmt.Sprintf("IF(%[1]s>0,%s/%[1]s,0)", fixed(rawColumn, sum), at(rawColumn, n)), now.Weight).as(percentLook),
		wrapped(b.remark(document)),
	}
	if m.Months {
		n = b.fixedRow(g, before, document.T, used...)
	} else {
		n = b.change(g, before, t, document.T, input{least: max(model.Floor(m.Indicator), 1e-6), most: 1e9, blank: true, title: b.l.T("Threshold T"),
			about: b.l.T("What reaches the full score: %s, at least %s. Empty: dropped for all bidders of the project.", b.word(m.Unit), b.l.Number(model.Floor(m.Indicator), 0))}, used...)
	}
	b.weights.used[[3]string{project, string(m.Pillar), string(m.Indicator)}] = n
	return shown
}

// tried is the threshold that a cell holds, nil where it is emptied. The ranking shows none for
// an indicator of weight 0, whose cell stays as it is.
func tried(document, now model.IndicatorResult) any {
	switch {
	case now.T > 0:
		return now.T
	case now.Reason == score.Weightless:
		return document.T
	}
	return nil
}

// reason is why an indicator was dropped.
func (b *book) reason(i model.IndicatorResult) string {
	if i.Reason == "" {
		return b.l.T("weight 0")
	}
	return b.say(i.Reason)
}

// remark says what must be known of an indicator that counts.
func (b *book) remark(i model.IndicatorResult) string {
	var list []string
	if i.Proposed {
		list = append(list, b.l.T("proposed from the project's own activity"))
	}
	if i.State == model.Partial {
		list = append(list, b.l.T("partial: %s", b.say(i.Reason)))
	}
	return strings.Join(list, b.l.T("; "))
}

// metricOf returns the metric behind a result.
func metricOf(i model.IndicatorResult) score.Metric {
	for _, m := range score.Metrics() {
		if m.Pillar == i.Pillar && m.Indicator == i.Indicator {
			return m
		}
	}
	return score.Metric{Pillar: i.Pillar, Indicator: i.Indicator}
}

// curve are the points of the method's table, as numbers that a cell shows.
var curve = [][2]float64{{0, 0}, {1. / 16, 0.25}, {1. / 4, 0.50}, {9. / 16, 0.75}, {1, 1}}

// curveRows prints the table by which a value becomes a score. The formulas hold it, as it is
// the method's and not the buyer's.
func (b *book) curveRows(g *grid) {
	b.section(g, b.l.T("From a value to its score"), "", "r = value / T", "score n")
	for _, p := range curve {
		g.add(cell{}, num(p[0], partLook), num(p[1], partLook))
	}
	g.add(cell{}, text(b.l.T("Straight lines between these points; n = 1 from r = 1 on. Months and stewardship: n = r, at most 1.")))
}
