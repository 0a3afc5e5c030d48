package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode"
	"unicode/utf8"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// TextOptions are the settings of [Text]; nil means the defaults.
type TextOptions struct {
	Width int // of the terminal in columns; 0 is 80
	Most  int // bidders shown of each lot, or people of each figure that is explained; 0 is all
	// Locale is the reader's language; nil is English. Names, addresses of figures and what
	// servers answered stay as they are.
	Locale *locale.Locale
}

// Text writes the ranking for a person at a terminal. What is not known stands
// beside the figures.
func Text(w io.Writer, r *model.Ranking, o *TextOptions) error {
	t := newText(w, o)
	t.heading(r)
	for _, lot := range r.Lots {
		t.lot(r, lot, most(o))
	}
	t.contested(r.Contested)
	for _, p := range r.Projects {
		t.project(p)
	}
	t.list(t.T("Gaps"), t.gaps(r))
	t.list(t.T("Warnings"), t.sayAll(r.Warnings))
	return t.err
}

func most(o *TextOptions) int {
	if o == nil {
		return 0
	}
	return o.Most
}

// text remembers the first error of many writes.
type text struct {
	w     io.Writer
	width int
	lang  *locale.Locale // nil is English
	err   error
}

func (t *text) line(format string, a ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.w, format+"\n", a...)
	}
}

