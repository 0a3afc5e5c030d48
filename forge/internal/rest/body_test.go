package rest

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// against lets the test talk to a real server, whose first replies are what faulty
// writes, and counts the requests.
func against(t *testing.T, faulty int32, fault http.HandlerFunc, test func(t *testing.T, s *setting, n *atomic.Int32), change ...func(*Options)) {
	synctest.Test(t, func(t *testing.T) {
		var n atomic.Int32
		tr, stop := serve(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			io.Copy(io.Discard, r.Body) // else the server does not notice that the client goes
			if n.Add(1) <= faulty {
				fault(w, r)
				return
			}
			io.WriteString(w, `{"fine":true}`)
		})
		defer stop()
		s := newSetting(t, &base{answer: func(_ int, r *http.Request) (*http.Response, error) {
			r = r.Clone(r.Context())
			r.URL.Scheme = "http" // the pipe is as private as can be
			return tr.RoundTrip(r)
		}}, change...)
		test(t, s, &n)
	})
}

const always = 1 << 30

func cutOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "100")
	io.WriteString(w, `{"fine":`)
}

func resets(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		conn.Close()
	}
}

// trickles writes a byte a second for a week.
func trickles(w http.ResponseWriter, r *http.Request) {
	for range 7 * 24 * 3600 {
		if _, err := io.WriteString(w, " "); err != nil {
			return
		}
		http.NewResponseController(w).Flush()
		select {
		case <-time.After(time.Second):
		case <-r.Context().Done():
			return
		}
	}
}

// stalls sends the header and then nothing.
func stalls(w http.ResponseWriter, r *http.Request) {
	http.NewResponseController(w).Flush()
	<-r.Context().Done()
}

// silent sends nothing at all.
func silent(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func brokenGzip(w http.ResponseWriter, _ *http.Request) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(bytes.Repeat([]byte(`{"fine":false}`), 100))
	z.Close()
	w.Header().Set("Content-Encoding", "gzip")
	w.Write(b.Bytes()[:b.Len()-9])
}

func TestAReplyThatDoesNotComeWholeIsFetchedAgain(t *testing.T) {
	for name, fault := range map[string]http.HandlerFunc{
		"cut off": cutOff, "reset": resets, "slow": trickles, "stalled": stalls, "silent": silent, "cut off gzip": brokenGzip,
	} {
		t.Run(name, func(t *testing.T) {
			against(t, 2, fault, func(t *testing.T, s *setting, n *atomic.Int32) {
				status, body, err := s.post(t.Context(), "{}")
				require.NoError(t, err)
				assert.Equal(t, 200, status)
				assert.Equal(t, `{"fine":true}`, body)
				assert.EqualValues(t, 3, n.Load())
				assert.Equal(t, 2, s.Usage().Retries)
			})
			against(t, always, fault, func(t *testing.T, s *setting, n *atomic.Int32) {
				start := time.Now()
				_, _, err := s.get(t.Context(), "/repos/o/r")
				var reply *ReplyError
				require.ErrorAs(t, err, &reply)
				assert.Contains(t, err.Error(), host+"/repos/o/r: no whole reply came")
				assert.Contains(t, err.Error(), "attempts: 5")
				assert.EqualValues(t, 5, n.Load())
				assert.LessOrEqual(t, time.Since(start), 5*time.Minute+15*time.Second)
			})
		})
	}
}

func TestPatienceIsForOneAttempt(t *testing.T) {
	against(t, always, trickles, func(t *testing.T, s *setting, _ *atomic.Int32) {
		start := time.Now()
		_, _, err := s.get(t.Context(), "/x")
		require.ErrorContains(t, err, "no whole reply came within 3s, attempts: 2")
		assert.GreaterOrEqual(t, time.Since(start), 6*time.Second)
		assert.LessOrEqual(t, time.Since(start), 7*time.Second)
	}, func(o *Options) { o.Patience, o.Attempts = 3*time.Second, 2 })
}

