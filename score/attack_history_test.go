package score_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tributary-oss/tributary/model"
)

// Replays: whoever may push makes a branch that the document's pattern takes in, and lays
// down there what was accepted before.

// replay lays down commits once more on a branch of their own, each as f makes it.
func (w *site) replay(list []*deed, firm string, f func(i int, d *deed)) {
	for i, o := range list {
		d := *o
		d.name, d.branches, d.landed, d.parents, d.trailers = o.name+".again", []string{"stable-9"}, "", nil, nil
		d.at, d.taker = when("2026-05-04").Add(time.Duration(i)*time.Second), w.maintainer(firm).identity()
		if d.authored.IsZero() {
			d.authored = o.at
		}
		f(i, &d)
		w.commit(&d)
	}
}

// history are the commits of people before May 2026, save merges.
func (w *site) history() (list []*deed) {
	for _, d := range w.deeds {
		if !d.merge && d.by != identity(robot) && d.branches[0] == "main" && d.at.Before(when("2026-05-01")) {
			list = append(list, d)
		}
	}
	return list
}

// own are those of the firm's people.
func (w *site) own(list []*deed, firm string) []*deed {
	mine := map[model.Identity]bool{}
	for _, m := range w.of(firm) {
		mine[m.identity()] = true
	}
	return slices.DeleteFunc(slices.Clone(list), func(d *deed) bool { return !mine[d.by] })
}

// months spreads dates over two years.
func months(i int) time.Time { return when("2024-01-02").Add(time.Duration(i) * 14 * time.Hour) }

func TestAttackReplayAsItIs(t *testing.T) {
	attack{then: func(w *site, firm string) {
		w.replay(w.history(), firm, func(int, *deed) {})
	}}.withstood(t)
}

// Everybody's work once more, with --reset-author.
func TestAttackReplayUnderAnotherName(t *testing.T) {
	attack{then: func(w *site, firm string) {
		w.replay(w.history(), firm, func(i int, d *deed) { d.by, d.authored = d.taker, d.at })
	}}.withstood(t)
}

// One's own work once more, with other dates and one edited line in each commit.
func TestAttackReplayWithAnEditedLine(t *testing.T) {
	attack{then: func(w *site, firm string) {
		w.replay(w.own(w.history(), firm), firm, func(i int, d *deed) { d.authored, d.files = d.at, edited(d.files, 1, fmt.Sprint(i)) })
	}}.withstood(t)
}

// The same, with so many lines added that one in four is no line of the original.
func TestAttackReplayWithPadding(t *testing.T) {
	attack{then: func(w *site, firm string) {
		w.replay(w.own(w.history(), firm), firm, func(i int, d *deed) { d.authored, d.files = d.at, padded(d.files, fmt.Sprint(i)) })
	}}.withstood(t)
}

// The same, with 128 lines sought out so that they have the lowest keys of all: they fill
// the sample, and what is sampled of the original is gone. Only large commits have a
// sample at all, and each of these counts once more, 15 a week of a person.
func TestAttackReplayWithSoughtLines(t *testing.T) {
	attack{most: map[model.Indicator]float64{model.Changes: 15, model.ActiveMonths: 1}, then: func(w *site, firm string) {
		large := slices.DeleteFunc(w.own(w.history(), firm), func(d *deed) bool { return d.files.Patch.Size < 300 })
		w.replay(large, firm, func(i int, d *deed) {
			d.authored = d.at
			f, p := *d.files, *d.files.Patch
			p.Sketch, p.Size, p.ID = nil, p.Size+model.SketchSize, fmt.Sprintf("%032d", i)
			for n := range uint64(model.SketchSize) {
				p.Sketch = append(p.Sketch, (uint64(i)*model.SketchSize+n)<<1)
			}
			f.Patch = &p
			d.files = &f
		})
	}}.withstood(t)
}

// edited is a patch of which so many added lines are others; a line changed is one
// deleted, which stays, and one added.
func edited(f *model.Files, n int, seed string) *model.Files {
	if f.Patch.Size > model.SketchSize {
		return f // one line in many is no matter
	}
	list := slices.Clone([]uint64(f.Patch.Sketch))
	for i := range list {
		if n > 0 && list[i]&1 == 0 {
			list[i] = elements(seed, 1)[0] &^ 1
			n--
		}
	}
	return with(f, list)
}

// padded adds lines to a patch until its own are fewer than 80 % of all.
func padded(f *model.Files, seed string) *model.Files {
	if f.Patch.Size > model.SketchSize {
		return f
	}
	return with(f, append(elements(seed+"pad", f.Patch.Size/4+1), f.Patch.Sketch...))
}

func with(f *model.Files, list []uint64) *model.Files {
	g := *f
	slices.Sort(list)
	g.Patch = patchOf(list)
	return &g
}

// The replays bear dates of two years, one every 14 hours, before the day on which they
// were really made: nothing tells. They are ports, 3 a day at most.
func TestAttackReplayOverMonths(t *testing.T) {
	attack{most: map[model.Indicator]float64{model.Ports: 731 * 3}, then: func(w *site, firm string) {
		old := slices.DeleteFunc(w.history(), func(d *deed) bool { return !d.at.Before(when("2023-07-01")) })
		w.replay(old, firm, func(i int, d *deed) { d.at = months(i) })
	}}.withstood(t)
}

