package audit_test

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"iter"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/research/audit"
	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// Of this history the engine decides, in the window of 2025, by hand:
//
//	identity     yes: Ada's two names under one address; Ada's two addresses, which .mailmap
//	             joins (two pairs, with either name). No: Bob Sand at two addresses, of which
//	             nobody says that they are one's. Of five human identities (Ada twice, Ada at
//	             home, Bob twice) there are ten pairs: three yes, one alike, six outside.
//	bot          yes: dependabot. No: the other five; nobody of them did 30 things.
//	duplicate    yes: fix1 on stable, picked from main. No: the second "Mark the shallows" by Bob.
//	affiliation  Karst is Ada's employer by her domain, Moraine Bob's.
const story = `
person ada = Ada Moor <ada@karst.example>
person adam = Ada M. <ada@karst.example>
person home = Ada Moor <ada@home.example>
person bob = Bob Sand <bob@moraine.example>
person bobby = Bob Sand <sandy@quarry.example>
person robot = dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>
on main
commit 2025-01-02 ada: Begin
  write base.c 10
  text .mailmap
    | Ada Moor <ada@karst.example> <ada@home.example>
on stable from main
on main
commit fix1 2025-02-01 ada: Take soundings
  write a.c 50
commit 2025-03-02 adam: Chart the coast
  write b.c 50
commit 2025-03-05 home: Chart the isles
  write c.c 50
commit 2025-03-06 bob: Mark the shallows
  write d.c 50
commit 2025-04-06 bob: Mark the shallows
  write e.c 50
commit 2025-04-07 bobby: Light the beacons
  write f.c 50
commit 2025-04-08 robot: Bump the lantern
  write go.mod 5
on stable
pick fix1 2025-05-01 bob
`

func tender(t *testing.T, history string) *model.Tender {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "harbour.git")
	_, err := forgetest.Build(dir, history)
	require.NoError(t, err)
	u := model.NewTender()
	until, err := model.ParseDate("2026-01-01")
	require.NoError(t, err)
	u.Window = model.Window{Until: until, Months: 12}
	u.Projects = map[string]model.Project{"harbour": {Repositories: []model.Repository{{URL: dir, Forge: "none", Branches: []string{"main", "stable"}}}}}
	u.Lots = []model.Lot{{ID: "all", Projects: map[string]float64{"harbour": 1}}}
	u.Vendors = map[string]model.Vendor{"karst": {Name: "Karst", Domains: []model.MailDomain{{Name: "karst.example"}}}, "moraine": {Name: "Moraine", Domains: []model.MailDomain{{Name: "moraine.example"}}}}
	u.Bidders.List = []model.Bidder{{ID: "karst", Vendors: []string{"karst"}}, {ID: "moraine", Vendors: []string{"moraine"}}}
	return u
}

// collect evaluates a tender with a collector listening.
func collect(t *testing.T, u *model.Tender, workers int) (*audit.Collector, *model.Ranking) {
	t.Helper()
	c := audit.NewCollector(u)
	r, err := score.Evaluate(u, c.Watch(records(t, u, workers)), &score.Options{Evidence: c.Verdict})
	require.NoError(t, err)
	return c, r
}

func records(t *testing.T, u *model.Tender, workers int) iter.Seq2[model.Record, error] {
	return forge.Mine(t.Context(), u, forge.Hosts{forge.Git: git.New(&git.Options{Cache: t.TempDir(), Workers: workers})}, nil)
}

func draw(t *testing.T, u *model.Tender, sample int, seed uint64) *audit.Sheet {
	t.Helper()
	c, r := collect(t, u, 2)
	s, err := c.Draw(r, audit.DrawOptions{Sample: sample, Seed: seed})
	require.NoError(t, err)
	return s
}

