package formats_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation/formats"
)

// formNamed returns a form by its name.
func formNamed(tb testing.TB, name string) model.RosterFormat {
	tb.Helper()
	for _, f := range formats.All() {
		if f.Name == name {
			return f
		}
	}
	require.Fail(tb, "no such form", name)
	return model.RosterFormat{}
}

// readAs reads a text as the file t.json of a form.
func readAs(tb testing.TB, name, text string) (*model.Table, error) {
	tb.Helper()
	return formNamed(tb, name).Read(fstest.MapFS{"t.json": {Data: []byte(text)}}, model.Roster{File: "t.json"}, nil)
}

// writeAs writes a table in a form.
func writeAs(tb testing.TB, name string, t *model.Table) (string, []model.Note) {
	tb.Helper()
	var b bytes.Buffer
	notes, err := formNamed(tb, name).Write(&b, t)
	require.NoError(tb, err)
	return b.String(), notes
}

// told writes a table as text, one thing a line. Sources and notes are left out.
func told(t *model.Table) string {
	var b strings.Builder
	for _, p := range t.People {
		fmt.Fprintf(&b, "%s = %s |", p.ID, strings.Join(p.Identities, " "))
		for _, e := range p.Employment {
			fmt.Fprintf(&b, " %s [%s,%s)", e.Vendor, e.From, e.Until)
			if e.Fraction != nil || e.Level != "" {
				fmt.Fprintf(&b, " %g %s", e.Share(), e.Level)
			}
		}
		b.WriteString("\n")
	}
	for _, d := range t.Domains {
		fmt.Fprintf(&b, "%s is %s [%s,%s) exact %v\n", d.Domain, d.Employer, d.From, d.Until, d.Exact)
	}
	for _, n := range t.Names {
		fmt.Fprintf(&b, "%s also %s\n", n.Employer, n.Name)
	}
	for _, id := range t.Bots {
		fmt.Fprintf(&b, "robot %s\n", id)
	}
	return b.String()
}

// remarks writes notes as text, one a line; those on what was left out begin with "-".
func remarks(notes []model.Note) string {
	var b strings.Builder
	for _, n := range notes {
		fmt.Fprintln(&b, strings.TrimLeft(map[bool]string{true: "- "}[n.Refused]+n.String(), " "))
	}
	return b.String()
}

func on(s string) model.Date {
	d, err := model.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// readCase is a text and what is made of it.
type readCase struct{ text, want, notes string }

func runReadCases(t *testing.T, form string, cases map[string]readCase) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			table, err := readAs(t, form, c.text)
			require.NoError(t, err)
			assert.Equal(t, c.want, told(table))
			assert.Equal(t, c.notes, remarks(table.Notes))
		})
	}
}

func TestJSONTablesThatCannotBeRead(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":          {"", "t.json, line 1, byte 1: the file ends before the document does"},
		"cut":            {"{\"users\": [\n{\"emails\": [", "t.json, line 2, byte 25: the file ends before the document does"},
		"cut in a list":  {"{\"users\": [", "t.json, line 1, byte 12: the file ends before the document does"},
		"comma":          {"{\"users\": [\n{},\n]}", "t.json, line 3, byte 17: invalid character ']' looking for beginning of value"},
		"word":           {"\ufeff{\"users\": [\n{}, {\"emails\": [nobody]}]}", "t.json, line 2, byte 33: invalid character 'o' in literal null (expecting 'u')"},
		"key":            {"{\"repos\": {\"a\" 1}, \"users\": []}", "t.json, line 1, byte 16: expected colon after object key"},
		"line in a text": {"{\"repos\": {\"a\": 1},\n\"users\": [\n\"a\nb\"]}", "t.json, line 3, byte 34: invalid character '\\n' in string literal"},
		"no comma":       {"{\"users\": [1 [2,}]}", "t.json, line 1, byte 14: expected comma after array element"},
		"no object":      {"[]", "t.json, line 1, byte 2: a JSON object was expected, which begins with {"},
		"goes on":        {"{\"users\": [], \"uidentities\": {}}\n{}", "t.json, line 2, byte 35: the document has ended, but the file goes on"},
		"nested deep":    {"{\"users\": [" + strings.Repeat("[", 20_000), "exceeded max depth"},
		"skipped deep":   {"{\"repos\": " + strings.Repeat("{\"a\":", 20_000), "exceeded max depth"},
		"long value":     {"{\"users\": [\"" + strings.Repeat("x", 5<<20) + "\"]}", "longer than 4 MiB"},
		"long and empty": {"{\"users\": " + strings.Repeat("\n", 5<<20) + "[]}", "longer than 4 MiB"},
		"neither":        {"{\"people\": []}", "t.json has neither"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, form := range []string{"stackalytics", "sortinghat"} {
				table, err := readAs(t, form, c.text)
				assert.Nil(t, table)
				require.ErrorContains(t, err, c.want)
				assert.ErrorContains(t, err, "t.json")
			}
		})
	}
	_, err := formNamed(t, "sortinghat").Read(fstest.MapFS{}, model.Roster{File: "t.json"}, nil)
	assert.ErrorContains(t, err, "t.json")
}

