// Package formats reads and writes the forms in which the field keeps who works for
// whom: the maps of gitdm, the tables of the CNCF, of Stackalytics and of SortingHat,
// and .mailmap.
//
// None of these tables says more than its form can hold: what a form cannot say is
// noted, and nothing is guessed. Fields on sex, age and country are never read. What
// stands at odds with a form is left out and noted with its file and line.
package formats

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tributary-oss/tributary/model"
)

// All returns the forms, sorted by name. Pass them to [tenderfile.Read].
//
// [tenderfile.Read]: https://pkg.go.dev/github.com/tributary-oss/tributary/model/tenderfile#Read
func All() []model.RosterFormat {
	return []model.RosterFormat{
		cncf(),
		cncfUsers(),
		{
			Name: "gitdm",
			Doc:  "Configuration of the git data miner with the maps that it names, or one EmailMap; git://git.lwn.net/gitdm.git",
			Read: readGitdm, Write: writeGitdm,
		},
		{
			Name: "mailmap",
			Doc:  "Addresses of one person, as git's .mailmap joins them; https://git-scm.com/docs/gitmailmap",
			Read: readMailmap, Write: writeMailmap,
		},
		sortinghat(),
		stackalytics(),
	}
}

// Bounds on what a stranger's table may ask for.
const (
	mostBytes = 1 << 30 // of one file
	mostLine  = 1 << 20 // of one line
	mostNotes = 1000    // of one table; the rest is counted
)

// notes collects the remarks on one file.
type notes struct {
	file  string
	list  []model.Note
	extra int
}

// refuse notes that what stands at a line was left out; 0 is the file as a whole.
func (n *notes) refuse(line int, format string, args ...any) { n.add(line, true, format, args...) }

// say notes what cannot be said here.
func (n *notes) say(line int, format string, args ...any) { n.add(line, false, format, args...) }

func (n *notes) add(line int, refused bool, format string, args ...any) {
	if len(n.list) == mostNotes {
		n.extra++
		return
	}
	n.list = append(n.list, model.Note{File: n.file, Line: line, Text: fmt.Sprintf(format, args...), Refused: refused})
}

// all returns the notes, and how many more there were.
func (n *notes) all() []model.Note {
	if n.extra == 0 {
		return n.list
	}
	return append(slices.Clip(n.list), model.Note{File: n.file, Text: fmt.Sprintf("and %d remarks more", n.extra)})
}

// lines yields the lines of a file with their numbers, from 1, in UTF-8: bytes that are
// none are read as Latin-1, line by line, as old tables mix both. It fails on a line
// beyond [mostLine] and on a file beyond [mostBytes].
func lines(fsys fs.FS, name string, yield func(number int, line string)) error {
	f, err := fsys.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	rest := &io.LimitedReader{R: f, N: mostBytes + 1}
	s := bufio.NewScanner(rest)
	s.Buffer(nil, mostLine)
	n := 0
	for s.Scan() {
		n++
		b := s.Bytes()
		if n == 1 {
			b = bytes.TrimPrefix(b, []byte("\ufeff"))
		}
		yield(n, text(b))
	}
	if err := s.Err(); err != nil {
		return fmt.Errorf("line %d: %w", n+1, err)
	}
	if rest.N == 0 {
		return fmt.Errorf("the file is larger than %d bytes; split it", mostBytes)
	}
	return nil
}

// text returns bytes as UTF-8, reading them as Latin-1 where they are not.
func text(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	var s strings.Builder
	for _, c := range b {
		s.WriteRune(rune(c))
	}
	return s.String()
}

// employer reads the name of an employer: "" where the words say that none is known,
// and the words for people on their own, and for schools without a name, as the model
// has them. All else is a name, with its white space folded.
func employer(s string) string {
	name := strings.Join(strings.Fields(s), " ")
	switch strings.Trim(strings.ToLower(name), "()*?.- ") {
	case "", "unknown", "notfound", "not found", "none", "null", "n/a", "na", "no employer":
		return ""
	case "independent", "individual", "self", "freelance", "freelancer", "hobbyist", "volunteer", "unaffiliated":
		return model.Independent
	case "academia", "academic", "academics", "student", "education":
		return model.Academic
	}
	return name
}

// mailAddress reads a mail address: with one @, or with one exclamation mark in its place, as
// public tables often write it.
func mailAddress(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if !strings.Contains(s, "@") && strings.Count(s, "!") == 1 {
		s = strings.Replace(s, "!", "@", 1)
	}
	local, domain, _ := strings.Cut(s, "@")
	odd := func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == utf8.RuneError || strings.ContainsRune(`<>",;#`, r)
	}
	return s, local != "" && domain != "" && !strings.ContainsAny(domain, "@!") && strings.IndexFunc(s, odd) < 0
}
