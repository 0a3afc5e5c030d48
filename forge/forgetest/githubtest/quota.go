package githubtest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Quota is what one token may do.
type Quota struct {
	Points   int       // left for GraphQL until Reset
	Requests int       // left for REST until Reset
	Reset    time.Time // then both are 5,000 again, or what they were if that is more; zero: in an hour
	Expires  time.Time // then the token is refused; zero: never
	Private  bool      // sees private projects
}

// caller is whoever holds a token, or nobody.
type caller struct {
	token         string
	graphql, core *bucket
	expires       time.Time
	private       bool
}

// bucket is a quota that fills up every hour.
type bucket struct {
	resource    string
	limit, left int
	reset       time.Time
}

// Tokens says which tokens are accepted from now on and what is left of their quotas.
// With none, which is how a server starts, every token is accepted and has 5,000 points
// and 5,000 requests. Without a token there are 60 requests to REST.
func (s *Server) Tokens(quotas map[string]Quota) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = len(quotas) == 0
	clear(s.tokens)
	for token, q := range quotas {
		s.tokens[token] = s.newCaller(token, q)
	}
}

func (s *Server) newCaller(token string, q Quota) *caller {
	reset := q.Reset
	if reset.IsZero() {
		reset = s.now.Truncate(time.Second).Add(time.Hour)
	}
	return &caller{
		token: token, expires: q.Expires, private: q.Private,
		graphql: &bucket{"graphql", max(5000, q.Points), q.Points, reset},
		core:    &bucket{"core", max(5000, q.Requests), q.Requests, reset},
	}
}

// caller finds who sent a token; nil where it is not accepted.
func (s *Server) caller(token string) *caller {
	c := s.tokens[token]
	switch {
	case c == nil && token == "":
		c = s.newCaller("", Quota{})
		c.core.limit, c.core.left = 60, 60
		c.graphql.limit = 0
		s.tokens[""] = c
	case c == nil && s.open:
		c = s.newCaller(token, Quota{Points: 5000, Requests: 5000})
		s.tokens[token] = c
	case c == nil || !c.expires.IsZero() && !s.now.Before(c.expires):
		return nil
	}
	c.graphql.refill(s.now)
	c.core.refill(s.now)
	return c
}

func (b *bucket) refill(now time.Time) {
	for !b.reset.After(now) {
		b.left, b.reset = b.limit, b.reset.Add(time.Hour)
	}
}

func (b *bucket) take(n int) { b.left = max(0, b.left-n) }

// show writes the headers in which GitHub tells the quota.
func (b *bucket) show(h http.Header) {
	h.Set("X-RateLimit-Limit", strconv.Itoa(b.limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(b.left))
	h.Set("X-RateLimit-Used", strconv.Itoa(b.limit-b.left))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(b.reset.Unix(), 10))
	h.Set("X-RateLimit-Resource", b.resource)
}

// sees tells whether a project exists for the caller.
func (c *caller) sees(p *Project) bool { return !p.Private || c.private }

// find is the project of a name, case aside, and whether it is an old one.
func (s *Server) find(name string, who *caller) (p *Project, old bool) {
	same := func(n string) bool { return strings.EqualFold(n, name) }
	for _, p := range s.projects {
		if who.sees(p) && same(p.fullName()) {
			return p, false
		}
	}
	for _, p := range s.projects {
		if who.sees(p) && slices.ContainsFunc(p.OldNames, same) {
			return p, true
		}
	}
	return nil, false
}

// accounts are all that the projects name, each once, in the order of the projects.
func (s *Server) accounts() []Account {
	return remembered(s, "accounts", func() []Account {
		var list []Account
		seen := map[string]bool{"": true}
		add := func(accounts ...Account) {
			for _, a := range accounts {
				if !seen[a.Login] {
					seen[a.Login] = true
					list = append(list, a)
				}
			}
		}
		for _, p := range s.projects {
			p.eachAccount(add)
		}
		return list
	})
}

func (p *Project) eachAccount(add func(...Account)) {
	said := func(events []Event, comments []Comment) {
		for _, e := range events {
			add(e.Actor, e.Reviewer, e.Assignee)
		}
		for _, c := range comments {
			add(c.Author)
		}
	}
	for _, c := range p.Changes {
		add(c.Author, c.MergedBy)
		for _, v := range c.Reviews {
			add(v.Author)
		}
		said(c.Timeline, c.Comments)
	}
	for _, i := range p.Issues {
		add(i.Author)
		said(i.Timeline, i.Comments)
	}
	for _, r := range p.Releases {
		add(r.Author)
	}
	for _, a := range p.Advisories {
		add(a.Publisher, a.Author)
		for _, c := range a.Credits {
			add(c.User)
		}
	}
}
