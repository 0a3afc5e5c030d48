package document

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/model"
)

// A criterion as it was written differs in nothing, in each language and form, sealed or not.
func TestUneditedCriterionDiffersInNothing(t *testing.T) {
	for name, tender := range map[string]*model.Tender{"full": full(), "sealed": sealed(t)} {
		for _, l := range languages(t) {
			d := Clause(tender, l)
			assert.Empty(t, ComparePublished(tender, textOf(t, d)), "%s in %s", name, l.Lang())
			var page bytes.Buffer
			require.NoError(t, d.HTML(&page))
			assert.Empty(t, ComparePublished(tender, page.String()), "%s in %s", name, l.Lang())
		}
	}
}

// Whatever number of a document is another one in a published text is named by its key.
func TestEveryChangedNumberIsNamed(t *testing.T) {
	if testing.Short() {
		t.Skip("no two goroutines meet in it: the run without -short shows it")
	}
	text, changed := textOf(t, Clause(full(), languages(t)[1])), 0
	for _, p := range Parameters(full()) {
		switch p.Value.(type) {
		case float64, int, model.Threshold:
		default:
			continue
		}
		other := full()
		change(t, other, p.Key)
		var keys []string
		for _, d := range ComparePublished(other, text) {
			keys = append(keys, d.Keys...)
		}
		assert.Contains(t, keys, p.Key)
		changed++
	}
	assert.GreaterOrEqual(t, changed, 55)
}

// What a comment hides is not published, in Markdown as in HTML.
func TestCommentsAreNotPublished(t *testing.T) {
	whole := textOf(t, Clause(full(), languages(t)[0]))
	at := strings.Index(whole, "\n## ")
	require.Positive(t, at)
	for _, hidden := range []string{whole[:at] + "\n<!--" + whole[at:] + "-->\n", whole[:at] + "\n<!--" + whole[at:]} {
		assert.NotEmpty(t, ComparePublished(full(), hidden))
	}
	assert.Empty(t, ComparePublished(full(), whole[:at]+"\n<!-- a\nremark -->"+whole[at:]))
}

// A lawyer's hand: what means the same is no difference, what does not is one.
func TestEditedCriterion(t *testing.T) {
	if testing.Short() {
		t.Skip("no two goroutines meet in it: the run without -short shows it")
	}
	whole := textOf(t, Clause(full(), languages(t)[0]))
	edit := func(pairs ...string) []Difference {
		edited := whole
		for n := 0; n < len(pairs); n += 2 {
			require.Contains(t, edited, pairs[n])
			edited = strings.Replace(edited, pairs[n], pairs[n+1], 1)
		}
		return ComparePublished(full(), edited)
	}
	const points = "A bidder meets the criterion in a lot from 16.25 points on, after rounding."
	for name, pairs := range map[string][]string{
		"other words":     {points, "The criterion is met in a lot from 16.25 points on, once they are rounded."},
		"a date in words": {"to 2026-11-01, that day excluded", "to 1 November 2026, that day excluded"},
		"another date":    {"to 2026-11-01, that day excluded", "to November 1, 2026, that day excluded"},
		"a comma":         {"`import-lines` = 20,000", "`import-lines` = 20000"},
		"joined":          {points + "\n\n", points + " "},
		"broken lines":    {"A full score earns 41 points in a lot, unless", "A full score earns 41 points\nin a lot, unless"},
		"more text":       {points, points + " See section 12 of the instructions."},
		"placeholders":    {"**\\[address for objections\\]** within **\\[period for objections\\]**", "rue Haute 7, 75001 Paris within 15 days"},
	} {
		assert.Empty(t, edit(pairs...), name)
	}
	for name, c := range map[string]struct {
		pairs []string
		key   string
		found bool
	}{
		"another number":  {[]string{points, "A bidder meets the criterion in a lot from 16 points on, after rounding."}, "minimum_points", true},
		"left out":        {[]string{points, ""}, "minimum_points", false},
		"turned round":    {[]string{"`floor-acts` = 3, `floor-months` = 2", "`floor-acts` = 2, `floor-months` = 3"}, "rules.floor-acts", true},
		"another row":     {[]string{"| reviews | reviews | 23 |", "| reviews | reviews | 24 |"}, "projects.geolib.thresholds.reviews", true},
		"a row less":      {[]string{"| ports | maintenance | 10 | 4 % |\n", ""}, "indicators.maintenance.ports", false},
		"another branch":  {[]string{"`stable-*`", "`unstable-*`"}, "projects.mapserver.repositories.1.branches", true},
		"another address": {[]string{"https://mirror.example/mapserver.git", "https://mirror.example/other.git"}, "projects.mapserver.repositories.1.url", true},
		"another mode":    {[]string{"It is a selection criterion", "It is an award criterion"}, "mode", true},
	} {
		list := edit(c.pairs...)
		require.NotEmpty(t, list, name)
		at := slices.IndexFunc(list, func(d Difference) bool { return slices.Contains(d.Keys, c.key) })
		require.GreaterOrEqual(t, at, 0, "%s: %v", name, list)
		assert.Equal(t, c.found, list[at].Found != "", "%s: %s", name, list[at])
		assert.Contains(t, list[at].String(), c.key)
	}
	assert.NotEmpty(t, edit("at least 80 % of the lines of both", "at least 50 % of the lines of both"), "a number of the method")
	assert.Greater(t, len(ComparePublished(full(), "")), 40)
	assert.NotEmpty(t, ComparePublished(full(), "x \xff\x00 <script>"))
}

// Tokens agree in whatever form a number or a date is written.
func TestTokens(t *testing.T) {
	assert.Equal(t, []string{"20000", "2026-11-01", "0.5", "mai"}, tokens("20 000 ; 1er novembre 2026 ; 0,50 ; mai", "fr"))
	assert.Equal(t, []string{"20000", "2026-11-01", "0.5", "2026-11-02"}, tokens("20,000; 2026-11-01; 0.50; November 2nd, 2026", "en"))
	assert.Equal(t, []string{"2026-11-01", "1"}, tokens("01/11/2026 1", "fr"))
	assert.Equal(t, []string{"13/13/2026"}, tokens("13/13/2026", "fr"))
}

func FuzzPassages(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, lang := range []string{"en", "fr"} {
			for _, p := range passages(s, lang) {
				if strings.Contains(p.text, "\n") || p.text == "" {
					t.Errorf("%q of %q", p.text, s)
				}
			}
		}
	})
}
