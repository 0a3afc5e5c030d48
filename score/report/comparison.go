package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// ComparisonJSON writes a comparison as indented JSON, in the form that its types document.
func ComparisonJSON(w io.Writer, c *model.Comparison) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(c)
}

// ComparisonText writes a comparison for a person at a terminal: what differs first, then
// what that makes of each bidder's score.
func ComparisonText(w io.Writer, c *model.Comparison, o *TextOptions) error {
	if o == nil {
		o = &TextOptions{}
	}
	t := &text{w: w, width: max(40, cmp.Or(o.Width, 80))}
	t.compared("A", c.A)
	t.compared("B", c.B)
	if c.Status == "SIMULATION" {
		t.wrap("", "  ", "SIMULATION: at least one of the two was not computed from a sealed document")
	}
	if len(c.Tender) > 0 {
		t.differences("These are two different tenders", c.Tender)
	}
	t.differences("Method", c.Method)
	t.differences("Who works for whom", c.Affiliation)
	t.differences("Facts", c.Facts)
	if len(c.Tender)+len(c.Method)+len(c.Affiliation)+len(c.Facts) == 0 {
		t.wrap("", "  ", "Method, affiliations and facts are the same.")
	}
	for _, lot := range c.Lots {
		t.comparedLot(lot)
	}
	t.list("Notes", c.Notes)
	return t.err
}

func (t *text) compared(name string, r model.ComparedRun) {
	t.wrap("", "   ", fmt.Sprintf("%s: %s, %s, digest %.16s", name, strings.TrimSpace(r.Tender.ID+" "+r.Tender.Title), r.Status, r.Digest))
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
		for _, s := range []string{d.Project, d.Subject, d.What} {
			if s != "" {
				where = append(where, s)
			}
		}
		t.wrap("  ", "    ", fmt.Sprintf("%s: %s → %s", strings.Join(where, ", "), stated(d, d.A), stated(d, d.B)))
	}
}

// stated writes a value, shortened where it is a digest; what is not stated is no value.
func stated(d model.Difference, s string) string {
	switch {
	case s == "":
		return "not stated"
	case d.What == "digest":
		return fmt.Sprintf("%.12s", s)
	}
	return s
}

func (t *text) comparedLot(lot model.LotComparison) {
	t.line("")
	in := map[model.Side]string{model.InAOnly: " is in A only", model.InBOnly: " is in B only"}[lot.In]
	t.wrap("", "  ", fmt.Sprintf("Lot %s%s", lot.ID, in))
	for _, b := range lot.Bidders {
		t.comparedBidder(b)
	}
}

// comparedBidder writes how a score changed, and each part of the change.
func (t *text) comparedBidder(b model.BidderComparison) {
	switch b.In {
	case model.InAOnly:
		t.wrap("  ", "    ", fmt.Sprintf("%s: in A only, with %s", b.Bidder, standing(b.ScoreA, b.PointsA, b.RankA)))
	case model.InBOnly:
		t.wrap("  ", "    ", fmt.Sprintf("%s: in B only, with %s", b.Bidder, standing(b.ScoreB, b.PointsB, b.RankB)))
	default:
		change := "not known, as one score is not"
		if b.Change != nil {
			change = fmt.Sprintf("%+.4f", *b.Change)
		}
		t.wrap("  ", "    ", fmt.Sprintf("%s: %s → %s; change %s", b.Bidder, standing(b.ScoreA, b.PointsA, b.RankA), standing(b.ScoreB, b.PointsB, b.RankB), change))
	}
	for _, p := range b.Parts {
		t.wrap("    ", "      ", part(p))
	}
}

// standing writes what a bidder has, without a rank where none is shown.
func standing(score, points *float64, place int) string {
	s := fmt.Sprintf("score %s (%s points", unknown(decimal(score, 4)), unknown(decimal(points, 2)))
	if place > 0 {
		s += fmt.Sprintf(", rank %d", place)
	}
	return s + ")"
}

// part writes one indicator's part of a change with its figures, and which of them
// made it.
func part(p model.ScoreChange) string {
	name := "not explained by the figures"
	switch {
	case p.Indicator != "":
		name = fmt.Sprintf("%s, %s: %s", p.Project, p.Pillar, p.Indicator)
	case p.Project != "":
		name = p.Project + ", minimum evidence"
	}
	var of []string
	for _, x := range []struct {
		name   string
		change float64
		of     func(*model.Figures) float64
	}{
		{"value", p.Value, func(f *model.Figures) float64 { return f.Value }},
		{"T", p.T, func(f *model.Figures) float64 { return f.T }},
		{"weight", p.Weight, func(f *model.Figures) float64 { return f.Weight }},
		{"project's weight", p.InLot, func(f *model.Figures) float64 { return f.InLot }},
		{"n", p.N, func(f *model.Figures) float64 { return f.N }},
	} {
		if x.change != 0 {
			of = append(of, fmt.Sprintf("%s %s → %s makes %+.4f", x.name, of6(p.A, x.of), of6(p.B, x.of), x.change))
		}
	}
	if p.Rest != 0 {
		of = append(of, fmt.Sprintf("%+.4f", p.Rest))
	}
	return fmt.Sprintf("%+.4f %s: %s", p.Change, name, strings.Join(of, "; "))
}

// of6 writes a figure to six digits, and one that is not shown as that.
func of6(f *model.Figures, of func(*model.Figures) float64) string {
	if f == nil {
		return "not shown"
	}
	return fmt.Sprintf("%.6g", of(f))
}
