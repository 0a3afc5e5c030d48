package formats_test

import (
	"bytes"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
	"github.com/tributary-oss/tributary/score/affiliation/formats"
)

// mover is a person who moves from Karst to BigCo on 1 March 2025.
func mover(t *testing.T) *model.Table {
	day, err := model.ParseDate("2025-03-01")
	require.NoError(t, err)
	return &model.Table{People: []model.Person{{ID: "github/ada", Identities: []string{"github/ada", "mail:ada@private.example"},
		Employment: []model.Employment{{Vendor: "Karst SARL", Until: day}, {Vendor: "BigCo", From: day}}}}}
}

// February's work is the old employer's and March's the new one's, at both edges of the
// day, after a round trip through every form that can hold people.
func TestAMoveSurvivesEveryForm(t *testing.T) {
	tried := 0
	for _, f := range formats.All() {
		if f.Name == "mailmap" {
			continue // holds no employers
		}
		tried++
		var b bytes.Buffer
		_, err := f.Write(&b, mover(t))
		require.NoError(t, err, f.Name)
		doc := model.NewTender()
		doc.Evidence = model.Imported
		doc.Vendors = map[string]model.Vendor{"karst": {Name: "Karst SARL"}, "bigco": {Name: "BigCo"}}
		table, err := f.Read(fstest.MapFS{"roster": {Data: b.Bytes()}}, model.Roster{File: "roster", Format: f.Name}, doc)
		require.NoError(t, err, "%s: %s", f.Name, b.String())
		for _, n := range table.Notes {
			assert.False(t, n.Refused, "%s: %s", f.Name, n)
		}
		doc.Tables = []model.Table{*table}
		roster := affiliation.NewRoster(doc)
		id := model.Identity{Name: "Ada", Mail: "Ada@private.example"}
		person := roster.People(nil).Person(id)
		march := time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)
		for at, want := range map[time.Time]string{
			march.Add(-time.Second): "karst", march: "bigco", march.AddDate(0, 0, -1): "karst", march.AddDate(0, 0, 1): "bigco",
			march.AddDate(-20, 0, 0): "karst", march.AddDate(20, 0, 0): "bigco",
		} {
			parts, outcome := roster.At(person, id, at)
			assert.Equal(t, want, parts[0].Vendor, "%s at %s:\n%s", f.Name, at, b.String())
			assert.Equal(t, affiliation.Known, outcome, f.Name)
		}
	}
	assert.Equal(t, 5, tried)
}
