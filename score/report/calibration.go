package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// CalibrationText writes the proposed thresholds for a person at a terminal: the block that
// a document states, and what it rests on. gaps is how many repositories, or parts of them,
// could not be mined.
func CalibrationText(w io.Writer, all []score.Calibration, gaps int, o *TextOptions) error {
	t := newText(w, o)
	t.preparing(gaps)
	for n, c := range all {
		if n == 0 || all[n-1].Project != c.Project {
			t.thresholds(all, c.Project)
		}
	}
	if t.lang == nil { // as it stands in documents since the beginning
		t.line("T is what the three most active people reach together, rounded up, and at least")
		t.line("the method's floor. Months have none: their full score is the window.")
		return t.err
	}
	t.wrap("", "", t.T("T is what the three most active people reach together, rounded up, and at least the method's floor. Months have none: their full score is the window."))
	return t.err
}

func (t *text) thresholds(all []score.Calibration, project string) {
	var stated []string
	var b strings.Builder
	out := reasons{}
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(T, three, people, floor, stated, indicator string) {
		if t.width < 60 { // what the others rest on stands in the other forms
			fmt.Fprintf(table, "%s\t%s\t  %s\n", T, stated, indicator)
			return
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t  %s\n", T, three, people, floor, stated, indicator)
	}
	row("T", t.T("three"), t.T("people"), t.T("floor"), t.T("stated"), t.T("indicator"))
	for _, c := range all {
		switch {
		case c.Project != project:
			continue
		case c.T > 0:
			row(t.figure(number(c.T)), t.figure(number(c.Three)), strconv.Itoa(c.People), t.figure(number(c.Floor)), t.written(c.Stated), t.say(string(c.Indicator)))
		case c.None:
			row(t.T("none"), "0", "0", t.figure(number(c.Floor)), t.written(c.Stated), t.say(string(c.Indicator)))
		default:
			out.add(t.say(string(c.Indicator)), c.Reason)
			continue
		}
		stated = append(stated, fmt.Sprintf("%s: %s", c.Indicator, threshold(c)))
	}
	table.Flush()
	t.line("%s", clean(project, t.width))
	t.wrap("  thresholds: {", "    ", strings.Join(stated, ", ")+"}")
	for line := range strings.Lines(b.String()) {
		t.line("%s", clean(strings.TrimRight(line, " \n"), t.width))
	}
	for _, r := range out.list {
		t.item(t.T("left out: "), t.T("%s: %s", strings.Join(r.names, ", "), t.say(r.text)))
	}
	t.line("")
}

// written writes a threshold as the document states it, for a reader.
func (t *text) written(stated string) string {
	if stated == "none" {
		return t.T("none")
	}
	return t.figure(stated)
}

func threshold(c score.Calibration) string {
	if c.None {
		return "none"
	}
	return number(c.T)
}

// OpennessText writes for a person at a terminal whom each indicator is open to; for gaps see
// [CalibrationText].
func OpennessText(w io.Writer, all []score.Openness, gaps int, o *TextOptions) error {
	t := newText(w, o)
	t.preparing(gaps)
	for n, x := range all {
		if n == 0 || all[n-1].Project != x.Project {
			t.open(all, x.Project)
		}
	}
	if len(all) == 0 {
		t.line("%s", t.T("No indicator counts in any project."))
	}
	return t.err
}

func (t *text) open(all []score.Openness, project string) {
	var b strings.Builder
	var closed []string
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "T\t%s\t%s\t%s\t  %s\n", t.T("reach T/4"), t.T("largest"), t.T("unknown"), t.T("indicator"))
	for _, x := range all {
		if x.Project != project {
			continue
		}
		mark := ""
		if x.Closed != "" {
			mark = " *"
			closed = append(closed, t.T("%s of %s: %s: %s", t.say(string(x.Indicator)), t.say(string(x.Pillar)), t.say(x.Closed), t.justified(x)))
		}
		fmt.Fprintf(table, "%s\t%d\t%s\t%s\t  %s%s\n", t.figure(number(x.T)), x.Organisations, t.percent(x.Share*100), t.percent(x.Unknown*100),
			t.T("%s: %s", t.say(string(x.Pillar)), t.say(string(x.Indicator))), mark)
	}
	table.Flush()
	t.line("%s", clean(project, t.width))
	for line := range strings.Lines(b.String()) {
		t.line("%s", clean(strings.TrimRight(line, " \n"), t.width))
	}
	for _, c := range closed {
		t.wrap("  * ", "    ", c)
	}
	t.line("")
}

func (t *text) justified(x score.Openness) string {
	if x.Justified == "" {
		return t.T("not justified; the document cannot be sealed so")
	}
	return t.T("justified: %s", noMail(x.Justified))
}

// CalibrationJSON writes the proposals as indented JSON; for gaps see [CalibrationText].
func CalibrationJSON(w io.Writer, all []score.Calibration, gaps int) error {
	return listJSON(w, "tributary-calibration/1", gaps, all)
}

// OpennessJSON writes whom the indicators are open to as indented JSON. Mail addresses are
// taken out of the document's reasons. For gaps see [CalibrationText].
func OpennessJSON(w io.Writer, all []score.Openness, gaps int) error {
	all = slices.Clone(all)
	for i := range all {
		all[i].Justified = noMail(all[i].Justified)
	}
	return listJSON(w, "tributary-openness/1", gaps, all)
}

func listJSON[T any](w io.Writer, format string, gaps int, all []T) error {
	if all == nil {
		all = []T{}
	}
	return WriteJSON(w, struct {
		Format     string `json:"format"`
		Status     string `json:"status"`
		Gaps       int    `json:"gaps,omitempty"`
		Indicators []T    `json:"indicators"`
	}{format, model.Simulation, gaps, all})
}
