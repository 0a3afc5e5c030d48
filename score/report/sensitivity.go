package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/tributary-oss/tributary/model"
)

// SensitivityJSON writes the study as indented JSON, in the form that its types document.
func SensitivityJSON(w io.Writer, s *model.Sensitivity) error {
	return WriteJSON(w, s)
}

// SensitivityCSV writes one row per figure: of the draws of each kind, with the share of
// each rank; of each thing changed; and of the smallest changes of weights. An unknown
// figure has no value.
func SensitivityCSV(w io.Writer, s *model.Sensitivity) error {
	rows := [][]string{{"status", "lot", "kind", "group", "name", "change", "bidder", "figure", "value", "gaps"}}
	for _, lot := range s.Lots {
		row := func(kind, group, name, change, bidder, figure, value string) {
			rows = append(rows, []string{s.Status, lot.ID, kind, group, name, change, bidder, figure, value, strconv.Itoa(s.Gaps)})
		}
		spreadRows(row, model.MeasurementDraws, lot.Measurement)
		spreadRows(row, model.SpecificationDraws, lot.Specification)
		for _, a := range lot.Alternatives {
			for _, m := range a.Scores {
				row("alternative", a.Group, a.Name, a.Change, m.Bidder, "score", decimal(m.Score, 4))
				row("alternative", a.Group, a.Name, a.Change, m.Bidder, "change", decimal(m.Change, 4))
			}
			for _, bidder := range a.First {
				row("alternative", a.Group, a.Name, a.Change, bidder, "first", "1")
			}
		}
		for _, c := range lot.Weights {
			row("weights", c.Kind, c.From, c.To, strings.Join(c.First, " "), "amount", decimal(c.Amount, 2))
		}
	}
	return writeCSV(w, rows)
}

func spreadRows(row func(kind, group, name, change, bidder, figure, value string), kind model.DrawKind, list []model.Spread) {
	for _, x := range list {
		figure := func(name, value string) { row(string(kind), "", "", "", x.Bidder, name, value) }
		figure("official", decimal(x.Official, 4))
		for _, i := range []struct {
			name     string
			of       *model.Interval
			decimals int
		}{{"score", x.Score, 4}, {"points", x.Points, 2}} {
			low, median, high := bounds(i.of, i.decimals)
			figure(i.name+"_low", low)
			figure(i.name+"_median", median)
			figure(i.name+"_high", high)
		}
		if x.Meets != nil {
			figure("meets", decimal(x.Meets, 6))
		}
		for _, r := range x.Ranks {
			figure("rank_"+strconv.Itoa(r.Rank), number(r.Share))
		}
	}
}

func bounds(i *model.Interval, decimals int) (low, median, high string) {
	if i == nil {
		return "", "", ""
	}
	return decimal(&i.Low, decimals), decimal(&i.Median, decimals), decimal(&i.High, decimals)
}

// Sensitivity writes the study for a person at a terminal. [TextOptions.Most] bounds the
// bidders shown of each lot.
func Sensitivity(w io.Writer, s *model.Sensitivity, o *TextOptions) error {
	t := newText(w, o)
	t.wrap("", "  ", t.T("%s: what the ranking hangs on. The ranking itself stands apart, and nothing here changes it.", t.say(s.Status)+t.withGaps(s.Gaps)))
	if title := strings.TrimSpace(s.Tender.ID + " " + s.Tender.Title); title != "" {
		t.wrap("", "  ", title)
	}
	t.wrap("", "  ", t.T("%d draws of each kind, seed %s; method digest %.16s", s.Draws, fmt.Sprint(s.Seed), s.Method.Digest))
	for _, lot := range s.Lots {
		t.sensitivity(lot, most(o))
	}
	t.list(t.T("Not studied, and what to know"), t.sayAll(s.Notes))
	t.assumptions(s.Assumptions)
	return t.err
}

