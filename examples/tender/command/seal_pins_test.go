package command_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/forgetest"
)

// After the sealing whoever may push can make branches and tags, date a tag as they like,
// and choose another main line. Nothing of it makes another result under the published digest.
func TestWhatIsPushedAfterTheSealing(t *testing.T) {
	dir := place(t, strings.Replace(toSeal, "url: here.git ", "url: here.git\n        branches: [main, topic*] ", 1))
	file := filepath.Join(dir, "tender.yaml")
	done(t, "calibrate", file, "--write")
	rewrite(t, file, "    thresholds:", justified+"    thresholds:")
	out := done(t, "seal", file, "--at", "2026-11-28")
	digest, _, _ := strings.Cut(out, "\n")
	rewrite(t, file, "bidders: [] # later", "bidders: [{id: karst, vendors: [karst]}]")
	assert.Regexp(t, `\bHEAD: "[0-9a-f]{40}", .*refs/tags/: "[0-9a-f]{64}"`, textOf(t, file))
	want := done(t, "score", file, "--official", digest)
	published := filepath.Join(dir, "clause.md")
	require.NoError(t, os.WriteFile(published, []byte(done(t, "clause", file)), 0o644))
	done(t, "check", file, "--clause", published)

	pushed := func(more string) {
		require.NoError(t, os.RemoveAll(filepath.Join(dir, "here.git")))
		_, err := forgetest.Build(filepath.Join(dir, "here.git"), history+more)
		require.NoError(t, err)
	}
	pushed("on topic-2 from main\ncommit 2025-06-02 ada: More\n  write more.go 5\ntag v1.1 2026-01-05 ada: After the window\n")
	assert.Equal(t, want, done(t, "score", file, "--official", digest), "a branch that the pattern matches, a tag after the window")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "here.git", "HEAD"), []byte("ref: refs/heads/topic\n"), 0o644))
	assert.Equal(t, want, done(t, "score", file, "--official", digest), "another HEAD")

	pushed("tag v0.9 2025-07-01 ada: Dated back\n")
	refused(t, "here: here.git has other annotated version tags in the window than at the sealing", "score", file, "--official", digest)
	assert.Contains(t, done(t, "score", file), "SIMULATION")
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "here.git")))
	_, err := forgetest.Build(filepath.Join(dir, "here.git"), strings.Replace(history, "tag v1.0", "lighttag v1.0 #", 1))
	require.NoError(t, err)
	refused(t, "has other annotated version tags", "score", file, "--official", digest)
}
