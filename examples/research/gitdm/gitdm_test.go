package gitdm

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report"
)

var day = time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)

func who(name string) model.Identity {
	return model.Identity{Name: strings.ToUpper(name), Mail: name + "@" + name + ".example"}
}

// changeset makes the records of a commit: its author's, then others' as "role name".
func changeset(n, added, deleted int, author string, others ...string) []model.Record {
	c := &model.Commit{Authored: day, Committed: day, Files: &model.Files{Touched: 1, Lines: &model.Lines{Added: added, Deleted: deleted}}}
	artifact := model.NewArtifact(model.CommitArtifact, fmt.Sprintf("%040x", n))
	act := func(role model.Role, name string) model.Record {
		return model.Record{Contribution: &model.Contribution{Artifact: artifact, Role: role, Actor: who(name), At: day, Commit: c}}
	}
	list := []model.Record{act(model.Author, author), act(model.Committer, author)}
	for _, o := range others {
		role, name, _ := strings.Cut(o, " ")
		list = append(list, act(model.Role(role), name))
	}
	return list
}

func alias(from, to string) model.Alias {
	return model.Alias{From: model.Identity{Mail: who(from).Mail}, To: model.Identity{Mail: who(to).Mail}}
}

func stream(lists ...[]model.Record) iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		for _, l := range lists {
			for _, r := range l {
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

// tender is one with tables, in which every level of evidence serves.
func tender(tables ...model.Table) *model.Tender {
	t := model.NewTender()
	t.Evidence = model.Profile
	t.Tables = tables
	return t
}

func works(id, employer string, fraction float64) model.Person {
	e := model.Employment{Vendor: employer}
	if fraction > 0 {
		e.Fraction = &fraction
	}
	return model.Person{ID: id, Identities: []string{"mail:" + who(id).Mail}, Employment: []model.Employment{e}}
}

// table returns the rows of a table of a report.
func (r *Report) table(of Subject, by string) map[string]float64 {
	for _, t := range r.Tables {
		if t.Of == of && t.By == by {
			rows := map[string]float64{}
			for _, row := range t.Rows {
				rows[row.Name] += float64(row.Count) / model.Whole
			}
			return rows
		}
	}
	return nil
}

var byName = Options{Show: report.People{Names: true}}

// The rows of each table add up exactly to its total, by developer and by employer alike,
// and the totals to those of the changesets, whatever is divided among whom.
func TestSums(t *testing.T) {
	roles := []model.Role{model.Signer, model.Reviewer, model.Tester, model.Reporter, model.CoAuthor}
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 1))
		people := []model.Person{works("p0", "Karst", 1.0/3), works("p1", "Moraine", 0.7), works("p2", model.Independent, 0)}
		people[0].Employment = append(people[0].Employment, works("p0", "Moraine", 1.0/7).Employment...)
		people = append(people, model.Person{ID: "p3", Identities: []string{"mail:" + who("p3").Mail},
			Employment: append(works("p3", "Karst", 0).Employment, works("p3", "Moraine", 0).Employment...)})
		var lists [][]model.Record
		added, deleted, changed := 0, 0, 0
		for n := range 40 {
			a, d := r.IntN(100), r.IntN(100)
			added, deleted, changed = added+a, deleted+d, changed+max(a, d)
			var others []string
			for range r.IntN(6) {
				others = append(others, fmt.Sprintf("%s p%d", roles[r.IntN(len(roles))], r.IntN(6)))
			}
			lists = append(lists, changeset(n, a, d, fmt.Sprintf("p%d", r.IntN(6)), others...))
		}
		got, err := Count(stream(lists...), tender(model.Table{People: people}), Options{OwnSignoffs: seed%2 == 0})
		require.NoError(t, err)
		require.Equal(t, []int{40, added, deleted, changed}, []int{got.Changesets, got.Added, got.Deleted, got.Changed})
		totals := map[string]int64{"changesets": 40 * model.Whole, "changed lines": int64(changed) * model.Whole}
		for _, table := range got.Tables {
			var sum, in, out int64
			for _, row := range table.Rows {
				sum, in, out = sum+row.Count, in+row.Added, out+row.Deleted
			}
			assert.Equal(t, table.Total, sum, table.Title())
			want, seen := totals[table.By]
			if table.By == "developers" {
				continue
			}
			assert.True(t, !seen || want == sum, "%s: %d, want %d", table.Title(), sum, want)
			totals[table.By] = sum // of employers the same as of developers
			if table.By == "changed lines" {
				assert.Equal(t, []int64{int64(added) * model.Whole, int64(deleted) * model.Whole}, []int64{in, out}, table.Title())
			}
		}
	}
}

