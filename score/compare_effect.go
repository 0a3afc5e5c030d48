package score

import (
	"cmp"
	"maps"
	"math"
	"math/bits"
	"slices"

	"github.com/tributary-oss/tributary/model"
)

// unitsPerPoint is how finely the parts of a change are told: to four decimals, as whole
// numbers, so that they add up.
const unitsPerPoint = 10_000

// compareLots compares what each bidder has in each lot.
func compareLots(a, b *model.Ranking) []model.LotComparison {
	lots := func(r *model.Ranking) map[string]*model.LotResult {
		m := map[string]*model.LotResult{}
		for i := range r.Lots {
			m[r.Lots[i].ID] = &r.Lots[i]
		}
		return m
	}
	inA, inB := lots(a), lots(b)
	var list []model.LotComparison
	for _, id := range both(inA, inB) {
		lot := model.LotComparison{ID: id, In: side(inA[id] != nil, inB[id] != nil)}
		standA, standB := standings(inA[id]), standings(inB[id])
		for _, bidder := range both(standA, standB) {
			c := compareStanding(standA[bidder], standB[bidder])
			c.Bidder = bidder
			if c.Change != nil {
				c.Parts = scoreChanges(newFigured(a, inA[id], bidder), newFigured(b, inB[id], bidder), *c.Change)
			}
			lot.Bidders = append(lot.Bidders, c)
		}
		list = append(list, lot)
	}
	return list
}

// both returns the keys of two maps, sorted.
func both[K cmp.Ordered, V any](a, b map[K]V) []K {
	keys := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(keys)
	return slices.Compact(keys)
}

func side(inA, inB bool) model.Side {
	switch {
	case inA && inB:
		return model.InBoth
	case inA:
		return model.InAOnly
	}
	return model.InBOnly
}

func standings(lot *model.LotResult) map[string]*model.Standing {
	m := map[string]*model.Standing{}
	if lot != nil {
		for i := range lot.Standings {
			m[lot.Standings[i].Bidder] = &lot.Standings[i]
		}
	}
	return m
}

func compareStanding(a, b *model.Standing) model.BidderComparison {
	c := model.BidderComparison{In: side(a != nil, b != nil)}
	if a != nil {
		c.RankA, c.ScoreA, c.PointsA = a.Rank, a.Score, a.Points
	}
	if b != nil {
		c.RankB, c.ScoreB, c.PointsB = b.Rank, b.Score, b.Points
	}
	if c.ScoreA != nil && c.ScoreB != nil {
		change := round(*c.ScoreB-*c.ScoreA, 4)
		c.Change = &change
	}
	return c
}

// figured are the figures behind one bidder's score of one lot.
type figured struct {
	inLot  map[string]float64 // weights of the lot's projects
	places []figurePlace      // in the ranking's order
	of     map[figurePlace]model.Figures
	// beside is what each project's score has beside its indicators: less than nothing where
	// insufficient evidence makes it zero.
	beside map[string]float64
}

// figurePlace says which indicator of which project.
type figurePlace struct {
	project   string
	pillar    model.Pillar
	indicator model.Indicator
}

func newFigured(r *model.Ranking, lot *model.LotResult, bidder string) figured {
	f := figured{map[string]float64{}, nil, map[figurePlace]model.Figures{}, map[string]float64{}}
	for _, w := range lot.Projects {
		f.inLot[w.Project] = w.Weight
	}
	for _, p := range r.Projects {
		at := slices.IndexFunc(p.Scores, func(s model.ProjectScore) bool { return s.Bidder == bidder })
		if at >= 0 && p.Scores[at].Score != nil {
			f.take(p, p.Scores[at])
		}
	}
	return f
}

