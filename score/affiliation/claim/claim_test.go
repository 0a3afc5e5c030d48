package claim_test

import (
	"crypto/dsa" //lint:ignore SA1019 it is what must be refused
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/pem"
	"fmt"
	"io/fs"
	"math/big"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hiddeco/sshsig"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/model/tenderfile"
	"github.com/tributary-oss/tributary/score/affiliation/claim"
)

const document = `format: tributary-claim/1
vendor: karst
tender: T-1
issued: 2026-11-28
expires: 2027-11-28
people:
  - identities: ["mail:Ada@Karst.example", "github:7"]
    employment: [{from: 2025-01-01}, {from: 2024-01-01, until: 2025-01-01, fraction: 0.5}]
  - identities: ["mail:bob@home.example"]
    employment: [{from: 2020-02-03, until: 2024-01-01}]
`

// signer returns the key of somebody, the same in every run.
func signer(name string) ssh.Signer {
	seed := sha256.Sum256([]byte(name))
	s, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(seed[:]))
	if err != nil {
		panic(err)
	}
	return s
}

func public(s ssh.Signer) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(s.PublicKey())))
}

func date(s string) model.Date {
	d, err := model.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func tender() *model.Tender {
	t := model.NewTender()
	t.About = model.About{ID: "T-1", Notice: date("2026-12-01")}
	t.Window.Until = date("2026-11-01")
	t.Vendors = map[string]model.Vendor{
		"karst": {Name: "Karst SARL", Domains: []model.MailDomain{{Name: "karst.example"}, {Name: "lab.bigco.example"}, {Name: "tinyco.example", From: date("2024-06-01")}},
			Keys: []model.SigningKey{{Key: public(signer("karst")), From: date("2025-01-01"), Until: date("2026-11-29")}, {Key: public(signer("old")), Until: date("2026-11-28")}}},
		"bigco": {Domains: []model.MailDomain{{Name: "bigco.example"}, {Name: "tinyco.example", Until: date("2024-01-01")}},
			Keys: []model.SigningKey{{Key: public(signer("bigco"))}, {Key: "ssh-ed25519 nonsense"}}},
	}
	return t
}

// place is a folder with a claim and what lies beside it.
type place struct {
	fstest.MapFS
	signers string
	tender  *model.Tender
}

func (p place) put(name, text string) { p.MapFS[name] = &fstest.MapFile{Data: []byte(text)} }

// write puts a claim and the vendor's signature into the place.
func (p place) write(t testing.TB, text string) {
	p.put("claim.yaml", text)
	p.sign(t, "claim.yaml.sig", signer("karst"), text, claim.Namespace)
}

func (p place) sign(t testing.TB, name string, key ssh.Signer, message, namespace string) {
	t.Helper()
	b, err := claim.Sign(key, []byte(message), namespace)
	require.NoError(t, err)
	p.put(name, string(b))
}

// confirm puts the confirmation of an entry, by its index, into the place.
func (p place) confirm(t testing.TB, entry int, key ssh.Signer) {
	t.Helper()
	c, err := tenderfile.ReadClaim("claim.yaml", p.MapFS["claim.yaml"].Data)
	require.NoError(t, err)
	p.sign(t, claim.ConfirmationFile("claim.yaml", entry), key, string(claim.Text(c, entry)), claim.ConfirmNamespace)
}

// newPlace is a valid claim of two entries, of which the first is confirmed.
func newPlace(t testing.TB) place {
	p := place{MapFS: fstest.MapFS{}, tender: tender()}
	p.write(t, document)
	p.put("signers", "github:7 "+public(signer("ada"))+" ada\nbob@home.example "+public(signer("bob"))+"\n")
	p.signers = "signers"
	p.confirm(t, 0, signer("ada"))
	return p
}

func (p place) read() (*model.Table, error) {
	return claim.Format().Read(p.MapFS, model.Roster{File: "claim.yaml", Format: "claim", Signers: p.signers}, p.tender)
}

func TestAValidClaim(t *testing.T) {
	half := 0.5
	want := &model.Table{People: []model.Person{
		{ID: "github:7", Identities: []string{"github:7", "mail:Ada@Karst.example"}, Employment: []model.Employment{
			{Vendor: "karst", From: date("2025-01-01"), Level: model.Confirmed, Source: "claim.yaml"},
			{Vendor: "karst", From: date("2024-01-01"), Until: date("2025-01-01"), Fraction: &half, Level: model.Confirmed, Source: "claim.yaml"}}},
		{ID: "mail:bob@home.example", Identities: []string{"mail:bob@home.example"}, Employment: []model.Employment{
			{Vendor: "karst", From: date("2020-02-03"), Until: date("2024-01-01"), Level: model.Listed, Source: "claim.yaml"}}},
	}}
	p := newPlace(t)
	got, err := p.read()
	require.NoError(t, err)
	assert.Equal(t, want, got)

	p.confirm(t, 1, signer("bob"))
	got, err = p.read()
	require.NoError(t, err)
	assert.Equal(t, model.Confirmed, got.People[1].Employment[0].Level)

	delete(p.MapFS, "claim.yaml.1.sig")
	delete(p.MapFS, "claim.yaml.2.sig")
	p.signers = ""
	got, err = p.read()
	require.NoError(t, err, "without confirmations nobody's keys are needed")
	assert.Equal(t, model.Listed, got.People[0].Employment[0].Level, "a vendor's signature does not raise a list")
}

func TestAClaimInATender(t *testing.T) {
	p := newPlace(t)
	text := `format: tributary/1
tender: {id: T-1, notice: 2026-12-01}
window: {until: 2026-11-01}
projects: {here: {repositories: [{url: here.git}]}}
bidders: all
vendors: {karst: {keys: [{key: "` + public(signer("karst")) + `"}]}}
rosters: [{file: claim.yaml, format: claim, signers: signers}]
`
	p.put("tender.yaml", text)
	doc, err := tenderfile.ReadFS(p.MapFS, "tender.yaml", claim.Format())
	require.ErrorContains(t, err, "entry 1: the key "+ssh.FingerprintSHA256(signer("ada").PublicKey())+" does not stand in signers for identity 1", "the tender has no domain")
	assert.Nil(t, doc)
	p.put("tender.yaml", strings.Replace(text, "{keys", "{domains: [{name: karst.example}], keys", 1))
	doc, err = tenderfile.ReadFS(p.MapFS, "tender.yaml", claim.Format())
	require.NoError(t, err)
	require.Len(t, doc.Tables, 1)
	assert.Len(t, doc.Tables[0].People, 2)

	p.put("claim.yaml", "format: tributary-claim/1\nvendor: Karst!\n")
	_, err = tenderfile.ReadFS(p.MapFS, "tender.yaml", claim.Format())
	require.ErrorContains(t, err, "claim.yaml:1:1: missing key \"expires\"")
	assert.ErrorContains(t, err, "tells all of its 4 faults")
	assert.NotContains(t, err.Error(), "\n", "one fault of the tender")
}

// Each of these is refused for its reason, and says where.
func TestRefusals(t *testing.T) {
	rewrite := func(from, to string) func(place) {
		return func(p place) {
			require.Contains(t, document, from)
			p.write(t, strings.Replace(document, from, to, 1))
			delete(p.MapFS, "claim.yaml.1.sig")
		}
	}
	ada := func(p place) string {
		c, err := tenderfile.ReadClaim("c", p.MapFS["claim.yaml"].Data)
		require.NoError(t, err)
		return string(claim.Text(c, 0))
	}
	for name, c := range map[string]struct {
		spoil  func(place)
		reason claim.Reason
		want   string
	}{
		"unsigned":       {func(p place) { delete(p.MapFS, "claim.yaml.sig") }, claim.Unsigned, "claim.yaml: it is not signed: there is no claim.yaml.sig"},
		"changed":        {func(p place) { p.put("claim.yaml", document+"# more\n") }, claim.Forged, "claim.yaml.sig: the signature is not one of claim.yaml as it is"},
		"another's key":  {func(p place) { p.sign(t, "claim.yaml.sig", signer("bigco"), document, claim.Namespace) }, claim.WrongKey, "is not one that the tender has for vendor karst"},
		"a person's key": {func(p place) { p.sign(t, "claim.yaml.sig", signer("ada"), document, claim.Namespace) }, claim.WrongKey, "is not one that the tender has for vendor karst"},
		"a former key":   {func(p place) { p.sign(t, "claim.yaml.sig", signer("old"), document, claim.Namespace) }, claim.WrongKey, "was not vendor karst's on 2026-11-28"},
		"a key of later": {rewrite("issued: 2026-11-28", "issued: 2024-12-31"), claim.WrongKey, "was not vendor karst's on 2024-12-31"},
		"no key":         {func(p place) { p.tender.Vendors["karst"] = model.Vendor{} }, claim.WrongKey, "is not one that the tender has"},
		"a tender's key": {func(p place) {
			p.tender.Vendors["karst"] = model.Vendor{Keys: []model.SigningKey{{Key: "ssh-ed25519 A"}}}
		}, claim.Unreadable, "key 1 of vendor karst in the tender is no SSH key"},
		"another use":  {func(p place) { p.sign(t, "claim.yaml.sig", signer("karst"), document, "git") }, claim.WrongUse, `was made for "git"; sign again with the namespace tributary-claim`},
		"no signature": {func(p place) { p.put("claim.yaml.sig", "hello") }, claim.Unreadable, "not one signature in the form of ssh-keygen"},
		"two signatures": {func(p place) {
			p.MapFS["claim.yaml.sig"].Data = append(p.MapFS["claim.yaml.sig"].Data, p.MapFS["claim.yaml.sig"].Data...)
		}, claim.Unreadable, "not one signature"},
		"expired": {rewrite("2027-11-28", "2026-12-01"), claim.Expired, "it expired on 2026-12-01, and the tender's notice is on 2026-12-01"},
		"expired, window": {func(p place) {
			p.tender.About.Notice = 0
			rewrite("issued: 2026-11-28\nexpires: 2027-11-28", "issued: 2026-10-28\nexpires: 2026-11-01")(p)
		}, claim.Expired, "the end of the window is on 2026-11-01"},
		"another tender":  {rewrite("T-1", "T-2"), claim.NotForTender, `it is for the tender "T-2", and this one is "T-1"`},
		"nameless tender": {func(p place) { p.tender.About.ID = "" }, claim.NotForTender, "this one states no id"},
		"another vendor":  {rewrite("vendor: karst", "vendor: moraine"), claim.NotForVendor, `names no vendor "moraine"; write the short name that it has under vendors: bigco, karst`},
		"a rival's":       {rewrite("bob@home", "zoe@eu.bigco"), claim.Rival, "claim.yaml:9: entry 2: it has an address whose mail domain is vendor bigco's"},
		"a rival's once":  {rewrite("bob@home.example", "zoe@tinyco.example"), claim.Rival, "claim.yaml:9: entry 2: it has an address whose mail domain is vendor bigco's"},

		"not listed":     {func(p place) { p.confirm(t, 0, signer("eve")) }, claim.WrongKey, "claim.yaml.1.sig: entry 1: the key SHA256:"},
		"another person": {func(p place) { p.confirm(t, 0, signer("bob")) }, claim.WrongKey, "for none of the entry's identities"},
		"another entry": {func(p place) {
			p.confirm(t, 0, signer("ada"))
			p.MapFS["claim.yaml.2.sig"] = p.MapFS["claim.yaml.1.sig"]
		}, claim.WrongKey, "entry 2: the key"},
		"entry changed":   {func(p place) { p.write(t, strings.Replace(document, "0.5", "0.6", 1)) }, claim.Forged, "claim.yaml.1.sig: entry 1: the signature is not one of this entry as it is"},
		"issued changed":  {func(p place) { p.write(t, strings.Replace(document, "issued: 2026-11-28", "issued: 2026-11-27", 1)) }, claim.Forged, "entry 1: the signature is not one of this entry"},
		"tender left out": {func(p place) { p.write(t, strings.Replace(document, "tender: T-1\n", "", 1)) }, claim.Forged, "entry 1: the signature is not one of this entry"},
		"confirmed what":  {func(p place) { p.sign(t, "claim.yaml.1.sig", signer("ada"), ada(p), claim.Namespace) }, claim.WrongUse, "sign again with the namespace tributary-confirmation"},
		"no entry":        {func(p place) { p.MapFS["claim.yaml.3.sig"] = p.MapFS["claim.yaml.1.sig"] }, claim.NoEntry, "claim.yaml.3.sig: the claim has no entry 3, only 2"},
		"entry 0":         {func(p place) { p.MapFS["claim.yaml.0.sig"] = p.MapFS["claim.yaml.1.sig"] }, claim.NoEntry, "no entry 0"},
		"no signers":      {func(p place) { delete(p.MapFS, "signers"); p.put("signers", "") }, claim.WrongKey, "does not stand in signers"},
		"the vendor":      {func(p place) { p.confirm(t, 0, signer("old")) }, claim.SharedKey, "is vendor karst's; a person confirms with a key of their own"},
		"one for two": {func(p place) {
			p.put("signers", "github:7,bob@home.example "+public(signer("ada")))
			p.confirm(t, 1, signer("ada"))
		}, claim.SharedKey, "claim.yaml.2.sig: entry 2: the key " + ssh.FingerprintSHA256(signer("ada").PublicKey()) + " confirms entry 1 already"},
		"another use only": {func(p place) { p.put("signers", `github:7 namespaces="git,file" `+public(signer("ada"))) }, claim.WrongKey, "for other namespaces only"},
		"too late":         {func(p place) { p.put("signers", `github:7 valid-before="20261128" `+public(signer("ada"))) }, claim.WrongKey, "was not valid on 2026-11-28"},
		"too early":        {func(p place) { p.put("signers", `github:7 valid-after="20261129" `+public(signer("ada"))) }, claim.WrongKey, "was not valid on 2026-11-28"},
		"each on its own line": {func(p place) {
			p.put("signers", "github:7 namespaces=\"git\" "+public(signer("ada"))+"\ngithub:7 namespaces=\"tributary-*\",valid-before=\"20260101\" "+public(signer("ada")))
		}, claim.WrongKey, "was not valid on 2026-11-28"},
		"a rival's from then on": {func(p place) {
			p.tender.Vendors["bigco"] = model.Vendor{Domains: []model.MailDomain{{Name: "home.example", From: date("2023-12-31")}}}
		}, claim.Rival, "claim.yaml:9: entry 2: it has an address whose mail domain is vendor bigco's"},
		"a rival's below its own": {func(p place) {
			p.tender.Vendors["karst"].Domains[0].Name = "home.example"
			p.tender.Vendors["karst"].Domains[0].Until = date("2023-12-31")
			p.tender.Vendors["bigco"] = model.Vendor{Domains: []model.MailDomain{{Name: "example", Until: date("2024-01-01")}}}
			rewrite(`"mail:Ada@Karst.example", `, "")(p)
		}, claim.Rival, "claim.yaml:9: entry 2: it has an address whose mail domain is vendor bigco's"},
		"an authority": {func(p place) { p.put("signers", `github:7 cert-authority `+public(signer("ada"))) }, claim.WrongKey, "does not stand in signers"},
		"takes another in": {func(p place) {
			p.write(t, strings.Replace(document, `"github:7"`, `"github:7", "github:99"`, 1))
			p.confirm(t, 0, signer("ada"))
		}, claim.Overreach, "does not stand in signers for identity 3 of the entry"},
		"not yet its domain": {func(p place) {
			p.write(t, strings.Replace(document, "Karst.example", "tinyco.example", 1))
			p.confirm(t, 0, signer("ada"))
		}, claim.Overreach, "for identity 1 of the entry"},
	} {
		p := newPlace(t)
		c.spoil(p)
		table, err := p.read()
		assert.Nil(t, table, name)
		var refused *claim.RefusedError
		if assert.ErrorAs(t, err, &refused, name) {
			assert.Equal(t, c.reason, refused.Reason, name)
			assert.Contains(t, err.Error(), c.want, name)
			assert.Regexp(t, ";|expired|: it is not signed", err.Error(), "%s: what to do", name)
			assert.NotContains(t, err.Error(), "@", name)
			assert.NotContains(t, err.Error(), "\n", name)
		}
	}
	p := newPlace(t)
	p.signers = ""
	_, err := p.read()
	assert.ErrorContains(t, err, "claim.yaml.1.sig: entry 1: it is confirmed, and nothing says whose keys are whose")
	p.signers = "../signers"
	_, err = p.read()
	assert.ErrorContains(t, err, `"../signers" is no path beside the tender`)
	p.signers = "gone"
	_, err = p.read()
	assert.ErrorIs(t, err, fs.ErrNotExist)
	p = newPlace(t)
	p.put("claim.yaml", strings.Repeat("#", 5<<20))
	_, err = p.read()
	assert.ErrorContains(t, err, "claim.yaml is larger than 4194304 bytes")
}

// What comes close to a refusal, and is accepted.
func TestWhatIsAccepted(t *testing.T) {
	for name, change := range map[string]func(place){
		"the last day": func(p place) {
			p.write(t, strings.Replace(document, "2027-11-28", "2026-12-02", 1))
			p.confirm(t, 0, signer("ada"))
		},
		"for any tender": func(p place) {
			p.write(t, strings.Replace(document, "tender: T-1\n", "", 1))
			p.confirm(t, 0, signer("ada"))
		},
		"own below a rival's": func(p place) { p.write(t, strings.Replace(document, "bob@home", "bob@x.lab.bigco", 1)) },
		"once a rival's": func(p place) {
			p.write(t, strings.NewReplacer("bob@home", "bob@tinyco", "from: 2020-02-03, until: 2024-01-01", "from: 2024-01-01").Replace(document))
		},
		"a rival's after": func(p place) {
			p.tender.Vendors["bigco"] = model.Vendor{Domains: []model.MailDomain{{Name: "home.example", From: date("2024-01-01")}}}
		},
		"a key with two spans": func(p place) {
			v := p.tender.Vendors["karst"]
			v.Keys = append([]model.SigningKey{v.Keys[0]}, model.SigningKey{Key: v.Keys[0].Key, Until: date("2020-01-01")})
			p.tender.Vendors["karst"] = v
		},
		"like a rival's": func(p place) { p.write(t, strings.Replace(document, "bob@home", "bob@notbigco", 1)) },
		"valid on the day": func(p place) {
			p.put("signers", `"GITHUB:7,Ada@karst.example" Namespaces="x,tributary-*",valid-after="20261128235959Z",valid-before=20261129 `+public(signer("ada")))
		},
		"valid for minutes": func(p place) {
			p.put("signers", `github:7 valid-after="20261127",valid-before="202611280001" `+public(signer("ada")))
		},
		"on two lines": func(p place) {
			p.put("signers", "github:7 "+public(signer("ada"))+"\nada@karst.example "+public(signer("ada")))
		},
		"CRLF": func(p place) {
			p.write(t, strings.ReplaceAll(document, "\n", "\r\n"))
			p.MapFS["claim.yaml.sig"].Data = []byte(strings.ReplaceAll(string(p.MapFS["claim.yaml.sig"].Data), "\n", "\r\n"))
		},
		"not for us": func(p place) {
			p.put("claim.yaml.01.sig", "x")
			p.put("claim.yaml.note.sig", "x")
			p.put("claim.yaml.1.sig.old", "x")
		},
		"another re-signed": func(p place) { p.write(t, strings.Replace(document, "2020-02-03", "2020-02-04", 1)) },
	} {
		p := newPlace(t)
		change(p)
		table, err := p.read()
		if assert.NoError(t, err, name) {
			assert.Len(t, table.People, 2, name)
			assert.Equal(t, model.Confirmed, table.People[0].Employment[0].Level, name)
			assert.Empty(t, table.Notes, name)
		}
	}
}

func TestNotes(t *testing.T) {
	p := newPlace(t)
	p.tender.About.Notice = date("2026-11-27")
	p.put("signers", string(p.MapFS["signers"].Data)+"*@karst.example "+public(signer("eve"))+"\n")
	table, err := p.read()
	require.NoError(t, err, "bids follow a notice")
	require.Len(t, table.Notes, 2)
	assert.Equal(t, "claim.yaml: issued on 2026-11-28, after the tender's notice on 2026-11-27: it comes with the bid, and an official result says so", table.Notes[0].String())
	assert.False(t, table.Notes[0].Refused)
	assert.Contains(t, table.Notes[1].String(), "signers:3: wildcards stand for more than one person")
	assert.True(t, table.Notes[1].Refused)
}

// weak signs with what claim.Sign refuses to.
func weak(t *testing.T, key ssh.Signer, message, algorithm string) []byte {
	t.Helper()
	sum := sha512.Sum512([]byte(message))
	data := append([]byte("SSHSIG"), ssh.Marshal(struct{ Namespace, Reserved, Hash, Sum string }{claim.Namespace, "", "sha512", string(sum[:])})...)
	var sig *ssh.Signature
	var err error
	if algorithm == "" {
		sig, err = key.Sign(rand.Reader, data)
	} else {
		sig, err = key.(ssh.AlgorithmSigner).SignWithAlgorithm(rand.Reader, data, algorithm)
	}
	require.NoError(t, err)
	return sshsig.Armor(&sshsig.Signature{Version: 1, PublicKey: key.PublicKey(), Namespace: claim.Namespace, HashAlgorithm: sshsig.HashSHA512, Signature: sig})
}

func rsaSigner(t *testing.T, bits int) ssh.Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	require.NoError(t, err)
	s, err := ssh.NewSignerFromKey(key)
	require.NoError(t, err)
	return s
}

