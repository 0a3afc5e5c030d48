package comment

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// This file has what tables of marks and quotes cannot say: raw strings that choose their
// own ends, ticks that are no quotes, here-documents, regular expressions.

// tick takes a literal of one character, or an apostrophe that is none: a lifetime, a
// prime, an attribute.
func tick(c *scanner) bool {
	if c.text[c.at] != '\'' {
		return false
	}
	rest := c.text[c.at+1 : c.eol]
	_, n := utf8.DecodeRune(rest)
	if len(rest) > 1 && rest[0] == '\\' {
		if n = bytes.IndexByte(rest[2:min(len(rest), 14)], '\''); n >= 0 {
			n += 2
		}
	}
	if n > 0 && n < len(rest) && rest[n] == '\'' {
		c.take(n + 2)
	} else {
		c.take(1)
	}
	return true
}

// cToken takes C++'s raw strings, and the apostrophes that group digits.
func cToken(c *scanner) bool {
	b := c.before()
	switch {
	case c.text[c.at] == '\'' && isWord(b) && c.at+1 < c.eol && isWord(c.text[c.at+1]) && isDigit(b):
		c.take(1)
	case c.text[c.at] == '"' && b == 'R':
		n := bytes.IndexByte(c.text[c.at:min(c.eol, c.at+18)], '(')
		if n < 0 {
			return false
		}
		end := ")" + string(c.text[c.at+1:c.at+n]) + `"`
		c.take(n + 1)
		c.openString(quote{close: end, many: true})
	default:
		return false
	}
	return true
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'f' }

// rustToken takes r"…", r#"…"# and ticks.
func rustToken(c *scanner) bool {
	if c.text[c.at] == '"' {
		i := c.at
		for i > c.begin && c.text[i-1] == '#' {
			i--
		}
		if i == c.begin || c.text[i-1] != 'r' {
			return false
		}
		hashes := string(c.text[i:c.at])
		c.take(1)
		c.openString(quote{close: `"` + hashes, many: true})
		return true
	}
	return tick(c)
}

// swiftToken takes #"…"#.
func swiftToken(c *scanner) bool {
	i := c.at
	for i > c.begin && c.text[i-1] == '#' {
		i--
	}
	if i == c.at {
		return false
	}
	open := `"`
	if c.has(`"""`) {
		open = `"""`
	}
	hashes := string(c.text[i:c.at])
	c.take(len(open))
	c.openString(quote{close: open + hashes, many: len(open) > 1})
	return true
}

// sharpToken takes @"…", where a backslash means nothing; "" in it ends one string and
// begins another.
func sharpToken(c *scanner) bool {
	if b := c.before(); b != '@' && (b != '$' || c.at < c.begin+2 || c.text[c.at-2] != '@') {
		return false
	}
	c.take(1)
	c.openString(quote{close: `"`, many: true})
	if c.has(`""`) {
		c.take(2)
	}
	return true
}

// scriptToken takes JavaScript's regular expressions. A slash divides behind a value,
// and begins one elsewhere.
func scriptToken(c *scanner) bool {
	if !c.mayRegexp() {
		return false
	}
	set := false
	for i := c.at + 1; i < c.eol; i++ {
		switch b := c.text[i]; {
		case b == '\\':
			i++
		case b == '[':
			set = true
		case b == ']':
			set = false
		case b == '/' && !set:
			c.take(i + 1 - c.at)
			return true
		}
	}
	return false
}

func (c *scanner) mayRegexp() bool {
	head := bytes.TrimRight(c.text[max(0, c.at-256):c.at], " \t\r\n")
	if len(head) == 0 {
		return true
	}
	if b := head[len(head)-1]; !isWord(b) && b != '$' {
		return b != ')' && b != ']' && b != '}' && b != '"' && b != '\'' && b != '`' && b != '<'
	}
	i := len(head)
	for i > 0 && (isWord(head[i-1]) || head[i-1] == '$') {
		i--
	}
	switch string(head[i:]) {
	case "return", "typeof", "case", "in", "of", "delete", "void", "throw", "else", "do", "yield", "await", "instanceof":
		return true
	}
	return false
}

// longBracket returns the length of an opening such as "[==[" at i, 0 where there is none.
func (c *scanner) longBracket(i int) int {
	from := i
	if i >= c.eol || c.text[i] != '[' {
		return 0
	}
	for i++; i < c.eol && c.text[i] == '='; i++ {
	}
	if i < c.eol && c.text[i] == '[' {
		return i + 1 - from
	}
	return 0
}

// long takes Lua's and CMake's long brackets, as comments behind the mark.
func long(mark string) func(*scanner) bool {
	return func(c *scanner) bool {
		n := 0
		if c.has(mark) {
			n = len(mark)
		}
		size := c.longBracket(c.at + n)
		if size == 0 {
			return false
		}
		end := "]" + strings.Repeat("=", size-2) + "]"
		if n > 0 {
			c.enter(end, n+size)
			return true
		}
		c.take(size)
		c.openString(quote{close: end, many: true})
		return true
	}
}

// shellToken takes here-documents, escapes and $'…'.
func shellToken(c *scanner) bool {
	switch c.text[c.at] {
	case '\\':
		c.take(2)
		return true
	case '\'':
		if c.before() != '$' {
			return false
		}
		c.take(1)
		c.openString(quote{close: "'", escape: '\\', many: true})
		return true
	}
	if bytes.Contains(c.text[c.begin:c.at], []byte("((")) {
		return false // it shifts bits
	}
	return hereDocument(c)
}

