package forge_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/model"
)

// Whoever is on the list comes as a stand-in, by address and by account; the others and the
// source's own record stay as they are.
func TestErasedPeopleComeAsStandIns(t *testing.T) {
	ada := model.Identity{Name: "Ada", Mail: "Ada@Karst.example"}
	bob := model.Identity{Login: "bob", Account: "github:7", Type: model.UserAccount}
	eve := model.Identity{Name: "Eve", Mail: "eve@x.example"}
	var records []model.Record
	for _, who := range []model.Identity{ada, bob, eve} {
		records = append(records, model.Record{Contribution: &model.Contribution{Artifact: "change:1", Role: model.Author, Actor: who}})
	}
	records = append(records, model.Record{Alias: &model.Alias{From: ada, To: eve}}, model.Record{Alias: &model.Alias{From: model.Identity{Mail: "e@x.example"}, To: eve}})
	doc := tender()
	const salt = "0123456789abcdef"
	doc.Erased = &model.Erased{Salt: salt, Hashes: map[string]bool{model.EraseHash(salt, "mail:ada@karst.example"): true, model.EraseHash(salt, "GitHub:7"): true}}
	var got []model.Record
	for r, err := range forge.Mine(t.Context(), doc, forge.Hosts{forge.Git: stating{records: records}}, nil) {
		require.NoError(t, err)
		got = append(got, r)
	}
	repositories := 0
	for _, p := range doc.Projects {
		repositories += len(p.Repositories)
	}
	per := len(got) / repositories
	require.Equal(t, 4, per)
	assert.Regexp(t, `^[0-9a-f]{16}@erased\.invalid$`, got[0].Contribution.Actor.Mail)
	assert.Equal(t, "erased", got[0].Contribution.Actor.Name)
	assert.NotEqual(t, got[0].Contribution.Actor.Mail, got[1].Contribution.Actor.Mail)
	assert.Empty(t, got[1].Contribution.Actor.Login+got[1].Contribution.Actor.Account)
	assert.Equal(t, eve, got[2].Contribution.Actor)
	assert.Equal(t, "e@x.example", got[3].Alias.From.Mail)
	assert.Equal(t, ada, records[0].Contribution.Actor)
}
