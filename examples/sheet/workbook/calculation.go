package workbook

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// Columns of the first table of the calculation.
const (
	scoreColumn = 4 + iota
	lotPointsColumn
	rankColumn
	placeColumn
	meetsColumn
	firstPillarColumn // and two more
	_
	_
	wasRankColumn
	wasPointsColumn
	wasMeetsColumn
	evidenceColumn
)

// Columns of the second one.
const (
	partWeightColumn = 5 + iota
	partScoreColumn
	partColumn
	_
	partPillarColumn // and two more
)

// lotRows says where a lot's bidders stand in the calculation: first to last, by their names,
// as score breaks ties.
type lotRows struct {
	lot         model.LotResult
	now         model.LotResult
	bidders     []model.Standing // of the document, by bidder
	first, last int
	sheet       string
}

// column names the cells of a column of the lot from another sheet.
func (l lotRows) column(c int) string { return l.sheet + span(c, l.first, l.last) }

// calculationSheet adds up the projects' scores to the lots', and ranks the bidders. The
// table of parts stands below the one that uses it.
func (b *book) calculationSheet() *grid {
	g := &grid{name: b.l.T("Calculation"), widths: []float64{10, 15, 24, 15, 11, 11, 12, 23, 12, 12, 13, 12, 12, 23, 26}}
	b.top(g, true, b.l.T("How the scores of the projects become points: the first table ranks, the second one shows what each project adds. Bidders stand by their short names here."))
	g.heads = b.columns(g, "lot", "bidder", "name", "score", "points", "rank", "place", "minimum", "commits", "reviews", "maintenance", "rank in the document", "points in the document", "minimum in the document", "evidence")
	b.planLots(len(g.rows)+1, quoted(g.name))
	parts := b.planParts(len(g.rows))
	for i := range b.lots {
		for k := range b.lots[i].bidders {
			b.standingRow(g, &b.lots[i], k, parts)
		}
	}
	if n := len(g.rows); n > g.heads {
		g.filter = fmt.Sprintf("%s:%s", at(1, g.heads), at(g.width(), n))
	}
	b.section(g, b.l.T("What each project adds"), "lot", "bidder", "name", "project", "weight", "score", "part of the score", "", "commits", "reviews", "maintenance")
	for _, l := range b.lots {
		for _, s := range l.bidders {
			b.partRows(g, l, s.Bidder)
		}
	}
	return g
}

// planLots says where the bidders of each lot will stand.
func (b *book) planLots(next int, sheet string) {
	for i, lot := range b.official.Lots {
		l := lotRows{lot: lot, now: b.live.Lots[i], sheet: sheet, first: next, bidders: slices.Clone(b.best(lot))}
		slices.SortFunc(l.bidders, func(x, y model.Standing) int { return cmp.Compare(x.Bidder, y.Bidder) })
		next += len(l.bidders)
		l.last = next - 1
		b.lots = append(b.lots, l)
	}
}

// planParts says where the parts of each lot and bidder will begin, after so many rows and
// those of the bidders.
func (b *book) planParts(rows int) map[[2]string]int {
	next := rows + sectionRows + 1
	for _, l := range b.lots {
		next += len(l.bidders)
	}
	parts := map[[2]string]int{}
	for _, l := range b.lots {
		for _, s := range l.bidders {
			parts[[2]string{l.lot.ID, s.Bidder}] = next
			next += len(l.lot.Projects)
		}
	}
	return parts
}

// standingOf returns a bidder's standing in a lot.
func standingOf(lot model.LotResult, bidder string) model.Standing {
	for _, s := range lot.Standings {
		if s.Bidder == bidder {
			return s
		}
	}
	return model.Standing{Bidder: bidder}
}

