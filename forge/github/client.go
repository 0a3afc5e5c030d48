package github

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	gh "github.com/google/go-github/v60/github"

	"github.com/tributary-oss/tributary/forge/internal/mining"
	"github.com/tributary-oss/tributary/forge/internal/rest"
)

// host is one GitHub: github.com or an Enterprise server.
type host struct {
	name      string // what account numbers are prefixed with: "github", or the server's name
	client    *gh.Client
	graphql   string // address of the GraphQL API, from the REST API's
	transport *rest.Transport
	points    atomic.Int64 // spent on queries
	log       *slog.Logger
}

// bare takes the limits off replies. go-github would refuse to send anything before a
// limit's reset, the one of GraphQL also for REST on Enterprise servers; waiting is
// the transport's work, which has read them before.
type bare struct{ *rest.Transport }

func (b bare) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.Transport.RoundTrip(r)
	if err == nil {
		for _, name := range []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After"} {
			resp.Header.Del(name)
		}
	}
	return resp, err
}

// newHost makes a client of the API at base, which is that of REST.
func newHost(name string, base *url.URL, o *Options) *host {
	h := &host{name: name, log: o.Log, graphql: "graphql"}
	if strings.HasSuffix(base.Path, "/api/v3/") {
		h.graphql = "../graphql" // Enterprise: https://HOST/api/graphql
	}
	h.transport = rest.New(rest.Options{
		Host: base.Host, Tokens: o.Tokens, Base: o.Base, Cache: o.cache(base.Host), Log: o.Log, Attempts: 3, Pause: o.pause,
		Resource: func(r *http.Request) string {
			if strings.HasSuffix(r.URL.Path, "/graphql") {
				return "graphql"
			}
			return "core"
		},
		Limited: func(r *http.Request, body []byte) bool {
			if r.Method != http.MethodPost || !bytes.Contains(body, []byte("RATE_LIMIT")) {
				return false
			}
			var reply struct{ Errors faults }
			return json.Unmarshal(body, &reply) == nil && (reply.Errors.has("RATE_LIMITED") || reply.Errors.has("RATE_LIMIT"))
		},
	})
	h.client = gh.NewClient(&http.Client{Transport: bare{h.transport}})
	h.client.BaseURL = base
	return h
}

// fault is an error that GraphQL puts into a reply whose status is 200.
type fault struct {
	Type       string `json:"type"`
	Message    string `json:"message"`
	Path       []any  `json:"path"`
	Extensions struct {
		Code string `json:"code"`
		SAML bool   `json:"saml_failure"`
	} `json:"extensions"`
}

// faults are the errors of a reply, part of which may be good.
type faults []fault

func (f faults) Error() string {
	var said []string
	for _, e := range f[:min(len(f), 3)] {
		said = append(said, fmt.Sprintf("%.300s", strings.Join(strings.Fields(e.Type+" "+e.Message), " ")))
	}
	return strings.Join(said, "; ")
}

func (f faults) has(kind string) bool {
	for _, e := range f {
		if e.Type == kind || e.Extensions.Code == kind {
			return true
		}
	}
	return false
}

// errSAML says that an organisation lets only those in who signed on with it.
var errSAML = errors.New("it asks for single sign-on (SAML); authorise the token for it")

// refusals are faults that no smaller page mends, with what to do.
var refusals = map[string]string{
	"NOT_FOUND":           "there is no such repository, or the token may not read it",
	"FORBIDDEN":           "the token may not read it",
	"INSUFFICIENT_SCOPES": "the token may not read it; give it the right to read repositories",
}

// query sends a query for the repository.
func (l *listing) query(ctx context.Context, text string, variables map[string]any, into any) error {
	err := l.host.query(ctx, text, variables, into)
	if errors.Is(err, errSAML) {
		return fmt.Errorf("organisation %s: %w", l.owner, err)
	}
	return err
}

