package score_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// sensitivity studies a story, with few draws.
func sensitivity(t *testing.T, doc *model.Tender, s *story, o score.SensitivityOptions) (*model.Ranking, *model.Sensitivity) {
	t.Helper()
	if o.Draws == 0 {
		o.Draws = 20
	}
	r, study, err := score.Sensitivity(doc, s.stream(), &o)
	require.NoError(t, err)
	return r, study
}

// stated is a tender that states all thresholds, so that a rule moves no other.
func stated(doc *model.Tender) *model.Tender {
	thresholds := map[model.Indicator]model.Threshold{}
	for _, i := range []model.Indicator{model.Changes, model.ReviewsDone, model.Integration, model.Releases, model.Ports, model.Upkeep, model.Triage, model.Security} {
		thresholds[i] = model.Threshold{T: 20}
	}
	doc.Projects["p"] = model.Project{Repositories: doc.Projects["p"].Repositories, Thresholds: thresholds}
	return doc
}

// counted decides that a rule refuses no artifact of the story.
func counted(doc *model.Tender, s *story, rule string) {
	seen := map[model.Artifact]bool{}
	for _, r := range s.records {
		if c := r.Contribution; c != nil && !seen[c.Artifact] {
			seen[c.Artifact] = true
			doc.Decisions = append(doc.Decisions, model.Decision{ID: fmt.Sprint("d", len(seen)), On: c.Artifact, Decide: "count", Rule: rule})
		}
	}
}

// rankedBy ranks what one judge makes of a story.
func rankedBy(t *testing.T, doc *model.Tender, s *story) *model.Ranking {
	t.Helper()
	j := newJudge(doc)
	for _, r := range s.records {
		require.NoError(t, j.Add(r))
	}
	return score.Rank(doc, j.Ledger(nil))
}

// Each rule off is what the tender makes of the same facts that states the rule away: by its
// parameter, or by deciding on every artifact.
func TestEachRuleOff(t *testing.T) {
	away := map[string]func(*model.Tender, *story){
		"mate":          func(d *model.Tender, _ *story) { d.Rules.Mate = 0 },
		"person-floor":  func(d *model.Tender, _ *story) { d.Rules.FloorActs, d.Rules.FloorMonths = 0, 0 },
		"weak-evidence": func(d *model.Tender, _ *story) { d.Evidence = model.Profile },
		"cap": func(d *model.Tender, _ *story) {
			d.Rules.ChangesPerWeek, d.Rules.ActsPerDay, d.Rules.PortsPerDay = 999, 999, 999
		},
		"bot": func(d *model.Tender, s *story) {
			for _, r := range s.records {
				if c := r.Contribution; c != nil {
					d.Bots.Exempt = append(d.Bots.Exempt, "mail:"+c.Actor.Mail, c.Actor.Account)
				}
			}
		},
	}
	for _, rule := range []string{"branch", "duplicate", "unattested", "self"} {
		away[rule] = func(d *model.Tender, s *story) { counted(d, s, rule) }
	}
	moves, seen := map[string]bool{}, map[string]bool{}
	for seed := range uint64(14) {
		s := anyStory(rand.New(rand.NewPCG(seed, 1)), 40)
		for range 4 {
			s.commit(act{by: ada, taker: hub, at: "2025-09-03"})
		}
		make := func() *model.Tender {
			doc := stated(rostered())
			doc.Rules.ChangesPerWeek, doc.Rules.ActsPerDay, doc.Rules.PortsPerDay = 2, 1, 1
			doc.Rules.FloorActs, doc.Rules.FloorMonths = 4, 3
			if seed%3 == 0 {
				doc.Mode, doc.Bidders.List[0].Staff, doc.Bidders.List[1].Staff = model.Award, []string{"ada", "gus"}, []string{"zoe", "mia"}
			}
			doc.People[4].Employment = []model.Employment{{Vendor: "moraine", Level: model.Listed}}
			return doc
		}
		r, study := sensitivity(t, make(), s, score.SensitivityOptions{Draws: 1, Rules: true})
		for _, a := range study.Lots[0].Alternatives {
			if a.Group != "rule" {
				continue
			}
			seen[a.Name] = true
			if away[a.Name] == nil {
				continue
			}
			doc := make()
			away[a.Name](doc, s)
			other := rankedBy(t, doc, s) // without the effect of each decision, which takes longer
			if !sameIndicators(r.Projects[0], other.Projects[0]) {
				continue // a rule that is off leaves alone what the sources can show
			}
			was, want := scores(r), scores(other)
			for _, m := range a.Scores {
				assert.InDelta(t, want[m.Bidder], *m.Score, 1e-4, "seed %d: %s off: %s", seed, a.Name, m.Bidder)
				moves[a.Name] = moves[a.Name] || math.Abs(want[m.Bidder]-was[m.Bidder]) > 0.1
			}
		}
	}
	for rule := range away {
		assert.True(t, moves[rule], "%s moved nothing", rule)
	}
	for _, rule := range score.Rules() {
		own := strings.Contains(" window anonymous context merge unit unmatched idle contested decision burst ", " "+rule.Name+" ")
		assert.Equal(t, !own, seen[rule.Name], rule.Name)
	}
}

