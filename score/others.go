package score

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// weighOthers credits releases: the days on which a person published one.
// Listings in role files wait for [bench.steward].
func (b *bench) weighOthers() {
	days := map[[2]int32]model.Artifact{}
	for n := range b.others {
		o := &b.others[n]
		o.rule = b.firstOther(o)
		if o.rule != noRule || o.c.Role != model.Releaser {
			continue
		}
		p := b.person[o.ident]
		day := [2]int32{p, int32(model.DateOf(o.c.At))}
		if _, ok := days[day]; ok {
			o.rule = ruleUnit
			continue
		}
		days[day] = o.c.Artifact
		b.credit(b.acts.n+int32(n), p, model.Releases, o.c.At.Unix(), model.Whole)
	}
}

func (b *bench) firstOther(o *other) rule {
	inside := b.window.Holds(o.c.At)
	if o.c.Role == model.Maintainer {
		inside = o.c.At.Before(b.window.Until) && (o.c.Until.IsZero() || o.c.Until.After(b.window.Since))
	}
	over := func(r rule) bool { return b.decisions.overruledOther(o.c.Artifact, r) }
	switch {
	case b.decisions.refusedOther(o.c.Artifact):
		return ruleDecision
	case !inside && !over(ruleWindow):
		return ruleWindow
	case b.person[o.ident] < 0:
		return ruleAnonymous
	case b.nature[o.ident] != human && !over(ruleBot):
		return ruleBot
	case o.c.Role != model.Releaser && o.c.Role != model.Maintainer:
		return ruleContext
	}
	return noRule
}

// listed reports whether a role file names the person at the time.
func (b *bench) listed(person int32, at int64) bool {
	spans := b.listings[person]
	n, _ := slices.BinarySearchFunc(spans, at, func(s [2]int64, at int64) int { return cmp.Compare(s[1], at+1) })
	return n < len(spans) && spans[n][0] <= at
}

// findListings joins each person's listings in role files to spans of time that
// do not touch, in order.
func (b *bench) findListings() {
	b.listings = map[int32][][2]int64{}
	for _, o := range b.others {
		if p := b.human(o.ident); p >= 0 && o.c.Role == model.Maintainer {
			until := int64(math.MaxInt64)
			if !o.c.Until.IsZero() {
				until = o.c.Until.Unix()
			}
			b.listings[p] = append(b.listings[p], [2]int64{o.c.At.Unix(), until})
		}
	}
	for p, spans := range b.listings {
		slices.SortFunc(spans, func(x, y [2]int64) int { return cmp.Or(cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1])) })
		joined := spans[:1]
		for _, s := range spans[1:] {
			if last := &joined[len(joined)-1]; s[0] <= last[1] {
				last[1] = max(last[1], s[1])
			} else {
				joined = append(joined, s)
			}
		}
		b.listings[p] = joined
	}
}

// steward credits the months in which a person is listed in a role file and has
// another credited act, each month once.
func (b *bench) steward() {
	type month struct {
		person int32
		model.Month
	}
	active, paid := map[month]bool{}, map[month]bool{}
	for _, c := range b.candidates {
		if c.dropped == noRule {
			active[month{c.person, model.MonthOf(time.Unix(c.at, 0))}] = true
		}
	}
	for n := range b.others {
		o := &b.others[n]
		if o.rule != noRule || o.c.Role != model.Maintainer {
			continue
		}
		p := b.person[o.ident]
		if affiliation.OnlyLogin(b.persons.list[p]) {
			o.rule = ruleUnmatched
			continue
		}
		o.rule = ruleIdle
		from, until := b.clip(o.c)
		for m := model.MonthOf(from); m.Time().Before(until); m++ {
			key := month{p, m}
			switch {
			case !active[key]:
			case paid[key]:
				if o.rule == ruleIdle {
					o.rule = ruleUnit
				}
			default:
				paid[key] = true
				o.rule = noRule
				b.credit(b.acts.n+int32(n), p, model.Stewardship, max(m.Time().Unix(), from.Unix()), model.Whole)
			}
		}
	}
}

// clip returns the part of a listing that lies in the window.
func (b *bench) clip(c model.Contribution) (from, until time.Time) {
	from, until = c.At, c.Until
	if from.Before(b.window.Since) {
		from = b.window.Since
	}
	if until.IsZero() || until.After(b.window.Until) {
		until = b.window.Until
	}
	return from, until
}
