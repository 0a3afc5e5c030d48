package command

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/examples/research/census"
	"github.com/tributary-oss/tributary/examples/tender/listing"
	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/batch"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
)

type censusFlags struct {
	listing.Flags
	list, tender, until, out, parts, store string
	rosters                                []string
	months                                 int
	identify, window                       bool // window: until or months were given
}

func (a *app) censusCommand() *cobra.Command {
	var f censusFlags
	c := &cobra.Command{
		Use:   "census --list REPOS.CSV --until MONTH --out DIR",
		Short: "Count who does what in many projects, in tidy tables",
		Long: "Census mines the repositories of a list and writes tables, in CSV and Parquet: acts by\n" +
			"organisation, project, month, role and class of files; churn; organisations;\n" +
			"coverage; the measures that CHAOSS names; and the commits that were mined.\n\n" +
			"A run that was stopped goes on from the parts that it stored. Forges are not asked:\n" +
			"what “tender mine --list” stored of them is taken from --store.\n\n" +
			"Exit status: 0 done, 1 failed, 2 wrong usage or list, 3 done with gaps.",
		Example: "  research census --list repos.csv --until 2026-11 --out tables\n" +
			"  research census --list repos.csv --until 2026-11 --months 12 --roster gitdm:maps/gitdm.config --out tables",
		Args: exactly(0, "no argument: the repositories are named by --list"),
		RunE: func(c *cobra.Command, _ []string) error {
			f.window = c.Flags().Changed("until") || c.Flags().Changed("months")
			return a.census(c.Context(), f)
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.list, "list", "", "repositories, as CSV with the columns url, project, branches, forge, web")
	flags.StringVar(&f.tender, "tender", "", "tender document whose projects, window, vendors and people count; in the place of --list")
	flags.StringVar(&f.until, "until", "", "the first month after the window, as 2026-11")
	flags.IntVar(&f.months, "months", 36, "length of the window in months")
	flags.StringArrayVar(&f.rosters, "roster", nil, "who works for whom, as FORMAT:FILE, where FORMAT is one of "+strings.Join(rosterFormats(), ", ")+"; may be repeated")
	flags.StringVar(&f.out, "out", "", "folder for the tables")
	flags.BoolVar(&f.identify, "identify", false, identifyDomains)
	flags.StringVar(&f.parts, "parts", "", "folder for what is known of each project, to go on from; personal data (default: parts beside the tables)")
	flags.StringVar(&f.store, "store", "", "file of what forges said, as tender keeps it (default: forges.db in --cache, where there is one); forges are not asked")
	f.Flags.Add(flags)
	return c
}

// of makes the tender that the census counts by, and says what it was made from.
func (a *app) of(f censusFlags) (*model.Tender, census.Inputs, error) {
	inputs := census.Inputs{Files: map[string]string{}, Program: "research census", Version: census.Version(), Identified: f.identify}
	t, err := a.affiliations(f.tender, f.rosters)
	if err == nil && f.list != "" {
		err = f.takeList(t)
	}
	if err != nil {
		return nil, inputs, err
	}
	read := a.read
	if f.list != "" {
		read = append([]opened{{f.list, filepath.Base(f.list)}}, read...)
	}
	for _, file := range read {
		digest, err := digestOf(file.path)
		if err != nil {
			return nil, inputs, usageError{err}
		}
		inputs.Note(file.name, digest)
	}
	return t, inputs, nil
}

// takeList makes a list's repositories the tender's projects, in the window that the flags state.
func (f censusFlags) takeList(t *model.Tender) error {
	until, err := model.ParseDate(f.until + "-01")
	if err != nil {
		return usageError{fmt.Errorf("--until %q: write the first month after the window, as 2026-11", f.until)}
	}
	t.Window = model.Window{Until: until, Months: f.months}
	return takeList(t, f.list)
}

// digestOf returns the SHA-256 of a file.
func digestOf(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", fmt.Errorf("reading %s: %w", file, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// equally gives every project the same weight; a census weighs nothing by it.
func equally(projects map[string]model.Project) map[string]float64 {
	parts := make(map[string]float64, len(projects))
	for name := range projects {
		parts[name] = 1 / float64(len(projects))
	}
	return parts
}

func (f censusFlags) check() error {
	switch {
	case (f.list == "") == (f.tender == ""):
		return usageError{errors.New("research census: name a list of repositories with --list, or a document with --tender")}
	case f.tender != "" && f.window:
		return usageError{errors.New("research census: --until and --months are for a list; the window of a document is what it states")}
	case f.out == "":
		return usageError{errors.New("research census: no folder for the tables; name one with --out")}
	case f.list != "" && f.until == "":
		return usageError{errors.New("research census: no window; name the first month after it with --until, as 2026-11")}
	case f.months < 1 || f.months > 1200:
		return usageError{fmt.Errorf("--months %d: want 1 to 1200", f.months)}
	}
	if err := f.Flags.Check(); err != nil {
		return usageError{fmt.Errorf("research census: %w", err)}
	}
	return nil
}

func (a *app) census(ctx context.Context, f censusFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	t, inputs, err := a.of(f)
	if err != nil {
		return err
	}
	if err := forge.Finished(t.Window, time.Time{}); err != nil {
		return usageError{err}
	}
	c, err := census.New(t)
	if err != nil {
		return usageError{err}
	}
	from, err := a.storedOf(ctx, t.Projects, f.store)
	if err != nil {
		return err
	}
	defer from.close()
	source := f.Git(git.Options{CABundle: a.pem, Cache: a.cache, Offline: a.offline, Workers: a.workers, Heads: len(from.Hosts) > 0, Log: a.log()})
	from.Hosts[forge.Git] = batch.Within(source, f.Timeout)
	if from.file != "" {
		digest, err := digestOf(from.file)
		if err != nil {
			return err
		}
		inputs.Note(filepath.Base(from.file), digest)
		c = c.From(digest, from.Hosts)
	}
	parts, err := census.OpenParts(cmp.Or(f.parts, filepath.Join(f.out, "parts")), c)
	if err != nil {
		return err
	}
	made, err := a.makeParts(ctx, f, t, parts, from.Hosts, source)
	if made != nil && ctx.Err() != nil {
		fmt.Fprintf(a.Err, "%s of %s projects are in %s; the same command goes on\n", listing.Thousands(a.locale, made.Mined+made.Skipped), listing.Thousands(a.locale, made.All), parts.Dir())
	}
	if err != nil {
		return err
	}
	if _, err := c.Write(folder(f.out), parts.All(), inputs); err != nil {
		return err
	}
	fmt.Fprintf(a.Err, "wrote %s\n", f.out)
	listing.Say(a.bare, a.locale, made)
	if len(made.Failed) > 0 {
		return errGaps
	}
	return nil
}

// makeParts mines what is not there, and shows how far it is.
func (a *app) makeParts(ctx context.Context, f censusFlags, t *model.Tender, parts *census.Parts, from forge.Hosts, source *git.Source) (*batch.Summary, error) {
	line := listing.NewLine(a.terminal(), a.Width, a.locale)
	defer line.Stop()
	options := f.Batch(source)
	options.Progress, options.Log = line.Show, a.log()
	dir := filepath.Dir(cmp.Or(f.list, f.tender))
	return parts.Make(ctx, options, func(ctx context.Context, project string) iter.Seq2[model.Record, error] {
		one := *t
		one.Projects = map[string]model.Project{project: t.Projects[project]}
		return forge.Mine(ctx, &one, from, &forge.Options{Workers: 1, Dir: dir, Log: a.log()})
	})
}

// folder makes outputs as files that take their names when they are whole.
func folder(dir string) census.Create {
	return func(name string) (io.WriteCloser, error) {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
		f, err := os.CreateTemp(dir, ".new-")
		if err != nil {
			return nil, err
		}
		return &aside{f, filepath.Join(dir, name)}, nil
	}
}

// aside is a file that is written beside its place.
type aside struct {
	*os.File
	name string
}

func (f *aside) Close() error {
	err := errors.Join(f.Chmod(0o644), f.File.Close())
	if err == nil {
		err = os.Rename(f.File.Name(), f.name)
	}
	if err != nil {
		os.Remove(f.File.Name())
	}
	return err
}
