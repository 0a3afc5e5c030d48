package command_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"golang.org/x/net/html"
)

// saidFirst holds that anything that is not official says so in its first line, on its first
// sheet or at the top of its page, and in the same place that there are gaps.
func saidFirst(t *testing.T, all []output) {
	seen := map[string]int{}
	for _, o := range all {
		first, gaps := firstOf(t, o)
		if first == "" || ofNoResult.MatchString(o.name) {
			continue
		}
		seen[o.form]++
		assert.Contains(t, first, "SIMULATION", o.name)
		if gaps && o.form == "csv" {
			assert.Regexp(t, `[,;](gaps|lacunes)\b`, first, o.name)
			assert.Regexp(t, `[,;][1-9]$`, first, o.name)
		} else if gaps {
			assert.Regexp(t, `(?i)gaps?\b|lacunes?\b`, first, o.name)
		}
	}
	for _, form := range []string{"text", "txt", "csv", "json", "jsonl", "html", "markdown", "xlsx", "yaml"} {
		assert.Positive(t, seen[form], form)
	}
}

// ofNoResult names what belongs to no result, or to an answer without one.
var ofNoResult = regexp.MustCompile(`^tender (--lang \w\w )?(method|check|bots)|SHA256SUMS|^serve /(\?.*)?$|^serve /(healthz|v1/openapi.json)$|: head$`)

// saidApart are outputs of a document, which nothing was mined for; of acts, which are what they are
// whatever is missing; figures of a cell, beside which another one says it; and files for programs,
// which have the gaps themselves, at another place.
var saidApart = regexp.MustCompile(`clause|check|/evidence\b|/(method|totals).json|ranking.json|score .*--format[ =]json|serve .*(ranking.json|/rank|/score|/points)`)

// firstOf returns what a reader sees first of an output, "" where it is no such thing, and
// whether the gaps are to be said there.
func firstOf(t *testing.T, o output) (first string, gaps bool) {
	gaps = !saidApart.MatchString(o.name)
	text := strings.TrimPrefix(string(o.text), "\ufeff")
	switch o.form {
	case "xlsx":
		f, err := excelize.OpenReader(bytes.NewReader(o.text))
		require.NoError(t, err)
		defer f.Close()
		rows, err := f.GetRows(f.GetSheetList()[0])
		require.NoError(t, err)
		return strings.Join(append(rows[0], rows[1]...), " "), gaps
	case "html":
		return words(t, text, 60), gaps
	case "csv":
		head, rest, _ := strings.Cut(text, "\r\n")
		row, _, _ := strings.Cut(rest, "\r\n")
		if assert.Regexp(t, `^(status|statut)[,;]`, head, o.name) {
			assert.True(t, strings.HasPrefix(row, "SIMULATION"), o.name)
		}
		return head + " " + row, gaps
	case "json", "yaml":
		return text[:min(len(text), 400)], gaps
	case "text", "txt", "jsonl", "markdown":
		line, rest, _ := strings.Cut(text, "\n")
		for strings.HasPrefix(rest, "  ") && o.form != "markdown" { // it goes on where a narrow line ends
			var more string
			more, rest, _ = strings.Cut(rest, "\n")
			line += more
		}
		if figure.MatchString(line) { // one figure of a cell; the status has a cell of its own
			return "", false
		}
		return line, gaps
	}
	return "", false
}

// words returns the first words of a page's body.
func words(t *testing.T, text string, n int) string {
	root, err := html.Parse(strings.NewReader(text))
	require.NoError(t, err)
	var list []string
	for e := range root.Descendants() {
		if e.Type == html.TextNode && e.Parent.Data != "style" && e.Parent.Data != "script" && e.Parent.Data != "title" {
			list = append(list, strings.Fields(e.Data)...)
		}
	}
	return strings.Join(list[:min(n, len(list))], " ")
}
