package formats

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// mostJobs bounds the employments of one person that are written. Nobody has a tenth of
// them; comparing each with each other would take hours where a hostile table has millions.
const mostJobs = 1000

// writable returns the persons with those identities that a form can hold, sorted, and
// counts what is left out. An identity that several persons state, or a robot too, is
// nobody's here, as it is when the table is scored.
func writable(t *model.Table, l *unsaid, fits func(id string) bool) []model.Person {
	owners := map[string]int{}
	for _, p := range t.People {
		for _, id := range distinct(slices.Clone(p.Identities)) {
			owners[strings.ToLower(id)]++
		}
	}
	for _, id := range distinct(slices.Clone(t.Bots)) {
		owners[strings.ToLower(id)]++
	}
	var people []model.Person
	for _, p := range t.People {
		w := model.Person{Employment: slices.Clone(p.Employment)}
		for _, id := range distinct(slices.Clone(p.Identities)) {
			switch {
			case owners[strings.ToLower(id)] > 1:
				l.leave("identities that several persons state, or a robot too", 1)
			case !fits(id):
				l.leave("identities that the form cannot hold", 1)
			default:
				w.Identities = append(w.Identities, id)
			}
		}
		if len(w.Identities) == 0 {
			l.leave("persons without an identity that the form can hold", 1)
			continue
		}
		if len(w.Employment) > mostJobs {
			l.leave("employments of persons who have more than a thousand", len(w.Employment))
			w.Employment = nil
		}
		people = append(people, w)
	}
	slices.SortFunc(people, comparePeople)
	return people
}

// dated leaves out employments that a form cannot hold, since they have no employer, no day,
// a part of the working time that is none, or days outside of the years [from, until].
func dated(jobs []model.Employment, from, until int, l *unsaid) []model.Employment {
	within := func(d model.Date) bool { return d == 0 || from <= d.Time().Year() && d.Time().Year() <= until }
	return slices.DeleteFunc(jobs, func(e model.Employment) bool {
		bad := !(e.Share() > 0 && e.Share() <= 1) || first(e.From) >= last(e.Until) || e.Vendor == "" || !within(e.From) || !within(e.Until)
		if bad {
			l.leave("employments without an employer, a day that can be written or a part of the working time", 1)
		}
		return bad
	})
}

// The years that are written with four digits.
const (
	firstYear = 1000
	lastYear  = 9999
)

// stated leaves out employments that others have only typed into their profile: in a table
// they would look as if somebody had made sure. It counts those that lose a higher level.
func stated(jobs []model.Employment, l *unsaid) []model.Employment {
	return slices.DeleteFunc(jobs, func(e model.Employment) bool {
		switch e.Level {
		case model.Profile:
			l.leave("employments that are only self-typed", 1)
			return true
		case "", model.Imported:
		default:
			l.lose("employments written without their level of evidence", 1)
		}
		return false
	})
}

// stretch is a span of days on which the same employments hold, each employer's once.
type stretch struct {
	from, until int64 // as by first and last
	jobs        []model.Employment
}

// stretches cuts employments into spans of days, from since ever until still, in order.
// Of several employments by one employer on the same days the best evidenced one holds, of
// these the one with the largest part of the working time.
func stretches(jobs []model.Employment) []stretch {
	edges := []int64{first(0), last(0)}
	for _, e := range jobs {
		edges = append(edges, first(e.From), last(e.Until))
	}
	slices.Sort(edges)
	edges = slices.Compact(edges)
	var list []stretch
	for i, from := range edges[:len(edges)-1] {
		s := stretch{from: from, until: edges[i+1]}
		for _, e := range jobs {
			if first(e.From) <= from && s.until <= last(e.Until) {
				s.jobs = append(s.jobs, e)
			}
		}
		slices.SortFunc(s.jobs, func(a, b model.Employment) int {
			return cmp.Or(strings.Compare(a.Vendor, b.Vendor), rank(a)-rank(b), -cmp.Compare(a.Share(), b.Share()), compareJobs(a, b))
		})
		s.jobs = slices.CompactFunc(s.jobs, func(a, b model.Employment) bool { return a.Vendor == b.Vendor })
		list = append(list, s)
	}
	return list
}

// best returns those of the employments that bear the best evidence.
func (s stretch) best() []model.Employment {
	least := len(model.Levels())
	for _, e := range s.jobs {
		least = min(least, rank(e))
	}
	return slices.DeleteFunc(slices.Clone(s.jobs), func(e model.Employment) bool { return rank(e) != least })
}

// rank is the place of an employment's level of evidence, 0 for the highest.
func rank(e model.Employment) int {
	if i := slices.Index(model.Levels(), cmp.Or(e.Level, model.Imported)); i >= 0 {
		return i
	}
	return len(model.Levels())
}

// day returns the day of a comparable end.
func day(d int64) model.Date {
	if d == first(0) || d == last(0) {
		return 0
	}
	return model.Date(d)
}
