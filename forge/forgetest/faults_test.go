package forgetest

import (
	"errors"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFaults shows every mistake with its line. The text stands below the four
// lines of people, whose first is empty, so its first line is line 5.
func TestFaults(t *testing.T) {
	const base = "commit a 2024-01-01 ada: A\n  write f 3\n" // lines 5 and 6
	for name, c := range map[string]struct{ text, want string }{
		"verb":              {"comit 2024-01-01 ada: A", `5: "comit" is nothing that a line begins with; write one of person, list, on, commit, merge, pick, revert, tag, lighttag, drop, repeat`},
		"not indented":      {base + "write g 3", `7: "write" is nothing that a line begins with; write one of person, list, on, commit, merge, pick, revert, tag, lighttag, drop, repeat; indent the line if it belongs to the commit above`},
		"inner verb":        {base + "  wrote g 3", `7: "wrote" is nothing that stands under a commit; write one of by, at, write, edit, reindent, text, binary, move, delete, like, or a trailer as "Reviewed-by: NAME"`},
		"too deep":          {base + "    write g 3", `7: nothing can stand under this; indent it like the line above`},
		"from nothing":      {"on x from main", `5: branch "main" has no commit yet; write one first`},
		"under person":      {"person x = X <x@x.example>\n  write f 1", `6: nothing can stand under "person"; begin the line where "person" begins`},
		"quoted nowhere":    {"on main\n| text", `5: no "| " lines can follow "on"; they belong under a commit or under "text PATH"`},
		"quoted under by":   {base + "  by bob\n  | text", `7: "| " lines belong right under a commit, as its message, or under "text PATH", as the file's content`},
		"indentation":       {base + " write g 1", `7: indentation that no line above has; begin with the same spaces or tabs as the lines it belongs with`},
		"tab after spaces":  {base + "\twrite g 1", `7: indentation that no line above has; begin with the same spaces or tabs as the lines it belongs with`},
		"control":           {base + "  text g\n  | a\x00b", `8: control character U+0000; remove it`},
		"latin-1":           {"person c = Fran\xe7ois <f@karst.example>", `5: not UTF-8; save the text as UTF-8`},
		"person":            {"person c = Carl carl@karst.example", `5: no person in "c = Carl carl@karst.example"; write "person ada = Ada Lovelace <ada@karst.example>"`},
		"person twice":      {"person ada = Ada <a@x.example>", `5: person "ada" is already Ada Lovelace <ada@karst.example>; choose another short name`},
		"list":              {"list place", `5: no list in "place"; write "list place = the cache, the index"`},
		"list twice":        {"list a = b\nlist a = c", `6: list "a" exists; choose another name`},
		"stranger":          {"commit 2024-01-01 eve: A", `5: no person "eve"; write "person eve = Name <mail>" above`},
		"committer":         {base + "  by eve", `7: no person "eve"; write "person eve = Name <mail>" above`},
		"date":              {"commit 2024-02-30 ada: A", `5: "2024-02-30" is no date; write 2024-03-04 or 2024-03-04T09:00:00Z`},
		"old date":          {"commit 1969-12-31 ada: A", `5: year 1969; choose dates from 1970 to 2199`},
		"no subject":        {"commit 2024-01-01 ada:", `5: cannot read "commit 2024-01-01 ada:"; write "commit 2024-03-04 ada: Subject", with a name before the date if need be`},
		"no date":           {"commit ada: Parse", `5: no date and person in "ada"; write them before the colon, as in "2024-03-04 ada: Subject"`},
		"name":              {"commit a/b 2024-01-01 ada: A", `5: "a/b" cannot name a commit; use letters, digits, "-", "_" and "."`},
		"name twice":        {base + base, `7: "a" already names a commit; choose another name, inside a repeat one with its counter`},
		"name of a branch":  {"commit main 2024-01-01 ada: A", `5: "main" already names a branch; choose another name, inside a repeat one with its counter`},
		"unknown brace":     {"commit 2024-01-01 ada: Fix {n}", `5: nothing is called {n} here; name a counter or a list inside its repeat, or a commit made above`},
		"brace in message":  {base + "  | See {b}.", `6: "| " lines belong right under a commit, as its message, or under "text PATH", as the file's content`},
		"brace in body":     {"commit 2024-01-01 ada: A\n  | See {b}.", `5: nothing is called {b} here; name a counter or a list inside its repeat, or a commit made above`},
		"list outside":      {"list b = x\ncommit 2024-01-01 ada: A {b}", `6: nothing is called {b} here; name a counter or a list inside its repeat, or a commit made above`},
		"path":              {base + "  write ../g 1", `7: "../g" is no path in a repository; write it as src/header.go, without ".." or ".git"`},
		"git's folder":      {base + "  move f .GIT/config", `7: ".GIT/config" is no path in a repository; write it as src/header.go, without ".." or ".git"`},
		"write":             {base + "  write g", `7: cannot read "write g"; write "write PATH 12"; paths hold no spaces`},
		"write none":        {base + "  write g 0", `7: "0" is no number from 1 to 100000; write "write PATH 12"`},
		"edit too much":     {base + "  edit f 4", `7: f has only 3 lines; write at most that number`},
		"edit nothing":      {base + "  edit g 4", `7: no file g to edit on branch "main"; write it first`},
		"file as folder":    {base + "  write f/g 4", `7: f is a file; choose another path`},
		"folder as file":    {base + "  write d/g 4\n  write d 4", `8: d is a folder; choose another path`},
		"picked step":       {base + "on t orphan\ncommit b 2024-01-01 ada: B\n  edit f 1\n", `9: no file f to edit on branch "t"; write it first`},
		"replayed step":     {base + "commit e 2024-01-01 ada: E\n  edit f 1\non t orphan\npick e 2024-01-01 ada", `10: no file f to edit on branch "t"; write it first`},
		"like":              {base + "  like b", `7: no branch, tag or commit "b" above; correct the name, or give it to the commit that is meant`},
		"without":           {base + "  without Change-Id", `7: no trailer "Change-Id" to leave out; correct the key, or remove the line`},
		"new branch":        {base + "on stabel", `7: no branch "stabel" yet; write "on stabel from main", or "on stabel orphan" for a history of its own`},
		"branch twice":      {base + "on main from a", `7: branch "main" exists; write only "on main", or choose another name`},
		"branch syntax":     {base + "on x at a", `7: cannot read "on x at a"; write "on stable", "on stable from v1.0" or "on pages orphan"`},
		"branch shape":      {base + "on x..y from a", `7: "x..y" cannot name a branch or a tag; use at most 180 letters, digits, "-" and "/"`},
		"branch as folder":  {base + "on main/x from a", `7: "main/x" cannot stand beside what is called so above, as git keeps names with "/" in folders; choose another name`},
		"folder as branch":  {base + "on x/y from a\non x from a", `8: "x" cannot stand beside what is called so above, as git keeps names with "/" in folders; choose another name`},
		"one branch twice":  {base + "on refs/heads/main from a", `7: "main" cannot stand beside what is called so above, as git keeps names with "/" in folders; choose another name`},
		"drop current":      {base + "drop main", `7: branch "main" cannot be dropped: it is the first one, or the one that the history is on; write "on" another one above`},
		"drop nothing":      {base + "drop x", `7: no branch "x" to drop; correct the name`},
		"tag":               {base + "tag 2024-01-01 ada: A", `7: cannot read "tag 2024-01-01 ada: A"; write "tag v1.0 2024-05-01 ada: Version 1.0"`},
		"tag nothing":       {"lighttag v1", `5: nothing to tag on branch "main"; write a commit first`},
		"tag twice":         {base + "lighttag v1\nlighttag v1", `8: "v1" already names a tag; choose another name, inside a repeat one with its counter`},
		"under tag":         {base + "tag v1 2024-01-01 ada: A\n  by bob", `8: nothing can stand under a tag but "| " lines of its message; begin the line where "tag" begins`},
		"merge itself":      {base + "merge a 2024-01-01 ada: M", `7: "a" brings nothing that branch "main" lacks; commit to it first`},
		"merge what":        {base + "merge 2024-01-01 ada: M", `7: cannot merge here; on a branch with commits write "merge topic 2024-03-06 bob: Merge topic"`},
		"conflict":          {base + "on t from a\ncommit 2024-01-01 ada: B\n  write f 1\non main\ncommit 2024-01-01 ada: C\n  write f 1\nmerge t 2024-01-01 ada: M", `13: both sides changed f; write "text f" or "delete f" under the merge, which says what becomes of it`},
		"file and folder":   {base + "on t from a\ncommit 2024-01-01 ada: B\n  write g 1\non main\ncommit 2024-01-01 ada: C\n  write g/h 1\nmerge t 2024-01-01 ada: M", `13: g is a file on one side and a folder on the other; move one of them first`},
		"pick what":         {base + "pick 2024-01-01 bob", `7: one commit is needed; write "pick NAME 2024-03-04 ada" with the name of a commit`},
		"pick a merge":      {base + "on t orphan\ncommit b 2024-01-01 ada: B\non main\nmerge b as m 2024-01-01 ada: M\npick m 2024-01-01 bob", `11: "m" is a merge; pick the commits that it brought`},
		"pick onto nothing": {base + "pick a onto x 2024-01-01 bob", `7: no branch "x" to pick onto; write "on x from NAME" above`},
		"pick by":           {base + "pick a 2024-01-01 bob\n  by ada", `8: the pick's own line says who and when; put them there`},
		"revert too late":   {base + "commit b 2024-01-01 ada: B\n  edit f 1\nrevert a 2024-01-01 bob", `9: f has changed since; revert before that, or undo it with "text f" in a commit`},
		"repeat":            {"repeat often\n  commit 2024-01-01 ada: A", `5: "often" is no number of rounds; write a whole number from 1, as in "repeat 20 every 9d"`},
		"repeat syntax":     {"repeat 3 each 9d\n  commit 2024-01-01 ada: A", `5: cannot read "repeat 3 each 9d"; write "repeat 20 every 9d" or "repeat 20 every 9d as k"`},
		"repeat step":       {"repeat 3 every month\n  commit 2024-01-01 ada: A", `5: "month" is no step of time; write hours, days or weeks up to ten years, as 12h, 9d or 2w`},
		"repeat nothing":    {"repeat 3 every 1d\ncommit 2024-01-01 ada: A", `5: nothing to repeat; indent the lines below`},
		"which round":       {"repeat 2\n  repeat 9 every 1d as k\n    commit x-{n}-{k} 2024-01-01 ada: A\n      edit f{k} 1", `8: no file f1 to edit on branch "main"; write it first (k = 1) (n = 1)`},
		"far future":        {"repeat 200 every 365d\n  commit 2024-01-01 ada: A", `6: year 2200; choose dates from 1970 to 2199 (n = 178)`},
		"further future":    {"repeat 300 every 365d\n  list x{n} = a", `5: round 202 would begin more than 200 years later; take smaller steps`},
		"folding":           {"commit x0 2024-01-01 ada: A\n  text f\nrepeat 20 as k\n  commit x{k} 2024-01-01 ada: A\n    like main\n    like main", `8: more than 10,000 changes of files in one commit; spread them over several (k = 14)`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "x")
			_, err := Build(dir, strings.TrimPrefix(people, "\n")+"\n"+c.text)
			assert.EqualError(t, err, "history line "+c.want)
			assert.NoDirExists(t, dir)
		})
	}
}

