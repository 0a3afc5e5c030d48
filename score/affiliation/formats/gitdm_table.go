package formats

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// gitdmMostSteps bounds how far aliases of aliases are followed.
const gitdmMostSteps = 32

// table makes a table of all that was read.
func (g *gitdm) table() *model.Table {
	t := &model.Table{}
	aliases := g.sorted()
	aliased := map[string]string{}
	for i, a := range aliases {
		if i > 0 && aliases[i-1].alias == a.alias {
			g.file = a.file
			g.say(a.line, "another line has the same alias stand for another address; both stand")
		}
		aliased[a.alias] = a.of
		t.Aliases = append(t.Aliases, model.Alias{From: model.Identity{Mail: a.from}, To: model.Identity{Mail: a.to}})
	}
	for key, claims := range g.claims {
		g.claims[key] = gitdmByEnd(claims)
	}
	for _, key := range sortedKeys(g.claims) {
		address, ok := g.written[key]
		switch {
		case !ok:
			t.Domains = append(t.Domains, g.domain(key)...)
		case gitdmLeads(aliased, key):
			for _, c := range g.claims[key] {
				g.file = c.file
				g.refuse(c.line, "the address is an alias, so gitdm goes by the lines of the address that it stands for")
			}
		default:
			t.People = append(t.People, g.person(key, "mail:"+address))
		}
	}
	t.Notes = g.all()
	return t
}

// sorted returns the aliases, each once, in the order of their addresses.
func (g *gitdm) sorted() []gitdmAlias {
	list := slices.Clone(g.aliases)
	slices.SortFunc(list, func(a, b gitdmAlias) int {
		return cmp.Or(cmp.Compare(a.alias, b.alias), cmp.Compare(a.of, b.of), cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line))
	})
	return slices.CompactFunc(list, func(a, b gitdmAlias) bool { return a.alias == b.alias && a.of == b.of })
}

// gitdmLeads reports whether aliases lead from an address to an end. Those in a circle
// do not, and then each address speaks for itself.
func gitdmLeads(aliased map[string]string, address string) bool {
	for step := range gitdmMostSteps {
		next, ok := aliased[address]
		if !ok {
			return step > 0
		}
		address = next
	}
	return false
}

// person makes somebody of the lines for one address.
func (g *gitdm) person(key, id string) model.Person {
	p := model.Person{ID: id, Identities: []string{id}}
	for _, c := range g.spans(key) {
		parts := g.parts(c.employer)
		for _, name := range sortedKeys(parts) {
			if name == "" {
				continue
			}
			e := model.Employment{Vendor: name, From: c.from, Until: c.until, Source: fmt.Sprintf("%s:%d", c.file, c.line)}
			if percent := parts[name]; percent < 100 {
				fraction := float64(percent) / 100
				e.Fraction = &fraction
			}
			p.Employment = append(p.Employment, e)
		}
	}
	return p
}

// domain makes tenures of the lines for one domain.
func (g *gitdm) domain(key string) []model.DomainTenure {
	var list []model.DomainTenure
	for _, c := range g.spans(key) {
		parts := g.parts(c.employer)
		for _, name := range sortedKeys(parts) {
			if parts[name] < 100 {
				g.file = c.file
				g.refuse(c.line, "a domain cannot belong to several employers by parts")
				break
			}
			if name != "" {
				list = append(list, model.DomainTenure{Domain: key, Employer: name, From: c.from, Until: c.until})
			}
		}
	}
	g.shadow(key)
	return list
}

// shadow notes where the longer one of two domains says other than the shorter one.
func (g *gitdm) shadow(key string) {
	for _, shorter, ok := strings.Cut(key, "."); ok; _, shorter, ok = strings.Cut(shorter, ".") {
		if other := g.claims[shorter]; len(other) > 0 && !slices.EqualFunc(g.claims[key], other, gitdmSame) {
			c := g.claims[key][0]
			g.file = c.file
			g.say(c.line, "a shorter domain names another employer: gitdm goes by the shorter one, here the longer one decides")
			return
		}
	}
}

// parts returns the employers that a name stands for, with their percentages.
func (g *gitdm) parts(employer string) map[string]int {
	if v := g.virtual[employer]; v != nil {
		return v.parts
	}
	return map[string]int{employer: 100}
}

// spans returns the lines for an address or a domain by their days, each from where the
// one before it ends. Lines that end on one day hold for the same days.
func (g *gitdm) spans(key string) []gitdmClaim {
	list := slices.Clone(g.claims[key])
	for i := 1; i < len(list); i++ {
		before, c := list[i-1], &list[i]
		if c.until != before.until {
			c.from = before.until
			continue
		}
		c.from = before.from
		g.file = c.file
		g.say(c.line, "another line names another employer for the same days; both stand")
	}
	return list
}

// gitdmByEnd sorts claims by the day on which they end, the open ones last, and keeps one
// of those that say the same.
func gitdmByEnd(claims []gitdmClaim) []gitdmClaim {
	slices.SortFunc(claims, func(a, b gitdmClaim) int {
		return cmp.Or(cmp.Compare(gitdmEnd(a.until), gitdmEnd(b.until)), cmp.Compare(a.employer, b.employer),
			cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line))
	})
	return slices.CompactFunc(claims, gitdmSame)
}

func gitdmSame(a, b gitdmClaim) bool { return a.until == b.until && a.employer == b.employer }

// gitdmEnd returns a day that orders after all others where it is open.
func gitdmEnd(d model.Date) model.Date {
	if d == 0 {
		return math.MaxInt32
	}
	return d
}

// sortedKeys returns the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
