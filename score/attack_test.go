package score_test

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// attack is what a bidder does to get more, or to leave its rivals less. It changes the
// plans of what the bidder's own people do, or adds to what was stated.
type attack struct {
	plans func(w *site, firm string)
	then  func(w *site, firm string)
	// only is "git" or "forge" where the attack needs that.
	only string
	// most is what remains possible: how many credits of an indicator the attacker gains
	// at most, as the caps and the number of its people bound it. Its score may move by as
	// much as they are worth, and by no more than 1 % where there are none.
	most map[model.Indicator]float64
	// joint says that others' scores may rise: they wrote some of it together.
	joint bool
	with  string // a firm that takes part, so that what it gains is not looked at
	// official says that the ranking after the attack must be refused as an official one.
	// Then scores may move: it is shown whom they would go to.
	official bool
}

// least is the change in points of 100 that is let pass of scores so small that 1 % of
// them is less.
const least = 0.05

// withstood makes the attack for the largest and the smallest bidder, on git alone and on
// git with a forge, and checks what it does to every bidder's score: that of a rival moves
// neither up nor down by more than 1 % of itself, that of the attacker not up.
func (a attack) withstood(t *testing.T) {
	t.Helper()
	figuresAlone(t)
	gained := 0.0
	for _, firm := range []string{"atlas", "fjord"} {
		for _, forge := range []bool{false, true} {
			name := map[bool]string{false: "git", true: "forge"}[forge]
			if a.only != "" && a.only != name {
				continue
			}
			t.Run(firm+" "+name, func(t *testing.T) { gained += a.made(t, firm, forge) })
		}
	}
	if a.most != nil {
		assert.Positive(t, gained, "nothing is possible: the attack needs no bound")
	}
}

// figuresAlone skips a test with -short, as the race detector's run has it: that ranks
// hundreds of worlds besides, and one more that differs in its figures is no other race.
func figuresAlone(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("it is about figures, which the run without -short shows")
	}
}

// made makes the attack and returns what the attacker gained of what has a bound, in points.
func (a attack) made(t *testing.T, firm string, forge bool) (gained float64) {
	w := newWorld(forge)
	if a.plans != nil {
		a.plans(w, firm)
	}
	w.state()
	if a.then != nil {
		a.then(w, firm)
	}
	require.False(t, w.claim == nil && reflect.DeepEqual(w.records, recordsBefore(forge)), "the attack does nothing")
	before := rankBefore(forge)
	after := w.rank(t)
	if a.official {
		require.ErrorIs(t, score.Official(after), score.ErrNotOfficial)
		require.NotEmpty(t, after.Contested)
		for _, c := range after.Contested {
			assert.Len(t, c.Outcomes, len(c.Vendors), "each outcome is shown")
		}
		return 0
	}
	was, is := scoresOf(before), scoresOf(after)
	for _, f := range firms[:6] {
		if f.name == a.with && a.most != nil {
			continue
		}
		allowed := max(least, was[f.name]/100)
		if f.name == firm && a.most != nil {
			gained = a.gained(t, before, after, firm)
			allowed += gained
		}
		moved := is[f.name] - was[f.name]
		switch {
		case f.name == firm: // whoever lowers its own score attacks nobody
		case a.joint:
			moved = -moved
		default:
			moved = math.Abs(moved)
		}
		assert.LessOrEqual(t, moved, allowed, "%s: %.2f becomes %.2f", f.name, was[f.name], is[f.name])
	}
	return gained
}

// gained checks the bound of each indicator and returns what the gain in those that have
// one makes in points.
func (a attack) gained(t *testing.T, before, after *model.Ranking, firm string) (points float64) {
	was, is := measured(before, firm), measured(after, firm)
	for i := range a.most {
		require.True(t, slices.ContainsFunc(is, func(v model.Measurement) bool { return v.Indicator == i }), "%s is not measured", i)
	}
	for n, v := range is {
		most, ok := a.most[v.Indicator]
		if !ok {
			continue
		}
		assert.LessOrEqual(t, v.Value-was[n].Value, most, "%s of %s", v.Indicator, firm)
		points += math.Abs(v.Points - was[n].Points)
	}
	return points
}