func TestWeakAlgorithms(t *testing.T) {
	short, long := rsaSigner(t, 1024), rsaSigner(t, 2048)
	p := newPlace(t)
	for name, c := range map[string]struct {
		key  ssh.Signer
		sig  []byte
		want string
	}{
		"short RSA": {short, weak(t, short, document, ssh.KeyAlgoRSASHA512), "the RSA key has 1024 bits, and 2048 are the least"},
		"SHA-1":     {long, weak(t, long, document, ssh.KeyAlgoRSA), "made with SHA-1"},
		"DSA":       {dsaSigner(t), weak(t, dsaSigner(t), document, ""), "keys of the type ssh-dss are not accepted"},
		"MD5": {signer("karst"), pem.EncodeToMemory(&pem.Block{Type: sshsig.PEMType, Bytes: append([]byte("SSHSIG"), ssh.Marshal(struct {
			Version                             uint32
			Key, Namespace, Reserved, Hash, Sig string
		}{1, string(signer("karst").PublicKey().Marshal()), claim.Namespace, "", "md5", "x"})...)}), `unsupported hash algorithm "md5"`},
	} {
		p.tender.Vendors["karst"] = model.Vendor{Keys: []model.SigningKey{{Key: public(c.key)}}}
		p.put("claim.yaml.sig", string(c.sig))
		_, err := p.read()
		var refused *claim.RefusedError
		if assert.ErrorAs(t, err, &refused, name) {
			assert.Equal(t, claim.WeakKey, refused.Reason, name)
			assert.Contains(t, err.Error(), c.want, name)
		}
	}
	_, err := claim.Sign(short, nil, claim.Namespace)
	assert.ErrorContains(t, err, "2048 are the least", "nor does anybody sign with such a key here")

	delete(p.MapFS, "claim.yaml.1.sig")
	p.tender.Vendors["karst"] = model.Vendor{Keys: []model.SigningKey{{Key: public(long)}}}
	for _, algorithm := range []string{ssh.KeyAlgoRSASHA256, ssh.KeyAlgoRSASHA512} {
		p.put("claim.yaml.sig", string(weak(t, long, document, algorithm)))
		_, err = p.read()
		assert.NoError(t, err, algorithm)
	}
}

