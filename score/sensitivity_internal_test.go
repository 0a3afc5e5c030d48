package score

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// invented is a tender with so many bidders and projects, and a ledger of it: people of
// vendors at all levels of evidence, claimed ones, and strangers. All facts are complete.
func invented(seed uint64, bidders, projects, people int) (*model.Tender, *Ledger) {
	rng := rand.New(rand.NewPCG(seed, 7))
	t := model.NewTender()
	t.Window.Until, _ = model.ParseDate("2026-07-01")
	t.Shortlist, t.MinimumPoints, t.Points = true, 30, 40
	t.Vendors, t.Projects = map[string]model.Vendor{}, map[string]model.Project{}
	var vendors []string
	for i := range bidders {
		v := fmt.Sprintf("v%02d", i)
		vendors = append(vendors, v)
		t.Vendors[v] = model.Vendor{Name: strings.ToUpper(v)}
		t.Bidders.List = append(t.Bidders.List, model.Bidder{ID: v, Vendors: []string{v}})
	}
	l := &Ledger{}
	lot := model.Lot{ID: "1", Projects: map[string]float64{}}
	for p := range projects {
		name := fmt.Sprintf("p%02d", p)
		t.Projects[name] = model.Project{Repositories: []model.Repository{{URL: name}}}
		if p == 0 {
			t.Projects[name] = model.Project{Repositories: []model.Repository{{URL: name}, {URL: "lost"}},
				Thresholds: map[model.Indicator]model.Threshold{model.Changes: {T: 90}, model.Security: {None: true}}}
		}
		lot.Projects[name] = float64(1 + p%3)
		f := l.facts(name)
		for _, k := range []model.Kind{model.CommitFacts, model.FileFacts, model.ReviewFacts, model.MergeFacts, model.ReleaseFacts, model.AdvisoryFacts, model.IssueFacts, model.RoleFacts} {
			f.Coverage = append(f.Coverage, CoverageAt{name, model.Coverage{Source: "git", Kind: k, State: model.Complete}})
		}
		for n := range people {
			employ(rng, l, name, fmt.Sprintf("%s-%d", []string{"mail:a", "login:b", "c"}[n%3], n%(people*2/3+1)), vendors)
		}
	}
	t.Lots = []model.Lot{lot, {ID: "2", Projects: map[string]float64{"p00": 1}}}
	return t, l
}

// employ gives a person of a project an employer, or none, and some credits.
func employ(rng *rand.Rand, l *Ledger, project, person string, vendors []string) {
	c := Cell{Project: project, Person: person, Vendor: vendors[rng.IntN(len(vendors))]}
	c.Level = model.Levels()[rng.IntN(5)]
	switch rng.IntN(12) {
	case 0:
		c.Vendor, c.Level = "", ""
	case 1:
		c.Vendor, c.Level = "elsewhere.example", ""
	case 2:
		c.Vendor = model.Independent
	case 3:
		c.Vendor, c.Level, c.Claimed = "", "", strings.Join(vendors[:min(2, len(vendors))], "\n")
	case 4:
		c.Vendor, c.Claimed = "", strings.Join(vendors[:min(2, len(vendors))], "\n")
	case 5:
		c.Vendor, c.Level = "", model.Decided
	}
	until, _ := model.ParseDate("2026-07-01")
	first := rng.IntN(36)
	for _, i := range []model.Indicator{model.Changes, model.ReviewsDone, model.Integration, model.Releases, model.Ports, model.Security, model.Triage, model.Upkeep, model.Stewardship} {
		if rng.IntN(3) == 0 {
			continue
		}
		for m := first; m < 36; m += 2 + rng.IntN(8) {
			c.Indicator, c.Month = i, model.MonthOf(until.Time())-36+model.Month(m)
			l.add(c, Amount{int64(250_000 * (1 + rng.IntN(12))), int64(model.Whole * (1 + rng.IntN(3)))})
		}
	}
}

// scoresIn returns the scores by lot and bidder.
func scoresIn(r *model.Ranking) map[string]map[string]float64 {
	all := map[string]map[string]float64{}
	for _, lot := range r.Lots {
		all[lot.ID] = map[string]float64{}
		for _, s := range lot.Standings {
			if s.Score != nil {
				all[lot.ID][s.Bidder] = *s.Score
			}
		}
	}
	return all
}

