package command_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/model"
)

// The tables in the comment of by-hand-lots.txtar are the engine's own figures, line for
// line and to the last digit printed: every act that earned something stands there, what
// stands there as earning nothing was refused by that rule, and every figure of every
// bidder is carried from its value to the points.
func TestTablesOfTheComment(t *testing.T) {
	a, err := txtar.ParseFile("../../../testdata/by-hand-lots.txtar")
	require.NoError(t, err)
	dir := unpack(t, a)
	comment := tables(string(a.Comment))
	stated := func(prefix string) (list []string) {
		for _, line := range comment {
			if strings.HasPrefix(line, prefix) {
				list = append(list, line)
			}
		}
		return list
	}
	held := 0
	for document, prefix := range map[string]string{"tender": "", "award": "award "} {
		scoreTender(t, dir, document)
		r := ranking(t, filepath.Join(dir, "result-"+document, "ranking.json"))
		var want []string
		for _, heading := range headings(r, prefix) {
			want = append(want, stated(heading)...)
		}
		assert.Equal(t, strings.Join(want, "\n"), strings.Join(figures(r, prefix), "\n"), document)
		held += len(want)
	}
	earned, all := acts(t, filepath.Join(dir, "result-tender", "evidence.csv"), commitNames(t, a))
	said := stated("acts of ")
	assert.Empty(t, without(said, all), "acts that the comment makes up")
	assert.Empty(t, without(earned, said), "acts that the comment forgets")
	assert.Equal(t, len(comment), held+len(said), "each line of each table is held against something")
}

// without returns the lines that are not among the others.
func without(lines, others []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return slices.Contains(others, l) })
}

// tables returns the lines of the comment's tables, each behind its heading, with single
// spaces and without the words behind an arrow. A heading is indented by two spaces and
// ends with a colon; the lines below it are by four, up to one that is not.
func tables(comment string) (list []string) {
	heading := ""
	for line := range strings.Lines(comment) {
		text, _, _ := strings.Cut(line, "←")
		words := strings.Join(strings.Fields(text), " ")
		switch {
		case heading != "" && strings.HasPrefix(line, "    "):
			list = append(list, heading+" "+words)
		case strings.HasPrefix(line, "  ") && strings.HasSuffix(words, ":"):
			heading = words
		default:
			heading = ""
		}
	}
	return list
}

func ranking(t *testing.T, path string) *model.Ranking {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	r := &model.Ranking{}
	require.NoError(t, json.Unmarshal(text, r))
	return r
}

// headings returns the headings of a ranking's tables, in the order of [figures].
func headings(r *model.Ranking, prefix string) (list []string) {
	for _, p := range r.Projects {
		for _, x := range p.Scores {
			list = append(list, fmt.Sprintf("%s%s in %s:", prefix, x.Bidder, p.ID))
		}
	}
	for _, l := range r.Lots {
		list = append(list, fmt.Sprintf("%slot %s:", prefix, l.ID))
	}
	return list
}

// figures writes a ranking as the comment's tables do.
func figures(r *model.Ranking, prefix string) (list []string) {
	for _, p := range r.Projects {
		for _, x := range p.Scores {
			heading := fmt.Sprintf("%s%s in %s: ", prefix, x.Bidder, p.ID)
			for _, line := range steps(p, x) {
				list = append(list, heading+line)
			}
		}
	}
	for _, l := range r.Lots {
		for _, s := range l.Standings {
			list = append(list, fmt.Sprintf("%slot %s: %s", prefix, l.ID, standing(r, l, s)))
		}
	}
	return list
}

// steps writes a bidder's way from values to the score of a project. What is zero is left
// out.
func steps(p model.ProjectResult, x model.ProjectScore) (list []string) {
	sum, weights := 0.0, 0.0
	for _, i := range p.Indicators {
		w := published(i)
		if i.Weight > 0 {
			weights += w
		}
		for _, v := range x.Values {
			if v.Pillar != i.Pillar || v.Indicator != i.Indicator || v.Value == 0 {
				continue
			}
			sum += v.N * w
			list = append(list, fmt.Sprintf("%s %s / %s = %s n %s · %s = %s", title(i), short(v.Value), short(i.T), short(v.R), short(v.N), short(w), short(v.N*w)))
		}
	}
	list = append(list, fmt.Sprintf("%s / %s = %s %%", short(sum), short(weights), fixed(*x.Score, 6)))
	evidence := fmt.Sprintf("%d acts in %d months", x.Acts, x.Months)
	if x.Insufficient != "" {
		evidence += ", insufficient"
	}
	return append(list, evidence)
}

// published returns an indicator's weight out of 100, before anything is dropped.
func published(i model.IndicatorResult) float64 {
	for _, p := range model.Pillars() {
		for _, x := range p.Indicators {
			if p.Name == i.Pillar && x.Name == i.Indicator {
				return p.Weight * x.Weight / 100
			}
		}
	}
	return 0
}

func title(i model.IndicatorResult) string {
	if i.Indicator != model.ActiveMonths {
		return string(i.Indicator)
	}
	return "months of " + map[model.Pillar]string{model.Commits: "changes", model.Reviews: "reviews"}[i.Pillar]
}

// standing writes a bidder's way from the scores of the projects to the points.
func standing(r *model.Ranking, l model.LotResult, s model.Standing) string {
	var parts []string
	for _, p := range l.Projects {
		parts = append(parts, fmt.Sprintf("%s · %s", short(p.Weight), fixed(*r.ProjectScore(p.Project, s.Bidder), 6)))
	}
	text := fmt.Sprintf("%s %s = %s of %s points %s rounded %s", s.Bidder, strings.Join(parts, " + "), fixed(*s.Score, 6),
		short(l.Points), fixed(*s.Score/100*l.Points, 6), fixed(*s.Points, 2))
	if s.Meets != nil && !*s.Meets {
		text += ", does not meet"
	}
	return text
}

// acts writes the verdicts as the comment's tables do: those that earned something, and all.
func acts(t *testing.T, path string, names map[string]string) (earned, all []string) {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	column := func(row []string, name string) string { return row[slices.Index(rows[0], name)] }
	for _, row := range rows[1:] {
		act := column(row, "artifact")
		if id, ok := strings.CutPrefix(act, model.CommitArtifact+":"); ok {
			act = names[id]
		}
		credit := column(row, "credit")
		text := fmt.Sprintf("acts of %s: %s %s %s %s %s ", column(row, "project"), column(row, "at")[:10], act,
			strings.ToLower(column(row, "person")), column(row, "role"), column(row, "vendor"))
		if credit == "" {
			all = append(all, text+"nothing: "+column(row, "rule"))
			continue
		}
		earned = append(earned, text+credit)
	}
	return earned, append(all, earned...)
}

// commitNames returns the names that the archive's histories give to their commits, by id.
func commitNames(t *testing.T, a *txtar.Archive) map[string]string {
	t.Helper()
	by := map[string]string{}
	for _, f := range a.Files {
		if !strings.HasSuffix(f.Name, ".history") {
			continue
		}
		names, err := forgetest.Build(filepath.Join(t.TempDir(), f.Name), string(f.Data))
		require.NoError(t, err)
		for name, id := range names {
			if regexp.MustCompile(`^[a-z]\d+[ab]?$`).MatchString(name) { // and no branch or tag
				by[id] = name
			}
		}
	}
	return by
}

// short writes a figure with at most six decimals, fixed with so many.
func short(x float64) string {
	return strings.TrimRight(strings.TrimRight(fixed(x, 6), "0"), ".")
}

func fixed(x float64, decimals int) string { return strconv.FormatFloat(x, 'f', decimals, 64) }