// take notes what one project's score is made of.
func (f *figured) take(p model.ProjectResult, s model.ProjectScore) {
	of := map[figurePlace]model.IndicatorResult{}
	for _, i := range p.Indicators {
		of[figurePlace{p.ID, i.Pillar, i.Indicator}] = i
	}
	rest := *s.Score
	for _, v := range s.Values {
		at := figurePlace{p.ID, v.Pillar, v.Indicator}
		i := of[at]
		x := model.Figures{Value: v.Value, T: i.T, N: v.N, Weight: i.Weight, InLot: f.inLot[p.ID]}
		x.Points = worth(x)
		f.places, f.of[at] = append(f.places, at), x
		rest -= float64(float64(i.Weight*v.N) * 100)
	}
	if math.Abs(rest) > 1e-9 { // more than what adding up in another order makes
		f.beside[p.ID] = rest
	}
}

// worth is what figures add to the score of a lot.
func worth(x model.Figures) float64 {
	return float64(float64(float64(x.InLot*x.Weight)*x.N) * 100)
}

// piece is one factor's part of the change, before it is rounded; row and factor say where
// it belongs.
type piece struct {
	row, factor int
	change      float64
	units       int64
}

// The factors of a score, as places of pieces.
const (
	ofValue = iota
	ofThreshold
	ofWeight
	ofProject
	ofN
	ofRest
)

// scoreChanges tells the change of a lot's score apart. Rows without a change are left out.
func scoreChanges(a, b figured, change float64) []model.ScoreChange {
	var rows []model.ScoreChange
	var pieces []piece
	for _, at := range placesOf(a, b) {
		x, inA := a.of[at]
		y, inB := b.of[at]
		row := model.ScoreChange{Project: at.project, Pillar: at.pillar, Indicator: at.indicator}
		x, y = standIn(x, inA, y, inB, a.inLot[at.project], b.inLot[at.project])
		if row.A, row.B = &x, &y; !inA {
			row.A = nil
		} else if !inB {
			row.B = nil
		}
		for factor, c := range factors(at, x, y) {
			pieces = append(pieces, piece{len(rows), factor, c, 0})
		}
		rows = append(rows, row)
	}
	for _, p := range both(a.beside, b.beside) {
		rest, inLot := besides(a, b, p)
		pieces = append(pieces, piece{len(rows), ofRest, rest, 0}, piece{len(rows), ofProject, inLot, 0})
		rows = append(rows, model.ScoreChange{Project: p})
	}
	if left := units(change) - units(sumOf(pieces)); left < -1 || left > 1 { // no rounding makes as much
		pieces = append(pieces, piece{len(rows), ofRest, change - sumOf(pieces), 0})
		rows = append(rows, model.ScoreChange{})
	}
	apportion(pieces, units(change))
	for _, p := range pieces {
		credit(&rows[p.row], p.factor, p.units)
	}
	return slices.DeleteFunc(rows, unchanged)
}

func sumOf(pieces []piece) (sum float64) {
	for _, p := range pieces {
		sum += p.change
	}
	return sum
}

func unchanged(r model.ScoreChange) bool {
	return r.Value == 0 && r.T == 0 && r.Weight == 0 && r.InLot == 0 && r.N == 0 && r.Rest == 0
}

// placesOf returns the indicators that A or B shows: those of A in its order, then the others.
func placesOf(a, b figured) []figurePlace {
	list := slices.Clone(a.places)
	for _, at := range b.places {
		if _, ok := a.of[at]; !ok {
			list = append(list, at)
		}
	}
	return list
}

// standIn puts the figures of one ranking, with the weight 0, in the place of those that the
// other does not show. A project that is in only one lot is in both rankings all the same.
func standIn(x model.Figures, inA bool, y model.Figures, inB bool, lotA, lotB float64) (model.Figures, model.Figures) {
	switch {
	case !inA:
		x = y
		x.Weight, x.InLot, x.Points = 0, lotA, 0
	case !inB:
		y = x
		y.Weight, y.InLot, y.Points = 0, lotB, 0
	}
	return x, y
}

