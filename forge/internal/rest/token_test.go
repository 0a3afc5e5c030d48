package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
)

// source is a source of tokens that is a function.
type source func(context.Context) (string, error)

func (s source) Token(ctx context.Context) (string, error) { return s(ctx) }

// guarded lets only requests with one of these tokens pass.
func guarded(good ...string) *base {
	return &base{answer: func(_ int, r *http.Request) (*http.Response, error) {
		for _, g := range good {
			if r.Header.Get("Authorization") == "Bearer "+g {
				return fine(), nil
			}
		}
		return reply(401, `{"message":"Bad credentials"}`, quotaHeaders(0, time.Hour)...)(), nil
	}}
}

func TestATokenThatIsRefusedIsNotUsedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, guarded("b"), func(o *Options) { o.Tokens = tokens(secret, "b") })
		for range 3 {
			status, _, err := s.post(t.Context(), "{}")
			require.NoError(t, err)
			assert.Equal(t, 200, status)
		}
		assert.Equal(t, []string{secret, "b", "b", "b"}, s.base.used())
		assert.Equal(t, []string{"{}", "{}", "{}", "{}"}, s.base.bodies)
		_, _, err := s.get(t.Context(), "/x")
		require.NoError(t, err)
	})
}

func TestATokenThatIsGivenUpIsLoggedOnceAndHasNoQuota(t *testing.T) {
	b := guarded("b")
	good := b.answer
	b.answer = func(n int, r *http.Request) (*http.Response, error) {
		resp, err := good(n, r)
		if resp.StatusCode == 200 {
			resp.Header.Set("X-RateLimit-Limit", "100")
			resp.Header.Set("X-RateLimit-Remaining", "9")
			resp.Header.Set("X-RateLimit-Reset", fmt.Sprint(time.Now().Add(time.Hour).Unix()))
		}
		return resp, err
	}
	s := newSetting(t, b, func(o *Options) {
		o.Tokens = tokens(secret, "b")
		o.InFlight = func(string) int { return 8 }
	})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { _, _, err := s.get(t.Context(), "/x"); assert.NoError(t, err) })
	}
	all.Wait()
	// The quota of b lies below what is unknown of the other, which therefore is asked for again.
	for range 3 {
		_, _, err := s.get(t.Context(), "/x")
		require.NoError(t, err)
	}
	assert.Equal(t, 1, strings.Count(s.log.String(), "level=WARN"), s.log)
	assert.Contains(t, s.log.String(), "token=1")
	left, limit, _, _ := s.Quota("")
	assert.Equal(t, []int{9, 100}, []int{left, limit})
}

func TestWhereNoTokenIsAcceptedItIsSaid(t *testing.T) {
	s := newSetting(t, guarded(), func(o *Options) { o.Tokens = tokens(secret, "b") })
	for range 2 {
		_, _, err := s.get(t.Context(), "/x")
		var refused *TokenError
		require.ErrorAs(t, err, &refused)
		assert.Equal(t, TokenError{Host: host, Status: 401, Tokens: 2}, *refused)
		assert.Contains(t, err.Error(), "expired")
		assert.Len(t, s.base.asked, 2, "the second time nothing is sent")
	}
}

func TestASourceThatRenewsItsTokenGoesOn(t *testing.T) {
	var mu sync.Mutex
	current, renewed := "old", 0
	app := source(func(context.Context) (string, error) {
		mu.Lock()
		defer mu.Unlock()
		return current, nil
	})
	s := newSetting(t, nil, func(o *Options) { o.Tokens = []forge.TokenSource{app} })
	s.base = guarded("old")
	s.o.Base = s.base
	_, _, err := s.get(t.Context(), "/1")
	require.NoError(t, err)
	s.o.Base = &base{answer: func(_ int, r *http.Request) (*http.Response, error) {
		if r.Header.Get("Authorization") == "Bearer new" {
			return fine(), nil
		}
		mu.Lock() // it has expired, as the source finds out, too
		current, renewed = "new", renewed+1
		mu.Unlock()
		return reply(401, "{}")(), nil
	}}
	for range 3 {
		_, _, err = s.get(t.Context(), "/2")
		require.NoError(t, err)
	}
	assert.Equal(t, 1, renewed)
	assert.NotContains(t, s.log.String(), "WARN")
}

func TestATokenThatIsRefusedManyTimesAtOnceIsRefusedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var expired atomic.Bool
		app := source(func(context.Context) (string, error) {
			if expired.Load() {
				return "new", nil
			}
			return "old", nil
		})
		b := guarded("new")
		good := b.answer
		b.answer = func(n int, r *http.Request) (*http.Response, error) {
			time.Sleep(time.Second)
			expired.Store(true)
			return good(n, r)
		}
		s := newSetting(t, b, func(o *Options) {
			o.Tokens = []forge.TokenSource{app}
			o.InFlight = func(string) int { return 4 }
		})
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() { _, _, err := s.get(t.Context(), "/x"); assert.NoError(t, err) })
		}
		all.Wait()
		assert.Equal(t, []string{"old", "old", "old", "old", "new", "new", "new", "new"}, b.used())
	})
}

