package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// Affiliations writes for a person at a terminal how well it is known who works for whom,
// and whose answer is worth asking for.
func Affiliations(w io.Writer, a *score.Affiliations, show People, o *TextOptions) error {
	t := newText(w, o)
	t.preparing(gapsBehind(a))
	t.wrap("", "  ", t.T("Credited acts by month and by what is known of whom their actors worked for"))
	t.known(a.Months)
	t.contested(a.Contested)
	t.list(t.T("People who left"), t.departures(a, show))
	t.list(t.T("Unknown people whose answer would move a score most"), t.unknowns(a, show))
	t.list(t.T("Rosters"), t.findings(a, show))
	t.list(t.T("Tables: what was not understood, or cannot be said"), t.shorten(a.Notes, 20))
	return t.err
}

// gapsBehind is how many gaps the ranking has that the survey goes with, if it goes with one.
func gapsBehind(a *score.Affiliations) int {
	if a.Ranking == nil {
		return 0
	}
	return len(a.Ranking.Gaps)
}

// shorten keeps the first lines of a long list.
func (t *text) shorten(list []string, most int) []string {
	if len(list) <= most {
		return t.sayAll(list)
	}
	return append(t.sayAll(list[:most]), t.T("and %d more; --format json shows all", len(list)-most))
}

// used returns the kinds of knowledge that occur.
func used(months []score.MonthKnown) []string {
	return slices.DeleteFunc(score.Knowledge(), func(known string) bool {
		return !slices.ContainsFunc(months, func(m score.MonthKnown) bool { return m.Acts[known] != 0 })
	})
}

// known writes the table of months; in a terminal that is too narrow for it, the sums.
func (t *text) known(months []score.MonthKnown) {
	columns := used(months)
	sum := score.MonthKnown{Acts: map[string]int64{}}
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 1, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "  %s\t%s\t", t.T("month"), t.T("acts"))
	for _, c := range columns {
		fmt.Fprintf(table, "%s\t", clean(t.say(c), 12))
	}
	fmt.Fprintln(table)
	for _, m := range months {
		t.knownRow(table, "  "+m.Month.String(), m, columns)
		for k, n := range m.Acts {
			sum.Acts[k] += n
		}
	}
	t.knownRow(table, "  "+t.T("all"), sum, columns)
	table.Flush()
	lines := strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
	if utf8.RuneCountInString(lines[0]) <= t.width {
		for _, line := range lines {
			t.line("%s", strings.TrimRight(line, " "))
		}
		return
	}
	for _, c := range columns {
		t.line("  %-13s %s", t.say(c), t.T("%8d acts", (sum.Acts[c]+model.Whole/2)/model.Whole))
	}
	t.wrap("  ", "  ", t.T("A terminal of %d columns shows the months; so does --format csv.", utf8.RuneCountInString(lines[0])))
}

func (t *text) knownRow(w io.Writer, name string, m score.MonthKnown, columns []string) {
	var all int64
	for _, c := range columns {
		all += m.Acts[c]
	}
	fmt.Fprintf(w, "%s\t%d\t", name, (all+model.Whole/2)/model.Whole)
	for _, c := range columns {
		cell := "-"
		if all > 0 {
			cell = t.percent(100 * float64(m.Acts[c]) / float64(all))
		}
		fmt.Fprintf(w, "%s\t", cell)
	}
	fmt.Fprintln(w)
}

// who shows a person so that somebody who may can ask: by name and by what rosters list.
func who(show People, person, name string) string {
	switch {
	case !show.Names:
		return show.Show(person, name)
	case name == "":
		return person
	}
	return name + " (" + person + ")"
}

func (t *text) departures(a *score.Affiliations, show People) (list []string) {
	for _, d := range a.Left {
		next := t.T("nobody knows for whom")
		if len(d.Next) > 0 {
			next = t.T("for %s", t.and(d.Next))
		}
		list = append(list, t.T("%s left %s on %s, %s; %d credited acts since", who(show, d.Person, ""), d.Vendor, t.date(d.Day), next, d.Acts))
	}
	return list
}

func (t *text) unknowns(a *score.Affiliations, show People) (list []string) {
	for _, u := range a.Unknown {
		list = append(list, t.T("%s: %d acts; %s for %s in lot %s if they were theirs", who(show, u.Person, u.Name), u.Acts, t.figure(fmt.Sprintf("%+.2f", u.Gain.Change)), u.Gain.Bidder, u.Gain.Lot))
	}
	return list
}

func (t *text) findings(a *score.Affiliations, show People) (list []string) {
	for _, f := range a.Findings {
		subject := f.Subject
		if ofPerson(f) {
			subject = who(show, f.Subject, "")
		}
		list = append(list, t.T("%s: %s: %s", t.say(string(f.Kind)), subject, t.say(f.Text)))
	}
	return list
}

// ofPerson reports whether the subject of a finding is personal data.
func ofPerson(f affiliation.Finding) bool {
	return f.Kind == affiliation.SharedIdentity || f.Kind == affiliation.LargeCluster
}

// AffiliationsCSV writes one row per month and kind of knowledge: credited acts.
func AffiliationsCSV(w io.Writer, a *score.Affiliations) error {
	rows := [][]string{{"status", "month", "known", "acts", "gaps"}}
	for _, m := range a.Months {
		for _, known := range score.Knowledge() {
			rows = append(rows, []string{model.Simulation, m.Month.String(), known, strconv.FormatFloat(float64(m.Acts[known])/model.Whole, 'f', -1, 64), strconv.Itoa(gapsBehind(a))})
		}
	}
	return writeCSV(w, rows)
}

// AffiliationsJSON writes all of it, with persons as they are shown.
func AffiliationsJSON(w io.Writer, a *score.Affiliations, show People) error {
	b := *a
	b.Left, b.Unknown, b.Findings = slices.Clone(a.Left), slices.Clone(a.Unknown), slices.Clone(a.Findings)
	if !show.Names {
		for i := range b.Left {
			b.Left[i].Person = show.Show(b.Left[i].Person, "")
		}
		for i := range b.Unknown {
			b.Unknown[i].Person, b.Unknown[i].Name = show.Show(b.Unknown[i].Person, ""), ""
		}
		for i := range b.Findings {
			if ofPerson(b.Findings[i]) {
				b.Findings[i].Subject = show.Show(b.Findings[i].Subject, "")
			}
		}
	}
	return WriteJSON(w, struct {
		Status string `json:"status"`
		Gaps   int    `json:"gaps,omitempty"`
		score.Affiliations
	}{model.Simulation, gapsBehind(a), b})
}
