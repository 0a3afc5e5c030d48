package rest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestARefusalIsWaitedFor(t *testing.T) {
	secondary := `{"message":"You have exceeded a Secondary Rate Limit."}`
	graphql := `{"data":null,"errors":[{"type":"RATE_LIMITED"}]}`
	for name, c := range map[string]struct {
		refusal func() func() *http.Response
		waited  time.Duration
	}{
		"429 with Retry-After": {func() func() *http.Response { return reply(429, "", "Retry-After", "30") }, 30 * time.Second},
		"429 with a date": {func() func() *http.Response {
			return reply(429, "", "Retry-After", time.Now().UTC().Add(90*time.Second).Format(http.TimeFormat))
		}, 90 * time.Second},
		"429 with a Retry-After of 0": {func() func() *http.Response { return reply(429, "", "Retry-After", "0") }, time.Second},
		"429 with a broken one":       {func() func() *http.Response { return reply(429, "", "Retry-After", "-5") }, time.Minute},
		"429 alone":                   {func() func() *http.Response { return reply(429, "") }, time.Minute},
		"429 of GitLab": {func() func() *http.Response {
			return reply(429, "", "RateLimit-Limit", "60", "RateLimit-Remaining", "0", "RateLimit-Reset", fmt.Sprint(time.Now().Add(20*time.Second).Unix()))
		}, 20 * time.Second},
		"429 with seconds till reset": {func() func() *http.Response {
			return reply(429, "", "RateLimit-Remaining", "0", "RateLimit-Reset", "17")
		}, 17 * time.Second},
		"403 with nothing left": {func() func() *http.Response { return reply(403, "{}", quotaHeaders(0, 40*time.Minute)...) }, 40 * time.Minute},
		"403 with Retry-After": {func() func() *http.Response {
			return reply(403, "{}", append(quotaHeaders(90, time.Hour), "Retry-After", "75")...)
		}, 75 * time.Second},
		"403 by its body only":         {func() func() *http.Response { return reply(403, secondary) }, time.Minute},
		"403 by its body, much left":   {func() func() *http.Response { return reply(403, secondary, quotaHeaders(4000, 40*time.Minute)...) }, time.Minute},
		"403 for abuse":                {func() func() *http.Response { return reply(403, `You have triggered an abuse detection mechanism`) }, time.Minute},
		"200 that says RATE_LIMITED":   {func() func() *http.Response { return reply(200, graphql, quotaHeaders(0, 5*time.Minute)...) }, 5 * time.Minute},
		"200 RATE_LIMITED, more left":  {func() func() *http.Response { return reply(200, graphql, quotaHeaders(2, 5*time.Minute)...) }, time.Minute},
		"nothing left, the reset past": {func() func() *http.Response { return reply(403, "{}", quotaHeaders(0, -time.Minute)...) }, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSetting(t, replies(c.refusal(), fine), func(o *Options) {
					o.Limited = func(_ *http.Request, body []byte) bool { return bytes.Contains(body, []byte("RATE_LIMITED")) }
				})
				start := time.Now()
				status, body, err := s.post(t.Context(), `{"query":"q"}`)
				require.NoError(t, err)
				assert.Equal(t, 200, status)
				assert.Equal(t, `{"fine":true}`, body)
				assert.Equal(t, c.waited, time.Since(start))
				assert.Equal(t, []string{`{"query":"q"}`, `{"query":"q"}`}, s.base.bodies)
				u := s.Usage()
				assert.Equal(t, []any{2, 1, c.waited}, []any{u.Requests, u.Retries, u.Waited})
				assert.Equal(t, c.waited > longWait, bytes.Contains([]byte(s.log.String()), []byte("level=INFO msg=waiting host="+host)))
			})
		})
	}
}

func TestA403OfItsOwnGoesToTheCaller(t *testing.T) {
	s := newSetting(t, replies(reply(403, `{"message":"Resource not accessible by integration"}`, quotaHeaders(17, time.Hour)...)))
	status, _, err := s.get(t.Context(), "/x")
	require.NoError(t, err)
	assert.Equal(t, 403, status)
	assert.Len(t, s.base.asked, 1)
}

