package command_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/tender/command"
)

// A gitdm map becomes a people document that a tender reads; what it cannot hold is told.
func TestConvert(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "map")
	require.NoError(t, os.WriteFile(file, []byte("ada@x.example Karst SARL < 2025-03-01\nada@x.example Big Co\nbob@x.example Other\nbig.example Big Co\nnonsense\n"), 0o600))
	out, said, status := run(t, "convert", file, "--from", "gitdm", "--to", "tributary")
	require.Equal(t, command.Done, status, said)
	for _, want := range []string{"tributary-people/1", "karst-sarl", "big-co", "2025-03-01"} {
		assert.Contains(t, out, want)
	}
	assert.Contains(t, said, `the tender needs the vendor big-co: {name: "Big Co"}`)
	assert.Contains(t, said, "map:5: ")
	assert.Contains(t, said, "domains")
	assert.NotContains(t, said, "@", "remarks name no address")

	doc := filepath.Join(dir, "tender.yaml")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "people.yaml"), []byte(out), 0o600))
	head := "format: tributary/1\nwindow: {until: 2026-01-01}\nprojects: {p: {repositories: [{url: p.git}]}}\nbidders: all\n"
	require.NoError(t, os.WriteFile(doc, []byte(head+"vendors: {karst-sarl: {}, big-co: {}, other: {}}\nrosters: [{file: people.yaml, format: tributary}]\n"), 0o600))
	out, said, status = run(t, "check", doc)
	require.Equal(t, command.Done, status, said)
	assert.Contains(t, out, "2 people")

	require.NoError(t, os.WriteFile(doc, []byte(head+"vendors: {k: {names: [{name: KARST sarl}]}, big: {name: Big Co}, big2: {name: big co}}\n"), 0o600))
	out, said, status = run(t, "convert", file, "--from", "gitdm", "--to", "tributary", "--tender", doc)
	require.Equal(t, command.Done, status, said)
	assert.Contains(t, out, `"k"`)
	assert.NotContains(t, out, "big", "two vendors bear the name")

	sortinghat, _, status := run(t, "convert", file, "--from", "gitdm", "--to", "sortinghat")
	require.Equal(t, command.Done, status)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "people.json"), []byte(sortinghat), 0o600))
	back, _, status := run(t, "convert", filepath.Join(dir, "people.json"), "--from", "sortinghat", "--to", "gitdm")
	require.Equal(t, command.Done, status)
	assert.Contains(t, back, "ada@x.example Karst SARL < 2025-03-01\nada@x.example Big Co\n")

	for _, args := range [][]string{{"convert", file}, {"convert", file, "--from", "gitdm", "--to", "pdf"}, {"convert", file, "--from", "tributary", "--to", "gitdm"}, {"convert", "--from", "gitdm", "--to", "cncf"}} {
		_, _, status := run(t, args...)
		assert.Equal(t, command.Usage, status, args)
	}
	_, said, status = run(t, "convert", filepath.Join(dir, "none"), "--from", "gitdm", "--to", "cncf")
	assert.Equal(t, command.Failed, status)
	assert.Contains(t, said, "none")
}

// What cannot be seen, and could steer a terminal, is not printed, and that is said.
func TestConvertWritesWhatCanBeSeen(t *testing.T) {
	file := filepath.Join(t.TempDir(), "map")
	require.NoError(t, os.WriteFile(file, []byte("ada@x.example \x1b[31mKarst\nbob@x.example Moraine\u202e\ncyd@x.example Scree & Söhne\n"), 0o600))
	for _, to := range []string{"gitdm", "cncf", "cncf-users", "sortinghat", "stackalytics", "tributary"} {
		out, said, status := run(t, "convert", file, "--from", "gitdm", "--to", to)
		require.Equal(t, command.Done, status, said)
		assert.NotRegexp(t, "[\x1b\u202e]|u202e|u001b", out+said, to)
		assert.Contains(t, said, "characters that cannot be seen were replaced in 2 texts", to)
		assert.NotRegexp(t, "S[^c]*�", out, "what can be seen stays")
	}
}
