package tenderfile

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

const smallClaim = `format: tributary-claim/1
vendor: karst
tender: T-1
issued: 2026-11-28
expires: 2027-11-28
people:
  - identities: ["mail:ada@karst.example", "github:7"]
    employment: [{from: 2024-01-01, until: 2025-01-01, fraction: 0.5}, {from: 2025-01-01}]
  - identities: ["mail:bob@karst.example"]
    employment: [{from: 2020-02-03}]
`

func TestReadClaim(t *testing.T) {
	day := func(s string) model.Date {
		d, err := model.ParseDate(s)
		require.NoError(t, err)
		return d
	}
	half := 0.5
	want := &model.Claim{Format: model.ClaimFormat, Vendor: "karst", Tender: "T-1", Issued: day("2026-11-28"), Expires: day("2027-11-28"),
		People: []model.ClaimEntry{
			{Identities: []string{"mail:ada@karst.example", "github:7"}, Line: 7,
				Employment: []model.ClaimedWork{{From: day("2024-01-01"), Until: day("2025-01-01"), Fraction: &half}, {From: day("2025-01-01")}}},
			{Identities: []string{"mail:bob@karst.example"}, Employment: []model.ClaimedWork{{From: day("2020-02-03")}}, Line: 9},
		}}
	got, err := ReadClaim("claim.yaml", []byte(smallClaim))
	require.NoError(t, err)
	assert.Equal(t, want, got)

	got, err = ReadClaim("claim.json", []byte(`{"format": "tributary-claim/1", "vendor": "karst", "issued": "2026-11-28", "expires": "2027-11-28",
		"people": [{"identities": ["github:7"], "employment": [{"from": "2024-01-01"}]}]}`))
	require.NoError(t, err)
	assert.Empty(t, got.Tender)
	assert.Equal(t, 2, got.People[0].Line)

	b, err := os.ReadFile("testdata/claim.yaml")
	require.NoError(t, err)
	_, err = ReadClaim("claim.yaml", b)
	assert.NoError(t, err)
}

func TestFaultsOfClaims(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"tributary-claim/1", "tributary-claim/2", "c.yaml:1:9: written for a newer version; this program reads tributary-claim/1"},
		{"tributary-claim/1", "tributary/1", "c.yaml:1:9: this is a tender; write format: tributary-claim/1 for a roster"},
		{"vendor: karst", "vendor: Karst SARL", `c.yaml:2:9: vendor "Karst SARL" is no short name`},
		{"vendor: karst\n", "", `c.yaml:1:1: missing key "vendor"; write vendor: karst`},
		{"tender: T-1", `tender: ""`, "c.yaml:3:9: tender is empty"},
		{"tender: T-1", `tender: "T-1\nvendor: bigco"`, "c.yaml:3:9: the reference of the tender is one line"},
		{"issued: 2026-11-28\n", "", `missing key "issued"`},
		{"expires: 2027-11-28\n", "", `missing key "expires"`},
		{"2027-11-28", "2026-11-28", "c.yaml:5:10: expires 2026-11-28 is not after issued 2026-11-28"},
		{"github:7", "MAIL:ADA@karst.example", "c.yaml:7:44: this is no identity"},
		{"github:7", "github/ada", "this is no identity"},
		{"mail:bob@", "mail:ADA@", "c.yaml:9:18: this identity already stands at line 7"},
		{"github:7", "mail:Ada@Karst.example", "c.yaml:7:44: this identity already stands at line 7"},
		{"{from: 2020-02-03}", "{until: 2020-02-03}", `c.yaml:10:18: missing key "from"`},
		{"{from: 2020-02-03}", "", `c.yaml:10:17: "employment" is empty`},
		{`["mail:bob@karst.example"]`, "[]", `"identities" is empty`},
		{"{from: 2020-02-03}", "{from: 2020-02-03, until: 2020-02-03}", "until 2020-02-03 is not after from 2020-02-03"},
		{"{from: 2020-02-03}", "{from: 2020-02-03, vendor: bigco}", `unknown key "vendor"`},
		{"{from: 2020-02-03}", "{from: 2020-02-03, fraction: 1.5}", `"fraction" is 1.5; write a number above 0 and at most 1`},
		{"until: 2025-01-01", "until: 2025-02-01", `"entry 1" works more than full time for "karst" and "karst" (from 2025-01-01 until 2025-02-01)`},
		{"  - identities: [\"mail:bob", "  - name: Bob\n    identities: [\"mail:bob", `unknown key "name"`},
	} {
		require.Contains(t, smallClaim, c.from)
		got, err := ReadClaim("c.yaml", []byte(strings.Replace(smallClaim, c.from, c.to, 1)))
		assert.Nil(t, got, c.to)
		var faults Faults
		if assert.ErrorAs(t, err, &faults, c.to) {
			assert.Contains(t, err.Error(), c.want)
			assert.NotContains(t, strings.ToLower(err.Error()), "ada@", "an address is told")
		}
	}
	_, err := ReadClaim("c.yaml", nil)
	assert.ErrorContains(t, err, "begin it with a line such as format: tributary-claim/1")
	_, err = ReadFS(files("t.yaml", smallClaim), "t.yaml")
	assert.ErrorContains(t, err, "this is a claim; name it under rosters")
}

// FuzzReadClaim reads anything as a claim. Nothing may panic; what is read is whole, and
// every fault has a place.
func FuzzReadClaim(f *testing.F) {
	f.Add([]byte(smallClaim), false)
	f.Add([]byte(`{"format": "tributary-claim/1", "vendor": "karst"}`), true)
	f.Fuzz(func(t *testing.T, b []byte, asJSON bool) {
		name := map[bool]string{true: "c.json", false: "c.yaml"}[asJSON]
		c, err := ReadClaim(name, b)
		if faults, ok := errors.AsType[Faults](err); err != nil && (!ok || c != nil || len(faults) == 0 || faults[0].Line < 1) {
			t.Fatalf("no faults, or a claim in spite of them: %v", err)
		}
		if err != nil {
			return
		}
		if c.Vendor == "" || c.Expires <= c.Issued || len(c.People) == 0 {
			t.Fatal("accepted without what a claim must have")
		}
		for _, e := range c.People {
			if len(e.Identities) == 0 || len(e.Employment) == 0 || e.Line < 1 {
				t.Fatal("accepted an entry without what it must have")
			}
			for _, w := range e.Employment {
				if w.From == 0 || w.Until != 0 && w.Until <= w.From {
					t.Fatal("accepted days that run backwards")
				}
			}
		}
	})
}
