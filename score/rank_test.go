package score_test

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// monthly adds n commits of somebody, taken by the forge, one a month from
// 2025-07 on, so that each is a change.
func (s *story) monthly(by string, n int, trailers ...string) {
	for i := range n {
		s.commit(act{by: by, taker: hub, at: when("2025-07-10").AddDate(0, i, 0).Format(time.RFC3339), trailers: trailers})
	}
}

func standing(r *model.Ranking, bidder string) model.Standing {
	for _, s := range r.Lots[0].Standings {
		if s.Bidder == bidder {
			return s
		}
	}
	return model.Standing{}
}

func indicator(r *model.Ranking, p model.Pillar, i model.Indicator) model.IndicatorResult {
	for _, x := range r.Projects[0].Indicators {
		if x.Pillar == p && x.Indicator == i {
			return x
		}
	}
	return model.IndicatorResult{}
}

func TestWhatIsUnknownIsNoZero(t *testing.T) {
	s := newStory()
	s.monthly(ada, 12)
	r := evaluate(t, tender(), s)
	for _, x := range r.Projects[0].Indicators {
		if x.Weight == 0 {
			assert.NotEmpty(t, x.Reason, x.Indicator)
		}
	}
	assert.Equal(t, model.Unavailable, indicator(r, model.Reviews, model.ReviewsDone).State)
	assert.Contains(t, indicator(r, model.Reviews, model.ReviewsDone).Reason, "0 of the window's 12 changes")
	assert.Equal(t, model.Unavailable, indicator(r, model.Maintenance, model.Security).State)
	assert.Contains(t, indicator(r, model.Maintenance, model.Ports).Reason, "nobody did anything")
	sum := 0.0
	for _, x := range r.Projects[0].Indicators {
		sum += x.Weight
	}
	assert.InDelta(t, 1, sum, 1e-12)
	changes, months := indicator(r, model.Commits, model.Changes), indicator(r, model.Commits, model.ActiveMonths)
	assert.InDelta(t, 7.0/3, changes.Weight/months.Weight, 1e-12, "published proportions stay")

	s.cover(model.CommitFacts, model.Unavailable, "the pack is corrupt")
	s.records = s.records[len(s.records)-1:]
	r = evaluate(t, tender(), s)
	assert.Nil(t, standing(r, "karst").Score)
	assert.Nil(t, standing(r, "karst").Points)
	assert.Empty(t, standing(r, "karst").Insufficient)
	assert.Equal(t, "nothing in it could be shown, nor in another project of the lot", r.Lots[0].Projects[0].Missing, "weight went nowhere")
	assert.NotEmpty(t, r.Warnings)
}

func TestReviewsFromFivePercentOn(t *testing.T) {
	for reviewed, want := range map[int]model.State{0: model.Unavailable, 1: model.Complete} {
		s := newStory()
		s.monthly(ada, 12)
		s.monthly(mia, 8-reviewed)
		s.monthly(bob, reviewed, "reviewer "+zoe)
		assert.Equal(t, want, indicator(evaluate(t, tender(), s), model.Reviews, model.ReviewsDone).State, "%d of 20", reviewed)
	}
}

func TestWhoReleasedMayBeUnknown(t *testing.T) {
	s := newStory()
	s.monthly(ada, 3)
	s.release("v1.0", robot, "2026-01-05")
	releases := indicator(evaluate(t, tender(), s), model.Maintenance, model.Releases)
	assert.Equal(t, model.Unavailable, releases.State)
	assert.Equal(t, "a robot published 1 of the window's 1 releases", releases.Reason)
	s.release("v1.1", ada, "2026-02-05")
	assert.Equal(t, model.Partial, indicator(evaluate(t, tender(), s), model.Maintenance, model.Releases).State)
}

func TestAccountsThatNobodyKnows(t *testing.T) {
	s := newStory()
	s.monthly(ada, 3)
	s.listing(ada, "2025-01-01", "")
	for n := range 30 { // one long file would be one voice
		s.add(model.Record{Repository: "r", Contribution: &model.Contribution{Artifact: model.NewArtifact(model.RoleArtifact, fmt.Sprint("OWNERS", n)), Role: model.Maintainer,
			Actor: model.Identity{Login: "someone"}, At: when("2025-01-01")}})
	}
	steward := indicator(evaluate(t, tender(), s), model.Maintenance, model.Stewardship)
	assert.Equal(t, model.Unavailable, steward.State)
	assert.Contains(t, steward.Reason, "1 of 31 listings")
}

