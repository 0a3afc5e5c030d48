package serve

import (
	"fmt"
	"net/url"
	"strings"
)

// recipe is a formula to copy into a spreadsheet.
type recipe struct {
	Program string // the programs that take it, as their makers call them
	Use     string // what it shows, in English, a text of the catalogue
	Formula string
}

// group is a list of formulas for spreadsheets of one language.
type group struct {
	Title   string // in English, a text of the catalogue
	Recipes []recipe
}

// site is the part of an address before what is asked for, under which a tender is reached.
type site struct {
	base, token, tender string
}

// address returns the address of one of the tender's routes, with the token in it. Names of
// parameters and values alternate.
func (s site) address(route string, parameters ...string) string {
	a := fmt.Sprintf("%s/v1/c/%s/tenders/%s/%s", s.base, s.token, s.tender, route)
	for i := 0; i+1 < len(parameters); i += 2 {
		sign := "&"
		if i == 0 {
			sign = "?"
		}
		a += sign + parameters[i] + "=" + escape(parameters[i+1])
	}
	return a
}

// escape writes a value so that nothing in a formula or address can end it.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// excelText is the longest text that stands in a formula of Excel; longer ones are joined.
const excelText = 255

// quoted writes a text of a formula. Addresses hold no quotation marks.
func quoted(s string) string {
	var parts []string
	for len(s) > excelText {
		parts, s = append(parts, `"`+s[:excelText]+`"`), s[excelText:]
	}
	return strings.Join(append(parts, `"`+s+`"`), "&")
}

// groups are all formulas for a bidder in a lot.
func (s site) groups(bidder, lot string) []group {
	return []group{
		{"Spreadsheets in English", s.english(bidder, lot)},
		{"Spreadsheets in French", s.french(bidder, lot)},
		{"Power Query", s.powerQuery()},
	}
}

// english are the formulas of spreadsheets in English. NUMBERVALUE states how the number is
// written, so that a cell shows the same whatever the spreadsheet's own settings are.
func (s site) english(bidder, lot string) []recipe {
	const separators = `,".",",")`
	number := "=NUMBERVALUE(WEBSERVICE(" + quoted(s.address("points", "lot", lot, "bidder", bidder)) + ")" + separators
	cell := "=NUMBERVALUE(WEBSERVICE(" + quoted(s.address("points", "lot", lot)+"&bidder=") + "&ENCODEURL(A2))" + separators
	return []recipe{
		{"Excel, LibreOffice", "what the result is: simulation or official, and its gaps", "=WEBSERVICE(" + quoted(s.address("status")) + ")"},
		{"Excel, LibreOffice", "the points of this bidder", number},
		{"Excel, LibreOffice", "the points of the bidder whose short name is in cell A2, to fill down", cell},
		{"Google Sheets", "what the result is: simulation or official, and its gaps", "=IMPORTDATA(" + quoted(s.address("status")) + ")"},
		{"Google Sheets", "the points of this bidder", `=IMPORTDATA(` + quoted(s.address("points", "lot", lot, "bidder", bidder)) + `,",","en_US")`},
		{"Google Sheets", "the whole ranking", `=IMPORTDATA(` + quoted(s.address("ranking.csv")) + `,",","en_US")`},
		{"Google Sheets", "every indicator of every project", `=IMPORTDATA(` + quoted(s.address("projects.csv")) + `,",","en_US")`},
	}
}

// french are the formulas of spreadsheets in French: names of functions, semicolons. Excel
// and LibreOffice have translated NUMBERVALUE and ENCODEURL in different ways.
func (s site) french(bidder, lot string) []recipe {
	const separators = `;",";" ")`
	points := s.address("points", "locale", localeFrench, "lot", lot, "bidder", bidder)
	named := s.address("points", "locale", localeFrench, "lot", lot) + "&bidder="
	return []recipe{
		{"Excel, LibreOffice", "what the result is: simulation or official, and its gaps", "=SERVICEWEB(" + quoted(s.address("status", "locale", localeFrench)) + ")"},
		{"Excel", "the points of this bidder", "=VALEURNOMBRE(SERVICEWEB(" + quoted(points) + ")" + separators},
		{"Excel", "the points of the bidder whose short name is in cell A2, to fill down", "=VALEURNOMBRE(SERVICEWEB(" + quoted(named) + "&URLENCODAGE(A2))" + separators},
		{"LibreOffice", "the points of this bidder", "=VALEUR.NOMBRE(SERVICEWEB(" + quoted(points) + ")" + separators},
		{"LibreOffice", "the points of the bidder whose short name is in cell A2, to fill down", "=VALEUR.NOMBRE(SERVICEWEB(" + quoted(named) + "&ENCODEURL(A2))" + separators},
		{"Google Sheets", "what the result is: simulation or official, and its gaps", "=IMPORTDATA(" + quoted(s.address("status", "locale", localeFrench)) + `;"|")`},
		{"Google Sheets", "the points of this bidder", "=IMPORTDATA(" + quoted(points) + `;";";"fr_FR")`},
		{"Google Sheets", "the whole ranking", "=IMPORTDATA(" + quoted(s.address("ranking.csv", "locale", localeFrench)) + `;";";"fr_FR")`},
		{"Google Sheets", "every indicator of every project", "=IMPORTDATA(" + quoted(s.address("projects.csv", "locale", localeFrench)) + `;";";"fr_FR")`},
	}
}

// powerQuery are queries for Excel and Power BI, in the language M, which has no
// translations. The first keeps the token out of the workbook: the program asks for it once
// (kind of access: Web API), tries it on the address without the relative path, which lists
// the tenders, and sends it as the parameter key.
func (s site) powerQuery() []recipe {
	own := fmt.Sprintf("Web.Contents(\"%s/v1/tenders\", [RelativePath = \"%s/ranking.csv\", ApiKeyName = \"%s\"])", s.base, s.tender, keyParameter)
	holding := fmt.Sprintf("Web.Contents(\"%s\")", s.address("ranking.csv"))
	return []recipe{
		{"Excel, Power BI", "the whole ranking; the program asks for the token and keeps it, the workbook does not hold it", query2table(own)},
		{"Excel, Power BI", "the whole ranking; the address holds the token", query2table(holding)},
	}
}

// query2table is a query that makes a table of a CSV file, its numbers read with decimal
// points whatever the computer's settings are.
func query2table(contents string) string {
	return "let\n" +
		"    Source = " + contents + ",\n" +
		"    Rows = Csv.Document(Source, [Delimiter = \",\", Encoding = 65001, QuoteStyle = QuoteStyle.Csv]),\n" +
		"    Named = Table.PromoteHeaders(Rows, [PromoteAllScalars = true]),\n" +
		"    Typed = Table.TransformColumnTypes(Named, {{\"gaps\", Int64.Type}, {\"rank\", Int64.Type}, {\"points\", type number}, {\"points_max\", type number}, {\"score\", type number}}, \"en-US\")\n" +
		"in\n" +
		"    Typed"
}
