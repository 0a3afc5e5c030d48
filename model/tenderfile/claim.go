package tenderfile

import (
	"fmt"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// ReadClaim reads the claim document b, as strictly as a tender. The name is that of
// its file: it stands in faults, and .json at its end tells JSON.
//
// It checks what the document alone shows: its form, days that run backwards, more than
// full time, and identities that stand twice. Whether it is signed, and what the tender
// says to it, is for package claim to check. Where the document is at fault the error is
// [Faults].
func ReadClaim(name string, b []byte) (*model.Claim, error) {
	doc := &document{file: name, format: model.ClaimFormat, collector: &collector{}}
	c := &model.Claim{}
	if doc.read(b, c) {
		doc.claim(c)
	}
	if err := doc.err(); err != nil {
		return nil, err
	}
	return c, nil
}

// claim checks a claim whose every value is of its type.
func (d *document) claim(c *model.Claim) {
	if c.Vendor != "" && !vendorID.MatchString(c.Vendor) {
		d.fault(d.root.at("vendor"), "vendor %s is no short name; write the one that the tender has, such as karst", quote(c.Vendor))
	}
	switch at := d.root.at("tender"); {
	case d.root.has("tender") && strings.TrimSpace(c.Tender) == "" && at.shape == text:
		d.fault(at, "tender is empty; write the buyer's reference, or leave the key out: then the claim is for any tender")
	case strings.ContainsAny(c.Tender, "\n\t"):
		d.fault(at, "the reference of the tender is one line without tabs; write it as the tender has it")
	}
	if c.Issued != 0 && c.Expires != 0 && c.Expires <= c.Issued {
		d.fault(d.root.at("expires"), "expires %s is not after issued %s; expires is the first day on which the claim is no longer valid", c.Expires, c.Issued)
	}
	owners := map[string]*node{}
	for i := range c.People {
		d.entry(owners, c, i)
	}
}

// entry checks one entry of a claim and notes where it stands.
func (d *document) entry(owners map[string]*node, c *model.Claim, i int) {
	e, entry := &c.People[i], d.root.at("people", i)
	e.Line = entry.line
	for k, id := range e.Identities {
		at := entry.at("identities", k)
		if !d.identity(id, at) {
			continue
		}
		key := sameIdentity(id)
		if first, ok := owners[key]; ok {
			d.fault(at, "this identity already stands at line %d; one identity is one person, keep one of them", first.line)
			continue
		}
		owners[key] = at
	}
	p := model.Person{ID: fmt.Sprintf("entry %d", i+1)}
	for _, work := range e.Employment {
		p.Employment = append(p.Employment, work.Employment(c.Vendor))
	}
	at := &personAt{d, &p, entry}
	at.employments()
}
