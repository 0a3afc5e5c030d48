package command_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/tender/command"
	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// personal is a history, and privateDocument a tender on it, with a name or an address of a person
// wherever there can be one. Each of them holds one of the words of privateWords.
const personal = `
person ada = Ada Lovelace <ada.lovelace@karst.example>
person ada2 = Ada Lovelace <countess@home.example>
person zoe = Zoe Quine <zoe.quine@bigco.example>
person eve = Eve Moneypenny <eve.moneypenny@gone.example>
on main
commit 2025-01-06 ada: Begin
  write a.go 12
commit 2025-02-03 zoe: Go on
  edit a.go 2
  by ada
commit 2025-02-04 ada2: At home
  write home.go 30
commit 2025-02-05 eve: Erased
  write e.go 30
on topic from main
commit 2025-03-03 zoe: Branch off
  write b.go 5
on main
merge topic 2025-03-04 ada: Merge it
tag v1.0 2025-03-05 ada: First
`

const privateDocument = `format: tributary/1
tender: {id: T-1, title: "Support, ask purchasing.officer@buyer.example", buyer: Région Exemple}
window: {until: 2026-01-01, months: 12}
mode: award
evidence: listed
projects:
  here:
    repositories: [{url: here.git}]
    justify: [{indicator: changes, reason: "says ada.lovelace@karst.example"}]
vendors:
  karst:
    name: Karst SARL
    domains: [{name: karst.example}]
    keys: [{key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGTpCHxTC7PAtyZWhRVmzoFSEFGcSSsWd4TBnw9+pZ1C"}]
  bigco: {name: BigCo SE, domains: [{name: bigco.example}]}
personal_domains: [moneypenny.example]
rosters: [{file: people.yaml, format: tributary}]
erased: erased.txt
bidders:
  - {id: karst, vendors: [karst], staff: [ada-lovelace]}
  - {id: bigco, vendors: [bigco], staff: [zoe-quine]}
bots: {add: ["mail:helper.moneypenny@bots.example"], exempt: ["mail:zoe.quine@bigco.example"]}
decisions:
  - {id: D1, on: person:zoe-quine, decide: {vendor: bigco}, reason: "contract shown by zoe.quine@bigco.example", by: Miss Moneypenny, at: 2025-12-01,
     objection: {by: Ada Lovelace, at: 2025-11-30, text: "write to ada.lovelace@karst.example"}}
  - {id: D2, on: person:ada-lovelace, decide: {vendor: karst}, reason: contract shown, by: ada-lovelace, at: 2025-12-01}
  - {id: D3, on: person:eve-nobody, decide: refuse, reason: nobody knows, by: contracting officer, at: 2025-12-01}
`

const privatePeople = `format: tributary-people/1
people:
  - {id: ada-lovelace, identities: ["mail:ada.lovelace@karst.example", "mail:countess@home.example", "github:7777123"], employment: [{vendor: karst}]}
  - {id: zoe-quine, identities: ["mail:zoe.quine@bigco.example"], employment: [{vendor: bigco}]}
  - {id: eve-nobody, identities: ["mail:eve@gone.example"], employment: [{vendor: independent}]}
`

var privateWords = [...]string{"lovelace", "quine", "moneypenny", "countess", "purchasing.officer", "7777123", "eve-nobody", "@"}

