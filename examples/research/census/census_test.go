package census_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/research/census"
	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/batch"
	"github.com/tributary-oss/tributary/model"
)

// tender has the window of the year 2025 and the projects named.
func tender(projects ...string) *model.Tender {
	t := model.NewTender()
	until, _ := model.ParseDate("2026-01-01")
	t.Window = model.Window{Until: until, Months: 12}
	t.Bidders.All = true
	t.Projects = map[string]model.Project{}
	parts := map[string]float64{}
	for _, name := range projects {
		t.Projects[name] = model.Project{Repositories: []model.Repository{{URL: "https://forge.example/" + name}}}
		parts[name] = 1
	}
	t.Lots = []model.Lot{{ID: "1", Projects: parts}}
	return t
}

func day(s string) time.Time {
	at, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return at
}

// who is a person by the name of a firm: ada@karst, or a robot.
func who(mail string) model.Identity {
	if !strings.HasSuffix(mail, ".com") {
		mail += ".example"
	}
	return model.Identity{Name: mail, Mail: mail}
}

// story tells the records of a project.
type story struct {
	project string
	records []model.Record
	commits int
}

func (s *story) tell(r model.Record) {
	r.Project, r.Repository = s.project, "https://forge.example/"+s.project
	s.records = append(s.records, r)
}

func (s *story) covered(state model.State, reason string, kinds ...model.Kind) {
	for _, k := range kinds {
		s.tell(model.Record{Coverage: &model.Coverage{Kind: k, Source: "test", State: state, Reason: reason}})
	}
}

// commit tells a commit with churn by class, such as code: 10.
func (s *story) commit(at, author string, parents int, churn ...model.Churn) {
	s.commits++
	sha := fmt.Sprintf("%x%039x", len(s.project)%16, s.commits)
	c := &model.Commit{Subject: fmt.Sprintf("do the thing %d of %s", s.commits, s.project), Authored: day(at), Committed: day(at), Landed: sha,
		Branches: []string{"main"}, Files: &model.Files{Churn: churn, Touched: len(churn)}}
	for i := range parents {
		c.Parents = append(c.Parents, fmt.Sprintf("f%039x", i+1))
	}
	for _, role := range []model.Role{model.Author, model.Committer} {
		s.tell(model.Record{Contribution: &model.Contribution{Artifact: model.NewArtifact(model.CommitArtifact, sha), Role: role, Actor: who(author), At: day(at), Commit: c}})
	}
}

func churn(class model.Class, files, added, deleted int) model.Churn {
	return model.Churn{Class: class, Files: files, Lines: model.Lines{Added: added, Deleted: deleted}}
}

func (s *story) change(n int, opened, merged, author string, acts ...model.Contribution) {
	c := &model.Change{Title: "a change", Opened: day(opened), Merged: day(merged), Base: "main"}
	acts = append([]model.Contribution{{Role: model.Author, Actor: who(author), At: day(merged)}}, acts...)
	for _, a := range acts {
		a.Artifact, a.Change = model.NewArtifact(model.ChangeArtifact, fmt.Sprint(n)), c
		if a.Role == model.Reviewer {
			a.Review = &model.Review{State: model.Approved, Length: 200}
		}
		s.tell(model.Record{Contribution: &a})
	}
}

func act(role model.Role, actor, at string) model.Contribution {
	return model.Contribution{Role: role, Actor: who(actor), At: day(at)}
}

