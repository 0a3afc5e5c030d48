package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/examples/tender/bundle"
	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
)

// remining holds acts that were drawn from a bundle against the repositories themselves.
type remining struct {
	*bundle.Opened
	repos map[string]string // by the document's address: where it is mined
	drawn []bundle.Drawn
	all   int // of which they were drawn
	// seen are the verdicts of this run on what was drawn.
	seen map[actKey][]model.Verdict
	// exact holds the projects that were mined whole, and from git alone when they were
	// scored: only there times and changes must be the same.
	exact  map[string]bool
	people map[string]string // pseudonyms by the key of the person
	said   sums
}

// sums are what is said in the end.
type sums struct{ timed, named, unnamed int }

type actKey struct {
	project, repository string
	artifact            model.Artifact
	role                model.Role
}

func keyOf(v model.Verdict) actKey { return actKey{v.Project, v.Repository, v.Artifact, v.Role} }

// remine draws acts and holds them against the repositories that --repo names.
func (a *app) remine(ctx context.Context, o *bundle.Opened, f verifyFlags) error {
	if o.Evidence == nil {
		return usageError{errors.New("--repo: the public edition holds no acts that could be held against a repository")}
	}
	r := &remining{Opened: o, seen: map[actKey][]model.Verdict{}, exact: map[string]bool{}, people: map[string]string{}}
	var err error
	if r.repos, err = placesOf(o.Tender, f.repos); err != nil {
		return err
	}
	elsewhere := 0
	if r.drawn, r.all, err = o.Sample(func(v report.StoredVerdict) bool {
		kind := v.Artifact.Kind()
		git := kind == model.CommitArtifact || kind == model.ReleaseArtifact || kind == model.RoleArtifact
		if r.repos[v.Repository] != "" && !git {
			elsewhere++
		}
		return r.repos[v.Repository] != "" && git
	}, f.sample, f.seed); err != nil {
		return err
	}
	for _, project := range o.Tender.ProjectNames() {
		if err := a.judgeAgain(ctx, r, project); err != nil {
			return err
		}
	}
	for _, d := range r.drawn {
		if err := r.hold(d); err != nil {
			return err
		}
	}
	a.showRemined(r, f, elsewhere)
	return nil
}

// placesOf says where each repository that is named is mined. PATH stands for the one
// repository of the document that it ends like, or that there is; ADDRESS=PATH names it.
func placesOf(t *model.Tender, stated []string) (map[string]string, error) {
	var known []string
	for _, name := range t.ProjectNames() {
		for _, r := range t.Projects[name].Repositories {
			known = append(known, r.URL)
		}
	}
	places := map[string]string{}
	for _, s := range stated {
		if address, place, ok := strings.Cut(s, "="); ok && slices.Contains(known, address) {
			places[address] = place
			continue
		}
		like := slices.DeleteFunc(slices.Clone(known), func(k string) bool {
			return k != s && !strings.HasSuffix(filepath.ToSlash(s), "/"+strings.TrimPrefix(k, "./"))
		})
		if len(known) == 1 {
			like = known
		}
		if len(like) != 1 {
			return nil, usageError{fmt.Errorf("--repo %s: which repository is it? Write ADDRESS=PATH, with an address of the document: %s", s, plain(strings.Join(known, ", ")))}
		}
		places[like[0]] = s
	}
	return places, nil
}

