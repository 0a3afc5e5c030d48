package affiliation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
)

// claims is a table in which a vendor lists people, each by identities.
func claims(vendor string, level model.Level, people ...[]string) (table model.Table) {
	for _, ids := range people {
		table.People = append(table.People, model.Person{Identities: ids, Employment: []model.Employment{{Vendor: vendor, Level: level}}})
	}
	return table
}

func account(n int) model.Identity { return model.Identity{Account: fmt.Sprint("github:", n)} }

// workers returns for whom the accounts with the numbers 1 and up work, and as whom they are known.
func workers(doc *model.Tender, n int) (vendors, persons []string) {
	r := affiliation.NewRoster(doc)
	p := r.People(nil)
	for i := range n {
		person := p.Person(account(i + 1))
		parts, _ := r.At(person, account(i+1), day("2026-01-01"))
		vendors, persons = append(vendors, parts[0].Vendor), append(persons, person)
	}
	return vendors, persons
}

// A list that names people of two others as one person gives neither to the other, and
// takes nobody over by naming its own with them.
func TestAListJoinsNoPeopleOfTwoOthers(t *testing.T) {
	doc := tender()
	karst, lab := claims("karst", model.Confirmed, []string{"github:1"}), claims("lab", model.Confirmed, []string{"github:2"})
	doc.Tables = []model.Table{karst, lab, claims("bigco", model.Listed, []string{"github:1", "github:2"})}
	vendors, persons := workers(doc, 2)
	assert.Equal(t, []string{"karst", "lab"}, vendors, "both are confirmed")
	assert.NotEqual(t, persons[0], persons[1])

	doc.Tables[1] = claims("lab", model.Listed, []string{"github:2"})
	vendors, _ = workers(doc, 2)
	assert.Equal(t, []string{"karst", ""}, vendors, "what is confirmed of one says nothing of the other")

	doc.Tables[0] = claims("karst", model.Listed, []string{"github:1"})
	_, persons = workers(doc, 2)
	assert.NotEqual(t, persons[0], persons[1])

	doc.Tables = []model.Table{claims("bigco", model.Confirmed, []string{"github:1"}), claims("bigco", model.Listed, []string{"github:1", "github:2"}), lab}
	vendors, _ = workers(doc, 2)
	assert.Equal(t, []string{"bigco", "lab"}, vendors)

	doc.Tables[2] = claims("lab", model.Listed, []string{"github:2"})
	vendors, _ = workers(doc, 2)
	assert.Equal(t, []string{"bigco", ""}, vendors, "contested, and not taken")

	doc.People = []model.Person{{ID: "p", Identities: []string{"github:1"}, Employment: []model.Employment{{Vendor: "bigco", Level: model.Confirmed}}}}
	doc.Tables = doc.Tables[1:]
	vendors, persons = workers(doc, 2)
	assert.Equal(t, []string{"bigco", ""}, vendors)
	assert.Equal(t, []string{"p", "github:2"}, persons)
}

// What a person confirms to be one, no list makes two.
func TestAListSplitsNobodyWhoConfirms(t *testing.T) {
	doc := tender()
	doc.Tables = []model.Table{claims("karst", model.Confirmed, []string{"github:1", "github:2"}),
		claims("bigco", model.Listed, []string{"github:1", "github:3"}, []string{"github:2", "github:4"})}
	vendors, persons := workers(doc, 4)
	assert.Equal(t, []string{"karst", "karst", "bigco", "bigco"}, vendors)
	assert.Equal(t, []string{"github:1", "github:1", "github:3", "github:4"}, persons)
}

// A list that names an address on some other day does not take away what a public table says
// of its domain.
func TestAListTakesNoDomainAway(t *testing.T) {
	doc := tender()
	doc.Vendors["karst"] = model.Vendor{Name: "Karst SARL"}
	doc.Tables = []model.Table{{Domains: []model.DomainTenure{{Domain: "karst.example", Employer: "Karst SARL"}}}, claims("bigco", model.Listed, []string{"mail:ada@karst.example"})}
	doc.Tables[1].People[0].Employment[0].Until = date("1990-01-02")
	parts, outcome := affiliation.NewRoster(doc).At("mail:ada@karst.example", mail("ada@karst.example"), day("2026-01-01"))
	assert.Equal(t, []model.Part{{Vendor: "karst", Part: model.Whole, Level: model.Imported}}, parts)
	assert.Equal(t, affiliation.Known, outcome)
}

// A vendor that is called what another one's short name is contests none of its claims.
func TestAVendorIsKnownByItsShortName(t *testing.T) {
	doc := tender()
	doc.Vendors["bigco"] = model.Vendor{Name: "Karst"}
	doc.Tables = []model.Table{claims("karst", model.Listed, []string{"github:1"})}
	vendors, _ := workers(doc, 1)
	assert.Equal(t, []string{"karst"}, vendors)
}

// part is an employment for so much of the working time.
func part(vendor string, level model.Level, fraction float64) model.Employment {
	return model.Employment{Vendor: vendor, Level: level, Fraction: &fraction}
}

