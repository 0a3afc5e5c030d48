package report_test

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
	"github.com/tributary-oss/tributary/score/report/locale"
)

func inFrench(t *testing.T, width int) *report.TextOptions {
	fr, err := locale.Of("fr")
	require.NoError(t, err)
	return &report.TextOptions{Width: width, Locale: fr}
}

// texts are all texts for a terminal.
func texts(t *testing.T) map[string]func(io.Writer, *report.TextOptions) error {
	all := []score.Calibration{
		{Project: "p", Pillar: model.Commits, Indicator: model.Changes, T: 12.5, Three: 12.25, People: 3, Floor: 12, Stated: "none"},
		{Project: "p", Pillar: model.Maintenance, Indicator: model.Ports, None: true, Floor: 3},
		{Project: "p", Pillar: model.Maintenance, Indicator: model.Triage, Reason: "git does not record issues"}}
	open := []score.Openness{{Project: "p", Pillar: model.Maintenance, Indicator: model.Stewardship, T: 9, Organisations: 1, Largest: "karst", Share: 0.71, Unknown: 0.125,
		Closed: "only 1 organisation reaches a quarter of T, which is 2.25, and karst has 71 % of the credits", Justified: "Deux suffisent"}}
	return map[string]func(io.Writer, *report.TextOptions) error{
		"text":        func(w io.Writer, o *report.TextOptions) error { return report.Text(w, ranking(), o) },
		"sensitivity": func(w io.Writer, o *report.TextOptions) error { return report.Sensitivity(w, studied(), o) },
		"calibration": func(w io.Writer, o *report.TextOptions) error { return report.CalibrationText(w, all, 2, o) },
		"openness":    func(w io.Writer, o *report.TextOptions) error { return report.OpennessText(w, open, 2, o) },
		"comparison": func(w io.Writer, o *report.TextOptions) error {
			return report.ComparisonText(w, score.Compare(stored(t, "a.json"), stored(t, "b.json")), o)
		},
	}
}

// French words are longer: the narrowest terminal still holds every line but for words that
// are longer than it is.
func TestFrenchFitsTheTerminal(t *testing.T) {
	for name, write := range texts(t) {
		for _, width := range []int{40, 60, 80} {
			var b bytes.Buffer
			require.NoError(t, write(&b, inFrench(t, width)), name)
			for line := range strings.Lines(b.String()) {
				line = strings.TrimRight(line, "\n")
				if words := strings.Fields(strings.ReplaceAll(line, "\u00a0", "_")); len(words) > 1 {
					assert.LessOrEqual(t, utf8.RuneCountInString(line), width, "%s: %s", name, line)
				}
			}
			assert.NotContains(t, b.String(), "\x1b", name)
		}
	}
}

// A line never breaks before a colon or a percent sign.
func TestFrenchKeepsItsMarks(t *testing.T) {
	for name, write := range texts(t) {
		var b bytes.Buffer
		require.NoError(t, write(&b, inFrench(t, 40)), name)
		assert.NotRegexp(t, regexp.MustCompile(`(?m)^\s*[:;%?]`), b.String(), name)
		assert.NotRegexp(t, regexp.MustCompile(`\pL [:;%!?]( |$)`), b.String(), name)
	}
}

// english are words that no French sentence has; rules and keys of the document have some.
var english = regexp.MustCompile(`(?i)\b(the|and|which|with|is|are|of|by|from|people|unknown|score|weight|reviews)\b`)

func TestFrenchIsFrench(t *testing.T) {
	for name, write := range texts(t) {
		var b bytes.Buffer
		require.NoError(t, write(&b, inFrench(t, 120)), name)
		text := b.String()
		for _, theirs := range []string{"git does not say", "12.5, ports: none}", "Windows of 24 months are longer than the tender's 12.", "probability. Because."} {
			text = strings.ReplaceAll(text, theirs, "")
		}
		assert.NotRegexp(t, english, text, name)
		assert.NotRegexp(t, regexp.MustCompile(`\d\.\d`), text, name)
	}
}

