package serve

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// start runs a server on the loopback address until stop, which waits for it.
func start(t testing.TB, s Server, h http.Handler) (address string, stop func() error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx, l, h) }()
	return l.Addr().String(), sync.OnceValue(func() error { cancel(); return <-done })
}

// raw sends bytes and reads what comes back until the server closes.
func raw(t *testing.T, address, text string) string {
	c, err := net.Dial("tcp", address)
	require.NoError(t, err)
	defer c.Close()
	require.NoError(t, c.SetDeadline(time.Now().Add(20*time.Second)))
	_, _ = io.WriteString(c, text) // the server may have had enough before all is sent
	got, _ := io.ReadAll(c)
	return string(got)
}

func TestWhatIsNoRequest(t *testing.T) {
	b := newBench(t, nil)
	address, stop := start(t, Server{}, b.handler)
	get := "GET /v1/c/" + b.token + "/tenders/" + name + "/status HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
	assert.Contains(t, raw(t, address, get+"\r\n"), "200 OK")
	assert.Contains(t, raw(t, address, get+"X: "+strings.Repeat("x", 40<<10)+"\r\n\r\n"), "431 Request Header Fields Too Large")
	assert.Contains(t, raw(t, address, get+strings.Repeat("A: b\r\n", 10_000)+"\r\n"), "431 Request Header Fields Too Large")
	assert.Contains(t, raw(t, address, "GET /"+strings.Repeat("x", 40<<10)+" HTTP/1.1\r\nHost: x\r\n\r\n"), "431 Request Header Fields Too Large")
	assert.Contains(t, raw(t, address, "GET / HTTP/1.1\r\n\r\n"), "400 Bad Request")
	assert.Contains(t, raw(t, address, "\x16\x03\x01\r\n\r\n"), "400 Bad Request")
	assert.Contains(t, raw(t, address, get+"Content-Length: 5\r\n\r\nhello"), "413 Request Entity Too Large")
	assert.Contains(t, raw(t, address, get+"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"), "413 Request Entity Too Large")
	assert.Contains(t, raw(t, address, "GET /v1/../../canary HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), "404 Not Found")
	assert.Contains(t, raw(t, address, "CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), "405 Method Not Allowed")
	require.NoError(t, stop())
	b.leaks()
}

// pipes is a listener of connections in memory, for tests whose time is not the clock's.
type pipes struct {
	conns chan net.Conn
	once  sync.Once
	ended chan struct{}
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), ended: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.ended:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { p.once.Do(func() { close(p.ended) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

func (p *pipes) dial() net.Conn {
	here, there := net.Pipe()
	p.conns <- there
	return here
}

// Who sends a letter now and then, or never reads the answer, is cut off.
func TestSlowClients(t *testing.T) {
	b := newBench(t, nil)
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- (&Server{}).Run(ctx, p, b.handler) }()

		var err error
		for _, head := range []string{"G", "GET /healthz HTTP/1.1\r\n", "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nG"} {
			begin, slow := time.Now(), p.dial()
			said := make(chan string)
			go func() { got, _ := io.ReadAll(slow); said <- string(got) }()
			for _, err = io.WriteString(slow, head); err == nil; _, err = io.WriteString(slow, "G") {
				time.Sleep(time.Second)
			}
			assert.LessOrEqual(t, time.Since(begin), headerTime+5*time.Second, "a head that does not end")
			got := <-said
			assert.Equal(t, 1, strings.Count(got, "408 Request Timeout"), "%s: %s", head, got)
			assert.Equal(t, strings.Contains(head, "127.0.0.1"), strings.HasPrefix(got, "HTTP/1.1 200 OK"))
		}
		silent := p.dial()
		got, _ := io.ReadAll(silent)
		assert.Empty(t, got, "who asked nothing gets no answer")

		deaf := p.dial()
		_, err = io.WriteString(deaf, "GET /v1/openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
		require.NoError(t, err)
		time.Sleep(writeTime + time.Second)
		got, _ = io.ReadAll(deaf)
		assert.Less(t, len(got), len(openAPI), "an answer that nobody takes")

		idle := p.dial()
		_, err = io.WriteString(idle, "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
		require.NoError(t, err)
		res, err := http.ReadResponse(bufio.NewReader(idle), nil)
		require.NoError(t, err)
		assert.Equal(t, http.StatusOK, res.StatusCode)
		begin := time.Now()
		_, err = idle.Read(make([]byte, 1))
		require.ErrorIs(t, err, io.EOF, "not a word: nothing was begun")
		assert.InDelta(t, idleTime.Seconds(), time.Since(begin).Seconds(), 1, "a connection without a second request")
		cancel()
		require.NoError(t, <-done)
	})
}

// Who announces a body and does not send it has sent a whole head: it is told that nothing
// takes a body, once the library stops waiting for it.
func TestABodyThatDoesNotCome(t *testing.T) {
	b := newBench(t, nil)
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- (&Server{}).Run(ctx, p, b.handler) }()
		begin, c := time.Now(), p.dial()
		_, err := io.WriteString(c, "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\n\r\n")
		require.NoError(t, err)
		got, _ := io.ReadAll(c)
		assert.True(t, strings.HasPrefix(string(got), "HTTP/1.1 413 "), string(got))
		assert.NotContains(t, string(got), " 408 ")
		assert.LessOrEqual(t, time.Since(begin), readTime+time.Second)
		cancel()
		require.NoError(t, <-done)
	})
}

func TestConnectionsAreBounded(t *testing.T) {
	b := newBench(t, nil)
	address, stop := start(t, Server{Connections: 2}, b.handler)
	var held []net.Conn
	for range 2 {
		c, err := net.Dial("tcp", address)
		require.NoError(t, err)
		held = append(held, c)
	}
	third, err := net.Dial("tcp", address)
	require.NoError(t, err)
	_, err = io.WriteString(third, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	require.NoError(t, err)
	require.NoError(t, third.SetReadDeadline(time.Now().Add(200*time.Millisecond)))
	_, err = third.Read(make([]byte, 1))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded, "it waits")
	held[0].Close()
	require.NoError(t, third.SetReadDeadline(time.Now().Add(20*time.Second)))
	got, err := io.ReadAll(third)
	require.NoError(t, err)
	assert.Contains(t, string(got), "200 OK")
	held[1].Close()
	require.NoError(t, stop())
}

// A server that is told to stop while many ask answers everything that it took, whole.
func TestGracefulStopUnderLoad(t *testing.T) {
	b := newBench(t, nil)
	address, stop := start(t, Server{}, b.handler)
	url := "http://" + address + "/v1/c/" + b.token + "/tenders/" + name + "/ranking.json"
	whole, _ := b.get(http.StatusOK, below+"ranking.json")
	var answered, stopped atomic.Int64
	var wg sync.WaitGroup
	client := &http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 16}}
	defer client.CloseIdleConnections()
	for range 8 {
		wg.Go(func() {
			for stopped.Load() == 0 {
				res, err := client.Get(url)
				if err != nil { // only because nobody listens any more
					stopped.Add(1)
					return
				}
				text, err := io.ReadAll(res.Body)
				res.Body.Close()
				assert.NoError(t, err)
				assert.Equal(t, http.StatusOK, res.StatusCode)
				assert.Equal(t, whole, string(text))
				answered.Add(1)
			}
		})
	}
	for answered.Load() < 200 {
		time.Sleep(time.Millisecond)
	}
	require.NoError(t, stop())
	wg.Wait()
	_, err := net.Dial("tcp", address)
	require.Error(t, err)
}

// Requests that take longer than the drain are cut off, those that take less are not.
func TestDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for took, whole := range map[time.Duration]bool{2 * time.Second: true, 20 * time.Second: false} {
			h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { time.Sleep(took); io.WriteString(w, "whole") })
			p := newPipes()
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- (&Server{Drain: 5 * time.Second}).Run(ctx, p, h) }()
			c := p.dial()
			go io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
			time.Sleep(time.Second)
			cancel()
			got, _ := io.ReadAll(c)
			require.NoError(t, <-done)
			assert.Equal(t, whole, strings.Contains(string(got), "whole"), "%v", took)
			time.Sleep(time.Minute) // let the slow one end
		}
	})
}

