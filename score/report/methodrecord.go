package report

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// MethodFormat names the written form of [MethodRecord].
const MethodFormat = "tributary-method-record/1"

// MethodRecord says how a ranking was made: with it, the record of the document and the
// evidence the ranking can be computed again. It holds no person.
type MethodRecord struct {
	Format  string            `json:"format"`
	Status  string            `json:"status"`  // the ranking's label
	Module  string            `json:"module"`  // version of the program; "(devel)" where it was built from a checkout
	Formats map[string]string `json:"formats"` // of the files of a bundle
	Method  model.MethodID    `json:"method"`
	// Basis is what the digest of the method is made of.
	Basis score.MethodBasis `json:"basis"`
	// Withheld are the parts of Basis and Method.Parts of which the record of the document
	// leaves something out, so that only whoever has the document can compute them; sorted.
	Withheld   []string          `json:"withheld"`
	Rules      []RuleRecord      `json:"rules"` // in their order
	Indicators []IndicatorRecord `json:"indicators"`
	Projects   []ProjectFacts    `json:"projects"` // sorted
}

// RuleRecord is a rule as it was applied.
type RuleRecord struct {
	Name       string   `json:"name"`
	Refuses    bool     `json:"refuses"`
	Doc        string   `json:"doc"`
	Why        string   `json:"why"`
	Source     string   `json:"source,omitempty"`
	Parameters []string `json:"parameters,omitempty"`
}

// IndicatorRecord says what an indicator measures.
type IndicatorRecord struct {
	Pillar    model.Pillar    `json:"pillar"`
	Indicator model.Indicator `json:"indicator"`
	Unit      string          `json:"unit"`
	Doc       string          `json:"doc"`
	Source    string          `json:"source"`
}

// ProjectFacts is what is known of a project beside credits, see [score.Facts].
type ProjectFacts struct {
	ID         string                  `json:"id"`
	Thresholds []model.IndicatorResult `json:"thresholds"` // as they were used
	Read       int64                   `json:"read"`
	Counted    int64                   `json:"counted"`
	Rules      map[string]int64        `json:"rules,omitempty"`     // acts touched, by rule
	Refused    map[string]int64        `json:"refused,omitempty"`   // acts refused, by rule
	Contested  []model.ContestedShown  `json:"contested,omitempty"` // acts by who claims the people
	Coverage   []model.CoverageShown   `json:"coverage,omitempty"`
	Tips       []model.TipShown        `json:"tips,omitempty"`
	Gaps       []model.Gap             `json:"gaps,omitempty"`
	Limits     []LimitShown            `json:"limits,omitempty"`
	Mined      bool                    `json:"mined"` // false: nothing of it could be
}

// LimitShown says that an indicator cannot be shown, or only in part.
type LimitShown struct {
	Indicator model.Indicator `json:"indicator"`
	State     model.State     `json:"state"`
	Reason    string          `json:"reason"`
}

// NewMethodRecord makes the record of a ranking of the tender, which is the document with
// its rosters, from the ledgers of its projects; see [score.Options].
func NewMethodRecord(t *model.Tender, r *model.Ranking, ledgers map[string]*score.Ledger) *MethodRecord {
	m := &MethodRecord{Format: MethodFormat, Status: r.Label(), Module: ModuleVersion(), Method: r.Method, Basis: score.MethodBasisOf(t, r),
		Formats: map[string]string{"tender.yaml": model.TenderFormat, "ranking.json": model.RankingFormat, "totals.json": TotalsFormat,
			"evidence.jsonl.gz": EvidenceFormat, "method.json": MethodFormat},
		Withheld: WithheldParts(Record(t, People{}))}
	for _, x := range score.Rules() {
		m.Rules = append(m.Rules, RuleRecord(x))
	}
	for _, x := range score.Metrics() {
		m.Indicators = append(m.Indicators, IndicatorRecord{x.Pillar, x.Indicator, x.Unit, x.Doc, x.Source})
	}
	for _, p := range r.Projects {
		var f *score.Facts
		if l := ledgers[p.ID]; l != nil && l.Projects[p.ID] != nil {
			var sorted score.Ledger // whoever made it
			sorted.Merge(&score.Ledger{Projects: map[string]*score.Facts{p.ID: l.Projects[p.ID]}})
			f = sorted.Projects[p.ID]
		}
		m.Projects = append(m.Projects, projectFacts(p, f))
	}
	return m
}

// WithheldParts names the parts of a method of which the record of a document leaves
// something out, sorted: see [MethodRecord].
func WithheldParts(record *model.Tender) []string {
	parts := []string{}
	for what := range record.Withheld {
		switch {
		case strings.HasPrefix(what, model.WithheldRoster), what == model.WithheldErased:
			parts = append(parts, "rosters")
		case what == model.WithheldPersonal:
			parts = append(parts, "vendors")
		default:
			parts = append(parts, what)
		}
	}
	if slices.ContainsFunc(record.Decisions, func(d model.Decision) bool { return d.On.Kind() == model.PersonArtifact }) {
		parts = append(parts, model.WithheldDecisions)
	}
	slices.Sort(parts)
	return slices.Compact(parts)
}

// ModuleVersion is the version of the program that runs, as records of the method state it:
// "(devel)" where it was built from a checkout.
func ModuleVersion() string {
	const devel = "(devel)"
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return devel
	}
	return info.Main.Version
}