func TestEnglishIsWhatItWas(t *testing.T) {
	for name, write := range texts(t) {
		var before, after bytes.Buffer
		require.NoError(t, write(&before, nil), name)
		require.NoError(t, write(&after, &report.TextOptions{Locale: locale.English()}), name)
		assert.Equal(t, before.String(), after.String(), name)
	}
}

func TestFrenchRanking(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, report.Text(&b, ranking(), inFrench(t, 80)))
	said := strings.ReplaceAll(b.String(), "\u00a0", " ")
	joined := strings.Join(strings.Fields(said), " ")
	first, _, _ := strings.Cut(said, "\n")
	assert.True(t, strings.HasPrefix(first, "SIMULATION : non calculé à partir d’un document scellé ; lacunes : 1 dépôt"), first)
	for _, want := range []string{"rang", "24,96", "inconnu", "Lacunes :", "sélection (liste restreinte)", "=HYPERLINK", "b : https://host/b : not there"} {
		assert.Contains(t, joined, want)
	}
}

func TestMethodInFrench(t *testing.T) {
	fr := inFrench(t, 0).Locale
	doc := model.NewTender()
	doc.Rules.SmallText, doc.Minimum.Effect, doc.Weights[model.Reviews] = 0.125, model.Zero, 55.5
	for _, d := range []*model.Tender{nil, doc} {
		var said, origin bytes.Buffer
		require.NoError(t, report.Method(&said, d, fr))
		require.NoError(t, report.Method(&origin, d, nil))
		assert.Equal(t, score.MethodText(d), origin.String())
		assert.Equal(t, shape(origin.String()), shape(said.String()), "section by section, the same")
		assert.NotContains(t, said.String(), "{{")
		for _, r := range score.Rules() {
			assert.NotContains(t, said.String(), r.Doc)
			assert.Contains(t, said.String(), "**"+r.Name+"** (")
			for _, s := range r.Settings(d) {
				assert.Contains(t, said.String(), "`"+s.Key+"`")
			}
		}
	}
	var said bytes.Buffer
	require.NoError(t, report.Method(&said, doc, fr))
	text := strings.ReplaceAll(said.String(), "\u00a0", " ")
	for _, want := range []string{"traduction de la méthode en anglais, qui fait foi", "`rules.small-text` = 0,125", "et devient 0", "**relectures** (`reviews`, poids 55,5)"} {
		assert.Contains(t, text, want)
	}
	assert.Error(t, report.Method(broken{}, doc, fr))
}

// shape is what a text in Markdown is made of: how each paragraph, item and row begins.
func shape(markdown string) (list []string) {
	begins := regexp.MustCompile(`^(#+ |\* |\d+\. |   \||$)`)
	for line := range strings.Lines(markdown) {
		if m := begins.FindString(strings.TrimRight(line, "\r\n")); m != "" {
			list = append(list, m)
		}
	}
	return list
}

// Each figure of the method that is no document's stands in both languages.
func TestMethodKeepsItsFigures(t *testing.T) {
	var said, origin bytes.Buffer
	require.NoError(t, report.Method(&said, nil, inFrench(t, 0).Locale))
	require.NoError(t, report.Method(&origin, nil, nil))
	figures := regexp.MustCompile(`\d+(?:[.,]\d+)?`)
	count := func(text string) map[string]int {
		text = regexp.MustCompile(`(\d)\x{a0}(\d)`).ReplaceAllString(text, "$1$2")
		n := map[string]int{}
		for _, f := range figures.FindAllString(text, -1) {
			n[strings.ReplaceAll(f, ",", ".")]++
		}
		return n
	}
	want, got := count(origin.String()), count(said.String())
	for f, n := range want {
		assert.Equal(t, n, got[f], "the figure %s", f)
	}
}