func TestASourceIsNotAskedForEver(t *testing.T) {
	n := 0
	s := newSetting(t, guarded(), func(o *Options) {
		o.Tokens = []forge.TokenSource{source(func(context.Context) (string, error) { n++; return fmt.Sprint("token", n), nil })}
	})
	_, _, err := s.get(t.Context(), "/x")
	var refused *TokenError
	require.ErrorAs(t, err, &refused)
	assert.Len(t, s.base.asked, 3)
}

func TestATokenOfAnHourIsRenewedAllDay(t *testing.T) {
	var hour atomic.Int32
	s := newSetting(t, &base{answer: func(_ int, r *http.Request) (*http.Response, error) {
		if r.Header.Get("Authorization") == fmt.Sprint("Bearer token", hour.Load()) {
			return fine(), nil
		}
		return reply(401, "{}")(), nil
	}}, func(o *Options) {
		known, asked := int32(0), false
		o.Tokens = []forge.TokenSource{source(func(context.Context) (string, error) {
			if known != hour.Load() && asked { // it learns of the end when the host does
				known = hour.Load()
			}
			asked = known != hour.Load()
			return fmt.Sprint("token", known), nil
		})}
	})
	for range 24 {
		status, _, err := s.get(t.Context(), "/x")
		require.NoError(t, err)
		assert.Equal(t, 200, status)
		hour.Add(1)
	}
	assert.Len(t, s.base.asked, 24+23)
}

func TestTheQuotaOfATokenThatIsGivenUpDoesNotCount(t *testing.T) {
	revoked := false
	s := newSetting(t, &base{answer: func(_ int, r *http.Request) (*http.Response, error) {
		if revoked && r.Header.Get("Authorization") == "Bearer a" {
			return reply(401, "{}")(), nil
		}
		return reply(200, "{}", quotaHeaders(9, time.Hour)...)(), nil
	}}, func(o *Options) { o.Tokens = tokens("a", "b") })
	for _, want := range []int{9, 18, 9} {
		_, _, err := s.get(t.Context(), "/x")
		require.NoError(t, err)
		left, _, _, _ := s.Quota("")
		assert.Equal(t, want, left)
		revoked = want == 18
	}
}

func TestTheErrorOfASourceIsTold(t *testing.T) {
	broken := errors.New("the key cannot be read")
	s := newSetting(t, replies(fine), func(o *Options) {
		o.Tokens = []forge.TokenSource{source(func(context.Context) (string, error) { return secret, broken })}
	})
	_, _, err := s.get(t.Context(), "/x")
	require.ErrorIs(t, err, broken)
	assert.Contains(t, err.Error(), "asking for token 1 of "+host)
	assert.Empty(t, s.base.asked)
}

func TestATokenIsReadWithCare(t *testing.T) {
	s := newSetting(t, replies(fine), func(o *Options) { o.Tokens = tokens("a\r\n") })
	_, _, err := s.get(t.Context(), "/x")
	require.NoError(t, err)
	assert.Equal(t, []string{"a"}, s.base.used())

	s = newSetting(t, replies(fine), func(o *Options) { o.Tokens = tokens(secret + "\nX-Evil: 1") })
	_, _, err = s.get(t.Context(), "/x")
	require.ErrorContains(t, err, "token 1 of "+host+" holds characters that no token has")
	assert.Empty(t, s.base.asked)
}

func TestWithoutTokensRequestsAreAnonymous(t *testing.T) {
	for _, given := range [][]forge.TokenSource{nil, tokens("")} {
		s := newSetting(t, replies(reply(401, "{}")), func(o *Options) { o.Tokens = given })
		status, _, err := s.get(t.Context(), "/x")
		require.NoError(t, err)
		assert.Equal(t, 401, status, "which refuses no token, so it is the caller's")
		assert.Empty(t, s.base.asked[0].Header)
	}
}

func TestAuthorizeWritesTheHeader(t *testing.T) {
	s := newSetting(t, replies(fine), func(o *Options) {
		o.Authorize = func(r *http.Request, token string) { r.Header.Set("Private-Token", token) }
	})
	_, _, err := s.get(t.Context(), "/x")
	require.NoError(t, err)
	assert.Equal(t, http.Header{"Private-Token": {secret}}, s.base.asked[0].Header)
}

