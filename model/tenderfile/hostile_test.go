package tenderfile

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// repeat joins n texts made from their number.
func repeat(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// A hostile document is refused in a moment, whatever it repeats. Each of these
// made the YAML parser or a check take minutes, or overflow the stack, before
// its bound was set.
func TestHostileDocumentsAreRefusedSoon(t *testing.T) {
	if testing.Short() {
		t.Skip("no two goroutines meet in it: the run without -short shows it")
	}
	const n = 30_000
	for name, c := range map[string]struct{ text, want string }{
		"too big":            {small + strings.Repeat("#", maxBytes), tooBigTender},
		"brackets":           {strings.Repeat("[", n), tooDeep},
		"braces":             {strings.Repeat("{a: ", n), tooDeep},
		"dashes":             {strings.Repeat("- ", n), tooDeep},
		"keys on a line":     {strings.Repeat("a: ", n), tooDeep},
		"dashes and keys":    {strings.Repeat("- a: ", n), tooDeep},
		"indentation":        {repeatIndented(200), tooDeep},
		"JSON brackets":      {strings.Repeat("[", n) + strings.Repeat("]", n), tooDeep},
		"keys":               {repeat(n, "k%d: v\n"), tooWide},
		"same key":           {strings.Repeat("k: v\n", n), tooWide},
		"empty values":       {strings.Repeat("- k:\n", n), tooEmpty},
		"empty flow values":  {"{" + strings.Repeat("k: , ", n) + "}", tooEmpty},
		"words in braces":    {"{" + strings.Repeat("k, ", n) + "}", tooEmpty},
		"values":             {strings.Repeat("- a\n", maxValues/2+1), tooManyTender},
		"JSON values":        {"[" + strings.Repeat("1,", maxValues) + "1]", tooManyTender},
		"question marks":     {strings.Repeat("? ", n), "keys marked with ?"},
		"tags":               {strings.Repeat("!a ", n), "tags are not read"},
		"anchors":            {strings.Repeat("- &a b\n", n), "anchors and aliases"},
		"documents":          {strings.Repeat("--- a\n", n), "a second document"},
		"one long word":      {strings.Repeat("x", maxBytes-1), "wants keys with values"},
		"long comment block": {strings.Repeat("# a\n", n), "the file is empty"},
		"unknown vendors": {small + "vendors:\n" + repeat(9000, "  v%d: {parent: [{vendor: w%[1]d}]}\n"),
			`unknown vendor "w0"; did you mean "v0"?`},
		"owners":    {small + "vendors: {b: {parent: [" + strings.Repeat("{vendor: b, until: 2000-01-02},", n) + "]}}", "has two owners"},
		"domains":   {small + "vendors: {b: {domains: [" + strings.Repeat("{name: b.example},", n) + "]}, c: {domains: [{name: b.example}]}}", "belongs to c"},
		"tower":     {small + "vendors:\n" + tower(9000), `more than 32 owners stand above "v0"`},
		"circle":    {small + "vendors: {v31: {parent: [{vendor: v0}]}," + strings.ReplaceAll(tower(31), "\n", ",") + "}", `"v31" owns itself`},
		"bidders":   {strings.ReplaceAll(small, "all", "") + repeat(20_000, " - {id: b%d, vendors: [v%[1]d], lots: [x]}\n"), "unknown vendor"},
		"end marks": {"a: b\n" + strings.Repeat("...\n", n), "a second document"},
	} {
		start := time.Now()
		_, err := ReadFS(files("t.yaml", c.text), "t.yaml")
		if assert.Error(t, err, name) {
			assert.Contains(t, err.Error(), c.want, name)
			assert.NotContains(t, err.Error(), "cannot be read as YAML", name)
		}
		assert.Less(t, time.Since(start), 2*time.Minute, name)
		t.Logf("%-20s %8d bytes %v", name, len(c.text), time.Since(start).Round(time.Millisecond))
	}
}

// tower is n vendors, each owned by the next, and the last one.
func tower(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "  v%d: {parent: [{vendor: v%d}]}\n", i, i+1)
	}
	fmt.Fprintf(&b, "  v%d: {}", n)
	return b.String()
}

func repeatIndented(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%sa:\n", strings.Repeat(" ", i))
	}
	return b.String()
}

