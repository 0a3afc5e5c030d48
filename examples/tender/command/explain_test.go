package command_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/tender/command"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score"
)

// unpacked returns the text of a file of a result.
func unpacked(t *testing.T, name, text string) string {
	t.Helper()
	if !strings.HasSuffix(name, ".gz") {
		return text
	}
	zip, err := gzip.NewReader(strings.NewReader(text))
	require.NoError(t, err)
	plain, err := io.ReadAll(zip)
	require.NoError(t, err)
	return string(plain)
}

// The explanations of the demonstration's bidders, whole, are in testdata: read them. They
// are the same from the document, which is mined, and from the stored run, which is not.
func TestDemonstrationExplained(t *testing.T) {
	file, result := demonstrated(t)
	t.Setenv("TRIBUTARY_PSEUDONYM_KEY", "another")
	texts := map[string]string{}
	for _, bidder := range []string{"karst", "moraine", "bigco"} {
		out, said, status := run(t, "explain", result, bidder, "--most", "2")
		require.Equal(t, command.Done, status, said)
		texts[bidder] = out
		golden := filepath.Join("testdata", "explain-"+bidder+".txt")
		if *update {
			require.NoError(t, os.WriteFile(golden, []byte(out), 0o644))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		assert.Equal(t, strings.ReplaceAll(string(want), "\r\n", "\n"), out)
	}
	os.Unsetenv("TRIBUTARY_PSEUDONYM_KEY")
	out, said, status := run(t, "explain", file, "karst", "--most", "2")
	require.Equal(t, command.Done, status, said)
	assert.Equal(t, texts["karst"], out)
}

func TestExplainNeedsNoDocument(t *testing.T) {
	file, result := demonstrate(t, filepath.Join(t.TempDir(), "demo"))
	require.NoError(t, os.RemoveAll(filepath.Join(filepath.Dir(file), "repo")))
	require.NoError(t, os.Remove(file))
	out, said, status := run(t, "explain", result, "karst", "lot", "1")
	require.Equal(t, command.Done, status, said)
	assert.Regexp(t, `lot 1, points: \d+\.\d\d = \d+\.\d+ / 100 · 40\n`, out)
	assert.Regexp(t, `  score: \d+\.\d+ = 0\.3 · \d+\.\d+ \(geolib\) \+ 0\.7 · \d+\.\d+ \(mapserver\)\n`, out)
	assert.NotContains(t, out, "catalogue")
	assert.Contains(t, out, "refused (rule duplicate)")
	assert.NotContains(t, out, "@")
	again, _, _ := run(t, "explain", result, "karst", "lot 1")
	assert.Equal(t, out, again, "with or without quotes")
}

func TestExplainOneFigure(t *testing.T) {
	_, result := demonstrated(t)
	out, said, status := run(t, "explain", result, "karst", "mapserver/reviews/reviews", "--format", "json", "--most", "3")
	require.Equal(t, command.Done, status, said)
	var e score.Explanation
	require.NoError(t, json.Unmarshal([]byte(out), &e))
	assert.Equal(t, score.ExplanationFormat, e.Format)
	assert.Equal(t, "SIMULATION", e.Status)
	assert.Equal(t, []string{"mapserver/reviews/reviews"}, e.Figures())
	require.Len(t, e.Behind, 1)
	assert.Len(t, e.Behind[0].Acts, 3)
	assert.Positive(t, e.Behind[0].Amount)
	assert.Equal(t, *e.Steps[len(e.Steps)-1].Value, float64(e.Behind[0].Amount)/model.Whole)
	assert.NotContains(t, out, "@")

	act := string(e.Behind[0].Acts[0].Artifact)
	out, said, status = run(t, "explain", result, "karst", "act", act)
	require.Equal(t, command.Done, status, said)
	assert.Contains(t, out, "Karst SARL (karst): act "+act)
	short, _, _ := run(t, "explain", result, "karst", "act", act[:15])
	assert.Equal(t, strings.ReplaceAll(out, "): act "+act, ""), strings.ReplaceAll(short, "): act "+act[:15], ""))
	out, _, status = run(t, "explain", result, "bigco", "act", act)
	assert.Equal(t, command.Done, status)
	assert.Contains(t, out, "none of it for bigco")
}

func TestExplainSaysWhatIsWrong(t *testing.T) {
	_, result := demonstrated(t)
	for args, says := range map[string]string{
		"krast":                    `did you mean "karst"?`,
		"karst mapserver/revews":   `did you mean "mapserver/reviews"?`,
		"karst lot 3":              `did you mean "lot 1"?`,
		"karst act commit:1234567": "nothing was judged on it",
		"karst --identify":         "score with --identify to store names",
	} {
		out, said, status := run(t, append([]string{"explain", result}, strings.Fields(args)...)...)
		assert.Equal(t, command.Usage, status, args)
		assert.Contains(t, said, says, args)
		assert.Empty(t, out)
	}
}

func TestExplainOfADamagedRun(t *testing.T) {
	_, result := demonstrate(t, filepath.Join(t.TempDir(), "demo"))
	_, other := demonstrated(t)
	at := func(name string) string { return filepath.Join(result, name) }
	read := func(file string) []byte {
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		return b
	}
	ranking, index, evidence := read(at("ranking.json")), read(at("evidence.index.json")), read(at("evidence.jsonl.gz"))
	replaced := func(b []byte, from, to string) []byte {
		require.Contains(t, string(b), from)
		return bytes.ReplaceAll(b, []byte(from), []byte(to))
	}
	for _, c := range []struct {
		file string
		text []byte
		says string
	}{
		{"ranking.json", []byte("{"), "it is no JSON, or was cut short"},
		{"ranking.json", []byte("{}"), "name a ranking.json"},
		{"ranking.json", replaced(ranking, "tributary-ranking/1", "tributary-ranking/2"), "read it with the version that wrote it"},
		{"ranking.json", replaced(ranking, `"digest": "`, `"digest": "0`), "belongs to another run than ranking.json"},
		{"ranking.json", replaced(ranking, `"proposed": true,
          "weight": 0.`, `"proposed": true,
          "weight": 0.9`), "was not written by one run"},
		{"ranking.json", nil, "holds no stored run"},
		{"evidence.index.json", replaced(index, "tributary-evidence/1", "tributary-evidence/9"), "use a newer one"},
		{"evidence.index.json", nil, "holds no stored run"},
		{"evidence.jsonl.gz", evidence[:len(evidence)-9], "it is of another run, or was cut"},
		{"evidence.jsonl.gz", make([]byte, len(evidence)), "is damaged"},
		{"evidence.jsonl.gz", nil, "holds no stored run"},
	} {
		require.NoError(t, os.Remove(at(c.file)))
		if c.text != nil {
			require.NoError(t, os.WriteFile(at(c.file), c.text, 0o644))
		}
		_, said, status := run(t, "explain", result, "karst", "act", "commit:00000000")
		if c.says == "was not written by one run" || c.says == "is damaged" {
			_, said, status = run(t, "explain", result, "karst")
		}
		assert.NotZero(t, status, c.says)
		assert.Contains(t, said, c.says)
		require.NoError(t, os.WriteFile(at(c.file), read(filepath.Join(other, c.file)), 0o644))
	}
	_, said, status := run(t, "explain", result, "karst")
	assert.Zero(t, status, "two runs are the same bytes: %s", said)
}

// Lines keep within the terminal, save those of one word that is longer.
func TestExplanationsFitTheTerminal(t *testing.T) {
	_, result := demonstrated(t)
	for _, width := range []int{10, 40, 57, 80, 200} {
		var out, said bytes.Buffer
		status := command.Run(t.Context(), []string{"explain", result, "karst", "mapserver", "--most", "1"}, command.Place{Out: &out, Err: &said, Width: width})
		require.Zero(t, status, said.String())
		for line := range strings.Lines(out.String()) {
			line = strings.TrimRight(line, "\n")
			long := len([]rune(line)) > max(40, width)
			assert.False(t, long && strings.Contains(strings.TrimSpace(line), " "), "%d columns: %s", width, line)
		}
	}
}
