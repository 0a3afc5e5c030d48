package report

import (
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tributary-oss/tributary/score/report/locale"
)

// Table files follow RFC 4180: a heading, lines that end in CR LF, cells with a separator,
// a quote or space at an end in quotes, UTF-8. The edition of a language whose spreadsheets
// take commas for decimal points separates cells by semicolons, writes decimal commas,
// translates headings and words, and begins with a byte order mark, without which Excel takes
// UTF-8 for the system's old code page.
//
// Strangers choose texts in them. A text that a spreadsheet could take for a formula, and one
// that begins with an apostrophe, is written with an apostrophe before it; and what cannot be
// seen, or would end a line, is written as JSON escapes it, such as \u000a, as is the
// backslash of what looks like such an escape. So every text is inert and can be had back:
// see [Unescape]. Numbers, days and truth values are written as they are.

// kind is the type of a column, in the words of Frictionless Table Schema.
type kind string

const (
	kindString   kind = "string"
	kindNumber   kind = "number"
	kindInteger  kind = "integer"
	kindBoolean  kind = "boolean"
	kindDatetime kind = "datetime"
)

// column is a column of a table.
type column struct {
	name     string // in the English edition; a key for programs
	kind     kind
	doc      string
	required bool     // a cell is never empty
	least    *float64 // of numbers
	words    []string // the only texts, in English; nil for any
}

// table is a table's name and columns.
type table struct {
	name, title string
	columns     []column
}

// dialect is how an edition writes tables.
type dialect struct {
	comma byte
	point byte
	l     *locale.Locale
	words map[string]string // translations made before: to make one takes microseconds
}

// dialectOf returns the dialect of a language; nil is English.
func dialectOf(l *locale.Locale) *dialect {
	if l == nil {
		l = locale.English()
	}
	d := &dialect{',', '.', l, map[string]string{}}
	if l.Lang() != locale.Default {
		d.comma, d.point = ';', ','
	}
	return d
}

func (d *dialect) english() bool { return d.l.Lang() == locale.Default }

// word translates a word of the method or of a heading.
func (d *dialect) word(s string) string {
	if d.english() || s == "" {
		return s
	}
	w, ok := d.words[s]
	if !ok {
		if w = s; d.l.Has(s) {
			w = d.l.T(s)
		}
		d.words[s] = w
	}
	return w
}

// say translates a sentence of the engine.
func (d *dialect) say(s string) string {
	if d.english() || s == "" {
		return s
	}
	said, _ := d.l.Say(s)
	return said
}

// heading writes the table's first line.
func (d *dialect) heading(t *table) []byte {
	var b []byte
	if !d.english() {
		b = append(b, "\ufeff"...)
	}
	r := row{d: d, b: b}
	for _, c := range t.columns {
		r.text(d.word(c.name))
	}
	return r.end()
}

// row is a line that is being written.
type row struct {
	d *dialect
	b []byte
	n int
}

func (r *row) next() {
	if r.n > 0 {
		r.b = append(r.b, r.d.comma)
	}
	r.n++
}

// text writes a text.
func (r *row) text(s string) { r.raw(safe(s)) }

// raw writes what is a number, or safe already.
func (r *row) raw(s string) {
	r.next()
	if !r.quoted(s) {
		r.b = append(r.b, s...)
		return
	}
	r.b = append(r.b, '"')
	for i := range len(s) {
		if s[i] == '"' {
			r.b = append(r.b, '"')
		}
		r.b = append(r.b, s[i])
	}
	r.b = append(r.b, '"')
}

// quoted reports whether a cell needs quotes.
func (r *row) quoted(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c == r.d.comma || c == '"' || c == '\r' || c == '\n' {
			return true
		}
	}
	return s[0] == ' ' || s[len(s)-1] == ' '
}

func (r *row) integer(n int64) { r.raw(strconv.FormatInt(n, 10)) }

// number writes a number in as few digits as give it exactly, without an exponent: half of
// the spreadsheets read none with a decimal comma.
func (r *row) number(x float64) { r.raw(r.point(strconv.FormatFloat(x, 'f', -1, 64))) }

// decimal writes a figure with so many decimals, and an unknown one as nothing, never as 0.
func (r *row) decimal(x *float64, decimals int) { r.raw(r.point(decimal(x, decimals))) }

func (r *row) point(s string) string {
	if r.d.point == '.' {
		return s
	}
	return strings.Replace(s, ".", string(r.d.point), 1)
}

func (r *row) truth(x bool) { r.raw(r.d.word(strconv.FormatBool(x))) }

