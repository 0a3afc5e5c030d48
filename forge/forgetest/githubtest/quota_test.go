package githubtest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/tributary-oss/tributary/forge/forgetest/githubtest"
)

func TestQuotasRunOutAndFillUp(t *testing.T) {
	s := githubtest.New(t, githubtest.Large(1))
	reset := s.Now().Add(10 * time.Minute)
	s.Tokens(map[string]githubtest.Quota{"poor": {Points: 2, Requests: 1, Reset: reset}, "rich": {Points: 12_500, Requests: 12_500}})

	a := send(t, s, "poor", short, nil)
	assert.Equal(t, []string{"5000", "1", "4999", "graphql"}, quotaOf(a))
	assert.Equal(t, "1793607000", a.header.Get("X-RateLimit-Reset"))
	assert.Equal(t, "0", send(t, s, "poor", short, nil).header.Get("X-RateLimit-Remaining"))
	a = send(t, s, "poor", short, nil)
	assert.Equal(t, 200, a.status)
	assert.Contains(t, a.body, `{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded`)
	assert.Equal(t, "0", a.header.Get("X-RateLimit-Remaining"))
	assert.Equal(t, 2, s.Points(), "what is refused costs nothing")

	assert.Equal(t, []string{"5000", "0", "5000", "core"}, quotaOf(get(t, s, "poor", "/repos/karst/cave", "")))
	a = get(t, s, "poor", "/repos/karst/cave", "")
	assert.Equal(t, 403, a.status)
	assert.Contains(t, a.body, "API rate limit exceeded")
	assert.Contains(t, get(t, s, "poor", "/rate_limit", "").body, `"graphql":{"limit":5000,"remaining":0,"reset":1793607000,"used":5000}`)
	assert.Equal(t, []string{"12500", "12499", "1", "graphql"}, quotaOf(send(t, s, "rich", short, nil)))

	s.SetNow(reset)
	a = send(t, s, "poor", short, nil)
	assert.Equal(t, []string{"5000", "4999", "1", "graphql"}, quotaOf(a))
	assert.Equal(t, "1793610600", a.header.Get("X-RateLimit-Reset"), "an hour later")
}

func quotaOf(a reply) []string {
	h := a.header
	return []string{h.Get("X-RateLimit-Limit"), h.Get("X-RateLimit-Remaining"), h.Get("X-RateLimit-Used"), h.Get("X-RateLimit-Resource")}
}

func TestTokensAreAsked(t *testing.T) {
	s := githubtest.New(t, githubtest.Large(1))
	assert.Equal(t, 200, send(t, s, "any", short, nil).status)
	a := send(t, s, "", short, nil)
	assert.Equal(t, 401, a.status)
	assert.Contains(t, a.body, "requires you to be authenticated")
	assert.Equal(t, []string{"60", "59", "1", "core"}, quotaOf(get(t, s, "", "/repos/karst/cave", "")))

	expiry := s.Now().Add(time.Hour)
	s.Tokens(map[string]githubtest.Quota{"a": {Points: 9, Requests: 9, Expires: expiry}})
	for _, token := range []string{"any", "A"} {
		assert.Equal(t, 401, send(t, s, token, short, nil).status)
		assert.Equal(t, 401, get(t, s, token, "/repos/karst/cave", "").status)
	}
	a = send(t, s, "a", short, nil)
	assert.Equal(t, 200, a.status)
	assert.Equal(t, "2026-11-02 09:00:00 UTC", a.header.Get("GitHub-Authentication-Token-Expiration"))
	s.SetNow(expiry)
	a = get(t, s, "a", "/rate_limit", "")
	assert.Equal(t, 401, a.status)
	assert.Contains(t, a.body, "Bad credentials")
}

func TestClientsMustSayWhoTheyAre(t *testing.T) {
	s := githubtest.New(t)
	r, err := http.NewRequest(http.MethodGet, s.URL+"/rate_limit", nil)
	assert.NoError(t, err)
	r.Header.Set("User-Agent", "")
	a, err := s.Client().Do(r)
	if assert.NoError(t, err) {
		a.Body.Close()
		assert.Equal(t, 403, a.StatusCode)
	}
}
