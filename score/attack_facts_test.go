package score_test

import (
	"crypto/sha1"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/model"
)

// The facts of a site of attacks, as git and a forge would state them.

// put states a change, with what is said of it and what becomes of it.
func (w *site) put(p *plan) {
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
func (w *site) carry(p *plan, o *deed) {
	d := *o
	d.name, d.landed, d.at = o.name+"."+p.port, "", p.at.AddDate(0, 0, 9)
	d.taker, d.branches, d.picked, d.trailers = p.taker.identity(), []string{p.port}, []string{sha(o.name)}, nil
	d.parents = nil
	w.commit(&d)
}

// commit states a commit.
func (w *site) commit(d *deed) {
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
func (w *site) change(p *plan, names []string) int {
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

func (w *site) fact(on string, role model.Role, who model.Identity, at time.Time, c model.Contribution) {
	c.Artifact, c.Role, c.Actor, c.At = model.Artifact(on), role, who, at
	w.add(model.Record{Repository: "r", Contribution: &c})
}

// around states what goes on besides the changes: releases, listings, robots, issues.
func (w *site) around() {
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
func (w *site) issue(by *member, opened time.Time, answers []*member, closer *member) {
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
