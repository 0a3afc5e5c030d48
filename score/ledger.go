package score

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// Ledger holds what judges credited, as integers that add up: the credit of each
// person, at each vendor, for each indicator, in each month of each project. The
// zero Ledger is empty and ready. Ledgers of different projects merge in any
// order and grouping; the facts of one project belong into one ledger.
type Ledger struct {
	Cells    map[Cell]Amount
	Projects map[string]*Facts
}

// Cell is the key of an amount. All of its parts are stable names.
type Cell struct {
	Project string
	Person  string // key of the person; personal data
	Vendor  string // "" is unknown
	// Level is the evidence for the vendor: "" where it is unknown, or guessed from a
	// mail domain. Claimed are the vendors whose claims were too weak or contested,
	// sorted and joined by line feeds: they may be the employer of what is unknown.
	Level     model.Level
	Claimed   string
	Indicator model.Indicator
	Month     model.Month
}

// Amount is what a cell holds.
type Amount struct {
	Credit int64 // millionths
	Acts   int64 // credited acts, in millionths: an act of two half-time employers is one act
}

// Facts is what is known of a project beside credits.
type Facts struct {
	Read, Counted int64            // contributions
	Rules         map[string]int64 // contributions that each rule refused or discounted
	Refused       map[string]int64 // contributions, by the rule that refused them
	Coverage      []CoverageAt     // as sources stated it, sorted
	Tips          []TipAt          // sorted
	Gaps          []model.Gap      // sorted
	Limits        []Limit          // what the judge found cannot be shown, sorted
	// Contested counts the acts of people whom vendors claim with equal evidence, by the
	// vendors, sorted and joined by line feeds.
	Contested map[string]int64
}

// CoverageAt is the coverage of a repository.
type CoverageAt struct {
	Repository string
	model.Coverage
}

// TipAt is a tip of a repository.
type TipAt struct {
	Repository string
	model.Tip
}

// Limit says that an indicator cannot be shown, or only in part, because of what
// the judge found in the facts.
type Limit struct {
	Indicator model.Indicator
	State     model.State
	Reason    string
}

// Add enters a verdict.
func (l *Ledger) Add(v model.Verdict) {
	f := l.facts(v.Project)
	f.Read++
	if v.Counted {
		f.Counted++
	}
	for _, rule := range v.Touched {
		add(&f.Rules, rule, 1)
	}
	if !v.Counted {
		add(&f.Refused, v.Rule, 1)
	}
	if v.Rule == ruleContested.String() {
		add(&f.Contested, claimants(v.Claimed), 1)
	}
	for _, c := range v.Credits {
		parts := v.Parts
		if c.Parts != nil {
			parts = c.Parts
		}
		rest := c.Amount
		for n, p := range parts {
			amount := split(c.Amount, p.Part)
			if n == len(parts)-1 {
				amount = rest // what does not divide goes to the last, so that nothing is lost
			}
			rest -= amount
			l.add(cellOf(v, p, c), Amount{amount, p.Part})
		}
	}
}

func cellOf(v model.Verdict, p model.Part, c model.Credit) Cell {
	cell := Cell{Project: v.Project, Person: v.Person, Vendor: p.Vendor, Level: p.Level, Indicator: c.Indicator, Month: c.Month}
	if p.Vendor == "" {
		cell.Claimed = claimants(v.Claimed)
	}
	return cell
}

// split returns the part of a credit, rounded down; both are in millionths.
func split(credit, part int64) int64 {
	if part == model.Whole {
		return credit
	}
	return credit * part / model.Whole
}

func (l *Ledger) add(c Cell, a Amount) {
	if l.Cells == nil {
		l.Cells = map[Cell]Amount{}
	}
	was := l.Cells[c]
	l.Cells[c] = Amount{was.Credit + a.Credit, was.Acts + a.Acts}
}

