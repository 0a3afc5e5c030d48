package score_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// outcome writes a verdict as "changes 1000000", "self" (the rule that refused)
// or "unit+" (counted under a rule).
func outcome(v model.Verdict) string {
	s := v.Rule
	if v.Counted && s != "" {
		s += "+"
	}
	for _, c := range v.Credits {
		if s != "" {
			s += " "
		}
		s += fmt.Sprintf("%s %d", c.Indicator, c.Amount)
	}
	return s
}

func TestJudge(t *testing.T) {
	const id1, id2 = "I1111111111111111111111111111111111111111", "I2222222222222222222222222222222222222222"
	runCases(t, newStory, tender, []judged{
		{"what one person pushes on one day is one change", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-05T10:00:00Z"})
			s.commit(act{by: ada, at: "2026-01-05T11:00:00Z"})
			s.commit(act{by: ada, at: "2026-01-06T00:00:00Z"})
		}, map[string]string{"c1 author": "changes 1000000", "c2 author": "unit+", "c3 author": "changes 1000000",
			"c1 committer": "self"}},
		{"a merge's commits are one change, shared by their authors", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-05", landed: "c4"})
			s.commit(act{by: mia, at: "2026-01-05", landed: "c4"})
			s.commit(act{by: ada, at: "2026-01-05", landed: "c4"})
			s.commit(act{by: zoe, at: "2026-01-05", merge: true})
		}, map[string]string{"c1 author": "changes 500000", "c2 author": "changes 500000", "c3 author": "unit+",
			"c4 author": "integration 1000000", "c4 committer": "merge"}},
		{"three authors share to the last millionth", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, taker: gus, at: "2026-01-05", trailers: []string{"co-author " + mia, "co-author " + zoe}})
		}, map[string]string{"c1 author": "changes 333334", "c1 co-author": "changes 333333", "c1 co-author'": "changes 333333"}},
		{"each commit that somebody else takes is a change", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, taker: mia, at: "2026-01-05", landed: "c3"})
			s.commit(act{by: ada, taker: mia, at: "2026-01-05", landed: "c3"})
			s.commit(act{by: mia, at: "2026-01-05", merge: true})
		}, map[string]string{"c1 author": "changes 1000000", "c2 author": "changes 1000000", "c1 committer": "integration 1000000",
			"c3 author": "unit+"}},
		{"merging what others committed is an integration, merging one's own is none", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, taker: mia, at: "2026-01-05", landed: "c2"})
			s.commit(act{by: zoe, at: "2026-01-05", merge: true})
			s.commit(act{by: ada, at: "2026-01-06", landed: "c4"})
			s.commit(act{by: ada, at: "2026-01-06", merge: true})
		}, map[string]string{"c2 author": "integration 1000000", "c4 author": "self"}},
		{"a Change-Id makes a change of its own, once", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-05", changeID: id1})
			s.commit(act{by: ada, at: "2026-01-05", changeID: id2})
			s.commit(act{by: bob, at: "2026-02-05", changeID: id1})
		}, map[string]string{"c1 author": "changes 1000000", "c2 author": "changes 1000000", "c3 author": "duplicate"}},
		{"history before the window decides who was first", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2020-01-05", subject: "Add  the parser"})
			s.commit(act{by: ada, at: "2026-01-05", authored: "2020-01-05", subject: "Add the parser"})
			s.commit(act{by: ada, at: "2026-01-06", authored: "2020-01-05", subject: "Add the printer"})
		}, map[string]string{"c1 author": "window", "c2 author": "duplicate", "c3 author": "changes 1000000"}},
		{"a copy of a copy leads to the first, whatever ties them", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-05", changeID: id1, subject: "Mend it"})
			s.commit(act{by: ada, at: "2026-01-06", changeID: id1, subject: "Mend it again"})
			s.commit(act{by: ada, at: "2026-01-07", authored: "2026-01-06", subject: "Mend it again"})
		}, map[string]string{"c2 author": "duplicate", "c3 author": "duplicate"}},
		{"four fifths of the lines are the same work, whoever hands it in", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2020-01-05", lines: []uint64{2, 4, 6, 8, 10}})
			s.commit(act{by: bob, at: "2026-01-05", lines: []uint64{2, 4, 6, 8, 12}})
			s.commit(act{by: mia, at: "2026-01-06", lines: []uint64{2, 4, 6, 14, 16}})
			s.commit(act{by: zoe, at: "2026-06-06", lines: []uint64{3, 5, 7, 9, 11}}) // takes it back, much later
		}, map[string]string{"c2 author": "duplicate", "c3 author": "changes 1000000", "c4 author": "changes 1000000"}},
		{"who repeats one's own lines elsewhere on the branch does new work, and lands it again after it was undone", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-05", place: "1", lines: []uint64{2, 4, 6}})
			s.commit(act{by: ada, at: "2026-01-06", place: "2", lines: []uint64{2, 4, 6}})
			s.commit(act{by: ada, at: "2026-01-07", place: "3", lines: []uint64{2, 4, 6}, subject: "Change number c1"})
			s.commit(act{by: ada, at: "2026-01-08", place: "4", lines: []uint64{2, 4, 6}, branches: "stable"})
			s.commit(act{by: ada, at: "2026-01-09", place: "1", lines: []uint64{2, 4, 6}})
			s.commit(act{by: ada, at: "2026-02-01", place: "1", lines: []uint64{20, 40, 60, 80, 100}})
			s.commit(act{by: zoe, at: "2026-02-02", lines: []uint64{21, 41, 61, 81}})
			s.commit(act{by: ada, at: "2026-02-03", place: "2", lines: []uint64{20, 40, 60, 80, 100}})
			s.commit(act{by: zoe, at: "2026-02-04", lines: []uint64{1, 3, 7, 9, 11, 13, 15, 17, 21, 41, 61, 81, 101}}) // and more
			s.commit(act{by: ada, at: "2026-02-05", place: "3", lines: []uint64{20, 40, 60, 80, 100}})
		}, map[string]string{"c2 author": "changes 1000000", "c3 author": "duplicate", "c4 author": "duplicate", "c5 author": "duplicate", "c6 author": "revert", "c7 author": "revert", "c8 author": "changes 1000000", "c9 author": "changes 1000000", "c10 author": "duplicate"}},
		{"of one author at one second, half of the lines are enough, less are not", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-05", lines: []uint64{2, 4, 6, 8}})
			s.commit(act{by: ada, at: "2026-01-06", authored: "2026-01-05", lines: []uint64{2, 4, 10, 12}})
			s.commit(act{by: ada, at: "2026-01-07", authored: "2026-01-05", lines: []uint64{2, 14, 16, 18}})
			s.commit(act{by: bob, at: "2026-01-07", authored: "2026-01-05", lines: []uint64{2, 4, 20, 22}})
		}, map[string]string{"c1 author": "changes 1000000", "c2 author": "duplicate", "c3 author": "changes 1000000", "c4 author": "changes 1000000"}},
		{"work on another branch is a port, to who committed it, once per merge", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-05", changeID: id1})
			s.commit(act{by: ada, at: "2026-01-06", changeID: id2})
			s.commit(act{by: ada, taker: mia, at: "2026-02-05", changeID: id1, branches: "stable", landed: "c5"})
			s.commit(act{by: ada, taker: mia, at: "2026-02-05", changeID: id2, branches: "stable", landed: "c5"})
			s.commit(act{by: mia, at: "2026-02-05", merge: true, branches: "stable"})
		}, map[string]string{"c3 author": "duplicate", "c3 committer": "ports 1000000", "c4 committer": "unit+", "c5 author": "merge"}},
		{"of a group without the right to approve the best trailer counts, whichever comes first", func(s *story, _ *model.Tender) {
			s.commit(act{by: zoe, taker: mia, at: "2026-01-05", trailers: []string{"acker " + ada, "tester " + bob, "acker " + gus}})
			s.commit(act{by: zoe, taker: mia, at: "2026-01-06", trailers: []string{"tester " + ada, "tester " + bob}})
		}, map[string]string{"c1 acker": "unit+", "c1 tester": "reviews 500000", "c1 acker'": "reviews 250000", "c2 tester": "reviews 500000", "c2 tester'": "unit+"}},
		{"robots earn nothing, nor who takes their work", func(s *story, _ *model.Tender) {
			s.commit(act{by: robot, taker: ada, at: "2026-01-05", trailers: []string{"reviewer " + mia, "co-author " + zoe}})
		}, map[string]string{"c1 author": "bot", "c1 committer": "bot", "c1 reviewer": "bot", "c1 co-author": "bot"}},
		{"what an agent wrote is its human co-author's, else whose who took it", func(s *story, _ *model.Tender) {
			s.commit(act{by: agent, taker: mia, at: "2026-01-05", trailers: []string{"co-author " + ada}})
			s.commit(act{by: agent, taker: zoe, at: "2026-01-06"})
			s.commit(act{by: agent, taker: zoe, at: "2026-01-06"})
			s.commit(act{by: ada, at: "2026-01-07", trailers: []string{"co-author " + agent}})
		}, map[string]string{"c1 co-author": "changes 1000000", "c1 author": "bot", "c1 committer": "integration 1000000",
			"c2 committer": "changes 1000000", "c3 committer": "unit+", "c4 author": "changes 1000000", "c4 co-author": "bot"}},
		{"the forge that pressed merge is nobody, the change still counts", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, taker: hub, at: "2026-01-05"})
		}, map[string]string{"c1 author": "changes 1000000", "c1 committer": "bot"}},
		{"who commanded a robot's merge integrated it", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-05", landed: "c2"})
			s.commit(act{by: "bors[bot] <bors@x.example>", at: "2026-01-05", merge: true, trailers: []string{"signer " + mia, "signer " + zoe}})
		}, map[string]string{"c2 author": "bot", "c2 signer": "integration 1000000", "c2 signer'": "context"}},
		{"reviews: who may approve, who may not, testers, self, mates' weight", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, taker: mia, at: "2026-01-05", trailers: []string{
				"reviewer " + zoe, "tester " + zoe, "acker " + gus, "reviewer " + ada, "reviewer " + mia, "reviewer " + bob}})
			s.commit(act{by: ada, at: "2026-01-06", trailers: []string{"reviewer " + zoe}})
		}, map[string]string{"c1 reviewer": "unit+", "c1 tester": "reviews 500000", "c1 acker": "reviews 250000", "c1 reviewer'": "self",
			"c1 reviewer''": "reviews 1000000", "c1 reviewer'''": "context", "c2 reviewer": "unattested"}},
		{"a listed maintainer may approve", func(s *story, _ *model.Tender) {
			s.listing(zoe, "2026-01-01", "2026-02-01")
			s.commit(act{by: ada, taker: hub, at: "2026-01-05", trailers: []string{"reviewer " + zoe}})
			s.commit(act{by: ada, taker: hub, at: "2026-03-05", trailers: []string{"reviewer " + zoe}})
		}, map[string]string{"c1 reviewer": "reviews 1000000", "c2 reviewer": "reviews 250000", "MAINTAINERS maintainer": "stewardship 1000000"}},
		{"integrating one's own group's work earns half", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, taker: bob, at: "2026-01-05"})
		}, map[string]string{"c1 committer": "mate+ integration 500000"}},
		{"a parent makes mates from its day on", func(s *story, t *model.Tender) {
			v := t.Vendors["moraine"]
			v.Parent = []model.Parent{{Vendor: "karst", From: date("2026-02-01")}}
			t.Vendors["moraine"] = v
			s.commit(act{by: ada, taker: mia, at: "2026-01-05"})
			s.commit(act{by: ada, taker: mia, at: "2026-02-05"})
		}, map[string]string{"c1 committer": "integration 1000000", "c2 committer": "mate+ integration 500000"}},
		{"upkeep pays beside the change when that is all it touches", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-05", upkeep: true})
			s.commit(act{by: ada, at: "2026-01-06T10:00:00Z", upkeep: true})
			s.commit(act{by: ada, at: "2026-01-06T11:00:00Z"})
		}, map[string]string{"c1 author": "changes 1000000 upkeep 1000000", "c2 author": "changes 1000000 upkeep 1000000"}},
		{"a merge that is upkeep only in part is none", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-05", upkeep: true, landed: "c3"})
			s.commit(act{by: ada, at: "2026-01-05", landed: "c3"})
			s.commit(act{by: mia, at: "2026-01-05", merge: true})
		}, map[string]string{"c1 author": "changes 1000000"}},
		{"releases are days", func(s *story, _ *model.Tender) {
			s.release("v1.0", ada, "2026-01-05")
			s.release("v1.0.1", ada, "2026-01-05")
			s.release("v2.0", robot, "2026-02-05")
			s.release("v0.9", ada, "2020-01-05")
		}, map[string]string{"v1.0 releaser": "releases 1000000", "v1.0.1 releaser": "unit+", "v2.0 releaser": "bot", "v0.9 releaser": "window"}},
		{"stewards are listed and active", func(s *story, _ *model.Tender) {
			s.listing(ada, "2020-01-01", "")
			s.listing(zoe, "2020-01-01", "")
			s.commit(act{by: ada, at: "2026-01-05"})
			s.commit(act{by: ada, at: "2026-03-05"})
		}, map[string]string{"MAINTAINERS maintainer": "stewardship 1000000 stewardship 1000000", "MAINTAINERS maintainer'": "idle"}},
		{"too many changes in a week", func(s *story, t *model.Tender) {
			t.Rules.ChangesPerWeek = 2
			s.commit(act{by: ada, taker: gus, at: "2026-01-05", trailers: []string{"co-author " + mia}}) // Monday
			s.commit(act{by: ada, taker: gus, at: "2026-01-06"})
			s.commit(act{by: ada, taker: gus, at: "2026-01-11"}) // Sunday
			s.commit(act{by: ada, taker: gus, at: "2026-01-12"})
		}, map[string]string{"c1 author": "cap", "c2 author": "changes 1000000", "c3 author": "changes 1000000", "c4 author": "changes 1000000",
			"c1 co-author": "changes 500000"}},
		{"too few acts of a person", func(s *story, t *model.Tender) {
			t.Rules.FloorActs, t.Rules.FloorMonths = 3, 2
			for _, at := range []string{"2026-01-05", "2026-01-06", "2026-02-05"} {
				s.commit(act{by: ada, at: at})
			}
			for _, at := range []string{"2026-01-05", "2026-01-06", "2026-01-07"} {
				s.commit(act{by: mia, at: at})
			}
		}, map[string]string{"c1 author": "changes 1000000", "c4 author": "person-floor"}},
		{"no identity, no branch, no score for signing", func(s *story, _ *model.Tender) {
			s.commit(act{by: "", taker: gus, at: "2026-01-05", trailers: []string{"signer " + ada, "reporter " + ada}})
		}, map[string]string{"c1 author": "anonymous", "c1 reporter": "context"}},
		{"a commit on no branch is refused, and is nobody's first", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-05", changeID: id1, branches: " "})
			s.commit(act{by: ada, at: "2026-02-05", changeID: id1})
		}, map[string]string{"c1 author": "branch", "c2 author": "changes 1000000"}},
		{"what the forge committed inside a merge is part of it", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, taker: hub, at: "2026-01-05", landed: "c3"})
			s.commit(act{by: ada, taker: hub, at: "2026-01-05", landed: "c3"})
			s.commit(act{by: mia, taker: hub, at: "2026-01-05", merge: true})
		}, map[string]string{"c1 author": "changes 1000000", "c2 author": "unit+", "c3 author": "integration 1000000"}},
		{"taking one's own agent's work, or rebasing for another's merge, shows no right to approve", func(s *story, _ *model.Tender) {
			s.commit(act{by: agent, taker: zoe, at: "2026-01-05"})
			s.commit(act{by: gus, taker: bob, at: "2026-01-05", landed: "c3"})
			s.commit(act{by: mia, at: "2026-01-05", merge: true})
			s.commit(act{by: gus, taker: hub, at: "2026-01-06", trailers: []string{"reviewer " + zoe, "reviewer " + bob, "reviewer " + mia}})
		}, map[string]string{"c4 reviewer": "reviews 250000", "c4 reviewer'": "reviews 250000", "c4 reviewer''": "reviews 1000000"}},
		{"the earlier of two repositories counts, whichever is read first", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, taker: mia, at: "2026-02-05", name: "c1"})
			s.commit(act{by: ada, taker: mia, at: "2026-01-05", name: "c1", repo: "fork"})
		}, map[string]string{"c1 author": "duplicate", "c1 author'": "changes 1000000", "c1 committer": "duplicate", "c1 committer'": "integration 1000000"}},
		{"the same commit in a second repository is the same work", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, taker: gus, at: "2026-01-05", name: "c1"})
			s.commit(act{by: ada, taker: gus, at: "2026-01-05", name: "c1", repo: "fork"})
		}, map[string]string{"c1 author": "changes 1000000", "c1 author'": "duplicate", "c1 committer'": "duplicate"}},
	})
}

