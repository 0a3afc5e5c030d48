package document

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// withoutBlanks is the text without what the buyer has to fill in.
func (t Text) withoutBlanks() string {
	var b strings.Builder
	inside := false
	t.walk(func(r rune) {
		if !inside {
			b.WriteRune(r)
		}
	}, func(m rune) {
		if m == blankOn || m == blankOff {
			inside = m == blankOn
		}
	}, func(string) {})
	return b.String()
}

var (
	token      = regexp.MustCompile(`[\p{L}\p{N}]+(?:[.\-/_:@][\p{L}\p{N}]+)*`)
	groupSpace = regexp.MustCompile(`([0-9]) ([0-9]{3})\b`)
	groupComma = regexp.MustCompile(`([0-9]),([0-9]{3})\b`)
	comma      = regexp.MustCompile(`([0-9]),([0-9])`)
	slashDate  = regexp.MustCompile(`\b([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})\b`)
	wordDate   = regexp.MustCompile(`\b([0-9]{1,2})(?:er|st|nd|rd|th)? (\p{L}+) ([0-9]{4})\b`)
	turnedDate = regexp.MustCompile(`\b(\p{L}+) ([0-9]{1,2})(?:st|nd|rd|th)?, ([0-9]{4})\b`)
)

// tokens takes a text apart into words, numbers, dates and addresses, in lower case. Numbers
// have no signs between thousands and a decimal point, dates are written as 2026-11-01: so
// texts agree in whatever form a language or a person writes these.
func tokens(s, lang string) []string {
	s = strings.ToLower(strings.NewReplacer("\u00a0", " ", "\u202f", " ", "’", "'", "−", "-").Replace(s))
	s = slashDate.ReplaceAllStringFunc(s, func(d string) string {
		m := slashDate.FindStringSubmatch(d)
		return iso(m[3], m[2], m[1], d)
	})
	s = wordDate.ReplaceAllStringFunc(s, func(d string) string {
		m := wordDate.FindStringSubmatch(d)
		return iso(m[3], monthNumber(m[2]), m[1], d)
	})
	s = turnedDate.ReplaceAllStringFunc(s, func(d string) string {
		m := turnedDate.FindStringSubmatch(d)
		return iso(m[3], monthNumber(m[1]), m[2], d)
	})
	if lang == "fr" {
		s = comma.ReplaceAllString(groupSpace.ReplaceAllString(s, "$1$2"), "$1.$2")
	} else {
		s = groupComma.ReplaceAllString(s, "$1$2")
	}
	list := token.FindAllString(s, -1)
	for i, t := range list {
		if x, err := strconv.ParseFloat(t, 64); err == nil && isFigure(t) && len(t) < 16 {
			list[i] = strconv.FormatFloat(x, 'f', -1, 64) // 40.00 is 40
		}
	}
	return list
}

// iso writes a date, or leaves the text as it is where it is none.
func iso(year, month, day, text string) string {
	m, err := strconv.Atoi(month)
	d, err2 := strconv.Atoi(day)
	if err != nil || err2 != nil || m < 1 || m > 12 {
		return text
	}
	return fmt.Sprintf("%s-%02d-%02d", year, m, d)
}

// monthNames are how dates that were edited by hand name months.
var monthNames = strings.Fields("january february march april may june july august september october november december" +
	" janvier février mars avril mai juin juillet août septembre octobre novembre décembre")

func monthNumber(name string) string {
	for i, m := range monthNames {
		if m == name {
			return strconv.Itoa(i%12 + 1)
		}
	}
	return ""
}

// isFigure reports whether a token is a number or a date.
func isFigure(t string) bool { return t != "" && unicode.IsDigit([]rune(t)[0]) }

