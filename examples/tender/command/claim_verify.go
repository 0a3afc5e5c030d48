package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation/claim"
)

// checkedClaim is a claim that is valid for a tender, and the tender without it.
type checkedClaim struct {
	*claim.Checked
	tender *model.Tender
}

// checkClaim reads a tender and holds a claim against it. If the tender names the claim
// itself, it is read without it, and with the signers that it names for it.
func checkClaim(file, tender, signers string) (*checkedClaim, error) {
	if _, err := os.Stat(file); err != nil {
		return nil, usageError{fmt.Errorf("reading the claim: %w", err)}
	}
	var named model.Roster
	format := claim.Format()
	check := format.Read
	format.Read = func(fsys fs.FS, r model.Roster, t *model.Tender) (*model.Table, error) {
		if sameFile(filepath.Join(filepath.Dir(tender), filepath.FromSlash(r.File)), file) {
			named = r
			return &model.Table{}, nil
		}
		return check(fsys, r, t)
	}
	t, err := readTenderWith(tender, format)
	if err != nil {
		return nil, err
	}
	if signers == "" && named.Signers != "" {
		signers = filepath.Join(filepath.Dir(tender), filepath.FromSlash(named.Signers))
	}
	keys, err := readSigners(signers)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(filepath.Dir(file))
	if err != nil {
		return nil, fmt.Errorf("reading the claim: %w", err)
	}
	defer root.Close()
	c, err := claim.Check(root.FS(), filepath.Base(file), keys, t)
	if err != nil {
		return nil, fmt.Errorf("%s is refused: %s", file, err.Error()) // not %w: faults of a claim are no wrong use
	}
	return &checkedClaim{c, t}, nil
}

func readSigners(file string) (*claim.Signers, error) {
	if file == "" {
		return nil, nil
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, usageError{fmt.Errorf("reading the keys of persons: %w", err)}
	}
	return claim.ParseSigners(file, b), nil
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

func (a *app) claimVerifyCommand() *cobra.Command {
	var tender, signers string
	c := &cobra.Command{
		Use:   "verify CLAIM --tender FILE",
		Short: "Check a claim against a tender, and show what it would add and contradict",
		Long: "Verify checks the signatures of a claim, and what a tender says to it. It shows identities,\n" +
			"so its output is for the vendor and the buyer.\n\nExit status: 0 valid, 1 refused, 2 wrong usage or tender.",
		Args: exactly(1, "the file of a claim"),
		RunE: func(_ *cobra.Command, args []string) error {
			if tender == "" {
				return usageError{errors.New("tender claim verify: against which tender? Name its document with --tender")}
			}
			c, err := checkClaim(args[0], tender, signers)
			if err != nil {
				return err
			}
			a.showClaim(args[0], c)
			return nil
		},
	}
	c.Flags().StringVar(&tender, "tender", "", "file of the tender document")
	c.Flags().StringVar(&signers, "signers", "", "file with the keys of persons, in the form of OpenSSH's allowed signers (default: the one that the tender names for the claim)")
	return c
}

// showClaim prints what a claim states, and what becomes of it beside other rosters.
func (a *app) showClaim(file string, c *checkedClaim) {
	fmt.Fprintf(a.told, "%s is valid: signed for %s by the key %s; issued %s, expires %s\n", file, c.Vendor, c.Key, c.Issued, c.Expires)
	meetings := c.Meetings(c.tender)
	for i, e := range c.People {
		by := ""
		if c.Confirmed[i] != "" {
			by = " by the key " + c.Confirmed[i]
		}
		fmt.Fprintf(a.told, "\nentry %d, %s%s: %s\n", i+1, c.Level(i), by, plain(strings.Join(e.Identities, ", ")))
		for _, w := range e.Employment {
			fmt.Fprintf(a.told, "  adds %s %s%s\n", c.Vendor, days(w.From, w.Until), share(w))
		}
		if !c.Level(i).Reaches(c.tender.Evidence) {
			fmt.Fprintf(a.told, "  does not count: the tender asks for the level %s\n", c.tender.Evidence)
		}
		met := slices.DeleteFunc(slices.Clone(meetings), func(m claim.Meeting) bool { return m.Entry != i })
		for _, m := range met {
			fmt.Fprintln(a.told, "  "+plain(told(m)))
		}
		if len(met) == 0 {
			fmt.Fprintln(a.told, "  no other roster speaks of these identities on these days")
		}
	}
	for _, n := range c.Notes {
		fmt.Fprintln(a.Err, "note: "+plain(n.String()))
	}
}

// told says what becomes of a claim where it meets another roster.
func told(m claim.Meeting) string {
	other := fmt.Sprintf("%s names %s for %s %s, at the level %s", source(m.Source), m.Vendor, strings.Join(m.Identities, ", "), days(m.From, m.Until), m.Level)
	switch m.Effect {
	case claim.Agrees:
		return "agrees: " + other
	case claim.Beside:
		return "stands beside another part of the working time: " + other
	case claim.Contested:
		return "contested, and nobody's until the buyer decides: " + other
	case claim.Yields:
		return "does not count, the other evidence is higher: " + other
	}
	return "overrules lower evidence: " + other
}

func source(s string) string {
	if s == "" {
		return "another roster"
	}
	return "another roster (" + s + ")"
}

func share(w model.ClaimedWork) string {
	if w.Fraction == nil {
		return ""
	}
	return fmt.Sprintf(", for %v of the working time", *w.Fraction)
}

// days names the days [from, until) in words.
func days(from, until model.Date) string {
	switch {
	case from == 0 && until == 0:
		return "at all times"
	case from == 0:
		return fmt.Sprintf("until %s", until)
	case until == 0:
		return fmt.Sprintf("from %s on", from)
	}
	return fmt.Sprintf("from %s until %s", from, until)
}
