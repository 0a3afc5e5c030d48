package command_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	tender "github.com/tributary-oss/tributary/examples/tender/command"
)

// What belongs to an official result says so first, with the digest that was published, and nowhere
// that it is a simulation; what follows other weights, or prepares a result, is one all the same.
func TestOfAnOfficialResult(t *testing.T) {
	file := privateStory(t, "")
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	text := strings.Replace(string(b), ", from: 2025-04-01, until: 2025-04-02", "", 1) // decides the contest
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	o := &outputs{t: t}
	o.tender("log", "seal", file, "--at", "2026-02-01")
	digest, _, _ := strings.Cut(string(o.list[0].text), "\n")
	require.Regexp(t, `^[0-9a-f]{64}$`, digest)
	o.list = nil
	dir := filepath.Join(t.TempDir(), "result")
	o.tender("log", "score", file, "--official", digest, "--out", dir)
	o.tender("log", "sensitivity", file, "--out", dir, "--draws=10", "--rules=false")
	for _, form := range []string{"text", "csv", "json"} {
		o.tender(form, "score", file, "--official", digest, "--format", form)
	}
	o.tender("text", "verify", dir, "--official", digest)
	for _, edition := range []string{"public", "bidder=karst"} {
		to := filepath.Join(t.TempDir(), edition[:6])
		o.tender("log", "edition", dir, "--for", edition, "--out", to)
		o.folder(to)
	}
	for _, lang := range []string{"en", "fr"} {
		o.tender("text", "--lang", lang, "explain", dir, "karst")
		o.tender("text", "--lang", lang, "affiliations", file)
		for _, form := range []string{"markdown", "html"} {
			o.tender(form, "--lang", lang, "letter", dir, "--bidder", "bigco", "--format", form)
		}
		book := filepath.Join(t.TempDir(), lang+".xlsx")
		o.sheet(dir, "-o", book, "--lang", lang)
		o.folder(filepath.Dir(book))
	}
	o.folder(dir)
	o.serve(dir, "karst")
	seen := map[string]int{}
	for _, x := range o.list {
		if x.form == "csv" { // with the status in each row
			head, rest, _ := strings.Cut(strings.TrimPrefix(string(x.text), "\ufeff"), "\r\n")
			row, _, _ := strings.Cut(rest, "\r\n")
			x = output{x.name, "text", []byte(row + " " + head)}
		}
		first, _ := firstOf(t, x)
		if first == "" || ofNoResult.MatchString(x.name) {
			continue
		}
		seen[x.form]++
		if aSimulation.MatchString(x.name) {
			assert.Contains(t, first, "SIMULATION", x.name)
			continue
		}
		assert.Regexp(t, `OFFICI[AE]L`, first, x.name)
		assert.Contains(t, first, digest, x.name)
		assert.NotContains(t, first, "SIMULATION", x.name)
	}
	for _, form := range []string{"text", "txt", "json", "jsonl", "html", "markdown", "xlsx", "yaml"} {
		assert.Positive(t, seen[form], form)
	}
	simulatedSheets(t, o.list)

	var out, errs bytes.Buffer
	status := tender.Run(t.Context(), []string{"score", file}, tender.Place{Out: &out, Err: &errs})
	assert.Equal(t, tender.Done, status, errs.String())
	assert.True(t, strings.HasPrefix(out.String(), "SIMULATION"), "nobody stated the digest")
}

// aSimulation are outputs that are no result, whatever result they go with.
var aSimulation = regexp.MustCompile(`sensitivity|affiliations`)

// simulatedSheets holds that in a workbook of an official result each sheet whose figures follow the
// yellow cells says that it is a simulation.
func simulatedSheets(t *testing.T, list []output) {
	books := 0
	for _, x := range list {
		if x.form != "xlsx" {
			continue
		}
		books++
		f, err := excelize.OpenReader(bytes.NewReader(x.text))
		require.NoError(t, err)
		defer f.Close()
		said := map[bool]int{}
		for _, sheet := range f.GetSheetList() {
			rows, err := f.GetRows(sheet)
			require.NoError(t, err)
			simulation, formulas := strings.HasPrefix(rows[0][0], "SIMULATION"), false
			for y := range rows {
				at, err := excelize.CoordinatesToCellName(2, y+1)
				require.NoError(t, err)
				formula, err := f.GetCellFormula(sheet, at)
				require.NoError(t, err)
				formulas = formulas || formula != ""
			}
			assert.False(t, formulas && !simulation, "%s, sheet %s", x.name, sheet)
			assert.True(t, simulation || strings.HasPrefix(rows[0][0], "OFFICI"), "%s, sheet %s", x.name, sheet)
			said[simulation]++
		}
		assert.Equal(t, 3, said[false], "the result, the method and the evidence: %s", x.name)
		assert.Positive(t, said[true])
	}
	assert.Equal(t, 2, books)
}
