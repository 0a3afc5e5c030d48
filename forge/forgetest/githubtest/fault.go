package githubtest

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Fault is how a request goes wrong. The zero Fault answers it.
//
// With Status, Body or HTML the request is not run and costs nothing. All other faults
// spoil the true answer, and a query costs its points.
type Fault struct {
	Status int         // of the answer; 0: 200, or that of the true answer
	Header http.Header // set beside the usual ones, such as Retry-After; nil values take usual ones away
	Body   string      // "" with a Status: GitHub's words for it
	HTML   bool        // a page instead of JSON, with 200 where there is no Status

	Truncate bool // half of the body, although Content-Length promises all
	Slow     bool // a byte a second, the headers at once
	Huge     bool // JSON without end, until the client hangs up
	Reset    bool // the connection is reset before the request is run
	Drop     bool // the connection is closed after the request was run, without an answer

	// GraphQLErrors come beside the data, or with NoData instead of it.
	GraphQLErrors []GQLError
	NoData        bool
	// Null are the parts of the data that are null, such as repository.pullRequests.nodes.3
	// or, for all of them, repository.pullRequests.nodes.*.author.
	Null []string

	After func() // runs when the answer is sent
}

// answer is what goes out.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// answerWith answers a request, or does not where the fault says so.
func (s *Server) answerWith(req *Request, f *Fault) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := answer{}
	switch {
	case f.Reset || f.Huge:
		a = answer{status: http.StatusOK, header: s.header("application/json; charset=utf-8")}
	case f.HTML:
		a = s.page(f.Status)
	case f.Status != 0 || f.Body != "":
		a = s.message(s.bucketOf(req, f.Status), f.Status, words(f.Status))
		if f.Body != "" {
			a.body = []byte(f.Body)
		}
	case req.Header.Get("User-Agent") == "":
		a = s.message(nil, http.StatusForbidden, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header")
	case req.Kind == GraphQL:
		a = s.answerQuery(req, f)
	default:
		a = s.answerREST(req)
	}
	if c := s.caller(req.Token); c != nil && !c.expires.IsZero() {
		a.header.Set("GitHub-Authentication-Token-Expiration", c.expires.UTC().Format("2006-01-02 15:04:05 MST"))
	}
	for name, values := range f.Header {
		a.header[http.CanonicalHeaderKey(name)] = values
	}
	if f.Reset || f.Drop {
		a.status = 0
	}
	return a
}

// bucketOf is the quota that an error tells; what fails before GitHub's own code tells none.
func (s *Server) bucketOf(req *Request, status int) *bucket {
	who := s.caller(req.Token)
	switch {
	case who == nil || status >= 500:
		return nil
	case req.Kind == GraphQL:
		return who.graphql
	}
	return who.core
}

// words are what GitHub says with a status.
func words(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "Bad credentials"
	case http.StatusForbidden:
		return "Resource not accessible by personal access token"
	case http.StatusUnavailableForLegalReasons:
		return "Repository access blocked"
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return "We couldn't respond to your request in time. Sorry about that."
	}
	return http.StatusText(status)
}

// header is what every answer has.
func (s *Server) header(contentType string) http.Header {
	return http.Header{
		"Date":                []string{s.now.UTC().Format(http.TimeFormat)},
		"Content-Type":        []string{contentType},
		"Server":              []string{"github.com"},
		"X-Github-Request-Id": []string{fmt.Sprintf("FA4E:%04X", s.served)},
	}
}

// page is GitHub's picture of an angry unicorn, in words.
func (s *Server) page(status int) answer {
	if status == 0 {
		status = http.StatusOK
	}
	return answer{status, s.header("text/html; charset=utf-8"),
		[]byte("<!DOCTYPE html>\n<html><head><title>Unicorn!</title></head><body><p>We had issues producing the response to your request.</p></body></html>\n")}
}

// message is an error of REST. Without a bucket no quota is told.
func (s *Server) message(b *bucket, status int, text string) answer {
	if status == 0 {
		status = http.StatusOK
	}
	a := s.json(b, map[string]string{
		"message": text, "documentation_url": "https://docs.github.com/rest", "status": strconv.Itoa(status),
	})
	a.status = status
	return a
}

func (s *Server) json(b *bucket, v any) answer {
	h := s.header("application/json; charset=utf-8")
	if b != nil {
		b.show(h)
	}
	var body []byte
	if g, ok := v.(gqlAnswer); ok {
		body, _ = g.MarshalJSON() // as it is: encoding/json would read it all again
	} else {
		body, _ = json.Marshal(v)
	}
	return answer{http.StatusOK, h, body}
}

// spoil puts a fault's errors and nulls into the data.
func (s *Server) spoil(data record, errs []GQLError, f *Fault) gqlAnswer {
	g := gqlAnswer{Told: true, Data: data, Errors: append(errs, f.GraphQLErrors...)}
	for _, path := range f.Null {
		if !erase(data, strings.Split(path, ".")) {
			s.t.Errorf("githubtest: the answer has no %s that could be null", path)
		}
	}
	if f.NoData {
		g.Data = record(nil)
	}
	return g
}

// erase nulls what a path names and tells whether there was anything.
func erase(v any, path []string) bool {
	found := false
	step := func(key string, field *any) {
		switch {
		case key != path[0] && path[0] != "*":
		case len(path) == 1:
			*field, found = nil, true
		case erase(*field, path[1:]):
			found = true
		}
	}
	switch v := v.(type) {
	case record:
		for i := range v {
			step(v[i].key, &v[i].value)
		}
	case []any:
		for i := range v {
			step(strconv.Itoa(i), &v[i])
		}
	}
	return found
}

// send writes the answer, as badly as the fault wants.
func send(w http.ResponseWriter, r *http.Request, a answer, f *Fault) {
	if f.Reset || f.Drop {
		cut(w, f.Reset)
		return
	}
	for name, values := range a.header {
		w.Header()[name] = slices.Clone(values) // nil keeps net/http from adding its own
	}
	if !f.Huge && a.status != http.StatusNotModified {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
	switch {
	case f.Truncate:
		w.Write(a.body[:len(a.body)/2]) // the server cuts the connection itself where less comes than promised
	case f.Slow:
		drip(w, r, a.body)
	case f.Huge:
		flood(w)
	case a.status != http.StatusNotModified:
		w.Write(a.body)
	}
}

// cut ends a connection: with a reset, or as if all had been said.
func cut(w http.ResponseWriter, reset bool) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2 has no connection of its own
	}
	if tcp, ok := conn.(*net.TCPConn); ok && reset {
		tcp.SetLinger(0)
	}
	conn.Close()
}

func drip(w http.ResponseWriter, r *http.Request, body []byte) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	c := http.NewResponseController(w)
	for i := range body {
		c.Flush()
		select {
		case <-tick.C:
		case <-r.Context().Done():
			return
		}
		w.Write(body[i : i+1])
	}
}

func flood(w http.ResponseWriter) {
	some := []byte(strings.Repeat("flood ", 10_000))
	_, err := w.Write([]byte(`{"data":{"repository":{"name":"`))
	for err == nil {
		_, err = w.Write(some)
	}
}
