package score

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// steps of weights are hundredths of a point, of 100 points a list.
const wholeList = 100 * 100

// weighing scores one lot under other weights. What was measured stays as it is.
type weighing struct {
	*study
	lot   int
	names []string
	first []string
	n     [][][len(metrics)]float64 // by bidder and project
	base  *plan
	lists []weightList
}

// weightList is a list of weights that belong together, in points that sum to 100: the
// pillars, the indicators of one pillar, or the projects of the lot.
type weightList struct {
	kind    string // pillars, indicators or projects
	pillar  model.Pillar
	names   []string
	weights []float64
}

// path leads from the official weights of one list into one direction.
type path struct {
	list     *weightList
	from, to int // to is -1 where one weight alone changes …
	up       bool
	most     int // hundredths
}

// weightChanges finds the smallest changes of weights that make another bidder first, and
// whether the first one is so under any weights.
func (s *study) weightChanges(lot int, r model.LotResult, a assumed, first []string) ([]model.WeightChange, bool) {
	scored := slices.DeleteFunc(slices.Clone(r.Standings), func(x model.Standing) bool { return x.Score == nil })
	if len(first) == 0 || len(scored) < 2 {
		return nil, false
	}
	w := s.newWeighing(lot, r, a, first)
	var list []model.WeightChange
	for _, kind := range []string{"pillars", "indicators", "projects", "single"} {
		if c, ok := w.smallest(kind); ok {
			list = append(list, c)
		}
	}
	return list, w.dominant()
}

func (s *study) newWeighing(lot int, r model.LotResult, a assumed, first []string) *weighing {
	w := &weighing{study: s, lot: lot, first: first, base: s.plan(s.official(a)), names: make([]string, len(s.bidders))}
	for b, x := range s.own[0] {
		n := make([][len(metrics)]float64, len(s.projects))
		for p := range s.projects {
			if s.tender.Minimum.Effect != model.Zero || s.enough(x, p, 0) {
				n[p] = s.scored(x, p, w.base, nil)
			}
		}
		w.n = append(w.n, n)
		w.names[b] = s.bidder(b).ID
	}
	for _, st := range r.Standings {
		if b := s.place(st.Bidder); b >= 0 {
			w.names[b] = st.Name
		}
	}
	w.findLists()
	return w
}

// findLists takes the weights that matter in the lot: those that are not 0, of what counts
// in one of its projects.
func (w *weighing) findLists() {
	pillars, projects := weightList{kind: "pillars"}, weightList{kind: "projects"}
	for _, p := range model.Pillars() {
		inside := weightList{kind: "indicators", pillar: p.Name}
		for i, m := range metrics {
			if x := w.tender.Indicators[p.Name][m.Indicator]; m.Pillar == p.Name && x > 0 && w.matters(i) {
				inside.add(string(m.Indicator), x)
			}
		}
		if x := w.tender.Weights[p.Name]; x > 0 && len(inside.names) > 0 {
			pillars.add(string(p.Name), x)
			w.lists = append(w.lists, inside)
		}
	}
	for i, x := range w.lots[w.lot].weights {
		if x > 0 {
			projects.add(w.projects[i].id, x)
		}
	}
	w.lists = append([]weightList{pillars, projects}, w.lists...)
	for i := range w.lists {
		w.lists[i].normalise()
	}
}

func (w *weighing) matters(metric int) bool {
	for i, x := range w.lots[w.lot].weights {
		if x > 0 && w.projects[i].t[metric] > 0 {
			return true
		}
	}
	return false
}

func (l *weightList) add(name string, weight float64) {
	l.names, l.weights = append(l.names, name), append(l.weights, weight)
}

// normalise makes the weights sum to 100.
func (l *weightList) normalise() {
	sum := 0.0
	for _, x := range l.weights {
		sum += x
	}
	for i := range l.weights {
		l.weights[i] = l.weights[i] / sum * 100
	}
}

// paths returns all directions of a kind of change.
func (w *weighing) paths(kind string) (all []path) {
	for i := range w.lists {
		l := &w.lists[i]
		if len(l.names) < 2 {
			continue
		}
		for from := range l.names {
			most := int(math.Floor(l.weights[from] * 100))
			if kind == "single" {
				all = append(all, path{l, from, -1, false, most}, path{l, from, -1, true, wholeList - most - 1})
			}
			for to := range l.names {
				if kind == l.kind && from != to {
					all = append(all, path{l, from, to, false, most})
				}
			}
		}
	}
	return all
}

// at returns the weights of the path's list so many hundredths along it.
func (p *path) at(k int) []float64 {
	weights := slices.Clone(p.list.weights)
	by := float64(k) / 100
	if p.to >= 0 {
		weights[p.from], weights[p.to] = max(0, weights[p.from]-by), weights[p.to]+by
		return weights
	}
	if !p.up {
		by = -by
	}
	was := weights[p.from]
	is := max(0, was+by)
	for i := range weights {
		weights[i] *= (100 - is) / (100 - was)
	}
	weights[p.from] = is
	return weights
}

