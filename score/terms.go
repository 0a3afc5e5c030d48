package score

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// Terms takes out of a tender what its ranking is explained by.
func Terms(t *model.Tender) *model.Terms {
	terms := &model.Terms{Weights: t.Weights, Indicators: t.Indicators, Rules: t.Rules, Minimum: t.Minimum, Lots: map[string]map[string]float64{}}
	for _, l := range t.Lots {
		terms.Lots[l.ID] = l.Projects
	}
	for _, b := range t.Bidders.List {
		vendors := slices.Concat(b.Vendors, b.Subcontractors)
		slices.Sort(vendors)
		terms.Bidders = append(terms.Bidders, model.BidderTerms{ID: b.ID, Vendors: slices.Compact(vendors)})
	}
	slices.SortFunc(terms.Bidders, func(a, b model.BidderTerms) int { return cmp.Compare(a.ID, b.ID) })
	for _, p := range t.Projects {
		for _, r := range p.Repositories {
			if r.Web != "" || r.Forge != "" {
				terms.Repositories = append(terms.Repositories, model.RepositoryTerms{URL: r.URL, Web: r.Web, Forge: r.Forge})
			}
		}
	}
	slices.SortFunc(terms.Repositories, func(a, b model.RepositoryTerms) int {
		return cmp.Or(strings.Compare(a.URL, b.URL), strings.Compare(a.Web, b.Web), strings.Compare(a.Forge, b.Forge))
	})
	terms.Repositories = slices.Compact(terms.Repositories)
	if t.Bidders.All {
		terms.Bidders = nil
	}
	return terms
}

// vendorsOf returns the vendors whose acts count for a bidder; nil where every
// organisation is a bidder of its own and the bidder is one.
func vendorsOf(terms *model.Terms, bidder string) []string {
	for _, b := range terms.Bidders {
		if b.ID == bidder {
			return b.Vendors
		}
	}
	return []string{bidder}
}

// base returns what an act of the kind earns before it is shared and discounted, where
// that is not a whole, and how many share it, where they are several.
func (b *bench) base(c candidate) (base, of int64) {
	unit := b.unitAt(c.act)
	switch c.indicator {
	case model.ReviewsDone:
		if base = b.reviewBase(c.act, c.at); base == model.Whole {
			base = 0
		}
	case model.Changes, model.Upkeep, model.Security:
		if unit >= 0 && b.bears(c.act, unit) && len(b.units[unit].authors) > 1 {
			of = int64(len(b.units[unit].authors))
		}
	}
	return base, of
}

// reviewBase is what a review earns before the rule mate.
func (b *bench) reviewBase(act int32, at int64) int64 {
	o, ok := b.other(act)
	role := model.Role("")
	if ok {
		role = b.stated.roleOf(o)
	} else {
		role = b.role(b.acts.at(act))
	}
	switch {
	case ok && role == model.Reviewer:
		return b.verdictBase(act, o)
	case role == model.Tester:
		return model.Whole / 2
	case (role == model.Reviewer || role == model.Commander) && b.mayApprove(b.who(act), at):
		return model.Whole
	}
	return model.Whole / 4
}

// verdictBase is what [bench.weighVerdict] gives a review before the rule mate.
func (b *bench) verdictBase(act int32, o *other) int64 {
	r, c := b.stated.reviews.at(o.review), b.stated.changeOf(o)
	lines := r.inline > 0 && (r.long || b.remarks[[2]int32{b.who(act), c}] >= substantive)
	may := r.right || b.mayApprove(b.who(act), o.at)
	if lines || may && !b.isHasty(r, o.at, c) {
		return model.Whole
	}
	return model.Whole / 4
}
