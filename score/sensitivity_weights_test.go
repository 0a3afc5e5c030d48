package score

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// firstOf returns who has the most points in the first lot of a ranking.
func firstOf(r *model.Ranking) (list []string) {
	most := -1.0
	for _, s := range r.Lots[0].Standings {
		if s.Points == nil {
			continue
		}
		if *s.Points > most {
			most, list = *s.Points, nil
		}
		if *s.Points == most {
			list = append(list, s.Bidder)
		}
	}
	return list
}

// frozen is the tender with the thresholds of a ranking.
func frozen(doc *model.Tender, r *model.Ranking) *model.Tender {
	t := *doc
	t.Projects = map[string]model.Project{}
	for _, p := range r.Projects {
		thresholds := map[model.Indicator]model.Threshold{}
		for _, i := range p.Indicators {
			thresholds[i.Indicator] = model.Threshold{T: i.T, None: i.Weight == 0}
		}
		t.Projects[p.ID] = model.Project{Repositories: doc.Projects[p.ID].Repositories, Thresholds: thresholds}
	}
	return &t
}

// move returns weights of which some points of 100 went from one to another; nil where one
// has not so many.
func move[K ~string](weights map[K]float64, from, to K, points float64) map[K]float64 {
	sum := 0.0
	for _, x := range weights {
		sum += x
	}
	by := points / 100 * sum
	if weights[from] < by-1e-9 {
		return nil
	}
	moved := maps.Clone(weights)
	moved[from], moved[to] = max(0, moved[from]-by), moved[to]+by
	return moved
}

// nearestMove tries hundredths of points, smallest first, on every pair, by ranking anew: each
// around what is expected, and every fortieth where nothing is.
func nearestMove[K ~string](weights map[K]float64, expected int, another func(map[K]float64) bool) int {
	names := slices.Sorted(maps.Keys(weights))
	step := 1
	for k := 1; k <= 10000; k += step {
		if step = 40; k >= expected-45 && k <= expected {
			step = 1
		}
		any := false
		for _, from := range names {
			for _, to := range names {
				if from == to {
					continue
				}
				moved := move(weights, from, to, float64(k)/100)
				if moved == nil {
					continue
				}
				any = true
				if another(moved) {
					return k
				}
			}
		}
		if !any {
			break
		}
	}
	return -1
}

// The smallest changes of weights are those that a search finds which ranks anew at every
// hundredth of a point.
func TestSmallestChangesAgainstRank(t *testing.T) {
	found, none := 0, 0
	for seed := range uint64(4) {
		doc, l := invented(seed, 2, 2, 4)
		maps.DeleteFunc(l.Cells, func(c Cell, _ Amount) bool { return c.Month%4 > 0 }) // a thousand rankings follow
		r := rank(doc, l)
		doc = frozen(doc, r)
		study, err := SensitivityOf(doc, l, &SensitivityOptions{Draws: 1})
		require.NoError(t, err)
		lot := study.Lots[0]
		require.Equal(t, firstOf(r), lot.First)
		another := func(change func(*model.Tender)) bool {
			other := *doc
			change(&other)
			return !slices.ContainsFunc(firstOf(rank(&other, l)), func(b string) bool { return slices.Contains(lot.First, b) })
		}
		for _, c := range lot.Weights {
			want := -1
			if c.Amount == nil {
				none++
			} else {
				found++
				want = int(math.Round(*c.Amount * 100))
				assert.Contains(t, c.Text, fmt.Sprint(doc.Vendors[c.First[0]].Name))
			}
			got := -1
			switch c.Kind {
			case "pillars":
				got = nearestMove(doc.Weights, want, func(w map[model.Pillar]float64) bool {
					return another(func(t *model.Tender) { t.Weights = w })
				})
			case "projects":
				got = nearestMove(doc.Lots[0].Projects, want, func(w map[string]float64) bool {
					return another(func(t *model.Tender) { t.Lots = []model.Lot{{ID: "1", Projects: w}} })
				})
			default:
				continue
			}
			assert.Equal(t, want, got, "seed %d, %s: %s", seed, c.Kind, c.Text)
		}
	}
	assert.Greater(t, found, 2)
	assert.Greater(t, none, 2)
}

