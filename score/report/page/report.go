package page

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// report lays out the page of a ranking.
func (b *builder) report(d Data) *document {
	r := d.Ranking
	for _, lot := range r.Lots {
		for _, s := range lot.Standings {
			b.learn(s.Bidder, s.Name)
		}
	}
	doc := &document{Name: ReportName, Banner: b.banner(r, d.Evidence), About: b.about(r)}
	doc.Kicker = b.l.T("What the bidders give back to open source")
	doc.Title = b.title(r.Tender, b.l.T("Result of the tender"))
	doc.Lead = b.lead(r, d)
	doc.Parts = append(doc.Parts, b.decisions(r)...)
	doc.Parts = append(doc.Parts, b.lots(r), b.footprints(d))
	if len(d.Totals) > 0 {
		doc.Parts = append(doc.Parts, b.activity(r, d.Totals))
	}
	doc.Parts = append(doc.Parts, b.coverage(r), b.contested(r), b.warnings(r))
	doc.Acts = b.acts(r, d.Evidence)
	doc.Parts = append(doc.Parts, b.actsPart(d.Evidence, d.Only), b.method(r))
	if len(d.Files) > 0 {
		doc.Parts = append(doc.Parts, b.files(d.Files))
	}
	return doc
}

func (b *builder) title(about model.About, otherwise string) string {
	if title := clip(about.Title, mostName); title != "" {
		return title
	}
	return otherwise
}

// banner says first of all whether the result is official, and what is missing.
func (b *builder) banner(r *model.Ranking, s *Sample) banner {
	x := b.status(r.Label())
	if n := len(r.Gaps); n > 0 {
		x.Notices = append(x.Notices, notice{b.l.T("This ranking has gaps: %d repositories, or parts of them, could not be read.", n), "coverage"})
	}
	if s != nil && s.Identified {
		x.Notices = append(x.Notices, notice{Text: b.l.T("This page names persons. It is for those who may know them.")})
	}
	return x
}

func (b *builder) status(label string) banner {
	if digest, ok := strings.CutPrefix(label, model.Official+" "); ok {
		return banner{Label: b.l.T("OFFICIAL"), Official: true, Digest: clip(digest, mostName), Text: b.l.T("Computed from the document that was sealed under this digest:")}
	}
	return banner{Label: model.Simulation, Text: b.l.T("Not computed from a sealed document.")}
}

// about are the facts of the tender.
func (b *builder) about(r *model.Ranking) []pair {
	var list []pair
	add := func(key, value string) {
		if value != "" {
			list = append(list, pair{key, value})
		}
	}
	add(b.l.T("Reference"), clip(r.Tender.ID, mostName))
	add(b.l.T("Buyer"), clip(r.Tender.Buyer, mostName))
	if r.Tender.Notice != 0 {
		add(b.l.T("Notice"), b.l.Date(r.Tender.Notice.Time()))
	}
	months := int(model.MonthOf(r.Until) - model.MonthOf(r.Since))
	add(b.l.T("Window"), b.l.T("%d months, from %s until before %s (UTC)", months, b.l.Date(r.Since), b.l.Date(r.Until)))
	add(b.l.T("Mode"), b.mode(r.Mode))
	if r.Mode == model.Selection && r.MinimumPoints > 0 {
		add(b.l.T("Minimum"), b.l.T("at least %s points", b.number(r.MinimumPoints, 2)))
	}
	add(b.l.T("Digest of the method"), clip(r.Method.Digest, mostName))
	return list
}

// lead is what a reader has to know to read the page.
func (b *builder) lead(r *model.Ranking, d Data) []string {
	list := []string{b.l.T("This page shows what the bidders’ people gave back, in the window, to the open source projects that the tender depends on: accepted changes, reviews, and the work of maintaining. Every figure is made of acts that anybody can look up, by rules that are the same for all.")}
	if !ranked(r) {
		list = append(list, b.l.T("In this mode bidders are not ranked: the table says who meets the minimum."))
	}
	if d.Evidence != nil && !d.Evidence.Identified {
		list = append(list, b.l.T("Persons stand under pseudonyms. No address of a person is shown."))
	}
	return list
}

// decisions come before the ranking: what somebody decided is no measurement.
func (b *builder) decisions(r *model.Ranking) []part {
	if len(r.Decisions) == 0 {
		return nil
	}
	t := b.newTable(b.l.T("Decisions of the buyer, with what each changes"), text(b.l.T("Decision")), text(b.l.T("On")), text(b.l.T("What was decided")), text(b.l.T("Reason")), text(b.l.T("By")), text(b.l.T("Effect on the scores")))
	t.Hidden, t.Long = true, true
	shown := r.Decisions[:min(len(r.Decisions), mostListed)]
	for _, d := range shown {
		decided := clip(d.Decide, mostName)
		if d.Rule != "" {
			decided = b.l.T("%s (rule %s)", decided, clip(d.Rule, mostName))
		}
		by := clip(d.By, mostName)
		if d.At != 0 {
			by = strings.TrimSpace(by + " " + b.l.Date(d.At.Time()))
		}
		t.add(head(clip(d.ID, mostName)), code(clip(string(d.On), mostName)), text(decided), b.reasonOf(d), text(by), b.effects(d.Effect))
	}
	t.Note = b.leftOut(len(shown), len(r.Decisions))
	return []part{{ID: "decisions", Title: b.l.T("Decisions"), Blocks: []block{
		{Text: &said{Text: b.l.T("The buyer decided these cases. The scores below are those after the decisions.")}}, {Table: t}}}}
}