// standingRow writes a bidder's result in a lot.
func (b *book) standingRow(g *grid, l *lotRows, k int, parts map[[2]string]int) {
	n := len(g.rows) + 1
	was := l.bidders[k]
	now := standingOf(l.now, was.Bidder)
	first, count := parts[[2]string{l.lot.ID, was.Bidder}], len(l.lot.Projects)
	sum := func(column int) string {
		if count == 0 {
			return "0"
		}
		return "SUM(" + span(column, first, first+count-1) + ")"
	}
	points := b.weights.cell(changeColumn, b.weights.lots[l.lot.ID])
	row := []cell{text(l.lot.ID), text(was.Bidder), text(was.Name),
		live(fmt.Sprintf(`IF(%s=0,"%s",%s)`, sum(partWeightColumn), b.unknown(), sum(partColumn)), b.orUnknown(now.Score)).as(partLook),
		// Twice, as the engine rounds the decimals that a number has and not its binary form.
		live(fmt.Sprintf(`IF(ISNUMBER(%[1]s),ROUND(ROUND(%[1]s/100*%[2]s,11),2),"%[3]s")`, at(scoreColumn, n), points, b.unknown()), b.orUnknown(now.Points)).as(pointsLook),
		b.rankCell(l, n, now), b.placeCell(l, k, n), b.meetsCell(n, now)}
	for i, p := range model.Pillars() {
		c := live(fmt.Sprintf(`IF(ISNUMBER(%s),%s/100*%s,"%s")`, at(scoreColumn, n), sum(partPillarColumn+i), points, b.unknown()),
			b.pillarPoints(b.live, l.now, now, p.Name))
		if !b.counts(l.lot, p.Name) {
			c = cell{value: none}
		}
		row = append(row, c.as(pointsLook))
	}
	g.add(append(row, b.rankText(was.Rank), num(b.orUnknown(was.Points), pointsLook), text(b.meetsText(b.official, was)), text(b.evidence(was)))...)
}

func (b *book) rankCell(l *lotRows, n int, now model.Standing) cell {
	if !ranked(b.official) {
		return num(none, countLook)
	}
	return live(fmt.Sprintf(`IF(ISNUMBER(%[1]s),RANK(%[1]s,%[2]s,0),"%[3]s")`, at(lotPointsColumn, n), span(lotPointsColumn, l.first, l.last), none), b.rankText(now.Rank).value).as(countLook)
}

// rankText is a rank, or the sign for none.
func (b *book) rankText(rank int) cell {
	if rank == 0 {
		return num(none, countLook)
	}
	return num(rank, countLook)
}

// placeCell is the bidder's place on the sheet of the simulation: by rank, then by name, and
// those without a figure last.
func (b *book) placeCell(l *lotRows, k, n int) cell {
	if !ranked(b.official) {
		return num(k+1, countLook)
	}
	all, before := span(lotPointsColumn, l.first, l.last), fixed(lotPointsColumn, l.first)+":"+at(lotPointsColumn, n)
	f := fmt.Sprintf("IF(ISNUMBER(%[1]s),%[2]s+COUNTIF(%[3]s,%[1]s)-1,COUNT(%[4]s)+ROW()-%[5]d+1-COUNT(%[3]s))",
		at(lotPointsColumn, n), at(rankColumn, n), before, all, l.first)
	return live(f, slices.Index(b.places(l), l.bidders[k].Bidder)+1).as(countLook)
}

// places are the bidders in the order of the simulation.
func (b *book) places(l *lotRows) []string {
	var list []model.Standing
	for _, s := range l.bidders {
		list = append(list, standingOf(l.now, s.Bidder))
	}
	if ranked(b.official) {
		slices.SortStableFunc(list, func(x, y model.Standing) int { return -compareFigures(x.Points, y.Points) })
	}
	names := make([]string, len(list))
	for i, s := range list {
		names[i] = s.Bidder
	}
	return names
}

// compareFigures puts what is not known below all that is.
func compareFigures(x, y *float64) int {
	value := func(p *float64) float64 {
		if p == nil {
			return -1
		}
		return *p
	}
	return cmp.Compare(value(x), value(y))
}

// meetsCell says whether the points reach the minimum.
func (b *book) meetsCell(n int, now model.Standing) cell {
	if !hasMinimum(b.official) {
		return text(none)
	}
	minimum := b.weights.cell(changeColumn, b.weights.minimum)
	return live(fmt.Sprintf(`IF(%[1]s>0,IF(ISNUMBER(%[2]s),IF(%[2]s>=%[1]s,"%[3]s","%[4]s"),"%[5]s"),"%[6]s")`,
		minimum, at(lotPointsColumn, n), b.l.T("meets"), b.l.T("does not meet"), b.unknown(), none), b.meetsText(b.live, now))
}

func (b *book) meetsText(r *model.Ranking, s model.Standing) string {
	switch {
	case !hasMinimum(r) || r.MinimumPoints == 0:
		return none
	case s.Meets == nil:
		return b.unknown()
	case *s.Meets:
		return b.l.T("meets")
	}
	return b.l.T("does not meet")
}

