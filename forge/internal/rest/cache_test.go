package rest

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
)

// memory is a cache.
type memory struct {
	mu   sync.Mutex
	kept map[string]Reply
}

func (m *memory) Load(key string) (Reply, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.kept[key]
	return r, ok
}

func (m *memory) Save(key string, r Reply) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept[key] = r
}

func withCache(m *memory) func(*Options) { return func(o *Options) { o.Cache = m } }

// tagged answers 304 to whoever has the ETag.
func tagged(etag string, headers ...string) *base {
	return &base{answer: func(_ int, r *http.Request) (*http.Response, error) {
		if r.Header.Get("If-None-Match") == etag {
			resp := reply(304, "", quotaHeaders(4321, time.Hour)...)()
			resp.Header.Del("Content-Type")
			return resp, nil
		}
		return reply(200, `{"fine":true}`, append(append(quotaHeaders(4321, time.Hour), headers...), "ETag", etag)...)(), nil
	}}
}

func TestWhatHasNotChangedComesFromTheCache(t *testing.T) {
	m := &memory{kept: map[string]Reply{}}
	s := newSetting(t, tagged(`W/"1"`, "Link", "<next>", "X-Total-Count", "7", "Set-Cookie", "x"), withCache(m))
	for i := range 3 {
		r, err := http.NewRequestWithContext(t.Context(), "GET", "https://"+host+"/releases?page=2", nil)
		require.NoError(t, err)
		resp, err := s.RoundTrip(r)
		require.NoError(t, err)
		assert.Equal(t, 200, resp.StatusCode)
		assert.EqualValues(t, 13, resp.ContentLength)
		assert.Equal(t, "<next>", resp.Header.Get("Link"))
		assert.Equal(t, "7", resp.Header.Get("X-Total-Count"))
		assert.Equal(t, "application/json; charset=utf-8", resp.Header.Get("Content-Type"))
		assert.Equal(t, "4321", resp.Header.Get("X-RateLimit-Remaining"))
		assert.Equal(t, i, s.Usage().NotModified)
		assert.Empty(t, r.Header)
	}
	assert.Equal(t, forge.Usage{Requests: 3, NotModified: 2, Bytes: 13}, s.Usage())
	kept := m.kept["GET https://"+host+"/releases?page=2"]
	assert.Equal(t, Reply{ETag: `W/"1"`, Body: []byte(`{"fine":true}`), Header: http.Header{
		"Link": {"<next>"}, "X-Total-Count": {"7"}, "Content-Type": {"application/json; charset=utf-8"}}}, kept)
	assert.Len(t, m.kept, 1)
}

func TestAChangedReplyReplacesTheOld(t *testing.T) {
	key := "GET https://" + host + "/x"
	m := &memory{kept: map[string]Reply{key: {ETag: `"old"`, Body: []byte("old")}}}
	s := newSetting(t, tagged(`"new"`), withCache(m))
	_, body, err := s.get(t.Context(), "/x")
	require.NoError(t, err)
	assert.Equal(t, `{"fine":true}`, body)
	assert.Equal(t, `"old"`, s.base.asked[0].Header.Get("If-None-Match"))
	assert.Equal(t, `"new"`, m.kept[key].ETag)
}

func TestWhatIsNotKept(t *testing.T) {
	m := &memory{kept: map[string]Reply{}}
	s := newSetting(t, replies(reply(200, "{}")), withCache(m))
	_, _, err := s.get(t.Context(), "/no-etag")
	require.NoError(t, err)
	s.base.answer = tagged(`"1"`).answer
	_, _, err = s.post(t.Context(), "{}")
	require.NoError(t, err)
	s.base.answer = replies(reply(404, "{}", "ETag", `"1"`)).answer
	_, _, err = s.get(t.Context(), "/missing")
	require.NoError(t, err)
	s.base.answer = replies(reply(200, "<html>", "ETag", `"1"`, "Content-Type", "text/html")).answer
	_, _, err = s.get(t.Context(), "/login")
	require.Error(t, err)
	s.base.answer = replies(reply(202, "{}", "ETag", `"1"`)).answer
	_, _, err = s.get(t.Context(), "/not-yet")
	require.NoError(t, err)
	n := len(s.base.asked)
	s.base.answer = func(i int, r *http.Request) (*http.Response, error) {
		return replies(reply(302, "", "Location", "https://evil.example/"), reply(200, "{}", "ETag", `"1"`)).answer(i-n, r)
	}
	_, _, err = s.get(t.Context(), "/elsewhere")
	require.NoError(t, err)
	assert.Empty(t, m.kept)
}

func TestAClientThatAsksForItselfIsLetBe(t *testing.T) {
	m := &memory{kept: map[string]Reply{"GET https://" + host + "/x": {ETag: `"1"`, Body: []byte("{}")}}}
	s := newSetting(t, tagged(`"2"`), withCache(m))
	r, err := http.NewRequestWithContext(t.Context(), "GET", "https://"+host+"/x", nil)
	require.NoError(t, err)
	r.Header.Set("If-None-Match", `"2"`)
	resp, err := s.RoundTrip(r)
	require.NoError(t, err)
	assert.Equal(t, 304, resp.StatusCode)
	assert.Zero(t, s.Usage().NotModified)
}

func TestAReplyWithoutETagIsNoReply(t *testing.T) {
	m := &memory{kept: map[string]Reply{"GET https://" + host + "/x": {Body: []byte("foreign")}}}
	s := newSetting(t, replies(reply(304, "")), withCache(m))
	status, body, err := s.get(t.Context(), "/x")
	require.NoError(t, err)
	assert.Equal(t, 304, status)
	assert.Empty(t, body)
}

func TestKeysHoldNoSecret(t *testing.T) {
	m := &memory{kept: map[string]Reply{}}
	s := newSetting(t, tagged(`"1"`), withCache(m))
	r, err := http.NewRequestWithContext(t.Context(), "GET", "https://user:"+secret+"@"+host+"/x#part", nil)
	require.NoError(t, err)
	_, err = s.RoundTrip(r)
	require.NoError(t, err)
	assert.Contains(t, m.kept, "GET https://"+host+"/x")
}