// The study's own scoring is the ranking's, to the last digit, in each mode and with each
// effect of too little evidence.
func TestStudyScoresAsTheRanking(t *testing.T) {
	for seed := range uint64(24) {
		doc, l := invented(seed, 1+int(seed%5), 3, 12)
		if seed%2 == 0 {
			doc.Minimum = model.Minimum{Acts: 60, Share: 0.3, Months: 12, Effect: model.Zero}
		}
		if seed%3 == 0 {
			doc.Mode = model.Award
			doc.Bidders.List[0].Staff = []string{"c-2", "mail:a-0"}
		}
		doc.Bidders.All = seed%7 == 1
		r := rank(doc, l)
		s := newStudy(doc, l, r)
		got := s.scoresOf(s.own[0], s.plan(s.official(valuesOf(Assumptions()))))
		for lot, x := range r.Lots {
			for _, st := range x.Standings {
				b := s.place(st.Bidder)
				require.GreaterOrEqual(t, b, 0)
				assert.Equal(t, *st.Score, got[b][lot], "seed %d: %s in lot %s", seed, st.Bidder, x.ID)
				assert.Equal(t, int64(math.Round(*st.Points*100)), s.lots[lot].hundredths(got[b][lot]))
			}
		}
	}
}

// Each specification draw is what the ranking makes of the tender so drawn, its thresholds
// stated and its ledger cut to the window drawn; and of a geometric mean of its figures.
func TestSpecificationAgainstRank(t *testing.T) {
	geometric, shorter := 0, 0
	for seed := range uint64(6) {
		doc, l := invented(seed, 4, 2, 12)
		r := rank(doc, l)
		s := newStudy(doc, l, r)
		o, _, err := (&SensitivityOptions{Draws: 12, Seed: seed}).checked()
		require.NoError(t, err)
		a := valuesOf(Assumptions())
		all := s.specification(o, a)
		for n := range o.Draws {
			drawn, months, mean := drawnTender(doc, r, s, o.Seed, n)
			want := scoresIn(rankWithMean(drawn, lastMonths(drawn, l, months), mean))
			for lot, x := range r.Lots {
				for b := range s.bidders {
					assert.InDelta(t, want[x.ID][s.bidder(b).ID], all[lot][b][n], 1e-9, "seed %d, draw %d", seed, n)
				}
			}
			if mean {
				geometric++
			}
			if months < 36 {
				shorter++
			}
		}
	}
	assert.Greater(t, geometric, 20)
	assert.Greater(t, shorter, 20)
}

// drawnTender draws a tender as the documentation of the assumptions says.
func drawnTender(doc *model.Tender, r *model.Ranking, s *study, seed uint64, number int) (*model.Tender, int, bool) {
	d := newDice()
	d.throw(seedOf(seed, "specification"), number)
	t := *doc
	t.Weights, t.Indicators = copyWeights(doc)
	for _, p := range model.Pillars() {
		t.Weights[p.Name] *= 0.75 + d.Float64()/2
	}
	for _, p := range model.Pillars() {
		for _, i := range p.Indicators {
			t.Indicators[p.Name][i.Name] *= 0.75 + d.Float64()/2
		}
	}
	factors := map[string]float64{}
	for _, m := range Metrics() {
		factors[string(m.Pillar)+string(m.Indicator)] = math.Pow(2, 2*d.Float64()-1)
	}
	months := []int{36, 24, 30}[d.IntN(3)]
	mean := d.Float64() < 0.5
	t.Window.Months = months
	t.Projects = map[string]model.Project{}
	for _, p := range r.Projects {
		thresholds := map[model.Indicator]model.Threshold{}
		for _, i := range p.Indicators {
			thresholds[i.Indicator] = model.Threshold{T: i.T * factors[string(i.Pillar)+string(i.Indicator)] * float64(months) / 36, None: i.Weight == 0}
		}
		t.Projects[p.ID] = model.Project{Repositories: doc.Projects[p.ID].Repositories, Thresholds: thresholds}
	}
	return &t, months, mean
}

