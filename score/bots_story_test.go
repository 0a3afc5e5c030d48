package score_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// codex bears a name that was a person's until an agent took it in April 2025.
const (
	codex  = "Codex <codex@moraine.example>"
	claude = "Claude <noreply@anthropic.com>"
)

func TestBotsInJudging(t *testing.T) {
	spring := func() *model.Tender {
		t := tender()
		t.Window.Until = date("2025-12-01")
		return t
	}
	runCases(t, newStory, spring, []judged{
		{"a name that became an agent's was a person's before", func(s *story, _ *model.Tender) {
			s.commit(act{by: codex, taker: ada, at: "2025-04-15T23:00:00Z"})
			s.commit(act{by: codex, taker: ada, at: "2025-04-16"})
			s.commit(act{by: codex, at: "2025-02-01"})
		}, map[string]string{"c1 author": "changes 1000000", "c1 committer": "integration 1000000", "c2 author": "bot",
			"c2 committer": "changes 1000000", "c3 author": "changes 1000000"}},
		{"an exempt one stays a person", func(s *story, t *model.Tender) {
			t.Bots.Exempt = []string{"mail:codex@moraine.example"}
			s.commit(act{by: codex, taker: ada, at: "2025-05-15"})
		}, map[string]string{"c1 author": "changes 1000000"}},
		{"whom a roster calls a robot is one", func(s *story, t *model.Tender) {
			t.Tables = []model.Table{{Bots: []string{"mail:Ada@Karst.example"}}}
			s.commit(act{by: ada, taker: mia, at: "2025-05-15"})
		}, map[string]string{"c1 author": "bot", "c1 committer": "bot"}},
		{"unless the document exempts it", func(s *story, t *model.Tender) {
			t.Tables = []model.Table{{Bots: []string{"mail:ada@karst.example"}}}
			t.Bots.Exempt = []string{"mail:ada@karst.example"}
			s.commit(act{by: ada, taker: mia, at: "2025-05-15"})
		}, map[string]string{"c1 author": "changes 1000000", "c1 committer": "integration 1000000"}},
	})
}

// A commit that two repositories have is judged by who its author was when it was
// accepted first, in whatever order they were mined.
func TestNatureAtTheFirstAcceptance(t *testing.T) {
	var first, second story
	for i, s := range []*story{&first, &second} {
		*s = *newStory()
		doc := tender()
		doc.Window.Until = date("2025-12-01")
		acts := []act{
			{by: codex, taker: ada, at: "2025-04-01", authored: "2025-03-01", repo: "r", name: "same", after: "root"},
			{by: codex, taker: ada, at: "2025-05-01", authored: "2025-03-01", repo: "q", name: "same", after: "root"},
			{by: claude, taker: codex, at: "2025-04-02T10:00:00Z", authored: "2025-03-02", repo: "r", name: "made", after: "root"},
			{by: claude, taker: codex, at: "2025-04-02T11:00:00Z", authored: "2025-03-03", repo: "r", name: "more", after: "root"},
			{by: claude, taker: codex, at: "2025-05-02", authored: "2025-03-02", repo: "q", name: "made", after: "root"},
			{by: claude, taker: codex, at: "2025-05-02", authored: "2025-03-03", repo: "q", name: "more", after: "root"},
		}
		if i == 1 {
			slices.Reverse(acts)
		}
		j := score.NewJudge(doc, "p")
		for _, a := range acts {
			s.commit(a)
		}
		for _, r := range s.records {
			require.NoError(t, j.Add(r))
		}
		wants := map[string]string{
			"same r author": "changes 1000000", "same r committer": "integration 1000000", "same q author": "bot", "same q committer": "duplicate",
			"made r author": "bot", "made r committer": "changes 1000000", "made q author": "bot", "made q committer": "bot",
			"more r author": "bot", "more r committer": "unit+", "more q author": "bot", "more q committer": "bot"} // what one pushes in a day is one change
		names := map[model.Artifact]string{commitOf("same"): "same ", commitOf("made"): "made ", commitOf("more"): "more "}
		for v := range j.Verdicts() {
			key := names[v.Artifact] + v.Repository + " " + string(v.Role)
			assert.Equal(t, wants[key], outcome(v), "order %d: %s", i, key)
		}
	}
}
