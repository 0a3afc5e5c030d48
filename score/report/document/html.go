package document

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"strings"
)

//go:embed style.css
var style string

// HTML writes the document as one page that loads nothing: its policy allows its own style
// by its hash and nothing else. It prints to A4.
func (d *Document) HTML(w io.Writer) error {
	b := bufio.NewWriter(w)
	hash := sha256.Sum256([]byte(style))
	fmt.Fprintf(b, `<!DOCTYPE html>
<html lang="%s">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>%s</title>
<style>%s</style>
</head>
<body>
<main>
`, html.EscapeString(d.Lang), base64.StdEncoding.EncodeToString(hash[:]), html.EscapeString(d.Title.String()), style)
	if d.Status != "" {
		fmt.Fprintf(b, "<p class=\"status\">%s</p>\n", markup(d.Status))
	}
	fmt.Fprintf(b, "<h1>%s</h1>\n", markup(d.Title))
	section := -1
	for n, x := range d.Blocks {
		if x.Heading != "" {
			section = n
		}
		htmlBlock(b, n, section, x)
	}
	b.WriteString("</main>\n</body>\n</html>\n")
	return b.Flush()
}

// htmlBlock writes the block n, which stands under the heading that is the block section; -1
// is none.
func htmlBlock(b *bufio.Writer, n, section int, x Block) {
	switch {
	case x.Heading != "":
		fmt.Fprintf(b, "<h2 id=\"section-%d\">%s</h2>\n", n, markup(x.Heading))
	case x.Below != "":
		fmt.Fprintf(b, "<h3>%s</h3>\n", markup(x.Below))
	case x.Items != nil:
		list := map[bool]string{true: "ol", false: "ul"}[x.Ordered]
		fmt.Fprintf(b, "<%s>\n", list)
		for _, item := range x.Items {
			fmt.Fprintf(b, "<li>%s</li>\n", markup(item))
		}
		fmt.Fprintf(b, "</%s>\n", list)
	case x.Table != nil:
		htmlTable(b, n, section, x.Table)
	default:
		fmt.Fprintf(b, "<p>%s</p>\n", markup(x.Para))
	}
}

// htmlTable writes a table. Where it is wider than a screen it scrolls by itself, and takes
// the focus so that a keyboard can do it. It is called by its caption and by its section's heading:
// the tables of two lots can have the same caption.
func htmlTable(b *bufio.Writer, n, section int, t *Table) {
	name := fmt.Sprintf("table-%d", n)
	if section >= 0 {
		name = fmt.Sprintf("section-%d %s", section, name)
	}
	fmt.Fprintf(b, "<div class=\"wide\" role=\"region\" aria-labelledby=\"%s\" tabindex=\"0\">\n<table>\n<caption id=\"table-%d\">%s</caption>\n<thead>\n<tr>", name, n, markup(t.Caption))
	for i, c := range t.Head {
		fmt.Fprintf(b, "<th scope=\"col\"%s>%s</th>", t.class(i), markup(c))
	}
	b.WriteString("</tr>\n</thead>\n<tbody>\n")
	for _, row := range t.Rows {
		b.WriteString("<tr>")
		for i, c := range row {
			if i == 0 {
				fmt.Fprintf(b, "<th scope=\"row\"%s>%s</th>", t.class(i), markup(c))
				continue
			}
			fmt.Fprintf(b, "<td%s>%s</td>", t.class(i), markup(c))
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody>\n</table>\n</div>\n")
}

func (t *Table) class(column int) string {
	if t.isRight(column) {
		return ` class="right"`
	}
	return ""
}

// markup writes a text as HTML.
func markup(t Text) string {
	var b strings.Builder
	t.walk(func(r rune) { b.WriteString(html.EscapeString(string(r))) }, func(m rune) {
		switch m {
		case codeOn:
			b.WriteString("<code>")
		case codeOff:
			b.WriteString("</code>")
		case strongOn:
			b.WriteString("<strong>")
		case strongOff:
			b.WriteString("</strong>")
		case blankOn:
			b.WriteString(`<span class="blank">`)
		case blankOff:
			b.WriteString("</span>")
		}
	}, func(string) {})
	return b.String()
}
