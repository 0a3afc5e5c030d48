package claim

import (
	"cmp"
	"maps"
	"slices"

	"github.com/tributary-oss/tributary/model"
)

// Meeting is where a claim meets what another roster of the tender states of the same
// identities on the same days.
type Meeting struct {
	Entry      int      // index of the claim's entry
	Identities []string // as the claim writes them
	Vendor     string   // whom the other roster names
	Level      model.Level
	Source     string // of the other roster's statement; "" where it gives none
	// From and Until are the days that both speak of.
	From, Until model.Date
	Effect      Effect
}

// Effect is what becomes of a claim where it meets another roster.
type Effect string

// The effects.
const (
	Agrees    Effect = "agrees"    // both name the vendor
	Beside    Effect = "beside"    // equal levels, and both fit into one working time
	Contested Effect = "contested" // equal levels: the days belong to nobody until it is decided
	Yields    Effect = "yields"    // the other has the higher level: the claim does not count
	Overrules Effect = "overrules" // the claim has the higher level
)

// Meetings holds the claim against the rosters of the tender, which must be without the
// claim itself. The result is sorted by entry, days and vendor. Names in other rosters
// stand for vendors that bear them on any day.
func (c *Checked) Meetings(t *model.Tender) []Meeting {
	known := statements(t)
	var list []Meeting
	for i, e := range c.People {
		shared := map[*person][]string{}
		for _, id := range e.Identities {
			for _, p := range known[fold(id)] {
				shared[p] = append(shared[p], id)
			}
		}
		for p, identities := range shared {
			list = append(list, c.meet(i, identities, p)...)
		}
	}
	slices.SortFunc(list, func(a, b Meeting) int {
		return cmp.Or(a.Entry-b.Entry, cmp.Compare(a.From, b.From), cmp.Compare(a.Until, b.Until), cmp.Compare(a.Vendor, b.Vendor),
			cmp.Compare(a.Level, b.Level), cmp.Compare(a.Source, b.Source), slices.Compare(a.Identities, b.Identities), cmp.Compare(a.Effect, b.Effect))
	})
	return list
}

// person is what one roster says of somebody.
type person struct{ employment []model.Employment }

// statements returns what the rosters of a tender say, by identity.
func statements(t *model.Tender) map[string][]*person {
	vendors := vendorNames(t)
	known := map[string][]*person{}
	add := func(p model.Person, level model.Level, names bool) {
		said := &person{}
		for _, e := range p.Employment {
			e.Level = cmp.Or(e.Level, level)
			if id, ok := vendors[fold(e.Vendor)]; ok && names {
				e.Vendor = id
			}
			said.employment = append(said.employment, e)
		}
		for _, id := range p.Identities {
			known[fold(id)] = append(known[fold(id)], said)
		}
	}
	for _, p := range t.People {
		add(p, model.Listed, false)
	}
	for _, table := range t.Tables {
		for _, p := range table.People {
			add(p, model.Imported, true)
		}
	}
	return known
}

// vendorNames returns the short names of vendors by all names that they bear. A short
// name is never another's; of other names, that of the first vendor is taken.
func vendorNames(t *model.Tender) map[string]string {
	names := map[string]string{}
	ids := slices.Sorted(maps.Keys(t.Vendors))
	for _, id := range ids {
		names[fold(id)] = id
	}
	for _, id := range ids {
		v := t.Vendors[id]
		all := []string{v.Name}
		for _, n := range v.Names {
			all = append(all, n.Name)
		}
		for _, n := range all {
			if _, taken := names[fold(n)]; !taken {
				names[fold(n)] = id
			}
		}
	}
	return names
}

// meet returns the meetings of an entry with what a roster says of a person.
func (c *Checked) meet(entry int, identities []string, p *person) (list []Meeting) {
	for _, e := range p.employment {
		for _, w := range c.People[entry].Employment {
			from, until := later(w.From, e.From), earlier(w.Until, e.Until)
			if until != 0 && until <= from {
				continue
			}
			list = append(list, Meeting{Entry: entry, Identities: identities, Vendor: e.Vendor, Level: e.Level, Source: e.Source,
				From: from, Until: until, Effect: c.effect(entry, w, e)})
		}
	}
	return list
}

// later returns the later of two first days, of which zero is open.
func later(a, b model.Date) model.Date {
	if a == 0 || b == 0 {
		return cmp.Or(a, b)
	}
	return max(a, b)
}

// earlier returns the earlier of two ends, of which zero is open.
func earlier(a, b model.Date) model.Date {
	if a == 0 || b == 0 {
		return cmp.Or(a, b)
	}
	return min(a, b)
}

// fullTime is one, with room for fractions such as a third, three times.
const fullTime = 1 + 1e-6

func (c *Checked) effect(entry int, w model.ClaimedWork, e model.Employment) Effect {
	own := c.Level(entry)
	switch {
	case e.Vendor == c.Vendor:
		return Agrees
	case own == e.Level && w.Employment("").Share()+e.Share() <= fullTime:
		return Beside
	case own == e.Level:
		return Contested
	case own.Reaches(e.Level):
		return Overrules
	}
	return Yields
}
