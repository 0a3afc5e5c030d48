package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
)

type sensitivityFlags struct {
	draws, most int
	seed        uint64
	rules       bool
	assume      map[string]string
	format, out string
}

func (a *app) sensitivityCommand() *cobra.Command {
	var f sensitivityFlags
	c := &cobra.Command{
		Use:   "sensitivity FILE",
		Short: "Show how much a ranking hangs on what is uncertain, and on what was chosen",
		Long: "Sensitivity scores a tender and shows, apart from the ranking, how it would come out if what is\n" +
			"uncertain in the facts were otherwise, if weights, thresholds, window or mean were chosen otherwise,\n" +
			"if each rule were off, and which smallest change of weights makes another bidder first.\n\n" +
			"The draws rest on assumptions that nobody measured; they are printed, and --assume states others.\n\n" +
			"Exit status: 0 done, 1 failed, 2 wrong usage or document, 3 done with gaps.",
		Example: "  tender sensitivity tender.yaml\n  tender sensitivity tender.yaml --draws 5000 --seed 7 --assume domain=0.9,unknown=0.3 --out result",
		Args:    exactly(1, "the file of a tender document"),
		RunE: func(c *cobra.Command, args []string) error {
			o, err := f.options(c.Flags().Changed("format"))
			if err != nil {
				return err
			}
			t, err := readTender(args[0])
			if err != nil {
				return err
			}
			if err := checkTender(t); err != nil {
				return err
			}
			return a.sensitivity(c.Context(), t, filepath.Dir(args[0]), f, o)
		},
	}
	c.Flags().IntVar(&f.draws, "draws", 1000, "draws of each kind")
	c.Flags().Uint64Var(&f.seed, "seed", 0, "where the draws begin: the same seed gives the same study")
	c.Flags().BoolVar(&f.rules, "rules", true, "judge again with each rule off, which takes as long as judging once for each")
	c.Flags().StringToStringVar(&f.assume, "assume", nil, "assumptions by name, instead of those that are printed, as domain=0.9")
	c.Flags().StringVar(&f.format, "format", "text", "what to print: text, csv or json")
	c.Flags().StringVar(&f.out, "out", "", "folder to write sensitivity.txt, .csv, .json and .html into, instead of printing")
	c.Flags().IntVar(&f.most, "most", 20, "bidders shown of each lot in text; 0 shows all")
	return c
}

// options checks the flags.
func (f sensitivityFlags) options(format bool) (*score.SensitivityOptions, error) {
	if err := cmp.Or(oneOf("--format", f.format, "text", "csv", "json"), notNegative("--most", f.most)); err != nil {
		return nil, err
	}
	switch {
	case f.draws < 1:
		return nil, usageError{fmt.Errorf("--draws %d: want a number from 1 on", f.draws)}
	case f.out != "" && format:
		return nil, usageError{errors.New("--out writes every format; leave --format out")}
	}
	o := &score.SensitivityOptions{Draws: f.draws, Seed: f.seed, Rules: f.rules, Assume: map[string]float64{}}
	for name, text := range f.assume {
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, usageError{fmt.Errorf("--assume %s=%s: want a number", name, text)}
		}
		o.Assume[name] = x
	}
	if err := o.Check(); err != nil {
		return nil, usageError{err}
	}
	return o, nil
}

// sensitivity mines, judges and studies.
func (a *app) sensitivity(ctx context.Context, t *model.Tender, dir string, f sensitivityFlags, o *score.SensitivityOptions) error {
	a.bars = a.newBars(repositories(t))
	defer a.bars.stop()
	s, err := a.sources(ctx, git.Options{Now: a.now}, allRepositories(t))
	if err != nil {
		return err
	}
	defer s.close()
	o.Workers = a.workers
	r, study, err := score.Sensitivity(t, forge.Mine(ctx, t, s.Hosts, a.options(dir)), o)
	a.bars.stop()
	if err != nil {
		return err
	}
	study = report.RecordSensitivity(study)
	if f.out == "" {
		return a.finish(r, a.showSensitivity(study, f))
	}
	w, err := newFolder(f.out)
	if err != nil {
		return err
	}
	defer w.abandon()
	w.check(report.Sensitivity(w.file("sensitivity.txt"), study, &report.TextOptions{Locale: a.locale}))
	w.check(report.SensitivityCSV(w.file("sensitivity.csv"), study))
	w.check(report.SensitivityJSON(w.file("sensitivity.json"), study))
	w.check(writeStudy(w, study))
	if err := w.keep(); err != nil {
		return err
	}
	fmt.Fprintln(a.Err, a.locale.T("wrote %s", filepath.Join(f.out, strings.Join(append([]string{"sensitivity.txt, sensitivity.csv, sensitivity.json"}, studyPages()...), ", "))))
	return a.finish(r, nil)
}

func (a *app) showSensitivity(s *model.Sensitivity, f sensitivityFlags) error {
	switch f.format {
	case "csv":
		return report.SensitivityCSV(a.Out, s)
	case "json":
		return report.SensitivityJSON(a.Out, s)
	}
	return report.Sensitivity(a.Out, s, a.text(f.most))
}
