package score

import (
	"slices"
	"time"

	"github.com/tributary-oss/tributary/model"
)

// weigh gives an act that no rule refused so far its credit, or the rule that
// refuses it after all.
func (b *bench) weigh(i int32, a *act) {
	k := b.commits.at(a.commit)
	role := b.role(a)
	switch {
	case k.flags&isMerge != 0:
		b.weighMerge(i, a, k)
	case role == model.Signer:
		a.ruled(ruleContext, -1)
	case role == model.Committer && b.origin[a.commit] >= 0 && b.unitOf[a.commit] < 0:
		b.weighPort(i, a, k)
	case b.origin[a.commit] >= 0 && b.unitOf[a.commit] < 0:
		a.ruled(ruleDuplicate, b.root(a.commit))
	case b.unitOf[a.commit] < 0:
		a.ruled(ruleBot, -1) // nobody's work
	case role == model.Author, role == model.CoAuthor:
		b.weighChange(i, b.unitOf[a.commit], b.time(a.commit))
	case role == model.Committer:
		b.weighCommitter(i, a, k)
	default:
		b.weighReview(i, a, k)
	}
}

// weighChange credits one of the k authors of a change with 1/k: as a change, and as
// security where an advisory cites it, otherwise as upkeep where that is all it is.
func (b *bench) weighChange(i, unit int32, at int64) {
	u := &b.units[unit]
	p := b.who(i)
	n, _ := slices.BinarySearch(u.authors, p)
	if u.credit[n] != i {
		b.ruled(i, ruleUnit, b.subject(u.credit[n]))
		return
	}
	amount := u.share(n)
	switch {
	case u.translates && b.translations():
		b.credit(i, p, model.Translations, at, amount)
	case b.smallText(u) && b.may(i, ruleSmallText):
		b.discount(i, ruleSmallText)
		b.credit(i, p, model.Changes, at, split(amount, int64(b.tender.Rules.SmallText*model.Whole)))
	default:
		b.credit(i, p, model.Changes, at, amount)
	}
	for _, published := range b.security.fixes[[2]int32{unit, p}] {
		b.credit(i, p, model.Security, published, amount)
	}
	if u.upkeep && !b.security.cited[unit] {
		b.credit(i, p, model.Upkeep, at, amount)
	}
}

// share is the part of the n-th author. The millionths that do not divide go to the
// first authors.
func (u *unit) share(n int) int64 {
	k := int64(len(u.authors))
	if int64(n) < model.Whole%k {
		return model.Whole/k + 1
	}
	return model.Whole / k
}

// weighCommitter credits taking somebody else's commit as an integration, where no
// forge says who took it.
func (b *bench) weighCommitter(i int32, a *act, k *commit) {
	n := b.unitOf[a.commit]
	u := &b.units[n]
	p := b.person[a.ident]
	if at, ok := slices.BinarySearch(u.authors, p); ok {
		if u.credit[at] == i || k.author >= 0 && b.nature[k.author] == agent {
			b.weighChange(i, n, b.time(a.commit)) // took what an AI agent wrote
			return
		}
		if b.stands(a, ruleSelf) {
			a.ruled(ruleSelf, -1)
			return
		}
	}
	switch {
	case b.takenOnForge(u):
		a.ruled(ruleUnit, ofThing(b.stated.changes.at(u.key.a).thing))
	case !b.attests(k) && b.stands(a, ruleUnattested):
		a.ruled(ruleUnattested, -1)
	case (b.robotLanded(k) || u.key.kind == 1 && b.byRobot(u.key.a)) && b.stands(a, ruleBot):
		a.ruled(ruleBot, -1)
	default:
		b.integrate(i, n, b.time(a.commit))
	}
}

// integrate credits taking a change, to each person once.
func (b *bench) integrate(i, unit int32, at int64) {
	p := b.who(i)
	if first, ok := b.taken[[2]int32{p, unit}]; ok {
		b.ruled(i, ruleUnit, b.subject(first))
		return
	}
	b.taken[[2]int32{p, unit}] = i
	b.credit(i, p, model.Integration, at, b.mated(i, at, &b.units[unit]))
}

// takenOnForge reports whether the forge says which human took a change: then it is
// that person's integration, and git's committers and merges are part of it.
func (b *bench) takenOnForge(u *unit) bool { return u.key.kind == 1 && b.fates[u.key.a].by >= 0 }

// robotLanded reports whether a robot's merge brought the commit in. Its committer
// then is whoever uploaded it last, as on Gerrit, and not who accepted it.
func (b *bench) robotLanded(k *commit) bool {
	author := b.commits.at(k.landed).author
	return k.flags&landedMerge != 0 && author >= 0 && b.nature[author] != human
}