// factors tells the change of one indicator's worth apart by what changed.
func factors(at figurePlace, x, y model.Figures) []float64 {
	n := func(value, t int) float64 { return curveOf(at, pick(value, x.Value, y.Value), pick(t, x.T, y.T)) }
	follows := math.Abs(n(0, 0)-x.N) < 1e-12 && math.Abs(n(1, 1)-y.N) < 1e-12
	return shapley(ofN+1, func(now int) float64 {
		has := func(factor int) int { return now >> factor & 1 }
		mixed := model.Figures{Weight: pick(has(ofWeight), x.Weight, y.Weight), InLot: pick(has(ofProject), x.InLot, y.InLot)}
		if mixed.N = pick(has(ofN), x.N, y.N); follows {
			mixed.N = n(has(ofValue), has(ofThreshold))
		}
		return worth(mixed)
	})
}

func pick(second int, a, b float64) float64 {
	if second == 1 {
		return b
	}
	return a
}

// curveOf returns n by this version's curve, a number that no n is where it knows no such
// indicator or there is no threshold.
func curveOf(at figurePlace, value, t float64) float64 {
	i := slices.IndexFunc(metrics[:], func(m Metric) bool { return m.Pillar == at.pillar && m.Indicator == at.indicator })
	if i < 0 || t <= 0 {
		return -1
	}
	return metrics[i].normalise(value / t)
}

// besides tells apart the change of what a project adds to the lot beside its indicators.
func besides(a, b figured, project string) (rest, inLot float64) {
	parts := shapley(2, func(now int) float64 {
		w := pick(now&1, a.inLot[project], b.inLot[project])
		return float64(w * pick(now>>1, a.beside[project], b.beside[project]))
	})
	return parts[1], parts[0]
}

// shapley shares the change of a value among so many factors that changed together: each
// gets the mean of what it changes over all orders in which they could change one by one. The
// value is asked for sets of those that have changed, as bits.
func shapley(factors int, value func(changed int) float64) []float64 {
	values := make([]float64, 1<<factors)
	for set := range values {
		values[set] = value(set)
	}
	parts := make([]float64, factors)
	for f := range parts {
		for set := range values {
			if set>>f&1 == 0 {
				k := bits.OnesCount(uint(set))
				orders := float64(factorial(k) * factorial(factors-1-k))
				parts[f] += float64(orders * (values[set|1<<f] - values[set]))
			}
		}
		parts[f] /= float64(factorial(factors))
	}
	return parts
}

func factorial(n int) int {
	if n < 2 {
		return 1
	}
	return n * factorial(n-1)
}

// units returns a change in ten-thousandths of a point.
func units(change float64) int64 { return int64(math.Round(float64(change * unitsPerPoint))) }

// apportion rounds pieces to whole units that add up to the sum: all are rounded down, and
// what is missing goes to those that lost most by it, the first ones first.
func apportion(pieces []piece, sum int64) {
	order := make([]int, len(pieces))
	lost := make([]float64, len(pieces))
	for i := range pieces {
		exact := float64(pieces[i].change * unitsPerPoint)
		if math.Abs(exact) < 1e-6 { // what binary fractions leave of nothing
			exact = 0
		}
		pieces[i].units = int64(math.Floor(exact))
		order[i], lost[i] = i, exact-math.Floor(exact)
		sum -= pieces[i].units
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(lost[y], lost[x]) })
	for n := 0; sum > 0 && len(order) > 0; n = (n + 1) % len(order) {
		pieces[order[n]].units++
		sum--
	}
	for n := len(order) - 1; sum < 0 && n >= 0; n-- { // a whole that fell just below itself
		pieces[order[n]].units--
		sum++
	}
}

// credit enters units of a factor into its row.
func credit(r *model.ScoreChange, factor int, n int64) {
	field := [...]*float64{&r.Value, &r.T, &r.Weight, &r.InLot, &r.N, &r.Rest}[factor]
	*field = float64(n) / unitsPerPoint
	r.Change = float64(units(r.Change)+n) / unitsPerPoint
}