func (t *text) sensitivity(lot model.LotSensitivity, most int) {
	t.line("")
	t.wrap("", "  ", t.T("Lot %s (%s points)", t.title(model.LotResult{ID: lot.ID, Title: lot.Title}), t.figure(number(lot.Points))))
	t.spreads(t.T("What is uncertain in the facts: measurement"), lot.Measurement, most)
	t.spreads(t.T("What could be chosen otherwise: specification"), lot.Specification, most)
	t.alternatives(lot)
	if lot.Ranked {
		t.line("")
		t.line("  %s", t.T("The smallest changes of weights"))
		if len(lot.Weights) == 0 {
			t.wrap("  - ", "    ", t.T("Fewer than two scores are known."))
		}
	}
	if lot.Dominant {
		t.wrap("  - ", "    ", t.T("No weights whatever make another bidder first: the first is at least as good in each indicator of each project."))
		return
	}
	for _, c := range lot.Weights {
		t.wrap("  - ", "    ", t.say(c.Text))
	}
}

// spreads writes the table of the draws of one kind.
func (t *text) spreads(heading string, list []model.Spread, most int) {
	t.line("")
	t.wrap("  ", "    ", heading)
	meets := slices.ContainsFunc(list, func(x model.Spread) bool { return x.Meets != nil })
	places := 0 // ranks shown: the others stand in the other forms
	if slices.ContainsFunc(list, func(x model.Spread) bool { return len(x.Ranks) > 0 }) {
		places = min(3, len(list))
	}
	narrow := t.width < 60
	if narrow { // whose figures they are matters more
		meets, places = false, min(1, places)
	}
	shown := list
	if most > 0 && len(shown) > most {
		shown = shown[:most]
	}
	t.table(tabwriter.AlignRight, func(w io.Writer) {
		row := func(score, low, median, high string) {
			if narrow {
				fmt.Fprintf(w, "   %s\t%s\t", low, high)
				return
			}
			fmt.Fprintf(w, "   %s\t%s\t%s\t%s\t", score, low, median, high)
		}
		row(t.T("score"), t.T("low"), t.T("median"), t.T("high"))
		if meets {
			fmt.Fprintf(w, "%s\t", t.T("minimum"))
		}
		for rank := range places {
			fmt.Fprintf(w, "%s\t", [...]string{t.T("1st"), t.T("2nd"), t.T("3rd")}[rank])
		}
		fmt.Fprintf(w, "  %s\n", t.T("bidder"))
		for _, x := range shown {
			low, median, high := bounds(x.Score, 2)
			row(t.orUnknown(decimal(x.Official, 2)), t.figure(low), t.figure(median), t.figure(high))
			if meets {
				fmt.Fprintf(w, "%s\t", t.share(x.Meets))
			}
			for rank := range places {
				fmt.Fprintf(w, "%s\t", t.rankShare(x, rank+1))
			}
			fmt.Fprintf(w, "  %s\n", x.Name)
		}
	})
	if n := len(list) - len(shown); n > 0 {
		t.line("   %s", t.T("and %d more", n))
	}
}

// table lays out rows, each cut to the terminal.
func (t *text) table(flags uint, rows func(io.Writer)) {
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', flags)
	rows(table)
	table.Flush()
	for line := range strings.Lines(b.String()) {
		t.line("%s", clean(strings.TrimRight(line, " \n"), t.width))
	}
}

// rankShare writes in which part of the draws a bidder takes a rank.
func (t *text) rankShare(x model.Spread, rank int) string {
	if x.Score == nil {
		return t.T("unknown")
	}
	share := 0.0
	for _, r := range x.Ranks {
		if r.Rank == rank {
			share = r.Share
		}
	}
	return t.share(&share)
}

// share writes a part of one; what is not quite all or nothing is never shown as such.
func (t *text) share(x *float64) string {
	switch {
	case x == nil:
		return t.T("unknown")
	case *x > 0 && *x < 0.005:
		return "<" + t.percent(1)
	case *x > 0.995 && *x < 1:
		return ">" + t.percent(99)
	}
	return t.percent(*x * 100)
}

