package score_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tributary-oss/tributary/model"
)

func TestTriage(t *testing.T) {
	runCases(t, newForgeStory, rostered, []judged{
		{"the first answer of somebody else", func(s *story, _ *model.Tender) {
			s.issue(1, "gus", "", "responder gus 2026-01-02", "responder zoe 2026-01-04", "responder mia 2026-01-03", "responder ci[bot] 2026-01-02")
			s.issue(2, "ghost", "", "responder zoe 2026-01-02")
		}, map[string]string{"1 author": "context", "1 responder": "self", "1 responder'": "context", "1 responder''": "triage " + one, "1 responder'''": "bot",
			"2 author": "anonymous", "2 responder": "triage " + one}},
		{"an answer before the window leaves none for later", func(s *story, _ *model.Tender) {
			s.issue(1, "gus", "", "responder zoe 2025-06-30", "responder mia 2026-01-03")
		}, map[string]string{"1 responder": "window", "1 responder'": "context"}},
		{"closing with a reason or a label of one's own, after somebody's answer", func(s *story, _ *model.Tender) {
			s.issue(1, "gus", "NOT_PLANNED", "responder zoe 2026-01-02", "closed mia 2026-01-03", "labeled mia 2026-01-03")
			s.issue(2, "gus", "", "responder zoe 2026-01-02", "labeled mia 2026-01-02", "closed mia 2026-01-03")
			s.issue(3, "gus", "", "responder zoe 2026-01-02", "labeled zoe 2026-01-02", "closed mia 2026-01-03")
			s.issue(4, "gus", "NOT_PLANNED", "closed mia 2026-01-03")
			s.issue(5, "gus", "COMPLETED", "responder zoe 2026-01-02", "closed gus 2026-01-03", "labeled gus 2026-01-03")
			s.issue(6, "gus", "COMPLETED", "responder ci[bot] 2026-01-02", "closed mia 2026-01-03", "closed ci[bot] 2026-01-04")
			s.issue(7, "gus", "COMPLETED", "responder gus 2026-01-02", "closed mia 2026-01-03")
			s.issue(8, "gus", "COMPLETED", "responder zoe 2026-01-02", "closed mia 2026-01-03", "closed ci[bot] 2026-01-04")
		}, map[string]string{"1 triager": "triage " + one, "1 triager'": "unit+", "2 triager": "context", "2 triager'": "triage " + one,
			"3 triager": "unit+", "3 triager'": "context", "4 triager": "context", "5 triager": "self", "5 triager'": "context", "5 responder": "triage " + one,
			"6 triager": "context", "6 triager'": "bot", "7 triager": "context", "8 triager": "context"}},
		{"once per person and issue, and only the last closing", func(s *story, _ *model.Tender) {
			s.issue(1, "gus", "COMPLETED", "responder zoe 2026-01-02", "closed zoe 2026-01-03")
			s.issue(2, "gus", "COMPLETED", "responder zoe 2026-01-02", "closed mia 2026-01-03", "closed ada 2026-01-04")
		}, map[string]string{"1 responder": "triage " + one, "1 triager": "unit+", "2 triager": "context", "2 triager'": "triage " + one}},
		{"what comes after the window changes nothing", func(s *story, _ *model.Tender) {
			s.issue(1, "gus", "COMPLETED", "responder zoe 2026-07-02", "closed mia 2026-06-30")
			s.issue(2, "gus", "COMPLETED", "responder zoe 2026-06-29", "closed mia 2026-06-30", "closed ada 2026-07-01")
		}, map[string]string{"1 responder": "window", "1 triager": "context", "2 triager": "triage " + one, "2 triager'": "window"}},
		{"an issue that is open again was not closed", func(s *story, _ *model.Tender) {
			s.issue(1, "gus", "COMPLETED", "responder zoe 2026-01-02", "closed mia 2026-01-03")
			for _, r := range s.records {
				if r.Contribution != nil {
					r.Contribution.Issue.Closed = when("0001-01-01T00:00:00Z")
				}
			}
		}, map[string]string{"1 triager": "context"}},
		{"mates earn half, by where the author worked then", func(s *story, doc *model.Tender) {
			doc.People[4].Employment = []model.Employment{{Vendor: "karst", Level: model.Domain, Until: date("2026-01-02")}}
			s.issue(1, "ada", "", "responder bob 2026-01-02")
			s.issue(2, "gus", "", "responder bob 2026-01-03")
			s.issue(3, "zoe", "", "responder bob 2026-01-03")
		}, map[string]string{"1 responder": "mate+ triage 500000", "2 responder": "mate+ triage 500000", "3 responder": "triage " + one}},
		{"so many a day, and what the document decides", func(s *story, doc *model.Tender) {
			doc.Rules.ActsPerDay = 1
			doc.Decisions = []model.Decision{{ID: "D1", On: "issue:3", Decide: "refuse"}, {ID: "D2", On: "issue:4", Decide: "count", Rule: "cap"}}
			for n := range 4 {
				s.issue(n+1, "gus", "", "responder zoe 2026-01-02")
			}
		}, map[string]string{"1 responder": "triage " + one, "2 responder": "cap", "3 responder": "decision", "4 responder": "triage " + one}},
	})
}