// weighMerge credits the human behind a first-parent merge that brought in
// others' changes: its author, or who signed a robot's merge. Changes that the
// same person committed one by one are credited there.
func (b *bench) weighMerge(i int32, a *act, k *commit) {
	role := b.role(a)
	byRobot := k.author >= 0 && b.nature[k.author] != human
	if k.landed != a.commit || role != model.Author && !(role == model.Signer && byRobot) {
		a.ruled(ruleMerge, -1)
		return
	}
	at, ok := b.merged[a.commit]
	if !ok || b.inOwnBranch(a.commit) {
		a.ruled(ruleMerge, -1) // brought in nothing that counts, or not to where it counts
		return
	}
	m := &b.merges[at]
	p := b.person[a.ident]
	if role == model.Signer && m.by >= 0 {
		a.ruled(ruleContext, -1)
		return
	}
	m.by = p
	own, counted := true, int32(-1)
	var taken []*unit
	for _, n := range m.units {
		u := &b.units[n]
		if _, ok := slices.BinarySearch(u.authors, p); ok && b.stands(a, ruleSelf) {
			continue
		}
		own = false
		_, already := b.taken[[2]int32{p, n}]
		switch {
		case b.takenOnForge(u):
			counted = ofThing(b.stated.changes.at(u.key.a).thing)
		case already || u.key.kind == 2 && b.committer(b.commits.at(u.first)) == p:
			counted = u.first
		default:
			taken = append(taken, u)
			if u.key.kind == 1 {
				b.taken[[2]int32{p, n}] = i
			}
		}
	}
	switch {
	case own:
		a.ruled(ruleSelf, -1)
	case len(taken) == 0:
		a.ruled(ruleUnit, counted)
	default:
		at := b.time(a.commit)
		b.credit(i, p, model.Integration, at, b.mated(i, at, taken...))
	}
}

// weighReview credits a trailer. Who may approve is known of those listed in a
// role file and of those who took others' work before.
func (b *bench) weighReview(i int32, a *act, k *commit) {
	u := &b.units[b.unitOf[a.commit]]
	p := b.person[a.ident]
	if (!b.attests(k) || b.selfMerged(a.commit, k)) && b.stands(a, ruleUnattested) {
		a.ruled(ruleUnattested, -1)
		return
	}
	if _, ok := slices.BinarySearch(u.authors, p); ok && b.stands(a, ruleSelf) {
		a.ruled(ruleSelf, -1)
		return
	}
	amount, at := int64(model.Whole/4), b.time(a.commit)
	if !b.mayApprove(p, at) && b.costless(i, a, u, at) {
		return
	}
	switch {
	case b.role(a) == model.Tester:
		amount = model.Whole / 2
	case b.role(a) == model.Reviewer && b.mayApprove(p, at):
		amount = model.Whole
	}
	if b.amongMates(i, k, at) {
		b.creditReview(i, at, split(amount, b.wordless(i, at, u)))
		return
	}
	b.creditReview(i, at, split(amount, b.mated(i, at, u)))
}

// amongMates reports whether who wrote a trailer into a commit belongs to the group of
// whom it names: then nobody outside attests it.
func (b *bench) amongMates(i int32, k *commit, at int64) bool {
	when := seconds(at)
	group := b.group(b.identOf(i), when)
	return group != "" && b.human(k.committer) >= 0 && b.group(k.committer, when) == group
}

// mayApprove reports whether a person is known to have the right to approve at the
// time: it took others' work before, or a role file lists it.
func (b *bench) mayApprove(p int32, at int64) bool {
	since, trusted := b.trust[p]
	return trusted && since <= at || b.listed(p, at)
}

// bestReviews keeps one review of each person and change, and one of each group among those
// without the right to approve whom a message names: the one that earns most, then the earliest.
func (b *bench) bestReviews() {
	b.bestOf(func(c *candidate) (int32, bool) { return c.person, true })
	b.bestOf(func(c *candidate) (int32, bool) { group, ok := b.crowd[c.act]; return group, ok })
}

// bestOf keeps one review of each of whom the function names, and change.
func (b *bench) bestOf(by func(c *candidate) (int32, bool)) {
	type pair struct{ who, unit int32 }
	best := map[pair]int{}
	for n := range b.candidates {
		c := &b.candidates[n]
		who, ok := by(c)
		if c.indicator != model.ReviewsDone || c.dropped != noRule || !ok {
			continue
		}
		key := pair{who, b.unitAt(c.act)}
		was, ok := best[key]
		if !ok {
			best[key] = n
			continue
		}
		lose, win := n, was
		if c.amount > b.candidates[was].amount {
			lose, win = was, n
		}
		best[key] = win
		b.drop(lose, ruleUnit, b.subject(b.candidates[win].act))
	}
}

