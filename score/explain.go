package score

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// ExplanationFormat names the written form of an explanation.
const ExplanationFormat = "tributary-explanation/1"

// Explanation leads from a bidder's points down to the acts behind them, for a person
// with a pocket calculator: every formula gives, from the figures as they are shown, the
// figure before its equals sign, unless its step says that it is rounded.
type Explanation struct {
	Format string `json:"format"`
	Status string `json:"status"` // SIMULATION; or OFFICIAL, with the digest of the sealed document
	// Gaps is how many repositories, or parts of them, the ranking lacks.
	Gaps   int          `json:"gaps,omitempty"`
	Tender model.About  `json:"tender"`
	Window model.Period `json:"window"`
	// Method is the digest of the method that the ranking was made by.
	Method string `json:"method"`
	Bidder string `json:"bidder"`
	Name   string `json:"name"`
	// Figure is what was asked for; "" where everything is explained.
	Figure string `json:"figure,omitempty"`
	// Steps are the figures, each before those that it is made of.
	Steps []Step `json:"steps,omitempty"`
	// Behind is what indicators were measured by, in the order of the steps.
	Behind []Behind `json:"behind,omitempty"`
	// Acts are all verdicts on the one artifact that was asked for.
	Acts []Act `json:"acts,omitempty"`
	// Rules are those that the explanation names, in the judge's order.
	Rules []RuleDoc `json:"rules,omitempty"`
	// Measures are the indicators that the one artifact has to do with.
	Measures []MeasureDoc `json:"measures,omitempty"`

	ranking *model.Ranking
}

// RuleDoc says what a rule of the judge does.
type RuleDoc struct {
	Rule    string `json:"rule"`
	Refuses bool   `json:"refuses"` // otherwise it discounts, or counts acts together
	Doc     string `json:"doc"`
	Values  string `json:"values,omitempty"` // what the document sets for it
}

// Step is one figure and how it came about.
type Step struct {
	Figure string `json:"figure"` // address, such as "lot 1", "mapserver", "mapserver/reviews" or "mapserver/reviews/reviews"
	What   string `json:"what"`   // points, score, weight, n, r, x or dropped
	Depth  int    `json:"depth"`  // 0 lot, 1 project, 2 pillar, 3 indicator
	// Shown is the figure with the decimals that it takes, "" where none is known. Value is
	// the same unrounded.
	Shown   string   `json:"shown"`
	Value   *float64 `json:"value"`
	Unit    string   `json:"unit,omitempty"`
	Formula string   `json:"formula"` // such as "81.28 / 100 · 40", or why there is none
	Inputs  []Input  `json:"inputs,omitempty"`
	// Rounded says that the formula gives the figure only up to its last decimal.
	Rounded bool   `json:"rounded,omitempty"`
	Note    string `json:"note,omitempty"`
	Doc     string `json:"doc,omitempty"`    // what is measured or computed, as the method has it
	Source  string `json:"source,omitempty"` // where that comes from
}

// Input is a number that a formula takes.
type Input struct {
	Name   string  `json:"name"`
	Figure string  `json:"figure,omitempty"` // where it is explained; "" where it is a number of the document
	Shown  string  `json:"shown"`
	Value  float64 `json:"value"`
}

// ErrFigure says that there is no such bidder or figure to explain.
var ErrFigure = errors.New("no such bidder or figure")

