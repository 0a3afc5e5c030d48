package affiliation_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation"
)

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func date(s string) model.Date { return model.DateOf(day(s)) }

func mail(s string) model.Identity { return model.Identity{Name: "N", Mail: s} }

func tender() *model.Tender {
	t := model.NewTender()
	t.Evidence = model.Profile
	t.Vendors = map[string]model.Vendor{
		"karst":   {Name: "Karst SARL", Domains: []model.MailDomain{{Name: "Karst.example"}, {Name: "old.example", Until: date("2024-01-01")}}},
		"bigco":   {Domains: []model.MailDomain{{Name: "bigco.example"}, {Name: "old.example", From: date("2024-01-01")}}, Parent: []model.Parent{{Vendor: "holding", From: date("2025-07-01")}}},
		"holding": {Parent: []model.Parent{{Vendor: "fund", Until: date("2026-01-01")}}},
		"lab":     {Domains: []model.MailDomain{{Name: "lab.bigco.example"}}},
	}
	return t
}

func TestVendorAtADate(t *testing.T) {
	doc := tender()
	doc.People = []model.Person{
		{ID: "p", Identities: []string{"mail:P@web.de", "github:77"}, Employment: []model.Employment{
			{Vendor: "karst", Until: date("2025-01-01"), Level: model.Listed},
			{Vendor: "bigco", From: date("2025-01-01"), Level: model.Imported},
			{Vendor: "karst", From: date("2025-01-01"), Level: model.Profile}}},
	}
	r := affiliation.NewRoster(doc)
	for _, c := range []struct {
		person, mail, at, want string
		outcome                affiliation.Outcome
	}{
		{"", "a@karst.example", "2020-01-01", "karst", affiliation.Known},
		{"", "a@EU.KARST.example", "2020-01-01", "karst", affiliation.Known},
		{"", "a@notkarst.example", "2020-01-01", "notkarst.example", affiliation.Guessed},
		{"", "a@x.lab.bigco.example", "2020-01-01", "lab", affiliation.Known},
		{"", "a@old.example", "2023-12-31", "karst", affiliation.Known},
		{"", "a@old.example", "2024-01-01", "bigco", affiliation.Known},
		{"", "a@gmail.com", "2024-01-01", "", affiliation.Unknown},
		{"p", "p@web.de", "2024-12-31", "karst", affiliation.Known},
		{"p", "p@web.de", "2025-01-01", "bigco", affiliation.Known}, // imported beats profile
		{"p", "p@karst.example", "2025-01-01", "karst", affiliation.Known},
	} {
		shares, outcome := r.At(c.person, mail(c.mail), day(c.at))
		assert.Equal(t, c.want, shares[0].Vendor, "%v", c)
		assert.Equal(t, c.outcome, outcome, "%v", c)
		assert.EqualValues(t, 1_000_000, shares[0].Part)
	}
}

func TestGroupFollowsParentsByDate(t *testing.T) {
	r := affiliation.NewRoster(tender())
	assert.Equal(t, "bigco", r.Group("bigco", day("2025-06-30")))
	assert.Equal(t, "fund", r.Group("bigco", day("2025-07-01")))
	assert.Equal(t, "holding", r.Group("bigco", day("2026-01-01")))
	assert.Equal(t, "elsewhere.example", r.Group("elsewhere.example", day("2026-01-01")))
	assert.Empty(t, r.Group(model.Independent, day("2026-01-01")), "people on their own are no group")

	doc := tender()
	doc.Vendors["fund"] = model.Vendor{Parent: []model.Parent{{Vendor: "bigco"}}}
	assert.NotPanics(t, func() { affiliation.NewRoster(doc).Group("bigco", day("2025-08-01")) }, "a circle ends")
}

