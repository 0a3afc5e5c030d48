package claim_test

import (
	"fmt"
	"os"
	"testing/fstest"

	"github.com/tributary-oss/tributary/model/tenderfile"
	"github.com/tributary-oss/tributary/score/affiliation/claim"
)

// A tender names claims under rosters; a reader that knows the form checks them.
func ExampleFormat() {
	files := fstest.MapFS{"tender.yaml": {Data: []byte(`format: tributary/1
window: {until: 2026-11-01}
projects: {here: {repositories: [{url: here.git}]}}
bidders: all
vendors: {karst: {name: Karst SARL}}
rosters: [{file: claim.yaml, format: claim, signers: allowed_signers}]
`)}, "claim.yaml": {Data: []byte(`format: tributary-claim/1
vendor: karst
issued: 2026-10-28
expires: 2027-10-28
people: [{identities: ["github:7"], employment: [{from: 2024-01-01}]}]
`)}, "allowed_signers": {}}
	_, err := tenderfile.ReadFS(files, "tender.yaml", claim.Format())
	fmt.Println(err)
	// Output:
	// tender.yaml:6:18: roster "claim.yaml" is refused: claim.yaml: it is not signed: there is no claim.yaml.sig; sign it with tender claim sign claim.yaml --key FILE, or ssh-keygen -Y sign -n tributary-claim -f FILE claim.yaml
}

func ExampleCheck() {
	key, err := os.ReadFile("testdata/vendor.pub")
	if err != nil {
		fmt.Println(err)
		return
	}
	keys, err := os.ReadFile("testdata/allowed_signers")
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := claim.Check(os.DirFS("testdata"), "claim.yaml", claim.ParseSigners("allowed_signers", keys), vendorWith(string(key)))
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, e := range c.People {
		fmt.Println(c.Level(i), len(e.Identities), "identities, from", e.Employment[0].From)
	}
	// Output:
	// confirmed 2 identities, from 2024-01-01
	// confirmed 1 identities, from 2020-02-03
}

// What a person signs is a text of their own entry.
func ExampleText() {
	c, err := tenderfile.ReadClaim("claim.yaml", []byte(document))
	if err != nil {
		fmt.Println(err)
		return
	}
	entry := claim.Find(c, "bob@home.example")
	fmt.Printf("%s", claim.Text(c, entry))
	fmt.Println("→", claim.ConfirmationFile("claim.yaml", entry))
	// Output:
	// tributary-confirmation/1
	// vendor: karst
	// tender: T-1
	// issued: 2026-11-28
	// expires: 2027-11-28
	// identity: mail:bob@home.example
	// employment: from 2020-02-03 until 2024-01-01, fraction 1
	// → claim.yaml.2.sig
}
