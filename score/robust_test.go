package score_test

import (
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// odd is a tender that is hardly one, and what must be seen of it beside numbers.
type odd struct {
	name  string
	spoil func(*world)
	check func(*testing.T, *model.Ranking) // nil: nothing more
}

// nothingKnown checks that no bidder has a figure where nothing could be scored.
func nothingKnown(t *testing.T, r *model.Ranking) {
	for _, l := range r.Lots {
		for _, s := range l.Standings {
			assert.Nil(t, s.Score, "%s in lot %s", s.Bidder, l.ID)
			assert.Nil(t, s.Points)
			assert.Nil(t, s.Meets, "what is unknown misses no minimum")
			assert.Zero(t, s.Rank)
		}
	}
}

func document(change func(*model.Tender)) func(*world) { return func(w *world) { change(w.tender) } }

// only replaces the histories by ones whose commits are all by the same one.
func only(by string) func(*world) {
	return func(w *world) {
		for _, s := range w.stories {
			*s = story{project: s.project, records: newStory().records}
			s.monthly(by, 12)
			s.of(s.project)
		}
	}
}

var odds = []odd{
	{"as usual", func(*world) {}, func(t *testing.T, r *model.Ranking) { assert.NotZero(t, *standing(r, "karst").Score) }},
	{"no records", func(w *world) { w.stories = nil }, nothingKnown},
	{"empty projects", func(w *world) {
		for _, s := range w.stories {
			*s = story{project: s.project, records: newStory().records}
			s.of(s.project)
		}
	}, nothingKnown},
	{"sources that show nothing", func(w *world) {
		for _, s := range w.stories {
			*s = story{project: s.project}
			s.cover(model.CommitFacts, model.Unavailable, "lost")
		}
	}, nothingKnown},
	{"nobody bids", document(func(t *model.Tender) { t.Bidders.List = nil }), func(t *testing.T, r *model.Ranking) { assert.Empty(t, r.Lots[0].Standings) }},
	{"nobody bids for the lot", document(func(t *model.Tender) {
		for i := range t.Bidders.List {
			t.Bidders.List[i].Lots = []string{"2"}
		}
	}), func(t *testing.T, r *model.Ranking) { assert.Empty(t, r.Lots[0].Standings) }},
	{"one bids", document(func(t *model.Tender) { t.Bidders.List = t.Bidders.List[:1] }), func(t *testing.T, r *model.Ranking) { assert.Equal(t, 1, r.Lots[0].Standings[0].Rank) }},
	{"a bidder of nobody", document(func(t *model.Tender) { t.Bidders.List = []model.Bidder{{ID: "empty"}} }), func(t *testing.T, r *model.Ranking) { assert.Zero(t, *standing(r, "empty").Score) }},
	{"everybody bids", document(func(t *model.Tender) { t.Bidders = model.Bidders{All: true} }), nil},
	{"everybody bids where nobody is known", func(w *world) { only(gus)(w); w.tender.Bidders = model.Bidders{All: true} }, func(t *testing.T, r *model.Ranking) { assert.Empty(t, r.Lots[0].Standings) }},
	{"everybody is unknown", only(gus), func(t *testing.T, r *model.Ranking) {
		assert.Zero(t, *standing(r, "karst").Score)
		assert.Equal(t, 1.0, *r.Projects[0].UnknownShare)
	}},
	{"all are robots", only(robot), nothingKnown},
	{"one month", document(func(t *model.Tender) { t.Window.Months = 1 }), nil},
	{"a hundred years", document(func(t *model.Tender) { t.Window.Months = 1200 }), nil},
	{"a window without acts", document(func(t *model.Tender) { t.Window.Until = date("2002-01-01") }), nothingKnown},
	{"weights that do not sum to one", document(func(t *model.Tender) {
		t.Weights = map[model.Pillar]float64{model.Commits: 3, model.Reviews: 0.01, model.Maintenance: 7000}
		t.Lots[0].Projects = map[string]float64{"p0": 1e9, "p1": 1e-9}
	}), func(t *testing.T, r *model.Ranking) {
		assert.InDelta(t, 1, r.Lots[0].Projects[0].Weight+r.Lots[0].Projects[1].Weight, 1e-12)
		sum := 0.0
		for _, i := range r.Projects[0].Indicators {
			sum += i.Weight
		}
		assert.InDelta(t, 1, sum, 1e-12)
	}},
	{"pillars without weight", document(func(t *model.Tender) { t.Weights = map[model.Pillar]float64{model.Commits: 0} }), nothingKnown},
	{"indicators without weight", document(func(t *model.Tender) {
		t.Indicators = map[model.Pillar]map[model.Indicator]float64{model.Commits: {model.Changes: 0}}
	}), nothingKnown},
	{"tiny weights", document(func(t *model.Tender) {
		for p := range t.Weights {
			t.Weights[p] = math.SmallestNonzeroFloat64
		}
	}), nil},
	{"a lot of nothing", document(func(t *model.Tender) { t.Lots[0].Projects = nil }), nothingKnown},
	{"a lot whose projects have no weight", document(func(t *model.Tender) { t.Lots[0].Projects = map[string]float64{"p0": 0, "p1": 0} }), nothingKnown},
	{"a lot of unknown projects", document(func(t *model.Tender) { t.Lots[0].Projects = map[string]float64{"q": 1} }), nothingKnown},
	{"a lot with a project that cannot be scored", func(w *world) { w.stories = w.stories[:1] }, func(t *testing.T, r *model.Ranking) {
		assert.Equal(t, 1.0, r.Lots[0].Projects[0].Weight, "its weight goes to the other")
		assert.Contains(t, r.Lots[0].Projects[1].Missing, "its weight went to the other projects")
	}},
	{"no points", document(func(t *model.Tender) { t.Points, t.MinimumPoints = 0, 1 }), func(t *testing.T, r *model.Ranking) {
		assert.Zero(t, *standing(r, "karst").Points)
		assert.False(t, *standing(r, "karst").Meets)
	}},
	{"tiny thresholds", thresholds(1. / model.Whole), func(t *testing.T, r *model.Ranking) { assert.NotZero(t, *standing(r, "karst").Score) }},
	{"thresholds beyond reach", thresholds(1e9), nil},
	{"indicators that are all none", document(func(t *model.Tender) {
		none := map[model.Indicator]model.Threshold{}
		for _, m := range score.Metrics() {
			none[m.Indicator] = model.Threshold{None: true}
		}
		for name, p := range t.Projects {
			p.Thresholds = none
			t.Projects[name] = p
		}
	}), nothingKnown},
	{"no rules to speak of", document(func(t *model.Tender) { t.Rules = model.Rules{} }), nil},
	{"no vendors", document(func(t *model.Tender) { t.Vendors, t.People = nil, nil }), nil},
	{"no method to speak of", document(func(t *model.Tender) { t.Minimum, t.Mode, t.Evidence = model.Minimum{}, "", "" }), nil},
	{"nobody's staff", document(func(t *model.Tender) { t.Mode = model.Award }), func(t *testing.T, r *model.Ranking) { assert.Zero(t, *standing(r, "karst").Score) }},
}

func thresholds(x float64) func(*world) {
	return document(func(t *model.Tender) {
		all := map[model.Indicator]model.Threshold{}
		for _, m := range score.Metrics() {
			all[m.Indicator] = model.Threshold{T: x}
		}
		for name, p := range t.Projects {
			p.Thresholds = all
			t.Projects[name] = p
		}
	})
}

// ordinary is a tender on two projects where everybody did something.
func ordinary() *world {
	w := &world{tender: rostered()}
	w.tender.Projects, w.tender.Lots[0].Projects = map[string]model.Project{}, map[string]float64{"p0": 3, "p1": 2}
	for i := range 2 {
		s := newForgeStory()
		s.of(fmt.Sprint("p", i))
		s.listing(ada, "2025-01-01", "")
		for _, who := range []string{ada, mia, zoe, gus, robot} {
			s.monthly(who, 4, "reviewer "+bob, "tester "+gus)
		}
		s.release("v1", ada, "2026-01-05")
		s.change(merged{n: 1, by: "zoe", at: "2026-01-06", merger: "ada", reviews: []said{{by: "mia", what: "approved", push: true, length: 20}}})
		s.issue(2, "gus", "", "responder mia 2026-01-07")
		w.stories = append(w.stories, s)
		w.tender.Projects[s.project] = model.Project{Repositories: []model.Repository{{URL: "r"}}}
	}
	return w
}

func TestOddTendersHaveOrdinaryNumbers(t *testing.T) {
	for _, o := range odds {
		t.Run(o.name, func(t *testing.T) {
			w := ordinary()
			o.spoil(w)
			r := evaluate(t, w.tender, w)
			finite(t, "ranking", reflect.ValueOf(r))
			asJSON(t, r)
			for _, st := range r.Lots[0].Standings {
				_, err := score.Explain(r, st.Bidder)
				assert.NoError(t, err)
			}
			if o.check != nil {
				o.check(t, r)
			}
		})
	}
}

// What rapid invents has ordinary numbers too, whatever is odd about it.
func TestRankingsHoldNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds.Draw(t, "tender")
		r := evaluate(t, w.tender, w)
		finite(t, "ranking", reflect.ValueOf(r))
		for _, l := range r.Lots {
			for _, s := range l.Standings {
				if s.Score != nil {
					assert.GreaterOrEqual(t, *s.Score, 0.0)
					assert.LessOrEqual(t, *s.Score, 100+1e-9)
					assert.LessOrEqual(t, *s.Points, l.Points+0.005)
				}
			}
		}
	})
}

