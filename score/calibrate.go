package score

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"

	"github.com/tributary-oss/tributary/model"
)

// Tally judges the records and adds up what they are worth, as [Evaluate] does before it
// ranks: for what needs no ranking, such as [Calibrate] and [Seal]. The errors are the same.
func Tally(t *model.Tender, records iter.Seq2[model.Record, error], o *Options) (*Ledger, error) {
	if err := Check(t); err != nil {
		return nil, err
	}
	e := newEvaluation(t, o)
	if err := e.all(records); err != nil {
		return nil, err
	}
	return merged(e.ledgers), nil
}

// Calibration is the threshold that is proposed for one indicator of one project.
type Calibration struct {
	Project   string          `json:"project"`
	Pillar    model.Pillar    `json:"pillar"`
	Indicator model.Indicator `json:"indicator"`
	State     model.State     `json:"state"`
	// Reason says what evidence is missing, or why nothing is proposed.
	Reason string `json:"reason,omitempty"`
	People int    `json:"people"` // with a credited act, whoever employs them
	// Three is what the three most active of them reach together, in credits.
	Three float64 `json:"three"`
	Floor float64 `json:"floor"` // least threshold that the method allows
	// T is the proposal, in credits; 0 where there is none. None says that the proposal
	// is to drop the indicator for all, because nobody did anything of the kind.
	T    float64 `json:"t"`
	None bool    `json:"none,omitempty"`
	// Stated is what the document says now: a number, none, or "" for nothing.
	Stated string `json:"stated,omitempty"`
}

// Threshold returns the proposal as a document states it, and false where there is none.
func (c Calibration) Threshold() (model.Threshold, bool) {
	return model.Threshold{T: c.T, None: c.None}, c.T > 0 || c.None
}

// Calibrate proposes the thresholds of all projects from their own public activity in the
// window: what the three most active people reach together in an indicator, whoever employs
// them, rounded up, and at least the method's floor. The document's own thresholds change
// no proposal.
//
// An indicator of which nobody did anything is proposed to be none. Indicators in months
// are left out: their threshold is the window. For those that the sources cannot show, or
// that the document gives no weight, nothing is proposed, and the reason says so.
//
// Projects are in the order of their names, indicators in the method's.
func Calibrate(t *model.Tender, l *Ledger) []Calibration {
	s := newScorer(t, l)
	var list []Calibration
	for _, name := range t.ProjectNames() {
		_, _, persons := s.tallies(name)
		facts := cmp.Or(l.Projects[name], &Facts{})
		for _, m := range metrics {
			if !m.Months {
				list = append(list, s.calibrate(m, name, facts, persons[m.Of]))
			}
		}
	}
	return list
}

func (s *scorer) calibrate(m Metric, project string, facts *Facts, persons map[string]int64) Calibration {
	c := Calibration{Project: project, Pillar: m.Pillar, Indicator: m.Indicator, Floor: m.Floor, People: len(persons),
		Stated: written(s.tender.Projects[project].Thresholds, m.Indicator)}
	c.State, c.Reason = m.stateOf(facts)
	credits := slices.Collect(maps.Values(persons))
	proposed := m.propose(credits) // which sorts them
	for _, credit := range credits[:min(3, len(credits))] {
		c.Three += float64(credit) / model.Whole
	}
	switch {
	case s.weight(m) == 0:
		c.Reason = "it has no weight in the document"
	case c.State == model.Unavailable:
	case proposed == 0:
		c.None, c.Reason = true, "nobody did anything of the kind in the window"
	default:
		c.T = proposed
	}
	return c
}

// written returns a threshold as a document states it, "" where it does not.
func written(thresholds map[model.Indicator]model.Threshold, i model.Indicator) string {
	switch t, ok := thresholds[i]; {
	case !ok:
		return ""
	case t.None:
		return "none"
	default:
		return strconv.FormatFloat(t.T, 'f', -1, 64)
	}
}

// belowFloor returns a fault for each threshold of a tender that is below the method's
// floor. Documents are refused for it when they are read; this is for tenders made by hand.
func belowFloor(t *model.Tender) (list []string) {
	for _, name := range t.ProjectNames() {
		thresholds := t.Projects[name].Thresholds
		for _, i := range slices.Sorted(maps.Keys(thresholds)) {
			if x := thresholds[i]; !x.None && x.T < model.Floor(i) {
				list = append(list, fmt.Sprintf("%s: the threshold of %s is %s, below the method's floor of %s", name, i, number(x.T), number(model.Floor(i))))
			}
		}
	}
	return list
}
