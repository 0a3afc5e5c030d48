package serve

import (
	"net"
	"net/http"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/examples/sheet/serve/grant"
)

// exchange is one request and its answer, with what the log may hold of it: the route's
// pattern in place of the address, which may hold a token.
type exchange struct {
	http.ResponseWriter
	r      *http.Request
	status int
	bytes  int64
	route  string
	tender string
	grant  string // its public name
	opened grant.Grant
}

func (x *exchange) WriteHeader(status int) {
	if x.status == 0 {
		x.status = status
	}
	x.ResponseWriter.WriteHeader(status)
}

func (x *exchange) Write(b []byte) (int, error) {
	if x.status == 0 {
		x.status = http.StatusOK
	}
	n, err := x.ResponseWriter.Write(b)
	x.bytes += int64(n)
	return n, err
}

// Unwrap is for [http.ResponseController].
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

// ServeHTTP checks what holds of every request, and answers it.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x, start := &exchange{ResponseWriter: w, r: r}, h.Now()
	client := h.client(r)
	defer func() {
		if fault := recover(); fault != nil {
			h.Log.Error("a fault of the program", "route", x.route, "fault", fault)
			if x.status == 0 {
				(&problem{status: http.StatusInternalServerError}).write(x)
			}
		}
		h.Log.Info("request", "method", shownMethod(r.Method), "route", x.route, "tender", x.tender, "grant", x.grant, "status", x.status,
			"bytes", x.bytes, "ms", float64(h.Now().Sub(start).Microseconds())/1000, "client", client.String())
	}()
	secure(x.Header(), r)
	if p := h.admit(r, client); p != nil {
		p.write(x)
		return
	}
	h.mux.ServeHTTP(x, r)
}

// admit refuses what no route answers.
func (h *handler) admit(r *http.Request, client netip.Addr) *problem {
	switch {
	case len(h.Hosts) > 0 && !slices.Contains(h.Hosts, hostOf(r.Host)):
		return &problem{status: http.StatusMisdirectedRequest, detail: "This server does not answer under that name. State its address with --base."}
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		return &problem{status: http.StatusMethodNotAllowed, detail: "Everything here is only read.", header: map[string]string{"Allow": "GET, HEAD"}}
	case len(r.RequestURI) > maxAddress:
		return &problem{status: http.StatusRequestURITooLong, detail: "The address is longer than " + strconv.Itoa(maxAddress) + " bytes."}
	case r.ContentLength != 0:
		return &problem{status: http.StatusRequestEntityTooLarge, detail: "Nothing here takes a body."}
	case !clean(r.URL.Path):
		return notFound
	}
	if wait := h.clients.wait(network(client), h.Now()); wait > 0 {
		return tooMany(wait)
	}
	return nil
}

// clean reports whether a path is one that is not rewritten on its way, by the router here
// or a proxy before: no dot parts, empty parts, backslashes or control characters.
func clean(p string) bool {
	tidy := path.Clean(p)
	if strings.HasSuffix(p, "/") && tidy != "/" {
		tidy += "/"
	}
	return p == tidy && !strings.ContainsFunc(p, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' || r == '\uFFFD' })
}

// secure sets what every answer says to browsers and caches.
func secure(h http.Header, r *http.Request) {
	h.Set("Referrer-Policy", "no-referrer") // an address may hold a token
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	if r.TLS != nil {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// heads says of what kind an answer about a tender is.
func (s *snapshot) heads(h http.Header) {
	h.Set("X-Tributary-Status", s.label())
	h.Set("X-Tributary-Gaps", strconv.Itoa(len(s.ranking.Gaps)))
	h.Set("Link", `</v1/openapi.json>; rel="service-desc"`)
}

// send writes a document, or, where it has a tag, says that the client has it. Shared caches never keep it, and
// the client's own asks each time: access may have ended, or a new run come.
func (x *exchange) send(d document) {
	h := x.Header()
	h.Set("Content-Type", d.kind)
	h.Add("Vary", "Authorization, Accept-Encoding")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "private, no-cache")
	}
	text, etag := d.text, `"`+d.etag+`"`
	if d.zipped != nil && takesGzip(x.r) {
		text, etag = d.zipped, `"`+d.etag+`-gzip"`
		h.Set("Content-Encoding", "gzip")
	}
	if d.etag != "" {
		h.Set("ETag", etag)
	}
	if d.etag != "" && hasOne(x.r.Header.Values("If-None-Match"), etag) {
		h.Del("Content-Encoding")
		h.Del("Content-Type")
		x.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(text)))
	if x.r.Method == http.MethodHead {
		x.WriteHeader(http.StatusOK)
		return
	}
	x.Write(text)
}

// hasOne reports whether If-None-Match names the tag, compared weakly as RFC 9110 (13.1.2)
// asks.
func hasOne(fields []string, etag string) bool {
	for _, field := range fields {
		for one := range strings.SplitSeq(field, ",") {
			one = strings.TrimSpace(one)
			if one == "*" || strings.TrimPrefix(one, "W/") == etag {
				return true
			}
		}
	}
	return false
}

// takesGzip reports whether the client asks for gzip by name; q=0 refuses it.
func takesGzip(r *http.Request) bool {
	for one := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(one), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			weight, err := strconv.ParseFloat(strings.TrimPrefix(strings.ReplaceAll(q, " ", ""), "q="), 64)
			return err != nil || weight > 0
		}
	}
	return false
}

// credential returns the token of a request, and whether it stands in the path. A path with
// a token counts alone.
func credential(r *http.Request, q query) (token string, inPath bool) {
	if token := r.PathValue("token"); token != "" {
		return token, true
	}
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token), false
	}
	return q.get(keyParameter), false
}

// client is the address of whoever asks: the peer's, or what a proxy that is believed says.
func (h *handler) client(r *http.Request) netip.Addr {
	peer := addressOf(r.RemoteAddr)
	if !h.believed(peer) {
		return peer
	}
	list := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, one := range slices.Backward(list) { // the last is what the nearest proxy saw
		a, err := netip.ParseAddr(strings.TrimSpace(one))
		if err != nil {
			return peer
		}
		if !h.believed(a.Unmap()) {
			return a.Unmap()
		}
	}
	return peer
}

func (h *handler) believed(a netip.Addr) bool {
	return slices.ContainsFunc(h.Proxies, func(p netip.Prefix) bool { return p.Contains(a) })
}

func addressOf(remote string) netip.Addr {
	a, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Addr{}
	}
	return a.Addr().Unmap()
}

// hostOf is the name in a Host header, without the port, in small letters.
func hostOf(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.Trim(host, "[]"))
}

// shownMethod keeps what a client made up out of the log.
func shownMethod(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}
