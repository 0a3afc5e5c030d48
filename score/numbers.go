package score

import (
	"fmt"
	"maps"
	"slices"

	"github.com/tributary-oss/tributary/model"
)

// mostNumber bounds the numbers of a tender that have no bound of their own, as reading a
// document does: no sum, product or quotient of theirs then overflows, and a ranking holds
// neither an infinity nor a NaN, which its written form could not show.
const mostNumber = 1e9

// leastThreshold is a millionth, the least credit that there is: any value divided by
// what is no less is finite.
const leastThreshold = 1. / model.Whole

// numbers returns what is wrong with the numbers of a tender: those that are no number,
// below 0, or beyond what they are a part or a count of.
func numbers(t *model.Tender) (faults []error) {
	within := func(x, least, most float64, what string, args ...any) {
		if !(x >= least && x <= most) { // nor is a NaN
			faults = append(faults, fmt.Errorf("%s is %g; it lies between %g and %g", fmt.Sprintf(what, args...), x, least, most))
		}
	}
	within(float64(t.Window.Months), 0, 1200, "window.months") // below 1 it is missing, which is said already
	within(t.Points, 0, mostNumber, "points")
	within(t.MinimumPoints, 0, mostNumber, "minimum_points")
	within(t.Minimum.Share, 0, 1, "minimum.share")
	within(t.Rules.Mate, 0, 1, "rules.mate")
	within(t.Rules.SmallText, 0, 1, "rules.small-text")
	for _, p := range model.Pillars() {
		within(t.Weights[p.Name], 0, mostNumber, "the weight of %s", p.Name)
		for _, i := range p.Indicators {
			within(t.Indicators[p.Name][i.Name], 0, mostNumber, "the weight of %s in %s", i.Name, p.Name)
		}
	}
	for _, name := range t.ProjectNames() {
		thresholds := t.Projects[name].Thresholds
		for _, i := range slices.Sorted(maps.Keys(thresholds)) {
			if !thresholds[i].None {
				within(thresholds[i].T, leastThreshold, mostNumber, "the threshold of %s in %s", i, name)
			}
		}
	}
	for _, l := range t.Lots {
		if l.Points != nil {
			within(*l.Points, 0, mostNumber, "the points of lot %s", l.ID)
		}
		for _, p := range slices.Sorted(maps.Keys(l.Projects)) {
			within(l.Projects[p], 0, mostNumber, "the weight of %s in lot %s", p, l.ID)
		}
	}
	return faults
}
