package command_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"github.com/tributary-oss/tributary/examples/tender/command"
)

// keys writes a new private key into a file, with a passphrase unless it is empty, and
// returns the public one as a .pub file has it.
func keys(t *testing.T, file, passphrase string) string {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	var block *pem.Block
	if passphrase == "" {
		block, err = ssh.MarshalPrivateKey(private, "")
	} else {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(private, "", []byte(passphrase))
	}
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(block), 0o600))
	key, err := ssh.NewPublicKey(public)
	require.NoError(t, err)
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
}

const claimed = `format: tributary-claim/1
vendor: karst
tender: T-1
issued: 2025-12-01
expires: 2026-12-01
people:
  - identities: ["mail:ada@karst.example", "github:7"]
    employment: [{from: 2024-01-01, until: 2025-02-01}, {from: 2025-02-01, fraction: 0.5}]
  - identities: ["mail:zoe@home.example"]
    employment: [{from: 2020-02-03}]
`

// claimPlace is a folder with a tender, a claim, and keys of the vendor and of Ada.
type claimPlace struct{ dir, tender, claim string }

func (p claimPlace) in(name string) string { return filepath.Join(p.dir, name) }

func (p claimPlace) put(t *testing.T, name, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(p.in(name), []byte(text), 0o644))
}

func placeClaim(t *testing.T) claimPlace {
	t.Helper()
	dir := place(t, "")
	p := claimPlace{dir, filepath.Join(dir, "tender.yaml"), filepath.Join(dir, "claim.yaml")}
	vendor, ada := keys(t, p.in("vendor"), ""), keys(t, p.in("ada"), "")
	p.put(t, "allowed_signers", "# the buyer's\ngithub:7 "+ada+"\n*@karst.example "+ada+"\n")
	p.put(t, "claim.yaml", claimed)
	p.put(t, "tender.yaml", `format: tributary/1
tender: {id: T-1, notice: 2026-01-02}
window: {until: 2026-01-01, months: 12}
rules: {floor-acts: 1, floor-months: 1}
projects: {here: {repositories: [{url: here.git}]}}
vendors:
  karst: {name: Karst SARL, domains: [{name: karst.example}], keys: [{key: "`+vendor+`"}]}
  bigco: {name: BigCo SE, domains: [{name: bigco.example}]}
bidders: [{id: karst-team, vendors: [karst]}, {id: bigco, vendors: [bigco]}]
rosters:
  - {file: people.yaml, format: tributary}
`)
	p.put(t, "people.yaml", `format: tributary-people/1
people:
  - {id: p-1, identities: ["github:7"], employment: [{vendor: bigco, until: 2025-01-01, level: confirmed}, {vendor: bigco, from: 2025-03-01, fraction: 0.5, level: confirmed}, {vendor: karst, from: 2025-01-01, until: 2025-03-01, source: a list}]}
  - {id: p-2, identities: ["mail:Zoe@home.example"], employment: [{vendor: bigco, from: 2021-01-01, until: 2022-01-01}, {vendor: bigco, from: 2023-01-01, until: 2024-01-01, level: domain}, {vendor: independent, from: 2024-01-01, level: profile}]}
`)
	return p
}

