package score

import (
	"cmp"
	"slices"
	"time"

	"github.com/tributary-oss/tributary/model"
)

// capped is what one cap counts: a person's acts for one indicator in one span
// of time.
type capped struct {
	person    int32
	indicator model.Indicator
	span      int32
	month     model.Month // a week is cut where the month ends, or its acts would push out each other's active month
}

// applyCaps drops what exceeds a person's caps, keeping the highest credits, then
// the earliest.
func (b *bench) applyCaps() {
	b.bestReviews()
	groups := map[capped][]int{}
	for n, c := range b.candidates {
		if _, limit := b.limit(c); limit > 0 && c.dropped == noRule {
			span, _ := b.limit(c)
			key := capped{c.person, c.indicator, span, model.MonthOf(time.Unix(c.at, 0))}
			groups[key] = append(groups[key], n)
		}
	}
	for _, group := range groups { // the groups do not touch each other
		_, limit := b.limit(b.candidates[group[0]])
		if len(group) <= limit {
			continue
		}
		slices.SortFunc(group, func(x, y int) int {
			p, q := b.candidates[x], b.candidates[y]
			return cmp.Or(cmp.Compare(q.amount, p.amount), cmp.Compare(p.at, q.at), cmp.Compare(p.act, q.act))
		})
		for _, n := range group[limit:] {
			if b.may(b.candidates[n].act, ruleCap) {
				b.drop(n, ruleCap, -1)
			}
		}
	}
}

// limit returns the span of time that the candidate is capped in and how many
// acts it allows; 0 is no cap.
func (b *bench) limit(c candidate) (span int32, limit int) {
	day := int32(model.DateOf(time.Unix(c.at, 0)))
	switch c.indicator {
	case model.Changes, model.Translations, model.Upkeep: // each: keeping the one must not cost the other
		return (day + 3) / 7, b.tender.Rules.ChangesPerWeek // 1970-01-01 was a Thursday; weeks start on Monday
	case model.ReviewsDone, model.Integration, model.Triage:
		return day, b.tender.Rules.ActsPerDay
	case model.Ports:
		return day, b.tender.Rules.PortsPerDay
	}
	return 0, 0
}

// applyFloor drops the acts of persons with too few of them.
func (b *bench) applyFloor() {
	type tally struct {
		acts   map[int32]bool
		months map[model.Month]bool
	}
	tallies := map[int32]tally{}
	for _, c := range b.candidates {
		if c.dropped != noRule {
			continue
		}
		t, ok := tallies[c.person]
		if !ok {
			t = tally{map[int32]bool{}, map[model.Month]bool{}}
			tallies[c.person] = t
		}
		t.acts[c.act] = true
		t.months[model.MonthOf(time.Unix(c.at, 0))] = true
	}
	rules := b.tender.Rules
	if b.decisions.off == ruleFloor {
		return
	}
	for n, c := range b.candidates {
		t := tallies[c.person]
		if c.dropped == noRule && (len(t.acts) < rules.FloorActs || len(t.months) < rules.FloorMonths) {
			b.drop(n, ruleFloor, -1)
		}
	}
}

// drop refuses a candidate, and the act behind it when nothing of it is left: a
// change and its upkeep, or a command and the verdict in it, stand together.
func (b *bench) drop(n int, r rule, related int32) {
	act := b.candidates[n].act
	b.candidates[n].dropped = r
	left := func(m int) bool { return b.candidates[m].act == act && b.candidates[m].dropped == noRule }
	for m := n - 1; m >= 0 && b.candidates[m].act == act; m-- {
		if left(m) {
			return
		}
	}
	for m := n + 1; m < len(b.candidates) && b.candidates[m].act == act; m++ {
		if left(m) {
			return
		}
	}
	b.ruled(act, r, related)
}
