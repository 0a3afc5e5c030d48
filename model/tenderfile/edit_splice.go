package tenderfile

import (
	"errors"
	"slices"
	"strings"
)

// into writes a put into a document and returns the new bytes. The caller checks that they
// say what is meant: this only has to be right for documents as people write them.
func (p put) into(name string, b []byte) ([]byte, error) {
	root, err := editable(name, b)
	if err != nil {
		return nil, err
	}
	l, at := newLayout(name, b), root
	for _, step := range p.path {
		if at = at.step(step); at == nil {
			return nil, errors.New("there is no such place")
		}
	}
	if at.shape != mapping {
		return nil, errors.New("keys cannot be written there")
	}
	if held := at.pair(p.key); held != nil {
		return l.exchange(held.value, p.value)
	}
	if l.offset(at.line, at.column) >= len(b) {
		return nil, errors.New("the place cannot be found again")
	}
	if l.text[l.offset(at.line, at.column)] == '{' {
		return l.insertFlow(at, p)
	}
	return l.insertBlock(at, p)
}

// splice returns the text with what stands between two offsets replaced.
func (l *layout) splice(from, to int, s string) []byte {
	return slices.Concat(l.text[:from], []byte(s), l.text[to:])
}

// exchange writes a scalar in the place of another.
func (l *layout) exchange(old, value *node) ([]byte, error) {
	if old.shape == mapping || old.shape == list || value.shape == mapping || value.shape == list {
		return nil, errors.New("something else stands there")
	}
	at := l.offset(old.line, old.column)
	end, ok := l.scalarEnd(old, at)
	if !ok {
		return nil, errors.New("the value cannot be told from what stands around it")
	}
	return l.splice(at, end, scalarText(value, l.json)), nil
}

// insertFlow writes a new pair into a mapping between braces: behind the last one, on a line
// of its own where the others have theirs; before the first one where a comment follows the
// last, which would swallow it.
func (l *layout) insertFlow(at *node, p put) ([]byte, error) {
	begin := l.offset(at.line, at.column) + 1
	end, ok := l.closing(at)
	if !ok {
		return nil, errors.New("the closing brace cannot be found")
	}
	pair := scalarText(textNode(p.key), l.json) + ": " + flowText(p.value, l.json)
	pairs := at.pairs()
	if len(pairs) == 0 {
		return l.splice(begin, begin, pair), nil
	}
	last, first := pairs[len(pairs)-1].key, pairs[0].key
	kept := strings.TrimRight(string(l.text[:end]), " \t\r\n")
	if l.commented(strings.LastIndexAny(kept, "\r\n")+1, len(kept)) {
		next := l.offset(first.line, first.column)
		return l.splice(next, next, pair+","+l.between(first)), nil
	}
	comma := ","
	if strings.HasSuffix(kept, ",") {
		comma = ""
	}
	return l.splice(len(kept), len(kept), comma+l.between(last)+pair), nil
}

// between returns what parts two pairs between braces, as it does at one of them.
func (l *layout) between(key *node) string {
	if indent, ok := l.leads(key); ok {
		return l.eol + indent
	}
	return " "
}

// insertBlock writes a new pair below the last line of a block mapping.
func (l *layout) insertBlock(at *node, p put) ([]byte, error) {
	line := l.blockEnd(at)
	indent := strings.Repeat(" ", at.column-1)
	lines := []string{indent + scalarText(textNode(p.key), false) + ": " + flowText(p.value, false)}
	if len(p.path) == 0 { // a seal is long
		lines = blockLines(indent, p.key, p.value)
	}
	pairs := strings.Join(lines, l.eol)
	where := l.offset(line, 1)
	if where > 0 && !strings.ContainsAny(string(l.text[where-1:where]), "\r\n") { // the last line has no end
		return l.splice(where, where, l.eol+pairs), nil
	}
	return l.splice(where, where, pairs+l.eol), nil
}
