package score_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tributary-oss/tributary/model"
)

// every calls f with each change that a forge merged or somebody took, and that nobody of
// the firm wrote, in the last year.
func (w *site) every(firm string, f func(p *plan)) {
	for _, p := range w.plans {
		if p.way != pushed && p.author.firm != firm && !p.at.Before(when("2025-07-01")) {
			f(p)
		}
	}
}

// approvals are wordless ones of so many people, save the author's.
func approvals(people []*member, p *plan) (list []opinion) {
	for _, m := range people {
		if m != p.author {
			list = append(list, opinion{by: m, role: model.Reviewer, state: model.Approved})
		}
	}
	return list
}

// The author approves, and commits or merges, what it wrote.
func TestAttackOneself(t *testing.T) {
	attack{plans: func(w *site, firm string) {
		w.ownPlans(firm, func(p *plan) {
			for range 3 {
				p.reviews = append(p.reviews, opinion{p.author, model.Reviewer, 5, 100, model.Approved})
			}
			p.reviews = append(p.reviews, opinion{p.author, model.Tester, 0, 0, model.Commented})
		})
	}}.withstood(t)
}

// All mates without the right to approve do so, without a word.
func TestAttackMatesWithoutRight(t *testing.T) {
	attack{plans: func(w *site, firm string) {
		w.ownPlans(firm, func(p *plan) { p.reviews = append(p.reviews, approvals(w.outsiders(firm), p)...) })
	}}.withstood(t)
}

// A mate who may approve does so, without a word. On a forge that is nothing; from git
// alone half a review for each commit that somebody of another house takes with its line.
func TestAttackMatesWithRight(t *testing.T) {
	n := 0
	for _, firm := range []string{"atlas", "fjord"} {
		n = max(n, newWorld(false).takenOf(firm))
	}
	attack{most: map[model.Indicator]float64{model.ReviewsDone: float64(n) / 2, model.ActiveMonths: 36}, plans: func(w *site, firm string) {
		w.ownPlans(firm, func(p *plan) {
			p.reviews = append(p.reviews, approvals(w.of(firm)[:1], p)...)
		})
	}}.withstood(t)
}

// takenOf counts the commits of a firm's people that others took.
func (w *site) takenOf(firm string) (n int) {
	for _, p := range w.plans {
		if p.author.firm == firm && p.way != pushed && p.way != branched {
			n += p.commits
		}
	}
	return n
}

// ring is the firm that approves what the attacker's people write, and the other way round.
const ring = "brook"

// People of two houses who may not approve do so for each other, without a word. On a
// forge that is nothing; from git alone a quarter for each commit that somebody took with
// their lines, once for the house.
func TestAttackRingOfOutsiders(t *testing.T) {
	n := 0
	for _, p := range newWorld(false).accepted(ring) {
		n += p.commits
	}
	attack{plans: func(w *site, firm string) { w.circle(firm, w.outsiders(firm), w.outsiders(ring)) }, with: ring,
		most: map[model.Indicator]float64{model.ReviewsDone: float64(n) / 4, model.ActiveMonths: 12}}.withstood(t)
}

// circle lets the people of the two firms approve each other's changes of the last year.
func (w *site) circle(firm string, ours, theirs []*member) {
	for _, p := range w.plans {
		if p.way == pushed || p.at.Before(when("2025-07-01")) {
			continue
		}
		switch p.author.firm {
		case firm:
			p.reviews = append(p.reviews, approvals(theirs, p)...)
		case ring:
			p.reviews = append(p.reviews, approvals(ours, p)...)
		}
	}
}

// People of two houses who may approve do so for each other. Nothing tells it from a real
// review, and every approval needs a real change: it is bounded by the changes that were
// accepted from the other house in the time, and 10 a day.
func TestAttackRingOfMaintainers(t *testing.T) {
	n := 0
	for _, p := range newWorld(false).accepted(ring) {
		n += p.commits // somebody else takes each of them
	}
	attack{plans: func(w *site, firm string) { w.circle(firm, w.of(firm)[:1], w.of(ring)[:1]) }, with: ring,
		most: map[model.Indicator]float64{model.ReviewsDone: float64(n), model.ActiveMonths: 12}}.withstood(t)
}

// accepted are the changes of the last year that a firm's people wrote and others took.
func (w *site) accepted(firm string) (list []*plan) {
	for _, p := range w.plans {
		if p.author.firm == firm && p.way != pushed && !p.at.Before(when("2025-07-01")) {
			list = append(list, p)
		}
	}
	return list
}

