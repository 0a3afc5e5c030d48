package score

import (
	"cmp"
	"slices"
	"time"

	"github.com/tributary-oss/tributary/model"
)

// unit is one change, as METHOD defines it: (1) what a forge merged as one, with the
// commits that [bench.joinChanges] found; from git alone (2) a commit that
// somebody of another group than its author committed, or that bears its own Change-Id
// where the project uses them; see [bench.accepts] and [bench.findHabits];
// else (3) the commits that one first-parent merge brought in; else (4) what one
// person pushed directly to one repository on one UTC day. Splitting one's work
// into commits therefore earns nothing, unless somebody else accepts each.
type unit struct {
	key     unitKey
	authors []int32          // persons, sorted
	credit  []int32          // by author: the act that bears the credit
	vendors map[string]int64 // how many authors each vendor has, where they are many; see [bench.mates]
	upkeep  bool             // all its commits touch only CI, build, packaging and dependencies
	first   int32            // its first commit; -1 where git knows none

	last  int32 // the commit that was measured last; see [unit.measure]
	lines int
	// text: all its commits only touch documentation and comments. translates: only
	// catalogues of translations. looked: what all of them touch is known.
	text, translates, looked bool
}

type unitKey struct {
	kind int8  // 1 to 4
	a, b int32 // the change; the commit; the merge; the person and the day
	repo uint16
}

// merge is a first-parent merge and what it brought in.
type merge struct {
	commit int32
	units  []int32
	by     int32 // the person who merged; -1 unknown
}

// findUnits groups the commits of the window into changes.
func (b *bench) findUnits() {
	b.unitOf = make([]int32, b.commits.n)
	for i := range b.unitOf {
		b.unitOf[i] = -1
	}
	index := map[unitKey]int32{}
	agents := b.agentWork()
	for i := range b.acts.n {
		a := b.acts.at(i)
		if !b.writes(a, agents) {
			continue
		}
		k := b.commits.at(a.commit)
		key := b.unitKey(a.commit, k)
		u, ok := index[key]
		if !ok {
			u = int32(len(b.units))
			index[key] = u
			b.units = append(b.units, unit{key: key, upkeep: key.kind != 4, first: a.commit, last: -1, text: true, translates: true, looked: true})
			if key.kind == 1 {
				b.fates[key.a].unit = u
			}
		}
		b.unitOf[a.commit] = u
		b.join(&b.units[u], i, k)
	}
	b.findTakers()
	b.findOpened()
	for u := range b.units {
		b.findAuthors(&b.units[u])
		b.findMerge(int32(u))
	}
}

// writes reports whether an act shares the authorship of a change, and rules on
// authorships that do not.
func (b *bench) writes(a *act, agents map[int32]bool) bool {
	role, k := b.role(a), b.commits.at(a.commit)
	taken, byAgent := agents[a.commit]
	author := role == model.Author || role == model.CoAuthor || role == model.Committer && byAgent && taken
	switch {
	case a.rule != noRule || !author:
		return false
	case k.flags&isMerge != 0:
		return false // weighed as an integration
	case !byAgent && k.author >= 0 && b.nature[k.author] != human && b.stands(a, ruleBot):
		a.ruled(ruleBot, -1)
		return false
	case role == model.CoAuthor && b.planted(a, k) && b.stands(a, ruleUnattested):
		a.ruled(ruleUnattested, -1)
		return false
	case b.origin[a.commit] >= 0 && b.stands(a, ruleDuplicate):
		if role != model.Committer {
			a.ruled(ruleDuplicate, b.root(a.commit))
		}
		return false
	}
	return true
}

// agentWork finds the commits of the window that an AI agent authored. The value
// says whether the person who took one is its author, for want of a human
// co-author.
func (b *bench) agentWork() map[int32]bool {
	found := map[int32]bool{}
	for i := range b.acts.n {
		if a := b.acts.at(i); b.byAgent(a) {
			found[a.commit] = true
		}
	}
	for i := range b.acts.n {
		a := b.acts.at(i)
		if _, ok := found[a.commit]; ok && b.role(a) == model.CoAuthor && b.human(a.ident) >= 0 {
			found[a.commit] = false
		}
	}
	return found
}

// byAgent reports whether an act is that of an AI agent writing its commit. Another
// repository may have taken the commit later, when a person's name had become an agent's.
func (b *bench) byAgent(a *act) bool {
	return b.role(a) == model.Author && b.nature[a.ident] == agent && a.ident == b.commits.at(a.commit).author
}

