package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// ComparisonJSON writes a comparison as indented JSON, in the form that its types document.
func ComparisonJSON(w io.Writer, c *model.Comparison) error {
	return WriteJSON(w, c)
}

// ComparisonText writes a comparison for a person at a terminal: what differs first, then
// what that makes of each bidder's score.
func ComparisonText(w io.Writer, c *model.Comparison, o *TextOptions) error {
	t := newText(w, o)
	if c.Status == model.Simulation {
		t.wrap("", "  ", t.T("SIMULATION: at least one of the two was not computed from a sealed document")+t.withGaps(c.A.Gaps+c.B.Gaps))
	}
	t.compared("A", c.A)
	t.compared("B", c.B)
	if len(c.Tender) > 0 {
		t.differences(t.T("These are two different tenders"), c.Tender)
	}
	t.differences(t.T("Method"), c.Method)
	t.differences(t.T("Who works for whom"), c.Affiliation)
	t.differences(t.T("Facts"), c.Facts)
	if len(c.Tender)+len(c.Method)+len(c.Affiliation)+len(c.Facts) == 0 {
		t.wrap("", "  ", t.T("Method, affiliations and facts are the same."))
	}
	for _, lot := range c.Lots {
		t.comparedLot(lot)
	}
	t.list(t.T("Notes"), t.sayAll(c.Notes))
	return t.err
}

func (t *text) compared(name string, r model.ComparedRun) {
	t.wrap("", "   ", t.T("%s: %s, %s, digest %.16s", name, strings.TrimSpace(r.Tender.ID+" "+r.Tender.Title), t.say(r.Status)+t.withGaps(r.Gaps), r.Digest))
}

// differences writes one line each: where, what, and how it was and is.
func (t *text) differences(title string, all []model.Difference) {
	if len(all) == 0 {
		return
	}
	t.line("")
	t.line("%s", title)
	for _, d := range all {
		var where []string
		for _, s := range []string{d.Project, t.subject(d), t.say(d.What)} {
			if s != "" {
				where = append(where, s)
			}
		}
		t.wrap("  ", "    ", t.T("%s: %s → %s", strings.Join(where, ", "), t.stated(d, d.A), t.stated(d, d.B)))
	}
}

// subject writes what differs: an indicator or a count in the language, a name as it is.
func (t *text) subject(d model.Difference) string {
	switch d.What {
	case "threshold", "weight", "contributions":
		return t.say(d.Subject)
	}
	return d.Subject
}

// stated writes a value, shortened where it is a digest; what is not stated is no value.
func (t *text) stated(d model.Difference, s string) string {
	switch {
	case s == "":
		return t.T("not stated")
	case d.What == "digest":
		return fmt.Sprintf("%.12s", s)
	case d.What == "reference" || d.What == "title" || d.What == "buyer":
		return s
	}
	if said := t.say(s); said != s {
		return said
	}
	return t.figure(s)
}

func (t *text) comparedLot(lot model.LotComparison) {
	t.line("")
	in := map[model.Side]string{model.InAOnly: t.T(" is in A only"), model.InBOnly: t.T(" is in B only")}[lot.In]
	t.wrap("", "  ", t.T("Lot %s%s", lot.ID, in))
	for _, b := range lot.Bidders {
		t.comparedBidder(b)
	}
}

// comparedBidder writes how a score changed, and each part of the change.
func (t *text) comparedBidder(b model.BidderComparison) {
	switch b.In {
	case model.InAOnly:
		t.wrap("  ", "    ", t.T("%s: in A only, with %s", b.Bidder, t.standing(b.ScoreA, b.PointsA, b.RankA)))
	case model.InBOnly:
		t.wrap("  ", "    ", t.T("%s: in B only, with %s", b.Bidder, t.standing(b.ScoreB, b.PointsB, b.RankB)))
	default:
		change := t.T("not known, as one score is not")
		if b.Change != nil {
			change = t.figure(fmt.Sprintf("%+.4f", *b.Change))
		}
		t.wrap("  ", "    ", t.T("%s: %s → %s; change %s", b.Bidder, t.standing(b.ScoreA, b.PointsA, b.RankA), t.standing(b.ScoreB, b.PointsB, b.RankB), change))
	}
	for _, p := range b.Parts {
		t.wrap("    ", "      ", t.part(p))
	}
}

// standing writes what a bidder has, without a rank where none is shown.
func (t *text) standing(score, points *float64, place int) string {
	if place > 0 {
		return t.T("score %s (%s points, rank %d)", t.orUnknown(decimal(score, 4)), t.orUnknown(decimal(points, 2)), place)
	}
	return t.T("score %s (%s points)", t.orUnknown(decimal(score, 4)), t.orUnknown(decimal(points, 2)))
}

// part writes one indicator's part of a change with its figures, and which of them
// made it.
func (t *text) part(p model.ScoreChange) string {
	name := t.T("not explained by the figures")
	switch {
	case p.Indicator != "":
		name = t.T("%s, %s: %s", p.Project, t.say(string(p.Pillar)), t.say(string(p.Indicator)))
	case p.Project != "":
		name = t.T("%s, minimum evidence", p.Project)
	}
	var of []string
	for _, x := range []struct {
		name   string
		change float64
		of     func(*model.Figures) float64
	}{
		{t.T("value"), p.Value, func(f *model.Figures) float64 { return f.Value }},
		{"T", p.T, func(f *model.Figures) float64 { return f.T }},
		{t.T("weight"), p.Weight, func(f *model.Figures) float64 { return f.Weight }},
		{t.T("project's weight"), p.InLot, func(f *model.Figures) float64 { return f.InLot }},
		{"n", p.N, func(f *model.Figures) float64 { return f.N }},
	} {
		if x.change != 0 {
			of = append(of, t.T("%s %s → %s makes %s", x.name, t.of6(p.A, x.of), t.of6(p.B, x.of), t.figure(fmt.Sprintf("%+.4f", x.change))))
		}
	}
	if p.Rest != 0 {
		of = append(of, t.figure(fmt.Sprintf("%+.4f", p.Rest)))
	}
	return t.T("%s %s: %s", t.figure(fmt.Sprintf("%+.4f", p.Change)), name, strings.Join(of, t.T("; ")))
}

// of6 writes a figure to six digits, and one that is not shown as that.
func (t *text) of6(f *model.Figures, of func(*model.Figures) float64) string {
	if f == nil {
		return t.T("not shown")
	}
	return t.figure(fmt.Sprintf("%.6g", of(f)))
}
