package bundle

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// checkAggregated computes the ranking again from the credits by month, which is all that an
// edition for others than the buyer holds of most bidders. Own verdicts must make the
// bidder's own. What the credits do not tell is taken as it is stated, and said: numbers of
// people, the share of unknown affiliation, and thresholds that the document does not state.
func (o *Opened) checkAggregated(own *score.Ledger, v *Verified) error {
	if o.Edition.For == OneBidder {
		mine := func(list []model.Total) []model.Total {
			return slices.DeleteFunc(slices.Clone(list), func(t model.Total) bool { return t.Bidder != o.Edition.Bidder })
		}
		if err := sameTotals(mine(o.Totals.Totals), mine(score.Totals(o.Tender, own))); err != nil {
			return err
		}
		if err := o.checkConcerned(own); err != nil {
			return err
		}
	}
	t := o.aggregatedTender()
	l, err := o.aggregatedLedger(t)
	if err != nil {
		return err
	}
	made := score.Rank(t, l)
	o.takeStated(made)
	v.Unproven = append(v.Unproven, "numbers of people, the share of unknown affiliation, warnings, and thresholds that the document does not state: this edition does not say who did what")
	return o.checkRanking(made, l, v)
}

// checkConcerned sees that the counts of a bidder's own acts are no more than those of all.
func (o *Opened) checkConcerned(own *score.Ledger) error {
	for _, p := range o.Method.Projects {
		if f := own.Projects[p.ID]; f != nil && (f.Read > p.Read || f.Counted > p.Counted) {
			return &Difference{File: EvidenceFile, At: at(p.ID, o.Edition.Bidder, "", ""), Text: fmt.Sprintf("it has %d acts, and %s says that the project has %d in all", f.Read, MethodFile, p.Read)}
		}
		delete(own.Projects, p.ID)
	}
	for name := range own.Projects {
		return &Difference{File: EvidenceFile, At: at(name, "", "", ""), Text: "there are acts of this project, which " + MethodFile + " does not know"}
	}
	return nil
}

// aggregatedTender is the document with a vendor, and in mode award a person, of its own for
// each bidder, and the thresholds that were used.
func (o *Opened) aggregatedTender() *model.Tender {
	t := *o.Tender
	t.Bidders.List = slices.Clone(t.Bidders.List)
	for i, b := range t.Bidders.List {
		name := cmp.Or(b.Name, b.ID)
		if len(b.Vendors) > 0 {
			name = cmp.Or(b.Name, t.Vendors[b.Vendors[0]].Name, b.Vendors[0])
		}
		t.Bidders.List[i] = model.Bidder{ID: b.ID, Name: name, Vendors: []string{standIn(b.ID)}, Staff: []string{standIn(b.ID)}, Lots: b.Lots}
	}
	t.Projects = maps.Clone(t.Projects)
	for _, p := range o.Ranking.Projects {
		project, ok := t.Projects[p.ID]
		if !ok {
			continue
		}
		project.Thresholds = maps.Clone(project.Thresholds)
		for _, i := range p.Indicators {
			if i.Proposed {
				if project.Thresholds == nil {
					project.Thresholds = map[model.Indicator]model.Threshold{}
				}
				project.Thresholds[i.Indicator] = model.Threshold{T: i.T}
			}
		}
		t.Projects[p.ID] = project
	}
	return &t
}

// standIn is the vendor, and the person, to whom all that a bidder earned is credited.
func standIn(bidder string) string { return "bidder\x00" + bidder }

func (o *Opened) aggregatedLedger(t *model.Tender) (*score.Ledger, error) {
	l := o.factsAlone()
	for _, p := range o.Method.Projects {
		if f := l.Projects[p.ID]; f != nil {
			p.Counts(f)
		}
	}
	l.Cells = map[score.Cell]score.Amount{}
	for i, x := range o.Totals.Totals {
		if i > 0 && !before(o.Totals.Totals[i-1], x) {
			return nil, totalDifference(x, "it stands out of order, or twice")
		}
		known := slices.ContainsFunc(t.Bidders.List, func(b model.Bidder) bool { return b.ID == x.Bidder })
		if x.Bidder != "" && !t.Bidders.All && !known {
			return nil, totalDifference(x, TenderFile+" has no such bidder")
		}
		if l.Projects[x.Project] == nil {
			return nil, totalDifference(x, MethodFile+" knows no such project")
		}
		c := score.Cell{Project: x.Project, Indicator: x.Indicator, Month: x.Month}
		switch {
		case x.Bidder == "":
		case t.Bidders.All:
			c.Vendor, c.Person = x.Bidder, x.Bidder
		default:
			c.Vendor, c.Person = standIn(x.Bidder), standIn(x.Bidder)
		}
		l.Cells[c] = score.Amount{Credit: x.Credit, Acts: x.Acts}
	}
	return l, nil
}

// takeStated fills in what the credits by month do not tell.
func (o *Opened) takeStated(made *model.Ranking) {
	shared := o.shared()
	for i := range made.Projects {
		if i >= len(o.Ranking.Projects) {
			return
		}
		p, q := &made.Projects[i], o.Ranking.Projects[i]
		p.People, p.UnknownShare = q.People, q.UnknownShare
		for n := range min(len(p.Indicators), len(q.Indicators)) {
			p.Indicators[n].Proposed = q.Indicators[n].Proposed
		}
		for n := range min(len(p.Scores), len(q.Scores)) {
			p.Scores[n].People = q.Scores[n].People
			if shared && (p.Scores[n].Insufficient == "") == (q.Scores[n].Insufficient == "") {
				p.Scores[n].Insufficient = q.Scores[n].Insufficient
			}
		}
	}
	for i := range min(len(made.Lots), len(o.Ranking.Lots)) {
		a, b := made.Lots[i].Standings, o.Ranking.Lots[i].Standings
		for n := range min(len(a), len(b)) {
			a[n].People = b[n].People
		}
	}
}

// shared reports whether several bidders may count the same acts, which then are more than
// once in the credits of all. Who is named as staff the editions do not say.
func (o *Opened) shared() bool {
	seen := map[string]bool{}
	for _, b := range o.Tender.Bidders.List {
		vendors := slices.Concat(b.Vendors, b.Subcontractors)
		slices.Sort(vendors)
		for _, v := range slices.Compact(vendors) {
			if seen[v] {
				return true
			}
			seen[v] = true
		}
	}
	return o.Tender.Mode == model.Award
}
