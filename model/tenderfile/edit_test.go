package tenderfile

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

const (
	tip   = "9f1c2d3e4a5b6c7d8e9f0a1b2c3d4e5f60718293"
	hex64 = "0123456789012345678901234567890123456789012345678901234567890123"
)

// someEdits are edits on project p with its repository ./p.
func someEdits() Edits {
	return Edits{
		Thresholds: map[string]map[model.Indicator]model.Threshold{"p": {model.Changes: {T: 240}, model.Ports: {T: 60.5}, model.Security: {None: true}}},
		Tips:       map[string]map[string]map[string]string{"p": {"./p": {"main": tip, "2.x": tip}}},
	}
}

// Each document is edited by someEdits into what stands beside it.
func TestEdit(t *testing.T) {
	const head, tail = "format: tributary/1\nwindow: {until: 2026-11-01}\n", "bidders: []\n"
	const thresholds, tips = `thresholds: {changes: 240, ports: 60.5, security: none}`, `tips: {"2.x": "` + tip + `", main: "` + tip + `"}`
	for name, c := range map[string]struct{ before, after string }{
		"block, both absent": {
			head + "projects:\n  p:\n    repositories:\n      - url: ./p # the only one\n        forge: none\n\n# who bids\n" + tail,
			head + "projects:\n  p:\n    repositories:\n      - url: ./p # the only one\n        forge: none\n        " + tips + "\n    " + thresholds + "\n\n# who bids\n" + tail},
		"flow, both absent": {
			head + "projects: {p: {repositories: [{url: ./p, forge: none}]}}\n" + tail,
			head + "projects: {p: {repositories: [{url: ./p, forge: none, " + tips + "}], " + thresholds + "}}\n" + tail},
		"block in flow lists, dashes not indented": {
			head + "projects:\n  p:\n    repositories:\n    - {url: ./p}\n    - url: ./q\n  q:\n    repositories: [{url: ./r}]\n" + tail,
			head + "projects:\n  p:\n    repositories:\n    - {url: ./p, " + tips + "}\n    - url: ./q\n    " + thresholds + "\n  q:\n    repositories: [{url: ./r}]\n" + tail},
		"stated ones are exchanged and kept": {
			head + "projects:\n  p:\n    thresholds: # T\n      changes: 200   # too few\n      reviews: 30\n      security: \"none\"\n    repositories: [{url: ./p, tips: {'2.x': " + tip + "}}]\n" + tail,
			head + "projects:\n  p:\n    thresholds: # T\n      changes: 240   # too few\n      reviews: 30\n      security: \"none\"\n      ports: 60.5\n    repositories: [{url: ./p, tips: {'2.x': " + tip + ", main: \"" + tip + "\"}}]\n" + tail},
		"none becomes a number": {
			head + "projects: {p: {thresholds: {changes: 'none', ports: 60.50, security: none}, repositories: [{url: ./p, tips: {main: " + tip + ", 2.x: " + tip + "}}]}}\n" + tail,
			head + "projects: {p: {thresholds: {changes: 240, ports: 60.50, security: none}, repositories: [{url: ./p, tips: {main: " + tip + ", 2.x: " + tip + "}}]}}\n" + tail},
		"flow over lines, a comment last, a comma last": {
			head + "projects:\n  p: {\n    repositories: [\n      {\n        url: ./p, # here\n        forge: none # no forge\n      },\n    ],\n  }\n" + tail,
			head + "projects:\n  p: {\n    repositories: [\n      {\n        " + tips + ",\n        url: ./p, # here\n        forge: none # no forge\n      },\n    ],\n    " + thresholds + "\n  }\n" + tail},
		"empty ones": {
			head + "projects:\n  p:\n    repositories: [{url: ./p, tips: {}}]\n    thresholds: {}\n" + tail,
			head + "projects:\n  p:\n    repositories: [{url: ./p, tips: {main: \"" + tip + "\", \"2.x\": \"" + tip + "\"}}]\n    thresholds: {security: none, ports: 60.5, changes: 240}\n" + tail},
		"last in the file, without an end of line": {
			head + tail + "projects:\n    p:\n        repositories:\n          -   url: ./p",
			head + tail + "projects:\n    p:\n        repositories:\n          -   url: ./p\n              " + tips + "\n        " + thresholds},
		"braces further left than what holds them": {
			head + tail + "projects:\n    p:\n        repositories: [\n     {url: ./p}\n     ]\n        accept: []\n    q: {repositories: [{url: ./q}]}\n",
			head + tail + "projects:\n    p:\n        repositories: [\n     {url: ./p, " + tips + "}\n     ]\n        accept: []\n        " + thresholds + "\n    q: {repositories: [{url: ./q}]}\n"},
		"texts over lines": {
			head + tail + "tender:\n  title: |\n    # not a comment\n    p: {\n\n  buyer: \"a\n    # b\"\nprojects:\n  p:\n    accept: [{kind: triage, reason: \"moved }\n     away\"}]\n    repositories: [{url: ./p}]\n...\n",
			head + tail + "tender:\n  title: |\n    # not a comment\n    p: {\n\n  buyer: \"a\n    # b\"\nprojects:\n  p:\n    accept: [{kind: triage, reason: \"moved }\n     away\"}]\n    repositories: [{url: ./p, " + tips + "}]\n    " + thresholds + "\n...\n"},
	} {
		for eol, ends := range map[string]string{"LF": "\n", "CRLF": "\r\n", "CR": "\r"} {
			for mark := range map[string]bool{"": true, "\ufeff": true} {
				before, after := mark+strings.ReplaceAll(c.before, "\n", ends), mark+strings.ReplaceAll(c.after, "\n", ends)
				got, err := Edited("t.yaml", []byte(before), someEdits())
				if assert.NoError(t, err, name, eol) {
					want := after
					if name == "empty ones" { // the first key goes into an empty mapping, the next ones behind it
						want = strings.Replace(after, "{main: \""+tip+"\", \"2.x\"", "{\"2.x\": \""+tip+"\", main", 1)
						want = strings.Replace(want, "security: none, ports: 60.5, changes: 240", "changes: 240, ports: 60.5, security: none", 1)
					}
					assert.Equal(t, want, string(got), "%s %s", name, eol)
					again, err := Edited("t.yaml", got, someEdits())
					require.NoError(t, err)
					assert.Equal(t, string(got), string(again), "%s: a second time changes nothing", name)
				}
			}
		}
	}
}

