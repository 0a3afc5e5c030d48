package tenderfile

import (
	"github.com/goccy/go-yaml/token"

	"github.com/tributary-oss/tributary/model"
)

// Bounds on one document. They are far above what a tender needs, and above ten
// thousand people in YAML or a hundred thousand in JSON.
const (
	maxBytes      = 4 << 20 // of a tender, and of a roster in YAML
	maxValues     = 700_000 // words and marks of YAML; keys and values of JSON
	maxJSONBytes  = 64 << 20
	maxJSONValues = 4_000_000
	maxDepth      = 32     // collections inside each other
	maxKeys       = 10_000 // keys of one block mapping
	maxEmpty      = 500    // keys without a value, each a fault anyway
)

const (
	tooBigClaim  = "the file is larger than 4 MiB, or has more than 700,000 values; split the claim into several"
	tooBigTender = "the file is larger than 4 MiB; a tender is smaller, state people in rosters beside it"
	tooBigYAML   = "the file is larger than 4 MiB; split the roster into several files, or write it as JSON, which may have 64 MiB"
	tooBigJSON   = "the file is larger than 64 MiB; split the roster into several files"

	tooManyTender = "the file has too many values; a tender has fewer, state people in rosters beside it"
	tooManyYAML   = "the file has too many values; split the roster into several files, or write it as JSON, which may have more"
	tooManyJSON   = "the file has too many values; split the roster into several files"

	tooDeep  = "this is nested more than 32 deep; write it flatter"
	tooWide  = "this mapping has more than 10,000 keys; split it"
	tooEmpty = "too many keys have no value; write the values or leave the keys out"
)

// bounds are how much a document may hold, and what to say where it holds more.
type bounds struct {
	bytes, values   int
	tooBig, tooMany string
}

// bounds returns the bounds on the document, given whether it is JSON. Only
// rosters grow with the number of people. In JSON they may be larger: the YAML
// parser takes some 150 MiB for a text of two.
func (d *document) bounds(isJSON bool) bounds {
	switch {
	case d.format == model.ClaimFormat:
		return bounds{maxBytes, maxValues, tooBigClaim, tooBigClaim}
	case d.format != model.PeopleFormat:
		return bounds{maxBytes, maxValues, tooBigTender, tooManyTender}
	case !isJSON:
		return bounds{maxBytes, maxValues, tooBigYAML, tooManyYAML}
	}
	return bounds{maxJSONBytes, maxJSONValues, tooBigJSON, tooManyJSON}
}

// level is an open collection.
type level struct {
	column int  // where a block collection's entries begin
	flow   bool // between brackets or braces
	list   bool
	keys   int
}

// meter follows the outline of a document through its tokens.
type meter struct {
	open  []level
	empty int
}

// measure notes a fault where a document exceeds the bounds. It need not be
// exact on broken YAML; it must only never underestimate the parser's work.
func measure(d *document, tokens token.Tokens) {
	if most := d.bounds(false); len(tokens) > most.values {
		d.faultAt(1, 1, most.tooMany)
		return
	}
	m := &meter{}
	var prev *token.Token
	for i, t := range tokens {
		var next *token.Token
		if i+1 < len(tokens) {
			next = tokens[i+1]
		}
		m.take(t, prev, next)
		if message := m.over(); message != "" {
			d.faultAt(t.Position.Line, t.Position.Column, message)
			return
		}
		prev = t
	}
}

func (m *meter) over() string {
	switch {
	case len(m.open) > maxDepth:
		return tooDeep
	case len(m.open) > 0 && m.top().keys > maxKeys:
		return tooWide
	case m.empty > maxEmpty:
		return tooEmpty
	}
	return ""
}

func (m *meter) top() *level { return &m.open[len(m.open)-1] }

func (m *meter) inFlow() bool { return len(m.open) > 0 && m.top().flow }

func (m *meter) take(t, prev, next *token.Token) {
	switch t.Type {
	case token.SequenceStartType, token.MappingStartType:
		m.open = append(m.open, level{flow: true, list: t.Type == token.SequenceStartType})
	case token.SequenceEndType, token.MappingEndType:
		if m.inFlow() {
			m.open = m.open[:len(m.open)-1]
		}
	case token.SequenceEntryType:
		m.entry(t.Position.Column, true)
	case token.MappingValueType:
		m.pair(t, prev, next)
	default:
		if m.inFlow() && !m.top().list && opens(prev) && closes(next) {
			m.empty++ // {word} is a key without a value
		}
	}
}

// pair follows a colon, whose key is the token before it.
func (m *meter) pair(t, prev, next *token.Token) {
	if m.inFlow() {
		if closes(next) {
			m.empty++
		}
		return
	}
	column := t.Position.Column
	if prev != nil && prev.Position.Line == t.Position.Line {
		column = prev.Position.Column
	}
	m.entry(column, false)
	// A list may begin below its key, at the same column.
	held := next != nil && next.Type == token.SequenceEntryType && next.Position.Column == column
	if next == nil || next.Position.Line > t.Position.Line && next.Position.Column <= column && !held {
		m.empty++
	}
}

// entry follows an entry of a block collection at a column. A list may stand at
// the column of the key that holds it, so there a list is the inner one.
func (m *meter) entry(column int, list bool) {
	for len(m.open) > 0 {
		top := m.top()
		if top.flow || top.column < column || top.column == column && (top.list == list || list) {
			break
		}
		m.open = m.open[:len(m.open)-1]
	}
	if len(m.open) == 0 || m.top().flow || m.top().column < column || m.top().list != list {
		m.open = append(m.open, level{column: column, list: list})
	}
	if !list {
		m.top().keys++
	}
}

func opens(t *token.Token) bool {
	return t != nil && (t.Type == token.MappingStartType || t.Type == token.CollectEntryType)
}

func closes(t *token.Token) bool {
	return t == nil || t.Type == token.CollectEntryType || t.Type == token.MappingEndType ||
		t.Type == token.SequenceEndType
}