// lastMonths keeps what a shorter window has of a ledger.
func lastMonths(t *model.Tender, l *Ledger, months int) *Ledger {
	cut := &Ledger{Projects: l.Projects}
	for c, a := range l.Cells {
		if c.Month >= model.MonthOf(t.Window.Until.Time())-model.Month(months) {
			cut.add(c, a)
		}
	}
	return cut
}

// rankWithMean ranks; where asked, it joins the pillars by their geometric mean.
func rankWithMean(t *model.Tender, l *Ledger, geometric bool) *model.Ranking {
	r := rank(t, l)
	if !geometric {
		return r
	}
	byProject := map[[2]string]float64{}
	for _, p := range r.Projects {
		for _, x := range p.Scores {
			points, weights := map[model.Pillar]float64{}, map[model.Pillar]float64{}
			for _, v := range x.Values {
				points[v.Pillar] += v.Points / 100
			}
			for _, i := range p.Indicators {
				weights[i.Pillar] += i.Weight
			}
			product := 1.0
			for pillar, w := range weights {
				if w > 0 {
					product *= math.Pow(points[pillar]/w+0.01, w)
				}
			}
			byProject[[2]string{p.ID, x.Bidder}] = (product - 0.01) * 100
		}
	}
	for _, lot := range r.Lots {
		for i := range lot.Standings {
			sum := 0.0
			for _, p := range lot.Projects {
				sum += p.Weight * byProject[[2]string{p.Project, lot.Standings[i].Bidder}]
			}
			lot.Standings[i].Score = &sum
		}
	}
	return r
}

// Each measurement draw is what the ranking makes of a ledger in which what the draw denies
// the bidder is somebody else's, and what it gives it is its own.
func TestMeasurementAgainstRank(t *testing.T) {
	for seed := range uint64(4) {
		doc, l := invented(seed, 4, 2, 12)
		s := newStudy(doc, l, rank(doc, l))
		robots := map[string]float64{"c-2": 0.5, "mail:a-0": 0.9}
		o, _, err := (&SensitivityOptions{Draws: 10, Seed: seed, Robots: robots}).checked()
		require.NoError(t, err)
		all := s.measurement(o, valuesOf(Assumptions()))
		for n := range o.Draws {
			for b := range s.bidders {
				id := s.bidder(b).ID
				want := scoresIn(rank(doc, drawnLedger(l, id, o, n)))
				for lot, x := range doc.Lots {
					assert.InDelta(t, want[x.ID][id], all[lot][b][n], 1e-9, "seed %d, draw %d, %s", seed, n, id)
				}
			}
		}
	}
}

// drawnLedger draws the ledger of one bidder, who is one vendor.
func drawnLedger(l *Ledger, id string, o *SensitivityOptions, number int) *Ledger {
	type key struct {
		person, vendor string
		level          model.Level
		claimed        string
	}
	a := valuesOf(Assumptions())
	keys := map[key]bool{}
	people, companies := 0, map[[2]string]bool{}
	for c := range l.Cells {
		keys[key{c.Person, c.Vendor, c.Level, c.Claimed}] = true
		if v := c.Vendor; v != "" && v != model.Independent {
			companies[[2]string{c.Person, v}] = true
		}
	}
	for c := range companies {
		if c[1] == id {
			people++
		}
	}
	sorted := slices.SortedFunc(maps.Keys(keys), func(a, b key) int {
		return cmp.Or(strings.Compare(a.person, b.person), strings.Compare(a.vendor, b.vendor), cmp.Compare(a.level, b.level), strings.Compare(a.claimed, b.claimed))
	})
	sound := func(person string) float64 {
		x := 0.99
		if strings.HasPrefix(person, "login:") {
			x = 0.95
		}
		return x * (1 - o.Robots[person])
	}
	own := newDice()
	own.throw(seedOf(o.Seed, "bidder", id), number)
	has, asked, alive := map[key]bool{}, "", false
	for _, k := range sorted {
		if k.vendor != id {
			continue
		}
		if k.person != asked {
			asked, alive = k.person, own.Float64() < sound(k.person)
		}
		has[k] = alive && own.Float64() < a[string(k.level)]
	}
	var strangers []key
	for _, k := range sorted {
		switch {
		case k.vendor != "" || k.level == model.Decided:
		case k.claimed == "":
			strangers = append(strangers, k)
		default:
			chance, sides := 0.8, strings.Split(k.claimed, "\n")
			if k.level != "" {
				chance = a[string(k.level)]
			}
			d := newDice()
			d.throw(seedOf(o.Seed, "claim", k.person, k.claimed), number)
			if x := d.Float64(); x < chance {
				has[k] = sides[int(x/chance*float64(len(sides)))] == id
			}
		}
	}
	share := 0.5 * float64(people) / float64(len(companies))
	for at := -1; share > 0; {
		at += 1 + int(math.Log(1-own.Float64())/math.Log(1-share))
		if at >= len(strangers) {
			break
		}
		has[strangers[at]] = own.Float64() < sound(strangers[at].person)
	}
	drawn := &Ledger{Projects: l.Projects}
	for c, x := range l.Cells {
		mine := has[key{c.Person, c.Vendor, c.Level, c.Claimed}]
		if c.Vendor = "somebody"; mine {
			c.Vendor = id
		}
		drawn.add(c, x)
	}
	return drawn
}

