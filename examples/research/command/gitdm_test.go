package command_test

import (
	"bytes"
	"encoding/csv"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	gogit "github.com/go-git/go-git/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/tributary-oss/tributary/examples/research/command"
	"github.com/tributary-oss/tributary/forge/forgetest"
)

var update = flag.Bool("update", false, "write what comes out as what is wanted; read the difference like code")

const golden = "testdata/harbour.txtar"

// TestMain keeps what the tests mine out of the user's cache, and the user's key out of
// the tests.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "tributary-test-")
	if err != nil {
		panic(err)
	}
	for _, v := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
		os.Setenv(v, dir)
	}
	os.Unsetenv("TRIBUTARY_PSEUDONYM_KEY")
	status := m.Run()
	os.RemoveAll(dir)
	os.Exit(status)
}

// harbour writes the archive's history and maps into a new folder, which becomes the
// working one.
func harbour(t *testing.T) *txtar.Archive {
	t.Helper()
	t.Chdir(unpack(t))
	a, err := txtar.ParseFile("harbour.txtar")
	require.NoError(t, err)
	return a
}

func unpack(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(golden)
	require.NoError(t, err)
	b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
	dir := t.TempDir()
	for _, f := range append(txtar.Parse(b).Files, txtar.File{Name: "harbour.txtar", Data: b}) {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		if history, ok := strings.CutSuffix(path, ".history"); ok {
			_, err := forgetest.Build(history+".git", string(f.Data))
			require.NoError(t, err)
			continue
		}
		require.NoError(t, os.WriteFile(path, f.Data, 0o644))
	}
	return dir
}

// run runs the command in a terminal of a width and returns what it printed.
func run(t testing.TB, width int, args ...string) (out, err string, status int) {
	t.Helper()
	var o, e bytes.Buffer
	status = command.Run(t.Context(), args, command.Place{Out: &o, Err: &e, Width: width})
	return o.String(), e.String(), status
}

// count runs gitdm on the archive with more flags.
func count(t *testing.T, args ...string) string {
	t.Helper()
	out, said, status := run(t, 0, append([]string{"gitdm", "--repo", "harbour.git", "--rev", "v1.0..main",
		"--roster", "gitdm:maps/gitdm.config", "--skip", "robot@ci.example"}, args...)...)
	require.Zero(t, status, said)
	require.Empty(t, said)
	return out
}

func TestTables(t *testing.T) {
	archive, err := filepath.Abs(golden)
	require.NoError(t, err)
	a := harbour(t)
	for i, f := range a.Files {
		var got string
		switch f.Name {
		case "text":
			got = count(t, "--identify")
		case "csv":
			got = count(t, "--identify", "--format", "csv")
		default:
			continue
		}
		if *update {
			a.Files[i].Data = []byte(got)
			continue
		}
		assert.Equal(t, string(f.Data), got, f.Name)
	}
	if *update {
		require.NoError(t, os.WriteFile(archive, txtar.Format(a), 0o644))
	}
}

// rows reads the CSV form back: by what is counted, then by name.
func rows(t *testing.T, text string) map[string]map[string]float64 {
	t.Helper()
	list, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"of", "by", "name", "count", "share", "added", "deleted"}, list[0])
	tables := map[string]map[string]float64{}
	for _, row := range list[1:] {
		key := row[0] + " by " + row[1]
		if tables[key] == nil {
			tables[key] = map[string]float64{}
		}
		n, err := strconv.ParseFloat(row[3], 64)
		require.NoError(t, err)
		tables[key][row[2]] += n
	}
	return tables
}

// The figures worked by hand in the archive are those of the program.
func TestTheWorkedExample(t *testing.T) {
	harbour(t)
	got := rows(t, count(t, "--identify", "--format", "csv"))
	for key, want := range map[string]map[string]float64{
		"totals by changesets":        {"": 8},
		"totals by skipped":           {"": 1},
		"totals by merges":            {"": 1},
		"totals by developers":        {"": 5},
		"totals by employers":         {"": 2},
		"totals by files":             {"": 7},
		"totals by added":             {"": 25},
		"totals by deleted":           {"": 12},
		"totals by changed":           {"": 35},
		"totals by delta":             {"": 13},
		"totals by incomplete":        {"": 0},
		"developers by changesets":    {"Ada Moor": 2, "Bob Sand": 2, "Dan Esk": 2, "Cleo Vent": 1, "Eve Tarn": 1},
		"developers by changed lines": {"Ada Moor": 5, "Bob Sand": 6, "Cleo Vent": 10, "Dan Esk": 11, "Eve Tarn": 3},
		"developers by signoffs":      {"Ada Moor": 1, "Bob Sand": 1},
		"developers by reviews":       {"Ada Moor": 2, "Bob Sand": 2, "Dan Esk": 1},
		"developers by tests":         {"Dan Esk": 1},
		"developers by reports":       {"Dan Esk": 1},
		"employers by changesets":     {"Karst": 3.6, "Moraine": 1.4, "(Unknown)": 3},
		"employers by changed lines":  {"Karst": 18, "Moraine": 6, "(Unknown)": 11},
		"employers by signoffs":       {"Karst": 1, "Moraine": 1, "(Unknown)": 0},
		"employers by reviews":        {"Karst": 2, "Moraine": 1, "(Unknown)": 2},
		"employers by developers":     {"Karst": 4, "Moraine": 2, "(Unknown)": 2},

		"totals by files between ends":   {"": 5},
		"totals by added between ends":   {"": 113},
		"totals by deleted between ends": {"": 0},
		"totals by unknown between ends": {"": 0},
	} {
		assert.Equal(t, want, got[key], key)
	}
	assert.Len(t, got, 15+6+7)
}

