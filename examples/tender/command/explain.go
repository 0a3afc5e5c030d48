package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
)

type explainFlags struct {
	format, bidder, figure string
	most                   int
	people                 bool
}

func (a *app) explainCommand() *cobra.Command {
	var f explainFlags
	c := &cobra.Command{
		Use:   "explain DIR|FILE BIDDER [FIGURE]",
		Short: "Explain every figure of one bidder, down to the acts",
		Long: "Explain shows how a bidder's figures were made, each with its formula, down to the acts that\n" +
			"count and those that do not, with the rule that refused them. DIR is a folder that score --out\n" +
			"wrote: nothing is mined then. FILE is a tender document, which is mined and scored first.\n\n" +
			"FIGURE is \"lot 1\", a project, a pillar or an indicator of it, or one artifact: as\n" +
			"act commit:SHA, act change:412, act issue:88 or act release:v2.1. Without it everything is explained.\n\n" +
			"Exit status: 0 done, 1 failed, 2 wrong usage or document, 3 done with gaps.",
		Example: "  tender explain result karst\n  tender explain result karst lot 1\n  tender explain result karst mapserver/reviews/reviews --most 0\n" +
			"  tender explain result karst act commit:9f1c2ab",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) >= 2 && len(args) <= 4 {
				return nil
			}
			return exactly(2, "a folder that score wrote or the file of a tender document, the short name of a bidder and perhaps a figure")(c, args)
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := cmp.Or(oneOf("--format", f.format, "text", "json"), notNegative("--most", f.most)); err != nil {
				return err
			}
			f.bidder, f.figure = args[1], strings.Join(args[2:], " ")
			if at, err := os.Stat(args[0]); err == nil && at.IsDir() {
				return a.explainStored(args[0], f)
			}
			return a.explainDocument(c.Context(), args[0], f)
		},
	}
	c.Flags().IntVar(&f.most, "most", 10, "acts shown of each figure, and of each rule that refused some; 0 shows all")
	identifyFlag(c, &f.people)
	a.officialFlag(c)
	c.Flags().StringVar(&f.format, "format", "text", "what to print: text or json")
	return c
}

// explainDocument mines and scores a tender, and explains from what that stores for as
// long as it takes.
func (a *app) explainDocument(ctx context.Context, file string, f explainFlags) error {
	t, err := readTender(file)
	if err != nil {
		return err
	}
	if err := cmp.Or(checkTender(t), checkBidder(t, f.bidder), asUsage(score.CheckFigure(t, f.figure))); err != nil {
		return err
	}
	tmp, err := os.CreateTemp("", "tributary-evidence-")
	if err != nil {
		return fmt.Errorf("preparing a file for the evidence: %w", err)
	}
	defer os.Remove(tmp.Name())
	defer tmp.Close()
	log := newEvidenceLog(tmp, t, f.people, a.label())
	r, err := a.evaluate(ctx, t, filepath.Dir(file), &score.Options{Evidence: log.Write})
	if err != nil {
		return err
	}
	index, err := log.Close(r.Method.Digest)
	if err != nil {
		return err
	}
	r = report.RecordRanking(r, t, report.People{Names: f.people, Key: pseudonymKey(t)})
	return a.finish(r, a.explain(r, report.UseEvidence(tmp, index), f))
}

// newEvidenceLog returns the writer of the verdicts of a run.
func newEvidenceLog(w io.Writer, t *model.Tender, people bool, status string) *report.EvidenceLog {
	return report.NewEvidenceLog(w, report.EvidenceOptions{Status: status, Show: report.People{Names: people, Key: pseudonymKey(t)},
		Concerned: score.Concerned(t), Link: report.Linker(score.Terms(t))})
}

// explainStored explains from a folder that score wrote.
func (a *app) explainStored(dir string, f explainFlags) error {
	run, err := openRun(dir)
	if err != nil {
		return err
	}
	defer run.Close()
	if a.official != "" && run.ranking.Seal != a.official {
		return usageError{fmt.Errorf("--official: %s holds a result that is %s, not official by %s", dir, run.ranking.Label(), a.official)}
	}
	if f.people && !run.evidence.Index.Identified {
		return usageError{fmt.Errorf("--identify: %s names nobody; score with --identify to store names", dir)}
	}
	if err := run.holds(dir, f.bidder); err != nil {
		return err
	}
	if run.only != "" && strings.HasPrefix(f.figure, "act ") {
		fmt.Fprintf(a.Err, "%s is the bundle for %s: what was judged of others on the artifact is not in it\n", dir, plain(run.only))
	}
	return a.finish(run.ranking, a.explain(run.ranking, run.evidence, f))
}

// explain prints what was asked for.
func (a *app) explain(r *model.Ranking, stored *report.StoredEvidence, f explainFlags) error {
	e, err := score.Explain(r, f.bidder)
	if err != nil {
		return asUsage(err)
	}
	o := &score.GatherOptions{Most: f.most, Person: report.Label, Link: report.Linker(r.Terms)}
	if name, ok := strings.CutPrefix(f.figure, "act "); ok {
		err = gatherAct(e, stored, model.Artifact(strings.TrimSpace(name)), o)
	} else {
		err = gather(e, stored, f, o)
	}
	switch {
	case err != nil:
		return asUsage(err)
	case f.format == "json":
		return report.ExplanationJSON(a.Out, e)
	}
	return report.Explanation(a.Out, e, a.text(f.most))
}

// gather reads the acts behind the figures that were asked for.
func gather(e *score.Explanation, stored *report.StoredEvidence, f explainFlags, o *score.GatherOptions) error {
	if f.figure != "" {
		if err := e.Only(f.figure); err != nil {
			return err
		}
	}
	g := e.Gather(o)
	for v, err := range stored.Figures(f.bidder, g.Wanted()) {
		if err != nil {
			return err
		}
		g.Add(v.Verdict, true)
	}
	return g.Close()
}

// gatherAct reads all verdicts on one artifact.
func gatherAct(e *score.Explanation, stored *report.StoredEvidence, a model.Artifact, o *score.GatherOptions) error {
	g := e.GatherAct(a, o)
	for v, err := range stored.On(a) {
		if err != nil {
			return err
		}
		g.Add(v.Verdict, slices.Contains(v.Bidders, e.Bidder))
	}
	return g.Close()
}

// asUsage makes a bidder or figure that is not there a fault of the command line.
func asUsage(err error) error {
	if errors.Is(err, score.ErrFigure) {
		return usageError{err}
	}
	return err
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
