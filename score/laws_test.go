package score_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

func newJudge(t *model.Tender) *score.Judge { return score.NewJudge(t, "p") }

// anyStory invents a project's history from a seed: people of all vendors, robots
// and strangers; direct pushes, taken commits, merges, replays, trailers, releases.
func anyStory(seed uint64, commits int) *story {
	rng := rand.New(rand.NewPCG(seed, 1))
	people := []string{ada, bob, mia, zoe, gus, robot, agent, "", "Kim <kim@bigco.example>", "Lee <lee@elsewhere.example>"}
	one := func() string { return people[rng.IntN(len(people))] }
	s := newStory()
	if rng.IntN(2) == 0 {
		s.listing(ada, "2025-01-01", "")
	}
	for i := range commits {
		at := when("2025-05-01").Add(time.Duration(i*14) * 24 * time.Hour / time.Duration(1+commits/40)).Format(time.RFC3339)
		a := act{by: one(), at: at, upkeep: rng.IntN(5) == 0, branches: "main"}
		if rng.IntN(3) == 0 {
			a.taker = one()
		}
		if rng.IntN(4) == 0 {
			a.changeID = fmt.Sprint("I", rng.IntN(commits))
		}
		if rng.IntN(4) == 0 {
			a.subject, a.authored = "Mend it", fmt.Sprintf("2025-04-%02d", 1+rng.IntN(28))
		}
		if rng.IntN(5) == 0 {
			a.branches = "stable"
		}
		for range rng.IntN(3) {
			a.trailers = append(a.trailers, []string{"reviewer ", "tester ", "acker ", "signer ", "co-author "}[rng.IntN(5)]+one())
		}
		if rng.IntN(4) == 0 {
			s.n++
			m := fmt.Sprint("m", s.n)
			a.landed = m
			s.commit(a)
			s.commit(act{by: one(), at: at, merge: true, name: m, branches: a.branches})
			continue
		}
		s.commit(a)
		if rng.IntN(10) == 0 {
			s.release(fmt.Sprint("v", i), one(), at)
		}
	}
	if seed%2 == 1 {
		s.anyForge(rand.New(rand.NewPCG(seed, 2)))
	}
	return s
}

