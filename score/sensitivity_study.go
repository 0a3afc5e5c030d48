package score

import (
	"maps"
	"math/bits"
	"slices"

	"github.com/tributary-oss/tributary/model"
)

// study is a ledger in a form that is scored thousands of times: sums in flat lists, by
// slot, instead of maps. Which indicators count, and with which thresholds, is as in the
// ranking, also where a variant of the ledger would propose others: one thing at a time.
type study struct {
	tender   *model.Tender
	scorer   *scorer
	bidders  []int // studied ones, as places in scorer.bidders
	projects []studied
	bases    map[model.Indicator]int // what credits are for → its place
	evidence []bool                  // by base: counts for the minimum evidence
	measures [len(metrics)]measure
	// Months are counted from begin on; cutoffs are the first month of each window tried,
	// the tender's own window first.
	begin   model.Month
	words   int // of 64 months each
	windows []int
	cutoffs []model.Month
	lots    []studiedLot
	own     [][]*record // by window and bidder
}

// studied is a project as the ranking scores it.
type studied struct {
	id      string
	t       [len(metrics)]float64 // 0 where the indicator is dropped
	partial []bool                // by base: the sources show it only in part
	lost    float64               // part of its repositories that could not be mined
	all     []int64               // acts of everybody, by window
	known   bool                  // something counts
}

// measure is what of a metric is needed at every turn.
type measure struct {
	base, pillar int
	months       bool
}

// studiedLot is a lot with its weights, which sum to 1 as in the ranking.
type studiedLot struct {
	weights []float64 // by project; 0 where it has none in the lot
	bids    []bool    // by studied bidder
	points  float64
}

// record is what one bidder has, by slot: project · bases + base.
type record struct {
	credit, acts []int64
	months       []uint64 // words for each slot
}

// mostStudied is how many bidders of each lot are studied where every organisation found
// bids: the first ones of the ranking.
const mostStudied = 20

func newStudy(t *model.Tender, l *Ledger, r *model.Ranking) *study {
	s := &study{tender: t, scorer: &scorer{tender: t, ledger: l}, bases: map[model.Indicator]int{}}
	if t.Bidders.All {
		s.scorer = newScorer(t, l)
	} else {
		s.scorer.findBidders() // without the cells in order, which take longer than all draws
	}
	s.findBases(l)
	s.findMonths(l)
	for _, p := range r.Projects {
		s.projects = append(s.projects, s.studied(p, l.Projects[p.ID]))
	}
	for at, b := range s.scorer.bidders {
		if !t.Bidders.All || slices.ContainsFunc(r.Lots, func(lot model.LotResult) bool {
			return slices.ContainsFunc(lot.Standings[:min(mostStudied, len(lot.Standings))], func(x model.Standing) bool { return x.Bidder == b.ID })
		}) {
			s.bidders = append(s.bidders, at)
		}
	}
	for _, lot := range r.Lots {
		s.lots = append(s.lots, s.lot(lot))
	}
	s.countEverybody()
	for _, cutoff := range s.cutoffs {
		s.own = append(s.own, s.records(l, cutoff))
	}
	return s
}

// findBases numbers what credits are for: what a metric is measured by, and whatever else
// the ledger has, which counts as evidence.
func (s *study) findBases(l *Ledger) {
	base := func(i model.Indicator) int {
		if _, ok := s.bases[i]; !ok {
			s.bases[i] = len(s.bases)
			s.evidence = append(s.evidence, i != model.Upkeep && i != model.Stewardship)
		}
		return s.bases[i]
	}
	pillars := map[model.Pillar]int{}
	for i, p := range model.Pillars() {
		pillars[p.Name] = i
	}
	for i, m := range metrics {
		s.measures[i] = measure{base(m.Of), pillars[m.Pillar], m.Months}
	}
	others := map[model.Indicator]bool{}
	for c := range l.Cells {
		others[c.Indicator] = true
	}
	for _, i := range slices.Sorted(maps.Keys(others)) {
		base(i)
	}
}

// findMonths finds which months the ledger has and which windows can be tried. A decision
// may have let a month outside the tender's window count.
func (s *study) findMonths(l *Ledger) {
	period := s.tender.Window.Period()
	until := model.MonthOf(period.Until)
	last := until
	s.begin = model.MonthOf(period.Since)
	for c := range l.Cells {
		s.begin, last = min(s.begin, c.Month), max(last, c.Month+1)
	}
	s.words = (int(last-s.begin) + 63) / 64
	s.windows, s.cutoffs = []int{s.tender.Window.Months}, []model.Month{s.begin}
	for _, n := range windowsTried {
		if n < s.tender.Window.Months {
			s.windows, s.cutoffs = append(s.windows, n), append(s.cutoffs, until-model.Month(n))
		}
	}
}

