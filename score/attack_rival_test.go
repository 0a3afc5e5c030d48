package score_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// rival is whom the attacks of this file are aimed at.
const rival = "cedar"

// targets are commits of the rival in the last year that others took or it pushed.
func (w *site) targets() (list []*deed) {
	for _, d := range w.own(w.history(), rival) {
		if !d.at.Before(when("2025-07-01")) {
			list = append(list, d)
		}
	}
	return list
}

// answer lays down a commit of the firm's maintainer some days after each target.
func (w *site) answer(firm string, f func(o, d *deed)) {
	who := w.maintainer(firm).identity()
	for i, o := range w.targets() {
		d := &deed{name: o.name + ".answer", subject: fmt.Sprint("Answer ", i), by: who, taker: who, at: o.at.Add(50 * time.Hour)}
		d.files = filesOf("space", elements(d.name, 6))
		f(o, d)
		w.commit(d)
	}
}

// A text that says that it reverts the rival's commit reverts nothing.
func TestAttackRevertInWords(t *testing.T) {
	attack{then: func(w *site, firm string) {
		w.answer(firm, func(o, d *deed) {
			d.subject, d.reverts = fmt.Sprintf("Revert %q", o.subject), []string{sha(o.name)}
		})
	}}.withstood(t)
}

// Nor does taking back half of it. The answers are real changes; they are written small
// so that the caps do not matter, and what they bring the attacker is looked at elsewhere.
func TestAttackRevertHalf(t *testing.T) {
	attack{most: map[model.Indicator]float64{model.Changes: 100, model.Upkeep: 100, model.ActiveMonths: 12}, then: func(w *site, firm string) {
		w.answer(firm, func(o, d *deed) {
			d.reverts, d.files = []string{sha(o.name)}, with(o.files, reversed(o.files.Patch.Sketch, 50))
			d.files.Churn[0].Space = 0
		})
	}}.withstood(t)
}

// Whoever may push undoes the rival's commits and lays them down again under its own name
// a day later: the work is the rival's all the same.
func TestAttackRevertAndTakeOver(t *testing.T) {
	for name, subject := range map[string]string{"one by one": "Do it well: ", "all under one subject in one second": ""} {
		t.Run(name, func(t *testing.T) {
			attack{then: func(w *site, firm string) {
				w.answer(firm, func(o, d *deed) {
					d.reverts, d.files = []string{sha(o.name)}, with(o.files, reversed(o.files.Patch.Sketch, 100))
					d.files.Patch.Size = o.files.Patch.Size
					again := *o
					again.name, again.subject, again.by, again.taker = o.name+".mine", "Do it well", d.by, d.by
					if subject != "" {
						again.subject = subject + o.name
					}
					again.at, again.authored, again.landed, again.branches, again.parents, again.trailers = d.at.Add(24*time.Hour), d.at, "", nil, nil, nil
					w.commit(&again)
				})
			}}.withstood(t)
		})
	}
}

// The rival's Change-Ids, taken from its open changes, on small commits that land first.
func TestAttackSquattedChangeIDs(t *testing.T) {
	attack{plans: func(w *site, firm string) {
		for _, p := range w.plans {
			if p.author.firm == rival && p.at.After(when("2025-07-01")) {
				p.edit = func(i int, d *deed) { d.changeID = "I" + d.name }
			}
		}
	}, then: func(w *site, firm string) {
		w.before(firm, func(o, d *deed) { d.changeID = o.changeID })
	}}.withstood(t)
}

// before lays down a commit of the firm's maintainer some hours before each target.
func (w *site) before(firm string, f func(o, d *deed)) {
	w.answer(firm, func(o, d *deed) {
		d.at = o.at.Add(-5 * time.Hour)
		f(o, d)
	})
}

// Commits that bear the rival's name, author's second and subject, land before the rival's
// own and do nothing but move white space.
func TestAttackForgedAuthors(t *testing.T) {
	attack{then: func(w *site, firm string) {
		w.before(firm, func(o, d *deed) { d.by, d.authored, d.subject = o.by, o.authored, o.subject })
	}}.withstood(t)
}

