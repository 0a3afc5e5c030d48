package formats_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

func readMailmap(t testing.TB, text string) *model.Table {
	table, err := fieldForm(t, "mailmap").Read(fstest.MapFS{"m": {Data: []byte(text)}}, model.Roster{File: "m"}, nil)
	require.NoError(t, err)
	return table
}

func TestMailmap(t *testing.T) {
	const odd = "the text in < > has not one @ with text on both sides, or signs that no address has\n"
	for name, c := range map[string]struct{ text, want string }{
		"empty":           {"\n# Ann <a@b> <c@d>\n  # too\n", ""},
		"name":            {"Ann <a@b>\nBo <c@d> # his\n", "false: m: lines that give only a name to display, on which nobody is joined: 2\n"},
		"mail":            {"<Ann@ash.example> <a@OLD.example>", "<a@OLD.example> is <Ann@ash.example>\n"},
		"name and mail":   {"Ann  Ash <ann@ash.example> <a@old.example>", "<a@old.example> is Ann Ash<ann@ash.example>\n"},
		"pair":            {"Ann Ash <ann@ash.example> Root  R <root@old.example>\r\n", "Root R<root@old.example> is Ann Ash<ann@ash.example>\n"},
		"Latin-1":         {"Ren\xe9 <r@ash.example> <r@old.example>", "<r@old.example> is René<r@ash.example>\n"},
		"written with !":  {"<a!b> < c!d >", "<c@d> is <a@b>\n"},
		"the last wins":   {"One <x@y> <a@b>\n<z@y> <A@b>\n<Z@y> <A@b>", "<A@b> is One<Z@y>\ntrue: m:1: line 2 replaces what this one says, as in git\n"},
		"a pair replaced": {"One <x@y> N <a@b>\n<z@z> n <a@b>\n<w@w> <a@b>", "<a@b> is <w@w>\nn<a@b> is <z@z>\ntrue: m:1: line 2 replaces what this one says, as in git\n"},
		"back to itself":  {"<x@y> <a@b>\nAnn <A@b> <a@b>", "true: m:1: line 2 replaces what this one says, as in git\nfalse: m: lines that give only a name to display, on which nobody is joined: 1\n"},
		"one of a name":   {"<x@y> <a@b>\n<a@b> Ann <a@b>", "<a@b> is <x@y>\nAnn<a@b> is <a@b>\n"},
		"unreadable":      {"Ann\nAnn <a@b\n<a@b>\n", "true: m:1: there is no address in < >\ntrue: m:2: there is no address in < >\ntrue: m:3: one address alone says nothing\n"},
		"no addresses":    {"Ann <>\nAnn <a@b> <>\nAnn <a@b@c> <d@e>\n<root> <d@e>\n<a b@c> <d@e>", "true: m:1: " + odd + "true: m:2: " + odd + "true: m:3: " + odd + "true: m:4: " + odd + "true: m:5: " + odd},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, showTable(readMailmap(t, c.text)))
		})
	}
	_, err := fieldForm(t, "mailmap").Read(fstest.MapFS{}, model.Roster{File: "m"}, nil)
	assert.ErrorIs(t, err, fs.ErrNotExist)
}

