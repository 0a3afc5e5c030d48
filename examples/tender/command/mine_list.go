package command

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/batch"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/model/tenderfile"
)

// listFlags are the flags of mine --list.
type listFlags struct {
	file, out             string
	keepClones, update    bool
	diskBudget, mostBytes string
	timeout, pause        time.Duration
	atOnce, perHost       int
	tries                 int
}

func (l *listFlags) add(f *pflag.FlagSet) {
	f.StringVar(&l.file, "list", "", "list of repositories to mine, in CSV")
	f.StringVar(&l.out, "out", "", "folder for what is mined of a list")
	f.BoolVar(&l.update, "update", false, "with --list: mine again what is in the folder, for what is new")
	f.BoolVar(&l.keepClones, "keep-clones", true, "with --list: keep clones for the next time; false drops each once its project is mined")
	f.StringVar(&l.diskBudget, "disk-budget", "0", "with --list: most that all clones may take, such as 20GiB, those used longest ago go first; 0 is no limit")
	f.StringVar(&l.mostBytes, "most-bytes", "4GiB", "with --list: most that the fetch of one repository may bring")
	f.DurationVar(&l.timeout, "timeout", 30*time.Minute, "with --list: most time for one repository; 0 is no limit")
	f.IntVar(&l.atOnce, "projects-at-once", 0, "with --list: projects mined at once (default: one per processor)")
	f.IntVar(&l.perHost, "per-host", 4, "with --list: projects of one host mined at once")
	f.DurationVar(&l.pause, "pause", 0, "with --list: least time between two projects of one host")
	f.IntVar(&l.tries, "tries", 3, "with --list: how often a project is begun that fails for a reason that may pass")
}

// listMemory is what the mining of one repository may hold. It is the same whatever the
// machine and the number at once: of files that are large for it the contents stay unknown.
const listMemory = 256 << 20

// listRun is a run of mine --list.
type listRun struct {
	a        *app
	f        listFlags
	period   model.Period
	projects map[string]model.Project
	hosts    forge.Hosts
	manifest *manifest
}

// mineList mines a list.
func (a *app) mineList(c *cobra.Command, f mineFlags) error {
	l, o, err := a.newListRun(f)
	if err != nil {
		return err
	}
	a.bars = &bars{state: map[string]*repositoryBar{}, word: "nothing was mined"} // nobody sees it: a list has one line for all
	s, source, err := l.sources(c.Context(), o)
	if err != nil {
		return err
	}
	defer s.close()
	if l.manifest, err = openManifest(l.f.out); err != nil {
		return err
	}
	line := a.newListLine(len(l.projects))
	options := &batch.Options{AtOnce: l.f.atOnce, PerHost: l.f.perHost, Pause: l.f.pause, Tries: l.f.tries, Clones: source,
		DropClones: !l.f.keepClones, DiskBudget: o.budget, Progress: line.show, Log: a.log()}
	if !l.f.update && !a.fresh {
		options.Done = func(name string) bool { return l.manifest.holds(name, l.asked(name)) }
	}
	summary, err := batch.Run(c.Context(), l.projects, options, l.mine)
	line.stop()
	if err2 := l.manifest.close(); err2 != nil {
		return err2
	}
	if summary != nil {
		a.bars.word = fmt.Sprintf("%s of %s projects are in %s; the same command goes on", thousands(summary.Mined+summary.Skipped), thousands(summary.All), l.f.out)
	}
	if err != nil {
		return err
	}
	a.showMined(summary)
	if len(summary.Failed) > 0 {
		return errGaps
	}
	return nil
}

// listSizes are the flags that are sizes.
type listSizes struct{ budget, most int64 }

// newListRun reads the flags and the list.
func (a *app) newListRun(f mineFlags) (*listRun, listSizes, error) {
	l := &listRun{a: a, f: f.list}
	var o listSizes
	fail := func(format string, args ...any) (*listRun, listSizes, error) {
		return nil, o, usageError{fmt.Errorf("tender mine: "+format, args...)}
	}
	switch {
	case l.f.file == "" || l.f.out == "":
		return fail("--list FILE and --out DIR go together")
	case f.repo != "" || f.rev != "" || len(f.branches) > 0 || f.format != "jsonl":
		return fail("--repo, --rev, --branch and --format are for one repository, not with --list; a list has a column for branches")
	case l.f.atOnce < 0 || l.f.perHost < 1 || l.f.tries < 1 || l.f.timeout < 0 || l.f.pause < 0:
		return fail("--projects-at-once, --timeout and --pause are at least 0, --per-host and --tries at least 1")
	}
	var err error
	if l.period, err = f.period(); err != nil {
		return nil, o, err
	}
	if o.budget, err = parseSize(l.f.diskBudget); err != nil {
		return fail("--disk-budget %w", err)
	}
	if o.most, err = parseSize(l.f.mostBytes); err != nil {
		return fail("--most-bytes %w", err)
	}
	if l.f.atOnce == 0 {
		l.f.atOnce = runtime.GOMAXPROCS(0)
	}
	l.projects, err = tenderfile.ReadList(l.f.file)
	return l, o, err
}