func TestPersons(t *testing.T) {
	doc := tender()
	doc.People = []model.Person{{ID: "ada", Identities: []string{"mail:ada@karst.example", "github:12345"}}}
	p := affiliation.NewRoster(doc).People([]model.Alias{
		{From: model.Identity{Mail: "ADA@home.example"}, To: model.Identity{Mail: "ada@karst.example"}},
		{From: model.Identity{Name: "Bob", Mail: "shared@x.example"}, To: model.Identity{Mail: "bob@x.example"}},
		{From: model.Identity{Mail: "ada@home.example"}, To: model.Identity{Mail: "other@x.example"}}, // too late
		{From: model.Identity{Mail: ""}, To: model.Identity{Mail: "thief@x.example"}},
	})
	p.Learn(model.Identity{Mail: "99+carol@users.noreply.github.com"})
	for _, c := range []struct {
		id   model.Identity
		want string
	}{
		{mail("Ada@Karst.example"), "ada"},
		{mail("ada@HOME.example"), "ada"},
		{mail("12345+adal@users.noreply.github.com"), "ada"},
		{model.Identity{Account: "github:12345", Login: "adal"}, "ada"},
		{model.Identity{Name: "bob", Mail: "Shared@x.example"}, "mail:bob@x.example"},
		{model.Identity{Name: "Eve", Mail: "shared@x.example"}, "mail:shared@x.example"},
		{model.Identity{Name: "Ada", Mail: "ada@else.example"}, "mail:ada@else.example"}, // never on a name alone
		{model.Identity{Login: "Carol"}, "mail:99+carol@users.noreply.github.com"},
		{model.Identity{Login: "dave"}, "login:dave"},
		{model.Identity{Name: "Dave"}, "name:Dave"},
		{model.Identity{}, ""},
	} {
		assert.Equal(t, c.want, p.Person(c.id), "%+v", c.id)
	}
	assert.True(t, affiliation.OnlyLogin(p.Person(model.Identity{Login: "dave"})))
	assert.False(t, affiliation.OnlyLogin("ada"))
}

func TestAccountsMeetTheirAddresses(t *testing.T) {
	doc := tender()
	doc.People = []model.Person{{ID: "ed", Identities: []string{"mail:ed@karst.example"}}}
	p := affiliation.NewRoster(doc).People([]model.Alias{
		{From: mail("12+ed@users.noreply.github.com"), To: mail("ed@karst.example")},
		{From: mail("13+flo@users.noreply.github.com"), To: mail("flo@karst.example")},
	})
	forge := func(account, login string) model.Identity { return model.Identity{Account: account, Login: login} }
	hidden := func(local string) model.Identity { return mail(local + "@users.noreply.github.com") }
	for _, id := range []model.Identity{forge("github:12", "ed"), forge("github:14", "gil"), hidden("12+ed"), hidden("13+flo"),
		hidden("14+gil"), hidden("14+gilbert"), hidden("Hal"), forge("github:15", "hal"), forge("github:16", "ivy"), hidden("17+jo")} {
		p.Learn(id)
	}
	for _, c := range []struct {
		id   model.Identity
		want string
	}{
		{forge("github:12", "renamed"), "ed"},
		{forge("github:13", "flo"), "mail:flo@karst.example"},
		{forge("github:14", "gil"), "mail:14+gil@users.noreply.github.com"},
		{hidden("14+gilbert"), "mail:14+gil@users.noreply.github.com"}, // one account under two names
		{forge("github:15", "HAL"), "mail:hal@users.noreply.github.com"},
		{hidden("hal"), "mail:hal@users.noreply.github.com"},
		{forge("gitlab:15", "hal"), "gitlab:15"}, // another forge
		{forge("github:16", "ivy"), "github:16"},
		{forge("github:18", "jo"), "github:18"}, // the name's number is another one
		{model.Identity{Login: "Ivy"}, "github:16"},
		{model.Identity{Login: "ed"}, "ed"},
		{model.Identity{Account: "github:12", Mail: "someone@else.example"}, "mail:someone@else.example"},
	} {
		assert.Equal(t, c.want, p.Person(c.id), "%+v", c.id)
	}
}

