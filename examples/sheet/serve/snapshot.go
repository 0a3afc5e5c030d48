package serve

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report"
	"github.com/tributary-oss/tributary/score/report/locale"
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
	for _, lang := range []string{localeEnglish, localeFrench} {
		l, err := locale.Of(lang)
		if err != nil {
			return err
		}
		var ranked, projects bytes.Buffer
		if err := errors.Join(report.RankingCSV(&ranked, s.ranking, l), report.ProjectsCSV(&projects, s.ranking, l)); err != nil {
			return fmt.Errorf("making the tables: %w", err)
		}
		s.put("ranking.csv", lang, kindCSV, bare(ranked.Bytes()))
		s.put("projects.csv", lang, kindCSV, bare(projects.Bytes()))
	}
	return nil
}

// bare takes the byte order mark off a table. A file needs it; here the answer says that it
// is UTF-8, and a cell that pulls would show the mark.
func bare(table []byte) []byte { return bytes.TrimPrefix(table, []byte("\ufeff")) }

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

// decimalComma writes a number as French spreadsheets read it.
func decimalComma(s string) string { return strings.Replace(s, ".", ",", 1) }
