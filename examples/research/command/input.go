package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/examples/tender/listing"
	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/model/tenderfile"
	"github.com/tributary-oss/tributary/score/affiliation/formats"
)

// identifyDomains says what --identify does where nobody is named but by a mail domain.
const identifyDomains = "name mail domains, too, that one person alone is behind and that no roster states: they may be that person's name"

// input is what is mined, and by which rosters. One of tender, list and repo is named.
type input struct {
	tender, list, repo, since, until, evidence string
	rosters                                    []string
	identify                                   bool
}

// flags declares the flags of an input.
func (in *input) flags(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&in.tender, "tender", "", "tender document with the repositories, the window, vendors and people")
	flags.StringVar(&in.list, "list", "", "repositories instead, as CSV with the columns url, project, branches, forge, web: all of them together")
	flags.StringVar(&in.repo, "repo", "", "one repository instead: path, https, ssh or file address, or path of a git bundle")
	flags.StringVar(&in.since, "since", "", "with --list and --repo, the first day of the window, the first of a month, as 2026-01-01")
	flags.StringVar(&in.until, "until", "", "with --list and --repo, the first day after the window, the first of a month")
	flags.StringArrayVar(&in.rosters, "roster", nil, "who works for whom, as FORMAT:FILE, where FORMAT is one of "+strings.Join(rosterFormats(), ", ")+"; may be repeated")
	flags.StringVar(&in.evidence, "evidence", "", "least level of evidence for an affiliation: confirmed, domain, listed, imported or profile (default: the document's; with --list and --repo profile)")
	flags.BoolVar(&in.identify, "identify", false, identifyDomains)
}

func (in *input) check(what string) error {
	named := 0
	for _, name := range []string{in.tender, in.list, in.repo} {
		if name != "" {
			named++
		}
	}
	switch {
	case named == 0:
		return usageError{fmt.Errorf("research %s: nothing to count; name a document with --tender, a list of repositories with --list, or a repository with --repo", what)}
	case named > 1:
		return usageError{errors.New("--tender, --list and --repo: state one of them")}
	case in.tender != "" && (in.since != "" || in.until != ""):
		return usageError{errors.New("--since and --until belong to --list and --repo; a document has its own window")}
	case in.evidence != "":
		return oneOf("--evidence", in.evidence, "confirmed", "domain", "listed", "imported", "profile")
	}
	return nil
}

// read makes the tender of an input. Where the window is not stated, it is left empty.
func (in *input) read(a *app) (*model.Tender, error) {
	t, err := a.affiliations(in.tender, in.rosters)
	if err != nil {
		return nil, err
	}
	if in.tender != "" {
		if t.Evidence, err = evidenceOf(in.tender); err != nil {
			return nil, err
		}
	}
	t.Evidence = cmp.Or(model.Level(in.evidence), t.Evidence)
	if in.tender != "" {
		return t, nil
	}
	t.Window = model.Window{}
	if in.since != "" || in.until != "" {
		if err := in.window(t); err != nil {
			return nil, err
		}
	}
	if in.list != "" {
		return t, takeList(t, in.list)
	}
	takeRepository(t, in.repo)
	return t, nil
}

// takeList makes a list's repositories the tender's projects. Everybody found is counted.
func takeList(t *model.Tender, file string) (err error) {
	if t.Projects, err = listing.Read(file); err != nil {
		return usageError{err}
	}
	t.Lots = []model.Lot{{ID: "1", Projects: equally(t.Projects)}}
	t.Bidders = model.Bidders{All: true}
	return nil
}

// takeRepository makes a repository the tender's only project.
func takeRepository(t *model.Tender, url string) {
	t.Projects = map[string]model.Project{"repository": {Repositories: []model.Repository{{URL: url, Forge: "none"}}}}
	t.Lots = []model.Lot{{ID: "all", Projects: map[string]float64{"repository": 1}}}
	t.Bidders = model.Bidders{All: true}
}

// window reads the window of a list or a repository.
func (in *input) window(t *model.Tender) error {
	since, err := model.ParseDate(in.since)
	if err != nil {
		return usageError{fmt.Errorf("--since: %w", err)}
	}
	until, err := model.ParseDate(in.until)
	if err != nil {
		return usageError{fmt.Errorf("--until: %w", err)}
	}
	if since.Time().Day() != 1 || until.Time().Day() != 1 {
		return usageError{errors.New("--since and --until: a window is of whole months; state the first of a month")}
	}
	if since >= until {
		return usageError{fmt.Errorf("--since %s is not before --until %s", in.since, in.until)}
	}
	t.Window = model.Window{Until: until, Months: int(model.MonthOf(until.Time()) - model.MonthOf(since.Time()))}
	return nil
}

// dir is the folder that paths in a document or a list start from.
func (in *input) dir() string {
	if file := cmp.Or(in.tender, in.list); file != "" {
		return filepath.Dir(file)
	}
	return ""
}

// named says what is counted.
func (in *input) named() string { return cmp.Or(in.tender, in.list, forge.Redact(in.repo)) }

// noWindow says which window is missing, and whether a range would do.
func (in *input) noWindow(ranges bool) error {
	if ranges && in.repo != "" {
		return usageError{errors.New("--repo: state the window with --since and --until, or a range with --rev")}
	}
	flag := "--repo"
	if in.list != "" {
		flag = "--list"
	}
	return usageError{fmt.Errorf("%s: state the window with --since and --until", flag)}
}

// mine mines what a tender names, from git alone: forges have no part in these numbers. Where
// not one repository can be mined, that is an error: figures of nothing would look like zeros.
func (a *app) mine(ctx context.Context, t *model.Tender, dir string, o git.Options) iter.Seq2[model.Record, error] {
	o.Cache, o.Save, o.Offline, o.CABundle, o.Workers, o.Log = a.cache, true, a.offline, a.pem, a.workers, a.log()
	return func(yield func(model.Record, error) bool) {
		left := repositories(t)
		var gap *model.GapError
		for r, err := range forge.Mine(ctx, t, forge.Hosts{forge.Git: git.New(&o)}, &forge.Options{Dir: dir, Log: a.log()}) {
			if errors.As(err, &gap) {
				left--
			}
			if !yield(r, err) {
				return
			}
		}
		if gap != nil && left <= 0 {
			yield(model.Record{}, fmt.Errorf("not one repository could be mined; the last gap: %w", gap.Err))
		}
	}
}

// repositories counts those of a tender.
func repositories(t *model.Tender) (n int) {
	for _, p := range t.Projects {
		n += len(p.Repositories)
	}
	return n
}

// evidenceOf reads the level of evidence that a document asks for, which the tables of the
// git data miner do not.
func evidenceOf(tender string) (model.Level, error) {
	t, err := tenderfile.Read(tender, formats.All()...)
	if err != nil {
		return "", usageError{err}
	}
	return t.Evidence, nil
}
