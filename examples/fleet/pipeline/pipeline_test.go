package pipeline

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/research/discreet"
)

// childVariable holds the settings of a test's process that is killed.
const childVariable = "TRIBUTARY_FLEET_CHILD"

func jsonFrom(text string, to any) error { return json.Unmarshal([]byte(text), to) }

// The tables, the ranking and the manifest are those of one process, byte for byte, for any
// number of workers, and with 30 % of the attempts failed on purpose.
func TestSameBytesAsOneProcess(t *testing.T) {
	list := story(t)
	want := single(t, list, nil)
	require.Contains(t, want["acts.csv"], discreet.Row)
	require.Contains(t, want["coverage.csv"], "not-there.git", "what cannot be mined is a gap")
	require.Contains(t, want["coverage.csv"], "p07-broken.git")
	for _, workers := range []int{1, 2, 4} {
		for _, fail := range []float64{0, 0.3} {
			t.Run(fmt.Sprintf("workers=%d,fail=%g", workers, fail), func(t *testing.T) {
				s := settings(t, list)
				s.Workers, s.Trial = workers, Trial{Fail: fail, Seed: uint64(workers)}
				sum, err := Run(t.Context(), "", s)
				require.NoError(t, err)
				same(t, want, outputs(t, s.Out))
				assert.Equal(t, storyProjects, sum.Projects)
				assert.EqualValues(t, storyProjects, sum.Mined+sum.Stored, "each project counts once")
				assert.Equal(t, fail > 0, sum.Trials > 0)
			})
		}
	}
}

// Rosters say who works for whom, and all files that they are made of are among the inputs: of two
// of one name, both.
func TestRosters(t *testing.T) {
	list := story(t)
	dir := t.TempDir()
	var rosters []string
	for _, firm := range []string{"karst.example Karst SARL", "moraine.example Moraine GmbH"} {
		folder := filepath.Join(dir, firm[:5])
		require.NoError(t, os.Mkdir(folder, 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(folder, "gitdm.config"), []byte("EmailMap domains\n"), 0o644))
		require.NoError(t, os.WriteFile(filepath.Join(folder, "domains"), []byte(firm+"\n"), 0o644))
		rosters = append(rosters, "gitdm:"+filepath.Join(folder, "gitdm.config"))
	}
	s := settings(t, list)
	s.Rosters = rosters
	_, err := Run(t.Context(), "", s)
	require.NoError(t, err)
	out := outputs(t, s.Out)
	assert.Contains(t, out["organisations.csv"], "\nKarst SARL,")
	assert.Contains(t, out["organisations.csv"], "\nMoraine GmbH,")
	assert.NotContains(t, out["organisations.csv"], "karst.example")
	var manifest struct {
		Inputs struct{ Files map[string]string }
	}
	require.NoError(t, jsonFrom(out["manifest.json"], &manifest))
	assert.ElementsMatch(t, []string{"gitdm.config", "domains", "domains (2)", filepath.Base(list)}, slices.Collect(maps.Keys(manifest.Inputs.Files)))
}

// A bundle that fails ends the job on Prism. Submitted again, again and again, the job goes on
// from its parts, and ends with the same bytes.
func TestBundlesThatFail(t *testing.T) {
	list := story(t)
	s := settings(t, list)
	s.Trial = Trial{Fail: 0.3, Seed: 7, Bundles: true}
	failed := 0
	for ; ; failed++ {
		require.Less(t, failed, 100)
		before := partFiles(t, s.Parts)
		_, err := Run(t.Context(), "", s)
		for name, at := range before {
			require.Equal(t, at, partFiles(t, s.Parts)[name], "what was made stays")
		}
		if err == nil {
			break
		}
		require.ErrorContains(t, err, ErrOnPurpose.Error())
		require.NoFileExists(t, filepath.Join(s.Out, "manifest.json"))
	}
	assert.Greater(t, failed, 3)
	same(t, single(t, list, nil), outputs(t, s.Out))
}

// A process that is killed and started again ends with the same bytes, and mines again at most
// what was in flight.
func TestKilledInTheMiddle(t *testing.T) {
	list := story(t)
	s := settings(t, list)
	s.Verbose = true
	text, err := json.Marshal(s)
	require.NoError(t, err)
	var log bytes.Buffer
	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Env, c.Stderr = append(os.Environ(), childVariable+"="+string(text)), &log
	require.NoError(t, c.Start())
	for len(partFiles(t, s.Parts)) < 10 {
		time.Sleep(time.Millisecond)
	}
	require.NoError(t, c.Process.Kill())
	require.Error(t, c.Wait())
	require.NoFileExists(t, filepath.Join(s.Out, "manifest.json"), "it was killed too late to show anything")
	there := partFiles(t, s.Parts)
	require.Less(t, len(there), storyProjects)
	begun := 0
	for line := range strings.Lines(log.String()) {
		if strings.Contains(line, "msg=mining ") && strings.Contains(line, "try=1") {
			begun++
		}
	}
	assert.LessOrEqual(t, begun-len(there), s.Workers, "only what was in flight is lost")

	s.Verbose = false
	sum, err := Run(t.Context(), "", s)
	require.NoError(t, err)
	assert.EqualValues(t, len(there), sum.Stored)
	assert.EqualValues(t, storyProjects-len(there), sum.Mined)
	for name, at := range there {
		assert.Equal(t, at, partFiles(t, s.Parts)[name])
	}
	same(t, single(t, list, nil), outputs(t, s.Out))
}

