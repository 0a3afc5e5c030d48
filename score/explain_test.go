package score_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// explained explains a bidder's figures with all acts, and hands back what a program
// reads of the written form.
func explained(t *testing.T, doc *model.Tender, s *story, bidder string) *score.Explanation {
	t.Helper()
	e, g := gathered(t, doc, s, bidder, nil)
	require.NoError(t, g.Close(), "the acts must add up to the ranking")
	text, err := json.Marshal(e)
	require.NoError(t, err)
	var back score.Explanation
	require.NoError(t, json.Unmarshal(text, &back))
	return &back
}

func gathered(t *testing.T, doc *model.Tender, s *story, bidder string, o *score.GatherOptions) (*score.Explanation, *score.Gathering) {
	t.Helper()
	var all []model.Verdict
	r, err := score.Evaluate(doc, s.stream(), &score.Options{Evidence: func(v model.Verdict) { all = append(all, v) }})
	require.NoError(t, err)
	e, err := score.Explain(r, bidder)
	require.NoError(t, err)
	g, concerns := e.Gather(o), score.Concerns(doc, bidder)
	for _, v := range all {
		g.Add(v, concerns(v))
	}
	return e, g
}

// explainedTender varies a tender: modes, weights that do not sum to one, half-time jobs, weak
// and contested claims, caps.
func explainedTender(seed uint64) *model.Tender {
	rng := rand.New(rand.NewPCG(seed, 3))
	doc := rostered()
	doc.Points = float64(10 + rng.IntN(91))
	half := 0.4
	doc.People = append(doc.People, model.Person{ID: "lee", Identities: []string{"mail:lee@elsewhere.example"}, Employment: []model.Employment{
		{Vendor: "karst", Level: model.Domain, Fraction: &half}, {Vendor: "bigco", Level: model.Domain, Fraction: &half}}})
	switch rng.IntN(4) {
	case 0:
		doc.Mode = model.Award
		doc.Bidders.List[0].Staff, doc.Bidders.List[1].Staff = []string{"ada", "lee"}, []string{"gus", "zoe"}
	case 1:
		doc.Bidders = model.Bidders{All: true}
	case 2:
		doc.Bidders.List[0].Vendors = []string{"karst", "moraine"}
		doc.Bidders.List[2].Subcontractors = []string{"moraine"}
	}
	if rng.IntN(2) == 0 {
		doc.Weights = map[model.Pillar]float64{model.Commits: 1, model.Reviews: 1, model.Maintenance: 1}
	}
	if rng.IntN(2) == 0 {
		doc.Rules.ChangesPerWeek, doc.Rules.ActsPerDay, doc.Rules.FloorActs, doc.Rules.FloorMonths = 2, 1, 3, 2
	}
	if rng.IntN(3) == 0 {
		doc.Minimum = model.Minimum{Acts: 40, Months: 9, Effect: model.Zero}
	}
	doc.Lots[0].Projects["p"] = float64(1 + rng.IntN(9))
	return doc
}

func bidders(r *model.Ranking) (list []string) {
	for _, s := range r.Lots[0].Standings {
		list = append(list, s.Bidder)
	}
	return list
}