// Which of a commit's times decides is stated, and moves Bob's change of employer.
func TestTheDateOfAnEmployer(t *testing.T) {
	harbour(t)
	for date, want := range map[string]float64{"author": 1.4, "committer": 0.4, "accepted": 0.4} {
		got := rows(t, count(t, "--date", date, "--format", "csv"))
		assert.Equal(t, want, got["employers by changesets"]["Moraine"], date)
	}
	assert.Contains(t, count(t, "--date", "committer"), "employers at the committer's date")
	assert.Contains(t, count(t, "--date", "accepted"), "employers at the time of acceptance")
	assert.Contains(t, count(t), "employers at the author's date")
}

func TestOptionsOfGitdm(t *testing.T) {
	harbour(t)
	own := rows(t, count(t, "--author-signoffs", "--identify", "--format", "csv"))
	assert.Equal(t, map[string]float64{"Ada Moor": 2, "Bob Sand": 1}, own["developers by signoffs"])

	guess := rows(t, count(t, "--guess", "--format", "csv"))["employers by changesets"]
	assert.Equal(t, map[string]float64{"Karst": 3.6, "Moraine": 1.4, "(one-person domains)": 3, "(Unknown)": 0}, guess)
	guess = rows(t, count(t, "--guess", "--identify", "--format", "csv"))["employers by changesets"]
	assert.Equal(t, map[string]float64{"Karst": 3.6, "Moraine": 1.4, "home.example": 1, "nowhere.example": 2, "(Unknown)": 0}, guess)

	most := count(t, "--most", "1")
	assert.Contains(t, most, "Employers by changesets (total 8)\n  Karst     3.6   45.0%\n  (Unknown)   3   37.5%\n  and 1 more; shown are 82.5%\n")
	assert.Contains(t, count(t, "--most", "0"), "Moraine")

	all, said, status := run(t, 0, "gitdm", "--repo", "harbour.git", "--format", "csv")
	require.Zero(t, status, said)
	assert.Equal(t, 10.0, rows(t, all)["totals by changesets"][""], "HEAD, with the robot")
	assert.NotContains(t, all, "between ends", "nothing is compared where no range is named")
	bare, _, _ := run(t, 0, "gitdm", "--repo", "harbour.git")
	assert.Contains(t, bare, "No roster says who works for whom")
	assert.Contains(t, bare, "(Unknown) 10  100.0%")
}

// A mailmap as a roster joins addresses, and a tender's vendors and people count.
func TestOtherRosters(t *testing.T) {
	harbour(t)
	require.NoError(t, os.WriteFile("joined.mailmap", []byte("Cleo Vent <cleo@split.example> <dan@nowhere.example>\n"), 0o644))
	joined := rows(t, count(t, "--roster", "mailmap:joined.mailmap", "--identify", "--format", "csv"))
	assert.Equal(t, map[string]float64{"": 4}, joined["totals by developers"])

	require.NoError(t, os.WriteFile("tender.yaml", []byte(`format: tributary/1
window: {until: 2026-01-01, months: 12}
projects: {harbour: {repositories: [{url: harbour.git}]}}
vendors: {esk: {name: Esk & Daughters, domains: [{name: nowhere.example}]}}
rosters: [{file: people.yaml, format: tributary}]
bidders: all
`), 0o644))
	require.NoError(t, os.WriteFile("people.yaml", []byte(`format: tributary-people/1
people:
  - id: p-1
    identities: [mail:ada@home.example]
    employment: [{vendor: independent, level: profile}]
`), 0o644))
	got := rows(t, count(t, "--tender", "tender.yaml", "--format", "csv"))["employers by changesets"]
	assert.Equal(t, map[string]float64{"Karst": 3.6, "Moraine": 1.4, "Esk & Daughters": 2, "(Independent)": 1, "(Unknown)": 0}, got,
		"what Ada typed herself stands where no domain speaks")
}

