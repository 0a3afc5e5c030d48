package tenderfile

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"
)

// layout finds in a document's bytes what its tree places by line and column.
type layout struct {
	text   []byte
	starts []int        // offset of each line
	json   bool         // what follows is for YAML only
	tokens token.Tokens // comments included, by the lines and columns of the tree
	eol    string       // as the first line ends
}

func newLayout(name string, b []byte) *layout {
	l := &layout{text: b, starts: []int{0}, eol: "\n"}
	if bytes.HasPrefix(b, []byte("\ufeff")) {
		l.starts[0] = len("\ufeff")
	}
	for i := 0; i < len(b); i++ {
		end := i + 1
		switch {
		case b[i] == '\r' && end < len(b) && b[end] == '\n':
			end++
		case b[i] != '\n' && b[i] != '\r':
			continue
		}
		if len(l.starts) == 1 {
			l.eol = string(b[i:end])
		}
		l.starts = append(l.starts, end)
		i = end - 1
	}
	plain := l.normal()
	l.json = strings.HasSuffix(strings.ToLower(name), ".json") || looksLikeJSON(plain)
	if !l.json {
		l.tokens = lexer.Tokenize(string(plain))
	}
	return l
}

// normal returns the text as it is parsed: without a mark at its beginning, with line feeds.
func (l *layout) normal() []byte {
	b := bytes.TrimPrefix(l.text, []byte("\ufeff"))
	b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(b, []byte("\r"), []byte("\n"))
}

// offset returns where a line and column stand; the end of the text where they are beyond.
func (l *layout) offset(line, column int) int {
	if line > len(l.starts) {
		return len(l.text)
	}
	at := l.starts[line-1]
	for ; column > 1 && at < len(l.text); column-- {
		_, size := utf8.DecodeRune(l.text[at:])
		at += size
	}
	return at
}

// lineOf returns the bytes of a line without its end.
func (l *layout) lineOf(line int) []byte {
	return bytes.TrimRight(l.text[l.starts[line-1]:l.offset(line+1, 1)], "\r\n")
}

// comments returns the texts of all comments, in order.
func (l *layout) comments() (list []string) {
	for _, t := range l.tokens {
		if t.Type == token.CommentType {
			list = append(list, strings.TrimSpace(t.Value))
		}
	}
	return list
}

// leads returns the white space before a node if nothing else stands before it on its line.
func (l *layout) leads(n *node) (indent string, ok bool) {
	before := l.text[l.starts[n.line-1]:l.offset(n.line, n.column)]
	return string(before), len(bytes.TrimLeft(before, " \t")) == 0
}

// scalarEnd returns where a scalar of one line ends that begins at an offset; false where
// that cannot be told.
func (l *layout) scalarEnd(n *node, at int) (int, bool) {
	rest := l.text[at:]
	if len(rest) == 0 {
		return 0, false
	}
	if quote := rest[0]; quote == '"' || quote == '\'' {
		for i := 1; i < len(rest); i++ {
			switch {
			case rest[i] == '\\' && quote == '"':
				i++
			case rest[i] == quote && quote == '\'' && i+1 < len(rest) && rest[i+1] == quote:
				i++
			case rest[i] == quote:
				return at + i + 1, true
			}
		}
		return 0, false
	}
	return at + len(n.text), bytes.HasPrefix(rest, []byte(n.text))
}

// closing returns where the brace stands that ends a mapping between braces; false where
// that cannot be told.
func (l *layout) closing(n *node) (at int, ok bool) {
	if l.json {
		return l.closingJSON(l.offset(n.line, n.column))
	}
	depth := 0
	for _, t := range l.tokens[l.tokenAt(n):] {
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			depth++
		case token.MappingEndType, token.SequenceEndType:
			if depth--; depth == 0 {
				at := l.offset(t.Position.Line, t.Position.Column)
				return at, at < len(l.text) && l.text[at] == '}'
			}
		}
	}
	return 0, false
}

func (l *layout) closingJSON(at int) (int, bool) {
	depth, quoted := 0, false
	for ; at < len(l.text); at++ {
		switch c := l.text[at]; {
		case quoted && c == '\\':
			at++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return at, true
			}
		}
	}
	return 0, false
}

// tokenAt returns the place of the token at which a node begins.
func (l *layout) tokenAt(n *node) int {
	for i, t := range l.tokens {
		if t.Type != token.CommentType && t.Position.Line == n.line && t.Position.Column == n.column {
			return i
		}
	}
	return len(l.tokens)
}

// commented reports whether a comment stands between two offsets.
func (l *layout) commented(from, to int) bool {
	for _, t := range l.tokens {
		if at := l.offset(t.Position.Line, t.Position.Column); t.Type == token.CommentType && from <= at && at < to {
			return true
		}
	}
	return false
}

// blockEnd returns the line below the last line with content of a block mapping.
func (l *layout) blockEnd(n *node) int {
	line, depth := len(l.starts)+1, 0
	for i, t := range l.tokens[l.tokenAt(n):] {
		if t.Type == token.CommentType || i == 0 || l.literal(t) {
			continue
		}
		ends := t.Position.Column < n.column || t.Type == token.DocumentEndType || t.Type == token.DocumentHeaderType
		if depth == 0 && t.Position.Line > n.line && ends {
			line = t.Position.Line
			break
		}
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			depth++
		case token.MappingEndType, token.SequenceEndType:
			depth--
		}
	}
	alone := l.commentLines()
	for line > n.line+1 && (line-1 > len(l.starts) || alone[line-1] || len(bytes.TrimSpace(l.lineOf(line-1))) == 0) {
		line--
	}
	return line
}

// literal reports whether a token is the text of a literal or folded scalar, whose place
// says nothing about the outline.
func (l *layout) literal(t *token.Token) bool {
	return t.Prev != nil && (t.Prev.Type == token.LiteralType || t.Prev.Type == token.FoldedType)
}

// commentLines are the lines on which nothing but a comment stands.
func (l *layout) commentLines() map[int]bool {
	lines := map[int]bool{}
	for _, t := range l.tokens {
		line := t.Position.Line
		if t.Type == token.CommentType && line <= len(l.starts) && bytes.HasPrefix(bytes.TrimLeft(l.lineOf(line), " \t"), []byte("#")) {
			lines[line] = true
		}
	}
	return lines
}