func (b *bench) unitKey(i int32, k *commit) unitKey {
	if c := b.changeOf[i]; c >= 0 {
		return unitKey{kind: 1, a: c}
	}
	author := b.author(k)
	if k.author >= 0 && b.nature[k.author] == agent && b.human(k.committer) >= 0 {
		author = b.human(k.committer) // whoever runs an agent is not its customer
	}
	switch {
	case k.change != 0 && b.numbered || b.committer(k) != author && !b.edited(k) && b.attests(k):
		return unitKey{kind: 2, a: i}
	case k.flags&landedMerge != 0:
		return unitKey{kind: 3, a: k.landed}
	}
	return unitKey{kind: 4, a: author, b: int32(model.DateOf(time.Unix(k.accepted, 0))), repo: k.repo}
}

// edited reports whether the forge committed what a merge then brought in: its
// author wrote it in a browser, and only the merge accepted it.
func (b *bench) edited(k *commit) bool {
	return k.flags&landedMerge != 0 && k.committer >= 0 && b.nature[k.committer] == web
}

// findOpened makes units of changes whose authors no commit tells: where git knows
// none of the commits, the one who opened the change is its author, and a deleted
// account leaves it without; where an AI agent wrote them, it is the human who handed
// them in, else who took them.
func (b *bench) findOpened() {
	agents := map[int32]bool{}
	for i := range b.acts.n {
		if a := b.acts.at(i); a.rule == ruleBot && b.byAgent(a) && b.origin[a.commit] < 0 {
			if c := b.changeOf[a.commit]; c >= 0 {
				agents[c] = true
			}
		}
	}
	for c := range b.fates {
		f := &b.fates[c]
		if f.unit >= 0 || f.rule != noRule || !b.window.Holds(time.Unix(f.at, 0)) {
			continue
		}
		by := []int32{f.opener}
		switch {
		case agents[int32(c)] && b.anyWork(f):
			by = append(by, f.by)
		case len(f.commits) > 0:
			f.rule, f.related = b.whyNone(f)
			continue
		}
		at := slices.IndexFunc(by, func(i int32) bool { return i >= 0 && b.ruleOf(i) == noRule })
		ghost := f.opener < 0 || b.ruleOf(f.opener) == ruleAnonymous
		switch {
		case at >= 0:
			b.open(int32(c), by[at])
		case len(f.commits) == 0 && ghost && !b.decisions.refusedOther(b.artifact(ofThing(b.stated.changes.at(int32(c)).thing))):
			b.open(int32(c))
		default:
			f.rule = ruleBot
		}
	}
}

// anyWork reports whether a commit of a change is work that counts, whoever wrote it.
func (b *bench) anyWork(f *fate) bool {
	return slices.ContainsFunc(f.commits, b.isWork)
}

func (b *bench) isWork(i int32) bool {
	r, _ := b.void(&act{commit: i})
	return r == noRule && b.origin[i] < 0 && b.commits.at(i).flags&isMerge == 0
}

// open makes a unit of a change, with the acts that bear its authorship.
func (b *bench) open(c int32, credit ...int32) {
	f := &b.fates[c]
	f.unit = int32(len(b.units))
	u := unit{key: unitKey{kind: 1, a: c}, credit: credit, first: -1, last: -1, text: true, translates: true, looked: true}
	for _, i := range f.commits {
		if b.isWork(i) {
			b.unitOf[i] = f.unit
			u.measure(i, b.commits.at(i))
		}
	}
	if u.last < 0 {
		u.text, u.translates, u.looked = false, false, false
	}
	if len(f.commits) > 0 {
		u.first = f.commits[0]
	}
	b.units = append(b.units, u)
}

// whyNone says why a change with commits is none that counts.
func (b *bench) whyNone(f *fate) (rule, int32) {
	for _, i := range f.commits {
		if b.decisions.refused(b.commits.at(i).hash) {
			return ruleDecision, -1
		}
		if r, related := b.void(&act{commit: i}); r != noRule {
			return r, related
		}
		if b.origin[i] >= 0 {
			return ruleDuplicate, b.root(i)
		}
	}
	return ruleBot, -1
}

