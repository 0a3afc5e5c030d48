package formats_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/affiliation/formats"
)

// fieldForm returns a form by its name.
func fieldForm(t testing.TB, name string) model.RosterFormat {
	i := slices.IndexFunc(formats.All(), func(f model.RosterFormat) bool { return f.Name == name })
	require.GreaterOrEqual(t, i, 0)
	return formats.All()[i]
}

// filesOf makes a file system of a txtar text.
func filesOf(text string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for _, f := range txtar.Parse([]byte(text)).Files {
		fsys[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return fsys
}

// showTable writes a table as text, one thing a line.
func showTable(t *model.Table) string {
	var b strings.Builder
	for _, p := range t.People {
		fmt.Fprintf(&b, "%s %s\n", p.ID, strings.Join(p.Identities, " "))
		for _, e := range p.Employment {
			fmt.Fprintf(&b, "  %s [%s, %s) %g %s%s\n", e.Vendor, e.From, e.Until, e.Share(), e.Source, e.Level)
		}
	}
	for _, d := range t.Domains {
		fmt.Fprintf(&b, "%s: %s [%s, %s)\n", d.Domain, d.Employer, d.From, d.Until)
	}
	for _, a := range t.Aliases {
		fmt.Fprintf(&b, "%s<%s> is %s<%s>\n", a.From.Name, a.From.Mail, a.To.Name, a.To.Mail)
	}
	for _, n := range t.Notes {
		fmt.Fprintf(&b, "%v: %s\n", n.Refused, n)
	}
	return b.String()
}

const gitdmFiles = `
-- rosters/gitdm.config --
# Where the maps are
EmailAliases maps/aliases
RXEmailAliases maps/patterns   # most of it cannot be said
EmailMap rosters/maps/domains
EmailMap maps/people and more
GroupMap maps/karst Karst   &  Fils
FileTypeMap nowhere/types
VirtualEmployer Two Jobs
	60% Karst
	30 Delta
	10% Karst
end
ExcludeDomains x
-- rosters/maps/aliases --
Ann@Home.example ann@karst.example
"Bob Birch" bob@x.example
bob@x.example bob@x.example
cy!home.example cy!x.example
-- rosters/maps/patterns --
^dot\.dee@x.example$ dee@y.example
.*@ci\.x\.example robot@x.example
-- rosters/maps/domains --
Karst.example Karst < 2024-1-2
karst.example Delta#and nobody after
old.example (Unknown) <2020-01-01
old.example Delta <2021-01-01
-- rosters/maps/people --
ann@home.example Lost
ann@karst.example Delta
eve@x.example Karst <2024-03-01
Eve@X.example Delta
flo@x.example	Two Jobs	< 2023-01-01
flo@x.example	self
gus@x.example ?
-- rosters/maps/karst --
hal@x.example
`

func TestGitdm(t *testing.T) {
	table, err := fieldForm(t, "gitdm").Read(filesOf(gitdmFiles), model.Roster{File: "rosters/gitdm.config"}, nil)
	require.NoError(t, err)
	assert.Equal(t, `mail:ann@karst.example mail:ann@karst.example
  Delta [, ) 1 rosters/maps/people:2
mail:Eve@X.example mail:Eve@X.example
  Karst [, 2024-03-01) 1 rosters/maps/people:3
  Delta [2024-03-01, ) 1 rosters/maps/people:4
mail:flo@x.example mail:flo@x.example
  Delta [, 2023-01-01) 0.3 rosters/maps/people:5
  Karst [, 2023-01-01) 0.7 rosters/maps/people:5
  independent [2023-01-01, ) 1 rosters/maps/people:6
mail:gus@x.example mail:gus@x.example
mail:hal@x.example mail:hal@x.example
  Karst & Fils [, ) 1 rosters/maps/karst:1
karst.example: Karst [, 2024-01-02)
karst.example: Delta [2024-01-02, )
old.example: Delta [2020-01-01, 2021-01-01)
<Ann@Home.example> is <ann@karst.example>
<cy@home.example> is <cy@x.example>
<dot.dee@x.example> is <dee@y.example>
true: rosters/gitdm.config:13: the keyword is not one of gitdm's
true: rosters/maps/aliases:2: the alias is no address; nobody is joined on a name or another text
true: rosters/maps/patterns:2: a regular expression cannot be said without the addresses that it matches
false: rosters/gitdm.config:7: kinds of files say nothing on employers; the file is not read
true: rosters/maps/people:1: the address is an alias, so gitdm goes by the lines of the address that it stands for
`, showTable(table))
}

func TestGitdmLines(t *testing.T) {
	for name, c := range map[string]struct{ config, text, want string }{
		"several days":       {"EmailMap f", "a@b.example C\na@b.example B <2024-02-01\na@b.example A <2023-02-01", "mail:a@b.example mail:a@b.example\n  A [, 2023-02-01) 1 f:3\n  B [2023-02-01, 2024-02-01) 1 f:2\n  C [2024-02-01, ) 1 f:1\n"},
		"unknown between":    {"EmailMap f", "a@b.example A <2023-02-01\na@b.example (Unknown) <2024-02-01\na@b.example B", "mail:a@b.example mail:a@b.example\n  A [, 2023-02-01) 1 f:1\n  B [2024-02-01, ) 1 f:3\n"},
		"nobody at the end":  {"EmailMap f", "a@b.example A <1969-02-01", "mail:a@b.example mail:a@b.example\n  A [, 1969-02-01) 1 f:1\n"},
		"no space at all":    {"EmailMap f", "a@b.example A<2023-2-1", "mail:a@b.example mail:a@b.example\n  A [, 2023-02-01) 1 f:1\n"},
		"contradiction":      {"EmailMap f", "a@b.example B\na@b.example A\na@b.example A", "mail:a@b.example mail:a@b.example\n  A [, ) 1 f:2\n  B [, ) 1 f:1\nfalse: f:1: another line names another employer for the same days; both stand\n"},
		"contradiction, day": {"EmailMap f", "b.example X <2020-01-01\nb.example A <2021-01-01\nb.example B <2021-01-01", "b.example: X [, 2020-01-01)\nb.example: A [2020-01-01, 2021-01-01)\nb.example: B [2020-01-01, 2021-01-01)\nfalse: f:3: another line names another employer for the same days; both stand\n"},
		"Latin-1":            {"EmailMap f", "b.example Soci\xe9t\xe9", "b.example: Société [, )\n"},
		"twice named":        {"EmailMap f\nEmailMap f", "b.example A", "b.example: A [, )\n"},
		"longer domain":      {"EmailMap f", "b.example A\nx.y.b.example B\ny.b.example A", "b.example: A [, )\nx.y.b.example: B [, )\ny.b.example: A [, )\nfalse: f:2: a shorter domain names another employer: gitdm goes by the shorter one, here the longer one decides\n"},
		"no employer":        {"EmailMap f", "a@b.example\na@b.example < 2020-01-01", "true: f:1: no employer is named\ntrue: f:2: no employer is named\n"},
		"no day":             {"EmailMap f", "b.example A <\nb.example A <2020-02-30\nb.example A <1970-01-01\nb.example A <20-01-01\nb.example A <2020-01-01 x", strings.ReplaceAll("true: f:1: D\ntrue: f:2: D\ntrue: f:3: D\ntrue: f:4: D\ntrue: f:5: D\n", "D", "what follows < is no day that can be said; write it as 2026-11-01")},
		"no domain":          {"EmailMap f", "example A\n.b.example A\nb..example A\n*.b.example A\n" + strings.Repeat("b.", 124) + "example A\nb_1-2.example A", "b_1-2.example: A [, )\n" + strings.ReplaceAll("true: f:1: D\ntrue: f:2: D\ntrue: f:3: D\ntrue: f:4: D\ntrue: f:5: D\n", "D", "this is neither an address nor a domain of two parts or more")},
		"no address":         {"GroupMap f A", "@b.example\na@\na@b@c.example\na<a@b.example\na@b.example A\na!b!c.example\nb.example", "b.example: A [, )\n" + strings.ReplaceAll("true: f:1: D\ntrue: f:2: D\ntrue: f:3: D\ntrue: f:4: D\ntrue: f:5: D\n", "D", "the address has not one @ with text on both sides, or signs that no address has") + "true: f:6: this is neither an address nor a domain of two parts or more\n"},
		"no alias":           {"EmailAliases f", "\"a b\" c@b.example\nann c@b.example\na@b.example c\n\"a@b.example c@b.example\n\"a@b.example\" c@b.example\nC@b.example c@B.example", "<a@b.example> is <c@b.example>\n" + "true: f:1: N\ntrue: f:2: N\ntrue: f:3: what the alias stands for is no address\ntrue: f:4: N\n"},
		"alias of two":       {"EmailAliases f", "A@b.example d@b.example\na@b.example c@b.example\na@b.example C@b.example", "<a@b.example> is <c@b.example>\n<A@b.example> is <d@b.example>\nfalse: f:1: another line has the same alias stand for another address; both stand\n"},
		"patterns":           {"RXEmailAliases f", "a\\.b@c.example x@c.example\n^a+b@c.example x@c.example\na\\+b@c.example$ x@c.example\n\\w@c.example x@c.example\na@c.example\\$ x@c.example", "<a+b@c.example> is <x@c.example>\n<a.b@c.example> is <x@c.example>\n" + strings.ReplaceAll("true: f:2: D\ntrue: f:4: D\ntrue: f:5: D\n", "D", "a regular expression cannot be said without the addresses that it matches")},
		"group of nobody":    {"GroupMap f", "a@b.example", "true: gitdm.config:1: the employer of the group is missing\n"},
		"keyword alone":      {"EmailMap\nEmailMap f", "b.example A", "b.example: A [, )\ntrue: gitdm.config:1: the keyword EmailMap stands alone\n"},
		"virtual domain":     {"EmailMap f\nVirtualEmployer V\n50% A\n50% B\nend", "b.example V", "true: f:1: a domain cannot belong to several employers by parts\n"},
		"virtual, whole":     {"EmailMap f\nVirtualEmployer V\n50% A\n50 A\nend", "b.example V", "b.example: A [, )\n"},
		"virtual, unknown":   {"EmailMap f\nVirtualEmployer V\n50% A\n50% (Unknown)\nend", "a@b.example V", "mail:a@b.example mail:a@b.example\n  A [, ) 0.5 f:1\n"},
		"virtual, sum":       {"EmailMap f\nVirtualEmployer V\n50% A\n49% B\nend", "a@b.example V <2020-01-01\na@b.example A", "mail:a@b.example mail:a@b.example\n  A [2020-01-01, ) 1 f:2\nV2its parts add up to 99%, not 100%\n"},
		"virtual, part":      {"EmailMap f\nVirtualEmployer V\n50% A\n50% B\n101% C\nend", "b.example V", "V2a line of it is not a percentage from 1 to 100 and an employer\n"},
		"virtual, zero":      {"EmailMap f\nVirtualEmployer V\n100% A\n0% B\nend", "b.example V", "V2a line of it is not a percentage from 1 to 100 and an employer\n"},
		"virtual, no name":   {"EmailMap f\nVirtualEmployer V\n100%\nend", "b.example V", "V2a line of it is not a percentage from 1 to 100 and an employer\n"},
		"virtual, nobody":    {"EmailMap f\nVirtualEmployer (Unknown)\n100% A\nend", "b.example ?", "V2its name says that nobody is known\n"},
		"virtual, no end":    {"VirtualEmployer V\n50% A\n50% B\nEmailMap f", "b.example V", "V1it has no line \"end\"\n"},
		"virtual, last":      {"EmailMap f\nVirtualEmployer V\n50% A\n50% B", "b.example V", "V2it has no line \"end\"\n"},
		"virtual, twice":     {"EmailMap f\nVirtualEmployer V\n100% A\nend\nVirtualEmployer V\n100% B\nend\nVirtualEmployer V\n100% C\nend", "b.example V", "V2line 5 defines it too\nV5line 2 defines it too\nV8line 5 defines it too\n"},
		"virtual in virtual": {"EmailMap f\nVirtualEmployer V\n50% W\n50% A\nend\nVirtualEmployer W\n100% B\nend\n", "b.example V\nc.example W", "c.example: B [, )\nV2a part of it is a virtual employer itself\n"},
		"aliases in circles": {"EmailAliases g\nEmailMap f", "a@b.example A\nb@b.example B\nc@b.example C", "mail:a@b.example mail:a@b.example\n  A [, ) 1 f:1\nmail:b@b.example mail:b@b.example\n  B [, ) 1 f:2\n<a@b.example> is <b@b.example>\n<b@b.example> is <a@b.example>\n<c@b.example> is <d@b.example>\n<d@b.example> is <e@b.example>\ntrue: f:3: the address is an alias, so gitdm goes by the lines of the address that it stands for\n"},
	} {
		t.Run(name, func(t *testing.T) {
			want := strings.ReplaceAll(c.want, ": N\n", ": the alias is no address; nobody is joined on a name or another text\n")
			for i := range 10 {
				want = strings.ReplaceAll(want, fmt.Sprintf("V%d", i), fmt.Sprintf("true: gitdm.config:%d: the virtual employer says nothing, nor do lines that name it: ", i))
			}
			table, err := fieldForm(t, "gitdm").Read(fstest.MapFS{
				"gitdm.config": {Data: []byte(c.config)}, "f": {Data: []byte(c.text)},
				"g": {Data: []byte("a@b.example b@b.example\nb@b.example a@b.example\nc@b.example d@b.example\nd@b.example e@b.example\n")},
			}, model.Roster{File: "gitdm.config"}, nil)
			require.NoError(t, err)
			assert.Equal(t, want, showTable(table))
		})
	}
}

func TestGitdmIsRefused(t *testing.T) {
	many := strings.Repeat("EmailMap f\n", 1001)
	for name, c := range map[string]struct{ config, want string }{
		"missing":         {"\nEmailMap nowhere", "c/gitdm.config:2: nowhere: there is no such file; copy it beside the configuration, or correct its name"},
		"a folder":        {"EmailMap sub", "c/gitdm.config:1: sub: there is no such file"},
		"outside":         {"EmailMap ../../x", "c/gitdm.config:1: ../../x: the file lies outside the tender's folder"},
		"absolute":        {"EmailMap /f", "c/gitdm.config:1: /f: the file lies outside the tender's folder"},
		"nothing of it":   {"Once upon a time.\n", "c/gitdm.config is neither a configuration of gitdm nor one of its maps"},
		"too many":        {many, "c/gitdm.config:1001: more than 1000 files are named"},
		"a long line":     {"EmailMap f\n" + strings.Repeat("x", 1<<20+1), "c/gitdm.config: line 2: "},
		"too many lines":  {"EmailMap lines", "c/gitdm.config:1: lines: with this file there are more than 2000000 lines"},
		"a long included": {"EmailAliases long", "c/gitdm.config:1: long: line 1: "},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := fieldForm(t, "gitdm").Read(fstest.MapFS{
				"c/gitdm.config": {Data: []byte(c.config)}, "f": {Data: []byte("b.example A")}, "c/sub/f": {},
				"lines": {Data: bytes.Repeat([]byte("\n"), 2_000_000)}, "c/long": {Data: bytes.Repeat([]byte("x"), 1<<20+1)},
			}, model.Roster{File: "c/gitdm.config"}, nil)
			require.Error(t, err)
			assert.True(t, strings.HasPrefix(err.Error(), c.want), err)
		})
	}
	_, err := fieldForm(t, "gitdm").Read(fstest.MapFS{}, model.Roster{File: "c/gitdm.config"}, nil)
	assert.ErrorIs(t, err, fs.ErrNotExist)
}

