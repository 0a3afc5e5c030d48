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
		b.weighChange(i, a, k)
	case role == model.Committer:
		b.weighCommitter(i, a, k)
	default:
		b.weighReview(i, a, k)
	}
}

// weighChange credits one of the k authors of a change with 1/k, and with upkeep
// where that is all the change is. The millionths that do not divide go to the
// first authors.
func (b *bench) weighChange(i int32, a *act, k *commit) {
	u := &b.units[b.unitOf[a.commit]]
	p := b.person[a.ident]
	at, _ := slices.BinarySearch(u.authors, p)
	if u.credit[at] != i {
		a.ruled(ruleUnit, b.acts.at(u.credit[at]).commit)
		return
	}
	n := int64(len(u.authors))
	amount := model.Whole / n
	if int64(at) < model.Whole%n {
		amount++
	}
	b.credit(i, p, model.Changes, k.accepted, amount)
	if u.upkeep {
		b.credit(i, p, model.Upkeep, k.accepted, amount)
	}
}

// weighCommitter credits taking somebody else's commit as an integration.
func (b *bench) weighCommitter(i int32, a *act, k *commit) {
	u := &b.units[b.unitOf[a.commit]]
	p := b.person[a.ident]
	if at, ok := slices.BinarySearch(u.authors, p); ok {
		if u.credit[at] == i || k.author >= 0 && b.nature[k.author] == agent {
			b.weighChange(i, a, k) // took what an AI agent wrote
			return
		}
		if b.stands(a, ruleSelf) {
			a.ruled(ruleSelf, -1)
			return
		}
	}
	if b.robotLanded(k) && b.stands(a, ruleBot) {
		a.ruled(ruleBot, -1)
		return
	}
	b.credit(i, p, model.Integration, k.accepted, b.mated(a, k.accepted, u))
}

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
	if !ok {
		a.ruled(ruleMerge, -1) // brought in nothing that counts
		return
	}
	m := &b.merges[at]
	p := b.person[a.ident]
	if role == model.Signer && m.by >= 0 {
		a.ruled(ruleContext, -1)
		return
	}
	m.by = p
	own := true
	var taken []*unit
	for _, n := range m.units {
		u := &b.units[n]
		if _, ok := slices.BinarySearch(u.authors, p); ok && b.stands(a, ruleSelf) {
			continue
		}
		own = false
		if u.key.kind != 2 || b.committer(b.commits.at(u.first)) != p {
			taken = append(taken, u)
		}
	}
	switch {
	case own:
		a.ruled(ruleSelf, -1)
	case len(taken) == 0:
		a.ruled(ruleUnit, b.units[m.units[0]].first)
	default:
		b.credit(i, p, model.Integration, k.accepted, b.mated(a, k.accepted, taken...))
	}
}

// weighReview credits a trailer. Who may approve is known of those listed in a
// role file and of those who took others' work before.
func (b *bench) weighReview(i int32, a *act, k *commit) {
	u := &b.units[b.unitOf[a.commit]]
	p := b.person[a.ident]
	if b.committer(k) == b.author(k) && b.stands(a, ruleUnattested) {
		a.ruled(ruleUnattested, -1)
		return
	}
	if _, ok := slices.BinarySearch(u.authors, p); ok && b.stands(a, ruleSelf) {
		a.ruled(ruleSelf, -1)
		return
	}
	amount := int64(model.Whole / 4)
	since, trusted := b.trust[p]
	switch {
	case b.role(a) == model.Tester:
		amount = model.Whole / 2
	case b.role(a) == model.Reviewer && (trusted && since <= k.accepted || b.listed(p, k.accepted)):
		amount = model.Whole
	}
	mated := b.mated(a, k.accepted, u)
	b.credit(i, p, model.ReviewsDone, k.accepted, split(amount, mated))
}

// bestReviews keeps one review of each person and change: the one that earns
// most, then the earliest.
func (b *bench) bestReviews() {
	type pair struct{ person, unit int32 }
	best := map[pair]int{}
	for n := range b.candidates {
		c := &b.candidates[n]
		if c.indicator != model.ReviewsDone {
			continue
		}
		key := pair{c.person, b.unitOf[b.acts.at(c.act).commit]}
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
		b.drop(lose, ruleUnit, b.acts.at(b.candidates[win].act).commit)
	}
}

// weighPort credits whoever carried work to another maintained branch of the
// repository: once per merge or direct push, and branch.
func (b *bench) weighPort(i int32, a *act, k *commit) {
	origin := b.root(a.commit)
	o := b.commits.at(origin)
	branch := b.branchBeyond(k, o)
	switch {
	case k.repo != o.repo || branch == "":
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
	key := portKey{by, branch}
	if first, ok := b.ports[key]; ok {
		a.ruled(ruleUnit, first)
		return
	}
	b.ports[key] = a.commit
	b.credit(i, b.person[a.ident], model.Ports, k.accepted, model.Whole)
}

type portKey struct {
	by     int32
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
func (b *bench) mated(a *act, at int64, units ...*unit) int64 {
	when := time.Unix(at, 0)
	group := b.group(a.ident, when)
	if group == "" || b.tender.Rules.Mate == 0 {
		return model.Whole
	}
	var authors, mates int64
	for _, u := range units {
		authors += int64(len(u.authors))
		mates += b.mates(u, group, when)
	}
	if mates > 0 && a.rule == noRule {
		a.rule = ruleMate
	}
	return model.Whole - int64(b.tender.Rules.Mate*model.Whole)*mates/authors
}

// mates counts the authors of the unit who belong to the group. The groups of
// many authors are counted once: reviewers times authors could be billions.
func (b *bench) mates(u *unit, group string, when time.Time) (n int64) {
	if u.groups != nil {
		return u.groups[group]
	}
	groups := map[string]int64{}
	for _, i := range u.credit {
		groups[b.group(b.acts.at(i).ident, when)]++
	}
	if len(u.credit) > 8 {
		u.groups = groups
	}
	return groups[group]
}

// group returns the ultimate parent of the vendor that employs the most of the
// person at the time; "" where nobody known does.
func (b *bench) group(ident int32, at time.Time) string {
	parts, _ := b.roster.At(b.persons.list[b.person[ident]], b.idents.list[ident], at)
	most := parts[0]
	for _, p := range parts {
		if p.Part > most.Part {
			most = p
		}
	}
	if most.Vendor == "" {
		return ""
	}
	return b.roster.Group(most.Vendor, at)
}
