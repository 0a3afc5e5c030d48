// Package score says what facts are worth: it judges contributions, adds up
// credits and ranks bidders. It touches no repository, network or disk.
//
// [Evaluate] does all of it. Its steps are public too, so that many machines can
// take the first ones and one the last: a [Judge] per project turns records into
// verdicts and a [Ledger], ledgers merge in any order, and [Rank] reads them.
package score

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"maps"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// Options are the settings of [Evaluate]; nil means the defaults.
type Options struct {
	// Evidence is called with every verdict, project by project, in the order in
	// which the contributions were read. Verdicts name persons. It is called by whoever
	// called Evaluate and never while a record is fetched; a project's verdicts come when
	// the records of the next one have been read.
	Evidence func(model.Verdict)
	// Ledger is called with the ledger of each project, by name, when all are judged. It
	// holds what the ranking is computed from, and names persons; it is not to be changed.
	Ledger func(project string, l *Ledger)
}

// ErrTender says that a tender lacks what it must state, or states what this
// version cannot do.
var ErrTender = errors.New("the tender cannot be evaluated")

// Evaluate judges the records, adds up what they are worth and ranks the bidders.
//
// A [*model.GapError] among the records becomes a gap of the ranking, and the
// rest is scored. Any other error ends the evaluation and is returned; a tender
// at fault is [ErrTender].
func Evaluate(t *model.Tender, records iter.Seq2[model.Record, error], o *Options) (*model.Ranking, error) {
	if err := Check(t); err != nil {
		return nil, err
	}
	e := newEvaluation(t, o)
	if err := e.all(records); err != nil {
		return nil, err
	}
	r := e.rank()
	if o != nil && o.Ledger != nil {
		for _, name := range slices.Sorted(maps.Keys(e.ledgers)) {
			o.Ledger(name, e.ledgers[name])
		}
	}
	return r, nil
}

// Check returns [ErrTender] with every fault of a tender that [Evaluate] would
// refuse: what a tender made by hand lacks of what a document must have, vendors
// that claim a public mail domain, decisions on rules that cannot be overruled.
func Check(t *model.Tender) error {
	var faults []error
	fault := func(wrong bool, text string) {
		if wrong {
			faults = append(faults, errors.New(text))
		}
	}
	fault(len(t.Withheld) > 0, "it is the record of an evaluation, in which rosters or other personal data are withheld: it can be verified, and not scored again. Score the document that it was made from")
	fault(t.Window.Until == 0, "no window: set Window.Until to the first of a month")
	fault(t.Window.Months <= 0, "no window: set Window.Months")
	fault(len(t.Projects) == 0, "no projects")
	fault(len(t.Lots) == 0, "no lots")
	fault(len(t.Weights) == 0 || len(t.Indicators) == 0, "no weights: start from model.NewTender")
	faults = append(faults, numbers(t)...)
	for _, id := range slices.Sorted(maps.Keys(t.Vendors)) {
		for _, d := range t.Vendors[id].Domains {
			fault(affiliation.IsPublicMail(d.Name), fmt.Sprintf("vendor %s: %s lends addresses to the public and is nobody's company; list the people who use it in a roster", id, d.Name))
		}
	}
	people := slices.Clone(t.People)
	for _, table := range t.Tables {
		people = append(people, table.People...)
	}
	for _, p := range people {
		for _, e := range p.Employment {
			fault(!(e.Share() > 0 && e.Share() <= 1), fmt.Sprintf("an employment by %s has the fraction %g; it is above 0 and at most 1", e.Vendor, e.Share()))
			fault(e.Level != "" && !slices.Contains(model.Levels(), e.Level), fmt.Sprintf("an employment by %s has the level %q, which there is not", e.Vendor, e.Level))
		}
	}
	for _, own := range t.Personal {
		fault(affiliation.Organisation("a@"+own) != strings.ToLower(own), fmt.Sprintf("personal_domains: %s is no domain under a public suffix, or nobody's already; write what stands there as an organisation's name", own))
	}
	known := map[string]bool{}
	names := make([]string, 0, len(overrulable))
	for _, r := range overrulable {
		known[r.String()] = true
		names = append(names, r.String())
	}
	for _, d := range t.Decisions {
		if d.Decide == "count" && !known[d.Rule] {
			fault(true, fmt.Sprintf("decision %s overrules %q; a decision can overrule %s",
				d.ID, d.Rule, strings.Join(names, ", ")))
		}
	}
	if len(faults) > 0 {
		return fmt.Errorf("%w: %w", ErrTender, errors.Join(faults...))
	}
	return nil
}