func TestGitdmMapAlone(t *testing.T) {
	read := func(text string) string {
		table, err := fieldForm(t, "gitdm").Read(fstest.MapFS{"m": {Data: []byte(text)}}, model.Roster{File: "m"}, nil)
		require.NoError(t, err)
		return showTable(table)
	}
	assert.Equal(t, "mail:a@b.example mail:a@b.example\n  A [, ) 1 m:2\nb.example: B [, )\ntrue: m:3: no employer is named\n",
		read("b.example B\na@b.example A # EmailMap\nEmailMapper\n"))
	assert.Empty(t, read(""))
	assert.Empty(t, read("# nobody\n"))
	assert.NotEmpty(t, read(strings.Repeat("\n", 1_500_000)+"b.example B"))
}

// Somebody moves from A to B on 1 March: that day is B's, before and after writing.
func TestGitdmKeepsTheDayOfAMove(t *testing.T) {
	f := fieldForm(t, "gitdm")
	text := "a@b.example B\na@b.example A < 2025-03-01\n"
	for range 2 {
		table, err := f.Read(fstest.MapFS{"m": {Data: []byte(text)}}, model.Roster{File: "m"}, nil)
		require.NoError(t, err)
		require.Len(t, table.People, 1)
		move, err := model.ParseDate("2025-03-01")
		require.NoError(t, err)
		e := table.People[0].Employment
		require.Len(t, e, 2)
		assert.Equal(t, []any{"A", model.Date(0), move}, []any{e[0].Vendor, e[0].From, e[0].Until})
		assert.Equal(t, []any{"B", move, model.Date(0)}, []any{e[1].Vendor, e[1].From, e[1].Until})
		var b bytes.Buffer
		_, err = f.Write(&b, table)
		require.NoError(t, err)
		text = b.String()
	}
	assert.Equal(t, "# [user@]domain  employer  [< first day on which that employer was it no more]\na@b.example A < 2025-03-01\na@b.example B\n", text)
}

