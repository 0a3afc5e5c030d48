package tenderfile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// yamlTree reads YAML. It notes a fault and returns nil where the text is no
// YAML, or uses a part of YAML that documents do without.
//
// The parser copies a block mapping once per key and the whole document once per
// empty value, and recurses without a bound, so that a small file could take
// minutes or overflow the stack. The tokens are therefore measured before they
// are parsed.
func yamlTree(d *document, b []byte) *node {
	tokens := slices.DeleteFunc(lexer.Tokenize(string(b)), func(t *token.Token) bool {
		return t.Type == token.CommentType
	})
	before := len(d.faults)
	refuse(d, tokens)
	if len(d.faults) == before {
		measure(d, tokens)
	}
	if len(d.faults) > before || d.full() {
		return nil
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		syntaxFault(d, b, err)
		return nil
	}
	return only(d, file)
}

// guarded turns a panic of the parser, whose input comes from strangers, into a fault.
func guarded(d *document, b []byte, parse func(*document, []byte) *node) (root *node) {
	defer func() {
		if r := recover(); r != nil {
			d.faultAt(1, 1, "this cannot be read as YAML; write plain keys, lists and values")
			root = nil
		}
	}()
	return parse(d, b)
}

// refuse notes the parts of YAML that make one place depend on another, and a
// second document. Without them no document can grow beyond its own length, and
// each line reads alone.
func refuse(d *document, tokens token.Tokens) {
	ended, begun, directive := false, false, 0
	for _, t := range tokens {
		message := unread(t)
		if ended || begun && t.Type == token.DocumentHeaderType {
			message = "a second document begins here; write one document per file"
		}
		if message != "" {
			d.faultAt(t.Position.Line, t.Position.Column, message)
		}
		if ended {
			return
		}
		ended = t.Type == token.DocumentEndType
		if t.Type == token.DirectiveType {
			directive = t.Position.Line // the mark after it begins the first document
		}
		begun = begun || t.Position.Line != directive
	}
}

// unread says why a token is not read, or nothing where it is.
func unread(t *token.Token) string {
	switch t.Type {
	case token.AnchorType, token.AliasType:
		return fmt.Sprintf("anchors and aliases are not read, a tender states each fact where it stands; "+
			"write the value out, or put a text that begins with %s in quotes", t.Value)
	case token.MergeKeyType:
		return "merge keys are not read, a tender states each fact where it stands; write the keys out"
	case token.TagType:
		return "tags are not read; write the plain value, or put a text that begins with ! in quotes"
	case token.DirectiveType:
		return "directives are not read; remove the line, or put a text that begins with % in quotes"
	case token.MappingKeyType:
		return "keys marked with ? are not read; write key: value"
	}
	return ""
}

// only returns the tree of a file's one document.
func only(d *document, file *ast.File) *node {
	for _, doc := range file.Docs {
		if doc.Body != nil {
			return yamlNode(d, doc.Body)
		}
	}
	d.faultAt(1, 1, "the file is empty; begin it with a line such as format: "+d.format)
	return nil
}

// place takes the position of a part of the syntax tree. A block mapping stands
// where its first key does, not at that key's colon.
func (n *node) place(from ast.Node) {
	t := from.GetToken()
	if from, ok := from.(*ast.MappingNode); ok && !from.IsFlowStyle && len(from.Values) > 0 {
		t = from.Values[0].Key.GetToken()
	}
	n.line, n.column = t.Position.Line, t.Position.Column
}

func yamlNode(d *document, from ast.Node) *node {
	n := &node{}
	n.place(from)
	switch from := from.(type) {
	case *ast.MappingNode:
		n.shape = mapping
		for _, v := range from.Values {
			yamlPair(d, n, v)
		}
	case *ast.SequenceNode:
		n.shape = list
		for _, v := range from.Values {
			n.add(yamlNode(d, v))
		}
	case *ast.LiteralNode:
		n.shape, n.text = text, from.Value.Value
	default:
		n.scalar(from.GetToken())
	}
	return n
}

func yamlPair(d *document, n *node, v *ast.MappingValueNode) {
	key := &node{shape: text, text: v.Key.GetToken().Value}
	key.place(v.Key)
	n.put(d, key, yamlNode(d, v.Value))
}

// plainNumber is what both YAML and JSON read as the same number. Octal, hex,
// underscores and a leading plus are read differently by different programs.
var plainNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

// scalar takes a scalar's value. The token's type alone would not do: the lexer
// takes 1e3 and numbers of twenty digits for texts.
func (n *node) scalar(t *token.Token) {
	n.shape, n.text = text, t.Value
	switch t.Type {
	case token.SingleQuoteType, token.DoubleQuoteType:
	case token.NullType, token.ImplicitNullType:
		n.shape = nothing
	case token.BoolType:
		n.shape, n.text = truth, strings.ToLower(t.Value)
	case token.IntegerType, token.FloatType, token.BinaryIntegerType, token.OctetIntegerType,
		token.HexIntegerType, token.InfinityType, token.NanType:
		n.shape = number
	default:
		if plainNumber.MatchString(t.Value) {
			n.shape = number
		}
	}
}

// syntaxFault notes where the text stops being YAML, in the parser's words
// except for tabs, which every beginner meets.
func syntaxFault(d *document, b []byte, err error) {
	line, column, message := 1, 1, "unexpected text"
	if e, ok := err.(yaml.Error); ok {
		if t := e.GetToken(); t != nil && t.Position != nil {
			line, column = t.Position.Line, t.Position.Column
		}
		message = oneLine(e.GetMessage())
	}
	lines := strings.Split(string(b), "\n")
	if line = max(1, min(line, len(lines))); tabbed(lines[line-1]) {
		d.faultAt(line, column, "a tab indents this line; indent with spaces")
		return
	}
	d.faultAt(line, column, "this is no YAML: "+message+"; check indentation, quotes and brackets here and just above")
}

// tabbed reports whether a tab stands in the line's indentation.
func tabbed(line string) bool {
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	return strings.Contains(indent, "\t")
}

// oneLine shortens a parser's message to one line. A message with an @ in it may
// quote an address with a password, so it is not repeated.
func oneLine(message string) string {
	message = strings.Join(strings.Fields(message), " ")
	if message == "" || strings.Contains(message, "@") || len(message) > 200 {
		return "unexpected text"
	}
	return message
}
