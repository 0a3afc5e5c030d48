package audit

import (
	"io"
	"strconv"
)

// CSV writes what an audit found as one table (RFC 4180), a row for each figure: the label of
// the audited result, the question, the measure, a stratum and the engine's answer in it where
// it is about one, the value with the limits of its 95 % interval, the rows that it rests on,
// and why it is unknown. An unknown figure has no value. Rows to adjudicate are named last.
func CSV(w io.Writer, r *Result) error {
	c := newCSV(w)
	c.Write([]string{"status", "gaps", "sheet", "question", "measure", "stratum", "engine", "value", "low", "high", "rows", "note"})
	row := func(cells ...string) {
		c.Write(append([]string{r.Status, strconv.Itoa(r.Gaps), r.Tag}, cells...))
	}
	estimate := func(question, measure string, e Estimate) {
		row(question, measure, "", "", decimal(e.Value), decimal(e.Low), decimal(e.High), strconv.FormatInt(e.Count, 10), e.Unknown)
	}
	for _, f := range r.Questions {
		q := string(f.Question)
		estimate(q, "precision", f.Precision)
		estimate(q, "recall", f.Recall)
		estimate(q, "kappa", f.Kappa)
		for _, n := range []struct {
			measure string
			n       int64
		}{{"rows", int64(f.Rows)}, {"agreed", int64(f.Agreed)}, {"adjudicated", int64(f.Adjudicated)}, {"unclear", int64(f.Unclear)},
			{"to adjudicate", int64(f.Open)}, {"unanswered", int64(f.Unanswered)}, {"frame", f.Frame}, {"outside the frame", f.Outside}} {
			row(q, n.measure, "", "", strconv.FormatInt(n.n, 10), "", "", "", "")
		}
		for _, s := range f.Strata {
			for _, n := range []struct {
				measure string
				n       int64
			}{{"size", s.Size}, {"drawn", s.Drawn}, {"settled", s.Yes + s.No}, {"true", s.Yes}} {
				row(q, n.measure, s.Name, string(s.Engine), strconv.FormatInt(n.n, 10), "", "", "", "")
			}
		}
	}
	estimate("all", "kappa", r.Overall)
	for _, id := range r.Open {
		row("", "adjudicate", "", "", "", "", "", "", id)
	}
	c.Flush()
	return c.Error()
}

// decimal writes a figure with six decimals, nothing where it is unknown.
func decimal(x *float64) string {
	if x == nil {
		return ""
	}
	return strconv.FormatFloat(*x, 'f', 6, 64)
}