func TestCount(t *testing.T) {
	merge := changeset(9, 0, 0, "ada", "reviewer bob")
	for _, r := range merge {
		r.Contribution.Commit.Parents = []string{"a", "b"}
	}
	unread := changeset(3, 0, 0, "bob")
	unread[0].Contribution.Commit.Files = nil
	partly := changeset(4, 3, 0, "bob")
	partly[0].Contribution.Commit.Files.Unknown = 1
	release := []model.Record{{Contribution: &model.Contribution{Artifact: "release:v1", Role: model.Releaser, Actor: who("ada")}}}
	r, err := Count(stream(
		changeset(1, 5, 2, "ada", "signer ada", "signer bob", "signer bob", "reviewer ada", "co-author cleo"),
		changeset(2, 1, 8, "ada", "tester cleo", "reporter cleo"),
		merge, unread, partly, release), tender(), byName)
	require.NoError(t, err)
	assert.Equal(t, Totals{Changesets: 4, Merges: 1, Developers: 2, Files: 3, Added: 9, Deleted: 10, Changed: 16, Incomplete: 2}, r.Totals)
	assert.Equal(t, -1, r.Delta())
	assert.Nil(t, r.Ends)
	for by, want := range map[string]map[string]float64{
		"changesets":    {"ADA": 2, "BOB": 2},
		"changed lines": {"ADA": 13, "BOB": 3}, // 5 + 8, not the larger of 6 and 10
		"signoffs":      {"BOB": 1},            // once, and not the author's own
		"reviews":       {"ADA": 1},
		"tests":         {"CLEO": 1},
		"reports":       {"CLEO": 1},
	} {
		assert.Equal(t, want, r.table(OfDevelopers, by), by)
		assert.Equal(t, 1, len(r.table(OfEmployers, by)), "all of them unknown: "+by)
	}
	assert.Equal(t, map[string]float64{Unknown: 2}, r.table(OfEmployers, "developers"), "authors alone")
}

func TestCountFails(t *testing.T) {
	broken := errors.New("broken")
	_, err := Count(func(yield func(model.Record, error) bool) { yield(model.Record{}, broken) }, tender(), Options{})
	assert.ErrorIs(t, err, broken)
	_, err = Count(stream(changeset(1, 1, 1, "ada", "reviewer bob")[2:]), tender(), Options{})
	assert.ErrorContains(t, err, "not its author's")
	r, err := Count(stream(), tender(), Options{})
	require.NoError(t, err)
	assert.Equal(t, Totals{}, r.Totals)
	var out bytes.Buffer
	require.NoError(t, Text(&out, r, nil))
	assert.NotContains(t, out.String(), "NaN")
}

// Who is claimed twice is contested, never the first line's; nobody is told apart from
// everybody else.
func TestEmployers(t *testing.T) {
	people := []model.Person{works("ada", "Karst", 0), works("bob", model.Academic, 0), works("cleo", "Karst", 0.25)}
	people[0].Employment = append(people[0].Employment, works("ada", "Moraine", 0).Employment...)
	lists := [][]model.Record{changeset(1, 4, 0, "ada"), changeset(2, 4, 0, "bob"), changeset(3, 4, 0, "cleo"), changeset(4, 4, 0, "dan")}
	nobody := changeset(5, 4, 0, "x")
	for _, r := range nobody {
		r.Contribution.Actor = model.Identity{}
	}
	r, err := Count(stream(append(lists, nobody)...), tender(model.Table{People: people}), byName)
	require.NoError(t, err)
	assert.Equal(t, map[string]float64{Contested: 1, Academic: 1, "Karst": 0.25, Unknown: 2.75}, r.table(OfEmployers, "changesets"))
	assert.Equal(t, map[string]float64{Contested: 1, Academic: 1, "Karst": 1, Unknown: 3}, r.table(OfEmployers, "developers"))
	assert.Equal(t, 2, r.Employers)
	assert.Equal(t, 1.0, r.table(OfDevelopers, "changesets")[Nobody])

	doc := tender(model.Table{People: []model.Person{works("ada", "one", 0.5)}})
	doc.Tables[0].People[0].Employment = append(doc.Tables[0].People[0].Employment, works("ada", "two", 0.5).Employment...)
	doc.Vendors = map[string]model.Vendor{"one": {Name: "Twin"}, "two": {Name: "Twin"}}
	twins, err := Count(stream(lists[0]), doc, byName)
	require.NoError(t, err)
	assert.Equal(t, map[string]float64{"Twin": 1, Unknown: 0}, twins.table(OfEmployers, "changesets"), "two vendors of one name are one row")

	o := byName
	o.Guess = true
	r, err = Count(stream(append(lists, nobody)...), tender(model.Table{People: people}), o)
	require.NoError(t, err)
	assert.Equal(t, 1.0, r.table(OfEmployers, "changesets")["dan.example"])
	assert.Equal(t, 1.75, r.table(OfEmployers, "changesets")[Unknown], "a claim to a part leaves no room for a guess")
}

