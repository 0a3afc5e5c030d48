package parse

import (
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// Roles returns the roles that the trailer's key states, each once, in the key's
// order, and nothing for keys that state none: Cc, Fixes, Suggested-by, Helped-by.
// Keys may join several, as "Reported-and-tested-by" or "Reviewed-tested-by" do.
// A part with an unknown word states nothing, so "Not-reviewed-by" is no review.
func (t Trailer) Roles() []model.Role {
	key, ok := strings.CutSuffix(strings.ToLower(t.Key), "-by")
	if !ok {
		return nil
	}
	var roles []model.Role
	for part := range strings.SplitSeq(key, "-and-") {
		for _, r := range rolesOf(part) {
			if !slices.Contains(roles, r) {
				roles = append(roles, r)
			}
		}
	}
	return roles
}

// rolesOf reads one part of a key, a row of known words.
func rolesOf(part string) (roles []model.Role) {
	for part != "" {
		word, role := firstRole(part)
		if role == "" {
			return nil
		}
		roles = append(roles, role)
		rest := part[len(word):]
		if rest != "" && rest[0] != '-' {
			return nil
		}
		part = strings.TrimPrefix(rest, "-")
	}
	return roles
}

func firstRole(part string) (word string, role model.Role) {
	for _, w := range []struct {
		word string
		role model.Role
	}{
		{"reviewed", model.Reviewer}, {"tested", model.Tester}, {"acked", model.Acker},
		{"signed-off", model.Signer}, {"reported", model.Reporter},
		{"co-authored", model.CoAuthor}, {"co-developed", model.CoAuthor},
	} {
		if strings.HasPrefix(part, w.word) {
			return w.word, w.role
		}
	}
	return "", ""
}

// Actor returns whom the trailer's value names. It reads "Name <mail>", a bare
// address, "mail (Name)", a bare name, and "@login" alone or beside a name. What
// stands behind an address, such as a version that was tested, is left out. The
// zero Identity means that nobody is named.
func (t Trailer) Actor() model.Identity {
	v := oneLine(t.Value, valueMost)
	name, rest, angled := strings.Cut(v, "<")
	if angled {
		mail, _, _ := strings.Cut(rest, ">")
		id := named(name)
		id.Mail = oneLine(mail, nameMost)
		return id
	}
	for word := range strings.FieldsSeq(v) {
		at := strings.IndexByte(word, '@')
		if mail := strings.Trim(word, "()[],;"); at > 0 && strings.IndexByte(mail, '@') > 0 {
			before, after, _ := strings.Cut(v, word)
			if isBlank(before) { // "mail (Name)", the form of older mailers
				before = ""
				if inner, ok := strings.CutPrefix(strings.TrimSpace(after), "("); ok {
					before, _, _ = strings.Cut(inner, ")")
				}
			}
			id := named(before)
			id.Mail = oneLine(mail, nameMost)
			return id
		}
	}
	return named(v)
}

// named reads a display name, of which a word may be "@login" or "(@login)".
func named(s string) (id model.Identity) {
	var kept []string
	for word := range strings.FieldsSeq(s) {
		login, ok := strings.CutPrefix(strings.Trim(word, "()[],;"), "@")
		if ok && id.Login == "" && isLogin(login) {
			id.Login = login
			continue
		}
		kept = append(kept, word)
	}
	if id.Login == "" {
		kept = []string{s} // inner spaces as they were written
	}
	id.Name = oneLine(strings.Join(kept, " "), nameMost)
	return id
}

// isLogin reports whether s can be an account's name on a forge: letters, digits,
// ".", "_" and "-", and "[bot]" at the end.
func isLogin(s string) bool {
	s = strings.TrimSuffix(s, "[bot]")
	if s == "" || len(s) > 255 || s[0] == '-' || s[0] == '.' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !isKeyByte(c) && c != '.' && c != '_' {
			return false
		}
	}
	return true
}
