package score

import (
	"fmt"

	"github.com/tributary-oss/tributary/model"
)

// enough is the part of the window's changes that must show a kind of fact for it
// to count as shown at all: below, git's silence says nothing about anybody.
const enough = 0.05

// limits says what the facts of this project cannot show although their source
// could have.
func (b *bench) limits() []Limit {
	var list []Limit
	reviewed, changes := b.reviewed()
	if s := state(reviewed, changes); s == model.Unavailable {
		list = append(list, Limit{model.ReviewsDone, s, fmt.Sprintf(
			"%d of the window's %d changes bear a review by somebody else in their messages, fewer than 5 %%: reviews happen where git does not show them", reviewed, changes)})
	}
	known, all := b.integrators()
	if s := state(known, all); s != model.Complete {
		list = append(list, Limit{model.Integration, s, fmt.Sprintf(
			"%s a person who took the change for %d of %d changes; a robot or a forge took the others", b.witness(model.MergeFacts), known, all)})
	}
	if unseen, all := b.unseen(); unseen > 0 {
		list = append(list, Limit{model.Changes, model.Partial, fmt.Sprintf(
			"of %d of the window's %d changes it is not known what kinds of files they touch: trivial, import and small-text were not held against them", unseen, all)})
	}
	if n, all := b.disputed(); n >= fewLate && float64(n) >= enough*float64(all) {
		list = append(list, Limit{model.Changes, model.Partial, fmt.Sprintf(
			"two branches have the work of %d of the window's %d commits under different authors' names, with the earlier date on one that whoever may push there writes; the main line is believed where it is one of the two: look at them before relying on it", n, all)})
	}
	if merge, n, all := b.lateLanding(); n >= fewLate && float64(n) >= enough*float64(all) {
		list = append(list, Limit{model.Changes, model.Partial, fmt.Sprintf(
			"%s brought in %d of the window's %d commits, written more than 90 days before: where it made a side line of the main one, the times and numbers of their changes are wrong", b.artifact(merge), n, all)})
	}
	list = append(list, b.forgeLimits()...)
	if known, all := b.stewards(); known < all {
		list = append(list, Limit{model.Stewardship, b.stewardsKnown(), fmt.Sprintf(
			"%d of %d listings in role files could be matched to a person; the others name accounts that %s not know", known, all,
			map[bool]string{false: "git does", true: "git and the forge do"}[b.stated.changes.n > 0])})
	}
	if known, all := b.releasers(); known < all {
		list = append(list, Limit{model.Releases, someOf(known), fmt.Sprintf(
			"a robot published %d of the window's %d releases", all-known, all)})
	}
	return list
}

// unseen counts the changes of which git knows commits, and those of which it does not
// know what all their files are.
func (b *bench) unseen() (unseen, all int) {
	for n := range b.units {
		if u := &b.units[n]; u.first >= 0 && u.last >= 0 {
			all++
			if !u.looked {
				unseen++
			}
		}
	}
	return unseen, all
}

// disputed counts the commits of the window whose first acceptance another branch, which does
// not hold them, claims under another author's name: where the main line has one of the two it
// is believed, else their dates are.
func (b *bench) disputed() (n, all int) {
	m := b.newMains()
	for i := range b.commits.n {
		k := b.commits.at(i)
		if k.flags&(described|isMerge) != described || !b.window.Holds(seconds(k.accepted)) {
			continue
		}
		all++
		if b.origin[i] < 0 {
			continue
		}
		r := b.root(i)
		o := b.commits.at(r)
		p, q := b.human(k.author), b.human(o.author)
		if p < 0 || q < 0 || p == q || k.repo != o.repo {
			continue
		}
		if b.contradicts(i) || !m.hold(r) && !b.shareBranch(k.branches, o.branches) {
			n++
		}
	}
	return n, all
}

// What one merge may bring in of old work without a word: less is a branch like any other.
const (
	fewLate = 10
	longAgo = 90 * 24 * 60 * 60 // seconds
)

// lateLanding returns the merge that brought in the most commits of the window that were
// written long before. Whoever merges the main line into an old branch and pushes that as
// the main line makes all that others did since then come in with one merge.
func (b *bench) lateLanding() (merge int32, most, all int) {
	by := map[int32]int{}
	for i := range b.commits.n {
		k := b.commits.at(i)
		if k.flags&(described|isMerge) != described || b.branches.list[k.branches] == "" || !b.window.Holds(seconds(k.accepted)) {
			continue
		}
		all++
		if k.landed != i && k.accepted-k.authored > longAgo {
			by[k.landed]++
		}
	}
	for m, n := range by {
		if n > most || n == most && b.commitBefore(m, merge) {
			merge, most = m, n
		}
	}
	return merge, most, all
}

// witness says what names persons: git alone, or a forge as well.
func (b *bench) witness(k model.Kind) string {
	if len(b.shown(k)) > 0 {
		return "git and the forge name"
	}
	return "git names"
}