// Addresses that .mailmap joins are one developer, also where a table lists each apart;
// each speaks for its own employer. Names join nobody.
func TestDevelopers(t *testing.T) {
	people := []model.Person{works("ada", "Karst", 0), works("ida", "Moraine", 0)}
	joined := alias("ida", "ada")
	namesake := changeset(3, 1, 0, "eva")
	namesake[0].Contribution.Actor.Name = "ADA"
	r, err := Count(stream([]model.Record{{Alias: &joined}}, changeset(1, 1, 0, "ada"), changeset(2, 1, 0, "ida"), changeset(4, 1, 0, "ada"), namesake),
		tender(model.Table{People: people}), byName)
	require.NoError(t, err)
	assert.Equal(t, 2, r.Developers)
	assert.Equal(t, map[string]float64{"Karst": 2, "Moraine": 1, Unknown: 1}, r.table(OfEmployers, "changesets"))
	assert.Equal(t, map[string]float64{"ADA": 4}, r.table(OfDevelopers, "changesets"), "two rows of one name")
	assert.Len(t, r.Tables[0].Rows, 2)
	assert.Equal(t, int64(3*model.Whole), r.Tables[0].Rows[0].Count)
}

// A private address of a forge shows the account, whose name may have changed since.
func TestRenamedAccounts(t *testing.T) {
	old, renamed := changeset(1, 1, 0, "ada"), changeset(2, 1, 0, "ada")
	old[0].Contribution.Actor.Mail = "12+ada@users.noreply.github.com"
	renamed[0].Contribution.Actor.Mail = "12+zed@users.noreply.github.com"
	ada := works("ada", "Karst", 0)
	ada.Identities = []string{"mail:" + old[0].Contribution.Actor.Mail}
	r, err := Count(stream(old, renamed), tender(model.Table{People: []model.Person{ada}}), byName)
	require.NoError(t, err)
	assert.Equal(t, 1, r.Developers)
	assert.Equal(t, map[string]float64{"Karst": 2, Unknown: 0}, r.table(OfEmployers, "changesets"))
}

// Of rows that look the same in all that they are sorted by, the order is the same in
// every run.
func TestNamesakes(t *testing.T) {
	namesake := changeset(2, 2, 5, "eva")
	namesake[0].Contribution.Actor.Name = "ADA"
	for range 20 {
		r, err := Count(stream(changeset(1, 5, 2, "ada"), namesake), tender(), byName)
		require.NoError(t, err)
		assert.Equal(t, int64(5*model.Whole), r.Tables[byLines].Rows[0].Added)
	}
}

// A table's alias speaks through the address that it stands for, at the end of all
// aliases; who stands for two, or for itself, speaks alone.
func TestAliases(t *testing.T) {
	domains := []model.DomainTenure{{Domain: "end.example", Employer: "Karst"}, {Domain: "two.example", Employer: "Moraine"}, {Domain: "ring.example", Employer: "Esk"}}
	aliases := []model.Alias{alias("far", "mid"), alias("mid", "end"), alias("end", "end"),
		alias("two", "a"), alias("two", "b"), alias("beyond", "two"), alias("ring", "circle"), alias("circle", "ring"), alias("odd", "end")}
	named := alias("named", "end")
	named.From.Name = "NAMED"
	r, err := Count(stream(changeset(1, 1, 0, "far"), changeset(2, 1, 0, "two"), changeset(3, 1, 0, "ring"), changeset(4, 1, 0, "named"), changeset(5, 1, 0, "beyond")),
		tender(model.Table{Domains: domains, Aliases: append(aliases, named)}), Options{Skip: []string{"nobody", "X@y.example"}})
	require.NoError(t, err)
	assert.Equal(t, map[string]float64{"Karst": 1, "Moraine": 2, "Esk": 1, Unknown: 1}, r.table(OfEmployers, "changesets"))

	r, err = Count(stream(changeset(1, 1, 0, "far"), changeset(2, 1, 0, "end"), changeset(3, 1, 0, "two")),
		tender(model.Table{Aliases: aliases}), Options{Skip: []string{"End@END.example"}})
	require.NoError(t, err)
	assert.Equal(t, []int{1, 2}, []int{r.Changesets, r.Skipped}, "an alias of an address to skip is skipped, too")
}

