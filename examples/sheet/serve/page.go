package serve

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/language"

	"github.com/tributary-oss/tributary/model"
	"github.com/tributary-oss/tributary/score/report/locale"
)

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle string

//go:embed openapi.json
var openAPI []byte

const tenderParameter = "tender" // which of a page's tenders a choice is about

// pages returns the templates of each language; T is a text in it.
var pages = sync.OnceValue(func() map[string]*template.Template {
	all := map[string]*template.Template{}
	for _, lang := range []string{localeEnglish, localeFrench} {
		l, err := locale.Of(lang)
		if err != nil {
			panic(err) // its file is part of the program, as the templates are
		}
		all[lang] = template.Must(template.New("").Funcs(template.FuncMap{"T": l.T}).Parse(pageText))
	}
	return all
})

// pagePolicy lets a page have its own style, and forms that lead to itself.
var pagePolicy = "default-src 'none'; style-src 'sha256-" + styleHash() + "'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

func styleHash() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// page is what a page shows.
type page struct {
	Lang, Other string // the page's language, and the one to change to
	Style       template.CSS
	Tenders     []shownTender
	Expires     string
	Path        string // of the page
	Elsewhere   string // address of the page in the other language, with the same choice
	Chosen      query
}

// shownTender is a tender with the formulas for a chosen bidder and lot.
type shownTender struct {
	Name, ID, Title, Buyer, Said string
	Official                     bool
	Bidder, Lot, Value           string
	Lots                         []choice
	Bidders                      []choice
	Groups                       []group
}

type choice struct {
	Value, Text string
	Chosen      bool
}

var languages = language.NewMatcher([]language.Tag{language.English, language.French})

// pageLocale is the language that the address asks for, else the reader's browser.
func pageLocale(x *exchange, q query) *locale.Locale {
	lang := q.get(langParameter)
	if lang == "" {
		wanted, _, err := language.ParseAcceptLanguage(x.r.Header.Get("Accept-Language"))
		if err == nil && len(wanted) > 0 {
			_, i, _ := languages.Match(wanted...)
			lang = []string{localeEnglish, localeFrench}[i]
		}
	}
	l, err := locale.Of(lang)
	if err != nil {
		return locale.English()
	}
	return l
}

// welcome is the page for whoever has no token: it says what this is, and nothing of tenders.
func (h *handler) welcome(x *exchange, q query) {
	h.show(x, "welcome", pageLocale(x, q), page{Path: "/"})
}

// formulas is the page of a grant: ready-made formulas for each of its tenders.
func (h *handler) formulas(x *exchange, q query) {
	l := pageLocale(x, q)
	p := page{Chosen: q, Expires: l.Date(x.opened.Expires), Path: "/v1/c/" + x.r.PathValue("token") + "/"}
	for _, t := range h.opens(x.opened) {
		s := site{h.base(x.r), x.r.PathValue("token"), t.Name}
		p.Tenders = append(p.Tenders, showTender(t.snapshot(), s, q, l))
	}
	h.show(x, "formulas", l, p)
}

// show writes a page.
func (h *handler) show(x *exchange, name string, l *locale.Locale, p page) {
	p.Lang, p.Other, p.Style = l.Lang(), localeFrench, template.CSS(pageStyle)
	if p.Lang == localeFrench {
		p.Other = localeEnglish
	}
	p.Elsewhere = p.inOther()
	var b bytes.Buffer
	if err := pages()[p.Lang].ExecuteTemplate(&b, name, p); err != nil {
		h.Log.Error("a page cannot be made", "page", name, "error", err.Error())
		(&problem{status: http.StatusInternalServerError}).write(x)
		return
	}
	x.Header().Set("Content-Security-Policy", pagePolicy)
	x.Header().Set("Content-Language", p.Lang)
	x.Header().Add("Vary", "Accept-Language")
	x.send(document{kind: "text/html; charset=utf-8", text: b.Bytes(), etag: contentTag(b.Bytes())})
}

func (p *page) inOther() string {
	values := url.Values{}
	for name, list := range p.Chosen {
		values[name] = list
	}
	values.Set(langParameter, p.Other)
	return p.Path + "?" + values.Encode()
}

