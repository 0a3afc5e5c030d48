package document

import (
	"iter"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// contest is a tender of three bidders with what each earned, as parts of T by indicator.
type contest struct {
	tender *model.Tender
	parts  map[string][]float64 // by bidder: its part of T in each indicator, over and over
}

// contested is a contest that one bidder leads.
func contested() contest {
	t := full()
	t.Decisions, t.Mode, t.MinimumPoints, t.Minimum.Acts = nil, model.Award, 0, 3
	for id, p := range t.Projects {
		p.Accept = nil
		t.Projects[id] = p
	}
	t.Vendors = map[string]model.Vendor{"alpha": {Name: "Alpha SARL"}, "beta": {Name: "Beta & Söhne"}, "gamma": {Name: "Gamma <b>Ltd</b>"}}
	t.Bidders.List = nil
	for _, id := range []string{"alpha", "beta", "gamma"} {
		t.Bidders.List = append(t.Bidders.List, model.Bidder{ID: id, Vendors: []string{id}, Staff: []string{id}})
	}
	return contest{t, map[string][]float64{"alpha": {0.9, 0.5, 1.1, 0.7}, "beta": {0.33, 0.07, 0.6}, "gamma": {0.1}}}
}

// rank is what the engine makes of it.
func (c contest) rank() *model.Ranking {
	l := &score.Ledger{Cells: map[score.Cell]score.Amount{}, Projects: map[string]*score.Facts{}}
	for _, id := range c.tender.ProjectNames() {
		f := &score.Facts{}
		for k, m := range score.Metrics() {
			f.Coverage = append(f.Coverage, score.CoverageAt{Coverage: model.Coverage{Kind: m.Needs, State: model.Complete}})
			if m.Of != m.Indicator {
				continue
			}
			for bidder, parts := range c.parts {
				one := &score.Ledger{Cells: map[score.Cell]score.Amount{}}
				earn(one, c.tender, id, m, parts[k%len(parts)])
				for cell, a := range one.Cells {
					cell.Person, cell.Vendor = bidder, bidder
					l.Cells[cell] = a
				}
			}
		}
		l.Projects[id] = f
	}
	return score.Rank(c.tender, l)
}

func (c contest) letter(t *testing.T, l *locale.Locale, o LetterOptions) string {
	t.Helper()
	d, err := Letter(c.rank(), l, o)
	require.NoError(t, err)
	return textOf(t, d)
}

// Every number of a letter is one of the ranking: the columns add up to the points to the
// last digit, each part is weight · n · points of the lot, and the sentences name the three
// largest differences.
func TestNumbersOfALetterAddUp(t *testing.T) {
	for _, effect := range []model.Effect{model.Mark, model.Zero} {
		c := contested()
		c.tender.Minimum.Effect = effect
		if effect == model.Zero { // in one month alone
			c.parts["beta"] = []float64{0.02}
		}
		r := c.rank()
		require.Equal(t, effect == model.Zero, *standingOf(r.Lots[0], "beta").Points == 0)
		for _, l := range languages(t) {
			d, err := Letter(r, l, LetterOptions{Bidder: "beta"})
			require.NoError(t, err)
			tables := 0
			for _, b := range d.Blocks {
				if b.Table != nil && len(b.Table.Head) == 8 {
					assertAddsUp(t, r.Lots[tables], b.Table)
					tables++
				}
			}
			assert.Equal(t, len(r.Lots), tables)
			assertLargest(t, r, d, l)
		}
	}
}

// assertAddsUp adds up the columns of points of a table, to the hundredth.
func assertAddsUp(t *testing.T, lot model.LotResult, table *Table) {
	t.Helper()
	for column, want := range map[int]float64{4: *standingOf(lot, "beta").Points, 5: lot.Points, 7: *standingOf(lot, "alpha").Points} {
		var sum int64
		rows := table.Rows[:len(table.Rows)-1]
		for _, row := range rows {
			sum += cents(t, row[column])
		}
		assert.Equal(t, hundredths(want), sum, "column %d of lot %s", column, lot.ID)
		assert.Equal(t, sum, cents(t, table.Rows[len(rows)][column]), "sum of column %d", column)
	}
}

// cents reads a number of points as it is printed; nothing is 0.
func cents(t *testing.T, s Text) int64 {
	t.Helper()
	digits := strings.NewReplacer(",", "", ".", "", "\u00a0", "", "\u202f", "", "−", "-").Replace(s.String())
	if digits == "" {
		return 0
	}
	if !strings.ContainsAny(s.String(), ".,") {
		digits += "00"
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	require.NoError(t, err, "%q", s)
	return n
}

// assertLargest computes the differences anew from the ranking and looks for the sentences.
func assertLargest(t *testing.T, r *model.Ranking, d *Document, l *locale.Locale) {
	t.Helper()
	text := textOf(t, d)
	for _, lot := range r.Lots {
		type difference struct{ by, own, best, most, x, y float64 }
		var most difference
		for _, w := range lot.Projects {
			for _, p := range r.Projects {
				if p.ID != w.Project {
					continue
				}
				for _, i := range p.Indicators {
					if i.Weight == 0 {
						continue
					}
					own, best := valueOf(p, "beta", i), valueOf(p, "alpha", i)
					x := difference{own: own.Points * w.Weight * lot.Points / 100, best: best.Points * w.Weight * lot.Points / 100, most: i.Weight * w.Weight * lot.Points, x: own.Value, y: best.Value}
					if x.by = x.best - x.own; x.by > most.by+1e-9 {
						most = x
					}
				}
			}
		}
		w := words{l}
		assert.Contains(t, text, string(w.points(most.own)), "lot %s", lot.ID)
		assert.Contains(t, text, string(w.number(most.x)))
		found := false
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "1. ") && strings.Contains(line, string(w.points(printed(most.own)))) && strings.Contains(line, string(w.points(printed(most.best)))) &&
				strings.Contains(line, string(w.points(printed(most.most)))) && strings.Contains(line, string(w.number(most.y))) {
				found = true
			}
		}
		assert.True(t, found || r.Terms.Minimum.Effect == model.Zero, "lot %s: %+v\n%s", lot.ID, most, text)
	}
}

