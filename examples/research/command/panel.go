package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/examples/research/gitdm"
	"github.com/tributary-oss/tributary/examples/research/panel"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
)

type panelFlags struct {
	input
	periods, sort, date, format string
	skip                        []string
	most                        int
	guess, prereleases          bool
}

func (a *app) panelCommand() *cobra.Command {
	var f panelFlags
	c := &cobra.Command{
		Use:   "panel --periods quarter --tender FILE",
		Short: "Show who comes and goes, and how concentrated work is, period after period",
		Long: "Panel counts, for each month, quarter or release: developers, changesets, the shares\n" +
			"of organisations, their concentration (Herfindahl-Hirschman index, Shannon entropy,\n" +
			"Pielou's evenness), the gap between the first two, and which organisations joined,\n" +
			"stayed and left. People whose organisation is not known stay in every denominator.\n\n" +
			"The period of a release is the range from the tag before it, A..B: what can be reached\n" +
			"from B and not from A. The first tag begins, and has no period of its own. A tag of a\n" +
			"maintained branch does not hold what its neighbour's has: choose with the pattern.\n\n" +
			"Exit status: 0 done, 1 failed, 2 wrong usage or document, 3 done with gaps.",
		Example: "  research panel --periods quarter --tender tender.yaml\n" +
			"  research panel --periods month --list repos.csv --since 2023-11-01 --until 2026-11-01\n" +
			"  research panel --periods 'tags:v2.4?.0' --repo git.git --format csv",
		Args: exactly(0, "no argument: documents and repositories are named by flags"),
		RunE: func(c *cobra.Command, _ []string) error { return a.panel(c.Context(), f) },
	}
	flags := c.Flags()
	flags.StringVar(&f.periods, "periods", "quarter", "month, quarter, or tags:GLOB for the releases whose tags match")
	f.input.flags(c)
	flags.StringVar(&f.sort, "sort", string(panel.ByVersion), "order of the tags: version or date")
	flags.BoolVar(&f.prereleases, "prereleases", false, "take tags of release candidates, alphas and betas, too")
	flags.StringVar(&f.date, "date", string(gitdm.Accepted), "time of a commit at which employers are looked up: author, committer or accepted")
	flags.BoolVar(&f.guess, "guess", true, "name organisations after mail domains where no roster says anything")
	flags.StringArrayVar(&f.skip, "skip", nil, "mail address whose changesets do not count, such as a robot's; may be repeated")
	flags.IntVar(&f.most, "most", 8, "organisations shown of each period in text; 0 shows all")
	flags.StringVar(&f.format, "format", "text", "what to print: text, csv or json")
	return c
}

func (f panelFlags) check() error {
	tags, byTags := strings.CutPrefix(f.periods, "tags:")
	switch {
	case f.most < 0:
		return usageError{fmt.Errorf("--most %d: want a number from 0 on", f.most)}
	case byTags && tags == "", !byTags && f.periods != "month" && f.periods != "quarter":
		return usageError{fmt.Errorf("--periods %s: want month, quarter, or tags:GLOB such as 'tags:v1.*'", f.periods)}
	case byTags && f.since != "":
		return usageError{errors.New("--since: releases have no window; choose them with the pattern")}
	case !byTags && f.tender == "" && f.list+f.repo != "" && f.since == "":
		return f.noWindow(false)
	}
	for _, mail := range f.skip {
		if !strings.Contains(mail, "@") {
			return usageError{fmt.Errorf("--skip %s: want a mail address", mail)}
		}
	}
	return cmp.Or(f.input.check("panel"), oneOf("--format", f.format, "text", "csv", "json"),
		oneOf("--sort", f.sort, string(panel.ByVersion), string(panel.ByDate)),
		oneOf("--date", f.date, string(gitdm.Authored), string(gitdm.Committed), string(gitdm.Accepted)))
}

func (a *app) panel(ctx context.Context, f panelFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	t, err := f.read(a)
	if err != nil {
		return err
	}
	g := gathering{f: f, robot: score.Robots(t), said: &gaps{several: repositories(t) > 1}}
	if pattern, ok := strings.CutPrefix(f.periods, "tags:"); ok {
		err = a.byTags(ctx, &g, t, pattern)
	} else {
		err = a.byMonths(ctx, &g, t)
	}
	if err = cmp.Or(ctx.Err(), err); err != nil {
		return fmt.Errorf("counting %s: %w", f.named(), err)
	}
	p := panel.Count(g.spans, gitdm.NewEmployers(t, g.ids, g.aliases, f.guess), panel.Options{Identify: f.identify})
	if g.said.commits {
		p.Gaps = g.said.list
	}
	if err := a.printPanel(f, p); err != nil {
		return err
	}
	if g.said.commits {
		return errGaps
	}
	return nil
}

// gathering collects the changesets of periods.
type gathering struct {
	f       panelFlags
	robot   func(model.Identity, time.Time) bool
	said    *gaps
	spans   []panel.Span
	ids     []model.Identity
	aliases []model.Alias
}

// take reads records, each commit once in a project, into the span that to names; nil is none. Of
// a commit that several repositories have, the first acceptance is the one.
func (g *gathering) take(records iter.Seq2[model.Record, error], to func(at time.Time) *panel.Span) error {
	held, project := first{at: map[model.Artifact]int{}}, ""
	for r, err := range g.said.watch(records) {
		if gap := (*model.GapError)(nil); errors.As(err, &gap) {
			g.said.list, g.said.commits = append(g.said.list, gap.Error()), true
			continue
		}
		if err != nil {
			return err
		}
		if r.Alias != nil {
			g.aliases = append(g.aliases, *r.Alias)
		}
		c := r.Contribution
		if c == nil || c.Commit == nil || c.Role != model.Author || c.Artifact.Kind() != model.CommitArtifact {
			continue
		}
		if r.Project != project {
			g.give(&held, to)
			project = r.Project // records come by project
		}
		held.take(c)
	}
	g.give(&held, to)
	return nil
}

