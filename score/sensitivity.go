package score

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"runtime"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// SensitivityOptions are the settings of [Sensitivity]; nil means the defaults.
type SensitivityOptions struct {
	Draws int    // of each kind; 0 is 1,000
	Seed  uint64 // of all draws
	// Assume states values of [Assumptions] by name, instead of the defaults.
	Assume map[string]float64
	// Robots are the chances of persons, by their keys, to be none, in [0,1], where that is
	// not settled. [Sensitivity] finds those that behave like robots by itself; what stands
	// here goes before.
	Robots map[string]float64
	// Rules asks for each rule off, which judges every project once more for each.
	Rules bool
	// Workers draw at once; 0 is one per processor. Their number changes nothing.
	Workers int
	// Evidence is called as that of [Options].
	Evidence func(model.Verdict)
}

// mostDraws keeps a slip of the hand from taking all memory.
const mostDraws = 1_000_000

// Check returns every fault of the options, nil for none. [Sensitivity] refuses such options
// as well; who takes them from somebody may ask before anything is mined.
func (o *SensitivityOptions) Check() error {
	_, _, err := o.checked()
	return err
}

// checked returns the options with their defaults, and the assumptions, or every fault.
func (o *SensitivityOptions) checked() (*SensitivityOptions, []model.Assumption, error) {
	c := SensitivityOptions{}
	if o != nil {
		c = *o
	}
	list, err := assume(c.Assume)
	faults := []error{err}
	if c.Draws < 0 || c.Draws > mostDraws {
		faults = append(faults, fmt.Errorf("%d draws; want 1 to %d, or 0 for 1,000", c.Draws, mostDraws))
	}
	if c.Workers < 0 {
		faults = append(faults, fmt.Errorf("%d workers; want at least 1, or 0 for one per processor", c.Workers))
	}
	for _, person := range slices.Sorted(maps.Keys(c.Robots)) {
		if p := c.Robots[person]; !(p >= 0 && p <= 1) {
			faults = append(faults, fmt.Errorf("a person is a robot with probability %g; want 0 to 1", p)) // no name: errors travel
		}
	}
	if c.Draws == 0 {
		c.Draws = 1000
	}
	if c.Workers == 0 {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	return &c, list, errors.Join(faults...)
}

// Sensitivity evaluates the tender as [Evaluate] does, and says how much the ranking hangs
// on what is uncertain in the facts and on what the buyer chose: by draws of both kinds,
// by changing one thing at a time, and by the smallest change of weights that makes
// another bidder first. The ranking is the one that Evaluate returns.
//
// The draws rest on numbers that nobody measured; [Assumptions] prints them, and every
// study repeats them. A rule that is off is no draw: it has a row of its own among the
// alternatives. Options at fault are an error that says so.
func Sensitivity(t *model.Tender, records iter.Seq2[model.Record, error], o *SensitivityOptions) (*model.Ranking, *model.Sensitivity, error) {
	opts, list, err := o.checked()
	if err != nil {
		return nil, nil, fmt.Errorf("sensitivity: %w", err)
	}
	if err := Check(t); err != nil {
		return nil, nil, err
	}
	e := newEvaluation(t, &Options{Evidence: opts.Evidence})
	v := newVariants(t, opts.Rules)
	e.closing = v.take
	if err := e.all(v.habits.overhear(records)); err != nil {
		return nil, nil, err
	}
	ranking := e.rank()
	opts.Robots = v.robots(valuesOf(list), opts.Robots)
	ledger := merged(e.ledgers)
	st := newStudy(t, ledger, ranking)
	rows := append(v.rows(st, e.ledgers), contestedRows(st, e)...)
	notes := v.notes(len(opts.Robots))
	return ranking, st.study(ranking, opts, list, rows, notes), nil
}

// SensitivityOf says what a ledger alone can tell: all but what hangs on a rule that is
// off, which needs a judge, and on accounts that behave like robots, whose chances the
// options may state. Contested people go to either side without what the rule mate takes.
func SensitivityOf(t *model.Tender, l *Ledger, o *SensitivityOptions) (*model.Sensitivity, error) {
	opts, list, err := o.checked()
	if err != nil {
		return nil, fmt.Errorf("sensitivity: %w", err)
	}
	if err := Check(t); err != nil {
		return nil, err
	}
	ranking := Rank(t, l)
	st := newStudy(t, l, ranking)
	var notes []string
	if opts.Rules {
		notes = append(notes, "A ledger alone does not say what each rule refused: no rule was left out.")
	}
	return st.study(ranking, opts, list, st.movedRows(), notes), nil
}

// study puts the parts together.
func (s *study) study(r *model.Ranking, o *SensitivityOptions, list []model.Assumption, rows []row, notes []string) *model.Sensitivity {
	a := valuesOf(list)
	res := &model.Sensitivity{Format: model.SensitivityFormat, Status: "SIMULATION", Gaps: len(r.Gaps), Tender: r.Tender, Mode: r.Mode,
		Method: r.Method, Seed: o.Seed, Draws: o.Draws, Assumptions: list, Notes: append(s.notes(), notes...)}
	measured, specified := s.measurement(o, a), s.specification(o, a)
	rows = append(s.choices(a), rows...)
	official := s.scoresOf(s.own[0], s.plan(s.official(a)))
	for i, lot := range r.Lots {
		x := model.LotSensitivity{ID: lot.ID, Title: lot.Title, Points: lot.Points, Ranked: ranked(s.tender)}
		if x.Ranked {
			x.First = s.first(i, official)
		}
		x.Measurement = s.spreads(i, measured, lot, x.Ranked)
		x.Specification = s.spreads(i, specified, lot, x.Ranked)
		for _, row := range rows {
			x.Alternatives = append(x.Alternatives, s.alternative(i, lot, row, official, x.First))
		}
		x.Weights, x.Dominant = s.weightChanges(i, lot, a, x.First)
		res.Lots = append(res.Lots, x)
	}
	return res
}

// notes say what of the choices could not be studied.
func (s *study) notes() (list []string) {
	list = append(list, "Draws move credits as they were judged: what mates, caps and the person floor would take of other people, or in another window, is not judged anew. Which indicators count, and the thresholds that were proposed, stay as in the ranking.")
	var months []string
	for _, n := range windowsTried {
		if n > s.windows[0] {
			months = append(months, fmt.Sprint(n))
		}
	}
	if len(months) > 0 {
		list = append(list, fmt.Sprintf("Windows of %s months are longer than the tender's %d: what lies before was not judged.", strings.Join(months, ", "), s.windows[0]))
	}
	if len(s.windows) > 1 {
		list = append(list, "Shorter windows are the last months of what was judged for the tender's own; thresholds in acts shrink with them. Each window has the same chance.")
	}
	if len(s.bidders) < len(s.scorer.bidders) {
		list = append(list, fmt.Sprintf("Of %d organisations the first %d of each lot are studied; ranks are among these.", len(s.scorer.bidders), mostStudied))
	}
	for _, p := range s.projects {
		if !p.known {
			list = append(list, p.id+": nothing in it could be shown; that stays unknown, and is drawn nowhere.")
		}
	}
	return list
}

// ranked reports whether the mode shows ranks, as [scorer.order] gives them.
func ranked(t *model.Tender) bool {
	return t.Mode != model.Selection || t.Shortlist || t.Bidders.All
}
