package score

import (
	"fmt"
	"math"
	"slices"

	"github.com/tributary-oss/tributary/model"
)

// normalised says where weights do not sum to 1, or to 100 as percentages do: they are
// taken in proportion, which a reader of the document must know.
func normalised(t *model.Tender) (list []string) {
	say := func(what string, sum float64) {
		if math.Abs(sum-1) > 1e-9 && math.Abs(sum-100) > 1e-9 {
			list = append(list, fmt.Sprintf("the weights of %s sum to %s; they were taken in proportion", what, number(round(sum, 6))))
		}
	}
	say("the pillars", total(t.Weights))
	for _, p := range model.Pillars() {
		if t.Weights[p.Name] > 0 {
			say("the indicators of "+string(p.Name), total(t.Indicators[p.Name]))
		}
	}
	for _, l := range t.Lots {
		say("the projects of lot "+l.ID, total(l.Projects))
	}
	return list
}

// total adds up weights in the order of their size, since floats do not add up the same in
// every order.
func total[K comparable](weights map[K]float64) (sum float64) {
	var list []float64
	for _, w := range weights {
		list = append(list, w)
	}
	slices.Sort(list)
	for _, w := range list {
		sum += w
	}
	return sum
}

// unsealed says of a sealed document that a simulation does not hold it against its digest.
func unsealed(t *model.Tender) []string {
	if t.Seal == nil {
		return nil
	}
	return []string{"the document was sealed on " + t.Seal.At.String() + "; a result of it is official only where it is held against the digest that was published"}
}