// give counts what is held.
func (g *gathering) give(held *first, to func(at time.Time) *panel.Span) {
	for _, c := range held.list {
		if s := to(c.At); s != nil {
			g.add(s, c)
		}
	}
	held.list = nil
	clear(held.at)
}

// first holds the commits of a project as they were accepted first.
type first struct {
	list []*model.Contribution // in the order in which they were read
	at   map[model.Artifact]int
}

func (f *first) take(c *model.Contribution) {
	i, ok := f.at[c.Artifact]
	switch {
	case !ok:
		f.at[c.Artifact] = len(f.list)
		f.list = append(f.list, c)
	case c.At.Before(f.list[i].At):
		f.list[i] = c
	}
}

// add counts a commit in a span.
func (g *gathering) add(s *panel.Span, c *model.Contribution) {
	skipped := slices.ContainsFunc(g.f.skip, func(m string) bool { return strings.EqualFold(m, c.Actor.Mail) })
	switch {
	case len(c.Commit.Parents) > 1:
		s.Merges++
		return
	case skipped || g.robot(c.Actor, c.At):
		s.Robots++
		return
	}
	at := c.At
	switch gitdm.When(g.f.date) {
	case gitdm.Authored:
		at = c.Commit.Authored
	case gitdm.Committed:
		at = c.Commit.Committed
	}
	g.ids = append(g.ids, c.Actor)
	s.Changesets = append(s.Changesets, panel.Changeset{Author: c.Actor, At: at})
}

// byMonths counts what was accepted in the months of the window.
func (a *app) byMonths(ctx context.Context, g *gathering, t *model.Tender) error {
	months, p := 1, t.Window.Period()
	if g.f.periods == "quarter" {
		months = 3
	}
	g.spans = panel.Months(p.Since, p.Until, months)
	inside := true // where several repositories may have a commit, one may have it from before the window
	for _, project := range t.Projects {
		inside = inside && len(project.Repositories) == 1
	}
	return g.take(a.mine(ctx, t, g.f.dir(), git.Options{Facts: []model.Kind{}, Inside: inside}), func(at time.Time) *panel.Span {
		i := slices.IndexFunc(g.spans, func(s panel.Span) bool { return !at.Before(s.Since) && at.Before(s.Until) })
		if i < 0 {
			return nil
		}
		return &g.spans[i]
	})
}

// byTags counts what lies between releases of one repository.
func (a *app) byTags(ctx context.Context, g *gathering, t *model.Tender, pattern string) error {
	var repos []model.Repository
	for _, name := range t.ProjectNames() {
		repos = append(repos, t.Projects[name].Repositories...)
	}
	if len(repos) != 1 {
		return usageError{fmt.Errorf("--periods tags: releases are one repository's, and %s names %d; name one with --repo", g.f.named(), len(repos))}
	}
	repo := repos[0]
	if dir := g.f.dir(); dir != "" && !strings.Contains(repo.URL, ":") && !filepath.IsAbs(repo.URL) {
		repo.URL = filepath.Join(dir, repo.URL) // as the mining of a document has it
	}
	all, err := git.New(&git.Options{CABundle: a.pem, Cache: a.cache, Offline: a.offline, Log: a.log()}).Tags(ctx, repo)
	if err != nil {
		return err
	}
	tags, err := panel.Tags(all, pattern, panel.Order(g.f.sort), g.f.prereleases)
	if err != nil {
		return usageError{err}
	}
	if len(tags) < 2 {
		return usageError{fmt.Errorf("--periods tags:%s: %d of %d tags match; two make a period", pattern, len(tags), len(all))}
	}
	h := &history{a: a, repo: repo, commits: map[string]*model.Contribution{}, said: g.said}
	defer func(was bool) { a.offline = was }(a.offline)
	a.offline = true                            // a remote one was fetched for the tags
	for _, tag := range slices.Backward(tags) { // the last one holds most of the others
		if err := h.read(ctx, tag.Commit); err != nil {
			return err
		}
	}
	g.aliases = h.aliases
	before := h.reach(tags[0].Commit)
	for i, to := range tags[1:] {
		s := panel.Span{Name: tags[i].Name + ".." + to.Name, Since: tags[i].At, Until: to.At}
		now := h.reach(to.Commit)
		for _, commit := range slices.Sorted(maps.Keys(now)) {
			if !before[commit] && h.commits[commit] != nil {
				g.add(&s, h.commits[commit])
			}
		}
		before = now
		g.spans = append(g.spans, s)
	}
	return nil
}

func (a *app) printPanel(f panelFlags, p *panel.Panel) error {
	switch f.format {
	case "csv":
		return panel.CSV(a.Out, p)
	case "json":
		return report.WriteJSON(a.Out, p)
	}
	heading := []string{fmt.Sprintf("%s of %s; employers at %s.", f.periods, f.named(), timeOf(f.date))}
	if strings.HasPrefix(f.periods, "tags:") {
		heading = append(heading, "A..B is what can be reached from B and not from A.")
	} else {
		heading = append(heading, "A changeset is of the period in which it was accepted.")
	}
	return panel.Text(a.Out, p, panel.TextOptions{Heading: heading, Width: a.Width, Most: f.most})
}
