package score

import "github.com/tributary-oss/tributary/model"

// addTo enters what was judged into a ledger, as if its verdicts were added one by one.
// Most acts were refused, or counted with others, before they had a credit: of them
// nothing matters but the rule, and no verdict is made.
func (b *bench) addTo(l *Ledger) {
	f, next := l.facts(b.project), 0
	var ended, touched [len(ruleTable)]int64
	for i := range b.acts.n + b.stated.others.n {
		r := b.ruleOf(i)
		credited := next < len(b.candidates) && b.candidates[next].act == i
		if !credited && (r == ruleUnit || ruleTable[r].Refuses) {
			ended[r]++
			for also := range b.touched[i].without(r).each() {
				touched[also]++
			}
			continue
		}
		v := b.bare(i)
		b.finish(&v, i, &next, r, b.identOf(i))
		l.Add(v)
	}
	for n, acts := range ended {
		r := rule(n)
		if acts == 0 {
			continue
		}
		f.Read += acts
		touched[r] += acts
		if ruleTable[r].Refuses {
			add(&f.Refused, r.String(), acts)
		} else {
			f.Counted += acts
		}
	}
	for n, acts := range touched {
		if acts > 0 {
			add(&f.Rules, rule(n).String(), acts)
		}
	}
}

// bare is a verdict with no more than what credits hang on.
func (b *bench) bare(i int32) model.Verdict {
	o, ok := b.other(i)
	switch {
	case !ok && b.decisions.any():
		return b.verdict(b.acts.at(i))
	case ok && b.decisions.any():
		return b.otherVerdict(o)
	case ok:
		return model.Verdict{Project: b.project, Role: b.stated.roleOf(o), Person: b.personKey(o.ident)}
	}
	a := b.acts.at(i)
	return model.Verdict{Project: b.project, Role: b.role(a), Person: b.personKey(a.ident)}
}
