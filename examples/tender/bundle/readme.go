package bundle

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/tributary-oss/tributary/score/report"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// headline says what everything of a result says first.
func headline(r *Result, l *locale.Locale) string {
	s := r.Ranking.Label()
	if n := len(r.Ranking.Gaps); n > 0 {
		s += l.T("; with gaps: %d repositories, or parts of them, could not be mined", n)
	}
	return s
}

// writeReadme writes what a person has to know of the bundle, in every language, English
// first.
func writeReadme(w io.Writer, r *Result, extras []Extra) error {
	for i, l := range locales() {
		if i > 0 {
			fmt.Fprintf(w, "\n%s\n\n", strings.Repeat("-", 72))
		}
		if err := readmeIn(w, r, extras, l); err != nil {
			return err
		}
	}
	return nil
}

func readmeIn(w io.Writer, r *Result, extras []Extra, l *locale.Locale) error {
	about := r.Ranking.Tender
	fmt.Fprintf(w, "%s\n\n", headline(r, l))
	fmt.Fprintln(w, l.T("Result of the tender %s, with its evidence", visible(strings.TrimSpace(about.ID+" "+about.Title))))
	fmt.Fprintln(w, l.T("Edition: %s", r.Edition.String()))
	fmt.Fprintln(w, l.T("Who may have it: %s", mayHave(r, l)))
	fmt.Fprintf(w, "\n%s\n", l.T("That no file was changed, and that the ranking follows from the evidence:"))
	fmt.Fprintf(w, "\n  sha256sum -c %s\n  tender verify .\n\n", SumsFile)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(name, text string) { fmt.Fprintf(t, "  %s\t%s\n", name, text) }
	for _, x := range extras {
		if x.Says != nil && x.Says(l) != "" {
			line(x.Name, x.Says(l))
		}
	}
	line(RankingFile+", "+TextFile, l.T("the ranking, for programs and for people"))
	acts := l.T("every act, counted or refused, with the rule")
	if r.Edition.Bidder != "" {
		acts = l.T("the acts that concern %s, counted or refused, with the rule", visible(r.Edition.Bidder))
	}
	for _, x := range []struct{ name, text string }{
		{report.RankingTable, l.T("the ranking as a table")},
		{report.ProjectsTable, l.T("every measured value by project, bidder and indicator")},
		{report.TotalsTable, l.T("credits by month, without who did it; also in totals.json")},
		{report.EvidenceTable, acts},
	} {
		if x.name == report.EvidenceTable && !r.Edition.evidence() {
			continue
		}
		line(report.TableFile(x.name, l), x.text)
	}
	if r.Edition.evidence() {
		line(EvidenceFile, l.T("the same acts for programs, with an index"))
	}
	line(TenderFile, l.T("the document as it was evaluated, without rosters"))
	line(MethodFile, l.T("rules, indicators, thresholds, digests, and what was mined up to where"))
	line(PackageFile, l.T("what the columns of the tables mean"))
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s\n", personsIn(r, l))
	return err
}

// personsIn says what an edition tells of persons.
func personsIn(r *Result, l *locale.Locale) string {
	switch {
	case !r.Edition.evidence():
		return l.T("No single act is in this edition.")
	case r.Identified:
		return l.T("Persons stand under their names in the evidence; whoever has it must not hand it on.")
	}
	return l.T("A commit's address names its author. Persons stand under pseudonyms in the evidence; whoever has it must not publish it.")
}

// visible takes out of a text what steers a terminal.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, s)
}
