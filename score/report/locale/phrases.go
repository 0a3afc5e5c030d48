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
	last    int      // the highest of these
	letters int      // outside the verbs
	terms   int      // verbs for what must be known, or is a day
	sure    bool     // whether a sentence that it fits is likely to be it: anything may stand for a name
	number  int      // what is put in that decides the plural form, counted from 1
	texts   text
	says    func() map[string]*pattern // the translations, taken apart, by their text
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
		if !x.sure && x.terms == 0 {
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
			return cmp.Or(b.letters-a.letters, b.terms-a.terms)
		})
	}
	return p
}

// newPattern takes a text apart at its verbs.
func newPattern(english string, texts text) *pattern {
	x, at, next, text := &pattern{english: english, number: numberedBy(english), texts: texts}, 0, 1, ""
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
	x.says = sync.OnceValue(func() map[string]*pattern {
		says := map[string]*pattern{}
		for _, say := range texts {
			says[say] = newPattern(say, nil)
		}
		return says
	})
	x.last = slices.Max(append([]int{0}, x.order...))
	x.letters, x.terms = lettersIn(x.parts), termsIn(x.kinds)
	names := slices.Contains(x.kinds, 's') || slices.Contains(x.kinds, 'q')
	x.sure = x.letters >= leastLetters || !names && x.terms == 0
	return x
}

// lettersIn counts the letters of texts.
func lettersIn(parts []string) (n int) {
	for _, part := range parts {
		for _, r := range part {
			if unicode.IsLetter(r) {
				n++
			}
		}
	}
	return n
}

// termsIn counts the verbs for what must be known, or is a day.
func termsIn(kinds []byte) (n int) {
	for _, kind := range kinds {
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
		case 'x':
			b.WriteString(`([-+−0-9./·() …]+?)`)
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
	if len(x.kinds) == 1 && strings.IndexByte("svqw", x.kinds[0]) >= 0 {
		if from, to := len(x.parts[0]), len(sentence)-len(last); from <= to {
			return []string{sentence[from:to]}
		}
		return nil
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
func (l *Locale) Say(sentence string) (string, bool) {
	s := l.say(sentence, 0)
	return s.text, s.all
}

// said is what became of a sentence.
type said struct {
	text string
	kept int  // bytes that stayed as they were, such as names
	all  bool // whether the rest was translated
}

func kept(s string) said { return said{s, len(s), false} }

func (l *Locale) say(sentence string, depth int) said {
	if l.lang == Default || sentence == "" {
		return said{text: sentence, all: true}
	}
	if len(sentence) > mostSentence || depth > mostDepth {
		return kept(sentence)
	}
	if parts := strings.Split(sentence, "; "); len(parts) <= mostParts {
		if s := l.several(parts, depth); s.all {
			return s
		}
	}
	return l.one(sentence, depth, loose)
}

// several translates sentences that are joined, each as long as one is known: some hold
// the sign that joins them.
func (l *Locale) several(parts []string, depth int) said {
	var texts []string
	sum := 0
	for len(parts) > 0 {
		n := len(parts)
		for ; n > 0; n-- {
			if s := l.one(strings.Join(parts[:n], "; "), depth, strict); s.all {
				texts, parts, sum = append(texts, s.text), parts[n:], sum+s.kept
				break
			}
		}
		if n == 0 {
			return said{}
		}
	}
	return said{strings.Join(texts, l.T("; ")), sum, true}
}

// How exactly a text must fit a sentence.
const (
	strict = iota // what is put in is one piece, and translated where it must be
	loose         // it is taken as it is
)

// one translates one sentence by the text that fits it best: that which leaves least as it is.
func (l *Locale) one(sentence string, depth, how int) said {
	if s, ok := l.phrases.plain[sentence]; ok {
		return said{text: s, all: true}
	}
	first, _, _ := strings.Cut(sentence, " ")
	best := kept(sentence)
	for _, word := range []string{first, ""} {
		for _, x := range l.phrases.patterns[word] {
			if how == loose && !x.sure {
				continue
			}
			values := x.find(sentence)
			if values == nil {
				continue
			}
			s, ok := l.fill(x, values, depth, how)
			if ok && (s.all && !best.all || s.all == best.all && s.kept < best.kept) {
				best = s
			}
		}
	}
	return best
}

// fill puts what was found into the translation, and reports whether it may stand there.
func (l *Locale) fill(x *pattern, found []string, depth, how int) (said, bool) {
	values, whole := make([]string, x.last+1), said{all: true}
	for i, s := range found {
		if how == strict && x.kinds[i] == 's' && strings.Contains(s, "; ") {
			return said{}, false
		}
		v := l.value(x.kinds[i], s, depth, how)
		if !v.all && how == strict {
			return said{}, false
		}
		values[x.order[i]], whole.kept, whole.all = v.text, whole.kept+v.kept, whole.all && v.all
	}
	whole.text = x.says()[x.texts.form(l.tag, x.numbered(found))].put(values)
	return whole, true
}

// numbered gives the number that decides the plural form, as it was found; "" where there is none.
func (x *pattern) numbered(found []string) string {
	for i, n := range x.order {
		if n == x.number-1 {
			return found[i]
		}
	}
	return ""
}

// value writes what stands at a verb. Where a text must fit strictly so must what stands in it:
// otherwise its names could hold the beginnings of other sentences.
func (l *Locale) value(kind byte, s string, depth, how int) said {
	switch kind {
	case 'd', 'f', 'g':
		return said{text: l.Decimal(s), all: true}
	case 'x':
		return said{text: l.Formula(s), all: true}
	case 't':
		day, rest, _ := strings.Cut(s, " ")
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			return kept(s)
		}
		return said{text: strings.TrimSpace(l.Date(at) + " " + rest), all: true}
	case 'v':
		if parts := strings.Split(s, "; "); how == strict && len(parts) <= mostParts && depth < mostDepth && s != "" {
			return l.several(parts, depth+1)
		}
		return l.say(s, depth+1)
	case 'w':
		return l.list(strings.Split(s, ", "), depth)
	case 'q':
		return said{strings.NewReplacer(" and others", l.T(" and others"), " and ", l.T(" and "), " or ", l.T(" or ")).Replace(s), len(s), true}
	}
	return said{s, len(s), true}
}

// list translates terms that commas join.
func (l *Locale) list(terms []string, depth int) said {
	whole := said{all: true}
	for i, term := range terms {
		s := l.say(term, depth+1)
		terms[i], whole.kept, whole.all = s.text, whole.kept+s.kept, whole.all && s.all
	}
	whole.text = strings.Join(terms, ", ")
	return whole
}

// put writes texts at the verbs of a translation.
func (x *pattern) put(values []string) string {
	var b strings.Builder
	for i, n := range x.order {
		b.WriteString(x.parts[i])
		b.WriteString(values[n])
	}
	b.WriteString(x.parts[len(x.order)])
	return b.String()
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
