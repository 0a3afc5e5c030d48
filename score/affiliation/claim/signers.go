package claim

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/tributary-oss/tributary/model"
)

// Signers are the keys of persons, out of a file of allowed signers.
type Signers struct {
	File string
	// Notes say which lines were left out, and why.
	Notes []model.Note
	list  map[string][]signer // by the bytes of the key
}

// signer is one line: a key and the identities that it is for.
type signer struct {
	principals    []string // in lower case
	key           ssh.PublicKey
	namespaces    *string   // patterns; nil: for any
	after, before time.Time // [after, before); zero is open
}

const (
	mostSigners = 100_000 // lines with a key
	mostNotes   = 1000
)

// ParseSigners reads a file of allowed signers, in the form that ssh-keygen(1) describes:
//
//	ada@karst.example,github:1234567 namespaces="tributary-confirmation",valid-after="20240101" ssh-ed25519 AAAA…
//
// The principals are a person's identities, mail addresses without "mail:". The options
// namespaces, valid-after and valid-before are honoured; a time without Z is taken for
// UTC too, as a result must not depend on where it is computed, and the span is
// half-open as all others are. A line with cert-authority, an option that is not known, a
// weak key or principals with wildcards is left out and noted: such a line stands for
// more than one person, or for nobody knows whom.
func ParseSigners(name string, b []byte) *Signers {
	s := &Signers{File: name, list: map[string][]signer{}}
	number, extra, keys := 0, 0, 0
	for line := range strings.Lines(string(b)) {
		number++
		line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		one, err := parseSigner(line)
		switch {
		case err == nil && keys < mostSigners:
			keys++
			bytes := string(one.key.Marshal())
			s.list[bytes] = append(s.list[bytes], one)
		case len(s.Notes) < mostNotes:
			if err == nil {
				err = fmt.Errorf("more than %d keys; keep those of this tender", mostSigners)
			}
			s.Notes = append(s.Notes, model.Note{File: name, Line: number, Text: err.Error(), Refused: true})
		default:
			extra++
		}
	}
	if extra > 0 {
		s.Notes = append(s.Notes, model.Note{File: name, Text: fmt.Sprintf("and %d lines more were left out", extra), Refused: true})
	}
	return s
}

// SignerLine returns the line of such a file that lets a key confirm an entry, by its
// index. Identities that the form cannot hold are left out. Whether the key is the
// person's the buyer must know from elsewhere.
func SignerLine(c *model.Claim, entry int, key ssh.PublicKey) string {
	var names []string
	for _, id := range c.People[entry].Identities {
		if name := principal(id); !strings.ContainsAny(name, "*?!,\"#") {
			names = append(names, name)
		}
	}
	return fmt.Sprintf("%s namespaces=%q %s", strings.Join(names, ","), ConfirmNamespace, strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key))))
}

func parseSigner(line string) (signer, error) {
	names, rest, err := principalsOf(line)
	if err != nil {
		return signer{}, err
	}
	s := signer{}
	for name := range strings.SplitSeq(names, ",") {
		switch name = principal(name); {
		case name == "":
			return signer{}, errors.New("a principal is empty; write identities with commas and no spaces between them")
		case strings.ContainsAny(name, "*?!"):
			return signer{}, errors.New("wildcards stand for more than one person; write whole identities")
		}
		s.principals = append(s.principals, name)
	}
	key, _, options, _, err := ssh.ParseAuthorizedKey([]byte(rest))
	if err != nil {
		return signer{}, errors.New("no key follows the principals; write them, perhaps options, and the key as in its .pub file")
	}
	if err := strong(key); err != nil {
		return signer{}, err
	}
	s.key = key
	return s, s.options(options)
}

// principalsOf cuts the first word off a line, which may be in quotes.
func principalsOf(line string) (names, rest string, err error) {
	if quoted, ok := strings.CutPrefix(line, `"`); ok {
		if names, rest, ok = strings.Cut(quoted, `"`); !ok {
			return "", "", errors.New("a quote is not closed")
		}
		return names, strings.TrimSpace(rest), nil
	}
	at := strings.IndexAny(line, " \t")
	if at < 0 {
		return "", "", errors.New("there is one word only; write principals, perhaps options, and a key")
	}
	return line[:at], strings.TrimSpace(line[at:]), nil
}

func (s *signer) options(list []string) error {
	seen := map[string]bool{}
	for _, option := range list {
		name, value, valued := strings.Cut(option, "=")
		name = strings.ToLower(name)
		if seen[name] {
			return fmt.Errorf("the option %q stands twice; keep one", shorten(name))
		}
		seen[name] = true
		var err error
		switch value = strings.Trim(value, `"`); {
		case name == "cert-authority":
			return errors.New("keys of certificate authorities stand for more than one person; write the person's own key")
		case !valued:
			return fmt.Errorf("the option %q is not known; leave it out", shorten(name))
		case name == "namespaces":
			s.namespaces = &value
		case name == "valid-after":
			s.after, err = parseTime(value)
		case name == "valid-before":
			s.before, err = parseTime(value)
		default:
			return fmt.Errorf("the option %q is not known; leave it out", shorten(name))
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if !s.after.IsZero() && !s.before.IsZero() && !s.after.Before(s.before) {
		return errors.New("valid-before is not after valid-after; correct one of them")
	}
	return nil
}

// parseTime reads a time as OpenSSH writes it, in UTC.
func parseTime(s string) (time.Time, error) {
	text := strings.TrimSuffix(s, "Z")
	layout := map[int]string{8: "20060102", 12: "200601021504", 14: "20060102150405"}[len(text)]
	t, err := time.Parse(layout, text)
	if err != nil || layout == "" {
		return time.Time{}, fmt.Errorf("%q is no time; write it as 20261128 or 202611281200Z", shorten(s))
	}
	return t, nil
}

// validOn reports whether the key was valid at any time of the day.
func (s *signer) validOn(day model.Date) bool {
	begin := day.Time()
	return (s.before.IsZero() || begin.Before(s.before)) && (s.after.IsZero() || begin.AddDate(0, 0, 1).After(s.after))
}

// vouched is what a file says of one key.
type vouched struct {
	listed, use, day bool            // it stands there; for the namespace; valid on the day
	principals       map[string]bool // of lines for which all three hold
}

// of looks a key up.
func (s *Signers) of(key ssh.PublicKey, namespace string, day model.Date) vouched {
	v := vouched{principals: map[string]bool{}}
	for _, one := range s.list[string(key.Marshal())] {
		v.listed = true
		use, valid := one.namespaces == nil || allowed(*one.namespaces, namespace), one.validOn(day)
		v.use, v.day = v.use || use, v.day || use && valid
		if use && valid {
			for _, p := range one.principals {
				v.principals[p] = true
			}
		}
	}
	return v
}

// allowed reports whether a list of OpenSSH's patterns names the namespace: one of them
// matches, and none that begins with !.
func allowed(list, namespace string) bool {
	found := false
	for pattern := range strings.SplitSeq(list, ",") {
		pattern, negated := strings.CutPrefix(pattern, "!")
		if glob(pattern, namespace) {
			if negated {
				return false
			}
			found = true
		}
	}
	return found
}

// glob reports whether a pattern with * and ? matches the whole name. It goes back to the
// last * only, so that no pattern takes long.
func glob(pattern, name string) bool {
	p, n, star, mark := 0, 0, -1, 0
	for n < len(name) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark, p = p, n, p+1
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == name[n]):
			p, n = p+1, n+1
		case star >= 0:
			mark++
			p, n = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
