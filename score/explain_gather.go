package score

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// GatherOptions are the settings of [Explanation.Gather]; nil means the defaults.
type GatherOptions struct {
	Most int // acts listed of each figure, and of each rule of it; 0 lists all
	// Person returns the name under which a verdict's person is shown; nil shows the
	// verdict's key, which a stored run holds as a pseudonym.
	Person func(model.Verdict) string
	// Link returns where a browser shows an artifact of a repository; nil knows of none.
	Link func(repository string, a model.Artifact) string
}

// ErrEvidence says that the acts do not add up to the ranking: they are of another run,
// or were changed.
var ErrEvidence = errors.New("the acts do not add up to the ranking")

// Gathering adds acts to an explanation.
type Gathering struct {
	e       *Explanation
	o       GatherOptions
	award   bool // whose acts are the bidder's is said with each of them
	vendors map[string]bool
	behind  map[string][]*Behind // by project
	one     bool                 // one artifact was asked for
	act     model.Artifact       // which
}

// Gather returns what adds the acts behind its figures to the explanation: hand over all
// verdicts that concern the bidder, in any order, and close it. Which of them stand where
// is found by what they earned, or by their role where they earned nothing. It keeps the
// acts that it lists, and sums.
func (e *Explanation) Gather(o *GatherOptions) *Gathering {
	g := e.gathering(o)
	for _, s := range e.Steps {
		if s.What != "x" {
			continue
		}
		b := &Behind{Figure: s.Figure, Unit: s.Unit, people: map[string]map[model.Month]MonthSum{}, refused: map[string]*RuleActs{}}
		b.metric, b.wanted = e.measured(s.Figure)
		b.Months = b.metric.Months
		project := projectIn(s.Figure)
		g.behind[project] = append(g.behind[project], b)
	}
	return g
}

// Wanted returns the indicators by whose credits the figures are measured, by project:
// verdicts about others add nothing.
func (g *Gathering) Wanted() map[string][]model.Indicator {
	of := map[string][]model.Indicator{}
	for project, list := range g.behind {
		for _, b := range list {
			if !slices.Contains(of[project], b.metric.Of) {
				of[project] = append(of[project], b.metric.Of)
			}
		}
	}
	return of
}

func (e *Explanation) gathering(o *GatherOptions) *Gathering {
	g := &Gathering{e: e, vendors: map[string]bool{}, behind: map[string][]*Behind{}}
	g.award = e.ranking.Mode == model.Award && e.ranking.Terms.Bidders != nil
	if o != nil {
		g.o = *o
	}
	for _, v := range vendorsOf(e.ranking.Terms, e.Bidder) {
		g.vendors[v] = true
	}
	return g
}

// GatherAct narrows an explanation to one artifact and returns what adds the verdicts on
// it, or on the change that it is, whomever they concern. A commit may be named by the
// first seven digits or more of its name. Closing fails with [ErrFigure] where there was
// no verdict on it.
func (e *Explanation) GatherAct(a model.Artifact, o *GatherOptions) *Gathering {
	g := e.gathering(o)
	g.one, g.act = true, a
	e.Figure, e.Steps, e.Behind = "act "+string(a), nil, nil
	return g
}

// IsAbout reports whether an artifact is the one that was named, a commit perhaps by the
// beginning of its name.
func IsAbout(named, a model.Artifact) bool {
	return named != "" && a == named || named.Kind() == model.CommitArtifact && len(named.Name()) >= 7 && strings.HasPrefix(string(a), string(named))
}

// measured finds a figure's metric and measurement.
func (e *Explanation) measured(figure string) (Metric, *model.Measurement) {
	for _, p := range e.ranking.Projects {
		for _, x := range p.Scores {
			for _, v := range x.Values {
				if x.Bidder != e.Bidder || fmt.Sprintf("%s/%s/%s", p.ID, v.Pillar, v.Indicator) != figure {
					continue
				}
				at := slices.IndexFunc(metrics[:], func(m Metric) bool { return m.Pillar == v.Pillar && m.Indicator == v.Indicator })
				return metrics[at], &v
			}
		}
	}
	panic("score: a step without a measurement: " + figure) // steps are made from measurements
}

