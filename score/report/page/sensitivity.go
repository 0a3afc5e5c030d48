package page

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// mostRanks is the number of ranks that have a column of their own.
const mostRanks = 8

// sensitivity lays out the page of a study.
func (b *builder) sensitivity(s *model.Sensitivity, o *SensitivityOptions) *document {
	for _, lot := range s.Lots {
		for _, x := range lot.Measurement {
			b.learn(x.Bidder, x.Name)
		}
	}
	doc := &document{Name: SensitivityName, Kicker: b.l.T("What the ranking hangs on"), Title: b.title(s.Tender, b.l.T("Result of the tender"))}
	doc.Banner = banner{Label: model.Simulation, Text: b.l.T("A study beside the ranking. It decides nothing, and nothing in it changes the ranking.")}
	if s.Gaps > 0 {
		doc.Banner.Notices = []notice{{Text: b.l.T("This ranking has gaps: %d repositories, or parts of them, could not be read.", s.Gaps)}}
	}
	for _, x := range []pair{
		{b.l.T("Reference"), clip(s.Tender.ID, mostName)},
		{b.l.T("Buyer"), clip(s.Tender.Buyer, mostName)},
		{b.l.T("Draws"), b.l.T("%s of each kind, seed %s", b.count(int64(s.Draws)), strconv.FormatUint(s.Seed, 10))},
		{b.l.T("Digest of the method"), clip(s.Method.Digest, mostName)},
	} {
		if x.Value != "" {
			doc.About = append(doc.About, x)
		}
	}
	doc.Lead = []string{b.l.T("Would another bidder be first if something were otherwise? Two kinds of draws answer, and are never mixed: of what is uncertain in the facts, and of what could have been chosen otherwise. Then one thing at a time is changed, and the smallest change of weights is sought that makes another bidder first.")}
	for i, lot := range s.Lots {
		doc.Parts = append(doc.Parts, b.study(i, lot))
	}
	if len(s.Notes) > 0 {
		doc.Parts = append(doc.Parts, part{ID: "notes", Title: b.l.T("Not studied, and what to know"), Blocks: []block{{List: b.sayAll(s.Notes)}}})
	}
	doc.Parts = append(doc.Parts, b.assumptions(s.Assumptions))
	if o.Report {
		doc.Parts = append(doc.Parts, part{ID: "files", Title: b.l.T("Files beside this page"), Blocks: []block{{Files: []file{{FileName(ReportName, b.l.Lang()), b.l.T("the ranking itself")}}}}})
	}
	return doc
}

func (b *builder) sayAll(list []string) (out []said) {
	for _, s := range list {
		out = append(out, b.quote(s))
	}
	return out
}

// study is the chapter of a lot.
func (b *builder) study(i int, lot model.LotSensitivity) part {
	p := part{ID: "lot-" + strconv.Itoa(i+1), Title: b.lotTitle(lot.ID, lot.Title)}
	how := b.l.T("The bar spans nine tenths of the draws, from low to high; the short mark is their median, the tall one the score of the ranking.")
	p.Blocks = append(p.Blocks, block{Heading: b.l.T("What is uncertain in the facts")}, block{Text: &said{Text: how}}, block{Table: b.spreads(b.l.T("Draws of what is uncertain, scores of 100"), lot.Measurement)},
		block{Heading: b.l.T("What could have been chosen otherwise")}, block{Text: &said{Text: how}}, block{Table: b.spreads(b.l.T("Draws of what could be chosen, scores of 100"), lot.Specification)})
	if len(lot.Alternatives) > 0 {
		p.Blocks = append(p.Blocks, block{Heading: b.l.T("One thing at a time")}, block{Table: b.alternatives(lot)})
	}
	if !lot.Ranked {
		return p
	}
	p.Blocks = append(p.Blocks, block{Heading: b.l.T("The smallest change of weights")})
	var list []said
	if lot.Dominant {
		list = append(list, plainly(b.l.T("No weights whatever make another bidder first: the first is at least as good in each indicator of each project.")))
	} else {
		for _, c := range lot.Weights {
			list = append(list, b.say(c.Text))
		}
	}
	if len(list) == 0 {
		list = append(list, plainly(b.l.T("Fewer than two scores are known.")))
	}
	p.Blocks = append(p.Blocks, block{List: list})
	return p
}