// Whoever must not be held any more counts, and is nobody known.
func TestErasedPeople(t *testing.T) {
	doc := tender(model.Table{People: []model.Person{works("ada", "Karst", 0)}, Aliases: []model.Alias{alias("ida", "ada")},
		Domains: []model.DomainTenure{{Domain: "ida.example", Employer: "Moraine"}, {Domain: "ada.example", Employer: "Karst"}}})
	doc.Erased = &model.Erased{Salt: "s", Hashes: map[string]bool{model.EraseHash("s", "mail:ada@ada.example"): true}}
	one, two := alias("eva", "ada"), alias("uma", "ada")
	r, err := Count(stream([]model.Record{{Alias: &one}, {Alias: &two}}, changeset(1, 1, 0, "ada"), changeset(2, 1, 0, "ida"),
		changeset(3, 1, 0, "eva"), changeset(4, 1, 0, "uma")), doc, byName)
	require.NoError(t, err)
	assert.Equal(t, map[string]float64{"erased": 1, "IDA": 1, "EVA": 1, "UMA": 1}, r.table(OfDevelopers, "changesets"), "nobody is joined over an erased address")
	assert.Equal(t, map[string]float64{"Moraine": 1, Unknown: 3}, r.table(OfEmployers, "changesets"))
}

// The name that a developer bears most often is shown; of two, the first as text. One with
// an address in it is not.
func TestNames(t *testing.T) {
	call := func(list ...string) map[string]float64 {
		var lists [][]model.Record
		for n, name := range list {
			c := changeset(n, 1, 0, "ada")
			c[0].Contribution.Actor.Name = name
			lists = append(lists, c)
		}
		r, err := Count(stream(lists...), tender(), byName)
		require.NoError(t, err)
		return r.table(OfDevelopers, "changesets")
	}
	assert.Contains(t, call("Zoe", "Ada", "Zoe"), "Zoe")
	assert.Contains(t, call("Zoe", "Ada"), "Ada")
	for name := range call("ada@ada.example") {
		assert.True(t, strings.HasPrefix(name, "person-"), name)
	}
}

func TestShapes(t *testing.T) {
	for in, want := range map[string]string{"0": "0", "999": "999", "1000": "1,000", "-1234567": "-1,234,567", "-12": "-12", "1234.5": "1,234.5"} {
		assert.Equal(t, want, grouped(in))
	}
	assert.Equal(t, "0.33", decimal(333333, 2))
	assert.Equal(t, "0.333333", decimal(333333, 6))
	assert.Equal(t, "100", decimal(100*model.Whole, 2))
	assert.Equal(t, "0.0", Table{}.Share(Row{}))
	assert.Equal(t, "33.3", Table{Total: 3}.Share(Row{Count: 1}))
	assert.Equal(t, "abc…", padded("abcdef", 4))
	assert.Equal(t, "ab  ", padded("ab", 4))
	assert.Equal(t, "1 file", plural(1, "file"))
	assert.Equal(t, "2,000 files", plural(2000, "file"))
	assert.Equal(t, "a\uFFFD[2J", printable("a\x1b[2J"))
	for in, want := range map[string]string{"=1+1": "'=1+1", "-Ada": "'-Ada", "Ada": "Ada", "": ""} {
		assert.Equal(t, want, safe(in))
	}
}

// Names come from strangers: none steers a terminal, is a formula, or breaks the width.
func TestHostileNames(t *testing.T) {
	hostile := changeset(1, 1, 0, "ada")
	hostile[0].Contribution.Actor.Name = "=1+1\x1b[2J" + strings.Repeat("long", 20)
	r, err := Count(stream(hostile), tender(), byName)
	require.NoError(t, err)
	var text, table bytes.Buffer
	require.NoError(t, Text(&text, r, &TextOptions{Width: 40}))
	assert.NotContains(t, text.String(), "\x1b")
	for line := range strings.Lines(text.String()) {
		assert.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), 40, line)
	}
	require.NoError(t, CSV(&table, r))
	assert.Contains(t, table.String(), "developers,changesets,'=1+1")
}

// What is not known stands beside the figures, and tables of nothing are left out.
func TestWhatTextSays(t *testing.T) {
	r := &Report{Totals: Totals{Changesets: 1, Incomplete: 2}, Ends: &model.Files{Touched: 3, Unknown: 4, Lines: &model.Lines{}},
		Tables: []Table{{Of: OfEmployers, By: "tests", Rows: []Row{{Name: Unknown}}}}}
	var out bytes.Buffer
	require.NoError(t, Text(&out, r, &TextOptions{Heading: []string{"Harbour", ""}}))
	assert.Equal(t, `Harbour

1 changeset by 0 developers of 0 known employers
0 lines added, 0 deleted, delta 0
0 files touched, summed over changesets
2 changesets with lines that are not known
between the two ends: 3 files, 0 lines added, 0 deleted
of these, the content of 4 files or folders is not known
`, out.String())
}

// The first error of writing is told.
func TestWritesThatFail(t *testing.T) {
	r, err := Count(stream(changeset(1, 1, 0, "ada")), tender(), Options{})
	require.NoError(t, err)
	assert.ErrorIs(t, Text(full{}, r, nil), errFull)
	assert.ErrorIs(t, CSV(full{}, r), errFull)
}

var errFull = errors.New("full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
