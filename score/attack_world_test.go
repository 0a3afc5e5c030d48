package score_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// site is the project that the attacks are made on: four years of a history of a
// usual size, the last three of which are the window, as git alone states it or git
// and a forge together. It is the same every time.
type site struct {
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

func newWorld(forge bool) *site {
	w := &site{story: newStory(), forge: forge, tip: map[string]string{}}
	for _, branch := range []string{"main", stables[0].name, stables[1].name, "stable-9"} {
		w.tipAt("r", branch, branch)
	}
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
func (w *site) plan(rng *rand.Rand) {
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
func (w *site) state() *site {
	for _, p := range w.plans {
		w.put(p)
	}
	w.around()
	return w
}

// tender is the document of the site: thresholds as calibration proposes them of the
// history without any attack.
func (w *site) tender() *model.Tender {
	t := openTender(w)
	p := t.Projects["p"]
	p.Thresholds = asCalibrated(w.forge)
	t.Projects["p"] = p
	return t
}

func openTender(w *site) *model.Tender {
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

// asCalibrated are the thresholds that calibration proposes, and rankBefore the ranking before
// any attack, of recordsBefore: of git alone and with a forge.
var (
	recordsBefore = once(func(forge bool) []model.Record { return newWorld(forge).state().records })
	asCalibrated  = once(freeze)
	rankBefore    = once(rankFirst)
)

// once computes something of either site once.
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

func (w *site) evaluate(t *model.Tender) *model.Ranking {
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

// rank evaluates the site with its tender.
func (w *site) rank(t *testing.T) *model.Ranking {
	t.Helper()
	document := w.tender()
	if w.claim != nil {
		w.claim(document)
	}
	r, err := score.Evaluate(document, w.stream(), nil)
	require.NoError(t, err)
	speaks(t, r, nil, statedIn(w.stream()))
	return r
}

// of lists the people of a firm.
func (w *site) of(firm string) (list []*member) {
	for _, m := range w.people {
		if m.firm == firm {
			list = append(list, m)
		}
	}
	return list
}