func TestFramesByHand(t *testing.T) {
	s := draw(t, tender(t, story), 200, 1)
	got := map[string]int64{}
	for _, x := range s.Strata {
		assert.Equal(t, x.Size, x.Drawn, "there is room for all: %v", x)
		assert.Equal(t, 1.0, x.Probability())
		got[fmt.Sprintf("%s %s %s", x.Question, x.Engine, x.Name)] = x.Size
	}
	// Affiliation by hand: Ada in January, February and March (the first of two acts bears Karst's
	// address), Bob in March, April and May (the pick), Bobby in April; each asked about Karst
	// and Moraine, and Bobby about the quarry too, which stands for an organisation.
	assert.Equal(t, map[string]int64{
		"identity yes one address": 1, "identity yes by .mailmap or an account's address": 2, "identity no same name": 1,
		"bot yes by a list": 1, "bot no few acts": 5,
		"duplicate yes same patch": 1, "duplicate no same author and subject": 1,
		"affiliation yes domain": 6, "affiliation yes by mail domain alone": 1, "affiliation no employed elsewhere": 8,
	}, got)
	assert.Equal(t, map[audit.Question]int64{audit.Identity: 6, audit.Duplicate: 5}, s.Outside)
	assert.Equal(t, "SIMULATION", s.Status)
}

// The sheet tells nothing of what the engine decided, and the key nothing of persons.
func TestTheSheetIsBlind(t *testing.T) {
	s := draw(t, tender(t, story), 200, 1)
	sheet, key := written(t, s)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(sheet, "\ufeff"))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, len(s.Items)+1)
	assert.Equal(t, []string{"sheet", "id", "question", "asked", "a", "b", "look_1", "look_2", "look_3", "look_4", "coder_1", "coder_2", "adjudicated", "remark"}, rows[0])
	for _, row := range rows[1:] {
		assert.Equal(t, []string{"", "", "", ""}, row[10:])
		for _, x := range s.Strata {
			assert.NotContains(t, strings.Join(row, "\n"), x.Name)
		}
		for _, cell := range row {
			assert.NotContains(t, []string{"yes", "no"}, cell)
		}
	}
	assert.Contains(t, sheet, "ada@home.example")
	for _, name := range []string{"@", "Ada", "Bob", "Karst", "harbour"} {
		assert.NotContains(t, key, name)
	}
	assert.Equal(t, strings.Count(sheet, "\n"), strings.Count(sheet, "\r\n"))
	asked := map[audit.Question]string{}
	for _, i := range s.Items {
		if was, ok := asked[i.Question]; ok && i.Question != audit.Affiliation {
			assert.Equal(t, was, i.Asked, "affirmed and denied are asked in the same words")
		}
		asked[i.Question] = i.Asked
		assert.NotEmpty(t, i.Look)
	}
	french, err := locale.Of("fr")
	require.NoError(t, err)
	c, r := collect(t, tender(t, story), 1)
	f, err := c.Draw(r, audit.DrawOptions{Sample: 20, Seed: 1, Locale: french})
	require.NoError(t, err)
	french1, _ := written(t, f)
	assert.Contains(t, french1, "A et B sont-ils une seule et même personne")
}

// Where everything is in a row by its stratum, the order of the sheet would tell the answer.
func TestTheOrderTellsNothing(t *testing.T) {
	s := draw(t, tender(t, story), 200, 1)
	turns := 0
	for n := range s.Items[1:] {
		if s.Items[n].Question != s.Items[n+1].Question {
			turns++
		}
	}
	assert.Greater(t, turns, 8)
}

func TestOneSeedOneSheet(t *testing.T) {
	u := tender(t, story)
	var sheets []string
	for _, workers := range []int{1, 4} {
		c, r := collect(t, u, workers)
		s, err := c.Draw(r, audit.DrawOptions{Sample: 12, Seed: 7})
		require.NoError(t, err)
		sheet, key := written(t, s)
		sheets = append(sheets, sheet+key)
	}
	assert.Equal(t, sheets[0], sheets[1])
	other, _ := written(t, draw(t, u, 12, 8))
	assert.False(t, strings.HasPrefix(sheets[0], other))
}

