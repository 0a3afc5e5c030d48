package document

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tributary-oss/tributary/score/report/locale"
)

// Text is a text with marks in it: where code begins and ends, what is strong, what the
// buyer has to fill in, and which parameter of a tender document a number is. The marks are
// characters of the private use area, which [clean] takes out of everything else.
type Text string

// The marks. A value is valueOn, its key, valueAt, the text and valueOff.
const (
	codeOn, codeOff     = '\uE000', '\uE001'
	strongOn, strongOff = '\uE002', '\uE003'
	blankOn, blankOff   = '\uE004', '\uE005'
	valueOn, valueAt    = '\uE006', '\uE007'
	valueOff            = '\uE008'
)

// How much is shown of one text of a stranger, and of a sentence of the engine, which may
// have such a text in it.
const (
	mostRunes    = 600
	mostSentence = 6000
)

// clean makes a text of a stranger one line without anything that cannot be seen: control
// characters, marks that turn the direction of writing, private characters and broken UTF-8
// become a replacement character or nothing. A very long one is cut.
func clean(s string) string { return cleanUpTo(s, mostRunes) }

func cleanUpTo(s string, most int) string {
	var b strings.Builder
	n, space := 0, false
	for _, r := range s {
		if n == most {
			b.WriteString("…")
			break
		}
		switch {
		case r == utf8.RuneError || r == 0:
			r = utf8.RuneError
		case r == '\u00a0' || r == '\u202f': // French stands before its colons with them
		case unicode.IsSpace(r):
			if space || n == 0 {
				continue
			}
			r = ' '
		case !unicode.IsPrint(r):
			continue
		}
		space = r == ' '
		b.WriteRune(r)
		n++
	}
	return strings.TrimRight(b.String(), " ")
}

// plainText returns a stranger's text as it is shown in running text.
func plainText(s string) Text { return Text(clean(s)) }

func code(s string) Text { return Text(codeOn) + plainText(s) + Text(codeOff) }
func strong(t Text) Text { return Text(strongOn) + t + Text(strongOff) }
func blank(t Text) Text  { return Text(blankOn) + t + Text(blankOff) }
func valued(key string, shown Text) Text {
	return Text(valueOn) + plainText(key) + Text(valueAt) + shown + Text(valueOff)
}

// String returns the text without its marks.
func (t Text) String() string {
	var b strings.Builder
	t.walk(func(r rune) { b.WriteRune(r) }, func(rune) {}, func(string) {})
	return b.String()
}

// walk calls for each character that is shown, for each mark that begins or ends something,
// and for each value with its key.
func (t Text) walk(shown, mark func(rune), value func(key string)) {
	for s := string(t); s != ""; {
		r, n := utf8.DecodeRuneInString(s)
		s = s[n:]
		switch {
		case r == valueOn:
			key, rest, _ := strings.Cut(s, string(valueAt))
			s = rest
			value(key)
		case r >= codeOn && r <= valueOff:
			mark(r)
		default:
			shown(r)
		}
	}
}

// value is a parameter as a text shows it.
type value struct{ key, shown string }

// values returns the parameters that a text shows, in their order.
func (t Text) values() (list []value) {
	open := -1
	t.walk(func(r rune) {
		if open >= 0 {
			list[open].shown += string(r)
		}
	}, func(r rune) {
		if r == valueOff {
			open = -1
		}
	}, func(key string) {
		list = append(list, value{key: key})
		open = len(list) - 1
	})
	return list
}

func joinText(list []Text, by string) Text {
	words := make([]string, len(list))
	for i, t := range list {
		words[i] = string(t)
	}
	return Text(strings.Join(words, by))
}

// words writes texts in a language.
type words struct{ l *locale.Locale }

// T is [locale.Locale.T] for texts: strings among what is put in are cleaned, texts stay as
// they are.
func (w words) T(english string, args ...any) Text {
	list := make([]any, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case string:
			list[i] = clean(a)
		case Text:
			list[i] = string(a)
		default:
			list[i] = a
		}
	}
	return Text(w.l.T(english, list...))
}

// say is [locale.Locale.Say] for a finished sentence of the engine.
func (w words) say(sentence string) Text {
	s, _ := w.l.Say(sentence)
	return Text(cleanUpTo(s, mostSentence))
}

// colon puts what something is behind its name.
func (w words) colon(name, what Text) Text { return name + w.T(": ") + what }

// list joins names as the language does: a, b and c.
func (w words) list(names []Text) Text {
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return names[0]
	default:
		return joinText(names[:n-1], ", ") + w.T(" and ") + names[n-1]
	}
}
