// Package locale writes what people read in their language: texts, numbers and dates.
//
// English is what the code is written in, and the key of every text. Each other language is
// one file, catalogue/LANGUAGE.json: an object from English texts, in which %s, %d, %.2f and
// %[2]s stand for what is put in, to the same in that language. Where the number decides, a
// text is an object of plural forms ("one", "other"), chosen by the first number that is put in.
package locale

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/message/catalog"
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
	printer *message.Printer
	known   map[string]bool
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
	l := &Locale{lang: lang, known: all.known[lang], phrases: all.phrases[lang], date: layouts[lang]}
	l.printer = message.NewPrinter(language.MustParse(lang), message.Catalog(all.catalog))
	return l, nil
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
	return l.printer.Sprintf(message.Key(english, english), args...)
}

// Has reports whether the language has the text.
func (l *Locale) Has(english string) bool { return l.lang == Default || l.known[english] }

// Number writes a number with so many decimals, digits grouped as the language does.
func (l *Locale) Number(x float64, decimals int) string {
	return l.printer.Sprint(number.Decimal(x, number.Scale(decimals)))
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
	catalog   *catalog.Builder
	known     map[string]map[string]bool
	phrases   map[string]*phrases
}

// load reads the catalogues, which are part of this package: a fault of one is a fault of
// the program.
var load = sync.OnceValue(func() *catalogues {
	all := &catalogues{catalog: catalog.NewBuilder(catalog.Fallback(language.English)), known: map[string]map[string]bool{}, phrases: map[string]*phrases{}}
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
	c.known[lang] = map[string]bool{}
	tag := language.MustParse(lang)
	for english, t := range texts {
		c.known[lang][english] = true
		if err := c.set(tag, english, t); err != nil {
			return fmt.Errorf("%q: %w", english, err)
		}
	}
	c.phrases[lang] = newPhrases(texts)
	return nil
}

func (c *catalogues) set(tag language.Tag, english string, t text) error {
	if len(t) == 1 {
		return c.catalog.SetString(tag, english, t["other"])
	}
	var cases []any
	for _, form := range []string{"=0", "one", "many", "other"} {
		if s, ok := t[form]; ok {
			cases = append(cases, form, s)
		}
	}
	return c.catalog.Set(tag, english, plural.Selectf(numberedBy(english), "%d", cases...))
}
