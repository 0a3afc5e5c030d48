package rest

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/forge"
)

// slot is one of the tokens that requests are sent with, or none.
type slot struct {
	number   int               // from 1, as messages name it
	source   forge.TokenSource // nil is anonymous
	refused  string            // the token that the host refused last
	refusals int               // different tokens refused in a row
	retired  bool
	lanes    map[string]*lane // by resource
}

// lane is what one token may do with one resource.
type lane struct {
	flying  int
	quota   quota
	slept   time.Time // when it was last put to sleep, and until when; local
	wake    time.Time
	strikes int       // refusals in a row that did not say how long to wait
	told    time.Time // the waking that was logged last
}

func (s *slot) lane(resource string) *lane {
	l := s.lanes[resource]
	if l == nil {
		l = &lane{}
		if s.lanes == nil {
			s.lanes = make(map[string]*lane)
		}
		s.lanes[resource] = l
	}
	return l
}

// rest returns how long the lane has to be left alone, and why.
func (l *lane) rest(now time.Time, clock *clock) (d time.Duration, why string) {
	d, why = l.wake.Sub(now), "the host asked to slow down"
	server := clock.now()
	if left, known := l.quota.remaining(server); known && left == 0 && l.quota.reset.After(server) {
		if until := l.quota.reset.Sub(server); until > d {
			return until, "the quota is used up"
		}
	}
	return d, why
}

// sleep puts the lane to sleep after a refusal of a request sent at this local time: as long as the
// server said, else until the reset where nothing is left, else for a minute and
// twice as long each time. Requests that were on their way together are refused
// together, which counts once.
func (l *lane) sleep(h http.Header, sent time.Time, clock *clock) {
	now := time.Now()
	q, _, ok := quotaOf(h, clock.now())
	d, told := retryAfter(h, clock.now())
	switch {
	case told:
	case ok && q.left == 0 && q.reset.After(clock.now()):
		d = q.reset.Sub(clock.now())
	default:
		if l.strikes == 0 || sent.After(l.slept) {
			l.strikes++
		}
		d = min(time.Minute<<min(l.strikes-1, 3), 8*time.Minute)
	}
	l.slept = now
	if wake := now.Add(max(d, time.Second)); wake.After(l.wake) {
		l.wake = wake
	}
}

// lease is the right to send one request.
type lease struct {
	slot       *slot
	lane       *lane
	token      string
	sent, came time.Time // the request, and the header of its reply; local
}

// choice is what picking a lane comes to: a lease, or what to wait for.
type choice struct {
	lease *lease
	lane  *lane         // the first to wake, where all that is not retired sleeps
	rest  time.Duration // until a sleeping lane wakes; the longest duration where none sleeps
	busy  bool          // a lane is awake and has enough under way
	why   string        // it sleeps
}

// pick takes the lane of the token with the most quota left, among those that are awake and
// have not enough under way; what is not known counts as most. Among equals it takes the one
// with the fewest under way, then the first. No more is under way than is left, so that
// a quota that runs out is found so by counting, not by a refusal.
func (t *Transport) pick(slots []*slot, resource string, inFlight int) choice {
	c := choice{rest: math.MaxInt64}
	now, server := time.Now(), t.clock.now()
	best := -1
	for _, s := range slots {
		if s.retired {
			continue
		}
		l := s.lane(resource)
		if d, why := l.rest(now, &t.clock); d > 0 {
			if c.lane == nil || d < c.rest {
				c.rest, c.why, c.lane = d, why, l
			}
			continue
		}
		left, known := l.quota.remaining(server)
		if !known {
			left = math.MaxInt
		}
		if l.flying >= max(inFlight, 1) || l.flying >= max(left, 1) {
			c.busy = true
			continue
		}
		if left > best || left == best && l.flying < c.lease.lane.flying {
			best, c.lease = left, &lease{slot: s, lane: l}
		}
	}
	if c.lease != nil {
		c.lease.lane.flying++
	}
	return c
}