func TestGitdmWrites(t *testing.T) {
	day := func(s string) model.Date {
		d, err := model.ParseDate(s)
		require.NoError(t, err)
		return d
	}
	half, whole := 0.5, 1.0
	one := func(ids string, list ...model.Employment) model.Table {
		return model.Table{People: []model.Person{{ID: "p", Identities: strings.Fields(ids), Employment: list}}}
	}
	const mixed = "left out: addresses and domains that several employers claim for the same days, with equal evidence (1)\n"
	for name, c := range map[string]struct {
		table       model.Table
		want, notes string
	}{
		"gaps":            {one("mail:A@b.example", model.Employment{Vendor: "B", From: day("2023-01-01"), Until: day("2024-01-01")}, model.Employment{Vendor: "A", Until: day("2022-01-01")}), "A@b.example A < 2022-01-01\nA@b.example (Unknown) < 2023-01-01\nA@b.example B < 2024-01-01\nA@b.example (Unknown)\n", ""},
		"a beginning":     {one("mail:a@b.example", model.Employment{Vendor: "B", From: day("2023-01-01"), Fraction: &whole}), "a@b.example (Unknown) < 2023-01-01\na@b.example B\n", ""},
		"nobody":          {one("mail:a@b.example"), "a@b.example (Unknown)\n", ""},
		"no vendor":       {one("mail:a@b.example", model.Employment{Vendor: "independent", Until: day("2020-01-01")}, model.Employment{From: day("2020-01-01")}), "a@b.example independent < 2020-01-01\na@b.example (Unknown)\n", ""},
		"joined":          {one("mail:a@b.example", model.Employment{Vendor: "A", Until: day("2022-01-01")}, model.Employment{Vendor: "A", From: day("2021-01-01"), Until: day("2023-01-01")}), "a@b.example A < 2023-01-01\na@b.example (Unknown)\n", ""},
		"overlap":         {one("mail:a@b.example", model.Employment{Vendor: "A", Until: day("2022-01-01")}, model.Employment{Vendor: "B", From: day("2021-01-01")}), "a@b.example A < 2021-01-01\na@b.example (Unknown) < 2022-01-01\na@b.example B\n", mixed},
		"levels":          {one("mail:a@b.example", model.Employment{Vendor: "A", Until: day("2022-01-01"), Level: model.Profile}, model.Employment{Vendor: "B", From: day("2021-01-01")}), "a@b.example A < 2021-01-01\na@b.example B\n", "employments whose level of evidence is lost (1)\n"},
		"a strange level": {one("mail:a@b.example", model.Employment{Vendor: "A", Level: "sworn"}, model.Employment{Vendor: "B", Level: model.Imported}), "a@b.example B\n", "employments whose level of evidence is lost (1)\n"},
		"parts":           {one("mail:a@b.example", model.Employment{Vendor: "A", Fraction: &half}, model.Employment{Vendor: "B", Fraction: &half, Until: day("2020-01-01")}), "a@b.example (Unknown)\n", "left out: employments of a part of the working time (2)\n"},
		"a part, a whole": {one("mail:a@b.example", model.Employment{Vendor: "A", Fraction: &half, Level: model.Listed}, model.Employment{Vendor: "B", From: day("2020-01-01")}), "a@b.example (Unknown)\n", "left out: employments of a part of the working time (1)\n"},
		"names":           {one("mail:a@b.example", model.Employment{Vendor: "A<B"}, model.Employment{Vendor: "A#"}, model.Employment{Vendor: "A  B"}, model.Employment{Vendor: "?"}, model.Employment{Vendor: "A\xff"}), "a@b.example (Unknown)\n", "left out: employers whose names the form cannot hold (5)\n"},
		"days":            {one("mail:a@b.example", model.Employment{Vendor: "A", From: day("2022-01-01"), Until: day("2022-01-01")}, model.Employment{Vendor: "B", Until: -1 << 20}, model.Employment{Vendor: "B", From: 1 << 30}), "a@b.example (Unknown)\n", "left out: stretches of days that the form cannot hold (3)\n"},
		"identities":      {one("github:7 github/ada mail:b.example mail:a#b@c.example mail:b@b.example mail:A@b.example", model.Employment{Vendor: "A"}), "A@b.example A\nb@b.example A\n", "left out: accounts, and addresses with signs that the form cannot hold (4)\npersons with several addresses, which are written each by itself (1)\n"},
		"one address, two persons": {model.Table{People: []model.Person{{Identities: []string{"mail:a@b.example"}, Employment: []model.Employment{{Vendor: "A"}}},
			{Identities: []string{" mail:x", "mail: A@b.example "}, Employment: []model.Employment{{Vendor: "B"}}}}}, "A@b.example (Unknown)\n", "left out: accounts, and addresses with signs that the form cannot hold (1)\n" + mixed},
		"domains": {model.Table{Domains: []model.DomainTenure{{Domain: "x.example", Employer: "X", Exact: true}, {Domain: "com", Employer: "X"}, {Domain: "B.example", Employer: "B", From: day("2020-01-01"), Until: day("2021-01-01")}, {Domain: "b.example", Employer: "A", From: day("2021-01-01")}}},
			"b.example (Unknown) < 2020-01-01\nb.example B < 2021-01-01\nb.example A\n", "left out: domains that the form cannot hold (1)\nleft out: domains without their subdomains (1)\n"},
		"ended domain":  {model.Table{Domains: []model.DomainTenure{{Domain: "b.example", Employer: "B", Until: day("0021-01-01")}}}, "b.example B < 0021-01-01\nb.example (Unknown)\n", ""},
		"domain of two": {model.Table{Domains: []model.DomainTenure{{Domain: "b.example", Employer: "B"}, {Domain: "b.example", Employer: "A"}}}, "b.example (Unknown)\n", mixed},
		"the rest":      {model.Table{Aliases: make([]model.Alias, 2), Names: make([]model.EmployerName, 3), Bots: make([]string, 4), Notes: make([]model.Note, 5)}, "", "left out: aliases (2)\nleft out: further names of employers (3)\nleft out: robots (4)\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			notes, err := fieldForm(t, "gitdm").Write(&b, &c.table)
			require.NoError(t, err)
			_, text, _ := strings.Cut(b.String(), "\n")
			assert.Equal(t, c.want, text)
			var said strings.Builder
			for _, n := range notes {
				assert.Equal(t, strings.HasPrefix(n.Text, "left out: "), n.Refused, n)
				said.WriteString(n.Text + "\n")
			}
			assert.Equal(t, c.notes, said.String())
		})
	}
	_, err := fieldForm(t, "gitdm").Write(failingWriter{}, &model.Table{})
	assert.ErrorIs(t, err, errFull)
}