// Add takes a verdict. Theirs says whether it concerns the bidder, as [Concerned] has it.
func (g *Gathering) Add(v model.Verdict, theirs bool) {
	switch {
	case g.one:
		if IsAbout(g.act, v.Artifact) || IsAbout(g.act, v.Change) {
			g.e.Acts = append(g.e.Acts, g.show(v, theirs, ""))
		}
	case theirs:
		for _, b := range g.behind[v.Project] {
			b.add(g, v)
		}
	}
}

// add takes a verdict if it has to do with the indicator.
func (b *Behind) add(g *Gathering, v model.Verdict) {
	of := b.metric.Of
	var own, shares int64
	credited := false
	for _, c := range v.Credits {
		if c.Indicator != of {
			continue
		}
		amount, part, any := g.own(v, c, true)
		credited = credited || any
		own, shares = own+amount, shares+part
		if any {
			b.month(g.person(v), c.Month, amount)
		}
	}
	switch {
	case credited:
		b.Amount, b.Shares = b.Amount+own, b.Shares+shares
		b.Acts, b.More = keep(b.Acts, b.More, g.o.Most, g.show(v, true, of))
	case !concerns(v, of):
	default:
		rule := v.Rule
		for _, d := range v.Dropped {
			if d.Indicator == of {
				rule = d.Rule
			}
		}
		r := b.refused[rule]
		if r == nil {
			r = &RuleActs{Rule: rule}
			b.refused[rule] = r
		}
		r.N++
		r.Acts, _ = keep(r.Acts, 0, g.o.Most, g.show(v, true, of))
	}
}

// own returns the bidder's part of a credit, split as [Ledger.Add] splits it.
func (g *Gathering) own(v model.Verdict, c model.Credit, theirs bool) (amount, part int64, any bool) {
	parts := v.Parts
	if c.Parts != nil {
		parts = c.Parts
	}
	rest := c.Amount
	for n, p := range parts {
		share := split(c.Amount, p.Part)
		if n == len(parts)-1 {
			share = rest
		}
		rest -= share
		if g.award && theirs || !g.award && g.vendors[p.Vendor] {
			amount, part, any = amount+share, part+p.Part, true
		}
	}
	return amount, part, any
}

// month adds a credit to a person's month.
func (b *Behind) month(person string, month model.Month, amount int64) {
	if b.people[person] == nil {
		b.people[person] = map[model.Month]MonthSum{}
	}
	s := b.people[person][month]
	b.people[person][month] = MonthSum{month, s.Amount + amount, s.Acts + 1}
}

func (g *Gathering) person(v model.Verdict) string {
	if g.o.Person != nil {
		return g.o.Person(v)
	}
	return v.Person
}

// show writes a verdict with the credits of one indicator; "" is all of them.
func (g *Gathering) show(v model.Verdict, theirs bool, of model.Indicator) Act {
	a := Act{At: v.At, Project: v.Project, Repository: v.Repository, Artifact: v.Artifact, Change: v.Change, Role: v.Role, Person: g.person(v),
		Parts: v.Parts, Claimed: v.Claimed, Counted: v.Counted, Rule: v.Rule, Touched: v.Touched, Reason: v.Reason, Dropped: v.Dropped, after: IndicatorsOf(v)}
	if g.o.Link != nil {
		a.Link = g.o.Link(v.Repository, v.Artifact)
	}
	for _, c := range v.Credits {
		if of != "" && c.Indicator != of {
			continue
		}
		own, part, _ := g.own(v, c, theirs)
		a.Amount += own
		a.Credits = append(a.Credits, ActCredit{c.Indicator, c.Month, c.Amount, own, creditFormula(v, c, part)})
	}
	return a
}

// keep enters an act among the first by time, and counts those that are left out.
func keep(list []Act, more, most int, a Act) ([]Act, int) {
	at, _ := slices.BinarySearchFunc(list, a, compareActs)
	switch {
	case most == 0 || len(list) < most:
		if most == 0 {
			return append(list, a), more // sorted at the end
		}
		return slices.Insert(list, at, a), more
	case at == most:
		return list, more + 1
	}
	copy(list[at+1:], list[at:most-1])
	list[at] = a
	return list, more + 1
}

