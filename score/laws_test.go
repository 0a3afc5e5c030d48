package score_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// The laws hold for every tender; here they are held against many that rapid invents.
// The first of them are the same in every run, so that a failure is everybody's failure.
// Others: go test ./score -run Law -rapid.seed=0 -rapid.checks=10000, where 0 is a seed
// of the clock's. What fails is cut down and kept in testdata/rapid, and tried first from
// then on.
func init() {
	if _, stated := os.LookupEnv("RAPID_SEED"); !stated {
		flag.Set("rapid.seed", "1") // before the command line is read, which goes first
	}
}

// law holds a property against so many times the usual number of inventions.
func law(t *testing.T, times int, property func(*rapid.T)) {
	t.Helper()
	usual := flag.Lookup("rapid.checks").Value.String()
	n, err := strconv.Atoi(usual)
	require.NoError(t, err)
	flag.Set("rapid.checks", strconv.Itoa(n*times))
	defer flag.Set("rapid.checks", usual)
	rapid.Check(t, property)
}

func newJudge(t *model.Tender) *score.Judge { return score.NewJudge(t, "p") }

// evaluate is [score.Evaluate] on what cannot fail.
func evaluate(t require.TestingT, doc *model.Tender, s interface{ stream() stream }) *model.Ranking {
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

// judged returns the ledger of a story.
func (s *story) judged(t require.TestingT, doc *model.Tender) *score.Ledger {
	j := score.NewJudge(doc, s.project)
	for _, r := range s.records {
		require.NoError(t, j.Add(r))
	}
	j.Gap(&model.GapError{Project: s.project, Repository: "lost", Err: fmt.Errorf("gone")})
	return j.Ledger(nil)
}

// Law 1: ledgers merge in any order and grouping; the empty ledger is the identity.
func TestLaw1LedgersMergeInAnyOrder(t *testing.T) {
	law(t, 1, func(t *rapid.T) {
		w := worlds.Draw(t, "tender")
		want := &score.Ledger{}
		for _, s := range w.stories {
			want.Merge(s.judged(t, w.tender))
		}
		parts := []*score.Ledger{{}}
		for _, s := range w.stories {
			parts = append(parts, s.judged(t, w.tender))
		}
		parts = rapid.Permutation(parts).Draw(t, "order")
		for len(parts) > 1 { // any two neighbours
			at := rapid.IntRange(0, len(parts)-2).Draw(t, "merge")
			parts[at].Merge(parts[at+1])
			parts = slices.Delete(parts, at+1, at+2)
		}
		assert.Equal(t, want, parts[0])
		assert.Equal(t, asJSON(t, score.Rank(w.tender, want)), asJSON(t, score.Rank(w.tender, parts[0])))
	})
}

// So do the parts of one project, as it is cut up by its verdicts.
func TestLaw1PartsOfAProjectMerge(t *testing.T) {
	law(t, 1, func(t *rapid.T) {
		w := worlds.Draw(t, "tender")
		whole, parts := &score.Ledger{}, []*score.Ledger{{}, {}, {}}
		verdicts := func(v model.Verdict) {
			whole.Add(v)
			parts[rapid.IntRange(0, 2).Draw(t, "part")].Add(v)
		}
		_, err := score.Evaluate(w.tender, w.stream(), &score.Options{Evidence: verdicts})
		require.NoError(t, err)
		parts[2].Merge(parts[0])
		parts[1].Merge(parts[2])
		assert.Equal(t, whole, parts[1])
	})
}

func asJSON(t require.TestingT, x any) string {
	b, err := json.Marshal(x)
	require.NoError(t, err)
	return string(b)
}

// Facts of one project that come in parts, as from several repositories, merge
// like everything else, and the same fact twice is one fact.
func TestFactsMergeOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds.Draw(t, "tender")
		s := w.stories[0]
		l := s.judged(t, w.tender)
		once := len(l.Projects[s.project].Coverage)
		l.Merge(s.judged(t, w.tender))
		assert.Len(t, l.Projects[s.project].Coverage, once)
	})
}

