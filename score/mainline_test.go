package score_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// withMain is a story whose source states a main line and a stable branch.
func withMain(start func() *story) func() *story {
	return func() *story {
		s := start()
		s.tipAt("r", "main", "tip")
		s.tipAt("r", "stable", "tip")
		return s
	}
}

func TestTheMainLineDecidesWhoWasFirst(t *testing.T) {
	lines := []uint64{2, 4, 6, 8, 10}
	earlier := func(by string) func(s *story, _ *model.Tender) {
		return func(s *story, _ *model.Tender) {
			s.commit(act{by: by, taker: bob, at: "2025-12-05", lines: lines, branches: "stable"})
			s.commit(act{by: ada, taker: mia, at: "2026-01-05", lines: lines, trailers: []string{"tester " + gus}})
		}
	}
	counts := map[string]string{"c1 author": "duplicate", "c1 committer": "duplicate", "c2 author": "changes 1000000", "c2 committer": "integration 1000000", "c2 tester": "reviews 500000"}
	runCases(t, withMain(newStory), tender, []judged{
		{"against an earlier date under another name", earlier(bob), counts},
		{"under the same name, and nobody carried anything", earlier(ada), counts},
		{"under a robot's name", earlier(robot), map[string]string{"c2 author": "changes 1000000"}},
		{"also where the main line was merged into that branch", func(s *story, _ *model.Tender) {
			s.commit(act{by: bob, at: "2025-12-05", lines: lines, branches: "stable"})
			s.commit(act{by: ada, taker: mia, at: "2026-01-05", lines: lines, branches: "main stable"})
		}, map[string]string{"c1 author": "duplicate", "c2 author": "changes 1000000"}},
		{"the earliest one on it, of several", func(s *story, _ *model.Tender) {
			s.commit(act{by: bob, at: "2025-12-05", lines: lines, branches: "stable"})
			s.commit(act{by: ada, taker: mia, at: "2026-01-05", lines: lines})
			s.commit(act{by: gus, taker: mia, at: "2026-01-06", lines: lines})
			s.commit(act{by: ada, taker: mia, at: "2026-01-07", lines: lines, branches: "stable"})
		}, map[string]string{"c1 author": "duplicate", "c2 author": "changes 1000000", "c3 author": "duplicate", "c4 committer": "ports 1000000"}},
		{"not against a person where a robot copied to it", func(s *story, _ *model.Tender) {
			s.commit(act{by: ada, taker: mia, at: "2026-01-05", lines: lines, branches: "stable"})
			s.commit(act{by: robot, at: "2026-01-06", lines: lines})
		}, map[string]string{"c1 author": "changes 1000000"}},
		{"not of another repository", func(s *story, _ *model.Tender) {
			s.tipAt("s", "main", "tip")
			s.commit(act{by: bob, at: "2025-12-05", lines: lines, branches: "stable"})
			s.commit(act{by: ada, at: "2026-01-05", lines: lines, repo: "s"})
		}, map[string]string{"c1 author": "changes 1000000", "c2 author": "duplicate"}},
	})
	runCases(t, newStory, tender, []judged{
		{"dates, where nobody says which the main line is", earlier(bob), map[string]string{"c1 author": "changes 1000000", "c2 author": "duplicate"}},
	})
	runCases(t, withMain(newForgeStory), rostered, []judged{
		{"not against a forge's word on when it merged the other one", func(s *story, _ *model.Tender) {
			s.commit(act{by: gus, taker: mia, at: "2026-01-05", lines: lines, branches: "stable"})
			s.change(merged{n: 1, by: "gus", at: "2026-01-05", base: "stable", became: "c1", head: "c1", start: "root", merger: "mia"})
			s.commit(act{by: bob, at: "2026-01-06", lines: lines})
		}, map[string]string{"c1 author": "changes " + one, "c2 author": "duplicate"}},
	})
}

// Where neither of two branches is the main line their dates decide, and so that is said, as
// it is where the main line was believed.
func TestDisputedWorkIsSaid(t *testing.T) {
	const said = "two branches have the work of %d of the window's %d commits under different authors' names"
	for name, c := range map[string]struct {
		first, second string
		before, after string
		n             int
	}{
		"believed":         {"stable", "main", "2025-12-%02d", "2026-01-%02d", 12},
		"by their dates":   {"stable", "other", "2025-12-%02d", "2026-01-%02d", 12},
		"carried later":    {"main", "stable", "2025-12-%02d", "2026-01-%02d", 0},
		"on the same line": {"main", "main", "2025-12-%02d", "2026-01-%02d", 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := withMain(newStory)()
			for i := range 12 {
				lines := []uint64{uint64(200*i + 2), uint64(200*i + 4), uint64(200*i + 6)}
				s.commit(act{by: bob, at: fmt.Sprintf(c.before, i+1), lines: lines, branches: c.first})
				s.commit(act{by: ada, at: fmt.Sprintf(c.after, i+1), lines: lines, branches: c.second})
			}
			var reasons []string
			for _, l := range ledgerOf(t, tender(), s).Projects["p"].Limits {
				if l.Indicator == model.Changes && l.State == model.Partial {
					reasons = append(reasons, l.Reason)
				}
			}
			if c.n == 0 {
				assert.Empty(t, reasons)
				return
			}
			require.Len(t, reasons, 1)
			assert.Contains(t, reasons[0], fmt.Sprintf(said, c.n, 24))
		})
	}
}