// evaluation takes the stream of records apart into projects. While the records of one
// project are read, the project before is judged.
type evaluation struct {
	tender   *model.Tender
	evidence func(model.Verdict)
	judge    *Judge              // of the project that is read
	judging  chan judged         // of the project before, from its goroutine; nil where there is none
	roster   *affiliation.Roster // of all projects: a large one takes a second to make
	ledgers  map[string]*Ledger  // by project; nil while it is judged
	// without holds, by decision, the ledger of the project it touches as it
	// would be without the decision.
	without map[string]map[string]*Ledger
	// contested holds, by project, the outcomes of contested affiliations.
	contested map[string]outcomes
	// closing is called with each judge that has heard everything, one after the other,
	// while the next project is read; nil is nobody.
	closing func(*Judge)
}

func newEvaluation(t *model.Tender, o *Options) *evaluation {
	e := &evaluation{tender: t, ledgers: map[string]*Ledger{}, without: map[string]map[string]*Ledger{}, contested: map[string]outcomes{}}
	if o != nil {
		e.evidence = o.Evidence
	}
	return e
}

// all takes all records. It returns when nothing is judged any more, also where the
// records or the caller's functions panic.
func (e *evaluation) all(records iter.Seq2[model.Record, error]) error {
	defer func() {
		if e.judging != nil {
			<-e.judging
		}
	}()
	for r, err := range records {
		if err := e.take(r, err); err != nil {
			return err
		}
	}
	e.close()
	return nil
}

// rank closes the last project and ranks.
func (e *evaluation) rank() *model.Ranking {
	e.close()
	r := rankApart(e.tender, e.ledgers)
	r.Method = method(e.tender, r)
	e.decide(r)
	e.contest(r)
	return r
}

func (e *evaluation) take(r model.Record, err error) error {
	var gap *model.GapError
	switch {
	case errors.As(err, &gap):
		if err := e.turnTo(gap.Project); err != nil {
			return err
		}
		e.judge.Gap(gap)
		return nil
	case err != nil:
		return err
	}
	if err := e.turnTo(r.Project); err != nil {
		return err
	}
	return e.judge.Add(r)
}

// turnTo sends the project before to be judged and opens the next.
func (e *evaluation) turnTo(project string) error {
	if e.judge != nil && e.judge.project == project {
		return nil
	}
	e.send()
	if _, ok := e.tender.Projects[project]; !ok {
		return fmt.Errorf("evaluating: a record of project %q, which the tender does not name", project)
	}
	if _, ok := e.ledgers[project]; ok {
		return fmt.Errorf("evaluating: records of project %q come apart; records of one project must come together", project)
	}
	if e.roster == nil {
		e.roster = affiliation.NewRoster(e.tender)
	}
	e.judge = newJudge(e.tender, project, e.roster)
	return nil
}

// close ends the last project and waits for it.
func (e *evaluation) close() {
	e.send()
	e.collect()
}

// send has the project that was read judged, once the one before is: no more than two
// projects are ever held, however slowly they are judged.
func (e *evaluation) send() {
	if e.judge == nil {
		return
	}
	e.collect()
	j, result := e.judge, make(chan judged, 1)
	e.judge, e.judging, e.ledgers[j.project] = nil, result, nil
	go func() {
		made := judged{project: j.project}
		defer func() {
			if p := recover(); p != nil {
				made.panicked = fmt.Sprintf("score: judging %s: %v\n\n%s", j.project, p, debug.Stack())
			}
			result <- made
		}()
		made.make(j, e.tender.Decisions, e.evidence != nil, e.closing)
	}()
}

// collect waits for the project that is judged and hands its verdicts out. The caller's
// function is called here and not where they are made, since it may share with the
// records whatever it likes.
func (e *evaluation) collect() {
	if e.judging == nil {
		return
	}
	p := <-e.judging
	e.judging = nil
	if p.panicked != "" {
		panic(p.panicked)
	}
	e.ledgers[p.project] = p.ledger
	for decision, l := range p.without {
		if e.without[decision] == nil {
			e.without[decision] = map[string]*Ledger{}
		}
		e.without[decision][p.project] = l
	}
	if len(p.contested) > 0 {
		e.contested[p.project] = p.contested
	}
	if p.bench != nil {
		for v := range p.bench.verdicts() {
			e.evidence(v)
		}
	}
}

