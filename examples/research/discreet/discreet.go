// Package discreet tells which organisations would name a person.
//
// Where nobody says who employs somebody, the domain of their mail address stands for an
// organisation. Such a domain may be its only user's own, as jane-doe.example is, and then a
// row under its name is a row under theirs. So an organisation that nobody states, and that
// one person alone is behind in all that a table is made of, is not named: what it did
// stands, with that of all others like it, in one row called [Row].
//
// Its bias: one person who uses two addresses of a domain under two names looks like two, and the
// domain is named; two people of one name look like one, and it is not. A tender's
// personal_domains mend the first, a roster the second.
//
// That row is no organisation. Sums with it are those without it; whoever computes how
// concentrated something is does so before the rows are put together.
package discreet

import (
	"hash/fnv"
	"strings"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// Row is the row in which the domains of one person stand together. No domain is called so.
const Row = "(one-person domains)"

// Domains learns who is behind which organisation and then says which may be named. It is
// not safe for concurrent use.
type Domains struct {
	stated map[string]bool
	people map[string]*people // by organisation
	all    bool
}

// New returns the domains of a tender, of which nobody is known yet. Organisations that the
// tender's vendors, people, tables or decisions name, and those whose mail domains they
// name, are always named.
func New(t *model.Tender) *Domains {
	return &Domains{stated: stated(t), people: map[string]*people{}}
}

// Identified returns domains all of which are named, for whoever may see names.
func Identified() *Domains { return &Domains{all: true} }

// MayHide reports whether an organisation is one that is named only where several people are
// behind it: only of such ones must be told who was seen. What was seen makes no difference,
// so many goroutines may ask at once.
func (d *Domains) MayHide(organisation string) bool {
	return !d.all && strings.Contains(organisation, ".") && !d.stated[fold(organisation)]
}

// Saw notes that somebody acted for an organisation. Signs are what they are told from others by:
// a person's key, the address, the name, each by its [Sign]; 0 is none. Two who share a sign at one
// organisation are one, as are those whom a third one joins so.
//
// A name alone joins nobody elsewhere. Here it does, since of two accounts of one person in
// two projects, which no .mailmap joins, often nothing else is the same; where two people of one
// name are taken for one, their organisation stays unnamed, and nobody is harmed.
func (d *Domains) Saw(organisation string, signs ...uint64) {
	if !d.MayHide(organisation) {
		return
	}
	p := d.people[organisation]
	if p == nil {
		p = &people{place: map[uint64]int{}}
		d.people[organisation] = p
	}
	p.add(signs)
}

// Of returns the name under which a table shows an organisation: its own, or [Row]. Everybody
// must have been seen before. An organisation behind which nobody was seen is not named.
func (d *Domains) Of(organisation string) string {
	if p := d.people[organisation]; d.MayHide(organisation) && (p == nil || p.groups < 2) {
		return Row
	}
	return organisation
}

// Sign makes a sign of a text, in which neither case nor white space at the ends makes a
// difference; 0 of an empty one. Those of two texts are the same once in 2⁶⁴.
func Sign(text string) uint64 {
	text = fold(text)
	if text == "" {
		return 0
	}
	h := fnv.New64a()
	h.Write([]byte(text))
	return h.Sum64()
}

func fold(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }

// people are those behind one organisation: sets of signs that belong together.
type people struct {
	place  map[uint64]int // of each sign in up
	up     []int          // a sign of the same set; the place itself at its root
	groups int
}

func (p *people) add(signs []uint64) {
	first := -1
	for _, s := range signs {
		if s == 0 {
			continue
		}
		at, ok := p.place[s]
		if !ok {
			at = len(p.up)
			p.place[s], p.up = at, append(p.up, at)
			p.groups++
		}
		root := p.root(at)
		if first >= 0 && root != first {
			p.up[root] = first
			p.groups--
			continue
		}
		first = root
	}
}

func (p *people) root(at int) int {
	for p.up[at] != at {
		p.up[at] = p.up[p.up[at]] // halves the way of the next one
		at = p.up[at]
	}
	return at
}

// stated collects the names, and the organisations of the mail domains, that a tender states.
func stated(t *model.Tender) map[string]bool {
	set := map[string]bool{}
	domain := func(name string) { set[fold(affiliation.Organisation("x@"+strings.TrimSpace(name)))] = true }
	for id, v := range t.Vendors {
		set[fold(id)], set[fold(v.Name)] = true, true
		for _, n := range v.Names {
			set[fold(n.Name)] = true
		}
		for _, d := range v.Domains {
			domain(d.Name)
		}
	}
	people := t.People
	for _, table := range t.Tables {
		people = append(people[:len(people):len(people)], table.People...)
		for _, d := range table.Domains {
			set[fold(d.Employer)] = true
			domain(d.Domain)
		}
		for _, n := range table.Names {
			set[fold(n.Employer)] = true
		}
	}
	for _, p := range people {
		for _, e := range p.Employment {
			set[fold(e.Vendor)] = true
		}
	}
	for _, d := range t.Decisions {
		if vendor, ok := strings.CutPrefix(d.Decide, "vendor:"); ok {
			set[fold(vendor)] = true
		}
	}
	return set
}
