package command_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/tributary-oss/tributary/examples/sheet/command"
	tender "github.com/tributary-oss/tributary/examples/tender/command"
	"github.com/tributary-oss/tributary/examples/tender/demo"
)

// TestMain keeps what the tests mine out of the user's cache.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "tributary-test-")
	if err != nil {
		panic(err)
	}
	for _, v := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
		os.Setenv(v, dir)
	}
	status := m.Run()
	os.RemoveAll(dir)
	os.Exit(status)
}

// run runs the command and returns what it said.
func run(t *testing.T, args ...string) (said string, status int) {
	t.Helper()
	var b bytes.Buffer
	status = command.Run(t.Context(), args, command.Place{Out: io.Discard, Err: &b})
	return b.String(), status
}

// document writes the demonstration and returns its document and a place for the workbook.
func document(t *testing.T) (file, out string) {
	t.Helper()
	dir := t.TempDir()
	file, err := demo.Build(filepath.Join(dir, "demo"))
	require.NoError(t, err)
	return file, filepath.Join(dir, "tender.xlsx")
}

// stored scores the document into a folder.
func stored(t *testing.T, file string, args ...string) string {
	t.Helper()
	dir := filepath.Join(filepath.Dir(file), "result")
	var b bytes.Buffer
	require.Equal(t, tender.Done, tender.Score(t.Context(), tender.Place{Out: &b, Err: &b}, file, dir, args...), b.String())
	return dir
}

func cell(t *testing.T, file, sheet, at string) string {
	t.Helper()
	f, err := excelize.OpenFile(file)
	require.NoError(t, err)
	defer f.Close()
	s, err := f.GetCellValue(sheet, at)
	require.NoError(t, err)
	return s
}

func TestDocumentAndFolderGiveTheSameWorkbook(t *testing.T) {
	file, out := document(t)
	said, status := run(t, file, "-o", out)
	require.Equal(t, command.Done, status, said)
	assert.Equal(t, "wrote "+out+"\n", said, "nothing of a folder that nobody sees")
	first, err := os.ReadFile(out)
	require.NoError(t, err)
	assert.Equal(t, "31.52", cell(t, out, "Official", "E5"))

	dir := stored(t, file)
	said, status = run(t, dir, "-o", out)
	require.Equal(t, command.Done, status, said)
	second, err := os.ReadFile(out)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(first, second), "the document and its stored run give other bytes")

	said, status = run(t, dir, "-o", out, "--lang", "fr")
	require.Equal(t, command.Done, status, said)
	assert.Equal(t, "SIMULATION\u00a0: non calculé à partir d’un document scellé", cell(t, out, "Officiel", "A1"))
	left, err := filepath.Glob(filepath.Join(filepath.Dir(out), ".*"))
	require.NoError(t, err)
	assert.Empty(t, left, "nothing is left beside the workbook")
}

func TestSensitivityBesideTheRanking(t *testing.T) {
	file, out := document(t)
	dir := stored(t, file)
	var b bytes.Buffer
	require.Equal(t, tender.Done, tender.Study(t.Context(), tender.Place{Out: &b, Err: &b}, file, dir, "--draws=20", "--rules=false"), b.String())
	said, status := run(t, dir, "-o", out)
	require.Equal(t, command.Done, status, said)
	assert.True(t, strings.HasPrefix(cell(t, out, "Sensitivity", "A1"), "SIMULATION: "))

	path := filepath.Join(dir, "sensitivity.json")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var digest string
	_, after, _ := strings.Cut(string(text), `"digest": "`)
	digest, _, _ = strings.Cut(after, `"`)
	require.Len(t, digest, 64)
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(text), digest, strings.Repeat("0", 64), 1)), 0o644))
	said, status = run(t, dir, "-o", out)
	assert.Equal(t, command.Failed, status)
	assert.Contains(t, said, "it belongs to another run")
}

func TestIdentify(t *testing.T) {
	file, out := document(t)
	dir := stored(t, file)
	said, status := run(t, dir, "-o", out, "--identify")
	assert.Equal(t, command.Usage, status)
	assert.Contains(t, said, "score the document with --identify")
	said, status = run(t, file, "-o", out, "--identify")
	require.Equal(t, command.Done, status, said)
	b, err := os.ReadFile(out)
	require.NoError(t, err)
	f, err := excelize.OpenReader(bytes.NewReader(b))
	require.NoError(t, err)
	defer f.Close()
	found, err := f.SearchSheet("Evidence", "Ada Kern")
	require.NoError(t, err)
	assert.NotEmpty(t, found)
}

