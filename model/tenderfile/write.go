package tenderfile

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tributary-oss/tributary/model"
)

// Write writes a tender as a document in YAML that [Read] reads as the same tender: every
// number and word of it, defaults included, so that a later version with other defaults
// reads it as it was. Rosters and the list of erased people stay the files that they are.
// Each line of the comment comes first, behind a #. Equal tenders give equal bytes, and no
// text in the document steers a terminal. It fails where w does.
//
// A tender that was made by hand and lacks what a document must state is written as it is;
// [Read] will say what is missing.
func Write(w io.Writer, t *model.Tender, comment string) error {
	b := bufio.NewWriter(w)
	for line := range strings.Lines(comment) {
		fmt.Fprintf(b, "# %s\n", strings.TrimSpace(line))
	}
	all := limits()
	for _, p := range structNode(reflect.ValueOf(*t), all).pairs() {
		for _, line := range documentLines("", p.key.text, p.value) {
			fmt.Fprintln(b, visible(line))
		}
	}
	return b.Flush()
}

// documentLines is [blockLines] with a line for each mapping of a list.
func documentLines(indent, key string, n *node) []string {
	if n.shape == mapping && len(n.pairs()) > 0 && len(flowText(n, false)) > 60 {
		lines := []string{indent + scalarText(textNode(key), false) + ":"}
		for _, p := range n.pairs() {
			lines = append(lines, documentLines(indent+"  ", p.key.text, p.value)...)
		}
		return lines
	}
	if n.shape != list || len(n.items()) == 0 || n.items()[0].shape != mapping {
		return blockLines(indent, key, n)
	}
	lines := []string{indent + scalarText(textNode(key), false) + ":"}
	for _, item := range n.items() {
		lines = append(lines, indent+"  - "+flowText(item, false))
	}
	return lines
}

// visible escapes what is not printable. Beyond ASCII that stands in quotes only.
func visible(line string) string {
	odd := func(r rune) bool { return r >= utf8.RuneSelf && !unicode.IsPrint(r) }
	if !strings.ContainsFunc(line, odd) {
		return line
	}
	var b strings.Builder
	for _, r := range line {
		switch {
		case !odd(r):
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// valueNode returns what the decoder reads as the value; nil for what a document leaves out.
func valueNode(v reflect.Value, all map[string]limit) *node {
	switch x := v.Interface().(type) {
	case model.Bidders:
		if x.All {
			return textNode("all")
		}
		return listOf(reflect.ValueOf(x.List), all)
	case model.Threshold:
		if x.None {
			return textNode("none")
		}
		return numberNode(x.T)
	case model.Date:
		if x == 0 {
			return nil
		}
		return textNode(x.String())
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return valueNode(v.Elem(), all)
	case reflect.Struct:
		return structNode(v, all)
	case reflect.Map:
		return mapNode(v, all)
	case reflect.Slice:
		if v.Len() == 0 {
			return nil
		}
		return listOf(v, all)
	case reflect.String:
		if v.Len() == 0 {
			return nil
		}
		return textNode(v.String())
	case reflect.Bool:
		return &node{shape: truth, text: fmt.Sprint(v.Bool())}
	case reflect.Int:
		return numberNode(float64(v.Int()))
	}
	return numberNode(v.Float())
}

func structNode(v reflect.Value, all map[string]limit) *node {
	n := mappingNode()
	for _, f := range fieldsOf(v.Type(), all) {
		value := valueNode(v.Field(f.index), all)
		if f.key == "decide" && value != nil {
			if vendor, ok := strings.CutPrefix(value.text, "vendor: "); ok {
				value = mappingNode("vendor", textNode(vendor))
			}
		}
		if value != nil && !(value.shape == mapping && len(value.pairs()) == 0) {
			n.inner.put(pair{textNode(f.key), value})
		}
	}
	return n
}

func listOf(v reflect.Value, all map[string]limit) *node {
	n := &node{shape: list}
	for i := range v.Len() {
		n.add(valueNode(v.Index(i), all))
	}
	return n
}

// mapNode writes a map by its keys; thresholds in the method's order, as edits do.
func mapNode(v reflect.Value, all map[string]limit) *node {
	if v.Len() == 0 {
		return nil
	}
	if t, ok := v.Interface().(map[model.Indicator]model.Threshold); ok {
		return thresholdNodes(t)
	}
	values := map[string]*node{}
	for k, x := range v.Seq2() {
		values[k.String()] = valueNode(x, all)
	}
	n := mappingNode()
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if value := values[key]; value != nil {
			n.inner.put(pair{textNode(key), value})
		}
	}
	return n
}
