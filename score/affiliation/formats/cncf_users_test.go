package formats_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// user writes one object of github_users.json.
func user(login, email, affiliation, source string) string {
	return fmt.Sprintf(`{"login": %q, "email": %q, "affiliation": %q, "source": %q}`, login, email, affiliation, source)
}

func list(objects ...string) string { return "[" + strings.Join(objects, ",\n") + "]\n" }

func TestReadCNCFUsers(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		people []string
		notes  []string
	}{
		"empty": {text: "\ufeff []"},
		"a hand-over without a gap": {
			text:   list(user("ada", "ada!karst.example", "Karst < 2020-03-01, Big Co", "config")),
			people: []string{"github/ada mail:ada@karst.example | Karst [,2020-03-01) Big Co [2020-03-01,)"},
		},
		"a person has several addresses": {
			text:   list(user("ada", "b!x.example", "Karst", "config"), user("Ada", "a@x.example", "Karst", "config"), user("ada", "A!x.example", "Karst", "config")),
			people: []string{"github/Ada mail:A@x.example mail:b@x.example | Karst [,)"},
		},
		"gaps": {
			text: list(user("ada", "a!x.example", "(Unknown) < 2019-01-01, Karst <2020-03-01, NotFound < 2021-01-01, Self < 2022-01-01", "config"),
				user("bob", "b!x.example", "?", "notfound"), user("col", "c!x.example", "", "manual"), user("dan", "d!x.example", "-", "manual")),
			people: []string{
				"github/ada mail:a@x.example | Karst [2019-01-01,2020-03-01) independent [2021-01-01,2022-01-01)",
				"github/bob mail:b@x.example |", "github/col mail:c@x.example |", "github/dan mail:d@x.example |"},
		},
		"a stronger source overrules": {
			text: list(user("ada", "a!x.example", "Karst", "config"), user("ada", "b!x.example", "Big Co", "manual"), user("ada", "c!x.example", "?", "user_manual"),
				user("ada", "d!x.example", "Other", "nobody knows it"), user("ada", "d!x.example", "Other", "nobody knows it"), user("ada", "e!x.example", "Big Co", "domain")),
			people: []string{"github/ada mail:a@x.example mail:b@x.example mail:c@x.example mail:d@x.example mail:e@x.example | Big Co [,)"},
			notes: []string{
				"table:1: object 1: a stronger source of the same account says otherwise, and overrules this",
				"table:4: object 4 has a source that is not known; it and others of this source count as the weakest"},
		},
		"a weaker source that says the same is no remark": {
			text:   list(user("ada", "a!x.example", "Karst", "domain"), user("ada", "a!x.example", "Karst", "manual")),
			people: []string{"github/ada mail:a@x.example | Karst [,)"},
		},
		"equal sources contradict each other": {
			text:   list(user("ada", "a!x.example", "Karst < 2020-03-01, Big Co", "manual"), user("ada", "b!x.example", "Karst", "manual")),
			people: []string{"github/ada mail:a@x.example mail:b@x.example | Karst [,2020-03-01) Karst [,) Big Co [2020-03-01,)"},
			notes:  []string{"table:1: object 1: an employment here overlaps another one of the same account"},
		},
		"two at once": {
			text:   list(user("ada", "a!x.example", "Karst < 2020-03-01, B, A", "manual")),
			people: []string{"github/ada mail:a@x.example | Karst [,2020-03-01) A [2020-03-01,) B [2020-03-01,)"},
			notes:  []string{"table:1: object 1: an employment here overlaps another one of the same account"},
		},
		"nothing between commas, and days without a name": {
			text:   list(user("ada", "a!x.example", "A < 2019-01-01, , < 2020-01-01, B < 2021-01-01,", "manual")),
			people: []string{"github/ada mail:a@x.example | A [,2019-01-01) B [2020-01-01,2021-01-01)"},
		},
		"names with commas": {
			text: list(user("ada", "a!x.example", "Karst, Inc. < 2020-03-01, Big Co, Ltd", "manual"),
				user("bob", "b!x.example", "Rock, Paper < 2020-03-01, Big Co", "manual"),
				user("col", "c!x.example", "A < 2020-03-01, Inc", "manual")),
			people: []string{
				"github/ada mail:a@x.example | Karst, Inc. [,2020-03-01) Big Co, Ltd [2020-03-01,)",
				"github/bob mail:b@x.example |",
				"github/col mail:c@x.example | A [,2020-03-01) Inc [2020-03-01,)"},
			notes: []string{"table:2: the affiliation of object 2 is left out: an employer without a day stands before one with a day; does a name contain a comma? (refused)"},
		},
		"affiliations at odds with the form": {
			text: list(user("ada", "a!x.example", "A < 2020-13-01, B", "manual"), user("bob", "b!x.example", "A < 1970-01-01, B", "manual"),
				user("col", "c!x.example", "A 2020-01-01, B", "manual"), user("dan", "d!x.example", "A < 2020-01-01 < 2021-01-01", "manual")),
			people: []string{"github/ada mail:a@x.example |", "github/bob mail:b@x.example |", "github/col mail:c@x.example |", "github/dan mail:d@x.example |"},
			notes: []string{
				"table:1: the affiliation of object 1 is left out: what follows < is no day; write it as 2026-11-01 (refused)",
				"table:2: the affiliation of object 2 is left out: an employment that ends on 1970-01-01 cannot be told from one that lasts (refused)",
				"table:3: the affiliation of object 3 is left out: a day stands where none is expected; write Company < 2026-11-01 (refused)",
				"table:4: the affiliation of object 4 is left out: what follows < is no day; write it as 2026-11-01 (refused)"},
		},
		"objects that are nobody": {
			text: list(`null`, `7`, `{"login": 7, "email": "a!x.example"}`, user("", "a!x.example", "A", "manual"), user("a b", "a!x.example", "A", "manual"),
				user("ada", "", "A", "manual"), user("ada", "a!x!example", "A", "manual"), `{"email": null}`, user("bob", "b!x.example", "B", "manual")),
			people: []string{"github/bob mail:b@x.example | B [,)"},
			notes: []string{
				"table:1: object 1 is refused: its login is no name of an account (refused)",
				"table:2: object 2 is refused: login, email, affiliation and source of an object must be texts (refused)",
				"table:3: object 3 is refused: login, email, affiliation and source of an object must be texts (refused)",
				"table:4: object 4 is refused: its login is no name of an account (refused)",
				"table:5: object 5 is refused: its login is no name of an account (refused)",
				"table:6: object 6 is refused: its email is no address, such as a!x.example (refused)",
				"table:7: object 7 is refused: its email is no address, such as a!x.example (refused)",
				"table:8: object 8 is refused: its login is no name of an account (refused)"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			table, err := readTable(t, "cncf-users", c.text)
			require.NoError(t, err)
			assert.Equal(t, c.people, whoWorks(table.People))
			assert.Equal(t, c.notes, noteTexts(table.Notes))
		})
	}
}

