package serve

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// check holds of every answer to anything: no fault of the server, nothing from outside the
// folder, no token in the log, and nothing of a tender without the token.
func (b *bench) check(r *http.Request, knows bool) {
	res := b.do(r)
	text := bodyOf(b, res)
	require.Less(b, res.StatusCode, 500, "%s", text)
	require.NotContains(b, text, canary)
	require.NotContains(b, b.log.String(), canary)
	if res.StatusCode >= 400 {
		require.Equal(b, "application/problem+json", res.Header.Get("Content-Type"))
	}
	if !knows && res.StatusCode == http.StatusOK {
		require.NotContains(b, text, "karst")
		require.NotContains(b, text, "geolib")
		require.Empty(b, res.Header.Get("X-Tributary-Status"))
	}
	require.NotContains(b, strings.ToLower(res.Header.Get("Content-Type")), "evil")
	b.leaks()
	b.log.mu.Lock()
	b.log.b.Reset()
	b.log.mu.Unlock()
}

// request makes one as a client could that writes what it likes.
func request(path, rawQuery string) *http.Request {
	r := httptest.NewRequest("GET", "http://127.0.0.1/", nil)
	plain, err := url.PathUnescape(path)
	if err != nil {
		plain = path
	}
	r.URL = &url.URL{Scheme: "http", Host: "127.0.0.1", Path: plain, RawPath: path, RawQuery: rawQuery}
	r.RequestURI = path + "?" + rawQuery
	return r
}

// patterns lists the routes as the description writes them, in one order: what a fuzzer keeps
// means the same in each of its processes.
func patterns(t testing.TB) []string {
	h, err := Handler(Options{})
	require.NoError(t, err)
	var all []string
	for pattern := range h.(*handler).laid {
		all = append(all, described(pattern))
	}
	slices.Sort(all)
	return all
}