// The whole way of a claim: a template, the vendor's signature, a person's confirmation,
// and what a tender says to it.
func TestTheWayOfAClaim(t *testing.T) {
	p := placeClaim(t)
	_, said, status := run(t, "claim", "verify", p.claim, "--tender", p.tender)
	assert.Equal(t, command.Failed, status)
	assert.Contains(t, said, "claim.yaml is refused: claim.yaml: it is not signed")

	out, said, status := run(t, "claim", "sign", p.claim, "--key", p.in("vendor"))
	require.Equal(t, command.Done, status, said)
	assert.Contains(t, out, "wrote "+p.claim+".sig, by the key SHA256:")
	assert.Contains(t, out, `The tender must state the key under vendors, karst: keys: [{key: "ssh-ed25519 AAAA`)

	out, said, status = run(t, "claim", "confirm", p.claim, "--as", "GITHUB:7", "--key", p.in("ada"))
	require.Equal(t, command.Done, status, said)
	assert.Contains(t, out, "wrote "+p.claim+".1.sig, by the key SHA256:")
	assert.Contains(t, out, `allowed signers has: ada@karst.example,github:7 namespaces="tributary-confirmation" ssh-ed25519 AAAA`)

	_, said, status = run(t, "claim", "verify", p.claim, "--tender", p.tender)
	assert.Equal(t, command.Failed, status, "nobody says whose the key is")
	assert.Contains(t, said, "--signers")

	out, said, status = run(t, "claim", "verify", p.claim, "--tender", p.tender, "--signers", p.in("allowed_signers"))
	require.Equal(t, command.Done, status, said)
	assert.Contains(t, said, "allowed_signers:3: wildcards stand for more than one person")
	out = regexp.MustCompile(`SHA256:\S+?([:;]?\s)`).ReplaceAllString(strings.ReplaceAll(out, p.dir+string(filepath.Separator), ""), "KEY$1")
	assert.Equal(t, `claim.yaml is valid: signed for karst by the key KEY; issued 2025-12-01, expires 2026-12-01

entry 1, confirmed by the key KEY: mail:ada@karst.example, github:7
  adds karst from 2024-01-01 until 2025-02-01
  adds karst from 2025-02-01 on, for 0.5 of the working time
  contested, and nobody's until the buyer decides: another roster names bigco for github:7 from 2024-01-01 until 2025-01-01, at the level confirmed
  agrees: another roster (a list) names karst for github:7 from 2025-01-01 until 2025-02-01, at the level listed
  agrees: another roster (a list) names karst for github:7 from 2025-02-01 until 2025-03-01, at the level listed
  stands beside another part of the working time: another roster names bigco for github:7 from 2025-03-01 on, at the level confirmed

entry 2, listed: mail:zoe@home.example
  adds karst from 2020-02-03 on
  does not count: the tender asks for the level domain
  contested, and nobody's until the buyer decides: another roster names bigco for mail:zoe@home.example from 2021-01-01 until 2022-01-01, at the level listed
  does not count, the other evidence is higher: another roster names bigco for mail:zoe@home.example from 2023-01-01 until 2024-01-01, at the level domain
  overrules lower evidence: another roster names independent for mail:zoe@home.example from 2024-01-01 on, at the level profile
`, out)

	p.put(t, "claim.yaml", claimed+"# changed\n")
	_, said, status = run(t, "claim", "verify", p.claim, "--tender", p.tender, "--signers", p.in("allowed_signers"))
	assert.Equal(t, command.Failed, status)
	assert.Contains(t, said, "changed after it was signed")
}

// A tender that names the claim is read without it, so that the claim does not meet
// itself, and with the signers that it names.
func TestAClaimThatTheTenderNames(t *testing.T) {
	p := placeClaim(t)
	b, err := os.ReadFile(p.tender)
	require.NoError(t, err)
	p.put(t, "people.yaml", "format: tributary-people/1\npeople: [{id: p-1, identities: [\"github:1\"]}]\n")
	p.put(t, "tender.yaml", string(b)+"  - {file: claim.yaml, format: claim, signers: allowed_signers}\n")
	for _, args := range [][]string{{"sign", p.claim, "--key", p.in("vendor")}, {"confirm", p.claim, "--as", "ada@karst.example", "--key", p.in("ada")}} {
		_, said, status := run(t, append([]string{"claim"}, args...)...)
		require.Equal(t, command.Done, status, said)
	}
	out, said, status := run(t, "claim", "verify", p.claim, "--tender", p.tender)
	require.Equal(t, command.Done, status, said)
	assert.Equal(t, 2, strings.Count(out, "no other roster speaks of these identities"))
	_, said, status = run(t, "check", p.tender)
	require.Equal(t, command.Done, status, said)

	p.put(t, "claim.yaml", strings.Replace(claimed, "0.5", "0.4", 1))
	_, said, status = run(t, "check", p.tender)
	assert.Equal(t, command.Usage, status)
	assert.Contains(t, said, `roster "claim.yaml" is refused: claim.yaml.sig: the signature is not one of claim.yaml as it is`)
	_, said, status = run(t, "claim", "verify", p.claim, "--tender", p.tender)
	assert.Equal(t, command.Failed, status)
	assert.Contains(t, said, "is refused: claim.yaml.sig: ")
}