func TestRefusalsWithoutATimeAreWaitedForLongerEachTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, replies(reply(429, "")))
		start := time.Now()
		_, _, err := s.get(t.Context(), "/x")
		var limit *LimitError
		require.ErrorAs(t, err, &limit)
		assert.Len(t, s.base.asked, 10)
		waited := time.Since(start)
		assert.Equal(t, (1+2+4+8*6)*time.Minute, waited)
		assert.Equal(t, time.Now().Add(8*time.Minute).UTC(), limit.Reset)
		assert.Contains(t, limit.Error(), limit.Reset.Format(time.RFC3339))

		s.base.answer = func(n int, _ *http.Request) (*http.Response, error) {
			if n == 11 {
				return reply(429, "")(), nil
			}
			return fine(), nil
		}
		_, _, err = s.get(t.Context(), "/x")
		require.NoError(t, err)
		start = time.Now()
		_, _, err = s.get(t.Context(), "/x")
		require.NoError(t, err)
		assert.Equal(t, time.Minute, time.Since(start), "a good reply starts the count anew")
	})
}

func TestOnlyRefusalsInARowAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, &base{answer: func(n int, _ *http.Request) (*http.Response, error) {
			switch n {
			case 9:
				return nil, errors.New("connection reset by peer")
			case 19:
				return fine(), nil
			}
			return reply(429, "", "Retry-After", "2")(), nil
		}})
		_, _, err := s.get(t.Context(), "/x")
		require.NoError(t, err)
	})
}

func TestAWaitOfManyIsLoggedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, replies(reply(429, "", "Retry-After", "600"), fine))
		var all sync.WaitGroup
		for range 9 {
			all.Go(func() { _, _, err := s.get(t.Context(), "/x"); assert.NoError(t, err) })
		}
		all.Wait()
		assert.Equal(t, 1, strings.Count(s.log.String(), "msg=waiting"), s.log)
	})
}

func TestRequestsRefusedTogetherCountOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, &base{answer: func(n int, r *http.Request) (*http.Response, error) {
			time.Sleep(time.Duration(1+n) * time.Second)
			if n < 2 {
				return reply(429, "")(), nil
			}
			return fine(), nil
		}})
		start := time.Now()
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() { _, _, err := s.get(t.Context(), "/x"); assert.NoError(t, err) })
		}
		all.Wait()
		assert.Equal(t, (2+60+4)*time.Second, time.Since(start))
	})
}

func TestTheLastOfTheQuotaIsAGoodReply(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, &base{answer: func(n int, _ *http.Request) (*http.Response, error) {
			return reply(200, "{}", quotaHeaders((1-n+5000)%5000, 10*time.Minute)...)(), nil
		}})
		start := time.Now()
		for i, want := range []time.Duration{0, 0, 10 * time.Minute} {
			_, body, err := s.get(t.Context(), "/x")
			require.NoError(t, err)
			assert.Equal(t, "{}", body)
			assert.Equal(t, want, time.Since(start), i)
		}
		assert.Contains(t, s.log.String(), `msg=waiting host=api.forge.example for=10m0s why="the quota is used up"`)
	})
}

func TestNoMoreIsUnderWayThanIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		left, refused := 5, 0
		start := time.Now()
		var mu sync.Mutex
		reset := start.Add(time.Minute)
		s := newSetting(t, &base{answer: func(int, *http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			if !time.Now().Before(reset) {
				left, reset = 5, reset.Add(time.Minute)
			}
			left--
			n, until := left, time.Until(reset)
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			if n < 0 {
				refused++
				return reply(403, "{}", quotaHeaders(0, until)...)(), nil
			}
			return reply(200, "{}", quotaHeaders(n, until-time.Second)...)(), nil
		}}, func(o *Options) { o.InFlight = func(string) int { return 4 } })
		_, _, err := s.get(t.Context(), "/x")
		require.NoError(t, err)
		var all sync.WaitGroup
		for range 9 {
			all.Go(func() { _, _, err := s.get(t.Context(), "/x"); assert.NoError(t, err) })
		}
		all.Wait()
		assert.Zero(t, refused)
		assert.Len(t, s.base.asked, 10)
		assert.Less(t, time.Since(start), 70*time.Second)
	})
}

func TestAnotherTokenIsUsedWhileOneSleeps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, replies(reply(429, "", "Retry-After", "600"), fine, reply(429, "", "Retry-After", "60"), fine),
			func(o *Options) { o.Tokens = tokens("a", "b") })
		start := time.Now()
		for range 2 {
			_, _, err := s.get(t.Context(), "/x")
			require.NoError(t, err)
		}
		assert.Equal(t, []string{"a", "b", "b", "b"}, s.base.used())
		assert.Equal(t, time.Minute, time.Since(start), "the first to wake is waited for")
	})
}

