package score_test

import (
	"crypto/sha1"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// world is the project that the attacks are made on: four years of a history of a
// usual size, the last three of which are the window, as git alone states it or git
// and a forge together. It is the same every time.
type world struct {
	*story
	forge   bool
	people  []*member
	plans   []*plan
	deeds   []*deed
	changes int // number of the last change of the forge
	issues  int
	added   int                 // changes that an attack added
	tip     map[string]string   // branch → its last commit
	claim   func(*model.Tender) // what an attack claims in the document's rosters
}

// member is somebody who works on the project.
type member struct {
	id, mail, firm string
	account        int
	right          bool // may push, merge and approve
}

func (m *member) identity() model.Identity { return model.Identity{Name: m.id, Mail: m.mail} }

func (m *member) onForge() model.Identity {
	return model.Identity{Account: fmt.Sprint("github:", m.account), Login: m.id, Type: model.UserAccount}
}

// way is how a change comes in.
type way int

const (
	taken    way = iota // somebody commits what another one wrote; on a forge: squashed
	branched            // a merge brings its commits in
	pushed              // its author pushes it
	told                // a robot merges it at somebody's word; from git alone: taken
)

// plan is a change before it is stated, so that an attack can make it otherwise.
type plan struct {
	n        int
	way      way
	author   *member
	with     []*member // co-authors
	taker    *member
	opened   time.Time
	at       time.Time
	size     int    // elements of its patch
	kind     string // code, docs, small or upkeep
	commits  int
	reviews  []opinion
	port     string // branch that it is carried to afterwards, by its taker
	advisory bool   // cited by one afterwards
	edit     func(i int, d *deed)
}

// opinion is a review: on a forge with so many comments on lines and so many
// characters; from git alone a trailer.
type opinion struct {
	by             *member
	role           model.Role
	inline, length int
	state          model.ReviewState
}

// deed is a commit.
type deed struct {
	name, subject, landed, changeID string
	by, taker                       model.Identity
	at, authored                    time.Time
	branches                        []string
	merge                           bool
	files                           *model.Files
	parents                         []string
	reverts, picked                 []string
	trailers                        []trailer
	plan                            *plan // that it is part of, if it is
	repo                            string
}

type trailer struct {
	role model.Role
	who  model.Identity
}

// firms are those who bid, with how many people they have and how many of these may
// push. The largest and the smallest are the attackers.
var firms = []struct {
	name          string
	people, right int
}{{"atlas", 16, 3}, {"brook", 10, 2}, {"cedar", 8, 2}, {"delta", 6, 1}, {"ember", 4, 1}, {"fjord", 3, 1},
	{model.Independent, 12, 2}, {"", 6, 0}}

// zeal is how much those do who may push, where others do one to three of it: the most
// active people are on their own, as in many projects, so that no firm alone has all that
// the thresholds ask for.
var zeal = map[string]int{"atlas": 6, "brook": 16, "cedar": 8, "delta": 8, "ember": 5, "fjord": 3, model.Independent: 40}

// stables are the maintained branches and when they leave the main one.
var stables = []struct{ name, from string }{{"stable-1", "2024-03-01"}, {"stable-2", "2025-04-01"}}

const worldSeed = 7

func newWorld(forge bool) *world {
	w := &world{story: newStory(), forge: forge, tip: map[string]string{}}
	w.cover(model.ChurnFacts, model.Complete, "")
	w.cover(model.PatchFacts, model.Complete, "")
	if forge {
		for _, k := range []model.Kind{model.MergeFacts, model.ReviewFacts, model.ReleaseFacts, model.AdvisoryFacts, model.IssueFacts} {
			w.coverFrom("github", k, model.Complete, "")
		}
	}
	for _, f := range firms {
		for i := range f.people {
			id := fmt.Sprintf("%s-%d", f.name, i+1)
			m := &member{id: id, firm: f.name, mail: id + "@" + f.name + ".example", account: len(w.people) + 1, right: i < f.right}
			if f.name == "" || f.name == model.Independent {
				m.id = fmt.Sprint("some", len(w.people)+1)
				m.mail = m.id + "@gmail.com"
			}
			w.people = append(w.people, m)
		}
	}
	w.plan(rand.New(rand.NewPCG(worldSeed, 1)))
	return w
}

// plan makes up the history.
func (w *world) plan(rng *rand.Rand) {
	var rights, pool []*member
	for _, m := range w.people {
		times := 1 + m.account%3
		if m.right {
			times = zeal[m.firm]
			rights = append(rights, slices.Repeat([]*member{m}, times)...)
		}
		pool = append(pool, slices.Repeat([]*member{m}, times)...)
	}
	one := func(list []*member) *member { return list[rng.IntN(len(list))] }
	for at := when("2022-07-01"); at.Before(when("2026-06-30")); {
		at = at.Add(time.Duration(6+rng.IntN(36)) * time.Hour)
		p := &plan{n: len(w.plans), author: one(pool), taker: one(rights), opened: at.AddDate(0, 0, -1-rng.IntN(6)), at: at,
			way: way(rng.IntN(4)), size: 4 + rng.IntN(60), kind: []string{"code", "code", "code", "code", "docs", "small", "upkeep"}[rng.IntN(7)], commits: 1 + rng.IntN(3)}
		if p.size%17 == 0 {
			p.size *= 8
		}
		if p.kind == "small" {
			p.size = 2 + rng.IntN(8)
		}
		if p.way == pushed {
			p.author, p.commits = one(rights), 1
			p.taker = p.author
		}
		for p.way != pushed && p.taker == p.author {
			p.taker = one(rights)
		}
		if rng.IntN(6) == 0 {
			p.with = append(p.with, one(pool))
		}
		for range rng.IntN(3) {
			by := one(pool)
			if rng.IntN(2) == 0 {
				by = one(rights)
			}
			if by != p.author && p.way != pushed {
				p.reviews = append(p.reviews, opinion{by, model.Reviewer, rng.IntN(4), 20 + rng.IntN(200), model.Approved})
			}
		}
		for _, s := range stables {
			if rng.IntN(14) == 0 && at.After(when(s.from)) {
				p.port = s.name
			}
		}
		p.advisory = rng.IntN(150) == 0
		w.plans = append(w.plans, p)
	}
}

// state states the whole history.
func (w *world) state() *world {
	for _, p := range w.plans {
		w.put(p)
	}
	w.around()
	return w
}

// put states a change, with what is said of it and what becomes of it.
func (w *world) put(p *plan) {
	var names []string
	for i := range p.commits {
		d := &deed{name: fmt.Sprintf("w%d.%d", p.n, i), plan: p, by: p.author.identity(), taker: p.taker.identity(), at: p.at,
			authored: p.opened.Add(time.Duration(i) * time.Hour), files: filesOf(p.kind, p.part(i))}
		d.subject = "Change " + d.name
		for _, m := range p.with {
			d.trailers = append(d.trailers, trailer{model.CoAuthor, m.identity()})
		}
		switch {
		case p.way == branched:
			d.landed, d.taker = fmt.Sprintf("w%d.merge", p.n), d.by
		case i > 0 && w.forge && p.way != pushed:
			continue // squashed into one
		case w.forge && p.way != pushed:
			d.taker = identity(hub)
			d.files = filesOf(p.kind, elements(fmt.Sprint("w", p.n), p.size))
		}
		if !w.forge {
			for _, o := range p.reviews {
				d.trailers = append(d.trailers, trailer{o.role, o.by.identity()})
			}
		}
		if p.edit != nil {
			p.edit(i, d)
		}
		w.commit(d)
		names = append(names, d.name)
	}
	if p.way == branched {
		d := &deed{name: fmt.Sprintf("w%d.merge", p.n), by: p.taker.identity(), taker: p.taker.identity(), at: p.at, merge: true}
		if w.forge {
			d.taker = identity(hub)
		}
		w.commit(d)
		names = append(names, d.name)
	}
	if w.forge && p.way != pushed {
		w.change(p, names)
	}
	if p.port != "" {
		w.carry(p, w.deeds[len(w.deeds)-len(names)])
	}
	if p.advisory && w.forge {
		fix := commitOf(names[0])
		d := &model.Advisory{Published: p.at.AddDate(0, 0, 3), Fixes: []model.Artifact{fix}}
		w.fact(fmt.Sprintf("advisory:GHSA-%04d", p.n), model.Publisher, p.taker.onForge(), d.Published, model.Contribution{Advisory: d})
	}
}

// part returns the elements of the i-th commit of a change.
func (p *plan) part(i int) []uint64 {
	all := elements(fmt.Sprint("w", p.n), max(p.size, 2*p.commits))
	each := len(all) / p.commits
	return slices.Sorted(slices.Values(all[i*each : (i+1)*each]))
}

// carry ports a commit of a change to its stable branch.
func (w *world) carry(p *plan, o *deed) {
	d := *o
	d.name, d.landed, d.at = o.name+"."+p.port, "", p.at.AddDate(0, 0, 9)
	d.taker, d.branches, d.picked, d.trailers = p.taker.identity(), []string{p.port}, []string{sha(o.name)}, nil
	d.parents = nil
	w.commit(&d)
}

// commit states a commit.
func (w *world) commit(d *deed) {
	w.deeds = append(w.deeds, d)
	if d.branches == nil {
		d.branches = []string{"main"}
		for _, s := range stables {
			if d.at.Before(when(s.from)) {
				d.branches = append(d.branches, s.name)
			}
		}
	}
	if d.parents == nil {
		d.parents = []string{"root"}
		if tip := w.tip[d.branches[0]+d.landed]; tip != "" {
			d.parents[0] = tip
		}
	}
	w.tip[d.branches[0]+d.landed] = d.name
	c := &model.Commit{Subject: d.subject, Authored: d.authored, Committed: d.at, Landed: sha(d.name), LandedMerge: d.merge || d.landed != "",
		Branches: d.branches, ChangeID: d.changeID, Files: d.files, Reverts: d.reverts, Picked: d.picked}
	if d.landed != "" {
		c.Landed = sha(d.landed)
	}
	if d.authored.IsZero() {
		c.Authored = d.at
	}
	for _, p := range d.parents {
		if p != "" { // a root has none
			c.Parents = append(c.Parents, sha(p))
		}
	}
	if d.merge {
		c.Subject, c.Parents = "Merge "+d.name, append(c.Parents, sha(d.name+".side"))
	}
	repo := d.repo
	if repo == "" {
		repo = "r"
	}
	put := func(role model.Role, who model.Identity) {
		w.add(model.Record{Repository: repo, Contribution: &model.Contribution{Artifact: commitOf(d.name), Role: role, Actor: who, At: d.at, Commit: c}})
	}
	put(model.Author, d.by)
	put(model.Committer, d.taker)
	for _, t := range d.trailers {
		put(t.role, t.who)
	}
}

// change states what the forge knows of a change.
func (w *world) change(p *plan, names []string) int {
	w.changes++
	c := &model.Change{Title: "Change", Opened: p.opened, Merged: p.at, Base: "main", MergeCommit: sha(names[len(names)-1]), Head: sha(fmt.Sprintf("w%d.own", p.n))}
	if p.way == branched {
		c.Head = sha(names[len(names)-2])
	}
	on := fmt.Sprint("change:", w.changes)
	w.add(model.Record{Repository: "r", Head: &model.Head{Change: model.Artifact(on), Commit: c.Head, Committed: p.opened.Add(time.Hour), Own: p.commits}})
	w.fact(on, model.Author, p.author.onForge(), p.at, model.Contribution{Change: c})
	for i, o := range p.reviews {
		r := &model.Review{State: o.state, Said: strings.ToUpper(string(o.state)), Inline: o.inline, Length: o.length, Commit: c.Head, CanPush: o.by.right}
		w.fact(on, model.Reviewer, o.by.onForge(), p.at.Add(-time.Duration(i+1)*time.Hour), model.Contribution{Change: c, Review: r})
	}
	merger := p.taker.onForge()
	if p.way == told {
		w.fact(on, model.Commander, merger, p.at.Add(-time.Minute), model.Contribution{Change: c, Verb: "/approve"})
		merger = model.Identity{Account: "github:9001", Login: "prow[bot]", Type: model.BotAccount}
	}
	w.fact(on, model.Merger, merger, p.at, model.Contribution{Change: c})
	return w.changes
}

func (w *world) fact(on string, role model.Role, who model.Identity, at time.Time, c model.Contribution) {
	c.Artifact, c.Role, c.Actor, c.At = model.Artifact(on), role, who, at
	w.add(model.Record{Repository: "r", Contribution: &c})
}

// around states what goes on besides the changes: releases, listings, robots, issues.
func (w *world) around() {
	var rights []*member
	for _, m := range w.people {
		if m.right {
			rights = append(rights, m)
		}
	}
	for i, m := range rights {
		if i%2 == 0 {
			w.fact("role:MAINTAINERS", model.Maintainer, m.identity(), when("2023-01-01").AddDate(0, i, 0), model.Contribution{})
		}
	}
	for i := range 40 {
		at := when("2022-08-03").AddDate(0, 0, 35*i)
		w.fact(fmt.Sprintf("release:v1.%d", i), model.Releaser, rights[i%4].identity(), at, model.Contribution{})
		bump := &deed{name: fmt.Sprint("bump", i), subject: "Bump a library", by: identity(robot), taker: identity(hub), at: at, files: filesOf("upkeep", elements(fmt.Sprint("bump", i), 4))}
		w.commit(bump)
	}
	for i := 0; w.forge && i < 400; i++ {
		m, opened := rights[(i*5)%len(rights)], when("2022-07-05").Add(time.Duration(i)*86*time.Hour)
		w.issue(w.people[(i*7)%len(w.people)], opened, []*member{m, w.people[(i*11)%len(w.people)]}, m)
	}
}

// issue states an issue, who answered it, and who closed it.
func (w *world) issue(by *member, opened time.Time, answers []*member, closer *member) {
	w.issues++
	on, d := fmt.Sprint("issue:", w.issues), &model.Issue{Title: "It fails", Opened: opened}
	if closer != nil {
		d.Closed, d.Reason = opened.AddDate(0, 0, 5), "COMPLETED"
	}
	w.fact(on, model.Author, by.onForge(), opened, model.Contribution{Issue: d})
	for i, m := range answers {
		w.fact(on, model.Responder, m.onForge(), opened.Add(time.Duration(i+1)*time.Hour), model.Contribution{Issue: d})
	}
	if closer != nil {
		w.fact(on, model.Triager, closer.onForge(), d.Closed, model.Contribution{Issue: d, Verb: "closed"})
	}
}

// elements are the keys of a patch: every other line is deleted.
func elements(seed string, n int) []uint64 {
	h := sha1.Sum([]byte(seed))
	rng := rand.New(rand.NewPCG(uint64(h[0])<<8|uint64(h[1]), uint64(h[2])<<16|uint64(h[3])<<8|uint64(h[4])))
	list := make([]uint64, n)
	for i := range list {
		list[i] = rng.Uint64()&^1 | uint64(i%2)
	}
	return slices.Sorted(slices.Values(list))
}

// patchOf makes the patch of elements, which are sorted.
func patchOf(list []uint64) *model.Patch {
	p := &model.Patch{Size: len(list), Sketch: list[:min(len(list), model.SketchSize)]}
	if len(list) > 0 {
		p.ID = fmt.Sprintf("%016x%016x", list[0], list[len(list)-1]^uint64(len(list)))
		p.Place = p.ID[:16]
	}
	return p
}

// filesOf says of what kind the files of a commit are: code, docs, upkeep, small (code),
// space, comment, empty, or a class.
func filesOf(kind string, list []uint64) *model.Files {
	var lines model.Lines
	for _, e := range list {
		if e&1 == 1 {
			lines.Deleted++
		} else {
			lines.Added++
		}
	}
	f := &model.Files{Touched: 1, Lines: &lines, Patch: patchOf(list)}
	c := model.Churn{Class: model.CodeFiles, Files: 1, Lines: lines}
	switch kind {
	case "code", "small":
	case "docs":
		c.Class = model.DocumentationFiles
	case "upkeep":
		c.Class, f.Upkeep = model.ConfigurationFiles, 1
	case "space":
		c.Space = 1
	case "comment":
		c.Comment = 1
	case "empty":
		return &model.Files{Patch: &model.Patch{}}
	default:
		c.Class = model.Class(kind)
	}
	f.Churn = []model.Churn{c}
	return f
}

// tender is the document of the world: thresholds as calibration proposes them of the
// history without any attack.
func (w *world) tender() *model.Tender {
	t := openTender(w)
	p := t.Projects["p"]
	p.Thresholds = frozen(w.forge)
	t.Projects["p"] = p
	return t
}

func openTender(w *world) *model.Tender {
	t := model.NewTender()
	t.Window.Until, t.Shortlist = date("2026-07-01"), true
	t.Projects = map[string]model.Project{"p": {Repositories: []model.Repository{{URL: "r"}}}}
	t.Lots = []model.Lot{{ID: "1", Projects: map[string]float64{"p": 1}}}
	t.Vendors = map[string]model.Vendor{}
	for _, f := range firms {
		if f.name == "" || f.name == model.Independent {
			continue
		}
		t.Vendors[f.name] = model.Vendor{Name: f.name, Domains: []model.MailDomain{{Name: f.name + ".example"}}}
		t.Bidders.List = append(t.Bidders.List, model.Bidder{ID: f.name, Vendors: []string{f.name}})
	}
	for _, m := range w.people {
		p := model.Person{ID: m.id, Identities: []string{"mail:" + m.mail, fmt.Sprint("github:", m.account)}}
		if m.firm != "" {
			p.Employment = []model.Employment{{Vendor: m.firm, Level: model.Domain}}
		}
		t.People = append(t.People, p)
	}
	return t
}

// frozen are the thresholds that calibration proposes, and rankBefore the ranking before
// any attack: of git alone and with a forge.
var (
	frozen     = once(freeze)
	rankBefore = once(rankFirst)
)

// once computes something of either world once.
func once[T any](f func(forge bool) T) func(forge bool) T {
	alone := sync.OnceValue(func() T { return f(false) })
	both := sync.OnceValue(func() T { return f(true) })
	return func(forge bool) T {
		if forge {
			return both()
		}
		return alone()
	}
}

func freeze(forge bool) map[model.Indicator]model.Threshold {
	w := newWorld(forge).state()
	list := map[model.Indicator]model.Threshold{}
	for _, i := range w.evaluate(openTender(w)).Projects[0].Indicators {
		if i.Proposed {
			list[i.Indicator] = model.Threshold{T: i.T}
		}
	}
	return list
}

func rankFirst(forge bool) *model.Ranking {
	w := newWorld(forge).state()
	return w.evaluate(w.tender())
}

func (w *world) evaluate(t *model.Tender) *model.Ranking {
	r, err := score.Evaluate(t, w.stream(), nil)
	if err != nil {
		panic(err)
	}
	return r
}

func scoresOf(r *model.Ranking) map[string]float64 {
	m := map[string]float64{}
	for _, s := range r.Lots[0].Standings {
		m[s.Bidder] = *s.Score
	}
	return m
}

// rank evaluates the world with its tender.
func (w *world) rank(t *testing.T) *model.Ranking {
	t.Helper()
	document := w.tender()
	if w.claim != nil {
		w.claim(document)
	}
	r, err := score.Evaluate(document, w.stream(), nil)
	require.NoError(t, err)
	return r
}

// of lists the people of a firm.
func (w *world) of(firm string) (list []*member) {
	for _, m := range w.people {
		if m.firm == firm {
			list = append(list, m)
		}
	}
	return list
}
