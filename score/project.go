package score

import (
	"fmt"
	"maps"
	"slices"

	"github.com/tributary-oss/tributary/model"
)

// tally is what one bidder has in one project.
type tally struct {
	credit map[model.Indicator]int64
	acts   map[model.Indicator]int64
	months map[model.Indicator]map[model.Month]bool
	people map[string]bool
}

func newTally() *tally {
	return &tally{map[model.Indicator]int64{}, map[model.Indicator]int64{}, map[model.Indicator]map[model.Month]bool{}, map[string]bool{}}
}

func (t *tally) add(c Cell, a Amount) {
	t.credit[c.Indicator] += a.Credit
	t.acts[c.Indicator] += a.Acts
	if t.months[c.Indicator] == nil {
		t.months[c.Indicator] = map[model.Month]bool{}
	}
	t.months[c.Indicator][c.Month] = true
	t.people[c.Person] = true
}

// distinct counts the acts and the months with one. Upkeep pays for acts that are
// changes already, and stewardship for months that other acts made active.
func (t *tally) distinct() (acts int64, months int) {
	seen := map[model.Month]bool{}
	for i, n := range t.acts {
		if i == model.Upkeep || i == model.Stewardship {
			continue
		}
		acts += n
		maps.Copy(seen, t.months[i])
	}
	return whole(acts), len(seen)
}

// whole rounds millionths of acts to acts.
func whole(millionths int64) int64 { return (millionths + model.Whole/2) / model.Whole }

// project scores every bidder in one project.
func (s *scorer) project(name string) model.ProjectResult {
	res := model.ProjectResult{ID: name}
	facts := s.facts(name)
	if facts == nil {
		facts = &Facts{}
	}
	res.Read, res.Counted = facts.Read, facts.Counted
	for _, t := range facts.Tips {
		res.Tips = append(res.Tips, model.TipShown{Repository: t.Repository, Tip: t.Tip})
	}
	for _, c := range facts.Coverage {
		res.Coverage = append(res.Coverage, model.CoverageShown{Repository: c.Repository, Coverage: c.Coverage})
	}
	for _, r := range ruleTable[1:] {
		if n := facts.Rules[r.Name]; n > 0 {
			res.Rules = append(res.Rules, model.RuleCount{Rule: r.Name, Refused: facts.Refused[r.Name], Touched: n})
		}
	}
	tallies, everybody, persons := s.tallies(name)
	res.People = len(everybody.people)
	if total := everybody.credit[model.Changes]; total > 0 {
		share := float64(s.unknown(name)) / float64(total)
		res.UnknownShare = &share
	}
	res.Indicators = s.indicators(name, facts, persons)
	all, _ := everybody.distinct()
	for i, b := range s.bidders {
		res.Scores = append(res.Scores, s.score(b, tallies[i], all, res.Indicators))
	}
	return res
}

// tallies adds up the cells of a project: by bidder, for everybody, and the
// credits of each person for each indicator.
func (s *scorer) tallies(project string) (by []*tally, everybody *tally, persons map[model.Indicator]map[string]int64) {
	by = make([]*tally, len(s.bidders))
	for i := range by {
		by[i] = newTally()
	}
	everybody, persons = newTally(), map[model.Indicator]map[string]int64{}
	for _, c := range s.cells[project] {
		a := s.amount(c)
		everybody.add(c, a)
		if persons[c.Indicator] == nil {
			persons[c.Indicator] = map[string]int64{}
		}
		persons[c.Indicator][c.Person] += a.Credit
		for _, i := range s.owners(c) {
			by[i].add(c, a)
		}
	}
	s.credited[project] = make([]map[string]bool, len(by))
	for i, t := range by {
		s.credited[project][i] = t.people
	}
	return by, everybody, persons
}

// unknown adds up the changes by people of unknown affiliation.
func (s *scorer) unknown(project string) (sum int64) {
	for _, c := range s.cells[project] {
		if c.Indicator == model.Changes && c.Vendor == "" {
			sum += s.amount(c).Credit
		}
	}
	return sum
}

