package score_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/model"
)

// merged is a change of a story, as a forge states it. Absent fields: opened two days
// before the merge, into main, opened and merged by nobody whom the forge names.
type merged struct {
	n        int
	by       string // who opened it: an account, see [account]
	opened   string
	at       string
	base     string
	became   string // name of a commit
	head     string // name of its own last commit
	start    string // name of the commit that its own commits follow
	merger   string
	commands []said
	reviews  []said
	asked    []string
	repo     string
}

// said is a review or a command.
type said struct {
	by, at string
	what   string // state of a review; words of a command
	inline int
	length int
	on     string // commit
	stale  bool
	push   bool
	owner  bool
}

// accounts of the people of the stories; roster joins them to their addresses.
var accounts = []string{"ada", "bob", "mia", "zoe", "gus"}

// account returns the identity that a forge states: of "ghost" a deleted account, of
// a name that ends in "[bot]" a robot.
func account(who string) model.Identity {
	if who == "ghost" {
		return model.Identity{Type: model.GhostAccount}
	}
	if login, ok := strings.CutSuffix(who, "[bot]"); ok {
		return model.Identity{Account: "github:9" + fmt.Sprint(len(login)), Login: login, Type: model.BotAccount}
	}
	n := slices.Index(accounts, who) + 1
	if n == 0 {
		n = 100 + len(who)
	}
	return model.Identity{Account: fmt.Sprint("github:", n), Login: who, Type: model.UserAccount}
}

// rostered is the tender whose roster joins addresses and accounts.
func rostered() *model.Tender {
	t := tender()
	for n, who := range []string{ada, bob, mia, zoe, gus} {
		mail := identity(who).Mail
		p := model.Person{ID: accounts[n], Identities: []string{"mail:" + mail, fmt.Sprint("github:", n+1)}}
		_, domain, _ := strings.Cut(mail, "@")
		if vendor := strings.TrimSuffix(domain, ".example"); vendor != domain {
			p.Employment = []model.Employment{{Vendor: vendor, Level: model.Domain}}
		}
		t.People = append(t.People, p)
	}
	return t
}

// newForgeStory is a story of a repository on a forge that shows everything.
func newForgeStory() *story {
	s := newStory()
	for _, k := range []model.Kind{model.MergeFacts, model.ReviewFacts, model.ReleaseFacts, model.AdvisoryFacts, model.IssueFacts} {
		s.coverFrom("github", k, model.Complete, "")
	}
	return s
}

func (s *story) coverFrom(source string, k model.Kind, state model.State, reason string) {
	s.add(model.Record{Repository: "r", Coverage: &model.Coverage{Source: source, Kind: k, State: state, Reason: reason}})
}

// change states a merged change.
func (s *story) change(m merged) {
	if m.base == "" {
		m.base = "main"
	}
	if m.repo == "" {
		m.repo = "r"
	}
	d := &model.Change{Title: "A change", Merged: when(m.at), Opened: when(m.at).AddDate(0, 0, -2), Base: m.base}
	if m.opened != "" {
		d.Opened = when(m.opened)
	}
	if m.became != "" {
		d.MergeCommit = sha(m.became)
	}
	if m.head != "" {
		d.Head = sha(m.head)
	}
	if m.start != "" {
		d.Start = sha(m.start)
	}
	put := func(role model.Role, who string, c model.Contribution) {
		c.Artifact, c.Role, c.Actor, c.Change = model.NewArtifact(model.ChangeArtifact, fmt.Sprint(m.n)), role, account(who), d
		if c.At.IsZero() {
			c.At = d.Merged
		}
		s.add(model.Record{Repository: m.repo, Contribution: &c})
	}
	if m.by != "" {
		put(model.Author, m.by, model.Contribution{})
	}
	for _, r := range m.reviews {
		v := &model.Review{State: model.ReviewState(r.what), Said: strings.ToUpper(r.what), Inline: r.inline, Length: r.length, Stale: r.stale, CanPush: r.push}
		if r.on != "" {
			v.Commit = sha(r.on)
		}
		if r.owner {
			v.Association = "OWNER"
		}
		put(model.Reviewer, r.by, model.Contribution{At: whenOr(r.at, m.at), Review: v})
	}
	for _, c := range m.commands {
		put(model.Commander, c.by, model.Contribution{At: whenOr(c.at, m.at), Verb: c.what})
	}
	for _, who := range m.asked {
		put(model.Requested, who, model.Contribution{})
	}
	if m.merger != "" {
		put(model.Merger, m.merger, model.Contribution{})
	}
}

// head states what the repository's reference to a change tells.
func (s *story) head(n int, last, committed string, accepted ...string) {
	h := &model.Head{Change: model.NewArtifact(model.ChangeArtifact, fmt.Sprint(n)), Commit: sha(last), Committed: when(committed), Own: 1}
	for _, name := range accepted {
		h.Accepted = append(h.Accepted, sha(name))
	}
	s.add(model.Record{Repository: "r", Head: h})
}

// issue states an issue; acts are "role who at", or "labeled who at" and "closed who at".
func (s *story) issue(n int, by, reason string, acts ...string) {
	d := &model.Issue{Title: "It fails", Opened: when("2026-01-01"), Reason: reason}
	for _, a := range acts {
		if words := strings.Fields(a); words[0] == "closed" {
			d.Closed = when(words[2])
		}
	}
	put := func(role model.Role, verb, who, at string) {
		s.add(model.Record{Repository: "r", Contribution: &model.Contribution{Artifact: model.NewArtifact(model.IssueArtifact, fmt.Sprint(n)),
			Role: role, Verb: verb, Actor: account(who), At: when(at), Issue: d}})
	}
	put(model.Author, "", by, "2026-01-01")
	for _, a := range acts {
		words := strings.Fields(a)
		if words[0] == "responder" {
			put(model.Responder, "", words[1], words[2])
		} else {
			put(model.Triager, words[0], words[1], words[2])
		}
	}
}

// advisory states an advisory; credits are "verb who".
func (s *story) advisory(name, at string, aliases []string, fixes []model.Artifact, credits ...string) {
	d := &model.Advisory{Published: when(at), Aliases: aliases, Fixes: fixes}
	put := func(role model.Role, verb, who string) {
		s.add(model.Record{Repository: "r", Contribution: &model.Contribution{Artifact: model.NewArtifact(model.AdvisoryArtifact, name),
			Role: role, Verb: verb, Actor: account(who), At: when(at), Advisory: d}})
	}
	put(model.Publisher, "", "gus")
	for _, c := range credits {
		verb, who, _ := strings.Cut(c, " ")
		role := model.Reporter
		if strings.HasPrefix(strings.ToLower(verb), "remediation") {
			role = model.Remediator
		}
		put(role, verb, who)
	}
}

func (s *story) forgeRelease(tag, by, at string) {
	s.add(model.Record{Repository: "r", Contribution: &model.Contribution{
		Artifact: model.NewArtifact(model.ReleaseArtifact, tag), Role: model.Releaser, Actor: account(by), At: when(at)}})
}

func whenOr(at, otherwise string) time.Time {
	if at == "" {
		at = otherwise
	}
	return when(at)
}
