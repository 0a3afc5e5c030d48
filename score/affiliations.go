package score

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// Affiliations says how well it is known who works for whom in the projects of a tender,
// and whose answer is worth asking for. It names persons.
type Affiliations struct {
	Months    []MonthKnown           `json:"months"` // all of the window, in order
	Contested []model.ContestedShown `json:"contested,omitempty"`
	Left      []Departure            `json:"left,omitempty"`     // by day, then person
	Unknown   []UnknownPerson        `json:"unknown,omitempty"`  // at most [MostUnknown], those who move most first
	Findings  []affiliation.Finding  `json:"findings,omitempty"` // about the rosters, sorted; and domains that may be a person's own
	Notes     []string               `json:"notes,omitempty"`    // what of the tables was not understood
	Ranking   *model.Ranking         `json:"-"`                  // that it goes with
}

// MostUnknown is how many persons of unknown affiliation [Survey] lists.
const MostUnknown = 20

// MonthKnown counts the credited acts of a month by what is known of whom their actors
// worked for.
type MonthKnown struct {
	Month model.Month      `json:"month"`
	Acts  map[string]int64 `json:"acts"` // by [Knowledge], in millionths of an act
}

// Knowledge returns what can be known of an affiliation, best first: that a decision names
// it, the levels of evidence, that the mail domain stands for an organisation of its name,
// that the person is on their own or at a school, that the evidence is below what the
// tender asks for, that it is contested, and nothing.
func Knowledge() []string {
	list := []string{string(model.Decided)}
	for _, l := range model.Levels() {
		list = append(list, string(l))
	}
	return append(list, organisation, model.Independent, model.Academic, string(affiliation.Weak), string(affiliation.Contested), string(affiliation.Unknown))
}

// organisation is the knowledge that the mail domain stands for one of its name.
const organisation = "organisation"

// Departure is somebody who left a vendor of the tender within the window.
type Departure struct {
	affiliation.Departure
	Acts int64 `json:"acts"` // credited acts of the person afterwards
}

// UnknownPerson is somebody of whom nobody knows whom they worked for.
type UnknownPerson struct {
	Person string        `json:"person"` // key; personal data
	Name   string        `json:"name"`   // display name as a source saw it; personal data
	Acts   int64         `json:"acts"`   // credited ones of unknown affiliation
	Gain   model.Effects `json:"gain"`   // the largest change of a score if they were a bidder's
}

// Survey evaluates the tender as [Evaluate] does and says how well it is known who works
// for whom.
func Survey(t *model.Tender, records iter.Seq2[model.Record, error]) (*Affiliations, error) {
	if err := Check(t); err != nil {
		return nil, err
	}
	s := newSurvey(t)
	e := newEvaluation(t, &Options{Evidence: s.take})
	if err := e.all(records); err != nil {
		return nil, err
	}
	r := e.rank()
	a := &Affiliations{Months: s.months, Contested: r.Contested, Findings: s.roster.Findings(), Ranking: r, Left: s.left()}
	a.Unknown = s.unknown(e.ledgers, r)
	a.Findings = append(a.Findings, s.personal()...)
	var notes []model.Note
	for _, table := range t.Tables {
		notes = append(notes, table.Notes...)
	}
	slices.SortStableFunc(notes, func(a, b model.Note) int { return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line)) })
	for _, n := range notes {
		a.Notes = append(a.Notes, n.String())
	}
	return a, nil
}

// survey gathers what verdicts say of affiliations.
type survey struct {
	tender *model.Tender
	roster *affiliation.Roster
	months []MonthKnown
	names  map[string]string               // of persons of unknown affiliation
	acts   map[string]int64                // of them, in millionths
	days   map[string]map[model.Date]int64 // of who left, acts by day
	alone  map[string]map[string]string    // organisation of a domain's name → its persons → their names
}

func newSurvey(t *model.Tender) *survey {
	s := &survey{tender: t, roster: affiliation.NewRoster(t), names: map[string]string{}, acts: map[string]int64{}, days: map[string]map[model.Date]int64{}, alone: map[string]map[string]string{}}
	period := t.Window.Period()
	for m := model.MonthOf(period.Since); m.Time().Before(period.Until); m++ {
		s.months = append(s.months, MonthKnown{m, map[string]int64{}})
	}
	for _, d := range s.roster.Departures(period) {
		s.days[d.Person] = map[model.Date]int64{}
	}
	return s
}

// take counts a verdict. Being listed as a maintainer is no act.
func (s *survey) take(v model.Verdict) {
	if !v.Counted || len(v.Credits) == 0 || v.Role == model.Maintainer || len(s.months) == 0 {
		return
	}
	if days := s.days[v.Person]; days != nil {
		days[model.DateOf(v.At)]++
	}
	n := int(model.MonthOf(v.At) - s.months[0].Month)
	if n < 0 || n >= len(s.months) {
		return
	}
	for _, p := range v.Parts {
		known := knowledge(v, p)
		s.months[n].Acts[known] += p.Part
		if known == organisation {
			if s.alone[p.Vendor] == nil {
				s.alone[p.Vendor] = map[string]string{}
			}
			s.alone[p.Vendor][v.Person] = v.Name
		}
		if p.Vendor == "" && known != string(affiliation.Contested) {
			s.acts[v.Person] += p.Part
			if was, ok := s.names[v.Person]; !ok || v.Name < was {
				s.names[v.Person] = v.Name
			}
		}
	}
}

