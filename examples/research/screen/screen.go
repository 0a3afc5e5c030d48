// Package screen writes plain text for a terminal, and cells for a table, of words that
// come from strangers.
package screen

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Screen writes lines of a width. It remembers the first error of many writes.
type Screen struct {
	w     io.Writer
	width int
	Err   error
}

// New returns a screen of so many columns; 0 is 80, and less than 40 is 40.
func New(w io.Writer, width int) *Screen {
	if width == 0 {
		width = 80
	}
	return &Screen{w: w, width: max(40, width)}
}

// Line writes one line as it is.
func (s *Screen) Line(format string, a ...any) {
	if s.Err == nil {
		_, s.Err = fmt.Fprintf(s.w, format+"\n", a...)
	}
}

// Wrap writes a sentence in lines of the screen's width, the first behind indent, the others
// two columns further. A word that is longer than a line is broken.
func (s *Screen) Wrap(indent, format string, a ...any) {
	line, empty := indent, true
	for _, word := range strings.Fields(Printable(fmt.Sprintf(format, a...))) {
		if !empty && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > s.width {
			s.Line("%s", line)
			line, empty = indent+"  ", true
		}
		for r := []rune(word); empty && utf8.RuneCountInString(line)+len(r) > s.width; r = []rune(word) {
			cut := s.width - utf8.RuneCountInString(line)
			s.Line("%s%s", line, string(r[:cut]))
			line, word = indent+"  ", string(r[cut:])
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	s.Line("%s", strings.TrimRight(line, " "))
}

// Row writes a name, cut to what the screen has room for, and figures that are aligned at
// the right by the caller.
func (s *Screen) Row(indent, name string, longest int, figures string) {
	room := max(4, min(longest, s.width-utf8.RuneCountInString(indent)-1-utf8.RuneCountInString(figures)))
	s.Line("%s%s %s", indent, Padded(Printable(name), room), figures)
}

// Printable takes out of a name what could steer a terminal or turn the direction of its
// text.
func Printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, s)
}

// Padded fills a text up to a number of characters, or cuts it.
func Padded(s string, width int) string {
	r := []rune(s)
	if len(r) > width {
		return string(r[:width-1]) + "…"
	}
	return s + strings.Repeat(" ", width-len(r))
}

// Longest is the number of characters of the longest text, at most 40.
func Longest(list []string) int {
	n := 0
	for _, s := range list {
		n = max(n, utf8.RuneCountInString(s))
	}
	return min(n, 40)
}

// Cell makes a text inert in a cell of a spreadsheet: it is printable, and no formula.
// See https://owasp.org/www-community/attacks/CSV_Injection.
func Cell(s string) string {
	s = Printable(s)
	if first, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, " \uFFFD")); strings.ContainsRune("=+-@＝＋－＠", first) && s != "" {
		return "'" + s
	}
	return s
}

// Plural writes a number and a noun.
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Digits(n) + " " + noun + "s"
}

// Digits writes a number with commas between thousands.
func Digits(n int) string {
	s, sign := strconv.Itoa(n), ""
	if n < 0 {
		s, sign = s[1:], "-"
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// Millionths writes a number of millionths exactly, without zeros at the end.
func Millionths(n int64) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	s := fmt.Sprintf("%s%d.%06d", sign, n/1_000_000, n%1_000_000)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}
