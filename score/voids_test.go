package score_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tributary-oss/tributary/model"
)

// touches says what a commit does to files of one class.
func touches(class model.Class, files, added, deleted int) *model.Files {
	return &model.Files{Touched: files, Churn: []model.Churn{{Class: class, Files: files, Lines: model.Lines{Added: added, Deleted: deleted}}}}
}

func TestReverts(t *testing.T) {
	four, back := []uint64{2, 4, 6, 8}, []uint64{3, 5, 7, 9}
	const whole = "changes 1000000"
	runCases(t, newStory, tender, []judged{
		{"what is taken back earns nobody anything, nor does taking it back", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, taker: mia, at: "2026-01-05", lines: four, trailers: []string{"reviewer " + zoe}})
			s.commit(act{by: zoe, taker: bob, at: "2026-04-05", lines: back})
		}, map[string]string{"c1 author": "revert", "c1 committer": "revert", "c1 reviewer": "revert", "c2 author": "revert", "c2 committer": "revert"}},
		{"four fifths of both", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-05", lines: []uint64{2, 4, 6, 8, 10}})
			s.commit(act{by: zoe, at: "2026-01-06", lines: back})
			s.commit(act{by: ada, at: "2026-01-12", lines: []uint64{20, 40, 60, 80, 100}})
			s.commit(act{by: zoe, at: "2026-01-13", lines: []uint64{21, 41, 61}})
			s.commit(act{by: ada, at: "2026-01-19", lines: []uint64{22, 42, 62, 82}})
			s.commit(act{by: zoe, at: "2026-01-20", lines: []uint64{23, 43, 63, 83, 200, 202}})
		}, map[string]string{"c1 author": "revert", "c2 author": "revert", "c3 author": whole, "c4 author": whole, "c5 author": whole, "c6 author": whole}},
		{"words take nothing back, and with the lines they may stand beside other work", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-05", lines: four})
			s.commit(act{by: zoe, at: "2026-01-06", lines: []uint64{30, 32, 34}, reverts: "c1"})
			s.commit(act{by: ada, at: "2026-01-12", lines: []uint64{20, 40, 60}})
			s.commit(act{by: ada, at: "2026-01-13", lines: []uint64{120, 140, 160}})
			s.commit(act{by: zoe, at: "2026-01-14", lines: []uint64{21, 41, 61, 300, 302, 304, 306, 308}, reverts: "c3"})
		}, map[string]string{"c1 author": whole, "c2 author": whole, "c3 author": "revert", "c4 author": whole, "c5 author": whole}},
		{"not after the days of the rule, nor by what came first", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-05", lines: four})
			s.commit(act{by: zoe, at: "2026-04-06", lines: back})
			s.commit(act{by: mia, at: "2026-04-07", lines: []uint64{51, 53, 55, 57}})
		}, map[string]string{"c1 author": whole, "c2 author": whole, "c3 author": whole}},
		{"a document may ask for no days at all", func(s *story, doc *model.Tender) {
			doc.Rules.RevertDays = 0
			s.commit(act{by: ada, at: "2026-01-05", lines: four})
			s.commit(act{by: zoe, at: "2026-01-05", lines: back})
		}, map[string]string{"c1 author": whole, "c2 author": whole}},
		{"a few lines only in the same place", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-05", lines: []uint64{2}, place: "here"})
			s.commit(act{by: zoe, at: "2026-01-06", lines: []uint64{3}, place: "there"})
			s.commit(act{by: ada, at: "2026-01-12", lines: []uint64{20}, place: "here"})
			s.commit(act{by: zoe, at: "2026-01-13", lines: []uint64{21}, place: "here"})
		}, map[string]string{"c1 author": whole, "c2 author": whole, "c3 author": "revert", "c4 author": "revert"}},
		{"a merge is taken back as what its commits come to", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-05", landed: "c3", lines: []uint64{2, 4, 6, 8}})
			s.commit(act{by: bob, at: "2026-01-05", landed: "c3", lines: []uint64{5, 7, 10, 12}})
			s.commit(act{by: mia, at: "2026-01-05", merge: true})
			s.commit(act{by: zoe, at: "2026-01-09", lines: []uint64{3, 9, 11, 13}})
		}, map[string]string{"c1 author": "revert", "c2 author": "revert", "c3 author": "merge", "c4 author": "revert"}},
		{"what still stands on a declared branch stands", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-05", lines: four, branches: "main stable"})
			s.commit(act{by: zoe, at: "2026-01-06", lines: back, branches: "stable"})
			s.commit(act{by: ada, at: "2026-01-12", lines: []uint64{20, 40, 60, 80}, branches: "main stable"})
			s.commit(act{by: zoe, at: "2026-01-13", lines: []uint64{21, 41, 61, 81}, branches: "main"})
			s.commit(act{by: zoe, at: "2026-01-20", lines: []uint64{21, 41, 61, 81}, branches: "stable"})
		}, map[string]string{"c1 author": whole, "c2 author": whole, "c3 author": "revert", "c4 author": "revert", "c5 author": "revert"}},
		{"nor is a copy on a branch where it was not taken back", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, taker: hub, at: "2026-01-05", lines: four, branches: "stable"})
			s.commit(act{by: ada, taker: mia, at: "2026-01-06", lines: four, branches: "main"})
			s.commit(act{by: zoe, at: "2026-01-07", lines: back, branches: "stable"})
		}, map[string]string{"c1 author": whole, "c2 committer": "ports 1000000", "c3 author": "revert"}},
		{"a line that comes and goes", func(s *story, _ *model.Tender) {
			for i := range 4 {
				s.commit(act{by: ada, at: fmt.Sprintf("2026-01-%02d", 5+2*i), lines: four})
				s.commit(act{by: zoe, at: fmt.Sprintf("2026-01-%02d", 6+2*i), lines: back})
			}
		}, map[string]string{"c1 author": "revert", "c2 author": "revert", "c7 author": "revert", "c8 author": "revert"}},
		{"a word beside other work takes back what it names, and is work all the same", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-05", lines: []uint64{2}, place: "here"})
			s.commit(act{by: zoe, at: "2026-01-06", lines: []uint64{3, 20, 22, 24, 26}, place: "there", reverts: "c1"})
			s.commit(act{by: zoe, at: "2026-01-07", lines: []uint64{21, 23, 25, 27, 2}, place: "there"})
		}, map[string]string{"c1 author": whole, "c2 author": "revert", "c3 author": "revert"}},
		{"its author lands it again: that is its first acceptance", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2025-06-20", lines: four})
			s.commit(act{by: zoe, at: "2025-06-25", lines: back})
			s.commit(act{by: ada, taker: mia, at: "2026-01-05", lines: four})
			s.commit(act{by: ada, at: "2026-01-12", lines: four, branches: "stable"})
		}, map[string]string{"c1 author": "window", "c2 author": "window", "c3 author": whole, "c3 committer": "integration 1000000", "c4 author": "duplicate"}},
		{"somebody else lands it again: the first acceptance stands", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-05", lines: four})
			s.commit(act{by: zoe, at: "2026-01-06", lines: back})
			s.commit(act{by: zoe, at: "2026-01-07", lines: four})
		}, map[string]string{"c1 author": whole, "c2 author": "revert", "c3 author": "duplicate"}},
		{"taking back what took something back is landing it again", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-05", lines: four})
			s.commit(act{by: zoe, at: "2026-01-06", lines: back})
			s.commit(act{by: mia, at: "2026-01-07", lines: four, reverts: "c2"})
		}, map[string]string{"c1 author": whole, "c2 author": "revert", "c3 author": "duplicate"}},
		{"what is taken back for good is", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-05", lines: four})
			s.commit(act{by: zoe, at: "2026-01-06", lines: back})
			s.commit(act{by: mia, at: "2026-01-07", lines: four})
			s.commit(act{by: zoe, at: "2026-01-08", lines: back})
		}, map[string]string{"c1 author": "revert", "c2 author": "revert", "c3 author": "revert", "c4 author": "revert"}},
		{"a decision may count it all the same", func(s *story, doc *model.Tender) {
			doc.Decisions = []model.Decision{{ID: "D1", On: commitOf("c1"), Rule: "revert", Decide: "count"}}
			s.commit(act{by: ada, at: "2026-01-05", lines: four})
			s.commit(act{by: zoe, at: "2026-01-06", lines: back})
		}, map[string]string{"c1 author": whole, "c2 author": "revert"}},
	})
}