// asked is a request to a route, with what stands in its places. The token is sent in the
// path, or, as odd says, as a header or as the parameter key.
func (b *bench) asked(pattern, tender, rest, query string, knows, odd bool) *http.Request {
	token := "wrong"
	if knows {
		token = b.token
	}
	path := strings.NewReplacer("{token}", token, "{tender}", tender).Replace(pattern) + rest
	inPath := strings.Contains(pattern, "{token}")
	if odd && !inPath {
		query = strings.TrimPrefix(query+"&key="+token, "&")
	}
	r := request(path, query)
	if !odd && !inPath {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return r
}

const goodQuery = "bidder=karst&lot=1"

// TestEveryRouteIsReached holds the fuzzing below to its purpose: what it starts from reaches
// each route, with a token and without.
func TestEveryRouteIsReached(t *testing.T) {
	b := newBench(t, nil)
	for _, pattern := range patterns(t) {
		for _, odd := range []bool{false, true} {
			if odd && (strings.Contains(pattern, "{token}") || !strings.Contains(pattern, "/tenders")) {
				continue
			}
			query := ""
			if strings.Contains(pattern, "{tender}/points") || strings.Contains(pattern, "{tender}/score") || strings.Contains(pattern, "{tender}/rank") && !strings.Contains(pattern, ".") {
				query = goodQuery
			}
			assert.Equal(t, http.StatusOK, b.do(b.asked(pattern, name, "", query, true, odd)).StatusCode, "%s %s", pattern, b.log)
			assert.Contains(t, strings.ReplaceAll(b.log.String(), "{$}", ""), `"route":"`+pattern+`"`)
			want := http.StatusUnauthorized
			switch {
			case strings.Contains(pattern, "{token}"):
				want = http.StatusNotFound
			case !strings.Contains(pattern, "/tenders"):
				want = http.StatusOK
			}
			assert.Equal(t, want, b.do(b.asked(pattern, name, "", query, false, odd)).StatusCode, pattern)
		}
	}
}

// FuzzEveryRoute fuzzes what stands in the places of each route: its number among them, the
// tender, what follows, and the query.
func FuzzEveryRoute(f *testing.F) {
	routes := patterns(f)
	for i := range routes {
		f.Add(uint8(i), name, "", goodQuery, true, false)
		f.Add(uint8(i), name, "", "locale=fr", true, true)
		f.Add(uint8(i), name, "", "", true, true)
		f.Add(uint8(i), "..%2f..", "/../canary", "locale=fr&bidder=%00&lot=", false, false)
		f.Add(uint8(i), name, "%00", "lang=fr&tender="+name+"&bidder="+url.QueryEscape(hostile), true, false)
		f.Add(uint8(i), "\u202e", "\\..\\canary", "bidder=%ff&;", false, true)
	}
	b := newBench(f, nil)
	f.Fuzz(func(t *testing.T, n uint8, tender, rest, query string, knows, odd bool) {
		b.TB = t
		b.check(b.asked(routes[int(n)%len(routes)], tender, rest, query, knows, odd), knows)
	})
}

// FuzzRequests fuzzes whole requests: path, query and headers.
func FuzzRequests(f *testing.F) {
	f.Add("GET", "/v1/c/TOKEN/tenders/"+name+"/points", "bidder=karst&lot=1", "Accept-Encoding", "gzip;q=0.5, br")
	f.Add("HEAD", "/v1/tenders", "", "Authorization", "Bearer TOKEN")
	f.Add("GET", "/v1/c/TOKEN/", "lang=fr", "Accept-Language", "fr;q=NaN, *")
	f.Add("GET", "//..//v1/../healthz", "%", "If-None-Match", `W/"", "x`)
	f.Add("GET", "/", "", "X-Forwarded-For", "::1%25eth0, x, ")
	f.Add("\x00", "*", "", "Host", "evil\r\nX: y")
	b := newBench(f, nil)
	f.Fuzz(func(t *testing.T, method, path, query, name, value string) {
		b.TB = t
		knows := strings.Contains(path+query+value, "TOKEN")
		fill := func(s string) string { return strings.ReplaceAll(s, "TOKEN", b.token) }
		r := request(fill(path), fill(query))
		r.Method = method
		r.Header[http.CanonicalHeaderKey(name)] = []string{fill(value)}
		b.check(r, knows)
	})
}

// FuzzRankings serves whatever stands in a folder's file: it is refused, or served without a
// fault.
func FuzzRankings(f *testing.F) {
	s := newBench(f, nil)
	text, _ := s.get(http.StatusOK, below+"ranking.json")
	f.Add([]byte(text))
	f.Add([]byte(`{"format":"tributary-ranking/1","lots":[{"id":"","standings":[{"bidder":""}]}]}`))
	f.Add([]byte(`{"format":"tributary-ranking/1","status":"OFFICIAL","seal":"\r\nX: y","lots":[{"id":"1","points":-1e300,"standings":[{"bidder":"a","points":-0,"score":1e-300}]}],"gaps":[{},{}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		snapshot, err := newSnapshot(text)
		if err != nil {
			return
		}
		b := &bench{TB: t, dir: s.dir, token: s.token, now: s.clock(), log: s.log}
		o := Options{Tenders: []*Tender{{Name: name, Dir: b.dir}}, Grants: s.handler.(*handler).Grants, Now: b.clock, Rate: 1e6, Burst: 1e6}
		o.Tenders[0].current.Store(snapshot)
		o.Tenders[0].next.Store(b.clock().Add(every).UnixNano())
		b.handler, err = Handler(o)
		require.NoError(t, err)
		for _, r := range tenderRoutes() {
			q := url.Values{}
			if len(snapshot.ranking.Lots) > 0 && len(snapshot.ranking.Lots[0].Standings) > 0 && len(r.takes) > 1 {
				q = url.Values{lotParameter: {snapshot.ranking.Lots[0].ID}, bidderParameter: {snapshot.ranking.Lots[0].Standings[0].Bidder}}
			}
			res := b.do(request("/v1/c/"+b.token+"/tenders/"+name+"/"+r.name, q.Encode()))
			assert.Less(t, res.StatusCode, 500, r.name)
			assert.NotContains(t, res.Header.Get("X-Tributary-Status"), "\n")
			if x := snapshot.ranking; res.StatusCode == 200 && len(x.Lots) > 0 && len(x.Lots[0].Standings) > 0 && x.Lots[0].Standings[0].Points == nil && r.name == "points" {
				assert.Equal(t, unknown, bodyOf(t, res))
			}
		}
		res := b.do(request("/v1/c/"+b.token+"/", ""))
		assert.Equal(t, http.StatusOK, res.StatusCode)
	})
}