func TestGapsAreAStatus(t *testing.T) {
	file, out := document(t)
	require.NoError(t, os.RemoveAll(filepath.Join(filepath.Dir(file), "repo", "geolib.git")))
	said, status := run(t, file, "-o", out)
	assert.Equal(t, command.DoneWithGaps, status, said)
	assert.Contains(t, cell(t, out, "Official", "A1"), "could not be mined")
}

func TestFaultsKeepThePreviousFile(t *testing.T) {
	file, out := document(t)
	require.NoError(t, os.WriteFile(out, []byte("before"), 0o644))
	dir := stored(t, file)
	b, err := os.ReadFile(filepath.Join(dir, "evidence.jsonl.gz"))
	require.NoError(t, err)
	b[len(b)/2] ^= 0xff
	require.NoError(t, os.WriteFile(filepath.Join(dir, "evidence.jsonl.gz"), b, 0o644))
	said, status := run(t, dir, "-o", out)
	assert.Equal(t, command.Failed, status)
	assert.Contains(t, said, "damaged")
	text, err := os.ReadFile(out)
	require.NoError(t, err)
	assert.Equal(t, "before", string(text))
	left, err := filepath.Glob(filepath.Join(filepath.Dir(out), ".*"))
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestWrongUsage(t *testing.T) {
	file, out := document(t)
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "0 arguments"},
		{[]string{file}, "name one with -o"},
		{[]string{file, "-o", "tender.ods"}, "ends in .xlsx"},
		{[]string{file, "-o", out, "--lang", "tlh"}, "en, fr"},
		{[]string{file, "-o", out, "--most", "0"}, "--most 0"},
		{[]string{"nowhere.yaml", "-o", out}, "nowhere.yaml"},
		{[]string{filepath.Dir(file), "-o", out}, "it holds no stored run"},
		{[]string{file, "-o", out, "--nonsense"}, "nonsense"},
		{[]string{file, "-o", out, "--workers=x"}, "workers"},
		{[]string{file, "-o", out, "--official", strings.Repeat("ab", 32)}, "seal"},
		{[]string{stored(t, file), "-o", out, "--official", strings.Repeat("ab", 32)}, "not official"},
		{[]string{stored(t, file), "-o", out, "--sensitivity"}, "holds no sensitivity.json"},
		{[]string{stored(t, file), "-o", out, "--fresh"}, "--fresh: "},
	} {
		said, status := run(t, c.args...)
		assert.Equal(t, command.Usage, status, c.args)
		assert.Contains(t, said, c.want, c.args)
		assert.NoFileExists(t, out)
	}
}

// Of the edition for one bidder the workbook says whose acts it holds.
func TestOfAnEditionForOneBidder(t *testing.T) {
	file, out := document(t)
	dir := stored(t, file)
	said, status := run(t, dir, "-o", out)
	require.Equal(t, command.Done, status, said)
	assert.Contains(t, cell(t, out, "Evidence", "A3"), "Every act that was read")
	edition := filepath.Join(t.TempDir(), "for-karst")
	var b bytes.Buffer
	require.Equal(t, tender.Done, tender.Run(t.Context(), []string{"edition", dir, "--for", "bidder=karst", "--out", edition}, tender.Place{Out: &b, Err: &b}), b.String())
	said, status = run(t, edition, "-o", out)
	require.Equal(t, command.Done, status, said)
	assert.Contains(t, cell(t, out, "Evidence", "A3"), "The acts that concern karst, counted or refused, with the rule and the reason; those of others are not in this edition.")
	text, err := os.ReadFile(filepath.Join(edition, "README.txt"))
	require.NoError(t, err)
	assert.Contains(t, string(text), "the acts that concern karst, counted or refused, with the rule")
	assert.NotContains(t, string(text), "every act")
	text, err = os.ReadFile(filepath.Join(edition, "report.html"))
	require.NoError(t, err)
	assert.Contains(t, string(text), "acts concern Karst SARL")
	assert.Contains(t, string(text), "the acts that concern karst, counted or refused, with the rule")
}
