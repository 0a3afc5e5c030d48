package score_test

import (
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/tributary-oss/tributary/model"
)

// archive is a made-up tender of realistic shape and any size, for benchmarks. Of each
// project's records three fifths are commits of the five years before the window, as a
// miner states those: author and committer alone. Every other project is one of mailing
// lists, whose maintainers commit others' work with trailers and merge topics; the
// rest live on a forge, with changes, reviews, issues and robots. Nearly a third of all
// commits are robots' or merges.
type archive struct {
	projects, records int // records are of each project
}

const (
	archiveVendors = 20
	archiveRoster  = 5000
	archivePeople  = 300
)

func archiveProject(n int) string { return fmt.Sprintf("project-%03d", n) }

// tender is a tender on all projects, with 20 vendors by mail domain, of which eight
// bid, and a roster of 5,000 people who changed employers once.
func (a archive) tender() *model.Tender {
	t := model.NewTender()
	t.Window = model.Window{Until: date("2026-07-01"), Months: 36}
	t.Shortlist = true
	t.Projects, t.Vendors = map[string]model.Project{}, map[string]model.Vendor{}
	lot := model.Lot{ID: "1", Projects: map[string]float64{}}
	for n := range a.projects {
		name := archiveProject(n)
		t.Projects[name] = model.Project{Repositories: []model.Repository{{URL: "https://host.example/" + name}}}
		lot.Projects[name] = 1
	}
	t.Lots = []model.Lot{lot}
	for n := range archiveVendors {
		id := fmt.Sprintf("vendor-%02d", n)
		t.Vendors[id] = model.Vendor{Name: id, Domains: []model.MailDomain{{Name: id + ".example"}}}
		if n < 8 {
			t.Bidders.List = append(t.Bidders.List, model.Bidder{ID: id, Vendors: []string{id}})
		}
	}
	for n := range archiveRoster {
		move := date("2022-01-01") + model.Date(n%2000)
		t.People = append(t.People, model.Person{ID: fmt.Sprintf("p-%04d", n),
			Identities: []string{fmt.Sprintf("mail:first.last%d@gmail.com", n), fmt.Sprint("github:", 500000+n)},
			Employment: []model.Employment{
				{Vendor: fmt.Sprintf("vendor-%02d", n%archiveVendors), Until: move, Level: model.Listed},
				{Vendor: fmt.Sprintf("vendor-%02d", n*7%archiveVendors), From: move, Level: model.Listed}}})
	}
	return t
}

// stream states the records project by project. All contributions to one commit, change
// or issue share its details, and the structs are used again for the next.
func (a archive) stream() iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		for n := range a.projects {
			m := newMill(n, a.records, yield)
			m.facts()
			m.history()
			if m.forge {
				m.changes()
				m.issues()
			}
			if m.stopped {
				return
			}
		}
	}
}

// actor is somebody of a project, as git sees and as the forge sees them.
type actor struct{ git, forge model.Identity }

// mill makes the records of one project.
type mill struct {
	rng     *rand.Rand
	yield   func(model.Record, error) bool
	stopped bool
	forge   bool
	left    int // records
	all     int

	people, robots []actor
	popular        []uint64 // lines that many patches touch
	tip            string   // last commit of the first-parent line
	at             time.Time
	inside         bool // the window
	n              int
	merged         []proposal

	record       model.Record
	contribution model.Contribution
	commit       model.Commit
	files        model.Files
	parents      [2]string
}

// proposal is what the forge will say of a change.
type proposal struct {
	author, taker int
	became, head  string
	at            time.Time
}

