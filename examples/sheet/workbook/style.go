package workbook

import "github.com/xuri/excelize/v2"

// look is how a cell looks, and whether it may be changed.
type look int

const (
	textLook    look = iota
	wrapLook         // a text of several lines
	titleLook        // the heading of a part
	bannerLook       // SIMULATION
	labelLook        // what the result is, where it is official
	noteLook         // what a sheet is for
	headLook         // of a column
	numberLook       // as many decimals as there are
	pointsLook       // two decimals
	partLook         // four decimals, in [0,1] mostly
	percentLook      // one decimal
	countLook        // whole, digits grouped
	dayLook          // day and time
	inputLook        // a number that an evaluator may change
	lockedLook       // a number of the same kind that may not be changed
	dotLook          // a dot for 1 and nothing for 0
	changeLook       // with its sign
	sumLook          // text of a row that sums up
	sumPoints        // number of such a row
	sumPercent
	sumCount
	sumChange
	linkLook
)

// Colours, dark on light with a contrast of at least 4.5 to 1.
const (
	red      = "B3261E"
	white    = "FFFFFF"
	navy     = "1F3864"
	grey     = "595959"
	lightRow = "EAEFF7"
	yellow   = "FFF8D6"
	blue     = "0B4F8A"
	orange   = "F7C59F"
)

// pillarColours are told apart without seeing colours, too: dark, middle, light.
var pillarColours = []string{"1F3864", "D55E00", "8CC4E8"}

// style returns the number of a look in the file.
func (b *book) style(l look) (int, error) {
	if id, ok := b.styles[l]; ok {
		return id, nil
	}
	id, err := b.file.NewStyle(b.styleOf(l))
	b.styles[l] = id
	return id, err
}

func (b *book) styleOf(l look) *excelize.Style {
	s := &excelize.Style{Font: &excelize.Font{Family: "Calibri", Size: 10}, Alignment: &excelize.Alignment{Vertical: "top"},
		Protection: &excelize.Protection{Locked: true}}
	if f := formatOf(l, b.l.Lang()); f != "" {
		s.CustomNumFmt = &f
	}
	fill := func(colour string) { s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}} }
	line := func(colour string) {
		s.Border = []excelize.Border{{Type: "bottom", Style: 1, Color: colour}, {Type: "top", Style: 1, Color: colour},
			{Type: "left", Style: 1, Color: colour}, {Type: "right", Style: 1, Color: colour}}
	}
	switch l {
	case textLook, wrapLook:
		s.Alignment.Indent, s.Alignment.Horizontal, s.Alignment.WrapText = 1, "left", l == wrapLook
	case titleLook:
		s.Font.Bold, s.Font.Size, s.Font.Color = true, 12, navy
	case bannerLook, labelLook:
		s.Font.Bold, s.Font.Size, s.Font.Color = true, 12, navy
		s.Alignment.WrapText, s.Alignment.Vertical = true, "center"
		if l == bannerLook {
			fill(red)
			s.Font.Color = white
		}
	case noteLook:
		s.Font.Color = grey
		s.Alignment.WrapText = true
	case headLook:
		fill(navy)
		line(white)
		s.Font.Bold, s.Font.Color = true, white
		s.Alignment.WrapText, s.Alignment.Vertical, s.Alignment.Horizontal = true, "center", "center"
	case inputLook:
		fill(yellow)
		line(grey)
		s.Font.Color, s.Protection.Locked = blue, false
	case lockedLook:
		s.Font.Color = grey
	case dotLook:
		s.Font.Color, s.Alignment.Horizontal = red, "center"
	case linkLook:
		s.Font.Color, s.Font.Underline = blue, "single"
	}
	switch l {
	case pointsLook, sumPoints, sumPercent, sumCount, sumChange, partLook, percentLook, countLook, changeLook, numberLook, inputLook, lockedLook:
		s.Alignment.Horizontal = "right" // "unknown" too
	}
	switch l {
	case sumLook, sumPoints, sumPercent, sumCount, sumChange:
		fill(lightRow)
		s.Font.Bold = true
	}
	if l == sumLook {
		s.Alignment.Indent, s.Alignment.Horizontal, s.Alignment.WrapText = 1, "left", true
	}
	return s
}

// formatOf is the number format of a look, "" for as many decimals as there are. Programs show
// it with the signs of their own region.
func formatOf(l look, lang string) string {
	switch l {
	case pointsLook, sumPoints:
		return "#,##0.00"
	case partLook:
		return "0.0000"
	case percentLook, sumPercent:
		return "0.0%"
	case countLook, sumCount:
		return "#,##0"
	case changeLook, sumChange:
		return "+#,##0.00;-#,##0.00;0.00"
	case dotLook:
		return `"●";;""`
	case dayLook:
		if lang == "fr" {
			return "dd/mm/yyyy hh:mm"
		}
		return "yyyy-mm-dd hh:mm"
	}
	return ""
}
