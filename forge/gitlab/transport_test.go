package gitlab_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tributary-oss/tributary/forge"
	"github.com/tributary-oss/tributary/forge/forgetest"
	"github.com/tributary-oss/tributary/forge/forgetest/fake"
	"github.com/tributary-oss/tributary/forge/forgetest/gitlabtest"
	"github.com/tributary-oss/tributary/forge/gitlab"
	"github.com/tributary-oss/tributary/model"
)

// trusting is a transport that trusts a server's own authority, as users make it.
func trusting(t *testing.T, server *gitlabtest.Server) *http.Transport {
	t.Helper()
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(server.Authority()))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

// secure starts a server of one's own: under a path, and with a certificate of its own
// authority.
func secure(t *testing.T, p *forgetest.Project) (*gitlabtest.Server, func(*gitlab.Options), model.Repository) {
	t.Helper()
	server := gitlabtest.Start(t, &gitlabtest.Options{Prefix: "/gitlab", TLS: true}, p)
	host := strings.TrimSuffix(strings.TrimPrefix(server.URL, "https://"), "/gitlab")
	return server, func(o *gitlab.Options) {
		o.Host, o.Root, o.API, o.Base = host, "/gitlab/", "", trusting(t, server)
	}, model.Repository{URL: "https://" + host + "/gitlab/" + p.FullName() + ".git"}
}

func TestAServerOfOnesOwn(t *testing.T) {
	for way, set := range ways {
		p := small()
		server, own, repo := secure(t, p)
		d := newDesk(t, server, p, func(o *gitlab.Options) { own(o); set(o) })
		d.repo = repo
		text := d.mine()
		assertComplete(t, text)
		assert.Contains(t, text, fmt.Sprintf(`"account":"%s:101"`, strings.Split(repo.URL, "/")[2]), way)
		assert.Len(t, changes(t, text), 4)
		for _, r := range server.Requests() {
			assert.Equal(t, "Bearer "+secret, r.Header.Get("Authorization"), "%s %s", r.Method, r.Path)
			assert.NotContains(t, r.Header, "Private-Token")
		}
		d.usual = func(o *gitlab.Options) { own(o); o.Root = "" }
		found, err := d.source.(*gitlab.Source).Repositories(t.Context(), strings.Split(repo.URL, "/deep")[0])
		require.NoError(t, err)
		require.Len(t, found, 1)
		assert.Equal(t, strings.TrimSuffix(repo.URL, ".git"), found[0].URL)
	}
}

// A certificate that nobody vouches for, or that is another name's, ends the mining at
// once, and nothing is sent.
func TestACertificateThatDoesNotFit(t *testing.T) {
	p := small()
	server, own, repo := secure(t, p)
	for name, change := range map[string]func(*gitlab.Options){
		"unknown authority": func(o *gitlab.Options) { o.Base = nil },
		"another name":      func(o *gitlab.Options) { o.API = strings.Replace(server.URL, "127.0.0.1", "localhost", 1) + "/api/v4/" },
	} {
		d := newDesk(t, server, p, func(o *gitlab.Options) { own(o); change(o) })
		_, err := written(d.source.Mine(t.Context(), repo, window))
		assert.ErrorContains(t, err, "its certificate is not trusted", name)
		assert.Empty(t, server.Requests(), name)
		assert.Equal(t, 1, d.source.(*gitlab.Source).Usage().Requests, name)
	}
}

// The token of a job has a header of its own, and asks no GraphQL. What a job may not read is
// refused with 401, which does not make the token a bad one.
func TestAJobToken(t *testing.T) {
	for name, token := range map[string]forge.TokenSource{"typed": gitlab.JobToken("job-" + secret), "by its name": forge.StaticToken("glcbt-" + secret)} {
		p := small()
		server, own, repo := secure(t, p)
		d := newDesk(t, server, p, func(o *gitlab.Options) { own(o); o.Tokens = []forge.TokenSource{token} })
		d.repo = repo
		server.OnRequest(func(r fake.Request) *fake.Fault {
			if strings.Contains(r.Path, "/issues/") {
				return &fake.Fault{Status: 401}
			}
			return nil
		})
		text := d.mine()
		assert.Equal(t, model.Complete, coverage(t, text)[model.ReviewFacts].State, name)
		assert.Equal(t, model.Partial, coverage(t, text)[model.IssueFacts].State, name)
		assert.Contains(t, coverage(t, text)[model.IssueFacts].Reason, "others than the owner of this token")
		for _, r := range server.Requests() {
			assert.Contains(t, r.Header.Get("Job-Token"), secret, r.Path)
			assert.NotContains(t, r.Header, "Authorization")
			assert.NotEqual(t, fake.GraphQL, r.Kind)
		}
		assert.NotContains(t, fmt.Sprintf("%v %+v %#v %s", token, token, token, token), secret)
	}
}