// Law 2: adding or removing a bidder never changes another bidder's score, nor
// does a consortium that shares its vendors and staff.
func TestLaw2BiddersDoNotTouchEachOther(t *testing.T) {
	law(t, 2, func(t *rapid.T) {
		w := worlds.Draw(t, "tender")
		w.tender.Bidders.All = false
		before := results(evaluate(t, w.tender, w))
		stay := rapid.Custom(func(t *rapid.T) []model.Bidder {
			d := drawn{t}
			return append(some(d, w.tender.Bidders.List), anyBidder(d, w.tender, "new"))
		}).Draw(t, "bidders")
		w.tender.Bidders.List = stay
		after := results(evaluate(t, w.tender, w))
		for key, result := range after {
			if was, ok := before[key]; ok {
				assert.Equal(t, was, result, key)
			}
		}
	})
}

// results returns all that a ranking says of each bidder, but its rank.
func results(r *model.Ranking) map[string]any {
	m := map[string]any{}
	for _, l := range r.Lots {
		for _, s := range l.Standings {
			s.Rank = 0
			m[fmt.Sprintf("%s in lot %s", s.Bidder, l.ID)] = s
		}
	}
	for _, p := range r.Projects {
		for _, x := range p.Scores {
			m[fmt.Sprintf("%s in %s", x.Bidder, p.ID)] = x
		}
	}
	return m
}

// Law 3: one act more on a new artifact never lowers the score of the actor's
// vendor, thresholds frozen, under caps and floors as tight as they get. It lowers
// nobody else's either, where what is too little evidence is only marked.
func TestLaw3MoreNeverEarnsLess(t *testing.T) {
	law(t, 3, func(t *rapid.T) {
		w := rapid.Custom(func(t *rapid.T) *world { return frozen(drawn{t}) }).Draw(t, "tender")
		before := evaluate(t, w.tender, w)
		more := extras(w).Draw(t, "one act more")
		oneMore(w.stories[0], more)
		after := evaluate(t, w.tender, w)
		// An indicator that the act made known or unknown, such as reviews that became
		// too rare to show, is another question: it is dropped for all.
		if !sameIndicators(before.Projects[0], after.Projects[0]) {
			return
		}
		for i, lot := range before.Lots {
			was, is := points(lot), points(after.Lots[i])
			for bidder, score := range was {
				assert.GreaterOrEqual(t, is[bidder]+1e-9, score, "%s in lot %s", bidder, lot.ID)
			}
		}
	})
}

// frozen invents a tender whose thresholds stand and whose rules are tight, and for which
// the people bid who will do one act more.
func frozen(d dice) *world {
	w := anyWorld(d)
	for name, p := range w.tender.Projects {
		p.Thresholds = anyThresholds(d, true)
		w.tender.Projects[name] = p
	}
	w.tender.Minimum.Effect, w.tender.Evidence = model.Mark, pick(d, w.tender.Evidence, model.Profile)
	if d.IntN(2) == 0 {
		w.tender.Rules.ChangesPerWeek, w.tender.Rules.ActsPerDay, w.tender.Rules.PortsPerDay = 1, 1, 1
		w.tender.Rules.FloorActs, w.tender.Rules.FloorMonths = d.IntN(4), d.IntN(2)
	}
	for _, b := range []model.Bidder{{ID: "ada", Vendors: []string{"karst"}}, {ID: "mia", Vendors: []string{"moraine"}}, {ID: "zoe", Vendors: []string{"bigco"}}} {
		b.Staff = []string{b.ID}
		w.tender.Bidders.List = append(w.tender.Bidders.List, b)
	}
	return w
}

func points(l model.LotResult) map[string]float64 {
	m := map[string]float64{}
	for _, s := range l.Standings {
		if s.Score != nil {
			m[s.Bidder] = *s.Score
		}
	}
	return m
}

