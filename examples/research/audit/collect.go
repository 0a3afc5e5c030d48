package audit

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// ErrOrder says that verdicts did not come for the records that were watched, one for each.
var ErrOrder = errors.New("the verdicts are not those of the records")

// Collector gathers the decisions of an evaluation: hand [score.Evaluate] the records through
// [Collector.Watch] and [Collector.Verdict] as the function for its evidence, then call
// [Collector.Draw]. It keeps every identity, and of every commit about 300 bytes. It is not
// safe for concurrent use, and serves one evaluation.
type Collector struct {
	tender   *model.Tender
	roster   *affiliation.Roster
	projects map[string]*project
	last     *project
	err      error
}

// NewCollector returns a collector for the evaluation of a tender.
func NewCollector(t *model.Tender) *Collector {
	return &Collector{tender: t, roster: affiliation.NewRoster(t), projects: map[string]*project{}}
}

// project is what is remembered of a project.
type project struct {
	name    string
	number  map[model.Identity]int32
	idents  []identity
	commits []commit
	place   map[model.Artifact]int32 // of a commit in commits
	// acts are those on commits and others the rest, as they were read: verdicts come in this
	// order, and name no identity.
	acts, others []act
	verdicts     int
	months       map[personMonth]*monthly
	opened       map[change]time.Time
}

// change is a change of a forge.
type change struct {
	repository string
	artifact   model.Artifact
}

// identity is one as a source saw it, and what became of it.
type identity struct {
	model.Identity
	acts        int64
	first, last time.Time
	newest      []int32 // commits, of all roles, the newest first, at most three
	person      string  // as the engine has it; "" where no verdict named one
	judged, bot bool    // whether the engine told if it is a robot, and what it said at last
}

// act is a contribution; commit is -1 where it is to something else.
type act struct {
	ident, commit int32
	artifact      model.Artifact
	repository    string
}

// commit is what coders are shown of a commit, and by what commits are alike.
type commit struct {
	artifact       model.Artifact
	repository     string
	subject        string
	authored, at   time.Time
	author         int32 // identity; -1 where it is not known
	change, patch  string
	added, deleted int
	lines          bool
	judged         bool           // the engine compared it with others: it lies in the window and on a branch
	duplicate      bool           // and found it to be work that was accepted before
	of             model.Artifact // that work
}

// personMonth is a person in a month of the window.
type personMonth struct {
	person string
	month  model.Month
}

// monthly is the first act of a person in a month.
type monthly struct {
	act     act
	at      time.Time // when it counts
	when    time.Time // when it matters who employed the person: for authors on a forge, when the change was opened
	parts   []model.Part
	claimed []string
}