// indicators decides, for all bidders alike, which indicators count in a project,
// with which threshold and weight. What cannot be shown, or what nobody did, is
// dropped, and the weights of all others grow in proportion: between any two
// indicators that remain, the published proportion never changes. (Keeping the
// pillars' weights instead would hang a whole pillar on whatever is left of it:
// tried on a project of which git shows, of maintenance, only upkeep, that one
// indicator of 4 % decided over 57 % of the score.)
func (s *scorer) indicators(project string, facts *Facts, persons map[model.Indicator]map[string]int64) []model.IndicatorResult {
	var list []model.IndicatorResult
	var sum float64
	for _, m := range metrics {
		r := model.IndicatorResult{Pillar: m.Pillar, Indicator: m.Indicator}
		r.State, r.Reason = m.stateOf(facts)
		if r.Weight = s.weight(m); r.Weight == 0 {
			r.Reason = Weightless
			list = append(list, r)
			continue
		}
		s.threshold(&r, m, project, slices.Collect(maps.Values(persons[m.Of])))
		if r.T == 0 {
			r.Weight = 0
		}
		sum += r.Weight
		list = append(list, r)
	}
	for i := range list {
		if sum > 0 {
			list[i].Weight /= sum
		}
	}
	return list
}

// Weightless is why an indicator is dropped that the document does not ask for.
const Weightless = "weight 0 in the document"

// weight returns an indicator's published part of a project's score: its part of
// the pillar, times the pillar's part.
func (s *scorer) weight(m Metric) float64 {
	var inPillar, pillars float64
	for _, p := range model.Pillars() {
		pillars += s.tender.Weights[p.Name]
	}
	for _, i := range metrics {
		if i.Pillar == m.Pillar {
			inPillar += s.tender.Indicators[i.Pillar][i.Indicator]
		}
	}
	if inPillar == 0 || pillars == 0 {
		return 0
	}
	return s.tender.Indicators[m.Pillar][m.Indicator] / inPillar * (s.tender.Weights[m.Pillar] / pillars)
}

// threshold finds T: 0 where the indicator is dropped, and then why.
func (s *scorer) threshold(r *model.IndicatorResult, m Metric, project string, credits []int64) {
	stated, ok := s.tender.Projects[project].Thresholds[m.Indicator]
	proposed := m.propose(credits)
	switch {
	case r.State == model.Unavailable:
	case ok && stated.None:
		r.Reason = "the document sets its threshold to none"
	case ok && !m.Months:
		r.T = stated.T
	case proposed == 0:
		r.Reason = "nobody did anything of the kind in the window"
	case m.Months:
		r.T = float64(s.tender.Window.Months)
	default:
		r.T, r.Proposed = proposed, true
	}
	if r.T == 0 {
		return
	}
	for _, a := range s.tender.Projects[project].Accept {
		if a.Kind == string(m.Indicator) && r.State == model.Partial {
			r.Reason = fmt.Sprintf("%s (accepted: %s)", r.Reason, a.Reason)
		}
	}
}

// score measures one bidder.
func (s *scorer) score(b model.Bidder, t *tally, all int64, indicators []model.IndicatorResult) model.ProjectScore {
	res := model.ProjectScore{Bidder: b.ID, People: len(t.people)}
	res.Acts, res.Months = t.distinct()
	var sum float64
	known := false
	for i, m := range metrics {
		ind := indicators[i]
		if ind.Weight == 0 {
			continue
		}
		known = true
		v := m.measure(t, ind.T)
		v.Points = float64(float64(ind.Weight*v.N) * 100) // before it is added to sum
		sum += v.Points
		res.Values = append(res.Values, v)
	}
	if !known {
		return res // not even that the evidence is insufficient
	}
	res.Insufficient = s.insufficient(res, all)
	if res.Insufficient != "" && s.tender.Minimum.Effect == model.Zero {
		sum = 0
	}
	res.Score = &sum
	return res
}

// measure returns a bidder's value, without the points it makes.
func (m Metric) measure(t *tally, threshold float64) model.Measurement {
	v := model.Measurement{Pillar: m.Pillar, Indicator: m.Indicator, Acts: whole(t.acts[m.Of])}
	v.Value = float64(t.credit[m.Of]) / model.Whole
	if m.Months {
		v.Value = float64(len(t.months[m.Of]))
	}
	v.R = v.Value / threshold
	v.N = m.normalise(v.R)
	return v
}

// insufficient says what a bidder lacks of the minimum evidence, "" for nothing.
func (s *scorer) insufficient(p model.ProjectScore, all int64) string {
	least := s.tender.Minimum
	enoughActs := p.Acts >= int64(least.Acts) || least.Share > 0 && all > 0 && float64(p.Acts) >= least.Share*float64(all)
	if enoughActs && p.Months >= least.Months {
		return ""
	}
	return fmt.Sprintf("%d credited acts (%d or %.0f %% of the project's %d asked for) in %d months (%d asked for)",
		p.Acts, least.Acts, least.Share*100, all, p.Months, least.Months)
}
