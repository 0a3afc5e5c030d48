package command_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	gogit "github.com/go-git/go-git/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/tender/command"
	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/model"
)

const history = `
person ada = Ada <ada@karst.example>
person zoe = Zoe <zoe@bigco.example>
on main
commit 2025-01-06 ada: Begin
  write a.go 12
commit 2025-02-03 zoe: Go on
  edit a.go 2
  by ada
on topic from main
commit 2025-03-03 zoe: Branch off
  write b.go 5
on main
merge topic 2025-03-04 ada: Merge it
tag v1.0 2025-03-05 ada: First
`

const document = `format: tributary/1
window: {until: 2026-01-01, months: 12}
projects:
  here:
    repositories: [{url: here.git}]
vendors:
  karst: {name: Karst SARL, domains: [{name: karst.example}]}
bidders: all
`

// place writes a tender on one small repository and returns its folder.
func place(t *testing.T, document string) string {
	t.Helper()
	dir := t.TempDir()
	_, err := forgetest.Build(filepath.Join(dir, "here.git"), history)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "tender.yaml"), []byte(document), 0o644))
	return dir
}

func TestWrongUse(t *testing.T) {
	dir := place(t, document)
	file := filepath.Join(dir, "tender.yaml")
	for _, c := range []struct {
		args   string
		status int
		says   string
	}{
		{"scor", command.Usage, `did you mean "score"?`},
		{"--bogus", command.Usage, "unknown flag: --bogus"},
		{"score", command.Usage, "want the file of a tender document"},
		{"score " + file + " --format pdf", command.Usage, "want one of [text csv json]"},
		{"score " + filepath.Join(dir, "no.yaml"), command.Usage, "no.yaml"},
		{"check " + filepath.Join(dir, "no.yaml"), command.Usage, "no.yaml"},
		{"explain " + file + " nobody", command.Usage, "the ranking has karst"},
		{"explain " + file, command.Usage, "the short name of a bidder"},
		{"explain " + file + " karst hree", command.Usage, `did you mean "here"?`},
		{"explain " + file + " karst act change:1", command.Usage, "nothing was judged on it"},
		{"explain " + file + " karst --most -1", command.Usage, "want a number from 0 on"},
		{"explain " + file + " karst --format csv", command.Usage, "want one of [text json]"},
		{"explain " + dir + " karst", command.Usage, "holds no stored run"},
		{"mine", command.Usage, "name one with --repo"},
		{"mine --repo x --format y", command.Usage, "want one of [jsonl numstat churn]"},
		{"mine --repo x --since yesterday", command.Usage, "write it as 2026-11-01"},
		{"mine --repo x --since 2026-02-01 --until 2026-02-01", command.Usage, "holds nothing"},
		{"mine --repo " + filepath.Join(dir, "no.git"), command.Failed, "no.git"},
		{"mine --repo " + filepath.Join(dir, "here.git") + " --rev nonsense", command.Failed, "nonsense"},
		{"check " + dir, command.Usage, "directory"},
		{"check " + file + " --workers -1", command.Usage, "--workers -1: want at least 1"},
		{"score " + file + " --most -1", command.Usage, "want a number from 0 on"},
		{"score " + file + " --out x --format csv", command.Usage, "leave --format out"},
		{"mine --repo x --rev y --branch z", command.Usage, "state one of them"},
		{"demo " + dir, command.Usage, "name a new folder"},
	} {
		_, said, status := run(t, strings.Fields(c.args)...)
		assert.Equal(t, c.status, status, c.args)
		assert.Contains(t, said, c.says, c.args)
		assert.NotContains(t, said, "goroutine", c.args)
	}
}

func TestAllFaultsOfADocumentAtOnce(t *testing.T) {
	dir := place(t, strings.ReplaceAll(document, "until: 2026-01-01", "until: 2026-01-02")+"waights: {}\n")
	_, said, status := run(t, "check", filepath.Join(dir, "tender.yaml"))
	assert.Equal(t, command.Usage, status)
	assert.Contains(t, said, "tender.yaml:2:")
	assert.Contains(t, said, `did you mean "weights"?`)
}

func TestAGapIsSaidAndTheRestIsScored(t *testing.T) {
	dir := place(t, strings.Replace(document, "vendors:", "  gone:\n    repositories: [{url: gone.git}]\nvendors:", 1))
	out, said, status := run(t, "score", filepath.Join(dir, "tender.yaml"), "--format", "json")
	assert.Equal(t, command.DoneWithGaps, status)
	assert.Contains(t, said, "gap: gone: gone.git: ")
	var r model.Ranking
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.Len(t, r.Gaps, 1)
	standings := r.Lots[0].Standings
	require.NotEmpty(t, standings)
	assert.NotNil(t, standings[0].Score, "the other project is scored")
	for _, p := range r.Projects {
		for _, s := range p.Scores {
			assert.Equal(t, p.ID == "gone", s.Score == nil, "an unknown score is no zero")
		}
	}
}

