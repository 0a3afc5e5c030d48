package tenderfile

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

const noJSON = "this is no JSON; look for a missing comma, quote or bracket here or just before, or name the file .yaml to write YAML"

const small = "format: tributary/1\nwindow: {until: 2026-11-01}\nprojects: {b: {repositories: [{url: https://forge.example/b}]}, a: {repositories: [{url: ./a}]}}\nbidders: all\n"

// files makes a file system of names and contents, in turn.
func files(pairs ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i+1 < len(pairs); i += 2 {
		fsys[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return fsys
}

func day(t *testing.T, s string) model.Date {
	d, err := model.ParseDate(s)
	require.NoError(t, err)
	return d
}

func TestReadComplete(t *testing.T) {
	tender, err := Read("testdata/complete.yaml")
	require.NoError(t, err)
	assert.Equal(t, model.About{ID: "RE-2026-017", Title: "Geoportal support", Buyer: "Région Exemple", Notice: day(t, "2026-12-01")}, tender.About)
	assert.Equal(t, model.Window{Until: day(t, "2026-11-01"), Months: 36}, tender.Window)
	assert.Equal(t, 12.0, tender.MinimumPoints)
	assert.Equal(t, []string{"geoserver", "geotools"}, tender.ProjectNames())
	geoserver := tender.Projects["geoserver"]
	assert.Equal(t, "it serves every map of the geoportal", geoserver.Reason)
	assert.Equal(t, model.Repository{URL: "https://github.com/geoserver/geoserver", Forge: "github", Branches: []string{"main", "2.*.x"},
		Tips: map[string]string{"main": "9f1c2d3e4a5b6c7d8e9f0a1b2c3d4e5f60718293"}}, geoserver.Repositories[0])
	assert.Equal(t, model.Threshold{T: 240}, geoserver.Thresholds[model.Changes])
	assert.Equal(t, model.Threshold{None: true}, geoserver.Thresholds[model.Security])
	assert.Equal(t, map[string]float64{"geoserver": 3, "geotools": 1}, tender.Lots[0].Projects)
	assert.Nil(t, tender.Lots[0].Points)
	assert.Equal(t, 20.0, *tender.Lots[1].Points)
	assert.Equal(t, []model.Parent{{Vendor: "holding", From: day(t, "2025-07-01")}}, tender.Vendors["bigco"].Parent)
	assert.Equal(t, []string{"karst"}, tender.Bidders.List[1].Subcontractors)
	assert.Equal(t, "vendor: karst", tender.Decisions[1].Decide)
	assert.Equal(t, model.Artifact("person:p-2"), tender.Decisions[2].On)
	assert.Equal(t, day(t, "2025-01-01"), tender.Decisions[2].Until)
	assert.Equal(t, []model.VendorName{{Name: "Karst & Fils", Until: day(t, "2019-01-01")}}, tender.Vendors["karst"].Names)
	assert.Equal(t, day(t, "2025-01-01"), tender.Vendors["karst"].Keys[0].From)
	assert.Equal(t, []string{"ada.example"}, tender.Personal)
	assert.Len(t, tender.Erased.Hashes, 1)
	assert.Equal(t, &model.Objection{By: "karst", At: day(t, "2026-11-18"), Text: "The module is our own work"}, tender.Decisions[0].Objection)

	require.Len(t, tender.People, 2)
	assert.Equal(t, "p-1", tender.People[0].ID)
	assert.Equal(t, 1.0, *tender.People[0].Employment[0].Fraction)
	assert.Equal(t, model.Domain, tender.People[0].Employment[0].Level)
	assert.Equal(t, "claims/bigco.yaml", tender.People[0].Employment[1].Source)
	assert.Equal(t, model.Listed, tender.People[1].Employment[0].Level, "absent means listed")
}

func TestAbsentKeysKeepTheirDefaults(t *testing.T) {
	tender, err := ReadFS(files("t.yaml", small), "t.yaml")
	require.NoError(t, err)
	want := model.NewTender()
	want.Window.Until = day(t, "2026-11-01")
	want.Projects = map[string]model.Project{
		"a": {Repositories: []model.Repository{{URL: "./a"}}},
		"b": {Repositories: []model.Repository{{URL: "https://forge.example/b"}}},
	}
	want.Bidders.All = true
	want.Lots = []model.Lot{{ID: "1", Projects: map[string]float64{"a": 0.5, "b": 0.5}}}
	assert.Equal(t, want, tender)
}

func TestStatedKeysReplaceDefaultsOneByOne(t *testing.T) {
	tender, err := ReadFS(files("t.yaml", small+"weights: {commits: 0}\nindicators: {reviews: {active-months: 0}}\n"+
		"rules: {mate: 0}\nminimum: {share: 0.2}\nevidence: listed\n"), "t.yaml")
	require.NoError(t, err)
	want := model.NewTender()
	want.Weights[model.Commits] = 0
	want.Indicators[model.Reviews][model.ActiveMonths] = 0
	want.Rules.Mate = 0
	want.Minimum.Share = 0.2
	assert.Equal(t, want.Weights, tender.Weights)
	assert.Equal(t, want.Indicators, tender.Indicators)
	assert.Equal(t, want.Rules, tender.Rules)
	assert.Equal(t, want.Minimum, tender.Minimum)
	assert.Equal(t, model.Listed, tender.Evidence)
}

// The complete example means the same in every spelling of the file.
func TestSpellings(t *testing.T) {
	plain, err := os.ReadFile("testdata/complete.yaml")
	require.NoError(t, err)
	people, err := os.ReadFile("testdata/people.yaml")
	require.NoError(t, err)
	erased, err := os.ReadFile("testdata/erased.txt")
	require.NoError(t, err)
	want, err := ReadFS(files("t.yaml", string(plain), "people.yaml", string(people), "erased.txt", string(erased)), "t.yaml")
	require.NoError(t, err)

	var v any
	require.NoError(t, yaml.Unmarshal(plain, &v))
	tabbed, err := json.MarshalIndent(v, "", "\t")
	require.NoError(t, err)
	flat, err := json.Marshal(v)
	require.NoError(t, err)
	for name, c := range map[string]struct{ file, text string }{
		"CRLF":                 {"t.yaml", strings.ReplaceAll(string(plain), "\n", "\r\n")},
		"CR":                   {"t.yaml", strings.ReplaceAll(string(plain), "\n", "\r")},
		"BOM":                  {"t.yaml", "\ufeff" + string(plain)},
		"document marks":       {"t.yaml", "---\n" + string(plain) + "...\n"},
		"JSON":                 {"t.json", string(flat)},
		"JSON named otherwise": {"t.yaml", string(flat)},
		"JSON with tabs":       {"t.json", string(tabbed)},
		"tabs named otherwise": {"t.yaml", string(tabbed)},
		"JSON with all":        {"t.JSON", "\ufeff" + strings.ReplaceAll(string(tabbed), "\n", "\r\n")},
	} {
		got, err := ReadFS(files(c.file, c.text, "people.yaml", string(people), "erased.txt", string(erased)), c.file)
		if assert.NoError(t, err, name) {
			assert.Equal(t, want, got, name)
		}
	}
}

func TestPlacesInEverySpelling(t *testing.T) {
	for name, c := range map[string]struct{ file, text, want string }{
		"CRLF": {"t.yaml", strings.ReplaceAll(small, "\n", "\r\n") + "tender: {title: é, buyers: x}\r\npoints: 0\r\n",
			"t.yaml:5:20: unknown key \"buyers\"; did you mean \"buyer\"?\nt.yaml:6:9: \"points\" is 0; write a number above 0"},
		"BOM": {"t.yaml", "\ufeffformat: tributary/2\n", "t.yaml:1:9: written for a newer version; this program reads tributary/1"},
		"JSON": {"t.json", "{\n\t\"format\": \"tributary/1\",\n\t\"tender\": {\"title\": \"é\", \"buyers\": 1},\r\n\t\"window\": {\"until\": \"2026-11-01\"},\n\t\"bidders\" : \"all\",\n\t\"bidders\": [ ]\n}\n",
			"t.json:1:1: missing key \"projects\"; write projects: {geoserver: {repositories: [{url: https://github.com/geoserver/geoserver}]}}\n" +
				"t.json:3:27: unknown key \"buyers\"; did you mean \"buyer\"?\n" +
				"t.json:6:2: duplicate key \"bidders\"; it already stands at line 5, keep one of them"},
		"JSON cut":            {"t.json", "{\n \"format\": \"tributary/1\"", "t.json:2:25: " + noJSON},
		"JSON with a comment": {"t.json", "{\n // no\n}", "t.json:2:2: " + noJSON},
		"JSON twice":          {"t.json", "{} {}", "t.json:1:4: " + noJSON},
		"YAML named .json":    {"t.json", small, "t.json:1:2: " + noJSON},
		"empty .json":         {"t.json", " \n", "t.json:1:1: the file is empty; begin it with a line such as format: tributary/1"},
		"Latin-1":             {"t.yaml", "format: tributary/1\ntender: {buyer: R\xe9gion}\n", "t.yaml:2:18: this is not UTF-8; save the file as UTF-8"},
		"UTF-16":              {"t.yaml", "\xff\xfef\x00o\x00", "t.yaml:1:1: this is not UTF-8; save the file as UTF-8"},
		"zero byte":           {"t.yaml", small + "a\x00", "t.yaml:5:2: there is a control character; remove it"},
		"escaped control":     {"t.yaml", small + "tender: {title: \"\\e[31m\"}\n", "t.yaml:5:17: \"title\" holds a control character; remove it"},
		"after a long text": {"t.yaml", small + "tender:\n  title: |\n    one\n\n    two\n  buyer: >-\n    three\n    four\n  id: \"five\n    six\"\n  notice: soon\n",
			"t.yaml:15:11: \"soon\" is no date; write it as 2026-11-01"},
	} {
		_, err := ReadFS(files(c.file, c.text), c.file)
		if assert.Error(t, err, name) {
			assert.Equal(t, c.want, err.Error(), name)
		}
	}
}

func TestReadFromDisk(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
		return name
	}
	const roster = "rosters: [{file: people/all.yaml, format: tributary}]\n"
	write("tender/people/all.yaml", "format: tributary-people/1\npeople: [{id: p-1, identities: [\"github:1\"]}]\n")
	name := write("tender/t.yaml", small+roster)

	tender, err := Read(name)
	require.NoError(t, err)
	assert.Len(t, tender.People, 1)

	broken := write("tender/people/all.yaml", "format: tributary-people/1\npeople: [{id: p-1}]\n")
	_, err = Read(name)
	assert.EqualError(t, err, broken+`:2:10: missing key "identities"; write identities: ["github:1234567"]`)

	_, err = Read(filepath.Join(dir, "none.yaml"))
	assert.ErrorIs(t, err, os.ErrNotExist)
	assert.NotErrorAs(t, err, new(Faults))
	_, err = Read(filepath.Join(dir, "tender"))
	assert.ErrorContains(t, err, "reading the tender")

	secret := write("secret.yaml", "format: tributary-people/1\npeople: [{id: p-1, identities: [\"github:1\"]}]\n")
	require.NoError(t, os.Remove(broken))
	if err := os.Symlink(secret, broken); err != nil {
		return // a system where a user may not make links has nothing to refuse
	}
	_, err = Read(name)
	assert.ErrorContains(t, err, "t.yaml:5:18: roster \"people/all.yaml\" cannot be opened")
}

// A key put before any line that begins one is told at that line, whatever texts,
// comments and brackets stand above it.
func TestPlacesInTheCompleteExample(t *testing.T) {
	b, err := os.ReadFile("testdata/complete.yaml")
	require.NoError(t, err)
	lines := strings.SplitAfter(string(b), "\n")
	tried := 0
	for i, line := range lines {
		key := strings.TrimLeft(line, " ")
		if len(key) != len(line) && strings.HasPrefix(key, "#") || key == "" || strings.ContainsAny(key[:1], "#-{") {
			continue
		}
		tried++
		indent := line[:len(line)-len(key)]
		text := strings.Join(slices.Insert(slices.Clone(lines), i, indent+"x y: [\"a\",\n"+indent+"  b]\n"), "")
		_, err := ReadFS(files("t.yaml", text, "people.yaml", people1(t), "erased.txt", "tributary-erased/1 0123456789abcdef"), "t.yaml")
		if assert.Error(t, err, line) {
			assert.Contains(t, err.Error(), fmt.Sprintf("t.yaml:%d:%d: ", i+1, len(indent)+1), line)
		}
	}
	assert.Greater(t, tried, 30)
}

func TestPanicsOfTheParserAreFaults(t *testing.T) {
	d := &document{file: "t.yaml", collector: &collector{}}
	assert.Nil(t, guarded(d, nil, func(*document, []byte) *node { panic("index out of range") }))
	assert.EqualError(t, d.err(), "t.yaml:1:1: this cannot be read as YAML; write plain keys, lists and values")
}

func TestFaultsAreBounded(t *testing.T) {
	_, err := ReadFS(files("t.yaml", small+"tender:\n"+strings.Repeat("  x: 1\n", 5000)), "t.yaml")
	var faults Faults
	require.ErrorAs(t, err, &faults)
	assert.Len(t, faults, maxFaults+1)
	assert.Equal(t, "more than 200 faults; mend these first", faults[maxFaults].Message)
}

func TestFaultString(t *testing.T) {
	f := Fault{File: "tender.yaml", Line: 12, Column: 7, Message: `unknown key "waights"; did you mean "weights"?`}
	assert.Equal(t, `tender.yaml:12:7: unknown key "waights"; did you mean "weights"?`, f.String())
}

func TestQuoteTellsNoSecret(t *testing.T) {
	for in, want := range map[string]string{
		"weights":                `"weights"`,
		"https://bob:pw@forge/x": `"…@forge/x"`,
		"mail:ada@karst.example": `"…@karst.example"`,
		"bob:p@ss w\"ord@forge":  `"…@forge"`,
		"\x1b[31m\n":             `"\x1b[31m\n"`,
		strings.Repeat("é", 100): `"` + strings.Repeat("é", 60) + `…"`,
		"@example":               `"@example"`,
		"tributary\u202e/1":      `"tributary\u202e/1"`,
	} {
		assert.Equal(t, want, quote(in))
	}
}
