package command

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
)

type mineFlags struct {
	repo, rev, since, until, format string
	branches                        []string
}

func (a *app) mineCommand() *cobra.Command {
	var f mineFlags
	c := &cobra.Command{
		Use:   "mine --repo PATH-OR-URL",
		Short: "Print the facts of one repository",
		Long: "Mine prints what a repository's history states: as records in JSON Lines, or as the lines\n" +
			"added and deleted by every non-merge commit (COMMIT ADDED DELETED, sorted by commit; a commit\n" +
			"with files that are not there ends in unknown=N, and its counts are without them).",
		Example: "  tender mine --repo . --since 2026-01-01\n  tender mine --repo . --rev v1.0..v1.1 --format numstat",
		Args:    exactly(0, "no argument: the repository is named by --repo"),
		RunE:    func(c *cobra.Command, _ []string) error { return a.mine(c, f) },
	}
	c.Flags().StringVar(&f.repo, "repo", "", "path, https, ssh or file address of a repository, or path of a git bundle")
	c.Flags().StringVar(&f.rev, "rev", "", "revision, or range A..B, to mine instead of the branches")
	c.Flags().StringSliceVar(&f.branches, "branch", nil, "branch, or glob of branches, to mine instead of the default branch; may be repeated")
	c.Flags().StringVar(&f.since, "since", "", "first day, as 2026-01-31")
	c.Flags().StringVar(&f.until, "until", "", "first day after, as 2026-02-28")
	c.Flags().StringVar(&f.format, "format", "jsonl", "what to print: jsonl or numstat")
	return c
}

func (a *app) mine(c *cobra.Command, f mineFlags) error {
	period, err := f.check()
	if err != nil {
		return err
	}
	a.bars = a.newBars(1)
	defer a.bars.stop()
	source := git.New(&git.Options{Cache: a.cache, Workers: a.workers, Rev: f.rev, Lines: f.format == "numstat",
		Progress: a.bars.show, Log: a.log()})
	repo := model.Repository{URL: f.repo, Branches: f.branches}
	records := within(period, named(forge.Redact(f.repo), source.Mine(c.Context(), repo, period)))
	gaps := &gapWatch{lines: f.format == "numstat"}
	if err := a.printRecords(f.format, gaps.watch(records)); err != nil {
		return err
	}
	a.bars.stop()
	for _, s := range gaps.said {
		fmt.Fprintln(a.Err, s)
	}
	if err := c.Context().Err(); err != nil {
		return fmt.Errorf("mining %s: %w", forge.Redact(f.repo), err)
	}
	if gaps.commits {
		return errGaps
	}
	return nil
}

// gapWatch remembers what a repository could not show.
type gapWatch struct {
	lines   bool // whether lines were asked for
	said    []string
	commits bool // some of the history itself is missing
}

func (g *gapWatch) watch(records iter.Seq2[model.Record, error]) iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		for r, err := range records {
			if c := r.Coverage; c != nil && c.State != model.Complete &&
				(c.Kind == model.CommitFacts || c.Kind == model.LineFacts && g.lines || c.Kind == model.FileFacts) {
				g.said = append(g.said, fmt.Sprintf("%s %s: %s", c.Kind, c.State, c.Reason))
				g.commits = g.commits || c.Kind == model.CommitFacts
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// check reads the flags.
func (f mineFlags) check() (p model.Period, err error) {
	if f.repo == "" {
		return p, usageError{errors.New("tender mine: no repository; name one with --repo")}
	}
	if err := oneOf("--format", f.format, "jsonl", "numstat"); err != nil {
		return p, err
	}
	for flag, bound := range map[string]struct {
		text string
		at   *time.Time
	}{"--since": {f.since, &p.Since}, "--until": {f.until, &p.Until}} {
		if bound.text == "" {
			continue
		}
		d, err := model.ParseDate(bound.text)
		if err != nil {
			return p, usageError{fmt.Errorf("%s: %w", flag, err)}
		}
		*bound.at = d.Time()
	}
	if f.rev != "" && len(f.branches) > 0 {
		return p, usageError{errors.New("--rev and --branch: state one of them")}
	}
	if !p.Until.IsZero() && !p.Since.Before(p.Until) {
		return p, usageError{fmt.Errorf("--since %s is not before --until %s: the span holds nothing", f.since, f.until)}
	}
	return p, nil
}

func (a *app) printRecords(format string, records iter.Seq2[model.Record, error]) error {
	out := bufio.NewWriterSize(a.Out, 1<<16)
	if format == "numstat" {
		if err := numstat(out, records); err != nil {
			return err
		}
	} else if err := model.WriteRecords(out, records); err != nil {
		out.Flush() // what is known so far is worth having
		return err
	}
	return out.Flush()
}

// named says which repository the records are of.
func named(name string, records iter.Seq2[model.Record, error]) iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		for r, err := range records {
			r.Project, r.Repository = name, name
			if !yield(r, err) {
				return
			}
		}
	}
}

// within leaves out the acts before and after the period, which only a judge needs.
func within(p model.Period, records iter.Seq2[model.Record, error]) iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		for r, err := range records {
			if c := r.Contribution; err == nil && c != nil && !p.Holds(c.At) && c.Role != model.Maintainer {
				continue
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// count is the lines of one commit.
type count struct {
	commit  string
	lines   model.Lines
	unknown int
}

// numstat prints one line for each non-merge commit, sorted by commit.
func numstat(w io.Writer, records iter.Seq2[model.Record, error]) error {
	var counts []count
	for r, err := range records {
		if err != nil {
			return err
		}
		c := r.Contribution
		if c == nil || c.Role != model.Author || c.Commit == nil || len(c.Commit.Parents) > 1 {
			continue
		}
		n := count{commit: c.Artifact.Name()}
		if f := c.Commit.Files; f != nil {
			n.unknown = f.Unknown
			if f.Lines != nil {
				n.lines = *f.Lines
			}
		}
		counts = append(counts, n)
	}
	slices.SortFunc(counts, func(x, y count) int { return cmp.Compare(x.commit, y.commit) })
	for _, n := range counts {
		fmt.Fprintf(w, "%s %d %d", n.commit, n.lines.Added, n.lines.Deleted)
		if n.unknown > 0 {
			fmt.Fprintf(w, " unknown=%d", n.unknown)
		}
		fmt.Fprintln(w)
	}
	return nil
}