// What a section is not, and what is skipped, harms nothing.
func TestJSONTablesOfOtherShapes(t *testing.T) {
	table, err := readAs(t, "stackalytics", `{"users": {"a": [{}, 1e999]},
		"repos": [{"a": {"b": [1e999, "\ud800", null]}}, 3], "x": 1e999, "y": {}, "companies": 7}`)
	require.NoError(t, err)
	assert.Empty(t, told(table))
	assert.Equal(t, "- t.json:1: users is left out, as it is no list\n- t.json:2: companies is left out, as it is no list\n", remarks(table.Notes))
	table, err = readAs(t, "sortinghat", `{"uidentities": [{}], "organizations": "x", "blacklist": {}}`)
	require.NoError(t, err)
	assert.Empty(t, told(table))
	assert.Equal(t, 3, strings.Count(remarks(table.Notes), "is left out, as it is no "))
}

// Only one value is bounded, not the whole of the file, as long as it is not absurd.
func TestJSONTablesMayBeLarge(t *testing.T) {
	var b strings.Builder
	b.WriteString("{")
	for i := range 300_000 {
		fmt.Fprintf(&b, "\"key%d\": 1, ", i)
	}
	b.WriteString("\"repos\": [" + strings.Repeat("\"a/b/c\",\n", 600_000) + "1], \"users\": [")
	for i := range 30_000 {
		fmt.Fprintf(&b, "{\"user_name\": %q, \"emails\": [\"p%05d@x.example\"]},\n", strings.Repeat("x", 150), i)
	}
	b.WriteString("{\"emails\": [\"q@x.example\"], \"companies\": [{\"company_name\": \"A\", \"end_date\": null}]}]}")
	table, err := readAs(t, "stackalytics", b.String())
	require.NoError(t, err)
	require.Len(t, table.People, 30_001)
	assert.Equal(t, "t.json:630001", table.People[30_000].Employment[0].Source)
}

// Who leaves A on the first of March works for B from that day on, after reading as well as
// after writing and reading.
func TestJSONTablesKeepTheDayOfAMove(t *testing.T) {
	want := "mail:ada@x.example = mail:ada@x.example | A [,2026-03-01) B [2026-03-01,)\n"
	for form, text := range map[string]string{
		"stackalytics": `{"users": [{"emails": ["ada@x.example"], "companies": [
			{"company_name": "B", "end_date": null}, {"company_name": "A", "end_date": "2026-Mar-01"}]}]}`,
		"sortinghat": `{"uidentities": {"1": {"identities": [{"email": "ada@x.example"}], "enrollments": [
			{"organization": "B", "start": "2026-03-01T00:00:00", "end": "2100-01-01T00:00:00"},
			{"organization": "A", "start": "1900-01-01T00:00:00", "end": "2026-03-01T00:00:00"}]}}}`,
	} {
		table, err := readAs(t, form, text)
		require.NoError(t, err)
		assert.Equal(t, want, told(table), form)
		assert.Empty(t, table.Notes, form)
		again, notes := writeAs(t, form, table)
		assert.Empty(t, notes, form)
		table, err = readAs(t, form, again)
		require.NoError(t, err)
		assert.Equal(t, want, told(table), form)
	}
}

// What a form can hold comes back from it, whatever the order of the table.
func TestJSONTablesComeBack(t *testing.T) {
	for form, hosts := range map[string][]string{"stackalytics": {"github/", "launchpad/"}, "sortinghat": {"github/", "gitlab.com/"}} {
		for seed := range int64(150) {
			r := rand.New(rand.NewSource(seed))
			table := inventTable(r, form, hosts)
			want := told(table)
			first := ""
			for range 3 {
				disorder(r, table)
				text, notes := writeAs(t, form, table)
				require.Empty(t, notes, "seed %d", seed)
				if first == "" {
					first = text
				}
				require.Equal(t, first, text, "seed %d", seed)
			}
			back, err := readAs(t, form, first)
			require.NoError(t, err)
			require.NotContains(t, remarks(back.Notes), "- ")
			require.Equal(t, want, told(back), "seed %d", seed)
		}
	}
}

