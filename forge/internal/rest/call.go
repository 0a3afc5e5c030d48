package rest

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime"
	"net/http"
	"strings"
	"time"
)

// call is one request on its way, with all that is tried for it.
type call struct {
	t        *Transport
	r        *http.Request
	body     func() (io.ReadCloser, error) // a new one for each attempt; nil where there is none
	own      bool                          // to the host of the transport
	slots    []*slot
	resource string
	key      string // under which the reply is kept; "" where it is not
	cached   Reply
	hit      bool // cached is one
	sent     int
	failed   int // attempts without a reply, or with a 5xx
	refusals int // in a row
}

func (t *Transport) newCall(r *http.Request) (*call, error) {
	c := &call{t: t, r: r, own: t.own(r.URL), slots: []*slot{t.other}}
	if c.own && !Private(r.URL) {
		t.plain.Do(func() { t.o.Log.Warn("no token is sent over plain http; give an https address", "host", t.o.Host) })
	}
	if c.own {
		c.resource = t.o.Resource(r)
		if Private(r.URL) {
			c.slots = t.tokens
		}
		if t.o.Cache != nil {
			c.key = cacheKey(r)
		}
	}
	if c.key != "" {
		c.cached, c.hit = t.o.Cache.Load(c.key)
		c.hit = c.hit && c.cached.ETag != ""
	}
	return c, c.keepBody()
}

// keepBody makes the request's body one that can be sent again.
func (c *call) keepBody() error {
	if c.r.Body == nil || c.r.Body == http.NoBody {
		return nil
	}
	defer c.r.Body.Close()
	if c.body = c.r.GetBody; c.body != nil {
		return nil
	}
	b, err := io.ReadAll(c.r.Body)
	if err != nil {
		return fmt.Errorf("reading the request's body: %w", err)
	}
	c.body = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
	return nil
}

// run tries until there is a reply to hand over, or nothing more to try.
func (c *call) run() (*http.Response, error) {
	ctx := c.r.Context()
	for {
		l, err := c.acquire(ctx)
		if err != nil {
			return nil, err
		}
		resp, body, err := c.attempt(l)
		next := c.settle(l, resp, body, err)
		switch {
		case err != nil && ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case next == finish && err != nil:
			return nil, c.failure(err, l.token)
		case next == finish:
			return c.finish(resp, body, l.token)
		case next == again && c.refusals >= mostRefusals:
			return nil, &LimitError{Host: c.r.URL.Host, Resource: c.resource, Reset: c.t.wakes(l.lane)}
		case next == later:
			if err := c.pause(resp); err != nil {
				return nil, err
			}
		}
	}
}

// mostRefusals is how often in a row a request is refused before it gives up.
const mostRefusals = 10

// step is what follows an attempt.
type step int

const (
	finish step = iota // hand over what came
	again              // send it again as soon as a lane is free
	later              // send it again after a pause
)

// settle draws the conclusions from an attempt, for the lane it used and for the call. The lane
// is put to sleep and given back at once, so that nobody slips in between.
func (c *call) settle(l *lease, resp *http.Response, body []byte, err error) step {
	refused := err == nil && c.refused(resp, body)
	denied := err == nil && resp.StatusCode == http.StatusUnauthorized && l.token != ""
	broken := err == nil && resp.StatusCode >= 500
	final := fatal(err) || broken && !c.t.o.RetryStatus(c.r, resp.StatusCode)
	t := c.t
	t.mu.Lock()
	defer t.mu.Unlock()
	defer t.release(l)
	t.usage.Requests++
	t.usage.Bytes += int64(len(body))
	if c.sent++; c.sent > 1 {
		t.usage.Retries++
	}
	if err == nil && c.own {
		t.clock.set(resp.Header, l.came)
	}
	switch {
	case err != nil:
		return c.fail(final)
	case denied: // and its quota is not the token's
		t.deny(l)
		return again
	}
	l.slot.refusals = 0
	c.note(l, resp.Header)
	if refused {
		l.lane.sleep(resp.Header, l.sent, &t.clock)
		c.refusals++
		return again
	}
	if l.sent.After(l.lane.slept) {
		l.lane.strikes = 0
	}
	if broken {
		return c.fail(final || c.tooLate(resp.Header))
	}
	return finish
}

// fail counts an attempt that failed, for good or not.
func (c *call) fail(final bool) step {
	c.refusals = 0
	if c.failed++; final || c.failed >= c.t.o.Attempts {
		return finish
	}
	return later
}

// note takes the quota that a reply tells. Where it names another resource
// that requests draw on, it is that one's.
func (c *call) note(l *lease, h http.Header) {
	q, resource, ok := quotaOf(h, c.t.clock.now())
	if !ok || !c.own {
		return
	}
	lane := l.lane
	if resource != "" && c.resource != "" && resource != c.resource {
		if other := l.slot.lanes[resource]; other != nil {
			lane = other
		}
	}
	lane.quota.update(q, l.sent)
}

// tooLate says whether the server wants to be asked again only after the longest wait.
func (c *call) tooLate(h http.Header) bool {
	d, ok := retryAfter(h, c.t.clock.now())
	return ok && d > c.t.o.MostWait
}

// pause waits before a retry: as long as the server said, else for a random part of the longest
// pause, which doubles, so that many who failed together do not come back together.
func (c *call) pause(resp *http.Response) error {
	d, why := rand.N(c.t.o.Pause<<min(c.failed-1, 3)), "an attempt failed"
	if resp != nil {
		if told, ok := retryAfter(resp.Header, c.t.Now()); ok && told > d {
			d, why = told, "the host asked to come back later"
		}
	}
	c.tell(nil, d, why)
	return c.t.counted(func() error { return wait(c.r.Context(), d, nil) })
}

