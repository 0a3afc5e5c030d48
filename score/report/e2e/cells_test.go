package e2e_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/score/report/e2e"
)

// cells serves the demonstration to cells that pull, as a user would, and returns the address
// of its page of formulas.
func cells(t *testing.T) string {
	t.Helper()
	sheet := filepath.Join(t.TempDir(), "sheet.exe")
	c := exec.Command("go", "build", "-o", sheet, "./examples/sheet")
	c.Dir = filepath.Join("..", "..", "..")
	said, err := c.CombinedOutput()
	require.NoError(t, err, "%s", said)
	server := exec.Command(sheet, "serve", "--tender", folder, "--listen", "127.0.0.1:0")
	out, err := server.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, server.Start())
	t.Cleanup(func() {
		_ = server.Process.Signal(os.Interrupt)
		_ = server.Wait()
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	return strings.TrimSpace(address)
}

// The pages of the server that cells pull from: axe-core finds nothing wrong, nothing is asked
// for elsewhere, nothing sticks out of a narrow screen, and a choice makes the formulas.
func TestCellsThatPull(t *testing.T) {
	script, address := axe(t), cells(t)
	root, _, _ := strings.Cut(address, "/v1/")
	for _, page := range []string{root + "/?lang=en", root + "/?lang=fr", address + "?lang=en", address + "?lang=fr"} {
		for view, v := range map[string]e2e.View{"light": wide, "dark": {Width: 1200, Height: 900, Dark: true}, "narrow": {Width: 320, Height: 800}} {
			t.Run(strings.TrimPrefix(page, root)[:4]+page[len(page)-2:]+"/"+view, func(t *testing.T) {
				x := open(t, page, v)
				assert.Empty(t, violations(x, script))
				assert.LessOrEqual(t, eval[int](x, `document.documentElement.scrollWidth`), int(v.Width))
				said, asked := x.heard()
				assert.Empty(t, said)
				for _, a := range asked {
					assert.True(t, strings.HasPrefix(a, root+"/"), a)
				}
			})
		}
	}
	x := open(t, address+"?lang=en", wide)
	x.do(chromedp.SetValue(`select[name="bidder"]`, "bigco"), chromedp.Click("form button"))
	x.wait(`document.querySelector("dl code") !== null && [...document.querySelectorAll("code")].some((c) => c.textContent.includes("bidder=bigco"))`)
	x.do(chromedp.Click("nav a"))
	x.wait(`document.documentElement.lang === "fr"`)
	assert.Equal(t, "bigco", eval[string](x, `document.querySelector('select[name="bidder"]').value`))
	said, _ := x.heard()
	assert.Empty(t, said)
}