func (s *story) all() iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) {
		for _, r := range s.records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// lib is the project that is worked by hand: five commits that are no merges by people, three of
// them by one of karst's, one by another firm's, one by nobody's; one by a robot; one merge.
func lib() *story {
	s := &story{project: "lib"}
	s.covered(model.Complete, "", model.CommitFacts, model.FileFacts, model.ChurnFacts, model.ReviewFacts, model.ReleaseFacts)
	s.covered(model.Unavailable, "issues live elsewhere", model.IssueFacts)
	s.commit("2025-02-03 10:00", "ada@karst", 1, churn(model.CodeFiles, 2, 30, 5), churn(model.TestFiles, 1, 10, 0))
	s.commit("2025-02-20 10:00", "ada@karst", 1, churn(model.CodeFiles, 1, 1, 1), churn(model.DocumentationFiles, 1, 50, 0))
	s.commit("2025-03-03 10:00", "ada@karst", 1, churn(model.CodeFiles, 1, 12, 0))
	s.commit("2025-03-04 10:00", "bob@basalt", 1, churn(model.CodeFiles, 1, 7, 7))
	s.commit("2025-03-05 10:00", "cyd@gmail.com", 1, churn(model.CodeFiles, 1, 9, 0))
	s.commit("2025-03-06 10:00", "dependabot[bot]@users.noreply", 1, churn(model.LockFiles, 1, 100, 100))
	s.commit("2025-03-07 10:00", "bob@basalt", 2)
	s.commit("2024-12-31 23:59", "old@karst", 1, churn(model.CodeFiles, 1, 500, 0))
	s.change(1, "2025-02-01 10:00", "2025-02-03 10:00", "ada@karst",
		act(model.Reviewer, "ada@karst", "2025-02-01 11:00"), act(model.Reviewer, "bob@basalt", "2025-02-01 14:00"), act(model.Reviewer, "bob@basalt", "2025-02-02 10:00"))
	s.change(2, "2025-03-01 10:00", "2025-03-03 10:00", "ada@karst", act(model.Reviewer, "bob@basalt", "2025-03-01 20:00"))
	s.change(3, "2025-03-04 09:00", "2025-03-04 10:00", "bob@basalt")
	s.change(4, "2024-12-01 09:00", "2024-12-31 23:00", "old@karst", act(model.Reviewer, "bob@basalt", "2024-12-01 10:00"))
	for _, r := range [][2]string{{"v1.0", "2025-01-10 00:00"}, {"api/v1.0", "2025-01-10 00:01"}, {"v1.1", "2025-01-30 00:00"}, {"v1.2", "2025-03-01 00:00"}, {"v0.9", "2024-11-01 00:00"}} {
		s.tell(model.Record{Contribution: &model.Contribution{Artifact: model.NewArtifact(model.ReleaseArtifact, r[0]), Role: model.Releaser, Actor: who("ada@karst"), At: day(r[1])}})
	}
	return s
}

// memory keeps outputs.
type memory map[string][]byte

func (m memory) create(name string) (io.WriteCloser, error) { return &output{m: m, name: name}, nil }

type output struct {
	bytes.Buffer
	m    memory
	name string
}

func (o *output) Close() error { o.m[o.name] = o.Bytes(); return nil }

// table reads a table as CSV has it.
func (m memory) table(t *testing.T, name string) [][]string {
	rows, err := csv.NewReader(bytes.NewReader(m[name+".csv"])).ReadAll()
	require.NoError(t, err)
	return rows[1:]
}

func write(t *testing.T, c *census.Census, parts ...*census.Part) memory {
	return writeAs(t, c, false, parts...)
}

func writeAs(t *testing.T, c *census.Census, identified bool, parts ...*census.Part) memory {
	m := memory{}
	_, err := c.Write(m.create, func(yield func(*census.Part, error) bool) {
		for _, p := range parts {
			if !yield(p, nil) {
				return
			}
		}
	}, census.Inputs{Files: map[string]string{"repos.csv": "00"}, Program: "test", Version: "1", Identified: identified})
	require.NoError(t, err)
	return m
}

func open(t *testing.T, doc *model.Tender) *census.Census {
	c, err := census.New(doc)
	require.NoError(t, err)
	return c
}

func part(t *testing.T, c *census.Census, s *story) *census.Part {
	p, err := c.Part(s.project, s.all())
	require.NoError(t, err)
	return p
}

// What lib tells, by hand.
func TestTablesByHand(t *testing.T) {
	c := open(t, tender("lib"))
	m := writeAs(t, c, true, part(t, c, lib()))

	var authors []string
	for _, r := range m.table(t, "acts") {
		if r[4] == "author" {
			authors = append(authors, strings.Join([]string{r[1], r[2], r[3], r[5], r[6], r[9]}, " "))
		}
	}
	assert.Equal(t, []string{
		" person 2025-03 code 1 1", // cyd, whose address is the public's
		" robot 2025-03 lock 1 1",
		"basalt.example person 2025-03  2 1", // a merge, and a change whose author the forge names: no files are looked at
		"basalt.example person 2025-03 code 1 1",
		"karst.example person 2025-02  1 1", // change 1
		"karst.example person 2025-02 code 1 1",
		"karst.example person 2025-02 documentation 1 1", // most of its lines
		"karst.example person 2025-03  1 1",              // change 2
		"karst.example person 2025-03 code 1 1",
	}, authors)

	assert.Equal(t, [][]string{
		{"lib", "", "person", "2025-03", "code", "1", "9", "0"},
		{"lib", "", "robot", "2025-03", "lock", "1", "100", "100"},
		{"lib", "basalt.example", "person", "2025-03", "code", "1", "7", "7"},
		{"lib", "karst.example", "person", "2025-02", "code", "3", "31", "6"},
		{"lib", "karst.example", "person", "2025-02", "documentation", "1", "50", "0"},
		{"lib", "karst.example", "person", "2025-02", "test", "1", "10", "0"},
		{"lib", "karst.example", "person", "2025-03", "code", "1", "12", "0"},
	}, m.table(t, "churn"))

	want := [][]string{
		{"lib", "contributor_absence_factor", "1", "persons", "5", "complete", ""}, // ada: 3 of 5
		{"lib", "elephant_factor", "1", "organisations", "5", "complete", ""},
		{"lib", "organisations", "2", "organisations", "5", "complete", ""},
		{"lib", "organisational_diversity", "0.56", "1", "5", "complete", ""},             // 1 − (9 + 1 + 1)/25
		{"lib", "change_request_reviews", "1", "reviews per change", "3", "complete", ""}, // 2 + 1 + 0, not ada's own
		{"lib", "changes_reviewed", "0.6666666666666666", "1", "3", "complete", ""},
		{"lib", "time_to_first_response_changes", "7", "hours", "2", "complete", ""}, // 4 and 10
		{"lib", "time_to_first_response_issues", "", "hours", "0", "unavailable", "issues live elsewhere"},
		{"lib", "release_frequency", "3", "releases per year", "3", "complete", ""},
		{"lib", "time_between_releases", "25", "days", "2", "complete", ""}, // 20 and 30
	}
	got := m.table(t, "measures")
	assert.Equal(t, want, got[:len(want)])
	for _, r := range want {
		r[0] = ""
	}
	assert.Equal(t, want, got[len(want):], "of one project, all is the same")

	orgs := m.table(t, "organisations")
	require.Len(t, orgs, 3)
	assert.Equal(t, []string{"karst.example", "1", "1", "1"}, orgs[2][:4])
	assert.Equal(t, []string{"3", "0.6"}, orgs[2][5:7])
	assert.Equal(t, []string{"2025-01", "2025-03"}, orgs[2][8:10])
}

// A fork among a project's repositories adds what is its own, and nothing of what it holds of
// the others: not their commits, whatever it says of when it had them, nor their tags.
func TestForksAddTheirOwn(t *testing.T) {
	doc := tender("lib")
	fork := model.Repository{URL: "https://forge.example/fork"}
	doc.Projects["lib"] = model.Project{Repositories: append(doc.Projects["lib"].Repositories, fork)}
	one, both := lib(), lib()
	for _, r := range one.records {
		if r.Contribution == nil || r.Contribution.Change != nil {
			continue
		}
		again := *r.Contribution
		if again.Artifact.Kind() == model.CommitArtifact {
			again.At = again.At.AddDate(0, 2, 0) // taken over two months later
		}
		r.Repository, r.Contribution = fork.URL, &again
		both.records = append(both.records, r)
	}
	c := open(t, doc)
	want, got := writeAs(t, c, true, part(t, c, one)), writeAs(t, c, true, part(t, c, both))
	for _, name := range []string{"acts", "churn", "organisations", "measures"} {
		assert.Equal(t, want.table(t, name), got.table(t, name), name)
	}

	// What the fork accepted first counts as the fork's, in its month, wherever it is read.
	for i, r := range both.records {
		if r.Repository == fork.URL && r.Contribution.Artifact == one.records[6].Contribution.Artifact {
			first := *r.Contribution
			first.At = day("2025-01-15 10:00")
			both.records[i].Contribution = &first
		}
	}
	months := map[string]string{}
	for _, r := range writeAs(t, c, true, part(t, c, both)).table(t, "acts") {
		if r[4] == "author" && r[1] == "karst.example" && r[5] == "code" {
			months[r[3]] = r[6] + " " + r[7]
		}
	}
	assert.Equal(t, map[string]string{"2025-01": "1 1", "2025-03": "1 1"}, months)
}

// Exactly half is half: of two who wrote two commits each, one is enough.
func TestHalfOfTheCommits(t *testing.T) {
	c, s := open(t, tender("even")), &story{project: "even"}
	s.covered(model.Complete, "", model.CommitFacts)
	for n, who := range []string{"ada@karst", "ada@karst", "bob@basalt", "bob@basalt"} {
		s.commit(fmt.Sprintf("2025-02-0%d 10:00", n+1), who, 1, churn(model.CodeFiles, 1, 3, 0))
	}
	for _, r := range writeAs(t, c, true, part(t, c, s)).table(t, "measures") {
		if r[1] == "contributor_absence_factor" || r[1] == "elephant_factor" {
			assert.Equal(t, "1", r[2], r[1])
		}
	}
}

// Parquet and CSV hold the same.
func TestParquetHoldsTheSame(t *testing.T) {
	c := open(t, tender("lib"))
	m := write(t, c, part(t, c, lib()))
	for _, name := range []string{"acts", "churn", "organisations", "coverage", "measures", "repositories"} {
		f, err := parquet.OpenFile(bytes.NewReader(m[name+".parquet"]), int64(len(m[name+".parquet"])))
		require.NoError(t, err, name)
		var heading []string
		for _, field := range f.Schema().Fields() {
			heading = append(heading, field.Name())
		}
		all, err := csv.NewReader(bytes.NewReader(m[name+".csv"])).ReadAll()
		require.NoError(t, err)
		assert.Equal(t, all[0], heading, name)
		var rows [][]string
		r := parquet.NewReader(f)
		for {
			row := map[string]any{}
			if err := r.Read(&row); errors.Is(err, io.EOF) {
				break
			} else {
				require.NoError(t, err)
			}
			var cells []string
			for _, h := range heading {
				switch v := row[h].(type) {
				case nil:
					cells = append(cells, "")
				case float64:
					cells = append(cells, strings.TrimSuffix(fmt.Sprintf("%v", v), ".0"))
				case []byte:
					cells = append(cells, string(v))
				default:
					cells = append(cells, fmt.Sprint(v))
				}
			}
			rows = append(rows, cells)
		}
		assert.Equal(t, all[1:], rows, name)
	}
}

// many are projects with a few commits each.
func many(n int) (names []string, stories map[string]*story) {
	stories = map[string]*story{}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		s := &story{project: fmt.Sprintf("p%02d", i)}
		s.covered(model.Complete, "", model.CommitFacts)
		for range 3 + r.IntN(5) {
			s.commit(fmt.Sprintf("2025-%02d-%02d 10:00", 1+r.IntN(12), 1+r.IntN(28)),
				[]string{"ada@karst", "bob@basalt", "cyd@chalk", "dan@karst"}[r.IntN(4)], 1, churn(model.CodeFiles, 1, 1+r.IntN(40), r.IntN(9)))
		}
		names, stories[s.project] = append(names, s.project), s
	}
	return names, stories
}