// end ends the line and returns what is written.
func (r *row) end() []byte {
	r.b, r.n = append(r.b, '\r', '\n'), 0
	return r.b
}

// tableWriter writes lines to a writer and keeps the first error.
type tableWriter struct {
	w   io.Writer
	row row
	err error
}

func newTable(w io.Writer, t *table, d *dialect) *tableWriter {
	x := &tableWriter{w: w, row: row{d: d}}
	_, x.err = w.Write(d.heading(t))
	return x
}

// end ends a line, and writes it where much is written.
func (x *tableWriter) end() {
	x.row.end()
	if len(x.row.b) > 1<<15 {
		x.flush()
	}
}

func (x *tableWriter) flush() {
	if x.err == nil && len(x.row.b) > 0 {
		_, x.err = x.w.Write(x.row.b)
	}
	x.row.b = x.row.b[:0]
}

// close writes what is left and returns the first error.
func (x *tableWriter) close() error {
	x.flush()
	return x.err
}

// Escape makes a text that strangers chose inert in a cell of a spreadsheet and at a terminal,
// as all tables of this package do; [Unescape] gives it back.
func Escape(text string) string { return safe(text) }

// safe makes a text inert in a cell; [Unescape] gives it back. Which texts spreadsheets
// take for formulas: https://owasp.org/www-community/attacks/CSV_Injection, and the same marks
// in full width, which some take for them.
func safe(s string) string {
	if plainText(s) {
		return s
	}
	var b strings.Builder
	if strings.HasPrefix(s, "'") || formula(s) {
		b.WriteByte('\'')
	}
	for i, r := range s {
		switch {
		case r == utf8.RuneError || r == ' ':
			b.WriteRune(r) // what is no UTF-8 is lost
		case r == '\\' && isEscape(s[i:]):
			b.WriteString(`\u005c`)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r > 0xffff:
			r -= 0x10000
			b.WriteString(escaped(0xd800+(r>>10)) + escaped(0xdc00+(r&0x3ff)))
		default:
			b.WriteString(escaped(r))
		}
	}
	return b.String()
}

// plainText reports whether a text is safe as it is, as most are.
func plainText(s string) bool {
	if s == "" {
		return true
	}
	if c := s[0]; !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9') {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '\\' {
			return false
		}
	}
	return true
}

// formula reports whether a text begins as a formula does, behind what cannot be seen.
func formula(s string) bool {
	s = strings.TrimLeftFunc(s, func(r rune) bool { return r != '\t' && r != '\r' && (unicode.IsSpace(r) || !unicode.IsPrint(r)) })
	return s != "" && strings.ContainsAny(string([]rune(s)[:1]), "=+-@\t\r＝＋－＠")
}

func escaped(r rune) string {
	s := strconv.FormatInt(int64(r), 16)
	return `\u` + strings.Repeat("0", 4-len(s)) + s
}

// isEscape reports whether a text begins with a backslash, a u and four hexadecimal digits.
func isEscape(s string) bool {
	return len(s) >= 6 && s[1] == 'u' && strings.Trim(s[2:6], "0123456789abcdefABCDEF") == ""
}

// Unescape returns the text that a cell of a text column stands for.
func Unescape(cell string) string {
	cell = strings.TrimPrefix(cell, "'")
	if !strings.Contains(cell, `\u`) {
		return cell
	}
	var b strings.Builder
	for i := 0; i < len(cell); {
		if cell[i] != '\\' || !isEscape(cell[i:]) {
			b.WriteByte(cell[i])
			i++
			continue
		}
		r := unit(cell[i:])
		i += 6
		if 0xd800 <= r && r < 0xdc00 && i < len(cell) && cell[i] == '\\' && isEscape(cell[i:]) {
			r = 0x10000 + (r-0xd800)<<10 + unit(cell[i:]) - 0xdc00
			i += 6
		}
		b.WriteRune(r)
	}
	return b.String()
}

func unit(s string) rune {
	n, _ := strconv.ParseUint(s[2:6], 16, 16) // isEscape looked
	return rune(n)
}

// writeCSV writes tables whose cells are texts already, numbers among them.
func writeCSV(w io.Writer, rows [][]string) error {
	t := &tableWriter{w: w, row: row{d: dialectOf(nil)}}
	for _, cells := range rows {
		for _, s := range cells {
			if _, err := strconv.ParseFloat(s, 64); err == nil {
				t.row.raw(s)
			} else {
				t.row.text(s)
			}
		}
		t.end()
	}
	return t.close()
}