// certain states that everything known is right, and nothing unknown anybody's.
func certain() map[string]float64 {
	m := map[string]float64{}
	for _, a := range Assumptions() {
		if a.Kind == model.MeasurementDraws {
			m[a.Name] = 1
		}
	}
	m[assumeUnknown], m[assumeWeak], m[assumePlain], m[assumeHints] = 0, 0, 0, 0
	return m
}

// Where nothing is uncertain every draw is the official score; where only the coverage is,
// none lies below it.
func TestCertainty(t *testing.T) {
	doc, l := invented(3, 4, 3, 25)
	for c := range l.Cells {
		if c.contested() {
			delete(l.Cells, c)
		}
	}
	for _, partial := range []bool{false, true} {
		o := &SensitivityOptions{Draws: 50, Assume: certain()}
		if partial {
			o.Assume[assumePartial] = 0.5
			l.Projects["p00"].Coverage[2].State, l.Projects["p00"].Coverage[2].Reason = model.Partial, "a page was lost"
			l.Projects["p00"].Gaps = []model.Gap{{Project: "p00", Repository: "lost"}}
		}
		s, err := SensitivityOf(doc, l, o)
		require.NoError(t, err)
		wider := false
		for _, x := range s.Lots[0].Measurement {
			assert.GreaterOrEqual(t, x.Score.Low, *x.Official)
			wider = wider || x.Score.High > *x.Official
			if !partial {
				assert.Equal(t, *x.Official, x.Score.High)
			}
		}
		assert.Equal(t, partial, wider)
	}
}

// A draw of what the sources show touches what they show in part, and projects of which a
// repository was lost, within the bounds that are printed.
func TestReach(t *testing.T) {
	doc, l := invented(3, 3, 2, 6)
	l.Projects["p01"].Coverage[2] = CoverageAt{"p01", model.Coverage{Source: "git", Kind: model.ReviewFacts, State: model.Partial, Reason: "a page was lost"}}
	l.Projects["p00"].Gaps = []model.Gap{{Project: "p00", Repository: "lost", Reason: "gone"}}
	s := newStudy(doc, l, rank(doc, l))
	a := valuesOf(Assumptions())
	a[assumePartial] = 0.25
	least := map[int]float64{}
	d, shown := newDice(), make(reach, len(s.projects)*len(s.bases))
	for n := range 500 {
		d.throw(1, n)
		s.reach(shown, a, d)
		for slot, x := range shown {
			if n == 0 {
				least[slot] = 1
			}
			least[slot] = min(least[slot], x)
			assert.LessOrEqual(t, x, 1.0)
		}
	}
	for slot, low := range least {
		project, base := slot/len(s.bases), slot%len(s.bases)
		switch {
		case project == 0:
			assert.InDelta(t, 0.5, low, 0.01, "one of two repositories is lost")
		case base == s.bases[model.ReviewsDone]:
			assert.InDelta(t, 0.25, low, 0.02)
		default:
			assert.Equal(t, 1.0, low)
		}
	}
	r, p := s.own[0][0], s.plan(s.official(a))
	for i := range shown {
		shown[i] = 0.5
	}
	half, full := s.scored(r, 0, p, shown), s.scored(r, 0, p, nil)
	for i, m := range metrics {
		if T := p.projects[0].t[i]; T > 0 && !m.Months {
			value := float64(r.credit[s.measures[i].base]) / model.Whole
			assert.InDelta(t, m.normalise(2*value/T), half[i], 1e-12, m.Indicator)
			assert.InDelta(t, m.normalise(value/T), full[i], 1e-12, m.Indicator)
		}
	}
}

