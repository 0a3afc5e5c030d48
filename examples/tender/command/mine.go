package command

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/examples/tender/listing"
	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report"
)

type mineFlags struct {
	repo, rev, since, until, format string
	branches                        []string
	list                            listFlags
}

func (a *app) mineCommand() *cobra.Command {
	var f mineFlags
	c := &cobra.Command{
		Use:   "mine --repo PATH-OR-URL, or mine --list FILE --out DIR",
		Short: "Print the facts of one repository, or write those of a list",
		Long: "Mine prints what a repository's history states, in one of three formats:\n\n" +
			"  jsonl    records in JSON Lines\n" +
			"  numstat  COMMIT ADDED DELETED: lines, of every non-merge commit, sorted by commit; a commit with\n" +
			"           files that are not there ends in unknown=N, and its counts are without them\n" +
			"  churn    COMMIT PATCH CLASS FILES SPACE COMMENT ADDED DELETED, for each class of files; SPACE\n" +
			"           counts the files of which only white space differs, COMMENT the\n" +
			"           others of which only comments and white space differ. Commits with the same\n" +
			"           PATCH change the same lines of the same files; it is - where there is none to know\n\n" +
			"With --list it mines every repository of a list in CSV, which has a heading and the columns url and,\n" +
			"where wanted, project, branches, forge and web. Each project's records go into a file of their own in\n" +
			"DIR, as JSON Lines compressed by gzip; manifest.jsonl there says of each project which file, how many\n" +
			"records, from which tips, with which SHA-256, or why not. The records hold the names and mail\n" +
			"addresses that the histories hold, and the whole history, so that they can be judged.\n" +
			"A run that was stopped goes on where it was: what is in DIR whole is left alone, what failed is tried\n" +
			"again. The same tips give the same files, however many are mined at once.",
		Example: "  tender mine --repo . --since 2026-01-01\n  tender mine --repo . --rev v1.0..v1.1 --format numstat\n" +
			"  tender mine --list repos.csv --out mined --until 2026-11-01",
		Args: exactly(0, "no argument: the repository is named by --repo, a list by --list"),
		RunE: func(c *cobra.Command, _ []string) error {
			if f.list.file != "" || f.list.out != "" {
				return a.mineList(c, f)
			}
			for _, name := range append(listing.Names(), "update") {
				if c.Flags().Changed(name) {
					return usageError{fmt.Errorf("tender mine: --%s is for a list; name one with --list and --out", name)}
				}
			}
			return a.mine(c, f)
		},
	}
	c.Flags().StringVar(&f.repo, "repo", "", "path, https, ssh or file address of a repository, or path of a git bundle")
	c.Flags().StringVar(&f.rev, "rev", "", "revision, or range A..B, to mine instead of the branches")
	c.Flags().StringSliceVar(&f.branches, "branch", nil, "branch, or glob of branches, to mine instead of the default branch; may be repeated")
	c.Flags().StringVar(&f.since, "since", "", "first day, as 2026-01-31")
	c.Flags().StringVar(&f.until, "until", "", "first day after, as 2026-02-28")
	c.Flags().StringVar(&f.format, "format", "jsonl", "what to print: jsonl, numstat or churn")
	f.list.add(c.Flags())
	return c
}

func (a *app) mine(c *cobra.Command, f mineFlags) error {
	period, err := f.check()
	if err != nil {
		return err
	}
	a.bars = a.newBars(1)
	defer a.bars.stop()
	repo := model.Repository{URL: f.repo, Branches: f.branches}
	var asked []model.Repository
	if f.format == "jsonl" && f.rev == "" {
		asked = append(asked, repo) // the other formats show what git has
	}
	s, err := a.sources(c.Context(), git.Options{Rev: f.rev, Facts: f.facts(), Inside: true}, asked)
	if err != nil {
		return err
	}
	defer s.close()
	records := forge.MineRepository(c.Context(), repo, period, s.Hosts, a.options(""))
	gaps := &gapWatch{}
	if f.format != "jsonl" {
		gaps.contents = f.facts()[0]
	}
	if err := a.printRecords(f.format, gaps.watch(records)); err != nil {
		return err
	}
	a.bars.stop()
	for _, said := range gaps.said {
		fmt.Fprintln(a.Err, plain(said))
	}
	if err := c.Context().Err(); err != nil {
		return fmt.Errorf("mining %s: %w", forge.Redact(f.repo), err)
	}
	if gaps.commits {
		return errGaps
	}
	return nil
}