// A small sample gives every question the same part and shows the rare answers.
func TestWhatIsRareIsDrawn(t *testing.T) {
	s := draw(t, tender(t, story), 16, 3)
	by := map[string]int64{}
	for _, x := range s.Strata {
		by[string(x.Question)] += x.Drawn
		by[string(x.Question)+" "+string(x.Engine)] += x.Drawn
	}
	assert.Equal(t, map[string]int64{"identity": 4, "identity yes": 3, "identity no": 1, "bot": 5, "bot yes": 1, "bot no": 4,
		"duplicate": 2, "duplicate yes": 1, "duplicate no": 1, "affiliation": 5, "affiliation yes": 3, "affiliation no": 2}, by)
	assert.Len(t, s.Items, 16)
}

// Each decision of a stratum is drawn as often as its probability says, over many seeds.
func TestDrawnWithEqualProbability(t *testing.T) {
	c, r := collect(t, tender(t, story), 2)
	times, rounds := map[string]int{}, 600
	var want float64
	for seed := range rounds {
		s, err := c.Draw(r, audit.DrawOptions{Sample: 16, Seed: uint64(seed)})
		require.NoError(t, err)
		for _, i := range s.Items {
			if x := s.Strata[i.Stratum]; x.Name == "employed elsewhere" {
				times[i.A+i.B+i.Asked]++
				want = x.Probability()
			}
		}
	}
	require.Len(t, times, 8)
	for what, n := range times {
		assert.InDelta(t, want, float64(n)/float64(rounds), 0.08, what)
	}
}

func TestWrongUseOfACollector(t *testing.T) {
	u := tender(t, story)
	c, r := collect(t, u, 1)
	_, err := c.Draw(r, audit.DrawOptions{Sample: 3})
	assert.ErrorContains(t, err, "at least 4")
	c.Verdict(model.Verdict{Project: "harbour"})
	_, err = c.Draw(r, audit.DrawOptions{Sample: 9})
	assert.ErrorIs(t, err, audit.ErrOrder)
	c = audit.NewCollector(u)
	for range c.Watch(records(t, u, 1)) {
	}
	_, err = c.Draw(r, audit.DrawOptions{Sample: 9})
	assert.ErrorIs(t, err, audit.ErrOrder, "no verdict came")
	c.Verdict(model.Verdict{Project: "harbour", Artifact: "commit:0"})
	_, err = c.Draw(r, audit.DrawOptions{Sample: 9})
	assert.ErrorIs(t, err, audit.ErrOrder, "one of another commit")
}

// Strangers choose names and subjects.
func TestHostileTextsAreInert(t *testing.T) {
	u := tender(t, story)
	c := audit.NewCollector(u)
	r, err := score.Evaluate(u, c.Watch(hostile(records(t, u, 1))), &score.Options{Evidence: c.Verdict})
	require.NoError(t, err)
	s, err := c.Draw(r, audit.DrawOptions{Sample: 200, Seed: 1})
	require.NoError(t, err)
	sheet, _ := written(t, s)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(sheet, "\ufeff"))).ReadAll()
	require.NoError(t, err)
	found := 0
	for _, row := range rows[1:] {
		for _, cell := range row {
			assert.False(t, cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])), cell)
			assert.NotContains(t, cell, "\u202e")
			assert.NotContains(t, cell, "\x1b")
			assert.Less(t, len(cell), 2000)
			assert.True(t, utf8.ValidString(cell))
			if strings.HasPrefix(cell, "'=cmd") {
				found++
			}
		}
	}
	assert.Positive(t, found)
}

