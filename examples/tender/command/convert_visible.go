package command

import (
	"fmt"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// visible puts a sign in the place of every character of a table that cannot be seen: such a
// text could steer the terminal that it is printed on, or whoever opens what was printed. It
// returns a note of how many texts had one.
func visible(t *model.Table) []model.Note {
	n := 0
	see := func(s *string) {
		if seen := plain(strings.ReplaceAll(*s, "\n", " ")); seen != *s {
			*s = seen
			n++
		}
	}
	for i := range t.People {
		p := &t.People[i]
		see(&p.ID)
		for j := range p.Identities {
			see(&p.Identities[j])
		}
		for j := range p.Employment {
			see(&p.Employment[j].Vendor)
			see(&p.Employment[j].Source)
		}
	}
	for i := range t.Aliases {
		for _, who := range []*model.Identity{&t.Aliases[i].From, &t.Aliases[i].To} {
			see(&who.Name)
			see(&who.Mail)
			see(&who.Login)
			see(&who.Account)
		}
	}
	for i := range t.Domains {
		see(&t.Domains[i].Domain)
		see(&t.Domains[i].Employer)
	}
	for i := range t.Names {
		see(&t.Names[i].Name)
		see(&t.Names[i].Employer)
	}
	for i := range t.Bots {
		see(&t.Bots[i])
	}
	if n == 0 {
		return nil
	}
	return []model.Note{{File: t.File, Text: fmt.Sprintf("characters that cannot be seen were replaced in %d texts", n)}}
}