// Parts of another window, and those that were damaged, are made anew; parts with gaps on request.
func TestPartsOfOtherRuns(t *testing.T) {
	list := story(t)
	s := settings(t, list)
	s.Months = 12
	_, err := Run(t.Context(), "", s)
	require.NoError(t, err)
	s.Months = 36
	sum, err := Run(t.Context(), "", s)
	require.NoError(t, err)
	assert.EqualValues(t, storyProjects, sum.Mined, "a part of another window is none")
	want := outputs(t, s.Out)

	n := 0
	for name := range partFiles(t, s.Parts) {
		if n++; n <= 3 {
			require.NoError(t, os.Truncate(name, int64(20+100*n)), "in its first line, or behind it")
		}
	}
	sum, err = Run(t.Context(), "", s)
	require.NoError(t, err)
	assert.EqualValues(t, 3, sum.Mined)
	same(t, want, outputs(t, s.Out))

	s.Again = true
	sum, err = Run(t.Context(), "", s)
	require.NoError(t, err)
	assert.EqualValues(t, 2, sum.Mined, "those of the broken and of the missing repository")
	same(t, want, outputs(t, s.Out))
}

// Lists, parts and outputs may be on any of Beam's file systems.
func TestMemoryFileSystem(t *testing.T) {
	dir := built
	list := story(t)
	text, err := os.ReadFile(list)
	require.NoError(t, err)
	moved := strings.ReplaceAll(string(text), "\n", "\n"+filepath.ToSlash(dir)+"/")
	moved = strings.TrimSuffix(moved, filepath.ToSlash(dir)+"/")
	list = filepath.Join(t.TempDir(), "absolute.csv")
	require.NoError(t, os.WriteFile(list, []byte(moved), 0o644))
	want := single(t, list, nil)

	s := settings(t, "memfs://fleet/absolute.csv")
	s.Out, s.Parts = "memfs://fleet/out", "memfs://fleet/parts/"
	require.NoError(t, put(t.Context(), s.List, "", []byte(moved)))
	_, err = Run(t.Context(), "", s)
	require.NoError(t, err)
	got := map[string]string{}
	for name := range want {
		b, err := read(t.Context(), join(s.Out, name))
		require.NoError(t, err)
		got[name] = string(b)
	}
	same(t, want, got)
	sum, err := Run(t.Context(), "", s)
	require.NoError(t, err)
	assert.EqualValues(t, storyProjects, sum.Stored)
}

func TestUsage(t *testing.T) {
	_, err := Run(t.Context(), "", Settings{Workers: -1, Trial: Trial{Fail: 1}})
	wrong, ok := errors.AsType[*UsageError](err)
	require.True(t, ok, err)
	for _, part := range []string{"-list", "-until", "-months", "-out", "-parts", "-workers", "-tries", "-fail"} {
		assert.Contains(t, wrong.Error(), part)
	}
	s := settings(t, filepath.Join(t.TempDir(), "none.csv"))
	_, err = Run(t.Context(), "", s)
	assert.ErrorAs(t, err, &wrong)
	list := story(t)
	s.List, s.Until = list, "2999-01"
	_, err = Run(t.Context(), "", s)
	require.ErrorAs(t, err, &wrong)
	assert.ErrorContains(t, err, "the window is not over")
	s.Until, s.Rosters = "2026-11", []string{"nothing:here"}
	_, err = Run(t.Context(), "", s)
	require.ErrorAs(t, err, &wrong)
	assert.ErrorContains(t, err, "FORMAT:FILE")
	s.Rosters, s.CA = nil, list
	_, err = Run(t.Context(), "", s)
	require.ErrorAs(t, err, &wrong)
	assert.ErrorContains(t, err, "it holds no certificate")
	s.CA, s.Parts = "", filepath.Join(list, "parts")
	_, err = Run(t.Context(), "", s)
	assert.ErrorContains(t, err, "parts")
	assert.NotErrorAs(t, err, &wrong)
	assert.Empty(t, outputs(t, s.Out), "it is known before anything is mined, and leaves nothing")
}
