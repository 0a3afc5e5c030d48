package github

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	gh "github.com/google/go-github/v60/github"
)

// App gives the tokens of one installation of a GitHub App, which live for an hour. Its
// quota is the installation's own. It is safe for concurrent use and must not be copied.
// https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app
type App struct {
	ID           string // the App's client id, or its number
	Installation int64  // number of the installation
	Key          *rsa.PrivateKey
	API          string            // as in [Options]; empty is https://api.github.com/
	Base         http.RoundTripper // carries the requests; nil is the usual one

	mu      sync.Mutex
	token   string
	expires time.Time
}

// ParseKey reads the private key of an App as GitHub gives it out, in PEM.
func ParseKey(text []byte) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("it is no private key in PEM; take the file that GitHub gave out for the App")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("it is no private key of an App: %w", err)
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("it is no RSA key, which Apps have, but %T", parsed)
	}
	return key, nil
}

// Token returns the installation's token, a new one when the last has less than five
// minutes to live.
func (a *App) Token(ctx context.Context) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if time.Until(a.expires) > 5*time.Minute {
		return a.token, nil
	}
	client, err := a.client()
	if err != nil {
		return "", err
	}
	t, _, err := client.Apps.CreateInstallationToken(ctx, a.Installation, nil)
	if err != nil {
		var sent *url.Error
		if errors.As(err, &sent) {
			err = sent.Err
		}
		return "", fmt.Errorf("asking for a token of the App's installation %d: %w", a.Installation, err)
	}
	a.token, a.expires = t.GetToken(), t.GetExpiresAt().Time
	return a.token, nil
}

// String hides the token and the key.
func (a *App) String() string { return fmt.Sprintf("installation %d", a.Installation) }

// GoString hides them from %#v, too.
func (a *App) GoString() string { return a.String() }

// client is one that proves who the App is. A proof must not live longer than ten
// minutes, and clocks differ, so it begins a minute ago and ends in nine.
func (a *App) client() (*gh.Client, error) {
	base, err := url.Parse(strings.TrimSuffix(a.API, "/") + "/")
	if a.API == "" {
		base, err = url.Parse("https://api.github.com/")
	}
	if err != nil || a.Key == nil {
		return nil, errors.New("an App needs its private key, and a right address of the API")
	}
	proof, err := a.proof(time.Now())
	if err != nil {
		return nil, err
	}
	client := gh.NewClient(&http.Client{Transport: a.Base, Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).WithAuthToken(proof)
	client.BaseURL = base
	return client, nil
}

// proof is a JSON Web Token (RFC 7519), signed by RS256 (RFC 7518, section 3.3).
func (a *App) proof(now time.Time) (string, error) {
	claims, err := json.Marshal(map[string]any{"iss": a.ID, "iat": now.Add(-time.Minute).Unix(), "exp": now.Add(9 * time.Minute).Unix()})
	if err != nil {
		return "", err
	}
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString(claims)
	sum := sha256.Sum256([]byte(text))
	signed, err := rsa.SignPKCS1v15(rand.Reader, a.Key, crypto.SHA256, sum[:])
	if err != nil {
		return "", fmt.Errorf("signing the App's proof: %w", err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signed), nil
}
