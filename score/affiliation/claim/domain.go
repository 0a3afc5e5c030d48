package claim

import (
	"maps"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// domains says whose the mail domains of a tender are, and when, by name.
type domains map[string][]tenure

type tenure struct {
	vendor      string
	from, until model.Date
}

func domainsOf(t *model.Tender) domains {
	d := domains{}
	for _, id := range slices.Sorted(maps.Keys(t.Vendors)) {
		for _, m := range t.Vendors[id].Domains {
			name := fold(m.Name)
			d[name] = append(d[name], tenure{id, m.From, m.Until})
		}
	}
	return d
}

// owners returns the vendors whose mail domain an identity bears on the days of an
// employment, sorted, with "" where on some day it is nobody's. An identity that is no
// address is nobody's.
func (d domains) owners(id string, w model.ClaimedWork) []string {
	names := d.above(id)
	days := []model.Date{w.From}
	for _, name := range names {
		for _, t := range d[name] {
			for _, day := range []model.Date{t.from, t.until} {
				if day > w.From && (w.Until == 0 || day < w.Until) {
					days = append(days, day)
				}
			}
		}
	}
	var owners []string
	for _, day := range days {
		owners = append(owners, d.owner(names, day))
	}
	slices.Sort(owners)
	return slices.Compact(owners)
}

// longestDomain is the length of the longest name that RFC 1035 allows.
const longestDomain = 253

// above returns the tender's domains that an address lies under, the longest first.
func (d domains) above(id string) (names []string) {
	_, domain, ok := strings.Cut(fold(id), "@")
	if len(domain) > longestDomain {
		return nil
	}
	for ok {
		if len(d[domain]) > 0 {
			names = append(names, domain)
		}
		_, domain, ok = strings.Cut(domain, ".")
	}
	return names
}

// owner returns whose the first of the domains is that is anybody's on the day.
func (d domains) owner(names []string, day model.Date) string {
	for _, name := range names {
		for _, t := range d[name] {
			if during(day, t.from, t.until) {
				return t.vendor
			}
		}
	}
	return ""
}
