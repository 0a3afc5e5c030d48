package command

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/score/report/document"
)

func (a *app) letterCommand() *cobra.Command {
	var p paper
	var bidder string
	var winners []string
	c := &cobra.Command{
		Use:   "letter DIR --bidder BIDDER",
		Short: "Write the letter that gives a bidder the reasons of its result",
		Long: "Letter writes to one bidder, from a folder that score --out wrote: its own points and those of the\n" +
			"bidder with the most, the three largest differences with the numbers that make them, and what\n" +
			"of its acts did not count. What only the buyer knows stands in square brackets. The letter of\n" +
			"a simulation says that it is a draft.\n\n" +
			"Where other criteria decide, --winner names who was chosen.\n\n" +
			"Exit status: 0 done, 1 failed, 2 wrong usage, 3 done of a result with gaps.",
		Example: "  tender letter result --bidder moraine > moraine.md\n  tender letter result --bidder moraine --lang fr --format html --winner 1=karst --winner 2=bigco > moraine.html",
		Args:    exactly(1, "a folder that score wrote"),
		RunE: func(_ *cobra.Command, args []string) error {
			if bidder == "" {
				return usageError{errors.New("--bidder: name the bidder to whom the letter goes")}
			}
			by, err := byLot(winners)
			if err != nil {
				return err
			}
			return a.letter(args[0], p, document.LetterOptions{Bidder: bidder, Winner: by})
		},
	}
	paperFlags(c, &p)
	c.Flags().StringVar(&bidder, "bidder", "", "short name of the bidder to whom the letter goes")
	c.Flags().StringArrayVar(&winners, "winner", nil, "who was chosen: BIDDER, or LOT=BIDDER, as often as it takes (default: who has the most points)")
	a.officialFlag(c)
	return c
}

func (a *app) letter(dir string, p paper, o document.LetterOptions) error {
	l, err := a.paperLocale(p)
	if err != nil {
		return err
	}
	run, err := openRun(dir)
	if err != nil {
		return err
	}
	defer run.Close()
	if a.official != "" && run.ranking.Seal != a.official {
		return usageError{fmt.Errorf("--official: %s holds a result that is %s, not official by %s", dir, run.ranking.Label(), a.official)}
	}
	if err := run.holds(dir, o.Bidder); err != nil {
		return err
	}
	if o.Acts, err = document.CountActs(run.evidence.Concerning(o.Bidder)); err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	d, err := document.Letter(run.ranking, l, o)
	if errors.Is(err, document.ErrLetter) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	return a.finish(run.ranking, p.write(a.Out, d))
}

// byLot reads who was chosen in which lot; "" stands for every lot.
func byLot(said []string) (map[string]string, error) {
	by := map[string]string{}
	for _, s := range said {
		lot, bidder, ok := strings.Cut(s, "=")
		if !ok {
			lot, bidder = "", s
		}
		if _, twice := by[lot]; twice || bidder == "" {
			return nil, usageError{fmt.Errorf("--winner %s: want BIDDER or LOT=BIDDER, once for each lot", s)}
		}
		by[lot] = bidder
	}
	return by, nil
}