func TestWrongUseOfClaims(t *testing.T) {
	p := placeClaim(t)
	keys(t, p.in("locked"), "secret-word")
	p.put(t, "broken.yaml", strings.Replace(claimed, "format", "fromat", 1))
	for _, c := range []struct {
		args   string
		status int
		says   string
	}{
		{"claim", command.Usage, "want new, sign, confirm or verify"},
		{"claim sing", command.Usage, `did you mean "sign"?`},
		{"claim new", command.Usage, "want the short name that the tender gives the vendor"},
		{"claim new --vendor Karst", command.Usage, "want the short name"},
		{"claim new --vendor moraine --tender TENDER", command.Usage, "names no such vendor"},
		{"claim sign", command.Usage, "want the file of a claim"},
		{"claim sign CLAIM", command.Usage, "name the file of a private SSH key with --key"},
		{"claim sign no.yaml --key KEY", command.Usage, "no.yaml"},
		{"claim sign CLAIM --key no-key", command.Usage, "no-key"},
		{"claim sign CLAIM --key CLAIM", command.Failed, "sign with: ssh-keygen -Y sign -n tributary-claim -f CLAIM CLAIM"},
		{"claim sign BROKEN --key KEY", command.Usage, `unknown key "fromat"; did you mean "format"?`},
		{"claim sign CLAIM --key LOCKED", command.Failed, "no terminal to ask for it; sign with: ssh-keygen -Y sign -n tributary-claim -f LOCKED CLAIM"},
		{"claim confirm CLAIM --key KEY", command.Usage, "no entry of CLAIM has this identity"},
		{"claim confirm CLAIM --as github:8 --key KEY", command.Usage, "no entry of CLAIM has this identity"},
		{"claim confirm CLAIM --as github:7", command.Usage, "name the file of a private SSH key with --key"},
		{"claim verify CLAIM", command.Usage, "Name its document with --tender"},
		{"claim verify no.yaml --tender TENDER", command.Usage, "no.yaml"},
		{"claim verify CLAIM --tender no.yaml", command.Usage, "no.yaml is not there"},
		{"claim verify CLAIM --tender CLAIM", command.Usage, "this is a claim; name it under rosters"},
		{"claim verify CLAIM --tender TENDER --signers none", command.Usage, "reading the keys of persons"},
		{"claim verify BROKEN --tender TENDER", command.Failed, `is refused: broken.yaml:1:1: missing key "format"`},
		{"preview TENDER", command.Usage, "Name the file of a claim with --claim"},
		{"preview TENDER --claim CLAIM", command.Failed, "it is not signed"},
		{"preview TENDER --claim CLAIM --online --offline", command.Usage, "state one of them"},
	} {
		names := strings.NewReplacer("CLAIM", p.claim, "TENDER", p.tender, "KEY", p.in("vendor"), "BROKEN", p.in("broken.yaml"), "LOCKED", p.in("locked"))
		_, said, status := run(t, strings.Fields(names.Replace(c.args))...)
		assert.Equal(t, c.status, status, c.args)
		assert.Contains(t, said, names.Replace(c.says), c.args)
		assert.NotContains(t, said, "goroutine", c.args)
	}
	left, err := filepath.Glob(p.in("*.sig"))
	require.NoError(t, err)
	assert.Empty(t, left, "nothing was signed")
}