// wrap writes a text in lines of the terminal's width, with an indent.
func (t *text) wrap(first, rest, s string) {
	line := first
	empty := true
	for _, word := range strings.FieldsFunc(printable(s), func(r rune) bool { return r == ' ' }) {
		if !empty && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > t.width {
			t.line("%s", line)
			line, empty = rest, true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	t.line("%s", line)
}

func (t *text) heading(r *model.Ranking) {
	t.wrap("", "  ", t.say(headline(r.Label()))+t.withGaps(len(r.Gaps)))
	title := strings.TrimSpace(r.Tender.ID + " " + r.Tender.Title)
	if r.Tender.Buyer != "" {
		title += ", " + r.Tender.Buyer
	}
	if title != "" {
		t.wrap("", "  ", title)
	}
	mode := string(r.Mode)
	if r.Mode == model.Selection && r.Shortlist {
		mode = mode + " (short-list)"
	}
	t.wrap("", "  ", t.T("Window %s to %s, UTC, end excluded; mode %s; method %d, digest %.16s",
		t.day(r.Since), t.day(r.Until), t.say(mode), r.Method.Version, r.Method.Digest))
	for _, d := range r.Decisions {
		if d.Decide == model.Pending {
			t.wrap("", "  ", t.T("Not decided: %s, on %s. %sNo result is official until it is.", d.ID, d.On, t.objection(d.Decision)))
			continue
		}
		t.wrap("", "  ", t.T("Decision %s by %s on %s: %s, %s%s. Reason: %s. %s%s",
			d.ID, d.By, t.date(d.At), d.On, t.decided(d.Decide), t.terms(d.Decision), d.Reason, t.objection(d.Decision), t.effect(d)))
	}
}

// terms says what a decision overrules, or for which days it holds.
func (t *text) terms(d model.Decision) string {
	var list []string
	if d.Rule != "" {
		list = append(list, t.T("rule %s", d.Rule))
	}
	if d.From != 0 {
		list = append(list, t.T("from %s", t.date(d.From)))
	}
	if d.Until != 0 {
		list = append(list, t.T("until %s", t.date(d.Until)))
	}
	if len(list) == 0 {
		return ""
	}
	return " (" + strings.Join(list, ", ") + ")"
}

// objection says what was objected to.
func (t *text) objection(d model.Decision) string {
	if d.Objection == nil {
		return ""
	}
	return t.T("Objection by %s on %s: %s. ", d.Objection.By, t.date(d.Objection.At), strings.TrimSuffix(d.Objection.Text, "."))
}

func (t *text) effect(d model.DecisionShown) string {
	if len(d.Effect) == 0 {
		return t.T("It changes no bidder's score.")
	}
	return t.T("Effect on the scores: %s.", t.effects(d.Effect))
}

func (t *text) effects(all []model.Effects) string {
	var list []string
	for _, e := range all {
		list = append(list, t.T("%s %s in lot %s", e.Bidder, t.figure(fmt.Sprintf("%+.2f", e.Change)), e.Lot))
	}
	return strings.Join(list, ", ")
}

// date writes a day of a document.
func (t *text) date(d model.Date) string {
	if t.lang == nil || d == 0 {
		return d.String()
	}
	return t.day(d.Time())
}

// decided says what a decision decides; a vendor's name stays as it is.
func (t *text) decided(s string) string {
	if vendor, ok := strings.CutPrefix(s, "vendor: "); ok {
		return t.T("vendor: %s", vendor)
	}
	return t.say(s)
}

// contested says whom several vendors claim, and what hangs on it.
func (t *text) contested(all []model.ContestedShown) {
	if len(all) > 0 {
		t.line("")
		t.line("%s", t.T("Contested people"))
	}
	for _, c := range all {
		waits := ""
		if len(c.Bidders) > 0 {
			waits = t.T(", and no result is official until the document decides")
		}
		t.wrap("  ", "    ", t.T("%d acts by people whom %s claim with equal evidence. They count for nobody known%s.",
			c.Acts, t.and(c.Vendors), waits))
		for _, o := range c.Outcomes {
			said := t.T("no bidder's score changes")
			if len(o.Effect) > 0 {
				said = t.effects(o.Effect)
			}
			t.wrap("    ", "      ", t.T("if they are %s's: %s", o.Vendor, said))
		}
	}
}

// lot writes the table of one lot, narrowed to the terminal: the columns of the
// projects go first, then names are cut.
func (t *text) lot(r *model.Ranking, lot model.LotResult, most int) {
	t.line("")
	var parts []string
	for _, p := range lot.Projects {
		parts = append(parts, t.T("%s %s %%", p.Project, t.figure(fmt.Sprintf("%.3g", p.Weight*100))))
	}
	t.wrap("", "  ", t.T("Lot %s (%s points; %s)", t.title(lot), t.figure(number(lot.Points)), strings.Join(parts, ", ")))
	shown := lot.Standings
	if most > 0 && len(shown) > most {
		shown = shown[:most]
	}
	projects := lot.Projects
	if !ranks(r) || len(projects) < 2 || 50+12*len(projects) > t.width {
		projects = nil
	}
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	ranked, narrow, minimum := ranks(r), t.width < 60, r.Mode == model.Selection && r.MinimumPoints > 0
	if ranked {
		fmt.Fprintf(table, "%s\t%s\t", t.T("rank"), t.T("points"))
	}
	if ranked && !narrow {
		fmt.Fprintf(table, "%s\t", t.T("score"))
	}
	for _, p := range projects {
		fmt.Fprintf(table, "%s\t", clean(p.Project, 10))
	}
	if minimum {
		fmt.Fprintf(table, "%s\t", t.T("minimum"))
	}
	fmt.Fprintf(table, "%s\t  %s\n", t.T("people"), t.T("bidder"))
	for _, s := range shown {
		if ranked {
			fmt.Fprintf(table, "%s\t%s\t", rank(s.Rank), t.orUnknown(decimal(s.Points, 2)))
		}
		if ranked && !narrow {
			fmt.Fprintf(table, "%s\t", t.orUnknown(decimal(s.Score, 2)))
		}
		for _, p := range projects {
			fmt.Fprintf(table, "%s\t", t.orUnknown(decimal(r.ProjectScore(p.Project, s.Bidder), 2)))
		}
		if minimum {
			fmt.Fprintf(table, "%s\t", t.orUnknown(t.met(s.Meets)))
		}
		fmt.Fprintf(table, "%s\t  %s\n", t.orUnknown(people(s)), bidder(s))
	}
	table.Flush()
	for line := range strings.Lines(b.String()) {
		t.line("%s", clean(strings.TrimRight(line, " \n"), t.width))
	}
	if n := len(lot.Standings) - len(shown); n > 0 {
		t.line("%s", t.T("and %d more", n))
	}
	t.notes(shown)
}

// ranks reports whether the mode shows points. Selection without a short-list
// shows only who meets the minimum; the explanation gives a bidder the rest.
func ranks(r *model.Ranking) bool {
	if r.Mode != model.Selection || r.Shortlist || r.MinimumPoints == 0 {
		return true
	}
	return slices.ContainsFunc(r.Lots, func(l model.LotResult) bool {
		return slices.ContainsFunc(l.Standings, func(s model.Standing) bool { return s.Rank > 0 })
	})
}

func (t *text) title(lot model.LotResult) string {
	if lot.Title == "" {
		return lot.ID
	}
	return t.T("%s: %s", lot.ID, lot.Title)
}

func (t *text) notes(shown []model.Standing) {
	for _, s := range shown {
		if len(s.Insufficient) > 0 {
			t.wrap("", "  ", t.T("* less than the minimum evidence in at least one project"))
			return
		}
	}
}

func bidder(s model.Standing) string {
	name := s.Name
	if len(s.Insufficient) > 0 {
		name += " *"
	}
	return name
}

func (t *text) met(b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return t.T("met")
	}
	return t.T("missed")
}

// project says what the figures of a project rest on.
func (t *text) project(p model.ProjectResult) {
	t.line("")
	if p.UnknownShare != nil {
		t.wrap("", "  ", t.T("%s: %d contributions read, %d counted, by %d people; %s of the changes by people of unknown affiliation",
			p.ID, p.Read, p.Counted, p.People, t.percent(*p.UnknownShare*100)))
	} else {
		t.wrap("", "  ", t.T("%s: %d contributions read, %d counted, by %d people; none of them is a change", p.ID, p.Read, p.Counted, p.People))
	}
	var refused []string
	for _, c := range p.Rules {
		if c.Refused > 0 {
			refused = append(refused, fmt.Sprintf("%s %d", c.Rule, c.Refused))
		}
	}
	if len(refused) > 0 {
		t.item(t.T("refused: "), strings.Join(refused, ", "))
	}
	t.indicators(p)
}

// indicators writes the table of what counts and, once for each reason, what does
// not or only in part.
func (t *text) indicators(p model.ProjectResult) {
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	dropped, partial := reasons{}, reasons{}
	for _, i := range p.Indicators {
		name := t.T("%s: %s", t.say(string(i.Pillar)), t.say(string(i.Indicator)))
		switch {
		case i.Reason == score.Weightless:
			continue // the document says so itself
		case i.Weight == 0:
			dropped.add(name, i.Reason)
			continue
		case i.State == model.Partial:
			partial.add(name, i.Reason)
		}
		proposed := ""
		if i.Proposed {
			proposed = " " + t.T("proposed")
		}
		fmt.Fprintf(table, "  %s\t%s\tT %s%s\n", name, t.T("%5s %%", t.figure(fmt.Sprintf("%.1f", i.Weight*100))), t.figure(number(i.T)), proposed)
	}
	table.Flush()
	for line := range strings.Lines(b.String()) {
		if line = strings.TrimRight(line, " \n"); utf8.RuneCountInString(line) > t.width {
			t.wrap("  ", "    ", line)
		} else {
			t.line("%s", line)
		}
	}
	for _, r := range partial.list {
		t.item(t.T("partial: "), t.T("%s: %s", strings.Join(r.names, ", "), t.say(r.text)))
	}
	for _, r := range dropped.list {
		t.item(t.T("dropped for all bidders: "), t.T("%s: %s", strings.Join(r.names, ", "), t.say(cmp.Or(r.text, "weight 0"))))
	}
}

// reasons gathers the indicators that share a reason, in order.
type reasons struct {
	list []struct {
		text  string
		names []string
	}
}

func (r *reasons) add(name, text string) {
	for i := range r.list {
		if r.list[i].text == text {
			r.list[i].names = append(r.list[i].names, name)
			return
		}
	}
	r.list = append(r.list, struct {
		text  string
		names []string
	}{text, []string{name}})
}

func (t *text) gaps(r *model.Ranking) []string {
	var list []string
	for _, g := range r.Gaps {
		list = append(list, t.T("%s: %s: %s", g.Project, g.Repository, t.say(g.Reason)))
	}
	return list
}

func (t *text) list(title string, items []string) {
	if len(items) == 0 {
		return
	}
	t.line("")
	t.wrap("", "  ", t.T("%s:", title))
	for _, i := range items {
		t.wrap("- ", "  ", i)
	}
}

// printable takes out what could steer a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u00a0':
			return r // where a line must not break
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, s)
}

// clean cuts a text to so many columns and takes out what could steer a terminal.
func clean(s string, most int) string {
	s = printable(s)
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// preparing is the first line of what belongs to no ranking, and helps to prepare one.
func (t *text) preparing(gaps int) {
	t.wrap("", "  ", t.T("SIMULATION: no result, but what helps to prepare one")+t.withGaps(gaps))
}

// withGaps is what a first line adds where something could not be mined.
func (t *text) withGaps(n int) string {
	if n == 0 {
		return ""
	}
	return withGaps(cmp.Or(t.lang, locale.English()), n)
}

// withGaps says in a language, with its plural forms, that a result has gaps.
func withGaps(l *locale.Locale, n int) string {
	return l.T("; with gaps: %d repositories, or parts of them, could not be mined", n)
}

// headline says what a result is, by its label.
func headline(label string) string {
	if digest, ok := strings.CutPrefix(label, model.Official+" "); ok {
		return model.Official + ": computed from the document sealed as " + digest
	}
	return label + ": not computed from a sealed document"
}