// knowledge says how a part of an act is known.
func knowledge(v model.Verdict, p model.Part) string {
	switch {
	case v.Rule == ruleContested.String() && p.Vendor == "":
		return string(affiliation.Contested)
	case v.Rule == ruleWeak.String():
		return string(affiliation.Weak)
	case p.Vendor == "":
		return string(affiliation.Unknown)
	case p.Vendor == model.Independent, p.Vendor == model.Academic:
		return p.Vendor
	case p.Level == "":
		return organisation
	}
	return string(p.Level)
}

// personal finds organisations of one person whose domain holds a part of the person's name:
// they may be its own domain.
func (s *survey) personal() (list []affiliation.Finding) {
	for _, org := range slices.Sorted(maps.Keys(s.alone)) {
		for _, name := range s.alone[org] {
			label, _, _ := strings.Cut(org, ".")
			part := func(word string) bool { return len(word) > 2 && strings.Contains(label, strings.ToLower(word)) }
			if len(s.alone[org]) == 1 && slices.ContainsFunc(strings.Fields(name), part) {
				list = append(list, affiliation.Finding{Kind: affiliation.PersonalDomain, Subject: org,
					Text: "one person, who bears a part of the domain's name, is all of this organisation; if the domain is that person's own, list it under personal_domains"})
			}
		}
	}
	return list
}

func (s *survey) left() []Departure {
	var list []Departure
	for _, d := range s.roster.Departures(s.tender.Window.Period()) {
		x := Departure{Departure: d}
		for day, n := range s.days[d.Person] {
			if day >= d.Day {
				x.Acts += n
			}
		}
		list = append(list, x)
	}
	return list
}

// unknown lists the persons whose answer would move a bidder's score most: by the largest
// gain of a bidder if all of their acts of unknown affiliation were its own. Where every
// organisation bids, only the first ten of each lot are tried; where the staff is named,
// nobody's employer moves anything.
func (s *survey) unknown(ledgers map[string]*Ledger, r *model.Ranking) []UnknownPerson {
	if s.tender.Mode == model.Award {
		return nil
	}
	w := newWhatIf(s.tender, ledgers, r)
	var list []UnknownPerson
	for person, acts := range s.acts {
		u := UnknownPerson{Person: person, Name: s.names[person], Acts: whole(acts)}
		for _, lot := range r.Lots {
			standings := lot.Standings
			if s.tender.Bidders.All && len(standings) > 10 {
				standings = standings[:10]
			}
			for _, st := range standings {
				if gain := w.gain(person, st.Bidder, lot); gain > u.Gain.Change {
					u.Gain = model.Effects{Lot: lot.ID, Bidder: st.Bidder, Change: gain}
				}
			}
		}
		if u.Gain.Change > 0 {
			list = append(list, u)
		}
	}
	slices.SortFunc(list, func(a, b UnknownPerson) int {
		return cmp.Or(cmp.Compare(b.Gain.Change, a.Gain.Change), cmp.Compare(b.Acts, a.Acts), cmp.Compare(a.Person, b.Person))
	})
	return list[:min(len(list), MostUnknown)]
}

// whatIf answers what would change if people were a bidder's.
type whatIf struct {
	*scorer
	projects map[string]model.ProjectResult
	tallies  map[string][]*tally          // by project and bidder
	all      map[string]int64             // acts of everybody, by project
	cells    map[string]map[string][]Cell // of unknown affiliation, by project and person
	place    map[string]int               // of a bidder
}

func newWhatIf(t *model.Tender, ledgers map[string]*Ledger, r *model.Ranking) *whatIf {
	w := &whatIf{newScorerApart(t, ledgers), map[string]model.ProjectResult{}, map[string][]*tally{}, map[string]int64{}, map[string]map[string][]Cell{}, map[string]int{}}
	for _, p := range r.Projects {
		by, everybody, _ := w.scorer.tallies(p.ID)
		w.projects[p.ID], w.tallies[p.ID] = p, by
		w.all[p.ID], _ = everybody.distinct()
		w.cells[p.ID] = map[string][]Cell{}
		for _, c := range w.scorer.cells[p.ID] {
			if c.Vendor == "" {
				w.cells[p.ID][c.Person] = append(w.cells[p.ID][c.Person], c)
			}
		}
	}
	for i, b := range w.bidders {
		w.place[b.ID] = i
	}
	return w
}

// gain is what a bidder's score of a lot would gain if a person's acts of unknown
// affiliation were its own, in points of 100.
func (w *whatIf) gain(person, bidder string, lot model.LotResult) float64 {
	at := w.place[bidder]
	var sum float64
	for _, weighted := range lot.Projects {
		own := w.cells[weighted.Project][person]
		if len(own) == 0 || weighted.Weight == 0 {
			continue
		}
		p := w.projects[weighted.Project]
		before := w.score(w.bidders[at], w.tallies[p.ID][at], w.all[p.ID], p.Indicators)
		with := w.tallies[p.ID][at].clone()
		for _, c := range own {
			with.add(c, w.amount(c))
		}
		after := w.score(w.bidders[at], with, w.all[p.ID], p.Indicators)
		if before.Score != nil && after.Score != nil {
			sum += float64(weighted.Weight * (*after.Score - *before.Score))
		}
	}
	return round(sum, 4)
}

// clone copies what scores hang on, which is all but the persons.
func (t *tally) clone() *tally {
	c := &tally{maps.Clone(t.credit), maps.Clone(t.acts), make(map[model.Indicator]map[model.Month]bool, len(t.months)), map[string]bool{}}
	for i, months := range t.months {
		c.months[i] = maps.Clone(months)
	}
	return c
}
