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

	"github.com/tributary-oss/tributary/examples/research/audit"
	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/model/tenderfile"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/affiliation/formats"
	"github.com/tributary-oss/tributary/score/report"
	"github.com/tributary-oss/tributary/score/report/locale"
)

type auditFlags struct {
	tender, out, key, store, lang string
	sample                        int
	seed                          uint64
	identify                      bool
}

func (a *app) auditCommand() *cobra.Command {
	var f auditFlags
	c := &cobra.Command{
		Use:   "audit --tender FILE --identify",
		Short: "Draw decisions of the engine for two coders to check",
		Long: "Audit evaluates a tender document and draws a stratified sample of what the engine\n" +
			"decided: are these identities one person, does this person work for this organisation\n" +
			"on this day, is this account a robot's, is this commit the same work as that one? It\n" +
			"writes a sheet without the engine's answers for two coders to fill in with yes, no or\n" +
			"unclear, and a key with the answers, which coders must not see. “audit read” makes\n" +
			"precision, recall and Cohen's kappa of them.\n\n" +
			"The sheet is personal data: it shows names and mail addresses, since nobody could\n" +
			"answer otherwise. So it is written with --identify only. Delete it when it was read.\n\n" +
			"Exit status: 0 done, 1 failed, 2 wrong usage or document, 3 done with gaps.",
		Example: "  research audit --tender tender.yaml --sample 200 --seed 1 --identify --out sheet.csv --key key.csv\n" +
			"  research audit read sheet.csv --key key.csv",
		Args: exactly(0, "no argument: the document is named by --tender"),
		RunE: func(c *cobra.Command, _ []string) error { return a.audit(c.Context(), f) },
	}
	flags := c.Flags()
	flags.StringVar(&f.tender, "tender", "", "tender document whose decisions are audited")
	flags.IntVar(&f.sample, "sample", 200, "rows to draw, in equal parts for the questions")
	flags.Uint64Var(&f.seed, "seed", 1, "decides what is drawn and the order of the rows")
	flags.StringVar(&f.out, "out", "sheet.csv", "file to write the sheet into; it must not exist")
	flags.StringVar(&f.key, "key", "key.csv", "file to write the key into; it must not exist")
	flags.BoolVar(&f.identify, "identify", false, "write names and mail addresses into the sheet; there is none without")
	flags.StringVar(&f.store, "store", "", "file of what forges said, as tender score keeps it (default: forges.db in --cache, where there is one); forges are not asked")
	flags.StringVar(&f.lang, "lang", "", "language of the sheet: en or fr")
	c.AddCommand(a.auditReadCommand())
	return c
}

func (f auditFlags) check() error {
	switch {
	case f.tender == "":
		return usageError{errors.New("research audit: no document; name one with --tender")}
	case !f.identify:
		return usageError{errors.New("research audit: the sheet shows names and mail addresses, without which nobody can tell who is who: it is personal data. Say --identify if you may write it, and give it to the coders alone")}
	case f.sample < len(audit.Questions()):
		return usageError{fmt.Errorf("--sample %d: want a number from %d on, a row for each question", f.sample, len(audit.Questions()))}
	case filepath.Clean(f.out) == filepath.Clean(f.key):
		return usageError{errors.New("--out and --key name one file; coders must not see the key")}
	}
	for flag, file := range map[string]string{"--out": f.out, "--key": f.key} {
		if _, err := os.Lstat(file); err == nil {
			return usageError{fmt.Errorf("%s %s is there already; it may hold answers of coders. Name another file, or move it away", flag, file)}
		}
	}
	return nil
}

func (a *app) audit(ctx context.Context, f auditFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	l, err := locale.Of(f.lang)
	if err != nil {
		return usageError{fmt.Errorf("--lang: %w", err)}
	}
	t, err := tenderfile.Read(f.tender, formats.All()...)
	if err != nil {
		return usageError{err}
	}
	if err := score.Check(t); err != nil {
		return usageError{err}
	}
	from, err := a.storedOf(ctx, t.Projects, f.store)
	if err != nil {
		return err
	}
	defer from.close()
	from.Hosts[forge.Git] = git.New(&git.Options{CABundle: a.pem, Cache: a.cache, Save: true, Offline: a.offline, Workers: a.workers, Heads: len(from.Hosts) > 0, Log: a.log()})
	c := audit.NewCollector(t)
	records := forge.Mine(ctx, t, from.Hosts, &forge.Options{Workers: a.workers, Dir: filepath.Dir(f.tender), Log: a.log()})
	r, err := score.Evaluate(t, c.Watch(records), &score.Options{Evidence: c.Verdict})
	if err = cmp.Or(err, ctx.Err()); err != nil {
		return fmt.Errorf("evaluating %s: %w", f.tender, err)
	}
	s, err := c.Draw(r, audit.DrawOptions{Sample: f.sample, Seed: f.seed, Link: report.Linker(r.Terms), Locale: l})
	if err != nil {
		return err
	}
	return a.writeSheet(f, s, r)
}

// writeSheet writes both files, readable by their owner alone.
func (a *app) writeSheet(f auditFlags, s *audit.Sheet, r *model.Ranking) error {
	if len(s.Items) == 0 {
		return errors.New("the engine decided nothing that could be drawn: nobody did anything in the window")
	}
	if err := writeNew(f.key, s.WriteKey); err != nil {
		return err
	}
	if err := writeNew(f.out, s.Write); err != nil {
		os.Remove(f.key)
		return err
	}
	fmt.Fprintf(a.Err, "wrote %s: %d rows, personal data, for two coders; and %s, which they must not see\n", f.out, len(s.Items), f.key)
	for _, g := range r.Gaps {
		fmt.Fprintln(a.Err, plain(fmt.Sprintf("gap: %s: %s: %s", g.Project, g.Repository, g.Reason)))
	}
	if len(r.Gaps) > 0 {
		return errGaps
	}
	return nil
}

// writeNew writes a file that was not there before.
func writeNew(file string, write func(io.Writer) error) error {
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := cmp.Or(write(out), out.Close()); err != nil {
		out.Close()
		os.Remove(file)
		return fmt.Errorf("writing %s: %w", file, err)
	}
	return nil
}
