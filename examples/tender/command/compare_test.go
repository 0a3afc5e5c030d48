package command_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/tender/command"
)

func TestCompareTwoResults(t *testing.T) {
	dir := place(t, document)
	before, after := filepath.Join(dir, "before"), filepath.Join(dir, "after")
	_, _, status := run(t, "score", filepath.Join(dir, "tender.yaml"), "--out", before)
	require.Equal(t, command.Done, status)
	shorter := strings.Replace(document, "months: 12", "months: 11", 1)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "tender.yaml"), []byte(shorter), 0o644))
	_, _, status = run(t, "score", filepath.Join(dir, "tender.yaml"), "--out", after)
	require.Equal(t, command.Done, status)

	out, _, status := run(t, "compare", before, filepath.Join(after, "ranking.json"))
	assert.Equal(t, command.Done, status)
	assert.Contains(t, out, "window: 2025-01-01 to 2026-01-01 → 2025-02-01 to 2026-01-01")
	out, _, status = run(t, "compare", before, after, "--format", "json")
	assert.Equal(t, command.Done, status)
	assert.Contains(t, out, `"format": "tributary-comparison/1"`)

	for args, says := range map[string]string{
		"compare " + before: "want the files of two rankings",
		"compare " + before + " " + filepath.Join(dir, "none"):           "none",
		"compare " + before + " " + filepath.Join(dir, "tender.yaml"):    "no ranking that can be read",
		"compare " + before + " " + after + " --format csv":              "want one of [text json]",
		"compare " + filepath.Join(before, "ranking.txt") + " " + before: "no ranking that can be read",
	} {
		_, said, status := run(t, strings.Fields(args)...)
		assert.Equal(t, command.Usage, status, args)
		assert.Contains(t, said, says, args)
	}
}