// Broken repositories are gaps, each with its reason; what is whole is scored.
func TestBrokenRepositories(t *testing.T) {
	var repos strings.Builder
	for _, name := range []string{"empty", "corrupt", "truncated", "nothing"} {
		repos.WriteString("  " + name + ":\n    repositories: [{url: " + name + ".git}]\n")
	}
	dir := place(t, strings.Replace(document, "vendors:", repos.String()+"vendors:", 1))
	_, err := gogit.PlainInit(filepath.Join(dir, "empty.git"), true)
	require.NoError(t, err)
	for name, spoil := range map[string]func([]byte) []byte{
		"corrupt":   func(b []byte) []byte { return append(b[:20:20], bytes.Repeat([]byte{0xff}, len(b)-20)...) },
		"truncated": func(b []byte) []byte { return b[:len(b)/3] },
	} {
		repo := filepath.Join(dir, name+".git")
		_, err := forgetest.Build(repo, history)
		require.NoError(t, err)
		packs, err := filepath.Glob(filepath.Join(repo, "objects", "pack", "*.pack"))
		require.NoError(t, err)
		require.Len(t, packs, 1)
		b, err := os.ReadFile(packs[0])
		require.NoError(t, err)
		require.NoError(t, os.Chmod(packs[0], 0o644))
		require.NoError(t, os.WriteFile(packs[0], spoil(b), 0o644))
	}
	out, said, status := run(t, "score", filepath.Join(dir, "tender.yaml"), "--format", "json")
	assert.Equal(t, command.DoneWithGaps, status)
	assert.NotContains(t, said, "goroutine")
	var r model.Ranking
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	gaps := map[string]bool{}
	for _, g := range r.Gaps {
		gaps[g.Project] = true
		assert.NotEmpty(t, g.Reason)
		assert.Contains(t, said, "gap: "+g.Project+": "+g.Project+".git: ")
	}
	assert.Equal(t, map[string]bool{"empty": true, "corrupt": true, "truncated": true, "nothing": true}, gaps)
	assert.NotNil(t, r.Lots[0].Standings[0].Score)
}

func TestAWindowThatIsNotOver(t *testing.T) {
	dir := place(t, strings.ReplaceAll(document, "2026-01-01", "2999-01-01"))
	_, said, status := run(t, "score", filepath.Join(dir, "tender.yaml"))
	assert.Equal(t, command.Usage, status)
	assert.Contains(t, said, "the window is not over: it ends on 2999-01-01")
}

func TestMine(t *testing.T) {
	dir := place(t, document)
	repo := filepath.Join(dir, "here.git")
	out, said, status := run(t, "mine", "--repo", repo, "--format", "numstat")
	require.Equal(t, command.Done, status, said)
	var counts []string
	for line := range strings.Lines(out) {
		_, count, _ := strings.Cut(strings.TrimSpace(line), " ")
		counts = append(counts, count)
	}
	assert.ElementsMatch(t, []string{"12 0", "2 2", "5 0"}, counts)

	out, said, status = run(t, "mine", "--repo", repo, "--since", "2025-02-01", "--until", "2025-03-01")
	require.Equal(t, command.Done, status, said)
	assert.Empty(t, said)
	roles := map[model.Role]int{}
	for r, err := range model.ReadRecords(strings.NewReader(out)) {
		require.NoError(t, err)
		if c := r.Contribution; c != nil {
			roles[c.Role]++
			assert.Equal(t, "Go on", c.Commit.Subject)
		}
	}
	assert.Equal(t, map[model.Role]int{model.Author: 1, model.Committer: 1}, roles)

	out, _, _ = run(t, "mine", "--repo", repo, "--rev", "main~1..v1.0", "--format", "numstat")
	assert.Equal(t, 1, strings.Count(out, "\n"), "the topic's commit, without the merge")
}

