package formats_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation/formats"
)

func form(tb testing.TB, name string) model.RosterFormat {
	tb.Helper()
	all := formats.All()
	n := slices.IndexFunc(all, func(f model.RosterFormat) bool { return f.Name == name })
	require.GreaterOrEqual(tb, n, 0, "no form %s", name)
	return all[n]
}

// readTable reads a text as the file "table" of a form.
func readTable(tb testing.TB, name, text string) (*model.Table, error) {
	tb.Helper()
	fsys := fstest.MapFS{"table": {Data: []byte(text)}}
	return form(tb, name).Read(fsys, model.Roster{File: "table", Format: name}, nil)
}

// whoWorks writes the people of a table as lines, without sources.
func whoWorks(people []model.Person) []string {
	var lines []string
	for _, p := range people {
		line := strings.Join(p.Identities, " ") + " |"
		for _, e := range p.Employment {
			line += fmt.Sprintf(" %s [%s,%s)", e.Vendor, e.From, e.Until)
		}
		lines = append(lines, line)
	}
	return lines
}

func noteTexts(notes []model.Note) []string {
	var lines []string
	for _, n := range notes {
		lines = append(lines, n.String()+map[bool]string{true: " (refused)"}[n.Refused])
	}
	return lines
}

func TestReadCNCF(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		people []string
		notes  []string
	}{
		"empty": {},
		"a hand-over without a gap": {
			text:   "# heading\n\nada: ada!karst.example, ada!home.example\n\tKarst until 2020-03-01\n\tBig Co from 2020-03-01\n",
			people: []string{"github/ada mail:ada@home.example mail:ada@karst.example | Karst [,2020-03-01) Big Co [2020-03-01,)"},
		},
		"a hand-over that states its end only, in any order": {
			text: "ada: ada!karst.example\n\tC\n\tB until 2021-01-01\n\tA until 2020-03-01\n",
			people: []string{
				"github/ada mail:ada@karst.example | A [,2020-03-01) B [2020-03-01,2021-01-01) C [2021-01-01,)"},
		},
		"a gap": {
			text:   "ada: a!x.example\n\tA until 2020-03-01\n\tNotFound until 2021-01-01\n\tB\n\t(Unknown) from 2024-01-01\n",
			people: []string{"github/ada mail:a@x.example | A [,2020-03-01) B [2021-01-01,)"},
		},
		"a beginning that is stated is not moved": {
			text:   "ada: a!x.example\n\tA until 2020-03-01\n\tB from 2022-01-01\n\tC until 2021-01-01 from 2020-06-01\n",
			people: []string{"github/ada mail:a@x.example | A [,2020-03-01) C [2020-06-01,2021-01-01) B [2022-01-01,)"},
		},
		"since ever, in so many words": {
			text:   "ada: a!x.example\n\tA until 2020-03-01\n\tA from 1970-01-01\n",
			people: []string{"github/ada mail:a@x.example | A [,2020-03-01) A [,)"},
		},
		"own words for own account and for schools": {
			text:   "ada: a!x.example\n\tSelf until 2020-03-01\n\tAcademia\n",
			people: []string{"github/ada mail:a@x.example | independent [,2020-03-01) academic [2020-03-01,)"},
		},
		"names that hold the words of days": {
			text:   "ada: a!x.example\n\tMade from Scratch until Dawn Ltd from 2020-03-01\n",
			people: []string{"github/ada mail:a@x.example | Made from Scratch until Dawn Ltd [2020-03-01,)"},
		},
		"blocks of one account contradict each other": {
			text: "Ada*: a!x.example\n\tKarst*\nbob: b!x.example\n\tKarst\nada: b!y.example, A!x.example\n\tBig Co from 2020-01-01\n\tKarst\n",
			people: []string{
				"github/Ada mail:A@x.example mail:b@y.example | Karst [,) Big Co [2020-01-01,)",
				"github/bob mail:b@x.example | Karst [,)"},
			notes: []string{
				"table:1: the table marks contradictions with a star, here first; lines that bear one: 2",
				"table:6: an employment here overlaps another one of the same account"},
		},
		"heading of the file without a sign": {
			text:   "Developers\nForm: account, addresses\n\tEmployer until day\n\nada: a!x.example\n\tKarst\n",
			people: []string{"github/ada mail:a@x.example | Karst [,)"},
			notes:  []string{"table:1: text before the first block is taken for the heading of the file"},
		},
		"what is no mail address": {
			text:   "ada: a!x.example, nobody, a!b!c, !x.example, a!, , a!b@c.example\n",
			people: []string{"github/ada mail:a!b@c.example mail:a@x.example |"},
			notes:  []string{"table:1: mail addresses that are none, such as a!x.example would be: 4 (refused)"},
		},
		"what is no block": {
			text:   "ada: a!x.example\n\tKarst\nno block\n\tKarst\na b: c!x.example\n\tKarst\n",
			people: []string{"github/ada mail:a@x.example | Karst [,)"},
			notes: []string{
				"table:3: the beginning of a block was expected, such as login: a!x.example, b!y.example (refused)",
				"table:4: an employer under no account; put it below a line such as login: a!x.example (refused)",
				"table:5: the beginning of a block was expected, such as login: a!x.example, b!y.example (refused)",
				"table:6: an employer under no account; put it below a line such as login: a!x.example (refused)"},
		},
		"a refused line takes those with it whose beginning hangs on it": {
			text:   "ada: a!x.example\n\tA until 2020-03-01\n\tB until 2021-13-01\n\tC\n\tD from 2024-01-01\nbob: b!x.example\n\tE\n",
			people: []string{"github/ada mail:a@x.example | D [2024-01-01,)", "github/bob mail:b@x.example | E [,)"},
			notes: []string{
				"table:2: it is not known when this begins, for line 3 is refused; write from and a day (refused)",
				"table:3: what follows until is no day; write it as 2026-11-01 (refused)",
				"table:4: it is not known when this begins, for line 3 is refused; write from and a day (refused)"},
		},
		"days that say nothing": {
			text:   "ada: a!x.example\n\tA from 2020-03-01 until 2020-03-01\n\tB from 2020-01-01 from 2020-03-01\n\tC until 1970-01-01\n\tuntil 2020-03-01\n\tD from today\n",
			people: []string{"github/ada mail:a@x.example |"},
			notes: []string{
				"table:2: the employment ends on the day it begins, or before; correct its days (refused)",
				"table:3: a day stands where none is expected; write Company from 2026-11-01 until 2026-12-01 (refused)",
				"table:4: an employment that ends on 1970-01-01 cannot be told from one that lasts; leave it out (refused)",
				"table:5: the employer is missing before its days (refused)",
				"table:6: what follows from is no day; write it as 2026-11-01 (refused)"},
		},
		"days before 1970": {
			text:   "ada: a!x.example\n\tA until 1960-01-01\n\tB from 1960-01-01 until 1965-01-01\n",
			people: []string{"github/ada mail:a@x.example | A [,1960-01-01) B [1960-01-01,1965-01-01)"},
		},
		"a later employment inside the first hides no overlap": {
			text:   "ada: a!x.example\n\tA from 2019-01-01 until 2025-01-01\n\tA from 2020-01-01 until 2021-01-01\n\tB from 2022-01-01\n",
			people: []string{"github/ada mail:a@x.example | A [2019-01-01,2025-01-01) A [2020-01-01,2021-01-01) B [2022-01-01,)"},
			notes:  []string{"table:4: an employment here overlaps another one of the same account"},
		},
		"sorted by ids as they are written": {
			text:   "ada: a!x.example\nBob: b!x.example\n",
			people: []string{"github/Bob mail:b@x.example |", "github/ada mail:a@x.example |"},
		},
		"Windows' ends of lines and Latin-1": {
			text:   "\ufeffada: a@x.example\r\n    Caf\xe9 until 2020-03-01\r\n",
			people: []string{"github/ada mail:a@x.example | Café [,2020-03-01)"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			table, err := readTable(t, "cncf", c.text)
			require.NoError(t, err)
			assert.Equal(t, c.people, whoWorks(table.People))
			assert.Equal(t, c.notes, noteTexts(table.Notes))
		})
	}
}

