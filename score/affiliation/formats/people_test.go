package formats_test

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/model/tenderfile"
	"github.com/tributary-oss/tributary/score/affiliation/formats"
)

const minimalTender = `format: tributary/1
tender: {id: T-1}
window: {until: 2026-11-01}
projects: {geo: {repositories: [{url: "https://forge.example/geo/geo"}]}}
vendors: {karst: {name: Karst}, delta: {name: Delta}, big-co: {name: Big Co}}
bidders: [{id: karst, vendors: [karst]}]
rosters: [{file: people.yaml, format: tributary}]
`

// vendorOf knows the vendors of the minimal tender, and one that has two names.
func vendorOf(name string) string {
	return map[string]string{"Karst": "karst", "Karst & Fils": "karst", "Delta": "delta", "Big Co": "big-co"}[name]
}

// writePeople writes a table as a people document and reads that as the roster of a tender.
func writePeople(tb testing.TB, t *model.Table) (text string, people []model.Person, notes []model.Note) {
	tb.Helper()
	var b bytes.Buffer
	notes, err := formats.WritePeople(&b, t, vendorOf)
	require.NoError(tb, err)
	tender, err := tenderfile.ReadFS(fstest.MapFS{"tender.yaml": {Data: []byte(minimalTender)}, "people.yaml": {Data: b.Bytes()}}, "tender.yaml")
	require.NoError(tb, err, "%s", b.String())
	return b.String(), tender.People, notes
}

func TestWritePeople(t *testing.T) {
	half, none, third := 0.5, 0.0, 1.0/3
	part := func(f float64) *float64 { return &f }
	of := func(jobs ...model.Employment) model.Table {
		return model.Table{People: []model.Person{{Identities: []string{"mail:a@x.example"}, Employment: jobs}}}
	}
	const (
		a      = "p-1 = mail:a@x.example |"
		whole  = "- people: left out: spans of days on which employments come to more than the whole working time (1)\n"
		others = "- people: left out: employments by others than the vendors of the tender (1)\n"
	)
	for name, c := range map[string]struct {
		table       model.Table
		want, notes string
	}{
		"a move": {of(model.Employment{Vendor: "Karst", Until: on("2026-03-01")}, model.Employment{Vendor: "Delta", From: on("2026-03-01")}),
			a + " karst [,2026-03-01) 1 imported delta [2026-03-01,) 1 imported\n", ""},
		"everything": {of(model.Employment{Vendor: "Big Co", From: on("2020-01-01"), Until: on("2021-01-01"), Fraction: &half, Level: model.Domain},
			model.Employment{Vendor: model.Academic, From: on("2020-01-01"), Fraction: &half}, model.Employment{Vendor: model.Independent, Until: on("2020-01-01"), Level: model.Profile}),
			a + " independent [,2020-01-01) 1 profile big-co [2020-01-01,2021-01-01) 0.5 domain academic [2020-01-01,) 0.5 imported\n", ""},
		"thirds": {of(model.Employment{Vendor: "Karst", Fraction: &third}, model.Employment{Vendor: "Delta", Fraction: &third}, model.Employment{Vendor: "Big Co", Fraction: &third}),
			a + " big-co [,) 0.3333333333333333 imported delta [,) 0.3333333333333333 imported karst [,) 0.3333333333333333 imported\n", ""},
		"hundredths": {of(model.Employment{Vendor: "Big Co", Fraction: part(0.34)}, model.Employment{Vendor: "Delta", Fraction: part(0.56)}, model.Employment{Vendor: "Karst", Fraction: part(0.10)}),
			a + " big-co [,) 0.34 imported delta [,) 0.56 imported karst [,) 0.1 imported\n", ""},
		"two names of one": {of(model.Employment{Vendor: "Karst", Until: on("2021-01-01")}, model.Employment{Vendor: "Karst & Fils", From: on("2020-01-01")}),
			a + " karst [,) 1 imported\n", ""},
		"overlap": {of(model.Employment{Vendor: "Karst", Until: on("2021-01-01")}, model.Employment{Vendor: "Delta", From: on("2020-01-01")}),
			a + " karst [,2020-01-01) 1 imported delta [2021-01-01,) 1 imported\n", whole},
		"better evidence": {of(model.Employment{Vendor: "Karst", From: on("2020-01-01"), Until: on("2021-01-01"), Level: model.Listed}, model.Employment{Vendor: "Delta"}),
			a + " delta [,2020-01-01) 1 imported karst [2020-01-01,2021-01-01) 1 listed delta [2021-01-01,) 1 imported\n", whole},
		"others": {of(model.Employment{Vendor: "Other"}), a + "\n", others},
		"odd": {of(model.Employment{Vendor: "Karst", Fraction: &none}, model.Employment{Vendor: "Karst", From: 7, Until: 7}, model.Employment{Vendor: "Karst", Level: "sworn"}),
			a + "\n", "- people: left out: employments with a level of evidence that does not exist (1)\n" +
				"- people: left out: employments without an employer, a day that can be written or a part of the working time (2)\n"},
		"sources": {of(model.Employment{Vendor: "Karst", Source: "a \"b\": {c} # é\u2028.json:7", Until: 7}, model.Employment{Vendor: "Delta", From: 7, Source: "bell\a"}),
			a + " karst [,1970-01-08) 1 imported delta [1970-01-08,) 1 imported\n", "people: employments without their source, which has characters that no text can hold (1)\n"},
		"identities": {model.Table{People: []model.Person{
			{Identities: []string{"mail:z@x.example", "github:7", "gitlab.com:8", "forge.example:3000:9", "github/z", "launchpad/z"}},
			{Identities: []string{"mail:b <c>@x.example", "mail:d@e@f", "mail:7", "GitHub:9", "mail:\u00ad@x.example", "gitea:x"}},
			{Identities: []string{"mail:Z@x.example", "mail:c@x.example"}}}},
			"p-1 = forge.example:3000:9 github:7 gitlab.com:8 |\np-2 = mail:c@x.example |\np-3 = mail:\u00ad@x.example |\n",
			"- people: left out: identities that several persons state, or a robot too (2)\n- people: left out: identities that the form cannot hold (7)\n"},
		"the rest": {model.Table{People: []model.Person{{Identities: []string{"mail:a@x.example"}}}, Bots: []string{"mail:b@x.example"}, Domains: make([]model.DomainTenure, 2), Names: make([]model.EmployerName, 3), Aliases: make([]model.Alias, 4)},
			a + "\n", "- people: left out: aliases of addresses (4)\n- people: left out: further names of employers (3)\n- people: left out: mail domains of employers (2)\n- people: left out: robots (1)\n"},
	} {
		t.Run(name, func(t *testing.T) {
			_, people, notes := writePeople(t, &c.table)
			assert.Equal(t, c.want, told(&model.Table{People: people}))
			assert.Equal(t, c.notes, remarks(notes))
		})
	}
}

