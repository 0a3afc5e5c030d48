package command

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/examples/research/census"
	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/model/tenderfile"
)

type censusFlags struct {
	list, tender, until, out, parts string
	rosters                         []string
	months, projects                int
	identify                        bool
}

func (a *app) censusCommand() *cobra.Command {
	var f censusFlags
	c := &cobra.Command{
		Use:   "census --list REPOS.CSV --until MONTH --out DIR",
		Short: "Count who does what in many projects, in tidy tables",
		Long: "Census mines the repositories of a list and writes tables, in CSV and Parquet: acts by\n" +
			"organisation, project, month, role and class of files; churn; organisations;\n" +
			"coverage; the measures that CHAOSS names; and the commits that were mined.\n\n" +
			"A run that was stopped goes on from the parts that it stored.\n\n" +
			"Exit status: 0 done, 1 failed, 2 wrong usage or list, 3 done with gaps.",
		Example: "  research census --list repos.csv --until 2026-11 --out tables\n" +
			"  research census --list repos.csv --until 2026-11 --months 12 --roster gitdm:maps/gitdm.config --out tables",
		Args: exactly(0, "no argument: the repositories are named by --list"),
		RunE: func(c *cobra.Command, _ []string) error { return a.census(c.Context(), f) },
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
	flags.IntVar(&f.projects, "projects-at-once", 0, "projects mined at once (default: one per processor)")
	return c
}

// of makes the tender that the census counts by, and says what it was made from.
func (a *app) of(f censusFlags) (*model.Tender, census.Inputs, error) {
	inputs := census.Inputs{Files: map[string]string{}, Program: "research census", Version: version(), Identified: f.identify}
	t, err := a.affiliations(f.tender, f.rosters)
	if err != nil {
		return nil, inputs, err
	}
	named := []string{cmp.Or(f.list, f.tender)}
	for _, r := range f.rosters {
		_, file, _ := strings.Cut(r, ":")
		named = append(named, file)
	}
	for _, file := range named {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, inputs, usageError{err}
		}
		sum := sha256.Sum256(b)
		inputs.Files[filepath.Base(file)] = hex.EncodeToString(sum[:])
	}
	if f.list == "" {
		return t, inputs, nil
	}
	until, err := model.ParseDate(f.until + "-01")
	if err != nil {
		return nil, inputs, usageError{fmt.Errorf("--until %q: write the first month after the window, as 2026-11", f.until)}
	}
	if t.Projects, err = tenderfile.ReadList(f.list); err != nil {
		return nil, inputs, usageError{err}
	}
	t.Window = model.Window{Until: until, Months: f.months}
	t.Bidders.All = true
	t.Lots = []model.Lot{{ID: "1", Projects: equally(t.Projects)}}
	return t, inputs, nil
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
	case f.out == "":
		return usageError{errors.New("research census: no folder for the tables; name one with --out")}
	case f.list != "" && f.until == "":
		return usageError{errors.New("research census: no window; name the first month after it with --until, as 2026-11")}
	case f.months < 1 || f.months > 1200:
		return usageError{fmt.Errorf("--months %d: want 1 to 1200", f.months)}
	case f.projects < 0:
		return usageError{fmt.Errorf("--projects-at-once %d: want at least 1, or 0 for one per processor", f.projects)}
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
	c, err := census.New(t)
	if err != nil {
		return usageError{err}
	}
	parts, err := census.OpenParts(cmp.Or(f.parts, filepath.Join(f.out, "parts")), c)
	if err != nil {
		return err
	}
	dir := filepath.Dir(cmp.Or(f.list, f.tender))
	source := git.New(&git.Options{Cache: a.cache, Save: true, Offline: a.offline, Workers: a.workers, Log: a.log()})
	mine := func(ctx context.Context, project string) (*census.Part, error) {
		one := *t
		one.Projects = map[string]model.Project{project: t.Projects[project]}
		return c.Part(project, forge.Mine(ctx, &one, forge.Hosts{forge.Git: source}, &forge.Options{Workers: 1, Dir: dir, Log: a.log()}))
	}
	made, err := parts.Make(ctx, mine, f.projects, nil)
	if err != nil {
		return err
	}
	if _, err := c.Write(folder(f.out), parts.All(), inputs); err != nil {
		return err
	}
	return a.counted(f.out, made)
}

// counted says what was done.
func (a *app) counted(out string, made census.Made) error {
	fmt.Fprintf(a.Err, "wrote %s: %d projects, of which %d were stored before\n", out, made.Projects, made.Stored)
	if len(made.Gaps) == 0 {
		return nil
	}
	for _, g := range made.Gaps[:min(len(made.Gaps), 20)] {
		fmt.Fprintln(a.Err, plain(fmt.Sprintf("gap: %s: %s: %s", g.Project, g.Repository, g.Reason)))
	}
	if more := len(made.Gaps) - 20; more > 0 {
		fmt.Fprintf(a.Err, "and %d gaps more; coverage.csv has all of them\n", more)
	}
	return errGaps
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

// version is that of the module, or of the history that it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if i := slices.IndexFunc(info.Settings, func(s debug.BuildSetting) bool { return s.Key == "vcs.revision" }); i >= 0 {
		return info.Settings[i].Value
	}
	return info.Main.Version
}
