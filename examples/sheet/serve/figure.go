package serve

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report/locale"
)

// unknown stands for a figure that is not known. It is what spreadsheets call a value that
// is not available: taken in as a table it becomes that error, and as a text NUMBERVALUE
// refuses it. An empty answer would become 0.
const unknown = "#N/A"

// FigureFormat names the written form of one bidder's standing in one lot.
const FigureFormat = "tributary-figure/1"

// figure is one bidder's standing in one lot as JSON, with what a bare number cannot say.
type figure struct {
	Format       string   `json:"format"`
	Status       string   `json:"status"` // SIMULATION, or OFFICIAL with the digest
	Gaps         int      `json:"gaps"`   // what could not be mined
	Tender       string   `json:"tender"`
	Lot          string   `json:"lot"`
	Bidder       string   `json:"bidder"`
	Name         string   `json:"name"`
	Rank         *int     `json:"rank"`
	Points       *float64 `json:"points"`
	PointsMax    float64  `json:"points_max"`
	Score        *float64 `json:"score"`
	Meets        *bool    `json:"meets"`
	Insufficient []string `json:"insufficient"` // projects with less than the minimum evidence
}

// figures are the routes of one value each, and how it is written with a decimal point.
var figures = map[string]func(*model.Standing) string{
	"points": func(s *model.Standing) string { return decimals(s.Points, 2) },
	"score":  func(s *model.Standing) string { return decimals(s.Score, 6) },
	"rank": func(s *model.Standing) string {
		if s.Rank == 0 {
			return unknown
		}
		return strconv.Itoa(s.Rank)
	},
}

// decimals writes a number as ranking.csv does.
func decimals(x *float64, n int) string {
	if x == nil {
		return unknown
	}
	return strconv.FormatFloat(*x, 'f', n, 64)
}

// standing finds the bidder and lot that a request asks for. The lot may be left out where
// there is one alone.
func (s *snapshot) standing(q query) (*model.LotResult, *model.Standing, *problem) {
	lot := q.get("lot")
	if lot == "" && len(s.ranking.Lots) == 1 {
		lot = s.ranking.Lots[0].ID
	}
	if q.get("bidder") == "" || lot == "" {
		return nil, nil, &problem{status: http.StatusBadRequest, detail: "Say whose figure it is: ?bidder=…, and &lot=… where the tender has several lots."}
	}
	x := s.standings[lot][q.get("bidder")]
	if x == nil {
		return nil, nil, &problem{status: http.StatusNotFound, detail: "The tender has no such lot, or no such bidder in it. Their short names are in the columns lot and bidder of ranking.csv."}
	}
	for i := range s.ranking.Lots {
		if s.ranking.Lots[i].ID == lot {
			return &s.ranking.Lots[i], x, nil
		}
	}
	return nil, nil, &problem{status: http.StatusNotFound} // not reached: standings are of the lots
}

// figureRoute serves one number as a text.
func figureRoute(write func(*model.Standing) string) answer {
	return func(s *snapshot, _ string, q query) (document, *problem) {
		_, x, p := s.standing(q)
		if p != nil {
			return document{}, p
		}
		text := write(x)
		if q.locale() == localeFrench {
			text = decimalComma(text)
		}
		return s.text(text), nil
	}
}

func (s *snapshot) text(text string) document {
	return document{kind: kindText, text: []byte(text), etag: s.etag([]byte(text))}
}

// standingRoute serves all of a bidder's standing in a lot as JSON.
func standingRoute(s *snapshot, name string, q query) (document, *problem) {
	lot, x, p := s.standing(q)
	if p != nil {
		return document{}, p
	}
	f := figure{
		Format: FigureFormat, Status: s.ranking.Label(), Gaps: len(s.ranking.Gaps), Tender: name, Lot: lot.ID,
		Bidder: x.Bidder, Name: x.Name, Points: x.Points, PointsMax: lot.Points, Score: x.Score, Meets: x.Meets,
		Insufficient: append([]string{}, x.Insufficient...),
	}
	if x.Rank > 0 {
		f.Rank = &x.Rank
	}
	text, err := indented(f)
	if err != nil { // a number that JSON has no word for, which ReadRanking refuses
		return document{}, &problem{status: http.StatusInternalServerError}
	}
	return document{kind: kindJSON, text: text, etag: s.etag(text)}, nil
}

// statusRoute serves what the result is, for a cell beside the figures: a bare number cannot
// say it.
func statusRoute(s *snapshot, _ string, q query) (document, *problem) {
	l, err := locale.Of(q.locale())
	if err != nil {
		return document{}, &problem{status: http.StatusInternalServerError}
	}
	return s.text(s.said(l)), nil
}

// said is the label of the result, and its gaps, in one line.
func (s *snapshot) said(l *locale.Locale) string {
	if n := len(s.ranking.Gaps); n > 0 {
		return fmt.Sprint(s.label(), l.T("; "), l.T("%d gaps", n))
	}
	return s.label()
}

// documentRoute serves a document that was made when the run was read.
func documentRoute(name string, localised bool) answer {
	return func(s *snapshot, _ string, q query) (document, *problem) {
		if localised {
			return s.documents[name+q.locale()], nil
		}
		return s.documents[name], nil
	}
}