func TestThresholds(t *testing.T) {
	s := newStory()
	s.monthly(ada, 12)
	s.monthly(gus, 10)
	s.monthly(zoe, 6)
	s.monthly(mia, 5)
	doc := tender()
	assert.Equal(t, 28.0, indicator(evaluate(t, doc, s), model.Commits, model.Changes).T, "the three most active, strangers included")
	assert.True(t, indicator(evaluate(t, doc, s), model.Commits, model.Changes).Proposed)
	assert.Equal(t, 12.0, indicator(evaluate(t, doc, s), model.Commits, model.ActiveMonths).T)

	doc.Projects["p"] = model.Project{Thresholds: map[model.Indicator]model.Threshold{model.Changes: {T: 6}, model.Releases: {T: 5}}}
	r := evaluate(t, doc, s)
	assert.Equal(t, 6.0, indicator(r, model.Commits, model.Changes).T)
	assert.Equal(t, 5.0, indicator(r, model.Maintenance, model.Releases).T, "a stated threshold stands although nobody reached anything")
	doc.Projects["p"].Thresholds[model.Changes] = model.Threshold{None: true}
	assert.Zero(t, indicator(evaluate(t, doc, s), model.Commits, model.Changes).Weight)
}

func TestLotsAndRanks(t *testing.T) {
	s := newStory()
	s.monthly(ada, 12)
	s.monthly(mia, 12)
	s.monthly(zoe, 3)
	doc := tender()
	doc.Points = 40
	doc.MinimumPoints = 20
	r := evaluate(t, doc, s)
	assert.Equal(t, []int{1, 1, 3}, []int{standing(r, "karst").Rank, standing(r, "moraine").Rank, standing(r, "bigco").Rank}, "equal points share a rank")
	assert.True(t, *standing(r, "karst").Meets)
	assert.False(t, *standing(r, "bigco").Meets)
	doc.MinimumPoints = *standing(r, "bigco").Points
	assert.True(t, *standing(evaluate(t, doc, s), "bigco").Meets, "reaching it is enough")

	doc.Shortlist = false
	r = evaluate(t, doc, s)
	assert.Equal(t, "bigco", r.Lots[0].Standings[0].Bidder, "no short-list: by name, without ranks")
	assert.Zero(t, r.Lots[0].Standings[0].Rank)

	own := 10.0
	doc.Lots = append(doc.Lots, model.Lot{ID: "2", Points: &own, Projects: map[string]float64{"p": 3}})
	doc.Bidders.List[0].Lots = []string{"2"}
	r = evaluate(t, doc, s)
	assert.Len(t, r.Lots[0].Standings, 2)
	assert.Len(t, r.Lots[1].Standings, 3)
	assert.Equal(t, 1.0, r.Lots[1].Projects[0].Weight, "weights are normalised")
	assert.LessOrEqual(t, *r.Lots[1].Standings[0].Points, 10.0)
}

func TestConsortiumIsAUnion(t *testing.T) {
	s := newStory()
	s.monthly(ada, 6)
	s.monthly(mia, 6)
	doc := tender()
	doc.Projects["p"] = model.Project{Thresholds: map[model.Indicator]model.Threshold{model.Changes: {T: 24}}}
	doc.Bidders.List = append(doc.Bidders.List,
		model.Bidder{ID: "both", Name: "Both", Vendors: []string{"karst", "moraine"}},
		model.Bidder{ID: "sub", Vendors: []string{"bigco"}, Subcontractors: []string{"karst"}})
	r := evaluate(t, doc, s)
	for _, x := range r.Projects[0].Scores {
		want := map[string]float64{"both": 12, "sub": 6, "karst": 6, "moraine": 6, "bigco": 0}[x.Bidder]
		assert.Equal(t, want, x.Values[0].Value, x.Bidder)
	}
	assert.Equal(t, 2, standing(r, "both").People)
	assert.Equal(t, "Both", standing(r, "both").Name)
}