func compareActs(a, b Act) int {
	return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Repository, b.Repository), cmp.Compare(a.Artifact, b.Artifact),
		cmp.Compare(a.Role, b.Role), strings.Compare(a.Person, b.Person), strings.Compare(a.Rule, b.Rule), strings.Compare(a.Reason, b.Reason))
}

// Close puts what was gathered into the explanation. It fails with [ErrEvidence] where
// the acts do not add up to what the ranking says was measured.
func (g *Gathering) Close() error {
	slices.SortStableFunc(g.e.Acts, compareActs)
	if g.one && len(g.e.Acts) == 0 {
		return fmt.Errorf("explaining %q: %w: nothing was judged on it; name it as commit:SHA, change:412, issue:88 or release:v2.1", g.e.Figure, ErrFigure)
	}
	var faults []error
	for _, s := range g.e.Steps {
		for _, b := range g.behind[projectIn(s.Figure)] {
			if s.What == "x" && b.Figure == s.Figure {
				faults = append(faults, b.close(g.o.Most))
				g.e.Behind = append(g.e.Behind, *b)
			}
		}
	}
	g.e.once()
	for i := range g.e.Steps {
		g.e.addX(&g.e.Steps[i], g.o.Most)
	}
	g.e.nameRules()
	g.e.nameMeasures()
	return errors.Join(faults...)
}

// once keeps acts from being listed twice: active months have those of the changes or
// reviews.
func (e *Explanation) once() {
	for i := range e.Behind {
		b := &e.Behind[i]
		same := func(x Behind) bool {
			return x.metric.Of == b.metric.Of && !x.Months && projectIn(x.Figure) == projectIn(b.Figure)
		}
		if at := slices.IndexFunc(e.Behind, same); b.Months && at >= 0 {
			b.SameAs, b.Acts, b.More, b.Refused = e.Behind[at].Figure, nil, 0, nil
		}
	}
}

// close sorts, adds up and compares.
func (b *Behind) close(most int) error {
	if most == 0 {
		slices.SortStableFunc(b.Acts, compareActs)
	}
	months := map[model.Month]MonthSum{}
	for person, by := range b.people {
		p := PersonSum{Person: person, Months: sortedMonths(by)}
		for _, m := range p.Months {
			p.Amount, p.Acts = p.Amount+m.Amount, p.Acts+m.Acts
			s := months[m.Month]
			months[m.Month] = MonthSum{m.Month, s.Amount + m.Amount, s.Acts + m.Acts}
		}
		b.People = append(b.People, p)
	}
	b.ByMonth = sortedMonths(months)
	slices.SortFunc(b.People, func(x, y PersonSum) int {
		return cmp.Or(cmp.Compare(y.Amount, x.Amount), cmp.Compare(y.Acts, x.Acts), strings.Compare(x.Person, y.Person))
	})
	for _, name := range ruleOrder(b.refused) {
		r := b.refused[name]
		if most == 0 {
			slices.SortStableFunc(r.Acts, compareActs)
		}
		b.Refused = append(b.Refused, *r)
	}
	got := b.Amount
	if b.Months {
		got = int64(len(b.ByMonth)) * model.Whole
	}
	if want := int64(math.Round(b.wanted.Value * model.Whole)); got != want || whole(b.Shares) != b.wanted.Acts {
		return fmt.Errorf("%s: %w: %s %s from %d acts here, %s from %d there", b.Figure, ErrEvidence,
			millionths(got), b.Unit, whole(b.Shares), millionths(want), b.wanted.Acts)
	}
	return nil
}

func sortedMonths(by map[model.Month]MonthSum) []MonthSum {
	list := make([]MonthSum, 0, len(by))
	for _, m := range by {
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b MonthSum) int { return cmp.Compare(a.Month, b.Month) })
	return list
}