// zeros sends this many bytes in parts of 64 KiB and a rest, compressed or not.
func zeros(n int, compressed bool) http.HandlerFunc {
	part := func(n int) []byte {
		if !compressed {
			return make([]byte, n)
		}
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write(make([]byte, n))
		z.Close()
		return b.Bytes()
	}
	full, rest := part(1<<16), part(n%(1<<16))
	return func(w http.ResponseWriter, _ *http.Request) {
		if compressed {
			w.Header().Set("Content-Encoding", "gzip")
		}
		for range n >> 16 {
			if _, err := w.Write(full); err != nil {
				return
			}
		}
		w.Write(rest)
	}
}

func TestAReplyOfTooManyBytesIsRefusedOnce(t *testing.T) {
	small := func(o *Options) { o.MostBytes = 1 << 20 }
	for _, compressed := range []bool{false, true} {
		against(t, always, zeros(3<<20, compressed), func(t *testing.T, s *setting, n *atomic.Int32) {
			_, _, err := s.get(t.Context(), "/x")
			var reply *ReplyError
			require.ErrorAs(t, err, &reply)
			assert.Contains(t, err.Error(), "a reply of more than 1048576 bytes")
			assert.EqualValues(t, 1, n.Load())
			assert.EqualValues(t, 1<<20+1, s.Usage().Bytes, "and no more of it is read")
		}, small)
		against(t, always, zeros(1<<20, compressed), func(t *testing.T, s *setting, _ *atomic.Int32) {
			_, body, err := s.get(t.Context(), "/x")
			require.NoError(t, err)
			assert.Len(t, body, 1<<20)
		}, small)
	}
	against(t, always, zeros(1<<30, true), func(t *testing.T, s *setting, _ *atomic.Int32) {
		_, _, err := s.get(t.Context(), "/x")
		require.ErrorContains(t, err, "more than 33554432 bytes")
	})
}

func TestWhatIsClaimedIsNotAllocated(t *testing.T) {
	claim := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(1<<40))
		io.WriteString(w, "[")
	}
	against(t, always, claim, func(t *testing.T, s *setting, _ *atomic.Int32) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, err := s.get(t.Context(), "/x")
		runtime.ReadMemStats(&after)
		require.ErrorContains(t, err, "no whole reply came")
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(4<<20))
	})
}

func TestAReplyOfAnotherTypeIsToldAtOnce(t *testing.T) {
	for kind, as := range map[string]string{
		"text/html; charset=utf-8": "text/html", "": "unknown", ";;;": "unknown", "application/xml": "application/xml",
		"application/jsonx": "application/jsonx", "text/" + strings.Repeat("x", 100): "text/" + strings.Repeat("x", 55) + " instead",
	} {
		s := newSetting(t, replies(reply(200, "<html>", "Content-Type", kind)))
		_, _, err := s.get(t.Context(), "/x")
		var bad *ReplyError
		require.ErrorAs(t, err, &bad, kind)
		assert.Contains(t, err.Error(), "a page of type "+as)
		assert.Len(t, s.base.asked, 1)
	}
	for _, kind := range []string{"application/json", "Application/JSON; charset=utf-8", "application/vnd.github+json", "application/scim+json"} {
		s := newSetting(t, replies(reply(201, "{}", "Content-Type", kind)))
		_, _, err := s.get(t.Context(), "/x")
		require.NoError(t, err, kind)
	}
	s := newSetting(t, replies(reply(204, "", "Content-Type", "")))
	_, _, err := s.get(t.Context(), "/x")
	require.NoError(t, err, "no body, no type")
}

func TestTheOwnNetworkWorks(t *testing.T) {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	w.Write([]byte(`{"fine":true}`))
	w.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "Bearer "+secret, r.Header.Get("Authorization"))
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(z.Bytes())
	}))
	defer server.Close()
	s := newSetting(t, nil, func(o *Options) { o.Base, o.Host = nil, strings.TrimPrefix(server.URL, "http://") })
	defer s.CloseIdleConnections()
	status, body, err := s.do(t.Context(), "GET", server.URL+"/x", nil)
	require.NoError(t, err)
	assert.Equal(t, 200, status)
	assert.Equal(t, `{"fine":true}`, body)
	assert.EqualValues(t, 13, s.Usage().Bytes)
	assert.WithinDuration(t, time.Now(), s.Now(), time.Minute)
}