func TestReadCNCFUsersNamesTheSource(t *testing.T) {
	for source, want := range map[string]string{"user": "table (user)", "domain": "table (domain)", "a!x.example": "table", "": "table"} {
		table, err := readTable(t, "cncf-users", list(user("ada", "a!x.example", "Karst", source)))
		require.NoError(t, err)
		assert.Equal(t, []model.Employment{{Vendor: "Karst", Source: want}}, table.People[0].Employment, "imported, unless the source is known to be weaker")
	}
	ranks := []string{"user_manual", "user", "manual", "config", "domain", "notfound", "else"}
	for i, strong := range ranks {
		for _, weak := range ranks[i+1:] {
			table, err := readTable(t, "cncf-users", list(user("ada", "a!x.example", "Weak", weak), user("ada", "a!x.example", "Strong", strong)))
			require.NoError(t, err)
			assert.Equal(t, []string{"github/ada mail:a@x.example | Strong [,)"}, whoWorks(table.People), "%s before %s", strong, weak)
		}
	}
}

// A bound on each object is none on the file.
func TestReadCNCFUsersLongFile(t *testing.T) {
	long := fmt.Sprintf(`{"login": "ada", "email": "a!x.example", "name": %q}`, strings.Repeat("A", 1<<19))
	table, err := readTable(t, "cncf-users", list(long, long, long, long, long))
	require.NoError(t, err)
	assert.Equal(t, []string{"github/ada mail:a@x.example |"}, whoWorks(table.People))
}

