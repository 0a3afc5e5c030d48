package claim

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// confirmations checks the signatures of persons.
func (c *check) confirmations(signers *Signers) error {
	numbers, err := c.numbers()
	if err != nil {
		return err
	}
	confirmed := map[string]int{}
	for _, n := range numbers {
		name := ConfirmationFile(c.File, n-1)
		if n < 1 || n > len(c.People) {
			return &RefusedError{Reason: NoEntry, File: name, Text: fmt.Sprintf("the claim has no entry %d, only %d; remove the file, or give it the number of its entry", n, len(c.People))}
		}
		if signers == nil {
			return &RefusedError{Reason: NoSigners, File: name, Entry: n, Text: "it is confirmed, and nothing says whose keys are whose; name the file of allowed signers under signers of the roster, or with --signers"}
		}
		key, err := c.confirmation(name, n-1, signers)
		if err != nil {
			return err
		}
		if first, ok := confirmed[key]; ok {
			return c.refuseEntry(name, n-1, SharedKey, "the key %s confirms entry %d already; a key is one person's: confirm each entry with its person's own key, or join them if they are one person", key, first)
		}
		confirmed[key] = n
		c.Confirmed[n-1] = key
	}
	return nil
}

// ConfirmationFile returns the name of the file with the confirmation of an entry, by its
// index.
func ConfirmationFile(claim string, entry int) string {
	return fmt.Sprintf("%s.%d.sig", claim, entry+1)
}

// numbers returns the numbers of confirmations beside the claim, in order.
func (c *check) numbers() ([]int, error) {
	files, err := fs.ReadDir(c.fsys, path.Dir(c.File))
	if err != nil {
		return nil, fmt.Errorf("looking for confirmations beside the claim: %w", err)
	}
	var numbers []int
	for _, f := range files {
		middle, ok := strings.CutPrefix(f.Name(), path.Base(c.File)+".")
		if !ok {
			continue
		}
		if middle, ok = strings.CutSuffix(middle, ".sig"); !ok {
			continue
		}
		if n, err := strconv.Atoi(middle); err == nil && strconv.Itoa(n) == middle {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}

// confirmation checks the confirmation of an entry and returns the key's fingerprint.
func (c *check) confirmation(name string, i int, signers *Signers) (string, error) {
	b, err := load(c.fsys, name, mostSignature)
	if err != nil {
		return "", fmt.Errorf("reading the confirmation of entry %d: %w", i+1, err)
	}
	refuse := func(reason Reason, format string, args ...any) (string, error) {
		return "", c.refuseEntry(name, i, reason, format, args...)
	}
	sig, reason, err := parse(b, ConfirmNamespace)
	if err != nil {
		return refuse(reason, "%v", err)
	}
	if v, ok := c.keys[string(sig.PublicKey.Marshal())]; ok {
		return refuse(SharedKey, "the key %s is vendor %s's; a person confirms with a key of their own", sig.key, v)
	}
	v := signers.of(sig.PublicKey, ConfirmNamespace, c.Issued)
	switch {
	case !v.listed:
		return refuse(WrongKey, "the key %s does not stand in %s; add it there with the person's identities, or remove the confirmation", sig.key, signers.File)
	case !v.use:
		return refuse(WrongKey, "the key %s stands in %s for other namespaces only; allow %s, or remove the confirmation", sig.key, signers.File, ConfirmNamespace)
	case !v.day:
		return refuse(WrongKey, "the key %s was not valid on %s, the day of the claim, by %s; confirm with a key that was", sig.key, c.Issued, signers.File)
	}
	if err := c.covers(v, i, name, sig.key, signers.File); err != nil {
		return "", err
	}
	if !sig.signs(Text(&c.Claim, i)) {
		return refuse(Forged, "the signature is not one of this entry as it is: it was changed after it was confirmed, or the file has another entry's number; tender claim confirm --show prints what is to be signed")
	}
	return sig.key, nil
}

// covers checks that the key stands for the whole entry.
func (c *check) covers(v vouched, i int, name, key, file string) error {
	own, foreign := 0, 0
	for k, id := range c.People[i].Identities {
		switch {
		case v.principals[principal(id)]:
			own++
		case foreign == 0 && !c.vendorSpeaksFor(i, id):
			foreign = k + 1
		}
	}
	if own == 0 {
		return c.refuseEntry(name, i, WrongKey, "the key %s stands in %s for none of the entry's identities; confirm with the person's own key", key, file)
	}
	if foreign > 0 {
		return c.refuseEntry(name, i, Overreach, "the key %s does not stand in %s for identity %d of the entry; add the identity to the key's line if it is the same person's, or leave it out of the entry", key, file, foreign)
	}
	return nil
}

// vendorSpeaksFor reports whether an identity is an address under a mail domain that was
// the vendor's own on all days of the entry.
func (c *check) vendorSpeaksFor(i int, id string) bool {
	for _, w := range c.People[i].Employment {
		if !slices.Equal(c.domains.owners(id, w), []string{c.Vendor}) {
			return false
		}
	}
	return true
}
