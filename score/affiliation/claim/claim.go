// Package claim reads what bidders state of their own people, signed.
//
// A claim is one document of a vendor ([model.Claim]): identities of its people, and
// the days on which they work for it. Beside FILE lie signatures in the form of
// ssh-keygen -Y, which makes and verifies them too:
//
//	FILE.sig     the vendor's, over the bytes of FILE; namespace tributary-claim
//	FILE.N.sig   the N-th person's own, over what [Text] writes of the N-th
//	             entry; namespace tributary-confirmation
//
// # Whose key is whose
//
// The vendor's keys stand in the tender, with the days on which they were the vendor's.
// Persons' keys stand in a file that the buyer collects, in OpenSSH's form of allowed
// signers; [ParseSigners] says what of it is read. A key must have been its owner's on
// the day on which the claim is issued: a signature shows no time of its own, and the
// clock is never asked.
//
// # What a signature is worth
//
// The vendor's signature authenticates a list, it does not raise it: an entry is
// [model.Listed]. An entry that the person confirms is [model.Confirmed]. As this is
// the highest level, a confirmation must cover the whole entry: each of its identities
// stands beside the person's key in the buyer's file, or is an address under a mail
// domain that was the vendor's own on all days of the entry. Otherwise one colluding
// employee could take in a rival's accounts. One key confirms one entry, and no key of a
// vendor confirms any.
//
// # What is refused
//
// A claim is accepted whole or refused whole, with a [RefusedError]. A confirmation that
// is absent leaves an entry listed; one that does not verify refuses the claim, since
// somebody meant something by it and a lower level would hide that. Entries with an
// address under the mail domain of another vendor, on days on which the domain was that
// one's, refuse the claim: nobody lists a rival's people.
//
// A claim is used on the day of the tender's notice, or on the first day after its
// window where no notice is stated. It is refused if it has expired by then. If it was
// issued later it is used, with a note: bids follow a notice, and an official
// result names what came after the sealing.
package claim

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/model/tenderfile"
)

// Namespaces of the signatures, as ssh-keygen takes them with -n.
const (
	Namespace        = "tributary-claim"        // of the vendor's, over the document
	ConfirmNamespace = "tributary-confirmation" // of a person's, over the text of an entry
)

// Bounds on files of strangers.
const (
	mostBytes     = 4 << 20  // of a claim, and of a file of signers
	mostSignature = 64 << 10 // of a signature; RSA with 16,384 bits needs 6 KiB
)

// Format returns the form "claim" of rosters. Pass it to [tenderfile.Read].
func Format() model.RosterFormat {
	return model.RosterFormat{
		Name: "claim",
		Doc:  "a vendor's list of its own people, signed with its SSH key; " + model.ClaimFormat,
		Read: read,
	}
}

// read reads a claim as a roster. The error is one line, since it becomes part of a
// message on the tender.
func read(fsys fs.FS, r model.Roster, t *model.Tender) (*model.Table, error) {
	c, err := open(fsys, r, t)
	if faults, ok := errors.AsType[tenderfile.Faults](err); ok {
		err = fmt.Errorf("%v; tender claim verify tells all of its %d faults", faults[0], len(faults))
	}
	if err != nil {
		return nil, err
	}
	return c.Table(), nil
}

func open(fsys fs.FS, r model.Roster, t *model.Tender) (*Checked, error) {
	var signers *Signers
	if r.Signers != "" {
		b, err := load(fsys, r.Signers, mostBytes)
		if err != nil {
			return nil, fmt.Errorf("reading the keys of persons: %w", err)
		}
		signers = ParseSigners(r.Signers, b)
	}
	return Check(fsys, r.File, signers, t)
}

// load reads a file of at most so many bytes.
func load(fsys fs.FS, name string, most int64) ([]byte, error) {
	if !fs.ValidPath(name) {
		return nil, fmt.Errorf("%q is no path beside the tender; write one such as claims/karst.yaml", name)
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(b)) > most {
		err = fmt.Errorf("%s is larger than %d bytes; split it, or look whether it is the right file", name, most)
	}
	return b, err
}

// Checked is a claim that was found to be valid for a tender.
type Checked struct {
	model.Claim
	File string
	Key  string // fingerprint of the vendor's key that signed it, such as SHA256:…
	// Confirmed has the fingerprint of the key that confirmed each entry, and "" for
	// those that nobody confirmed.
	Confirmed []string
	Notes     []model.Note
}

// Level returns the level of evidence of the entry with an index.
func (c *Checked) Level(entry int) model.Level {
	if c.Confirmed[entry] != "" {
		return model.Confirmed
	}
	return model.Listed
}

// Table returns the claim as a table of rosters. Employments stand under the vendor's
// short name in the tender.
func (c *Checked) Table() *model.Table {
	t := &model.Table{Notes: c.Notes}
	for i, e := range c.People {
		p := model.Person{Identities: slices.Clone(e.Identities)}
		slices.Sort(p.Identities)
		p.ID = p.Identities[0]
		for _, w := range e.Employment {
			work := w.Employment(c.Vendor)
			work.Level, work.Source = c.Level(i), c.File
			p.Employment = append(p.Employment, work)
		}
		t.People = append(t.People, p)
	}
	slices.SortFunc(t.People, func(a, b model.Person) int { return cmp.Compare(a.ID, b.ID) })
	return t
}

// Reason says in one word why a claim is refused.
type Reason string

// The reasons.
const (
	NotForVendor Reason = "vendor"     // the tender does not name the vendor
	NotForTender Reason = "tender"     // it is for another tender
	Expired      Reason = "expired"    // it was no longer valid
	Unsigned     Reason = "unsigned"   // the vendor's signature is absent
	Unreadable   Reason = "unreadable" // a signature or a key is not of its form
	WeakKey      Reason = "weak"       // an algorithm or key that gives no safety
	WrongUse     Reason = "namespace"  // a signature that was made for something else
	WrongKey     Reason = "key"        // a key that is not the signer's, or was not on the day
	Forged       Reason = "forged"     // other bytes were signed than those that are there
	Rival        Reason = "rival"      // it lists people of another vendor
	NoEntry      Reason = "no entry"   // a confirmation of an entry that does not exist
	Overreach    Reason = "overreach"  // a confirmation that does not cover its entry
	SharedKey    Reason = "shared key" // a key that stands for more than one person, or for a vendor
	NoSigners    Reason = "no signers" // confirmations, and nothing says whose keys are whose
)

// RefusedError says why a claim is not accepted, and what to do. It repeats no address:
// file, line and entry identify it.
type RefusedError struct {
	Reason Reason
	File   string // of the claim, or of the signature at fault
	Line   int    // of the entry in the claim, from 1; 0 for the whole
	Entry  int    // its number, from 1; 0 for the whole
	Text   string
}

func (e *RefusedError) Error() string {
	var s strings.Builder
	s.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&s, ":%d", e.Line)
	}
	s.WriteString(": ")
	if e.Entry > 0 {
		fmt.Fprintf(&s, "entry %d: ", e.Entry)
	}
	s.WriteString(e.Text)
	return s.String()
}