func TestSecurity(t *testing.T) {
	fixed := func(names ...string) (list []model.Artifact) {
		for _, n := range names {
			list = append(list, commitOf(n))
		}
		return list
	}
	fix := func(s *story, at string, trailers ...string) string {
		return s.commit(act{by: ada, taker: hub, at: at, upkeep: true, trailers: trailers})
	}
	runCases(t, newForgeStory, rostered, []judged{
		{"a cited fix pays its authors beside the change, and no upkeep", func(s *story, _ *model.Tender) {
			fix(s, "2026-01-05", "co-author "+gus)
			fix(s, "2026-02-05")
			s.change(merged{n: 7, by: "ada", at: "2026-02-05", became: "c2"})
			fix(s, "2026-03-05")
			s.advisory("GHSA-1", "2026-02-01", nil, fixed("c1"))
			s.advisory("GHSA-2", "2026-02-06", nil, []model.Artifact{"change:7", "change:8", commitOf("gone"), "release:v1"})
		}, map[string]string{"c1 author": "changes 500000 security 500000", "c1 co-author": "changes 500000 security 500000",
			"c2 author": "changes 1000000 security 1000000", "c3 author": "changes 1000000 upkeep 1000000", "GHSA-1 publisher": "context"}},
		{"once per identifier and person, whatever its names, the highest", func(s *story, _ *model.Tender) {
			fix(s, "2026-01-05", "co-author "+mia)
			fix(s, "2026-01-12")
			s.advisory("GHSA-1", "2026-02-01", []string{"CVE-1"}, fixed("c1", "c2"), "remediation_developer mia")
			s.advisory("GHSA-2", "2026-02-02", []string{"cve-1"}, fixed("c2"), "coordinator mia")
			s.advisory("GHSA-3", "2026-02-02", nil, fixed("c2"))
		}, map[string]string{"c1 author": "changes 500000", "c2 author": "changes 1000000 security 1000000 security 1000000",
			"c1 co-author": "changes 500000", "GHSA-1 remediator": "security " + one, "GHSA-2 reporter": "unit+"}},
		{"who mends, and who finds", func(s *story, _ *model.Tender) {
			s.advisory("GHSA-1", "2026-02-01", nil, nil, "remediation-reviewer ada", "REMEDIATION_VERIFIER bob", "analyst mia", "sponsor zoe", "finder gus", "analyst ci[bot]", "analyst ghost")
		}, map[string]string{"GHSA-1 remediator": "security " + one, "GHSA-1 remediator'": "security " + one, "GHSA-1 reporter": "security " + one,
			"GHSA-1 reporter'": "context", "GHSA-1 reporter''": "context", "GHSA-1 reporter'''": "bot", "GHSA-1 reporter''''": "anonymous"}},
		{"published first, and mended, in the window", func(s *story, _ *model.Tender) {
			fix(s, "2026-01-05")
			fix(s, "2020-01-05")
			s.advisory("GHSA-1", "2026-07-01", nil, fixed("c1"), "analyst mia")
			s.advisory("GHSA-2", "2026-01-01", nil, fixed("c2"))
			s.advisory("GHSA-3", "2020-01-01", []string{"CVE-3"}, nil)
			s.advisory("GHSA-4", "2026-01-01", []string{"CVE-3"}, fixed("c1"), "analyst mia")
		}, map[string]string{"c1 author": "changes 1000000 upkeep 1000000", "c2 author": "window", "GHSA-1 reporter": "window", "GHSA-4 reporter": "window"}},
		{"a cited port or merge leads to the change", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-05", landed: "c2", changeID: "I1", trailers: []string{"co-author " + gus}})
			s.commit(act{by: mia, at: "2026-01-05", merge: true})
			s.commit(act{by: ada, taker: mia, at: "2026-01-08", changeID: "I1", branches: "stable"})
			s.commit(act{by: zoe, at: "2026-01-06", landed: "c5"})
			s.commit(act{by: mia, at: "2026-01-06", merge: true})
			s.commit(act{by: bob, at: "2026-01-07", landed: "c7"})
			s.commit(act{by: mia, at: "2026-01-07", merge: true})
			s.change(merged{n: 1, by: "bob", at: "2026-01-07", became: "c7"})
			s.advisory("GHSA-1", "2026-02-01", nil, fixed("c3", "c5", "c7"))
		}, map[string]string{"c1 author": "changes 500000 security 500000", "c4 author": "changes 1000000 security 1000000", "c6 author": "changes 1000000 security 1000000"}},
	})
	s, doc := newForgeStory(), rostered()
	fix(s, "2026-01-05")
	s.advisory("GHSA-1", "2026-02-01", nil, fixed("c1"))
	assert.Equal(t, "2026-02", s.verdicts(doc)["c1 author"].Credits[1].Month.String(), "security counts when it is published")
}

func TestReleasesOfForges(t *testing.T) {
	runCases(t, newForgeStory, rostered, []judged{
		{"a tag and its release are one, whatever the days", func(s *story, _ *model.Tender) {
			s.release("v1", ada, "2026-01-05")
			s.forgeRelease("v1", "ada", "2026-01-06")
			s.forgeRelease("v2", "ada", "2026-01-06")
			s.forgeRelease("v2.1", "ada", "2026-01-06")
			s.release("v3", ada, "2026-01-07")
			s.forgeRelease("v3", "ci[bot]", "2026-01-07")
		}, map[string]string{"v1 releaser": "releases " + one, "v1 releaser'": "unit+", "v2 releaser": "releases " + one, "v2.1 releaser": "unit+",
			"v3 releaser": "releases " + one, "v3 releaser'": "bot"}},
	})
	s := newForgeStory()
	s.monthly(ada, 3)
	s.release("v3", ada, "2026-01-07")
	s.forgeRelease("v3", "ci[bot]", "2026-01-07")
	assert.Equal(t, model.Complete, indicator(evaluate(t, rostered(), s), model.Maintenance, model.Releases).State, "who tagged it is known")
}
