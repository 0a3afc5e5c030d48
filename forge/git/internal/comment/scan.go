package comment

import "bytes"

// inside is what the bytes at hand belong to.
type inside int8

const (
	inCode    inside = iota
	inComment        // a block
	inString
	inHere   // lines up to one that is close
	inScalar // lines that are indented by at least indent
	inRest   // nothing but text follows
	inPage   // the page around the islands of code
)

// state is all that lines before have to do with lines that follow. Two texts that go on
// alike from equal states have the same code from there on.
type state struct {
	in     inside
	close  string // what ends the comment, string or here-document
	open   string // what nests in the comment; "" is nothing
	column bool   // the comment ends only at the beginning of a line
	depth  int    // of the nesting
	escape byte
	many   bool

	here     string // a here-document that begins with the next line
	live     bool   // what follows in this comment is code
	glued    bool   // the line before ends in a backslash
	brackets int    // that are open, where that matters
	indent   int    // of a scalar; -1 until its first line tells
	parent   int    // indentation of the line that opens it
}

// scanner reads one text line by line.
type scanner struct {
	s     *Syntax
	text  []byte
	at    int
	end   int // where to stop; the text may go on, for looking ahead
	begin int // of the line at hand
	eol   int // its end, without the newline
	state
	mute      bool   // nothing but the state is wanted
	out       []byte // code of the line at hand
	gap       bool   // white space before what comes next
	commented bool   // the line has a comment
	code      int    // where on the line a comment to its end begins, else its end
}

// start puts the scanner before a part of a text.
func (c *scanner) start(s *Syntax, st state, text []byte, from, to int) {
	c.s, c.state, c.text, c.at, c.end, c.mute = s, st, text, from, to, false
}

// next returns the code of the next line that has any, nil where none is left.
func (c *scanner) next() []byte {
	for c.at < c.end {
		if c.readLine(); len(c.out) > 0 {
			return c.out
		}
	}
	return nil
}

func (c *scanner) readLine() {
	c.begin, c.out, c.gap, c.commented = c.at, c.out[:0], false, false
	c.eol = c.end
	if i := bytes.IndexByte(c.text[c.at:c.end], '\n'); i >= 0 {
		c.eol = c.at + i
	}
	c.code = c.eol
	if !c.wholeLine() {
		for c.at < c.eol {
			c.piece()
		}
		c.finish()
	}
	c.at = c.eol + 1
}

func (c *scanner) piece() {
	switch c.in {
	case inComment:
		c.readComment()
	case inString:
		c.readString()
	case inPage:
		c.readPage()
	default:
		c.readCode()
	}
}

// wholeLine takes a line that belongs to one thing as a whole.
func (c *scanner) wholeLine() bool {
	line := c.text[c.begin:c.eol]
	switch c.in {
	case inHere:
		if string(bytes.TrimSpace(line)) == c.close {
			c.in, c.close = inCode, ""
			c.verbatim(line)
			return true
		}
	case inScalar:
		if !c.stays(line) {
			c.in, c.indent, c.parent = inCode, 0, 0
			return false
		}
	case inRest:
	default:
		return false
	}
	c.verbatim(line)
	c.verbatim([]byte{'\n'})
	return true
}

// stays reports whether a line belongs to the scalar.
func (c *scanner) stays(line []byte) bool {
	n := 0
	for n < len(line) && line[n] == ' ' {
		n++
	}
	if len(bytes.TrimSpace(line)) == 0 {
		return true
	}
	if c.indent < 0 && n > c.parent {
		c.indent = n
	}
	return c.indent >= 0 && n >= c.indent
}