// The document is as it is written by hand.
func TestWritePeopleText(t *testing.T) {
	half := 0.5
	text, people, _ := writePeople(t, &model.Table{People: []model.Person{
		{Identities: []string{"mail:b@x.example"}},
		{Identities: []string{"mail:a&b@x.example", "github:7"}, Employment: []model.Employment{
			{Vendor: "Delta", From: on("2026-03-01"), Fraction: &half, Level: model.Listed, Source: "t.json:7"}, {Vendor: "Karst", Until: on("2026-03-01")}}},
	}})
	assert.Equal(t, `format: tributary-people/1 # half-open UTC days: from inclusive, until exclusive
people:
  - id: p-1
    identities: ["github:7","mail:a&b@x.example"]
    employment:
      - {vendor: "karst", until: 2026-03-01, level: imported}
      - {vendor: "delta", from: 2026-03-01, fraction: 0.5, level: listed, source: "t.json:7"}
  - id: p-2
    identities: ["mail:b@x.example"]
`, text)
	assert.Equal(t, "t.json:7", people[0].Employment[1].Source)
}

func TestWritePeopleIsRefused(t *testing.T) {
	table := &model.Table{People: []model.Person{{Identities: []string{"mail:a@x.example"}, Employment: []model.Employment{{Vendor: "Karst"}}}}}
	for _, id := range []string{"Karst", "-karst", "karst}", "unknown"} {
		_, err := formats.WritePeople(&bytes.Buffer{}, table, func(string) string { return id })
		assert.ErrorContains(t, err, `"`+id+`" is no short name for the employer "Karst"`)
	}
	notes, err := formats.WritePeople(&bytes.Buffer{}, &model.Table{}, vendorOf)
	require.NoError(t, err)
	assert.Equal(t, "people: no person can be written, and a people document needs one\n", remarks(notes))
	for i := range 50_000 {
		table.People = append(table.People, model.Person{Identities: []string{fmt.Sprintf("mail:p%d@%s.example", i, strings.Repeat("x", 60))}})
	}
	notes, err = formats.WritePeople(&bytes.Buffer{}, table, vendorOf)
	require.NoError(t, err)
	assert.Equal(t, "people: the document is larger than 4 MiB and would be refused; split it into several\n", remarks(notes))
	_, err = formats.WritePeople(noRoom{}, table, vendorOf)
	assert.ErrorIs(t, err, errNoRoom)
}

