package score

import (
	"slices"

	"github.com/tributary-oss/tributary/model"
)

// Reviews on a forge. A wordless approval this soon after the last push says little
// (METHOD.md, indicator reviews); so many comments on lines say something, in one
// review or in several.
const (
	hasty       = 5 * 60 // seconds
	substantive = 2
	fewWords    = 20 // characters of a text below which it says no more than "Looks good to me"
	manyWords   = 80 // from which on one comment on lines is enough
)

// weighMerged weighs an act on a change that a forge merged.
func (b *bench) weighMerged(i int32, o *other, c int32) {
	f := &b.fates[c]
	role := b.stated.roleOf(o)
	switch {
	case role != model.Author && role != model.Merger && role != model.Commander && role != model.Reviewer:
		b.ruled(i, ruleContext, -1)
	case f.unit < 0 && f.rule == ruleDuplicate && i == f.by:
		b.portMerged(i, f)
	case f.unit < 0:
		b.ruled(i, f.rule, f.related)
	case b.bears(i, f.unit):
		b.weighChange(i, f.unit, b.otherTime(o))
	case role == model.Author:
		b.weighOpener(i, c)
	case role == model.Merger:
		b.weighTaker(i, c)
	case o.at > f.merged && b.may(i, ruleLate):
		b.ruled(i, ruleLate, -1)
	case b.own(c, b.who(i)) && b.may(i, ruleSelf):
		b.ruled(i, ruleSelf, -1)
	case role == model.Commander:
		b.weighCommand(i, o, c)
	default:
		b.weighVerdict(i, o, c)
	}
}

// bears reports whether an act bears the authorship of a change.
func (b *bench) bears(i, unit int32) bool {
	u := &b.units[unit]
	n, ok := slices.BinarySearch(u.authors, b.who(i))
	return ok && u.credit[n] == i
}

// weighOpener says where the one who opened a change has its credit: the commits
// tell who wrote it.
func (b *bench) weighOpener(i, c int32) {
	u := &b.units[b.fates[c].unit]
	if n, ok := slices.BinarySearch(u.authors, b.who(i)); ok {
		b.ruled(i, ruleUnit, b.subject(u.credit[n]))
		return
	}
	b.ruled(i, ruleContext, -1)
}

// weighTaker credits the human who took a change, once.
func (b *bench) weighTaker(i, c int32) {
	f := &b.fates[c]
	o, _ := b.other(i)
	switch {
	case b.own(c, b.who(i)) && b.may(i, ruleSelf):
		b.ruled(i, ruleSelf, -1)
	case f.by < 0: // another whom the forge says merged it, beside one who is nobody
		b.ruled(i, ruleContext, -1)
	case i != f.by:
		b.ruled(i, ruleUnit, b.subject(f.by))
	default:
		b.integrate(i, f.unit, b.otherTime(o))
	}
}

// weighCommand credits the human who told a robot to merge, and whoever said in a
// command that the change is good with a review, if it is known to have the right to
// approve: no forge says so with a command, and a robot asks rules of its own. The
// command that it obeyed earns a quarter without.
func (b *bench) weighCommand(i int32, o *other, c int32) {
	f := &b.fates[c]
	verb := b.stated.verbs.list[o.verb]
	takes := i == f.by
	if takes {
		b.weighTaker(i, c)
	}
	switch {
	case judges(verb) && (takes || b.mayApprove(b.who(i), o.at)):
		amount := b.wordless(i, o.at, &b.units[f.unit])
		if !b.mayApprove(b.who(i), o.at) {
			amount /= 4
		}
		if amount > 0 || !takes {
			b.creditReview(i, o.at, amount)
		}
	case !takes && f.by >= 0 && b.who(f.by) == b.who(i):
		b.ruled(i, ruleUnit, b.subject(f.by))
	case !takes:
		b.ruled(i, ruleContext, -1)
	}
}

