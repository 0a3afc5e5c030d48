package score

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// Explanation leads from a bidder's points down to what was measured, one step a
// line, for a person with a pocket calculator.
type Explanation struct {
	Status string `json:"status"` // SIMULATION; or OFFICIAL, with the digest of the sealed document
	Bidder string `json:"bidder"`
	Name   string `json:"name"`
	Steps  []Step `json:"steps"`
}

// Step is one figure and how it came about.
type Step struct {
	Depth   int    `json:"depth"`   // 0 lot, 1 project, 2 indicator
	Subject string `json:"subject"` // such as "lot 1" or "mapserver: changes"
	Formula string `json:"formula"` // such as "24.96 = 62.41 / 100 · 40"
	Note    string `json:"note,omitempty"`
}

// Explain explains every figure of one bidder in a ranking. It fails where the
// ranking does not know the bidder, and names those it knows.
func Explain(r *model.Ranking, bidder string) (*Explanation, error) {
	e := &Explanation{Status: r.Label(), Bidder: bidder}
	known := map[string]bool{}
	for _, lot := range r.Lots {
		for _, s := range lot.Standings {
			known[s.Bidder] = true
			if s.Bidder == bidder {
				e.Name = s.Name
				e.lot(lot, s, r)
			}
		}
	}
	if !known[bidder] {
		names := make([]string, 0, len(known))
		for n := range known {
			names = append(names, n)
		}
		slices.Sort(names)
		if len(names) > 20 {
			names = append(names[:20], fmt.Sprintf("and %d more", len(names)-20))
		}
		return nil, fmt.Errorf("explaining %q: no such bidder; the ranking has %s", bidder, strings.Join(names, ", "))
	}
	for _, p := range r.Projects {
		for _, x := range p.Scores {
			if x.Bidder == bidder {
				e.project(p, x)
			}
		}
	}
	return e, nil
}

func (e *Explanation) step(depth int, subject, formula, note string) {
	e.Steps = append(e.Steps, Step{depth, subject, formula, note})
}

func (e *Explanation) lot(lot model.LotResult, s model.Standing, r *model.Ranking) {
	subject := "lot " + lot.ID
	if s.Score == nil {
		e.step(0, subject, "no score", "nothing in the lot could be shown; that is not the same as nothing done")
		return
	}
	note := ""
	switch {
	case s.Rank > 0:
		note = fmt.Sprintf("rank %d of %d", s.Rank, len(lot.Standings))
	case s.Meets != nil && *s.Meets:
		note = fmt.Sprintf("meets the minimum of %s points", number(r.MinimumPoints))
	case s.Meets != nil:
		note = fmt.Sprintf("does not meet the minimum of %s points", number(r.MinimumPoints))
	}
	e.step(0, subject, fmt.Sprintf("%.2f points = %.4f / 100 · %s, rounded", *s.Points, *s.Score, number(lot.Points)), note)
	var terms []string
	for _, p := range lot.Projects {
		if score := r.ProjectScore(p.Project, s.Bidder); score != nil && p.Weight > 0 {
			terms = append(terms, fmt.Sprintf("%.4f · %.4f (%s)", p.Weight, *score, p.Project))
		}
	}
	e.step(0, subject, fmt.Sprintf("%.4f = %s", *s.Score, strings.Join(terms, " + ")), "weights of the projects, normalised to 1")
}

func (e *Explanation) project(p model.ProjectResult, x model.ProjectScore) {
	if x.Score == nil {
		e.step(1, p.ID, "no score", "no indicator could be shown")
	} else {
		terms := make([]string, 0, len(x.Values))
		for _, v := range x.Values {
			terms = append(terms, fmt.Sprintf("%.4f", v.Points))
		}
		e.step(1, p.ID, fmt.Sprintf("%.4f = %s", *x.Score, strings.Join(terms, " + ")), insufficientNote(x))
	}
	for _, i := range p.Indicators {
		e.indicator(p.ID, i, x)
	}
}

func insufficientNote(x model.ProjectScore) string {
	if x.Insufficient == "" {
		return ""
	}
	return "insufficient evidence: " + x.Insufficient
}

func (e *Explanation) indicator(project string, i model.IndicatorResult, x model.ProjectScore) {
	subject := fmt.Sprintf("%s: %s of %s", project, i.Indicator, i.Pillar)
	at := slices.IndexFunc(x.Values, func(v model.Measurement) bool {
		return v.Pillar == i.Pillar && v.Indicator == i.Indicator
	})
	if at < 0 {
		why := i.Reason
		if i.T > 0 {
			why = "weight 0 in the document"
		}
		e.step(2, subject, "dropped for all bidders", why)
		return
	}
	v := x.Values[at]
	m := metrics[slices.IndexFunc(metrics[:], func(m Metric) bool { return m.Pillar == i.Pillar && m.Indicator == i.Indicator })]
	formula := fmt.Sprintf("%.4f = 100 · %.6f (weight) · %.6f (n); %s", v.Points, i.Weight, v.N, m.lineOf(v, i.T))
	note := fmt.Sprintf("%s %s from %d acts; %s = %s", number(round(v.Value, 6)), m.Unit, v.Acts, "T", number(i.T))
	if i.Proposed {
		note += ", proposed from the project's own activity"
	}
	if i.State == model.Partial {
		note += "; partial evidence: " + i.Reason
	}
	e.step(2, subject, formula, note)
}

// lineOf writes how n follows from r on the line of the table that holds it.
func (m Metric) lineOf(v model.Measurement, t float64) string {
	r := fmt.Sprintf("r = %s / %s = %.6f", number(round(v.Value, 6)), number(t), v.R)
	if m.Months {
		return r + "; n = min(1, r)"
	}
	for i := 1; i < len(curve); i++ {
		a, b := curve[i-1], curve[i]
		if v.R <= b[0] {
			return fmt.Sprintf("%s; n = %g + (r − %g) / %g · %g", r, a[1], a[0], b[0]-a[0], b[1]-a[1])
		}
	}
	return r + "; n = 1 from r = 1 on"
}

// number writes a number without trailing zeros.
func number(x float64) string { return fmt.Sprintf("%g", x) }

// Concerns returns a function that reports whether a verdict is on an act of the
// bidder's people at the time, counted or refused: what the bidder may contest.
// Acts outside the window concern nobody.
func Concerns(t *model.Tender, bidder string) func(model.Verdict) bool {
	vendors, staff := map[string]bool{bidder: t.Bidders.All}, map[string]bool{}
	for _, b := range t.Bidders.List {
		if b.ID != bidder {
			continue
		}
		for _, v := range slices.Concat(b.Vendors, b.Subcontractors) {
			vendors[v] = true
		}
		for _, p := range b.Staff {
			staff[p] = t.Mode == model.Award
		}
	}
	return func(v model.Verdict) bool {
		if t.Mode == model.Award && !t.Bidders.All {
			return staff[v.Person] && v.Rule != ruleWindow.String()
		}
		parts := slices.Clone(v.Parts)
		for _, c := range v.Credits {
			parts = append(parts, c.Parts...)
		}
		return slices.ContainsFunc(parts, func(p model.Part) bool { return vendors[p.Vendor] }) ||
			slices.ContainsFunc(v.Claimed, func(c string) bool { return vendors[c] })
	}
}