func TestFaultsOfTheWhole(t *testing.T) {
	few := limits{acts: 1000, bytes: 1 << 20}
	_, err := compose("commit 2024-01-01 ada: A", few)
	assert.EqualError(t, err, `history line 1: no person "ada"; write "person ada = Name <mail>" above`)
	_, err = compose("person ada = A <a@x.example>\ncommit 2024-01-01 ada: A", few)
	assert.EqualError(t, err, `history line 2: not on a branch; write "on main" above`)
	_, err = compose("on refs/pull/1/head", few)
	assert.EqualError(t, err, `history line 1: the first branch becomes HEAD and cannot be "refs/pull/1/head"; write "on main" above`)
	_, err = compose("# only\n| text", few)
	assert.EqualError(t, err, `history line 2: "|" quotes the text of the line above, and there is none; write "text PATH" or a commit first`)
	_, err = compose("on main\nrepeat 1000000000\n  repeat 1000000000\n    on main", few)
	assert.EqualError(t, err, `history line 3: more than 1000 acts so far; repeat less often (n = 1)`)
	_, err = compose(people+"repeat 1000\n  commit 2024-01-01 ada: A\n    write f 900", few)
	assert.EqualError(t, err, `history line 7: more than 1 MiB so far; write fewer lines or repeat less often (n = 8)`)
	_, err = compose(strings.Repeat("#", maxText+1), few)
	assert.EqualError(t, err, `history of 4194305 bytes: at most 4194304 are read; use repeat for what repeats`)
}

// FuzzCompose holds that any text ends in a history or in a fault that names one
// of its lines.
func FuzzCompose(f *testing.F) {
	f.Add(golden)
	f.Add(busy(2))
	f.Add(people + "commit a 2024-01-01 ada: A\n  write f 3\n  binary b 3\nrevert a 2024-01-02 bob\npick a as p onto main 2024-01-03 bob\n  without X\n  like a\n  move f g\n  reindent g 1\nlighttag v\n")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := compose(text, limits{acts: 1000, bytes: 1 << 20})
		if err == nil {
			for name, id := range h.names() {
				require.Len(t, id, 40, name)
			}
			return
		}
		if wrong, ok := errors.AsType[*fault](err); ok {
			require.GreaterOrEqual(t, wrong.line, 1)
			require.LessOrEqual(t, wrong.line, 1+strings.Count(text, "\n"))
			require.Contains(t, err.Error(), "history line "+strconv.Itoa(wrong.line))
			return
		}
		require.Greater(t, len(text), maxText)
	})
}
