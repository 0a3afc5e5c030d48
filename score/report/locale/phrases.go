package locale

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
)

// phrases translate whole sentences that the engine made, such as a reason why an act did
// not count: each is held against the English texts of the catalogue, and what stands at
// their verbs goes into the translation.
type phrases struct {
	plain    map[string]string
	patterns map[string][]*pattern // by the first word; "" where that is put in
}

// pattern is an English text with verbs.
type pattern struct {
	english string
	parts   []string // the text between the verbs
	kinds   []byte   // of the verbs
	order   []int    // of what is put in, counted from 0
	texts   text
	match   func() *regexp.Regexp
}

// verbs are what a text holds for what is put in. A space is no flag: "80 % of" is no verb.
var verbs = regexp.MustCompile(`%(?:\[(\d+)\])?[-+#0]*(?:\d+|\*)?(?:\.\d+)?([sdvqwfgxt%])`)

// Bounds of what is looked at: sentences hold names that strangers wrote.
const (
	mostSentence = 1 << 15 // bytes
	mostParts    = 40      // sentences in one
	mostDepth    = 4       // sentences in sentences
	leastLetters = 6       // of a text with verbs alone: a shorter one fits anything
)

func newPhrases(texts map[string]text) *phrases {
	p := &phrases{plain: map[string]string{}, patterns: map[string][]*pattern{}}
	for _, english := range slices.Sorted(maps.Keys(texts)) {
		if !verbs.MatchString(english) {
			p.plain[english] = texts[english]["other"]
			continue
		}
		x := newPattern(english, texts[english])
		if x.letters() < leastLetters && x.terms() == 0 {
			continue
		}
		first := ""
		if word, _, more := strings.Cut(x.parts[0], " "); more {
			first = word
		}
		p.patterns[first] = append(p.patterns[first], x)
	}
	for _, list := range p.patterns { // the most exact ones first
		slices.SortStableFunc(list, func(a, b *pattern) int {
			return cmp.Or(b.letters()-a.letters(), b.terms()-a.terms())
		})
	}
	return p
}

// newPattern takes a text apart at its verbs.
func newPattern(english string, texts text) *pattern {
	x, at, next, text := &pattern{english: english, texts: texts}, 0, 1, ""
	for _, m := range verbs.FindAllStringSubmatchIndex(english, -1) {
		text += english[at:m[0]]
		at = m[1]
		if english[m[4]] == '%' {
			text += "%"
			continue
		}
		if m[2] >= 0 {
			next, _ = strconv.Atoi(english[m[2]:m[3]])
		}
		x.parts, x.kinds, x.order = append(x.parts, text), append(x.kinds, english[m[4]]), append(x.order, next-1)
		text = ""
		next++
	}
	x.parts = append(x.parts, text+english[at:])
	x.match = sync.OnceValue(x.compile)
	return x
}

// letters counts those of a text outside its verbs.
func (x *pattern) letters() (n int) {
	for _, part := range x.parts {
		for _, r := range part {
			if unicode.IsLetter(r) {
				n++
			}
		}
	}
	return n
}

// terms counts what is put in and must be known, or a day.
func (x *pattern) terms() (n int) {
	for _, kind := range x.kinds {
		if kind == 'v' || kind == 'w' || kind == 't' {
			n++
		}
	}
	return n
}

// compile makes the expression that finds what stands at the verbs. It takes time that
// grows with the sentence's length alone.
func (x *pattern) compile() *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`(?s)^`)
	for i, kind := range x.kinds {
		b.WriteString(regexp.QuoteMeta(x.parts[i]))
		switch kind {
		case 'd':
			b.WriteString(`(-?[0-9]+)`)
		case 'f', 'g':
			b.WriteString(`([-+]?[0-9.]+(?:e[-+][0-9]+)?)`)
		case 't':
			b.WriteString(`([0-9]{4}-[0-9]{2}-[0-9]{2}(?: [0-9:]{8})?)`)
		default:
			b.WriteString(`(.*?)`)
		}
	}
	b.WriteString(regexp.QuoteMeta(x.parts[len(x.kinds)]) + `$`)
	return regexp.MustCompile(b.String())
}

// find returns what stands at the verbs, nil where the sentence is another.
func (x *pattern) find(sentence string) []string {
	last := x.parts[len(x.parts)-1]
	if !strings.HasPrefix(sentence, x.parts[0]) || !strings.HasSuffix(sentence, last) {
		return nil // which rules most of them out
	}
	for _, part := range x.parts[1:] {
		if !strings.Contains(sentence, part) {
			return nil
		}
	}
	m := x.match().FindStringSubmatch(sentence)
	if m == nil {
		return nil
	}
	return m[1:]
}

