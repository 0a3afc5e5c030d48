package command

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
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
	"github.com/tributary-oss/tributary/score/report"
)

func (a *app) checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE",
		Short: "Check a tender document and its rosters, without mining",
		Args:  exactly(1, "the file of a tender document"),
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
			fmt.Fprintf(a.Out, "%s: no faults; %d projects, %d repositories, %d lots, %s, %d people; window %s to %s, end excluded\n",
				args[0], len(t.Projects), repositories(t), len(t.Lots), bidders, people(t),
				w.Since.Format("2006-01-02"), w.Until.Format("2006-01-02"))
			for _, n := range tableNotes(t) {
				fmt.Fprintln(a.Out, plain(n.String()))
			}
			return nil
		},
	}
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

// checkBidder says before any mining that a bidder is not among those listed.
func checkBidder(t *model.Tender, id string) error {
	var names []string
	for _, b := range t.Bidders.List {
		names = append(names, b.ID)
	}
	if t.Bidders.All || slices.Contains(names, id) {
		return nil
	}
	return usageError{fmt.Errorf("explaining %q: no such bidder; the tender has %s", id, strings.Join(names, ", "))}
}

func (a *app) explainCommand() *cobra.Command {
	var most int
	var people bool
	var format string
	c := &cobra.Command{
		Use:   "explain FILE BIDDER",
		Short: "Explain every figure of one bidder, down to the acts",
		Args:  exactly(2, "the file of a tender document and the short name of a bidder"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := cmp.Or(oneOf("--format", format, "text", "json"), notNegative("--most", most)); err != nil {
				return err
			}
			t, err := readTender(args[0])
			if err != nil {
				return err
			}
			if err := cmp.Or(checkTender(t), checkBidder(t, args[1])); err != nil {
				return err
			}
			concerns := score.Concerns(t, args[1])
			var acts []model.Verdict
			r, err := a.evaluate(c.Context(), t, filepath.Dir(args[0]), func(v model.Verdict) {
				if concerns(v) {
					acts = append(acts, v)
				}
			})
			if err != nil {
				return err
			}
			e, err := score.Explain(r, args[1])
			if err != nil {
				return usageError{err}
			}
			show := report.People{Names: people, Key: pseudonymKey(t)}
			if format == "json" {
				return a.finish(r, report.ExplanationJSON(a.Out, e, acts, show))
			}
			return a.finish(r, report.Explanation(a.Out, e, acts, show, &report.TextOptions{Width: a.Width, Most: most}))
		},
	}
	c.Flags().IntVar(&most, "most", 0, "acts shown in text; 0 shows all")
	identifyFlag(c, &people)
	a.officialFlag(c)
	c.Flags().StringVar(&format, "format", "text", "what to print: text or json")
	return c
}