func TestAwardFollowsTheStaff(t *testing.T) {
	s := newStory()
	s.monthly(ada, 4)
	s.monthly("Ada <ada@bigco.example>", 2)
	s.monthly(bob, 5)
	doc := tender()
	doc.Mode = model.Award
	doc.People = []model.Person{{ID: "ada", Identities: []string{"mail:ada@karst.example", "mail:ada@bigco.example"}}}
	doc.Bidders.List = []model.Bidder{{ID: "bigco", Vendors: []string{"bigco"}, Staff: []string{"ada"}}, {ID: "karst", Vendors: []string{"karst"}}}
	r := evaluate(t, doc, s)
	for _, x := range r.Projects[0].Scores {
		assert.Equal(t, map[string]float64{"bigco": 6, "karst": 0}[x.Bidder], x.Values[0].Value, x.Bidder)
	}
	concerns := score.Concerns(doc, "bigco")
	assert.True(t, concerns(model.Verdict{Person: "ada"}))
	assert.False(t, concerns(model.Verdict{Person: "mail:bob@karst.example"}))
}

func TestMinimumEvidence(t *testing.T) {
	s := newStory()
	s.monthly(ada, 12)
	s.monthly(zoe, 2)
	doc := tender()
	doc.Minimum = model.Minimum{Acts: 10, Share: 0.5, Months: 3, Effect: model.Mark}
	r := evaluate(t, doc, s)
	assert.Empty(t, standing(r, "karst").Insufficient)
	assert.Equal(t, []string{"p"}, standing(r, "bigco").Insufficient)
	assert.NotZero(t, *standing(r, "bigco").Score, "marked, and the number stays what it is")
	doc.Minimum.Effect = model.Zero
	assert.Zero(t, *standing(evaluate(t, doc, s), "bigco").Score)
}

func TestActsOfHalfJobsAreHalves(t *testing.T) {
	s, doc := newStory(), tender()
	half := 0.5
	doc.People = []model.Person{{ID: "pat", Identities: []string{"mail:pat@web.de"}, Employment: []model.Employment{
		{Vendor: "karst", Level: model.Domain, Fraction: &half}, {Vendor: "bigco", Level: model.Domain, Fraction: &half}}}}
	doc.Bidders.List = []model.Bidder{{ID: "both", Vendors: []string{"karst", "bigco"}}}
	s.monthly("Pat <pat@web.de>", 5)
	x := evaluate(t, doc, s).Projects[0].Scores[0]
	assert.EqualValues(t, 5, x.Acts)
	assert.EqualValues(t, 5, x.Values[0].Value)
}

func TestStewardshipFollowsTheEmployerOfEachMonth(t *testing.T) {
	s, doc := newStory(), tender()
	const who = "Ada <ada@gmail.com>"
	doc.People = []model.Person{{ID: "ada", Identities: []string{"mail:ada@gmail.com"}, Employment: []model.Employment{
		{Vendor: "karst", Level: model.Domain, Until: date("2026-02-01")}, {Vendor: "bigco", Level: model.Domain, From: date("2026-02-01")}}}}
	s.listing(who, "2020-01-01", "")
	for _, at := range []string{"2026-01-05", "2026-02-05", "2026-03-05"} {
		s.commit(act{by: who, at: at})
	}
	for _, x := range evaluate(t, doc, s).Projects[0].Scores {
		for _, v := range x.Values {
			if v.Indicator == model.Stewardship {
				assert.Equal(t, map[string]float64{"karst": 1, "bigco": 2}[x.Bidder], v.Value, x.Bidder)
			}
		}
	}
}

// One merged change of hundreds of commits must not make the reviews of all
// others too rare to show.
func TestAFloodOfCommitsDoesNotHideReviews(t *testing.T) {
	s := newStory()
	s.monthly(ada, 12, "reviewer "+mia)
	for range 300 {
		s.commit(act{by: zoe, at: "2026-01-05", landed: "m"})
	}
	s.commit(act{by: gus, at: "2026-01-05", merge: true, name: "m"})
	assert.Equal(t, model.Complete, indicator(evaluate(t, tender(), s), model.Reviews, model.ReviewsDone).State)
}

func TestAllOrganisations(t *testing.T) {
	s := newStory()
	s.monthly(ada, 3)
	s.monthly(gus, 3)
	s.monthly("Lee <lee@elsewhere.example>", 3)
	doc := tender()
	doc.Bidders = model.Bidders{All: true}
	r := evaluate(t, doc, s)
	require.Len(t, r.Lots[0].Standings, 2)
	assert.Equal(t, "elsewhere.example", r.Lots[0].Standings[0].Bidder)
	assert.Equal(t, 1, r.Lots[0].Standings[0].Rank)
	assert.Equal(t, "KARST", r.Lots[0].Standings[1].Name)
	assert.InDelta(t, 1.0/3, *r.Projects[0].UnknownShare, 1e-12)
}

