package serve

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/examples/sheet/serve/grant"
)

func TestAccess(t *testing.T) {
	b := newBench(t, nil)
	unknown := strings.Repeat("A", 26)
	for path, want := range map[string]int{
		"/v1/c/TOKEN/": http.StatusOK,
		"/v1/c/TOKEN":  http.StatusOK,
		"/v1/c/TOKEN/tenders/" + name + "/status":             http.StatusOK,
		"/v1/c/TOKEN/tenders/other/status":                    http.StatusNotFound,
		"/v1/c/TOKEN/tenders/nothing/status":                  http.StatusNotFound,
		"/v1/c/" + unknown + "/":                              http.StatusNotFound,
		"/v1/c/" + unknown + "/tenders/" + name + "/status":   http.StatusNotFound,
		"/v1/c/" + b.other + "/tenders/" + name + "/status":   http.StatusNotFound,
		"/v1/c/" + b.other + "/tenders/other/status":          http.StatusNotFound,
		"/v1/c/" + b.expired + "/":                            http.StatusGone,
		"/v1/c/" + b.revoked + "/tenders/" + name + "/status": http.StatusGone,
		"/v1/c/":                                           http.StatusNotFound,
		"/v1/tenders/" + name + "/status":                  http.StatusUnauthorized,
		"/v1/tenders/nothing/status":                       http.StatusUnauthorized,
		"/v1/tenders/" + name + "/status?key=TOKEN":        http.StatusOK,
		"/v1/tenders/other/status?key=TOKEN":               http.StatusNotFound,
		"/v1/tenders/" + name + "/status?key=" + unknown:   http.StatusUnauthorized,
		"/v1/tenders/" + name + "/status?key=" + b.other:   http.StatusNotFound,
		"/v1/tenders/" + name + "/status?key=" + b.expired: http.StatusUnauthorized,
		"/v1/tenders": http.StatusUnauthorized,
	} {
		_, h := b.get(want, path)
		assert.Equal(t, "no-referrer", h.Get("Referrer-Policy"), path)
		if want != http.StatusOK {
			assert.Equal(t, "application/problem+json", h.Get("Content-Type"), path)
			assert.Equal(t, "no-store", h.Get("Cache-Control"), path)
			assert.Empty(t, h.Get("X-Tributary-Status"), path)
		}
		if want == http.StatusUnauthorized {
			assert.Contains(t, h.Get("WWW-Authenticate"), "Bearer ", path)
		}
	}
	for value, want := range map[string]int{
		"Bearer " + b.token: http.StatusOK, "bearer  " + b.token: http.StatusOK, "Basic " + b.token: http.StatusUnauthorized,
		"Bearer": http.StatusUnauthorized, "Bearer " + b.token + "x": http.StatusUnauthorized, "Bearer " + b.revoked: http.StatusUnauthorized,
	} {
		b.get(want, "/v1/tenders/"+name+"/status", "Authorization", value)
	}
	b.leaks()
}

// Nobody without a token learns which tenders there are: the answers are the same.
func TestNoTokenLearnsNothing(t *testing.T) {
	b := newBench(t, nil)
	for _, with := range []struct{ prefix, suffix string }{{"/v1/tenders/", "/status"}, {"/v1/tenders/", "/ranking.json?key=wrong"},
		{"/v1/c/wrong/tenders/", "/status"}, {"/v1/c/" + b.other + "/tenders/", "/status"}} {
		there, h1 := b.get(b.ask("GET", with.prefix+name+with.suffix).StatusCode, with.prefix+name+with.suffix)
		none, h2 := b.get(b.ask("GET", with.prefix+"none"+with.suffix).StatusCode, with.prefix+"none"+with.suffix)
		assert.Equal(t, none, there)
		assert.Equal(t, h2, h1)
	}
}

func TestExpiry(t *testing.T) {
	b := newBench(t, nil)
	b.pass(24*time.Hour - time.Second)
	b.get(http.StatusOK, below+"status")
	b.pass(time.Second)
	text, _ := b.get(http.StatusGone, below+"status")
	assert.Contains(t, text, "expired")
}