// author and committer return the person of a commit, whatever their nature: a
// forge that took a commit is somebody other than its author.
func (b *bench) author(k *commit) int32    { return b.personOf(k.author) }
func (b *bench) committer(k *commit) int32 { return b.personOf(k.committer) }

func (b *bench) personOf(ident int32) int32 {
	if ident < 0 {
		return -1
	}
	return b.person[ident]
}

// join adds an act of authorship to the unit.
func (b *bench) join(u *unit, i int32, k *commit) {
	u.credit = append(u.credit, i)
	u.measure(b.acts.at(i).commit, k)
	if only := k.flags&onlyUpkeep != 0; u.key.kind == 4 {
		u.upkeep = u.upkeep || only // more work on the same day takes nothing away
	} else {
		u.upkeep = u.upkeep && only
	}
	if b.commitBefore(b.acts.at(i).commit, u.first) {
		u.first = b.acts.at(i).commit
	}
}

// findAuthors lists the unit's authors, each with the earliest of its acts, which
// bears the credit.
func (b *bench) findAuthors(u *unit) {
	person := b.who
	slices.SortFunc(u.credit, func(x, y int32) int {
		if c := cmp.Compare(person(x), person(y)); c != 0 {
			return c
		}
		return b.byTime(x, y)
	})
	u.credit = slices.Clip(slices.CompactFunc(u.credit, func(x, y int32) bool { return person(x) == person(y) }))
	u.authors = make([]int32, len(u.credit))
	for n, i := range u.credit {
		u.authors[n] = person(i)
	}
}

// byTime orders acts by their commits, then as they were read.
func (b *bench) byTime(x, y int32) int {
	if max(x, y) >= b.acts.n {
		return cmp.Compare(x, y)
	}
	p, q := b.acts.at(x).commit, b.acts.at(y).commit
	switch {
	case p == q:
		return cmp.Compare(x, y)
	case b.commitBefore(p, q):
		return -1
	}
	return 1
}

func (b *bench) commitBefore(x, y int32) bool { return b.earlier(x, y) < 0 }

// findMerge enters a unit under the first-parent merge that brought it in.
func (b *bench) findMerge(u int32) {
	if b.units[u].first < 0 {
		return
	}
	k := b.commits.at(b.units[u].first)
	if k.flags&landedMerge == 0 {
		return
	}
	m, ok := b.merged[k.landed]
	if !ok {
		m = len(b.merges)
		b.merged[k.landed] = m
		by := int32(-1)
		if !b.inOwnBranch(k.landed) {
			by = b.human(b.commits.at(k.landed).author)
		}
		b.merges = append(b.merges, merge{commit: k.landed, by: by})
	}
	b.merges[m].units = append(b.merges[m].units, u)
}

// pushed reports whether the person brought the commit in: directly, or by a merge, or
// by fast-forwarding a change. Who only rebased it for somebody else to take, or made
// a merge for that, needed no right to.
func (b *bench) pushed(commit, person int32) bool {
	c, k := b.changeOf[commit], b.commits.at(commit)
	switch {
	case c >= 0 && b.fates[c].line > 0 && b.fates[c].merger >= 0:
		return b.who(b.fates[c].merger) == person
	case k.flags&landedMerge == 0:
		return true
	}
	return !b.inOwnBranch(k.landed) && b.human(b.commits.at(k.landed).author) == person
}

// findTrust finds since when a person is known to have the right to approve: it
// committed or merged somebody else's work, or merged anything on the forge, which
// takes write access.
func (b *bench) findTrust() {
	trust := func(p int32, at int64) {
		if since, ok := b.trust[p]; !ok || at < since {
			b.trust[p] = at
		}
	}
	for i := range b.acts.n {
		a := b.acts.at(i)
		k := b.commits.at(a.commit)
		p := b.human(a.ident)
		merges := b.role(a) == model.Author && k.flags&isMerge != 0 && k.landed == a.commit
		commits := b.role(a) == model.Committer && k.flags&isMerge == 0 && b.human(k.author) >= 0 && b.human(k.author) != p
		if p < 0 || !merges && !commits || !b.pushed(a.commit, p) {
			continue
		}
		trust(p, k.accepted)
	}
	for c := range b.fates {
		if m := b.fates[c].merger; m >= 0 && b.human(b.identOf(m)) >= 0 && b.ruleOf(m) != ruleControlled {
			trust(b.who(m), b.fates[c].merged)
		}
	}
}