func valueOf(p model.ProjectResult, bidder string, i model.IndicatorResult) model.Measurement {
	for _, v := range scoreOf(p, bidder).Values {
		if v.Pillar == i.Pillar && v.Indicator == i.Indicator {
			return v
		}
	}
	return model.Measurement{}
}

// What a letter says in each mode and standing.
func TestLettersByStanding(t *testing.T) {
	selection := func(c *contest) { c.tender.Mode, c.tender.Shortlist = model.Selection, false }
	for name, c := range map[string]struct {
		change func(*contest)
		o      LetterOptions
		says   []string
		never  []string
	}{
		"second": {nil, LetterOptions{Bidder: "beta"},
			[]string{"# Reasons for the result", "Article 55(2)(b) and (c)", "rank 2 of 3", "**Alpha SARL** has the most points", "The largest differences:", "1. In ", "against"}, []string{"Gamma", "gamma", "short", "minimum"}},
		"first": {nil, LetterOptions{Bidder: "alpha"},
			[]string{"# Notice of the result", "rank 1 of 3", "no statement of reasons is due"}, []string{"Beta", "Gamma", "1. In "}},
		"tie at the first rank, among them": {func(c *contest) { c.parts["beta"] = c.parts["alpha"] }, LetterOptions{Bidder: "beta"},
			[]string{"rank 1 of 3", "You share the first rank with Alpha SARL", "rule on equal points"}, []string{"1. In ", "Gamma", "# Notice"}},
		"tie at the first rank, behind them": {func(c *contest) { c.parts["beta"] = c.parts["alpha"] }, LetterOptions{Bidder: "gamma"},
			[]string{"rank 3 of 3", "Alpha SARL and Beta \\& Söhne have the most points, in equal number", "You are compared with Alpha SARL here."}, nil},
		"chosen was another": {nil, LetterOptions{Bidder: "alpha", Winner: map[string]string{"": "beta"}},
			[]string{"Chosen was the bid of **Beta \\& Söhne**", "fewer than you; other criteria decided", "# Reasons"}, []string{"Gamma"}},
		"chosen by lot": {nil, LetterOptions{Bidder: "beta", Winner: map[string]string{"1": "beta", "2": "alpha"}},
			[]string{"Your bid was chosen", "Chosen was the bid of **Alpha SARL**, with"}, nil},
		"not ranked, meets": {func(c *contest) { selection(c); c.tender.MinimumPoints = 1 }, LetterOptions{Bidder: "beta"},
			[]string{"Article 55(2)(a)", "You meet the criterion, which asks for at least 1.00 points.", "# Notice"}, []string{"Alpha", "rank", "1. In "}},
		"not ranked, does not meet": {func(c *contest) { selection(c); c.tender.MinimumPoints = 40 }, LetterOptions{Bidder: "gamma"},
			[]string{"You do not meet the criterion, which asks for at least 40.00 points:", "Most points are missing here:", "because", "counted; T is"}, []string{"Alpha", "Beta", " for you against "}},
		"not ranked, nothing asked": {selection, LetterOptions{Bidder: "gamma"},
			[]string{"The criterion asks for no minimum of points."}, []string{"Alpha", "Beta"}},
		"short-list": {func(c *contest) { selection(c); c.tender.Shortlist, c.tender.MinimumPoints = true, 45 }, LetterOptions{Bidder: "gamma"},
			[]string{"rank 3 of 3", "You do not meet", "**Alpha SARL** has the most points"}, []string{"Beta"}},
		"one lot alone": {func(c *contest) { c.tender.Bidders.List[2].Lots = []string{"2"} }, LetterOptions{Bidder: "gamma"},
			[]string{"You did not bid for: lot 1, Server.", "## Lot 2, Library"}, []string{"## Lot 1"}},
		"too little evidence": {func(c *contest) {
			c.tender.Minimum.Effect = model.Zero
			c.parts["gamma"] = []float64{0.02}
		}, LetterOptions{Bidder: "gamma"},
			[]string{"your evidence is less than the minimum:", "The published criterion sets the figure to 0 then.", "less than the minimum evidence"}, nil},
		"unknown": {func(c *contest) {
			for _, p := range c.tender.Projects {
				for _, m := range score.Metrics() {
					p.Thresholds[m.Indicator] = model.Threshold{None: true}
				}
			}
		}, LetterOptions{Bidder: "beta"}, []string{"your points are not known. That is not the same as 0."}, []string{"0.00", "rank 1 of"}},
	} {
		x := contested()
		if c.change != nil {
			c.change(&x)
		}
		text := x.letter(t, locale.English(), c.o)
		assert.True(t, strings.HasPrefix(text, "**SIMULATION: not computed from a sealed document. This letter is a DRAFT, and not to be sent.**\n"), name)
		for _, s := range c.says {
			assert.Contains(t, text, s, name)
		}
		for _, s := range c.never {
			assert.NotContains(t, text, s, name)
		}
		french := x.letter(t, languages(t)[1], c.o)
		assert.Equal(t, strings.Count(text, "\n"), strings.Count(french, "\n"), name)
	}
}

