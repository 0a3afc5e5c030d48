package rest

import "net/http"

// Cache keeps replies between runs. It must be safe for concurrent use. It may forget
// what it likes, and must not change a Reply that it was given.
type Cache interface {
	// Load returns the reply that was saved last under the key.
	Load(key string) (Reply, bool)
	// Save keeps a reply. A failure to do so is the cache's own matter.
	Save(key string, r Reply)
}

// Reply is a reply with status 200 as a [Cache] keeps it.
type Reply struct {
	ETag   string      // never empty
	Header http.Header // only what clients need to read the body and to find the next page
	Body   []byte
}

// keptHeaders are those of a [Reply]: a 304 need not repeat them.
var keptHeaders = [...]string{
	"Content-Type", "Link", "X-Total-Count",
	"X-Page", "X-Per-Page", "X-Prev-Page", "X-Next-Page", "X-Total", "X-Total-Pages",
}

// cacheKey returns the key of a request's reply: its method and URL without what may
// be secret in it; "" where the reply is not to be kept.
func cacheKey(r *http.Request) string {
	if r.Method != http.MethodGet {
		return ""
	}
	for _, own := range [...]string{"If-None-Match", "If-Modified-Since", "If-Match", "Range"} {
		if r.Header.Get(own) != "" { // the client asks for something else than the whole
			return ""
		}
	}
	u := *r.URL
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	return r.Method + " " + u.String()
}

// recall makes of a 304 the reply with status 200 that it stands for. What else the 304
// says, such as the quota left, stays.
func (c *call) recall(resp *http.Response) []byte {
	resp.StatusCode, resp.Status = http.StatusOK, "200 OK"
	for name, values := range c.cached.Header {
		resp.Header[name] = append([]string(nil), values...)
	}
	resp.Header.Del("Content-Encoding")
	return c.cached.Body
}

// remember saves a reply that can be asked for by its ETag.
func (c *call) remember(resp *http.Response, body []byte) {
	etag := resp.Header.Get("ETag")
	if c.key == "" || etag == "" || resp.StatusCode != http.StatusOK {
		return
	}
	kept := make(http.Header)
	for _, name := range keptHeaders {
		if v := resp.Header.Values(name); len(v) > 0 {
			kept[name] = append([]string(nil), v...)
		}
	}
	c.t.o.Cache.Save(c.key, Reply{ETag: etag, Header: kept, Body: body})
}