// A run that is stopped goes on from its parts, mines nothing twice but what was in flight, and
// ends with the bytes of one that was never stopped; so does any number of projects at once.
func TestStoppedRunsEndWithTheSameBytes(t *testing.T) {
	names, stories := many(30)
	c := open(t, tender(names...))
	run := func(dir string, atOnce, stopAfter int) (mined int64, m memory, err error) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		parts, err := census.OpenParts(dir, c)
		require.NoError(t, err)
		var n atomic.Int64
		_, err = parts.Make(ctx, batch.Options{AtOnce: atOnce}, func(ctx context.Context, project string) iter.Seq2[model.Record, error] {
			if n.Add(1); stopAfter > 0 && n.Load() > int64(stopAfter) {
				stop()
				return failing(ctx.Err())
			}
			return stories[project].all()
		})
		if err != nil {
			return n.Load(), nil, err
		}
		m = memory{}
		_, err = c.Write(m.create, parts.All(), census.Inputs{})
		return n.Load(), m, err
	}
	mined, want, err := run(t.TempDir(), 1, 0)
	require.NoError(t, err)
	require.EqualValues(t, 30, mined)
	for _, atOnce := range []int{1, 2, 4} {
		dir := t.TempDir()
		_, _, err := run(dir, atOnce, 12)
		require.ErrorIs(t, err, context.Canceled)
		mined, got, err := run(dir, atOnce, 0)
		require.NoError(t, err)
		assert.Less(t, mined, int64(30-12+atOnce), "at most what was in flight is mined again")
		assert.Equal(t, want, got)
		mined, _, err = run(dir, atOnce, 0)
		require.NoError(t, err)
		assert.Zero(t, mined)
	}
}

