package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributary-oss/tributary/examples/tender/listing"
	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/batch"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
)

// listFlags are the flags of mine --list.
type listFlags struct {
	listing.Flags
	file, out string
	update    bool
}

func (l *listFlags) add(f *pflag.FlagSet) {
	f.StringVar(&l.file, "list", "", "list of repositories to mine, in CSV")
	f.StringVar(&l.out, "out", "", "folder for what is mined of a list")
	f.BoolVar(&l.update, "update", false, "with --list: mine again what is in the folder, for what is new")
	l.Flags.Add(f)
}

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
	l, err := a.newListRun(f)
	if err != nil {
		return err
	}
	a.bars = &bars{state: map[string]*repositoryBar{}, word: "nothing was mined"} // nobody sees it: a list has one line for all
	s, source, err := l.sources(c.Context())
	if err != nil {
		return err
	}
	defer s.close()
	if l.manifest, err = openManifest(l.f.out); err != nil {
		return err
	}
	line := listing.NewLine(a.terminal(), a.Width, a.locale)
	options := l.f.Batch(source)
	options.Progress, options.Log = line.Show, a.log()
	if !l.f.update && !a.fresh {
		options.Done = func(name string) bool { return l.manifest.holds(name, l.asked(name)) }
	}
	summary, err := batch.Run(c.Context(), l.projects, &options, l.mine)
	line.Stop()
	if err2 := l.manifest.close(); err2 != nil {
		return err2
	}
	if summary != nil {
		a.bars.word = fmt.Sprintf("%s of %s projects are in %s; the same command goes on", listing.Thousands(a.locale, summary.Mined+summary.Skipped), listing.Thousands(a.locale, summary.All), l.f.out)
	}
	if err != nil {
		return err
	}
	listing.Say(a.Out, a.locale, summary)
	if len(summary.Failed) > 0 {
		return errGaps
	}
	return nil
}

// terminal is where a line may say how far a list is; nil where nobody looks.
func (a *app) terminal() io.Writer {
	if !a.Progress || a.verbose {
		return nil
	}
	return a.bare
}

// newListRun reads the flags and the list.
func (a *app) newListRun(f mineFlags) (*listRun, error) {
	l := &listRun{a: a, f: f.list}
	var err error
	switch {
	case l.f.file == "" || l.f.out == "":
		err = errors.New("--list FILE and --out DIR go together")
	case f.repo != "" || f.rev != "" || len(f.branches) > 0 || f.format != "jsonl":
		err = errors.New("--repo, --rev, --branch and --format are for one repository, not with --list; a list has a column for branches")
	default:
		err = l.f.Check()
	}
	if err != nil {
		return nil, usageError{fmt.Errorf("tender mine: %w", err)}
	}
	if l.period, err = f.period(); err != nil {
		return nil, err
	}
	if l.projects, err = listing.Read(l.f.file); err != nil {
		return nil, usageError{err}
	}
	return l, nil
}

// sources makes those of the list, and returns that of the histories by itself.
func (l *listRun) sources(ctx context.Context) (*sources, *git.Source, error) {
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
	source := l.f.Git(git.Options{Cache: l.a.cache, Fresh: l.a.fresh, Workers: l.a.workers, Offline: l.a.offline,
		CABundle: pem, Heads: len(s.Hosts) > 1, Log: l.a.log()})
	s.Hosts[forge.Git] = batch.Within(source, l.f.Timeout)
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
