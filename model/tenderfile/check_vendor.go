package tenderfile

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

var vendorID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

// reserved are the names of groups that are no vendor.
func reserved() []string { return []string{model.Independent, model.Academic, "unknown"} }

func (c *check) vendors() {
	var domains []domainAt
	for _, p := range c.root.find("vendors").pairs() {
		id := p.key.text
		switch {
		case slices.Contains(reserved(), id):
			c.fault(p.key, "vendor %q is a reserved word; choose another short name", id)
		case !vendorID.MatchString(id):
			c.fault(p.key, "vendor %s is no short name; write lower-case letters, digits and dashes, such as karst", quote(id))
		}
		for i, m := range c.tender.Vendors[id].Domains {
			at := p.value.at("domains", i)
			if c.domain(m, at) {
				domains = append(domains, domainAt{m, id, at, daysOf(m.From, m.Until)})
			}
		}
		c.parents(id, p.value)
		c.named(id, p.value)
	}
	c.shared(domains)
	c.circles()
}

// named checks the dates of a vendor's names and keys. Names that several vendors bear at
// one time are contested, and not wrong.
func (c *check) named(id string, at *node) {
	for i, n := range c.tender.Vendors[id].Names {
		c.backwards(at.at("names", i), n.From, n.Until)
	}
	for i, k := range c.tender.Vendors[id].Keys {
		c.backwards(at.at("keys", i), k.From, k.Until)
	}
}

var domainForm = regexp.MustCompile(`^[^\s@./:]+(\.[^\s@./:]+)+$`)

// domain checks one mail domain and reports whether it can be compared with others.
func (c *check) domain(m model.MailDomain, at *node) bool {
	if m.Name == "" {
		return false
	}
	if !domainForm.MatchString(m.Name) || m.Name != strings.ToLower(m.Name) {
		c.fault(at.at("name"), "%s is no mail domain; write what stands after the @ of its addresses, in lower case, such as karst.example",
			quote(m.Name))
		return false
	}
	return !c.backwards(at, m.From, m.Until)
}

// domainAt is a vendor's domain and where it is stated.
type domainAt struct {
	model.MailDomain
	vendor string
	at     *node
	days
}

// shared notes domains that two vendors hold at one time: nobody could say for
// whom their people worked. In order of their beginnings, a domain overlaps one
// before it exactly when it overlaps the one that lasts longest, or when those
// two overlap each other, which is told then.
func (c *check) shared(all []domainAt) {
	slices.SortStableFunc(all, func(a, b domainAt) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.days.from, b.days.from), a.at.line-b.at.line, a.at.column-b.at.column)
	})
	var longest *domainAt
	for i := range all {
		d := &all[i]
		if longest == nil || longest.Name != d.Name {
			longest = d
			continue
		}
		if longest.vendor != d.vendor && longest.overlaps(d.days) {
			c.rivals(longest, d)
		}
		if d.days.until > longest.days.until {
			longest = d
		}
	}
}

// rivals notes an overlap at the later of the two places.
func (c *check) rivals(a, b *domainAt) {
	if cmp.Or(a.at.line-b.at.line, a.at.column-b.at.column) > 0 {
		a, b = b, a
	}
	c.fault(b.at, "domain %s belongs to %s here and to %s at line %d, both %s; state from and until so that they follow each other",
		b.Name, b.vendor, a.vendor, a.at.line, a.both(b.days))
}

// period is the time of one owner.
type period struct {
	days
	vendor string
	at     *node
}

// parents checks a vendor's owners, one after the other.
func (c *check) parents(id string, at *node) {
	var periods []period
	for i, p := range c.tender.Vendors[id].Parent {
		at := at.at("parent", i)
		if p.Vendor != "" && !c.isVendor(p.Vendor) {
			c.noVendor(at.at("vendor"), p.Vendor)
		}
		if !c.backwards(at, p.From, p.Until) && p.Vendor != "" {
			periods = append(periods, period{daysOf(p.From, p.Until), p.Vendor, at})
		}
	}
	slices.SortStableFunc(periods, func(a, b period) int { return cmp.Compare(a.from, b.from) })
	var kept []period
	for _, p := range periods {
		if len(kept) == 0 || !kept[len(kept)-1].overlaps(p.days) {
			kept = append(kept, p)
			continue
		}
		last := kept[len(kept)-1]
		c.fault(p.at, "%s has two owners, both %s; state from and until so that they follow each other", quote(id), last.both(p.days))
	}
	c.owners[id] = kept
}

func (c *check) isVendor(id string) bool {
	_, ok := c.tender.Vendors[id]
	return ok
}

// noVendor notes a reference to a vendor that the tender does not state.
func (c *check) noVendor(at *node, id string) {
	if !c.full() {
		c.fault(at, "%s", unknown("vendor", id, c.vendorIDs))
	}
}

// deepest bounds how many owners stand above each other.
const deepest = 32

// circles notes vendors that own themselves through others. An owner can only
// close a circle on the day when it begins to be one, so each is followed
// upwards on its first day; that bounds the work whatever the number of vendors.
func (c *check) circles() {
	told := map[string]bool{}
	for _, p := range c.root.find("vendors").pairs() {
		for _, owner := range c.owners[p.key.text] {
			circle, deep := c.above(p.key.text, owner.from)
			key := strings.Join(slices.Sorted(slices.Values(circle)), " ")
			switch {
			case len(circle) > 0 && !told[key]:
				told[key] = true
				c.fault(owner.at, "%s owns itself, through %s; correct one of these owners or its dates", quote(p.key.text), through(circle))
			case deep:
				c.fault(owner.at, "more than %d owners stand above %s; leave some out", deepest, quote(p.key.text))
			}
		}
	}
}

// above follows a vendor's owners on a day. It returns the circle that leads
// back to the vendor, if one does, and whether there are too many to follow.
func (c *check) above(id string, day int64) (circle []string, deep bool) {
	visited := map[string]bool{id: true}
	path := []string{}
	for next := id; len(path) <= deepest; {
		next = c.ownerAt(next, day)
		if next == id {
			return append(path, next), false
		}
		if next == "" || visited[next] {
			return nil, false // the top, or a circle that is told elsewhere
		}
		visited[next] = true
		path = append(path, next)
	}
	return nil, true
}

// ownerAt returns a vendor's owner on a day, or nothing.
func (c *check) ownerAt(id string, day int64) string {
	owners := c.owners[id]
	i, _ := slices.BinarySearchFunc(owners, day, func(p period, day int64) int {
		return cmp.Compare(p.until, day+1) // the first that ends after the day
	})
	if i < len(owners) && owners[i].from <= day {
		return owners[i].vendor
	}
	return ""
}

// through writes a way from vendor to vendor.
func through(ids []string) string {
	shown := make([]string, 0, len(ids))
	for _, id := range ids[:len(ids)-1] {
		shown = append(shown, quote(id))
	}
	if len(shown) == 0 {
		return "its own entry"
	}
	return strings.Join(shown, ", then ")
}
