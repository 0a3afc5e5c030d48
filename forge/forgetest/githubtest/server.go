package githubtest

import (
	"cmp"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// The kinds of requests, as [Server.Count] and [Server.Busiest] take them.
const (
	GraphQL = "graphql"
	REST    = "rest"
)

// Server is a GitHub on the loopback. Its methods may be called by several goroutines at
// once, also while it answers; its fields are set before the first request or inside Edit.
type Server struct {
	// URL is the server's address without a slash at its end. GraphQL is at URL+"/graphql",
	// REST at URL+"/"; both are also at /api/graphql and /api/v3/, as GitHub Enterprise
	// has them.
	URL string
	// MostPage is the largest page of pull requests, outside of other pages, that is
	// answered within GitHub's 10 s; a larger one gets a 502 and costs its points. 0 is
	// no bound.
	MostPage int
	// CountTotals makes a connection that is asked for its totalCount only, without first
	// or last, cost like a fetched one. GitHub does not say whether it does.
	CountTotals bool

	t    testing.TB
	http *httptest.Server

	mu        sync.Mutex
	projects  []*Project
	memory    map[string]any // sorted lists, until the next Edit
	queries   map[string]query
	onRequest func(Request) *Fault
	tokens    map[string]*caller
	open      bool // every token is accepted
	now       time.Time
	requests  []Request
	served    int // requests since the start
	busy      map[string]int
	busiest   map[string]int
}

// Request is one that the server got.
type Request struct {
	N         int            // counts from 1, across Reset
	Kind      string         // GraphQL or REST
	Method    string         // such as GET
	Path      string         // without the prefixes of GitHub Enterprise, such as /graphql
	Query     string         // of REST the query of the address, of GraphQL the text
	Operation string         // the name of a GraphQL operation, where it has one
	Variables map[string]any // of GraphQL, as JSON is decoded into any
	Token     string         // without the scheme; "": none
	Header    http.Header
	Points    int // what the query cost; 0 where it was not run, and while OnRequest is asked
	Status    int // what it was answered with; 0 while OnRequest is asked, and where the connection was cut

	base string // the address of REST, as the client sees it
}

// query is a parsed query or what is wrong with it.
type query struct {
	doc  *ast.QueryDocument
	errs gqlerror.List
}

// New starts a server that answers about the projects until the test ends.
func New(t testing.TB, projects ...*Project) *Server {
	t.Helper()
	s := &Server{
		t: t, projects: projects, open: true,
		memory: map[string]any{}, queries: map[string]query{}, tokens: map[string]*caller{},
		busy: map[string]int{}, busiest: map[string]int{},
		now: time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC),
	}
	s.http = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.http.URL
	t.Cleanup(func() {
		s.http.CloseClientConnections()
		s.http.Close()
	})
	return s
}

// Client is an HTTP client whose connections end with the server.
func (s *Server) Client() *http.Client { return s.http.Client() }

// Edit runs change while no request looks at the projects. Nothing else of the server may
// be called inside it but its fields.
func (s *Server) Edit(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
	clear(s.memory)
}

// Add makes the server answer about more projects.
func (s *Server) Add(projects ...*Project) {
	s.Edit(func() { s.projects = append(s.projects, projects...) })
}

// OnRequest has f asked before each request is answered; nil answers it. f runs outside
// the server's lock, at once for requests that come at once, and may call the server.
// While f waits, the request waits.
func (s *Server) OnRequest(f func(Request) *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onRequest = f
}

// Now is the server's time, which its Date headers show: 2026-11-02T08:00:00Z at the
// start, and a millisecond later with every request.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// SetNow sets the server's time. Quotas whose reset has come are full again.
func (s *Server) SetNow(t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = t
}

// Requests are all since the start or Reset, in the order in which they came.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Points is what all queries since the start or Reset cost together.
func (s *Server) Points() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	sum := 0
	for _, r := range s.requests {
		sum += r.Points
	}
	return sum
}

// Count is the number of requests of a kind since the start or Reset; "" is any kind.
func (s *Server) Count(kind string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, r := range s.requests {
		if kind == "" || r.Kind == kind {
			n++
		}
	}
	return n
}

// Busiest is the largest number of requests of a kind that one token had under way at
// once, from their arrival until their answers went out, since the start or Reset.
func (s *Server) Busiest(kind string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	most := 0
	for key, n := range s.busiest {
		if strings.HasPrefix(key, kind+" ") {
			most = max(most, n)
		}
	}
	return most
}

// Reset forgets the requests, not the quotas.
func (s *Server) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
	s.busiest = maps.Clone(s.busy)
}

// serve answers one request, as it is or with the fault that the test wants.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 10<<20))
	if err != nil {
		return // the client is gone
	}
	req, ask := s.receive(r, body)
	var fault *Fault
	if ask != nil {
		fault = ask(req)
	}
	fault = cmp.Or(fault, &Fault{})
	a := s.answerWith(&req, fault)
	s.settle(req, a)
	send(w, r, a, fault)
	if fault.After != nil {
		http.NewResponseController(w).Flush() // so that the client has all of it by then
		fault.After()
	}
}

// receive notes a request.
func (s *Server) receive(r *http.Request, body []byte) (Request, func(Request) *Fault) {
	req := Request{Kind: REST, Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Token: bearer(r), Header: r.Header.Clone(), base: "http://" + r.Host}
	if path, ok := strings.CutPrefix(req.Path, "/api/v3/"); ok {
		req.Path, req.base = "/"+path, req.base+"/api/v3"
	} else if path == "/api/graphql" {
		req.Path = "/graphql"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if req.Path == "/graphql" {
		s.receiveQuery(&req, body)
	}
	s.served++
	s.now = s.now.Add(time.Millisecond)
	req.N = s.served
	s.requests = append(s.requests, req)
	key := req.Kind + " " + req.Token
	s.busy[key]++
	s.busiest[key] = max(s.busiest[key], s.busy[key])
	return req, s.onRequest
}

// receiveQuery reads a GraphQL request. A query is parsed and validated once.
func (s *Server) receiveQuery(req *Request, body []byte) {
	var message struct {
		Query, OperationName string
		Variables            map[string]any
	}
	req.Kind = GraphQL
	if json.Unmarshal(body, &message) != nil {
		return
	}
	req.Query, req.Operation, req.Variables = message.Query, message.OperationName, message.Variables
	q, ok := s.queries[req.Query]
	if !ok {
		q.doc, q.errs = parsed(req.Query)
		s.queries[req.Query] = q
	}
	if q.doc != nil && req.Operation == "" && len(q.doc.Operations) == 1 {
		req.Operation = q.doc.Operations[0].Name
	}
}

// settle completes what was noted, unless it was forgotten meanwhile. It comes before
// the answer is sent: afterwards the client's next request could come first.
func (s *Server) settle(req Request, a answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy[req.Kind+" "+req.Token]--
	i, ok := slices.BinarySearchFunc(s.requests, req.N, func(r Request, n int) int { return cmp.Compare(r.N, n) })
	if ok {
		s.requests[i].Points, s.requests[i].Status = req.Points, a.status
	}
}

// bearer is the token of a request.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "bearer") || strings.EqualFold(scheme, "token") {
		return token
	}
	return ""
}

// remembered makes a list once for all requests until the next Edit. It is called
// under the server's lock.
func remembered[T any](s *Server, key string, make func() T) T {
	if v, ok := s.memory[key].(T); ok {
		return v
	}
	v := make()
	s.memory[key] = v
	return v
}
