package command

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report"
)

func (a *app) methodCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "method [FILE]",
		Short: "Print the method: what counts, for how much, and why",
		Long: "Method prints the method in Markdown, with all indicators and rules: by its defaults, or with the\n" +
			"numbers of a tender document. The English text is the method; the others are translations of it.",
		Example: "  tender method\n  tender method tender.yaml\n  tender method tender.yaml --lang fr",
		Args:    atMostOne,
		RunE: func(_ *cobra.Command, args []string) error {
			var t *model.Tender
			if len(args) == 1 {
				var err error
				if t, err = readTender(args[0]); err != nil {
					return err
				}
			}
			if err := report.Method(a.Out, t, a.locale); err != nil {
				return err
			}
			_, err := fmt.Fprintln(a.Out)
			return err
		},
	}
}

func atMostOne(c *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usageError{fmt.Errorf("%s: %d arguments; want at most the file of a tender document", c.CommandPath(), len(args))}
	}
	return nil
}