// Rivals' work of the window under one's own name, a month before they did it: dates are
// whoever may push to a declared branch's to write, but not which line is the main one.
func TestAttackReplayInAdvance(t *testing.T) {
	for name, by := range map[string]func(o, d *deed) model.Identity{
		"as one's own":      func(_, d *deed) model.Identity { return d.taker },
		"as a robot's":      func(_, _ *deed) model.Identity { return identity(robot) },
		"as each author's":  func(o, _ *deed) model.Identity { return o.by },
		"as other people's": func(o, _ *deed) model.Identity { return model.Identity{Name: "Else", Mail: "else@elsewhere.example"} },
	} {
		t.Run(name, func(t *testing.T) {
			attack{then: func(w *site, firm string) {
				late := slices.DeleteFunc(w.history(), func(d *deed) bool { return d.at.Before(when("2024-01-01")) })
				w.replay(late, firm, func(i int, d *deed) {
					d.at = late[i].at.AddDate(0, -1, 0)
					d.by, d.authored = by(late[i], d), d.at
				})
			}}.withstood(t)
		})
	}
}

// One commit to the same branch, again and again: picked, undone, picked.
func TestAttackPortTwice(t *testing.T) {
	attack{then: func(w *site, firm string) {
		fix := w.history()[1000]
		for i := range 40 {
			w.replay([]*deed{fix}, firm, func(_ int, d *deed) {
				d.name, d.branches, d.at = fmt.Sprint(d.name, i), []string{"stable-2"}, when("2026-04-01").AddDate(0, 0, i)
			})
			undo := &deed{name: fmt.Sprint("undo", i), subject: fmt.Sprint("Undo ", i), by: w.maintainer(firm).identity(), taker: w.maintainer(firm).identity(), branches: []string{"stable-2"},
				at: when("2026-04-01").AddDate(0, 0, i).Add(time.Hour), files: with(fix.files, reversed(fix.files.Patch.Sketch, 100))}
			w.commit(undo)
		}
	}}.withstood(t)
}

// reversed are the elements of which so many percent do the opposite; the others are left out.
func reversed(list []uint64, percent int) []uint64 {
	undone := slices.Clone(list[:len(list)*percent/100])
	for i := range undone {
		undone[i] ^= 1
	}
	return undone
}

// Imports: another repository, in which the firm's people did a lot, becomes a part of this
// one.

func TestAttackImportAsOneCommit(t *testing.T) {
	attack{then: func(w *site, firm string) {
		p := w.next(plan{way: taken, author: w.of(firm)[2], at: when("2026-02-03"), kind: "code", size: 40_000})
		p.edit = func(i int, d *deed) {
			d.files.Touched, d.files.Churn[0].Files = 500, 500
			d.files.Lines = &model.Lines{Added: 40_000}
			d.files.Churn[0].Lines = *d.files.Lines
		}
		w.put(p)
	}}.withstood(t)
}

// A merge brings in a history of its own, whose commits one of the firm's people wrote and
// another one took, or each its own.
func TestAttackImportWithHistory(t *testing.T) {
	for _, by := range []string{"themselves", "mates", "strangers"} {
		t.Run(by, func(t *testing.T) {
			attack{then: func(w *site, firm string) { w.importHistory(firm, by) }}.withstood(t)
		})
	}
}

func (w *site) importHistory(firm, by string) {
	const merge = "import.merge"
	people := w.of(firm)
	for i := range 600 {
		m := people[i%len(people)]
		d := &deed{name: fmt.Sprint("import", i), subject: fmt.Sprint("Elsewhere ", i), by: m.identity(), taker: m.identity(), landed: merge,
			at: when("2026-02-03"), authored: when("2020-01-01").AddDate(0, 0, i), files: filesOf("code", elements(fmt.Sprint("import", i), 30))}
		switch by {
		case "mates":
			d.taker = people[(i+1)%len(people)].identity()
		case "strangers":
			d.taker = model.Identity{Name: "Else", Mail: "else@elsewhere.example"}
		}
		d.parents = []string{fmt.Sprint("import", i-1)}
		if i == 0 {
			d.parents = []string{""}
		}
		w.commit(d)
	}
	who := w.maintainer(firm).identity()
	w.commit(&deed{name: merge, by: who, taker: who, at: when("2026-02-03"), merge: true})
}

// In pieces of which none is an import: they count as what they look like, 15 a week of a
// person.
func TestAttackImportInPieces(t *testing.T) {
	attack{most: map[model.Indicator]float64{model.Changes: 60, model.ActiveMonths: 0}, then: func(w *site, firm string) {
		w.farm(w.of(firm)[2:3], "2026-02-02", 4, 40, "code", 5_000)
	}}.withstood(t)
}

// Dates: the author's and, of what a merge brings in, the committer's clock decide nothing.
func TestAttackDates(t *testing.T) {
	for name, by := range map[string]time.Duration{"earlier": -400 * 24 * time.Hour, "later": 400 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			attack{plans: func(w *site, firm string) {
				w.ownPlans(firm, func(p *plan) { p.edit = func(i int, d *deed) { d.authored = d.authored.Add(by) } })
			}}.withstood(t)
		})
	}
}
