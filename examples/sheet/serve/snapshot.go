package serve

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report"
)

// snapshot is one run with everything that is served of it, made once.
type snapshot struct {
	ranking   *model.Ranking
	standings map[string]map[string]*model.Standing // by lot and bidder
	documents map[string]document                   // by the last part of the address and the locale
	digest    string                                // of the file
}

// document is a text that is served as it is.
type document struct {
	kind   string // its media type
	text   []byte
	zipped []byte // nil where it does not pay
	etag   string // without quotes
}

// Locales of tables and figures.
const (
	localeEnglish = "en" // commas between fields, decimal points
	localeFrench  = "fr" // semicolons between fields, decimal commas
)

const (
	kindCSV  = "text/csv; charset=utf-8; header=present"
	kindJSON = "application/json"
	kindText = "text/plain; charset=utf-8"
)

func standings(r *model.Ranking) map[string]map[string]*model.Standing {
	all := map[string]map[string]*model.Standing{}
	for i := range r.Lots {
		lot := map[string]*model.Standing{}
		for j := range r.Lots[i].Standings {
			lot[r.Lots[i].Standings[j].Bidder] = &r.Lots[i].Standings[j]
		}
		all[r.Lots[i].ID] = lot
	}
	return all
}

// label is what a result says it is, without what a header or a terminal could misread.
func (s *snapshot) label() string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s.ranking.Label())
}

// render makes the documents. The JSON is the file as it was written.
func (s *snapshot) render(text []byte) error {
	sum := sha256.Sum256(text)
	s.digest = hex.EncodeToString(sum[:])
	s.documents = map[string]document{}
	s.put("ranking.json", "", kindJSON, text)
	tables := map[string]func(io.Writer, *model.Ranking) error{"ranking.csv": report.CSV, "projects.csv": func(w io.Writer, r *model.Ranking) error { return report.ProjectsCSV(w, r, nil) }}
	for name, write := range tables {
		var plain bytes.Buffer
		if err := write(&plain, s.ranking); err != nil {
			return fmt.Errorf("making %s: %w", name, err)
		}
		for _, locale := range []string{localeEnglish, localeFrench} {
			edition, err := edition(&plain, locale, len(s.ranking.Gaps))
			if err != nil {
				return fmt.Errorf("making %s: %w", name, err)
			}
			s.put(name, locale, kindCSV, edition)
		}
	}
	return nil
}

func (s *snapshot) put(name, locale, kind string, text []byte) {
	d := document{kind: kind, text: text, etag: s.etag(text)}
	if zipped := zip(text); len(zipped) < len(text) {
		d.zipped = zipped
	}
	s.documents[name+locale] = d
}

// etag identifies an answer of this snapshot: the same text in another run has another one,
// since the headers may say something else.
func (s *snapshot) etag(text []byte) string {
	h := sha256.New()
	io.WriteString(h, s.digest)
	h.Write(text)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func zip(text []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(text) // a buffer takes everything
	w.Close()
	return b.Bytes()
}

// figureColumns are those whose values are numbers, which take the decimal sign of a locale.
// In the others a point stays one: a bidder may be called 1.5.
var figureColumns = []string{"points", "points_max", "score", "value", "threshold", "r", "n", "weight"}

// edition writes a table for the spreadsheets of a locale, lines ended as RFC 4180 asks. The
// second column, gaps, counts what could not be mined, in every row: a row copied elsewhere
// still says so.
func edition(table *bytes.Buffer, locale string, gaps int) ([]byte, error) {
	rows, err := csv.NewReader(bytes.NewReader(table.Bytes())).ReadAll()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	if locale == localeFrench {
		w.Comma = ';'
	}
	heading := slices.Clone(rows[0])
	for i, row := range rows {
		count := strconv.Itoa(gaps)
		if i == 0 {
			count = "gaps"
		} else if locale == localeFrench {
			decimalCommas(heading, row)
		}
		w.Write(slices.Insert(row, 1, count))
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

func decimalCommas(heading, row []string) {
	for i, name := range heading {
		if slices.Contains(figureColumns, name) {
			row[i] = decimalComma(row[i])
		}
	}
}

// decimalComma writes a number as French spreadsheets read it.
func decimalComma(s string) string { return strings.Replace(s, ".", ",", 1) }
