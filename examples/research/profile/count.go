package profile

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/examples/research/discreet"
	research "github.com/tributary-oss/tributary/examples/research/gitdm"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// Options are the settings of [Count].
type Options struct {
	// Guess lets mail domains speak in the profile where no roster does. The judge always
	// does.
	Guess bool
	// Skip are mail addresses whose commits the profile does not count, such as a robot's.
	Skip []string
	// Range, with its name, holds the authors and co-authors of the commits that are the
	// profile's period, where it is a range of revisions and no window, of a tender of one
	// repository. The rule branch takes those that no declared branch holds.
	Range     []model.Contribution
	RangeName string
	// Identify names organisations also where nobody states them and one person alone is behind
	// them: mail domains, which may be that person's name. Otherwise they stand together as
	// [discreet.Row].
	Identify bool
}

// Count judges the records of a tender, as [score.Tally] does, and shows what leads from
// the profile's number to the judge's. It fails with the first error among the records that
// is no gap, and where its own sums are not those of the judge's ledger.
func Count(p Profile, t *model.Tender, records iter.Seq2[model.Record, error], o Options) (*Waterfall, error) {
	c := newCounter(p, t, o)
	ledger, err := score.Tally(t, c.watch(records), &score.Options{Evidence: c.verdict})
	if err == nil {
		err = c.err
	}
	if err != nil {
		return nil, err
	}
	c.addRange(t)
	for _, name := range slices.Sorted(maps.Keys(c.projects)) {
		c.close(name)
	}
	w := c.waterfall()
	if err := c.check(w, ledger); err != nil {
		return nil, err
	}
	w.hide(c.names)
	for _, name := range t.ProjectNames() {
		for _, g := range ledger.Gaps(name) {
			w.Gaps = append(w.Gaps, fmt.Sprintf("%s: %s: %s", g.Project, g.Repository, g.Reason))
		}
	}
	return w, nil
}

// seen is a contribution to a commit as it was read.
type seen struct {
	artifact model.Artifact
	role     model.Role
	actor    model.Identity
	authored time.Time
	merge    bool
}

// project is what was read of one project, and what was judged of it.
type project struct {
	acts    []seen
	aliases []model.Alias
	next    int // the act that the next verdict on a commit is of
	items   []item
}

// item is an act of authorship, seen by both sides.
type item struct {
	seen
	v model.Verdict
}

// counter makes a waterfall.
type counter struct {
	Options
	profile                     Profile
	tender                      *model.Tender
	window                      model.Period
	projects                    map[string]*project
	judging                     string // the project that verdicts come of
	robot                       func(model.Identity, time.Time) bool
	skip                        map[string]bool
	inside                      map[model.Artifact]bool // commits of the range; nil without one
	domains                     *affiliation.Roster     // where the profile lets domains alone speak
	order                       map[string]int          // of the judge's rules
	sums                        *sums
	names                       *discreet.Domains
	employers                   *research.Employers // of nobody yet
	judged                      *research.Employers // which names what verdicts say
	acts                        map[string]int      // in each total
	mails                       map[string]map[string]int64
	both, profileOnly, oursOnly int
	err                         error
}

func newCounter(p Profile, t *model.Tender, o Options) *counter {
	c := &counter{Options: o, profile: p, tender: t, window: t.Window.Period(), projects: map[string]*project{}, robot: score.Robots(t),
		skip: map[string]bool{}, order: map[string]int{}, sums: newSums(), acts: map[string]int{}, mails: map[string]map[string]int64{}}
	c.employers, c.judged = research.NewEmployers(t, nil, nil, o.Guess || p.Domain), research.NewEmployers(t, nil, nil, true)
	c.names = discreet.New(t)
	if o.Identify {
		c.names = discreet.Identified()
	}
	for _, mail := range o.Skip {
		c.skip[affiliation.FoldMail(mail)] = true
	}
	delete(c.skip, "") // no address
	if len(o.Range) > 0 {
		c.inside = map[model.Artifact]bool{}
	}
	for _, a := range o.Range {
		c.inside[a.Artifact] = true
	}
	for i, r := range score.Rules() {
		c.order[r.Name] = i + 1
	}
	if p.Domain {
		alone := *t
		alone.People, alone.Tables, alone.Decisions, alone.Evidence = nil, nil, nil, model.Profile
		c.domains = affiliation.NewRoster(&alone)
	}
	return c
}

func (c *counter) project(name string) *project {
	if c.projects[name] == nil {
		c.projects[name] = &project{}
	}
	return c.projects[name]
}