// placePrivate writes the tender and returns its folder.
func placePrivate(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	_, err := forgetest.Build(filepath.Join(dir, "here.git"), personal)
	require.NoError(t, err)
	for name, text := range map[string]string{"tender.yaml": privateDocument, "people.yaml": privatePeople,
		"erased.txt": "tributary-erased/1 0123456789abcdef0123456789abcdef\n" + model.EraseHash("0123456789abcdef0123456789abcdef", "mail:eve.moneypenny@gone.example") + "\n"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	return dir
}

// Without --identify no file of any edition names a person or holds a mail address, also
// inside of what is packed; names of organisations and functions stay.
func TestNoFileOfAnyEditionNamesAPerson(t *testing.T) {
	dir := placePrivate(t)
	out := filepath.Join(dir, "result")
	_, said, status := run(t, "score", filepath.Join(dir, "tender.yaml"), "--out", out)
	require.Equal(t, command.Done, status, said)
	editions := map[string]string{"buyer": out}
	for _, which := range []string{"public", "bidder=karst"} {
		editions[which] = filepath.Join(dir, "for-"+which[:6])
		_, said, status := run(t, "edition", out, "--for", which, "--out", editions[which])
		require.Equal(t, command.Done, status, said)
	}
	for which, folder := range editions {
		files, err := os.ReadDir(folder)
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, f := range files {
			b, err := os.ReadFile(filepath.Join(folder, f.Name()))
			require.NoError(t, err)
			text := strings.ToLower(withoutStyle.ReplaceAllString(unpacked(t, f.Name(), string(b)), ""))
			for _, word := range privateWords {
				if i := strings.Index(text, word); i >= 0 {
					t.Errorf("%s of %s has %q: %q", f.Name(), which, word, text[max(0, i-60):min(len(text), i+60)])
				}
			}
		}
		said, wrong, status := run(t, "verify", folder)
		assert.Equal(t, command.Done, status, wrong)
		assert.Contains(t, said, "not proven: what is withheld from the document, of which there are digests: bots, decisions, rosters, vendors")
	}
	text, err := os.ReadFile(filepath.Join(out, "ranking.json"))
	require.NoError(t, err)
	assert.Contains(t, string(text), `"by": "contracting officer"`)
	printed, _, _ := run(t, "score", filepath.Join(dir, "tender.yaml"))
	assert.NotContains(t, printed, "Moneypenny")
	record, err := os.ReadFile(filepath.Join(editions["bidder=karst"], "tender.yaml"))
	require.NoError(t, err)
	assert.Equal(t, 1, strings.Count(string(record), "staff:"), "only its own staff, under pseudonyms")
	public, err := os.ReadFile(filepath.Join(editions["public"], "tender.yaml"))
	require.NoError(t, err)
	assert.NotContains(t, string(public), "staff:")
}

// With --identify names are shown to the buyer, mail addresses to nobody, and the public
// edition is refused.
func TestNamesAreForTheBuyer(t *testing.T) {
	dir := placePrivate(t)
	out := filepath.Join(dir, "result")
	_, said, status := run(t, "score", filepath.Join(dir, "tender.yaml"), "--out", out, "--identify")
	require.Equal(t, command.Done, status, said)
	text, err := os.ReadFile(filepath.Join(out, "evidence.csv"))
	require.NoError(t, err)
	assert.Contains(t, string(text), "Zoe Quine")
	assert.NotContains(t, string(text), "@")
	readme, err := os.ReadFile(filepath.Join(out, "README.txt"))
	require.NoError(t, err)
	assert.Contains(t, string(readme), "who may know the names")
	assert.Contains(t, string(readme), "Persons stand under their names in the evidence")
	english, french, _ := strings.Cut(string(readme), strings.Repeat("-", 72))
	assert.Contains(t, english, "report.html  ")
	assert.NotContains(t, english, "report.fr.html")
	assert.Regexp(t, `report\.fr\.html +le tout en une page`, french)
	assert.NotContains(t, french, "report.html")
	assert.NotContains(t, string(readme), "pseudonyms in the evidence")
	_, said, status = run(t, "verify", out)
	assert.Equal(t, command.Done, status, said)
	for _, args := range [][]string{{"--for", "public"}, {"--for", "public", "--identify"}, {"--for", "bidder=karst"}} {
		_, said, status = run(t, append([]string{"edition", out, "--out", filepath.Join(dir, "no")}, args...)...)
		assert.Equal(t, command.Usage, status, args)
		assert.Contains(t, said, "names persons")
	}
	_, said, status = run(t, "edition", out, "--out", filepath.Join(dir, "karst"), "--for", "bidder=karst", "--identify")
	require.Equal(t, command.Done, status, said)
	text, err = os.ReadFile(filepath.Join(dir, "karst", "evidence.csv"))
	require.NoError(t, err)
	assert.Contains(t, string(text), "Ada Lovelace")
	assert.NotContains(t, string(text), "Zoe Quine", "who works for another bidder")
}

// A key that was published with the result would be none: the rosters' digest stands there.
func TestPseudonymsAreNotMadeOfWhatIsPublished(t *testing.T) {
	dir := placePrivate(t)
	r := results(t, filepath.Join(dir, "tender.yaml"))
	for _, digest := range digests(r["ranking.json"] + r["method.json"] + r["tender.yaml"]) {
		show := report.People{Key: digest}
		assert.NotContains(t, r["evidence.csv"], show.Show("ada-lovelace", ""))
	}
}

// digests returns the bytes of every digest in a text.
func digests(text string) (list [][]byte) {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !strings.ContainsRune("0123456789abcdef", r) }) {
		var b []byte
		if len(word) == 64 {
			if _, err := fmt.Sscanf(word, "%x", &b); err == nil {
				list = append(list, b)
			}
		}
	}
	return list
}

