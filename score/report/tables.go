package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report/locale"
)

var zero float64 // nothing that is counted lies below it

const statusDoc = "whether the result is a simulation, or official by a sealed document, whose digest then follows"

// gapsColumn says in each row of a table of figures whether these are of everything.
func gapsColumn() column {
	return column{"gaps", kindInteger, "repositories, or parts of them, that could not be mined: where there are any the figures are not of everything", true, &zero, nil}
}

// The tables of a bundle. What [datapackage.json] says of them is made of these lists.
func rankingTable() *table {
	return &table{"ranking", "Bidders by lot", []column{
		{"status", kindString, statusDoc, true, nil, nil},
		{"lot", kindString, "short name of the lot", true, nil, nil},
		{"rank", kindInteger, "from 1; bidders with equal points share it; empty where no score is known or the mode shows no ranks", false, &one, nil},
		{"bidder", kindString, "short name of the bidder", true, nil, nil},
		{"name", kindString, "name of the bidder", false, nil, nil},
		{"points", kindNumber, "points out of points_max, rounded half away from zero to two decimals; empty where nothing of the lot could be scored, which is not 0", false, &zero, nil},
		{"points_max", kindNumber, "points of a full score in the lot", true, &zero, nil},
		{"score", kindNumber, "in percent, from 0 to 100; empty where it is not known", false, &zero, nil},
		{"meets", kindString, "whether the minimum is met; empty where none is asked for or no score is known", false, nil, []string{"meets", "does not meet"}},
		{"people", kindInteger, "persons with a credited act in the lot's projects; empty where nothing of the lot could be scored and nobody was found", false, &zero, nil},
		{"insufficient_in", kindString, "projects with less than the minimum evidence, separated by spaces", false, nil, nil},
		gapsColumn(),
	}}
}

func projectsTable() *table {
	return &table{"projects", "Indicators by project and bidder", []column{
		{"status", kindString, statusDoc, true, nil, nil},
		{"project", kindString, "short name of the project", true, nil, nil},
		{"bidder", kindString, "short name of the bidder", true, nil, nil},
		{"pillar", kindString, "commits, reviews or maintenance", true, nil, nil},
		{"indicator", kindString, "the indicator in the pillar", true, nil, nil},
		{"state", kindString, "how much of it the sources could show", true, nil, []string{string(model.Complete), string(model.Partial), string(model.Unavailable)}},
		{"value", kindNumber, "credits, or months; empty where the indicator was dropped", false, &zero, nil},
		{"acts", kindInteger, "acts behind the value", false, &zero, nil},
		{"threshold", kindNumber, "T: the value from which the full score is had", false, &zero, nil},
		{"r", kindNumber, "value divided by threshold", false, &zero, nil},
		{"n", kindNumber, "score of r by the method's table, from 0 to 1", false, &zero, nil},
		{"weight", kindNumber, "part of the project's score, from 0 to 1", false, &zero, nil},
		{"points", kindNumber, "weight times n times 100: part of the project's score of 100", false, &zero, nil},
		{"reason", kindString, "why it was dropped, or is known in part only", false, nil, nil},
		gapsColumn(),
	}}
}

func evidenceTable() *table {
	return &table{"evidence", "Acts, counted and refused", []column{
		{"status", kindString, statusDoc, true, nil, nil},
		{"project", kindString, "short name of the project", true, nil, nil},
		{"repository", kindString, "address of the repository", true, nil, nil},
		{"artifact", kindString, "what was done something on, such as commit:SHA, change:412, release:v2.1", true, nil, nil},
		{"link", kindString, "where a browser shows the artifact; it may name its author", false, nil, nil},
		{"role", kindString, "in which the person acted", true, nil, nil},
		{"person", kindString, "pseudonym; a name in results made with --identify; empty for nobody", false, nil, nil},
		{"vendor", kindString, "who employed the person at the act, with parts where several did", false, nil, nil},
		{"evidence", kindString, "level of the evidence for the vendor", false, nil, nil},
		{"at", kindDatetime, "when the act counts: acceptance or publication, UTC", true, nil, nil},
		{"counted", kindBoolean, "whether the act counts", true, nil, nil},
		{"credit", kindString, "what it earned, by indicator", false, nil, nil},
		{"rule", kindString, "the rule that refused or discounted it", false, nil, nil},
		{"reason", kindString, "particulars of the rule", false, nil, nil},
		{"change", kindString, "the change that the artifact belongs to", false, nil, nil},
	}}
}