// facts returns what the format shows.
func (f mineFlags) facts() []model.Kind {
	switch f.format {
	case "numstat":
		return []model.Kind{model.LineFacts}
	case "churn":
		return []model.Kind{model.ChurnFacts, model.PatchFacts}
	}
	return git.Kinds()
}

// gapWatch remembers what a repository could not show.
type gapWatch struct {
	contents model.Kind // what is shown of contents; "" for nothing that a reader would miss
	said     []string
	commits  bool // some of the history itself is missing
}

func (g *gapWatch) watch(records iter.Seq2[model.Record, error]) iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		for r, err := range records {
			if c := r.Coverage; c != nil && c.State != model.Complete &&
				(c.Kind == model.CommitFacts || c.Kind == model.FileFacts || c.Kind == g.contents) {
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
		return p, usageError{errors.New("tender mine: no repository; name one with --repo, or a list of them with --list")}
	}
	if err := oneOf("--format", f.format, "jsonl", "numstat", "churn"); err != nil {
		return p, err
	}
	if f.rev != "" && len(f.branches) > 0 {
		return p, usageError{errors.New("--rev and --branch: state one of them")}
	}
	return f.period()
}

// period reads --since and --until.
func (f mineFlags) period() (p model.Period, err error) {
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
	if !p.Until.IsZero() && !p.Since.Before(p.Until) {
		return p, usageError{fmt.Errorf("--since %s is not before --until %s: the span holds nothing", f.since, f.until)}
	}
	return p, nil
}

func (a *app) printRecords(format string, records iter.Seq2[model.Record, error]) error {
	out := bufio.NewWriterSize(a.Out, 1<<16)
	var err error
	switch format {
	case "numstat":
		err = table(out, records, numstat)
	case "churn":
		err = table(out, records, churn)
	default:
		if err = model.WriteRecords(inertLines{out}, records); err != nil {
			out.Flush() // what is known so far is worth having
		}
	}
	if err != nil {
		return err
	}
	return out.Flush()
}

// inertLines escapes what could steer a terminal in lines of JSON, each written at once:
// names and subjects are what strangers wrote.
type inertLines struct{ w io.Writer }

func (l inertLines) Write(b []byte) (int, error) {
	if _, err := l.w.Write(report.Inert(b)); err != nil {
		return 0, err
	}
	return len(b), nil
}

// table prints what line says of each non-merge commit, sorted by commit.
func table(w *bufio.Writer, records iter.Seq2[model.Record, error], line func(*model.Files) []byte) error {
	type row struct {
		begin  uint64 // of the commit's name, so that most names need no looking at
		commit string
		lines  []byte
	}
	var rows []row
	for r, err := range records {
		if err != nil {
			return err
		}
		c := r.Contribution
		if c == nil || c.Role != model.Author || c.Commit == nil || len(c.Commit.Parents) > 1 {
			continue
		}
		f := c.Commit.Files
		if f == nil {
			f = &model.Files{}
		}
		name := c.Artifact.Name()
		rows = append(rows, row{binary.BigEndian.Uint64([]byte(name)), name, line(f)})
	}
	slices.SortFunc(rows, func(a, b row) int {
		if a.begin != b.begin {
			return cmp.Compare(a.begin, b.begin)
		}
		return strings.Compare(a.commit, b.commit)
	})
	for _, r := range rows {
		for l := range bytes.Lines(r.lines) {
			w.WriteString(r.commit)
			w.WriteByte(' ')
			w.Write(l)
		}
	}
	return nil // the writer keeps its error for the end
}

// numstat is a line with the lines added and deleted.
func numstat(f *model.Files) []byte {
	var n model.Lines
	if f.Lines != nil {
		n = *f.Lines
	}
	b := strconv.AppendInt(make([]byte, 0, 16), int64(n.Added), 10)
	b = strconv.AppendInt(append(b, ' '), int64(n.Deleted), 10)
	if f.Unknown > 0 {
		b = fmt.Appendf(b, " unknown=%d", f.Unknown)
	}
	return append(b, '\n')
}

// churn is a line for each class of files, or one without where nothing is touched.
func churn(f *model.Files) (b []byte) {
	id := "-"
	if f.Patch != nil && f.Patch.ID != "" {
		id = f.Patch.ID
	}
	for _, c := range f.Churn {
		b = fmt.Appendf(b, "%s %s %d %d %d %d %d\n", id, c.Class, c.Files, c.Space, c.Comment, c.Added, c.Deleted)
	}
	if len(f.Churn) == 0 {
		b = fmt.Appendf(b, "%s - 0 0 0 0 0\n", id)
	}
	return b
}