// weighPort credits whoever carried work to another maintained branch of the
// repository: once per change, merge or direct push, and branch.
func (b *bench) weighPort(i int32, a *act, k *commit) {
	origin := b.root(a.commit)
	o := b.commits.at(origin)
	branch := b.branchBeyond(k, o)
	switch {
	case k.repo != o.repo || branch == "" || b.contradicts(a.commit):
		a.ruled(ruleDuplicate, origin)
		return
	case b.human(k.author) < 0 && b.stands(a, ruleBot):
		a.ruled(ruleBot, -1)
		return
	}
	by := a.commit
	if k.flags&landedMerge != 0 {
		by = k.landed
	}
	if c := b.changeOf[a.commit]; c >= 0 {
		by = ofThing(b.stated.changes.at(c).thing)
	}
	key := portKey{by, branch}
	if first, ok := b.ports[key]; ok {
		a.ruled(ruleUnit, first)
		return
	}
	b.ports[key] = a.commit
	b.ported = append(b.ported, ported{int32(len(b.candidates)), a.commit})
	b.credit(i, b.person[a.ident], model.Ports, b.time(a.commit), model.Whole)
}

type portKey struct {
	by     int32 // the change, the merge or the commit, as a ruling relates to it
	branch string
}

// branchBeyond returns the first branch that holds k and not o, "" for none.
func (b *bench) branchBeyond(k, o *commit) string {
	key := [2]int32{k.branches, o.branches}
	name, ok := b.beyond[key]
	if !ok {
		has := splitBranches(b.branches.list[o.branches])
		for _, n := range splitBranches(b.branches.list[k.branches]) {
			if _, found := slices.BinarySearch(has, n); !found {
				name = n
				break
			}
		}
		b.beyond[key] = name
	}
	return name
}

// mated returns the credit of one act on changes of others, less what the rule
// mate takes.
func (b *bench) mated(i int32, at int64, units ...*unit) int64 {
	when := time.Unix(at, 0)
	group := b.group(b.identOf(i), when)
	if group == "" || b.tender.Rules.Mate == 0 {
		return model.Whole
	}
	var authors, mates int64
	for _, u := range units {
		authors += int64(len(u.authors))
		mates += b.mates(u, group, when)
	}
	return b.lessMate(i, mates, authors)
}

// wordless is [bench.mated] for a verdict without words: on the work of one's own group it
// earns nothing, as nothing tells it from a favour.
func (b *bench) wordless(i int32, at int64, u *unit) int64 {
	return max(0, 2*b.mated(i, at, u)-model.Whole)
}

// lessMate returns the credit of an act on the work of so many people, of whom so
// many are mates.
func (b *bench) lessMate(i int32, mates, authors int64) int64 {
	if mates == 0 || b.decisions.off == ruleMate {
		return model.Whole
	}
	b.discount(i, ruleMate)
	return model.Whole - int64(b.tender.Rules.Mate*model.Whole)*mates/authors
}

// mateless reports whether nothing is held against mates: the document says so, or the rule
// is left out to see what hangs on it.
func (b *bench) mateless() bool { return b.tender.Rules.Mate == 0 || b.decisions.off == ruleMate }

// mates counts the authors of the unit who belong to the group: by whom they worked
// for as authors, and whose that vendor is when the act is done. The vendors of many
// authors are counted once: reviewers times authors could be billions.
func (b *bench) mates(u *unit, group string, when time.Time) (n int64) {
	vendors := u.vendors
	if vendors == nil {
		vendors = map[string]int64{}
		for _, i := range u.credit {
			vendors[b.vendor(b.identOf(i), b.employedAt(i))]++
		}
		if len(u.credit) > 8 {
			u.vendors = vendors
		}
	}
	for vendor, authors := range vendors { // a sum has no order
		if vendor != "" && b.roster.Group(vendor, when) == group {
			n += authors
		}
	}
	return n
}

// group returns the ultimate parent of the vendor that employs the most of the
// person at the time; "" where nobody known does.
func (b *bench) group(ident int32, at time.Time) string {
	if vendor := b.vendor(ident, at); vendor != "" {
		return b.roster.Group(vendor, at)
	}
	return ""
}

// vendor returns who employs the most of the person at the time; "" where nobody
// known does.
func (b *bench) vendor(ident int32, at time.Time) string {
	parts, _ := b.seenAt(ident, at)
	most := parts[0]
	for _, p := range parts {
		if p.Part > most.Part {
			most = p
		}
	}
	return most.Vendor
}
