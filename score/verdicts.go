package score

import (
	"cmp"
	"fmt"
	"iter"
	"time"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// Verdicts judges what was added and yields one verdict for every contribution,
// in the order in which they were read: first those to commits, then the others.
// It may be called again, with the same result.
func (j *Judge) Verdicts() iter.Seq[model.Verdict] { return j.judge(variant{}).verdicts() }

// Ledger judges what was added and returns the credits together with the
// project's facts, ready to be merged with those of other projects. Where
// evidence is not nil it is called with each verdict.
func (j *Judge) Ledger(evidence func(model.Verdict)) *Ledger { return j.ledger(variant{}, evidence) }

func (j *Judge) ledger(v variant, evidence func(model.Verdict)) *Ledger {
	return j.judge(v).ledger(evidence)
}

// ledger adds up what was judged.
func (b *bench) ledger(evidence func(model.Verdict)) *Ledger {
	l := &Ledger{}
	if evidence == nil {
		b.addTo(l)
	} else {
		for v := range b.verdicts() {
			l.Add(v)
			evidence(v)
		}
	}
	facts := b.facts
	facts.Limits = b.limits()
	l.facts(b.project).merge(&facts)
	return l
}

func (b *bench) verdicts() iter.Seq[model.Verdict] {
	return func(yield func(model.Verdict) bool) {
		next := 0
		for i := range b.acts.n {
			a := b.acts.at(i)
			v := b.verdict(a)
			b.finish(&v, i, &next, a.rule, a.ident)
			if !yield(v) {
				return
			}
		}
		for n := range b.stated.others.n {
			o := b.stated.others.at(n)
			v := b.otherVerdict(o)
			b.finish(&v, b.acts.n+n, &next, o.rule, o.ident)
			if !yield(v) {
				return
			}
		}
	}
}

// verdict says what is known of an act before its credits.
func (b *bench) verdict(a *act) model.Verdict {
	k := b.commits.at(a.commit)
	v := model.Verdict{
		Project:    b.project,
		Repository: b.repos.list[a.repo],
		Artifact:   k.hash.artifact(),
		Role:       b.role(a),
		Person:     b.personKey(a.ident),
		Name:       b.idents.list[a.ident].Name,
		At:         seconds(b.time(a.commit)),
		Reason:     b.reason(a.rule, a.related),
		Change:     b.changeName(a.commit),
	}
	if n := b.unitOf[a.commit]; n >= 0 && b.units[n].key.kind > 2 {
		u := b.units[n]
		v.Change = b.commits.at(u.first).hash.artifact()
		if u.key.kind == 3 {
			v.Change = b.commits.at(u.key.a).hash.artifact()
		}
	}
	return v
}

// otherVerdict says what is known of an act on something else than a commit before
// its credits.
func (b *bench) otherVerdict(o *other) model.Verdict {
	return model.Verdict{
		Project:    b.project,
		Repository: b.repos.list[b.stated.things.list[o.thing].repo],
		Artifact:   b.stated.artifactOf(o),
		Role:       b.stated.roleOf(o),
		Person:     b.personKey(o.ident),
		Name:       cmp.Or(b.idents.list[o.ident].Name, b.idents.list[o.ident].Login),
		At:         seconds(b.otherTime(o)),
		Reason:     b.reason(o.rule, o.related),
	}
}

func (b *bench) reason(r rule, related int32) string {
	if related == -1 {
		return ""
	}
	other := string(b.artifact(related))
	switch r {
	case ruleDuplicate:
		return "the same work as " + other
	case ruleUnit:
		return "counted with " + other
	case ruleRevert:
		return "it and " + other + " undo each other"
	case ruleImport:
		return "it came with " + other + ", which brought in a history of its own"
	case ruleBranch:
		return "it reached a declared branch as part of " + other
	}
	return ""
}

func (b *bench) personKey(ident int32) string {
	if p := b.person[ident]; p >= 0 {
		return b.persons.list[p]
	}
	return ""
}

// finish adds the credits, the employer and the rule to a verdict. The candidates
// are in the order of the acts, so one walk over them serves all verdicts.
func (b *bench) finish(v *model.Verdict, i int32, next *int, r rule, ident int32) {
	touched := b.touched[i]
	for ; *next < len(b.candidates) && b.candidates[*next].act == i; *next++ {
		if c := b.candidates[*next]; c.dropped != noRule {
			touched |= 1 << c.dropped
			if r == noRule {
				v.Reason = fmt.Sprintf("%s: refused by the rule %s", c.indicator, c.dropped)
			}
			v.Dropped = append(v.Dropped, model.Dropped{Indicator: c.indicator, Month: model.MonthOf(time.Unix(c.at, 0)), Amount: c.amount, Rule: c.dropped.String()})
		} else {
			at := time.Unix(c.at, 0)
			credit := model.Credit{Indicator: c.indicator, Month: model.MonthOf(at), Amount: c.amount}
			credit.Base, credit.Of = b.base(c)
			if c.indicator == model.Stewardship {
				credit.Parts, _ = b.seenAt(ident, at)
			}
			v.Credits = append(v.Credits, credit)
		}
	}
	v.Counted = r == noRule || !ruleTable[r].Refuses
	if v.Person != "" && r != ruleWindow && b.nature[ident] == human {
		when := b.employedAt(i)
		parts, outcome := b.employer(v, ident, when)
		v.Parts = parts
		if outcome == affiliation.Weak {
			v.Claimed = b.roster.Claimants(v.Person, b.idents.list[ident], when)
		}
		if outcome == affiliation.Contested {
			v.Claimed = b.roster.Rivals(v.Person, b.idents.list[ident], when)
		}
		switch {
		case !v.Counted || r == ruleUnit:
		case outcome == affiliation.Weak:
			r = ruleWeak
		case outcome == affiliation.Contested:
			r = ruleContested
		}
	}
	if r != noRule {
		v.Rule = r.String()
		v.Touched = touched.with(r).names()
	} else if touched != 0 {
		v.Touched = touched.names()
	}
}

// employer returns who employed the person at the time, or whom a decision names: on
// a commit, or on the change that it is part of.
func (b *bench) employer(v *model.Verdict, ident int32, when time.Time) ([]model.Part, affiliation.Outcome) {
	if v.Role == model.Author || v.Role == model.CoAuthor {
		on := []model.Artifact{v.Artifact}
		if v.Change.Kind() == model.ChangeArtifact {
			on = append(on, v.Change)
		}
		if vendor := b.decisions.vendor(on...); vendor != "" {
			return []model.Part{{Vendor: vendor, Part: model.Whole, Level: model.Decided}}, affiliation.Known
		}
	}
	return b.seenAt(ident, when)
}
