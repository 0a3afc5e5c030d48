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
	if d.full() {
		return
	}
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
	inner        *inner // of a list or mapping that is not empty; most nodes are scalars
}

// inner is what a list or mapping holds.
type inner struct {
	items []*node
	pairs []pair
	index map[string]int // of a mapping with many pairs: key → place in pairs
}

// indexed is the number of pairs from which on a mapping has an index. Most have
// a handful, and to compare these is faster than to fill a map.
const indexed = 9

type pair struct{ key, value *node }

// items returns the values of a list.
func (n *node) items() []*node {
	if n.inner == nil {
		return nil
	}
	return n.inner.items
}

// pairs returns the keys and values of a mapping.
func (n *node) pairs() []pair {
	if n.inner == nil {
		return nil
	}
	return n.inner.pairs
}

// add adds a value to a list.
func (n *node) add(item *node) {
	if n.inner == nil {
		n.inner = &inner{}
	}
	n.inner.items = append(n.inner.items, item)
}

// put adds a pair to a mapping; a key that already stands is a fault.
func (n *node) put(d *document, key, value *node) {
	if first := n.pair(key.text); first != nil {
		d.fault(key, "duplicate key %s; it already stands at line %d, keep one of them",
			quote(key.text), first.key.line)
		return
	}
	if n.inner == nil {
		n.inner = &inner{}
	}
	n.inner.put(pair{key, value})
}

func (in *inner) put(p pair) {
	in.pairs = append(in.pairs, p)
	switch {
	case len(in.pairs) == indexed:
		in.index = make(map[string]int, 2*indexed)
		for i, p := range in.pairs {
			in.index[p.key.text] = i
		}
	case len(in.pairs) > indexed:
		in.index[p.key.text] = len(in.pairs) - 1
	}
}

// pair returns a mapping's pair with the key, or nil where there is none.
func (n *node) pair(key string) *pair {
	pairs := n.pairs()
	if len(pairs) >= indexed {
		if i, ok := n.inner.index[key]; ok {
			return &pairs[i]
		}
		return nil
	}
	for i := range pairs {
		if pairs[i].key.text == key {
			return &pairs[i]
		}
	}
	return nil
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
		if p := n.pair(step); p != nil {
			return p.value
		}
	case int:
		if items := n.items(); step < len(items) {
			return items[step]
		}
	}
	return nil
}

// has reports whether a mapping states the key.
func (n *node) has(key string) bool {
	return n.pair(key) != nil
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
