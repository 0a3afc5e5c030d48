package page

import (
	"maps"
	"slices"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// method is everything by which the ranking was made.
func (b *builder) method(r *model.Ranking) part {
	p := part{ID: "method", Title: b.l.T("Method")}
	p.Blocks = append(p.Blocks, block{Text: &said{Text: b.l.T("Method %d. The digest stands for everything that the ranking depends on: two rankings with one digest were made from the same documents, rules, thresholds and commits.", r.Method.Version)}})
	if r.Terms != nil {
		p.Blocks = append(p.Blocks, block{Heading: b.l.T("Weights")}, block{Table: b.weights(r.Terms)})
	}
	p.Blocks = append(p.Blocks, block{Heading: b.l.T("Definitions of the indicators")}, block{Table: b.metrics()},
		block{Heading: b.l.T("From value to score")}, block{Table: b.curve()},
		block{Heading: b.l.T("Rules of the judge")}, block{Text: &said{Text: b.l.T("Every act that was read stands under these rules, in this order; the first that refuses it ends the matter. A rule that refuses nothing discounts, or counts acts together.")}}, block{Table: b.rules(r)})
	if r.Terms != nil {
		p.Blocks = append(p.Blocks, block{Heading: b.l.T("Numbers of the rules")}, block{Table: b.parameters(r.Terms)})
	}
	p.Blocks = append(p.Blocks, block{Heading: b.l.T("Digests")}, block{Table: b.digests(r)}, block{Heading: b.l.T("Commits at which the branches were read")}, block{Table: b.tips(r)})
	return p
}

func (b *builder) weights(terms *model.Terms) *table {
	t := b.newTable(b.l.T("Weights as published"), text(b.l.T("Indicator")), num(b.l.T("Weight in its pillar")))
	t.Hidden, t.Short = true, true
	for _, p := range model.Pillars() {
		t.group(b.pillar(p.Name), b.labelled(b.l.T("Weight"), b.number(terms.Weights[p.Name], 2)))
		for _, i := range p.Indicators {
			w := b.number(terms.Indicators[p.Name][i.Name], 2)
			if terms.Indicators[p.Name][i.Name] == 0 {
				w = b.l.T("0 (off)")
			}
			t.add(head(b.indicator(i.Name)), num(w))
		}
	}
	return t
}

func (b *builder) metrics() *table {
	t := b.newTable(b.l.T("What each indicator counts"), text(b.l.T("Indicator")), text(b.l.T("Definition")), text(b.l.T("Source")))
	t.Hidden, t.Long = true, true
	for _, m := range score.Metrics() {
		t.add(head(b.indicatorOf(m.Pillar, m.Indicator)), sayer(b.quote(m.Doc)), sayer(b.quote(m.Source)))
	}
	return t
}

// curve is the table from which n is read; a test holds it against the engine.
func (b *builder) curve() *table {
	t := b.newTable(b.l.T("n by r = value / T, straight lines between the points; for months and stewardship n = r, at most 1"), text("r"), num("0"), num("1/16"), num("1/4"), num("9/16"), num(b.l.T("1 and above")))
	t.Short = true
	t.add(head("n"), num("0"), num(b.l.Number(0.25, 2)), num(b.l.Number(0.5, 2)), num(b.l.Number(0.75, 2)), num("1"))
	return t
}

// rules are all rules with how many acts each of them refused or touched.
func (b *builder) rules(r *model.Ranking) *table {
	t := b.newTable(b.l.T("Rules, with the acts that each refused or discounted in all projects"), text(b.words["rule"]), text(b.l.T("What it says, and why")), num(b.l.T("Refused")), num(b.l.T("Touched")))
	t.Hidden, t.Long = true, true
	refused, touched := map[string]int64{}, map[string]int64{}
	for _, p := range r.Projects {
		for _, c := range p.Rules {
			refused[c.Rule] += c.Refused
			touched[c.Rule] += c.Touched
		}
	}
	for _, x := range score.Rules() {
		if !slices.Contains(r.Method.Rules, x.Name) {
			continue
		}
		what := sayer(b.quote(x.Doc))
		what.More = append(what.More, b.quote(x.Why))
		if x.Source != "" {
			what.More = append(what.More, b.quote(x.Source))
		}
		t.add(head(x.Name), what, num(b.count(refused[x.Name])), num(b.count(touched[x.Name])))
	}
	return t
}

// parameters are the numbers of the rules, and the minimum of evidence.
func (b *builder) parameters(terms *model.Terms) *table {
	t := b.newTable(b.l.T("Numbers of the rules, as published"), text(b.l.T("What it bounds")), num(b.l.T("Number")))
	t.Hidden, t.Short = true, true
	x, m := terms.Rules, terms.Minimum
	for _, row := range []struct {
		what  string
		value float64
	}{
		{b.l.T("Changes of one person that count in a week"), float64(x.ChangesPerWeek)},
		{b.l.T("Reviews, integrations and triages of one person, each, that count in a day"), float64(x.ActsPerDay)},
		{b.l.T("Ports of one person that count in a day"), float64(x.PortsPerDay)},
		{b.l.T("Part of the credit lost on work of one’s own group"), x.Mate},
		{b.l.T("Credited acts from which a person’s acts count"), float64(x.FloorActs)},
		{b.l.T("Months in which these lie, at least"), float64(x.FloorMonths)},
		{b.l.T("Days within which a revert undoes the credit"), float64(x.RevertDays)},
		{b.l.T("Credit of a small change to texts alone"), x.SmallText},
		{b.l.T("Lines up to which such a change is small"), float64(x.SmallTextLines)},
		{b.l.T("Files that make a commit an import"), float64(x.ImportFiles)},
		{b.l.T("Lines that make a commit an import"), float64(x.ImportLines)},
		{b.l.T("Minimum evidence: credited acts"), float64(m.Acts)},
		{b.l.T("Minimum evidence: or this part of all acts"), m.Share},
		{b.l.T("Minimum evidence: months with a credited act"), float64(m.Months)},
	} {
		t.add(head(row.what), num(b.number(row.value, 4)))
	}
	effect := b.l.T("the figure is marked")
	if m.Effect == model.Zero {
		effect = b.l.T("the figure becomes 0")
	}
	t.add(head(b.l.T("Minimum evidence: where it is missed")), num(effect))
	return t
}

func (b *builder) digests(r *model.Ranking) *table {
	t := b.newTable(b.l.T("SHA-256 of the method and of each part of it"), text(b.l.T("Part")), text("SHA-256"))
	t.Hidden, t.Short = true, true
	t.add(head(b.l.T("all of it")), code(clip(r.Method.Digest, mostName)))
	for _, name := range slices.Sorted(maps.Keys(r.Method.Parts)) {
		t.add(head(clip(name, mostName)), code(clip(r.Method.Parts[name], mostName)))
	}
	return t
}

func (b *builder) tips(r *model.Ranking) *table {
	t := b.newTable(b.l.T("Branches and commits"), text(b.l.T("Repository")), text(b.l.T("Branch")), text(b.l.T("Commit")))
	t.Hidden = true
	shown, all := 0, 0
	for _, p := range r.Projects {
		all += len(p.Tips)
		list := p.Tips[:min(len(p.Tips), mostTips-shown)]
		if len(list) > 0 {
			t.group(clip(p.ID, mostName), "")
		}
		for _, x := range list {
			shown++
			t.add(code(clip(x.Repository, mostName)), code(clip(x.Branch, mostName)), code(clip(x.Commit, mostName)))
		}
	}
	t.Note = b.leftOut(shown, all)
	return t
}
