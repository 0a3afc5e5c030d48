package model

import (
	"fmt"
	"io"
	"io/fs"
)

// Table is what one roster in a form of the field states. Employers stand under the
// names that the table gives them; who scores finds the tender's vendors by these.
// Everything in it is evidence of one level, [Imported], unless an employment says
// otherwise. The order of its lists means nothing.
type Table struct {
	// File is the path of the roster, as the tender document states it.
	File string
	// People are clusters of identities with employments. Beside the forms of a people
	// document an identity may be "HOST/LOGIN", such as "github/ada": tables often know
	// accounts by name only, and names change hands. The ids say nothing.
	People []Person
	// Aliases say that one identity is another one's, as .mailmap does.
	Aliases []Alias
	// Domains say whose mail domains were whose.
	Domains []DomainTenure
	// Names are further names of employers.
	Names []EmployerName
	// Bots are identities that the table calls robots.
	Bots []string
	// Notes say what of the table was not understood, or cannot be said here.
	Notes []Note
}

// DomainTenure says that a mail domain was an employer's on the days [From, Until).
type DomainTenure struct {
	Domain   string // in lower case, such as karst.example; its subdomains are meant too
	Employer string
	From     Date // zero: since ever
	Until    Date // zero: still
	Exact    bool // subdomains are not meant
}

// EmployerName says that an employer also goes by another name.
type EmployerName struct {
	Name     string // the other one
	Employer string
}

// Note is a remark on a place of a table.
type Note struct {
	File string
	Line int // from 1; 0 where the form has no lines
	Text string
	// Refused says that what stands there was left out.
	Refused bool
}

// String writes the note as "FILE:LINE: TEXT".
func (n Note) String() string {
	if n.Line == 0 {
		return fmt.Sprintf("%s: %s", n.File, n.Text)
	}
	return fmt.Sprintf("%s:%d: %s", n.File, n.Line, n.Text)
}

// RosterFormat is a form in which the field keeps who works for whom.
type RosterFormat struct {
	Name string // as rosters state it under format
	Doc  string // what it is and where it is described, in one line
	// Read reads the roster r of a tender, whose file is a path in fsys. What stands at
	// odds with the form is left out and noted; it fails where nothing can be made of
	// the file. Of the tender it may use vendors and their keys, and changes nothing.
	Read func(fsys fs.FS, r Roster, t *Tender) (*Table, error)
	// Write writes a table in this form, sorted, and returns what the form cannot say.
	// It is nil for forms that are only read.
	Write func(w io.Writer, t *Table) ([]Note, error)
}
