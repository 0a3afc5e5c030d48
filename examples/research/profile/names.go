package profile

import (
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/examples/research/discreet"
)

// hide puts what must not be named together: every step adds up as before.
func (w *Waterfall) hide(names *discreet.Domains) {
	for i := range w.Steps {
		w.Steps[i].Organizations = together(w.Steps[i].Organizations, names)
	}
	places := map[int64]int{}
	var list []Community
	for _, c := range w.Community {
		c.Organization = names.Of(c.Organization)
		if c.Organization == discreet.Row {
			if at, ok := places[c.AtLeast]; ok {
				list[at].Addresses += c.Addresses
				continue
			}
			places[c.AtLeast] = len(list)
		}
		list = append(list, c)
	}
	slices.SortFunc(list, compareCommunities)
	w.Community = list
}

// together puts the amounts of organisations that must not be named into one. What moved
// between two of them was added to the one and taken from the other.
func together(amounts []Amount, names *discreet.Domains) (list []Amount) {
	at := -1
	for _, a := range amounts {
		a.Organization = names.Of(a.Organization)
		if a.Organization == discreet.Row {
			if at >= 0 {
				s := &list[at]
				s.Added, s.Taken, s.Change = s.Added+a.Added, s.Taken+a.Taken, s.Change+a.Change
				continue
			}
			at = len(list)
		}
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b Amount) int { return strings.Compare(a.Organization, b.Organization) })
	return list
}

// hides reports whether organisations stand together in some step.
func (w *Waterfall) hides() bool { return slices.Contains(w.Organizations(), discreet.Row) }
