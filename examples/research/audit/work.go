package audit

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// mostOrganisations is how many organisations are asked about where everybody is a bidder.
const mostOrganisations = 10

// affiliations enters, for each person and month of the window with an act of theirs, whether
// the person worked for an organisation on the day of the first such act: for the bidders'
// vendors, or where every organisation is a bidder the ten with the most such months; and for
// those that the engine names, in that month or another.
func (c *Collector) affiliations(p *project, f *frame) {
	keys := slices.SortedFunc(maps.Keys(p.months), func(a, b personMonth) int {
		return cmp.Or(strings.Compare(a.person, b.person), cmp.Compare(a.month, b.month))
	})
	ever := map[string]map[string]bool{} // person → organisations at any time
	for _, k := range keys {
		for _, part := range p.months[k].parts {
			if isOrganisation(part.Vendor) {
				if ever[k.person] == nil {
					ever[k.person] = map[string]bool{}
				}
				ever[k.person][part.Vendor] = true
			}
		}
	}
	asked := c.organisations(p)
	for _, k := range keys {
		m := p.months[k]
		list := slices.Clone(asked)
		list = append(list, slices.Collect(maps.Keys(ever[k.person]))...)
		list = append(list, slices.DeleteFunc(slices.Clone(m.claimed), func(v string) bool { return !isOrganisation(v) })...)
		slices.Sort(list)
		for _, org := range slices.Compact(list) {
			engine, name := m.worksFor(org, ever[k.person][org])
			f.add(Affiliation, engine, name, unit{project: p, month: m, org: org})
		}
	}
}

// worksFor says what the engine decided, and on what kind of evidence.
func (m *monthly) worksFor(org string, ever bool) (Answer, string) {
	employed := false
	for _, part := range m.parts {
		if part.Vendor == org {
			return Yes, cmp.Or(string(part.Level), "by mail domain alone")
		}
		employed = employed || part.Vendor != ""
	}
	switch {
	case slices.Contains(m.claimed, org):
		return No, "claimed on less or equal evidence"
	case ever:
		return No, "at another time"
	case employed:
		return No, "employed elsewhere"
	}
	return No, "employer unknown"
}

func isOrganisation(vendor string) bool {
	return vendor != "" && vendor != model.Independent && vendor != model.Academic
}

// organisations are those that are asked about of everybody, sorted.
func (c *Collector) organisations(p *project) []string {
	var list []string
	for _, b := range c.tender.Bidders.List {
		list = append(append(list, b.Vendors...), b.Subcontractors...)
	}
	if len(list) == 0 {
		months := map[string]int{}
		for _, m := range p.months {
			for _, part := range m.parts {
				if isOrganisation(part.Vendor) {
					months[part.Vendor]++
				}
			}
		}
		list = slices.SortedFunc(maps.Keys(months), func(a, b string) int {
			return cmp.Or(cmp.Compare(months[b], months[a]), strings.Compare(a, b))
		})
		list = list[:min(len(list), mostOrganisations)]
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// likeness says in what two commits are alike, the closest first. An author is who the engine
// takes for the same person.
var likenesses = []struct {
	name string
	key  func(*project, *commit) string
}{
	{"same Change-Id", func(_ *project, k *commit) string { return k.change }},
	{"same patch", func(_ *project, k *commit) string { return k.patch }},
	{"same author and second", func(p *project, k *commit) string {
		return p.authorOf(k) + k.authored.UTC().Format(" 2006-01-02T15:04:05")
	}},
	{"same author and subject", func(p *project, k *commit) string { return p.authorOf(k) + " " + k.subject }},
	{"same subject", func(_ *project, k *commit) string { return k.subject }},
}

func (p *project) authorOf(k *commit) string {
	if k.author < 0 {
		return ""
	}
	return p.idents[k.author].person
}

// duplicates enters the commits of the window that the engine took for work that was accepted
// before, each beside that work; and those it did not, each beside the first commit that is
// like it, where there is one.
func (c *Collector) duplicates(p *project, f *frame) {
	order := make([]int32, len(p.commits))
	for n := range order {
		order[n] = int32(n)
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(p.commits[a].at.Compare(p.commits[b].at), strings.Compare(string(p.commits[a].artifact), string(p.commits[b].artifact)))
	})
	first := make([]map[string]int32, len(likenesses))
	for i := range first {
		first[i] = map[string]int32{}
	}
	for _, n := range order {
		k := &p.commits[n]
		like, of := "", int32(-1)
		for i, l := range likenesses {
			key := l.key(p, k)
			if key == "" {
				continue
			}
			earlier, ok := first[i][key]
			if !ok {
				first[i][key] = n
			} else if of < 0 {
				like, of = l.name, earlier
			}
		}
		switch {
		case k.duplicate:
			f.add(Duplicate, Yes, p.replays(k), unit{project: p, a: n, b: p.placeOf(k.of)})
		case k.judged && of >= 0:
			f.add(Duplicate, No, like, unit{project: p, a: n, b: of})
		case k.judged:
			f.outside[Duplicate]++
		}
	}
}

// replays says in what a commit is like the work that it repeats.
func (p *project) replays(k *commit) string {
	n := p.placeOf(k.of)
	if n < 0 {
		return "by a change of the forge"
	}
	for _, l := range likenesses[:3] {
		if key := l.key(p, k); key != "" && key == l.key(p, &p.commits[n]) {
			return l.name
		}
	}
	return "common lines"
}

// placeOf returns the place of a commit, -1 of anything else.
func (p *project) placeOf(a model.Artifact) int32 {
	if n, ok := p.place[a]; ok {
		return n
	}
	return -1
}
