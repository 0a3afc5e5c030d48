package report

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/score/report/locale"
)

// newText makes the writer of a text by its options; nil means the defaults.
func newText(w io.Writer, o *TextOptions) *text {
	if o == nil {
		o = &TextOptions{}
	}
	t := &text{w: w, width: max(40, cmp.Or(o.Width, 80))}
	if o.Locale != nil && o.Locale.Lang() != locale.Default {
		t.lang = o.Locale
	}
	return t
}

// item writes a text after a word that says what it is.
func (t *text) item(word, s string) {
	if t.lang == nil {
		t.wrap("  "+word, "    ", s)
		return
	}
	t.wrap("  ", "    ", word+s) // words may be longer than a narrow line holds before the first one
}

// T writes a text in the reader's language. In English it is what package fmt makes of it:
// neither digits are grouped nor plural forms chosen, since scripts read these texts.
func (t *text) T(english string, a ...any) string {
	switch {
	case t.lang != nil:
		return t.lang.T(english, a...)
	case len(a) == 0:
		return english
	}
	return fmt.Sprintf(english, a...)
}

// say translates what the engine wrote. What has no translation, such as a server's answer,
// stays English.
func (t *text) say(english string) string {
	if t.lang == nil {
		return english
	}
	s, _ := t.lang.Say(english)
	return s
}

// sayAll translates each text of a list.
func (t *text) sayAll(english []string) []string {
	list := make([]string, len(english))
	for i, s := range english {
		list[i] = t.say(s)
	}
	return list
}

// figure writes a number as the language does; s is how code writes it.
func (t *text) figure(s string) string {
	if t.lang == nil {
		return s
	}
	return t.lang.Decimal(s)
}

// orUnknown writes a figure, and an unknown one as that.
func (t *text) orUnknown(s string) string {
	if s == "" {
		return t.T("unknown")
	}
	return t.figure(s)
}

// percent writes a part of a hundred, whole.
func (t *text) percent(x float64) string {
	return t.T("%s %%", t.figure(fmt.Sprintf("%.0f", x)))
}

// named are what stands in brackets in a formula, one in the other aside.
var named = regexp.MustCompile(`\([^()]*\pL[^()]*\)`)

// formula writes a formula of the engine. What stands in brackets is a remark of the engine's,
// which is translated, or a name, which stays as it is.
func (t *text) formula(s string) string {
	if t.lang == nil {
		return s
	}
	if said, ok := t.lang.Say(s); ok {
		s = said
	}
	var b strings.Builder
	at := 0
	for _, m := range named.FindAllStringIndex(s, -1) {
		b.WriteString(t.lang.Formula(s[at:m[0]]) + "(" + t.say(s[m[0]+1:m[1]-1]) + ")")
		at = m[1]
	}
	return b.String() + t.lang.Formula(s[at:])
}

func (t *text) day(at time.Time) string {
	if t.lang == nil {
		return at.Format(time.DateOnly)
	}
	return t.lang.Date(at)
}

// and joins names as a sentence does.
func (t *text) and(names []string) string { return strings.Join(names, t.T(" and ")) }
