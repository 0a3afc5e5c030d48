package locale

import (
	"maps"
	"slices"
)

// Texts returns the English texts of the language's catalogue, sorted.
func (l *Locale) Texts() []string { return slices.Sorted(maps.Keys(l.texts)) }

// Forms returns a text's translation, by its plural forms.
func (l *Locale) Forms(english string) map[string]string { return l.texts[english] }