// What score --for writes is what edition makes, and both are told how to be used.
func TestScoreWritesEditions(t *testing.T) {
	dir := placePrivate(t)
	file, out := filepath.Join(dir, "tender.yaml"), filepath.Join(dir, "result")
	for _, c := range []struct {
		args   string
		status int
		says   string
	}{
		{"score " + file + " --for public", command.Usage, "--for chooses the edition of a bundle"},
		{"score " + file + " --out " + out + " --for all", command.Usage, "want buyer, bidder=ID or public"},
		{"score " + file + " --out " + out + " --for public", command.Done, "the bundle for public"},
		{"edition " + out + " --for public --out " + out + "2", command.Usage, "editions are made of the buyer's bundle"},
		{"edition " + out + " --out " + out + "2", command.Usage, "for whom?"},
		{"edition " + out + " --for public", command.Usage, "with --out"},
		{"edition " + dir + "/no --for public --out x", command.Usage, "name a folder"},
		{"verify", command.Usage, "a folder that score --out"},
		{"verify " + file, command.Usage, "is no folder"},
		{"verify " + dir, command.Failed, "SHA256SUMS: there is none"},
		{"verify " + out + " --at 2026-01-01", command.Usage, "--signers"},
		{"verify " + out + " --sample 0", command.Usage, "draw at least 1"},
		{"verify " + out + " --repo x", command.Usage, "holds no acts"},
		{"verify " + out + " --official 00", command.Failed, "not official by 00"},
		{"sign " + out, command.Usage, "--key"},
		{"sign " + dir + " --key " + file, command.Failed, "is no private key"},
	} {
		_, said, status := run(t, strings.Fields(c.args)...)
		assert.Equal(t, c.status, status, c.args+": "+said)
		assert.Contains(t, said, c.says, c.args)
	}
	assert.NoFileExists(t, filepath.Join(out, "evidence.csv"))
}

// What sign writes ssh-keygen verifies, and the reverse; another key, another use, and a
// change after signing are refused.
func TestSignedBundles(t *testing.T) {
	dir := placePrivate(t)
	out, key := filepath.Join(dir, "result"), filepath.Join(dir, "key")
	_, said, status := run(t, "score", filepath.Join(dir, "tender.yaml"), "--out", out)
	require.Equal(t, command.Done, status, said)
	public, other := keys(t, key, ""), keys(t, filepath.Join(dir, "other"), "")
	signers := func(text string) string {
		file := filepath.Join(dir, "allowed_signers")
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
		return file
	}
	verify := func(signers string) (string, int) {
		out, said, status := run(t, "verify", out, "--signers", signers, "--at", "2026-12-01")
		return out + said, status
	}
	text, status := verify(signers("buyer " + public))
	assert.Equal(t, command.Failed, status)
	assert.Contains(t, text, "SHA256SUMS.sig: there is none")

	_, said, status = run(t, "sign", out, "--key", key)
	require.Equal(t, command.Done, status, said)
	text, status = verify(signers("buyer namespaces=\"tributary-bundle\" " + public))
	assert.Equal(t, command.Done, status, text)
	assert.Contains(t, text, "signed by buyer, with the key SHA256:")
	for line, want := range map[string]string{
		"buyer " + other: "is not in ",
		"buyer namespaces=\"tributary-claim\" " + public: "for other uses",
		"buyer valid-before=\"20261101\" " + public:      "not valid on 2026-12-01",
	} {
		text, status = verify(signers(line))
		assert.Equal(t, command.Failed, status)
		assert.Contains(t, text, want)
	}
	if keygen, err := exec.LookPath("ssh-keygen"); err == nil {
		sums, sig := filepath.Join(out, "SHA256SUMS"), filepath.Join(out, "SHA256SUMS.sig")
		list, err := os.ReadFile(sums)
		require.NoError(t, err)
		c := exec.CommandContext(t.Context(), keygen, "-Y", "verify", "-f", signers("buyer "+public), "-I", "buyer", "-n", "tributary-bundle", "-s", sig)
		c.Stdin = bytes.NewReader(list)
		b, err := c.CombinedOutput()
		require.NoError(t, err, string(b))
		require.NoError(t, os.Remove(sig))
		b, err = exec.CommandContext(t.Context(), keygen, "-q", "-Y", "sign", "-n", "tributary-bundle", "-f", key, sums).CombinedOutput()
		require.NoError(t, err, string(b))
		text, status = verify(signers("buyer " + public))
		assert.Equal(t, command.Done, status, text)
		if sum, err := exec.LookPath("sha256sum"); err == nil {
			c := exec.CommandContext(t.Context(), sum, "--strict", "-c", "SHA256SUMS")
			c.Dir = out
			b, err := c.CombinedOutput()
			require.NoError(t, err, string(b))
		}
	}
	list, err := os.ReadFile(filepath.Join(out, "SHA256SUMS"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(out, "ranking.txt"), []byte("changed"), 0o644))
	_, said, status = run(t, "sign", out, "--key", key)
	assert.Equal(t, command.Failed, status)
	assert.Contains(t, said, "ranking.txt: its SHA-256", "nobody signs what was changed")
	require.NoError(t, os.WriteFile(filepath.Join(out, "SHA256SUMS"), list[:len(list)/2], 0o644))
	text, status = verify(signers("buyer " + public))
	assert.Equal(t, command.Failed, status)
	assert.NotContains(t, text, "signed by")
	// A new result has no signature of the old one.
	_, said, status = run(t, "score", filepath.Join(dir, "tender.yaml"), "--out", out)
	require.Equal(t, command.Done, status, said)
	assert.NoFileExists(t, filepath.Join(out, "SHA256SUMS.sig"))
}