// spreads is the table of the draws of one kind.
func (b *builder) spreads(caption string, list []model.Spread) *table {
	meets := slices.ContainsFunc(list, func(x model.Spread) bool { return x.Meets != nil })
	ranks := 0
	if slices.ContainsFunc(list, func(x model.Spread) bool { return len(x.Ranks) > 0 }) {
		ranks = min(len(list), mostRanks)
	}
	columns := []cell{text(b.words["bidder"]), num(b.l.T("Ranking")), unseen(b.l.T("Bar of the scores")), num(b.l.T("Low")), num(b.l.T("Median")), num(b.l.T("High"))}
	if meets {
		columns = append(columns, num(b.l.T("Meets the minimum")))
	}
	for rank := range ranks {
		columns = append(columns, num(b.l.T("Rank %d", rank+1)))
	}
	t := b.newTable(caption, columns...)
	shown := list[:min(len(list), mostListed)]
	for _, x := range shown {
		t.add(b.spread(x, meets, ranks)...)
	}
	t.Note = b.leftOut(len(shown), len(list))
	return t
}

func (b *builder) spread(x model.Spread, meets bool, ranks int) []cell {
	row := []cell{head(b.bidder(x.Bidder)), num(b.maybe(x.Official, 2)), barred(intervalOf(x))}
	if i := x.Score; i != nil {
		row = append(row, num(b.l.Number(i.Low, 2)), num(b.l.Number(i.Median, 2)), num(b.l.Number(i.High, 2)))
	} else {
		row = append(row, num(b.words["unknown"]), num(b.words["unknown"]), num(b.words["unknown"]))
	}
	if meets {
		row = append(row, num(b.part(x.Meets)))
	}
	for rank := range ranks {
		share := 0.0
		for _, r := range x.Ranks {
			if r.Rank == rank+1 {
				share = r.Share
			}
		}
		if x.Score == nil {
			row = append(row, num(b.words["unknown"]))
			continue
		}
		row = append(row, num(b.part(&share)))
	}
	return row
}

// part writes a share; what is not quite all or nothing is never shown as such.
func (b *builder) part(x *float64) string {
	switch {
	case x == nil:
		return b.words["unknown"]
	case *x > 0 && *x < 0.005:
		return b.l.T("< 1 %%")
	case *x > 0.995 && *x < 1:
		return b.l.T("> 99 %%")
	}
	return b.l.Percent(*x, 0)
}

// intervalOf draws the middle nine tenths, the median and the score of the ranking.
func intervalOf(x model.Spread) *bar {
	if x.Score == nil {
		return nil
	}
	i := x.Score
	list := []segment{{share(i.Low), share(max(0.4, i.High-i.Low)), "2", "6", "span"}, {share(i.Median - 0.25), "0.50", "2", "6", "median"}}
	if x.Official != nil {
		list = append(list, segment{share(*x.Official - 0.4), "0.80", "0", "10", "official"})
	}
	return &bar{Parts: list}
}

// alternatives is the table of single changes. Of many bidders the first ones are shown.
func (b *builder) alternatives(lot model.LotSensitivity) *table {
	bidders := lot.Alternatives[0].Scores
	shown := bidders[:min(len(bidders), mostRanks)]
	columns := []cell{text(b.l.T("What is changed")), text(b.l.T("To"))}
	for _, m := range shown {
		columns = append(columns, num(b.bidder(m.Bidder)))
	}
	t := b.newTable(b.l.T("Change of each bidder’s score, in points of 100"), append(columns, text(b.l.T("What follows")))...)
	last, same := "", []string(nil)
	for _, a := range lot.Alternatives {
		if unmoved(a) {
			same = append(same, b.changed(a)+" ("+b.changeTo(a.Change)+")")
			continue
		}
		if a.Group != last {
			t.group(b.groupName(a.Group), "")
			last = a.Group
		}
		row := []cell{head(b.changed(a)), text(b.changeTo(a.Change))}
		for _, m := range a.Scores[:min(len(a.Scores), len(shown))] {
			row = append(row, num(b.change(m.Change)))
		}
		for len(row) < len(shown)+2 {
			row = append(row, num(b.words["unknown"]))
		}
		t.add(append(row, b.follows(a))...)
	}
	t.Note = b.leftOut(len(shown), len(bidders))
	if len(same) > 0 {
		t.Note = strings.TrimSpace(b.l.T("These change no score: %s.", strings.Join(same, ", ")) + " " + t.Note)
	}
	return t
}