// A reader with a pocket calculator gets every figure from the formula as it is written.
func TestFormulasGiveTheFiguresThatAreShown(t *testing.T) {
	rounded, steps, credits := 0, 0, 0
	for seed := range uint64(40) {
		doc, s := explainedTender(seed), anyStory(rand.New(rand.NewPCG(seed, 1)), 90)
		for _, bidder := range bidders(evaluate(t, doc, s)) {
			e := explained(t, doc, s, bidder)
			assert.Equal(t, score.ExplanationFormat, e.Format)
			for _, step := range e.Steps {
				if step.Shown == "" || step.What == "x" && strings.Contains(step.Formula, " month") || step.Formula == "no act that counts" {
					continue
				}
				steps++
				if step.Rounded {
					rounded++
					continue
				}
				_, decimals, _ := strings.Cut(step.Shown, ".")
				assert.Equal(t, step.Shown, calculate(t, step.Formula).FloatString(len(decimals)), "seed %d, %s of %s: %s", seed, step.What, step.Figure, step.Formula)
			}
			for _, b := range e.Behind {
				for _, a := range b.Acts {
					for _, c := range a.Credits {
						credits++
						got := new(big.Rat).Sub(calculate(t, c.Formula), big.NewRat(c.Own, model.Whole))
						assert.LessOrEqual(t, got.Abs(got).Cmp(big.NewRat(1, model.Whole)), 0, "seed %d: %s is %d millionths: %s", seed, a.Artifact, c.Own, c.Formula)
					}
				}
			}
		}
	}
	assert.Greater(t, steps, 2000)
	assert.Greater(t, credits, 1000)
	assert.Zero(t, rounded, "so many decimals are enough")
}

// What a formula takes is shown alike where it is made, and everything that it is made of
// adds up to it.
func TestFiguresLeadToEachOther(t *testing.T) {
	for seed := range uint64(20) {
		doc, s := explainedTender(seed), anyStory(rand.New(rand.NewPCG(seed, 1)), 90)
		for _, bidder := range bidders(evaluate(t, doc, s)) {
			e := explained(t, doc, s, bidder)
			shown := map[string][]string{}
			for _, step := range e.Steps {
				shown[step.Figure] = append(shown[step.Figure], step.Shown)
			}
			points, project := 0.0, -1.0
			for _, step := range e.Steps {
				for _, in := range step.Inputs {
					if in.Figure != "" {
						assert.Contains(t, shown[in.Figure], in.Shown, "%s of %s takes %s", step.What, step.Figure, in.Name)
					}
				}
				switch {
				case step.What == "points" && strings.Count(step.Figure, "/") == 2:
					points += *step.Value
				case step.Figure == "p" && step.Inputs != nil: // not where the document sets it to 0
					project = *step.Value
				}
			}
			if project >= 0 {
				assert.InDelta(t, project, points, 1e-9, "the indicators add up to the project")
			}
			for _, b := range e.Behind {
				addsUp(t, b)
			}
		}
	}
}

// addsUp adds up what is behind a figure by person, month and act.
func addsUp(t *testing.T, b score.Behind) {
	t.Helper()
	var people, months, acts int64
	for _, p := range b.People {
		people += p.Amount
		var own int64
		for _, m := range p.Months {
			own += m.Amount
		}
		assert.Equal(t, p.Amount, own, p.Person)
	}
	for _, m := range b.ByMonth {
		months += m.Amount
	}
	for _, a := range b.Acts {
		acts += a.Amount
	}
	assert.Equal(t, b.Amount, people, b.Figure)
	assert.Equal(t, b.Amount, months, b.Figure)
	if b.SameAs == "" {
		assert.Equal(t, b.Amount, acts, b.Figure)
		assert.Zero(t, b.More)
	}
	for _, r := range b.Refused {
		assert.Len(t, r.Acts, r.N, "all of them are listed")
	}
}

// Every act of the bidder's people that may have been after an indicator stands under it,
// with credit or with the rule that left it without.
func TestNoActIsLostInAnExplanation(t *testing.T) {
	for seed := range uint64(20) {
		doc, s := explainedTender(seed), anyStory(rand.New(rand.NewPCG(seed, 1)), 90)
		var all []model.Verdict
		r, err := score.Evaluate(doc, s.stream(), &score.Options{Evidence: func(v model.Verdict) { all = append(all, v) }})
		require.NoError(t, err)
		for _, bidder := range bidders(r) {
			e := explained(t, doc, s, bidder)
			shown := map[string]bool{}
			for _, i := range r.Projects[0].Indicators {
				shown[string(i.Indicator)] = shown[string(i.Indicator)] || i.Weight > 0
			}
			want, concerns := map[string]int{}, score.Concerns(doc, bidder)
			for _, v := range all {
				for _, i := range score.IndicatorsOf(v) {
					if concerns(v) && shown[string(i)] {
						want[string(i)]++
					}
				}
			}
			got := map[string]int{}
			for _, b := range e.Behind {
				name := b.Figure[strings.LastIndex(b.Figure, "/")+1:]
				for _, r := range b.Refused {
					got[name] += r.N
				}
				if b.SameAs == "" && len(b.Acts) > 0 {
					got[name] += len(b.Acts)
				}
			}
			assert.Equal(t, want, withoutZeros(got), "seed %d, %s", seed, bidder)
		}
	}
}

