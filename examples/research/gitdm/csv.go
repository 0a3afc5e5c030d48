package gitdm

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
)

// CSV writes all tables as one, with a row for each row of theirs: what it is about, by
// what it is counted, the name, the count with as many as six decimals, its share in
// percent, and where lines are counted those added and deleted. The totals come
// first, with "totals" for what they are about.
func CSV(w io.Writer, r *Report) error {
	c := csv.NewWriter(w)
	c.Write([]string{"of", "by", "name", "count", "share", "added", "deleted"})
	for _, t := range r.totals() {
		c.Write([]string{"totals", t.name, "", strconv.Itoa(t.count), "", "", ""})
	}
	for _, t := range r.Tables {
		for _, row := range t.Rows {
			added, deleted := "", ""
			if t.By == measures()[byLines].name {
				added, deleted = decimal(row.Added, 6), decimal(row.Deleted, 6)
			}
			c.Write([]string{string(t.Of), t.By, safe(row.Name), decimal(row.Count, 6), t.Share(row), added, deleted})
		}
	}
	c.Flush()
	return c.Error()
}

// total is one of the totals, with its name.
type total struct {
	name  string
	count int
}

// totals returns the totals in their order, and how the ends differ where that is known.
func (r *Report) totals() []total {
	t := r.Totals
	list := []total{
		{"changesets", t.Changesets}, {"merges", t.Merges}, {"skipped", t.Skipped}, {"developers", t.Developers},
		{"employers", t.Employers}, {"files", t.Files}, {"added", t.Added}, {"deleted", t.Deleted}, {"delta", t.Delta()},
		{"changed", t.Changed}, {"incomplete", t.Incomplete},
	}
	if r.Ends != nil {
		list = append(list, total{"files between ends", r.Ends.Touched}, total{"added between ends", r.Ends.Lines.Added},
			total{"deleted between ends", r.Ends.Lines.Deleted}, total{"unknown between ends", r.Ends.Unknown})
	}
	return list
}

// safe keeps a name from being taken for a formula by a spreadsheet: names come from
// strangers. See https://owasp.org/www-community/attacks/CSV_Injection.
func safe(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