// query sends a query and decodes its data. Where the reply has faults beside data, the
// data are decoded and the faults returned.
func (h *host) query(ctx context.Context, text string, variables map[string]any, into any) error {
	req, err := h.client.NewRequest(http.MethodPost, h.graphql, map[string]any{"query": text, "variables": variables})
	if err != nil {
		return err
	}
	var reply struct {
		Data   json.RawMessage
		Errors faults
	}
	if _, err := h.client.Do(ctx, req, &reply); err != nil {
		return h.failure(ctx, err)
	}
	h.account(reply.Data)
	if len(reply.Data) > 0 {
		if err := json.Unmarshal(reply.Data, into); err != nil {
			return fmt.Errorf("reading the reply of %s: %w", h.name, err)
		}
	}
	if len(reply.Errors) == 0 {
		if len(reply.Data) == 0 || string(reply.Data) == "null" {
			return fmt.Errorf("%w: it answered without data", mining.ErrHeavy)
		}
		return nil
	}
	return verdict(reply.Errors)
}

// verdict says what the faults of a reply mean.
func verdict(f faults) error {
	for _, e := range f {
		if e.Extensions.SAML {
			return fmt.Errorf("%w: %w", errSAML, f)
		}
		if why := refusals[e.Type]; why != "" {
			return fmt.Errorf("%s: %w", why, f)
		}
	}
	switch {
	case f.has("INVALID_CURSOR_ARGUMENTS"):
		return fmt.Errorf("%w: %w", mining.ErrCursor, f)
	case f.has("MAX_NODE_LIMIT_EXCEEDED"), f.has("undefinedField"), f.has("argumentLiteralsIncompatible"):
		return f
	}
	return f.holes(fmt.Errorf("%w: %w", mining.ErrHeavy, f))
}

// holes says of an error in which items of a page the faults are, where each of them says so.
func (f faults) holes(err error) error {
	h := &mining.Holes{Err: err}
	for _, e := range f {
		i := e.item()
		if i < 0 {
			return err
		}
		h.Items = append(h.Items, i)
	}
	return h
}

// item returns the place in its page of the item in which a fault is, -1 where it does
// not say.
func (e fault) item() int {
	for n, step := range e.Path {
		if step == "nodes" && n+1 < len(e.Path) {
			if i, ok := e.Path[n+1].(float64); ok && i >= 0 && i < 1000 {
				return int(i)
			}
			break
		}
	}
	return -1
}

// failure says what a reply without the status 200 means.
func (h *host) failure(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var reply *gh.ErrorResponse
	if !errors.As(err, &reply) || reply.Response == nil {
		if errors.Is(err, rest.ErrTooLarge) || errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("%w: %w", mining.ErrHeavy, err)
		}
		var sent *url.Error // says where to, which the transport's own errors do too
		if errors.As(err, &sent) {
			return sent.Err
		}
		return err
	}
	said := strings.Join(strings.Fields(reply.Message), " ")
	status := fmt.Sprintf("%s answers %d %s", h.client.BaseURL.Host, reply.Response.StatusCode, http.StatusText(reply.Response.StatusCode))
	if said != "" {
		status += fmt.Sprintf(" (%.200s)", said)
	}
	switch code := reply.Response.StatusCode; {
	case code >= 500:
		return fmt.Errorf("%w: %s", mining.ErrHeavy, status)
	case code == http.StatusUnavailableForLegalReasons:
		return &statusError{code, status + ": it is blocked for legal reasons"}
	default:
		return &statusError{code, status}
	}
}

// statusError is a reply of REST that is a refusal.
type statusError struct {
	code int
	text string
}

func (e *statusError) Error() string { return e.text }

// account adds up what a query cost, and says so where it is not the one point that
// its pages are made for.
func (h *host) account(data json.RawMessage) {
	var cost struct {
		RateLimit struct {
			Cost      int64
			Remaining int
			ResetAt   time.Time
		}
	}
	if json.Unmarshal(data, &cost) != nil {
		return
	}
	h.points.Add(cost.RateLimit.Cost)
	if cost.RateLimit.Cost > 1 {
		h.log.Warn("a query cost more than the one point that it is made for", "host", h.client.BaseURL.Host, "points", cost.RateLimit.Cost)
	}
}
