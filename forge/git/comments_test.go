package git

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tributary-oss/tributary/model"
)

// TestComments: a file of which only comments differ is counted once, and not where
// its white space alone differs, or its mode as well.
func TestComments(t *testing.T) {
	for name, test := range map[string]struct {
		old, new       map[string]string
		space, comment int
	}{
		"comment":     {map[string]string{"a.go": "x() // one\n"}, map[string]string{"a.go": "x() // two\n"}, 0, 1},
		"code":        {map[string]string{"a.go": "x() // one\n"}, map[string]string{"a.go": "y() // two\n"}, 0, 0},
		"white space": {map[string]string{"a.go": "x() // one\n"}, map[string]string{"a.go": "x()  //  one\n"}, 1, 0},
		"two of them": {map[string]string{"a.go": "// one\n", "b.go": "x()\n// one\n", "c.go": "x()\n"},
			map[string]string{"a.go": "// two\n", "b.go": "x()\n// two\n", "c.go": "y()\n"}, 0, 2},
		"new":       {map[string]string{"a.go": "x()\n"}, map[string]string{"a.go": "x()\n", "b.go": "// all\n"}, 0, 1},
		"gone":      {map[string]string{"a.go": "x()\n", "b.go": "// all\n"}, map[string]string{"a.go": "x()\n"}, 0, 1},
		"empty":     {map[string]string{"a.go": "x()\n"}, map[string]string{"a.go": "x()\n", "b.go": ""}, 0, 0},
		"mode":      {map[string]string{"a.go": "// one\n"}, map[string]string{"a.go": "exec:// two\n"}, 0, 0},
		"not known": {map[string]string{"a.zzz": "// one\n"}, map[string]string{"a.zzz": "// two\n"}, 0, 0},
	} {
		b := newBuilder(t.TempDir())
		first := b.commit(spec{msg: "first", at: day(0), files: test.old})
		b.branch("main", b.commit(spec{msg: "second", at: day(1), parents: []string{first}, files: test.new}))
		churn := linesOf(t, b, options())["second"].Churn
		var got model.Churn
		for _, c := range churn {
			got.Space += c.Space
			got.Comment += c.Comment
		}
		assert.Equal(t, model.Churn{Space: test.space, Comment: test.comment}, got, name)
	}
}

func TestInOrder(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"", " \n", true}, {"a b\n", "ab", true}, {"if x {\n\ty()\n}\n", "if x {\r\n  y()\r\n\r\n}", true},
		{"lock()\nset()\n", "set()\nlock()\n", false}, {"a", "", false}, {"ab", "a c", false},
	} {
		assert.Equal(t, c.want, inOrder([]byte(c.a), []byte(c.b)), "%q %q", c.a, c.b)
		assert.Equal(t, c.want, inOrder([]byte(c.b), []byte(c.a)), "%q %q", c.b, c.a)
	}
}