// finish ends a line.
func (c *scanner) finish() {
	switch {
	case c.in == inString && c.many:
		c.verbatim([]byte{'\n'})
	case c.in == inString && !c.glued:
		c.endString()
	case c.in != inComment && !c.commented:
		c.live = false
	}
	line := bytes.TrimRight(c.text[c.begin:c.eol], " \t\r")
	if c.in != inString {
		c.glued = len(line) > 0 && line[len(line)-1] == '\\' && !c.commented
	}
	if c.here != "" && c.in == inCode {
		c.in, c.close, c.here = inHere, c.here, ""
	}
	if c.s.scalars && c.in == inCode {
		c.openScalar(bytes.TrimRight(c.text[c.begin:c.code], " \t\r"))
	}
}

// readCode reads up to the next thing that is not plain code, and that.
func (c *scanner) readCode() {
	i := c.at
	for i < c.eol && !c.s.stop[c.text[i]] {
		i++
	}
	c.put(c.text[c.at:i])
	c.at = i
	if i == c.eol || c.s.longMark != "" && c.s.token(c) || c.lineComment() || c.blockComment() || c.s.token != nil && c.s.token(c) || c.docString() || c.quoted() {
		return
	}
	c.plain()
}

// plain takes one byte as code.
func (c *scanner) plain() {
	switch b := c.text[c.at]; {
	case c.s.islands && b == '?' && c.has("?>"):
		c.in = inPage
	case c.s.doc && (b == '(' || b == '[' || b == '{'):
		c.brackets++
	case c.s.doc && (b == ')' || b == ']' || b == '}') && c.brackets > 0:
		c.brackets--
	}
	c.put(c.text[c.at : c.at+1])
	c.at++
}

// has reports whether the rest of the line begins with some text.
func (c *scanner) has(text string) bool {
	return c.eol-c.at >= len(text) && string(c.text[c.at:c.at+len(text)]) == text
}

// before returns the byte before the place at hand on this line, and a newline where
// there is none.
func (c *scanner) before() byte {
	if c.at > c.begin {
		return c.text[c.at-1]
	}
	return '\n'
}

// blank reports whether the line holds nothing so far.
func (c *scanner) blank() bool { return len(bytes.TrimSpace(c.text[c.begin:c.at])) == 0 }

func isSpace(b byte) bool { return b == ' ' || b-'\t' <= '\r'-'\t' }

func isWord(b byte) bool {
	return b == '_' || b|0x20 >= 'a' && b|0x20 <= 'z' || b >= '0' && b <= '9' || b >= 0x80
}

// put adds code, its white space folded.
func (c *scanner) put(code []byte) {
	if c.mute {
		return
	}
	for _, b := range code {
		if isSpace(b) {
			c.gap = true
			continue
		}
		if len(c.out) == 0 && c.s.layout {
			c.indentation()
		}
		if c.gap && len(c.out) > 0 && (c.s.spaced || !(tight(b) || tight(c.out[len(c.out)-1]))) {
			c.out = append(c.out, ' ')
		}
		c.gap = false
		c.out = append(c.out, b)
	}
}

// indentation adds the white space that the line begins with.
func (c *scanner) indentation() {
	i := c.begin
	for i < c.eol && (c.text[i] == ' ' || c.text[i] == '\t') {
		i++
	}
	c.out = append(c.out, c.text[c.begin:i]...)
	c.gap = false
}

// tight reports whether white space next to a sign has no meaning in any language that
// does not ask for more.
func tight(b byte) bool {
	switch b {
	case '(', ')', '[', ']', '{', '}', ',', ';':
		return true
	}
	return false
}

// verbatim adds bytes as they are.
func (c *scanner) verbatim(b []byte) {
	if c.mute || len(b) == 0 {
		return
	}
	if len(c.out) == 0 && c.s.layout && c.in != inHere && c.in != inScalar {
		c.indentation()
	}
	if c.gap && len(c.out) > 0 && (c.s.spaced || !tight(c.out[len(c.out)-1])) {
		c.out = append(c.out, ' ')
	}
	c.gap = false
	c.out = append(c.out, b...)
}

// take adds the next n bytes as they are, and passes them.
func (c *scanner) take(n int) {
	n = min(n, c.eol-c.at)
	c.verbatim(c.text[c.at : c.at+n])
	c.at += n
}
