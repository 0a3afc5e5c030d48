package workbook

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// methodSheet says by which rules, thresholds and definitions the result was made, and what
// is not known: one table, to be filtered by its first column.
func (b *book) methodSheet() *grid {
	g := &grid{name: b.l.T("Method"), colour: navy, widths: []float64{18, 22, 26, 22, 80}}
	b.top(g, false, b.l.T("The method as a whole is printed by: tender method FILE"))
	g.heads = b.columns(g, "part", "subject", "item", "value", "text")
	b.identityRows(g)
	b.disclosureRows(g)
	b.coverageRows(g)
	b.definitionRows(g)
	b.ruleRows(g)
	g.filter = fmt.Sprintf("%s:%s", at(1, g.heads), at(g.width(), len(g.rows)))
	return g
}

// entry appends a row of the table.
func (b *book) entry(g *grid, part, subject, item string, value any, said string) {
	v := cell{}
	switch x := value.(type) {
	case string:
		v = wrapped(x)
	case nil:
	default:
		v = num(x, numberLook)
	}
	g.add(text(part), wrapped(subject), wrapped(item), v, wrapped(said))
}

// identityRows say what was computed from what.
func (b *book) identityRows(g *grid) {
	r, part := b.official, b.l.T("result")
	b.entry(g, part, b.l.T("status"), "", b.word(r.Status), b.headline())
	b.entry(g, part, b.l.T("tender"), "", clean(r.Tender.ID), clean(r.Tender.Title))
	b.entry(g, part, b.l.T("buyer"), "", clean(r.Tender.Buyer), "")
	b.entry(g, part, b.l.T("window"), "", "", b.l.T("%s to %s, UTC, end excluded", b.l.Date(r.Since), b.l.Date(r.Until)))
	mode := b.word(string(r.Mode))
	if r.Shortlist {
		mode += ", " + b.l.T("short-list")
	}
	b.entry(g, part, b.l.T("mode"), "", mode, "")
	if hasMinimum(r) {
		b.entry(g, part, b.l.T("minimum points"), "", r.MinimumPoints, "")
	}
	b.entry(g, part, b.l.T("method"), b.l.T("version"), r.Method.Version, "")
	b.entry(g, part, b.l.T("digest"), b.l.T("of all"), "SHA-256", clean(r.Method.Digest))
	for _, name := range slices.Sorted(maps.Keys(r.Method.Parts)) {
		b.entry(g, part, b.l.T("digest"), b.word(name), "SHA-256", clean(r.Method.Parts[name]))
	}
	for _, p := range r.Projects {
		for _, t := range p.Tips {
			b.entry(g, b.l.T("tip"), clean(p.ID), clean(t.Branch), "", clean(t.Repository+" "+t.Commit))
		}
	}
}

// disclosureRows say what is decided, open, missing or odd.
func (b *book) disclosureRows(g *grid) {
	r := b.official
	for _, x := range r.Gaps {
		b.entry(g, b.l.T("gap"), clean(x.Project), clean(x.Repository), "", b.say(x.Reason))
	}
	for _, d := range r.Decisions {
		said := clean(d.Reason)
		if d.Objection != nil {
			said += " — " + b.l.T("objection: %s", clean(d.Objection.Text))
		}
		b.entry(g, b.l.T("decision"), clean(d.ID), clean(string(d.On)), b.word(d.Decide), said)
		b.effectRows(g, clean(d.ID), d.Effect)
	}
	for _, c := range r.Contested {
		vendors := clean(strings.Join(c.Vendors, ", "))
		b.entry(g, b.l.T("contested"), vendors, b.l.T("acts"), c.Acts, b.l.T("These vendors claim the same people with equal evidence. Their acts count for nobody known."))
		for _, o := range c.Outcomes {
			b.effectRows(g, b.l.T("if they are those of %s", clean(o.Vendor)), o.Effect)
		}
	}
	for _, w := range r.Warnings {
		b.entry(g, b.l.T("warning"), "", "", "", b.say(w))
	}
}

// effectRows say what a decision or a contest changes for each bidder.
func (b *book) effectRows(g *grid, of string, list []model.Effects) {
	for _, e := range list {
		b.entry(g, b.l.T("effect"), of, clean(e.Bidder), e.Change, b.l.T("points out of 100 in lot %s", clean(e.Lot)))
	}
}

