package document

import (
	"bufio"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// Markdown writes the document in CommonMark with the tables of GitHub's dialect, a
// paragraph a line. The first line is what the document is: SIMULATION, or a draft.
func (d *Document) Markdown(w io.Writer) error {
	b := bufio.NewWriter(w)
	if d.Status != "" {
		b.WriteString(markdown(strong(d.Status)) + "\n\n")
	}
	b.WriteString("# " + markdown(d.Title) + "\n")
	for _, x := range d.Blocks {
		b.WriteString("\n")
		switch {
		case x.Heading != "":
			b.WriteString("## " + markdown(x.Heading) + "\n")
		case x.Below != "":
			b.WriteString("### " + markdown(x.Below) + "\n")
		case x.Items != nil:
			for i, item := range x.Items {
				sign := "-"
				if x.Ordered {
					sign = strconv.Itoa(i+1) + "."
				}
				b.WriteString(sign + " " + begin(markdown(item)) + "\n")
			}
		case x.Table != nil:
			markdownTable(b, x.Table)
		default:
			b.WriteString(begin(markdown(x.Para)) + "\n")
		}
	}
	return b.Flush()
}

func markdownTable(b *bufio.Writer, t *Table) {
	b.WriteString(markdown(strong(t.Caption)) + "\n\n")
	row := func(cells []Text) {
		for _, c := range cells {
			b.WriteString("| " + strings.ReplaceAll(markdown(c), "\n", " ") + " ")
		}
		b.WriteString("|\n")
	}
	row(t.Head)
	for i := range t.Head {
		b.WriteString("|" + map[bool]string{true: "--:", false: "---"}[t.isRight(i)])
	}
	b.WriteString("|\n")
	for _, cells := range t.Rows {
		row(cells)
	}
}

func (t *Table) isRight(column int) bool {
	for _, c := range t.Right {
		if c == column {
			return true
		}
	}
	return false
}

// markdown writes a text so that no character of it is taken for markup.
func markdown(t Text) string {
	var b, inCode strings.Builder
	isCode := false
	t.walk(func(r rune) {
		switch {
		case isCode:
			inCode.WriteRune(r)
		case strings.ContainsRune("\\`*_[]<>|~&#$@{}", r):
			b.WriteString("\\" + string(r))
		case r == '.' || r == ':':
			b.WriteString(afterWord(b.String(), r))
		default:
			b.WriteRune(r)
		}
	}, func(m rune) {
		switch m {
		case codeOn:
			isCode = true
		case codeOff:
			isCode = false
			b.WriteString(codeSpan(inCode.String()))
			inCode.Reset()
		case strongOn, strongOff, blankOn, blankOff:
			b.WriteString("**")
		}
	}, func(string) {})
	return b.String()
}

// afterWord writes a character that would make an address of what stands before it: "www."
// and "https:", which some dialects turn into links by themselves.
func afterWord(before string, r rune) string {
	word := strings.ToLower(before[strings.LastIndexFunc(before, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })+1:])
	switch {
	case r == '.' && strings.HasSuffix(word, "www"),
		r == ':' && (strings.HasSuffix(word, "http") || strings.HasSuffix(word, "https") || strings.HasSuffix(word, "ftp") || word == "mailto" || word == "xmpp"):
		return "\\" + string(r)
	}
	return string(r)
}

// listSign is what makes a list, or a line below a heading, at the beginning of a text.
var listSign = regexp.MustCompile(`^([0-9]*)([-+=.)])`)

// begin keeps the beginning of a paragraph or an item from making a list.
func begin(s string) string { return listSign.ReplaceAllString(s, `$1\$2`) }

// codeSpan writes code between as many backquotes as it takes. A bar would end the cell of a
// table even in code: text that has one is written as text.
func codeSpan(s string) string {
	if strings.Contains(s, "|") {
		return markdown(Text(s))
	}
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if s == "" {
		return ""
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}