func newMill(n, records int, yield func(model.Record, error) bool) *mill {
	m := &mill{rng: rand.New(rand.NewPCG(uint64(n), 11)), yield: yield, forge: n%2 == 1, left: records, all: records}
	m.record = model.Record{Project: archiveProject(n), Repository: "https://host.example/" + archiveProject(n)}
	for i := range archivePeople {
		m.people = append(m.people, m.newActor(n*archivePeople+i))
	}
	for i, name := range []string{"renovate[bot]", "dependabot[bot]", "weblate[bot]"} {
		id := model.Identity{Name: name, Mail: fmt.Sprintf("%d+%s@users.noreply.github.com", 100+i, name)}
		m.robots = append(m.robots, actor{id, model.Identity{Name: name, Account: fmt.Sprint("github:", 100+i), Login: name, Type: model.BotAccount}})
	}
	for range 2000 {
		m.popular = append(m.popular, m.rng.Uint64())
	}
	m.tip = m.name()[7:]
	return m
}

// newActor invents somebody: of ten, six write from a vendor's address, one hides
// behind the forge, one is listed in the roster, one is of another organisation, and one
// of nobody knows where.
func (m *mill) newActor(n int) actor {
	id := model.Identity{Name: fmt.Sprintf("First%d Last%d", n%89, n), Mail: fmt.Sprintf("u%d@vendor-%02d.example", n, n*13%archiveVendors)}
	account := 600000 + n
	switch n % 10 {
	case 6:
		id.Mail = fmt.Sprintf("%d+u%d@users.noreply.github.com", account, n)
	case 7:
		account = 500000 + n%archiveRoster
		id.Mail = fmt.Sprintf("first.last%d@gmail.com", n%archiveRoster)
	case 8:
		id.Mail = fmt.Sprintf("u%d@organisation%d.example.org", n, n%97)
	case 9:
		id.Mail = fmt.Sprintf("u%d@gmail.com", n)
	}
	return actor{id, model.Identity{Name: id.Name, Account: fmt.Sprint("github:", account), Login: fmt.Sprint("u", n), Type: model.UserAccount}}
}

// facts states coverage, aliases of a .mailmap, role files and tips.
func (m *mill) facts() {
	kinds := []model.Kind{model.CommitFacts, model.FileFacts, model.ChurnFacts, model.PatchFacts, model.ReviewFacts, model.MergeFacts, model.ReleaseFacts, model.RoleFacts}
	if m.forge {
		kinds = append(kinds, model.IssueFacts, model.HeadFacts)
	}
	for _, k := range kinds {
		m.state(model.Record{Coverage: &model.Coverage{Source: "git", Kind: k, State: model.Complete}})
	}
	for i := range 30 {
		to := m.people[i*7].git
		m.state(model.Record{Alias: &model.Alias{From: model.Identity{Mail: "old-" + to.Mail}, To: to}})
	}
	m.state(model.Record{Tip: &model.Tip{Branch: "main", Commit: m.tip}})
	for i := range 20 {
		m.contribution = model.Contribution{Artifact: "role:MAINTAINERS", Role: model.Maintainer, Actor: m.people[i*3].git, At: when("2022-01-01")}
		m.act()
	}
}

// history states the commits: three fifths of the records before the window, then, on
// a forge, two fifths of the rest.
func (m *mill) history() {
	start, since, until := when("2018-07-01"), when("2023-07-01"), when("2026-07-01")
	old, end := m.all*2/5, 0
	if m.forge {
		end = m.all * 22 / 100
	}
	for m.left > end && !m.stopped {
		m.inside = m.left <= old
		if m.inside {
			m.at = since.Add(until.Sub(since) / 1000 * time.Duration(1000*(old-m.left)/(old-end+1)))
		} else {
			m.at = start.Add(since.Sub(start) / 1000 * time.Duration(1000*(m.all-m.left)/(m.all-old+1)))
		}
		m.at = m.at.Add(time.Duration(m.rng.IntN(20*3600)) * time.Second)
		m.topic()
	}
}

