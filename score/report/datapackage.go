package report

import (
	"io"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// A data package describes tables for programs: Data Package 2.0 with Table Schema and Table
// Dialect, https://datapackage.org.
type dataPackage struct {
	Schema      string         `json:"$schema"`
	Name        string         `json:"name"`
	Title       string         `json:"title"`
	Description string         `json:"description"`
	Resources   []dataResource `json:"resources"`
}

type dataResource struct {
	Name      string      `json:"name"`
	Path      string      `json:"path"`
	Title     string      `json:"title"`
	Format    string      `json:"format"`
	MediaType string      `json:"mediatype"`
	Encoding  string      `json:"encoding"`
	Dialect   dataDialect `json:"dialect"`
	Schema    tableSchema `json:"schema"`
}

type dataDialect struct {
	Header         bool   `json:"header"`
	Delimiter      string `json:"delimiter"`
	LineTerminator string `json:"lineTerminator"`
	QuoteChar      string `json:"quoteChar"`
	DoubleQuote    bool   `json:"doubleQuote"`
}

type tableSchema struct {
	Fields        []tableField `json:"fields"`
	MissingValues []string     `json:"missingValues"`
}

type tableField struct {
	Name        string          `json:"name"`
	Type        kind            `json:"type"`
	Description string          `json:"description"`
	DecimalChar string          `json:"decimalChar,omitempty"`
	TrueValues  []string        `json:"trueValues,omitempty"`
	FalseValues []string        `json:"falseValues,omitempty"`
	Constraints fieldConstraint `json:"constraints,omitzero"`
}

type fieldConstraint struct {
	Required bool     `json:"required,omitempty"`
	Minimum  *float64 `json:"minimum,omitempty"`
	Enum     []string `json:"enum,omitempty"`
}

const packageText = "UTF-8, lines that end in CR LF, a heading in the first one (RFC 4180; text/csv; charset=utf-8; header=present). " +
	"An empty cell is unknown or does not apply; it is never 0. In columns of type string a text that a spreadsheet could take for a formula, " +
	"or that begins with an apostrophe, has an apostrophe before it: take one away from the beginning to have the text. What cannot be seen stands as \\u and four " +
	"hexadecimal digits, as in JSON. The editions in French separate cells by semicolons, write decimal commas and begin with a byte order mark."

// The tables of a bundle.
const (
	RankingTable  = "ranking"
	ProjectsTable = "projects"
	TotalsTable   = "totals"
	EvidenceTable = "evidence"
)

// TableFile names the file of a table in a language: such as ranking.csv, and ranking.fr.csv.
func TableFile(name string, l *locale.Locale) string {
	if l == nil || l.Lang() == locale.Default {
		return name + ".csv"
	}
	return name + "." + l.Lang() + ".csv"
}

// DataPackage writes the description of the tables that are named, each in all languages that
// there are, as datapackage.json. Data packages know no languages: each edition of a table is
// a resource of its own, described in its language, and the description of the whole says the
// same in all of them, a paragraph each.
func DataPackage(w io.Writer, r *model.Ranking, names ...string) error {
	p := dataPackage{Schema: "https://datapackage.org/profiles/2.0/datapackage.json", Name: "tributary-bundle",
		Title: r.Label() + told(r), Description: packageText}
	for _, lang := range locale.Languages() {
		if l, err := locale.Of(lang); err == nil && lang != locale.Default {
			said, _ := l.Say(packageText)
			p.Description += "\n\n" + said
		}
	}
	for _, t := range []*table{rankingTable(), projectsTable(), totalsTable(), evidenceTable()} {
		for _, name := range names {
			if name != t.name {
				continue
			}
			for _, lang := range locale.Languages() {
				l, err := locale.Of(lang)
				if err != nil {
					return err
				}
				p.Resources = append(p.Resources, t.resource(dialectOf(l)))
			}
		}
	}
	return WriteJSON(w, p)
}

// said is a text about a table in the language of its edition.
func (d *dialect) said(english string) string {
	if d.english() {
		return english
	}
	said, _ := d.l.Say(english)
	return said
}

// resource describes the edition of a table.
func (t *table) resource(d *dialect) dataResource {
	r := dataResource{Name: t.name, Path: TableFile(t.name, d.l), Title: d.said(t.title), Format: "csv", MediaType: "text/csv", Encoding: "utf-8",
		Dialect: dataDialect{true, string(d.comma), "\r\n", `"`, true}}
	if !d.english() {
		r.Name += "-" + d.l.Lang()
	}
	r.Schema.MissingValues = []string{""}
	for _, c := range t.columns {
		f := tableField{Name: d.word(c.name), Type: c.kind, Description: d.said(c.doc), Constraints: fieldConstraint{Required: c.required, Minimum: c.least}}
		for _, w := range c.words {
			f.Constraints.Enum = append(f.Constraints.Enum, d.word(w))
		}
		switch c.kind {
		case kindNumber:
			f.DecimalChar = string(d.point)
		case kindBoolean:
			f.TrueValues, f.FalseValues = []string{d.word("true")}, []string{d.word("false")}
		}
		r.Schema.Fields = append(r.Schema.Fields, f)
	}
	return r
}

// told is what the title of a ranking's tables adds where it has gaps.
func told(r *model.Ranking) string {
	if len(r.Gaps) == 0 {
		return ""
	}
	return withGaps(locale.English(), len(r.Gaps))
}
