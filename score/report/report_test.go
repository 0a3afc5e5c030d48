package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report"
)

func ranking() *model.Ranking {
	score, points, no := 62.41, 24.96, false
	return &model.Ranking{
		Format: model.RankingFormat, Status: "SIMULATION", Tender: model.About{ID: "T-1", Title: "Élaboration d'un géoportail"},
		Mode: model.Selection, Shortlist: true,
		Lots: []model.LotResult{{ID: "1", Title: "Server", Points: 40, Projects: []model.Weighted{{Project: "a", Weight: 0.5}, {Project: "b", Weight: 0.5}},
			Standings: []model.Standing{
				{Rank: 1, Bidder: "karst", Name: "=HYPERLINK(\"x\")", Score: &score, Points: &points, Meets: &no, People: 3, Insufficient: []string{"b"}},
				{Bidder: "bigco", Name: "Big\x1b[31mCo " + strings.Repeat("long ", 30)},
			}}},
		Projects: []model.ProjectResult{{ID: "a", Read: 10, Counted: 4,
			Rules: []model.RuleCount{{Rule: "bot", Refused: 6, Touched: 6}},
			Indicators: []model.IndicatorResult{
				{Pillar: model.Commits, Indicator: model.Changes, State: model.Complete, T: 12, Weight: 1},
				{Pillar: model.Reviews, Indicator: model.ReviewsDone, State: model.Unavailable, Reason: "git does not say"},
				{Pillar: model.Reviews, Indicator: model.ActiveMonths, State: model.Unavailable, Reason: "git does not say"}},
			Scores: []model.ProjectScore{{Bidder: "karst", Score: &score, Values: []model.Measurement{{Pillar: model.Commits, Indicator: model.Changes, Value: 7.5, Acts: 8, R: 0.625, N: 0.79, Points: 79}}}}}},
		Gaps: []model.Gap{{Project: "b", Repository: "https://host/b", Reason: "not there"}},
	}
}

func TestTextFitsTheTerminal(t *testing.T) {
	for _, width := range []int{40, 60, 80, 120} {
		var b bytes.Buffer
		require.NoError(t, report.Text(&b, ranking(), &report.TextOptions{Width: width}))
		for line := range strings.Lines(b.String()) {
			assert.LessOrEqual(t, len([]rune(strings.TrimRight(line, "\n"))), width, line)
		}
		assert.NotContains(t, b.String(), "\x1b", "names must not steer the terminal")
		for _, want := range []string{"SIMULATION", "24.96", "unknown", "Gaps:", "not there", "bot 6"} {
			assert.Contains(t, b.String(), want)
		}
		assert.Equal(t, 1, strings.Count(strings.Join(strings.Fields(b.String()), " "), "git does not say"), "a reason is said once")
	}
	var b bytes.Buffer
	require.NoError(t, report.Text(&b, ranking(), &report.TextOptions{Most: 1}))
	assert.Contains(t, b.String(), "and 1 more")
	assert.Contains(t, strings.Join(strings.Fields(b.String()), " "), "by 0 people; none of them is a change", "a share of nothing is no figure")
}

// Where nothing could be scored nobody looked for people: none found is not 0.
func TestPeopleWhoAreNotKnown(t *testing.T) {
	r := ranking()
	zero := 0.0
	r.Lots[0].Standings = append(r.Lots[0].Standings, model.Standing{Rank: 2, Bidder: "idle", Name: "Idle", Score: &zero, Points: &zero}, model.Standing{Bidder: "seen", Name: "Seen", People: 4})
	var b bytes.Buffer
	require.NoError(t, report.CSV(&b, r))
	rows, err := csv.NewReader(&b).ReadAll()
	require.NoError(t, err)
	people := map[string]string{}
	for _, row := range rows[1:] {
		people[row[3]] = row[9]
	}
	assert.Equal(t, map[string]string{"karst": "3", "bigco": "", "idle": "0", "seen": "4"}, people)
	b.Reset()
	require.NoError(t, report.Text(&b, r, nil))
	assert.Regexp(t, `unknown +Big`, b.String())
	assert.Regexp(t, ` 0 +Idle`, b.String())
	assert.Regexp(t, ` 4 +Seen`, b.String())
}