// Whatever a table says, readers take the document, and who worked for whom on a day comes
// back wherever the employments of that day come to no more than the whole.
func TestWritePeopleIsAlwaysTaken(t *testing.T) {
	levels := append(model.Levels(), "")
	for seed := range int64(100) {
		r := rand.New(rand.NewSource(seed))
		table := &model.Table{}
		for i := range 1 + r.Intn(5) {
			p := model.Person{Identities: []string{fmt.Sprintf("mail:p%d@x.example", i)}}
			for range r.Intn(6) {
				e := model.Employment{Vendor: []string{"Karst", "Delta", "Big Co", model.Independent}[r.Intn(4)], From: model.Date(r.Intn(20)), Until: model.Date(r.Intn(40))}
				if part := []float64{1, 1, 0.5, 0.3, 1.0 / 3}[r.Intn(5)]; part != 1 {
					e.Fraction = &part
				}
				e.Level = levels[r.Intn(len(levels))]
				p.Employment = append(p.Employment, e)
			}
			table.People = append(table.People, p)
		}
		first, people, _ := writePeople(t, table)
		for i, p := range table.People {
			for d := model.Date(-1); d < 45; d++ {
				if want := atWork(p, d); want != "" {
					require.Equal(t, want, atWork(people[i], d), "seed %d, person %d, day %d\n%s", seed, i, d, first)
				}
			}
		}
		disorder(r, table)
		again, _, _ := writePeople(t, table)
		require.Equal(t, first, again)
	}
}

// atWork returns the employers on a day, or nothing where they come to more than the whole.
func atWork(p model.Person, d model.Date) string {
	best := map[string]model.Employment{}
	for _, e := range p.Employment {
		name := cmp.Or(vendorOf(e.Vendor), e.Vendor)
		e.Level = cmp.Or(e.Level, model.Imported)
		old, ok := best[name]
		backwards := e.From != 0 && e.Until != 0 && e.From >= e.Until
		better := !ok || e.Level != old.Level && e.Level.Reaches(old.Level) || e.Level == old.Level && e.Share() > old.Share()
		if model.Within(d.Time(), e.From, e.Until) && !backwards && better {
			best[name] = e
		}
	}
	sum, list := 0.0, []string{"|"}
	for name, e := range best {
		sum += e.Share()
		list = append(list, fmt.Sprintf("%s %.3f %s", name, e.Share(), e.Level))
	}
	if sum > 1.000001 {
		return ""
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

func FuzzWritePeople(f *testing.F) {
	f.Add("mail:a@x.example", "github:7", "t.json:1", "2026")
	f.Add("mail:0", "0:0", "0", "\x80")
	f.Add("mail:\u2028@x.\u0085", "host:1:2", "\"}: &a *b !c\n# \\", "{}")
	f.Fuzz(func(t *testing.T, one, two, source, employer string) {
		table := &model.Table{People: []model.Person{
			{Identities: []string{one, "github:1"}, Employment: []model.Employment{{Vendor: "Karst", Source: source, Until: 5}, {Vendor: employer}}},
			{Identities: []string{two, "github:2"}, Employment: []model.Employment{{Vendor: "Delta", Source: employer}}}}}
		_, people, _ := writePeople(t, table)
		for _, p := range people {
			for _, id := range p.Identities {
				require.True(t, slices.Contains([]string{one, two, "github:1", "github:2"}, id), "%q", id)
			}
			for _, e := range p.Employment {
				require.True(t, slices.Contains([]string{"", source, employer}, e.Source), "%q", e.Source)
			}
		}
	})
}

// Every form of a table is read, and what it says of the vendors is written for a tender.
func ExampleWritePeople() {
	const table = `{"users": [{"emails": ["ada@karst.example"], "companies": [
		{"company_name": "Delta", "end_date": "2026-Mar-01"}, {"company_name": "Karst", "end_date": null}]}]}`
	fsys := fstest.MapFS{"default_data.json": {Data: []byte(table)}}
	for _, form := range formats.All() {
		if form.Name != "stackalytics" {
			continue
		}
		t, err := form.Read(fsys, model.Roster{File: "default_data.json"}, nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		notes, err := formats.WritePeople(os.Stdout, t, strings.ToLower)
		fmt.Println(len(notes), err)
	}
	// Output:
	// format: tributary-people/1 # half-open UTC days: from inclusive, until exclusive
	// people:
	//   - id: p-1
	//     identities: ["mail:ada@karst.example"]
	//     employment:
	//       - {vendor: "delta", until: 2026-03-01, level: imported, source: "default_data.json:1"}
	//       - {vendor: "karst", from: 2026-03-01, level: imported, source: "default_data.json:1"}
	// 0 <nil>
}