func TestWhatIsNoWork(t *testing.T) {
	const whole = "changes 1000000"
	space := touches(model.CodeFiles, 3, 50, 50)
	space.Churn[0].Space = 3
	mixed := &model.Files{Touched: 2, Churn: []model.Churn{{Class: model.LockFiles, Files: 1, Lines: model.Lines{Added: 900}},
		{Class: model.ConfigurationFiles, Files: 1, Lines: model.Lines{Added: 1, Deleted: 1}}}}
	runCases(t, newStory, tender, []judged{
		{"white space, moves, and what tools write", func(s *story, _ *model.Tender) {
			for n, f := range []*model.Files{space, {}, touches(model.VendoredFiles, 9, 900, 0), touches(model.GeneratedFiles, 1, 1, 1), touches(model.LockFiles, 1, 9, 9)} {
				s.commit(act{by: ada, taker: mia, at: fmt.Sprintf("2026-01-%02d", 5+n), files: f, trailers: []string{"reviewer " + zoe}})
			}
			s.commit(act{by: ada, at: "2026-02-05", files: mixed})
			s.commit(act{by: ada, at: "2026-02-06", files: &model.Files{Touched: 4, Unknown: 1}})
		}, map[string]string{"c1 author": "trivial", "c1 committer": "trivial", "c1 reviewer": "trivial", "c2 author": "trivial", "c3 author": "trivial",
			"c4 author": "trivial", "c5 author": "trivial", "c6 author": whole, "c7 author": whole}},
		{"what is no work shares no credit", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, at: "2026-01-05", landed: "c3"})
			s.commit(act{by: zoe, at: "2026-01-05", landed: "c3", files: space})
			s.commit(act{by: mia, at: "2026-01-05", merge: true})
		}, map[string]string{"c1 author": whole, "c2 author": "trivial", "c3 author": "integration 1000000"}},
		{"translations are none, unless the document weighs them", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, taker: mia, at: "2026-01-05", files: touches(model.TranslationFiles, 1, 9, 9)})
		}, map[string]string{"c1 author": "trivial", "c1 committer": "trivial"}},
		{"then they count by themselves", func(s *story, doc *model.Tender) {
			doc.Indicators[model.Commits][model.Translations] = 10
			s.commit(act{by: ada, taker: mia, at: "2026-01-05", files: touches(model.TranslationFiles, 1, 9, 9)})
			s.commit(act{by: ada, taker: mia, at: "2026-01-06", files: touches(model.LockFiles, 1, 9, 9)})
			s.commit(act{by: ada, at: "2026-01-07", landed: "c5", files: touches(model.TranslationFiles, 1, 9, 9)})
			s.commit(act{by: ada, at: "2026-01-07", landed: "c5"})
			s.commit(act{by: mia, at: "2026-01-07", merge: true})
		}, map[string]string{"c1 author": "translations 1000000", "c1 committer": "integration 1000000", "c2 author": "trivial", "c3 author": whole}},
	})
}