// Singular and plural, also of parts and of nothing, in both languages.
func TestAmounts(t *testing.T) {
	for x, want := range map[float64][2]string{0: {"0 reviews", "0 relecture"}, 0.25: {"0.25 reviews", "0,25 relecture"}, 1: {"1 review", "1 relecture"}, 1.5: {"1.5 reviews", "1,5 relecture"},
		2: {"2 reviews", "2 relectures"}, 1234.5: {"1,234.5 reviews", "1\u00a0234,5 relectures"}} {
		for n, l := range languages(t) {
			assert.Equal(t, strings.Replace(want[n], " re", "\u00a0re", 1), string(words{l}.amount(x, model.ReviewsDone, false)))
		}
	}
	seen := map[Text]bool{}
	for _, m := range score.Metrics() {
		seen[words{locale.English()}.unit(m.Of, m.Months, true)] = true
	}
	assert.Len(t, seen, 8)
	assert.NotContains(t, seen, Text("credit"), "every indicator has a unit of its own")
}

// An official letter says by which digest, and gaps stand in the first line.
func TestFirstLine(t *testing.T) {
	r := contested().rank()
	r.Status, r.Seal = model.Official, strings.Repeat("cd", 32)
	r.Gaps = []model.Gap{{Project: "geolib", Repository: "https://forge.example/geolib.git", Reason: "502 Bad Gateway"}}
	d, err := Letter(r, locale.English(), LetterOptions{Bidder: "beta"})
	require.NoError(t, err)
	first, _, _ := strings.Cut(textOf(t, d), "\n")
	assert.Equal(t, "**OFFICIAL: computed from the document sealed as `"+r.Seal+"` With gaps, of repositories that could not be read whole: geolib, `https://forge.example/geolib.git`: 502 Bad Gateway**", first)
}

