package serve

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"github.com/tributary-oss/tributary/examples/sheet/serve/grant"
)

// Options say what is served, to whom, and how much of it.
type Options struct {
	Tenders []*Tender    // names are distinct
	Grants  *grant.Store // who may read them
	// Base is the address under which clients reach the server, such as
	// https://scores.example.org, without a slash at the end. "" takes that of each request.
	Base string
	// Hosts are the names, without ports, under which requests are answered, so that a page
	// elsewhere cannot have a browser ask under a name of its own. None answers all.
	Hosts []string
	// Proxies are peers whose X-Forwarded-For and X-Forwarded-Proto are believed.
	Proxies []netip.Prefix
	// Rate is how many requests a second a client, and a grant, may make on the average; 0 is
	// [DefaultRate]. Burst is how many at once; 0 is [DefaultBurst].
	Rate  float64
	Burst int
	Log   *slog.Logger     // nil discards
	Now   func() time.Time // nil is the clock
}

// Defaults of [Options]. A workbook of a thousand cells that pull asks a thousand times when
// it is opened.
const (
	DefaultRate  = 50
	DefaultBurst = 2000
)

// remembered is how many clients' and grants' allowances are kept.
const remembered = 10_000

// maxAddress bounds what stands in the first line of a request, in bytes.
const maxAddress = 4096

// handler is the server without the network.
type handler struct {
	Options
	tenders map[string]*Tender
	clients *limits
	grants  *limits
	mux     *http.ServeMux
	laid    map[string][]string // the parameters of each pattern of mux
}

// Handler returns the server's handler. It fails where two tenders have one name.
func Handler(o Options) (http.Handler, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rate == 0 {
		o.Rate = DefaultRate
	}
	if o.Burst == 0 {
		o.Burst = DefaultBurst
	}
	h := &handler{Options: o, tenders: map[string]*Tender{}, mux: http.NewServeMux(), laid: map[string][]string{},
		clients: newLimits(o.Rate, o.Burst, remembered), grants: newLimits(o.Rate, o.Burst, remembered)}
	for _, t := range o.Tenders {
		if other := h.tenders[t.Name]; other != nil {
			return nil, fmt.Errorf("%s and %s are both called %s; name one, as in --tender NAME=DIR", other.Dir, t.Dir, t.Name)
		}
		t.now, t.log = o.Now, o.Log
		h.tenders[t.Name] = t
	}
	h.routes()
	return h, nil
}

// answer makes what a route serves of a tender.
type answer func(s *snapshot, name string, q query) (document, *problem)

// route is an address below a tender.
type route struct {
	name   string
	takes  []string
	answer answer
}

// tenderRoutes lists what is served of a tender.
func tenderRoutes() []route {
	one := []string{bidderParameter, lotParameter, localeParameter}
	return []route{
		{"ranking.json", nil, documentRoute("ranking.json", false)},
		{"ranking.csv", []string{localeParameter}, documentRoute("ranking.csv", true)},
		{"projects.csv", []string{localeParameter}, documentRoute("projects.csv", true)},
		{"status", []string{localeParameter}, statusRoute},
		{"points", one, figureRoute(figures["points"])},
		{"score", one, figureRoute(figures["score"])},
		{"rank", one, figureRoute(figures["rank"])},
		{"score.json", []string{bidderParameter, lotParameter}, standingRoute},
	}
}

// routes lays out the addresses: those of tenders with a token in the address, and without
// one for clients that send it in a header or as a parameter.
func (h *handler) routes() {
	for _, r := range tenderRoutes() {
		h.handle("/v1/tenders/{tender}/"+r.name, append(r.takes, keyParameter, refreshParameter), h.granted(h.tender(r)))
		h.handle("/v1/c/{token}/tenders/{tender}/"+r.name, append(r.takes, refreshParameter), h.granted(h.tender(r)))
	}
	h.handle("/v1/tenders", []string{keyParameter, refreshParameter}, h.granted(h.list))
	h.handle("/v1/c/{token}/tenders", []string{refreshParameter}, h.granted(h.list))
	page := []string{bidderParameter, lotParameter, tenderParameter, langParameter}
	h.handle("/v1/c/{token}/{$}", page, h.granted(h.formulas))
	h.handle("/v1/c/{token}", page, h.granted(h.formulas))
	h.handle("/{$}", []string{langParameter}, h.welcome)
	h.handle("/healthz", nil, h.health)
	h.handle("/v1/openapi.json", nil, h.description)
	h.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { notFound.write(w) })
}