func TestDecisionsShowTheirEffectOnEveryBidder(t *testing.T) {
	s := newStory()
	s.monthly(ada, 6)
	s.commit(act{by: ada, taker: hub, at: "2026-02-05", changeID: "I1"})
	s.commit(act{by: mia, taker: hub, at: "2026-03-05", changeID: "I1"})
	doc := tender()
	doc.Projects["p"] = model.Project{Thresholds: map[model.Indicator]model.Threshold{model.Changes: {T: 24}}}
	doc.Decisions = []model.Decision{
		{ID: "D1", On: commitOf("c8"), Rule: "duplicate", Decide: "count"},
		{ID: "D2", On: commitOf("c1"), Decide: "refuse"},
		{ID: "D3", On: commitOf("c2"), Decide: "vendor: bigco"},
		{ID: "D4", On: commitOf("elsewhere"), Decide: "refuse"},
	}
	r := evaluate(t, doc, s)
	require.Len(t, r.Decisions, 4)
	touched := func(i int) (list []string) {
		for _, e := range r.Decisions[i].Effect {
			sign := "-"
			if e.Change > 0 {
				sign = "+"
			}
			list = append(list, e.Bidder+sign)
		}
		return list
	}
	assert.ElementsMatch(t, []string{"moraine+"}, touched(0))
	assert.ElementsMatch(t, []string{"karst-"}, touched(1))
	assert.ElementsMatch(t, []string{"bigco+", "karst-"}, touched(2))
	assert.Empty(t, touched(3))
	assert.Contains(t, strings.Join(r.Warnings, "\n"), "D4 touches nothing")
	assert.Equal(t, "decision", s.verdicts(doc)["c1 author"].Rule)

	doc.Decisions[0].Rule = "duplicat"
	_, err := score.Evaluate(doc, s.stream(), nil)
	assert.ErrorIs(t, err, score.ErrTender)
	assert.ErrorContains(t, err, "can overrule window, branch")
}

func TestEvaluateEndsOnErrorsAndKeepsGaps(t *testing.T) {
	s := newStory()
	s.monthly(ada, 3)
	with := func(err error) iter.Seq2[model.Record, error] {
		return func(yield func(model.Record, error) bool) {
			for _, r := range s.records {
				yield(r, nil)
			}
			yield(model.Record{}, err)
		}
	}
	r, err := score.Evaluate(tender(), with(&model.GapError{Project: "p", Repository: "lost", Err: fmt.Errorf("gone")}), nil)
	require.NoError(t, err)
	assert.Equal(t, []model.Gap{{Project: "p", Repository: "lost", Reason: "gone"}}, r.Gaps)

	_, err = score.Evaluate(tender(), with(context.Canceled), nil)
	assert.ErrorIs(t, err, context.Canceled)
	_, err = score.Evaluate(tender(), with(&model.GapError{Project: "q", Err: fmt.Errorf("gone")}), nil)
	assert.ErrorContains(t, err, "does not name")
	doc := tender()
	doc.Vendors["g"] = model.Vendor{Domains: []model.MailDomain{{Name: "gmail.com"}}}
	assert.ErrorIs(t, score.Check(doc), score.ErrTender)
	assert.ErrorContains(t, score.Check(doc), "vendor g: gmail.com")
	_, err = score.Evaluate(&model.Tender{}, s.stream(), nil)
	assert.ErrorContains(t, err, "no window")
	assert.ErrorContains(t, err, "no projects", "every fault at once")
}

func TestEveryRuleAndMetricIsDocumented(t *testing.T) {
	names := map[string]bool{}
	for _, r := range score.Rules() {
		assert.NotEmpty(t, r.Name)
		assert.NotEmpty(t, r.Doc)
		assert.NotEmpty(t, r.Why)
		assert.False(t, names[r.Name], "%s stands twice", r.Name)
		names[r.Name] = true
	}
	n := 0
	for _, p := range model.Pillars() {
		for _, i := range p.Indicators {
			m := score.Metrics()[n]
			assert.Equal(t, p.Name, m.Pillar)
			assert.Equal(t, i.Name, m.Indicator)
			assert.Equal(t, i.Months, m.Months)
			assert.NotEmpty(t, m.Unit)
			assert.NotEmpty(t, m.Doc)
			assert.NotEmpty(t, m.Source)
			n++
		}
	}
	assert.Len(t, score.Metrics(), n)
}
