package tenderfile

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// sameNode reports whether two nodes say the same, wherever they stand and in whatever
// order their keys do. Numbers are compared by value.
func sameNode(a, b *node) bool {
	if a.shape != b.shape || len(a.items()) != len(b.items()) || len(a.pairs()) != len(b.pairs()) {
		return false
	}
	for i, item := range a.items() {
		if !sameNode(item, b.items()[i]) {
			return false
		}
	}
	for _, p := range a.pairs() {
		other := b.pair(p.key.text)
		if other == nil || !sameNode(p.value, other.value) {
			return false
		}
	}
	if a.shape == number && a.text != b.text {
		x, err1 := strconv.ParseFloat(a.text, 64)
		y, err2 := strconv.ParseFloat(b.text, 64)
		return err1 == nil && err2 == nil && x == y
	}
	return a.text == b.text
}

func textNode(s string) *node { return &node{shape: text, text: s} }

func numberNode(f float64) *node { return &node{shape: number, text: plain(f)} }

// mappingNode makes a mapping of keys and values, in turn.
func mappingNode(pairs ...any) *node {
	n := &node{shape: mapping, inner: &inner{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		n.inner.put(pair{textNode(pairs[i].(string)), pairs[i+1].(*node)})
	}
	return n
}

func listNode(words []string) *node {
	n := &node{shape: list}
	for _, w := range words {
		n.add(textNode(w))
	}
	return n
}

// thresholdNodes writes thresholds in the method's order.
func thresholdNodes(thresholds map[model.Indicator]model.Threshold) *node {
	n := mappingNode()
	for _, name := range indicatorNames() {
		if t, ok := thresholds[model.Indicator(name)]; ok {
			value := numberNode(t.T)
			if t.None {
				value = textNode("none")
			}
			n.inner.put(pair{textNode(name), value})
		}
	}
	return n
}

func tipNodes(tips map[string]string) *node { return sortedNode(tips) }

func sortedNode(words map[string]string) *node {
	n := mappingNode()
	for _, key := range slices.Sorted(maps.Keys(words)) {
		n.inner.put(pair{textNode(key), textNode(words[key])})
	}
	return n
}

func sealNode(s *model.Seal) *node {
	counted := mappingNode()
	for _, project := range slices.Sorted(maps.Keys(s.Indicators)) {
		counted.inner.put(pair{textNode(project), listNode(s.Indicators[project])})
	}
	return mappingNode(
		"format", textNode(s.Format),
		"at", textNode(s.At.String()),
		"digest", textNode(s.Digest),
		"parts", sortedNode(s.Parts),
		"indicators", counted,
		"vendors", listNode(s.Vendors),
		"rosters", sortedNode(s.Rosters),
		"decisions", listNode(s.Decisions),
		"erased", numberNode(float64(s.Erased)))
}

// flowText writes a node on one line, as JSON or as YAML between braces.
func flowText(n *node, asJSON bool) string {
	var b strings.Builder
	switch n.shape {
	case mapping:
		b.WriteByte('{')
		for i, p := range n.pairs() {
			b.WriteString(map[bool]string{true: ", "}[i > 0] + scalarText(p.key, asJSON) + ": " + flowText(p.value, asJSON))
		}
		b.WriteByte('}')
	case list:
		b.WriteByte('[')
		for i, item := range n.items() {
			b.WriteString(map[bool]string{true: ", "}[i > 0] + flowText(item, asJSON))
		}
		b.WriteByte(']')
	default:
		return scalarText(n, asJSON)
	}
	return b.String()
}

// blockLines writes a key with its value as lines of block YAML. Mappings of mappings and
// of digests take a line for each of their keys; what is left stands on one line.
func blockLines(indent, key string, n *node) []string {
	key = indent + scalarText(textNode(key), false) + ":"
	long := slices.ContainsFunc(n.pairs(), func(p pair) bool { return p.value.shape != number && len(flowText(p.value, false)) > 40 })
	if n.shape != mapping || !long {
		return []string{key + " " + flowText(n, false)}
	}
	lines := []string{key}
	for _, p := range n.pairs() {
		lines = append(lines, blockLines(indent+"  ", p.key.text, p.value)...)
	}
	return lines
}

// bare are texts that every reader of YAML takes for texts, also between braces: words that
// begin with a letter, and days. Digests could be numbers, as 12e4567 is, so they are quoted.
var bare = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_./-]*|[0-9]{4}-[0-9]{2}-[0-9]{2})$`)

// taken are words that some readers of YAML take for something else than a text.
var taken = regexp.MustCompile(`(?i)^(y|n|yes|no|on|off|true|false|null)$`)

func scalarText(n *node, asJSON bool) string {
	switch {
	case n.shape != text:
		return n.text
	case !asJSON && bare.MatchString(n.text) && !taken.MatchString(n.text) && !digestForm.MatchString(n.text) && !commitHash.MatchString(n.text):
		return n.text
	}
	b, err := json.Marshal(n.text) // a text of JSON is one of YAML too
	if err != nil {
		panic(fmt.Sprintf("tenderfile: a text cannot be written: %v", err))
	}
	return string(b)
}
