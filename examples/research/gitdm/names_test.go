package gitdm

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/research/discreet"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report"
)

// Guessed domains that one person is behind stand together; the totals are those with names.
func TestDomainsOfOnePersonAreNotNamed(t *testing.T) {
	records := stream(changeset(1, 5, 1, "ada", "reviewer bob"), changeset(2, 7, 0, "ada"), changeset(3, 2, 2, "bob"), changeset(4, 1, 0, "dan"), changeset(5, 1, 0, "eve"))
	quarry := model.Table{Domains: []model.DomainTenure{{Domain: "dan.example", Employer: "Quarry"}}}
	count := func(show report.People) *Report {
		r, err := Count(records, tender(quarry), Options{Guess: true, Show: show})
		require.NoError(t, err)
		return r
	}
	r, named := count(report.People{Key: []byte("key")}), count(report.People{Key: []byte("key"), Names: true})
	assert.Equal(t, named.Totals, r.Totals)
	assert.Equal(t, map[string]float64{discreet.Row: 4, "Quarry": 1, Unknown: 0}, r.table(OfEmployers, "changesets"))
	assert.Equal(t, map[string]float64{discreet.Row: 3, "Quarry": 1, Unknown: 0}, r.table(OfEmployers, "developers"))
	assert.Equal(t, map[string]float64{discreet.Row: 15, "Quarry": 1, Unknown: 0}, r.table(OfEmployers, "changed lines"))
	assert.Equal(t, map[string]float64{"ada.example": 2, "bob.example": 1, "eve.example": 1, "Quarry": 1, Unknown: 0}, named.table(OfEmployers, "changesets"))
	for i, table := range named.Tables {
		assert.Equal(t, table.Total, r.Tables[i].Total, table.Title())
	}
	var text, csv bytes.Buffer
	require.NoError(t, Text(&text, r, &TextOptions{}))
	require.NoError(t, CSV(&csv, r))
	for _, word := range []string{"ada.example", "bob.example", "eve.example"} {
		assert.NotContains(t, text.String()+csv.String(), word)
	}
}
