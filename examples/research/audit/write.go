package audit

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/score/report"
)

// The columns of a sheet and of its key.
var (
	sheetColumns = []string{"sheet", "id", "question", "asked", "a", "b", "look_1", "look_2", "look_3", "look_4", "coder_1", "coder_2", "adjudicated", "remark"}
	keyColumns   = []string{"sheet", "row", "question", "engine", "stratum", "size", "drawn", "probability", "status", "method", "gaps", "seed"}
)

// What a row of a key is about, where it is no row of the sheet.
const (
	rowOfStratum = "stratum"
	rowOfOutside = "outside"
)

// Write writes the sheet as CSV (RFC 4180, UTF-8, lines end in CR LF), with empty columns for
// two coders, for the adjudicated answer and for remarks. It begins with a byte order mark,
// without which Excel takes names apart. It holds personal data.
func (s *Sheet) Write(w io.Writer) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	c, tag := newCSV(w), s.Tag()
	c.Write(sheetColumns)
	for _, i := range s.Items {
		row := []string{tag, i.ID, string(i.Question), inert(i.Asked), inert(i.A), inert(i.B)}
		for n := range 4 {
			at := ""
			if n < len(i.Look) {
				at = inert(i.Look[n])
			}
			row = append(row, at)
		}
		c.Write(append(row, "", "", "", ""))
	}
	c.Flush()
	return c.Error()
}

// WriteKey writes what the sheet must not tell, as CSV in the same form: for each row of the
// sheet the engine's answer, the stratum and with what probability it was drawn; then each
// stratum, also those of which nothing was drawn; and how much lies outside each frame. It
// holds nothing of a person.
func (s *Sheet) WriteKey(w io.Writer) error {
	c, tag := newCSV(w), s.Tag()
	end := []string{s.Status, s.Method, strconv.Itoa(s.Gaps), strconv.FormatUint(s.Seed, 10)}
	c.Write(keyColumns)
	row := func(name string, t Stratum) {
		c.Write(append([]string{tag, name, string(t.Question), string(t.Engine), t.Name, strconv.FormatInt(t.Size, 10),
			strconv.FormatInt(t.Drawn, 10), strconv.FormatFloat(t.Probability(), 'g', 6, 64)}, end...))
	}
	for _, i := range s.Items {
		row(i.ID, s.Strata[i.Stratum])
	}
	for _, t := range s.Strata {
		row(rowOfStratum, t)
	}
	for _, q := range Questions() {
		c.Write(append([]string{tag, rowOfOutside, string(q), string(No), "", strconv.FormatInt(s.Outside[q], 10), "0", "0"}, end...))
	}
	c.Flush()
	return c.Error()
}

// inert keeps what strangers wrote from being a formula, and from steering a terminal. The
// spaces that French has before its marks stay.
func inert(s string) string { return spaces.Replace(report.Escape(s)) }

var spaces = strings.NewReplacer(`\u00a0`, "\u00a0", `\u202f`, "\u202f")

func newCSV(w io.Writer) *csv.Writer {
	c := csv.NewWriter(w)
	c.UseCRLF = true
	return c
}
