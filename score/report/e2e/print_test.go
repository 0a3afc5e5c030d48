package e2e_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/score/report/e2e"
)

// pdf prints a page and returns its file and the number of its sheets.
func pdf(t *testing.T, name string, v e2e.View) (file string, sheets int) {
	x := open(t, onDisk(name), v)
	printed, err := chromedp.Run(x, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
	require.NoError(t, err)
	file = filepath.Join(t.TempDir(), name+".pdf")
	require.NoError(t, os.WriteFile(file, printed, 0o600))
	info := said(t, "pdfinfo", file)
	assert.Contains(t, info, "(A4)")
	sheets, err = strconv.Atoi(regexp.MustCompile(`Pages:\s+(\d+)`).FindStringSubmatch(info)[1])
	require.NoError(t, err)
	return file, sheets
}

// said runs a program of poppler-utils.
func said(t *testing.T, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(args[0]); err != nil {
		t.Fatalf("%s is missing: apt-get install poppler-utils", args[0])
	}
	var out bytes.Buffer
	c := exec.Command(args[0], args[1:]...)
	c.Stdout = &out
	require.NoError(t, c.Run())
	return out.String()
}

// On paper the page is A4, of a sane number of sheets, each of which says what the result is;
// a table goes on under its headings, and what cannot be pressed on paper is not there.
func TestOnPaper(t *testing.T) {
	for name, most := range map[string]int{"report.html": 20, "report.fr.html": 22, "sensitivity.html": 10, "sensitivity.fr.html": 12} {
		file, sheets := pdf(t, name, wide)
		assert.True(t, sheets > 2 && sheets <= most, "%s: %d sheets", name, sheets)
		text := said(t, "pdftotext", "-layout", file, "-")
		list := strings.Split(strings.TrimSuffix(text, "\f"), "\f")
		assert.Len(t, list, sheets)
		headings := 0
		for i, sheet := range list {
			assert.True(t, strings.HasPrefix(strings.TrimSpace(sheet), "SIMULATION"), "%s, sheet %d", name, i+1)
			assert.Regexp(t, fmt.Sprintf(`\b%d ?/ ?%d\s*$`, i+1, sheets), sheet)
			if strings.Contains(sheet, "Outcome") && strings.Contains(sheet, "Employer") {
				headings++
			}
		}
		for _, gone := range []string{"Dark colours", "Couleurs sombres", "Next page", "Show all again"} {
			assert.NotContains(t, text, gone)
		}
		if name == "report.html" {
			assert.Equal(t, 2, headings, "the headings of the acts stand on both of their sheets")
		}
	}
	dark, _ := pdf(t, "report.html", e2e.View{Width: 1200, Height: 900, Dark: true})
	light, _ := pdf(t, "report.html", wide)
	assert.Equal(t, said(t, "pdftotext", "-layout", light, "-"), said(t, "pdftotext", "-layout", dark, "-"))
	assert.Equal(t, said(t, "pdftoppm", "-r", "30", "-f", "1", "-l", "1", light), said(t, "pdftoppm", "-r", "30", "-f", "1", "-l", "1", dark), "paper is light")
}
