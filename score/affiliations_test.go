package score_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// What a survey says of each month adds up to the credited acts, and what it says a person
// would move is what a roster that lists the person does move.
func TestSurvey(t *testing.T) {
	doc, s := claimed(model.Listed, model.Listed)
	for _, at := range []string{"2025-08-11", "2025-09-08", "2026-02-02"} {
		s.commit(act{by: "Una <una@web.de>", taker: mia, at: at})
		s.commit(act{by: "Sol <sol@gmail.com>", taker: mia, at: at})
	}
	s.commit(act{by: "Sol <sol@gmail.com>", taker: mia, at: "2026-03-02"})
	doc.People = append(doc.People, model.Person{ID: "p-sol", Identities: []string{"mail:sol@gmail.com"}, Employment: []model.Employment{
		{Vendor: model.Independent, Until: date("2025-09-01")}, {Vendor: "karst", From: date("2025-09-01"), Until: date("2026-03-01")}}})
	a, err := score.Survey(doc, s.stream())
	require.NoError(t, err)
	assert.Equal(t, evaluate(t, doc, s), a.Ranking)

	sum := map[string]int64{}
	for _, m := range a.Months {
		for known, acts := range m.Acts {
			assert.Contains(t, score.Knowledge(), known)
			sum[known] += acts
		}
	}
	assert.Len(t, a.Months, 12)
	assert.Equal(t, map[string]int64{
		"contested":   6_000_000, // Lee's
		"independent": 1_000_000, // Sol's before September
		"listed":      2_000_000, // Sol's until March
		"unknown":     4_000_000, // Una's three, and Sol's in March
		"domain":      sum["domain"],
	}, sum)
	august := a.Months[1]
	assert.Equal(t, "2025-08", august.Month.String())
	assert.EqualValues(t, 1_000_000, august.Acts["unknown"])
	assert.EqualValues(t, 1_000_000, august.Acts["independent"])
	assert.Len(t, a.Contested, 1)

	require.Len(t, a.Left, 1)
	assert.Equal(t, "karst", a.Left[0].Vendor)
	assert.Equal(t, date("2026-03-01"), a.Left[0].Day)
	assert.Empty(t, a.Left[0].Next)
	assert.EqualValues(t, 1, a.Left[0].Acts)

	require.NotEmpty(t, a.Unknown)
	una := a.Unknown[0]
	assert.Equal(t, "mail:una@web.de", una.Person)
	assert.Equal(t, "Una", una.Name)
	assert.EqualValues(t, 3, una.Acts)
	before := scores(a.Ranking)[una.Gain.Bidder]
	doc.People = append(doc.People, model.Person{ID: "p-una", Identities: []string{"mail:una@web.de"}, Employment: []model.Employment{{Vendor: una.Gain.Bidder}}})
	assert.InDelta(t, una.Gain.Change, scores(evaluate(t, doc, s))[una.Gain.Bidder]-before, 0.5, "save for what mates lose")
	for _, u := range a.Unknown {
		assert.LessOrEqual(t, u.Gain.Change, una.Gain.Change)
	}
}

// Whose an act is by a decision is known by that, and no organisation of its domain's name.
func TestSurveyKnowsDecisions(t *testing.T) {
	doc, s := claimed(model.Listed, model.Listed)
	doc.Decisions = []model.Decision{{ID: "D1", On: commitOf("c1"), Decide: "vendor: karst"}}
	a, err := score.Survey(doc, s.stream())
	require.NoError(t, err)
	assert.EqualValues(t, model.Whole, a.Months[1].Acts[string(model.Decided)])
	for _, m := range a.Months {
		assert.Zero(t, m.Acts["organisation"])
	}
	assert.Empty(t, a.Findings)
}
