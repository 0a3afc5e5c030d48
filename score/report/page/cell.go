package page

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tributary-oss/tributary/model"
)

// The most that is shown of what has no bound of its own, so that a page stays one that a
// browser can open; what is left out is said each time.
const (
	mostText   = 600  // characters of a sentence
	mostQuote  = 5000 // characters of a text of the method
	mostName   = 120  // characters of a name
	mostListed = 200  // bidders of a lot, gaps, warnings
	mostTables = 600  // bidders' tables over all projects
	mostEach   = 40   // bidders' tables of one project
	mostTips   = 300  // branches
)

// said is a sentence. English marks one that stands in English on a page in another language.
type said struct {
	Text    string
	English bool
}

// say translates a sentence that the engine made.
func (b *builder) say(sentence string) said {
	text, ok := b.l.Say(sentence)
	return said{clip(text, mostText), !ok}
}

// quote translates a text of the method, which is longer.
func (b *builder) quote(sentence string) said {
	text, ok := b.l.Say(sentence)
	return said{clip(text, mostQuote), !ok}
}

// plainly is a sentence of this page's own.
func plainly(text string) said { return said{Text: text} }

// table is a table with its caption.
type table struct {
	ID      string
	Caption string
	Hidden  bool // the caption repeats the heading above, and only screen readers need it
	Head    []cell
	Groups  []group
	Note    string // what is left out; "" is nothing
	Narrow  bool   // small type: many columns
	Long    bool   // rows of long texts
	Short   bool   // no wider than its texts
}

// group are rows that belong together, with a heading where there are several groups.
type group struct {
	Title string
	Note  string
	Span  int // columns of the table
	Rows  [][]cell
}

// cell is a cell of a table.
type cell struct {
	said
	Num    bool // a figure, aligned to the right
	Head   bool // the heading of its row
	Code   bool // a digest or key
	Strong bool
	Empty  bool // a heading that only screen readers see
	Mark   string
	Bar    *bar
	Link   string // the acts behind a figure, as the page's script filters them
	More   []said // further sentences, each on a line of its own
}

// bar is a bar of parts of 100, drawn in a cell; the figures beside it say the same.
type bar struct {
	Parts []segment
}

// segment is a part of a bar: from X, W wide, of 100; from Y, H high, of 10.
type segment struct {
	X, W, Y, H string
	Class      string
}

func text(s string) cell   { return cell{said: said{Text: s}} }
func num(s string) cell    { return cell{said: said{Text: s}, Num: true} }
func head(s string) cell   { return cell{said: said{Text: s}, Head: true} }
func code(s string) cell   { return cell{said: said{Text: s}, Code: true} }
func sayer(s said) cell    { return cell{said: s} }
func barred(x *bar) cell   { return cell{Bar: x} }
func unseen(s string) cell { return cell{said: said{Text: s}, Empty: true} }

// newTable returns a table with an id of its own.
func (b *builder) newTable(caption string, columns ...cell) *table {
	b.ids++
	return &table{ID: "t" + strconv.Itoa(b.ids), Caption: caption, Head: columns}
}

// add adds a row to the last group.
func (t *table) add(row ...cell) {
	if len(t.Groups) == 0 {
		t.Groups = append(t.Groups, group{})
	}
	last := &t.Groups[len(t.Groups)-1]
	last.Rows = append(last.Rows, row)
}

// group begins a group of rows.
func (t *table) group(title, note string) {
	t.Groups = append(t.Groups, group{Title: title, Note: note, Span: len(t.Head)})
}

// number writes a figure with as many decimals as it has, up to so many.
func (b *builder) number(x float64, most int) string {
	short := strconv.FormatFloat(x, 'f', most, 64)
	if strings.Contains(short, ".") {
		short = strings.TrimRight(short, "0")
	}
	_, after, _ := strings.Cut(short, ".")
	return b.l.Number(x, len(after))
}

// maybe writes a figure that may be unknown, which is never 0.
func (b *builder) maybe(x *float64, decimals int) string {
	if x == nil {
		return b.words["unknown"]
	}
	return b.l.Number(*x, decimals)
}

// labelled writes what a text is about before it. The catalogues hold no text that is nothing
// but what is put in: sentences of the engine would be taken for it.
func (b *builder) labelled(label, text string) string { return label + b.l.T(": ") + text }

// change writes a difference with its sign.
func (b *builder) change(x *float64) string {
	if x == nil {
		return b.words["unknown"]
	}
	s := b.l.Number(*x, 2)
	if *x > 0 {
		return "+" + s
	}
	return s
}

// bidder returns a bidder's name.
func (b *builder) bidder(id string) string {
	if name := b.names[id]; name != "" {
		return clip(name, mostName)
	}
	return clip(id, mostName)
}

// learn remembers the bidders' names.
func (b *builder) learn(id, name string) {
	if name != "" {
		b.names[id] = name
	}
}

// clip cuts a text, and takes out what a browser shows nothing of or lets turn a line around:
// names come from strangers.
func clip(s string, most int) string {
	whole := s
	if len(s) > 8*most+64 {
		whole = s[:8*most+64] // a hostile text costs no more time than another
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\u00a0' || r == '\u202f':
			return r // which French asks for
		case unicode.IsSpace(r):
			return ' '
		case r != utf8.RuneError && !unicode.IsPrint(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(whole, "\ufffd"))
	if whole != "" && strings.TrimSpace(s) == "" {
		return "\ufffd" // something stands there, and a heading or a link has to be seen
	}
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// part of a bar, in hundredths of its length to two decimals.
func share(x float64) string {
	return strconv.FormatFloat(min(max(x, 0), 100), 'f', 2, 64)
}

// ranked reports whether the mode shows points. Selection without a short-list shows only who
// meets the minimum.
func ranked(r *model.Ranking) bool {
	if r.Mode != model.Selection || r.Shortlist || r.MinimumPoints == 0 {
		return true
	}
	for _, lot := range r.Lots {
		for _, s := range lot.Standings {
			if s.Rank > 0 {
				return true
			}
		}
	}
	return false
}