// weighVerdict credits a review: a whole one with comments on lines, or as a verdict of
// somebody who may approve; a quarter as a verdict in words of anybody else, or a
// wordless one at once after the last push; nothing as a remark, or as a wordless verdict
// of somebody without the right: on a public forge that costs one press of a button.
func (b *bench) weighVerdict(i int32, o *other, c int32) {
	r, u := b.stated.reviews.at(o.review), &b.units[b.fates[c].unit]
	may := b.mayApprove(b.who(i), o.at) || r.right
	switch {
	case b.remarks[[2]int32{b.who(i), c}] >= substantive && r.inline > 0, r.inline > 0 && r.long:
		b.creditReview(i, o.at, b.mated(i, o.at, u))
	case r.state == remark || r.silent && !may:
		b.ruled(i, ruleContext, -1)
	case !may:
		b.creditReview(i, o.at, split(model.Whole/4, b.mated(i, o.at, u)))
	case b.isHasty(r, o.at, c):
		b.creditReview(i, o.at, split(model.Whole/4, b.wordless(i, o.at, u)))
	case r.silent:
		b.creditReview(i, o.at, b.wordless(i, o.at, u))
	default:
		b.creditReview(i, o.at, b.mated(i, o.at, u))
	}
}

// creditReview credits a review; one that is worth nothing is none.
func (b *bench) creditReview(i int32, at, amount int64) {
	if amount == 0 {
		b.ruled(i, ruleContext, -1)
		return
	}
	b.credit(i, b.who(i), model.ReviewsDone, at, amount)
}

// isHasty reports whether a wordless approval came at once after the last commit of
// the change, which was pushed no earlier than its committer's clock says. A clock
// that is ahead of the review shows nothing. Nor does an approval of which the forge
// does not say what commit it is of, as on GitLab, or of one that is not the last: when
// those were pushed is not known. After a stale one came the last push, even if it
// brought back what had been judged.
func (b *bench) isHasty(r *review, at int64, c int32) bool {
	h, ok := b.stated.heads[b.stated.changes.at(c).thing]
	return ok && r.silent && !r.stale && r.commit != (hash{}) && r.commit == h.commit && at >= h.committed && at-h.committed <= hasty
}

// findRemarks adds up the comments on lines that each person made on each change
// before the merge. A forge states one that is made by itself as a review of its own.
func (b *bench) findRemarks() {
	for n := range b.stated.others.n {
		o := b.stated.others.at(n)
		if o.review < 0 || o.rule != noRule {
			continue
		}
		if c := b.stated.changeOf(o); o.at <= b.fates[c].merged {
			b.remarks[[2]int32{b.person[o.ident], c}] += int(b.stated.reviews.at(o.review).inline)
		}
	}
}

// portMerged credits who took a change that carries earlier work to another branch,
// unless a human who committed its commits has the credit. The work may be the very
// commits that another change brought to its own branch.
func (b *bench) portMerged(i int32, f *fate) {
	if key, ok := b.sameElsewhere(i, f); ok {
		if first, paid := b.ports[key]; paid {
			b.ruled(i, ruleUnit, first)
			return
		}
		b.ports[key] = f.became
		b.ported = append(b.ported, ported{int32(len(b.candidates)), f.became})
		b.credit(i, b.who(i), model.Ports, f.at, model.Whole)
		return
	}
	for _, n := range f.commits {
		k := b.commits.at(n)
		if b.origin[n] < 0 || b.human(k.author) < 0 && b.may(i, ruleBot) {
			continue
		}
		o := b.commits.at(b.root(n))
		branch := b.branchBeyond(k, o)
		if k.repo != o.repo || branch == "" || b.contradicts(n) {
			continue
		}
		key := portKey{b.subject(i), branch}
		if first, ok := b.ports[key]; ok {
			b.ruled(i, ruleUnit, first)
			return
		}
		b.ports[key] = n
		b.ported = append(b.ported, ported{int32(len(b.candidates)), n})
		b.credit(i, b.who(i), model.Ports, f.at, model.Whole)
		return
	}
	b.ruled(i, f.rule, f.related)
}

// sameElsewhere reports whether a change carried to its declared branch what another
// change had brought to another one, without making any commit anew: for each change
// and branch that is one port, however often the forge says it.
func (b *bench) sameElsewhere(i int32, f *fate) (portKey, bool) {
	o, _ := b.other(i)
	c := b.stated.changeOf(o)
	if f.became < 0 || !f.declared || b.changeOf[f.became] < 0 || b.human(b.commits.at(f.became).author) < 0 && b.may(i, ruleBot) {
		return portKey{}, false
	}
	first := b.changeOf[f.became]
	k, was := b.stated.changes.at(c), b.stated.changes.at(first)
	if first == c || k.repo != was.repo || k.base == was.base {
		return portKey{}, false
	}
	return portKey{ofThing(was.thing), b.stated.bases.list[k.base]}, true
}
