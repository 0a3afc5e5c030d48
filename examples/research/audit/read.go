package audit

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits of what is read.
const (
	mostBytes  = 64 << 20 // of a file
	mostFaults = 20       // that are told at once
)

// Fault is what is wrong with a file, where.
type Fault struct {
	File         string
	Line, Column int // from 1 on, in bytes; 0 where it is about the file as a whole
	Text         string
}

func (f Fault) Error() string {
	if f.Line == 0 {
		return f.File + ": " + f.Text
	}
	return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Text)
}

// Faults are all that is wrong with files, in their order.
type Faults []Fault

func (f Faults) Error() string {
	var lines []string
	for _, x := range f[:min(len(f), mostFaults)] {
		lines = append(lines, x.Error())
	}
	if more := len(f) - len(lines); more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(lines, "\n")
}

// Key is what [Sheet.WriteKey] wrote.
type Key struct {
	Tag            string
	Status, Method string
	Gaps           int
	Seed           uint64
	Strata         []Stratum
	Outside        map[Question]int64
	ids            []string // of the rows, in the order of the sheet
	stratum        map[string]int
}

// Coded is a row of a sheet with what coders wrote.
type Coded struct {
	ID          string
	Question    Question
	Coders      [2]Answer
	Adjudicated Answer
}

// table is a file that was read as CSV.
type table struct {
	file   string
	rows   [][]cell
	column map[string]int
	faults Faults
}

type cell struct {
	text         string
	line, column int
}

// readTable reads a table as spreadsheets save it: with commas, semicolons or tabs, with or
// without a byte order mark, and with a first line that names the separator.
func readTable(file string, r io.Reader, want []string) *table {
	t := &table{file: file, column: map[string]int{}}
	b, err := io.ReadAll(io.LimitReader(r, mostBytes+1))
	switch {
	case err != nil:
		t.fault(cell{}, err.Error())
		return t
	case len(b) > mostBytes:
		t.fault(cell{}, fmt.Sprintf("it has more than %d MiB and cannot be a sheet", mostBytes>>20))
		return t
	case bytes.HasPrefix(b, []byte("\xff\xfe")), bytes.HasPrefix(b, []byte("\xfe\xff")):
		t.fault(cell{}, "it is UTF-16 text; save it as “CSV UTF-8”")
		return t
	case bytes.HasPrefix(b, []byte("PK\x03\x04")):
		t.fault(cell{}, "it is a workbook; save it as “CSV UTF-8”")
		return t
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	skipped := 0
	if bytes.HasPrefix(bytes.ToLower(b[:min(len(b), 4)]), []byte("sep=")) {
		_, b, _ = bytes.Cut(b, []byte("\n"))
		skipped = 1
	}
	if !bytes.ContainsRune(b, '\n') {
		b = bytes.ReplaceAll(b, []byte("\r"), []byte("\n")) // the line ends of old Macintoshes, which some spreadsheets still write
	}
	c := csv.NewReader(bytes.NewReader(b))
	c.Comma, c.FieldsPerRecord = separator(b), -1
	for {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			t.fault(cell{line: broken.Line + skipped, column: broken.Column}, "no CSV: "+broken.Err.Error())
			return t
		}
		if err != nil {
			t.fault(cell{}, err.Error())
			return t
		}
		row := make([]cell, len(record))
		for i, text := range record {
			line, column := c.FieldPos(i)
			row[i] = cell{text, line + skipped, column}
		}
		t.rows = append(t.rows, row)
	}
	t.heading(want)
	return t
}

// separator is what stands between the cells of the heading most often.
func separator(b []byte) rune {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	best := ','
	for _, r := range ";\t" {
		if bytes.Count(line, []byte(string(r))) > bytes.Count(line, []byte(string(best))) {
			best = r
		}
	}
	return best
}

// heading finds the columns, in any order and whatever the case of their names.
func (t *table) heading(want []string) {
	if len(t.rows) == 0 {
		t.fault(cell{}, "it is empty")
		return
	}
	for i, c := range t.rows[0] {
		name := strings.ToLower(strings.TrimSpace(c.text))
		if _, twice := t.column[name]; twice && slices.Contains(want, name) {
			t.fault(c, fmt.Sprintf("a second column %s; keep one", name))
			continue
		}
		t.column[name] = i
	}
	for _, name := range want {
		if _, ok := t.column[name]; !ok {
			t.fault(t.rows[0][0], fmt.Sprintf("no column %s; the heading must have %s", name, strings.Join(want, ", ")))
		}
	}
	t.rows = t.rows[1:]
}

