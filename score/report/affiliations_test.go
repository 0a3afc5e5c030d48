package report_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/affiliation"
	"github.com/tributary-oss/tributary/score/report"
)

// Nobody's name, address or key stands in a survey unless it is asked for.
func TestAffiliationsNameNobodyUnasked(t *testing.T) {
	a := &score.Affiliations{
		Left:    []score.Departure{{Departure: affiliation.Departure{Person: "p-secret", Vendor: "karst", Day: 20_000}}},
		Unknown: []score.UnknownPerson{{Person: "mail:secret@x.example", Name: "Secret", Acts: 3}},
		Findings: []affiliation.Finding{{Kind: affiliation.SharedIdentity, Subject: "mail:secret@y.example", Text: "two"},
			{Kind: affiliation.LargeCluster, Subject: "p-secret", Text: "many"}},
	}
	for _, names := range []bool{false, true} {
		show := report.People{Names: names, Key: []byte("key")}
		var text, encoded strings.Builder
		require.NoError(t, report.Affiliations(&text, a, show, nil))
		require.NoError(t, report.AffiliationsJSON(&encoded, a, show))
		want := 0
		if names {
			want = 5
		}
		assert.Equal(t, want, strings.Count(strings.ToLower(text.String()), "secret"), text.String())
		assert.Equal(t, want, strings.Count(strings.ToLower(encoded.String()), "secret"), encoded.String())
	}
	assert.Equal(t, "p-secret", a.Left[0].Person, "what is written is a copy")
	assert.Equal(t, "mail:secret@y.example", a.Findings[0].Subject)
}

// A month without an act has no shares, which is not nought of each.
func TestAMonthWithoutActsHasNoShares(t *testing.T) {
	a := &score.Affiliations{Months: []score.MonthKnown{{Month: 2025 * 12, Acts: map[string]int64{"unknown": 1_000_000}}, {Month: 2025*12 + 1, Acts: map[string]int64{}}}}
	var b strings.Builder
	require.NoError(t, report.Affiliations(&b, a, report.People{}, nil))
	assert.Regexp(t, `2025-01 +1 +100 %\n +2025-02 +0 +-\n`, b.String())
}