func contentTag(text []byte) string {
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// showTender makes the formulas for the bidder and lot that were chosen, else for the first
// of each.
func showTender(s *snapshot, at site, q query, l *locale.Locale) shownTender {
	r := s.ranking
	t := shownTender{Name: at.tender, ID: shown(r.Tender.ID), Title: shown(r.Tender.Title), Buyer: shown(r.Tender.Buyer),
		Said: s.said(l), Official: r.Status == model.Official}
	if q.get(tenderParameter) != at.tender {
		q = query{}
	}
	lot := chosenLot(r, q.get(lotParameter))
	if lot == nil || len(lot.Standings) == 0 {
		return t
	}
	standing := s.standings[lot.ID][q.get(bidderParameter)]
	if standing == nil {
		standing = &lot.Standings[0]
	}
	t.Bidder, t.Lot, t.Value = standing.Bidder, lot.ID, l.T("unknown")
	if standing.Points != nil {
		t.Value = l.Number(*standing.Points, 2)
	}
	for _, x := range r.Lots {
		t.Lots = append(t.Lots, choice{x.ID, shown(strings.TrimSpace(x.ID + " " + x.Title)), x.ID == lot.ID})
	}
	for _, x := range lot.Standings {
		t.Bidders = append(t.Bidders, choice{x.Bidder, shown(x.Name), x.Bidder == standing.Bidder})
	}
	t.Groups = at.groups(standing.Bidder, lot.ID)
	if l.Lang() == localeFrench { // the reader's own first
		t.Groups[0], t.Groups[1] = t.Groups[1], t.Groups[0]
	}
	return t
}

func chosenLot(r *model.Ranking, id string) *model.LotResult {
	for i := range r.Lots {
		if r.Lots[i].ID == id {
			return &r.Lots[i]
		}
	}
	if len(r.Lots) == 0 {
		return nil
	}
	return &r.Lots[0]
}

// shown makes a stranger's text fit for a page: no marks that turn the direction of what
// follows, no control characters, and at most 200 characters.
func shown(s string) string {
	runes := []rune(strings.ToValidUTF8(s[:min(len(s), 2000)], "\uFFFD"))
	if len(runes) > 200 || len(s) > 2000 {
		runes = append(runes[:min(len(runes), 199)], '…')
	}
	for i, r := range runes {
		if !unicode.IsPrint(r) {
			runes[i] = '\uFFFD'
		}
	}
	return string(runes)
}

// base is the address under which a client reaches the server.
func (h *handler) base(r *http.Request) string {
	if h.Base != "" {
		return h.Base
	}
	scheme := "http"
	if r.TLS != nil || h.believed(addressOf(r.RemoteAddr)) && r.Header.Get("X-Forwarded-Proto") == "https" {
		scheme = "https"
	}
	return scheme + "://" + escapeHost(r.Host)
}

// escapeHost keeps of a Host header what a host is written with: the rest would end the text
// of a formula.
func escapeHost(host string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(".-:[]", r) {
			return r
		}
		return -1
	}, host)
}

// listed is a tender in the list of those that a token opens.
type listed struct {
	Name   string      `json:"name"` // in addresses
	ID     string      `json:"id"`
	Title  string      `json:"title"`
	Buyer  string      `json:"buyer"`
	Status string      `json:"status"`
	Gaps   int         `json:"gaps"`
	Lots   []listedLot `json:"lots"`
	Digest string      `json:"digest"` // of the method and everything that the ranking depends on
}

type listedLot struct {
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Points  float64  `json:"points"`
	Bidders []string `json:"bidders"`
}

// list says which tenders a token opens, with the short names of their lots and bidders.
func (h *handler) list(x *exchange, _ query) {
	list := []listed{}
	for _, t := range h.opens(x.opened) {
		s := t.snapshot()
		r := s.ranking
		one := listed{Name: t.Name, ID: r.Tender.ID, Title: r.Tender.Title, Buyer: r.Tender.Buyer, Status: r.Label(),
			Gaps: len(r.Gaps), Lots: []listedLot{}, Digest: r.Method.Digest}
		for _, l := range r.Lots {
			lot := listedLot{ID: l.ID, Title: l.Title, Points: l.Points, Bidders: []string{}}
			for _, b := range l.Standings {
				lot.Bidders = append(lot.Bidders, b.Bidder)
			}
			one.Lots = append(one.Lots, lot)
		}
		list = append(list, one)
	}
	h.sendJSON(x, struct {
		Format  string   `json:"format"`
		Tenders []listed `json:"tenders"`
	}{"tributary-tenders/1", list})
}

// health says that the server answers, and whether it has the newest runs. It names none.
func (h *handler) health(x *exchange, _ query) {
	status := "ok"
	for _, t := range h.Tenders {
		t.snapshot() // a server that nobody asks would not see that a folder is gone
		if t.stale.Load() {
			status = "stale"
		}
	}
	x.Header().Set("Cache-Control", "no-store")
	x.send(document{kind: kindJSON, text: []byte(`{"status": "` + status + `"}` + "\n")})
}

// description is the OpenAPI document.
func (h *handler) description(x *exchange, _ query) {
	x.Header().Set("Cache-Control", "public, max-age=3600")
	x.send(document{kind: kindJSON, text: openAPI, etag: contentTag(openAPI)})
}

func (h *handler) sendJSON(x *exchange, v any) {
	text, err := indented(v)
	if err != nil {
		h.Log.Error("an answer cannot be written", "error", err.Error())
		(&problem{status: http.StatusInternalServerError}).write(x)
		return
	}
	x.send(document{kind: kindJSON, text: text, etag: contentTag(text)})
}