// The three formats say the same of each commit, and the second run the same as the
// first, from what that one left in the cache, unless it is told to look again.
func TestMineAgain(t *testing.T) {
	dir := place(t, document)
	repo, cache := filepath.Join(dir, "here.git"), filepath.Join(dir, "cache")
	mine := func(args ...string) string {
		out, said, status := run(t, append([]string{"mine", "--cache", cache, "--repo", repo}, args...)...)
		require.Equal(t, command.Done, status, said)
		require.Empty(t, said)
		return out
	}
	numstat, churn, records := mine("--format", "numstat"), mine("--format", "churn"), mine()
	assert.Equal(t, []string{numstat, churn, records}, []string{mine("--format", "numstat"), mine("--format", "churn"), mine()})

	sums := map[string][2]int{}
	for line := range strings.Lines(churn) {
		var commit, patch, class string
		var files, space, comment, added, deleted int
		_, err := fmt.Sscan(line, &commit, &patch, &class, &files, &space, &comment, &added, &deleted)
		require.NoError(t, err, line)
		assert.Regexp(t, "^[0-9a-f]{32}$", patch)
		assert.Equal(t, "code", class)
		sums[commit] = [2]int{sums[commit][0] + added, sums[commit][1] + deleted}
	}
	var lines []string
	for commit, n := range sums {
		lines = append(lines, fmt.Sprintf("%s %d %d\n", commit, n[0], n[1]))
	}
	slices.Sort(lines)
	assert.Equal(t, numstat, strings.Join(lines, ""))

	saved, err := filepath.Glob(filepath.Join(cache, "mined", "*"))
	require.NoError(t, err)
	require.Len(t, saved, 2)
	require.NoError(t, os.RemoveAll(filepath.Join(repo, "objects")))
	_, said, status := run(t, "mine", "--cache", cache, "--repo", repo, "--fresh", "--format", "numstat")
	assert.Equal(t, command.Failed, status)
	assert.NotEmpty(t, said)
}

// results scores a tender into a folder and returns the bytes of every file.
func results(t *testing.T, file string, args ...string) map[string]string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "result")
	_, said, status := run(t, append([]string{"score", file, "--out", dir}, args...)...)
	require.Equal(t, command.Done, status, said)
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	m := map[string]string{}
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		require.NoError(t, err)
		m[f.Name()] = string(b)
	}
	return m
}

// Law 4: the same inputs give the same bytes, whatever the workers and the zone.
func TestSameBytesWhateverTheMachine(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	_, said, status := run(t, "demo", dir)
	require.Equal(t, command.Done, status, said)
	file := filepath.Join(dir, "tender.yaml")

	want := results(t, file, "--workers", "1")
	require.Len(t, want, strings.Count(want["SHA256SUMS"], "\n")+1)
	require.Len(t, want, 21)
	assert.Equal(t, want, results(t, file, "--workers", "8"))

	zone := time.Local
	defer func() { time.Local = zone }()
	time.Local = time.FixedZone("Tokyo", 9*60*60)
	assert.Equal(t, want, results(t, file))
}

// withoutStyle finds the style of a page, which has rules that begin with an at sign.
var withoutStyle = regexp.MustCompile(`(?s)<style>.*?</style>`)

func TestNoAddressLeaves(t *testing.T) {
	dir := place(t, document)
	for name, text := range results(t, filepath.Join(dir, "tender.yaml")) {
		text = unpacked(t, name, text)
		assert.NotContains(t, withoutStyle.ReplaceAllString(text, ""), "@", name)
		assert.NotContains(t, text, "Ada", name)
		if name != "SHA256SUMS" { // sha256sum reads nothing else than digests in it
			assert.Contains(t, text, "SIMULATION", name)
		}
	}
	assert.Contains(t, results(t, filepath.Join(dir, "tender.yaml"), "--identify")["evidence.csv"], "Ada")

	t.Setenv("TRIBUTARY_PSEUDONYM_KEY", "one")
	one := results(t, filepath.Join(dir, "tender.yaml"))["evidence.csv"]
	t.Setenv("TRIBUTARY_PSEUDONYM_KEY", "two")
	assert.NotEqual(t, one, results(t, filepath.Join(dir, "tender.yaml"))["evidence.csv"])
}

func TestInterruptSaysWhatWasDone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	_, _, status := run(t, "demo", dir)
	require.Equal(t, command.Done, status)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, said bytes.Buffer
	began := time.Now()
	status = command.Run(ctx, []string{"score", filepath.Join(dir, "tender.yaml"), "--out", filepath.Join(dir, "result")},
		command.Place{Out: &out, Err: &said})
	assert.Equal(t, command.Failed, status)
	assert.Less(t, time.Since(began), 5*time.Second, "a second, but on a machine with much else to do")
	assert.Contains(t, said.String(), "interrupted: 0 of 3 repositories")
	assert.NoDirExists(t, filepath.Join(dir, "result"), "no half result")
}

func TestProgressIsShownOnATerminalOnly(t *testing.T) {
	dir := place(t, document)
	file := filepath.Join(dir, "tender.yaml")
	_, said, _ := run(t, "score", file)
	assert.Empty(t, said, "nothing in a pipe")
	var out, bars bytes.Buffer
	status := command.Run(t.Context(), []string{"score", file}, command.Place{Out: &out, Err: &bars, Progress: true, Width: 60})
	assert.Equal(t, command.Done, status)
	for line := range strings.Lines(out.String()) {
		assert.LessOrEqual(t, len([]rune(strings.TrimRight(line, "\n"))), 60, line)
	}
}
