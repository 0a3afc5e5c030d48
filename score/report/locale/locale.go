// Package locale writes what people read in their language: texts, numbers and dates.
//
// English is what the code is written in, and the key of every text. Each other language is
// one file, catalogue/LANGUAGE.json: an object from English texts to the same in that
// language. A text may hold verbs for what is put in, as package fmt has them, with a number
// where the order differs (%[2]s); then a percent sign is written %%. Where a number decides, a
// text is an object of plural forms ("one", "other"), chosen by the first %d.
//
// Finished English sentences, which the engine made, are translated by the same entries: see
// [Locale.Say]. There the verbs say what may stand at their place: %d a whole number, %g and %f
// a decimal number, %x a formula, %t a day or a time, %v a text that has an entry of its own, %w several of
// these, which commas join, %q names that "and" or "or" joins, and %s anything, such as a name,
// which stays as it is.
package locale

import (
	"cmp"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

//go:embed catalogue
var files embed.FS

// Default is the language of the code.
const Default = "en"

// ErrLanguage says that there is no catalogue of a language.
var ErrLanguage = errors.New("no such language")

// Languages lists the languages that there are, sorted.
func Languages() []string { return slices.Clone(load().languages) }

// Locale writes in one language. It may be used by several goroutines at once.
type Locale struct {
	lang    string
	tag     language.Tag
	printer *message.Printer
	texts   map[string]text
	phrases *phrases
	date    string // layout of a day
}

// Of returns the locale of a language such as "fr"; "" is [Default]. Of a language without a
// catalogue it returns [ErrLanguage] and those that there are.
func Of(lang string) (*Locale, error) {
	if lang == "" {
		lang = Default
	}
	all := load()
	if !slices.Contains(all.languages, lang) {
		return nil, fmt.Errorf("%w: %s; there are %s", ErrLanguage, lang, strings.Join(all.languages, ", "))
	}
	tag := language.MustParse(lang)
	return &Locale{lang, tag, message.NewPrinter(tag), all.texts[lang], all.phrases[lang], layouts[lang]}, nil
}

// English is the locale that always exists.
func English() *Locale {
	l, err := Of(Default)
	if err != nil {
		panic(err) // its file is part of this package
	}
	return l
}

// Lang returns the language's tag as HTML and BCP 47 have it.
func (l *Locale) Lang() string { return l.lang }

// T writes a text with what is put in. Integers are grouped as the language does. A text
// that the catalogue lacks stays English; a test of this package finds those that code uses.
func (l *Locale) T(english string, args ...any) string {
	say := english
	if t, ok := l.texts[english]; ok {
		say = t.form(l.tag, numberOf(english, args))
	}
	if len(args) == 0 && !verbs.MatchString(english) {
		return say // its percent signs are percent signs
	}
	return l.printer.Sprintf(say, args...)
}

// Has reports whether the language has the text.
func (l *Locale) Has(english string) bool { return l.lang == Default || l.texts[english] != nil }

// Number writes a number with so many decimals, digits grouped as the language does.
func (l *Locale) Number(x float64, decimals int) string {
	return l.printer.Sprint(number.Decimal(x, number.Scale(decimals)))
}

// Decimal writes a number as code has it, such as "-1234.50", with the language's decimal sign
// and its digits grouped; English stays as it is. What is no such number stays as it is.
func (l *Locale) Decimal(s string) string {
	whole, decimals, point := strings.Cut(s, ".")
	digits := strings.TrimLeft(whole, "+-")
	if l.lang == Default || digits == "" || strings.Trim(digits+decimals, "0123456789") != "" {
		return s
	}
	sign := whole[:len(whole)-len(digits)]
	marks, ok := decimalMarks[l.lang]
	if !ok {
		return s
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(marks.group)
		}
		b.WriteRune(d)
	}
	if point {
		b.WriteString(marks.decimal + decimals)
	}
	return sign + b.String()
}

// decimalMarks are what parts the digits of a number.
var decimalMarks = map[string]struct{ group, decimal string }{"fr": {"\u00a0", ","}}

// decimals finds the decimal numbers in a formula; a version or a date is none.
var decimals = regexp.MustCompile(`(^|[^\pL0-9.,])([0-9]+\.[0-9]+)($|[^\pL0-9.])`)

// Formula writes a formula, such as "81.28 / 100 · 40", with the decimal numbers of the
// language. It is for formulas that the engine made of numbers alone: names in them belong to
// the caller.
func (l *Locale) Formula(s string) string {
	if l.lang == Default {
		return s
	}
	for range 2 { // neighbours share the character between them
		s = decimals.ReplaceAllStringFunc(s, func(found string) string {
			m := decimals.FindStringSubmatch(found)
			return m[1] + l.Decimal(m[2]) + m[3]
		})
	}
	return s
}

// Percent writes a part of one as so many percent.
func (l *Locale) Percent(x float64, decimals int) string {
	return l.T("%s %%", l.Number(float64(x*100), decimals))
}

// Date writes the day of an instant, in UTC.
func (l *Locale) Date(t time.Time) string { return t.UTC().Format(l.date) }

// layouts are the languages' ways to write a day in figures.
var layouts = map[string]string{"en": "2006-01-02", "fr": "02/01/2006"}

// catalogues are all languages.
type catalogues struct {
	languages []string
	texts     map[string]map[string]text
	phrases   map[string]*phrases
}

// load reads the catalogues, which are part of this package: a fault of one is a fault of
// the program.
var load = sync.OnceValue(func() *catalogues {
	all := &catalogues{texts: map[string]map[string]text{}, phrases: map[string]*phrases{}}
	names, err := fs.Glob(files, "catalogue/*.json")
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		if err := all.add(strings.TrimSuffix(path.Base(name), ".json"), name); err != nil {
			panic(fmt.Errorf("%s: %w", name, err))
		}
	}
	return all
})

func (c *catalogues) add(lang, name string) error {
	b, err := files.ReadFile(name)
	if err != nil {
		return err
	}
	var texts map[string]text
	if err := json.Unmarshal(b, &texts); err != nil {
		return err
	}
	if layouts[lang] == "" {
		return errors.New("no layout of a day")
	}
	c.languages = append(c.languages, lang)
	c.texts[lang], c.phrases[lang] = texts, newPhrases(texts)
	return nil
}

// text is an entry of a catalogue: one string, or one for each plural form.
type text map[string]string

func (t *text) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*t = text{"other": one}
		return nil
	}
	return json.Unmarshal(b, (*map[string]string)(t))
}

// forms are the names of the plural forms in a catalogue; "=0" is for none at all.
var forms = map[plural.Form]string{plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other"}

// numberOf gives the number by which a text's plural form is chosen, "" where there is none.
func numberOf(english string, args []any) string {
	if at := numberedBy(english); at <= len(args) {
		return fmt.Sprint(args[at-1])
	}
	return ""
}

// form returns the text in the plural form that a number asks for.
func (t text) form(tag language.Tag, number string) string {
	if len(t) == 1 {
		return t["other"]
	}
	n, err := strconv.Atoi(number)
	if err != nil {
		return t["other"]
	}
	if s, ok := t["=0"]; ok && n == 0 {
		return s
	}
	return cmp.Or(t[forms[plural.Cardinal.MatchPlural(tag, max(n, -n), 0, 0, 0, 0)]], t["other"])
}