func projectFacts(p model.ProjectResult, f *score.Facts) ProjectFacts {
	x := ProjectFacts{ID: p.ID, Thresholds: p.Indicators, Mined: f != nil}
	if f == nil {
		return x
	}
	x.Read, x.Counted, x.Rules, x.Refused, x.Gaps = f.Read, f.Counted, f.Rules, f.Refused, f.Gaps
	for _, key := range slices.Sorted(maps.Keys(f.Contested)) {
		x.Contested = append(x.Contested, model.ContestedShown{Vendors: strings.Split(key, "\n"), Acts: f.Contested[key]})
	}
	for _, c := range f.Coverage {
		x.Coverage = append(x.Coverage, model.CoverageShown{Repository: c.Repository, Coverage: c.Coverage})
	}
	for _, t := range f.Tips {
		x.Tips = append(x.Tips, model.TipShown{Repository: t.Repository, Tip: t.Tip})
	}
	for _, m := range f.Limits {
		x.Limits = append(x.Limits, LimitShown(m))
	}
	return x
}

// Facts returns the facts of a project that no verdict tells: what sources could show, where
// they were mined, gaps and limits. Counts of acts are left out.
func (p ProjectFacts) Facts() *score.Facts {
	f := &score.Facts{Gaps: p.Gaps}
	for _, c := range p.Coverage {
		f.Coverage = append(f.Coverage, score.CoverageAt{Repository: c.Repository, Coverage: c.Coverage})
	}
	for _, t := range p.Tips {
		f.Tips = append(f.Tips, score.TipAt{Repository: t.Repository, Tip: t.Tip})
	}
	for _, m := range p.Limits {
		f.Limits = append(f.Limits, score.Limit(m))
	}
	return f
}

// Counts enters what the record says of the numbers of acts into facts.
func (p ProjectFacts) Counts(f *score.Facts) {
	f.Read, f.Counted, f.Rules, f.Refused = p.Read, p.Counted, p.Rules, p.Refused
	for _, c := range p.Contested {
		if f.Contested == nil {
			f.Contested = map[string]int64{}
		}
		f.Contested[strings.Join(c.Vendors, "\n")] = c.Acts
	}
}

// Write writes the record as JSON.
func (m *MethodRecord) Write(w io.Writer) error { return WriteJSON(w, m) }

// ReadMethodRecord reads a record to the end of r. It fails with [ErrStored] on another form.
func ReadMethodRecord(r io.Reader) (*MethodRecord, error) {
	m := &MethodRecord{}
	if err := readJSON(r, m, func() string { return m.Format }, MethodFormat); err != nil {
		return nil, err
	}
	return m, nil
}

// TotalsFormat names the written form of [StoredTotals].
const TotalsFormat = "tributary-totals/1"

// StoredTotals is what bidders earned by month, without who did it.
type StoredTotals struct {
	Format string        `json:"format"`
	Status string        `json:"status"` // the ranking's label
	Method string        `json:"method"` // digest of the ranking's method
	Totals []model.Total `json:"totals"` // see [score.Totals]
}

// NewTotals makes the totals of a ranking from the ledgers of its projects.
func NewTotals(t *model.Tender, r *model.Ranking, ledgers map[string]*score.Ledger) *StoredTotals {
	s := &StoredTotals{TotalsFormat, r.Label(), r.Method.Digest, []model.Total{}}
	for _, name := range slices.Sorted(maps.Keys(ledgers)) { // as score.Totals sorts them
		s.Totals = append(s.Totals, score.Totals(t, ledgers[name])...)
	}
	return s
}

// Write writes the totals as JSON, one a line.
func (s *StoredTotals) Write(w io.Writer) error {
	head, err := encode(StoredTotals{s.Format, s.Status, s.Method, nil})
	if err != nil {
		return err
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(head), "\n"), "null}") + "["
	for i, x := range s.Totals {
		line, err := encode(x)
		if err != nil {
			return err
		}
		text += map[bool]string{true: ","}[i > 0] + "\n" + strings.TrimSuffix(string(line), "\n")
		if len(text) > 1<<15 || i == len(s.Totals)-1 {
			if _, err := io.WriteString(w, text); err != nil {
				return err
			}
			text = ""
		}
	}
	_, err = io.WriteString(w, text+"\n]}\n")
	return err
}

// ReadTotals reads totals to the end of r. It fails with [ErrStored] on another form.
func ReadTotals(r io.Reader) (*StoredTotals, error) {
	s := &StoredTotals{}
	if err := readJSON(r, s, func() string { return s.Format }, TotalsFormat); err != nil {
		return nil, err
	}
	return s, nil
}

// WriteJSON writes a value so that people can read it and no terminal is steered.
func WriteJSON(w io.Writer, v any) error {
	text, err := encode(v)
	if err != nil {
		return err
	}
	return indent(w, text)
}

// readJSON reads one value of a format and nothing else.
func readJSON(r io.Reader, v any, format func() string, want string) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, v); err != nil {
		return fmt.Errorf("%w: it is no %s (%w)", ErrStored, want, err)
	}
	if err := CheckFormat(format(), want); err != nil {
		return fmt.Errorf("%w: %w", ErrStored, err)
	}
	return nil
}