// ruleOrder returns the names of rules in the judge's order, others after them by name.
func ruleOrder[T any](of map[string]T) []string {
	names := make([]string, 0, len(of))
	for name := range of {
		names = append(names, name)
	}
	place := func(name string) int {
		at := slices.IndexFunc(ruleTable[:], func(r Rule) bool { return r.Name == name })
		if at < 0 {
			return len(ruleTable)
		}
		return at
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(place(a), place(b)), strings.Compare(a, b)) })
	return names
}

// addX gives the step of a measured value its sum: of its people's credits, or of months.
func (e *Explanation) addX(s *Step, most int) {
	at := slices.IndexFunc(e.Behind, func(b Behind) bool { return b.Figure == s.Figure })
	if s.What != "x" || at < 0 {
		return
	}
	b := e.Behind[at]
	if b.Months {
		s.Formula = "no month with an act that counts"
		if n := len(b.ByMonth); n > 0 {
			s.Formula = "the number of months with an act that counts, from " + b.ByMonth[0].Month.String() + " to " + b.ByMonth[n-1].Month.String()
		}
		return
	}
	var terms []string
	add := func(name string, amount int64) {
		value, _ := big.NewRat(amount, model.Whole).Float64()
		terms = append(terms, fmt.Sprintf("%s (%s)", millionths(amount), name))
		s.Inputs = append(s.Inputs, Input{Name: name, Shown: millionths(amount), Value: value})
	}
	rest := int64(0)
	for n, p := range b.People {
		if most > 0 && n >= most {
			rest += p.Amount
			continue
		}
		add(p.Person, p.Amount)
	}
	if n := len(b.People) - most; most > 0 && n > 0 {
		add(fmt.Sprintf("%d others", n), rest)
	}
	s.Formula = cmp.Or(strings.Join(terms, " + "), "no act that counts")
}

// ruleValues writes what the document sets for a rule, "" where it sets nothing.
func ruleValues(rule string, r model.Rules) string {
	switch rule {
	case ruleCap.String():
		return fmt.Sprintf("changes-per-week %d, acts-per-day %d, ports-per-day %d", r.ChangesPerWeek, r.ActsPerDay, r.PortsPerDay)
	case ruleFloor.String():
		return fmt.Sprintf("floor-acts %d, floor-months %d", r.FloorActs, r.FloorMonths)
	case ruleMate.String():
		return "mate " + number(r.Mate)
	case "revert":
		return fmt.Sprintf("revert-days %d", r.RevertDays)
	case "small-text":
		return fmt.Sprintf("small-text %s, small-text-lines %d", number(r.SmallText), r.SmallTextLines)
	case "import":
		return fmt.Sprintf("import-files %d, import-lines %d", r.ImportFiles, r.ImportLines)
	}
	return ""
}

// nameMeasures lists what the indicators mean that have to do with the acts.
func (e *Explanation) nameMeasures() {
	for _, m := range metrics {
		about := func(a Act) bool { return slices.Contains(a.after, m.Indicator) }
		if m.Of == m.Indicator && slices.ContainsFunc(e.Acts, about) {
			e.Measures = append(e.Measures, MeasureDoc{m.Indicator, m.Unit, m.Doc, m.Source})
		}
	}
}

// nameRules lists the rules that the explanation names.
func (e *Explanation) nameRules() {
	named := map[string]bool{}
	name := func(a Act) {
		named[a.Rule] = true
		for _, r := range a.Touched {
			named[r] = true
		}
		for _, d := range a.Dropped {
			named[d.Rule] = true
		}
	}
	for _, b := range e.Behind {
		for _, a := range b.Acts {
			name(a)
		}
		for _, r := range b.Refused {
			named[r.Rule] = true
			for _, a := range r.Acts {
				name(a)
			}
		}
	}
	for _, a := range e.Acts {
		name(a)
	}
	e.Rules = nil
	for _, r := range Rules() {
		if named[r.Name] {
			e.Rules = append(e.Rules, RuleDoc{r.Name, r.Refuses, r.Doc, ruleValues(r.Name, e.ranking.Terms.Rules)})
		}
	}
}