var errFull = errors.New("full")

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errFull }

// What an EmailMap can hold comes back from it, whatever the order of the table.
func TestGitdmComesBack(t *testing.T) {
	f := fieldForm(t, "gitdm")
	for seed := range int64(200) {
		r := rand.New(rand.NewSource(seed))
		var table model.Table
		for i := range r.Intn(8) {
			p := model.Person{ID: fmt.Sprintf("mail:p%d@b.example", i), Identities: []string{fmt.Sprintf("mail:p%d@b.example", i)}}
			for _, s := range inventSpans(r) {
				p.Employment = append(p.Employment, model.Employment{Vendor: s.Employer, From: s.From, Until: s.Until})
			}
			table.People = append(table.People, p)
		}
		for i := range r.Intn(8) {
			for _, s := range inventSpans(r) {
				s.Domain = fmt.Sprintf("d%d.example", i)
				table.Domains = append(table.Domains, s)
			}
		}
		want := showTable(&table)
		var first string
		for range 3 {
			r.Shuffle(len(table.People), func(i, j int) { table.People[i], table.People[j] = table.People[j], table.People[i] })
			r.Shuffle(len(table.Domains), func(i, j int) { table.Domains[i], table.Domains[j] = table.Domains[j], table.Domains[i] })
			for _, p := range table.People {
				e := p.Employment
				r.Shuffle(len(e), func(i, j int) { e[i], e[j] = e[j], e[i] })
			}
			var b bytes.Buffer
			notes, err := f.Write(&b, &table)
			require.NoError(t, err)
			require.Empty(t, notes)
			if first == "" {
				first = b.String()
			}
			require.Equal(t, first, b.String())
			back, err := f.Read(fstest.MapFS{"m": {Data: b.Bytes()}}, model.Roster{File: "m"}, nil)
			require.NoError(t, err)
			for _, p := range back.People {
				for i := range p.Employment {
					p.Employment[i].Source = ""
				}
			}
			require.Equal(t, want, showTable(back))
		}
	}
}

