package comment

import "bytes"

// lineComment takes the rest of the line where a comment begins here.
func (c *scanner) lineComment() bool {
	for i := range c.s.line {
		m := &c.s.line[i]
		if c.has(m.text) && c.stands(m) {
			c.restOfLine(len(m.text))
			return true
		}
	}
	return false
}

// stands reports whether a mark stands where it begins a comment.
func (c *scanner) stands(m *mark) bool {
	before := c.before()
	switch m.place {
	case apart:
		return isSpace(before) && !c.glued
	case first:
		return c.blank()
	case column:
		return c.at == c.begin
	case dashes:
		rest := bytes.TrimLeft(c.text[c.at:c.eol], "-")
		return isSpace(before) && (len(rest) == 0 || isSpace(rest[0]) || isWord(rest[0]))
	}
	return m.text != "//" || before != ':'
}

func (c *scanner) restOfLine(mark int) {
	end := c.eol
	if c.s.islands {
		if i := bytes.Index(c.text[c.at:end], []byte("?>")); i >= 0 {
			end = c.at + i
		}
	}
	text := c.text[c.at+mark : end]
	effect, rest := c.s.effect(text, true)
	c.live = c.live && c.blank() || rest
	if effect || c.live || bytes.HasSuffix(bytes.TrimRight(text, " \t\r"), []byte{'\\'}) {
		c.verbatim(bytes.TrimRight(c.text[c.at:end], " \t\r"))
	}
	c.gap, c.commented, c.code, c.at = true, true, c.at, end
}

// blockComment goes into a comment that begins here.
func (c *scanner) blockComment() bool {
	for i := range c.s.block {
		b := &c.s.block[i]
		if !c.has(b.open) || b.column && c.at != c.begin {
			continue
		}
		c.enter(b.close, len(b.open))
		c.column = b.column
		if b.nest {
			c.open = b.open
		}
		return true
	}
	return false
}

// enter goes into a comment behind its opening.
func (c *scanner) enter(close string, opening int) {
	c.in, c.close, c.open, c.depth, c.live, c.column = inComment, close, "", 1, false, false
	c.at += opening
	end, _ := c.ends(c.at)
	if effect, rest := c.s.effect(c.text[c.at:end], true); effect || rest {
		c.live = true
	}
	c.commented = true
}

// ends returns where on this line the part of the comment from a place on ends, and with how many
// bytes: at an end, at another beginning, or with the line.
func (c *scanner) ends(from int) (at, size int) {
	if c.column {
		if from == c.begin && bytes.HasPrefix(c.text[from:c.eol], []byte(c.close)) {
			return c.eol, len(c.close)
		}
		return c.eol, 0
	}
	for i := from; i < c.eol; i++ {
		rest := c.text[i:c.eol]
		if rest[0] == c.close[0] && bytes.HasPrefix(rest, []byte(c.close)) {
			return i, len(c.close)
		}
		if c.escape != 0 && rest[0] == c.escape {
			i++
		} else if c.open != "" && rest[0] == c.open[0] && bytes.HasPrefix(rest, []byte(c.open)) {
			return i, -len(c.open)
		}
	}
	return c.eol, 0
}

// readComment reads up to an end of the comment, or to the end of the line.
func (c *scanner) readComment() {
	end, size := c.ends(c.at)
	piece := c.text[c.at:end]
	effect, rest := c.s.effect(piece, false)
	c.live = c.live || rest
	if effect || c.live {
		c.verbatim(bytes.TrimSpace(piece))
	}
	c.gap, c.commented = true, true
	switch {
	case size < 0:
		c.depth++
		c.at = end - size
	case size > 0:
		if c.depth--; c.depth == 0 {
			c.leave()
		}
		c.at = min(end+size, c.eol)
	default:
		c.at = c.eol
	}
}

// leave goes back to the code.
func (c *scanner) leave() {
	c.in, c.close, c.open, c.depth, c.live, c.column, c.escape, c.many = inCode, "", "", 0, false, false, 0, false
}

// quoted goes into a string that begins here.
func (c *scanner) quoted() bool {
	for i := range c.s.quotes {
		if q := &c.s.quotes[i]; c.has(q.open) {
			c.take(len(q.open))
			c.openString(*q)
			return true
		}
	}
	return false
}

// openString says that a string begins at the place at hand, behind its opening.
func (c *scanner) openString(q quote) {
	c.in, c.close, c.escape, c.many, c.glued = inString, q.close, q.escape, q.many, false
}

func (c *scanner) endString() { c.leave(); c.glued = false }

// readString reads up to the end of the string, or of the line.
func (c *scanner) readString() {
	c.glued = false
	i := c.at
	for ; i < c.eol; i++ {
		b := c.text[i]
		if b == c.close[0] && bytes.HasPrefix(c.text[i:c.eol], []byte(c.close)) {
			c.take(i + len(c.close) - c.at)
			c.endString()
			return
		}
		if c.escape != 0 && b == c.escape {
			i++
		}
	}
	c.glued = i > c.eol && !c.many // the newline itself is escaped
	c.take(c.eol - c.at)
}

// readPage reads the page around the code up to where code begins.
func (c *scanner) readPage() {
	i := bytes.Index(c.text[c.at:c.eol], []byte("<?"))
	if i < 0 {
		c.take(c.eol - c.at)
		return
	}
	c.take(i + len("<?"))
	c.in = inCode
}

// openScalar begins a block of text where a line of YAML ends in "|" or ">".
func (c *scanner) openScalar(line []byte) {
	head := bytes.TrimRight(line, "+-0123456789")
	n := len(head)
	if n < 2 || head[n-1] != '|' && head[n-1] != '>' || !isSpace(head[n-2]) {
		return
	}
	c.in, c.indent, c.parent = inScalar, -1, len(line)-len(bytes.TrimLeft(line, " "))
}
