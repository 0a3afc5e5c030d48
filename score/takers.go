package score

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/tributary-oss/tributary/model"
)

// commandOf says how strong a command to a robot is: 3 to merge, 2 to approve, 1 that
// it looks good; 0 takes something back. What a forge's miner calls a command and is
// none of these words is one to merge.
func commandOf(verb string) int {
	words := wordsOf(verb)
	switch {
	case len(words) == 0 || words[0] == "/hold" || slices.Contains(words, "cancel") || slices.Contains(words, "r-"):
		return 0
	case words[0] == "/approve":
		return 2
	case words[0] == "/lgtm":
		return 1
	}
	return 3
}

// judges reports whether a command says what its giver thinks of the change: robots
// take r+ for "reviewed" in the giver's name.
func judges(verb string) bool {
	strength := commandOf(verb)
	return strength == 1 || strength == 2 || strength == 3 && slices.ContainsFunc(wordsOf(verb), func(w string) bool {
		return w == "r+" || strings.HasPrefix(w, "r=")
	})
}

// wordsOf splits a command; bors takes "bors: r+" as well.
func wordsOf(verb string) []string {
	return strings.FieldsFunc(strings.ToLower(verb), func(r rune) bool { return r == ':' || unicode.IsSpace(r) })
}

// findTakers finds who took each change: the human who merged it, or who told the
// robot that did. Of several commands one by somebody who may approve counts before any
// other, as whoever likes may write a command under a change; then the strongest, then the
// latest, and none of the change's own people.
func (b *bench) findTakers() {
	for c := range b.fates {
		f := &b.fates[c]
		f.by = -1
		if f.merger >= 0 && b.ruleOf(f.merger) == noRule { // of a robot only where a decision says so
			f.by = f.merger
		}
	}
	able, selfMerged := b.findAble(), map[int32]bool{}
	right := func(i int32, o *other) int {
		if able[b.who(i)] || b.mayApprove(b.who(i), o.at) {
			return 1
		}
		return 0
	}
	for n := range b.stated.others.n {
		o, i := b.stated.others.at(n), b.acts.n+n
		c := b.stated.changeOf(o)
		if c < 0 || b.stated.roleOf(o) != model.Commander || o.rule != noRule || !b.byRobot(c) {
			continue
		}
		f := &b.fates[c]
		verb := func(o *other) int { return commandOf(b.stated.verbs.list[o.verb]) }
		if verb(o) == 0 || o.at > f.merged {
			continue
		}
		if b.own(c, b.who(i)) {
			if right(i, o) > 0 { // its own: nobody without the right took it instead
				selfMerged[c] = true
			}
			continue
		}
		if f.by >= 0 {
			was, _ := b.other(f.by)
			if cmp.Or(cmp.Compare(right(i, o), right(f.by, was)), cmp.Compare(verb(o), verb(was)), cmp.Compare(o.at, was.at)) < 0 {
				continue
			}
		}
		f.by = i
	}
	for c := range selfMerged {
		f := &b.fates[c]
		if was, ok := b.other(f.by); f.by >= 0 && ok && right(f.by, was) == 0 {
			f.by = -1
		}
	}
}

// byRobot reports whether the forge says that a robot merged the change.
func (b *bench) byRobot(c int32) bool {
	m := b.fates[c].merger
	return m >= 0 && b.nature[b.identOf(m)] != human
}

// own reports whether a person is an author of a change or opened it.
func (b *bench) own(c, person int32) bool {
	f := &b.fates[c]
	if f.opener >= 0 && b.who(f.opener) == person {
		return true
	}
	if f.unit < 0 {
		return false
	}
	_, ok := slices.BinarySearch(b.units[f.unit].authors, person)
	return ok
}

// findAble finds the people of whom the forge said with any review that they may approve.
func (b *bench) findAble() map[int32]bool {
	able := map[int32]bool{}
	for n := range b.stated.others.n {
		if o := b.stated.others.at(n); o.review >= 0 && b.stated.reviews.at(o.review).right {
			able[b.person[o.ident]] = true
		}
	}
	return able
}
