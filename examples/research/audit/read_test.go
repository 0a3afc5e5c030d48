package audit_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/research/audit"
)

// Sheets come back as spreadsheets save them.
func TestSheetsAsSpreadsheetsSaveThem(t *testing.T) {
	s := draw(t, tender(t, story), 200, 1)
	sheet, key := written(t, s)
	says := engine(s)
	filled := fill(t, sheet, func(id string) (string, string) { return " " + strings.ToUpper(says[id]) + "\u00a0", says[id][:1] })
	k, err := audit.ReadKey("key.csv", strings.NewReader(key))
	require.NoError(t, err)
	want, err := audit.ReadSheet("sheet.csv", strings.NewReader(filled), k)
	require.NoError(t, err)
	require.Len(t, want, len(s.Items))
	assert.Equal(t, [2]audit.Answer{audit.Answer(says["Q001"]), audit.Answer(says["Q001"])}, want[0].Coders)

	heading, rows, _ := strings.Cut(filled, "\n")
	lines := strings.SplitAfter(rows, "\n")
	lines = lines[:len(lines)-1]
	for i, j := 0, len(lines)-1; i < j; i, j = i+1, j-1 {
		lines[i], lines[j] = lines[j], lines[i]
	}
	for name, text := range map[string]string{
		"a byte order mark":       "\ufeff" + filled,
		"CR alone":                strings.ReplaceAll(filled, "\n", "\r"),
		"CR LF":                   strings.ReplaceAll(filled, "\n", "\r\n"),
		"semicolons":              semicolons(t, filled),
		"a line with the mark":    "sep=;\r\n" + semicolons(t, filled),
		"sorted otherwise":        heading + "\n" + strings.Join(lines, ""),
		"capital columns":         strings.ToUpper(heading) + "\n" + rows,
		"more columns, and lines": strings.Replace(heading, "remark", "remark,time", 1) + "\n" + rows + ",,,\n\n",
		"lower rows":              heading + "\n" + strings.ReplaceAll(rows, ",Q0", ",q0"),
	} {
		got, err := audit.ReadSheet("sheet.csv", strings.NewReader(text), k)
		require.NoError(t, err, name)
		assert.Equal(t, want, got, name)
	}
}

