// Package rest is the transport that the clients of all forges share: one
// [http.RoundTripper] for each host. It owns the tokens, waits for quota, tries again
// what failed on the way, remembers replies by their ETag, bounds what a reply may
// weigh and last, and counts. A client library on top of it should wait for nothing
// and repeat nothing itself, and its [http.Client] needs no Timeout: that would end the
// waits for quota too.
package rest

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"math"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/tributary-oss/tributary/forge"
)

// Options are the settings of a [Transport]. All but Host may be left out.
type Options struct {
	// Host is the API's host[:port], the only one that ever gets a token.
	Host string
	// Tokens are used in rotation; none is anonymous. A source that gives "" sends an
	// anonymous request, too.
	Tokens []forge.TokenSource
	// Authorize writes the token into the request's header; nil writes
	// "Authorization: Bearer TOKEN".
	Authorize func(r *http.Request, token string)
	// Resource names the quota that a request draws on, such as "core" or "graphql"; nil
	// is one for all. A host that keeps several quotas needs it, with the names of
	// its header X-RateLimit-Resource where it sends that.
	Resource func(r *http.Request) string
	// InFlight is the most requests at once for one token and resource; nil is 2
	// for each, and less than 1 is 1.
	InFlight func(resource string) int
	// Limited says of a reply with status 200 that it is a refusal for want of quota, as
	// GraphQL's RATE_LIMITED is; nil is never.
	Limited func(r *http.Request, body []byte) bool
	// RetryStatus says whether a request that got this 5xx is sent again; nil is yes for
	// GET and HEAD only. A GraphQL page that was too heavy must come back smaller,
	// not again, so 502 and 504 of a POST go to the caller at once.
	RetryStatus func(r *http.Request, status int) bool
	// Cache keeps replies to GET by their ETag; nil keeps none. Where a forge makes its
	// ETags from the token too, as GitHub does, it is of use with one lasting token only.
	Cache Cache
	// Base sends the requests; nil is an own [http.Transport] with timeouts, HTTP/2 and
	// the proxy that the environment names. It must heed the request's context, while
	// the body is read too.
	Base http.RoundTripper
	// MostBytes is the most that the body of one reply may have, decompressed; 0 is 32 MiB.
	MostBytes int64
	// Patience is the longest time for one attempt, the reply's body included; 0 is 60 s.
	Patience time.Duration
	// MostWait is the longest wait for quota. A longer one is a [*LimitError] at once.
	// 0 is 65 minutes, since GitHub's quota is new within the hour.
	MostWait time.Duration
	// Attempts is how often a request is sent that fails on the way; 0 is 5.
	Attempts int
	// Pause is the longest before the second attempt; it doubles up to eight times as much.
	// 0 is a second.
	Pause time.Duration
	// Log takes at Debug each request (method, path without query, status, bytes, duration),
	// at Info each wait of over 5 s, at Warn each token that is given up; nil discards.
	Log *slog.Logger
}

// Transport sends the requests for one host. It is safe for concurrent use.
//
// A reply is read whole before RoundTrip returns, so that one that is cut off or stalls
// is fetched again here and never reaches a client in part. Requests are repeated
// whatever their method: a POST of a forge's client is a query and changes nothing.
type Transport struct {
	o      Options // without Tokens
	tokens []*slot // one for each of the host's tokens, or an anonymous one
	other  *slot   // for all other hosts: never with a token
	plain  sync.Once

	mu      sync.Mutex // guards what follows, and the slots
	changed chan struct{}
	clock   clock
	usage   forge.Usage
}

// New returns a transport with these options.
func New(o Options) *Transport {
	t := &Transport{o: o, other: &slot{}, changed: make(chan struct{})}
	for i, s := range o.Tokens {
		t.tokens = append(t.tokens, &slot{number: i + 1, source: s})
	}
	if len(t.tokens) == 0 {
		t.tokens = []*slot{{}}
	}
	t.o.Tokens = nil // so that no format verb finds them
	t.o.MostBytes = min(cmp.Or(o.MostBytes, 32<<20), math.MaxInt64-1)
	t.o.Patience = cmp.Or(o.Patience, time.Minute)
	t.o.MostWait = cmp.Or(o.MostWait, 65*time.Minute)
	t.o.Attempts = cmp.Or(o.Attempts, 5)
	t.o.Pause = cmp.Or(o.Pause, time.Second)
	t.o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	if o.Authorize == nil {
		t.o.Authorize = func(r *http.Request, token string) { r.Header.Set("Authorization", "Bearer "+token) }
	}
	if o.Resource == nil {
		t.o.Resource = func(*http.Request) string { return "" }
	}
	if o.InFlight == nil {
		t.o.InFlight = func(string) int { return 2 }
	}
	if o.RetryStatus == nil {
		t.o.RetryStatus = func(r *http.Request, _ int) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }
	}
	if o.Base == nil {
		t.o.Base = network(t.o.Patience)
	}
	return t
}

// network returns a transport whose every step ends. A connection over HTTP/2 that died in
// silence would otherwise take every later request with it, so it is pinged.
func network(patience time.Duration) *http.Transport {
	step := min(15*time.Second, patience)
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: step, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:    step,
		ResponseHeaderTimeout:  max(patience/2, time.Second),
		IdleConnTimeout:        90 * time.Second,
		MaxIdleConnsPerHost:    16,
		MaxResponseHeaderBytes: 256 << 10,
		ForceAttemptHTTP2:      true,
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: step, PingTimeout: step},
	}
}

// RoundTrip sends the request, again where needed, and returns the reply with its body
// in memory. What the server answers with its own status is a reply, an error status
// too. The errors are the context's own, [*LimitError], [*TokenError], [*ReplyError],
// and that of a token's source.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	c, err := t.newCall(r)
	if err != nil {
		return nil, err
	}
	return c.run()
}

// CloseIdleConnections closes the connections of Base that no request uses.
func (t *Transport) CloseIdleConnections() {
	if b, ok := t.o.Base.(interface{ CloseIdleConnections() }); ok {
		b.CloseIdleConnections()
	}
}

// Usage returns what was spent so far.
func (t *Transport) Usage() forge.Usage {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.usage
}

// Now returns the server's time in UTC: the Date of its last reply and the time gone by since,
// whatever the local clock says. Date counts whole seconds, so it lags by up to one
// and may step back by one. Before the first reply it is the local time.
func (t *Transport) Now() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.clock.now()
}

// String names the host.
func (t *Transport) String() string { return "transport for " + t.o.Host }

// clock follows the clock of a server.
type clock struct {
	date time.Time // what the server said
	at   time.Time // when, on the local clock; its monotonic part counts
}

func (c *clock) now() time.Time {
	if c.date.IsZero() {
		return time.Now().UTC()
	}
	return c.date.Add(time.Since(c.at))
}

// set takes the Date of a reply whose header came at this local time. One that was kept on the way, as its
// Age tells, has an old Date and is passed over.
func (c *clock) set(h http.Header, at time.Time) {
	date, err := http.ParseTime(h.Get("Date"))
	if err == nil && h.Get("Age") == "" {
		c.date, c.at = date.UTC(), at
	}
}

// wait waits for d, or for changed where that is not nil, or for the end of the context,
// which is its error.
func wait(ctx context.Context, d time.Duration, changed <-chan struct{}) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-changed:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}

// ErrTooLarge says that a body is larger than it may be.
var ErrTooLarge = errors.New("larger than allowed")
