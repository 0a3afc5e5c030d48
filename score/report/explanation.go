package report

import (
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// Label returns the name under which an explanation shows the person of a stored verdict:
// the pseudonym, after the name where the run was told to identify people.
func Label(v model.Verdict) string {
	if v.Name != "" && v.Person != "" {
		return v.Name + " (" + v.Person + ")"
	}
	return v.Person
}

// Explanation writes an explanation for a person at a terminal.
func Explanation(w io.Writer, e *score.Explanation, o *TextOptions) error {
	if o == nil {
		o = &TextOptions{}
	}
	t := &text{w: w, width: max(40, o.Width)}
	if o.Width == 0 {
		t.width = 80
	}
	t.preface(e)
	at, depth := "", 3
	for _, s := range e.Steps {
		depth = min(depth, s.Depth)
	}
	for _, s := range e.Steps {
		s.Depth -= depth
		t.step(s, s.Figure != at)
		at = s.Figure
		for _, b := range e.Behind {
			if s.What == "x" && b.Figure == s.Figure {
				t.behind(b, strings.Repeat("  ", s.Depth+2), o.Most)
			}
		}
	}
	for _, a := range e.Acts {
		t.verdict(e, a)
	}
	t.meanings(e)
	return t.err
}

// preface says what this is and how to read it.
func (t *text) preface(e *score.Explanation) {
	t.wrap("", "  ", headline(e.Status))
	if title := strings.TrimSpace(e.Tender.ID + " " + e.Tender.Title); title != "" {
		t.wrap("", "  ", title)
	}
	what := ""
	if e.Figure != "" {
		what = ": " + e.Figure
	}
	t.wrap("", "  ", fmt.Sprintf("%s (%s)%s", e.Name, e.Bidder, what))
	t.wrap("", "  ", fmt.Sprintf("Window %s to %s, UTC, end excluded; method digest %.16s", e.Window.Since.Format("2006-01-02"), e.Window.Until.Format("2006-01-02"), e.Method))
	t.line("")
	if len(e.Steps) == 0 {
		t.wrap("", "", "Each judgement on the artifact, with what it earned and the rules that touched it.")
		t.line("")
		return
	}
	t.wrap("", "", "Each figure stands before those that it is made of. A formula, computed from the figures as they are shown here "+
		"and rounded to the decimals of the figure before its equals sign, gives exactly that figure.")
	t.line("")
}

// step writes a figure and its formula. Below the first of an address, the others go
// without it.
func (t *text) step(s score.Step, first bool) {
	indent := strings.Repeat("  ", s.Depth)
	name := s.Figure
	if first && s.What != "dropped" && s.Depth == 0 {
		name += ", " + s.What
	}
	if !first {
		indent, name = indent+"  ", s.What
	}
	said := s.Formula
	if s.Shown != "" {
		said = s.Shown + " = " + s.Formula
	}
	if s.Rounded {
		said += ", rounded"
	}
	if s.What == "x" {
		said = fmt.Sprintf("%s %s = %s", s.Shown, s.Unit, s.Formula)
	}
	t.wrap(indent, indent+"    ", name+": "+said)
	if s.Note != "" {
		t.wrap(indent+"    ", indent+"    ", s.Note)
	}
}

// behind writes what an indicator was measured by.
func (t *text) behind(b score.Behind, indent string, most int) {
	if b.Months && len(b.ByMonth) > 0 {
		months := make([]string, len(b.ByMonth))
		for i, m := range b.ByMonth {
			months[i] = fmt.Sprintf("%s (%d)", m.Month, m.Acts)
		}
		t.wrap(indent, indent+"  ", "months (acts): "+strings.Join(months, ", "))
	}
	if b.SameAs != "" {
		t.wrap(indent, indent+"  ", "the acts are those of "+b.SameAs)
		return
	}
	t.people(indent, b, most)
	for _, a := range b.Acts {
		t.act(indent, a, formulas(a))
	}
	if b.More > 0 {
		t.line("%sand %d more acts that count", indent, b.More)
	}
	for _, r := range b.Refused {
		t.wrap(indent, indent+"  ", fmt.Sprintf("%s: %d", ruleSaid(r.Rule), r.N))
		for _, a := range r.Acts {
			t.act(indent+"  ", a, a.Reason)
		}
		if n := r.N - len(r.Acts); n > 0 {
			t.line("%s  and %d more", indent, n)
		}
	}
}

// ruleSaid says why acts earned nothing here.
func ruleSaid(rule string) string {
	switch rule {
	case "":
		return "without credit for this figure"
	case "unit":
		return "counted with others (rule unit)"
	case "weak-evidence", "contested":
		return "counted for nobody known (rule " + rule + ")"
	}
	return "refused (rule " + rule + ")"
}

// people writes the people behind a figure that adds up credits.
func (t *text) people(indent string, b score.Behind, most int) {
	if b.Months {
		return
	}
	shown := b.People
	if most > 0 && len(shown) > most {
		shown = shown[:most]
	}
	for _, p := range shown {
		t.person(indent, p)
	}
	if n := len(b.People) - len(shown); n > 0 {
		t.line("%sand %d more people", indent, n)
	}
}

// person writes a person's credit by months.
func (t *text) person(indent string, p score.PersonSum) {
	months := make([]string, len(p.Months))
	for i, m := range p.Months {
		months[i] = fmt.Sprintf("%s (%s)", credits(m.Amount), m.Month)
	}
	t.wrap(indent, indent+"  ", fmt.Sprintf("%s: %s = %s", p.Person, credits(p.Amount), strings.Join(months, " + ")))
}

// act writes an act on one line, or as many as it takes.
func (t *text) act(indent string, a score.Act, said string) {
	if said != "" {
		said = ": " + said
	}
	t.wrap(indent, indent+"    ", fmt.Sprintf("%s %s, %s, %s%s", a.At.Format("2006-01-02"), a.Role, a.Person, where(a), said))
}

// where names the artifact as a browser opens it, else by its repository.
func where(a score.Act) string {
	if a.Link != "" {
		return a.Link
	}
	return a.Repository + " " + string(a.Artifact)
}

// formulas writes how the credit of an act was made. One that spans months earns in each.
func formulas(a score.Act) string {
	if len(a.Credits) > 1 {
		first, last := a.Credits[0], a.Credits[len(a.Credits)-1]
		return fmt.Sprintf("%s, of %d months from %s to %s", credits(a.Amount), len(a.Credits), first.Month, last.Month)
	}
	list := make([]string, 0, 1)
	for _, c := range a.Credits {
		list = append(list, made(c.Own, c))
	}
	return strings.Join(list, "; ")
}

// made writes an amount and how it was made, where there is more to say than its number.
func made(amount int64, c score.ActCredit) string {
	if s := credits(amount); s != c.Formula {
		return s + " = " + c.Formula
	}
	return c.Formula
}

// verdict writes all that was judged of one act.
func (t *text) verdict(e *score.Explanation, a score.Act) {
	t.act("", a, verdictSaid(a))
	if a.Change != "" {
		t.wrap("    ", "      ", "part of the change "+string(a.Change))
	}
	for _, c := range a.Credits {
		t.wrap("    ", "      ", fmt.Sprintf("%s in %s: %s", c.Indicator, c.Month, earned(e, c)))
	}
	for _, d := range a.Dropped {
		t.wrap("    ", "      ", fmt.Sprintf("%s in %s: %s dropped by the rule %s", d.Indicator, d.Month, credits(d.Amount), d.Rule))
	}
	if a.Reason != "" {
		t.wrap("    ", "      ", a.Reason)
	}
	if len(a.Touched) > 1 || len(a.Touched) == 1 && a.Touched[0] != a.Rule {
		t.wrap("    ", "      ", "rules that touched it: "+strings.Join(a.Touched, ", "))
	}
	if worked := Vendors(model.Verdict{Parts: a.Parts}); worked != "" {
		t.wrap("    ", "      ", "worked for "+worked+evidence(a))
	}
	if len(a.Claimed) > 0 {
		t.wrap("    ", "      ", "claimed, too weakly or by several, by "+strings.Join(a.Claimed, ", "))
	}
}

// earned writes what an act earned for the bidder, else for others.
func earned(e *score.Explanation, c score.ActCredit) string {
	switch c.Own {
	case c.Amount:
		return made(c.Own, c)
	case 0:
		return made(c.Amount, c) + ", none of it for " + e.Bidder
	}
	return made(c.Own, c) + ", of " + credits(c.Amount) + " in all"
}

func verdictSaid(a score.Act) string {
	switch {
	case !a.Counted:
		return "refused by the rule " + a.Rule
	case a.Rule != "":
		return "counted (rule " + a.Rule + ")"
	}
	return "counted"
}

// evidence says how well it is known whom the person of an act worked for.
func evidence(a score.Act) string {
	if levels := Levels(model.Verdict{Parts: a.Parts}); levels != "" {
		return " (evidence: " + levels + ")"
	}
	return ""
}

// meanings says what the indicators and rules mean that were named.
func (t *text) meanings(e *score.Explanation) {
	var seen []string
	for _, m := range e.Measures {
		if m == e.Measures[0] {
			t.line("")
			t.line("What is measured")
		}
		t.wrap("  ", "    ", fmt.Sprintf("%s, in %s: %s Source: %s", m.Indicator, m.Unit, m.Doc, m.Source))
	}
	for _, s := range e.Steps {
		if s.Source == "" || s.What == "n" || s.What == "dropped" {
			continue
		}
		parts := strings.Split(s.Figure, "/")
		name := strings.Join(parts[1:], "/")
		if slices.Contains(seen, name) {
			continue
		}
		if seen = append(seen, name); len(seen) == 1 {
			t.line("")
			t.line("What is measured (x)")
		}
		t.wrap("  ", "    ", fmt.Sprintf("%s, in %s: %s Source: %s", name, s.Unit, s.Doc, s.Source))
	}
	if len(seen) > 0 {
		t.line("")
		t.wrap("", "  ", "n follows from r = x / T, by straight lines between the points of a table that is the same for all: r 0, 1/16, 1/4, 9/16, 1 gives n 0, 0.25, 0.5, 0.75, 1. Months are counted in one straight line: n = r, at most 1.")
	}
	if len(e.Rules) > 0 {
		t.line("")
		t.line("Rules")
	}
	for _, r := range e.Rules {
		values := ""
		if r.Values != "" {
			values = " The document sets: " + r.Values + "."
		}
		t.wrap("  ", "    ", r.Rule+": "+r.Doc+values)
	}
}

// credits writes millionths of a credit as the decimal number that they are.
func credits(n int64) string {
	s := big.NewRat(n, model.Whole).FloatString(6)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// ExplanationJSON writes an explanation as JSON, in the form that its types document.
func ExplanationJSON(w io.Writer, e *score.Explanation) error {
	text, err := encode(e)
	if err != nil {
		return err
	}
	return indent(w, text)
}
