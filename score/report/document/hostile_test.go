package document

import (
	"bytes"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
	"golang.org/x/net/html"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// hostile are texts that would do something if anybody took them for more than texts.
var hostile = []string{
	"=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "- item", "1. item", "1) item", "# heading", "> quote", "===", "---", "***", "```", "~~~",
	"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</title><b>", "<!-- x", "&lt;b&gt;", "&#60;b&#62;", "[x](javascript:alert(1))", "![x](https://evil.example/x.png)",
	"<https://evil.example>", "https://evil.example/x", "www.evil.example", "evil@evil.example", "mailto:evil@evil.example", "xmpp:evil@evil.example", "ftp://evil.example",
	"*a*", "_a_", "__a__", "~~a~~", "`a`", "``", "a|b", "a\\|b", "\\", "\\*", "a\nb", "a\n\n# b", "a  \nb", "| a | b |", "|---|", "[^1]", "[x]: https://evil.example", "{{.}}", "{% x %}", "${x}", "$x$",
	"\u202eevil\u202c", "\u2066a\u2069", "\u200fa", "a\u0000b", "\x1b[31mred\x1b[0m", "\x07", "\u009b31m", "a\xffb", "\xed\xa0\x80", "\ufeffa", "\u2028a", "\ue000a\ue001", "\ue006k\ue007v\ue008", "\ue004a",
	strings.Repeat("x", 100000), "'\"", "%s %d %%", "%!s(MISSING)", "« »", "",
}

// everyText is a document that shows a text wherever a stranger's can stand.
func everyText(s string) *Document {
	w := words{locale.English()}
	d := &Document{Lang: "en", Title: plainText(s), Status: w.T("Subject: %s", s)}
	d.heading(plainText(s))
	d.below(plainText(s))
	d.para(plainText(s))
	d.para(code(s) + " " + strong(plainText(s)))
	d.items(plainText(s), w.T("Subject: %s", s), code(s))
	d.ordered(plainText(s))
	d.table(&Table{Caption: plainText(s), Head: []Text{plainText(s), "b"}, Rows: [][]Text{{plainText(s), code(s)}, {"c", strong(plainText(s))}}})
	d.para("the end")
	return d
}

// parsed reads Markdown as the strictest dialect does that finds most in it.
func parsed(source []byte) ast.Node {
	return goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote, extension.DefinitionList)).Parser().Parse(text.NewReader(source))
}

// kinds counts the nodes of a tree by their kind.
func kinds(n ast.Node) map[string]int {
	m := map[string]int{}
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering && n.Kind() != ast.KindText && n.Kind() != ast.KindString {
			m[n.Kind().String()]++
		}
		return ast.WalkContinue, nil
	})
	return m
}

// No text of a stranger makes anything of Markdown but a text: the tree is that of a
// harmless one.
func TestHostileTextsAreInertInMarkdown(t *testing.T) {
	want := kinds(parsed([]byte(textOf(t, everyText("harmless")))))
	for _, s := range hostile {
		if clean(s) == "" {
			continue
		}
		source := textOf(t, everyText(s))
		got := kinds(parsed([]byte(source)))
		if strings.Contains(s, "|") { // which code cannot hold in a table
			got["CodeSpan"] = want["CodeSpan"]
		}
		assert.Equal(t, want, got, "%.60q\n%.600s", s, source)
		assertVisible(t, source, s)
	}
}

// assertVisible holds that a text has no character that is not seen.
func assertVisible(t *testing.T, source, of string) {
	t.Helper()
	for _, r := range source {
		if !unicode.IsPrint(r) && r != '\n' && r != '\u00a0' && r != '\u202f' {
			t.Errorf("%.60q: %U is in it", of, r)
		}
	}
	assert.Less(t, len(source), 20000, "%.60q", of)
}