func TestSelectionShowsWhoMeets(t *testing.T) {
	r := ranking()
	r.Shortlist, r.MinimumPoints = false, 30
	r.Lots[0].Standings[0].Rank = 0
	var b bytes.Buffer
	require.NoError(t, report.Text(&b, r, nil))
	assert.NotContains(t, b.String(), "24.96")
	assert.Contains(t, b.String(), "missed")
}

func TestTextReturnsTheWriterError(t *testing.T) {
	assert.Error(t, report.Text(broken{}, ranking(), nil))
	assert.Error(t, report.CSV(broken{}, ranking()))
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, assert.AnError }

func TestCSVIsSafeInASpreadsheet(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, report.CSV(&b, ranking()))
	rows, err := csv.NewReader(&b).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 3)
	assert.Equal(t, []string{"SIMULATION", "1", "1", "karst", "'=HYPERLINK(\"x\")", "24.96", "40", "62.410000", "does not meet", "3", "b", "1"}, rows[1])
	assert.Equal(t, []string{"", "", ""}, []string{rows[2][2], rows[2][5], rows[2][7]}, "unknown is empty, never 0")

	b.Reset()
	require.NoError(t, report.ProjectsCSV(&b, ranking(), nil))
	rows, err = csv.NewReader(&b).ReadAll()
	require.NoError(t, err)
	assert.Equal(t, []string{"SIMULATION", "a", "karst", "commits", "changes", "complete", "7.5", "8", "12", "0.625", "0.79", "1", "79", "", "1"}, rows[1])
	assert.Equal(t, []string{"unavailable", "", "", "", "", "", "", "", "git does not say", "1"}, rows[2][5:])
}

func TestJSONComesBack(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, report.JSON(&b, ranking()))
	var r model.Ranking
	require.NoError(t, json.Unmarshal(b.Bytes(), &r))
	assert.Equal(t, ranking(), &r)
}

func TestEvidence(t *testing.T) {
	v := model.Verdict{Project: "a", Repository: "https://github.com/o/r", Artifact: "commit:9f1c", Role: model.Author,
		Person: "mail:ada@karst.example", Name: "Ada", At: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Counted: true,
		Parts:   []model.Part{{Vendor: "karst", Part: 600_000, Level: model.Listed}, {Part: 400_000}},
		Credits: []model.Credit{{Indicator: model.Changes, Amount: 500_000}, {Indicator: model.Stewardship, Amount: model.Whole}, {Indicator: model.Stewardship, Amount: model.Whole}}}
	row := func(show report.People, v model.Verdict) []string {
		var b bytes.Buffer
		e := report.NewEvidence(&b, show)
		e.Write(v)
		require.NoError(t, e.Close())
		rows, err := csv.NewReader(&b).ReadAll()
		require.NoError(t, err)
		return rows[1]
	}
	hidden := row(report.People{Key: []byte("k")}, v)
	assert.Equal(t, "https://github.com/o/r/commit/9f1c", hidden[4])
	assert.Regexp(t, "^person-[0-9a-f]{12}$", hidden[6])
	assert.Equal(t, "karst 60 %, unknown 40 %", hidden[7])
	assert.Equal(t, "listed", hidden[8])
	assert.Equal(t, "changes 0.5, stewardship 2", hidden[11])
	assert.NotEqual(t, hidden[6], row(report.People{Key: []byte("other")}, v)[6])
	assert.Equal(t, "Ada", row(report.People{Names: true}, v)[6])
	v.Name = "ada@karst.example"
	assert.NotContains(t, row(report.People{Names: true}, v)[6], "@", "a mail address never leaves")
}

