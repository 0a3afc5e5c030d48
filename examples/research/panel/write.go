package panel

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/examples/research/discreet"
	"github.com/tributary-oss/tributary/examples/research/screen"
)

// TextOptions are the settings of [Text].
type TextOptions struct {
	Heading []string // what the panel is of, above it
	Width   int      // of the terminal in columns; 0 is 80, and less than 40 is 40
	Most    int      // organisations shown of each period; 0 is all
}

// Text writes a panel for a person at a terminal.
func Text(w io.Writer, p *Panel, o TextOptions) error {
	s := screen.New(w, o.Width)
	first := p.Status
	if len(p.Gaps) > 0 {
		first += ": with gaps, so figures are of a part of the history"
	}
	s.Wrap("", "%s", first)
	for _, line := range slices.Concat(o.Heading, p.Gaps) {
		s.Wrap("", "%s", line)
	}
	if slices.ContainsFunc(p.Periods, func(one Period) bool { return one.Unnamed > 0 }) {
		s.Wrap("", "%s: mail domains that one person alone is behind, and that nobody states; they may be that person's name. Measures are of each of them apart.", discreet.Row)
	}
	s.Wrap("", "Where people are unknown, x to y: x as if each of them worked for another organization, y as if all of them worked for the largest.")
	for _, one := range p.Periods {
		one.text(s, o.Most)
	}
	return s.Err
}

func (p Period) text(s *screen.Screen, most int) {
	s.Line("")
	s.Wrap("", "%s (%s to %s)", p.Name, p.Since.Format(time.DateOnly), p.Until.Format(time.DateOnly))
	s.Wrap("  ", "%s by %s of %s; left out: %s, %s of robots", screen.Plural(p.Changesets, "changeset"),
		screen.Plural(p.Developers, "developer"), p.organizations(), screen.Plural(p.Merges, "merge"), screen.Digits(p.Robots))
	if p.Changesets == 0 {
		p.movesText(s)
		return
	}
	s.Wrap("  ", "HHI %s, entropy %s bits, evenness %s", bounds(p.HHI), bounds(p.Entropy), bounds(p.Evenness))
	switch {
	case p.Gap == nil:
		s.Wrap("  ", "no gap between the first two: there are not two known organizations")
	case *p.Gap <= *p.Unknown:
		s.Wrap("  ", "gap between the first two: %s points, and no more than the %s %% that are unknown: who is first is not certain", percent(*p.Gap), percent(*p.Unknown))
	default:
		s.Wrap("  ", "gap between the first two: %s points", percent(*p.Gap))
	}
	p.movesText(s)
	names := []string{}
	for _, r := range p.Rows {
		names = append(names, r.Organization)
	}
	shown := 0
	for i, r := range p.Rows {
		if most > 0 && i >= most && isKnown(r.Organization) {
			continue
		}
		shown++
		s.Row("  ", r.Organization, screen.Longest(names), fmt.Sprintf("%8s %5s%% %4d dev", screen.Millionths(r.Changesets/10_000*10_000), percent(r.Share), r.Developers))
	}
	if left := len(p.Rows) - shown; left > 0 {
		s.Wrap("  ", "and %d more", left)
	}
}

// organizations says how many are known, and how many of these are not named.
func (p Period) organizations() string {
	text := screen.Plural(p.Organizations, "known organization")
	if p.Unnamed > 0 {
		text += fmt.Sprintf(", %s of them not named", screen.Digits(p.Unnamed))
	}
	return text
}

func (p Period) movesText(s *screen.Screen) {
	if p.Moves == nil {
		return
	}
	for _, m := range p.Moves.each() {
		list := slices.Clone(m.names)
		if len(list) > 8 {
			list = append(list[:8], "…")
		}
		if m.unnamed > 0 {
			list = append(list, screen.Digits(m.unnamed)+" not named")
		}
		text := fmt.Sprintf("%s %d", m.what, m.all())
		if len(list) > 0 {
			text += ": " + strings.Join(list, ", ")
		}
		s.Wrap("  ", "%s", text)
	}
}

// move is what organisations did from one period to the next.
type move struct {
	what    string
	names   []string
	unnamed int
}

func (m move) all() int { return len(m.names) + m.unnamed }

func (m *Moves) each() []move {
	return []move{{"joined", m.Joined, m.Unnamed.Joined}, {"stayed", m.Stayed, m.Unnamed.Stayed}, {"left", m.Left, m.Unnamed.Left}}
}

// bounds writes a measure once, where both assumptions give the same.
func bounds(b *Bounds) string {
	if b == nil {
		return "unknown"
	}
	apart, together := strconv.FormatFloat(b.Apart, 'f', 3, 64), strconv.FormatFloat(b.Together, 'f', 3, 64)
	if apart == together {
		return apart
	}
	return apart + " to " + together
}

func percent(x float64) string { return strconv.FormatFloat(x*100, 'f', 1, 64) }

// CSV writes a panel in tidy form: a row for each period and measure, and for each period,
// organisation and measure. A cell of a value is empty where it is unknown. Of moves the
// value is 1, or in the row [discreet.Row] how many moved. The status stands in every row.
func CSV(w io.Writer, p *Panel) error {
	c := csv.NewWriter(w)
	c.Write([]string{"status", "period", "since", "until", "organization", "measure", "value"})
	status := p.Status
	if len(p.Gaps) > 0 {
		status += " with gaps"
	}
	for _, one := range p.Periods {
		head := []string{status, screen.Cell(one.Name), one.Since.Format(time.RFC3339), one.Until.Format(time.RFC3339)}
		row := func(organization, measure, value string) {
			c.Write(append(head[:4:4], screen.Cell(organization), measure, value))
		}
		one.csv(row)
	}
	c.Flush()
	return c.Error()
}

func (p Period) csv(row func(organization, measure, value string)) {
	for _, m := range []struct {
		name string
		n    int
	}{{"changesets", p.Changesets}, {"merges left out", p.Merges}, {"changesets of robots left out", p.Robots},
		{"developers", p.Developers}, {"organizations", p.Organizations}, {"organizations not named", p.Unnamed}} {
		row("", m.name, strconv.Itoa(m.n))
	}
	row("", "share unknown", number(p.Unknown))
	row("", "share independent", number(p.Independent))
	row("", "gap", number(p.Gap))
	for _, m := range []struct {
		name string
		b    *Bounds
	}{{"hhi", p.HHI}, {"entropy", p.Entropy}, {"evenness", p.Evenness}} {
		var apart, together *float64
		if m.b != nil {
			apart, together = &m.b.Apart, &m.b.Together
		}
		row("", m.name+", unknown apart", number(apart))
		row("", m.name+", unknown together", number(together))
	}
	moves := []move{{what: "joined"}, {what: "stayed"}, {what: "left"}}
	if p.Moves != nil {
		moves = p.Moves.each()
	}
	for _, m := range moves {
		all := ""
		if p.Moves != nil {
			all = strconv.Itoa(m.all())
		}
		row("", m.what, all)
	}
	for _, r := range p.Rows {
		row(r.Organization, "changesets", screen.Millionths(r.Changesets))
		row(r.Organization, "share", number(&r.Share))
		row(r.Organization, "developers", strconv.Itoa(r.Developers))
	}
	for _, m := range moves {
		for _, name := range m.names {
			row(name, m.what, "1")
		}
		if m.unnamed > 0 {
			row(discreet.Row, m.what, strconv.Itoa(m.unnamed))
		}
	}
}

// number writes a measure, nothing where it is unknown.
func number(x *float64) string {
	if x == nil {
		return ""
	}
	return strconv.FormatFloat(*x, 'f', -1, 64)
}
