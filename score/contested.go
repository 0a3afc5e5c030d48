package score

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// ErrNotOfficial says why a ranking cannot be an official result.
var ErrNotOfficial = errors.New("no official result")

// Official returns [ErrNotOfficial] with every reason for which a ranking is a simulation:
// its document is not sealed, people whom a bidder claims are contested, or objections are
// not decided.
func Official(r *model.Ranking) error {
	reasons := []error{ErrNotOfficial}
	if r.Status == model.Simulation {
		reasons = append(reasons, errors.New("the document is not sealed"))
	}
	for _, c := range r.Contested {
		if len(c.Bidders) == 0 {
			continue // moves nobody who bids
		}
		reasons = append(reasons, fmt.Errorf("%d acts are by people whom %s claim with equal evidence; decide on: person:ID, or state better evidence", c.Acts, strings.Join(c.Vendors, " and ")))
	}
	for _, d := range r.Decisions {
		if d.Decide == model.Pending {
			reasons = append(reasons, fmt.Errorf("the objection %s of %s to %s is not decided", d.ID, d.Objection.By, d.On))
		}
	}
	if len(reasons) == 1 {
		return nil
	}
	return errors.Join(reasons...)
}

// claimants writes vendors as one key of [Facts.Contested].
func claimants(vendors []string) string { return strings.Join(vendors, "\n") }

// mostContested is how many sets of claimants have their outcomes computed in a project,
// those with the most acts first: each outcome is a judgement of its own.
const mostContested = 8

// outcomes are the ledgers of one project as they would be if contested people belonged to
// one of those who claim them: by claimants, then by vendor.
type outcomes map[string]map[string]*Ledger

// concerned returns the bidders whose vendors are among those named, sorted.
func concerned(t *model.Tender, vendors []string) (list []string) {
	if t.Bidders.All {
		return vendors
	}
	for _, b := range t.Bidders.List {
		if slices.ContainsFunc(slices.Concat(b.Vendors, b.Subcontractors), func(v string) bool { return slices.Contains(vendors, v) }) {
			list = append(list, b.ID)
		}
	}
	slices.Sort(list)
	return list
}

// outcomes judges the project once for each vendor of the claims that touch a bidder.
func (j *Judge) outcomes(contested map[string]int64) outcomes {
	keys := slices.SortedFunc(maps.Keys(contested), func(a, b string) int {
		return cmp.Or(cmp.Compare(contested[b], contested[a]), strings.Compare(a, b))
	})
	all := outcomes{}
	for _, key := range keys {
		vendors := strings.Split(key, "\n")
		if len(concerned(j.tender, vendors)) == 0 || len(all) == mostContested {
			continue
		}
		all[key] = map[string]*Ledger{}
		for _, v := range vendors {
			all[key][v] = j.ledger(variant{claimants: vendors, vendor: v}, nil)
		}
	}
	return all
}

// contest shows who is contested, and what each outcome would change for every bidder.
func (e *evaluation) contest(r *model.Ranking) {
	acts := map[string]int64{}
	for _, l := range e.ledgers {
		for _, f := range l.Projects {
			for key, n := range f.Contested {
				acts[key] += n
			}
		}
	}
	for _, c := range contestedBy(e.tender, acts) {
		key := claimants(c.Vendors)
		for _, v := range c.Vendors {
			ledgers, known := maps.Clone(e.ledgers), false
			for project, all := range e.contested {
				if l := all[key][v]; l != nil {
					ledgers[project], known = l, true
				}
			}
			if known {
				c.Outcomes = append(c.Outcomes, model.ContestedOutcome{Vendor: v, Effect: effects(r, rankApart(e.tender, ledgers))})
			}
		}
		r.Contested = append(r.Contested, c)
	}
}

// contestedBy lists contests by the acts that they are about, in the order of the claimants.
func contestedBy(t *model.Tender, acts map[string]int64) (list []model.ContestedShown) {
	for _, key := range slices.Sorted(maps.Keys(acts)) {
		c := model.ContestedShown{Vendors: strings.Split(key, "\n"), Acts: acts[key]}
		c.Bidders = concerned(t, c.Vendors)
		list = append(list, c)
	}
	return list
}
