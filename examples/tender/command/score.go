package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/examples/tender/bundle"
	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/affiliation"
	"github.com/tributary-oss/tributary/score/report"
)

// keyVariable names the environment variable with the key of the pseudonyms.
const keyVariable = "TRIBUTARY_PSEUDONYM_KEY"

type scoreFlags struct {
	out, format string
	edition     string
	people      bool
	plan        bool
	most        int
}

func (a *app) scoreCommand() *cobra.Command {
	var f scoreFlags
	c := &cobra.Command{
		Use:   "score FILE",
		Short: "Score the bidders of a tender document",
		Long: "Score mines the repositories of a tender document and ranks its bidders.\n\n" +
			"Exit status: 0 done, 1 failed, 2 wrong usage or document, 3 done with gaps.",
		Example: "  tender score tender.yaml\n  tender score tender.yaml --out result",
		Args:    exactly(1, "the file of a tender document"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := cmp.Or(oneOf("--format", f.format, "text", "csv", "json"), notNegative("--most", f.most)); err != nil {
				return err
			}
			if f.out != "" && c.Flags().Changed("format") {
				return usageError{errors.New("--out writes every format; leave --format out")}
			}
			if f.out == "" && c.Flags().Changed("for") {
				return usageError{errors.New("--for chooses the edition of a bundle; name its folder with --out")}
			}
			t, err := readTender(args[0])
			if err != nil {
				return err
			}
			if err := checkTender(t); err != nil {
				return err
			}
			if f.plan {
				return a.showPlan(c.Context(), t)
			}
			return a.score(c.Context(), t, filepath.Dir(args[0]), f)
		},
	}
	c.Flags().StringVar(&f.format, "format", "text", "what to print: text, csv or json")
	c.Flags().StringVar(&f.out, "out", "", "folder to write the evidence bundle into, instead of printing: the ranking, all acts, and what proves them")
	c.Flags().StringVar(&f.edition, "for", bundle.Buyer, "with --out, for whom the bundle is: buyer, bidder=ID (own evidence whole, of others what they earned) or public")
	identifyFlag(c, &f.people)
	a.officialFlag(c)
	c.Flags().BoolVar(&f.plan, "plan", false, "mine nothing; show how many requests, points and minutes the forges will cost, against the quota left")
	c.Flags().IntVar(&f.most, "most", 40, "bidders shown of each lot in text; 0 shows all")
	return c
}

// score mines and ranks, and writes the result as the flags ask.
func (a *app) score(ctx context.Context, t *model.Tender, dir string, f scoreFlags) error {
	if f.out == "" {
		r, err := a.evaluate(ctx, t, dir, nil)
		if err != nil {
			return err
		}
		return a.finish(r, a.print(a.Out, report.RecordRanking(r, t, report.People{Names: f.people, Key: pseudonymKey(t)}), f))
	}
	return a.scoreInto(ctx, t, dir, f)
}

// scoreInto writes the result as a bundle. Editions for others than the buyer are made of
// the buyer's, which is thrown away then.
func (a *app) scoreInto(ctx context.Context, t *model.Tender, dir string, f scoreFlags) error {
	edition, err := bundle.ParseEdition(f.edition)
	if err != nil {
		return usageError{fmt.Errorf("--for: %w", err)}
	}
	if err := bundle.CheckFolder(f.out); err != nil { // before hours of mining
		return usageError{fmt.Errorf("--out: %w", err)}
	}
	out := f.out
	if edition.For != bundle.Buyer {
		if out, err = os.MkdirTemp("", "tributary-bundle-"); err != nil {
			return fmt.Errorf("preparing a folder for the buyer's bundle: %w", err)
		}
		defer os.RemoveAll(out)
	}
	w, err := bundle.NewWriter(out, t, report.People{Names: f.people, Key: pseudonymKey(t)}, a.label())
	if err != nil {
		return err
	}
	defer w.Abandon()
	r, err := a.evaluate(ctx, t, dir, &score.Options{Evidence: w.Verdict, Ledger: w.Ledger})
	if err != nil {
		return err
	}
	if err := w.Finish(ctx, r, extras()); err != nil {
		return err
	}
	if edition.For != bundle.Buyer {
		if err := writeEdition(ctx, out, edition, f.out, f.people); err != nil {
			return err
		}
	}
	fmt.Fprintf(a.Err, "wrote %s, the bundle for %s; see %s in it\n", f.out, plain(edition.String()), bundle.ReadmeFile)
	return a.finish(r, nil)
}

// evaluate runs the library: mine, judge, rank.
//
// With --official a result that is not official is none: what can be told of the document
// is told before it is mined.
func (a *app) evaluate(ctx context.Context, t *model.Tender, dir string, o *score.Options) (*model.Ranking, error) {
	if a.official != "" {
		if err := score.CheckSeal(t, a.official); err != nil {
			return nil, err
		}
	}
	a.bars = a.newBars(repositories(t))
	defer a.bars.stop()
	s, err := a.sources(ctx, git.Options{Now: a.now}, allRepositories(t))
	if err != nil {
		return nil, err
	}
	defer s.close()
	r, err := score.Evaluate(t, forge.Mine(ctx, t, s.Hosts, a.options(dir)), o)
	a.bars.stop()
	for _, said := range s.usage() {
		if ctx.Err() != nil {
			said += "; what it said is stored, and the next run goes on from there"
		}
		fmt.Fprintln(a.Err, said)
	}
	if err != nil {
		return nil, err
	}
	return r, a.certify(t, r)
}

// showPlan says what the forges will cost, and mines nothing.
func (a *app) showPlan(ctx context.Context, t *model.Tender) error {
	if a.offline {
		return errOffline
	}
	s, err := a.sources(ctx, git.Options{}, allRepositories(t))
	if err != nil {
		return err
	}
	defer s.close()
	return a.plan(ctx, t, s)
}

func repositories(t *model.Tender) int {
	n := 0
	for _, p := range t.Projects {
		n += len(p.Repositories)
	}
	return n
}

func (a *app) print(w io.Writer, r *model.Ranking, f scoreFlags) error {
	switch f.format {
	case "csv":
		return report.CSV(w, r)
	case "json":
		return report.JSON(w, r)
	}
	return report.Text(w, r, a.text(f.most))
}

// finish turns gaps into their exit status, and names them where the format did not.
func (a *app) finish(r *model.Ranking, err error) error {
	if err != nil || len(r.Gaps) == 0 {
		return err
	}
	for _, g := range r.Gaps {
		fmt.Fprintln(a.Err, plain(a.locale.T("gap: %s: %s: %s", g.Project, g.Repository, a.say(g.Reason))))
	}
	return errGaps
}

// pseudonymKey returns the key of the pseudonyms: the user's, otherwise one made
// of the tender's rosters, which do not leave the buyer's hands.
func pseudonymKey(t *model.Tender) []byte {
	if key := os.Getenv(keyVariable); key != "" {
		return []byte(key)
	}
	secret := affiliation.Secret(t)
	return secret[:]
}

func notNegative(flag string, n int) error {
	if n < 0 {
		return usageError{fmt.Errorf("%s %d: want a number from 0 on", flag, n)}
	}
	return nil
}

func oneOf(flag, value string, allowed ...string) error {
	for _, a := range allowed {
		if value == a {
			return nil
		}
	}
	return usageError{fmt.Errorf("%s %s: want one of %v", flag, value, allowed)}
}
