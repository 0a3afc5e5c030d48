package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// object is what the server answers.
type object = map[string]any

// do sends a request in somebody's name and decodes the reply into an object or a list.
func (s *server) do(as, method, path string, body, into any) int {
	s.t.Helper()
	status, text := s.send(as, method, path, body)
	if into != nil && status < 400 {
		require.NoError(s.t, json.Unmarshal(text, into), "%s %s: %s", method, path, text)
	}
	return status
}

// must is do for what has to succeed.
func (s *server) must(as, method, path string, body any) object {
	s.t.Helper()
	status, text := s.send(as, method, path, body)
	require.Less(s.t, status, 400, "%s %s %s: %s", as, method, path, text)
	var o object
	if len(text) > 0 && text[0] == '{' {
		require.NoError(s.t, json.Unmarshal(text, &o), "%s %s: %s", method, path, text)
	}
	return o
}

func (s *server) send(as, method, path string, body any) (int, []byte) {
	s.t.Helper()
	text, err := json.Marshal(body)
	require.NoError(s.t, err)
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+"api/v1"+path, bytes.NewReader(text))
	require.NoError(s.t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "token "+s.root)
	if as != "root" { // an administrator may act in everybody's name
		r.Header.Set("Sudo", as)
	}
	reply, err := s.trust.Do(r)
	require.NoError(s.t, err)
	defer reply.Body.Close()
	text, err = io.ReadAll(reply.Body)
	require.NoError(s.t, err)
	return reply.StatusCode, text
}

// eventually waits for what the server does in the background: pushes, conflicts,
// merges. A server that hangs fails the test after a minute.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !done(); time.Sleep(30 * time.Millisecond) {
		require.True(t, time.Now().Before(end), "waiting for %s", what)
	}
}

func number(o object, key string) int { n, _ := o[key].(float64); return int(n) }

func text(o object, key string) string { s, _ := o[key].(string); return s }

func inside(o object, keys ...string) object {
	for _, k := range keys {
		o, _ = o[k].(object)
	}
	return o
}