func TestEditJSON(t *testing.T) {
	before := "{\n\t\"format\": \"tributary/1\",\n\t\"window\": {\"until\": \"2026-11-01\"},\n\t\"bidders\": [],\n\t\"projects\": {\n\t\t\"p\": {\n\t\t\t\"repositories\": [{\"url\": \"./p\", \"branches\": [\"}\\\"\"]}],\n\t\t\t\"thresholds\": {\"changes\": \"none\"}\n\t\t}\n\t}\n}\n"
	after := strings.Replace(before, `"branches": ["}\""]`, `"branches": ["}\""], "tips": {"2.x": "`+tip+`", "main": "`+tip+`"}`, 1)
	after = strings.Replace(after, `{"changes": "none"}`, `{"changes": 240, "ports": 60.5, "security": "none"}`, 1)
	got, err := Edited("t.json", []byte(before), someEdits())
	require.NoError(t, err)
	assert.Equal(t, after, string(got))
}

func seal() *model.Seal {
	return &model.Seal{Format: model.SealFormat, At: 20788, Digest: hex64, Parts: map[string]string{"tips": hex64, "weights": hex64},
		Indicators: map[string][]string{"p": {"commits/changes", "commits/active-months"}}, Vendors: []string{"karst", "no"},
		Rosters: map[string]string{"claims/a b.yaml": hex64}, Decisions: []string{}, Erased: 3}
}

