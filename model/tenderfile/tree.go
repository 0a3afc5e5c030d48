package tenderfile

import (
	"fmt"
	"strings"
)

// document is one file under examination: its tree, and where its faults go.
type document struct {
	file   string
	format string // what the file must be, such as [model.PeopleFormat]
	root   *node
	*collector
}

// fault notes a fault at a node.
func (d *document) fault(n *node, format string, args ...any) {
	d.faultAt(n.line, n.column, fmt.Sprintf(format, args...))
}

func (d *document) faultAt(line, column int, message string) {
	d.add(Fault{File: d.file, Line: max(line, 1), Column: max(column, 1), Message: message})
}

// place writes where a node stands, for the messages of other faults.
func (d *document) place(n *node) string {
	return fmt.Sprintf("%s:%d:%d", d.file, n.line, n.column)
}

// shape is what a node is.
type shape int

const (
	nothing shape = iota
	truth
	number
	text
	list
	mapping
)

// node is a value in a document. YAML and JSON both become nodes, so that one
// decoder serves them and positions mean the same in both.
type node struct {
	shape        shape
	line, column int    // from 1, in characters
	text         string // the value of a scalar; of a number, as it is written
	items        []*node
	pairs        []pair
	index        map[string]int // of a mapping: key → place in pairs
}

type pair struct{ key, value *node }

// put adds a pair to a mapping; a key that already stands is a fault.
func (n *node) put(d *document, key, value *node) {
	if i, ok := n.index[key.text]; ok {
		d.fault(key, "duplicate key %s; it already stands at line %d, keep one of them",
			quote(key.text), n.pairs[i].key.line)
		return
	}
	if n.index == nil {
		n.index = map[string]int{}
	}
	n.index[key.text] = len(n.pairs)
	n.pairs = append(n.pairs, pair{key, value})
}

// at follows keys (string) and places in lists (int), and returns the last node
// that exists on the way: a fault about something absent stands at its owner.
func (n *node) at(path ...any) *node {
	for _, step := range path {
		next := n.step(step)
		if next == nil {
			return n
		}
		n = next
	}
	return n
}

// find is at for reading on: what is absent is an empty node.
func (n *node) find(path ...any) *node {
	for _, step := range path {
		if n = n.step(step); n == nil {
			return &node{}
		}
	}
	return n
}

func (n *node) step(step any) *node {
	switch step := step.(type) {
	case string:
		if i, ok := n.index[step]; ok {
			return n.pairs[i].value
		}
	case int:
		if step < len(n.items) {
			return n.items[step]
		}
	}
	return nil
}

// has reports whether a mapping states the key.
func (n *node) has(key string) bool {
	_, ok := n.index[key]
	return ok
}

// describe says what the node is, for messages that end "…, not this".
func (n *node) describe() string {
	switch n.shape {
	case truth:
		return "the word " + n.text
	case number:
		return "the number " + strings.Trim(quote(n.text), `"`)
	case text:
		return "the text " + quote(n.text)
	case list:
		return "a list"
	case mapping:
		return "keys with values"
	}
	return "nothing"
}
