// Package report renders a ranking: as text for a terminal, as CSV for a
// spreadsheet, as JSON for a program. No rendering decides anything; none holds a
// mail address. Persons appear under keyed pseudonyms unless their names are
// asked for.
package report

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// JSON writes the ranking as indented JSON, in the form that its types document.
func JSON(w io.Writer, r *model.Ranking) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(r)
}

// CSV writes one row per lot and bidder: the ranking as a spreadsheet takes it.
func CSV(w io.Writer, r *model.Ranking) error {
	rows := [][]string{{"status", "lot", "rank", "bidder", "name", "points", "points_max", "score", "meets", "people", "insufficient_in"}}
	for _, lot := range r.Lots {
		for _, s := range lot.Standings {
			rows = append(rows, []string{r.Label(), lot.ID, rank(s.Rank), s.Bidder, s.Name, decimal(s.Points, 2),
				number(lot.Points), decimal(s.Score, 6), meets(s.Meets), strconv.Itoa(s.People), strings.Join(s.Insufficient, " ")})
		}
	}
	return writeCSV(w, rows)
}

// IndicatorsCSV writes one row per project, bidder and indicator: what was
// measured and what it makes.
func IndicatorsCSV(w io.Writer, r *model.Ranking) error {
	rows := [][]string{{"status", "project", "bidder", "pillar", "indicator", "state", "value", "acts", "threshold", "r", "n", "weight", "points", "reason"}}
	for _, p := range r.Projects {
		for _, x := range p.Scores {
			values := map[[2]string]model.Measurement{}
			for _, v := range x.Values {
				values[[2]string{string(v.Pillar), string(v.Indicator)}] = v
			}
			for _, i := range p.Indicators {
				row := []string{r.Label(), p.ID, x.Bidder, string(i.Pillar), string(i.Indicator), string(i.State)}
				if v, ok := values[[2]string{string(i.Pillar), string(i.Indicator)}]; ok {
					row = append(row, number(v.Value), strconv.FormatInt(v.Acts, 10), number(i.T),
						number(v.R), number(v.N), number(i.Weight), number(v.Points))
				} else {
					row = append(row, "", "", "", "", "", "", "")
				}
				rows = append(rows, append(row, i.Reason))
			}
		}
	}
	return writeCSV(w, rows)
}

// Evidence writes verdicts as CSV, one row each.
type Evidence struct {
	// Label is what each row says it is; SIMULATION where it is not set. Rows are written
	// before a result can be official, so whoever sets it throws them away where it is not.
	Label string
	w     *csv.Writer
	show  People
}

// NewEvidence writes the heading and returns the writer of the rows.
func NewEvidence(w io.Writer, show People) *Evidence {
	e := &Evidence{model.Simulation, csv.NewWriter(w), show}
	e.write([]string{"status", "project", "repository", "artifact", "link", "role", "person", "vendor", "evidence", "at", "counted", "credit", "rule", "reason", "change"})
	return e
}

// Write writes one verdict.
func (e *Evidence) Write(v model.Verdict) {
	e.write([]string{e.Label, v.Project, v.Repository, string(v.Artifact), Link(v.Repository, v.Artifact), string(v.Role),
		e.show.Person(v), Vendors(v), Levels(v), v.At.Format("2006-01-02T15:04:05Z"), strconv.FormatBool(v.Counted),
		Credits(v), v.Rule, v.Reason, string(v.Change)})
}

func (e *Evidence) write(row []string) {
	for i := range row {
		row[i] = safe(row[i])
	}
	e.w.Write(row)
}

// Close writes what is buffered and returns the first error of all writes.
func (e *Evidence) Close() error {
	e.w.Flush()
	return e.w.Error()
}

// People says how persons appear in evidence.
type People struct {
	Names bool   // under their names, as the source saw them
	Key   []byte // else under pseudonyms made with this key
}

// Person returns the name under which the person of a verdict appears, never a
// mail address. A pseudonym is the same for the same person and key. It cannot be
// computed from an address without the key, so a secret key keeps persons apart
// from their acts as far as the acts themselves do.
func (p People) Person(v model.Verdict) string { return p.Show(v.Person, v.Name) }

// Show returns the name under which a person appears of whom the key and the display name
// are known, as [People.Person] does.
func (p People) Show(person, name string) string {
	if person != "" && p.Names && name != "" && !strings.Contains(name, "@") {
		return name
	}
	return p.pseudonym(person)
}

// pseudonym returns the person's pseudonym, "" for nobody.
func (p People) pseudonym(person string) string {
	if person == "" {
		return ""
	}
	m := hmac.New(sha256.New, p.Key)
	m.Write([]byte(person))
	return "person-" + hex.EncodeToString(m.Sum(nil))[:12]
}

// Vendors writes who employed the person at an act.
func Vendors(v model.Verdict) string {
	var list []string
	for _, p := range v.Parts {
		name := p.Vendor
		if name == "" {
			name = "unknown"
		}
		if p.Part != model.Whole {
			name = fmt.Sprintf("%s %s %%", name, number(float64(p.Part)*100/model.Whole))
		}
		list = append(list, name)
	}
	return strings.Join(list, ", ")
}

// Levels writes the level of evidence for whom the person worked for, "" where there is none.
func Levels(v model.Verdict) string {
	var list []string
	for _, p := range v.Parts {
		if p.Level != "" && !slices.Contains(list, string(p.Level)) {
			list = append(list, string(p.Level))
		}
	}
	return strings.Join(list, ", ")
}

// Credits writes what an act earned.
func Credits(v model.Verdict) string {
	var list []string
	for n := 0; n < len(v.Credits); {
		c, sum := v.Credits[n], int64(0)
		for ; n < len(v.Credits) && v.Credits[n].Indicator == c.Indicator; n++ {
			sum += v.Credits[n].Amount // the months of a listing
		}
		list = append(list, fmt.Sprintf("%s %s", c.Indicator, number(float64(sum)/model.Whole)))
	}
	return strings.Join(list, ", ")
}

func writeCSV(w io.Writer, rows [][]string) error {
	c := csv.NewWriter(w)
	for _, row := range rows {
		for i := range row {
			row[i] = safe(row[i])
		}
		c.Write(row)
	}
	c.Flush()
	return c.Error()
}

// safe keeps a text from being taken for a formula by a spreadsheet: names come
// from strangers. See https://owasp.org/www-community/attacks/CSV_Injection.
func safe(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		if _, err := strconv.ParseFloat(s, 64); err != nil {
			return "'" + s
		}
	}
	return s
}

func rank(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func meets(b *bool) string {
	if b == nil {
		return ""
	}
	if *b {
		return "meets"
	}
	return "does not meet"
}

// decimal writes an unknown figure as nothing, never as 0.
func decimal(x *float64, decimals int) string {
	if x == nil {
		return ""
	}
	return strconv.FormatFloat(*x, 'f', decimals, 64)
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
