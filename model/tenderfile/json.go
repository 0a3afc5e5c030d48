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

// jsonTree reads JSON, token by token since only so are positions and duplicate
// keys seen. It notes a fault and returns nil where the text is no JSON.
func jsonTree(d *document, b []byte) *node {
	r := &jsonReader{doc: d, most: d.bounds(true), text: b, dec: json.NewDecoder(bytes.NewReader(b)), line: 1, column: 1}
	if syntax, ok := errors.AsType[*json.SyntaxError](json.Unmarshal(b, new(json.RawMessage))); ok {
		// Offset counts the bytes read, the offending one included.
		offset := int(syntax.Offset) - 1
		if strings.HasPrefix(syntax.Error(), "unexpected end") {
			offset = len(b)
		}
		line, column := r.place(max(0, offset))
		d.faultAt(line, column, "this is no JSON; look for a missing comma, quote or bracket here or just before, "+
			"or name the file .yaml to write YAML")
		return nil
	}
	r.dec.UseNumber()
	root, err := r.value(1)
	if err != nil && !errors.Is(err, errTold) {
		d.faultAt(r.line, r.column, "this JSON cannot be read; write one object with plain values")
	}
	if err != nil {
		return nil
	}
	return root
}

// errTold ends a reading whose fault is already noted.
var errTold = errors.New("told")

type jsonReader struct {
	doc   *document
	most  bounds
	text  []byte
	dec   *json.Decoder
	nodes int
	// seen is the offset that line and column belong to; both only go forward.
	seen, line, column int
}

// place moves to an offset and returns its line and column.
func (r *jsonReader) place(offset int) (line, column int) {
	for _, c := range string(r.text[r.seen:min(offset, len(r.text))]) {
		r.column++
		if c == '\n' {
			r.line, r.column = r.line+1, 1
		}
	}
	r.seen = max(r.seen, min(offset, len(r.text)))
	return r.line, r.column
}

// next returns the next token and a node at its place.
func (r *jsonReader) next() (json.Token, *node, error) {
	start := int(r.dec.InputOffset())
	for start < len(r.text) && bytes.IndexByte([]byte(" \t\r\n,:"), r.text[start]) >= 0 {
		start++
	}
	n := &node{}
	n.line, n.column = r.place(start)
	if r.nodes++; r.nodes > r.most.values {
		r.doc.fault(n, "%s", r.most.tooMany)
		return nil, nil, errTold
	}
	t, err := r.dec.Token()
	return t, n, err
}

func (r *jsonReader) value(depth int) (*node, error) {
	t, n, err := r.next()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Delim:
		if depth > maxDepth {
			r.doc.fault(n, "%s", tooDeep)
			return nil, errTold
		}
		if t == '[' {
			return n, r.list(n, depth)
		}
		return n, r.mapping(n, depth)
	case string:
		n.shape, n.text = text, t
	case json.Number:
		n.shape, n.text = number, t.String()
	case bool:
		n.shape, n.text = truth, map[bool]string{true: "true", false: "false"}[t]
	}
	return n, nil
}

func (r *jsonReader) list(n *node, depth int) error {
	n.shape = list
	for r.dec.More() {
		item, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		n.items = append(n.items, item)
	}
	_, err := r.dec.Token()
	return err
}

func (r *jsonReader) mapping(n *node, depth int) error {
	n.shape = mapping
	for r.dec.More() {
		t, key, err := r.next()
		if err != nil {
			return err
		}
		key.shape = text
		key.text, _ = t.(string) // the decoder lets nothing else stand here
		value, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		n.put(r.doc, key, value)
	}
	_, err := r.dec.Token()
	return err
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