func TestReadCNCFUsersFails(t *testing.T) {
	first := user("ada", "a!x.example", "Karst", "manual")
	for name, c := range map[string]struct{ text, want string }{
		"empty":              {"", "table as cncf-users: after byte 0: unexpected EOF"},
		"no list":            {first, "after byte 1: [ was expected"},
		"no JSON":            {"ada: a!x.example", "invalid character 'a'"},
		"cut in an object":   {"[" + first + ",{\"login\"", fmt.Sprintf("object 2, after byte %d: unexpected EOF", 1+len(first))},
		"cut after a comma":  {"[" + first + ",", fmt.Sprintf("object 2, after byte %d", 1+len(first))},
		"cut after one":      {"[" + first, fmt.Sprintf("after byte %d: unexpected EOF", 1+len(first))},
		"no comma":           {"[" + first + first + "]", fmt.Sprintf("object 2, after byte %d: expected comma", 1+len(first))},
		"broken":             {"[" + first + ", {login: 1}]", "object 2, after byte"},
		"the file goes on":   {list(first) + "[]", "the list has ended, but the file goes on"},
		"an object too long": {list(user("ada", "a!x.example", strings.Repeat("A", 1<<20+1<<16), "manual")), "object 1, after byte 1: an object beyond 1048576 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			table, err := readTable(t, "cncf-users", c.text)
			assert.Nil(t, table, "nothing that was read before is used")
			assert.ErrorContains(t, err, c.want)
		})
	}
	_, err := form(t, "cncf-users").Read(fstest.MapFS{}, model.Roster{File: "absent"}, nil)
	assert.ErrorContains(t, err, "absent")
}

// What the table says of a person's body, age and home is nobody's business: whatever it
// holds, of whatever shape, the result is the same.
func TestReadCNCFUsersDecodesNothingPersonal(t *testing.T) {
	bare, err := readTable(t, "cncf-users", list(user("ada", "a!x.example", "Karst", "manual")))
	require.NoError(t, err)
	for _, value := range []string{`"SECRET"`, `{"x": ["SECRET"]}`, `0.5`, `null`, `true`} {
		object := `{"login": "ada", "email": "a!x.example", "affiliation": "Karst", "source": "manual"`
		for _, field := range []string{"sex", "sex_prob", "age", "country_id", "country", "tz", "location", "name", "commits"} {
			object += fmt.Sprintf(", %q: %s", field, value)
		}
		table, err := readTable(t, "cncf-users", list(object+"}"))
		require.NoError(t, err)
		assert.Equal(t, bare, table)
		assert.NotContains(t, reach(reflect.ValueOf(table)), "SECRET")
	}
}

// reach writes all texts that can be reached from a value.
func reach(v reflect.Value) string {
	switch v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Pointer:
		if !v.IsNil() {
			return reach(v.Elem())
		}
	case reflect.Slice:
		var all string
		for i := range v.Len() {
			all += "\n" + reach(v.Index(i))
		}
		return all
	case reflect.Struct:
		var all string
		for i := range v.NumField() {
			all += "\n" + reach(v.Field(i))
		}
		return all
	}
	return ""
}

func TestWriteCNCFUsers(t *testing.T) {
	for _, c := range writeCases(t) {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			notes, err := form(t, "cncf-users").Write(&out, c.table)
			require.NoError(t, err)
			assert.Equal(t, c.users, out.String())
			assert.Equal(t, c.userNotes, noteTexts(notes))
			_, err = readTable(t, "cncf-users", out.String())
			require.NoError(t, err)
		})
	}
}