// A project that cannot be mined is a gap, costs the others nothing, and is tried again.
func TestAProjectThatFails(t *testing.T) {
	names, stories := many(5)
	c := open(t, tender(names...))
	parts, err := census.OpenParts(t.TempDir(), c)
	require.NoError(t, err)
	broken := true
	mine := func(ctx context.Context, project string) iter.Seq2[model.Record, error] {
		if project == "p02" && broken {
			return failing(errors.New("it is on fire"))
		}
		return stories[project].all()
	}
	made, err := parts.Make(t.Context(), batch.Options{AtOnce: 2}, mine)
	require.NoError(t, err)
	assert.Equal(t, []batch.Reason{{Text: "it is on fire", Projects: []string{"p02"}}}, made.Reasons())
	m := memory{}
	_, err = c.Write(m.create, parts.All(), census.Inputs{})
	require.NoError(t, err)
	assert.Contains(t, m.table(t, "coverage"), []string{"p02", "https://forge.example/p02", "", "gap", "unavailable", "it is on fire"})
	assert.Contains(t, m.table(t, "measures"), []string{"p02", "elephant_factor", "", "organisations", "0", "unavailable", "it is on fire"})
	assert.Contains(t, string(m["manifest.json"]), `"gaps": 1`)

	broken = false
	made, err = parts.Make(t.Context(), batch.Options{AtOnce: 2}, mine)
	require.NoError(t, err)
	assert.Empty(t, made.Failed)
	assert.Equal(t, 4, made.Skipped)
	assert.Equal(t, 1, made.Mined)
}

