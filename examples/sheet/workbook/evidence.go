package workbook

import (
	"fmt"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report"
)

const (
	// mostRows is how many rows a sheet has, in all three programs.
	mostRows = 1_048_576
	// mostLinks is how many cells of the workbook lead to their address: Excel takes 65,530
	// in a sheet, and each takes time to open. Further addresses stand as texts.
	mostLinks = 65_000
)

// evidenceLog writes acts into as many sheets as they need.
type evidenceLog struct {
	b     *book
	g     *grid
	sw    *excelize.StreamWriter
	row   int
	most  int // rows of a sheet
	links int
	sheet int
	looks map[look]int
	words map[string]string // translated
	row1  []any             // of the act at hand, to be used again
}

// evidenceSheets writes all acts, as they come.
func (b *book) evidenceSheets() error {
	e := &evidenceLog{b: b, most: b.rowsOfSheet, looks: map[look]int{}, words: map[string]string{}, row1: make([]any, 0, 16)}
	for _, l := range []look{textLook, pointsLook, dayLook, linkLook} {
		id, err := b.style(l)
		if err != nil {
			return err
		}
		e.looks[l] = id
	}
	if err := e.next(); err != nil {
		return err
	}
	for v, err := range ahead(b.in.Evidence) {
		if err != nil {
			return err
		}
		if e.row == e.most {
			if err := e.end(); err != nil {
				return err
			}
			if err := e.next(); err != nil {
				return err
			}
		}
		if err := e.write(v); err != nil {
			return err
		}
	}
	return e.end()
}

// next begins a sheet.
func (e *evidenceLog) next() (err error) {
	e.sheet++
	name := e.b.l.T("Evidence")
	if e.sheet > 1 {
		name = fmt.Sprintf("%s %d", name, e.sheet)
	}
	e.g = &grid{name: name, colour: navy, pages: 2, widths: []float64{12, 14, 28, 24, 44, 13, 20, 22, 13, 17, 34, 16, 44, 18, 18}}
	said := e.b.l.T("Every act that was read, counted or refused, with the rule and the reason. Persons stand under pseudonyms unless they were asked for. The first %d addresses are links, all others texts.", e.b.linksOfBook)
	if only := e.b.in.Only; only != "" {
		said = e.b.l.T("The acts that concern %s, counted or refused, with the rule and the reason; those of others are not in this edition. Persons stand under pseudonyms unless they were asked for. The first %d addresses are links, all others texts.", clean(only), e.b.linksOfBook)
	}
	e.b.top(e.g, false, said)
	e.g.heads = e.b.columns(e.g, "verdict", "project", "repository", "act", "address", "role", "person", "vendor", "level of evidence", "time (UTC)", "credit", "rule", "reason", "part of", "bidders")
	if e.sw, err = e.b.open(e.g); err != nil {
		return err
	}
	for i, row := range e.g.rows {
		if err := e.b.writeRow(e.sw, i+1, row, e.g.height(i+1)); err != nil {
			return err
		}
	}
	e.row = len(e.g.rows)
	return nil
}

// end ends a sheet.
func (e *evidenceLog) end() error {
	for i := range e.g.rows {
		if column := e.g.wide[i+1]; column > 0 {
			if err := e.sw.MergeCell(at(column, i+1), at(e.g.width(), i+1)); err != nil {
				return err
			}
		}
	}
	e.g.filter = fmt.Sprintf("%s:%s", at(1, e.g.heads), at(e.g.width(), e.row))
	if err := e.b.finish(e.g, e.row); err != nil {
		return err
	}
	return e.sw.Flush()
}

// write writes one act.
func (e *evidenceLog) write(v *report.StoredVerdict) error {
	e.row++
	verdict := "refused"
	if v.Counted {
		verdict = "counted"
	}
	e.row1 = e.row1[:0]
	e.text(e.word(verdict))
	e.text(clean(v.Project))
	e.text(clean(v.Repository))
	e.text(clean(string(v.Artifact)))
	e.address(v.Link)
	e.text(e.word(string(v.Role)))
	e.text(e.person(v))
	e.text(clean(e.vendors(v)))
	e.text(e.levels(v))
	e.time(v.At)
	e.text(e.credits(v))
	e.text(clean(v.Rule))
	e.text(e.reason(v))
	e.text(clean(string(v.Change)))
	e.text(clean(strings.Join(v.Bidders, ", ")))
	return e.sw.SetRow(at(1, e.row), e.row1)
}

