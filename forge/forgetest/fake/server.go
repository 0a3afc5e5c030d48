package fake

import (
	"cmp"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tributary-oss/tributary/forge/forgetest"
)

// The kinds of requests, as [Server.Count] and [Server.Busiest] take them.
const (
	GraphQL = "graphql"
	REST    = "rest"
)

// Server is what the fake forges have in common. Its methods may be called by several
// goroutines at once, also while it answers; those that say so only while it does.
type Server struct {
	// URL is the server's address without a slash at its end.
	URL string

	t     testing.TB
	rules Rules
	http  *httptest.Server

	mu        sync.Mutex // held while an answer is made, so that it sees one state
	projects  []*forgetest.Project
	memory    map[string]any // sorted lists, until the next Edit
	onRequest func(Request) *Fault
	tokens    map[string]*Caller
	open      bool // every token is accepted
	requests  []Request
	served    int // requests since the start
	busy      map[string]int
	busiest   map[string]int

	clock sync.Mutex
	now   time.Time
}

// Request is one that a server got.
type Request struct {
	N         int            // counts from 1, across Reset
	Kind      string         // GraphQL or REST
	Method    string         // such as GET
	Path      string         // without what stands before a forge's API, as its fake says
	Query     string         // of REST the query of the address, of GraphQL the text
	Operation string         // the name of a GraphQL operation, where it has one
	Variables map[string]any // of GraphQL, as JSON is decoded into any
	Token     string         // without the scheme; "": none
	Header    http.Header
	Points    int    // what the query cost; 0 where it was not run, and while OnRequest is asked
	Status    int    // what it was answered with; 0 while OnRequest is asked, and where the connection was cut
	Base      string // the address of the API as the client sees it, without a slash at its end
	Escaped   string // Path as it was sent, with its escapes
}

// Rules are what one kind of forge has of its own.
type Rules struct {
	// Name begins the messages of tests that fail: gitlabtest.
	Name string
	// Software is the Server header.
	Software string
	// Page is the page of HTML that is shown when all fails, or to those who are to log in.
	Page string
	// Notice completes what is noted of a request before OnRequest is asked: its kind,
	// path, query and base. It is called under the server's lock.
	Notice func(r *Request, body []byte)
	// Answer answers a request that no fault keeps from being run, under the server's
	// lock. It may note Points.
	Answer func(r *Request, f *Fault) Answer
	// Refuse is the error that the forge gives with a status, where a fault demands one.
	Refuse func(r *Request, status int) Answer
	// Header adds the headers that every answer has, but for a fault's; nil adds none.
	Header func(r *Request, h http.Header)
	// Quota says how much a token may ask for, and how that is told.
	Quota QuotaRules
	// TLS makes the server speak HTTPS, by a certificate of its own authority.
	TLS bool
}

// Start starts a server that answers about the projects until the test ends.
func Start(t testing.TB, rules Rules, projects ...*forgetest.Project) *Server {
	t.Helper()
	s := &Server{
		t: t, rules: rules, projects: projects, open: true,
		memory: map[string]any{}, tokens: map[string]*Caller{}, busy: map[string]int{}, busiest: map[string]int{},
		now: time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC),
	}
	s.http = httptest.NewUnstartedServer(http.HandlerFunc(s.serve))
	s.http.Config.ErrorLog = log.New(io.Discard, "", 0) // clients that hang up, or trust nobody, are what tests are about
	if rules.TLS {
		s.http.StartTLS()
	} else {
		s.http.Start()
	}
	s.URL = s.http.URL
	t.Cleanup(func() {
		s.http.CloseClientConnections()
		s.http.Close()
	})
	return s
}

// Client is an HTTP client whose connections end with the server, and which trusts it.
func (s *Server) Client() *http.Client { return s.http.Client() }

// Authority is the certificate that clients must trust, in PEM; nil without TLS.
func (s *Server) Authority() []byte {
	if c := s.http.Certificate(); c != nil {
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
	}
	return nil
}

// Edit runs change while no request looks at the projects. Nothing else of the server may
// be called inside it but its fields.
func (s *Server) Edit(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
	clear(s.memory)
}

// Add makes the server answer about more projects.
func (s *Server) Add(projects ...*forgetest.Project) {
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
	s.clock.Lock()
	defer s.clock.Unlock()
	return s.now
}

// SetNow sets the server's time. Quotas whose reset has come are full again.
func (s *Server) SetNow(t time.Time) {
	s.clock.Lock()
	defer s.clock.Unlock()
	s.now = t
}

func (s *Server) tick() {
	s.clock.Lock()
	defer s.clock.Unlock()
	s.now = s.now.Add(time.Millisecond)
}

// Requests are all since the start or Reset, in the order in which they came.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Points is what all queries since the start or Reset cost together.
func (s *Server) Points() int {
	sum := 0
	for _, r := range s.Requests() {
		sum += r.Points
	}
	return sum
}

// Count is the number of requests of a kind since the start or Reset; "" is any kind.
func (s *Server) Count(kind string) int {
	n := 0
	for _, r := range s.Requests() {
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
	base := "http://" + r.Host
	if r.TLS != nil {
		base = "https://" + r.Host
	}
	req := Request{Kind: REST, Method: r.Method, Path: r.URL.Path, Escaped: r.URL.EscapedPath(), Query: r.URL.RawQuery, Token: tokenOf(r), Header: r.Header.Clone(), Base: base}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules.Notice(&req, body)
	s.served++
	s.tick()
	req.N = s.served
	s.requests = append(s.requests, req)
	key := req.Kind + " " + req.Token
	s.busy[key]++
	s.busiest[key] = max(s.busiest[key], s.busy[key])
	return req, s.onRequest
}

// settle completes what was noted, unless it was forgotten meanwhile. It comes before
// the answer is sent: afterwards the client's next request could come first.
func (s *Server) settle(req Request, a Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy[req.Kind+" "+req.Token]--
	i, ok := slices.BinarySearchFunc(s.requests, req.N, func(r Request, n int) int { return cmp.Compare(r.N, n) })
	if ok {
		s.requests[i].Points, s.requests[i].Status = req.Points, a.Status
	}
}

// tokenOf is the token of a request, in whichever of the forges' ways it comes.
func tokenOf(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "bearer") || strings.EqualFold(scheme, "token") {
		return token
	}
	return cmp.Or(r.Header.Get("Private-Token"), r.Header.Get("Job-Token"))
}

// ReadQuery reads what a GraphQL client posted; name is asked for the name of a query's
// operation where the client does not say it. For Notice.
func (r *Request) ReadQuery(body []byte, name func(query string) string) {
	var message struct {
		Query, OperationName string
		Variables            map[string]any
	}
	r.Kind = GraphQL
	if json.Unmarshal(body, &message) != nil {
		return
	}
	r.Query, r.Variables = message.Query, message.Variables
	r.Operation = cmp.Or(message.OperationName, name(message.Query))
}
