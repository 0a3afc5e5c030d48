package page

import (
	"cmp"
	"slices"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// footprints shows what every bidder did in every project, and what it makes.
func (b *builder) footprints(d Data) part {
	r := d.Ranking
	p := part{ID: "footprints", Title: b.l.T("Footprints by project and pillar")}
	p.Blocks = append(p.Blocks, block{Text: &said{Text: b.l.T("Each value is held against a threshold T. From r = value / T a table that is the same for all gives n between 0 and 1; n times the weight gives points of the 100 of a project.")}},
		b.legend(b.l.T("The bars show the score of 100, made of:")))
	room := min(max(3, mostTables/max(1, len(r.Projects))), mostEach)
	for _, x := range r.Projects {
		shown := best(x, room)
		p.Blocks = append(p.Blocks, block{Heading: clip(x.ID, mostName)}, block{Text: &said{Text: b.projectText(x)}},
			block{Table: b.projectScores(x, shown)})
		p.Blocks = append(p.Blocks, b.missed(shown)...)
		p.Blocks = append(p.Blocks, block{Table: b.indicators(x, shown, d.linked)})
		p.Blocks = append(p.Blocks, b.notScored(x)...)
	}
	return p
}

// linked reports whether the page can show the acts behind a bidder's figures.
func (d Data) linked(bidder string) bool {
	return d.Evidence != nil && (d.Only == "" || d.Only == bidder)
}

// best returns so many of a project's bidders, the highest scores first.
func best(p model.ProjectResult, most int) []model.ProjectScore {
	list := slices.Clone(p.Scores)
	slices.SortStableFunc(list, func(a, b model.ProjectScore) int {
		switch {
		case a.Score == nil || b.Score == nil:
			return cmp.Compare(known(b.Score), known(a.Score))
		}
		return cmp.Compare(*b.Score, *a.Score)
	})
	return list[:min(len(list), most)]
}

func known(x *float64) int {
	if x == nil {
		return 0
	}
	return 1
}

// projectText says what the figures of a project rest on.
func (b *builder) projectText(p model.ProjectResult) string {
	s := b.l.T("%s acts were read and %s counted, by %s people.", b.count(p.Read), b.count(p.Counted), b.count(int64(p.People)))
	if p.UnknownShare == nil {
		return s
	}
	return s + " " + b.l.T("%s of the changes are by people of unknown affiliation, who stay in every denominator.", b.l.T("%s %%", b.l.Number(float64(*p.UnknownShare*100), 0)))
}

// projectScores is the table of a project's scores by pillar.
func (b *builder) projectScores(p model.ProjectResult, shown []model.ProjectScore) *table {
	columns := []cell{text(b.l.T("Bidder")), num(b.l.T("Score of 100")), unseen(b.l.T("Bar of the score"))}
	for _, x := range pillars {
		columns = append(columns, num(b.pillar(x.name)))
	}
	columns = append(columns, num(b.l.T("Acts")), num(b.l.T("Months")), num(b.l.T("People")), text(b.l.T("Minimum evidence")))
	t := b.newTable(b.l.T("Scores in %s by pillar", clip(p.ID, mostName)), columns...)
	for _, x := range shown {
		parts, total := pillarsOf(x), num(b.maybe(x.Score, 2))
		total.Strong = true
		row := []cell{head(b.bidder(x.Bidder)), total, barred(barOf(parts, x.Score))}
		for _, v := range parts {
			row = append(row, num(b.pillarFigure(x.Score, v, 1)))
		}
		for _, n := range []int64{x.Acts, int64(x.Months), int64(x.People)} {
			row = append(row, num(b.counted(x.Score, n)))
		}
		t.add(append(row, text(b.enough(x)))...)
	}
	t.Note = b.leftOut(len(shown), len(p.Scores))
	return t
}

// enough says whether the minimum evidence is reached.
func (b *builder) enough(x model.ProjectScore) string {
	switch {
	case x.Insufficient != "":
		return b.l.T("missed")
	case x.Score == nil:
		return b.words["unknown"]
	}
	return b.l.T("reached")
}

// missed says what the bidders lack of the minimum evidence.
func (b *builder) missed(shown []model.ProjectScore) []block {
	var list []said
	for _, x := range shown {
		if x.Insufficient != "" {
			s := b.say(x.Insufficient)
			s.Text = b.l.T("Minimum evidence of %s: %s", b.bidder(x.Bidder), s.Text)
			list = append(list, s)
		}
	}
	if list == nil {
		return nil
	}
	return []block{{List: list}}
}

// indicators is the table of all that was measured in a project.
func (b *builder) indicators(p model.ProjectResult, shown []model.ProjectScore, linked func(bidder string) bool) *table {
	t := b.newTable(b.l.T("Indicators in %s by bidder", clip(p.ID, mostName)), text(b.l.T("Indicator")), num(b.l.T("Acts")), num(b.l.T("Value")),
		num(b.l.T("Threshold T")), num("r"), num("n"), num(b.l.T("Weight")), num(b.l.T("Points")))
	for _, x := range shown {
		t.group(b.bidder(x.Bidder), b.labelled(b.l.T("Score of 100"), b.maybe(x.Score, 2)))
		for _, v := range x.Values {
			i := indicatorOf(p, v)
			acts := num(b.count(v.Acts))
			if linked(x.Bidder) && v.Acts > 0 {
				acts.Link = filterOf(p.ID, x.Bidder, creditedBy(v))
			}
			t.add(head(b.indicatorOf(v.Pillar, v.Indicator)), acts, num(b.number(v.Value, 2)), num(b.threshold(i)), num(b.number(v.R, 4)),
				num(b.number(v.N, 4)), num(b.l.T("%s %%", b.number(float64(i.Weight*100), 2))), num(b.l.Number(v.Points, 2)))
		}
	}
	return t
}

// creditedBy returns the indicator whose credits a measurement is made of: months are those of
// changes and reviews.
func creditedBy(v model.Measurement) model.Indicator {
	for _, m := range score.Metrics() {
		if m.Pillar == v.Pillar && m.Indicator == v.Indicator {
			return m.Of
		}
	}
	return v.Indicator
}

func indicatorOf(p model.ProjectResult, v model.Measurement) model.IndicatorResult {
	for _, i := range p.Indicators {
		if i.Pillar == v.Pillar && i.Indicator == v.Indicator {
			return i
		}
	}
	return model.IndicatorResult{}
}

func (b *builder) threshold(i model.IndicatorResult) string {
	if i.T == 0 {
		return "–"
	}
	if i.Proposed {
		return b.l.T("%s (proposed)", b.number(i.T, 2))
	}
	return b.number(i.T, 2)
}

// notScored says which indicators were dropped for all, which are known in part, and why.
func (b *builder) notScored(p model.ProjectResult) []block {
	var list []said
	proposed := false
	for _, i := range p.Indicators {
		s := b.say(i.Reason)
		switch name := b.indicatorOf(i.Pillar, i.Indicator); {
		case i.Reason == score.Weightless:
			continue // the document says so itself
		case i.Weight == 0 && i.Reason == "":
			s.Text = b.l.T("%s: dropped for all bidders", name)
		case i.Weight == 0:
			s.Text = b.l.T("%s: dropped for all bidders, because: %s", name, s.Text)
		case i.State == model.Partial:
			s.Text = b.l.T("%s: known in part: %s", name, s.Text)
		default:
			proposed = proposed || i.Proposed
			continue
		}
		proposed = proposed || i.Proposed
		list = append(list, s)
	}
	var blocks []block
	if proposed {
		blocks = append(blocks, block{Text: &said{Text: b.l.T("Proposed thresholds are not in the document: they were taken from the project’s own activity, as calibration does.")}})
	}
	if len(list) > 0 {
		blocks = append(blocks, block{List: list})
	}
	return blocks
}
