package census

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/examples/research/discreet"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// Write writes the tables of all parts, in CSV and in Parquet, with what describes them:
// datapackage.json, measures.md and manifest.json. The parts come in the order of their
// projects' names, each once, and are not held: memory is taken for the people and the
// organisations, not for the rows. It returns the ledger of all projects.
//
// The mail domains that nobody states and that one person alone is behind, over all projects,
// stand together in the rows called [discreet.Row], unless the inputs say Identified: their names
// may be that person's. What the measures say, they say of the organisations apart. To know them
// all before the first row is written, Write ranges over parts twice; what comes the second time
// alone is not named.
//
// The same parts give the same bytes. It fails where a part does, where one is missing, and
// where an output does; what was written then is not whole.
func (c *Census) Write(create Create, parts iter.Seq2[*Part, error], inputs Inputs) (*score.Ledger, error) {
	names, err := c.names(parts, inputs.Identified)
	if err != nil {
		return nil, err
	}
	w := &writer{Census: c, create: &digests{create: create}, ledger: &score.Ledger{}, all: &material{months: c.tender.Window.Months, people: map[Person]int64{}},
		names: names, identified: inputs.Identified, organisations: map[string]*organisation{}}
	if err = w.open(); err == nil {
		err = w.parts(parts)
	}
	if err == nil {
		err = w.whole()
	}
	if err = errors.Join(err, w.close()); err != nil {
		return nil, err
	}
	return w.ledger, w.describe(inputs)
}

type writer struct {
	*Census
	create        *digests
	ledger        *score.Ledger
	last          string // the project before
	projects      int
	all           *material
	names         *discreet.Domains
	identified    bool
	organisations map[string]*organisation

	acts         *sheet[actsRow]
	churn        *sheet[churnRow]
	totals       *sheet[organisationRow]
	coverage     *sheet[coverageRow]
	measures     *sheet[measureRow]
	repositories *sheet[repositoryRow]
}

// organisation is what adds up of one row over all projects.
type organisation struct {
	behind        map[string]bool // organisations that it stands for
	projects      int64
	people        map[string]bool
	acts, commits int64
	credit        int64
	months        []model.Month // the first and the last
}

func (w *writer) open() (err error) {
	keep := func(e error) {
		if err == nil {
			err = e
		}
	}
	var e error
	w.acts, e = newSheet[actsRow](w.create.make, "acts")
	keep(e)
	w.churn, e = newSheet[churnRow](w.create.make, "churn")
	keep(e)
	w.totals, e = newSheet[organisationRow](w.create.make, "organisations")
	keep(e)
	w.coverage, e = newSheet[coverageRow](w.create.make, "coverage")
	keep(e)
	w.measures, e = newSheet[measureRow](w.create.make, "measures")
	keep(e)
	w.repositories, e = newSheet[repositoryRow](w.create.make, "repositories")
	keep(e)
	return err
}

func (w *writer) close() error {
	var all []error
	for _, s := range []interface{ close() error }{w.acts, w.churn, w.totals, w.coverage, w.measures, w.repositories} {
		all = append(all, s.close())
	}
	return errors.Join(all...)
}

func (w *writer) parts(parts iter.Seq2[*Part, error]) error {
	for p, err := range parts {
		if err != nil {
			return err
		}
		if w.projects > 0 && p.Project <= w.last {
			return fmt.Errorf("the part of %s comes after that of %s; parts come by name, each once", p.Project, w.last)
		}
		w.projects, w.last = w.projects+1, p.Project
		if err := w.part(p); err != nil {
			return err
		}
	}
	if missing := len(w.tender.Projects) - w.projects; missing != 0 {
		return fmt.Errorf("%d of %d projects have no part; make the parts of all of them first", missing, len(w.tender.Projects))
	}
	return nil
}

func (w *writer) part(p *Part) error {
	for _, a := range w.actsOf(p) {
		if !a.Robot {
			w.organisation(a.Organisation).acted(a)
		}
		row := actsRow{p.Project, text(a.Organisation), actor(a.Robot), a.Month.String(), string(a.Role), text(string(a.Class)),
			whole(a.Acts), whole(a.Counted), whole(a.Credit), a.People}
		if err := w.acts.write(row); err != nil {
			return err
		}
	}
	for _, c := range w.churnOf(p) {
		row := churnRow{p.Project, text(c.Organisation), actor(c.Robot), c.Month.String(), string(c.Class), whole(c.Files), whole(c.Added), whole(c.Deleted)}
		if err := w.churn.write(row); err != nil {
			return err
		}
	}
	own := &material{months: w.tender.Window.Months, people: map[Person]int64{}, changes: p.Changes, issues: p.Issues, releases: p.Releases}
	in := map[string]bool{}
	for _, who := range p.People {
		name := w.names.Of(who.Organisation)
		o := w.organisation(name)
		o.people[who.Person], o.commits, in[name] = true, o.commits+who.Commits, true
		key := Person{Person: who.Person, Organisation: who.Organisation}
		own.people[key] += who.Commits
		w.all.people[key] += who.Commits
	}
	for name := range in {
		w.organisation(name).projects++
	}
	w.all.add(p)
	w.ledger.Merge(p.Ledger)
	facts := p.Ledger.Projects[p.Project]
	return cmp.Or(w.covered(p, facts), w.tips(p.Project, facts), w.measured(text(p.Project), own, facts.Coverage, p.Gaps()))
}

func (w *writer) organisation(name string) *organisation {
	o := w.organisations[name]
	if o == nil {
		o = &organisation{behind: map[string]bool{}, people: map[string]bool{}}
		w.organisations[name] = o
	}
	return o
}

