package score

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"sync"

	"github.com/tributary-oss/tributary/model"
)

// drawn are the scores of all draws of one kind, by lot, bidder and draw; NaN where none is
// known.
type drawn [][][]float64

func (s *study) newDrawn(draws int) drawn {
	all := make(drawn, len(s.lots))
	for i := range all {
		all[i] = make([][]float64, len(s.bidders))
		for b := range all[i] {
			all[i][b] = make([]float64, draws)
		}
	}
	return all
}

// put enters what a draw makes of a bidder.
func (d drawn) put(bidder, number int, scores []float64) {
	for lot, x := range scores {
		d[lot][bidder][number] = x
	}
}

// spread hands out the numbers from 0 to n to so many workers and waits for them. Each
// writes to places of its own, so that their number changes nothing.
func spread(n, workers int, worker func(numbers func() (int, bool))) {
	var wait sync.WaitGroup
	workers = max(1, min(workers, n))
	for w := range workers {
		next := w
		wait.Go(func() {
			worker(func() (int, bool) {
				at := next
				next += workers
				return at, at < n
			})
		})
	}
	wait.Wait()
}

// measurement draws what is uncertain in the facts. Each bidder has a seed of its own:
// another bidder's presence changes nothing.
func (s *study) measurement(o *SensitivityOptions, a assumed) drawn {
	all := s.newDrawn(o.Draws)
	k := s.newStakes(o.Seed, a, o.Robots)
	p := s.plan(s.official(a))
	seeds := make([]uint64, len(s.bidders))
	for i := range seeds {
		seeds[i] = seedOf(o.Seed, "bidder", s.bidder(i).ID)
	}
	spread(o.Draws, o.Workers, func(numbers func() (int, bool)) {
		own, claims, r := newDice(), newDice(), s.newRecord()
		shown, scores, won := make(reach, len(r.credit)), make([]float64, len(s.lots)), make([]int, len(k.claimed))
		for n, ok := numbers(); ok; n, ok = numbers() {
			k.settle(won, n, claims)
			for b := range s.bidders {
				own.throw(seeds[b], n)
				k.draw(r, b, own, won)
				s.reach(shown, a, own)
				s.scores(r, p, shown, scores)
				all.put(b, n, scores)
			}
		}
	})
	return all
}

// specification draws what the buyer could have chosen otherwise, for all bidders alike.
func (s *study) specification(o *SensitivityOptions, a assumed) drawn {
	all := s.newDrawn(o.Draws)
	seed := seedOf(o.Seed, "specification")
	spread(o.Draws, o.Workers, func(numbers func() (int, bool)) {
		d, scores := newDice(), make([]float64, len(s.lots))
		for n, ok := numbers(); ok; n, ok = numbers() {
			d.throw(seed, n)
			p := s.plan(s.choose(a, d))
			for b, r := range s.own[p.window] {
				s.scores(r, p, nil, scores)
				all.put(b, n, scores)
			}
		}
	})
	return all
}

// choose draws a choice.
func (s *study) choose(a assumed, d *dice) choice {
	c := s.official(a)
	factor := func() float64 { return 1 + float64(a[assumeWeights]*(float64(2*d.unit())-1)) }
	pillars, indicators := copyWeights(s.tender)
	for _, p := range model.Pillars() {
		pillars[p.Name] *= factor()
	}
	for _, m := range metrics {
		indicators[m.Pillar][m.Indicator] *= factor()
	}
	c.weigh(pillars, indicators)
	span := ln(a[assumeThresholds])
	for i := range metrics {
		c.factors[i] = exp(float64(span * (float64(2*d.unit()) - 1)))
	}
	c.window = d.IntN(len(s.windows))
	c.geometric = d.unit() < a[assumeGeometric]
	return c
}

// copyWeights copies the weights of a tender.
func copyWeights(t *model.Tender) (map[model.Pillar]float64, map[model.Pillar]map[model.Indicator]float64) {
	indicators := map[model.Pillar]map[model.Indicator]float64{}
	for _, p := range model.Pillars() {
		indicators[p.Name] = map[model.Indicator]float64{}
	}
	for p, of := range t.Indicators {
		indicators[p] = maps.Clone(of)
		if of == nil {
			indicators[p] = map[model.Indicator]float64{}
		}
	}
	pillars := maps.Clone(t.Weights)
	if pillars == nil {
		pillars = map[model.Pillar]float64{}
	}
	return pillars, indicators
}

