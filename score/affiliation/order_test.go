package affiliation_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// anyRosters invents people documents and tables that overlap and contradict each other.
func anyRosters(seed uint64) (*model.Tender, []model.Alias, []model.Identity) {
	rng := rand.New(rand.NewPCG(seed, 1))
	doc := tender()
	doc.Evidence = model.Levels()[rng.IntN(5)]
	doc.Vendors["karst"] = model.Vendor{Name: "Karst SARL", Domains: doc.Vendors["karst"].Domains,
		Names: []model.VendorName{{Name: "Karst & Fils", Until: date("2022-01-01")}, {Name: "Oldname"}}}
	doc.Vendors["other"] = model.Vendor{Names: []model.VendorName{{Name: "Karst & Fils", From: date("2021-01-01")}}}
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	days := []model.Date{0, date("2021-01-01"), date("2022-06-01"), date("2024-01-01"), date("2025-03-01")}
	one := func() string {
		return pick("mail:a@x.example", "mail:b@x.example", "mail:C@x.example", "mail:d@karst.example", "mail:e@y.example", "mail:f@y.example",
			"github:1", "github:2", "github/ada", "github/bob", "gitlab.com:7", "mail:", "nonsense")
	}
	jobs := func(vendors ...string) (list []model.Employment) {
		for range rng.IntN(4) {
			i, j := rng.IntN(len(days)), rng.IntN(len(days))
			if i >= j && days[j] != 0 {
				continue
			}
			half := 0.5
			e := model.Employment{Vendor: pick(vendors...), From: days[i], Until: days[j], Level: model.Level(pick("", "confirmed", "domain", "listed", "imported", "profile"))}
			if rng.IntN(3) == 0 {
				e.Fraction = &half
			}
			list = append(list, e)
		}
		return list
	}
	for n := range rng.IntN(4) {
		doc.People = append(doc.People, model.Person{ID: fmt.Sprint("p-", n), Identities: []string{one(), one()}, Employment: jobs("karst", "bigco", "independent")})
	}
	for range rng.IntN(3) {
		var table model.Table
		for range rng.IntN(6) {
			table.People = append(table.People, model.Person{Identities: []string{one(), one()}, Employment: jobs("KARST sarl", "Karst & Fils", "Big  Co", "big co", "Other Ltd", "Academic")})
		}
		for range rng.IntN(3) {
			table.Aliases = append(table.Aliases, model.Alias{From: model.Identity{Name: pick("", "", "N"), Mail: pick("a@x.example", "e@y.example", "g@z.example")}, To: mail(pick("b@x.example", "f@y.example", "h@z.example"))})
			table.Domains = append(table.Domains, model.DomainTenure{Domain: pick("y.example", "karst.example", "gmail.com", "sub.x.example"), Employer: pick("Big Co", "Karst & Fils", "Oldname"), From: days[rng.IntN(2)], Exact: rng.IntN(2) == 0})
			table.Names = append(table.Names, model.EmployerName{Name: pick("Other Ltd", "B.C."), Employer: pick("Big Co", "Oldname", "other ltd")})
		}
		doc.Tables = append(doc.Tables, table)
	}
	aliases := []model.Alias{{From: model.Identity{Mail: "h@z.example"}, To: mail("a@x.example")}, {From: model.Identity{Name: "N", Mail: "b@x.example"}, To: mail("k@z.example")}, {From: model.Identity{Mail: "h@z.example"}, To: mail("i@z.example")}}
	var ids []model.Identity
	for _, m := range []string{"a@x.example", "B@X.example", "c@x.example", "d@karst.example", "e@y.example", "f@y.example", "g@sub.x.example", "h@z.example", "1+ada@users.noreply.github.com", "bob@users.noreply.github.com", "7-eve@users.noreply.gitlab.com", ""} {
		ids = append(ids, mail(m))
	}
	return doc, aliases, append(ids, model.Identity{Account: "github:2", Login: "Bob"}, model.Identity{Account: "gitlab.com:7", Login: "eve"}, model.Identity{Login: "ada"})
}

