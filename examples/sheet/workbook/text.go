package workbook

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// longest is how many UTF-16 units a cell holds, in all three programs.
const longest = 32767

// cutMark stands at the end of a text that was longer.
const cutMark = " […]"

// clean makes a text of a stranger inert: what XML cannot hold, and what cannot be seen, such
// as marks that turn the direction of writing, becomes U+FFFD, which is seen; so does what is
// no UTF-8. White space that breaks lines becomes a space. What is too long for a cell is cut,
// with a mark. A text that begins with = stays as it is: it is written as a string, and never
// becomes a formula.
func clean(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	units, cut := 0, 0 // in UTF-16, and where the mark would go
	for _, r := range s {
		r = visible(r)
		if units += utf16.RuneLen(r); units > longest {
			return b.String()[:cut] + cutMark
		}
		b.WriteRune(r)
		if units <= longest-len([]rune(cutMark)) {
			cut = b.Len()
		}
	}
	return b.String()
}

// plain reports whether a text is short and printable ASCII, as most are.
func plain(s string) bool {
	if len(s) > longest {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func visible(r rune) rune {
	switch {
	case r == '\u00a0' || r == '\u202f':
		return r // French sets them before : and the like
	case unicode.IsSpace(r):
		return ' '
	case !unicode.IsPrint(r):
		return utf8.RuneError
	}
	return r
}

// webAddress reports whether a text is an address that a cell may lead to: of the web, and of
// characters that addresses have, none of which ends a string in a formula. A formula holds
// strings of at most 255 characters.
func webAddress(s string) bool {
	if len(s) > 255 || !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-._~:/?#[]@!$&'()*+,;=%", r))
	})
}