// judged is a story, and the outcomes of its acts by artifact and role.
type judged struct {
	name  string
	tell  func(s *story, t *model.Tender)
	wants map[string]string
}

func runCases(t *testing.T, start func() *story, document func() *model.Tender, cases []judged) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, doc := start(), document()
			c.tell(s, doc)
			got := s.verdicts(doc)
			for key, want := range c.wants {
				v, ok := got[key]
				if assert.True(t, ok, "no verdict on %s", key) {
					assert.Equal(t, want, outcome(v), key)
				}
			}
		})
	}
}

func TestAffiliationOfAnAct(t *testing.T) {
	s, doc := newStory(), tender()
	doc.Evidence = model.Domain
	half := 0.5
	doc.People = []model.Person{
		{ID: "gus", Identities: []string{"mail:gus@gmail.com"}, Employment: []model.Employment{{Vendor: "karst", Level: model.Listed}}},
		{ID: "pat", Identities: []string{"mail:pat@web.de", "mail:pat@bigco.example"}, Employment: []model.Employment{
			{Vendor: "karst", Level: model.Domain, Fraction: &half, Until: date("2026-03-01")},
			{Vendor: "moraine", Level: model.Domain, From: date("2026-03-01")}}},
	}
	s.commit(act{by: gus, at: "2026-01-05"})
	s.commit(act{by: "Pat <pat@web.de>", at: "2026-01-05"})
	s.commit(act{by: "Pat <pat@bigco.example>", at: "2026-04-05"})
	s.commit(act{by: "Kim <kim@lab.bigco.example>", at: "2026-01-05"})
	s.commit(act{by: "Lee <lee@elsewhere.example>", at: "2026-01-05"})
	got := s.verdicts(doc)

	assert.Equal(t, "weak-evidence+ changes 1000000", outcome(got["c1 author"]), "listed is below domain")
	assert.Equal(t, []model.Part{{Part: model.Whole}}, got["c1 author"].Parts)
	assert.Equal(t, []model.Part{{Vendor: "karst", Part: 500_000, Level: model.Domain}, {Part: 500_000}}, got["c2 author"].Parts)
	assert.Equal(t, "contested+ changes 1000000", outcome(got["c3 author"]), "moraine by the roster, bigco by the address")
	assert.Equal(t, "bigco", got["c4 author"].Parts[0].Vendor)
	assert.Equal(t, []model.Part{{Vendor: "elsewhere.example", Part: model.Whole}}, got["c5 author"].Parts)

	doc.Evidence = model.Listed
	assert.Equal(t, "karst", s.verdicts(doc)["c1 author"].Parts[0].Vendor)
}

