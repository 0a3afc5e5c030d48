package rest

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheServersClockCounts(t *testing.T) {
	for _, skew := range []time.Duration{-3 * time.Hour, 3 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			server := func() time.Time { return time.Now().Add(skew) }
			s := newSetting(t, &base{answer: func(n int, _ *http.Request) (*http.Response, error) {
				resp := reply(200, "{}", quotaHeaders(n*100, skew+7*time.Minute)...)()
				resp.Header.Set("Date", server().UTC().Format(http.TimeFormat))
				return resp, nil
			}})
			assert.Equal(t, time.Now().UTC(), s.Now(), "before the first reply")
			start := time.Now()
			_, _, err := s.get(t.Context(), "/x")
			require.NoError(t, err)
			assert.Equal(t, server().UTC(), s.Now())
			time.Sleep(time.Minute)
			assert.Equal(t, server().UTC(), s.Now())
			_, _, err = s.get(t.Context(), "/x")
			require.NoError(t, err)
			assert.Equal(t, 7*time.Minute, time.Since(start))
		})
	}
}

func TestASlowBodyDoesNotHoldUpTheClock(t *testing.T) {
	slow := func(w http.ResponseWriter, _ *http.Request) {
		http.NewResponseController(w).Flush()
		time.Sleep(30 * time.Second)
		w.Write([]byte("{}"))
	}
	against(t, 1, slow, func(t *testing.T, s *setting, _ *atomic.Int32) {
		_, _, err := s.get(t.Context(), "/x")
		require.NoError(t, err)
		assert.Equal(t, time.Now().UTC(), s.Now())
	})
}

func TestADateThatWasKeptOnTheWayIsNotTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, replies(reply(200, "{}", "Date", "Sat, 01 Jan 1994 00:00:00 GMT", "Age", "7")))
		_, _, err := s.get(t.Context(), "/x")
		require.NoError(t, err)
		assert.Equal(t, time.Now().UTC(), s.Now())
	})
}

func TestTheTokenWithTheMostLeftGoesFirst(t *testing.T) {
	left := map[string]int{"Bearer a": 100, "Bearer b": 5000, "Bearer c": 101}
	s := newSetting(t, &base{answer: func(_ int, r *http.Request) (*http.Response, error) {
		token := r.Header.Get("Authorization")
		left[token]--
		return reply(200, "{}", quotaHeaders(left[token], time.Hour)...)(), nil
	}}, func(o *Options) { o.Tokens = tokens("a", "b", "c") })
	for range 5 {
		_, _, err := s.get(t.Context(), "/x")
		require.NoError(t, err)
	}
	assert.Equal(t, []string{"a", "b", "c", "b", "b"}, s.base.used(), "what is not known is tried first")
	n, limit, reset, known := s.Quota("")
	assert.Equal(t, []any{99 + 4997 + 100, 15000, true}, []any{n, limit, known})
	assert.WithinDuration(t, time.Now().Add(time.Hour), reset, 5*time.Second)
	_, _, _, known = s.Quota("other")
	assert.False(t, known)
}

func TestResourcesAreApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, &base{answer: func(_ int, r *http.Request) (*http.Response, error) {
			if r.URL.Path == "/graphql" {
				return reply(200, "{}", append(quotaHeaders(0, 30*time.Minute), "X-RateLimit-Resource", "graphql")...)(), nil
			}
			return reply(200, "{}", append(quotaHeaders(70, 30*time.Minute), "X-RateLimit-Resource", "core")...)(), nil
		}}, func(o *Options) { o.Resource = resource })
		start := time.Now()
		_, _, err := s.post(t.Context(), "{}")
		require.NoError(t, err)
		_, _, err = s.get(t.Context(), "/x")
		require.NoError(t, err)
		assert.Equal(t, start, time.Now())
		s.o.MostWait = time.Minute
		_, _, err = s.post(t.Context(), "{}")
		require.ErrorContains(t, err, "the quota of graphql is used up until "+start.Add(30*time.Minute).UTC().Format(time.RFC3339))
		left, _, _, _ := s.Quota("graphql")
		assert.Zero(t, left)
		left, _, _, _ = s.Quota("core")
		assert.Equal(t, 70, left)
		time.Sleep(30 * time.Minute)
		left, limit, reset, known := s.Quota("graphql")
		assert.Equal(t, []any{5000, 5000, time.Time{}, true}, []any{left, limit, reset, known}, "after the reset all is there again")
	})
}