// failing are the records of what cannot be mined.
func failing(err error) iter.Seq2[model.Record, error] {
	return func(yield func(model.Record, error) bool) { yield(model.Record{}, err) }
}

// busy is a failure that may pass.
type busy struct{ error }

func (busy) Temporary() bool { return true }

// A gap that may pass is tried again before it stands in the tables; a part that cannot be stored
// ends the run.
func TestGapsThatPass(t *testing.T) {
	names, stories := many(3)
	c := open(t, tender(names...))
	dir := filepath.Join(t.TempDir(), "parts")
	parts, err := census.OpenParts(dir, c)
	require.NoError(t, err)
	tries := 0
	mine := func(_ context.Context, project string) iter.Seq2[model.Record, error] {
		if project == "p01" {
			if tries++; tries < 3 {
				return failing(&model.GapError{Project: "p01", Repository: "https://forge.example/p01", Err: busy{errors.New("it is busy")}})
			}
		}
		return stories[project].all()
	}
	made, err := parts.Make(t.Context(), batch.Options{AtOnce: 1, Tries: 3, Backoff: time.Millisecond}, mine)
	require.NoError(t, err)
	assert.Empty(t, made.Failed)
	assert.Equal(t, 3, tries)
	for p, err := range parts.All() {
		require.NoError(t, err)
		assert.Empty(t, p.Gaps())
	}
	require.NoError(t, os.RemoveAll(dir))
	require.NoError(t, os.WriteFile(dir, nil, 0o600))
	_, err = parts.Make(t.Context(), batch.Options{AtOnce: 1}, mine)
	require.Error(t, err)
	assert.NotErrorIs(t, err, context.Canceled)
}