// Watch passes records on and remembers of them what a coder must see.
func (c *Collector) Watch(records iter.Seq2[model.Record, error]) iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		for r, err := range records {
			if err == nil && r.Contribution != nil {
				c.project(r.Project).contribution(r.Repository, r.Contribution)
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

func (c *Collector) project(name string) *project {
	if c.last != nil && c.last.name == name {
		return c.last
	}
	p := c.projects[name]
	if p == nil {
		p = &project{name: name, number: map[model.Identity]int32{}, place: map[model.Artifact]int32{}, months: map[personMonth]*monthly{}, opened: map[change]time.Time{}}
		c.projects[name] = p
	}
	c.last = p
	return p
}

func (p *project) contribution(repository string, c *model.Contribution) {
	a := act{ident: p.ident(c), commit: -1, artifact: c.Artifact, repository: repository}
	if c.Change != nil {
		p.opened[change{repository, c.Artifact}] = c.Change.Opened
	}
	if c.Artifact.Kind() != model.CommitArtifact || c.Commit == nil {
		p.others = append(p.others, a)
		return
	}
	a.commit = p.commit(repository, c)
	if k := &p.commits[a.commit]; c.Role == model.Author && k.author < 0 {
		k.author = a.ident
	}
	p.acts = append(p.acts, a)
	i := &p.idents[a.ident]
	if len(i.newest) == 0 || i.newest[0] != a.commit {
		i.newest = append([]int32{a.commit}, i.newest...)
		slices.SortStableFunc(i.newest, func(x, y int32) int { return p.commits[y].at.Compare(p.commits[x].at) })
		i.newest = slices.Compact(i.newest)
		i.newest = i.newest[:min(len(i.newest), 3)]
	}
}

// ident returns the number of the actor's identity and counts the act.
func (p *project) ident(c *model.Contribution) int32 {
	n, ok := p.number[c.Actor]
	if !ok {
		n = int32(len(p.idents))
		p.number[c.Actor] = n
		p.idents = append(p.idents, identity{Identity: c.Actor, first: c.At, last: c.At})
	}
	i := &p.idents[n]
	i.acts++
	if c.At.Before(i.first) {
		i.first = c.At
	}
	if c.At.After(i.last) {
		i.last = c.At
	}
	return n
}

// commit returns the place of a commit; where several repositories have it, the first one's
// word stands.
func (p *project) commit(repository string, c *model.Contribution) int32 {
	n, ok := p.place[c.Artifact]
	if ok {
		return n
	}
	d := c.Commit
	k := commit{artifact: c.Artifact, repository: repository, subject: cut(d.Subject, mostShown), authored: d.Authored,
		at: c.At, author: -1, change: d.ChangeID}
	if f := d.Files; f != nil {
		if f.Patch != nil {
			k.patch = f.Patch.ID
		}
		if f.Lines != nil {
			k.lines, k.added, k.deleted = true, f.Lines.Added, f.Lines.Deleted
		}
	}
	n = int32(len(p.commits))
	p.place[c.Artifact] = n
	p.commits = append(p.commits, k)
	return n
}

// Verdict takes what the engine made of a contribution; see [score.Options].
func (c *Collector) Verdict(v model.Verdict) {
	p := c.projects[v.Project]
	if p == nil || p.verdicts == len(p.acts)+len(p.others) {
		c.err = fmt.Errorf("%w: one of %s too many", ErrOrder, v.Project)
		return
	}
	var a act
	if p.verdicts < len(p.acts) {
		a = p.acts[p.verdicts]
		if a.artifact != v.Artifact {
			c.err = fmt.Errorf("%w: %s came for %s", ErrOrder, v.Artifact, a.artifact)
			return
		}
	} else {
		a = p.others[p.verdicts-len(p.acts)]
	}
	p.verdicts++
	p.person(a, v)
	p.month(a, v)
	if a.commit >= 0 && v.Role == model.Author {
		p.commits[a.commit].ruled(v)
	}
}

// person notes who the engine took the actor for, and whether for a robot. An act of a human
// is told by whom it employed; outside the window nothing is told.
func (p *project) person(a act, v model.Verdict) {
	i := &p.idents[a.ident]
	i.person = v.Person
	switch {
	case len(v.Parts) > 0:
		i.judged, i.bot = true, false
	case v.Rule == "bot":
		i.judged, i.bot = true, true
	}
}

func (p *project) month(a act, v model.Verdict) {
	if len(v.Parts) == 0 || v.Rule == "duplicate" {
		return // work that is only carried over says nothing of whom the author works for now
	}
	key := personMonth{v.Person, model.MonthOf(v.At)}
	m := p.months[key]
	if m == nil || v.At.Before(m.at) {
		p.months[key] = &monthly{act: a, at: v.At, when: p.employedAt(v), parts: v.Parts, claimed: v.Claimed}
	}
}

func (p *project) employedAt(v model.Verdict) time.Time {
	if v.Role == model.Author || v.Role == model.CoAuthor {
		for _, a := range []model.Artifact{v.Artifact, v.Change} {
			if opened, ok := p.opened[change{v.Repository, a}]; ok {
				return opened
			}
		}
	}
	return v.At
}

// ruled notes what became of a commit's authorship. Where a rule refused it before it was
// compared with others, nothing was decided about it.
func (k *commit) ruled(v model.Verdict) {
	switch {
	case v.Rule == "duplicate":
		of, _ := strings.CutPrefix(v.Reason, "the same work as ")
		if v.Reason != "" && !k.judged {
			k.judged, k.duplicate, k.of = true, true, model.Artifact(of)
		}
	case v.Counted || v.Rule == "unit":
		k.judged = true
	}
}

// complete fails where verdicts are missing.
func (c *Collector) complete() error {
	for name, p := range c.projects {
		if c.err == nil && p.verdicts != len(p.acts)+len(p.others) {
			c.err = fmt.Errorf("%w: %d of %d of %s", ErrOrder, p.verdicts, len(p.acts)+len(p.others), name)
		}
	}
	return c.err
}