// inventSpans makes stretches of days that do not overlap, with and without gaps.
func inventSpans(r *rand.Rand) []model.DomainTenure {
	var list []model.DomainTenure
	stated := func(d model.Date) model.Date { // the zero day is none
		if d == 0 {
			d = 1
		}
		return d
	}
	from := model.Date(r.Intn(2)) * stated(model.Date(r.Intn(20000)-10000))
	start := from
	if start == 0 {
		start = model.Date(r.Intn(20000) - 10000)
	}
	for range r.Intn(4) {
		name := string(rune('A' + r.Intn(6)))
		if n := len(list); n > 0 && list[n-1].Employer == name && list[n-1].Until == from {
			continue // one stretch
		}
		until := stated(start + 1 + model.Date(r.Intn(500)))
		list = append(list, model.DomainTenure{Employer: name, From: from, Until: until})
		from = stated(until + model.Date(r.Intn(2)*r.Intn(300)))
		start = from
	}
	if n := len(list); n > 0 && r.Intn(2) == 0 {
		list[n-1].Until = 0
	}
	return list
}

func FuzzGitdm(f *testing.F) {
	f.Add([]byte("EmailMap m\nEmailAliases a\nRXEmailAliases a\nGroupMap a K\nVirtualEmployer V\n60% A\n40% B\nend\n"),
		[]byte("a@b.example V <2020-01-01\nB.example A\n x!y (Unknown)\n"), []byte("a@b.example c@d.example\n\"A B\" c@d.example\n^a\\.b@c$ d@e\n"))
	f.Add([]byte("b.example Soci\xe9t\xe9 < 2020-1-1 # x\na@b.example A\na@b.example B\nc.b.example C"), []byte(""), []byte(""))
	f.Fuzz(func(t *testing.T, config, emails, aliases []byte) {
		form := fieldForm(t, "gitdm")
		table, err := form.Read(fstest.MapFS{"c": {Data: config}, "m": {Data: emails}, "a": {Data: aliases}}, model.Roster{File: "c"}, nil)
		if err != nil {
			return
		}
		for _, n := range table.Notes {
			require.NotRegexp(t, `\S@\S`, n.Text)
		}
		for _, a := range table.Aliases {
			requireAddress(t, a.From.Mail)
			requireAddress(t, a.To.Mail)
		}
		for _, d := range table.Domains {
			require.Equal(t, strings.ToLower(d.Domain), d.Domain)
			require.NotEmpty(t, d.Employer)
			require.True(t, d.Until == 0 || d.From == 0 || d.From < d.Until)
		}
		for _, p := range table.People {
			require.Equal(t, []string{p.ID}, p.Identities)
			requireAddress(t, strings.TrimPrefix(p.ID, "mail:"))
			for _, e := range p.Employment {
				require.NotEmpty(t, e.Vendor)
				require.NotEmpty(t, e.Source)
				require.True(t, e.Until == 0 || e.From == 0 || e.From < e.Until)
				require.True(t, e.Share() > 0 && e.Share() <= 1)
			}
		}
		// What is written once comes back as it is.
		var once, twice bytes.Buffer
		notes, err := form.Write(&once, table)
		require.NoError(t, err)
		require.NotContains(t, showTable(&model.Table{Notes: notes}), "stretches")
		back, err := form.Read(fstest.MapFS{"m": {Data: once.Bytes()}}, model.Roster{File: "m"}, nil)
		require.NoError(t, err)
		require.Len(t, back.People, len(table.People))
		_, err = form.Write(&twice, back)
		require.NoError(t, err)
		require.Equal(t, withoutUnknownDomains(once.String()), withoutUnknownDomains(twice.String()))
	})
}

// withoutUnknownDomains leaves out what a table has no word for: that a domain's employer
// is not known, or not any more.
func withoutUnknownDomains(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if domain, ok := strings.CutSuffix(line, " (Unknown)\n"); !ok || strings.Contains(domain, "@") {
			b.WriteString(line)
		}
	}
	return b.String()
}

func requireAddress(t *testing.T, s string) {
	local, domain, ok := strings.Cut(s, "@")
	require.True(t, ok && local != "" && domain != "" && !strings.Contains(domain, "@") && !strings.ContainsAny(s, " \t\n<>"), "%q", s)
}