func TestReadCNCFPlaces(t *testing.T) {
	table, err := readTable(t, "cncf", "ada: a!x.example\n\tKarst until 2020-03-01\n\nada: b!x.example\n\tKarst until 2020-03-01\n\tBig Co\n")
	require.NoError(t, err)
	require.Len(t, table.People, 1)
	day, _ := model.ParseDate("2020-03-01")
	assert.Equal(t, []model.Employment{
		{Vendor: "Karst", Until: day, Source: "table:2"},
		{Vendor: "Big Co", From: day, Source: "table:6"},
	}, table.People[0].Employment, "the level is for who reads the tender to fill in")
	assert.Equal(t, "github/ada", table.People[0].ID)
}

func TestReadCNCFFails(t *testing.T) {
	_, err := readTable(t, "cncf", `[{"login": "ada", "email": "a!x.example"}]`)
	require.ErrorContains(t, err, "table as cncf: no line such as login: a!x.example was found")
	_, err = form(t, "cncf").Read(fstest.MapFS{}, model.Roster{File: "absent"}, nil)
	require.ErrorContains(t, err, "absent")
	_, err = readTable(t, "cncf", "ada: a!x.example\n\t"+strings.Repeat("x", 1<<20))
	require.ErrorContains(t, err, "line 2")
}

