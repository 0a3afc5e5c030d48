package workbook

import (
	"fmt"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// Columns of the sheet of projects that other sheets point to.
const (
	valueColumn     = 7
	thresholdColumn = 9
	rColumn         = 10
	nColumn         = 11
	weightColumn    = 12
	pointsColumn    = 13
	wasColumn       = 14
)

// projectRow says where a bidder's figures of one project stand.
type projectRow struct {
	pillars map[model.Pillar][2]int // first and last row of each; absent where nothing counts
	total   int
}

// projectsSheet holds every measured value, and how it becomes points: a row for each
// indicator that counts, and one that sums up the bidder's project.
func (b *book) projectsSheet() *grid {
	g := &grid{name: b.l.T("Projects"), widths: []float64{15, 15, 22, 14, 17, 14, 11, 8, 11, 9, 9, 10, 10, 12, 10, 56}}
	b.top(g, true, b.l.T("Each value, divided by its threshold T, is r; the table at the end of the sheet %s makes n of r; n times the weight times 100 are the points out of 100.", b.l.T("Weights")))
	g.heads = b.columns(g, "project", "bidder", "name", "pillar", "indicator", "coverage", "value", "acts", "threshold T", "r", "n", "weight", "points", "points in the document", "difference", "remark")
	for i, p := range b.official.Projects {
		b.projects[p.ID] = map[string]projectRow{}
		for k, x := range p.Scores {
			if b.shown[x.Bidder] {
				b.projects[p.ID][x.Bidder] = b.bidderRows(g, p, x, b.live.Projects[i], b.live.Projects[i].Scores[k])
			}
		}
	}
	g.filter = fmt.Sprintf("%s:%s", at(1, g.heads), at(g.width(), len(g.rows)))
	return g
}

// bidderRows writes a bidder's figures in a project.
func (b *book) bidderRows(g *grid, p model.ProjectResult, x model.ProjectScore, nowP model.ProjectResult, now model.ProjectScore) projectRow {
	row := projectRow{pillars: map[model.Pillar][2]int{}}
	first := len(g.rows) + 1
	for k, ind := range p.Indicators {
		was, ok := measured(x, ind)
		if !ok {
			continue
		}
		n := b.measureRow(g, p.ID, x.Bidder, ind, was, nowP.Indicators[k], now)
		if _, ok := row.pillars[ind.Pillar]; !ok {
			row.pillars[ind.Pillar] = [2]int{n, n}
		}
		row.pillars[ind.Pillar] = [2]int{row.pillars[ind.Pillar][0], n}
	}
	row.total = b.totalRow(g, p, x, now, first)
	return row
}

// measured returns what was measured of an indicator.
func measured(x model.ProjectScore, ind model.IndicatorResult) (model.Measurement, bool) {
	for _, v := range x.Values {
		if v.Pillar == ind.Pillar && v.Indicator == ind.Indicator {
			return v, true
		}
	}
	return model.Measurement{}, false
}

func (b *book) measureRow(g *grid, project, bidder string, ind model.IndicatorResult, was model.Measurement, now model.IndicatorResult, x model.ProjectScore) int {
	n := len(g.rows) + 1
	used := b.weights.used[[3]string{project, string(ind.Pillar), string(ind.Indicator)}]
	var r, score any = "", ""
	is, counts := measured(x, ind)
	if counts {
		r, score = is.R, is.N
	}
	t := tried(ind, now)
	if t == nil {
		t = 0.0 // as a formula shows an empty cell
	}
	return g.add(text(project), text(bidder), text(b.names[bidder]), text(b.word(string(ind.Pillar))), text(b.word(string(ind.Indicator))), text(b.word(string(ind.State))),
		num(was.Value, numberLook), num(was.Acts, countLook),
		live(b.weights.cell(changeColumn, used), t).as(numberLook),
		live(fmt.Sprintf(`IF(%s>0,%s/%s,"")`, at(weightColumn, n), at(valueColumn, n), at(thresholdColumn, n)), r).as(partLook),
		live(normal(metricOf(ind), at(rColumn, n)), score).as(partLook),
		live(b.weights.cell(usedColumn, used), now.Weight).as(percentLook),
		live(fmt.Sprintf("IF(ISNUMBER(%[1]s),%s*%[1]s*100,0)", at(nColumn, n), at(weightColumn, n)), is.Points).as(pointsLook),
		num(was.Points, pointsLook),
		live(fmt.Sprintf("ROUND(%s-%s,6)", at(pointsColumn, n), at(wasColumn, n)), rounded(is.Points-was.Points, 6)).as(changeLook),
		wrapped(b.remark(ind)))
}

// normal is the formula that makes a score of r, with the method's table.
func normal(m score.Metric, r string) string {
	if m.Months {
		return fmt.Sprintf(`IF(ISNUMBER(%[1]s),MIN(1,%[1]s),"")`, r)
	}
	return fmt.Sprintf(`IF(ISNUMBER(%[1]s),IF(%[1]s<=1/16,%[1]s*4,IF(%[1]s<=1/4,0.25+(%[1]s-1/16)*4/3,IF(%[1]s<=9/16,0.5+(%[1]s-1/4)*0.8,IF(%[1]s<=1,0.75+(%[1]s-9/16)*4/7,1)))),"")`, r)
}

// totalRow sums up a bidder's project: unknown where no indicator counts, and 0 where the
// evidence is insufficient and the document says so.
func (b *book) totalRow(g *grid, p model.ProjectResult, x, now model.ProjectScore, first int) int {
	n := len(g.rows) + 1
	sum, weight := "0", "0"
	if n > first {
		sum = fmt.Sprintf("SUM(%s:%s)", at(pointsColumn, first), at(pointsColumn, n-1))
		weight = fmt.Sprintf("SUM(%s:%s)", at(weightColumn, first), at(weightColumn, n-1))
	}
	if x.Insufficient != "" {
		sum = fmt.Sprintf(`IF(%s="%s",0,%s)`, b.weights.cell(changeColumn, b.weights.effect), b.l.T("zero"), sum)
	}
	known := 0.0 // the weights of what counts sum to 1
	if len(now.Values) > 0 {
		known = 1
	}
	evidence := ""
	if x.Insufficient != "" {
		evidence = b.l.T("insufficient")
	}
	var acts any = x.Acts
	if p.Read == 0 { // nothing of it was mined
		acts = b.unknown()
	}
	return g.add(text(p.ID).as(sumLook), text(x.Bidder).as(sumLook), text(b.names[x.Bidder]).as(sumLook), cell{value: b.l.T("project"), look: sumLook}, cell{look: sumLook},
		cell{value: evidence, look: sumLook}, cell{look: sumLook}, num(acts, sumCount), cell{look: sumLook}, cell{look: sumLook}, cell{look: sumLook},
		live(weight, known).as(sumPercent),
		live(fmt.Sprintf(`IF(%s=0,"%s",%s)`, at(weightColumn, n), b.unknown(), sum), b.orUnknown(now.Score)).as(sumPoints),
		num(b.orUnknown(x.Score), sumPoints),
		live(difference(at(pointsColumn, n), at(wasColumn, n), 6), change(now.Score, x.Score, 6)).as(sumChange),
		text(b.say(x.Insufficient)).as(sumLook))
}

// orUnknown is a figure, or the word for one that is not known.
func (b *book) orUnknown(x *float64) any {
	if x == nil {
		return b.unknown()
	}
	return *x
}

// difference is the formula of what a figure changes, nothing where one is not known.
func difference(now, was string, decimals int) string {
	return fmt.Sprintf(`IF(ISNUMBER(%[1]s),IF(ISNUMBER(%[2]s),ROUND(%[1]s-%[2]s,%[3]d),""),"")`, now, was, decimals)
}

func change(now, was *float64, decimals int) any {
	if now == nil || was == nil {
		return ""
	}
	return rounded(*now-*was, decimals)
}
