package command_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/tender/command"
	"github.com/tributary-oss/tributary/examples/tender/demo"
	"github.com/tributary-oss/tributary/model"
)

// The study of the demonstration, as its text says it. The method's digest is left out: it
// changes with every word of the method.
func TestSensitivityOfTheDemonstration(t *testing.T) {
	file, err := demo.Build(t.TempDir())
	require.NoError(t, err)
	out, said, status := run(t, "sensitivity", file, "--draws", "200", "--seed", "3")
	require.Equal(t, command.Done, status, said)
	got := regexp.MustCompile(`digest [0-9a-f]+`).ReplaceAllString(out, "digest …")
	const golden = "testdata/sensitivity.txt"
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	assert.Equal(t, strings.ReplaceAll(string(want), "\r\n", "\n"), got)
}

func TestSensitivityForms(t *testing.T) {
	dir := place(t, document)
	file := filepath.Join(dir, "tender.yaml")
	args := []string{"sensitivity", file, "--draws", "10", "--rules=false", "--assume", "domain=0.5,unknown=0"}
	out, said, status := run(t, append(args, "--format", "json")...)
	require.Equal(t, command.Done, status, said)
	var s model.Sensitivity
	require.NoError(t, json.Unmarshal([]byte(out), &s))
	assert.Equal(t, model.SensitivityFormat, s.Format)
	assert.Equal(t, 10, s.Draws)
	for _, a := range s.Assumptions {
		assert.Equal(t, a.Name == "domain" || a.Name == "unknown", a.Stated, a.Name)
	}
	again, _, _ := run(t, append(args, "--format", "json", "--workers", "3")...)
	assert.Equal(t, out, again, "workers change nothing")
	out, _, status = run(t, append(args, "--format", "csv")...)
	assert.Equal(t, command.Done, status)
	assert.True(t, strings.HasPrefix(out, "status,lot,kind,"))
	_, said, status = run(t, append(args, "--out", filepath.Join(dir, "result"))...)
	require.Equal(t, command.Done, status, said)
	for _, name := range []string{"sensitivity.txt", "sensitivity.csv", "sensitivity.json"} {
		b, err := os.ReadFile(filepath.Join(dir, "result", name))
		require.NoError(t, err)
		assert.Contains(t, string(b), "SIMULATION", name)
		assert.NotContains(t, string(b), "@", name)
	}
}

func TestSensitivityWrongUse(t *testing.T) {
	dir := place(t, strings.Replace(document, "vendors:", "  gone:\n    repositories: [{url: gone.git}]\nvendors:", 1))
	file := filepath.Join(dir, "tender.yaml")
	for _, c := range []struct {
		args   string
		status int
		says   string
	}{
		{"sensitivity", command.Usage, "want the file of a tender document"},
		{"sensitivity " + file + " --draws 0", command.Usage, "want a number from 1 on"},
		{"sensitivity " + file + " --draws 9999999", command.Usage, "want 1 to 1000000"},
		{"sensitivity " + file + " --seed -1", command.Usage, "--seed"},
		{"sensitivity " + file + " --assume domain=x", command.Usage, "want a number"},
		{"sensitivity " + file + " --assume domain=0.5x", command.Usage, "want a number"},
		{"sensitivity " + file + " --assume domain=2", command.Usage, "want a number from 0 to 1"},
		{"sensitivity " + file + " --assume nothing=1", command.Usage, `no assumption "nothing"`},
		{"sensitivity " + file + " --format pdf", command.Usage, "want one of [text csv json]"},
		{"sensitivity " + file + " --out x --format csv", command.Usage, "leave --format out"},
		{"sensitivity " + file + " --most -1", command.Usage, "want a number from 0 on"},
		{"sensitivity " + file + " --draws 5", command.DoneWithGaps, "gap: gone: gone.git: "},
	} {
		_, said, status := run(t, strings.Fields(c.args)...)
		assert.Equal(t, c.status, status, c.args)
		assert.Contains(t, said, c.says, c.args)
	}
}
