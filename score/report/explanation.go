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
	t := newText(w, o)
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
				t.behind(b, strings.Repeat("  ", s.Depth+2), most(o))
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
	t.wrap("", "  ", t.say(headline(e.Status))+t.withGaps(e.Gaps))
	if title := strings.TrimSpace(e.Tender.ID + " " + e.Tender.Title); title != "" {
		t.wrap("", "  ", title)
	}
	what := ""
	if e.Figure != "" {
		what = t.T(": %s", e.Figure)
	}
	t.wrap("", "  ", fmt.Sprintf("%s (%s)%s", e.Name, e.Bidder, what))
	t.wrap("", "  ", t.T("Window %s to %s, UTC, end excluded; method digest %.16s", t.day(e.Window.Since), t.day(e.Window.Until), e.Method))
	t.line("")
	if len(e.Steps) == 0 {
		t.wrap("", "", t.T("Each judgement on the artifact, with what it earned and the rules that touched it."))
		t.line("")
		return
	}
	t.wrap("", "", t.T("Each figure stands before those that it is made of. A formula, computed from the figures as they are shown here "+
		"and rounded to the decimals of the figure before its equals sign, gives exactly that figure."))
	t.line("")
}

// step writes a figure and its formula. Below the first of an address, the others go
// without it.
func (t *text) step(s score.Step, first bool) {
	indent := strings.Repeat("  ", s.Depth)
	name := s.Figure
	if first && s.What != "dropped" && s.Depth == 0 {
		name += ", " + t.say(s.What)
	}
	if !first {
		indent, name = indent+"  ", t.say(s.What)
	}
	said := t.formula(s.Formula)
	if s.Shown != "" {
		said = t.figure(s.Shown) + " = " + said
	}
	if s.Rounded {
		said = t.T("%s, rounded", said)
	}
	if s.What == "x" {
		said = fmt.Sprintf("%s %s = %s", t.figure(s.Shown), t.say(s.Unit), t.formula(s.Formula))
	}
	t.wrap(indent, indent+"    ", t.T("%s: %s", name, said))
	if s.Note != "" {
		t.wrap(indent+"    ", indent+"    ", t.say(s.Note))
	}
}

// behind writes what an indicator was measured by.
func (t *text) behind(b score.Behind, indent string, most int) {
	if b.Months && len(b.ByMonth) > 0 {
		months := make([]string, len(b.ByMonth))
		for i, m := range b.ByMonth {
			months[i] = fmt.Sprintf("%s (%d)", m.Month, m.Acts)
		}
		t.wrap(indent, indent+"  ", t.T("months (acts): %s", strings.Join(months, ", ")))
	}
	if b.SameAs != "" {
		t.wrap(indent, indent+"  ", t.T("the acts are those of %s", b.SameAs))
		return
	}
	t.people(indent, b, most)
	for _, a := range b.Acts {
		t.act(indent, a, t.formulas(a))
	}
	if b.More > 0 {
		t.line("%s%s", indent, t.T("and %d more acts that count", b.More))
	}
	for _, r := range b.Refused {
		t.wrap(indent, indent+"  ", t.T("%s: %d", t.ruleSaid(r.Rule), r.N))
		for _, a := range r.Acts {
			t.act(indent+"  ", a, t.say(a.Reason))
		}
		if n := r.N - len(r.Acts); n > 0 {
			t.line("%s  %s", indent, t.T("and %d more", n))
		}
	}
}

// ruleSaid says why acts earned nothing here.
func (t *text) ruleSaid(rule string) string {
	switch rule {
	case "":
		return t.T("without credit for this figure")
	case "unit":
		return t.T("counted with others (rule %s)", "unit")
	case "weak-evidence", "contested":
		return t.T("counted for nobody known (rule %s)", rule)
	}
	return t.T("refused (rule %s)", rule)
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
		t.line("%s%s", indent, t.T("and %d more people", n))
	}
}

// person writes a person's credit by months.
func (t *text) person(indent string, p score.PersonSum) {
	months := make([]string, len(p.Months))
	for i, m := range p.Months {
		months[i] = fmt.Sprintf("%s (%s)", t.credits(m.Amount), m.Month)
	}
	t.wrap(indent, indent+"  ", t.T("%s: %s = %s", p.Person, t.credits(p.Amount), strings.Join(months, " + ")))
}

// act writes an act on one line, or as many as it takes.
func (t *text) act(indent string, a score.Act, said string) {
	if said != "" {
		said = t.T(": %s", said)
	}
	t.wrap(indent, indent+"    ", fmt.Sprintf("%s %s, %s, %s%s", t.day(a.At), t.say(string(a.Role)), a.Person, where(a), said))
}

// where names the artifact as a browser opens it, else by its repository.
func where(a score.Act) string {
	if a.Link != "" {
		return a.Link
	}
	return a.Repository + " " + string(a.Artifact)
}

// formulas writes how the credit of an act was made. One that spans months earns in each.
func (t *text) formulas(a score.Act) string {
	if len(a.Credits) > 1 {
		first, last := a.Credits[0], a.Credits[len(a.Credits)-1]
		return t.T("%s, of %d months from %s to %s", t.credits(a.Amount), len(a.Credits), first.Month.String(), last.Month.String())
	}
	list := make([]string, 0, 1)
	for _, c := range a.Credits {
		list = append(list, t.made(c.Own, c))
	}
	return strings.Join(list, t.T("; "))
}