// What a sentence says makes another bidder first does so, and a hundredth less does not:
// of indicators, and of one weight alone.
func TestChangesDoWhatTheySay(t *testing.T) {
	tried := map[string]int{}
	for seed := range uint64(30) {
		doc, l := invented(seed, 3, 2, 6)
		r := rank(doc, l)
		doc = frozen(doc, r)
		s := newStudy(doc, l, r)
		official := s.scoresOf(s.own[0], s.plan(s.official(valuesOf(Assumptions()))))
		first := s.first(0, official)
		changes, dominant := s.weightChanges(0, r.Lots[0], valuesOf(Assumptions()), first)
		w := s.newWeighing(0, r.Lots[0], valuesOf(Assumptions()), first)
		for _, c := range changes {
			if c.Amount == nil {
				continue
			}
			assert.False(t, dominant, "a dominant bidder is first under any weights")
			tried[c.Kind]++
			k := int(math.Round(*c.Amount * 100))
			for _, p := range w.paths(c.Kind) {
				if p.name(p.from) != c.From || p.to >= 0 && p.name(p.to) != c.To || p.to < 0 && p.up != (c.After > c.Before) {
					continue
				}
				for by, want := range map[int]bool{k: true, k - 1: false} {
					other := *doc
					if p.list.kind == "projects" {
						weights := map[string]float64{}
						for i, x := range p.at(by) {
							weights[p.list.names[i]] = x
						}
						other.Lots = []model.Lot{{ID: "1", Projects: weights}}
					} else {
						other.Weights, other.Indicators = w.weightsAt(&p, by)
					}
					then := firstOf(rank(&other, l))
					changed := !slices.ContainsFunc(then, func(b string) bool { return slices.Contains(first, b) })
					assert.Equal(t, want, changed, "seed %d: %s", seed, c.Text)
				}
			}
		}
	}
	for _, kind := range []string{"pillars", "indicators", "projects", "single"} {
		assert.Positive(t, tried[kind], kind)
	}
}

// A bidder that is at least as good everywhere stays first under any weights.
func TestDominance(t *testing.T) {
	doc, l := invented(1, 2, 2, 8)
	for c, a := range l.Cells { // all that the second has, the first has too
		if c.Vendor == "v01" {
			c.Vendor, c.Person = "v00", c.Person+"'"
			l.add(c, a)
		}
	}
	s, err := SensitivityOf(doc, l, &SensitivityOptions{Draws: 1})
	require.NoError(t, err)
	require.Equal(t, []string{"v00"}, s.Lots[0].First)
	assert.True(t, s.Lots[0].Dominant)
	for _, c := range s.Lots[0].Weights {
		assert.Nil(t, c.Amount, c.Text)
	}
}

