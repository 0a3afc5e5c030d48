package score

import (
	"time"

	"github.com/tributary-oss/tributary/model"
)

// Acts on commits and all others are numbered through: those on commits first, then
// the others. What they have in common is found here by that number.

// other returns the act of a number if it is on something else than a commit.
func (b *bench) other(i int32) (*other, bool) {
	if i < b.acts.n {
		return nil, false
	}
	return b.stated.others.at(i - b.acts.n), true
}

func (b *bench) identOf(i int32) int32 {
	if o, ok := b.other(i); ok {
		return o.ident
	}
	return b.acts.at(i).ident
}

// who returns the person of an act, -1 for nobody.
func (b *bench) who(i int32) int32 { return b.person[b.identOf(i)] }

// ruled refuses or discounts an act and says so.
func (b *bench) ruled(i int32, r rule, related int32) {
	if o, ok := b.other(i); ok {
		o.rule, o.related = r, related
		return
	}
	b.acts.at(i).ruled(r, related)
}

// discount notes that a rule lowers a credit of an act.
func (b *bench) discount(i int32, r rule) {
	b.touched[i] |= 1 << r
	if b.ruleOf(i) == noRule {
		b.ruled(i, r, -1)
	}
}

func (b *bench) ruleOf(i int32) rule {
	if o, ok := b.other(i); ok {
		return o.rule
	}
	return b.acts.at(i).rule
}

// may reports whether a rule may refuse an act: a decision may say otherwise.
func (b *bench) may(i int32, r rule) bool {
	if o, ok := b.other(i); ok {
		return !b.decisions.overruledOther(b.stated.artifactOf(o), r)
	}
	return b.stands(b.acts.at(i), r)
}

// subject returns what an act is on, as a ruling relates to it.
func (b *bench) subject(i int32) int32 {
	if o, ok := b.other(i); ok {
		return ofThing(o.thing)
	}
	return b.acts.at(i).commit
}

// unitAt returns the change that an act belongs to, -1 for none.
func (b *bench) unitAt(i int32) int32 {
	o, ok := b.other(i)
	if !ok {
		return b.unitOf[b.acts.at(i).commit]
	}
	if c := b.stated.changeOf(o); c >= 0 {
		return b.fates[c].unit
	}
	return -1
}

// ofThing writes a thing so that it can stand where else a commit's number does.
func ofThing(t int32) int32 { return -2 - t }

// artifact returns what a ruling relates to: a commit by its number, or what
// [ofThing] wrote.
func (b *bench) artifact(related int32) model.Artifact {
	if related < -1 {
		return b.stated.things.list[-2-related].artifact
	}
	return b.commits.at(related).hash.artifact()
}

// time is when a commit counts: when the forge merged its change into a declared
// branch, else when git says that it was accepted.
func (b *bench) time(commit int32) int64 {
	if c := b.changeOf[commit]; c >= 0 && b.fates[c].declared {
		return b.fates[c].merged
	}
	return b.commits.at(commit).accepted
}

// otherTime is when an act on something else than a commit counts: opening and
// merging a change when it was accepted, all else when it was done.
func (b *bench) otherTime(o *other) int64 {
	if c := b.stated.changeOf(o); c >= 0 {
		switch b.stated.roleOf(o) {
		case model.Author, model.Merger:
			return b.fates[c].at
		}
	}
	return o.at
}

// employedAt is the time at which it matters who employed the person of an act: for
// an author when the change was opened on the forge, else when the act counts.
func (b *bench) employedAt(i int32) time.Time {
	c, role, at := int32(-1), model.Role(""), int64(0)
	if o, ok := b.other(i); ok {
		c, role, at = b.stated.changeOf(o), b.stated.roleOf(o), b.otherTime(o)
	} else {
		a := b.acts.at(i)
		c, role, at = b.changeOf[a.commit], b.role(a), b.time(a.commit)
	}
	if c >= 0 && (role == model.Author || role == model.CoAuthor) {
		at = b.stated.changes.at(c).opened
	}
	return time.Unix(at, 0).UTC()
}