func totalsTable() *table {
	return &table{"totals", "Credits by project, bidder, indicator and month", []column{
		{"status", kindString, statusDoc, true, nil, nil},
		{"project", kindString, "short name of the project", true, nil, nil},
		{"bidder", kindString, "short name of the bidder; empty for all that counts for nobody who bids", false, nil, nil},
		{"indicator", kindString, "the indicator", true, nil, nil},
		{"month", kindString, "UTC, as 2026-11", true, nil, nil},
		{"credit", kindNumber, "credits", true, nil, nil},
		{"acts", kindNumber, "credited acts; an act of two half-time employers is half an act for each", true, &zero, nil},
		{"people", kindInteger, "persons with a credit in the month", true, &zero, nil},
		gapsColumn(),
	}}
}

var one float64 = 1

// CSV writes one row per lot and bidder: the ranking as a spreadsheet takes it.
func CSV(w io.Writer, r *model.Ranking) error { return RankingCSV(w, r, nil) }

// RankingCSV is [CSV] in the edition of a language; nil is English.
func RankingCSV(w io.Writer, r *model.Ranking, l *locale.Locale) error {
	t := newTable(w, rankingTable(), dialectOf(l))
	x := &t.row
	for _, lot := range r.Lots {
		for _, s := range lot.Standings {
			x.text(r.Label())
			x.text(lot.ID)
			x.raw(rank(s.Rank))
			x.text(s.Bidder)
			x.text(s.Name)
			x.decimal(s.Points, 2)
			x.number(lot.Points)
			x.decimal(s.Score, 6)
			x.text(x.d.word(meets(s.Meets)))
			x.raw(people(s))
			x.text(strings.Join(s.Insufficient, " "))
			x.integer(int64(len(r.Gaps)))
			t.end()
		}
	}
	return t.close()
}

// people counts who was credited; "" where nothing could be scored and nobody found, which is not 0.
func people(s model.Standing) string {
	if s.Score == nil && s.People == 0 {
		return ""
	}
	return strconv.Itoa(s.People)
}

// ProjectsCSV writes one row per project, bidder and indicator, in the edition of a language;
// nil is English: what was measured and what it makes.
func ProjectsCSV(w io.Writer, r *model.Ranking, l *locale.Locale) error {
	t := newTable(w, projectsTable(), dialectOf(l))
	x := &t.row
	for _, p := range r.Projects {
		for _, s := range p.Scores {
			for _, i := range p.Indicators {
				for _, text := range []string{r.Label(), p.ID, s.Bidder, x.d.word(string(i.Pillar)), x.d.word(string(i.Indicator)), x.d.word(string(i.State))} {
					x.text(text)
				}
				at := slices.IndexFunc(s.Values, func(v model.Measurement) bool { return v.Pillar == i.Pillar && v.Indicator == i.Indicator })
				x.measured(i, s.Values, at)
				x.text(x.d.say(i.Reason))
				x.integer(int64(len(r.Gaps)))
				t.end()
			}
		}
	}
	return t.close()
}

// measured writes the figures of a measurement, or nothing where there is none.
func (r *row) measured(i model.IndicatorResult, all []model.Measurement, at int) {
	if at < 0 {
		for range 7 {
			r.raw("")
		}
		return
	}
	v := all[at]
	r.number(v.Value)
	r.integer(v.Acts)
	for _, x := range []float64{i.T, v.R, v.N, i.Weight, v.Points} {
		r.number(x)
	}
}

// TotalsCSV writes totals, in the edition of a language; nil is English. The ranking is the one
// that they make: each row says what it is, and how many gaps it has.
func TotalsCSV(w io.Writer, r *model.Ranking, totals []model.Total, l *locale.Locale) error {
	t := newTable(w, totalsTable(), dialectOf(l))
	x := &t.row
	for _, s := range totals {
		for _, text := range []string{r.Label(), s.Project, s.Bidder, x.d.word(string(s.Indicator)), s.Month.String()} {
			x.text(text)
		}
		x.raw(x.point(millionths(s.Credit)))
		x.raw(x.point(millionths(s.Acts)))
		x.integer(int64(s.People))
		x.integer(int64(len(r.Gaps)))
		t.end()
	}
	return t.close()
}