// A review after the merge counts where the rule late is off.
func TestLateReviewsWithoutTheRule(t *testing.T) {
	s := newForgeStory()
	for n := range 6 {
		at := fmt.Sprintf("2025-%02d-10", 7+n)
		c := s.commit(act{by: ada, taker: hub, at: at})
		reviews := []said{{by: "zoe", what: "approved", at: at, push: true}}
		if n%2 == 0 {
			reviews = append(reviews, said{by: "mia", what: "approved", at: when(at).AddDate(0, 0, 3).Format(time.RFC3339), push: true})
		}
		s.change(merged{n: n, by: "ada", at: at, became: c, merger: "bob", reviews: reviews})
	}
	_, study := sensitivity(t, stated(rostered()), s, score.SensitivityOptions{Rules: true})
	for _, a := range study.Lots[0].Alternatives {
		if a.Name != "late" {
			continue
		}
		for _, m := range a.Scores {
			if m.Bidder == "moraine" {
				assert.Positive(t, *m.Change)
			} else {
				assert.Zero(t, *m.Change, m.Bidder)
			}
		}
		return
	}
	t.Fatal("the rule late has no row")
}

// Contested people to either side are what the ranking says of them, with a judge and from
// the ledger alone, and a draw gives them to one side at most.
func TestContestedToEitherSide(t *testing.T) {
	doc, s := claimed(model.Listed, model.Listed)
	stated(doc)
	r, study := sensitivity(t, doc, s, score.SensitivityOptions{})
	j := newJudge(doc)
	for _, x := range s.records {
		require.NoError(t, j.Add(x))
	}
	alone, err := score.SensitivityOf(doc, j.Ledger(nil), &score.SensitivityOptions{Draws: 20})
	require.NoError(t, err)
	for _, x := range []*model.Sensitivity{study, alone} {
		n := 0
		for _, a := range x.Lots[0].Alternatives {
			if a.Group != "contested" {
				continue
			}
			want := map[string]float64{}
			for _, e := range r.Contested[0].Outcomes[n].Effect {
				want[e.Bidder] = e.Change
			}
			assert.Equal(t, "all to "+r.Contested[0].Outcomes[n].Vendor, a.Change)
			for _, m := range a.Scores {
				assert.InDelta(t, want[m.Bidder], *m.Change, 1e-4, m.Bidder)
			}
			n++
		}
		assert.Equal(t, 2, n)
	}
}

// Who behaves like a robot may be one: without other doubts, the draws are the official
// score or what is left without that account.
func TestSuspectedRobots(t *testing.T) {
	const tick = "Tick <tick@karst.example>"
	s := newStory()
	for i := range 60 {
		at := when("2025-07-02").AddDate(0, 0, 5*i).Format("2006-01-02") + "T03:00:00Z"
		s.commit(act{by: tick, taker: hub, at: at, subject: fmt.Sprint("Update number ", i)})
	}
	s.monthly(mia, 12)
	doc := stated(tender())
	certain := map[string]float64{"domain": 1, "identity": 1, "unknown": 0, "partial": 1}
	_, study := sensitivity(t, doc, s, score.SensitivityOptions{Assume: certain, Draws: 200})
	x := study.Lots[0].Measurement
	karst := x[0]
	require.Equal(t, "karst", karst.Bidder)
	assert.Equal(t, *karst.Official, karst.Score.High)
	assert.Zero(t, karst.Score.Low)
	assert.Contains(t, strings.Join(study.Notes, " "), "behave like robots")
	for _, other := range x[1:] {
		assert.Equal(t, other.Score.Low, other.Score.High, other.Bidder)
	}
	doc.Bots.Exempt = []string{"mail:tick@karst.example"}
	_, study = sensitivity(t, doc, s, score.SensitivityOptions{Assume: certain})
	assert.Equal(t, *karst.Official, study.Lots[0].Measurement[0].Score.Low, "what the document settles is no doubt")
}

// The ranking beside the study is that of Evaluate, records at fault end both, and the same
// seed gives the same bytes.
func TestSensitivityEvaluates(t *testing.T) {
	s := anyStory(rand.New(rand.NewPCG(3, 1)), 40)
	r, study := sensitivity(t, tender(), s, score.SensitivityOptions{Rules: true})
	assert.Equal(t, evaluate(t, tender(), s), r)
	assert.Equal(t, r.Method, study.Method)
	_, again := sensitivity(t, tender(), s, score.SensitivityOptions{Rules: true, Workers: 3})
	a, err := json.Marshal(study)
	require.NoError(t, err)
	b, err := json.Marshal(again)
	require.NoError(t, err)
	assert.Equal(t, string(a), string(b))
	assert.NotContains(t, string(a), "@", "no mail address leaves")
	_, other := sensitivity(t, tender(), s, score.SensitivityOptions{Rules: true, Seed: 1})
	assert.NotEqual(t, study.Lots[0].Measurement, other.Lots[0].Measurement)
	_, _, err = score.Sensitivity(tender(), func(yield func(model.Record, error) bool) { yield(model.Record{}, assert.AnError) }, nil)
	assert.ErrorIs(t, err, assert.AnError)
	_, _, err = score.Sensitivity(model.NewTender(), s.stream(), nil)
	assert.ErrorIs(t, err, score.ErrTender)
	_, _, err = score.Sensitivity(tender(), s.stream(), &score.SensitivityOptions{Draws: -1})
	assert.ErrorContains(t, err, "-1 draws")
}