// topic states what comes in at once: one commit, or up to four and the merge that
// brings them in; on a forge each is a change. Some is picked for a stable branch.
func (m *mill) topic() {
	author, taker := m.someone(), m.rng.IntN(20)*3
	who, by := &m.people[author].git, &m.people[taker].git
	if m.rng.IntN(100) < 18 {
		who = &m.robots[m.rng.IntN(3)].git
	}
	landed, size := "", 1
	if m.rng.IntN(2) == 0 {
		landed, size = m.name(), 1+m.rng.IntN(4)
	}
	if m.forge && landed == "" {
		by = who // squashed, or pushed by itself
	}
	last := m.tip
	for range size {
		name := m.name()
		into := cmp.Or(landed, name)
		m.one(name, into[7:], last, "", landed != "", who, by)
		last = name[7:]
		if m.rng.IntN(40) == 0 {
			m.pick(by)
		}
	}
	head := last
	if landed != "" {
		m.one(landed, landed[7:], m.tip, last, true, by, by)
		last = landed[7:]
	}
	m.tip = last
	if m.forge && m.inside {
		m.merged = append(m.merged, proposal{author, taker, last, head, m.at})
	}
}

// one states a commit.
func (m *mill) one(name, landed, parent, other string, merged bool, author, committer *model.Identity) {
	m.parents = [2]string{parent, other}
	authored := m.at.Add(-time.Duration(m.rng.IntN(10*24*3600)) * time.Second)
	m.commit = model.Commit{Parents: m.parents[:1], Subject: "Change the way in which this works " + name[39:], Authored: authored, Committed: m.at,
		Landed: landed, LandedMerge: merged, Branches: onMain, Files: &m.files}
	m.files = model.Files{Touched: 1 + m.rng.IntN(5)}
	switch {
	case other != "":
		m.commit.Parents, m.commit.Files = m.parents[:], nil
	case m.inside:
		m.files.Patch = m.patch()
		m.files.Lines = &model.Lines{Added: m.files.Patch.Size}
		m.files.Churn = codeChurn
		if m.rng.IntN(12) == 0 {
			m.files.Upkeep = m.files.Touched
		}
	}
	m.state2(name, author, committer)
}

var (
	onMain    = []string{"main"}
	onStable  = []string{"stable/4"}
	codeChurn = []model.Churn{{Class: model.CodeFiles, Files: 1, Lines: model.Lines{Added: 12, Deleted: 5}}}
)

// pick carries the last commit to a stable branch.
func (m *mill) pick(by *model.Identity) {
	author := m.contribution.Actor
	if m.commit.Files == nil {
		return
	}
	name := m.name()
	m.commit.Landed, m.commit.LandedMerge, m.commit.Branches = name[7:], false, onStable
	m.state2(name, &author, by)
}

// state2 states the acts on a commit.
func (m *mill) state2(name string, author, committer *model.Identity) {
	act := func(role model.Role, who *model.Identity) {
		m.contribution = model.Contribution{Artifact: model.Artifact(name), Role: role, Actor: *who, At: m.at, Commit: &m.commit}
		m.act()
	}
	if m.inside && !m.forge && m.commit.Files != nil {
		act(model.Signer, author)
		act(model.Signer, committer)
		if m.rng.IntN(2) == 0 {
			act(model.Reviewer, &m.people[m.someone()].git)
		}
	}
	act(model.Committer, committer)
	act(model.Author, author) // last, so that what is picked finds it
}

