package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/examples/research/profile"
	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
)

type profileFlags struct {
	input
	profile, rev, format string
	skip                 []string
	most                 int
	guess, rules         bool
}

func (a *app) profileCommand() *cobra.Command {
	var f profileFlags
	c := &cobra.Command{
		Use:   "profile --profile NAME --tender FILE",
		Short: "Lead from others' numbers to ours, rule by rule",
		Long: "Profile counts the commits of organisations as gitdm, Stackalytics, OSCI or CHAOSS\n" +
			"do, prints by which rules, and leads from their number to our units of change and\n" +
			"to the credit of the indicator changes: what each rule adds and takes.\n\n" +
			"Exit status: 0 done, 1 failed, 2 wrong usage or document, 3 done with gaps.",
		Example: "  research profile --profile osci --tender tender.yaml\n" +
			"  research profile --profile gitdm --repo . --since 2026-01-01 --until 2026-07-01 --roster gitdm:maps/gitdm.config\n" +
			"  research profile --profile stackalytics --list repos.csv --since 2023-11-01 --until 2026-11-01\n" +
			"  research profile --profile chaoss --rules",
		Args: exactly(0, "no argument: documents and repositories are named by flags"),
		RunE: func(c *cobra.Command, _ []string) error { return a.profile(c.Context(), f) },
	}
	flags := c.Flags()
	flags.StringVar(&f.profile, "profile", "", fmt.Sprintf("whose rules: %s", strings.Join(profile.Names(), ", ")))
	flags.BoolVar(&f.rules, "rules", false, "print the rules of the profile alone, and mine nothing")
	f.input.flags(c)
	flags.StringVar(&f.rev, "rev", "", "with --repo, a range A..B that is the profile's period, instead of the author's dates in the window")
	flags.BoolVar(&f.guess, "guess", false, "in the profile, name organisations after mail domains where no roster says anything, as our method does")
	flags.StringArrayVar(&f.skip, "skip", nil, "mail address whose commits the profile does not count, such as a robot's; may be repeated")
	flags.IntVar(&f.most, "most", 10, "organisations shown in text; 0 shows all")
	flags.StringVar(&f.format, "format", "text", "what to print: text, csv or json")
	return c
}

func (a *app) profile(ctx context.Context, f profileFlags) error {
	p, ok := profile.Of(f.profile)
	if !ok {
		return usageError{fmt.Errorf("--profile %s: want one of %v", f.profile, profile.Names())}
	}
	if f.rules {
		return profile.RulesText(a.Out, p, a.Width)
	}
	if err := f.check(); err != nil {
		return err
	}
	t, err := f.read(a)
	if err != nil {
		return err
	}
	o := profile.Options{Guess: f.guess, Skip: f.skip, Identify: f.identify}
	if f.rev != "" {
		if err := a.takeRange(ctx, f, t, &o); err != nil {
			return err
		}
	}
	if err := score.Check(t); err != nil {
		return usageError{err}
	}
	w, err := profile.Count(p, t, a.mine(ctx, t, f.dir(), git.Options{}), o)
	if err = cmp.Or(ctx.Err(), err); err != nil {
		return fmt.Errorf("counting %s: %w", f.named(), err)
	}
	if err := a.printProfile(f, w); err != nil {
		return err
	}
	if len(w.Gaps) > 0 {
		return errGaps
	}
	return nil
}

func (f profileFlags) check() error {
	if f.most < 0 {
		return usageError{fmt.Errorf("--most %d: want a number from 0 on", f.most)}
	}
	if f.rev != "" && (f.repo == "" || !strings.Contains(f.rev, "..")) {
		return usageError{errors.New("--rev: want a range A..B of the repository that --repo names")}
	}
	if err := f.input.check("profile"); err != nil {
		return err
	}
	if f.tender == "" && f.since == "" && f.until == "" && f.rev == "" {
		return f.noWindow(true)
	}
	return oneOf("--format", f.format, "text", "csv", "json")
}

// takeRange finds the commits of a range. Without a window it is the months in which they
// were accepted.
func (a *app) takeRange(ctx context.Context, f profileFlags, t *model.Tender, o *profile.Options) error {
	o.RangeName = f.rev
	since, until := time.Time{}, time.Time{}
	records := a.mineRange(ctx, model.Repository{URL: f.repo}, f.rev)
	for r, err := range records {
		if err = cmp.Or(err, ctx.Err()); err != nil {
			return fmt.Errorf("reading %s of %s: %w", f.rev, forge.Redact(f.repo), err)
		}
		c := r.Contribution
		if c == nil || c.Commit == nil {
			continue
		}
		if c.Role == model.Author || c.Role == model.CoAuthor {
			o.Range = append(o.Range, *c)
			if since.IsZero() || c.At.Before(since) {
				since = c.At
			}
			if c.At.After(until) {
				until = c.At
			}
		}
	}
	if len(o.Range) == 0 {
		return usageError{fmt.Errorf("--rev %s: the range holds no commit", f.rev)}
	}
	if t.Window.Months == 0 {
		last := model.MonthOf(until) + 1
		t.Window = model.Window{Until: model.DateOf(last.Time()), Months: int(last - model.MonthOf(since))}
	}
	return nil
}

// mineRange mines a range of a repository, without its files.
func (a *app) mineRange(ctx context.Context, repo model.Repository, rev string) iter.Seq2[model.Record, error] {
	o := git.Options{Rev: rev, Facts: []model.Kind{}, CABundle: a.pem, Cache: a.cache, Save: true, Offline: a.offline, Workers: a.workers, Log: a.log()}
	return forge.MineRepository(ctx, repo, model.Period{}, forge.Hosts{forge.Git: git.New(&o)}, &forge.Options{Log: a.log()})
}

func (a *app) printProfile(f profileFlags, w *profile.Waterfall) error {
	switch f.format {
	case "csv":
		return profile.CSV(a.Out, w)
	case "json":
		return report.WriteJSON(a.Out, w)
	}
	heading := fmt.Sprintf("Of %s", f.named())
	if f.rev != "" {
		heading += fmt.Sprintf("; the profile's period is %s: what is in the one and not in the other", f.rev)
	}
	return profile.Text(a.Out, w, profile.TextOptions{Heading: []string{heading + "."}, Width: a.Width, Most: f.most})
}