// anyForge invents what a forge states of the story's commits: changes of all kinds,
// by people, robots and deleted accounts, with reviews, commands, issues, advisories.
func (s *story) anyForge(rng *rand.Rand) {
	people := append([]string{"ghost", "ci[bot]", "kim", "copilot[bot]"}, accounts...)
	one := func() string { return people[rng.IntN(len(people))] }
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	var commits []model.Contribution
	for _, r := range s.records {
		if r.Contribution != nil && r.Contribution.Commit != nil && r.Contribution.Role == model.Author {
			commits = append(commits, *r.Contribution)
		}
	}
	if rng.IntN(3) > 0 {
		for _, k := range []model.Kind{model.MergeFacts, model.ReviewFacts, model.ReleaseFacts, model.AdvisoryFacts, model.IssueFacts} {
			s.coverFrom("github", k, model.Complete, "")
		}
	}
	for n := range len(commits) / 2 {
		place := rng.IntN(len(commits))
		c := commits[place]
		at := c.At.Add(time.Duration(rng.IntN(3)-1) * time.Hour)
		near := func() string {
			return at.Add(time.Duration(rng.IntN(40)-35) * time.Minute).Format(time.RFC3339)
		}
		m := merged{n: n, by: one(), at: at.Format(time.RFC3339), base: pick("main", "main", "stable", "topic"),
			became: pick(c.Artifact.Name(), c.Artifact.Name(), c.Commit.Landed, "", "gone"), merger: pick("", one(), one()),
			head: pick("", "own", c.Artifact.Name()), start: pick("", "gone", commits[max(place-1-rng.IntN(4), 0)].Artifact.Name())}
		for range rng.IntN(4) {
			m.reviews = append(m.reviews, said{by: one(), at: near(), what: pick("approved", "changes-requested", "commented", "dismissed"),
				inline: rng.IntN(3), length: rng.IntN(2), push: rng.IntN(2) == 0, on: "own", stale: rng.IntN(4) == 0})
		}
		for range rng.IntN(3) {
			m.commands = append(m.commands, said{by: one(), at: near(), what: pick("/lgtm", "/approve", "/merge", "bors r+", "/lgtm cancel")})
		}
		if rng.IntN(2) == 0 {
			s.head(n, "own", near(), c.Artifact.Name(), commits[rng.IntN(len(commits))].Artifact.Name())
		}
		switch rng.IntN(5) {
		case 0: // fast-forwarded from a commit that it follows
			m.head, m.start = c.Artifact.Name(), commits[max(place-1-rng.IntN(8), 0)].Artifact.Name()
			m.became = pick("", m.head)
		case 1: // the same, into another branch first
			m.head, m.start = c.Artifact.Name(), commits[max(place-1-rng.IntN(8), 0)].Artifact.Name()
			m.became, m.base, m.at = pick("", m.head), "topic", at.Add(-time.Hour).Format(time.RFC3339)
		case 2: // its last commit is a merge of what it was made on
			m.head, m.became, m.start = c.Commit.Landed, pick("", c.Commit.Landed), c.Artifact.Name()
		}
		s.change(m)
		day := c.At.Format(time.DateOnly)
		switch rng.IntN(6) {
		case 0:
			s.issue(n, one(), pick("", "COMPLETED"), "responder "+one()+" "+day, "labeled "+one()+" "+day, "closed "+one()+" "+day)
		case 1:
			s.advisory(fmt.Sprint("GHSA-", n), day, []string{fmt.Sprint("CVE-", rng.IntN(4))},
				[]model.Artifact{c.Artifact, model.NewArtifact(model.ChangeArtifact, fmt.Sprint(rng.IntN(n+1)))}, "analyst "+one(), "finder "+one())
		case 2:
			s.forgeRelease(fmt.Sprint("v", n), one(), day)
		}
	}
}

func evaluate(t *testing.T, doc *model.Tender, s *story) *model.Ranking {
	t.Helper()
	r, err := score.Evaluate(doc, s.stream(), nil)
	require.NoError(t, err)
	return r
}

func scores(r *model.Ranking) map[string]float64 {
	m := map[string]float64{}
	for _, s := range r.Lots[0].Standings {
		m[s.Bidder] = math.NaN()
		if s.Score != nil {
			m[s.Bidder] = *s.Score
		}
	}
	return m
}

// Law 1: ledgers merge in any order and grouping; the empty ledger is the identity.
func TestLedgersMergeInAnyOrder(t *testing.T) {
	for seed := range uint64(20) {
		var parts []*score.Ledger
		for n := range 4 {
			s := anyStory(seed*10+uint64(n), 40)
			s.project = fmt.Sprint("p", n)
			for i := range s.records {
				s.records[i].Project = s.project
			}
			j := score.NewJudge(rostered(), s.project)
			for _, r := range s.records {
				require.NoError(t, j.Add(r))
			}
			j.Gap(&model.GapError{Project: s.project, Repository: fmt.Sprint("lost", n), Err: fmt.Errorf("gone")})
			parts = append(parts, j.Ledger(nil))
		}
		merge := func(order ...int) *score.Ledger {
			l := &score.Ledger{}
			for _, i := range order {
				l.Merge(parts[i])
			}
			return l
		}
		want := merge(0, 1, 2, 3)
		assert.NotEmpty(t, want.Cells)
		assert.Equal(t, want, merge(3, 1, 0, 2))
		left, right := merge(2, 0), merge(1, 3)
		left.Merge(right)
		left.Merge(&score.Ledger{})
		assert.Equal(t, want, left)
	}
}

// Facts of one project that come in parts, as from several repositories, merge
// like everything else, and the same fact twice is one fact.
func TestFactsMergeOnce(t *testing.T) {
	s := anyStory(1, 30)
	j := newJudge(tender())
	for _, r := range s.records {
		require.NoError(t, j.Add(r))
	}
	l := j.Ledger(nil)
	once := len(l.Projects["p"].Coverage)
	l.Merge(j.Ledger(nil))
	assert.Len(t, l.Projects["p"].Coverage, once)
}