// A key with a passphrase asks for it, and never shows it.
func TestKeysWithAPassphrase(t *testing.T) {
	p := placeClaim(t)
	keys(t, p.in("locked"), "secret-word")
	for answer, c := range map[string]struct {
		status int
		says   string
	}{"secret-word": {command.Done, ""}, "guess": {command.Failed, "the passphrase is not that of"}, "": {command.Failed, "asking for the passphrase"}} {
		var out, said bytes.Buffer
		asked := ""
		ask := func(_ context.Context, prompt string) ([]byte, error) {
			asked = prompt
			if answer == "" {
				return nil, errors.New("interrupted")
			}
			return []byte(answer), nil
		}
		status := command.Run(t.Context(), []string{"claim", "sign", p.claim, "--key", p.in("locked")}, command.Place{Out: &out, Err: &said, Passphrase: ask})
		assert.Equal(t, c.status, status, answer)
		assert.Contains(t, said.String(), c.says)
		assert.Equal(t, "Passphrase of "+p.in("locked")+": ", asked)
		assert.NotContains(t, out.String()+said.String(), "secret-word")
		assert.Equal(t, status == command.Done, exists(p.claim+".sig"))
		_ = os.Remove(p.claim + ".sig")
	}
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func TestNewClaims(t *testing.T) {
	p := placeClaim(t)
	out, said, status := run(t, "claim", "new", "--vendor", "karst", "--tender", p.tender)
	require.Equal(t, command.Done, status, said)
	assert.Contains(t, out, `tender: "T-1" # the one tender`)
	p.put(t, "claim.yaml", out)
	_, said, status = run(t, "claim", "sign", p.claim, "--key", p.in("vendor"))
	assert.Equal(t, command.Usage, status, "a template is not signed as it is")
	assert.Contains(t, said, `"people" is empty; write people: [{identities:`)

	head, sample, ok := strings.Cut(out, "people: []\n")
	require.True(t, ok)
	_, sample, ok = strings.Cut(sample, "\n")
	require.True(t, ok)
	p.put(t, "claim.yaml", head+regexp.MustCompile("(?m)^# ").ReplaceAllString(sample, ""))
	_, said, status = run(t, "claim", "sign", p.claim, "--key", p.in("vendor"))
	require.Equal(t, command.Done, status, said)

	out, said, status = run(t, "claim", "new", "--vendor", "karst")
	require.Equal(t, command.Done, status, said)
	assert.Contains(t, out, "without this line the claim is for any tender")
}

// What --show prints, ssh-keygen signs; what sign and confirm write, it verifies.
func TestClaimsWithOpenSSH(t *testing.T) {
	keygen, err := exec.LookPath("ssh-keygen")
	if err != nil {
		t.Skip("no ssh-keygen here")
	}
	p := placeClaim(t)
	text, said, status := run(t, "claim", "confirm", p.claim, "--as", "github:7", "--show")
	require.Equal(t, command.Done, status)
	assert.Contains(t, said, "into "+p.claim+".1.sig")
	assert.Contains(t, text, "identity: mail:ada@karst.example\nemployment: from 2024-01-01 until 2025-02-01, fraction 1\n")
	p.put(t, "entry.txt", text)
	for _, args := range [][]string{{"tributary-claim", p.in("vendor"), p.claim}, {"tributary-confirmation", p.in("ada"), p.in("entry.txt")}} {
		b, err := exec.CommandContext(t.Context(), keygen, "-q", "-Y", "sign", "-n", args[0], "-f", args[1], args[2]).CombinedOutput()
		require.NoError(t, err, string(b))
	}
	require.NoError(t, os.Rename(p.in("entry.txt.sig"), p.claim+".1.sig"))
	verify := func() {
		out, said, status := run(t, "claim", "verify", p.claim, "--tender", p.tender, "--signers", p.in("allowed_signers"))
		require.Equal(t, command.Done, status, said)
		assert.Contains(t, out, "entry 1, confirmed by the key")
	}
	verify()
	_, _, status = run(t, "claim", "confirm", p.claim, "--as", "github:7", "--key", p.in("ada"))
	require.Equal(t, command.Done, status)
	verify()
	c := exec.CommandContext(t.Context(), keygen, "-Y", "verify", "-f", p.in("allowed_signers"), "-I", "github:7", "-n", "tributary-confirmation", "-s", p.claim+".1.sig")
	c.Stdin = strings.NewReader(text)
	b, err := c.CombinedOutput()
	assert.NoError(t, err, string(b))
}

// A preview shows the bidder's figures without and with the claim, and mines nothing.
func TestPreview(t *testing.T) {
	p := placeClaim(t)
	_, said, status := run(t, "claim", "sign", p.claim, "--key", p.in("vendor"))
	require.Equal(t, command.Done, status, said)
	out, said, status := run(t, "preview", p.tender, "--claim", p.claim)
	require.Equal(t, command.Done, status, said)
	assert.Contains(t, out, "SIMULATION: karst-team without and with "+p.claim)
	assert.Regexp(t, `(?m)^ *1 +[0-9]+\.[0-9]{2} +[0-9]+\.[0-9]{2} +[0-9]+\.[0-9]{2} +[0-9]+\.[0-9]{2} +100\.00 *$`, out)

	b, err := os.ReadFile(p.tender)
	require.NoError(t, err)
	p.put(t, "tender.yaml", strings.Replace(string(b), "{id: karst-team, vendors: [karst]}, ", "", 1))
	_, said, status = run(t, "preview", p.tender, "--claim", p.claim)
	assert.Equal(t, command.Usage, status)
	assert.Contains(t, said, "no bidder with the vendor karst")
	p.put(t, "tender.yaml", strings.Replace(string(b), "here.git", "gone.git", 1))
	out, said, status = run(t, "preview", p.tender, "--claim", p.claim)
	assert.Equal(t, command.DoneWithGaps, status)
	assert.Contains(t, said, "gap: here: gone.git")
	assert.Regexp(t, `(?m)^ *1 +– +– +– +– +100\.00 *$`, out)
}

// Without --online nobody is asked. With it the forges are asked once: the second score
// goes by the same facts.
func TestPreviewGoesByStoredFacts(t *testing.T) {
	dir, servers := placeThree(t)
	p := claimPlace{dir, filepath.Join(dir, "tender.yaml"), filepath.Join(dir, "claim.yaml")}
	key := keys(t, p.in("vendor"), "")
	p.put(t, "tender.yaml", strings.Replace(threeDocument, "{name: Karst SARL}", `{name: Karst SARL, keys: [{key: "`+key+`"}]}`, 1))
	p.put(t, "claim.yaml", strings.Replace(claimed, "tender: T-1\n", "", 1))
	_, said, status := run(t, "claim", "sign", p.claim, "--key", p.in("vendor"))
	require.Equal(t, command.Done, status, said)
	asked := func(args ...string) (n int) {
		for _, s := range servers {
			n -= len(s.Requests())
		}
		_, said, status := run(t, append([]string{"--cache", p.in("cache")}, args...)...)
		require.Equal(t, command.Done, status, said)
		for _, s := range servers {
			n += len(s.Requests())
		}
		return n
	}
	require.Positive(t, asked("score", p.tender))
	again := asked("score", p.tender)
	require.Positive(t, again)
	assert.Zero(t, asked("preview", p.tender, "--claim", p.claim))
	assert.Equal(t, again, asked("preview", p.tender, "--claim", p.claim, "--online"))
}

// What a claim adds shows in the bidder's score.
func TestPreviewCountsTheClaim(t *testing.T) {
	p := placeClaim(t)
	b, err := os.ReadFile(p.tender)
	require.NoError(t, err)
	text := strings.NewReplacer("  bigco: {name: BigCo SE, domains: [{name: bigco.example}]}\n", "", ", {id: bigco, vendors: [bigco]}", "").Replace(string(b))
	text, _, _ = strings.Cut(text, "rosters:")
	p.put(t, "tender.yaml", text+"evidence: listed\n")
	p.put(t, "claim.yaml", strings.Replace(claimed, "zoe@home.example", "zoe@bigco.example", 1))
	_, said, status := run(t, "claim", "sign", p.claim, "--key", p.in("vendor"))
	require.Equal(t, command.Done, status, said)
	out, said, status := run(t, "preview", p.tender, "--claim", p.claim)
	require.Equal(t, command.Done, status, said)
	figures := regexp.MustCompile(`(?m)^ *1 +([0-9.]+) +([0-9.]+) `).FindStringSubmatch(out)
	require.Len(t, figures, 3, out)
	without, err := strconv.ParseFloat(figures[1], 64)
	require.NoError(t, err)
	with, err := strconv.ParseFloat(figures[2], 64)
	require.NoError(t, err)
	assert.Greater(t, with, without)
}