// sources makes those of the list, and returns that of the histories by itself.
func (l *listRun) sources(ctx context.Context, o listSizes) (*sources, *git.Source, error) {
	var all []model.Repository
	for _, name := range slices.Sorted(maps.Keys(l.projects)) {
		all = append(all, l.projects[name].Repositories...)
	}
	s, err := l.a.sources(ctx, git.Options{}, all)
	if err != nil {
		return nil, nil, err
	}
	pem, _, err := l.a.authorities()
	if err != nil {
		s.close()
		return nil, nil, err
	}
	heads := len(s.Hosts) > 1
	workers := l.a.workers
	if workers == 0 {
		workers = max(1, runtime.GOMAXPROCS(0)/l.f.atOnce)
	}
	source := git.New(&git.Options{Cache: l.a.cache, Save: l.f.keepClones, Fresh: l.a.fresh, Workers: workers, Offline: l.a.offline,
		CABundle: pem, Heads: heads, Memory: listMemory, MostBytes: o.most, Log: l.a.log()})
	s.Hosts[forge.Git] = batch.Within(source, l.f.timeout)
	l.hosts = s.Hosts
	return s, source, nil
}

// mine mines a project and writes its file. What its repositories lack comes back joined.
func (l *listRun) mine(ctx context.Context, name string, p model.Project) error {
	m := &minedProject{Project: name, Asked: l.asked(name)}
	var gaps []error
	records := func(yield func(model.Record, error) bool) {
		for _, repo := range p.Repositories {
			err := l.mineRepository(ctx, name, repo, m, func(r model.Record) bool { return yield(r, nil) })
			if ctx.Err() != nil {
				yield(model.Record{}, ctx.Err())
				return
			}
			if err != nil {
				gaps = append(gaps, &model.GapError{Project: name, Repository: forge.Redact(repo.URL), Err: err})
				m.gap(repo.URL, err)
			}
		}
	}
	if err := l.manifest.write(m, records); err != nil {
		return err
	}
	return errors.Join(gaps...)
}

// mineRepository yields the records of one repository.
func (l *listRun) mineRepository(ctx context.Context, project string, repo model.Repository, m *minedProject, yield func(model.Record) bool) error {
	o := &forge.Options{Workers: 1, Dir: filepath.Dir(l.f.file), Log: l.a.log()}
	for r, err := range forge.MineRepository(ctx, repo, l.period, l.hosts, o) {
		if err != nil {
			return err
		}
		r.Project = project
		m.count(r)
		if !yield(r) {
			return nil
		}
	}
	return nil
}

// showMined says what became of a list.
func (a *app) showMined(s *batch.Summary) {
	fmt.Fprintf(a.told, "%s of %s projects mined, %s mined before, %s with gaps, in %s\n",
		thousands(s.Mined), thousands(s.All), thousands(s.Skipped), thousands(len(s.Failed)), s.Spent.Round(time.Second/10))
	for _, r := range s.Reasons() {
		names := strings.Join(r.Projects[:min(len(r.Projects), 5)], ", ")
		if more := len(r.Projects) - 5; more > 0 {
			names += fmt.Sprintf(" and %s more", thousands(more))
		}
		fmt.Fprintf(a.Out, "%7s  %s: %s\n", thousands(len(r.Projects)), oneLine(r.Text), oneLine(names))
	}
}

// oneLine is what a server or a list said, on one line of bearable length.
func oneLine(s string) string {
	r := []rune(strings.Join(strings.Fields(plain(s)), " "))
	if len(r) > 300 {
		r = append(r[:299], '…')
	}
	return string(r)
}

// thousands writes a number with commas, as a text in English has it.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// parseSize reads a size such as 20GiB, 500MB or 1000000.
func parseSize(s string) (int64, error) {
	number := strings.TrimRight(s, "KMGTIBkmgtib ")
	unit := strings.ToLower(strings.TrimSpace(s[len(number):]))
	factor, ok := map[string]float64{"": 1, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12,
		"kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40}[unit]
	n, err := strconv.ParseFloat(number, 64)
	if size := n * factor; ok && err == nil && size >= 0 && size < 1<<60 {
		return int64(size), nil
	}
	return 0, fmt.Errorf("%q is no size; write one such as 20GiB, or 0 for no limit of ours", s)
}