// coverageRows say what the sources could show, and how each indicator was scored.
func (b *book) coverageRows(g *grid) {
	for _, p := range b.official.Projects {
		if p.UnknownShare != nil {
			b.entry(g, b.l.T("coverage"), clean(p.ID), b.l.T("unknown affiliation"), b.l.Percent(*p.UnknownShare, 1), b.l.T("of all credited changes; they stay in every denominator"))
		}
		b.entry(g, b.l.T("coverage"), clean(p.ID), b.l.T("contributions read"), p.Read, "")
		b.entry(g, b.l.T("coverage"), clean(p.ID), b.l.T("contributions counted"), p.Counted, "")
		for _, c := range p.Coverage {
			b.entry(g, b.l.T("coverage"), clean(p.ID+" "+c.Repository), b.word(string(c.Kind)), b.word(string(c.State)), b.sourced(c))
		}
		for _, i := range p.Indicators {
			b.thresholdEntry(g, p.ID, i)
		}
		for _, c := range p.Rules {
			b.entry(g, b.l.T("rule applied"), clean(p.ID), clean(c.Rule), c.Refused, b.l.T("refused, of %d acts that it touched", c.Touched))
		}
	}
}

// sourced says which source stated a coverage, and why it is no better.
func (b *book) sourced(c model.CoverageShown) string {
	if c.Reason == "" {
		return clean(c.Source)
	}
	return b.l.T("%s: %s", clean(c.Source), b.say(c.Reason))
}

func (b *book) thresholdEntry(g *grid, project string, i model.IndicatorResult) {
	name := b.l.T("%s: %s", b.word(string(i.Pillar)), b.word(string(i.Indicator)))
	if i.T == 0 {
		b.entry(g, b.l.T("threshold"), clean(project), name, none, b.l.T("dropped for all bidders: %s", b.reason(i)))
		return
	}
	said := b.l.T("weight %s", b.l.Percent(i.Weight, 1))
	if remark := b.remark(i); remark != "" {
		said += b.l.T("; ") + remark
	}
	b.entry(g, b.l.T("threshold"), clean(project), name, i.T, said)
}

// definitionRows say what each indicator counts.
func (b *book) definitionRows(g *grid) {
	for _, m := range score.Metrics() {
		b.entry(g, b.l.T("definition"), b.word(string(m.Pillar)), b.word(string(m.Indicator)), b.word(m.Unit), b.say(m.Doc)+" "+b.l.T("Source: %s", b.say(m.Source)))
	}
	m, r := b.official.Terms.Minimum, b.official.Terms.Rules
	b.entry(g, b.l.T("definition"), b.l.T("minimum of evidence"), "", "", b.l.T("%d credited acts, or %s of all human acts, in %d months; effect: %s", m.Acts, b.l.Percent(m.Share, 0), m.Months, b.effect(b.official)))
	for _, x := range []struct {
		name  string
		value any
	}{{"changes-per-week", r.ChangesPerWeek}, {"acts-per-day", r.ActsPerDay}, {"ports-per-day", r.PortsPerDay}, {"mate", r.Mate}, {"floor-acts", r.FloorActs},
		{"floor-months", r.FloorMonths}, {"revert-days", r.RevertDays}, {"small-text", r.SmallText}, {"small-text-lines", r.SmallTextLines},
		{"import-files", r.ImportFiles}, {"import-lines", r.ImportLines}} {
		b.entry(g, b.l.T("parameter"), "rules", x.name, x.value, "")
	}
}

// ruleRows print the rules that were applied, with their reasons.
func (b *book) ruleRows(g *grid) {
	for n, r := range score.Rules() {
		effect := b.l.T("discounts")
		if r.Refuses {
			effect = b.l.T("refuses")
		}
		said := b.say(r.Doc) + " " + b.l.T("Why: %s", b.say(r.Why))
		if r.Source != "" {
			said += " " + b.l.T("Source: %s", b.say(r.Source))
		}
		b.entry(g, b.l.T("rule"), fmt.Sprint(n+1), clean(r.Name), effect, said)
	}
}
