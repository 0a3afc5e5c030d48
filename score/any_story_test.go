package score_test

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/tributary-oss/tributary/model"
)

// anyStory invents a project's history: people of all vendors, robots and strangers;
// direct pushes, taken commits, merges, replays, trailers, releases; and every other
// time what a forge states of it.
func anyStory(d dice, commits int) *story {
	people := []string{ada, bob, mia, zoe, gus, robot, agent, "", "Kim <kim@bigco.example>", "Lee <lee@elsewhere.example>"}
	one := func() string { return people[d.IntN(len(people))] }
	s := newStory()
	if d.IntN(2) == 0 {
		s.listing(ada, "2025-01-01", "")
	}
	for i := range commits {
		at := when("2025-05-01").Add(time.Duration(i*14) * 24 * time.Hour / time.Duration(1+commits/40)).Format(time.RFC3339)
		a := act{by: one(), at: at, upkeep: d.IntN(5) == 0, branches: "main"}
		if d.IntN(3) == 0 {
			a.taker = one()
		}
		if d.IntN(4) == 0 {
			a.changeID = fmt.Sprint("I", d.IntN(commits))
		}
		if d.IntN(4) == 0 {
			a.subject, a.authored = "Mend it", fmt.Sprintf("2025-04-%02d", 1+d.IntN(28))
		}
		if d.IntN(5) == 0 {
			a.branches = "stable"
		}
		for range d.IntN(3) {
			a.trailers = append(a.trailers, []string{"reviewer ", "tester ", "acker ", "signer ", "co-author "}[d.IntN(5)]+one())
		}
		if d.IntN(4) == 0 {
			s.n++
			m := fmt.Sprint("m", s.n)
			a.landed = m
			s.commit(a)
			s.commit(act{by: one(), at: at, merge: true, name: m, branches: a.branches})
			continue
		}
		s.commit(a)
		if d.IntN(10) == 0 {
			s.release(fmt.Sprint("v", i), one(), at)
		}
	}
	if d.IntN(2) == 1 {
		s.anyForge(d)
	}
	return s
}

// anyForge invents what a forge states of the story's commits: changes of all kinds,
// by people, robots and deleted accounts, with reviews, commands, issues, advisories.
func (s *story) anyForge(d dice) {
	people := append([]string{"ghost", "ci[bot]", "kim", "copilot[bot]"}, accounts...)
	one := func() string { return people[d.IntN(len(people))] }
	var commits []model.Contribution
	for _, r := range s.records {
		if r.Contribution != nil && r.Contribution.Commit != nil && r.Contribution.Role == model.Author {
			commits = append(commits, *r.Contribution)
		}
	}
	if d.IntN(3) > 0 {
		for _, k := range []model.Kind{model.MergeFacts, model.ReviewFacts, model.ReleaseFacts, model.AdvisoryFacts, model.IssueFacts} {
			s.coverFrom("github", k, model.Complete, "")
		}
	}
	for n := range len(commits) / 2 {
		place := d.IntN(len(commits))
		c := commits[place]
		at := c.At.Add(time.Duration(d.IntN(3)-1) * time.Hour)
		near := func() string {
			return at.Add(time.Duration(d.IntN(40)-35) * time.Minute).Format(time.RFC3339)
		}
		m := merged{n: n, by: one(), at: at.Format(time.RFC3339), base: pick(d, "main", "main", "stable", "topic"),
			became: pick(d, c.Artifact.Name(), c.Artifact.Name(), c.Commit.Landed, "", "gone"), merger: pick(d, "", one(), one()),
			head: pick(d, "", "own", c.Artifact.Name()), start: pick(d, "", "gone", commits[max(place-1-d.IntN(4), 0)].Artifact.Name())}
		for range d.IntN(4) {
			m.reviews = append(m.reviews, said{by: one(), at: near(), what: pick(d, "approved", "changes-requested", "commented", "dismissed"),
				inline: d.IntN(3), length: d.IntN(2), push: d.IntN(2) == 0, on: "own", stale: d.IntN(4) == 0})
		}
		for range d.IntN(3) {
			m.commands = append(m.commands, said{by: one(), at: near(), what: pick(d, "/lgtm", "/approve", "/merge", "bors r+", "/lgtm cancel")})
		}
		if d.IntN(2) == 0 {
			s.head(n, "own", near(), c.Artifact.Name(), commits[d.IntN(len(commits))].Artifact.Name())
		}
		switch d.IntN(5) {
		case 0: // fast-forwarded from a commit that it follows
			m.head, m.start = c.Artifact.Name(), commits[max(place-1-d.IntN(8), 0)].Artifact.Name()
			m.became = pick(d, "", m.head)
		case 1: // the same, into another branch first
			m.head, m.start = c.Artifact.Name(), commits[max(place-1-d.IntN(8), 0)].Artifact.Name()
			m.became, m.base, m.at = pick(d, "", m.head), "topic", at.Add(-time.Hour).Format(time.RFC3339)
		case 2: // its last commit is a merge of what it was made on
			m.head, m.became, m.start = c.Commit.Landed, pick(d, "", c.Commit.Landed), c.Artifact.Name()
		}
		s.change(m)
		day := c.At.Format(time.DateOnly)
		switch d.IntN(6) {
		case 0:
			s.issue(n, one(), pick(d, "", "COMPLETED"), "responder "+one()+" "+day, "labeled "+one()+" "+day, "closed "+one()+" "+day)
		case 1:
			s.advisory(fmt.Sprint("GHSA-", n), day, []string{fmt.Sprint("CVE-", d.IntN(4))},
				[]model.Artifact{c.Artifact, model.NewArtifact(model.ChangeArtifact, fmt.Sprint(d.IntN(n+1)))}, "analyst "+one(), "finder "+one())
		case 2:
			s.forgeRelease(fmt.Sprint("v", n), one(), day)
		}
	}
}