func (t *table) fault(at cell, text string) {
	t.faults = append(t.faults, Fault{t.file, at.line, at.column, text})
}

// at returns a cell of a row; one that a spreadsheet cut off is empty.
func (t *table) at(row []cell, column string) cell {
	if i := t.column[column]; i < len(row) {
		return row[i]
	}
	return cell{line: row[0].line, column: row[0].column}
}

func (t *table) blank(row []cell) bool {
	return !slices.ContainsFunc(row, func(c cell) bool { return strings.TrimSpace(c.text) != "" })
}

// ReadKey reads a key. What is wrong with it is told as [Faults].
func ReadKey(file string, r io.Reader) (*Key, error) {
	t := readTable(file, r, keyColumns)
	k := &Key{Outside: map[Question]int64{}, stratum: map[string]int{}}
	if len(t.faults) > 0 {
		return nil, t.faults
	}
	var of []Stratum // by place in ids
	places := map[Stratum]int{}
	for _, row := range t.rows {
		if t.blank(row) {
			continue
		}
		id, s := k.row(t, row)
		switch id {
		case rowOfStratum:
			places[s] = len(k.Strata)
			k.Strata = append(k.Strata, s)
		case rowOfOutside:
			k.Outside[s.Question] = s.Size
		default:
			k.ids, of = append(k.ids, id), append(of, s)
		}
	}
	drawn := make([]int64, len(k.Strata))
	for i, id := range k.ids {
		n, ok := places[of[i]]
		if _, twice := k.stratum[id]; !ok || twice {
			t.fault(cell{}, fmt.Sprintf("row %q is there twice or of no stratum: the key was changed; take the one that was written with the sheet", cut(id, 40)))
			continue
		}
		drawn[n]++
		k.stratum[id] = n
	}
	for n, s := range k.Strata {
		if len(t.faults) == 0 && drawn[n] != s.Drawn {
			t.fault(cell{}, fmt.Sprintf("stratum %q of %s has %d rows of %d: the key was changed; take the one that was written with the sheet", cut(s.Name, 40), s.Question, drawn[n], s.Drawn))
		}
	}
	if len(k.ids) == 0 {
		t.fault(cell{}, "no rows")
	}
	if len(t.faults) > 0 {
		return nil, t.faults
	}
	return k, nil
}

// row reads a row of a key.
func (k *Key) row(t *table, row []cell) (string, Stratum) {
	text := func(column string) string { return strings.TrimSpace(t.at(row, column).text) }
	number := func(column string) int64 {
		n, err := strconv.ParseInt(text(column), 10, 64)
		if err != nil || n < 0 {
			t.fault(t.at(row, column), fmt.Sprintf("%q in column %s is no number", cut(text(column), 40), column))
		}
		return n
	}
	s := Stratum{Question: Question(text("question")), Engine: Answer(text("engine")), Name: text("stratum"), Size: number("size"), Drawn: number("drawn")}
	if !slices.Contains(Questions(), s.Question) {
		t.fault(t.at(row, "question"), fmt.Sprintf("%q is no question", cut(string(s.Question), 40)))
	}
	if s.Engine != Yes && s.Engine != No {
		t.fault(t.at(row, "engine"), fmt.Sprintf("%q is no answer of the engine; want yes or no", cut(string(s.Engine), 40)))
	}
	if s.Drawn > s.Size {
		t.fault(t.at(row, "drawn"), fmt.Sprintf("%d were drawn of %d", s.Drawn, s.Size))
	}
	if tag := text("sheet"); k.Tag != "" && tag != k.Tag {
		t.fault(t.at(row, "sheet"), fmt.Sprintf("it is of sheet %q, the rows before of %q", cut(tag, 40), cut(k.Tag, 40)))
	} else {
		k.Tag = tag
	}
	seed, err := strconv.ParseUint(text("seed"), 10, 64)
	if err != nil {
		t.fault(t.at(row, "seed"), "no number")
	}
	k.Status, k.Method, k.Gaps, k.Seed = text("status"), text("method"), int(number("gaps")), seed
	return text("row"), s
}