// A part is read as it was written, by a census that would have made the same one.
func TestStoredParts(t *testing.T) {
	c := open(t, tender("lib", "other"))
	p := part(t, c, lib())
	b, err := c.Encode(p)
	require.NoError(t, err)
	again, err := c.Encode(part(t, c, lib()))
	require.NoError(t, err)
	assert.Equal(t, b, again)
	got, err := c.Decode(b)
	require.NoError(t, err)
	assert.Equal(t, p, got)
	got, err = open(t, tender("lib")).Decode(b)
	require.NoError(t, err, "other projects of the list do not matter")
	assert.Equal(t, p, got)

	shorter := tender("lib")
	shorter.Window.Months = 6
	_, err = open(t, shorter).Decode(b)
	assert.ErrorIs(t, err, census.ErrPart)
	_, err = open(t, tender("other")).Decode(b)
	assert.ErrorIs(t, err, census.ErrPart)
	for i := 0; i < len(b); i += 7 {
		broken := slices.Clone(b)
		broken[i] ^= 0x10
		if got, err := c.Decode(broken); err == nil {
			assert.Equal(t, p, got, "byte %d", i) // of the head of the file, which says nothing
		}
		_, err := c.Decode(b[:i])
		assert.ErrorIs(t, err, census.ErrPart)
	}
}

// Parts that come twice, in another order, or not at all are refused.
func TestPartsComeOnce(t *testing.T) {
	names, stories := many(2)
	c := open(t, tender(names...))
	a, b := part(t, c, stories["p00"]), part(t, c, stories["p01"])
	for _, list := range [][]*census.Part{{a, a}, {b, a}, {a}} {
		_, err := c.Write(memory{}.create, func(yield func(*census.Part, error) bool) {
			for _, p := range list {
				if !yield(p, nil) {
					return
				}
			}
		}, census.Inputs{})
		assert.Error(t, err)
	}
}

// An output that fails ends the writing with its error.
func TestOutputsThatFail(t *testing.T) {
	c := open(t, tender("lib"))
	p := part(t, c, lib())
	full := errors.New("no space left")
	for n := range 14 {
		made := 0
		_, err := c.Write(func(name string) (io.WriteCloser, error) {
			if made++; made == n+1 {
				return nil, full
			}
			return memory{}.create(name)
		}, func(yield func(*census.Part, error) bool) { yield(p, nil) }, census.Inputs{})
		assert.ErrorIs(t, err, full, "output %d", n)
	}
}

// No name and no address of a person is in a table.
func TestTablesNameNobody(t *testing.T) {
	c := open(t, tender("lib"))
	for name, b := range write(t, c, part(t, c, lib())) {
		for _, word := range []string{"ada@", "bob@", "cyd", "dependabot"} {
			assert.NotContains(t, string(b), word, name)
		}
	}
}

func TestPartsOnDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "parts")
	c := open(t, tender("lib"))
	parts, err := census.OpenParts(dir, c)
	require.NoError(t, err)
	_, err = parts.Make(t.Context(), batch.Options{}, func(context.Context, string) iter.Seq2[model.Record, error] { return lib().all() })
	require.NoError(t, err)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.NoError(t, os.WriteFile(filepath.Join(dir, entries[0].Name()), []byte("cut short"), 0o600))
	made, err := parts.Make(t.Context(), batch.Options{}, func(context.Context, string) iter.Seq2[model.Record, error] { return lib().all() })
	require.NoError(t, err)
	assert.Zero(t, made.Skipped, "what is damaged is made anew")
}

// A part is of one store, and of the hosts that it was asked about: made of another, or without,
// it is made anew.
func TestPartsAreOfOneStore(t *testing.T) {
	c := open(t, tender("lib"))
	git, both := forge.Hosts{forge.Git: nil}, forge.Hosts{forge.Git: nil, "forge.example": store{}}
	elsewhere := forge.Hosts{forge.Git: nil, "other.example": store{}}
	of := []*census.Census{c, c.From("00", git), c.From("00", both), c.From("00", elsewhere), c.From("01", both)}
	for i, made := range of {
		b, err := made.Encode(part(t, made, lib()))
		require.NoError(t, err)
		for j, asked := range of {
			_, err := asked.Decode(b)
			if i == j {
				assert.NoError(t, err)
			} else {
				assert.ErrorIs(t, err, census.ErrPart, "made by %d, asked by %d", i, j)
			}
		}
	}
	assert.Equal(t, c.Digest("lib"), c.From("", both).Digest("lib"), "no store is none, whoever could be asked")
}

// store is a source that nobody asks here.
type store struct{ forge.Source }