// Whom no letter can be written to.
func TestNoLetter(t *testing.T) {
	r := contested().rank()
	for name, o := range map[string]LetterOptions{"nobody": {Bidder: "delta"}, "no winner": {Bidder: "beta", Winner: map[string]string{"": "delta"}}, "no lot": {Bidder: "beta", Winner: map[string]string{"7": "alpha"}}} {
		_, err := Letter(r, locale.English(), o)
		require.ErrorIs(t, err, ErrLetter, name)
	}
	terms := *r.Terms
	terms.Bidders = nil
	r.Terms = &terms
	_, err := Letter(r, locale.English(), LetterOptions{Bidder: "beta"})
	require.ErrorContains(t, err, "nobody bids")
	r.Terms = nil
	_, err = Letter(r, locale.English(), LetterOptions{Bidder: "beta"})
	require.ErrorContains(t, err, "score the tender again")
}

// Decisions and contested people that touch the bidder are told, others are not.
func TestDecisionsInALetter(t *testing.T) {
	r := contested().rank()
	r.Decisions = []model.DecisionShown{{Decision: model.Decision{ID: "d7", Reason: "it is a person"}, Effect: []model.Effects{{Lot: "1", Bidder: "beta", Change: -2.5}, {Lot: "1", Bidder: "gamma", Change: 4}}},
		{Decision: model.Decision{ID: "d8", Reason: "secret"}, Effect: []model.Effects{{Lot: "1", Bidder: "gamma", Change: 1}}}}
	r.Contested = []model.ContestedShown{{Vendors: []string{"beta", "gamma"}, Acts: 12, Bidders: []string{"beta", "gamma"}}}
	d, err := Letter(r, locale.English(), LetterOptions{Bidder: "beta"})
	require.NoError(t, err)
	text := textOf(t, d)
	assert.Contains(t, text, "Decision d7 changed your score in lot 1 by -2.50 of 100. Reason: it is a person")
	assert.Contains(t, text, "claim with equal evidence: 12.")
	assert.NotContains(t, text, "secret")
	assert.NotContains(t, text, "4.00 of 100")
}

// The acts are counted by project and rule.
func TestCountActs(t *testing.T) {
	verdicts := func(yield func(report.StoredVerdict, error) bool) {
		for _, v := range []model.Verdict{
			{Project: "b", Counted: true}, {Project: "b", Counted: true, Rule: "mate", Touched: []string{"mate", "small-text"}}, {Project: "b", Rule: "cap", Touched: []string{"mate", "cap"}},
			{Project: "a", Rule: "self", Touched: []string{"self"}}} {
			if !yield(report.StoredVerdict{Verdict: v}, nil) {
				return
			}
		}
	}
	got, err := CountActs(verdicts)
	require.NoError(t, err)
	assert.Equal(t, []ActsOf{{"a", 0, 1, []RuleActs{{"self", 1, 0}}}, {"b", 2, 1, []RuleActs{{"small-text", 0, 1}, {"mate", 0, 1}, {"cap", 1, 0}}}}, got)
	var broken iter.Seq2[report.StoredVerdict, error] = func(yield func(report.StoredVerdict, error) bool) {
		yield(report.StoredVerdict{}, errBroken)
	}
	_, err = CountActs(broken)
	require.ErrorIs(t, err, errBroken)
}

// A ranking of hostile names makes a letter like any other.
func TestHostileLetters(t *testing.T) {
	want := map[string]int{}
	for n, s := range append([]string{"harmless"}, hostile...) {
		r := contested().rank()
		r.Tender = model.About{ID: s, Title: s, Buyer: s}
		for i := range r.Lots {
			r.Lots[i].Title = s
			for j := range r.Lots[i].Standings {
				r.Lots[i].Standings[j].Name = s
			}
		}
		r.Gaps = []model.Gap{{Project: s, Repository: s, Reason: s}}
		r.Decisions = []model.DecisionShown{{Decision: model.Decision{ID: s, Reason: s}, Effect: []model.Effects{{Lot: s, Bidder: "beta", Change: 1}}}}
		d, err := Letter(r, locale.English(), LetterOptions{Bidder: "beta", Acts: []ActsOf{{Project: s, Counted: 1, Rules: []RuleActs{{Rule: s, Refused: 1}}}}})
		require.NoError(t, err)
		source := textOf(t, d)
		got := kinds(parsed([]byte(source)))
		if n == 0 {
			want = got
		}
		for _, kind := range []string{"Heading", "Table", "TableRow", "ListItem", "HTMLBlock", "RawHTML", "Link", "Image", "AutoLink", "CodeBlock", "FencedCodeBlock", "ThematicBreak", "Blockquote", "Strikethrough"} {
			assert.Equal(t, want[kind], got[kind], "%s: %.60q", kind, s)
		}
	}
}
