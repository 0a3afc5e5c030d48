package parse

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Bounds on what is taken from one object or file. Honest content stays far below.
const (
	messageMost  = 1 << 20 // bytes of a message
	subjectMost  = 4 << 10 // bytes of a subject
	nameMost     = 1 << 10 // bytes of a name, an address or a trailer's key
	valueMost    = 8 << 10 // bytes of a trailer's value
	trailersMost = 1000    // trailers of a message, and references to other commits
	fileMost     = 8 << 20 // bytes of a mailmap or a role file
	freeFormMost = 1 << 20 // of these, bytes of a text for people, which is slow to read
	lineMost     = 4 << 10 // bytes of a line of a role file
	listedMost   = 10_000  // identities of a role file, members of an alias
)

// charset returns the character set that a commit's encoding header names, or
// Windows-1252: git's own history holds many Latin-1 texts without the header,
// and Windows-1252 agrees with Latin-1 on every printable character.
func charset(name string) *charmap.Charmap {
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "iso-8859-15", "iso8859-15", "latin-9", "latin9":
		return charmap.ISO8859_15
	case "windows-1250", "cp1250":
		return charmap.Windows1250
	case "windows-1251", "cp1251":
		return charmap.Windows1251
	case "windows-1253", "cp1253":
		return charmap.Windows1253
	case "windows-1254", "cp1254":
		return charmap.Windows1254
	case "windows-1255", "cp1255":
		return charmap.Windows1255
	case "windows-1256", "cp1256":
		return charmap.Windows1256
	case "windows-1257", "cp1257":
		return charmap.Windows1257
	case "windows-1258", "cp1258":
		return charmap.Windows1258
	case "koi8-r":
		return charmap.KOI8R
	}
	return charmap.Windows1252
}

// decode returns b as valid UTF-8. Each line is judged on its own, because
// messages quote texts of other encodings: a line that is UTF-8 stays, whatever
// the header says (clients that claim Latin-1 and write UTF-8 are common), any
// other line is read in the given character set.
func decode(b []byte, set *charmap.Charmap) string {
	if utf8.Valid(b) {
		return string(b)
	}
	var s strings.Builder
	s.Grow(len(b) + len(b)/8)
	for line := range bytes.Lines(b) {
		if utf8.Valid(line) {
			s.Write(line)
			continue
		}
		for _, c := range line {
			s.WriteRune(set.DecodeByte(c))
		}
	}
	return s.String()
}

// oneLine returns s with control characters and line separators as spaces,
// without direction overrides, trimmed, and cut to at most most bytes.
func oneLine(s string, most int) string {
	if !isPlain(s) || strings.ContainsAny(s, "\n\t") {
		s = strings.Map(plainRune, s)
	}
	return cut(strings.TrimSpace(s), most)
}

// isPlain reports whether s is ASCII without control characters but newlines and
// tabs. Nearly every text is, and need not be looked at by character.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c-' ' >= 0x7f-' ' && c != '\n' && c != '\t' {
			return false
		}
	}
	return true
}

// plainLines returns s with newlines and tabs as they are and everything else like [oneLine].
func plainLines(s string) string {
	if isPlain(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		return plainRune(r)
	}, s)
}

// plainRune turns a control character into a space and drops a direction override.
func plainRune(r rune) rune {
	switch {
	case r < utf8.RuneSelf && r >= ' ' && r != 0x7f:
		return r
	case 0x202a <= r && r <= 0x202e, 0x2066 <= r && r <= 0x2069:
		return -1
	case unicode.IsControl(r), r == 0x2028, r == 0x2029:
		return ' '
	}
	return r
}

// cut returns at most most bytes of s, ending between characters.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return strings.TrimSpace(s[:most])
}

// fileText returns the beginning of a text file, decoded, with "\n" newlines and
// without a byte order mark.
func fileText(b []byte) string {
	s := decode(b[:min(len(b), fileMost)], charmap.Windows1252)
	s = strings.TrimPrefix(s, "\ufeff")
	return strings.ReplaceAll(s, "\r\n", "\n")
}

// isBlank reports whether a line holds nothing but white space.
func isBlank(line string) bool { return strings.Trim(line, " \t\r\v\f\n") == "" }

// startsBlank reports whether a line begins with white space.
func startsBlank(line string) bool {
	return line != "" && strings.IndexByte(" \t\r\v\f\n", line[0]) >= 0
}