func TestWriteCNCF(t *testing.T) {
	for _, c := range writeCases(t) {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			notes, err := form(t, "cncf").Write(&out, c.table)
			require.NoError(t, err)
			assert.Equal(t, c.cncf, out.String())
			assert.Equal(t, c.cncfNotes, noteTexts(notes))
		})
	}
}

func TestWriteCNCFFails(t *testing.T) {
	table := &model.Table{People: []model.Person{{Identities: []string{"github/ada", "mail:" + strings.Repeat("a", 1<<16) + "@x.example"}}}}
	for _, name := range []string{"cncf", "cncf-users"} {
		full := iotest.ErrReader(errors.New("disk full"))
		_, err := form(t, name).Write(writerOf(full.Read), table)
		assert.ErrorContains(t, err, "disk full", name)
		_, err = form(t, name).Write(writerOf(full.Read), &model.Table{People: []model.Person{{Identities: []string{"github/ada", "mail:a@x.example"}}}})
		assert.ErrorContains(t, err, "disk full", name)
	}
}

type writerOf func([]byte) (int, error)

func (w writerOf) Write(b []byte) (int, error) { return w(b) }

type writeCase struct {
	name                 string
	table                *model.Table
	cncf, users          string
	cncfNotes, userNotes []string
}

func writeCases(t *testing.T) []writeCase {
	t.Helper()
	day := func(s string) model.Date {
		d, err := model.ParseDate(s)
		require.NoError(t, err)
		return d
	}
	half := 0.5
	return []writeCase{
		{name: "nothing", table: &model.Table{}, users: "[]\n"},
		{
			name: "sorted, with a hand-over, a gap and a start",
			table: &model.Table{People: []model.Person{
				{Identities: []string{"mail:zoe@x.example", "github/zoe"}, Employment: []model.Employment{
					{Vendor: "Big Co", From: day("2020-03-01")}, {Vendor: "Karst", Until: day("2020-03-01")}}},
				{Identities: []string{"mail:b@x.example", "github/Ada", "mail:a@x.example"}, Employment: []model.Employment{
					{Vendor: model.Independent, From: day("2023-01-01"), Until: day("2024-01-01")},
					{Vendor: "Karst", From: day("2019-01-01"), Until: day("2020-03-01")}}},
			}},
			cncf: "Ada: a!x.example, b!x.example\n\tKarst from 2019-01-01 until 2020-03-01\n\tIndependent from 2023-01-01 until 2024-01-01\n" +
				"zoe: zoe!x.example\n\tKarst until 2020-03-01\n\tBig Co from 2020-03-01\n",
			users: `[
{"login":"Ada","email":"a!x.example","affiliation":"(Unknown) < 2019-01-01, Karst < 2020-03-01, (Unknown) < 2023-01-01, Independent < 2024-01-01","source":"config"}
,{"login":"Ada","email":"b!x.example","affiliation":"(Unknown) < 2019-01-01, Karst < 2020-03-01, (Unknown) < 2023-01-01, Independent < 2024-01-01","source":"config"}
,{"login":"zoe","email":"zoe!x.example","affiliation":"Karst < 2020-03-01, Big Co","source":"config"}
]
`,
		},
		{
			name: "employers at once",
			table: &model.Table{People: []model.Person{{Identities: []string{"github/ada", "mail:a@x.example"}, Employment: []model.Employment{
				{Vendor: "Karst"}, {Vendor: "Big Co", Until: day("2020-03-01")}, {Vendor: "Karst", From: day("2024-01-01")}}}}},
			cncf:      "ada: a!x.example\n\tBig Co until 2020-03-01\n\tKarst from 1970-01-01\n\tKarst from 2024-01-01\n",
			users:     "[\n{\"login\":\"ada\",\"email\":\"a!x.example\",\"affiliation\":\"(Unknown) < 2020-03-01, Karst\",\"source\":\"config\"}\n]\n",
			userNotes: []string{"cncf-users: employments of ada overlap; the days for which there is more than one employer are left out (refused)"},
		},
		{
			name: "what neither form can hold",
			table: &model.Table{
				People: []model.Person{
					{Identities: []string{"mail:bob@x.example", "github:7"}, Employment: []model.Employment{{Vendor: "Karst"}}},
					{Identities: []string{"github/ada", "github/ada2", "github/Ada2", "github/a b", "github:8", "gitlab.com/ada", "mail:a@x.example", "mail:a,b@x.example", "mail:*a@x.example", "mail: b@x.example", "mail:\xff@x.example"}, Employment: []model.Employment{
						{Vendor: "Half", Fraction: &half}, {Vendor: "Typed", Level: model.Profile}, {Vendor: "Unknown"}, {Vendor: "#1"}, {Vendor: "Two\nLines"}, {Vendor: "\xff"}, {Vendor: "Karst*"},
						{Vendor: "Backwards", From: 2, Until: 1}, {Vendor: "Ends until 2020-01-01"}}},
				},
				Aliases: []model.Alias{{}}, Domains: []model.DomainTenure{{}, {}}, Names: []model.EmployerName{{}}, Bots: []string{"github/bot"},
			},
			cncf: "ada: a!x.example\nAda2: a!x.example\n",
			users: `[
{"login":"ada","email":"a!x.example","affiliation":"(Unknown)","source":"config"}
,{"login":"Ada2","email":"a!x.example","affiliation":"(Unknown)","source":"config"}
]
`,
			cncfNotes: lostEverywhere("cncf"), userNotes: lostEverywhere("cncf-users"),
		},
		{
			name: "what one form can hold",
			table: &model.Table{People: []model.Person{
				{Identities: []string{"github/ada", "mail:a!b@x.example"}, Employment: []model.Employment{{Vendor: "Rock, Paper & Co"}, {Vendor: "A < B"}, {Vendor: "Karst,"}}},
				{Identities: []string{"github/bob"}, Employment: []model.Employment{{Vendor: "Rock, Inc."}}}}},
			cncf:  "ada: a!b@x.example\n\tA < B\n\tKarst,\n\tRock, Paper & Co\nbob:\n\tRock, Inc.\n",
			users: "[\n{\"login\":\"ada\",\"email\":\"a!b@x.example\",\"affiliation\":\"(Unknown)\",\"source\":\"config\"}\n]\n",
			userNotes: []string{
				"cncf-users: an employment of ada is left out: its name would not be read as it is (refused)",
				"cncf-users: an employment of ada is left out: its name would not be read as it is (refused)",
				"cncf-users: an employment of ada is left out: its name would not be read as it is (refused)",
				"cncf-users: bob is left out: this form has room for accounts with a mail address only (refused)"},
		},
	}
}