// millionths writes an amount exactly.
func millionths(n int64) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	s := fmt.Sprintf("%s%d.%06d", sign, n/model.Whole, n%model.Whole)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// Evidence writes verdicts as CSV, one row each.
type Evidence struct {
	// Label is what each row says it is; SIMULATION where it is not set. Rows are written
	// before a result can be official, so whoever sets it throws them away where it is not.
	Label string
	// Link returns where a browser shows an artifact, see [Linker]; [Link] where it is not set.
	Link func(repository string, a model.Artifact) string
	t    *tableWriter
	show People
}

// NewEvidence writes the heading and returns the writer of the rows.
func NewEvidence(w io.Writer, show People) *Evidence { return NewEvidenceIn(w, show, nil) }

// NewEvidenceIn is [NewEvidence] in the edition of a language; nil is English.
func NewEvidenceIn(w io.Writer, show People, l *locale.Locale) *Evidence {
	return &Evidence{Label: model.Simulation, Link: Link, t: newTable(w, evidenceTable(), dialectOf(l)), show: show}
}

// Write writes one verdict.
func (e *Evidence) Write(v model.Verdict) {
	e.row(&e.t.row, &v, cellsOf(e.Label, &v, e.show.Person(v), e.Link(v.Repository, v.Artifact)))
	e.t.end()
}

// WriteStored writes one verdict of stored evidence, with the person and the address that
// are stored.
func (e *Evidence) WriteStored(s StoredVerdict) {
	e.row(&e.t.row, &s.Verdict, cellsOf(e.Label, &s.Verdict, s.Who(), s.Link))
	e.t.end()
}

// Flush writes the rows that are held to the writer.
func (e *Evidence) Flush() error {
	e.t.flush()
	return e.t.err
}

// verdictCells are the cells of a verdict that are the same in every language, safe already.
type verdictCells struct{ status, project, repository, artifact, link, person, at, rule, change string }

func cellsOf(status string, v *model.Verdict, person, link string) *verdictCells {
	return &verdictCells{safe(status), safe(v.Project), safe(v.Repository), safe(string(v.Artifact)), safe(link), safe(person),
		v.At.UTC().Format("2006-01-02T15:04:05Z"), safe(v.Rule), safe(string(v.Change))}
}

// row writes the cells of a verdict.
func (e *Evidence) row(x *row, v *model.Verdict, c *verdictCells) {
	x.raw(c.status)
	x.raw(c.project)
	x.raw(c.repository)
	x.raw(c.artifact)
	x.raw(c.link)
	x.text(x.d.word(string(v.Role)))
	x.raw(c.person)
	x.text(x.d.vendors(v))
	x.text(x.d.levels(v))
	x.raw(c.at)
	x.truth(v.Counted)
	x.text(x.d.credits(v))
	x.raw(c.rule)
	x.text(x.d.say(v.Reason))
	x.raw(c.change)
}

// Close writes what is buffered and returns the first error of all writes.
func (e *Evidence) Close() error { return e.t.close() }

func (d *dialect) vendors(v *model.Verdict) string {
	if len(v.Parts) == 1 && v.Parts[0].Part == model.Whole && v.Parts[0].Vendor != "" {
		return v.Parts[0].Vendor
	}
	return vendorsIn(*v, d.word("unknown"), d.number)
}

// number writes a number among words.
func (d *dialect) number(x float64) string {
	return strings.Replace(number(x), ".", string(d.point), 1)
}

func (d *dialect) levels(v *model.Verdict) string {
	if len(v.Parts) == 1 {
		return d.word(string(v.Parts[0].Level))
	}
	s := Levels(*v)
	if d.english() || s == "" {
		return s
	}
	words := strings.Split(s, ", ")
	for i := range words {
		words[i] = d.word(words[i])
	}
	return strings.Join(words, ", ")
}

// credits writes what an act earned.
func (d *dialect) credits(v *model.Verdict) string {
	switch len(v.Credits) {
	case 0:
		return ""
	case 1:
		return d.word(string(v.Credits[0].Indicator)) + " " + d.number(float64(v.Credits[0].Amount)/model.Whole)
	}
	var list []string
	for _, c := range credited(*v) {
		list = append(list, d.word(string(c.Indicator))+" "+d.number(float64(c.Amount)/model.Whole))
	}
	if d.english() {
		return strings.Join(list, ", ")
	}
	return strings.Join(list, " ; ") // commas are decimal points
}