func TestOrganisations(t *testing.T) {
	for mail, want := range map[string]string{
		"a@redhat.com":                    "redhat.com",
		"a@mail.eng.redhat.com":           "redhat.com",
		"a@lab.uni.ac.uk":                 "uni.ac.uk",
		"a@gmail.com":                     "",
		"a@yahoo.co.uk":                   "",
		"a@users.noreply.github.com":      "",
		"a@github.com":                    "github.com",
		"a@localhost":                     "",
		"a@laptop.local":                  "",
		"a@laptop.(none)":                 "",
		"a@192.168.1.2":                   "",
		"no address":                      "",
		"":                                "",
		"a@karst.example":                 "karst.example",
		"ada@lovelace.name":               "",
		"ada@lovelace.me.uk":              "",
		"a@b@redhat.com":                  "",
		"a@" + strings.Repeat("x", 1<<16): "",
	} {
		assert.Equal(t, want, affiliation.Organisation(mail), mail)
	}
}

func TestPublicMailIsAPlainList(t *testing.T) {
	list := affiliation.PublicMail()
	assert.Contains(t, list, "gmail.com")
	assert.True(t, affiliation.IsPublicMail("GMail.com"))
	assert.True(t, affiliation.IsPublicMail("users.noreply.github.com"))
	assert.True(t, affiliation.IsPublicMail("yahoo.co.uk"))
	assert.False(t, affiliation.IsPublicMail("github.com"))
	assert.False(t, affiliation.IsPublicMail("karst.example"))
	for _, d := range list {
		assert.Equal(t, strings.ToLower(d), d)
		assert.True(t, strings.Contains(d, "."), d)
	}
}

// Private addresses of forges are their accounts': by number, and by name where the forge
// gives no number. They are evidence for no employer, not even for whoever runs the forge.
func TestPrivateAddressesOfForges(t *testing.T) {
	doc := tender()
	for i, id := range []string{"github:12345", "gitlab.com:77", "git.karst.example:5", "codeberg.org/eve", "github/old"} {
		doc.People = append(doc.People, model.Person{ID: fmt.Sprint("p-", i), Identities: []string{id}})
	}
	r := affiliation.NewRoster(doc)
	p := r.People(nil)
	for address, want := range map[string]string{
		"12345+ada@users.noreply.github.com":    "p-0",
		"77-ada-b@users.noreply.gitlab.com":     "p-1",
		"5-bob@users.noreply.git.karst.example": "p-2",
		"5+bob@users.noreply.git.karst.example": "p-2", // a GitHub server
		"Eve@noreply.codeberg.org":              "p-3",
		"9+eve@noreply.codeberg.org":            "p-3",
		"old@users.noreply.github.com":          "p-4",
		"12345-ada@users.noreply.github.com":    "mail:12345-ada@users.noreply.github.com", // a name of that form
		"77-ada@users.noreply.elsewhere.org":    "mail:77-ada@users.noreply.elsewhere.org",
	} {
		assert.Equal(t, want, p.Person(mail(address)), address)
		_, outcome := r.At(want, mail(address), day("2026-01-01"))
		assert.Equal(t, affiliation.Unknown, outcome, address)
		assert.Empty(t, affiliation.Organisation(address), address)
	}
}

// Tables know accounts by name; numbers go first, as names change hands.
func TestAccountsByNameAndNumber(t *testing.T) {
	doc := tender()
	doc.People = []model.Person{{ID: "now", Identities: []string{"github:2"}}}
	doc.Tables = []model.Table{{People: []model.Person{{Identities: []string{"github/ada", "mail:ada@x.example"}}}}}
	p := affiliation.NewRoster(doc).People(nil)
	assert.Equal(t, "mail:ada@x.example", p.Person(model.Identity{Account: "github:1", Login: "Ada"}))
	assert.Equal(t, "now", p.Person(model.Identity{Account: "github:2", Login: "ada"}))
	assert.Equal(t, "gitlab.com:1", p.Person(model.Identity{Account: "gitlab.com:1", Login: "ada"}))
}

