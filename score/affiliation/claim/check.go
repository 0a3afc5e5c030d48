package claim

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/model/tenderfile"
)

// Check reads the claim in a file, with the signatures beside it, and holds it against
// a tender. Signers are the keys of persons; nil where nobody has collected them. They
// are needed only where there are confirmations.
//
// The error is [tenderfile.Faults] where the document is at fault, a [RefusedError]
// where it is not accepted, and another one where a file cannot be read.
func Check(fsys fs.FS, file string, signers *Signers, t *model.Tender) (*Checked, error) {
	b, err := load(fsys, file, mostBytes)
	if err != nil {
		return nil, fmt.Errorf("reading the claim: %w", err)
	}
	doc, err := tenderfile.ReadClaim(file, b)
	if err != nil {
		return nil, err
	}
	checked := &Checked{Claim: *doc, File: file, Confirmed: make([]string, len(doc.People))}
	c := &check{Checked: checked, fsys: fsys, tender: t, domains: domainsOf(t), keys: keysOf(t)}
	if err := c.all(b, signers); err != nil {
		return nil, err
	}
	return checked, nil
}

// check is a claim under examination.
type check struct {
	*Checked
	fsys   fs.FS
	tender *model.Tender
	domains
	keys map[string]string // of all vendors, at any time: the key's bytes → vendor
}

// all checks the document and what lies beside it, the cheapest first.
func (c *check) all(doc []byte, signers *Signers) error {
	if err := c.forTender(); err != nil {
		return err
	}
	if err := c.signed(doc); err != nil {
		return err
	}
	if err := c.rivals(); err != nil {
		return err
	}
	if signers != nil {
		c.Notes = append(c.Notes, signers.Notes...)
	}
	return c.confirmations(signers)
}

// refuse refuses the claim as a whole.
func (c *check) refuse(reason Reason, format string, args ...any) error {
	return &RefusedError{Reason: reason, File: c.File, Text: fmt.Sprintf(format, args...)}
}

// forTender checks that the claim is for the tender, and valid when it is used.
func (c *check) forTender() error {
	t := c.tender
	if _, ok := t.Vendors[c.Vendor]; !ok {
		return c.refuse(NotForVendor, "the tender names no vendor %q; write the short name that it has under vendors: %s",
			c.Vendor, strings.Join(slices.Sorted(maps.Keys(t.Vendors)), ", "))
	}
	if c.Tender != "" && c.Tender != t.About.ID {
		if t.About.ID == "" {
			return c.refuse(NotForTender, "it is for the tender %q, and this one states no id; leave tender out of the claim, or state tender: {id: …} in the document", shorten(c.Tender))
		}
		return c.refuse(NotForTender, "it is for the tender %q, and this one is %q; issue a claim for this tender", shorten(c.Tender), t.About.ID)
	}
	used, what := t.About.Notice, "the tender's notice"
	if used == 0 {
		used, what = t.Window.Until, "the end of the window"
	}
	if c.Expires <= used {
		return c.refuse(Expired, "it expired on %s, and %s is on %s; issue a new claim", c.Expires, what, used)
	}
	if t.About.Notice != 0 && c.Issued > t.About.Notice {
		c.Notes = append(c.Notes, model.Note{File: c.File,
			Text: fmt.Sprintf("issued on %s, after the tender's notice on %s: it comes with the bid, and an official result says so", c.Issued, t.About.Notice)})
	}
	return nil
}

// signed checks the vendor's signature over the bytes of the document.
func (c *check) signed(doc []byte) error {
	name := c.File + ".sig"
	b, err := load(c.fsys, name, mostSignature)
	if errors.Is(err, fs.ErrNotExist) {
		return c.refuse(Unsigned, "it is not signed: there is no %s; sign it with tender claim sign %s --key FILE, or ssh-keygen -Y sign -n %s -f FILE %[2]s",
			name, path.Base(c.File), Namespace)
	}
	if err != nil {
		return fmt.Errorf("reading the vendor's signature: %w", err)
	}
	refuse := func(reason Reason, format string, args ...any) error {
		return &RefusedError{Reason: reason, File: name, Text: fmt.Sprintf(format, args...)}
	}
	sig, reason, err := parse(b, Namespace)
	if err != nil {
		return refuse(reason, "%v", err)
	}
	owned, dated, err := c.owns(sig.PublicKey)
	switch {
	case err != nil:
		return err
	case !owned:
		return refuse(WrongKey, "the key %s is not one that the tender has for vendor %s; sign with the vendor's own key, or ask the buyer to add it under keys", sig.key, c.Vendor)
	case !dated:
		return refuse(WrongKey, "the key %s was not vendor %s's on %s, the day of the claim; sign with a key that was, or ask the buyer to correct its days", sig.key, c.Vendor, c.Issued)
	case !sig.signs(doc):
		return refuse(Forged, "the signature is not one of %s as it is: the file was changed after it was signed, or the signature is another file's; sign it again", c.File)
	}
	c.Key = sig.key
	return nil
}

// owns reports whether a key is the vendor's, and whether it was when the claim was issued.
func (c *check) owns(key ssh.PublicKey) (owned, dated bool, err error) {
	for i, k := range c.tender.Vendors[c.Vendor].Keys {
		own, err := publicKey(k.Key)
		if err != nil {
			return false, false, c.refuse(Unreadable, "key %d of vendor %s in the tender is no SSH key; write it as in its .pub file, such as ssh-ed25519 AAAA…", i+1, c.Vendor)
		}
		if same(own, key) {
			owned, dated = true, dated || during(c.Issued, k.From, k.Until)
		}
	}
	return owned, dated, nil
}

// during reports whether a day is one of [from, until), where zero is open.
func during(day, from, until model.Date) bool {
	return (from == 0 || day >= from) && (until == 0 || day < until)
}

// rivals refuses entries with an address that was another vendor's at the time.
func (c *check) rivals() error {
	for i, e := range c.People {
		for _, id := range e.Identities {
			for _, w := range e.Employment {
				for _, owner := range c.domains.owners(id, w) {
					if owner != "" && owner != c.Vendor {
						return c.refuseEntry(c.File, i, Rival, "it has an address whose mail domain is vendor %s's on some of these days; leave the address out, or correct the days", owner)
					}
				}
			}
		}
	}
	return nil
}

func (c *check) refuseEntry(file string, i int, reason Reason, format string, args ...any) error {
	e := &RefusedError{Reason: reason, File: file, Entry: i + 1, Text: fmt.Sprintf(format, args...)}
	if file == c.File {
		e.Line = c.People[i].Line
	}
	return e
}

// keysOf returns the keys of all vendors of a tender, whenever they were theirs.
func keysOf(t *model.Tender) map[string]string {
	keys := map[string]string{}
	for _, id := range slices.Sorted(maps.Keys(t.Vendors)) {
		for _, k := range t.Vendors[id].Keys {
			if key, err := publicKey(k.Key); err == nil {
				keys[string(key.Marshal())] = id
			}
		}
	}
	return keys
}

// publicKey reads a key as a .pub file has it.
func publicKey(line string) (ssh.PublicKey, error) {
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(line))
	return key, err
}
