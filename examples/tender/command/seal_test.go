package command_test

import (
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
	"github.com/tributary-oss/tributary/forge/forgetest"
)

const toSeal = `format: tributary/1 # kept
tender: {id: S-1, notice: 2026-12-01}
window: {until: 2026-01-01, months: 12}
rules: {floor-acts: 1, floor-months: 1}
minimum: {months: 1}

projects:
  here: # the only one
    repositories:
      - url: here.git   # beside this document
vendors:
  karst: {name: Karst SARL, domains: [{name: karst.example}]}
bidders: [] # later
`

// justified states a reason for every indicator of the project.
const justified = `    justify:
      - {indicator: changes, reason: small}
      - {indicator: active-months, reason: small}
      - {indicator: integration, reason: small}
      - {indicator: releases, reason: small}
`

func textOf(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(b)
}

func rewrite(t *testing.T, file, old, new string) {
	t.Helper()
	text := textOf(t, file)
	require.Contains(t, text, old)
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(text, old, new, 1)), 0o644))
}

// done runs a command that must succeed.
func done(t *testing.T, args ...string) string {
	t.Helper()
	out, said, status := run(t, args...)
	require.Equal(t, command.Done, status, said)
	return out
}

// refused runs a command that must be refused as a fault of the document.
func refused(t *testing.T, says string, args ...string) {
	t.Helper()
	out, said, status := run(t, args...)
	assert.Equal(t, command.Usage, status, args)
	assert.Contains(t, said, says, args)
	assert.Empty(t, out, "nothing of a refused result is shown")
}

// From a document without thresholds to an official result, with what is refused on the way.
func TestCalibrateSealAndScoreOfficially(t *testing.T) {
	dir := place(t, toSeal)
	file := filepath.Join(dir, "tender.yaml")
	out := done(t, "calibrate", file)
	assert.Contains(t, out, "thresholds: {changes: 12,")
	assert.Contains(t, out, "left out: security: git does not record advisories")
	assert.Equal(t, toSeal, textOf(t, file), "without --write nothing is written")
	refused(t, "here: no threshold is stated for changes; calibrate first", "seal", file)

	done(t, "calibrate", file, "--write")
	calibrated := textOf(t, file)
	for line := range strings.Lines(toSeal) {
		assert.Contains(t, calibrated, line, "every line stays as it is")
	}
	assert.Contains(t, calibrated, "    thresholds: {changes: 12, ")
	done(t, "calibrate", file, "--write")
	assert.Equal(t, calibrated, textOf(t, file), "a second time changes nothing")

	out = done(t, "openness", file)
	assert.Contains(t, out, "commits: changes *")
	assert.Contains(t, out, "not justified")
	refused(t, "looks closed", "seal", file)
	rewrite(t, file, "    thresholds:", justified+"    thresholds:")
	assert.Contains(t, done(t, "openness", file), "justified: small")

	refused(t, "after the notice on 2026-12-01", "seal", file, "--at", "2026-12-02")
	refused(t, "write it as 2026-11-01", "seal", file, "--at", "tomorrow")
	before := textOf(t, file)
	out = done(t, "seal", file, "--at", "2026-11-28")
	digest, _, _ := strings.Cut(out, "\n")
	require.Regexp(t, "^[0-9a-f]{64}$", digest)
	sealed := textOf(t, file)
	for line := range strings.Lines(before) {
		assert.Contains(t, sealed, line, "every line stays as it is")
	}
	assert.Contains(t, sealed, "seal:\n  format: tributary-seal/1\n  at: 2026-11-28\n  digest: \""+digest+"\"")
	refused(t, "a published seal binds the buyer", "seal", file)
	refused(t, "stay as they were published", "calibrate", file, "--write")
	refused(t, "nobody bids", "score", file, "--official", digest)

	rewrite(t, file, "bidders: [] # later", "bidders: [{id: karst, vendors: [karst]}]")
	out = done(t, "score", file)
	assert.Contains(t, out, "SIMULATION: not computed from a sealed document")
	assert.Contains(t, out, "held against the digest that was published")
	refused(t, "bears the seal "+digest, "score", file, "--official", strings.Repeat("0", 64))
	out = done(t, "score", file, "--official", digest)
	assert.Contains(t, strings.Join(strings.Fields(out), " "), "OFFICIAL: computed from the document sealed as "+digest)

	t.Run("every sheet says so", func(t *testing.T) {
		for name, text := range results(t, file, "--official", digest) {
			if name == "SHA256SUMS" {
				continue // it holds digests of files and nothing else
			}
			if strings.HasSuffix(name, ".gz") {
				z, err := gzip.NewReader(strings.NewReader(text))
				require.NoError(t, err)
				plain, err := io.ReadAll(z)
				require.NoError(t, err)
				text = string(plain)
			}
			assert.NotContains(t, text, "SIMULATION", name)
			word := "OFFICIAL"
			if name == "report.fr.html" {
				word = "OFFICIEL"
			}
			assert.Contains(t, text, word, name)
			assert.Contains(t, text, digest, name)
		}
		assert.Contains(t, done(t, "explain", file, "karst", "--official", digest), digest)
		var x struct{ Status, Seal string }
		require.NoError(t, json.Unmarshal([]byte(done(t, "score", file, "--official", digest, "--format", "json")), &x))
		assert.Equal(t, "OFFICIAL", x.Status)
		assert.Equal(t, digest, x.Seal)
	})
	t.Run("its letters are no drafts", func(t *testing.T) {
		official, drafted := filepath.Join(t.TempDir(), "official"), filepath.Join(t.TempDir(), "drafted")
		done(t, "score", file, "--official", digest, "--out", official)
		done(t, "score", file, "--out", drafted)
		for _, lang := range []string{"en", "fr"} {
			for _, form := range []string{"markdown", "html"} {
				how := []string{"--bidder", "karst", "--lang", lang, "--format", form}
				letter := done(t, append([]string{"letter", official}, how...)...)
				assert.NotRegexp(t, "SIMULATION|DRAFT|PROJET", letter)
				assert.Contains(t, letter, digest)
				assert.Equal(t, letter, done(t, append([]string{"letter", official, "--official", digest}, how...)...))
				draft := done(t, append([]string{"letter", drafted}, how...)...)
				assert.Regexp(t, "SIMULATION.*(DRAFT|PROJET)", draft, "the words by which a draft is known")
				refused(t, map[string]string{"en": "not official by ", "fr": "pas officiel selon "}[lang]+digest, append([]string{"letter", drafted, "--official", digest}, how...)...)
			}
		}
	})
	t.Run("what is pushed later counts nothing", func(t *testing.T) {
		want := done(t, "score", file, "--official", digest)
		require.NoError(t, os.RemoveAll(filepath.Join(dir, "here.git")))
		_, err := forgetest.Build(filepath.Join(dir, "here.git"), history+"commit 2025-06-02 ada: More\n  write more.go 5\n")
		require.NoError(t, err)
		assert.Equal(t, want, done(t, "score", file, "--official", digest))
	})
	t.Run("what differs is named, and nothing is left", func(t *testing.T) {
		result := filepath.Join(t.TempDir(), "result")
		rewrite(t, file, "rules: {floor-acts: 1", "rules: {mate: 0.4, floor-acts: 1")
		refused(t, "rules: a parameter of a rule was changed", "score", file, "--official", digest, "--out", result)
		left, _ := os.ReadDir(result)
		assert.Empty(t, left)
	})
}

