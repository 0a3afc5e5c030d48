package report_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
)

var update = flag.Bool("update", false, "write what comes out as what is wanted; read the difference like code")

func stored(t *testing.T, name string) *model.Ranking {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "compare", name))
	require.NoError(t, err)
	defer f.Close()
	r, err := model.ReadRanking(f)
	require.NoError(t, err)
	return r
}

// Two results of the demonstration: the second one with a window of 24 months, another
// weight of a project and another threshold, better evidence for a person, and another
// bidder in the place of one. They are kept as they were written, whatever the method is now.
func TestComparisonOfTheDemonstration(t *testing.T) {
	c := score.Compare(stored(t, "a.json"), stored(t, "b.json"))
	var text, js bytes.Buffer
	require.NoError(t, report.ComparisonText(&text, c, nil))
	require.NoError(t, report.ComparisonJSON(&js, c))
	for name, got := range map[string][]byte{"wanted.txt": text.Bytes(), "wanted.json": js.Bytes()} {
		file := filepath.Join("testdata", "compare", name)
		if *update {
			require.NoError(t, os.WriteFile(file, got, 0o644))
		}
		want, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, string(want), string(got), name)
	}
	var back model.Comparison
	require.NoError(t, json.Unmarshal(js.Bytes(), &back))
	assert.Equal(t, *c, back, "the written form holds everything")
}

func TestComparisonTextFitsTheTerminalAndSaysWhatIsNotKnown(t *testing.T) {
	a, b := stored(t, "a.json"), ranking()
	b.Lots[0].ID, b.Lots[0].Standings[0].Score, b.Lots[0].Standings[0].Points = "1", nil, nil
	for _, width := range []int{60, 100} {
		var out bytes.Buffer
		require.NoError(t, report.ComparisonText(&out, score.Compare(a, b), &report.TextOptions{Width: width}))
		for line := range strings.Lines(out.String()) {
			assert.LessOrEqual(t, len([]rune(strings.TrimRight(line, "\n"))), width, line)
		}
		said := strings.Join(strings.Fields(out.String()), " ")
		for _, want := range []string{"These are two different tenders", "reference: DEMO-2026-001 → T-1", "change not known, as one score is not", "Lot 2 is in A only", "an earlier version names no digests", "SIMULATION"} {
			assert.Contains(t, said, want)
		}
	}
	var same bytes.Buffer
	require.NoError(t, report.ComparisonText(&same, score.Compare(a, a), nil))
	assert.Contains(t, same.String(), "Method, affiliations and facts are the same.")
	assert.Error(t, report.ComparisonText(broken{}, score.Compare(a, b), nil))
	assert.Error(t, report.ComparisonJSON(broken{}, score.Compare(a, b)))
}
