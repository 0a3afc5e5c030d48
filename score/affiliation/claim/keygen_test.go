package claim_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/model/tenderfile"
	"github.com/tributary-oss/tributary/score/affiliation/claim"
)

// vendorWith returns a tender whose vendor karst has a key.
func vendorWith(key string) *model.Tender {
	t := tender()
	t.Vendors["karst"] = model.Vendor{Domains: []model.MailDomain{{Name: "karst.example"}}, Keys: []model.SigningKey{{Key: key}}}
	return t
}

// The claim in testdata was signed, and its entries confirmed, with ssh-keygen -Y sign of
// OpenSSH 9.2: by an Ed25519, an RSA and an ECDSA key that were thrown away then.
func TestSignaturesOfOpenSSH(t *testing.T) {
	key, err := os.ReadFile("testdata/vendor.pub")
	require.NoError(t, err)
	table, err := claim.Format().Read(os.DirFS("testdata"), model.Roster{File: "claim.yaml", Signers: "allowed_signers"}, vendorWith(string(key)))
	require.NoError(t, err)
	require.Len(t, table.People, 2)
	for _, p := range table.People {
		assert.Equal(t, model.Confirmed, p.Employment[0].Level, p.ID)
	}
	assert.Empty(t, table.Notes)
}

// keygen runs the real ssh-keygen; without it the test is skipped.
func keygen(t *testing.T, stdin []byte, args ...string) (string, error) {
	t.Helper()
	path, err := exec.LookPath("ssh-keygen")
	if err != nil {
		t.Skip("no ssh-keygen here")
	}
	c := exec.CommandContext(t.Context(), path, args...)
	c.Stdin = bytes.NewReader(stdin)
	out, err := c.CombinedOutput()
	return string(out), err
}

// What one side signs the other one verifies, with every kind of key that both make.
func TestBothWaysWithOpenSSH(t *testing.T) {
	for _, kind := range [][]string{{"ed25519"}, {"ecdsa", "-b", "256"}, {"ecdsa", "-b", "521"}, {"rsa", "-b", "2048"}} {
		t.Run(strings.Join(kind, ""), func(t *testing.T) {
			dir := t.TempDir()
			in := func(name string) string { return filepath.Join(dir, name) }
			out, err := keygen(t, nil, append([]string{"-q", "-N", "", "-f", in("key"), "-t"}, kind...)...)
			require.NoError(t, err, out)
			private, err := os.ReadFile(in("key"))
			require.NoError(t, err)
			key, err := ssh.ParsePrivateKey(private)
			require.NoError(t, err)
			c, err := tenderfile.ReadClaim("claim.yaml", []byte(document))
			require.NoError(t, err)
			entry := claim.Text(c, 0)
			require.NoError(t, os.WriteFile(in("claim.yaml"), []byte(document), 0o644))
			require.NoError(t, os.WriteFile(in("entry"), entry, 0o644))
			require.NoError(t, os.WriteFile(in("signers"), []byte("karst,github:7 "+public(key)+"\n"), 0o644))

			for _, s := range []struct {
				file, namespace, who string
				message              []byte
			}{
				{"claim.yaml", claim.Namespace, "karst", []byte(document)},
				{"entry", claim.ConfirmNamespace, "github:7", entry},
			} {
				sig, err := claim.Sign(key, s.message, s.namespace)
				require.NoError(t, err)
				require.NoError(t, os.WriteFile(in("ours"), sig, 0o644))
				out, err := keygen(t, s.message, "-Y", "verify", "-f", in("signers"), "-I", s.who, "-n", s.namespace, "-s", in("ours"))
				assert.NoError(t, err, out)
				_, err = keygen(t, append(s.message, '#'), "-Y", "verify", "-f", in("signers"), "-I", s.who, "-n", s.namespace, "-s", in("ours"))
				assert.Error(t, err, "and nothing else")
				out, err = keygen(t, nil, "-q", "-Y", "sign", "-n", s.namespace, "-f", in("key"), in(s.file))
				require.NoError(t, err, out)
			}
			require.NoError(t, os.Rename(in("entry.sig"), in("claim.yaml.1.sig")))
			// A vendor's key confirms nobody, so the two are tried one after the other.
			require.NoError(t, os.Rename(in("claim.yaml.1.sig"), in("aside")))
			table, err := claim.Format().Read(os.DirFS(dir), model.Roster{File: "claim.yaml", Signers: "signers"}, vendorWith(public(key)))
			require.NoError(t, err)
			assert.Equal(t, model.Listed, table.People[0].Employment[0].Level)

			require.NoError(t, os.Rename(in("aside"), in("claim.yaml.1.sig")))
			sig, err := claim.Sign(signer("karst"), []byte(document), claim.Namespace)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(in("claim.yaml.sig"), sig, 0o644))
			table, err = claim.Format().Read(os.DirFS(dir), model.Roster{File: "claim.yaml", Signers: "signers"}, vendorWith(public(signer("karst"))))
			require.NoError(t, err)
			assert.Equal(t, model.Confirmed, table.People[0].Employment[0].Level)
		})
	}
}