// ReadSheet reads a sheet that coders filled in, against its key. Empty answers are none yet.
// What is wrong with it is told as [Faults], all of it at once: answers that are none, rows
// that are missing, twice there or of another sheet.
func ReadSheet(file string, r io.Reader, k *Key) ([]Coded, error) {
	t := readTable(file, r, []string{"sheet", "id", "question", "coder_1", "coder_2", "adjudicated"})
	if len(t.faults) > 0 {
		return nil, t.faults
	}
	lines, rows := map[string]int{}, map[string]Coded{}
	for _, row := range t.rows {
		if t.blank(row) {
			continue
		}
		id := t.at(row, "id")
		name := strings.ToUpper(strings.TrimSpace(id.text))
		n, known := k.stratum[name]
		tag, question := t.at(row, "sheet"), t.at(row, "question")
		switch {
		case strings.TrimSpace(tag.text) != k.Tag:
			t.fault(tag, fmt.Sprintf("the row is of sheet %q, the key of %q: take the key that was written with this sheet", cut(strings.TrimSpace(tag.text), 40), cut(k.Tag, 40)))
		case !known:
			t.fault(id, fmt.Sprintf("there is no row %q in the key", cut(name, 40)))
		case lines[name] > 0:
			t.fault(id, fmt.Sprintf("row %s is there twice, first in line %d; keep one", name, lines[name]))
		case !strings.EqualFold(strings.TrimSpace(question.text), string(k.Strata[n].Question)):
			t.fault(question, fmt.Sprintf("row %s asks for %s, not for %q: columns were sorted apart from each other", name, k.Strata[n].Question, cut(question.text, 40)))
		default:
			lines[name] = id.line
			rows[name] = Coded{name, k.Strata[n].Question, [2]Answer{t.answer(row, "coder_1"), t.answer(row, "coder_2")}, t.answer(row, "adjudicated")}
		}
	}
	var list []Coded
	var missing []string
	for _, id := range k.ids {
		if c, ok := rows[id]; ok {
			list = append(list, c)
		} else {
			missing = append(missing, id)
		}
	}
	if len(missing) > 0 && len(t.faults) == 0 {
		t.fault(cell{}, fmt.Sprintf("%d rows are missing: %s. Copy them back from the sheet that was written; an answer may stay empty", len(missing), some(missing, 10)))
	}
	if len(t.faults) > 0 {
		return nil, t.faults
	}
	return list, nil
}

// some lists the first of many.
func some(list []string, most int) string {
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return strings.Join(list[:most], ", ") + ", …"
}

// answers are the words that coders may write, in the languages that there are.
var answers = map[string]Answer{
	"": "", "yes": Yes, "y": Yes, "oui": Yes, "o": Yes, "no": No, "n": No, "non": No,
	"unclear": Unclear, "u": Unclear, "?": Unclear, "incertain": Unclear, "i": Unclear,
}

func (t *table) answer(row []cell, column string) Answer {
	c := t.at(row, column)
	word := strings.ToLower(strings.Trim(c.text, " \t\r\n.\u00a0"))
	a, ok := answers[word]
	if !ok {
		shown := cut(c.text, 40)
		if !utf8.ValidString(shown) {
			shown = "what is no UTF-8"
		}
		t.fault(c, fmt.Sprintf("%q in column %s is no answer; write yes, no or unclear, or leave it empty", shown, column))
	}
	return a
}

// Join puts several copies of one sheet together, each filled in by somebody else: an answer
// that one copy lacks is taken from another. Without a copy there is nothing. It fails where two
// copies answer one cell differently, and where they have other rows, which those that
// [ReadSheet] read by one key have not.
func Join(copies ...[]Coded) ([]Coded, error) {
	if len(copies) == 0 {
		return nil, nil
	}
	all := slices.Clone(copies[0])
	var faults []error
	for _, more := range copies[1:] {
		if !slices.EqualFunc(all, more, func(a, b Coded) bool { return a.ID == b.ID }) {
			return nil, errors.New("the copies are of different sheets: they have other rows")
		}
		for i, c := range more {
			for n, pair := range [][2]*Answer{{&all[i].Coders[0], &c.Coders[0]}, {&all[i].Coders[1], &c.Coders[1]}, {&all[i].Adjudicated, &c.Adjudicated}} {
				if *pair[0] != "" && *pair[1] != "" && *pair[0] != *pair[1] {
					faults = append(faults, fmt.Errorf("row %s: the copies have %s and %s in column %s; each coder fills in a column of their own", c.ID, *pair[0], *pair[1], []string{"coder_1", "coder_2", "adjudicated"}[n]))
					continue
				}
				*pair[0] = cmp.Or(*pair[0], *pair[1])
			}
		}
	}
	return all, errors.Join(faults[:min(len(faults), mostFaults)]...)
}