// made writes an amount and how it was made, where there is more to say than its number.
func (t *text) made(amount int64, c score.ActCredit) string {
	if s := credits(amount); s != c.Formula {
		return t.figure(s) + " = " + t.formula(c.Formula)
	}
	return t.formula(c.Formula)
}

// verdict writes all that was judged of one act.
func (t *text) verdict(e *score.Explanation, a score.Act) {
	t.act("", a, t.verdictSaid(a))
	if a.Change != "" {
		t.wrap("    ", "      ", t.T("part of the change %s", string(a.Change)))
	}
	for _, c := range a.Credits {
		t.wrap("    ", "      ", t.T("%s in %s: %s", t.say(string(c.Indicator)), c.Month.String(), t.earned(e, c)))
	}
	for _, d := range a.Dropped {
		t.wrap("    ", "      ", t.T("%s in %s: %s dropped by the rule %s", t.say(string(d.Indicator)), d.Month.String(), t.credits(d.Amount), d.Rule))
	}
	if a.Reason != "" {
		t.wrap("    ", "      ", t.say(a.Reason))
	}
	if len(a.Touched) > 1 || len(a.Touched) == 1 && a.Touched[0] != a.Rule {
		t.wrap("    ", "      ", t.T("rules that touched it: %s", strings.Join(a.Touched, ", ")))
	}
	if worked := Vendors(model.Verdict{Parts: a.Parts}); worked != "" {
		t.wrap("    ", "      ", t.T("worked for %s", worked)+t.evidence(a))
	}
	if len(a.Claimed) > 0 {
		t.wrap("    ", "      ", t.T("claimed, too weakly or by several, by %s", strings.Join(a.Claimed, ", ")))
	}
}

// earned writes what an act earned for the bidder, else for others.
func (t *text) earned(e *score.Explanation, c score.ActCredit) string {
	switch c.Own {
	case c.Amount:
		return t.made(c.Own, c)
	case 0:
		return t.T("%s, none of it for %s", t.made(c.Amount, c), e.Bidder)
	}
	return t.T("%s, of %s in all", t.made(c.Own, c), t.credits(c.Amount))
}

func (t *text) verdictSaid(a score.Act) string {
	switch {
	case !a.Counted:
		return t.T("refused by the rule %s", a.Rule)
	case a.Rule != "":
		return t.T("counted (rule %s)", a.Rule)
	}
	return t.T("counted")
}

// evidence says how well it is known whom the person of an act worked for.
func (t *text) evidence(a score.Act) string {
	if levels := Levels(model.Verdict{Parts: a.Parts}); levels != "" {
		return t.T(" (evidence: %s)", t.levels(levels))
	}
	return ""
}

// meanings says what the indicators and rules mean that were named.
func (t *text) meanings(e *score.Explanation) {
	var seen []string
	for _, m := range e.Measures {
		if m == e.Measures[0] {
			t.line("")
			t.line("%s", t.T("What is measured"))
		}
		t.wrap("  ", "    ", t.T("%s, in %s: %s Source: %s", t.say(string(m.Indicator)), t.say(m.Unit), t.say(m.Doc), t.say(m.Source)))
	}
	for _, s := range e.Steps {
		if s.Source == "" || s.What == "n" || s.What == "dropped" {
			continue
		}
		parts := strings.Split(s.Figure, "/") // the project's own name may have some
		name := strings.Join(parts[max(0, len(parts)-2):], "/")
		if slices.Contains(seen, name) {
			continue
		}
		if seen = append(seen, name); len(seen) == 1 {
			t.line("")
			t.line("%s", t.T("What is measured (x)"))
		}
		t.wrap("  ", "    ", t.T("%s, in %s: %s Source: %s", name, t.say(s.Unit), t.say(s.Doc), t.say(s.Source)))
	}
	if len(seen) > 0 {
		t.line("")
		t.wrap("", "  ", t.T("n follows from r = x / T, by straight lines between the points of a table that is the same for all: r 0, 1/16, 1/4, 9/16, 1 gives n 0, 0.25, 0.5, 0.75, 1. Months are counted in one straight line: n = r, at most 1."))
	}
	if len(e.Rules) > 0 {
		t.line("")
		t.line("%s", t.T("Rules"))
	}
	for _, r := range e.Rules {
		values := ""
		if r.Values != "" {
			values = t.T(" The document sets: %s.", t.formula(r.Values))
		}
		t.wrap("  ", "    ", t.T("%s: %s%s", r.Rule, t.say(r.Doc), values))
	}
}

// credits writes millionths of a credit as the decimal number that they are.
func credits(n int64) string {
	s := big.NewRat(n, model.Whole).FloatString(6)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// credits writes them for the reader.
func (t *text) credits(n int64) string { return t.figure(credits(n)) }

// levels writes levels of evidence, which a space parts.
func (t *text) levels(list string) string {
	return strings.Join(t.sayAll(strings.Split(list, " ")), " ")
}

// ExplanationJSON writes an explanation as JSON, in the form that its types document.
func ExplanationJSON(w io.Writer, e *score.Explanation) error {
	text, err := encode(e)
	if err != nil {
		return err
	}
	return indent(w, text)
}