func lostEverywhere(file string) []string {
	unread := file + ": an employment of Ada2 is left out: its name or its days would not be read as they are (refused)"
	return []string{
		file + ": an employment of Ada2 is left out: it is self-typed (refused)",
		file + ": an employment of Ada2 is left out: it takes part of the working time (refused)",
		unread, unread, unread, unread, unread, unread, unread,
		file + ": left out, as this form has no place for them: accounts known by number, or of other forges: 4 (refused)",
		file + ": left out, as this form has no place for them: aliases: 1 (refused)",
		file + ": left out, as this form has no place for them: further names of employers: 1 (refused)",
		file + ": left out, as this form has no place for them: mail addresses with signs that the form cannot hold: 4 (refused)",
		file + ": left out, as this form has no place for them: mail domains of employers: 2 (refused)",
		file + ": left out, as this form has no place for them: people without the name of an account of GitHub: 1 (refused)",
		file + ": left out, as this form has no place for them: robots: 1 (refused)",
		file + ": the accounts of one person become several persons: Ada2, ada",
	}
}

func FuzzReadCNCF(f *testing.F) {
	for _, text := range []string{
		"", "# a\n\nada*: a!x.example, b!y.example\n\tKarst* until 2020-03-01\n\tBig Co from 2020-03-01\nada: c!z.example\n\tSelf\n",
		"Developers\n\tA until 2020-13-01\na: b\n\tfrom 2020-01-01\n\tA from 2020-01-01 until 2019-01-01\n", "a:\n\tA until 1970-01-01\n", "\ufeffa: \xff!b\n\t\xff",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { examineTable(t, "cncf", text) })
}

