package score_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

const elsewhere = "https://forge.example/elsewhere"

// sealable is a tender on changes alone, which three vendors make, and its story.
func sealable() (*model.Tender, *story) {
	doc := tender()
	doc.About.Notice = date("2026-12-01")
	doc.Weights = map[model.Pillar]float64{model.Commits: 1}
	doc.Indicators = map[model.Pillar]map[model.Indicator]float64{model.Commits: {model.Changes: 70, model.ActiveMonths: 30}}
	doc.Projects["p"] = model.Project{Repositories: doc.Projects["p"].Repositories,
		Thresholds: map[model.Indicator]model.Threshold{model.Changes: {T: 24}}}
	doc.People = []model.Person{{ID: "p-1", Identities: []string{"mail:lee@elsewhere.example"},
		Employment: []model.Employment{{Vendor: "karst", Level: model.Listed}}}}
	doc.Decisions = []model.Decision{{ID: "D1", On: commitOf("c1"), Rule: "duplicate", Decide: "count", Reason: "own work", By: "buyer", At: date("2026-11-20")}}
	s := newStory()
	for _, by := range []string{ada, zoe, mia, "Lee <lee@elsewhere.example>"} {
		s.monthly(by, 10)
	}
	s.tipAt("r", "main", "c40")
	return doc, s
}

func (s *story) tipAt(repository, branch, commit string) {
	s.add(model.Record{Repository: repository, Tip: &model.Tip{Branch: branch, Commit: sha(commit)}})
}

func ledgerOf(t *testing.T, doc *model.Tender, s *story) *score.Ledger {
	t.Helper()
	l, err := score.Tally(doc, s.stream(), nil)
	require.NoError(t, err)
	return l
}

// sealedStory returns the sealable tender as it is sealed.
func sealedStory(t *testing.T) (*model.Tender, *story) {
	t.Helper()
	doc, s := sealable()
	out, err := score.Seal(doc, ledgerOf(t, doc, s), date("2026-11-30"))
	require.NoError(t, err)
	return out, s
}

func TestSealPinsAndScoresOfficially(t *testing.T) {
	doc, s := sealedStory(t)
	assert.Equal(t, map[string]string{"main": sha("c40")}, doc.Projects["p"].Repositories[0].Tips)
	assert.Equal(t, score.SealDigest(doc.Seal), doc.Seal.Digest)
	assert.Equal(t, []string{"commits/changes", "commits/active-months"}, doc.Seal.Indicators["p"])
	assert.Equal(t, []string{"D1"}, doc.Seal.Decisions)
	again, _ := sealedStory(t)
	assert.Equal(t, doc.Seal, again.Seal, "the same inputs, the same seal")

	r := evaluate(t, doc, s)
	assert.Equal(t, "SIMULATION", r.Label(), "without the published digest")
	assert.Contains(t, strings.Join(r.Warnings, "\n"), "official only where it is held against the digest")
	require.NoError(t, score.Certify(doc, r, doc.Seal.Digest))
	assert.Equal(t, "OFFICIAL "+doc.Seal.Digest, r.Label())
	assert.NotContains(t, strings.Join(r.Warnings, "\n"), "official only where")

	plain, _ := sealable()
	assert.Nil(t, plain.Projects["p"].Repositories[0].Tips, "Seal leaves its tender as it is")
	err := score.Certify(plain, evaluate(t, plain, s), doc.Seal.Digest)
	assert.ErrorIs(t, err, score.ErrNotOfficial)
	assert.ErrorContains(t, err, "not sealed")
}

func TestSealRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*model.Tender, *story)
		at    string
		says  string
	}{
		"no day":          {nil, "", "no day of the sealing"},
		"after notice":    {nil, "2026-12-02", "after the notice on 2026-12-01"},
		"sealed":          {func(d *model.Tender, _ *story) { d.Seal = &model.Seal{Digest: "abc"} }, "2026-12-01", "as abc; a published seal binds the buyer"},
		"no threshold":    {func(d *model.Tender, _ *story) { delete(d.Projects["p"].Thresholds, model.Changes) }, "2026-12-01", "no threshold is stated for changes"},
		"below the floor": {func(d *model.Tender, _ *story) { d.Projects["p"].Thresholds[model.Changes] = model.Threshold{T: 11} }, "2026-12-01", "below the method's floor of 12"},
		"closed": {func(d *model.Tender, _ *story) { d.Projects["p"].Thresholds[model.Changes] = model.Threshold{T: 48} }, "2026-12-01",
			"p: changes of commits looks closed: no organisation reaches a quarter of T, which is 12"},
		"a gap": {func(d *model.Tender, s *story) {
			p := d.Projects["p"]
			p.Repositories = append(p.Repositories, model.Repository{URL: elsewhere})
			d.Projects["p"] = p
			s.cover(model.CommitFacts, model.Partial, "objects are missing")
		}, "2026-12-01", "p: r is a gap (objects are missing)"},
		"not mined": {func(d *model.Tender, _ *story) {
			p := d.Projects["p"]
			p.Repositories = append(p.Repositories, model.Repository{URL: elsewhere})
			d.Projects["p"] = p
		}, "2026-12-01", elsewhere + " was not mined"},
	} {
		doc, s := sealable()
		if c.spoil != nil {
			c.spoil(doc, s)
		}
		var at model.Date
		if c.at != "" {
			at = date(c.at)
		}
		out, err := score.Seal(doc, ledgerOf(t, doc, s), at)
		assert.ErrorIs(t, err, score.ErrNotSealable, name)
		assert.ErrorContains(t, err, c.says, name)
		assert.Nil(t, out, name)
	}
}

// What is sealed cannot be changed, and the first part that differs is named first.
func TestChangesAfterTheSealing(t *testing.T) {
	for part, spoil := range map[string]func(*model.Tender){
		"tips: ":       func(d *model.Tender) { d.Projects["p"].Repositories[0].Tips["main"] = sha("c39") },
		"thresholds: ": func(d *model.Tender) { d.Projects["p"].Thresholds[model.Changes] = model.Threshold{T: 25} },
		"indicators: ": func(d *model.Tender) { d.Seal.Indicators["p"] = []string{"commits/changes"} },
		"weights: ":    func(d *model.Tender) { d.Weights[model.Reviews] = 1e-9 },
		"rules: ":      func(d *model.Tender) { d.Rules.Mate = 0.4 },
		"bots: ":       func(d *model.Tender) { d.Bots.Add = []string{"mail:zoe@bigco.example"} },
		"window: ":     func(d *model.Tender) { d.Window.Months = 13 },
		"terms: ":      func(d *model.Tender) { d.Evidence = model.Listed },
		"projects: ":   func(d *model.Tender) { d.Projects["p"].Repositories[0].Branches = []string{"main"} },
		"lots: ":       func(d *model.Tender) { d.Lots[0].Projects["p"] = 2 },
		"vendors: ":    func(d *model.Tender) { d.Vendors["karst"] = model.Vendor{Name: "KARST"} },
		"rosters: the people of the tender is not what was sealed": func(d *model.Tender) { d.People[0].Employment[0].Vendor = "bigco" },
		"decisions: ":                  func(d *model.Tender) { d.Decisions[0].On = commitOf("c2") },
		"method: ":                     func(d *model.Tender) { d.Method = 2 },
		"seal: ":                       func(d *model.Tender) { d.Seal.Erased = 7 },
		"the document bears the seal ": func(d *model.Tender) { d.Seal.Digest = strings.Repeat("0", 64) },
	} {
		doc, _ := sealedStory(t)
		digest := doc.Seal.Digest
		require.NoError(t, score.CheckSeal(doc, digest))
		spoil(doc)
		err := score.CheckSeal(doc, digest)
		assert.ErrorIs(t, err, score.ErrNotOfficial, part)
		if assert.ErrorContains(t, err, part) {
			lines := strings.Split(err.Error(), "\n")
			assert.True(t, strings.HasPrefix(lines[1], part), "%s: only what differs is told: %s", part, err)
			assert.Len(t, lines, 2, part)
		}
	}
}

