package formats

import (
	"fmt"
	"maps"
	"slices"

	"github.com/tributary-oss/tributary/model"
)

// losses counts, by kind, what a form cannot say when a table is written in it.
type losses struct {
	form string
	left map[string]int // not written
	less map[string]int // written, with less than the table says
}

func newLosses(form string) *losses {
	return &losses{form, map[string]int{}, map[string]int{}}
}

// leave counts n things of a kind that are left out.
func (l *losses) leave(kind string, n int) { l.left[kind] += n }

// lessen counts n things of a kind that say less than they did.
func (l *losses) lessen(kind string, n int) { l.less[kind] += n }

// all returns a note for each kind, sorted: of what, and how many.
func (l *losses) all() []model.Note {
	var list []model.Note
	add := func(counts map[string]int, text string, refused bool) {
		for _, kind := range slices.Sorted(maps.Keys(counts)) {
			if counts[kind] > 0 {
				list = append(list, model.Note{File: l.form, Text: fmt.Sprintf(text, kind, counts[kind]), Refused: refused})
			}
		}
	}
	add(l.left, "left out: %s (%d)", true)
	add(l.less, "%s (%d)", false)
	return list
}
