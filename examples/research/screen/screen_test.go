package screen_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"github.com/tributary-oss/tributary/examples/research/screen"
)

func TestWrap(t *testing.T) {
	var b bytes.Buffer
	s := screen.New(&b, 10) // less than 40 is 40
	s.Wrap("  ", "one two %s", strings.Repeat("three ", 12)+strings.Repeat("x", 100))
	s.Row("  ", strings.Repeat("ä", 90), 90, "12.5%")
	assert.NoError(t, s.Err)
	for line := range strings.Lines(b.String()) {
		assert.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), 40, line)
	}
	assert.Equal(t, 100, strings.Count(b.String(), "x"))
	assert.True(t, strings.HasPrefix(b.String(), "  one two three"), b.String())
	assert.Contains(t, b.String(), "… 12.5%\n")
}

// What strangers wrote steers no terminal and is no formula.
func TestStrangersWords(t *testing.T) {
	for in, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "＝1": "'＝1", "\t=1": "'\uFFFD=1", " =1": "' =1",
		"a\x1b[2Jb": "a\uFFFD[2Jb", "a\u202eb": "a\uFFFDb", "a\x00b": "a\uFFFDb", "a\xffb": "a\uFFFDb", "Ädä": "Ädä", "": "",
	} {
		assert.Equal(t, want, screen.Cell(in), "%q", in)
	}
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 1: "0.000001", 250_000: "0.25", -1_500_000: "-1.5", 12_000_000: "12"} {
		assert.Equal(t, want, screen.Millionths(n))
	}
	assert.Equal(t, "-1,234,567", screen.Digits(-1234567))
	assert.Equal(t, "1 act, 0 acts", screen.Plural(1, "act")+", "+screen.Plural(0, "act"))
}
