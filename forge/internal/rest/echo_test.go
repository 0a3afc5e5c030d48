package rest

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A server that sends back what it was sent puts no token into words that clients take over; what
// it says beside errors is left as it is.
func TestAReplyThatHoldsTheToken(t *testing.T) {
	for _, c := range []struct {
		method, body, want string
		status             int
	}{
		{"GET", "you sent " + secret + " and " + secret, "you sent TOKEN and TOKEN", 400},
		{"GET", "you sent " + secret, "you sent TOKEN", 403},
		{"POST", `{"errors":["` + secret + `"]}`, `{"errors":["TOKEN"]}`, 200},
		{"POST", `{"data":"` + secret + `"}`, `{"data":"` + secret + `"}`, 200},
		{"GET", `["` + secret + `"]`, `["` + secret + `"]`, 200},
		{"POST", "you sent " + secret, "you sent TOKEN", 502},
	} {
		s := newSetting(t, &base{answer: func(int, *http.Request) (*http.Response, error) {
			return reply(c.status, c.body, "Content-Type", "application/json")(), nil
		}})
		status, got, err := s.get(t.Context(), "/x")
		if c.method == "POST" {
			status, got, err = s.post(t.Context(), "{}")
		}
		require.NoError(t, err)
		assert.Equal(t, c.status, status)
		assert.Equal(t, c.want, got)
	}
}
