package score_test

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// claimed is a tender and a story in which Lee, who writes from elsewhere, has six
// accepted changes and is listed by two bidders.
func claimed(levels ...model.Level) (*model.Tender, *story) {
	doc := tender()
	doc.Evidence = model.Profile
	lee := model.Person{ID: "p-lee", Identities: []string{"mail:lee@elsewhere.example"}}
	for i, vendor := range []string{"karst", "bigco"} {
		lee.Employment = append(lee.Employment, model.Employment{Vendor: vendor, Level: levels[i]})
	}
	doc.People = []model.Person{lee}
	s := newStory()
	for _, at := range []string{"2025-08-04", "2025-09-01", "2025-10-06", "2025-11-03", "2025-12-01", "2026-01-05"} {
		s.commit(act{by: "Lee <lee@elsewhere.example>", taker: mia, at: at})
		s.commit(act{by: ada, taker: mia, at: at})
	}
	return doc, s
}

// Two bidders claim one person with equal evidence: both are named, what either outcome
// changes is what a roster without the other claim would change, and no result is official.
func TestEqualClaimsShowBothOutcomes(t *testing.T) {
	doc, s := claimed(model.Listed, model.Listed)
	r := evaluate(t, doc, s)
	require.Len(t, r.Contested, 1)
	c := r.Contested[0]
	assert.Equal(t, []string{"bigco", "karst"}, c.Vendors)
	assert.EqualValues(t, 6, c.Acts)
	require.Len(t, c.Outcomes, 2)
	base := scores(r)
	for i, vendor := range c.Vendors {
		assert.Equal(t, vendor, c.Outcomes[i].Vendor)
		alone := *doc
		alone.People = []model.Person{doc.People[0]}
		alone.People[0].Employment = []model.Employment{{Vendor: vendor, Level: model.Listed}}
		want := scores(evaluate(t, &alone, s))
		require.NotEmpty(t, c.Outcomes[i].Effect, vendor)
		for _, e := range c.Outcomes[i].Effect {
			assert.InDelta(t, want[e.Bidder]-base[e.Bidder], e.Change, 1e-4, "%s for %s", vendor, e.Bidder)
			delete(want, e.Bidder)
		}
		for bidder, x := range want {
			assert.InDelta(t, base[bidder], x, 1e-4, "%s is not shown to change", bidder)
		}
	}
	err := score.Official(r)
	require.ErrorIs(t, err, score.ErrNotOfficial)
	assert.ErrorContains(t, err, "bigco and karst claim with equal evidence")
	assert.Contains(t, r.Warnings[0]+r.Warnings[len(r.Warnings)-1], "claim")

	doc.Decisions = []model.Decision{{ID: "D1", On: "person:p-lee", Decide: "vendor: karst", Reason: "contract shown", By: "the buyer", At: date("2026-07-02")}}
	r = evaluate(t, doc, s)
	assert.Empty(t, r.Contested)
	assert.NotContains(t, score.Official(r).Error(), "claim")
	require.Len(t, r.Decisions, 1)
	assert.Equal(t, c.Outcomes[1].Effect, r.Decisions[0].Effect, "the decision does what the outcome said")
}

// With unequal evidence the higher level stands, whoever listed the person as well.
func TestALowerClaimContestsNothing(t *testing.T) {
	doc, s := claimed(model.Confirmed, model.Listed)
	r := evaluate(t, doc, s)
	assert.Empty(t, r.Contested)
	alone := *doc
	alone.People = []model.Person{{ID: "p-lee", Identities: doc.People[0].Identities, Employment: doc.People[0].Employment[:1]}}
	assert.Equal(t, scores(evaluate(t, &alone, s)), scores(r))
}

