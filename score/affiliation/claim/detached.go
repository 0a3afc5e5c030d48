package claim

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/crypto/ssh"

	"github.com/tributary-oss/tributary/model"
)

// Signed says who signed a message.
type Signed struct {
	Key        string   // fingerprint
	Principals []string // of the lines of the file that allow the key, sorted
}

// Verify checks a detached signature of a message that was made for the namespace, as
// ssh-keygen -Y verify does: its key must be allowed for the namespace on the day, in UTC.
// The error says what is wrong with it.
func (s *Signers) Verify(message, armored []byte, namespace string, day model.Date) (*Signed, error) {
	sig, _, err := parse(armored, namespace)
	if err != nil {
		return nil, err
	}
	if !sig.signs(message) {
		return nil, errors.New("the signature is of something else, or what was signed has changed")
	}
	v := s.of(sig.PublicKey, namespace, day)
	switch {
	case !v.listed:
		return nil, fmt.Errorf("the key %s is not in %s", sig.key, s.File)
	case !v.use:
		return nil, fmt.Errorf("the key %s stands in %s for other uses than %s", sig.key, s.File, namespace)
	case !v.day:
		return nil, fmt.Errorf("the key %s is not valid on %s by %s", sig.key, day, s.File)
	}
	return &Signed{ssh.FingerprintSHA256(sig.PublicKey), slices.Sorted(maps.Keys(v.principals))}, nil
}