// Names of employers are the vendors' on their days, and others' where they are not.
func TestNamesOfEmployers(t *testing.T) {
	doc := tender()
	doc.Vendors["karst"] = model.Vendor{Name: "Karst SARL", Names: []model.VendorName{{Name: "Karst & Fils", Until: date("2020-01-01")}}}
	doc.Tables = []model.Table{{
		People: []model.Person{{Identities: []string{"mail:ada@x.example"}, Employment: []model.Employment{{Vendor: "KARST  & fils"}}},
			{Identities: []string{"mail:bob@x.example"}, Employment: []model.Employment{{Vendor: "K.S."}}},
			{Identities: []string{"mail:cy@x.example"}, Employment: []model.Employment{{Vendor: "Independent"}}}},
		Names: []model.EmployerName{{Name: "K.S.", Employer: "Karst SARL"}}}}
	r := affiliation.NewRoster(doc)
	for _, c := range [][3]string{{"ada", "2019-12-31", "karst"}, {"ada", "2020-01-01", "KARST & fils"}, {"bob", "2025-01-01", "karst"}, {"cy", "2025-01-01", model.Independent}} {
		parts, outcome := r.At("mail:"+c[0]+"@x.example", model.Identity{}, day(c[1]))
		assert.Equal(t, c[2], parts[0].Vendor, c)
		assert.Equal(t, affiliation.Known, outcome)
	}
}

// What joins two persons wrongly joins nobody, and is found.
func TestFindings(t *testing.T) {
	doc := tender()
	doc.People = []model.Person{{ID: "p-1", Identities: []string{"mail:a@x.example"}}, {ID: "p-2", Identities: []string{"mail:b@x.example"}}}
	large := model.Person{}
	for n := range 9 {
		large.Identities = append(large.Identities, fmt.Sprintf("mail:many%d@x.example", n))
	}
	doc.Tables = []model.Table{{
		People: []model.Person{
			{Identities: []string{"mail:a@x.example", "mail:b@x.example", "mail:c@x.example"}, Employment: []model.Employment{{Vendor: "karst"}}},
			{Identities: []string{"mail:root@x.example", "mail:d@x.example"}}, {Identities: []string{"mail:root@x.example", "mail:e@x.example"}},
			large},
		Domains: []model.DomainTenure{{Domain: "GMail.com", Employer: "BigCo"}}}}
	r := affiliation.NewRoster(doc)
	p := r.People(nil)
	for address, want := range map[string]string{"a@x.example": "p-1", "b@x.example": "p-2", "c@x.example": "mail:c@x.example",
		"d@x.example": "mail:d@x.example", "e@x.example": "mail:e@x.example", "root@x.example": "mail:root@x.example", "many8@x.example": "mail:many0@x.example"} {
		assert.Equal(t, want, p.Person(mail(address)), address)
	}
	for _, who := range []string{"p-1", "p-2", "mail:c@x.example"} {
		parts, _ := r.At(who, model.Identity{}, day("2026-01-01"))
		assert.Equal(t, "karst", parts[0].Vendor, "an entry that joins nobody speaks of each")
	}
	var kinds []string
	for _, f := range r.Findings() {
		kinds = append(kinds, string(f.Kind)+" "+f.Subject)
	}
	assert.Equal(t, []string{"large-cluster mail:many0@x.example", "public-domain GMail.com", "shared-identity mail:root@x.example", "shared-identity p-1"}, kinds)
}