// A project may be named as forges name repositories, owner/name, and one of two begin the other.
func TestProjectsWhoseNamesHoldSlashes(t *testing.T) {
	var all []model.Verdict
	r, err := score.Evaluate(rostered(), anyStory(rand.New(rand.NewPCG(4, 1)), 60).stream(), &score.Options{Evidence: func(v model.Verdict) { all = append(all, v) }})
	require.NoError(t, err)
	other := r.Projects[0]
	r.Projects[0].ID, other.ID = "owner/p", "owner"
	r.Projects = append(r.Projects, other)
	r.Lots[0].Projects = []model.Weighted{{Project: "owner", Weight: 0.5}, {Project: "owner/p", Weight: 0.5}}
	r.Terms.Lots = map[string]map[string]float64{r.Lots[0].ID: {"owner": 1, "owner/p": 1}}
	for figure, want := range map[string]int{"": 2, "lot 1": 2, "owner/p": 1, "owner": 1, "owner/p/commits": 1, "owner/p/commits/changes": 1} {
		e, err := score.Explain(r, "karst")
		require.NoError(t, err)
		if figure != "" {
			require.NoError(t, e.Only(figure))
		}
		g := e.Gather(nil)
		for _, v := range all {
			for _, v.Project = range []string{"owner", "owner/p"} {
				g.Add(v, slices.ContainsFunc(v.Parts, func(p model.Part) bool { return p.Vendor == "karst" }))
			}
		}
		require.NoError(t, g.Close(), "the acts must add up: %s", figure)
		found := 0
		for _, b := range e.Behind {
			if strings.HasSuffix(b.Figure, "/commits/changes") {
				found++
			}
		}
		assert.Equal(t, want, found, figure)
	}
}

func withoutZeros(m map[string]int) map[string]int {
	for k, n := range m {
		if n == 0 {
			delete(m, k)
		}
	}
	return m
}

// The number of acts that are listed is bounded, the first by time stay, and the others
// are counted.
func TestMostActs(t *testing.T) {
	doc, s := rostered(), anyStory(rand.New(rand.NewPCG(3, 1)), 200)
	all, g := gathered(t, doc, s, "karst", nil)
	require.NoError(t, g.Close())
	few, g := gathered(t, doc, s, "karst", &score.GatherOptions{Most: 3})
	require.NoError(t, g.Close())
	cut := 0
	for i, b := range few.Behind {
		whole := all.Behind[i]
		assert.LessOrEqual(t, len(b.Acts), 3)
		assert.Equal(t, whole.Acts[:min(3, len(whole.Acts))], slices.Clip(b.Acts), b.Figure)
		assert.Len(t, whole.Acts, len(b.Acts)+b.More)
		for n, r := range b.Refused {
			assert.Equal(t, whole.Refused[n].N, r.N)
			assert.Equal(t, whole.Refused[n].Acts[:min(3, r.N)], slices.Clip(r.Acts))
		}
		cut += b.More
		assert.Equal(t, whole.People, b.People, "sums are of all acts")
	}
	assert.Positive(t, cut)
}