// passages takes a published text apart.
func passages(text, lang string) []*passage {
	if looksLikeHTML(text) {
		text = htmlText(text)
	} else {
		text = markdownText(text)
	}
	var list []*passage
	above := ""
	for _, line := range strings.Split(text, "\n") {
		row := strings.Contains(line, "\t")
		cells := strings.Split(strings.Trim(line, "\t "), "\t")
		for i := range cells {
			cells[i] = strings.Join(strings.Fields(cells[i]), " ")
		}
		if line = strings.Join(cells, "\t"); strings.TrimSpace(line) == "" {
			continue
		}
		if !row {
			list = append(list, newPassage(line, "", lang))
			above = line
			continue
		}
		list = append(list, newPassage(line, above, lang))
	}
	return list
}

func looksLikeHTML(text string) bool {
	head := strings.ToLower(strings.TrimSpace(text[:min(len(text), 1000)]))
	return strings.HasPrefix(head, "<!doctype html") || strings.Contains(head, "<html")
}

// blocks are the elements of HTML whose text stands by itself.
var blocks = setOf(strings.Fields("p li h1 h2 h3 h4 h5 h6 tr caption div section article blockquote dt dd pre title"))

// htmlText returns the text of a page, a block a line; the cells of a row are apart by tabs.
func htmlText(page string) string {
	var b strings.Builder
	skip := 0
	for z := html.NewTokenizer(strings.NewReader(page)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if skip == 0 {
				b.WriteString(strings.Join(strings.FieldsFunc(" "+string(z.Text())+" ", func(r rune) bool { return r == '\n' || r == '\t' || r == '\r' }), " "))
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			raw, _ := z.TagName()
			switch name := string(raw); {
			case name == "style" || name == "script":
				skip ^= 1
			case blocks[name]:
				b.WriteString("\n")
			case name == "td" || name == "th":
				b.WriteString("\t")
			}
		}
	}
}

var (
	comment   = regexp.MustCompile(`(?s)(^|[^\\])<!--.*?(?:-->|$)`)
	codeText  = regexp.MustCompile("(`+)(.*?)(`+)")
	escaped   = regexp.MustCompile(`\\([[:punct:]])`)
	listStart = regexp.MustCompile(`^\s*([-*+]|[0-9]+[.)])\s`)
	ruleLine  = regexp.MustCompile(`^[\s|:\-]*$`)
)

// markdownText returns the text of a Markdown or a plain text, a paragraph, an item or a row
// a line; the cells of a row are apart by tabs. Comments are not published: no reader sees them.
func markdownText(text string) string {
	var b strings.Builder
	text = comment.ReplaceAllString(text, "$1")
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		switch trimmed := strings.TrimSpace(line); {
		case ruleLine.MatchString(line):
			b.WriteString("\n")
		case strings.HasPrefix(trimmed, "|"):
			b.WriteString("\n" + strings.ReplaceAll(plainMarkdown(trimmed), "|", "\t") + "\t\n")
		case strings.HasPrefix(trimmed, "#"):
			b.WriteString("\n" + plainMarkdown(trimmed) + "\n")
		case listStart.MatchString(line):
			b.WriteString("\n" + plainMarkdown(listStart.ReplaceAllString(line, "")))
		default:
			b.WriteString(" " + plainMarkdown(trimmed))
		}
	}
	return b.String()
}

// plainMarkdown takes the markup out of a line, and what a backslash keeps from being markup.
func plainMarkdown(line string) string {
	const hidden = '\uF000' // characters that stay, moved into the private use area
	hide := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r < 0x80 && strings.ContainsRune("*`#|\\_", r) {
				return hidden + r
			}
			return r
		}, s)
	}
	line = codeText.ReplaceAllStringFunc(line, func(s string) string { return hide(strings.Trim(s, "`")) })
	line = escaped.ReplaceAllStringFunc(line, func(s string) string { return hide(s[1:]) })
	line = strings.NewReplacer("*", "", "`", "", "#", "").Replace(line)
	return strings.Map(func(r rune) rune {
		if r >= hidden && r < hidden+0x80 {
			return r - hidden
		}
		return r
	}, line)
}
