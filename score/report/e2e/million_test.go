package e2e_test

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report"
	"github.com/tributary-oss/tributary/score/report/page"
)

// large writes the page of a tender of a million acts, and returns its address and size.
func large(t *testing.T) (address string, size int) {
	c := page.NewCollector(page.CollectorOptions{Show: report.People{Key: []byte("key")}, Link: report.Link,
		Concerned: func(v model.Verdict) []string { return []string{v.Parts[0].Vendor} }})
	rules := []string{"", "duplicate", "trivial", "self", "window", "", "context"}
	roles := []model.Role{model.Author, model.Reviewer, model.Committer}
	begin := time.Date(2023, 11, 1, 0, 0, 0, 0, time.UTC)
	for i := range 1_000_000 {
		v := model.Verdict{Project: fmt.Sprint("project-", i/250_000), Repository: "https://github.com/owner/repository", Artifact: model.Artifact(fmt.Sprintf("commit:%040x", i)),
			Role: roles[i%3], Person: fmt.Sprint("person ", i%997), At: begin.Add(time.Duration(i) * time.Minute), Parts: []model.Part{{Vendor: fmt.Sprint("vendor-", i%20), Part: model.Whole}}}
		if rule := rules[i%7]; rule != "" {
			v.Rule, v.Touched, v.Reason = rule, []string{rule}, "the same work as "+string(v.Artifact)
		} else {
			v.Counted, v.Credits = true, []model.Credit{{Indicator: model.Changes, Month: model.MonthOf(v.At), Amount: model.Whole}}
		}
		c.Write(v)
	}
	r := &model.Ranking{Status: model.Simulation, Since: begin, Until: begin.AddDate(3, 0, 0)}
	var b bytes.Buffer
	require.NoError(t, page.Write(&b, page.Data{Ranking: r, Evidence: c.Sample()}, nil))
	file := filepath.Join(t.TempDir(), "report.html")
	require.NoError(t, os.WriteFile(file, b.Bytes(), 0o600))
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(file)}
	return u.String(), b.Len()
}

// The page of a million acts is below 5 MB, says which of them it shows, and answers a search
// at once: the time is logged, and held only to what a loaded machine still makes.
func TestAMillionActs(t *testing.T) {
	address, size := large(t)
	assert.Less(t, size, 5_000_000)
	began := time.Now()
	x := open(t, address, wide)
	loaded := time.Since(began)
	assert.Contains(t, eval[string](x, `document.querySelector("#acts p").textContent`), "1,000,000 acts were read")
	assert.Contains(t, eval[string](x, `document.querySelector("#acts p").textContent`), "are shown here: of each project, bidder, indicator and outcome the first")
	// Each search until the browser has laid out what it found.
	took := eval[[]float64](x, `["commit", "vendor-7", "duplicate 2024", "nothing", ""].map((word) => {
		const field = document.getElementById("f-text"), began = performance.now();
		field.value = word;
		field.dispatchEvent(new Event("input", {bubbles: true}));
		document.body.offsetHeight;
		return performance.now() - began;
	})`)
	t.Logf("%d bytes, open in %v; a search takes %.0f to %.0f ms", size, loaded.Round(time.Millisecond), slices.Min(took), slices.Max(took))
	assert.Less(t, slices.Max(took), 1000.0, "milliseconds; about 30 where nothing else runs")
	assert.Less(t, loaded, 20*time.Second)
	x.do(chromedp.SendKeys("#f-text", "vendor-7 project-3"))
	assert.Contains(t, x.hits(), "Acts found: ")
	said, _ := x.heard()
	assert.Empty(t, said)
}