// Names are shown on request, mail addresses never.
func TestWhoIsShown(t *testing.T) {
	harbour(t)
	for _, format := range []string{"text", "csv"} {
		hidden := count(t, "--format", format)
		named := count(t, "--format", format, "--identify")
		assert.Contains(t, named, "Cleo Vent")
		assert.NotContains(t, hidden, "Cleo")
		assert.Contains(t, hidden, "person-")
		assert.NotContains(t, hidden+named, "@")
		assert.Equal(t, hidden, count(t, "--format", format, "--workers", "1"), "run after run the same")
		t.Setenv("TRIBUTARY_PSEUDONYM_KEY", "another")
		assert.NotEqual(t, hidden, count(t, "--format", format))
		require.NoError(t, os.Unsetenv("TRIBUTARY_PSEUDONYM_KEY"))
	}
}

func TestNarrowTerminal(t *testing.T) {
	harbour(t)
	out, said, status := run(t, 10, "gitdm", "--repo", "harbour.git", "--rev", "v1.0..main", "--guess", "--identify")
	require.Zero(t, status, said)
	for line := range strings.Lines(out) {
		assert.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), 40, line)
	}
}

func TestWrongUse(t *testing.T) {
	harbour(t)
	_, err := gogit.PlainInit("empty.git", true)
	require.NoError(t, err)
	for _, c := range []struct {
		args   string
		status int
		says   string
	}{
		{"gitd", command.Usage, "want a command"},
		{"gitdm", command.Usage, "name one with --repo"},
		{"gitdm x", command.Usage, "the repository is named by --repo"},
		{"gitdm --bogus", command.Usage, "unknown flag: --bogus"},
		{"gitdm --repo harbour.git --format pdf", command.Usage, "want one of [text csv]"},
		{"gitdm --repo harbour.git --date today", command.Usage, "want one of [author committer accepted]"},
		{"gitdm --repo harbour.git --most -1", command.Usage, "want a number from 0 on"},
		{"gitdm --repo harbour.git --rev=", command.Usage, "v1.0..v1.1"},
		{"gitdm --repo harbour.git --workers -1", command.Usage, "want at least 1"},
		{"gitdm --repo harbour.git --skip robot", command.Usage, "want a mail address"},
		{"gitdm --repo harbour.git --roster maps/gitdm.config", command.Usage, "write it as FORMAT:FILE"},
		{"gitdm --repo harbour.git --roster gitdm:", command.Usage, "write it as FORMAT:FILE"},
		{"gitdm --repo harbour.git --roster gitdm:maps/no", command.Usage, "name the file of a roster"},
		{"gitdm --repo harbour.git --roster gitdm:no/gitdm.config", command.Usage, "name the file of a roster"},
		{"gitdm --repo harbour.git --tender no.yaml", command.Usage, "no.yaml"},
		{"gitdm --repo harbour.git --tender maps/map", command.Usage, "maps"},
		{"gitdm --repo no.git", command.Failed, "no.git"},
		{"gitdm --repo https://ada:secret@forge.example/x.git --offline", command.Failed, "forge.example"},
		{"gitdm --repo empty.git", command.Failed, "it has no commits"},
		{"gitdm --repo harbour.git --rev v1.0..v9", command.Failed, `revision "v9"`},
	} {
		out, said, status := run(t, 0, strings.Fields(c.args)...)
		assert.Equal(t, c.status, status, c.args)
		assert.Contains(t, said, c.says, c.args)
		assert.Empty(t, out, c.args)
		assert.NotContains(t, said, "secret", c.args)
	}
	out, _, status := run(t, 0)
	assert.Zero(t, status)
	assert.Contains(t, out, "gitdm")
}

// What of a roster was left out is said, with its place on request and never with an
// address.
func TestRemarksOnARoster(t *testing.T) {
	harbour(t)
	require.NoError(t, os.WriteFile("maps/map", []byte("karst.example Karst\nada@@karst.example Karst\n"), 0o644))
	args := []string{"gitdm", "--repo", "harbour.git", "--roster", "gitdm:maps/gitdm.config"}
	_, said, status := run(t, 0, args...)
	assert.Zero(t, status)
	assert.Equal(t, "gitdm:maps/gitdm.config: 1 places were left out; --verbose shows them\n", said)
	_, said, _ = run(t, 0, append(args, "--verbose")...)
	assert.Contains(t, said, "map:2: ")
	assert.NotContains(t, said, "ada@")
}

// A history of which a part is missing is counted as far as it goes, and that is said.
func TestAHistoryThatIsCutOff(t *testing.T) {
	harbour(t)
	r, err := gogit.PlainOpen("harbour.git")
	require.NoError(t, err)
	head, err := r.Head()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile("harbour.git/shallow", []byte(head.Hash().String()+"\n"), 0o644))
	out, said, status := run(t, 0, "gitdm", "--repo", "harbour.git", "--format", "csv")
	assert.Equal(t, command.DoneWithGaps, status)
	assert.Contains(t, said, "commits partial")
	assert.Equal(t, 1.0, rows(t, out)["totals by changesets"][""])
	assert.Equal(t, 1.0, rows(t, out)["totals by incomplete"][""])
}
