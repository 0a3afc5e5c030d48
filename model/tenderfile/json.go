package tenderfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"
)

// looksLikeJSON reports whether the text is JSON, whatever the file is called.
// JSON is not handed to the YAML parser, which refuses tabs and long lines.
func looksLikeJSON(b []byte) bool {
	first := bytes.TrimLeft(b, " \t\r\n")
	return len(first) > 0 && (first[0] == '{' || first[0] == '[') && json.Valid(first)
}

// jsonTree reads JSON itself, since only so are positions and duplicate keys seen.
// It notes a fault and returns nil where the text is no JSON. What the reader
// meets is therefore well formed, and it looks only for where things begin and end.
func jsonTree(d *document, b []byte) *node {
	r := &jsonReader{doc: d, most: d.bounds(true), text: string(b), line: 1, column: 1}
	if !json.Valid(b) {
		line, column := r.place(syntaxOffset(b))
		d.faultAt(line, column, "this is no JSON; look for a missing comma, quote or bracket here or just before, "+
			"or name the file .yaml to write YAML")
		return nil
	}
	return r.value(1)
}

// syntaxOffset returns where a text stops being JSON.
func syntaxOffset(b []byte) int {
	syntax, ok := errors.AsType[*json.SyntaxError](json.Unmarshal(b, new(json.RawMessage)))
	if !ok || strings.HasPrefix(syntax.Error(), "unexpected end") {
		return len(b)
	}
	return max(0, int(syntax.Offset)-1) // Offset counts the bytes read, the offending one included
}

// jsonReader makes nodes of a text that is valid JSON. Where the text exceeds the
// bounds its methods note it and return nil.
type jsonReader struct {
	doc   *document
	most  bounds
	text  string
	next  int // offset of what is not read yet
	nodes int
	free  []node // to be used, so that there is no allocation for each
	// seen is the offset that line and column belong to; they only go forward.
	seen, line, column int
}

// place moves to an offset and returns its line and column.
func (r *jsonReader) place(offset int) (line, column int) {
	for ; r.seen < offset; r.seen++ {
		switch c := r.text[r.seen]; {
		case c == '\n':
			r.line, r.column = r.line+1, 1
		case utf8.RuneStart(c):
			r.column++
		}
	}
	return r.line, r.column
}

// skip moves over what stands between values.
func (r *jsonReader) skip() {
	for r.next < len(r.text) && strings.IndexByte(" \t\r\n,:", r.text[r.next]) >= 0 {
		r.next++
	}
}

// more reports whether a collection that ends with the mark goes on, and moves
// over the mark where not.
func (r *jsonReader) more(end byte) bool {
	r.skip()
	if r.text[r.next] != end {
		return true
	}
	r.next++
	return false
}

// node returns a node at the place of the next key or value.
func (r *jsonReader) node() *node {
	r.skip()
	if len(r.free) == 0 {
		r.free = make([]node, 128)
	}
	n := &r.free[0]
	r.free = r.free[1:]
	n.line, n.column = r.place(r.next)
	if r.nodes++; r.nodes > r.most.values {
		r.doc.fault(n, "%s", r.most.tooMany)
		return nil
	}
	return n
}

func (r *jsonReader) value(depth int) *node {
	n := r.node()
	if n == nil {
		return nil
	}
	switch r.text[r.next] {
	case '[', '{':
		return r.collection(n, depth)
	case '"':
		n.shape, n.text = text, r.quoted()
	case 'n':
		r.word() // a node is nothing until told otherwise
	case 't', 'f':
		n.shape, n.text = truth, r.word()
	default:
		n.shape, n.text = number, r.word()
	}
	return n
}

func (r *jsonReader) collection(n *node, depth int) *node {
	if depth > maxDepth {
		r.doc.fault(n, "%s", tooDeep)
		return nil
	}
	mark := r.text[r.next]
	r.next++
	if mark == '[' {
		return r.list(n, depth)
	}
	return r.mapping(n, depth)
}

func (r *jsonReader) list(n *node, depth int) *node {
	n.shape = list
	for r.more(']') {
		item := r.value(depth + 1)
		if item == nil {
			return nil
		}
		n.add(item)
	}
	return n
}

func (r *jsonReader) mapping(n *node, depth int) *node {
	n.shape = mapping
	for r.more('}') {
		key := r.node()
		if key == nil {
			return nil
		}
		key.shape, key.text = text, r.quoted()
		value := r.value(depth + 1)
		if value == nil {
			return nil
		}
		n.put(r.doc, key, value)
	}
	return n
}

// word reads a number, true, false or null.
func (r *jsonReader) word() string {
	start := r.next
	for r.next < len(r.text) && strings.IndexByte(" \t\r\n,]}", r.text[r.next]) < 0 {
		r.next++
	}
	return r.text[start:r.next]
}

// quoted reads a text in quotes. Without an escape it is a part of the document's
// text, which spares most of the memory of a large roster.
func (r *jsonReader) quoted() string {
	start, escaped := r.next, false
	for r.next++; r.text[r.next] != '"'; r.next++ {
		if r.text[r.next] == '\\' {
			escaped = true
			r.next++
		}
	}
	r.next++
	s := r.text[start+1 : r.next-1]
	if escaped {
		// Valid JSON decodes; half of a surrogate pair becomes U+FFFD.
		_ = json.Unmarshal([]byte(r.text[start:r.next]), &s)
	}
	return s
}

// textFault returns what keeps a file from being text at all, with its place.
func textFault(b []byte) (line, column int, message string) {
	line, column = 1, 1
	for i := 0; i < len(b); {
		c, size := utf8.DecodeRune(b[i:])
		switch {
		case c == utf8.RuneError && size == 1:
			return line, column, "this is not UTF-8; save the file as UTF-8"
		case c < ' ' && c != '\t' && c != '\n', c == 0x7f, 0x80 <= c && c < 0xa0 && c != 0x85:
			return line, column, "there is a control character; remove it"
		}
		column++
		if c == '\n' {
			line, column = line+1, 1
		}
		i += size
	}
	return 0, 0, ""
}