// examineTable reads anything: nothing may panic, notes repeat no address, and what a form
// has made of a text it writes and reads again as the same people, save for notes.
func examineTable(t *testing.T, name, text string) {
	t.Helper()
	table, err := readTable(t, name, text)
	if err != nil {
		require.Nil(t, table)
		return
	}
	for _, n := range table.Notes {
		require.NotContains(t, strings.NewReplacer("a!x.example", "", "b!y.example", "").Replace(n.Text), "!", "a note with an address")
	}
	for _, p := range table.People {
		require.Equal(t, slices.Min(p.Identities), p.ID)
		for _, e := range p.Employment {
			require.NotEmpty(t, e.Vendor)
			require.True(t, e.From == 0 || e.Until == 0 || e.From < e.Until, "%+v", e)
		}
	}
	var out bytes.Buffer
	notes, err := form(t, name).Write(&out, table)
	require.NoError(t, err)
	again, err := readTable(t, name, out.String())
	require.NoError(t, err)
	if len(notes) == 0 {
		require.Equal(t, whoWorks(joined(table.People)), whoWorks(joined(again.People)), "%s", out.String())
	}
	var twice bytes.Buffer
	_, err = form(t, name).Write(&twice, again)
	require.NoError(t, err)
	require.Equal(t, out.String(), twice.String())
}

// joined returns people with one employment where several of one employer touch.
func joined(people []model.Person) []model.Person {
	people = slices.Clone(people)
	for i, p := range people {
		jobs := slices.Clone(p.Employment)
		slices.SortStableFunc(jobs, func(a, b model.Employment) int { return strings.Compare(a.Vendor, b.Vendor) })
		var whole []model.Employment
		for _, e := range jobs {
			last := len(whole) - 1
			if last >= 0 && whole[last].Vendor == e.Vendor && (whole[last].Until == 0 || e.From == 0 || e.From <= whole[last].Until) {
				if whole[last].Until != 0 && (e.Until == 0 || e.Until > whole[last].Until) {
					whole[last].Until = e.Until
				}
				continue
			}
			whole = append(whole, e)
		}
		people[i].Employment = whole
	}
	return people
}
