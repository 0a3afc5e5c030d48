package score

import (
	"fmt"
	"maps"
	"slices"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// variants gathers, while projects are judged, what is judged again with a rule off, and
// who behaves like a robot.
type variants struct {
	tender *model.Tender
	rules  []rule
	off    map[rule]map[string]*Ledger // by project
	lowest *affiliation.Roster         // that takes any evidence
	habits suggestion
	people map[string]map[string]bool // identity as a document states it → persons
}

func newVariants(t *model.Tender, rules bool) *variants {
	v := &variants{tender: t, off: map[rule]map[string]*Ledger{}, people: map[string]map[string]bool{},
		habits: suggestion{settled: Settled(t), accounts: map[doing]*habits{}}}
	if rules {
		v.rules = switchable()
	}
	return v
}

// fixed are the rules that cannot be off: what they refuse has no credit to give, is the
// window's or the document's to say, has rows of its own, or only warns.
var fixed = [...]rule{noRule, ruleWindow, ruleAnonymous, ruleContext, ruleMerge, ruleUnit, ruleUnmatched, ruleIdle, ruleContested, ruleDecision, ruleBurst}

// switchable returns the rules that can be off, in order.
func switchable() (list []rule) {
	for r := range ruleTable {
		if !slices.Contains(fixed[:], rule(r)) {
			list = append(list, rule(r))
		}
	}
	return list
}

// take judges a project again with each rule off.
func (v *variants) take(j *Judge) {
	people := j.people(j.roster)
	for _, id := range j.idents.list {
		key := suspectKey(id)
		if key == "" {
			continue // no document can state it, so nobody suspects it
		}
		if v.people[key] == nil {
			v.people[key] = map[string]bool{}
		}
		v.people[key][people.Person(id)] = true
	}
	for _, r := range v.rules {
		if v.off[r] == nil {
			v.off[r] = map[string]*Ledger{}
		}
		v.off[r][j.project] = v.sums(j.ledger(v.without(r), nil))
	}
}

// sums keeps of a ledger what scores are made of: a dozen ledgers of people are too many to
// hold.
func (v *variants) sums(l *Ledger) *Ledger {
	small := &Ledger{}
	staffed := v.tender.Mode == model.Award && !v.tender.Bidders.All
	for c, a := range l.Cells {
		key := Cell{Project: c.Project, Vendor: c.Vendor, Indicator: c.Indicator, Month: c.Month}
		switch {
		case staffed:
			key.Person, key.Vendor = c.Person, ""
		case c.Vendor == "":
			continue // nobody's who bids
		}
		small.add(key, a)
	}
	return small
}

// without returns the variant with a rule off.
func (v *variants) without(r rule) variant {
	if r != ruleWeak {
		return variant{off: r}
	}
	if v.lowest == nil {
		any := *v.tender
		any.Evidence = model.Profile
		v.lowest = affiliation.NewRoster(&any)
	}
	return variant{roster: v.lowest}
}

// robots returns the chances of persons to be robots: what is stated, and what their
// habits say where nothing is settled.
func (v *variants) robots(a assumed, stated map[string]float64) map[string]float64 {
	v.habits.endCommit()
	all := map[string]float64{}
	for _, suspect := range v.habits.suspects() {
		chance := a[assumeHints]
		if suspect.count(Alone) > 0 {
			chance = a[assumePlain]
		}
		for person := range v.people[suspect.Identity] {
			all[person] = max(all[person], chance)
		}
	}
	delete(all, "")
	maps.Copy(all, stated)
	return all
}

func (v *variants) notes(robots int) (list []string) {
	if robots > 0 {
		list = append(list, fmt.Sprintf("Accounts that behave like robots, and of which nothing settles whether they are: %d.", robots))
	}
	if len(v.rules) == 0 {
		list = append(list, "No rule was left out: that was not asked for.")
	}
	return list
}

// rows scores the ledgers with each rule off.
func (v *variants) rows(s *study, ledgers map[string]*Ledger) (list []row) {
	for _, r := range v.rules {
		list = append(list, s.rowOf("rule", r.String(), "off", v.off[r]))
	}
	return list
}
