package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/score/report/e2e"
)

// A page asks for itself and for nothing else, from a disk as from a server, and the browser
// has nothing to complain of: no policy broken, no error, no warning.
func TestNothingLeavesThePage(t *testing.T) {
	for _, base := range []string{onDisk(""), served(t)} {
		for _, name := range pages {
			address := strings.TrimSuffix(base, "/") + "/" + name
			x := open(t, address, wide)
			if strings.HasPrefix(name, "report") {
				x.do(chromedp.SendKeys("#f-text", "duplicate"), chromedp.Click("#theme"), chromedp.Click("#evidence th:nth-child(3) button"))
			}
			said, asked := x.heard()
			assert.Empty(t, said, address)
			assert.Equal(t, []string{address}, asked)
		}
	}
}

// The listener of the test above hears what it is there for: a page with another script, a
// picture from elsewhere and an error is noticed.
func TestTheTestHears(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(folder, "report.html"))
	require.NoError(t, err)
	evil := strings.Replace(string(text), "<main", `<script>document.title = "evil"</script><p style="color:red"><img src="http://127.0.0.1:9/x.png"></p><main`, 1)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "evil.html"), []byte(evil), 0o600))
	x := open(t, onDisk("evil.html"), wide)
	assert.NotEqual(t, "evil", eval[string](x, "document.title"), "the policy lets no other script run")
	said, _ := x.heard()
	assert.GreaterOrEqual(t, len(said), 3, "%q", said)

	y := open(t, served(t)+"report.html", wide)
	eval[bool](y, `fetch("/ranking.json").then(() => true, () => false)`)
	said, asked := y.heard()
	assert.True(t, len(said) > 0 || len(asked) > 1, "what the page asks for is heard")
}

// Without scripts the whole page can be read.
func TestWithoutScripts(t *testing.T) {
	ctx, end := chromedp.NewContext(browser)
	defer end()
	_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	require.NoError(t, err)
	require.NoError(t, wide.Set(ctx))
	x := &tab{Context: ctx, t: t}
	x.do(chromedp.Navigate(onDisk("report.html")))
	rows, err := chromedp.Run(ctx, chromedp.Nodes("#evidence tbody tr"))
	require.NoError(t, err)
	assert.Greater(t, len(rows), 2000, "all acts")
	assert.Equal(t, "000", eval[string](x, `["filter", "pages", "theme"].map((id) => document.getElementById(id).getClientRects().length).join("")`), "what would do nothing is not shown")
}

// What a reader of a language sees is in it, and leads to the other.
func TestLanguages(t *testing.T) {
	x := open(t, onDisk("report.html"), wide)
	assert.Equal(t, "en", eval[string](x, "document.documentElement.lang"))
	x.do(chromedp.Click(`a[hreflang="fr"]`))
	x.wait(`document.querySelector("a[hreflang=en]") && hits.textContent !== ""`)
	assert.Equal(t, "fr", eval[string](x, "document.documentElement.lang"))
	assert.Contains(t, x.hits(), "Actes trouvés")
	x.do(chromedp.Click(`a[hreflang="en"]`))
	x.wait(`document.querySelector("a[hreflang=fr]") && hits.textContent !== ""`)
	assert.Contains(t, x.hits(), "Acts found")

	s := open(t, onDisk("sensitivity.fr.html"), wide)
	s.do(chromedp.Click(`.files a`))
	s.wait(`document.getElementById("evidence") !== null`)
	assert.Equal(t, "fr", eval[string](s, "document.documentElement.lang"), "the ranking's page in the same language")
}

// The colours are the system's until the reader asks for the others.
func TestTheme(t *testing.T) {
	colour := `getComputedStyle(document.body).backgroundColor`
	light, dark := "rgb(255, 255, 255)", "rgb(20, 23, 26)"
	x := open(t, onDisk("report.html"), wide)
	assert.Equal(t, light, eval[string](x, colour))
	assert.Equal(t, "false", eval[string](x, `theme.getAttribute("aria-pressed")`))
	x.do(chromedp.Click("#theme"))
	assert.Equal(t, dark, eval[string](x, colour))
	assert.Equal(t, "true", eval[string](x, `theme.getAttribute("aria-pressed")`))
	x.do(chromedp.Click("#theme"))
	assert.Equal(t, light, eval[string](x, colour))

	y := open(t, onDisk("report.html"), e2e.View{Width: 1200, Height: 900, Dark: true})
	assert.Equal(t, dark, eval[string](y, colour))
	y.do(chromedp.Click("#theme"))
	assert.Equal(t, light, eval[string](y, colour))
}

// At 320 pixels, which is 1280 at 400 %, nothing but tables has to be scrolled sideways.
func TestNarrow(t *testing.T) {
	for _, name := range pages {
		x := open(t, onDisk(name), e2e.View{Width: 320, Height: 800})
		assert.LessOrEqual(t, eval[int](x, "document.documentElement.scrollWidth"), 320, name)
		assert.Empty(t, eval[[]string](x, `Array.from(document.querySelectorAll("body *")).filter((e) => {
			const box = e.getBoundingClientRect();
			return box.right > 320.5 && box.width > 1 && !e.closest(".scroll, .unseen, .skip") && getComputedStyle(e).display !== "none";
		}).slice(0, 5).map((e) => e.outerHTML.slice(0, 100))`), name)
		assert.True(t, eval[bool](x, `Array.from(document.querySelectorAll(".scroll")).every((e) => e.scrollWidth <= e.clientWidth + 1 || e.tabIndex === 0)`), "what has to be scrolled can be by keyboard")
	}
}
