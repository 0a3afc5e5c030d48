package command_test

import (
	"encoding/csv"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/research/command"
)

// tenderOfHarbour writes a document on the archive's history.
func tenderOfHarbour(t *testing.T) {
	t.Helper()
	harbour(t)
	require.NoError(t, os.WriteFile("tender.yaml", []byte(`format: tributary/1
window: {until: 2026-01-01, months: 12}
projects: {harbour: {repositories: [{url: harbour.git, web: "https://forge.example/harbour", forge: gitea}]}}
vendors: {karst: {name: Karst, domains: [{name: karst.example}]}}
bidders: all
`), 0o644))
}

// From the document to the figures, with coders who copy the key.
func TestAudit(t *testing.T) {
	tenderOfHarbour(t)
	out, said, status := run(t, 0, "audit", "--tender", "tender.yaml", "--sample", "40", "--seed", "3", "--identify")
	require.Equal(t, command.Done, status, said)
	assert.Empty(t, out)
	assert.Contains(t, said, "wrote sheet.csv: ")
	assert.Contains(t, said, "personal data")
	sheet, key := table(t, "sheet.csv"), table(t, "key.csv")
	engine := map[string]string{}
	for _, row := range key[1:] {
		engine[row[1]] = row[3]
	}
	text := strings.Join(sheet[1], " ")
	for _, row := range sheet[1:] {
		text += strings.Join(row, " ")
		row[10], row[11] = engine[row[1]], engine[row[1]]
	}
	assert.Contains(t, text, "https://forge.example/harbour/commit/", "a browser can open it")
	assert.Contains(t, text, "ada@home.example")
	for _, file := range []string{"sheet.csv", "key.csv"} {
		info, err := os.Stat(file)
		require.NoError(t, err)
		if runtime.GOOS != "windows" {
			assert.EqualValues(t, 0o600, info.Mode().Perm())
		}
	}

	sheet[1][11] = map[string]string{"yes": "no", "no": "yes"}[sheet[1][11]]
	save(t, "filled.csv", sheet)
	out, said, status = run(t, 0, "audit", "read", "filled.csv")
	require.Equal(t, command.Done, status, said)
	assert.True(t, strings.HasPrefix(out, "SIMULATION: audit of the engine’s decisions\n"), out)
	assert.Contains(t, out, "1 disagreement to adjudicate: Q001")
	assert.Contains(t, out, "precision 1.000 (")
	assert.NotContains(t, out, "@")

	for _, row := range sheet[1:] {
		row[11] = ""
	}
	save(t, "one.csv", sheet)
	for _, row := range sheet[1:] {
		row[10], row[11] = "", engine[row[1]]
	}
	save(t, "two.csv", sheet)
	out, said, status = run(t, 0, "audit", "read", "one.csv", "two.csv", "--format", "csv")
	require.Equal(t, command.Done, status, said)
	assert.Contains(t, out, ",all,kappa,,,1.000000,")
	out, _, status = run(t, 0, "audit", "read", "one.csv", "two.csv", "--lang", "fr")
	require.Equal(t, command.Done, status)
	assert.Contains(t, out, "audit des décisions du moteur")

	sheet[2][11] = "perhaps"
	save(t, "bad.csv", sheet)
	out, said, status = run(t, 0, "audit", "read", "bad.csv")
	assert.Equal(t, command.Usage, status)
	assert.Empty(t, out)
	assert.Contains(t, said, "bad.csv:3:")
	assert.Contains(t, said, `"perhaps" in column coder_2 is no answer`)
}

// The same seed gives the same files, and none is written over what coders filled in.
func TestAuditAgain(t *testing.T) {
	tenderOfHarbour(t)
	args := []string{"audit", "--tender", "tender.yaml", "--sample", "12", "--identify"}
	_, said, status := run(t, 0, args...)
	require.Equal(t, command.Done, status, said)
	_, said, status = run(t, 0, args...)
	assert.Equal(t, command.Usage, status)
	assert.Contains(t, said, "it may hold answers of coders")
	_, said, status = run(t, 0, append(args, "--out", "again.csv", "--key", "again-key.csv", "--workers", "1")...)
	require.Equal(t, command.Done, status, said)
	for _, pair := range [][2]string{{"sheet.csv", "again.csv"}, {"key.csv", "again-key.csv"}} {
		a, err := os.ReadFile(pair[0])
		require.NoError(t, err)
		b, err := os.ReadFile(pair[1])
		require.NoError(t, err)
		assert.Equal(t, string(a), string(b))
	}
}

func TestWrongUseOfAudit(t *testing.T) {
	tenderOfHarbour(t)
	require.NoError(t, os.WriteFile("bad.yaml", []byte("format: tributary/1\n"), 0o644))
	for _, c := range []struct{ args, says string }{
		{"audit", "name one with --tender"},
		{"audit x", "the document is named by --tender"},
		{"audit --tender tender.yaml", "it is personal data. Say --identify"},
		{"audit --tender tender.yaml --identify --sample 3", "want a number from 4 on"},
		{"audit --tender tender.yaml --identify --out x.csv --key ./x.csv", "coders must not see the key"},
		{"audit --tender tender.yaml --identify --out tender.yaml", "is there already"},
		{"audit --tender tender.yaml --identify --lang de", "no such language"},
		{"audit --tender tender.yaml --identify --store no.db", "--store"},
		{"audit --tender bad.yaml --identify", "bad.yaml"},
		{"audit --tender no.yaml --identify", "no.yaml"},
		{"audit read", "no sheet"},
		{"audit read sheet.csv", "key.csv"},
		{"audit read sheet.csv --format pdf", "want one of [text csv]"},
		{"audit read sheet.csv --key tender.yaml", "tender.yaml:3:61: no CSV"},
	} {
		out, said, status := run(t, 0, strings.Fields(c.args)...)
		assert.Equal(t, command.Usage, status, c.args)
		assert.Contains(t, said, c.says, c.args)
		assert.Empty(t, out, c.args)
	}
	_, err := os.Stat("sheet.csv")
	assert.ErrorIs(t, err, os.ErrNotExist, "nothing was written")
}

// A repository that is not there is a gap: said, and in the key.
func TestAuditWithGaps(t *testing.T) {
	tenderOfHarbour(t)
	b, err := os.ReadFile("tender.yaml")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile("tender.yaml", []byte(strings.Replace(string(b), "forge: gitea}]", "forge: gitea}, {url: gone.git, forge: none}]", 1)), 0o644))
	_, said, status := run(t, 0, "audit", "--tender", "tender.yaml", "--identify")
	assert.Equal(t, command.DoneWithGaps, status, said)
	assert.Contains(t, said, "gap: harbour: ")
	out, said, status := run(t, 0, "audit", "read", "sheet.csv")
	require.Equal(t, command.Done, status, said)
	assert.Contains(t, strings.Split(out, "\nSheet")[0], "with gaps: 1 repository")
}

func table(t *testing.T, file string) [][]string {
	t.Helper()
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(b), "\ufeff"))).ReadAll()
	require.NoError(t, err)
	return rows
}

func save(t *testing.T, file string, rows [][]string) {
	t.Helper()
	f, err := os.Create(file)
	require.NoError(t, err)
	require.NoError(t, csv.NewWriter(f).WriteAll(rows))
	require.NoError(t, f.Close())
}