func (o *organisation) acted(a Acts) {
	o.credit += a.Credit
	if a.Acts == 0 {
		return
	}
	o.acts += a.Acts
	if o.months == nil {
		o.months = []model.Month{a.Month, a.Month}
	}
	o.months[0], o.months[1] = min(o.months[0], a.Month), max(o.months[1], a.Month)
}

func (m *material) add(p *Part) {
	m.changes.Merged += p.Changes.Merged
	m.changes.Reviewed += p.Changes.Reviewed
	m.changes.Reviews += p.Changes.Reviews
	m.changes.Waited = append(m.changes.Waited, p.Changes.Waited...)
	m.issues.Waited = append(m.issues.Waited, p.Issues.Waited...)
	m.releases = append(m.releases, p.Releases...)
}

func (w *writer) covered(p *Part, facts *score.Facts) error {
	for _, c := range facts.Coverage {
		if err := w.coverage.write(coverageRow{p.Project, c.Repository, text(c.Source), string(c.Kind), string(c.State), text(c.Reason)}); err != nil {
			return err
		}
	}
	for _, g := range facts.Gaps {
		if err := w.coverage.write(coverageRow{p.Project, g.Repository, nil, model.GapKind, string(model.Unavailable), text(g.Reason)}); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) tips(project string, facts *score.Facts) error {
	for _, r := range w.tender.Projects[project].Repositories {
		rows := []repositoryRow{}
		for _, t := range facts.Tips {
			if t.Repository == r.Address() {
				rows = append(rows, repositoryRow{project, r.Address(), text(t.Branch), text(t.Commit), text(swhid(t.Commit))})
			}
		}
		if len(rows) == 0 {
			rows = append(rows, repositoryRow{Project: project, Repository: r.Address()})
		}
		for _, row := range rows {
			if err := w.repositories.write(row); err != nil {
				return err
			}
		}
	}
	return nil
}

// swhid names a commit as Software Heritage does: a revision by git's own SHA-1.
// https://www.swhid.org/specification/v1.2/
func swhid(commit string) string {
	if len(commit) != 40 {
		return "" // of another hash than SHA-1, which identifiers of revisions are not made of
	}
	return "swh:1:rev:" + commit
}

// measured writes the measures of a project, or of all.
func (w *writer) measured(project *string, m *material, coverage []score.CoverageAt, gaps []model.Gap) error {
	for _, d := range Measures() {
		row := measureRow{Project: project, Measure: d.Name, Unit: d.Unit}
		state, reason := covers(coverage, gaps, d.needs)
		row.State = string(state)
		if state != model.Unavailable {
			value, n, why := d.value(m)
			row.N = n
			if why == "" {
				row.Value = &value
			}
			reason = cmp.Or(why, reason)
		}
		row.Reason = text(reason)
		if err := w.measures.write(row); err != nil {
			return err
		}
	}
	return nil
}

// covers says how much of some kinds of facts the sources could show. Where several sources
// state a kind of one repository, the best has the word.
func covers(coverage []score.CoverageAt, gaps []model.Gap, kinds []model.Kind) (model.State, string) {
	if len(gaps) > 0 && len(coverage) == 0 {
		return model.Unavailable, gaps[0].Reason
	}
	worst, reason := model.Complete, ""
	for _, kind := range kinds {
		best := map[string]model.Coverage{}
		for _, c := range coverage {
			if b, ok := best[c.Repository]; c.Kind == kind && (!ok || rank(c.State) > rank(b.State)) {
				best[c.Repository] = c.Coverage
			}
		}
		if len(best) == 0 {
			return model.Unavailable, fmt.Sprintf("no source shows %s", kind)
		}
		shown := false
		for _, repository := range slices.Sorted(maps.Keys(best)) {
			c := best[repository]
			shown = shown || c.State != model.Unavailable
			if rank(c.State) < rank(worst) {
				worst, reason = c.State, c.Reason
			}
		}
		if worst == model.Unavailable && shown {
			worst = model.Partial // of other repositories it is known
		}
	}
	if len(gaps) > 0 && worst == model.Complete {
		worst, reason = model.Partial, gaps[0].Reason
	}
	return worst, reason
}

func rank(s model.State) int {
	return slices.Index([]model.State{model.Unavailable, model.Partial, model.Complete}, s)
}

// whole writes what is of all projects together.
func (w *writer) whole() error {
	slices.Sort(w.all.changes.Waited)
	slices.Sort(w.all.issues.Waited)
	slices.Sort(w.all.releases)
	var coverage []score.CoverageAt
	var gaps []model.Gap
	for _, name := range slices.Sorted(maps.Keys(w.ledger.Projects)) {
		coverage = append(coverage, w.ledger.Projects[name].Coverage...)
		gaps = append(gaps, w.ledger.Gaps(name)...)
	}
	if err := w.measured(nil, w.all, coverage, gaps); err != nil {
		return err
	}
	commits := w.all.commits()
	for _, name := range slices.SortedFunc(maps.Keys(w.organisations), strings.Compare) {
		o := w.organisations[name]
		row := organisationRow{Organisation: text(name), Organisations: o.stands(name), Projects: o.projects, People: int64(len(o.people)),
			Acts: whole(o.acts), Commits: whole(o.commits), Credit: whole(o.credit)}
		if commits > 0 {
			row.Share = float64(o.commits) / float64(commits)
		}
		if o.months != nil {
			row.First, row.Last = text(o.months[0].String()), text(o.months[1].String())
		}
		if err := w.totals.write(row); err != nil {
			return err
		}
	}
	return nil
}

func actor(robot bool) string {
	if robot {
		return "robot"
	}
	return "person"
}

// text is a cell that may be empty.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// whole turns millionths into what they are of.
func whole(n int64) float64 { return float64(n) / model.Whole }