// Law 2: adding or removing a bidder never changes another bidder's score, nor
// does a consortium that shares its vendors and staff.
func TestBiddersDoNotTouchEachOther(t *testing.T) {
	for seed := range uint64(100) {
		s := anyStory(seed, 80)
		doc := tender()
		if seed%2 == 0 {
			doc.Mode = model.Award
		}
		doc.People = []model.Person{{ID: "ada", Identities: []string{"mail:ada@karst.example", "mail:gus@gmail.com"}},
			{ID: "zoe", Identities: []string{"mail:zoe@bigco.example"}}}
		doc.Bidders.List[0].Staff = []string{"ada"}
		want := scores(evaluate(t, doc, s))
		doc.Bidders.List = append(doc.Bidders.List, model.Bidder{ID: "all", Vendors: []string{"karst", "bigco"},
			Subcontractors: []string{"moraine"}, Staff: []string{"ada", "zoe"}})
		got := scores(evaluate(t, doc, s))
		delete(got, "all")
		assert.Equal(t, fmt.Sprint(want), fmt.Sprint(got), "seed %d", seed)
		alone := tender()
		alone.Mode, alone.People, alone.Bidders.List = doc.Mode, doc.People, doc.Bidders.List[:1]
		assert.Equal(t, fmt.Sprint(want["karst"]), fmt.Sprint(scores(evaluate(t, alone, s))["karst"]), "seed %d", seed)
	}
}

// Law 3: one act more on a new artifact never lowers the score of the actor's
// vendor, thresholds frozen, under caps and floors as tight as they get.
func TestMoreNeverEarnsLess(t *testing.T) {
	for seed := range uint64(1500) {
		rng := rand.New(rand.NewPCG(seed, 9))
		doc := rostered()
		doc.Rules.ChangesPerWeek, doc.Rules.ActsPerDay, doc.Rules.PortsPerDay = 1+rng.IntN(3), 1+rng.IntN(3), 1+rng.IntN(2)
		doc.Rules.FloorActs, doc.Rules.FloorMonths = rng.IntN(5), rng.IntN(3)
		thresholds := map[model.Indicator]model.Threshold{}
		for _, i := range []model.Indicator{model.Changes, model.ReviewsDone, model.Integration, model.Releases, model.Ports, model.Upkeep, model.Triage, model.Security} {
			thresholds[i] = model.Threshold{T: float64(1 + rng.IntN(40))}
		}
		doc.Projects["p"] = model.Project{Repositories: doc.Projects["p"].Repositories, Thresholds: thresholds}
		s := anyStory(seed, 20+rng.IntN(60))
		before := evaluate(t, doc, s)
		who := []string{ada, mia, zoe}[rng.IntN(3)]
		kind := []string{"change", "reviewer", "tester", "merge", "take", "release", "opening", "merging", "verdict", "command", "answer", "help",
			"forward", "base", "topic"}[rng.IntN(15)]
		oneMore(s, kind, who, when("2025-07-01").Add(time.Duration(rng.IntN(360*24))*time.Hour).Format(time.RFC3339), rng)
		after := evaluate(t, doc, s)
		vendor := map[string]string{ada: "karst", mia: "moraine", zoe: "bigco"}[who]
		// An indicator that the act made known or unknown, such as reviews that became
		// too rare to show, is another question: it is dropped for all.
		if sameIndicators(before, after) {
			assert.GreaterOrEqual(t, scores(after)[vendor]+1e-9, scores(before)[vendor], "seed %d: %s", seed, kind)
		}
	}
}

