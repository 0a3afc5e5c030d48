package serve

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/tributary-oss/tributary/examples/sheet/serve/grant"
	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// node is an element or a text of a page.
type node = html.Node

func parse(t testing.TB, text string) *node {
	n, err := html.Parse(strings.NewReader(text))
	require.NoError(t, err)
	return n
}

// all returns the elements of a page with one of the names, in order; no name means all.
func all(n *node, names ...string) (list []*node) {
	for x := range n.Descendants() {
		if x.Type == html.ElementNode && (len(names) == 0 || slices.Contains(names, x.Data)) {
			list = append(list, x)
		}
	}
	return list
}

func attribute(n *node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func textOf(n *node) string {
	var b strings.Builder
	for x := range n.Descendants() {
		if x.Type == html.TextNode {
			b.WriteString(x.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

func within(n *node, names ...string) bool {
	for a := range n.Ancestors() {
		if slices.Contains(names, a.Data) {
			return true
		}
	}
	return false
}

func (b *bench) page(path string, headers ...string) (*node, http.Header) {
	b.Helper()
	text, h := b.get(http.StatusOK, path, headers...)
	return parse(b, text), h
}

func TestThePageSpeaksTheReadersLanguage(t *testing.T) {
	b := newBench(t, nil)
	for _, x := range []struct{ query, accept, lang string }{
		{"", "", "en"}, {"", "de", "en"}, {"", "fr-CH, de;q=0.5", "fr"}, {"", "en;q=0.1, fr", "fr"}, {"", "de, fr;q=0.2, en;q=0.1", "fr"}, {"", ";;q=x", "en"},
		{"?lang=fr", "en", "fr"}, {"?lang=en", "fr", "en"},
	} {
		for _, path := range []string{"/", "/v1/c/TOKEN/"} {
			page, h := b.page(path+x.query, "Accept-Language", x.accept)
			assert.Equal(t, x.lang, attribute(all(page, "html")[0], "lang"), "%s %v", path, x)
			assert.Equal(t, x.lang, h.Get("Content-Language"))
			assert.Contains(t, strings.Join(h.Values("Vary"), ","), "Accept-Language")
			title := map[string]string{"en": "Cells that pull", "fr": "Cellules connectées"}[x.lang]
			assert.Equal(t, title, textOf(all(page, "h1")[0]))
		}
	}
}

// The first line says what the result is, and what it lacks, in the title too.
func TestThePageSaysFirstWhatTheResultIs(t *testing.T) {
	b := newBench(t, nil)
	for lang, said := range map[string]string{"en": "SIMULATION; 1 gap", "fr": "SIMULATION\u00a0; 1 lacune"} {
		page, _ := b.page("/v1/c/TOKEN/?lang=" + lang)
		assert.True(t, strings.HasPrefix(textOf(all(page, "body")[0]), said))
		assert.True(t, strings.HasPrefix(textOf(all(page, "title")[0]), said))
		assert.Equal(t, "said simulation", attribute(all(page, "p")[0], "class"))
	}
	r := ranking()
	r.Status, r.Seal, r.Gaps = model.Official, "sha256:5f3a", nil
	put(t, b.dir, r)
	b.pass(every)
	page, _ := b.page("/v1/c/TOKEN/")
	assert.Equal(t, "OFFICIAL sha256:5f3a", textOf(all(page, "p")[0]))
	assert.Equal(t, "said", attribute(all(page, "p")[0], "class"))
}

// Every text of the page stands in the French catalogue.
func TestThePageIsTranslated(t *testing.T) {
	l, err := locale.Of(localeFrench)
	require.NoError(t, err)
	var texts []string
	for _, m := range regexp.MustCompile(`{{T "([^"]+)"`).FindAllStringSubmatch(pageText, -1) {
		texts = append(texts, m[1])
	}
	require.Greater(t, len(texts), 10)
	for _, g := range (site{"http://x", "token", name}).groups("a", "1") {
		texts = append(texts, g.Title)
		for _, r := range g.Recipes {
			texts = append(texts, r.Use)
		}
	}
	for _, text := range texts {
		assert.True(t, l.Has(text), "no French of %q", text)
	}
}

// What a reader with a screen reader, a keyboard or a narrow screen needs.
func TestThePageIsAccessible(t *testing.T) {
	b := newBench(t, nil)
	for _, path := range []string{"/", "/?lang=fr", "/v1/c/TOKEN/", "/v1/c/TOKEN/?lang=fr"} {
		page, _ := b.page(path)
		assert.NotEmpty(t, attribute(all(page, "html")[0], "lang"))
		assert.Len(t, all(page, "h1"), 1)
		assert.Len(t, all(page, "main"), 1)
		assert.NotContains(t, attribute(all(page, "meta")[1], "content"), "user-scalable")
		level, ids := 0, map[string]bool{}
		for _, n := range all(page) {
			if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
				assert.LessOrEqual(t, int(n.Data[1]-'0'), level+1, "%s leaves a level out: %s", path, textOf(n))
				level = int(n.Data[1] - '0')
			}
			if id := attribute(n, "id"); id != "" {
				assert.False(t, ids[id], "%s twice", id)
				ids[id] = true
			}
			switch n.Data {
			case "a", "button", "h1", "h2", "h3", "label", "option", "title":
				assert.NotEmpty(t, textOf(n), n.Data)
			case "select":
				assert.True(t, within(n, "label"), "a choice without a label")
			case "input":
				assert.Equal(t, "hidden", attribute(n, "type"))
			case "pre":
				assert.Equal(t, "0", attribute(n, "tabindex"), "the keyboard reaches what may scroll")
			}
		}
		for _, n := range all(page, "section") {
			assert.True(t, ids[attribute(n, "aria-labelledby")])
		}
		for n := range all(page, "body")[0].Descendants() {
			if n.Type == html.TextNode && strings.TrimSpace(n.Data) != "" {
				assert.True(t, within(n, "main", "header"), "outside of all landmarks: %q", n.Data)
			}
		}
		other := all(page, "nav")[0].FirstChild
		assert.Equal(t, attribute(other, "hreflang"), attribute(other, "lang"))
	}
}

// The page runs nothing and loads nothing: one style, which the policy names, and links to
// the server itself.
func TestThePageHoldsNoScript(t *testing.T) {
	b := newBench(t, nil)
	for _, path := range []string{"/", "/v1/c/TOKEN/", "/v1/c/TOKEN/?tender=" + name + "&lot=1&bidder=" + url.QueryEscape(hostile)} {
		page, h := b.page(path)
		policy := h.Get("Content-Security-Policy")
		assert.Contains(t, policy, "default-src 'none'; style-src 'sha256-")
		assert.NotContains(t, policy, "unsafe")
		styles := all(page, "style")
		require.Len(t, styles, 1)
		assert.Equal(t, pageStyle, styles[0].FirstChild.Data, "what the digest in the policy is of")
		assert.Equal(t, "text/html; charset=utf-8", h.Get("Content-Type"))
		assert.Equal(t, "private, no-cache", h.Get("Cache-Control"))
		for _, n := range all(page) {
			assert.NotContains(t, []string{"script", "img", "iframe", "object", "embed", "link", "base", "svg"}, n.Data)
			for _, a := range n.Attr {
				assert.False(t, strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src", "%s %s", n.Data, a.Key)
				if a.Key == "href" || a.Key == "action" {
					assert.True(t, strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "//"), a.Val)
				}
			}
		}
	}
}

// What strangers wrote is text on the page, without what hides or turns it, however long.
func TestHostileTextsOnThePage(t *testing.T) {
	b := newBench(t, nil)
	r := ranking()
	r.Tender.Title = "</style><script>alert(1)</script>" + strings.Repeat("x", 100_000)
	r.Tender.Buyer = "a\u202eb\x00c\x1b[31m\xff"
	r.Lots[0].Title = `"><img src=x onerror=alert(1)>`
	r.Lots[0].Standings[2].Name = strings.Repeat("\u202d", 100_000)
	put(t, b.dir, r)
	b.pass(every)
	text, _ := b.get(http.StatusOK, "/v1/c/TOKEN/?tender="+name+"&lot=1&bidder="+url.QueryEscape(hostile))
	assert.Less(t, len(text), 40_000)
	for _, mark := range []string{"\u202e", "\u202d", "\x00", "\x1b", "\ufeff"} {
		assert.NotContains(t, text, mark)
	}
	page := parse(t, text)
	assert.Empty(t, all(page, "script", "img"))
	assert.Contains(t, textOf(page), "<script>alert(1)</script>", "as text")
	chosen := slices.DeleteFunc(all(page, "option"), func(n *node) bool { return attribute(n, "value") != hostile })
	require.Len(t, chosen, 1)
	assert.Equal(t, "<script>alert(1)</script>\uFFFD\uFFFD\uFFFD[31m\"'", textOf(chosen[0]))
	b.pulls(page, "0", "0")
}

// Who chooses a bidder and a lot keeps the choice in the other language, and gets formulas
// for it; an unknown one gives the first.
func TestAChoiceOnThePage(t *testing.T) {
	b := newBench(t, nil)
	for _, x := range []struct{ query, lot, bidder, value string }{
		{"", "1", "karst", "31.52"}, {"tender=" + name + "&lot=1&bidder=bigco", "1", "bigco", "unknown"}, {"tender=" + name + "&lot=lot+2&bidder=karst", "lot 2", "1.5", "unknown"},
		{"tender=" + name + "&lot=9&bidder=nobody", "1", "karst", "31.52"}, {"tender=another&lot=1&bidder=bigco", "1", "karst", "31.52"},
	} {
		page, _ := b.page("/v1/c/TOKEN/?lang=en&" + x.query)
		var chosen []string
		for _, n := range all(page, "option") {
			if slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "selected" }) {
				chosen = append(chosen, attribute(n, "value"))
			}
		}
		assert.Equal(t, []string{x.lot, x.bidder}, chosen, x.query)
		assert.Contains(t, textOf(page), "a cell shows "+x.value+" points", x.query)
		assert.Contains(t, textOf(page), url.Values{"bidder": {x.bidder}}.Encode(), x.query)
		other, err := url.Parse(attribute(all(page, "nav")[0].FirstChild, "href"))
		require.NoError(t, err)
		want, err := url.ParseQuery(x.query)
		require.NoError(t, err)
		want.Set("lang", "fr")
		assert.Equal(t, want, other.Query())
		b.get(http.StatusOK, other.String())
	}
}

func TestPagesOfSeveralTendersAndOfNone(t *testing.T) {
	b := newBench(t, nil)
	page, _ := b.page("/v1/c/" + b.other + "/")
	assert.Contains(t, textOf(page), "None of the tenders of this access is served")
	assert.NotContains(t, textOf(page), "karst")

	second := filepath.Join(t.TempDir(), "second")
	require.NoError(t, os.Mkdir(second, 0o755))
	r := ranking()
	r.Tender.ID, r.Lots = "second", []model.LotResult{}
	put(t, second, r)
	x, err := OpenTender(second, "")
	require.NoError(t, err)
	g, token, err := grant.New([]string{name, "second"}, "", b.now, b.now.AddDate(0, 0, 1))
	require.NoError(t, err)
	b = newBench(t, func(o *Options) { o.Tenders, o.Grants = append(o.Tenders, x), grant.Memory(g) })
	b.token = token
	page, _ = b.page("/v1/c/TOKEN/")
	assert.Len(t, all(page, "section"), 2)
	assert.Regexp(t, `^DEMO 2026/001: SIMULATION; 1 gap\s+second: SIMULATION; 1 gap\s`, textOf(all(page, "header")[0]))
	assert.Contains(t, textOf(all(page, "section")[1]), "Nobody bids yet.")
}

// A server behind a proxy, or asked under an odd name, gives addresses that lead to it and end
// no text of a formula.
func TestAddressesOnThePage(t *testing.T) {
	b := newBench(t, nil)
	for host, want := range map[string]string{"scores.example.org": "http://scores.example.org/v1/", "[::1]:8080": "http://[::1]:8080/v1/", `evil"),<b>`: "http://evilb/v1/"} {
		r := httptest.NewRequest("GET", "/v1/c/"+b.token+"/", nil)
		r.Host = host
		text := textOf(parse(t, bodyOf(t, b.do(r))))
		assert.Contains(t, text, `=WEBSERVICE("`+want, host)
	}
	b = newBench(t, func(o *Options) { o.Base = "https://scores.example.org" })
	page, _ := b.page("/v1/c/TOKEN/")
	assert.Contains(t, textOf(page), `=WEBSERVICE("https://scores.example.org/v1/c/`)
	assert.NotContains(t, textOf(page), "127.0.0.1")
}
