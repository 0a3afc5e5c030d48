package report_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
)

func TestCalibrationText(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, report.CalibrationText(&b, []score.Calibration{
		{Project: "a\x1b[31m", Indicator: model.Changes, People: 9, Three: 27.25, Floor: 12, T: 28, Stated: "99"},
		{Project: "a\x1b[31m", Indicator: model.Ports, Floor: 3, None: true, Reason: "nobody"},
		{Project: "a\x1b[31m", Indicator: model.Triage, Floor: 12, Reason: "git does not record issues"},
	}, 0, nil))
	assert.Equal(t, `SIMULATION: no result, but what helps to prepare one
a[31m
  thresholds: {changes: 28, ports: none}
     T  three  people  floor  stated  indicator
    28  27.25       9     12      99  changes
  none      0       0      3          ports
  left out: triage: git does not record issues

T is what the three most active people reach together, rounded up, and at least
the method's floor. Months have none: their full score is the window.
`, b.String())
}

func TestOpennessText(t *testing.T) {
	open := []score.Openness{
		{Project: "a", Pillar: model.Commits, Indicator: model.Changes, T: 28, Organisations: 3, Largest: "karst", Share: 0.5, Unknown: 0.25},
		{Project: "a", Pillar: model.Maintenance, Indicator: model.Ports, T: 9, Organisations: 1, Largest: "karst", Share: 0.9, Closed: "karst has 90 % of the credits"},
	}
	var b bytes.Buffer
	require.NoError(t, report.OpennessText(&b, open, 0, &report.TextOptions{Width: 60}))
	assert.Equal(t, `SIMULATION: no result, but what helps to prepare one
a
   T  reach T/4  largest  unknown  indicator
  28          3     50 %     25 %  commits: changes
   9          1     90 %      0 %  maintenance: ports *
  * ports of maintenance: karst has 90 % of the credits: not
    justified; the document cannot be sealed so

`, b.String())
	b.Reset()
	require.NoError(t, report.OpennessText(&b, nil, 0, nil))
	assert.Equal(t, "SIMULATION: no result, but what helps to prepare one\nNo indicator counts in any project.\n", b.String())
	b.Reset()
	require.NoError(t, report.OpennessJSON(&b, open, 0))
	var x struct {
		Format, Status string
		Indicators     []score.Openness
	}
	require.NoError(t, json.Unmarshal(b.Bytes(), &x))
	assert.Equal(t, open, x.Indicators)
	assert.Equal(t, "tributary-openness/1", x.Format)
}

// Every sheet of an official result bears the digest of the sealed document.
func TestOfficialSheets(t *testing.T) {
	digest := strings.Repeat("5f", 32)
	r := &model.Ranking{Status: model.Official, Seal: digest, Terms: &model.Terms{}, Lots: []model.LotResult{{ID: "1", Standings: []model.Standing{{Bidder: "karst"}}}},
		Projects: []model.ProjectResult{{ID: "a", Indicators: []model.IndicatorResult{{Pillar: model.Commits, Indicator: model.Changes, Reason: "nothing known"}}, Scores: []model.ProjectScore{{Bidder: "karst"}}}}}
	var b bytes.Buffer
	for name, write := range map[string]func() error{
		"text":       func() error { return report.Text(&b, r, &report.TextOptions{Width: 200}) },
		"csv":        func() error { return report.CSV(&b, r) },
		"indicators": func() error { return report.ProjectsCSV(&b, r, nil) },
		"json":       func() error { return report.JSON(&b, r) },
		"evidence": func() error {
			e := report.NewEvidence(&b, report.People{})
			e.Label = r.Label()
			e.Write(model.Verdict{})
			return e.Close()
		},
		"explanation": func() error {
			e, err := score.Explain(r, "karst")
			require.NoError(t, err)
			return report.Explanation(&b, e, &report.TextOptions{Width: 200})
		},
	} {
		b.Reset()
		require.NoError(t, write(), name)
		assert.Contains(t, b.String(), "OFFICIAL", name)
		assert.Contains(t, b.String(), digest, name)
		assert.NotContains(t, b.String(), "SIMULATION", name)
	}
}