// Nor of HTML: the page has the elements of a harmless one, and their attributes.
func TestHostileTextsAreInertInHTML(t *testing.T) {
	page := func(s string) (elements []string, shown string) {
		var b bytes.Buffer
		require.NoError(t, everyText(s).HTML(&b))
		assertVisible(t, b.String(), s)
		node, err := html.Parse(&b)
		require.NoError(t, err)
		var walk func(*html.Node)
		walk = func(n *html.Node) {
			if n.Type == html.ElementNode {
				element := n.Data
				for _, a := range n.Attr {
					element += " " + a.Key + "=" + a.Val
				}
				elements = append(elements, element)
			}
			if n.Type == html.TextNode && n.Parent.Data != "style" {
				shown += n.Data
			}
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				walk(c)
			}
		}
		walk(node)
		return elements, shown
	}
	want, _ := page("harmless")
	for _, s := range hostile {
		if clean(s) == "" {
			continue
		}
		got, shown := page(s)
		assert.Equal(t, want, got, "%.60q", s)
		assert.Contains(t, shown, clean(s), "%.60q", s)
	}
}

// Both renderings say the same: what a reader of Markdown shows is what the page shows.
func TestMarkdownAndHTMLSayTheSame(t *testing.T) {
	plain := func(page []byte) string {
		return strings.Join(strings.Fields(htmlText(string(page))), " ")
	}
	d := Clause(full(), locale.English())
	for name, d := range map[string]*Document{"clause": d, "hostile": everyText("a *b* <c> [d](e) `f` 1. \\ & g_h ~i~")} {
		var page, fromMarkdown bytes.Buffer
		require.NoError(t, d.HTML(&page))
		require.NoError(t, goldmark.New(goldmark.WithExtensions(extension.GFM)).Convert([]byte(textOf(t, d)), &fromMarkdown))
		got := plain(page.Bytes())
		title := d.Title.String() + " " // stands in the head, too
		assert.Equal(t, plain(fromMarkdown.Bytes()), strings.TrimPrefix(got, strings.Join(strings.Fields(title), " ")+" "), name)
	}
}

// A tender and a ranking of hostile names make documents like any other.
func TestHostileNames(t *testing.T) {
	if testing.Short() {
		t.Skip("no two goroutines meet in it: the run without -short shows it")
	}
	for _, s := range hostile {
		tender := full()
		tender.About = model.About{ID: s, Title: s, Buyer: s}
		p := tender.Projects["geolib"]
		p.Reason, p.Repositories = s, []model.Repository{{URL: s, Web: s, Forge: s, Branches: []string{s}, Tips: map[string]string{s: s}}}
		p.Justify, p.Accept = []model.Justification{{Indicator: model.Changes, Reason: s}}, []model.Acceptance{{Kind: s, Repository: s, Reason: s}}
		tender.Projects["geolib"] = p
		tender.Lots[1].Title = s
		tender.Decisions[0].Reason, tender.Decisions[0].By, tender.Decisions[0].Decide = s, s, s
		want := kinds(parsed([]byte(textOf(t, Clause(full(), locale.English())))))
		source := textOf(t, Clause(tender, locale.English()))
		got := kinds(parsed([]byte(source)))
		for _, kind := range []string{"Heading", "Table", "TableRow", "HTMLBlock", "RawHTML", "Link", "Image", "AutoLink", "CodeBlock", "FencedCodeBlock", "ThematicBreak", "Blockquote", "Strikethrough"} {
			assert.Equal(t, want[kind], got[kind], "%s: %.60q", kind, s)
		}
		for _, r := range source {
			if !unicode.IsPrint(r) && r != '\n' && r != '\u00a0' && r != '\u202f' {
				t.Errorf("%.60q: %U is in it", s, r)
			}
		}
	}
}

// The page loads nothing and allows nothing but its own style.
func TestPageAllowsNothing(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, Clause(full(), locale.English()).HTML(&b))
	page := b.String()
	assert.Contains(t, page, `<html lang="en">`)
	assert.Contains(t, page, `content="default-src 'none'; style-src 'sha256-`)
	for _, never := range []string{"<script", "src=", "href=", "style=", "@import", "url(", "javascript:", " on" + "click"} {
		assert.NotContains(t, page, never)
	}
}

// A writer that fails is told.
func TestWritersThatFail(t *testing.T) {
	d := Clause(full(), locale.English())
	require.ErrorIs(t, d.Markdown(broken{}), errBroken)
	require.ErrorIs(t, d.HTML(broken{}), errBroken)
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }

var errBroken = assert.AnError
