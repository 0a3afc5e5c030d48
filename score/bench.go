package score

import (
	"cmp"
	"slices"
	"time"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// bench is one judging of what a judge remembers. It is made anew for each run,
// so that the same facts can be judged with and without a decision.
type bench struct {
	*Judge
	joining
	roster    *affiliation.Roster // as this run has it
	people    *affiliation.People
	person    []int32 // identity → person; nobody is -1
	persons   interner[string]
	seen      []*affiliation.Seen // by identity; nil until somebody asks
	decisions decisions
	nature    []nature // by identity, as this run has it

	origin   []int32       // commit → its first acceptance; -1 where it is the first
	changeOf []int32       // commit → change that a forge merged; -1 where it is of none
	fates    []fate        // by change
	units    []unit        // changes of the window
	unitOf   []int32       // commit → unit; -1 where it is none
	merged   map[int32]int // first-parent merge → its place in merges
	merges   []merge
	trust    map[int32]int64 // person → since when it is known to have the right to approve
	ports    map[portKey]int32
	ported   []ported
	beyond   map[[2]int32]string  // by sets of branches
	listings map[int32][][2]int64 // person → seconds [from, until) in role files
	taken    map[[2]int32]int32   // person and unit → the integration that was credited
	remarks  map[[2]int32]int     // person and change → comments on lines
	answers  []answered           // by issue
	security security
	numbered bool            // the project's commits bear Change-Ids
	crowd    map[int32]int32 // act → the group of somebody without the right to approve whom a message names; see [bench.costless]
	groups   interner[string]
	reverts  map[int32]int32    // commit that was undone, or undoes → the other one
	foreign  map[int32]bool     // merges that brought in a foreign history
	touched  map[int32]ruleSet  // acts that a rule discounted
	operator map[int32][]string // repository → vendors that run its forge
	attested map[[2]int32]bool  // person and change → git shows the person at it, too; see [bench.controlled]

	candidates []candidate
}

// candidate is a credit before the caps.
type candidate struct {
	act       int32 // by number; see [bench.other]
	person    int32
	indicator model.Indicator
	at        int64
	amount    int64
	dropped   rule
}

// variant is what one run of a judge does otherwise than the document says, so that the
// effect can be shown. The zero variant does nothing otherwise.
type variant struct {
	without   string   // a decision that is left out, by its name
	claimants []string // people whom exactly these vendors claim with equal evidence …
	vendor    string   // … belong to this one
	off       rule     // a rule that refuses and discounts nothing

	roster *affiliation.Roster // instead of the document's; nil for that one
}

// judge decides everything and leaves the rulings in the acts and the credits in
// the candidates.
func (j *Judge) judge(v variant) *bench {
	roster := cmp.Or(v.roster, j.roster)
	if v.without != "" {
		roster = roster.Without(v.without)
	}
	if v.vendor != "" {
		roster = roster.Settled(v.claimants, v.vendor)
	}
	b := &bench{Judge: j, roster: roster, touched: map[int32]ruleSet{}, merged: map[int32]int{}, trust: map[int32]int64{}, ports: map[portKey]int32{}, beyond: map[[2]int32]string{},
		crowd: map[int32]int32{}, taken: map[[2]int32]int32{}, remarks: map[[2]int32]int{}}
	b.decisions = newDecisions(j.tender.Decisions, v.without)
	b.decisions.off = v.off
	b.nature = j.nature
	if v.off == ruleBot {
		b.nature = make([]nature, len(j.nature)) // all people
	}
	b.resolve()
	b.findOrigins()
	b.joinChanges()
	b.preferMain()
	b.findVoids()
	b.findAttested()
	b.reset()
	b.findTrust()
	b.findListings()
	b.findNumbered()
	b.findUnits()
	b.findTakers()
	b.findRemarks()
	b.findAnswers()
	b.findSecurity()
	for i := range b.acts.n {
		if a := b.acts.at(i); a.rule == noRule {
			b.weigh(i, a)
		}
	}
	b.weighOthers()
	b.refuseReplays()
	b.applyCaps()
	b.applyFloor()
	b.steward()
	slices.SortFunc(b.candidates, func(x, y candidate) int {
		return cmp.Or(cmp.Compare(x.act, y.act), cmp.Compare(x.indicator, y.indicator), cmp.Compare(x.at, y.at))
	})
	return b
}

// people prepares to resolve the identities of the project.
func (j *Judge) people(r *affiliation.Roster) *affiliation.People {
	p := r.People(j.aliases)
	for _, id := range j.idents.list {
		p.Learn(id)
	}
	return p
}

// resolve finds the person behind every identity.
func (b *bench) resolve() {
	b.people = b.Judge.people(b.roster)
	for _, id := range b.idents.list {
		person := int32(-1)
		if key := b.people.Person(id); key != "" && isSomebody(id.Type) {
			person = b.persons.id(key)
		}
		b.person = append(b.person, person)
	}
	b.seen = make([]*affiliation.Seen, len(b.person))
}

// seenAt returns who employed the person behind an identity at the time.
func (b *bench) seenAt(ident int32, at time.Time) ([]model.Part, affiliation.Outcome) {
	if b.seen[ident] == nil {
		s := b.roster.Seen(b.persons.list[b.person[ident]], b.idents.list[ident])
		b.seen[ident] = &s
	}
	return b.seen[ident].At(at)
}

// reset gives every act its first ruling: those that need no look at others.
func (b *bench) reset() {
	for i := range b.acts.n {
		a := b.acts.at(i)
		a.rule, a.related = b.first(a)
	}
	for n := range b.stated.others.n {
		o := b.stated.others.at(n)
		o.rule, o.related = b.firstOther(o)
	}
}

func (b *bench) first(a *act) (rule, int32) {
	k := b.commits.at(a.commit)
	switch {
	case b.decisions.refused(k.hash) || b.decisions.refusedOther(b.changeName(a.commit)):
		return ruleDecision, -1
	case !b.window.Holds(time.Unix(b.time(a.commit), 0)) && b.stands(a, ruleWindow):
		return ruleWindow, -1
	case b.branches.list[k.branches] == "" && b.stands(a, ruleBranch):
		return ruleBranch, -1
	case b.person[a.ident] < 0:
		return ruleAnonymous, -1
	}
	switch n := b.nature[a.ident]; {
	case n != human && b.stands(a, ruleBot):
		return ruleBot, -1
	case a.repo != k.repo: // seen again in another repository
		return ruleDuplicate, -1
	case b.role(a) == model.Reporter:
		return ruleContext, -1
	}
	return b.void(a)
}

// stands reports whether a rule may refuse the act: a decision may say otherwise.
func (b *bench) stands(a *act, r rule) bool {
	return !b.decisions.overruled(b.commits.at(a.commit).hash, r) && !b.decisions.overruledOther(b.changeName(a.commit), r)
}

// changeName returns the change that brought a commit in, "" where no forge says.
func (b *bench) changeName(commit int32) model.Artifact {
	if c := b.changeOf[commit]; c >= 0 {
		return b.artifact(ofThing(b.stated.changes.at(c).thing))
	}
	return ""
}

func (b *bench) role(a *act) model.Role { return actRoles[a.role] }

// human returns the person behind an identity if it is one, otherwise -1.
func (b *bench) human(ident int32) int32 {
	if ident < 0 || b.nature[ident] != human {
		return -1
	}
	return b.person[ident]
}

// ruled refuses an act and says so.
func (a *act) ruled(r rule, related int32) { a.rule, a.related = r, related }

func (b *bench) credit(i int32, person int32, indicator model.Indicator, at, amount int64) {
	b.candidates = append(b.candidates, candidate{act: i, person: person, indicator: indicator, at: at, amount: amount})
}
