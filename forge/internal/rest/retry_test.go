package rest

import (
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
)

func TestWhichStatusIsTriedAgain(t *testing.T) {
	for _, c := range []struct {
		method string
		status int
		sent   int
	}{
		{"GET", 500, 2}, {"GET", 502, 2}, {"GET", 503, 2}, {"GET", 504, 2}, {"HEAD", 502, 2},
		{"POST", 502, 1}, {"POST", 504, 1}, {"POST", 500, 1},
		{"GET", 404, 1}, {"GET", 410, 1}, {"GET", 451, 1}, {"POST", 422, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newSetting(t, replies(reply(c.status, "<html>", "Content-Type", "text/html"), fine))
			start := time.Now()
			status, body, err := s.do(t.Context(), c.method, "https://"+host+"/x", strings.NewReader("q"))
			require.NoError(t, err)
			assert.Len(t, s.base.asked, c.sent, c)
			assert.Equal(t, c.sent-1, s.Usage().Retries)
			if c.sent == 1 {
				assert.Equal(t, c.status, status, c)
				assert.Equal(t, "<html>", body, "as it is")
				return
			}
			assert.Equal(t, 200, status, c)
			assert.NotZero(t, time.Since(start))
			assert.LessOrEqual(t, time.Since(start), time.Second)
		})
	}
}

func TestTheCallerSaysWhatIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, replies(reply(500, ""), fine, reply(502, "")), func(o *Options) {
			o.RetryStatus = func(r *http.Request, status int) bool { return r.Method == "POST" && status == 500 }
		})
		status, _, err := s.post(t.Context(), "{}")
		require.NoError(t, err)
		assert.Equal(t, 200, status)
		status, _, err = s.get(t.Context(), "/x")
		require.NoError(t, err)
		assert.Equal(t, 502, status)
	})
}

func TestTheLastOfTheRepliesIsTheCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, replies(reply(502, "bad gateway")))
		start := time.Now()
		status, body, err := s.get(t.Context(), "/x")
		require.NoError(t, err)
		assert.Equal(t, 502, status)
		assert.Equal(t, "bad gateway", body)
		assert.Len(t, s.base.asked, 5)
		assert.LessOrEqual(t, time.Since(start), 15*time.Second)
		assert.Equal(t, time.Since(start), s.Usage().Waited)
	})
}

func TestAServerThatSaysWhenIsAskedThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, replies(reply(503, "", "Retry-After", "120"), fine))
		start := time.Now()
		_, _, err := s.get(t.Context(), "/x")
		require.NoError(t, err)
		assert.Equal(t, 2*time.Minute, time.Since(start))
		assert.Contains(t, s.log.String(), `for=2m0s why="the host asked to come back later"`)

		s = newSetting(t, replies(reply(503, "", "Retry-After", "7200"), fine))
		status, _, err := s.get(t.Context(), "/x")
		require.NoError(t, err)
		assert.Equal(t, 503, status, "longer than the longest wait")
	})
}

func TestPausesGrowAndDiffer(t *testing.T) {
	var longest [4]time.Duration
	for range 50 {
		synctest.Test(t, func(t *testing.T) {
			var at []time.Time
			s := newSetting(t, &base{answer: func(int, *http.Request) (*http.Response, error) {
				at = append(at, time.Now())
				return nil, errors.New("connection reset by peer")
			}})
			_, _, err := s.post(t.Context(), "{}")
			var reply *ReplyError
			require.ErrorAs(t, err, &reply)
			require.Len(t, at, 5, "a query is tried again whatever its method")
			for i := range longest {
				longest[i] = max(longest[i], at[i+1].Sub(at[i]))
			}
		})
	}
	for i, d := range longest { // fifty draws in a row from the lower half are as likely as 1 in 10^15
		assert.Greater(t, d, time.Second<<i/2)
		assert.LessOrEqual(t, d, time.Second<<i)
	}
}

func TestNetworkErrorsAreTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("connection reset by peer")
		s := newSetting(t, &base{answer: func(n int, _ *http.Request) (*http.Response, error) {
			if n < 4 {
				return nil, broken
			}
			return fine(), nil
		}})
		status, _, err := s.post(t.Context(), `{"query":"q"}`)
		require.NoError(t, err)
		assert.Equal(t, 200, status)
		assert.Equal(t, `{"query":"q"}`, s.base.bodies[4])

		s.base.answer = func(int, *http.Request) (*http.Response, error) { return nil, broken }
		_, _, err = s.get(t.Context(), "/x?page=2")
		var reply *ReplyError
		require.ErrorAs(t, err, &reply)
		require.ErrorIs(t, err, broken)
		assert.Equal(t, ReplyError{Host: host, Path: "/x", Reason: "no whole reply came, attempts: 5", Err: broken}, *reply)
	})
}

func TestABodyWithoutACopyIsSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &base{answer: func(n int, _ *http.Request) (*http.Response, error) {
			return []func() *http.Response{reply(429, ""), fine}[n](), nil
		}}
		s := newSetting(t, b)
		body := &watched{Reader: strings.NewReader("query")}
		r, err := http.NewRequestWithContext(t.Context(), "POST", "https://"+host+"/graphql", body)
		require.NoError(t, err)
		require.Nil(t, r.GetBody)
		resp, err := s.RoundTrip(r)
		require.NoError(t, err)
		assert.Equal(t, 200, resp.StatusCode)
		assert.Equal(t, []string{"query", "query"}, b.bodies)
		assert.True(t, body.closed)
		assert.Same(t, r, resp.Request)
		assert.Empty(t, r.Header, "the caller's request stays as it is")
	})
}

func TestABodyThatCannotBeReadIsAnError(t *testing.T) {
	broken := errors.New("disk on fire")
	s := newSetting(t, replies(fine))
	_, _, err := s.do(t.Context(), "POST", "https://"+host+"/x", io.MultiReader(strings.NewReader("x"), failing{broken}))
	require.ErrorIs(t, err, broken)
	assert.Empty(t, s.base.asked)
}

func TestABodyThatCannotBeReadAgainIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("disk on fire")
		s := newSetting(t, replies(fine))
		r, err := http.NewRequestWithContext(t.Context(), "POST", "https://"+host+"/x", strings.NewReader("x"))
		require.NoError(t, err)
		r.GetBody = func() (io.ReadCloser, error) { return nil, broken }
		_, err = s.RoundTrip(r)
		require.ErrorIs(t, err, broken)
		assert.Empty(t, s.base.asked)
	})
}

func TestARequestWithoutHeadersIsSent(t *testing.T) {
	s := newSetting(t, replies(fine))
	resp, err := s.RoundTrip(&http.Request{Method: "GET", URL: &url.URL{Scheme: "https", Host: host}})
	require.NoError(t, err)
	assert.Equal(t, 200, resp.StatusCode)
	assert.Equal(t, []string{secret}, s.base.used())
}

type watched struct {
	io.Reader
	closed bool
}

func (w *watched) Close() error { w.closed = true; return nil }

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestACertificateThatIsNotTrustedIsToldAtOnce(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.StartTLS()
	defer server.Close()
	tr := &http.Transport{TLSClientConfig: &tls.Config{}}
	defer tr.CloseIdleConnections()
	n := 0
	s := newSetting(t, &base{answer: func(_ int, r *http.Request) (*http.Response, error) { n++; return tr.RoundTrip(r) }})
	_, _, err := s.do(t.Context(), "GET", server.URL, nil)
	require.ErrorContains(t, err, "its certificate is not trusted")
	assert.Equal(t, 1, n)
}

func TestUsageAndLog(t *testing.T) {
	s := newSetting(t, replies(reply(200, `[1,2]`)))
	_, _, err := s.get(t.Context(), "/repos/o/r/pulls?page=2&private=1")
	require.NoError(t, err)
	assert.Equal(t, forge.Usage{Requests: 1, Bytes: 5}, s.Usage())
	assert.Contains(t, s.log.String(), "level=DEBUG msg=request method=GET host="+host+" path=/repos/o/r/pulls status=200 bytes=5 duration=")
	assert.NotContains(t, s.log.String(), "private")
}