func TestExplanationOfOneAct(t *testing.T) {
	doc, s := rostered(), newForgeStory()
	c := s.commit(act{by: ada, taker: hub, at: "2025-08-01"})
	s.change(merged{n: 412, by: "ada", at: "2025-08-01", became: c, merger: "mia",
		reviews: []said{{by: "mia", at: "2025-07-31T10:00:00Z", what: "approved", push: true}}})
	gather := func(a model.Artifact) (*score.Explanation, error) {
		var all []model.Verdict
		r, err := score.Evaluate(doc, s.stream(), &score.Options{Evidence: func(v model.Verdict) { all = append(all, v) }})
		require.NoError(t, err)
		e, err := score.Explain(r, "karst")
		require.NoError(t, err)
		g, concerns := e.GatherAct(a, nil), score.Concerns(doc, "karst")
		for _, v := range all {
			g.Add(v, concerns(v))
		}
		return e, g.Close()
	}
	e, err := gather("change:412")
	require.NoError(t, err)
	roles := map[model.Role]score.Act{}
	for _, a := range e.Acts {
		roles[a.Role] = a
	}
	assert.True(t, roles[model.Reviewer].Counted, "others' acts are shown, too")
	assert.Zero(t, roles[model.Reviewer].Amount, "and count for nobody else")
	assert.Empty(t, e.Steps)
	assert.Equal(t, "act change:412", e.Figure)
	assert.Contains(t, fmt.Sprint(e.Acts), "commit:"+sha(c), "the change's commits are of it")
	for _, a := range e.Acts {
		if a.Rule != "" {
			assert.True(t, slices.ContainsFunc(e.Rules, func(r score.RuleDoc) bool { return r.Rule == a.Rule && r.Doc != "" }), a.Rule)
		}
	}
	e, err = gather(model.Artifact("commit:" + sha(c)[:8]))
	require.NoError(t, err)
	assert.NotEmpty(t, e.Acts)
	for _, name := range []model.Artifact{"commit:0000000", "change:4", "nonsense", ""} {
		_, err = gather(name)
		require.ErrorIs(t, err, score.ErrFigure, name)
		assert.Contains(t, err.Error(), "commit:SHA")
	}
}

func TestOneFigure(t *testing.T) {
	r := evaluate(t, rostered(), anyStory(rand.New(rand.NewPCG(4, 1)), 60))
	explain := func() *score.Explanation {
		e, err := score.Explain(r, "karst")
		require.NoError(t, err)
		return e
	}
	e := explain()
	require.NoError(t, e.Only("p/commits"))
	assert.Equal(t, []string{"p/commits", "p/commits/changes", "p/commits/active-months", "p/commits/translations"}, e.Figures())
	e = explain()
	require.NoError(t, e.Only("lot 1"))
	assert.Contains(t, e.Figures(), "p/reviews/reviews", "a lot is made of its projects")
	for name, says := range map[string]string{
		"lot 11": `did you mean "lot 1"?`, "p/comits": `did you mean "p/commits"?`, "p/reviews/review": `did you mean "p/reviews/reviews"?`,
		"p/changes": `did you mean "p/commits/changes"?`, "quite another thing": "there are lot 1, p, p/commits"} {
		err := explain().Only(name)
		require.ErrorIs(t, err, score.ErrFigure)
		assert.Contains(t, err.Error(), says)
		err = score.CheckFigure(rostered(), name)
		require.ErrorIs(t, err, score.ErrFigure)
		assert.Contains(t, err.Error(), says)
	}
	for _, name := range append(explain().Figures(), "", "act change:1") {
		assert.NoError(t, score.CheckFigure(rostered(), name))
	}
	s := newStory()
	s.monthly(ada, 12)
	silent, err := score.Explain(evaluate(t, tender(), s), "karst")
	require.NoError(t, err)
	require.NoError(t, silent.Only("p/reviews"), "which nobody can show: its indicators say why")
	assert.Equal(t, []string{"p/reviews/reviews", "p/reviews/active-months"}, silent.Figures())
	_, err = score.Explain(r, "krast")
	require.ErrorIs(t, err, score.ErrFigure)
	assert.Contains(t, err.Error(), `did you mean "karst"?`)
	_, err = score.Explain(r, "somebody else")
	assert.Contains(t, err.Error(), "the ranking has bigco, karst, moraine")
}

