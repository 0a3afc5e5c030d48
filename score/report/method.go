package report

import (
	"embed"
	"fmt"
	"io"
	"strings"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report/locale"
)

//go:embed method.*.md
var methods embed.FS

// Method writes the method in Markdown in the reader's language, as a tender has it to
// publish: the text, all indicators, all rules with their reasons, sources and numbers. A nil
// tender stands for the defaults, a nil locale for English, which is [score.MethodText]. The
// English text is the method: its digest covers those words alone, and each translation says so.
func Method(w io.Writer, doc *model.Tender, l *locale.Locale) error {
	if l == nil || l.Lang() == locale.Default {
		_, err := io.WriteString(w, score.MethodText(doc))
		return err
	}
	template, err := methods.ReadFile("method." + l.Lang() + ".md")
	if err != nil {
		return fmt.Errorf("the method in the language %s: %w", l.Lang(), err)
	}
	if doc == nil {
		doc = model.NewTender()
	}
	m := &method{text{lang: l}, doc}
	_, err = strings.NewReplacer(
		"{{indicators}}", m.indicators(),
		"{{rules}}", m.rules(),
		"{{bounds}}", m.bounds(),
		"{{minimum}}", m.minimum(),
		"{{effect}}", m.effect(),
	).WriteString(w, string(template))
	return err
}

// method writes the parts of the text that the document's numbers stand in.
type method struct {
	text
	doc *model.Tender
}

func (m *method) indicators() string {
	var b strings.Builder
	for _, p := range model.Pillars() {
		b.WriteString(m.T("**%s** (`%s`, weight %s)", m.say(string(p.Name)), string(p.Name), m.figure(number(m.doc.Weights[p.Name]))) + "\n\n")
		for _, x := range score.Metrics() {
			if x.Pillar == p.Name {
				b.WriteString(m.indicator(x))
			}
		}
		b.WriteByte('\n')
	}
	return strings.TrimSpace(b.String())
}

func (m *method) indicator(x score.Metric) string {
	least := ""
	if x.Floor > 0 {
		least = m.T(" Least T: %s.", m.figure(number(x.Floor)))
	}
	return m.T("* **%s** (`%s`, weight %s in the pillar; %s): %s%s Needs: %s. Source: %s", m.say(string(x.Indicator)), string(x.Indicator),
		m.figure(number(m.doc.Indicators[x.Pillar][x.Indicator])), m.say(x.Unit), m.say(x.Doc), least, m.say(string(x.Needs)), m.say(x.Source)) + "\n"
}

func (m *method) rules() string {
	var b strings.Builder
	for n, r := range score.Rules() {
		b.WriteString(m.T("%d. **%s** (%s). %s *Why:* %s", n+1, r.Name, m.say(r.Effect()), m.say(r.Doc), m.say(r.Why)))
		if r.Source != "" {
			b.WriteString(m.T(" *Source:* %s.", strings.TrimSuffix(m.say(r.Source), ".")))
		}
		if settings := m.settings(r); settings != "" {
			b.WriteString(m.T(" *Set by:* %s.", settings))
		}
		b.WriteByte('\n')
	}
	return strings.TrimSpace(b.String())
}

func (m *method) settings(r score.Rule) string {
	var list []string
	for _, s := range r.Settings(m.doc) {
		text := "`" + s.Key + "`"
		if s.Value != nil {
			text += " = " + m.figure(number(*s.Value))
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}

func (m *method) bounds() string {
	r := m.doc.Rules
	return m.T("%d changes a week, %d reviews, integrations and triages a day each, %d ports a day, for each person and project; %s of a credit for a small text; and nobody's acts count before %d of them in %d months",
		r.ChangesPerWeek, r.ActsPerDay, r.PortsPerDay, m.figure(number(r.SmallText)), r.FloorActs, r.FloorMonths)
}

func (m *method) minimum() string {
	x := m.doc.Minimum
	return m.T("(%d credited acts or %s %% of all human acts) in %d months", x.Acts, m.figure(fmt.Sprintf("%.6g", float64(100*x.Share))), x.Months)
}

func (m *method) effect() string {
	if m.doc.Minimum.Effect == model.Zero {
		return m.T(", and becomes 0")
	}
	return m.T("; the number stays what it is")
}
