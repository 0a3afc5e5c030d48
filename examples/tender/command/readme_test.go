package command_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The documents and figures that the README shows are those that the project
// reads and prints.
func TestReadmeIsTrue(t *testing.T) {
	b, err := os.ReadFile("../../../README.md")
	require.NoError(t, err)
	readme := strings.ReplaceAll(string(b), "\r\n", "\n")

	for _, name := range []string{"complete.yaml", "people.yaml"} {
		doc, err := os.ReadFile("../../../model/tenderfile/testdata/" + name)
		require.NoError(t, err)
		assert.True(t, strings.Contains(readme, "```yaml\n"+string(doc)+"```"), "the README must show %s", name)
	}

	out, said, status := run(t)
	require.Zero(t, status, said)
	lot, _, _ := strings.Cut(out[strings.Index(out, "Lot 1:"):], "\n\n")
	assert.True(t, strings.Contains(readme, "```\n"+lot+"\n```"), "the README must show the demonstration's table:\n%s", lot)

	for line := range strings.Lines(readme) {
		command, ok := strings.CutPrefix(line, "$ go run ./examples/tender ")
		if !ok {
			continue
		}
		words := strings.Fields(strings.TrimSpace(strings.Split(command, "#")[0]))
		if len(words) > 0 {
			_, said, status := run(t, words[0], "--help")
			assert.Zero(t, status, "%s: %s", words[0], said)
		}
	}
}

// The module's own rooms need no git binary: a tender is scored where there is none.
func TestNoGitBinaryIsNeeded(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := exec.LookPath("git")
	require.Error(t, err, "there must be no git on the path")
	_, said, status := run(t)
	assert.Zero(t, status, said)
}
