package e2e_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/score/report/e2e"
)

// documents writes the criterion and the letters of the demonstration beside its pages and
// returns their names.
func documents(t *testing.T) (names []string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	for _, lang := range []string{"en", "fr"} {
		for kind, args := range map[string][]string{
			"clause":  {"clause", filepath.Join(folder, "demo", "tender.yaml")},
			"moraine": {"letter", folder, "--bidder", "moraine"},
			"bigco":   {"letter", folder, "--bidder", "bigco"}, // with evidence below the minimum
		} {
			text, err := exec.CommandContext(ctx, filepath.Join(folder, "tender.exe"), append(args, "--format", "html", "--lang", lang)...).Output()
			require.NoError(t, err)
			name := fmt.Sprintf("%s.%s.html", kind, lang)
			require.NoError(t, os.WriteFile(filepath.Join(folder, name), text, 0o600))
			names = append(names, name)
		}
	}
	return names
}

// What is published and sent is as accessible as the pages, in either colours and at 320 pixels, asks
// nobody for anything, and leaves the browser nothing to complain of.
func TestDocuments(t *testing.T) {
	script := axe(t)
	for _, name := range documents(t) {
		for view, v := range map[string]e2e.View{"light": wide, "dark": {Width: 1200, Height: 900, Dark: true}, "narrow": {Width: 320, Height: 800}} {
			t.Run(name+"/"+view, func(t *testing.T) {
				x := open(t, onDisk(name), v)
				said, asked := x.heard()
				assert.Empty(t, said)
				assert.Equal(t, []string{onDisk(name)}, asked)
				assert.Contains(t, name, "."+eval[string](x, "document.documentElement.lang")+".")
				assert.LessOrEqual(t, eval[int](x, "document.documentElement.scrollWidth"), int(v.Width))
				assert.Empty(t, violations(x, script))
			})
		}
	}
}

// On paper a document is A4 and light, and its first sheet says what it is.
func TestDocumentsOnPaper(t *testing.T) {
	for _, name := range documents(t) {
		file, sheets := pdf(t, name, e2e.View{Width: 1200, Height: 900, Dark: true})
		light, _ := pdf(t, name, wide)
		assert.True(t, sheets > 1 && sheets <= 16, "%s: %d sheets", name, sheets)
		draft := "DRAFT"
		if strings.Contains(name, ".fr.") {
			draft = "PROJET"
		}
		assert.Contains(t, said(t, "pdftotext", "-l", "1", file, "-"), draft, name)
		assert.Equal(t, said(t, "pdftoppm", "-r", "30", "-f", "1", "-l", "1", light), said(t, "pdftoppm", "-r", "30", "-f", "1", "-l", "1", file), "paper is light")
	}
}