// Say translates a finished English sentence, or several that "; " joins, and reports whether
// it could. Otherwise what has no translation stays as it is, for example what a server
// answered, and a page marks it as English.
func (l *Locale) Say(sentence string) (string, bool) { return l.say(sentence, 0) }

func (l *Locale) say(sentence string, depth int) (string, bool) {
	if l.lang == Default || sentence == "" {
		return sentence, true
	}
	if len(sentence) > mostSentence || depth > mostDepth {
		return sentence, false
	}
	parts := strings.Split(sentence, "; ")
	if len(parts) > mostParts {
		return l.one(sentence, depth, loose)
	}
	if said, ok := l.several(parts, depth); ok {
		return said, true
	}
	return l.one(sentence, depth, loose)
}

// several translates sentences that are joined, each as long as one is known: some hold
// the sign that joins them.
func (l *Locale) several(parts []string, depth int) (string, bool) {
	var said []string
	for len(parts) > 0 {
		n := len(parts)
		for ; n > 0; n-- {
			if s, ok := l.one(strings.Join(parts[:n], "; "), depth, strict); ok {
				said, parts = append(said, s), parts[n:]
				break
			}
		}
		if n == 0 {
			return "", false
		}
	}
	return strings.Join(said, l.T("; ")), true
}

// How exactly a text must fit a sentence.
const (
	strict = iota // what is put in is one piece, and translated where it must be
	loose         // it is taken as it is
)

// one translates one sentence by the first text that fits it.
func (l *Locale) one(sentence string, depth, how int) (string, bool) {
	if s, ok := l.phrases.plain[sentence]; ok {
		return s, true
	}
	first, _, _ := strings.Cut(sentence, " ")
	best, found := sentence, false
	for _, word := range []string{first, ""} {
		for _, x := range l.phrases.patterns[word] {
			if how == loose && x.letters() < leastLetters {
				continue
			}
			values := x.find(sentence)
			if values == nil {
				continue
			}
			s, all := l.fill(x, values, depth, how)
			if all {
				return s, true
			}
			if how == loose && !found {
				best, found = s, true
			}
		}
	}
	return best, false
}

// fill puts what was found into the translation, and reports whether all of it is in the
// language.
func (l *Locale) fill(x *pattern, found []string, depth, how int) (string, bool) {
	values, all := make([]any, slices.Max(x.order)+1), true
	for i, s := range found {
		if how == strict && x.kinds[i] == 's' && strings.Contains(s, "; ") {
			return "", false
		}
		said, ok := l.value(x.kinds[i], s, depth)
		if !ok && how == strict {
			return "", false
		}
		values[x.order[i]], all = said, all && ok
	}
	say := x.texts.form(l.tag, x.english, plainly(values, found, x.order))
	return put(say, values), all
}

// plainly gives the numbers as they were found, by which the plural is chosen.
func plainly(values []any, found []string, order []int) []any {
	list := make([]any, len(values))
	for i, s := range found {
		list[order[i]] = s
	}
	return list
}

// value writes what stands at a verb.
func (l *Locale) value(kind byte, s string, depth int) (string, bool) {
	switch kind {
	case 'd', 'f', 'g':
		return l.Decimal(s), true
	case 't':
		day, rest, _ := strings.Cut(s, " ")
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			return s, false
		}
		return strings.TrimSpace(l.Date(at) + " " + rest), true
	case 'v':
		return l.say(s, depth+1)
	case 'w':
		return l.list(strings.Split(s, ", "), depth)
	case 'q':
		return strings.ReplaceAll(s, " and ", l.T(" and ")), true
	}
	return s, true
}

// list translates terms, those that are known.
func (l *Locale) list(terms []string, depth int) (string, bool) {
	all := true
	for i, term := range terms {
		said, ok := l.say(term, depth+1)
		terms[i], all = said, all && ok
	}
	return strings.Join(terms, ", "), all
}

// put writes texts at the verbs of a text.
func put(say string, values []any) string {
	next := 1
	return verbs.ReplaceAllStringFunc(say, func(verb string) string {
		m := verbs.FindStringSubmatch(verb)
		if m[2] == "%" {
			return "%"
		}
		if m[1] != "" {
			next, _ = strconv.Atoi(m[1])
		}
		next++
		if n := next - 2; n < len(values) && values[n] != nil {
			return values[n].(string)
		}
		return verb
	})
}

// numberedBy returns which of what is put into a text is its first whole number; 1 where
// none is.
func numberedBy(english string) int {
	next := 1
	for _, m := range verbs.FindAllStringSubmatch(english, -1) {
		if m[2] == "%" {
			continue
		}
		if m[1] != "" {
			next, _ = strconv.Atoi(m[1])
		}
		if m[2] == "d" {
			return next
		}
		next++
	}
	return 1
}
