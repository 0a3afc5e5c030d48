package command

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/model/tenderfile"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/affiliation/claim"
	"github.com/tributary-oss/tributary/score/affiliation/formats"
)

func (a *app) checkCommand() *cobra.Command {
	var published string
	c := &cobra.Command{
		Use:   "check FILE",
		Short: "Check a tender document and its rosters, without mining",
		Long: "Check says what is wrong with a tender document and its rosters, all faults at once, and that the\n" +
			"criterion that clause writes shows every parameter. With --clause it holds a text against the\n" +
			"document that was made of that criterion and perhaps edited: Markdown, HTML or plain text, English\n" +
			"or French. Every number and name must still stand in it, in the passage where it belongs.\n\n" +
			"Exit status: 0 no faults, 1 the text differs, 2 wrong usage or document.",
		Example: "  tender check tender.yaml\n  tender check tender.yaml --clause published.md",
		Args:    exactly(1, "the file of a tender document"),
		RunE: func(_ *cobra.Command, args []string) error {
			t, err := readTender(args[0])
			if err != nil {
				return err
			}
			if err := checkTender(t); err != nil {
				return err
			}
			bidders := fmt.Sprintf("%d bidders", len(t.Bidders.List))
			if t.Bidders.All {
				bidders = "every organisation found"
			}
			w := t.Window.Period()
			fmt.Fprintf(a.told, "%s: no faults; %d projects, %d repositories, %d lots, %s, %d people; window %s to %s, end excluded\n",
				args[0], len(t.Projects), repositories(t), len(t.Lots), bidders, people(t),
				w.Since.Format("2006-01-02"), w.Until.Format("2006-01-02"))
			for _, n := range tableNotes(t) {
				fmt.Fprintln(a.told, plain(n.String()))
			}
			return a.checkClause(t, published)
		},
	}
	c.Flags().StringVar(&published, "clause", "", "file of the published criterion, to be held against the document")
	return c
}

// people counts the entries of all rosters.
func people(t *model.Tender) int {
	n := len(t.People)
	for _, table := range t.Tables {
		n += len(table.People)
	}
	return n
}

// tableNotes returns the remarks on imported tables, by place.
func tableNotes(t *model.Tender) (list []model.Note) {
	for _, table := range t.Tables {
		list = append(list, table.Notes...)
	}
	slices.SortStableFunc(list, func(a, b model.Note) int { return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line)) })
	return list
}

// readTender reads a document that the user named.
func readTender(file string) (*model.Tender, error) { return readTenderWith(file, claim.Format()) }

// readTenderWith is readTender with a reader of claims.
func readTenderWith(file string, claims model.RosterFormat) (*model.Tender, error) {
	t, err := tenderfile.Read(file, append(formats.All(), claims)...)
	var faults tenderfile.Faults
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, usageError{fmt.Errorf("%s is not there; name the file of a tender document", file)}
	case err != nil && !errors.As(err, &faults):
		return nil, usageError{err}
	}
	return t, err
}

// checkTender says before any mining what would stop it.
func checkTender(t *model.Tender) error {
	if err := score.Check(t); err != nil {
		return err
	}
	return forge.Finished(t.Window, time.Now())
}
