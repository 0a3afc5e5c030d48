package formats

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/tributary-oss/tributary/model"
)

// mapLine reads a line of an EmailMap: an address or domain, an employer, and the day on
// which it ceased to be that one.
func (g *gitdm) mapLine(n int, s string) {
	key, rest := gitdmCut(s)
	name, day, dated := strings.Cut(rest, "<")
	if name = strings.TrimSpace(name); name == "" {
		g.refuse(n, "no employer is named")
		return
	}
	var until model.Date
	if dated {
		t, err := time.Parse("2006-1-2", strings.TrimSpace(day))
		if err != nil || model.DateOf(t) == 0 {
			g.refuse(n, "what follows < is no day that can be said; write it as 2026-11-01")
			return
		}
		until = model.DateOf(t)
	}
	g.claim(n, key, employer(name), until)
}

// claim takes one line's employer for an address or a domain.
func (g *gitdm) claim(n int, key, employer string, until model.Date) {
	if address, ok := mailAddress(key); ok {
		key = strings.ToLower(address)
		if old, ok := g.written[key]; !ok || address < old {
			g.written[key] = address
		}
	} else if key = strings.ToLower(key); strings.Contains(key, "@") {
		g.refuse(n, "the address has not one @ with text on both sides, or signs that no address has")
		return
	} else if !gitdmDomain(key) {
		g.refuse(n, "this is neither an address nor a domain of two parts or more")
		return
	}
	g.claims[key] = append(g.claims[key], gitdmClaim{employer: employer, until: until, file: g.file, line: n})
}

// aliasLine reads a line of EmailAliases: what is seen, in quotes where it has spaces,
// and the address that it stands for.
func (g *gitdm) aliasLine(n int, s string) {
	from, to := gitdmCut(s)
	if quoted, ok := strings.CutPrefix(s, `"`); ok {
		if name, rest, ok := strings.Cut(quoted, `"`); ok {
			from, to = name, strings.TrimSpace(rest)
		}
	}
	g.alias(n, from, to)
}

// patternLine reads a line of RXEmailAliases, whose first part is a regular expression.
// One that matches itself read as plain text is an alias of that text; what else it may
// match is not known without the addresses.
func (g *gitdm) patternLine(n int, s string) {
	pattern, to := gitdmCut(s)
	plain, ok := gitdmPlain(pattern)
	if !ok {
		g.refuse(n, "a regular expression cannot be said without the addresses that it matches")
		return
	}
	g.alias(n, plain, to)
}

// gitdmPlain returns the text that a regular expression matches when it has no signs but
// anchors, dots and escaped punctuation.
func gitdmPlain(pattern string) (string, bool) {
	var plain strings.Builder
	escaped := false
	for _, c := range strings.TrimSuffix(strings.TrimPrefix(pattern, "^"), "$") {
		switch {
		case escaped && (unicode.IsLetter(c) || unicode.IsDigit(c)), !escaped && strings.ContainsRune("[](){}*+?|^$", c):
			return "", false
		case !escaped && c == '\\':
			escaped = true
			continue
		}
		plain.WriteRune(c)
		escaped = false
	}
	return plain.String(), !escaped
}

func (g *gitdm) alias(n int, from, to string) {
	canonical, ok := mailAddress(to)
	if !ok {
		g.refuse(n, "what the alias stands for is no address")
		return
	}
	address, ok := mailAddress(from)
	if !ok {
		g.refuse(n, "the alias is no address; nobody is joined on a name or another text")
		return
	}
	a := gitdmAlias{address, canonical, strings.ToLower(address), strings.ToLower(canonical), g.file, n}
	if a.alias != a.of {
		g.aliases = append(g.aliases, a)
	}
}

// gitdmCut cuts a line at its first white space.
func gitdmCut(s string) (first, rest string) {
	i := strings.IndexFunc(s, unicode.IsSpace)
	if i < 0 {
		return s, ""
	}
	return s[:i], strings.TrimSpace(s[i:])
}

// gitdmDomain reports whether s, in lower case, can be a domain that gitdm finds:
// one of a single part, such as com, it never looks up. None is longer than 253
// characters (RFC 1035).
func gitdmDomain(s string) bool {
	if len(s) > 253 {
		return false
	}
	parts := strings.Split(s, ".")
	for _, p := range parts {
		odd := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_' }
		if p == "" || strings.IndexFunc(p, odd) >= 0 {
			return false
		}
	}
	return len(parts) > 1 && utf8.ValidString(s)
}
