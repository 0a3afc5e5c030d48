package command_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/model"
)

// personal is a history in which each person has a name and addresses of words that stand
// nowhere else: authors, committers, reviewers, co-authors, reporters, maintainers, taggers.
const personal = `
person ada = Ada Lovelace <ada.lovelace@karst.example>
person home = Ada Lovelace <countess@home.example>
person zoe = Zoe Quine <zoe.quine@bigco.example>
person eve = Eve Moneypenny <eve.moneypenny@gone.example>
person max = Max Wunderlich <max.wunderlich@nowhere.example>
person kim = Kim Zappelphilipp <kim@zappelphilipp.example>
on main
commit 2025-01-01 ada: Say who maintains it
  text MAINTAINERS
  | M: Ada Lovelace <ada.lovelace@karst.example>
  | M: Max Wunderlich <max.wunderlich@nowhere.example>
repeat 4 every 30d as k
  commit 2025-01-06 ada: Mend part {k}
    by zoe
    write a{k}.go 12
    Reviewed-by: max
    Tested-by: kim
    Reported-by: eve
  commit 2025-01-08 zoe: Measure part {k}, thanks to kim@zappelphilipp.example
    by ada
    write b{k}.go 12
    Co-authored-by: max
    Acked-by: home
  commit 2025-01-10 home: Draw part {k}
    write c{k}.go 12
  commit 2025-01-12 eve: Forget part {k}
    by kim
    write d{k}.go 12
  commit 2025-01-14 max: Work for nobody {k}
    write e{k}.go 12
  commit 2025-01-16 kim: Contest part {k}
    write f{k}.go 12
tag v1.0 2025-05-05 max: First, by Max Wunderlich
`

const privateDocument = `format: tributary/1
tender: {id: T-1, title: "Support, ask purchasing.officer@buyer.example", buyer: Région Exemple}
window: {until: 2026-01-01, months: 12}
evidence: imported
shortlist: true
projects:
  here:
    repositories: [{url: here.git, forge: none}]GAP
    thresholds: {changes: 12, reviews: 12, integration: 12, releases: 3, ports: none, upkeep: none, security: none, triage: none}
    accept: [{kind: triage, reason: "ask max.wunderlich@nowhere.example"}]
    justify: [{indicator: changes, reason: "says ada.lovelace@karst.example"}, {indicator: reviews, reason: few}, {indicator: active-months, reason: few},
      {indicator: integration, reason: few}, {indicator: releases, reason: few}, {indicator: stewardship, reason: few}]
vendors:
  karst: {name: "Karst SARL, info@karst.example", names: [{name: "Karst, once old@karst.example"}], domains: [{name: karst.example}]}
  bigco: {name: BigCo SE, domains: [{name: bigco.example}]}
rosters: [{file: people.yaml, format: tributary}, {file: gitdm.config, format: gitdm}]
erased: erased.txt
lots:
  - {id: "1", title: "One, ask zoe.quine@bigco.example", projects: {here: 1}}
bidders:
  - {id: karst, name: "Karst, bids@karst.example", vendors: [karst], staff: [p-lovelace]}
  - {id: bigco, vendors: [bigco], staff: [zoe-quine]}
bots: {add: ["mail:helper.moneypenny@bots.example"], exempt: ["mail:zoe.quine@bigco.example"]}
decisions:
  - {id: D1, on: person:zoe-quine, decide: {vendor: bigco}, reason: "contract shown by zoe.quine@bigco.example", by: Miss Moneypenny, at: 2025-12-01,
     objection: {by: Ada Lovelace, at: 2025-11-30, text: "write to ada.lovelace@karst.example"}}
  - {id: D2, on: person:p-lovelace, decide: {vendor: karst}, reason: contract shown, by: p-lovelace, at: 2025-12-01}
  - {id: D3, on: person:kim-zappelphilipp, decide: refuse, from: 2025-04-01, until: 2025-04-02, reason: nobody knows, by: contracting officer, at: 2025-12-01}
`

const privatePeople = `format: tributary-people/1
people:
  - {id: p-lovelace, identities: ["mail:ada.lovelace@karst.example", "mail:countess@home.example", "github:7777123"], employment: [{vendor: karst, source: "a letter of Ada Lovelace"}]}
  - {id: zoe-quine, identities: ["mail:zoe.quine@bigco.example"], employment: [{vendor: bigco, source: statement of zoe.quine@bigco.example}]}
  - {id: kim-zappelphilipp, identities: ["mail:kim@zappelphilipp.example"], employment: [{vendor: karst, level: imported}]}
`

// privateWords are parts of names, addresses and accounts of persons.
var privateWords = regexp.MustCompile(`(?i)lovelace|quine|moneypenny|countess|purchasing\.officer|7777123|wunderlich|zappelphilipp|[\w.]+@[\w-]+\.example`)