// A decision on a person holds for its days.
func TestADecisionOnAPersonIsDated(t *testing.T) {
	doc, s := claimed(model.Listed, model.Listed)
	doc.Decisions = []model.Decision{
		{ID: "D1", On: "person:p-lee", Decide: "vendor: karst", Until: date("2025-10-06")},
		{ID: "D2", On: "person:p-lee", Decide: "refuse", From: date("2025-10-06"), Until: date("2025-11-03")},
		{ID: "D3", On: "person:p-nobody", Decide: "vendor: karst"},
	}
	r := evaluate(t, doc, s)
	require.Len(t, r.Contested, 1)
	assert.EqualValues(t, 3, r.Contested[0].Acts)
	assert.NotEmpty(t, r.Decisions[0].Effect)
	assert.Contains(t, r.Warnings, "decision D3 touches nothing: person:p-nobody is not among the acts that were mined")
	got := s.verdicts(doc)
	assert.Equal(t, []model.Part{{Vendor: "karst", Part: model.Whole, Level: model.Decided}}, got["c3 author"].Parts)
	assert.Equal(t, []model.Part{{Part: model.Whole, Level: model.Decided}}, got["c5 author"].Parts)
	assert.Equal(t, "contested", got["c7 author"].Rule)
}

// An objection that is not decided changes nothing, and keeps a result from being official.
func TestAnObjectionCanBePending(t *testing.T) {
	doc, s := claimed(model.Confirmed, model.Listed)
	before := scores(evaluate(t, doc, s))
	doc.Decisions = []model.Decision{{ID: "D1", On: "person:p-lee", Decide: model.Pending, Objection: &model.Objection{By: "bigco", Text: "Lee is ours"}},
		{ID: "D2", On: commitOf("c1"), Decide: model.Pending, Objection: &model.Objection{By: "karst"}}}
	r := evaluate(t, doc, s)
	assert.Equal(t, before, scores(r))
	assert.ErrorContains(t, score.Official(r), "the objection D1 of bigco to person:p-lee is not decided")
	assert.ErrorContains(t, score.Official(r), "the objection D2 of karst")
}

// The order of people and of what is claimed of them changes no byte of a ranking.
func TestTheOrderOfRostersChangesNoByte(t *testing.T) {
	doc, s := claimed(model.Listed, model.Listed)
	doc.People = append(doc.People, model.Person{ID: "p-ada", Identities: []string{"mail:ada@karst.example", "github:1"}, Employment: []model.Employment{{Vendor: "karst"}}})
	doc.Tables = []model.Table{
		{People: []model.Person{{Identities: []string{"mail:lee@elsewhere.example", "github/lee"}, Employment: []model.Employment{{Vendor: "Acme"}}}, {Identities: []string{"github:2"}}}},
		{Domains: []model.DomainTenure{{Domain: "elsewhere.example", Employer: "Acme"}, {Domain: "elsewhere.example", Employer: "Else"}}}}
	want, err := json.Marshal(evaluate(t, doc, s))
	require.NoError(t, err)
	slices.Reverse(doc.People)
	slices.Reverse(doc.Tables)
	for _, p := range doc.People {
		slices.Reverse(p.Identities)
		slices.Reverse(p.Employment)
	}
	for _, b := range doc.Tables {
		slices.Reverse(b.People)
		slices.Reverse(b.Domains)
	}
	got, err := json.Marshal(evaluate(t, doc, s))
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got))
}

