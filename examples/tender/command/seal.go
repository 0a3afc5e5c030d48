package command

import (
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/model/tenderfile"
	"github.com/tributary-oss/tributary/score"
)

func (a *app) sealCommand() *cobra.Command {
	var on string
	c := &cobra.Command{
		Use:   "seal FILE",
		Short: "Fix a tender document before its notice, and print the digest to publish",
		Long: "Seal mines the repositories of a tender document, pins the commit of every branch, and writes a\n" +
			"block seal into the document with digests of what can move a score: tips, thresholds, weights,\n" +
			"rules, robots, rosters, vendors, decisions, lots, the window and the method itself. It prints the\n" +
			"one digest that is published with the notice. A result is official only when score is given that\n" +
			"digest. Every other byte of the document stays as it is.\n\n" +
			"Bidders are not sealed. With their bids come their vendors, signed claims, and lists of their own\n" +
			"people, in files of their own; later decisions may touch identity, affiliation and gaps only.\n\n" +
			"It refuses, with every reason, a document without stated thresholds (see calibrate), with\n" +
			"indicators that few can show and that are not justified (see openness), or with gaps that are\n" +
			"not accepted.\n\n" +
			"Exit status: 0 sealed, 1 failed, 2 wrong usage or document.",
		Example: "  tender seal tender.yaml --at 2026-12-01",
		Args:    exactly(1, "the file of a tender document"),
		RunE:    func(c *cobra.Command, args []string) error { return a.seal(c, args[0], on) },
	}
	c.Flags().StringVar(&on, "at", "", "day of the sealing, as 2026-12-01, no later than the notice (default: the notice's)")
	return c
}

func (a *app) seal(c *cobra.Command, file, on string) error {
	t, err := readTender(file)
	if err != nil {
		return err
	}
	at, err := sealingDay(t, on)
	if err != nil {
		return err
	}
	l, err := a.tally(c.Context(), t, file)
	if err != nil {
		return err
	}
	sealed, err := score.Seal(t, l, at)
	if err != nil {
		return err
	}
	e := tenderfile.Edits{Tips: map[string]map[string]map[string]string{}, Seal: sealed.Seal}
	for name, p := range sealed.Projects {
		e.Tips[name] = map[string]map[string]string{}
		for _, r := range p.Repositories {
			e.Tips[name][r.URL] = r.Tips
		}
	}
	if err := tenderfile.Edit(file, e); err != nil {
		return err
	}
	return a.sealed(sealed, file)
}

// sealingDay is the day that the user states, or the notice's; never the clock's.
func sealingDay(t *model.Tender, on string) (model.Date, error) {
	if on == "" {
		if t.About.Notice == 0 {
			return 0, usageError{fmt.Errorf("no day of the sealing; write tender: {notice: 2026-12-01} into the document, or state it with --at")}
		}
		return t.About.Notice, nil
	}
	day, err := model.ParseDate(on)
	if err != nil {
		return 0, usageError{fmt.Errorf("--at: %w", err)}
	}
	return day, nil
}

// sealed reads the document again, as whoever scores it will, and says what was fixed.
func (a *app) sealed(want *model.Tender, file string) error {
	t, err := readTender(file)
	if err != nil {
		return fmt.Errorf("the document was sealed and cannot be read again: %w", err)
	}
	digest := want.Seal.Digest
	if err := score.CheckSeal(t, digest); err != nil {
		return fmt.Errorf("the document was sealed and reads as another; do not publish it, and report this: %w", err)
	}
	tips := 0
	for _, p := range t.Projects {
		for _, r := range p.Repositories {
			for branch := range r.Tips {
				if branch != model.MainTip && branch != model.TagsTip {
					tips++
				}
			}
		}
	}
	fmt.Fprintf(a.Out, "%s\n\n", digest)
	fmt.Fprintf(a.told, "%s is sealed on %s; publish this digest with the notice.\n", file, t.Seal.At)
	fmt.Fprintf(a.told, "Pinned: %d tips of %d repositories, %d projects, %d vendors, %d rosters, %d decisions.\n",
		tips, repositories(t), len(t.Projects), len(t.Seal.Vendors), len(t.Seal.Rosters), len(t.Seal.Decisions))
	for _, part := range slices.Sorted(maps.Keys(t.Seal.Parts)) {
		fmt.Fprintf(a.Out, "  %-11s %s\n", part, t.Seal.Parts[part])
	}
	_, err = fmt.Fprintf(a.told, "Official results: tender score %s --official %s\n", file, digest)
	return err
}
