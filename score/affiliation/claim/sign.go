package claim

import (
	"bytes"
	"crypto/rsa"
	"errors"
	"fmt"
	"strings"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
)

// leastRSA is the length in bits from which an RSA key is accepted. NIST SP 800-131A
// disallows shorter ones.
const leastRSA = 2048

// Sign returns the armoured signature of a message, as ssh-keygen -Y sign makes it. Keys
// that [Check] would refuse are refused.
func Sign(key ssh.Signer, message []byte, namespace string) ([]byte, error) {
	if err := strong(key.PublicKey()); err != nil {
		return nil, err
	}
	sig, err := sshsig.Sign(bytes.NewReader(message), key, sshsig.HashSHA512, namespace)
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	return sshsig.Armor(sig), nil
}

// signature is one that was parsed and whose key is no weak one.
type signature struct {
	*sshsig.Signature
	key string // fingerprint
}

// parse reads an armoured signature that was made for the namespace.
func parse(armored []byte, namespace string) (*signature, Reason, error) {
	text := bytes.TrimSpace(armored)
	const begin, end = "-----BEGIN " + sshsig.PEMType + "-----", "-----END " + sshsig.PEMType + "-----"
	if !bytes.HasPrefix(text, []byte(begin)) || !bytes.HasSuffix(text, []byte(end)) || bytes.Count(text, []byte("-----")) != 4 {
		return nil, Unreadable, fmt.Errorf("this is not one signature in the form of ssh-keygen, from %q to %q; sign again", begin, end)
	}
	sig, err := unarmor(text)
	switch {
	case errors.Is(err, sshsig.ErrUnsupportedHashAlgorithm):
		return nil, WeakKey, fmt.Errorf("%w; sign again with SHA-512", err)
	case err != nil && strings.Contains(err.Error(), ssh.KeyAlgoRSASHA512):
		return nil, WeakKey, fmt.Errorf("the RSA signature is made with SHA-1, which can be forged; sign again with OpenSSH 8.2 or newer")
	case err != nil:
		return nil, Unreadable, fmt.Errorf("the signature cannot be read (%w); sign again", err)
	}
	if err := strong(sig.PublicKey); err != nil {
		return nil, WeakKey, err
	}
	if sig.Namespace != namespace {
		return nil, WrongUse, fmt.Errorf("the signature was made for %q; sign again with the namespace %s", shorten(sig.Namespace), namespace)
	}
	return &signature{sig, ssh.FingerprintSHA256(sig.PublicKey)}, "", nil
}

// unarmor turns a panic over bytes of a stranger into an error.
func unarmor(b []byte) (sig *sshsig.Signature, err error) {
	defer func() {
		if recover() != nil {
			sig, err = nil, errors.New("its bytes are in disorder")
		}
	}()
	return sshsig.Unarmor(b)
}

// signs reports whether the signature is one of the message.
func (s *signature) signs(message []byte) bool {
	return sshsig.Verify(bytes.NewReader(message), s.Signature, s.PublicKey, s.HashAlgorithm, s.Namespace) == nil
}

// strong returns why a key is not accepted: DSA and short RSA keys can be forged, and
// certificates are for files of signers that nobody here keeps.
func strong(k ssh.PublicKey) error {
	switch k.Type() {
	case ssh.KeyAlgoED25519, ssh.KeyAlgoSKED25519, ssh.KeyAlgoSKECDSA256,
		ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521:
		return nil
	case ssh.KeyAlgoRSA:
		bits := 0
		if c, ok := k.(ssh.CryptoPublicKey); ok {
			if pub, ok := c.CryptoPublicKey().(*rsa.PublicKey); ok {
				bits = pub.N.BitLen()
			}
		}
		if bits >= leastRSA {
			return nil
		}
		return fmt.Errorf("the RSA key has %d bits, and %d are the least; make another key with ssh-keygen -t ed25519", bits, leastRSA)
	}
	return fmt.Errorf("keys of the type %s are not accepted; make another key with ssh-keygen -t ed25519", shorten(k.Type()))
}

// same reports whether two keys are one.
func same(a, b ssh.PublicKey) bool { return bytes.Equal(a.Marshal(), b.Marshal()) }

// shorten keeps a stranger's word from filling a message.
func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