// shown returns the repositories of which a forge shows a kind of fact, at least in
// part: what git does not show of them is no loss.
func (b *bench) shown(k model.Kind) map[int32]bool {
	repos := map[int32]bool{}
	for _, c := range b.facts.Coverage {
		if repo, ok := b.repos.find(c.Repository); ok && c.Kind == k && c.Source != "" && c.Source != "git" && c.State != model.Unavailable {
			repos[repo] = true
		}
	}
	return repos
}

// reviewed counts the changes of the repositories whose reviews git alone could show,
// and those that bear one.
func (b *bench) reviewed() (reviewed, changes int) {
	elsewhere := b.shown(model.ReviewFacts)
	all, with := map[int32]bool{}, map[int32]bool{}
	paid := b.paidUnits()
	for i := range b.acts.n {
		a := b.acts.at(i)
		if b.unitOf[a.commit] < 0 || !paid[b.unitOf[a.commit]] || elsewhere[int32(b.commits.at(a.commit).repo)] {
			continue
		}
		all[b.unitOf[a.commit]] = true
		switch role := b.role(a); {
		case role != model.Reviewer && role != model.Tester && role != model.Acker:
		case a.rule == noRule || a.rule == ruleUnit || a.rule == ruleMate || a.rule == ruleCap || a.rule == ruleFloor:
			with[b.unitOf[a.commit]] = true
		}
	}
	return len(with), len(all)
}

// paidUnits are the changes that earned somebody a credit. What the caps and the floor
// refused is no part of what a share is of: a flood of it could make an indicator vanish.
func (b *bench) paidUnits() map[int32]bool {
	paid := map[int32]bool{}
	for _, c := range b.candidates {
		if c.indicator == model.Changes && c.dropped == noRule {
			paid[b.unitAt(c.act)] = true
		}
	}
	return paid
}

// releasers counts the releases of the window, and those that a person published.
func (b *bench) releasers() (known, all int) {
	by := map[int32]bool{}
	for n := range b.stated.others.n {
		o := b.stated.others.at(n)
		if b.stated.roleOf(o) == model.Releaser && o.rule != ruleWindow {
			by[o.thing] = by[o.thing] || o.rule != ruleBot
		}
	}
	for _, person := range by {
		if person {
			known++
		}
	}
	return known, len(by)
}

// stewards counts the listings in role files that touch the window, and those
// whose account names could be matched to a person.
func (b *bench) stewards() (known, all int) {
	for n := range b.stated.others.n {
		o := b.stated.others.at(n)
		if b.stated.roleOf(o) != model.Maintainer || o.rule == ruleWindow {
			continue
		}
		all++
		if o.rule != ruleUnmatched {
			known++
		}
	}
	return known, all
}

// stewardsKnown says how well role files tell who is listed. Each file has one voice, or
// whoever gets a long one accepted anywhere could make the indicator vanish for all.
func (b *bench) stewardsKnown() model.State {
	known, all := map[int32]int{}, map[int32]int{}
	for n := range b.stated.others.n {
		if o := b.stated.others.at(n); b.stated.roleOf(o) == model.Maintainer && o.rule != ruleWindow {
			all[o.thing]++
			if o.rule != ruleUnmatched {
				known[o.thing]++
			}
		}
	}
	voices, knowing := len(all), 0.0
	for _, file := range sortedKeys(all) {
		knowing += float64(known[file]) / float64(all[file])
	}
	if knowing < enough*float64(voices) {
		return model.Unavailable
	}
	return model.Partial
}

// someOf is the state of facts that anybody may add to: only where nothing is known are
// they unavailable, or a flood of nobody's could make an indicator vanish for all.
func someOf(known int) model.State {
	if known == 0 {
		return model.Unavailable
	}
	return model.Partial
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

// integrators counts the changes that somebody took, and those of which the sources
// name the person.
func (b *bench) integrators() (known, all int) {
	by := map[int32]bool{}
	for _, m := range b.merges {
		if m.by >= 0 {
			by[m.commit] = true
		}
	}
	paid := b.paidUnits()
	for n := range b.units {
		if !paid[int32(n)] {
			continue
		}
		taken, named := b.integrator(&b.units[n], by)
		if taken {
			all++
		}
		if taken && named {
			known++
		}
	}
	return known, all
}

// integrator reports whether somebody took a change, and whether that person is known.
func (b *bench) integrator(u *unit, by map[int32]bool) (taken, named bool) {
	switch {
	case b.takenOnForge(u):
		return true, true
	case u.first < 0:
		return true, false
	}
	k := b.commits.at(u.first)
	apart := u.key.kind <= 2 && b.committer(k) != b.author(k)
	taken = u.key.kind == 1 || u.key.kind != 4 && (apart || k.flags&landedMerge != 0)
	named = apart && b.human(k.committer) >= 0 && !b.robotLanded(k) && !(u.key.kind == 1 && b.byRobot(u.key.a))
	return taken, named || by[k.landed]
}
