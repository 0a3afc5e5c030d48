package claim_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/score/affiliation/claim"
)

// Lines that are left out, each with its reason; the others hold.
func TestLinesOfSigners(t *testing.T) {
	key := public(signer("ada"))
	for line, want := range map[string]string{
		"":                        "",
		"  # a remark":            "",
		"github:7 " + key:         "",
		"\ufeffgithub:7 " + key:   "",
		"github:7\t" + key + " c": "",
		`github:7 valid-after=20260101,valid-before="202601010000Z" ` + key: "valid-before is not after valid-after",
		`github:7 valid-after="2026-01-01" ` + key:                          `valid-after: "2026-01-01" is no time`,
		`github:7 valid-after="20261301" ` + key:                            `valid-after: "20261301" is no time`,
		`github:7 valid-after="" ` + key:                                    `valid-after: "" is no time`,
		`github:7 valid-before="20260101ZZ" ` + key:                         "is no time",
		`github:7 namespaces="a",NAMESPACES="b" ` + key:                     "the option \"namespaces\" stands twice",
		"github:7 cert-authority " + key:                                    "keys of certificate authorities",
		"github:7 cert-authority=yes " + key:                                "keys of certificate authorities",
		"github:7 no-touch-required " + key:                                 `the option "no-touch-required" is not known`,
		`github:7 command="x" ` + key:                                       `the option "command" is not known`,
		"*@karst.example " + key:                                            "wildcards stand for more than one person",
		"ada?@karst.example " + key:                                         "wildcards stand for more than one person",
		"github:7,!github:8 " + key:                                         "wildcards stand for more than one person",
		"github:7,, " + key:                                                 "a principal is empty",
		`"github:7 ` + key:                                                  "a quote is not closed",
		"github:7":                                                          "there is one word only",
		"github:7 ssh-ed25519":                                              "no key follows the principals",
		"github:7 ssh-ed25519 AAAA":                                         "no key follows the principals",
		"github:7 " + public(rsaSigner(t, 1024)):                            "the RSA key has 1024 bits",
		"github:7 " + public(dsaSigner(t)):                                  "keys of the type ssh-dss are not accepted",
	} {
		s := claim.ParseSigners("signers", []byte("\n"+line+"\n"))
		if want == "" {
			assert.Empty(t, s.Notes, line)
			continue
		}
		if assert.Len(t, s.Notes, 1, line) {
			assert.Contains(t, s.Notes[0].String(), "signers:2: ", line)
			assert.Contains(t, s.Notes[0].Text, want)
			assert.True(t, s.Notes[0].Refused)
			assert.NotContains(t, s.Notes[0].Text, "@", line)
		}
	}
}

// Namespaces are lists of patterns, as OpenSSH has them.
func TestNamespacesOfSigners(t *testing.T) {
	for list, want := range map[string]bool{
		"tributary-confirmation":     true,
		"git,tributary-confirmation": true,
		"*":                          true,
		"tributary-*":                true,
		"*-confirmation":             true,
		"t*-*n":                      true,
		"tributary?confirmation":     true,
		"tributary-confirmation*":    true,
		"tributary-confirmation?":    false,
		"tributary":                  false,
		"TRIBUTARY-CONFIRMATION":     false,
		"":                           false,
		"*,!tributary-confirmation":  false,
		"!tributary-*,*":             false,
		"!git":                       false,
		"!git,*":                     true,
		strings.Repeat("*a", 10_000): false,
		strings.Repeat("*", 10_000) + "confirmation": true,
	} {
		p := newPlace(t)
		p.put("signers", fmt.Sprintf("github:7 namespaces=%q %s", list, public(signer("ada"))))
		_, err := p.read()
		assert.Equal(t, want, err == nil, "%.60s: %v", list, err)
	}
}

func TestManySigners(t *testing.T) {
	key := public(signer("ada"))
	s := claim.ParseSigners("signers", []byte(strings.Repeat("nonsense\n", 3000)))
	require.Len(t, s.Notes, 1001)
	assert.Equal(t, "signers: and 2000 lines more were left out", s.Notes[1000].String())
	p := newPlace(t)
	p.put("signers", strings.Repeat("github:8 "+key+"\n", 30_000)+"github:7 "+key)
	_, err := p.read()
	assert.NoError(t, err, "all lines of a key are looked at")
}

// FuzzSigners reads anything as a file of signers: nothing may panic, and each line is
// read or noted.
func FuzzSigners(f *testing.F) {
	key := public(signer("ada"))
	f.Add([]byte("github:7 " + key + "\n"))
	f.Add([]byte(`"ada@karst.example,github:7" namespaces="tributary-*,!git",valid-after="20260101Z",valid-before="202601010000" ` + key))
	f.Add([]byte("ada@karst.example cert-authority " + key + "\n# x\n*@x " + key))
	f.Fuzz(func(t *testing.T, b []byte) {
		s := claim.ParseSigners("signers", b)
		lines := strings.Count(string(b), "\n") + 1
		for _, n := range s.Notes {
			if n.Line > lines || n.Text == "" || !n.Refused || strings.Contains(n.Text, "\n") {
				t.Fatalf("a note without its place: %q", n)
			}
		}
		p := newPlace(t)
		p.MapFS["signers"] = &fstest.MapFile{Data: b}
		_, _ = p.read()
	})
}

// FuzzClaim reads anything as a claim, and as its signatures: nothing may panic, and
// what is accepted was signed.
func FuzzClaim(f *testing.F) {
	p := newPlace(f)
	signature := p.MapFS["claim.yaml.sig"].Data
	f.Add([]byte(document), signature, p.MapFS["claim.yaml.1.sig"].Data)
	f.Add([]byte(document), []byte("-----BEGIN SSH SIGNATURE-----\n\n-----END SSH SIGNATURE-----\n"), []byte(nil))
	f.Add([]byte(strings.Replace(document, "bob@home", "zoe@bigco", 1)), signature, []byte("x"))
	f.Fuzz(func(t *testing.T, doc, sig, confirmation []byte) {
		p := newPlace(t)
		p.put("claim.yaml", string(doc))
		p.put("claim.yaml.sig", string(sig))
		p.put("claim.yaml.1.sig", string(confirmation))
		table, err := p.read()
		if err == nil && (string(doc) != document || len(table.People) != 2) {
			t.Fatal("accepted what nobody signed")
		}
		if err != nil && (table != nil || strings.Contains(err.Error(), "\n")) {
			t.Fatalf("%q", err)
		}
		// With a true signature over whatever it is, what is read must be whole.
		p.sign(t, "claim.yaml.sig", signer("karst"), string(doc), claim.Namespace)
		delete(p.MapFS, "claim.yaml.1.sig")
		if table, err = p.read(); err == nil && len(table.People) == 0 {
			t.Fatal("accepted nothing")
		}
	})
}