// spreads turns draws into what is said of each bidder of a lot.
func (s *study) spreads(lot int, d drawn, r model.LotResult, ranked bool) []model.Spread {
	l := &s.lots[lot]
	points := make([][]int64, len(s.bidders))
	for b := range s.bidders {
		if l.bids[b] {
			for _, x := range d[lot][b] {
				points[b] = append(points[b], l.orNone(x))
			}
		}
	}
	var ranks [][]model.RankShare
	if ranked {
		ranks = shares(points)
	}
	var list []model.Spread
	for _, st := range r.Standings {
		b := s.place(st.Bidder)
		if b < 0 {
			continue
		}
		x := model.Spread{Bidder: st.Bidder, Name: st.Name}
		if st.Score != nil {
			x.Official = rounded(*st.Score)
			x.Score, x.Points = intervals(d[lot][b], l)
			x.Meets = s.meets(points[b])
			if ranked {
				x.Ranks = ranks[b]
			}
		}
		list = append(list, x)
	}
	return list
}

// place returns the place of a studied bidder, -1 for any other.
func (s *study) place(id string) int {
	return slices.IndexFunc(s.bidders, func(at int) bool { return s.scorer.bidders[at].ID == id })
}

// none stands for points that nobody knows.
const none = math.MinInt64

func (l *studiedLot) orNone(score float64) int64 {
	if math.IsNaN(score) {
		return none
	}
	return l.hundredths(score)
}

// meets returns the share of draws that reach the minimum; nil where none is asked for.
func (s *study) meets(points []int64) *float64 {
	if s.tender.Mode != model.Selection || s.tender.MinimumPoints <= 0 {
		return nil
	}
	n := 0
	for _, p := range points {
		if p != none && float64(p)/100 >= s.tender.MinimumPoints {
			n++
		}
	}
	x := round(part(n, len(points)), 6)
	return &x
}

// intervals returns the middle nine tenths of the draws, as scores and as points. They are
// draws themselves, nothing between two.
func intervals(draws []float64, l *studiedLot) (score, points *model.Interval) {
	sorted := slices.Sorted(slices.Values(draws))
	at := func(tenths float64) float64 { return sorted[int(math.Ceil(tenths*float64(len(sorted))))-1] }
	low, median, high := at(0.05), at(0.5), at(0.95)
	if math.IsNaN(low) || math.IsNaN(high) {
		return nil, nil // NaN sorts first
	}
	p := func(x float64) float64 { return float64(l.hundredths(x)) / 100 }
	return &model.Interval{Low: *rounded(low), Median: *rounded(median), High: *rounded(high)},
		&model.Interval{Low: p(low), Median: p(median), High: p(high)}
}

// rounded returns a score as it is written: to four decimals.
func rounded(score float64) *float64 {
	x := round(score, 4)
	return &x
}

// shares returns in which part of the draws each bidder takes each rank. Who has no points
// takes none; k bidders with equal points have each of their k ranks to 1/k.
func shares(points [][]int64) [][]model.RankShare {
	n, draws := len(points), 0
	sums := make([][]float64, n)
	for b := range sums {
		sums[b], draws = make([]float64, n), max(draws, len(points[b]))
	}
	order := make([]int, 0, n)
	for d := range draws {
		order = order[:0]
		for b := range points {
			if d < len(points[b]) && points[b][d] != none {
				order = append(order, b)
			}
		}
		slices.SortFunc(order, func(x, y int) int { return cmp.Or(cmp.Compare(points[y][d], points[x][d]), cmp.Compare(x, y)) })
		for from := 0; from < len(order); {
			to := from + 1
			for to < len(order) && points[order[to]][d] == points[order[from]][d] {
				to++
			}
			for _, b := range order[from:to] {
				for rank := from; rank < to; rank++ {
					sums[b][rank] += 1 / float64(to-from)
				}
			}
			from = to
		}
	}
	list := make([][]model.RankShare, n)
	for b := range sums {
		for rank, x := range sums[b] {
			if share := round(x/float64(draws), 6); share > 0 {
				list[b] = append(list[b], model.RankShare{Rank: rank + 1, Share: share})
			}
		}
	}
	return list
}