// dsaSigner returns a DSA key of 1,024 bits.
func dsaSigner(t *testing.T) ssh.Signer {
	t.Helper()
	key := &dsa.PrivateKey{}
	number := func(s string) *big.Int { n, _ := new(big.Int).SetString(s, 16); return n }
	key.P, key.Q, key.G = number(dsaP), number(dsaQ), number(dsaG)
	key.X = big.NewInt(123456789)
	key.Y = new(big.Int).Exp(key.G, key.X, key.P)
	s, err := ssh.NewSignerFromKey(key)
	require.NoError(t, err)
	return s
}

func TestTheTextOfAnEntry(t *testing.T) {
	c, err := tenderfile.ReadClaim("c", []byte(document))
	require.NoError(t, err)
	assert.Equal(t, `tributary-confirmation/1
vendor: karst
tender: T-1
issued: 2026-11-28
expires: 2027-11-28
identity: github:7
identity: mail:ada@karst.example
employment: from 2024-01-01 until 2025-01-01, fraction 0.5
employment: from 2025-01-01 until open, fraction 1
`, string(claim.Text(c, 0)))
	for identity, want := range map[string]int{"GitHub:7": 0, "ada@karst.example": 0, "mail:BOB@home.example": 1, "bob@home.example": 1, "7": -1, "": -1} {
		assert.Equal(t, want, claim.Find(c, identity), identity)
	}
}