// acquire waits for a lane and asks its source for the token.
func (c *call) acquire(ctx context.Context) (*lease, error) {
	t, inFlight := c.t, c.t.o.InFlight(c.resource)
	for {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		t.mu.Lock()
		pick, changed := t.pick(c.slots, c.resource, inFlight), t.changed
		t.mu.Unlock()
		if pick.lease == nil {
			if err := c.await(ctx, pick, changed); err != nil {
				return nil, err
			}
			continue
		}
		if ok, err := t.redeem(ctx, pick.lease); ok || err != nil {
			return pick.lease, err
		}
	}
}

// await waits until a lane may be free.
func (c *call) await(ctx context.Context, p choice, changed <-chan struct{}) error {
	switch {
	case p.busy:
		return wait(ctx, p.rest, changed)
	case p.lane == nil:
		return &TokenError{Host: c.r.URL.Host, Status: http.StatusUnauthorized, Tokens: len(c.slots)}
	case p.rest > c.t.o.MostWait:
		return &LimitError{Host: c.r.URL.Host, Resource: c.resource, Reset: c.t.Now().Add(p.rest)}
	}
	c.tell(p.lane, p.rest, p.why)
	return c.t.counted(func() error { return wait(ctx, p.rest, changed) })
}

// tell logs a long wait, once for all who wait for the same lane.
func (c *call) tell(l *lane, d time.Duration, why string) {
	t := c.t
	t.mu.Lock()
	wake := time.Now().Add(d)
	long := d > longWait && (l == nil || wake.After(l.told.Add(longWait)))
	if long && l != nil {
		l.told = wake
	}
	t.mu.Unlock()
	if long {
		t.o.Log.Info("waiting", "host", c.r.URL.Host, "for", d.Round(time.Second), "why", why, "resource", c.resource)
	}
}

const longWait = 5 * time.Second

// counted adds the time that the wait takes to what was waited.
func (t *Transport) counted(wait func() error) error {
	start := time.Now()
	err := wait()
	t.mu.Lock()
	t.usage.Waited += time.Since(start)
	t.mu.Unlock()
	return err
}

// redeem asks the source of the lease for its token; false where the source has
// nothing to give but what the host refused, and is given up.
func (t *Transport) redeem(ctx context.Context, l *lease) (bool, error) {
	if l.slot.source == nil {
		return true, nil
	}
	token, err := l.slot.source.Token(ctx)
	token = strings.TrimSpace(token) // files end with a line feed
	switch {
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	case err != nil:
		err = fmt.Errorf("asking for token %d of %s: %w", l.slot.number, t.o.Host, err)
	case strings.ContainsFunc(token, func(c rune) bool { return c <= ' ' || c > '~' }):
		err = fmt.Errorf("token %d of %s holds characters that no token has; check where it comes from", l.slot.number, t.o.Host)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	spent := token != "" && token == l.slot.refused
	if spent && err == nil {
		t.retire(l.slot)
	}
	if err != nil || l.slot.retired {
		t.release(l)
		return false, err
	}
	l.token = token
	return true, nil
}

// deny notes that the host refused the token of the lease. Its source is asked again, for a
// token that has expired may have a successor, but not for ever.
func (t *Transport) deny(l *lease) {
	if l.token == l.slot.refused {
		return
	}
	l.slot.refused = l.token
	if l.slot.refusals++; l.slot.refusals >= 3 {
		t.retire(l.slot)
	}
}

func (t *Transport) retire(s *slot) {
	if !s.retired {
		s.retired = true
		t.o.Log.Warn("a token is refused and not used any more", "host", t.o.Host, "token", s.number)
	}
}

// release gives the lane back and wakes all who wait for one.
func (t *Transport) release(l *lease) {
	l.lane.flying--
	close(t.changed)
	t.changed = make(chan struct{})
}
