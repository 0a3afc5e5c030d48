package command

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report/document"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// paper is how a document is written.
type paper struct{ format string }

// paperFlags adds the flags of commands that write a document.
func paperFlags(c *cobra.Command, p *paper) {
	c.Flags().StringVar(&p.format, "format", "markdown", "what to print: markdown or html")
}

// paperLocale returns the locale of a document, or what is wrong with its flags.
func (a *app) paperLocale(p paper) (*locale.Locale, error) {
	if err := oneOf("--format", p.format, "markdown", "html"); err != nil {
		return nil, err
	}
	l, err := locale.Of(a.lang)
	if err != nil {
		return nil, a.langError(err)
	}
	return l, nil
}

func (p paper) write(w io.Writer, d *document.Document) error {
	if p.format == "html" {
		return d.HTML(w)
	}
	return d.Markdown(w)
}

func (a *app) clauseCommand() *cobra.Command {
	var p paper
	c := &cobra.Command{
		Use:   "clause FILE",
		Short: "Write the criterion to publish with the notice",
		Long: "Clause writes the criterion of a tender document as it is published with the notice: its text, all\n" +
			"weights, thresholds, rules and other numbers, and an example that is computed from them. Nothing\n" +
			"is mined. What the buyer has to add stands in square brackets. Seal the document first: the\n" +
			"criterion of a document that is not sealed says that it is a draft.\n\n" +
			"A text that was edited is held against the document by: tender check FILE --clause TEXT\n\n" +
			"Exit status: 0 done, 1 failed, 2 wrong usage or document.",
		Example: "  tender clause tender.yaml > criterion.md\n  tender clause tender.yaml --lang fr --format html > critere.html",
		Args:    exactly(1, "the file of a tender document"),
		RunE: func(_ *cobra.Command, args []string) error {
			l, err := a.paperLocale(p)
			if err != nil {
				return err
			}
			t, err := readTender(args[0])
			if err != nil {
				return err
			}
			if err := score.Check(t); err != nil {
				return err
			}
			if t.Seal != nil {
				if err := score.CheckSeal(t, t.Seal.Digest); err != nil {
					return errors.Join(fmt.Errorf("%s is not what was sealed; its criterion would not be the published one", args[0]), err)
				}
			}
			return p.write(a.Out, document.Clause(t, l))
		},
	}
	paperFlags(c, &p)
	return c
}

// checkClause holds the criterion of a document, and the text that was published of it where
// there is one, against the document.
func (a *app) checkClause(t *model.Tender, file string) error {
	if unshown := document.Unshown(t); len(unshown) > 0 {
		return fmt.Errorf("the criterion does not show %s: a fault of this program, please report it", strings.Join(unshown, ", "))
	}
	if file == "" {
		return nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return usageError{fmt.Errorf("--clause: %w", err)}
	}
	list := document.ComparePublished(t, string(text))
	for _, d := range list {
		fmt.Fprintln(a.Out, plain(d.In(a.locale)))
	}
	if len(list) > 0 {
		passages := "1 passage differs"
		if len(list) > 1 {
			passages = fmt.Sprintf("%d passages differ", len(list))
		}
		return fmt.Errorf("%s: %s from what the document makes; where only words were turned round it may mean the same", file, passages)
	}
	_, err = fmt.Fprintf(a.told, "%s: every parameter stands in it as the document has it\n", file)
	return err
}