func TestMeetings(t *testing.T) {
	p := newPlace(t)
	half := 0.5
	p.tender.People = []model.Person{
		{ID: "a", Identities: []string{"mail:ADA@karst.example"}, Employment: []model.Employment{
			{Vendor: "bigco", Until: date("2024-02-01"), Level: model.Confirmed},
			{Vendor: "bigco", From: date("2025-01-01"), Until: date("2025-02-01"), Level: model.Domain},
			{Vendor: "moraine", From: date("2024-03-01"), Until: date("2024-04-01"), Fraction: &half, Level: model.Confirmed}}},
		{ID: "b", Identities: []string{"mail:bob@home.example"}, Employment: []model.Employment{
			{Vendor: "karst", Until: date("2021-01-01")},
			{Vendor: "bigco", From: date("2022-01-01"), Until: date("2023-01-01")},
			{Vendor: "bigco", From: date("2024-01-01")}}},
		{ID: "c", Identities: []string{"mail:carl@karst.example"}, Employment: []model.Employment{{Vendor: "bigco"}}},
	}
	p.tender.Tables = []model.Table{{People: []model.Person{{ID: "x", Identities: []string{"github:7", "mail:ada@karst.example"}, Employment: []model.Employment{
		{Vendor: "KARST Sarl", From: date("2025-06-01"), Source: "table:4"}, {Vendor: "Bigger", From: date("2025-07-01"), Source: "table:5"}}}}}}
	c, err := claim.Check(p.MapFS, "claim.yaml", claim.ParseSigners("signers", p.MapFS["signers"].Data), p.tender)
	require.NoError(t, err)
	assert.Equal(t, []string{ssh.FingerprintSHA256(signer("ada").PublicKey()), ""}, c.Confirmed)
	assert.Equal(t, ssh.FingerprintSHA256(signer("karst").PublicKey()), c.Key)
	var got []string
	for _, m := range c.Meetings(p.tender) {
		got = append(got, fmt.Sprintf("%d %v %s %s %s %s..%s %s", m.Entry+1, len(m.Identities), m.Vendor, m.Level, m.Source, m.From, m.Until, m.Effect))
	}
	assert.Equal(t, []string{
		"1 1 bigco confirmed  2024-01-01..2024-02-01 contested",
		"1 1 moraine confirmed  2024-03-01..2024-04-01 beside",
		"1 1 bigco domain  2025-01-01..2025-02-01 overrules",
		"1 2 karst imported table:4 2025-06-01.. agrees",
		"1 2 Bigger imported table:5 2025-07-01.. overrules",
		"2 1 karst listed  2020-02-03..2021-01-01 agrees",
		"2 1 bigco listed  2022-01-01..2023-01-01 contested",
	}, got)

	p.tender.People[1].Employment = []model.Employment{{Vendor: "bigco", Level: model.Domain}}
	for _, m := range c.Meetings(p.tender) {
		if m.Entry == 1 {
			assert.Equal(t, claim.Yields, m.Effect)
		}
	}
}

// Parameters of a DSA key, made for these tests.
const (
	dsaP = "ca973c9da127cca8d332991e3c03e7036140a69efea7da0e8bd272c197a0928957a4c6e58297d4977879bf39da7d30bba5b74b73bf0762fe793556ef" +
		"003d192193e497b7f8bba24a749b414250cc390aab02e58c8c87df527142dbc4a56ee7beaf5264b9530a19a38efb1fa32311bbc5bb454f5626979b55" +
		"d6a07e7aff4e7059"
	dsaQ = "8bf7a4bdc458272f498dbfa8af06bcf7e91457db"
	dsaG = "79e8f0554e8563fa5bc54bc3f6fffd34dc4207a8a8df393a39ab14967684da4366659f7be3933dc1ac415b9cb3870f443ecd244a74b2a606062cf752" +
		"db07ee5e9817c4ac3e014b5f93673c85ad333751100c95549d64799c9f4b4d4132a03daceae0d3dae3faf99065142cb8d354aaece1bae1bcd1a3257a" +
		"c61bfc445eb1acd2"
)