// What may come after the sealing does, is named in the result, and leaves the digest.
func TestWhatComesWithBids(t *testing.T) {
	doc, s := sealedStory(t)
	digest := doc.Seal.Digest
	doc.About.Title, doc.Lots[0].Title = "Another title", "a lot"
	doc.Vendors["newco"] = model.Vendor{Name: "Newco", Parent: []model.Parent{{Vendor: "newgroup"}}}
	doc.Vendors["newgroup"] = model.Vendor{Name: "New Group"}
	karst := doc.Vendors["karst"]
	karst.Keys = []model.SigningKey{{Key: "ssh-ed25519 AAAA"}}
	doc.Vendors["karst"] = karst
	doc.Bidders.List = append(doc.Bidders.List, model.Bidder{ID: "newco", Vendors: []string{"newco"}})
	doc.Rosters = []model.Roster{{File: "bids/newco.yaml", Format: "claim"}}
	doc.Tables = []model.Table{{File: "bids/newco.yaml", People: []model.Person{{Identities: []string{"mail:gus@gmail.com"}, Employment: []model.Employment{{Vendor: "newco", Level: model.Listed}}}}}}
	doc.Decisions = append(doc.Decisions,
		model.Decision{ID: "D2", On: model.NewArtifact(model.PersonArtifact, "p-1"), Decide: "refuse", At: date("2026-12-10")},
		model.Decision{ID: "D3", On: commitOf("c2"), Decide: "vendor: bigco", At: date("2026-12-10")},
		model.Decision{ID: "D4", On: commitOf("c3"), Rule: "bot", Decide: "count", At: date("2026-12-10")})
	doc.Erased = &model.Erased{Salt: "salt", Hashes: map[string]bool{strings.Repeat("a", 64): true}}
	r := evaluate(t, doc, s)
	require.NoError(t, score.Certify(doc, r, digest))
	said := strings.Join(r.Warnings, "\n")
	for _, want := range []string{"vendor newco came after", "vendor newgroup came after", "roster bids/newco.yaml came after",
		"decision D2 of 2026-12-10 was made after", "decision D3", "decision D4", "list of erased people has 1 entries, and had 0"} {
		assert.Contains(t, said, want)
	}
	assert.Len(t, r.Decisions, 4, "each with its effect on every bidder")
}

func TestWhatMayNotComeWithBids(t *testing.T) {
	late := func(d model.Decision) func(*model.Tender) {
		return func(doc *model.Tender) { d.ID = "D9"; doc.Decisions = append(doc.Decisions, d) }
	}
	person := func(vendor string, level model.Level) func(*model.Tender) {
		return func(doc *model.Tender) {
			doc.Rosters = append(doc.Rosters, model.Roster{File: "late.yaml", Format: "tributary", Persons: 1})
			doc.People = append(doc.People, model.Person{ID: "p-9", Identities: []string{"mail:gus@gmail.com"}, Employment: []model.Employment{{Vendor: vendor, Level: level}}})
		}
	}
	filed := func() *model.Tender {
		doc, s := sealable()
		doc.Rosters = []model.Roster{{File: "people.yaml", Format: "tributary", Persons: 1}}
		out, err := score.Seal(doc, ledgerOf(t, doc, s), date("2026-11-30"))
		require.NoError(t, err)
		out.Rosters, out.People = slices.Clone(out.Rosters), slices.Clone(out.People)
		return out
	}
	for says, spoil := range map[string]func(*model.Tender){
		"decisions: D9 was made after the sealing and overrules the rule cap for one act": late(model.Decision{On: commitOf("c5"), Rule: "cap", Decide: "count"}),
		"decisions: D9 was made after the sealing and refuses an act":                     late(model.Decision{On: commitOf("c5"), Decide: "refuse"}),
		"decisions: D9 stands above D1, which was sealed and comes first": func(d *model.Tender) {
			d.Decisions = slices.Insert(d.Decisions, 0, model.Decision{ID: "D9", On: commitOf("c1"), Decide: "vendor: bigco"})
		},
		"vendors: rival was not there at the sealing, and neither bids nor owns who does": func(d *model.Tender) { d.Vendors["rival"] = model.Vendor{} },
		"rosters: late.yaml came after the sealing and joins the identities of p-9": func(doc *model.Tender) {
			person("bystander", model.Listed)(doc)
			doc.People[len(doc.People)-1].Employment = nil
		},
		"rosters: late.yaml came after the sealing and says that p-9 worked for bystander":         person("bystander", model.Listed),
		"rosters: late.yaml came after the sealing and says that p-9 worked for karst (confirmed)": person("karst", model.Confirmed),
		"rosters: table.txt came after the sealing; only signed claims and people documents": func(d *model.Tender) {
			d.Rosters = append(d.Rosters, model.Roster{File: "table.txt", Format: "gitdm"})
			d.Tables = []model.Table{{File: "table.txt"}}
		},
	} {
		doc := filed()
		spoil(doc)
		err := score.CheckSeal(doc, doc.Seal.Digest)
		assert.ErrorIs(t, err, score.ErrNotOfficial, says)
		assert.ErrorContains(t, err, says)
	}
	doc := filed()
	person("karst", model.Listed)(doc)
	assert.NoError(t, score.CheckSeal(doc, doc.Seal.Digest), "a bidder's list of its own people")
	doc.People[0].Employment = nil
	assert.ErrorContains(t, score.CheckSeal(doc, doc.Seal.Digest), "rosters: people.yaml is not what was sealed")
}