// hereDocument notes that one begins with the next line.
func hereDocument(c *scanner) bool {
	if !c.has("<<") {
		return false
	}
	if c.has("<<<") && !c.s.islands {
		c.take(3)
		return true
	}
	rest := strings.TrimLeft(string(c.text[c.at:c.eol]), "<")
	rest = strings.TrimLeft(rest, "-~")
	if c.s.spaced {
		rest = strings.TrimLeft(rest, " \t")
	}
	rest = strings.TrimLeft(rest, `'"\`)
	n := 0
	for n < len(rest) && isWord(rest[n]) {
		n++
	}
	if n == 0 || rest[0] >= '0' && rest[0] <= '9' || !c.s.spaced && !c.s.islands && rest[0] >= 'a' {
		return false
	}
	if c.here == "" {
		c.here = rest[:n]
	}
	c.take(len("<<"))
	return true
}

// phpToken takes here-documents; two signs alone shift bits.
func phpToken(c *scanner) bool {
	if c.has("<<<") {
		return hereDocument(c)
	}
	return false
}

// perlToken takes here-documents and what stands behind the end of a program.
func perlToken(c *scanner) bool {
	if c.at == c.begin && (c.has("__END__") || c.has("__DATA__")) {
		c.in = inRest
		c.take(c.eol - c.at)
		return true
	}
	return hereDocument(c)
}

// characterToken takes a mark and the character behind it, which is no quote and begins no comment:
// ?" and \; in Lisps, $% in Erlang.
func characterToken(c *scanner) bool {
	if c.text[c.at] == '?' && (isWord(c.before()) || c.at+1 < c.eol && isWord(c.text[c.at+1])) {
		return false
	}
	if c.text[c.at] != '\\' && c.at+2 < c.eol && c.text[c.at+1] == '\\' {
		c.take(3)
	} else {
		c.take(2)
	}
	return true
}

// sqlToken takes strings between $tag$ and $tag$.
func sqlToken(c *scanner) bool {
	i := c.at + 1
	for i < c.eol && isWord(c.text[i]) {
		i++
	}
	if i == c.eol || c.text[i] != '$' || isWord(c.before()) {
		return false
	}
	tag := string(c.text[c.at : i+1])
	c.take(len(tag))
	c.openString(quote{close: tag, many: true})
	return true
}

// camlToken takes {id|…|id} and ticks.
func camlToken(c *scanner) bool {
	if c.text[c.at] != '{' {
		return tick(c)
	}
	i := c.at + 1
	for i < c.eol && (isWord(c.text[i])) {
		i++
	}
	if i == c.eol || c.text[i] != '|' {
		return false
	}
	id := string(c.text[c.at+1 : i])
	c.take(i + 1 - c.at)
	c.openString(quote{close: "|" + id + "}", many: true})
	return true
}

// yamlToken takes quotes that are none, in the middle of plain text, and those that end on
// their line where it cannot be told.
func yamlToken(c *scanner) bool {
	head := bytes.TrimRight(c.text[c.begin:c.at], " \t")
	if len(head) == 0 || bytes.IndexByte([]byte(":,[{-?"), head[len(head)-1]) >= 0 {
		return false
	}
	rest := c.text[c.at+1 : c.eol]
	n := bytes.IndexByte(rest, c.text[c.at])
	if !isSpace(c.before()) || n < 0 {
		n = -1
	}
	c.take(n + 2)
	return true
}

// docString goes into a string of Python, as a comment where it is a statement.
func (c *scanner) docString() bool {
	if !c.s.doc || c.text[c.at] != '"' && c.text[c.at] != '\'' {
		return false
	}
	q := quote{open: string(c.text[c.at : c.at+1]), escape: '\\'}
	if triple := strings.Repeat(q.open, 3); c.has(triple) {
		q.open, q.many = triple, true
	}
	q.close = q.open
	from := c.at + len(q.open)
	if !c.statement() || !c.alone(from, q) {
		c.take(len(q.open))
		c.openString(q)
		return true
	}
	c.out = c.out[:0] // the prefix
	c.enter(q.close, len(q.open))
	c.escape = '\\'
	return true
}

// statement reports whether a statement begins here, or before a prefix that leaves a
// string one that documents.
func (c *scanner) statement() bool {
	head := bytes.TrimLeft(c.text[c.begin:c.at], " \t\f")
	return c.brackets == 0 && !c.glued && (len(head) == 0 || len(head) == 1 && bytes.IndexByte([]byte("rRuU"), head[0]) >= 0)
}

// alone reports whether nothing but a comment follows on the line on which a string ends.
func (c *scanner) alone(from int, q quote) bool {
	for i := from; i < len(c.text); i++ {
		switch b := c.text[i]; {
		case b == '\\':
			i++
		case b == '\n' && !q.many:
			return false
		case b == q.close[0] && bytes.HasPrefix(c.text[i:], []byte(q.close)):
			rest, _, _ := bytes.Cut(c.text[i+len(q.close):], []byte{'\n'})
			rest = bytes.TrimSpace(rest)
			return len(rest) == 0 || rest[0] == '#'
		}
	}
	return false
}
