package model

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
)

// RecordsFormat names the written form of records, in its first line.
const RecordsFormat = "tributary-records/1"

// maxLine bounds a line of records: the longest honest one, a commit with a
// thousand branches, is well below.
const maxLine = 16 << 20

type heading struct {
	Format string `json:"format"`
}

// WriteRecords writes records as JSON Lines: a first line that names the format,
// then one record a line. It stops at the first error of the records or of w.
func WriteRecords(w io.Writer, records iter.Seq2[Record, error]) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if err := e.Encode(heading{RecordsFormat}); err != nil {
		return fmt.Errorf("writing records: %w", err)
	}
	for r, err := range records {
		if err != nil {
			return err
		}
		if err := e.Encode(r); err != nil {
			return fmt.Errorf("writing records: %w", err)
		}
	}
	return nil
}

// ReadRecords yields the records that [WriteRecords] wrote. A file of another
// kind, of a newer format, or with a line that is no record ends it with an error
// that names the line.
func ReadRecords(r io.Reader) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, maxLine)
		n := 0
		for lines.Scan() {
			n++
			var rec Record
			err := readLine(lines.Bytes(), n, &rec)
			if err != nil {
				yield(Record{}, fmt.Errorf("reading records: line %d: %w", n, err))
				return
			}
			if n > 1 && !yield(rec, nil) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(Record{}, fmt.Errorf("reading records: after line %d: %w", n, err))
		} else if n == 0 {
			yield(Record{}, errors.New("reading records: the file is empty"))
		}
	}
}

func readLine(b []byte, n int, rec *Record) error {
	if n == 1 {
		return readHeading(b)
	}
	if err := json.Unmarshal(b, rec); err != nil {
		return err
	}
	set := 0
	for _, is := range []bool{rec.Contribution != nil, rec.Coverage != nil, rec.Alias != nil, rec.Tip != nil, rec.Head != nil} {
		if is {
			set++
		}
	}
	if set != 1 {
		return fmt.Errorf("a record holds exactly one of contribution, coverage, alias, tip and head, not %d", set)
	}
	return nil
}

func readHeading(b []byte) error {
	var h heading
	if err := json.Unmarshal(b, &h); err != nil || h.Format == "" {
		return fmt.Errorf("no records of this program: the first line must be {\"format\":%q}", RecordsFormat)
	}
	name, version, _ := strings.Cut(h.Format, "/")
	want, _, _ := strings.Cut(RecordsFormat, "/")
	switch {
	case name != want:
		return fmt.Errorf("format %q is not of records; they are %q", h.Format, RecordsFormat)
	case version != "1":
		return fmt.Errorf("format %q was written by another version of this program; it reads %q", h.Format, RecordsFormat)
	}
	return nil
}
