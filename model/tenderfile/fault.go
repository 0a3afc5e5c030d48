package tenderfile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing that is wrong in a document.
type Fault struct {
	File   string // name of the document, beside the others that were read
	Line   int    // from 1
	Column int    // from 1, in characters
	// Message says what is wrong and what to write instead, on one line. It never
	// repeats a password, a mail address or a long text.
	Message string
}

// String writes the fault as editors and terminals expect it, such as
//
//	tender.yaml:12:7: unknown key "waights"; did you mean "weights"?
func (f Fault) String() string {
	return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Message)
}

// Faults are all faults of a tender and its rosters, sorted by file, line and
// column. The error text has one fault per line. Get at them with [errors.As].
type Faults []Fault

func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// maxFaults bounds what one reading reports. Nobody mends more at a time, and a
// file that is no tender at all would drown its reader.
const maxFaults = 200

// collector gathers the faults of all documents of one reading.
type collector struct {
	faults Faults
	// more is the first fault beyond the bound, if there was one.
	more *Fault
}

func (c *collector) add(f Fault) {
	switch {
	case len(c.faults) < maxFaults:
		c.faults = append(c.faults, f)
	case c.more == nil:
		c.more = &f
	}
}

// full says that further faults are no longer kept, so that what only makes
// their messages can be spared.
func (c *collector) full() bool { return c.more != nil }

// err returns the faults sorted, or nil where there are none.
func (c *collector) err() error {
	if len(c.faults) == 0 {
		return nil
	}
	slices.SortStableFunc(c.faults, func(a, b Fault) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, a.Column-b.Column,
			strings.Compare(a.Message, b.Message))
	})
	if c.more != nil {
		last := c.faults[len(c.faults)-1]
		last.Message = fmt.Sprintf("more than %d faults; mend these first", maxFaults)
		c.faults = append(c.faults, last)
	}
	return c.faults
}

// quote writes a document's own text for a message: short, on one line, without
// control characters, and without whatever stands before an @, since that may be
// a password or half of a mail address.
func quote(s string) string {
	if at := strings.LastIndexByte(s, '@'); at > 0 {
		s = "…" + s[at:]
	}
	n := 0
	for i := range s {
		if n++; n > 60 {
			s = s[:i] + "…"
			break
		}
	}
	return fmt.Sprintf("%q", s)
}

// unknown says that a word is not among the known ones and what to write
// instead: the nearest, or the list where it is short enough to read.
func unknown(what, word string, known []string) string {
	switch near := nearest(word, known); {
	case near != "":
		return fmt.Sprintf("unknown %s %s; did you mean %s?", what, quote(word), quote(near))
	case len(known) == 0:
		return fmt.Sprintf("unknown %s %s; the tender states none", what, quote(word))
	case len(known) <= 25:
		return fmt.Sprintf("unknown %s %s; write %s", what, quote(word), oneOf(known))
	}
	return fmt.Sprintf("unknown %s %s; write one that the tender states", what, quote(word))
}

// oneOf lists words for a message: "a, b or c".
func oneOf(words []string) string {
	shown := make([]string, len(words))
	for i, w := range words {
		shown[i] = w
		if q := quote(w); q != `"`+w+`"` {
			shown[i] = q
		}
	}
	if len(shown) == 1 {
		return shown[0]
	}
	last := len(shown) - 1
	return strings.Join(shown[:last], ", ") + " or " + shown[last]
}

// nearest returns the known word that is written most like word, or nothing
// where none is close. Only the first thousand are tried, which bounds the work
// that a hostile document can ask for.
func nearest(word string, known []string) string {
	best, least := "", min(1+max(1, (len(word)+1)/3), len(word))
	if len(word) > 40 {
		return ""
	}
	for _, k := range known[:min(len(known), 1000)] {
		if k == "" || len(k) > 40 {
			continue
		}
		if d := distance(strings.ToLower(word), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance counts the bytes to insert, delete or replace to make b out of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			step := diagonal
			if a[i] != b[j] {
				step++
			}
			diagonal = row[j+1]
			row[j+1] = min(step, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
