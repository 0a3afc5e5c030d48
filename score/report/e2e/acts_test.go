package e2e_test

import (
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
)

// column returns the texts of a column of the acts shown.
func column(x *tab, n int) []string {
	return eval[[]string](x, `Array.from(evidence.tBodies[0].rows, (r) => r.cells[`+string(rune('0'+n))+`].textContent)`)
}

func TestSearch(t *testing.T) {
	x := open(t, onDisk("report.html"), wide)
	assert.Equal(t, "Acts found: 2,807 of the 2,807 shown. Page 1 of 57", x.hits())
	assert.Len(t, column(x, 0), 50)
	x.do(chromedp.SendKeys("#f-text", "GEOLIB réviewer karst"))
	assert.Contains(t, x.hits(), "Acts found: ")
	found := column(x, 3)
	assert.NotEmpty(t, found, "every word, without regard to case and accents")
	for i, role := range found {
		assert.Equal(t, []string{"reviewer", "geolib"}, []string{role, column(x, 1)[i]})
	}
	x.do(chromedp.SendKeys("#f-text", " nosuchword"))
	assert.Equal(t, "No act on this page fits. Take a filter away, or search in the files beside it.", x.hits())
	assert.Empty(t, column(x, 0))
	x.do(chromedp.Click(`#filter button[type=reset]`))
	x.wait("!pages.hidden")
	assert.Equal(t, "Acts found: 2,807 of the 2,807 shown. Page 1 of 57", x.hits())
}

func TestFilters(t *testing.T) {
	x := open(t, onDisk("report.html"), wide)
	choose := func(id, label string) {
		eval[bool](x, `(() => { const s = document.getElementById("`+id+`"); const o = Array.from(s.options).find((o) => o.text === "`+label+`");
			s.value = o.value; s.dispatchEvent(new Event("input", {bubbles: true})); return true; })()`)
	}
	choose("f-outcome", "refused")
	choose("f-rule", "duplicate")
	choose("f-bidder", "BigCo SE")
	rows := len(column(x, 0))
	assert.Positive(t, rows)
	for i := range rows {
		assert.Equal(t, []string{"BigCo SE", "refused", "duplicate"}, []string{column(x, 5)[i], column(x, 7)[i], column(x, 8)[i]})
		if i == 4 {
			break
		}
	}
	choose("f-outcome", "counted")
	assert.Empty(t, column(x, 0), "a duplicate is never counted")
}

func TestSort(t *testing.T) {
	x := open(t, onDisk("report.html"), wide)
	sorted := func() string {
		return eval[string](x, `Array.from(document.querySelectorAll("#evidence th[aria-sort]"), (th) => th.textContent + " " + th.getAttribute("aria-sort")).join()`)
	}
	assert.Empty(t, sorted())
	x.do(chromedp.Click("#evidence th:nth-child(1) button"))
	assert.Equal(t, "Day ascending", sorted())
	days := column(x, 0)
	assert.True(t, slices.IsSorted(days), days)
	assert.Contains(t, x.hits(), "Sorted by Day, ascending")
	x.do(chromedp.Click("#evidence th:nth-child(1) button"))
	assert.Equal(t, "Day descending", sorted())
	assert.Greater(t, column(x, 0)[0], days[0])
	x.do(chromedp.Click("#evidence th:nth-child(10) button"), chromedp.Click("#evidence th:nth-child(10) button"))
	assert.Equal(t, "Credit descending", sorted())
	amounts := eval[[]int](x, `Array.from(evidence.tBodies[0].rows, (r) => Number(r.cells[9].dataset.v || 0))`)
	assert.True(t, slices.IsSortedFunc(amounts, func(a, b int) int { return b - a }), amounts)
	assert.Positive(t, amounts[0])

	fr := open(t, onDisk("report.fr.html"), wide)
	fr.do(chromedp.Click("#evidence th:nth-child(1) button"))
	times := eval[[]string](fr, `Array.from(evidence.tBodies[0].rows, (r) => r.querySelector("time").dateTime)`)
	assert.True(t, slices.IsSorted(times), "days are sorted as days in every language")
}

func TestPaging(t *testing.T) {
	x := open(t, onDisk("report.html"), wide)
	first := column(x, 2)
	x.do(chromedp.Click("#previous"))
	assert.Equal(t, first, column(x, 2), "there is nothing before the first page")
	x.do(chromedp.Click("#next"))
	assert.Equal(t, "Page 2 of 57", eval[string](x, `page.textContent`))
	assert.NotEqual(t, first, column(x, 2))
	x.do(chromedp.Click("#previous"))
	assert.Equal(t, first, column(x, 2))
}

// A figure leads to the acts behind it, and their number is the figure's.
func TestFromAFigureToItsActs(t *testing.T) {
	x := open(t, onDisk("report.html"), wide)
	links := eval[int](x, `document.querySelectorAll("a[data-show]").length`)
	assert.Greater(t, links, 20)
	// Of stewardship the figure counts months, and the acts are listings.
	for _, want := range eval[[]string](x, `Array.from(document.querySelectorAll("a[data-show]"), (a) => {
			if (a.closest("tr").textContent.includes("Stewardship")) return "1 Acts found: 1 ";
			a.click();
			return a.textContent + " " + hits.textContent;
		})
		.filter((s) => { const m = s.match(/^([\d,]+) Acts found: ([\d,]+) /); return !m || m[1] !== m[2]; })`) {
		assert.Fail(t, want)
	}
}

// All of it can be done by keyboard alone.
func TestKeyboard(t *testing.T) {
	x := open(t, onDisk("report.html"), wide)
	focused := func() string {
		return eval[string](x, `document.activeElement.id || document.activeElement.textContent.trim().slice(0, 30)`)
	}
	tabTo := func(what string) {
		t.Helper()
		for range 250 {
			if focused() == what {
				return
			}
			x.do(chromedp.KeyEvent(kb.Tab))
			assert.True(t, eval[bool](x, `document.activeElement === document.body || document.activeElement.matches(":focus-visible") && getComputedStyle(document.activeElement).outlineStyle !== "none"`), "the focus of %s is seen", focused())
		}
		t.Fatalf("no way by keyboard to %s", what)
	}
	x.do(chromedp.KeyEvent(kb.Tab))
	assert.Equal(t, "Skip to the content", focused())
	x.do(chromedp.KeyEvent(kb.Enter))
	assert.Equal(t, "main", focused())
	tabTo("f-text")
	x.do(chromedp.KeyEvent("duplicate"))
	assert.NotContains(t, x.hits(), "2,807 of")
	tabTo("f-outcome")
	x.do(chromedp.KeyEvent("r")) // refused
	assert.Equal(t, "refused", eval[string](x, `document.getElementById("f-outcome").value`))
	tabTo("Day")
	x.do(chromedp.KeyEvent(kb.Enter))
	assert.Contains(t, x.hits(), "Sorted by Day, ascending")
	tabTo("next")
	x.do(chromedp.KeyEvent(" "))
	assert.Contains(t, x.hits(), "Page 2 of")
	assert.Equal(t, "next", focused(), "the focus stays")
	tabTo("Back to the top")
}
