package score

import (
	"fmt"
	"iter"
	"time"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// Verdicts judges what was added and yields one verdict for every contribution,
// in the order in which they were read: first those to commits, then the others.
// It may be called again, with the same result.
func (j *Judge) Verdicts() iter.Seq[model.Verdict] { return j.judge("").verdicts() }

// Ledger judges what was added and returns the credits together with the
// project's facts, ready to be merged with those of other projects. Where
// evidence is not nil it is called with each verdict.
func (j *Judge) Ledger(evidence func(model.Verdict)) *Ledger { return j.ledger("", evidence) }

// ledger leaves one decision out, by its name.
func (j *Judge) ledger(without string, evidence func(model.Verdict)) *Ledger {
	b := j.judge(without)
	l := &Ledger{}
	for v := range b.verdicts() {
		l.Add(v)
		if evidence != nil {
			evidence(v)
		}
	}
	facts := j.facts
	facts.Limits = b.limits()
	l.facts(j.project).merge(&facts)
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
		for n := range b.others {
			o := &b.others[n]
			v := model.Verdict{Project: b.project, Repository: b.repos.list[o.repo],
				Artifact: o.c.Artifact, Role: o.c.Role, Person: b.personKey(o.ident), Name: o.c.Actor.Name, At: o.c.At.UTC()}
			b.finish(&v, b.acts.n+int32(n), &next, o.rule, o.ident)
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
		At:         time.Unix(k.accepted, 0).UTC(),
	}
	if a.related >= 0 {
		v.Reason = b.reason(a)
	}
	if n := b.unitOf[a.commit]; n >= 0 && b.units[n].key.kind != 2 {
		u := b.units[n]
		v.Change = b.commits.at(u.first).hash.artifact()
		if u.key.kind == 3 {
			v.Change = b.commits.at(u.key.a).hash.artifact()
		}
	}
	return v
}

func (b *bench) reason(a *act) string {
	other := b.commits.at(a.related).hash.artifact()
	switch a.rule {
	case ruleDuplicate:
		return "the same work as " + string(other)
	case ruleUnit:
		return "counted with " + string(other)
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
	for ; *next < len(b.candidates) && b.candidates[*next].act == i; *next++ {
		if c := b.candidates[*next]; c.dropped != noRule {
			if r == noRule {
				v.Reason = fmt.Sprintf("%s: refused by the rule %s", c.indicator, c.dropped)
			}
		} else {
			at := time.Unix(c.at, 0)
			credit := model.Credit{Indicator: c.indicator, Month: model.MonthOf(at), Amount: c.amount}
			if c.indicator == model.Stewardship {
				credit.Parts, _ = b.roster.At(v.Person, b.idents.list[ident], at)
			}
			v.Credits = append(v.Credits, credit)
		}
	}
	v.Counted = r == noRule || !ruleTable[r].Refuses
	if v.Person != "" && r != ruleWindow && b.nature[ident] == human {
		parts, outcome := b.employer(v, ident)
		v.Parts = parts
		if outcome == affiliation.Weak || outcome == affiliation.Contested {
			v.Claimed = b.roster.Claimants(v.Person, b.idents.list[ident], v.At)
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
	}
}

// employer returns who employed the person at the act, or whom a decision names.
func (b *bench) employer(v *model.Verdict, ident int32) ([]model.Part, affiliation.Outcome) {
	if v.Role == model.Author || v.Role == model.CoAuthor {
		if h, err := parseHash(v.Artifact.Name()); err == nil {
			if vendor := b.decisions.vendor(h); vendor != "" {
				return []model.Part{{Vendor: vendor, Part: model.Whole}}, affiliation.Known
			}
		}
	}
	return b.roster.At(v.Person, b.idents.list[ident], v.At)
}

// enough is the part of the window's changes that must show a kind of fact for it
// to count as shown at all: below, git's silence says nothing about anybody.
const enough = 0.05

// limits says what the facts of this project cannot show although their source
// could have.
func (b *bench) limits() []Limit {
	changes, reviewed := map[int32]bool{}, map[int32]bool{}
	for i := range b.acts.n {
		a := b.acts.at(i)
		if b.unitOf[a.commit] < 0 {
			continue
		}
		changes[b.unitOf[a.commit]] = true
		switch role := b.role(a); {
		case role != model.Reviewer && role != model.Tester && role != model.Acker:
		case a.rule == noRule || a.rule == ruleUnit || a.rule == ruleMate || a.rule == ruleCap || a.rule == ruleFloor:
			reviewed[b.unitOf[a.commit]] = true
		}
	}
	var list []Limit
	if s := state(len(reviewed), len(changes)); s == model.Unavailable {
		list = append(list, Limit{model.ReviewsDone, s, fmt.Sprintf(
			"%d of the window's %d changes bear a review by somebody else in their messages, fewer than 5 %%: reviews happen where git does not show them", len(reviewed), len(changes))})
	}
	known, all := b.integrators()
	if s := state(known, all); s != model.Complete {
		list = append(list, Limit{model.Integration, s, fmt.Sprintf(
			"git names a person who took the change for %d of %d changes; a robot or a forge took the others", known, all)})
	}
	if known, all := b.stewards(); known < all {
		list = append(list, Limit{model.Stewardship, state(known, all), fmt.Sprintf(
			"%d of %d listings in role files could be matched to a person; the others name accounts that git does not know", known, all)})
	}
	if known, all := b.releasers(); known < all {
		list = append(list, Limit{model.Releases, state(known, all), fmt.Sprintf(
			"a robot published %d of the window's %d releases", all-known, all)})
	}
	return list
}

// releasers counts the releases of the window, and those that a person published.
func (b *bench) releasers() (known, all int) {
	for _, o := range b.others {
		if o.c.Role != model.Releaser || o.rule == ruleWindow {
			continue
		}
		all++
		if o.rule != ruleBot {
			known++
		}
	}
	return known, all
}

// stewards counts the listings in role files that touch the window, and those
// whose account names could be matched to a person.
func (b *bench) stewards() (known, all int) {
	for _, o := range b.others {
		if o.c.Role != model.Maintainer || o.rule == ruleWindow {
			continue
		}
		all++
		if o.rule != ruleUnmatched {
			known++
		}
	}
	return known, all
}

func state(known, all int) model.State {
	switch {
	case known == all:
		return model.Complete
	case float64(known) < enough*float64(all):
		return model.Unavailable
	}
	return model.Partial
}

// integrators counts the changes that somebody took, and those of which git names
// the person.
func (b *bench) integrators() (known, all int) {
	by := map[int32]bool{}
	for _, m := range b.merges {
		if m.by >= 0 {
			by[m.commit] = true
		}
	}
	for _, u := range b.units {
		k := b.commits.at(u.first)
		taken := u.key.kind == 2 && b.committer(k) != b.author(k)
		if u.key.kind == 4 || !taken && k.flags&landedMerge == 0 {
			continue
		}
		all++
		if taken && b.human(k.committer) >= 0 && !b.robotLanded(k) || by[k.landed] {
			known++
		}
	}
	return known, all
}
