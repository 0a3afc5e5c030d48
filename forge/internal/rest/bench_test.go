package rest

import (
	"bytes"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkRoundTrip is what the transport adds to a page of 100 KB that a network of no
// latency brings.
func BenchmarkRoundTrip(b *testing.B) {
	page := bytes.Repeat([]byte(`{"n":1234}`), 10_000)
	for _, fresh := range []bool{true, false} {
		name := map[bool]string{true: "through", false: "base"}[fresh]
		b.Run(name, func(b *testing.B) {
			now := time.Now().UTC()
			var tr http.RoundTripper = roundTrip(func(*http.Request) (*http.Response, error) {
				h := http.Header{"Content-Type": {"application/json"}, "Date": {now.Format(http.TimeFormat)},
					"X-Ratelimit-Limit": {"5000"}, "X-Ratelimit-Remaining": {"4000"}, "X-Ratelimit-Reset": {"4000000000"}}
				return &http.Response{StatusCode: 200, Header: h, Body: io.NopCloser(bytes.NewReader(page))}, nil
			})
			if fresh {
				tr = New(Options{Host: host, Tokens: tokens("a", "b", "c"), Base: tr})
			}
			b.ReportAllocs()
			b.SetBytes(int64(len(page)))
			for b.Loop() {
				r, err := http.NewRequestWithContext(b.Context(), "GET", "https://"+host+"/x", nil)
				require.NoError(b, err)
				resp, err := tr.RoundTrip(r)
				require.NoError(b, err)
				_, err = io.Copy(io.Discard, resp.Body)
				require.NoError(b, err)
			}
		})
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
