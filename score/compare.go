package score

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// Compare says what differs between two rankings, which it does not change, and what that
// makes of each bidder's score. It knows no more than they state: of documents it sees
// that a part differs, by its digest, and of the rest the figures themselves.
func Compare(a, b *model.Ranking) *model.Comparison {
	c := &model.Comparison{Format: model.ComparisonFormat, Status: a.Status, A: comparedRun(a), B: comparedRun(b)}
	if b.Status == "SIMULATION" {
		c.Status = b.Status
	}
	c.Tender = compareTenders(a.Tender, b.Tender)
	c.Method = slices.Concat(compareMethods(a, b), compareLotWeights(a, b), compareIndicators(a, b))
	c.Affiliation = compareAffiliations(a, b)
	c.Facts = compareFacts(a, b)
	c.Lots = compareLots(a, b)
	if (a.Method.Parts == nil || b.Method.Parts == nil) && a.Method.Digest != b.Method.Digest {
		c.Notes = append(c.Notes, "a ranking of an earlier version names no digests of rules, rosters and other parts: which of them differ beyond what is shown is not known")
	}
	return c
}

func comparedRun(r *model.Ranking) model.ComparedRun {
	return model.ComparedRun{Status: r.Status, Gaps: len(r.Gaps), Tender: r.Tender, Digest: r.Method.Digest}
}

// differences gathers what is not the same.
type differences []model.Difference

func (d *differences) add(project, subject, what, a, b string) {
	if a != b {
		*d = append(*d, model.Difference{Project: project, Subject: subject, What: what, A: a, B: b})
	}
}

func compareTenders(a, b model.About) []model.Difference {
	var d differences
	d.add("", "", "reference", a.ID, b.ID)
	d.add("", "", "title", a.Title, b.Title)
	d.add("", "", "buyer", a.Buyer, b.Buyer)
	d.add("", "", "notice", a.Notice.String(), b.Notice.String())
	return d
}

// affiliated are the parts of the method that say who works for whom; "tips" are facts.
var affiliated = [...]string{basisVendors, basisRosters, basisEvidence, basisDecisions}

func compareMethods(a, b *model.Ranking) []model.Difference {
	var d differences
	d.add("", "", "version of the method", strconv.Itoa(a.Method.Version), strconv.Itoa(b.Method.Version))
	d.add("", "", "window", span(a), span(b))
	d.add("", "", "mode", string(a.Mode), string(b.Mode))
	d.add("", "", "short-list", strconv.FormatBool(a.Shortlist), strconv.FormatBool(b.Shortlist))
	d.add("", "", "minimum of points", figure(a.MinimumPoints), figure(b.MinimumPoints))
	for _, name := range both(a.Method.Parts, b.Method.Parts) {
		if !slices.Contains(affiliated[:], name) && name != partTips {
			d.add("", name, "digest", a.Method.Parts[name], b.Method.Parts[name])
		}
	}
	d.lists("rule applied", a.Method.Rules, b.Method.Rules)
	return d
}

// lists adds what stands in only one of two lists.
func (d *differences) lists(what string, a, b []string) {
	for _, x := range union(a, b, strings.Compare) {
		d.add("", x, what, yes(slices.Contains(a, x)), yes(slices.Contains(b, x)))
	}
}

func span(r *model.Ranking) string {
	return r.Since.Format("2006-01-02") + " to " + r.Until.Format("2006-01-02")
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// figure writes a number as it was measured, weights to nine digits: they end in thirds.
func figure(x float64) string { return strconv.FormatFloat(x, 'g', 9, 64) }

func figureOr(x *float64) string {
	if x == nil {
		return ""
	}
	return figure(*x)
}

// compareLotWeights compares what the lots are made of.
func compareLotWeights(a, b *model.Ranking) []model.Difference {
	type row struct{ lot, project string }
	weights := func(r *model.Ranking) (points map[string]string, weights map[row]string) {
		points, weights = map[string]string{}, map[row]string{}
		for _, l := range r.Lots {
			points[l.ID] = figure(l.Points)
			for _, p := range l.Projects {
				weights[row{l.ID, p.Project}] = figure(p.Weight)
			}
		}
		return points, weights
	}
	pointsA, weightsA := weights(a)
	pointsB, weightsB := weights(b)
	var d differences
	for _, lot := range both(pointsA, pointsB) {
		d.add("", lot, "points of the lot", pointsA[lot], pointsB[lot])
	}
	rows := slices.AppendSeq(slices.Collect(maps.Keys(weightsA)), maps.Keys(weightsB))
	slices.SortFunc(rows, func(x, y row) int {
		return strings.Compare(x.lot+"\x00"+x.project, y.lot+"\x00"+y.project)
	})
	for _, r := range slices.Compact(rows) {
		d.add(r.project, r.lot, "weight in the lot", weightsA[r], weightsB[r])
	}
	return d
}

// compareIndicators compares how the indicators of each project were scored.
func compareIndicators(a, b *model.Ranking) []model.Difference {
	var d differences
	eachProject(a, b, func(x, y *model.ProjectResult) {
		inA, inB := indicatorsOf(x), indicatorsOf(y)
		for _, name := range both(inA, inB) {
			i, j := inA[name], inB[name]
			project := projectOf(x, y).ID
			d.add(project, name, "threshold", threshold(i), threshold(j))
			d.add(project, name, "weight", weight(i), weight(j))
		}
	})
	return d
}

// eachProject goes through the projects of two rankings by name; one that is in one only
// is nil in the other.
func eachProject(a, b *model.Ranking, do func(a, b *model.ProjectResult)) {
	projects := func(r *model.Ranking) map[string]*model.ProjectResult {
		m := map[string]*model.ProjectResult{}
		for i := range r.Projects {
			m[r.Projects[i].ID] = &r.Projects[i]
		}
		return m
	}
	inA, inB := projects(a), projects(b)
	for _, id := range both(inA, inB) {
		do(inA[id], inB[id])
	}
}

func projectOf(a, b *model.ProjectResult) *model.ProjectResult {
	if a == nil {
		return b
	}
	return a
}

func indicatorsOf(p *model.ProjectResult) map[string]*model.IndicatorResult {
	m := map[string]*model.IndicatorResult{}
	if p != nil {
		for i, x := range p.Indicators {
			m[fmt.Sprintf("%s: %s", x.Pillar, x.Indicator)] = &p.Indicators[i]
		}
	}
	return m
}

func threshold(i *model.IndicatorResult) string {
	switch {
	case i == nil:
		return ""
	case i.T == 0:
		return "dropped"
	case i.Proposed:
		return figure(i.T) + " proposed"
	}
	return figure(i.T)
}

func weight(i *model.IndicatorResult) string {
	if i == nil {
		return ""
	}
	return figure(i.Weight)
}