// evidence says in which projects the evidence is insufficient.
func (b *book) evidence(s model.Standing) string {
	switch {
	case s.Score == nil:
		return b.unknown()
	case len(s.Insufficient) == 0:
		return b.l.T("sufficient")
	}
	return b.l.T("insufficient in %s", clean(strings.Join(s.Insufficient, ", ")))
}

// pillarPoints is a pillar's part of a bidder's points, before they are rounded.
func (b *book) pillarPoints(r *model.Ranking, lot model.LotResult, s model.Standing, pillar model.Pillar) any {
	switch {
	case !b.counts(lot, pillar):
		return none
	case s.Score == nil:
		return b.unknown()
	}
	var sum float64
	for _, w := range lot.Projects {
		sum += float64(w.Weight * pillarScore(r, w.Project, s.Bidder, pillar))
	}
	return sum / 100 * lot.Points
}

// counts reports whether anything of a pillar counts in any project of a lot. What could not be
// shown of anybody is not the same as 0 points.
func (b *book) counts(lot model.LotResult, pillar model.Pillar) bool {
	for _, p := range b.official.Projects {
		inLot := slices.ContainsFunc(lot.Projects, func(w model.Weighted) bool { return w.Project == p.ID })
		if inLot && slices.ContainsFunc(p.Indicators, func(i model.IndicatorResult) bool { return i.Pillar == pillar && i.Weight > 0 }) {
			return true
		}
	}
	return false
}

// pillarScore is a pillar's part of a bidder's score in a project; 0 where the whole is 0 for
// lack of evidence, or unknown.
func pillarScore(r *model.Ranking, project, bidder string, pillar model.Pillar) (sum float64) {
	for _, p := range r.Projects {
		if p.ID != project {
			continue
		}
		for _, x := range p.Scores {
			if x.Bidder != bidder || x.Score == nil || *x.Score == 0 {
				continue
			}
			for _, v := range x.Values {
				if v.Pillar == pillar {
					sum += v.Points
				}
			}
		}
	}
	return sum
}

// partRows writes what each project of a lot adds to a bidder's score.
func (b *book) partRows(g *grid, l lotRows, bidder string) {
	projects := quoted(b.l.T("Projects"))
	for k, w := range l.lot.Projects {
		n := len(g.rows) + 1
		at1 := b.projects[w.Project][bidder]
		total := projects + fixed(pointsColumn, at1.total)
		now := l.now.Projects[k]
		score := b.live.ProjectScore(w.Project, bidder)
		part := 0.0
		if score != nil {
			part = now.Weight * *score
		}
		row := []cell{text(l.lot.ID), text(bidder), text(b.names[bidder]), text(w.Project),
			live(b.weights.cell(usedColumn, b.weights.lotProjects[[2]string{l.lot.ID, w.Project}]), now.Weight).as(percentLook),
			live(total, b.orUnknown(score)).as(partLook),
			live(fmt.Sprintf("IF(%[1]s>0,%[1]s*%[2]s,0)", at(partWeightColumn, n), at(partScoreColumn, n)), part).as(partLook), {}}
		for _, p := range model.Pillars() {
			row = append(row, b.partPillar(projects, at1.pillars[p.Name], n, now.Weight*pillarScore(b.live, w.Project, bidder, p.Name)))
		}
		g.add(row...)
	}
}

// partPillar is what a pillar adds; rows are those of its indicators, none where nothing of it
// counts.
func (b *book) partPillar(projects string, rows [2]int, n int, value float64) cell {
	if rows[0] == 0 {
		return num(none, partLook)
	}
	return live(fmt.Sprintf("IF(ISNUMBER(%[1]s),IF(%[1]s=0,0,%[2]s*SUM(%[3]s%[4]s)),0)", at(partScoreColumn, n), at(partWeightColumn, n),
		projects, span(pointsColumn, rows[0], rows[1])), value).as(partLook)
}

// rounded rounds half away from zero, as spreadsheets do.
func rounded(x float64, decimals int) float64 {
	near, _ := new(big.Rat).SetString(fmt.Sprintf("%.*f", decimals+9, x))
	y, _ := new(big.Rat).SetString(near.FloatString(decimals))
	f, _ := y.Float64()
	return f
}