func TestRevocationOfARunningServer(t *testing.T) {
	file := filepath.Join(t.TempDir(), "grants.jsonl")
	now := time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)
	g, token, err := grant.New([]string{name}, "jury", now, now.Add(time.Hour))
	require.NoError(t, err)
	require.NoError(t, grant.Append(file, g))
	store, err := grant.OpenStore(file)
	require.NoError(t, err)
	b := newBench(t, func(o *Options) { o.Grants = store })
	b.token = token
	b.get(http.StatusOK, below+"status")
	require.NoError(t, grant.Revoke(file, g.ID, now))
	b.pass(grant.Every)
	text, _ := b.get(http.StatusGone, below+"status")
	assert.Contains(t, text, "revoked")

	second, token, err := grant.New([]string{name}, "", now, now.Add(time.Hour))
	require.NoError(t, err)
	require.NoError(t, grant.Append(file, second))
	b.token = token
	b.pass(grant.Every)
	b.get(http.StatusOK, below+"status")

	require.NoError(t, os.WriteFile(file, []byte("no grants\n"), 0o600))
	b.pass(grant.Every)
	b.get(http.StatusServiceUnavailable, below+"status") // who was shut out may stand in it
	require.NoError(t, os.Remove(file))
	b.pass(grant.Every)
	_, h := b.get(http.StatusServiceUnavailable, below+"status")
	assert.Equal(t, "60", h.Get("Retry-After"))
	b.leaks()
}

func TestRequestsThatNoRouteAnswers(t *testing.T) {
	b := newBench(t, nil)
	at := strings.ReplaceAll(below, "TOKEN", b.token)
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "\x1b"} {
		r := httptest.NewRequest("GET", at+"status", nil)
		r.Method = method
		res := b.do(r)
		assert.Equal(t, http.StatusMethodNotAllowed, res.StatusCode, method)
		assert.Equal(t, "GET, HEAD", res.Header.Get("Allow"))
	}
	r := httptest.NewRequest("GET", at+"status", strings.NewReader("x"))
	assert.Equal(t, http.StatusRequestEntityTooLarge, b.do(r).StatusCode)
	r = httptest.NewRequest("GET", at+"status?refresh="+strings.Repeat("x", 5000), nil)
	assert.Equal(t, http.StatusRequestURITooLong, b.do(r).StatusCode)
}

// Nothing outside the folder is served, and of the folder only what has a route.
func TestPathTricks(t *testing.T) {
	b := newBench(t, nil)
	for _, path := range []string{
		"../canary", "../../canary", "..%2fcanary", "%2e%2e/canary", "%2e%2e%2fcanary", "..%5ccanary", "..%252fcanary", "....//canary", "./ranking.json",
		"/ranking.json", "//etc/passwd", "ranking.json%00.txt", "ranking.json%00", "%00", "tender.yaml", ".", "..", "%2e", "%2e%2e", "ranking.json/..", "ranking.json/../tender.yaml",
		"..\\canary", "ranking.json%0d%0aX-Evil:1", "%c0%ae%c0%ae/canary", "%ff", "ranking.JSON", "RANKING.json", "ranking.json.", "ranking.json%20", "ranking.json::$DATA", "file:///etc/passwd", "~/canary",
	} {
		for _, prefix := range []string{strings.ReplaceAll(below, "TOKEN", b.token), "/v1/c/" + b.token + "/tenders/", "/v1/c/" + b.token + "/", "/v1/tenders/", "/v1/", "/"} {
			r := httptest.NewRequest("GET", "http://127.0.0.1/", nil)
			u, err := r.URL.Parse(prefix + path)
			if err != nil {
				continue // no client can send it; the fuzz test does
			}
			u.Path, u.RawPath = prefix+unescaped(path), prefix+path
			r.URL, r.RequestURI = u, prefix+path
			r.Header.Set("Authorization", "Bearer "+b.token)
			res := b.do(r)
			text := bodyOf(t, res)
			assert.Contains(t, []int{http.StatusNotFound, http.StatusBadRequest}, res.StatusCode, "%s%s: %s", prefix, path, text)
			assert.NotContains(t, text, canary)
			assert.Empty(t, res.Header.Get("Location"), "%s%s", prefix, path)
			assert.Empty(t, res.Header.Get("X-Evil"))
		}
	}
	b.leaks()
}

func TestAFolderThatLeadsElsewhere(t *testing.T) {
	top := t.TempDir()
	outside, dir := filepath.Join(top, "outside"), filepath.Join(top, "result")
	require.NoError(t, os.Mkdir(outside, 0o755))
	require.NoError(t, os.Mkdir(dir, 0o755))
	put(t, outside, ranking())
	if err := os.Symlink(filepath.Join(outside, rankingFile), filepath.Join(dir, rankingFile)); err != nil {
		t.Skip("no links here:", err)
	}
	_, err := OpenTender(dir, "")
	require.ErrorContains(t, err, "escapes")
	_, err = OpenTender(filepath.Join(top, "none"), "")
	require.ErrorIs(t, err, os.ErrNotExist)
	require.NoError(t, os.Remove(filepath.Join(dir, rankingFile)))
	require.NoError(t, os.Mkdir(filepath.Join(dir, rankingFile), 0o755))
	_, err = OpenTender(dir, "")
	require.ErrorContains(t, err, "no plain file")
}

