package tenderfile

import (
	"slices"

	"github.com/tributary-oss/tributary/model"
)

// weights checks the weights of pillars and of the indicators inside them.
func (c *check) weights() {
	pillars := model.Pillars()
	var names []string
	total := 0.0
	for _, p := range pillars {
		names = append(names, string(p.Name))
		total += c.tender.Weights[p.Name]
	}
	c.names(c.root.find("weights"), "pillar", names)
	c.names(c.root.find("indicators"), "pillar", names)
	if total == 0 {
		c.fault(c.root.at("weights"), "all pillars have weight 0; give at least one a weight")
	}
	for _, p := range pillars {
		var names []string
		total := 0.0
		for _, i := range p.Indicators {
			names = append(names, string(i.Name))
			total += c.tender.Indicators[p.Name][i.Name]
		}
		c.names(c.root.find("indicators", string(p.Name)), "indicator", names)
		if total == 0 && c.tender.Weights[p.Name] > 0 {
			c.fault(c.root.at("indicators", string(p.Name)), "pillar %q has a weight but all its indicators have weight 0; give one a weight, or the pillar 0", p.Name)
		}
	}
}

// names notes keys of a mapping that are none of the known words.
func (c *check) names(at *node, what string, known []string) {
	for _, p := range at.pairs() {
		if !slices.Contains(known, p.key.text) && !c.full() {
			c.fault(p.key, "%s", unknown(what, p.key.text, known))
		}
	}
}

func (c *check) window() {
	w := c.tender.Window
	if w.Until != 0 && w.Until.Time().Day() != 1 {
		first := w.Until.Time().AddDate(0, 0, 1-w.Until.Time().Day())
		c.fault(c.root.at("window", "until"), "the window ends on %s, which is no first of a month; write %s or %s", w.Until,
			model.DateOf(first), model.DateOf(first.AddDate(0, 1, 0)))
	}
	if c.tender.Minimum.Months > w.Months {
		at := c.root.at("window", "months")
		if c.root.find("minimum").has("months") {
			at = c.root.at("minimum", "months")
		}
		c.fault(at, "minimum.months is %d but the window has %d months; write minimum: {months: %[2]d} or less, or a longer window",
			c.tender.Minimum.Months, w.Months)
	}
	if c.tender.Rules.FloorMonths > w.Months {
		at := c.root.at("window", "months")
		if c.root.find("rules").has("floor-months") {
			at = c.root.at("rules", "floor-months")
		}
		c.fault(at, "rules.floor-months is %d but the window has %d months, so that nobody could count; write rules: {floor-months: %[2]d} or less, or a longer window",
			c.tender.Rules.FloorMonths, w.Months)
	}
}

// points checks that the points asked for can be reached.
func (c *check) points() {
	t := c.tender
	if t.MinimumPoints > t.Points {
		c.fault(c.root.at("minimum_points"), "minimum_points is %s but a full score has %s points; write at most %[2]s",
			plain(t.MinimumPoints), plain(t.Points))
	}
	for i, l := range t.Lots {
		if l.Points != nil && *l.Points < t.MinimumPoints {
			c.fault(c.root.at("lots", i, "points"), "a full score in this lot has %s points but minimum_points is %s; write at least %[2]s",
				plain(*l.Points), plain(t.MinimumPoints))
		}
	}
}

// lots checks the lots, and fills in the one that a tender without lots has.
func (c *check) lots() {
	if c.tender.Lots == nil && !c.root.has("lots") {
		parts := map[string]float64{}
		for _, name := range c.tender.ProjectNames() {
			parts[name] = 1 / float64(len(c.tender.Projects))
		}
		c.tender.Lots = []model.Lot{{ID: "1", Projects: parts}}
		return
	}
	if at := c.root.at("lots"); at.shape == list && len(at.items()) == 0 {
		c.fault(at, "lots is empty; write a lot, or leave the key out for one lot of all projects")
	}
	projects := c.tender.ProjectNames()
	seen := map[string]*node{}
	for i, l := range c.tender.Lots {
		at := c.root.at("lots", i)
		c.unique(seen, "lot", l.ID, at.at("id"))
		for _, p := range at.find("projects").pairs() {
			_, ok := c.tender.Projects[p.key.text]
			if !ok && len(projects) > 0 && !c.full() {
				c.fault(p.key, "%s", unknown("project", p.key.text, projects))
			}
		}
	}
}

// bots checks the corrections to the list of robots.
func (c *check) bots() {
	added := map[string]*node{}
	for i, id := range c.tender.Bots.Add {
		at := c.root.at("bots", "add", i)
		if c.identity(id, at) {
			added[sameIdentity(id)] = at
		}
	}
	for i, id := range c.tender.Bots.Exempt {
		at := c.root.at("bots", "exempt", i)
		if !c.identity(id, at) {
			continue
		}
		if other, ok := added[sameIdentity(id)]; ok {
			c.fault(at, "this identity is added as a robot at line %d and exempt here; keep one of them", other.line)
		}
	}
}