// watch remembers what is read of commits.
func (c *counter) watch(records iter.Seq2[model.Record, error]) iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		for r, err := range records {
			if a := r.Alias; a != nil && err == nil {
				p := c.project(r.Project)
				p.aliases = append(p.aliases, *a)
			}
			if a := r.Contribution; a != nil && err == nil && a.Artifact.Kind() == model.CommitArtifact && a.Commit != nil {
				p := c.project(r.Project)
				p.acts = append(p.acts, seen{a.Artifact, a.Role, a.Actor, a.Commit.Authored, len(a.Commit.Parents) > 1})
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// verdict joins a verdict to the act that it is on: verdicts on commits come in the order in
// which the acts were read, and those of a project in a row, so that no more of them is held
// than of one.
func (c *counter) verdict(v model.Verdict) {
	if c.judging != v.Project {
		c.close(c.judging)
		c.judging = v.Project
	}
	p, one := c.project(v.Project), seen{artifact: v.Artifact, role: v.Role}
	if v.Artifact.Kind() == model.CommitArtifact {
		if p.next >= len(p.acts) || p.acts[p.next].artifact != v.Artifact || p.acts[p.next].role != v.Role {
			c.err = cmp.Or(c.err, fmt.Errorf("%s: the verdict on %s %s is not on the act that was read: a fault of this program", v.Project, v.Role, v.Artifact))
			return
		}
		one = p.acts[p.next]
		p.next++
	}
	_, taken := dropped(v)
	writes := one.artifact.Kind() == model.CommitArtifact && (one.role == model.Author || one.role == model.CoAuthor)
	if writes || taken || credit(v) != nil {
		p.items = append(p.items, item{one, v})
	}
}

// addRange adds the acts of the range that the judge has never seen: no declared branch holds
// them.
func (c *counter) addRange(t *model.Tender) {
	names := t.ProjectNames()
	if len(names) != 1 || len(c.Range) == 0 {
		return
	}
	p := c.project(names[0])
	read := map[model.Artifact]bool{}
	for _, a := range p.acts {
		read[a.artifact] = true
	}
	for _, a := range c.Range {
		if read[a.Artifact] || a.Role != model.Author && a.Role != model.CoAuthor {
			continue
		}
		one := seen{a.Artifact, a.Role, a.Actor, a.Commit.Authored, len(a.Commit.Parents) > 1}
		p.acts = append(p.acts, one)
		p.items = append(p.items, item{one, model.Verdict{Project: names[0], Artifact: a.Artifact, Role: a.Role, At: a.At, Rule: "branch"}})
	}
}

// credit returns what a verdict earns for changes, nil for nothing.
func credit(v model.Verdict) *model.Credit {
	i := slices.IndexFunc(v.Credits, func(c model.Credit) bool { return c.Indicator == model.Changes })
	if i < 0 {
		return nil
	}
	return &v.Credits[i]
}

// dropped returns what a rule took of what a verdict would earn for changes.
func dropped(v model.Verdict) (model.Dropped, bool) {
	i := slices.IndexFunc(v.Dropped, func(d model.Dropped) bool { return d.Indicator == model.Changes })
	if i < 0 {
		return model.Dropped{}, false
	}
	return v.Dropped[i], true
}

// close takes all steps of all acts of a project.
func (c *counter) close(name string) {
	p := c.projects[name]
	if p == nil {
		return
	}
	var ids []model.Identity
	for _, a := range p.acts {
		ids = append(ids, a.actor)
	}
	employers := c.employers.With(ids, p.aliases)
	shares := p.authors()
	once := c.once(p.items)
	for i, x := range p.items {
		c.item(chain{counter: c, item: x, employers: employers, k: shares[unitOf(x.v)], first: once[i]})
	}
	delete(c.projects, name)
}

// unit is the unit of change that an act belongs to. Numbers of changes are those of one
// repository.
type unit struct {
	repository string
	change     model.Artifact
}

func unitOf(v model.Verdict) unit { return unit{v.Repository, cmp.Or(v.Change, v.Artifact)} }

// authors counts the authors of each unit of change: each has one act that bears its credit.
func (p *project) authors() map[unit]int64 {
	n := map[unit]int64{}
	for _, x := range p.items {
		if _, taken := dropped(x.v); taken || credit(x.v) != nil {
			n[unitOf(x.v)]++
		}
	}
	return n
}

// once says which acts the profile counts of those that several repositories hold: where
// the judge holds one of them to be the first, that one, otherwise the one read first.
func (c *counter) once(items []item) []bool {
	type key struct {
		artifact model.Artifact
		role     model.Role
		actor    model.Identity
	}
	list, at := make([]bool, len(items)), map[key]int{}
	for i, x := range items {
		k := key{x.artifact, x.role, x.actor}
		was, ok := at[k]
		switch {
		case !c.profile.Once || !ok:
			at[k], list[i] = i, true
		case items[was].v.Rule == "duplicate" && x.v.Rule != "duplicate":
			at[k], list[i], list[was] = i, true, false
		}
	}
	return list
}

// waterfall writes down what was counted.
func (c *counter) waterfall() *Waterfall {
	w := &Waterfall{Format: Format, Status: model.Simulation, Profile: c.profile, Since: c.window.Since, Until: c.window.Until,
		Range: c.RangeName, Steps: c.sums.finish(c.acts), Both: c.both, ProfileOnly: c.profileOnly, OursOnly: c.oursOnly}
	for _, least := range slices.Backward(c.profile.Community) {
		for _, name := range slices.Sorted(maps.Keys(c.mails)) {
			one := Community{Organization: name, AtLeast: least}
			for _, n := range c.mails[name] {
				if n >= least {
					one.Addresses++
				}
			}
			if one.Addresses > 0 {
				w.Community = append(w.Community, one)
			}
		}
	}
	slices.SortFunc(w.Community, compareCommunities)
	return w
}

func compareCommunities(a, b Community) int {
	return cmp.Or(cmp.Compare(b.AtLeast, a.AtLeast), cmp.Compare(b.Addresses, a.Addresses), strings.Compare(a.Organization, b.Organization))
}

// check compares the end of the waterfall with the judge's ledger.
func (c *counter) check(w *Waterfall, l *score.Ledger) error {
	want := map[string]int64{}
	for cell, a := range l.Cells {
		if cell.Indicator == model.Changes {
			want[c.judged.Named(cell.Vendor)] += a.Credit
		}
	}
	got := map[string]int64{}
	for _, a := range w.Steps[len(w.Steps)-1].Organizations {
		got[a.Organization] = a.Change
	}
	maps.DeleteFunc(want, func(_ string, n int64) bool { return n == 0 })
	if !maps.Equal(got, want) {
		return fmt.Errorf("the waterfall does not end at the judge's credit: a fault of this program")
	}
	return nil
}
