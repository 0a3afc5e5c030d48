package score

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// BotSuspect is an account that behaves like a robot. Whether it is one is for a
// person to decide: nothing is judged by it.
type BotSuspect struct {
	Identity    string     // in the form that the document's bots.add takes
	Name        string     // as the newest act shows it; "" where none does
	Doing       string     // writing, taking (others' work) or answering
	Acts        int        // looked at: the newest ones, at most 4,096
	First, Last time.Time  // of these, by the actor's clock where that is all there is
	Measured    []Measured // in the order of [BotSigns]; those that say nothing are absent
}

// Measured is what a sign of robots shows of an account.
type Measured struct {
	Sign     string
	Value    float64
	Strength Strength
}

// Strength is how much a value says.
type Strength uint8

// The strengths.
const (
	Usual Strength = iota // of people, or of either
	Hint                  // suspicious together with another one
	Alone                 // suspicious by itself
)

// Limits of what is looked at.
const (
	leastActs = 30      // below, a habit cannot be told from chance
	mostActs  = 1 << 12 // of one account doing one thing, newest first: 40 bytes each, and twice as many while they come
	mostText  = 1 << 10 // bytes of a subject
	hour      = 60 * 60 // in seconds, as the others
	dayLong   = 24 * hour
)

// SuggestBots returns the accounts that behave like robots and are not settled, the
// most suspicious first: one sign of [BotSigns] is plain by itself, or two are hints.
// Accounts with fewer than 30 acts of one kind are passed over. The result depends on
// the records alone and not on their order.
//
// The function settled says of whom nothing need be suggested; see [Settled]. Where it
// is nil, that is nobody. An error among the records ends it: leave gaps out before, and
// mention them.
//
// Whether an account is a robot does not show in any one habit: people travel, repeat
// themselves and let programs write their messages, and a robot that people set off
// keeps their hours. The thresholds are set so that nobody among the authors and
// committers of two projects with 60,000 commits is suspected, and that the six robots
// of the one that has any are.
func SuggestBots(records iter.Seq2[model.Record, error], settled func(model.Identity, time.Time) bool) ([]BotSuspect, error) {
	s := suggestion{settled: settled, accounts: map[doing]*habits{}}
	for r, err := range records {
		if err != nil {
			return nil, fmt.Errorf("looking for bots: %w", err)
		}
		if c := r.Contribution; c != nil && isSomebody(c.Actor.Type) {
			s.take(r.Repository, c)
		}
	}
	s.endCommit()
	return s.suspects(), nil
}

// doing is an account doing one kind of thing.
type doing struct {
	identity string
	what     string
}

// suggestion gathers habits.
type suggestion struct {
	settled  func(model.Identity, time.Time) bool
	accounts map[doing]*habits
	// commit is the one whose contributions come now, and its people so far: who
	// commits one's own work did one thing.
	commit            [2]string // repository and artifact
	author, committer *model.Contribution
}

// overhear passes records on and takes what somebody did among them.
func (s *suggestion) overhear(records iter.Seq2[model.Record, error]) iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		for r, err := range records {
			if c := r.Contribution; err == nil && c != nil && isSomebody(c.Actor.Type) {
				s.take(r.Repository, c)
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// take sorts a contribution. Git's trailers bear no time of their own, and are left.
func (s *suggestion) take(repository string, c *model.Contribution) {
	if c.Artifact.Kind() == model.CommitArtifact && c.Commit != nil {
		if at := [2]string{repository, string(c.Artifact)}; s.commit != at {
			s.endCommit()
			s.commit = at
		}
		switch c.Role {
		case model.Author:
			s.author = c
		case model.Committer:
			s.committer = c
		}
		return
	}
	h := habit{at: c.At.Unix(), id: hashed(repository, string(c.Artifact), c.Verb), delay: unknown}
	switch c.Role {
	case model.Merger:
		s.add("taking", c, h)
	case model.Triager:
		s.add("answering", c, h)
	case model.Reviewer, model.Responder:
		switch {
		case c.Change != nil:
			h.delay = h.at - c.Change.Opened.Unix()
		case c.Issue != nil:
			h.delay = h.at - c.Issue.Opened.Unix()
		}
		s.add("answering", c, h)
	}
}

// endCommit enters the people of a commit whose contributions are all there.
func (s *suggestion) endCommit() {
	a, k := s.author, s.committer
	s.author, s.committer = nil, nil
	if a != nil {
		d := a.Commit
		s.add("writing", a, habit{at: d.Authored.Unix(), id: hashed(string(a.Artifact)), delay: d.Committed.Unix() - d.Authored.Unix(),
			subject: hashed(template(d.Subject)), merge: len(d.Parents) > 1})
	}
	if k != nil && (a == nil || suspectKey(a.Actor) != suspectKey(k.Actor)) {
		s.add("taking", k, habit{at: k.Commit.Committed.Unix(), id: hashed(string(k.Artifact)), delay: unknown})
	}
}

func (s *suggestion) add(what string, c *model.Contribution, h habit) {
	key := doing{suspectKey(c.Actor), what}
	if key.identity == "" || s.settled != nil && s.settled(c.Actor, c.At) {
		return
	}
	a := s.accounts[key]
	if a == nil {
		a = &habits{doing: key}
		s.accounts[key] = a
	}
	a.add(h, cmp.Or(c.Actor.Name, c.Actor.Login))
}

// suspectKey returns the identity under which a document can state an actor; "" where
// it cannot.
func suspectKey(id model.Identity) string {
	_, hidden := affiliation.Noreply(id.Mail)
	if account := cmp.Or(strings.ToLower(id.Account), hidden); account != "" {
		return account
	}
	if local, domain, ok := strings.Cut(id.Mail, "@"); ok && local != "" && domain != "" {
		return "mail:" + strings.ToLower(id.Mail)
	}
	return ""
}

// suspects weighs the habits; of what one account does, the most suspicious is shown.
func (s *suggestion) suspects() []BotSuspect {
	worst := map[string]BotSuspect{}
	for _, a := range s.accounts {
		suspect, ok := a.weigh()
		if !ok {
			continue
		}
		if was, twice := worst[suspect.Identity]; !twice || moreSuspicious(suspect, was) < 0 {
			worst[suspect.Identity] = suspect
		}
	}
	return slices.SortedFunc(maps.Values(worst), moreSuspicious)
}

// moreSuspicious orders by plain signs, then hints, then acts, then names.
func moreSuspicious(x, y BotSuspect) int {
	return cmp.Or(cmp.Compare(y.count(Alone), x.count(Alone)), cmp.Compare(y.count(Hint), x.count(Hint)),
		cmp.Compare(y.Acts, x.Acts), cmp.Compare(x.Identity, y.Identity), cmp.Compare(x.Doing, y.Doing))
}

func (b BotSuspect) count(s Strength) (n int) {
	for _, m := range b.Measured {
		if m.Strength == s {
			n++
		}
	}
	return n
}

// hashed returns a hash of texts in their order.
func hashed(texts ...string) uint64 {
	h := fnv.New64a()
	for _, t := range texts {
		io.WriteString(h, t)
		h.Write([]byte{0})
	}
	return h.Sum64()
}
