package rest

import (
	"bytes"
	"net/http"
	"strconv"
	"time"
)

// quota is how much a token may still ask for, as a reply told.
type quota struct {
	left, limit int
	reset       time.Time // by the server's clock: when left is limit again
	seen        time.Time // by the local clock: when the reply came; zero where none has
}

// remaining returns what is left at an instant of the server's clock, and whether
// that is known. After the reset all of it is.
func (q *quota) remaining(now time.Time) (left int, known bool) {
	if !q.reset.After(now) {
		return q.limit, !q.seen.IsZero()
	}
	return q.left, true
}

// update takes what a reply told, to a request sent at this local time. Replies overtake each
// other: of one period the lowest count is the newest, and an earlier period is
// believed only if it was asked for after the later one was seen. Servers that
// work out the instant of the reset for each reply round it, so that it wobbles by
// a second within a period.
func (q *quota) update(told quota, sent time.Time) {
	later := told.reset.Sub(q.reset)
	switch {
	case q.seen.IsZero(), later > time.Second, later < -time.Second && sent.After(q.seen):
		*q = told
	case later >= -time.Second:
		q.left, q.limit, q.seen = min(q.left, told.left), told.limit, told.seen
	}
}

// quotaOf reads GitHub's headers and those of GitLab and of the IETF's draft, whose reset may be
// seconds from now instead of an instant. What makes no sense is as good as absent.
// The resource is "" where the reply names none.
func quotaOf(h http.Header, now time.Time) (q quota, resource string, ok bool) {
	for _, prefix := range [...]string{"X-RateLimit-", "RateLimit-"} {
		left, ok := number(h.Get(prefix + "Remaining"))
		reset, ok2 := number(h.Get(prefix + "Reset"))
		if !ok || !ok2 || reset > latest {
			continue
		}
		limit, _ := number(h.Get(prefix + "Limit"))
		at := time.Unix(reset, 0).UTC()
		if reset < earliest {
			at = now.Add(time.Duration(reset) * time.Second)
		}
		q := quota{left: int(min(left, most)), limit: int(min(max(left, limit), most)), reset: at, seen: time.Now()}
		return q, h.Get(prefix + "Resource"), true
	}
	return quota{}, "", false
}

const (
	most     = 1_000_000_000 // requests: large enough for anyone, and sums of it do not overflow
	earliest = 100_000_000   // in 1973: what is below is no instant but a number of seconds
	latest   = 1e11          // in the year 5138
)

func number(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n >= 0
}

// retryAfter reads Retry-After, in seconds or as an instant of the server's clock.
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	s := h.Get("Retry-After")
	if n, ok := number(s); ok {
		return time.Duration(min(n, most)) * time.Second, true
	}
	if at, err := http.ParseTime(s); err == nil {
		return max(at.Sub(now), 0), true
	}
	return 0, false
}

// refused says whether a reply refuses the request for want of quota, or for too
// many requests at once. GitHub tells that of a 403 by any of three signs, of which
// the body is sometimes the only one. A true 403 that happens to use up the quota is taken
// for a refusal; it comes again after the reset and is told then.
func (c *call) refused(resp *http.Response, body []byte) bool {
	switch resp.StatusCode {
	case http.StatusTooManyRequests:
		return true
	case http.StatusForbidden:
		q, _, ok := quotaOf(resp.Header, time.Time{})
		return ok && q.left == 0 || resp.Header.Get("Retry-After") != "" || saysLimit(body)
	case http.StatusOK:
		return c.t.o.Limited != nil && len(body) > 0 && c.t.o.Limited(c.r, body)
	}
	return false
}

func saysLimit(body []byte) bool {
	body = bytes.ToLower(body[:min(len(body), 64<<10)])
	return bytes.Contains(body, []byte("secondary rate limit")) || bytes.Contains(body, []byte("abuse detection"))
}

// Quota returns what is left of a resource and what there is of it in all, summed over
// the tokens that are not given up and of which it is known; where it is known of
// none, known is false. Reset, by the server's clock, is when the first of them is full again;
// zero where all are.
func (t *Transport) Quota(resource string) (left, limit int, reset time.Time, known bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.clock.now()
	for _, s := range t.tokens {
		l := s.lanes[resource]
		if s.retired || l == nil {
			continue
		}
		n, ok := l.quota.remaining(now)
		if !ok {
			continue
		}
		left, limit, known = left+n, limit+l.quota.limit, true
		if r := l.quota.reset; r.After(now) && (reset.IsZero() || r.Before(reset)) {
			reset = r
		}
	}
	return left, limit, reset, known
}