// Nothing breaks where little is known, and what is unknown stays so.
func TestSensitivityOfLittle(t *testing.T) {
	empty := func(*model.Tender, *Ledger) {}
	for name, change := range map[string]func(*model.Tender, *Ledger){
		"as it is":    empty,
		"no bidder":   func(t *model.Tender, _ *Ledger) { t.Bidders.List = nil },
		"one bidder":  func(t *model.Tender, _ *Ledger) { t.Bidders.List = t.Bidders.List[:1] },
		"no credits":  func(_ *model.Tender, l *Ledger) { l.Cells = nil },
		"no facts":    func(_ *model.Tender, l *Ledger) { l.Projects, l.Cells = nil, nil },
		"one project": func(_ *model.Tender, l *Ledger) { delete(l.Projects, "p01") },
		"one month": func(t *model.Tender, l *Ledger) {
			t.Window.Months = 1
			maps.DeleteFunc(l.Cells, func(c Cell, _ Amount) bool { return c.Month < model.MonthOf(t.Window.Until.Time())-1 })
		},
		"120 months": func(t *model.Tender, _ *Ledger) { t.Window.Months = 120 },
		"all bid":    func(t *model.Tender, l *Ledger) { t.Bidders.All = true },
		"staff":      func(t *model.Tender, _ *Ledger) { t.Mode = model.Award },
		"no ranks":   func(t *model.Tender, _ *Ledger) { t.Shortlist = false },
		"all lost": func(_ *model.Tender, l *Ledger) {
			for name, f := range l.Projects {
				f.Gaps = []model.Gap{{Project: name, Repository: "a"}, {Project: name, Repository: "b"}, {Project: name, Repository: "c"}}
			}
		},
		"one weight": func(t *model.Tender, _ *Ledger) {
			t.Weights = map[model.Pillar]float64{model.Commits: 1}
			t.Indicators = map[model.Pillar]map[model.Indicator]float64{model.Commits: {model.Changes: 1}}
			t.Lots = t.Lots[1:]
		},
		"no minimum": func(t *model.Tender, _ *Ledger) { t.MinimumPoints = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			doc, l := invented(2, 3, 2, 8)
			change(doc, l)
			s, err := SensitivityOf(doc, l, &SensitivityOptions{Draws: 20})
			require.NoError(t, err)
			text, err := json.Marshal(s) // refuses NaN and Inf
			require.NoError(t, err)
			r := rank(doc, l)
			for i, lot := range r.Lots {
				require.Len(t, s.Lots[i].Measurement, min(len(lot.Standings), mostStudied))
				for n, st := range lot.Standings[:len(s.Lots[i].Measurement)] {
					for _, x := range []model.Spread{s.Lots[i].Measurement[n], s.Lots[i].Specification[n]} {
						assert.Equal(t, st.Bidder, x.Bidder)
						assert.Equal(t, st.Score == nil, x.Score == nil && x.Points == nil && x.Official == nil && x.Ranks == nil)
						assert.Equal(t, st.Meets == nil, x.Meets == nil)
					}
				}
			}
			assert.NotContains(t, string(text), "1e+")
		})
	}
}

func TestOptionsAtFault(t *testing.T) {
	doc, l := invented(1, 2, 1, 3)
	_, err := SensitivityOf(doc, l, &SensitivityOptions{Draws: -1, Workers: -2, Robots: map[string]float64{"mail:ada@karst.example": math.NaN()},
		Assume: map[string]float64{"domain": 1.5, "partial": 0, "nonsense": 1, "weights": math.NaN()}})
	require.Error(t, err)
	for _, want := range []string{"-1 draws", "-2 workers", "probability NaN", "domain is 1.5", "partial is 0", `no assumption "nonsense"; there are account-name, confirmed, `, "weights is NaN"} {
		assert.ErrorContains(t, err, want)
	}
	assert.NotContains(t, err.Error(), "ada")
	_, err = SensitivityOf(model.NewTender(), l, nil)
	assert.ErrorIs(t, err, ErrTender)
}

func TestAssumptionsSayWhatAndWhy(t *testing.T) {
	names := map[string]bool{}
	for _, a := range assumptions() {
		assert.False(t, names[a.Name])
		names[a.Name] = true
		assert.NotEmpty(t, a.Doc, a.Name)
		assert.NotEmpty(t, a.Reason, a.Name)
		assert.True(t, a.Value >= a.least && a.Value <= a.most, a.Name)
	}
	for _, l := range append(model.Levels(), model.Decided) {
		assert.True(t, names[string(l)], l)
	}
}

func TestLogarithmAndItsInverse(t *testing.T) {
	for _, x := range []float64{1e-9, 0.01, 0.5, 0.7071, 1, 1.01, 2, 1e6} {
		assert.InEpsilon(t, 1+math.Abs(math.Log(x)), 1+math.Abs(ln(x)), 1e-14, x)
		assert.InEpsilon(t, x, exp(ln(x)), 1e-13)
	}
	for _, x := range []float64{-30, -1, 0, 0.3, 5} {
		assert.InEpsilon(t, math.Exp(x), exp(x), 1e-13, x)
	}
}

func TestPointsRoundAsTheRankingDoes(t *testing.T) {
	l := studiedLot{points: 40}
	for i := range 20001 {
		score := float64(i) * 0.005 // every second one is a half of a hundredth
		assert.Equal(t, int64(math.Round(round(score/100*40, 2)*100)), l.hundredths(score), score)
	}
}