// text appends a text to the row; an empty one leaves its cell empty.
func (e *evidenceLog) text(s string) {
	if s == "" {
		e.row1 = append(e.row1, nil)
		return
	}
	e.row1 = append(e.row1, excelize.Cell{StyleID: e.looks[textLook], Value: s})
}

// address appends where a browser shows the act: a link while there may be more, and only to
// the web.
func (e *evidenceLog) address(link string) {
	if link == "" || e.links == e.b.linksOfBook || !webAddress(link) {
		e.text(clean(link))
		return
	}
	e.links++
	e.row1 = append(e.row1, excelize.Cell{StyleID: e.looks[linkLook], Value: link, Formula: `HYPERLINK("` + link + `")`})
}

// day 1 of a spreadsheet is 1900-01-01; before March of that year its days are off by one.
var (
	dayZero  = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	firstDay = time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC)
	lastDay  = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
)

// time appends an instant as spreadsheets count it; one that they do not know is a text.
func (e *evidenceLog) time(t time.Time) {
	t = t.UTC()
	switch {
	case t.IsZero():
		e.text("")
	case t.Before(firstDay) || t.After(lastDay):
		e.text(t.Format(time.RFC3339))
	default:
		days := float64(t.Unix()-dayZero.Unix()) / 86400
		e.row1 = append(e.row1, excelize.Cell{StyleID: e.looks[dayLook], Value: days})
	}
}

// person is a pseudonym, or a name where names are asked for; never an address.
func (e *evidenceLog) person(v *report.StoredVerdict) string {
	if e.b.in.Identify && v.Name != "" && !strings.Contains(v.Name, "@") {
		return clean(v.Name)
	}
	return clean(v.Person)
}

// word is [book.word], remembered.
func (e *evidenceLog) word(s string) string {
	if s == "" {
		return ""
	}
	w, ok := e.words[s]
	if !ok {
		w = e.b.word(s)
		e.words[s] = w
	}
	return w
}

// reason is the rule's particulars. Most are unlike each other: only those of English need
// no look into the catalogue.
func (e *evidenceLog) reason(v *report.StoredVerdict) string {
	if v.Reason == "" {
		return ""
	}
	return e.b.say(v.Reason)
}

// vendors says who employed the person.
func (e *evidenceLog) vendors(v *report.StoredVerdict) string {
	if len(v.Parts) == 1 && v.Parts[0].Part == model.Whole {
		if v.Parts[0].Vendor == "" {
			return e.word("unknown")
		}
		return v.Parts[0].Vendor
	}
	var list []string
	for _, p := range v.Parts {
		name := p.Vendor
		if name == "" {
			name = e.word("unknown")
		}
		list = append(list, name+" "+e.b.l.Percent(float64(p.Part)/model.Whole, 0))
	}
	return strings.Join(list, ", ")
}

func (e *evidenceLog) levels(v *report.StoredVerdict) string {
	if len(v.Parts) == 1 {
		return e.word(string(v.Parts[0].Level))
	}
	return clean(report.Levels(v.Verdict))
}

// credits says what the act earned, for each indicator.
func (e *evidenceLog) credits(v *report.StoredVerdict) string {
	switch {
	case len(v.Credits) == 0:
		return ""
	case e.b.l.Lang() == "en":
		return clean(report.Credits(v.Verdict))
	}
	var list []string
	for n := 0; n < len(v.Credits); {
		c, sum := v.Credits[n], int64(0)
		for ; n < len(v.Credits) && v.Credits[n].Indicator == c.Indicator; n++ {
			sum += v.Credits[n].Amount // the months of a listing
		}
		list = append(list, e.word(string(c.Indicator))+" "+e.amount(sum))
	}
	return strings.Join(list, ", ")
}

// amount writes millionths with as many decimals as there are.
func (e *evidenceLog) amount(millionths int64) string {
	decimals := 6
	for n := millionths; decimals > 0 && n%10 == 0; n /= 10 {
		decimals--
	}
	return e.b.l.Number(float64(millionths)/model.Whole, decimals)
}