// A ranking that was changed by hand, and acts of another run, are noticed.
func TestExplanationsNoticeWhatDoesNotFit(t *testing.T) {
	doc, s := rostered(), anyStory(rand.New(rand.NewPCG(4, 1)), 60)
	r := evaluate(t, doc, s)
	r.Projects[0].Indicators[0].Weight += 0.01
	_, err := score.Explain(r, "karst")
	require.ErrorContains(t, err, "was not written by one run")
	r.Terms = nil
	_, err = score.Explain(r, "karst")
	require.ErrorContains(t, err, "score the tender again")

	_, g := gathered(t, doc, s, "karst", nil)
	g.Add(model.Verdict{Project: "p", Role: model.Author, Counted: true, Parts: []model.Part{{Vendor: "karst", Part: model.Whole}},
		Credits: []model.Credit{{Indicator: model.Changes, Amount: model.Whole}}}, true)
	require.ErrorIs(t, g.Close(), score.ErrEvidence)
}

// notes are what stands behind a term of a formula, for the reader and not the calculator.
var notes = regexp.MustCompile(` \((?:\d+ authors|[^()0-9][^()]*)\)|, in millionths.*$`)

// calculate does what a reader with a pocket calculator does.
func calculate(t *testing.T, formula string) *big.Rat {
	t.Helper()
	s := notes.ReplaceAllString(formula, "")
	s = strings.ReplaceAll(s, " %", " / 100")
	before, most := strings.CutSuffix(s, ", at most 1")
	before, _, _ = strings.Cut(before, ", since")
	before, _, _ = strings.Cut(before, ", by the document")
	c := calculator{strings.ReplaceAll(before, " ", "")}
	x := c.sum()
	require.Empty(t, c.rest, "%q is no formula", formula)
	if one := big.NewRat(1, 1); most && x.Cmp(one) > 0 {
		return one
	}
	return x
}

type calculator struct{ rest string }

func (c *calculator) take(sign string) bool {
	rest, ok := strings.CutPrefix(c.rest, sign)
	c.rest = rest
	return ok
}

func (c *calculator) sum() *big.Rat {
	x := c.product()
	for {
		switch {
		case c.take("+"):
			x.Add(x, c.product())
		case c.take("−"):
			x.Sub(x, c.product())
		default:
			return x
		}
	}
}

func (c *calculator) product() *big.Rat {
	x := c.term()
	for {
		switch {
		case c.take("·"):
			x.Mul(x, c.term())
		case c.take("/"):
			x.Quo(x, c.term())
		default:
			return x
		}
	}
}

func (c *calculator) term() *big.Rat {
	if c.take("(") {
		x := c.sum()
		c.take(")")
		return x
	}
	n := strings.IndexFunc(c.rest, func(r rune) bool { return !strings.ContainsRune("0123456789.", r) })
	if n < 0 {
		n = len(c.rest)
	}
	x := rat(c.rest[:n])
	c.rest = c.rest[n:]
	return x
}

func rat(s string) *big.Rat {
	if x, ok := new(big.Rat).SetString(s); ok {
		return x
	}
	return big.NewRat(-1, 1) // which no formula comes to
}