// inventTable makes a sorted table that the form can hold.
func inventTable(r *rand.Rand, form string, hosts []string) *model.Table {
	t := &model.Table{}
	for i := range r.Intn(8) {
		ids := []string{fmt.Sprintf("mail:P%d@x.example", i)}
		for k, host := range hosts {
			if r.Intn(2) == 0 {
				ids = append(ids, fmt.Sprintf("%sp%d", host, i), fmt.Sprintf("mail:p%d@y%d.example", i, k))
			}
		}
		slices.Sort(ids)
		t.People = append(t.People, model.Person{ID: ids[0], Identities: ids, Employment: inventJobs(r)})
	}
	slices.SortFunc(t.People, func(a, b model.Person) int { return strings.Compare(a.ID, b.ID) })
	for i := range r.Intn(5) {
		t.Domains = append(t.Domains, model.DomainTenure{Domain: fmt.Sprintf("d%d.example", i), Employer: inventEmployer(r), Exact: form == "sortinghat" && r.Intn(2) == 0})
	}
	if form == "stackalytics" {
		for i := range r.Intn(5) {
			t.Names = append(t.Names, model.EmployerName{Name: fmt.Sprintf("N%d & <Söhne>", i), Employer: "Co 1"})
		}
	}
	for i := range r.Intn(3) {
		t.Bots = append(t.Bots, fmt.Sprintf("mail:bot%d@x.example", i))
	}
	return t
}

func inventEmployer(r *rand.Rand) string {
	return []string{"Co 1", "Két \"Kft\"", model.Independent, model.Academic, "*Stars", "2 <3>"}[r.Intn(6)]
}

// inventJobs makes employments that do not overlap, with and without gaps, none of which
// could be joined with the next.
func inventJobs(r *rand.Rand) []model.Employment {
	var list []model.Employment
	from := model.Date(r.Intn(2) * (1 + r.Intn(20_000)))
	for range r.Intn(4) {
		e := model.Employment{Vendor: inventEmployer(r), From: from, Until: from + 1 + model.Date(r.Intn(500))}
		if n := len(list); n > 0 && list[n-1].Vendor == e.Vendor {
			continue
		}
		list = append(list, e)
		from = e.Until + model.Date(r.Intn(2)*r.Intn(300))
	}
	if n := len(list); n > 0 && r.Intn(2) == 0 {
		list[n-1].Until = 0
	}
	return list
}

// disorder shuffles all lists of a table.
func disorder(r *rand.Rand, t *model.Table) {
	swap(r, t.People)
	swap(r, t.Domains)
	swap(r, t.Names)
	swap(r, t.Bots)
	for _, p := range t.People {
		swap(r, p.Identities)
		swap(r, p.Employment)
	}
}

func swap[T any](r *rand.Rand, list []T) {
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}

var errNoRoom = errors.New("no room")

type noRoom struct{}

func (noRoom) Write([]byte) (int, error) { return 0, errNoRoom }

func TestJSONTablesTellWhenTheyCannotBeWritten(t *testing.T) {
	for _, form := range []string{"stackalytics", "sortinghat"} {
		_, err := formNamed(t, form).Write(noRoom{}, &model.Table{})
		assert.ErrorIs(t, err, errNoRoom)
	}
}

// requireSound checks what holds of every table that is read, and that what is written of
// it once comes back as it is.
func requireSound(t *testing.T, form string, table *model.Table) {
	t.Helper()
	for _, n := range table.Notes {
		require.NotContains(t, n.Text, "@x.")
		require.Positive(t, n.Line)
	}
	require.IsIncreasing(t, append([]string{""}, table.Bots...))
	for _, d := range table.Domains {
		require.Equal(t, strings.ToLower(d.Domain), d.Domain)
		require.NotEmpty(t, d.Employer)
	}
	for _, p := range table.People {
		require.Equal(t, slices.Min(p.Identities), p.ID)
		for _, e := range p.Employment {
			require.NotEmpty(t, e.Vendor)
			require.NotEmpty(t, e.Source)
			require.True(t, e.From == 0 || e.Until == 0 || e.From < e.Until, e)
		}
	}
	once, _ := writeAs(t, form, table)
	back, err := readAs(t, form, once)
	require.NoError(t, err)
	twice, notes := writeAs(t, form, back)
	require.Empty(t, notes)
	require.Equal(t, once, twice)
}