// judgeAgain mines the repositories of a project that are at hand, at the commits at which
// the result was mined, and keeps what is judged of the acts that were drawn.
func (a *app) judgeAgain(ctx context.Context, r *remining, project string) error {
	wanted := map[actKey]bool{}
	for _, d := range r.drawn {
		if d.Project == project {
			wanted[keyOf(d.Verdict)] = true
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	t, back := r.here(project)
	r.exact[project] = len(t.Projects[project].Repositories) == len(r.Tender.Projects[project].Repositories) && r.gitAlone(project)
	pem, _, err := a.authorities()
	if err != nil {
		return err
	}
	source := git.New(&git.Options{Cache: a.cache, Save: true, Fresh: a.fresh, Workers: a.workers, Offline: a.offline, CABundle: pem, Log: a.log()})
	judge := score.NewJudge(t, project)
	for rec, err := range forge.Mine(ctx, t, forge.Hosts{forge.Git: source}, a.options(".")) {
		if err != nil {
			return fmt.Errorf("mining %s again: %w", project, err)
		}
		rec.Repository = cmp.Or(back[rec.Repository], rec.Repository)
		if err := judge.Add(rec); err != nil {
			return err
		}
	}
	for v := range judge.Verdicts() {
		if k := keyOf(v); wanted[k] {
			r.seen[k] = append(r.seen[k], v)
		}
	}
	return nil
}

// here is the tender with one project, whose repositories are those at hand, pinned to the
// commits at which the result was mined; and the document's address of each.
func (r *remining) here(project string) (t *model.Tender, back map[string]string) {
	c, p := *r.Tender, r.Tender.Projects[project]
	back = map[string]string{}
	var repos []model.Repository
	for _, repo := range p.Repositories {
		place := r.repos[repo.URL]
		if place == "" {
			continue
		}
		back[place] = repo.URL
		repo.Tips = map[string]string{}
		for _, tip := range r.tips(project) {
			if tip.Repository == repo.URL {
				repo.Tips[tip.Branch] = tip.Commit
			}
		}
		repo.URL, repo.Web, repo.Forge = place, "", "none"
		repos = append(repos, repo)
	}
	p.Repositories = repos
	c.Projects = map[string]model.Project{project: p}
	c.Withheld = nil
	return &c, back
}

func (r *remining) tips(project string) []model.TipShown {
	for _, p := range r.Ranking.Projects {
		if p.ID == project {
			return p.Tips
		}
	}
	return nil
}

// gitAlone reports whether no forge was asked when the project was scored.
func (r *remining) gitAlone(project string) bool {
	for _, p := range r.Method.Projects {
		if p.ID == project {
			return !slices.ContainsFunc(p.Coverage, func(c model.CoverageShown) bool { return c.Source != "" && c.Source != "git" })
		}
	}
	return false
}

// structural are the rules whose rulings hang on nothing but the history and the document.
var structural = [...]string{"window", "branch", "merge"}

// hold holds an act against the repository.
func (r *remining) hold(d bundle.Drawn) error {
	differs := func(text string, args ...any) error {
		return &bundle.Difference{File: bundle.EvidenceFile, Line: d.Line, At: plain(fmt.Sprintf("project %s, %s as %s", d.Project, d.Artifact, d.Role)), Text: plain(fmt.Sprintf(text, args...))}
	}
	all := r.seen[keyOf(d.Verdict)]
	if len(all) == 0 {
		return differs("the repository %s has no such act on the declared branches, up to where it was mined", r.repos[d.Repository])
	}
	if err := r.holdPerson(d, all, differs); err != nil || !r.exact[d.Project] {
		return err
	}
	same := slices.DeleteFunc(slices.Clone(all), func(v model.Verdict) bool { return !v.At.Equal(d.At) })
	if len(same) == 0 {
		return differs("it counts at %s, and by the repository at %s", d.At.Format("2006-01-02T15:04:05Z"), all[0].At.Format("2006-01-02T15:04:05Z"))
	}
	if !slices.ContainsFunc(same, func(v model.Verdict) bool { return v.Change == d.Change }) {
		return differs("it is said to belong to %q, and by the repository belongs to %q", d.Change, same[0].Change)
	}
	for _, rule := range structural {
		if !slices.ContainsFunc(same, func(v model.Verdict) bool { return (v.Rule == rule) == (d.Rule == rule) }) {
			return differs("the rule %q is said to have ruled, and by the repository it is %q", d.Rule, same[0].Rule)
		}
	}
	r.said.timed++
	return nil
}

// holdPerson holds the pseudonym against the persons who did such an act. Whoever stands in a
// roster has another key, which the bundle does not tell.
func (r *remining) holdPerson(d bundle.Drawn, all []model.Verdict, differs func(string, ...any) error) error {
	secret := pseudonymKey(r.Tender)
	show := report.People{Key: secret}
	if slices.ContainsFunc(all, func(v model.Verdict) bool { return show.Show(v.Person, "") == d.Person }) {
		r.said.named++
	} else {
		r.said.unnamed++
	}
	if len(all) != 1 || all[0].Person == "" || d.Person == "" {
		return nil
	}
	if was, ok := r.people[all[0].Person]; ok && was != d.Person {
		return differs("its person is %s, and for another act of the same author it is %s", d.Person, was)
	}
	r.people[all[0].Person] = d.Person
	return nil
}

// showRemined says what was compared, and what could not be.
func (a *app) showRemined(r *remining, f verifyFlags, elsewhere int) {
	said := fmt.Sprintf("drawn with the seed %d: %d of %d acts in %s; all are there on declared branches", f.seed, len(r.drawn), r.all, plain(strings.Join(slices.Sorted(maps.Values(r.repos)), ", ")))
	if r.said.timed > 0 {
		said += fmt.Sprintf("; %d at the same time, as part of the same change", r.said.timed)
	}
	fmt.Fprintln(a.told, said)
	if n := len(r.drawn) - r.said.timed; n > 0 {
		fmt.Fprintf(a.told, "not compared: times and changes of %d acts, since forges or other repositories had a say in them\n", n)
	}
	said = fmt.Sprintf("pseudonyms: %d follow from the author's address and the key", r.said.named)
	if r.said.unnamed > 0 {
		said += fmt.Sprintf("; %d cannot be compared: whoever stands in a roster has another", r.said.unnamed)
		if os.Getenv(keyVariable) == "" {
			said += "; state the key in $" + keyVariable + " to compare more"
		}
		said += "; the same author has the same pseudonym throughout"
	}
	fmt.Fprintln(a.told, said)
	if elsewhere > 0 {
		fmt.Fprintf(a.told, "not compared: %d acts on changes, issues and advisories, which git does not hold\n", elsewhere)
	}
}