// Two people who may not approve do so wherever they can, on the changes of all others of
// a year: without a word, with one, with two remarks on lines. On a forge anybody may, and
// what two remarks say nobody counts: they are a review, one for each change and person,
// 10 a day.
func TestAttackOutsidersApprove(t *testing.T) {
	all := 0.0
	newWorld(true).every("nobody", func(*plan) { all++ })
	for name, c := range map[string]struct {
		opinion
		most map[model.Indicator]float64
	}{
		"wordless":              {opinion{state: model.Approved}, nil},
		"LGTM":                  {opinion{length: 4, state: model.Approved}, nil},
		"changes requested":     {opinion{length: 4, state: model.ChangesRequested}, nil},
		"two remarks of a word": {opinion{inline: 2, length: 8, state: model.Commented}, map[model.Indicator]float64{model.ReviewsDone: 2 * all, model.ActiveMonths: 12}},
	} {
		t.Run(name, func(t *testing.T) {
			attack{only: "forge", most: c.most, plans: func(w *site, firm string) {
				w.every(firm, func(p *plan) {
					for _, m := range w.outsiders(firm)[:2] {
						p.reviews = append(p.reviews, opinion{m, model.Reviewer, c.inline, c.length, c.state})
					}
				})
			}}.withstood(t)
		})
	}
}

// The author names mates, or people of a friendly house, in the message of its own changes:
// from git alone nobody attests that they looked at it.
func TestAttackTrailersOfOwnChanges(t *testing.T) {
	for _, role := range []model.Role{model.Reviewer, model.Tester, model.Acker} {
		t.Run(string(role), func(t *testing.T) {
			attack{only: "git", plans: func(w *site, firm string) {
				w.ownPlans(firm, func(p *plan) {
					for _, o := range approvals(w.outsiders(firm), p) {
						p.reviews = append(p.reviews, opinion{by: o.by, role: role})
					}
				})
			}}.withstood(t)
		})
	}
}

// The same in what strangers wrote, who may be puppets: half a review for each commit that
// somebody took with their lines, once for the house.
func TestAttackTrailersOfPuppets(t *testing.T) {
	n := float64(newWorld(false).takenOf("")) / 2
	attack{only: "git", most: map[model.Indicator]float64{model.ReviewsDone: n, model.ActiveMonths: 36}, plans: func(w *site, firm string) {
		for _, p := range w.plans {
			if p.author.firm == "" {
				for _, m := range w.outsiders(firm) {
					p.reviews = append(p.reviews, opinion{by: m, role: model.Tester})
				}
			}
		}
	}}.withstood(t)
}

// Outsiders write the words of a command under every change that a robot will merge.
func TestAttackCommands(t *testing.T) {
	for _, verb := range []string{"/lgtm", "/approve", "/merge", "bors r+"} {
		t.Run(verb, func(t *testing.T) {
			attack{only: "forge", then: func(w *site, firm string) {
				m := w.outsiders(firm)[0]
				for _, r := range w.merges() {
					c := r.Contribution
					w.fact(string(c.Artifact), model.Commander, m.onForge(), c.At.Add(-time.Second), model.Contribution{Change: c.Change, Verb: verb})
				}
			}}.withstood(t)
		})
	}
}

// merges lists what the forge said of who merged each change.
func (w *site) merges() (list []model.Record) {
	for _, r := range w.records {
		if r.Contribution != nil && r.Contribution.Role == model.Merger {
			list = append(list, r)
		}
	}
	return list
}

// Reviews that come after the merge count nothing.
func TestAttackLateReviews(t *testing.T) {
	attack{only: "forge", then: func(w *site, firm string) {
		for _, r := range w.merges() {
			c := r.Contribution
			w.fact(string(c.Artifact), model.Reviewer, w.maintainer(firm).onForge(), c.At.Add(time.Hour),
				model.Contribution{Change: c.Change, Review: &model.Review{State: model.Approved, Said: "APPROVED", Inline: 5, Length: 300, CanPush: true}})
		}
	}}.withstood(t)
}

// Somebody labels all issues, and closes and opens them again.
func TestAttackLabels(t *testing.T) {
	attack{only: "forge", then: func(w *site, firm string) {
		m := w.of(firm)[2]
		for n := range w.issues {
			on := fmt.Sprint("issue:", n+1)
			d := &model.Issue{Opened: when("2025-07-05")}
			for _, verb := range []string{"labeled", "unlabeled", "labeled", "reopened"} {
				w.fact(on, model.Triager, m.onForge(), when("2025-07-05").Add(time.Duration(n)*time.Hour), model.Contribution{Issue: d, Verb: verb})
			}
		}
	}}.withstood(t)
}