// finite walks everything that a value holds and fails on a number that is none.
func finite(t assert.TestingT, path string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Float64:
		assert.False(t, math.IsNaN(v.Float()) || math.IsInf(v.Float(), 0), "%s is %g", path, v.Float())
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			finite(t, path, v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				finite(t, path+"."+v.Type().Field(i).Name, v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			finite(t, fmt.Sprintf("%s[%d]", path, i), v.Index(i))
		}
	case reflect.Map:
		for key, value := range v.Seq2() {
			finite(t, fmt.Sprintf("%s[%v]", path, key), value)
		}
	}
}

func TestFiniteSeesEverything(t *testing.T) {
	nan := math.NaN()
	seen := 0
	for _, x := range []any{nan, &nan, math.Inf(-1), []float64{0, nan}, map[string]any{"a": struct{ X *float64 }{&nan}},
		model.Ranking{Lots: []model.LotResult{{Standings: []model.Standing{{Score: &nan}}}}}} {
		finite(counter{&seen}, "", reflect.ValueOf(x))
	}
	assert.Equal(t, 6, seen)
}

// counter counts what fails.
type counter struct{ n *int }

func (c counter) Errorf(string, ...any) { *c.n++ }

// Numbers that no document can hold are refused in a tender made by hand, all at once.
func TestNumbersThatAreNone(t *testing.T) {
	doc := tender()
	doc.Window.Months = 1201
	doc.Points, doc.MinimumPoints, doc.Minimum.Share = math.NaN(), math.Inf(1), -0.1
	doc.Rules.Mate, doc.Rules.SmallText = 1.5, math.NaN()
	doc.Weights[model.Commits], doc.Indicators[model.Reviews][model.ReviewsDone] = -1, math.Inf(1)
	doc.Projects["p"] = model.Project{Thresholds: map[model.Indicator]model.Threshold{model.Changes: {T: 0}, model.Ports: {T: 1e-300}, model.Releases: {None: true}}}
	doc.Lots[0].Projects["p"], doc.Lots[0].Points = math.NaN(), new(float64)
	*doc.Lots[0].Points = 1e300
	err := score.Check(doc)
	require.ErrorIs(t, err, score.ErrTender)
	for _, want := range []string{"window.months is 1201", "points is NaN", "minimum_points is +Inf", "minimum.share is -0.1", "rules.mate is 1.5", "rules.small-text is NaN",
		"weight of commits is -1", "weight of reviews in reviews is +Inf", "threshold of changes in p is 0", "threshold of ports in p is 1e-300", "weight of p in lot 1 is NaN", "points of lot 1 is 1e+300"} {
		assert.ErrorContains(t, err, want)
	}
	assert.NotContains(t, err.Error(), "releases")
}

// A decision that a robot's merge counts gives the integration to the robot, and who
// else a forge names beside a deleted account is no surprise.
func TestWhoMergedMayBeNobody(t *testing.T) {
	runCases(t, newForgeStory, rostered, []judged{
		{"a robot whose merge a decision counts", func(s *story, doc *model.Tender) {
			s.commit(act{by: ada, taker: hub, at: "2026-01-05"})
			s.change(merged{n: 7, by: "ada", at: "2026-01-05", became: "c1", merger: "ci[bot]"})
			doc.Decisions = []model.Decision{{ID: "D1", On: "change:7", Rule: "bot", Decide: "count"}}
		}, map[string]string{"c1 author": "changes 1000000", "7 merger": "integration 1000000"}},
		{"two of whom the first is deleted", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, taker: hub, at: "2026-01-05"})
			s.change(merged{n: 7, by: "ada", at: "2026-01-05", became: "c1", merger: "ghost"})
			s.change(merged{n: 7, at: "2026-01-05", became: "c1", merger: "mia"})
		}, map[string]string{"c1 author": "changes 1000000", "7 merger": "anonymous", "7 merger'": "context"}},
	})
}
