package document

import (
	"maps"
	"math"
	"slices"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// exampleBidder is the short name of the invented bidder of the worked example.
const exampleBidder = "example"

// exampleParts are the parts of T that the invented bidder reaches, one indicator after the
// other: they lie on each line of the table, and beyond it.
var exampleParts = []float64{0.5, 0.2, 1.25, 0.05, 0.75, 0.4}

// exampleTender returns the tender with one invented bidder, and with the method's least T
// where the document does not state one yet.
func exampleTender(t *model.Tender, name string) *model.Tender {
	x := *t
	x.Seal, x.Decisions, x.People, x.Tables, x.Rosters = nil, nil, nil, nil, nil
	x.Vendors = map[string]model.Vendor{exampleBidder: {Name: name}}
	x.Bidders = model.Bidders{List: []model.Bidder{{ID: exampleBidder, Vendors: []string{exampleBidder}, Staff: []string{exampleBidder}}}}
	x.Projects = maps.Clone(t.Projects)
	for id, p := range x.Projects {
		p.Thresholds = maps.Clone(p.Thresholds)
		if p.Thresholds == nil {
			p.Thresholds = map[model.Indicator]model.Threshold{}
		}
		for _, m := range score.Metrics() {
			if _, ok := p.Thresholds[m.Indicator]; !ok && !m.Months {
				p.Thresholds[m.Indicator] = model.Threshold{T: m.Floor}
			}
		}
		x.Projects[id] = p
	}
	return &x
}

// exampleLedger invents what the bidder of [exampleTender] earned. Every source could show
// everything, save for the indicators that did not count at the sealing.
func exampleLedger(x *model.Tender, seal *model.Seal) *score.Ledger {
	l := &score.Ledger{Cells: map[score.Cell]score.Amount{}, Projects: map[string]*score.Facts{}}
	for n, id := range x.ProjectNames() {
		f := &score.Facts{}
		for k, m := range score.Metrics() {
			f.Coverage = append(f.Coverage, score.CoverageAt{Coverage: model.Coverage{Kind: m.Needs, State: model.Complete}})
			if seal != nil && !slices.Contains(seal.Indicators[id], string(m.Pillar)+"/"+string(m.Indicator)) {
				f.Limits = append(f.Limits, score.Limit{Indicator: m.Of, State: model.Unavailable, Reason: "it did not count at the sealing"})
			}
			if m.Of == m.Indicator {
				earn(l, x, id, m, exampleParts[(n+k)%len(exampleParts)])
			}
		}
		l.Projects[id] = f
	}
	return l
}

// earn enters a part of an indicator's threshold, in quarters of a credit, spread over so
// many of the window's months.
func earn(l *score.Ledger, x *model.Tender, project string, m score.Metric, part float64) {
	months := max(1, int(float64(x.Window.Months)*min(1, part)))
	credit := int64(math.Ceil(x.Projects[project].Thresholds[m.Indicator].T*part*4)) * model.Whole / 4
	if m.Months {
		credit = int64(months) * model.Whole
	}
	acts := max(int64(x.Minimum.Acts), credit/model.Whole, int64(months))
	first := model.MonthOf(x.Window.Period().Since)
	for i := range int64(months) {
		cell := score.Cell{Project: project, Person: exampleBidder, Vendor: exampleBidder, Level: model.Confirmed, Indicator: m.Indicator, Month: first + model.Month(i)}
		l.Cells[cell] = score.Amount{Credit: share(credit, i, int64(months)), Acts: share(acts, i, int64(months)) * model.Whole}
	}
}

// share is the i-th of n parts of a whole number, which add up to it.
func share(all, i, n int64) int64 { return all*(i+1)/n - all*i/n }

// example shows how the points of an invented bidder are made, by the engine's own steps.
func (c *clause) example() {
	c.section(c.T("Worked example"))
	lot := c.r.Lots[0]
	project := ""
	for _, p := range lot.Projects {
		if project == "" && p.Weight > 0 {
			project = p.Project
		}
	}
	c.para(c.T("An invented bidder in lot %s. Its values are made up; all else is computed by the program from the numbers of this criterion. Each formula, computed from the figures as they stand here and rounded to as many decimals, gives the figure before its equals sign.", lot.ID))
	if e, err := score.Explain(c.r, exampleBidder); err != nil || project == "" {
		c.para(c.T("No indicator of the lot can be scored."))
	} else {
		steps := c.stepsOf(e)
		c.table(c.exampleTable(project, steps))
		c.items(c.exampleSums(lot, project, steps)...)
	}
	if c.unstated() {
		c.para(c.T("Where no threshold is stated yet, the example takes the least one that the method allows."))
	}
}

// stepKey names a step of an explanation.
type stepKey struct{ figure, what string }

func (c *clause) stepsOf(e *score.Explanation) map[stepKey]score.Step {
	steps := map[stepKey]score.Step{}
	for _, s := range e.Steps {
		steps[stepKey{s.Figure, s.What}] = s
	}
	return steps
}

// worked writes a figure with its formula.
func (c *clause) worked(s score.Step) Text {
	said := c.formula(s.Shown) + " = " + c.formula(s.Formula)
	if s.Rounded {
		return said + c.T(", rounded")
	}
	return said
}

func (c *clause) exampleTable(project string, steps map[stepKey]score.Step) *Table {
	t := &Table{Caption: c.T("The example in %s", project), Right: []int{1},
		Head: []Text{c.T("Indicator"), "x", "r = x / T", "n", c.T("Points of the project's 100 = 100 · weight · n")}}
	for _, m := range score.Metrics() {
		at := project + "/" + string(m.Pillar) + "/" + string(m.Indicator)
		name := c.indicator(m)
		if s, ok := steps[stepKey{at, "dropped"}]; ok {
			if c.t.Indicators[m.Pillar][m.Indicator] > 0 {
				t.Rows = append(t.Rows, []Text{name, c.say(s.Formula), "", "", ""})
			}
			continue
		}
		row := []Text{name, c.formula(steps[stepKey{at, "x"}].Shown)}
		for _, what := range []string{"r", "n", "points"} {
			row = append(row, c.worked(steps[stepKey{at, what}]))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// exampleSums adds up: pillars, the project, the lot's score and its points.
func (c *clause) exampleSums(lot model.LotResult, project string, steps map[stepKey]score.Step) (list []Text) {
	for _, p := range model.Pillars() {
		if s, ok := steps[stepKey{project + "/" + string(p.Name), "points"}]; ok {
			list = append(list, c.T("Pillar %s: %s", c.name(string(p.Name)), c.worked(s)))
		}
	}
	list = append(list, c.T("Project %s: %s", project, c.worked(steps[stepKey{project, "score"}])))
	for _, p := range lot.Projects {
		if s := steps[stepKey{p.Project, "score"}]; p.Project != project && s.Shown != "" {
			list = append(list, c.T("Project %s, computed in the same way from other made-up values: %s", p.Project, c.formula(s.Shown)))
		}
	}
	at := "lot " + lot.ID
	return append(list, c.T("Score of the lot: %s", c.worked(steps[stepKey{at, "score"}])),
		c.T("Points of the lot: %s", c.worked(steps[stepKey{at, "points"}])))
}