// One of the firm's people opens issues and closes them with a reason, alone.
func TestAttackOwnIssues(t *testing.T) {
	attack{only: "forge", then: func(w *site, firm string) {
		m := w.of(firm)[0]
		for i := range 200 {
			w.issue(m, when("2026-01-05").Add(time.Duration(i)*9*time.Hour), []*member{m}, m)
		}
	}}.withstood(t)
}

// A stranger, who is a friend, opens issues which one of the firm's people answers at once.
// Nothing tells it from help, but for its number: 10 a day for each person.
func TestAttackIssuesOfAFriend(t *testing.T) {
	attack{only: "forge", most: map[model.Indicator]float64{model.Triage: 50, model.ActiveMonths: 0}, then: func(w *site, firm string) {
		friend, m := w.of("")[0], w.of(firm)[0]
		for i := range 300 {
			w.issue(friend, when("2026-02-02").AddDate(0, 0, i%5).Add(time.Duration(i)*time.Minute), []*member{m}, nil)
		}
	}}.withstood(t)
}

// Messages that speak of a CVE, without any advisory, are nothing but messages.
func TestAttackCVEs(t *testing.T) {
	attack{plans: func(w *site, firm string) {
		w.ownPlans(firm, func(p *plan) {
			p.edit = func(i int, d *deed) { d.subject = fmt.Sprintf("CVE-2025-%d: mend it (GHSA-%04d)", 1000+p.n, p.n) }
		})
	}}.withstood(t)
}

// Whoever may tag tags a version every day for two months, and publishes each as well.
// The method counts the days, at most all of them: 6 points of 100 in the end.
func TestAttackReleases(t *testing.T) {
	attack{most: map[model.Indicator]float64{model.Releases: 60}, then: func(w *site, firm string) {
		for i := range 60 {
			at := when("2026-02-02").AddDate(0, 0, i)
			w.fact(fmt.Sprintf("release:v9.0.%d", i), model.Releaser, w.maintainer(firm).identity(), at, model.Contribution{})
			w.fact(fmt.Sprintf("release:v9.1.%d", i), model.Releaser, w.maintainer(firm).identity(), at, model.Contribution{})
		}
	}}.withstood(t)
}

// All of its people stand in MAINTAINERS, in the two months before the end: whoever may
// push wrote them there. Each month counts once for the firm.
func TestAttackListings(t *testing.T) {
	attack{most: map[model.Indicator]float64{model.Stewardship: 2}, then: func(w *site, firm string) {
		for _, m := range w.of(firm) {
			w.fact("role:examples/OWNERS", model.Maintainer, m.identity(), when("2026-05-01"), model.Contribution{})
		}
	}}.withstood(t)
}

// People who do not exist hand in what one of the firm's people reviews and takes: real
// changes, however small, pay 10 reviews and 10 integrations a day.
func TestAttackPuppets(t *testing.T) {
	const days = 20
	attack{most: map[model.Indicator]float64{model.ReviewsDone: 10 * days, model.Integration: 10 * days, model.ActiveMonths: 2},
		then: func(w *site, firm string) { w.puppets(firm, days, 15, "small") }}.withstood(t)
}

// What is no work pays nobody who reviews or takes it either.
func TestAttackPuppetsWithTrifles(t *testing.T) {
	attack{then: func(w *site, firm string) { w.puppets(firm, 20, 15, "space") }}.withstood(t)
}

func (w *site) puppets(firm string, days, each int, kind string) {
	m := w.maintainer(firm)
	for day := range days {
		for i := range each {
			puppet := &member{id: fmt.Sprint("puppet", i%5), mail: fmt.Sprint("puppet", i%5, "@gmail.com"), account: 700 + i%5}
			at := when("2026-02-02").AddDate(0, 0, day).Add(time.Duration(i) * time.Minute)
			w.put(w.next(plan{way: taken, author: puppet, taker: m, at: at, kind: kind, size: 4,
				reviews: []opinion{{m, model.Reviewer, 3, 200, model.Approved}}}))
		}
	}
}

// Whoever may publish advisories lets them cite small changes of the firm: one credit each.
// They are public, and the buyer and every rival can read what they say.
func TestAttackAdvisories(t *testing.T) {
	attack{only: "forge", most: map[model.Indicator]float64{model.Security: 3}, then: func(w *site, firm string) {
		own := slices.DeleteFunc(w.own(w.history(), firm), func(d *deed) bool { return d.trailers != nil })
		for i, d := range own[len(own)-3:] {
			at := when("2026-03-03").AddDate(0, 0, i)
			w.fact(fmt.Sprint("advisory:GHSA-9999-", i), model.Publisher, w.maintainer(firm).onForge(), at,
				model.Contribution{Advisory: &model.Advisory{Published: at, Fixes: []model.Artifact{commitOf(d.name)}}})
		}
	}}.withstood(t)
}