// handle adds a route with the parameters that it takes.
func (h *handler) handle(pattern string, takes []string, serve func(*exchange, query)) {
	takes = slices.Clone(takes)
	h.laid[pattern] = takes
	h.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		x := w.(*exchange)
		x.route, x.r = pattern, r
		q, p := readQuery(r, takes)
		if p != nil {
			p.write(x)
			return
		}
		serve(x, q)
	})
}

// granted lets a request through that a grant allows. Nothing of the tenders is looked at
// before, so that nobody without a token learns which there are.
func (h *handler) granted(serve func(*exchange, query)) func(*exchange, query) {
	return func(x *exchange, q query) {
		token, inPath := credential(x.r, q)
		if token == "" {
			unauthorized("Send a token: as the header Authorization: Bearer, as the parameter key, or use an address that holds one.", "").write(x)
			return
		}
		g, err := h.Grants.Open(token, h.Now())
		if err != nil {
			h.refuse(x, err, inPath)
			return
		}
		x.grant, x.opened = g.ID, g
		if wait := h.grants.wait(g.ID, h.Now()); wait > 0 {
			tooMany(wait).write(x)
			return
		}
		serve(x, q)
	}
}

// refuse says why a token opens nothing. A token that ended is told so: only who holds it
// can learn that.
func (h *handler) refuse(x *exchange, err error, inPath bool) {
	ended := map[error]string{grant.ErrExpired: "This access has expired. Ask whoever gave it to you for a new one.",
		grant.ErrRevoked: "This access was revoked. Ask whoever gave it to you for a new one."}
	for reason, detail := range ended {
		if errors.Is(err, reason) && inPath {
			(&problem{status: http.StatusGone, detail: detail}).write(x)
			return
		} else if errors.Is(err, reason) {
			unauthorized(detail, `error="invalid_token"`).write(x)
			return
		}
	}
	switch {
	case !errors.Is(err, grant.ErrUnknown):
		h.Log.Error("no access can be checked", "error", err.Error())
		(&problem{status: http.StatusServiceUnavailable, detail: "Access cannot be checked at the moment.", header: map[string]string{"Retry-After": "60"}}).write(x)
	case inPath:
		notFound.write(x)
	default:
		unauthorized("The token opens nothing.", `error="invalid_token"`).write(x)
	}
}

func unauthorized(detail, why string) *problem {
	challenge := `Bearer realm="tenders"`
	if why != "" {
		challenge += ", " + why
	}
	return &problem{status: http.StatusUnauthorized, detail: detail, header: map[string]string{"WWW-Authenticate": challenge}}
}

func tooMany(wait time.Duration) *problem {
	seconds := fmt.Sprint(int((wait + time.Second - 1) / time.Second))
	return &problem{status: http.StatusTooManyRequests, detail: "Too many requests. Try again in " + seconds + " s.", header: map[string]string{"Retry-After": seconds}}
}

// tender serves one route of a tender that the grant opens.
func (h *handler) tender(r route) func(*exchange, query) {
	return func(x *exchange, q query) {
		name := x.r.PathValue("tender")
		t := h.tenders[name]
		if t == nil || !x.opened.Allows(name) {
			notFound.write(x)
			return
		}
		x.tender = name
		s := t.snapshot()
		d, p := r.answer(s, name, q)
		if p != nil {
			p.write(x)
			return
		}
		s.heads(x.Header())
		x.send(d)
	}
}

// opens lists the tenders that a grant opens, by name.
func (h *handler) opens(g grant.Grant) []*Tender {
	var list []*Tender
	for _, name := range g.Tenders { // sorted
		if t := h.tenders[name]; t != nil {
			list = append(list, t)
		}
	}
	return list
}