func TestHalfJobsUnderOneAddressAreNotContested(t *testing.T) {
	s, doc := newStory(), tender()
	half := 0.5
	doc.People = []model.Person{{ID: "pat", Identities: []string{"mail:pat@bigco.example"}, Employment: []model.Employment{
		{Vendor: "karst", Level: model.Domain, Fraction: &half}, {Vendor: "bigco", Level: model.Domain, Fraction: &half}}}}
	s.commit(act{by: "Pat <pat@bigco.example>", at: "2026-01-05"})
	s.commit(act{by: mia, taker: hub, at: "2026-01-06", trailers: []string{"co-author Pat <pat@bigco.example>", "co-author " + gus}})
	assert.Equal(t, []model.Part{{Vendor: "bigco", Part: 500_000, Level: model.Domain}, {Vendor: "karst", Part: 500_000, Level: model.Domain}},
		s.verdicts(doc)["c1 author"].Parts)

	j := newJudge(doc)
	for _, r := range s.records {
		require.NoError(t, j.Add(r))
	}
	var sum int64
	for c, a := range j.Ledger(nil).Cells {
		if c.Indicator == model.Changes {
			sum += a.Credit
		}
	}
	assert.EqualValues(t, 2*model.Whole, sum, "shares add up to the last millionth")
}

