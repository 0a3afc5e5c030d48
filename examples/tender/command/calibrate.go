package command

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/model/tenderfile"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
)

func (a *app) calibrateCommand() *cobra.Command {
	var format string
	var write bool
	c := &cobra.Command{
		Use:   "calibrate FILE",
		Short: "Propose thresholds from the projects' own activity",
		Long: "Calibrate mines the repositories of a tender document and proposes T of each indicator: what the\n" +
			"project's three most active people reach together in the window, whoever employs them, rounded\n" +
			"up, and at least the method's floor; none where nobody did anything.\n\n" +
			"With --write it writes the proposals into the document, in place of those that stand there, and\n" +
			"leaves every other byte as it is. What the sources cannot show stays out.\n\n" +
			"Exit status: 0 done, 1 failed, 2 wrong usage or document, 3 done with gaps.",
		Example: "  tender calibrate tender.yaml --write",
		Args:    exactly(1, "the file of a tender document"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := oneOf("--format", format, "text", "json"); err != nil {
				return err
			}
			t, err := readTender(args[0])
			if err != nil {
				return err
			}
			if write && t.Seal != nil {
				return usageError{fmt.Errorf("%s was sealed on %s: its thresholds stay as they were published", args[0], t.Seal.At)}
			}
			l, err := a.tally(c.Context(), t, args[0])
			if err != nil {
				return err
			}
			return a.calibrate(t, l, args[0], format, write)
		},
	}
	c.Flags().StringVar(&format, "format", "text", "what to print: text or json")
	c.Flags().BoolVar(&write, "write", false, "write the proposals into the document")
	return c
}

func (a *app) calibrate(t *model.Tender, l *score.Ledger, file, format string, write bool) error {
	all := score.Calibrate(t, l)
	var err error
	if format == "json" {
		err = report.CalibrationJSON(a.Out, all, len(lacks(l)))
	} else {
		err = report.CalibrationText(a.Out, all, len(lacks(l)), a.text(0))
	}
	if err != nil || !write {
		return a.gaps(l, err)
	}
	if gaps := a.gaps(l, nil); gaps != nil {
		fmt.Fprintf(a.Err, "%s is as it was: with gaps the proposals would be too low\n", file)
		return gaps
	}
	e := tenderfile.Edits{Thresholds: map[string]map[model.Indicator]model.Threshold{}}
	for _, c := range all {
		if threshold, ok := c.Threshold(); ok {
			if e.Thresholds[c.Project] == nil {
				e.Thresholds[c.Project] = map[model.Indicator]model.Threshold{}
			}
			e.Thresholds[c.Project][c.Indicator] = threshold
		}
	}
	if err := tenderfile.Edit(file, e); err != nil {
		return err
	}
	fmt.Fprintf(a.Err, "wrote the thresholds into %s\n", file)
	return nil
}

func (a *app) opennessCommand() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "openness FILE",
		Short: "Show how many organisations each criterion is open to",
		Long: "Openness mines the repositories of a tender document and shows for each indicator how many\n" +
			"organisations reach a quarter of its threshold, and the largest one's share of the work. Where\n" +
			"fewer than three do, or one has more than 70 %, the document must justify the indicator before\n" +
			"it can be sealed: justify: [{indicator: ports, reason: …}] under the project.\n\n" +
			"Exit status: 0 done, 1 failed, 2 wrong usage or document, 3 done with gaps.",
		Args: exactly(1, "the file of a tender document"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := oneOf("--format", format, "text", "json"); err != nil {
				return err
			}
			t, err := readTender(args[0])
			if err != nil {
				return err
			}
			l, err := a.tally(c.Context(), t, args[0])
			if err != nil {
				return err
			}
			all := score.OpennessOf(t, l)
			if format == "json" {
				return a.gaps(l, report.OpennessJSON(a.Out, all, len(lacks(l))))
			}
			return a.gaps(l, report.OpennessText(a.Out, all, len(lacks(l)), a.text(0)))
		},
	}
	c.Flags().StringVar(&format, "format", "text", "what to print: text or json")
	return c
}

// tally mines and judges, and ranks nobody.
func (a *app) tally(ctx context.Context, t *model.Tender, file string) (*score.Ledger, error) {
	if err := checkTender(t); err != nil {
		return nil, err
	}
	a.bars = a.newBars(repositories(t))
	defer a.bars.stop()
	s, err := a.sources(ctx, git.Options{Now: a.now, Pin: true}, allRepositories(t))
	if err != nil {
		return nil, err
	}
	defer s.close()
	l, err := score.Tally(t, forge.Mine(ctx, t, s.Hosts, a.options(filepath.Dir(file))), nil)
	a.bars.stop()
	for _, said := range s.usage() {
		fmt.Fprintln(a.Err, said)
	}
	return l, err
}

// gaps names what a ledger lacks, and turns it into its exit status.
func (a *app) gaps(l *score.Ledger, err error) error {
	return a.finish(&model.Ranking{Gaps: lacks(l)}, err)
}

// lacks are the gaps of all projects of a ledger, by project.
func lacks(l *score.Ledger) (list []model.Gap) {
	for _, name := range slices.Sorted(maps.Keys(l.Projects)) {
		list = append(list, l.Gaps(name)...)
	}
	return list
}

// officialFlag adds the digest against which a sealed document is held.
func (a *app) officialFlag(c *cobra.Command) {
	c.Flags().StringVar(&a.official, "official", "", "digest that was published when the document was sealed: the result is official, or refused with every reason")
}

// certify makes a ranking official where the user gave the digest.
func (a *app) certify(t *model.Tender, r *model.Ranking) error {
	if a.official == "" {
		return nil
	}
	return score.Certify(t, r, a.official)
}

// label is what the sheets of a run say that are written before it is known whether the
// result is official; they are thrown away where it is not.
func (a *app) label() string {
	r := model.Ranking{Status: model.Simulation}
	if a.official != "" {
		r.Status, r.Seal = model.Official, a.official
	}
	return r.Label()
}

// notOfficial turns the reasons into one error of the document.
func notOfficial(err error) bool {
	return errors.Is(err, score.ErrNotOfficial) || errors.Is(err, score.ErrNotSealable) || errors.Is(err, tenderfile.ErrNotEdited)
}