// smallest finds the smallest change of a kind. It looks at every whole point along each
// path, and halves the step in which another bidder came first down to a hundredth. It
// has none where the kind has no two weights.
func (w *weighing) smallest(kind string) (model.WeightChange, bool) {
	all := w.paths(kind)
	if len(all) == 0 {
		return model.WeightChange{}, false
	}
	var best path
	amount := wholeList + 1
	for _, p := range all {
		if k, ok := w.along(p, amount-1); ok {
			best, amount = p, k
		}
	}
	c := model.WeightChange{Kind: kind}
	if amount > wholeList {
		c.Text = nowhere(kind)
		return c, true
	}
	x := float64(amount) / 100
	c.Amount, c.First = &x, w.firstAt(&best, amount)
	c.From, c.Before, c.After = best.name(best.from), round(best.list.weights[best.from], 2), round(best.at(amount)[best.from], 2)
	if best.to >= 0 {
		c.To = best.name(best.to)
	}
	c.Text = w.sentence(&best, c)
	return c, true
}

// along returns the first hundredth up to a limit at which another bidder is first.
func (w *weighing) along(p path, limit int) (int, bool) {
	limit = min(limit, p.most)
	for before := 0; before < limit; {
		after := min(before+100, limit)
		if !w.another(&p, after) {
			before = after
			continue
		}
		for after-before > 1 {
			if middle := (before + after) / 2; w.another(&p, middle) {
				after = middle
			} else {
				before = middle
			}
		}
		return after, true
	}
	return 0, false
}

// another reports whether a bidder that is not first has more points than those that are.
func (w *weighing) another(p *path, k int) bool {
	first := w.firstAt(p, k)
	return !slices.ContainsFunc(first, func(id string) bool { return slices.Contains(w.first, id) })
}

// firstAt returns who is first so many hundredths along a path.
func (w *weighing) firstAt(p *path, k int) []string {
	projects, plan := w.lots[w.lot].weights, w.base
	if p.list.kind == "projects" {
		projects = w.projectsAt(p, k)
	} else {
		c := w.base.choice
		c.weigh(w.weightsAt(p, k))
		plan = w.plan(c)
	}
	lot := studiedLot{projects, w.lots[w.lot].bids, w.lots[w.lot].points}
	scores, byProject := make([][]float64, len(w.bidders)), make([]float64, len(w.projects))
	for b := range w.bidders {
		for i := range w.projects {
			byProject[i] = 0
			for m, n := range &w.n[b][i] {
				byProject[i] += float64(float64(plan.projects[i].weights[m]*n) * 100)
			}
		}
		scores[b] = make([]float64, len(w.lots))
		scores[b][w.lot] = lot.score(byProject, plan)
	}
	return w.study.first(w.lot, scores)
}

// projectsAt returns the weights of the lot's projects along a path.
func (w *weighing) projectsAt(p *path, k int) []float64 {
	weights := slices.Clone(w.lots[w.lot].weights)
	for i, x := range p.at(k) {
		weights[slices.IndexFunc(w.projects, func(s studied) bool { return s.id == p.list.names[i] })] = x / 100
	}
	return weights
}

// weightsAt returns the weights of pillars and indicators along a path. Those that do not
// matter in the lot keep their proportion to what the others have together.
func (w *weighing) weightsAt(p *path, k int) (map[model.Pillar]float64, map[model.Pillar]map[model.Indicator]float64) {
	pillars, indicators := copyWeights(w.tender)
	sum := 0.0
	for _, name := range p.list.names {
		if p.list.kind == "pillars" {
			sum += pillars[model.Pillar(name)]
		} else {
			sum += indicators[p.list.pillar][model.Indicator(name)]
		}
	}
	for i, x := range p.at(k) {
		if p.list.kind == "pillars" {
			pillars[model.Pillar(p.list.names[i])] = x / 100 * sum
		} else {
			indicators[p.list.pillar][model.Indicator(p.list.names[i])] = x / 100 * sum
		}
	}
	return pillars, indicators
}

// dominant reports whether the only first bidder is at least as good as all others in each
// indicator of each project of the lot.
func (w *weighing) dominant() bool {
	if len(w.first) != 1 {
		return false
	}
	first := w.place(w.first[0])
	for b := range w.bidders {
		if !w.lots[w.lot].bids[b] {
			continue
		}
		for i, weight := range w.lots[w.lot].weights {
			for m, n := range w.n[b][i] {
				if weight > 0 && n > w.n[first][i][m] {
					return false
				}
			}
		}
	}
	return true
}

// name writes a weight of the path's list.
func (p *path) name(i int) string {
	if p.list.kind == "indicators" {
		return fmt.Sprintf("%s: %s", p.list.pillar, p.list.names[i])
	}
	return p.list.names[i]
}

func (w *weighing) sentence(p *path, c model.WeightChange) string {
	var names []string
	for _, id := range c.First {
		names = append(names, w.names[w.place(id)])
	}
	first := strings.Join(names, " and ")
	inside := ""
	if p.list.kind == "indicators" {
		inside = " of its pillar"
	}
	if p.to < 0 {
		return fmt.Sprintf("Changing the weight of %s from %.2f to %.2f of the 100 points%s, all others in proportion, makes %s first.", c.From, c.Before, c.After, inside, first)
	}
	return fmt.Sprintf("Moving %.2f of the 100 points%s from %s to %s makes %s first.", *c.Amount, inside, c.From, c.To, first)
}

// nowhere says that no change of a kind makes another bidder first.
func nowhere(kind string) string {
	switch kind {
	case "pillars":
		return "No move of points from one pillar to another makes another bidder first."
	case "indicators":
		return "No move of points from one indicator to another of the same pillar makes another bidder first."
	case "projects":
		return "No move of points from one project to another makes another bidder first."
	}
	return "No change of one weight, all others in proportion, makes another bidder first."
}
