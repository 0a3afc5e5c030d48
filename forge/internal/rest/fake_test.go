package rest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
)

const host = "api.forge.example"

// secret is what must never be seen.
const secret = "ghp_s3cr3tS3cr3t"

// base answers requests in place of a network and keeps what it was asked.
type base struct {
	mu     sync.Mutex
	asked  []*http.Request
	bodies []string
	answer func(n int, r *http.Request) (*http.Response, error) // n counts from 0
}

func (b *base) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
		r.Body.Close()
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	b.mu.Lock()
	n := len(b.asked)
	b.asked, b.bodies = append(b.asked, r), append(b.bodies, string(body))
	b.mu.Unlock()
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return b.answer(n, r)
}

// used returns which token came with each request, in order.
func (b *base) used() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []string
	for _, r := range b.asked {
		all = append(all, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	}
	return all
}

// replies answers with these in turn, the last of them again and again.
func replies(all ...func() *http.Response) *base {
	return &base{answer: func(n int, _ *http.Request) (*http.Response, error) { return all[min(n, len(all)-1)](), nil }}
}

// reply has a body of JSON, a Date of now, and headers by name and value.
func reply(status int, body string, headers ...string) func() *http.Response {
	return func() *http.Response {
		h := http.Header{}
		h.Set("Content-Type", "application/json; charset=utf-8")
		h.Set("Date", time.Now().UTC().Format(http.TimeFormat))
		for i := 0; i < len(headers); i += 2 {
			h.Set(headers[i], headers[i+1])
		}
		return &http.Response{Status: fmt.Sprint(status), StatusCode: status, Header: h,
			ContentLength: int64(len(body)), Body: io.NopCloser(strings.NewReader(body))}
	}
}

var fine = reply(200, `{"fine":true}`)

// quotaHeaders are GitHub's, with a reset so long from now.
func quotaHeaders(left int, reset time.Duration) []string {
	return []string{"X-RateLimit-Limit", "5000", "X-RateLimit-Remaining", fmt.Sprint(left),
		"X-RateLimit-Reset", fmt.Sprint(time.Now().Add(reset).Unix())}
}

// setting is a transport on a base, and all that it logs.
type setting struct {
	*Transport
	t    *testing.T
	base *base
	log  *lockedBuffer
}

func newSetting(t *testing.T, b *base, change ...func(*Options)) *setting {
	s := &setting{t: t, base: b, log: &lockedBuffer{}}
	o := Options{Host: host, Tokens: tokens(secret), Base: b,
		Log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	for _, c := range change {
		c(&o)
	}
	s.Transport = New(o)
	t.Cleanup(func() { assert.NotContains(t, s.log.String(), secret) })
	return s
}

func tokens(all ...string) []forge.TokenSource {
	var sources []forge.TokenSource
	for _, s := range all {
		sources = append(sources, forge.StaticToken(s))
	}
	return sources
}

// get asks for an address of the host, through a client that follows redirects.
func (s *setting) get(ctx context.Context, path string) (int, string, error) {
	return s.do(ctx, http.MethodGet, "https://"+host+path, nil)
}

func (s *setting) post(ctx context.Context, body string) (int, string, error) {
	return s.do(ctx, http.MethodPost, "https://"+host+"/graphql", strings.NewReader(body))
}

func (s *setting) do(ctx context.Context, method, url string, body io.Reader) (int, string, error) {
	r, err := http.NewRequestWithContext(ctx, method, url, body)
	require.NoError(s.t, err)
	resp, err := (&http.Client{Transport: s}).Do(r)
	if err != nil {
		assert.NotContains(s.t, fmt.Sprintf("%v %+v %#v", err, err, err), secret)
		return 0, "", err
	}
	assert.Empty(s.t, resp.Request.Header.Get("Authorization"), "the request that the client sees holds no token")
	b, err := io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	return resp.StatusCode, string(b), resp.Body.Close()
}

// lockedBuffer is a buffer for many writers.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// serve runs a real HTTP server on connections in memory, so that its clock is that of
// the test's bubble, and returns a transport that is connected with it. What is
// returned must be called before the bubble ends.
func serve(h http.HandlerFunc) (*http.Transport, func()) {
	l := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: h, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	done := make(chan struct{})
	go func() { defer close(done); server.Serve(l) }()
	tr := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		select {
		case l.conns <- theirs:
			return ours, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}}
	return tr, func() { tr.CloseIdleConnections(); server.Close(); <-done }
}

type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.closed) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "memory"} }