func sameIndicators(a, b model.ProjectResult) bool {
	return slices.EqualFunc(a.Indicators, b.Indicators, func(x, y model.IndicatorResult) bool { return x.Weight == y.Weight })
}

// Law 4, as far as it concerns scoring: the same records give the same bytes, in
// whatever order the projects come, on however many processors, in whatever time zone,
// of the machine and of the records; maps have another order each time.
func TestLaw4SameInputSameBytes(t *testing.T) {
	local, procs := time.Local, runtime.GOMAXPROCS(0)
	defer func() { time.Local = local; runtime.GOMAXPROCS(procs) }()
	law(t, 1, func(t *rapid.T) {
		w := worlds.Draw(t, "tender")
		want := bytesOf(t, w)
		w.stories = rapid.Permutation(w.stories).Draw(t, "order")
		time.Local = time.FixedZone("there", 3600*rapid.IntRange(-12, 14).Draw(t, "hours from UTC"))
		runtime.GOMAXPROCS(rapid.IntRange(1, 4).Draw(t, "processors"))
		for _, s := range w.stories {
			s.move(time.Local)
		}
		assert.Equal(t, want, bytesOf(t, w))
	})
}

// bytesOf writes the ranking, and the verdicts project by project.
func bytesOf(t require.TestingT, w *world) map[string]string {
	verdicts := map[string]*bytes.Buffer{}
	for name := range w.tender.Projects {
		verdicts[name] = &bytes.Buffer{}
	}
	r, err := score.Evaluate(w.tender, w.stream(), &score.Options{Evidence: func(v model.Verdict) {
		require.NoError(t, json.NewEncoder(verdicts[v.Project]).Encode(v))
	}})
	require.NoError(t, err)
	all := map[string]string{"ranking": asJSON(t, r)}
	for name, b := range verdicts {
		all[name] = b.String()
	}
	return all
}

// move shows the times of the story's commits and acts in another time zone.
func (s *story) move(zone *time.Location) {
	for i, r := range s.records {
		if r.Contribution == nil {
			continue
		}
		c := *r.Contribution
		c.At = c.At.In(zone)
		if c.Commit != nil {
			k := *c.Commit
			k.Authored, k.Committed = k.Authored.In(zone), k.Committed.In(zone)
			c.Commit = &k
		}
		if c.Change != nil {
			k := *c.Change
			k.Opened, k.Merged = k.Opened.In(zone), k.Merged.In(zone)
			c.Change = &k
		}
		s.records[i].Contribution = &c
	}
}

// Law 5: every contribution read appears in exactly one verdict; counted +
// refused = read.
func TestLaw5EveryContributionHasOneVerdict(t *testing.T) {
	law(t, 2, func(t *rapid.T) {
		w := worlds.Draw(t, "tender")
		judged, refused := map[string]int{}, map[string]int64{}
		r, err := score.Evaluate(w.tender, w.stream(), &score.Options{Evidence: func(v model.Verdict) {
			judged[fmt.Sprint(v.Project, v.Repository, v.Artifact, v.Role, v.Name)]++
			assert.Equal(t, v.Counted, v.Rule == "" || !refuses(v.Rule), "%+v", v)
			if !v.Counted {
				assert.Empty(t, v.Credits, "%+v", v)
				refused[v.Project]++
			}
		}})
		require.NoError(t, err)
		read := map[string]int{}
		for n, s := range w.stories {
			for _, r := range s.records {
				if c := r.Contribution; c != nil {
					read[fmt.Sprint(r.Project, r.Repository, c.Artifact, c.Role, shown(c))]++
				}
			}
			p := r.Projects[n]
			assert.EqualValues(t, s.contributions(), p.Read)
			assert.Equal(t, p.Read, p.Counted+refused[p.ID])
			var byRule int64
			for _, c := range p.Rules {
				byRule += c.Refused
			}
			assert.Equal(t, refused[p.ID], byRule)
		}
		assert.Equal(t, read, judged)
	})
}