// oneMore adds one act of a kind, on an artifact of its own.
func oneMore(s *story, kind, who, at string, rng *rand.Rand) {
	const stranger = "New <new@nowhere.invalid>"
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
		m.reviews = []said{{by: login, what: "approved", push: rng.IntN(2) == 0, inline: rng.IntN(3)}}
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
		s.commit(act{by: who, taker: hub, at: at, name: "extra", upkeep: rng.IntN(2) == 0})
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

func sameIndicators(a, b *model.Ranking) bool {
	for i, x := range a.Projects[0].Indicators {
		if x.Weight != b.Projects[0].Indicators[i].Weight {
			return false
		}
	}
	return true
}

// Law 4, as far as it concerns scoring: the same records give the same bytes.
func TestSameInputSameBytes(t *testing.T) {
	write := func() string {
		b, err := json.Marshal(evaluate(t, rostered(), anyStory(7, 200)))
		require.NoError(t, err)
		return string(b)
	}
	want := write()
	for range 5 {
		assert.Equal(t, want, write())
	}
}

// Law 5: every contribution read appears in exactly one verdict; counted +
// refused = read.
func TestEveryContributionHasOneVerdict(t *testing.T) {
	for seed := range uint64(30) {
		s := anyStory(seed, 60)
		read := 0
		for _, r := range s.records {
			if r.Contribution != nil {
				read++
			}
		}
		n := 0
		r, err := score.Evaluate(rostered(), s.stream(), &score.Options{Evidence: func(v model.Verdict) {
			n++
			assert.Equal(t, v.Counted, v.Rule == "" || !refuses(v.Rule), "%+v", v)
			if !v.Counted {
				assert.Empty(t, v.Credits, "%+v", v)
			}
		}})
		require.NoError(t, err)
		assert.Equal(t, read, n)
		p := r.Projects[0]
		var refused int64
		for _, c := range p.Rules {
			refused += c.Refused
		}
		assert.Equal(t, p.Read, p.Counted+refused)
		assert.EqualValues(t, read, p.Read)
	}
}

func refuses(rule string) bool {
	for _, r := range score.Rules() {
		if r.Name == rule {
			return r.Refuses
		}
	}
	return false
}

// What forges state makes no work of nothing: whatever they claim as theirs, the
// authors of one change share at most one, each commit belongs to one change, and
// nobody reviews, takes or ports one change twice.
func TestNoChangePaysTwice(t *testing.T) {
	type deed struct {
		person    string
		change    model.Artifact
		indicator model.Indicator
	}
	for seed := range uint64(60) {
		s := anyStory(2*seed+1, 60)
		j := newJudge(rostered())
		for _, r := range s.records {
			require.NoError(t, j.Add(r))
		}
		shared, once := map[model.Artifact]int64{}, map[deed]int{}
		for v := range j.Verdicts() {
			change := cmp.Or(v.Change, v.Artifact)
			for _, c := range v.Credits {
				switch c.Indicator {
				case model.Changes:
					shared[change] += c.Amount
				case model.ReviewsDone, model.Integration, model.Triage, model.Ports:
					if change.Kind() != model.CommitArtifact {
						once[deed{v.Person, change, c.Indicator}]++
					}
				}
			}
		}
		for change, sum := range shared {
			assert.LessOrEqual(t, sum, int64(model.Whole), "seed %d: %s", seed, change)
		}
		for d, n := range once {
			assert.Equal(t, 1, n, "seed %d: %+v", seed, d)
		}
	}
}

// Law 6: people of unknown affiliation stay in every denominator: the proposed
// thresholds and the total that a share of acts is taken of.
func TestUnknownPeopleStayInDenominators(t *testing.T) {
	s := newStory()
	for i := range 40 {
		s.commit(act{by: gus, taker: hub, at: when("2026-01-05").AddDate(0, 0, i*3).Format(time.RFC3339)})
	}
	for i := range 5 {
		s.commit(act{by: ada, taker: hub, at: when("2026-01-05").AddDate(0, 0, i*3).Format(time.RFC3339)})
	}
	doc := tender()
	doc.Minimum = model.Minimum{Acts: 10, Share: 0.2, Months: 1, Effect: model.Mark}
	r := evaluate(t, doc, s)
	p := r.Projects[0]
	assert.Equal(t, 45.0, p.Indicators[0].T, "40 changes of a stranger and 5 of karst")
	assert.InDelta(t, 40.0/45, *p.UnknownShare, 1e-12)
	for _, x := range p.Scores {
		assert.NotEmpty(t, x.Insufficient, "5 of 45 acts is below a fifth")
	}
}

// What the judge must remember is at most 200 bytes a commit, so that a project
// of a million commits fits anywhere.
func TestJudgeRemembersLittle(t *testing.T) {
	const commits = 200_000
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	j := newJudge(tender())
	detail := func(i int) *model.Commit {
		return &model.Commit{Subject: fmt.Sprint("Change ", i), Landed: sha(fmt.Sprint(i)), Branches: []string{"main"}, Authored: time.Unix(int64(i), 0)}
	}
	for i := range commits {
		d := detail(i)
		for _, role := range []model.Role{model.Author, model.Committer, model.Signer} {
			require.NoError(t, j.Add(model.Record{Project: "p", Repository: "r", Contribution: &model.Contribution{
				Artifact: commitOf(fmt.Sprint(i)), Role: role, Actor: identity(ada), At: d.Authored, Commit: d}}))
		}
	}
	each := float64(heap()-before) / commits
	t.Logf("%.0f bytes a commit", each)
	assert.Less(t, each, 200.0)
	runtime.KeepAlive(j)
}

// Nor does it remember much of a change: a project with a hundred thousand of them fits
// anywhere.
func TestJudgeRemembersLittleOfChanges(t *testing.T) {
	const changes = 20_000
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	j := newJudge(tender())
	for i := range changes {
		d := &model.Change{Title: strings.Repeat("A long title ", 20), Base: "main", Merged: when("2026-01-05"), MergeCommit: sha(fmt.Sprint(i))}
		c := model.Contribution{Artifact: model.NewArtifact(model.ChangeArtifact, fmt.Sprint(i)), Actor: account(accounts[i%5]), At: d.Merged, Change: d}
		h := model.Head{Change: c.Artifact, Commit: sha(fmt.Sprint("own", i)), Committed: d.Merged}
		require.NoError(t, j.Add(model.Record{Project: "p", Repository: "r", Head: &h}))
		for _, role := range []model.Role{model.Author, model.Merger, model.Reviewer, model.Reviewer, model.Requested, model.Requested} {
			c := c
			if c.Role = role; role == model.Reviewer {
				c.Review = &model.Review{State: model.Approved, Commit: h.Commit}
			}
			require.NoError(t, j.Add(model.Record{Project: "p", Repository: "r", Contribution: &c}))
		}
	}
	each := float64(heap()-before) / changes
	t.Logf("%.0f bytes a change", each)
	assert.Less(t, each, 1024.0)
	runtime.KeepAlive(j)
}

// The ledger of a judge is what its verdicts add up to, although it is made without
// most of them.
func TestLedgerIsTheSumOfVerdicts(t *testing.T) {
	for seed := range uint64(40) {
		s := anyStory(seed, 60)
		doc := rostered()
		if seed%3 == 0 {
			doc.Rules = model.NewTender().Rules // with floors and caps
		}
		if seed%5 == 0 {
			doc.Decisions = []model.Decision{{ID: "d", On: commitOf("c3"), Decide: "vendor:bigco"}, {ID: "e", On: "change:1", Decide: "vendor:karst"}}
		}
		j := newJudge(doc)
		for _, r := range s.records {
			require.NoError(t, j.Add(r))
		}
		want := &score.Ledger{}
		got := j.Ledger(nil)
		with := j.Ledger(want.Add)
		assert.Equal(t, with, got, "seed %d", seed)
		assert.Equal(t, want.Cells, got.Cells, "seed %d", seed)
		f, g := want.Projects["p"], got.Projects["p"]
		assert.Equal(t, []any{f.Read, f.Counted, f.Rules, f.Refused, f.Contested}, []any{g.Read, g.Counted, g.Rules, g.Refused, g.Contested}, "seed %d", seed)
	}
}
