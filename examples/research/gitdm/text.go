package gitdm

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tributary-oss/tributary/model"
)

// TextOptions are the settings of [Text]; nil means the defaults.
type TextOptions struct {
	// Heading stands above the totals: of what they are, and on what they stand.
	Heading []string
	Width   int // of the terminal in columns; 0 is 80, and less than 40 is 40
	Most    int // rows shown of each table; 0 is all
}

// Text writes the totals and the tables for a person at a terminal. Tables of nothing
// are left out. A row of unknown employers is shown however small it is.
func Text(w io.Writer, r *Report, o *TextOptions) error {
	if o == nil {
		o = &TextOptions{}
	}
	t := &text{w: w, width: max(40, o.Width), most: o.Most}
	if o.Width == 0 {
		t.width = 80
	}
	for _, s := range o.Heading {
		t.wrap("%s", s)
	}
	t.totals(r.Totals)
	t.ends(r.Ends)
	for _, table := range r.Tables {
		t.table(table)
	}
	return t.err
}

// text remembers the first error of many writes.
type text struct {
	w           io.Writer
	width, most int
	err         error
}

func (t *text) line(format string, a ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.w, format+"\n", a...)
	}
}

// wrap writes a sentence in lines of the terminal's width, the later ones indented.
func (t *text) wrap(format string, a ...any) {
	line := ""
	for _, word := range strings.Fields(printable(fmt.Sprintf(format, a...))) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > t.width:
			t.line("%s", line)
			line = "  " + word
		default:
			line += " " + word
		}
	}
	t.line("%s", line)
}

func (t *text) totals(s Totals) {
	t.wrap("%s by %s of %s", plural(s.Changesets, "changeset"), plural(s.Developers, "developer"), plural(s.Employers, "known employer"))
	t.wrap("%s added, %s deleted, delta %s", plural(s.Added, "line"), digits(s.Deleted), digits(s.Delta()))
	t.wrap("%s touched, summed over changesets", plural(s.Files, "file"))
	if s.Merges > 0 {
		t.wrap("%s left out", plural(s.Merges, "merge commit"))
	}
	if s.Skipped > 0 {
		t.wrap("%s of addresses to skip left out", plural(s.Skipped, "changeset"))
	}
	if s.Incomplete > 0 {
		t.wrap("%s with lines that are not known", plural(s.Incomplete, "changeset"))
	}
}

// ends writes by how much the two ends of the range differ.
func (t *text) ends(f *model.Files) {
	if f == nil {
		return
	}
	t.wrap("between the two ends: %s, %s added, %s deleted", plural(f.Touched, "file"), plural(f.Lines.Added, "line"), digits(f.Lines.Deleted))
	if f.Unknown > 0 {
		t.wrap("of these, the content of %d files or folders is not known", f.Unknown)
	}
}

// table writes the heading, the rows, and how much of the whole the rows show.
func (t *text) table(table Table) {
	if table.Total == 0 {
		return
	}
	t.line("\n%s (total %s)", table.Title(), grouped(decimal(table.Total, 2)))
	shown := table.Rows
	if t.most > 0 && len(shown) > t.most {
		shown = slices.Clone(shown[:t.most])
		for _, row := range table.Rows[t.most:] {
			if row.Name == Unknown && table.Of == OfEmployers {
				shown = append(shown, row)
			}
		}
	}
	counts, name := 0, 0
	for _, row := range shown {
		counts = max(counts, len(grouped(decimal(row.Count, 2))))
		name = max(name, utf8.RuneCountInString(printable(row.Name)))
	}
	name = min(name, t.width-counts-len("     100.0%")) // what stands around them
	sum := int64(0)
	for _, row := range shown {
		sum += row.Count
		t.line("  %s %*s %6s%%", padded(printable(row.Name), name), counts, grouped(decimal(row.Count, 2)), table.Share(row))
	}
	if left := len(table.Rows) - len(shown); left > 0 {
		t.line("  and %d more; shown are %s%%", left, table.share(sum))
	}
}

// printable takes out of a name what could steer a terminal: it comes from strangers.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, s)
}

// padded fills a text up to a number of characters, or cuts it.
func padded(s string, width int) string {
	r := []rune(s)
	if len(r) > width {
		return string(r[:width-1]) + "…"
	}
	return s + strings.Repeat(" ", width-len(r))
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return digits(n) + " " + noun + "s"
}

func digits(n int) string { return grouped(strconv.Itoa(n)) }

// grouped writes a decimal number with a comma between thousands.
func grouped(s string) string {
	whole, rest, point := strings.Cut(s, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if point {
		whole += "." + rest
	}
	return sign + whole
}