// A vendor's list makes no one person of two whom a rival lists, and takes nobody's claims
// away by splitting one.
func TestAListJoinsNoRivals(t *testing.T) {
	doc := tender()
	list := func(vendor string, people ...[]string) (table model.Table) {
		for _, ids := range people {
			table.People = append(table.People, model.Person{Identities: ids, Employment: []model.Employment{{Vendor: vendor, Level: model.Listed}}})
		}
		return table
	}
	doc.Tables = []model.Table{
		list("bigco", []string{"github:1", "github:2"}, []string{"github:3", "mail:cy@x.example"}),
		list("karst", []string{"github:1", "mail:ada@x.example"}, []string{"github:2", "mail:bob@x.example"}, []string{"github:3"}),
		{People: []model.Person{{Identities: []string{"github:3", "github:4"}}, {Identities: []string{"mail:bob@x.example", "mail:ada@x.example"}}}},
	}
	r := affiliation.NewRoster(doc)
	p := r.People(nil)
	who := func(account string) string { return p.Person(model.Identity{Account: account}) }
	assert.NotEqual(t, who("github:1"), who("github:2"))
	for _, account := range []string{"github:1", "github:2", "github:3"} {
		_, outcome := r.At(who(account), model.Identity{}, day("2026-01-01"))
		assert.Equal(t, affiliation.Contested, outcome, account)
		assert.Equal(t, []string{"bigco", "karst"}, r.Rivals(who(account), model.Identity{}, day("2026-01-01")), account)
	}
	assert.Equal(t, "mail:cy@x.example", who("github:3"), "two lists that agree on a person are joined")
	assert.Equal(t, "mail:cy@x.example", who("github:4"), "and a table may add to it")
	assert.NotEqual(t, p.Person(mail("bob@x.example")), p.Person(mail("ada@x.example")), "but joins nobody whom lists keep apart")
}

// A table's domains say nothing of the addresses that it lists, nor of those that are
// aliases of them, also on days of which it says nothing.
func TestAListedAddressGoesBeforeItsDomain(t *testing.T) {
	doc := tender()
	doc.Tables = []model.Table{{
		People: []model.Person{{Identities: []string{"mail:ada@elsewhere.example"}, Employment: []model.Employment{{Vendor: "Acme", Until: date("2020-01-01")}}},
			{Identities: []string{"mail:bob@karst.example"}, Employment: []model.Employment{{Vendor: "Acme"}}}},
		Aliases: []model.Alias{{From: model.Identity{Mail: "b@elsewhere.example"}, To: mail("a@elsewhere.example")}, {From: model.Identity{Mail: "a@elsewhere.example"}, To: mail("ada@elsewhere.example")}},
		Domains: []model.DomainTenure{{Domain: "elsewhere.example", Employer: "Elsewhere Ltd"}}}}
	r := affiliation.NewRoster(doc)
	p := r.People(nil)
	for _, c := range []struct {
		address, at, want string
		outcome           affiliation.Outcome
	}{
		{"ada@elsewhere.example", "2019-12-31", "Acme", affiliation.Known},
		{"b@elsewhere.example", "2019-12-31", "Acme", affiliation.Known},
		{"other@elsewhere.example", "2019-12-31", "Elsewhere Ltd", affiliation.Known},
		{"other@sub.elsewhere.example", "2020-01-01", "Elsewhere Ltd", affiliation.Known},
		{"bob@karst.example", "2020-01-01", "karst", affiliation.Known}, // the vendor's own domain goes before a table
	} {
		parts, outcome := r.At(p.Person(mail(c.address)), mail(c.address), day(c.at))
		assert.Equal(t, c.want, parts[0].Vendor, c.address)
		assert.Equal(t, c.outcome, outcome, c.address)
	}
	for _, address := range []string{"ada@elsewhere.example", "b@elsewhere.example"} {
		parts, _ := r.At(p.Person(mail(address)), mail(address), day("2020-01-01"))
		assert.NotEqual(t, "Elsewhere Ltd", parts[0].Vendor, address)
	}
}

