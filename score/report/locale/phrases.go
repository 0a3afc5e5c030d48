package locale

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// phrases translate whole sentences that another room made, such as a reason why an act did
// not count: each is held against the English texts of the catalogue, and what stands at
// their verbs goes into the translation.
type phrases struct {
	plain    map[string]string
	patterns map[string][]pattern // by the first word
}

type pattern struct {
	english string
	match   *regexp.Regexp
	order   []int // of the groups of match, the number of what is put in
	texts   text
}

// verbs are what the texts of a catalogue hold for what is put in.
var verbs = regexp.MustCompile(`%(?:\[(\d+)\])?[-+# 0]*(?:\d+|\*)?(?:\.\d+)?([sdvqfgxt%])`)

func newPhrases(texts map[string]text) *phrases {
	p := &phrases{plain: map[string]string{}, patterns: map[string][]pattern{}}
	for _, english := range slices.Sorted(maps.Keys(texts)) {
		if !verbs.MatchString(english) {
			p.plain[english] = texts[english]["other"]
			continue
		}
		x := newPattern(english, texts[english])
		first := firstWord(english)
		if verbs.MatchString(first) {
			first = ""
		}
		p.patterns[first] = append(p.patterns[first], x)
	}
	for _, list := range p.patterns { // the most exact ones first
		slices.SortStableFunc(list, func(a, b pattern) int { return literals(b.english) - literals(a.english) })
	}
	return p
}

func firstWord(s string) string {
	word, _, _ := strings.Cut(s, " ")
	return word
}

// literals counts the characters of a text that are no verbs.
func literals(english string) int { return len(verbs.ReplaceAllString(english, "")) }

func newPattern(english string, texts text) pattern {
	var b strings.Builder
	x, at, next := pattern{english: english, texts: texts}, 0, 1
	b.WriteString(`(?s)^`)
	for _, m := range verbs.FindAllStringSubmatchIndex(english, -1) {
		b.WriteString(regexp.QuoteMeta(english[at:m[0]]))
		at = m[1]
		switch verb := english[m[4]:m[5]]; verb {
		case "%":
			b.WriteString("%")
			continue
		case "d":
			b.WriteString(`(-?[0-9]+)`)
		case "f", "g":
			b.WriteString(`(-?[0-9.]+(?:e[-+][0-9]+)?)`)
		default:
			b.WriteString(`(.+?)`)
		}
		if m[2] >= 0 {
			next, _ = strconv.Atoi(english[m[2]:m[3]])
		}
		x.order = append(x.order, next)
		next++
	}
	b.WriteString(regexp.QuoteMeta(english[at:]) + `$`)
	x.match = regexp.MustCompile(b.String())
	return x
}

// numberedBy returns which of what is put into a text is its first number; 1 where none is.
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

// Say translates a finished English sentence, and the parts that "; " joins each by itself,
// and reports whether it could: otherwise the sentence stays as it is, for example what a
// server answered, and a page marks it as English.
func (l *Locale) Say(sentence string) (string, bool) {
	if l.lang == Default || sentence == "" {
		return sentence, true
	}
	if s, ok := l.phrases.say(sentence, l); ok {
		return s, true
	}
	parts, all := strings.Split(sentence, "; "), true
	for i, part := range parts {
		s, ok := l.phrases.say(part, l)
		if parts[i] = s; !ok {
			parts[i], all = part, false
		}
	}
	if len(parts) == 1 || !all {
		return sentence, false
	}
	return strings.Join(parts, l.T("; ")), true
}

func (p *phrases) say(sentence string, l *Locale) (string, bool) {
	if s, ok := p.plain[sentence]; ok {
		return s, true
	}
	for _, first := range []string{firstWord(sentence), ""} {
		for _, x := range p.patterns[first] {
			if m := x.match.FindStringSubmatch(sentence); m != nil {
				return l.T(x.english, x.values(m[1:], l)...), true
			}
		}
	}
	return "", false
}

// values reads what stood at the verbs, numbers as numbers; a part that is a sentence of its
// own is translated too.
func (x pattern) values(found []string, l *Locale) []any {
	most := 0
	for _, n := range x.order {
		most = max(most, n)
	}
	values := make([]any, most)
	kinds := verbs.FindAllStringSubmatch(x.english, -1)
	kinds = slices.DeleteFunc(kinds, func(m []string) bool { return m[2] == "%" })
	for i, s := range found {
		values[x.order[i]-1] = valueOf(kinds[i][2], s, l)
	}
	return values
}

func valueOf(verb, s string, l *Locale) any {
	switch verb {
	case "d":
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return n
		}
	case "f", "g":
		if x, err := strconv.ParseFloat(s, 64); err == nil {
			return x
		}
	default:
		if t, ok := l.Say(s); ok {
			return t
		}
	}
	return fmt.Sprint(s)
}
