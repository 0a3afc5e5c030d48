package locale_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tributary-oss/tributary/score/report/locale"
)

// key is how a line of a document begins.
var key = regexp.MustCompile(`^[a-z_]+: `)

// sample reports whether a text is to be written into a document as it is.
func sample(l *locale.Locale, text string) bool { return key.MatchString(text) && l.T(text) == text }

// What somebody is told to write into a document keeps its keys and words: in another
// language the document would be refused.
func TestSamplesOfDocumentsStayAsTheyAre(t *testing.T) {
	for _, l := range others(t) {
		n := 0
		for _, f := range code(t, "model/tenderfile") {
			if f.at != "model/tenderfile/limits.go" || !key.MatchString(f.text) || strings.HasSuffix(f.text, ": ") {
				continue
			}
			n++
			said, _ := l.Say("missing key \"x\"; write " + f.text)
			want := f.text
			if l.Has(f.text) && !sample(l, f.text) { // words that stand for a value are translated
				want = key.FindString(f.text)
			}
			assert.Contains(t, said, want, "%q", f.text)
			assert.False(t, strings.HasSuffix(said, "; write "+f.text), "the fault itself is said: %q", said)
		}
		assert.Greater(t, n, 20)
	}
}