// A ranking is official only when it was mined as sealed, of the same document, without
// gaps, objections and contested people.
func TestCertifyRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*model.Tender, *story)
		says  string
	}{
		"another tip": {func(_ *model.Tender, s *story) {
			s.records[len(s.records)-1].Tip = &model.Tip{Branch: "main", Commit: sha("c39")}
		}, "tips: p: r was mined at main " + sha("c39")[:12] + ", and main " + sha("c40")[:12] + " are pinned"},
		"a source is gone": {func(_ *model.Tender, s *story) {
			s.cover(model.CommitFacts, model.Unavailable, "no token")
			s.records = s.records[1:]
		}, "indicators: p: commits/changes counted at the sealing and does not now: no token"},
		"a gap":    {func(_ *model.Tender, s *story) { s.cover(model.CommitFacts, model.Partial, "objects are missing") }, "p: r is a gap (objects are missing)"},
		"nobody":   {func(d *model.Tender, _ *story) { d.Bidders.List = nil }, "nobody bids"},
		"everyone": {func(d *model.Tender, _ *story) { d.Bidders = model.Bidders{All: true} }, "nobody bids"},
		"pending": {func(d *model.Tender, _ *story) {
			d.Decisions = append(d.Decisions, model.Decision{ID: "D2", On: commitOf("c4"), Decide: model.Pending, Objection: &model.Objection{By: "bigco"}})
		}, "the objection D2 of bigco"},
	} {
		doc, s := sealedStory(t)
		c.spoil(doc, s)
		r := evaluate(t, doc, s)
		err := score.Certify(doc, r, doc.Seal.Digest)
		assert.ErrorIs(t, err, score.ErrNotOfficial, name)
		assert.ErrorContains(t, err, c.says, name)
		assert.Equal(t, "SIMULATION", r.Label(), name)
	}
	low, _ := sealedStory(t)
	low.Projects["p"].Thresholds[model.Changes] = model.Threshold{T: 11}
	assert.ErrorContains(t, score.CheckSeal(low, low.Seal.Digest), "below the method's floor of 12", "whoever wrote the seal")

	doc, s := sealedStory(t)
	r := evaluate(t, doc, s)
	doc.Decisions = append(doc.Decisions, model.Decision{ID: "D2", On: commitOf("c4"), Decide: "vendor: bigco"})
	assert.ErrorContains(t, score.Certify(doc, r, doc.Seal.Digest), "made from another document")

	doc, s = sealable()
	doc.Weights[model.Reviews], doc.Indicators[model.Reviews] = 1, map[model.Indicator]float64{model.ReviewsDone: 1}
	doc.Projects["p"].Thresholds[model.ReviewsDone] = model.Threshold{T: 12}
	doc, err := score.Seal(doc, ledgerOf(t, doc, s), date("2026-11-30"))
	require.NoError(t, err, "reviews cannot be shown")
	s.monthly(bob, 9, "reviewer "+zoe)
	assert.ErrorContains(t, score.Certify(doc, evaluate(t, doc, s), doc.Seal.Digest), "indicators: p: reviews/reviews counts now and did not at the sealing")

	doc, s = sealedStory(t)
	p := doc.Projects["p"]
	p.Accept = []model.Acceptance{{Kind: model.GapKind, Repository: "r", Reason: "known"}}
	doc.Projects["p"] = p
	s.cover(model.CommitFacts, model.Partial, "objects are missing")
	assert.NoError(t, score.Certify(doc, evaluate(t, doc, s), doc.Seal.Digest), "gaps may be accepted after the sealing")
}