func TestMailmapWrites(t *testing.T) {
	id := func(name, mail string) model.Identity { return model.Identity{Name: name, Mail: mail} }
	table := model.Table{
		Aliases: []model.Alias{
			{From: id("", "b@x.example"), To: id("Bo", "bo@x.example")},
			{From: id("", "B@x.example"), To: id("", "BO@x.example")}, // the same once more
			{From: id("", "a@x.example"), To: id("", "ann@x.example")},
			{From: id("Root", "a@x.example"), To: id("", "root@x.example")},
			{From: id("", "c@x.example"), To: id("", "cy@x.example")},
			{From: id("", "c@x.example"), To: id("", "di@x.example")},
			{From: model.Identity{Account: "github:7"}, To: id("", "di@x.example")},
			{From: model.Identity{Mail: "e@x.example", Login: "eve"}, To: id("", "di@x.example")},
			{From: id("a>", "f@x.example"), To: id("", "di@x.example")},
			{From: id("", "g@x.example"), To: id("#1", "di@x.example")},
			{From: id("\xff", "h@x.example"), To: id("", "di@x.example")},
			{From: id("", "i"), To: id("", "di@x.example")},
		},
		People: make([]model.Person, 2), Domains: make([]model.DomainTenure, 3), Names: make([]model.EmployerName, 4), Bots: make([]string, 5),
	}
	var b bytes.Buffer
	notes, err := fieldForm(t, "mailmap").Write(&b, &table)
	require.NoError(t, err)
	assert.Equal(t, "<ann@x.example> <a@x.example>\n<root@x.example> Root <a@x.example>\n<BO@x.example> <B@x.example>\n", b.String())
	assert.Equal(t, "true: mailmap: left out: addresses that are aliases of several others (1)\n"+
		"true: mailmap: left out: aliases of accounts, or with signs that the form cannot hold (6)\n"+
		"true: mailmap: left out: domains (3)\ntrue: mailmap: left out: further names of employers (4)\n"+
		"true: mailmap: left out: persons, with their employments (2)\ntrue: mailmap: left out: robots (5)\n", showTable(&model.Table{Notes: notes}))
	_, err = fieldForm(t, "mailmap").Write(failingWriter{}, &table)
	assert.ErrorIs(t, err, errFull)
}

// Aliases of addresses come back from a .mailmap, whatever their order.
func TestMailmapComesBack(t *testing.T) {
	for seed := range int64(100) {
		r := rand.New(rand.NewSource(seed))
		var table model.Table
		for i := range r.Intn(12) {
			a := model.Alias{From: model.Identity{Mail: fmt.Sprintf("%c@x.example", 'a'+i)}, To: model.Identity{Mail: fmt.Sprintf("z%d@x.example", r.Intn(3))}}
			if r.Intn(2) == 0 {
				a.To.Name = "Ann Ash"
			}
			if r.Intn(3) == 0 {
				a.From.Name = "Root"
			}
			table.Aliases = append(table.Aliases, a)
		}
		want := showTable(&table)
		r.Shuffle(len(table.Aliases), func(i, j int) { table.Aliases[i], table.Aliases[j] = table.Aliases[j], table.Aliases[i] })
		var b bytes.Buffer
		notes, err := fieldForm(t, "mailmap").Write(&b, &table)
		require.NoError(t, err)
		require.Empty(t, notes)
		require.Equal(t, want, showTable(readMailmap(t, b.String())))
	}
}

func FuzzMailmap(f *testing.F) {
	f.Add([]byte("Ann <a@b> Root <C@d> # x\n<e@f> <A@b>\nBo <a@b>\n<x!y> <a@b>\nRen\xe9 <r@b> <q@b>"))
	f.Fuzz(func(t *testing.T, b []byte) {
		table, err := fieldForm(t, "mailmap").Read(fstest.MapFS{"m": {Data: b}}, model.Roster{File: "m"}, nil)
		if err != nil {
			return
		}
		for _, n := range table.Notes {
			require.NotRegexp(t, `\S@\S`, n.Text)
		}
		seen := map[string]bool{}
		for _, a := range table.Aliases {
			requireAddress(t, a.From.Mail)
			requireAddress(t, a.To.Mail)
			key := strings.ToLower(a.From.Mail) + "\x00" + strings.ToLower(a.From.Name)
			require.False(t, seen[key], "one alias for one identity")
			seen[key] = true
		}
		var once, twice bytes.Buffer
		_, err = fieldForm(t, "mailmap").Write(&once, table)
		require.NoError(t, err)
		_, err = fieldForm(t, "mailmap").Write(&twice, readMailmap(t, once.String()))
		require.NoError(t, err)
		require.Equal(t, once.String(), twice.String())
	})
}
