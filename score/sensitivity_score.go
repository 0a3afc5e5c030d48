package score

import (
	"math"

	"github.com/tributary-oss/tributary/model"
)

// choice is one way of scoring: what a buyer may choose.
type choice struct {
	weights   [len(metrics)]float64 // as [scorer.weight] gives them
	factors   [len(metrics)]float64 // of the thresholds, windows aside
	window    int                   // place in the windows
	geometric bool
	offset    float64 // of the geometric mean
}

// official is the choice of the tender.
func (s *study) official(a assumed) choice {
	c := choice{offset: a[assumeOffset]}
	for i, m := range metrics {
		c.weights[i], c.factors[i] = s.scorer.weight(m), 1
	}
	return c
}

// weigh takes the weights of other pillars and indicators.
func (c *choice) weigh(pillars map[model.Pillar]float64, indicators map[model.Pillar]map[model.Indicator]float64) {
	other := &scorer{tender: &model.Tender{Weights: pillars, Indicators: indicators}}
	for i, m := range metrics {
		c.weights[i] = other.weight(m)
	}
}

// plan is a choice worked out for each project.
type plan struct {
	choice
	projects []planned
}

// planned holds what a project's score is made with: thresholds, and weights that sum to 1
// over what counts, or are all 0.
type planned struct {
	t, weights [len(metrics)]float64
	pillars    [pillarCount]float64
	known      bool
}

const pillarCount = 3

func (s *study) plan(c choice) *plan {
	p := &plan{c, make([]planned, len(s.projects))}
	shorter := float64(s.windows[c.window]) / float64(s.windows[0])
	for i := range s.projects {
		x, to := &s.projects[i], &p.projects[i]
		var sum float64
		for m, t := range x.t {
			if t > 0 {
				to.weights[m] = c.weights[m]
				sum += c.weights[m]
				to.t[m] = float64(float64(t*c.factors[m]) * shorter)
			}
			if t > 0 && s.measures[m].months {
				to.t[m] = float64(s.windows[c.window])
			}
		}
		to.known = sum > 0
		for m := range to.weights {
			if sum > 0 {
				to.weights[m] /= sum
			}
			to.pillars[s.measures[m].pillar] += to.weights[m]
		}
	}
	return p
}

// reach is the part of the facts that the sources are taken to show, by slot: what is
// measured is divided by it. nil is all.
type reach []float64

// scored returns n of each indicator of a project.
func (s *study) scored(r *record, project int, p *plan, shown reach) (n [len(metrics)]float64) {
	at := project * len(s.bases)
	for m := range s.measures {
		x := &s.measures[m]
		t := p.projects[project].t[m]
		if t == 0 {
			continue
		}
		slot := at + x.base
		value := float64(r.credit[slot]) / model.Whole
		if x.months {
			value = float64(ones(r.months[slot*s.words : (slot+1)*s.words]))
		}
		if shown != nil {
			value /= shown[slot]
		}
		if x.months {
			n[m] = min(1, value/t)
		} else {
			n[m] = curved(value / t)
		}
	}
	return n
}

// project returns a score in [0,100]. A project of which nothing counts is not asked.
func (s *study) project(r *record, project int, p *plan, shown reach) float64 {
	if s.tender.Minimum.Effect == model.Zero && !s.enough(r, project, p.window) {
		return 0
	}
	n := s.scored(r, project, p, shown)
	x := &p.projects[project]
	if p.geometric {
		return s.geometric(&n, x, p.offset)
	}
	var sum float64
	for m := range n {
		sum += float64(float64(x.weights[m]*n[m]) * 100) // as a measurement's points
	}
	return sum
}

// geometric joins the pillars by their weighted geometric mean.
func (s *study) geometric(n *[len(metrics)]float64, x *planned, offset float64) float64 {
	var points [pillarCount]float64
	for m := range n {
		points[s.measures[m].pillar] += float64(x.weights[m] * n[m])
	}
	var log float64
	nothing := true
	for i, w := range x.pillars {
		if w > 0 {
			log += float64(w * ln(points[i]/w+offset))
			nothing = nothing && points[i] == 0
		}
	}
	if nothing {
		return 0
	}
	return min(100, max(0, exp(log)-offset)*100)
}

// scores writes a bidder's score in each lot; NaN where none is known.
func (s *study) scores(r *record, p *plan, shown reach, into []float64) {
	byProject := make([]float64, len(s.projects))
	for i := range s.projects {
		if p.projects[i].known {
			byProject[i] = s.project(r, i, p, shown)
		}
	}
	for i, lot := range s.lots {
		into[i] = lot.score(byProject, p)
	}
}

// score weighs the scores of projects. Where a choice leaves nothing of a project that
// counts, its weight goes to the others, as in the ranking.
func (l *studiedLot) score(projects []float64, p *plan) float64 {
	sum, known, missing := 0.0, 0.0, false
	for i, w := range l.weights {
		switch {
		case w == 0:
		case p.projects[i].known:
			known += w
			sum += float64(w * projects[i])
		default:
			missing = true
		}
	}
	switch {
	case known == 0:
		return math.NaN()
	case missing:
		return sum / known
	}
	return sum
}

// hundredths returns the points of a score in hundredths, as the ranking rounds them.
func (l *studiedLot) hundredths(score float64) int64 {
	x := float64(float64(score/100*l.points) * 100)
	if n := math.Floor(x); math.Abs(x-n-0.5) > 1e-6 {
		return int64(math.Floor(x + 0.5))
	}
	return int64(math.Round(round(score/100*l.points, 2) * 100)) // next to a half: as the ranking does
}

// ln and exp are the natural logarithm of x > 0 and its inverse, with every product
// rounded by itself: those of package math differ between processors in the last digit.
func ln(x float64) float64 {
	fraction, power := math.Frexp(x)
	s := (fraction - 1) / (fraction + 1) // within ±1/3
	square := float64(s * s)
	sum, term := 0.0, s
	for k := 1.0; k < 40; k += 2 {
		sum += term / k
		term = float64(term * square)
	}
	return float64(2*sum) + float64(float64(power)*math.Ln2)
}

func exp(x float64) float64 {
	power := math.Round(x / math.Ln2)
	rest := x - float64(power*math.Ln2)
	sum, term := 1.0, 1.0
	for k := 1.0; k < 20; k++ {
		term = float64(term*rest) / k
		sum += term
	}
	return math.Ldexp(sum, int(power))
}