// What fractions leave by rounding is left once, and no part is below zero.
func TestRoundingIsLeftOnce(t *testing.T) {
	doc := tender()
	doc.People = []model.Person{{ID: "p", Identities: []string{"github:1"}, Employment: []model.Employment{part("karst", model.Confirmed, 0.500005), part("bigco", model.Confirmed, 0.500005),
		part("lab", model.Listed, 0.00001), part("holding", model.Imported, 0.000005), part("fund", model.Imported, 0.000005)}}}
	parts, outcome := affiliation.NewRoster(doc).At("p", account(1), day("2026-01-01"))
	assert.Equal(t, affiliation.Known, outcome)
	assert.Equal(t, []model.Part{{Vendor: "bigco", Part: 499_995, Level: model.Confirmed}, {Vendor: "karst", Part: 500_005, Level: model.Confirmed}}, parts)
}

// What is contested is settled as if the other claims were not there: nobody gets more of a
// person than it claims.
func TestSettledIsWhatOneClaimsAlone(t *testing.T) {
	doc := tender()
	all := []model.Employment{part("karst", model.Listed, 0.6), part("bigco", model.Listed, 0.5), part("lab", model.Listed, 0.5), part("bigco", model.Profile, 0.3), part("fund", model.Profile, 0.3)}
	doc.People = []model.Person{{ID: "p", Identities: []string{"github:1"}, Employment: all}}
	contested := affiliation.NewRoster(doc)
	rivals := contested.Rivals("p", account(1), day("2026-01-01"))
	assert.Equal(t, []string{"bigco", "karst", "lab"}, rivals)
	for vendor, alone := range map[string][]model.Employment{"karst": {all[0], all[4]}, "bigco": {all[1], all[3], all[4]}, "lab": {all[2], all[4]}} {
		got, outcome := contested.Settled(rivals, vendor).At("p", account(1), day("2026-01-01"))
		doc.People[0].Employment = alone
		want, _ := affiliation.NewRoster(doc).At("p", account(1), day("2026-01-01"))
		assert.Equal(t, affiliation.Known, outcome)
		assert.Equal(t, want, got, vendor)
	}
	before, outcome := contested.At("p", account(1), day("2026-01-01"))
	assert.Equal(t, []model.Part{{Part: model.Whole, Level: model.Listed}}, before)
	assert.Equal(t, affiliation.Contested, outcome)
}

// Of decisions that overlap, the one that begins later holds, also where one begins before
// 1970 and the other never began, and in whatever order they stand.
func TestDecisionsThatOverlap(t *testing.T) {
	doc := tender()
	for _, list := range [][]model.Decision{
		{{ID: "D1", From: date("1960-01-01"), Decide: "vendor: karst"}, {ID: "D2", Decide: "vendor: bigco"}},
		{{ID: "D1", From: date("2020-01-01"), Decide: "vendor: karst"}, {ID: "D2", From: date("1960-01-01"), Decide: "vendor: bigco"}},
		{{ID: "D2", Decide: "vendor: karst"}, {ID: "D1", Decide: "vendor: bigco"}},
		{{Decide: "vendor: karst"}, {Decide: "vendor: bigco"}},
	} {
		for range 2 {
			slices.Reverse(list)
			doc.Decisions = slices.Clone(list)
			for i := range list {
				doc.Decisions[i].On = "person:p"
			}
			parts, _ := affiliation.NewRoster(doc).At("p", account(1), day("2026-01-01"))
			assert.Equal(t, "karst", parts[0].Vendor, "%v", list)
		}
	}
}

// Whoever is contested did not leave.
func TestAContestIsNoDeparture(t *testing.T) {
	doc := tender()
	doc.People = []model.Person{{ID: "p", Identities: []string{"github:1"}, Employment: []model.Employment{{Vendor: "karst", Until: date("2026-02-01")}, {Vendor: "bigco", From: date("2025-05-01"), Until: date("2026-01-01")}}}}
	assert.Equal(t, []affiliation.Departure{{Person: "p", Vendor: "karst", Day: date("2026-02-01")}}, affiliation.NewRoster(doc).Departures(model.Period{}))
}

// Rosters hold nobody who is erased, however the address is written.
func TestErasedAreInNoRoster(t *testing.T) {
	for _, listed := range []string{"mail:ada@b\u00FCcher.example", "mail:7+ada@users.noreply.github.com"} {
		for _, erased := range []string{"mail:ada@b\u00FCcher.example", "mail:ada@xn--bcher-kva.example", "github:7"} {
			doc := tender()
			doc.Erased = &model.Erased{Salt: "s", Hashes: map[string]bool{model.EraseHash("s", erased): true}}
			doc.People = []model.Person{{ID: "p", Identities: []string{listed}}}
			person := affiliation.NewRoster(doc).People(nil).Person(mail(strings.TrimPrefix(listed, "mail:")))
			if strings.Contains(listed, "noreply") == (erased == "github:7") {
				assert.NotEqual(t, "p", person, "%s, erased %s", listed, erased)
			} else {
				assert.Equal(t, "p", person, "%s, erased %s", listed, erased)
			}
		}
	}
}