func TestTokensGoNowhereElse(t *testing.T) {
	for _, to := range []string{"https://evil.example/x", "http://" + host + "/x", "https://" + host + ":8443/x",
		"https://api.forge.example.evil.example/x", "https://sub." + host + "/x", "http://127.0.0.1/x"} {
		s := newSetting(t, replies(reply(302, "moved", "Location", to), fine))
		status, _, err := s.get(t.Context(), "/x")
		require.NoError(t, err)
		assert.Equal(t, 200, status)
		assert.Equal(t, []string{secret, ""}, s.base.used(), to)
		assert.NotContains(t, fmt.Sprint(s.base.asked[1].Header), secret)
	}
	s := newSetting(t, replies(reply(301, "renamed", "Location", "https://API.forge.example:443/repositories/7"), fine))
	_, _, err := s.get(t.Context(), "/x")
	require.NoError(t, err)
	assert.Equal(t, []string{secret, secret}, s.base.used(), "a rename stays at the host")
}

func TestAnotherHostHasNoSayInTheQuota(t *testing.T) {
	s := newSetting(t, &base{answer: func(_ int, r *http.Request) (*http.Response, error) {
		if r.URL.Host == host {
			return reply(302, "", "Location", "https://evil.example/")(), nil
		}
		return reply(200, "{}", append(quotaHeaders(0, time.Hour), "Date", "Sat, 01 Jan 1994 00:00:00 GMT", "ETag", `"e"`)...)(), nil
	}})
	for range 3 {
		_, _, err := s.get(t.Context(), "/x")
		require.NoError(t, err)
	}
	assert.WithinDuration(t, time.Now(), s.Now(), time.Minute)
	_, _, _, known := s.Quota("")
	assert.False(t, known)
}

func TestWhichAddressIsTheHosts(t *testing.T) {
	for _, c := range []struct {
		host, address string
		own, private  bool
	}{
		{"h.example", "https://h.example/x", true, true},
		{"h.example", "https://H.Example:443/x", true, true},
		{"h.example:443", "https://h.example/x", true, true},
		{"h.example", "http://h.example/x", true, false},
		{"h.example", "https://h.example:80/x", false, true},
		{"h.example:8443", "https://h.example:8443/x", true, true},
		{"h.example:8443", "https://h.example/x", false, true},
		{"h.example", "ftp://h.example/x", true, false},
		{"localhost:3000", "http://localhost:3000/x", true, true},
		{"LocalHost:80", "http://localhost/x", true, true},
		{"127.0.0.1:3000", "http://127.0.0.1:3000/x", true, true},
		{"[::1]:3000", "http://[::1]:3000/x", true, true},
		{"::1", "http://[::1]/x", false, true},
		{"127.0.0.1.evil.example", "http://127.0.0.1.evil.example/x", true, false},
		{"10.0.0.1", "http://10.0.0.1/x", true, false},
		{"", "https:///x", false, true},
	} {
		u, err := url.Parse(c.address)
		require.NoError(t, err)
		s := New(Options{Host: c.host})
		assert.Equal(t, []bool{c.own, c.private}, []bool{s.own(u), Private(u)}, c)
	}
}

func TestPlainHTTPIsWarnedOf(t *testing.T) {
	s := newSetting(t, replies(fine))
	for range 2 {
		_, _, err := s.do(t.Context(), "GET", "http://"+host+"/x", nil)
		require.NoError(t, err)
	}
	assert.Equal(t, []string{"", ""}, s.base.used())
	assert.Equal(t, 1, strings.Count(s.log.String(), "no token is sent over plain http"))
}

func TestNoWayOfPrintingShowsTheToken(t *testing.T) {
	s := newSetting(t, guarded())
	_, _, err := s.get(t.Context(), "/x")
	require.Error(t, err)
	assert.Equal(t, "transport for "+host, s.String())
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		shown := fmt.Sprintf(verb, s.Transport) + fmt.Sprintf(verb, &http.Client{Transport: s.Transport}) + fmt.Sprintf(verb, err)
		assert.NotContains(t, shown, secret, verb)
		assert.NotContains(t, shown, fmt.Sprintf("%x", secret), verb)
	}
}

func TestAServerThatSendsTheTokenBackIsNotQuoted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSetting(t, &base{answer: func(_ int, r *http.Request) (*http.Response, error) {
			return nil, fmt.Errorf("malformed HTTP response %q", r.Header.Get("Authorization"))
		}})
		_, _, err := s.get(t.Context(), "/x")
		require.ErrorContains(t, err, `malformed HTTP response "Bearer TOKEN"`)
	})
	s := newSetting(t, &base{answer: func(_ int, r *http.Request) (*http.Response, error) {
		return reply(200, "x", "Content-Type", "text/"+strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))(), nil
	}})
	_, _, err := s.get(t.Context(), "/x")
	require.ErrorContains(t, err, "text/TOKEN")
	assert.NotContains(t, strings.ToLower(err.Error()), strings.ToLower(secret))
}
