package formats

import (
	"fmt"

	"github.com/tributary-oss/tributary/model"
)

// unsaid counts, by kind, what a form cannot say when a table is written in it.
type unsaid struct {
	form  string
	left  map[string]int // not written
	other map[string]int // written, with less than the table says
}

// leave counts n things of a kind that are left out.
func (u *unsaid) leave(kind string, n int) { u.left = count(u.left, kind, n) }

// lose counts n things of a kind that say less than they did.
func (u *unsaid) lose(kind string, n int) { u.other = count(u.other, kind, n) }

func count(m map[string]int, kind string, n int) map[string]int {
	if n == 0 {
		return m
	}
	if m == nil {
		m = map[string]int{}
	}
	m[kind] += n
	return m
}

// all returns a note for each kind, sorted: how many, and of what.
func (u *unsaid) all() []model.Note {
	var list []model.Note
	for _, kind := range sortedKeys(u.left) {
		list = append(list, model.Note{File: u.form, Text: fmt.Sprintf("left out: %s (%d)", kind, u.left[kind]), Refused: true})
	}
	for _, kind := range sortedKeys(u.other) {
		list = append(list, model.Note{File: u.form, Text: fmt.Sprintf("%s (%d)", kind, u.other[kind])})
	}
	return list
}
