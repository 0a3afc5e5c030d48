package audit

import (
	"fmt"
	"strings"
)

// Result is what an audit found.
type Result struct {
	Status, Method string // of the ranking whose decisions were looked at
	Gaps           int
	Seed           uint64
	Tag            string
	Questions      []Finding // in the order of [Questions], those that the key has
	// Overall is the agreement of the coders over all questions, on the rows as they were
	// drawn: it describes the coding, and no project.
	Overall Estimate
	// Open are the rows that the coders answered differently and that nobody adjudicated.
	Open []string
}

// Finding is what an audit found about one question.
type Finding struct {
	Question                 Question
	Rows                     int
	Agreed                   int // both coders said yes, or both no, and nobody adjudicated
	Adjudicated              int // yes or no by the adjudicated answer
	Unclear                  int // both coders, or the adjudicated answer, say unclear
	Open                     int // coders differ and nobody adjudicated
	Unanswered               int // by one coder or both, and not adjudicated
	Frame, Outside           int64
	Precision, Recall, Kappa Estimate
	Strata                   []Settled
}

// Settled is a stratum with the rows whose true answer is settled.
type Settled struct {
	Stratum
	Yes, No int64
}

// Evaluate holds the engine's answers against the coders'. What is true of a row is the
// adjudicated answer where there is one, else what both coders say. Rows where that is unclear,
// open or missing are left out, as if those that are settled had been drawn of their stratum
// by chance; each is counted.
func Evaluate(k *Key, rows []Coded) *Result {
	r := &Result{Status: k.Status, Method: k.Method, Gaps: k.Gaps, Seed: k.Seed, Tag: k.Tag}
	settled := make([]Settled, len(k.Strata))
	for n, s := range k.Strata {
		settled[n].Stratum = s
	}
	all := crossTable()
	for _, q := range Questions() {
		f := Finding{Question: q, Outside: k.Outside[q]}
		both := crossTable()
		for _, c := range rows {
			if c.Question != q {
				continue
			}
			f.Rows++
			cross(both, c)
			cross(all, c)
			if f.settle(c, &settled[k.stratum[c.ID]]) {
				r.Open = append(r.Open, c.ID)
			}
		}
		for _, s := range settled {
			if s.Question == q {
				f.Strata = append(f.Strata, s)
				f.Frame += s.Size
			}
		}
		if len(f.Strata) == 0 {
			continue
		}
		f.estimate()
		f.Kappa = Kappa(both)
		r.Questions = append(r.Questions, f)
	}
	r.Overall = Kappa(all)
	return r
}

// settle counts a row and reports whether it is open.
func (f *Finding) settle(c Coded, s *Settled) bool {
	truth := c.Adjudicated
	switch {
	case truth == Yes || truth == No:
		f.Adjudicated++
	case truth == Unclear:
		f.Unclear++
	case c.Coders[0] == "" || c.Coders[1] == "":
		f.Unanswered++
	case c.Coders[0] != c.Coders[1]:
		f.Open++
		return true
	case c.Coders[0] == Unclear:
		f.Unclear++
	default:
		truth = c.Coders[0]
		f.Agreed++
	}
	switch truth {
	case Yes:
		s.Yes++
	case No:
		s.No++
	}
	return false
}

// estimate weighs the strata by their sizes. A stratum of which nothing is settled leaves
// unknown what needs it.
func (f *Finding) estimate() {
	var parts [2][]part
	var silent [2][]string
	var count [2]int64
	for _, s := range f.Strata {
		i := 0
		if s.Engine == No {
			i = 1
		}
		if s.Yes+s.No == 0 {
			silent[i] = append(silent[i], s.Name)
			continue
		}
		count[i] += s.Yes + s.No
		parts[i] = append(parts[i], part{float64(s.Size), float64(s.Yes), float64(s.Yes + s.No)})
	}
	affirmed := ""
	switch {
	case len(silent[0]) > 0:
		affirmed = fmt.Sprintf("no row is settled of what the engine affirmed in these strata: %s", strings.Join(silent[0], ", "))
	case len(parts[0]) == 0:
		affirmed = "the engine affirmed nothing"
	}
	if affirmed != "" {
		f.Precision.Unknown = affirmed
	} else {
		p, low, high := precision(parts[0])
		f.Precision = known(p, low, high, count[0])
	}
	switch {
	case len(silent[0]) > 0:
		f.Recall.Unknown = affirmed
	case len(silent[1]) > 0:
		f.Recall.Unknown = fmt.Sprintf("no row is settled of what the engine denied in these strata: %s", strings.Join(silent[1], ", "))
	default:
		r, low, high, ok := recall(parts[0], parts[1])
		if !ok {
			f.Recall.Unknown = "no settled row is a yes"
			return
		}
		f.Recall = known(r, low, high, count[0]+count[1])
	}
}

func crossTable() [][]float64 {
	return [][]float64{make([]float64, 3), make([]float64, 3), make([]float64, 3)}
}

// cross enters a row that both coders answered into the table of their answers.
func cross(table [][]float64, c Coded) {
	place := map[Answer]int{Yes: 0, No: 1, Unclear: 2}
	a, ok := place[c.Coders[0]]
	b, also := place[c.Coders[1]]
	if ok && also {
		table[a][b]++
	}
}

// String writes an estimate as 0.93 (0.88–0.96), or that it is unknown.
func (e Estimate) String() string {
	if e.Value == nil {
		return "unknown"
	}
	return fmt.Sprintf("%.3f (%.3f to %.3f)", *e.Value, *e.Low, *e.High)
}
