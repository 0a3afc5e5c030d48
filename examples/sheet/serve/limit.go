package serve

import (
	"container/list"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limits counts requests of each client or grant. It remembers the most recent ones, so that
// no number of clients takes more memory.
type limits struct {
	rate  rate.Limit
	burst int
	most  int

	mu    sync.Mutex
	byKey map[string]*list.Element
	order list.List // of *limited, the most recent first
}

type limited struct {
	key     string
	limiter *rate.Limiter
}

func newLimits(perSecond float64, burst, most int) *limits {
	return &limits{rate: rate.Limit(perSecond), burst: burst, most: most, byKey: map[string]*list.Element{}}
}

// wait takes one request of the key's allowance at now. It returns 0, or how long until
// there is one again.
func (l *limits) wait(key string, now time.Time) time.Duration {
	limiter := l.of(key)
	if limiter.AllowN(now, 1) {
		return 0
	}
	missing := 1 - limiter.TokensAt(now)
	return max(time.Second, time.Duration(missing/float64(l.rate)*float64(time.Second)))
}

func (l *limits) of(key string) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.byKey[key]; e != nil {
		l.order.MoveToFront(e)
		return e.Value.(*limited).limiter
	}
	if l.order.Len() >= l.most {
		last := l.order.Back()
		delete(l.byKey, last.Value.(*limited).key)
		l.order.Remove(last)
	}
	x := &limited{key, rate.NewLimiter(l.rate, l.burst)}
	l.byKey[key] = l.order.PushFront(x)
	return x.limiter
}

// network is what of a client's address is counted as one: all of an IPv4 address, and of an
// IPv6 one the /64 that one subscriber has to choose from.
func network(a netip.Addr) string {
	a = a.Unmap()
	if !a.Is6() {
		return a.String()
	}
	p, err := a.WithZone("").Prefix(64)
	if err != nil {
		return a.String()
	}
	return p.String()
}
