package workbook

import (
	"strings"
	"unicode/utf8"

	"github.com/tributary-oss/tributary/model"
)

// unknown is what stands where no figure is known, never 0.
func (b *book) unknown() string { return b.l.T("unknown") }

// none stands where nothing is asked for. It is a text, as an empty cell would become 0 where
// a formula points to it.
const none = "–"

// top writes the first rows of a sheet: what the result is, of which tender, and what the
// sheet is for. Sheets that follow the cells of Weights are a simulation, whatever the
// ranking is.
func (b *book) top(g *grid, follows bool, note string) {
	line, as := b.headline(), labelLook
	if follows {
		g.colour = red
		line = b.l.T("SIMULATION: the figures here follow the yellow cells of the sheet %s. They decide nothing; the result stands on the sheet %s.", b.l.T("Weights"), b.l.T("Official"))
	}
	if follows || b.official.Status != model.Official {
		as = bannerLook
	}
	line += b.gaps()
	g.across(cell{value: line, look: as}, b.lines(g, line, 1.3))
	about := b.about()
	g.across(cell{value: about, look: titleLook}, b.lines(g, about, 1.2))
	if note != "" {
		g.across(cell{value: note, look: noteLook}, b.lines(g, note, 1))
	}
	g.heads = len(g.rows)
}

// headline says what the ranking is.
func (b *book) headline() string {
	if b.official.Status == model.Official {
		return b.l.T("OFFICIAL: computed from the document sealed as %s", clean(b.official.Seal))
	}
	return b.l.T("SIMULATION: not computed from a sealed document")
}

// gaps says how much could not be mined, and of how many bidders only some are shown.
func (b *book) gaps() string {
	said := ""
	if n := len(b.official.Gaps); n > 0 {
		said += " — " + b.l.T("%d gaps: what could not be mined is listed on the sheet %s", n, b.l.T("Method"))
	}
	for _, lot := range b.official.Lots {
		if n := len(lot.Standings); n > b.in.Most {
			said += " — " + b.l.T("lot %s: the first %d of %d bidders are shown", clean(lot.ID), b.in.Most, n)
		}
	}
	return said
}

// about names the tender and its window.
func (b *book) about() string {
	r := b.official
	list := []string{}
	for _, s := range []string{r.Tender.ID, r.Tender.Title, r.Tender.Buyer} {
		if s != "" {
			list = append(list, clean(s))
		}
	}
	list = append(list, b.l.T("window %s to %s, end excluded", b.l.Date(r.Since), b.l.Date(r.Until)))
	return strings.Join(list, " · ")
}

// mostLines is how high a joined row becomes: those above the table stay in sight.
const mostLines = 5

// lines is the height of a text over the whole width of a sheet: what spreadsheets do not
// find by themselves where cells are joined.
func (b *book) lines(g *grid, s string, size float64) float64 {
	width := 0.0
	for _, w := range g.widths {
		width += w
	}
	n := 1 + int(float64(utf8.RuneCountInString(s))*size/max(width, 1))
	n = min(n, mostLines)
	return float64(n)*13*size + 4
}

// section writes the heading of a part of a sheet, after an empty row, and the names of its
// columns.
func (b *book) section(g *grid, title string, columns ...string) {
	g.add()
	g.add(cell{value: title, look: titleLook})
	b.columns(g, columns...)
}

// columns writes the names of columns, "" for none.
func (b *book) columns(g *grid, names ...string) int {
	row := make([]cell, g.width())
	for i := range row {
		row[i].look = headLook
	}
	for i, n := range names {
		if n != "" {
			row[i] = head(b.l.T(n))
		}
	}
	return g.add(row...)
}

// say translates a sentence of the engine; what it cannot stays English.
func (b *book) say(s string) string {
	said, _ := b.l.Say(s)
	return clean(said)
}

// word translates a name of the method, such as that of a pillar; another one stays.
func (b *book) word(s string) string { return b.say(s) }