func (s *study) studied(p model.ProjectResult, f *Facts) studied {
	x := studied{id: p.ID, partial: make([]bool, len(s.bases)), all: make([]int64, len(s.windows))}
	for i, m := range p.Indicators {
		if m.Weight > 0 {
			x.t[i], x.known = m.T, true
			x.partial[s.measures[i].base] = x.partial[s.measures[i].base] || m.State == model.Partial
		}
	}
	if f != nil && len(f.Gaps) > 0 {
		repositories := map[string]bool{}
		for _, g := range f.Gaps {
			repositories[g.Repository] = true
		}
		x.lost = min(1, part(len(repositories), len(s.tender.Projects[p.ID].Repositories)))
	}
	return x
}

func (s *study) lot(r model.LotResult) studiedLot {
	lot := studiedLot{weights: make([]float64, len(s.projects)), bids: make([]bool, len(s.bidders)), points: r.Points}
	for _, w := range r.Projects {
		lot.weights[slices.IndexFunc(s.projects, func(p studied) bool { return p.id == w.Project })] = w.Weight
	}
	for i := range s.bidders {
		lot.bids[i] = slices.ContainsFunc(r.Standings, func(x model.Standing) bool { return x.Bidder == s.bidder(i).ID })
	}
	return lot
}

// bidder returns a studied bidder.
func (s *study) bidder(i int) model.Bidder { return s.scorer.bidders[s.bidders[i]] }

func (s *study) newRecord() *record {
	n := len(s.projects) * len(s.bases)
	return &record{make([]int64, n), make([]int64, n), make([]uint64, n*s.words)}
}

func (r *record) clear() {
	clear(r.credit)
	clear(r.acts)
	clear(r.months)
}

// add enters an amount in a slot.
func (s *study) add(r *record, slot int, month model.Month, a Amount) {
	r.credit[slot] += a.Credit
	r.acts[slot] += a.Acts
	n := int(month - s.begin)
	r.months[slot*s.words+n/64] |= 1 << (n % 64)
}

// slots returns where the cells of each project begin.
func (s *study) slots() map[string]int {
	at := map[string]int{}
	for i, p := range s.projects {
		at[p.id] = i * len(s.bases)
	}
	return at
}

// records adds up what each studied bidder has in a ledger from a month on, by bidder.
func (s *study) records(l *Ledger, from model.Month) []*record {
	list := make([]*record, len(s.bidders))
	place := map[int]int{}
	for i, b := range s.bidders {
		list[i], place[b] = s.newRecord(), i
	}
	slots := s.slots()
	for c, a := range l.Cells { // sums have no order
		base, known := s.bases[c.Indicator]
		if slot, ok := slots[c.Project]; ok && known && c.Month >= from {
			for _, owner := range s.scorer.owners(c) {
				if i, ok := place[owner]; ok {
					s.add(list[i], slot+base, c.Month, a)
				}
			}
		}
	}
	return list
}

// countEverybody counts the acts of each project and window, whoever they are by.
func (s *study) countEverybody() {
	slots := s.slots()
	for w, cutoff := range s.cutoffs {
		sums := make([]int64, len(s.projects))
		for c, a := range s.scorer.ledger.Cells {
			if slot, ok := slots[c.Project]; ok && c.Month >= cutoff && s.evidence[s.bases[c.Indicator]] {
				sums[slot/len(s.bases)] += a.Acts
			}
		}
		for i, n := range sums {
			s.projects[i].all[w] = whole(n)
		}
	}
}

// enough reports whether a record reaches the minimum evidence of a project.
func (s *study) enough(r *record, project, window int) bool {
	least := s.tender.Minimum
	var acts int64
	active := make([]uint64, s.words)
	for base, evidence := range s.evidence {
		if slot := project*len(s.bases) + base; evidence {
			acts += r.acts[slot]
			for w := range active {
				active[w] |= r.months[slot*s.words+w]
			}
		}
	}
	acts = whole(acts)
	all := s.projects[project].all[window]
	enough := acts >= int64(least.Acts) || least.Share > 0 && all > 0 && float64(acts) >= least.Share*float64(all)
	return enough && ones(active) >= least.Months
}

// ones counts the months of a set.
func ones(set []uint64) (n int) {
	for _, w := range set {
		n += bits.OnesCount64(w)
	}
	return n
}