// Where one of the firm's people takes the rival's changes, it adds the name of a mate as
// a co-author.
func TestAttackCoAuthorsOfOthers(t *testing.T) {
	attack{then: func(w *site, firm string) {
		mate := w.of(firm)[1].identity()
		for _, o := range w.own(w.history(), rival) {
			if o.landed == "" && o.plan != nil && o.plan.taker.firm == firm {
				w.trail(o, model.CoAuthor, mate)
			}
		}
	}}.withstood(t)
}

// A .mailmap says that addresses of a rival's people, and of strangers, are a mate's.
func TestAttackMailmap(t *testing.T) {
	attack{then: func(w *site, firm string) {
		mate := w.of(firm)[1].identity()
		for _, m := range w.people {
			if m.firm == rival || m.firm == "" || m.firm == model.Independent {
				w.add(model.Record{Repository: "r", Alias: &model.Alias{From: model.Identity{Mail: m.mail}, To: mate}})
			}
		}
	}}.withstood(t)
}

// A bidder lists a rival's people as its own, which is less than the rival's own domain.
func TestAttackClaimsOfLessEvidence(t *testing.T) {
	attack{then: func(w *site, firm string) { w.claims(firm, model.Listed) }}.withstood(t)
}

// Claims of the same evidence are shown with both outcomes, and no result is official.
func TestAttackClaimsOfEqualEvidence(t *testing.T) {
	attack{official: true, then: func(w *site, firm string) { w.claims(firm, model.Domain) }}.withstood(t)
}

func (w *site) claims(firm string, level model.Level) {
	w.claim = func(t *model.Tender) {
		for i, m := range w.people {
			if m.firm == rival {
				t.People[i].Employment = append(t.People[i].Employment, model.Employment{Vendor: firm, Level: level})
			}
		}
	}
}

// So many names of nobody are put into files of roles that hardly any listing has a person:
// the months of those who are known must not vanish for all.
func TestAttackNamesOfNobody(t *testing.T) {
	attack{then: func(w *site, firm string) {
		for i := range 500 {
			w.fact("role:testdata/OWNERS", model.Maintainer, model.Identity{Login: fmt.Sprint("nobody", i)}, when("2026-01-01"), model.Contribution{})
		}
	}}.withstood(t)
}

// So many tags of a robot that hardly any release has a person.
func TestAttackReleasesOfARobot(t *testing.T) {
	attack{then: func(w *site, firm string) {
		for i := range 900 {
			w.fact(fmt.Sprint("release:v0.0.", i), model.Releaser, identity(robot), when("2026-01-01").Add(time.Duration(i)*time.Hour), model.Contribution{})
		}
	}}.withstood(t)
}

// So many commits without a review, or that a robot took, that hardly any has one or a
// person who took it: one merge brings them in.
func TestAttackIndicatorsVanish(t *testing.T) {
	for name, taker := range map[string]string{"without reviews": "Else <else@elsewhere.example>", "taken by a robot": robot} {
		t.Run(name, func(t *testing.T) {
			attack{only: "git", then: func(w *site, firm string) {
				by := w.of(firm)[2]
				for i := range 20_000 {
					w.commit(&deed{name: fmt.Sprint("flood", i), subject: fmt.Sprint("Flood ", i), by: by.identity(), taker: identity(taker), at: when("2026-02-03"),
						authored: when("2026-01-01").Add(time.Duration(i) * time.Second), landed: "flood.merge", files: filesOf("code", elements(fmt.Sprint("flood", i), 3))})
				}
				who := w.maintainer(firm).identity()
				w.commit(&deed{name: "flood.merge", by: who, taker: who, at: when("2026-02-03"), merge: true})
			}, most: map[model.Indicator]float64{model.Changes: 15}}.withstood(t)
		})
	}
}

