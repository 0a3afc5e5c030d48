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
	records = append(records, model.Record{Alias: &model.Alias{From: ada, To: eve}}, model.Record{Alias: &model.Alias{From: eve, To: ada}}, model.Record{Alias: &model.Alias{From: model.Identity{Mail: "e@x.example"}, To: eve}})
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

// Whoever is erased by an account is erased under the mail addresses that the forge lends to
// it, too; and white space around an address hides nobody.
func TestErasedBehindPrivateAddresses(t *testing.T) {
	e := &model.Erased{Salt: "s", Hashes: map[string]bool{}}
	for _, id := range []string{"github:7", "gitlab.com:8", "codeberg.org/eve", "forge.example:8443/flo", "mail:gil@x.example"} {
		e.Hashes[model.EraseHash("s", id)] = true
	}
	for mail, want := range map[string]bool{"7+ada@users.noreply.github.com": true, "7+Ada@Users.Noreply.GitHub.com": true, "8-bob@users.noreply.gitlab.com": true,
		"Eve@noreply.codeberg.org": true, "9+eve@noreply.codeberg.org": true, " GIL@x.example ": true,
		"7-ada@users.noreply.github.com": false, "77+ada@users.noreply.github.com": false, "7+ada@users.noreply.gitlab.com": false, "ada@users.noreply.github.com": false, "": false} {
		id := model.Identity{Mail: mail}
		assert.Equal(t, want, e.Replace(id) != id, mail)
		assert.Equal(t, want, e.Holds("mail:"+mail), mail)
	}
	flo := model.Identity{Account: "forge.example:8443:3", Login: "flo"}
	assert.NotEqual(t, flo, e.Replace(flo))
}