// alternatives writes what each change makes of the bidders that the terminal has room for.
func (t *text) alternatives(lot model.LotSensitivity) {
	if len(lot.Alternatives) == 0 {
		return
	}
	t.line("")
	t.wrap("  ", "    ", t.T("One thing at a time: the change of each bidder's score"))
	names, changes := 26, 14
	if t.lang != nil && t.width >= 80 { // whose words are longer
		names, changes = 31, 11
	}
	room := max(1, (t.width-names-changes-4)/9)
	t.table(0, func(w io.Writer) {
		fmt.Fprintf(w, "   %s\t%s\t", t.T("what"), t.T("change"))
		for _, m := range fitting(lot.Alternatives[0].Scores, room) {
			fmt.Fprintf(w, "%s\t", clean(m.Bidder, 8))
		}
		fmt.Fprintln(w)
		for _, a := range lot.Alternatives {
			fmt.Fprintf(w, "   %s\t%s\t", clean(t.named(a), names), clean(t.changed(a.Change), changes))
			for _, m := range fitting(a.Scores, room) {
				fmt.Fprintf(w, "%s\t", t.change(m.Change))
			}
			fmt.Fprintln(w)
		}
	})
	if n := len(lot.Alternatives[0].Scores) - room; n > 0 {
		t.wrap("   ", "   ", t.T("and %d more bidders; --format csv shows all", n))
	}
	for _, a := range lot.Alternatives {
		if o := t.outcome(a); o != "" {
			t.wrap("   ! ", "     ", t.T("%s %s: %s", t.named(a), t.changed(a.Change), o))
		}
	}
}

func fitting(list []model.Moved, room int) []model.Moved { return list[:min(len(list), room)] }

// named writes what is changed; an indicator says its pillar by itself.
func (t *text) named(a model.Alternative) string {
	pillar, indicator, ok := strings.Cut(a.Name, ": ")
	switch {
	case a.Group == "indicator" && ok:
		return t.T("%s: %s", t.say(pillar), t.say(indicator))
	case a.Group == "indicator":
		return a.Name
	case a.Group == "rule" || a.Group == "contested": // names
		return t.say(a.Group) + " " + a.Name
	}
	return t.say(a.Group) + " " + t.say(a.Name)
}

// changed writes what is made of it, such as "+25 %" or "24 of 36".
func (t *text) changed(s string) string {
	if said := t.say(s); said != s {
		return said
	}
	return t.formula(s)
}

func (t *text) change(x *float64) string {
	switch {
	case x == nil:
		return t.T("unknown")
	case *x == 0:
		return "0"
	}
	return t.figure(fmt.Sprintf("%+.2f", *x))
}

// outcome says who is first where that changes, and whose meeting the minimum does.
func (t *text) outcome(a model.Alternative) string {
	var list []string
	if a.FirstChanges != nil && *a.FirstChanges {
		list = append(list, t.T("first would be %s", strings.Join(a.First, ", ")))
	}
	if len(a.Meets) > 0 {
		list = append(list, t.T("whether the minimum is met changes for %s", strings.Join(a.Meets, ", ")))
	}
	return strings.Join(list, t.T("; "))
}

// assumptions prints the numbers that the draws rest on.
func (t *text) assumptions(list []model.Assumption) {
	t.line("")
	t.wrap("", "  ", t.T("Assumed, not measured:"))
	for _, a := range list {
		text := t.T("%s (%s) = %s: %s. %s", t.say(a.Name), t.say(string(a.Kind)), t.figure(number(a.Value)), t.say(a.Doc), t.say(a.Reason))
		if a.Stated {
			text += " " + t.T("Stated by the caller.")
		}
		if a.Source != "" {
			text += " " + a.Source + "."
		}
		t.wrap("- ", "  ", text)
	}
}