// With the defaults the spread does what it should: certain bidders keep their score, and
// the intervals hold the middle nine tenths.
func TestIntervalsHoldNineTenths(t *testing.T) {
	doc, l := invented(5, 4, 3, 25)
	s := newStudy(doc, l, rank(doc, l))
	o, _, err := (&SensitivityOptions{Draws: 400}).checked()
	require.NoError(t, err)
	for _, d := range []drawn{s.measurement(o, valuesOf(Assumptions())), s.specification(o, valuesOf(Assumptions()))} {
		for b := range s.bidders {
			score, _ := intervals(d[0][b], &s.lots[0])
			below, above := 0, 0
			for _, x := range d[0][b] {
				if x < score.Low-1e-4 {
					below++
				}
				if x > score.High+1e-4 {
					above++
				}
			}
			assert.LessOrEqual(t, below, 20)
			assert.LessOrEqual(t, above, 20)
			assert.Less(t, score.Low, score.High)
		}
	}
}

func TestSharesOfRanksSumToOne(t *testing.T) {
	for seed := range uint64(5) {
		doc, l := invented(seed, 5, 2, 10)
		s, err := SensitivityOf(doc, l, &SensitivityOptions{Draws: 60, Seed: seed})
		require.NoError(t, err)
		for _, lot := range s.Lots {
			for _, list := range [][]model.Spread{lot.Measurement, lot.Specification} {
				byRank := map[int]float64{}
				for _, x := range list {
					sum := 0.0
					for _, r := range x.Ranks {
						sum += r.Share
						byRank[r.Rank] += r.Share
					}
					assert.InDelta(t, 1, sum, 1e-5)
				}
				for rank, sum := range byRank {
					assert.InDelta(t, 1, sum, 1e-5, rank)
				}
			}
		}
	}
	ties := shares([][]int64{{5, 5}, {5, 9}, {none, 1}})
	assert.Equal(t, []model.RankShare{{Rank: 1, Share: 0.25}, {Rank: 2, Share: 0.75}}, ties[0])
	assert.Equal(t, []model.RankShare{{Rank: 1, Share: 0.75}, {Rank: 2, Share: 0.25}}, ties[1])
	assert.Equal(t, []model.RankShare{{Rank: 3, Share: 0.5}}, ties[2])
}

// Another bidder's presence changes no interval, and the number of workers nothing at all.
func TestIntervalsStandAlone(t *testing.T) {
	for seed := range uint64(4) {
		doc, l := invented(seed, 6, 2, 12)
		study := func(list []model.Bidder, workers int) ([]byte, map[string]string) {
			other := *doc
			other.Bidders.List = list
			s, err := SensitivityOf(&other, l, &SensitivityOptions{Draws: 40, Seed: 9, Workers: workers})
			require.NoError(t, err)
			text, err := json.Marshal(s)
			require.NoError(t, err)
			said := map[string]string{}
			for _, lot := range s.Lots {
				for _, x := range slices.Concat(lot.Measurement, lot.Specification) {
					x.Ranks = nil
					one, err := json.Marshal(x)
					require.NoError(t, err)
					said[x.Bidder] += string(one)
				}
			}
			return text, said
		}
		one, all := study(doc.Bidders.List, 1)
		for _, workers := range []int{2, 7} {
			many, _ := study(doc.Bidders.List, workers)
			assert.Equal(t, string(one), string(many))
		}
		_, fewer := study(doc.Bidders.List[2:4], 2)
		require.Len(t, fewer, 2)
		for bidder, said := range fewer {
			assert.Equal(t, all[bidder], said)
		}
	}
}
