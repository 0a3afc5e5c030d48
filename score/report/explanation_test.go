package report_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
)

// anExplanation has every kind of line, with a text of a stranger wherever one may stand.
func anExplanation(s string) *score.Explanation {
	act := score.Act{At: time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC), Project: s, Repository: s, Artifact: model.Artifact("release:" + s), Change: model.Artifact("change:" + s),
		Link: "https://h/" + s, Role: model.Role(s), Person: s, Parts: []model.Part{{Vendor: s, Part: 600_000, Level: model.Domain}, {Vendor: "", Part: 400_000}},
		Claimed: []string{s}, Counted: true, Amount: 150_000, Rule: s, Touched: []string{s, "mate"}, Reason: s,
		Credits: []score.ActCredit{{Indicator: model.ReviewsDone, Month: 24312, Amount: 250_000, Own: 150_000, Formula: "1/4 · 60 %" + s}},
		Dropped: []model.Dropped{{Indicator: model.Upkeep, Month: 24312, Amount: model.Whole, Rule: s}}}
	value := 0.15
	return &score.Explanation{Format: score.ExplanationFormat, Status: "SIMULATION", Tender: model.About{ID: s, Title: s, Buyer: s}, Method: s, Bidder: s, Name: s, Figure: s,
		Steps: []score.Step{{Figure: s, What: "points", Formula: s, Note: s}, {Figure: "p/reviews/reviews", What: "x", Depth: 3, Shown: "0.15", Value: &value, Unit: s,
			Formula: s, Note: s, Doc: s, Source: s, Inputs: []score.Input{{Name: s, Shown: "0.15", Value: value}}}},
		Behind: []score.Behind{{Figure: "p/reviews/reviews", Unit: s, Amount: 150_000, People: []score.PersonSum{{Person: s, Amount: 150_000}}, Acts: []score.Act{act}, More: 7,
			Refused: []score.RuleActs{{Rule: s, N: 9, Acts: []score.Act{act}}}}},
		Acts: []score.Act{act}, Rules: []score.RuleDoc{{Rule: s, Doc: s}}}
}

// What strangers chose, such as names, steers neither a terminal nor the direction of
// writing, and starts no line of its own.
func TestExplanationsAreInert(t *testing.T) {
	const evil = "x\x1b[31mE\u202evil\u2066\u200f\u009b2J\x07\r\nlot 1, points: 100\x00\xff\U000e0041"
	var text, form bytes.Buffer
	require.NoError(t, report.Explanation(&text, anExplanation(evil), nil))
	require.NoError(t, report.ExplanationJSON(&form, anExplanation(evil)))
	for name, out := range map[string]string{"text": text.String(), "JSON": form.String()} {
		for _, r := range "\x1b\u202e\u2066\u200f\u009b\x07\r\x00\U000e0041" {
			assert.NotContains(t, out, string(r), "%s: %U", name, r)
		}
		assert.NotContains(t, out, "\nlot 1", name)
		assert.Contains(t, out, "vil", name)
	}
	var back score.Explanation
	require.NoError(t, json.Unmarshal(form.Bytes(), &back), "a program reads what was there")
	assert.Equal(t, strings.ToValidUTF8(evil, "\ufffd"), back.Name)
}

func TestExplanationTellsAllOfAnAct(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, report.Explanation(&b, anExplanation("karst"), &report.TextOptions{Width: 200}))
	for _, want := range []string{
		"SIMULATION: not computed from a sealed document",
		"p/reviews/reviews: 0.15 karst = karst",
		"and 7 more acts that count",
		"refused (rule karst): 9",
		"and 8 more\n",
		"2026-01-02 karst, karst, https://h/karst: 0.15 = 1/4 · 60 %karst",
		"reviews in 2026-01: 0.15 = 1/4 · 60 %karst, of 0.25 in all",
		"upkeep in 2026-01: 1 dropped by the rule karst",
		"part of the change change:karst",
		"rules that touched it: karst, mate",
		"worked for karst 60 %, unknown 40 % (evidence: domain)",
		"claimed, too weakly or by several, by karst",
	} {
		assert.Contains(t, b.String(), want)
	}
}

// A definition is told once, by pillar and indicator, however projects are named.
func TestDefinitionsAreNamedWithoutTheProject(t *testing.T) {
	e := anExplanation("karst")
	for _, project := range []string{"owner/p", "p"} {
		e.Steps = append(e.Steps, score.Step{Figure: project + "/commits/changes", What: "x", Unit: "changes", Doc: "what it is.", Source: "a paper"})
	}
	var b bytes.Buffer
	require.NoError(t, report.Explanation(&b, e, nil))
	assert.Equal(t, 1, strings.Count(b.String(), "\n  commits/changes, in changes: what it is. Source: a paper"), b.String())
	assert.NotContains(t, b.String(), "p/commits/changes, in changes")
}

func TestExplanationStopsAtTheFirstErrorOfWriting(t *testing.T) {
	n := 0
	err := report.Explanation(writerFunc(func([]byte) (int, error) { n++; return 0, assert.AnError }), anExplanation("karst"), nil)
	require.ErrorIs(t, err, assert.AnError)
	assert.Equal(t, 1, n)
}
