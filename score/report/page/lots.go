package page

import (
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// mostColumns is the number of projects of a lot that stand as columns beside the ranking;
// of more, the footprints tell.
const mostColumns = 4

// lots is the ranking.
func (b *builder) lots(r *model.Ranking) part {
	p := part{ID: "ranking", Title: b.l.T("Ranking")}
	if ranked(r) {
		p.Blocks = append(p.Blocks, b.legend(b.l.T("The bars show points, made of:")))
	}
	for _, lot := range r.Lots {
		p.Blocks = append(p.Blocks, block{Heading: b.lotTitle(lot.ID, lot.Title)})
		p.Blocks = append(p.Blocks, block{Text: &said{Text: b.lotText(lot)}})
		for _, w := range lot.Projects {
			if w.Missing != "" {
				s := b.say(w.Missing)
				s.Text = b.l.T("%s could not be scored: %s", clip(w.Project, mostName), s.Text)
				p.Blocks = append(p.Blocks, block{Text: &s})
			}
		}
		p.Blocks = append(p.Blocks, block{Table: b.standings(r, lot)})
	}
	return p
}

// legend explains the three parts of all bars of a page.
func (b *builder) legend(title string) block {
	list := []legend{{Text: title}}
	for _, x := range pillars {
		list = append(list, legend{x.class, b.pillar(x.name)})
	}
	return block{Legend: list}
}

type legend struct{ Class, Text string }

func (b *builder) lotTitle(id, title string) string {
	if title = clip(title, mostName); title == "" {
		return b.l.T("Lot %s", clip(id, mostName))
	}
	return b.l.T("Lot %s: %s", clip(id, mostName), title)
}

func (b *builder) lotText(lot model.LotResult) string {
	var list []string
	for _, w := range lot.Projects {
		if w.Missing == "" {
			list = append(list, clip(w.Project, mostName)+" "+b.l.T("%s %%", b.number(float64(w.Weight*100), 2)))
		}
	}
	if list == nil {
		return b.l.T("A full score gives %s points. Nothing of this lot could be scored.", b.number(lot.Points, 2))
	}
	return b.l.T("A full score gives %s points. Weights of the projects: %s.", b.number(lot.Points, 2), strings.Join(list, ", "))
}

// standings is the table of a lot.
func (b *builder) standings(r *model.Ranking, lot model.LotResult) *table {
	shows, minimum := ranked(r), r.Mode == model.Selection && r.MinimumPoints > 0
	var projects []model.Weighted
	if list := weightsOf(lot); shows && len(list) > 1 && len(list) <= mostColumns {
		projects = list
	}
	t := b.newTable(b.l.T("Standing of the bidders in lot %s", clip(lot.ID, mostName)), b.standingsHead(shows, minimum, projects)...)
	t.Hidden = true
	shown := lot.Standings[:min(len(lot.Standings), mostListed)]
	marked := false
	for _, s := range shown {
		marked = marked || len(s.Insufficient) > 0
		t.add(b.standing(r, lot, s, shows, minimum, projects)...)
	}
	t.Note = b.leftOut(len(shown), len(lot.Standings))
	if marked {
		t.Note = strings.TrimSpace(b.l.T("* Less than the minimum evidence in at least one project; see the footprints.") + " " + t.Note)
	}
	return t
}

func (b *builder) standingsHead(shows, minimum bool, projects []model.Weighted) []cell {
	var list []cell
	if shows {
		list = append(list, num(b.l.T("Rank")))
	}
	list = append(list, text(b.l.T("Bidder")))
	if shows {
		list = append(list, num(b.l.T("Points")), unseen(b.l.T("Bar of the points")))
		for _, x := range pillars {
			list = append(list, num(b.pillar(x.name)))
		}
		list = append(list, num(b.l.T("Score of 100")))
	}
	for _, w := range projects {
		list = append(list, num(clip(w.Project, 40)))
	}
	if minimum {
		list = append(list, text(b.l.T("Minimum")))
	}
	return append(list, num(b.l.T("People")))
}

func (b *builder) standing(r *model.Ranking, lot model.LotResult, s model.Standing, shows, minimum bool, projects []model.Weighted) []cell {
	name := head(b.bidder(s.Bidder))
	if len(s.Insufficient) > 0 {
		name.Mark = "*"
	}
	var row []cell
	if shows {
		rank := num(b.words["unknown"])
		if s.Rank > 0 {
			rank = num(strconv.Itoa(s.Rank))
		}
		row = append(row, rank)
	}
	row = append(row, name)
	if shows {
		points := num(b.maybe(s.Points, 2))
		points.Strong = true
		parts := b.pillarPoints(r, lot, s.Bidder)
		row = append(row, points, barred(barOf(parts, s.Score)))
		for _, x := range parts {
			row = append(row, num(b.pillarFigure(s.Points, x, lot.Points/100)))
		}
		row = append(row, num(b.maybe(s.Score, 2)))
	}
	for _, w := range projects {
		row = append(row, num(b.maybe(r.ProjectScore(w.Project, s.Bidder), 2)))
	}
	if minimum {
		row = append(row, text(b.meets(s.Meets)))
	}
	return append(row, num(b.counted(s.Score, int64(s.People))))
}

// counted writes how many there are, where a score is known or any were found: otherwise nobody
// could look, which is not 0.
func (b *builder) counted(score *float64, n int64) string {
	if score == nil && n == 0 {
		return b.words["unknown"]
	}
	return b.count(n)
}

func (b *builder) meets(x *bool) string {
	switch {
	case x == nil:
		return b.words["unknown"]
	case *x:
		return b.l.T("met")
	}
	return b.l.T("missed")
}

// figures are what each pillar gives of a score of 100; nil where none of its indicators is
// scored, which is not the same as 0.
type figures [len(pillars)]*float64

// pillarFigure writes what a pillar gives of a figure that may be unknown.
func (b *builder) pillarFigure(whole, x *float64, scale float64) string {
	switch {
	case whole == nil:
		return b.words["unknown"]
	case x == nil:
		return b.l.T("not scored")
	}
	return b.l.Number(float64(*x*scale), 2)
}

// pillarPoints returns what each pillar gives of a bidder's score in a lot, of 100.
func (b *builder) pillarPoints(r *model.Ranking, lot model.LotResult, bidder string) (sum figures) {
	for _, w := range lot.Projects {
		for _, p := range r.Projects {
			if p.ID != w.Project {
				continue
			}
			for _, x := range p.Scores {
				if x.Bidder == bidder {
					for i, v := range pillarsOf(x) {
						if v != nil {
							sum[i] = plus(sum[i], float64(*v*w.Weight))
						}
					}
				}
			}
		}
	}
	return sum
}

// pillarsOf returns what each pillar gives of a bidder's score in a project, of 100. Where the
// score was set to 0 for want of evidence, so is each of them.
func pillarsOf(x model.ProjectScore) (sum figures) {
	if x.Score == nil {
		return sum
	}
	all := 0.0
	for _, v := range x.Values {
		all += v.Points
		for i, p := range pillars {
			if p.name == v.Pillar {
				sum[i] = plus(sum[i], v.Points)
			}
		}
	}
	if *x.Score == 0 && all > 0 {
		for i := range sum {
			if sum[i] != nil {
				*sum[i] = 0
			}
		}
	}
	return sum
}

func plus(sum *float64, x float64) *float64 {
	if sum != nil {
		x += *sum
	}
	return &x
}

// barOf draws parts of 100; nil where the score is unknown.
func barOf(parts figures, score *float64) *bar {
	if score == nil {
		return nil
	}
	x, list := 0.0, []segment(nil)
	for i, w := range parts {
		if w != nil && *w > 0 {
			list = append(list, segment{X: share(x), W: share(*w), Y: "0", H: "10", Class: pillars[i].class})
			x += *w
		}
	}
	return &bar{Parts: list}
}