func (b *builder) reasonOf(d model.DecisionShown) cell {
	c := text(clip(d.Reason, mostText))
	if o := d.Objection; o != nil {
		c.More = append(c.More, plainly(b.l.T("Objection by %s: %s", clip(o.By, mostName), clip(o.Text, mostText))))
	}
	return c
}

// effects writes changes of scores, one on each line.
func (b *builder) effects(list []model.Effects) cell {
	if len(list) == 0 {
		return text(b.l.T("none"))
	}
	c := cell{}
	for i, e := range list {
		line := plainly(b.l.T("Lot %s, %s: %s", clip(e.Lot, mostName), b.bidder(e.Bidder), b.change(&e.Change)))
		if i == 0 {
			c.said = line
			continue
		}
		c.More = append(c.More, line)
	}
	return c
}

// contested are the people whom several vendors claim.
func (b *builder) contested(r *model.Ranking) part {
	p := part{ID: "contested", Title: b.l.T("Contested people")}
	if len(r.Contested) == 0 {
		p.Blocks = []block{{Text: &said{Text: b.l.T("Nobody is claimed by several vendors with equal evidence.")}}}
		return p
	}
	t := b.newTable(b.l.T("Contested people, and what each outcome would change"), text(b.l.T("Claimed by")), num(b.l.T("Acts")), text(b.l.T("If they belong to")), text(b.l.T("Effect on the scores")))
	t.Hidden = true
	shown := r.Contested[:min(len(r.Contested), mostListed)]
	for _, c := range shown {
		who := clip(strings.Join(c.Vendors, ", "), mostText)
		if len(c.Outcomes) == 0 {
			t.add(head(who), num(b.count(c.Acts)), text("–"), text(b.l.T("none on a bidder, or not worked out")))
		}
		for i, o := range c.Outcomes {
			first, acts := head(who), num(b.count(c.Acts))
			if i > 0 {
				first, acts = text(""), num("")
			}
			t.add(first, acts, text(clip(o.Vendor, mostName)), b.effects(o.Effect))
		}
	}
	t.Note = b.leftOut(len(shown), len(r.Contested))
	p.Blocks = []block{{Text: &said{Text: b.l.T("Several vendors claim these people with equal evidence. Their acts count for nobody until it is decided, and both outcomes are shown.")}}, {Table: t}}
	return p
}

// warnings are what the engine says beside the figures.
func (b *builder) warnings(r *model.Ranking) part {
	p := part{ID: "warnings", Title: b.l.T("Warnings")}
	if len(r.Warnings) == 0 {
		p.Blocks = []block{{Text: &said{Text: b.l.T("There are none.")}}}
		return p
	}
	var list []said
	for _, w := range r.Warnings[:min(len(r.Warnings), mostListed)] {
		list = append(list, b.say(w))
	}
	p.Blocks = []block{{List: list}}
	if note := b.leftOut(len(list), len(r.Warnings)); note != "" {
		p.Blocks = append(p.Blocks, block{Text: &said{Text: note}})
	}
	return p
}

// files lists what lies beside the page.
func (b *builder) files(list []File) part {
	var files []file
	for _, f := range list {
		files = append(files, file(f))
	}
	return part{ID: "files", Title: b.l.T("Files beside this page"), Blocks: []block{{Files: files}}}
}

// leftOut says how many of a list are shown; "" where all are.
func (b *builder) leftOut(shown, all int) string {
	if shown >= all {
		return ""
	}
	return b.l.T("%s of %s are shown; the rest is in the files beside this page.", b.count(int64(shown)), b.count(int64(all)))
}

func (b *builder) count(n int64) string { return b.l.Number(float64(n), 0) }

// names joins the names of bidders.
func (b *builder) bidders(ids []string) string {
	var list []string
	for _, id := range ids[:min(len(ids), 10)] {
		list = append(list, b.bidder(id))
	}
	if len(ids) > len(list) {
		list = append(list, fmt.Sprintf("+ %d", len(ids)-len(list)))
	}
	return strings.Join(list, ", ")
}

// weightsOf returns the weights of a lot's projects, those that could be scored first.
func weightsOf(lot model.LotResult) []model.Weighted {
	list := slices.Clone(lot.Projects)
	slices.SortStableFunc(list, func(a, b model.Weighted) int {
		switch {
		case (a.Missing == "") == (b.Missing == ""):
			return 0
		case a.Missing == "":
			return -1
		}
		return 1
	})
	return list
}