func TestSmallTexts(t *testing.T) {
	const whole, quarter = "changes 1000000", "small-text+ changes 250000"
	comment := touches(model.CodeFiles, 2, 4, 4)
	comment.Churn[0].Comment = 2
	some := touches(model.CodeFiles, 2, 4, 4)
	some.Churn[0].Comment = 1
	runCases(t, newStory, tender, []judged{
		{"a few lines of documentation or comments earn a quarter", func(s *story, _ *model.Tender) {
			for n, f := range []*model.Files{touches(model.DocumentationFiles, 1, 5, 5), touches(model.DocumentationFiles, 1, 6, 5), comment, some} {
				s.commit(act{by: ada, taker: mia, at: fmt.Sprintf("2026-01-%02d", 5+n), files: f})
			}
		}, map[string]string{"c1 author": quarter, "c1 committer": "integration 1000000", "c2 author": whole, "c3 author": quarter, "c4 author": whole}},
		{"the lines of a change are added up", func(s *story, _ *model.Tender) {
			for range 2 {
				s.commit(act{by: ada, at: "2026-01-05", landed: "c3", files: touches(model.DocumentationFiles, 1, 3, 3), trailers: []string{"co-author " + bob}})
			}
			s.commit(act{by: mia, at: "2026-01-05", merge: true})
			s.commit(act{by: ada, at: "2026-01-12", landed: "c5", files: touches(model.DocumentationFiles, 1, 3, 3), trailers: []string{"co-author " + bob}})
			s.commit(act{by: mia, at: "2026-01-12", merge: true})
		}, map[string]string{"c1 author": "changes 500000", "c4 author": "small-text+ changes 125000", "c4 co-author": "small-text+ changes 125000"}},
		{"the document sets both numbers", func(s *story, doc *model.Tender) {
			doc.Rules.SmallText, doc.Rules.SmallTextLines = 0.5, 2
			s.commit(act{by: ada, at: "2026-01-05", files: touches(model.DocumentationFiles, 1, 1, 1)})
			s.commit(act{by: ada, at: "2026-01-06", files: touches(model.DocumentationFiles, 1, 1, 2)})
		}, map[string]string{"c1 author": "small-text+ changes 500000", "c2 author": whole}},
	})
}