// wakes returns when the lane may be used again, by the server's clock.
func (t *Transport) wakes(l *lane) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	d, _ := l.rest(time.Now(), &t.clock)
	return t.clock.now().Add(max(d, 0))
}

// attempt sends the request once and reads the reply whole.
func (c *call) attempt(l *lease) (resp *http.Response, body []byte, err error) {
	ctx, cancel := context.WithTimeout(c.r.Context(), c.t.o.Patience)
	defer cancel()
	l.sent = time.Now()
	r, err := c.request(ctx, l.token)
	if err == nil {
		resp, body, err = c.exchange(r, l)
	}
	status := 0
	if resp != nil {
		status = resp.StatusCode
	}
	attrs := []any{"method", c.r.Method, "host", c.r.URL.Host, "path", c.r.URL.Path, "status", status, "bytes", len(body), "duration", time.Since(l.sent)}
	if err != nil {
		attrs = append(attrs, "error", clean(err, l.token))
	}
	c.t.o.Log.Debug("request", attrs...)
	return resp, body, err
}

// request returns the request as it is sent: a copy, since the caller's must never hold
// the token.
func (c *call) request(ctx context.Context, token string) (*http.Request, error) {
	r := c.r.Clone(ctx)
	if r.Header == nil {
		r.Header = make(http.Header)
	}
	if c.body != nil {
		body, err := c.body()
		if err != nil {
			return nil, fmt.Errorf("reading the request's body again: %w", err)
		}
		r.Body = body
	}
	if token != "" {
		c.t.o.Authorize(r, token)
	}
	if c.hit {
		r.Header.Set("If-None-Match", c.cached.ETag)
	}
	return r, nil
}

// exchange sends one request and reads the reply, which is nil where there is an error. The
// memory for the body grows with what comes, whatever its header claims.
func (c *call) exchange(r *http.Request, l *lease) (*http.Response, []byte, error) {
	resp, err := c.t.o.Base.RoundTrip(r)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	l.came = time.Now()
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.t.o.MostBytes+1))
	switch {
	case int64(len(body)) > c.t.o.MostBytes:
		return nil, body, ErrTooLarge
	case err != nil:
		return nil, body, err
	}
	return resp, body, nil
}

// finish makes the reply that the client gets. Its Request is the client's own, which
// never held the token.
func (c *call) finish(resp *http.Response, body []byte, token string) (*http.Response, error) {
	if resp.StatusCode == http.StatusNotModified && c.hit {
		body = c.recall(resp)
		c.t.mu.Lock()
		c.t.usage.NotModified++
		c.t.mu.Unlock()
	} else if resp.StatusCode/100 == 2 && len(body) > 0 {
		if err := c.isJSON(resp.Header.Get("Content-Type"), token); err != nil {
			return nil, err
		}
		c.remember(resp, body)
	}
	if c.isError(resp, body) && token != "" {
		body = bytes.ReplaceAll(body, []byte(token), []byte("TOKEN"))
	}
	resp.Request = c.r
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if c.r.Method != http.MethodHead {
		resp.ContentLength, resp.TransferEncoding = int64(len(body)), nil
		resp.Header.Del("Content-Length")
	}
	return resp, nil
}

// isError says whether a reply holds words that a client may take over into its own error: those
// of a refusal, or of GraphQL, which tells errors with status 200. A server that
// sends back what it got must not put the token there.
func (c *call) isError(resp *http.Response, body []byte) bool {
	return resp.StatusCode >= 400 || c.r.Method == http.MethodPost && bytes.Contains(body, []byte(`"errors"`))
}

// isJSON returns an error where a reply is of another type.
func (c *call) isJSON(contentType, token string) error {
	kind, _, err := mime.ParseMediaType(contentType)
	if kind == "application/json" || strings.HasPrefix(kind, "application/") && strings.HasSuffix(kind, "+json") {
		return nil
	}
	if kind == "" || err != nil {
		kind = "unknown"
	}
	if token != "" {
		kind = strings.ReplaceAll(kind, strings.ToLower(token), "TOKEN")
	}
	kind = kind[:min(len(kind), 60)]
	return c.unusable(fmt.Sprintf("a page of type %s instead of JSON: a proxy or a login page may stand between", kind), nil)
}

// fatal says whether another attempt would fail as this one did.
func fatal(err error) bool {
	var untrusted *tls.CertificateVerificationError
	return errors.Is(err, ErrTooLarge) || errors.As(err, &untrusted)
}

// failure returns the error of a call whose last attempt brought no reply.
func (c *call) failure(err error, token string) error {
	reason := fmt.Sprintf("no whole reply came, attempts: %d", c.failed)
	switch {
	case errors.Is(err, ErrTooLarge):
		return c.unusable(fmt.Sprintf("a reply of more than %d bytes", c.t.o.MostBytes), ErrTooLarge)
	case fatal(err):
		reason = "its certificate is not trusted"
	case errors.Is(err, context.DeadlineExceeded):
		reason = fmt.Sprintf("no whole reply came within %v, attempts: %d", c.t.o.Patience, c.failed)
	}
	return c.unusable(reason, clean(err, token))
}

func (c *call) unusable(reason string, err error) error {
	return &ReplyError{Host: c.r.URL.Host, Path: c.r.URL.Path, Reason: reason, Err: err}
}

// clean returns the error without the token, which a server that sends back what it
// got could have put there.
func clean(err error, token string) error {
	if token == "" || !strings.Contains(err.Error(), token) {
		return err
	}
	return errors.New(strings.ReplaceAll(err.Error(), token, "TOKEN"))
}