func measured(r *model.Ranking, firm string) []model.Measurement {
	for _, s := range r.Projects[0].Scores {
		if s.Bidder == firm {
			return s.Values
		}
	}
	return nil
}

// The site is one in which nobody has everything, so that every attack has something to
// gain, and in which each indicator is one that counts.
func TestWorldOfAttacks(t *testing.T) {
	for _, forge := range []bool{false, true} {
		r := rankBefore(forge)
		for firm, score := range scoresOf(r) {
			assert.Greater(t, score, 20.0, firm)
			assert.Less(t, score, 80.0, firm)
		}
		for _, i := range r.Projects[0].Indicators {
			if i.Indicator != model.Translations {
				shown := forge || i.Indicator != model.Security && i.Indicator != model.Triage
				assert.Equal(t, shown, i.Weight > 0, i.Indicator)
			}
		}
		assert.Empty(t, r.Warnings)
	}
}

// next gives a plan what it lacks: a number, a day of being opened, one commit, somebody of
// another house who takes it.
func (w *site) next(p plan) *plan {
	w.added++
	p.n, p.commits = 100_000+w.added, max(1, p.commits)
	if p.taker == nil {
		p.taker = w.of(model.Independent)[0]
	}
	if p.opened.IsZero() {
		p.opened = p.at.AddDate(0, 0, -1)
	}
	return &p
}

// farm hands in so many changes a week of each person, one after the other, for so many
// weeks from a day on, and somebody of another house takes each of them.
func (w *site) farm(people []*member, from string, weeks, each int, kind string, size int) {
	for week := range weeks {
		for i := range each {
			for _, m := range people {
				at := when(from).AddDate(0, 0, 7*week+i%5).Add(time.Duration(i) * 11 * time.Minute)
				w.put(w.next(plan{way: taken, author: m, at: at, kind: kind, size: size}))
			}
		}
	}
}

// ownPlans calls f with each change that somebody of the firm wrote.
func (w *site) ownPlans(firm string, f func(p *plan)) {
	for _, p := range w.plans {
		if p.author.firm == firm {
			f(p)
		}
	}
}

func (w *site) outsiders(firm string) (list []*member) {
	for _, m := range w.of(firm) {
		if !m.right {
			list = append(list, m)
		}
	}
	return list
}

// maintainer is the one of the firm who may push, merge and approve.
func (w *site) maintainer(firm string) *member { return w.of(firm)[0] }

// What was one change by a merge stays one, however many commits it is split into.
func TestAttackSplitInTen(t *testing.T) {
	attack{plans: func(w *site, firm string) {
		w.ownPlans(firm, func(p *plan) {
			if p.way == branched {
				p.commits *= 10
			}
		})
	}}.withstood(t)
}

// A contributor writes a Change-Id of its own into each of the ten commits.
func TestAttackSplitByChangeIDs(t *testing.T) {
	attack{plans: func(w *site, firm string) {
		w.ownPlans(firm, func(p *plan) {
			if p.way == branched {
				p.commits *= 10
				p.edit = func(i int, d *deed) { d.changeID = fmt.Sprint("I", d.name) }
			}
		})
	}}.withstood(t)
}

// A contributor writes a mate's name as the committer of each of the ten commits, which
// takes two words on the command line and no right.
func TestAttackSplitByCommitters(t *testing.T) {
	attack{plans: func(w *site, firm string) {
		mates := w.of(firm)
		w.ownPlans(firm, func(p *plan) {
			if p.way == branched {
				p.commits *= 10
				p.edit = func(i int, d *deed) {
					d.taker = mates[len(mates)-1].identity()
					if d.taker == d.by {
						d.taker = mates[len(mates)-2].identity()
					}
				}
			}
		})
	}}.withstood(t)
}

