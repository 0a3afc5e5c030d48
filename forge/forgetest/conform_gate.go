package forgetest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// A gate is what a source's requests go through: it counts them, and lets a test do
// something else instead. It is safe for concurrent use.
type gate struct {
	// before is asked for each request, whose number counts from 1; nil, or neither a reply
	// nor an error, lets it pass.
	before func(n int, r *http.Request) (*http.Response, error)

	mu    sync.Mutex
	count int
}

// through is the transport that a source gets.
func (g *gate) through(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	return carrier(func(r *http.Request) (*http.Response, error) {
		g.mu.Lock()
		g.count++
		n := g.count
		g.mu.Unlock()
		if g.before != nil {
			if resp, err := g.before(n, r); resp != nil || err != nil {
				return resp, err
			}
		}
		return base.RoundTrip(r)
	})
}

// requests is how many there were so far.
func (g *gate) requests() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.count
}

type carrier func(*http.Request) (*http.Response, error)

func (c carrier) RoundTrip(r *http.Request) (*http.Response, error) { return c(r) }

// A mishap is how a reply goes wrong.
type mishap func(r *http.Request) (*http.Response, error)

// loginPage is what a proxy shows to those who are not signed in.
func loginPage(r *http.Request) (*http.Response, error) {
	return replied(r, http.StatusOK, "text/html; charset=utf-8", "<!DOCTYPE html><title>Sign in</title>"), nil
}

func notFound(r *http.Request) (*http.Response, error) {
	return replied(r, http.StatusNotFound, "application/json", `{"message":"not found"}`), nil
}

func serverError(r *http.Request) (*http.Response, error) {
	return replied(r, http.StatusInternalServerError, "application/json", `{"message":""}`), nil
}

// cutConnection ends in the middle of a reply.
func cutConnection(r *http.Request) (*http.Response, error) {
	resp := replied(r, http.StatusOK, "application/json", "")
	resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(`[{"id":`), broken{}))
	resp.ContentLength = 4096
	return resp, nil
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func replied(r *http.Request, status int, kind, body string) *http.Response {
	return &http.Response{
		Status: fmt.Sprintf("%d %s", status, http.StatusText(status)), StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {kind}}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}
}

// spoil is a gate at which some requests meet a mishap.
func spoil(which func(n int) bool, f mishap) *gate {
	return &gate{before: func(n int, r *http.Request) (*http.Response, error) {
		if which(n) {
			return f(r)
		}
		return nil, nil
	}}
}

// stopAt is a gate that ends the context when a request comes, which then gets no reply.
func stopAt(n int, cancel context.CancelFunc) *gate {
	return &gate{before: func(i int, r *http.Request) (*http.Response, error) {
		if i < n {
			return nil, nil
		}
		cancel()
		<-r.Context().Done()
		return nil, r.Context().Err()
	}}
}