func TestCalibrateAsJSON(t *testing.T) {
	file := filepath.Join(place(t, toSeal), "tender.yaml")
	var x struct {
		Format     string
		Indicators []struct {
			Indicator string
			T         float64
			None      bool
			Three     float64
		}
	}
	require.NoError(t, json.Unmarshal([]byte(done(t, "calibrate", file, "--format", "json")), &x))
	assert.Equal(t, "tributary-calibration/1", x.Format)
	require.NotEmpty(t, x.Indicators)
	assert.Equal(t, "changes", x.Indicators[0].Indicator)
	assert.Equal(t, 12.0, x.Indicators[0].T)
	assert.Greater(t, x.Indicators[0].Three, 0.0)
	require.NoError(t, json.Unmarshal([]byte(done(t, "openness", file, "--format", "json")), &x))
	assert.Equal(t, "tributary-openness/1", x.Format)
}

// With a gap the proposals would be too low: they are shown and not written.
func TestCalibrateWithAGapWritesNothing(t *testing.T) {
	document := strings.Replace(toSeal, "vendors:", "  gone:\n    repositories: [{url: gone.git}]\nvendors:", 1)
	file := filepath.Join(place(t, document), "tender.yaml")
	out, said, status := run(t, "calibrate", file, "--write")
	assert.Equal(t, command.DoneWithGaps, status)
	assert.Contains(t, out, "thresholds: {changes: 12,")
	assert.Contains(t, said, "gap: gone: gone.git: ")
	assert.Contains(t, said, "is as it was")
	assert.Equal(t, document, textOf(t, file))
	_, said, status = run(t, "seal", file)
	assert.Equal(t, command.Usage, status)
	assert.Contains(t, said, "gone: gone.git was not mined")
}

// A document that cannot be edited is said to be as it was.
func TestWhatCannotBeWritten(t *testing.T) {
	file := filepath.Join(place(t, strings.Replace(toSeal, "window: ", "window: &w ", 1)), "tender.yaml")
	refused(t, "anchors and aliases are not read", "calibrate", file, "--write")
	refused(t, "no day of the sealing", "seal", filepath.Join(place(t, strings.Replace(toSeal, "notice: 2026-12-01", "title: none", 1)), "tender.yaml"))
}
