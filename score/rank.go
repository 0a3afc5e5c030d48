package score

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// Rank turns a ledger of all projects into the ranking of the tender's bidders.
// It changes neither. A project that the ledger does not know could not be mined:
// it is left out of its lots for all bidders, and said.
func Rank(t *model.Tender, l *Ledger) *model.Ranking {
	r := rank(t, l)
	r.Method = method(t, r)
	return r
}

// rank is [Rank] without the method's identity, which takes longest where rosters are large.
func rank(t *model.Tender, l *Ledger) *model.Ranking { return newScorer(t, l).rank() }

// rankApart is [rank] of ledgers by project, which takes no second copy of all of them.
func rankApart(t *model.Tender, ledgers map[string]*Ledger) *model.Ranking {
	return newScorerApart(t, ledgers).rank()
}

func (s *scorer) rank() *model.Ranking {
	t := s.tender
	period := t.Window.Period()
	r := &model.Ranking{
		Format: model.RankingFormat, Status: model.Simulation,
		Tender: t.About, Mode: t.Mode, Shortlist: t.Shortlist, MinimumPoints: t.MinimumPoints,
		Since: period.Since, Until: period.Until, Terms: Terms(t),
	}
	for _, name := range t.ProjectNames() {
		r.Projects = append(r.Projects, s.project(name))
		if f := s.facts(name); f != nil {
			r.Gaps = append(r.Gaps, f.Gaps...)
			r.Gaps = append(r.Gaps, f.missing(name)...)
			for _, key := range slices.Sorted(maps.Keys(f.Contested)) {
				r.Warnings = append(r.Warnings, fmt.Sprintf("%s: %d acts are by people whom %s claim with equal evidence; they count for nobody known until it is decided",
					name, f.Contested[key], strings.Join(strings.Split(key, "\n"), " and ")))
			}
		}
	}
	for _, lot := range t.Lots {
		r.Lots = append(r.Lots, s.lot(lot, r.Projects))
	}
	r.Warnings = append(r.Warnings, s.shared()...)
	r.Warnings = append(r.Warnings, warnings(r)...)
	r.Warnings = append(r.Warnings, s.bursts()...)
	r.Warnings = append(r.Warnings, slices.Concat(normalised(t), belowFloor(t), unsealed(t))...)
	return r
}

// scorer holds what the steps of Rank share.
type scorer struct {
	tender  *model.Tender
	ledger  *Ledger            // of all projects; nil where they are apart
	ledgers map[string]*Ledger // by project: its own, or the one of all
	bidders []model.Bidder
	// byVendor and byPerson say whose record a cell belongs to, as places in bidders.
	byVendor, byPerson map[string][]int
	cells              map[string][]Cell            // by project, in order
	credited           map[string][]map[string]bool // by project and bidder: persons
}

func newScorer(t *model.Tender, l *Ledger) *scorer {
	s := &scorer{tender: t, ledger: l, ledgers: map[string]*Ledger{}, cells: map[string][]Cell{}, credited: map[string][]map[string]bool{}}
	for name := range l.Projects {
		s.ledgers[name] = l
	}
	for all := l.cells(); len(all) > 0; {
		name := all[0].Project
		n := slices.IndexFunc(all, func(c Cell) bool { return c.Project != name })
		if n < 0 {
			n = len(all)
		}
		s.ledgers[name], s.cells[name], all = l, all[:n:n], all[n:]
	}
	s.findBidders()
	return s
}

// newScorerApart takes a ledger for each project, which holds nothing of another.
func newScorerApart(t *model.Tender, ledgers map[string]*Ledger) *scorer {
	s := &scorer{tender: t, ledgers: ledgers, cells: map[string][]Cell{}, credited: map[string][]map[string]bool{}}
	for name, l := range ledgers {
		s.cells[name] = l.cells()
	}
	s.findBidders()
	return s
}

// amount is what a cell holds.
func (s *scorer) amount(c Cell) Amount { return s.ledgers[c.Project].Cells[c] }

// facts is what is known of a project; nil where nothing was mined.
func (s *scorer) facts(project string) *Facts {
	if l := s.ledgers[project]; l != nil {
		return l.Projects[project]
	}
	return nil
}

// findBidders lists the bidders; for "bidders: all", every organisation found.
func (s *scorer) findBidders() {
	s.bidders = slices.Clone(s.tender.Bidders.List)
	if s.tender.Bidders.All {
		seen := map[string]bool{"": true, model.Independent: true, model.Academic: true}
		for _, cells := range s.cells { // sorted below
			for _, c := range cells {
				if !seen[c.Vendor] {
					seen[c.Vendor] = true
					s.bidders = append(s.bidders, model.Bidder{ID: c.Vendor, Vendors: []string{c.Vendor}})
				}
			}
		}
	}
	slices.SortFunc(s.bidders, func(a, b model.Bidder) int { return cmp.Compare(a.ID, b.ID) })
	s.byVendor, s.byPerson = map[string][]int{}, map[string][]int{}
	for i, b := range s.bidders {
		vendors := slices.Concat(b.Vendors, b.Subcontractors)
		slices.Sort(vendors)
		for _, v := range slices.Compact(vendors) {
			s.byVendor[v] = append(s.byVendor[v], i)
		}
		for _, p := range b.Staff {
			s.byPerson[p] = append(s.byPerson[p], i)
		}
	}
}

