package score

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

//go:embed method.md
var methodText string

// MethodText returns the method in Markdown, as a tender has it to publish: the text, all
// indicators, all rules with their reasons, sources and numbers. Nil stands for the
// defaults.
func MethodText(t *model.Tender) string {
	if t == nil {
		t = model.NewTender()
	}
	effect := "; the number stays what it is"
	if t.Minimum.Effect == model.Zero {
		effect = ", and becomes 0"
	}
	r := t.Rules
	return strings.NewReplacer(
		"{{indicators}}", indicatorsText(t),
		"{{rules}}", rulesText(t),
		"{{bounds}}", fmt.Sprintf("%d changes a week, %d reviews, integrations and triages a day each, %d ports a day, for each person and project; %s of a credit for a small text; and nobody's acts count before %d of them in %d months",
			r.ChangesPerWeek, r.ActsPerDay, r.PortsPerDay, number(r.SmallText), r.FloorActs, r.FloorMonths),
		"{{minimum}}", fmt.Sprintf("(%d credited acts or %s %% of all human acts) in %d months", t.Minimum.Acts, number(round(100*t.Minimum.Share, 6)), t.Minimum.Months),
		"{{effect}}", effect,
	).Replace(methodText)
}

func indicatorsText(t *model.Tender) string {
	var b strings.Builder
	for _, p := range model.Pillars() {
		fmt.Fprintf(&b, "**%s** (weight %s)\n\n", p.Name, number(t.Weights[p.Name]))
		for _, m := range metrics {
			if m.Pillar != p.Name {
				continue
			}
			least := ""
			if m.Floor > 0 {
				least = fmt.Sprintf(" Least T: %s.", number(m.Floor))
			}
			fmt.Fprintf(&b, "* **%s** (weight %s in the pillar; %s): %s%s Needs: %s. Source: %s\n", m.Indicator, number(t.Indicators[p.Name][m.Indicator]), m.Unit, m.Doc, least, m.Needs, m.Source)
		}
		b.WriteByte('\n')
	}
	return strings.TrimSpace(b.String())
}

func rulesText(t *model.Tender) string {
	var b strings.Builder
	for n, r := range Rules() {
		fmt.Fprintf(&b, "%d. **%s** (%s). %s *Why:* %s", n+1, r.Name, r.Effect(), r.Doc, r.Why)
		if r.Source != "" {
			fmt.Fprintf(&b, " *Source:* %s.", strings.TrimSuffix(r.Source, "."))
		}
		if len(r.Parameters) > 0 {
			fmt.Fprintf(&b, " *Set by:* %s.", strings.Join(settings(r.Settings(t)), ", "))
		}
		b.WriteByte('\n')
	}
	return strings.TrimSpace(b.String())
}

// settings writes the parameters of a rule with the numbers that the document states.
func settings(all []Setting) []string {
	list := make([]string, 0, len(all))
	for _, s := range all {
		text := "`" + s.Key + "`"
		if s.Value != nil {
			text += " = " + number(*s.Value)
		}
		list = append(list, text)
	}
	return list
}

// Setting is a key of the document that sets a number of a rule.
type Setting struct {
	Key   string
	Value *float64 // what the document states; nil where that is no number
}

// Settings returns the keys that set a rule's numbers, with what a document states. Nil
// stands for the defaults.
func (x Rule) Settings(t *model.Tender) []Setting {
	if t == nil {
		t = model.NewTender()
	}
	r := t.Rules
	numbers := map[string]float64{
		"window.months": float64(t.Window.Months), "rules.changes-per-week": float64(r.ChangesPerWeek), "rules.acts-per-day": float64(r.ActsPerDay),
		"rules.ports-per-day": float64(r.PortsPerDay), "rules.mate": r.Mate, "rules.floor-acts": float64(r.FloorActs), "rules.floor-months": float64(r.FloorMonths),
		"rules.revert-days": float64(r.RevertDays), "rules.small-text": r.SmallText, "rules.small-text-lines": float64(r.SmallTextLines),
		"rules.import-files": float64(r.ImportFiles), "rules.import-lines": float64(r.ImportLines),
		"indicators.commits.translations": t.Indicators[model.Commits][model.Translations],
	}
	list := make([]Setting, 0, len(x.Parameters))
	for _, key := range x.Parameters {
		s := Setting{Key: key}
		if n, ok := numbers[key]; ok {
			s.Value = &n
		}
		list = append(list, s)
	}
	return list
}
