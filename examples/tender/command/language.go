package command

import (
	"fmt"

	"github.com/tributary-oss/tributary/examples/tender/spoken"
	"github.com/tributary-oss/tributary/score/report"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// speak settles the language of the texts.
func (a *app) speak() error {
	l, err := locale.Of(a.lang)
	if err != nil {
		return a.langError(err)
	}
	a.locale = l
	return nil
}

// langError says that a language is not there, and who asked for it.
func (a *app) langError(err error) error {
	if a.lang == a.Lang {
		return usageError{fmt.Errorf("--lang, or %s: %w", spoken.Env, err)}
	}
	return usageError{fmt.Errorf("--lang: %w", err)}
}

// text are the settings of a text for the terminal; most is what is shown of long lists.
func (a *app) text(most int) *report.TextOptions {
	return &report.TextOptions{Width: a.Width, Most: most, Locale: a.locale}
}

// say translates what the library says, line by line, such as why a document cannot be
// sealed. What is no sentence of its own, such as an address, stays as it is.
func (a *app) say(text string) string {
	return spoken.Lines(a.locale, text)
}
