package score

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// What makes a criterion look closed. The numbers are the method's, after what
// competition law calls a dominant share (from half of a market on, Case C-62/86 AKZO, it is
// presumed): a criterion that only one or two can meet is written for them.
const (
	leastOrganisations = 3
	mostShare          = 0.70
)

// Openness says whom a project's indicator is open to: how many organisations could earn a
// substantial part of its score on their record, and how much of the work is one's.
type Openness struct {
	Project   string          `json:"project"`
	Pillar    model.Pillar    `json:"pillar"`
	Indicator model.Indicator `json:"indicator"`
	T         float64         `json:"t"` // the document's, or the proposal where it states none
	Proposed  bool            `json:"proposed,omitempty"`
	// Organisations is how many reach T/4, which is half of the indicator's score (a
	// quarter of it where it is in months). Companies of one group are one; people of
	// unknown employers, independent and academic ones are none.
	Organisations int `json:"organisations"`
	// Largest is the organisation with the most credits and Share its part of all, in
	// [0,1], work by unknown employers included. Both are empty where all the work is by
	// people without a known employer. Active months share these with their pillar's work.
	Largest string  `json:"largest,omitempty"`
	Share   float64 `json:"share"`
	Unknown float64 `json:"unknown"` // the part of all credits that is by unknown employers
	// Closed says why a written justification is asked for; "" where none is.
	Closed string `json:"closed,omitempty"`
	// Justified is the document's reason for asking all the same.
	Justified string `json:"justified,omitempty"`
}

// OpennessOf tells for each indicator that counts in each project whom it is open to. Where
// fewer than three organisations reach T/4, or one has more than 70 % of the credits, the
// document must justify it under projects: NAME: justify before it can be sealed.
//
// Projects are in the order of their names, indicators in the method's; those that are
// dropped or have no weight are left out.
func OpennessOf(t *model.Tender, l *Ledger) []Openness {
	s := newScorer(t, l)
	vendors := affiliation.NewRoster(&model.Tender{Vendors: t.Vendors})
	last := t.Window.Period().Until.Add(-1)
	group := func(vendor string) string { return vendors.Group(vendor, last) }
	var list []Openness
	for _, name := range t.ProjectNames() {
		_, _, persons := s.tallies(name)
		indicators := s.indicators(name, cmp.Or(l.Projects[name], &Facts{}), persons)
		for n, m := range metrics {
			if i := indicators[n]; i.Weight > 0 {
				o := s.openness(m, name, i.T, group)
				o.Proposed = i.Proposed
				o.justify(t.Projects[name].Justify)
				list = append(list, o)
			}
		}
	}
	return list
}

// openness adds up the work of each organisation.
func (s *scorer) openness(m Metric, project string, threshold float64, group func(string) string) Openness {
	o := Openness{Project: project, Pillar: m.Pillar, Indicator: m.Indicator, T: threshold}
	by := map[string]*tally{}
	var all, unknown int64
	for _, c := range s.cells[project] {
		if c.Indicator != m.Of {
			continue
		}
		a := s.amount(c)
		all += a.Credit
		org := group(c.Vendor) // "" too for those on their own
		switch {
		case c.Vendor == "":
			unknown += a.Credit
		case org != "":
			if by[org] == nil {
				by[org] = newTally()
			}
			by[org].add(c, a)
		}
	}
	var largest int64
	for _, org := range slices.Sorted(maps.Keys(by)) {
		if m.measure(by[org], threshold).R >= 0.25 {
			o.Organisations++
		}
		if credit := by[org].credit[m.Of]; credit > largest {
			o.Largest, largest = org, credit
		}
	}
	if all > 0 {
		o.Share, o.Unknown = float64(largest)/float64(all), float64(unknown)/float64(all)
	}
	return o
}

// justify says what makes an indicator look closed, and what the document says to it.
func (o *Openness) justify(all []model.Justification) {
	var why []string
	switch {
	case o.Organisations == 0:
		why = append(why, fmt.Sprintf("no organisation reaches a quarter of T, which is %s", number(o.T/4)))
	case o.Organisations < leastOrganisations:
		reach := map[bool]string{true: "organisation reaches", false: "organisations reach"}[o.Organisations == 1]
		why = append(why, fmt.Sprintf("only %d %s a quarter of T, which is %s", o.Organisations, reach, number(o.T/4)))
	}
	if o.Share > mostShare {
		why = append(why, fmt.Sprintf("%s has %.0f %% of the credits", o.Largest, o.Share*100))
	}
	if o.Closed = strings.Join(why, ""); len(why) == 2 {
		o.Closed = fmt.Sprintf("%s, and %s", why[0], why[1])
	}
	for _, j := range all {
		if j.Indicator == o.Indicator && o.Closed != "" {
			o.Justified = j.Reason
		}
	}
}