// Who may push pushes ten commits a day instead of one, each with a mate's name as its
// committer. Nothing tells it from a mate who really took them one by one: what is one
// change must not hang on who lists whom. Each push earns ten changes instead of one and
// ten halves of an integration at most, and the mate, who takes others' work now, a whole
// review where it was a quarter; the caps of a week and a day bound them all. Whoever wrote
// some of it together with the firm gains as well, and nobody loses.
func TestAttackSplitByPushing(t *testing.T) {
	w, pushes, reviews := newWorld(false), 0.0, 0.0
	w.ownPlans("atlas", func(p *plan) {
		if p.way == pushed {
			pushes++
		}
	})
	for _, p := range w.plans {
		for _, o := range p.reviews {
			if o.by == w.of("fjord")[1] || o.by == w.of("atlas")[1] {
				reviews += float64(p.commits)
			}
		}
	}
	most := map[model.Indicator]float64{model.Changes: 9 * pushes, model.Integration: 5 * pushes, model.ReviewsDone: 0.75 * reviews}
	attack{joint: true, most: most, plans: func(w *site, firm string) { w.splitPushes(firm, w.of(firm)[1]) }}.withstood(t)
}

// splitPushes splits what a firm's people push in ten, each committed by a mate.
func (w *site) splitPushes(firm string, mate *member) {
	w.ownPlans(firm, func(p *plan) {
		if p.way == pushed {
			p.commits = 10
			p.edit = func(i int, d *deed) { d.taker = mate.identity() }
		}
	})
}

// Half of what its people do comes from another address of theirs at the same house.
func TestAttackOtherAddress(t *testing.T) {
	attack{plans: func(w *site, firm string) {
		w.ownPlans(firm, func(p *plan) {
			if p.n%2 == 0 {
				p.edit = func(i int, d *deed) {
					if d.taker == d.by {
						d.taker.Mail = "too." + d.taker.Mail
					}
					d.by.Mail = "too." + d.by.Mail
				}
			}
		})
	}}.withstood(t)
}

// Robots of the house push every day, and approve what others write.
func TestAttackRobots(t *testing.T) {
	attack{then: func(w *site, firm string) {
		for i := range 300 {
			at := when("2025-06-02").AddDate(0, 0, i)
			bot := model.Identity{Name: firm + "-ci[bot]", Mail: "ci@" + firm + ".example"}
			d := &deed{name: fmt.Sprint("auto", i), subject: fmt.Sprint("Automatic ", i), by: bot, taker: w.maintainer(firm).identity(), at: at,
				files: filesOf("code", elements(fmt.Sprint("auto", i), 30))}
			w.commit(d)
		}
		bot := &member{id: firm + "-review[bot]", account: 9500}
		for _, d := range w.deeds[:400] {
			w.trail(d, model.Reviewer, model.Identity{Name: bot.id, Mail: "review@" + firm + ".example"})
		}
	}}.withstood(t)
}

// trail adds a line to the end of the message of a commit of somebody else's, as whoever
// takes it can.
func (w *site) trail(d *deed, role model.Role, who model.Identity) {
	for _, r := range w.records {
		if c := r.Contribution; c != nil && c.Commit != nil && c.Role == model.Author && c.Artifact == commitOf(d.name) {
			w.add(model.Record{Repository: r.Repository, Contribution: &model.Contribution{Artifact: c.Artifact, Role: role, Actor: who, At: c.At, Commit: c.Commit}})
			return
		}
	}
}

// Farms of what is no work: each of its people has 15 changes a week accepted for ten weeks.
func TestAttackFarms(t *testing.T) {
	for _, kind := range []string{"space", "empty", string(model.GeneratedFiles), string(model.VendoredFiles), string(model.LockFiles), string(model.TranslationFiles)} {
		t.Run(kind, func(t *testing.T) {
			attack{then: func(w *site, firm string) {
				w.farm(w.of(firm)[:3], "2026-01-05", 10, 15, kind, 12)
			}}.withstood(t)
		})
	}
}

