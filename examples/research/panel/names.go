package panel

import (
	"slices"

	"github.com/tributary-oss/tributary/examples/research/discreet"
	"github.com/tributary-oss/tributary/examples/research/gitdm"
)

// behind learns who is behind which organisation in all spans together, so that an
// organisation is named in each period or in none.
func behind(spans []Span, employers *gitdm.Employers, o Options) *discreet.Domains {
	if o.Identify {
		return discreet.Identified()
	}
	d := employers.Domains()
	for _, s := range spans {
		for _, c := range s.Changesets {
			for _, share := range employers.Of(c.Author, c.At) {
				if d.MayHide(share.Employer) {
					d.Saw(share.Employer, discreet.Sign(employers.Developer(c.Author)), discreet.Sign(c.Author.Mail), discreet.Sign(c.Author.Name))
				}
			}
		}
	}
	return d
}

// hide puts what must not be named together in one row, once all is measured.
func (p *Period) hide(names *discreet.Domains, tallies map[string]*tally) {
	together, developers := Row{Organization: discreet.Row}, map[string]bool{}
	p.Rows = slices.DeleteFunc(p.Rows, func(r Row) bool {
		if names.Of(r.Organization) == r.Organization {
			return false
		}
		p.Unnamed++
		together.Changesets += r.Changesets
		for key := range tallies[r.Organization].of {
			developers[key] = true
		}
		return true
	})
	if p.Unnamed > 0 {
		together.Share, together.Developers = part(together.Changesets, p.Changesets), len(developers)
		p.Rows = append(p.Rows, together)
		slices.SortFunc(p.Rows, compareRows)
	}
	if p.Moves != nil {
		p.Moves.hide(names)
	}
}

func (m *Moves) hide(names *discreet.Domains) {
	hidden := func(list []string) ([]string, int) {
		all := len(list)
		list = slices.DeleteFunc(list, func(name string) bool { return names.Of(name) != name })
		return list, all - len(list)
	}
	m.Joined, m.Unnamed.Joined = hidden(m.Joined)
	m.Stayed, m.Unnamed.Stayed = hidden(m.Stayed)
	m.Left, m.Unnamed.Left = hidden(m.Left)
}
