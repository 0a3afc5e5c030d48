package fake

import (
	"cmp"
	"encoding/json"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge/forgetest/fake/graphql"
)

// A Fault is how a request goes wrong. The zero Fault answers it.
//
// With Status, Body or HTML the request is not run and costs nothing. All other faults
// spoil the true answer, and a query costs its points.
type Fault struct {
	Status int         // of the answer; 0: 200, or that of the true answer
	Header http.Header // set beside the usual ones, such as Retry-After; nil values take usual ones away
	Body   string      // "" with a Status: the forge's words for it
	HTML   bool        // a page instead of JSON, with 200 where there is no Status

	Truncate bool // half of the body, although Content-Length promises all
	Slow     bool // a byte a second, the headers at once
	Huge     bool // JSON without end, until the client hangs up
	Reset    bool // the connection is reset before the request is run
	Drop     bool // the connection is closed after the request was run, without an answer

	// GraphQLErrors come beside the data, or with NoData instead of it.
	GraphQLErrors []graphql.Error
	NoData        bool
	// Null are the parts of the data that are null, such as repository.pullRequests.nodes.3
	// or, for all of them, repository.pullRequests.nodes.*.author.
	Null []string

	After func() // runs when the answer is sent
}

// Answer is what goes out.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// answerWith answers a request, or does not where the fault says so.
func (s *Server) answerWith(req *Request, f *Fault) Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	var a Answer
	switch {
	case f.Reset || f.Huge:
		a = s.Reply(http.StatusOK, "application/json; charset=utf-8", nil)
	case f.HTML:
		a = s.Page(f.Status)
	case f.Status != 0 || f.Body != "":
		a = s.rules.Refuse(req, cmp.Or(f.Status, http.StatusOK))
		if f.Body != "" {
			a.Body = []byte(f.Body)
		}
	default:
		a = s.rules.Answer(req, f)
	}
	if s.rules.Header != nil {
		s.rules.Header(req, a.Header)
	}
	for name, values := range f.Header {
		a.Header[http.CanonicalHeaderKey(name)] = values
	}
	if f.Reset || f.Drop {
		a.Status = 0
	}
	return a
}

// Reply is an answer with the headers that every one has.
func (s *Server) Reply(status int, contentType string, body []byte) Answer {
	return Answer{status, http.Header{
		"Date":         []string{s.Now().UTC().Format(http.TimeFormat)},
		"Content-Type": []string{contentType},
		"Server":       []string{s.rules.Software},
	}, body}
}

// JSON is an answer that holds a value.
func (s *Server) JSON(status int, contentType string, v any) Answer {
	body, err := json.Marshal(v)
	if err != nil {
		s.Errorf("%T in an answer: %v", v, err)
	}
	return s.Reply(status, contentType, body)
}

// Page is the forge's page of HTML; status 0 is 200.
func (s *Server) Page(status int) Answer {
	return s.Reply(cmp.Or(status, http.StatusOK), "text/html; charset=utf-8", []byte(s.rules.Page))
}

// send writes the answer, as badly as the fault wants.
func send(w http.ResponseWriter, r *http.Request, a Answer, f *Fault) {
	if f.Reset || f.Drop {
		cut(w, f.Reset)
		return
	}
	for name, values := range a.Header {
		w.Header()[name] = slices.Clone(values) // nil keeps net/http from adding its own
	}
	if !f.Huge && a.Status != http.StatusNotModified {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.Body)))
	}
	w.WriteHeader(a.Status)
	switch {
	case f.Truncate:
		w.Write(a.Body[:len(a.Body)/2]) // the server cuts the connection itself where less comes than promised
	case f.Slow:
		drip(w, r, a.Body)
	case f.Huge:
		flood(w)
	case a.Status != http.StatusNotModified:
		w.Write(a.Body)
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
