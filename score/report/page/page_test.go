package page_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report/locale"
	"github.com/tributary-oss/tributary/score/report/page"
)

// written returns the page of a ranking in a language.
func written(t *testing.T, d page.Data, lang string) string {
	t.Helper()
	l, err := locale.Of(lang)
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, page.Write(&b, d, l))
	return b.String()
}

func studied(t *testing.T, s *model.Sensitivity, o *page.SensitivityOptions, lang string) string {
	t.Helper()
	l, err := locale.Of(lang)
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, page.WriteSensitivity(&b, s, o, l))
	return b.String()
}

// everyPage runs a test on both pages in both languages.
func everyPage(t *testing.T, data page.Data, study *model.Sensitivity, f func(t *testing.T, text string)) {
	for _, lang := range locale.Languages() {
		t.Run("report/"+lang, func(t *testing.T) { f(t, written(t, data, lang)) })
		t.Run("sensitivity/"+lang, func(t *testing.T) { f(t, studied(t, study, &page.SensitivityOptions{Report: true}, lang)) })
	}
}

// nodes returns all elements of a page.
func nodes(t *testing.T, text string) (list []*html.Node) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(text))
	require.NoError(t, err)
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			list = append(list, n)
		}
	}
	return list
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// textOf returns what a reader sees of an element.
func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && d.Parent.Data != "style" && d.Parent.Data != "script" {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

func bodyOf(t *testing.T, text string) *html.Node {
	t.Helper()
	for _, n := range nodes(t, text) {
		if n.Data == "body" {
			return n
		}
	}
	t.Fatal("no body")
	return nil
}

// The policy allows the style and the script of the page by their digests, and there is
// nothing in it that would need more.
func TestNothingButItsOwnStyleAndScript(t *testing.T) {
	everyPage(t, full(), study(), func(t *testing.T, text string) {
		policy, found := "", map[string]int{}
		for _, n := range nodes(t, text) {
			if attribute(n, "http-equiv") == "Content-Security-Policy" {
				assert.Equal(t, "head", n.Parent.Data)
				policy = attribute(n, "content")
			}
			if n.Data == "style" || n.Data == "script" {
				found[n.Data]++
				sum := sha256.Sum256([]byte(n.FirstChild.Data))
				assert.Contains(t, policy, n.Data+"-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'", "the policy comes before what it allows")
				assert.Empty(t, n.Attr)
			}
			for _, a := range n.Attr {
				assert.False(t, strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src", "%s of %s", a.Key, n.Data)
			}
		}
		assert.Equal(t, map[string]int{"style": 1, "script": 1}, found)
		assert.True(t, strings.HasPrefix(policy, "default-src 'none'; "), policy)
		assert.NotContains(t, policy, "unsafe")
		assert.NotRegexp(t, `url\(|@import|https?://`, regexp.MustCompile(`(?s)<style>.*</style>`).FindString(text), "a style that asks for something")
	})
}

// Each element that is opened is closed again, in order, and ids are unique and found.
func TestWellFormed(t *testing.T) {
	void := map[string]bool{"meta": true, "br": true, "input": true, "link": true}
	everyPage(t, full(), study(), func(t *testing.T, text string) {
		var open []string
		z := html.NewTokenizer(strings.NewReader(text))
		for z.Next() != html.ErrorToken {
			switch token := z.Token(); token.Type {
			case html.StartTagToken:
				if !void[token.Data] {
					open = append(open, token.Data)
				}
			case html.EndTagToken:
				require.NotEmpty(t, open, "</%s>", token.Data)
				require.Equal(t, open[len(open)-1], token.Data)
				open = open[:len(open)-1]
			}
		}
		assert.Empty(t, open)
		ids := map[string]bool{}
		for _, n := range nodes(t, text) {
			if id := attribute(n, "id"); id != "" {
				assert.False(t, ids[id], "id %s stands twice", id)
				ids[id] = true
			}
		}
		for _, n := range nodes(t, text) {
			for _, id := range []string{strings.TrimPrefix(attribute(n, "href"), "#"), attribute(n, "aria-labelledby"), attribute(n, "for")} {
				assert.True(t, id == "" || ids[id] || strings.ContainsAny(id, "./"), "%s leads nowhere", id)
			}
		}
	})
}

// Headings go down one level at a time, and tables have captions and scopes.
func TestReadableAloud(t *testing.T) {
	everyPage(t, full(), study(), func(t *testing.T, text string) {
		last, tables := 0, 0
		for _, n := range nodes(t, text) {
			switch n.Data {
			case "h1", "h2", "h3", "h4":
				level := int(n.Data[1] - '0')
				assert.LessOrEqual(t, level, last+1, textOf(n))
				assert.True(t, level > 1 || last == 0, "a second h1")
				assert.NotEmpty(t, textOf(n))
				last = level
			case "table":
				tables++
				assert.Equal(t, "caption", firstElement(n).Data)
			case "th":
				assert.NotEmpty(t, attribute(n, "scope"))
				assert.NotEmpty(t, textOf(n))
			}
		}
		assert.Greater(t, tables, 3)
	})
}

func firstElement(n *html.Node) *html.Node {
	for c := range n.ChildNodes() {
		if c.Type == html.ElementNode {
			return c
		}
	}
	return nil
}

// What the result is stands before anything else that is read, and in the title.
func TestTheFirstLineSaysWhatItIs(t *testing.T) {
	d := full()
	for lang, gaps := range map[string]string{"en": "This ranking has gaps: 2 repositories", "fr": "Ce classement comporte des lacunes : 2 dépôts"} {
		text := written(t, d, lang)
		assert.Regexp(t, `^\s*\S[^\n]*\s+SIMULATION`, textOf(bodyOf(t, text)), "after the link that skips to the content")
		assert.Contains(t, text, "<title>SIMULATION")
		assert.Contains(t, text, `@page{@top-left{content:"SIMULATION"}}`)
		header, _, _ := strings.Cut(text, "<main")
		assert.Contains(t, strings.ReplaceAll(header, "\u00a0", " "), gaps)
	}
	d.Ranking.Gaps = d.Ranking.Gaps[:1]
	assert.Contains(t, written(t, d, "en"), "This ranking has a gap: 1 repository")

	d.Ranking.Status, d.Ranking.Seal = model.Official, strings.Repeat("ab", 32)
	assert.NotContains(t, written(t, d, "en"), "SIMULATION")
	assert.Contains(t, written(t, d, "en"), `@page{@top-left{content:"OFFICIAL"}}`)
	assert.Contains(t, written(t, d, "fr"), "<strong>OFFICIEL</strong>")
	assert.Contains(t, written(t, d, "en"), d.Ranking.Seal)
	assert.Contains(t, studied(t, study(), nil, "en"), "<title>SIMULATION", "a study is never official")
}

func TestUnknownIsNotZero(t *testing.T) {
	text := written(t, full(), "en")
	row := regexp.MustCompile(`<tr>.*Nobody Knows Ltd.*</tr>`).FindString(text)
	require.NotEmpty(t, row)
	assert.Equal(t, 10, strings.Count(row, ">unknown<"), row) // rank, points, three pillars, score, two projects, minimum, people
	assert.NotContains(t, row, "0.00")
	assert.NotContains(t, row, "<svg")

	// Nothing is known of reviews and maintenance in the only project.
	row = regexp.MustCompile(`<tr>.*Karst SARL.*</tr>`).FindString(text[strings.Index(text, `id="ranking"`):])
	assert.Equal(t, 2, strings.Count(row, ">not scored<"), row)
	activity := text[strings.Index(text, `id="activity"`):strings.Index(text, `id="coverage"`)]
	assert.NotContains(t, activity, `>Reviews</th>`)
	assert.NotContains(t, activity, "Everybody else", "whose triage is not scored")
}

func TestTheSameBytes(t *testing.T) {
	first := written(t, full(), "fr")
	for range 5 {
		require.Equal(t, first, written(t, full(), "fr"))
	}
	study1 := studied(t, study(), nil, "fr")
	for range 5 {
		require.Equal(t, study1, studied(t, study(), nil, "fr"))
	}
}

// The languages find each other.
func TestLanguages(t *testing.T) {
	assert.Equal(t, "report.html", page.FileName(page.ReportName, ""))
	assert.Equal(t, "report.fr.html", page.FileName(page.ReportName, "fr"))
	for lang, other := range map[string]string{"en": "report.fr.html", "fr": "report.html"} {
		text := written(t, full(), lang)
		assert.Contains(t, text, `<html lang="`+lang+`">`)
		assert.Contains(t, text, `href="`+other+`"`)
	}
	fr := strings.ReplaceAll(written(t, full(), "fr"), "\u00a0", " ")
	for _, want := range []string{"31,52", "01/11/2026", "Note sur 100", "git ne consigne pas les tickets", `<span lang="en">502 Bad Gateway</span>`, "Lot 1 : "} {
		assert.Contains(t, fr, want)
	}
	assert.NotContains(t, written(t, full(), "en"), `<span lang="en">`)

	d := full()
	d.Evidence.Acts[0].Employer, d.Evidence.Acts[1].Employer = "karst 40 %, unknown 60 %", "unknown-goods"
	fr = written(t, d, "fr")
	assert.Contains(t, fr, "<td>karst 40 %, inconnu 60 %</td>")
	assert.Contains(t, fr, "<td>unknown-goods</td>")
}

// What nobody may see is not on the page, and what everybody must see is.
func TestWhatStandsOnThePage(t *testing.T) {
	text := textOf(bodyOf(t, written(t, full(), "en")))
	for _, want := range []string{
		"Karst SARL", "78.80", "31.52", "met", "missed", // the ranking
		"decide-1", "Objection by bigco: no", "Lot 1, Karst SARL: +1.25", // decisions
		"bigco, karst", "Lot 1, Karst SARL: -3.50", // contested people
		"502 Bad Gateway", "git does not record issues", // gaps and coverage
		"over half of the credits", // warnings
		"the same work as commit:0123456789ab", "person-", "duplicate",
		"1 and above", "Every act that was read stands under these rules", strings.Repeat("d1", 32), "Branches and commits",
		"ranking.json: the ranking",
	} {
		assert.Contains(t, text, want)
	}
	assert.NotContains(t, text, "ada@karst.example")
	assert.NotContains(t, text, "Ada Lovelace")
	assert.NotContains(t, text, "This page names persons")
}

// Whoever has the edition for one bidder is told that others' acts are withheld, and is led to none
// of them.
func TestAPageForOneBidder(t *testing.T) {
	d := full()
	all := written(t, d, "en")
	assert.Contains(t, all, "2 acts were read; 1 of them earned something.")
	assert.Equal(t, 2, strings.Count(all, "data-show="))
	d.Only = "karst"
	text := written(t, d, "en")
	assert.Contains(t, text, "2 acts concern Karst SARL; 1 of them earned something. Those of others are not in this edition.")
	assert.NotContains(t, text, "acts were read; ")
	assert.Equal(t, 1, strings.Count(text, "data-show="))
	assert.Contains(t, written(t, d, "fr"), "ne figurent pas dans cette édition")
}

// Of a project and a lot of which nothing could be read nothing is 0, and no minimum is reached.
func TestWhatIsUnknownOnThePage(t *testing.T) {
	d := full()
	d.Ranking.Lots = append(d.Ranking.Lots, model.LotResult{ID: "2", Points: 40, Projects: []model.Weighted{{Project: "b", Missing: "nothing in it could be shown, nor in any other project of the lot, whose score stays unknown"}},
		Standings: []model.Standing{{Bidder: "nobody", Name: "Nobody Knows Ltd"}}})
	d.Ranking.Projects = []model.ProjectResult{{ID: "b", Scores: []model.ProjectScore{{Bidder: "nobody"}}}}
	text := written(t, d, "en")
	_, lot, found := strings.Cut(textOf(bodyOf(t, text)), "Lot 2")
	require.True(t, found)
	lot, footprints, _ := strings.Cut(lot, "Footprints by project and pillar")
	assert.Contains(t, lot, "A full score gives 40 points. Nothing of this lot could be scored.")
	assert.NotContains(t, lot, "Weights of the projects")
	footprints, _, _ = strings.Cut(footprints, "Indicators in b by bidder")
	assert.NotContains(t, footprints, "reached")
	row := regexp.MustCompile(`(?s)<tr>.*?</tr>`).FindAllString(text[strings.Index(text, "Scores in b by pillar"):], 2)[1]
	assert.NotRegexp(t, `>0<`, row)
	assert.Equal(t, 8, strings.Count(row, "unknown"), row)
	lots := text[strings.Index(text, "Standing of the bidders in lot 2"):strings.Index(text, `id="footprints"`)]
	assert.NotRegexp(t, `>0<`, lots)
}

func TestAPageWithoutActsOrTotals(t *testing.T) {
	text := written(t, page.Data{Ranking: full().Ranking}, "en")
	assert.Contains(t, text, "This page shows no single acts.")
	assert.NotContains(t, text, `id="evidence"`)
	assert.NotContains(t, text, `id="activity"`)
	assert.NotContains(t, text, "data-show=")
	assert.NotEmpty(t, written(t, page.Data{Ranking: &model.Ranking{Status: model.Simulation, Since: day(1), Until: day(1)}}, "fr"), "an empty ranking is a page too")
	assert.NotEmpty(t, studied(t, &model.Sensitivity{}, nil, "fr"))
}

// Selection without a short-list says who meets the minimum, and no more.
func TestNoRanksWhereTheModeShowsNone(t *testing.T) {
	d := full()
	d.Ranking.Shortlist = false
	for i := range d.Ranking.Lots[0].Standings {
		d.Ranking.Lots[0].Standings[i].Rank = 0
	}
	text := written(t, d, "en")
	ranking := text[strings.Index(text, `id="ranking"`):strings.Index(text, `id="footprints"`)]
	assert.NotContains(t, ranking, "31.52")
	assert.NotContains(t, ranking, ">Rank<")
	assert.Contains(t, ranking, "missed")
}

func TestErrorsOfTheWriter(t *testing.T) {
	err := page.Write(fullDisk{}, full(), nil)
	assert.EqualError(t, err, "disk full")
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, fmt.Errorf("disk full") }

func day(n int) time.Time { return time.Date(2026, 1, n, 12, 0, 0, 0, time.UTC) }
