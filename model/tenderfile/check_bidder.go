package tenderfile

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// bidders checks who bids, with whom, for what.
func (c *check) bidders() {
	t := c.tender
	if t.Bidders.All && t.Mode == model.Award {
		c.fault(c.root.at("bidders"), "mode award counts only the staff named in a bid, and all names nobody; write a list of bidders, or mode: selection")
	}
	ids, holders := map[string]*node{}, map[string]*node{}
	persons := map[string]bool{}
	for _, p := range c.persons {
		persons[p.ID] = true
	}
	var lots []string
	for _, l := range t.Lots {
		lots = append(lots, l.ID)
	}
	slices.Sort(lots)
	for i, b := range t.Bidders.List {
		at := c.root.at("bidders", i)
		c.unique(ids, "bidder", b.ID, at.at("id"))
		c.members(holders, b, at)
		c.lotsOf(lots, b, at)
		c.staff(persons, b, at)
	}
}

// members checks a bidder's vendors and subcontractors.
func (c *check) members(holders map[string]*node, b model.Bidder, at *node) {
	for i, v := range b.Vendors {
		at := at.at("vendors", i)
		if at.shape != text {
			continue
		}
		if !c.isVendor(v) {
			c.noVendor(at, v)
			continue
		}
		if first, ok := holders[v]; ok {
			c.fault(at, "vendor %s already bids at line %d; a vendor bids once, name it under subcontractors or remove it", quote(v), first.line)
			continue
		}
		holders[v] = at
	}
	for i, v := range b.Subcontractors {
		at := at.at("subcontractors", i)
		if at.shape == text && !c.isVendor(v) {
			c.noVendor(at, v)
		}
	}
}

func (c *check) lotsOf(known []string, b model.Bidder, at *node) {
	for i, id := range b.Lots {
		at := at.at("lots", i)
		if _, ok := slices.BinarySearch(known, id); !ok && at.shape == text && !c.full() {
			c.fault(at, "%s", unknown("lot", id, known))
		}
	}
}

// staff checks the persons named in a bid. Their ids are not suggested: a
// roster is personal data, and a fault may be shown to others.
func (c *check) staff(persons map[string]bool, b model.Bidder, at *node) {
	if c.tender.Mode == model.Award && len(b.Staff) == 0 && len(c.tender.Withheld) == 0 {
		c.fault(at.at("staff"), "bidder %s names no staff, and mode award counts nobody else; write staff: [p-1] with ids from a roster", quote(b.ID))
	}
	for i, id := range b.Staff {
		at := at.at("staff", i)
		if at.shape == text && !persons[id] && !c.blind {
			c.fault(at, "no roster states the person %s; write an id from a roster, or add the person there", quote(id))
		}
	}
}

var artifactForm = regexp.MustCompile(`^(commit:[0-9a-f]{40}|change:[0-9]+|issue:[0-9]+|release:[^\s]+|role:[^\s]+|person:[^\s]+)$`)

// decisions checks the buyer's decisions.
func (c *check) decisions() {
	ids := map[string]*node{}
	for i, d := range c.tender.Decisions {
		at := c.root.at("decisions", i)
		c.unique(ids, "decision", d.ID, at.at("id"))
		if d.On != "" && !artifactForm.MatchString(string(d.On)) {
			c.fault(at.at("on"), "%s is no artifact; write commit: with all 40 digits, change:412, issue:88, release:v2.1, role:MAINTAINERS, or person: with the id of a roster",
				quote(string(d.On)))
		}
		c.decide(d.Decide, at.at("decide"))
		c.onPerson(d, at)
		if d.Decide == model.Pending && d.Objection == nil {
			c.fault(at, "nothing is pending: state the objection, or decide")
		}
	}
}

// onPerson checks what only decisions on persons state, and that there is such a person.
func (c *check) onPerson(d model.Decision, at *node) {
	if d.On.Kind() != model.PersonArtifact {
		if d.From != 0 || d.Until != 0 {
			c.fault(at, "from and until are for decisions on a person; leave them out")
		}
		return
	}
	c.backwards(at, d.From, d.Until)
	if d.Decide == "count" {
		c.fault(at.at("decide"), "of a person decide {vendor: ID}, or refuse: whom it worked for is then unknown")
	}
	if id := d.On.Name(); !c.blind && !slices.ContainsFunc(c.persons, func(p personAt) bool { return p.ID == id }) {
		c.fault(at.at("on"), "no roster states the person %s; write an id from a people document, or add the person there", quote(id))
	}
}

const decisionForm = "count, refuse, {vendor: ID}, or pending"

func (c *check) decide(s string, at *node) {
	if s == "" || s == "count" || s == "refuse" || s == model.Pending {
		return
	}
	vendor, ok := strings.CutPrefix(s, "vendor: ")
	if !ok {
		c.fault(at, "unknown decision %s; write %s", quote(s), decisionForm)
		return
	}
	if !c.isVendor(vendor) && vendor != model.Independent && vendor != model.Academic {
		c.noVendor(at, vendor)
	}
}