// Acts that are drawn are in the repository, at their time; those that were made up, moved or
// given to another person are not.
func TestActsAreHeldAgainstTheRepository(t *testing.T) {
	dir, result := demonstrated(t)
	repos := []string{"--repo", filepath.Join(filepath.Dir(dir), "repo", "mapserver.git"), "--repo", filepath.Join(filepath.Dir(dir), "repo", "geolib.git")}
	args := append([]string{"verify", result, "--sample", "5000", "--cache", t.TempDir()}, repos...)
	out, said, status := run(t, args...)
	require.Equal(t, command.Done, status, said)
	assert.Regexp(t, `drawn with the seed 1: (\d+) of \d+ acts .* all are there on declared branches; \d+ at the same time`, out)
	for name, c := range map[string]struct {
		alter func(v *report.StoredVerdict)
		want  string
	}{
		"made up": {func(v *report.StoredVerdict) { v.Artifact = "commit:" + "1234567890123456789012345678901234567890" }, "has no such act"},
		"moved":   {func(v *report.StoredVerdict) { v.At = v.At.AddDate(0, 0, 1) }, "it counts at "},
		"person":  {func(v *report.StoredVerdict) { v.Person = "person-000000000000" }, "for another act of the same author it is"},
		"change":  {func(v *report.StoredVerdict) { v.Change = "change:99" }, "is said to belong to"},
	} {
		if testing.Short() && name != "moved" {
			continue // another word of the same lines
		}
		t.Run(name, func(t *testing.T) {
			to := filepath.Join(t.TempDir(), "copy")
			require.NoError(t, os.CopyFS(to, os.DirFS(result)))
			alterAct(t, to, c.alter)
			_, said, status := run(t, "edition", to, "--for", "buyer", "--out", to+"2") // with the pages of these acts
			require.Equal(t, command.Done, status, said)
			_, said, status = run(t, append([]string{"verify", to + "2", "--sample", "5000", "--cache", t.TempDir()}, repos...)...)
			assert.Equal(t, command.Failed, status)
			assert.Contains(t, said, c.want)
		})
	}
}

// alterAct alters one act of mapserver that earns nothing, in all of its places.
func alterAct(t *testing.T, dir string, alter func(v *report.StoredVerdict)) {
	t.Helper()
	run := openStored(t, dir)
	var all []report.StoredVerdict
	done := false
	for v, err := range run.InOrder() {
		require.NoError(t, err)
		if !done && v.Project == "mapserver" && v.Role == "committer" && v.Rule == "self" {
			alter(&v)
			done = true
		}
		all = append(all, v)
	}
	require.True(t, done)
	create := func(name string) *os.File {
		f, err := os.Create(filepath.Join(dir, name))
		require.NoError(t, err)
		t.Cleanup(func() { f.Close() })
		return f
	}
	var tables []*report.Evidence
	for _, lang := range locale.Languages() {
		l, err := locale.Of(lang)
		require.NoError(t, err)
		tables = append(tables, report.NewEvidenceIn(create(report.TableFile(report.EvidenceTable, l)), report.People{}, l))
	}
	log := report.NewEvidenceLog(create("evidence.jsonl.gz"), report.EvidenceOptions{Status: "SIMULATION", Tables: tables})
	for _, v := range all {
		log.WriteStored(v)
	}
	index, err := log.Close(run.Index.Method)
	require.NoError(t, err)
	for _, e := range tables {
		require.NoError(t, e.Close())
	}
	require.NoError(t, index.Write(create("evidence.index.json")))
	mendSums(t, dir)
}

// openStored reads the evidence of a folder.
func openStored(t *testing.T, dir string) *report.StoredEvidence {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "evidence.jsonl.gz"))
	require.NoError(t, err)
	index, err := os.Open(filepath.Join(dir, "evidence.index.json"))
	require.NoError(t, err)
	defer index.Close()
	e, err := report.OpenEvidence(bytes.NewReader(b), int64(len(b)), index)
	require.NoError(t, err)
	return e
}

// mendSums writes the list of digests anew, as whoever tampers would.
func mendSums(t *testing.T, dir string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	var list strings.Builder
	for _, f := range files {
		if f.Name() == "SHA256SUMS" {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		require.NoError(t, err)
		fmt.Fprintf(&list, "%x  %s\n", sha256.Sum256(b), f.Name())
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "SHA256SUMS"), []byte(list.String()), 0o644))
}