// What both forms can hold comes back from them as it was, and is written the same
// whatever the order of people, identities and employments.
func TestCNCFComesBack(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	for range 300 {
		people := inventPeople(r)
		want := whoWorks(people)
		for _, name := range []string{"cncf", "cncf-users"} {
			var out bytes.Buffer
			notes, err := form(t, name).Write(&out, &model.Table{People: people})
			require.NoError(t, err)
			require.Empty(t, notes)
			table, err := readTable(t, name, out.String())
			require.NoError(t, err)
			require.Empty(t, table.Notes)
			require.Equal(t, want, whoWorks(table.People), "%s", out.String())

			var again bytes.Buffer
			_, err = form(t, name).Write(&again, &model.Table{People: shuffled(r, people)})
			require.NoError(t, err)
			require.Equal(t, out.String(), again.String())
		}
	}
}

// inventPeople returns sorted people, each with one employer at a time and never the same
// one twice in a row.
func inventPeople(r *rand.Rand) []model.Person {
	vendors := []string{"Karst", "Big Co", "Rock, Inc.", "Made from Scratch Ltd", model.Independent, model.Academic, "Café"}
	var people []model.Person
	for i := range r.IntN(5) {
		p := model.Person{ID: fmt.Sprintf("github/a%d", i), Identities: []string{fmt.Sprintf("github/a%d", i)}}
		for k := range 1 + r.IntN(3) {
			p.Identities = append(p.Identities, fmt.Sprintf("mail:p%d@host%d.example", i, k))
		}
		day, before := model.Date(r.IntN(2)*17000), -1
		for range r.IntN(5) {
			vendor := r.IntN(len(vendors))
			if vendor == before {
				continue
			}
			from := day
			if r.IntN(3) == 0 && from != 0 {
				from += model.Date(1 + r.IntN(400)) // a gap
			}
			day, before = max(from, 15000)+model.Date(1+r.IntN(1000)), vendor
			p.Employment = append(p.Employment, model.Employment{Vendor: vendors[vendor], From: from, Until: day})
		}
		if n := len(p.Employment); n > 0 && r.IntN(2) == 0 {
			p.Employment[n-1].Until = 0
		}
		people = append(people, p)
	}
	return people
}

func shuffled(r *rand.Rand, people []model.Person) []model.Person {
	people = slices.Clone(people)
	r.Shuffle(len(people), func(i, j int) { people[i], people[j] = people[j], people[i] })
	for i, p := range people {
		ids, jobs := slices.Clone(p.Identities), slices.Clone(p.Employment)
		r.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
		r.Shuffle(len(jobs), func(i, j int) { jobs[i], jobs[j] = jobs[j], jobs[i] })
		people[i].Identities, people[i].Employment = ids, jobs
	}
	return people
}

// The order of objects decides nothing but the places of notes.
func TestReadCNCFUsersInAnyOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	for range 200 {
		var objects []string
		for range r.IntN(8) {
			objects = append(objects, user(pick("ada", "Ada", "bob"), pick("a!x.example", "A!x.example", "b!x.example", "none"),
				pick("Karst", "Karst < 2020-03-01, Big Co", "?", "A, B < 2020-01-01", "Big Co"), pick("config", "manual", "user", "else")))
		}
		first, err := readTable(t, "cncf-users", list(objects...))
		require.NoError(t, err)
		r.Shuffle(len(objects), func(i, j int) { objects[i], objects[j] = objects[j], objects[i] })
		second, err := readTable(t, "cncf-users", list(objects...))
		require.NoError(t, err)
		require.Equal(t, first.People, second.People)
	}
}

func FuzzReadCNCFUsers(f *testing.F) {
	for _, text := range []string{
		"", "[]", list(user("ada", "a!x.example", "Karst < 2020-03-01, Big Co", "config"), user("ada", "b!x.example", "A, B", "else")),
		list(user("ada", "a!x.example", "A, Inc. < 2020-03-01, , ? < 2021-01-01,", "manual"), "null", `{"sex": 1}`), `[{"login": "a"`, `[1] 2`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { examineTable(t, "cncf-users", text) })
}

func FuzzCNCFAffiliation(f *testing.F) {
	for _, text := range []string{"Karst < 2020-03-01, Big Co", "A, Inc. < 2020-03-01, , ? < 2021-01-01,", "A, B, C < 2019-01-01", "A<2020-01-01,B<2019-01-01,C"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		examineTable(t, "cncf-users", list(user("ada", "a!x.example", strings.ToValidUTF8(text, ""), "manual")))
	})
}
