package gitea_test

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge/forgetest/fake"
	"github.com/tributary-oss/tributary/forge/gitea"
	"github.com/tributary-oss/tributary/model"
)

// listener is a server that remembers the headers of what it was asked.
type listener struct {
	*httptest.Server
	mu   sync.Mutex
	seen []http.Header
}

func listen(t *testing.T, answer http.HandlerFunc, start func(http.Handler) *httptest.Server) *listener {
	l := &listener{}
	l.Server = start(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.mu.Lock()
		l.seen = append(l.seen, r.Header.Clone())
		l.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(l.Close)
	return l
}

// assertNoToken checks that the listener was asked and got no token in any header.
func (l *listener) assertNoToken(t *testing.T) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	require.NotEmpty(t, l.seen)
	for _, h := range l.seen {
		for name, values := range h {
			assert.NotContains(t, strings.Join(values, " "), secret, name)
		}
		assert.Empty(t, h.Get("Authorization"))
	}
}

// Where a server leads to another one, that one gets no token.
func TestARedirectToAnotherHost(t *testing.T) {
	d := newDesk(t, large(30))
	want := d.mine()
	other := listen(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `[]`)
	}, httptest.NewServer)
	d.server.OnRequest(func(r fake.Request) *fake.Fault {
		if r.Path != reviews {
			return nil
		}
		return &fake.Fault{Status: 302, Header: http.Header{"Location": {other.URL + r.Path}}}
	})
	d.source = d.newSource(anew)
	text := d.mine()
	other.assertNoToken(t)
	assert.Len(t, changes(t, text), 30)
	assert.NotEqual(t, want, text)

	// A login page elsewhere is not taken for an answer.
	login := listen(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<title>Sign in</title>")
	}, httptest.NewServer)
	d.server.OnRequest(func(r fake.Request) *fake.Fault {
		return &fake.Fault{Status: 302, Header: http.Header{"Location": {login.URL + "/user/login"}}}
	})
	_, err := written(d.source.Mine(t.Context(), d.repo, window))
	require.ErrorContains(t, err, "login page")
	login.assertNoToken(t)
}

// behindTLS is a front of the desk's server with a certificate of its own.
func behindTLS(t *testing.T, d *desk) *httptest.Server {
	to, err := url.Parse(d.server.URL)
	require.NoError(t, err)
	front := httptest.NewUnstartedServer(httputil.NewSingleHostReverseProxy(to))
	front.Config.ErrorLog = log.New(io.Discard, "", 0)
	front.StartTLS()
	t.Cleanup(front.Close)
	return front
}

// A certificate that nobody vouches for, or that is for another name, is the end at once:
// no request is sent, so no token.
func TestACertificateThatDoesNotFit(t *testing.T) {
	d := newDesk(t, small())
	front := behindTLS(t, d)
	_, port, err := net.SplitHostPort(front.Listener.Addr().String())
	require.NoError(t, err)
	for name, change := range map[string]func(*gitea.Options){
		"unknown authority": func(o *gitea.Options) { o.API, o.Base = front.URL+"/api/v1/", nil },
		"another name":      func(o *gitea.Options) { o.API, o.Base = "https://localhost:"+port+"/api/v1/", front.Client().Transport },
	} {
		d.source = d.newSource(change)
		_, err := written(d.source.Mine(t.Context(), d.repo, window))
		require.ErrorContains(t, err, "certificate", name)
		assert.Equal(t, 1, d.source.Usage().Requests, "it is not tried again")
	}
	assert.Empty(t, d.server.Requests())

	d.source = d.newSource(func(o *gitea.Options) { o.API, o.Base = front.URL+"/api/v1/", front.Client().Transport })
	assertComplete(t, d.mine())
}

// tunnel connects to where a client wants to go.
func tunnel(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect {
		http.Error(w, "only tunnels", http.StatusBadRequest)
		return
	}
	to, err := net.Dial("tcp", r.Host)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer to.Close()
	from, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer from.Close()
	io.WriteString(from, "HTTP/1.1 200 OK\r\n\r\n")
	go func() {
		io.Copy(to, from)
		to.Close()
	}()
	io.Copy(from, to)
}

// A proxy on the way carries what it cannot read, and gets no token of the server's.
func TestAProxy(t *testing.T) {
	d := newDesk(t, small())
	want := d.mine()
	front := behindTLS(t, d)
	proxy := listen(t, tunnel, httptest.NewServer)
	address, err := url.Parse(proxy.URL)
	require.NoError(t, err)
	base := front.Client().Transport.(*http.Transport).Clone()
	base.Proxy = http.ProxyURL(address)
	t.Cleanup(base.CloseIdleConnections)
	d.server.Reset()
	d.source = d.newSource(func(o *gitea.Options) { o.Store, o.API, o.Base = nil, front.URL+"/api/v1/", base })
	assertSame(t, want, d.mine())
	proxy.assertNoToken(t)
	for _, r := range d.server.Requests() {
		assert.Equal(t, secret, r.Token)
	}
	base.CloseIdleConnections()
}

// A proxy that asks for a name of its own is told of as what it is.
func TestAProxyThatRefuses(t *testing.T) {
	d := newDesk(t, small())
	d.server.OnRequest(below("/", fake.Fault{Status: http.StatusProxyAuthRequired, HTML: true}))
	_, err := written(d.source.Mine(t.Context(), d.repo, window))
	require.ErrorContains(t, err, "407")
}

// Over plain http nothing is sent that is secret: the loopback is the only exception.
func TestPlainHTTP(t *testing.T) {
	var asked http.Header
	base := carrier(func(r *http.Request) (*http.Response, error) {
		asked = r.Header.Clone()
		return &http.Response{StatusCode: 404, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader("{}")), Request: r}, nil
	})
	d := newDesk(t, small())
	d.source = d.newSource(func(o *gitea.Options) { o.API, o.Base = "http://forge.example/api/v1/", base })
	_, err := written(d.source.Mine(t.Context(), model.Repository{URL: "https://" + host + "/karst/cave"}, window))
	require.ErrorContains(t, err, "no such repository")
	require.NotNil(t, asked)
	assert.Empty(t, asked.Get("Authorization"))
}

// The API is where it usually is, if nothing else is said.
func TestTheUsualAddress(t *testing.T) {
	var asked []string
	base := carrier(func(r *http.Request) (*http.Response, error) {
		asked = append(asked, r.URL.String())
		return &http.Response{StatusCode: 404, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader("{}")), Request: r}, nil
	})
	for _, root := range []string{"", "/git/"} {
		source, err := gitea.New(&gitea.Options{Host: "Forge.Example:8443", Root: root, Base: base})
		require.NoError(t, err)
		_, err = written(source.Mine(t.Context(), model.Repository{URL: "https://forge.example:8443/" + strings.Trim(root+"karst/a b", "/")}, window))
		require.ErrorContains(t, err, "no such repository")
	}
	assert.Equal(t, []string{"https://forge.example:8443/api/v1/repos/karst/a%20b", "https://forge.example:8443/git/api/v1/repos/karst/a%20b"}, asked)
}

type carrier func(*http.Request) (*http.Response, error)

func (c carrier) RoundTrip(r *http.Request) (*http.Response, error) { return c(r) }
