package affiliation

import (
	"slices"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/tributary-oss/tributary/model"
)

// employers finds the vendors that the names of employers stand for. Tables write names
// as they please, so case, white space and the composition of characters make no
// difference; no other likeness does.
type employers struct {
	fold  cases.Caser
	known map[string][]named // folded name → vendors of the document that bear it
	also  map[string]string  // folded name → the name that tables say is meant
	plain map[string]string  // folded name → how it is written where no vendor bears it
}

// named is a vendor that bears a name on some days.
type named struct {
	vendor      string
	from, until model.Date
}

func newEmployers(t *model.Tender) *employers {
	e := &employers{cases.Fold(), map[string][]named{}, map[string]string{}, map[string]string{}}
	for id, v := range t.Vendors {
		e.learn(id, named{vendor: id})
		e.learn(v.Name, named{vendor: id})
		for _, n := range v.Names {
			e.learn(n.Name, named{id, n.From, n.Until})
		}
	}
	for _, own := range []string{model.Independent, model.Academic} {
		e.learn(own, named{vendor: own})
	}
	for _, table := range t.Tables {
		for _, n := range table.Names {
			name, employer := e.key(n.Name), e.key(n.Employer)
			if was, ok := e.also[name]; name != employer && (!ok || employer < was) {
				e.also[name] = employer
			}
			e.spell(n.Employer)
		}
		for _, p := range table.People {
			for _, job := range p.Employment {
				e.spell(job.Vendor)
			}
		}
		for _, d := range table.Domains {
			e.spell(d.Employer)
		}
	}
	return e
}

func (e *employers) learn(name string, n named) {
	if k := e.key(name); k != "" && !slices.Contains(e.known[k], n) {
		e.known[k] = append(e.known[k], n)
	}
}

// spell notes how an employer's name is written: of several ways, the first in order.
func (e *employers) spell(name string) {
	k, name := e.key(name), strings.Join(strings.Fields(name), " ")
	if was, ok := e.plain[k]; !ok || name < was {
		e.plain[k] = name
	}
}

func (e *employers) key(name string) string {
	return e.fold.String(norm.NFC.String(strings.Join(strings.Fields(name), " ")))
}

// resolve returns the vendors that an employer's name stands for on the days [from,
// until): each on those on which the name was its own. What remains stands for an
// employer of that name. Where two vendors bear a name at once, both are returned.
func (e *employers) resolve(name string, from, until model.Date) []named {
	k := e.key(name)
	if k == "" {
		return nil
	}
	for range 8 { // a name that leads to itself ends
		meant, ok := e.also[k]
		if !ok || len(e.known[k]) > 0 {
			break
		}
		k = meant
	}
	known := e.known[k]
	if len(known) == 1 && known[0].from == 0 && known[0].until == 0 {
		return []named{{known[0].vendor, from, until}}
	}
	f, u := bounds(from, until)
	var list []named
	rest := [][2]int64{{f, u}}
	for _, n := range known {
		nf, nu := bounds(n.from, n.until)
		if a, b := max(f, nf), min(u, nu); a < b {
			list = append(list, named{n.vendor, unbound(a), unbound(b)})
			rest = without(rest, a, b)
		}
	}
	for _, r := range rest {
		list = append(list, named{e.plain[k], unbound(r[0]), unbound(r[1])})
	}
	return list
}

// unbound makes days of comparable ends.
func unbound(day int64) model.Date {
	if day == always || day == still {
		return 0
	}
	return model.Date(day)
}

// without cuts the days [a, b) out of spans of days.
func without(list [][2]int64, a, b int64) (rest [][2]int64) {
	for _, s := range list {
		if s[0] < min(s[1], a) {
			rest = append(rest, [2]int64{s[0], min(s[1], a)})
		}
		if max(s[0], b) < s[1] {
			rest = append(rest, [2]int64{max(s[0], b), s[1]})
		}
	}
	return rest
}