func shuffled[T any](rng *rand.Rand, list []T) []T {
	out := append([]T(nil), list...)
	rng.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// reorder puts everything that a tender states of affiliations into another order.
func reorder(doc *model.Tender, rng *rand.Rand) *model.Tender {
	t := *doc
	t.People = shuffled(rng, doc.People)
	for i, p := range t.People {
		t.People[i].Identities, t.People[i].Employment = shuffled(rng, p.Identities), shuffled(rng, p.Employment)
	}
	t.Tables = shuffled(rng, doc.Tables)
	for i, b := range t.Tables {
		b.People = shuffled(rng, b.People)
		for k, p := range b.People {
			b.People[k].Identities, b.People[k].Employment = shuffled(rng, p.Identities), shuffled(rng, p.Employment)
		}
		b.Aliases, b.Domains, b.Names = shuffled(rng, b.Aliases), shuffled(rng, b.Domains), shuffled(rng, b.Names)
		t.Tables[i] = b
	}
	return &t
}

type answer struct {
	Person    string
	Parts     []model.Part
	Outcome   affiliation.Outcome
	Claimants []string
	Rivals    []string
}

func answers(doc *model.Tender, aliases []model.Alias, ids, learned []model.Identity) (list []answer, found []affiliation.Finding) {
	r := affiliation.NewRoster(doc)
	p := r.People(aliases)
	for _, id := range learned {
		p.Learn(id)
	}
	for _, id := range ids {
		for _, at := range []string{"2019-05-05", "2020-12-31", "2021-01-01", "2021-12-31", "2022-06-01", "2024-02-28", "2025-02-28", "2025-03-01", "2030-01-01"} {
			person := p.Person(id)
			parts, outcome := r.At(person, id, day(at))
			list = append(list, answer{person, parts, outcome, r.Claimants(person, id, day(at)), r.Rivals(person, id, day(at))})
		}
	}
	return list, r.Findings()
}

// Whatever the order in which rosters, people, identities, employments and aliases are
// stated, the answers are the same; and what comes out is whole.
func TestTheOrderOfWhatIsStatedMakesNoDifference(t *testing.T) {
	outcomes, found := map[affiliation.Outcome]int{}, 0
	for seed := range uint64(400) {
		doc, aliases, ids := anyRosters(seed)
		want, findings := answers(doc, aliases, ids, ids)
		found += len(findings)
		for _, a := range want {
			outcomes[a.Outcome]++
			var sum int64
			for _, p := range a.Parts {
				sum += p.Part
			}
			require.EqualValues(t, model.Whole, sum, "seed %d: %+v", seed, a)
			require.Equal(t, a.Outcome == affiliation.Contested, len(a.Rivals) > 1, "seed %d: %+v", seed, a)
		}
		for round := range uint64(4) {
			rng := rand.New(rand.NewPCG(seed, 2+round))
			got, alike := answers(reorder(doc, rng), shuffled(rng, aliases), ids, shuffled(rng, ids))
			require.Equal(t, want, got, "seed %d", seed)
			require.Equal(t, findings, alike, "seed %d", seed)
			require.Equal(t, affiliation.Digest(doc), affiliation.Digest(reorder(doc, rng)), "seed %d", seed)
		}
	}
	for _, o := range []affiliation.Outcome{affiliation.Known, affiliation.Guessed, affiliation.Unknown, affiliation.Weak, affiliation.Contested} {
		assert.Greater(t, outcomes[o], 100, "the rosters must lead to %s", o)
	}
	assert.Greater(t, found, 100)
}

func TestFoldMail(t *testing.T) {
	for in, want := range map[string]string{
		" Ada@KARST.Example ":     "ada@karst.example",
		"\u0130\u017Fa@x.example": "\u0130\u017Fa@x.example", // neither i nor s
		"JOSE\u0301@x.example":    "jos\u00C9@x.example",     // composed; beyond ASCII the case stays
		"a@b\u00FCcher.example":   "a@xn--bcher-kva.example",
		"a@B\u00DCCHER.example":   "a@xn--bcher-kva.example",
		"a@b@c":                   "",
		"@x":                      "",
		"a@":                      "",
		"nobody":                  "",
		"":                        "",
	} {
		assert.Equal(t, want, affiliation.FoldMail(in), in)
	}
}

// Two who move on the same day: both edges of the day, in UTC.
func TestAMoveIsToTheDay(t *testing.T) {
	doc := tender()
	doc.People = []model.Person{{ID: "p", Identities: []string{"mail:p@web.de"}, Employment: []model.Employment{
		{Vendor: "karst", Until: date("2025-03-01")}, {Vendor: "bigco", From: date("2025-03-01")}}}}
	r := affiliation.NewRoster(doc)
	edge := day("2025-03-01")
	for at, want := range map[time.Time]string{edge.Add(-time.Second): "karst", edge: "bigco", edge.Add(-time.Nanosecond): "karst",
		time.Date(2025, 3, 1, 0, 30, 0, 0, time.FixedZone("", 3600)): "karst"} {
		parts, _ := r.At("p", mail("p@web.de"), at)
		assert.Equal(t, want, parts[0].Vendor, at)
	}
}

func TestDigestHoldsEverything(t *testing.T) {
	doc := tender()
	doc.People = []model.Person{{ID: "p", Identities: []string{"github:1"}, Employment: []model.Employment{{Vendor: "karst"}}}}
	doc.Tables = []model.Table{{}}
	seen := map[[32]byte]string{affiliation.Digest(doc): "nothing"}
	for name, change := range map[string]func(){
		"id": func() { doc.People[0].ID = "q" }, "identity": func() { doc.People[0].Identities = []string{"github:2"} },
		"employment": func() { doc.People[0].Employment[0].Until = 1 }, "person": func() { doc.Tables[0].People = doc.People[:1] },
		"alias": func() { doc.Tables[0].Aliases = []model.Alias{{}} }, "domain": func() { doc.Tables[0].Domains = []model.DomainTenure{{}} },
		"name": func() { doc.Tables[0].Names = []model.EmployerName{{}} }, "bot": func() { doc.Tables[0].Bots = []string{"github:3"} },
		"erased": func() { doc.Erased = &model.Erased{Salt: "s"} },
	} {
		change()
		d := affiliation.Digest(doc)
		assert.Empty(t, seen[d], name)
		seen[d] = name
	}
}
