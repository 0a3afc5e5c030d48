package panel_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/research/discreet"
	"github.com/tributary-oss/tributary/examples/research/gitdm"
	"github.com/tributary-oss/tributary/examples/research/panel"
	"github.com/tributary-oss/tributary/model"
)

// guessed is a panel by mail domains alone, of two months: jane and gus have domains of their
// own, of quarry.example two people are known, one in each month.
func guessed(o panel.Options, more ...string) *panel.Panel {
	spans := []panel.Span{
		{Name: "2025-01", Since: day("2025-01-01"), Until: day("2025-02-01"),
			Changesets: by("jane@jane-doe.example", "jane@jane-doe.example", "jane@jane-doe.example", "gus@gus.example", "dan@quarry.example", "zoe@gmail.com")},
		{Name: "2025-02", Since: day("2025-02-01"), Until: day("2025-03-01"),
			Changesets: by(append([]string{"jane@jane-doe.example", "hal@hal.example", "eve@quarry.example"}, more...)...)},
	}
	var ids []model.Identity
	for _, s := range spans {
		for i := range s.Changesets {
			mail := s.Changesets[i].Author.Mail
			s.Changesets[i].Author.Name = mail[:3]
			ids = append(ids, s.Changesets[i].Author)
		}
	}
	return panel.Count(spans, gitdm.NewEmployers(model.NewTender(), ids, nil, true), o)
}

// written are all forms of a panel.
func written(t *testing.T, p *panel.Panel) map[string]string {
	var text, table bytes.Buffer
	require.NoError(t, panel.Text(&text, p, panel.TextOptions{}))
	require.NoError(t, panel.CSV(&table, p))
	j, err := json.Marshal(p)
	require.NoError(t, err)
	return map[string]string{"text": text.String(), "csv": table.String(), "json": string(j)}
}

// Domains of one person stand in one row, and what is measured of them is what it is with names.
func TestDomainsOfOnePersonAreNotNamed(t *testing.T) {
	p, named := guessed(panel.Options{}), guessed(panel.Options{Identify: true})
	for form, text := range written(t, p) {
		for _, word := range []string{"jane-doe", "gus.example", "hal.example"} {
			assert.NotContains(t, text, word, form)
			assert.Contains(t, written(t, named)[form], word, form)
		}
		assert.Contains(t, text, discreet.Row, form)
		assert.Contains(t, text, "quarry.example", form)
		assert.NotContains(t, written(t, named)[form], discreet.Row, form)
	}
	assert.Contains(t, written(t, p)["text"], "\n  joined 1: 1 not named\n  stayed 2: quarry.example, 1 not named\n  left 1: 1 not named\n")
	a, b := p.Periods[0], p.Periods[1]
	assert.Equal(t, []panel.Row{{"quarry.example", 1_000_000, 0.166667, 1}, {discreet.Row, 4_000_000, 0.666667, 2}, {"(Unknown)", 1_000_000, 0.166667, 1}}, a.Rows)
	assert.Equal(t, []int{3, 2}, []int{a.Organizations, a.Unnamed})
	assert.Equal(t, &panel.Moves{Joined: []string{}, Stayed: []string{"quarry.example"}, Left: []string{}, Unnamed: panel.Unnamed{Joined: 1, Stayed: 1, Left: 1}}, b.Moves)
	// Of 6 changesets 3, 1, 1 and one of somebody unknown: apart (9+1+1+1)/36.
	assert.Equal(t, 0.333333, a.HHI.Apart)
	for i, one := range named.Periods {
		got := p.Periods[i]
		got.Rows, got.Moves, got.Unnamed = one.Rows, one.Moves, one.Unnamed
		assert.Equal(t, one, got, "measures are of the organisations apart")
	}
	rows, err := csv.NewReader(strings.NewReader(written(t, p)["csv"])).ReadAll()
	require.NoError(t, err)
	got := map[string]string{}
	for _, r := range rows {
		got[strings.Join([]string{r[1], r[4], r[5]}, "|")] = r[6]
	}
	for key, want := range map[string]string{"2025-02||joined": "1", "2025-02||left": "1", "2025-02||stayed": "2", "2025-02|" + discreet.Row + "|left": "1",
		"2025-01||organizations not named": "2", "2025-01||organizations": "3", "2025-02|quarry.example|stayed": "1"} {
		assert.Equal(t, want, got[key], key)
	}
}

// A second person in any period names a domain in all of them.
func TestASecondPersonNamesADomain(t *testing.T) {
	text := written(t, guessed(panel.Options{}, "xen@jane-doe.example"))["csv"]
	assert.Contains(t, text, "2025-01,2025-01-01T00:00:00Z,2025-02-01T00:00:00Z,jane-doe.example,")
	assert.NotContains(t, text, "gus.example")
}