// unmoved reports whether a change moves nobody.
func unmoved(a model.Alternative) bool {
	return !slices.ContainsFunc(a.Scores, func(m model.Moved) bool { return m.Change == nil || *m.Change != 0 }) &&
		(a.FirstChanges == nil || !*a.FirstChanges) && len(a.Meets) == 0
}

func (b *builder) groupName(group string) string {
	switch group {
	case "pillar":
		return b.l.T("Weight of a pillar")
	case "indicator":
		return b.l.T("An indicator left out")
	case "threshold":
		return b.l.T("Thresholds")
	case "window":
		return b.l.T("Window")
	case "mean":
		return b.l.T("Mean of the pillars")
	case "rule":
		return b.l.T("A rule off")
	case "contested":
		return b.l.T("Contested people")
	}
	return clip(group, mostName)
}

// changed names what is changed.
func (b *builder) changed(a model.Alternative) string {
	switch pillar, indicator, both := strings.Cut(a.Name, ": "); {
	case a.Group == "pillar":
		return b.pillar(model.Pillar(a.Name))
	case a.Group == "indicator" && both:
		return b.indicatorOf(model.Pillar(pillar), model.Indicator(indicator))
	case a.Group == "threshold" && a.Name == "all":
		return b.l.T("all thresholds")
	case a.Group == "window":
		return b.l.T("the last months")
	case a.Group == "mean":
		return b.l.T("between the pillars")
	}
	return clip(a.Name, mostName)
}

// changeTo writes what it is changed to.
func (b *builder) changeTo(change string) string {
	switch change {
	case "off":
		return b.l.T("off")
	case "geometric":
		return b.l.T("geometric")
	}
	if n := 0.0; scans(change, "× %g", &n) {
		return "× " + b.number(n, 4)
	}
	if n := 0.0; strings.HasSuffix(change, " %") && scans(change, "%g", &n) {
		return change[:1] + b.l.T("%s %%", b.number(math.Abs(n), 2))
	}
	if n, of := 0, 0; scans(change, "%d of %d", &n, &of) {
		return b.l.T("%d of %d months", n, of)
	}
	s, _ := b.l.Say(change)
	return clip(s, mostName)
}

// scans reads the numbers of a text, and reports whether they are there.
func scans(text, format string, to ...any) bool {
	n, err := fmt.Sscanf(text, format, to...)
	return err == nil && n == len(to)
}

func (b *builder) follows(a model.Alternative) cell {
	var list []said
	if a.FirstChanges != nil && *a.FirstChanges {
		list = append(list, plainly(b.l.T("first would be: %s", b.bidders(a.First))))
	}
	if len(a.Meets) > 0 {
		list = append(list, plainly(b.l.T("whether the minimum is met changes for: %s", b.bidders(a.Meets))))
	}
	if len(list) == 0 {
		return text("")
	}
	return cell{said: list[0], More: list[1:], Strong: true}
}

// assumptions are the numbers that the draws rest on.
func (b *builder) assumptions(list []model.Assumption) part {
	t := b.newTable(b.l.T("Numbers that the draws rest on"), text(b.l.T("Assumption")), num(b.l.T("Value")), text(b.l.T("What it means, and why")))
	t.Hidden, t.Long = true, true
	for _, a := range list {
		what := sayer(b.quote(a.Doc))
		what.More = append(what.More, b.quote(a.Reason))
		if a.Source != "" {
			what.More = append(what.More, b.quote(a.Source))
		}
		if a.Stated {
			what.More = append(what.More, plainly(b.l.T("Stated by whoever ran the study.")))
		}
		t.add(head(clip(a.Name, mostName)), num(b.number(a.Value, 6)), what)
	}
	return part{ID: "assumptions", Title: b.l.T("Assumed, not measured"), Blocks: []block{
		{Text: &said{Text: b.l.T("Nobody measured these numbers. Whoever runs the study can state others.")}}, {Table: t}}}
}