// changes states what the forge knows of them.
func (m *mill) changes() {
	var change model.Change
	var review model.Review
	for n, p := range m.merged {
		if m.left < m.all/16 {
			return
		}
		artifact := model.NewArtifact(model.ChangeArtifact, fmt.Sprint(n+1))
		m.state(model.Record{Head: &model.Head{Change: artifact, Commit: p.head, Committed: p.at.Add(-time.Hour), Own: 1}})
		change = model.Change{Title: "Change the way in which this works", Opened: p.at.Add(-50 * time.Hour), Merged: p.at, Base: "main", Head: p.head, MergeCommit: p.became}
		act := func(role model.Role, who *model.Identity, at time.Time) {
			m.contribution = model.Contribution{Artifact: artifact, Role: role, Actor: *who, At: at, Change: &change}
			if role == model.Reviewer {
				m.contribution.Review = &review
			}
			m.act()
		}
		act(model.Author, &m.people[p.author].forge, p.at)
		for range m.rng.IntN(3) {
			review = model.Review{State: model.Approved, Said: "APPROVED", Inline: m.rng.IntN(3), Length: 40, Commit: p.head, CanPush: m.rng.IntN(2) == 0}
			act(model.Reviewer, &m.people[m.someone()].forge, p.at.Add(-time.Hour))
		}
		if taker := &m.people[p.taker].forge; m.rng.IntN(4) > 0 {
			act(model.Merger, taker, p.at)
		} else {
			act(model.Merger, &m.robots[0].forge, p.at)
			m.contribution.Verb, m.contribution.Role, m.contribution.Actor = "/approve", model.Commander, *taker
			m.act()
		}
	}
}

// issues states issues until the project has all of its records.
func (m *mill) issues() {
	since := when("2023-07-01")
	for n := 0; m.left > 0 && !m.stopped; n++ {
		at := since.Add(time.Duration(n%1000) * 26 * time.Hour)
		issue := model.Issue{Title: "It does not work", Opened: at, Closed: at.Add(70 * time.Hour), Reason: "COMPLETED"}
		m.contribution = model.Contribution{Artifact: model.NewArtifact(model.IssueArtifact, fmt.Sprint(n+1)), Issue: &issue}
		for i, role := range []model.Role{model.Author, model.Responder, model.Responder, model.Triager} {
			m.contribution.Role, m.contribution.Actor, m.contribution.At = role, m.people[m.someone()].forge, at.Add(time.Duration(i)*20*time.Hour)
			if role == model.Triager {
				m.contribution.Verb = "closed"
			}
			m.act()
		}
	}
}

// someone is one of the project's people: a few do most, and others come after them.
func (m *mill) someone() int {
	u := m.rng.Float64()
	past := (archivePeople / 2) * (m.all - m.left) / m.all
	return (int(archivePeople/2*u*u*u) + past) % archivePeople
}

// patch invents one with half of all sizes up to 20, some of whose lines others touch.
func (m *mill) patch() *model.Patch {
	size := int(20 * math.Exp(m.rng.NormFloat64()*1.3))
	size = min(max(size, 1), 5000)
	s := make(model.Sketch, 0, min(size, model.SketchSize))
	step, key := math.MaxUint64/uint64(size+1), uint64(0)
	for range cap(s) {
		key += 2 + m.rng.Uint64N(step)
		s = append(s, key)
	}
	for range min(m.rng.IntN(4), len(s)/4) {
		if k := m.popular[m.rng.IntN(len(m.popular))]; k < key {
			s[m.rng.IntN(len(s)-1)] = k
		}
	}
	slices.Sort(s)
	s = slices.CompactFunc(s, func(x, y uint64) bool { return x>>1 == y>>1 })
	if len(s) < model.SketchSize {
		size = len(s)
	}
	return &model.Patch{ID: m.name()[7:39], Place: "0011223344556677", Size: size, Sketch: s}
}

// name invents a commit, as the artifact that it is.
func (m *mill) name() string {
	const commit = model.CommitArtifact + ":"
	var h [20]byte
	binary.LittleEndian.PutUint64(h[:], m.rng.Uint64())
	binary.LittleEndian.PutUint64(h[12:], uint64(m.n))
	m.n++
	var text [len(commit) + 40]byte
	copy(text[:], commit)
	hex.Encode(text[len(commit):], h[:])
	return string(text[:])
}

// act states the contribution as it is.
func (m *mill) act() {
	r := m.record
	r.Contribution = &m.contribution
	m.state(r)
}

func (m *mill) state(r model.Record) {
	if m.left == 0 || m.stopped {
		return
	}
	m.left--
	r.Project, r.Repository = m.record.Project, m.record.Repository
	m.stopped = !m.yield(r, nil)
}