// Explain explains every figure of one bidder in a ranking. It fails with [ErrFigure]
// where the ranking does not know the bidder, and names those it knows; and where the
// ranking lacks its terms, or they do not fit it.
func Explain(r *model.Ranking, bidder string) (*Explanation, error) {
	if r.Terms == nil {
		return nil, fmt.Errorf("explaining %q: the ranking does not state the document's weights; score the tender again with this version", bidder)
	}
	e := &Explanation{Format: ExplanationFormat, Status: r.Label(), Gaps: len(r.Gaps), Tender: r.Tender,
		Window: model.Period{Since: r.Since, Until: r.Until}, Method: r.Method.Digest, Bidder: bidder, ranking: r}
	if err := e.find(r); err != nil {
		return nil, err
	}
	b := &explaining{e: e, r: r, projects: map[string]*quantity{}}
	for _, p := range r.Projects { // the projects' figures are the inputs of the lots'
		b.projects[p.ID] = b.projectFigure(p)
	}
	for _, lot := range r.Lots {
		for _, s := range lot.Standings {
			if s.Bidder == bidder {
				b.lot(lot, s)
			}
		}
	}
	for _, p := range r.Projects {
		for _, x := range p.Scores {
			if x.Bidder == bidder {
				b.project(p, x)
			}
		}
	}
	if b.err == nil {
		b.err = b.finish()
	}
	if b.err != nil {
		return nil, fmt.Errorf("explaining %q: %w", bidder, b.err)
	}
	return e, nil
}

// find looks the bidder's name up.
func (e *Explanation) find(r *model.Ranking) error {
	var known []string
	for _, lot := range r.Lots {
		for _, s := range lot.Standings {
			known = append(known, s.Bidder)
			if s.Bidder == e.Bidder {
				e.Name = s.Name
				return nil
			}
		}
	}
	slices.Sort(known)
	known = slices.Compact(known)
	if near := nearest(e.Bidder, known); near != "" {
		return fmt.Errorf("explaining %q: %w; did you mean %q?", e.Bidder, ErrFigure, near)
	}
	return fmt.Errorf("explaining %q: %w; the ranking has %s", e.Bidder, ErrFigure, some(known, 20))
}

// some lists the first names and counts the rest.
func some(names []string, most int) string {
	if n := len(names) - most; n > 0 {
		names = append(slices.Clone(names[:most]), fmt.Sprintf("and %d more", n))
	}
	return strings.Join(names, ", ")
}

// Figures returns the addresses of all figures that are explained, in their order.
func (e *Explanation) Figures() []string {
	var list []string
	for _, s := range e.Steps {
		if !slices.Contains(list, s.Figure) {
			list = append(list, s.Figure)
		}
	}
	return list
}

// Only narrows an explanation to one figure and those that it is made of. It fails with
// [ErrFigure] where there is none, and says which may be meant. Of a pillar that was
// dropped whole there is no figure, and its indicators say why.
func (e *Explanation) Only(name string) error {
	parts := e.parts(name)
	if !slices.ContainsFunc(e.Steps, func(s Step) bool { return within(s.Figure, []string{name}) }) {
		return amongFigures(name, e.Figures())
	}
	e.Figure = name
	e.Steps = slices.DeleteFunc(e.Steps, func(s Step) bool { return !within(s.Figure, parts) })
	return nil
}

// CheckFigure says, before anything is known of a tender but its document, that it can
// have no such figure: with [ErrFigure], and which may be meant.
func CheckFigure(t *model.Tender, name string) error {
	if _, ok := strings.CutPrefix(name, "act "); ok || name == "" {
		return nil
	}
	var all []string
	for _, l := range t.Lots {
		all = append(all, lotAddress(l.ID))
	}
	for _, p := range t.ProjectNames() {
		all = append(all, p)
		for _, pillar := range model.Pillars() {
			all = append(all, p+"/"+string(pillar.Name))
			for _, i := range pillar.Indicators {
				all = append(all, fmt.Sprintf("%s/%s/%s", p, pillar.Name, i.Name))
			}
		}
	}
	return amongFigures(name, all)
}

// amongFigures says what may be meant by a figure that is not among those that there are.
func amongFigures(name string, all []string) error {
	if slices.Contains(all, name) {
		return nil
	}
	if near := nearest(name, all); near != "" {
		return fmt.Errorf("explaining %q: %w; did you mean %q?", name, ErrFigure, near)
	}
	return fmt.Errorf("explaining %q: %w; there are %s", name, ErrFigure, some(all, 40))
}

// parts returns the addresses under which a figure and what it is made of stand.
func (e *Explanation) parts(name string) []string {
	list := []string{name}
	for _, lot := range e.ranking.Lots {
		if lotAddress(lot.ID) == name {
			for _, p := range lot.Projects {
				list = append(list, p.Project)
			}
		}
	}
	return list
}