// What makes a credit is said with it: who shares it, which kind of review it is, what the
// rule mate left, which part of the working time is the bidder's; and what a cap took.
func TestCreditsSayHowTheyWereMade(t *testing.T) {
	doc, s := rostered(), newStory()
	half := 0.5
	doc.People = append(doc.People, model.Person{ID: "lee", Identities: []string{"mail:lee@elsewhere.example"}, Employment: []model.Employment{
		{Vendor: "karst", Level: model.Domain, Fraction: &half}, {Vendor: "bigco", Level: model.Domain, Fraction: &half}}})
	doc.Rules.ChangesPerWeek = 1
	s.listing(ada, "2020-01-01", "")
	s.commit(act{by: ada, taker: hub, at: "2025-08-04", trailers: []string{"co-author " + mia, "co-author " + zoe}})
	s.commit(act{by: ada, taker: hub, at: "2025-08-05"})
	s.commit(act{by: zoe, taker: hub, at: "2025-08-11", trailers: []string{"tester " + ada}})
	s.commit(act{by: bob, taker: mia, at: "2025-08-18", trailers: []string{"reviewer " + ada}})
	s.commit(act{by: "Lee <lee@elsewhere.example>", taker: hub, at: "2025-08-25"})
	s.commit(act{by: mia, taker: hub, at: "2025-09-01", trailers: []string{"co-author Kim <kim@elsewhere.example>", "co-author Lee <lee@elsewhere.example>"}})
	e := explained(t, doc, s, "karst")
	last := func(acts []score.Act) int64 { return acts[len(acts)-1].Amount }
	assert.EqualValues(t, 333_333, last(e.Behind[0].Acts)+last(explained(t, doc, s, "bigco").Behind[0].Acts), "two halves of a third lose nothing")
	formulas, dropped := map[string]bool{}, []model.Dropped(nil)
	for _, b := range e.Behind {
		for _, a := range b.Acts {
			for _, c := range a.Credits {
				formulas[fmt.Sprint(c.Own, " = ", c.Formula)] = true
			}
		}
		for _, r := range b.Refused {
			if r.Rule == "cap" {
				dropped = append(dropped, r.Acts[0].Dropped...)
			}
		}
	}
	for _, want := range []string{
		"1000000 = 1",
		"500000 = 1/2 (this kind of review)",
		"500000 = 1 · 0.5 (mate)",
		"500000 = 1 · 50 % (of the working time is the bidder's)",
	} {
		assert.True(t, formulas[want], "%s among %v", want, formulas)
	}
	require.Len(t, dropped, 1, "the share of a change of three, which is the smaller one")
	assert.InDelta(t, model.Whole/3, dropped[0].Amount, 1)
	shared := explained(t, doc, s, "moraine").Behind[0].Acts[0].Credits[0]
	assert.Contains(t, shared.Formula, "1 · 1/3 (3 authors), in millionths")
	at := slices.IndexFunc(e.Rules, func(r score.RuleDoc) bool { return r.Rule == "cap" })
	require.GreaterOrEqual(t, at, 0)
	assert.Contains(t, e.Rules[at].Values, "changes-per-week 1", "as the document has it")
}

// Terms hold what an explanation takes of a document, and nothing of its order.
func TestTerms(t *testing.T) {
	doc := tender()
	doc.Bidders.List = []model.Bidder{{ID: "z", Vendors: []string{"moraine", "karst"}, Subcontractors: []string{"karst", "bigco"}, Staff: []string{"ada"}}, {ID: "a", Vendors: []string{"bigco"}}}
	doc.Projects["p"] = model.Project{Repositories: []model.Repository{{URL: "x"}, {URL: "b", Web: "https://h/b"}, {URL: "a", Forge: "none"}}}
	doc.Projects["q"] = model.Project{Repositories: []model.Repository{{URL: "a", Forge: "none"}}}
	terms := score.Terms(doc)
	assert.Equal(t, []model.BidderTerms{{ID: "a", Vendors: []string{"bigco"}}, {ID: "z", Vendors: []string{"bigco", "karst", "moraine"}}}, terms.Bidders)
	assert.Equal(t, []model.RepositoryTerms{{URL: "a", Forge: "none"}, {URL: "b", Web: "https://h/b"}}, terms.Repositories)
	text, err := json.Marshal(terms)
	require.NoError(t, err)
	assert.NotContains(t, string(text), "ada", "no person")
	doc.Bidders.All = true
	assert.Nil(t, score.Terms(doc).Bidders)
}
