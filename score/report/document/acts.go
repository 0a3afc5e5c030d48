package document

import (
	"cmp"
	"iter"
	"slices"

	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
)

// ActsOf counts what was judged of one bidder's acts in one project, all within the window.
type ActsOf struct {
	Project string
	Counted int64
	Refused int64
	Rules   []RuleActs // in the rules' order, without those that touched none
}

// RuleActs counts the acts that a rule refused, and those that count although it took a part
// of their credit, or all that they would bring the bidder.
type RuleActs struct {
	Rule                string
	Refused, Discounted int64
}

// CountActs counts the verdicts that concern a bidder, by project, sorted. It returns the
// first error of the verdicts.
func CountActs(verdicts iter.Seq2[report.StoredVerdict, error]) ([]ActsOf, error) {
	refused, discounted, counted := map[[2]string]int64{}, map[[2]string]int64{}, map[string]int64{}
	for v, err := range verdicts {
		switch {
		case err != nil:
			return nil, err
		case !v.Counted:
			refused[[2]string{v.Project, v.Rule}]++
			counted[v.Project] += 0
			continue
		}
		counted[v.Project]++
		for _, rule := range v.Touched {
			discounted[[2]string{v.Project, rule}]++
		}
	}
	var list []ActsOf
	for _, project := range sortedKeys(counted) {
		a := ActsOf{Project: project, Counted: counted[project]}
		for _, r := range score.Rules() {
			n := RuleActs{r.Name, refused[[2]string{project, r.Name}], discounted[[2]string{project, r.Name}]}
			if a.Refused += n.Refused; n.Refused+n.Discounted > 0 {
				a.Rules = append(a.Rules, n)
			}
		}
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b ActsOf) int { return cmp.Compare(a.Project, b.Project) })
	return list, nil
}