// Beside better evidence for a part of the working time, a claim to the whole takes nothing
// from one to the rest; two to the rest are contested, and the better one stands.
func TestTheRestIsContestedByItself(t *testing.T) {
	doc := tender()
	at := func(jobs ...model.Employment) ([]model.Part, affiliation.Outcome, []string) {
		doc.People = []model.Person{{ID: "p", Identities: []string{"github:1"}, Employment: append(jobs, part("karst", model.Confirmed, 0.5))}}
		r := affiliation.NewRoster(doc)
		parts, outcome := r.At("p", account(1), day("2026-01-01"))
		return parts, outcome, r.Rivals("p", account(1), day("2026-01-01"))
	}
	karst, lab := model.Part{Vendor: "karst", Part: 500_000, Level: model.Confirmed}, model.Part{Vendor: "lab", Part: 500_000, Level: model.Listed}
	parts, outcome, _ := at(part("lab", model.Listed, 0.5), part("bigco", model.Listed, 1))
	assert.Equal(t, []model.Part{karst, lab}, parts)
	assert.Equal(t, affiliation.Known, outcome)

	parts, outcome, rivals := at(part("lab", model.Listed, 0.5), part("bigco", model.Listed, 0.4), part("fund", model.Imported, 0.5))
	assert.Equal(t, []model.Part{karst, {Part: 500_000, Level: model.Listed}}, parts)
	assert.Equal(t, affiliation.Contested, outcome)
	assert.Equal(t, []string{"bigco", "lab"}, rivals)
	parts, outcome = affiliation.NewRoster(doc).Settled(rivals, "lab").At("p", account(1), day("2026-01-01"))
	assert.Equal(t, []model.Part{karst, lab}, parts)
	assert.Equal(t, affiliation.Known, outcome)
}

// An alias that holds under one name says nothing of others who write from the address.
func TestAnAliasUnderANameIsNoOtherAddress(t *testing.T) {
	doc := tender()
	doc.Tables = []model.Table{{
		People:  []model.Person{{Identities: []string{"mail:bob@x.example"}, Employment: []model.Employment{{Vendor: "lab"}}}},
		Aliases: []model.Alias{{From: model.Identity{Name: "Bob", Mail: "root@y.example"}, To: mail("bob@x.example")}},
		Domains: []model.DomainTenure{{Domain: "y.example", Employer: "bigco", Exact: true}}}}
	r := affiliation.NewRoster(doc)
	p := r.People(nil)
	bob, eve := model.Identity{Name: "Bob", Mail: "root@y.example"}, model.Identity{Name: "Eve", Mail: "root@y.example"}
	assert.Equal(t, "mail:bob@x.example", p.Person(bob))
	assert.Equal(t, "mail:root@y.example", p.Person(eve))
	parts, _ := r.At(p.Person(eve), eve, day("2026-01-01"))
	assert.Equal(t, "bigco", parts[0].Vendor, "the address is not listed one by one")
	below := mail("eve@sub.y.example")
	parts, _ = r.At(p.Person(below), below, day("2026-01-01"))
	assert.Equal(t, "y.example", parts[0].Vendor, "an exact domain says nothing of those below it")
}

// An alias joins nobody who is erased, and none to whom several persons are joined.
func TestAliasesJoinNobodyErasedOrContradicted(t *testing.T) {
	doc := tender()
	doc.Tables = []model.Table{{Aliases: []model.Alias{{From: model.Identity{Mail: "old@x.example"}, To: mail("new@x.example")}}}}
	assert.Equal(t, "mail:new@x.example", affiliation.NewRoster(doc).People(nil).Person(mail("old@x.example")))
	for _, erased := range []string{"mail:old@x.example", "mail:new@x.example"} {
		doc.Erased = &model.Erased{Salt: "s", Hashes: map[string]bool{model.EraseHash("s", erased): true}}
		assert.Equal(t, "mail:old@x.example", affiliation.NewRoster(doc).People(nil).Person(mail("old@x.example")), erased)
	}

	doc = tender()
	doc.People = []model.Person{{ID: "p", Identities: []string{"mail:a@x.example"}}, {ID: "q", Identities: []string{"mail:b@x.example"}}}
	to := mail("c@x.example")
	p := affiliation.NewRoster(doc).People([]model.Alias{{From: model.Identity{Mail: "a@x.example"}, To: to}, {From: model.Identity{Mail: "b@x.example"}, To: to}})
	assert.Equal(t, "mail:c@x.example", p.Person(to))
	assert.Equal(t, "p", p.Person(mail("a@x.example")))
}

// A person's own domain is nobody's company.
func TestAPersonalDomainIsNoOrganisation(t *testing.T) {
	doc := tender()
	doc.Personal = []string{"Lovelace.example"}
	parts, outcome := affiliation.NewRoster(doc).At("mail:ada@lovelace.example", mail("ada@mx.lovelace.example"), day("2026-01-01"))
	assert.Equal(t, []model.Part{{Part: model.Whole}}, parts)
	assert.Equal(t, affiliation.Unknown, outcome)
}
