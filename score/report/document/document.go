// Package document writes what a buyer publishes and sends: the criterion of a tender, and
// the letter with the reasons for a result. A document is made once, as a plain list of
// blocks, and rendered as Markdown or as HTML.
//
// Texts are in a language of package locale. What strangers wrote, such as the names of
// bidders, goes into a text as an argument of it and stays a text there: it can neither
// steer a terminal nor become markup.
package document

// Document is a text of blocks. It holds no address of a person and no person's name.
type Document struct {
	Lang   string // of the texts, as BCP 47 has it
	Title  Text
	Status Text // what stands first, above the title: SIMULATION, a draft, gaps
	Blocks []Block
}

// Block is one part of a document: exactly one of its texts is set.
type Block struct {
	Heading Text   // of a section
	Below   Text   // heading of a part of a section
	Para    Text   // a paragraph
	Items   []Text // a list
	Ordered bool   // the list is numbered
	Table   *Table
}

// Table is a table whose first column names the rows.
type Table struct {
	Caption Text
	Head    []Text
	Rows    [][]Text // each as long as Head
	Right   []int    // columns of numbers
}

// add appends a block.
func (d *Document) add(b Block) { d.Blocks = append(d.Blocks, b) }

func (d *Document) heading(t Text)    { d.add(Block{Heading: t}) }
func (d *Document) below(t Text)      { d.add(Block{Below: t}) }
func (d *Document) para(t Text)       { d.add(Block{Para: t}) }
func (d *Document) items(t ...Text)   { d.add(Block{Items: t}) }
func (d *Document) ordered(t ...Text) { d.add(Block{Items: t, Ordered: true}) }
func (d *Document) table(t *Table)    { d.add(Block{Table: t}) }

// units returns the texts of a document one by one: title, headings, paragraphs, items and
// rows, the cells of which are joined.
func (d *Document) units() []Text {
	list := []Text{d.Status, d.Title}
	for _, b := range d.Blocks {
		switch {
		case b.Items != nil:
			list = append(list, b.Items...)
		case b.Table != nil:
			list = append(list, b.Table.Caption, joinText(b.Table.Head, " "))
			for _, row := range b.Table.Rows {
				list = append(list, joinText(row, " "))
			}
		default:
			list = append(list, b.Heading+b.Below+b.Para)
		}
	}
	return list
}
