package tenderfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// outline writes a tree on one line: its shapes, texts and places.
func outline(n *node) string {
	inner := make([]string, 0, len(n.items())+len(n.pairs()))
	for _, item := range n.items() {
		inner = append(inner, outline(item))
	}
	for _, p := range n.pairs() {
		inner = append(inner, outline(p.key)+" "+outline(p.value))
	}
	return fmt.Sprintf("%d:%d %s", n.line, n.column, [...]string{
		nothing: "null", truth: n.text, number: "#" + n.text, text: fmt.Sprintf("%q", n.text),
		list: "[" + strings.Join(inner, ", ") + "]", mapping: "{" + strings.Join(inner, ", ") + "}",
	}[n.shape])
}

func TestJSONTree(t *testing.T) {
	for in, want := range map[string]string{
		`[]`:                             `1:1 []`,
		`{}`:                             `1:1 {}`,
		" \n\t\"a\"\n":                   `2:2 "a"`,
		`-1.50e+3`:                       `1:1 #-1.50e+3`,
		`[1,true , false,null ]`:         `1:1 [1:2 #1, 1:4 true, 1:11 false, 1:17 null]`,
		`{"é" : "ü", "b":[ [0]]}`:        `1:1 {1:2 "é" 1:8 "ü", 1:13 "b" 1:17 [1:19 [1:20 #0]]}`,
		`["", "\"", "\\", "a\\\"]b"]`:    `1:1 [1:2 "", 1:6 "\"", 1:12 "\\", 1:18 "a\\\"]b"]`,
		`["\u00e9\n\/", "\ud83d\ude00"]`: `1:1 [1:2 "é\n/", 1:16 "😀"]`,
		`["\ud83d", "\udE00x"]`:          `1:1 [1:2 "�", 1:12 "�x"]`,
		"{\"a\":\n{\"b\"\n:\n1}}":        `1:1 {1:2 "a" 2:1 {2:2 "b" 4:1 #1}}`,
		`{"a":1,"b":2,"a":[3],"c":4}`:    `1:1 {1:2 "a" 1:6 #1, 1:8 "b" 1:12 #2, 1:22 "c" 1:26 #4}`,
	} {
		root := jsonTree(&document{file: "t.json", collector: &collector{}}, []byte(in))
		if assert.NotNil(t, root, in) {
			assert.Equal(t, want, outline(root), in)
		}
	}
}

func TestJSONDepth(t *testing.T) {
	d := &document{file: "t.json", collector: &collector{}}
	nested := func(depth int) []byte { return []byte(strings.Repeat("[", depth) + strings.Repeat("]", depth)) }
	assert.NotNil(t, jsonTree(d, nested(maxDepth)))
	assert.NoError(t, d.err())
	assert.Nil(t, jsonTree(d, nested(maxDepth+1)))
	assert.EqualError(t, d.err(), "t.json:1:33: "+tooDeep)
}

// A mapping finds its keys, and tells those that stand twice, with and without
// an index.
func TestMappingsOfAllSizes(t *testing.T) {
	for size := range 3 * indexed {
		d := &document{file: "t.json", collector: &collector{}}
		root := jsonTree(d, []byte("{"+repeat(size, "\"k%d\": %[1]d,\n")+`"k0": "again"}`))
		require.NotNil(t, root)
		require.Len(t, root.pairs(), max(1, size))
		for i := range size {
			assert.Equal(t, fmt.Sprint(i), root.find(fmt.Sprintf("k%d", i)).text)
			assert.True(t, root.has(fmt.Sprintf("k%d", i)))
		}
		assert.False(t, root.has(fmt.Sprintf("k%d", max(1, size))))
		if size > 0 {
			assert.EqualError(t, d.err(), fmt.Sprintf("t.json:%d:1: duplicate key \"k0\"; it already stands at line 1, keep one of them", size+1))
		}
	}
}

// FuzzJSON reads JSON as the standard library's decoder does, token by token, and
// finds each key and value at the place where its text begins.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{`[]`, `{"a": [1, -2.5e3, true, false, null, "\u00e9\\"]}`, "{\"é\":\t{\"b\" :\n\"ü\"}, \"é\": 1}", `"\ud83d"`, ` 0`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, _, message := textFault(b); message != "" || !json.Valid(b) {
			return
		}
		root := jsonTree(&document{file: "t.json", collector: &collector{}}, b)
		if root == nil {
			return // too deep
		}
		dec := json.NewDecoder(bytes.NewReader(b))
		dec.UseNumber()
		compare(t, dec, root, nil)
		lines := strings.Split(string(b), "\n")
		places(t, lines, root)
	})
}

// compare reads a value from the decoder, which the node must be.
func compare(t *testing.T, dec *json.Decoder, n *node, token json.Token) {
	if token == nil {
		token, _ = dec.Token()
	}
	switch token {
	case json.Delim('['):
		require.Equal(t, list, n.shape)
		for i := 0; dec.More(); i++ {
			require.Less(t, i, len(n.items()))
			compare(t, dec, n.items()[i], nil)
		}
		_, _ = dec.Token()
	case json.Delim('{'):
		require.Equal(t, mapping, n.shape)
		var keys []string
		for dec.More() {
			key, _ := dec.Token()
			token, _ := dec.Token()
			if slices.Contains(keys, key.(string)) {
				pass(dec, token)
				continue
			}
			keys = append(keys, key.(string))
			require.LessOrEqual(t, len(keys), len(n.pairs()))
			p := n.pairs()[len(keys)-1]
			require.Equal(t, key, p.key.text)
			if token == nil {
				require.Equal(t, nothing, p.value.shape)
				continue
			}
			compare(t, dec, p.value, token)
		}
		require.Len(t, n.pairs(), len(keys))
		_, _ = dec.Token()
	case nil:
		require.Equal(t, nothing, n.shape)
	default:
		want := map[shape]json.Token{text: n.text, number: json.Number(n.text), truth: n.text == "true"}
		require.Equal(t, token, want[n.shape])
	}
}

// pass reads the rest of a value that begins with the token.
func pass(dec *json.Decoder, token json.Token) {
	if _, ok := token.(json.Delim); !ok {
		return
	}
	for dec.More() {
		token, _ := dec.Token()
		pass(dec, token)
	}
	_, _ = dec.Token()
}

// places checks that each node's text begins where the node says.
func places(t *testing.T, lines []string, n *node) {
	begins := [...]string{nothing: "n", truth: "tf", number: "-0123456789", text: `"`, list: "[", mapping: "{"}
	first := []rune(lines[n.line-1])[n.column-1]
	require.True(t, strings.ContainsRune(begins[n.shape], first), "%d:%d is %q", n.line, n.column, first)
	for _, item := range n.items() {
		places(t, lines, item)
	}
	for _, p := range n.pairs() {
		places(t, lines, p.key)
		places(t, lines, p.value)
	}
}
