package report

import (
	"encoding/json"
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
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(s)
}

// SensitivityCSV writes one row per figure: of the draws of each kind, with the share of
// each rank; of each thing changed; and of the smallest changes of weights. An unknown
// figure has no value.
func SensitivityCSV(w io.Writer, s *model.Sensitivity) error {
	rows := [][]string{{"status", "lot", "kind", "group", "name", "change", "bidder", "figure", "value"}}
	for _, lot := range s.Lots {
		row := func(kind, group, name, change, bidder, figure, value string) {
			rows = append(rows, []string{s.Status, lot.ID, kind, group, name, change, bidder, figure, value})
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
	if o == nil {
		o = &TextOptions{}
	}
	t := &text{w: w, width: max(40, o.Width)}
	if o.Width == 0 {
		t.width = 80
	}
	t.wrap("", "  ", s.Status+": what the ranking hangs on. The ranking itself stands apart, and nothing here changes it.")
	if title := strings.TrimSpace(s.Tender.ID + " " + s.Tender.Title); title != "" {
		t.wrap("", "  ", title)
	}
	t.wrap("", "  ", fmt.Sprintf("%d draws of each kind, seed %d; method digest %.16s", s.Draws, s.Seed, s.Method.Digest))
	for _, lot := range s.Lots {
		t.sensitivity(lot, o.Most)
	}
	t.list("Not studied, and what to know", s.Notes)
	t.assumptions(s.Assumptions)
	return t.err
}

func (t *text) sensitivity(lot model.LotSensitivity, most int) {
	t.line("")
	t.wrap("", "  ", fmt.Sprintf("Lot %s (%s points)", title(model.LotResult{ID: lot.ID, Title: lot.Title}), number(lot.Points)))
	t.spreads("What is uncertain in the facts: measurement", lot.Measurement, most)
	t.spreads("What could be chosen otherwise: specification", lot.Specification, most)
	t.alternatives(lot)
	if lot.Ranked {
		t.line("")
		t.line("  The smallest changes of weights")
		if len(lot.Weights) == 0 {
			t.wrap("  - ", "    ", "Fewer than two scores are known.")
		}
	}
	if lot.Dominant {
		t.wrap("  - ", "    ", "No weights whatever make another bidder first: the first is at least as good in each indicator of each project.")
		return
	}
	for _, c := range lot.Weights {
		t.wrap("  - ", "    ", c.Text)
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
	shown := list
	if most > 0 && len(shown) > most {
		shown = shown[:most]
	}
	t.table(tabwriter.AlignRight, func(w io.Writer) {
		fmt.Fprint(w, "   score\tlow\tmedian\thigh\t")
		if meets {
			fmt.Fprint(w, "minimum\t")
		}
		for rank := range places {
			fmt.Fprintf(w, "%s\t", [...]string{"1st", "2nd", "3rd"}[rank])
		}
		fmt.Fprint(w, "  bidder\n")
		for _, x := range shown {
			low, median, high := bounds(x.Score, 2)
			fmt.Fprintf(w, "   %s\t%s\t%s\t%s\t", unknown(decimal(x.Official, 2)), low, median, high)
			if meets {
				fmt.Fprintf(w, "%s\t", percent(x.Meets))
			}
			for rank := range places {
				fmt.Fprintf(w, "%s\t", rankShare(x, rank+1))
			}
			fmt.Fprintf(w, "  %s\n", x.Name)
		}
	})
	if n := len(list) - len(shown); n > 0 {
		t.line("   and %d more", n)
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
func rankShare(x model.Spread, rank int) string {
	if x.Score == nil {
		return "unknown"
	}
	share := 0.0
	for _, r := range x.Ranks {
		if r.Rank == rank {
			share = r.Share
		}
	}
	return percent(&share)
}

// percent writes a share; what is not quite all or nothing is never shown as such.
func percent(x *float64) string {
	switch {
	case x == nil:
		return "unknown"
	case *x > 0 && *x < 0.005:
		return "<1 %"
	case *x > 0.995 && *x < 1:
		return ">99 %"
	}
	return fmt.Sprintf("%.0f %%", *x*100)
}

// alternatives writes what each change makes of the bidders that the terminal has room for.
func (t *text) alternatives(lot model.LotSensitivity) {
	if len(lot.Alternatives) == 0 {
		return
	}
	t.line("")
	t.wrap("  ", "    ", "One thing at a time: the change of each bidder's score")
	room := max(1, (t.width-44)/9)
	t.table(0, func(w io.Writer) {
		fmt.Fprint(w, "   what\tchange\t")
		for _, m := range fitting(lot.Alternatives[0].Scores, room) {
			fmt.Fprintf(w, "%s\t", clean(m.Bidder, 8))
		}
		fmt.Fprintln(w)
		for _, a := range lot.Alternatives {
			fmt.Fprintf(w, "   %s\t%s\t", clean(named(a), 26), clean(a.Change, 14))
			for _, m := range fitting(a.Scores, room) {
				fmt.Fprintf(w, "%s\t", change(m.Change))
			}
			fmt.Fprintln(w)
		}
	})
	if n := len(lot.Alternatives[0].Scores) - room; n > 0 {
		t.wrap("   ", "   ", fmt.Sprintf("and %d more bidders; --format csv shows all", n))
	}
	for _, a := range lot.Alternatives {
		if o := outcome(a); o != "" {
			t.wrap("   ! ", "     ", fmt.Sprintf("%s %s: %s", named(a), a.Change, o))
		}
	}
}

func fitting(list []model.Moved, room int) []model.Moved { return list[:min(len(list), room)] }

// named writes what is changed; an indicator says its pillar by itself.
func named(a model.Alternative) string {
	if a.Group == "indicator" {
		return a.Name
	}
	return a.Group + " " + a.Name
}

func change(x *float64) string {
	switch {
	case x == nil:
		return "unknown"
	case *x == 0:
		return "0"
	}
	return fmt.Sprintf("%+.2f", *x)
}

// outcome says who is first where that changes, and whose meeting the minimum does.
func outcome(a model.Alternative) string {
	var list []string
	if a.FirstChanges != nil && *a.FirstChanges {
		list = append(list, "first would be "+strings.Join(a.First, ", "))
	}
	if len(a.Meets) > 0 {
		list = append(list, "whether the minimum is met changes for "+strings.Join(a.Meets, ", "))
	}
	return strings.Join(list, "; ")
}

// assumptions prints the numbers that the draws rest on.
func (t *text) assumptions(list []model.Assumption) {
	t.line("")
	t.wrap("", "  ", "Assumed, not measured:")
	for _, a := range list {
		text := fmt.Sprintf("%s (%s) = %s: %s. %s", a.Name, a.Kind, number(a.Value), a.Doc, a.Reason)
		if a.Stated {
			text += " Stated by the caller."
		}
		if a.Source != "" {
			text += " " + a.Source + "."
		}
		t.wrap("- ", "  ", text)
	}
}
