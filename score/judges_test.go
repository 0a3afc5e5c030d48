package score_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// The ledger of one project stays readable when the tender names another project besides,
// and not when its own repositories are others.
func TestLedgerFormOfAProject(t *testing.T) {
	one := model.NewTender()
	one.Window = model.Window{Until: date("2026-01-01"), Months: 12}
	one.Projects = map[string]model.Project{"a": {Repositories: []model.Repository{{URL: "a.git"}}}}
	two := *one
	two.Projects = map[string]model.Project{"a": one.Projects["a"], "b": {Repositories: []model.Repository{{URL: "b.git"}}}}
	other := *one
	other.Projects = map[string]model.Project{"a": {Repositories: []model.Repository{{URL: "c.git"}}}}

	l := &score.Ledger{}
	l.Add(model.Verdict{Project: "a", Counted: true, Person: "p", Parts: []model.Part{{Vendor: "v", Part: model.Whole}},
		Credits: []model.Credit{{Indicator: model.Changes, Amount: 5, Month: 3}}})
	var b bytes.Buffer
	require.NoError(t, score.NewLedgerForm(one).Project("a").Write(&b, l))
	got, err := score.NewLedgerForm(&two).Project("a").Read(bytes.NewReader(b.Bytes()))
	require.NoError(t, err)
	assert.Equal(t, l, got)
	assert.Equal(t, score.NewLedgerForm(one).Project("a").Digest(), score.NewLedgerForm(&two).Project("a").Digest())
	assert.NotEqual(t, score.NewLedgerForm(&two).Digest(), score.NewLedgerForm(&two).Project("a").Digest())

	var differs *score.LedgerError
	_, err = score.NewLedgerForm(&other).Project("a").Read(bytes.NewReader(b.Bytes()))
	require.ErrorAs(t, err, &differs)
	assert.Equal(t, []string{"projects"}, differs.Parts)
	_, err = score.NewLedgerForm(&two).Read(bytes.NewReader(b.Bytes()))
	assert.ErrorAs(t, err, &differs, "a ledger of one project is none of the whole tender")
}