// Each contest is shown by itself, and one that touches no bidder keeps no result from
// being official.
func TestContestsAreApart(t *testing.T) {
	doc, s := claimed(model.Listed, model.Listed)
	for _, at := range []string{"2025-08-05", "2025-09-02", "2025-10-07", "2025-11-04"} {
		s.commit(act{by: "Una <una@web.de>", taker: mia, at: at})
		s.commit(act{by: "Sol <sol@web.de>", taker: mia, at: at})
	}
	both := func(id string, vendors ...string) model.Person {
		p := model.Person{ID: id, Identities: []string{"mail:" + id + "@web.de"}}
		for _, v := range vendors {
			p.Employment = append(p.Employment, model.Employment{Vendor: v})
		}
		return p
	}
	doc.Vendors["acme"], doc.Vendors["else"] = model.Vendor{}, model.Vendor{}
	doc.People = append(doc.People, both("una", "karst", "moraine"), both("sol", "acme", "else"))
	r := evaluate(t, doc, s)
	require.Len(t, r.Contested, 3)
	assert.Equal(t, []string{"acme", "else"}, r.Contested[0].Vendors)
	assert.Empty(t, r.Contested[0].Bidders)
	assert.Empty(t, r.Contested[0].Outcomes)
	assert.NotContains(t, score.Official(r).Error(), "acme")
	base := scores(r)
	for _, c := range r.Contested[1:] {
		assert.Equal(t, c.Vendors, c.Bidders, "each bids for itself")
		assert.ErrorContains(t, score.Official(r), c.Vendors[0]+" and "+c.Vendors[1])
		for i, o := range c.Outcomes {
			settled := *doc
			settled.Decisions = []model.Decision{{ID: "D", On: "person:" + map[string]model.Artifact{"bigco": "p-lee", "moraine": "una"}[strings.Replace(strings.Join(c.Vendors, ""), "karst", "", 1)], Decide: "vendor: " + c.Vendors[i]}}
			want := scores(evaluate(t, &settled, s))
			for _, e := range o.Effect {
				assert.InDelta(t, want[e.Bidder]-base[e.Bidder], e.Change, 1e-4, "%s for %s", o.Vendor, e.Bidder)
				delete(want, e.Bidder)
			}
			for bidder, x := range want {
				assert.InDelta(t, base[bidder], x, 1e-4, "%s is not shown to change", bidder)
			}
		}
	}
}

func TestFractionsOfDocumentsMadeByHand(t *testing.T) {
	for _, fraction := range []float64{-0.6, 0, 1.01, math.NaN()} {
		doc, s := claimed(model.Listed, model.Listed)
		doc.People[0].Employment[0].Fraction = &fraction
		_, err := score.Evaluate(doc, s.stream(), nil)
		assert.ErrorIs(t, err, score.ErrTender, "%g", fraction)
	}
	doc, _ := claimed("certain", model.Listed)
	assert.ErrorContains(t, score.Check(doc), "certain")
}

// What one contest changes in its project is not left behind for the next one's.
func TestContestsOfTwoProjectsAreApart(t *testing.T) {
	doc, s := claimed(model.Listed, model.Listed)
	doc.Projects["q"] = doc.Projects["p"]
	doc.Lots[0].Projects = map[string]float64{"p": 0.5, "q": 0.5}
	other := newStory()
	other.project = "q"
	for _, at := range []string{"2025-08-05", "2025-09-02", "2025-10-07", "2025-11-04"} {
		other.commit(act{by: "Una <una@web.de>", taker: mia, at: at})
		other.commit(act{by: ada, taker: mia, at: at})
	}
	doc.People = append(doc.People, model.Person{ID: "una", Identities: []string{"mail:una@web.de"}, Employment: []model.Employment{{Vendor: "karst"}, {Vendor: "moraine"}}})
	both := func(yield func(model.Record, error) bool) {
		for _, r := range slices.Concat(s.records, other.records) {
			if !yield(r, nil) {
				return
			}
		}
	}
	r, err := score.Evaluate(doc, both, nil)
	require.NoError(t, err)
	require.Len(t, r.Contested, 2)
	for _, c := range r.Contested {
		for i, o := range c.Outcomes {
			settled := *doc
			person := map[string]model.Artifact{"bigco": "p-lee", "karst": "una"}[c.Vendors[0]]
			settled.Decisions = []model.Decision{{ID: "D", On: "person:" + person, Decide: "vendor: " + c.Vendors[i]}}
			want, err := score.Evaluate(&settled, both, nil)
			require.NoError(t, err)
			for _, e := range o.Effect {
				assert.InDelta(t, scores(want)[e.Bidder]-scores(r)[e.Bidder], e.Change, 1e-4, "%s for %s", o.Vendor, e.Bidder)
			}
		}
	}
}
