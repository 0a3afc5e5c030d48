package score_test

import (
	"fmt"
	"iter"
	"slices"

	"pgregory.net/rapid"

	"github.com/tributary-oss/tributary/model"
)

// dice decide what a generator invents. A [math/rand/v2.Rand] is dice, and so is
// [drawn], which lets rapid take an invention apart until what is left of it is short.
type dice interface {
	// IntN returns a number in [0,n), all equally likely.
	IntN(n int) int
}

// drawn throws dice with rapid's coin: rapid's own numbers are mostly small ones, and
// would hardly ever choose the last of a list.
type drawn struct{ t *rapid.T }

var coin = rapid.Bool()

func (d drawn) IntN(n int) int {
	for {
		x := 0
		for most := n - 1; most > 0; most /= 2 {
			x *= 2
			if coin.Draw(d.t, "") {
				x++
			}
		}
		if x < n {
			return x
		}
	}
}

func pick[T any](d dice, list ...T) T { return list[d.IntN(len(list))] }

// some returns the entries of a list that a coin each lets stand, in order.
func some[T any](d dice, list []T) (chosen []T) {
	for _, x := range list {
		if d.IntN(2) == 1 {
			chosen = append(chosen, x)
		}
	}
	return chosen
}

// stream is what [score.Evaluate] reads.
type stream = iter.Seq2[model.Record, error]

// world is a tender with the histories of its projects.
type world struct {
	tender  *model.Tender
	stories []*story
}

// GoString is how rapid shows a world: by its size, as the text of all is long.
func (w *world) GoString() string {
	return fmt.Sprintf("a tender of %d projects, %d months, %d bidders, mode %s", len(w.stories), w.tender.Window.Months, len(w.tender.Bidders.List), w.tender.Mode)
}

// worlds invents tenders of all kinds on projects of all kinds.
var worlds = rapid.Custom(func(t *rapid.T) *world { return anyWorld(drawn{t}) })

func anyWorld(d dice) *world {
	w := &world{}
	for i := range 1 + d.IntN(3) {
		s := anyStory(d, 5+d.IntN(40))
		s.of(fmt.Sprint("p", i))
		w.stories = append(w.stories, s)
	}
	w.tender = anyTender(d, w.stories)
	return w
}

// of makes the story one of the project's.
func (s *story) of(project string) {
	s.project = project
	for i := range s.records {
		s.records[i].Project = project
	}
}

