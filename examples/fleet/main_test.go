package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/runners"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/fleet/pipeline"
	"github.com/tributary-oss/tributary/forge/forgetest"
)

func TestMain(m *testing.M) {
	flag.Parse()
	beam.Init()
	os.Exit(m.Run())
}

// command runs the command line, and returns its exit status and what it said.
func command(t *testing.T, args ...string) (int, string) {
	f := flag.NewFlagSet("fleet", flag.ContinueOnError)
	s := flags(f)
	require.NoError(t, f.Parse(args))
	var said bytes.Buffer
	status := run(t.Context(), *s, &said)
	return status, said.String()
}

func TestExitStatus(t *testing.T) {
	dir := t.TempDir()
	_, err := forgetest.Build(filepath.Join(dir, "a.git"), `person ada = Ada <ada@karst.example>
on main
commit 2026-03-04 ada: Parse
  write a.go 12
`)
	require.NoError(t, err)
	list := filepath.Join(dir, "repos.csv")
	require.NoError(t, os.WriteFile(list, []byte("url\na.git\n"), 0o644))
	common := []string{"-list", list, "-until", "2026-11", "-cache", t.TempDir(), "-out", filepath.Join(dir, "out")}

	status, said := command(t, common...)
	assert.Equal(t, done, status, said)
	assert.Contains(t, said, "1 projects, 0 gaps\nmined 1, stored before 0")
	assert.FileExists(t, filepath.Join(dir, "out", "manifest.json"))
	assert.DirExists(t, filepath.Join(dir, "out-parts"), "parts are not among what may be handed on")
	assert.NoDirExists(t, filepath.Join(dir, "out", "parts"))

	require.NoError(t, os.WriteFile(list, []byte("url\na.git\nnot-there.git\n"), 0o644))
	status, said = command(t, common...)
	assert.Equal(t, doneWithGaps, status, said)
	assert.Contains(t, said, "mined 1, stored before 1", "the list has grown: what was known stays known")
	assert.Contains(t, said, "gap: not-there: not-there.git: ")

	require.NoError(t, os.WriteFile(list, []byte("url\nhttps://\x1b[31m\n"), 0o644))
	status, said = command(t, common...)
	assert.Equal(t, usage, status, said)
	assert.NotContains(t, said, "\x1b")
	status, _ = command(t)
	assert.Equal(t, usage, status)

	require.NoError(t, os.WriteFile(list, []byte("url\na.git\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o644))
	status, said = command(t, append(common, "-out", filepath.Join(dir, "file", "out"))...)
	assert.Equal(t, failed, status, said)
	assert.Contains(t, said, "Run it again")
}

func TestInterrupted(t *testing.T) {
	dir := t.TempDir()
	_, err := forgetest.Fleet(dir, 3, 20)
	require.NoError(t, err)
	list := filepath.Join(dir, "repos.csv")
	require.NoError(t, os.WriteFile(list, []byte("url\n0000.git\n0001.git\n0002.git\n"), 0o644))
	s, err := parse(flag.NewFlagSet("fleet", flag.ContinueOnError), []string{"-list", list, "-until", "2026-11", "-cache", t.TempDir(), "-out", filepath.Join(dir, "out")})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var said bytes.Buffer
	assert.Equal(t, failed, run(ctx, *s, &said))
	assert.Equal(t, "interrupted\nRun it again: it goes on from the parts in "+filepath.Join(dir, "out-parts")+".\n", said.String())
	said.Reset()
	assert.Equal(t, done, run(t.Context(), *s, &said), said.String())
}

func TestFlags(t *testing.T) {
	parse := func(args ...string) (*pipeline.Settings, error) {
		return parse(flag.NewFlagSet("fleet", flag.ContinueOnError), args)
	}
	s, err := parse()
	require.NoError(t, err)
	assert.EqualValues(t, 4<<30, s.MostBytes)
	assert.False(t, s.DropClones)
	assert.Equal(t, 30*time.Minute, s.Timeout)
	s, err = parse("-most-bytes", "500MB", "-keep-clones=false")
	require.NoError(t, err)
	assert.EqualValues(t, 500_000_000, s.MostBytes)
	assert.True(t, s.DropClones)
	s, err = parse("-most-bytes=0", "-keep-clones")
	require.NoError(t, err)
	assert.Zero(t, s.MostBytes)
	assert.False(t, s.DropClones)
	for _, wrong := range []string{"lots", "-1", "20EiB"} {
		_, err = parse("-most-bytes", wrong)
		assert.ErrorContains(t, err, "write a size such as 4GiB", wrong)
	}
	_, err = parse("-keep-clones=perhaps")
	assert.ErrorContains(t, err, "keep-clones")
	_, err = parse("-keep-clones", "false", "-until", "2026-11")
	assert.ErrorContains(t, err, `"false" is no flag`)
	_, err = parse("-help")
	assert.ErrorIs(t, err, flag.ErrHelp)
	was := *runners.Runner
	defer func() { *runners.Runner = was }()
	for name, known := range map[string]bool{"prism": true, "FlinkRunner": true, "flnk": false, "direct": false, "": true} {
		*runners.Runner = name
		_, err = parse()
		assert.Equal(t, known, err == nil, name)
	}
}

func TestHelp(t *testing.T) {
	var out bytes.Buffer
	all := flag.NewFlagSet("fleet", flag.ContinueOnError)
	flags(all)
	all.Bool("beam_strict", false, "Apply validation.")
	help(&out, all)
	own, beams, ok := strings.Cut(out.String(), "\nFlags of Beam and of its runners:\n")
	require.True(t, ok)
	for _, f := range []string{"-list file", "-until month", "-most-bytes size", "-store file", "-keep-clones"} {
		assert.Contains(t, own, "\n  "+f)
	}
	assert.Equal(t, "  -beam_strict\n    \tApply validation.\n", beams)
}