// A roster may be larger than a tender, and larger in JSON than in YAML. Beyond
// that it is refused, and none asks for work out of proportion to its size: a
// long name was once written for a million messages that nobody was to see.
func TestHostileRostersAreRefusedSoon(t *testing.T) {
	if testing.Short() {
		t.Skip("no two goroutines meet in it: the run without -short shows it")
	}
	const n = 400_000
	within := peopleJSON(1000)
	for name, c := range map[string]struct{ file, text, want string }{
		"YAML too big":        {"p.yaml", strings.Repeat("#", maxBytes+1), tooBigYAML},
		"YAML values":         {"p.yaml", strings.Repeat("- a\n", maxValues/2+1), tooManyYAML},
		"JSON too big":        {"p.json", within + strings.Repeat(" ", maxJSONBytes), tooBigJSON},
		"JSON values":         {"p.json", "[" + strings.Repeat("1,", maxJSONValues-1) + "1]", tooManyJSON},
		"JSON named .yaml":    {"p.yaml", "[" + strings.Repeat("1,", maxJSONValues-1) + "1]", tooManyJSON},
		"JSON depth":          {"p.json", strings.Repeat("[", 9000) + strings.Repeat("]", 9000), tooDeep},
		"JSON texts":          {"p.json", roster(`"id": "p-1", "identities": [` + strings.Repeat(`"x",`, n) + `"x"]`), "this is no identity"},
		"JSON no texts":       {"p.json", roster(`"id": "p-1", "identities": [` + strings.Repeat(`{},`, n) + `{}]`), "wants a text, not keys with values"},
		"JSON nulls":          {"p.json", roster(`"id": "p-1", "identities": [` + strings.Repeat(`null,`, n) + `0]`), "has no value"},
		"JSON no persons":     {"p.json", `{"people": [` + strings.Repeat(`{},`, n) + `{}]}`, `missing key "identities"`},
		"JSON levels":         {"p.json", roster(`"employment": [` + strings.Repeat(`{"level": "x"},`, n) + `{}]`), `unknown level "x"`},
		"JSON dates":          {"p.json", roster(`"employment": [` + strings.Repeat(`{"from": "x"},`, n) + `{}]`), `"x" is no date`},
		"JSON vendors":        {"p.json", roster(`"employment": [` + strings.Repeat(`{"vendor": "krast"},`, n) + `{}]`), `unknown vendor "krast"`},
		"JSON fractions":      {"p.json", roster(`"employment": [` + strings.Repeat(`{"fraction": 2},`, n) + `{}]`), `"fraction" is 2`},
		"JSON keys":           {"p.json", roster(repeat(n, `"identitie%d": 0,`) + `"identities": []`), `unknown key "identitie0"`},
		"JSON same key":       {"p.json", roster(strings.Repeat(`"id": 0,`, n) + `"id": 0`), "duplicate key"},
		"JSON same id":        {"p.json", `{"people": [` + strings.Repeat(`{"id": "a"},`, n) + `{}]}`, "missing key"},
		"JSON long id":        {"p.json", roster(`"id": "` + strings.Repeat("é", 6*n) + `", "identities": [` + strings.Repeat(`"a:1",`, n) + `"a:1"]`), "already belongs"},
		"JSON long id with @": {"p.json", roster(`"id": "@` + strings.Repeat("é", 6*n) + `", "identities": [` + strings.Repeat(`"a:1",`, n) + `"a:1"]`), "already belongs"},
		"JSON jobs":           {"p.json", roster(`"id": "p-1", "employment": [` + jobs(3*n/2) + `]`), "overlapping"},
		"JSON cut":            {"p.json", strings.Repeat("[", maxJSONBytes), noJSON},
		"JSON as large, cut":  {"p.json", within + strings.Repeat(" ", maxJSONBytes-len(within)-1) + "]", noJSON},
	} {
		start := time.Now()
		fsys := files("t.yaml", strings.ReplaceAll(withPeople, "people.json", c.file), c.file, c.text)
		_, err := ReadFS(fsys, "t.yaml")
		if assert.Error(t, err, name) {
			assert.Contains(t, err.Error(), c.want, name)
		}
		assert.Less(t, time.Since(start), 30*time.Second, name)
		t.Logf("%-20s %8d bytes %v", name, len(c.text), time.Since(start).Round(time.Millisecond))
	}
}

// roster is a people document of one person.
func roster(person string) string { return `{"people": [{` + person + `}]}` }

// jobs are n jobs that take next to no time, and pairs that take twice the whole,
// now and then.
func jobs(n int) string {
	var b strings.Builder
	for i := range 300 {
		day := fmt.Sprintf("%04d-01-0", 1000+i)
		fmt.Fprintf(&b, `{"vendor": "karst", "from": "%s1", "until": "%[1]s3"}, {"vendor": "karst", "from": "%[1]s2", "until": "%[1]s4"}, `, day)
	}
	return b.String() + strings.Repeat(`{"vendor": "karst", "fraction": 1e-12}, `, n) + `{"vendor": "karst"}`
}

// What is just within the bounds is read, whatever the file is called.
func TestLargestRosters(t *testing.T) {
	if testing.Short() {
		t.Skip("no two goroutines meet in it: the run without -short shows it")
	}
	within := peopleJSON(1000)
	within += strings.Repeat("\n", maxJSONBytes-len(within))
	for _, file := range []string{"p.json", "p.yaml"} {
		tender, err := ReadFS(files("t.yaml", strings.ReplaceAll(withPeople, "people.json", file), file, within), "t.yaml")
		if assert.NoError(t, err, file) {
			assert.Len(t, tender.People, 1000, file)
		}
	}
}

// A roster of ten thousand people in YAML is within the bounds.
func TestLargeRoster(t *testing.T) {
	if testing.Short() {
		t.Skip("no two goroutines meet in it: the run without -short shows it")
	}
	people := "format: tributary-people/1\npeople:\n" + repeat(10_000, `  - id: p-%d
    identities: ["mail:p%[1]d@karst.example", "github:%[1]d"]
    employment:
      - {vendor: karst, from: 2015-01-01, until: 2020-01-01}
      - {vendor: independent, from: 2020-01-01}
`)
	start := time.Now()
	tender, err := ReadFS(files("t.yaml", small+"vendors: {karst: {}}\nrosters: [{file: people.yaml, format: tributary}]\n",
		"people.yaml", people), "t.yaml")
	assert.NoError(t, err)
	assert.Len(t, tender.People, 10_000)
	t.Logf("%d bytes in %v", len(people), time.Since(start))
}
