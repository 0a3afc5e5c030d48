package command_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/tender/command"
	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/score"
)

const nights = `
person ada = Ada <ada@karst.example>
person refresh = Refresh <refresh@karst.example>
person deps = dependabot[bot] <1+dependabot[bot]@users.noreply.github.com>
list where = above, below, beside, behind, before, inside, outside
on main
repeat 40 every 31h
  commit 2025-01-06T03:00:00Z refresh: Refresh the catalogue of {n} entries
    write catalogue 1
  commit 2025-01-06T04:00:00Z deps: Bump the parser to {n}
    write lock 1
repeat 7 every 172h
  commit 2025-01-07T09:10:00Z ada: Mend the cache {where}
    write a.go 1
  commit 2025-01-08T11:20:00Z ada: Add a parser {where}
    write a.go 1
  commit 2025-01-09T14:50:00Z ada: Drop the index {where}
    write a.go 1
  commit 2025-01-10T10:30:00Z ada: Test the store {where}
    write a.go 1
  commit 2025-01-10T16:40:00Z ada: Move the door {where}
    write a.go 1
`

func nightly(t *testing.T, document string) string {
	dir := t.TempDir()
	_, err := forgetest.Build(filepath.Join(dir, "here.git"), nights)
	require.NoError(t, err)
	file := filepath.Join(dir, "tender.yaml")
	require.NoError(t, os.WriteFile(file, []byte(document), 0o644))
	return file
}

func TestBots(t *testing.T) {
	out, said, status := run(t, "bots")
	require.Zero(t, status, said)
	assert.Equal(t, len(score.Bots()), strings.Count(out, "\n"))
	assert.Contains(t, out, "agent codex | since 2025-04-16 | https://github.com/openai/codex\n")

	file := nightly(t, document)
	out, said, status = run(t, "bots", file)
	require.Zero(t, status, said)
	assert.Contains(t, out, "1 account behaves like a robot")
	assert.NotContains(t, out, "karst.example")
	assert.NotContains(t, out, "Refresh,")

	out, _, _ = run(t, "bots", file, "--identify")
	assert.Contains(t, out, "Refresh (mail:refresh@karst.example), writing: 40 acts from 2025-01-06 to\n    2025-02-25\n")
	assert.Contains(t, out, "bots:\n  add:\n    - \"mail:refresh@karst.example\"\n")
	assert.NotContains(t, out, "Ada")

	out, _, _ = run(t, "bots", file, "--identify", "--all")
	assert.Contains(t, out, "\n    - \"github:1\"\n", "dependabot, which the list knows")

	// The entry is what the document takes, and settles it.
	entry := out[strings.Index(out, "\nbots:"):]
	file = nightly(t, document+entry)
	out, said, status = run(t, "bots", file)
	require.Zero(t, status, said)
	assert.Equal(t, "No account that is not settled yet behaves like a robot.\n", out)
}

func TestBotsWhereARepositoryIsGone(t *testing.T) {
	file := nightly(t, strings.Replace(document, "vendors:", "  gone:\n    repositories: [{url: gone.git}]\nvendors:", 1))
	out, said, status := run(t, "bots", file)
	assert.Equal(t, command.DoneWithGaps, status)
	assert.Contains(t, said, "gap: gone: gone.git")
	assert.Contains(t, out, "1 account", "the others are looked at")
}

func TestWrongUseOfBots(t *testing.T) {
	for args, says := range map[string]string{
		"bots --identify": "name its file",
		"bots --all":      "name its file",
		"bots a b":        "2 arguments",
		"bots no.yaml":    "no.yaml",
	} {
		_, said, status := run(t, strings.Fields(args)...)
		assert.Equal(t, command.Usage, status, args)
		assert.Contains(t, said, says, args)
	}
}
