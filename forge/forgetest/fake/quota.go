package fake

import (
	"net/http"
	"strconv"
	"time"

	"github.com/tributary-oss/tributary/forge/forgetest"
)

// QuotaRules are how a forge limits its callers. The zero rules are none.
type QuotaRules struct {
	// Points and Requests are what a token has in each Period for GraphQL and for REST, and
	// what there is at least after a reset; 0 is no limit.
	Points, Requests int
	// Anonymous is how many REST requests there are without a token; 0 is no limit.
	Anonymous int
	Period    time.Duration
	Headers   QuotaHeaders
}

// QuotaHeaders are the names under which a quota is told; "" is not told.
type QuotaHeaders struct {
	Limit, Remaining, Used string
	Reset                  string // in seconds since 1970
	ResetTime              string // as a date of HTTP
	Resource               string // the bucket's name
}

// Quota is what one token may do.
type Quota struct {
	Points   int       // left for GraphQL until Reset
	Requests int       // left for REST until Reset
	Reset    time.Time // then both are full again, or what they were if that is more; zero: in a period
	Expires  time.Time // then the token is refused; zero: never
	Private  bool      // sees private projects
	Login    string    // whose token it is, for forges that say so; "": viewer
}

// Caller is whoever holds a token, or nobody.
type Caller struct {
	Token         string // "": nobody
	Login         string
	GraphQL, REST *Bucket
	Expires       time.Time
	Private       bool
}

// Bucket is a quota that fills up every period.
type Bucket struct {
	Resource    string
	Limit, Left int // Limit 0: no limit, which is not told
	Reset       time.Time
	headers     QuotaHeaders
	period      time.Duration
}

// Tokens says which tokens are accepted from now on and what is left of their quotas.
// With none, which is how a server starts, every token is accepted and has a full quota.
func (s *Server) Tokens(quotas map[string]Quota) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = len(quotas) == 0
	clear(s.tokens)
	for token, q := range quotas {
		s.tokens[token] = s.newCaller(token, q)
	}
}

func (s *Server) newCaller(token string, q Quota) *Caller {
	rules := s.rules.Quota
	reset := q.Reset
	if reset.IsZero() {
		reset = s.Now().Truncate(time.Second).Add(rules.Period)
	}
	bucket := func(name string, usual, left int) *Bucket {
		if usual == 0 {
			return &Bucket{Resource: name}
		}
		return &Bucket{name, max(usual, left), left, reset, rules.Headers, rules.Period}
	}
	c := &Caller{Token: token, Login: q.Login, Expires: q.Expires, Private: q.Private}
	c.GraphQL, c.REST = bucket("graphql", rules.Points, q.Points), bucket("core", rules.Requests, q.Requests)
	return c
}

// Caller finds who sent a token; nil where it is not accepted. It is called while the
// server answers.
func (s *Server) Caller(token string) *Caller {
	c, rules := s.tokens[token], s.rules.Quota
	switch {
	case c == nil && token == "":
		c = s.newCaller("", Quota{Requests: rules.Anonymous})
		if c.REST.Limit = rules.Anonymous; rules.Anonymous == 0 {
			c.REST.period = 0
		}
		c.GraphQL.Limit = c.GraphQL.Left
		s.tokens[""] = c
	case c == nil && s.open:
		c = s.newCaller(token, Quota{Points: rules.Points, Requests: rules.Requests})
		s.tokens[token] = c
	case c == nil || !c.Expires.IsZero() && !s.Now().Before(c.Expires):
		return nil
	}
	c.GraphQL.refill(s.Now())
	c.REST.refill(s.Now())
	return c
}

func (b *Bucket) refill(now time.Time) {
	for b.period > 0 && !b.Reset.After(now) {
		b.Left, b.Reset = b.Limit, b.Reset.Add(b.period)
	}
}

// Empty says that nothing is left.
func (b *Bucket) Empty() bool { return b.period > 0 && b.Left == 0 }

// Take uses up n.
func (b *Bucket) Take(n int) { b.Left = max(0, b.Left-n) }

// Show writes the headers in which the forge tells the quota; none where there is no limit.
func (b *Bucket) Show(h http.Header) {
	if b.period == 0 {
		return
	}
	show := func(name, value string) {
		if name != "" {
			h.Set(name, value)
		}
	}
	show(b.headers.Limit, strconv.Itoa(b.Limit))
	show(b.headers.Remaining, strconv.Itoa(b.Left))
	show(b.headers.Used, strconv.Itoa(b.Limit-b.Left))
	show(b.headers.Reset, strconv.FormatInt(b.Reset.Unix(), 10))
	show(b.headers.ResetTime, b.Reset.UTC().Format(http.TimeFormat))
	show(b.headers.Resource, b.Resource)
}

// Sees tells whether a project exists for the caller; nobody sees what is private.
func (c *Caller) Sees(p *forgetest.Project) bool { return !p.Private || c != nil && c.Private }