// privateStory writes the tender and returns its document; gap is text that is added to the
// repositories of its project.
func privateStory(t *testing.T, gap string) string {
	t.Helper()
	dir := t.TempDir()
	_, err := forgetest.Build(filepath.Join(dir, "here.git"), personal)
	require.NoError(t, err)
	const salt = "0123456789abcdef0123456789abcdef"
	for name, text := range map[string]string{"tender.yaml": strings.Replace(privateDocument, "[{url: here.git, forge: none}]GAP", "[{url: here.git, forge: none}"+gap+"]", 1),
		"people.yaml": privatePeople, "gitdm.config": "EmailMap companies\n", "companies": "kim@zappelphilipp.example BigCo SE\n", // claimed twice
		"erased.txt": "tributary-erased/1 " + salt + "\n" + model.EraseHash(salt, "mail:eve.moneypenny@gone.example") + "\n"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	return filepath.Join(dir, "tender.yaml")
}

// style is what a page is made of; it holds words of its own.
var style = regexp.MustCompile(`(?s)<style>.*?</style>`)

// Without --identify nothing that any command writes, also inside of what is packed, and
// nothing that the server answers or logs, names a person or holds a mail address. Of the
// same outputs each says first that it is no official result, and that there are gaps.
func TestOfATenderWithPersonsAndGaps(t *testing.T) {
	all := everything(t, privateStory(t, ", {url: not-there.git, forge: none}"), "karst")
	t.Run("nobody is named", func(t *testing.T) {
		for _, o := range all {
			for _, at := range named(o) {
				t.Errorf("%s names %q", o.name, at)
			}
		}
	})
	t.Run("an address leaves a sign that is the same in every language", func(t *testing.T) {
		signs := 0
		for _, o := range all {
			signs += bytes.Count(o.text, []byte("Support, ask (…)"))
			assert.NotContains(t, string(o.text), "withheld)", o.name)
		}
		assert.Greater(t, signs, 20)
	})
	t.Run("what they are is said first", func(t *testing.T) { saidFirst(t, all) })
}

// Neither does anything that is run before a result is official, nor what forges said. What a claim
// and a table of affiliations hold is people: these commands are for those who have them.
func TestNobodyIsNamedBeforeAResult(t *testing.T) {
	o := &outputs{t: t}
	file := privateStory(t, "")
	o.tender("log", "score", file) // what preview goes by
	o.prepared(file, `format: tributary-claim/1
vendor: karst
tender: T-1
issued: 2025-12-01
expires: 2026-12-01
people:
  - {identities: ["mail:max.wunderlich@nowhere.example"], employment: [{from: 2025-01-01}]}
`)
	// What a buyer seals is the buyer's own document, as it was; the template has an example.
	own := regexp.MustCompile(`/tender\.yaml$|claim new`)
	list := slices.DeleteFunc(slices.Clone(o.list), func(x output) bool { return own.MatchString(x.name) })
	ran := map[string]bool{}
	for _, x := range append(list, onAForge(t, []string{"lovelace", "quine", "moneypenny", "wunderlich"}, []string{"/merge, says countess@home.example", "Ask zoe.quine@bigco.example", "Max Wunderlich wrote it"})...) {
		for _, command := range []string{"seal", "calibrate", "preview", "status", "plan", "repositories"} {
			ran[command] = ran[command] || strings.Contains(x.name, command) && strings.HasSuffix(x.name, "stdout")
		}
		for _, at := range named(x) {
			t.Errorf("%s names %q", x.name, at)
		}
	}
	for command, ran := range ran {
		assert.True(t, ran, command)
	}
}

// With --identify names stand where the evidence of persons does, and nowhere else; mail
// addresses stand nowhere. The robots that somebody may be are for the buyer's own eyes.
func TestWhoIsNamedWithIdentify(t *testing.T) {
	shown := map[string]bool{}
	for _, o := range everything(t, privateStory(t, ""), "karst", "--identify") {
		if strings.HasPrefix(o.name, "tender bots") {
			continue
		}
		for _, at := range named(o) {
			where := namesPersons.FindString(o.name)
			shown[where] = true
			if where == "" || strings.Contains(at, "@") {
				t.Errorf("%s names %q", o.name, at)
			}
		}
	}
	for _, where := range []string{"explain", "evidence.csv", "evidence.jsonl", "report.html", "worksheets"} {
		assert.True(t, shown[where], where)
	}
}

// namesPersons are the outputs that name persons where that is asked for.
var namesPersons = regexp.MustCompile(`explain|affiliations|score tender|evidence.(fr.)?csv|evidence.jsonl|report.(fr.)?html|worksheets|sharedStrings|ranking.txt|ranking.json|tender.yaml`)

// named returns what of an output tells of a person, with what stands around it.
func named(o output) (list []string) {
	text := style.ReplaceAllString(string(o.text), "")
	for _, at := range privateWords.FindAllStringIndex(text, 3) {
		list = append(list, text[max(0, at[0]-40):min(len(text), at[1]+20)])
	}
	return list
}
