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

// Holds reports whether an identity is on the list, or the account whose private mail
// address it is. A nil list holds none.
func (e *Erased) Holds(identity string) bool {
	if e == nil || len(e.Hashes) == 0 {
		return false
	}
	if mail, ok := strings.CutPrefix(identity, "mail:"); ok {
		return e.first(Identity{Mail: mail}) != ""
	}
	return e.Hashes[EraseHash(e.Salt, identity)]
}

// first returns the first hash of an identity that is on the list; "" for none.
func (e *Erased) first(id Identity) string {
	for _, key := range id.keys() {
		if h := EraseHash(e.Salt, key); e.Hashes[h] {
			return h
		}
	}
	return ""
}

// Replace returns the identity, or what stands for it where its address or its account is
// on the list: one stand-in for each address or account, which tells nothing of it.
func (e *Erased) Replace(id Identity) Identity {
	if e == nil || len(e.Hashes) == 0 {
		return id
	}
	if h := e.first(id); h != "" {
		return Identity{Name: "erased", Mail: h[:16] + "@erased.invalid", Type: id.Type}
	}
	return id
}

// keys are the identities under which rosters could list an identity.
func (id Identity) keys() []string {
	var keys []string
	if mail := strings.TrimSpace(id.Mail); mail != "" {
		keys = append(append(keys, "mail:"+mail), lent(mail)...)
	}
	if id.Account != "" {
		keys = append(keys, id.Account)
		if host, _, ok := cutLast(id.Account, ":"); ok && id.Login != "" {
			keys = append(keys, host+"/"+id.Login)
		}
	}
	return keys
}

// lent returns the account, by name and by number, whose private mail address an address
// is, where a forge lent it: such as 12345+ada@users.noreply.github.com.
func lent(mail string) []string {
	local, domain, _ := cutLast(strings.Map(lowerASCII, mail), "@")
	host, ok := strings.CutPrefix(domain, "users.noreply.")
	marks := "+-"
	switch {
	case !ok:
		if host, ok = strings.CutPrefix(domain, "noreply."); !ok {
			return nil
		}
		marks = "+"
	case host == "github.com":
		host, marks = "github", "+"
	}
	keys := []string{host + "/" + local}
	if i := strings.IndexAny(local, marks); i > 0 && strings.Trim(local[:i], "0123456789") == "" {
		keys = append(keys, host+":"+local[:i], host+"/"+local[i+1:])
	}
	return keys
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
