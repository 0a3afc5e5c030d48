package score_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

func calibration(t *testing.T, all []score.Calibration, i model.Indicator) score.Calibration {
	t.Helper()
	for _, c := range all {
		if c.Indicator == i {
			return c
		}
	}
	t.Fatalf("no calibration of %s", i)
	return score.Calibration{}
}

// Three people of any employer, rounded up, at least the floor; none where nobody did
// anything; nothing where nobody can tell; never months.
func TestCalibrate(t *testing.T) {
	doc := tender()
	doc.Projects["p"] = model.Project{Repositories: doc.Projects["p"].Repositories,
		Thresholds: map[model.Indicator]model.Threshold{model.Changes: {T: 99}, model.Ports: {None: true}}}
	doc.Indicators[model.Maintenance][model.Upkeep] = 0
	s := newStory()
	s.monthly(ada, 12)
	s.monthly(zoe, 8)
	s.monthly(gus, 7)
	s.monthly(bob, 2)
	s.commit(act{by: mia, taker: hub, at: "2026-01-05", trailers: []string{"co-author " + gus, "co-author " + bob}})
	all := score.Calibrate(doc, ledgerOf(t, doc, s))
	changes := calibration(t, all, model.Changes)
	assert.Equal(t, 28.0, changes.T, "12 + 8 + 7⅓, Gus of an unknown employer")
	assert.InDelta(t, 27.333334, changes.Three, 1e-9)
	assert.Equal(t, "99", changes.Stated)
	assert.Equal(t, 5, changes.People)
	assert.Equal(t, 12.0, changes.Floor)
	ports := calibration(t, all, model.Ports)
	assert.True(t, ports.None)
	assert.Equal(t, "none", ports.Stated)
	security := calibration(t, all, model.Security)
	_, proposed := security.Threshold()
	assert.False(t, proposed)
	assert.Equal(t, model.Unavailable, security.State)
	assert.Contains(t, security.Reason, "git shows no advisories")
	assert.Contains(t, calibration(t, all, model.Upkeep).Reason, "no weight")
	for _, c := range all {
		assert.NotContains(t, []model.Indicator{model.ActiveMonths, model.Stewardship}, c.Indicator)
	}

	few := newStory()
	few.monthly(ada, 2)
	assert.Equal(t, 12.0, calibration(t, score.Calibrate(doc, ledgerOf(t, doc, few)), model.Changes).T, "the floor")
	assert.Empty(t, calibration(t, score.Calibrate(doc, &score.Ledger{}), model.Changes).T, "a project that was not mined")
}

// What is proposed when a document states nothing is what calibration writes.
func TestCalibrateAgreesWithTheRanking(t *testing.T) {
	doc := tender()
	s := newStory()
	s.monthly(ada, 12)
	s.monthly(zoe, 9, "reviewer "+mia)
	l := ledgerOf(t, doc, s)
	all := score.Calibrate(doc, l)
	proposed := 0
	for _, i := range score.Rank(doc, l).Projects[0].Indicators {
		if i.Proposed {
			proposed++
			assert.Equal(t, i.T, calibration(t, all, i.Indicator).T, i.Indicator)
		}
	}
	assert.Positive(t, proposed)
}

func TestFloorsAreTheMetricsOwn(t *testing.T) {
	for _, m := range score.Metrics() {
		assert.Equal(t, m.Floor, model.Floor(m.Indicator), m.Indicator)
	}
}

func TestOpenness(t *testing.T) {
	doc, s := sealable()
	all := score.OpennessOf(doc, ledgerOf(t, doc, s))
	require.Len(t, all, 2)
	changes, months := all[0], all[1]
	assert.Equal(t, score.Openness{Project: "p", Pillar: model.Commits, Indicator: model.Changes, T: 24, Organisations: 3,
		Largest: "bigco", Share: 0.25, Unknown: 0.25}, changes, "Lee is listed only, which is too weak")
	assert.Equal(t, 12.0, months.T)
	assert.Equal(t, 3, months.Organisations)

	doc.Vendors["moraine"] = model.Vendor{Name: "M", Domains: doc.Vendors["moraine"].Domains, Parent: []model.Parent{{Vendor: "karst", From: date("2026-06-30")}}}
	grouped := score.OpennessOf(doc, ledgerOf(t, doc, s))[0]
	assert.Equal(t, 2, grouped.Organisations, "companies of one group are one")
	assert.Equal(t, "karst", grouped.Largest)
	assert.Equal(t, 0.5, grouped.Share)
	assert.Equal(t, "only 2 organisations reach a quarter of T, which is 6", grouped.Closed)
	assert.Empty(t, grouped.Justified)

	doc, s = sealable()
	s.monthly(ada, 12)
	s.monthly(bob, 12)
	for range 4 {
		s.monthly(ada, 12)
	}
	p := doc.Projects["p"]
	p.Justify = []model.Justification{{Indicator: model.Changes, Reason: "asked for"}}
	doc.Projects["p"] = p
	doc.Rules.ChangesPerWeek = 1000
	large := score.OpennessOf(doc, ledgerOf(t, doc, s))[0]
	assert.Equal(t, "karst has 73 % of the credits", large.Closed)
	assert.Equal(t, "asked for", large.Justified)

	nobody := newStory()
	nobody.monthly(gus, 12)
	none := score.OpennessOf(doc, ledgerOf(t, doc, nobody))[0]
	assert.Equal(t, "no organisation reaches a quarter of T, which is 6", none.Closed)
	assert.Empty(t, none.Largest)
	assert.Equal(t, 1.0, none.Unknown)
	assert.Empty(t, score.OpennessOf(doc, &score.Ledger{}))
}

func TestWeightsAreNormalisedAndSaid(t *testing.T) {
	s := newStory()
	s.monthly(ada, 12)
	doc := tender()
	want := scores(evaluate(t, doc, s))
	assert.NotContains(t, strings.Join(evaluate(t, doc, s).Warnings, "\n"), "in proportion", "a sum of 1 or 100 is what it seems")
	for p := range doc.Weights {
		doc.Weights[p] *= 3
	}
	for i := range doc.Indicators[model.Commits] {
		doc.Indicators[model.Commits][i] /= 8
	}
	doc.Lots[0].Projects["p"] = 7
	r := evaluate(t, doc, s)
	said := strings.Join(r.Warnings, "\n")
	for _, line := range []string{"the weights of the pillars sum to 300; they were taken in proportion", "the weights of the indicators of commits sum to 12.5;", "the weights of the projects of lot 1 sum to 7;"} {
		assert.Contains(t, said, line)
	}
	got := scores(r)
	for bidder, x := range want {
		assert.InDelta(t, x, got[bidder], 1e-12, bidder)
	}
}