// judged is what was made of one project.
type judged struct {
	project   string
	ledger    *Ledger
	without   map[string]*Ledger // by decision; see [evaluation]
	contested outcomes
	bench     *bench // for the verdicts; nil where nobody asked for them
	panicked  string // with where it did; a fault of this package
}

// make judges a project as often as it takes.
func (p *judged) make(j *Judge, decisions []model.Decision, verdicts bool, closing func(*Judge)) {
	p.without = map[string]*Ledger{}
	for _, d := range decisions {
		if j.knows(d.On) {
			p.without[d.ID] = j.ledger(variant{without: d.ID}, nil)
		}
	}
	b := j.judge(variant{})
	p.ledger = b.ledger(nil)
	if contested := p.ledger.Projects[j.project].Contested; len(contested) > 0 {
		p.contested = j.outcomes(contested)
		b = nil // the acts bear the rulings of the last run
	}
	if closing != nil {
		closing(j)
		b = nil
	}
	if !verdicts {
		return
	}
	if p.bench = b; b == nil {
		p.bench = j.judge(variant{})
	}
}

// knows reports whether the judge was given an act on the artifact, or by the person.
func (j *Judge) knows(a model.Artifact) bool {
	if a.Kind() == model.PersonArtifact {
		people := j.people(j.roster)
		return slices.ContainsFunc(j.idents.list, func(id model.Identity) bool { return people.Person(id) == a.Name() })
	}
	if h, err := parseHash(a.Name()); err == nil && a.Kind() == model.CommitArtifact {
		_, ok := j.index.find(h)
		return ok
	}
	for n := range j.stated.others.n {
		if j.stated.artifactOf(j.stated.others.at(n)) == a {
			return true
		}
	}
	return false
}

// decide shows each decision with its effect on every bidder.
func (e *evaluation) decide(r *model.Ranking) {
	for _, d := range e.tender.Decisions {
		shown := model.DecisionShown{Decision: d}
		if changed, ok := e.without[d.ID]; ok {
			ledgers := map[string]*Ledger{}
			for name, l := range e.ledgers {
				ledgers[name] = cmp.Or(changed[name], l)
			}
			shown.Effect = effects(rankApart(e.tender, ledgers), r)
		} else {
			r.Warnings = append(r.Warnings, fmt.Sprintf("decision %s touches nothing: %s is not among the acts that were mined", d.ID, d.On))
		}
		r.Decisions = append(r.Decisions, shown)
	}
}

// effects lists how the scores changed from one ranking to another.
func effects(before, after *model.Ranking) []model.Effects {
	var list []model.Effects
	for i, lot := range after.Lots {
		was := map[string]float64{}
		for _, s := range before.Lots[i].Standings {
			if s.Score != nil {
				was[s.Bidder] = *s.Score
			}
		}
		for _, s := range lot.Standings {
			if s.Score == nil || round(*s.Score-was[s.Bidder], 4) == 0 {
				continue
			}
			list = append(list, model.Effects{Lot: lot.ID, Bidder: s.Bidder, Change: round(*s.Score-was[s.Bidder], 4)})
		}
	}
	return list
}

func merged(ledgers map[string]*Ledger) *Ledger {
	all := &Ledger{}
	for _, l := range ledgers {
		all.Merge(l)
	}
	return all
}

// method identifies how a ranking was made: everything that moves a score but who bids.
func method(t *model.Tender, r *model.Ranking) model.MethodID {
	id := model.MethodID{Version: t.Method, Parts: methodParts(t, r)}
	for _, rule := range Rules() {
		id.Rules = append(id.Rules, rule.Name)
	}
	id.Digest = methodDigest(t, r)
	return id
}

// warnings says what a reader of the ranking must know.
func warnings(r *model.Ranking) []string {
	var list []string
	for _, p := range r.Projects {
		var proposed []string
		for _, i := range p.Indicators {
			if i.Proposed && i.Weight > 0 {
				proposed = append(proposed, string(i.Indicator))
			}
		}
		if len(proposed) > 0 {
			list = append(list, fmt.Sprintf("%s: no thresholds stated for %s; they were taken from the project's own activity in this run and must be published before a tender can rely on them", p.ID, strings.Join(proposed, ", ")))
		}
	}
	for _, l := range r.Lots {
		for _, p := range l.Projects {
			if p.Missing != "" {
				list = append(list, fmt.Sprintf("lot %s: %s: %s", l.ID, p.Project, p.Missing))
			}
		}
	}
	return list
}
