package score

import (
	"cmp"
	"slices"
	"time"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// weighOthers weighs what was done on anything but commits. Listings in role files
// wait for [bench.steward].
func (b *bench) weighOthers() {
	s := &b.stated
	days, tags := map[[2]int32]int32{}, map[[2]int32]int32{}
	for n := range s.others.n {
		o, i := s.others.at(n), b.acts.n+n
		if o.rule != noRule {
			continue
		}
		role, kind := s.roleOf(o), s.artifactOf(o).Kind()
		switch {
		case role == model.Releaser:
			b.weighRelease(i, o, days, tags)
		case role == model.Maintainer:
		case kind == model.ChangeArtifact:
			b.weighMerged(i, o, s.detail[o.thing])
		case kind == model.IssueArtifact:
			b.weighTriage(i, o)
		case kind == model.AdvisoryArtifact:
			b.weighHelp(i, o)
		default:
			b.ruled(i, ruleContext, -1)
		}
	}
}

// weighRelease credits the days on which a person published a release. Its tag and
// what the forge published of it are one, whatever the days.
func (b *bench) weighRelease(i int32, o *other, days, tags map[[2]int32]int32) {
	p := b.who(i)
	day, tag := [2]int32{p, int32(model.DateOf(seconds(o.at)))}, [2]int32{p, o.thing}
	first, paid := tags[tag]
	if !paid {
		first, paid = days[day]
	}
	if paid {
		b.ruled(i, ruleUnit, b.subject(first))
		return
	}
	days[day], tags[tag] = i, i
	b.credit(i, p, model.Releases, o.at, model.Whole)
}

// firstOther gives an act on something else than a commit its first ruling, and what
// explains it.
func (b *bench) firstOther(o *other) (rule, int32) {
	s := &b.stated
	artifact, c := s.artifactOf(o), s.changeOf(o)
	over := func(r rule) bool { return b.decisions.overruledOther(artifact, r) }
	switch {
	case b.decisions.refusedOther(artifact):
		return ruleDecision, -1
	case !b.inside(o, c) && !over(ruleWindow):
		return ruleWindow, -1
	case c >= 0 && b.fates[c].rule == ruleBranch && !over(ruleBranch):
		return ruleBranch, b.fates[c].related
	case b.person[o.ident] < 0:
		return ruleAnonymous, -1
	case b.nature[o.ident] != human && !over(ruleBot):
		return ruleBot, -1
	case b.controlled(o) && !over(ruleControlled):
		return ruleControlled, -1
	}
	return noRule, -1
}

// inside reports whether an act lies in the window. A listing does where it touches
// it; what is done with a change does only if the change was accepted before the end,
// or it would hang on the day of the mining.
func (b *bench) inside(o *other, c int32) bool {
	if b.stated.roleOf(o) == model.Maintainer {
		return o.at < b.window.Until.Unix() && o.until > b.window.Since.Unix()
	}
	return b.window.Holds(seconds(b.otherTime(o))) && (c < 0 || b.fates[c].at < b.window.Until.Unix())
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
	for n := range b.stated.others.n {
		o := b.stated.others.at(n)
		if p := b.human(o.ident); p >= 0 && b.stated.roleOf(o) == model.Maintainer {
			b.listings[p] = append(b.listings[p], [2]int64{o.at, o.until})
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
	for n := range b.stated.others.n {
		o := b.stated.others.at(n)
		if o.rule != noRule || b.stated.roleOf(o) != model.Maintainer {
			continue
		}
		p := b.person[o.ident]
		if affiliation.OnlyLogin(b.persons.list[p]) {
			o.rule = ruleUnmatched
			continue
		}
		o.rule = ruleIdle
		from, until := b.clip(o)
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
				b.credit(b.acts.n+n, p, model.Stewardship, max(m.Time().Unix(), from.Unix()), model.Whole)
			}
		}
	}
}

// clip returns the part of a listing that lies in the window.
func (b *bench) clip(o *other) (from, until time.Time) {
	return seconds(max(o.at, b.window.Since.Unix())), seconds(min(o.until, b.window.Until.Unix()))
}

func seconds(at int64) time.Time { return time.Unix(at, 0).UTC() }
