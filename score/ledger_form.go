package score

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// LedgerFormat names the written form of ledgers, in its first line.
const LedgerFormat = "tributary-ledger/1"

// ErrLedger says that a text is no whole ledger of this version: another kind of
// file, one of another version, or one that was cut short or damaged.
var ErrLedger = errors.New("no ledger that can be read")

// LedgerError says that a ledger was made for another tender than the one it is read
// for, or by another version of the judge, so that its credits mean something else.
type LedgerError struct {
	// Parts are what differs, in this order: method (its version, the rules, the printed list
	// of bots), window, rules (their parameters), projects (repositories, branches, tips), vendors,
	// rosters, evidence, bots, decisions.
	Parts []string
}

func (e *LedgerError) Error() string {
	return fmt.Sprintf("the ledger was made with other %s than this tender's; judge its projects again with this document and this version",
		strings.Join(e.Parts, ", "))
}

// LedgerForm writes and reads the ledgers of one tender. To make one takes as long as
// to digest the tender's rosters; it is read-only then, and safe for concurrent use.
//
// The written form is the same for equal ledgers, whatever the order in which they were
// merged. Its size is about ten bytes for each cell, beside the names. It names persons as
// [Cell] does: it is personal data and belongs in the hands of whoever judges.
//
// After the line with [LedgerFormat] come the digests of what judging depends on,
// the names in order, the cells in the order of their keys with what differs from the cell before, the
// projects' facts, and the SHA-256 of it all. Numbers are varints as in encoding/binary.
type LedgerForm struct {
	tender *model.Tender
	bases  []basis
}

// NewLedgerForm returns the form of a tender's ledgers.
func NewLedgerForm(t *model.Tender) *LedgerForm { return &LedgerForm{t, judgingBases(t)} }

// Project returns the form of ledgers of one of the tender's projects alone. They can be
// read for as long as that project and how it is judged are the same, whatever other projects
// the tender names.
func (f *LedgerForm) Project(name string) *LedgerForm {
	own := map[string][]model.Repository{}
	if p, ok := f.tender.Projects[name]; ok {
		own[name] = p.Repositories
	}
	g := &LedgerForm{f.tender, slices.Clone(f.bases)}
	for i := range g.bases {
		if g.bases[i].name == basisProjects {
			g.bases[i].sum = sum(own)
		}
	}
	return g
}

// Digest is the SHA-256, in hexadecimal, of all that ledgers of this form depend on beside
// the facts: those of one digest can be merged.
func (f *LedgerForm) Digest() string {
	h := sha256.New()
	for _, b := range f.bases {
		fmt.Fprintf(h, "%s %x\n", b.name, b.sum)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Write writes the ledger in its written form; see [LedgerForm], which many ledgers of
// one tender share. It fails where w does.
func (l *Ledger) Write(w io.Writer, t *model.Tender) error { return NewLedgerForm(t).Write(w, l) }

// ReadLedger reads what [Ledger.Write] wrote for the same tender. It fails as
// [LedgerForm.Read] does.
func ReadLedger(r io.Reader, t *model.Tender) (*Ledger, error) { return NewLedgerForm(t).Read(r) }

// Write writes a ledger. It fails where w does.
func (f *LedgerForm) Write(w io.Writer, l *Ledger) error {
	e := newLedgerEncoder(l)
	e.bases(f.bases)
	e.strings()
	e.cells()
	e.projects(l)
	end := sha256.Sum256(e.out)
	if _, err := w.Write(append(e.out, end[:]...)); err != nil {
		return fmt.Errorf("writing a ledger: %w", err)
	}
	return nil
}

// Read reads a ledger to the end of r. It fails with [ErrLedger] on what is no whole
// ledger of this version, with [*LedgerError] on one that was made for another tender, and
// where r does. It takes memory in proportion to what it read.
func (f *LedgerForm) Read(r io.Reader) (*Ledger, error) {
	l := &Ledger{}
	if err := f.Merge(l, r); err != nil {
		return nil, err
	}
	return l, nil
}

// Merge reads a ledger to the end of r and merges it into l, as [Ledger.Merge] does. It
// fails as [LedgerForm.Read] does, and then l is as it was.
func (f *LedgerForm) Merge(l *Ledger, r io.Reader) error {
	data, err := io.ReadAll(r)
	if err == nil {
		err = f.merge(l, data)
	}
	if err != nil {
		return fmt.Errorf("reading a ledger: %w", err)
	}
	return nil
}

// open reads a ledger up to its cells.
func (f *LedgerForm) open(data []byte) (*ledgerDecoder, error) {
	body, err := unwrap(data)
	if err != nil {
		return nil, err
	}
	d := &ledgerDecoder{in: body}
	bases := d.bases()
	if d.err != nil {
		return nil, d.failed()
	}
	if other := differing(f.bases, bases); len(other) > 0 {
		return nil, &LedgerError{other}
	}
	d.strings()
	return d, nil
}

func (f *LedgerForm) merge(l *Ledger, data []byte) error {
	d, err := f.open(data)
	if err != nil {
		return err
	}
	cells, amounts := d.cells()
	names, facts := d.projects()
	if err := d.end(); err != nil {
		return err
	}
	if l.Cells == nil && len(cells) > 0 {
		l.Cells = make(map[Cell]Amount, len(cells))
	}
	for i, c := range cells {
		l.add(c, amounts[i])
	}
	for i, name := range names {
		l.facts(name).merge(facts[i])
	}
	return nil
}

// unwrap checks the first line and the digest at the end, and returns what lies between.
func unwrap(data []byte) ([]byte, error) {
	first, rest, whole := bytes.Cut(data, []byte("\n"))
	name, version, _ := strings.Cut(string(first[:min(len(first), 100)]), "/")
	want, own, _ := strings.Cut(LedgerFormat, "/")
	switch {
	case name != want:
		return nil, fmt.Errorf("%w: its first line is not %s; name a file that this program wrote as a ledger", ErrLedger, LedgerFormat)
	case !whole:
		return nil, damaged("it ends in its first line")
	case version != own:
		return nil, fmt.Errorf("%w: it is %.100q, and this version reads %s; read it with the version that wrote it", ErrLedger, first, LedgerFormat)
	case len(rest) < sha256.Size:
		return nil, damaged("it ends too early")
	}
	end := len(data) - sha256.Size
	if sha256.Sum256(data[:end]) != [sha256.Size]byte(data[end:]) {
		return nil, damaged("its digest is not that of what it holds")
	}
	return rest[:len(rest)-sha256.Size], nil
}

func damaged(how string) error {
	return fmt.Errorf("%w: it was cut short or damaged (%s); write or copy it again", ErrLedger, how)
}

// differing returns the names of the parts that are not the same, in the order of the first list.
func differing(want, got []basis) []string {
	var names []string
	for _, p := range want {
		if !slices.Contains(got, p) {
			names = append(names, p.name)
		}
	}
	for _, p := range got {
		if !slices.ContainsFunc(want, func(q basis) bool { return q.name == p.name }) {
			names = append(names, p.name)
		}
	}
	return names
}