// A seal is read again as it was written, from every spelling of a document.
func TestEditSeal(t *testing.T) {
	complete, err := os.ReadFile("testdata/complete.yaml")
	require.NoError(t, err)
	plain := strings.Split(string(complete), "\nseal:")[0] + "\n"
	var v any
	require.NoError(t, yaml.Unmarshal([]byte(plain), &v))
	flat, err := json.Marshal(v)
	require.NoError(t, err)
	tabbed, err := json.MarshalIndent(v, "", "\t")
	require.NoError(t, err)
	for name, text := range map[string]string{"t.yaml": plain, "crlf.yaml": strings.ReplaceAll(plain, "\n", "\r\n"), "flat.json": string(flat), "tabs.json": string(tabbed), "flow.yaml": "# one line\n" + string(flat)} {
		got, err := Edited(name, []byte(text), Edits{Seal: seal()})
		require.NoError(t, err, name)
		people, err := os.ReadFile("testdata/people.yaml")
		require.NoError(t, err)
		erased, err := os.ReadFile("testdata/erased.txt")
		require.NoError(t, err)
		fsys := files(name, string(got), "people.yaml", string(people), "erased.txt", string(erased))
		tender, err := ReadFS(fsys, name)
		require.NoError(t, err, name)
		assert.Equal(t, seal(), tender.Seal, name)
		_, err = Edited(name, got, Edits{Seal: seal()})
		assert.ErrorIs(t, err, ErrNotEdited, "a document is sealed once")
		if name == "t.yaml" {
			assert.Equal(t, plain, string(got)[:len(plain)], "below all else")
			assert.True(t, strings.HasPrefix(string(got)[len(plain):], "seal:\n  format: tributary-seal/1\n  at: 2026-12-01\n  digest: \""+hex64+"\"\n  parts:\n    tips: \""+hex64+"\"\n"), string(got)[len(plain):])
		}
	}
}

func TestEditRefuses(t *testing.T) {
	const head = "format: tributary/1\nwindow: {until: 2026-11-01}\nbidders: []\n"
	for name, c := range map[string]struct{ text, says string }{
		"anchors":       {head + "projects: &x {p: {repositories: [{url: ./p}]}}\n", "anchors and aliases are not read"},
		"faults":        {head + "projects: {p: {repositories: [{url: ./p}]}}\nwaights: {}\n", `did you mean "weights"?`},
		"no project":    {head + "projects: {q: {repositories: [{url: ./p}]}}\n", `no project "p"`},
		"no repository": {head + "projects: {p: {repositories: [{url: ./q}]}}\n", "no repository with this url"},
	} {
		got, err := Edited("t.yaml", []byte(c.text), someEdits())
		assert.ErrorContains(t, err, c.says, name)
		assert.Nil(t, got, name)
	}
}

// The last look at an edited document sees what was lost or changed beside the edits.
func TestOnlyThat(t *testing.T) {
	const before = "format: tributary/1\nwindow: {until: 2026-11-01}\nbidders: [] # none\nprojects: {p: {repositories: [{url: ./p}]}}\n"
	puts := []put{{nil, "points", numberNode(40)}}
	assert.NoError(t, onlyThat("t.yaml", []byte(before), []byte(before+"points: 40.0\n"), puts))
	for says, after := range map[string]string{
		"something else":  strings.Replace(before, "./p", "./q", 1) + "points: 40\n",
		"would have":      strings.Replace(before, " # none", "", 1) + "points: 40\n",
		"its layout":      before,
		"read afterwards": before + "points: [\n",
	} {
		assert.ErrorContains(t, onlyThat("t.yaml", []byte(before), []byte(after), puts), says)
	}
}

