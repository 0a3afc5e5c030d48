package bundle

import (
	"math/rand/v2"
	"slices"

	"github.com/tributary-oss/tributary/score/report"
)

// Drawn is a verdict that was drawn from a bundle.
type Drawn struct {
	report.StoredVerdict
	Line int // of evidence.jsonl.gz unpacked, from 1
}

// Sample draws n of the verdicts that are wanted, each with the same chance, and returns
// them in their order with the number of all that are. The same seed draws the same. It
// holds no more than the n.
func (o *Opened) Sample(want func(report.StoredVerdict) bool, n int, seed uint64) (list []Drawn, all int, err error) {
	if o.Evidence == nil {
		return nil, 0, nil
	}
	rng, line := rand.New(rand.NewPCG(seed, 0)), 0
	for v, err := range o.Evidence.InOrder() {
		if err != nil {
			return nil, 0, asDifference(EvidenceFile, err)
		}
		line++
		if !want(v) {
			continue
		}
		all++
		if len(list) < n {
			list = append(list, Drawn{v, line})
		} else if at := rng.IntN(all); at < n {
			list[at] = Drawn{v, line}
		}
	}
	slices.SortFunc(list, func(a, b Drawn) int { return a.Line - b.Line })
	return list, all, nil
}