// A seal of records that state the main line and the version tags holds both.
func TestSealPinsWhatStandsBesideBranches(t *testing.T) {
	stated := func(tags string) (*model.Tender, *story) {
		doc, s := sealable()
		for branch, commit := range map[string]string{model.MainTip: sha("c40"), model.TagsTip: strings.Repeat(tags, 64)} {
			s.add(model.Record{Repository: "r", Tip: &model.Tip{Branch: branch, Commit: commit}})
		}
		return doc, s
	}
	doc, s := stated("a")
	sealed, err := score.Seal(doc, ledgerOf(t, doc, s), date("2026-11-30"))
	require.NoError(t, err)
	assert.Equal(t, strings.Repeat("a", 64), sealed.Projects["p"].Repositories[0].Tips[model.TagsTip])
	assert.NoError(t, score.Certify(sealed, evaluate(t, sealed, s), sealed.Seal.Digest))
	_, later := stated("b")
	err = score.Certify(sealed, evaluate(t, sealed, later), sealed.Seal.Digest)
	assert.ErrorContains(t, err, "tips: p: r has other annotated version tags in the window than at the sealing")
	assert.NotContains(t, err.Error(), "was mined at", "the branches are where they were")
}

// The digest of the method moves with everything that moves a score, and with nothing else.
func TestMethodDigest(t *testing.T) {
	doc, s := sealable()
	was := evaluate(t, doc, s).Method.Digest
	for name, spoil := range map[string]func(*model.Tender){
		"title":   func(d *model.Tender) { d.About.Title = "x" },
		"bidders": func(d *model.Tender) { d.Bidders.List = d.Bidders.List[:1] },
		"reason":  func(d *model.Tender) { d.Decisions[0].Reason = "x" },
		"justify": func(d *model.Tender) {
			p := d.Projects["p"]
			p.Justify = []model.Justification{{Indicator: model.Changes, Reason: "x"}}
			d.Projects["p"] = p
		},
	} {
		doc, s := sealable()
		spoil(doc)
		assert.Equal(t, was, evaluate(t, doc, s).Method.Digest, name)
	}
	seen := map[string]string{was: "nothing"}
	for name, spoil := range map[string]func(*model.Tender, *story){
		"weights":    func(d *model.Tender, _ *story) { d.Weights[model.Reviews] = 1 },
		"thresholds": func(d *model.Tender, _ *story) { d.Projects["p"].Thresholds[model.Changes] = model.Threshold{T: 25} },
		"rules":      func(d *model.Tender, _ *story) { d.Rules.ChangesPerWeek++ },
		"rosters":    func(d *model.Tender, _ *story) { d.People = nil },
		"decisions":  func(d *model.Tender, _ *story) { d.Decisions = nil },
		"vendors":    func(d *model.Tender, _ *story) { d.Vendors["x"] = model.Vendor{} },
		"bots":       func(d *model.Tender, _ *story) { d.Bots.Exempt = []string{"github:1"} },
		"erased":     func(d *model.Tender, _ *story) { d.Erased = &model.Erased{Salt: "s"} },
		"tips":       func(_ *model.Tender, s *story) { s.tipAt("r", "stable", "c1") },
		"window":     func(d *model.Tender, _ *story) { d.Window.Months = 11 },
		"points":     func(d *model.Tender, _ *story) { d.Points++ },
		"lots":       func(d *model.Tender, _ *story) { d.Lots[0].ID = "2" },
	} {
		doc, s := sealable()
		spoil(doc, s)
		digest := evaluate(t, doc, s).Method.Digest
		assert.NotContains(t, seen, digest, "%s makes the same digest as %s", name, seen[digest])
		seen[digest] = name
	}
	assert.Len(t, slices.Collect(maps.Keys(seen)), 13)
}