func TestWhatABidderMayContest(t *testing.T) {
	s, doc := newStory(), tender()
	doc.People = []model.Person{
		{ID: "pat", Identities: []string{"mail:pat@bigco.example"}, Employment: []model.Employment{{Vendor: "karst", Level: model.Domain}}},
		{ID: "gus", Identities: []string{"mail:gus@gmail.com"}, Employment: []model.Employment{{Vendor: "karst", Level: model.Listed}}}}
	s.commit(act{by: "Pat <pat@bigco.example>", at: "2026-01-05"})
	s.commit(act{by: gus, at: "2026-01-05"})
	s.commit(act{by: robot, taker: ada, at: "2026-01-05"})
	s.commit(act{by: mia, at: "2026-01-05"})
	s.commit(act{by: ada, at: "2020-01-05"})
	got, concerns := s.verdicts(doc), score.Concerns(doc, "karst")
	for key, want := range map[string]bool{"c1 author": true, "c2 author": true, "c3 committer": true, "c3 author": false, "c4 author": false, "c5 author": false} {
		assert.Equal(t, want, concerns(got[key]), "%s: %s", key, outcome(got[key]))
	}
}

func TestBadRecordsAreRefused(t *testing.T) {
	good := newStory()
	good.commit(act{by: ada, at: "2026-01-05"})
	for name, spoil := range map[string]func(*model.Record){
		"another project": func(r *model.Record) { r.Project = "q" },
		"no hash":         func(r *model.Record) { r.Contribution.Artifact = "commit:xyz" },
		"no such role":    func(r *model.Record) { r.Contribution.Role = "king" },
		"no details":      func(r *model.Record) { r.Contribution.Commit = nil },
		"no landing":      func(r *model.Record) { r.Contribution.Commit = &model.Commit{} },
	} {
		r := good.records[len(good.records)-1]
		c := *r.Contribution
		c.Artifact = commitOf("another")
		r.Contribution = &c
		spoil(&r)
		j := newJudge(tender())
		require.Error(t, j.Add(r), name)
	}
}