// shown is the name under which a verdict shows who acted.
func shown(c *model.Contribution) string {
	if c.Artifact.Kind() == model.CommitArtifact {
		return c.Actor.Name
	}
	return cmp.Or(c.Actor.Name, c.Actor.Login)
}

func refuses(rule string) bool {
	return slices.ContainsFunc(score.Rules(), func(r score.Rule) bool { return r.Name == rule && r.Refuses })
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
	rapid.Check(t, func(t *rapid.T) {
		w := worlds.Draw(t, "tender")
		s := w.stories[0]
		j := score.NewJudge(w.tender, s.project)
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
			assert.LessOrEqual(t, sum, int64(model.Whole), "%s", change)
		}
		for d, n := range once {
			assert.Equal(t, 1, n, "%+v", d)
		}
	})
}

// Law 6: people of unknown affiliation stay in every denominator: which indicators
// count, with which thresholds, and the total that a share of acts is taken of are the
// same whether it is known whom people work for or not.
func TestLaw6UnknownPeopleStayInDenominators(t *testing.T) {
	law(t, 2, func(t *rapid.T) {
		w := worlds.Draw(t, "tender")
		w.tender.Rules.Mate = 0                                                                 // whose mate somebody is cannot be known of unknown people
		w.tender.Decisions, w.tender.Bots = nil, model.Bots{}                                   // decisions name vendors; an exempt robot is its owner's
		w.tender.Minimum = model.Minimum{Acts: 1, Share: 0.1, Months: 1000, Effect: model.Mark} // so that the total is said
		w.tender.Bidders.List = append(w.tender.Bidders.List, model.Bidder{ID: "somebody", Vendors: []string{"karst"}, Staff: []string{"nobody"}})
		known := evaluate(t, w.tender, w)
		forget(w.tender)
		unknown := evaluate(t, w.tender, w)
		for i, p := range known.Projects {
			q := unknown.Projects[i]
			assert.Equal(t, denominators(p), denominators(q))
			assert.Equal(t, p.UnknownShare == nil, q.UnknownShare == nil)
			if q.UnknownShare != nil {
				assert.Equal(t, 1.0, *q.UnknownShare)
				assert.LessOrEqual(t, *p.UnknownShare, 1.0)
			}
		}
	})
}

var total = regexp.MustCompile(`of the project's (\d+) asked for`)

// denominators returns all that a project's figures are taken of.
func denominators(p model.ProjectResult) map[string]any {
	m := map[string]any{"indicators": p.Indicators, "read": p.Read, "counted": p.Counted, "people": p.People}
	for _, x := range p.Scores {
		if said := total.FindStringSubmatch(x.Insufficient); said != nil {
			m["acts"] = said[1]
		}
	}
	return m
}

// forget makes everybody's employer unknown, and leaves what joins their identities.
func forget(t *model.Tender) {
	for i := range t.People {
		t.People[i].Employment = nil
	}
	for id, v := range t.Vendors {
		v.Domains = nil
		t.Vendors[id] = v
		t.Personal = append(t.Personal, id+".example")
	}
	t.Personal = append(t.Personal, "elsewhere.example")
}

// The ledger of a judge is what its verdicts add up to, although it is made without
// most of them.
func TestLedgerIsTheSumOfVerdicts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds.Draw(t, "tender")
		s := w.stories[0]
		j := score.NewJudge(w.tender, s.project)
		for _, r := range s.records {
			require.NoError(t, j.Add(r))
		}
		want := &score.Ledger{}
		got := j.Ledger(nil)
		assert.Equal(t, j.Ledger(want.Add), got)
		assert.Equal(t, want.Cells, got.Cells)
		f, g := want.Projects[s.project], got.Projects[s.project]
		assert.Equal(t, []any{f.Read, f.Counted, f.Rules, f.Refused, f.Contested}, []any{g.Read, g.Counted, g.Rules, g.Refused, g.Contested})
	})
}
