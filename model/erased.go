package model

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// ErasedFormat names the form of a list of erased people.
const ErasedFormat = "tributary-erased/1"

// Erased lists identities that must not be held any more, as salted hashes: who has the
// list can tell whether an identity that it already has is on it, and read no other.
// Sources and rosters put a stand-in in its place, so that what the person did still
// counts among all acts, for nobody known.
type Erased struct {
	Salt   string
	Hashes map[string]bool // of [EraseHash]
}

// EraseHash is the hash of an identity in a list: SHA-256 of the salt, a line feed and
// the identity, such as mail:ada@karst.example or github:1234567, with its ASCII letters
// in lower case; hexadecimal.
func EraseHash(salt, identity string) string {
	sum := sha256.Sum256([]byte(salt + "\n" + strings.Map(lowerASCII, strings.TrimSpace(identity))))
	return hex.EncodeToString(sum[:])
}

func lowerASCII(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}

// Holds reports whether an identity is on the list. A nil list holds none.
func (e *Erased) Holds(identity string) bool {
	return e != nil && len(e.Hashes) > 0 && e.Hashes[EraseHash(e.Salt, identity)]
}

// Replace returns the identity, or what stands for it where its address or its account is
// on the list: one stand-in for each address or account, which tells nothing of it.
func (e *Erased) Replace(id Identity) Identity {
	if e == nil || len(e.Hashes) == 0 {
		return id
	}
	for _, key := range id.keys() {
		if h := EraseHash(e.Salt, key); e.Hashes[h] {
			return Identity{Name: "erased", Mail: h[:16] + "@erased.invalid", Type: id.Type}
		}
	}
	return id
}

// keys are the identities under which rosters could list an identity.
func (id Identity) keys() []string {
	var keys []string
	if id.Mail != "" {
		keys = append(keys, "mail:"+id.Mail)
	}
	if id.Account != "" {
		keys = append(keys, id.Account)
		if host, _, ok := strings.Cut(id.Account, ":"); ok && id.Login != "" {
			keys = append(keys, host+"/"+id.Login)
		}
	}
	return keys
}
