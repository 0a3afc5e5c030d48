package bundle

import (
	"bytes"
	"fmt"
	"os"

	"golang.org/x/crypto/ssh"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation/claim"
)

// Namespace is that of the signatures of bundles, as ssh-keygen takes it with -n.
const Namespace = "tributary-bundle"

const mostSignature = 64 << 10

// unsigned is where a signature is written before it is put in its place.
const unsigned = "." + SignatureFile + ".unfinished"

// Sign signs the bundle in a folder: its list of digests, and so every file of it. The
// signature is what ssh-keygen -Y sign makes. The files are held against the list first, so
// that nobody signs what was changed.
func Sign(dir string, key ssh.Signer) error {
	o, err := Open(dir)
	if err != nil {
		return err
	}
	defer o.Close()
	list, err := readWhole(o.root, SumsFile, mostSums)
	if err != nil {
		return err
	}
	armored, err := claim.Sign(key, list, Namespace)
	if err != nil {
		return err
	}
	if err := writeSignature(o.root, armored); err != nil {
		return fmt.Errorf("writing the signature into %s: %w", dir, err)
	}
	return nil
}

// writeSignature writes it aside, and puts it in its place when it is whole. What was left
// aside by an earlier run goes.
func writeSignature(root *os.Root, text []byte) error {
	if err := root.Remove(unsigned); err != nil && !isMissing(err) {
		return err
	}
	f, err := root.OpenFile(unsigned, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = bytes.NewReader(text).WriteTo(f)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = root.Rename(unsigned, SignatureFile)
	}
	if err != nil {
		_ = root.Remove(unsigned)
	}
	return err
}

// VerifySignature checks that the bundle is signed by one of the signers with a key that is
// valid on the day. What is wrong is a [*Difference].
func (o *Opened) VerifySignature(signers *claim.Signers, day model.Date) (*claim.Signed, error) {
	armored, err := readWhole(o.root, SignatureFile, mostSignature)
	if isMissing(err) {
		return nil, &Difference{File: SignatureFile, Text: "there is none: the bundle is not signed", Err: err}
	}
	if err != nil {
		return nil, err
	}
	list, err := readWhole(o.root, SumsFile, mostSums)
	if err != nil {
		return nil, err
	}
	signed, err := signers.Verify(list, armored, Namespace, day)
	return signed, asDifference(SignatureFile, err)
}

// IsSigned reports whether there is a signature, by whomever.
func (o *Opened) IsSigned() bool {
	_, err := o.root.Lstat(SignatureFile)
	return err == nil
}