func TestImports(t *testing.T) {
	const whole = "changes 1000000"
	runCases(t, newStory, tender, []judged{
		{"a foreign tree", func(s *story, _ *model.Tender) {
			for n, f := range []*model.Files{touches(model.CodeFiles, 201, 2020, 101), touches(model.CodeFiles, 201, 2020, 102), touches(model.CodeFiles, 200, 20_000, 0),
				touches(model.CodeFiles, 1, 20_001, 0), touches(model.VendoredFiles, 900, 90_000, 0),
				touches(model.CodeFiles, 265, 439, 2)} {
				s.commit(act{by: ada, taker: mia, at: fmt.Sprintf("2026-01-%02d", 5+n), files: f})
			}
		}, map[string]string{"c1 author": "import", "c1 committer": "import", "c2 author": whole, "c3 author": whole, "c4 author": "import", "c5 author": "trivial", "c6 author": whole}},
		{"a foreign history, and what its merge is decided to be", func(s *story, doc *model.Tender) {
			for _, merge := range []string{"c3", "c6", "c9"} {
				s.commit(act{by: ada, taker: mia, at: "2026-01-05", landed: merge, root: merge != "c9", files: touches(model.CodeFiles, 150, 1500, 0)})
				s.commit(act{by: ada, taker: mia, at: "2026-01-05", landed: merge, files: touches(model.CodeFiles, 90, 900, 800)})
				s.commit(act{by: mia, at: "2026-01-05", merge: true, name: merge})
				s.n = len(s.records)
				s.n = map[string]int{"c3": 3, "c6": 6, "c9": 9}[merge]
			}
			doc.Decisions = []model.Decision{{ID: "D1", On: commitOf("c6"), Rule: "import", Decide: "count"}}
		}, map[string]string{"c1 author": "import", "c2 author": "import", "c2 committer": "import", "c4 author": whole, "c5 author": whole, "c7 author": whole, "c8 author": whole}},
	})
}

