package score_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

var rankings = flag.String("rankings", "", "file to write the rankings of many stories into, to be compared with those of another processor")

// manyRankings writes the rankings of stories under several documents, and their
// comparisons, one a line.
func manyRankings(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	var before *model.Ranking
	for seed := range uint64(60) {
		doc := rostered()
		doc.Window.Months = 7 + int(seed%6)
		doc.Weights[model.Commits], doc.Indicators[model.Maintenance][model.Ports] = 17+float64(seed)/3, 1.0/7
		doc.Rules.Mate = 0.1 * float64(seed%10)
		if seed%2 == 0 {
			doc.Projects["p"] = model.Project{Repositories: doc.Projects["p"].Repositories,
				Thresholds: map[model.Indicator]model.Threshold{model.Changes: {T: 3.7 + float64(seed)/11}, model.ReviewsDone: {T: 5.3}}}
		}
		r := evaluate(t, doc, anyStory(rand.New(rand.NewPCG(seed, 1)), 70))
		require.NoError(t, e.Encode(r))
		if before != nil {
			require.NoError(t, e.Encode(score.Compare(before, r)))
		}
		before = r
	}
	return out.Bytes()
}

// The same inputs make the same bytes, here and, where the flag asks for the file, on
// whatever processor it is compared with.
func TestRankingsAreTheSameBytes(t *testing.T) {
	want := manyRankings(t)
	assert.True(t, bytes.Equal(want, manyRankings(t)))
	assert.Greater(t, len(want), 100_000)
	if *rankings != "" {
		require.NoError(t, os.WriteFile(*rankings, want, 0o644))
	}
}
