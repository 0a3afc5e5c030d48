package score

import (
	"fmt"
	"math"
	"math/big"

	"github.com/tributary-oss/tributary/model"
)

// dropped says why an indicator does not count.
func (b *explaining) dropped(project string, q indicatorPart) {
	why := q.result.Reason
	if q.result.T > 0 || why == "" {
		why = "weight 0 in the document"
	}
	b.step(Step{Figure: q.at(project), What: "dropped", Depth: 3, Formula: "dropped for all bidders", Note: why, Unit: q.metric.Unit,
		Doc: q.metric.Doc, Source: q.metric.Source}, nil)
}

// indicator explains what an indicator brings: 100 · weight · n, n by the table from
// r = x / T, and x as it was measured.
func (b *explaining) indicator(project string, q indicatorPart, total *quantity) {
	if q.points == nil {
		b.dropped(project, q)
		return
	}
	at, v := q.at(project), q.measured
	x := fraction("x", big.NewRat(int64(math.Round(v.Value*model.Whole)), model.Whole))
	x.at, x.stated = at, v.Value
	t := constant("T", q.result.T)
	n := &quantity{name: "n", at: at, stated: v.N, digits: 4, inputs: []*quantity{x, t}}
	line := q.metric.line(v.R)
	n.eval, n.write = line.eval, line.write
	f := q.points
	f.inputs = []*quantity{q.published, total, n}
	f.eval = func(in []*big.Rat) *big.Rat { return mul(big.NewRat(100, 1), quo(in[0], in[1]), in[2]) }
	f.write = func(in []string) string { return fmt.Sprintf("100 · %s / %s · %s", in[0], in[1], in[2]) }
	b.step(Step{Figure: at, What: "points", Depth: 3, Unit: "points of the project's 100",
		Note: fmt.Sprintf("100 · weight · n; the weight is %s as published (%s), of %s for all indicators that count", q.published.shown(), q.inPillar, total.shown())}, f)
	b.step(Step{Figure: at, What: "n", Depth: 3, Unit: "of 1", Note: line.note, Doc: line.doc,
		Source: "Straight lines between the points of a table that is the same for all: r 0, 1/16, 1/4, 9/16, 1 gives n 0, 0.25, 0.5, 0.75, 1."}, n)
	r := &quantity{name: "r", at: at, stated: v.R, digits: 4, inputs: []*quantity{x, t},
		eval:  func(in []*big.Rat) *big.Rat { return quo(in[0], in[1]) },
		write: func(in []string) string { return in[0] + " / " + in[1] }}
	b.step(Step{Figure: at, What: "r", Depth: 3, Unit: "x / T", Note: q.threshold()}, r)
	note := ""
	if q.result.State == model.Partial {
		note = "partial evidence: " + q.result.Reason
	}
	b.step(Step{Figure: at, What: "x", Depth: 3, Unit: q.metric.Unit, Formula: fmt.Sprintf("from %d acts", v.Acts), Note: note,
		Doc: q.metric.Doc, Source: q.metric.Source}, x)
}

// threshold says where T comes from.
func (q indicatorPart) threshold() string {
	switch {
	case q.metric.Months:
		return fmt.Sprintf("T = %s, the months of the window", number(q.result.T))
	case q.result.Proposed:
		return fmt.Sprintf("T = %s, proposed from the project's own activity: what its three most active people reach together, rounded up, and at least %s",
			number(q.result.T), number(q.metric.Floor))
	}
	return fmt.Sprintf("T = %s, stated in the document", number(q.result.T))
}

// curveLine is the straight line of the table that gives n.
type curveLine struct {
	eval      func(in []*big.Rat) *big.Rat // of x and T
	write     func(in []string) string
	note, doc string
}

// line returns the line of the metric's table that holds r.
func (m Metric) line(r float64) curveLine {
	one := big.NewRat(1, 1)
	if m.Months {
		return curveLine{
			eval: func(in []*big.Rat) *big.Rat {
				if n := quo(in[0], in[1]); n.Cmp(one) < 0 {
					return n
				}
				return one
			},
			write: func(in []string) string { return fmt.Sprintf("%s / %s, at most 1", in[0], in[1]) },
			doc:   "n = min(1, r): months are counted in a straight line.",
		}
	}
	for i := 1; i < len(curve); i++ {
		a, b := curve[i-1], curve[i]
		if r > b[0] {
			continue
		}
		from, rise, width := rational(a[0]), rational(b[1]-a[1]), rational(b[0]-a[0])
		return curveLine{
			eval: func(in []*big.Rat) *big.Rat {
				over := new(big.Rat).Sub(quo(in[0], in[1]), from)
				return over.Add(rational(a[1]), mul(quo(over, width), rise))
			},
			write: func(in []string) string {
				if a[0] == 0 {
					return fmt.Sprintf("%s / %s / %g · %g", in[0], in[1], b[0], b[1])
				}
				return fmt.Sprintf("%g + (%s / %s − %g) / %g · %g", a[1], in[0], in[1], a[0], b[0]-a[0], b[1]-a[1])
			},
			note: fmt.Sprintf("r lies between %g and %g, where n rises from %g to %g", a[0], b[0], a[1], b[1]),
			doc:  "n follows r on the straight line of the table.",
		}
	}
	return curveLine{
		eval:  func([]*big.Rat) *big.Rat { return one },
		write: func(in []string) string { return fmt.Sprintf("1, since %s / %s is above 1", in[0], in[1]) },
		note:  "from r = 1 on nothing more is earned",
		doc:   "n is 1 from r = 1 on: size beyond a strong small team earns nothing.",
	}
}
