package document

import (
	"fmt"
	"slices"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// projects lists the projects with their repositories and the buyer's reasons.
func (c *clause) projects() {
	c.section(c.T("Projects"))
	c.para(c.T("A project, with all its repositories and branches, is the unit of judging: a piece of work counts once in it, when it was first accepted. Only what a branch named here holds, or what was merged there, counts; forks, open and rejected changes do not."))
	for _, name := range c.t.ProjectNames() {
		c.below(plainText(name))
		key := "projects." + name
		c.para(c.T("Why the contract depends on it: %s", c.p(key+".reason")))
		c.items(slices.Concat(c.repositories(name), c.accepted(name))...)
		if list := c.justified(name); len(list) > 0 {
			c.para(c.T("Asked for although few organisations reach a quarter of the threshold, or one has most of the credits, with the justification:"))
			c.items(list...)
		}
	}
}

// blank is what the buyer has to fill in.
func (w words) blank(what Text) Text { return blank("[" + what + "]") }

func (c *clause) repositories(project string) (list []Text) {
	for i, r := range c.t.Projects[project].Repositories {
		key := fmt.Sprintf("projects.%s.repositories.%d", project, i+1)
		said := c.T("Repository %s", c.code(key+".url"))
		if c.has(key + ".web") {
			said += c.T(", on its forge %s", c.code(key+".web"))
		}
		switch {
		case r.Forge == "none":
			said += c.bind(key+".forge", c.T(", without a forge: git alone"))
		case r.Forge != "":
			said += c.T(", kind of forge: %s", c.p(key+".forge"))
		}
		if c.has(key + ".branches") {
			said += c.T("; branches: %s", c.p(key+".branches"))
		} else {
			said += c.T("; branch: its default branch")
		}
		var tips []Text
		for _, branch := range sortedKeys(r.Tips) {
			if branch == model.TagsTip {
				continue
			}
			tips = append(tips, code(branch)+" "+c.code(key+".tips."+branch))
		}
		if len(tips) > 0 {
			said += c.T("; read up to the commits %s", joinText(tips, ", "))
		}
		if _, ok := r.Tips[model.TagsTip]; ok {
			said += c.T("; SHA-256 of its annotated version tags inside the window: %s", c.code(key+".tips."+model.TagsTip))
		}
		list = append(list, said)
	}
	return list
}

// accepted lists the partial evidence and the gaps that the buyer lives with.
func (c *clause) accepted(project string) (list []Text) {
	for i, a := range c.t.Projects[project].Accept {
		key := fmt.Sprintf("projects.%s.accept.%d", project, i+1)
		switch {
		case a.Kind == model.GapKind:
			list = append(list, c.T("%s is accepted: %s could not be read whole. Reason: %s", c.bind(key+".kind", c.T("A gap")), c.code(key+".repository"), c.p(key+".reason")))
		default:
			list = append(list, c.T("Partial evidence is accepted of %s. Reason: %s", c.bind(key+".kind", c.name(a.Kind)), c.p(key+".reason")))
		}
	}
	return list
}

// justified lists why indicators are asked for that few organisations can show.
func (c *clause) justified(project string) (list []Text) {
	for i, j := range c.t.Projects[project].Justify {
		key := fmt.Sprintf("projects.%s.justify.%d", project, i+1)
		list = append(list, c.colon(c.bind(key+".indicator", c.name(string(j.Indicator))), c.p(key+".reason")))
	}
	return list
}

// measured says what is measured and with which weight.
func (c *clause) measured() {
	c.section(c.T("What is measured, and its weight"))
	c.para(c.T("A project's score, from 0 to 100, is made of pillars, and these of indicators. Weights are taken in proportion to their sum."))
	pillars := &Table{Caption: c.T("Weights of the pillars"), Right: []int{1, 2}, Head: []Text{c.T("Pillar"), c.T("Weight"), c.T("Part of the score")}}
	indicators := &Table{Caption: c.T("Weights of the indicators"), Right: []int{2, 3},
		Head: []Text{c.T("Indicator"), c.T("Pillar"), c.T("Weight in the pillar"), c.T("Part of the score")}}
	var sum float64
	for _, p := range model.Pillars() {
		sum += c.t.Weights[p.Name]
	}
	for _, p := range model.Pillars() {
		part := portion(c.t.Weights[p.Name], sum)
		pillars.Rows = append(pillars.Rows, []Text{c.name(string(p.Name)), c.p("weights." + string(p.Name)), c.percent(part)})
		var all float64
		for _, i := range p.Indicators {
			all += c.t.Indicators[p.Name][i.Name]
		}
		for _, i := range p.Indicators {
			key := fmt.Sprintf("indicators.%s.%s", p.Name, i.Name)
			own := part * portion(c.t.Indicators[p.Name][i.Name], all)
			indicators.Rows = append(indicators.Rows, []Text{c.name(string(i.Name)), c.name(string(p.Name)), c.p(key), c.percent(own)})
		}
	}
	c.table(pillars)
	c.table(indicators)
	var list []Text
	for _, m := range score.Metrics() {
		if c.t.Weights[m.Pillar] > 0 && c.t.Indicators[m.Pillar][m.Indicator] > 0 {
			list = append(list, c.T("%s, in %s: %s Source: %s", strong(c.indicator(m)), c.say(m.Unit), c.say(m.Doc), c.say(m.Source)))
		}
	}
	c.items(list...)
	c.para(c.T("Lines of code are never scored: they reward bulk. One change pays as a change, and besides at most once as security or as upkeep."))
}

// portion is x of all, 0 where there is nothing.
func portion(x, all float64) float64 {
	if all == 0 {
		return 0
	}
	return x / all
}

// thresholds lists T of each project's indicators, and the weights that remain.
func (c *clause) thresholds() {
	c.section(c.T("Thresholds"))
	c.para(c.T("T is the value that earns an indicator's full score. It is a number that is published, and was proposed by what the three most active people of the project reach together in the window; what exceeds it earns nothing. For active months and stewardship T is the months of the window. An indicator whose threshold is none is dropped for all bidders, and its weight goes to all others in proportion."))
	for n, name := range c.t.ProjectNames() {
		t := &Table{Caption: c.T("Thresholds of %s", name), Right: []int{2, 3}, Head: []Text{c.T("Indicator"), c.T("Unit"), "T", c.T("Part of the project's score")}}
		for i, m := range score.Metrics() {
			weight := c.r.Projects[n].Indicators[i].Weight
			if c.t.Weights[m.Pillar] == 0 || c.t.Indicators[m.Pillar][m.Indicator] == 0 {
				continue
			}
			t.Rows = append(t.Rows, []Text{c.indicator(m), c.say(m.Unit), c.threshold(name, m), c.percent(weight)})
		}
		c.table(t)
		c.unasked(name)
	}
	c.para(c.T("Before the sealing it is examined, for each indicator, how many organisations reach a quarter of its threshold and how much of the work is one organisation's. Where few reach it, or one has most of the work, the indicator is asked for only with a written justification, which stands above with the project."))
	if c.t.Seal == nil {
		c.para(c.T("The last column holds if the sources can show every indicator. What they cannot show is dropped for all bidders; the sealing fixes which indicators count."))
	}
}

func (c *clause) threshold(project string, m score.Metric) Text {
	key := thresholdKey(project, m.Indicator)
	switch {
	case c.has(key):
		return c.p(key)
	case m.Months:
		return c.p("window.months")
	case c.lacks(project, m):
		return c.T("not stated yet")
	}
	return "–"
}

// unasked names thresholds that the document states of indicators without weight.
func (c *clause) unasked(project string) {
	var list []Text
	for _, m := range score.Metrics() {
		key := thresholdKey(project, m.Indicator)
		if c.has(key) && (c.t.Weights[m.Pillar] == 0 || c.t.Indicators[m.Pillar][m.Indicator] == 0) {
			list = append(list, c.colon(c.indicator(m), c.p(key)))
		}
	}
	if len(list) > 0 {
		c.para(c.T("Stated, and without effect since the weight is 0: %s", joinText(list, "; ")))
	}
}