func TestAmongEqualsTheLeastBusyTokenGoesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, &base{answer: func(int, *http.Request) (*http.Response, error) {
			time.Sleep(time.Second)
			return fine(), nil
		}}, func(o *Options) { o.Tokens = tokens("a", "b") })
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() { _, _, err := s.get(t.Context(), "/x"); assert.NoError(t, err) })
			synctest.Wait()
		}
		all.Wait()
		assert.Equal(t, []string{"a", "b", "a", "b"}, s.base.used())
	})
}

func TestAWaitThatIsTooLongIsAnErrorAtOnce(t *testing.T) {
	for name, refusal := range map[string][]string{
		"asked to":        {"Retry-After", "18446744074"}, // whose nanoseconds overflow to a third of a second
		"nothing left":    quotaHeaders(0, 66*time.Minute),
		"a reset far off": {"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "99999999999"},
	} {
		s := newSetting(t, replies(reply(403, "{}", refusal...)))
		_, _, err := s.get(t.Context(), "/x")
		var limit *LimitError
		require.ErrorAs(t, err, &limit, name)
		assert.Equal(t, host, limit.Host)
		assert.True(t, limit.Reset.After(time.Now().Add(65*time.Minute)))
		assert.Len(t, s.base.asked, 1)
		_, _, err = s.get(t.Context(), "/x")
		require.ErrorAs(t, err, &limit, name)
		assert.Len(t, s.base.asked, 1, "nothing is sent for it")
	}
}

func TestNoMoreAreInFlightThanAllowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		flying, high := map[string]int{}, map[string]int{}
		s := newSetting(t, &base{answer: func(_ int, r *http.Request) (*http.Response, error) {
			k := r.Header.Get("Authorization") + r.URL.Path
			mu.Lock()
			flying[k]++
			high[k] = max(high[k], flying[k])
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			flying[k]--
			mu.Unlock()
			return fine(), nil
		}}, func(o *Options) {
			o.Tokens, o.Resource = tokens("a", "b"), resource
			o.InFlight = func(resource string) int { return map[string]int{"core": 3}[resource] }
		})
		start := time.Now()
		var all sync.WaitGroup
		for range 30 {
			all.Go(func() { _, _, err := s.get(t.Context(), "/x"); assert.NoError(t, err) })
		}
		for range 4 {
			all.Go(func() { _, _, err := s.post(t.Context(), "{}"); assert.NoError(t, err) })
		}
		all.Wait()
		assert.Equal(t, map[string]int{"Bearer a/x": 3, "Bearer b/x": 3, "Bearer a/graphql": 1, "Bearer b/graphql": 1}, high)
		assert.Equal(t, 5*time.Second, time.Since(start), "and no fewer")
		assert.Zero(t, s.Usage().Waited, "a queue is no wait for quota")
	})
}

func TestTheEndOfTheContextEndsEveryWait(t *testing.T) {
	stop := errors.New("stopped by the user")
	stuck := func(_ int, r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	answer := func(f func() *http.Response) func(int, *http.Request) (*http.Response, error) {
		return func(int, *http.Request) (*http.Response, error) { return f(), nil }
	}
	for name, f := range map[string]func(int, *http.Request) (*http.Response, error){
		"a secondary limit":  answer(reply(403, "abuse detection")),
		"a used up quota":    answer(reply(200, "{}", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "3000")),
		"a pause":            answer(reply(503, "{}", "Retry-After", "3000")),
		"the reply":          stuck,
		"a place in flight":  stuck,
		"a source of tokens": stuck,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				s := newSetting(t, &base{answer: f}, func(o *Options) {
					o.Patience = time.Hour
					o.InFlight = func(string) int { return 1 }
					if name == "a source of tokens" {
						o.Tokens[0] = source(func(ctx context.Context) (string, error) { <-ctx.Done(); return "", ctx.Err() })
					}
				})
				var all sync.WaitGroup
				for range 3 {
					all.Go(func() {
						for {
							r, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+host+"/x", nil)
							assert.NoError(t, err)
							if _, err := s.RoundTrip(r); err != nil {
								assert.ErrorIs(t, err, stop)
								return
							}
						}
					})
				}
				time.Sleep(10 * time.Second)
				synctest.Wait()
				at := time.Now()
				cancel(stop)
				all.Wait()
				assert.Equal(t, at, time.Now())
			})
		})
	}
}

func TestNothingIsSentAfterTheEndOfTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := newSetting(t, replies(fine))
	_, _, err := s.get(ctx, "/x")
	assert.ErrorIs(t, err, context.Canceled)
	assert.Empty(t, s.base.asked)
}