func TestLinkerKnowsWhatTheDocumentSays(t *testing.T) {
	link := report.Linker(&model.Terms{Repositories: []model.RepositoryTerms{
		{URL: "mirror.git", Web: "https://git.corp.example/o/r", Forge: "gitlab"},
		{URL: "https://code.corp.example/o/r.git", Forge: "github"},
		{URL: "https://plain.example/r.git", Forge: "none"},
		{URL: "https://git.kernel.org/r.git", Forge: "none"},
	}})
	assert.Equal(t, "https://git.corp.example/o/r/-/merge_requests/4", link("mirror.git", "change:4"))
	assert.Equal(t, "https://code.corp.example/o/r/pull/4", link("https://code.corp.example/o/r.git", "change:4"))
	assert.Empty(t, link("https://plain.example/r.git", "commit:9f"), "a server of git alone shows nothing")
	assert.Equal(t, "https://git.kernel.org/r.git/commit/?id=9f", link("https://git.kernel.org/r.git", "commit:9f"))
	assert.Equal(t, report.Link("https://github.com/o/r", "commit:9f"), link("https://github.com/o/r", "commit:9f"))
}

func TestLinks(t *testing.T) {
	for _, c := range []struct {
		repository string
		artifact   model.Artifact
		want       string
	}{
		{"https://github.com/o/r.git", "commit:9f", "https://github.com/o/r/commit/9f"},
		{"https://gitlab.com/g/s/r", "commit:9f", "https://gitlab.com/g/s/r/-/commit/9f"},
		{"https://codeberg.org/o/r/", "release:v1/2", "https://codeberg.org/o/r/releases/tag/v1%2F2"},
		{"https://github.com/o/r", "change:412", "https://github.com/o/r/pull/412"},
		{"https://gitlab.com/o/r", "change:412", "https://gitlab.com/o/r/-/merge_requests/412"},
		{"https://codeberg.org/o/r", "change:412", "https://codeberg.org/o/r/pulls/412"},
		{"https://gitlab.com/o/r", "issue:7", "https://gitlab.com/o/r/-/issues/7"},
		{"https://github.com/o/r", "issue:7", "https://github.com/o/r/issues/7"},
		{"https://github.com/o/r", "advisory:GHSA-1", "https://github.com/o/r/security/advisories/GHSA-1"},
		{"https://codeberg.org/o/r", "advisory:GHSA-1", ""},
		{"repo/x.git", "commit:9f", ""},
		{"git@host:x.git", "commit:9f", ""},
		{"git@github.com:o/r.git", "commit:9f", "https://github.com/o/r/commit/9f"},
		{"ssh://git@gitlab.com/o/r.git", "commit:9f", "https://gitlab.com/o/r/-/commit/9f"},
		{"git://git.kernel.org/pub/scm/git/git.git", "commit:9f", "https://git.kernel.org/pub/scm/git/git.git/commit/?id=9f"},
		{"https://chromium.googlesource.com/v8/v8", "commit:9f", "https://chromium.googlesource.com/v8/v8/+/9f"},
		{"https://git.sr.ht/~o/r", "commit:9f", "https://git.sr.ht/~o/r/commit/9f"},
		{"https://pagure.io/r", "change:4", "https://pagure.io/r/pull-request/4"},
		{"https://bitbucket.org/o/r", "change:4", "https://bitbucket.org/o/r/pull-requests/4"},
		{"C:\\r\\x.git", "commit:9f", ""},
		{"/srv/x.git", "commit:9f", ""},
		{"file:///srv/x.git", "commit:9f", ""},
		{"https://github.com/o/r", "commit:9f\x1b]0;", "https://github.com/o/r/commit/9f%1B%5D0%3B"},
		{"https://github.com/o/r", "role:OWNERS", ""},
	} {
		assert.Equal(t, c.want, report.Link(c.repository, c.artifact))
	}
}
