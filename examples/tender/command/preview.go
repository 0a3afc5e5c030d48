package command

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/model"
)

func (a *app) previewCommand() *cobra.Command {
	var file, signers string
	var online bool
	c := &cobra.Command{
		Use:   "preview FILE --claim CLAIM",
		Short: "Rehearse a bidder's own score with and without its claim",
		Long: "Preview scores a tender twice, without a vendor's claim and with it, and shows both scores\n" +
			"of the bidder that the vendor belongs to. It asks no network unless told so with --online:\n" +
			"score the tender once before, and preview goes by what that left.\n\n" +
			"Exit status: 0 done, 1 failed or claim refused, 2 wrong usage or document, 3 done with gaps.",
		Args: exactly(1, "the file of a tender document"),
		RunE: func(c *cobra.Command, args []string) error {
			if file == "" {
				return usageError{errors.New("tender preview: whose score? Name the file of a claim with --claim")}
			}
			if online && a.offline {
				return usageError{errors.New("--online and --offline: state one of them")}
			}
			checked, err := checkClaim(file, args[0], signers)
			if err != nil {
				return err
			}
			a.offline = !online
			return a.preview(c.Context(), checked, args[0], file)
		},
	}
	c.Flags().StringVar(&file, "claim", "", "file of the claim")
	c.Flags().StringVar(&signers, "signers", "", "file with the keys of persons (default: the one that the tender names for the claim)")
	c.Flags().BoolVar(&online, "online", false, "mine what is new first")
	return c
}

// preview scores the tender without the claim and with it. The second time nothing is
// mined, so that both go by the same facts.
func (a *app) preview(ctx context.Context, c *checkedClaim, tender, file string) error {
	if err := checkTender(c.tender); err != nil {
		return err
	}
	bidder, err := bidderOf(c.tender, c.Vendor)
	if err != nil {
		return err
	}
	dir := filepath.Dir(tender)
	without, err := a.evaluate(ctx, c.tender, dir, nil)
	if err != nil {
		return err
	}
	a.offline, a.fresh = true, false
	claimed := *c.tender
	claimed.Tables = append(slices.Clip(claimed.Tables), *c.Table())
	with, err := a.evaluate(ctx, &claimed, dir, nil)
	if err != nil {
		return err
	}
	return a.finish(with, a.showPreview(without, with, bidder, file))
}

// bidderOf returns the bidder that a vendor belongs to.
func bidderOf(t *model.Tender, vendor string) (string, error) {
	if t.Bidders.All {
		return vendor, nil
	}
	for _, members := range []func(model.Bidder) []string{
		func(b model.Bidder) []string { return b.Vendors },
		func(b model.Bidder) []string { return b.Subcontractors }, // of a vendor that does not bid itself
	} {
		for _, b := range t.Bidders.List {
			if slices.Contains(members(b), vendor) {
				return b.ID, nil
			}
		}
	}
	return "", usageError{fmt.Errorf("the tender has no bidder with the vendor %s; add it under bidders to rehearse its score", vendor)}
}

// showPreview prints a bidder's scores and points in each lot.
func (a *app) showPreview(without, with *model.Ranking, bidder, file string) error {
	status := with.Status
	if n := len(with.Gaps); n > 0 {
		status += a.locale.T("; with gaps: %d repositories, or parts of them, could not be mined", n)
	}
	fmt.Fprintf(a.Out, "%s\n\n", a.locale.T("%v: %s without and with %s", status, plain(bidder), plain(file)))
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, a.locale.T("lot\tscore without\twith\tpoints without\twith\tof\t"))
	for i, lot := range with.Lots {
		before, after := standing(without.Lots[i], bidder), standing(lot, bidder)
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t\n", plain(lot.ID), a.figure(before.Score), a.figure(after.Score), a.figure(before.Points), a.figure(after.Points), a.figure(&lot.Points))
	}
	return w.Flush()
}

// standing returns a bidder's place in a lot; an empty one where it has none.
func standing(lot model.LotResult, bidder string) model.Standing {
	for _, s := range lot.Standings {
		if s.Bidder == bidder {
			return s
		}
	}
	return model.Standing{}
}

// figure writes a figure with two decimals, and a dash where there is none.
func (a *app) figure(f *float64) string {
	if f == nil {
		return "–"
	}
	return a.locale.Decimal(fmt.Sprintf("%.2f", *f))
}
