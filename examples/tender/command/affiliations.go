package command

import (
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
)

func (a *app) affiliationsCommand() *cobra.Command {
	var identify bool
	var format string
	c := &cobra.Command{
		Use:   "affiliations FILE",
		Short: "Show how well it is known who works for whom, and whom to ask",
		Long: "Affiliations evaluates a tender and shows, by month, what is known of whom the actors worked for;\n" +
			"people whom several vendors claim, with what hangs on it; people who left a vendor; what is odd\n" +
			"about the rosters; and the people of unknown affiliation whose answer would move a score most.",
		Args: exactly(1, "the file of a tender document"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := oneOf("--format", format, "text", "csv", "json"); err != nil {
				return err
			}
			t, err := readTender(args[0])
			if err != nil {
				return err
			}
			if err := checkTender(t); err != nil {
				return err
			}
			ctx := c.Context()
			a.bars = a.newBars(repositories(t))
			defer a.bars.stop()
			s, err := a.sources(ctx, git.Options{Now: a.now}, allRepositories(t))
			if err != nil {
				return err
			}
			defer s.close()
			known, err := score.Survey(t, forge.Mine(ctx, t, s.Hosts, a.options(filepath.Dir(args[0]))))
			a.bars.stop()
			if err != nil {
				return err
			}
			show := report.People{Names: identify, Key: pseudonymKey(t)}
			switch format {
			case "csv":
				err = report.AffiliationsCSV(a.Out, known)
			case "json":
				err = report.AffiliationsJSON(a.Out, known, show)
			default:
				err = report.Affiliations(a.Out, known, show, a.text(0))
			}
			return a.finish(known.Ranking, err)
		},
	}
	identifyFlag(c, &identify)
	c.Flags().StringVar(&format, "format", "text", "what to print: text, csv (the months) or json")
	return c
}

// identifyFlag is for those who may see who is who.
func identifyFlag(c *cobra.Command, identify *bool) {
	c.Flags().BoolVar(identify, "identify", false, "show who is who; otherwise persons stand under pseudonyms keyed by $"+keyVariable)
}
