package command

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
)

type botsFlags struct {
	identify, all bool
}

func (a *app) botsCommand() *cobra.Command {
	var f botsFlags
	c := &cobra.Command{
		Use:   "bots [FILE]",
		Short: "Print the list of robots, or suggest who else is one",
		Long: "Bots prints the list of robots and AI agents that the method goes by, with days and sources.\n\n" +
			"With the file of a tender document it mines the repositories instead, and shows accounts that\n" +
			"behave like robots and are not known as such. That decides nothing: a person looks at what the\n" +
			"account does, and puts it under bots: add, or exempt, of the document. Accounts appear under\n" +
			"pseudonyms, since some will be people; --identify names them.\n\n" +
			"Exit status: 0 done, 1 failed, 2 wrong usage or document, 3 done with gaps.",
		Example: "  tender bots\n  tender bots tender.yaml --identify",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError{fmt.Errorf("%s: %d arguments; want the file of a tender document, or none for the list", c.CommandPath(), len(args))}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case len(args) == 1:
				return a.suggestBots(c.Context(), args[0], f)
			case f.identify || f.all:
				return usageError{errors.New("--identify and --all are for a tender document; name its file")}
			}
			for _, b := range score.Bots() {
				if _, err := fmt.Fprintln(a.Out, b); err != nil {
					return err
				}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&f.identify, "identify", false, "show accounts by name and address, and the lines for the document; for your own eyes")
	c.Flags().BoolVar(&f.all, "all", false, "show known robots, and whom the document exempts, too")
	return c
}

func (a *app) suggestBots(ctx context.Context, file string, f botsFlags) error {
	t, err := readTender(file)
	if err != nil {
		return err
	}
	a.bars = a.newBars(repositories(t))
	defer a.bars.stop()
	s, err := a.sources(ctx, git.Options{Now: a.now, Facts: []model.Kind{model.CommitFacts}}, allRepositories(t))
	if err != nil {
		return err
	}
	defer s.close()
	var settled func(model.Identity, time.Time) bool
	if !f.all {
		settled = score.Settled(t)
	}
	var gaps []*model.GapError
	records := forge.Mine(ctx, t, s.Hosts, a.options(filepath.Dir(file)))
	suspects, err := score.SuggestBots(withoutGaps(records, &gaps), settled)
	a.bars.stop()
	if err != nil {
		return err
	}
	show := report.People{Names: f.identify, Key: pseudonymKey(t)}
	if err := report.Bots(a.Out, suspects, show, a.text(0)); err != nil {
		return err
	}
	for _, g := range gaps {
		fmt.Fprintln(a.Err, plain(a.locale.T("gap: %s", a.say(g.Error()))))
	}
	if len(gaps) > 0 {
		return errGaps
	}
	return nil
}

// withoutGaps passes on the records, and keeps the gaps for later.
func withoutGaps(records iter.Seq2[model.Record, error], gaps *[]*model.GapError) iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		for r, err := range records {
			var gap *model.GapError
			if errors.As(err, &gap) {
				*gaps = append(*gaps, gap)
				continue
			}
			if !yield(r, err) {
				return
			}
		}
	}
}
