package command_test

import (
	"cmp"
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/git"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// The attacks of package score state what git would say of them. Those here are made with
// git itself, where it matters what git and its mining make of a rebase, a pick or a date.
// Ada of Karst, who may push, is the attacker.

// attackedBegin and attackedEnd are a project's first and second half: each month Bob of
// Karst, Moe of Moraine and Zoe of BigCo have a change accepted.
const attackedBegin = `
person ada = Ada <ada@karst.example>
person bob = Bob <bob@karst.example>
person mia = Mia <mia@moraine.example>
person moe = Moe <moe@moraine.example>
person zoe = Zoe <zoe@bigco.example>
person gus = Gus <gus@gmail.com>

on main
commit begin 2022-12-05 gus: Begin
  write river.go 40
  text MAINTAINERS
  | M: Mia <mia@moraine.example>
on stable-1 from main
on main
repeat 18 every 30d as k
  commit bob-{k} 2023-01-09 bob: Mend part {k} of the reader
    by mia
    write reader/part{k}.go 12
    Reviewed-by: zoe
  commit moe-{k} 2023-01-11 moe: Mend part {k} of the writer
    by ada
    write writer/part{k}.go 15
  commit zoe-{k} 2023-01-13 zoe: Measure place {k}
    by gus
    write places/place{k}.go 30
    Reviewed-by: mia
  commit ada-{k} 2023-01-16 ada: Draw map {k}
    write maps/map{k}.go 8
`

const attackedEnd = `
on main
repeat 18 every 30d as k
  commit late-bob-{k} 2024-07-02 bob: Mend leaf {k} of the reader
    by mia
    write reader/leaf{k}.go 12
    Reviewed-by: zoe
  commit late-moe-{k} 2024-07-04 moe: Mend leaf {k} of the writer
    by ada
    write writer/leaf{k}.go 15
  commit late-zoe-{k} 2024-07-06 zoe: Measure field {k}
    by gus
    write fields/field{k}.go 30
    Reviewed-by: mia
  commit late-ada-{k} 2024-07-09 ada: Draw road {k}
    write roads/road{k}.go 8
`

func attackedTender(branch string) *model.Tender {
	t := model.NewTender()
	t.Window.Until, _ = model.ParseDate("2026-01-01")
	t.Shortlist = true
	t.Vendors = map[string]model.Vendor{}
	for _, v := range []string{"karst", "moraine", "bigco"} {
		t.Vendors[v] = model.Vendor{Name: v, Domains: []model.MailDomain{{Name: v + ".example"}}}
		t.Bidders.List = append(t.Bidders.List, model.Bidder{ID: v, Vendors: []string{v}})
	}
	// At a hundred of each nobody has all that can be had.
	of := map[model.Indicator]model.Threshold{model.Changes: {T: 100}, model.ReviewsDone: {T: 100}, model.Integration: {T: 100}, model.Ports: {T: 20}, model.Upkeep: {T: 20}}
	t.Projects = map[string]model.Project{"p": {Thresholds: of,
		Repositories: []model.Repository{{URL: "x.git", Branches: []string{branch, "stable-*"}}}}}
	t.Lots = []model.Lot{{ID: "1", Projects: map[string]float64{"p": 1}}}
	return t
}

// attacked ranks the project with what happens in the middle and at the end. The branch is
// the one that is called main where others look.
func attacked(t *testing.T, branch, middle, end string) *model.Ranking {
	t.Helper()
	dir := t.TempDir()
	_, err := forgetest.Build(filepath.Join(dir, "x.git"), attackedBegin+middle+attackedEnd+end)
	require.NoError(t, err)
	tender := attackedTender(branch)
	hosts := forge.Hosts{forge.Git: git.New(&git.Options{Cache: filepath.Join(dir, "cache")})}
	r, err := score.Evaluate(tender, forge.Mine(t.Context(), tender, hosts, &forge.Options{Dir: dir}), nil)
	require.NoError(t, err)
	require.Empty(t, r.Gaps)
	return r
}

// Whoever merges the main branch into an old one and pushes that as the main branch makes
// all that others did a side line, accepted on that day and as one change. Git's first
// parents are all that tells them apart; the ranking says so. Where a forge says when a
// change was merged, that stands.
func TestAttacksInGit(t *testing.T) {
	if testing.Short() {
		t.Skip("it is about figures, which the run without -short shows")
	}
	before := valuesOf(attacked(t, "main", "", ""))
	for name, a := range map[string]struct {
		middle, end string
		branch      string  // what the attacker pushes as main; main itself where it is absent
		said        string  // what the ranking says where nothing refuses it
		ports       float64 // at most what the attacker gains in ports
	}{
		"nothing": {},
		"replay, as it is": {end: `
on stable-9 from begin
repeat 18 as k
  pick bob-{k} 2025-12-20 ada
  pick moe-{k} 2025-12-20 ada
  pick zoe-{k} 2025-12-20 ada
  pick ada-{k} 2025-12-20 ada
`, ports: 3},
		"replay, --reset-author": {end: `
on stable-9 from begin
repeat 18 as k
  commit 2025-12-20 ada: Mend part {k} of the reader
    like bob-{k}
  commit 2025-12-20 ada: Mend part {k} of the writer
    like moe-{k}
  commit 2025-12-20 ada: Measure place {k}
    like zoe-{k}
  commit 2025-12-20 ada: Draw map {k}
    like ada-{k}
`, ports: 3},
		"replay, --reset-author and other subjects, indented otherwise": {end: `
on stable-9 from begin
repeat 18 as k
  commit 2025-12-20 ada: Read better {k}
    like bob-{k}
    reindent reader/part{k}.go
  commit 2025-12-20 ada: Write better {k}
    like moe-{k}
    reindent writer/part{k}.go
`, ports: 3},
		"replay, one edited line each": {end: `
on stable-9 from begin
repeat 18 as k
  commit 2025-12-20 ada: Read better {k}
    like bob-{k}
    edit reader/part{k}.go 1
  commit 2025-12-20 ada: Write better {k}
    like moe-{k}
    edit writer/part{k}.go 1
  commit 2025-12-20 ada: Draw better {k}
    like ada-{k}
    edit maps/map{k}.go 1
`, ports: 3},
		"replay, one edited line each, over months": {end: `
on stable-9 from begin
repeat 18 every 30d as k
  commit 2024-01-20 ada: Read better {k}
    like bob-{k}
    edit reader/part{k}.go 1
  commit 2024-01-21 ada: Write better {k}
    like moe-{k}
    edit writer/part{k}.go 1
`, ports: 36},
		"replay in advance": {end: `
on stable-9 from begin
repeat 18 every 30d as k
  commit 2024-06-20 ada: Read better {k}
    like late-bob-{k}
  commit 2024-06-20 ada: Write better {k}
    like late-moe-{k}
  commit 2024-06-20 ada: Measure better {k}
    like late-zoe-{k}
`},
		"replay in advance, under their authors' names": {end: `
on stable-9 from begin
repeat 18 every 30d as k
  pick late-bob-{k} 2024-06-20 ada
  pick late-moe-{k} 2024-06-20 ada
  pick late-zoe-{k} 2024-06-20 ada
`},
		"files moved to another folder": {end: `
repeat 18 every 1d as k
  commit 2025-12-10 ada: Move part {k}
    move reader/part{k}.go read/part{k}.go
`},
		"white space": {end: `
repeat 18 every 1d as k
  commit 2025-12-10 ada: Tidy part {k}
    reindent reader/part{k}.go
`},
		"empty commits": {end: `
repeat 18 every 1d as k
  commit 2025-12-10 ada: Trigger {k}
`},
		"another repository comes in by a merge": {end: `
on other orphan
repeat 90 every 5d as k
  commit 2020-01-06 ada: Elsewhere {k}
    by bob
    write elsewhere/{k}.go 20
on main
merge other 2025-12-15 ada: Merge the other repository
`},
		"a commit from the future": {middle: `
commit 2024-06-28 ada: Draw the sea
  at 2025-12-31T00:00:00Z
  write sea.go 8
`},
		"the main line becomes the side line": {branch: "fork", said: "made a side line of the main one", end: `
on fork from begin
commit 2022-12-06 ada: Draw the source
  write source.go 8
merge main 2025-12-20 ada: Merge branch main
`},
		"half of the main line becomes a side line": {branch: "fork", said: "made a side line of the main one", end: `
on fork from late-ada-1
commit 2025-12-12 ada: Draw a brook
  write brook.go 8
merge main 2025-12-13 ada: Merge branch main into brook
`},
	} {
		t.Run(name, func(t *testing.T) {
			r := attacked(t, cmp.Or(a.branch, "main"), a.middle, a.end)
			if a.said != "" {
				assert.Contains(t, r.Projects[0].Indicators[0].Reason, a.said)
				return
			}
			after := valuesOf(r)
			for firm, was := range before {
				is, allowed := after[firm], was.score/100
				if firm == "karst" && a.ports > 0 {
					assert.LessOrEqual(t, is.ports-was.ports, a.ports)
					allowed += is.portPoints - was.portPoints
				}
				moved := is.score - was.score
				if firm != "karst" { // whoever lowers its own score attacks nobody
					moved = math.Abs(moved)
				}
				assert.LessOrEqual(t, moved, allowed, "%s: %.2f becomes %.2f", firm, was.score, is.score)
			}
		})
	}
}

// values are what the attacks are measured by.
type values struct{ score, ports, portPoints float64 }

func valuesOf(r *model.Ranking) map[string]values {
	m := map[string]values{}
	for _, s := range r.Projects[0].Scores {
		v := values{score: *s.Score}
		for _, x := range s.Values {
			if x.Indicator == model.Ports {
				v.ports, v.portPoints = x.Value, x.Points
			}
		}
		m[s.Bidder] = v
	}
	return m
}