// What is somebody's on both sides of a claim moves nothing before it is decided, for the
// others.
func TestContestedClaimsLeaveOthersAlone(t *testing.T) {
	w := newWorld(true).state()
	w.claims("fjord", model.Domain)
	r := w.rank(t)
	require.ErrorIs(t, score.Official(r), score.ErrNotOfficial)
	was, is := scoresOf(rankBefore(true)), scoresOf(r)
	for _, firm := range []string{"atlas", "brook", "delta", "ember", "fjord"} {
		assert.InDelta(t, was[firm], is[firm], was[firm]/100, firm)
	}
	assert.True(t, slices.ContainsFunc(r.Contested, func(c model.ContestedShown) bool { return slices.Contains(c.Bidders, rival) }))
}

// In the mode award anybody can write anybody's name into a bid. A person whom two bids
// name is shown, as no result may rest on it.
func TestAttackStaffOfOthers(t *testing.T) {
	w := newWorld(true).state()
	w.claim = func(d *model.Tender) {
		d.Mode = model.Award
		for i := range d.Bidders.List {
			if b := &d.Bidders.List[i]; b.ID == rival || b.ID == "fjord" {
				b.Staff = []string{rival + "-1"}
			}
		}
	}
	r := w.rank(t)
	shown := strings.Join(r.Warnings, "\n")
	for _, c := range r.Contested {
		shown += strings.Join(c.Bidders, " ")
	}
	assert.Contains(t, shown, rival)
	assert.Contains(t, shown, "fjord")
}

// Somebody who may push asks on the forge to merge the rival's commits into a branch of
// its own making, which the document does not declare.
func TestAttackOtherBranch(t *testing.T) {
	attack{only: "forge", then: func(w *site, firm string) {
		m := w.maintainer(firm)
		for i, o := range w.targets() {
			on, at := fmt.Sprint("change:", 50_000+i), o.at.Add(-time.Hour)
			c := &model.Change{Opened: at, Merged: at, Base: "topic", Head: sha(o.name), Start: sha(o.parents[0])}
			for _, role := range []model.Role{model.Author, model.Merger} {
				w.fact(on, role, m.onForge(), at, model.Contribution{Change: c})
			}
		}
	}}.withstood(t)
}

// Somebody hands in a branch that was made on a rival's open ones, and has it merged
// before them: the forge says of all of them that they were merged then. What it handed in counts.
func TestAttackSwallowedBranches(t *testing.T) {
	var swallowed [][]*plan
	attack{only: "forge", most: map[model.Indicator]float64{model.Changes: 12, model.ActiveMonths: 12}, plans: func(w *site, firm string) {
		swallowed = nil
		var kept, group []*plan
		for _, p := range w.plans {
			if p.author.firm != rival || p.way != branched || p.at.Before(when("2025-07-01")) {
				kept = append(kept, p)
				continue
			}
			if group = append(group, p); len(group) == 3 {
				swallowed, group = append(swallowed, group), nil
			}
		}
		w.plans = append(kept, group...)
	}, then: func(w *site, firm string) {
		for _, group := range swallowed {
			w.swallow(firm, group)
		}
	}}.withstood(t)
}

// swallow states changes that came in with one of the firm's.
func (w *site) swallow(firm string, group []*plan) {
	last := group[len(group)-1]
	own := w.next(plan{way: branched, author: w.of(firm)[1], at: last.at, kind: "code", size: 10, commits: 1})
	merge := fmt.Sprintf("w%d.merge", own.n)
	for _, p := range group {
		var names []string
		for i := range p.commits {
			who := p.author.identity()
			names = append(names, fmt.Sprintf("w%d.%d", p.n, i))
			w.commit(&deed{name: names[i], subject: fmt.Sprint("Change ", p.n, i), by: who, taker: who, at: own.at,
				authored: p.opened.Add(time.Duration(i) * time.Hour), landed: merge, files: filesOf(p.kind, p.part(i))})
		}
		merged := *p
		merged.at, merged.way = own.at, taken
		w.change(&merged, names)
	}
	w.put(own)
}
