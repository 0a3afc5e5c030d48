package e2e_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/score/report/e2e"
)

// axe returns axe-core, which npm installs.
func axe(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("node_modules", "axe-core", "axe.min.js"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatal("axe-core is missing: npm --prefix score/report/e2e ci --ignore-scripts")
	}
	require.NoError(t, err)
	return string(text)
}

// violation is what axe-core found wrong.
type violation struct {
	ID, Help string
	Nodes    []struct {
		HTML           string
		FailureSummary string `json:"failureSummary"`
	}
}

// violations runs all of axe-core's rules: those of WCAG 2.0 to 2.2, A and AA, and
// its best practices.
func violations(x *tab, script string) []violation {
	x.t.Helper()
	eval[bool](x, script+"; true")
	return eval[[]violation](x, `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then((r) => r.violations.map(
		(v) => ({id: v.id, help: v.help, nodes: v.nodes.slice(0, 3).map((n) => ({html: n.html.slice(0, 200), failureSummary: n.failureSummary}))})))`)
}

// axe-core finds nothing wrong, on any page, in light and dark, wide and narrow, before and
// after it was used.
func TestAccessible(t *testing.T) {
	script := axe(t)
	for _, name := range pages {
		for view, v := range map[string]e2e.View{"light": wide, "dark": {Width: 1200, Height: 900, Dark: true}, "narrow": {Width: 320, Height: 800}} {
			t.Run(name+"/"+view, func(t *testing.T) {
				x := open(t, onDisk(name), v)
				assert.Empty(t, violations(x, script))
			})
		}
	}
	t.Run("used", func(t *testing.T) {
		x := open(t, onDisk("report.html"), wide)
		x.do(chromedp.SendKeys("#f-text", "duplicate"), chromedp.Click("#evidence th:nth-child(2) button"), chromedp.Click("#theme"))
		assert.Empty(t, violations(x, script))
	})
	t.Run("empty", func(t *testing.T) {
		x := open(t, onDisk("report.html"), wide)
		x.do(chromedp.SendKeys("#f-text", "nosuchword"))
		assert.Empty(t, violations(x, script))
	})
}

// The test above sees what is wrong: a picture without a text, and grey on white.
func TestTheTestSees(t *testing.T) {
	x := open(t, onDisk("report.html"), wide)
	eval[bool](x, `document.querySelector("main").append(new Image(), Object.assign(document.createElement("p"), {className: "pale", textContent: "pale"})), document.styleSheets[0].insertRule(".pale{color:#ccc}"), true`)
	found := map[string]bool{}
	for _, v := range violations(x, axe(t)) {
		found[v.ID] = true
	}
	assert.True(t, found["image-alt"] && found["color-contrast"], "%v", found)
}