// stream yields the records of all projects, in the order of the stories.
func (w *world) stream() stream {
	return func(yield func(model.Record, error) bool) {
		for _, s := range w.stories {
			for _, r := range s.records {
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

// contributions counts what the judge will read.
func (s *story) contributions() (n int) {
	for _, r := range s.records {
		if r.Contribution != nil {
			n++
		}
	}
	return n
}

var vendorIDs = []string{"bigco", "karst", "moraine"}

// anyTender invents a document about the stories: its mode, window, weights, thresholds
// and rules, lots, bidders, people with rivals, robots, decisions.
func anyTender(d dice, stories []*story) *model.Tender {
	t := rostered()
	t.Mode = pick(d, model.Selection, model.Award)
	t.Window = model.Window{Until: date(pick(d, "2026-07-01", "2026-07-01", "2026-03-01", "2026-10-01")), Months: pick(d, 12, 1+d.IntN(36))}
	t.Shortlist, t.MinimumPoints, t.Points = d.IntN(2) == 1, float64(10*d.IntN(4)), float64(pick(d, 100, 40, 0))
	t.Evidence = pick(d, model.Levels()...)
	t.Minimum = model.Minimum{Acts: d.IntN(20), Share: float64(d.IntN(4)) / 10, Months: d.IntN(4), Effect: pick(d, model.Mark, model.Zero)}
	anyWeights(d, t)
	t.Rules = anyRules(d, t.Rules)
	t.Projects = map[string]model.Project{}
	for _, s := range stories {
		t.Projects[s.project] = model.Project{Repositories: []model.Repository{{URL: "r"}}, Thresholds: anyThresholds(d, false)}
	}
	anyLots(d, t)
	anyPeople(d, t)
	anyBidders(d, t)
	if d.IntN(8) == 0 {
		t.Bots = model.Bots{Add: []string{"mail:zoe@bigco.example"}, Exempt: []string{"mail:support@github.com"}}
	}
	anyDecisions(d, t, stories)
	return t
}

// anyWeights draws weights that sum to anything, some of them 0.
func anyWeights(d dice, t *model.Tender) {
	if d.IntN(2) == 0 {
		return
	}
	for _, p := range model.Pillars() {
		t.Weights[p.Name] = float64(d.IntN(4))
		for _, i := range p.Indicators {
			t.Indicators[p.Name][i.Name] = float64(d.IntN(4)) / 2
		}
	}
}

func anyRules(d dice, r model.Rules) model.Rules {
	if d.IntN(2) == 0 {
		return r
	}
	r.ChangesPerWeek, r.ActsPerDay, r.PortsPerDay = 1+d.IntN(3), 1+d.IntN(3), 1+d.IntN(2)
	r.FloorActs, r.FloorMonths = d.IntN(5), d.IntN(3)
	r.Mate, r.SmallText = float64(d.IntN(5))/4, float64(d.IntN(5))/4
	r.RevertDays, r.SmallTextLines = d.IntN(120), d.IntN(20)
	return r
}

// anyThresholds leaves some open and drops some for all, unless all are to be stated.
func anyThresholds(d dice, all bool) map[model.Indicator]model.Threshold {
	m := map[model.Indicator]model.Threshold{}
	for _, i := range []model.Indicator{model.Changes, model.ReviewsDone, model.Integration, model.Releases, model.Ports, model.Upkeep, model.Triage, model.Security} {
		switch d.IntN(4) {
		case 0:
			m[i] = model.Threshold{None: true}
		case 1:
			if all {
				m[i] = model.Threshold{T: 12}
			}
		default:
			m[i] = model.Threshold{T: float64(1 + d.IntN(40))}
		}
	}
	return m
}

// anyLots draws up to three lots, with weights that sum to anything, also to nothing.
func anyLots(d dice, t *model.Tender) {
	t.Lots = nil
	for n := range 1 + d.IntN(3) {
		lot := model.Lot{ID: fmt.Sprint(n + 1), Projects: map[string]float64{}}
		for _, p := range t.ProjectNames() {
			if w := d.IntN(4); w > 0 || d.IntN(4) == 0 {
				lot.Projects[p] = float64(w)
			}
		}
		if d.IntN(2) == 0 {
			own := float64(d.IntN(80))
			lot.Points = &own
		}
		t.Lots = append(t.Lots, lot)
	}
}

// anyPeople gives people second employers, beside the first or against it, at other
// times and levels, and vendors an owner.
func anyPeople(d dice, t *model.Tender) {
	for i := range t.People {
		p := &t.People[i]
		for range d.IntN(3) {
			e := model.Employment{Vendor: pick(d, vendorIDs...), Level: pick(d, model.Levels()...)}
			if d.IntN(3) == 0 {
				e.Vendor = pick(d, model.Independent, model.Academic)
			}
			if d.IntN(2) == 0 {
				e.From = date(pick(d, "2025-09-01", "2026-01-15", "2026-04-01"))
			} else if d.IntN(2) == 0 {
				e.Until = date(pick(d, "2025-09-01", "2026-01-15", "2026-04-01"))
			}
			if d.IntN(3) == 0 {
				half := pick(d, 0.5, 1./3)
				e.Fraction = &half
			}
			p.Employment = append(p.Employment, e)
		}
	}
	if d.IntN(3) == 0 {
		v := t.Vendors["karst"]
		v.Parent = []model.Parent{{Vendor: "bigco", From: date("2026-01-15")}}
		t.Vendors["karst"] = v
	}
}

// anyBidders draws vendors, consortia and those who rely on others, with staff, for all
// lots or some; sometimes nobody, and sometimes everybody found.
func anyBidders(d dice, t *model.Tender) {
	t.Bidders = model.Bidders{All: d.IntN(10) == 0}
	if t.Bidders.All {
		return
	}
	for i := range d.IntN(5) {
		t.Bidders.List = append(t.Bidders.List, anyBidder(d, t, fmt.Sprint("b", i)))
	}
}

func anyBidder(d dice, t *model.Tender, id string) model.Bidder {
	b := model.Bidder{ID: id, Vendors: some(d, vendorIDs), Subcontractors: some(d, vendorIDs), Staff: some(d, accounts)}
	if d.IntN(2) == 0 {
		b.Vendors, b.Subcontractors = []string{pick(d, vendorIDs...)}, nil
	}
	if d.IntN(3) == 0 {
		b.Lots = []string{pick(d, t.Lots...).ID}
	}
	return b
}

// anyDecisions draws decisions on acts of the stories and on people.
func anyDecisions(d dice, t *model.Tender, stories []*story) {
	for n := range d.IntN(3) {
		s := pick(d, stories...)
		dec := model.Decision{ID: fmt.Sprint("D", n), By: "buyer", At: date("2026-11-01")}
		if d.IntN(3) == 0 {
			dec.On, dec.Decide = model.NewArtifact(model.PersonArtifact, pick(d, accounts...)), "vendor: "+pick(d, vendorIDs...)
			t.Decisions = append(t.Decisions, dec)
			continue
		}
		at := slices.IndexFunc(s.records, func(r model.Record) bool { return r.Contribution != nil })
		if c := s.records[at+d.IntN(len(s.records)-at)].Contribution; c != nil {
			dec.On = c.Artifact
			dec.Decide, dec.Rule = "count", pick(d, "duplicate", "window", "branch", "self", "bot", "cap")
			if d.IntN(2) == 0 {
				dec.Decide, dec.Rule = pick(d, "refuse", "vendor: "+pick(d, vendorIDs...)), ""
			}
			t.Decisions = append(t.Decisions, dec)
		}
	}
}