// semicolons writes the table as Excel does where the comma is the decimal sign.
func semicolons(t *testing.T, text string) string {
	t.Helper()
	var b strings.Builder
	quoted := false
	for _, r := range text {
		switch {
		case r == '"':
			quoted = !quoted
		case r == ',' && !quoted:
			r = ';'
		case r == ';' && !quoted:
			// a semicolon in a cell would need quotation marks: the words matter not
			r = '/'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// What was edited badly is told with its place, all of it at once.
func TestBadlyEditedSheets(t *testing.T) {
	s := draw(t, tender(t, story), 200, 1)
	sheet, key := written(t, s)
	other, otherKey := written(t, draw(t, tender(t, story), 200, 2))
	says := engine(s)
	filled := fill(t, sheet, func(id string) (string, string) { return says[id], says[id] })
	k, err := audit.ReadKey("key.csv", strings.NewReader(key))
	require.NoError(t, err)
	lines := strings.SplitAfter(filled, "\n")
	with := func(n int, old, new string) string {
		l := append([]string{}, lines...)
		require.Contains(t, l[n], old)
		l[n] = strings.Replace(l[n], old, new, 1)
		return strings.Join(l, "")
	}
	question := strings.Split(lines[2], ",")[2]
	column := strings.Index(lines[3], says["Q003"]+","+says["Q003"]+",,") + 1
	for name, c := range map[string]struct{ text, says string }{
		"another sheet":       {other, "take the key that was written with this sheet"},
		"no answer":           {with(3, says["Q003"]+","+says["Q003"]+",,", "perhaps,yes,,"), ":4:" + number(column) + `: "perhaps" in column coder_1 is no answer; write yes, no or unclear`},
		"Latin-1":             {with(3, says["Q003"]+","+says["Q003"]+",,", "f\xfcr,yes,,"), "what is no UTF-8"},
		"a row twice":         {filled + lines[1], "row Q001 is there twice, first in line 2; keep one"},
		"a row less":          {strings.Join(lines[:5], "") + strings.Join(lines[6:], ""), "1 rows are missing: Q005."},
		"an unknown row":      {with(2, "Q002", "Q999"), `there is no row "Q999" in the key`},
		"a column less":       {strings.Replace(filled, "coder_2", "second", 1), "no column coder_2"},
		"a column twice":      {strings.Replace(filled, "remark", "coder_1", 1), "a second column coder_1"},
		"columns taken apart": {with(2, ","+question+",", ",birds,"), "columns were sorted apart"},
		"empty":               {"", "it is empty"},
		"a workbook":          {"PK\x03\x04xl/workbook.xml", "save it as “CSV UTF-8”"},
		"UTF-16":              {wide(filled), "it is UTF-16 text"},
		"a quote":             {filled + "\"", "no CSV"},
	} {
		_, err := audit.ReadSheet("sheet.csv", strings.NewReader(c.text), k)
		var faults audit.Faults
		require.True(t, errors.As(err, &faults), name)
		assert.ErrorContains(t, err, c.says, name)
		assert.True(t, strings.HasPrefix(err.Error(), "sheet.csv:"), name)
	}
	_, err = audit.ReadSheet("sheet.csv", strings.NewReader(strings.ReplaceAll(filled, ",yes,", ",aye,")), k)
	var faults audit.Faults
	require.True(t, errors.As(err, &faults))
	assert.Greater(t, len(faults), 5, "all of them at once")

	for name, text := range map[string]string{
		"of two sheets": key + strings.Join(strings.SplitAfter(otherKey, "\r\n")[1:2], ""),
		"a row less":    strings.Join(append(strings.SplitAfter(key, "\r\n")[:1:1], strings.SplitAfter(key, "\r\n")[2:]...), ""),
		"no answer":     strings.Replace(key, ",yes,", ",aye,", 1),
		"no number":     strings.Replace(key, ",0,1\r\n", ",none,1\r\n", 1),
		"the sheet":     sheet,
		"nothing":       strings.SplitAfter(key, "\r\n")[0],
	} {
		_, err := audit.ReadKey("key.csv", strings.NewReader(text))
		require.True(t, errors.As(err, &faults), name)
		assert.True(t, strings.HasPrefix(err.Error(), "key.csv:"), name)
	}
}

func number(n int) string {
	s := ""
	for ; n > 0; n /= 10 {
		s = string(rune('0'+n%10)) + s
	}
	return s
}

// wide writes a text as UTF-16 with a byte order mark.
func wide(s string) string {
	b := []byte("\xff\xfe")
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

// Each coder has a copy of their own; the third copy adjudicates.
func TestCopiesAreJoined(t *testing.T) {
	row := func(one, two, settled audit.Answer) []audit.Coded {
		return []audit.Coded{{ID: "Q001", Question: audit.Bot, Coders: [2]audit.Answer{one, two}, Adjudicated: settled}}
	}
	got, err := audit.Join(row("yes", "", ""), row("", "no", ""), row("yes", "no", "no"))
	require.NoError(t, err)
	assert.Equal(t, row("yes", "no", "no"), got)
	_, err = audit.Join(row("yes", "", ""), row("no", "", ""))
	assert.ErrorContains(t, err, "row Q001: the copies have yes and no in column coder_1")
	_, err = audit.Join(row("yes", "", ""), append(row("", "no", ""), audit.Coded{ID: "Q002"}))
	assert.ErrorContains(t, err, "they have other rows")
	none, err := audit.Join()
	require.NoError(t, err)
	assert.Empty(t, none)
	first := row("", "", "")
	_, err = audit.Join(first, row("yes", "", ""))
	require.NoError(t, err)
	assert.Equal(t, row("", "", ""), first, "what was given is not changed")
}
