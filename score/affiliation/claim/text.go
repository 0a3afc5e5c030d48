package claim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/model"
)

// Text returns the bytes that the person of an entry signs, by its index: lines that
// end in LF, in this order, identities in lower case, and identities and employments
// sorted as texts.
//
//	tributary-confirmation/1
//	vendor: karst
//	tender: RE-2026-017
//	issued: 2026-11-28
//	expires: 2027-11-28
//	identity: github:1234567
//	identity: mail:ada@karst.example
//	employment: from 2019-05-01 until 2023-04-01, fraction 0.5
//	employment: from 2023-04-01 until open, fraction 1
//
// The line of the tender is absent where the claim is for any. As the text is the
// entry's own, it stays confirmed when the vendor changes other entries and signs again.
func Text(c *model.Claim, entry int) []byte {
	lines := []string{"tributary-confirmation/1", "vendor: " + c.Vendor}
	if c.Tender != "" {
		lines = append(lines, "tender: "+c.Tender)
	}
	lines = append(lines, "issued: "+c.Issued.String(), "expires: "+c.Expires.String())
	var identities, employments []string
	for _, id := range c.People[entry].Identities {
		identities = append(identities, "identity: "+fold(id))
	}
	for _, w := range c.People[entry].Employment {
		until := "open"
		if w.Until != 0 {
			until = w.Until.String()
		}
		share := strconv.FormatFloat(w.Employment("").Share(), 'f', -1, 64)
		employments = append(employments, fmt.Sprintf("employment: from %s until %s, fraction %s", w.From, until, share))
	}
	slices.Sort(identities)
	slices.Sort(employments)
	return []byte(strings.Join(slices.Concat(lines, identities, employments), "\n") + "\n")
}

// Find returns the index of the entry with an identity, which may also be written as a
// plain mail address; -1 where there is none.
func Find(c *model.Claim, identity string) int {
	identity = fold(identity)
	return slices.IndexFunc(c.People, func(e model.ClaimEntry) bool {
		return slices.ContainsFunc(e.Identities, func(id string) bool { return fold(id) == identity || principal(id) == identity })
	})
}

// fold writes an identity in the form that is compared.
func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// principal writes an identity as files of allowed signers have it.
func principal(id string) string { return strings.TrimPrefix(fold(id), "mail:") }