// extra is one act more, by somebody of a vendor.
type extra struct {
	kind, who, at string
	push, upkeep  bool // of verdicts: may push; of changes: touches only upkeep
	inline        int  // of verdicts: comments on lines
}

// extras invents acts inside the tender's window: at any time, or, so that they compete
// for what caps allow, when somebody of the first project did something.
func extras(w *world) *rapid.Generator[extra] {
	return rapid.Custom(func(r *rapid.T) extra {
		d, window := drawn{r}, w.tender.Window.Period()
		x := extra{
			kind: pick(d, "change", "reviewer", "tester", "merge", "take", "release", "opening", "merging", "verdict", "command", "answer", "help",
				"forward", "base", "topic"),
			who: pick(d, ada, mia, zoe), push: d.IntN(2) == 1, upkeep: d.IntN(2) == 1, inline: d.IntN(3)}
		at := window.Since.Add(time.Duration(d.IntN(int(window.Until.Sub(window.Since).Hours()))) * time.Hour)
		if c := pick(d, w.stories[0].records...).Contribution; c != nil && window.Holds(c.At) && d.IntN(4) > 0 {
			at = c.At
			if slices.Contains([]string{ada, mia, zoe}, c.Actor.Name+" <"+c.Actor.Mail+">") {
				x.who = c.Actor.Name + " <" + c.Actor.Mail + ">"
			}
		}
		x.at = at.Format(time.RFC3339)
		return x
	})
}

// oneMore adds an act, on an artifact of its own.
func oneMore(s *story, x extra) {
	const stranger = "New <new@nowhere.invalid>"
	kind, who, at := x.kind, x.who, x.at
	login := map[string]string{ada: "ada", mia: "mia", zoe: "zoe"}[who]
	m := merged{n: 9999, by: "newcomer", at: at, opened: at, became: "extra"}
	switch kind {
	case "opening":
		m.by, m.became = login, ""
		s.change(m)
	case "merging":
		s.commit(act{by: stranger, taker: hub, at: at, name: "extra"})
		m.merger = login
		s.change(m)
	case "verdict":
		s.commit(act{by: stranger, taker: hub, at: at, name: "extra"})
		m.reviews = []said{{by: login, what: "approved", push: x.push, inline: x.inline}}
		s.change(m)
	case "command":
		s.commit(act{by: stranger, taker: hub, at: at, name: "extra"})
		m.merger, m.commands = "ci[bot]", []said{{by: login, what: "/approve"}}
		s.change(m)
	case "forward", "base", "topic": // on a line of their own: what others have there stays out of it
		s.commit(act{by: stranger, at: at, name: "before", after: "nothing"})
		if kind == "base" {
			s.commit(act{by: stranger, at: at, name: "side", landed: "extra"})
		}
		s.commit(act{by: stranger, at: at, name: "mid", after: "before"})
		s.commit(act{by: stranger, at: at, name: "extra", after: "mid", merge: kind == "base"})
		m.head, m.start, m.merger = "extra", map[string]string{"forward": "before", "base": "side", "topic": "before"}[kind], login
		if s.change(m); kind == "topic" {
			m.n, m.base, m.at, m.merger = 9998, "topic", when(m.at).Add(-time.Minute).Format(time.RFC3339), "newcomer"
			s.change(m)
		}
	case "answer":
		s.issue(9999, "newcomer", "", "responder "+login+" "+at)
	case "help":
		s.advisory("GHSA-more", at, nil, nil, "analyst "+login)
	case "change":
		s.commit(act{by: who, taker: hub, at: at, name: "extra", upkeep: x.upkeep})
	case "reviewer", "tester":
		s.commit(act{by: stranger, taker: hub, at: at, name: "extra", trailers: []string{kind + " " + who}})
	case "merge":
		s.commit(act{by: stranger, at: at, landed: "mx", name: "extra"})
		s.commit(act{by: who, at: at, merge: true, name: "mx"})
	case "take":
		s.commit(act{by: stranger, taker: who, at: at, name: "extra"})
	case "release":
		s.release("v99", who, at)
	}
}