// Whoever a redirect leads to gets no token.
func TestARedirectToAnotherHost(t *testing.T) {
	for name, token := range map[string]forge.TokenSource{"personal": forge.StaticToken(secret), "of a job": gitlab.JobToken(secret)} {
		var seen []http.Header
		var mu sync.Mutex
		thief := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, r.Header.Clone())
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, `{"id":7,"path_with_namespace":"karst/deep/cave"}`)
		}))
		t.Cleanup(thief.Close)
		p := small()
		server, own, repo := secure(t, p)
		d := newDesk(t, server, p, func(o *gitlab.Options) { own(o); o.REST, o.Tokens = true, []forge.TokenSource{token} })
		server.OnRequest(func(r fake.Request) *fake.Fault {
			return &fake.Fault{Status: 302, Header: http.Header{"Location": {thief.URL + r.Path}}, Body: "{}"}
		})
		_, err := written(d.source.Mine(t.Context(), repo, window))
		require.Error(t, err, name)
		require.NotEmpty(t, seen, name)
		for _, h := range seen {
			assert.NotContains(t, fmt.Sprint(h), secret, name)
		}
	}
}

// A proxy is told the host and nothing else.
func TestAProxy(t *testing.T) {
	p := small()
	server, own, repo := secure(t, p)
	var asked atomic.Int64
	var said sync.Map
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		said.Store(fmt.Sprint(r.Method, r.Header), true)
		tunnel(w, r)
	}))
	t.Cleanup(proxy.Close)
	address, err := url.Parse(proxy.URL)
	require.NoError(t, err)
	d := newDesk(t, server, p, func(o *gitlab.Options) {
		own(o)
		o.Base.(*http.Transport).Proxy = http.ProxyURL(address)
	})
	d.repo = repo
	assertComplete(t, d.mine())
	assert.Positive(t, asked.Load())
	said.Range(func(text, _ any) bool {
		assert.Contains(t, text, "CONNECT")
		return assert.NotContains(t, text, secret)
	})
}

// tunnel joins a client with the host that it names.
func tunnel(w http.ResponseWriter, r *http.Request) {
	there, err := net.Dial("tcp", r.Host)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	here, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		there.Close()
		return
	}
	io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
	go func() { io.Copy(there, here); there.Close() }()
	io.Copy(here, there)
	here.Close()
}

// carrier is a transport made of a function.
type carrier func(*http.Request) (*http.Response, error)

func (c carrier) RoundTrip(r *http.Request) (*http.Response, error) { return c(r) }

// The client library neither waits nor tries again by itself: of limits that it would heed
// and of faults it learns what it must, and the transport's tries are all there are.
func TestTheClientNeitherWaitsNorTriesAgain(t *testing.T) {
	p := large(30)
	server := gitlabtest.New(t, p)
	var sent atomic.Int64
	var fail atomic.Bool
	base := carrier(func(r *http.Request) (*http.Response, error) {
		sent.Add(1)
		if fail.Load() {
			return &http.Response{StatusCode: 502, Header: http.Header{"Content-Type": {"text/html"}}, Body: io.NopCloser(strings.NewReader("")), Request: r, ProtoMajor: 1}, nil
		}
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err == nil { // one request a minute, by the library's own count
			resp.Header.Set("RateLimit-Limit", "1")
			resp.Header.Set("RateLimit-Remaining", "1000")
			resp.Header.Set("RateLimit-Reset", fmt.Sprint(time.Now().Add(time.Hour).Unix()))
		}
		return resp, err
	})
	d := newDesk(t, server, p, func(o *gitlab.Options) { o.Base, o.REST = base, true })
	text := d.mine() // which would take an hour
	assertComplete(t, text)
	assert.Greater(t, sent.Load(), int64(60))

	fail.Store(true)
	sent.Store(0)
	d.again()
	assert.Equal(t, int64(3), sent.Load(), "the transport tries three times")
	d.usual = func(o *gitlab.Options) { o.Base = base }
	sent.Store(0)
	d.again()
	assert.Equal(t, int64(6), sent.Load(), "and a query comes three times, after a pause each, before REST does")
}

// Authors that are null are the same as the user in whose place GitLab puts deleted ones.
func TestAuthorsThatAreNull(t *testing.T) {
	p := small()
	want := newDesk(t, gitlabtest.New(t, p), p, ways["REST"]).mine()
	server := gitlabtest.Start(t, &gitlabtest.Options{NullAuthors: true}, p)
	assertSame(t, want, newDesk(t, server, p, ways["REST"]).mine())
	d := newDesk(t, server, p, ways["GraphQL"])
	server.OnRequest(func(r fake.Request) *fake.Fault {
		if r.Operation == "Changes" {
			return &fake.Fault{Null: []string{"project.mergeRequests.nodes.*.author"}}
		}
		return nil
	})
	assert.Contains(t, d.mine(), `"role":"author","actor":{"type":"ghost"}`)
}
