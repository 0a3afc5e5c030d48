package document

import (
	"cmp"
	"math"
	"slices"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// part is what one indicator of one project brings in a lot, in points of the lot: to the
// bidder, to the one it is compared with, and at most.
type part struct {
	project   string
	metric    score.Metric
	t         float64 // the threshold
	own, best reached
	most      float64
	// zeroed says that it is no indicator: what a bidder loses in the project because its
	// evidence is less than the minimum.
	zeroed bool
}

// reached is what a bidder has of a part.
type reached struct{ value, points float64 }

// behind is how many points the bidder lacks against the other one.
func (p part) behind() float64 { return p.best.points - p.own.points }

// partsOf takes the points of a lot apart. The parts of each bidder add up to its points,
// but for the rounding of these. Other may be "".
func partsOf(r *model.Ranking, lot model.LotResult, own, other string) (list []part) {
	metrics := score.Metrics()
	for _, w := range lot.Projects {
		at := slices.IndexFunc(r.Projects, func(p model.ProjectResult) bool { return p.ID == w.Project })
		if at < 0 || w.Weight == 0 {
			continue
		}
		p := r.Projects[at]
		scale := float64(w.Weight*lot.Points) / 100
		mine, theirs := scoreOf(p, own), scoreOf(p, other)
		for _, i := range p.Indicators {
			m := slices.IndexFunc(metrics, func(m score.Metric) bool { return m.Pillar == i.Pillar && m.Indicator == i.Indicator })
			if i.Weight == 0 || m < 0 {
				continue
			}
			list = append(list, part{project: p.ID, metric: metrics[m], t: i.T, most: float64(100 * i.Weight * scale),
				own: reachedIn(mine, i, scale), best: reachedIn(theirs, i, scale)})
		}
		if r.Terms != nil && r.Terms.Minimum.Effect == model.Zero && (mine.Insufficient != "" || theirs.Insufficient != "") {
			list = append(list, part{project: p.ID, zeroed: true, own: lost(list, p.ID, mine, func(x part) reached { return x.own }),
				best: lost(list, p.ID, theirs, func(x part) reached { return x.best })})
		}
	}
	return list
}

func scoreOf(p model.ProjectResult, bidder string) model.ProjectScore {
	for _, x := range p.Scores {
		if x.Bidder == bidder {
			return x
		}
	}
	return model.ProjectScore{}
}

func reachedIn(x model.ProjectScore, i model.IndicatorResult, scale float64) reached {
	for _, v := range x.Values {
		if v.Pillar == i.Pillar && v.Indicator == i.Indicator {
			return reached{v.Value, float64(v.Points * scale)}
		}
	}
	return reached{}
}

// lost is what a project's parts bring, taken away, where the evidence is insufficient.
func lost(list []part, project string, x model.ProjectScore, of func(part) reached) reached {
	var sum float64
	for _, p := range list {
		if p.project == project && x.Insufficient != "" {
			sum -= of(p).points
		}
	}
	return reached{points: sum}
}

// largest returns at most three parts in which a bidder lacks most, the most first. By
// how much decides to a billionth of a point, then the order of the parts.
func largest(list []part, lacks func(part) float64) []part {
	kept := slices.DeleteFunc(slices.Clone(list), func(p part) bool { return hundredths(lacks(p)) <= 0 })
	slices.SortStableFunc(kept, func(a, b part) int {
		return cmp.Compare(math.Round(float64(lacks(b)*1e9)), math.Round(float64(lacks(a)*1e9)))
	})
	return kept[:min(3, len(kept))]
}

// hundredths is a number of points as it is printed, in hundredths. What is computed on
// different ways may differ in its last bits, which a middle must not hang on.
func hundredths(x float64) int64 { return int64(math.Round(math.Round(float64(x*1e11)) / 1e9)) }

// printed is a number of points as it is printed.
func printed(x float64) float64 { return float64(hundredths(x)) / 100 }

// standingOf returns a bidder's result in a lot, nil where it does not bid for it.
func standingOf(lot model.LotResult, bidder string) *model.Standing {
	for i := range lot.Standings {
		if lot.Standings[i].Bidder == bidder {
			return &lot.Standings[i]
		}
	}
	return nil
}

// first returns the bidders of rank 1.
func first(lot model.LotResult) (list []model.Standing) {
	for _, s := range lot.Standings {
		if s.Rank == 1 {
			list = append(list, s)
		}
	}
	return list
}