// A table that lists two addresses one by one does not keep apart whom .mailmap joins: they
// are one person, and each act is the employer's that the table gives to its address. A
// people document does keep them apart.
func TestMailmapJoinsWhomATableListsTwice(t *testing.T) {
	doc := tender()
	doc.Tables = []model.Table{{People: []model.Person{
		{Identities: []string{"mail:ada@prior.example"}, Employment: []model.Employment{{Vendor: "karst"}}},
		{Identities: []string{"mail:ada@new.example"}, Employment: []model.Employment{{Vendor: "bigco"}}}}}}
	aliases := []model.Alias{{From: model.Identity{Mail: "ada@prior.example"}, To: mail("ada@new.example")}, {From: model.Identity{Mail: "ada@former.example"}, To: mail("ada@new.example")}}
	r := affiliation.NewRoster(doc)
	p := r.People(aliases)
	for address, want := range map[string]string{"ada@prior.example": "karst", "ada@new.example": "bigco", "ada@former.example": "bigco"} {
		assert.Equal(t, "mail:ada@new.example", p.Person(mail(address)), address)
		parts, _ := r.At(p.Person(mail(address)), mail(address), day("2025-01-01"))
		assert.Equal(t, want, parts[0].Vendor, address)
	}
	doc.People = []model.Person{{ID: "p-1", Identities: []string{"mail:ada@prior.example"}}}
	p = affiliation.NewRoster(doc).People(aliases)
	assert.Equal(t, "p-1", p.Person(mail("ada@prior.example")))
	assert.Equal(t, "p-1", p.Person(mail("ada@new.example")), "the table's one joins the document's")
	doc.People = append(doc.People, model.Person{ID: "p-2", Identities: []string{"mail:ada@new.example"}})
	p = affiliation.NewRoster(doc).People(aliases)
	assert.Equal(t, "p-1", p.Person(mail("ada@prior.example")))
	assert.Equal(t, "p-2", p.Person(mail("ada@new.example")))
}

// What a table says of a person goes before what one says of the mail domain.
func TestAPersonGoesBeforeADomainOfATable(t *testing.T) {
	doc := tender()
	doc.Tables = []model.Table{{
		People:  []model.Person{{Identities: []string{"github/ada"}, Employment: []model.Employment{{Vendor: "Acme"}}}},
		Domains: []model.DomainTenure{{Domain: "elsewhere.example", Employer: "Elsewhere Ltd"}}}}
	r := affiliation.NewRoster(doc)
	id := model.Identity{Account: "github:1", Login: "ada", Mail: "ada@elsewhere.example"}
	parts, outcome := r.At(r.People(nil).Person(id), id, day("2025-01-01"))
	assert.Equal(t, affiliation.Known, outcome)
	assert.Equal(t, "Acme", parts[0].Vendor)
}

// Further names lead on to the vendor; a name that a vendor bears itself leads nowhere.
func TestFurtherNamesLeadOn(t *testing.T) {
	doc := tender()
	job := func(mail, employer string) model.Person {
		return model.Person{Identities: []string{mail}, Employment: []model.Employment{{Vendor: employer}}}
	}
	doc.Tables = []model.Table{{
		People: []model.Person{job("mail:a@x.example", "One"), job("mail:b@x.example", "Karst SARL"), job("mail:c@x.example", "Round")},
		Names: []model.EmployerName{{Name: "One", Employer: "Two"}, {Name: "Two", Employer: "Karst SARL"}, {Name: "Karst SARL", Employer: "Else"},
			{Name: "Round", Employer: "About"}, {Name: "About", Employer: "Round"}}}}
	r := affiliation.NewRoster(doc)
	for address, want := range map[string][]string{"a": {"karst"}, "b": {"karst"}, "c": {"Round", "About"}} {
		parts, _ := r.At("mail:"+address+"@x.example", model.Identity{}, day("2025-01-01"))
		assert.Contains(t, want, parts[0].Vendor, address)
	}
}
