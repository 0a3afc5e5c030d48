package gitdm

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// Subject says whose figures a table shows.
type Subject string

// The subjects of tables.
const (
	OfDevelopers Subject = "developers"
	OfEmployers  Subject = "employers"
)

// Table is a table of one measure.
type Table struct {
	Of Subject
	By string // the unit, in the plural: changesets, changed lines, signoffs, reviews, tests, reports; of employers also developers
	// Total is the sum of the rows, in millionths. That of developers by employers counts
	// somebody once for each employer.
	Total int64
	// Rows are sorted by count, the largest first, then by name. Those of employers
	// hold a row [Unknown] even where its count is 0; all others have a larger one.
	Rows []Row
}

// Title is the table's heading.
func (t Table) Title() string {
	return strings.ToUpper(string(t.Of[:1])) + string(t.Of[1:]) + " by " + t.By
}

// Row is a developer or an employer.
type Row struct {
	Name  string
	Count int64 // in millionths
	// Added and Deleted are lines, in millionths; set where lines are what is counted.
	Added, Deleted int64

	key string // of a developer; personal data
}

func compareRows(a, b Row) int {
	return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name), cmp.Compare(a.key, b.key))
}

// Share is the row's part of the table's total, in percent with one decimal.
func (t Table) Share(r Row) string { return t.share(r.Count) }

func (t Table) share(count int64) string {
	if t.Total == 0 {
		return "0.0"
	}
	return strconv.FormatFloat(float64(count)*100/float64(t.Total), 'f', 1, 64)
}

// decimal writes millionths, without zeros at the end; most is the most decimals.
func decimal(n int64, most int) string {
	s := strconv.FormatFloat(float64(n)/model.Whole, 'f', most, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}
