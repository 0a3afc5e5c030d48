package audit

import (
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// TextOptions are the settings of [Text]; nil means the defaults.
type TextOptions struct {
	Width  int            // of the terminal in columns; 0 is 80, and less than 40 is 40
	Locale *locale.Locale // the reader's language; nil is English
}

// Text writes what an audit found for a person at a terminal. It names rows and no persons.
func Text(w io.Writer, r *Result, o *TextOptions) error {
	t := &text{w: w, width: 80, l: locale.English()}
	if o != nil && o.Width > 0 {
		t.width = max(o.Width, 40)
	}
	if o != nil && o.Locale != nil {
		t.l = o.Locale
	}
	t.line("", t.label(r))
	t.line("", t.l.T("Sheet %s, seed %s, method %s", r.Tag, strconv.FormatUint(r.Seed, 10), cut(r.Method, 12)))
	for _, f := range r.Questions {
		t.finding(f)
	}
	t.line("", "")
	t.line("", t.l.T("All questions: Cohen’s κ %s", t.estimate(r.Overall)))
	if len(r.Open) > 0 {
		t.line("  ", t.l.T("%d disagreements to adjudicate: %s", len(r.Open), strings.Join(r.Open, ", ")))
	}
	t.line("", "")
	t.line("", t.l.T("In brackets: intervals of 95 %%. Precision: of what the engine affirmed, the share that is true. Recall: of what is true in the frame, the share that it affirmed; what lies outside the frame nobody was asked about. Rows stand for all decisions of their stratum. κ is of the rows as drawn."))
	return t.err
}

// text remembers the first error of many writes.
type text struct {
	w     io.Writer
	width int
	l     *locale.Locale
	err   error
}

// label says what kind of result the audited one is, and that it has gaps.
func (t *text) label(r *Result) string {
	label := r.Status
	if label == model.Simulation {
		label = t.l.T("SIMULATION")
	}
	label = t.l.T("%s: audit of the engine’s decisions", label)
	if r.Gaps > 0 {
		label += t.l.T("; with gaps: %d repositories, or parts of them, could not be mined", r.Gaps)
	}
	return label
}

// line writes a text in lines of the terminal's width, the later ones indented more.
func (t *text) line(indent, s string) {
	line := indent
	flush := func() {
		if t.err == nil {
			_, t.err = io.WriteString(t.w, strings.TrimRight(line, " ")+"\n")
		}
	}
	for i, word := range strings.Split(inert(s), " ") {
		switch {
		case i == 0:
			line += word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > t.width:
			flush()
			line = indent + "  " + word
		default:
			line += " " + word
		}
	}
	flush()
}

func (t *text) finding(f Finding) {
	t.line("", "")
	t.line("", t.question(f.Question))
	t.line("  ", t.l.T("precision %s", t.estimate(f.Precision)))
	t.line("  ", t.l.T("recall %s", t.estimate(f.Recall)))
	t.line("  ", t.l.T("Cohen’s κ %s", t.estimate(f.Kappa)))
	t.line("  ", t.l.T("%d rows: %d agreed, %d adjudicated, %d unclear, %d to adjudicate, %d without both answers", f.Rows, f.Agreed, f.Adjudicated, f.Unclear, f.Open, f.Unanswered))
	t.line("  ", t.l.T("in the frame: %d; outside it: %d", f.Frame, f.Outside))
	for _, s := range f.Strata {
		if s.Engine == Yes {
			t.line("    ", t.l.T("affirmed, %s: %d settled of %d drawn of %d; %d true", t.say(s.Name), s.Yes+s.No, s.Drawn, s.Size, s.Yes))
		} else {
			t.line("    ", t.l.T("denied, %s: %d settled of %d drawn of %d; %d true", t.say(s.Name), s.Yes+s.No, s.Drawn, s.Size, s.Yes))
		}
	}
}

func (t *text) question(q Question) string {
	switch q {
	case Identity:
		return t.l.T("Identity: are two identities one person?")
	case Affiliation:
		return t.l.T("Affiliation: does a person work for an organisation on a day?")
	case Bot:
		return t.l.T("Robots: is an account a program’s?")
	}
	return t.l.T("Duplicates: is a commit the same work as an earlier one?")
}

func (t *text) estimate(e Estimate) string {
	if e.Value == nil {
		return t.l.T("unknown: %s", t.say(e.Unknown))
	}
	return t.l.T("%s (%s to %s)", t.l.Number(*e.Value, 3), t.l.Number(*e.Low, 3), t.l.Number(*e.High, 3))
}

// say translates what this package says in English.
func (t *text) say(english string) string {
	said, _ := t.l.Say(english)
	return said
}
