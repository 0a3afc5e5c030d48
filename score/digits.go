package score

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// Explanations are checked with a pocket calculator, from the figures as they are shown.
// So each figure is shown with as many decimals as it takes for every formula that it
// stands in to give, from the shown figures, exactly the shown result.

// mostDigits is how many decimals a figure is shown with at most. A float64 of a score
// up to 100 holds two more.
const mostDigits = 10

// quantity is a number of an explanation with the formula that makes it.
type quantity struct {
	name   string
	at     string   // address of the figure; "" where it is a constant of the document
	value  *big.Rat // unrounded; where a formula makes it, found by [resolve]
	stated float64  // what the ranking has, to the last bits of a float64
	digits int      // decimals shown
	least  int      // of these, where fewer would do
	exact  bool     // the digits write the value whole

	inputs []*quantity
	eval   func(in []*big.Rat) *big.Rat // the formula
	write  func(in []string) string     // and how it is written
	// rounded says that no number of decimals makes the formula agree.
	rounded bool
}

// constant returns a figure that is written whole: a number of the document, or a count.
func constant(name string, x float64) *quantity { return fraction(name, rational(x)) }

// fraction returns a figure that is written whole where a few decimals do, and rounded
// otherwise.
func fraction(name string, x *big.Rat) *quantity {
	f := &quantity{name: name, value: x, digits: 4}
	f.shorten(6)
	return f
}

// shorten shows the figure whole where so many decimals do. So the middle between two
// shorter numbers, to either of which rounded inputs might lead, is hardly ever rounded.
func (f *quantity) shorten(most int) {
	short := quantity{value: f.value}
	for short.digits = f.least; short.digits <= most; short.digits++ {
		if short.round().Cmp(f.value) == 0 {
			f.digits, f.exact = short.digits, true
			return
		}
	}
}

// rational returns the decimal number that a float64 stands for: 0.7 and not the binary
// number next to it.
func rational(x float64) *big.Rat {
	r, _ := new(big.Rat).SetString(strconv.FormatFloat(x, 'g', -1, 64))
	return r
}

// resolve computes the figure and those that it is made of, exactly. A float64 would not
// do: 45.125 out of many sums lies a little above or below, and is rounded to either side.
func (f *quantity) resolve() *big.Rat {
	if f.value == nil {
		f.value = f.computed()
		f.shorten(4)
	}
	return f.value
}

// computed returns what the formula gives from its inputs, unrounded.
func (f *quantity) computed() *big.Rat {
	in := make([]*big.Rat, len(f.inputs))
	for i, x := range f.inputs {
		in[i] = x.resolve()
	}
	return f.eval(in)
}

// isStated reports whether the figure is what the ranking has.
func (f *quantity) isStated() bool {
	v, _ := f.value.Float64()
	return math.Abs(v-f.stated) <= 1e-9*max(1, math.Abs(v))
}

// follows reports whether a figure that is rounded by the method, as points are, is what
// its formula rounds to.
func (f *quantity) follows() bool {
	if f.eval == nil || !f.exact {
		return true
	}
	off, _ := new(big.Rat).Sub(f.computed(), f.value).Float64()
	return math.Abs(off) <= float64(math.Pow10(-f.digits)/2)+1e-9
}

// shown writes the figure with its decimals, rounded half away from zero.
func (f *quantity) shown() string { return f.value.FloatString(f.digits) }

// round returns the figure as it is shown.
func (f *quantity) round() *big.Rat {
	r, _ := new(big.Rat).SetString(f.shown())
	return r
}

// agrees reports whether the formula gives the shown result from the shown inputs.
func (f *quantity) agrees() bool {
	in := make([]*big.Rat, len(f.inputs))
	for i, x := range f.inputs {
		in[i] = x.round()
	}
	return f.eval(in).FloatString(f.digits) == f.shown()
}

// formula writes how the figure is made.
func (f *quantity) formula() string {
	in := make([]string, len(f.inputs))
	for i, x := range f.inputs {
		in[i] = x.shown()
	}
	return f.write(in)
}

// finer shows the inputs with one more decimal and reports whether any could be.
func (f *quantity) finer() bool {
	any := false
	for _, x := range f.inputs {
		if !x.exact && x.digits < mostDigits {
			x.digits++
			any = true
		}
	}
	return any
}

// settle chooses the decimals of all figures: the fewest that make each formula agree.
// They only ever grow, so it ends. What still does not agree is marked as rounded.
func settle(all []*quantity) {
	for changed := true; changed; {
		changed = false
		for _, f := range all {
			if f.eval != nil && !f.agrees() && f.finer() {
				changed = true
			}
		}
	}
	for _, f := range all {
		f.rounded = f.eval != nil && !f.agrees()
	}
}

// addUp adds up.
func addUp(in []*big.Rat) *big.Rat {
	s := new(big.Rat)
	for _, x := range in {
		s.Add(s, x)
	}
	return s
}

// plus writes a sum, each term with its name.
func plus(names []string) func(in []string) string {
	return func(in []string) string {
		terms := make([]string, len(in))
		for i := range in {
			terms[i] = in[i]
			if names[i] != "" {
				terms[i] += " (" + names[i] + ")"
			}
		}
		return strings.Join(terms, " + ")
	}
}

func mul(x ...*big.Rat) *big.Rat {
	p := big.NewRat(1, 1)
	for _, y := range x {
		p.Mul(p, y)
	}
	return p
}

// quo divides; by zero it gives zero, which no figure that is shown does.
func quo(x, y *big.Rat) *big.Rat {
	if y.Sign() == 0 {
		return new(big.Rat)
	}
	return new(big.Rat).Quo(x, y)
}

// millionths writes a number of millionths as the decimal number that it is.
func millionths(n int64) string {
	s := big.NewRat(n, model.Whole).FloatString(6)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// number writes a number without trailing zeros.
func number(x float64) string { return fmt.Sprintf("%g", x) }
