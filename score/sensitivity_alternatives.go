package score

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// row is one thing changed, with what it makes of every bidder.
type row struct {
	group, name, change string
	scores              [][]float64 // by bidder and lot; NaN where none is known
}

// scoresOf scores records.
func (s *study) scoresOf(records []*record, p *plan) [][]float64 {
	all := make([][]float64, len(records))
	for b, r := range records {
		all[b] = make([]float64, len(s.lots))
		s.scores(r, p, nil, all[b])
	}
	return all
}

// rowOf scores the ledgers of all projects with all choices as they are.
func (s *study) rowOf(group, name, change string, ledgers map[string]*Ledger) row {
	p := s.plan(s.official(valuesOf(Assumptions()))) // no draw: nothing assumed is used
	return row{group, name, change, s.scoresOf(s.records(merged(ledgers), s.cutoffs[0]), p)}
}

// choices are the rows of what the buyer could have chosen otherwise.
func (s *study) choices(a assumed) (list []row) {
	add := func(group, name, change string, c choice) {
		list = append(list, row{group, name, change, s.scoresOf(s.own[c.window], s.plan(c))})
	}
	for _, p := range model.Pillars() {
		for _, by := range []float64{-a[assumeWeights], a[assumeWeights]} {
			if s.tender.Weights[p.Name] > 0 {
				add("pillar", string(p.Name), fmt.Sprintf("%+.4g %%", by*100), s.reweighed(a, p.Name, "", 1+by))
			}
		}
	}
	for i, m := range metrics {
		if s.counts(i) {
			add("indicator", fmt.Sprintf("%s: %s", m.Pillar, m.Indicator), "off", s.reweighed(a, m.Pillar, m.Indicator, 0))
		}
	}
	for _, by := range []float64{1 / a[assumeThresholds], a[assumeThresholds]} {
		c := s.official(a)
		for i := range c.factors {
			c.factors[i] = by
		}
		add("threshold", "all", fmt.Sprintf("× %.4g", by), c)
	}
	for w, months := range s.windows {
		if c := s.official(a); w > 0 {
			c.window = w
			add("window", "last months", fmt.Sprintf("%d of %d", months, s.windows[0]), c)
		}
	}
	c := s.official(a)
	c.geometric = true
	add("mean", "between pillars", "geometric", c)
	return list
}

// counts reports whether a metric has a weight in some project.
func (s *study) counts(metric int) bool {
	return slices.ContainsFunc(s.projects, func(p studied) bool { return p.t[metric] > 0 })
}

// reweighed is the official choice with the weight of a pillar, or of one of its
// indicators, multiplied.
func (s *study) reweighed(a assumed, p model.Pillar, i model.Indicator, by float64) choice {
	c := s.official(a)
	pillars, indicators := copyWeights(s.tender)
	if i == "" {
		pillars[p] *= by
	} else {
		indicators[p][i] *= by
	}
	c.weigh(pillars, indicators)
	return c
}

// contestedRows give contested people to either side, as judged.
func contestedRows(s *study, e *evaluation) (list []row) {
	sides := map[string]bool{}
	for _, all := range e.contested {
		for key := range all {
			sides[key] = true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(sides)) {
		for _, vendor := range strings.Split(key, "\n") {
			ledgers := maps.Clone(e.ledgers)
			for project, all := range e.contested {
				if l := all[key][vendor]; l != nil {
					ledgers[project] = l
				}
			}
			list = append(list, s.rowOf("contested", strings.ReplaceAll(key, "\n", ", "), "all to "+vendor, ledgers))
		}
	}
	return list
}

// movedRows give contested people to either side in the ledger.
func (s *study) movedRows() (list []row) {
	sides := map[string]bool{}
	for c := range s.scorer.ledger.Cells {
		if c.contested() && len(concerned(s.tender, strings.Split(c.Claimed, "\n"))) > 0 {
			sides[c.Claimed] = true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(sides)) {
		for _, vendor := range strings.Split(key, "\n") {
			moved := &Ledger{}
			for c, a := range s.scorer.ledger.Cells {
				if c.contested() && c.Claimed == key {
					c.Vendor = vendor
				}
				moved.add(c, a)
			}
			list = append(list, s.rowOf("contested", strings.ReplaceAll(key, "\n", ", "), "all to "+vendor, map[string]*Ledger{"": moved}))
		}
	}
	return list
}

// contested reports whether vendors claim what is in the cell with equal evidence.
func (c Cell) contested() bool { return c.Vendor == "" && c.Claimed != "" && c.Level != "" }

// first returns the bidders with the most points in a lot, sorted; none where no score is
// known.
func (s *study) first(lot int, scores [][]float64) (list []string) {
	most := int64(none)
	for b := range s.bidders {
		p := s.pointsOf(lot, b, scores)
		if p > most {
			most, list = p, nil
		}
		if p == most && p != none {
			list = append(list, s.bidder(b).ID)
		}
	}
	return list // bidders are sorted
}

// pointsOf returns a bidder's hundredths of points, none where it does not bid for the lot.
func (s *study) pointsOf(lot, b int, scores [][]float64) int64 {
	if !s.lots[lot].bids[b] {
		return none
	}
	return s.lots[lot].orNone(scores[b][lot])
}

// alternative says what a row makes of a lot.
func (s *study) alternative(lot int, r model.LotResult, x row, official [][]float64, first []string) model.Alternative {
	alt := model.Alternative{Group: x.group, Name: x.name, Change: x.change}
	for _, st := range r.Standings {
		b := s.place(st.Bidder)
		if b < 0 {
			continue
		}
		m := model.Moved{Bidder: st.Bidder}
		if score := x.scores[b][lot]; !math.IsNaN(score) && st.Score != nil {
			m.Score, m.Change = rounded(score), rounded(score-official[b][lot])
		}
		alt.Scores = append(alt.Scores, m)
		if s.reaches(s.pointsOf(lot, b, x.scores)) != s.reaches(s.pointsOf(lot, b, official)) {
			alt.Meets = append(alt.Meets, st.Bidder)
		}
	}
	if ranked(s.tender) {
		alt.First = s.first(lot, x.scores)
		if len(first) > 0 && len(alt.First) > 0 {
			changes := !slices.Equal(alt.First, first)
			alt.FirstChanges = &changes
		}
	}
	return alt
}

// reaches reports whether points reach the tender's minimum, where it asks for one.
func (s *study) reaches(points int64) bool {
	return s.tender.Mode == model.Selection && s.tender.MinimumPoints > 0 && points != none && float64(points)/100 >= s.tender.MinimumPoints
}