func (l *Ledger) facts(project string) *Facts {
	if l.Projects == nil {
		l.Projects = map[string]*Facts{}
	}
	f := l.Projects[project]
	if f == nil {
		f = &Facts{}
		l.Projects[project] = f
	}
	return f
}

// Merge adds all that m holds to l. It is associative and commutative, and the
// empty ledger changes nothing.
func (l *Ledger) Merge(m *Ledger) {
	for c, a := range m.Cells {
		l.add(c, a)
	}
	for name, f := range m.Projects {
		l.facts(name).merge(f)
	}
}

func (f *Facts) merge(g *Facts) {
	f.Read += g.Read
	f.Counted += g.Counted
	for rule, n := range g.Rules {
		add(&f.Rules, rule, n)
	}
	for key, n := range g.Contested {
		add(&f.Contested, key, n)
	}
	for rule, n := range g.Refused {
		add(&f.Refused, rule, n)
	}
	f.Coverage = union(f.Coverage, utc(g.Coverage), func(a, b CoverageAt) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Repository, b.Repository), cmp.Compare(a.Source, b.Source),
			cmp.Compare(a.State, b.State), cmp.Compare(a.Reason, b.Reason), a.Since.Compare(b.Since), a.Until.Compare(b.Until))
	})
	f.Tips = union(f.Tips, g.Tips, func(a, b TipAt) int {
		return cmp.Or(cmp.Compare(a.Repository, b.Repository), cmp.Compare(a.Branch, b.Branch), cmp.Compare(a.Commit, b.Commit))
	})
	f.Gaps = union(f.Gaps, g.Gaps, byRepository)
	f.Limits = union(f.Limits, g.Limits, func(a, b Limit) int {
		return cmp.Or(cmp.Compare(a.Indicator, b.Indicator), cmp.Compare(a.State, b.State), cmp.Compare(a.Reason, b.Reason))
	})
}

// utc writes the instants of coverages alike, so that the same fact is one: == on
// times holds the same instant in two zones apart.
func utc(list []CoverageAt) []CoverageAt {
	list = slices.Clone(list)
	for i, c := range list {
		list[i].Since, list[i].Until = c.Since.Round(0).UTC(), c.Until.Round(0).UTC()
	}
	return list
}

func (f *Facts) gap(err *model.GapError) {
	g := model.Gap{Project: err.Project, Repository: err.Repository, Reason: err.Err.Error()}
	f.Gaps = union(f.Gaps, []model.Gap{g}, byRepository)
}

// missing returns the histories that could be read only in part: their commits
// are a gap, not only a shade of an indicator.
func (f *Facts) missing(project string) []model.Gap {
	var list []model.Gap
	for _, c := range f.Coverage {
		if c.Kind == model.CommitFacts && c.State != model.Complete {
			list = append(list, model.Gap{Project: project, Repository: c.Repository, Reason: c.Reason})
		}
	}
	return list
}

func byRepository(a, b model.Gap) int {
	return cmp.Or(cmp.Compare(a.Repository, b.Repository), cmp.Compare(a.Reason, b.Reason))
}

// union returns the sorted union of two lists without repetition.
func union[T comparable](a, b []T, by func(T, T) int) []T {
	all := slices.Concat(a, b)
	slices.SortFunc(all, by)
	return slices.Compact(all)
}

func add(m *map[string]int64, k string, n int64) {
	if *m == nil {
		*m = map[string]int64{}
	}
	(*m)[k] += n
}

// cells returns the keys of the cells in order, for everything that must not
// depend on the order of a map.
func (l *Ledger) cells() []Cell {
	list := make([]Cell, 0, len(l.Cells))
	for c := range l.Cells {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b Cell) int {
		return cmp.Or(strings.Compare(a.Project, b.Project), strings.Compare(a.Vendor, b.Vendor),
			strings.Compare(a.Person, b.Person), cmp.Compare(a.Indicator, b.Indicator), cmp.Compare(a.Month, b.Month),
			cmp.Compare(a.Level, b.Level), strings.Compare(a.Claimed, b.Claimed))
	})
	return list
}