// hostile puts what may hurt into names and subjects.
func hostile(records iter.Seq2[model.Record, error]) iter.Seq2[model.Record, error] {
	names := map[string]string{"Bob Sand": "=cmd|' /C calc'!A1", "Ada Moor": "\u202egnp.exe\x1b[31m\x00<script>\xff" + strings.Repeat("x", 100_000), "Ada M.": "\t@SUM(A1)"}
	return func(yield func(model.Record, error) bool) {
		for r, err := range records {
			if r.Contribution != nil {
				c, k := *r.Contribution, *r.Contribution.Commit
				c.Actor.Name = cmp.Or(names[c.Actor.Name], c.Actor.Name)
				k.Subject = "+1\r\n" + k.Subject
				c.Commit, r.Contribution = &k, &c
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// written returns a sheet and its key.
func written(t *testing.T, s *audit.Sheet) (sheet, key string) {
	t.Helper()
	var a, b bytes.Buffer
	require.NoError(t, s.Write(&a))
	require.NoError(t, s.WriteKey(&b))
	return a.String(), b.String()
}

// fill writes what coders answer into a sheet.
func fill(t *testing.T, sheet string, answer func(id string) (one, two string)) string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(sheet, "\ufeff"))).ReadAll()
	require.NoError(t, err)
	for _, row := range rows[1:] {
		row[10], row[11] = answer(row[1])
	}
	var b bytes.Buffer
	require.NoError(t, csv.NewWriter(&b).WriteAll(rows))
	return b.String()
}

// engine returns the engine's answers by row.
func engine(s *audit.Sheet) map[string]string {
	m := map[string]string{}
	for _, i := range s.Items {
		m[i.ID] = string(s.Strata[i.Stratum].Engine)
	}
	return m
}

func evaluate(t *testing.T, sheet, key string) *audit.Result {
	t.Helper()
	k, err := audit.ReadKey("key.csv", strings.NewReader(key))
	require.NoError(t, err)
	rows, err := audit.ReadSheet("sheet.csv", strings.NewReader(sheet), k)
	require.NoError(t, err)
	return audit.Evaluate(k, rows)
}

// Coders who answer as the engine does find no fault with it, whatever was drawn.
func TestCodersWhoAgreeWithTheEngine(t *testing.T) {
	u := tender(t, story)
	for _, sample := range []int{12, 16, 200} {
		s := draw(t, u, sample, 5)
		sheet, key := written(t, s)
		says := engine(s)
		r := evaluate(t, fill(t, sheet, func(id string) (string, string) { return says[id], says[id] }), key)
		require.Len(t, r.Questions, 4)
		for _, f := range r.Questions {
			for _, e := range []audit.Estimate{f.Precision, f.Recall, f.Kappa} {
				require.NotNil(t, e.Value, "%s of %d: %s", f.Question, sample, e.Unknown)
				assert.Equal(t, []float64{1, 1}, []float64{*e.Value, *e.High}, f.Question)
			}
			assert.Equal(t, f.Rows, f.Agreed)
		}
		assert.Equal(t, 1.0, *r.Overall.Value)
		assert.Empty(t, r.Open)
	}
}

// Coders who throw coins agree no more than by chance.
func TestCodersWhoThrowCoins(t *testing.T) {
	s := draw(t, tender(t, story), 200, 5)
	sheet, key := written(t, s)
	coin := rand.New(rand.NewPCG(3, 4))
	sum, rounds := 0.0, 400
	for range rounds {
		throw := func() string { return []string{"yes", "no"}[coin.IntN(2)] }
		r := evaluate(t, fill(t, sheet, func(string) (string, string) { return throw(), throw() }), key)
		sum += *r.Overall.Value
	}
	assert.InDelta(t, 0, sum/float64(rounds), 0.03)
}

// An engine that errs is found out, and what is true is the adjudicated answer.
func TestErrorsAreFound(t *testing.T) {
	s := draw(t, tender(t, story), 200, 1)
	sheet, key := written(t, s)
	says := engine(s)
	var bots []string // the engine's noes about robots
	for _, i := range s.Items {
		if i.Question == audit.Bot && says[i.ID] == "no" {
			bots = append(bots, i.ID)
		}
	}
	filled := fill(t, sheet, func(id string) (string, string) {
		switch id {
		case bots[0]:
			return "YES", "yes" // a robot that was missed
		case bots[1]:
			return "yes", "no" // open
		case bots[2]:
			return "unclear", "unclear"
		case bots[3]:
			return "no", ""
		}
		return says[id], says[id]
	})
	f := evaluate(t, filled, key).Questions[2]
	assert.Equal(t, audit.Bot, f.Question)
	assert.Equal(t, [6]int{6, 3, 0, 1, 1, 1}, [6]int{f.Rows, f.Agreed, f.Adjudicated, f.Unclear, f.Open, f.Unanswered})
	// Of five that the engine denied two are settled, and one of them is true: half of five.
	assert.InDelta(t, 1/(1+2.5), *f.Recall.Value, 1e-12)
	assert.Equal(t, 1.0, *f.Precision.Value)
	assert.EqualValues(t, 5, f.Kappa.Count, "rows that both coders answered")

	rows, err := csv.NewReader(strings.NewReader(filled)).ReadAll()
	require.NoError(t, err)
	for _, row := range rows[1:] {
		if row[1] == bots[1] {
			row[12] = "no"
		}
	}
	var b bytes.Buffer
	require.NoError(t, csv.NewWriter(&b).WriteAll(rows))
	r := evaluate(t, b.String(), key)
	assert.Empty(t, r.Open)
	assert.Equal(t, 1, r.Questions[2].Adjudicated)
	assert.InDelta(t, 1/(1+5.0/3), *r.Questions[2].Recall.Value, 1e-12, "of three settled ones one is true")
}

// What cannot be told is unknown and says why.
func TestUnknownIsNotZero(t *testing.T) {
	s := draw(t, tender(t, story), 200, 1)
	sheet, key := written(t, s)
	says := engine(s)
	r := evaluate(t, sheet, key)
	for _, f := range r.Questions {
		for _, e := range []audit.Estimate{f.Precision, f.Recall, f.Kappa} {
			assert.Nil(t, e.Value)
			assert.NotEmpty(t, e.Unknown)
		}
	}
	r = evaluate(t, fill(t, sheet, func(id string) (string, string) {
		if says[id] == "no" {
			return "unclear", "unclear"
		}
		return "yes", "yes"
	}), key)
	assert.NotNil(t, r.Questions[2].Precision.Value)
	assert.Nil(t, r.Questions[2].Recall.Value)
	assert.Equal(t, "no row is settled of what the engine denied in these strata: few acts", r.Questions[2].Recall.Unknown)
	var out bytes.Buffer
	require.NoError(t, audit.CSV(&out, r))
	assert.Contains(t, out.String(), ",bot,recall,,,,,,0,no row is settled")
}

// Every sentence of the text has a French one.
func TestTextInFrench(t *testing.T) {
	s := draw(t, tender(t, story), 200, 1)
	sheet, key := written(t, s)
	says := engine(s)
	turn := 0
	r := evaluate(t, fill(t, sheet, func(id string) (string, string) {
		turn++
		return says[id], []string{"yes", "no", "unclear"}[turn%3]
	}), key)
	french, err := locale.Of("fr")
	require.NoError(t, err)
	var en, fr bytes.Buffer
	require.NoError(t, audit.Text(&en, r, nil))
	require.NoError(t, audit.Text(&fr, r, &audit.TextOptions{Locale: french, Width: 60}))
	assert.True(t, strings.HasPrefix(en.String(), "SIMULATION: audit of the engine’s decisions\n"))
	assert.True(t, strings.HasPrefix(fr.String(), "SIMULATION\u00a0: audit des décisions du moteur\n"))
	english := map[string]bool{}
	for line := range strings.Lines(en.String()) {
		english[strings.TrimSpace(line)] = strings.ContainsAny(line, "abcdefghijklmnopqrstuvwxyz")
	}
	for line := range strings.Lines(fr.String()) {
		assert.False(t, english[strings.TrimSpace(line)], line)
		assert.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), 60)
	}
	for _, word := range []string{"same name", "few acts", "unknown", "settled", "mail domain"} {
		assert.NotContains(t, fr.String(), word)
	}
	assert.NotContains(t, en.String()+fr.String(), "Ada")
	assert.Contains(t, en.String(), "disagreements to adjudicate: Q")
}