// owners returns the bidders to whom a cell counts.
func (s *scorer) owners(c Cell) []int {
	if s.tender.Mode == model.Award && !s.tender.Bidders.All {
		return s.byPerson[c.Person]
	}
	return s.byVendor[c.Vendor]
}

func (s *scorer) name(b model.Bidder) string {
	if b.Name != "" || len(b.Vendors) == 0 {
		return cmp.Or(b.Name, b.ID)
	}
	return cmp.Or(s.tender.Vendors[b.Vendors[0]].Name, b.Vendors[0])
}

// lot weighs the projects' scores into one standing per bidder.
func (s *scorer) lot(lot model.Lot, projects []model.ProjectResult) model.LotResult {
	res := model.LotResult{ID: lot.ID, Title: lot.Title, Points: s.tender.Points}
	if lot.Points != nil {
		res.Points = *lot.Points
	}
	scores := map[string]map[string]model.ProjectScore{}
	var sum float64
	for _, p := range projects {
		w, ok := lot.Projects[p.ID]
		if !ok {
			continue
		}
		weighted := model.Weighted{Project: p.ID, Weight: w}
		if !slices.ContainsFunc(p.Indicators, func(i model.IndicatorResult) bool { return i.Weight > 0 }) {
			weighted.Weight, weighted.Missing = 0, "nothing in it could be shown; its weight went to the other projects of the lot"
		}
		sum += weighted.Weight
		res.Projects = append(res.Projects, weighted)
		scores[p.ID] = map[string]model.ProjectScore{}
		for _, x := range p.Scores {
			scores[p.ID][x.Bidder] = x
		}
	}
	for i := range res.Projects {
		if sum > 0 {
			res.Projects[i].Weight /= sum
		} else if res.Projects[i].Missing != "" {
			res.Projects[i].Missing = "nothing in it could be shown, nor in any other project of the lot, whose score stays unknown"
		}
	}
	for _, b := range s.bidders {
		if len(b.Lots) == 0 || slices.Contains(b.Lots, lot.ID) {
			res.Standings = append(res.Standings, s.standing(b, res, scores))
		}
	}
	s.order(&res)
	return res
}

func (s *scorer) standing(b model.Bidder, lot model.LotResult, scores map[string]map[string]model.ProjectScore) model.Standing {
	st := model.Standing{Bidder: b.ID, Name: s.name(b)}
	var score float64
	known := false
	for _, p := range lot.Projects {
		x := scores[p.Project][b.ID]
		if x.Insufficient != "" {
			st.Insufficient = append(st.Insufficient, p.Project)
		}
		if x.Score != nil && p.Weight > 0 {
			known = true
			score += float64(p.Weight * *x.Score)
		}
	}
	st.People = s.people(b, lot)
	if !known {
		return st
	}
	points := round(score/100*lot.Points, 2)
	st.Score, st.Points = &score, &points
	if s.tender.Mode == model.Selection && s.tender.MinimumPoints > 0 {
		meets := points >= s.tender.MinimumPoints
		st.Meets = &meets
	}
	return st
}

// people counts the persons who are credited for the bidder in the lot.
func (s *scorer) people(b model.Bidder, lot model.LotResult) int {
	at := slices.IndexFunc(s.bidders, func(x model.Bidder) bool { return x.ID == b.ID })
	persons := map[string]bool{}
	for _, p := range lot.Projects {
		for person := range s.credited[p.Project][at] {
			persons[person] = true
		}
	}
	return len(persons)
}

// order sorts the standings and gives ranks where the mode shows them: equal
// points share a rank, and the tender's own rule decides between them.
func (s *scorer) order(lot *model.LotResult) {
	if s.tender.Mode == model.Selection && !s.tender.Shortlist && !s.tender.Bidders.All {
		return // meets or does not meet: by name
	}
	points := func(x model.Standing) float64 {
		if x.Points == nil {
			return -1
		}
		return *x.Points
	}
	slices.SortStableFunc(lot.Standings, func(a, b model.Standing) int { return cmp.Compare(points(b), points(a)) })
	for i := range lot.Standings {
		st := &lot.Standings[i]
		switch {
		case st.Points == nil:
		case i > 0 && points(lot.Standings[i-1]) == points(*st):
			st.Rank = lot.Standings[i-1].Rank
		default:
			st.Rank = i + 1
		}
	}
}

// round rounds half away from zero to so many decimals, on the decimal value with
// nine more: 2.675 becomes 2.68, as spreadsheets show it, although its binary form
// lies a little below.
func round(x float64, decimals int) float64 {
	near := new(big.Rat)
	near.SetString(fmt.Sprintf("%.*f", decimals+9, x))
	y, _ := new(big.Rat).SetString(near.FloatString(decimals))
	f, _ := y.Float64()
	return f
}

// shared warns of bidders that name the same staff: what one person did is theirs both
// until somebody asks that person.
func (s *scorer) shared() (list []string) {
	if s.tender.Mode != model.Award {
		return nil
	}
	pairs := map[string]int{}
	for _, at := range s.byPerson {
		if len(at) > 1 {
			var names []string
			for _, i := range at {
				names = append(names, s.bidders[i].ID)
			}
			pairs[strings.Join(names, " and ")]++
		}
	}
	for _, names := range slices.Sorted(maps.Keys(pairs)) {
		list = append(list, fmt.Sprintf("%s name %d of the same people as their staff; ask these people before relying on any result", names, pairs[names]))
	}
	return list
}