func TestRates(t *testing.T) {
	b := newBench(t, func(o *Options) { o.Rate, o.Burst = 1, 3 })
	for range 3 {
		b.get(http.StatusOK, below+"status")
	}
	_, h := b.get(http.StatusTooManyRequests, below+"status")
	assert.Equal(t, "1", h.Get("Retry-After"))
	b.pass(time.Second)
	b.get(http.StatusOK, below+"status")
	b.get(http.StatusTooManyRequests, below+"status")

	// Another client has an allowance of its own, but the grant's is used up.
	b = newBench(t, func(o *Options) {
		o.Rate, o.Burst, o.Proxies = 1, 3, []netip.Prefix{netip.MustParsePrefix("192.0.2.1/32")}
	})
	for i := range 3 {
		b.get(http.StatusOK, below+"status", "X-Forwarded-For", "2001:db8::"+string(rune('1'+i)))
	}
	b.get(http.StatusTooManyRequests, below+"status", "X-Forwarded-For", "203.0.113.9")
	b.get(http.StatusOK, "/healthz", "X-Forwarded-For", "203.0.113.9")
	b.get(http.StatusTooManyRequests, "/healthz", "X-Forwarded-For", "2001:db8::99") // of the same network
	b.get(http.StatusTooManyRequests, "/healthz", "X-Forwarded-For", "198.51.100.1, 2001:db8::99")
	assert.Contains(t, b.log.String(), `"client":"203.0.113.9"`)
}

// Of several proxies, each adds whom it saw: the last that is no proxy is the client, whatever
// the client says before.
func TestTheClientBehindProxies(t *testing.T) {
	b := newBench(t, func(o *Options) {
		o.Proxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8:1::/48")}
	})
	for said, want := range map[string]string{
		"198.51.100.7": "198.51.100.7", "203.0.113.1, 198.51.100.7": "198.51.100.7", "198.51.100.7, 192.0.2.9": "198.51.100.7", "198.51.100.7,2001:db8:1::5 , 192.0.2.9": "198.51.100.7",
		"::ffff:198.51.100.7": "198.51.100.7", "192.0.2.9": "192.0.2.1", "198.51.100.7, unknown": "192.0.2.1", "": "192.0.2.1",
	} {
		b.log.mu.Lock()
		b.log.b.Reset()
		b.log.mu.Unlock()
		b.get(http.StatusOK, "/healthz", "X-Forwarded-For", said)
		assert.Contains(t, b.log.String(), `"client":"`+want+`"`, said)
	}
}

func TestLimitsTakeBoundedMemory(t *testing.T) {
	l := newLimits(1, 1, 10)
	now := time.Now()
	for i := range 1000 {
		l.wait(string(rune(i)), now)
	}
	assert.Equal(t, 10, l.order.Len())
	assert.Len(t, l.byKey, 10)
	assert.NotZero(t, l.wait(string(rune(999)), now), "the most recent ones are remembered")
}

func TestWhoIsBelieved(t *testing.T) {
	b := newBench(t, nil)
	b.get(http.StatusOK, "/healthz", "X-Forwarded-For", "203.0.113.9")
	assert.NotContains(t, b.log.String(), "203.0.113.9", "a peer that is no proxy may say what it likes")
	text, _ := b.get(http.StatusOK, "/v1/c/TOKEN/", "X-Forwarded-Proto", "https")
	assert.NotContains(t, text, "https://")
}

func TestNamesOfTheServer(t *testing.T) {
	b := newBench(t, func(o *Options) { o.Hosts = []string{"localhost", "127.0.0.1", "::1"} })
	for host, want := range map[string]int{"127.0.0.1:8080": 200, "localhost": 200, "LOCALHOST:1": 200, "[::1]:8080": 200, "evil.example": 421, "127.0.0.1.evil.example:8080": 421, "": 421} {
		r := httptest.NewRequest("GET", "/healthz", nil)
		r.Host = host
		assert.Equal(t, want, b.do(r).StatusCode, host)
	}
}

func unescaped(s string) string {
	if u, err := http.NewRequest("GET", "http://x/"+s, nil); err == nil {
		return strings.TrimPrefix(u.URL.Path, "/")
	}
	return s
}