func within(figure string, parts []string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return figure == p || below(figure, p) })
}

// below reports whether a figure is made for another one: under PROJECT stand its pillars, and
// no other project whose name goes on with a slash, as owner/name does.
func below(figure, of string) bool {
	rest, ok := strings.CutPrefix(figure, of+"/")
	first, _, _ := strings.Cut(rest, "/")
	return ok && slices.ContainsFunc(model.Pillars(), func(p model.PillarDefault) bool {
		return string(p.Name) == first || slices.ContainsFunc(p.Indicators, func(i model.IndicatorDefault) bool { return string(i.Name) == first })
	})
}

// projectIn returns the project of an indicator's figure, PROJECT/PILLAR/INDICATOR. The
// project's name may hold slashes itself.
func projectIn(figure string) string {
	for range 2 {
		figure = figure[:max(0, strings.LastIndex(figure, "/"))]
	}
	return figure
}

func lotAddress(id string) string { return "lot " + id }

// nearest returns the name that is meant by one that is misspelt, "" where none is near:
// the one whose last part it is, else the one with the fewest letters changed.
func nearest(name string, of []string) string {
	if name == "" {
		return ""
	}
	for _, n := range of {
		if strings.HasSuffix(n, "/"+name[strings.LastIndex(name, "/")+1:]) && strings.HasPrefix(n, strings.Split(name, "/")[0]) {
			return n
		}
	}
	best, least := "", 1+min(len(name), 40)/4
	for _, n := range of {
		if d := distance(name, n); d <= least {
			best, least = n, d-1
		}
	}
	return best
}

// distance counts the letters to insert, delete or change (Levenshtein 1966).
func distance(a, b string) int {
	if len(a) > 200 || len(b) > 200 {
		return len(a) + len(b)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			corner, row[j+1] = row[j+1], min(corner+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// Concerns returns a function that reports whether a verdict is on an act of the
// bidder's people at the time, counted or refused: what the bidder may contest.
// Acts outside the window concern nobody.
func Concerns(t *model.Tender, bidder string) func(model.Verdict) bool {
	concerned := Concerned(t)
	return func(v model.Verdict) bool { return slices.Contains(concerned(v), bidder) }
}

// Concerned returns a function that names the bidders whom a verdict concerns, sorted:
// those whose people acted, or whose claim to the person was too weak or is contested; in
// award mode those who named the person as staff.
func Concerned(t *model.Tender) func(model.Verdict) []string {
	byVendor, byPerson := map[string][]string{}, map[string][]string{}
	for _, b := range t.Bidders.List {
		for _, v := range slices.Concat(b.Vendors, b.Subcontractors) {
			byVendor[v] = append(byVendor[v], b.ID)
		}
		for _, p := range b.Staff {
			byPerson[p] = append(byPerson[p], b.ID)
		}
	}
	award := t.Mode == model.Award && !t.Bidders.All
	return func(v model.Verdict) []string {
		var list []string
		if award && v.Rule != ruleWindow.String() {
			list = append(list, byPerson[v.Person]...)
		}
		for _, vendor := range vendorsNamed(v) {
			switch {
			case award:
			case !t.Bidders.All:
				list = append(list, byVendor[vendor]...)
			case vendor != model.Independent && vendor != model.Academic:
				list = append(list, vendor)
			}
		}
		slices.Sort(list)
		return slices.Compact(list)
	}
}

// vendorsNamed returns the vendors that a verdict names, save the unknown one.
func vendorsNamed(v model.Verdict) []string {
	list := slices.Clone(v.Claimed)
	name := func(parts []model.Part) {
		for _, p := range parts {
			if p.Vendor != "" && !slices.Contains(list, p.Vendor) {
				list = append(list, p.Vendor)
			}
		}
	}
	name(v.Parts)
	for _, c := range v.Credits {
		name(c.Parts)
	}
	return list
}
