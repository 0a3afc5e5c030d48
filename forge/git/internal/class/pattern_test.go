package class

import (
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tributary-oss/tributary/model"
)

// However patterns are sorted to be found soon, each holds what [path.Match] says that it
// holds, and nothing else.
func TestPatternsHoldWhatMatchSays(t *testing.T) {
	var texts []string
	for _, row := range Patterns() {
		texts = append(texts, row.Patterns...)
	}
	texts = append(texts, "*.[0-9]", "v[1-9].[a-c]", "*.[^1-9]", "*]x", "*.[ab]")
	var names []string
	for _, s := range texts {
		for _, fill := range []string{"", "a", "9", "0.", "a.b-c"} {
			name := strings.NewReplacer("[^0-9]", "x"+fill, "[0-9]", "5"+fill, "[1-9]", "9", "[a-c]", "c", "[^1-9]", "1", "*", fill, "?", "q").Replace(s)
			names = append(names, name, "deep/er/"+name, name+"x", "x"+name)
		}
	}
	for _, s := range texts {
		if strings.HasSuffix(s, "/") {
			continue // folders
		}
		p := compile([]Row{{Class: model.LockFiles, Patterns: []string{s}}})
		for _, name := range names {
			parts := strings.Split(name, "/")
			last := strings.Join(parts[max(0, len(parts)-1-strings.Count(s, "/")):], "/")
			want, err := path.Match(s, last)
			assert.NoError(t, err)
			if is := p.find(name) != ""; is != want {
				t.Errorf("%s of %q: %v, want %v", s, name, is, want)
			}
		}
	}
}