// certificate writes one for the loopback address, with its key.
func certificate(t *testing.T, dir string, serial int64) (cert, key string) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	c := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &private.PublicKey, private)
	require.NoError(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	require.NoError(t, os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	require.NoError(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600))
	return cert, key
}

func TestTLS(t *testing.T) {
	b := newBench(t, nil)
	dir := t.TempDir()
	cert, key := certificate(t, dir, 1)
	address, stop := start(t, Server{Cert: cert, Key: key}, b.handler)
	text, err := os.ReadFile(cert)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(text))
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}}
	defer client.CloseIdleConnections()
	res, err := client.Get("https://" + address + "/v1/c/" + b.token + "/")
	require.NoError(t, err)
	page := bodyOf(t, res)
	assert.Equal(t, 2, res.ProtoMajor)
	assert.Contains(t, page, "https://"+address+"/v1/c/"+b.token)
	assert.NotEmpty(t, res.Header.Get("Strict-Transport-Security"))
	_, err = tls.Dial("tcp", address, &tls.Config{RootCAs: roots, MaxVersion: tls.VersionTLS11})
	require.Error(t, err)
	require.NoError(t, stop())

	c, err := newCertificates(cert, key, b.handler.(*handler).Log)
	require.NoError(t, err)
	before, err := c.get(nil)
	require.NoError(t, err)
	certificate(t, dir, 2)
	c.next = time.Time{} // a minute later
	after, err := c.get(nil)
	require.NoError(t, err)
	assert.NotEqual(t, before.Certificate, after.Certificate, "a renewed certificate is taken up")
	require.NoError(t, os.WriteFile(cert, []byte("nothing"), 0o600))
	c.next = time.Time{}
	kept, err := c.get(nil)
	require.NoError(t, err)
	assert.Equal(t, after, kept)

	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.ErrorContains(t, (&Server{Cert: cert, Key: key}).Run(t.Context(), l, b.handler), "reading the certificate")
}
