package github_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/github"
)

var _ forge.TokenSource = (*github.App)(nil)

// installation is a server that gives out tokens to whoever proves to be the App.
func installation(t *testing.T, key *rsa.PrivateKey, lives time.Duration) *httptest.Server {
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "/app/installations/42/access_tokens", r.URL.Path)
		head, rest, _ := strings.Cut(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), ".")
		claims, signed, _ := strings.Cut(rest, ".")
		sum := sha256.Sum256([]byte(head + "." + claims))
		signature, err := base64.RawURLEncoding.DecodeString(signed)
		assert.NoError(t, err)
		if rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], signature) != nil {
			http.Error(w, `{"message":"A JSON web token could not be decoded"}`, http.StatusUnauthorized)
			return
		}
		text, err := base64.RawURLEncoding.DecodeString(claims)
		assert.NoError(t, err)
		var c struct {
			Iss      string
			Iat, Exp int64
		}
		assert.NoError(t, json.Unmarshal(text, &c))
		assert.Equal(t, "Iv1.app", c.Iss)
		assert.LessOrEqual(t, c.Exp-c.Iat, int64(600))
		assert.Less(t, c.Iat, time.Now().Unix())
		n++
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, `{"token":"ghs_%d","expires_at":%q}`, n, time.Now().Add(lives).UTC().Format(time.RFC3339))
	}))
	t.Cleanup(server.Close)
	return server
}

func TestApp(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	parsed, err := github.ParseKey(text)
	require.NoError(t, err)
	require.True(t, key.Equal(parsed))

	for lives, want := range map[time.Duration][]string{time.Hour: {"ghs_1", "ghs_1"}, 4 * time.Minute: {"ghs_1", "ghs_2"}} {
		app := &github.App{ID: "Iv1.app", Installation: 42, Key: parsed, API: installation(t, key, lives).URL}
		for _, w := range want {
			token, err := app.Token(t.Context())
			require.NoError(t, err)
			assert.Equal(t, w, token, lives)
		}
		assert.NotContains(t, fmt.Sprintf("%v %+v %#v %s", app, app, app, app), "ghs_")
	}

	other, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	app := &github.App{ID: "Iv1.app", Installation: 42, Key: other, API: installation(t, key, time.Hour).URL}
	_, err = app.Token(t.Context())
	require.ErrorContains(t, err, "installation 42")
	require.ErrorContains(t, err, "could not be decoded")
	_, err = (&github.App{Installation: 42}).Token(t.Context())
	require.ErrorContains(t, err, "private key")
}

func TestParseKey(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	parsed, err := github.ParseKey(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	require.NoError(t, err)
	assert.True(t, key.Equal(parsed))
	for _, text := range []string{"", "x", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")}))} {
		_, err := github.ParseKey([]byte(text))
		assert.Error(t, err, text)
	}
}