// A comment of a few lines is a quarter of a change: of three people in ten weeks at most
// 3 · 10 · 15 · ¼ = 112.5, and the months in which they had none.
func TestAttackCommentFarm(t *testing.T) {
	attack{most: map[model.Indicator]float64{model.Changes: 112.5, model.ActiveMonths: 3}, then: func(w *site, firm string) {
		w.farm(w.of(firm)[:3], "2026-01-05", 10, 30, "comment", 8)
	}}.withstood(t)
}

// What is small but real is bounded by the caps: one person who has 100 changes a week
// accepted, for four weeks inside two months, gets 15 for each of them.
func TestAttackManySmallChanges(t *testing.T) {
	attack{most: map[model.Indicator]float64{model.Changes: 60, model.ActiveMonths: 0}, then: func(w *site, firm string) {
		w.farm(w.of(firm)[2:3], "2026-02-02", 4, 100, "small", 4)
	}}.withstood(t)
}

// Raising the version of a dependency counts as a change and as upkeep, 15 a week each.
func TestAttackDependencyBumps(t *testing.T) {
	attack{most: map[model.Indicator]float64{model.Changes: 60, model.Upkeep: 60, model.ActiveMonths: 0}, then: func(w *site, firm string) {
		w.farm(w.of(firm)[2:3], "2026-02-02", 4, 30, "upkeep", 4)
	}}.withstood(t)
}

// Fifty people who mend two typing errors each have fewer than 3 acts: they count nothing.
func TestAttackFiftyWithTwoTypos(t *testing.T) {
	attack{then: func(w *site, firm string) { w.typos(firm, 50, 2) }}.withstood(t)
}

// With three each they pass the floor, and have a quarter for each: 50 · 3 · ¼ = 37.5.
func TestAttackFiftyWithThreeTypos(t *testing.T) {
	attack{most: map[model.Indicator]float64{model.Changes: 37.5, model.ActiveMonths: 3}, then: func(w *site, firm string) { w.typos(firm, 50, 3) }}.withstood(t)
}

func (w *site) typos(firm string, people, each int) {
	for n := range people {
		id := fmt.Sprintf("%s-new-%d", firm, n)
		m := &member{id: id, mail: id + "@" + firm + ".example", firm: firm, account: 500 + n}
		for i := range each {
			w.put(w.next(plan{way: taken, author: m, at: when("2026-03-02").AddDate(0, i, n%20), kind: "docs", size: 2}))
		}
	}
}

// A change with nine mates named as its co-authors is still one.
func TestAttackCoAuthors(t *testing.T) {
	attack{plans: func(w *site, firm string) {
		w.ownPlans(firm, func(p *plan) {
			if p.with != nil {
				return // see TestAttackManyCoAuthors
			}
			for _, m := range w.of(firm) {
				if m != p.author && len(p.with) < 9 {
					p.with = append(p.with, m)
				}
			}
		})
	}}.withstood(t)
}

// Where somebody of another house is a co-author, nine mates leave it a smaller share of
// that change. Nobody moves by more than half of what the firm did together with others,
// and the others see it.
func TestAttackManyCoAuthors(t *testing.T) {
	figuresAlone(t)
	for _, forge := range []bool{false, true} {
		for _, firm := range []string{"atlas", "fjord"} {
			w := newWorld(forge)
			joint := 0.0
			w.ownPlans(firm, func(p *plan) {
				if p.with == nil || p.with[0].firm == firm {
					return
				}
				joint += float64(p.commits) / 2
				for _, m := range w.of(firm) {
					if m != p.author && len(p.with) < 9 {
						p.with = append(p.with, m)
					}
				}
			})
			after := w.state().rank(t)
			for _, f := range firms[:6] {
				was, is := measured(rankBefore(forge), f.name), measured(after, f.name)
				for n := range is {
					if is[n].Indicator == model.Changes {
						assert.InDelta(t, was[n].Value, is[n].Value, joint, f.name)
					}
				}
			}
		}
	}
}
