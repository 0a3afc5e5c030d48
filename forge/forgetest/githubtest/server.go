package githubtest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tributary-oss/tributary/forge/forgetest/fake"
	"github.com/tributary-oss/tributary/forge/forgetest/fake/graphql"
)

// The kinds of requests, as [fake.Server.Count] and [fake.Server.Busiest] take them.
const (
	GraphQL = fake.GraphQL
	REST    = fake.REST
)

// What a server notes and how it breaks is the same for every forge.
type (
	Request  = fake.Request
	Fault    = fake.Fault
	GQLError = graphql.Error
)

// Quota is what one token may do, until the hour is over and both are 5,000 again or what
// they were if that is more.
type Quota = fake.Quota

// Server is a GitHub on the loopback. GraphQL is at URL+"/graphql", REST at URL+"/"; both
// are also at /api/graphql and /api/v3/, as GitHub Enterprise has them. Paths in requests
// come without the latter. Its methods may be called by several goroutines at once, also
// while it answers; its fields are set before the first request or inside Edit.
//
// A server starts with every token accepted, each with 5,000 points and 5,000 requests.
// Without a token there are 60 requests to REST.
type Server struct {
	*fake.Server
	// MostPage is the largest page of pull requests, outside of other pages, that is
	// answered within GitHub's 10 s; a larger one gets a 502 and costs its points. 0 is
	// no bound.
	MostPage int
	// CountTotals makes a connection that is asked for its totalCount only, without first
	// or last, cost like a fetched one. GitHub does not say whether it does.
	CountTotals bool

	queries *graphql.Queries
}

// unicorn is GitHub's picture of an angry one, in words.
const unicorn = "<!DOCTYPE html>\n<html><head><title>Unicorn!</title></head><body><p>We had issues producing the response to your request.</p></body></html>\n"

// New starts a server that answers about the projects until the test ends.
func New(t testing.TB, projects ...*Project) *Server {
	t.Helper()
	s := &Server{queries: graphql.NewQueries(publishedSchema)}
	s.Server = fake.Start(t, fake.Rules{
		Name: "githubtest", Software: "github.com", Page: unicorn,
		Notice: s.notice, Answer: s.answer, Refuse: s.refuse, Header: s.header,
		Quota: fake.QuotaRules{
			Points: 5000, Requests: 5000, Anonymous: 60, Period: time.Hour,
			Headers: fake.QuotaHeaders{
				Limit: "X-RateLimit-Limit", Remaining: "X-RateLimit-Remaining", Used: "X-RateLimit-Used",
				Reset: "X-RateLimit-Reset", Resource: "X-RateLimit-Resource",
			},
		},
	}, projects...)
	return s
}

// notice tells GraphQL from REST, and takes the prefixes of GitHub Enterprise away.
func (s *Server) notice(r *Request, body []byte) {
	if path, ok := strings.CutPrefix(r.Path, "/api/v3/"); ok {
		r.Path, r.Base = "/"+path, r.Base+"/api/v3"
	} else if path == "/api/graphql" {
		r.Path = "/graphql"
	}
	if r.Path == "/graphql" {
		r.ReadQuery(body, s.queries.Name)
	}
}

func (s *Server) answer(r *Request, f *Fault) fake.Answer {
	switch {
	case r.Header.Get("User-Agent") == "":
		return s.message(nil, http.StatusForbidden, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header")
	case r.Kind == GraphQL:
		return s.answerQuery(r, f)
	}
	return s.answerREST(r)
}

// header adds what every answer has.
func (s *Server) header(r *Request, h http.Header) {
	h.Set("X-Github-Request-Id", fmt.Sprintf("FA4E:%04X", r.N))
	if c := s.Caller(r.Token); c != nil && !c.Expires.IsZero() {
		h.Set("GitHub-Authentication-Token-Expiration", c.Expires.UTC().Format("2006-01-02 15:04:05 MST"))
	}
}

// refuse is GitHub's error with a status, with the quota: what fails before GitHub's own
// code tells none.
func (s *Server) refuse(r *Request, status int) fake.Answer {
	who := s.Caller(r.Token)
	switch {
	case who == nil || status >= 500:
		return s.message(nil, status, words(status))
	case r.Kind == GraphQL:
		return s.message(who.GraphQL, status, words(status))
	}
	return s.message(who.REST, status, words(status))
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

// message is an error of REST. Without a bucket no quota is told.
func (s *Server) message(b *fake.Bucket, status int, text string) fake.Answer {
	a := s.json(b, map[string]string{
		"message": text, "documentation_url": "https://docs.github.com/rest", "status": strconv.Itoa(status),
	})
	a.Status = status
	return a
}

func (s *Server) json(b *fake.Bucket, v any) fake.Answer {
	const contentType = "application/json; charset=utf-8"
	var a fake.Answer
	if g, ok := v.(graphql.Message); ok {
		body, _ := g.MarshalJSON() // as it is: encoding/json would read it all again
		a = s.Reply(http.StatusOK, contentType, body)
	} else {
		a = s.JSON(http.StatusOK, contentType, v)
	}
	if b != nil {
		b.Show(a.Header)
	}
	return a
}