// What a forge says of the people of the vendor that runs it counts where git says it too.
func TestWhoeverRunsTheForge(t *testing.T) {
	document := func() *model.Tender {
		doc := rostered()
		doc.Projects["p"] = model.Project{Repositories: []model.Repository{{URL: "r", Web: "https://git.karst.example/p"}}}
		doc.Vendors["moraine"] = model.Vendor{Name: "Moraine", Domains: doc.Vendors["moraine"].Domains, Parent: []model.Parent{{Vendor: "karst"}}}
		return doc
	}
	words := func(by string) said { return said{by: by, at: "2026-01-04", what: "approved", push: true, length: 40} }
	runCases(t, newForgeStory, document, []judged{
		{"reviews, merges, releases and answers", func(s *story, _ *model.Tender) {
			s.commit(act{by: gus, taker: hub, at: "2026-01-05"})
			s.change(merged{n: 1, by: "gus", at: "2026-01-05", became: "c1", merger: "bob", reviews: []said{words("ada"), words("mia"), words("zoe")}})
			s.commit(act{by: gus, taker: bob, at: "2026-01-06", trailers: []string{"reviewer " + ada}})
			s.change(merged{n: 2, by: "gus", at: "2026-01-06", became: "c2", merger: "bob", reviews: []said{words("ada"), words("mia")}})
			s.forgeRelease("v1", "ada", "2026-01-07")
			s.forgeRelease("v2", "zoe", "2026-01-08")
			s.issue(3, "gus", "", "responder ada 2026-01-09")
			s.issue(4, "gus", "", "responder zoe 2026-01-09")
		}, map[string]string{"1 reviewer": "bidder-controlled", "1 reviewer'": "bidder-controlled", "1 reviewer''": "reviews " + one, "1 merger": "bidder-controlled",
			"c1 author": "changes " + one, "2 merger": "integration " + one, "2 reviewer": "reviews " + one, "2 reviewer'": "bidder-controlled",
			"v1 releaser": "bidder-controlled", "v2 releaser": "releases " + one, "3 responder": "bidder-controlled", "4 responder": "triage " + one}},
		{"on a host that the document states", func(s *story, doc *model.Tender) {
			doc.Projects["p"] = model.Project{Repositories: []model.Repository{{URL: "r", Web: "https://code.example.org/p"}}}
			v := doc.Vendors["bigco"]
			v.Hosts = []string{"code.example.org"}
			doc.Vendors["bigco"] = v
			s.commit(act{by: gus, taker: hub, at: "2026-01-05"})
			s.change(merged{n: 1, by: "gus", at: "2026-01-05", became: "c1", merger: "zoe", reviews: []said{words("ada")}})
		}, map[string]string{"1 merger": "bidder-controlled", "1 reviewer": "reviews " + one}},
	})
}

func TestReplays(t *testing.T) {
	tell := func(n int, days func(int) string) func(*story, *model.Tender) {
		return func(s *story, _ *model.Tender) {
			for i := range n {
				s.commit(act{by: ada, at: fmt.Sprintf("2025-08-%02d", 1+i), changeID: fmt.Sprint("I", i)})
			}
			for i := range n {
				s.commit(act{by: ada, taker: zoe, at: days(i), changeID: fmt.Sprint("I", i), branches: "stable"})
			}
		}
	}
	at := func(i int) string { return fmt.Sprintf("2026-01-01T%02d:00:00Z", 1+i) }
	runCases(t, newStory, tender, []judged{
		{"a branch that is nothing but a replay of one month", tell(4, at), map[string]string{"c5 committer": "replay", "c8 committer": "replay", "c5 author": "duplicate"}},
		{"a few fixes are none", tell(3, at), map[string]string{"c4 committer": "ports " + one, "c6 committer": "ports " + one}},
		{"nor are fixes that come one a day, to a branch that is young", tell(5, func(i int) string { return fmt.Sprintf("2026-01-%02d", 1+i) }),
			map[string]string{"c6 committer": "ports " + one, "c10 committer": "ports " + one}},
		{"nor is a branch that goes on", tell(4, func(i int) string { return fmt.Sprintf("2026-%02d-20", 1+i/3) }),
			map[string]string{"c5 committer": "ports " + one, "c8 committer": "ports " + one}},
	})
}

func TestEveryRuleThatTouchesIsTold(t *testing.T) {
	s := newStory()
	s.commit(act{by: ada, taker: bob, at: "2026-01-05", files: touches(model.DocumentationFiles, 1, 1, 1)})
	doc := tender()
	doc.Rules.FloorActs = 9
	got := s.verdicts(doc)
	assert.Equal(t, []string{"small-text", "person-floor"}, got["c1 author"].Touched)
	assert.Equal(t, []string{"mate", "person-floor"}, got["c1 committer"].Touched)
	assert.Equal(t, "person-floor", got["c1 author"].Rule)
}

func TestBursts(t *testing.T) {
	s, doc := newStory(), tender()
	s.monthly(ada, 3)
	s.monthly(zoe, 12)
	for n := range 4 {
		s.commit(act{by: ada, taker: hub, at: fmt.Sprintf("2026-06-%02d", 2+n)})
	}
	assert.Contains(t, evaluate(t, doc, s).Warnings, "KARST: 57 % of the credits lie in the last 1 of 12 months (rule burst)")
	assert.NotContains(t, fmt.Sprint(evaluate(t, doc, s).Warnings), "BIGCO")
	doc.Window.Months = 9
	assert.NotContains(t, fmt.Sprint(evaluate(t, doc, s).Warnings), "rule burst", "too short for a tenth")
}