func TestEditOnDisk(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "t.yaml")
	const before = "format: tributary/1\nwindow: {until: 2026-11-01}\nbidders: []\nprojects: {p: {repositories: [{url: ./p}]}}\n"
	require.NoError(t, os.WriteFile(name, []byte(before), 0o640))
	link := filepath.Join(dir, "link.yaml")
	if err := os.Symlink(name, link); err != nil {
		link = name // a system where a user may not make links
	}
	require.NoError(t, Edit(link, someEdits()))
	got, err := os.ReadFile(name)
	require.NoError(t, err)
	assert.Contains(t, string(got), "changes: 240")
	info, err := os.Stat(name)
	require.NoError(t, err)
	if os.PathSeparator == '/' {
		assert.Equal(t, os.FileMode(0o640), info.Mode().Perm())
	}
	if link != name {
		at, err := os.Readlink(link)
		require.NoError(t, err)
		assert.Equal(t, name, at, "a link stays one")
	}

	err = replace(name, []byte(before), []byte("x"))
	assert.ErrorIs(t, err, ErrNotEdited, "somebody else wrote in the meantime")
	kept, err := os.ReadFile(name)
	require.NoError(t, err)
	assert.Equal(t, string(got), string(kept))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.LessOrEqual(t, len(left), 2, "no temporary file is left")
	assert.ErrorIs(t, Edit(filepath.Join(dir, "none.yaml"), someEdits()), os.ErrNotExist)
}

// Whatever the layout, the values are written, everything else still says what it said, and
// not a byte of it is lost.
func TestEditInAnyLayout(t *testing.T) {
	if testing.Short() {
		t.Skip("no two goroutines meet in it: the run without -short shows it")
	}
	for seed := range uint64(500) {
		doc := (&writer{rng: rand.New(rand.NewPCG(seed, 7))}).document()
		_, err := editable("t.yaml", []byte(doc))
		require.NoError(t, err, "seed %d: the writer writes documents:\n%s", seed, doc)
		e := someEdits()
		e.Seal = seal()
		got, err := Edited("t.yaml", []byte(doc), e)
		require.NoError(t, err, "seed %d:\n%s", seed, doc)
		assertEdited(t, doc, string(got), fmt.Sprintf("seed %d", seed))
	}
}

// assertEdited reads both documents with the YAML library alone and compares them.
func assertEdited(t *testing.T, before, after, name string) {
	t.Helper()
	read := func(s string) map[string]any {
		var v map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(strings.NewReplacer("\ufeff", "", "\r\n", "\n", "\r", "\n").Replace(s)), &v), name)
		return v
	}
	want, got := read(before), read(after)
	delete(got, "seal")
	p := want["projects"].(map[string]any)["p"].(map[string]any)
	thresholds, _ := p["thresholds"].(map[string]any)
	if thresholds == nil {
		thresholds = map[string]any{}
	}
	thresholds["changes"], thresholds["ports"], thresholds["security"] = uint64(240), 60.5, "none"
	p["thresholds"] = thresholds
	for _, r := range p["repositories"].([]any) {
		if r := r.(map[string]any); r["url"] == "./p" {
			r["tips"] = map[string]any{"main": tip, "2.x": tip}
		}
	}
	require.Equal(t, fmt.Sprint(want), fmt.Sprint(got), "%s:\n%s", name, after)
	rest := after
	for _, c := range before {
		at := strings.IndexRune(rest, c)
		require.GreaterOrEqual(t, at, 0, "%s: what stood there is lost:\n%s", name, after)
		rest = rest[at+len(string(c)):]
	}
}

func FuzzEdit(f *testing.F) {
	f.Add("format: tributary/1\nwindow: {until: 2026-11-01}\nbidders: []\nprojects: {p: {repositories: [{url: ./p}]}}\n", false)
	for seed := range uint64(20) {
		f.Add((&writer{rng: rand.New(rand.NewPCG(seed, 9))}).document(), seed%2 == 0)
	}
	f.Fuzz(func(t *testing.T, doc string, asJSON bool) {
		name := map[bool]string{true: "t.json", false: "t.yaml"}[asJSON]
		e := someEdits()
		e.Seal = seal()
		got, err := Edited(name, []byte(doc), e)
		if err != nil {
			assert.Nil(t, got)
			return
		}
		_, err = editable(name, got)
		assert.NoError(t, err)
	})
}
