package score

import (
	"cmp"
	"slices"

	"github.com/tributary-oss/tributary/model"
)

// Totals adds up a ledger by project, bidder, indicator and month, sorted in this order: what
// is left of it when nobody may be told who did what. What several bidders may count, such as
// the acts of staff whom two of them name, is in the total of each.
func Totals(t *model.Tender, l *Ledger) []model.Total {
	s := newScorer(t, l)
	type key struct {
		project, bidder string
		indicator       model.Indicator
		month           model.Month
	}
	sums, people := map[key]model.Total{}, map[key]map[string]bool{}
	for c, a := range l.Cells {
		var bidders []string
		for _, i := range s.owners(c) {
			bidders = append(bidders, s.bidders[i].ID)
		}
		if bidders == nil {
			bidders = []string{""}
		}
		for _, b := range bidders {
			k := key{c.Project, b, c.Indicator, c.Month}
			sum := sums[k]
			sums[k] = model.Total{Project: k.project, Bidder: b, Indicator: k.indicator, Month: k.month, Credit: sum.Credit + a.Credit, Acts: sum.Acts + a.Acts}
			if people[k] == nil {
				people[k] = map[string]bool{}
			}
			people[k][c.Person] = true
		}
	}
	list := make([]model.Total, 0, len(sums))
	for k, sum := range sums {
		sum.People = len(people[k])
		list = append(list, sum)
	}
	slices.SortFunc(list, func(a, b model.Total) int {
		return cmp.Or(cmp.Compare(a.Project, b.Project), cmp.Compare(a.Bidder, b.Bidder), cmp.Compare(a.Indicator, b.Indicator), cmp.Compare(a.Month, b.Month))
	})
	return list
}
