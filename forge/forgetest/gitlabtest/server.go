package gitlabtest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
	"github.com/tributary-oss/tributary/forge/forgetest/fake/graphql"
)

// Options are how a server differs from a plain one; nil means a plain one.
type Options struct {
	// Prefix is the path under which the server is installed, such as "/gitlab".
	Prefix string
	// TLS makes it speak HTTPS by a certificate of its own; see [fake.Server.Authority].
	TLS bool
	// NoGraphQL answers 404 to every query, as where an administrator blocks them.
	NoGraphQL bool
	// Complexity is the highest one of a query; 0 is 250 with a token and 200 without.
	Complexity int
	// PerMinute is how many requests a token has in a minute, told in RateLimit headers;
	// without a token it is a quarter. 0 is no limit and no such headers.
	PerMinute int
	// OldNotes writes labels and states into the notes and knows no events of them, as
	// servers before 13.2 did.
	OldNotes bool
	// NullAuthors makes the authors of deleted accounts null in REST, where an import lost
	// them, instead of the Ghost User.
	NullAuthors bool
	// MembersOnly are what projects show to their members alone, of whom nobody who asks is
	// one: merge_requests, issues and releases.
	MembersOnly []string
	// OnCommits are said on a line of the head commit of every change, on its own page. GraphQL
	// counts them to the change, REST does not.
	OnCommits []forgetest.Comment
	// Version is what the server says it is; "": 18.5.1.
	Version string
}

// Server is a GitLab on the loopback. REST is at URL+"/api/v4/", GraphQL at
// URL+"/api/graphql"; URL holds the prefix. Paths in requests come without it. The methods
// may be called by several goroutines at once, also while it answers.
//
// A server starts with every token accepted.
type Server struct {
	*fake.Server
	// URL is the server's address with the prefix, without a slash at its end.
	URL string

	o       Options
	queries *graphql.Queries
}

// signIn is the page that those see who are to log in.
const signIn = "<!DOCTYPE html>\n<html><head><title>Sign in · GitLab</title></head><body><form action=\"/users/sign_in\" method=\"post\"></form></body></html>\n"

const jsonType = "application/json"

// New starts a server that answers about the projects until the test ends.
func New(t testing.TB, projects ...*forgetest.Project) *Server {
	t.Helper()
	return Start(t, nil, projects...)
}

// Start is New with options.
func Start(t testing.TB, o *Options, projects ...*forgetest.Project) *Server {
	t.Helper()
	s := &Server{queries: graphql.NewQueries(publishedSchema)}
	if o != nil {
		s.o = *o
	}
	s.o.Version = cmp.Or(s.o.Version, "18.5.1")
	s.Server = fake.Start(t, fake.Rules{
		Name: "gitlabtest", Software: "nginx", Page: signIn, TLS: s.o.TLS,
		Notice: s.notice, Answer: s.answer, Refuse: s.refuse, Header: s.header, Quota: s.quota(),
	}, projects...)
	s.URL = s.Server.URL + s.o.Prefix
	return s
}

// closed tells whether a part of projects is for their members.
func (s *Server) closed(part string) bool { return slices.Contains(s.o.MembersOnly, part) }

// quota is how GitLab.com tells its limits. One counter, that of REST, serves both APIs.
// https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/#response-headers
func (s *Server) quota() fake.QuotaRules {
	return fake.QuotaRules{
		Requests: s.o.PerMinute, Anonymous: (s.o.PerMinute + 3) / 4, Period: time.Minute,
		Headers: fake.QuotaHeaders{
			Limit: "RateLimit-Limit", Remaining: "RateLimit-Remaining", Used: "RateLimit-Observed",
			Reset: "RateLimit-Reset", ResetTime: "RateLimit-ResetTime", Resource: "RateLimit-Name",
		},
	}
}

// notice tells GraphQL from REST. What is outside of the prefix is somebody else's.
func (s *Server) notice(r *fake.Request, body []byte) {
	path, ok := strings.CutPrefix(r.Path, s.o.Prefix)
	if !ok {
		return
	}
	r.Path, r.Escaped = path, strings.TrimPrefix(r.Escaped, s.o.Prefix)
	r.Base += s.o.Prefix + "/api/v4"
	if path == "/api/graphql" {
		r.ReadQuery(body, s.queries.Name)
	}
}

func (s *Server) answer(r *fake.Request, f *fake.Fault) fake.Answer {
	who := s.Caller(r.Token)
	switch {
	case !strings.HasSuffix(r.Base, "/api/v4"): // outside of the prefix
		return s.Page(http.StatusNotFound)
	case who == nil && r.Kind == fake.GraphQL:
		return s.failed(http.StatusUnauthorized, "Invalid token")
	case who == nil:
		return s.message(http.StatusUnauthorized, "401 Unauthorized")
	case who.REST.Empty():
		return s.retryLater(who)
	}
	who.REST.Take(1)
	if r.Kind == fake.GraphQL {
		return s.answerQuery(r, who, f)
	}
	return s.answerREST(r, who)
}

// retryLater is what GitLab says to those who ask too much: plain text.
func (s *Server) retryLater(who *fake.Caller) fake.Answer {
	a := s.Reply(http.StatusTooManyRequests, "text/plain", []byte("Retry later\n"))
	wait := (who.REST.Reset.Sub(s.Now()) + time.Second - 1) / time.Second
	a.Header.Set("Retry-After", fmt.Sprint(int(wait)))
	return a
}

// header adds what every answer has.
func (s *Server) header(r *fake.Request, h http.Header) {
	id := fmt.Sprintf("01JFAKE%08d", r.N)
	h.Set("X-Gitlab-Meta", fmt.Sprintf(`{"correlation_id":%q,"version":"1"}`, id))
	h.Set("X-Request-Id", id)
	if who := s.Caller(r.Token); who != nil {
		who.REST.Show(h)
	}
}

// refuse is GitLab's error with a status.
func (s *Server) refuse(r *fake.Request, status int) fake.Answer {
	switch {
	case status == http.StatusTooManyRequests:
		return s.Reply(status, "text/plain", []byte("Retry later\n"))
	case status >= http.StatusBadGateway:
		return s.Reply(status, "text/html; charset=utf-8", fmt.Appendf(nil, "<html><head><title>GitLab is not responding (%d)</title></head></html>\n", status))
	case r.Kind == fake.GraphQL:
		return s.failed(status, http.StatusText(status))
	}
	return s.message(status, fmt.Sprintf("%d %s", status, http.StatusText(status)))
}

// message is an error of REST.
func (s *Server) message(status int, text string) fake.Answer {
	return s.JSON(status, jsonType, map[string]string{"message": text})
}

// failed is an error of GraphQL as a whole.
func (s *Server) failed(status int, text string) fake.Answer {
	body, _ := graphql.Message{Errors: []graphql.Error{{Message: text}}}.MarshalJSON()
	return s.Reply(status, jsonType+"; charset=utf-8", body)
}
