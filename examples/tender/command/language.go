package command

import (
	"fmt"
	"strings"

	"github.com/tributary-oss/tributary/score/report"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// speak settles the language of the texts. The surroundings are not asked: the same command
// says the same everywhere.
func (a *app) speak() error {
	l, err := locale.Of(a.lang)
	if err != nil {
		return usageError{fmt.Errorf("--lang: %w", err)}
	}
	a.locale = l
	return nil
}

// text are the settings of a text for the terminal; most is what is shown of long lists.
func (a *app) text(most int) *report.TextOptions {
	return &report.TextOptions{Width: a.Width, Most: most, Locale: a.locale}
}

// say translates what the library says, line by line, such as why a document cannot be
// sealed. What is no sentence of its own, such as an address, stays as it is.
func (a *app) say(text string) string {
	if a.locale == nil {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i], _ = a.locale.Say(line)
	}
	return strings.Join(lines, "\n")
}