func TestAReplyThatNamesAnotherResourceIsThatOnes(t *testing.T) {
	named := "graphql"
	s := newSetting(t, &base{answer: func(int, *http.Request) (*http.Response, error) {
		return reply(200, "{}", append(quotaHeaders(7, time.Hour), "X-RateLimit-Resource", named)...)(), nil
	}}, func(o *Options) { o.Resource = resource })
	_, _, err := s.post(t.Context(), "{}")
	require.NoError(t, err)
	_, _, err = s.get(t.Context(), "/x")
	require.NoError(t, err)
	_, _, _, known := s.Quota("core")
	assert.False(t, known)
	named = "something"
	_, _, err = s.get(t.Context(), "/x")
	require.NoError(t, err)
	left, _, _, _ := s.Quota("core")
	assert.Equal(t, 7, left, "nothing else draws on it")
}

func resource(r *http.Request) string {
	if r.URL.Path == "/graphql" {
		return "graphql"
	}
	return "core"
}

func TestALateReplyDoesNotRaiseTheQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reset := time.Now().Add(time.Hour)
		s := newSetting(t, &base{answer: func(n int, _ *http.Request) (*http.Response, error) {
			time.Sleep([]time.Duration{3, 1}[n] * time.Second) // the first is overtaken
			return reply(200, "{}", quotaHeaders([]int{900, 899}[n], time.Until(reset))...)(), nil
		}})
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() { _, _, err := s.get(t.Context(), "/x"); assert.NoError(t, err) })
			synctest.Wait()
		}
		all.Wait()
		left, _, _, _ := s.Quota("")
		assert.Equal(t, 899, left)
	})
}

func TestQuotaIsUpdated(t *testing.T) {
	at := time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)
	known := quota{left: 50, limit: 100, reset: at, seen: at.Add(-time.Minute)}
	for name, c := range map[string]struct {
		left  int
		reset time.Duration // after the known one
		sent  time.Duration // after the known one was seen
		want  int
	}{
		"lower":                         {49, 0, -1, 49},
		"late":                          {51, 0, -1, 50},
		"not raised within a period":    {51, 0, 1, 50},
		"a wobble is the same period":   {51, time.Second, -1, 50},
		"a wobble back":                 {49, -time.Second, -1, 49},
		"a new period":                  {99, time.Hour, -1, 99},
		"an earlier period":             {3, -time.Hour, -1, 50},
		"an earlier one, asked for now": {3, -time.Hour, 1, 3},
	} {
		q := known
		q.update(quota{left: c.left, limit: 100, reset: at.Add(c.reset), seen: at}, known.seen.Add(c.sent))
		assert.Equal(t, c.want, q.left, name)
	}
}

func TestHeadersWithoutSenseAreNoQuota(t *testing.T) {
	now := time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)
	for _, h := range [][3]string{{"", "", ""}, {"9", "", "5"}, {"9", "4", ""}, {"9", "-4", "5"}, {"9", "4", "-5"},
		{"9", "4", "99999999999999999999"}, {"9", "4", "1700000000000"}, {"9", "4.5", "5"}} {
		_, _, ok := quotaOf(http.Header{"X-Ratelimit-Limit": {h[0]}, "X-Ratelimit-Remaining": {h[1]}, "X-Ratelimit-Reset": {h[2]}}, now)
		assert.False(t, ok, h)
	}
	q, _, ok := quotaOf(http.Header{"Ratelimit-Limit": {"60, 60;w=60"}, "Ratelimit-Remaining": {"9000000000000000000"}, "Ratelimit-Reset": {"12"}}, now)
	assert.True(t, ok)
	assert.Equal(t, []any{1_000_000_000, 1_000_000_000, now.Add(12 * time.Second)}, []any{q.left, q.limit, q.reset})
}
