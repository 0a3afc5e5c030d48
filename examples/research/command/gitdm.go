package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/examples/research/gitdm"
	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report"
)

type gitdmFlags struct {
	repo, rev, tender, date, format string
	rosters, skip                   []string
	most                            int
	identify, guess, signoffs       bool
}

func (a *app) gitdmCommand() *cobra.Command {
	var f gitdmFlags
	c := &cobra.Command{
		Use:   "gitdm --repo PATH-OR-URL",
		Short: "Count who wrote, signed off, reviewed, tested and reported, as the git data miner does",
		Long: "Gitdm counts the changesets of a range of a repository's history, which are its\n" +
			"commits but merges, in the tables of the git data miner: by developer and by\n" +
			"employer, with those whose employer is not known. Who works for whom, rosters say;\n" +
			"without one, nobody knows.\n\n" +
			"Exit status: 0 done, 1 failed, 2 wrong usage or document, 3 done with gaps.",
		Example: "  research gitdm --repo . --rev v1.0..v1.1\n" +
			"  research gitdm --repo . --rev v1.0..v1.1 --roster gitdm:maps/gitdm.config --format csv",
		Args: exactly(0, "no argument: the repository is named by --repo"),
		RunE: func(c *cobra.Command, _ []string) error { return a.gitdm(c.Context(), f) },
	}
	flags := c.Flags()
	flags.StringVar(&f.repo, "repo", "", "path, https, ssh or file address of a repository, or path of a git bundle")
	flags.StringVar(&f.rev, "rev", "HEAD", "revision, or range A..B, to count")
	flags.StringArrayVar(&f.rosters, "roster", nil, "who works for whom, as FORMAT:FILE, where FORMAT is one of "+strings.Join(rosterFormats(), ", ")+"; may be repeated")
	flags.StringVar(&f.tender, "tender", "", "tender document whose vendors and people count, too")
	flags.StringVar(&f.date, "date", string(gitdm.Authored), "time of a commit at which employers are looked up: author, as the original does, committer or accepted")
	flags.BoolVar(&f.guess, "guess", false, "name organisations after mail domains where no roster says anything")
	flags.BoolVar(&f.signoffs, "author-signoffs", false, "count signoffs of authors on their own changesets, too")
	flags.StringArrayVar(&f.skip, "skip", nil, "mail address whose changesets do not count, such as a robot's; may be repeated")
	flags.IntVar(&f.most, "most", 20, "rows shown of each table in text; 0 shows all")
	flags.StringVar(&f.format, "format", "text", "what to print: text or csv")
	flags.BoolVar(&f.identify, "identify", false, "show developers by name, and mail domains that one person alone is behind; otherwise developers stand under pseudonyms keyed by $"+keyVariable)
	return c
}

// check reads the flags.
func (f gitdmFlags) check() error {
	switch {
	case f.repo == "":
		return usageError{errors.New("research gitdm: no repository; name one with --repo")}
	case f.rev == "":
		return usageError{errors.New("--rev: want a revision, or a range such as v1.0..v1.1")}
	case f.most < 0:
		return usageError{fmt.Errorf("--most %d: want a number from 0 on", f.most)}
	}
	for _, mail := range f.skip {
		if !strings.Contains(mail, "@") {
			return usageError{fmt.Errorf("--skip %s: want a mail address", mail)}
		}
	}
	return cmp.Or(oneOf("--format", f.format, "text", "csv"),
		oneOf("--date", f.date, string(gitdm.Authored), string(gitdm.Committed), string(gitdm.Accepted)))
}

func oneOf(flag, value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return usageError{fmt.Errorf("%s %s: want one of %v", flag, value, allowed)}
}

func (a *app) gitdm(ctx context.Context, f gitdmFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	t, err := a.affiliations(f.tender, f.rosters)
	if err != nil {
		return err
	}
	o := git.Options{Rev: f.rev, Facts: []model.Kind{model.LineFacts}, CABundle: a.pem, Cache: a.cache,
		Save: true, Offline: a.offline, Workers: a.workers, Log: a.log()}
	repo := model.Repository{URL: f.repo}
	records := forge.MineRepository(ctx, repo, model.Period{}, forge.Hosts{forge.Git: git.New(&o)}, &forge.Options{Log: a.log()})
	said := &gaps{}
	r, err := gitdm.Count(said.watch(records), t, gitdm.Options{
		When: gitdm.When(f.date), OwnSignoffs: f.signoffs, Guess: f.guess, Skip: f.skip,
		Show: report.People{Names: f.identify, Key: pseudonymKey(t)},
	})
	if err = cmp.Or(err, ctx.Err()); err != nil {
		return fmt.Errorf("counting %s: %w", forge.Redact(f.repo), err)
	}
	if strings.Contains(f.rev, "..") {
		o.Offline = true // a remote one was fetched for the records
		if r.Ends, err = git.New(&o).Between(ctx, repo); err != nil {
			return err
		}
	}
	if err := a.print(f, r); err != nil {
		return err
	}
	for _, s := range said.list {
		fmt.Fprintln(a.Err, plain(s))
	}
	if said.commits {
		return errGaps
	}
	return nil
}

// print writes the tables. What they stand on comes first, so that they can be made again.
func (a *app) print(f gitdmFlags, r *gitdm.Report) error {
	if f.format == "csv" {
		return gitdm.CSV(a.Out, r)
	}
	heading := []string{fmt.Sprintf("%s of %s; employers at %s.", f.rev, forge.Redact(f.repo), timeOf(f.date))}
	if len(f.rosters) == 0 && f.tender == "" && !f.guess {
		heading = append(heading, "No roster says who works for whom: name one with --roster, or let mail domains speak with --guess.")
	}
	return gitdm.Text(a.Out, r, &gitdm.TextOptions{Heading: append(heading, ""), Width: a.Width, Most: f.most})
}

// gaps remembers what a repository could not show.
type gaps struct {
	list    []string
	commits bool // some of the history itself is missing
	several bool // repositories are watched, so each is named
}

func (g *gaps) watch(records iter.Seq2[model.Record, error]) iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		for r, err := range records {
			c := r.Coverage
			if c != nil && c.State != model.Complete && (c.Kind == model.CommitFacts || c.Kind == model.LineFacts) {
				text := fmt.Sprintf("%s %s: %s", c.Kind, c.State, c.Reason)
				if g.several {
					text = r.Repository + ": " + text
				}
				g.list = append(g.list, text)
				g.commits = g.commits || c.Kind == model.CommitFacts
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// timeOf says at which time employers are looked up.
func timeOf(date string) string {
	switch gitdm.When(date) {
	case gitdm.Committed:
		return "the committer's date"
	case gitdm.Accepted:
		return "the time of acceptance"
	}
	return "the author's date"
}
